"""Grafted polymer, PEG above all: size of a free chain, coverage, mushroom or brush, height.

Chains in a good solvent, anchored at one end. PEG in water: repeat unit 44.05 g/mol and 0.35 nm long are usual.
"""

from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]
Reading: TypeAlias = Literal["radius", "diameter"]


def flory_radius(chain_molar_mass: ArrayLike, repeat_molar_mass: ArrayLike, repeat_length: ArrayLike) -> Floats:
    """Size of a free polymer coil in a good solvent.

    Parameters
    ----------
    chain_molar_mass : array_like, shape (draws,)
        Molar mass of the chain [kg/mol].
    repeat_molar_mass : array_like, shape (draws,)
        Molar mass of its repeat unit, 44.05 g/mol for PEG [kg/mol].
    repeat_length : array_like, shape (draws,)
        Length of the repeat unit, 0.35 nm for PEG [m].

    Returns
    -------
    ndarray, shape (draws,)
        Flory radius [m].

    Raises
    ------
    DomainError
        If a value is not positive, or the chain is shorter than one repeat unit.

    Notes
    -----
    ``R_F = a N^(3/5)`` with ``N = M/M_0`` (de Gennes 1980, Macromolecules 13:1069). A scaling law: of short chains
    (N below about 10) it says little.

    Examples
    --------
    PEG of 2 kDa, 45 units:

    >>> float(flory_radius(2.0, 0.04405, 0.35e-9)) * 1e9
    3.46
    """
    length = require_positive("repeat_length", repeat_length, "m")
    return np.asarray(length * _units(chain_molar_mass, repeat_molar_mass) ** 0.6)


def polymer_coverage(surface_density: ArrayLike, flory_radius: ArrayLike, reading: Reading = "radius") -> Floats:
    """Surface that the chains would cover as free coils, per surface.

    Parameters
    ----------
    surface_density : array_like, shape (draws,)
        Chains per surface [1/m**2].
    flory_radius : array_like, shape (draws,)
        Size of a free coil [m].
    reading : {"radius", "diameter"}, optional
        Whether `flory_radius` is taken as the radius or as the diameter of the disc a coil covers.

    Returns
    -------
    ndarray, shape (draws,)
        Coverage; on the reading as radius, above 1 is a brush [1].

    Raises
    ------
    DomainError
        If the density is negative or the radius is not positive.

    Notes
    -----
    Radius: ``s pi R_F^2``. Diameter: ``s pi R_F^2/4``, four times less. Published tables use both: compare within
    one reading only.

    Examples
    --------
    One chain per 10 nm**2 of 3.46 nm:

    >>> float(polymer_coverage(0.1e18, 3.46e-9)), float(polymer_coverage(0.1e18, 3.46e-9, "diameter"))
    (3.761, 0.9402)
    """
    density = require_not_negative("surface_density", surface_density, "1/m**2")
    radius = require_positive("flory_radius", flory_radius, "m")
    disc = np.pi * radius**2
    match reading:
        case "radius":
            return np.asarray(density * disc)
        case "diameter":
            return np.asarray(density * disc / 4.0)
        case _:
            assert_never(reading)


def brush_onset(flory_radius: ArrayLike, reading: Reading = "radius") -> Floats:
    """Chains per surface from which their coils would overlap.

    Parameters
    ----------
    flory_radius : array_like, shape (draws,)
        Size of a free coil [m].
    reading : {"radius", "diameter"}, optional
        Whether `flory_radius` is taken as the radius or as the diameter of the disc a coil covers.

    Returns
    -------
    ndarray, shape (draws,)
        Chains per surface at a coverage of 1 [1/m**2].

    Raises
    ------
    DomainError
        If the radius is not positive.

    Notes
    -----
    ``1/(pi R_F^2)``, or ``4/(pi R_F^2)`` on the reading as diameter. Below are mushrooms, above is a brush; the
    change is gradual.

    Examples
    --------
    >>> float(brush_onset(3.46e-9)) * 1e-18
    0.02659
    """
    return np.asarray(1.0 / polymer_coverage(1.0, flory_radius, reading))


