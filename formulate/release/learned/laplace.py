"""The likeliest curve of a measured profile under a Gaussian prior, and how sharply the profile fixes it."""

from dataclasses import dataclass

import numpy as np

from formulate.release.learned.curve import slopes
from formulate.sampling import Array

ASSAY = 0.03  # standard deviation of a measured share: a part of its own, and one that grows with the share
ASSAY_SLOPE = 0.05
POINTS_THAT_COUNT = 8.0  # errors of neighbouring points go together, so more points than these tell no more
_STEPS = 25
_LONGEST_STEP = 2.0


@dataclass(frozen=True)
class Profiles:
    """Measured profiles side by side: days, shares and weights, each (profiles, points); weight 0 where none is."""

    days: Array
    shares: Array
    weights: Array


@dataclass(frozen=True)
class Modes:
    """Likeliest parameters (profiles, 5), the curvature of the likelihood there, and its slope."""

    parameters: Array
    curvature: Array  # (profiles, 5, 5), of the likelihood alone
    slope: Array  # (profiles, 5), of the log likelihood


def precision(shares: Array, deviation: Array | None = None, counting: float = POINTS_THAT_COUNT) -> Array:
    """Weight of each measured share: one over its variance, all together worth no more than `counting` points.

    Parameters
    ----------
    shares : ndarray, shape (points,)
        Measured shares [1].
    deviation : ndarray, shape (points,), optional
        Standard deviations; without them 0.03 + 0.05 F [1].
    counting : float, optional
        The number of points that the profile is worth at most [1].

    Returns
    -------
    ndarray, shape (points,)
        Weights [1].

    Raises
    ------
    FloatingPointError
        If a deviation is zero and the caller asked NumPy to raise.

    Notes
    -----
    ``w = min(1, counting/points)/(0.03 + 0.05 F)**2``.
    """
    spread = ASSAY + ASSAY_SLOPE * shares if deviation is None else deviation
    return np.asarray(min(1.0, counting / max(len(shares), 1)) / spread**2)


def side_by_side(measured: list[tuple[Array, Array]], counting: float = POINTS_THAT_COUNT) -> Profiles:
    """Measured profiles of different lengths as one table.

    Parameters
    ----------
    measured : list of (ndarray, ndarray)
        Times above 0 [d] and shares [1] of each profile.
    counting : float, optional
        As in `precision` [1].

    Returns
    -------
    Profiles
        The table; what is missing weighs nothing.

    Raises
    ------
    ValueError
        If there is no profile.

    Notes
    -----
    Padded with day 1 and weight 0.
    """
    longest = max(len(days) for days, _ in measured)
    days, shares, weights = (np.full((len(measured), longest), fill) for fill in (1.0, 0.0, 0.0))
    for row, (times, values) in enumerate(measured):
        days[row, : len(times)] = times
        shares[row, : len(times)] = values
        weights[row, : len(times)] = precision(values, counting=counting)
    return Profiles(days, shares, weights)


def modes(
    profiles: Profiles, mean: Array, covariance: Array, start: Array | None = None, steps: int = _STEPS
) -> Modes:
    """Likeliest parameters of each profile under its Gaussian prior.

    Parameters
    ----------
    profiles : Profiles
        What was measured.
    mean : ndarray, shape (5,) or (profiles, 5)
        Mean of the prior [1].
    covariance : ndarray, shape (5, 5) or (profiles, 5, 5)
        Its covariance [1].
    start : ndarray, shape (profiles, 5), optional
        Where to begin [1].
    steps : int, optional
        Steps taken at most.

    Returns
    -------
    Modes
        Parameters, curvature and slope of the log likelihood there.

    Raises
    ------
    LinAlgError
        If a covariance is singular.

    Notes
    -----
    Gauss-Newton steps damped by Levenberg and Marquardt, all profiles at once; a step that does not lower
    ``sum w (F - f)**2 + (p - m)' C**-1 (p - m)`` is taken back and damped more.
    """
    count, size = len(profiles.days), mean.shape[-1]
    inverse = np.broadcast_to(np.linalg.inv(covariance), (count, size, size))
    mean = np.broadcast_to(mean, (count, size))
    diagonal = np.eye(size)

    def loss(at: Array, shares: Array) -> Array:
        away = at - mean
        misfit = (profiles.weights * (shares - profiles.shares) ** 2).sum(axis=1)
        return np.asarray(misfit + (away * (inverse @ away[..., None])[..., 0]).sum(axis=1))

    at = mean.copy() if start is None else start.copy()
    damping = np.full(count, 1e-2)
    shares, changes = slopes(at, profiles.days)
    best = loss(at, shares)
    for _ in range(steps):
        weighted = profiles.weights[..., None] * changes
        slope = (weighted * (profiles.shares - shares)[..., None]).sum(axis=1)
        slope -= (inverse @ (at - mean)[..., None])[..., 0]
        bend = np.swapaxes(weighted, 1, 2) @ changes + inverse
        bend = bend + damping[:, None, None] * bend * diagonal
        tried = at + np.clip(np.linalg.solve(bend, slope[..., None])[..., 0], -_LONGEST_STEP, _LONGEST_STEP)
        there, change = slopes(tried, profiles.days)
        value = loss(tried, there)
        better = value <= best
        settled = bool(np.all(np.abs(value - best) <= 1e-7 * (1.0 + best)))
        at = np.where(better[:, None], tried, at)
        shares = np.where(better[:, None], there, shares)
        changes = np.where(better[:, None, None], change, changes)
        best = np.where(better, value, best)
        damping = np.clip(np.where(better, 0.3 * damping, 5.0 * damping), 1e-7, 1e8)
        if settled:
            break
    weighted = profiles.weights[..., None] * changes
    slope = (weighted * (profiles.shares - shares)[..., None]).sum(axis=1)
    return Modes(at, np.swapaxes(weighted, 1, 2) @ changes, slope)


def as_observation(found: Modes, mean: Array, root: Array, reach: float = 2.0) -> tuple[Array, Array]:
    """Profiles as Gaussian observations of their whitened parameters.

    Parameters
    ----------
    found : Modes
        Likeliest parameters, curvature and slope.
    mean : ndarray, shape (5,)
        Mean of the population [1].
    root : ndarray, shape (5, 5)
        Cholesky factor of its covariance: p = mean + root z [1].
    reach : float, optional
        How far beyond its mode an observation may point, in standard deviations of the population [1].

    Returns
    -------
    factor : ndarray, shape (profiles, 5, 5)
        B, with B B' the precision of the observation of z [1].
    observed : ndarray, shape (profiles, 5)
        B' y, y the observed z [1].

    Raises
    ------
    LinAlgError
        If `root` is singular.

    Notes
    -----
    A likelihood that still slopes where it hardly bends would point far beyond the mode; along each axis of the
    curvature H the precision is at least |slope|/reach.
    """
    bend = np.einsum("ia,nij,jb->nab", root, found.curvature, root)
    slope = found.slope @ root
    size, axes = np.linalg.eigh(bend)
    along = np.einsum("nab,na->nb", axes, slope)
    size = np.maximum(np.maximum(size, np.abs(along) / reach), 1e-9)
    at = np.linalg.solve(root, (found.parameters - mean).T).T
    here = np.einsum("nab,na->nb", axes, at)
    return axes * np.sqrt(size)[:, None, :], np.sqrt(size) * here + along / np.sqrt(size)
