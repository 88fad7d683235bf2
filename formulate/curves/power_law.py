"""Release by powers of time: Higuchi, Korsmeyer-Peppas, Makoid-Banakar, Peppas-Sahlin, quadratic."""

from typing import Any

import numpy as np

from formulate.curves.law import LARGEST_EXPONENT, ZHANG_2010, Law, logarithm, make, pairs
from formulate.curves.model import Floats, Parameter

Slopes = tuple[Any, tuple[Any, ...], Any]

EXPONENTS = tuple(np.geomspace(0.02, 25.0, 26).tolist())
MANY_EXPONENTS = tuple(np.geomspace(0.02, 25.0, 90).tolist())  # Peppas-Sahlin has twin minima a few percent apart
DAMPINGS = (-20.0, -8.0, -3.0, -1.0, -0.3, 0.0, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0)
FEW_DAMPINGS = (-8.0, -2.0, -0.5, 0.0, 0.5, 1.5, 4.0, 12.0, 40.0)
LARGEST_LOGARITHM = 600.0  # of a factor: its exponential still leaves room for the constants beside it


def _higuchi(time: Floats, constant: Any) -> Any:
    return constant * np.sqrt(time)


def _higuchi_slopes(time: Floats, constant: Any) -> Slopes:
    root = np.sqrt(time)
    return constant * root, (root,), 0.5 * constant / root


def _korsmeyer_peppas(time: Floats, constant: Any, exponent: Any) -> Any:
    return constant * time**exponent


def _korsmeyer_peppas_slopes(time: Floats, constant: Any, exponent: Any) -> Slopes:
    power = time**exponent
    released = constant * power
    return released, (power, released * logarithm(time)), exponent * released / time


def _makoid_banakar(time: Floats, constant: Any, exponent: Any, rate: Any) -> Any:
    return constant * (time**exponent * np.exp(np.minimum(-rate * time, LARGEST_LOGARITHM)))


def _makoid_banakar_slopes(time: Floats, constant: Any, exponent: Any, rate: Any) -> Slopes:
    shape = time**exponent * np.exp(np.minimum(-rate * time, LARGEST_LOGARITHM))
    released = constant * shape
    return released, (shape, released * logarithm(time), -released * time), released * (exponent / time - rate)


def _peppas_sahlin_1(time: Floats, diffusion: Any, relaxation: Any, exponent: Any) -> Any:
    power = time**exponent
    return power * (diffusion + relaxation * power)


def _peppas_sahlin_1_slopes(time: Floats, diffusion: Any, relaxation: Any, exponent: Any) -> Slopes:
    power = time**exponent
    square = power * power
    first, second = diffusion * power, relaxation * square
    by_power = first + 2.0 * second  # times dt/t or ln t dm
    return first + second, (power, square, by_power * logarithm(time)), exponent * by_power / time


def _peppas_sahlin_2(time: Floats, diffusion: Any, relaxation: Any) -> Any:
    return diffusion * np.sqrt(time) + relaxation * time


def _peppas_sahlin_2_slopes(time: Floats, diffusion: Any, relaxation: Any) -> Slopes:
    root = np.sqrt(time)
    return diffusion * root + relaxation * time, (root, time), 0.5 * diffusion / root + relaxation


def _quadratic(time: Floats, square: Any, linear: Any) -> Any:
    return 100.0 * time * (square * time + linear)


def _quadratic_slopes(time: Floats, square: Any, linear: Any) -> Slopes:
    hundred = 100.0 * time
    return (
        hundred * (square * time + linear),
        (hundred * time, hundred),
        100.0 * (2.0 * square * time + linear),
    )


def _damped(exponents: tuple[float, ...], dampings: tuple[float, ...]) -> Floats:
    """Give starts for Makoid-Banakar, whose constant is solved for."""
    return np.insert(np.column_stack(pairs(exponents, dampings)), 0, np.nan, axis=1)


_FIRST_60 = "the first 60 % of the release"
_EXPONENT = Parameter("n", "exponent of time, told by the mechanism", "", "log", 1e-6, LARGEST_EXPONENT, EXPONENTS)

