"""Release curves, proved: against the rate laws they integrate, printed equations, limits, slopes by differences."""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from formulate.curves import library, physical
from formulate.curves.model import Model
from formulate.validation.case import Cases, Pair
from formulate.validation.other_ways import Array, stepped

cases = Cases("curves")

TIME = np.array([0.0, 0.05, 0.2, 0.5, 0.8, 1.0, 1.7, 3.0])
BODY = {"radius": 1e-6, "thickness": 2e-6, "drug_concentration": 50.0, "solubility": 12.0}


def _curve(id: str, *values: float) -> Array:
    return library.model(id).curve(TIME, *values)


def _integrated(slope: Callable[[float, Array], object], start: float = 0.0) -> Array:
    """Percent released over `TIME` by LSODA, from the rate of the share released."""
    return np.asarray(100.0 * stepped(slope, [start], TIME, rtol=1e-10)[0])


def _physical(id: str, **constants: float) -> Model:
    known = {constant.name for constant in physical.PHYSICAL[id].constants}
    held = {name: value for name, value in (BODY | constants).items() if name in known}
    return physical.model(id, held, 1.0)


@cases.proves("other method", absolute=1e-6, unit="%", origin="rate laws stepped by LSODA")
def rate_laws() -> Pair:
    """First, second, two-thirds and half order, autocatalytic, logistic and Gompertz curves"""
    middle = 1.2  # h, of the two sigmoid curves
    expected = [
        _integrated(lambda _, f: 1.3 * (1 - f)),
        _integrated(lambda _, f: 0.9 * (1 - f) ** 2),
        _integrated(lambda _, f: 0.6 * np.clip(1 - f, 0.0, None) ** 0.75),
        _integrated(lambda _, f: (0.05 + 3.0 * f) * (1 - f)),
        _integrated(lambda _, f: 2.0 * f * (1 - f), 1 / (1 + math.exp(2.0 * middle))),
        _integrated(lambda _, f: -2.0 * f * np.log(f), math.exp(-math.exp(2.0 * middle))),
    ]
    got = [
        _curve("first_order", 1.3),
        _curve("second_order", 0.9),
        _curve("nth_order", 0.6, 0.75),
        _curve("autocatalytic", 3.05, math.log(60.0) / 3.05, 100.0),
        _curve("logistic_3", 2.0, middle, 100.0),
        _curve("gompertz_3", 2.0, middle, 100.0),
    ]
    return expected, got


@cases.proves(
    "exact", absolute=1e-9, unit="%", source="zhang2010", origin="the equations as printed, in plain arithmetic"
)
def printed_equations() -> Pair:
    """Higuchi, Korsmeyer-Peppas, Weibull, Peppas-Sahlin, logistic, Gompertz, probit and other laws at 0.7 h"""
    t, log = 0.7, math.log10(0.7)
    phi = NormalDist().cdf
    rows: list[tuple[str, tuple[float, ...], float]] = [
        ("zero_order_f0", (21.0, 4.0), 4.0 + 21.0 * t),
        ("higuchi_f0", (50.0, 3.0), 3.0 + 50.0 * math.sqrt(t)),
        ("korsmeyer_peppas", (40.0, 0.45), 40.0 * t**0.45),
        ("korsmeyer_peppas_tlag", (40.0, 0.8, 0.1), 40.0 * 0.6**0.8),
        ("hixson_crowell", (0.5,), 100.0 * (1 - (1 - 0.35) ** 3)),
        ("hopfenberg", (0.6, 2.0), 100.0 * (1 - (1 - 0.42) ** 2)),
        ("makoid_banakar", (60.0, 0.6, 0.2), 60.0 * t**0.6 * math.exp(-0.14)),
        ("peppas_sahlin_1", (40.0, 12.0, 0.43), 40.0 * t**0.43 + 12.0 * t**0.86),
        ("quadratic", (-0.2, 0.8), 100.0 * (-0.2 * t**2 + 0.8 * t)),
        ("weibull_4", (0.9, 1.4, 0.1, 90.0), 90.0 * (1 - math.exp(-(0.6**1.4) / 0.9))),
        ("logistic_2", (0.5, 4.0, 95.0), 95.0 / (1 + math.exp(-0.5 - 4.0 * log))),
        ("gompertz_2", (0.8, 3.0, 95.0), 95.0 * math.exp(-0.8 * math.exp(-3.0 * log))),
        ("gompertz_4", (5.0, 2.0, 95.0), 95.0 * math.exp(-5.0 * math.exp(-1.4))),
        ("probit_2", (0.3, 2.0, 95.0), 95.0 * phi(0.3 + 2.0 * log)),
        ("hill", (0.9, 2.2, 88.0), 88.0 * t**2.2 / (0.9**2.2 + t**2.2)),
        ("biexponential", (0.3, 4.0, 0.2), 100.0 * (1 - 0.3 * math.exp(-2.8) - 0.7 * math.exp(-0.14))),
    ]
    return [value for *_, value in rows], [
        float(library.model(id).curve(np.array([t]), *values)[0]) for id, values, _ in rows
    ]


