"""Times to shares, mean times, efficiency: closed forms, exact intervals of a straight line, simulation, limits."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from formulate.curves.library import model
from formulate.experiment.data import Profile
from formulate.fitting.fit import fit
from formulate.fitting.results import Fit, Points
from formulate.fitting.summaries import (
    Quantity,
    area_under_curve,
    fitted_summary,
    mean_dissolution_time,
    observed_summary,
    time_to,
)
from materials.errors import DomainError

TIME = np.array([0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24.0])


def readings(time, released) -> Points:
    time = np.asarray(time, dtype=float)
    return Points(time, np.asarray(released, dtype=float), np.ones(time.size), np.zeros(time.size, dtype=np.int64))


def held(name: str, time=TIME, **values: float) -> Fit:
    """Give the curve of a model at these values, as a fit with nothing free."""
    law = model(name)
    exact = law.curve(np.asarray(time, dtype=float), *[values[key] for key in law.names])
    return fit(readings(time, exact), law, fixed=values)


def summary(found: Sequence[Quantity]) -> dict[str, Quantity]:
    return {entry.name: entry for entry in found}


def of(name: str, time=TIME, **values: float) -> dict[str, Quantity]:
    return summary(fitted_summary(held(name, time, **values)))


def one_unit(time, *units) -> Profile:
    names = tuple(str(index + 1) for index in range(len(units)))
    return Profile("A", np.asarray(time, dtype=float), np.array(units, dtype=float), names)


# ------------------------------------------------------------------------------------------------ the readings alone


def test_mean_dissolution_time_by_hand():
    # Costa and Sousa Lobo 2001, eq. 42: (0.5*20 + 1.5*30 + 3*40)/90
    assert mean_dissolution_time(np.array([1.0, 2, 4]), np.array([20.0, 50, 90])) == pytest.approx(175 / 90)
    # a reading at time zero is release at time zero: (0*10 + 1*50)/60
    assert mean_dissolution_time(np.array([0.0, 2]), np.array([10.0, 60])) == pytest.approx(50 / 60)
    assert math.isnan(mean_dissolution_time(np.array([1.0, 2]), np.array([0.0, 0])))


def test_a_uniform_release_has_its_mean_time_in_the_middle_and_half_the_area():
    time = np.linspace(0.3, 10.0, 30)
    assert mean_dissolution_time(time, 9.0 * time) == pytest.approx(5.0)
    assert area_under_curve(time, 9.0 * time) == pytest.approx(450.0)


@given(st.lists(st.floats(0.01, 5.0), min_size=2, max_size=15), st.data())
def test_mean_time_is_what_the_area_leaves(steps, data):
    # sum t_mid dF = F_last t_last - AUC: integration by parts
    time = np.cumsum(steps)
    rises = data.draw(st.lists(st.floats(0.1, 10.0), min_size=len(steps), max_size=len(steps)))
    released = np.cumsum(rises)
    mean = mean_dissolution_time(time, released)
    assert mean * released[-1] == pytest.approx(released[-1] * time[-1] - area_under_curve(time, released), rel=1e-9)
    assert 0 < mean < time[-1]


def test_times_of_straight_lines():
    time, released = np.array([1.0, 2, 4]), np.array([20.0, 50, 90])
    assert time_to(50.0, time, released) == 2.0
    assert time_to(70.0, time, released) == pytest.approx(3.0)
    assert time_to(10.0, time, released) == pytest.approx(0.5)  # on the line from the origin
    assert math.isnan(time_to(95.0, time, released))
    assert time_to(5.0, np.array([0.0, 1]), np.array([30.0, 60])) == 0.0  # out from the start


def test_the_readings_of_one_unit_have_no_interval():
    found = summary(observed_summary(one_unit([1, 2, 4], [20, 50, 90])))
    assert found["T50"].value == 2.0
    assert found["DE"].value == pytest.approx(100 * (10 + 35 + 140) / 400)
    assert found["AUC"].value == pytest.approx(185)
    assert math.isnan(found["T50"].low)
    assert math.isnan(found["T90"].value) is False
    assert found["T90"].value == 4.0


def test_the_spread_of_units_gives_the_interval():
    units = np.array([[20.0, 50, 90], [24, 54, 92], [16, 46, 88]])
    found = summary(observed_summary(one_unit([1, 2, 4], *units)))["AUC"]
    each = [0.5 * (u[0] + (u[0] + u[1]) + 2 * (u[1] + u[2])) for u in units]
    low, high = stats.t.interval(0.95, 2, np.mean(each), stats.sem(each))
    assert (found.value, found.low, found.high) == pytest.approx((np.mean(each), low, high))


def test_a_share_that_was_not_reached_is_said():
    found = summary(observed_summary(one_unit([1, 2, 4], [20, 40, 55])))
    assert math.isnan(found["T75"].value)
    assert found["T75"].note == "not reached: the highest reading is 55 %"


def test_a_unit_with_a_gap_takes_no_part_in_the_interval():
    found = summary(observed_summary(one_unit([1, 2, 4], [20, 50, 90], [20, math.nan, 90])))
    assert math.isnan(found["AUC"].low)


@pytest.mark.parametrize(("time", "released"), [([-1.0, 1], [0.0, 1]), ([], [])])
def test_refused_readings(time, released):
    with pytest.raises(DomainError):
        area_under_curve(np.array(time), np.array(released))


# --------------------------------------------------------------------------------------------------- the fitted curve


def test_times_and_mean_of_first_order():
    found = of("first_order", k1=0.3)
    for share in (25, 50, 75, 80, 90):
        assert found[f"T{share}"].value == pytest.approx(-math.log(1 - share / 100) / 0.3, rel=1e-9)
    assert found["MDT"].value == pytest.approx(1 / 0.3, rel=1e-6)
    assert found["DE"].value == pytest.approx(100 * (1 - (1 - math.exp(-7.2)) / 7.2), rel=1e-6)
    assert found["AUC"].value == pytest.approx(24 * found["DE"].value)


@pytest.mark.parametrize("beta", [0.5, 0.8, 1.0, 2.0, 4.0])
def test_mean_time_of_weibull(beta):
    # the mean of a Weibull distribution, Td Gamma(1 + 1/beta)
    found = of("weibull_2", alpha=5.0**beta, beta=beta)["MDT"]
    assert found.value == pytest.approx(5.0 * math.gamma(1 + 1 / beta), rel=2e-5)


def test_mean_time_does_not_know_the_plateau_but_the_shape():
    whole, part = of("weibull_2", alpha=3.0, beta=0.8), of("weibull_3", alpha=3.0, beta=0.8, Fmax=60.0)
    assert part["MDT"].value == pytest.approx(whole["MDT"].value, rel=1e-6)
    assert part["DE"].value == pytest.approx(0.6 * whole["DE"].value, rel=1e-9)
    assert "not reached: the curve comes to 60 %" in part["T75"].note


@pytest.mark.parametrize("exponent", [0.43, 0.5, 0.8, 1.0])
def test_mean_time_of_korsmeyer_peppas(exponent):
    # Moeckel and Lippold 1993, Pharm. Res. 10:1066: n/(n + 1) k^(-1/n), k as a share
    constant = 12.0
    expected = exponent / (exponent + 1) * (constant / 100) ** (-1 / exponent)
    found = of("korsmeyer_peppas", kKP=constant, n=exponent)["MDT"]
    assert found.value == pytest.approx(expected, rel=1e-5)
    assert "up to 100 %" in found.note


def test_mean_time_of_an_eroding_sphere():
    # 1 - F = (1 - k t)^3 until t = 1/k: the integral is 1/(4 k)
    assert of("hixson_crowell", kHC=0.03)["MDT"].value == pytest.approx(1 / (4 * 0.03), rel=1e-6)


def test_a_lag_moves_times_by_itself():
    plain, late = of("first_order", k1=0.4), of("first_order_tlag", k1=0.4, Tlag=1.7)
    for name in ("T25", "T90"):
        assert late[name].value == pytest.approx(plain[name].value + 1.7, rel=1e-9)
    assert late["MDT"].value == pytest.approx(plain["MDT"].value + 1.7, rel=1e-6)
    assert late["AUC"].value == pytest.approx(100 * (22.3 - (1 - math.exp(-0.4 * 22.3)) / 0.4), rel=1e-7)


def test_a_burst_is_out_at_time_zero():
    assert of("zero_order_f0", k0=2.0, F0=30.0)["T25"].value == 0.0


def test_beyond_the_last_reading_is_marked():
    found = of("first_order", k1=0.03)
    assert not found["T50"].extrapolated
    assert found["T90"].extrapolated
    assert found["T90"].value == pytest.approx(math.log(10) / 0.03, rel=1e-9)
    assert found["MDT"].extrapolated
    assert "after the last reading" in found["MDT"].note


def test_beyond_ten_last_readings_nothing_is_claimed():
    found = of("zero_order", k0=0.2)  # 48 % at 240 h
    assert found["T25"].value == pytest.approx(125.0)
    assert math.isnan(found["T50"].value)
    assert "not reached" in found["T50"].note


def test_a_mean_time_that_does_not_exist_is_not_given():
    # Logistic_1 is log-logistic: 1 - F falls as t^-b with b = beta/ln 10, whose mean is infinite for b <= 1
    assert math.isnan(of("logistic_1", alpha=-1.0, beta=2.0)["MDT"].value)
    finite = of("logistic_1", alpha=-6.0, beta=4.0 * math.log(10))["MDT"]
    scale, shape = math.exp(6.0 / 4.0), 4.0
    assert finite.value == pytest.approx(scale * (math.pi / shape) / math.sin(math.pi / shape), rel=1e-4)
    assert "falls again" in of("makoid_banakar", kMB=20.0, n=0.7, k=0.05)["MDT"].note


def test_the_interval_of_a_time_on_a_line_through_zero_is_exact():
    # F = k0 t: t_{N-1} limits of k0, of which the time to 50 % is 50/k0
    released = 3.0 * TIME + np.array([1.0, -2, 1, 0, 2, -1, 1, -2, 1, 0])
    fitted = fit(readings(TIME, released), model("zero_order"))
    slope = float(TIME @ released / (TIME @ TIME))
    error = math.sqrt(float(((released - slope * TIME) ** 2).sum()) / 9 / float(TIME @ TIME))
    t = stats.t.ppf(0.975, 9)
    found = summary(fitted_summary(fitted))["T50"]
    assert found.value == pytest.approx(50 / slope, rel=1e-9)
    assert found.low == pytest.approx(50 / (slope + t * error), rel=1e-4)
    assert found.high == pytest.approx(50 / (slope - t * error), rel=1e-4)


def test_intervals_hold_the_truth_as_often_as_they_say():
    # 100 simulated profiles of Weibull, scatter 2 %: 95 % of intervals, within 3 standard deviations of the count
    truth = of("weibull_2", alpha=4.0, beta=0.8)
    rng = np.random.default_rng(11)
    curve = model("weibull_2").curve(TIME, 4.0, 0.8)
    held_by = dict.fromkeys(("T50", "T90", "MDT", "DE"), 0)
    for _ in range(100):
        fitted = fit(readings(TIME, curve + 2.0 * rng.standard_normal(TIME.size)), model("weibull_2"))
        found = summary(fitted_summary(fitted))
        for name in held_by:
            held_by[name] += found[name].low <= truth[name].value <= found[name].high
    for name, count in held_by.items():
        assert 0.884 <= count / 100 <= 1.0, name


def test_an_interval_that_nothing_bounds_is_open():
    released = [12.0, 19, 33, 41, 47, 53, 58, 59, 60, 61]
    found = summary(fitted_summary(fit(readings(TIME, released), model("first_order_fmax"))))
    assert found["T50"].low < found["T50"].value < found["T50"].high < math.inf
    near = summary(fitted_summary(fit(readings(TIME, np.array(released) * 1.24), model("first_order_fmax"))))["T75"]
    assert near.high == math.inf or near.high > 2 * near.value


def test_without_degrees_of_freedom_there_are_values_and_no_intervals():
    found = summary(fitted_summary(fit(readings([1.0, 4.0], [30.0, 70.0]), model("weibull_2"))))
    assert found["T50"].value > 0
    for entry in found.values():
        assert math.isnan(entry.low)
        assert math.isnan(entry.high)


@given(st.sampled_from([60.0, 1 / 24, 3600.0]))
def test_the_unit_of_time_does_not_matter(factor):
    released = [10.0, 19, 33, 43, 55, 68, 79, 90, 95, 98]
    one = summary(fitted_summary(fit(readings(TIME, released), model("weibull_2"))))
    other = summary(fitted_summary(fit(readings(TIME * factor, released), model("weibull_2"))))
    for name in ("T25", "T50", "T90", "MDT"):
        for kind in ("value", "low", "high"):
            assert getattr(other[name], kind) == pytest.approx(factor * getattr(one[name], kind), rel=1e-5)
    assert other["DE"].value == pytest.approx(one["DE"].value, rel=1e-7)


def test_a_curve_without_a_value_at_some_times_says_so():
    from formulate.curves.formula import formula_model

    # the arc sine has no value past a t = 1, which lies beyond the last reading
    found = summary(fitted_summary(fit(readings([1.0, 2, 3, 4], [0.2, 0.45, 0.6, 0.95]), formula_model("asin(a*t)"))))
    assert math.isnan(found["T50"].value)
    assert found["T50"].note.endswith("it has no finite value at some times")
    highest = float(found["T50"].note.split("comes to ")[1].split(" %")[0])
    assert 0.95 < highest <= math.pi / 2
    assert found["MDT"].note == "the curve has no finite value at some times"
