"""Particles that are not plain spheres: spheroids, rods, shells, pores."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

NEARLY_ROUND = 1e-3  # |aspect ratio - 1|; nearer, the closed forms lose digits and their series is exact


def spheroid_volume(polar_diameter: ArrayLike, equatorial_diameter: ArrayLike) -> Floats:
    """Volume of a spheroid.

    Parameters
    ----------
    polar_diameter : array_like, shape (draws,)
        Length along the axis of rotation [m].
    equatorial_diameter : array_like, shape (draws,)
        Width across that axis [m].

    Returns
    -------
    ndarray, shape (draws,)
        Volume [m**3].

    Raises
    ------
    DomainError
        If a diameter is not positive.

    Notes
    -----
    ``(pi/6) a b^2``: prolate (a rod's stand-in) if a > b, oblate (a disc's) if a < b.

    Examples
    --------
    >>> float(spheroid_volume(200e-9, 100e-9)) * 1e27
    1047197.6
    """
    polar = require_positive("polar_diameter", polar_diameter, "m")
    equatorial = require_positive("equatorial_diameter", equatorial_diameter, "m")
    return np.asarray(np.pi / 6.0 * polar * equatorial**2)


def spheroid_surface(polar_diameter: ArrayLike, equatorial_diameter: ArrayLike) -> Floats:
    """Surface of a spheroid.

    Parameters
    ----------
    polar_diameter : array_like, shape (draws,)
        Length along the axis of rotation [m].
    equatorial_diameter : array_like, shape (draws,)
        Width across that axis [m].

    Returns
    -------
    ndarray, shape (draws,)
        Surface [m**2].

    Raises
    ------
    DomainError
        If a diameter is not positive.

    Notes
    -----
    With p = a/b. Prolate: ``(pi b^2/2)(1 + p asin(e)/e)``, ``e^2 = 1 - 1/p^2``.
    Oblate: ``(pi b^2/2)(1 + p^2 atanh(e)/e)``, ``e^2 = 1 - p^2``. Closed forms of geometry; near a sphere, the
    series ``pi b^2 (1 + (2/3)(p - 1) + (p - 1)^2/15)``.

    Examples
    --------
    >>> float(spheroid_surface(100e-9, 100e-9)) * 1e18, float(spheroid_surface(200e-9, 100e-9)) * 1e18
    (31415.93, 53696.09)
    """
    polar = require_positive("polar_diameter", polar_diameter, "m")
    equatorial = require_positive("equatorial_diameter", equatorial_diameter, "m")
    ratio = polar / equatorial
    prolate, oblate, near = _split(ratio)
    of_prolate = np.sqrt(1.0 - 1.0 / prolate**2)
    of_oblate = np.sqrt(1.0 - oblate**2)
    factor = np.where(
        ratio > 1.0,
        0.5 * (1.0 + prolate * np.arcsin(of_prolate) / of_prolate),
        0.5 * (1.0 + oblate**2 * np.log((1.0 + of_oblate) / oblate) / of_oblate),
    )
    off = ratio - 1.0
    factor = np.where(near, 1.0 + 2.0 / 3.0 * off + off**2 / 15.0, factor)
    return np.asarray(np.pi * equatorial**2 * factor)


def perrin_factor(aspect_ratio: ArrayLike) -> Floats:
    """Friction of a spheroid over that of the sphere of the same volume.

    Parameters
    ----------
    aspect_ratio : array_like, shape (draws,)
        Length along the axis of rotation per width across it, above 1 for a rod, below 1 for a disc [1].

    Returns
    -------
    ndarray, shape (draws,)
        Friction ratio, mean over all orientations, at least 1 [1].

    Raises
    ------
    DomainError
        If the aspect ratio is not positive.

    Notes
    -----
    Prolate: ``F = sqrt(p^2 - 1)/(p^(1/3) ln(p + sqrt(p^2 - 1)))``. Oblate:
    ``F = sqrt(1 - p^2)/(p^(1/3) atan(sqrt(1 - p^2)/p))`` (Perrin 1936). Near a sphere the series
    ``1 + (4/45)(p - 1)^2``. The diameter of light scattering is F times that of the sphere of the same volume.

    Examples
    --------
    >>> perrin_factor([0.1, 1.0, 10.0])
    array([1.458, 1.   , 1.543])
    """
    ratio = require_positive("aspect_ratio", aspect_ratio, "")
    prolate, oblate, near = _split(ratio)
    of_prolate, of_oblate = np.sqrt(prolate**2 - 1.0), np.sqrt(1.0 - oblate**2)
    factor = np.where(
        ratio > 1.0,
        of_prolate / (np.cbrt(prolate) * np.arccosh(prolate)),
        of_oblate / (np.cbrt(oblate) * np.arctan2(of_oblate, oblate)),
    )
    return np.asarray(np.where(near, 1.0 + 4.0 / 45.0 * (ratio - 1.0) ** 2, factor))


def spheroid_volume_from_hydrodynamic(hydrodynamic_diameter: ArrayLike, aspect_ratio: ArrayLike) -> Floats:
    """Volume of a spheroid that diffuses as a sphere of the measured diameter.

    Parameters
    ----------
    hydrodynamic_diameter : array_like, shape (draws,)
        Diameter by light scattering or tracking, of the particle and the water it drags [m].
    aspect_ratio : array_like, shape (draws,)
        Length along the axis of rotation per width across it, such as from electron microscopy [1].

    Returns
    -------
    ndarray, shape (draws,)
        Volume of the spheroid [m**3].

    Raises
    ------
    DomainError
        If the diameter or the aspect ratio is not positive.

    Notes
    -----
    ``(pi/6)(d_h/F)^3`` with F the `perrin_factor`: counting a rod as the sphere of light scattering takes its volume
    too large, by F^3 (3.7 times at an aspect ratio of 10). One size; stick boundary; rigid.

    Examples
    --------
    >>> float(spheroid_volume_from_hydrodynamic(154.3e-9, 10.0)) / (np.pi / 6 * 100e-9**3)
    1.0
    """
    size = require_positive("hydrodynamic_diameter", hydrodynamic_diameter, "m")
    return np.asarray(np.pi / 6.0 * (size / perrin_factor(aspect_ratio)) ** 3)


def rod_volume(length: ArrayLike, width: ArrayLike) -> Floats:
    """Volume of a rod with half-spheres at its ends (spherocylinder).

    Parameters
    ----------
    length : array_like, shape (draws,)
        Whole length, ends included [m].
    width : array_like, shape (draws,)
        Diameter [m].

    Returns
    -------
    ndarray, shape (draws,)
        Volume [m**3].

    Raises
    ------
    DomainError
        If a length is not positive or the rod is shorter than it is wide.

    Notes
    -----
    ``(pi/12) w^2 (3 L - w)``. Its surface is ``pi w L``, see `rod_surface`.

    Examples
    --------
    >>> float(rod_volume(300e-9, 100e-9)) * 1e27, np.pi / 12 * 1e4 * 800
    (2094395.1, 2094395.1)
    """
    long, wide = _rod(length, width)
    return np.asarray(np.pi / 12.0 * wide**2 * (3.0 * long - wide))


def rod_surface(length: ArrayLike, width: ArrayLike) -> Floats:
    """Surface of a rod with half-spheres at its ends (spherocylinder).

    Parameters
    ----------
    length : array_like, shape (draws,)
        Whole length, ends included [m].
    width : array_like, shape (draws,)
        Diameter [m].

    Returns
    -------
    ndarray, shape (draws,)
        Surface [m**2].

    Raises
    ------
    DomainError
        If a length is not positive or the rod is shorter than it is wide.

    Notes
    -----
    ``pi w L``: the wall ``pi w (L - w)`` and one sphere ``pi w^2``.

    Examples
    --------
    >>> float(rod_surface(300e-9, 100e-9)) * 1e18
    94247.8
    """
    long, wide = _rod(length, width)
    return np.asarray(np.pi * wide * long)


def core_diameter(outer_diameter: ArrayLike, shell_thickness: ArrayLike) -> Floats:
    """Diameter of the core under a shell, such as the dry particle under its polymer layer and water.

    Parameters
    ----------
    outer_diameter : array_like, shape (draws,)
        Diameter with the shell, such as by light scattering [m].
    shell_thickness : array_like, shape (draws,)
        Thickness of the shell [m].

    Returns
    -------
    ndarray, shape (draws,)
        Diameter of the core [m].

    Raises
    ------
    DomainError
        If the diameter is not positive, or the shell is negative or not thinner than the radius.

    Notes
    -----
    ``d - 2 t``. With a shell, the core and what it holds are smaller by ``(1 - 2 t/d)^3``, its
    `core_volume_share`.

    Examples
    --------
    >>> float(core_diameter(110e-9, 5e-9)) * 1e9
    100.0
    """
    outer = require_positive("outer_diameter", outer_diameter, "m")
    shell = require_not_negative("shell_thickness", shell_thickness, "m")
    require("shell_thickness", shell, "m", 2.0 * shell < outer, "< half of outer_diameter", "no core would be left")
    return np.asarray(outer - 2.0 * shell)


def core_volume_share(outer_diameter: ArrayLike, shell_thickness: ArrayLike) -> Floats:
    """Share of a particle's volume that is its core.

    Parameters
    ----------
    outer_diameter : array_like, shape (draws,)
        Diameter with the shell [m].
    shell_thickness : array_like, shape (draws,)
        Thickness of the shell [m].

    Returns
    -------
    ndarray, shape (draws,)
        Core per whole volume [1].

    Raises
    ------
    DomainError
        As for `core_diameter`.

    Notes
    -----
    ``(1 - 2 t/d)^3``.

    Examples
    --------
    >>> float(core_volume_share(100e-9, 5e-9))
    0.729
    """
    core = core_diameter(outer_diameter, shell_thickness)
    return np.asarray((core / np.asarray(outer_diameter, dtype=np.float64)) ** 3)


def envelope_density(skeletal_density: ArrayLike, pore_volume: ArrayLike) -> Floats:
    """Mass of a dry porous particle per volume of its outline.

    Parameters
    ----------
    skeletal_density : array_like, shape (draws,)
        Density of the solid without pores, as helium pycnometry gives it [kg/m**3].
    pore_volume : array_like, shape (draws,)
        Pore volume per mass of solid [m**3/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Density that counts particles from their diameter [kg/m**3].

    Raises
    ------
    DomainError
        If the density is not positive or the pore volume is negative.

    Notes
    -----
    ``1/(1/rho_s + v)``. The pores are empty: add the liquid or drug that fills them to the mass, not to the volume.

    Examples
    --------
    Silica of 2.2 g/cm**3 with 0.9 cm**3/g of pores:

    >>> float(envelope_density(2200.0, 0.9e-3))
    738.3
    """
    solid = require_positive("skeletal_density", skeletal_density, "kg/m**3")
    pores = require_not_negative("pore_volume", pore_volume, "m**3/kg")
    return np.asarray(1.0 / (1.0 / solid + pores))


def envelope_density_from_porosity(skeletal_density: ArrayLike, porosity: ArrayLike) -> Floats:
    """Mass of a dry porous particle per volume of its outline, from its porosity.

    Parameters
    ----------
    skeletal_density : array_like, shape (draws,)
        Density of the solid without pores [kg/m**3].
    porosity : array_like, shape (draws,)
        Pore volume per outline volume [1].

    Returns
    -------
    ndarray, shape (draws,)
        Density that counts particles from their diameter [kg/m**3].

    Raises
    ------
    DomainError
        If the density is not positive, or the porosity is not in 0..1 or is 1.

    Notes
    -----
    ``rho_s (1 - porosity)``; the porosity of a pore volume v is ``v rho_s/(1 + v rho_s)``.

    Examples
    --------
    >>> float(envelope_density_from_porosity(1300.0, 0.5))
    650.0
    """
    solid = require_positive("skeletal_density", skeletal_density, "kg/m**3")
    empty = require_fraction("porosity", porosity)
    require("porosity", empty, "", empty < 1.0, "< 1", "a particle of pores alone has no mass")
    return np.asarray(solid * (1.0 - empty))


def _split(ratio: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Give aspect ratios safe for the prolate and the oblate form, and where to take the series instead."""
    near = np.abs(ratio - 1.0) < NEARLY_ROUND
    prolate = np.where((ratio > 1.0) & ~near, ratio, 2.0)
    oblate = np.where((ratio < 1.0) & ~near, ratio, 0.5)
    return prolate, oblate, near


def _rod(length: ArrayLike, width: ArrayLike) -> tuple[Floats, Floats]:
    long = require_positive("length", length, "m")
    wide = require_positive("width", width, "m")
    require("length", long, "m", long >= wide, ">= width", "length counts the round ends; are the two swapped?")
    return long, wide
