"""Polymer micelles: their number, the volume of their cores, and the drug that cores hold.

Copolymer up to the critical micelle concentration (CMC) is dissolved as single chains, the rest forms micelles. Drug
is shared between cores and water at equilibrium; shells count with the water. Concentrations are per volume of the
whole, cores included.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.loading.particles import AVOGADRO

Floats: TypeAlias = NDArray[np.float64]


def partition_by_volume(partition_by_mass: ArrayLike, core_density: ArrayLike) -> Floats:
    """Partition coefficient between core and water by volume, from one by mass of core.

    Parameters
    ----------
    partition_by_mass : array_like, shape (draws,)
        Drug per mass of core over drug per volume of water; 1 m**3/kg is 1000 L/kg [m**3/kg].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per volume of core over drug per volume of water [1].

    Raises
    ------
    DomainError
        If the coefficient is negative or the density is not positive.

    Notes
    -----
    ``K_v = K_m rho``. 1 L/kg is 1 mL/g, which is K_v = 1.2 for a core of 1.2 g/cm**3.

    Examples
    --------
    1000 mL/g:

    >>> float(partition_by_volume(1.0, 1200.0))
    1200.0
    """
    by_mass = require_not_negative("partition_by_mass", partition_by_mass, "m**3/kg")
    return np.asarray(by_mass * require_positive("core_density", core_density, "kg/m**3"))


def micellised_concentration(copolymer_concentration: ArrayLike, critical_micelle_concentration: ArrayLike) -> Floats:
    """Copolymer in micelles per volume.

    Parameters
    ----------
    copolymer_concentration : array_like, shape (draws,)
        All copolymer per volume [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws,)
        CMC, single chains that are left beside micelles [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Copolymer in micelles, zero at and below the CMC [kg/m**3].

    Raises
    ------
    DomainError
        If a concentration is negative.

    Notes
    -----
    ``max(0, C - CMC)``: micelles as a phase of their own. A CMC that is a broad range, as of a mixed copolymer, makes
    the onset gradual.

    Examples
    --------
    >>> micellised_concentration([0.02, 10.0], 0.03)
    array([0.  , 9.97])
    """
    polymer = require_not_negative("copolymer_concentration", copolymer_concentration, "kg/m**3")
    critical = require_not_negative("critical_micelle_concentration", critical_micelle_concentration, "kg/m**3")
    return np.asarray(np.maximum(0.0, polymer - critical))


def micelle_number(
    copolymer_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    copolymer_molar_mass: ArrayLike,
    aggregation_number: ArrayLike,
) -> Floats:
    """Micelles per volume.

    Parameters
    ----------
    copolymer_concentration : array_like, shape (draws,)
        All copolymer per volume [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws,)
        CMC [kg/m**3].
    copolymer_molar_mass : array_like, shape (draws,)
        Molar mass of the copolymer [kg/mol].
    aggregation_number : array_like, shape (draws,)
        Chains per micelle [1].

    Returns
    -------
    ndarray, shape (draws,)
        Micelles per volume [1/m**3].

    Raises
    ------
    DomainError
        If a concentration is negative, the molar mass is not positive, or the aggregation number is below 1.

    Notes
    -----
    ``(C - CMC) N_A/(M n)``, zero below the CMC.

    Examples
    --------
    10 mg/mL of 4 kDa, 100 chains each, per mL:

    >>> float(micelle_number(10.0, 0.03, 4.0, 100.0)) * 1e-6
    1.501e16
    """
    held = micellised_concentration(copolymer_concentration, critical_micelle_concentration)
    molar = require_positive("copolymer_molar_mass", copolymer_molar_mass, "kg/mol")
    chains = require_positive("aggregation_number", aggregation_number, "")
    require("aggregation_number", chains, "", chains >= 1.0, ">= 1", "chains per micelle")
    return np.asarray(held * AVOGADRO / (molar * chains))


def drug_per_micelle(drug_in_cores: ArrayLike, drug_molar_mass: ArrayLike, micelle_number: ArrayLike) -> Floats:
    """Drug molecules per micelle.

    Parameters
    ----------
    drug_in_cores : array_like, shape (draws,)
        Drug in cores per volume of the whole [kg/m**3].
    drug_molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].
    micelle_number : array_like, shape (draws,)
        Micelles per volume of the whole [1/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Molecules per micelle [1].

    Raises
    ------
    DomainError
        If the drug is negative, or molar mass or number of micelles is not positive.

    Notes
    -----
    ``c N_A/(M n)``.

    Examples
    --------
    1 mg/mL of 500 g/mol in 1.5e16 micelles per mL:

    >>> float(drug_per_micelle(1.0, 0.5, 1.5e22))
    80.3
    """
    drug = require_not_negative("drug_in_cores", drug_in_cores, "kg/m**3")
    molar = require_positive("drug_molar_mass", drug_molar_mass, "kg/mol")
    number = require_positive("micelle_number", micelle_number, "1/m**3")
    return np.asarray(drug * AVOGADRO / (molar * number))


def core_to_water(
    copolymer_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    core_mass_share: ArrayLike,
    core_density: ArrayLike,
) -> Floats:
    """Volume of cores per volume of water.

    Parameters
    ----------
    copolymer_concentration : array_like, shape (draws,)
        All copolymer per volume of the whole [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws,)
        CMC [kg/m**3].
    core_mass_share : array_like, shape (draws,)
        Core-forming block per copolymer [kg/kg].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Cores per water, zero at and below the CMC [1].

    Raises
    ------
    DomainError
        If a concentration is negative, the share is not in 0..1, the density is not positive, or the cores would take
        the whole volume.

    Notes
    -----
    ``v/(1 - v)`` with ``v = (C - CMC) w/rho``. The drug in the cores adds nothing to v: right up to some 10 % of
    drug in them.

    Examples
    --------
    >>> float(core_to_water(10.03, 0.03, 0.5, 1200.0))
    0.004184
    """
    held = micellised_concentration(copolymer_concentration, critical_micelle_concentration)
    share = require_fraction("core_mass_share", core_mass_share)
    volume = held * share / require_positive("core_density", core_density, "kg/m**3")
    require("copolymer_concentration", held, "kg/m**3", volume < 1.0, "cores that leave room for water")
    return np.asarray(volume / (1.0 - volume))


def share_in_cores(partition_coefficient: ArrayLike, core_to_water: ArrayLike) -> Floats:
    """Share of dissolved drug that is in the cores at equilibrium: the encapsulation efficiency by partition.

    Parameters
    ----------
    partition_coefficient : array_like, shape (draws,)
        Drug per volume of core over drug per volume of water [1].
    core_to_water : array_like, shape (draws,)
        Volume of cores per volume of water, not of the whole [1].

    Returns
    -------
    ndarray, shape (draws,)
        Share of the drug in cores [1].

    Raises
    ------
    DomainError
        If an argument is negative.

    Notes
    -----
    ``K phi/(1 + K phi)``, phi cores per water. With v cores per whole volume it is ``K v/(1 - v + K v)``. For one
    coefficient at all loadings, and drug below the solubility: see `formulate.loading.micelle_balance` for the rest.

    Examples
    --------
    >>> share_in_cores(1000.0, [0.0, 0.001, 0.009])
    array([0. , 0.5, 0.9])
    """
    partition = require_not_negative("partition_coefficient", partition_coefficient, "")
    ratio = partition * require_not_negative("core_to_water", core_to_water, "")
    return np.asarray(ratio / (1.0 + ratio))


def solubilisation_capacity(
    solubility: ArrayLike, partition_coefficient: ArrayLike, core_mass_share: ArrayLike, core_density: ArrayLike
) -> Floats:
    """Largest mass of drug that a mass of micelles takes up.

    Parameters
    ----------
    solubility : array_like, shape (draws,)
        Solubility of the drug in the water around the micelles [kg/m**3].
    partition_coefficient : array_like, shape (draws,)
        Drug per volume of core over drug per volume of water [1].
    core_mass_share : array_like, shape (draws,)
        Core-forming block per copolymer [kg/kg].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per copolymer in micelles [kg/kg].

    Raises
    ------
    DomainError
        If solubility or partition coefficient is negative, the share is not in 0..1, or the density is not positive.

    Notes
    -----
    ``S K w/rho``: water saturated with the drug, and cores in balance with it. Kinetically trapped drug, as after
    fast removal of solvent, can exceed it and crystallises with time.

    Examples
    --------
    10 ug/mL, K = 10000, half core of 1.2 g/cm**3:

    >>> float(solubilisation_capacity(0.01, 1e4, 0.5, 1200.0))
    0.0417
    """
    dissolved = require_not_negative("solubility", solubility, "kg/m**3")
    partition = require_not_negative("partition_coefficient", partition_coefficient, "")
    share = require_fraction("core_mass_share", core_mass_share)
    return np.asarray(dissolved * partition * share / require_positive("core_density", core_density, "kg/m**3"))


def core_loading(drug_in_core: ArrayLike, core_mass_share: ArrayLike) -> Floats:
    """Drug loading of micelles from the share of drug in their cores.

    Parameters
    ----------
    drug_in_core : array_like, shape (draws,)
        Drug per loaded core, drug and core-forming block [kg/kg].
    core_mass_share : array_like, shape (draws,)
        Core-forming block per copolymer [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per loaded micelle, drug and whole copolymer [kg/kg].

    Raises
    ------
    DomainError
        If an argument is not in 0..1, or the core is drug alone.

    Notes
    -----
    ``DC = w x/(1 - x)`` per copolymer, and ``DL = DC/(1 + DC)``.

    Examples
    --------
    >>> float(core_loading(0.2, 0.5))
    0.1111
    """
    inside = require_fraction("drug_in_core", drug_in_core)
    require("drug_in_core", inside, "kg/kg", inside < 1.0, "< 1", "a core of drug alone has no copolymer")
    drug = require_fraction("core_mass_share", core_mass_share) * inside
    return np.asarray(drug / (1.0 - inside + drug))
