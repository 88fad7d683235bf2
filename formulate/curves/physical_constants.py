"""From quantities of the body that releases to the constants of release equations, as shares, not percentages."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.curves.physical_conversion import suspended
from formulate.domain import require_positive

Floats: TypeAlias = NDArray[np.float64]


def higuchi_constant(
    diffusivity: ArrayLike, drug_concentration: ArrayLike, solubility: ArrayLike, depth: ArrayLike
) -> Floats:
    """Higuchi's constant of a slab of suspended drug, from its diffusion coefficient.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient of the dissolved drug in the matrix [m**2/s].
    drug_concentration : array_like, shape (draws,)
        c0, drug per volume of the matrix, suspended and dissolved [kg/m**3].
    solubility : array_like, shape (draws,)
        c_s, solubility in the matrix, below c0 [kg/m**3].
    depth : array_like, shape (draws,)
        L, from the open face to the closed one; half of the thickness if both are open [m].

    Returns
    -------
    ndarray, shape (draws,)
        k_H, share released per root of time [1/s**0.5].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite, or c0 does not exceed c_s.

    Notes
    -----
    ``k_H = sqrt(D (2 c0 - c_s) c_s)/(c0 L)``, until the front of solid drug reaches the closed face at
    ``F = 1 - c_s/(2 c0)``. Source: higuchi1961.

    Examples
    --------
    >>> float(higuchi_constant(1.4619883e-13, 100.0, 10.0, 100e-6)) * 60  # per root hour
    0.1
    """
    diffusion = require_positive("diffusivity", diffusivity, "m**2/s")
    loaded, soluble = suspended(drug_concentration, solubility)
    length = require_positive("depth", depth, "m")
    return np.asarray(np.sqrt(diffusion * (2.0 * loaded - soluble) * soluble) / (loaded * length))


def baker_lonsdale_rate(
    diffusivity: ArrayLike, radius: ArrayLike, drug_concentration: ArrayLike, solubility: ArrayLike
) -> Floats:
    """Constant of Baker and Lonsdale for a sphere of suspended drug, from its diffusion coefficient.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient of the dissolved drug in the sphere [m**2/s].
    radius : array_like, shape (draws,)
        R, radius of the sphere [m].
    drug_concentration : array_like, shape (draws,)
        c0, drug per volume of the matrix, suspended and dissolved [kg/m**3].
    solubility : array_like, shape (draws,)
        c_s, solubility in the matrix, below c0 [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        k_BL [1/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite, or c0 does not exceed c_s.

    Notes
    -----
    ``k_BL = 3 D c_s/(R**2 c0)`` of ``(3/2) [1 - (1 - F)**(2/3)] - F = k_BL t``; all is released at k_BL t = 1/2.
    Source: baker1974.

    Examples
    --------
    >>> float(baker_lonsdale_rate(1e-10, 1e-3, 100.0, 1.0))
    3e-06
    """
    diffusion = require_positive("diffusivity", diffusivity, "m**2/s")
    length = require_positive("radius", radius, "m")
    loaded, soluble = suspended(drug_concentration, solubility)
    return np.asarray(3.0 * diffusion * soluble / (length**2 * loaded))


def hixson_crowell_rate(
    diffusivity: ArrayLike, layer_thickness: ArrayLike, radius: ArrayLike, density: ArrayLike, solubility: ArrayLike
) -> Floats:
    """Constant of the cube root law, from the diffusion coefficient and the layer around dissolving particles.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient in the medium [m**2/s].
    layer_thickness : array_like, shape (draws,)
        h, thickness of the diffusion layer [m].
    radius : array_like, shape (draws,)
        R, radius of the particles at the start [m].
    density : array_like, shape (draws,)
        rho, density of the drug [kg/m**3].
    solubility : array_like, shape (draws,)
        c_s, solubility in the medium [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        k_HC of ``F = 1 - (1 - k_HC t)**3`` [1/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite.

    Notes
    -----
    ``k_HC = D c_s/(rho h R)``; all is dissolved at ``1/k_HC``. Spheres of one size, sink, h constant.
    Source: mass balance on a particle with the flux D c_s/h.

    Examples
    --------
    >>> float(hixson_crowell_rate(6.5e-10, 50e-6, 10e-6, 1300.0, 1.0))
    0.001
    """
    flux = require_positive("diffusivity", diffusivity, "m**2/s") * require_positive(
        "solubility", solubility, "kg/m**3"
    )
    layer = require_positive("layer_thickness", layer_thickness, "m")
    length = require_positive("radius", radius, "m")
    return np.asarray(flux / (require_positive("density", density, "kg/m**3") * layer * length))


def hopfenberg_rate(erosion_rate: ArrayLike, depth: ArrayLike, drug_concentration: ArrayLike) -> Floats:
    """Constant of Hopfenberg, from the rate at which an eroding surface sets drug free.

    Parameters
    ----------
    erosion_rate : array_like, shape (draws,)
        k_0, drug set free per area and time [kg/m**2/s].
    depth : array_like, shape (draws,)
        R, radius; for a slab half of the thickness if both faces are open [m].
    drug_concentration : array_like, shape (draws,)
        c0, drug per volume of the body [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        k_HB of ``F = 1 - (1 - k_HB t)**n`` [1/s].

    Raises
    ------
    DomainError
        If a value is not above zero or not finite.

    Notes
    -----
    ``k_HB = k_0/(c0 R)``; all is released at ``1/k_HB``. No drug leaves from within; n = 1, 2, 3 for slab,
    cylinder, sphere. Source: mass balance on the eroding surface.

    Examples
    --------
    >>> float(hopfenberg_rate(5.787037e-9, 0.1e-3, 50.0)) * 86400  # per day
    0.1
    """
    flux = require_positive("erosion_rate", erosion_rate, "kg/m**2/s")
    length = require_positive("depth", depth, "m")
    return np.asarray(flux / (length * require_positive("drug_concentration", drug_concentration, "kg/m**3")))
