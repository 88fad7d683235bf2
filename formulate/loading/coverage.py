"""How densely polymer covers a particle, straight from its number or its mass."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.loading.brush import polymer_coverage
from formulate.loading.surface import ligands_per_particle, surface_density

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """Grafted chains on one particle.

    Attributes
    ----------
    number_per_particle : ndarray, shape (draws,)
        Chains on a particle [1].
    surface_density : ndarray, shape (draws,)
        Chains per surface [1/m**2].
    coverage : ndarray, shape (draws,)
        Coverage with the Flory radius as the radius of a coil's disc; above 1 is a brush [1].
    coverage_by_diameter : ndarray, shape (draws,)
        Coverage with the Flory radius as the diameter of that disc, four times less [1].
    """

    number_per_particle: Floats
    surface_density: Floats
    coverage: Floats
    coverage_by_diameter: Floats


def coverage_from_number(number_per_particle: ArrayLike, diameter: ArrayLike, flory_radius: ArrayLike) -> Coverage:
    """Coverage of a particle by grafted polymer, from the number of chains on it.

    Parameters
    ----------
    number_per_particle : array_like, shape (draws,)
        Chains on a particle [1].
    diameter : array_like, shape (draws,)
        Diameter of the particle that they stand on [m].
    flory_radius : array_like, shape (draws,)
        Size of a free coil, see `formulate.loading.brush.flory_radius` [m].

    Returns
    -------
    Coverage
        Density and coverage in both readings of the Flory radius.

    Raises
    ------
    DomainError
        If the number is negative, or the diameter or the radius not positive.

    Notes
    -----
    Density ``s = n/(pi d^2)``; coverage ``s pi R_F^2 = n R_F^2/d^2``, by diameter a quarter of it. Published tables
    use both: compare within one reading. Source: geometry.

    Examples
    --------
    10000 chains of 3.46 nm on 200 nm:

    >>> found = coverage_from_number(1e4, 200e-9, 3.46e-9)
    >>> float(found.coverage), float(found.coverage_by_diameter), float(found.surface_density) * 1e-18
    (2.993, 0.7482, 0.0796)
    """
    density = surface_density(number_per_particle, diameter)
    return Coverage(
        number_per_particle=np.asarray(number_per_particle, dtype=np.float64),
        surface_density=density,
        coverage=polymer_coverage(density, flory_radius, "radius"),
        coverage_by_diameter=polymer_coverage(density, flory_radius, "diameter"),
    )


def coverage_from_mass(
    polymer_share: ArrayLike,
    chain_molar_mass: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    flory_radius: ArrayLike,
) -> Coverage:
    """Coverage of a particle by grafted polymer, from the polymer's share in its mass.

    Parameters
    ----------
    polymer_share : array_like, shape (draws,)
        Grafted polymer on the surface, as wt% of the particle that diameter and density describe [kg/kg].
    chain_molar_mass : array_like, shape (draws,)
        Molar mass of a grafted chain, 5 kg/mol for PEG 5k [kg/mol].
    diameter : array_like, shape (draws,)
        Diameter of the particle, number mean [m].
    density : array_like, shape (draws,)
        Mass per volume of the particle [kg/m**3].
    flory_radius : array_like, shape (draws,)
        Size of a free coil, see `formulate.loading.brush.flory_radius` [m].

    Returns
    -------
    Coverage
        Chains on a particle, density and coverage in both readings of the Flory radius.

    Raises
    ------
    DomainError
        If the polymer is negative, or another value not positive.

    Notes
    -----
    ``n = w (pi/6) d^3 rho N_A/M``, then as `coverage_from_number`. All of the polymer is taken to be on the surface;
    chains buried inside make it too high. Particles of one size. Source: geometry.

    Examples
    --------
    10 % of PEG 5 kDa (6.0 nm) on 100 nm particles of 1.2 g/cm**3:

    >>> found = coverage_from_mass(0.1, 5.0, 100e-9, 1200.0, 6.0e-9)
    >>> float(found.number_per_particle), float(found.coverage)
    (7567.6, 27.24)
    """
    number = ligands_per_particle(polymer_share, chain_molar_mass, diameter, density)
    return coverage_from_number(number, diameter, flory_radius)
