"""Compartments with a barrier between some of them that opens and closes; and crystals that dissolve in one."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from formulate.crystal_sizes import CrystalSizes
from formulate.domain import require, require_not_negative
from formulate.sampling import Array

Rates = Mapping[tuple[str, str], Array]  # from one place to another [1/s], (draws,)

_GAMMA = 1.0 - np.sqrt(0.5)  # of the two-stage scheme that damps what is fast
_NEGATIVE = -1e-13  # of all there is; less is rounding
_AT_A_TIME = 1536  # draws of inputs that are stepped together: they stay in the processor's cache


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
    doi:10.1137/0714068). A draw in which that undershoots takes the step in one implicit stage.

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
    found = np.empty((len(plan.names), len(arrivals), draws, len(time)))
    block = max(16, _AT_A_TIME // len(arrivals))
    for start in range(0, draws, block):
        some = slice(start, min(start + block, draws))
        # time first, so that each step reads memory in order
        came = np.zeros((len(time), len(plan.names), len(arrivals), some.stop - start))
        for index, given in enumerate(arrivals):
            for name, values in given.items():
                came[:, plan.names.index(name), index] = _of(values, some).T
        amounts = _walked(steps, came, np.ascontiguousarray(_of(open_share, some).T), plan.of(some))
        found[:, :, some] = amounts.transpose(1, 2, 3, 0)
    return [dict(zip(plan.names, found[:, index], strict=True)) for index in range(len(arrivals))]


def _of(values: Array, some: slice) -> Array:
    """Give the values of some draws, or those that hold for all."""
    return values if len(values) == 1 else values[some]


def _walked(steps: Array, came: Array, is_open: Array, plan: "_Plan") -> Array:
    """Give the amounts (times, places, inputs, draws) for what came."""
    amounts = np.empty_like(came)
    amounts[0] = came[0]
    inputs = np.diff(came, axis=0)
    arrived = came.any(axis=(1, 2, 3))
    begins = int(arrived.argmax()) if arrived.any() else len(steps) + 1
    amounts[: min(begins, len(came))] = 0.0
    for index, step in enumerate(steps[max(begins - 1, 0) :], start=max(begins - 1, 0)):  # nothing is there before
        amounts[index + 1] = _advanced(amounts[index], inputs[index], step, plan.rates(is_open[index]), plan)
    return amounts


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


def _advanced(state: Array, came: Array, step: float, rates: list[Array], plan: _Plan) -> Array:
    solve = _Implicit(_GAMMA * step, rates, plan)
    part = _GAMMA * came
    middle = solve(state + part)
    middle -= state
    middle *= (1.0 - _GAMMA) / _GAMMA
    middle += state
    middle += part
    after = solve(middle)
    least = after.min(axis=0)
    if least.min() >= 0.0:
        return after
    under = least < _NEGATIVE * (np.abs(state).sum(axis=0) + np.abs(came).sum(axis=0))
    which = under.any(axis=-1)  # the inputs in which a draw undershoots
    if which.any():
        whole = _Implicit(step, rates, plan)(state[:, which] + came[:, which])
        after[:, which] = np.where(under[which], whole, after[:, which])
    return after


class _Implicit:
    """Solves ``(1 - h M) x = right`` by elimination without pivots: each column of M loses what others gain."""

    def __init__(self, h: float, rates: list[Array], plan: _Plan) -> None:
        self.moving = n = plan.moving
        self.gains = [(origin, to, h * rate) for (origin, to), rate in zip(plan.pairs, rates, strict=True) if to >= n]
        rows: list[dict[int, Array]] = [{i: np.ones(1)} for i in range(n)]
        for (origin, to), rate in zip(plan.pairs, rates, strict=True):
            rows[origin][origin] = rows[origin][origin] + h * rate
            if to < n:
                rows[to][origin] = -h * rate
        self.lower: list[tuple[int, int, Array]] = []
        for k in range(n):
            for i in range(k + 1, n):
                if k in rows[i]:
                    factor = rows[i].pop(k) / rows[k][k]
                    self.lower.append((i, k, factor))
                    for j in rows[k]:
                        if j > k:
                            rows[i][j] = rows[i].get(j, 0.0) - factor * rows[k][j]
        self.upper = rows

    def __call__(self, right: Array) -> Array:
        """Give x, in the place of what it is solved for."""
        x = right
        for i, k, factor in self.lower:
            x[i] -= factor * x[k]
        for i in range(self.moving - 1, -1, -1):
            for j, value in self.upper[i].items():
                if j > i:
                    x[i] -= value * x[j]
            x[i] /= self.upper[i][i]
        for origin, to, gain in self.gains:
            x[to] += gain * x[origin]
        return x


@dataclass(frozen=True)
class Crystals:
    """What decides how fast solid drug dissolves, each (draws,), SI."""

    sizes: CrystalSizes  # when they arrive
    density: Array  # rho, kg/m3
    solubility: Array  # S, kg/m3
    diffusivity: Array  # D around them, m2/s


def dissolved(time: Array, arrived: Array, freed: Array, capacity: Array, loss: Array, crystals: Crystals) -> Array:
    """Give the cumulative amount that crystals in a stirred place have given into solution.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    arrived, freed : ndarray, shape (draws, times)
        Cumulative amounts of solid and of dissolved drug that have come there [kg].
    capacity : ndarray, shape (draws,)
        Amount in solution over its concentration [m**3].
    loss : ndarray, shape (draws,)
        Rate at which dissolved drug leaves [1/s].
    crystals : Crystals
        What dissolves.

    Returns
    -------
    ndarray, shape (draws, times)
        [kg].

    Raises
    ------
    Nothing.

    Notes
    -----
    ``dM/dt = -kappa (S - C)``, ``kappa = 3 D M/(rho r**2)`` with ``r = r_0 (M/arrived)**(1/3)`` for crystals of one
    size (else `CrystalSizes.rate`), the diffusion layer of a still sphere; C is implicit in time, kappa that at the
    start of the step, and what comes back from elsewhere is left out of C. A step dissolves at most what there is, and
    none where C is above saturation. Source: Noyes and
    Whitney 1897.
    """
    come, given = np.ascontiguousarray(arrived.T), np.ascontiguousarray(freed.T)  # each step reads memory in order
    gone, inside = np.zeros_like(come), given[0].copy()
    for index, step in enumerate(np.diff(time), start=1):
        there = come[index] - gone[index - 1]
        if there.max() <= 0.0 and np.array_equal(come[index], come[-1]):
            gone[index:] = gone[index - 1]  # all has dissolved, and no more comes
            break
        ratio = np.divide(there, come[index], out=np.zeros_like(there), where=there > 0.0)
        kappa = crystals.diffusivity * come[index] * crystals.sizes.rate(ratio) / crystals.density
        keeps = 1.0 / (1.0 + loss * step)
        before = (inside + given[index] - given[index - 1]) * keeps
        wanted = step * kappa * (crystals.solubility - before / capacity) / (1.0 + step * kappa * keeps / capacity)
        amount = np.clip(wanted, 0.0, np.maximum(there, 0.0))
        gone[index] = gone[index - 1] + amount
        inside = before + amount * keeps
    return np.ascontiguousarray(gone.T)
