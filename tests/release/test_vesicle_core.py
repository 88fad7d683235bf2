"""Vesicle cores against a numeric solution of the balance, mean times, equilibria and the laws they become."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from formulate.ionisation import neutral_fraction
from formulate.release.membrane import released_at_equilibrium, vesicle_rate, vesicle_released
from formulate.release.vesicle_core import (
    dissolved_in_core,
    multivesicular_released,
    return_rate_at_equilibrium,
    vesicle_core_released,
    vesicle_return_rate,
)
from materials.errors import DomainError

SHARES, RATES = st.floats(0.0, 1.0), st.floats(0.0, 1e3)


def solved(times, rate, dissolved, back, start):
    """Share outside from the balance of the drug in the core, in steps."""

    def flux(_, released):
        return rate * np.minimum(dissolved, 1.0 - released) - back * released

    return solve_ivp(flux, (0.0, times[-1]), [start], t_eval=times, rtol=1e-10, atol=1e-12, max_step=0.01).y[0]


@pytest.mark.parametrize(
    ("rate", "dissolved", "back", "start"),
    [
        (1.0, 0.1, 0.0, 0.0),  # solid to dissolved in a sink
        (1.0, 0.6, 0.2, 0.1),  # and in a closed volume
        (2.0, 0.3, 1.0, 0.0),  # solid is left at equilibrium
        (1.0, 1.0, 0.5, 0.9),  # a burst is taken up
        (0.2, 0.05, 1.0, 0.97),  # and precipitates inside
        (0.0, 0.5, 0.7, 0.8),  # nothing leaves, all returns
    ],
)
def test_core_against_a_numeric_solution(rate, dissolved, back, start):
    times = np.linspace(0.0, 20.0, 81)
    found = vesicle_core_released(times, rate, dissolved, back, start)
    np.testing.assert_allclose(found, solved(times, rate, dissolved, back, start), atol=2e-8)


def test_mean_time_in_a_precipitated_core():
    # zero order for (1 - s)/(k s), then first order: the area above the curve is (1 + s^2)/(2 k s), by hand
    rate, dissolved = 0.7, 0.2
    mean = quad(
        lambda time: 1.0 - float(vesicle_core_released(time, rate, dissolved)), 0.0, 80.0, points=[8.0], limit=200
    )
    assert mean[0] == pytest.approx((1 + dissolved**2) / (2 * rate * dissolved), rel=1e-8)


def test_half_of_a_precipitated_core_at_constant_speed():
    # 100 mmol/L of which 1 mmol/L is dissolved: half is out after half of C/(k S), 72 half-lives of the solution
    share = dissolved_in_core(1.0, 100.0)
    assert share == pytest.approx(0.01)
    half = 0.5 / 0.01
    assert vesicle_core_released(half, 1.0, share) == pytest.approx(0.5)
    slope = np.diff(vesicle_core_released(np.linspace(0, 90, 10), 1.0, share))
    np.testing.assert_allclose(slope, 0.1)


@given(RATES, SHARES, st.floats(0.0, 1e3))
def test_without_precipitate_and_return_it_is_first_order(rate, burst, time):
    assert vesicle_core_released(time, rate, 1.0, 0.0, burst) == pytest.approx(
        float(vesicle_released(time, rate, burst)), abs=1e-14
    )


@given(RATES, SHARES, RATES, SHARES)
def test_release_stays_a_share_and_never_turns(rate, dissolved, back, start):
    times = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 60)])
    released = vesicle_core_released(times, rate, dissolved, back, start)
    assert released[0] == pytest.approx(start)
    assert released.min() >= 0.0
    assert released.max() <= 1.0
    steps = np.diff(released)
    assert (steps >= -1e-12).all() or (steps <= 1e-12).all()


@given(st.floats(1e-3, 1e2), SHARES, st.floats(1e-3, 1e2), SHARES)
def test_a_closed_volume_ends_at_its_equilibrium(rate, dissolved, back, start):
    end = vesicle_core_released(1e7, rate, dissolved, back, start)
    # both ways carry the same, whatever is solid
    assert rate * min(dissolved, 1.0 - end) == pytest.approx(back * end, abs=1e-9 * rate)


@given(st.floats(1e-3, 1.0), st.floats(1e-3, 1.0), st.floats(0.1, 50.0))
def test_more_solid_is_slower(one, other, time):
    low, high = sorted((one, other))
    assert vesicle_core_released(time, 1.0, low) <= vesicle_core_released(time, 1.0, high) + 1e-12


def test_many_draws_and_times_at_once():
    released = vesicle_core_released(np.linspace(0, 5, 7), np.ones((4, 1)), np.array([[0.1], [0.5], [0.9], [1.0]]))
    assert released.shape == (4, 7)
    assert (np.diff(released, axis=0) >= 0.0).all()


def test_a_ph_gradient_holds_a_base_inside():
    # a base far below its pKa: at equilibrium the neutral drug is level, so inside holds 10^(7.4 - 4) times as much
    base, volume_ratio = 10.0, 0.01
    out = vesicle_rate(1e-9, 50e-9, neutral_fraction(4.0, [base]), 0.0)
    back = vesicle_return_rate(1e-9, 50e-9, neutral_fraction(7.4, [base]), volume_ratio)
    released = float(vesicle_core_released(1e15, out, 1.0, back))
    inside, outside = (1.0 - released) / volume_ratio, released
    assert inside / outside == pytest.approx(10.0**3.4, rel=5e-3)


def test_protein_outside_draws_drug_out():
    # level neutral drug, 9 of 10 on protein: outside holds ten times the free drug
    out = vesicle_rate(1e-9, 50e-9, 1.0, 0.0)
    back = vesicle_return_rate(1e-9, 50e-9, 1.0, 0.1, [0.0, 9.0])
    np.testing.assert_allclose(vesicle_core_released(1e9, out, 1.0, back), [10 / 11, 100 / 101], rtol=1e-9)


@given(st.floats(0.0, 10.0), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.floats(1e-4, 1e2))
def test_bilayer_drug_goes_to_the_equilibrium_of_dilution(bound, partition, lipid, rate):
    plateau = released_at_equilibrium(bound, partition, lipid)
    back = return_rate_at_equilibrium(rate, plateau)
    assert vesicle_core_released(1e9, rate, 1.0, back) == pytest.approx(float(plateau), rel=1e-9)
    # the way out starts at the rate itself, so the approach is faster by 1/F_eq
    assert vesicle_core_released(1e-10 / rate, rate, 1.0, back) == pytest.approx(1e-10, rel=1e-3)


def test_dissolved_share_is_capped_and_counts_what_is_bound():
    np.testing.assert_allclose(dissolved_in_core([2.0, 200.0], 100.0), [0.02, 1.0])
    assert dissolved_in_core(2.0, 100.0, 9.0) == pytest.approx(0.2)


def test_multivesicular_release_has_the_mean_of_a_weibull_law():
    # int exp(-t^2) dt = sqrt(pi)/2; the burst takes its share off
    mean = quad(lambda time: 1.0 - float(multivesicular_released(time, 0.1, 7.0, 2.0)), 0.0, 100.0)[0]
    assert mean == pytest.approx(0.9 * 7.0 * np.sqrt(np.pi) / 2.0)
    assert multivesicular_released(0.0, 0.1, 7.0, 2.0) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: dissolved_in_core(-1.0, 1.0), "solubility"),
        (lambda: dissolved_in_core(1.0, 0.0), "internal_concentration"),
        (lambda: dissolved_in_core(1.0, 1.0, -1.0), "bound_ratio"),
        (lambda: vesicle_return_rate(-1.0, 1.0, 1.0, 1.0), "permeability"),
        (lambda: vesicle_return_rate(1.0, 0.0, 1.0, 1.0), "inner_radius"),
        (lambda: vesicle_return_rate(1.0, 1.0, 1.1, 1.0), "neutral_fraction_outside"),
        (lambda: vesicle_return_rate(1.0, 1.0, 1.0, np.inf), "inner_to_outer_volume"),
        (lambda: vesicle_return_rate(1.0, 1.0, 1.0, 1.0, np.nan), "protein_bound_ratio"),
        (lambda: return_rate_at_equilibrium(-1.0, 0.5), "rate"),
        (lambda: return_rate_at_equilibrium(1.0, 0.0), "equilibrium_released"),
        (lambda: vesicle_core_released(-1.0, 1.0), "time"),
        (lambda: vesicle_core_released(1.0, np.nan), "rate"),
        (lambda: vesicle_core_released(1.0, 1.0, 1.5), "dissolved_share"),
        (lambda: vesicle_core_released(1.0, 1.0, 1.0, -1.0), "return_rate"),
        (lambda: vesicle_core_released(1.0, 1.0, 1.0, 1.0, -0.1), "burst_fraction"),
        (lambda: multivesicular_released(1.0, 2.0, 1.0, 1.0), "burst_fraction"),
        (lambda: multivesicular_released(1.0, 0.2, 0.0, 1.0), "erosion_time"),
    ],
)
def test_refuses(call, name):
    with pytest.raises(DomainError, match=f"^{name} ="):
        call()
