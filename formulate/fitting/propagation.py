"""What the uncertainty of fitted parameters means for numbers read off the curve: the delta method."""

import math

import numpy as np

from formulate.curves.model import Floats
from formulate.domain import require
from formulate.fitting.results import Fit


def free(fit: Fit) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which parameters were fitted, (parameters,)."""
    return np.array([not parameter.fixed for parameter in fit.parameters], dtype=np.bool_)


def gradient(fit: Fit, time: Floats) -> Floats:
    """Derivatives of the fitted curve by its parameters, (parameters, times); zero for fixed ones."""
    slopes = np.array(fit.model.gradient(np.asarray(time, dtype=np.float64), *fit.values), dtype=np.float64)
    slopes[~free(fit)] = 0.0
    # a slope may be infinite where the curve leaves zero (a power of the time since the lag): no information there
    return np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0)


def doubt(fit: Fit) -> Floats:
    """Give independent steps of the fitted parameters, each of one standard error.

    Parameters
    ----------
    fit : Fit
        A fitted curve.

    Returns
    -------
    ndarray, shape (parameters, steps)
        R with ``R R' = C``, the covariance of the parameters; zero rows for fixed parameters and for those that rest
        on a bound. NaN throughout without degrees of freedom.

    Raises
    ------
    DomainError
        If the fit has no parameter.

    Notes
    -----
    ``R = s (J' W J)^(-1/2)`` from the singular values of the slopes, each parameter scaled: what is left of an error
    where parameters go together is lost to rounding in C itself. Directions of which the readings know nothing
    (singular value below 1e-11 of the largest) have no step: what moves parameters without moving the curve at any
    reading has no part in the error of the curve between readings; beyond them that error is too small.

    A law that was fitted together with something else, to more readings than its own (behind a dialysis bag), has its
    doubt in the covariance of that fit alone: then ``R R' = C`` from the eigenvectors of C, scaled.
    """
    count = len(fit.parameters)
    require("number of parameters", count, "", count >= 1, ">= 1")
    loose = free(fit) & np.array([not parameter.at_bound for parameter in fit.parameters], dtype=np.bool_)
    if fit.criteria.degrees_of_freedom < 1:
        return np.full((count, count), np.nan)
    steps = np.zeros((count, int(loose.sum())))
    if not loose.any():
        return steps
    if is_part_of_another(fit):
        steps[loose] = _root(fit.covariance[np.ix_(loose, loose)])
        return steps if np.isfinite(steps).all() else np.full((count, count), np.nan)
    weighted = gradient(fit, fit.points.time)[loose] * np.sqrt(fit.points.weight)
    scale = lengths(weighted)
    scale[scale == 0.0] = 1.0
    _, singular, right = np.linalg.svd((weighted / scale[:, None]).T, full_matrices=False)
    known = singular > 1e-11 * singular[0]
    inverse = np.divide(1.0, singular, out=np.zeros_like(singular), where=known)
    with np.errstate(over="ignore"):
        steps[loose] = math.sqrt(fit.criteria.mse) * (right.T * inverse) / scale[:, None]
    if not np.isfinite(steps).all():  # a step of a parameter too large to be a number
        return np.full((count, count), np.nan)
    return steps


def is_part_of_another(fit: Fit) -> bool:
    """Tell whether a fit is the part of one to more readings than these: its slopes here do not give its errors."""
    return fit.criteria.points != fit.points.time.size


def _root(covariance: Floats) -> Floats:
    """Give R with ``R R' = C``; NaN where C is no covariance."""
    scale = np.sqrt(covariance.diagonal())
    if not (np.isfinite(covariance).all() and np.isfinite(scale).all()):
        return np.full(covariance.shape, np.nan)
    scale[scale == 0.0] = 1.0
    variances, directions = np.linalg.eigh(covariance / np.outer(scale, scale))
    return np.asarray(scale[:, None] * directions * np.sqrt(np.maximum(variances, 0.0)))


def lengths(rows: Floats) -> Floats:
    """Give the length of each row, of numbers whose squares may be too large."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scaled = rows / np.where(largest > 0.0, largest, 1.0)[:, None]
    return np.asarray(largest * np.sqrt((scaled**2).sum(axis=1)))


def standard_error(slopes: Floats, steps: Floats) -> Floats:
    """Error of numbers with these slopes by the parameters, (parameters, numbers), for steps of `doubt`; (numbers,)."""
    return lengths(slopes.T @ steps) if steps.shape[1] else np.zeros(slopes.shape[1])


def quantile(fit: Fit, level: float | None = None) -> float:
    """Two-sided quantile of Student's t at the degrees of freedom of the fit; NaN without any."""
    from scipy.special import stdtrit

    freedom = fit.criteria.degrees_of_freedom
    if freedom < 1:
        return float("nan")
    return float(stdtrit(freedom, 0.5 + 0.5 * (fit.level if level is None else level)))
