"""Many inputs into the same compartments, such as the carriers of a comparison, followed side by side.

The modes of the compartments (`formulate.retention.linear`) serve every input: what they do over each step is worked
out once for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require
from formulate.retention.arriving import rising, skewed
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
    """Give what becomes of each of many inputs, as `LinearSystem.amounts` gives it of one that is smooth.

    Parameters
    ----------
    compartments : LinearSystem
        n compartments, the same for all.
    time : ndarray, shape (times,)
        Rising times [s].
    inputs : sequence of mapping of str to ndarray, shape (draws or 1, times)
        Of each, the cumulative amounts that enter, by entry; points of a smooth curve.
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
    found = [np.empty((count, draws, len(time))) for _ in range(len(taken) + len(routes))]
    at_moments = np.empty((count, draws, len(compartments.names), len(moments)))
    usable = np.broadcast_to(np.logical_not(compartments.without_modes), (draws,))
    entering = _entering(time, inputs, entries)
    work = _Work(
        compartments, time, count, entering, into, np.stack(list(taken.values())), np.array(moments, dtype=int)
    )
    for which, follow in ((np.flatnonzero(usable), work.by_modes), (np.flatnonzero(~usable), work.by_propagators)):
        for some in _runs(which):
            if some.size:
                follow(some, found, at_moments)
    return [
        Followed(
            {name: course[c] for name, course in zip(taken, found, strict=False)},
            {route: course[c] for route, course in zip(routes, found[len(taken) :], strict=True)},
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
class _Entering:
    """What one input brings to one entry, each (draws or 1, ...)."""

    place: int
    which: int  # of the inputs
    came: Array  # cumulative, (draws, times)
    more: Array  # would arrive at the rate of the end of each step, (draws, times - 1)


def _entering(time: Array, inputs: Sequence[Mapping[str, Array]], entries: tuple[str, ...]) -> list[_Entering]:
    """Give all that enters; what brings nothing is left out."""
    found = []
    for which, given in enumerate(inputs):
        for entry, values in given.items():
            if entry not in entries:
                continue
            last = values[:, -1:]
            holds = (np.diff(values) >= -_FALL * np.abs(last)).all() and np.isfinite(last).all()
            require(f"arrivals in {entry}", last, "kg", holds, "cumulative amounts that never fall")
            if values.any():
                found.append(_Entering(entries.index(entry), which, values, rising(time, values)))
    return found


@dataclass(frozen=True)
class _Work:
    """All that is asked, for some draws at a time."""

    compartments: LinearSystem
    time: Array
    inputs: int
    entering: Sequence[_Entering]
    into: Array  # (draws, n, entries)
    taken: Array  # (sums, n)
    moments: NDArray[np.intp]

    def by_modes(self, some: NDArray[np.intp], found: Sequence[Array], at_moments: Array) -> None:
        """Write what becomes of the inputs in some draws."""
        modes, into = self.compartments.modes, self.into[some]
        rates, vectors, inverses = (_of(values, some) for values in (modes.rates, modes.vectors, modes.inverses))
        came, more = self._came(some)
        entering, step = inverses @ into, np.diff(self.time)
        exponent = rates[:, :, None] * step
        still = exponent == 0
        fallen, safe = np.expm1(exponent), np.where(still, 1.0, exponent)
        mean = np.where(still, 1.0, fallen / safe)
        # the modes (draws, n, times, inputs): what each step adds, then what is there after it
        held = _across(entering, came)
        np.subtract(held[:, :, 1:], held[:, :, :-1], out=held[:, :, 1:])
        held[:, :, 1:] *= mean[..., None]
        if more.any():
            held[:, :, 1:] += _across(entering, more) * skewed(exponent)[..., None]
        fallen += 1.0
        remains = np.empty_like(held[:, :, 0])
        for i in range(len(step)):
            np.multiply(held[:, :, i], fallen[:, :, i, None], out=remains)
            held[:, :, i + 1] += remains
        ends, sums = _of(self.compartments.ends, some), len(self.taken)
        left = np.concatenate([np.broadcast_to(self.taken, (len(some), *self.taken.shape)), -ends], axis=1)
        result = _across(left @ vectors, held).real
        result[:, sums:] += _across(ends @ into, came)
        for row, course in enumerate(found):
            course[:, some[0] : some[-1] + 1] = result[:, row].transpose(2, 0, 1)
        at_moments[:, some] = _across(vectors, held[:, :, self.moments]).real.transpose(3, 0, 1, 2)

    def by_propagators(self, some: NDArray[np.intp], found: Sequence[Array], at_moments: Array) -> None:
        """Write the same of draws whose modes cannot be told apart."""
        step = np.diff(self.time)
        lengths, index = np.unique(step, return_inverse=True)
        ends, linear = _of(self.compartments.ends, some), self.compartments
        propagators = Propagators(lengths, _of(linear.transfers, some), _of(linear.losses, some))
        every, came = np.arange(len(linear.names)), self._came(some)[0]
        for c in range(self.inputs):
            arrived = self.into[some] @ came[..., c]
            inside = propagators.march(step, index, arrived, rising(self.time, arrived), every)
            rows = np.concatenate([self.taken @ inside, ends @ (arrived - inside)], axis=1)
            for row, course in enumerate(found):
                course[c, some] = rows[:, row]
            at_moments[c, some] = inside[:, :, self.moments]

    def _came(self, some: NDArray[np.intp]) -> tuple[Array, Array]:
        """Give what came, and how much more would by the end of each step, (draws, entries, times or steps, inputs)."""
        shape = len(some), self.into.shape[2], len(self.time), self.inputs
        came, more = np.zeros(shape), np.zeros((*shape[:2], shape[2] - 1, shape[3]))
        rows = slice(some[0], some[-1] + 1)  # neighbours, as `_runs` gives them
        for one in self.entering:
            of = rows if len(one.came) > 1 else slice(None)
            came[:, one.place, :, one.which] = one.came[of]
            more[:, one.place, :, one.which] = one.more[of]
        return came, more


def _across(matrix: Array, values: Array) -> Array:
    """Give what matrices (draws, rows, columns) make of values (draws, columns, times, inputs)."""
    draws, columns, times, inputs = values.shape
    flat = matrix @ values.reshape(draws, columns, times * inputs)
    return np.asarray(flat.reshape(draws, matrix.shape[1], times, inputs))


def _of(values: Array, which: NDArray[np.intp]) -> Array:
    """Give the values of some draws, or those that hold for all."""
    return np.broadcast_to(values, (len(which), *values.shape[1:])) if len(values) == 1 else values[which]
