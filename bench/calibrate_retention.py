"""Fit and score what `formulate fate` adds to the models: shifts of kinds at places, and the doubt between studies.

    python -m bench.calibrate_retention FOLDER [--write] [--draws 256] [--rows]

FOLDER holds tables of measured fates, one row each: agent, kind, size_nm, mw_g_per_mol, zeta_mV, species, joint_state
or tissue and route, metric, value, unit, time, source_citation, confidence, note. They are not shipped. Rows whose
confidence is not "retrieved" are left out. Bounds (a metric ending in _min or _max; "bound" or ">" in the note) count
only where the prediction lies on the wrong side; flags as probabilities.

Rows of one source are left out together. Each source has the same weight within a kind at a place, and the shift is
shrunk towards none: ``b = sum_k r_k/(K + c)``, r_k the mean log10 of measured over predicted time of source k. Times,
and shares read through the time at which they are reached, give the shift; clearances give it inverted. The doubt is
the one under which the left-out rows are likeliest.
"""

import argparse
import itertools
import re
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from formulate.fate.agent import Agent
from formulate.fate.metrics import Asked, read_metric
from formulate.fate.predict import Predictor, banded, placed
from formulate.fate.priors import Priors, Shift, Width, shipped
from formulate.fate.table import Row, read_rows
from formulate.sampling import Array
from materials.cells import cells_of_text
from materials.errors import FileError, FormulateError

OUT = Path(__file__).parents[1] / "materials" / "data" / "priors" / "agents.toml"
SHRINK = 1.5  # sources that "no shift" counts for
LARGEST = 1.0  # of a residual that counts for a shift, log10
GRID = np.linspace(-1.5, 1.5, 61)
NOTHING = 0.01  # of the dose; where none was found, at most this is taken to have been there
COVERAGE = 0.82  # of the left-out rows that are no bounds: unseen ones will be held less often


@dataclass
class Case:
    """One measured row and what the models say of it."""

    row: Row
    asked: Asked
    agent: Agent
    source: str
    value: float  # SI
    bound: str
    by_shift: dict[float, Array]  # draws of the models in SI, by log10 stretch of time; one at 0 where it just scales

    @property
    def group(self) -> tuple[str, str]:
        """Place and family."""
        return self.agent.place, self.agent.kind.family

    def draws(self, shift: float) -> Array:
        """Give the draws at a shift of time."""
        if self.asked.dimension in ("fraction", "flag"):
            near = min(self.by_shift, key=lambda at: abs(at - shift))
            return self.by_shift[near]
        sign = {"time": 1.0, "clearance": -1.0}.get(self.asked.dimension, 0.0)
        return np.asarray(self.by_shift[0.0] * 10.0 ** (sign * shift))

    def residual(self) -> float | None:
        """Give log10 of measured over predicted time, or None where the row tells nothing of time."""
        if self.bound or self.asked.dimension == "flag":
            return None
        if self.asked.dimension == "time":
            return _log(self.value, self.draws(0.0))
        if self.asked.dimension == "clearance":
            return -_log(self.value, self.draws(0.0))
        if self.asked.dimension == "fraction" and 0.005 < self.value < 0.995:
            misses = [abs(_logit(float(np.median(self.by_shift[s]))) - _logit(self.value)) for s in self.by_shift]
            return list(self.by_shift)[int(np.argmin(misses))]
        return None


def _log(value: float, draws: Array) -> float:
    return float(np.log10(value) - np.log10(max(float(np.quantile(draws, 0.5, method="inverted_cdf")), 1e-300)))


def _logit(share: float) -> float:
    share = min(max(share, 1e-4), 1.0 - 1e-4)
    return float(np.log(share / (1.0 - share)))


