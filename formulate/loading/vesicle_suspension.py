"""Vesicles in a suspension, from its lipid by mass or amount and the size of the vesicles.

Each kernel joins equations of `formulate.vesicle` and `formulate.loading.vesicles`.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate import vesicle
from formulate.loading.amounts import molar_concentration
from formulate.loading.vesicles import aqueous_efficiency, trapped_fraction

Floats: TypeAlias = NDArray[np.float64]


def vesicle_concentration_from_mass(
    lipid_mass_concentration: ArrayLike, lipid_molar_mass: ArrayLike, lipids: ArrayLike
) -> Floats:
    """Number of vesicles in a volume of suspension, from its lipid by mass.

    Parameters
    ----------
    lipid_mass_concentration : array_like, shape (draws,)
        Mass of all lipid per volume of suspension, cholesterol included [kg/m**3].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the mixture [kg/mol].
    lipids : array_like, shape (draws,)
        Lipid molecules per vesicle, see `formulate.vesicle.lipids_per_vesicle` [1].

    Returns
    -------
    ndarray, shape (draws,)
        Vesicles per volume of suspension [1/m**3].

    Raises
    ------
    DomainError
        If the concentration is negative, or the molar mass or the number of lipids not positive.

    Notes
    -----
    ``n = (c/M) N_A/N``. Source: counting.

    Examples
    --------
    0.75 mg/mL of 750 g/mol is 1 mmol/L; per mL:

    >>> float(vesicle_concentration_from_mass(0.75, 0.75, 8e4)) * 1e-6
    7.5276e12
    """
    moles = molar_concentration(lipid_mass_concentration, lipid_molar_mass)
    return vesicle.vesicle_concentration(moles, lipids)


def aqueous_efficiency_from_mass(
    lipid_mass_concentration: ArrayLike,
    lipid_molar_mass: ArrayLike,
    trapped_volume: ArrayLike,
    lipid_volume: ArrayLike = 0.0,
    defect: ArrayLike = 0.0,
) -> Floats:
    """Encapsulation efficiency of a drug that stays in the water, loaded passively, from lipid by mass.

    Parameters
    ----------
    lipid_mass_concentration : array_like, shape (draws,)
        Mass of all lipid per volume of suspension at hydration [kg/m**3].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the mixture [kg/mol].
    trapped_volume : array_like, shape (draws,)
        Inner water per amount of lipid; 1 uL/umol is 1 L/mol [m**3/mol].
    lipid_volume : array_like, shape (draws,), optional
        Volume of the lipid itself per amount; 0 if not given [m**3/mol].
    defect : array_like, shape (draws,), optional
        Share of the inner water whose drug is lost, through leaks while sizing and washing; 0 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of all the drug in the inner water [1].

    Raises
    ------
    DomainError
        If a value is out of range, or inner water and lipid exceed the volume.

    Notes
    -----
    ``EE = (1 - defect) C V/(1 - C V_lip)`` with ``C = c/M``; see `formulate.loading.vesicles.aqueous_efficiency`.
    Source: mass balance.

    Examples
    --------
    15 mg/mL of 750 g/mol, 20 mmol/L, with 2.87 uL/umol:

    >>> float(aqueous_efficiency_from_mass(15.0, 0.75, 2.87e-3))
    0.0574
    """
    moles = molar_concentration(lipid_mass_concentration, lipid_molar_mass)
    return aqueous_efficiency(moles, trapped_volume, lipid_volume, defect)


@dataclass(frozen=True)
class VesicleSuspension:
    """Vesicles of one size in a suspension.

    Attributes
    ----------
    lipid_concentration : ndarray, shape (draws,)
        Amount of lipid per volume of suspension [mol/m**3].
    lipids_per_vesicle : ndarray, shape (draws,)
        Lipid molecules in both leaflets of a vesicle [1].
    vesicle_concentration : ndarray, shape (draws,)
        Vesicles per volume of suspension [1/m**3].
    trapped_volume : ndarray, shape (draws,)
        Inner water per amount of lipid [m**3/mol].
    trapped_fraction : ndarray, shape (draws,)
        Inner water per volume of suspension [1].
    aqueous_efficiency : ndarray, shape (draws,)
        Encapsulation efficiency of a drug that stays in the water, loaded passively [1].
    """

    lipid_concentration: Floats
    lipids_per_vesicle: Floats
    vesicle_concentration: Floats
    trapped_volume: Floats
    trapped_fraction: Floats
    aqueous_efficiency: Floats


def vesicle_suspension(
    lipid_concentration: ArrayLike,
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    area_per_lipid: ArrayLike,
    lipid_volume: ArrayLike = 0.0,
) -> VesicleSuspension:
    """Vesicles, inner water and passive loading of a suspension, from its lipid and the size of the vesicles.

    Parameters
    ----------
    lipid_concentration : array_like, shape (draws,)
        Amount of lipid per volume of suspension, cholesterol included [mol/m**3].
    diameter : array_like, shape (draws,)
        Outer diameter of the vesicles [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].
    lipid_volume : array_like, shape (draws,), optional
        Volume of the lipid itself per amount; 0 if not given [m**3/mol].

    Returns
    -------
    VesicleSuspension
        Lipids per vesicle, vesicles per volume, trapped volume and efficiency.

    Raises
    ------
    DomainError
        If a length or the area is not positive, the concentration negative, no water core is left, or inner water and
        lipid exceed the volume.

    Notes
    -----
    ``N = pi (d^2 + (d - 2 h)^2)/a``, ``n = C N_A/N``, ``V = (pi/6)(d - 2 h)^3 N_A/N`` and
    ``EE = C V/(1 - C V_lip)``. Source: counting.

    Examples
    --------
    10 mmol/L in 100 nm vesicles, number per mL and efficiency:

    >>> made = vesicle_suspension(10.0, 100e-9, 5e-9, 0.71e-18)
    >>> float(made.vesicle_concentration) * 1e-6, float(made.aqueous_efficiency)
    (7.519e13, 0.0287)
    """
    lipids = vesicle.lipids_per_vesicle(diameter, bilayer_thickness, area_per_lipid)
    trapped = vesicle.trapped_volume(diameter, bilayer_thickness, area_per_lipid)
    return VesicleSuspension(
        lipid_concentration=np.asarray(lipid_concentration, dtype=np.float64),
        lipids_per_vesicle=lipids,
        vesicle_concentration=vesicle.vesicle_concentration(lipid_concentration, lipids),
        trapped_volume=trapped,
        trapped_fraction=trapped_fraction(lipid_concentration, trapped),
        aqueous_efficiency=aqueous_efficiency(lipid_concentration, trapped, lipid_volume),
    )


def vesicle_suspension_from_mass(
    lipid_mass_concentration: ArrayLike,
    lipid_molar_mass: ArrayLike,
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    area_per_lipid: ArrayLike,
    lipid_volume: ArrayLike = 0.0,
) -> VesicleSuspension:
    """Vesicles, inner water and passive loading of a suspension, from its lipid by mass and the size of the vesicles.

    Parameters
    ----------
    lipid_mass_concentration : array_like, shape (draws,)
        Mass of all lipid per volume of suspension, cholesterol included [kg/m**3].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the mixture [kg/mol].
    diameter : array_like, shape (draws,)
        Outer diameter of the vesicles [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].
    lipid_volume : array_like, shape (draws,), optional
        Volume of the lipid itself per amount; 0 if not given [m**3/mol].

    Returns
    -------
    VesicleSuspension
        Lipids per vesicle, vesicles per volume, trapped volume and efficiency.

    Raises
    ------
    DomainError
        As for `vesicle_suspension`, or if the molar mass is not positive.

    Notes
    -----
    `vesicle_suspension` with ``C = c/M``. Source: counting.

    Examples
    --------
    7.5 mg/mL of 750 g/mol is 10 mmol/L:

    >>> made = vesicle_suspension_from_mass(7.5, 0.75, 100e-9, 5e-9, 0.71e-18)
    >>> float(made.lipid_concentration), float(made.vesicle_concentration) * 1e-6
    (10.0, 7.519e13)
    """
    moles = molar_concentration(lipid_mass_concentration, lipid_molar_mass)
    return vesicle_suspension(moles, diameter, bilayer_thickness, area_per_lipid, lipid_volume)
