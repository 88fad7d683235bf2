"""One model fitted to one set of readings: the least weighted sum of squares there is, and how sure it is."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Model
from formulate.fitting import search
from formulate.fitting.optimum import End, lowest, prepared
from formulate.fitting.outcome import finished
from formulate.fitting.posing import posed, standard
from formulate.fitting.results import Fit, Points
from materials.errors import DomainError, UnknownIdError, nearest

LARGEST = 1e100  # size of readings
LONGEST = 1e30  # time
BEATEN = 1e-9  # relative, by which a sum of squares must be lower to be looked for,
FURTHER = 1e-6  # and to be told of


def fit(
    points: Points,
    model: Model,
    *,
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    level: float = 0.95,
    starts: ArrayLike | None = None,
) -> Fit:
    """Fit a release curve to readings by weighted least squares, from as many starts as it takes.

    Parameters
    ----------
    points : Points
        Readings [%] with their weights, in any order.
    model : Model
        The release curve.
    fixed : mapping of str to float, optional
        Parameters held at a value, in the units of the data.
    bounds : mapping of str to (float, float), optional
        Lowest and highest value of parameters, in the units of the data; infinite for no bound.
    level : float
        Of the intervals of the parameters [1].
    starts : array_like, shape (parameters,) or (starts, parameters), optional
        Values to start from besides those the search finds, in the units of the data.

    Returns
    -------
    Fit
        Parameters with standard errors and intervals, covariance, criteria, warnings.

    Raises
    ------
    DomainError
        There are fewer readings than free parameters, no reading after time zero, a time is negative, a value is not
        finite or too large or small to be squared, or a fixed value or bound lies outside what the model takes.
    UnknownIdError
        A fixed or bounded parameter is not one of the model's.

    Notes
    -----
    ``WSS = sum w (F - P)^2`` is least. With J the slopes of the curve, N readings and p free parameters,
    the covariance is ``s^2 (J' W J)^-1`` with ``s^2 = WSS/(N - p)``, and the standard errors are the roots of its
    diagonal, as in NIST's certified values. A parameter that rests on a bound has none.

    The search counts time in units of the last reading, so that the answer does not depend on the unit of time.
    """
    fixed, bounds = dict(fixed or {}), dict(bounds or {})
    with np.errstate(all="ignore"):
        _check(points, model, fixed, bounds, level)
        return _fit(points, model, fixed, bounds, level, starts)


def _check(
    points: Points,
    model: Model,
    fixed: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]],
    level: float,
) -> None:
    for name in (*fixed, *bounds):
        if name not in model.names:
            raise UnknownIdError(f"parameter of {model.id}", name, nearest(name, model.names))
    for name, value in fixed.items():
        if not math.isfinite(value):
            raise DomainError(name, value, "", "a finite value to be fixed at")
    for name, (low, high) in bounds.items():
        if not low < high:
            raise DomainError(name, low, "", f"a lower bound below the upper one, {high:g}", "or fix it")
    if not 0.0 < level < 1.0:
        raise DomainError("level", level, "", "above 0 and below 1")
    for name, array in (("time", points.time), ("released", points.released), ("weight", points.weight)):
        if not np.isfinite(array).all():
            raise DomainError(name, float(array[~np.isfinite(array)][0]), "", "finite values")
    if not (points.weight > 0.0).all():
        raise DomainError("weight", float(points.weight.min()), "", "> 0")
    for name, array, unit in (
        ("released", points.released, "%"),
        ("weight", points.weight, ""),
        ("released, times the root of its weight,", points.released * np.sqrt(points.weight), "%"),
    ):
        largest = float(np.abs(array).max(initial=0.0))
        if largest and not 1.0 / LARGEST < largest < LARGEST:
            need = f"the largest 0, or between {1.0 / LARGEST:g} and {LARGEST:g}"
            raise DomainError(name, largest, unit, need, "squares of others are no numbers")
    free = [name for name in model.names if name not in fixed]
    count = points.time.size
    if count < len(free) or count == 0:
        raise DomainError("readings", count, "", f"at least {len(free)}, one for each of {', '.join(free)}")
    if model.group != "formula":
        if points.time.min() < 0.0:
            raise DomainError("time", float(points.time.min()), points.time_unit, ">= 0")
        if not points.time.max() > 0.0:
            raise DomainError("time", float(points.time.max()), points.time_unit, "at least one reading after 0")
        if not 1.0 / LONGEST < points.time.max() < LONGEST:
            need = f"the last reading between {1.0 / LONGEST:g} and {LONGEST:g}"
            raise DomainError("time", float(points.time.max()), points.time_unit, need, "count it in another unit")


def _fit(
    points: Points,
    model: Model,
    fixed: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]],
    level: float,
    starts: ArrayLike | None,
) -> Fit:
    order = np.lexsort((points.released, points.time))
    time, released, weight = points.time[order], points.released[order], points.weight[order]
    last = float(time[-1])
    user = None if starts is None else np.atleast_2d(np.asarray(starts, dtype=np.float64))
    size = float(np.sum(weight * released**2))
    scaled = model.rescaled is not None and not fixed and not bounds
    least, kept = math.inf, None

    def holds(end: End) -> bool:
        """Tell whether the parameters say the same in the unit of the data, where the smallest may be no number."""
        values = search.moved(model, last, end.values)
        wss = float(np.sum(weight * (released - model.curve(time, *values.tolist())) ** 2))
        return wss <= end.wss * (1.0 + 1e-6) + 1e-12 * size

    if scaled:
        problem, begun = standard(model, time / last, released, weight)
        own = None if user is None else search.in_units_of(model, 1.0 / last, user)
        end, agreeing, evaluations, least = lowest(problem, begun, own, holds)
        found = holds(end)
        if found and end.wss <= least * (1.0 + BEATEN):
            return finished(points, problem, end, last, level, agreeing, evaluations, bounds)
        if found:  # the lowest is no number in the unit of the data: go on to where numbers end
            kept = problem, end
            nearest = search.moved(model, last, end.values)
            user = nearest[None, :] if user is None else np.concatenate([nearest[None, :], user])
    problem, rows = posed(model, time, released, weight, last, fixed, bounds, time_unit=points.time_unit)
    problem = prepared(problem, rows)
    end, agreeing, evaluations, _ = lowest(problem, problem.internal(rows), user)
    unit = 1.0
    if kept is not None and kept[1].wss <= end.wss:
        problem, end = kept
        unit = last
    result = finished(points, problem, end, unit, level, agreeing, evaluations, bounds)
    if end.wss <= least * (1.0 + FURTHER):
        return result
    counted = f" in {points.time_unit}" if points.time_unit else ""
    said = f"a closer curve has parameters that are no numbers with time{counted}; count it in a longer or shorter unit"
    return replace(result, warnings=(*result.warnings, said))
