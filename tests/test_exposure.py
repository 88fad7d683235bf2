"""The numbers an exposure comes to, against exponentials whose half-lives, areas and means are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.exposure import half_life_after_peak, mean_residence_time, terminal_half_life

LN2 = np.log(2.0)
TIME = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 2401)])


@given(st.floats(0.01, 20.0))
def test_of_one_exponential_all_half_lives_are_one(rate):
    curve = np.exp(-rate * TIME)[None, :]
    assert half_life_after_peak(TIME, curve)[0] == pytest.approx(LN2 / rate, rel=0.01)
    assert terminal_half_life(TIME, curve)[0] == pytest.approx(LN2 / rate, rel=0.01)
    assert mean_residence_time(TIME, curve)[0] == pytest.approx(1.0 / rate, rel=0.02)


@given(st.floats(0.02, 0.5), st.floats(3.0, 30.0))
def test_the_slow_part_of_two_decides_the_end(slow, ratio):
    curve = (0.8 * np.exp(-slow * ratio * TIME) + 0.2 * np.exp(-slow * TIME))[None, :]
    assert terminal_half_life(TIME, curve)[0] == pytest.approx(LN2 / slow, rel=0.01)
    assert half_life_after_peak(TIME, curve)[0] < LN2 / slow


def test_a_curve_that_rises_first_is_followed_from_its_peak():
    curve = (np.exp(-0.1 * TIME) - np.exp(-2.0 * TIME))[None, :]
    top = np.log(2.0 / 0.1) / 1.9
    half = half_life_after_peak(TIME, curve)[0]
    level = 0.5 * (np.exp(-0.1 * top) - np.exp(-2.0 * top))
    assert np.exp(-0.1 * (top + half)) - np.exp(-2.0 * (top + half)) == pytest.approx(level, rel=0.01)


def test_only_what_follows_the_last_dose_counts():
    one = np.exp(-0.5 * TIME)
    two = one + np.where(TIME >= 20.0, np.exp(-0.5 * (TIME - 20.0)), 0.0)
    assert terminal_half_life(TIME, two[None, :], 20.0)[0] == pytest.approx(LN2 / 0.5, rel=0.01)
    assert half_life_after_peak(TIME, two[None, :], 20.0)[0] == pytest.approx(LN2 / 0.5, rel=0.02)


@pytest.mark.parametrize("curve", [np.ones_like(TIME), 1.0 - 0.3 * TIME / TIME[-1]])
def test_what_does_not_fall_has_no_end(curve):
    assert half_life_after_peak(TIME, curve[None, :])[0] == np.inf
    assert np.isnan(terminal_half_life(TIME, curve[None, :])[0])


def test_nothing_at_all_has_no_half_life():
    assert np.isnan(half_life_after_peak(TIME, np.zeros((1, len(TIME))))[0])
    assert np.isnan(terminal_half_life(TIME, np.zeros((1, len(TIME))))[0])


def test_rounding_at_the_end_is_not_taken_for_a_phase():
    curve = np.exp(-TIME) + 1e-17
    assert terminal_half_life(TIME, curve[None, :])[0] == pytest.approx(LN2, rel=0.01)
