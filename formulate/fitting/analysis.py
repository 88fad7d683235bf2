"""The whole analysis of measured release: every model fitted, ranked, averaged, summed up and questioned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from formulate.curves.model import Model
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.averaging import Average, average
from formulate.fitting.diagnosis import diagnose
from formulate.fitting.every_model import NUMERICAL, EveryModel, Progress, counted
from formulate.fitting.findings import Finding
from formulate.fitting.given import bounds_of, number, numbers, shown
from formulate.fitting.mechanism import ANY_EXPONENT, Mechanism, mechanism
from formulate.fitting.ranking import CANNOT_BE_TOLD_APART, Criterion, Place, Ranking, rank
from formulate.fitting.reading_notes import reading_notes
from formulate.fitting.results import Fit, Points
from formulate.fitting.summaries import Quantity, fitted_summary, observed_summary
from formulate.fitting.units import AcrossUnits, Failure, UnitAnalysis, across_units
from formulate.fitting.window import EVERYTHING, Window
from materials.errors import DomainError, FormulateError, UnknownIdError, nearest

if TYPE_CHECKING:
    import pandas

    from formulate.fitting.intervals import Bootstrap
    from formulate.fitting.shared import SharedFit

Replicates: TypeAlias = Literal["pooled", "mean", "each"]

REPLICATES = ("pooled", "mean", "each")
AVERAGED_AT = 101  # times from zero to the last reading
FEW_MODELS = 3  # up to so many, each gets the intervals that cost time


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
    window: Window = EVERYTHING  # the part of the readings that was fitted

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must be known of every order of models and of every exponent, each said once."""
        told = dict.fromkeys(text for entry in self.profiles for text in entry.ranking.caveats)
        if any(entry.mechanism.rows for entry in self.profiles):
            told[ANY_EXPONENT] = None
        return tuple(told)

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

    def units_frame(self) -> "pandas.DataFrame":
        """Give one row for each profile, model and unit fitted by itself; empty without ``replicates="each"``."""
        from formulate.fitting.export import units_frame

        return units_frame(self)

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
    formula_start: Mapping[str, float] | None = None,
    constants: Mapping[str, float] | None = None,
    up_to: float | None = None,
    start: float | None = None,
    until: float | None = None,
    leave_out: Sequence[float] | float = (),
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
    formula_start : mapping of str to float, optional
        Values from which parameters of formulas start, in the units of the data; the search starts from others too.
        Terms that may change places come out in the order in which they start.
    constants : mapping of str to float, optional
        Quantities physical models are built with [SI].
    up_to : float, optional
        Only readings before the first of their unit above this share [%], for every model alike.
    start, until : float, optional
        Only readings between these times, both inclusive [the time unit of the data].
    leave_out : sequence of float, or float
        Times whose readings are struck from the data [the time unit of the data].
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
        The readings cannot be weighted as asked, too few are left of a profile, there is none at a time to leave out,
        a time is negative, or the level is not between 0 and 1.
    FormulateError
        What should be release data, a number, a formula or the name of a model is something else.
    """
    from formulate.fitting.choice import chosen_models

    if replicates not in REPLICATES:
        raise UnknownIdError("treatment of replicates", replicates, REPLICATES)
    if not isinstance(data, ReleaseData):
        raise FormulateError(f"data: {shown(data)}; need release data, as read_release gives them")
    fixed, bounds, begun = numbers("fixed", fixed), bounds_of(bounds), numbers("formula_start", formula_start)
    level = number("level", level)
    chosen = chosen_models(models, formula, constants or {}, data.seconds, begun)
    known = {name for model in chosen for name in model.names}
    for name in (*fixed, *bounds, *shared):
        if name not in known:
            raise UnknownIdError("parameter", name, nearest(name, known))
    profiles = data.profiles if profile is None else (data.profile(profile),)
    if shared and len(profiles) < 2:
        raise DomainError("profiles", len(profiles), "", "two or more, to share a parameter between them")
    fits_each = [1 + (entry.units if replicates == "each" else 0) for entry in profiles]
    step = counted(progress, len(chosen) * sum(fits_each))
    share, first, end = (
        None if value is None else number(name, value)
        for name, value in (("up_to", up_to), ("start", start), ("until", until))
    )
    struck = leave_out if isinstance(leave_out, Iterable) and not isinstance(leave_out, str) else [leave_out]
    window = Window(share, first, end, tuple(number("leave_out", time) for time in struck))
    window.require_times(profiles)
    fitting = EveryModel(chosen, fixed, bounds, level, weighting, data.time_unit, window, step, begun)
    detail = _Detail(profile_intervals, bootstrap, seed)
    analysed = tuple(_profile(entry, fitting, replicates, criterion, detail) for entry in profiles)
    together, failed = fitting.together([entry.points for entry in analysed], shared) if shared else ((), ())
    return Analysis(data, analysed, criterion, level, weighting, replicates, seed, together, failed, window)


@dataclass(frozen=True)
class _Detail:
    """What costs time, and is done for few models."""

    profile_intervals: bool
    bootstrap: int
    seed: int


def _profile(
    profile: Profile, fitting: EveryModel, replicates: Replicates, criterion: Criterion, detail: _Detail
) -> ProfileAnalysis:
    points = fitting.points(profile, "mean" if replicates == "mean" else "pooled")
    fits, failures = fitting.fits(points)
    told, broken = _told(fits)
    fits = tuple(fit for fit in fits if fit.model.id in told)
    ranking = rank(fits, criterion)
    order = {place.model: index for index, place in enumerate(ranking.places)}
    ordered = sorted(fits, key=lambda fit: order.get(fit.model.id, len(fits)))
    last = float(points.time.max())
    read = fitting.window.without_struck(profile)
    units = fitting.units(profile) if replicates == "each" else ()
    return ProfileAnalysis(
        profile=profile,
        points=points,
        models=tuple(_fitted_model(fit, told[fit.model.id], ranking, len(fits), detail) for fit in ordered),
        ranking=ranking,
        failures=failures + broken,
        average=average(fits, ranking, np.linspace(0.0, last, AVERAGED_AT), fitting.level),
        observed=observed_summary(read, fitting.level),
        mechanism=mechanism(points, fits, fitting.level),
        notes=reading_notes(read, fitting.time_unit, points),
        units=units,
        across_units=across_units(units),
    )


_Told: TypeAlias = tuple[tuple[Quantity, ...], tuple[Finding, ...]]


def _told(fits: Sequence[Fit]) -> tuple[dict[str, _Told], tuple[Failure, ...]]:
    """Give summary and findings of each fit, and the fits whose numbers do not allow them."""
    told: dict[str, _Told] = {}
    broken = []
    for fit in fits:
        try:
            told[fit.model.id] = fitted_summary(fit), diagnose(fit)
        except FormulateError:
            raise
        except NUMERICAL as error:
            broken.append(Failure(fit.model.id, fit.model.name, f"nothing can be read off its curve: {error}"))
    return told, tuple(broken)


def _fitted_model(fit: Fit, told: _Told, ranking: Ranking, count: int, detail: _Detail) -> FittedModel:
    place = ranking.place(fit.model.id)
    close = place is not None and place.difference < CANNOT_BE_TOLD_APART
    wanted = (close or count <= FEW_MODELS) and fit.criteria.degrees_of_freedom > 0 and fit.criteria.parameters > 0
    likelihood: Mapping[str, tuple[float, float]] = {}
    resampled = None
    summary, findings = told
    try:
        if wanted and detail.profile_intervals:
            from formulate.fitting.intervals import profile_likelihood

            likelihood = profile_likelihood(fit)
        if wanted and detail.bootstrap:
            from formulate.fitting.intervals import bootstrap

            resampled = bootstrap(fit, detail.bootstrap, detail.seed)
    except FormulateError:
        raise
    except NUMERICAL as error:
        text = f"Not all intervals asked for were found: the search broke down ({error})."
        findings = (*findings, Finding("no-intervals", "note", text, "Use those of the standard errors."))
    return FittedModel(fit, place, summary, findings, likelihood, resampled)
