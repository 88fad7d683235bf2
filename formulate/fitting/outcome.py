"""What a fit says once its parameters are found: standard errors, intervals, criteria, warnings."""

import math
from collections.abc import Mapping

import numpy as np
from scipy.special import stdtrit

from formulate.curves.model import Floats
from formulate.fitting import search
from formulate.fitting.criteria import criteria
from formulate.fitting.optimum import LEVEL, End
from formulate.fitting.problem import Problem
from formulate.fitting.results import Fit, FittedParameter, Points
from materials.errors import DomainError


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
        if values[place] <= low or values[place] >= high:
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
    slopes = np.asarray(model.gradient(points.time, *values.tolist()))
    if len(loose) < len(slopes):
        slopes = slopes[loose]
    slopes = np.where(np.isfinite(slopes), slopes, 0.0) * np.sqrt(points.weight)
    part, warnings = _covariance(slopes, judged.wss, judged.degrees_of_freedom)
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


def _covariance(slopes: Floats, wss: float, freedom: int) -> tuple[Floats, list[str]]:
    """Give s^2 (J'J)^-1 from weighted slopes (parameters, points), NaN where it has no value, and why."""
    count = slopes.shape[0]
    nothing = np.full((count, count), np.nan)
    if freedom <= 0:
        return nothing, ["as many parameters as readings: no standard errors"]
    if not count:
        return nothing, []
    scale = np.sqrt(np.einsum("pi,pi->p", slopes, slopes))
    if not (np.isfinite(scale).all() and (scale > 0.0).all()):
        return nothing, ["a parameter has no influence on the curve at the readings: no standard errors"]
    _, singular, right = np.linalg.svd((slopes / scale[:, None]).T, full_matrices=False)
    if singular[-1] < 1e-11 * singular[0]:
        return nothing, ["the readings cannot tell the parameters apart: no standard errors"]
    root = right.T / singular / scale[:, None]
    return wss / freedom * (root @ root.T), []
