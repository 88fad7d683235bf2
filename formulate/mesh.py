"""A gel straight from what is measured on it: mesh size from its water, modulus from its chains."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive
from formulate.network import (
    mesh_size_from_composition,
    phantom_softening,
    volume_fraction_from_swelling,
    volume_fraction_from_water,
)
from formulate.swelling import GAS_CONSTANT, molar_mass_from_modulus

Floats: TypeAlias = NDArray[np.float64]

WATER_DENSITY = 1000.0  # kg/m3, as most tables of mesh sizes take it


@dataclass(frozen=True)
class Mesh:
    """How much of a gel is polymer, and how wide its meshes are.

    Attributes
    ----------
    polymer_volume_fraction : ndarray, shape (draws,)
        v_2s, polymer per volume of swollen gel [1].
    mesh_size : ndarray, shape (draws,)
        xi, end-to-end distance of a chain between crosslinks [m].
    """

    polymer_volume_fraction: Floats
    mesh_size: Floats


def mesh_from_water(
    water_content: ArrayLike,
    polymer_density: ArrayLike,
    molar_mass_between_crosslinks: ArrayLike,
    repeat_unit_mass: ArrayLike,
    characteristic_ratio: ArrayLike,
    bond_length: ArrayLike,
    bonds_per_repeat: ArrayLike = 2.0,
    water_density: ArrayLike = WATER_DENSITY,
) -> Mesh:
    """Mesh size of a swollen gel from its water content and the length of its chains.

    Parameters
    ----------
    water_content : array_like, shape (draws,)
        Water per mass of swollen gel [kg/kg].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer [kg/m**3].
    molar_mass_between_crosslinks : array_like, shape (draws,)
        M_c [kg/mol].
    repeat_unit_mass : array_like, shape (draws,)
        M_r, molar mass of one repeat unit, 44 g/mol of PEG [kg/mol].
    characteristic_ratio : array_like, shape (draws,)
        C_n, 4 of PEG [1].
    bond_length : array_like, shape (draws,)
        l, mean backbone bond, 0.146 nm of PEG [m].
    bonds_per_repeat : array_like, shape (draws,), optional
        Backbone bonds in one repeat unit; 2 if not given, as most PEG tables use, though PEG has 3 [1].
    water_density : array_like, shape (draws,), optional
        Density of the liquid in the gel; 1 g/cm**3 if not given [kg/m**3].

    Returns
    -------
    Mesh
        Volume fraction of polymer and mesh size.

    Raises
    ------
    DomainError
        If the water content is not from 0 to below 1, or another value not positive.

    Notes
    -----
    ``v_2s = ((1 - w)/rho_p)/((1 - w)/rho_p + w/rho_w)`` and ``xi = v_2s**(-1/3) sqrt(C_n b M_c/M_r) l`` with b bonds
    per repeat; 3 bonds give 22 % more than 2. Range and what is left out as for
    `formulate.network.mesh_size_from_composition`. Source: canal1989.

    Examples
    --------
    A PEG diacrylate gel (3.4 kg/mol, 10 %) of 91 % water, in nm (published: 3.87):

    >>> found = mesh_from_water(0.91, 1120.0, 0.701, 0.044, 4.0, 0.146e-9)
    >>> float(found.polymer_volume_fraction), float(found.mesh_size) * 1e9
    (0.0811, 3.807)
    """
    fraction = volume_fraction_from_water(water_content, polymer_density, water_density)
    require("water_content", np.asarray(water_content), "kg/kg", fraction > 0.0, "< 1", "water alone is no gel")
    size = mesh_size_from_composition(
        fraction, molar_mass_between_crosslinks, repeat_unit_mass, characteristic_ratio, bond_length, bonds_per_repeat
    )
    return Mesh(fraction, size)


def mesh_from_swelling(
    mass_swelling_ratio: ArrayLike,
    polymer_density: ArrayLike,
    molar_mass_between_crosslinks: ArrayLike,
    repeat_unit_mass: ArrayLike,
    characteristic_ratio: ArrayLike,
    bond_length: ArrayLike,
    bonds_per_repeat: ArrayLike = 2.0,
    water_density: ArrayLike = WATER_DENSITY,
) -> Mesh:
    """Mesh size of a swollen gel from how much heavier it is than dry, and the length of its chains.

    Parameters
    ----------
    mass_swelling_ratio : array_like, shape (draws,)
        Q, mass of the swollen gel over that of its dry polymer, at least 1 [kg/kg].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer [kg/m**3].
    molar_mass_between_crosslinks : array_like, shape (draws,)
        M_c [kg/mol].
    repeat_unit_mass : array_like, shape (draws,)
        M_r, molar mass of one repeat unit, 44 g/mol of PEG [kg/mol].
    characteristic_ratio : array_like, shape (draws,)
        C_n, 4 of PEG [1].
    bond_length : array_like, shape (draws,)
        l, mean backbone bond, 0.146 nm of PEG [m].
    bonds_per_repeat : array_like, shape (draws,), optional
        Backbone bonds in one repeat unit; 2 if not given, as most PEG tables use, though PEG has 3 [1].
    water_density : array_like, shape (draws,), optional
        Density of the liquid in the gel; 1 g/cm**3 if not given [kg/m**3].

    Returns
    -------
    Mesh
        Volume fraction of polymer and mesh size.

    Raises
    ------
    DomainError
        If the swelling ratio is below 1 or not finite, or another value not positive.

    Notes
    -----
    ``v_2s = (1/rho_p)/(1/rho_p + (Q - 1)/rho_w)`` and ``xi = v_2s**(-1/3) sqrt(C_n b M_c/M_r) l`` with b bonds per
    repeat. Range and what is left out as for `formulate.network.mesh_size_from_composition`. Source: canal1989.

    Examples
    --------
    The same gel as one of 1/0.09 times its dry mass, in nm:

    >>> float(mesh_from_swelling(1 / 0.09, 1120.0, 0.701, 0.044, 4.0, 0.146e-9).mesh_size) * 1e9
    3.807
    """
    fraction = volume_fraction_from_swelling(mass_swelling_ratio, polymer_density, water_density)
    size = mesh_size_from_composition(
        fraction, molar_mass_between_crosslinks, repeat_unit_mass, characteristic_ratio, bond_length, bonds_per_repeat
    )
    return Mesh(fraction, size)


@dataclass(frozen=True)
class ElasticNetwork:
    """Stiffness of a network and the chains that carry it.

    Attributes
    ----------
    storage_modulus : ndarray, shape (draws,)
        G', plateau storage modulus of the gel as it is [Pa].
    crosslink_density : ndarray, shape (draws,)
        rho/M_c, chains between crosslinks per volume of dry polymer, ends not taken off [mol/m**3].
    elastic_chains : ndarray, shape (draws,)
        n, chains per volume of gel that carry it, G'/(R T), of a phantom network G'/((1 - 2/f) R T) [mol/m**3].
    """

    storage_modulus: Floats
    crosslink_density: Floats
    elastic_chains: Floats


def modulus_from_chain(
    molar_mass_between_crosslinks: ArrayLike,
    temperature: ArrayLike,
    swollen_volume_fraction: ArrayLike,
    polymer_density: ArrayLike,
    relaxed_volume_fraction: ArrayLike | None = None,
    primary_molar_mass: ArrayLike | None = None,
    functionality: ArrayLike | None = None,
) -> ElasticNetwork:
    """Storage modulus of a gel from the molar mass of its chains between crosslinks.

    Parameters
    ----------
    molar_mass_between_crosslinks : array_like, shape (draws,)
        M_c [kg/mol].
    temperature : array_like, shape (draws,)
        T [K].
    swollen_volume_fraction : array_like, shape (draws,)
        v_2s, polymer per volume of gel as it is, above 0 to 1 [1].
    polymer_density : array_like, shape (draws,)
        rho, density of the dry polymer [kg/m**3].
    relaxed_volume_fraction : array_like, shape (draws,), optional
        v_2r, polymer per volume of gel as it was crosslinked; v_2s if not given, measured as made [1].
    primary_molar_mass : array_like, shape (draws,), optional
        M_n, of the chains before they were crosslinked; if not given, so long that their ends do not count [kg/mol].
    functionality : array_like, shape (draws,), optional
        f, chains that meet in a junction of a phantom network, above 2; affine network if not given [1].

    Returns
    -------
    ElasticNetwork
        Modulus, crosslink density and elastic chains.

    Raises
    ------
    DomainError
        If M_c is not below half of M_n, a volume fraction not above 0 to 1, another value not positive, or the
        functionality not above 2.

    Notes
    -----
    ``G' = rho R T (1/M_c - 2/M_n) v_2s**(1/3) v_2r**(2/3)``, for a phantom network times 1 - 2/f: the inverse of
    `formulate.swelling.molar_mass_from_modulus`. Small strain, Gaussian chains, no entanglements.
    Source: treloar1975, richbourg2020.

    Examples
    --------
    A gel of 10 % polymer as made, 24.79 kg/mol at 25 degC, is 10 kPa:

    >>> found = modulus_from_chain(24.79, 298.15, 0.1, 1000.0)
    >>> float(found.storage_modulus), float(found.crosslink_density), float(found.elastic_chains)
    (9999.8, 40.34, 4.034)
    """
    chain = require_positive("molar_mass_between_crosslinks", molar_mass_between_crosslinks, "kg/mol")
    ends = np.zeros(())
    if primary_molar_mass is not None:
        ends = 2.0 / require_positive("primary_molar_mass", primary_molar_mass, "kg/mol")
    hint = "each chain needs two crosslinks to carry the gel"
    require("molar_mass_between_crosslinks", chain, "kg/mol", 1.0 / chain > ends, "< primary_molar_mass/2", hint)
    # the modulus grows in proportion to the chains, so that of one chain per pascal gives all others
    at_one_pascal = molar_mass_from_modulus(
        1.0, temperature, swollen_volume_fraction, polymer_density, relaxed_volume_fraction, None, functionality
    )
    modulus = np.asarray((1.0 / chain - ends) * at_one_pascal)
    density = np.asarray(polymer_density, dtype=np.float64)
    softening = 1.0 if functionality is None else phantom_softening(functionality)
    return ElasticNetwork(
        storage_modulus=modulus,
        crosslink_density=np.asarray(density / chain),
        elastic_chains=np.asarray(modulus / (softening * GAS_CONSTANT * np.asarray(temperature, dtype=np.float64))),
    )
