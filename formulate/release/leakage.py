"""Leakage of a dissolved drug from vesicles, straight to the rate constant and the half-life."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate import vesicle
from formulate.domain import require, require_not_negative, require_positive
from formulate.release.membrane import vesicle_rate

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Leakage:
    """How fast vesicles lose a drug.

    Attributes
    ----------
    rate : ndarray, shape (draws,)
        k, rate constant of leakage into a perfect sink [1/s].
    half_life : ndarray, shape (draws,)
        Time in which half of the drug leaves; infinite where nothing leaks [s].
    """

    rate: Floats
    half_life: Floats


def leakage(
    permeability: ArrayLike,
    inner_radius: ArrayLike,
    neutral_fraction: ArrayLike = 1.0,
    bound_ratio: ArrayLike = 0.0,
) -> Leakage:
    """Rate constant and half-life of leakage from a vesicle, from permeability and inner radius.

    Parameters
    ----------
    permeability : array_like, shape (draws,)
        P, permeability of the bilayer to the neutral drug [m/s].
    inner_radius : array_like, shape (draws,)
        r, radius of the aqueous core [m].
    neutral_fraction : array_like, shape (draws,), optional
        f_N, share of the dissolved inner drug that is neutral; 1 if not given, no charge [1].
    bound_ratio : array_like, shape (draws,), optional
        b, drug bound inside over drug dissolved inside; 0 if not given, nothing bound [1].

    Returns
    -------
    Leakage
        Rate constant and half-life.

    Raises
    ------
    DomainError
        If a permeability or ratio is negative, a radius not above zero, or a share outside 0 to 1.

    Notes
    -----
    ``k = 3 P f_N/(r (1 + b))`` and ``t_half = ln 2/k``. Perfect sink, one bilayer, binding faster than leakage;
    see `formulate.release.membrane.vesicle_rate`. A permeability above some 5e-4 cm/s measured on a planar membrane
    is that of the water beside it. Source: flux balance on the core.

    Examples
    --------
    Glucose, 10**-10.52 cm/s, from vesicles of 50 nm radius, in hours:

    >>> found = leakage(10**-12.52, 50e-9)
    >>> float(found.rate) * 1e5, float(found.half_life) / 3600
    (1.812, 10.63)
    """
    rate = vesicle_rate(permeability, inner_radius, neutral_fraction, bound_ratio)
    return Leakage(rate, half_life_from_rate(rate))


def leakage_from_log_permeability(
    log10_permeability: ArrayLike,
    inner_radius: ArrayLike,
    neutral_fraction: ArrayLike = 1.0,
    bound_ratio: ArrayLike = 0.0,
) -> Leakage:
    """Rate constant and half-life of leakage from a vesicle, from the logarithm of the permeability.

    Parameters
    ----------
    log10_permeability : array_like, shape (draws,)
        log10 P, decimal logarithm of the permeability to the neutral drug in cm/s, as -10.52 for glucose [log10(cm/s)].
    inner_radius : array_like, shape (draws,)
        r, radius of the aqueous core [m].
    neutral_fraction : array_like, shape (draws,), optional
        f_N, share of the dissolved inner drug that is neutral; 1 if not given, no charge [1].
    bound_ratio : array_like, shape (draws,), optional
        b, drug bound inside over drug dissolved inside; 0 if not given, nothing bound [1].

    Returns
    -------
    Leakage
        Rate constant and half-life.

    Raises
    ------
    DomainError
        If the logarithm is not from -30 to 2, or as for `leakage`.

    Notes
    -----
    ``P = 10**(log10 P) cm/s``, then ``k = 3 P f_N/(r (1 + b))`` and ``t_half = ln 2/k``. Glucose has
    log10 P of -10.5, urea -5.4, steroids about -3.5. Source: flux balance on the core.

    Examples
    --------
    >>> float(leakage_from_log_permeability(-10.52, 50e-9).half_life) / 3600
    10.63
    """
    logarithm = np.asarray(log10_permeability, dtype=np.float64)
    holds = (logarithm >= -30.0) & (logarithm <= 2.0)
    require("log10_permeability", logarithm, "", holds, "-30 to 2", "the decimal logarithm of P in cm/s")
    return leakage(10.0**logarithm * 1e-2, inner_radius, neutral_fraction, bound_ratio)


def leakage_from_diameter(
    permeability: ArrayLike,
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    neutral_fraction: ArrayLike = 1.0,
    bound_ratio: ArrayLike = 0.0,
) -> Leakage:
    """Rate constant and half-life of leakage from a vesicle, from permeability and outer size.

    Parameters
    ----------
    permeability : array_like, shape (draws,)
        P, permeability of the bilayer to the neutral drug [m/s].
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    neutral_fraction : array_like, shape (draws,), optional
        f_N, share of the dissolved inner drug that is neutral; 1 if not given, no charge [1].
    bound_ratio : array_like, shape (draws,), optional
        b, drug bound inside over drug dissolved inside; 0 if not given, nothing bound [1].

    Returns
    -------
    Leakage
        Rate constant and half-life.

    Raises
    ------
    DomainError
        If no water core is left, or as for `leakage`.

    Notes
    -----
    ``k = 3 P f_N/(r (1 + b))`` with ``r = d/2 - h``, and ``t_half = ln 2/k``. Half of the outer diameter as radius,
    which is often done, gives a rate 10 % lower at 100 nm. Source: flux balance on the core.

    Examples
    --------
    Glucose from vesicles of 100 nm with 5 nm of bilayer, in hours:

    >>> float(leakage_from_diameter(10**-12.52, 100e-9, 5e-9).half_life) / 3600
    9.564
    """
    return leakage(permeability, vesicle.inner_radius(diameter, bilayer_thickness), neutral_fraction, bound_ratio)


def half_life_from_rate(rate: ArrayLike) -> Floats:
    """Half-life of a first-order process from its rate constant.

    Parameters
    ----------
    rate : array_like, shape (draws,)
        k [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        Half-life; infinite at a rate of zero [s].

    Raises
    ------
    DomainError
        If the rate is negative, infinite or NaN.

    Notes
    -----
    ``t_half = ln 2/k``. Source: definition of the half-life.

    Examples
    --------
    >>> float(half_life_from_rate(0.693147 / 3600)) / 3600
    1.0
    """
    constant = require_not_negative("rate", rate, "1/s")
    with np.errstate(divide="ignore", over="ignore"):  # what does not leak has no half-life
        return np.asarray(np.log(2.0) / constant)


def rate_from_half_life(half_life: ArrayLike) -> Floats:
    """Rate constant of a first-order process from its half-life.

    Parameters
    ----------
    half_life : array_like, shape (draws,)
        Time in which half is gone [s].

    Returns
    -------
    ndarray, shape (draws,)
        k [1/s].

    Raises
    ------
    DomainError
        If the half-life is not above zero.

    Notes
    -----
    ``k = ln 2/t_half``, the inverse of `half_life_from_rate`. Source: definition of the half-life.

    Examples
    --------
    Half in an hour, per hour:

    >>> float(rate_from_half_life(3600.0)) * 3600
    0.6931
    """
    return np.asarray(np.log(2.0) / require_positive("half_life", half_life, "s"))
