"""Langmuir adsorption from a finite volume in moles, as isotherms of small molecules are mostly printed."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive
from formulate.loading.adsorption import adsorb_langmuir

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class AdsorbedMolar:
    """Drug on an adsorbent and in the solution around it, by amount.

    Attributes
    ----------
    free_concentration : ndarray, shape (draws,)
        Drug left in the solution at equilibrium [mol/m**3].
    uptake : ndarray, shape (draws,)
        q, drug per bare adsorbent [mol/kg].
    encapsulation_efficiency : ndarray, shape (draws,)
        Drug adsorbed per drug added [1].
    """

    free_concentration: Floats
    uptake: Floats
    encapsulation_efficiency: Floats


def adsorb_langmuir_molar(
    initial_concentration: ArrayLike,
    volume: ArrayLike,
    adsorbent_mass: ArrayLike,
    capacity: ArrayLike,
    affinity: ArrayLike,
) -> AdsorbedMolar:
    """Drug adsorbed from a finite volume at equilibrium, Langmuir isotherm in moles.

    Parameters
    ----------
    initial_concentration : array_like, shape (draws,)
        C_0, drug in the solution before the adsorbent [mol/m**3].
    volume : array_like, shape (draws,)
        Volume of the solution [m**3].
    adsorbent_mass : array_like, shape (draws,)
        Bare adsorbent in it [kg].
    capacity : array_like, shape (draws,)
        q_max, largest uptake, drug per adsorbent [mol/kg].
    affinity : array_like, shape (draws,)
        K, one over the free concentration at half of the capacity [m**3/mol].

    Returns
    -------
    AdsorbedMolar
        Concentration left, uptake and efficiency.

    Raises
    ------
    DomainError
        If the volume or the adsorbent is not positive, or another argument is negative.

    Notes
    -----
    ``C_0 = x + (m/V) q`` with ``q = q_max K x/(1 + K x)``, solved in closed form as in
    `formulate.loading.adsorption.adsorb_langmuir`. Source: Langmuir 1918, and a mass balance.

    Examples
    --------
    1 mmol/L, 1 g/L, 1 mmol/g, 2 L/mmol: 2 x^2 + x - 1 = 0, x = 0.5 mmol/L.

    >>> done = adsorb_langmuir_molar(1.0, 1e-3, 1e-3, 1.0, 2.0)
    >>> float(done.free_concentration), float(done.uptake), float(done.encapsulation_efficiency)
    (0.5, 0.5, 0.5)
    """
    liquid = require_positive("volume", volume, "m**3")
    solid = require_positive("adsorbent_mass", adsorbent_mass, "kg")
    return adsorb_langmuir_at_solids(initial_concentration, solid / liquid, capacity, affinity)


def adsorb_langmuir_at_solids(
    initial_concentration: ArrayLike, adsorbent_concentration: ArrayLike, capacity: ArrayLike, affinity: ArrayLike
) -> AdsorbedMolar:
    """Drug adsorbed from a suspension of known solids at equilibrium, Langmuir isotherm in moles.

    Parameters
    ----------
    initial_concentration : array_like, shape (draws,)
        C_0, drug in the solution before the adsorbent [mol/m**3].
    adsorbent_concentration : array_like, shape (draws,)
        Bare adsorbent per volume of solution [kg/m**3].
    capacity : array_like, shape (draws,)
        q_max, largest uptake, drug per adsorbent [mol/kg].
    affinity : array_like, shape (draws,)
        K, one over the free concentration at half of the capacity [m**3/mol].

    Returns
    -------
    AdsorbedMolar
        Concentration left, uptake and efficiency.

    Raises
    ------
    DomainError
        If the adsorbent is not positive, or another argument is negative.

    Notes
    -----
    As `adsorb_langmuir_molar` with s = m/V: ``C_0 = x + s q_max K x/(1 + K x)``. Source: Langmuir 1918, and a mass
    balance.

    Examples
    --------
    >>> float(adsorb_langmuir_at_solids(1.0, 1.0, 1.0, 2.0).uptake)
    0.5
    """
    start = require_not_negative("initial_concentration", initial_concentration, "mol/m**3")
    solids = require_positive("adsorbent_concentration", adsorbent_concentration, "kg/m**3")
    largest = require_not_negative("capacity", capacity, "mol/kg")
    strength = require_not_negative("affinity", affinity, "m**3/mol")
    # the balance knows no unit: with drug counted in mol throughout it is that of adsorb_langmuir in 1 m**3
    done = adsorb_langmuir(start, 1.0, solids, largest, strength)
    return AdsorbedMolar(done.free_concentration, done.uptake, done.encapsulation_efficiency)
