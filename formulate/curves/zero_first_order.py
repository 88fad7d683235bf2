"""Release at a constant rate (zero order) and at a rate in proportion to what is left (first order)."""

from typing import Any

import numpy as np

from formulate.curves.law import LEAST, MOST, RATES, ZHANG_2010, Law, make
from formulate.curves.model import Floats, Parameter


def _zero_order(time: Floats, rate: Any) -> Any:
    return rate * time


def _zero_order_slopes(time: Floats, rate: Any) -> tuple[Any, tuple[Any, ...], Any]:
    return rate * time, (time,), rate


def _first_order(time: Floats, rate: Any) -> Any:
    return -100.0 * np.expm1(-rate * time)


def _first_order_slopes(time: Floats, rate: Any) -> tuple[Any, tuple[Any, ...], Any]:
    released = _first_order(time, rate)
    left = 100.0 - released
    return released, (time * left,), rate * left


def _per_time(longer: float, rate: Any) -> tuple[Any]:
    return (rate * longer,)


ZERO_ORDER = Law(
    (Parameter("k0", "percent released per time", "%/{t}", low=0.0),),
    _zero_order,
    _zero_order_slopes,
    _per_time,
    ZHANG_2010,
    "the rate does not depend on how much is left; ends nowhere",
)
FIRST_ORDER = Law(
    (Parameter("k1", "share of what is left that is released per time", "1/{t}", "log", LEAST, MOST, RATES),),
    _first_order,
    _first_order_slopes,
    _per_time,
    "Wagner 1969, J. Pharm. Sci. 58, 1253, doi:10.1002/jps.2600581021",
    "the rate is in proportion to the drug left, under sink conditions",
)

MODELS = (
    make(ZERO_ORDER, 1, "zero_order", "Zero-order", "F = k0 t"),
    make(ZERO_ORDER, 2, "zero_order_tlag", "Zero-order with Tlag", "F = k0 (t - Tlag)", lag="Tlag"),
    make(ZERO_ORDER, 3, "zero_order_f0", "Zero-order with F0", "F = F0 + k0 t", burst=True),
    make(FIRST_ORDER, 4, "first_order", "First-order", "F = 100 [1 - exp(-k1 t)]"),
    make(FIRST_ORDER, 5, "first_order_tlag", "First-order with Tlag", "F = 100 {1 - exp[-k1 (t - Tlag)]}", lag="Tlag"),
    make(FIRST_ORDER, 6, "first_order_fmax", "First-order with Fmax", "F = Fmax [1 - exp(-k1 t)]", plateau=True),
    make(
        FIRST_ORDER,
        7,
        "first_order_tlag_fmax",
        "First-order with Tlag and Fmax",
        "F = Fmax {1 - exp[-k1 (t - Tlag)]}",
        lag="Tlag",
        plateau=True,
    ),
)
