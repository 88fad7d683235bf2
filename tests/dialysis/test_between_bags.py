"""Bags that differ in their rate: found again, held by the intervals, and said where they cannot be seen."""

import numpy as np
import pytest

from formulate.curves.library import model
from formulate.dialysis.between_bags import bag_scatter, shares, widened
from formulate.dialysis.compartments import received
from formulate.dialysis.correction import correct
from formulate.dialysis.results import DialysisResult
from formulate.experiment.data import Profile
from formulate.fitting.points import points_of

TIME = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0])
BAG, CARRIER = 0.4, 0.2


def run(rates: np.ndarray, noise: float, rng: np.random.Generator, carrier: float | None = CARRIER) -> Profile:
    """Make readings of bags with these rates, of a first-order carrier or of free drug."""

    def release(t):
        return np.full(t.shape, 100.0) if carrier is None else model("first_order").curve(t, carrier)

    curves = np.array([received(TIME, release, rate) for rate in rates])
    names = tuple(str(unit) for unit in range(len(rates)))
    return Profile("run", TIME, curves + rng.normal(0.0, noise, curves.shape), names)


def found(spread: float, seed: int, bags: int = 3, noise: float = 1.0, **settings: object) -> DialysisResult:
    rng = np.random.default_rng(seed)
    rates = BAG * np.exp(rng.normal(0.0, spread, (2, bags)))
    settings = {"model": "first_order", "time_unit": "h"} | settings
    return correct(run(rates[0], noise, rng), run(rates[1], noise, rng, None), **settings)


def words(result: DialysisResult) -> str:
    return " | ".join((*result.statements, *result.warnings))


def test_the_spread_of_many_bags_is_found():
    scatter = found(0.1, 3, bags=40).bag_scatter
    assert scatter.bags == (40, 40)
    assert scatter.value == pytest.approx(0.1, abs=0.017)  # two errors of a standard deviation of 78 freedoms
    assert scatter.error == pytest.approx(0.01 * np.sqrt(2.0 / 78.0), rel=0.5)
    assert scatter.within == pytest.approx(1.0, abs=0.15)


def test_bags_that_do_not_differ_leave_the_intervals_as_they_are():
    spreads = [found(0.0, seed) for seed in range(8)]
    alike = [one for one in spreads if one.bag_scatter.value == 0.0]
    assert len(alike) >= 2
    assert all(one.bag_scatter.value < 0.04 for one in spreads)
    for one in alike:
        assert one.release.criteria.degrees_of_freedom == 2 * 3 * TIME.size - 2
        assert "Bags differ" not in words(one)


def test_the_half_time_is_held_where_bags_differ():
    truth = np.log(2.0) / CARRIER
    results = [found(0.1, seed) for seed in range(18)]
    hits = sum(one.half_time[1] < truth < one.half_time[2] for one in results)
    assert hits >= 14  # 17 expected, fewer than 14 once in five hundred; as if all bags were one, 10
    rates = sum(one.bag_rate.low < BAG < one.bag_rate.high for one in results)
    assert rates >= 14
    assert any("Bags differ by" in words(one) for one in results)


def test_the_variance_is_that_of_estimates_made_again_and_again():
    # many bags, so that a single experiment knows how far they differ; the rate of the carrier over experiments
    rates = [found(0.1, seed, bags=8, noise=0.5).release.parameters[0] for seed in range(18)]
    spread = np.std([np.log(rate.value) for rate in rates], ddof=1)
    said = np.mean([rate.standard_error / rate.value for rate in rates])
    assert said == pytest.approx(spread, rel=0.45)  # an error of a standard deviation of 18 is 17 %


def test_a_faster_bag_of_both_runs_moves_the_rate_of_the_bag_and_nothing_else():
    result = found(0.1, 5)
    joint, scatter = result.joint, result.bag_scatter
    parts = shares(joint, scatter)
    # a and b add up to one step of kbag: what is left is the covariance of their difference
    assert parts.of_bags[1, 1] < scatter.value**2 / 3 * joint.values[1] ** 2 * 1.0001
    assert parts.of_bags[1, 1] > scatter.value**2 / 6 * joint.values[1] ** 2 * 0.9999
    assert (parts.freedom <= joint.criteria.degrees_of_freedom).all()
    assert (parts.freedom >= 1).all()


def test_means_hold_the_differences_of_the_bags_behind_them():
    pooled, means = found(0.1, 2), found(0.1, 2, replicates="mean")
    assert means.bag_scatter.value == pytest.approx(pooled.bag_scatter.value, rel=0.05)
    width = [np.log(one.half_time[2] / one.half_time[1]) for one in (pooled, means)]
    assert width[1] == pytest.approx(width[0], rel=0.4)


def test_one_bag_of_each_says_what_another_bag_would_make_of_it():
    single = found(0.0, 1, bags=1, noise=0.3)
    assert single.bag_scatter is None
    assert "cannot be seen from these readings" in words(single)
    slower, faster = single.half_time_in_other_bags
    assert slower < single.half_time[0] < faster  # a slower bag leaves less of the delay to the carrier
    # the readings of a carrier in a bag a tenth faster than that of the free drug, made and corrected
    rng = np.random.default_rng(1)
    other = correct(
        run(np.array([1.1 * BAG]), 0.0, rng), run(np.array([BAG]), 0.0, rng, None), model="first_order", time_unit="h"
    )
    assert other.half_time_in_other_bags[1] == pytest.approx(np.log(2.0) / CARRIER, rel=0.01)
    assert "cannot be seen" not in words(found(0.0, 1))


def test_a_limit_of_the_rate_is_lower_where_bags_differ():
    rng = np.random.default_rng(0)
    free = run(BAG * np.array([0.85, 1.0, 1.15]), 1.0, rng, None)
    fast = run(BAG * np.array([0.85, 1.0, 1.15]), 1.0, rng, 200.0)
    apart = correct(fast, free, model="first_order", time_unit="h")
    alike = correct(run(BAG * np.ones(3), 1.0, rng, 200.0), run(BAG * np.ones(3), 1.0, rng, None), model="first_order")
    assert apart.shows_only_bag
    assert alike.shows_only_bag
    assert apart.slowest_rate < 0.8 * alike.slowest_rate


def test_too_few_readings_or_one_bag_tell_no_scatter():
    result = found(0.1, 1)
    rng = np.random.default_rng(0)
    one = points_of(run(np.array([BAG]), 0.1, rng))
    assert bag_scatter(result.joint, one, one) is None
    assert widened(result.joint, None, 1) == (result.joint, result.joint.criteria.degrees_of_freedom)
