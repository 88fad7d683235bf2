"""The least of all sums of squares: every candidate weighed, the best followed together, the best of those to the end.

A sum of squares has several minima, and, in a lag, kinks. One way down shows none of that; many do.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats
from formulate.fitting.least_squares import descend, descend_together, settle
from formulate.fitting.problem import Problem

BEYOND = 1e8  # how far past its candidates a parameter on a log scale is followed
APART = 0.12  # of the range of the candidates: nearer starts count as one
SAME = 1e-9  # relative; ends of this difference in the sum of squares are one
NOISE = 1e-24  # of the weighted sum of squared readings; sums of squares that differ by less are rounding
LONG_BEFORE = 0.3  # of the time axis, from which a lag before time zero is pursued,
FIRST_STRIDE, STRIDE = 1.1, 1.6  # in strides of these factors
CHANGED_ABOUT = 5  # parameters at most of which all orders and signs are looked at
SETTLED = 1e-9  # the same, below which the steps of Gauss and Newton have sufficed
LEVEL = 1e-5  # share of the residuals along the slopes, above which an end is no level ground

# how many starts are followed together, for how many steps, by the number of parameters searched
FEW: tuple[tuple[int, int], ...] = ((16, 6),)
ROUNDS: dict[int, tuple[tuple[int, int], ...]] = {1: FEW, 2: FEW, 3: ((40, 5), (12, 8))}
MANY: tuple[tuple[int, int], ...] = ((64, 5), (20, 10))
OF_A_FORMULA: tuple[tuple[int, int], ...] = ((96, 6), (40, 12), (10, 30))
ARRIVED = 1e-3  # relative fall of the sum of squares in one step, below which a start promises no more
KINKS = 8  # readings before the rise at which a lag is tried, and
AT_KINKS = 4  # steps there
JUST_BEFORE = np.array([0.03, 0.003, 0.0003])  # of the interval before them, to meet a small reading steeply
TWINS = 1.05  # with several linear parameters, sums of squares further apart than by this factor may be twin minima
LAST, LAST_OF_ONE, LAST_WITH_LAG = 3, 4, 5  # how many are followed to the end,
FALLS, FALLS_LATE = 8.0, 2.0  # if what they promise, as candidates or later, is less than this times the best end
STATIONS = 9  # along the line from a start to an end, on which a ridge is looked for
NEAR_THE_END = 3.0  # of the range of a parameter on a log scale, in natural logarithms
BETWEEN = 33  # values tried around the best candidate of one parameter
AROUND = 8  # candidates around one, among which it is the lowest in its valley


@dataclass(frozen=True, eq=False)
class End:
    """Where a way down ended."""

    values: Floats  # (parameters,)
    wss: float
    offset: float = 0.0  # share of the residuals, by length, along the slopes: 0 on level ground


def prepared(problem: Problem, rows: Floats, beyond: float = BEYOND) -> Problem:
    """Give the problem with what its candidates tell: bounds far past them, and whether it is linear throughout.

    Parameters
    ----------
    problem : Problem
        As set up.
    rows : ndarray, shape (candidates, parameters)
        NaN for linear parameters.
    beyond : float
        How far past its candidates a parameter on a log scale is followed.

    Returns
    -------
    Problem
        With finite bounds on every log scale.
    """
    low, high = problem.low.copy(), problem.high.copy()
    for place in problem.log:
        column = rows[:, problem.searched[place]]
        column = column[(column > 0.0) & np.isfinite(column)]
        if column.size:
            low[place] = max(low[place], min(np.log(column.min() / beyond), high[place]))
            high[place] = min(high[place], max(np.log(column.max() * beyond), low[place]))
    return replace(problem, low=low, high=high, rising=_is_rising(problem, rows))


def _is_rising(problem: Problem, rows: Floats) -> bool:
    """Tell whether the curve is more than its linear parts, from a few candidates."""
    if not problem.linear:
        return False
    some = rows[:: max(1, len(rows) // 16)].copy()
    some[:, list(problem.linear)] = 0.0
    curve = problem.model.curve(problem.time, *(some[:, place, None] for place in range(some.shape[1])))
    return bool(np.any(curve != 0.0))


def lowest(
    problem: Problem, starts: Floats, own: Floats | None = None, holds: Callable[[End], bool] = lambda _: True
) -> tuple[End, int, int]:
    """Find the least sum of squares.

    Parameters
    ----------
    problem : Problem
        Prepared; readings in order of time.
    starts : ndarray, shape (starts, searched)
        Where to start, internal coordinates.
    own : ndarray, shape (starts, parameters), optional
        Starts that are followed to the end whatever they promise.
    holds : callable, optional
        Whether an end may be the answer; the lowest that may is.

    Returns
    -------
    end : End
        The lowest.
    agreeing : int
        From how many of the starts followed to the end it was reached.
    evaluations : int
        How often the curve was evaluated.
    """
    if not problem.searched:
        internal, amounts, wss, used = descend(problem, np.zeros(0))
        return End(problem.values(internal, amounts), wss), 1, used
    way = _Way(problem)
    own_starts = problem.internal(own) if own is not None else np.zeros((0, len(problem.searched)))
    for start in _promising(problem, starts, own_starts, way):
        way.follow(start)
    given = [way.follow(start) for start in own_starts]
    agreeing = way.agreeing()
    _before_time_zero(problem, way)
    _at_kinks(problem, way)
    best = _chosen(problem, way, given, own, holds)
    if best.offset > LEVEL:  # a kink may have stopped the way down
        internal = problem.internal(best.values)
        for column in range(len(internal)):
            way.follow_held(best, column, float(internal[column]))
        best = _chosen(problem, way, given, own, holds)
    return best, agreeing, way.evaluations


def _chosen(
    problem: Problem, way: "_Way", given: Sequence[End], own: Floats | None, holds: Callable[[End], bool]
) -> End:
    """Give the lowest end that may be the answer; one from the user's starts if it is as low."""
    best = next((end for end in sorted(way.ends, key=lambda end: end.wss) if holds(end)), way.best)
    noise = NOISE * float(np.sum((problem.root_weight * problem.released) ** 2))
    best = next((end for end in given if end.wss <= best.wss * (1.0 + SAME) + noise), best)
    # terms of a sum may change places: the user's start says which is which
    return best if own is None else _as_started(problem, best, own[0])


