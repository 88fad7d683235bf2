import numpy as np
import pytest
from scipy import stats

from formulate.similarity.bootstrap import bootstrap_f2
from formulate.similarity.factors import f2, factors
from formulate.similarity.results import F2Bootstrap, F2Interval, Floats
from materials.errors import DomainError

TRUTH = np.array([22.0, 41.0, 63.0, 78.0, 84.0])


def units(shift: float, seed: int, number: int = 12) -> Floats:
    generator = np.random.default_rng(seed)
    return np.asarray(TRUTH + shift + generator.normal(0.0, 4.0, (number, 1)) + generator.normal(0.0, 2.0, (number, 5)))


def interval(found: F2Bootstrap, estimator: str, points: str = "fixed") -> F2Interval:
    return next(each for each in found.intervals if (each.estimator, each.points) == (estimator, points))


def test_limits_agree_with_scipy() -> None:
    generator = np.random.default_rng(15)  # lopsided units, so that the acceleration matters
    reference, test = (
        TRUTH + shift + 5.0 * generator.exponential(size=(n, 1)) ** 2 for shift, n in ((0.0, 6), (30.0, 12))
    )

    def statistic(first: Floats, second: Floats, axis: int = -1) -> Floats:
        gap = reference[first.astype(int)].mean(axis=-2) - test[second.astype(int)].mean(axis=-2)
        return np.asarray(100.0 - 25.0 * np.log10(1.0 + (gap**2).mean(axis=-1)))

    found = bootstrap_f2(reference, test, count=40_000).main
    for method, low, high in (("BCa", found.bca_low, found.bca_high), ("percentile", found.low, found.high)):
        other = stats.bootstrap(
            (np.arange(6), np.arange(12)),
            statistic,
            n_resamples=40_000,
            confidence_level=0.9,
            method=method,
            vectorized=True,
            batch=10_000,
            rng=np.random.default_rng(3),
        ).confidence_interval
        assert (low, high) == pytest.approx((other.low, other.high), abs=0.4)


def test_values_are_those_of_the_data() -> None:
    reference, test = units(0.0, 1), units(5.0, 2)
    found, direct = bootstrap_f2(reference, test, count=200), factors(reference, test)
    assert found.main.value == pytest.approx(direct.f2)
    assert interval(found, "expected f2").value == pytest.approx(direct.expected)
    assert interval(found, "bias-corrected f2").value == pytest.approx(direct.bias_corrected)


def test_the_same_seed_gives_the_same_limits() -> None:
    reference, test = units(0.0, 1), units(5.0, 2)
    first, again, other = (bootstrap_f2(reference, test, count=500, seed=seed) for seed in (4, 4, 5))
    assert first.main == again.main
    assert first.main != other.main


def test_level_is_kept_on_the_safe_side() -> None:
    # f2 of the true means is what the limits are for: both 5 below, 49.9 would be 10 below.
    truth = f2(TRUTH, TRUTH + 8.0)
    results = [bootstrap_f2(units(0.0, seed), units(8.0, 10_000 + seed), count=400).main for seed in range(200)]
    below = np.mean([truth < found.low for found in results])
    above = np.mean([truth > found.high for found in results])
    assert 0.01 <= below <= 0.11
    assert above <= 0.13


def test_points_are_taken_anew_in_each_replicate() -> None:
    reference, test = units(0.0, 1), units(5.0, 2)  # the last means lie about 85 %
    found = bootstrap_f2(reference, test, count=2000, rule_id="ema")
    assert {each.points for each in found.intervals} == {"fixed", "selected"}
    assert interval(found, "f2", "selected").value == pytest.approx(found.main.value)
    assert interval(found, "f2", "selected").low != found.main.low
    far = bootstrap_f2(reference - 15.0, test - 15.0, count=2000, rule_id="ema")  # none near 85 %
    assert interval(far, "f2", "selected").low == pytest.approx(far.main.low)
    assert far.time.size == 5


def test_equal_means_have_no_bca_limit() -> None:
    reference = units(0.0, 1)
    found = bootstrap_f2(reference, reference, count=500).main
    assert found.value == 100.0
    assert found.low < found.high <= 100.0
    assert np.isnan(found.bca_low)


def test_replicates_without_a_bracket_rank_above_all() -> None:
    generator = np.random.default_rng(2)
    reference, test = (generator.normal([20.0, 50.0, 80.0], 10.0, (4, 3)) for _ in range(2))
    found = interval(bootstrap_f2(reference, test, count=1000), "bias-corrected f2")
    assert 50 < found.undefined < 1000
    assert np.isnan(found.high)  # more than 5 % of them


def test_two_units_of_a_product_are_enough_for_percentiles() -> None:
    found = bootstrap_f2(units(0.0, 1, 2), units(5.0, 2, 3), count=200)
    assert np.isfinite([found.main.low, found.main.high]).all()
    assert np.isnan(interval(found, "expected f2").bca_low)  # one unit left over has no spread


@pytest.mark.parametrize(
    ("reference", "options", "message"),
    [
        ([[20.0, 50.0, 80.0]], {}, "units of the reference = 1; need >= 2"),
        ([[20.0, 50.0], [21.0, np.nan]], {}, "reference = nan %; need a reading of each unit"),
        ([[20.0, 50.0, 80.0]] * 3, {"count": 99}, "count = 99; need >= 100"),
        ([[20.0, 50.0, 80.0]] * 3, {"level": 1.0}, "level = 1; need"),
        ([[20.0, 50.0]] * 3, {}, "points of the test = 3; need 2"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(
    reference: list[list[float]], options: dict[str, float], message: str
) -> None:
    with pytest.raises(DomainError, match=message):
        bootstrap_f2(reference, [[25.0, 55.0, 85.0]] * 3, **options)
