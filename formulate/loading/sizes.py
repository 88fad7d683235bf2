"""What a diameter means: one basis of size turned into another, and the widths of distributions.

Every measured size is a mean or a median of the same particles under a weight: number, surface, volume, or
scattered intensity (d^6). ``D[p,q] = (<d^p>/<d^q>)^(1/(p - q))`` with ``<d^k>`` the moments of the number
distribution.
"""

from math import comb, prod
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.loading.particles import WIDEST_DLS, WIDEST_NORMAL, Distribution
from materials.errors import UnknownIdError, nearest

Floats: TypeAlias = NDArray[np.float64]
Basis: TypeAlias = Literal[
    "number_median",
    "number_mean",
    "surface_equivalent",
    "volume_equivalent",
    "surface_median",
    "sauter",
    "volume_median",
    "volume_mean",
    "z_average",
    "intensity_median",
    "intensity_mean",
]

TENTH = 1.2815515655446004  # standard deviations from the median to the ninth decile of a normal distribution

# (p, q) of D[p,q], or the weight k of a median
MEANS: dict[str, tuple[int, int]] = {
    "number_mean": (1, 0),
    "surface_equivalent": (2, 0),
    "volume_equivalent": (3, 0),
    "sauter": (3, 2),
    "volume_mean": (4, 3),
    "z_average": (6, 5),
    "intensity_mean": (7, 6),
}
MEDIANS: dict[str, int] = {"number_median": 0, "surface_median": 2, "volume_median": 3, "intensity_median": 6}


