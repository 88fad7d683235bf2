"""How alike a drug and a polymer are: Hansen distance, and the interaction parameter that follows.

Solubility parameters are in Pa**0.5; 1 MPa**0.5 is 1000 of them. chi is per molecule of drug.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

GAS_CONSTANT = 8.31446261815324  # J/(mol K), exact


def hansen_distance(
    drug_dispersion: ArrayLike,
    drug_polar: ArrayLike,
    drug_hydrogen_bonding: ArrayLike,
    polymer_dispersion: ArrayLike,
    polymer_polar: ArrayLike,
    polymer_hydrogen_bonding: ArrayLike,
) -> Floats:
    """Distance of two substances, here drug and polymer, in the space of Hansen parameters.

    Parameters
    ----------
    drug_dispersion : array_like, shape (draws,)
        Dispersion part of the solubility parameter of the drug [Pa**0.5].
    drug_polar : array_like, shape (draws,)
        Polar part of the drug [Pa**0.5].
    drug_hydrogen_bonding : array_like, shape (draws,)
        Hydrogen-bonding part of the drug [Pa**0.5].
    polymer_dispersion : array_like, shape (draws,)
        Dispersion part of the polymer [Pa**0.5].
    polymer_polar : array_like, shape (draws,)
        Polar part of the polymer [Pa**0.5].
    polymer_hydrogen_bonding : array_like, shape (draws,)
        Hydrogen-bonding part of the polymer [Pa**0.5].

    Returns
    -------
    ndarray, shape (draws,)
        R_a [Pa**0.5].

    Raises
    ------
    DomainError
        If a parameter is negative.

    Notes
    -----
    ``R_a**2 = 4 (D_1 - D_2)**2 + (P_1 - P_2)**2 + (H_1 - H_2)**2``. The smaller the better they mix. Parts computed
    from chemical groups are off by 1.5 MPa**0.5 or so each, which moves a small R_a up more than down.
    Source: hansen2007.

    Examples
    --------
    1, 3 and 2 MPa**0.5 apart: the root of 4 + 9 + 4:

    >>> float(hansen_distance(18e3, 10e3, 6e3, 19e3, 7e3, 8e3)) * 1e-3
    4.123
    """
    drug = _parts(drug_dispersion, drug_polar, drug_hydrogen_bonding, "drug")
    polymer = _parts(polymer_dispersion, polymer_polar, polymer_hydrogen_bonding, "polymer")
    dispersion, polar, bonding = (one - other for one, other in zip(drug, polymer, strict=True))
    return np.asarray(np.sqrt(4.0 * dispersion**2 + polar**2 + bonding**2))


def relative_energy_difference(hansen_distance: ArrayLike, interaction_radius: ArrayLike) -> Floats:
    """Hansen distance in units of the radius within which a substance dissolves the polymer.

    Parameters
    ----------
    hansen_distance : array_like, shape (draws,)
        R_a [Pa**0.5].
    interaction_radius : array_like, shape (draws,)
        R_0 of the polymer, fitted to solvents that do and do not dissolve it [Pa**0.5].

    Returns
    -------
    ndarray, shape (draws,)
        RED: below 1 it dissolves the polymer, above 1 it does not [1].

    Raises
    ------
    DomainError
        If the distance is negative or the radius is not positive.

    Notes
    -----
    ``R_a/R_0``. R_0 comes from small solvents: a drug, larger, needs a smaller R_a to mix. Source: hansen2007.

    Examples
    --------
    >>> float(relative_energy_difference(4.2e3, 10.5e3))
    0.4
    """
    distance = require_not_negative("hansen_distance", hansen_distance, "Pa**0.5")
    radius = require_positive("interaction_radius", interaction_radius, "Pa**0.5")
    return np.asarray(distance / radius)


def total_solubility_parameter(dispersion: ArrayLike, polar: ArrayLike, hydrogen_bonding: ArrayLike) -> Floats:
    """Hildebrand solubility parameter from its three Hansen parts.

    Parameters
    ----------
    dispersion : array_like, shape (draws,)
        Dispersion part [Pa**0.5].
    polar : array_like, shape (draws,)
        Polar part [Pa**0.5].
    hydrogen_bonding : array_like, shape (draws,)
        Hydrogen-bonding part [Pa**0.5].

    Returns
    -------
    ndarray, shape (draws,)
        delta, root of the cohesive energy per volume [Pa**0.5].

    Raises
    ------
    DomainError
        If a part is negative.

    Notes
    -----
    ``delta**2 = D**2 + P**2 + H**2``. Source: hansen2007.

    Examples
    --------
    >>> float(total_solubility_parameter(18.5e3, 9.7e3, 6e3)) * 1e-3
    21.74
    """
    parts = _parts(dispersion, polar, hydrogen_bonding, "")
    return np.asarray(np.sqrt(sum(part**2 for part in parts)))


def molar_volume(molar_mass: ArrayLike, density: ArrayLike) -> Floats:
    """Volume of one mole.

    Parameters
    ----------
    molar_mass : array_like, shape (draws,)
        Molar mass [kg/mol].
    density : array_like, shape (draws,)
        Density, for mixing that of the amorphous drug [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        V [m**3/mol].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``M/rho``. The density of crystals gives a volume a few percent too small.

    Examples
    --------
    >>> float(molar_volume(0.39, 1300.0)) * 1e6  # cm3/mol
    300.0
    """
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    return np.asarray(molar / require_positive("density", density, "kg/m**3"))


def flory_huggins_chi(
    molar_volume: ArrayLike,
    drug_solubility_parameter: ArrayLike,
    polymer_solubility_parameter: ArrayLike,
    temperature: ArrayLike,
    entropic_part: ArrayLike = 0.34,
) -> Floats:
    """Interaction parameter of drug and polymer from their total solubility parameters.

    Parameters
    ----------
    molar_volume : array_like, shape (draws,)
        V, molar volume of the drug [m**3/mol].
    drug_solubility_parameter : array_like, shape (draws,)
        Total solubility parameter of the drug [Pa**0.5].
    polymer_solubility_parameter : array_like, shape (draws,)
        Total solubility parameter of the polymer [Pa**0.5].
    temperature : array_like, shape (draws,)
        T [K].
    entropic_part : array_like, shape (draws,), optional
        chi_S: 0.34 by convention for polymer solutions; 0 is used for solid dispersions too [1].

    Returns
    -------
    ndarray, shape (draws,)
        chi, per drug molecule [1].

    Raises
    ------
    DomainError
        If volume or temperature is not positive, or another number is negative.

    Notes
    -----
    ``chi = chi_S + V (delta_1 - delta_2)**2/(R T)``. Never below chi_S: attraction, as by hydrogen bonds between
    drug and polymer, is out of its reach, and equal totals of unlike parts pass for alike
    (`flory_huggins_chi_hansen` sees them). Sources: flory1953, blanks1964 (0.34).

    Examples
    --------
    300 cm3/mol, 2 MPa**0.5 apart: 1200/2478.8 and 0.34

    >>> float(flory_huggins_chi(300e-6, 24e3, 22e3, 298.15)), float(flory_huggins_chi(300e-6, 24e3, 22e3, 298.15, 0.0))
    (0.8241, 0.4841)
    """
    volume = require_positive("molar_volume", molar_volume, "m**3/mol")
    drug = require_not_negative("drug_solubility_parameter", drug_solubility_parameter, "Pa**0.5")
    polymer = require_not_negative("polymer_solubility_parameter", polymer_solubility_parameter, "Pa**0.5")
    entropic = require_not_negative("entropic_part", entropic_part, "")
    return np.asarray(
        entropic + volume * (drug - polymer) ** 2 / (GAS_CONSTANT * require_positive("temperature", temperature, "K"))
    )


def flory_huggins_chi_hansen(
    molar_volume: ArrayLike, hansen_distance: ArrayLike, temperature: ArrayLike, weight: ArrayLike = 0.6
) -> Floats:
    """Interaction parameter of drug and polymer from their Hansen distance.

    Parameters
    ----------
    molar_volume : array_like, shape (draws,)
        V, molar volume of the drug [m**3/mol].
    hansen_distance : array_like, shape (draws,)
        R_a [Pa**0.5].
    temperature : array_like, shape (draws,)
        T [K].
    weight : array_like, shape (draws,), optional
        alpha; 0.6 is the value fitted to polymer solutions, 1 leaves the sum as it is [1].

    Returns
    -------
    ndarray, shape (draws,)
        chi, per drug molecule [1].

    Raises
    ------
    DomainError
        If volume or temperature is not positive, or another number is negative.

    Notes
    -----
    ``chi = alpha V [dD**2 + dP**2/4 + dH**2/4]/(R T) = alpha V R_a**2/(4 R T)``. No entropic part is added: alpha was
    fitted without one. Solvents were fitted, not drugs. Source: lindvig2002.

    Examples
    --------
    300 cm3/mol, 4 MPa**0.5 apart: 0.6 times 1200/2478.8

    >>> float(flory_huggins_chi_hansen(300e-6, 4e3, 298.15))
    0.2904
    """
    volume = require_positive("molar_volume", molar_volume, "m**3/mol")
    distance = require_not_negative("hansen_distance", hansen_distance, "Pa**0.5")
    alpha = require_not_negative("weight", weight, "")
    return np.asarray(
        alpha * volume * distance**2 / (4.0 * GAS_CONSTANT * require_positive("temperature", temperature, "K"))
    )


def _parts(dispersion: ArrayLike, polar: ArrayLike, hydrogen_bonding: ArrayLike, whose: str) -> tuple[Floats, ...]:
    given = {"dispersion": dispersion, "polar": polar, "hydrogen_bonding": hydrogen_bonding}
    return tuple(
        require_not_negative(f"{whose}_{name}" if whose else name, values, "Pa**0.5") for name, values in given.items()
    )
