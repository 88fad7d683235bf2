"""Temperature, activity, survival and the bench against the body: known ratios, half-lives, limits, round trips."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.release.activity import (
    BODY_FACTOR_HIGH,
    BODY_FACTOR_LOW,
    BODY_FACTOR_TYPICAL,
    activity_half_life_at,
    activity_left,
    bench_time,
)
from formulate.release.arrhenius import arrhenius_factor, rate_at_temperature
from formulate.release.membrane import vesicle_released
from formulate.retention.survival import surviving_cells
from materials.errors import DomainError

TEMPERATURES, ENERGIES = st.floats(250.0, 370.0), st.floats(0.0, 150e3)


def test_known_ratios_of_rates():
    # 80 kJ/mol: 32 degC runs at 0.60 and 50 degC at 3.5 times the rate at 37 degC
    np.testing.assert_allclose(arrhenius_factor([305.15, 310.15, 323.15], 310.15, 80e3), [0.60, 1.0, 3.5], rtol=6e-3)
    # a doubling from 20 to 30 degC is 51.2 kJ/mol: R T1 T2 ln 2/10, by hand
    assert arrhenius_factor(303.15, 293.15, 51.2e3) == pytest.approx(2.0, rel=2e-3)
    assert arrhenius_factor(280.0, 310.0, 0.0) == 1.0


@given(TEMPERATURES, TEMPERATURES, TEMPERATURES, ENERGIES)
def test_factors_chain_and_invert(one, two, three, energy):
    through = arrhenius_factor(one, two, energy) * arrhenius_factor(two, three, energy)
    assert through == pytest.approx(float(arrhenius_factor(one, three, energy)), rel=1e-9)
    assert arrhenius_factor(one, two, energy) * arrhenius_factor(two, one, energy) == pytest.approx(1.0)
    if one > two:
        assert arrhenius_factor(one, two, energy) >= 1.0


def test_a_rate_is_scaled():
    assert rate_at_temperature(0.0, 300.0, 310.0, 80e3) == 0.0
    assert rate_at_temperature(2.0, 323.15, 310.15, 80e3) == pytest.approx(7.0, rel=6e-3)


def test_activity_halves_every_half_life():
    np.testing.assert_allclose(activity_left([0.0, 5.0, 10.0, 15.0], 5.0), [1.0, 0.5, 0.25, 0.125])
    assert activity_left(1e12, 1.0) == 0.0


@given(TEMPERATURES, ENERGIES, st.floats(0.1, 10.0))
def test_a_half_life_goes_against_the_rate(temperature, energy, protection):
    # the share lost in a time that is scaled with the rate is the same, whatever the temperature
    factor = float(arrhenius_factor(temperature, 310.15, energy))
    half_life = activity_half_life_at(3.0, temperature, 310.15, energy, protection)
    assert activity_left(1.0 / factor, half_life) == pytest.approx(2.0 ** (-1.0 / (3.0 * protection)))


def test_cold_keeps_and_a_matrix_protects():
    assert activity_half_life_at(1.0, 277.15, 310.15, 70e3) > 10.0
    assert activity_half_life_at(1.0, 310.15, 310.15, 70e3, 3.0) == pytest.approx(3.0)


@given(st.floats(0.0, 1e3), st.floats(0.0, 1.0), st.floats(0.1, 10.0))
def test_survival_between_its_two_laws(time, lasting, early):
    late = 20.0
    alive = float(surviving_cells(time, lasting, early, late))
    assert 2.0 ** (-time / early) - 1e-12 <= alive <= 2.0 ** (-time / late) + 1e-12
    assert surviving_cells(0.0, lasting, early, late) == pytest.approx(1.0)
    assert surviving_cells(time, 1.0, early, late) == pytest.approx(2.0 ** (-time / late))


def test_late_survival_is_that_of_the_lasting_share():
    # one in twenty past the first days, then a half-life of 60 days: 2.5 % after 60 days
    assert surviving_cells(60.0, 0.05, 1.0, 60.0) == pytest.approx(0.025, rel=1e-6)


@given(st.floats(0.0, 100.0), st.floats(0.1, 10.0), st.floats(1e-3, 1.0))
def test_the_body_runs_a_first_order_release_at_a_multiple_of_its_rate(time, factor, rate):
    in_body = vesicle_released(bench_time(time, factor), rate, 0.1)
    assert in_body == pytest.approx(float(vesicle_released(time, factor * rate, 0.1)))


def test_the_range_of_the_body_factor():
    assert (BODY_FACTOR_LOW, BODY_FACTOR_TYPICAL, BODY_FACTOR_HIGH) == (1.0, 2.0, 3.0)
    found = bench_time([0.0, 7.0], [[BODY_FACTOR_LOW], [BODY_FACTOR_TYPICAL], [BODY_FACTOR_HIGH]])
    np.testing.assert_allclose(found, [[0.0, 7.0], [0.0, 14.0], [0.0, 21.0]])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: arrhenius_factor(0.0, 310.0, 1.0), "temperature"),
        (lambda: arrhenius_factor(300.0, np.nan, 1.0), "reference_temperature"),
        (lambda: arrhenius_factor(300.0, 310.0, -1.0), "activation_energy"),
        (lambda: rate_at_temperature(-1.0, 300.0, 310.0, 1.0), "rate"),
        (lambda: activity_half_life_at(0.0, 300.0, 310.0, 1.0), "half_life"),
        (lambda: activity_half_life_at(1.0, 300.0, 310.0, 1.0, 0.0), "protection"),
        (lambda: activity_left(-1.0, 1.0), "time"),
        (lambda: activity_left(1.0, 0.0), "half_life"),
        (lambda: surviving_cells(-1.0, 0.5, 1.0, 1.0), "time"),
        (lambda: surviving_cells(1.0, 1.5, 1.0, 1.0), "lasting_share"),
        (lambda: surviving_cells(1.0, 0.5, 0.0, 1.0), "early_half_life"),
        (lambda: surviving_cells(1.0, 0.5, 1.0, np.inf), "late_half_life"),
        (lambda: bench_time(-1.0, 2.0), "time"),
        (lambda: bench_time(1.0, 0.0), "body_factor"),
    ],
)
def test_refuses(call, name):
    with pytest.raises(DomainError, match=f"^{name} ="):
        call()
