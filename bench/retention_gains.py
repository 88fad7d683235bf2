"""Score predicted fates at every level of their band, and what more knowledge is worth to them.

    python -m bench.retention_gains FOLDER -o docs/validation-retention.csv

FOLDER as for `bench.calibrate_retention`; rows of one source are left out together. The widths are those that ship.
Errors are |log10| of predicted over measured, averaged over rows (and over sources): 0.3 is a factor of 2.

- Priors alone: nothing is fitted, neither to other sources.
- Sources: rows whose kind at that place few or many other sources have measured.
- One's own: another row of the same source and kind at the same place is given, the shift moves to its residual by
  the weight of one source, as in the fit; scored beside the same rows without it.
- Half of the other sources, drawn once with a fixed seed.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.calibrate_retention import LARGEST, SHRINK, Case, Scored, cases_of, score_at, scored, shifts, without_source
from bench.release_prediction import LEVELS
from bench.release_tables import write
from formulate.fate.priors import Width, shipped

DRAWS = 256
FEW = 2  # other sources


def summary(found: Sequence[Scored]) -> dict[str, float]:
    """Average the error of rows."""
    errors = np.array([np.log10(item.fold) for item in found])
    sources = np.array([item.case.source for item in found])
    return {
        "profiles": float(len(found)),
        "sources": float(len(np.unique(sources))),
        "profile": float(errors.mean()),
        "group": float(np.mean([errors[sources == source].mean() for source in np.unique(sources)])),
        "within 3": float(np.mean(errors <= np.log10(3.0))),
        "in the 80 % band": float(np.mean([item.covered for item in found])),
    }


def with_levels(score: Callable[[float], Sequence[Scored]]) -> dict[str, float]:
    """Average the error, and how often the band of each level holds."""
    found = summary(score(0.8))
    found |= {f"held {100 * level:.0f}": float(np.mean([item.covered for item in score(level)])) for level in LEVELS}
    return found


def given_own(cases: list[Case], width: Width) -> tuple[list[Scored], list[Scored]]:
    """Score rows from another row of their own study, and the same rows without it."""
    known = without_source(cases)
    told, alone = [], []
    for case in cases:
        own = [other.residual() for other in cases if other is not case and other.source == case.source
               and other.group == case.group]  # fmt: skip
        usable = [float(np.clip(value, -LARGEST, LARGEST)) for value in own if value is not None]
        if case.asked.dimension == "flag" or not usable:
            continue
        shift = known[case.source].get(case.group)
        before, studies = (shift.log10_time, shift.studies) if shift else (0.0, 0)
        # as the fit would with this one row as a further source, of the same study and so of full weight
        moved = before + (usable[0] - before) * (studies + 1.0) / (studies + 1.0 + SHRINK)
        told.append(score_at(case, moved, width))
        alone.append(score_at(case, before, width))
    return told, alone


def from_half(cases: list[Case], width: Width) -> list[Scored]:
    """Score rows from half of the other sources."""
    sources = np.random.default_rng(5).permutation(sorted({case.source for case in cases}))
    kept = set(sources[: len(sources) // 2])
    found = []
    for case in cases:
        if case.asked.dimension != "flag":
            known = shifts([other for other in cases if other.source in kept and other.source != case.source])
            shift = known.get(case.group)
            found.append(score_at(case, shift.log10_time if shift else 0.0, width))
    return found


def worst_quarter(found: Sequence[Scored]) -> dict[str, float]:
    """Give the mean error of the quarter of the sources with the largest, and how many rows they are."""
    errors = np.array([np.log10(item.fold) for item in found])
    sources = np.array([item.case.source for item in found])
    means = {str(source): float(errors[sources == source].mean()) for source in np.unique(sources)}
    worst = sorted(means, key=lambda source: -means[source])[: round(len(means) / 4)]
    chosen = np.isin(sources, worst)
    return {
        "profiles": float(chosen.sum()),
        "profile": float(errors[chosen].mean()),
        "group": float(np.mean([means[source] for source in worst])),
    }


def main() -> None:
    """Score, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="table of all scores, CSV")
    given = parser.parse_args()
    cases = [case for case in cases_of(given.folder, DRAWS) if case.asked.dimension != "flag"]
    width = shipped().width
    known = without_source(cases)

    def others(case: Case) -> int:
        shift = known[case.source].get(case.group)
        return shift.studies if shift else 0

    left_out = scored(cases, width)
    told, alone = given_own(cases, width)
    scores = {
        "all fates": with_levels(lambda level: scored(cases, width, level=level)),
        "the knee": with_levels(
            lambda level: [s for s in scored(cases, width, level=level) if s.case.agent.place == "knee"]
        ),
        "other places": with_levels(
            lambda level: [s for s in scored(cases, width, level=level) if s.case.agent.place != "knee"]
        ),
        "priors alone": summary(scored(cases, width, shifted=False)),
        "half of the other sources": summary(from_half(cases, width)),
        "kinds of at most two other sources": summary([s for s in left_out if others(s.case) <= FEW]),
        "kinds of more": summary([s for s in left_out if others(s.case) > FEW]),
        "given one's own measurement": summary(told),
        "the same rows without it": summary(alone),
        "the worst quarter of the sources": worst_quarter(left_out),
    }
    for way, found in scores.items():
        print(f"{way}: {found['profile']:.3f} ({found['group']:.3f}) of {found['profiles']:.0f}, "
              f"{10 ** found['profile']:.2f}-fold; 80 % band {found.get('in the 80 % band', np.nan):.2f}")  # fmt: skip
    write({"retention": scores}, given.output)


if __name__ == "__main__":
    main()
