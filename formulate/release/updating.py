"""Equally likely release curves moved by what was measured, and what one more measurement would tell."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.learned.laplace import ASSAY, ASSAY_SLOPE, precision
from formulate.sampling import Array

OUTCOMES = 16  # of a measurement that is still to be made
FEWEST_EFFECTIVE = 20.0  # draws; fewer do not make a band


def weights_of(seen: ArrayLike, shares: ArrayLike) -> Array:
    """Give how likely each curve is after measurements, by Bayes' rule.

    Parameters
    ----------
    seen : array_like, shape (draws, points)
        Share released of each curve at the times measured [1].
    shares : array_like, shape (points,)
        What was measured there [1].

    Returns
    -------
    ndarray, shape (draws,)
        Weights that sum to 1 [1].

    Raises
    ------
    DomainError
        A curve or a reading below 0.

    Notes
    -----
    ``w ~ exp(-sum_i p_i (F_i - y_i)^2/2)``, p the precision of a reading
    (`formulate.release.learned.laplace.precision`): assay error, and readings of one profile that err together.

    Examples
    --------
    >>> weights_of([[0.2], [0.9]], [0.2]).round(6)
    array([1., 0.])
    """
    curves = np.atleast_2d(require_not_negative("seen", seen, "1"))
    found = np.atleast_1d(require_not_negative("shares", shares, "1"))
    score = -0.5 * ((curves - found) ** 2) @ precision(np.clip(found, 0.0, 1.0), None)
    weights = np.exp(score - score.max())
    return np.asarray(weights / weights.sum())


def effective_draws(weights: ArrayLike) -> float:
    """Give how many equally likely draws weighted ones are worth.

    Parameters
    ----------
    weights : array_like, shape (draws,)
        Weights that sum to 1 [1].

    Returns
    -------
    float
        ``1/sum w^2`` [1].

    Raises
    ------
    DomainError
        The weights do not sum to 1.

    Notes
    -----
    ``(sum w)^2/sum w^2`` (Kish 1965).

    Examples
    --------
    >>> effective_draws([0.5, 0.5, 0.0, 0.0])
    2.0
    """
    given = require_not_negative("weights", weights, "1")
    total = float(given.sum())
    require("weights", total, "1", abs(total - 1.0) < 1e-9, "a sum of 1")
    return float(1.0 / (given**2).sum())


def resampled(weights: ArrayLike) -> Array:
    """Give which draws stand for weighted ones, each as often as its weight says, without chance.

    Parameters
    ----------
    weights : array_like, shape (draws,)
        Weights that sum to 1 [1].

    Returns
    -------
    ndarray of int, shape (draws,)
        Indices of draws, in order.

    Raises
    ------
    DomainError
        A weight below 0.

    Notes
    -----
    Systematic resampling at ``(i + 1/2)/n`` of the cumulative weights.

    Examples
    --------
    >>> resampled([0.5, 0.5, 0.0, 0.0])
    array([0, 0, 1, 1])
    """
    given = require_not_negative("weights", weights, "1")
    places = (np.arange(len(given)) + 0.5) / len(given)
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(given), places), len(given) - 1))


def expected_widths(curves: ArrayLike, width: ArrayLike, seen: ArrayLike) -> Array:
    """Give how wide a band would be on average after one more measurement at each of some times.

    Parameters
    ----------
    curves : array_like, shape (draws, times)
        Equally likely curves [1].
    width : array_like, shape (times,)
        Width of their band now [1].
    seen : array_like, shape (draws, candidates)
        The same curves at the times that might be measured [1].

    Returns
    -------
    ndarray, shape (candidates,)
        Mean width over the times, expected over what may be found [1].

    Raises
    ------
    DomainError
        A negative width.

    Notes
    -----
    Sixteen outcomes at each time are quantiles of the curves; each reweights them by Bayes' rule, and the width follows
    the standard deviation, assay error included: ``w sqrt(E[var after]/var before)`` at each time.

    Examples
    --------
    Curves that differ in one number: any time at which they differ tells as much as it differs

    >>> share = np.linspace(0.0, 1.0, 101)[:, None]
    >>> found = expected_widths(share, [0.8], np.hstack([share, 0.01 * share]))
    >>> bool(found[0] < 0.2 < 0.7 < found[1])
    True
    """
    several = np.atleast_2d(np.asarray(curves, dtype=np.float64))
    now = require_not_negative("width", width, "1")
    at = np.asarray(seen, dtype=np.float64)
    before = several.var(axis=0) + ASSAY**2
    squares = several**2
    expected = np.empty(at.shape[1])
    for i, shares in enumerate(at.T):
        outcomes = np.quantile(shares, (np.arange(OUTCOMES) + 0.5) / OUTCOMES)
        weights = np.exp(-0.5 * ((outcomes[:, None] - shares) / (ASSAY + ASSAY_SLOPE * shares)) ** 2)
        weights /= weights.sum(axis=1, keepdims=True)
        middle = weights @ several
        after = np.maximum(weights @ squares - middle**2, 0.0) + ASSAY**2
        expected[i] = float((now * np.sqrt(np.minimum(after / before, 1.0))).mean())
    return expected


def at_times(time: ArrayLike, curves: ArrayLike, moments: ArrayLike) -> Array:
    """Give curves at other times, straight between those they are known at.

    Parameters
    ----------
    time : array_like, shape (times,)
        Rising times [s].
    curves : array_like, shape (draws, times)
        Curves [1].
    moments : array_like, shape (moments,)
        Times within the first and the last [s].

    Returns
    -------
    ndarray, shape (draws, moments)
        [1].

    Raises
    ------
    DomainError
        A moment beyond the last time.

    Notes
    -----
    Linear interpolation.

    Examples
    --------
    >>> at_times([0.0, 10.0], [[0.0, 0.5]], [4.0])
    array([[0.2]])
    """
    known = require_not_negative("time", time, "s")
    wanted = np.atleast_1d(require_not_negative("moments", moments, "s"))
    last = float(known[-1])
    require("moments", wanted, "s", wanted <= last * (1 + 1e-9), f"at most {last:g}")
    require_positive("time", last, "s")
    right = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    share = (wanted - known[right - 1]) / (known[right] - known[right - 1])
    rows = np.asarray(curves, dtype=np.float64)
    return np.asarray(rows[:, right - 1] * (1.0 - share) + rows[:, right] * share)
