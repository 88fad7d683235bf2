"""Chains in a polymer micelle, from the size of its core."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive
from formulate.loading.particles import AVOGADRO

Floats: TypeAlias = NDArray[np.float64]


def aggregation_number(core_diameter: ArrayLike, core_density: ArrayLike, core_block_molar_mass: ArrayLike) -> Floats:
    """Chains per micelle whose core-forming blocks fill the core.

    Parameters
    ----------
    core_diameter : array_like, shape (draws,)
        Diameter of the core without the shell, as by electron microscopy or scattering [m].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].
    core_block_molar_mass : array_like, shape (draws,)
        Molar mass of the core-forming block, not of the whole chain [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Chains per micelle, a mean [1].

    Raises
    ------
    DomainError
        If a value is not positive, or the core is too small for a single chain.

    Notes
    -----
    ``n = (pi/6) d^3 rho N_A/M``. A dry spherical core of one block: drug, water or shell in it make n smaller, and a
    hydrodynamic diameter, which has the shell in it, makes it several times too large. Source: geometry.

    Examples
    --------
    A core of 10 nm of 1.1 g/cm**3, blocks of 2 kg/mol:

    >>> float(aggregation_number(10e-9, 1100.0, 2.0))
    173.4
    """
    size = require_positive("core_diameter", core_diameter, "m")
    mass = np.pi / 6.0 * size**3 * require_positive("core_density", core_density, "kg/m**3")
    chains = np.asarray(mass * AVOGADRO / require_positive("core_block_molar_mass", core_block_molar_mass, "kg/mol"))
    hint = "a single block is larger than this core; check the units"
    require("core_diameter", size, "m", chains >= 1.0, "a core of at least one chain", hint)
    return chains


def core_diameter_from_chains(
    aggregation_number: ArrayLike, core_density: ArrayLike, core_block_molar_mass: ArrayLike
) -> Floats:
    """Diameter of a micelle's core that the core-forming blocks of its chains fill.

    Parameters
    ----------
    aggregation_number : array_like, shape (draws,)
        Chains per micelle [1].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].
    core_block_molar_mass : array_like, shape (draws,)
        Molar mass of the core-forming block, not of the whole chain [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Diameter of the core, without the shell [m].

    Raises
    ------
    DomainError
        If a value is not positive, or there is less than one chain.

    Notes
    -----
    ``d = (6 n M/(pi rho N_A))^(1/3)``, the inverse of `aggregation_number`. Source: geometry.

    Examples
    --------
    >>> float(core_diameter_from_chains(173.4, 1100.0, 2.0)) * 1e9
    10.0
    """
    chains = require_positive("aggregation_number", aggregation_number, "")
    require("aggregation_number", chains, "", chains >= 1.0, ">= 1", "chains per micelle")
    block = require_positive("core_block_molar_mass", core_block_molar_mass, "kg/mol")
    density = require_positive("core_density", core_density, "kg/m**3")
    return np.asarray(np.cbrt(6.0 * chains * block / (np.pi * density * AVOGADRO)))
