"""Tolerance limits of a reference: where a share of its units lies, at each time; and which test units leave them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, ndtri

from formulate.domain import require
from formulate.similarity.results import Floats, Outside, ToleranceLimits


def howe_factor(units: ArrayLike, share: float, confidence: float) -> Floats:
    """Factor k of two-sided normal tolerance limits ``mean -+ k S``, by Howe.

    Parameters
    ----------
    units : array_like
        n, how many units the mean and the standard deviation come from [1].
    share : float
        Of all units that the limits are to hold [1].
    confidence : float
        That they do [1].

    Returns
    -------
    ndarray
        k [1].

    Raises
    ------
    DomainError
        For fewer than two units, or a share or confidence not in 0..1.

    Notes
    -----
    ``k = z sqrt[(n - 1)(1 + 1/n)/chi2]``, z the normal quantile at (1 + share)/2, chi2 the quantile at 1 - confidence
    with n - 1 degrees of freedom. Howe, J. Am. Stat. Assoc. 64, 610 (1969).

    Examples
    --------
    NIST/SEMATECH e-Handbook, section 7.2.6.3: 43 units, 90 % of all with confidence 99 %.

    >>> float(howe_factor(43, 0.90, 0.99))
    2.217
    """
    number = _number(units, share, confidence)
    return np.asarray(_spread(number, share, confidence) * np.sqrt(1.0 + 1.0 / number))


def sas_factor(units: ArrayLike, share: float, confidence: float) -> Floats:
    """Factor k as the CAPABILITY procedure of SAS and disprofas (R) have it.

    Parameters
    ----------
    units : array_like
        n, how many units the mean and the standard deviation come from [1].
    share : float
        Of all units that the limits are to hold [1].
    confidence : float
        That they do [1].

    Returns
    -------
    ndarray
        k [1], slightly above Howe's.

    Raises
    ------
    DomainError
        For fewer than two units, or a share or confidence not in 0..1.

    Notes
    -----
    ``k = z (1 + 1/(2 n)) sqrt[(n - 1)/chi2]``; terms as in `howe_factor`, whose root of ``1 + 1/n`` it expands.

    Examples
    --------
    >>> float(sas_factor(6, 0.99, 0.95))
    5.830
    """
    number = _number(units, share, confidence)
    return np.asarray(_spread(number, share, confidence) * (1.0 + 0.5 / number))


def _number(units: ArrayLike, share: float, confidence: float) -> Floats:
    for name, value in (("share", share), ("confidence", confidence)):
        require(name, value, "", 0.0 < value < 1.0, "> 0 and < 1")
    number = np.asarray(units, dtype=np.float64)
    return require("units", number, "", number >= 2.0, ">= 2", "one unit has no spread")


def _spread(number: Floats, share: float, confidence: float) -> Floats:
    return np.asarray(ndtri((1.0 + share) / 2.0) * np.sqrt((number - 1.0) / chdtri(number - 1.0, confidence)))


def tolerance_limits(
    reference: ArrayLike,
    test: ArrayLike,
    *,
    time: ArrayLike,
    test_names: Sequence[str] = (),
    share: float = 0.99,
    confidence: float = 0.95,
) -> ToleranceLimits:
    """Tolerance limits of the reference at each time, and the readings of the test that lie outside.

    Parameters
    ----------
    reference, test : array_like, shape (units, points)
        Percent released by each unit; NaN where there is no reading [%]. One row of test is taken as a mean.
    time : array_like, shape (points,)
        Times [any unit].
    test_names : sequence of str
        Names of the test units.
    share, confidence : float
        Of the reference's units that the limits are to hold, and that they do [1].

    Returns
    -------
    ToleranceLimits
        Limits with Howe's factor, the factor of SAS beside it, readings outside.

    Raises
    ------
    DomainError
        If a point has fewer than two readings of the reference, or a share or confidence is not in 0..1.

    Notes
    -----
    ``mean -+ k S`` of the reference, each time for itself, with `howe_factor`; normal scatter between units is assumed,
    and limits may lie below 0 or above 100 %. After Martinez and Zhao, AAPS J. 20, 78 (2018), who take a share of 0.99
    at confidence 0.95; their outer limits, 5 and 15 points further, are not applied.
    """
    rows, tested = (np.atleast_2d(np.asarray(values, dtype=np.float64)) for values in (reference, test))
    times = np.asarray(time, dtype=np.float64)
    count = np.isfinite(rows).sum(axis=0)
    require("readings of the reference at a time", count, "", count >= 2, ">= 2", "limits need the spread of units")
    mean, deviation = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0, ddof=1)
    factor = howe_factor(count, share, confidence)
    low, high = mean - factor * deviation, mean + factor * deviation
    names = list(test_names) or [f"unit {number + 1}" for number in range(tested.shape[0])]
    beyond = np.argwhere((tested < low) | (tested > high))
    outside = tuple(
        Outside(names[unit], float(times[point]), float(tested[unit, point]), float(low[point]), float(high[point]))
        for unit, point in beyond
    )
    return ToleranceLimits(
        time=times,
        share=share,
        confidence=confidence,
        mean=mean,
        factor=factor,
        factor_sas=sas_factor(count, share, confidence),
        low=low,
        high=high,
        outside=outside,
        readings=int(np.isfinite(tested).sum()),
    )
