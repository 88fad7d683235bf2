import numpy as np
import pytest
from scipy import stats

from formulate.similarity.difference import difference_limits
from formulate.similarity.maximum import maximum_deviation
from formulate.similarity.tolerance import howe_factor, sas_factor, tolerance_limits
from materials.errors import DomainError

GENERATOR = np.random.default_rng(8)
REFERENCE = GENERATOR.normal([20.0, 50.0, 80.0], [2.0, 4.0, 3.0], (7, 3))
TEST = GENERATOR.normal([24.0, 53.0, 81.0], [3.0, 2.0, 3.0], (5, 3))
TIME = [1.0, 7.0, 28.0]
# Tsong, Hammerstrom, Sathe and Shah (1996), table 1, reference at 15 and 90 min
TSONG = np.array([[65.58, 93.14], [67.17, 88.01], [65.56, 86.83], [66.51, 88.00], [69.06, 89.70], [69.77, 88.88]])


def test_limits_of_the_difference_are_welch() -> None:
    low, high = difference_limits(
        (REFERENCE.mean(axis=0), TEST.mean(axis=0)),
        (REFERENCE.std(axis=0, ddof=1), TEST.std(axis=0, ddof=1)),
        (7, 5),
    )
    other = stats.ttest_ind(TEST, REFERENCE, equal_var=False).confidence_interval(0.9)
    assert low == pytest.approx(other.low)
    assert high == pytest.approx(other.high)


def test_one_unit_gives_no_limits_and_no_spread_gives_a_point() -> None:
    low, high = difference_limits(([50.0], [60.0]), ([0.0], [0.0]), (1, 3))
    assert np.isnan([low[0], high[0]]).all()
    low, high = difference_limits(([50.0], [60.0]), ([0.0], [0.0]), (3, 3))
    assert (low[0], high[0]) == (10.0, 10.0)
    with pytest.raises(DomainError, match="level = 2"):
        difference_limits(([50.0], [60.0]), ([1.0], [1.0]), (3, 3), level=2.0)


def test_intersection_union_is_the_worst_of_two_one_sided_tests() -> None:
    found = maximum_deviation(REFERENCE, TEST, time=TIME, count=200)
    other = stats.ttest_ind(TEST, REFERENCE, equal_var=False).confidence_interval(0.9)
    worst = np.maximum(np.abs(other.low), np.abs(other.high))
    assert found.union_high == pytest.approx(worst.max())
    assert found.union_at == TIME[int(worst.argmax())]


def test_bootstrap_limit_of_one_time_is_that_of_scipy() -> None:
    found = maximum_deviation(REFERENCE[:, :1], TEST[:, :1], count=20_000)
    other = stats.bootstrap(
        (REFERENCE[:, 0], TEST[:, 0]),
        lambda a, b, axis: np.abs(a.mean(axis=axis) - b.mean(axis=axis)),
        n_resamples=20_000,
        confidence_level=0.9,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert found.high == pytest.approx(other.high, abs=0.08)
    assert found.value <= found.high


def test_largest_difference_and_its_time() -> None:
    found = maximum_deviation([[20.0, 50.0, 80.0]] * 3, [[26.0, 41.0, 80.0]] * 3, time=TIME, count=100)
    assert (found.at, found.value, found.high, found.similar) == (7.0, 9.0, 9.0, True)
    assert not maximum_deviation([[20.0, 50.0]] * 3, [[26.0, 39.0]] * 3, count=100).similar


@pytest.mark.parametrize("option", [{"limit": 0.0}, {"confidence": 0.4}, {"count": 10}])
def test_impossible_options_are_refused(option: dict[str, float]) -> None:
    with pytest.raises(DomainError, match=f"{next(iter(option))} = "):
        maximum_deviation(REFERENCE, TEST, **option)


def test_factor_of_sas() -> None:
    # limits of the same tablets as the tests of disprofas (Dahinden), function mztia, give them
    factor = float(sas_factor(6, 0.99, 0.95))
    mean, deviation = TSONG.mean(axis=0), TSONG.std(axis=0, ddof=1)
    assert mean - factor * deviation == pytest.approx([56.9041726, 76.2458801], rel=1e-8)
    assert mean + factor * deviation == pytest.approx([77.6458274, 101.940787], rel=1e-8)


def test_howe_limits_hold_the_share_with_the_confidence() -> None:
    sample = np.random.default_rng(4).normal(size=(4000, 10))
    factor = float(howe_factor(10, 0.9, 0.95))
    mean, reach = sample.mean(axis=1), factor * sample.std(axis=1, ddof=1)
    held = stats.norm.cdf(mean + reach) - stats.norm.cdf(mean - reach)
    assert np.mean(held >= 0.9) == pytest.approx(0.95, abs=0.012)
    assert factor < float(sas_factor(10, 0.9, 0.95))


def test_readings_outside_are_named() -> None:
    test = [[67.0, 89.0], [40.0, np.nan], [67.0, 120.0]]
    found = tolerance_limits(TSONG, test, time=[15.0, 90.0], test_names=["a", "b", "c"])
    assert [(each.unit, each.time, each.value) for each in found.outside] == [("b", 15.0, 40.0), ("c", 90.0, 120.0)]
    assert (found.readings, found.similar) == (5, False)
    assert tolerance_limits(TSONG, TSONG, time=[15.0, 90.0]).similar


def test_a_lost_reading_widens_the_limits() -> None:
    gap = TSONG.copy()
    gap[0, 0] = np.nan
    found = tolerance_limits(gap, TSONG, time=[15.0, 90.0])
    assert found.factor[0] == pytest.approx(float(howe_factor(5, 0.99, 0.95)))
    assert found.factor[0] > found.factor[1]


def test_limits_without_spread_are_refused() -> None:
    with pytest.raises(DomainError, match="readings of the reference at a time = 1; need >= 2"):
        tolerance_limits(TSONG[:1], TSONG, time=[15.0, 90.0])
    with pytest.raises(DomainError, match="share = 1"):
        howe_factor(6, 1.0, 0.95)
    with pytest.raises(DomainError, match="units = 1; need >= 2"):
        sas_factor(1, 0.9, 0.95)
