"""The fate of an agent: a number with its band, from kind, size, molar mass and charge; one row, or many."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from formulate.fate.agent import Agent, understand
from formulate.fate.answer import numbers, probability
from formulate.fate.course import Course, follow
from formulate.fate.metrics import Asked, read_metric, read_time
from formulate.fate.priors import Priors, shipped
from formulate.fate.ratio import reference_of
from formulate.fate.table import Row
from formulate.fate.transport import in_cartilage
from formulate.sampling import Array, Draws
from materials.errors import FormulateError

LEVELS = (0.1, 0.5, 0.9)
DRAWS = 256
LARGEST_SHARE_RATIO = 6.0  # to which a ratio of what is left saturates; a judgement
FAINTEST = 1e-4  # of a share; smaller ones are told as this


@dataclass(frozen=True)
class Fate:
    """One predicted number, median and 80 % band in `unit`; or the reason why there is none."""

    agent: str
    metric: str
    unit: str
    median: float | None
    low: float | None
    high: float | None
    reason: str = ""  # why there is no number, or what must be known to read it
    basis: str = ""  # what it rests on
    studies: int = 0  # measured studies behind the correction of its kind at its place
    row: int | None = None  # of a table
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give it as plain values."""
        return {
            "row": self.row,
            "agent": self.agent,
            "metric": self.metric,
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "band": 0.8,
            "unit": self.unit,
            "basis": self.basis,
            "studies": self.studies,
            "reason": self.reason,
            "notes": list(self.notes),
        }


class Predictor:
    """Predicts rows; agents that several rows ask about are followed once."""

    def __init__(self, draws: int = DRAWS, seed: int = 7, priors: Priors | None = None, kept: int = 32) -> None:
        self.draws = Draws(draws, seed)
        self.kept = kept  # courses held at a time
        self.priors = priors or shipped()
        self._followed: dict[tuple[object, ...], Course | FormulateError] = {}

    def predict(self, row: Row) -> Fate:
        """Predict one row; what cannot be told gives a Fate with its reason."""
        try:
            asked = read_metric(row.metric, row.unit, row.time if row.time is not None else read_time(row.time_text))
            agent = self.agent(row)
            asked = placed(asked, agent)
            return replace(self._answer(asked, agent), row=row.number)
        except FormulateError as error:
            reason = " ".join(str(error).split())
            return Fate(row.agent, row.metric, row.unit, None, None, None, reason, row=row.number)

    def agent(self, row: Row) -> Agent:
        """Give what a row says of its agent."""
        return understand(
            row.agent,
            row.kind,
            size=row.size,
            molar_mass=row.molar_mass,
            zeta=row.zeta,
            zeta_words=row.zeta_words,
            species=row.species,
            site=row.site,
            tissue=row.tissue,
            state=row.state,
            route=row.route,
            dose=row.dose,
            priors=self.priors,
        )

    def course(self, agent: Agent) -> Course:
        """Give the course of an agent, followed once."""
        key = (agent.kind.id, agent.drug.id, *(getattr(agent, name) for name in _SAME))
        if key not in self._followed:
            try:
                self._followed[key] = follow(agent, self.draws, self.priors)
            except FormulateError as error:
                self._followed[key] = error
            if len(self._followed) > self.kept:
                self._followed.pop(next(iter(self._followed)))
        found = self._followed[key]
        if isinstance(found, FormulateError):
            raise found
        return found

    def raw(self, asked: Asked, agent: Agent, stretch: Array) -> tuple[Array, str, str]:
        """Give draws in SI before the doubt between studies, what they rest on, and a remark."""
        if asked.quantity in ("diffusion", "partition"):
            found, basis = in_cartilage(asked.quantity, agent, self.draws)
            return found, f"cartilage: {basis}", ""
        if asked.quantity == "ratio":
            other = reference_of(asked, agent)
            part = replace(asked, quantity=asked.of_what, dimension="time", where=_ratio_place(asked))
            over, _, remark = self.raw(part, agent, stretch)
            under, _, _ = self.raw(part, other, np.ones_like(stretch) * np.median(stretch))
            basis = f"{agent.kind.id} over {other.kind.id} in the same draws"
            ratio = over / np.maximum(under, 1e-300)
            if asked.of_what == "left":  # of a free drug a little is found in tissue long after
                ratio = 1.0 / (1.0 / np.maximum(ratio, 1e-300) + 1.0 / LARGEST_SHARE_RATIO)
            return ratio, basis, remark
        course = self.course(agent)
        if asked.quantity == "auc":
            return _area(asked, course, stretch), course.basis, ""
        found, remark = numbers(asked, agent, course, stretch)
        return found, course.basis, remark

    def _answer(self, asked: Asked, agent: Agent) -> Fate:
        width = self.priors.width
        shift = self.priors.shift(agent.place, agent.kind.family)
        study, other = (self.draws.standard_normal(f"fate.{name}") for name in ("study", "scatter"))
        stretch = np.full(self.draws.count, 10.0**shift.log10_time)
        if asked.dimension in ("fraction", "flag"):
            stretch = stretch * 10.0 ** (width.time * study)
        found, basis, remark = self.raw(asked, agent, stretch)
        name, unit = agent.name, asked.unit
        notes = self.course(agent).notes if asked.quantity not in ("diffusion", "partition") else ()
        if asked.dimension == "flag":
            chance = probability(asked, found)
            return Fate(name, asked.metric, unit, chance, chance, chance, remark, basis, shift.studies, notes=notes)
        low, median, high = banded(asked, found, study, other, width)
        if np.isnan(median):
            return Fate(name, asked.metric, unit, None, None, None, "no draw has a number", basis)
        if not np.isfinite(median):
            last = float(self.course(agent).time[-1]) / asked.factor
            reason = "at least: it outlasts what was followed"
            return Fate(name, asked.metric, unit, last, min(low / asked.factor, last), None, reason, basis, notes=notes)
        ends = [float(end) / asked.factor if np.isfinite(end) else None for end in (low, median, high)]
        return Fate(name, asked.metric, unit, ends[1], ends[0], ends[2], remark, basis, shift.studies, notes=notes)


