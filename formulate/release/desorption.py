"""Release of an adsorbed payload: reversible desorption towards the Langmuir equilibrium of a closed volume."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


def desorption_plateau(
    drug_mass: ArrayLike, adsorbent_mass: ArrayLike, capacity: ArrayLike, affinity: ArrayLike, volume: ArrayLike
) -> Floats:
    """Share of an adsorbed drug that a closed volume sets free in the end.

    Parameters
    ----------
    drug_mass : array_like, shape (draws, 1)
        A, drug in the volume, adsorbed and free [kg].
    adsorbent_mass : array_like, shape (draws, 1)
        m, bare adsorbent [kg].
    capacity : array_like, shape (draws, 1)
        q_m, uptake that fills the sites [kg/kg].
    affinity : array_like, shape (draws, 1)
        K, of the Langmuir isotherm in the fluid of the volume [m**3/kg].
    volume : array_like, shape (draws, 1)
        V, of the fluid [m**3].

    Returns
    -------
    ndarray, shape (draws, 1)
        F_eq, free drug per all drug [1].

    Raises
    ------
    DomainError
        If a value is not above zero.

    Notes
    -----
    With Q = q_m m/A and h = V/(K A) the positive root of ``F**2 + (Q + h - 1) F - h = 0``, which is Langmuir's isotherm
    with the balance of the drug. Release is incomplete unless fluid is exchanged; proteins that compete for the sites
    lower K. Source: Langmuir 1918, and a mass balance.

    Examples
    --------
    1 mg on 10 mg that hold 0.2 mg/mg, half full at 1 mg/mL, in 1 mL: F**2 + 2 F - 1 = 0.

    >>> desorption_plateau(1e-6, 1e-5, 0.2, 1.0, 1e-6).item()
    0.4142
    """
    sites, dilution = _scaled(drug_mass, adsorbent_mass, capacity, affinity, volume)
    return _free_at_end(sites, dilution)


def desorbed(
    time: ArrayLike,
    drug_mass: ArrayLike,
    adsorbent_mass: ArrayLike,
    capacity: ArrayLike,
    affinity: ArrayLike,
    volume: ArrayLike,
    desorption_rate: ArrayLike,
    burst_fraction: ArrayLike = 0.0,
) -> Floats:
    """Share of an adsorbed drug that is free in a closed volume.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in the volume [s].
    drug_mass : array_like, shape (draws, 1)
        A, drug in the volume, adsorbed and free [kg].
    adsorbent_mass : array_like, shape (draws, 1)
        m, bare adsorbent [kg].
    capacity : array_like, shape (draws, 1)
        q_m, uptake that fills the sites [kg/kg].
    affinity : array_like, shape (draws, 1)
        K, of the Langmuir isotherm in the fluid of the volume [m**3/kg].
    volume : array_like, shape (draws, 1)
        V, of the fluid [m**3].
    desorption_rate : array_like, shape (draws, 1)
        k_off [1/s].
    burst_fraction : array_like, shape (draws, 1), optional
        f_b, share free at the start; 0 if not given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F [1].

    Raises
    ------
    DomainError
        If a time or rate is negative, a share outside 0 to 1, another value not above zero, or more drug is adsorbed
        than the sites hold.

    Notes
    -----
    ``db/dt = k_off [K c (Q - b) - b]`` for the adsorbed share b = 1 - F, with c = A F/V and Q = q_m m/A: a Riccati
    equation. With h = V/(K A), ``w = sqrt((1 + Q + h)**2 - 4 Q)``, ``b_2 = (1 + Q + h + w)/2`` and
    ``x = exp(-k_off w t/h)`` it gives
    ``F = f_b + (F_eq - f_b) (b_2 - 1 + f_b) (1 - x)/(b_2 - 1 + f_b + (F_eq - f_b) x)``, F_eq of `desorption_plateau`.
    It starts with k_off and falls behind as free drug returns; in a large volume, and in any sink, it is
    ``1 - exp(-k_off t)``, as `formulate.release.membrane.vesicle_released`. A burst above F_eq is taken up again. The
    fluid is stirred and the sites are alike. Source: integral of the law of mass action.

    Examples
    --------
    1 mg on 10 mg that hold 0.2 mg/mg, half full at 1 mg/mL, k_off 1/h, in 1 mL and in 100 L:

    >>> desorbed([0.0, 3600.0, 86400.0], 1e-6, 1e-5, 0.2, 1.0, 1e-6, 1 / 3600)
    array([0.        , 0.3858186 , 0.41421356])
    >>> desorbed([0.0, 3600.0, 86400.0], 1e-6, 1e-5, 0.2, 1.0, 0.1, 1 / 3600)
    array([0.        , 0.63211663, 0.99998   ])
    """
    time = require_not_negative("time", time, "s")
    rate = require_not_negative("desorption_rate", desorption_rate, "1/s")
    sites, dilution = _scaled(drug_mass, adsorbent_mass, capacity, affinity, volume)
    start = require_fraction("burst_fraction", burst_fraction)
    held = np.asarray((1.0 - start) * np.asarray(drug_mass, dtype=np.float64))
    room = np.asarray(capacity, dtype=np.float64) * np.asarray(adsorbent_mass, dtype=np.float64)
    full = held <= room * (1.0 + 1e-12)  # rounding of a full surface
    require("drug_mass", np.broadcast_to(held, full.shape), "kg", full, "adsorbed drug <= capacity adsorbent_mass")
    sum_of_roots = 1.0 + sites + dilution
    width = _width(sites, dilution)
    upper = 0.5 * (sum_of_roots + width) - 1.0 + start  # b_2 less what is adsorbed at the start
    rise = _free_at_end(sites, dilution) - start
    with np.errstate(over="ignore"):  # an infinite exponent is equilibrium
        progress = rate * (width / dilution) * time
    gone, left = -np.expm1(-progress), np.exp(-progress)
    # rounding may leave the shares by one bit
    return np.asarray(np.clip(start + rise * upper * gone / (upper + rise * left), 0.0, 1.0))


def _scaled(
    drug_mass: ArrayLike, adsorbent_mass: ArrayLike, capacity: ArrayLike, affinity: ArrayLike, volume: ArrayLike
) -> tuple[Floats, Floats]:
    """Give Q, sites per drug, and h, the free drug that fills half of them per drug [1]."""
    drug = require_positive("drug_mass", drug_mass, "kg")
    adsorbent = require_positive("adsorbent_mass", adsorbent_mass, "kg")
    most = require_positive("capacity", capacity, "kg/kg")
    strength = require_positive("affinity", affinity, "m**3/kg")
    fluid = require_positive("volume", volume, "m**3")
    return np.asarray(most * adsorbent / drug), np.asarray(fluid / (strength * drug))


def _width(sites: Floats, dilution: Floats) -> Floats:
    """Give the distance of the two roots, as a sum of squares."""
    return np.hypot(sites + dilution - 1.0, 2.0 * np.sqrt(dilution))


def _free_at_end(sites: Floats, dilution: Floats) -> Floats:
    excess = sites + dilution - 1.0
    width = _width(sites, dilution)
    # of the two forms of the root the one that adds what has one sign
    return np.asarray(
        np.where(excess > 0.0, 2.0 * dilution / (width + np.maximum(excess, 0.0)), 0.5 * (width - excess))
    )
