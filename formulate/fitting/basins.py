"""Which of many candidates to start from: the lowest of each valley, far enough apart."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats
from formulate.fitting.problem import Problem

SAME = 1e-9  # relative; sums of squares that differ by less are one
APART = 0.12  # of the range of the candidates: nearer starts count as one
AROUND = 8  # candidates around one, among which it is the lowest in its valley
KINKS = 8  # readings before the rise at which a lag is tried


def weighed(problem: Problem, internal: Floats) -> Floats:
    """Give the weighted sum of squares, (candidates,), the linear parameters at their best; infinite for no number."""
    _, residuals, _ = problem.solved_together(internal)
    wss = np.einsum("ci,ci->c", residuals, residuals)
    return np.where(np.isfinite(wss), wss, np.inf)


def valleys(problem: Problem, internal: Floats, wss: Floats) -> NDArray[np.intp]:
    """Give the places of candidates that lie lower than those around them, best first; a lag by itself."""
    lag = lag_column(problem)
    if lag >= 0:
        along, group = internal[:, 1 - lag], internal[:, lag]
        order = np.lexsort((along, group))
        height, group = wss[order], group[order]
        same = np.diff(group) == 0.0
        below_last = np.append(True, ~same | (height[1:] < height[:-1] * (1.0 - SAME)))  # the first of a plain
        below_next = np.append(~same | (height[:-1] <= height[1:] * (1.0 + SAME)), True)
        low = order[below_last & below_next & np.isfinite(height)]
    else:
        around = _around(np.ascontiguousarray(internal).tobytes(), internal.shape[1])
        low = np.flatnonzero((wss <= wss[around].min(axis=1)) & np.isfinite(wss))
    return np.asarray(low[np.argsort(wss[low], kind="stable")])


@lru_cache(maxsize=256)
def _around(internal: bytes, columns: int) -> NDArray[np.intp]:
    """Give the places of the candidates nearest to each, (candidates, AROUND + 1), itself among them."""
    place = np.frombuffer(internal).reshape(-1, columns)
    width = np.ptp(place, axis=0)
    place = place / np.where(width > 0.0, width, 1.0)
    square = np.einsum("ij,ij->i", place, place)
    away = square[:, None] + square[None, :] - 2.0 * (place @ place.T)
    return np.argpartition(away, min(AROUND, len(place) - 1), axis=1)[:, : AROUND + 1]


def spread(problem: Problem, internal: Floats, wss: Floats, count: int) -> NDArray[np.intp]:
    """Give the places of the best starts, best first, one of each cell of APART of their range; each lag is another."""
    pool = np.argsort(wss, kind="stable")[: 40 * count]
    pool = pool[np.isfinite(wss[pool])]
    if pool.size <= count:
        return pool
    place = _placed(problem, internal[pool], np.ptp(internal[pool], axis=0))
    cells = np.floor((place - place.min(axis=0)) / APART)
    code = cells @ np.cumprod(np.append(1.0, cells.max(axis=0)[:-1] + 1.0))
    _, first = np.unique(code, return_index=True)
    return pool[np.sort(first)[:count]]


def apart(problem: Problem, internal: Floats, wss: Floats, width: Floats, count: int, twins: float) -> NDArray[np.intp]:
    """Give the places of starts that are not the same, best first, of starts in their order."""
    pool = np.flatnonzero(np.isfinite(wss))
    if not pool.size:
        return pool
    place = _placed(problem, internal[pool], np.maximum(np.ptp(internal[pool], axis=0), width))
    chosen: list[int] = []
    near = np.zeros(pool.size, dtype=np.bool_)
    while len(chosen) < count and not near.all():
        best = int(np.argmin(near))
        chosen.append(best)
        near |= (np.abs(place - place[best]).max(axis=1) < APART) & (wss[pool] <= twins * wss[pool[best]])
        near[best] = True
    return pool[chosen]


def _placed(problem: Problem, internal: Floats, width: Floats) -> Floats:
    """Give starts in units of a width; a lag by the interval of readings it lies in, a quarter within it."""
    place = internal / np.where(width > 0.0, width, 1.0)
    lag = lag_column(problem)
    if lag >= 0:
        edges = np.unique(problem.time)
        after = np.clip(np.searchsorted(edges, internal[:, lag], side="right"), 1, len(edges) - 1)
        within = (internal[:, lag] - edges[after - 1]) / (edges[after] - edges[after - 1])
        place[:, lag] = after + 0.25 * np.clip(within, -0.5, 1.0)
    return place


def lag_column(problem: Problem) -> int:
    """Give the place of the lag among the searched parameters, -1 if there is none."""
    model = problem.model
    place = model.names.index(model.lag) if model.lag else -1
    return problem.searched.index(place) if place in problem.searched else -1


def edges_of(problem: Problem, lag: float) -> Floats:
    """Give the times of readings up to the rise and on both sides of a lag: the sum of squares has kinks there."""
    column = lag_column(problem)
    times, first = np.unique(problem.time, return_index=True)
    times = times[(times >= problem.low[column]) & (times <= problem.high[column])]
    rise = problem.time[first[np.argmax(problem.released[first] >= 0.5 * problem.released.max())]]
    before = times[times <= rise][-KINKS:]
    after = int(np.searchsorted(times, lag - 1e-12 * float(problem.time[-1])))
    return np.union1d(before, times[max(after - 1, 0) : after + 1])


def thinned(problem: Problem) -> Problem:
    """Give the problem with readings at one time put together: the same but for a constant in the sum of squares."""
    time, place = np.unique(problem.time, return_inverse=True)
    if time.size == problem.time.size:
        return problem
    weight = np.bincount(place, problem.root_weight**2)
    released = np.bincount(place, problem.root_weight**2 * problem.released) / weight
    return replace(problem, time=time, released=released, root_weight=np.sqrt(weight))
