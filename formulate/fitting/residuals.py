"""What residuals show: runs of one sign, readings that pull the curve, a misfit beyond the scatter of replicates."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Floats
from formulate.domain import require
from formulate.fitting.propagation import lengths


def runs_probability(residuals: ArrayLike) -> float:
    """Probability of as few runs of one sign as these, if signs came in random order.

    Parameters
    ----------
    residuals : array_like, shape (readings,)
        Observed less fitted, in order of time [any unit]. Zeros are left out.

    Returns
    -------
    float
        From 0 to 1 [1]; 1 if all have one sign, which says nothing of the order.

    Raises
    ------
    DomainError
        If a residual is not finite.

    Notes
    -----
    Exact distribution of the number of runs R of n1 signs of one kind and n2 of the other:
    ``P(R = 2 k) = 2 C(n1-1, k-1) C(n2-1, k-1)/C(n1+n2, n1)`` and ``P(R = 2 k + 1) = [C(n1-1, k) C(n2-1, k-1) +
    C(n1-1, k-1) C(n2-1, k)]/C(n1+n2, n1)``. Residuals of a fit are not quite independent, so it is a hint, not a test
    of fixed size. Source: Wald and Wolfowitz 1940, doi:10.1214/aoms/1177731909.

    Examples
    --------
    Three of each in two runs: 2 of the 20 orders.

    >>> runs_probability([1.0, 2.0, 1.0, -1.0, -2.0, -1.0])
    0.1
    """
    given = np.asarray(residuals, dtype=np.float64)
    require("residual", given, "", np.isfinite(given), "a finite number")
    positive = (given[given != 0.0] > 0.0).tolist()
    one, other = positive.count(True), positive.count(False)
    if not one or not other:
        return 1.0
    runs = 1 + sum(first != second for first, second in pairwise(positive))
    orders = 0
    for count in range(2, runs + 1):
        half = count // 2
        if count % 2 == 0:
            orders += 2 * math.comb(one - 1, half - 1) * math.comb(other - 1, half - 1)
        else:
            orders += math.comb(one - 1, half) * math.comb(other - 1, half - 1)
            orders += math.comb(one - 1, half - 1) * math.comb(other - 1, half)
    return orders / math.comb(one + other, one)


def cooks_distance(slopes: Floats, residuals: Floats) -> tuple[Floats, Floats]:
    """How far each reading moves all fitted values, in units of their error.

    Parameters
    ----------
    slopes : ndarray, shape (parameters, readings)
        Derivatives of the curve by the fitted parameters, times the root of the weight [any unit].
    residuals : ndarray, shape (readings,)
        Observed less fitted, times the root of the weight [%].

    Returns
    -------
    distance, leverage : ndarray, shape (readings,)
        Cook's D [1], infinite for a reading that the curve goes through because it alone fixes a parameter, and
        NaN without degrees of freedom; and h, the share of a reading in its own fitted value [1].

    Raises
    ------
    DomainError
        If a slope or residual is not finite.

    Notes
    -----
    ``D = r^2/(p s^2) h/(1 - h)^2``, h the diagonal of ``J (J'J)^+ J'``. Above 1 a reading alone moves the
    parameters to the edge of their joint 50 % region. Source: Cook 1977, doi:10.1080/00401706.1977.10489493.

    Examples
    --------
    A mean of four, one of them off: h = 1/4 each.

    >>> distance, leverage = cooks_distance(np.ones((1, 4)), np.array([-1.0, -1.0, -1.0, 3.0]))
    >>> float(leverage[0]), float(distance[3])  # 9/(12/3) (1/4)/(9/16)
    (0.25, 1.0)
    """
    require("slope", slopes, "", np.isfinite(slopes), "a finite number")
    require("residual", residuals, "%", np.isfinite(residuals), "a finite number")
    scale = lengths(slopes)
    left, singular, _ = np.linalg.svd((slopes / np.where(scale > 0.0, scale, 1.0)[:, None]).T, full_matrices=False)
    basis = left[:, singular > 1e-10 * singular.max(initial=0.0)]
    leverage = np.minimum((basis**2).sum(axis=1), 1.0)
    count, parameters = basis.shape
    freedom = count - parameters
    variance = float(residuals @ residuals) / freedom if freedom > 0 else math.nan
    if not variance > 0.0 or not parameters:
        return np.full(count, math.nan), leverage
    spare = 1.0 - leverage
    alone = spare < 1e-9
    distance = residuals**2 / (parameters * variance) * leverage / np.where(alone, 1.0, spare) ** 2
    return np.where(alone, np.inf, distance), leverage


def outlier_probability(residuals: Floats, leverage: Floats) -> float:
    """Probability that the largest of the residuals would be this large by scatter.

    Parameters
    ----------
    residuals : ndarray, shape (readings,)
        Observed less fitted, times the root of the weight [%].
    leverage : ndarray, shape (readings,)
        h of `cooks_distance`, which sum to the number of parameters [1].

    Returns
    -------
    float
        From 0 to 1 [1]; NaN with fewer than two degrees of freedom, or for a fit without residuals.

    Raises
    ------
    DomainError
        If a residual is not finite.

    Notes
    -----
    ``t = r/sqrt(v (1 - h))``, v from the other readings, ``(WSS - r^2/(1 - h))/(N - p - 1)``; two-sided with
    N - p - 1 degrees of freedom, times N (Bonferroni). Source: Cook and Weisberg 1982, Residuals and Influence in
    Regression, section 2.2.
    """
    from scipy.special import stdtr

    require("residual", residuals, "%", np.isfinite(residuals), "a finite number")
    freedom = residuals.size - round(float(leverage.sum())) - 1
    total = float(residuals @ residuals)
    if freedom < 1 or not total > 0.0:
        return math.nan
    own = residuals**2 / np.maximum(1.0 - leverage, 1e-12)
    largest = min(float(own.max()) / total, 1.0)
    if largest == 1.0:
        return 0.0
    t = math.sqrt(largest / ((1.0 - largest) / freedom))
    return min(2.0 * float(stdtr(freedom, -t)) * residuals.size, 1.0)


def lack_of_fit_probability(
    time: Floats, weighted: Floats, weighted_residuals: Floats, root_weight: Floats, parameters: int
) -> float:
    """Probability of a curve this far from the means of replicates, if only their scatter kept it off them.

    Parameters
    ----------
    time : ndarray, shape (readings,)
        Times of the readings; those at one time are replicates [any unit of time].
    weighted, weighted_residuals : ndarray, shape (readings,)
        Readings, and observed less fitted, times the root of the weight [%].
    root_weight : ndarray, shape (readings,)
        Root of the weight [1].
    parameters : int
        p, fitted parameters [1].

    Returns
    -------
    float
        From 0 to 1 [1]; NaN without replicates, without scatter between them, or with no more times than parameters.

    Raises
    ------
    DomainError
        If a residual is not finite.

    Notes
    -----
    ``F = [(WSS - WSS_pure)/(m - p)]/[WSS_pure/(N - m)]``, WSS_pure about the weighted mean at each of m times.
    Readings of one unit go together in time, which the test does not know.
    Source: Draper and Smith 1998, Applied Regression Analysis, section 2.1.
    """
    from scipy.special import fdtrc

    require("residual", weighted_residuals, "%", np.isfinite(weighted_residuals), "a finite number")
    _, place = np.unique(time, return_inverse=True)
    times, count = int(place.max()) + 1, time.size
    if times == count or times <= parameters:
        return math.nan
    mean = np.bincount(place, root_weight * weighted) / np.bincount(place, root_weight**2)
    pure = float(((weighted - root_weight * mean[place]) ** 2).sum())
    total = float(weighted_residuals @ weighted_residuals)
    if not pure > 0.0:
        return math.nan
    ratio = max(total - pure, 0.0) / (times - parameters) / (pure / (count - times))
    return float(fdtrc(times - parameters, count - times, ratio))
