"""The least of all sums of squares: every candidate weighed, the best followed together, the best of those to the end.

A sum of squares has several minima, and, in a lag, kinks. One way down shows none of that; many do.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats
from formulate.fitting.basins import SAME, apart, edges_of, lag_column, spread, thinned, valleys, weighed
from formulate.fitting.least_squares import descend, descend_together, settle
from formulate.fitting.problem import Problem

BEYOND = 1e10  # how far past its candidates a parameter on a log scale is followed
NOISE = 1e-24  # of the weighted sum of squared readings; sums of squares that differ by less are rounding
LONG_BEFORE = 0.3  # of the time axis, from which a lag before time zero is pursued,
FIRST_STRIDE, STRIDE = 1.1, 1.6  # in strides of these factors
CHANGED_ABOUT = 5  # parameters at most of which all orders and signs are looked at
SETTLED = 1e-9  # the same, below which the steps of Gauss and Newton have sufficed
LEVEL = 1e-5  # share of the residuals along the slopes, above which an end is no level ground

# how many starts are followed together, for how many steps, by the number of parameters searched
FEW: tuple[tuple[int, int], ...] = ((20, 6),)
ROUNDS: dict[int, tuple[tuple[int, int], ...]] = {1: FEW, 2: FEW, 3: ((64, 5), (16, 8))}
MANY: tuple[tuple[int, int], ...] = ((160, 5), (40, 8), (8, 12))
OF_A_FORMULA: tuple[tuple[int, int], ...] = ((96, 6), (40, 12), (10, 30))
ARRIVED = 1e-3  # relative fall of the sum of squares in one step, below which a start promises no more
AT_KINKS = 6  # steps there
SCATTER = 0.03  # of the place, how far draws lie at first; they are
DRAWS, GATHERINGS, WIDER = 80, 30, 1.3  # so many, so often, each time so much wider than the best of the last
AGAIN = 3  # times they are drawn, as long as that leads to lower ground
JUST_BEFORE = np.geomspace(0.03, 1e-12, 12)  # of the interval before them, to meet a small reading steeply
TWINS = 1.05  # with several linear parameters, sums of squares further apart than by this factor may be twin minima
LAST, LAST_OF_ONE, LAST_WITH_LAG = 3, 4, 5  # how many are followed to the end,
FALLS, FALLS_LATE = 8.0, 2.0  # if what they promise, as candidates or later, is less than this times the best end
# along the line from an end to a start, on which a ridge is looked for
STATIONS = np.array([0.0, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 0.999, 1.0])
NEAR_THE_END = 3.0  # of the range of a parameter on a log scale, in natural logarithms
BETWEEN = 33  # values tried around the best candidate of one parameter
POOR = 5e-3  # sum of squares against that about the mean, above which a curve of two parameters is looked at again
RUGGED = 4  # valleys among the candidates of two parameters, above which more starts are needed


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
        power = "^" in problem.model.parameters[problem.searched[place]].unit
        if power and np.isfinite(low[place]) and np.isfinite(high[place]):
            continue  # such as alpha = Td^beta: it goes as far as its exponent takes it
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
) -> tuple[End, int, int, float]:
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
    least : float
        The least sum of squares that was met, whether it may be the answer or not.
    """
    if not problem.searched:
        internal, amounts, wss, used = descend(problem, np.zeros(0))
        return End(problem.values(internal, amounts), wss), 1, used, wss
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
        rests = any(not _scattered(problem, way) for _ in range(AGAIN))
        best = _chosen(problem, way, given, own, holds)
        if rests:  # nothing around it is lower: it lies where kinks meet
            best = replace(best, offset=0.0)
    return best, agreeing, way.evaluations, way.best.wss


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

    def jumped(self) -> bool:
        """Tell whether the only end yet lies on the end of a range that is not searched on a log scale."""
        if len(self.ends) > 1:
            return False
        internal = self.problem.internal(self.best.values)
        outer = (internal <= self.problem.low) | (internal >= self.problem.high)
        outer[self.problem.log] = False
        return bool(outer.any())

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
    column = lag_column(problem)
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


