"""Release of many carriers of unlike size: the mean of a release law over a log-normal distribution by mass."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.diffusion import released_from_sphere

Floats: TypeAlias = NDArray[np.float64]

WIDEST = 4.0  # geometric standard deviation
# up to which geometric standard deviation, how many sizes, to how many standard deviations either way
_NODES = ((1.5, 8, 3.5), (2.0, 12, 4.0), (2.5, 16, 4.5), (WIDEST, 24, 5.0))


def mass_median_from_count(size: ArrayLike, geometric_sd: ArrayLike) -> Floats:
    """Median size by mass of a log-normal sample, from its median by count.

    Parameters
    ----------
    size : array_like, shape (draws,)
        Median diameter or radius by count [m].
    geometric_sd : array_like, shape (draws,)
        sigma_g, 1 for a sample of one size [1].

    Returns
    -------
    ndarray, shape (draws,)
        Median by mass or volume, half of the mass below it [m].

    Raises
    ------
    DomainError
        If a size is not above zero, or sigma_g not 1 to 4.

    Notes
    -----
    ``size exp(3 ln(sigma_g)**2)`` (Hatch and Choate 1929); particles of one density.

    Examples
    --------
    >>> float(mass_median_from_count(1e-6, 2.0)) * 1e6
    4.226
    """
    width = np.log(_checked(geometric_sd))
    return np.asarray(require_positive("size", size, "m") * np.exp(3.0 * width**2))


def count_median_from_mass(size: ArrayLike, geometric_sd: ArrayLike) -> Floats:
    """Median size by count of a log-normal sample, from its median by mass.

    Parameters
    ----------
    size : array_like, shape (draws,)
        Median diameter or radius by mass or volume, such as the Dv50 of laser diffraction [m].
    geometric_sd : array_like, shape (draws,)
        sigma_g, 1 for a sample of one size [1].

    Returns
    -------
    ndarray, shape (draws,)
        Median by count, half of the particles below it [m].

    Raises
    ------
    DomainError
        If a size is not above zero, or sigma_g not 1 to 4.

    Notes
    -----
    ``size exp(-3 ln(sigma_g)**2)`` (Hatch and Choate 1929); particles of one density.

    Examples
    --------
    >>> float(count_median_from_mass(4.226e-6, 2.0)) * 1e6
    1.000
    """
    width = np.log(_checked(geometric_sd))
    return np.asarray(require_positive("size", size, "m") * np.exp(-3.0 * width**2))


def size_nodes(geometric_sd: ArrayLike) -> tuple[Floats, Floats]:
    """Give the sizes that stand for a log-normal distribution, and the share of the mass of each.

    Parameters
    ----------
    geometric_sd : array_like, shape (draws, 1)
        sigma_g, 1 to 4; the widest of the draws decides how many sizes there are [1].

    Returns
    -------
    factors : ndarray, shape (nodes, draws, 1)
        Size over the median [1].
    weights : ndarray, shape (nodes,)
        Shares, which sum to 1 [1].

    Raises
    ------
    DomainError
        If sigma_g is not 1 to 4.

    Notes
    -----
    ``sigma_g**z`` at even steps of z, weights as exp(-z**2/2): the trapezoidal rule in ln R, which converges as fast as
    the integrand is smooth, and is closer than Gauss and Hermite's with as many nodes once sigma_g exceeds 1.5.
    Nodes and largest error in F, of spheres by diffusion and of first order alike: 8 to sigma_g 1.5, 7e-5; 12 to 2,
    7e-5; 16 to 2.5, 9e-5; 24 to 4, 1.1e-4. A law with a sharp end, such as dissolution, is met to 1e-3.

    Examples
    --------
    >>> factors, weights = size_nodes(1.3)
    >>> float(weights @ factors)  # mean over median: exp(ln(1.3)**2/2)
    1.035
    """
    widths = _checked(geometric_sd)
    widest = widths.max() if widths.size else 1.0
    if widest == 1.0:
        return np.ones((1, *widths.shape)), np.ones(1)
    count, reach = next((count, reach) for limit, count, reach in _NODES if widest <= limit)
    scores = np.linspace(-reach, reach, count)
    weights = np.exp(-0.5 * scores**2)
    factors = widths ** scores.reshape(-1, *(1,) * widths.ndim)
    return np.asarray(factors), np.asarray(weights / weights.sum())


def released_over_sizes(released: Callable[[Floats], Floats], median: ArrayLike, geometric_sd: ArrayLike) -> Floats:
    """Share released from a sample of unlike sizes, by any release law of one size.

    Parameters
    ----------
    released : callable
        Takes sizes [m], shaped as `median`, and gives the share released, (draws, times).
    median : array_like, shape (draws, 1)
        Median size by mass [m].
    geometric_sd : array_like, shape (draws, 1)
        sigma_g, 1 to 4 [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a median is not above zero, or sigma_g not 1 to 4; and what `released` refuses.

    Notes
    -----
    ``F = sum weight released(median sigma_g**z)``, see `size_nodes`; drug goes with the mass of a carrier. The nodes
    are taken one by one, so that no more is held than two curves a draw.

    Examples
    --------
    Small spheres let their drug go before the median has begun:

    >>> from formulate.release.diffusion import released_from_sphere
    >>> law = lambda radius: released_from_sphere(1e-14 / radius**2)
    >>> [round(float(released_over_sizes(law, 1e-6, width)), 4) for width in (1.0, 2.0)]
    [0.3085, 0.3534]
    """
    middle = require_positive("median", median, "m")
    factors, weights = size_nodes(geometric_sd)
    total: Floats = weights[0] * np.asarray(released(middle * factors[0]), dtype=np.float64)
    for factor, weight in zip(factors[1:], weights[1:], strict=True):
        total += weight * released(middle * factor)
    return np.asarray(total)


def released_from_spheres(
    time: ArrayLike, median_radius: ArrayLike, geometric_sd: ArrayLike, diffusivity: ArrayLike
) -> Floats:
    """Share released by diffusion from spheres of unlike size into a perfect sink.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since immersion [s].
    median_radius : array_like, shape (draws, 1)
        Median radius by mass, half of the Dv50 of laser diffraction [m].
    geometric_sd : array_like, shape (draws, 1)
        sigma_g, 1 to 4 [1].
    diffusivity : array_like, shape (draws, 1)
        D, the same in all spheres [m**2/s].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative, a radius or diffusivity not above zero, or sigma_g not 1 to 4.

    Notes
    -----
    The mean over a log-normal distribution by mass of ``F(D t/R**2)``, see `released_over_sizes` and
    `formulate.release.diffusion.released_from_sphere`. Even initial load, wholly dissolved. Source: crank1975.

    Examples
    --------
    >>> released_from_spheres([1.0, 10.0], 1e-6, 2.0, 1e-14)  # 0.3085 and 0.7705 from spheres of one size
    array([0.3534, 0.7309])
    """
    elapsed = require_not_negative("time", time, "s")
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    way = elapsed * speed
    return released_over_sizes(lambda radius: released_from_sphere(way / radius**2), median_radius, geometric_sd)


def _checked(geometric_sd: ArrayLike) -> Floats:
    widths = np.asarray(geometric_sd, dtype=np.float64)
    within = (widths >= 1.0) & (widths <= WIDEST)
    return require("geometric_sd", widths, "", within, f"1 to {WIDEST:g}", "the ratio of 84th to 50th percentile")