def cases_of(folder: Path, draws: int) -> list[Case]:
    """Give every row that is answered, with the models' draws."""
    predictor = Predictor(draws, kept=1000)
    found = []
    for path in sorted(folder.glob("*retention*.csv")):
        lines = dict(cells_of_text(path.read_bytes(), ".csv", lambda text, line=None: FileError([])))
        header = next(iter(lines.values()))
        rows, faults = read_rows(path)
        print(f"{path.name}: {len(rows)} rows, {len(faults)} that cannot be read", file=sys.stderr)
        for row in rows:
            assert row.number is not None
            cells = dict(zip(header, lines[row.number], strict=True))
            if cells.get("confidence") != "retrieved":
                continue
            try:
                asked = read_metric(row.metric, row.unit, row.time)
                agent = predictor.agent(row)
                asked = placed(asked, agent)
                value = float(row.value) * asked.factor
                by_shift = {}
                for shift in GRID if asked.dimension in ("fraction", "flag") else (0.0,):
                    by_shift[round(float(shift), 6)] = predictor.raw(asked, agent, np.full(draws, 10.0**shift))[0]
            except (FormulateError, ValueError) as error:
                print(f"  {path.name}:{row.number}: {row.agent[:40]}, {row.metric}: {error}"[:160], file=sys.stderr)
                continue
            if value == 0.0 and asked.dimension == "fraction":
                value, asked = NOTHING, replace(asked, bound="max")
            bound = asked.bound or _bound_in(cells.get("note", ""), row.metric)
            found.append(Case(row, asked, agent, cells["source_citation"], value, bound, by_shift))
    return found


def _bound_in(note: str, metric: str) -> str:
    """Give which bound a note says that a value is."""
    if re.search(r"lower bound|\bat least\b|more than", note) or re.search(r"detectable_at|detected_time", metric):
        return "min"
    return "max" if re.search(r"upper bound|<\s?\d", note) or "detectable_before" in metric else ""


def shifts(cases: list[Case]) -> dict[tuple[str, str], Shift]:
    """Give the shift of each family at each place from measured rows."""
    by_group: dict[tuple[str, str], dict[str, list[float]]] = {}
    for case in cases:
        residual = case.residual()
        if residual is not None:
            of_group = by_group.setdefault(case.group, {})
            of_group.setdefault(case.source, []).append(float(np.clip(residual, -LARGEST, LARGEST)))
    found = {}
    for (place, family), sources in by_group.items():
        means = [float(np.mean(values)) for values in sources.values()]
        found[place, family] = Shift(place, family, round(sum(means) / (len(means) + SHRINK), 3), len(means))
    return found


@dataclass
class Scored:
    """One row predicted without its source."""

    case: Case
    low: float
    median: float
    high: float
    likely: float  # logarithm of how likely the measured value is

    @property
    def fold(self) -> float:
        """How many times off; a bound that holds is not off."""
        value = max(self.case.value, 1e-12)
        ratio = max(self.median, 1e-12) / value
        if self.case.bound == "min":
            return max(1.0, 1.0 / ratio)
        if self.case.bound == "max":
            return max(1.0, ratio)
        return max(ratio, 1.0 / ratio)

    @property
    def covered(self) -> bool:
        """Whether the band holds the measured value, or reaches the right side of a bound."""
        above, below = self.case.value <= self.high * (1 + 1e-9), self.case.value >= self.low * (1 - 1e-9)
        return above if self.case.bound == "min" else below if self.case.bound == "max" else above and below


def without_source(cases: list[Case]) -> dict[str, dict[tuple[str, str], Shift]]:
    """Give the shifts that the other sources tell of, by the source that is left out."""
    sources = {case.source for case in cases}
    return {left: shifts([case for case in cases if case.source != left]) for left in sources}


@cache
def _doubt(count: int) -> tuple[Array, Array]:
    predictor = Predictor(count)
    return predictor.draws.standard_normal("fate.study"), predictor.draws.standard_normal("fate.scatter")


