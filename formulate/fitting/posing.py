"""The problem of a fit: what is searched, what is solved for, within which bounds, from which candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from formulate.curves.model import Floats, Model
from formulate.fitting import search
from formulate.fitting.optimum import BEYOND, prepared
from formulate.fitting.problem import Problem
from formulate.fitting.results import Fit
from materials.errors import DomainError

LARGEST_AMOUNT = 1e250  # of a linear parameter: a valley that goes on for ever ends here


def posed(
    model: Model,
    time: Floats,
    released: Floats,
    weight: Floats,
    last: float,
    fixed: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]],
    rows: Floats | None = None,
    time_unit: str = "",
) -> tuple[Problem, Floats]:
    """Give the problem and all its candidates, (candidates, parameters), NaN where they are solved for."""
    names = model.names
    free = tuple(place for place, name in enumerate(names) if name not in fixed)
    low = np.array([parameter.low for parameter in model.parameters])
    high = np.array([parameter.high for parameter in model.parameters])
    known = rows is not None or model.starts is not None
    if rows is not None:
        pass
    elif model.starts is not None:
        rows = np.atleast_2d(np.asarray(model.starts(time, released), dtype=np.float64))
    elif model.rescaled is not None:
        rows = search.candidates(model, time / last, released)
    else:
        rows = search.grid_of(model)
    linear = tuple(place for place in free if np.isnan(rows[:, place]).all())
    if model.rescaled is not None and last != 1.0:
        rows = rows.copy()
        for place, name in enumerate(names):
            if name in fixed and "{t}" not in model.parameters[place].unit:
                rows[:, place] = fixed[name]
        if not known:
            rows = search.in_units_of(model, last, rows)
        low, high = (_domain(model, last, ends) for ends in (low, high))
    given = np.full(len(names), np.nan)
    for name, value in fixed.items():
        place = names.index(name)
        if not low[place] <= value <= high[place]:
            raise _outside(model, place, "", value, low, high, time_unit)
        given[place] = value
    for name, (least, most) in bounds.items():
        place = names.index(name)
        if least > high[place]:
            raise _outside(model, place, "lower bound of ", least, low, high, time_unit)
        if most < low[place]:
            raise _outside(model, place, "upper bound of ", most, low, high, time_unit)
        low[place], high[place] = max(low[place], least), min(high[place], most)
    rows = np.where(np.isnan(given), rows, given)
    searched = [place for place in free if place not in linear]
    problem = Problem(
        model,
        time,
        released,
        np.sqrt(weight),
        tuple(searched),
        tuple(given.tolist()),
        *_internal_bounds(model, searched, low, high),
        linear,
        np.maximum(low[list(linear)], -LARGEST_AMOUNT),
        np.minimum(high[list(linear)], LARGEST_AMOUNT),
    )
    return problem, rows


def _outside(
    model: Model, place: int, what: str, value: float, low: Floats, high: Floats, time_unit: str
) -> DomainError:
    """Say that a value the user gave for a parameter lies outside its domain, and what that is."""
    parameter = model.parameters[place]
    unit = parameter.unit.replace("{t}", time_unit or "t")
    least, most = low[place], high[place]
    need = f"{least:g} to {most:g}" if np.isfinite(most) else f"at least {least:g}"
    if not np.isfinite(least):
        need = f"at most {most:g}"
    return DomainError(f"{what}{parameter.name}", value, unit, f"{need} {unit}".rstrip())


def standard(model: Model, time: Floats, released: Floats, weight: Floats) -> tuple[Problem, Floats]:
    """Give the prepared problem of a model whose parameters are all free, and where to start, (starts, searched).

    The last time is 1. What readings have no part in is kept for the next ones.
    """
    if model.lag or model.starts is not None:
        problem, rows = posed(model, time, released, weight, 1.0, {}, {})
        problem = prepared(problem, rows)
        return problem, problem.internal(rows)
    problem, starts = _kept(model)
    return replace(problem, time=time, released=released, root_weight=np.sqrt(weight)), starts


@lru_cache(maxsize=256)
def _kept(model: Model) -> tuple[Problem, Floats]:
    axis = np.linspace(0.0, 1.0, 21)
    problem, rows = posed(model, axis, axis, np.ones(axis.size), 1.0, {}, {})
    problem = prepared(problem, rows)
    return problem, problem.internal(rows)


def _internal_bounds(model: Model, places: Sequence[int], low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Give bounds in internal coordinates, (places,), from those of all parameters."""
    logs = [model.parameters[place].coordinate == "log" for place in places]
    lows, highs = low[list(places)], high[list(places)]
    return np.where(logs, np.log(np.maximum(lows, 0.0)), lows), np.where(logs, np.log(np.maximum(highs, 0.0)), highs)


def _domain(model: Model, last: float, ends: Floats) -> Floats:
    """Give the ends of domains in the unit of the data from those on the scale of the last time."""
    finite = np.isfinite(ends) & (ends != 0.0)
    finite &= ["^" not in parameter.unit for parameter in model.parameters]  # such as alpha = Td^beta: any number
    moved = search.in_units_of(model, last, np.where(finite, ends, 1.0)[None, :])[0]
    return np.where(finite, moved, ends)


def problem_of(fit: Fit, solve: bool = False, beyond: float = BEYOND) -> tuple[Problem, Floats]:
    """Give the problem that a fit solved and the internal coordinates of its solution.

    Parameters
    ----------
    fit : Fit
        The fit.
    solve : bool
        Whether linear parameters are left to the problem; else all free ones are searched.
    beyond : float
        How far from the fit a parameter on a log scale is followed.

    Returns
    -------
    problem : Problem
        In the units of the data, readings in their order in the fit.
    internal : ndarray, shape (searched,)
        Where the fit ended.
    """
    model, points = fit.model, fit.points
    fixed = {parameter.name: parameter.value for parameter in fit.parameters if parameter.fixed}
    rows = fit.values[None, :]
    with np.errstate(all="ignore"):
        if solve:
            order = np.argsort(points.time, kind="stable")
            table = model.starts(points.time[order], points.released[order]) if model.starts else search.grid_of(model)
            rows = np.where(np.isnan(np.atleast_2d(table)).all(axis=0), np.nan, rows)
        last = float(points.time.max())
        problem, rows = posed(model, points.time, points.released, points.weight, last, fixed, fit.bounds, rows=rows)
        problem = prepared(problem, rows, beyond)
        return problem, problem.internal(fit.values)
