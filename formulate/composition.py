"""What a gel is made of, by volume."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_fraction, require_positive

WATER_DENSITY = 993.3  # kg/m3 at 37 degC


def volume_fraction(
    mass_fraction: ArrayLike, polymer_density: ArrayLike, water_density: ArrayLike
) -> NDArray[np.float64]:
    """Volume fraction of polymer in a gel from its mass fraction.

    Parameters
    ----------
    mass_fraction : array_like, shape (draws, 1)
        w, polymer per mass of gel [1].
    polymer_density, water_density : array_like, shape (draws, 1)
        Density of each [kg/m**3].

    Returns
    -------
    ndarray, shape (draws, 1)
        phi_s [1].

    Raises
    ------
    DomainError
        If the mass fraction lies outside 0 to 1, or a density is not above zero.

    Notes
    -----
    ``phi_s = (w/rho_p)/(w/rho_p + (1 - w)/rho_w)``; volumes add. Source: mass balance.

    Examples
    --------
    >>> volume_fraction(0.09, 1120.0, 1000.0).item()
    0.0811
    """
    mass_fraction = require_fraction("mass_fraction", mass_fraction)
    polymer_density = require_positive("polymer_density", polymer_density, "kg/m**3")
    water_density = require_positive("water_density", water_density, "kg/m**3")
    polymer = mass_fraction / polymer_density
    return np.asarray(polymer / (polymer + (1.0 - mass_fraction) / water_density), dtype=np.float64)
