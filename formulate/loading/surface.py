"""The surface of particles: ligands and grafted chains, how many, how dense, how many of use.

A density is per outer surface of smooth spheres. Grafted or adsorbed mass is per mass of bare particles.
"""

from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_fraction, require_not_negative, require_positive
from formulate.loading.particles import AVOGADRO, Distribution, particles_per_mass, surface_area_per_mass

Floats: TypeAlias = NDArray[np.float64]
Packing: TypeAlias = Literal["square", "hexagonal"]


def grafting_density(
    grafted_mass: ArrayLike,
    molar_mass: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Chains or ligands per surface, from their mass on a mass of particles.

    Parameters
    ----------
    grafted_mass : array_like, shape (draws,)
        Chains or ligands on the surface per bare particle mass [kg/kg].
    molar_mass : array_like, shape (draws,)
        Molar mass of a chain or ligand [kg/mol].
    diameter : array_like, shape (draws,)
        Number mean of the diameter of the bare particle [m].
    density : array_like, shape (draws,)
        Mass per volume of the bare particle [kg/m**3].
    coefficient_of_variation : array_like, shape (draws,), optional
        CV of the number distribution [1].
    distribution : {"normal", "lognormal"}, optional
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Chains or ligands per surface [1/m**2].

    Raises
    ------
    DomainError
        If the grafted mass is negative, or as for `surface_area_per_mass`.

    Notes
    -----
    ``w N_A/(M A)`` with A the surface per mass, ``6/(rho d)`` for one size. All of the mass is on the surface:
    chains buried in the particle are counted too, unless the assay leaves them out.

    Examples
    --------
    10 % of PEG 5 kDa on 100 nm particles of 1.2 g/cm**3, 50 m**2 per gram:

    >>> float(grafting_density(0.1, 5.0, 100e-9, 1200.0)) * 1e-18
    0.241
    """
    grafted = require_not_negative("grafted_mass", grafted_mass, "kg/kg")
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    surface = surface_area_per_mass(diameter, density, coefficient_of_variation, distribution)
    return np.asarray(grafted * AVOGADRO / (molar * surface))


def ligands_per_particle(
    grafted_mass: ArrayLike,
    molar_mass: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Ligands or chains on a particle, mean over the particles.

    Parameters
    ----------
    grafted_mass : array_like, shape (draws,)
        Chains or ligands on the surface per bare particle mass [kg/kg].
    molar_mass : array_like, shape (draws,)
        Molar mass of a chain or ligand [kg/mol].
    diameter : array_like, shape (draws,)
        Number mean of the diameter of the bare particle [m].
    density : array_like, shape (draws,)
        Mass per volume of the bare particle [kg/m**3].
    coefficient_of_variation : array_like, shape (draws,), optional
        CV of the number distribution [1].
    distribution : {"normal", "lognormal"}, optional
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Ligands per particle [1].

    Raises
    ------
    DomainError
        If the grafted mass is negative, the molar mass is not positive, or as for `particles_per_mass`.

    Notes
    -----
    ``w N_A/(M N)`` with N particles per mass, ``6/(pi rho <d^3>)``.

    Examples
    --------
    0.241 per nm**2 over 31416 nm**2:

    >>> float(ligands_per_particle(0.1, 5.0, 100e-9, 1200.0))
    7567.6
    """
    grafted = require_not_negative("grafted_mass", grafted_mass, "kg/kg")
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    number = particles_per_mass(diameter, density, coefficient_of_variation, distribution)
    return np.asarray(grafted * AVOGADRO / (molar * number))


def surface_density(number_per_particle: ArrayLike, diameter: ArrayLike) -> Floats:
    """Ligands or chains per surface, from their number on a particle.

    Parameters
    ----------
    number_per_particle : array_like, shape (draws,)
        Ligands or chains on a particle [1].
    diameter : array_like, shape (draws,)
        Diameter of the particle [m].

    Returns
    -------
    ndarray, shape (draws,)
        Ligands or chains per surface [1/m**2].

    Raises
    ------
    DomainError
        If the number is negative or the diameter is not positive.

    Notes
    -----
    ``n/(pi d^2)``.

    Examples
    --------
    >>> float(surface_density(31415.93, 100e-9)) * 1e-18
    1.0
    """
    number = require_not_negative("number_per_particle", number_per_particle, "")
    size = require_positive("diameter", diameter, "m")
    return np.asarray(number / (np.pi * size**2))


def ligand_spacing(surface_density: ArrayLike, packing: Packing = "square") -> Floats:
    """Distance between neighbouring ligands or anchor points.

    Parameters
    ----------
    surface_density : array_like, shape (draws,)
        Ligands or chains per surface [1/m**2].
    packing : {"square", "hexagonal"}, optional
        Lattice they are thought to sit on.

    Returns
    -------
    ndarray, shape (draws,)
        Distance from centre to centre [m].

    Raises
    ------
    DomainError
        If the density is not positive.

    Notes
    -----
    Square: ``1/sqrt(s)``. Hexagonal: ``sqrt(2/(sqrt(3) s))``, 7.5 % more.

    Examples
    --------
    >>> float(ligand_spacing(0.25e18)) * 1e9, float(ligand_spacing(0.25e18, "hexagonal")) * 1e9
    (2.0, 2.149)
    """
    density = require_positive("surface_density", surface_density, "1/m**2")
    match packing:
        case "square":
            return np.asarray(1.0 / np.sqrt(density))
        case "hexagonal":
            return np.asarray(np.sqrt(2.0 / (np.sqrt(3.0) * density)))
        case _:
            assert_never(packing)


def largest_ligand_number(diameter: ArrayLike, footprint_area: ArrayLike, packed_share: ArrayLike = 1.0) -> Floats:
    """Ligands that find room on a particle.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Diameter of the particle, at the height where the ligands sit [m].
    footprint_area : array_like, shape (draws,)
        Surface a ligand takes [m**2].
    packed_share : array_like, shape (draws,), optional
        Share of the surface that footprints can cover: 0.907 for discs in hexagonal order, 0.547 for discs that
        stick where they land [1].

    Returns
    -------
    ndarray, shape (draws,)
        Largest number of ligands per particle [1].

    Raises
    ------
    DomainError
        If the diameter or the footprint is not positive, or the share is not in 0..1.

    Notes
    -----
    ``pi d^2 share/a``. For ligands much smaller than the particle.

    Examples
    --------
    100 nm, antibodies of 100 nm**2:

    >>> float(largest_ligand_number(100e-9, 100e-18, 0.547))
    171.8
    """
    size = require_positive("diameter", diameter, "m")
    footprint = require_positive("footprint_area", footprint_area, "m**2")
    return np.asarray(np.pi * size**2 * require_fraction("packed_share", packed_share) / footprint)


def usable_ligands(number_per_particle: ArrayLike, usable_share: ArrayLike) -> Floats:
    """Ligands on a particle that a target can reach and bind.

    Parameters
    ----------
    number_per_particle : array_like, shape (draws,)
        Ligands on a particle, from what was put on [1].
    usable_share : array_like, shape (draws,)
        Share of them that binds, as measured [1].

    Returns
    -------
    ndarray, shape (draws,)
        Usable ligands per particle [1].

    Raises
    ------
    DomainError
        If the number is negative or the share is not in 0..1.

    Notes
    -----
    ``n x share``. The share is not near 1: counted by single-molecule microscopy, 2 to 8 % of the ligands of
    PLGA-PEG particles were reachable on PEG 5 kDa and 5 to 21 % on PEG 1 kDa (Andrian and others 2021,
    Nanoscale Advances).

    Examples
    --------
    >>> float(usable_ligands(400.0, 0.05))
    20.0
    """
    number = require_not_negative("number_per_particle", number_per_particle, "")
    return np.asarray(number * require_fraction("usable_share", usable_share))
