"""Release measured through a dialysis bag: the carrier's rate and that of the membrane in series."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.leakage import half_life_from_rate

Floats: TypeAlias = NDArray[np.float64]

HALVINGS = 60  # leaves 1e-18 of a bracket
LARGEST_LOG_RATIO = 60.0  # natural logarithm of the carrier's rate over ln 2/t50 that is still searched


@dataclass(frozen=True)
class DialysisRelease:
    """Where the drug is, as shares of all of it; bag and receiver make what the carrier has released.

    Attributes
    ----------
    received : ndarray, shape (draws,)
        Share in the receiver, what the experiment reads [1].
    released : ndarray, shape (draws,)
        Share that has left the carrier, in the bag or in the receiver [1].
    free_in_bag : ndarray, shape (draws,)
        Share that has left the carrier and is still in the bag [1].
    """

    received: Floats
    released: Floats
    free_in_bag: Floats


def dialysis_release(time: ArrayLike, release_rate: ArrayLike, membrane_rate: ArrayLike) -> DialysisRelease:
    """Share of the drug that has arrived outside a dialysis bag.

    Parameters
    ----------
    time : array_like, shape (draws,)
        t, time since the bag was put in [s].
    release_rate : array_like, shape (draws,)
        k_1, rate constant of release from the carrier [1/s].
    membrane_rate : array_like, shape (draws,)
        k_2, rate constant of free drug through the membrane, from the same bag in the same medium [1/s].

    Returns
    -------
    DialysisRelease
        Shares received, released and free in the bag.

    Raises
    ------
    DomainError
        If a time or rate is negative.

    Notes
    -----
    ``f = 1 - [k_2 exp(-k_1 t) - k_1 exp(-k_2 t)]/(k_2 - k_1)``, at ``k_1 = k_2 = k`` its limit
    ``f = 1 - (1 + k t) exp(-k t)``; evaluated without the difference. f is the same with both rates swapped: only a
    run of free drug tells which is which. Perfect sink outside, no drug back into the carrier, nothing bound.
    Source: two first-order steps in series.

    Examples
    --------
    Both rates 1/h, after one hour ``1 - 2/e``:

    >>> found = dialysis_release(3600.0, 1 / 3600, 1 / 3600)
    >>> float(found.received), float(found.released), float(found.free_in_bag)
    (0.2642, 0.6321, 0.3679)
    """
    elapsed = require_not_negative("time", time, "s")
    carrier = require_not_negative("release_rate", release_rate, "1/s") * elapsed
    membrane = require_not_negative("membrane_rate", membrane_rate, "1/s") * elapsed
    received = _received(carrier, membrane)
    released = np.asarray(-np.expm1(-carrier) + np.zeros_like(received))
    return DialysisRelease(received, released, np.asarray(np.maximum(released - received, 0.0)))  # rounding only


@dataclass(frozen=True)
class DialysisHalfLife:
    """What a dialysis bag makes of the half-life of a carrier.

    Attributes
    ----------
    apparent_half_life : ndarray, shape (draws,)
        Time at which half of the drug is in the receiver [s].
    half_life : ndarray, shape (draws,)
        Half-life of release from the carrier [s].
    bias : ndarray, shape (draws,)
        Apparent over true half-life, less one [1].
    """

    apparent_half_life: Floats
    half_life: Floats
    bias: Floats


def dialysis_half_life(release_rate: ArrayLike, membrane_rate: ArrayLike) -> DialysisHalfLife:
    """Half-life that a dialysis experiment reads, and how far it is off that of the carrier.

    Parameters
    ----------
    release_rate : array_like, shape (draws,)
        k_1, rate constant of release from the carrier [1/s].
    membrane_rate : array_like, shape (draws,)
        k_2, rate constant of free drug through the membrane, from the same bag in the same medium [1/s].

    Returns
    -------
    DialysisHalfLife
        Apparent and true half-life, and the bias.

    Raises
    ------
    DomainError
        If a rate is not positive.

    Notes
    -----
    The root of ``f(t) = 1/2``, f as in `dialysis_release`, against ``ln 2/k_1``; found by halving the bracket from
    the longer of the two half-lives to the mean time ``1/k_1 + 1/k_2``. Below k_2 = 5 k_1 a profile reports the bag;
    below 10 it should be corrected. Source: two first-order steps in series.

    Examples
    --------
    A membrane 10 times as fast as the carrier makes its half-life 15 % too long:

    >>> float(dialysis_half_life(1e-5, 1e-4).bias)
    0.1519
    """
    carrier = require_positive("release_rate", release_rate, "1/s")
    membrane = require_positive("membrane_rate", membrane_rate, "1/s")
    slow, ratio = np.minimum(carrier, membrane), np.maximum(carrier, membrane) / np.minimum(carrier, membrane)
    # in units of 1/slow
    low, high = np.full_like(ratio, np.log(2.0)), 1.0 + 1.0 / ratio
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        early = _received(middle, ratio * middle) < 0.5
        low, high = np.where(early, middle, low), np.where(early, high, middle)
    apparent = np.asarray(0.5 * (low + high) / slow)
    true = np.asarray(half_life_from_rate(carrier) + np.zeros_like(apparent))
    return DialysisHalfLife(apparent, true, np.asarray(apparent / true - 1.0))


def release_rate_from_dialysis(apparent_half_life: ArrayLike, membrane_rate: ArrayLike) -> Floats:
    """Rate constant of a carrier from the half-life that a dialysis experiment read.

    Parameters
    ----------
    apparent_half_life : array_like, shape (draws,)
        Time at which half of the drug was in the receiver [s].
    membrane_rate : array_like, shape (draws,)
        k_2, rate constant of free drug through the membrane, from the same bag in the same medium [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        k_1, rate constant of release from the carrier [1/s].

    Raises
    ------
    DomainError
        If a value is not positive, or the half-life is not longer than that of the bag alone.

    Notes
    -----
    The k_1 at which ``f(t_50) = 1/2``, the inverse of `dialysis_half_life`. The nearer the reading is to the half-life
    of the bag, ``ln 2/k_2``, the less it says of the carrier. Source: two first-order steps in series.

    Examples
    --------
    Half outside after 22.18 h through a bag of 0.36/h: the half-life of the carrier is 19.25 h, its rate in 1/h

    >>> float(release_rate_from_dialysis(22.18 * 3600, 1e-4)) * 3600
    0.0360
    """
    reading = require_positive("apparent_half_life", apparent_half_life, "s")
    membrane = require_positive("membrane_rate", membrane_rate, "1/s") * reading
    hint = "free drug alone takes that long to leave the bag; the carrier releases faster than this shows"
    require("apparent_half_life", reading, "s", membrane > np.log(2.0), "> ln 2/membrane_rate", hint)
    # with a finite k_2 the carrier must be faster than ln 2/t_50; the search is over the logarithm of how much
    low, high = np.zeros_like(membrane), np.full_like(membrane, LARGEST_LOG_RATIO)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        late = _received(np.log(2.0) * np.exp(middle), membrane) > 0.5
        low, high = np.where(late, low, middle), np.where(late, middle, high)
    return np.asarray(np.log(2.0) * np.exp(0.5 * (low + high)) / reading)


def _received(one: Floats, other: Floats) -> Floats:
    """Give the share that has made both steps, from rate times time of each; symmetric in the two."""
    slow, fast = np.minimum(one, other), np.maximum(one, other)
    gap = fast - slow
    # (1 - exp(-gap))/gap, whose limit at equal rates is 1
    between = np.where(gap > 0.0, -np.expm1(-gap) / np.where(gap > 0.0, gap, 1.0), 1.0)
    share = -np.expm1(-slow) - slow * np.exp(-slow) * between
    return np.asarray(np.maximum(share, 0.0))  # rounding alone leaves it below
