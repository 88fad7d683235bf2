"""Particles in a mass of carrier, and drug molecules in a particle, over a distribution of sizes.

A lognormal number distribution, ln d ~ N(ln m, s^2), has ``<d^k> = m^k exp(k^2 s^2/2)`` and
``CV^2 = (sd/mean)^2 = exp(s^2) - 1``, whatever power of d weights it; all conversions here follow from that.
"""

from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]
Distribution: TypeAlias = Literal["normal", "lognormal"]

AVOGADRO = 6.02214076e23  # 1/mol, exact
WIDEST_NORMAL = 0.5  # CV; wider, more than 2.3 % of the sizes would be negative
WIDEST_DLS = 0.7  # PDI; wider, the cumulant fit of light scattering has no meaning


def mean_cube_factor(coefficient_of_variation: ArrayLike, distribution: Distribution) -> Floats:
    """Mean of the cubed diameter per cube of the mean diameter.

    Parameters
    ----------
    coefficient_of_variation : array_like, shape (draws,)
        CV, standard deviation per mean of the number distribution [1].
    distribution : {"normal", "lognormal"}
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        <d^3>/<d>^3, at least 1 [1].

    Raises
    ------
    DomainError
        If CV is negative, or above 0.5 for a normal distribution.

    Notes
    -----
    Normal: ``1 + 3 CV^2``. Lognormal: ``(1 + CV^2)^3``. A count from the mean diameter alone is too high by
    this factor. A normal distribution of sizes reaches below zero: the factor is 2.8 % above that of the
    distribution cut at zero at CV = 0.5, 0.15 % at CV = 1/3.

    Examples
    --------
    >>> float(mean_cube_factor(0.5, "normal")), float(mean_cube_factor(0.5, "lognormal"))
    (1.75, 1.953125)
    """
    variation = require_not_negative("coefficient_of_variation", coefficient_of_variation, "")
    match distribution:
        case "normal":
            _require_narrow(variation)
            return np.asarray(1.0 + 3.0 * variation**2)
        case "lognormal":
            return np.asarray((1.0 + variation**2) ** 3)
        case _:
            assert_never(distribution)


