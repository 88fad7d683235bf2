"""How a formulation releases before it is measured, and as the first points or a sibling come in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formulate.bench_crystals import on_the_bench
from formulate.case import Case, prepare, prepare_parts
from formulate.computable import bench_problems
from formulate.estimate import BAND, Estimate
from formulate.first_points import Points as Points
from formulate.first_points import points as points
from formulate.first_points import remarks_on, require_within
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.loading.stage import load
from formulate.parts import as_one
from formulate.release import updating
from formulate.release.learned.features import Description, Family, Method
from formulate.release.stage import by_law_or_mechanism, by_mechanism, unlike_in_the_body
from formulate.release.stage_learned import description
from formulate.release.stage_triggers import triggers_told
from formulate.release_choice import choice
from formulate.release_numbers import TOLD_AT as TOLD_AT
from formulate.release_numbers import numbers_of
from formulate.results import Loading, Release
from formulate.sampling import Array, Draws
from materials.errors import Fault, FileError, FormulateError, MissingValueError
from materials.mechanisms import mechanism
from materials.schema import Carrier

if TYPE_CHECKING:
    import pandas as pd

    from formulate.through_bag import Seen

DAY = 86400.0
LEVELS = ((1 - BAND) / 2, 0.5, (1 + BAND) / 2)
# when a laboratory would sample next [d]
CANDIDATES = (0.125, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 28.0, 42.0, 56.0, 84.0, 112.0, 168.0)
ONLY_THE_METHOD = (
    "of a liposome neither drug nor lipids, size or temperature enter: on drugs left out they made the prediction "
    "worse; an actively loaded or a thermosensitive liposome is not described until two points are measured",
)


@dataclass(frozen=True)
class Bench:
    """How the release is measured, as far as it is known."""

    method: Method | None = None  # of liposomes
    surfactant: float | None = None  # in the medium, kg/m3; of polyesters
    medium: float | None = None  # volume that crystals dissolve into, m3; a sink where not said


@dataclass(frozen=True)
class Sibling:
    """Another formulation of the same drug from the same laboratory, and what was measured of it."""

    formulation: Formulation
    points: Points


@dataclass(frozen=True)
class NextPoint:
    """A time at which to measure next, and how wide the band would then be, on average over time."""

    time: float  # s
    width: float


@dataclass(frozen=True)
class Forecast:
    """The release of one formulation: equally likely curves.

    Attributes
    ----------
    time : ndarray, shape (times,)
        Times [s].
    released : ndarray, shape (draws, times)
        Share of the dose out of every layer, given all that was measured.
    low, median, high : ndarray, shape (times,)
        Ends of the 80 % band and the middle; of a learned forecast with assay error, so that they hold measurements.
    before : Forecast or None
        The same before anything was measured.
    mechanism : Release or None
        What the mechanism alone gives.
    learned : bool
        Whether published profiles stand behind it, and not the mechanism alone.
    points : Points or None
        What was measured.
    numbers : tuple of Estimate
        Shares at some times, and when half and most is out.
    next_points : tuple of NextPoint
        When to measure next.
    width : float
        Mean width of the band.
    told : tuple of str
        What drives it, what is averaged over, what lies outside the data.
    """

    formulation: Formulation
    time: Array
    released: Array
    low: Array
    median: Array
    high: Array
    before: "Forecast | None"
    mechanism: Release | None
    learned: bool
    basis: str
    points: Points | None
    siblings: tuple[Sibling, ...]
    numbers: tuple[Estimate, ...]
    next_points: tuple[NextPoint, ...]
    width: float
    told: tuple[str, ...]
    warnings: tuple[str, ...]
    inputs: tuple[Input, ...]
    seen: "Seen | None" = None  # what the receiver of a dialysis bag would show

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame of the share released against time: median and 80 % band."""
        import pandas as pd

        columns = {"time (d)": self.time / DAY}
        kinds = {"": self, "before measuring ": self.before}
        for kind, found in kinds.items():
            if found is not None:
                for end in ("low", "median", "high"):
                    columns[f"{kind}released {end} (fraction)"] = getattr(found, end)
        if self.seen is not None:
            for end in ("low", "median", "high", "free"):
                name = "of free drug " if end == "free" else ""
                columns[f"in the receiver {name or end} (fraction)".replace("  ", " ")] = getattr(self.seen, end)
        return pd.DataFrame(columns)


