"""The polymer network of a hydrogel: how much of the gel is polymer, and how wide its meshes are.

Volume fractions are of polymer per volume of gel. Two theories of elasticity are in use: in an affine network the
junctions move with the gel, in a phantom network they move about, which softens it by 1 - 2/f, f chains to a
junction.
"""

from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.composition import volume_fraction
from formulate.domain import require, require_fraction, require_positive

Floats: TypeAlias = NDArray[np.float64]

BOLTZMANN = 1.380649e-23  # J/K, exact since 2019


def volume_fraction_from_swelling(
    mass_swelling_ratio: ArrayLike, polymer_density: ArrayLike, water_density: ArrayLike
) -> Floats:
    """Volume fraction of polymer in a swollen gel from how much heavier it is than dry.

    Parameters
    ----------
    mass_swelling_ratio : array_like, shape (draws,)
        Q, mass of the swollen gel over that of its dry polymer, at least 1 [kg/kg].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer [kg/m**3].
    water_density : array_like, shape (draws,)
        Density of the liquid in the gel [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Volume fraction of polymer [1].

    Raises
    ------
    DomainError
        If the swelling ratio is below 1 or not finite, or a density not positive.

    Notes
    -----
    ``phi = (1/rho_p)/(1/rho_p + (Q - 1)/rho_w)``; volumes add, and salt left in the dry gel counts as polymer.
    The other swelling ratio, swollen over as made, is not meant. Source: mass balance.

    Examples
    --------
    Ten times its dry mass, of a polymer of the density of water:

    >>> float(volume_fraction_from_swelling(10.0, 1000.0, 1000.0))
    0.1
    """
    ratio = require_positive("mass_swelling_ratio", mass_swelling_ratio, "kg/kg")
    require("mass_swelling_ratio", ratio, "kg/kg", ratio >= 1.0, ">= 1", "swollen mass over dry mass")
    return volume_fraction(1.0 / ratio, polymer_density, water_density)


def volume_fraction_from_water(
    water_content: ArrayLike, polymer_density: ArrayLike, water_density: ArrayLike
) -> Floats:
    """Volume fraction of polymer in a swollen gel from its water content.

    Parameters
    ----------
    water_content : array_like, shape (draws,)
        Water per mass of swollen gel [kg/kg].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer [kg/m**3].
    water_density : array_like, shape (draws,)
        Density of the liquid in the gel [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Volume fraction of polymer [1].

    Raises
    ------
    DomainError
        If the water content is not from 0 to 1, or a density not positive.

    Notes
    -----
    ``phi = (1 - w)/rho_p/((1 - w)/rho_p + w/rho_w)`` with w the water content; volumes add. Source: mass balance.

    Examples
    --------
    A gel of 91 % water:

    >>> float(volume_fraction_from_water(0.91, 1120.0, 1000.0))
    0.0811
    """
    water = require_fraction("water_content", water_content)
    return volume_fraction(1.0 - water, polymer_density, water_density)


def phantom_softening(functionality: ArrayLike) -> Floats:
    """Modulus of a phantom network over that of an affine network of the same chains.

    Parameters
    ----------
    functionality : array_like, shape (draws,)
        f, chains that meet in a junction, above 2 [1].

    Returns
    -------
    ndarray, shape (draws,)
        Ratio of the moduli [1].

    Raises
    ------
    DomainError
        If the functionality is not above 2.

    Notes
    -----
    ``1 - 2/f``: a half at four chains, near 1 where many chains leave one junction. Real gels lie between.
    Source: treloar1975, richbourg2020.

    Examples
    --------
    >>> phantom_softening([3.0, 4.0, 8.0])
    array([0.3333, 0.5   , 0.75  ])
    """
    chains = require_positive("functionality", functionality, "")
    require("functionality", chains, "", chains > 2.0, "> 2", "where two chains meet, they are one")
    return np.asarray(1.0 - 2.0 / chains, dtype=np.float64)


def mesh_size_from_modulus(
    storage_modulus: ArrayLike,
    temperature: ArrayLike,
    cell: Literal["sphere", "cube"] = "cube",
    functionality: ArrayLike | None = None,
) -> Floats:
    """Mesh size of a network from its storage modulus.

    Parameters
    ----------
    storage_modulus : array_like, shape (draws,)
        G', plateau storage modulus [Pa].
    temperature : array_like, shape (draws,)
        T at which G' was measured [K].
    cell : {"sphere", "cube"}, optional
        Shape of the volume that holds one elastic chain; a cube if not given, as most papers print it.
    functionality : array_like, shape (draws,), optional
        f, chains that meet in a junction of a phantom network, above 2; affine network if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        xi, diameter of the sphere, or edge of the cube, that holds one elastic chain [m].

    Raises
    ------
    DomainError
        If a modulus or temperature is not positive, or the functionality not above 2.

    Notes
    -----
    Affine: ``G' = n k_B T`` with n chains per volume; phantom: ``G' = (1 - 2/f) n k_B T``. Sphere:
    ``xi = (6/(pi n))**(1/3)``; cube: ``xi = n**(-1/3)``, 1.24 times smaller. Flexible chains; entangled or
    physical links count as chains; loose ends and loops do not. Source: treloar1975.

    Examples
    --------
    A gel of 1 kPa, in nm:

    >>> mesh_size_from_modulus(1000.0, 310.15).item() * 1e9
    16.24
    >>> mesh_size_from_modulus(1000.0, 310.15, "sphere").item() * 1e9
    20.15
    """
    modulus = require_positive("storage_modulus", storage_modulus, "Pa")
    temperature = require_positive("temperature", temperature, "K")
    softening = 1.0 if functionality is None else phantom_softening(functionality)
    chains = modulus / (softening * BOLTZMANN * temperature)  # per volume
    match cell:
        case "sphere":
            return np.asarray(np.cbrt(6.0 / (np.pi * chains)), dtype=np.float64)
        case "cube":
            return np.asarray(np.cbrt(1.0 / chains), dtype=np.float64)
        case _:
            assert_never(cell)


