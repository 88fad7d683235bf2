"""From the constants of fitted release equations to quantities of the body that releases.

The constants are taken as shares, not percentages: a kH of 12 % per root hour is 0.12 per root hour.
"""

from math import pi
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive

Floats: TypeAlias = NDArray[np.float64]
Shape: TypeAlias = Literal["sphere", "cylinder", "slab"]


def diffusivity_from_higuchi(
    higuchi_constant: ArrayLike, drug_concentration: ArrayLike, solubility: ArrayLike, depth: ArrayLike
) -> Floats:
    """Diffusion coefficient in a slab of suspended drug, from Higuchi's constant.

    Parameters
    ----------
    higuchi_constant : array_like, shape (draws,)
        k_H, share released per root of time [1/s**0.5].
    drug_concentration : array_like, shape (draws,)
        c0, drug per volume of the matrix, suspended and dissolved [kg/m**3].
    solubility : array_like, shape (draws,)
        c_s, solubility in the matrix, below c0 [kg/m**3].
    depth : array_like, shape (draws,)
        L, from the open face to the closed one; half of the thickness if both are open [m].

    Returns
    -------
    ndarray, shape (draws,)
        D, diffusion coefficient of the dissolved drug in the matrix [m**2/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite, or c0 does not exceed c_s.

    Notes
    -----
    ``D = (k_H c0 L)**2/((2 c0 - c_s) c_s)``. Slab with more drug than dissolves in it, while solid drug is left;
    for dissolved drug use `diffusivity_from_early_release`. Source: higuchi1961.

    Examples
    --------
    The slab of 100 um that releases 10 % per root hour, c0 ten times the solubility:

    >>> float(diffusivity_from_higuchi(0.1 / 60, 100.0, 10.0, 100e-6))
    1.4619883e-13
    """
    slope = require_positive("higuchi_constant", higuchi_constant, "1/s**0.5")
    loaded, soluble = suspended(drug_concentration, solubility)
    length = require_positive("depth", depth, "m")
    return np.asarray((slope * loaded * length) ** 2 / ((2.0 * loaded - soluble) * soluble))


def diffusivity_from_early_release(higuchi_constant: ArrayLike, depth: ArrayLike, shape: Shape) -> Floats:
    """Diffusion coefficient of dissolved drug, from the root of time law of early release.

    Parameters
    ----------
    higuchi_constant : array_like, shape (draws,)
        k_H, share released per root of time, over the first part of the curve [1/s**0.5].
    depth : array_like, shape (draws,)
        R, radius; for a slab from the open face to the closed one, half of the thickness if both are open [m].
    shape : {"sphere", "cylinder", "slab"}
        The body; a cylinder is long and releases through its side.

    Returns
    -------
    ndarray, shape (draws,)
        D, diffusion coefficient [m**2/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite.

    Notes
    -----
    ``D = pi (k_H R/a)**2`` with ``F = a sqrt(D t/(pi R**2))``, a = 6 for a sphere, 4 for a cylinder, 2 for a slab:
    the first term of the series for short times. It is 5 % high in F at 18 % released from a sphere and within 1 %
    up to 60 % from a slab, so fit the whole curve where it was measured. All drug dissolved, perfect sink.
    Source: crank1975.

    Examples
    --------
    A slab of half-thickness 100 um and D of 1e-13 m**2/s:

    >>> float(diffusivity_from_early_release(2 * (1e-13 / 3.141592653589793) ** 0.5 / 100e-6, 100e-6, "slab"))
    1e-13
    """
    slope = require_positive("higuchi_constant", higuchi_constant, "1/s**0.5")
    length = require_positive("depth", depth, "m")
    match shape:
        case "sphere":
            faces = 6.0
        case "cylinder":
            faces = 4.0
        case "slab":
            faces = 2.0
        case _:
            assert_never(shape)
    return np.asarray(pi * (slope * length / faces) ** 2)


def diffusivity_from_baker_lonsdale(
    rate: ArrayLike, radius: ArrayLike, drug_concentration: ArrayLike, solubility: ArrayLike
) -> Floats:
    """Diffusion coefficient in a sphere of suspended drug, from the constant of Baker and Lonsdale.

    Parameters
    ----------
    rate : array_like, shape (draws,)
        k_BL [1/s].
    radius : array_like, shape (draws,)
        R, radius of the sphere [m].
    drug_concentration : array_like, shape (draws,)
        c0, drug per volume of the matrix, suspended and dissolved [kg/m**3].
    solubility : array_like, shape (draws,)
        c_s, solubility in the matrix, below c0 [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        D, diffusion coefficient of the dissolved drug in the sphere [m**2/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite, or c0 does not exceed c_s.

    Notes
    -----
    ``D = k_BL R**2 c0/(3 c_s)``, from ``k_BL = 3 D c_s/(R**2 c0)`` of ``(3/2) [1 - (1 - F)**(2/3)] - F = k_BL t``.
    Needs c0 far above c_s, see `formulate.release.gel.released_from_dissolving_front`. Source: baker1974.

    Examples
    --------
    >>> float(diffusivity_from_baker_lonsdale(3e-6, 1e-3, 100.0, 1.0))
    1e-10
    """
    constant = require_positive("rate", rate, "1/s")
    length = require_positive("radius", radius, "m")
    loaded, soluble = suspended(drug_concentration, solubility)
    return np.asarray(constant * length**2 * loaded / (3.0 * soluble))


