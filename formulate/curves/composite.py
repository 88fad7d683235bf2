"""What release curves of several phases are made of: the share of a pool that has left, with its derivatives.

Times may be negative where a lag is later than the reading: nothing has left then.
"""

from typing import Any, TypeAlias

import numpy as np

from formulate.curves.model import Floats

Number: TypeAlias = Any  # a number, or an array (draws, 1)

LEAST = 1e-300  # stands for time zero under a logarithm
_LARGEST_EXPONENT = 650.0  # exp(-650) is nothing, and exp(650) still a float


def rows(*derivatives: Floats) -> Floats:
    """Give derivatives by each parameter as one array, (parameters, points) or (parameters, draws, points)."""
    return np.array(np.broadcast_arrays(*derivatives), dtype=np.float64)


def first_order(time: Floats, rate: Number) -> Floats:
    """Give the share that has left by first order, 1 - exp(-k t).

    >>> float(first_order(np.array(1.0), np.log(2.0)))
    0.5
    """
    return np.asarray(-np.expm1(-rate * np.maximum(time, 0.0)))


def first_order_slopes(time: Floats, rate: Number) -> tuple[Floats, Floats, Floats]:
    """Give 1 - exp(-k t) with its derivatives by k and by t; the latter is 0 before time zero."""
    since = np.maximum(time, 0.0)
    left = np.exp(-rate * since)
    return 1.0 - left, since * left, np.where(time > 0.0, rate * left, 0.0)


def weibull(time: Floats, scale: Number, shape: Number) -> Floats:
    """Give the share that has left by Weibull's law, 1 - exp(-(t/Td)^beta).

    >>> float(weibull(np.array(2.0), 2.0, 3.0))
    0.632121
    """
    return np.asarray(-np.expm1(-_power(time, scale, shape)[0]))


def weibull_slopes(time: Floats, scale: Number, shape: Number) -> tuple[Floats, Floats, Floats, Floats]:
    """Give 1 - exp(-(t/Td)^beta) with its derivatives by Td, by beta and by t; the latter is 0 up to time zero."""
    power, logarithm = _power(time, scale, shape)
    density = power * np.exp(-power)
    since = np.where(time > 0.0, np.maximum(time, LEAST), 1.0)
    return -np.expm1(-power), -np.divide(shape, scale) * density, logarithm * density, shape / since * density


def _power(time: Floats, scale: Number, shape: Number) -> tuple[Floats, Floats]:
    """(t/Td)^beta and ln(t/Td), both finite."""
    logarithm = np.log(np.maximum(time, LEAST)) - np.log(np.maximum(scale, LEAST))
    power = np.exp(np.minimum(shape * logarithm, np.log(_LARGEST_EXPONENT)))
    return np.where(time > 0.0, power, 0.0), logarithm


def logistic(time: Floats, rate: Number, middle: Number) -> Floats:
    """Give the logistic share 1/(1 + exp(-k (t - tm))), which is above 0 from the start.

    >>> float(logistic(np.array(3.0), 2.0, 3.0))
    0.5
    """
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-rate * (time - middle), None, _LARGEST_EXPONENT))))


def logistic_slopes(time: Floats, rate: Number, middle: Number) -> tuple[Floats, Floats, Floats]:
    """Give the logistic share with its derivatives by k and by tm."""
    share = logistic(time, rate, middle)
    steepness = share * (1.0 - share)
    return share, (time - middle) * steepness, -rate * steepness


def autocatalytic(time: Floats, rate: Number, middle: Number) -> Floats:
    """Give the logistic share less what it begins with, over what that leaves: 0 at the start, 1 at the end.

    With S = 1/(1 + exp(-k (t - tm))), (S(t) - S(0))/(1 - S(0)) is (1 - exp(-k t)) S(t).

    >>> float(autocatalytic(np.array(0.0), 2.0, 3.0)), float(autocatalytic(np.array(99.0), 2.0, 3.0))
    (0.0, 1.0)
    """
    return np.asarray(first_order(time, rate) * logistic(time, rate, middle))


def autocatalytic_slopes(time: Floats, rate: Number, middle: Number) -> tuple[Floats, Floats, Floats]:
    """Give that share with its derivatives by k and by tm."""
    begun, by_rate, _ = first_order_slopes(time, rate)
    share, share_by_rate, share_by_middle = logistic_slopes(time, rate, middle)
    return begun * share, by_rate * share + begun * share_by_rate, begun * share_by_middle
