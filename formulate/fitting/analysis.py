"""The whole analysis of measured release: every model fitted, ranked, averaged, summed up and questioned."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from formulate.curves.model import Model
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.averaging import Average, average
from formulate.fitting.diagnosis import diagnose
from formulate.fitting.findings import Finding
from formulate.fitting.mechanism import Mechanism, mechanism
from formulate.fitting.ranking import CANNOT_BE_TOLD_APART, Criterion, Place, Ranking, rank
from formulate.fitting.reading_notes import reading_notes
from formulate.fitting.results import Fit, Points
from formulate.fitting.summaries import Quantity, fitted_summary, observed_summary
from materials.errors import DomainError, FormulateError, UnknownIdError, nearest

if TYPE_CHECKING:
    import pandas

    from formulate.fitting.intervals import Bootstrap
    from formulate.fitting.shared import SharedFit

Replicates: TypeAlias = Literal["pooled", "mean", "each"]
Progress: TypeAlias = Callable[[int, int], None]

REPLICATES = ("pooled", "mean", "each")
AVERAGED_AT = 101  # times from zero to the last reading
FEW_MODELS = 3  # up to so many, each gets the intervals that cost time


@dataclass(frozen=True)
class Failure:
    """A model that could not be fitted, and why."""

    model: str
    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class FittedModel:
    """One model fitted to one profile, and all that is said of the fit."""

    fit: Fit
    place: Place | None  # None where it has no value of the criterion
    summary: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    likelihood: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # intervals, where asked for
    bootstrap: "Bootstrap | None" = None  # where asked for

    @property
    def sound(self) -> bool:
        """Whether nothing serious stands against the fit."""
        return not any(finding.severity == "serious" for finding in self.findings)


@dataclass(frozen=True)
class AcrossUnits:
    """One parameter of one model over units fitted one by one."""

    model: str
    parameter: str
    unit: str
    values: tuple[float, ...]  # one for each unit fitted
    mean: float
    standard_deviation: float  # NaN with fewer than two units


@dataclass(frozen=True, eq=False)
class UnitAnalysis:
    """The models fitted to the readings of one unit."""

    unit: str
    fits: tuple[Fit, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, eq=False)
class ProfileAnalysis:
    """What the readings of one profile say."""

    profile: Profile
    points: Points
    models: tuple[FittedModel, ...]  # best first; those without a place last
    ranking: Ranking
    failures: tuple[Failure, ...]
    average: Average | None  # None where the criterion gives no weights or no model has a place
    observed: tuple[Quantity, ...]  # from the readings alone
    mechanism: Mechanism
    notes: tuple[Finding, ...]  # of the readings, whatever the model
    units: tuple[UnitAnalysis, ...] = ()  # with replicates="each"
    across_units: tuple[AcrossUnits, ...] = ()  # with replicates="each"

    @property
    def best(self) -> FittedModel | None:
        """The model placed first; None where none has a place."""
        return self.models[0] if self.ranking.places else None

    @property
    def best_sound(self) -> FittedModel | None:
        """The first model placed against which nothing serious stands; None where there is none."""
        return next((entry for entry in self.models if entry.place and entry.sound), None)

    def model(self, id: str) -> FittedModel:
        """Give the fit of this model.

        Raises
        ------
        UnknownIdError
            It was not fitted.
        """
        for entry in self.models:
            if entry.fit.model.id == id:
                return entry
        raise UnknownIdError("fitted model", id, nearest(id, [entry.fit.model.id for entry in self.models]))


@dataclass(frozen=True, eq=False)
class Analysis:
    """What the readings of a file say."""

    data: ReleaseData
    profiles: tuple[ProfileAnalysis, ...]
    criterion: Criterion
    level: float
    weighting: str
    replicates: Replicates
    seed: int
    shared: tuple["SharedFit", ...] = ()  # fits over all profiles with parameters in common, where asked for
    shared_failures: tuple[Failure, ...] = ()

    def profile(self, name: str = "") -> ProfileAnalysis:
        """Give the analysis of this profile; the only one if there is one and no name is given.

        Raises
        ------
        UnknownIdError
            No profile has this name, or several were analysed and none was named.
        """
        if not name and len(self.profiles) == 1:
            return self.profiles[0]
        for entry in self.profiles:
            if entry.profile.name == name:
                return entry
        raise UnknownIdError("profile", name, nearest(name, [entry.profile.name for entry in self.profiles]))

    def to_frame(self) -> "pandas.DataFrame":
        """Give one row for each profile, model and parameter, models that failed with their reason."""
        from formulate.fitting.export import frame

        return frame(self)

    def results(self) -> dict[str, Any]:
        """Give everything as plain dictionaries, lists, texts and numbers; None for what is no finite number."""
        from formulate.fitting.export import plain

        return plain(self)


def analyse(
    data: ReleaseData,
    *,
    models: str | Sequence[str | Model] = "all",
    profile: str | None = None,
    weighting: str = "1",
    replicates: Replicates = "pooled",
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    shared: Sequence[str] = (),
    formula: str | Sequence[str] | None = None,
    constants: Mapping[str, float] | None = None,
    criterion: Criterion = "AICc",
    level: float = 0.95,
    profile_intervals: bool = False,
    bootstrap: int = 0,
    seed: int = 7,
    progress: Progress | None = None,
) -> Analysis:
    """Fit models to measured release and say what the fits tell.

    Parameters
    ----------
    data : ReleaseData
        Profiles [% of the dose].
    models : str or sequence of str or Model
        Ids, names or groups ("all", "ddsolver", "basic", ...) of the library, or models made elsewhere.
    profile : str, optional
        Name of the one profile to analyse; all if not given.
    weighting : {"1", "1/y", "1/y2", "1/sd2"}
        Weights of the readings.
    replicates : {"pooled", "mean", "each"}
        All readings in one fit; the mean of the units; or all in one fit and each unit by itself besides.
    fixed, bounds : mapping, optional
        Values and ranges of parameters, in the units of the data, for every model that has one of that name.
    shared : sequence of str
        Parameters with one value over all profiles: models that have them are fitted to all profiles at once besides.
    formula : str or sequence of str, optional
        The user's own curves, fitted besides.
    constants : mapping of str to float, optional
        Quantities physical models are built with [SI].
    criterion : {"AICc", "AIC", "BIC", "MSC", "R2adj"}
        By which models are ranked.
    level : float
        Of all intervals [1].
    profile_intervals : bool
        Whether to find intervals from the profile of the sum of squares, for models that cannot be told from the best
        (difference below 2; every model if there are at most three).
    bootstrap : int
        How many resampled fits to make for the same models; 0 for none.
    seed : int
        Of the resampling.
    progress : callable, optional
        ``progress(done, of)`` after each fit.

    Returns
    -------
    Analysis
        A model that could not be fitted is among the failures with the reason.

    Raises
    ------
    UnknownIdError
        A model, profile, criterion, weighting or parameter is not known.
    DomainError
        The readings cannot be weighted as asked, a time is negative, or the level is not between 0 and 1.
    """
    from formulate.fitting.choice import chosen_models

    if replicates not in REPLICATES:
        raise UnknownIdError("treatment of replicates", replicates, REPLICATES)
    fixed, bounds = dict(fixed or {}), dict(bounds or {})
    chosen = chosen_models(models, formula, constants or {}, data.seconds)
    known = {name for model in chosen for name in model.names}
    for name in (*fixed, *bounds, *shared):
        if name not in known:
            raise UnknownIdError("parameter", name, nearest(name, known))
    profiles = data.profiles if profile is None else (data.profile(profile),)
    fits_each = [1 + (entry.units if replicates == "each" else 0) for entry in profiles]
    step = _counted(progress, len(chosen) * sum(fits_each))
    fitting = _Fitting(chosen, fixed, bounds, level, weighting, data.time_unit, step)
    detail = _Detail(profile_intervals, bootstrap, seed)
    analysed = tuple(_profile(entry, fitting, replicates, criterion, detail) for entry in profiles)
    if shared and len(profiles) < 2:
        raise DomainError("profiles", len(profiles), "", "two or more, to share a parameter between them")
    together, failed = _together(analysed, fitting, shared) if shared else ((), ())
    return Analysis(data, analysed, criterion, level, weighting, replicates, seed, together, failed)


@dataclass(frozen=True)
class _Detail:
    """What costs time, and is done for few models."""

    profile_intervals: bool
    bootstrap: int
    seed: int


@dataclass(frozen=True)
class _Fitting:
    """How every model is fitted."""

    models: tuple[Model, ...]
    fixed: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    level: float
    weighting: str
    time_unit: str
    step: Callable[[], None]

    def points(self, profile: Profile, replicates: str | int) -> Points:
        """Give the readings of a profile or of one of its units."""
        from formulate.fitting.points import points_of

        return points_of(profile, self.weighting, replicates, self.time_unit)

    def own(self, model: Model) -> dict[str, Any]:
        """Give what holds for the parameters this model has."""
        return {
            "fixed": {name: value for name, value in self.fixed.items() if name in model.names},
            "bounds": {name: ends for name, ends in self.bounds.items() if name in model.names},
        }

    def fits(self, points: Points) -> tuple[tuple[Fit, ...], tuple[Failure, ...]]:
        """Fit every model to some readings; what cannot be fitted is told, not raised."""
        from formulate.fitting.fit import fit

        done: list[Fit] = []
        failed: list[Failure] = []
        for model in self.models:
            try:
                done.append(fit(points, model, level=self.level, **self.own(model)))
            except FormulateError as error:
                failed.append(Failure(model.id, model.name, str(error)))
            self.step()
        return tuple(done), tuple(failed)


def _counted(progress: Progress | None, total: int) -> Callable[[], None]:
    numbers: Iterator[int] = iter(range(1, total + 1))

    def step() -> None:
        if progress is not None:
            progress(next(numbers, total), total)

    return step


def _profile(
    profile: Profile, fitting: _Fitting, replicates: Replicates, criterion: Criterion, detail: _Detail
) -> ProfileAnalysis:
    points = fitting.points(profile, "mean" if replicates == "mean" else "pooled")
    fits, failures = fitting.fits(points)
    ranking = rank(fits, criterion)
    order = {place.model: index for index, place in enumerate(ranking.places)}
    ordered = sorted(fits, key=lambda fit: order.get(fit.model.id, len(fits)))
    last = float(points.time.max())
    units = _units(profile, fitting) if replicates == "each" else ()
    return ProfileAnalysis(
        profile=profile,
        points=points,
        models=tuple(_fitted_model(fit, ranking, len(fits), detail) for fit in ordered),
        ranking=ranking,
        failures=failures,
        average=average(fits, ranking, np.linspace(0.0, last, AVERAGED_AT), fitting.level),
        observed=observed_summary(profile, fitting.level),
        mechanism=mechanism(points, fits, fitting.level),
        notes=reading_notes(profile, fitting.time_unit),
        units=units,
        across_units=_across_units(units),
    )


def _fitted_model(fit: Fit, ranking: Ranking, count: int, detail: _Detail) -> FittedModel:
    place = ranking.place(fit.model.id)
    close = place is not None and place.difference < CANNOT_BE_TOLD_APART
    wanted = (close or count <= FEW_MODELS) and fit.criteria.degrees_of_freedom > 0 and fit.criteria.parameters > 0
    likelihood: Mapping[str, tuple[float, float]] = {}
    resampled = None
    if wanted and detail.profile_intervals:
        from formulate.fitting.intervals import profile_likelihood

        likelihood = profile_likelihood(fit)
    if wanted and detail.bootstrap:
        from formulate.fitting.intervals import bootstrap

        resampled = bootstrap(fit, detail.bootstrap, detail.seed)
    return FittedModel(fit, place, fitted_summary(fit), diagnose(fit), likelihood, resampled)


def _units(profile: Profile, fitting: _Fitting) -> tuple[UnitAnalysis, ...]:
    found = []
    for index, name in enumerate(profile.unit_names):
        try:
            fits, failures = fitting.fits(fitting.points(profile, index))
        except FormulateError as error:  # a unit without a reading
            fits, failures = (), tuple(Failure(model.id, model.name, str(error)) for model in fitting.models)
        found.append(UnitAnalysis(name, fits, failures))
    return tuple(found)


def _across_units(units: Sequence[UnitAnalysis]) -> tuple[AcrossUnits, ...]:
    gathered: dict[tuple[str, str, str], list[float]] = {}
    for unit in units:
        for fit in unit.fits:
            for parameter in fit.parameters:
                gathered.setdefault((fit.model.id, parameter.name, parameter.unit), []).append(parameter.value)
    found = []
    with np.errstate(over="ignore", invalid="ignore"):  # a parameter that nothing fixes may be any number
        for key, values in gathered.items():
            spread = float(np.std(values, ddof=1)) if len(values) > 1 else np.nan
            found.append(AcrossUnits(*key, tuple(values), float(np.mean(values)), spread))
    return tuple(found)


def _together(
    profiles: Sequence[ProfileAnalysis], fitting: _Fitting, shared: Sequence[str]
) -> tuple[tuple["SharedFit", ...], tuple[Failure, ...]]:
    from formulate.fitting.shared import fit_shared

    done: list[SharedFit] = []
    failed: list[Failure] = []
    for model in fitting.models:
        names = [name for name in shared if name in model.names]
        if not names:
            continue
        try:
            points = [entry.points for entry in profiles]
            done.append(fit_shared(points, model, shared=names, level=fitting.level, **fitting.own(model)))
        except FormulateError as error:
            failed.append(Failure(model.id, model.name, str(error)))
    return tuple(done), tuple(failed)
