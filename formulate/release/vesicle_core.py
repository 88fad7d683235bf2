"""Release from vesicles that hold a precipitate, see no sink, or fall apart layer by layer."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.release.degradation import eroded


def dissolved_in_core(
    solubility: ArrayLike, internal_concentration: ArrayLike, bound_ratio: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Share of the drug in a vesicle that is not precipitate.

    Parameters
    ----------
    solubility : array_like, shape (draws, 1)
        S, all dissolved drug beside its precipitate, at the pH and the counter-ion of the core [mol/m**3].
    internal_concentration : array_like, shape (draws, 1)
        C, drug per inner water, dissolved, bound and solid together [mol/m**3].
    bound_ratio : array_like, shape (draws, 1), optional
        b, drug bound inside over drug dissolved inside; 0 if not given [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        s [1]; 1 where nothing is solid.

    Raises
    ------
    DomainError
        If the solubility or ratio is negative, or the concentration not above zero.

    Notes
    -----
    ``s = min(1, S (1 + b)/C)``. The solubility is that of the salt the drug forms inside, not of the free drug in
    a buffer. Source: mass balance.

    Examples
    --------
    A core of 100 mmol/L whose salt is soluble to 2 mmol/L:

    >>> dissolved_in_core(2.0, 100.0).item()
    0.02
    """
    solubility = require_not_negative("solubility", solubility, "mol/m**3")
    total = require_positive("internal_concentration", internal_concentration, "mol/m**3")
    bound = require_not_negative("bound_ratio", bound_ratio, "")
    return np.asarray(np.minimum(1.0, solubility * (1.0 + bound) / total), dtype=np.float64)