def particles_per_mass(
    diameter: ArrayLike,
    density: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Number of particles in a mass of them.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Number mean of the diameter [m].
    density : array_like, shape (draws,)
        Mass per particle volume, pores and water included if `diameter` includes them [kg/m**3].
    coefficient_of_variation : array_like, shape (draws,)
        CV of the number distribution [1].
    distribution : {"normal", "lognormal"}
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Particles per mass [1/kg].

    Raises
    ------
    DomainError
        If diameter or density is not positive, or CV is out of range (see `mean_cube_factor`).

    Notes
    -----
    ``N = 6/(pi rho <d^3>)``. Spheres. A z-average or a volume mean must be converted first
    (`number_mean_from_intensity`, `number_mean_from_volume`).

    Examples
    --------
    One gram of 10 um particles of 1.5 g/cm**3:

    >>> float(particles_per_mass(10e-6, 1500.0)) * 1e-3
    1.273e9
    """
    size = require_positive("diameter", diameter, "m")
    rho = require_positive("density", density, "kg/m**3")
    mean_cube = size**3 * mean_cube_factor(coefficient_of_variation, distribution)
    return np.asarray(6.0 / (np.pi * rho * mean_cube))


def number_mean_from_intensity(diameter: ArrayLike, polydispersity_index: ArrayLike) -> Floats:
    """Number mean of the diameter from the z-average and polydispersity index of light scattering.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        z-average, the cumulant mean of dynamic light scattering [m].
    polydispersity_index : array_like, shape (draws,)
        PDI of the same fit [1].

    Returns
    -------
    ndarray, shape (draws,)
        Number mean of the diameter [m]; its CV is ``sqrt(PDI)``.

    Raises
    ------
    DomainError
        If the diameter is not positive, or PDI is negative or above 0.7.

    Notes
    -----
    ``d_z/(1 + PDI)^5``. The decay rate goes as 1/d and the intensity of small particles as d^6, so
    the z-average is ``<d^6>/<d^5> = m exp(5.5 s^2)``, and the PDI, variance of the rate per squared mean, is
    ``<d^6> <d^4>/<d^5>^2 - 1 = exp(s^2) - 1``. The number mean is ``m exp(0.5 s^2)``; the ratio is
    ``exp(5 s^2) = (1 + PDI)^5``. Three limits:

    - Intensity goes as d^6 for diameters below about 60 nm. At 180 nm, PDI 0.1, a polymer sphere seen in
      backscatter has a number mean about 15 % above this formula, and a lognormal CV^2 of 0.22, not 0.10.
    - The mean of an intensity distribution ("peak mean") is ``m exp(6.5 s^2)``: one power more.
    - The size is hydrodynamic: a layer of polymer or water on the particle is in it.

    Examples
    --------
    >>> float(number_mean_from_intensity(161.051e-9, 0.1)) * 1e9
    100.0
    """
    size = require_positive("diameter", diameter, "m")
    index = require_not_negative("polydispersity_index", polydispersity_index, "")
    require(
        "polydispersity_index",
        index,
        "",
        index <= WIDEST_DLS,
        f"<= {WIDEST_DLS}",
        "light scattering gives no mean for so broad a sample; count the particles by another method",
    )
    return np.asarray(size / (1.0 + index) ** 5)


def number_mean_from_volume(diameter: ArrayLike, polydispersity_index: ArrayLike) -> Floats:
    """Number mean of the diameter from the volume-weighted mean of laser diffraction.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        D[4,3], the volume-weighted mean; not the median Dv50 [m].
    polydispersity_index : array_like, shape (draws,)
        Squared CV of the distribution, the same for a number or a volume weight if lognormal [1].

    Returns
    -------
    ndarray, shape (draws,)
        Number mean of the diameter [m].

    Raises
    ------
    DomainError
        If the diameter is not positive or the index is negative.

    Notes
    -----
    ``D[4,3]/(1 + PDI)^3``, because ``D[4,3] = <d^4>/<d^3> = m exp(3.5 s^2)`` and the number mean is
    ``m exp(0.5 s^2)``; the ratio is ``exp(3 s^2)``. From the median Dv50 = ``m exp(3 s^2)`` the power is 2.5.

    Examples
    --------
    >>> float(number_mean_from_volume(13.31e-6, 0.1)) * 1e6
    10.0
    """
    size = require_positive("diameter", diameter, "m")
    index = require_not_negative("polydispersity_index", polydispersity_index, "")
    return np.asarray(size / (1.0 + index) ** 3)


def molecules_per_particle(
    drug_loading: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    molar_mass: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Drug molecules in a particle, as the mean over the particles.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier, the same in particles of all sizes [kg/kg].
    diameter : array_like, shape (draws,)
        Number mean of the diameter [m].
    density : array_like, shape (draws,)
        Mass of loaded carrier per particle volume [kg/m**3].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].
    coefficient_of_variation : array_like, shape (draws,)
        CV of the number distribution [1].
    distribution : {"normal", "lognormal"}
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Molecules per particle [1].

    Raises
    ------
    DomainError
        If DL is not in 0..1, a size, density or molar mass is not positive, or CV is out of range.

    Notes
    -----
    ``n = DL (pi/6) <d^3> rho N_A/M``. Density and diameter must describe the same state: dry with dry, or the
    dry mass in the wet volume with the wet (hydrodynamic) diameter.

    Examples
    --------
    A 100 nm particle of 1.2 g/cm**3 weighs 0.628 fg; a tenth is drug, of 500 g/mol:

    >>> float(molecules_per_particle(0.1, 100e-9, 1200.0, 0.5))
    75676.5
    """
    loading = require_fraction("drug_loading", drug_loading)
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    number = particles_per_mass(diameter, density, coefficient_of_variation, distribution)
    return np.asarray(loading * AVOGADRO / (molar * number))


def surface_area_per_mass(
    diameter: ArrayLike,
    density: ArrayLike,
    coefficient_of_variation: ArrayLike = 0.0,
    distribution: Distribution = "lognormal",
) -> Floats:
    """Outer surface of the particles in a mass of them.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Number mean of the diameter [m].
    density : array_like, shape (draws,)
        Mass per particle volume [kg/m**3].
    coefficient_of_variation : array_like, shape (draws,)
        CV of the number distribution [1].
    distribution : {"normal", "lognormal"}
        Shape of the number distribution.

    Returns
    -------
    ndarray, shape (draws,)
        Surface per mass [m**2/kg].

    Raises
    ------
    DomainError
        If diameter or density is not positive, or CV is out of range (see `mean_cube_factor`).

    Notes
    -----
    ``6 <d^2>/(rho <d^3>)`` with ``<d^2> = <d>^2 (1 + CV^2)``. Smooth spheres: pores and roughness add to it.

    Examples
    --------
    >>> float(surface_area_per_mass(1e-6, 1200.0))
    5000.0
    """
    size = require_positive("diameter", diameter, "m")
    variation = require_not_negative("coefficient_of_variation", coefficient_of_variation, "")
    number = particles_per_mass(size, density, variation, distribution)
    return np.asarray(number * np.pi * size**2 * (1.0 + variation**2))


def volume_share(mass_concentration: ArrayLike, density: ArrayLike) -> Floats:
    """Share of a suspension's volume that its particles take.

    Parameters
    ----------
    mass_concentration : array_like, shape (draws,)
        Particles per suspension volume [kg/m**3].
    density : array_like, shape (draws,)
        Mass per particle volume [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Volume of particles per volume of suspension [1].

    Raises
    ------
    DomainError
        If the concentration is negative, the density is not positive, or the particles exceed the volume.

    Notes
    -----
    ``c/rho``. Equal spheres poured at random jam at about 0.64; a suspension stops flowing before that.

    Examples
    --------
    >>> float(volume_share(130.0, 1300.0))
    0.1
    """
    concentration = require_not_negative("mass_concentration", mass_concentration, "kg/m**3")
    rho = require_positive("density", density, "kg/m**3")
    require(
        "mass_concentration",
        concentration,
        "kg/m**3",
        concentration <= rho,
        "<= density of the particles",
        "the particles would take more than the whole volume",
    )
    return np.asarray(concentration / rho)


def _require_narrow(variation: Floats) -> None:
    """Refuse a normal distribution of which a notable share is negative sizes."""
    require(
        "coefficient_of_variation",
        variation,
        "",
        variation <= WIDEST_NORMAL,
        f"<= {WIDEST_NORMAL} for a normal distribution",
        "a wider one holds negative sizes; use lognormal",
    )