def convert_diameter(
    diameter: ArrayLike,
    coefficient_of_variation: ArrayLike,
    given: Basis,
    wanted: Basis,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Diameter on another basis.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Diameter on the basis `given` [m].
    coefficient_of_variation : array_like, shape (draws,)
        CV of the number distribution; for light scattering the square root of the polydispersity index [1].
    given : {"number_median", "number_mean", "surface_equivalent", "volume_equivalent", "surface_median", "sauter", \
"volume_median", "volume_mean", "z_average", "intensity_median", "intensity_mean"}
        What `diameter` is.
    wanted : {"number_median", "number_mean", "surface_equivalent", "volume_equivalent", "surface_median", "sauter", \
"volume_median", "volume_mean", "z_average", "intensity_median", "intensity_mean"}
        What is wanted.
    distribution : {"normal", "lognormal"}, optional
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Diameter on the basis `wanted` [m].

    Raises
    ------
    DomainError
        If the diameter is not positive; if CV is negative, above 0.5 for a normal distribution, or its square above
        0.7 where one basis is of light scattering.
    UnknownIdError
        For another basis, or a weighted median of a normal distribution, which has no closed form.

    Notes
    -----
    Lognormal (Hatch and Choate 1929), with s^2 = ln(1 + CV^2) and m the number median:
    ``D[p,q] = m exp((p + q) s^2/2)``, and the median weighted by d^k is ``m exp(k s^2)``.

    - number_mean D[1,0], surface_equivalent D[2,0], volume_equivalent D[3,0], sauter D[3,2], volume_mean D[4,3]
    - volume_median is the Dv50 of laser diffraction
    - z_average is the cumulant mean D[6,5], intensity_mean the mean of an intensity distribution D[7,6]: intensity
      as d^6, true below about 60 nm

    Normal: the moments ``<d^k> = <d>^k sum_j C(k, 2j) (2j - 1)!! CV^(2j)``.

    Examples
    --------
    CV^2 = 0.1: the volume mean 1.1^3 times the number mean, the z-average 1.1^5 times.

    >>> float(convert_diameter(133.1e-9, 0.1**0.5, "volume_mean", "number_mean")) * 1e9
    100.0
    >>> float(convert_diameter(133.1e-9, 0.1**0.5, "volume_mean", "z_average")) * 1e9
    161.051
    """
    size = require_positive("diameter", diameter, "m")
    variation = require_not_negative("coefficient_of_variation", coefficient_of_variation, "")
    if {given, wanted} & {"z_average", "intensity_median", "intensity_mean"}:
        require(
            "coefficient_of_variation",
            variation,
            "",
            variation**2 <= WIDEST_DLS * (1 + 1e-12),
            f"<= {WIDEST_DLS**0.5:.3g} (polydispersity index {WIDEST_DLS}) for light scattering",
            "light scattering gives no mean for so broad a sample; size the particles by another method",
        )
    if distribution == "normal":
        require(
            "coefficient_of_variation",
            variation,
            "",
            variation <= WIDEST_NORMAL,
            f"<= {WIDEST_NORMAL} for a normal distribution",
            "a wider one holds negative sizes; use lognormal",
        )
        return np.asarray(size * _per_mean_normal(wanted, variation) / _per_mean_normal(given, variation))
    return np.asarray(size * np.exp((_power(wanted) - _power(given)) * np.log1p(variation**2)))


def geometric_sd_from_span(span: ArrayLike) -> Floats:
    """Geometric standard deviation from the span of a size distribution.

    Parameters
    ----------
    span : array_like, shape (draws,)
        (D90 - D10)/D50, all three of one weight [1].

    Returns
    -------
    ndarray, shape (draws,)
        Geometric standard deviation, at least 1, the same for every weight [1].

    Raises
    ------
    DomainError
        If the span is negative.

    Notes
    -----
    Lognormal: ``D90/D50 = D50/D10 = exp(1.2816 s)``, so ``span = 2 sinh(1.2816 s)`` and
    ``sigma_g = exp(asinh(span/2)/1.2816)``. A real distribution whose D50/D10 and D90/D50 differ is not lognormal.

    Examples
    --------
    Deciles of a half and of the double of the median: a span of 1.5.

    >>> float(geometric_sd_from_span(1.5)), 2 ** (1 / 1.2816)
    (1.7174, 1.7174)
    """
    width = require_not_negative("span", span, "")
    return np.asarray(np.exp(np.arcsinh(width / 2.0) / TENTH))


def geometric_sd_from_deciles(tenth_percentile: ArrayLike, ninetieth_percentile: ArrayLike) -> Floats:
    """Geometric standard deviation from the first and the ninth decile of the diameters.

    Parameters
    ----------
    tenth_percentile : array_like, shape (draws,)
        D10 [m].
    ninetieth_percentile : array_like, shape (draws,)
        D90, of the same weight as D10 [m].

    Returns
    -------
    ndarray, shape (draws,)
        Geometric standard deviation, at least 1 [1].

    Raises
    ------
    DomainError
        If a diameter is not positive or D90 is below D10.

    Notes
    -----
    Lognormal: ``sigma_g = (D90/D10)^(1/(2 x 1.2816))``.

    Examples
    --------
    >>> float(geometric_sd_from_deciles(5e-6, 20e-6))
    1.7174
    """
    small = require_positive("tenth_percentile", tenth_percentile, "m")
    large = require_positive("ninetieth_percentile", ninetieth_percentile, "m")
    require("ninetieth_percentile", large, "m", large >= small, ">= tenth_percentile", "are the two swapped?")
    return np.asarray((large / small) ** (0.5 / TENTH))


def coefficient_of_variation(geometric_sd: ArrayLike) -> Floats:
    """Coefficient of variation of a lognormal distribution of sizes.

    Parameters
    ----------
    geometric_sd : array_like, shape (draws,)
        Geometric standard deviation of the diameters [1].

    Returns
    -------
    ndarray, shape (draws,)
        CV, standard deviation per mean; its square stands for the polydispersity index [1].

    Raises
    ------
    DomainError
        If the geometric standard deviation is below 1 or infinite.

    Notes
    -----
    ``CV^2 = exp(ln^2 sigma_g) - 1``, whatever power of d weights the distribution.

    Examples
    --------
    >>> float(coefficient_of_variation(1.2))
    0.1838
    """
    width = require_positive("geometric_sd", geometric_sd, "")
    require("geometric_sd", width, "", width >= 1.0, ">= 1", "it is a ratio; 1 means one size")
    return np.asarray(np.sqrt(np.expm1(np.log(width) ** 2)))


def _power(basis: Basis) -> float:
    """Give p of ``m exp(p s^2)`` for a lognormal distribution."""
    if basis in MEDIANS:
        return float(MEDIANS[basis])
    return sum(_moments(basis)) / 2.0


def _moments(basis: str) -> tuple[int, int]:
    """Give p and q of D[p,q]."""
    if basis not in MEANS:
        raise UnknownIdError("basis of size", basis, nearest(basis, [*MEANS, *MEDIANS]))
    return MEANS[basis]


def _per_mean_normal(basis: Basis, variation: Floats) -> Floats:
    """Give a mean diameter per number mean for a normal distribution [1]."""
    if basis == "number_median":
        return np.ones_like(variation)
    if basis in MEDIANS:
        raise UnknownIdError("basis of a normal distribution", basis, nearest(basis, MEANS))
    above, below = _moments(basis)
    ratio = _moment_normal(above, variation) / _moment_normal(below, variation)
    return np.asarray(ratio ** (1.0 / (above - below)))


def _moment_normal(order: int, variation: Floats) -> Floats:
    """Give <d^k>/<d>^k of a normal distribution [1]."""
    terms = [
        comb(order, 2 * half) * prod(range(1, 2 * half, 2)) * variation ** (2 * half) for half in range(order // 2 + 1)
    ]
    return np.asarray(sum(terms), dtype=np.float64)