def placed(asked: Asked, agent: Agent) -> Asked:
    """Give the question looked at where the tissue column says, if the metric names no compartment itself."""
    if asked.quantity not in ("half", "mean", "turnover", "peak", "peak_time", "duration", "left", "flag"):
        return asked
    if agent.drug.id == "oligonucleotide" and agent.place == "csf" and asked.where in ("site", "fluid"):
        return replace(asked, where="site")  # what tissue holds decides how long any is found in the fluid
    if agent.place == "knee" and asked.where == "site" and agent.kind.form == "dissolved":
        held = agent.drug.id in ("cationic-protein", "surface-binding-protein", "growth-factor")
        cation = agent.drug.id == "cationic-protein" and asked.quantity == "half" and not asked.phase
        if cation or (held and asked.quantity == "duration"):
            return replace(asked, where="tissue")  # what cartilage binds is looked for there
    if asked.where == "site" and agent.seen_in and agent.place not in ("blood", "organ", "vitro", "bone"):
        return replace(asked, where=agent.seen_in)
    return asked


_SAME = ("payload", "size", "molar_mass", "zeta", "charge", "place", "tissue", "species", "state", "route", "dose",
         "holds_drug", "small_joint", "is_tracer", "label_stays")  # fmt: skip


def banded(
    asked: Asked, found: Array, study: Array, scatter: Array, width: object, levels: tuple[float, ...] = LEVELS
) -> tuple[float, ...]:
    """Give quantiles of draws with the doubt between studies, SI; 10th, 50th and 90th percentile unless named."""
    from formulate.fate.priors import Width

    assert isinstance(width, Width)
    held = found[~np.isnan(found)]
    if not held.size:
        return (np.nan,) * len(levels)
    if asked.dimension == "fraction":
        scale = _logit(np.clip(found, FAINTEST, 1.0 - FAINTEST))
        middle = np.nanmedian(scale)
        spread = middle + width.model_share * (scale - middle) + width.fraction * scatter
        back = 1.0 / (1.0 + np.exp(-np.nanquantile(spread, levels)))
        return tuple(float(end) for end in back)
    between = width.time if asked.dimension == "time" else width.ratio
    with np.errstate(divide="ignore"):
        scale = np.log10(np.maximum(found, 1e-300))
    middle = np.nanquantile(scale, 0.5, method="inverted_cdf")
    if not np.isfinite(middle):
        return tuple(np.nan if level < 0.5 else np.inf for level in levels)
    spread = middle + width.model_share * (scale - middle) + between * study
    ends = 10.0 ** np.nanquantile(spread, levels, method="inverted_cdf")
    return tuple(float(end) for end in ends)


