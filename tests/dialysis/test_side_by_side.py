"""A bag that is not first order makes no carrier, and free drug against itself none either."""

import numpy as np
import pytest

from formulate.dialysis.compartments import received
from formulate.dialysis.correction import correct
from formulate.dialysis.results import DialysisResult
from formulate.dialysis.side_by_side import shift
from formulate.experiment.data import Profile
from formulate.release.dialysis import dialysis_release

TIME = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0])
RATE = 0.9


def run(curve: np.ndarray, noise: float, seed: int, units: int = 3, time: np.ndarray = TIME) -> Profile:
    readings = curve + np.where(time > 0.0, np.random.default_rng(seed).normal(0.0, noise, (units, time.size)), 0.0)
    return Profile("run", time, readings, tuple(str(unit) for unit in range(units)))


def free(seed: int, noise: float = 1.0, lag: float = 0.0, units: int = 3, rate: float = RATE) -> Profile:
    """Make a run of free drug, mixed only after a while."""
    return run(100.0 * (1.0 - np.exp(-rate * np.maximum(TIME - lag, 0.0))), noise, seed, units)


def carrier(rate: float, seed: int, noise: float = 1.0, units: int = 3) -> Profile:
    return run(100.0 * dialysis_release(TIME, rate, RATE).received, noise, seed, units)


def words(result: DialysisResult) -> str:
    return " | ".join((*result.statements, *result.warnings))


def shifted(one: Profile, other: Profile, **settings: object):
    result = correct(one, other, model="first_order", time_unit="h", **settings)
    assert result.shift is not None
    return result.shift


@pytest.mark.parametrize("units", [1, 3])
def test_a_bag_that_mixes_late_makes_no_carrier(units):
    laws = ("first_order", "first_order_fmax")
    found = [
        correct(free(seed, lag=0.1, units=units), free(seed + 100, lag=0.1, units=units), model=laws)
        for seed in range(3)
    ]
    assert all(one.shows_only_bag for one in found)
    assert all(np.isnan(one.half_time).all() for one in found)


def test_a_control_that_is_not_first_order_is_named_and_gives_no_limit():
    found = correct(free(1, lag=0.1), free(2, lag=0.1), model="first_order", time_unit="h")
    assert "free drug does not leave the bag by first order (p < 0.0001)" in words(found)
    assert found.slowest_rate is None
    slow = correct(carrier(0.05, 3), free(2, lag=0.1), model="first_order", time_unit="h")
    assert not slow.shows_only_bag
    assert "matters less the slower the carrier" in words(slow)


def test_a_control_of_first_order_is_named_no_more_often_than_by_chance():
    named = sum(
        "by first order" in words(correct(carrier(0.2, s), free(s + 50), model="first_order")) for s in range(12)
    )
    assert named <= 1


def test_the_same_table_twice_is_told():
    slow = carrier(0.08, 1)
    found = correct(slow, slow, model="first_order_fmax")
    assert found.shows_only_bag
    assert "the same readings, number for number" in words(found)
    assert found.shift is not None
    assert found.shift.value == 0.0
    exact = carrier(0.08, 1, noise=0.0)
    assert correct(exact, exact, model="first_order").shows_only_bag


def test_a_run_that_is_later_by_a_given_time_is_found_so():
    found = shifted(free(1, 0.2, lag=0.05), free(2, 0.2))
    assert found.value == pytest.approx(0.05, abs=0.015)
    back = shifted(free(2, 0.2), free(1, 0.2, lag=0.05))
    assert back.value == pytest.approx(-found.value, abs=0.01)


@pytest.mark.parametrize("units", [1, 2, 3])
@pytest.mark.parametrize("rate", [0.02, 0.3, 3.0])  # 0.02: a seventh of the dose by the last reading
def test_a_carrier_is_later_than_free_drug(rate, units):
    found = correct(carrier(rate, 7, units=units), free(8, units=units), model="first_order", time_unit="h")
    assert found.shift is not None
    assert found.shift.low > 0.0
    assert not found.shows_only_bag


def test_part_of_the_dose_at_once_is_not_later():
    part = run(0.4 * free(0, 0.0).released[0], 0.4, 3)
    found = shifted(part, free(4))
    assert found.low < 0.0 < found.high


def test_the_shift_does_not_depend_on_the_unit_of_time_nor_on_the_height_of_the_control():
    one, other = carrier(3.0, 1), free(2)
    hours = shifted(one, other)
    minutes = [Profile("run", 60.0 * TIME, each.released, each.unit_names) for each in (one, other)]
    assert shifted(*minutes).value == pytest.approx(60.0 * hours.value, rel=1e-6)


def test_bags_that_differ_widen_the_interval():
    rates = RATE * np.array([[0.8], [1.0], [1.25]])
    apart = run(100.0 * (1.0 - np.exp(-rates * TIME)), 0.3, 5)
    found, alike = shifted(apart, free(6, 0.3)), shifted(free(7, 0.3), free(6, 0.3))
    assert found.high - found.low > 3.0 * (alike.high - alike.low)
    assert found.low < 0.0 < found.high


def test_runs_without_common_times_are_not_compared():
    other = np.array([0.0, 0.4, 0.7, 1.5, 2.5, 3.5, 5.0, 7.0, 9.0])
    outside = run(100.0 * dialysis_release(other, 0.3, RATE).received, 1.0, 1, time=other)
    found = correct(outside, free(2), model="first_order", time_unit="h")
    assert found.shift is None
    assert not found.shows_only_bag
    assert shift(outside, free(2), RATE, found.joint) is None


def test_drug_that_is_bound_again_is_later_by_itself_and_not_compared():
    at_once = run(received(TIME, lambda t: np.full(t.shape, 100.0), RATE, unbound_fraction=0.5), 0.5, 1)
    found = correct(at_once, free(2), model="first_order", unbound_fraction=0.5, time_unit="h")
    assert found.shift is None
    assert found.shows_only_bag


def test_half_before_the_first_reading_is_said():
    late = TIME[[0, 3, 4, 5, 6, 7, 8]]
    outside = run(100.0 * dialysis_release(late, 2.0, RATE).received, 0.5, 1, time=late)
    found = correct(outside, free(2, 0.5), model="first_order", time_unit="h")
    assert not found.shows_only_bag
    assert "half is out of the carrier before the first reading at 1 h" in words(found)
    assert "before the first reading" not in words(correct(carrier(0.3, 1), free(2), model="first_order"))


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (1.5, "reports mostly the bag"),
        (0.5, "needs this correction"),
        (0.19, "needs this correction"),
        (0.1, "reports mostly the carrier, which the bag delays by 1."),
    ],
)
def test_the_verdict_goes_by_which_of_the_two_is_the_slower(rate, said):
    found = correct(carrier(rate, 1, 0.3), free(2, 0.3), model="first_order", time_unit="h")
    assert said in words(found)
    other = {"reports mostly the bag", "needs this correction", "reports mostly the carrier"} - {said[:26]}
    assert not any(text in words(found) for text in other)
