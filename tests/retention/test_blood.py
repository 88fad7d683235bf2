"""Carriers in blood against the exact solution of saturable uptake, limits, quadrature and conservation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.special import lambertw

from formulate.retention import blood
from materials.errors import DomainError

DAY, HOUR, MINUTE = 86400.0, 3600.0, 60.0
TIME = np.concatenate([[0.0], np.geomspace(10.0, 5 * DAY, 60)])
AT_ONCE = np.ones((1, len(TIME)))
SHARES = {"liver": np.array([0.7]), "marrow": np.array([0.3])}


def bare(dose: float, half: float = 1.0, arrived: np.ndarray = AT_ONCE) -> dict[str, np.ndarray]:
    rate = np.array([np.log(2) / (3 * MINUTE)])
    return blood.taken_up(TIME, arrived, rate, SHARES, np.array([dose]), np.array([half]))


def test_saturable_uptake_is_lamberts_function():
    # Schnell and Mendoza, J Theor Biol 1997;187:207
    for dose in (0.01, 1.0, 30.0):
        start = dose * np.exp(np.minimum(dose - np.log(2) / (3 * MINUTE) * TIME, 600.0))
        exact = lambertw(start).real / dose
        assert bare(dose)[blood.BLOOD][0] == pytest.approx(exact, abs=3e-4)


def test_uptake_of_a_dose_that_comes_late_follows_an_independent_solver():
    time = np.array([0.0, 50.0, 51.0, 60.0, 100.0, 400.0, 2000.0])
    arrived = np.where(time >= 51.0, 1.0, 0.0) * np.ones((3, 1))
    rate, dose, half = np.full(3, 0.01), np.array([0.0, 1e-3, 3e-2]), np.full(3, 1e-3)
    found = blood.taken_up(time, arrived, rate, {"liver": np.ones(3)}, dose, half)[blood.BLOOD]
    for draw, filling in enumerate(dose / half):
        came = solve_ivp(lambda t, a, f=filling: 1.0 - 0.01 * a / (1 + f * a), (50, 51), [0.0], rtol=1e-10, atol=1e-13)
        fell = solve_ivp(
            lambda t, a, f=filling: -0.01 * a / (1 + f * a),
            (51, 2000),
            came.y[:, -1],
            "LSODA",
            time[2:],
            rtol=1e-10,
            atol=1e-13,
        )
        assert found[draw, :2].tolist() == [0.0, 0.0]
        assert found[draw, 2:] == pytest.approx(fell.y[0], rel=1e-6, abs=1e-8)


def test_a_small_dose_leaves_in_first_order_and_a_large_one_at_a_constant_rate():
    assert bare(1e-6)[blood.BLOOD][0] == pytest.approx(np.exp2(-TIME / (3 * MINUTE)), abs=1e-4)
    large = bare(1e4)[blood.BLOOD][0]
    rate = np.log(2) / (3 * MINUTE) / 1e4  # Vmax over the dose
    assert large == pytest.approx(1 - rate * TIME, abs=2e-3)


def test_the_first_half_life_is_that_of_the_dose():
    fall = -np.diff(bare(5.0)[blood.BLOOD][0])[0] / TIME[1]
    assert np.log(2) / fall == pytest.approx(float(blood.uptake_half_life(180.0, 5.0, 1.0)), rel=0.01)


@given(st.floats(1e-3, 1e2), st.floats(1.01, 100.0))
def test_more_particles_circulate_longer(dose, more):
    assert (bare(dose * more)[blood.BLOOD] >= bare(dose)[blood.BLOOD] - 1e-4).all()
    assert blood.uptake_half_life(180.0, dose * more, 1.0) > blood.uptake_half_life(180.0, dose, 1.0)


def test_pegylated_particles_leave_alike_at_any_dose():
    # linear without a saturation (panagi2001); a release over a day against quadrature of the convolution
    rate = np.array([np.log(2) / (8 * HOUR)])
    arrived = np.minimum(TIME / DAY, 1.0)[None, :]
    found = blood.taken_up(TIME, arrived, rate, SHARES)
    fine = np.linspace(0.0, DAY, 20001)
    for at in (45, 60):
        level = np.trapezoid(np.where(fine <= TIME[at], np.exp2(-(TIME[at] - fine) / (8 * HOUR)), 0.0), fine) / DAY
        # arrivals are linear between the times of the grid, but for the one that holds the end of the input
        assert found[blood.BLOOD][0, at] == pytest.approx(level, abs=0.01)


@pytest.mark.parametrize("dose", [None, 0.1, 10.0])
def test_what_is_given_is_somewhere_and_organs_only_fill(dose):
    arrived = np.minimum(TIME / DAY, 1.0)[None, :]
    linear = blood.taken_up(TIME, arrived, np.array([1e-3]), SHARES)
    found = bare(dose, arrived=arrived) if dose else linear
    assert sum(found.values()) == pytest.approx(arrived, abs=1e-12)
    assert found["liver"] == pytest.approx(found["marrow"] * 7 / 3)
    assert np.diff(found["liver"]).min() >= 0
    assert found[blood.BLOOD].min() >= -1e-12


def test_a_sum_of_exponentials():
    # two vesicle half-lives, 2 and 20 min, in halves: after 20 min half of the slow half, and a thousandth
    found = blood.sum_of_exponentials(np.array([0.0, 20 * MINUTE]), [0.5, 0.5], [2 * MINUTE, 20 * MINUTE])
    assert found == pytest.approx([1.0, 0.25 + 0.5 / 1024])


def test_a_gain_multiplies_small_shares_and_never_makes_more_than_all():
    assert blood.boosted_share(1e-4, 5.0) == pytest.approx(5e-4, rel=1e-3)
    assert (blood.boosted_share(np.array([0.0, 0.9, 1.0]), 1e6) <= 1.0).all()
    assert blood.boosted_share(0.3, 1.0) == pytest.approx(0.3)


def cells(**changed) -> dict[str, np.ndarray]:
    numbers = {
        "lung_share": 0.85, "lung_rate": 1 / (2 * DAY), "organ_rate": 1e-3, "homing": 0.005,
        "death_rate": np.log(2) / (3 * DAY),
    } | changed  # fmt: skip
    given_as = {name: np.array([value]) for name, value in numbers.items()}
    return blood.cells_in_blood(TIME, AT_ONCE, shares={"liver": np.array([1.0])}, home="marrow", **given_as)


def test_cells_are_in_the_lungs_first_and_few_reach_bone():
    found = cells()
    assert found[blood.LUNG][0] == pytest.approx(0.85 * np.exp(-TIME / (2 * DAY)), abs=1e-9)
    assert sum(found.values()) == pytest.approx(AT_ONCE, abs=1e-12)
    immortal = cells(death_rate=0.0)
    gone = 1 - immortal[blood.LUNG] - immortal[blood.BLOOD]
    assert immortal["marrow"] == pytest.approx(0.005 * gone, abs=1e-9)


def test_homing_is_of_the_cells_given_and_twice_the_share_is_twice_the_cells():
    assert cells(homing=0.01)["marrow"] == pytest.approx(2 * cells(homing=0.005)["marrow"], abs=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: blood.sum_of_exponentials(-1.0, 0.5, 1.0), "time = -1"),
        (lambda: blood.sum_of_exponentials(1.0, [0.7, 0.7], [1.0, 1.0]), "shares = 1.4"),
        (lambda: blood.sum_of_exponentials(1.0, 1.5, 1.0), "shares = 1.5"),
        (lambda: blood.sum_of_exponentials(1.0, 0.5, 0.0), "half_lives = 0"),
        (lambda: blood.uptake_half_life(0.0, 1.0, 1.0), "half_life = 0"),
        (lambda: blood.uptake_half_life(1.0, -1.0, 1.0), "dose = -1"),
        (lambda: blood.uptake_half_life(1.0, 1.0, 0.0), "half_saturation = 0"),
        (lambda: blood.boosted_share(0.5, 0.0), "gain = 0"),
        (lambda: blood.boosted_share(1.5, 1.0), "share = 1.5"),
        (lambda: blood.taken_up(TIME, AT_ONCE, np.ones(1), {"liver": np.array([0.5])}), "shares = 0.5"),
        (lambda: cells(death_rate=-1.0), "loss_rate = -1"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(DomainError, match=words):
        call()
