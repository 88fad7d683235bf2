"""Drug in one vesicle of known size, and the most that the ions inside can hold.

Vesicles of one size and one bilayer; each kernel joins equations of `formulate.vesicle`.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate import vesicle
from formulate.domain import require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class DrugPerVesicle:
    """What one vesicle holds.

    Attributes
    ----------
    lipids_per_vesicle : ndarray, shape (draws,)
        Lipid molecules in both leaflets [1].
    drug_to_lipid : ndarray, shape (draws,)
        Drug per lipid [mol/mol].
    molecules_per_vesicle : ndarray, shape (draws,)
        Drug molecules, a mean over the vesicles [1].
    internal_concentration : ndarray, shape (draws,)
        Drug per inner water if all of it is there, dissolved and solid together [mol/m**3].
    """

    lipids_per_vesicle: Floats
    drug_to_lipid: Floats
    molecules_per_vesicle: Floats
    internal_concentration: Floats


def drug_per_vesicle(
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    area_per_lipid: ArrayLike,
    mass_ratio: ArrayLike,
    molar_mass: ArrayLike,
    lipid_molar_mass: ArrayLike,
) -> DrugPerVesicle:
    """Drug molecules in a vesicle of known size, from drug per lipid by mass.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter of the bilayer, without a polymer shell [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].
    mass_ratio : array_like, shape (draws,)
        Drug held per lipid by mass, all lipids counted [kg/kg].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug as it was weighed, salt included [kg/mol].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the mixture [kg/mol].

    Returns
    -------
    DrugPerVesicle
        Lipids, drug per lipid, molecules and inner concentration.

    Raises
    ------
    DomainError
        If a length, area or molar mass is not positive, the ratio negative, or no water core is left.

    Notes
    -----
    ``n = (D/L) N`` with ``N = pi (d^2 + (d - 2 h)^2)/a`` and ``D/L = (D/L)_mass M_L/M_D``. The area per lipid decides:
    with cholesterol the mean of the mixture, about 0.46 nm**2 at 40 mol%, against 0.71 nm**2 of a fluid
    phosphatidylcholine, which gives a third less drug per vesicle. Source: counting.

    Examples
    --------
    A pegylated doxorubicin liposome by its label, 2 mg (580 g/mol) to 16 mg of lipid (741 g/mol), 85 nm:

    >>> float(drug_per_vesicle(85e-9, 5e-9, 0.46e-18, 0.125, 0.580, 0.741).molecules_per_vesicle)
    14015.
    """
    ratio = vesicle.molar_ratio(mass_ratio, molar_mass, lipid_molar_mass)
    return drug_per_vesicle_from_molar_ratio(diameter, bilayer_thickness, area_per_lipid, ratio)


def drug_per_vesicle_from_molar_ratio(
    diameter: ArrayLike, bilayer_thickness: ArrayLike, area_per_lipid: ArrayLike, drug_to_lipid: ArrayLike
) -> DrugPerVesicle:
    """Drug molecules in a vesicle of known size, from drug per lipid by amount.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter of the bilayer, without a polymer shell [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].
    drug_to_lipid : array_like, shape (draws,)
        Drug held per lipid, cholesterol included [mol/mol].

    Returns
    -------
    DrugPerVesicle
        Lipids, drug per lipid, molecules and inner concentration.

    Raises
    ------
    DomainError
        If a length or the area is not positive, the ratio negative, or no water core is left.

    Notes
    -----
    ``n = (D/L) N`` with ``N = pi (d^2 + (d - 2 h)^2)/a``; the concentration is ``(D/L)/V`` with V the trapped volume.
    Source: counting.

    Examples
    --------
    >>> float(drug_per_vesicle_from_molar_ratio(85e-9, 5e-9, 0.46e-18, 0.160).molecules_per_vesicle)
    14041.6
    """
    lipids = vesicle.lipids_per_vesicle(diameter, bilayer_thickness, area_per_lipid)
    ratio = require_not_negative("drug_to_lipid", drug_to_lipid, "mol/mol")
    trapped = vesicle.trapped_volume(diameter, bilayer_thickness, area_per_lipid)
    return DrugPerVesicle(
        lipids_per_vesicle=lipids,
        drug_to_lipid=ratio,
        molecules_per_vesicle=vesicle.molecules_per_vesicle(ratio, lipids),
        internal_concentration=vesicle.internal_concentration(ratio, trapped),
    )


def largest_molecules_per_vesicle(
    counterion_concentration: ArrayLike,
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    charge: ArrayLike = 2.0,
) -> Floats:
    """Most drug molecules that the ions inside a vesicle can hold.

    Parameters
    ----------
    counterion_concentration : array_like, shape (draws,)
        Sulfate, or calcium for an acid, in the inner water at hydration [mol/m**3].
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    charge : array_like, shape (draws,), optional
        Charges of that ion: 2 for sulfate and calcium [1].

    Returns
    -------
    ndarray, shape (draws,)
        Ceiling of drug molecules per vesicle [1].

    Raises
    ------
    DomainError
        If a value is not positive or no water core is left.

    Notes
    -----
    ``n = z C V_in N_A`` with ``V_in = (pi/6)(d - 2 h)^3``: one drug ion of a single charge for each charge of the
    trapped ion. See `formulate.loading.remote.largest_drug_to_lipid` for the same per lipid. Source: charge balance.

    Examples
    --------
    250 mmol/L of sulfate in 0.382 aL:

    >>> float(largest_molecules_per_vesicle(250.0, 100e-9, 5e-9))
    114934.
    """
    concentration = require_positive("counterion_concentration", counterion_concentration, "mol/m**3")
    water = vesicle.inner_volume(diameter, bilayer_thickness)
    return np.asarray(require_positive("charge", charge, "") * concentration * water * vesicle.AVOGADRO)