def score_at(case: Case, at: float, width: Width, level: float = 0.8) -> Scored:
    """Score one row at a shift of log10 of time, by the band of a level."""
    study, scatter = _doubt(len(next(iter(case.by_shift.values()))))
    draws = case.draws(at)
    if case.asked.dimension == "fraction":
        each = at + width.time * study
        draws = np.array([case.draws(float(s))[i] for i, s in enumerate(np.clip(each, -1.5, 1.5))])
    levels = (0.5 - level / 2, 0.5, 0.5 + level / 2)
    low, median, high = banded(case.asked, draws, study, scatter, width, levels)
    return Scored(case, low, median, high, _likely(case, low, median, high))


def scored(cases: list[Case], width: Width, shifted: bool = True, level: float = 0.8) -> list[Scored]:
    """Predict every row from the other sources, or from the priors alone."""
    known = without_source(cases) if shifted else {}
    found = []
    for case in cases:
        if case.asked.dimension != "flag":
            shift = known.get(case.source, {}).get(case.group)
            found.append(score_at(case, shift.log10_time if shift else 0.0, width, level))
    return found


def _likely(case: Case, low: float, median: float, high: float) -> float:
    """Give the log density of a measured value under a split normal through the band, with heavy tails."""
    if case.bound or not np.isfinite(high):
        return 0.0
    middle, value, lower, upper = (_scale(case, number) for number in (median, case.value, low, high))
    sigma = max((upper - middle if value > middle else middle - lower) / 1.2816, 1e-3)
    z = (value - middle) / sigma
    return float(-np.log(sigma) - 2.5 * np.log1p(z**2 / 4.0))


def _scale(case: Case, number: float) -> float:
    return _logit(number) if case.asked.dimension == "fraction" else float(np.log10(max(number, 1e-300)))


def best_width(cases: list[Case]) -> Width:
    """Give the doubt: the likeliest share of the models' own spread, and widths that hold 80 % of left-out rows."""

    def of(*dimensions: str) -> list[Case]:
        return [case for case in cases if case.asked.dimension in dimensions]

    times = of("time")
    tried = [
        (sum(item.likely for item in scored(times, Width(share, time, 0.2, 0.5))), share)
        for share, time in itertools.product((0.3, 0.5, 0.7, 0.9), (0.15, 0.25, 0.35, 0.5))
    ]
    found = Width(max(tried)[1], 0.5, 0.5, 2.0)
    for name, part in (
        ("time", times),
        ("ratio", of("clearance", "ratio", "diffusivity", "concentration")),
        ("fraction", of("fraction")),
    ):
        for value in np.arange(0.1, 2.5, 0.05 if name != "fraction" else 0.1):
            width = replace(found, **{name: round(float(value), 3)})
            held = [item.covered for item in scored(part, width) if not item.case.bound]
            if held and np.mean(held) >= COVERAGE:
                found = width
                break
    return found


def _title(case: Case, key: str) -> str:
    """Give the group of a row."""
    return {
        "all": "all",
        "place": f"place {case.agent.place}",
        "kind": f"{case.agent.place}: {case.agent.kind.family}",
        "quantity": f"quantity {case.asked.dimension}/{case.asked.quantity}",
        "bound": "bounds" if case.bound else "points",
    }[key]


KEYS = ("all", "place", "kind", "quantity", "bound")


def print_scores(results: list[Scored], title: str, keys: tuple[str, ...] = KEYS) -> None:
    """Print n, geometric mean fold error, share within 3-fold, coverage: of all, by place, family, quantity."""
    print(f"\n{title}\n{'':32s}  n  fold  <=3x  in band  sources")
    for key in keys:
        groups: dict[str, list[Scored]] = {}
        for item in results:
            groups.setdefault(_title(item.case, key), []).append(item)
        for name, part in sorted(groups.items()):
            folds = np.array([item.fold for item in part])
            covered = np.mean([item.covered for item in part])
            sources = len({item.case.source for item in part})
            fold = np.exp(np.log(folds).mean())
            print(f"{name:32s} {len(part):3d} {fold:5.2f} {np.mean(folds <= 3):5.0%} {covered:7.0%} {sources:5d}")


