"""The likeliest curve of a measured profile under a Gaussian prior, and how sharply the profile fixes it."""

from dataclasses import dataclass

import numpy as np

from formulate.release.learned.curve import slopes
from formulate.sampling import Array

ASSAY = 0.03  # standard deviation of a measured share: a part of its own, and one that grows with the share
ASSAY_SLOPE = 0.05
ASSAY_LEAST = 0.02
DISCREPANCY = 0.045  # of a curve of five parameters from a measured one
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


def precision(shares: Array, deviation: Array | None = None, lasting: bool = False) -> Array:
    """Weight of each measured share: one over its variance, all together worth no more than eight points.

    Parameters
    ----------
    shares : ndarray, shape (points,)
        Measured shares, in the order of time [1].
    deviation : ndarray, shape (points,), optional
        Standard deviations of the assay; without them 0.03 + 0.05 F, or 0.02 where `lasting` [1].
    lasting : bool, optional
        Whether the curve is to go on from the last point: then earlier points count as less certain.

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
    ``w = min(1, 8/points)/s**2``. Where the curve goes on, ``s**2 = deviation**2 + 0.045**2`` for all but the last
    point: what no curve of five parameters follows lasts, so a prediction starts best from where the release is now.
    0.02 and 0.045 from left-out groups.
    """
    if lasting:
        bent = np.full(len(shares), DISCREPANCY)
        bent[-1:] = 0.0
        spread = np.hypot(ASSAY_LEAST if deviation is None else np.maximum(deviation, ASSAY_LEAST), bent)
    else:
        spread = ASSAY + ASSAY_SLOPE * shares if deviation is None else deviation
    return np.asarray(min(1.0, POINTS_THAT_COUNT / max(len(shares), 1)) / spread**2)


def side_by_side(measured: list[tuple[Array, Array]]) -> Profiles:
    """Measured profiles of different lengths as one table.

    Parameters
    ----------
    measured : list of (ndarray, ndarray)
        Times above 0 [d] and shares [1] of each profile.

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
        weights[row, : len(times)] = precision(values)
    return Profiles(days, shares, weights)


def modes(
    profiles: Profiles,
    mean: Array,
    covariance: Array,
    start: Array | None = None,
    steps: int = _STEPS,
    tolerance: float = 1e-7,
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
    tolerance : float, optional
        Relative change of the sum below which all have settled [1].

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
        settled = bool(np.all(np.abs(value - best) <= tolerance * (1.0 + best)))
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
