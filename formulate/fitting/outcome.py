"""What a fit says once its parameters are found: standard errors, intervals, criteria, warnings."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import stdtrit

from formulate.curves.model import Floats, Model
from formulate.fitting import search
from formulate.fitting.criteria import criteria, residual_variance
from formulate.fitting.optimum import LEVEL, End
from formulate.fitting.problem import Problem
from formulate.fitting.projection import length_of
from formulate.fitting.results import Fit, FittedParameter, Points
from materials.errors import DomainError

ENDLESS = 1e249  # amount from which on a valley without end has been followed to where numbers end
INSEPARABLE = 1e-11  # ratio of singular values of the slopes, below which parameters cannot be told apart


def finished(
    points: Points,
    problem: Problem,
    end: End,
    unit: float,
    level: float,
    agreeing: int,
    evaluations: int,
    bounds: Mapping[str, tuple[float, float]],
) -> Fit:
    """Give the fit that a problem's solution makes.

    Parameters
    ----------
    points : Points
        The readings, in the unit of the data.
    problem : Problem
        As it was solved, time in a unit `unit` times that of the data.
    end : End
        Its solution.
    unit : float
        Of the time of the problem, in that of the data.
    level : float
        Of the intervals [1].
    agreeing, evaluations : int
        How many ways down ended there, and how often the curve was evaluated.
    bounds : mapping of str to (float, float)
        The user's.

    Returns
    -------
    Fit
        In the unit of the data.
    """
    model = problem.model
    values = in_order(problem, end.values, bounds)
    internal = problem.internal(values)
    resting = {place: "low" for place, at in zip(problem.searched, internal <= problem.low, strict=True) if at}
    resting |= {place: "high" for place, at in zip(problem.searched, internal >= problem.high, strict=True) if at}
    for place, low, high in zip(problem.linear, problem.linear_low, problem.linear_high, strict=True):
        if values[place] <= low or values[place] >= min(high, ENDLESS):
            resting[place] = "low" if values[place] <= low else "high"
    if unit != 1.0:
        values = search.moved(model, unit, values)
    predicted = model.curve(points.time, *values.tolist())
    nowhere = points.time[~np.isfinite(predicted)]
    if nowhere.size:
        need = f"readings at which {'the ' if model.group == 'formula' else ''}{model.name} has a value"
        hint = "leave this one out" + (", or fix another value" if len(problem.free) < len(model.names) else "")
        raise DomainError("time", float(nowhere[0]), points.time_unit, need, hint)
    judged = criteria(points, predicted, len(problem.free))
    loose = [place for place in problem.free if place not in resting]
    part, warnings = _covariance(points, model, values, loose, residual_variance(points, judged))
    covariance = part
    if len(loose) < values.size:
        covariance = np.zeros((values.size, values.size))
        covariance[np.ix_(loose, loose)] = part
    for place in resting:
        covariance[place, :] = covariance[:, place] = np.nan
        name = model.names[place]
        warnings.append(f"{name} rests on the {'lower' if resting[place] == 'low' else 'upper'} end of its range")
    errors = np.sqrt(covariance.diagonal())
    freedom = judged.degrees_of_freedom
    quantile = float(stdtrit(freedom, 0.5 + 0.5 * level)) if freedom > 0 else math.nan
    parameters = []
    for place, parameter in enumerate(model.parameters):
        value, error = float(values[place]), float(errors[place])
        low, high = _wald(value, error, quantile, parameter.coordinate)
        held = place not in problem.free
        parameters.append(
            FittedParameter(
                parameter.name,
                parameter.meaning,
                parameter.unit,
                value,
                error,
                value if held else low,
                value if held else high,
                held,
                resting.get(place, ""),
            )
        )
    return Fit(
        model,
        points,
        tuple(parameters),
        covariance,
        judged,
        level,
        end.offset <= LEVEL,
        agreeing,
        evaluations,
        tuple(warnings),
        bounds,
    )


def in_order(problem: Problem, values: Floats, bounds: Mapping[str, tuple[float, float]]) -> Floats:
    """Give parameters, (..., parameters), with exchangeable parts in their order, unless the user holds some."""
    ordered = problem.model.ordered
    if ordered is None or bounds or len(problem.free) < len(problem.given):
        return values
    columns = ordered(*np.moveaxis(values, -1, 0))
    return np.stack([np.broadcast_to(column, values.shape[:-1]) for column in columns], axis=-1)


def _wald(value: float, error: float, quantile: float, coordinate: str) -> tuple[float, float]:
    if not math.isfinite(error * quantile):
        return math.nan, math.nan
    if coordinate == "log" and value > 0.0:
        factor = math.exp(min(quantile * error / value, 700.0))
        return value / factor, value * factor
    return value - quantile * error, value + quantile * error


def _covariance(
    points: Points, model: Model, values: Floats, loose: Sequence[int], variance: float
) -> tuple[Floats, list[str]]:
    """Give s^2 (J'WJ)^-1 of some parameters, NaN where it has no value, and why.

    Whether the readings can tell the parameters apart is judged with time in units of the last reading, so that it
    does not depend on the unit of the data.
    """
    count = len(loose)
    nothing = np.full((count, count), np.nan)
    if math.isnan(variance):
        return nothing, ["as many parameters as readings: no standard errors"]
    if not count:
        return nothing, []
    last = float(points.time.max())
    judged = _decomposed(points, model, values, loose, 1.0)
    own = judged
    if model.rescaled is not None and last > 0.0 and last != 1.0:
        judged = _decomposed(points, model, values, loose, last) or own
    if own is None or judged is None:
        return nothing, ["a parameter has no influence on the curve at the readings: no standard errors"]
    if judged[0][-1] < INSEPARABLE * judged[0][0] or not own[0][-1] > 0.0:
        return nothing, ["the readings cannot tell the parameters apart: no standard errors"]
    root = own[1]
    return variance * (root @ root.T), []


def _decomposed(
    points: Points, model: Model, values: Floats, loose: Sequence[int], last: float
) -> tuple[Floats, Floats] | None:
    """Give the singular values of the slopes, each of length 1, and the root of (J'WJ)^-1, in some unit of time."""
    time = points.time
    if last != 1.0:
        time, values = time / last, search.moved(model, 1.0 / last, values)
    slopes = np.asarray(model.gradient(time, *values.tolist()))
    if len(loose) < len(slopes):
        slopes = slopes[list(loose)]
    slopes = np.where(np.isfinite(slopes), slopes, 0.0) * np.sqrt(points.weight)
    scale = np.array([length_of(row) for row in slopes])  # an alpha = Td^beta may be a very large number
    if not (np.isfinite(scale).all() and (scale > 0.0).all()):
        return None
    _, singular, right = np.linalg.svd((slopes / scale[:, None]).T, full_matrices=False)
    return singular, right.T / singular / scale[:, None]
