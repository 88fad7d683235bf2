"""What one injection can hold, and the largest particles that meet its needle."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

NORMAL_99 = 2.3263478740408408  # 99th percentile of the standard normal distribution


def loaded_carrier_mass(dose: ArrayLike, drug_loading: ArrayLike) -> Floats:
    """Loaded carrier that holds a dose.

    Parameters
    ----------
    dose : array_like, shape (draws,)
        Drug per injection [kg].
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Drug and carrier together [kg].

    Raises
    ------
    DomainError
        If the dose is not positive, or DL is not above 0 and at most 1.

    Notes
    -----
    ``dose/DL``.

    Examples
    --------
    >>> float(loaded_carrier_mass(5e-6, 0.1)) * 1e6
    50.0
    """
    mass = require_positive("dose", dose, "kg")
    return np.asarray(mass / _positive_loading(drug_loading))


def carrier_concentration(dose: ArrayLike, drug_loading: ArrayLike, injection_volume: ArrayLike) -> Floats:
    """Loaded carrier per volume of the injection that gives a dose.

    Parameters
    ----------
    dose : array_like, shape (draws,)
        Drug per injection [kg].
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    injection_volume : array_like, shape (draws,)
        Volume injected, particles included [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Loaded carrier per injection volume [kg/m**3].

    Raises
    ------
    DomainError
        If dose or volume is not positive, or DL is not above 0 and at most 1.

    Notes
    -----
    ``dose/(DL V)``. To compare with the highest concentration that still passes the needle.

    Examples
    --------
    5 mg at 10 % loading in 2 mL:

    >>> float(carrier_concentration(5e-6, 0.1, 2e-6))
    25.0
    """
    volume = require_positive("injection_volume", injection_volume, "m**3")
    return np.asarray(loaded_carrier_mass(dose, drug_loading) / volume)


def largest_dose_entrapped(
    drug_loading: ArrayLike, largest_concentration: ArrayLike, injection_volume: ArrayLike
) -> Floats:
    """Largest dose that one injection of loaded carrier can hold.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    largest_concentration : array_like, shape (draws,)
        Most loaded carrier per injection volume that can be injected [kg/m**3].
    injection_volume : array_like, shape (draws,)
        Volume injected, particles included [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per injection [kg].

    Raises
    ------
    DomainError
        If concentration or volume is not positive, or DL is not above 0 and at most 1.

    Notes
    -----
    ``DL c_max V``. Free drug between the particles is not counted.

    Examples
    --------
    10 % of 50 mg/mL in 2 mL, in mg:

    >>> float(largest_dose_entrapped(0.1, 50.0, 2e-6)) * 1e6
    10.0
    """
    loading = _positive_loading(drug_loading)
    return np.asarray(loading * largest_dose_suspended(largest_concentration, injection_volume))


def largest_dose_dissolved(solubility: ArrayLike, injection_volume: ArrayLike) -> Floats:
    """Largest dose that one injection of a plain solution can hold.

    Parameters
    ----------
    solubility : array_like, shape (draws,)
        Solubility of the drug in the vehicle, at its pH and storage temperature [kg/m**3].
    injection_volume : array_like, shape (draws,)
        Volume injected [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per injection [kg].

    Raises
    ------
    DomainError
        If solubility or volume is not positive.

    Notes
    -----
    ``S V``. Equilibrium solubility: a supersaturated vehicle is not covered.

    Examples
    --------
    0.1 mg/mL in 2 mL, in mg:

    >>> float(largest_dose_dissolved(0.1, 2e-6)) * 1e6
    0.2
    """
    dissolved = require_positive("solubility", solubility, "kg/m**3")
    volume = require_positive("injection_volume", injection_volume, "m**3")
    return np.asarray(dissolved * volume)


def largest_dose_suspended(largest_concentration: ArrayLike, injection_volume: ArrayLike) -> Floats:
    """Largest dose that one injection of a suspension of pure drug can hold.

    Parameters
    ----------
    largest_concentration : array_like, shape (draws,)
        Most solid per injection volume that can be injected [kg/m**3].
    injection_volume : array_like, shape (draws,)
        Volume injected, solid included [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Solid, here drug, per injection [kg].

    Raises
    ------
    DomainError
        If concentration or volume is not positive.

    Notes
    -----
    ``c_max V``.

    Examples
    --------
    40 mg/mL in 1 mL, in mg:

    >>> float(largest_dose_suspended(40.0, 1e-6)) * 1e6
    40.0
    """
    concentration = require_positive("largest_concentration", largest_concentration, "kg/m**3")
    volume = require_positive("injection_volume", injection_volume, "m**3")
    return np.asarray(concentration * volume)


def geometric_sd_from_pdi(polydispersity_index: ArrayLike) -> Floats:
    """Geometric standard deviation of a lognormal size distribution from its relative variance.

    Parameters
    ----------
    polydispersity_index : array_like, shape (draws,)
        PDI, squared CV of the distribution [1].

    Returns
    -------
    ndarray, shape (draws,)
        sigma_g, the same for a number, volume or intensity weight [1].

    Raises
    ------
    DomainError
        If PDI is negative.

    Notes
    -----
    ``sigma_g = exp(sqrt(ln(1 + PDI)))``, because a lognormal has ``PDI = exp(ln^2 sigma_g) - 1``.

    Examples
    --------
    ln 1.1 = 0.0953, its root 0.3087:

    >>> float(geometric_sd_from_pdi(0.1))
    1.362
    """
    index = require_not_negative("polydispersity_index", polydispersity_index, "")
    return np.asarray(np.exp(np.sqrt(np.log1p(index))))


def d99(median_diameter: ArrayLike, geometric_sd: ArrayLike) -> Floats:
    """Diameter below which 99 % of the particle volume lies, to hold against the bore of a needle.

    Parameters
    ----------
    median_diameter : array_like, shape (draws,)
        Dv50, the volume-weighted median [m].
    geometric_sd : array_like, shape (draws,)
        sigma_g of the lognormal distribution [1].

    Returns
    -------
    ndarray, shape (draws,)
        Dv99 [m].

    Raises
    ------
    DomainError
        If the median is not positive or sigma_g is below 1.

    Notes
    -----
    ``Dv99 = Dv50 exp(2.326 ln sigma_g)``. Single particles only: aggregates block needles earlier.
    A number or intensity median must be converted first.

    Examples
    --------
    >>> float(d99(50e-6, 1.5)) * 1e6
    128.4
    """
    median = require_positive("median_diameter", median_diameter, "m")
    spread = require_positive("geometric_sd", geometric_sd, "")
    require("geometric_sd", spread, "", spread >= 1.0, ">= 1", "1 is a single size; give the ratio, not its log")
    return np.asarray(median * spread**NORMAL_99)


def widest_through_needle(bore: ArrayLike, bore_to_particle_ratio: ArrayLike) -> Floats:
    """Largest particle that flows through a needle without arches of particles blocking it.

    Parameters
    ----------
    bore : array_like, shape (draws,)
        Inner diameter of the needle [m].
    bore_to_particle_ratio : array_like, shape (draws,)
        Bore over the largest particle that flows, at or above 1 [1].

    Returns
    -------
    ndarray, shape (draws,)
        Diameter of the particle [m].

    Raises
    ------
    DomainError
        If the bore is not positive, or the ratio is below 1.

    Notes
    -----
    ``d = bore/ratio``. Rigid spheres that do not stick: below a ratio of 3 they block a neck by arches, above it they
    flowed up to 60 % by volume [marin2017]_; from 3.0 to 5.3 another suspension stopped and went [souzy2022]_. Clumps
    block earlier.

    Examples
    --------
    21 gauge and a ratio of 4, in um:

    >>> float(widest_through_needle(514e-6, 4.0)) * 1e6
    128.5
    """
    width = require_positive("bore", bore, "m")
    ratio = require_positive("bore_to_particle_ratio", bore_to_particle_ratio, "")
    require("bore_to_particle_ratio", ratio, "", ratio >= 1.0, ">= 1", "a particle is no wider than the needle")
    return np.asarray(width / ratio)


def plunger_force(
    viscosity: ArrayLike, flow: ArrayLike, needle_length: ArrayLike, bore: ArrayLike, plunger_diameter: ArrayLike
) -> Floats:
    """Force on the plunger of a syringe that presses a liquid through its needle.

    Parameters
    ----------
    viscosity : array_like, shape (draws,)
        eta, of the liquid in the syringe, at the shear of the needle [Pa*s].
    flow : array_like, shape (draws,)
        Q, volume injected per time [m**3/s].
    needle_length : array_like, shape (draws,)
        L [m].
    bore : array_like, shape (draws,)
        d, inner diameter of the needle [m].
    plunger_diameter : array_like, shape (draws,)
        D, inner diameter of the syringe [m].

    Returns
    -------
    ndarray, shape (draws,)
        F, without the friction of the stopper and the pressure of the tissue [N].

    Raises
    ------
    DomainError
        If a value is not positive.

    Notes
    -----
    Hagen and Poiseuille, times the area of the plunger:
    ``F = 128 eta Q L/(pi d**4) pi D**2/4 = 32 eta Q L D**2/d**4``. Laminar flow of a Newtonian liquid; one that thins
    under shear takes less than its viscosity at rest says. Source: definition.

    Examples
    --------
    Water through 21 gauge, 5 mL in 30 s, in N:

    >>> float(plunger_force(0.89e-3, 5e-6 / 30.0, 0.051, 514e-6, 0.012))
    0.4995
    """
    eta = require_positive("viscosity", viscosity, "Pa*s")
    rate = require_positive("flow", flow, "m**3/s")
    length = require_positive("needle_length", needle_length, "m")
    width = require_positive("bore", bore, "m")
    plunger = require_positive("plunger_diameter", plunger_diameter, "m")
    return np.asarray(32.0 * eta * rate * length * plunger**2 / width**4)


def _positive_loading(drug_loading: ArrayLike) -> Floats:
    """Give the drug loading as floats, provided that it is above 0 and at most 1 [kg/kg]."""
    return require_positive("drug_loading", require_fraction("drug_loading", drug_loading), "kg/kg")
