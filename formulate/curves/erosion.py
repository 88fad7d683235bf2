"""Release from bodies that shrink or empty from outside in: Hixson-Crowell, Hopfenberg, Baker-Lonsdale.

All three end: once nothing is left they stay at 100 %, where the formulas of the first two would turn back or rise on.
"""

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np

from formulate.curves.law import LEAST, MOST, RATES, Law, make, product
from formulate.curves.model import Floats, Parameter

Slopes = tuple[Any, tuple[Any, ...], Any]

# Close enough that the end of the release falls between any two readings, each of which makes a minimum of its own.
ENDING_RATES = np.geomspace(0.003, 100.0, 120)[:, None]
AFTER = (1e-12, 1e-8, 1e-5, 1e-3, 0.02, 0.1)  # how long after a reading the release may end, as shares of its time
STEEP = (0.03, 0.1, 0.2, 0.4, 0.7)  # shapes that meet the end steeply
FIRST_RATES = np.geomspace(1e-6, 1e-3, 6)[:, None]  # of Baker-Lonsdale, which then is a root of time
LARGEST_SHAPE = 1e6  # from here on a body of shape n cannot be told from first order


def _hixson_crowell(time: Floats, rate: Any) -> Any:
    size = np.maximum(1.0 - rate * time, 0.0)
    return 100.0 - 100.0 * size * size * size


def _hixson_crowell_slopes(time: Floats, rate: Any) -> Slopes:
    size = np.maximum(1.0 - rate * time, 0.0)
    surface = 300.0 * size * size
    return 100.0 - 100.0 * size * size * size, (surface * time,), surface * rate


def _hopfenberg(time: Floats, rate: Any, shape: Any) -> Any:
    # by logarithms, as (1 - k t)^n loses all digits of k t where n is large
    return -100.0 * np.expm1(shape * np.log1p(-np.minimum(rate * time, 1.0)))


def _hopfenberg_slopes(time: Floats, rate: Any, shape: Any) -> Slopes:
    eroded = rate * time
    remains = eroded < 1.0
    eroded = np.where(remains, eroded, 0.0)
    logarithm = np.log1p(-eroded)
    left = np.where(remains, 100.0 * np.exp(shape * logarithm), 0.0)
    surface = shape * left / (1.0 - eroded)
    return 100.0 - left, (surface * time, -left * logarithm), surface * rate


def _front(time: Floats, rate: Any) -> tuple[Any, Any]:
    """Give 2 kBL t, up to 1 at the end of the release, and how far the front went in, 1 - y with y = r/R.

    The cubic of the law, 3/2 (1 - y^2) - (1 - y^3) = kBL t, has three real roots; this is the one between 0 and 1 in
    its trigonometric form, turned so that no digits are lost at short times.
    """
    eroded = np.asarray(np.minimum(2.0 * rate * time, 1.0))
    tangent = np.asarray(np.sqrt(eroded))
    np.arcsin(tangent, out=tangent)  # in place: fresh memory would take longer than the functions
    tangent /= 3.0
    np.tan(tangent, out=tangent)
    square = tangent * tangent
    tangent *= sqrt(3.0)
    tangent += square
    square += 1.0
    tangent /= square
    return eroded, tangent


def _released(eroded: Any, depth: Any) -> Any:
    """Give 100 (1 - y^3), as the law itself has it: 150 (1 - y^2) less 100 kBL t."""
    released = -150.0 * depth
    released += 300.0
    released *= depth
    released -= 50.0 * eroded
    return released


def _baker_lonsdale(time: Floats, rate: Any) -> Any:
    return _released(*_front(time, rate))


def _baker_lonsdale_slopes(time: Floats, rate: Any) -> Slopes:
    eroded, depth = _front(time, rate)
    inside = (depth > 0.0) & (eroded < 1.0)
    by_eroded = np.where(inside, 100.0 * (1.0 - depth) / np.where(inside, depth, 1.0), 0.0)
    return _released(eroded, depth), (by_eroded * time,), by_eroded * rate


def _shapes(ends: int, shapes: tuple[float, ...], rates: int) -> Floats:
    """Give rates and shapes to start from: times at which all is released, close together, as the curve bends there."""
    ending = product(1.0 / np.geomspace(0.05, 30.0, ends)[:, None], np.array(shapes)[:, None])
    rest = product(np.geomspace(0.03, 300.0, rates)[:, None], np.array([[6.0], [20.0], [200.0], [1e4]]))
    rest[:, 0] /= rest[:, 1]
    return np.vstack([ending, rest])


