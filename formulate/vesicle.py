"""Lipids and inner water of a vesicle, and how many vesicles an amount of lipid makes.

The area per lipid is per molecule of any kind, cholesterol included: for a mixture, the mean over the mole
fractions (`formulate.loading.lipids`). Amounts of lipid, and its molar mass, are then those of the mixture too.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

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


def inner_volume(diameter: ArrayLike, bilayer_thickness: ArrayLike) -> Floats:
    """Volume of the water core of one vesicle.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer, head groups included [m].

    Returns
    -------
    ndarray, shape (draws,)
        Inner water of one vesicle [m**3].

    Raises
    ------
    DomainError
        As for `inner_radius`.

    Notes
    -----
    ``V = (pi/6)(d - 2 h)^3``. One bilayer; for more see `formulate.loading.lipids.multilamellar_vesicle`.
    Source: geometry.

    Examples
    --------
    pi/6 of (90 nm)**3, in nm**3:

    >>> float(inner_volume(100e-9, 5e-9)) * 1e27
    381703.5
    """
    return np.asarray(4.0 / 3.0 * np.pi * inner_radius(diameter, bilayer_thickness) ** 3)


def vesicle_concentration(lipid_concentration: ArrayLike, lipids: ArrayLike) -> Floats:
    """Number of vesicles in a volume of suspension.

    Parameters
    ----------
    lipid_concentration : array_like, shape (draws,)
        Amount of lipid per volume of suspension, cholesterol included [mol/m**3].
    lipids : array_like, shape (draws,)
        Lipid molecules per vesicle, see `lipids_per_vesicle` [1].

    Returns
    -------
    ndarray, shape (draws,)
        Vesicles per volume of suspension [1/m**3]; 1e18 per m**3 is 1e12 per mL.

    Raises
    ------
    DomainError
        If the concentration is negative or the number of lipids not positive.

    Notes
    -----
    ``n = C_L N_A/N``. An assay of phosphate misses cholesterol: add it first. For sizes that vary, N is the mean
    over the vesicles (`formulate.loading.lipids.mean_vesicle`). Source: counting.

    Examples
    --------
    1 mmol/L of 100 nm vesicles of 80 000 lipids, per mL:

    >>> float(vesicle_concentration(1.0, 8e4)) * 1e-6
    7.5276e12
    """
    concentration = require_not_negative("lipid_concentration", lipid_concentration, "mol/m**3")
    number = require_positive("lipids", lipids, "")
    return np.asarray(concentration * AVOGADRO / number)


def molecules_per_vesicle(drug_to_lipid: ArrayLike, lipids: ArrayLike) -> Floats:
    """Drug molecules in one vesicle, as the mean over the vesicles.

    Parameters
    ----------
    drug_to_lipid : array_like, shape (draws,)
        Drug held per lipid, cholesterol included; see `molar_ratio` for a ratio of masses [mol/mol].
    lipids : array_like, shape (draws,)
        Lipid molecules per vesicle, see `lipids_per_vesicle` [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug molecules per vesicle [1].

    Raises
    ------
    DomainError
        If the ratio is negative or the number of lipids not positive.

    Notes
    -----
    ``n = (D/L) N``. Drug that stayed outside must be taken off the ratio first. Source: counting.

    Examples
    --------
    A pegylated doxorubicin liposome, 85 nm at 0.46 nm**2 per lipid and 0.160 mol/mol:

    >>> float(molecules_per_vesicle(0.160, lipids_per_vesicle(85e-9, 5e-9, 0.46e-18)))
    14041.6
    """
    ratio = require_not_negative("drug_to_lipid", drug_to_lipid, "mol/mol")
    return np.asarray(ratio * require_positive("lipids", lipids, ""))


def drug_to_lipid(molecules: ArrayLike, lipids: ArrayLike) -> Floats:
    """Drug per lipid that gives a number of drug molecules per vesicle.

    Parameters
    ----------
    molecules : array_like, shape (draws,)
        Drug molecules per vesicle [1].
    lipids : array_like, shape (draws,)
        Lipid molecules per vesicle, see `lipids_per_vesicle` [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug held per lipid [mol/mol].

    Raises
    ------
    DomainError
        If the number of molecules is negative or that of lipids not positive.

    Notes
    -----
    ``D/L = n/N``, the inverse of `molecules_per_vesicle`. Source: counting.

    Examples
    --------
    >>> float(drug_to_lipid(14000.0, 87500.0))
    0.16
    """
    number = require_not_negative("molecules", molecules, "")
    return np.asarray(number / require_positive("lipids", lipids, ""))


def molar_ratio(mass_ratio: ArrayLike, molar_mass: ArrayLike, lipid_molar_mass: ArrayLike) -> Floats:
    """Drug per lipid by amount, from the ratio by mass.

    Parameters
    ----------
    mass_ratio : array_like, shape (draws,)
        Drug per lipid by mass, all lipids counted [kg/kg].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug as it was weighed, salt included [kg/mol].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the mixture [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per lipid [mol/mol].

    Raises
    ------
    DomainError
        If the ratio is negative or a molar mass not positive.

    Notes
    -----
    ``(D/L)_mol = (D/L)_mass M_L/M_D``. A ratio to phospholipid alone is larger. Source: definition.

    Examples
    --------
    2.0 mg doxorubicin hydrochloride (580 g/mol) to 16.0 mg lipid of 741 g/mol:

    >>> float(molar_ratio(2.0 / 16.0, 0.580, 0.741))
    0.1597
    """
    ratio = require_not_negative("mass_ratio", mass_ratio, "kg/kg")
    drug = require_positive("molar_mass", molar_mass, "kg/mol")
    lipid = require_positive("lipid_molar_mass", lipid_molar_mass, "kg/mol")
    return np.asarray(ratio * lipid / drug)


def internal_concentration(drug_to_lipid: ArrayLike, trapped_volume: ArrayLike) -> Floats:
    """Drug in the inner water, if all of it is there.

    Parameters
    ----------
    drug_to_lipid : array_like, shape (draws,)
        Drug held per lipid [mol/mol].
    trapped_volume : array_like, shape (draws,)
        Inner water per amount of lipid, see `trapped_volume` [m**3/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per inner water, dissolved and solid together [mol/m**3].

    Raises
    ------
    DomainError
        If the ratio is negative or the trapped volume not positive.

    Notes
    -----
    ``C = (D/L)/V``. Above the solubility of the drug, or of its salt, the rest is solid. Drug in the bilayer must
    be taken off first. Source: mass balance.

    Examples
    --------
    0.16 mol/mol in 1.6 L/mol is 100 mmol/L:

    >>> float(internal_concentration(0.16, 1.6e-3))
    100.0
    """
    ratio = require_not_negative("drug_to_lipid", drug_to_lipid, "mol/mol")
    return np.asarray(ratio / require_positive("trapped_volume", trapped_volume, "m**3/mol"))