def forecast(
    formulation: Formulation,
    observed: Points | None = None,
    siblings: Sequence[Sibling] = (),
    draws: Draws | None = None,
    bench: Bench | None = None,
) -> Forecast:
    """Predict how a formulation releases on the bench, and move the prediction by what was measured.

    Parameters
    ----------
    formulation : Formulation
        What to compute.
    observed : Points, optional
        Measured on this formulation; the first points of its file if left out.
    siblings : sequence of Sibling, optional
        Measured on others of the same drug from the same laboratory; only learned families can use them.
    draws : Draws, optional
        Instead of those the formulation asks for.
    bench : Bench, optional
        How the release is measured; averaged over where it is not said.

    Raises
    ------
    FileError
        The release of the formulation cannot be computed.
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    DomainError
        A time beyond the calculation, where the mechanism stands alone.
    FormulateError
        A sibling of another family or drug, or where nothing is learned.

    Notes
    -----
    Polyester particles and liposomes: a population of curves learned from published profiles
    (`formulate.release.learned`), with the mechanism beside it. Others: the draws of the mechanism, reweighted by
    Bayes' rule where something was measured.
    """
    _refuse(formulation)
    drawn = draws or Draws(formulation.calculation.draws, formulation.calculation.seed)
    if not formulation.payload:
        from formulate.own_release import forecast_own

        return forecast_own(formulation, drawn, observed, siblings)
    first, *others = prepare_parts(formulation, drawn)
    case = replace(first, on_bench=True)
    family = family_of(formulation)
    if family is not None:
        if observed is None and formulation.inner.first_points is not None:
            observed = formulation.inner.first_points.points
        return _learned(formulation, case, family, observed, siblings, drawn, bench or Bench())
    if siblings:
        raise FormulateError(
            f"sibling {siblings[0].formulation.label}: nothing is learned of this kind of carrier; need none"
        )
    parts = (case, *(replace(other, on_bench=True) for other in others))
    loading, computed = as_one([(held := load(part), by_law_or_mechanism(part, held)) for part in parts])
    if not computed.has_carriers:
        computed = on_the_bench(case, loading, computed, None if bench is None else bench.medium)
    if formulation.inner.first_points is not None:
        inner = formulation.inner.carrier
        told = f"the first points of {inner} are of it alone: inside another layer they move nothing here"
        computed = replace(computed, warnings=(*computed.warnings, told))
    return _by_mechanism(formulation, case, loading, computed, observed)


def family_of(formulation: Formulation) -> Family | None:
    """Give the family whose published profiles tell of a formulation; None where the mechanism stands alone."""
    (inner, *around) = formulation.chain
    if around or inner.release is not None:
        return None
    return choice(formulation, inner).family


def describe(case: Case, loading: Loading | None, family: Family, bench: Bench | None = None) -> Description:
    """Give what the learned population is asked of a formulation, typical values of what the file and catalog say."""
    how = bench or Bench()
    return replace(description(case, loading, family), method=how.method, surfactant=how.surfactant)


def _refuse(formulation: Formulation) -> None:
    if found := [Fault("formulation", field, problem) for field, problem in bench_problems(formulation)]:
        raise FileError(found)


def _by_mechanism(
    formulation: Formulation, case: Case, loading: Loading, computed: Release, observed: Points | None
) -> Forecast:
    crystals = computed.solid[:, 0].any()  # a vessel takes a dose of them that no syringe does
    unfit = () if crystals else loading.unfit
    warnings = (*remarks_on(observed), *unfit, *loading.warnings, *computed.warnings)
    told = unlike_in_the_body(case, loading)
    return moved(formulation, computed, case.inputs.used, told, warnings, observed)


def moved(
    formulation: Formulation,
    computed: Release,
    inputs: tuple[Input, ...],
    told: Sequence[str],
    warnings: tuple[str, ...],
    observed: Points | None,
) -> Forecast:
    """Forecast by the draws of a mechanism, weighted by what was measured."""
    # of a drug without a carrier a laboratory sees what is dissolved
    curves, time = computed.released if computed.has_carriers else computed.free, computed.time
    plain = _forecast(formulation, time, curves, computed, inputs, told, warnings)
    if observed is None:
        return plain
    require_within(observed, float(time[-1]))
    weights = updating.weights_of(updating.at_times(time, curves, observed.time), observed.share)
    effective = updating.effective_draws(weights)
    if effective < updating.FEWEST_EFFECTIVE:
        warnings += (
            f"only {effective:.2g} of {len(curves)} draws of the mechanism come near what was measured, too few to "
            "move the forecast, which stays as it was: fit the data instead (formulate fit), or take more draws",
        )
        return _forecast(formulation, time, curves, computed, inputs, told, warnings, plain, observed)
    after = curves[updating.resampled(weights)]
    return _forecast(formulation, time, after, computed, (), told, warnings, plain, observed)


