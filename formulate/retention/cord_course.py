"""Compartments with a barrier between some of them that opens and closes."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from formulate.domain import require, require_not_negative
from formulate.retention.arriving import DAMPING, GAMMA, damped, staged
from formulate.sampling import Array

Rates = Mapping[tuple[str, str], Array]  # from one place to another [1/s], (draws,)

_NEGATIVE = -1e-13  # of all there is; less is rounding
_AT_ONCE = 32768  # draws of inputs that are stepped together
_STEPS = 16  # between times that are worked out, and written, together


def follow(
    time: Array, arrivals: Mapping[str, Array], steady: Rates, leaking: Rates, open_share: Array
) -> dict[str, Array]:
    """Give the amounts in each place, of which those that nothing leaves only gather.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    arrivals : mapping of str to ndarray, shape (draws or 1, times)
        Cumulative amounts that come into a place; what has come by the first time is there at once [kg].
    steady : mapping of (str, str) to ndarray, shape (draws,)
        Rates from one place to another [1/s].
    leaking : mapping of (str, str) to ndarray, shape (draws,)
        Further rates, through the barrier where it is open all over [1/s].
    open_share : ndarray, shape (draws or 1, times - 1)
        How much of it is open, as the mean over each step [1].

    Returns
    -------
    dict of str to ndarray, shape (draws, times)
        By place, all that `arrivals` and the rates name. They sum to what came, to rounding.

    Raises
    ------
    DomainError
        A rate is negative or no number, or times do not rise.

    Notes
    -----
    ``dA_i/dt = sum_j k_ji A_j - A_i sum_j k_ij + dU_i/dt`` with ``k = steady + open leaking``, in two implicit stages
    of equal weight ``1 - sqrt(1/2)`` for each step (second order, and what is fast settles: Alexander 1977,
    doi:10.1137/0714068), with the rates of `formulate.retention.arriving.rising` at their ends. A draw in which that
    undershoots takes the step as `formulate.retention.arriving.damped` has it.

    Examples
    --------
    A place that empties at 0.01/s through a barrier of which half is open:

    >>> import numpy as np
    >>> time = np.linspace(0.0, 200.0, 101)
    >>> found = follow(time, {"in": np.ones((1, 101))}, {}, {("in", "out"): np.array([0.01])}, np.full((1, 100), 0.5))
    >>> float(found["in"][0, -1]), float(found["out"][0, -1])  # exp(-1)
    (0.3679, 0.6321)
    """
    return follow_all(time, [arrivals], steady, leaking, open_share)[0]


def follow_all(
    time: Array, arrivals: Sequence[Mapping[str, Array]], steady: Rates, leaking: Rates, open_share: Array
) -> list[dict[str, Array]]:
    """Give what `follow` gives for each of many inputs into the same places, all of which take each step together.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    arrivals : sequence of mapping of str to ndarray, shape (draws or 1, times)
        Of each input, the cumulative amounts that come into a place [kg].
    steady, leaking : mapping of (str, str) to ndarray, shape (draws,)
        Rates from one place to another, and further ones through the barrier [1/s].
    open_share : ndarray, shape (draws or 1, times - 1)
        How much of the barrier is open, as the mean over each step [1].

    Returns
    -------
    list of dict of str to ndarray, shape (draws, times)
        By place, of each input.

    Raises
    ------
    DomainError
        A rate is negative or no number, or times do not rise.

    Notes
    -----
    The equations of `follow`; what they need whatever the input is worked out once.
    """
    steps = np.diff(time)
    require("time", steps, "s", steps > 0, "rising times")
    plan = _Plan(steady, leaking, tuple(dict.fromkeys(name for given in arrivals for name in given)))
    every = [values for given in arrivals for values in given.values()]
    draws = max(len(values) for values in (*every, *plan.every, open_share))
    found = [np.empty((len(arrivals), draws, len(time))) for _ in plan.names]
    size = max(64, _AT_ONCE // len(arrivals))
    for start in range(0, draws, size):
        some = slice(start, min(start + size, draws))
        entering = [
            (plan.names.index(name), index, _of(values, some))
            for index, given in enumerate(arrivals)
            for name, values in given.items()
            if values.any()
        ]
        _walk(
            time,
            entering,
            np.ascontiguousarray(_of(open_share, some).T),
            plan.of(some),
            [place[:, some] for place in found],
        )
    return [
        {name: place[index] for name, place in zip(plan.names, found, strict=True)} for index in range(len(arrivals))
    ]


@dataclass(frozen=True)
class Course:
    """What `follow` is asked about."""

    arrivals: Mapping[str, Array]
    steady: Rates
    leaking: Rates
    open_share: Array


def follow_each(time: Array, courses: Sequence[Course]) -> list[dict[str, Array]]:
    """Give what `follow` gives for each of many, which differ in rates: those with the same places step together.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    courses : sequence of Course
        Arguments of `follow`.

    Returns
    -------
    list of dict of str to ndarray, shape (draws, times)
        By place, of each.

    Raises
    ------
    DomainError
        A rate is negative or no number, or times do not rise.

    Notes
    -----
    The equations of `follow`; the draws of one stand beside those of the others.
    """
    alike: dict[object, list[int]] = {}
    for i, one in enumerate(courses):
        alike.setdefault(tuple(tuple(named) for named in (one.arrivals, one.steady, one.leaking)), []).append(i)
    found: dict[int, dict[str, Array]] = {}
    for which in alike.values():
        group = [courses[i] for i in which]
        draws = [max(len(values) for values in (*_values(one), one.open_share)) for one in group]
        arrivals, steady, leaking = (
            {name: _beside([given[name] for given in every], draws) for name in every[0]}
            for every in ([getattr(one, part) for one in group] for part in ("arrivals", "steady", "leaking"))
        )
        amounts = follow(time, arrivals, steady, leaking, _beside([one.open_share for one in group], draws))
        ends = np.cumsum(draws)
        for i, end, count in zip(which, ends, draws, strict=True):
            found[i] = {name: values[end - count : end] for name, values in amounts.items()}
    return [found[i] for i in range(len(courses))]


def _values(course: Course) -> list[Array]:
    return [values for named in (course.arrivals, course.steady, course.leaking) for values in named.values()]


def _beside(values: Sequence[Array], draws: Sequence[int]) -> Array:
    """Give values of several, each (its draws or 1, ...), one after the other."""
    if len(values) == 1:
        return values[0]
    return np.concatenate([np.broadcast_to(one, (n, *one.shape[1:])) for one, n in zip(values, draws, strict=True)])


def _of(values: Array, some: slice) -> Array:
    """Give the values of some draws, or those that hold for all."""
    return values if len(values) == 1 else values[some]


def _walk(
    time: Array, entering: Sequence[tuple[int, int, Array]], is_open: Array, plan: "_Plan", found: Sequence[Array]
) -> None:
    """Write the amounts (inputs, draws, times) of each place, of what comes into a place of an input (draws, times)."""
    state = np.zeros((len(found), *found[0].shape[:2]))
    for place, index, values in entering:
        state[place, index] = values[:, 0]
    for course, amount in zip(found, state, strict=True):
        course[..., 0] = amount
    over = [(place, index, staged(time, values)) for place, index, values in entering]
    steps, into = np.diff(time), sorted({place for place, *_ in entering})
    sources = np.zeros((_STEPS, 2, len(into), *state.shape[1:]))
    history = np.empty((_STEPS, *state.shape))
    for first in range(0, len(steps), _STEPS):
        last = min(first + _STEPS, len(steps))
        for place, index, both in over:
            for stage, amount in enumerate(both):
                target = sources[: last - first, stage, into.index(place), index]
                np.multiply(GAMMA, amount[:, first:last].T, out=target)
        if not (state.any() or sources[: last - first].any()):
            for course in found:
                course[..., first + 1 : last + 1] = 0.0
            continue
        marching = _Steps(steps[first:last], plan.rates(is_open[first:last]), plan, into)
        for i in range(last - first):
            history[i] = state = marching.advanced(i, state, *sources[i])
        for row, course in enumerate(found):
            course[..., first + 1 : last + 1] = history[: last - first, row].transpose(1, 2, 0)


class _Plan:
    """Which places there are, and the rates between them: those that something leaves come first."""

    def __init__(self, steady: Rates, leaking: Rates, named: tuple[str, ...]) -> None:
        pairs = tuple(dict.fromkeys((*steady, *leaking)))
        leaving = tuple(dict.fromkeys(origin for origin, _ in pairs))
        every = dict.fromkeys((*leaving, *named, *(to for _, to in pairs)))
        self.names, self.moving = tuple(every), len(leaving)
        self.pairs = tuple((self.names.index(origin), self.names.index(to)) for origin, to in pairs)
        self.steady = [require_not_negative("rate", steady[pair], "1/s") if pair in steady else None for pair in pairs]
        self.leaking = [
            require_not_negative("leak_rate", leaking[pair], "1/s") if pair in leaking else None for pair in pairs
        ]
        self.every = [values for values in (*self.steady, *self.leaking) if values is not None]

    def of(self, some: slice) -> "_Plan":
        """Give the same for some draws."""
        found = copy(self)
        found.steady = [None if values is None else _of(values, some) for values in self.steady]
        found.leaking = [None if values is None else _of(values, some) for values in self.leaking]
        return found

    def rates(self, open_share: Array) -> list[Array]:
        """Give the rate of each pair while so much of the barrier is open."""
        found = []
        for fixed, through in zip(self.steady, self.leaking, strict=True):
            leak = 0.0 if through is None else open_share * through
            found.append(np.asarray(leak if fixed is None else fixed + leak))
        return found


class _Steps:
    """Some steps of all inputs, with what they need whatever the state worked out together."""

    def __init__(self, lengths: Array, rates: list[Array], plan: _Plan, into: list[int]) -> None:
        self.stages = _Implicit(GAMMA * lengths[:, None], rates, plan)
        self.into = into  # the places that something comes into

    def advanced(self, which: int, state: Array, inner: Array, end: Array) -> Array:
        """Give the state after a step, with what comes in in its first stage, and in its second."""
        middle = state.copy()
        self._come(middle, inner)
        self.stages.solve(which, middle)
        middle -= state
        middle *= (1.0 - GAMMA) / GAMMA
        middle += state
        self._come(middle, end)
        after = self.stages.solve(which, middle)
        least = after.min(axis=0)
        if least.min() >= 0.0:
            return after
        came = (1.0 - GAMMA) * inner + GAMMA * end
        under = least < _NEGATIVE * (np.abs(state).sum(axis=0) + came.sum(axis=0) / GAMMA)
        inputs = np.flatnonzero(under.any(axis=-1))  # in which a draw undershoots
        if inputs.size:
            after[:, inputs] = np.where(
                under[inputs], self._damped(which, state[:, inputs], came[:, inputs]), after[:, inputs]
            )
        return after

    def _damped(self, which: int, state: Array, came: Array) -> Array:
        """Give the state after a step in which what is fast falls by much."""
        for _ in range(DAMPING):
            before, state = state, state.copy()
            self._come(state, came)
            self.stages.solve(which, state)
        return damped(before, state)

    def _come(self, state: Array, amounts: Array) -> None:
        for place, amount in zip(self.into, amounts, strict=True):
            state[place] += amount


class _Implicit:
    """Solves ``(1 - h M) x = right`` by elimination without pivots: each column of M loses what others gain.

    Of several steps, (steps, 1), with rates (steps, draws).
    """

    def __init__(self, h: Array, rates: list[Array], plan: _Plan) -> None:
        self.moving = n = plan.moving
        pairs = [(origin, to, h * rate) for (origin, to), rate in zip(plan.pairs, rates, strict=True)]
        self.gains = [pair for pair in pairs if pair[1] >= n]
        rows: list[dict[int, Array]] = [{i: np.ones_like(h)} for i in range(n)]
        for origin, to, passing in pairs:
            rows[origin][origin] = rows[origin][origin] + passing
            if to < n:
                rows[to][origin] = -passing
        self.lower: list[tuple[int, int, Array]] = []
        for k in range(n):
            for i in range(k + 1, n):
                if k in rows[i]:
                    factor = rows[i].pop(k) / rows[k][k]
                    self.lower.append((i, k, factor))
                    for j in rows[k]:
                        if j > k:
                            rows[i][j] = rows[i].get(j, 0.0) - factor * rows[k][j]
        self.upper = [[(j, value) for j, value in row.items() if j > i] for i, row in enumerate(rows)]
        self.own = [1.0 / rows[i][i] for i in range(n)]

    def solve(self, which: int, right: Array) -> Array:
        """Give x of one of the steps, in the place of what it is solved for."""
        x = right
        for i, k, factor in self.lower:
            x[i] -= factor[which] * x[k]
        for i in range(self.moving - 1, -1, -1):
            for j, value in self.upper[i]:
                x[i] -= value[which] * x[j]
            x[i] *= self.own[i][which]
        for origin, to, gain in self.gains:
            x[to] += gain[which] * x[origin]
        return x