def _scattered(problem: Problem, way: _Way) -> bool:
    """Look for lower ground where kinks meet, by draws around the best end that gather where it is lowest.

    The cross-entropy method (Rubinstein 1999, doi:10.1023/A:1010091220143).
    """
    random = np.random.default_rng(7)
    best = problem.internal(way.best.values)
    least, middle, root = way.best.wss, best, np.diag(SCATTER * (1.0 + np.abs(best)))
    for _ in range(GATHERINGS):
        drawn = middle + random.standard_normal((DRAWS, best.size)) @ root.T
        drawn = np.concatenate([best[None], np.clip(drawn, problem.low, problem.high)])
        wss = weighed(problem, drawn)
        order = np.argsort(wss, kind="stable")[: DRAWS // 5]
        best, least = drawn[order[0]], float(wss[order[0]])
        middle = drawn[order].mean(axis=0)
        scatter = np.atleast_2d(np.cov(drawn[order].T))
        if not np.isfinite(scatter).all():
            break
        values, vectors = np.linalg.eigh(scatter)
        root = vectors * np.sqrt(np.maximum(values, 0.0)) * WIDER
    way.evaluations += GATHERINGS * DRAWS
    lower = least < way.best.wss * (1.0 - SAME)
    if lower:
        way.follow(best)
    return lower


def _at_kinks(problem: Problem, way: _Way) -> None:
    """Go on with the lag at the readings up to the rise, where the sum of squares has kinks, and just before them."""
    lag = lag_column(problem)
    if lag < 0:
        return
    internal, least = problem.internal(way.best.values), way.best.wss
    edges = edges_of(problem, float(internal[lag]))
    intervals = np.diff(edges, prepend=edges[0] - np.diff(np.unique(problem.time)).min(initial=np.inf))
    just_before = edges - JUST_BEFORE[:, None] * np.where(np.isfinite(intervals), intervals, 0.0)
    lags = np.clip(np.concatenate([edges, just_before.ravel()]), problem.low[lag], problem.high[lag])
    begun = np.tile(internal, (len(lags), 1))
    begun[:, lag] = lags
    resting = np.zeros(begun.shape, dtype=np.bool_)
    resting[:, lag] = True
    resting[len(edges) : 4 * len(edges), lag] = False  # of those before, the farthest three of each
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
    thin = thinned(problem)
    wss = weighed(thin, starts)
    way.evaluations += len(starts)
    dimensions, lag = len(problem.searched), lag_column(problem)
    width = 0.1 * np.ptp(starts, axis=0)
    wild = problem.model.starts is not None and problem.model.rescaled is None
    rounds = OF_A_FORMULA if wild else ROUNDS.get(dimensions, MANY)
    chosen = np.arange(0)
    if dimensions == 1:
        yield from _followed(thin, way, *_along(thin, starts, wss), FALLS)
        return
    if dimensions == 2 and not wild:
        chosen = valleys(problem, starts, wss)
        if lag >= 0:  # one in each interval between readings
            chosen = chosen[spread(problem, starts[chosen], wss[chosen], FEW[0][0])]
        chosen = chosen[: FEW[0][0] - RUGGED]
        deep = int(np.sum(wss[chosen] <= FALLS * wss.min()))
        if lag < 0 and not problem.rising and deep <= RUGGED and problem.model.starts is None:
            yield from _followed(thin, way, starts[chosen], wss[chosen], FALLS)
            about = thin.root_weight * (thin.released - thin.released.mean())
            if way.best.wss <= POOR * float(about @ about) and not way.jumped():
                return
    chosen = np.unique(np.concatenate([chosen, spread(problem, starts, wss, rounds[0][0] - chosen.size)]))
    starts, wss = starts[chosen], wss[chosen]
    for count, steps in rounds if len(starts) > 1 else ():
        begun = np.concatenate([own, starts[:count]])
        ends, _, reached = descend_together(thin, begun, steps, ARRIVED)
        way.evaluations += steps * len(begun)
        own = own[:0]
        order = np.argsort(reached, kind="stable")
        starts, wss = ends[order], reached[order]
    twins = TWINS if len(problem.linear) > 1 else np.inf
    chosen = apart(problem, starts, wss, width, LAST if lag < 0 else LAST_WITH_LAG, twins)
    yield from _followed(thin, way, starts[chosen], wss[chosen], FALLS_LATE)


def _followed(problem: Problem, way: _Way, starts: Floats, wss: Floats, falls: float) -> Iterator[Floats]:
    """Give starts, best first, as long as they may fall below what was reached, and lie beyond a ridge from there."""
    for _ in range(LAST_WITH_LAG):
        if way.ends:
            # a way down may have jumped to the end of the range, past what lies before it
            jumped = way.jumped()
            promise = wss <= (np.inf if jumped else falls * way.best.wss)
            if promise.any() and not jumped:
                promise[promise] = _beyond_a_ridge(problem, starts[promise], way.best)
            starts, wss = starts[promise], wss[promise]
        if not len(starts):
            return
        yield starts[0]
        starts, wss = starts[1:], wss[1:]


def _beyond_a_ridge(problem: Problem, starts: Floats, end: End) -> NDArray[np.bool_]:
    """Tell from which starts the straight line to an end goes up anywhere."""
    goal = problem.internal(end.values)
    line = goal + STATIONS[:, None, None] * (starts - goal)
    height = weighed(problem, line.reshape(-1, starts.shape[1])).reshape(STATIONS.size, len(starts))
    return np.asarray((np.diff(height, axis=0) < -1e-9 * height[1:]).any(axis=0))


def _along(problem: Problem, starts: Floats, wss: Floats) -> tuple[Floats, Floats]:
    """Give the starts along a line: where it is lower than on either side, looked at closely around the best."""
    order = np.argsort(starts[:, 0], kind="stable")
    along, height = starts[order, 0], wss[order]
    best = int(np.argmin(height))  # twin minima may lie closer together than the candidates
    between = np.linspace(along[max(best - 2, 0)], along[min(best + 2, len(along) - 1)], BETWEEN)
    along, first = np.unique(np.concatenate([along, between]), return_index=True)
    height = np.concatenate([height, weighed(problem, between[:, None])])[first]
    below_last = np.append(True, height[1:] < height[:-1] * (1.0 - SAME))  # the first of a plain
    below_next = np.append(height[:-1] <= height[1:] * (1.0 + SAME), True)
    low = np.flatnonzero(below_last & below_next & np.isfinite(height))
    low = low[np.argsort(height[low], kind="stable")][:LAST_OF_ONE]
    return along[low, None], height[low]