def _learned(
    formulation: Formulation,
    case: Case,
    family: Family,
    observed: Points | None,
    siblings: Sequence[Sibling],
    drawn: Draws,
    bench: Bench,
) -> Forecast:
    from formulate.release.learned.prediction import predict

    loading, computed, lacking = _as_far_as_known(case)
    described = describe(case, loading, family, bench)
    relatives = [
        (_described_sibling(item, case, family, drawn, bench), item.points.time, item.points.share) for item in siblings
    ]
    seed, count = drawn.seed, drawn.count
    odd = dict.fromkeys((*remarks_on(observed), *(text for item in siblings for text in remarks_on(item.points))))
    warnings = (*odd, *(() if loading is None else (*loading.unfit, *loading.warnings)), *lacking)
    warnings += triggers_told(case)
    if loading is not None and observed is None:
        warnings += unlike_in_the_body(case, loading)
    plain = predict(described, case.time, draws=count, seed=seed)
    told = [*plain.drivers, *plain.averaged, *(ONLY_THE_METHOD if family == "liposome" else ())]
    before = _forecast(
        formulation, case.time, plain.curves, computed, (), told, (*warnings, *plain.outside), band=plain.band(BAND)
    )
    if observed is None and not siblings:
        return before
    given = None if observed is None else observed.observed
    found = predict(described, case.time, given, relatives, draws=count, seed=seed)
    if found.effective_draws < updating.FEWEST_EFFECTIVE:
        warnings += (
            "what was measured is unlike any published profile: the band rests on few draws; fit the data instead "
            "(formulate fit)",
        )
    return _forecast(
        formulation, case.time, found.curves, computed, (), told, (*warnings, *plain.outside), before, observed,
        tuple(siblings), found.band(BAND),
    )  # fmt: skip


def _as_far_as_known(case: Case) -> tuple[Loading | None, Release | None, tuple[str, ...]]:
    """Give loading and the release of the mechanism; what published profiles tell needs neither."""
    loading = computed = None
    try:
        loading = load(case)
        computed = by_mechanism(case, loading)
    except MissingValueError as error:
        what = "drug loading and the mechanism are" if loading is None else "the mechanism is"
        return loading, None, (f"{what} left out, for lack of a number: {error}",)
    return loading, computed, ()


def _described_sibling(sibling: Sibling, case: Case, family: Family, drawn: Draws, bench: Bench) -> Description:
    other = sibling.formulation
    where = f"sibling {other.label} ({sibling.points.source})" if sibling.points.source else f"sibling {other.label}"
    _refuse(other)
    if family_of(other) != family:
        raise FormulateError(f"{where}: {other.inner.carrier}; need a {family} as the formulation itself")
    beside = replace(prepare(other, drawn), on_bench=True)
    if beside.payload.entry.id != case.payload.entry.id:
        need = f"the drug of the formulation itself, {case.payload.entry.id}"
        raise FormulateError(f"{where}: holds {beside.payload.entry.id}; need {need}")
    return describe(beside, _as_far_as_known(beside)[0], family, bench)


def _forecast(
    formulation: Formulation,
    time: Array,
    curves: Array,
    computed: Release | None,
    inputs: tuple[Input, ...],
    told: Sequence[str],
    warnings: tuple[str, ...],
    before: Forecast | None = None,
    points: Points | None = None,
    siblings: tuple[Sibling, ...] = (),
    band: tuple[Array, Array] | None = None,
) -> Forecast:
    low, median, high = np.quantile(curves, LEVELS, axis=0)
    if band is not None:
        low, high = band
    last = 0.0 if points is None else float(points.time.max())
    tried = CANDIDATES if computed is None or computed.has_carriers or curves.min() < 1.0 else ()
    wanted = np.array([day * DAY for day in tried if last < day * DAY <= time[-1]])
    later = time > 0.0
    width = (high - low)[later]
    expected = (
        updating.expected_widths(curves[:, later], width, updating.at_times(time, curves, wanted))
        if len(wanted)
        else ()
    )
    learned = band is not None
    return Forecast(
        formulation,
        time,
        curves,
        low,
        median,
        high,
        before,
        computed,
        learned,
        _basis(formulation, learned, computed is not None),
        points,
        siblings,
        numbers_of(time, curves, inputs),
        tuple(NextPoint(float(at), float(wide)) for at, wide in zip(wanted, expected, strict=True)),
        float(width.mean()),
        tuple(told),
        warnings,
        inputs,
    )


def _basis(formulation: Formulation, learned: bool, beside: bool) -> str:
    carrier = formulation.inner.entry
    assert isinstance(carrier, Carrier)
    if formulation.inner.release is not None:
        return "the law that was measured"
    if formulation.inner.dose is not None:
        if not formulation.around(formulation.inner):
            return "its being free at once: nothing holds it back"
        several = len(formulation.layer) > 2
        return "what is around it: out of all of it, whole" if several else "the gel around it: out of the gel, whole"
    if carrier.mechanisms.release == "crystals":
        return "the mechanism: crystals without a carrier dissolve"
    does = mechanism("release", carrier.mechanisms.release).summary
    if not learned:
        return f"the mechanism: {does}" + ("; then out of what is around it" if len(formulation.chain) > 1 else "")
    return (
        f"published profiles of its kind; the mechanism beside it: {does}"
        if beside
        else "published profiles of its kind"
    )
