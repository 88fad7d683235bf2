"""Hyaluronan and other polymers in a joint: sieved by the synovium, and how long they stay."""

from math import log

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.sampling import Array


def reflected_share(flow: ArrayLike, reflection: ArrayLike, measured_flow: ArrayLike, flow_scale: ArrayLike) -> Array:
    """Give the share of a polymer that the synovium holds back while fluid drains through it [1].

    Parameters
    ----------
    flow : array_like
        Drainage J [m**3/s], 0 or more.
    reflection : array_like
        Share R1 held back at the measured flow [1], from 0 to below 1.
    measured_flow : array_like
        Drainage J1 that R1 was measured at [m**3/s].
    flow_scale : array_like
        Flow J0 that multiplies what passes by e [m**3/s].

    Returns
    -------
    ndarray
        R [1].

    Raises
    ------
    DomainError
        A negative flow, a scale of zero, a share outside 0 to 1.

    Notes
    -----
    ``(1 - R)/R = (1 - R1)/R1 exp((J - J1)/J0)``: what is held back gathers at the wall, the faster the flow, and more
    of it passes (film theory of ultrafiltration: Blatt, Dravid, Michaels and Nelsen 1970). Rabbit knees held back 0.93
    of hyaluronan at 6 uL/min and less at every higher flow up to 89 uL/min (sabaratnam2004). Flows of another joint are
    compared per wetted area.

    Examples
    --------
    What passes doubles every 0.69 J0, as long as it is little:

    >>> reflected_share([6.0, 6.0 + 13.3, 89.0], 0.93, 6.0, 19.2)
    array([0.93  , 0.8692, 0.1498])
    """
    drained = require_not_negative("flow", flow, "m^3/s")
    given = np.asarray(reflection, dtype=np.float64)
    share = require("reflection", given, "", (given >= 0.0) & (given < 1.0), "0 to below 1")
    at = require_not_negative("measured_flow", measured_flow, "m^3/s")
    scale = require_positive("flow_scale", flow_scale, "m^3/s")
    passing = (1.0 - share) * np.exp(np.clip((drained - at) / scale, -500.0, 500.0))
    held: Array = share / (share + passing)
    return held


def uptake_rate(half_life: ArrayLike, lymph_flow: ArrayLike, resting_volume: ArrayLike, reflection: ArrayLike) -> Array:
    """Give the rate at which cells take a polymer up and break it down in a joint at rest [1/s].

    Parameters
    ----------
    half_life : array_like
        Measured half-life in the joint at rest t1/2 [s].
    lymph_flow : array_like
        Drainage at rest J_L [m**3/s].
    resting_volume : array_like
        Volume of the fluid at rest V0 [m**3].
    reflection : array_like
        Share R held back at that flow [1].

    Returns
    -------
    ndarray
        k [1/s], at least 0.

    Raises
    ------
    DomainError
        A half-life or volume that is not above zero, a negative flow, a share outside 0 to 1.

    Notes
    -----
    ``k = max(ln 2/t1/2 - J_L (1 - R)/V0, 0)``: what drainage does not explain. Linear hyaluronan of 0.09 to 6 MDa has
    half-lives of 9 to 18 h in rabbit and horse, whatever its length (brown1991 and others).

    Examples
    --------
    13 h measured; 0.025 mL/h drain from 0.05 mL and 7 % of the polymer goes along, which alone would make 20 h:

    >>> float(uptake_rate(13 * 3600.0, 0.025e-6 / 3600, 0.05e-6, 0.93) * 3600)  # 1/h
    0.0183
    """
    life = require_positive("half_life", half_life, "s")
    flow = require_not_negative("lymph_flow", lymph_flow, "m^3/s")
    volume = require_positive("synovial_fluid_volume", resting_volume, "m^3")
    given = np.asarray(reflection, dtype=np.float64)
    share = require("reflection", given, "", (given >= 0.0) & (given <= 1.0), "0 to 1")
    return np.maximum(log(2.0) / life - flow * (1.0 - share) / volume, 0.0)
