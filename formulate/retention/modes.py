"""The modes of compartments: the exponentials their amounts are made of, found so that slow ones keep their digits."""

from math import log

import numpy as np
from numpy.typing import NDArray

from formulate.retention.exchange import Elimination
from formulate.sampling import Array

_WORST_CONDITION = 1e5  # of a mode; times the rounding of one number, the error of an amount as a share of the dose
_MOST_MIXED = 1e-6  # of one mode in the vector of another, before this is taken out; its square remains
_NEAR = 1e-3  # modes nearer than this, of the largest, are left as they are: their mixture moves slowly
_NOTHING = 1e-12  # of the slowest rate given: a mode slower than this does not decay
_SMALLEST_SHIFT = 1e-8  # of the fastest rate
_CARRIED = 1e-9  # share of the dose from which a mode counts as carrying some


class Modes:
    """Eigenvalues and eigenvectors of M (draws, n, n), from the rates between and out of compartments.

    Notes
    -----
    Rounding moves every eigenvalue of a matrix by about 1e-16 of its largest: of M, more than a slow mode has
    where another compartment turns over in a second. So slow modes are taken from ``(s - M)^-1``, in which they are
    the largest, and fast ones from M; they change over at the geometric mean of the fastest rate and the longest
    residence. s is the slowest rate given, or 1e-8 of the fastest, and keeps the inverse finite where something
    stays for ever. What the rounding left of one mode in the vector of another is measured, by the matrix that tells
    the two apart best, and taken out.
    `usable` says in which draws no mode is so near another that digits are lost in telling them apart.
    """

    def __init__(self, transfers: Array, losses: Array) -> None:
        outflow = transfers.sum(axis=1) + losses.sum(axis=1)
        draws, n = outflow.shape
        self._matrix = transfers - outflow[:, None, :] * np.eye(n)
        if n == 1:  # its own mode
            self.usable, self.rates = np.ones(draws, dtype=np.bool_), -outflow
            self.vectors = self.inverses = np.ones((draws, 1, 1))
            return
        given = np.concatenate([transfers.reshape(draws, -1), losses.reshape(draws, -1)], axis=1)
        slowest = np.where(given > 0, given, np.inf).min(axis=1)
        fastest = outflow.max(axis=1)
        shift = np.where(fastest > 0, np.maximum(slowest, _SMALLEST_SHIFT * fastest), 1.0)
        leaving = np.concatenate([losses, np.broadcast_to(shift[:, None, None], (draws, 1, n))], axis=1)
        inverse = Elimination(transfers, leaving).residence(np.eye(n)[None])
        change = np.sqrt(np.maximum(fastest, shift) / inverse.sum(axis=1).max(axis=1))

        fast, fast_vectors = _slowest_first(*np.linalg.eig(self._matrix))
        residence, slow_vectors = np.linalg.eig(inverse)
        with np.errstate(divide="ignore", invalid="ignore"):
            slow = shift[:, None] - 1.0 / residence
        slow, slow_vectors = _slowest_first(slow, slow_vectors)
        slow = np.where(np.abs(slow) < _NOTHING * shift[:, None], 0.0, slow)
        among_slow = np.arange(n) < (np.abs(slow) < change[:, None]).sum(axis=1)[:, None]
        rates = np.where(among_slow, slow, fast)
        rates = np.where(rates.real > 0, rates - rates.real, rates)  # by rounding: nothing here grows
        vectors = np.where(among_slow[:, None, :], slow_vectors, fast_vectors)
        singular = np.linalg.slogdet(vectors)[0] == 0
        inverses = np.linalg.inv(np.where(singular[:, None, None], np.eye(n), vectors))

        def stray(matrix: Array, values: Array) -> tuple[Array, Array]:
            """Give how much of mode i is in vector j, and how far apart the two are of the largest."""
            apart = values[:, None, :] - values[:, :, None]
            share = np.divide(inverses @ matrix @ vectors, apart, out=np.zeros_like(vectors), where=apart != 0)
            largest = np.abs(values).max(axis=1)
            return share, np.abs(apart) / np.where(largest > 0, largest, 1.0)[:, None, None]

        by_matrix, apart = stray(self._matrix, rates)
        by_inverse, inversely = stray(inverse, 1.0 / (shift[:, None] - rates))
        mixed = np.where(apart > inversely, by_matrix, by_inverse)
        mixed[np.maximum(apart, inversely) < _NEAR] = 0.0
        vectors = vectors + vectors @ mixed
        inverses = inverses - mixed @ inverses
        condition = np.asarray(np.abs(vectors).sum(axis=1) * np.abs(inverses).max(axis=2)).max(axis=1)
        clean = np.abs(mixed).max(axis=(1, 2)) < _MOST_MIXED
        self.usable = np.asarray(~singular & clean & (condition <= _WORST_CONDITION), dtype=np.bool_)
        if not (np.iscomplexobj(rates) and rates[self.usable].imag.any()):
            rates, vectors, inverses = rates.real, vectors.real, inverses.real
        self.rates, self.vectors, self.inverses = rates, vectors, inverses

    def march(self, step: Array, came: Array, into: NDArray[np.intp], which: NDArray[np.intp] | slice) -> Array:
        """Give the amounts (draws, n, times) of some draws for what came (draws or 1, places, times) into some places.

        `which` says which of the draws, all of them usable; of one draw alone it takes that one.
        """
        rates, vectors, inverses = (
            values if len(values) == 1 else values[which] for values in (self.rates, self.vectors, self.inverses)
        )
        inverses = inverses[:, :, into]
        first = inverses @ came[:, :, :1]
        arriving = np.diff(came)
        if arriving.any():
            held = _followed(step, rates, inverses, arriving, first[..., 0])
        else:
            held = first * np.exp(rates[:, :, None] * np.concatenate([[0.0], np.cumsum(step)]))
        return np.asarray((vectors @ held).real)

    def terminal_half_life(self, dose: Array) -> Array:
        """Give the half-life [s], (draws,), of the slowest mode that carries some of a dose (draws or 1, n)."""
        carried = np.abs(self.vectors).sum(axis=1) * np.abs((self.inverses @ dose[:, :, None])[:, :, 0])
        counts = carried > _CARRIED * dose.sum(axis=1)[:, None]
        rates = np.broadcast_to(-self.rates.real, counts.shape).copy()
        for i in np.flatnonzero(~np.broadcast_to(self.usable, len(counts))):
            # modes of one draw that cannot be told apart: all of the compartments that the dose reaches
            matrix, given = self._matrix[i % len(self._matrix)], dose[i % len(dose)]
            flows = (matrix > 0) | np.eye(len(matrix), dtype=bool)
            reached = np.linalg.matrix_power(flows.astype(np.float64), len(matrix)) @ given > 0
            found = -np.linalg.eigvals(matrix[np.ix_(reached, reached)]).real
            rates[i], counts[i] = found.min(initial=np.inf), True
        slowest = np.where(counts, rates, np.inf).min(axis=1)
        return np.asarray(np.divide(log(2.0), slowest, out=np.full_like(slowest, np.inf), where=slowest > 0))