def _logit(share: Array) -> Array:
    return np.asarray(np.log(share / (1.0 - share)))


def _ratio_place(asked: Asked) -> str:
    return "plasma" if asked.where == "plasma" else ("fluid" if asked.of_what in ("auc", "mean") else "site")


def _area(asked: Asked, course: Course, stretch: Array) -> Array:
    """Give the area under a curve to the time asked for, per dose."""
    from formulate.assess import area_under

    curve = course.plasma if asked.where == "plasma" else course.fluid
    if curve is None:
        raise FormulateError("no concentration is followed there")
    if asked.time is not None:
        within = course.time <= asked.time
        return area_under(course.time[within], curve[:, within]) / course.dose
    return area_under(course.time, curve) / course.dose


def predict_fate(
    agent: str,
    *,
    metric: str = "half_life",
    kind: str = "",
    size: str = "",
    molar_mass: str = "",
    zeta: str = "",
    species: str = "human",
    site: str = "",
    state: str = "",
    route: str = "",
    tissue: str = "",
    time: str = "",
    unit: str = "",
    dose: str = "",
    draws: int = DRAWS,
    seed: int = 7,
) -> Fate:
    """Predict one number of the fate of an agent from what little is known of it.

    Parameters
    ----------
    agent : str
        What it is called; words in it tell the class of a drug.
    metric : str
        half_life, sf_half_life, mean_residence_time, pct_remaining, cumulative_leakage, detection_duration,
        plasma_half_life, tmax, sf_clearance, retained_flag, diffusion_coefficient ...
    kind : str
        small_molecule, protein, nanoparticle, liposome, hydrogel, cells ...
    size, molar_mass, zeta, time, dose : str
        With their units: ``"300 nm"``, ``"434 g/mol"``, ``"-20 mV"``, ``"24 h"``, ``"5 mg"``.
    species, site, state, route, tissue : str
        Who and where: ``"rat"``, ``"knee"``, ``"healthy"``, ``"intra-articular"``.
    unit : str
        To tell the number in; the usual one where empty.
    draws, seed : int
        Of the uncertain inputs.

    Returns
    -------
    Fate
        Median and 80 % band, or a reason; never an error for what is merely not known.

    Raises
    ------
    FormulateError
        A text that is no quantity of its kind.

    Examples
    --------
    >>> found = predict_fate("particle", kind="microparticle", size="10 um", species="mouse", site="knee",
    ...                      metric="pct_remaining", time="6 h", draws=64)
    >>> found.unit, found.low <= found.median <= found.high
    ('%', True)
    """
    from formulate.fate.table import one_row

    given = {
        "agent": agent, "metric": metric, "kind": kind, "size": size, "molar_mass": molar_mass, "zeta": zeta,
        "species": species, "site": site, "state": state, "route": route, "tissue": tissue, "time": time,
        "unit": unit, "dose": dose,
    }  # fmt: skip
    return Predictor(draws, seed).predict(one_row(given))


def predict_rows(
    rows: Iterable[Row], draws: int = DRAWS, seed: int = 7, progress: Callable[[int], None] | None = None
) -> tuple[Fate, ...]:
    """Predict many rows; `progress` is told after each how many are done."""
    predictor = Predictor(draws, seed)
    found = []
    for done, row in enumerate(rows, start=1):
        found.append(predictor.predict(row))
        if progress is not None:
            progress(done)
    return tuple(found)