def vesicle_return_rate(
    permeability: ArrayLike,
    inner_radius: ArrayLike,
    neutral_fraction_outside: ArrayLike,
    inner_to_outer_volume: ArrayLike,
    protein_bound_ratio: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Rate constant at which drug outside returns into vesicles.

    Parameters
    ----------
    permeability : array_like, shape (draws, 1)
        P, permeability of the bilayer to the neutral drug [m/s].
    inner_radius : array_like, shape (draws, 1)
        R, radius of the aqueous core [m].
    neutral_fraction_outside : array_like, shape (draws, 1)
        f_out, share of the free outer drug that is neutral, at the outer pH [1].
    inner_to_outer_volume : array_like, shape (draws, 1)
        v, water in all cores over the water around them [m**3/m**3].
    protein_bound_ratio : array_like, shape (draws, 1), optional
        b, protein-bound over free drug outside; 0 if not given, buffer [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        k_back, per drug outside, free and on protein [1/s].

    Raises
    ------
    DomainError
        If a value is negative, a radius not above zero, or a share outside 0 to 1.

    Notes
    -----
    ``k_back = 3 P f_out v/(R (1 + b))``, from the flux ``P (f_in C_in - f_out C_out)`` through the area of all
    cores; it goes with `vesicle_rate`, whose share is that at the inner pH. Protein binds fast and far from
    saturation, and stays outside. Source: flux balance on the core.

    Examples
    --------
    Glucose, 10 % of the water inside, per hour:

    >>> vesicle_return_rate(10**-12.52, 50e-9, 1.0, 1 / 9).item() * 3600
    0.00725
    """
    permeability = require_not_negative("permeability", permeability, "m/s")
    radius = require_positive("inner_radius", inner_radius, "m")
    neutral = require_fraction("neutral_fraction_outside", neutral_fraction_outside)
    ratio = require_not_negative("inner_to_outer_volume", inner_to_outer_volume, "m**3/m**3")
    bound = require_not_negative("protein_bound_ratio", protein_bound_ratio, "")
    return np.asarray(3.0 * permeability * neutral * ratio / (radius * (1.0 + bound)), dtype=np.float64)


def return_rate_at_equilibrium(rate: ArrayLike, equilibrium_released: ArrayLike) -> NDArray[np.float64]:
    """Rate constant of the way back that belongs to a known equilibrium.

    Parameters
    ----------
    rate : array_like, shape (draws, 1)
        k, rate constant of the way out [1/s].
    equilibrium_released : array_like, shape (draws, 1)
        F_eq, share outside when nothing moves any more, above 0 [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        k_back [1/s].

    Raises
    ------
    DomainError
        If the rate is negative, or the share not above 0 to 1.

    Notes
    -----
    ``k_back = k (1/F_eq - 1)``: at equilibrium both ways carry the same. Drug in the bilayer, which dilution alone
    sets free, has F_eq from `formulate.release.membrane.released_at_equilibrium`. Source: detailed balance.

    Examples
    --------
    >>> return_rate_at_equilibrium(0.1, 0.25).item()
    0.3
    """
    rate = require_not_negative("rate", rate, "1/s")
    plateau = require_fraction("equilibrium_released", equilibrium_released)
    require("equilibrium_released", plateau, "", plateau > 0.0, "above 0 to 1")
    return np.asarray(rate * (1.0 - plateau) / plateau, dtype=np.float64)


def vesicle_core_released(
    time: ArrayLike,
    rate: ArrayLike,
    dissolved_share: ArrayLike = 1.0,
    return_rate: ArrayLike = 0.0,
    burst_fraction: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Share released from vesicles with a precipitate inside, into a sink or a closed volume.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since dilution [s].
    rate : array_like, shape (draws, 1)
        k, leakage of the dissolved drug, see `vesicle_rate` [1/s].
    dissolved_share : array_like, shape (draws, 1), optional
        s, drug that the core dissolves per all drug, see `dissolved_in_core`; 1 if not given, no precipitate [1].
    return_rate : array_like, shape (draws, 1), optional
        k_back, see `vesicle_return_rate` or `return_rate_at_equilibrium`; 0 if not given, perfect sink [1/s].
    burst_fraction : array_like, shape (draws, 1), optional
        f_b, share outside at the start; 0 if not given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F, share outside [1].

    Raises
    ------
    DomainError
        If a time or rate is negative, or a share outside 0 to 1.

    Notes
    -----
    ``dF/dt = k min(s, 1 - F) - k_back F`` from ``F(0) = f_b``. While solid is left the way out is of order zero,
    later of order one; each stretch is an exponential, and F, which never turns, goes from one to the other at
    most once. In a sink ``F = f_b + k s t`` until ``F = 1 - s``, then ``1 - F`` falls as exp(-k t). In a closed
    volume F ends at k/(k + k_back), or at k s/k_back if solid is left then; a burst above that is taken up again.
    The precipitate dissolves faster than the drug leaves, and the pH inside stays. Source: flux balance on the core.

    Examples
    --------
    One tenth dissolved, 1 per h: 0.1 per h for 9 h, then first order.

    >>> vesicle_core_released([0.0, 4.5, 9.0, 10.0], 1.0, 0.1)
    array([0.        , 0.45      , 0.9       , 0.96321206])
    >>> vesicle_core_released([1.0, 100.0], 1.0, 1.0, 0.25)  # 0.8 at equilibrium
    array([0.57079616, 0.8       ])
    """
    time = require_not_negative("time", time, "s")
    out = require_not_negative("rate", rate, "1/s")
    dissolved = require_fraction("dissolved_share", dissolved_share)
    back = require_not_negative("return_rate", return_rate, "1/s")
    start = require_fraction("burst_fraction", burst_fraction)
    out, dissolved, back, start = np.broadcast_arrays(out, dissolved, back, start)
    edge = 1.0 - dissolved  # released when the last solid goes
    at_edge = out * dissolved - back * edge  # dF/dt there, by either law
    solid = (start < edge) | ((start == edge) & (at_edge < 0.0))
    crosses = np.where(solid, at_edge > 0.0, at_edge < 0.0)
    first_speed = out * np.where(solid, dissolved, 1.0 - start) - back * start
    first_decay = back + np.where(solid, 0.0, out)
    second_decay = back + np.where(solid, out, 0.0)
    change = _time_to_cross(edge - start, first_speed, first_decay, crosses)
    before = np.minimum(time, change)
    after = np.where(np.isfinite(change), time - before, 0.0)
    released = start + first_speed * _lasting(before, first_decay)
    released = np.where(after > 0.0, edge + at_edge * _lasting(after, second_decay), released)
    return np.asarray(np.clip(released, 0.0, 1.0), dtype=np.float64)  # rounding may leave them by one bit


def multivesicular_released(
    time: ArrayLike, burst_fraction: ArrayLike, erosion_time: ArrayLike, shape: ArrayLike
) -> NDArray[np.float64]:
    """Share released from multivesicular liposomes, which lose their chambers over days to weeks.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since injection [s].
    burst_fraction : array_like, shape (draws, 1)
        f_b, share outside the chambers or in those that burst at once [1].
    erosion_time : array_like, shape (draws, 1)
        t_e, in which 63 % of the rest is free [s].
    shape : array_like, shape (draws, 1)
        beta, Weibull shape: below 1 where the outer chambers go first, above 1 where the wall must weaken [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative, a share outside 0 to 1, or an erosion time or shape not above zero.

    Notes
    -----
    ``F = f_b + (1 - f_b) (1 - exp(-(t/t_e)**beta))``. Empirical: t_e and beta are read from measured release, or
    given as a range; they follow from no mechanism. Source: weibull1951 (form).

    Examples
    --------
    >>> multivesicular_released([0.0, 7.0, 70.0], 0.1, 7.0, 1.0)
    array([0.1       , 0.6689085 , 0.99995914])
    """
    burst = require_fraction("burst_fraction", burst_fraction)
    return np.asarray(burst + (1.0 - burst) * eroded(time, 0.0, erosion_time, shape), dtype=np.float64)


def _lasting(time: NDArray[np.float64], decay: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of exp(-decay s) from 0 to `time` [s]."""
    with np.errstate(over="ignore"):  # an infinite exponent has emptied
        progress = decay * time
    falls = progress > 0.0
    # the share of the time rather than 1/decay, which has no digits left where the decay has few
    return np.where(falls, -np.expm1(-progress) / np.where(falls, progress, 1.0), 1.0) * time


def _time_to_cross(
    distance: NDArray[np.float64], speed: NDArray[np.float64], decay: NDArray[np.float64], crosses: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Time at which speed (1 - exp(-decay t))/decay reaches the distance; infinite where it does not."""
    with np.errstate(over="ignore"):  # later than any float is never
        steady = np.divide(distance, speed, out=np.full(distance.shape, np.inf), where=crosses)
    spent = np.multiply(steady, decay, out=np.zeros(distance.shape), where=np.isfinite(steady))
    falls = (spent > 0.0) & (spent < 1.0)
    time = np.where(spent < 1.0, steady, np.inf)  # 1 is rounding: it only creeps up to the edge
    time[falls] *= -np.log1p(-spent[falls]) / spent[falls]
    return np.asarray(time)