def mesh_size_from_composition(
    polymer_volume_fraction: ArrayLike,
    molar_mass_between_crosslinks: ArrayLike,
    repeat_unit_mass: ArrayLike,
    characteristic_ratio: ArrayLike,
    bond_length: ArrayLike,
    bonds_per_repeat: ArrayLike = 2.0,
) -> Floats:
    """Mesh size of a swollen network from the length of its chains.

    Parameters
    ----------
    polymer_volume_fraction : array_like, shape (draws,)
        phi, polymer per volume of swollen gel, above 0 to 1 [1].
    molar_mass_between_crosslinks : array_like, shape (draws,)
        M_c [kg/mol].
    repeat_unit_mass : array_like, shape (draws,)
        M_r, molar mass of one repeat unit [kg/mol].
    characteristic_ratio : array_like, shape (draws,)
        C_n [1].
    bond_length : array_like, shape (draws,)
        l, mean backbone bond [m].
    bonds_per_repeat : array_like, shape (draws,), optional
        Backbone bonds in one repeat unit; 2 if not given, as of a vinyl polymer [1].

    Returns
    -------
    ndarray, shape (draws,)
        xi, end-to-end distance of a chain between crosslinks [m].

    Raises
    ------
    DomainError
        If a value is not positive, or the volume fraction above 1.

    Notes
    -----
    ``xi = phi**(-1/3) sqrt(C_n b M_c/M_r) l`` with b bonds per repeat. PEG has 3, but most published PEG tables
    use 2, which gives 18 % less: say which. A sugar ring or a peptide residue counts as one virtual bond, with
    its own l and C_n. Chains of many bonds, at rest as dry polymer and stretched in proportion to the gel, which
    is too far for a gel made in much water. Source: canal1989.

    Examples
    --------
    PEG diacrylate of 3.4 kg/mol, in nm, with 2 bonds and with 3:

    >>> mesh_size_from_composition(0.081, 0.701, 0.044, 4.0, 0.146e-9).item() * 1e9
    3.81
    >>> mesh_size_from_composition(0.081, 0.701, 0.044, 4.0, 0.146e-9, 3.0).item() * 1e9
    4.66
    """
    fraction = require_positive("polymer_volume_fraction", polymer_volume_fraction, "")
    require_fraction("polymer_volume_fraction", fraction)
    chain = require_positive("molar_mass_between_crosslinks", molar_mass_between_crosslinks, "kg/mol")
    repeat = require_positive("repeat_unit_mass", repeat_unit_mass, "kg/mol")
    stiffness = require_positive("characteristic_ratio", characteristic_ratio, "")
    bond = require_positive("bond_length", bond_length, "m")
    bonds = require_positive("bonds_per_repeat", bonds_per_repeat, "")
    return np.asarray(np.sqrt(stiffness * bonds * chain / repeat) * bond / np.cbrt(fraction), dtype=np.float64)


def mesh_size_from_junctions(
    polymer_volume_fraction: ArrayLike,
    functionality: ArrayLike,
    repeats_between_junctions: ArrayLike,
    bonds_per_repeat: ArrayLike,
    characteristic_ratio: ArrayLike,
    bond_length: ArrayLike,
) -> Floats:
    """Mesh size of a swollen phantom network from how it was made.

    Parameters
    ----------
    polymer_volume_fraction : array_like, shape (draws,)
        phi, polymer per volume of swollen gel, above 0 to 1 [1].
    functionality : array_like, shape (draws,)
        f, chains that meet in a junction, above 2 [1].
    repeats_between_junctions : array_like, shape (draws,)
        N_j, repeat units of a chain from junction to junction [1].
    bonds_per_repeat : array_like, shape (draws,)
        Backbone bonds in one repeat unit: 2 of a vinyl polymer, 3 of PEG [1].
    characteristic_ratio : array_like, shape (draws,)
        C_inf, of a long chain [1].
    bond_length : array_like, shape (draws,)
        l, mean backbone bond [m].

    Returns
    -------
    ndarray, shape (draws,)
        xi, distance between neighbouring junctions [m].

    Raises
    ------
    DomainError
        If a value is not positive, the volume fraction above 1, or the functionality not above 2.

    Notes
    -----
    ``xi = phi**(-1/3) sqrt((1 - 2/f) C_inf b N_j) l`` with b bonds per repeat. The junctions of a phantom network
    move about, so it is the form of Canal and Peppas with M_c = N_j M_r and the factor sqrt(1 - 2/f), which ends
    at 1 for many chains per junction. Ideal network: no loops, no loose ends. Source: richbourg2020.

    Examples
    --------
    Four-armed PEG, 50 repeat units from junction to junction, in nm:

    >>> mesh_size_from_junctions(0.05, 4.0, 50.0, 3.0, 4.0, 0.146e-9).item() * 1e9
    6.864
    """
    softening = phantom_softening(functionality)
    repeats = require_positive("repeats_between_junctions", repeats_between_junctions, "")
    ideal = mesh_size_from_composition(
        polymer_volume_fraction, repeats, 1.0, characteristic_ratio, bond_length, bonds_per_repeat
    )
    return np.asarray(np.sqrt(softening) * ideal, dtype=np.float64)
