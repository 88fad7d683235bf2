"""Release from vesicles: leak through the bilayer, and what dilution alone sets free."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_fraction, require_not_negative, require_positive


def bound_to_dissolved(partition_coefficient: ArrayLike, lipid_per_water: ArrayLike) -> NDArray[np.float64]:
    """Ratio of membrane-bound to dissolved drug inside a vesicle.

    Parameters
    ----------
    partition_coefficient : array_like, shape (draws, 1)
        K, drug per lipid mass over drug per water volume, at the inner pH [m**3/kg].
    lipid_per_water : array_like, shape (draws, 1)
        c, lipid in reach of the inner water, per volume of that water [kg/m**3].

    Returns
    -------
    ndarray, shape (draws, 1)
        b [1].

    Raises
    ------
    DomainError
        If a value is negative, infinite or NaN.

    Notes
    -----
    ``b = K c``; linear partition, far from saturation of the membrane. 1 L/kg is 1e-3 m**3/kg.
    Source: mass balance.

    Examples
    --------
    >>> bound_to_dissolved(0.1, 300.0).item()
    30.0
    """
    partition_coefficient = require_not_negative("partition_coefficient", partition_coefficient, "m**3/kg")
    lipid_per_water = require_not_negative("lipid_per_water", lipid_per_water, "kg/m**3")
    return np.asarray(partition_coefficient * lipid_per_water, dtype=np.float64)


def vesicle_rate(
    permeability: ArrayLike, inner_radius: ArrayLike, neutral_fraction: ArrayLike, bound_ratio: ArrayLike
) -> NDArray[np.float64]:
    """Rate constant of leakage from a vesicle into a perfect sink.

    Parameters
    ----------
    permeability : array_like, shape (draws, 1)
        P, permeability of the bilayer to the neutral drug [m/s].
    inner_radius : array_like, shape (draws, 1)
        R, radius of the aqueous core [m].
    neutral_fraction : array_like, shape (draws, 1)
        f_N, share of the dissolved inner drug that is neutral [1].
    bound_ratio : array_like, shape (draws, 1)
        b, drug bound inside over drug dissolved inside, see `bound_to_dissolved` [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        k [1/s].

    Raises
    ------
    DomainError
        If a permeability or ratio is negative, a radius not above zero, or a share outside 0 to 1.

    Notes
    -----
    ``k = 3 P f_N/(R (1 + b))``. Sphere with one bilayer, binding faster than leakage, nothing outside to come
    back; a precipitate inside releases at constant rate instead and has no k.
    Source: flux balance on the core.

    Examples
    --------
    >>> vesicle_rate(10**-12.52, 50e-9, 1.0, 0.0).item() * 3600  # glucose, 1/h
    0.0652
    """
    permeability = require_not_negative("permeability", permeability, "m/s")
    inner_radius = require_positive("inner_radius", inner_radius, "m")
    neutral = require_fraction("neutral_fraction", neutral_fraction)
    bound_ratio = require_not_negative("bound_ratio", bound_ratio, "")
    return np.asarray(3.0 * permeability * neutral / (inner_radius * (1.0 + bound_ratio)), dtype=np.float64)


def vesicle_released(time: ArrayLike, rate: ArrayLike, burst_fraction: ArrayLike) -> NDArray[np.float64]:
    """Share released from vesicles that leak by first order.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since dilution [s].
    rate : array_like, shape (draws, 1)
        k, see `vesicle_rate` [1/s].
    burst_fraction : array_like, shape (draws, 1)
        f_b, share adsorbed outside, free at once [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time or rate is negative, or a share outside 0 to 1.

    Notes
    -----
    ``F = f_b + (1 - f_b) (1 - exp(-k t))``, so F is f_b at t = 0. Perfect sink. Source: integral of
    dA/dt = -k A.

    Examples
    --------
    >>> vesicle_released([0.0, 3600.0], 0.693147 / 3600, 0.2).round(4)  # half-life 1 h
    array([0.2, 0.6])
    """
    time = require_not_negative("time", time, "s")
    rate = require_not_negative("rate", rate, "1/s")
    burst_fraction = require_fraction("burst_fraction", burst_fraction)
    leaked = -np.expm1(-rate * time)
    return np.asarray(burst_fraction + (1.0 - burst_fraction) * leaked, dtype=np.float64)


def released_at_equilibrium(
    protein_bound_ratio: ArrayLike, partition: ArrayLike, lipid_concentration: ArrayLike
) -> NDArray[np.float64]:
    """Share of a bilayer-soluble drug outside the lipid after dilution, free or on protein.

    Parameters
    ----------
    protein_bound_ratio : array_like, shape (draws, 1)
        b, protein-bound over free drug in the medium; 0 in buffer [1].
    partition : array_like, shape (draws, 1)
        K, drug per lipid mass over free drug per water volume [m**3/kg].
    lipid_concentration : array_like, shape (draws, 1)
        c, lipid per volume of medium after dilution [kg/m**3].

    Returns
    -------
    ndarray, shape (draws, 1)
        F_eq [1].

    Raises
    ------
    DomainError
        If a value is negative, infinite or NaN.

    Notes
    -----
    ``F_eq = (1 + b)/(1 + b + K c)``. The plateau, not the pace; linear partition, and a closed volume: where
    free drug is carried off the rest follows. Source: mass balance.

    Examples
    --------
    >>> released_at_equilibrium(0.0, 1.0, 1.0).item()
    0.5
    >>> released_at_equilibrium(9.0, 1.0, 1.0).item()  # protein draws it out
    0.9091
    """
    bound = require_not_negative("protein_bound_ratio", protein_bound_ratio, "")
    partition = require_not_negative("partition", partition, "m**3/kg")
    lipid_concentration = require_not_negative("lipid_concentration", lipid_concentration, "kg/m**3")
    return np.asarray((1.0 + bound) / (1.0 + bound + partition * lipid_concentration), dtype=np.float64)
