"""Release from polymer micelles: partition between cores and water, and micelles that fall apart when diluted."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

# Below this exponent a series replaces differences of exponentials, which would cancel.
_SMALL = 1e-4


def free_of_cores(
    partition_coefficient: ArrayLike, core_to_water: ArrayLike, protein_bound_ratio: ArrayLike = 0.0
) -> Floats:
    """Share of a drug that is out of the cores of micelles at equilibrium, free or on protein.

    Parameters
    ----------
    partition_coefficient : array_like, shape (draws, 1)
        K, drug per volume of core over free drug per volume of water [1].
    core_to_water : array_like, shape (draws, times)
        phi, volume of cores per volume of water [m**3/m**3].
    protein_bound_ratio : array_like, shape (draws, 1), optional
        b, protein-bound over free drug in the fluid; 0 if not given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F [1].

    Raises
    ------
    DomainError
        If a value is negative, infinite or NaN.

    Notes
    -----
    ``F = (1 + b)/(1 + b + K phi)``. Drug crosses a fluid core within seconds, R**2/(15 D) at 10 nm, so this
    holds at any time; a glassy core is slower. Linear partition, all drug dissolved. Source: mass balance.

    Examples
    --------
    >>> free_of_cores(1e4, [4e-3, 4e-5], 0.0)
    array([0.02439024, 0.71428571])
    """
    partition = require_not_negative("partition_coefficient", partition_coefficient, "")
    ratio = require_not_negative("core_to_water", core_to_water, "m**3/m**3")
    bound = 1.0 + require_not_negative("protein_bound_ratio", protein_bound_ratio, "")
    return np.asarray(bound / (bound + partition * ratio))


def micelle_released(
    time: ArrayLike,
    copolymer_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    half_life: ArrayLike,
    partition_coefficient: ArrayLike,
    core_mass_share: ArrayLike,
    core_density: ArrayLike,
    protein_bound_ratio: ArrayLike = 0.0,
    share_at_start: ArrayLike = 1.0,
) -> Floats:
    """Share of a drug out of the cores of micelles, after one dilution.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since dilution [s].
    copolymer_concentration : array_like, shape (draws, 1)
        C, all copolymer per volume after dilution: its dose over the volume of the site, above 0 [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws, 1)
        CMC in the fluid of the site [kg/m**3].
    half_life : array_like, shape (draws, 1)
        T, in which half of the micelles too many fall apart: hours to days for glassy or crystalline cores [s].
    partition_coefficient : array_like, shape (draws, 1)
        K, drug per volume of core over free drug per volume of water [1].
    core_mass_share : array_like, shape (draws, 1)
        w, core-forming block per copolymer [kg/kg].
    core_density : array_like, shape (draws, 1)
        rho, of the core [kg/m**3].
    protein_bound_ratio : array_like, shape (draws, 1), optional
        b, protein-bound over free drug in the fluid; 0 if not given [1].
    share_at_start : array_like, shape (draws, 1), optional
        I_0, copolymer in micelles as injected; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F [1]; at t = 0 what partition alone sets free.

    Raises
    ------
    DomainError
        If a concentration, half-life or density is not above zero (the CMC may be 0), a share is outside 0 to 1,
        another value is negative, or the cores would take the whole volume.

    Notes
    -----
    ``I = I_eq + (I_0 - I_eq) 2**(-t/T)`` with ``I_eq = max(0, 1 - CMC/C)``, ``v = I C w/rho`` and
    ``F = (1 + b)/(1 + b + K v/(1 - v))``. A closed volume: where drug or copolymer drains, see `micelle_course`.
    Source: mass balance; closed association as rangelyagui2005.

    Examples
    --------
    Cores of 0.004 % by volume after dilution, far below the CMC, at once and after one half-life:

    >>> micelle_released([0.0, 3600.0], 0.1, 10.0, 3600.0, 1e4, 0.5, 1250.0)
    array([0.714278, 0.833331])
    """
    time = require_not_negative("time", time, "s")
    total = require_positive("copolymer_concentration", copolymer_concentration, "kg/m**3")
    stable = _in_micelles(total, critical_micelle_concentration)
    start = require_fraction("share_at_start", share_at_start)
    left = stable + (start - stable) * np.exp2(-time / require_positive("half_life", half_life, "s"))
    return free_of_cores(
        partition_coefficient, _core_to_water(left * total, core_mass_share, core_density), protein_bound_ratio
    )


def micelles_left(
    time: ArrayLike,
    copolymer_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    half_life: ArrayLike,
    share_at_start: ArrayLike = 1.0,
) -> Floats:
    """Share of the copolymer still in micelles while a site dilutes them.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, starting at 0 and rising [s].
    copolymer_concentration : array_like, shape (draws, times)
        C, all copolymer at the site per volume at those times, above 0 [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws, 1)
        CMC in the fluid of the site [kg/m**3].
    half_life : array_like, shape (draws, 1)
        T, in which half of the micelles too many fall apart: hours to days for glassy or crystalline cores [s].
    share_at_start : array_like, shape (draws, 1), optional
        Copolymer in micelles as injected; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        I [1].

    Raises
    ------
    DomainError
        If the times do not start at 0 and rise, a concentration or half-life is not above zero (the CMC may be), or the
        share is outside 0 to 1.

    Notes
    -----
    ``dI/dt = (ln 2/T) (max(0, 1 - CMC/C) - I)``: micelles keep to the equilibrium share above the CMC with a delay, and
    below it none is left in the end. Exact for an equilibrium share that is straight between two times. Source: first
    order towards the closed association of rangelyagui2005.

    Examples
    --------
    Diluted at once to a fifth of the CMC, half-life 1 h:

    >>> micelles_left([0.0, 3600.0, 7200.0], [[0.01, 0.01, 0.01]], 0.05, 3600.0)
    array([[1.  , 0.5 , 0.25]])
    """
    time = require_not_negative("time", time, "s")
    require("time", time[:1], "s", time[:1] == 0.0, "0 as the first time")
    steps = np.diff(time)
    require("time", time[1:], "s", steps > 0.0, "rising times")
    total = np.atleast_2d(require_positive("copolymer_concentration", copolymer_concentration, "kg/m**3"))
    stable = _in_micelles(total, critical_micelle_concentration)
    rate = np.log(2.0) / require_positive("half_life", half_life, "s")
    start = require_fraction("share_at_start", share_at_start)
    draws, times = np.broadcast_shapes(stable.shape, rate.shape, start.shape, (1, len(time)))
    # one row per time, so that each step reads memory in order
    stable = np.ascontiguousarray(np.broadcast_to(stable, (draws, times)).T)
    lasted = steps[:, np.newaxis] * np.broadcast_to(rate, (draws, 1)).T
    keeps = np.exp(-lasted)
    # towards the first value, and the part of the way to the last that is made up for
    made = stable[:-1] * (1.0 - keeps) + np.diff(stable, axis=0) * _mean_gain(lasted)
    left = np.empty((times, draws))
    left[0] = np.broadcast_to(start, (draws, 1))[:, 0]
    for step in range(len(steps)):
        left[step + 1] = left[step] * keeps[step] + made[step]
    return np.ascontiguousarray(np.clip(left, 0.0, 1.0).T)  # rounding may leave them by one bit


def micelle_course(
    time: ArrayLike,
    copolymer_mass: ArrayLike,
    volume: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    half_life: ArrayLike,
    partition_coefficient: ArrayLike,
    core_mass_share: ArrayLike,
    core_density: ArrayLike,
    protein_bound_ratio: ArrayLike = 0.0,
    share_at_start: ArrayLike = 1.0,
) -> Floats:
    """Share of a drug out of the cores of micelles at a site whose volume and copolymer change.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, starting at 0 and rising [s].
    copolymer_mass : array_like, shape (draws, times)
        All copolymer at the site, above 0 [kg].
    volume : array_like, shape (draws, times)
        V, fluid of the site, injection included [m**3].
    critical_micelle_concentration : array_like, shape (draws, 1)
        CMC in that fluid [kg/m**3].
    half_life : array_like, shape (draws, 1)
        T, see `micelles_left` [s].
    partition_coefficient : array_like, shape (draws, 1)
        K, drug per volume of core over free drug per volume of water [1].
    core_mass_share : array_like, shape (draws, 1)
        w, core-forming block per copolymer [kg/kg].
    core_density : array_like, shape (draws, 1)
        rho, of the core [kg/m**3].
    protein_bound_ratio : array_like, shape (draws, 1), optional
        b, see `free_of_cores`; 0 if not given [1].
    share_at_start : array_like, shape (draws, 1), optional
        Copolymer in micelles as injected; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F [1].

    Raises
    ------
    DomainError
        As for `micelles_left` and `free_of_cores`, or if the cores would take the whole volume.

    Notes
    -----
    ``v = I (m/V) w/rho`` with I of `micelles_left`, and ``F = (1 + b)/(1 + b + K v/(1 - v))``. Where the site only
    dilutes, F rises; where its volume shrinks again drug returns to the cores. Source: mass balance.

    Examples
    --------
    1 mg of copolymer in 10 mL, far below the CMC; half of the micelles are left when the volume has doubled:

    >>> micelle_course([0.0, 3600.0], [[1e-6]], [[1e-5, 2e-5]], 10.0, 3600.0, 1e4, 0.5, 1250.0)
    array([[0.714278, 0.909091]])
    """
    mass = np.atleast_2d(require_positive("copolymer_mass", copolymer_mass, "kg"))
    fluid = np.atleast_2d(require_positive("volume", volume, "m**3"))
    times = np.shape(time)
    total = np.broadcast_to(mass / fluid, np.broadcast_shapes((mass / fluid).shape, (1, *times)))
    left = micelles_left(time, total, critical_micelle_concentration, half_life, share_at_start)
    cores = _core_to_water(left * total, core_mass_share, core_density)
    return free_of_cores(partition_coefficient, cores, protein_bound_ratio)


def _in_micelles(total: Floats, critical: ArrayLike) -> Floats:
    """Give the share of the copolymer in micelles at equilibrium [1]."""
    limit = require_not_negative("critical_micelle_concentration", critical, "kg/m**3")
    with np.errstate(over="ignore"):  # next to no copolymer makes no micelle
        return np.asarray(np.maximum(1.0 - limit / total, 0.0))


def _core_to_water(in_micelles: Floats, core_mass_share: ArrayLike, core_density: ArrayLike) -> Floats:
    """Give the volume of cores per volume of water [1] from the copolymer in micelles [kg/m**3]."""
    share = require_fraction("core_mass_share", core_mass_share)
    volume = np.asarray(in_micelles * share / require_positive("core_density", core_density, "kg/m**3"))
    require(
        "copolymer_concentration", np.broadcast_to(in_micelles, volume.shape), "kg/m**3", volume < 1.0,
        "cores that leave room for water",
    )  # fmt: skip
    return np.asarray(volume / (1.0 - volume))


def _mean_gain(exponent: Floats) -> Floats:
    """Give 1 - (1 - exp(-x))/x, the part of a steady rise that a first-order process has made up for."""
    small = exponent < _SMALL
    safe = np.where(small, 1.0, exponent)
    series = exponent * (0.5 - exponent * (1.0 / 6.0 - exponent / 24.0))
    return np.where(small, series, 1.0 + np.expm1(-safe) / safe)