def is_brush(surface_density: ArrayLike, flory_radius: ArrayLike, reading: Reading = "radius") -> NDArray[np.bool_]:
    """Tell where grafted chains crowd each other into a brush.

    Parameters
    ----------
    surface_density : array_like, shape (draws,)
        Chains per surface [1/m**2].
    flory_radius : array_like, shape (draws,)
        Size of a free coil [m].
    reading : {"radius", "diameter"}, optional
        Whether `flory_radius` is taken as the radius or as the diameter of the disc a coil covers.

    Returns
    -------
    ndarray of bool, shape (draws,)
        True for a brush, False for mushrooms.

    Raises
    ------
    DomainError
        As for `polymer_coverage`.

    Notes
    -----
    `polymer_coverage` above 1.

    Examples
    --------
    >>> is_brush([0.01e18, 0.1e18], 3.46e-9)
    array([False,  True])
    """
    return np.asarray(polymer_coverage(surface_density, flory_radius, reading) > 1.0)


def grafted_layer_thickness(
    surface_density: ArrayLike,
    chain_molar_mass: ArrayLike,
    repeat_molar_mass: ArrayLike,
    repeat_length: ArrayLike,
) -> Floats:
    """Height of a layer of grafted chains, mushrooms or brush.

    Parameters
    ----------
    surface_density : array_like, shape (draws,)
        Chains per surface [1/m**2].
    chain_molar_mass : array_like, shape (draws,)
        Molar mass of a chain [kg/mol].
    repeat_molar_mass : array_like, shape (draws,)
        Molar mass of its repeat unit, 44.05 g/mol for PEG [kg/mol].
    repeat_length : array_like, shape (draws,)
        Length of the repeat unit, 0.35 nm for PEG [m].

    Returns
    -------
    ndarray, shape (draws,)
        Height of the layer [m].

    Raises
    ------
    DomainError
        If the density is not positive, a mass or length is not positive, the chain is shorter than one repeat unit,
        or the chains stand closer than a repeat unit is long.

    Notes
    -----
    With the distance ``D = 1/sqrt(s)`` between chains: a brush, ``N a (a/D)^(2/3) = R_F (R_F/D)^(2/3)``, where
    D < R_F (Alexander 1977; de Gennes 1980); mushrooms, ``R_F``, else. The two meet at D = R_F. The coverage by
    radius reaches 1 earlier, at ``D = sqrt(pi) R_F``: between, coils touch and are not yet stretched. Scaling laws
    with a factor of 1, on a flat surface: on a particle not much larger than the brush the height is less.

    Examples
    --------
    PEG of 2 kDa, one chain per 2 nm**2, is stretched to 6.3 nm; one per 100 nm**2 is a coil:

    >>> grafted_layer_thickness([0.5e18, 0.01e18], 2.0, 0.04405, 0.35e-9) * 1e9
    array([6.27, 3.46])
    """
    density = require_positive("surface_density", surface_density, "1/m**2")
    coil = flory_radius(chain_molar_mass, repeat_molar_mass, repeat_length)
    distance = 1.0 / np.sqrt(density)
    require(
        "surface_density",
        density,
        "1/m**2",
        distance >= np.asarray(repeat_length, dtype=np.float64),
        "at most one chain per square of the repeat length",
        "no surface holds so many chains: check the unit",
    )
    return np.asarray(coil * np.maximum(coil / distance, 1.0) ** (2.0 / 3.0))


def _units(chain_molar_mass: ArrayLike, repeat_molar_mass: ArrayLike) -> Floats:
    """Give the repeat units of a chain."""
    chain = require_positive("chain_molar_mass", chain_molar_mass, "kg/mol")
    repeat = require_positive("repeat_molar_mass", repeat_molar_mass, "kg/mol")
    require("chain_molar_mass", chain, "kg/mol", chain >= repeat, ">= repeat_molar_mass", "are the units kg/mol?")
    return np.asarray(chain / repeat)
