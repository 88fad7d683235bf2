"""Lipids and inner water of a unilamellar vesicle.

The area per lipid is per molecule of any kind, cholesterol included: for a mixture, the mean over the mole
fractions. Amounts of lipid, and its molar mass, are then those of the mixture too.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive

Floats: TypeAlias = NDArray[np.float64]

AVOGADRO = 6.02214076e23  # 1/mol, exact


def inner_radius(diameter: ArrayLike, bilayer_thickness: ArrayLike) -> Floats:
    """Radius of the water core.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer, head groups included [m].

    Returns
    -------
    ndarray, shape (draws,)
        Inner radius [m].

    Raises
    ------
    DomainError
        If a length is not positive, or the bilayer is not thinner than the outer radius.

    Notes
    -----
    ``d/2 - h``. One bilayer: a multilamellar vesicle holds less water and more lipid.

    Examples
    --------
    >>> float(inner_radius(100e-9, 5e-9)) * 1e9
    45.0
    """
    outer = require_positive("diameter", diameter, "m") / 2.0
    thickness = require_positive("bilayer_thickness", bilayer_thickness, "m")
    require(
        "bilayer_thickness",
        thickness,
        "m",
        thickness < outer,
        "< half the diameter",
        "no water core is left; a particle this small is a micelle or a disc",
    )
    return np.asarray(outer - thickness)


def lipids_per_vesicle(diameter: ArrayLike, bilayer_thickness: ArrayLike, area_per_lipid: ArrayLike) -> Floats:
    """Lipid molecules in both leaflets of one vesicle.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].

    Returns
    -------
    ndarray, shape (draws,)
        Lipid molecules per vesicle [1].

    Raises
    ------
    DomainError
        If a length or the area is not positive, or the bilayer is not thinner than the outer radius.

    Notes
    -----
    ``N = pi (d^2 + (d - 2 h)^2)/a``: both leaflets at one area per lipid, so not for strongly curved
    vesicles (below about 30 nm), whose inner leaflet packs otherwise.

    Examples
    --------
    100 nm, 5 nm, 0.71 nm**2, where pi (10000 + 8100)/0.71 is

    >>> float(lipids_per_vesicle(100e-9, 5e-9, 0.71e-18))
    80088.5
    """
    inner = inner_radius(diameter, bilayer_thickness)
    outer = np.asarray(diameter, dtype=np.float64) / 2.0
    area = require_positive("area_per_lipid", area_per_lipid, "m**2")
    return np.asarray(4.0 * np.pi * (outer**2 + inner**2) / area)


def trapped_volume(diameter: ArrayLike, bilayer_thickness: ArrayLike, area_per_lipid: ArrayLike) -> Floats:
    """Inner water per amount of lipid.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].

    Returns
    -------
    ndarray, shape (draws,)
        Inner water per amount of lipid [m**3/mol]; 1e-3 m**3/mol is 1 L/mol or 1 uL/umol.

    Raises
    ------
    DomainError
        As for `lipids_per_vesicle`.

    Notes
    -----
    ``V = (pi/6)(d - 2 h)^3 N_A/N``. Vesicles of one size and one bilayer; extruded vesicles of 100 nm
    measure 1 to 3 L/mol, more than one bilayer lowers it.

    Examples
    --------
    >>> float(trapped_volume(100e-9, 5e-9, 0.71e-18)) * 1e3
    2.87
    """
    core = 4.0 / 3.0 * np.pi * inner_radius(diameter, bilayer_thickness) ** 3
    return np.asarray(core * AVOGADRO / lipids_per_vesicle(diameter, bilayer_thickness, area_per_lipid))


def lipid_per_inner_water(
    diameter: ArrayLike, bilayer_thickness: ArrayLike, area_per_lipid: ArrayLike, lipid_molar_mass: ArrayLike
) -> Floats:
    """Mass of lipid that encloses a volume of inner water.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the same mixture [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Lipid per inner water [kg/m**3].

    Raises
    ------
    DomainError
        As for `lipids_per_vesicle`, or if the molar mass is not positive.

    Notes
    -----
    ``M/V`` with V the trapped volume. Drug at c [kg/m**3] in the inner water is c over this in drug per lipid.

    Examples
    --------
    0.76 kg/mol over 2.87 L/mol:

    >>> float(lipid_per_inner_water(100e-9, 5e-9, 0.71e-18, 0.76))
    264.8
    """
    molar = require_positive("lipid_molar_mass", lipid_molar_mass, "kg/mol")
    return np.asarray(molar / trapped_volume(diameter, bilayer_thickness, area_per_lipid))
