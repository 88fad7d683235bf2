"""Two measured release profiles side by side, by every method that their data allow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Model
from formulate.domain import require, require_positive
from formulate.experiment.data import Profile, ReleaseData
from formulate.similarity.bootstrap import FEWEST, bootstrap_f2
from formulate.similarity.difference import difference_limits
from formulate.similarity.factors import factors
from formulate.similarity.maximum import maximum_deviation
from formulate.similarity.model_region import compare_models
from formulate.similarity.multivariate import multivariate
from formulate.similarity.pair import paired
from formulate.similarity.rescigno import rescigno
from formulate.similarity.results import Floats, Rescigno, Similarity
from formulate.similarity.rules import apply, known_rules, points_used, rule
from formulate.similarity.tolerance import tolerance_limits
from formulate.similarity.verdicts import SAME_READINGS, disagreement, verdicts
from materials.errors import DomainError

FEWEST_POINTS = 3
SAME_TIME = 1e-9  # relative
ALL = "all"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Side:
    """One profile at the common times."""

    name: str
    each: Floats  # (units, points) percent
    unit_names: tuple[str, ...]
    mean: Floats
    deviation: Floats | None
    count: int | None  # units behind the means, where known

    def complete(self, warnings: list[str]) -> Floats:
        """Units that have a reading at all common times, (units, points); says how many have not."""
        whole = np.isfinite(self.each).all(axis=1)
        if not whole.all():
            number = f"{np.count_nonzero(~whole)} of {whole.size} units lack a reading"
            warnings.append(f"{self.name}: {number}; left out of bootstrap, distance and largest difference")
        return np.asarray(self.each[whole])


def similarity(
    reference: Profile | ReleaseData,
    test: Profile | ReleaseData,
    *,
    time_unit: str = "",
    seconds: float | None = None,
    rules: Sequence[str] | None = None,
    points: str = "ema",
    bootstrap: int = 10_000,
    seed: int = 7,
    level: float = 0.9,
    mtad: float = 10.0,
    share: float = 0.99,
    model: str = "Weibull_2",
) -> Similarity:
    """Compare a test profile with a reference by every method that their data allow.

    Parameters
    ----------
    reference, test : ReleaseData or Profile
        Percent released by each unit, or means [%]. Release data, as read from a file, bring their unit of time along;
        units that differ are converted to the reference's. They must hold one profile.
    time_unit : str
        Of bare profiles, as the user writes it, for the record.
    seconds : float, optional
        Length of that unit [s]. Without it limits in minutes are not applied to bare profiles.
    rules : sequence of str, optional
        Ids of the rules for f2 to apply. Not given: all.
    points : str
        Id of the rule whose time points the bootstrap, the distance and the largest difference use, or "all".
    bootstrap : int
        Replicates [1]; 0 leaves the bootstrap out.
    seed : int
        Of its random numbers.
    level : float
        Of the two-sided intervals [1]; tests take half of what it leaves: 0.9, 5 %.
    mtad : float
        Largest average difference at any time that is tolerable, also taken for the largest difference [%].
    share : float
        Of the reference's units that tolerance limits hold, with confidence (1 + level)/2 [1].
    model : str
        Id of the model fitted to each unit. Empty leaves the model-dependent comparison out.

    Returns
    -------
    Similarity
        Results of all methods; those that give nothing are None and `refused` says why.

    Raises
    ------
    DomainError
        For fewer than three common times after zero with a reading of both, an infinite reading, a reference that
        releases nothing, fewer than 100 replicates, or a level, share or mtad out of its range.
    UnknownIdError
        No rule or model has this id.
    FormulateError
        If release data hold several profiles, or a bare profile stands beside release data and no seconds are given.

    Notes
    -----
    Nothing is interpolated: times of one product alone are left out and named in `warnings`, and so are units without a
    reading where a method needs complete ones. Time zero counts for Rescigno's indices only. Sources: see each method.
    """
    require("level", level, "", 0.0 < level < 1.0, "> 0 and < 1")
    require("share", share, "", 0.0 < share < 1.0, "> 0 and < 1")
    require("bootstrap", bootstrap, "", bootstrap == 0 or bootstrap >= FEWEST, f">= {FEWEST}, or 0 for none")
    require_positive("mtad", mtad, "%")
    chosen = known_rules() if rules is None else tuple(rule(id) for id in rules)
    last_point = "" if points == ALL else rule(points).last_point
    fitted = library_model(model) if model else None
    pair = paired(reference, test, time_unit=time_unit, seconds=seconds)
    profiles = pair.profiles
    time, first, second, warnings = _common(*profiles)
    same = _same_readings(first, second)
    warnings = [*([SAME_READINGS] if same else []), *pair.warnings, *warnings]
    used = points_used(last_point, first.mean, second.mean) if last_point else np.ones(time.size, dtype=np.bool_)
    if used.sum() < FEWEST_POINTS:
        warnings.append(f"rule {points} leaves {used.sum()} points: all {time.size} are taken to compare units")
        used, points = np.ones(time.size, dtype=np.bool_), ALL
    whole = first.complete(warnings), second.complete(warnings)
    rows = whole[0][:, used], whole[1][:, used]
    refused: dict[str, str] = {}

    def attempt(method: str, compute: Callable[[], Result]) -> Result | None:
        try:
            return compute()
        except DomainError as error:
            refused[method] = str(error)
            return None

    if not bootstrap:
        refused["bootstrap f2"] = refused["largest difference"] = "no replicates asked for"
    if fitted is None:
        refused["model parameters"] = "no model asked for"
    tail = (1.0 - level) / 2.0
    means = (first.mean, second.mean)
    limits = _difference_limits(first, second, level)
    spread = _spread(first, second)
    result = Similarity(
        reference=first.name,
        test=second.name,
        time_unit=pair.time_unit,
        units=(first.count, second.count),
        time=time,
        mean_reference=first.mean,
        mean_test=second.mean,
        difference=second.mean - first.mean,
        difference_low=limits[0],
        difference_high=limits[1],
        level=level,
        factors=factors(
            first.each, second.each, time=time, deviations=spread and spread[0], units=spread and spread[1]
        ),
        rules=tuple(
            apply(
                each,
                time,
                *means,
                seconds=pair.seconds,
                deviations=(first.deviation, second.deviation),
                units=(first.count, second.count),
                each=(first.each, second.each) if first.each.shape[0] > 1 < second.each.shape[0] else None,
            )
            for each in chosen
        ),
        rescigno=attempt("Rescigno", lambda: _rescigno(*profiles, time, means)),
        bootstrap=attempt(
            "bootstrap f2",
            lambda: bootstrap_f2(
                *(rows if points == ALL else whole),
                time=time[used] if points == ALL else time,
                count=bootstrap,
                seed=seed,
                level=level,
                rule_id="" if points == ALL else points,
            ),
        )
        if bootstrap
        else None,
        multivariate=attempt(
            "distance", lambda: multivariate(*rows, time=time[used], mtad=mtad, level=level, significance=tail)
        ),
        maximum=attempt(
            "largest difference",
            lambda: maximum_deviation(
                *rows, time=time[used], limit=mtad, confidence=1.0 - tail, count=bootstrap, seed=seed
            ),
        )
        if bootstrap
        else None,
        tolerance=attempt(
            "tolerance limits",
            lambda: tolerance_limits(
                first.each,
                second.each,
                time=time,
                test_names=second.unit_names,
                share=share,
                confidence=1.0 - tail,
            ),
        ),
        model_region=attempt("model parameters", lambda: compare_models(*profiles, fitted, level=level))
        if fitted is not None
        else None,
        refused=refused,
        warnings=tuple(warnings),
        identical=same,
    )
    said = verdicts(result)
    return replace(result, verdicts=said, disagreement=disagreement(said))


def library_model(id: str) -> Model:
    """A release curve of the library.

    Raises
    ------
    UnknownIdError
        No model has this id; the nearest are named.
    """
    from formulate.curves.library import model

    return model(id)


def _common(reference: Profile, test: Profile) -> tuple[Floats, Side, Side, list[str]]:
    """Both profiles at the times after zero at which both have a reading, and what was left out."""
    warnings: list[str] = []
    first, second = (np.asarray(profile.time, dtype=np.float64) for profile in (reference, test))
    near = np.isclose(first[:, None], second[None, :], rtol=SAME_TIME, atol=0.0)
    for profile, alone in ((reference, ~near.any(axis=1)), (test, ~near.any(axis=0))):
        times = profile.time[alone & (profile.time > 0.0)]
        if times.size:
            listed = ", ".join(f"{value:g}" for value in times)
            warnings.append(f"{profile.name}: no reading of the other product at {listed}; left out, not interpolated")
    places = np.argwhere(near)
    read = (reference.count[places[:, 0]] > 0) & (test.count[places[:, 1]] > 0)
    for value in first[places[~read, 0]]:
        warnings.append(f"no reading of one product at {value:g}; left out")
    places = places[read & (first[places[:, 0]] > 0.0)]
    time = first[places[:, 0]]
    need, hint = f">= {FEWEST_POINTS}", "times after zero at which both products have a reading; none is interpolated"
    require("common times", time.size, "", time.size >= FEWEST_POINTS, need, hint)
    return time, _side(reference, places[:, 0]), _side(test, places[:, 1]), warnings


def _side(profile: Profile, at: NDArray[np.int64]) -> Side:
    deviation = profile.standard_deviation
    if deviation is not None:
        deviation = deviation[at] if np.isfinite(deviation[at]).all() else None
    return Side(
        name=profile.name,
        each=profile.released[:, at],
        unit_names=profile.unit_names,
        mean=np.asarray(np.nanmean(profile.released[:, at], axis=0)),
        deviation=deviation,
        count=profile.units if profile.units > 1 else profile.units_behind,
    )


def _same_readings(first: Side, second: Side) -> bool:
    """Whether both have the same readings at every common time, in whatever order the units stand."""
    one, other = (np.sort(side.each, axis=0) for side in (first, second))
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=SAME_TIME, equal_nan=True))


def _spread(first: Side, second: Side) -> tuple[tuple[Floats, Floats], tuple[int, int]] | None:
    """Standard deviations and numbers of units of both, if all are known."""
    if first.deviation is None or second.deviation is None or first.count is None or second.count is None:
        return None
    return (first.deviation, second.deviation), (first.count, second.count)


def _difference_limits(first: Side, second: Side, level: float) -> tuple[Floats, Floats]:
    spread = _spread(first, second)
    if spread is None:
        return np.full(first.mean.shape, np.nan), np.full(first.mean.shape, np.nan)
    deviations, (of_first, of_second) = spread
    numbers = _readings(first, of_first), _readings(second, of_second)
    return difference_limits((first.mean, second.mean), deviations, numbers, level)


def _readings(side: Side, units: int) -> NDArray[np.int64]:
    """How many units have a reading at each time."""
    if side.each.shape[0] == 1:
        return np.full(side.mean.shape, units)
    return np.asarray(np.isfinite(side.each).sum(axis=0))


def _rescigno(reference: Profile, test: Profile, time: Floats, means: tuple[Floats, Floats]) -> Rescigno:
    """From time zero where both have a reading there, else from the first common time."""
    at_zero = [profile.released[:, profile.time == 0.0] for profile in (reference, test)]
    if all(np.isfinite(values).any() for values in at_zero):
        first, second = (np.nanmean(values) for values in at_zero)
        return rescigno(np.r_[0.0, time], np.r_[first, means[0]], np.r_[second, means[1]])
    return rescigno(time, *means)
