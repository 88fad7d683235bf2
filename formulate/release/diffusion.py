"""Release from a sphere by diffusion: evenly loaded, all drug dissolved, perfect sink (Crank 1975)."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

# Where the short-time form and four terms of the series are equally far from 3000 terms: 5.5e-9 in the share.
_SWITCH = 0.062


def released_from_sphere(dimensionless_time: ArrayLike) -> NDArray[np.float64]:
    """Share released from a sphere into a perfect sink.

    Parameters
    ----------
    dimensionless_time : array_like, any shape
        tau, the integral of D over time divided by R**2 [1].

    Returns
    -------
    ndarray, shape of `dimensionless_time`
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative, infinite or NaN.

    Notes
    -----
    ``F = 6 sqrt(tau/pi) - 3 tau`` for tau < 0.062, above that
    ``F = 1 - 6/pi**2 sum_{k=1..4} exp(-k**2 pi**2 tau)/k**2``. Largest error 5.5e-9 (against 3000 terms).
    Holds for an even initial load that is wholly dissolved in the matrix, and for any D that depends on time
    alone; above the solubility use `formulate.release.gel.released_from_dissolving_front`.
    Source: crank1975.

    Examples
    --------
    >>> released_from_sphere([0.0, 0.01, 0.03055, 0.5])
    array([0.     , 0.308514, 0.50003, 0.995628])
    """
    tau = require_not_negative("dimensionless_time", dimensionless_time, "")
    # root before division: tau/pi may underflow to 0 and leave a share below 0
    short = np.sqrt(tau)
    short *= 6.0 / sqrt(np.pi)
    short -= 3.0 * tau
    # Powers 4, 9 and 16 of one exponential, because four exponentials would be most of the cost.
    first = np.exp(-(np.pi**2) * tau)
    second = np.square(np.square(first))
    eighth = np.square(second)
    series = second / 4.0
    series += first * (1.0 + eighth / 9.0)
    series += np.square(eighth) / 16.0
    series *= -6.0 / np.pi**2
    series += 1.0
    return np.where(tau < _SWITCH, short, series)


def sphere_relaxation(modes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and rates of the slowest exponentials that make up the drug left in a sphere.

    Parameters
    ----------
    modes : int
        Number of exponentials kept, at least 1.

    Returns
    -------
    weights : ndarray, shape (modes,)
        w_k [1]. They sum to less than 1: the rest belongs to faster modes and has already left at tau = 0.
    rates : ndarray, shape (modes,)
        Decay per unit of dimensionless time tau = D t/R**2 [1]; times D/R**2 it is a rate in [1/s].

    Raises
    ------
    DomainError
        If `modes` is below 1.

    Notes
    -----
    ``1 - F = sum_k w_k exp(-rates_k tau)``, ``rates_k = k**2 pi**2``, ``w_k = 6/(k**2 pi**2)``, k = 1..modes.
    The missing weight is close to 6/(pi**2 (modes + 1/2)): 2.5 % for 24 modes. It is the error of F at
    tau = 0 and vanishes once (modes + 1)**2 pi**2 tau >> 1. Source: crank1975.

    Examples
    --------
    >>> weights, rates = sphere_relaxation(2)
    >>> weights
    array([0.6079271 , 0.15198178])
    >>> rates
    array([ 9.869604, 39.478418])
    """
    require("modes", float(modes), "", modes >= 1, ">= 1")
    rates = (np.arange(1, modes + 1, dtype=np.float64) * np.pi) ** 2
    return 6.0 / rates, rates


def mean_release_time(radius: ArrayLike, diffusivity: ArrayLike) -> NDArray[np.float64]:
    """Mean time that drug spends in a sphere before it leaves.

    Parameters
    ----------
    radius : array_like, shape (draws, 1)
        R, radius of the sphere [m].
    diffusivity : array_like, shape (draws, 1)
        D, diffusion coefficient in the sphere [m**2/s].

    Returns
    -------
    ndarray, shape (draws, 1)
        Integral of 1 - F over time [s].

    Raises
    ------
    DomainError
        If a radius or diffusivity is not above zero.

    Notes
    -----
    ``R**2/(15 D)``; constant D, even initial load, perfect sink. Source: crank1975.

    Examples
    --------
    >>> float(mean_release_time(1e-6, 1e-16))  # 11 minutes
    666.6667
    """
    radius = require_positive("radius", radius, "m")
    diffusivity = require_positive("diffusivity", diffusivity, "m**2/s")
    return np.asarray(radius**2 / (15.0 * diffusivity), dtype=np.float64)
