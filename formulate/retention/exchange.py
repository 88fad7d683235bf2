"""Exchange between compartments in sums and products of rates alone, with no subtraction that could lose digits.

Rates into, between and out of compartments are positive, but the matrix of the equations carries their sums with a
minus on its diagonal; solving with it loses as many digits as slow and fast rates lie apart. What is here works on
the rates themselves. K[i, j] is the rate from j to i, L[r, j] that from j out of the system by route r [1/s].
"""

import numpy as np
from numpy.typing import NDArray

from formulate.sampling import Array

_SHORT = 0.5  # turnovers in the shortest step of `Propagators`: its series converges in
_TERMS = 18  # terms, beyond the last digit


def _over(amount: Array, rate: Array) -> Array:
    """Divide, with 0 where the rate is 0: nothing goes that way."""
    return np.divide(amount, rate, out=np.zeros_like(amount), where=rate > 0)


class Elimination:
    """Compartments taken out one by one, the last first, each one's outflow handed on to where it would have gone.

    Notes
    -----
    For k = n-1..0: ``out_k = sum_{i<k} K[i, k] + sum_r L[r, k]``; the shares ``f = K[i, k]/out_k`` and
    ``g = L[r, k]/out_k`` are added, times K[k, j], to K[i, j] and L[r, j] for i, j < k. What comes back to j itself
    changes nothing and is dropped. Every step adds, multiplies or divides positive numbers, so each result has as
    many digits as the rates (Grassmann, Taksar and Heyman 1985, doi:10.1287/opre.33.5.1107). A compartment that
    nothing leaves keeps what it gets: one route more than those given, the last, stands for it.
    """

    def __init__(self, transfers: Array, losses: Array) -> None:
        draws, routes, n = losses.shape
        self.between = transfers.copy()
        self.out = np.zeros((draws, n))
        self.shares = np.zeros((draws, n, n))  # f[i, k], i < k
        self.exits = np.concatenate([losses, np.zeros((draws, 1, n))], axis=1)
        for k in range(n - 1, -1, -1):
            onward = self.between[:, :k, k]
            self.out[:, k] = onward.sum(axis=1) + self.exits[:, :, k].sum(axis=1)
            whole = self.out[:, k, None]
            self.shares[:, :k, k] = _over(onward, np.broadcast_to(whole, onward.shape))
            leaving = _over(self.exits[:, :, k], np.broadcast_to(whole, (draws, routes + 1)))
            leaving[:, -1] += self.out[:, k] == 0
            into = self.between[:, k, None, :k]
            self.between[:, :k, :k] += self.shares[:, :k, k, None] * into
            self.exits[:, :, :k] += leaving[:, :, None] * into
            self.exits[:, :, k] = leaving

    def exit_shares(self) -> Array:
        """Give the share of what is in each compartment that ends by each route, (draws, routes + 1, n), sums to 1."""
        ends = self.exits.copy()
        for k in range(1, ends.shape[2]):
            ends[:, :, k] += (ends[:, :, :k] @ self.shares[:, :k, k, None])[..., 0]
        return ends

    def residence(self, amounts: Array) -> Array:
        """Give the amount-time that `amounts` (draws, n, columns) spend in each compartment; infinite if they stay."""
        draws = max(len(self.out), len(amounts))
        held = np.array(np.broadcast_to(amounts, (draws, *amounts.shape[1:])), dtype=np.float64)
        n = self.out.shape[1]
        for k in range(n - 1, 0, -1):
            held[:, :k] += self.shares[:, :k, k, None] * held[:, k, None]
        for k in range(n):
            rates = self.between[:, k, :k, None]
            arriving = np.multiply(rates, held[:, :k], out=np.zeros_like(held[:, :k]), where=rates > 0)
            held[:, k] += arriving.sum(axis=1)
            gone = self.out[:, k, None] > 0
            kept = np.where(held[:, k] > 0, np.inf, 0.0)
            held[:, k] = np.divide(held[:, k], self.out[:, k, None], out=kept, where=gone)
        return held


