"""Passive loading of vesicles: the drug that hydration encloses, and the drug that dissolves in the bilayers.

Drug present at hydration divides between the inner water, the outer water and the bilayers. What is in the inner
water and in the bilayers is held; the outer water is what a column, a filter or dialysis takes away.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class PassiveLoading:
    """Where the drug is after passive loading, as shares of all the drug.

    Attributes
    ----------
    inner_water : ndarray, shape (draws,)
        Share dissolved in the inner water [1].
    membrane : ndarray, shape (draws,)
        Share in the bilayers [1].
    outer_water : ndarray, shape (draws,)
        Share dissolved outside [1].
    undissolved : ndarray, shape (draws,)
        Share left as crystals, where water and bilayers are saturated [1].
    encapsulation_efficiency : ndarray, shape (draws,)
        Share held by the vesicles, in their water and bilayers, when the rest is taken away at once [1].
    """

    inner_water: Floats
    membrane: Floats
    outer_water: Floats
    undissolved: Floats
    encapsulation_efficiency: Floats


def trapped_fraction(lipid_concentration: ArrayLike, trapped_volume: ArrayLike) -> Floats:
    """Inner water as a share of the suspension.

    Parameters
    ----------
    lipid_concentration : array_like, shape (draws,)
        Amount of lipid per volume of suspension, cholesterol included [mol/m**3].
    trapped_volume : array_like, shape (draws,)
        Inner water per amount of lipid [m**3/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Inner water per volume of suspension [1].

    Raises
    ------
    DomainError
        If the concentration is negative, the trapped volume not positive, or the inner water would exceed the volume.

    Notes
    -----
    ``phi = C_L V``. Spheres of equal size jam where they take about 0.64 of the volume, so phi stays below that.
    Source: mass balance.

    Examples
    --------
    21.6 mmol/L of lipid that encloses 1.85 L/mol:

    >>> float(trapped_fraction(21.6, 1.85e-3))
    0.03996
    """
    concentration = require_not_negative("lipid_concentration", lipid_concentration, "mol/m**3")
    trapped = require_positive("trapped_volume", trapped_volume, "m**3/mol")
    share = np.asarray(concentration * trapped)
    hint = "the inner water would exceed the volume; dilute, or check the trapped volume"
    require("trapped fraction", share, "", share < 1.0, "< 1", hint)
    return share


def aqueous_efficiency(
    lipid_concentration: ArrayLike,
    trapped_volume: ArrayLike,
    lipid_volume: ArrayLike = 0.0,
    defect: ArrayLike = 0.0,
) -> Floats:
    """Encapsulation efficiency of a drug that stays in the water, loaded passively.

    Parameters
    ----------
    lipid_concentration : array_like, shape (draws,)
        Amount of lipid per volume of suspension at hydration, cholesterol included [mol/m**3].
    trapped_volume : array_like, shape (draws,)
        Inner water per amount of lipid [m**3/mol].
    lipid_volume : array_like, shape (draws,), optional
        Volume of the lipid itself per amount [m**3/mol].
    defect : array_like, shape (draws,), optional
        Share of the inner water whose drug is lost, through leaks while sizing and washing [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of all the drug in the inner water [1].

    Raises
    ------
    DomainError
        If a value is out of range, or inner water and lipid exceed the volume.

    Notes
    -----
    ``EE = (1 - defect) C_L V/(1 - C_L V_lip)``: drug at one concentration in all the water that there is. No drug in
    the bilayers, none excluded from the vesicles. EE does not depend on how much drug is added. Source: mass balance.

    Examples
    --------
    20 mmol/L of lipid, 2.87 L/mol, 0.742 L/mol of the lipid itself; 0.0574/0.98516 is

    >>> float(aqueous_efficiency(20.0, 2.87e-3, 0.742e-3))
    0.05826
    """
    inner, water = _waters(lipid_concentration, trapped_volume, lipid_volume)
    return np.asarray((1.0 - require_fraction("defect", defect)) * inner / water)


def membrane_distribution(
    neutral_partition: ArrayLike, ion_partition: ArrayLike, neutral_fraction: ArrayLike
) -> Floats:
    """Distribution coefficient of an ionisable drug between bilayer and water.

    Parameters
    ----------
    neutral_partition : array_like, shape (draws,)
        K_N, neutral drug per lipid mass over that per water volume [m**3/kg].
    ion_partition : array_like, shape (draws,)
        K_I, the same for the ion [m**3/kg].
    neutral_fraction : array_like, shape (draws,)
        Share of the dissolved drug that is neutral, see `formulate.ionisation.neutral_fraction` [1].

    Returns
    -------
    ndarray, shape (draws,)
        K_D, all drug per lipid mass over all drug per water volume [m**3/kg].

    Raises
    ------
    DomainError
        If a partition coefficient is negative or the share not in 0..1.

    Notes
    -----
    ``K_D = f K_N + (1 - f) K_I``. 1 L/kg is 1e-3 m**3/kg. Ions go into bilayers too, 10 to 100 times less than the
    neutral drug, so K_I rules where nearly all is ionised. Salt and surface charge shift K_I. Source: mass balance.

    Examples
    --------
    Diclofenac at pH 7.4 (log K 4.45 neutral, 2.64 ion, pKa 4.0), log of L/kg:

    >>> from formulate.ionisation import neutral_fraction
    >>> share = neutral_fraction(7.4, acid_pkas=[4.0])
    >>> float(np.log10(membrane_distribution(10**1.45, 10**-0.36, share))) + 3
    2.65
    """
    neutral = require_not_negative("neutral_partition", neutral_partition, "m**3/kg")
    ion = require_not_negative("ion_partition", ion_partition, "m**3/kg")
    share = require_fraction("neutral_fraction", neutral_fraction)
    return np.asarray(share * neutral + (1.0 - share) * ion)


def membrane_share(distribution: ArrayLike, lipid_per_water: ArrayLike) -> Floats:
    """Share of a drug that is in the bilayers.

    Parameters
    ----------
    distribution : array_like, shape (draws,)
        K_D, drug per lipid mass over drug per water volume at this pH [m**3/kg].
    lipid_per_water : array_like, shape (draws,)
        Lipid per volume of water [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        f_m, drug in the bilayers per drug [1].

    Raises
    ------
    DomainError
        If a value is negative or infinite.

    Notes
    -----
    ``f_m = K c/(1 + K c)``. Linear partition: far from the load at which the bilayer is full. Source: mass balance.

    Examples
    --------
    1000 L/kg in 10 g/L of lipid:

    >>> float(membrane_share(1.0, 10.0))
    0.9091
    """
    partition = require_not_negative("distribution", distribution, "m**3/kg")
    lipid = require_not_negative("lipid_per_water", lipid_per_water, "kg/m**3")
    return np.asarray(partition * lipid / (1.0 + partition * lipid))


def passive_loading(
    lipid_concentration: ArrayLike,
    trapped_volume: ArrayLike,
    lipid_molar_mass: ArrayLike,
    distribution: ArrayLike,
    lipid_volume: ArrayLike = 0.0,
    drug_concentration: ArrayLike = 0.0,
    solubility: ArrayLike = np.inf,
    defect: ArrayLike = 0.0,
) -> PassiveLoading:
    """Drug in the inner water, in the bilayers and outside after passive loading.

    Parameters
    ----------
    lipid_concentration : array_like, shape (draws,)
        Amount of lipid per volume of suspension at hydration, cholesterol included [mol/m**3].
    trapped_volume : array_like, shape (draws,)
        Inner water per amount of lipid [m**3/mol].
    lipid_molar_mass : array_like, shape (draws,)
        Molar mass of the lipid, mean over the mixture [kg/mol].
    distribution : array_like, shape (draws,)
        K_D, drug per lipid mass over drug per water volume at the pH of hydration [m**3/kg].
    lipid_volume : array_like, shape (draws,), optional
        Volume of the lipid itself per amount [m**3/mol].
    drug_concentration : array_like, shape (draws,), optional
        All drug per volume of suspension; matters only with a solubility [kg/m**3].
    solubility : array_like, shape (draws,), optional
        Largest concentration of dissolved drug in water at this pH; unlimited unless given [kg/m**3].
    defect : array_like, shape (draws,), optional
        Share of the inner water whose drug is lost, through leaks while sizing and washing [1].

    Returns
    -------
    PassiveLoading
        The shares; inner water, bilayers, outer water and undissolved drug make 1.

    Raises
    ------
    DomainError
        If a value is out of range, or inner water and lipid exceed the volume.

    Notes
    -----
    Per volume of suspension the water is ``W = 1 - C_L V_lip``, of it ``C_L V`` inside, and the bilayers count as
    ``B = K_D C_L M`` of water; each phase holds its share of W + B. Without partition EE is that of
    `aqueous_efficiency`; with strong partition it is 1. Water saturates at the solubility S, and the bilayers with
    it at K_D S: drug beyond ``S (W + B)`` is left as crystals, taken as not held. One pH inside and out;
    equilibrium between bilayers and water. Source: mass balance.

    Examples
    --------
    20 mmol/L of lipid of 0.75 kg/mol, 15 g/L, in 0.98516 of water; 1000 L/kg makes 15 of bilayer:

    >>> float(passive_loading(20.0, 2.87e-3, 0.75, 1.0, 0.742e-3).membrane)
    0.9384
    >>> float(passive_loading(20.0, 2.87e-3, 0.75, 1.0, 0.742e-3).encapsulation_efficiency)
    0.94196
    """
    inner, water = _waters(lipid_concentration, trapped_volume, lipid_volume)
    molar = require_positive("lipid_molar_mass", lipid_molar_mass, "kg/mol")
    partition = require_not_negative("distribution", distribution, "m**3/kg")
    added = require_not_negative("drug_concentration", drug_concentration, "kg/m**3")
    saturated = np.asarray(solubility, dtype=np.float64)
    require("solubility", saturated, "kg/m**3", saturated > 0.0, "> 0")
    lost = require_fraction("defect", defect)
    bilayers = partition * np.asarray(lipid_concentration, dtype=np.float64) * molar
    room = water + bilayers
    capacity = saturated * room
    shape = np.broadcast(added, capacity).shape
    dissolved = np.divide(capacity, added, out=np.ones(shape), where=added > capacity)
    kept = dissolved * (1.0 - lost) * inner / room
    membrane = dissolved * bilayers / room
    outer = np.asarray(dissolved * (water - (1.0 - lost) * inner) / room)
    return PassiveLoading(
        inner_water=np.asarray(kept),
        membrane=np.broadcast_to(membrane, outer.shape),
        outer_water=outer,
        undissolved=np.broadcast_to(1.0 - dissolved, outer.shape),
        encapsulation_efficiency=np.asarray(kept + membrane),
    )


def efficiency_after_washing(
    encapsulation_efficiency: ArrayLike, water_ratio: ArrayLike, washes: ArrayLike = 1.0
) -> Floats:
    """Share of the drug still held when it comes to equilibrium with fresh outer water.

    Parameters
    ----------
    encapsulation_efficiency : array_like, shape (draws,)
        Share held at equilibrium, before any removal, see `passive_loading` [1].
    water_ratio : array_like, shape (draws,)
        Fresh outer water at each wash over the outer water before [1].
    washes : array_like, shape (draws,), optional
        Number of exchanges of the outer water [1].

    Returns
    -------
    ndarray, shape (draws,)
        Share of all the drug held after the washes [1].

    Raises
    ------
    DomainError
        If the efficiency is not in 0..1, the ratio is negative or the number of washes is.

    Notes
    -----
    ``EE [EE/(EE + (1 - EE) v)]^n``: the outer water is taken away with its drug, fresh water comes, and the drug
    divides anew as it did before. It is the lower bound, for a drug that crosses the bilayer faster than the
    washing; EE itself is the upper one, for a drug that does not. No crystals. Source: mass balance.

    Examples
    --------
    90 % held; one exchange of all the outer water takes another 10 % of that:

    >>> float(efficiency_after_washing(0.9, 1.0))
    0.81
    """
    held = require_fraction("encapsulation_efficiency", encapsulation_efficiency)
    ratio = require_not_negative("water_ratio", water_ratio, "")
    number = require_not_negative("washes", washes, "")
    spread = held + (1.0 - held) * ratio
    kept = np.divide(held, spread, out=np.zeros(np.broadcast(held, spread).shape), where=spread > 0.0)
    return np.asarray(held * kept**number)


def _waters(
    lipid_concentration: ArrayLike, trapped_volume: ArrayLike, lipid_volume: ArrayLike
) -> tuple[Floats, Floats]:
    """Give inner and all water per volume of suspension [1]."""
    inner = trapped_fraction(lipid_concentration, trapped_volume)
    volume = require_not_negative("lipid_volume", lipid_volume, "m**3/mol")
    water = np.asarray(1.0 - np.asarray(lipid_concentration, dtype=np.float64) * volume)
    hint = "inner water and lipid would exceed the volume; dilute, or check the volumes"
    require("trapped fraction", inner, "", inner <= water, "<= the share of water in the suspension", hint)
    return inner, water
