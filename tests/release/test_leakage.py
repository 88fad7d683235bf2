"""Leakage and dialysis: a measured half-life, the steps integrated numerically, known biases, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from formulate.release.dialysis import dialysis_half_life, dialysis_release, release_rate_from_dialysis
from formulate.release.leakage import (
    half_life_from_rate,
    leakage,
    leakage_from_diameter,
    leakage_from_log_permeability,
    rate_from_half_life,
)
from formulate.release.membrane import vesicle_released
from materials.errors import DomainError

HOUR = 3600.0


def test_glucose_leaves_vesicles_of_egg_lecithin_in_half_a_day() -> None:
    # Brunner 1980 via MolMeDB: log P -10.52 (cm/s), 50 nm: 1.81e-5 per s, 10.6 h; 45 nm inside is 1.11 times as fast
    found = leakage_from_log_permeability(-10.52, 50e-9)
    assert found.rate == pytest.approx(1.81e-5, rel=0.005)
    assert found.half_life / HOUR == pytest.approx(10.6, rel=0.005)
    assert leakage_from_diameter(10**-12.52, 100e-9, 5e-9).rate / found.rate == pytest.approx(50 / 45)
    assert leakage(10**-12.52, 50e-9).rate == pytest.approx(found.rate)


@given(st.floats(1e-14, 1e-4), st.floats(1e-8, 1e-6), st.floats(1e-6, 1.0), st.floats(0.0, 1e3))
def test_half_is_out_after_the_half_life(permeability: float, radius: float, neutral: float, bound: float) -> None:
    found = leakage(permeability, radius, neutral, bound)
    assert vesicle_released(found.half_life, found.rate, 0.0) == pytest.approx(0.5)


def test_charge_and_binding_slow_it_in_proportion() -> None:
    plain = leakage(1e-10, 50e-9)
    assert leakage(1e-10, 50e-9, 0.1).half_life == pytest.approx(10.0 * plain.half_life)
    assert leakage(1e-10, 50e-9, 1.0, 9.0).half_life == pytest.approx(10.0 * plain.half_life)
    assert leakage(1e-10, 50e-9, 0.0).half_life == math.inf


def test_half_lives_and_rates() -> None:
    # 14.3 d of phosphorus-32 is 0.0485 per day
    assert rate_from_half_life(14.3) == pytest.approx(0.0485, rel=1e-3)
    assert half_life_from_rate(rate_from_half_life(14.3)) == pytest.approx(14.3)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_leakage_is_refused(bad: float) -> None:
    for call in (
        lambda: leakage(bad, 5e-8),
        lambda: leakage(1e-10, bad),
        lambda: leakage(1e-10, 5e-8, bad),
        lambda: leakage(1e-10, 5e-8, 1.0, bad),
        lambda: leakage_from_diameter(1e-10, bad, 5e-9),
        lambda: leakage_from_log_permeability(-10.0, bad),
        lambda: half_life_from_rate(bad),
        lambda: rate_from_half_life(bad),
    ):
        with pytest.raises(DomainError):
            call()
    with pytest.raises(DomainError, match="half_life"):
        rate_from_half_life(0.0)
    with pytest.raises(DomainError, match="log10_permeability"):
        leakage_from_log_permeability(3.0, 5e-8)
    with pytest.raises(DomainError, match="bilayer_thickness"):
        leakage_from_diameter(1e-10, 8e-9, 5e-9)


rates = st.floats(1e-7, 1e-2)


@pytest.mark.parametrize(("first", "second"), [(1e-5, 1e-4), (1e-4, 1e-5), (3e-5, 3e-5), (3e-5, 3.0000001e-5)])
def test_dialysis_against_the_steps_integrated(first: float, second: float) -> None:
    def steps(_: float, held: list[float]) -> list[float]:
        return [-first * held[0], first * held[0] - second * held[1], second * held[1]]

    times = np.array([0.0, 1.0, 10.0, 30.0]) * HOUR
    run = integrate.solve_ivp(steps, (0.0, times[-1]), [1.0, 0.0, 0.0], t_eval=times, rtol=1e-11, atol=1e-14)
    found = dialysis_release(times, first, second)
    assert found.received == pytest.approx(run.y[2], abs=1e-9)
    assert found.free_in_bag == pytest.approx(run.y[1], abs=1e-9)
    assert found.released == pytest.approx(1.0 - run.y[0], abs=1e-9)


@given(rates, rates, st.floats(0.0, 1e7))
def test_the_order_of_the_steps_does_not_show_outside(first: float, second: float, time: float) -> None:
    one, other = dialysis_release(time, first, second), dialysis_release(time, second, first)
    assert one.received == pytest.approx(other.received, rel=1e-12, abs=1e-300)
    assert one.received <= one.released + 1e-15
    assert one.received + one.free_in_bag == pytest.approx(one.released)


def test_a_bag_that_holds_nothing_back_shows_the_carrier() -> None:
    found = dialysis_release(10 * HOUR, 1e-5, 1e6)
    assert found.received == pytest.approx(1.0 - math.exp(-0.36))
    assert dialysis_release(10 * HOUR, 0.0, 1e-4).received == 0.0
    assert dialysis_release(10 * HOUR, 1e-4, 0.0).received == 0.0


def test_how_much_too_long_the_half_life_is() -> None:
    # 142, 31, 15 and 7 % at membranes 1, 5, 10 and 20 times as fast; 1.678 is the median of two equal steps
    found = dialysis_half_life(1e-5, np.array([1.0, 5.0, 10.0, 20.0]) * 1e-5)
    assert found.bias == pytest.approx([1.42, 0.31, 0.15, 0.07], abs=0.005)
    assert found.apparent_half_life[0] * 1e-5 == pytest.approx(1.67835, rel=1e-5)  # median of a gamma of shape 2
    assert found.half_life == pytest.approx(math.log(2.0) / 1e-5)


@given(rates, rates)
def test_half_is_outside_at_the_apparent_half_life(first: float, second: float) -> None:
    found = dialysis_half_life(first, second)
    assert dialysis_release(found.apparent_half_life, first, second).received == pytest.approx(0.5)
    assert found.bias > 0.0


@given(rates, st.floats(0.05, 50.0))
def test_the_carrier_is_found_again_behind_the_bag(first: float, ratio: float) -> None:
    apparent = dialysis_half_life(first, first * ratio).apparent_half_life
    assert release_rate_from_dialysis(apparent, first * ratio) == pytest.approx(first, rel=1e-6)


def test_impossible_dialysis_is_refused() -> None:
    for bad in (-1.0, math.nan, math.inf):
        for call in (
            lambda bad=bad: dialysis_release(bad, 1.0, 1.0),
            lambda bad=bad: dialysis_release(1.0, bad, 1.0),
            lambda bad=bad: dialysis_release(1.0, 1.0, bad),
            lambda bad=bad: dialysis_half_life(bad, 1.0),
            lambda bad=bad: dialysis_half_life(1.0, bad),
            lambda bad=bad: release_rate_from_dialysis(bad, 1.0),
            lambda bad=bad: release_rate_from_dialysis(1.0, bad),
        ):
            with pytest.raises(DomainError):
                call()
    with pytest.raises(DomainError, match="membrane_rate"):
        dialysis_half_life(1.0, 0.0)
    with pytest.raises(DomainError, match="apparent_half_life"):
        release_rate_from_dialysis(HOUR, 1e-4)  # the bag alone takes 1.9 h
