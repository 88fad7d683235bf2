"""Release along an S: logistic, Gompertz and probit curves, in the decimal logarithm of time or in time itself."""

from math import log
from typing import Any

import numpy as np

from formulate.curves.law import LEAST, MOST, TIMES, ZHANG_2010, Law, close_together, make, pairs, seen
from formulate.curves.model import Floats, Parameter

Slopes = tuple[Any, tuple[Any, ...], None]

STEEPNESS = (-1.0, -0.2, 0.15, 0.3, 0.5, 0.8, 1.2, 1.8, 3.0, 5.0, 10.0, 25.0)  # per natural logarithm of time
MIDDLES = (-2.0, -0.7, -0.2, 0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.5, 3.0)
STEEP = (4.0, 7.0, 11.0, 18.0)
STEEP_GROWTHS = (20.0, 40.0, 80.0)
GROWTHS = (0.3, 1.0, 2.0, 3.5, 6.0, 10.0, 16.0, 30.0, 60.0, 150.0)
LN10 = log(10.0)
LARGEST_LOGARITHM = 700.0  # its exponential is a number
NEVER = -1e15  # decimal logarithm of time 0: finite, so that a slope of 0 gives the curve its level there too


def _within(logarithm: Any) -> Any:
    return np.minimum(np.maximum(logarithm, -LARGEST_LOGARITHM), LARGEST_LOGARITHM)


def _decimal(time: Floats) -> Any:
    return np.maximum(np.log10(time), NEVER)


def _by_slope(time: Floats, slope: Any, of_time: Any) -> Any:
    """Give the derivative by beta; at time 0 the curve is at its limit and no longer depends on it."""
    return np.where(time > 0.0, slope * of_time, 0.0)


def _logistic(time: Floats, level: Any, slope: Any) -> Any:
    return 100.0 / (1.0 + np.exp(_within(-level - slope * _decimal(time))))


def _logistic_slopes(time: Floats, level: Any, slope: Any) -> Slopes:
    of_time = _decimal(time)
    left = np.exp(_within(-level - slope * of_time))
    share = 1.0 / (1.0 + left)
    by_level = 100.0 * share * (left * share)
    return 100.0 * share, (by_level, _by_slope(time, by_level, of_time)), None


def _gompertz(time: Floats, level: Any, slope: Any) -> Any:
    return 100.0 * np.exp(-np.exp(_within(np.log(level) - slope * _decimal(time))))


def _gompertz_slopes(time: Floats, level: Any, slope: Any) -> Slopes:
    of_time = _decimal(time)
    exponent = np.exp(_within(np.log(level) - slope * of_time))
    released = 100.0 * np.exp(-exponent)
    by_exponent = released * exponent
    return released, (-by_exponent / level, _by_slope(time, by_exponent, of_time)), None


def _probit(time: Floats, level: Any, slope: Any) -> Any:
    from scipy.special import ndtr

    return 100.0 * ndtr(_within(level + slope * _decimal(time)))


def _probit_slopes(time: Floats, level: Any, slope: Any) -> Slopes:
    from scipy.special import ndtr

    of_time = _decimal(time)
    normal = _within(level + slope * of_time)
    density = (100.0 / np.sqrt(2.0 * np.pi)) * np.exp(-0.5 * normal * normal)
    return 100.0 * ndtr(normal), (density, _by_slope(time, density, of_time)), None


def _logistic_in_time(time: Floats, rate: Any, middle: Any) -> Any:
    return 100.0 / (1.0 + np.exp(_within(rate * (middle - time))))


def _logistic_in_time_slopes(time: Floats, rate: Any, middle: Any) -> Slopes:
    since = time - middle
    left = np.exp(_within(-rate * since))
    share = 1.0 / (1.0 + left)
    by_exponent = 100.0 * share * (left * share)
    return 100.0 * share, (by_exponent * since, -by_exponent * rate), None


def _gompertz_in_time(time: Floats, rate: Any, middle: Any) -> Any:
    return 100.0 * np.exp(-np.exp(_within(rate * (middle - time))))


def _gompertz_in_time_slopes(time: Floats, rate: Any, middle: Any) -> Slopes:
    since = time - middle
    exponent = np.exp(_within(-rate * since))
    released = 100.0 * np.exp(-exponent)
    by_exponent = released * exponent
    return released, (by_exponent * since, -by_exponent * rate), None


def _gompertz_from_start(time: Floats, start: Any, rate: Any) -> Any:
    return 100.0 * np.exp(-start * np.exp(-rate * time))


def _gompertz_from_start_slopes(time: Floats, start: Any, rate: Any) -> Slopes:
    decay = np.exp(-rate * time)
    released = 100.0 * np.exp(-start * decay)
    by_start = -released * decay
    return released, (by_start, -by_start * start * time), None


