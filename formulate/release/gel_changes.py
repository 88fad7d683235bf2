"""What else moves a drug out of a gel: sites that let go of it, swelling, a surface that wears off."""

from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]
ErodingShape: TypeAlias = Literal["slab", "cylinder", "sphere"]


def free_beside_sites(
    total_concentration: ArrayLike, site_concentration: ArrayLike, dissociation_constant: ArrayLike
) -> Floats:
    """Drug free in a gel that binds part of it.

    Parameters
    ----------
    total_concentration : array_like, shape (draws,)
        T, drug per volume of gel, free and bound [mol/m**3].
    site_concentration : array_like, shape (draws,)
        B, sites for one molecule each per volume of gel, free and taken [mol/m**3].
    dissociation_constant : array_like, shape (draws,)
        K_d, free concentration that fills half of the sites [mol/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        C [mol/m**3].

    Raises
    ------
    DomainError
        If a concentration is negative, or K_d not above zero.

    Notes
    -----
    ``T = C + B C/(K_d + C)``; the positive root, in the form that keeps its digits. With it
    `formulate.diffusivity.apparent_diffusivity` gives the diffusion coefficient for `network_released`: at the C of
    the load, where the sites are fullest, it is the fastest the drug can be, at C = 0 the slowest; while drug
    leaves it passes from one to the other. Source: law of mass action.

    Examples
    --------
    1.5 = C + 1 C/(1 + C) holds for C = 1:

    >>> float(free_beside_sites(1.5, 1.0, 1.0))
    1.0
    """
    total = require_not_negative("total_concentration", total_concentration, "mol/m**3")
    sites = require_not_negative("site_concentration", site_concentration, "mol/m**3")
    half = require_positive("dissociation_constant", dissociation_constant, "mol/m**3")
    excess = total - sites - half
    root = np.hypot(excess, 2.0 * np.sqrt(half) * np.sqrt(total))
    # of the two forms the one that adds what has one sign
    return np.asarray(
        np.where(excess > 0.0, 0.5 * (excess + root), total * (2.0 * half / (root + np.maximum(-excess, 0.0))))
    )


def swollen_length(
    length: ArrayLike,
    relaxed_volume_fraction: ArrayLike,
    swollen_volume_fraction: ArrayLike,
    ways: Literal["three", "one"] = "three",
) -> Floats:
    """Length of a gel, or its mesh size, after it has swollen or shrunk.

    Parameters
    ----------
    length : array_like, shape (draws,)
        L, radius, thickness or mesh size as made [m].
    relaxed_volume_fraction : array_like, shape (draws,)
        v_r, polymer per volume of gel as made [1].
    swollen_volume_fraction : array_like, shape (draws,)
        v_s, polymer per volume of gel after [1].
    ways : {"three", "one"}, optional
        Three if not given, a gel free on all sides; one for the thickness of a film that is held sideways.

    Returns
    -------
    ndarray, shape (draws,)
        Length after [m].

    Raises
    ------
    DomainError
        If a length is not above zero, or a volume fraction not above 0 to 1.

    Notes
    -----
    ``L (v_r/v_s)**(1/3)``, in one way ``L v_r/v_s``: no polymer is lost, the shape stays. v_s is that of
    `swollen_volume_fraction` at equilibrium. Source: geometry.

    Examples
    --------
    A depot of 6.2 mm radius that takes up water until its 10 % of polymer are 5 %, in mm:

    >>> float(swollen_length(6.2e-3, 0.10, 0.05)) * 1e3
    7.811
    """
    size = require_positive("length", length, "m")
    before = _fraction("relaxed_volume_fraction", relaxed_volume_fraction)
    ratio = before / _fraction("swollen_volume_fraction", swollen_volume_fraction)
    match ways:
        case "three":
            return np.asarray(size * np.cbrt(ratio))
        case "one":
            return np.asarray(size * ratio)
        case _:
            assert_never(ways)


def surface_eroded(
    time: ArrayLike, length: ArrayLike, erosion_velocity: ArrayLike, shape: ErodingShape = "sphere"
) -> Floats:
    """Share of a body, and of the drug in it, that has worn off its surface.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    length : array_like, shape (draws, 1)
        L, radius of a sphere or long cylinder; half of a slab worn on two faces, all of one worn on one [m].
    erosion_velocity : array_like, shape (draws, 1)
        Speed at which the surface recedes [m/s].
    shape : {"slab", "cylinder", "sphere"}, optional
        Sphere if not given.

    Returns
    -------
    ndarray, shape (draws, times)
        F [1]; 1 once the front has reached the middle.

    Raises
    ------
    DomainError
        If a time or velocity is negative, or a length not above zero.

    Notes
    -----
    ``F = 1 - (1 - t/t_e)**n`` until ``t_e = L/velocity``, n = 1 for a slab, 2 for a cylinder, 3 for a sphere.
    The drug sits still until the surface reaches it, so it must be slower than that (D/L well below the velocity).
    Source: Hopfenberg 1976, in Paul and Harris (eds.), ACS Symp. Ser. 33, 26.

    Examples
    --------
    >>> surface_eroded([0.0, 0.5, 1.0, 2.0], 1.0, 1.0)
    array([0.   , 0.875, 1.   , 1.   ])
    """
    time = require_not_negative("time", time, "s")
    size = require_positive("length", length, "m")
    velocity = require_not_negative("erosion_velocity", erosion_velocity, "m/s")
    with np.errstate(over="ignore"):
        worn = np.minimum(velocity * time / size, 1.0)
    # 1 - (1 - x)**n multiplied out keeps its digits near 0
    match shape:
        case "slab":
            return np.asarray(worn)
        case "cylinder":
            return np.asarray(worn * (2.0 - worn))
        case "sphere":
            return np.asarray(worn * (3.0 - worn * (3.0 - worn)))
        case _:
            assert_never(shape)


def _fraction(name: str, values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return require(name, given, "", (given > 0.0) & (given <= 1.0), "above 0 to 1")
