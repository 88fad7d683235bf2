"""Release that begins with a burst: of drug at the surface, before or beside that from within.

Where the burst is at once, the curve starts above zero; elsewhere it leaves at a rate of its own, kb.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from formulate.curves import composite
from formulate.curves.kinetic import GENERAL_USE
from formulate.curves.law import LEAST, MOST, RATES, TIMES
from formulate.curves.model import Floats, Model, Parameter

GALLAGHER_2000 = "Gallagher and Corrigan 2000, J. Control. Release 69, 261 (equation from general use)"

BURST_RATES = (4.0, 8.0, 15.0, 35.0, 100.0, 500.0)


def _burst_first_order(time: Floats, burst: Any, rate: Any) -> Floats:
    return np.asarray(burst + (100.0 - burst) * composite.first_order(time, rate))


def _burst_first_order_gradient(time: Floats, burst: Any, rate: Any) -> Floats:
    share, by_rate, _ = composite.first_order_slopes(time, rate)
    return composite.rows(1.0 - share, (100.0 - burst) * by_rate)


def _burst_first_order_fmax(time: Floats, burst: Any, rate: Any, plateau: Any) -> Floats:
    return np.asarray(burst + (plateau - burst) * composite.first_order(time, rate))


def _burst_first_order_fmax_gradient(time: Floats, burst: Any, rate: Any, plateau: Any) -> Floats:
    share, by_rate, _ = composite.first_order_slopes(time, rate)
    return composite.rows(1.0 - share, (plateau - burst) * by_rate, share)


def _burst_weibull(time: Floats, burst: Any, scale: Any, shape: Any) -> Floats:
    return np.asarray(burst + (100.0 - burst) * composite.weibull(time, scale, shape))


def _burst_weibull_gradient(time: Floats, burst: Any, scale: Any, shape: Any) -> Floats:
    share, *slopes, _ = composite.weibull_slopes(time, scale, shape)
    return composite.rows(1.0 - share, *((100.0 - burst) * slope for slope in slopes))


def _burst_weibull_fmax(time: Floats, burst: Any, scale: Any, shape: Any, plateau: Any) -> Floats:
    return np.asarray(burst + (plateau - burst) * composite.weibull(time, scale, shape))


def _burst_weibull_fmax_gradient(time: Floats, burst: Any, scale: Any, shape: Any, plateau: Any) -> Floats:
    share, *slopes, _ = composite.weibull_slopes(time, scale, shape)
    return composite.rows(1.0 - share, *((plateau - burst) * slope for slope in slopes), share)


def _burst_zero_order(time: Floats, burst: Any, burst_rate: Any, rate: Any) -> Floats:
    return np.asarray(burst * composite.first_order(time, burst_rate) + rate * time)


def _burst_zero_order_gradient(time: Floats, burst: Any, burst_rate: Any, rate: Any) -> Floats:
    share, by_rate, _ = composite.first_order_slopes(time, burst_rate)
    return composite.rows(share, burst * by_rate, time + 0.0 * np.asarray(rate))


def _burst_higuchi(time: Floats, burst: Any, burst_rate: Any, rate: Any) -> Floats:
    return np.asarray(burst * composite.first_order(time, burst_rate) + rate * np.sqrt(time))


def _burst_higuchi_gradient(time: Floats, burst: Any, burst_rate: Any, rate: Any) -> Floats:
    share, by_rate, _ = composite.first_order_slopes(time, burst_rate)
    return composite.rows(share, burst * by_rate, np.sqrt(time) + 0.0 * np.asarray(rate))


def _burst_lag_weibull(time: Floats, burst: Any, burst_rate: Any, lag: Any, scale: Any, shape: Any) -> Floats:
    early = composite.first_order(time, burst_rate)
    late = composite.weibull(time - lag, scale, shape)
    return np.asarray(burst * early + (100.0 - burst) * late)


def _burst_lag_weibull_gradient(time: Floats, burst: Any, burst_rate: Any, lag: Any, scale: Any, shape: Any) -> Floats:
    early, by_rate, _ = composite.first_order_slopes(time, burst_rate)
    late, by_scale, by_shape, pace = composite.weibull_slopes(time - lag, scale, shape)
    rest = 100.0 - burst
    return composite.rows(early - late, burst * by_rate, -rest * pace, rest * by_scale, rest * by_shape)


def _two_phase(late: Callable[..., Floats]) -> Callable[..., Floats]:
    def curve(time: Floats, burst: Any, burst_rate: Any, plateau: Any, rate: Any, middle: Any) -> Floats:
        early = composite.first_order(time, burst_rate)
        return np.asarray(burst * early + (plateau - burst) * late(time, rate, middle))

    return curve


def _two_phase_gradient(late: Callable[..., tuple[Floats, Floats, Floats]]) -> Callable[..., Floats]:
    def gradient(time: Floats, burst: Any, burst_rate: Any, plateau: Any, rate: Any, middle: Any) -> Floats:
        early, by_burst_rate, _ = composite.first_order_slopes(time, burst_rate)
        share, by_rate, by_middle = late(time, rate, middle)
        rest = plateau - burst
        return composite.rows(early - share, burst * by_burst_rate, share, rest * by_rate, rest * by_middle)

    return gradient


AT_ONCE = Parameter("FB", "percent released at once", "%", "linear", 0.0, 100.0)
BURST = Parameter("FB", "percent released in the burst", "%", "linear", 0.0, 100.0)
BURST_RATE = Parameter("kb", "rate of the burst", "1/{t}", "log", LEAST, MOST, BURST_RATES)
PLATEAU = Parameter("Fmax", "percent released at the end", "%", "linear", 0.0)
RATE = Parameter("k1", "share of what is left within that is released per time", "1/{t}", "log", LEAST, MOST, RATES)
SCALE = Parameter("Td", "time of 63.2 % of what follows the burst", "{t}", "log", LEAST, MOST, TIMES)
SHAPE = Parameter(
    "beta",
    "shape: 1 exponential, > 1 sigmoid, < 1 steeper at first",
    "",
    "log",
    1e-6,
    100.0,
    (0.3, 0.5, 0.8, 1.2, 2.0, 3.5, 7.0, 14.0),
)
LATE_LAG = Parameter(
    "Tlag",
    "time before the second phase starts",
    "{t}",
    "linear",
    0.0,
    1.0,
    (0.0, 0.01, 0.03, 0.08, 0.17, 0.3, 0.5, 0.7),
)
LATE_SCALE = Parameter(
    "Td", "time from there to 63.2 % of the second phase", "{t}", "log", LEAST, MOST, (0.1, 0.3, 0.8)
)
LATE_SHAPE = Parameter("beta", "shape of the second phase", "", "log", 1e-6, 100.0, (0.8, 1.5, 3.0))
EROSION_RATE = Parameter("k", "rate of the second phase", "1/{t}", "log", LEAST, MOST, (2.0, 5.0, 12.0, 30.0, 100.0))
EROSION_MIDDLE = Parameter(
    "tmax",
    "time at which the second phase is fastest",
    "{t}",
    "linear",
    -10.0,
    10.0,
    (-0.5, 0.02, 0.07, 0.14, 0.22, 0.32, 0.42, 0.52, 0.62, 0.72, 0.82, 0.92, 1.0, 1.4),
)
INCOMPLETE = Parameter("FB", "percent released in the burst, at most Fmax", "%", "linear", 0.0)

AT_MOST = "FB is at most Fmax; above it the second phase would take drug back, and the model does not apply"

MODELS = (
    Model(
        "burst_first_order",
        "Burst, then first-order",
        "F = FB + (100 - FB) [1 - exp(-k1 t)]",
        (AT_ONCE, RATE),
        _burst_first_order,
        _burst_first_order_gradient,
        lambda longer, burst, rate: (burst, rate * longer),
        assumes="the burst is over before the first reading: F is FB at time 0",
        source=GENERAL_USE,
    ),
    Model(
        "burst_first_order_fmax",
        "Burst, then first-order with Fmax",
        "F = FB + (Fmax - FB) [1 - exp(-k1 t)]",
        (INCOMPLETE, RATE, PLATEAU),
        _burst_first_order_fmax,
        _burst_first_order_fmax_gradient,
        lambda longer, burst, rate, plateau: (burst, rate * longer, plateau),
        plateau="Fmax",
        monotone=False,
        assumes=f"the burst is over before the first reading: F is FB at time 0; {AT_MOST}",
        source=GENERAL_USE,
    ),
    Model(
        "burst_weibull",
        "Burst, then Weibull",
        "F = FB + (100 - FB) {1 - exp[-(t/Td)^beta]}",
        (AT_ONCE, SCALE, SHAPE),
        _burst_weibull,
        _burst_weibull_gradient,
        lambda longer, burst, scale, shape: (burst, scale / longer, shape),
        assumes="the burst is over before the first reading: F is FB at time 0",
        source=GENERAL_USE,
    ),
    Model(
        "burst_weibull_fmax",
        "Burst, then Weibull with Fmax",
        "F = FB + (Fmax - FB) {1 - exp[-(t/Td)^beta]}",
        (INCOMPLETE, SCALE, SHAPE, PLATEAU),
        _burst_weibull_fmax,
        _burst_weibull_fmax_gradient,
        lambda longer, burst, scale, shape, plateau: (burst, scale / longer, shape, plateau),
        plateau="Fmax",
        monotone=False,
        assumes=f"the burst is over before the first reading: F is FB at time 0; {AT_MOST}",
        source=GENERAL_USE,
    ),
    Model(
        "burst_zero_order",
        "Burst and zero-order",
        "F = FB [1 - exp(-kb t)] + k0 t",
        (BURST, BURST_RATE, Parameter("k0", "percent released per time beside the burst", "%/{t}", low=0.0)),
        _burst_zero_order,
        _burst_zero_order_gradient,
        lambda longer, burst, burst_rate, rate: (burst, burst_rate * longer, rate * longer),
        assumes="the constant rate ends nowhere: for readings before the drug runs out",
        source=GENERAL_USE,
    ),
    Model(
        "burst_higuchi",
        "Burst and Higuchi",
        "F = FB [1 - exp(-kb t)] + kH t^0.5",
        (
            BURST,
            BURST_RATE,
            Parameter("kH", "percent released per root of time beside the burst", "%/{t}^0.5", low=0.0),
        ),
        _burst_higuchi,
        _burst_higuchi_gradient,
        lambda longer, burst, burst_rate, rate: (burst, burst_rate * longer, rate * longer**0.5),
        assumes="the root of time ends nowhere: for readings up to about 60 % of what diffuses",
        source=GENERAL_USE,
    ),
    Model(
        "burst_lag_weibull",
        "Burst, lag, then Weibull",
        "F = FB [1 - exp(-kb t)] + (100 - FB) {1 - exp[-((t - Tlag)/Td)^beta]}; the second phase is 0 before Tlag",
        (BURST, BURST_RATE, LATE_LAG, LATE_SCALE, LATE_SHAPE),
        _burst_lag_weibull,
        _burst_lag_weibull_gradient,
        lambda longer, burst, burst_rate, lag, scale, shape: (
            burst,
            burst_rate * longer,
            lag / longer,
            scale / longer,
            shape,
        ),
        assumes="two phases, as of polyesters that erode; five parameters ask for well over ten readings",
        source=GENERAL_USE,
    ),
    Model(
        "gallagher_corrigan",
        "Gallagher-Corrigan",
        "F = FB [1 - exp(-kb t)] + (Fmax - FB) exp(k t - k tmax)/[1 + exp(k t - k tmax)]",
        (INCOMPLETE, BURST_RATE, PLATEAU, EROSION_RATE, EROSION_MIDDLE),
        _two_phase(composite.logistic),
        _two_phase_gradient(composite.logistic_slopes),
        lambda longer, burst, burst_rate, plateau, rate, middle: (
            burst,
            burst_rate * longer,
            plateau,
            rate * longer,
            middle / longer,
        ),
        plateau="Fmax",
        monotone=False,
        assumes=f"{AT_MOST}; F is not 0 at time 0 but (Fmax - FB)/[1 + exp(k tmax)]",
        source=GALLAGHER_2000,
    ),
    Model(
        "gallagher_corrigan_zero",
        "Gallagher-Corrigan from zero",
        "F = FB [1 - exp(-kb t)] + (Fmax - FB) [1 - exp(-k t)]/{1 + exp[-k (t - tmax)]}",
        (INCOMPLETE, BURST_RATE, PLATEAU, EROSION_RATE, EROSION_MIDDLE),
        _two_phase(composite.autocatalytic),
        _two_phase_gradient(composite.autocatalytic_slopes),
        lambda longer, burst, burst_rate, plateau, rate, middle: (
            burst,
            burst_rate * longer,
            plateau,
            rate * longer,
            middle / longer,
        ),
        plateau="Fmax",
        monotone=False,
        assumes=f"{AT_MOST}; the logistic share is counted from what it begins with, so that F is 0 at time 0",
        source=f"{GALLAGHER_2000}, with its value at time 0 taken off",
    ),
)
