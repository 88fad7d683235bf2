"""Goodness of fit: certified sums, published statistics of a regression, hand calculation, limits, refusals."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.fitting.criteria import criteria, rounding
from formulate.fitting.results import Criteria, Points
from formulate.validation.fitting import problems
from materials.errors import DomainError

# Stopping distances of cars (Ezekiel 1930), as the data set `cars` of R has them
SPEED = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15]
SPEED += [15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25]
DISTANCE = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26]
DISTANCE += [54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85]


def points(time, released, weight=1.0) -> Points:
    time, released = np.asarray(time, dtype=float), np.asarray(released, dtype=float)
    return Points(time, released, np.broadcast_to(float(weight), time.shape), np.zeros(time.size, dtype=np.int64))


def judged(released, predicted, parameters=1, weight=1.0) -> Criteria:
    return criteria(points(np.arange(len(released)), released, weight), predicted, parameters)


def test_statistics_of_a_regression_as_r_prints_them():
    # summary(lm(dist ~ speed, cars)): 15.38 on 48 degrees of freedom, R2 0.6511, adjusted 0.6438; AIC() 419.1569,
    # BIC() 424.8929, which hold the constants of the normal likelihood and count the variance as a parameter.
    line = np.polyfit(SPEED, DISTANCE, 1)
    found = criteria(points(SPEED, DISTANCE), np.polyval(line, SPEED), 2)
    assert math.sqrt(found.mse) == pytest.approx(15.38, abs=0.005)
    assert found.degrees_of_freedom == 48
    assert found.r2 == pytest.approx(0.6511, abs=5e-5)
    assert found.r2_adjusted == pytest.approx(0.6438, abs=5e-5)
    assert found.correlation == pytest.approx(math.sqrt(0.6511), abs=5e-5)
    constant = 50 * (math.log(2 * math.pi) + 1 - math.log(50))
    assert found.aic + constant + 2 == pytest.approx(419.1569, abs=5e-5)
    assert found.bic + constant + math.log(50) == pytest.approx(424.8929, abs=5e-5)


def test_certified_sums_of_nist():
    problem = problems()["Misra1a"]
    first, second = problem["certified"]
    x = np.array(problem["x"])
    found = criteria(points(x, problem["y"]), first * (1 - np.exp(-second * x)), 2)
    assert found.ss == pytest.approx(problem["rss"], rel=1e-9)
    assert math.sqrt(found.mse) == pytest.approx(problem["residual_deviation"], rel=1e-9)


def test_by_hand():
    # 10, 20, 60 and 12, 20, 57: SS = 4 + 0 + 9 = 13; mean 30, 400 + 100 + 900 = 1400
    found = judged([10.0, 20.0, 60.0], [12.0, 20.0, 57.0])
    assert (found.points, found.parameters, found.degrees_of_freedom) == (3, 1, 2)
    assert found.ss == found.wss == pytest.approx(13.0)
    assert found.mse == pytest.approx(6.5)
    assert found.r2 == pytest.approx(1 - 13 / 1400)
    assert found.r2_adjusted == pytest.approx(1 - 13 / 1400)  # (N - 1)/(N - p) = 1
    assert found.aic == pytest.approx(3 * 2.564949 + 2, abs=1e-5)  # ln 13 = 2.564949
    assert found.aicc == pytest.approx(3 * 2.564949 + 2 + 4, abs=1e-5)  # 2*1*2/(3 - 1 - 1)
    assert found.msc == pytest.approx(7.244228 - 2.564949 - 2 / 3, abs=1e-5)  # ln 1400 = 7.244228


def test_the_model_selection_criterion_leaves_out_readings_of_zero_and_r2_does_not():
    # 0, 20, 40: mean 20; 400 + 0 + 400 about it, of which 400 without the reading of zero
    found = judged([0.0, 20.0, 40.0], [0.0, 22.0, 39.0])
    assert found.r2 == pytest.approx(1 - 5 / 800)
    assert found.msc == pytest.approx(math.log(400 / 5) - 2 / 3)


def test_weights_enter_wss_and_not_ss():
    readings = replace(points([1, 2, 3], [10.0, 20.0, 60.0]), weight=np.array([1.0, 2.0, 3.0]))
    found = criteria(readings, [12.0, 21.0, 57.0], 1)
    assert found.ss == pytest.approx(4 + 1 + 9)
    assert found.wss == pytest.approx(4 + 2 + 27)
    assert found.r2 == pytest.approx(1 - 33 / (400 + 200 + 2700))


def test_a_curve_worse_than_the_mean_has_r2_below_zero():
    assert judged([10.0, 20.0, 30.0], [30.0, 20.0, 10.0]).r2 == pytest.approx(-3.0)


def test_a_perfect_fit():
    found = judged([10.0, 20.0, 30.0, 50.0], [10.0, 20.0, 30.0, 50.0])
    assert (found.aic, found.aicc, found.bic, found.msc) == (-math.inf, -math.inf, -math.inf, math.inf)
    assert (found.r2, found.r2_adjusted) == (1.0, 1.0)


def test_what_has_no_value_is_nan():
    flat = judged([50.0, 50.0, 50.0], [49.0, 50.0, 51.0])
    assert all(map(math.isnan, (flat.r2, flat.r2_adjusted, flat.msc, flat.correlation)))
    assert flat.aic == pytest.approx(3 * math.log(2) + 2)
    assert math.isnan(judged([1.0, 2.0, 3.0], [0.1 + 0.2] * 3).correlation)
    exact = judged([1.0, 2.0], [1.1, 2.0], parameters=2)
    assert math.isnan(exact.mse)
    assert math.isnan(exact.r2_adjusted)


@pytest.mark.parametrize(("readings", "known"), [(3, False), (4, True)])
def test_aicc_needs_two_readings_more_than_parameters(readings, known):
    found = judged(np.arange(readings) ** 2.0, np.arange(readings) ** 2.0 + 1.0, parameters=2)
    assert math.isfinite(found.aicc) == known
    assert math.isfinite(found.aic)


@given(
    st.lists(st.tuples(st.floats(0, 120), st.floats(0, 120)), min_size=4, max_size=20),
    st.floats(0.01, 100.0),
)
def test_a_common_factor_of_the_weights_changes_no_comparison(pairs, factor):
    released, predicted = map(list, zip(*pairs, strict=True))
    one, scaled = judged(released, predicted), judged(released, predicted, weight=factor)
    count = len(pairs)
    assert scaled.r2 == pytest.approx(one.r2, rel=1e-9, nan_ok=True)
    if one.wss > 0:
        assert scaled.aic - one.aic == pytest.approx(count * math.log(factor), abs=1e-6)
        assert one.aic <= one.aicc
    assert scaled.msc == pytest.approx(one.msc, rel=1e-6, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("released", "predicted", "parameters", "weight", "named"),
    [
        ([1.0, 2.0], [1.0], 1, 1.0, "predictions = 1; need 2, one for each reading"),
        ([], [], 0, 1.0, "readings = 0"),
        ([1.0, 2.0], [1.0, math.inf], 1, 1.0, "prediction = inf %"),
        ([1.0, 2.0], [1.0, 2.0], 3, 1.0, "parameters = 3; need 0 to 2"),
        ([1.0, 2.0], [1.0, 2.0], -1, 1.0, "parameters = -1"),
        ([1.0, 2.0], [1.0, 2.0], 1, 0.0, "weight = 0"),
    ],
)
def test_refusals(released, predicted, parameters, weight, named):
    with pytest.raises(DomainError, match=named.replace("+", r"\+")):
        judged(released, predicted, parameters, weight)


def test_rounding_is_ten_digits_of_the_readings():
    def of(released, weight=1.0):
        return rounding(points(np.arange(len(released)), released, weight))

    assert of([30.0, 40.0]) == pytest.approx(2500e-20)
    assert of([30.0, 40.0], 4.0) == pytest.approx(1e-16)
    assert of([0.0, 0.0]) == pytest.approx(2e-20)
    assert of([1e200, 1.0]) == 0.0  # no number
    with pytest.raises(DomainError, match="readings = 0"):
        of([])
