"""Many inputs into the same compartments, such as the carriers of a comparison, followed side by side.

The modes of the compartments (`formulate.retention.linear`) serve every input: what they do over each step is worked
out once for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require
from formulate.retention.exchange import Propagators
from formulate.retention.linear import LinearSystem
from formulate.sampling import Array

_DRAWS = 16  # at a time: what is at work stays in the processor's cache
_FALL = 1e-9  # of all that arrives; cumulative arrivals that fall by less fall by rounding

Spread = Mapping[str, Mapping[str, ArrayLike]]


@dataclass(frozen=True)
class Followed:
    """What became of one input.

    Attributes
    ----------
    inside : dict of str to ndarray, shape (draws, times)
        Amounts, by the sums asked for.
    lost : dict of str to ndarray, shape (draws, times)
        Cumulative amount lost by each route.
    at_moments : ndarray, shape (draws, n, moments)
        Amount in each compartment that is reached at all, at the moments asked for.
    """

    inside: dict[str, Array]
    lost: dict[str, Array]
    at_moments: Array


def amounts_of_all(
    compartments: LinearSystem,
    time: Array,
    inputs: Sequence[Mapping[str, Array]],
    spread: Spread | None = None,
    sums: Mapping[str, Sequence[str]] | None = None,
    moments: Sequence[int] = (),
) -> list[Followed]:
    """Give what becomes of each of many inputs, as `LinearSystem.amounts` gives it of one.

    Parameters
    ----------
    compartments : LinearSystem
        n compartments, the same for all.
    time : ndarray, shape (times,)
        Rising times [s].
    inputs : sequence of mapping of str to ndarray, shape (draws or 1, times)
        Of each, the cumulative amounts that enter, by entry; linear between two times.
    spread : mapping of str to mapping of str to array_like, shape (draws,)
        Of entries that are no compartment: which share goes to which compartment.
    sums : mapping of str to sequence of str
        Names of sums of compartments to give; without, each compartment alone.
    moments : sequence of int
        Indices of the times at which every compartment is given.

    Returns
    -------
    list of Followed
        In the order of the inputs. Inside and lost sum to what arrived, to rounding.

    Raises
    ------
    DomainError
        Times that do not rise, arrivals that fall.
    UnknownIdError
        An entry that is no compartment and not in `spread`.

    Notes
    -----
    The modes and their exact steps are those of `LinearSystem.amounts`.

    Examples
    --------
    >>> from formulate.retention.linear import system
    >>> fluid = system(["fluid"], {}, {"fluid": 0.1})
    >>> whole, half = amounts_of_all(fluid, np.array([0.0, 10.0]), [{"fluid": np.full((1, 2), a)} for a in (1.0, 0.5)])
    >>> whole.inside["fluid"], half.lost["fluid"]
    (array([[1.        , 0.36787944]]), array([[0.        , 0.31606028]]))
    """
    require("time", time, "s", (np.diff(time, prepend=time[0] - 1.0) > 0) & np.isfinite(time), "rising times")
    entries = tuple(dict.fromkeys(name for given in inputs for name, values in given.items() if values.any()))
    draws = max([len(compartments.transfers), *(len(values) for given in inputs for values in given.values())])
    whole, compartments = compartments, _reached(compartments, entries, spread or {})
    into = _spread(compartments, entries, spread or {}, draws)
    taken = _taken(compartments, sums or {name: (name,) for name in whole.names})
    routes, count = compartments.routes, len(inputs)
    found = np.empty((len(taken) + len(routes), count, draws, len(time)))
    at_moments = np.empty((count, draws, len(compartments.names), len(moments)))
    usable = np.broadcast_to(np.logical_not(compartments.without_modes), (draws,))
    work = _Work(
        compartments, time, inputs, entries, into, np.stack(list(taken.values())), np.array(moments, dtype=int)
    )
    for which, follow in ((np.flatnonzero(usable), work.by_modes), (np.flatnonzero(~usable), work.by_propagators)):
        for some in _runs(which):
            if some.size:
                follow(some, found, at_moments)
    return [
        Followed(
            {name: found[i, c] for i, name in enumerate(taken)},
            {route: found[len(taken) + i, c] for i, route in enumerate(routes)},
            at_moments[c],
        )
        for c in range(count)
    ]


def _runs(which: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Give the draws in pieces of neighbours."""
    pieces = np.split(which, np.flatnonzero(np.diff(which) > 1) + 1)
    return [part for piece in pieces for part in np.array_split(piece, -(-piece.size // _DRAWS) or 1)]


def _spread(compartments: LinearSystem, entries: tuple[str, ...], spread: Spread, draws: int) -> Array:
    """Give which share of what enters goes to each compartment, (draws, n, entries)."""
    into = np.zeros((draws, len(compartments.names), len(entries)))
    for place, entry in enumerate(entries):
        for name, share in spread.get(entry, {entry: 1.0}).items():
            into[:, compartments.index(name), place] = share
    return into


def _reached(compartments: LinearSystem, entries: tuple[str, ...], spread: Spread) -> LinearSystem:
    """Give the compartments that something enters or goes on to; the others stay empty."""
    names = compartments.names
    open_ways = np.asarray((compartments.transfers > 0).any(axis=0))
    reached = {compartments.index(name) for entry in entries for name in spread.get(entry, {entry: 1.0})}
    while more := {int(i) for i in np.flatnonzero(open_ways[:, list(reached)].any(axis=1))} - reached:
        reached |= more
    if len(reached) in (0, len(names)):
        return compartments
    kept = sorted(reached)
    transfers, losses = compartments.transfers[:, kept][:, :, kept], compartments.losses[:, :, kept]
    return LinearSystem([names[i] for i in kept], transfers, losses, compartments.routes)


def _taken(compartments: LinearSystem, sums: Mapping[str, Sequence[str]]) -> dict[str, Array]:
    """Give which compartments make up each sum, (n,)."""
    names = compartments.names
    return {sum_: np.array([1.0 if name in parts else 0.0 for name in names]) for sum_, parts in sums.items()}


@dataclass(frozen=True)
class _Work:
    """All that is asked, for some draws at a time."""

    compartments: LinearSystem
    time: Array
    inputs: Sequence[Mapping[str, Array]]
    entries: tuple[str, ...]
    into: Array  # (draws, n, entries)
    taken: Array  # (sums, n)
    moments: NDArray[np.intp]

    def by_modes(self, some: NDArray[np.intp], found: Array, at_moments: Array) -> None:
        """Write what becomes of the inputs in some draws."""
        modes, into, count = self.compartments.modes, self.into[some], len(self.inputs)
        rates, vectors, inverses = (_of(values, some) for values in (modes.rates, modes.vectors, modes.inverses))
        n, times = rates.shape[1], len(self.time)
        came = self._came(some)  # (times, draws, entries, inputs)
        step = np.concatenate(_propagated(np.diff(self.time), rates, vectors, inverses, into), axis=-1)
        both = np.empty((times, len(some), n + into.shape[-1], count))  # what is there, and what arrives in the step
        held = both[:, :, :n]
        np.subtract(came[1:], came[:-1], out=both[:-1, :, n:])
        held[0] = into @ came[0]
        for i in range(times - 1):
            np.matmul(step[i], both[i], out=held[i + 1])
        ends = _of(self.compartments.ends, some)
        left = np.concatenate([np.broadcast_to(self.taken, (len(some), *self.taken.shape)), -ends], axis=1)
        result = left @ held
        result[:, :, len(self.taken) :] += (ends @ into) @ came
        found[:, :, some[0] : some[-1] + 1] = result.transpose(2, 3, 1, 0)
        at_moments[:, some] = held[self.moments].transpose(3, 1, 2, 0)

    def by_propagators(self, some: NDArray[np.intp], found: Array, at_moments: Array) -> None:
        """Write the same of draws whose modes cannot be told apart."""
        step = np.diff(self.time)
        lengths, index = np.unique(step, return_inverse=True)
        ends, linear = _of(self.compartments.ends, some), self.compartments
        propagators = Propagators(lengths, _of(linear.transfers, some), _of(linear.losses, some))
        every, came = np.arange(len(linear.names)), self._came(some)
        for c in range(len(self.inputs)):
            arrived = self.into[some] @ came[..., c].transpose(1, 2, 0)
            inside = propagators.march(step, index, arrived, every)
            found[: len(self.taken), c, some] = np.moveaxis(self.taken @ inside, 1, 0)
            found[len(self.taken) :, c, some] = np.moveaxis(ends @ (arrived - inside), 1, 0)
            at_moments[c, some] = inside[:, :, self.moments]

    def _came(self, some: NDArray[np.intp]) -> Array:
        """Give what came, (times, draws, entries, inputs)."""
        came = np.zeros((len(self.time), len(some), len(self.entries), len(self.inputs)))
        for place, entry in enumerate(self.entries):
            for c, given in enumerate(self.inputs):
                if entry in given:
                    values = _of(given[entry], some)
                    last = values[:, -1:]
                    holds = (values[:, 1:] - values[:, :-1] >= -_FALL * np.abs(last)).all() and np.isfinite(last).all()
                    require(f"arrivals in {entry}", last, "kg", holds, "cumulative amounts that never fall")
                    came[:, :, place, c] = values.T
        return came


def _propagated(step: Array, rates: Array, vectors: Array, inverses: Array, into: Array) -> tuple[Array, Array]:
    """Give what a step makes of amounts, and of entries over it: (steps, draws, n, n) and (steps, draws, n, entries).

    Rates (draws, n), vectors and inverses (draws, n, n), into (draws, n, entries).
    """
    still = rates == 0
    exponent = step[:, None, None] * np.where(still, -1.0, rates)
    fallen = np.expm1(exponent)
    mean = np.where(still, 1.0, fallen / exponent)
    fallen = np.where(still, 1.0, fallen + 1.0)
    stays = (vectors * fallen[:, :, None, :]) @ inverses
    gains = (vectors * mean[:, :, None, :]) @ (inverses @ into)
    return stays.real, gains.real


def _of(values: Array, which: NDArray[np.intp]) -> Array:
    """Give the values of some draws, or those that hold for all."""
    return np.broadcast_to(values, (len(which), *values.shape[1:])) if len(values) == 1 else values[which]