_TIMES, _STEEPNESS = np.hstack([seen(*pairs(TIMES, STEEPNESS)), close_together(STEEP, 0.03)])
_MIDDLES, _GROWTHS = np.hstack([pairs(MIDDLES, GROWTHS), close_together(STEEP_GROWTHS, 0.02, by_logarithm=False)])
_STARTS = _GROWTHS * _MIDDLES
_SEEN = (_STARTS > -4.0) & (_STARTS < 40.0)
_BETA = Parameter("beta", "slope per decade of time", "", grid=(2.0,))
_GROWTH = Parameter("k", "rate", "1/{t}", "log", LEAST, MOST, GROWTHS)
_NO_MECHANISM = "no mechanism; alpha depends on the time unit"
_NOT_ZERO = "no mechanism; the curve is not 0 at time 0"

LOGISTIC = Law(
    (Parameter("alpha", "logarithm of the odds of release at time 1", "", grid=(0.0,)), _BETA),
    _logistic,
    _logistic_slopes,
    lambda longer, level, slope: (level + slope * np.log10(longer), slope),
    ZHANG_2010,
    _NO_MECHANISM,
    monotone=False,
    candidates=np.column_stack([-_STEEPNESS * np.log(_TIMES), LN10 * _STEEPNESS]),
)
GOMPERTZ = Law(
    (Parameter("alpha", "logarithm of plateau over release at time 1", "", "log", 1e-300, 1e300, (1.0,)), _BETA),
    _gompertz,
    _gompertz_slopes,
    lambda longer, level, slope: (level * np.exp(-slope * np.log10(longer)), slope),
    ZHANG_2010,
    _NO_MECHANISM,
    monotone=False,
    candidates=np.column_stack([_TIMES**_STEEPNESS, LN10 * _STEEPNESS]),
)
PROBIT = Law(
    (Parameter("alpha", "standard normal score of the release at time 1", "", grid=(0.0,)), _BETA),
    _probit,
    _probit_slopes,
    lambda longer, level, slope: (level + slope * np.log10(longer), slope),
    ZHANG_2010,
    _NO_MECHANISM,
    monotone=False,
    # a normal distribution is as steep as a logistic one at 0.6 times the slope
    candidates=np.column_stack([-0.6 * _STEEPNESS * np.log(_TIMES), 0.6 * LN10 * _STEEPNESS]),
)
LOGISTIC_IN_TIME = Law(
    (_GROWTH, Parameter("gamma", "time of half of Fmax", "{t}", grid=MIDDLES)),
    _logistic_in_time,
    _logistic_in_time_slopes,
    lambda longer, rate, middle: (rate * longer, middle / longer),
    ZHANG_2010,
    _NOT_ZERO,
    candidates=np.column_stack([_GROWTHS, _MIDDLES]),
)
GOMPERTZ_IN_TIME = Law(
    (_GROWTH, Parameter("gamma", "time of 36.8 % of Fmax, where the rate is highest", "{t}", grid=MIDDLES)),
    _gompertz_in_time,
    _gompertz_in_time_slopes,
    lambda longer, rate, middle: (rate * longer, middle / longer),
    ZHANG_2010,
    _NOT_ZERO,
    candidates=np.column_stack([_GROWTHS, _MIDDLES]),
)
GOMPERTZ_FROM_START = Law(
    (Parameter("beta", "logarithm of Fmax over release at time 0", "", "log", 1e-300, 1e300, (1.0,)), _GROWTH),
    _gompertz_from_start,
    _gompertz_from_start_slopes,
    lambda longer, start, rate: (start, rate * longer),
    ZHANG_2010,
    _NOT_ZERO,
    candidates=np.column_stack([np.exp(_STARTS), _GROWTHS])[_SEEN],
)

MODELS = (
    make(LOGISTIC, 32, "logistic_1", "Logistic_1", "F = 100 exp(alpha + beta log10 t)/[1 + exp(alpha + beta log10 t)]"),
    make(
        LOGISTIC,
        33,
        "logistic_2",
        "Logistic_2",
        "F = Fmax exp(alpha + beta log10 t)/[1 + exp(alpha + beta log10 t)]",
        plateau=True,
    ),
    make(LOGISTIC_IN_TIME, 34, "logistic_3", "Logistic_3", "F = Fmax/{1 + exp[-k (t - gamma)]}", plateau=True),
    make(GOMPERTZ, 35, "gompertz_1", "Gompertz_1", "F = 100 exp{-alpha exp[-beta log10 t]}"),
    make(GOMPERTZ, 36, "gompertz_2", "Gompertz_2", "F = Fmax exp{-alpha exp[-beta log10 t]}", plateau=True),
    make(GOMPERTZ_IN_TIME, 37, "gompertz_3", "Gompertz_3", "F = Fmax exp{-exp[-k (t - gamma)]}", plateau=True),
    make(GOMPERTZ_FROM_START, 38, "gompertz_4", "Gompertz_4", "F = Fmax exp[-beta exp(-k t)]", plateau=True),
    make(PROBIT, 39, "probit_1", "Probit_1", "F = 100 Phi(alpha + beta log10 t)"),
    make(PROBIT, 40, "probit_2", "Probit_2", "F = Fmax Phi(alpha + beta log10 t)", plateau=True),
)
