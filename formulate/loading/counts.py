"""Particles in a mass and in a volume, from a size on any basis, and the drug that counted particles hold."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.loading.particles import AVOGADRO, Distribution, particles_per_mass, surface_area_per_mass
from formulate.loading.sizes import Basis, convert_diameter

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class ParticleCount:
    """Number and geometry of the particles in a mass of them.

    Attributes
    ----------
    number : ndarray, shape (draws,)
        Particles in the mass [1].
    number_mean : ndarray, shape (draws,)
        Number mean of the diameter [m].
    particle_volume : ndarray, shape (draws,)
        Mean volume of a particle [m**3].
    particle_mass : ndarray, shape (draws,)
        Mean mass of a particle [kg].
    particle_surface : ndarray, shape (draws,)
        Mean outer surface of a particle [m**2].
    surface : ndarray, shape (draws,)
        Outer surface of all particles [m**2].
    """

    number: Floats
    number_mean: Floats
    particle_volume: Floats
    particle_mass: Floats
    particle_surface: Floats
    surface: Floats


def count_particles(
    mass: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    basis: Basis,
    coefficient_of_variation: ArrayLike | None = None,
    distribution: Distribution = "lognormal",
) -> ParticleCount:
    """Number, mass, volume and surface of the particles in a mass, from a size on any basis.

    Parameters
    ----------
    mass : array_like, shape (draws,)
        Mass of the particles [kg].
    diameter : array_like, shape (draws,)
        Diameter on the basis `basis` [m].
    density : array_like, shape (draws,)
        Mass per particle volume, pores and water included if `diameter` includes them [kg/m**3].
    basis : {"number_median", "number_mean", "surface_equivalent", "volume_equivalent", "surface_median", "sauter", \
"volume_median", "volume_mean", "z_average", "intensity_median", "intensity_mean"}
        What `diameter` is; see `convert_diameter`.
    coefficient_of_variation : array_like, shape (draws,), optional
        CV of the number distribution; for light scattering the square root of the polydispersity index. One size if
        not given, which only a number mean or median allows [1].
    distribution : {"normal", "lognormal"}, optional
        Shape of the number distribution.

    Returns
    -------
    ParticleCount
        Number, sizes and surfaces.

    Raises
    ------
    DomainError
        If mass, diameter or density is not positive, if the basis weights large particles and no CV is given, or as for
        `convert_diameter`.

    Notes
    -----
    ``N = 6 m/(pi rho <d^3>)``, surface ``N pi <d^2>``, both from the number mean that `convert_diameter` gives.
    Smooth spheres of one density.

    Examples
    --------
    One gram of 10 um particles of 1.5 g/cm**3:

    >>> count = count_particles(1e-3, 10e-6, 1500.0, "number_mean")
    >>> float(count.number), float(count.particle_mass), float(count.surface)
    (1.273e9, 7.854e-13, 0.4)
    """
    weight = require_positive("mass", mass, "kg")
    if coefficient_of_variation is None:
        weighted = basis not in ("number_mean", "number_median")
        hint = f"{basis} weights large particles; for light scattering it is the root of the polydispersity index"
        require("coefficient_of_variation", np.nan, "", not weighted, "a number", hint)
        coefficient_of_variation = 0.0
    mean = convert_diameter(diameter, coefficient_of_variation, basis, "number_mean", distribution)
    per_mass = particles_per_mass(mean, density, coefficient_of_variation, distribution)
    surface = surface_area_per_mass(mean, density, coefficient_of_variation, distribution)
    return ParticleCount(
        number=np.asarray(weight * per_mass),
        number_mean=mean,
        particle_volume=np.asarray(1.0 / (per_mass * np.asarray(density, dtype=np.float64))),
        particle_mass=np.asarray(1.0 / per_mass),
        particle_surface=np.asarray(surface / per_mass),
        surface=np.asarray(weight * surface),
    )


def number_concentration(
    mass_concentration: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Particles per volume of a suspension.

    Parameters
    ----------
    mass_concentration : array_like, shape (draws,)
        Mass of particles per suspension volume [kg/m**3].
    diameter : array_like, shape (draws,)
        Number mean of the diameter [m].
    density : array_like, shape (draws,)
        Mass per particle volume [kg/m**3].
    coefficient_of_variation : array_like, shape (draws,), optional
        CV of the number distribution [1].
    distribution : {"normal", "lognormal"}, optional
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Particles per suspension volume [1/m**3].

    Raises
    ------
    DomainError
        If the concentration is negative or above the density of the particles, or as for `particles_per_mass`.

    Notes
    -----
    ``c 6/(pi rho <d^3>)``.

    Examples
    --------
    1 mg/mL of 100 nm particles of 1.2 g/cm**3, per mL:

    >>> float(number_concentration(1.0, 100e-9, 1200.0)) * 1e-6
    1.5915e12
    """
    concentration = require_not_negative("mass_concentration", mass_concentration, "kg/m**3")
    per_mass = particles_per_mass(diameter, density, coefficient_of_variation, distribution)
    require(
        "mass_concentration",
        concentration,
        "kg/m**3",
        concentration <= np.asarray(density, dtype=np.float64),
        "<= density of the particles",
        "the particles would take more than the whole volume",
    )
    return np.asarray(concentration * per_mass)