def _slowest_first(rates: Array, vectors: Array) -> tuple[Array, Array]:
    order = np.argsort(np.abs(rates), axis=1, kind="stable")
    return np.take_along_axis(rates, order, 1), np.take_along_axis(vectors, order[:, None, :], 2)


def _followed(step: Array, rates: Array, inverses: Array, arriving: Array, first: Array) -> Array:
    """Give the modes (draws, n, times) for what arrives over each step, (draws or 1, places, steps), from `first`.

    One row per time, so that each step reads and writes memory in order.
    """
    decaying = np.ascontiguousarray(rates.T)  # (n, draws or 1)
    still = decaying == 0
    exponent = step[:, None, None] * np.where(still, -1.0, decaying)
    fallen = np.expm1(exponent)
    mean = fallen / exponent
    if still.any():
        fallen, mean = np.where(still, 0.0, fallen), np.where(still, 1.0, mean)
    came, shares = (np.ascontiguousarray(values.transpose(2, 1, 0)) for values in (arriving, inverses))
    added = came[:, 0, None] * shares[0]
    for place in range(1, len(shares)):
        added += came[:, place, None] * shares[place]
    added *= mean
    fallen += 1.0
    held = np.empty((len(step) + 1, *added.shape[1:]), added.dtype)
    held[0] = first.T
    before = held[0]
    for remains, gain, after in zip(fallen, added, held[1:], strict=True):
        np.multiply(remains, before, out=after)
        after += gain
        before = after
    return np.ascontiguousarray(held.transpose(2, 1, 0))
