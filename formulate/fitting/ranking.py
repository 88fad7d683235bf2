"""Which models describe the same readings best, and whether the readings can tell them apart."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Floats
from formulate.domain import require
from formulate.fitting.criteria import rounding
from formulate.fitting.results import Criteria, Fit
from materials.errors import DomainError, UnknownIdError, nearest

Criterion: TypeAlias = Literal["AICc", "AIC", "BIC", "MSC", "R2adj"]

_VALUES: Mapping[str, Callable[[Criteria], float]] = {
    "AICc": lambda criteria: criteria.aicc,
    "AIC": lambda criteria: criteria.aic,
    "BIC": lambda criteria: criteria.bic,
    "MSC": lambda criteria: criteria.msc,
    "R2adj": lambda criteria: criteria.r2_adjusted,
}
CRITERIA = tuple(_VALUES)
_INFORMATION = ("AICc", "AIC", "BIC")  # lower is better, and differences are log-likelihoods

# Burnham and Anderson 2002, section 2.6: models this close to the best have substantial support
CANNOT_BE_TOLD_APART = 2.0
_SAME_CURVE = 1e-6  # percent: what is left between two ways of writing one curve after two searches
_TIED = 1e-7  # share of a sum of squares: what rounding, and with it the unit of time, may change


@dataclass(frozen=True)
class Place:
    """Where one model stands among those fitted to the same readings."""

    model: str
    name: str
    place: int  # 1 is the best; models that are one curve here share a place
    value: float  # of the criterion
    difference: float  # from the best; 0 for the best, never negative
    weight: float  # share of the support; NaN where the criterion gives none
    same_as: str = ""  # the model placed before it that gives the same curve with as many parameters


@dataclass(frozen=True)
class Ranking:
    """Models in order, the best first, and what the order can and cannot tell."""

    criterion: Criterion
    places: tuple[Place, ...]
    unranked: tuple[tuple[str, str], ...]  # (model, reason)
    reading: tuple[str, ...]  # what these readings say, one statement each
    caveats: tuple[str, ...] = ()  # what holds of any such order, one statement each

    def place(self, model: str) -> Place | None:
        """Give the place of this model; None if it could not be ranked."""
        return next((place for place in self.places if place.model == model), None)


def akaike_weights(values: ArrayLike) -> Floats:
    """Shares of the support that models have from the same readings.

    Parameters
    ----------
    values : array_like, shape (models,)
        AICc, AIC or BIC of each model [1].

    Returns
    -------
    ndarray, shape (models,)
        Weights that sum to 1 [1]. Models that fit without any error (value -inf) share the whole weight.

    Raises
    ------
    DomainError
        If there is no value, or one is NaN or +inf.

    Notes
    -----
    ``w_i = exp(-D_i/2)/sum_j exp(-D_j/2)``, ``D_i`` the difference from the lowest value.
    Source: Burnham and Anderson 2002, Model selection and multimodel inference, section 2.9.

    Examples
    --------
    A difference of 2 is a ratio of e:

    >>> akaike_weights([10.0, 12.0])
    array([0.731059, 0.268941])
    """
    given = np.asarray(values, dtype=np.float64)
    require("number of values", given.size, "", given.size >= 1, ">= 1")
    require("value", given, "", given < np.inf, "a number")
    best = given.min()
    support = np.where(given == best, 1.0, 0.0) if best == -np.inf else np.exp(-0.5 * (given - best))
    return np.asarray(support / support.sum())


def score(found: Criteria, criterion: Criterion, floor: float = 0.0) -> float:
    """Give what a criterion orders models by, on one scale for all of them.

    Parameters
    ----------
    found : Criteria
        Of one model.
    criterion : {"AICc", "AIC", "BIC", "MSC", "R2adj"}
        Of these.
    floor : float
        Least weighted sum of squares that counts: what is below it is rounding.

    Returns
    -------
    float
        Lower is better [1]. AICc, AIC or BIC itself; for the others what gives their order; NaN where there is none.

    Notes
    -----
    ``N ln(WSS) + penalty``, the penalty of MSC that of AIC (``MSC = const - score/N``) and of adjusted R2 ``-N ln(N -
    p)`` (``1 - R2adj`` is in proportion to ``WSS/(N - p)``), for models on the same readings.
    """
    count, parameters = found.points, found.parameters
    wss = max(found.wss, floor)
    misfit = count * math.log(wss) if wss > 0.0 else -math.inf
    if criterion == "BIC":
        return misfit + parameters * math.log(count)
    if criterion == "R2adj":
        return misfit - count * math.log(count - parameters) if count > parameters else math.nan
    if criterion == "AICc":
        spare = count - parameters - 1
        return misfit + 2.0 * parameters * (1.0 + (parameters + 1) / spare) if spare > 0 else math.nan
    return misfit + 2.0 * parameters


def rank(fits: Sequence[Fit], criterion: Criterion = "AICc") -> Ranking:
    """Rank models fitted to the same readings.

    Parameters
    ----------
    fits : sequence of Fit
        Fits to one common set of points, with the same weights.
    criterion : {"AICc", "AIC", "BIC", "MSC", "R2adj"}
        By which they are ranked: the lowest is best of the first three, the highest of the others.

    Returns
    -------
    Ranking
        Places with differences and weights; models without a value of the criterion apart, with the reason.

    Raises
    ------
    DomainError
        If the fits are not to the same points with the same weights, or two are of one model.
    UnknownIdError
        There is no such criterion.

    Notes
    -----
    Two models whose fitted curves are the same at every reading and that have as many parameters are one
    hypothesis under two names (zero-order with a lag and with a burst): they share a place, and the weight of one.
    The weights of `akaike_weights` follow from AICc, AIC or BIC, for MSC and R2adj there are none.

    Of models that only rounding tells apart (sums of squares within 1e-7 of each other) the one with fewer parameters
    comes first, then the one that comes first in the library. Curves that go exactly through the readings (to ten
    digits, see `criteria.rounding`) are ordered, and differ, by their numbers of parameters only.
    """
    if criterion not in CRITERIA:
        raise UnknownIdError("criterion", criterion, nearest(criterion, CRITERIA))
    _require_common_points(fits)
    valued = [(fit, _VALUES[criterion](fit.criteria)) for fit in fits]
    lower_is_better = criterion in _INFORMATION
    worst = math.inf if lower_is_better else -math.inf  # a sum of squares beyond what a number can be
    unranked = tuple((fit.model.id, _why_unranked(fit, criterion)) for fit, value in valued if _none(value, worst))
    floor = rounding(fits[0].points) if fits else 0.0
    with_value = [pair for pair in valued if not _none(pair[1], worst)]
    known = _ordered([_Known(fit, value, score(fit.criteria, criterion, floor)) for fit, value in with_value])
    places = _places(known, criterion) if known else ()
    reading = _reading(known, places, unranked, criterion, floor)
    return Ranking(criterion, places, unranked, reading, _caveats(known, places, criterion))


def _require_common_points(fits: Sequence[Fit]) -> None:
    if not fits:
        return
    first = fits[0].points
    for fit in fits[1:]:
        other = fit.points
        common = other is first or (
            np.array_equal(first.time, other.time)
            and np.array_equal(first.released, other.released)
            and np.array_equal(first.weight, other.weight)
        )
        if not common:
            raise DomainError(
                f"readings of {fit.model.id}",
                other.time.size,
                "",
                f"the same {first.time.size} readings and weights as {fits[0].model.id}",
                "a criterion compares models on the same readings only",
            )
    names = [fit.model.id for fit in fits]
    for name in names:
        count = names.count(name)
        require(f"number of fits of {name}", count, "", count == 1, "1")


@dataclass(frozen=True)
class _Known:
    """A fit that has a value of the criterion."""

    fit: Fit
    value: float
    score: float  # lower is better


def _ordered(known: list[_Known]) -> list[_Known]:
    """Give fits best first; those that only rounding tells apart with the fewest parameters first, as in the library.

    Sums of squares of one curve under two names differ in their last digits, by the unit of time.
    """
    from formulate.curves.library import GROUPS

    listed = {id: place for place, id in enumerate(GROUPS["all"])}

    def fixed(entry: _Known) -> tuple[int, int, str]:
        id = entry.fit.model.id
        return entry.fit.criteria.parameters, listed.get(id, len(listed)), id

    left = sorted(known, key=lambda entry: (entry.score, fixed(entry)))
    found: list[_Known] = []
    while left:
        reach = left[0].score + _TIED * left[0].fit.criteria.points
        tied = [entry for entry in left if entry.score <= reach]
        found += sorted(tied, key=fixed)
        left = left[len(tied) :]
    return found


def _none(value: float, worst: float) -> bool:
    return math.isnan(value) or value == worst


def _why_unranked(fit: Fit, criterion: Criterion) -> str:
    points, parameters = fit.criteria.points, fit.criteria.parameters
    if criterion == "AICc" and points <= parameters + 1:
        return f"no AICc with {points} readings for {parameters} parameters; need at least {parameters + 2}"
    if criterion == "R2adj" and points <= parameters:
        return f"no adjusted R2 with {points} readings for {parameters} parameters; need at least {parameters + 1}"
    if not math.isfinite(fit.criteria.wss):
        return f"no {criterion}: the weighted sum of squares is beyond what a number can be"
    return f"no {criterion}: all readings are equal"


def _places(known: Sequence[_Known], criterion: Criterion) -> tuple[Place, ...]:
    """Place fits that come best first."""
    curves = [entry.fit.curve(entry.fit.points.time) for entry in known]
    original = list(range(len(known)))  # of which earlier fit each is the same curve; itself if of none
    for later, entry in enumerate(known):
        for earlier, other in enumerate(known[:later]):
            if original[earlier] != earlier or entry.fit.criteria.parameters != other.fit.criteria.parameters:
                continue
            near = math.isclose(entry.score, other.score, rel_tol=1e-6, abs_tol=1e-6)
            if near and np.allclose(curves[later], curves[earlier], rtol=0.0, atol=_SAME_CURVE):
                original[later] = earlier
                break
    weights = np.full(len(known), np.nan)
    if criterion in _INFORMATION:
        single = [index for index in range(len(known)) if original[index] == index]
        shares = dict(zip(single, akaike_weights([known[index].score for index in single]), strict=True))
        weights = np.array([shares[first] / original.count(first) for first in original])
    places: list[Place] = []
    place = 0
    for index, entry in enumerate(known):
        if original[index] == index:
            place = index + 1
        same = "" if original[index] == index else known[original[index]].fit.model.id
        here = place if not same else places[original[index]].place
        model = entry.fit.model
        behind = _behind(entry, known[0], criterion)
        places.append(Place(model.id, model.name, here, entry.value, behind, float(weights[index]), same))
    return tuple(places)


def _behind(entry: _Known, best: _Known, criterion: Criterion) -> float:
    """Give the difference from the best in the criterion; of exact fits, what their numbers of parameters make."""
    if entry.score == best.score:
        return 0.0
    if criterion == "R2adj":
        return abs(entry.value - best.value)
    points = entry.fit.criteria.points if criterion == "MSC" else 1
    return max(entry.score - best.score, 0.0) / points


def _reading(
    known: Sequence[_Known],
    places: Sequence[Place],
    unranked: Sequence[tuple[str, str]],
    criterion: Criterion,
    floor: float,
) -> tuple[str, ...]:
    said = []
    exact = [entry.fit.model.name for entry in known if entry.fit.criteria.wss <= floor]
    if len(places) > 1:
        best, fit = places[0], known[0].fit
        said.append(f"{best.name} has the best {criterion} of {len(places)} models on {fit.criteria.points} readings.")
        others = [place for place in places[1:] if place.same_as != best.model]
        twins = [place.name for place in places if place.same_as == best.model]
        if twins:
            said.append(f"{', '.join(twins)} {'is' if len(twins) == 1 else 'are'} the same curve here, counted as one.")
        if others and criterion in _INFORMATION and not exact:
            said.append(_told_apart(others, criterion))
    if exact:
        listed = ", ".join(exact[:4]) + (f" and {len(exact) - 4} more" if len(exact) > 4 else "")
        said.append(
            f"{listed} {'goes' if len(exact) == 1 else 'go'} exactly through the readings: {criterion} tells nothing "
            "of an exact fit but its number of parameters."
        )
    if unranked:
        count, all_of_them = len(unranked), len(unranked) + len(places)
        whole = "The model" if all_of_them == 1 else f"{count} of {all_of_them} models"
        said.append(f"{whole} cannot be ranked by {criterion}.")
    return tuple(said)


def _caveats(known: Sequence[_Known], places: Sequence[Place], criterion: Criterion) -> tuple[str, ...]:
    """Say what holds of every such order: an analysis of several profiles says it once."""
    if not places:
        return ()
    said = []
    points = known[0].fit.points
    if len(places) > points.time.size:
        said.append("More models than readings: the best of so many may be best by chance. Choose few beforehand.")
    if np.unique(points.unit).size > 1:
        said.append(
            "All units are pooled, and readings of one unit are not independent of each other: intervals are narrower, "
            "differences and weights of models look more certain than they are."
        )
    if len(places) > 1:
        if criterion not in _INFORMATION:
            said.append(f"Differences in {criterion} are on no scale of support; AICc has one.")
        said.append("The order says which curve needs the fewest parameters to follow the readings, not the mechanism.")
    return tuple(said)


def _told_apart(others: Sequence[Place], criterion: Criterion) -> str:
    near = [place for place in others if place.difference < CANNOT_BE_TOLD_APART]
    if near:
        listed = ", ".join(f"{place.name} (+{place.difference:.2g})" for place in near[:4])
        more = f" and {len(near) - 4} more" if len(near) > 4 else ""
        return f"These readings cannot tell it from {listed}{more}: less than 2 apart in {criterion}."
    second = others[0]
    support = "some" if second.difference < 4.0 else "clear" if second.difference < 10.0 else "overwhelming"
    return (
        f"The next, {second.name}, is {second.difference:.3g} behind in {criterion}: {support} support for the first "
        "among these models."
    )
