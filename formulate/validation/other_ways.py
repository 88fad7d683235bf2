"""The other ways of computing that cases are held against: integrators, quadrature and brackets of scipy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import integrate, optimize

Array = NDArray[np.float64]


def stepped(
    slope: Callable[..., Any],
    start: ArrayLike,
    times: ArrayLike,
    *,
    begins: float = 0.0,
    method: str = "LSODA",
    rtol: float = 1e-9,
    atol: float = 1e-12,
    **options: Any,
) -> Array:
    """Give amounts (n, times) that follow their slopes, stepped by an integrator of scipy.

    Parameters
    ----------
    slope : callable
        dA/dt of a time, amounts (n,), and what `args` holds.
    start : array_like, shape (n,)
        Amounts where it begins.
    times : array_like, shape (times,)
        Rising times.
    begins : float
        The time of `start`.
    method, rtol, atol, **options
        As `scipy.integrate.solve_ivp` takes them.
    """
    at = np.asarray(times, dtype=np.float64)
    first = np.asarray(start, dtype=np.float64)
    span = (begins, float(at[-1]))
    run: Any = integrate.solve_ivp(slope, span, first, method, at, rtol=rtol, atol=atol, **options)  # type: ignore[call-overload]
    return np.asarray(run.y, dtype=np.float64)


def area(curve: Callable[..., Any], low: float, high: float, **options: Any) -> float:
    """Give the integral of a curve, by adaptive quadrature; `args` are its further arguments."""
    return float(integrate.quad(curve, low, high, **options)[0])


def root(curve: Callable[..., Any], low: float, high: float, args: tuple[Any, ...] = ()) -> float:
    """Give where a curve is zero between two ends at which its signs differ; `args` are its further arguments."""
    return float(optimize.brentq(curve, low, high, args=args, xtol=1e-14))
