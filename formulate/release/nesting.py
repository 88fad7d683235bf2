"""Where the payload is when carriers release inside an outer layer that some of them leave whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import ROUNDING, require, require_cumulative, require_fraction, require_not_negative
from formulate.steps import middle

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NestedShares:
    """Shares of the payload at each time, which sum to 1; each an array shaped (draws, times) [1].

    Attributes
    ----------
    in_depot_carrier : ndarray
        Inside a carrier that is still in the depot.
    in_free_carrier : ndarray
        Inside a carrier that has left the depot whole.
    free_in_depot : ndarray
        Out of its carrier, on its way through the depot.
    free_outside : ndarray
        Out of its carrier and out of the depot.
    """

    in_depot_carrier: NDArray[np.float64]
    in_free_carrier: NDArray[np.float64]
    free_in_depot: NDArray[np.float64]
    free_outside: NDArray[np.float64]


def nested_shares(
    time: ArrayLike,
    inner_released: ArrayLike,
    carriers_out: ArrayLike,
    mode_weights: ArrayLike,
    mode_rates: ArrayLike,
    crossing_time: ArrayLike | None = None,
) -> NestedShares:
    """Shares of the payload in and out of its carriers, in and out of the depot around them.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, starting at 0 and rising [s].
    inner_released : array_like, shape (draws, times)
        F, share that the carriers have released [1].
    carriers_out : array_like, shape (draws, times)
        G, share of the carriers that have left the depot whole [1].
    mode_weights : array_like, shape (draws, modes)
        w_k of the crossing law; the weight missing to 1 crosses at once [1].
    mode_rates : array_like, shape (draws, modes)
        lambda_k of the crossing law; 0 never crosses [1/s], with a crossing time per unit of that.
    crossing_time : array_like, shape (draws, times), optional
        tau, the time as the crossing counts it where its speed changes, as in a mesh that widens; 0 at first, never
        falling. The time itself if not given [any unit].

    Returns
    -------
    NestedShares
        Four arrays shaped (draws, times) [1].

    Raises
    ------
    DomainError
        If the times do not start at 0 and rise, F or G leave 0 to 1 or fall, a weight or rate is negative,
        the weights of a draw sum to more than 1, or the crossing time does not start at 0 or falls.

    Notes
    -----
    Free drug needs a time of law ``1 - H(t) = sum_k w_k exp(-lambda_k t)`` to cross the depot::

        in_depot_carrier = (1 - G) (1 - F)            in_free_carrier = G (1 - F)
        free_in_depot    = int_0^t f(s) (1 - G(s)) [1 - H(t - s)] ds,  f = dF/dt
        free_outside     = F - free_in_depot

    ``P = int f (1 - G) ds`` is taken as straight between two times, ``dP = dF (2 - G(t) - G(t + h))/2``; each
    mode then follows exactly ``q(t + h) = q(t) exp(-lambda h) + w dP (1 - exp(-lambda h))/(lambda h)``. So
    the crossing may be as fast as it likes, and the error is that of the grid in F and G, second order in h.
    With exponential F, G and H it stays below 1e-4 on 240 times spaced by a factor from 10 min to 200 days.
    A speed that changes with time alone only stretches the time of the crossing, and P is straight in the stretched
    time. What F holds at t = 0 is set free at that moment. F and G are independent, both see a sink, and what has
    left does not return. Source: convolution of independent waiting times.

    Examples
    --------
    >>> shares = nested_shares([0.0, 10.0], [[0.0, 0.5]], [[0.0, 0.0]], [[1.0]], [[0.2]])
    >>> shares.free_in_depot  # 0.5 (1 - exp(-2))/2
    array([[0.    , 0.2162]])
    >>> shares.free_outside
    array([[0.    , 0.2838]])
    """
    time = require_not_negative("time", time, "s")
    require("time", time[:1], "s", time[:1] == 0.0, "0 as the first time")
    steps = np.diff(time)
    require("time", time[1:], "s", steps > 0.0, "rising times")
    released = require_cumulative("inner_released", inner_released)
    out = require_cumulative("carriers_out", carriers_out)
    weights = np.atleast_2d(require_fraction("mode_weights", mode_weights))
    total = weights.sum(axis=-1)
    require("sum of mode_weights", total, "", total <= 1.0 + ROUNDING, "<= 1")
    rates = np.atleast_2d(require_not_negative("mode_rates", mode_rates, "1/s"))
    weights, rates = np.broadcast_arrays(weights, rates)
    counted = time[np.newaxis, :] if crossing_time is None else _require_course(crossing_time)
    shape = np.broadcast_shapes(released.shape, out.shape, counted.shape, (len(weights), len(time)))
    released, out = np.broadcast_to(released, shape), np.broadcast_to(out, shape)

    kept = 1.0 - out
    freed = np.diff(released, axis=-1) * middle(kept)
    crossing = on_its_way(released[:, :1] * kept[:, :1], freed, weights, rates, np.diff(counted, axis=-1))
    return NestedShares(
        in_depot_carrier=kept * (1.0 - released),
        in_free_carrier=out * (1.0 - released),
        free_in_depot=crossing,
        # Free drug cannot cross before it is free, so a negative difference is rounding.
        free_outside=np.maximum(released - crossing, 0.0),
    )


def on_its_way(
    at_start: Floats, entering: Floats, weights: Floats, rates: Floats, passed: Floats, lost: Floats | None = None
) -> Floats:
    """Give what is on its way through a layer, (draws, times), of what enters it at the start and over each step.

    Parameters
    ----------
    at_start : ndarray, shape (draws, 1)
        What is there at the first time [1].
    entering : ndarray, shape (draws, times - 1)
        What enters over each step, evenly in the time that the crossing counts [1].
    weights, rates : ndarray, shape (draws, modes)
        w_k and lambda_k of the crossing law ``sum_k w_k exp(-lambda_k tau)`` [1] and per unit of that time.
    passed : ndarray, shape (draws or 1, times - 1)
        What tau grows by over each step.
    lost : ndarray, shape (draws, times - 1), optional
        What the exponent of every mode grows by besides, as by a layer that goes with what it holds [1]; nothing if
        not given.

    Returns
    -------
    ndarray, shape (draws, times)
        What is on its way [1].

    Notes
    -----
    ``q_k(t + h) = q_k(t) exp(-x) + w_k dP (1 - exp(-x))/x`` of each mode, summed, with ``x = lambda_k dtau + dlost``:
    exact for what enters evenly in the exponent. Source: convolution.

    Examples
    --------
    Half enters at the start, half over one time constant:

    >>> one = np.ones((1, 1))
    >>> on_its_way(0.5 * one, 0.5 * one, one, one, one)  # 0.5 exp(-1) + 0.5 (1 - exp(-1)) = 0.5
    array([[0.5, 0.5]])
    """
    crossing = np.empty((len(entering), entering.shape[1] + 1))
    state = weights * at_start
    crossing[:, 0] = state.sum(axis=-1)
    for step, length in enumerate(np.moveaxis(passed, -1, 0)[:, :, np.newaxis]):
        with np.errstate(over="ignore"):  # an infinite exponent is a mode that has emptied
            decay = rates * length if lost is None else rates * length + lost[:, step, np.newaxis]
        emptied = -np.expm1(-decay)
        share = np.divide(emptied, decay, out=np.ones_like(decay), where=decay > 0.0)
        state = state * (1.0 - emptied) + weights * share * entering[:, step, np.newaxis]
        crossing[:, step + 1] = state.sum(axis=-1)
    return crossing


def _require_course(values: ArrayLike) -> NDArray[np.float64]:
    """Give `values` with a leading axis of draws, provided that they start at 0 and do not fall."""
    given = np.atleast_2d(require_not_negative("crossing_time", values, ""))
    require("crossing_time", given[:, :1], "", given[:, :1] == 0.0, "0 at first")
    rounding = ROUNDING * given[:, -1:]
    require("crossing_time", given[:, 1:], "", np.diff(given, axis=-1) >= -rounding, "a time that does not fall")
    return np.maximum.accumulate(given, axis=-1)