HIGUCHI = Law(
    (Parameter("kH", "percent released per root of time", "%/{t}^0.5", low=0.0),),
    _higuchi,
    _higuchi_slopes,
    lambda longer, constant: (constant * longer**0.5,),
    "Higuchi 1961, J. Pharm. Sci. 50, 874, doi:10.1002/jps.2600501018; "
    "Higuchi 1963, J. Pharm. Sci. 52, 1145, doi:10.1002/jps.2600521210",
    "a planar matrix that holds far more drug than dissolves in it, neither swelling nor eroding, into a sink",
)
KORSMEYER_PEPPAS = Law(
    (Parameter("kKP", "percent released by time 1", "%/{t}^n", low=0.0), _EXPONENT),
    _korsmeyer_peppas,
    _korsmeyer_peppas_slopes,
    lambda longer, constant, exponent: (constant * longer**exponent, exponent),
    "Korsmeyer et al. 1983, Int. J. Pharm. 15, 25, doi:10.1016/0378-5173(83)90064-9",
    f"{_FIRST_60}; what n tells of the mechanism depends on the shape of the carrier",
)
MAKOID_BANAKAR = Law(
    (
        Parameter("kMB", "percent released by time 1, were k 0", "%/{t}^n", low=0.0),
        _EXPONENT,
        Parameter("k", "rate at which the power law is damped", "1/{t}", low=-500.0, high=500.0, grid=DAMPINGS),
    ),
    _makoid_banakar,
    _makoid_banakar_slopes,
    lambda longer, constant, exponent, rate: (constant * longer**exponent, exponent, rate * longer),
    "Makoid, Dufour and Banakar 1993, S.T.P. Pharma Pratiques 3, 49",
    "times before the peak at n/k, after which the curve falls",
    monotone=False,
    candidates=_damped(EXPONENTS[::2], DAMPINGS),
    coarse=_damped(EXPONENTS[4::3], FEW_DAMPINGS),
)
PEPPAS_SAHLIN_1 = Law(
    (
        Parameter("k1", "percent released by diffusion by time 1", "%/{t}^m"),
        Parameter("k2", "percent released by relaxation of the polymer by time 1", "%/{t}^(2m)"),
        Parameter(
            "m", "exponent of diffusion, set by the shape", "", "log", 1e-6, 0.5 * LARGEST_EXPONENT, MANY_EXPONENTS
        ),
    ),
    _peppas_sahlin_1,
    _peppas_sahlin_1_slopes,
    lambda longer, diffusion, relaxation, exponent: (
        diffusion * longer**exponent,
        relaxation * longer ** (2.0 * exponent),
        exponent,
    ),
    "Peppas and Sahlin 1989, Int. J. Pharm. 57, 169, doi:10.1016/0378-5173(89)90306-2",
    f"{_FIRST_60}; diffusion and relaxation add up",
    monotone=False,
)
PEPPAS_SAHLIN_2 = Law(
    (
        Parameter("k1", "percent released by diffusion by time 1", "%/{t}^0.5"),
        Parameter("k2", "percent released by relaxation of the polymer per time", "%/{t}"),
    ),
    _peppas_sahlin_2,
    _peppas_sahlin_2_slopes,
    lambda longer, diffusion, relaxation: (diffusion * longer**0.5, relaxation * longer),
    PEPPAS_SAHLIN_1.source,
    f"{_FIRST_60}; diffusion and relaxation add up, from a thin film",
    monotone=False,
)
QUADRATIC = Law(
    (
        Parameter("k1", "share released per time squared", "1/{t}^2"),
        Parameter("k2", "share released per time at the start", "1/{t}"),
    ),
    _quadratic,
    _quadratic_slopes,
    lambda longer, square, linear: (square * longer**2, linear * longer),
    ZHANG_2010,
    "no mechanism; falls or grows without end outside the data",
    monotone=False,
)

MODELS = (
    make(HIGUCHI, 8, "higuchi", "Higuchi", "F = kH t^0.5"),
    make(HIGUCHI, 9, "higuchi_tlag", "Higuchi with Tlag", "F = kH (t - Tlag)^0.5", lag="Tlag"),
    make(HIGUCHI, 10, "higuchi_f0", "Higuchi with F0", "F = F0 + kH t^0.5", burst=True),
    make(KORSMEYER_PEPPAS, 11, "korsmeyer_peppas", "Korsmeyer-Peppas", "F = kKP t^n"),
    make(
        KORSMEYER_PEPPAS,
        12,
        "korsmeyer_peppas_tlag",
        "Korsmeyer-Peppas with Tlag",
        "F = kKP (t - Tlag)^n",
        lag="Tlag",
    ),
    make(KORSMEYER_PEPPAS, 13, "korsmeyer_peppas_f0", "Korsmeyer-Peppas with F0", "F = F0 + kKP t^n", burst=True),
    make(MAKOID_BANAKAR, 20, "makoid_banakar", "Makoid-Banakar", "F = kMB t^n exp(-k t)"),
    make(
        MAKOID_BANAKAR,
        21,
        "makoid_banakar_tlag",
        "Makoid-Banakar with Tlag",
        "F = kMB (t - Tlag)^n exp[-k (t - Tlag)]",
        lag="Tlag",
    ),
    make(PEPPAS_SAHLIN_1, 22, "peppas_sahlin_1", "Peppas-Sahlin_1", "F = k1 t^m + k2 t^(2 m)"),
    make(
        PEPPAS_SAHLIN_1,
        23,
        "peppas_sahlin_1_tlag",
        "Peppas-Sahlin_1 with Tlag",
        "F = k1 (t - Tlag)^m + k2 (t - Tlag)^(2 m)",
        lag="Tlag",
    ),
    make(PEPPAS_SAHLIN_2, 24, "peppas_sahlin_2", "Peppas-Sahlin_2", "F = k1 t^0.5 + k2 t"),
    make(
        PEPPAS_SAHLIN_2,
        25,
        "peppas_sahlin_2_tlag",
        "Peppas-Sahlin_2 with Tlag",
        "F = k1 (t - Tlag)^0.5 + k2 (t - Tlag)",
        lag="Tlag",
    ),
    make(QUADRATIC, 26, "quadratic", "Quadratic", "F = 100 (k1 t^2 + k2 t)"),
    make(
        QUADRATIC,
        27,
        "quadratic_tlag",
        "Quadratic with Tlag",
        "F = 100 [k1 (t - Tlag)^2 + k2 (t - Tlag)]",
        lag="Tlag",
    ),
)
