"""Where a search may start: the candidates of a model, laid out on the time axis of the readings."""

import itertools
from functools import lru_cache

import numpy as np

from formulate.curves.model import Floats, Model, Parameter

BEFORE = (-1e-4, -2e-3, -0.02, -0.1, -0.4, -1.5, -8.0, -60.0)  # lags before time zero, in units of the last time
# lags within an interval between readings, as shares of it; close to its end a curve that leaves zero steeply meets a
# small reading there
WITHIN = (0.0, 0.3, 0.7, 0.95, 0.995, 0.9995)
FEW_BEFORE, FEW_WITHIN = (-0.05, -0.5, -8.0), (0.05, 0.6, 0.98)  # the same where there are
MANY = 40  # candidates of the other parameters or more


@lru_cache(maxsize=256)
def grid_of(model: Model) -> Floats:
    """Give the candidates of a model, (candidates, parameters), on the scale of the last time; NaN where linear."""
    rows = getattr(model, "candidates", None)
    if rows is None:
        rows = np.array(list(itertools.product(*(_wider(parameter) for parameter in model.parameters))))
    if model.lag:
        rows = rows.copy()
        rows[:, model.names.index(model.lag)] = 0.0
        _, first = np.unique(np.nan_to_num(rows), axis=0, return_index=True)
        rows = rows[np.sort(first)]
    return np.asarray(rows, dtype=np.float64)


def _wider(parameter: Parameter) -> tuple[float, ...]:
    """Give the grid of a parameter with a value beyond each end on a log scale; NaN for one that is solved for."""
    grid = parameter.grid
    if len(grid) < 2 or parameter.coordinate != "log":
        return grid or (np.nan,)
    ends = (max(min(grid) / 8.0, parameter.low), min(max(grid) * 8.0, parameter.high))
    return tuple(sorted({*grid, *ends}))


def candidates(model: Model, time: Floats, released: Floats) -> Floats:
    """Give rows of parameters to try, with time in units of the last time.

    Parameters
    ----------
    model : Model
        With grids or candidates.
    time, released : ndarray, shape (points,)
        Readings in order, the last time 1 [%].

    Returns
    -------
    ndarray, shape (candidates, parameters)
        NaN where the parameter is linear.

    Notes
    -----
    The sum of squares has a kink in the lag at each reading, hence one minimum or more in each interval between
    readings: lags are tried in all of them up to the rise, and before time zero. The other parameters are laid out
    on what remains of the time axis.
    """
    rows = grid_of(model)
    if not model.lag:
        return rows
    assert model.rescaled is not None
    place = model.names.index(model.lag)
    count = rows.shape[0]
    lags = _lags(time, released, *((FEW_BEFORE, FEW_WITHIN) if count >= MANY else (BEFORE, WITHIN)))
    spread = np.repeat(1.0 - lags, count)
    table = np.tile(rows, (lags.size, 1))
    table = _rescaled(model, 1.0 / spread, table)
    table[:, place] = np.repeat(lags, count)
    return table


def _rescaled(model: Model, unit: Floats | float, rows: Floats) -> Floats:
    assert model.rescaled is not None
    columns = model.rescaled(unit, *rows.T)
    return np.stack([np.broadcast_to(column, rows.shape[:1]) for column in columns], axis=1).astype(np.float64)


def in_units_of(model: Model, last: float, rows: Floats) -> Floats:
    """Give rows of parameters in the unit of the data from rows on the scale of the last time."""
    return _rescaled(model, 1.0 / last, rows)


def moved(model: Model, last: float, values: Floats) -> Floats:
    """Give parameters, (parameters,), in the unit of the data from those on the scale of the last time."""
    assert model.rescaled is not None
    return np.array([float(value) for value in model.rescaled(1.0 / last, *values.tolist())])


def _lags(time: Floats, released: Floats, before: tuple[float, ...], within: tuple[float, ...]) -> Floats:
    """Give lags to try: up to the first reading at nine tenths of the highest, in units of the last time."""
    late = np.flatnonzero(released >= min(0.9 * released.max(), released.max()))  # readings may all be below zero
    edges = np.unique(np.append(0.0, time[: int(late[0]) + 1]))
    edges = edges[edges >= 0.0]
    if edges.size < 2:
        edges = np.array([0.0, float(time[-1])])
    if edges.size > 16:
        edges = edges[np.unique(np.linspace(0, edges.size - 1, 16).astype(int))]
    inside = edges[:-1, None] + np.diff(edges)[:, None] * np.array(within)
    return np.concatenate([np.array(before), inside.ravel()])
