"""Particles, vesicles and cells in the circulation: how long they circulate and which organs take them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.retention import stiff
from formulate.retention.linear import system
from formulate.sampling import Array

BLOOD, LUNG, DEAD = "blood", "lung", "dead cells"
_FOLLOWED = 1e-6  # of the dose; less in blood does not matter


def sum_of_exponentials(time: ArrayLike, shares: ArrayLike, half_lives: ArrayLike) -> Array:
    """Share of a dose still in blood, as a sum of exponentials.

    Parameters
    ----------
    time : array_like, shape (times,)
        t since the dose [s].
    shares : array_like, shape (terms,)
        A_i of each term; they sum to at most 1 [1].
    half_lives : array_like, shape (terms,)
        Of each term [s].

    Returns
    -------
    ndarray, shape (times,)
        [1].

    Raises
    ------
    DomainError
        If a time is negative, a share not from 0 to 1, their sum above 1, a half-life not above zero, or not
        one for each share.

    Notes
    -----
    ``sum_i A_i 2**(-t/t_i)``. Terms of unlike half-life: carriers that differ, or tissue that gives back.

    Examples
    --------
    Half with 1 h and half with 10 h, after 10 h:

    >>> sum_of_exponentials([36000.0], [0.5, 0.5], [3600.0, 36000.0])
    array([0.2505])
    """
    t = require_not_negative("time", time, "s")
    each = np.atleast_1d(require_fraction("shares", shares))
    require("shares", each.sum(), "", each.sum() <= 1.0 + 1e-9, "a sum of at most 1")
    halves = np.atleast_1d(require_positive("half_lives", half_lives, "s"))
    require("half_lives", halves.size, "", halves.size == each.size, f"{each.size}, one for each share")
    return np.asarray((each * np.exp2(-np.atleast_1d(t)[:, None] / halves)).sum(axis=1))


def uptake_half_life(half_life: ArrayLike, dose: ArrayLike, half_saturation: ArrayLike) -> Array:
    """Half-life in blood of particles that fill the cells which take them up, right after the dose.

    Parameters
    ----------
    half_life : array_like, shape (draws,)
        t0 of a dose too small to matter [s].
    dose : array_like, shape (draws,)
        D, particles in blood per body mass [kg/kg].
    half_saturation : array_like, shape (draws,)
        Km, of particles in blood per body mass at which uptake is half as fast per particle [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        ln 2 over the rate at which the dose begins to fall [s].

    Raises
    ------
    DomainError
        If a half-life or saturation is not above zero, or the dose negative.

    Notes
    -----
    ``dA/dt = -Vmax A/(Km + A)``, ``Vmax = Km ln 2/t0``: ``t = t0 (1 + D/Km)``. Source of the form: bare PLGA particles
    circulate longer as the dose grows, pegylated ones do not (panagi2001).

    Examples
    --------
    >>> float(uptake_half_life(180.0, 2e-4, 1e-4))
    540.0
    """
    life = require_positive("half_life", half_life, "s")
    given = require_not_negative("dose", dose, "kg/kg")
    return np.asarray(life * (1.0 + given / require_positive("half_saturation", half_saturation, "kg/kg")))


def boosted_share(share: ArrayLike, gain: ArrayLike) -> Array:
    """Share of a dose that reaches a target when its odds are multiplied, as by a ligand that seeks it.

    Parameters
    ----------
    share : array_like, shape (draws,)
        f without it [1].
    gain : array_like, shape (draws,)
        g, above 0 [1].

    Returns
    -------
    ndarray, shape (draws,)
        [1]; g times the share while that is small, below 1 always.

    Raises
    ------
    DomainError
        If the share is not from 0 to 1, or the gain not above zero.

    Notes
    -----
    ``f g/(1 - f + f g)``.

    Examples
    --------
    >>> boosted_share([0.005, 0.5], 3.0)
    array([0.0149, 0.75  ])
    """
    odds = require_positive("gain", gain, "")
    base = require_fraction("share", share)
    return np.asarray(base * odds / (1.0 - base + base * odds))


def taken_up(
    time: Array,
    arrived: Array,
    rate: Array,
    shares: Mapping[str, Array],
    dose: Array | None = None,
    half_saturation: Array | None = None,
) -> dict[str, Array]:
    """Give where carriers are that were given into blood: in it still, or in the organs that took them.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    arrived : ndarray, shape (draws, times)
        Cumulative share of the carriers that is in blood or was [1].
    rate : ndarray, shape (draws,)
        k, out of blood, of few carriers [1/s].
    shares : mapping of str to ndarray, shape (draws,)
        Of what is taken up, by organ; they sum to 1 [1].
    dose, half_saturation : ndarray, shape (draws,), optional
        Mass of all of them, and the mass in blood at which uptake is half as fast per carrier [kg]. Linear without.

    Returns
    -------
    dict of str to ndarray, shape (draws, times)
        By place, "blood" first; they sum to what arrived.

    Raises
    ------
    DomainError
        Shares that do not sum to 1.

    Notes
    -----
    ``dA/dt = dU/dt - k A/(1 + D A/Km)``; exact where linear, and from when all have come: ``x = D A/Km`` is then
    ``W(x_0 e^(x_0 - k t))``, Lambert's W (Corless et al. 1996, doi:10.1007/BF02124750). Each dose fills the cells on
    its own: doses that overlap in blood do not see each other.
    """
    whole = np.asarray(sum(shares.values()))
    require("shares", whole, "", np.abs(whole - 1.0) < 1e-9, "a sum of 1")
    if dose is None or half_saturation is None:
        fate = system([BLOOD], {}, {BLOOD: rate}).amounts(time, {BLOOD: arrived})
        left = fate.inside[BLOOD]
    else:
        left = _saturably_left(time, arrived, rate[:, None], (dose / half_saturation)[:, None])
    gone = np.maximum.accumulate(arrived - left, axis=1)  # and what is gone may fall by it
    return {BLOOD: arrived - gone} | {organ: share[:, None] * gone for organ, share in shares.items()}


def _saturably_left(time: Array, arrived: Array, rate: Array, filling: Array) -> Array:
    """Give what is still in blood while uptake fills its cells; rate and filling (draws, 1)."""

    def fall(now: float, amount: Array) -> Array:
        return -rate * amount / (1.0 + filling * np.maximum(amount, 0.0))

    def slope(now: float, amount: Array) -> Array:
        return np.asarray(-rate / (1.0 + filling * np.maximum(amount, 0.0)) ** 2)[:, :, None]

    all_here = int(np.flatnonzero(np.diff(arrived).any(axis=0)).max(initial=-1)) + 1  # from this time nothing comes
    left, some = arrived.copy(), slice(all_here + 1)
    if all_here:
        start, came = np.zeros((len(rate), 1)), arrived[:, None, some]
        found = stiff.solve(fall, start, time[some], came, slope, rtol=1e-5, atol=_FOLLOWED)[:, 0]
        left[:, some] = np.clip(found, 0.0, arrived[:, some])  # an amount near zero may be negative by the tolerance
    left[:, all_here:] = _falling(left[:, all_here, None], rate, filling, time[all_here:] - time[all_here])
    return left


def _falling(start: Array, rate: Array, filling: Array, since: Array) -> Array:
    """Give what is left of an amount (draws, 1) when nothing comes any more, (draws, times)."""
    from scipy.special import wrightomega

    filled = filling * start
    counts = filled > 0
    share = np.where(counts, filled, 1.0)
    saturated = wrightomega(np.log(share) + share - rate * since) / share
    return np.asarray(start * np.where(counts, saturated, np.exp(-rate * since)))


def cells_in_blood(
    time: Array,
    arrived: Array,
    lung_share: Array,
    lung_rate: Array,
    organ_rate: Array,
    homing: Array,
    shares: Mapping[str, Array],
    home: str,
    death_rate: Array,
) -> dict[str, Array]:
    """Give where cells are that were given into a vein: most are caught in the lungs before they go anywhere.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    arrived : ndarray, shape (draws, times)
        Cumulative share of the cells that was given [1].
    lung_share : ndarray, shape (draws,)
        Caught at the first passage [1].
    lung_rate : ndarray, shape (draws,)
        Out of the lungs [1/s].
    organ_rate : ndarray, shape (draws,)
        Out of blood into organs [1/s].
    homing : ndarray, shape (draws,)
        Share of all cells that ever reaches the target [1].
    shares : mapping of str to ndarray, shape (draws,)
        Of the others, by organ; they sum to 1 [1].
    home : str
        Name of the target.
    death_rate : ndarray, shape (draws,)
        At the target [1/s].

    Returns
    -------
    dict of str to ndarray, shape (draws, times)
        By place: blood, lung, target, organs, dead at the target; they sum to what arrived.

    Raises
    ------
    DomainError
        A rate is negative, or shares that do not sum to 1.

    Notes
    -----
    blood, lung -> target with the homing share, organs with the rest; cells do not return to blood. A scheme of what
    was seen, not of what drives it: lungs first, then other organs, few at the target (huang2015).
    """
    whole = np.asarray(sum(shares.values()))
    require("shares", whole, "", np.abs(whole - 1.0) < 1e-9, "a sum of 1")
    losses: dict[str | tuple[str, str], ArrayLike] = {(home, DEAD): death_rate}
    for organ, share in shares.items():
        losses[BLOOD, organ] = organ_rate * (1.0 - homing) * share
        losses["in the lung", organ] = lung_rate * (1.0 - homing) * share
    transfers = {(BLOOD, home): organ_rate * homing, ("in the lung", home): lung_rate * homing}
    caught = lung_share[:, None]
    places = system([BLOOD, "in the lung", home], transfers, losses)
    fate = places.amounts(time, {BLOOD: (1.0 - caught) * arrived, "in the lung": caught * arrived})
    found = {BLOOD: fate.inside[BLOOD], LUNG: fate.inside["in the lung"], home: fate.inside[home]}
    for name, lost in fate.lost.items():
        found[name] = found.get(name, 0.0) + lost
    return found