def near_readings(time: Floats, released: Floats) -> Floats:
    """Give rates and shapes to start Hopfenberg's law from: the release ends at, or soon after, one of the readings.

    For shapes below 1 the curve meets its end steeply, and every interval between readings has a best end of its own.
    """
    last = float(time.max())
    after = np.unique(time[time > 0.0])
    ends = np.concatenate([after * (1.0 + share) for share in AFTER] + [last * np.geomspace(1.1, 30.0, 10)])
    steep = product(1.0 / ends[:, None], np.array(STEEP)[:, None])
    rest = _shapes(16, (0.6, 1.0, 1.5, 2.0, 3.0), 18)
    rest[:, 0] /= last
    return np.vstack([steep, rest])


HIXSON_CROWELL = Law(
    (Parameter("kHC", "share of the radius lost per time", "1/{t}", "log", LEAST, MOST, RATES),),
    _hixson_crowell,
    _hixson_crowell_slopes,
    lambda longer, rate: (rate * longer,),
    "Hixson and Crowell 1931, Ind. Eng. Chem. 23, 923, doi:10.1021/ie50260a018",
    "particles of one size that keep their shape while they dissolve, under sink conditions",
    candidates=ENDING_RATES,
    coarse=ENDING_RATES[::3],
)
HOPFENBERG = Law(
    (
        Parameter("kHB", "share of radius or half-thickness eroded per time", "1/{t}", "log", 1e-15, MOST, RATES),
        Parameter(
            "n", "shape: 1 slab, 2 cylinder, 3 sphere", "", "log", 1e-6, LARGEST_SHAPE, (0.5, 1.0, 2.0, 3.0, 30.0)
        ),
    ),
    _hopfenberg,
    _hopfenberg_slopes,
    lambda longer, rate, shape: (rate * longer, shape),
    "Hopfenberg 1976, in Paul and Harris (eds.), Controlled Release Polymeric Formulations, ACS Symp. Ser. 33, 26",
    "the surface erodes at a constant rate and no drug leaves from within; n other than 1, 2 and 3 has no shape",
    coarse=np.vstack([_shapes(26, (0.1, 0.3, 0.6, 1.0, 2.5), 9), [[0.9995, 0.1], [0.9995, 0.4], [0.9995, 0.9]]]),
)
BAKER_LONSDALE = Law(
    (
        Parameter(
            "kBL",
            "3 D cs/(R^2 c0) of a sphere of radius R",
            "1/{t}",
            "log",
            1e-15,
            MOST,
            RATES,
        ),
    ),
    _baker_lonsdale,
    _baker_lonsdale_slopes,
    lambda longer, rate: (rate * longer,),
    "Baker and Lonsdale 1974, in Tanquary and Lacey (eds.), Controlled Release of Biologically Active Agents, 15",
    "a spherical matrix that holds far more drug than dissolves in it (c0 >> cs), into a sink",
    candidates=np.vstack([FIRST_RATES, ENDING_RATES]),
    coarse=np.vstack([FIRST_RATES, ENDING_RATES[::3]]),
)

MODELS = (
    make(HIXSON_CROWELL, 14, "hixson_crowell", "Hixson-Crowell", "F = 100 [1 - (1 - kHC t)^3]"),
    make(
        HIXSON_CROWELL,
        15,
        "hixson_crowell_tlag",
        "Hixson-Crowell with Tlag",
        "F = 100 {1 - [1 - kHC (t - Tlag)]^3}",
        lag="Tlag",
    ),
    replace(
        make(HOPFENBERG, 16, "hopfenberg", "Hopfenberg", "F = 100 [1 - (1 - kHB t)^n]"),
        candidates=None,
        starts=near_readings,
    ),
    make(
        HOPFENBERG,
        17,
        "hopfenberg_tlag",
        "Hopfenberg with Tlag",
        "F = 100 {1 - [1 - kHB (t - Tlag)]^n}",
        lag="Tlag",
    ),
    make(BAKER_LONSDALE, 18, "baker_lonsdale", "Baker-Lonsdale", "3/2 [1 - (1 - F/100)^(2/3)] - F/100 = kBL t"),
    make(
        BAKER_LONSDALE,
        19,
        "baker_lonsdale_tlag",
        "Baker-Lonsdale with Tlag",
        "3/2 [1 - (1 - F/100)^(2/3)] - F/100 = kBL (t - Tlag)",
        lag="Tlag",
    ),
)
