"""How far a median may lie from that of endless draws: the error of sampling, apart from the doubt of the inputs."""

from collections.abc import Iterable
from math import ceil, floor, sqrt

import numpy as np

from formulate.sampling import Array

LEVEL = 0.95
LEAST_TOLD = 0.005  # of a median: what is less does not show in three digits
_NORMAL = 1.959964  # two-sided quantile of the normal distribution at that level


def median_interval(draws: Array) -> tuple[float, float] | None:
    """Give the interval that holds the median of endless draws, in 95 % of samples.

    Parameters
    ----------
    draws : ndarray, shape (draws,)
        A quantity; infinite where it lies beyond what was computed, NaN where it does not exist.

    Returns
    -------
    tuple of float or None
        In the unit of the draws; None where an end is not finite.

    Notes
    -----
    The number of n draws below the true median is binomial with mean n/2 and variance n/4, whatever the distribution,
    so the draws of rank ``n/2 -+ 1.96 sqrt(n)/2`` hold it between them. That is of independent draws: a Latin hypercube
    errs less where a result is monotone in its inputs, so that the interval is wide rather than narrow (mckay1979).

    Examples
    --------
    >>> median_interval(np.arange(1.0, 101.0))
    (40.0, 61.0)
    """
    held = np.sort(draws[~np.isnan(draws)])
    count = len(held)
    reach = _NORMAL * sqrt(count) / 2
    first, last = floor(count / 2 - reach), ceil(count / 2 + reach)
    if first < 1 or last >= count:
        return None
    low, high = float(held[first - 1]), float(held[last])
    return (low, high) if np.isfinite([low, high]).all() else None


def relative_error(draws: Array) -> float | None:
    """Give half that interval as a share of the median; None where there is none.

    >>> f"{relative_error(np.arange(1.0, 101.0)):.3f}"
    '0.208'
    """
    found, median = median_interval(draws), float(np.nanmedian(draws)) if len(draws) else 0.0
    if found is None or not median:
        return None
    return abs((found[1] - found[0]) / (2.0 * median))


def largest_error(numbers: Iterable[tuple[str, Array]]) -> tuple[str, float] | None:
    """Give the number whose median chance moves most, with its relative error; None where it moves none.

    Parameters
    ----------
    numbers : iterable of (str, ndarray)
        What each is called, and its draws.
    """
    errors = [(label, error) for label, draws in numbers if (error := relative_error(draws) or 0.0) >= LEAST_TOLD]
    return max(errors, key=lambda item: item[1], default=None)
