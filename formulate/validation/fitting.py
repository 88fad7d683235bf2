"""Least squares, proved: certified problems of all grades, a regression as R prints it, summaries by closed forms."""

import math
import tomllib
from functools import cache, partial
from importlib.resources import files
from typing import Any

import numpy as np

from formulate.fitting import summaries
from formulate.fitting.criteria import criteria
from formulate.fitting.regression import fit_curve
from formulate.fitting.results import Points
from formulate.validation.case import Case, Cases, Found, Pair

cases = Cases("fitting")

# Lanczos1 passes through its 24 readings to 13 digits: floats hold only three of its certified deviations
_ROUNDED = {"Lanczos1": 3e-3}
_TOLERANCE = 1e-6


@cache
def problems() -> dict[str, Any]:
    """Give the problems of `nist.toml` by their names."""
    return tomllib.loads(files("formulate.validation").joinpath("nist.toml").read_text("utf-8"))


def _certified(problem: str) -> Found:
    """Fit a problem from its first start, the farther one: parameters, their deviations, residual deviation."""
    row = problems()[problem]
    names = [f"b{place + 1}" for place in range(len(row["certified"]))]
    y = np.log(row["y"]) if problem == "Nelson" else np.array(row["y"])
    x = row["x"] if "x" in row else {key: row[key] for key in ("x1", "x2")}
    fit = fit_curve(row["formula"], x, y, start=dict(zip(names, row["start_1"], strict=True)))
    found = {parameter.name: parameter for parameter in fit.parameters}
    got = [found[name].value for name in names]
    got += [found[name].standard_error or math.nan for name in names]
    expected = [*row["certified"], *row["deviation"], row["residual_deviation"]]
    return Found(expected, [*got, math.sqrt(fit.criteria.mse)])


cases.add(
    *(
        Case(
            "fitting",
            f"nist-{name.lower()}",
            f"Parameters and deviations of {name}, {row['level']} difficulty, from the farther start",
            "certified",
            partial(_certified, name),
            _ROUNDED.get(name, _TOLERANCE),
            True,
            source="rogers1998",
            origin="certified values of the Statistical Reference Datasets",
        )
        for name, row in problems().items()
    )
)

# Stopping distances of cars, as the data set `cars` of R has them
SPEED = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15]
SPEED += [15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25]
DISTANCE = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26]
DISTANCE += [54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85]


@cases.proves("published", relative=2e-4, source="ezekiel1930", origin="summary, AIC and BIC as R prints them")
def stopping_distances_of_cars() -> Pair:
    """Intercept, slope, residual deviation, R2, adjusted R2, AIC and BIC of a straight line"""
    fit = fit_curve("a + b*x", SPEED, DISTANCE)
    judged = fit.criteria
    # R keeps the constants of the normal likelihood and counts the variance as a parameter
    constant = 50 * (math.log(2 * math.pi) + 1 - math.log(50))
    got = [*fit.values, math.sqrt(judged.mse), judged.r2, judged.r2_adjusted]
    got += [judged.aic + constant + 2, judged.bic + constant + math.log(50)]
    return [-17.5791, 3.9324, 15.38, 0.6511, 0.6438, 419.1569, 424.8929], got


@cases.proves("exact", relative=1e-9, origin="SS = 13 about a mean square of 1400/2, three readings, by hand")
def criteria_by_hand() -> Pair:
    """Sum of squares, R2 and AIC of readings 10, 20, 60 against 12, 20, 57"""
    points = Points(np.arange(3.0), np.array([10.0, 20.0, 60.0]), np.ones(3), np.zeros(3, dtype=np.int64))
    judged = criteria(points, [12.0, 20.0, 57.0], 1)
    return [13.0, 1 - 13 / 1400, 3 * math.log(13.0) + 2], [judged.ss, judged.r2, judged.aic]


@cases.proves("exact", relative=1e-12, origin="(0.5*20 + 1.5*30 + 3*40)/90, by hand")
def mean_dissolution_time() -> Pair:
    """Mean dissolution time of 20, 50, 90 % at 1, 2, 4 h"""
    return 175 / 90, summaries.mean_dissolution_time(np.array([1.0, 2.0, 4.0]), np.array([20.0, 50.0, 90.0]))


@cases.proves("exact", relative=1e-12, origin="half of 10 times 90, and the middle of the time, by hand")
def uniform_release() -> Pair:
    """Area and mean dissolution time of a release that rises evenly to 90 in 10 h"""
    time = np.linspace(0.3, 10.0, 30)
    got = [summaries.area_under_curve(time, 9.0 * time), summaries.mean_dissolution_time(time, 9.0 * time)]
    return [450.0, 5.0], got
