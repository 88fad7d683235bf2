"""The sites of an adsorbent: how many its surface and its pores offer, and two drugs that compete for them."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive
from formulate.loading.particles import AVOGADRO

Floats: TypeAlias = NDArray[np.float64]

HALVINGS = 80  # of a bracket in the logarithm: from 300 decades to less than rounding


def monolayer_capacity(specific_surface: ArrayLike, footprint_area: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Drug that covers a surface with one layer.

    Parameters
    ----------
    specific_surface : array_like, shape (draws,)
        Surface that the drug reaches per mass of adsorbent; that of nitrogen is an upper bound [m**2/kg].
    footprint_area : array_like, shape (draws,)
        Surface that a molecule takes [m**2].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per adsorbent at full cover [kg/kg].

    Raises
    ------
    DomainError
        If an argument is not positive.

    Notes
    -----
    ``S M/(a N_A)``. A ceiling for one layer: charge, water and pores too narrow keep most drugs below it.

    Examples
    --------
    300 m**2/g, 1 nm**2, 500 g/mol:

    >>> float(monolayer_capacity(300e3, 1e-18, 0.5))
    0.2491
    """
    surface = require_positive("specific_surface", specific_surface, "m**2/kg")
    footprint = require_positive("footprint_area", footprint_area, "m**2")
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    return np.asarray(surface * molar / (footprint * AVOGADRO))


def pore_capacity(pore_volume: ArrayLike, drug_density: ArrayLike) -> Floats:
    """Drug that fills the pores of a carrier.

    Parameters
    ----------
    pore_volume : array_like, shape (draws,)
        Pore volume per mass of carrier [m**3/kg].
    drug_density : array_like, shape (draws,)
        Density of the drug in the pores; the concentration of the solution if pores are filled with that [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per carrier with full pores [kg/kg].

    Raises
    ------
    DomainError
        If the pore volume is negative or the density is not positive.

    Notes
    -----
    ``v rho``: the ceiling of any loading inside the pores.

    Examples
    --------
    0.9 cm**3/g, filled with a solution of 50 mg/mL, or with solid drug of 1.3 g/cm**3:

    >>> pore_capacity(0.9e-3, [50.0, 1300.0])
    array([0.045, 1.17 ])
    """
    pores = require_not_negative("pore_volume", pore_volume, "m**3/kg")
    return np.asarray(pores * require_positive("drug_density", drug_density, "kg/m**3"))


@dataclass(frozen=True)
class AdsorbedPair:
    """Two drugs on one adsorbent.

    Attributes
    ----------
    first_uptake : ndarray, shape (draws,)
        First drug per adsorbent [mol/kg].
    second_uptake : ndarray, shape (draws,)
        Second drug per adsorbent [mol/kg].
    first_efficiency : ndarray, shape (draws,)
        First drug adsorbed per first drug added [1].
    second_efficiency : ndarray, shape (draws,)
        Second drug adsorbed per second drug added [1].
    first_free : ndarray, shape (draws,)
        First drug left in the solution [mol/m**3].
    second_free : ndarray, shape (draws,)
        Second drug left in the solution [mol/m**3].
    vacant_share : ndarray, shape (draws,)
        Sites left empty per site [1].
    """

    first_uptake: Floats
    second_uptake: Floats
    first_efficiency: Floats
    second_efficiency: Floats
    first_free: Floats
    second_free: Floats
    vacant_share: Floats


def adsorb_two(
    first_concentration: ArrayLike,
    second_concentration: ArrayLike,
    volume: ArrayLike,
    adsorbent_mass: ArrayLike,
    capacity: ArrayLike,
    first_affinity: ArrayLike,
    second_affinity: ArrayLike,
) -> AdsorbedPair:
    """Two drugs competing for the sites of one adsorbent in a finite volume, at equilibrium.

    Parameters
    ----------
    first_concentration : array_like, shape (draws,)
        First drug in the solution before the adsorbent [mol/m**3].
    second_concentration : array_like, shape (draws,)
        Second drug in the solution before the adsorbent [mol/m**3].
    volume : array_like, shape (draws,)
        Volume of the solution [m**3].
    adsorbent_mass : array_like, shape (draws,)
        Bare adsorbent in it [kg].
    capacity : array_like, shape (draws,)
        Sites per adsorbent, one molecule of either drug each [mol/kg].
    first_affinity : array_like, shape (draws,)
        K of the first drug, one over its dissociation constant [m**3/mol].
    second_affinity : array_like, shape (draws,)
        K of the second drug, one over its dissociation constant [m**3/mol].

    Returns
    -------
    AdsorbedPair
        Uptakes, efficiencies, concentrations left and vacant sites.

    Raises
    ------
    DomainError
        If the volume or the adsorbent is not positive, or another argument is negative.

    Notes
    -----
    Competitive Langmuir (Butler and Ockrent 1930): ``q_i = q_max K_i x_i z``, z the share of vacant sites,
    ``z = 1/(1 + K_1 x_1 + K_2 x_2)``. With sites ``Q = q_max m/V`` and ``x_i = C_i/(1 + K_i Q z)`` the balance of the
    sites is ``z + sum_i K_i C_i z/(1 + K_i Q z) = 1``, rising in z: one root, between ``1/(1 + K_1 C_1 + K_2 C_2)``
    and 1, its bracket halved in the logarithm.

    Examples
    --------
    Two drugs of one affinity share the sites as they share the solution:

    >>> pair = adsorb_two(1.0, 3.0, 1e-3, 1e-3, 2.0, 5.0, 5.0)
    >>> float(pair.second_uptake / pair.first_uptake)
    3.0
    """
    first = require_not_negative("first_concentration", first_concentration, "mol/m**3")
    second = require_not_negative("second_concentration", second_concentration, "mol/m**3")
    liquid = require_positive("volume", volume, "m**3")
    solid = require_positive("adsorbent_mass", adsorbent_mass, "kg")
    largest = require_not_negative("capacity", capacity, "mol/kg")
    of_first = require_not_negative("first_affinity", first_affinity, "m**3/mol")
    of_second = require_not_negative("second_affinity", second_affinity, "m**3/mol")
    sites = largest * (solid / liquid)
    low = np.asarray(-np.log1p(of_first * first + of_second * second) - 0.0 * sites)  # of the shape of all
    high = np.zeros_like(low)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        vacant = np.exp(middle)
        filled = sum(k * c * vacant / (1.0 + k * sites * vacant) for k, c in ((of_first, first), (of_second, second)))
        over = vacant + filled > 1.0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    vacant = np.exp(0.5 * (low + high))
    left = [1.0 / (1.0 + k * sites * vacant) for k in (of_first, of_second)]
    bound = [k * sites * vacant * free for k, free in zip((of_first, of_second), left, strict=True)]
    return AdsorbedPair(
        first_uptake=np.asarray(bound[0] * first * (liquid / solid)),
        second_uptake=np.asarray(bound[1] * second * (liquid / solid)),
        first_efficiency=np.asarray(bound[0]),
        second_efficiency=np.asarray(bound[1]),
        first_free=np.asarray(left[0] * first),
        second_free=np.asarray(left[1] * second),
        vacant_share=np.asarray(vacant),
    )