def permeability_from_first_order(rate: ArrayLike, radius: ArrayLike) -> Floats:
    """Permeability of the membrane of a vesicle or capsule, from a first-order rate of release.

    Parameters
    ----------
    rate : array_like, shape (draws,)
        k, first-order rate [1/s].
    radius : array_like, shape (draws,)
        R, radius of the core [m].

    Returns
    -------
    ndarray, shape (draws,)
        P, permeability by the concentration of all drug inside [m/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite.

    Notes
    -----
    ``P = k R/3``. One membrane, perfect sink; where drug is bound or charged inside, this P is the true one times the
    share that can cross, see `formulate.release.membrane.vesicle_rate`. Source: flux balance on the core.

    Examples
    --------
    A half-life of 10.6 h from a core of 50 nm:

    >>> float(permeability_from_first_order(0.0652 / 3600, 50e-9))
    3.0185e-13
    """
    constant = require_positive("rate", rate, "1/s")
    length = require_positive("radius", radius, "m")
    return np.asarray(constant * length / 3.0)


def dissolution_velocity_from_hixson_crowell(
    rate: ArrayLike, radius: ArrayLike, density: ArrayLike, solubility: ArrayLike
) -> Floats:
    """Diffusion coefficient over layer thickness around dissolving particles, from the cube root law.

    Parameters
    ----------
    rate : array_like, shape (draws,)
        k_HC of ``F = 1 - (1 - k_HC t)**3`` [1/s].
    radius : array_like, shape (draws,)
        R, radius of the particles at the start [m].
    density : array_like, shape (draws,)
        rho, density of the drug [kg/m**3].
    solubility : array_like, shape (draws,)
        c_s, solubility in the medium [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        D/h [m/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite.

    Notes
    -----
    ``D/h = k_HC rho R/c_s``, as the radius shrinks by ``D c_s/(rho h)`` per time. Spheres of one size, sink,
    h constant. Source: mass balance on a particle with the flux D c_s/h.

    Examples
    --------
    Particles of 10 um gone after 1000 s, solubility 1 mg/mL:

    >>> float(dissolution_velocity_from_hixson_crowell(1e-3, 10e-6, 1300.0, 1.0))
    1.3e-05
    """
    constant = require_positive("rate", rate, "1/s")
    length = require_positive("radius", radius, "m")
    mass = require_positive("density", density, "kg/m**3")
    return np.asarray(constant * mass * length / require_positive("solubility", solubility, "kg/m**3"))


def erosion_rate_from_hopfenberg(rate: ArrayLike, depth: ArrayLike, drug_concentration: ArrayLike) -> Floats:
    """Rate at which an eroding surface sets drug free, from the constant of Hopfenberg.

    Parameters
    ----------
    rate : array_like, shape (draws,)
        k_HB of ``F = 1 - (1 - k_HB t)**n`` [1/s].
    depth : array_like, shape (draws,)
        R, radius; for a slab half of the thickness if both faces are open [m].
    drug_concentration : array_like, shape (draws,)
        c0, drug per volume of the body [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        k_0, drug set free per area and time [kg/m**2/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite.

    Notes
    -----
    ``k_0 = k_HB c0 R``, and the surface recedes at ``k_0/c0``. No drug leaves from within; n = 1, 2, 3 for slab,
    cylinder, sphere. Source: mass balance on the eroding surface.

    Examples
    --------
    A film that loses 0.1 mm from each side in 10 days at 50 mg/mL:

    >>> float(erosion_rate_from_hopfenberg(0.1 / 86400, 0.1e-3, 50.0))
    5.787e-09
    """
    constant = require_positive("rate", rate, "1/s")
    length = require_positive("depth", depth, "m")
    return np.asarray(constant * length * require_positive("drug_concentration", drug_concentration, "kg/m**3"))


def suspended(drug_concentration: ArrayLike, solubility: ArrayLike) -> tuple[Floats, Floats]:
    """Give drug and solubility, provided that some of the drug is solid.

    Parameters
    ----------
    drug_concentration, solubility : array_like, shape (draws,)
        c0 and c_s [kg/m**3].

    Returns
    -------
    drug_concentration, solubility : ndarray, shape (draws,)
        The same [kg/m**3].

    Raises
    ------
    DomainError
        If a value is not above zero, or c0 does not exceed c_s.

    Notes
    -----
    ``c0 > c_s``: otherwise all of the drug is dissolved, and there is no front of solid drug.

    Examples
    --------
    >>> suspended(1.0, 2.0)
    Traceback (most recent call last):
    materials.errors.DomainError: drug_concentration = 1 kg/m**3; need > solubility (all of it is dissolved)
    """
    loaded = require_positive("drug_concentration", drug_concentration, "kg/m**3")
    soluble = require_positive("solubility", solubility, "kg/m**3")
    require("drug_concentration", loaded, "kg/m**3", loaded > soluble, "> solubility", "all of it is dissolved")
    return loaded, soluble