def particle_spacing(number_concentration: ArrayLike) -> Floats:
    """Distance between the centres of neighbouring particles in a suspension.

    Parameters
    ----------
    number_concentration : array_like, shape (draws,)
        Particles per suspension volume [1/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Distance from centre to centre [m]; less one diameter it is the gap.

    Raises
    ------
    DomainError
        If the concentration is not positive.

    Notes
    -----
    ``c^(-1/3)``, the edge of the cube each particle has to itself. Points placed at random have their nearest
    neighbour at 0.554 of it on average (Chandrasekhar 1943).

    Examples
    --------
    1e12 per mL:

    >>> float(particle_spacing(1e18)) * 1e6
    1.0
    """
    concentration = require_positive("number_concentration", number_concentration, "1/m**3")
    return np.asarray(concentration ** (-1.0 / 3.0))


def efficiency_from_counts(
    particles: ArrayLike, molecules_per_particle: ArrayLike, molar_mass: ArrayLike, drug_added: ArrayLike
) -> Floats:
    """Encapsulation efficiency from counted particles and the molecules in each.

    Parameters
    ----------
    particles : array_like, shape (draws,)
        Particles in the batch, such as by tracking analysis [1].
    molecules_per_particle : array_like, shape (draws,)
        Drug molecules per particle, mean over all particles, empty ones included [1].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].
    drug_added : array_like, shape (draws,)
        Drug given to the batch [kg].

    Returns
    -------
    ndarray, shape (draws,)
        Drug in the particles per drug added [1].

    Raises
    ------
    DomainError
        If particles, molar mass or drug added is not positive, the molecules are negative, or the particles would
        hold more drug than was added.

    Notes
    -----
    ``N n M/(N_A m_added)``. Tracking counts within a factor of two or so, and so does this.

    Examples
    --------
    1e12 particles of 1000 molecules of 500 g/mol hold 0.83 ug:

    >>> float(efficiency_from_counts(1e12, 1000.0, 0.5, 1e-9))
    0.8303
    """
    number = require_positive("particles", particles, "")
    each = require_not_negative("molecules_per_particle", molecules_per_particle, "")
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    added = require_positive("drug_added", drug_added, "kg")
    efficiency = number * each * molar / (AVOGADRO * added)
    require(
        "molecules_per_particle",
        each,
        "",
        efficiency <= 1.0 + 1e-9,
        "at most all drug added over the particles",
        "the particles would hold more drug than was added: check counts, units and free drug in the assay",
    )
    return np.asarray(np.minimum(efficiency, 1.0))  # the check above leaves at most rounding over 1