class Propagators:
    """What one step of given length makes of the amounts, and of an input over it, for any rates and any step.

    Attributes
    ----------
    stays : ndarray, shape (steps, draws, n, n)
        E = exp(h M): where what was in j at the start is at the end [1].
    gains : ndarray, shape (steps, draws, n, n)
        P = integral of E over the step: amounts made by an input of 1 per second [s].
    ramps : ndarray, shape (steps, draws, n, n)
        R = integral of P over the step: amounts made by an input that grows by 1 per second in each [s2].

    Notes
    -----
    A step h0 of at most half a turnover of the fastest compartment (q h0 <= 1/2) by uniformisation (Jensen 1953):
    with ``S = 1 + M/q``, ``E = sum_j p_j S^j`` and ``P = sum_j t_j S^j / q``, p_j Poisson of mean q h0 and t_j its tail
    beyond j, and R with the tails summed once more. Then doubled: ``R(2h) = R + E R + h P``, ``P(2h) = P + E P``,
    ``E(2h) = E E``, with the diagonal of E taken as what did not leave.
    No eigenvectors are needed, so equal rates are no special case.
    """

    def __init__(self, steps: Array, transfers: Array, losses: Array) -> None:
        draws, _, n = losses.shape
        one = np.eye(n)
        lost = losses.sum(axis=1)
        outflow = transfers.sum(axis=1) + lost
        fastest = np.maximum(outflow.max(axis=1), 1e-30)[:, None, None]
        doublings = np.ceil(np.log2(np.maximum(steps * fastest.max() / _SHORT, 1.0))).astype(int)
        mean = (steps / 2.0**doublings)[:, None] * fastest[:, 0, 0]
        chances = _poisson(mean)
        tails = np.cumsum(chances[:0:-1], axis=0)[::-1]
        survive = (transfers + (fastest - outflow[:, None, :]) * one) / fastest
        power = np.broadcast_to(one, (draws, n, n))
        self.stays = np.zeros((len(steps), draws, n, n))
        self.gains, self.ramps = np.zeros_like(self.stays), np.zeros_like(self.stays)
        beyond = np.concatenate([np.cumsum(tails[:0:-1], axis=0)[::-1], np.zeros_like(tails[:1])])
        for chance, tail, further in zip(chances[:-1], tails, beyond, strict=True):
            self.stays += chance[..., None, None] * power
            self.gains += tail[..., None, None] * power
            self.ramps += further[..., None, None] * power
            power = survive @ power
        self.gains /= fastest
        self.ramps /= fastest**2
        escaped = (lost[:, None, :] @ self.gains)[..., 0, :]
        for level in range(1, doublings.max(initial=0) + 1):
            longer = np.flatnonzero(doublings >= level)
            before = self.stays[longer]
            length = (steps[longer] / 2.0 ** (doublings[longer] - level + 1))[:, None, None, None]
            self.ramps[longer] += before @ self.ramps[longer] + length * self.gains[longer]
            self.gains[longer] += before @ self.gains[longer]
            escaped[longer] += (escaped[longer][..., None, :] @ before)[..., 0, :]
            after = before @ before
            own = np.einsum("...ii->...i", after)
            elsewhere = after.sum(axis=-2) - own + escaped[longer]
            # close to 1 it is known better as what is nowhere else, close to 0 as the sum that it is
            own[...] = np.where(elsewhere < 0.5, 1.0 - elsewhere, own)
            self.stays[longer] = after

    def march(self, step: Array, index: NDArray[np.intp], came: Array, more: Array, into: NDArray[np.intp]) -> Array:
        """Give the amounts (draws, n, times) for what came (draws or 1, places, times) into some places.

        `more` would arrive in each step at the rate of its end.
        Each step has a length [s], and an index among the lengths that were worked out.
        """
        _, draws, n, _ = self.stays.shape
        arriving, more = np.diff(came) / step, more / step
        inside = np.zeros((max(draws, len(came)), n, len(step) + 1))
        inside[:, into, 0] = came[:, :, 0]
        for i, k in enumerate(index):
            after = self.stays[k] @ inside[:, :, i, None] + self.gains[k][:, :, into] @ arriving[:, :, i, None]
            later = (2.0 / step[i]) * self.ramps[k][:, :, into] - self.gains[k][:, :, into]
            inside[:, :, i + 1] = (after + later @ more[:, :, i, None])[..., 0]
        return inside


def _poisson(mean: Array) -> Array:
    """Give the chances of 0, 1, ... `_TERMS` events, along a new first axis."""
    chances = np.empty((_TERMS + 1, *mean.shape))
    chances[0] = np.exp(-mean)
    for j in range(1, _TERMS + 1):
        chances[j] = chances[j - 1] * mean / j
    return chances
