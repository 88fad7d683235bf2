"""Goodness of fit in the definitions of DDSolver, so that a number can be set beside a published one, and more.

N readings F with weights w, a curve P with p fitted parameters:

- SS = sum (F - P)^2, WSS = sum w (F - P)^2, MSE = WSS/(N - p)
- R2 = 1 - WSS/sum w (F - mean F)^2, adjusted R2 = 1 - (1 - R2) (N - 1)/(N - p)
- AIC = N ln(WSS) + 2 p, AICc = AIC + 2 p (p + 1)/(N - p - 1), BIC = N ln(WSS) + p ln(N)
- MSC = ln(sum w (F - mean F)^2/WSS) - 2 p/N, the sum over readings other than F = 0
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require
from formulate.fitting.results import Criteria, Points
from materials.errors import DomainError

_TEN_DIGITS = 1e-20  # of a sum of squares
FLOATS = 1e-28  # of a sum of squares, which rounding of 64 of the last digit in each reading makes


def criteria(points: Points, predicted: ArrayLike, parameters: int) -> Criteria:
    """Goodness of fit of a curve to readings.

    Parameters
    ----------
    points : Points
        Readings F [%] and their weights w.
    predicted : array_like, shape (points,)
        P, the fitted curve at the times of the readings [%].
    parameters : int
        p, how many parameters were fitted; fixed ones do not count [1].

    Returns
    -------
    Criteria
        SS, WSS and MSE in the square of percent (times the weight), the rest pure numbers. NaN where a criterion has
        no value: R2, adjusted R2 and MSC of readings that are all equal, the correlation where readings or curve do
        not vary, MSE and adjusted R2 without degrees of freedom, AICc where N <= p + 1. A perfect fit has
        AIC = -inf and MSC = inf.

    Raises
    ------
    DomainError
        If there is no reading, a prediction is not finite, their number is not that of the readings, a weight is
        not positive, or the number of parameters is negative or above that of the readings.

    Notes
    -----
    As in the first lines of this module; mean F is the plain mean of all N readings, also where they are weighted,
    and readings at time zero count. R2 below zero means that the mean of the readings fits better than the curve.
    The correlation is Pearson's, of F and P without weights.

    The AIC lacks the constants of the likelihood: other programs print N ln(WSS/N) + 2 p, or count the variance as one
    more parameter. Differences between models fitted to the same readings with the same weights are the same in all
    of these; the numbers are not, and neither can be compared between different readings or weights. The AICc here
    adds the correction of Hurvich and Tsai with the p of the AIC, that of DDSolver; with the variance counted too
    (Burnham and Anderson) it is 2 (p + 1)(p + 2)/(N - p - 2), which weighs harder on many parameters. An adjusted R2
    with (N - 1)/(N - p - 1), as some programs have it, is for curves with an intercept that is not counted in p.

    Sources: Zhang et al. 2010, AAPS J 12:263, doi:10.1208/s12248-010-9185-1 (SS to MSC); Akaike 1974,
    doi:10.1109/TAC.1974.1100705; Hurvich and Tsai 1989, doi:10.1093/biomet/76.2.297; Schwarz 1978,
    doi:10.1214/aos/1176344136.

    Examples
    --------
    Four readings and a straight line 1 % off at each: SS = 4, and 500 about the mean of 25 %.

    >>> readings = Points(np.arange(1.0, 5.0), np.array([10.0, 20.0, 30.0, 40.0]), np.ones(4), np.zeros(4, int))
    >>> found = criteria(readings, [11.0, 19.0, 31.0, 39.0], parameters=1)
    >>> found.ss, found.mse, found.r2, found.aic
    (4.0, 1.3333, 0.992, 7.5452)
    """
    observed = np.asarray(points.released, dtype=np.float64)
    weight = np.asarray(points.weight, dtype=np.float64)
    curve = np.asarray(predicted, dtype=np.float64)
    count = observed.size
    if curve.shape != observed.shape:
        raise DomainError("predictions", curve.size, "", f"{count}, one for each reading")
    require("readings", count, "", count >= 1, ">= 1")
    require("parameters", parameters, "", 0 <= parameters <= count, f"0 to {count}, the number of readings")
    require("weight", weight, "", (weight > 0.0) & np.isfinite(weight), "> 0 and finite")
    require("prediction", curve, "%", np.isfinite(curve), "a finite number")

    squares = (observed - curve) ** 2
    ss, wss = float(squares.sum()), float((weight * squares).sum())
    about_mean = weight * (observed - observed.mean()) ** 2
    total = float(about_mean.sum()) if np.ptp(observed) > 0.0 else 0.0
    freedom = count - parameters
    r2 = 1.0 - wss / total if total > 0.0 else math.nan
    aic = count * _log(wss) + 2.0 * parameters
    spare = freedom - 1
    return Criteria(
        points=count,
        parameters=parameters,
        degrees_of_freedom=freedom,
        ss=ss,
        wss=wss,
        mse=wss / freedom if freedom else math.nan,
        r2=r2,
        r2_adjusted=1.0 - (1.0 - r2) * (count - 1) / freedom if freedom else math.nan,
        correlation=_correlation(observed, curve),
        aic=aic,
        aicc=aic + 2.0 * parameters * (parameters + 1) / spare if spare > 0 else math.nan,
        bic=count * _log(wss) + parameters * math.log(count),
        msc=_log(float(about_mean[observed != 0.0].sum())) - _log(wss) - 2.0 * parameters / count
        if total > 0.0
        else math.nan,
    )


def rounding(points: Points) -> float:
    """Give the weighted sum of squares below which a curve goes through its readings to ten digits.

    Parameters
    ----------
    points : Points
        Readings [%] and their weights.

    Returns
    -------
    float
        In the square of percent, times the weight. What lies below it is rounding: no assay has ten digits.

    Raises
    ------
    DomainError
        If there is no reading.

    Notes
    -----
    ``1e-20 sum w F^2``; of readings that are all zero ``1e-20 sum w``.
    """
    require("readings", points.released.size, "", points.released.size >= 1, ">= 1")
    with np.errstate(over="ignore", under="ignore"):
        size = float(np.sum(points.weight * points.released**2)) or float(np.sum(points.weight))
    return _TEN_DIGITS * size if math.isfinite(size) else 0.0


def residual_variance(points: Points, judged: Criteria) -> float:
    """Give s^2, the variance of a reading of weight 1 about the curve, at least what the rounding of floats makes.

    Parameters
    ----------
    points : Points
        Readings [%] and their weights.
    judged : Criteria
        Of a curve through them.

    Returns
    -------
    float
        In the square of percent, times the weight; NaN without degrees of freedom.

    Notes
    -----
    ``s^2 = max(WSS, 1e-28 sum w F^2)/(N - p)``. A sum of squares below that is what the last digits of floats leave,
    and differs from one computer to the next: what is made of s^2 would be chance.
    """
    if judged.degrees_of_freedom <= 0:
        return math.nan
    return max(judged.wss, FLOATS * float(np.sum(points.weight * points.released**2))) / judged.degrees_of_freedom


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def _correlation(observed: np.ndarray, curve: np.ndarray) -> float:
    one, other = observed - observed.mean(), curve - curve.mean()
    spread = math.sqrt(float(one @ one) * float(other @ other))
    # a constant curve leaves rounding about its mean, which would correlate by chance
    if np.ptp(observed) == 0.0 or np.ptp(curve) == 0.0 or spread == 0.0:
        return math.nan
    return float(one @ other) / spread
