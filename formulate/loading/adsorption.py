"""Drug adsorbed on particles from a finite volume: isotherms, the depletion of the solution, rinsing.

The exact balance of mass: what the particles take up, the solution loses. Affinity K is per concentration of free
drug, ``1/K`` the concentration that fills half of the capacity.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

STEPS = 60  # of Newton on a convex curve, from its upper side; some 10 are taken


MOST_RINSES = 1000  # each is a balance of its own


def langmuir_uptake(free_concentration: ArrayLike, capacity: ArrayLike, affinity: ArrayLike) -> Floats:
    """Drug adsorbed beside a free concentration (Langmuir isotherm).

    Parameters
    ----------
    free_concentration : array_like, shape (draws,)
        Free drug at equilibrium [kg/m**3].
    capacity : array_like, shape (draws,)
        Largest uptake, drug per adsorbent [kg/kg].
    affinity : array_like, shape (draws,)
        K, one over the free concentration at half of the capacity [m**3/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per bare adsorbent [kg/kg].

    Raises
    ------
    DomainError
        If an argument is negative.

    Notes
    -----
    ``q = q_max K x/(1 + K x)`` (Langmuir 1918): equal sites, one layer, no interaction.

    Examples
    --------
    >>> float(langmuir_uptake(0.5, 0.3, 2.0))
    0.15
    """
    filled = require_not_negative("affinity", affinity, "m**3/kg") * require_not_negative(
        "free_concentration", free_concentration, "kg/m**3"
    )
    return np.asarray(require_not_negative("capacity", capacity, "kg/kg") * (filled / (1.0 + filled)))


def langmuir_affinity(uptake: ArrayLike, free_concentration: ArrayLike, capacity: ArrayLike) -> Floats:
    """Affinity from one measured point of a Langmuir isotherm.

    Parameters
    ----------
    uptake : array_like, shape (draws,)
        Drug per bare adsorbent [kg/kg].
    free_concentration : array_like, shape (draws,)
        Free drug beside it at equilibrium [kg/m**3].
    capacity : array_like, shape (draws,)
        Largest uptake, drug per adsorbent [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        K [m**3/kg].

    Raises
    ------
    DomainError
        If an argument is not positive or the uptake is not below the capacity.

    Notes
    -----
    ``K = q/(x (q_max - q))``. Near saturation a small error of q is a large one of K.

    Examples
    --------
    >>> float(langmuir_affinity(0.15, 0.5, 0.3))
    2.0
    """
    taken = require_positive("uptake", uptake, "kg/kg")
    free = require_positive("free_concentration", free_concentration, "kg/m**3")
    largest = require_positive("capacity", capacity, "kg/kg")
    require("uptake", taken, "kg/kg", taken < largest, "< capacity", "the isotherm reaches its capacity nowhere")
    return np.asarray(taken / (free * (largest - taken)))


def affinity_by_mass(molar_affinity: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Affinity per mass concentration from one per molar concentration.

    Parameters
    ----------
    molar_affinity : array_like, shape (draws,)
        K per molar concentration, one over the dissociation constant [m**3/mol].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        K per mass concentration [m**3/kg].

    Raises
    ------
    DomainError
        If the affinity is negative or the molar mass is not positive.

    Notes
    -----
    ``K/M``. 1 L/mol is 1e-3 m**3/mol.

    Examples
    --------
    A dissociation constant of 10 umol/L, 500 g/mol: half full at 5 mg/L.

    >>> float(affinity_by_mass(1 / 10e-3, 0.5))
    200.0
    """
    affinity = require_not_negative("molar_affinity", molar_affinity, "m**3/mol")
    return np.asarray(affinity / require_positive("molar_mass", molar_mass, "kg/mol"))


def capacity_by_mass(molar_capacity: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Capacity in mass of drug from one in amount of drug.

    Parameters
    ----------
    molar_capacity : array_like, shape (draws,)
        Drug per adsorbent [mol/kg].
    molar_mass : array_like, shape (draws,)
        Molar mass of the drug [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per adsorbent [kg/kg].

    Raises
    ------
    DomainError
        If the capacity is negative or the molar mass is not positive.

    Notes
    -----
    ``q M``. 1 mmol/g is 1 mol/kg.

    Examples
    --------
    >>> float(capacity_by_mass(0.5, 0.5435))
    0.27175
    """
    capacity = require_not_negative("molar_capacity", molar_capacity, "mol/kg")
    return np.asarray(capacity * require_positive("molar_mass", molar_mass, "kg/mol"))


@dataclass(frozen=True)
class Adsorbed:
    """Drug on an adsorbent and in the solution around it.

    Attributes
    ----------
    uptake : ndarray, shape (draws,)
        Drug per bare adsorbent [kg/kg].
    drug_loading : ndarray, shape (draws,)
        Drug per loaded adsorbent [kg/kg].
    encapsulation_efficiency : ndarray, shape (draws,)
        Drug adsorbed per drug added [1].
    free_concentration : ndarray, shape (draws,)
        Drug left in the solution [kg/m**3].
    """

    uptake: Floats
    drug_loading: Floats
    encapsulation_efficiency: Floats
    free_concentration: Floats


def adsorb_langmuir(
    initial_concentration: ArrayLike,
    volume: ArrayLike,
    adsorbent_mass: ArrayLike,
    capacity: ArrayLike,
    affinity: ArrayLike,
) -> Adsorbed:
    """Drug adsorbed from a finite volume at equilibrium, Langmuir isotherm.

    Parameters
    ----------
    initial_concentration : array_like, shape (draws,)
        Drug in the solution before the adsorbent [kg/m**3].
    volume : array_like, shape (draws,)
        Volume of the solution [m**3].
    adsorbent_mass : array_like, shape (draws,)
        Bare adsorbent in it [kg].
    capacity : array_like, shape (draws,)
        Largest uptake, drug per adsorbent [kg/kg].
    affinity : array_like, shape (draws,)
        K, one over the free concentration at half of the capacity [m**3/kg].

    Returns
    -------
    Adsorbed
        Uptake, drug loading, efficiency and the concentration left.

    Raises
    ------
    DomainError
        If the volume or the adsorbent is not positive, or another argument is negative.

    Notes
    -----
    The balance ``C0 = x + (m/V) q_max K x/(1 + K x)`` is ``K x^2 + b x - C0 = 0`` with
    ``b = 1 + K (Q - C0)``, ``Q = q_max m/V``, the free concentration its positive root; written without
    differences of near numbers, so that neither a weak nor a tight binding loses digits. ``DL = q/(1 + q)``. At an
    initial concentration of zero the efficiency is its limit ``K Q/(1 + K Q)``.

    Examples
    --------
    1 g/L of adsorbent, 1 g/L of drug, capacity 1, K = 2 L/g: 2 x^2 + x - 1 = 0, x = 0.5.

    >>> done = adsorb_langmuir(1.0, 1e-3, 1e-3, 1.0, 2.0)
    >>> float(done.free_concentration), float(done.uptake), float(done.encapsulation_efficiency)
    (0.5, 0.5, 0.5)
    >>> float(done.drug_loading)
    0.3333
    """
    start = require_not_negative("initial_concentration", initial_concentration, "kg/m**3")
    liquid = require_positive("volume", volume, "m**3")
    solid = require_positive("adsorbent_mass", adsorbent_mass, "kg")
    largest = require_not_negative("capacity", capacity, "kg/kg")
    strength = require_not_negative("affinity", affinity, "m**3/kg")
    sites = largest * (solid / liquid)
    left = _free_share(start, sites, strength)
    free = left * start
    efficiency = np.minimum(strength * sites * left / (1.0 + strength * free), 1.0)  # rounding may lift it over 1
    taken = largest * (strength * free / (1.0 + strength * free))
    return Adsorbed(
        uptake=np.asarray(taken),
        drug_loading=np.asarray(taken / (1.0 + taken)),
        encapsulation_efficiency=np.asarray(efficiency),
        free_concentration=np.asarray(free),
    )


def adsorb_freundlich(
    initial_concentration: ArrayLike,
    volume: ArrayLike,
    adsorbent_mass: ArrayLike,
    reference_uptake: ArrayLike,
    exponent: ArrayLike,
    reference_concentration: ArrayLike = 1e-3,
) -> Adsorbed:
    """Drug adsorbed from a finite volume at equilibrium, Freundlich isotherm.

    Parameters
    ----------
    initial_concentration : array_like, shape (draws,)
        Drug in the solution before the adsorbent [kg/m**3].
    volume : array_like, shape (draws,)
        Volume of the solution [m**3].
    adsorbent_mass : array_like, shape (draws,)
        Bare adsorbent in it [kg].
    reference_uptake : array_like, shape (draws,)
        Uptake at the reference concentration: the Freundlich constant [kg/kg].
    exponent : array_like, shape (draws,)
        1/n of the isotherm [1].
    reference_concentration : array_like, shape (draws,), optional
        Free concentration at which the constant holds: 1 mg/L for a constant in (mg/g)(L/mg)^(1/n) [kg/m**3].

    Returns
    -------
    Adsorbed
        Uptake, drug loading, efficiency and the concentration left.

    Raises
    ------
    DomainError
        If an argument is not positive; the reference uptake may be zero.

    Notes
    -----
    ``q = q_ref (x/x_ref)^(1/n)`` (Freundlich 1906) with ``C0 = x + (m/V) q``. Solved in ``y = ln(x/C0)`` by Newton on
    ``ln(exp(y) + A exp(y/n))``, convex and rising, from above its zero: it cannot miss. An empirical fit: it has no
    capacity, do not go beyond the concentrations it was fitted on.

    Examples
    --------
    Exponent 1 is a plain partition: as much adsorbed as free for (m/V) q_ref = x_ref.

    >>> done = adsorb_freundlich(1.0, 1e-3, 1e-3, 1e-3, 1.0)
    >>> float(done.free_concentration), float(done.encapsulation_efficiency)
    (0.5, 0.5)
    """
    start = require_positive("initial_concentration", initial_concentration, "kg/m**3")
    liquid = require_positive("volume", volume, "m**3")
    solid = require_positive("adsorbent_mass", adsorbent_mass, "kg")
    constant = require_not_negative("reference_uptake", reference_uptake, "kg/kg")
    power = require_positive("exponent", exponent, "")
    reference = require_positive("reference_concentration", reference_concentration, "kg/m**3")
    with np.errstate(divide="ignore"):  # no uptake at all: its logarithm is minus infinity, and all stays free
        bound = np.log(constant) + np.log(solid / liquid) - np.log(start) + power * np.log(start / reference)
    bound, power = np.broadcast_arrays(bound, power)
    log_free = np.minimum(0.0, -bound / power)
    for _ in range(STEPS):
        total = np.logaddexp(log_free, bound + power * log_free)
        share = np.exp(log_free - total)
        step = total / (share + power * (1.0 - share))
        log_free = log_free - step
        if np.all(np.abs(step) <= 1e-15 * (1.0 + np.abs(log_free))):
            break
    free = start * np.exp(log_free)
    efficiency = np.exp(np.minimum(0.0, bound + power * log_free))
    taken = efficiency * start * (liquid / solid)
    return Adsorbed(
        uptake=np.asarray(taken),
        drug_loading=np.asarray(taken / (1.0 + taken)),
        encapsulation_efficiency=np.asarray(efficiency),
        free_concentration=np.asarray(free),
    )


def held_after_rinsing(
    uptake: ArrayLike,
    adsorbent_mass: ArrayLike,
    capacity: ArrayLike,
    affinity: ArrayLike,
    rinse_volume: ArrayLike,
    rinses: int = 1,
) -> Floats:
    """Drug still adsorbed after the adsorbent has stood in fresh liquid, at equilibrium each time.

    Parameters
    ----------
    uptake : array_like, shape (draws,)
        Drug per bare adsorbent before [kg/kg].
    adsorbent_mass : array_like, shape (draws,)
        Bare adsorbent [kg].
    capacity : array_like, shape (draws,)
        Largest uptake, drug per adsorbent [kg/kg].
    affinity : array_like, shape (draws,)
        K, one over the free concentration at half of the capacity [m**3/kg].
    rinse_volume : array_like, shape (draws,)
        Fresh liquid of each rinse, the old one wholly removed [m**3].
    rinses : int, optional
        Number of rinses; 1 for a dilution [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per bare adsorbent after [kg/kg].

    Raises
    ------
    DomainError
        If there are no rinses, the uptake is above the capacity, or as for `adsorb_langmuir`.

    Notes
    -----
    Each rinse is `adsorb_langmuir` of the drug held, over the fresh volume. Real adsorption is often in part
    irreversible or slow: then more stays.

    Examples
    --------
    Half full at K = 2 L/g, 1 g in 1 L of fresh liquid: 0.5 = x + 2 x/(1 + 2 x), x = 0.2071 g/L leaves it.

    >>> float(held_after_rinsing(0.5, 1e-3, 1.0, 2.0, 1e-3))
    0.2929
    """
    require("rinses", rinses, "", 1 <= rinses <= MOST_RINSES, f"1 to {MOST_RINSES}")
    held = require_not_negative("uptake", uptake, "kg/kg")
    solid = require_positive("adsorbent_mass", adsorbent_mass, "kg")
    liquid = require_positive("rinse_volume", rinse_volume, "m**3")
    largest = require_not_negative("capacity", capacity, "kg/kg")
    require("uptake", held, "kg/kg", held <= largest * (1.0 + 1e-9), "<= capacity", "are the two in the same unit?")
    for _ in range(rinses):
        held = adsorb_langmuir(held * (solid / liquid), liquid, solid, largest, affinity).uptake
    return np.asarray(held)


def _free_share(start: Floats, sites: Floats, strength: Floats) -> Floats:
    """Give free over initial drug from ``K C0 f^2 + (1 + K (Q - C0)) f - 1 = 0``."""
    slope = 1.0 + strength * (sites - start)
    filling = strength * start
    root = np.hypot(slope, 2.0 * np.sqrt(filling))
    with np.errstate(divide="ignore", invalid="ignore"):  # the branch not taken may divide by zero
        return np.asarray(np.where(slope >= 0.0, 2.0 / (slope + root), (root - slope) / (2.0 * filling)))
