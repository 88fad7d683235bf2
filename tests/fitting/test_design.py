"""The next sampling time: a published optimum, what a refit with one more reading gains, refusals."""

import math
from dataclasses import replace

import numpy as np
import pytest

from formulate.curves.library import model
from formulate.fitting.design import next_reading
from formulate.fitting.fit import fit
from formulate.fitting.results import Points
from materials.errors import DomainError, UnknownIdError

TIME = np.array([1.0, 2, 3, 4, 6, 8, 12, 16])
SCATTER = np.array([0.8, -1.1, 0.3, 1.2, -0.7, -0.2, 0.9, -1.3])


def points(released, time=TIME) -> Points:
    time = np.asarray(time, dtype=float)
    return Points(time, np.asarray(released, dtype=float), np.ones(time.size), np.zeros(time.size, dtype=np.int64))


def first_order(rate=0.2):
    return fit(points(100 * (1 - np.exp(-rate * TIME)) + SCATTER), model("first_order"))


def test_one_rate_is_best_measured_at_its_own_time():
    # Box and Lucas 1959: the slope of a first-order curve by its rate, t exp(-k t), is greatest at t = 1/k
    fitted = first_order()
    found = next_reading(fitted)
    assert found.together == found.best == pytest.approx(1 / fitted.values[0], abs=32 / 400)
    assert found.parameter == "k1"


def test_a_plateau_is_best_measured_late_and_a_rate_early():
    fitted = fit(points(80 * (1 - np.exp(-0.15 * TIME)) + SCATTER), model("first_order_fmax"))
    assert next_reading(fitted, "Fmax").best == pytest.approx(32.0)
    measured = fit(points(80 * (1 - np.exp(-0.6 * TIME)) + SCATTER), model("first_order_fmax"))
    assert next_reading(measured, "k1").best < 4.0


def test_the_error_left_is_that_of_a_fit_with_one_more_reading():
    fitted = fit(points(80 * (1 - np.exp(-0.15 * TIME)) + SCATTER), model("weibull_3"))
    found = next_reading(fitted, "Fmax", [5.0, 24.0])
    for index, time in enumerate((5.0, 24.0)):
        # a reading on the curve leaves the parameters where they are; scatter is counted as before
        time_more, released_more = np.append(TIME, time), np.append(fitted.points.released, fitted.curve([time]))
        again = fit(points(released_more, time_more), model("weibull_3"))
        scale = math.sqrt(fitted.criteria.mse / again.criteria.mse)
        share = again.parameters[2].standard_error * scale / fitted.parameters[2].standard_error
        assert found.error[index] == pytest.approx(share, rel=1e-4)


def test_a_reading_never_tells_less_than_nothing():
    found = next_reading(first_order())
    assert (found.information >= 1).all()
    assert ((found.error >= 0) & (found.error <= 1)).all()


def test_refusals():
    with pytest.raises(UnknownIdError, match="nearest: k1"):
        next_reading(first_order(), "k2")
    with pytest.raises(DomainError, match="time = 0"):
        next_reading(first_order(), time=[0.0])
    few = fit(points([20.0, 60.0], [1.0, 8.0]), model("weibull_2"))
    with pytest.raises(DomainError, match="degrees of freedom = 0"):
        next_reading(few)
    held = fit(points(SCATTER + 50), model("first_order"), fixed={"k1": 0.2})
    with pytest.raises(DomainError, match="free parameters = 0"):
        next_reading(replace(held))
