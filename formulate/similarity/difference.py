"""Difference between the means of two profiles at each time, with its confidence limits."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from formulate.domain import require
from formulate.similarity.results import Floats


def difference_limits(
    means: tuple[ArrayLike, ArrayLike],
    deviations: tuple[ArrayLike, ArrayLike],
    units: tuple[ArrayLike, ArrayLike],
    level: float = 0.9,
) -> tuple[Floats, Floats]:
    """Confidence limits of the difference test less reference, each time for itself.

    Parameters
    ----------
    means : pair of array_like, shape (points,)
        Of reference and test [%].
    deviations : pair of array_like, shape (points,)
        Standard deviations between the units of each [%].
    units : pair of array_like, shape (points,) or ()
        How many units each has at each time [1].
    level : float
        Of the two-sided interval [1].

    Returns
    -------
    low, high : ndarray, shape (points,)
        Limits of the difference [%]; NaN where a product has fewer than two units.

    Raises
    ------
    DomainError
        If the level is not in 0..1.

    Notes
    -----
    ``T - R -+ t sqrt(S_R^2/n_R + S_T^2/n_T)`` with Welch's degrees of freedom (Welch 1947). A level of 0.9 makes two
    one-sided tests of 5 % at each time; no allowance is made for there being several times.

    Examples
    --------
    Two units each, standard deviation 2: standard error 2, t = 2.920 for two degrees of freedom.

    >>> low, high = difference_limits(([50.0], [55.0]), ([2.0], [2.0]), (2, 2))
    >>> float(low[0]), float(high[0])
    (-0.8400, 10.8400)
    """
    require("level", level, "", 0.0 < level < 1.0, "> 0 and < 1")
    first, second = (np.asarray(mean, dtype=np.float64) for mean in means)
    numbers = [np.asarray(number, dtype=np.float64) for number in units]
    spreads = [np.asarray(deviation, dtype=np.float64) for deviation in deviations]
    parts = [
        np.where(number >= 2.0, spread**2 / number, np.nan) for spread, number in zip(spreads, numbers, strict=True)
    ]
    variance = parts[0] + parts[1]
    shares = sum(part**2 / np.maximum(number - 1.0, 1.0) for part, number in zip(parts, numbers, strict=True))
    freedom = np.divide(variance**2, shares, out=np.ones_like(variance), where=shares > 0.0)
    half = stdtrit(freedom, (1.0 + level) / 2.0) * np.sqrt(variance)
    return np.asarray(second - first - half), np.asarray(second - first + half)
