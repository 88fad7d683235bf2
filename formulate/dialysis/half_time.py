"""The time of half of the dose out of the carrier, as sure as law and bag together allow."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats
from formulate.fitting.bands import confidence_band
from formulate.fitting.results import Fit
from formulate.fitting.summaries import HORIZON, fitted_summary

HALF = 50.0  # percent of the dose
SHORTEST = 1e-6  # of the value, or of the last reading
STEPS = 129
NARROWINGS = 4


def half_time(release: Fit) -> tuple[float, float, float]:
    """Give the time of half of the dose with its interval at the level of the fit.

    Parameters
    ----------
    release : Fit
        A law with the covariance and the degrees of freedom of its fit, which may be one of more than the law.

    Returns
    -------
    value, low, high : float
        In the unit of the data. The value is NaN where half is not reached within ten times the last reading, the
        high end infinite where nothing bounds it; both ends are NaN where the covariance is not known.

    Notes
    -----
    Those times at which 50 % lies in the confidence band of the curve, the band by the delta method for
    ``ln(-ln(1 - F/100))``: there first-order and Weibull laws are straight, so that for a first-order law the
    interval is exactly ``ln 2`` over that of its rate, and its end is infinite where a plateau may lie below half.
    """
    value = next(item for item in fitted_summary(release) if item.name == "T50").value
    last = float(release.points.time.max())
    if not math.isfinite(float(confidence_band(release, np.array([last]))[0][0])):
        return value, math.nan, math.nan
    if value <= SHORTEST * SHORTEST * last:  # half is out at once
        high = _first(release, SHORTEST * last, HORIZON * last, lambda standing: standing >= 1.0)
        return value, 0.0, 0.0 if high <= 2.0 * SHORTEST * last else high
    if not math.isfinite(value):
        low = _first(release, SHORTEST * last, HORIZON * last, lambda standing: standing > -1.0)
        return value, low, math.inf
    low = _first(release, value, SHORTEST * value, lambda standing: standing <= -1.0)
    high = _first(release, value, max(HORIZON * last, 2.0 * value), lambda standing: standing >= 1.0)
    return value, low if math.isfinite(low) else 0.0, high


def _first(release: Fit, start: float, furthest: float, is_met: Callable[[Floats], NDArray[np.bool_]]) -> float:
    """Give the first time from the start on, forwards or back, at which half stands so to the band; else infinite."""
    inner, outer = start, furthest
    for _ in range(NARROWINGS):
        times = np.geomspace(inner, outer, STEPS)
        met = np.flatnonzero(is_met(_standing(release, times[1:])))
        if not met.size:
            return math.inf if outer == furthest else outer
        inner, outer = float(times[met[0]]), float(times[met[0] + 1])
    return math.sqrt(inner * outer)


def _standing(release: Fit, times: Floats) -> Floats:
    """Give how far the curve stands above half, in units of half its band."""
    low, high = confidence_band(release, times)
    with np.errstate(all="ignore"):
        middle = release.curve(times)
        left = -np.log1p(-np.clip(middle, 0.0, 100.0) / 100.0)
        band = 0.5 * (high - low) / ((100.0 - middle) * left)
        far = np.log(left / math.log(2.0)) / band
    return np.where((middle > 0.0) & (middle < 100.0) & (band > 0.0), far, np.sign(middle - HALF) * np.inf)
