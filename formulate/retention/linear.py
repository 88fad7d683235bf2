"""Compartments that exchange drug at constant rates: exact amounts for an input that is steady between the times.

Amounts A [kg] (or shares, or counts), U what has arrived in each compartment by each time:

    dA/dt = M A + dU/dt         M[i, j] = k_ij, the rate from j to i [1/s];  -M[j, j] = sum_i k_ij + sum_r l_rj

The modes of M are found once and serve every input, so all carriers of a comparison share them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative
from formulate.retention.exchange import Elimination, Propagators
from formulate.retention.modes import Modes
from formulate.sampling import Array
from materials.errors import UnknownIdError, nearest

_ROUNDING = 1e-14  # of a rate out of a compartment; a column of a matrix that sums to less loses nothing
_FALL = 1e-9  # of all that arrives; cumulative arrivals that fall by less fall by rounding
_AT_A_TIME = 250_000  # numbers of one kind at work

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Amounts:
    """Amounts over time; what is inside and what is lost sum to what arrived.

    Attributes
    ----------
    inside : dict of str to ndarray, shape (draws, times)
        Amount in each compartment.
    lost : dict of str to ndarray, shape (draws, times)
        Cumulative amount lost by each route.
    """

    inside: dict[str, Array]
    lost: dict[str, Array]


class LinearSystem:
    """Compartments with constant rates between them and out of them.

    Parameters
    ----------
    names : sequence of str
        The n compartments.
    transfers : array_like, shape (draws or 1, n, n)
        k_ij from compartment j to i [1/s]; zero on the diagonal.
    losses : array_like, shape (draws or 1, routes, n)
        l_rj out of compartment j by route r [1/s].
    routes : sequence of str
        Names of the routes.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN, or there is something on the diagonal.

    Notes
    -----
    ``A = V exp(Lambda t) V^-1 A(0)`` (`formulate.retention.modes`). Draws in which modes nearly coincide (equal
    rates in a row) are stepped without modes, by `formulate.retention.exchange.Propagators`: slower.

    Examples
    --------
    >>> fluid = system(["fluid"], {}, {"fluid": 0.1})
    >>> gone = fluid.amounts([0.0, 10.0], {"fluid": [1.0, 1.0]})
    >>> gone.inside["fluid"], gone.lost["fluid"]
    (array([[1.        , 0.36787944]]), array([[0.        , 0.63212056]]))
    """

    def __init__(self, names: Sequence[str], transfers: ArrayLike, losses: ArrayLike, routes: Sequence[str]) -> None:
        self.names, self.routes = tuple(names), tuple(routes)
        between = require_not_negative("transfer_rate", transfers, "1/s")
        out = require_not_negative("loss_rate", losses, "1/s")
        n = len(self.names)
        if between.shape[1:] != (n, n) or out.shape[1:] != (len(self.routes), n):
            raise ValueError(f"{n} compartments, {len(self.routes)} routes; got {between.shape} and {out.shape}")
        own = np.einsum("dii->di", between)
        require("transfer_rate", own, "1/s", own == 0, "0 from a compartment to itself")
        draws = max(len(between), len(out))
        self.transfers = np.ascontiguousarray(np.broadcast_to(between, (draws, n, n)))
        self.losses = np.ascontiguousarray(np.broadcast_to(out, (draws, *out.shape[1:])))
        self._elimination = Elimination(self.transfers, self.losses)
        self._exit_shares = self._elimination.exit_shares()
        self._modes = Modes(self.transfers, self.losses)

    @property
    def matrix(self) -> Array:
        """M [1/s], (draws, n, n)."""
        outflow = self.transfers.sum(axis=1) + self.losses.sum(axis=1)
        matrix: Array = self.transfers - outflow[:, None, :] * np.eye(len(self.names))
        return matrix

    @property
    def modes(self) -> Modes:
        """The modes of all draws; those of `without_modes` are not to be used."""
        return self._modes

    @property
    def ends(self) -> Array:
        """Share of what is in each compartment that ends by each route, (draws or 1, routes, n)."""
        return self._exit_shares[:, :-1]

    @property
    def without_modes(self) -> NDArray[np.bool_]:
        """Which draws are stepped without modes, (draws,)."""
        return np.logical_not(self._modes.usable)

    def amounts(
        self, time: ArrayLike, arrivals: Mapping[str, ArrayLike] | Array, initial: Mapping[str, ArrayLike] | None = None
    ) -> Amounts:
        """Give the amounts in each compartment, and what has been lost, at the given times.

        Parameters
        ----------
        time : array_like, shape (times,)
            Rising times [s].
        arrivals : mapping of str to array_like, or ndarray of shape (draws or 1, n, times)
            Cumulative amounts entering compartments, (draws or 1, times); linear between two times. What has
            arrived by the first time is there at once.
        initial : mapping of str to array_like, optional
            Amounts already there at the first time, (draws,).

        Returns
        -------
        Amounts
            In the unit of the arrivals. They sum to what arrived, to rounding; an amount of nothing may come out
            below zero by 1e-12 of the dose.

        Raises
        ------
        DomainError
            Times that do not rise, arrivals that fall, an unknown compartment.

        Notes
        -----
        In the modes, over a step h with dU arriving: ``c(t + h) = c(t) exp(lambda h) + dU_c (exp(lambda h) - 1)/
        (lambda h)``, exact for any h. Lost by route r: ``p_r (U - A)``, with p_r the shares of what is in each
        compartment that would end by r.
        """
        t = np.asarray(time, dtype=np.float64)
        rises = np.diff(t, prepend=t[0] - 1.0)
        require("time", t, "s", (rises > 0) & np.isfinite(t), "rising times")
        came, into = self._arrivals(arrivals, initial or {}, len(t))
        n, draws = len(self.names), max(len(came), len(self.transfers))
        inside, lost = np.empty((n, draws, len(t))), np.empty((len(self.routes), draws, len(t)))
        usable = np.broadcast_to(self._modes.usable, (draws,))
        step = np.diff(t)
        lengths, index = np.unique(step, return_inverse=True)

        def by_modes(some: Indices) -> Array:
            return self._modes.march(step, _of(came, some), into, some)

        def by_propagators(some: Indices) -> Array:
            propagators = Propagators(lengths, _of(self.transfers, some), _of(self.losses, some))
            return propagators.march(step, index, _of(came, some), into)

        # a few draws at a time: what is at work stays in the processor's cache
        for march, draws_so, held in ((by_modes, usable, n * len(t)), (by_propagators, ~usable, n * n * lengths.size)):
            which = np.flatnonzero(draws_so)
            for some in np.array_split(which, -(-which.size * held // _AT_A_TIME) or 1):
                if some.size:
                    amounts = march(some)
                    ends = _of(self._exit_shares, some)[:, :-1]
                    inside[:, some] = amounts.transpose(1, 0, 2)
                    lost[:, some] = (ends[:, :, into] @ _of(came, some) - ends @ amounts).transpose(1, 0, 2)
        return Amounts(dict(zip(self.names, inside, strict=True)), dict(zip(self.routes, lost, strict=True)))

    def turnover_half_lives(self) -> dict[str, Array]:
        """Give the half-life with which a bolus in a compartment first falls there, ln 2 over its outflow [s]."""
        outflow = -np.einsum("dii->di", self.matrix)
        halves = np.divide(log(2.0), outflow, out=np.full_like(outflow, np.inf), where=outflow > 0)
        return dict(zip(self.names, halves.T, strict=True))

    def terminal_half_life(self, dose: Mapping[str, ArrayLike]) -> Array:
        """Give the half-life of the slowest mode that carries some of a dose [s], (draws,).

        A mode carries some from 1e-9 of the dose. Infinite where some of the dose stays for ever.
        """
        return self._modes.terminal_half_life(self._column("dose", dose))

    def residence_times(self, dose: Mapping[str, ArrayLike]) -> dict[str, Array]:
        """Give the mean time that a dose spends in each compartment [s], (draws,); they sum to that in the system.

        ``-M^-1 D / sum D``; a bolus. For an input over time add the mean time of the input, once for the system.
        """
        given = self._column("dose", dose)
        whole = given.sum(axis=1)
        require("dose", whole, "kg", whole > 0, "> 0")
        return self._resided(given / whole[:, None])

    def areas(self, dose: Mapping[str, ArrayLike]) -> dict[str, Array]:
        """Give the area under each amount from a dose, to infinite time [kg s], (draws,); however it was given.

        ``-M^-1 D``, with D all that ever arrives in each compartment. Infinite where some stays for ever.
        """
        return self._resided(self._column("dose", dose))

    def steady(self, input_rate: Mapping[str, ArrayLike]) -> dict[str, Array]:
        """Give the amounts that a constant input [kg/s] ends in [kg], (draws,): ``-M^-1 R``.

        Infinite where some of it stays for ever, so that the amount keeps rising.
        """
        return self._resided(self._column("input_rate", input_rate))

    def exit_shares(self, dose: Mapping[str, ArrayLike]) -> dict[str, Array]:
        """Give the share of a dose that ends by each route [1], (draws,); what is missing to 1 stays for ever."""
        given = self._column("dose", dose)
        whole = given.sum(axis=1)
        require("dose", whole, "kg", whole > 0, "> 0")
        ends = (self._exit_shares[:, :-1] @ (given / whole[:, None])[:, :, None])[:, :, 0]
        return dict(zip(self.routes, ends.T, strict=True))

    def _resided(self, given: Array) -> dict[str, Array]:
        times = self._elimination.residence(given[:, :, None])[:, :, 0]
        return dict(zip(self.names, times.T, strict=True))

    def index(self, name: str) -> int:
        """Give the place of a compartment among the names."""
        if name not in self.names:
            raise UnknownIdError("compartment", name, nearest(name, self.names))
        return self.names.index(name)

    def _placed(self, values: Mapping[str, Array], *shape: int) -> Array:
        """Give values (draws or 1, ...) by compartment as one array (draws or 1, n, ...), 0 where none is given."""
        draws = np.broadcast_shapes((1,), *((len(value),) for value in values.values()))
        placed = np.zeros((*draws, len(self.names), *shape))
        for name, value in values.items():
            placed[:, self.index(name)] = value
        return placed

    def _column(self, what: str, values: Mapping[str, ArrayLike]) -> Array:
        checked = {name: np.atleast_1d(require_not_negative(what, value, "kg")) for name, value in values.items()}
        return self._placed(checked)

    def _arrivals(
        self, arrivals: Mapping[str, ArrayLike] | Array, initial: Mapping[str, ArrayLike], times: int
    ) -> tuple[Array, Indices]:
        """Give what came, (draws or 1, places, times), and which compartments those places are."""
        if not isinstance(arrivals, Mapping):
            arrivals = dict(zip(self.names, np.asarray(arrivals).transpose(1, 0, 2), strict=True))
        given = {name: np.atleast_2d(np.asarray(value, dtype=np.float64)) for name, value in arrivals.items()}
        for name, value in given.items():
            rises = np.diff(value, prepend=0.0)
            slack = _FALL * np.abs(value[:, -1:])
            need = "cumulative amounts that never fall"
            require(f"arrivals in {name}", value, "kg", (rises >= -slack) & np.isfinite(value), need)
        for name, amount in initial.items():
            already = np.atleast_1d(require_not_negative("initial_amount", amount, "kg"))[:, None]
            given[name] = given.get(name, np.zeros((1, times))) + already
        given = {name: value for name, value in given.items() if value.any()}
        into = np.array([self.index(name) for name in given], dtype=np.intp)
        draws = np.broadcast_shapes((1,), *((len(value),) for value in given.values()))
        came = np.zeros((*draws, len(into), times))
        for i, value in enumerate(given.values()):
            came[:, i] = value
        return came, into


def system(
    names: Sequence[str],
    transfers: Mapping[tuple[str, str], ArrayLike],
    losses: Mapping[str | tuple[str, str], ArrayLike],
) -> LinearSystem:
    """Build compartments from the rates between them.

    Parameters
    ----------
    names : sequence of str
        The compartments.
    transfers : mapping of (str, str) to array_like, shape (draws,)
        Rate from the first compartment to the second [1/s].
    losses : mapping of str or (str, str) to array_like, shape (draws,)
        Rate out of the system from a compartment [1/s]. A pair names compartment and route, and compartments may
        share a route; without, the route bears the name of the compartment.

    Returns
    -------
    LinearSystem
        With the modes found, or known already from a call with the same rates: the last four are remembered, so that
        the carriers of a comparison and the doses of a search share them.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN.
    UnknownIdError
        A rate of a compartment that is not among the names.

    Notes
    -----
    ``k_ij = CL_ij / V_j``: a clearance from j to i [m3/s] over the volume in which the amount in j is dissolved [m3].

    Examples
    --------
    >>> knee = system(["fluid", "tissue"], {("fluid", "tissue"): 2e-4, ("tissue", "fluid"): 1e-4}, {"fluid": 1e-4})
    >>> float(sum(knee.residence_times({"fluid": 1.0}).values())[0])  # (1 + 2e-4/1e-4)/1e-4
    30000.0
    """
    index = {name: i for i, name in enumerate(names)}
    by_route = {(key if isinstance(key, tuple) else (key, key)): value for key, value in losses.items()}
    routes = tuple(dict.fromkeys(route for _, route in by_route))
    for name in (*(name for pair in transfers for name in pair), *(name for name, _ in by_route)):
        if name not in index:
            raise UnknownIdError("compartment", name, nearest(name, names))
    values = [np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (*transfers.values(), *losses.values())]
    (draws,) = np.broadcast_shapes((1,), *(value.shape for value in values))
    between, out = np.zeros((draws, len(index), len(index))), np.zeros((draws, len(routes), len(index)))
    for (origin, to), value in transfers.items():
        between[:, index[to], index[origin]] = value
    for (origin, route), value in by_route.items():
        out[:, routes.index(route), index[origin]] = value
    return _known(tuple(names), routes, draws, between.tobytes(), out.tobytes())


@lru_cache(maxsize=4)
def _known(names: tuple[str, ...], routes: tuple[str, ...], draws: int, between: bytes, out: bytes) -> LinearSystem:
    """Give compartments whose modes may be known already: those of the same site, for another carrier or dose."""
    shape = draws, -1, len(names)
    rates, losses = (np.frombuffer(values).reshape(shape) for values in (between, out))
    return LinearSystem(names, rates, losses, routes)


def from_matrix(matrix: ArrayLike, names: Sequence[str] | None = None) -> LinearSystem:
    """Build compartments from the matrix of their equations.

    Parameters
    ----------
    matrix : array_like, shape (draws or 1, n, n)
        M of ``dA/dt = M A`` [1/s].
    names : sequence of str, optional
        The compartments; by default "0", "1" and on.

    Returns
    -------
    LinearSystem
        What a column of M lacks to zero leaves the system, by the one route "lost".

    Raises
    ------
    DomainError
        A rate between compartments is negative, or a column sums to more than zero: mass would be made.

    Notes
    -----
    A sum within 1e-14 of the diagonal is taken as zero: rounding. A slower loss is lost with it: use `system`.

    Examples
    --------
    >>> from_matrix([[[-3e-4, 1e-4], [2e-4, -1e-4]]], ["fluid", "tissue"]).losses
    array([[[1.e-04, 0.e+00]]])
    """
    given = np.array(np.asarray(matrix, dtype=np.float64))
    require("matrix", given, "1/s", np.isfinite(given), "finite")
    n = given.shape[-1]
    outflow = -np.einsum("dii->di", given)
    loss = -given.sum(axis=1)
    loss[np.abs(loss) <= n * _ROUNDING * np.abs(outflow)] = 0.0
    require("column_sum", -loss, "1/s", loss >= 0, "<= 0", "more would be made than there is")
    between = given * (1.0 - np.eye(n))
    return LinearSystem(names or [str(i) for i in range(n)], between, loss[:, None, :], ["lost"])


def _of(values: Array, which: Indices) -> Array:
    """Give the values of some draws, or those that hold for all."""
    return values if len(values) == 1 else values[which]