@cases.proves("exact", absolute=1e-9, source="baker1974", origin="3/2 [1 - (1 - F)^(2/3)] - F = k t, put in")
def baker_and_lonsdale() -> Pair:
    """Release that is given by an equation it must solve, to its end"""
    time = np.array([0.05, 0.2, 1.0, 2.0, 2.4])
    left = 1.0 - library.model("baker_lonsdale").curve(time, 0.2) / 100.0
    return 0.2 * time, 1.5 * (1.0 - left ** (2 / 3)) - (1.0 - left)


@cases.proves("limit", absolute=1e-9, unit="%", origin="the simpler law, by its own name")
def laws_within_laws() -> Pair:
    """General laws at the parameters that make them first order, zero order, Hixson-Crowell, Higuchi, Weibull"""
    rows = [
        ("weibull_2", (1 / 1.3, 1.0), "first_order", (1.3,)),
        ("hopfenberg", (0.3, 3.0), "hixson_crowell", (0.3,)),
        ("korsmeyer_peppas", (20.0, 1.0), "zero_order", (20.0,)),
        ("korsmeyer_peppas", (20.0, 0.5), "higuchi", (20.0,)),
        ("nth_order", (0.9, 2 / 3), "hixson_crowell", (0.3,)),
        ("biexponential", (1.0, 2.0, 0.1), "first_order", (2.0,)),
        ("double_weibull", (1.0, 0.5, 2.0, 3.0, 1.0), "weibull_2", (0.25, 2.0)),
        ("peppas_sahlin_1", (30.0, -4.0, 0.5), "peppas_sahlin_2", (30.0, -4.0)),
        ("hill", (0.9, 1.0, 100.0), "second_order", (1 / 0.9,)),
    ]
    return [_curve(simple, *own) for *_, simple, own in rows], [_curve(id, *values) for id, values, *_ in rows]


def _midway(model: Model) -> list[float]:
    """Give a value for each parameter: the middle of where a search starts; a quarter where none is said."""
    values = []
    for parameter in model.parameters:
        if parameter.grid:
            low, high = min(parameter.grid), max(parameter.grid)
            values.append(math.sqrt(low * high) if parameter.coordinate == "log" else 0.37 * low + 0.63 * high)
        else:
            values.append(0.26 if parameter.high == 1.0 else 26.0 if "%" in parameter.unit else 0.26)
    return values


@cases.proves("other method", absolute=2e-5, origin="differences of the curve, over the largest slope of its parameter")
def slopes_of_every_law() -> Pair:
    """Slopes of all the laws of the library by each of their parameters"""
    time = np.array([0.017, 0.21, 0.43, 0.77, 1.31])
    expected, got = [], []
    for law in library.models():
        values = _midway(law)
        slopes = law.gradient(time, *values)
        for place, value in enumerate(values):
            step = 1e-4 * max(abs(value), 0.01)

            def moved(by: float, law: Model = law, at: int = place, values: list[float] = values) -> Array:
                return law.curve(time, *(v + by if i == at else v for i, v in enumerate(values)))

            wide, near = moved(step) - moved(-step), moved(step / 2) - moved(-step / 2)
            difference = (8.0 * near - wide) / (6.0 * step)  # free of the error of second order
            largest = max(float(np.abs(slopes[place]).max()), 1e-6)
            expected.append(difference / largest)
            got.append(slopes[place] / largest)
    return expected, got


@cases.proves("published", absolute=0.02, unit="%", source="crank1975", origin="half-times 0.03055, 0.19673, 0.06306")
def half_out_of_bodies() -> Pair:
    """Release from sphere, slab and cylinder of given diffusivity at the half-times of the book"""
    taus = {"fick_sphere": 0.03055, "fick_slab": 0.19673, "fick_cylinder": 0.06306}
    got = [float(_physical(id).curve(np.array([1.0]), tau * 1e-12)[0]) for id, tau in taus.items()]
    return [50.0] * 3, got


@cases.proves(
    "exact", absolute=1e-6, unit="%", source="higuchi1961", origin="sqrt(D (2 c0 - cs) cs t)/(c0 L) = 0.6, by hand"
)
def higuchi_slab_by_hand() -> Pair:
    """Release from a slab with drug five times its solubility at D t/L2 = 1"""
    slab = _physical("higuchi_slab", thickness=1e-6, solubility=10.0)
    return 60.0, slab.curve(np.array([1.0]), 1e-12)


@cases.proves("other method", absolute=1e-4, unit="%", origin="radius stepped by the flux through its layer, LSODA")
def dissolving_particles() -> Pair:
    """Release from particles that dissolve through a layer as thick as they are wide"""
    times, speed = np.linspace(0.0, 40.0, 9) * 1000.0, 1e-15
    radius = stepped(lambda _, r: -speed * 12.0 / (1200.0 * r), [1e-6], times, rtol=1e-11, atol=1e-18)[0]
    small = _physical("dissolution_small", density=1200.0)
    return 100.0 * (1.0 - (radius / 1e-6) ** 3), small.curve(times, speed)


@cases.proves("exact", absolute=1e-9, unit="%", origin="1 - (1/2)^n, n the dimensions, by hand")
def eroding_bodies() -> Pair:
    """Release from slab, cylinder and sphere that have lost the outer half of their depth"""
    bodies = ("erosion_slab", "erosion_cylinder", "erosion_sphere")
    return [50.0, 75.0, 87.5], [float(_physical(id).curve(np.array([5.0]), 0.1 * 50.0 * 1e-6)[0]) for id in bodies]