def print_flags(cases: list[Case], found: dict[tuple[str, str], Shift], width: Width) -> None:
    """Print probabilities of flags and their Brier score."""
    from formulate.fate.answer import probability

    misses = []
    predictor = Predictor(len(next(iter(cases[0].by_shift.values()))))
    study = predictor.draws.standard_normal("fate.study")
    for case in cases:
        if case.asked.dimension == "flag":
            at = found.get(case.group)
            each = np.clip((at.log10_time if at else 0.0) + width.time * study, -1.5, 1.5)
            draws = np.array([case.draws(float(s))[i] for i, s in enumerate(each)])
            chance = probability(case.asked, draws)
            misses.append((chance - case.value) ** 2)
            print(f"  {case.row.agent[:38]:38s} {case.agent.state:16s} {chance:.2f} measured {case.value:g}")
    if misses:
        print(f"flags: {len(misses)}, Brier score {np.mean(misses):.3f} (0.25 is a coin)")


def written(text: str, priors: Priors, width: Width, found: dict[tuple[str, str], Shift], score: str) -> str:
    """Give the text of the file with its calibration replaced."""
    head = text[: text.index("\n[calibration]")]
    lines = [
        "",
        "[calibration]",
        "# evidence: derived, from measured fates that do not ship; made by bench/calibrate_retention.py, not by hand",
        f'score = "{score}"',
        "[calibration.width]",
        f"model_share = {width.model_share:g}",
        f"time = {width.time:g}",
        f"ratio = {width.ratio:g}",
        f"fraction = {width.fraction:g}",
    ]
    for shift in sorted(found.values(), key=lambda item: (item.place, item.family)):
        lines += ["[[calibration.shift]]", f'place = "{shift.place}"', f'family = "{shift.family}"']
        lines += [f"log10_time = {shift.log10_time:g}", f"studies = {shift.studies}"]
    return head + "\n".join(lines) + "\n"


def main() -> None:
    """Fit, score with sources left out, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draws", type=int, default=256)
    parser.add_argument("--write", action="store_true", help="write the fit into the shipped file")
    parser.add_argument("--rows", action="store_true", help="print every row")
    asked = parser.parse_args()
    cases = cases_of(asked.folder, asked.draws)
    width = best_width(cases)
    found = shifts(cases)
    results = scored(cases, width)
    if asked.rows:
        for item in sorted(results, key=lambda item: -item.fold):
            row, unit = item.case.row, item.case.asked.factor
            ends = " ".join(f"{end / unit:.3g}" for end in (item.low, item.median, item.high))
            mark = "" if item.covered else " OUT"
            name, asked_of = row.agent[:34], row.metric[:28]
            measured = f"{row.value:>8s}{item.case.bound:>4s} {row.unit:6s}"
            print(f"{item.fold:8.2f} {name:34s} {asked_of:28s} {measured} [{ends}]{mark}")
    print(f"doubt: {width}")
    for shift in sorted(found.values(), key=lambda item: (item.place, item.family)):
        print(f"  {shift.place:7s} {shift.family:16s} x{10**shift.log10_time:.2f} ({shift.studies} sources)")
    print_scores(results, "each source left out of the fit")
    print_scores(scored(cases, width, shifted=False), "priors alone, nothing fitted", ("all", "place"))
    print_flags(cases, found, width)
    if asked.write:
        folds = np.array([item.fold for item in results])
        fold = np.exp(np.log(folds).mean())
        score = f"{len(results)} rows, sources left out: {fold:.2f}-fold, {np.mean(folds <= 3):.0%} within 3-fold"
        score += f", {np.mean([item.covered for item in results]):.0%} in the 80 % band"
        OUT.write_text(written(OUT.read_text("utf-8"), shipped(), width, found, score), "utf-8")
        print(f"wrote {OUT}")


if __name__ == "__main__":
    main()
