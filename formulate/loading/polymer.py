"""How much drug the water of a process can keep from polymer particles, and what raises its solubility there."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


def solubility_with_surfactant(
    solubility: ArrayLike,
    surfactant_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    solubilisation_capacity: ArrayLike,
) -> Floats:
    """Solubility of a drug in water that holds a surfactant.

    Parameters
    ----------
    solubility : array_like, shape (draws,)
        S_w, solubility without surfactant at the same pH and temperature [kg/m**3].
    surfactant_concentration : array_like, shape (draws,)
        C, surfactant per volume of water [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws,)
        CMC of the surfactant in that water [kg/m**3].
    solubilisation_capacity : array_like, shape (draws,)
        kappa, drug that its micelles take up per surfactant in micelles [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        S [kg/m**3].

    Raises
    ------
    DomainError
        If the solubility is not positive, or another number is negative.

    Notes
    -----
    ``S = S_w + kappa (C - CMC)`` above the CMC, ``S = S_w`` below it. kappa belongs to the drug and the surfactant
    together, and to the charge of the drug: measured at one pH it does not hold at another. A molar kappa is
    turned by `solubilisation_capacity_from_molar`, a partition coefficient by
    `solubilisation_capacity_from_partition`. Polyvinyl alcohol has no CMC; what it dissolves is a measured S_w.
    Source: rangelyagui2005.

    Examples
    --------
    10 mg/g in micelles of 1 % of a surfactant, 0.05 mg/mL without:

    >>> float(solubility_with_surfactant(0.05, 10.0, 0.1, 0.01))
    0.149
    """
    water = require_positive("solubility", solubility, "kg/m**3")
    surfactant = require_not_negative("surfactant_concentration", surfactant_concentration, "kg/m**3")
    critical = require_not_negative("critical_micelle_concentration", critical_micelle_concentration, "kg/m**3")
    capacity = require_not_negative("solubilisation_capacity", solubilisation_capacity, "kg/kg")
    return np.asarray(water + capacity * np.maximum(surfactant - critical, 0.0))


def solubilisation_capacity_from_molar(
    molar_capacity: ArrayLike, drug_molar_mass: ArrayLike, surfactant_molar_mass: ArrayLike
) -> Floats:
    """Drug that micelles take up by mass, from the molar solubilisation ratio.

    Parameters
    ----------
    molar_capacity : array_like, shape (draws,)
        chi, drug taken up per surfactant in micelles [mol/mol].
    drug_molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].
    surfactant_molar_mass : array_like, shape (draws,)
        Molar mass of the surfactant [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        kappa, drug per surfactant in micelles [kg/kg].

    Raises
    ------
    DomainError
        If the ratio is negative or a molar mass is not positive.

    Notes
    -----
    ``kappa = chi M_drug/M_surfactant``. Source: rangelyagui2005.

    Examples
    --------
    >>> float(solubilisation_capacity_from_molar(0.05, 0.4, 1.31))
    0.01527
    """
    ratio = require_not_negative("molar_capacity", molar_capacity, "mol/mol")
    drug = require_positive("drug_molar_mass", drug_molar_mass, "kg/mol")
    surfactant = require_positive("surfactant_molar_mass", surfactant_molar_mass, "kg/mol")
    return np.asarray(ratio * drug / surfactant)


def solubilisation_capacity_from_partition(solubility: ArrayLike, micelle_partition_coefficient: ArrayLike) -> Floats:
    """Drug that micelles take up in a saturated solution, from how it divides between micelles and water.

    Parameters
    ----------
    solubility : array_like, shape (draws,)
        S_w, solubility without surfactant [kg/m**3].
    micelle_partition_coefficient : array_like, shape (draws,)
        K, drug per surfactant in micelles over drug per water [m**3/kg]; 1e-3 m**3/kg is 1 L/kg.

    Returns
    -------
    ndarray, shape (draws,)
        kappa, drug per surfactant in micelles [kg/kg].

    Raises
    ------
    DomainError
        If the solubility is not positive or K is negative.

    Notes
    -----
    ``kappa = K S_w``, so that ``S = S_w (1 + K (C - CMC))``. K measured in dilute solution need not hold at
    saturation. A K per volume of micelles is K times the specific volume of the surfactant (about 0.9e-3 m**3/kg)
    here. Source: rangelyagui2005.

    Examples
    --------
    >>> float(solubilisation_capacity_from_partition(0.05, 0.2))
    0.01
    """
    water = require_positive("solubility", solubility, "kg/m**3")
    partition = require_not_negative("micelle_partition_coefficient", micelle_partition_coefficient, "m**3/kg")
    return np.asarray(partition * water)


def solubility_with_cosolvent(
    solubility: ArrayLike, cosolvent_volume_fraction: ArrayLike, solubilising_power: ArrayLike
) -> Floats:
    """Solubility of a drug in water mixed with a solvent.

    Parameters
    ----------
    solubility : array_like, shape (draws,)
        S_w, solubility in water [kg/m**3].
    cosolvent_volume_fraction : array_like, shape (draws,)
        f, volume of solvent per volume of the mixture before mixing [1].
    solubilising_power : array_like, shape (draws,)
        sigma, slope of log10 S against f for this drug and solvent [1].

    Returns
    -------
    ndarray, shape (draws,)
        S [kg/m**3].

    Raises
    ------
    DomainError
        If the solubility is not positive, f is not in 0..1, or sigma is not finite.

    Notes
    -----
    ``log10 S = log10 S_w + sigma f``. With ``sigma = log10(S_solvent/S_w)`` both ends are met; the truth between
    them bends about the line, often by a factor of 2 and sometimes of 10. For a solvent that mixes with water:
    the acetone left in a nanoprecipitation bath, not dichloromethane. Source: liyalkowsky1998.

    Examples
    --------
    A drug 1000 times as soluble in the solvent, at one third of it:

    >>> float(solubility_with_cosolvent(0.01, 1 / 3, 3.0))
    0.1
    """
    water = require_positive("solubility", solubility, "kg/m**3")
    share = require_fraction("cosolvent_volume_fraction", cosolvent_volume_fraction)
    power = np.asarray(solubilising_power, dtype=np.float64)
    require("solubilising_power", power, "", np.isfinite(power), "a finite number")
    return np.asarray(water * 10.0 ** (power * share))


def encapsulation_floor(drug_added: ArrayLike, solubility: ArrayLike, aqueous_volume: ArrayLike) -> Floats:
    """Least encapsulation efficiency that solubility in the outer water allows.

    Parameters
    ----------
    drug_added : array_like, shape (draws,)
        m, drug fed to the batch [kg].
    solubility : array_like, shape (draws,)
        S, solubility in the outer water as it is: its pH, surfactant and solvent [kg/m**3].
    aqueous_volume : array_like, shape (draws,)
        V, all water that the particles see, washes included [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Share of the drug fed that cannot be in solution in the water [1].

    Raises
    ------
    DomainError
        If mass or solubility is not positive, or the volume is negative.

    Notes
    -----
    ``EE >= 1 - S V/m``, and at least 0 where the water could hold all the drug. A floor, not a forecast: more
    drug stays in the polymer if it prefers it. Not a ceiling either: solubility in water gives none. Crystals and
    finest particles lost in the water, and water supersaturated while the solvent leaves, bring a measured EE
    below it. With the solubility of the uncharged drug in plain water it is far too high for drugs that are
    charged at the pH of the process or taken up by micelles. Source: mass balance.

    Examples
    --------
    10 mg of drug, 100 mL of water that dissolves 0.02 mg/mL:

    >>> float(encapsulation_floor(10e-6, 0.02, 100e-6))
    0.8
    """
    drug = require_positive("drug_added", drug_added, "kg")
    dissolved = require_positive("solubility", solubility, "kg/m**3")
    volume = require_not_negative("aqueous_volume", aqueous_volume, "m**3")
    return np.asarray(np.maximum(0.0, 1.0 - dissolved * volume / drug))


def partition_efficiency(partition_coefficient: ArrayLike, polymer_to_aqueous_volume: ArrayLike) -> Floats:
    """Encapsulation efficiency of a drug that divides between polymer and water, by polymer per water.

    Parameters
    ----------
    partition_coefficient : array_like, shape (draws,)
        K, concentration in the polymer over that in the water, all forms of the drug counted [1].
    polymer_to_aqueous_volume : array_like, shape (draws,)
        phi, volume of polymer per volume of water, not of the whole [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of the drug that is in the polymer [1].

    Raises
    ------
    DomainError
        If K or phi is negative.

    Notes
    -----
    ``EE = K phi/(1 + K phi)`` with ``phi = V_polymer/V_water``; for a share of the whole volume take
    `partition_efficiency_of_total`. At equilibrium and below saturation of both. K of a charged drug is that of
    its uncharged form times the uncharged share in the water. Source: mass balance.

    Examples
    --------
    >>> float(partition_efficiency(1000.0, 0.001))
    0.5
    """
    partition = require_not_negative("partition_coefficient", partition_coefficient, "")
    ratio = require_not_negative("polymer_to_aqueous_volume", polymer_to_aqueous_volume, "")
    return np.asarray(partition * ratio / (1.0 + partition * ratio))


def partition_efficiency_of_total(partition_coefficient: ArrayLike, polymer_volume_fraction: ArrayLike) -> Floats:
    """Encapsulation efficiency of a drug that divides between polymer and water, by polymer per whole.

    Parameters
    ----------
    partition_coefficient : array_like, shape (draws,)
        K, concentration in the polymer over that in the water, all forms of the drug counted [1].
    polymer_volume_fraction : array_like, shape (draws,)
        phi, volume of polymer per volume of polymer and water together, above 0 and below 1 [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of the drug that is in the polymer [1].

    Raises
    ------
    DomainError
        If K is negative, or phi is not above 0 and below 1.

    Notes
    -----
    ``EE = K phi/(1 - phi + K phi)`` with ``phi = V_polymer/(V_polymer + V_water)``; else as `partition_efficiency`.
    Source: mass balance.

    Examples
    --------
    A drug that does not care, K = 1, is where the volume is:

    >>> float(partition_efficiency_of_total(1.0, 0.2))
    0.2
    """
    partition = require_not_negative("partition_coefficient", partition_coefficient, "")
    share = require_fraction("polymer_volume_fraction", polymer_volume_fraction)
    require("polymer_volume_fraction", share, "", (share > 0.0) & (share < 1.0), "above 0 and below 1")
    return np.asarray(partition * share / (1.0 - share + partition * share))
