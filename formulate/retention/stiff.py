"""Compartments whose rates change with time or with the amounts: all draws at once, by scipy's LSODA.

For what `formulate.retention.linear` cannot do exactly: clearance that saturates, a volume that shrinks, a leak that
heals. The draws stand side by side in one system, in which each meets only itself: its Jacobian is a narrow band.
"""

import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_positive
from formulate.sampling import Array
from materials.errors import FormulateError

Rates = Callable[[float, Array], Array]

_SAME = 1e-9  # of the fastest input; inputs that differ by less in two intervals are one
_TIGHTEST = 1e-13  # relative tolerance that rounding leaves room for


def solve(
    rates: Rates,
    initial: ArrayLike,
    time: ArrayLike,
    arrivals: ArrayLike | None = None,
    jacobian: Rates | None = None,
    rtol: float = 1e-6,
    atol: ArrayLike = 1e-9,
) -> Array:
    """Give amounts that follow rates of any form, with an input that is steady between the given times.

    Parameters
    ----------
    rates : callable
        f of ``dA/dt = f(t, A) + dU/dt``: takes a time [s] and amounts (draws, n) and gives (draws, n) per second. It
        must not join the draws.
    initial : array_like, shape (draws, n)
        Amounts at the first time [kg]; any other unit, throughout, as well.
    time : array_like, shape (times,)
        Rising times [s].
    arrivals : array_like, shape (draws or 1, n, times), optional
        U, cumulative amounts that arrive in each compartment [kg]. What has arrived by the first time is there at
        once.
    jacobian : callable, optional
        df_i/dA_j (draws, n, n) [1/s] of the same arguments; by differences where not given.
    rtol : float
        Error of one step as a share of the amount [1] that no draw passes.
    atol : array_like, shape of `initial` or less
        Error of one step that never matters [kg].

    Returns
    -------
    ndarray, shape (draws, n, times)
        A [kg]. Sums that the rates keep are kept, to rounding with a given jacobian; have a compartment for what is
        lost, to see where it went. An amount near zero may be negative by the tolerance.

    Raises
    ------
    DomainError
        Times that do not rise, arrivals or initial amounts that are no numbers, a tolerance of zero or less.
    FormulateError
        Rates that are not finite, or that no step can follow.

    Notes
    -----
    LSODA (Petzold 1983, doi:10.1137/0904010) as in `scipy.integrate.solve_ivp`, begun anew wherever the input
    changes. It judges a step by the mean square over all draws, so the tolerances are divided by the root of their
    number: then the worst draw keeps them.

    Examples
    --------
    >>> saturated = lambda t, amount: -0.2 * amount / (1.0 + amount)
    >>> solve(saturated, [[1.0]], [0.0, 5.0], rtol=1e-8)  # Lambert's W(e^(1 - 0.2 t)) is the exact solution
    array([[[1.        , 0.567143]]])
    """
    t = np.asarray(time, dtype=np.float64)
    require("time", t, "s", (np.diff(t, prepend=t[0] - 1.0) > 0) & np.isfinite(t), "rising times")
    require("rtol", rtol, "", 1e-10 <= rtol <= 0.1, "1e-10 to 0.1")
    least = require_positive("atol", atol, "kg")
    state = np.asarray(initial, dtype=np.float64)
    require("initial", state, "kg", np.isfinite(state), "finite")
    draws, n = state.shape
    came = np.zeros((1, n, t.size)) if arrivals is None else np.asarray(arrivals, dtype=np.float64)
    require("arrivals", came, "kg", np.isfinite(came), "finite")
    amounts = np.empty((draws, n, t.size))
    amounts[:, :, 0] = state + came[:, :, 0]
    share = 1.0 / np.sqrt(draws)
    stacked = _Stacked(
        rates, jacobian, (draws, n), max(share * rtol, _TIGHTEST), share * np.broadcast_to(least, (draws, n))
    )
    source = np.diff(came) / np.diff(t)
    for first, last in _steady(source):
        amounts[:, :, first + 1 : last + 1] = stacked.follow(
            t[first : last + 1], amounts[:, :, first], source[:, :, first]
        )
    return amounts


def _steady(source: Array) -> Iterator[tuple[int, int]]:
    """Give first and last time of each stretch in which the input (draws, n, intervals) does not change."""
    largest = np.abs(source).max(axis=(0, 1), initial=0.0)
    jumps = np.abs(np.diff(source)).max(axis=(0, 1), initial=0.0) > _SAME * np.maximum(largest[1:], largest[:-1])
    edges = [0, *(np.flatnonzero(jumps) + 1), source.shape[2]]
    yield from pairwise(edges)


class _Stacked:
    """All draws as one system: the amounts of the first, then those of the second, and on."""

    def __init__(self, rates: Rates, jacobian: Rates | None, shape: tuple[int, int], rtol: float, atol: Array) -> None:
        self.rates, self.jacobian, self.shape = rates, jacobian, shape
        self.rtol, self.atol = rtol, atol.ravel()

    def follow(self, time: Array, start: Array, source: Array) -> Array:
        """Give the amounts (draws, n, times) after the first time, with a steady input."""
        from scipy.integrate import solve_ivp

        band = self.shape[1] - 1

        def slope(now: float, stacked: Array) -> Array:
            found = np.asarray(self.rates(now, stacked.reshape(self.shape)) + source)
            if not np.isfinite(found).all():
                draw = int(np.flatnonzero(~np.isfinite(found).all(axis=1))[0])
                raise FormulateError(f"at {now:g} s the rates of draw {draw} are not finite; need numbers")
            return found.ravel()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # told below, in one line
            found = solve_ivp(
                slope,
                (time[0], time[-1]),
                start.ravel(),
                method="LSODA",
                t_eval=time[1:],
                jac=None if self.jacobian is None else self._band,
                lband=band,
                uband=band,
                rtol=self.rtol,
                atol=self.atol,
            )
        if not found.success:
            raise FormulateError(
                f"amounts cannot be followed from {time[0]:g} s to {time[-1]:g} s ({found.message.rstrip('.')}); "
                "check that the rates do not grow without end, or allow a larger error"
            )
        return np.asarray(found.y.reshape(*self.shape, -1))

    def _band(self, now: float, stacked: Array) -> Array:
        """Give the Jacobian by its diagonals, as LAPACK stores a band."""
        assert self.jacobian is not None
        draws, n = self.shape
        slopes = np.broadcast_to(self.jacobian(now, stacked.reshape(self.shape)), (draws, n, n))
        packed = np.zeros((2 * n - 1, draws, n))
        for i in range(n):
            for j in range(n):
                packed[n - 1 + i - j, :, j] = slopes[:, i, j]
        return packed.reshape(2 * n - 1, draws * n)
