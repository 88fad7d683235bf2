"""A release curve of five parameters: a first burst, a Weibull rise, and the share that comes out at all."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative

DAY = 86400.0
NAMES = ("logit of the final share", "logit of the burst", "ln of its time", "ln of the main time", "ln of the shape")
# beyond these the exponentials are 0 or 1 to rounding
_LARGEST = 60.0
_LARGEST_LOGARITHM = 6.0


def released(parameters: ArrayLike, time: ArrayLike) -> NDArray[np.float64]:
    """Share released along each curve.

    Parameters
    ----------
    parameters : array_like, shape (draws, 5)
        Unconstrained parameters of each curve, see Notes [1].
    time : array_like, shape (times,)
        t, time in the medium [s].

    Returns
    -------
    ndarray, shape (draws, times)
        F, from 0 at t = 0, never falling, at most 1 [1].

    Raises
    ------
    DomainError
        If a time is negative or not finite, or a parameter not finite.

    Notes
    -----
    ``F = A (b (1 - exp(-t/t_b)) + (1 - b) (1 - exp(-(t/t_m)**beta)))``. The parameters are logit A, logit b, ln t_b,
    ln t_m (both in days) and ln beta, so that every real number is allowed. A share 1 - A stays inside for good.
    A description, no mechanism. Source: weibull1951 (the main rise).

    Examples
    --------
    >>> released([[50.0, -50.0, 0.0, 0.0, 0.0]], [0.0, 86400.0])  # first order, 1/day
    array([[0.      , 0.632121]])
    """
    parameters = np.asarray(parameters, dtype=np.float64)
    require("parameters", parameters, "", np.isfinite(parameters), "finite numbers")
    return values(parameters, require_not_negative("time", time, "s") / DAY)


def values(parameters: NDArray[np.float64], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share released along each curve, of checked numbers.

    Parameters
    ----------
    parameters : ndarray, shape (..., 5)
        As in `released` [1].
    days : ndarray, shape (..., times)
        Time in the medium [d].

    Returns
    -------
    ndarray, shape (..., times)
        F [1].

    Raises
    ------
    IndexError
        If a curve has fewer than five parameters.

    Notes
    -----
    The equation of `released`.
    """
    share, burst, burst_time, main_time, shape = _named(parameters)
    left = np.exp(-np.minimum(days / burst_time, _LARGEST))
    power = np.multiply(shape, _logarithm(days) - main_time)
    np.clip(power, -_LARGEST, _LARGEST_LOGARITHM, out=power)
    np.exp(power, out=power)
    np.negative(power, out=power)
    np.exp(power, out=power)
    power *= 1.0 - burst
    left *= burst
    left += power  # of the share that comes out, what is still inside
    np.subtract(1.0, left, out=left)
    left *= share
    return np.where(days > 0.0, np.maximum(left, 0.0), 0.0)


def slopes(
    parameters: NDArray[np.float64], days: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share released along each curve, and how it changes with each parameter.

    Parameters
    ----------
    parameters : ndarray, shape (..., 5)
        As in `released` [1].
    days : ndarray, shape (..., times)
        Time in the medium, above 0 [d].

    Returns
    -------
    shares : ndarray, shape (..., times)
        F [1].
    derivatives : ndarray, shape (..., times, 5)
        dF by each parameter [1].

    Raises
    ------
    IndexError
        If a curve has fewer than five parameters.

    Notes
    -----
    The derivatives of the equation of `released`.
    """
    share, burst, burst_time, main_time, shape = _named(parameters)
    passed = np.minimum(days / burst_time, _LARGEST)
    left = np.exp(-passed)
    since = _logarithm(days) - main_time
    power = np.exp(np.clip(shape * since, -_LARGEST, _LARGEST_LOGARITHM))
    kept = np.exp(-power)
    mixed = burst * (1.0 - left) + (1.0 - burst) * (1.0 - kept)
    steep = share * (1.0 - burst) * shape * power * kept
    derivatives = np.stack(
        [
            share * (1.0 - share) * mixed,
            share * burst * (1.0 - burst) * (kept - left),
            -share * burst * passed * left,
            -steep,
            steep * since,
        ],
        axis=-1,
    )
    return np.asarray(share * mixed), derivatives


def _named(parameters: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Give A, b, t_b, ln t_m and beta, each with an axis for times."""
    inside = np.clip(parameters, -_LARGEST, _LARGEST)[..., None]
    share, burst = (1.0 / (1.0 + np.exp(-inside[..., i, :])) for i in (0, 1))
    return [share, burst, np.exp(inside[..., 2, :]), inside[..., 3, :], np.exp(inside[..., 4, :])]


def _logarithm(days: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.maximum(days, 1e-12))
