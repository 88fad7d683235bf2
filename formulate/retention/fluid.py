"""Synovial fluid: its volume after injections, and how much of it drains."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.sampling import Array


def fluid_volume(
    time: ArrayLike, resting: ArrayLike, injected: ArrayLike, relaxation: ArrayLike, starts: ArrayLike = (0.0,)
) -> Array:
    """Give the volume of synovial fluid after injections [m**3].

    Parameters
    ----------
    time : array_like
        Time t since the first injection [s], >= 0.
    resting : array_like
        Volume V0 before it [m**3].
    injected : array_like, shape (injections,)
        Volume Vi of each injection [m**3].
    relaxation : array_like
        Time constant tau of the return to V0 [s].
    starts : array_like, shape (injections,), optional
        Time ti of each injection [s], rising; one injection at 0 if left out.

    Returns
    -------
    ndarray
        V, the injections up to and at each time among it [m**3].

    Raises
    ------
    DomainError
        A negative time or volume, a resting volume or time constant of zero, injections out of order.

    Notes
    -----
    ``V(t) = V0 + sum_i Vi exp(-(t - ti)/tau)`` over the injections with ti <= t. tau is a judgement (1 to 6 h in man).

    Examples
    --------
    >>> fluid_volume([0.0, 1e9], 10e-6, 5e-6, 3600.0) * 1e6
    array([15., 10.])
    >>> float(fluid_volume(7200.0, 10e-6, [5e-6, 5e-6], 3600.0, [0.0, 7200.0]) * 1e6)  # 10 + 5 + 5 exp(-2)
    15.6767
    """
    t = require_not_negative("time", time, "s")
    rest = require_positive("synovial_fluid_volume", resting, "m^3")
    constant = require_positive("volume_relaxation_time", relaxation, "s")
    excess = np.zeros(np.broadcast_shapes(t.shape, rest.shape, constant.shape))
    for start, added in _schedule(injected, starts):
        excess = excess + np.where(t >= start, added * np.exp(-np.maximum(t - start, 0.0) / constant), 0.0)
    return np.asarray(rest + excess)


def drained_turnovers(
    time: ArrayLike,
    resting: ArrayLike,
    injected: ArrayLike,
    relaxation: ArrayLike,
    lymph_flow: ArrayLike,
    starts: ArrayLike = (0.0,),
) -> Array:
    """Give the integral of drainage over volume up to a time [1]: the number of fluid volumes drained.

    Parameters
    ----------
    time : array_like
        Time t since the first injection [s], >= 0.
    resting : array_like
        Volume V0 before it [m**3].
    injected : array_like, shape (injections,)
        Volume Vi of each injection [m**3].
    relaxation : array_like
        Time constant tau of the return to V0 [s].
    lymph_flow : array_like
        Steady drainage J_L [m**3/s].
    starts : array_like, shape (injections,), optional
        Time ti of each injection [s], rising; one injection at 0 if left out.

    Returns
    -------
    ndarray
        K [1].

    Raises
    ------
    DomainError
        As in `fluid_volume`, or a negative flow.

    Notes
    -----
    Between injections drainage is ``J = J_L - dV/dt``, so that from one injection, with a volume of V(ti), on
    ``int J/V = ln(V(ti)/V(t)) + J_L/V0 [t - ti + tau ln(V(t)/V(ti))]``, exact; K is the sum. What the fluid carries
    whole remains as ``exp(-K)``.

    Examples
    --------
    >>> float(drained_turnovers(3600.0, 10e-6, 0.0, 3600.0, 10e-6 / 3600))
    1.0
    """
    t = require_not_negative("time", time, "s")
    rest = require_positive("synovial_fluid_volume", resting, "m^3")
    flow = require_not_negative("lymph_flow", lymph_flow, "m^3/s")
    constant = require_positive("volume_relaxation_time", relaxation, "s")
    schedule = _schedule(injected, starts)
    if schedule[0][0] > 0.0:
        schedule = [(0.0, 0.0), *schedule]
    excess = np.zeros(np.broadcast_shapes(rest.shape, constant.shape))
    turnovers = np.zeros(np.broadcast_shapes(t.shape, rest.shape, constant.shape, flow.shape))
    ends = [start for start, _ in schedule[1:]] + [np.inf]
    for (start, added), end in zip(schedule, ends, strict=True):
        excess = excess + added
        elapsed = np.clip(t - start, 0.0, end - start)
        shrunk = np.log1p(excess * np.expm1(-elapsed / constant) / (rest + excess))
        turnovers = turnovers - shrunk + flow / rest * (elapsed + constant * shrunk)
        if end < np.inf:
            excess = excess * np.exp(-(end - start) / constant)
    return np.asarray(turnovers)


def _schedule(injected: ArrayLike, starts: ArrayLike) -> list[tuple[float, float]]:
    """Give start [s] and volume [m**3] of each injection, in order."""
    volumes = np.atleast_1d(require_not_negative("injection_volume", injected, "m^3"))
    times = np.atleast_1d(require_not_negative("starts", starts, "s"))
    same = len(volumes) == len(times)
    require("starts", float(len(times)), "", same, f"one time for each of the {len(volumes)} injected volumes")
    require("starts", times, "s", np.diff(times, prepend=-1.0) > 0, "rising times")
    return list(zip(times.tolist(), volumes.tolist(), strict=True))
