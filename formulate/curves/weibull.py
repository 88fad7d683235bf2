"""Release along a Weibull distribution of release times."""

from typing import Any

import numpy as np

from formulate.curves.law import LARGEST_EXPONENT, TIMES, Law, close_together, logarithm, make, pairs, seen
from formulate.curves.model import Floats, Parameter

SHAPES = (0.03, 0.12, 0.2, 0.3, 0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.5, 7.0, 12.0, 25.0)
FEW_SHAPES = (0.2, 0.35, 0.55, 0.8, 1.15, 1.6, 2.3, 3.5, 6.0, 14.0)
LARGEST_LOGARITHM = 700.0  # nothing is left then, and its exponential is a number


def _weibull(time: Floats, scale: Any, shape: Any) -> Any:
    # t^beta/alpha by logarithms, as either of the two may be no number; the logarithm of time 0 is -inf
    return -100.0 * np.expm1(-np.exp(shape * np.log(time) - np.log(scale)))


def _weibull_slopes(time: Floats, scale: Any, shape: Any) -> tuple[Any, tuple[Any, ...], Any]:
    of_time = logarithm(time)
    reduced = np.exp(np.minimum(shape * of_time - np.log(scale), LARGEST_LOGARITHM))
    reduced = np.where(time > 0.0, reduced, 0.0)
    lost = np.expm1(-reduced)
    slope = 100.0 * reduced * (1.0 + lost)  # by ln of t^beta/alpha
    return -100.0 * lost, (-slope / scale, slope * of_time), slope * shape / time


def _starts(times: Floats, shapes: Floats) -> Floats:
    """Give starts by the time at which 63.2 % is released, alpha^(1/beta), and the shape."""
    return np.column_stack([times**shapes, shapes])


WEIBULL = Law(
    (
        Parameter("alpha", "scale: the time of 63.2 % to the power beta", "{t}^beta", "log", 1e-300, 1e300, (1.0,)),
        Parameter(
            "beta", "shape: 1 exponential, > 1 sigmoid, < 1 steeper at first", "", "log", 1e-6, LARGEST_EXPONENT, SHAPES
        ),
    ),
    _weibull,
    _weibull_slopes,
    lambda longer, scale, shape: (scale / longer**shape, shape),
    "Langenbucher 1972, J. Pharm. Pharmacol. 24, 979, doi:10.1111/j.2042-7158.1972.tb08930.x",
    "no mechanism; alpha carries the time unit to the power beta",
    candidates=_starts(*np.hstack([seen(*pairs(TIMES, SHAPES)), close_together((4.0, 7.0, 11.0, 18.0), 0.03)])),
    coarse=_starts(*seen(*pairs(tuple(np.geomspace(0.01, 30.0, 9).tolist()), FEW_SHAPES))),
)

MODELS = (
    make(WEIBULL, 28, "weibull_1", "Weibull_1", "F = 100 {1 - exp[-((t - Ti)^beta)/alpha]}", lag="Ti"),
    make(WEIBULL, 29, "weibull_2", "Weibull_2", "F = 100 {1 - exp[-(t^beta)/alpha]}"),
    make(WEIBULL, 30, "weibull_3", "Weibull_3", "F = Fmax {1 - exp[-(t^beta)/alpha]}", plateau=True),
    make(WEIBULL, 31, "weibull_4", "Weibull_4", "F = Fmax {1 - exp[-((t - Ti)^beta)/alpha]}", lag="Ti", plateau=True),
)
