"""How sure a fitted curve is, and where a new reading would fall."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri, stdtrit

from formulate.curves.model import Floats
from formulate.fitting.criteria import residual_variance
from formulate.fitting.results import Fit
from materials.errors import DomainError


def confidence_band(
    fit: Fit, time: ArrayLike, level: float | None = None, simultaneous: bool = False
) -> tuple[Floats, Floats]:
    """Give where the curve lies, at each time for itself or everywhere at once.

    Parameters
    ----------
    fit : Fit
        The fitted curve.
    time : array_like, shape (times,)
        In the unit of the data.
    level : float, optional
        Confidence [1]; that of the fit if not given.
    simultaneous : bool
        Whether the band holds the whole curve with that confidence; else each point of it does.

    Returns
    -------
    low, high : ndarray, shape (times,)
        Percent released, not cut at 0 or 100; NaN where the covariance is not known.

    Raises
    ------
    DomainError
        If the level is not between 0 and 1.

    Notes
    -----
    Delta method: ``F(t) -+ q sqrt(g' C g)`` with g the slopes of the curve by the parameters and C their covariance;
    q is Student's quantile with N - p degrees of freedom, or ``sqrt(p F_{p, N - p})`` for the whole curve (Scheffé;
    Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, section 2.3). Parameters on a bound
    count as known. Holds where the curve is nearly linear in its parameters within their intervals.
    """
    times = np.asarray(time, dtype=np.float64)
    return _around(fit, times, np.sqrt(_variance(fit, times)), level, simultaneous)


def prediction_band(fit: Fit, time: ArrayLike, level: float | None = None) -> tuple[Floats, Floats]:
    """Give where one new reading would fall.

    Parameters
    ----------
    fit : Fit
        The fitted curve.
    time : array_like, shape (times,)
        In the unit of the data.
    level : float, optional
        Probability [1]; that of the fit if not given.

    Returns
    -------
    low, high : ndarray, shape (times,)
        Percent released, not cut at 0 or 100; NaN where the covariance is not known.

    Raises
    ------
    DomainError
        If the level is not between 0 and 1.

    Notes
    -----
    As `confidence_band` for each time, with the variance of a reading added, ``s^2/w``. The weight of a new reading
    is 1, 1/F or 1/F^2 of the fitted F; under 1/sd2 the variance is interpolated between the times of the readings.
    """
    times = np.asarray(time, dtype=np.float64)
    scatter = residual_variance(fit.points, fit.criteria)
    return _around(fit, times, np.sqrt(_variance(fit, times) + scatter * _inverse_weight(fit, times)), level, False)


def _variance(fit: Fit, time: Floats) -> Floats:
    """Give the variance of the fitted curve, (times,) square percent."""
    loose = [place for place, parameter in enumerate(fit.parameters) if not parameter.fixed and not parameter.at_bound]
    with np.errstate(all="ignore"):
        slopes = np.asarray(fit.model.gradient(time, *fit.values.tolist()))[loose]
    part = fit.covariance[np.ix_(loose, loose)]
    slopes = np.where(np.isfinite(slopes), slopes, 0.0)
    return np.asarray(np.maximum(np.einsum("pi,pq,qi->i", slopes, part, slopes), 0.0))


def _inverse_weight(fit: Fit, time: Floats) -> Floats:
    match fit.points.weighting:
        case "1/y":
            return np.asarray(np.maximum(fit.curve(time), 0.0))
        case "1/y2":
            return np.asarray(fit.curve(time) ** 2)
        case "1/sd2":
            order = np.argsort(fit.points.time, kind="stable")
            return np.asarray(np.interp(time, fit.points.time[order], 1.0 / fit.points.weight[order]))
        case _:
            return np.ones(time.shape)


def _around(fit: Fit, time: Floats, error: Floats, level: float | None, simultaneous: bool) -> tuple[Floats, Floats]:
    chosen = fit.level if level is None else level
    if not 0.0 < chosen < 1.0:
        raise DomainError("level", chosen, "", "above 0 and below 1")
    freedom = fit.criteria.degrees_of_freedom
    if freedom <= 0:
        nothing = np.full(time.shape, np.nan)
        return nothing, nothing.copy()
    if simultaneous:
        count = max(fit.criteria.parameters, 1)
        quantile = math.sqrt(count * float(fdtri(count, freedom, chosen)))
    else:
        quantile = float(stdtrit(freedom, 0.5 + 0.5 * chosen))
    middle = fit.curve(time)
    return middle - quantile * error, middle + quantile * error
