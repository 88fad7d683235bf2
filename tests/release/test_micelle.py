"""Micelles against closed forms, mass balance, a numeric solution and the equilibria of loading."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.loading.micelle_balance import dilute_micelles
from formulate.release.membrane import released_at_equilibrium
from formulate.release.micelle import free_of_cores, micelle_course, micelle_released, micelles_left
from materials.errors import DomainError

HOUR = 3600.0
CORE = (1e4, 0.5, 1250.0)  # partition, core-forming block, density


def test_free_share_in_the_limits():
    assert free_of_cores(1e5, 0.0) == 1.0
    assert free_of_cores(0.0, 0.1) == 1.0
    assert free_of_cores(1e9, 0.1) == pytest.approx(1e-8, rel=1e-6)
    # as much in the cores as in the water and on the protein
    assert free_of_cores(100.0, 0.1, 9.0) == 0.5


@given(st.floats(0.0, 1e6), st.floats(0.0, 1.0), st.floats(0.0, 100.0))
def test_cores_take_up_as_bilayers_do(partition, ratio, bound):
    # another module has the same balance for lipid by mass
    assert free_of_cores(partition, ratio, bound) == pytest.approx(
        float(released_at_equilibrium(bound, partition, ratio))
    )


def test_above_the_cmc_nothing_moves_but_partition():
    # the equilibrium that loading computes for a dilution, and no change with time when micelles are at theirs
    diluted = dilute_micelles(1.0, 10.0, 0.03, 1e4, 0.5, 1250.0, 1e-6, 9e-6)
    found = micelle_released([0.0, HOUR, 1e9], 1.0, 0.03, HOUR, *CORE, 0.0, 0.97)
    np.testing.assert_allclose(found, 1.0 - float(diluted.drug_in_cores), rtol=1e-12)


def test_below_the_cmc_all_is_free_after_many_half_lives():
    found = micelle_released([0.0, HOUR, 1e3 * HOUR], 0.1, 0.2, HOUR, *CORE)
    # 0.1 kg/m3 of which half core of 1250: 4e-5 by volume, K phi = 0.4, then half of it, then none
    np.testing.assert_allclose(found, [1 / 1.4, 1 / 1.2, 1.0], rtol=2e-5)


def test_frozen_cores_hold_however_far_they_are_diluted():
    assert micelle_released(HOUR, 0.1, 10.0, 1e12, *CORE) == pytest.approx(1 / 1.4, rel=2e-5)


@given(st.floats(1e-3, 10.0), st.floats(0.0, 10.0), st.floats(0.01, 100.0), st.floats(0.0, 1.0), st.floats(0.0, 20.0))
def test_a_course_without_change_is_the_closed_form(total, critical, half_life, start, bound):
    times = np.linspace(0.0, 50.0, 11)
    course = micelle_course(times, [[total]], [[1.0]], critical, half_life, *CORE, bound, start)
    closed = micelle_released(times, total, critical, half_life, *CORE, bound, start)
    np.testing.assert_allclose(course[0], closed, rtol=1e-10)
    assert ((closed > 0.0) & (closed <= 1.0)).all()


@given(st.floats(1e-6, 1e3))
def test_small_and_large_steps_agree(half_life):
    # a straight equilibrium share is followed exactly, whatever the step
    few, many = np.array([0.0, 7.0, 10.0]), np.linspace(0.0, 10.0, 1001)
    critical = 0.1

    def concentration(times):
        return critical / (1.0 - (0.9 - 0.05 * times))  # 1 - CMC/C falls straight

    coarse = micelles_left(few, concentration(few), critical, half_life)
    fine = micelles_left(many, concentration(many), critical, half_life)
    np.testing.assert_allclose(coarse[0, 1:], fine[0, [700, 1000]], atol=1e-9)


def test_course_against_a_numeric_solution():
    # a joint that is injected, swells for hours and drains copolymer: volume and mass both change
    times = np.linspace(0.0, 48.0, 200)
    half_life, critical = 6.0, 0.02

    def volume(time):
        return 5e-6 + 5e-6 * np.exp(-time / 4.0)

    def mass(time):
        return 1e-6 * np.exp(-time / 10.0)

    def fall(time, left):
        stable = max(0.0, 1.0 - critical * volume(time) / mass(time))
        return np.log(2.0) / half_life * (stable - left)

    run = solve_ivp(fall, (0.0, 48.0), [1.0], t_eval=times, rtol=1e-9, atol=1e-11, max_step=0.05)
    cores = run.y[0] * mass(times) / volume(times) * 0.5 / 1250.0
    expected = 1.0 / (1.0 + 1e5 * cores / (1.0 - cores))
    found = micelle_course(times, mass(times)[None], volume(times)[None], critical, half_life, 1e5, 0.5, 1250.0)
    np.testing.assert_allclose(found[0], expected, atol=1e-4)


def test_dilution_only_releases():
    times = np.linspace(0.0, 20.0, 40)
    volume = 1e-5 * (1.0 + times)
    found = micelle_course(times, [[1e-5]], volume[None], [[0.1], [0.5]], [[1.0], [10.0]], 1e5, 0.5, 1250.0)
    assert found.shape == (2, 40)
    assert (np.diff(found, axis=1) > 0.0).all()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: free_of_cores(-1.0, 0.1), "partition_coefficient"),
        (lambda: free_of_cores(1.0, np.nan), "core_to_water"),
        (lambda: free_of_cores(1.0, 0.1, -1.0), "protein_bound_ratio"),
        (lambda: micelle_released(-1.0, 1.0, 0.1, 1.0, *CORE), "time"),
        (lambda: micelle_released(1.0, 0.0, 0.1, 1.0, *CORE), "copolymer_concentration"),
        (lambda: micelle_released(1.0, 1e4, 0.1, 1.0, 1.0, 1.0, 1000.0), "copolymer_concentration"),
        (lambda: micelle_released(1.0, 1.0, -0.1, 1.0, *CORE), "critical_micelle_concentration"),
        (lambda: micelle_released(1.0, 1.0, 0.1, 0.0, *CORE), "half_life"),
        (lambda: micelle_released(1.0, 1.0, 0.1, 1.0, 1.0, 1.5, 1250.0), "core_mass_share"),
        (lambda: micelle_released(1.0, 1.0, 0.1, 1.0, 1.0, 0.5, 0.0), "core_density"),
        (lambda: micelle_released(1.0, 1.0, 0.1, 1.0, *CORE, 0.0, 2.0), "share_at_start"),
        (lambda: micelles_left([1.0, 2.0], [[1.0, 1.0]], 0.1, 1.0), "time"),
        (lambda: micelles_left([0.0, 2.0, 2.0], [[1.0]], 0.1, 1.0), "time"),
        (lambda: micelle_course([0.0, 1.0], [[0.0]], [[1.0]], 0.1, 1.0, *CORE), "copolymer_mass"),
        (lambda: micelle_course([0.0, 1.0], [[1.0]], [[-1.0]], 0.1, 1.0, *CORE), "volume"),
    ],
)
def test_refuses(call, name):
    with pytest.raises(DomainError, match=f"^{name} ="):
        call()
