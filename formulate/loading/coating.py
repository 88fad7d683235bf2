"""Cores coated with cell membrane: how much it takes, how many cells, how many particles it covers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_fraction, require_not_negative, require_positive
from formulate.loading.particles import Distribution, particles_per_mass

Floats: TypeAlias = NDArray[np.float64]
Place: TypeAlias = Literal["core", "middle"]


@dataclass(frozen=True)
class MembraneCoat:
    """The membrane that coats a mass of cores.

    Attributes
    ----------
    cores : ndarray, shape (draws,)
        Cores to coat [1].
    membrane_area : ndarray, shape (draws,)
        Membrane that covers all of them once [m**2].
    membrane_mass : ndarray, shape (draws,)
        Dry mass of that membrane, lipid and protein [kg].
    protein_mass : ndarray, shape (draws,)
        Protein in it [kg].
    membrane_per_core : ndarray, shape (draws,)
        Membrane mass per core mass [kg/kg].
    coated_diameter : ndarray, shape (draws,)
        Number mean of the diameter with the coat [m].
    """

    cores: Floats
    membrane_area: Floats
    membrane_mass: Floats
    protein_mass: Floats
    membrane_per_core: Floats
    coated_diameter: Floats


def membrane_to_coat(
    core_mass: ArrayLike,
    core_diameter: ArrayLike,
    core_density: ArrayLike,
    membrane_thickness: ArrayLike,
    membrane_density: ArrayLike,
    protein_share: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
    area_at: Place = "core",
) -> MembraneCoat:
    """Membrane that covers a mass of cores once, and the size after coating.

    Parameters
    ----------
    core_mass : array_like, shape (draws,)
        Mass of the cores [kg].
    core_diameter : array_like, shape (draws,)
        Number mean of the diameter of the cores [m].
    core_density : array_like, shape (draws,)
        Mass per volume of a core [kg/m**3].
    membrane_thickness : array_like, shape (draws,)
        Thickness of the membrane, and of the water under it if there is any [m].
    membrane_density : array_like, shape (draws,)
        Dry lipid and protein per volume of the coat [kg/m**3].
    protein_share : array_like, shape (draws,)
        Protein per dry membrane [kg/kg].
    coefficient_of_variation : array_like, shape (draws,), optional
        CV of the number distribution of the cores [1].
    distribution : {"normal", "lognormal"}, optional
        Shape of the number distribution.
    area_at : {"core", "middle"}, optional
        Where the area of the membrane is taken: at the surface of the core, or at half its own thickness.

    Returns
    -------
    MembraneCoat
        Cores, membrane area, masses and the diameter after coating.

    Raises
    ------
    DomainError
        If a mass, length or density is not positive, the protein share is not in 0..1, or CV is out of range.

    Notes
    -----
    ``area = N pi <D^2>``, D the diameter of the core, or of the core and one thickness; ``mass = area h rho``;
    diameter ``d + 2 h``. At the core the area of a 100 nm core under 8 nm of membrane is 14 % less than at the
    middle. What sonication and extrusion lose comes on top.

    Examples
    --------
    1 mg of 100 nm cores of 1.2 g/cm**3 has 0.05 m**2; times 8 nm times 1.1 g/cm**3, half of it protein:

    >>> coat = membrane_to_coat(1e-6, 100e-9, 1200.0, 8e-9, 1100.0, 0.5)
    >>> float(coat.membrane_area), float(coat.membrane_mass) * 1e6, float(coat.coated_diameter) * 1e9
    (0.05, 0.44, 116.0)
    """
    mass = require_positive("core_mass", core_mass, "kg")
    size = require_positive("core_diameter", core_diameter, "m")
    thickness = require_positive("membrane_thickness", membrane_thickness, "m")
    heavy = require_positive("membrane_density", membrane_density, "kg/m**3")
    share = require_fraction("protein_share", protein_share)
    per_mass = particles_per_mass(size, core_density, coefficient_of_variation, distribution)
    variation = np.asarray(coefficient_of_variation, dtype=np.float64)
    match area_at:
        case "core":
            covered = size
        case "middle":
            covered = np.asarray(size + thickness)
        case _:
            assert_never(area_at)
    number = mass * per_mass
    area = number * np.pi * (covered**2 + (variation * size) ** 2)
    membrane = area * thickness * heavy
    return MembraneCoat(
        cores=np.asarray(number),
        membrane_area=np.asarray(area),
        membrane_mass=np.asarray(membrane),
        protein_mass=np.asarray(membrane * share),
        membrane_per_core=np.asarray(membrane / mass),
        coated_diameter=np.asarray(size + 2.0 * thickness),
    )


def cells_for_membrane(membrane_area: ArrayLike, area_per_cell: ArrayLike, recovery: ArrayLike = 1.0) -> Floats:
    """Cells whose membrane covers an area.

    Parameters
    ----------
    membrane_area : array_like, shape (draws,)
        Membrane wanted [m**2].
    area_per_cell : array_like, shape (draws,)
        Membrane of one cell, of the kind that is isolated [m**2].
    recovery : array_like, shape (draws,), optional
        Share of the membrane left after isolation and coating [1].

    Returns
    -------
    ndarray, shape (draws,)
        Cells to use [1].

    Raises
    ------
    DomainError
        If an area or the recovery is not positive, or the recovery is above 1.

    Notes
    -----
    ``A/(a x recovery)``.

    Examples
    --------
    Red cells of 135 um**2, half of the membrane recovered, for 0.05 m**2:

    >>> float(cells_for_membrane(0.05, 135e-12, 0.5))
    7.407e8
    """
    wanted = require_positive("membrane_area", membrane_area, "m**2")
    each = require_positive("area_per_cell", area_per_cell, "m**2")
    kept = require_positive("recovery", require_fraction("recovery", recovery), "")
    return np.asarray(wanted / (each * kept))


def fully_covered_share(membrane_per_core: ArrayLike, membrane_needed: ArrayLike) -> Floats:
    """Largest share of the particles that the membrane at hand can cover wholly.

    Parameters
    ----------
    membrane_per_core : array_like, shape (draws,)
        Membrane per core mass in the product [kg/kg].
    membrane_needed : array_like, shape (draws,)
        Membrane per core mass that covers each core once, see `membrane_to_coat` [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Share of the particles, 1 where the membrane suffices for all [1].

    Raises
    ------
    DomainError
        If the membrane at hand is negative or the membrane needed is not positive.

    Notes
    -----
    ``min(1, have/need)``: all or nothing, as if no membrane were wasted on partly coated particles, free vesicles or
    second coats. Real coats are often patchy: fewer particles are whole, more are touched.

    Examples
    --------
    >>> fully_covered_share([0.11, 0.88], 0.44)
    array([0.25, 1.  ])
    """
    have = require_not_negative("membrane_per_core", membrane_per_core, "kg/kg")
    need = require_positive("membrane_needed", membrane_needed, "kg/kg")
    return np.asarray(np.minimum(1.0, have / need))
