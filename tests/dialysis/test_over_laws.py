"""The interval over several laws: its ends between those of the laws, by their weights."""

import math

import numpy as np
import pytest
from scipy import stats

from formulate.dialysis.over_laws import LawHalfTime, half_time_over_laws

ONE = LawHalfTime(4.0, 3.0, 16.0 / 3.0, 0.6, 30)
OTHER = LawHalfTime(6.0, 5.0, 7.2, 0.4, 20)


def test_one_law_keeps_its_interval():
    assert half_time_over_laws([ONE], 0.95, 24.0) == (4.0, 3.0, 16.0 / 3.0)
    gone = LawHalfTime(9.0, 8.0, 10.0, 1e-12, 20)
    assert half_time_over_laws([ONE, gone], 0.95, 24.0) == pytest.approx((4.0, 3.0, 16.0 / 3.0), rel=1e-6)


def test_the_ends_leave_the_tails_of_the_mixture():
    value, low, high = half_time_over_laws([ONE, OTHER], 0.95, 24.0)
    assert value == 4.0
    assert 3.0 < low < 5.0
    assert 16.0 / 3.0 < high < 7.2
    # drawn from the mixture of both laws
    rng = np.random.default_rng(0)
    drawn = []
    for law in (ONE, OTHER):
        width = math.log(law.high / law.value) / stats.t(law.freedom).ppf(0.975)
        drawn.append(law.value * np.exp(width * rng.standard_t(law.freedom, int(400_000 * law.weight))))
    assert (low, high) == pytest.approx(np.quantile(np.concatenate(drawn), [0.025, 0.975]), rel=0.01)


def test_a_law_that_leaves_an_end_open_opens_it_by_its_weight():
    open_ended = LawHalfTime(5.0, 4.0, math.inf, 0.4, 20)
    assert half_time_over_laws([ONE, open_ended], 0.95, 24.0)[2] == math.inf
    never = LawHalfTime(math.nan, 20.0, math.inf, 0.4, 20)
    assert half_time_over_laws([ONE, never], 0.95, 24.0)[2] == math.inf
    slight = LawHalfTime(5.0, 4.0, math.inf, 0.01, 20)
    assert half_time_over_laws([ONE, slight], 0.95, 24.0)[2] < 7.0
    assert half_time_over_laws([never, ONE], 0.95, 24.0)[1] < 20.0


def test_a_law_whose_error_is_not_known_is_left_out():
    unknown = LawHalfTime(9.0, math.nan, math.nan, 0.4, 20)
    assert half_time_over_laws([ONE, unknown], 0.95, 24.0) == (4.0, 3.0, 16.0 / 3.0)
    value, low, high = half_time_over_laws([unknown, ONE], 0.95, 24.0)
    assert value == 9.0
    assert math.isnan(low)
    assert math.isnan(high)