def _as_started(problem: Problem, end: End, start: Floats) -> End:
    """Give the end with terms and signs as in the start, where the curve is the same with them changed about."""
    places = list(problem.free)
    if len(places) > CHANGED_ABOUT:
        return end
    orders = np.array(list(itertools.permutations(places)))
    signs = np.array(list(itertools.product((1.0, -1.0), repeat=len(places))))
    rows = np.tile(end.values, (len(orders) * len(signs), 1))
    rows[:, places] = np.repeat(end.values[orders], len(signs), axis=0) * np.tile(signs, (len(orders), 1))
    curve = problem.model.curve(problem.time, *(rows[:, place, None] for place in range(rows.shape[1])))
    same = np.abs(curve - problem.model.curve(problem.time, *end.values.tolist())).max(axis=1)
    alike = rows[same <= 1e-9 * float(np.abs(problem.released).max())]
    away = np.abs(alike - start)[:, places] / (np.abs(alike) + np.abs(start))[:, places]
    return replace(end, values=alike[np.argmin(away.sum(axis=1))]) if len(alike) else end


class _Way:
    """The ends reached so far, and the count of evaluations."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.ends: list[End] = []
        self.evaluations = 0

    @property
    def best(self) -> End:
        return min(self.ends, key=lambda end: end.wss)

    def follow(self, start: Floats) -> End:
        return self._ended(self.problem, start)

    def follow_held(self, end: End, column: int, at: float) -> End:
        """Go on from an end with one searched parameter held at an internal coordinate."""
        return self._ended(*_held(self.problem, end, column, at))

    def _ended(self, problem: Problem, start: Floats) -> End:
        """Follow a start: by the steps of Gauss and Newton if these suffice, else all the long way down."""
        internal, amounts, wss, offset = settle(problem, start)
        self.evaluations += 5
        if not offset <= SETTLED or not wss < np.inf:
            internal, _, _, used = descend(problem, internal)
            internal, amounts, wss, offset = settle(problem, internal)
            self.evaluations += used
        end = End(problem.values(internal, amounts), wss, offset)
        self.ends.append(end)
        if offset > LEVEL:  # along a valley without end, to the end of the range
            for column in problem.log:
                for bound in (problem.low[column], problem.high[column]):
                    if abs(internal[column] - bound) < NEAR_THE_END:
                        at_end = self._ended(*_held(problem, end, int(column), float(bound)))
                        if at_end.wss <= wss * (1.0 + SAME):
                            return at_end
        return end

    def agreeing(self) -> int:
        least = self.best.wss
        return sum(end.wss <= least * (1.0 + SAME) + 1e-300 for end in self.ends)


def _held(problem: Problem, end: End, column: int, at: float) -> tuple[Problem, Floats]:
    """Give the problem with one searched parameter held at an internal coordinate, and where an end lies in it."""
    given = list(problem.given)
    given[problem.searched[column]] = math.exp(at) if column in problem.log else at
    rest = [other for other in range(len(problem.searched)) if other != column]
    held = replace(
        problem,
        searched=tuple(problem.searched[other] for other in rest),
        given=tuple(given),
        low=problem.low[rest],
        high=problem.high[rest],
    )
    return held, held.internal(end.values)


def _before_time_zero(problem: Problem, way: _Way) -> None:
    """Follow the valley of ever earlier lags, in which power laws turn into exponentials, in ever longer strides."""
    column = _lag_column(problem)
    if column < 0:
        return
    place, span, low = problem.searched[column], float(problem.time[-1]), float(problem.low[column])
    before = way.best
    if not low < before.values[place] < -LONG_BEFORE * span:
        return
    end = way.follow_held(before, column, max(FIRST_STRIDE * float(before.values[place]), low))
    while end.wss < before.wss:
        here, there = problem.internal(before.values), problem.internal(end.values)
        if there[column] <= low:
            break
        # the valley is straight by the logarithm of the lag
        onward = there + (there - here) * (math.log(STRIDE) / math.log(there[column] / here[column]))
        onward[column] = max(STRIDE * there[column], low)
        before, started = end, End(problem.values(onward, np.zeros(len(problem.linear))), np.inf)
        end = way.follow_held(started, column, float(onward[column]))
    way.follow(problem.internal(way.best.values))


def _at_kinks(problem: Problem, way: _Way) -> None:
    """Go on with the lag at the readings up to the rise, where the sum of squares has kinks, and just before them."""
    lag = _lag_column(problem)
    if lag < 0:
        return
    internal, least = problem.internal(way.best.values), way.best.wss
    edges = _edges(problem, float(internal[lag]))
    intervals = np.diff(edges, prepend=edges[0] - np.diff(np.unique(problem.time)).min(initial=np.inf))
    just_before = edges - JUST_BEFORE[:, None] * np.where(np.isfinite(intervals), intervals, 0.0)
    lags = np.clip(np.concatenate([edges, just_before.ravel()]), problem.low[lag], problem.high[lag])
    begun = np.tile(internal, (len(lags), 1))
    begun[:, lag] = lags
    resting = np.zeros(begun.shape, dtype=np.bool_)
    resting[: len(edges), lag] = True
    ends, _, wss = descend_together(problem, begun, AT_KINKS, ARRIVED, resting)
    way.evaluations += AT_KINKS * len(begun)
    for turn in np.argsort(wss, kind="stable")[:LAST]:
        if turn < len(edges) and wss[turn] < least * (1.0 + 1e-3):
            before = way.best
            if way.follow_held(before, lag, float(edges[turn])).wss < before.wss:
                way.follow(problem.internal(way.best.values))
        elif wss[turn] < least * (1.0 - 1e-6):
            way.follow(ends[turn])


def _promising(problem: Problem, starts: Floats, own: Floats, way: _Way) -> Iterator[Floats]:
    """Give the starts to follow to the end, best first, as long as they promise to end below what was reached.

    Ever fewer are followed ever further together.
    """
    thin = _thinned(problem)
    wss = _weighed(thin, starts)
    way.evaluations += len(starts)
    dimensions, lag = len(problem.searched), _lag_column(problem)
    width = 0.1 * np.ptp(starts, axis=0)
    rounds = ROUNDS.get(dimensions, MANY) if problem.model.starts is None else OF_A_FORMULA
    if dimensions == 1:
        starts, wss = _along(thin, starts, wss)
    elif dimensions == 2 and problem.model.starts is None:
        chosen = _valleys(problem, starts, wss)
        starts, wss = starts[chosen], wss[chosen]
    else:
        chosen = _spread(problem, starts, wss, rounds[0][0])
        starts, wss = starts[chosen], wss[chosen]
    if not (rounds is FEW and lag < 0):
        for count, steps in rounds if len(starts) > 1 else ():
            begun = np.concatenate([own, starts[:count]])
            ends, _, reached = descend_together(thin, begun, steps, ARRIVED)
            way.evaluations += steps * len(begun)
            own = own[:0]
            order = np.argsort(reached, kind="stable")
            starts, wss = ends[order], reached[order]
        twins = TWINS if len(problem.linear) > 1 else np.inf
        chosen = _apart(problem, starts, wss, width, LAST if lag < 0 else LAST_WITH_LAG, twins)
        starts, wss = starts[chosen], wss[chosen]
    falls = FALLS if rounds is FEW and lag < 0 else FALLS_LATE
    for _ in range(LAST_WITH_LAG):
        if not len(starts):
            return
        yield starts[0]
        starts, wss = starts[1:], wss[1:]
        promise = wss <= falls * way.best.wss
        if promise.any():
            promise[promise] = _beyond_a_ridge(thin, starts[promise], wss[promise], way.best)
        starts, wss = starts[promise], wss[promise]


def _beyond_a_ridge(problem: Problem, starts: Floats, wss: Floats, end: End) -> NDArray[np.bool_]:
    """Tell from which starts the straight line to an end goes up anywhere."""
    goal = problem.internal(end.values)
    line = goal + np.linspace(0.0, 1.0, STATIONS)[:, None, None] * (starts - goal)
    height = _weighed(problem, line.reshape(-1, starts.shape[1])).reshape(STATIONS, len(starts))
    return np.asarray((np.diff(height, axis=0) < -1e-9 * height[1:]).any(axis=0))


def _along(problem: Problem, starts: Floats, wss: Floats) -> tuple[Floats, Floats]:
    """Give the starts along a line: where it is lower than on either side, looked at closely around the best."""
    order = np.argsort(starts[:, 0], kind="stable")
    along, height = starts[order, 0], wss[order]
    best = int(np.argmin(height))  # twin minima may lie closer together than the candidates
    between = np.linspace(along[max(best - 2, 0)], along[min(best + 2, len(along) - 1)], BETWEEN)
    along, first = np.unique(np.concatenate([along, between]), return_index=True)
    height = np.concatenate([height, _weighed(problem, between[:, None])])[first]
    below_last = np.append(True, height[1:] < height[:-1] * (1.0 - SAME))  # the first of a plain
    below_next = np.append(height[:-1] <= height[1:] * (1.0 + SAME), True)
    low = np.flatnonzero(below_last & below_next & np.isfinite(height))
    low = low[np.argsort(height[low], kind="stable")][:LAST_OF_ONE]
    return along[low, None], height[low]


def _weighed(problem: Problem, internal: Floats) -> Floats:
    """Give the weighted sum of squares, (candidates,), the linear parameters at their best; infinite for no number."""
    _, residuals, _ = problem.solved_together(internal)
    wss = np.einsum("ci,ci->c", residuals, residuals)
    return np.where(np.isfinite(wss), wss, np.inf)


def _valleys(problem: Problem, internal: Floats, wss: Floats) -> NDArray[np.intp]:
    """Give the places of candidates that lie lower than those around them, best first; with a lag, than others of it."""
    lag = _lag_column(problem)
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


def _spread(problem: Problem, internal: Floats, wss: Floats, count: int) -> NDArray[np.intp]:
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


def _apart(
    problem: Problem, internal: Floats, wss: Floats, width: Floats, count: int, twins: float
) -> NDArray[np.intp]:
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
    lag = _lag_column(problem)
    if lag >= 0:
        edges = np.unique(problem.time)
        after = np.clip(np.searchsorted(edges, internal[:, lag], side="right"), 1, len(edges) - 1)
        within = (internal[:, lag] - edges[after - 1]) / (edges[after] - edges[after - 1])
        place[:, lag] = after + 0.25 * np.clip(within, -0.5, 1.0)
    return place


def _lag_column(problem: Problem) -> int:
    """Give the place of the lag among the searched parameters, -1 if there is none."""
    model = problem.model
    place = model.names.index(model.lag) if model.lag else -1
    return problem.searched.index(place) if place in problem.searched else -1


def _edges(problem: Problem, lag: float) -> Floats:
    """Give the times of readings up to the rise and on both sides of a lag: the sum of squares has kinks there."""
    column = _lag_column(problem)
    times, first = np.unique(problem.time, return_index=True)
    times = times[(times >= problem.low[column]) & (times <= problem.high[column])]
    rise = problem.time[first[np.argmax(problem.released[first] >= 0.5 * problem.released.max())]]
    before = times[times <= rise][-KINKS:]
    after = int(np.searchsorted(times, lag - 1e-12 * float(problem.time[-1])))
    return np.union1d(before, times[max(after - 1, 0) : after + 1])


def _thinned(problem: Problem) -> Problem:
    """Give the problem with readings at one time put together: the same but for a constant in the sum of squares."""
    time, place = np.unique(problem.time, return_inverse=True)
    if time.size == problem.time.size:
        return problem
    weight = np.bincount(place, problem.root_weight**2)
    released = np.bincount(place, problem.root_weight**2 * problem.released) / weight
    return replace(problem, time=time, released=released, root_weight=np.sqrt(weight))
