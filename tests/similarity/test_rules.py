import numpy as np
import pytest

from formulate.similarity.results import Floats, RuleResult
from formulate.similarity.rules import apply, known_rules, points_used, rule
from materials.errors import UnknownIdError

MINUTE, DAY = 60.0, 86400.0
TIME = np.array([5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0])


def judged(
    id: str,
    reference: Floats,
    test: Floats,
    variations: tuple[Floats, Floats],
    seconds: float = MINUTE,
    units: int = 12,
) -> RuleResult:
    deviations = tuple(mean * variation / 100.0 for mean, variation in zip((reference, test), variations, strict=True))
    return apply(rule(id), TIME, reference, test, seconds=seconds, deviations=deviations, units=(units, units))


# The example of the vignette "Introduction to bootf2" (Xu 2021) on the wording of the FDA.
SLOW = np.array([7.0, 15.0, 50.0, 69.0, 82.0, 84.0, 86.0])
FAST = np.array([10.0, 20.0, 55.0, 86.0, 90.0, 95.0, 97.0])


@pytest.mark.parametrize(
    ("id", "last"), [("ema", 20.0), ("fda", 20.0), ("canada", 20.0), ("anvisa", 20.0), ("both", 60.0)]
)
def test_last_point_of_the_published_example(id: str, last: float) -> None:
    assert apply(rule(id), TIME, FAST, SLOW).time[-1] == last


def test_who_looks_at_the_reference_alone() -> None:
    assert apply(rule("who"), TIME, FAST, SLOW).time[-1] == 20.0
    assert apply(rule("who"), TIME, SLOW, FAST).time[-1] == 60.0


# Means and coefficients of variation as the vignette "Calculating similarity factor f2" of bootf2 prints them.
REFERENCE = np.array([17.60, 42.48, 63.95, 79.22, 94.18, 98.98, 99.39])
TEST = np.array([19.02, 50.77, 76.24, 90.52, 98.68, 99.41, 99.42])
NARROW = (
    np.array([18.33, 12.82, 8.95, 5.99, 2.38, 0.98, 0.89]),
    np.array([17.66, 10.46, 5.79, 2.91, 1.08, 0.88, 0.88]),
)
WIDE_REFERENCE = np.array([17.92, 43.02, 64.46, 79.55, 94.20, 98.95, 99.39])
WIDE_TEST = np.array([19.19, 51.11, 76.58, 90.73, 98.70, 99.41, 99.42])
WIDE = (np.array([25.93, 19.05, 13.90, 9.66, 3.83, 1.05, 0.89]), np.array([25.22, 15.82, 9.13, 4.49, 1.18, 0.88, 0.88]))


@pytest.mark.parametrize(
    ("id", "printed", "points"),
    [("ema", 51.34, 4), ("fda", 51.34, 4), ("who", 53.13, 5), ("both", 53.13, 5), ("anvisa", 51.34, 4)],
)
def test_bootf2_vignette_with_little_spread(id: str, printed: float, points: int) -> None:
    found = judged(id, REFERENCE, TEST, NARROW)
    assert found.f2 == pytest.approx(printed, abs=0.01)
    assert (found.time.size, found.similar, found.unmet) == (points, True, ())
    assert found.verdict.startswith("similar: f2 = 5")


def test_bootf2_vignette_with_much_spread() -> None:
    found = judged("ema", WIDE_REFERENCE, WIDE_TEST, WIDE)
    assert found.f2 == pytest.approx(51.68, abs=0.01)
    assert found.similar is None
    assert len(found.unmet) == 3  # both at 5 min, above 20 %; the reference at 15 min, above 10 %
    assert "reference at 15: coefficient of variation 13.9 %, at most 10 %" in found.unmet
    assert len(judged("fda", WIDE_REFERENCE, WIDE_TEST, WIDE).unmet) == 2  # 20 % up to 15 min


def test_the_share_of_early_points_of_anvisa() -> None:
    # five points collected: the first two are early (RDC 31/2010)
    time, mean = np.array([30.0, 60.0, 90.0, 120.0, 240.0]), np.array([20.0, 35.0, 50.0, 60.0, 80.0])
    spread = mean * np.array([15.0, 15.0, 15.0, 9.0, 9.0]) / 100.0
    found = apply(rule("anvisa"), time, mean, mean, seconds=MINUTE, deviations=(spread, spread), units=(12, 12))
    assert [text.split(":")[0] for text in found.unmet] == ["reference at 90", "test at 90"]


def test_a_profile_below_50() -> None:
    found = judged("ema", REFERENCE, np.maximum(REFERENCE - 15.0, 0.0), (np.zeros(7), np.zeros(7)))
    assert found.similar is False
    assert found.verdict.startswith("not similar: f2 = ")


def test_fast_release_needs_no_f2() -> None:
    time, quick, quicker = (
        np.array([5.0, 10.0, 15.0, 30.0]),
        np.array([50.0, 70.0, 86.0, 99.0]),
        np.array([80.0, 90.0, 95.0, 99.0]),
    )
    still = (np.zeros(4), np.zeros(4))
    found = apply(rule("ema"), time, quick, quicker, seconds=MINUTE, deviations=still, units=(12, 12))
    assert found.similar is True
    assert "f2 is not needed" in found.verdict
    assert (
        apply(rule("ema"), time, quick, quicker, seconds=60 * MINUTE, deviations=still, units=(12, 12)).similar is None
    )


def test_85_itself_is_enough_for_fda_and_not_for_ema() -> None:
    time, mean = np.array([5.0, 15.0, 30.0]), np.array([50.0, 85.0, 99.0])
    assert "not needed" in apply(rule("fda"), time, mean, mean, seconds=MINUTE).verdict
    assert "not needed" not in apply(rule("ema"), time, mean, mean, seconds=MINUTE).verdict


def test_canada_looks_at_each_unit() -> None:
    time = np.array([5.0, 15.0, 30.0])
    units = np.array([[50.0, 84.0, 99.0], [50.0, 92.0, 99.0]])
    mean = units.mean(axis=0)
    assert "not needed" not in apply(rule("canada"), time, mean, mean, seconds=MINUTE, each=(units, units)).verdict
    higher = units + np.array([0.0, 2.0, 0.0])
    shown = apply(rule("canada"), time, mean + 1.0, mean + 1.0, seconds=MINUTE, each=(higher, higher))
    assert "not needed" in shown.verdict


def test_anvisa_asks_for_little_spread_at_15_minutes() -> None:
    time, mean = np.array([5.0, 15.0, 30.0]), np.array([50.0, 90.0, 99.0])
    for variation, needless in ((9.0, True), (11.0, False)):
        spread = mean * variation / 100.0
        found = apply(rule("anvisa"), time, mean, mean, seconds=MINUTE, deviations=(spread, spread), units=(12, 12))
        assert ("not needed" in found.verdict) is needless


def test_few_units_and_few_points_are_named() -> None:
    found = judged("ema", REFERENCE, TEST, NARROW, units=6)
    assert found.similar is None
    assert "6 units of the reference, 12 wanted" in found.unmet
    early = apply(rule("ema"), TIME, np.full(7, 90.0), np.full(7, 91.0))
    assert "1 time points, at least 3 wanted" in early.unmet


def test_long_acting_data_have_no_limits_in_minutes() -> None:
    found = judged("who", REFERENCE, TEST, NARROW, seconds=DAY)
    assert any("limits in minutes" in text for text in found.not_judged)
    assert any("long-acting" in text for text in found.not_judged)
    # the first point alone is early, so the second, at 12.82 and 10.46 %, is not within 10 %
    assert [text.split(":")[0] for text in found.unmet] == ["reference at 10", "test at 10"]


def test_means_alone_leave_the_spread_open() -> None:
    found = apply(rule("ema"), TIME, REFERENCE, TEST, seconds=MINUTE)
    assert found.similar is True
    assert found.verdict.endswith("as far as could be judged")
    assert "spread, means only" in found.not_judged
    one = apply(rule("ema"), TIME, REFERENCE, TEST, seconds=MINUTE, units=(12, None))
    assert "number of units of the test, not given" in one.not_judged


def test_nothing_released_has_no_spread() -> None:
    time, mean = np.array([5.0, 15.0, 30.0, 60.0]), np.array([0.0, 20.0, 40.0, 60.0])
    none = np.zeros(4)
    found = apply(rule("ema"), time, mean, mean, seconds=MINUTE, deviations=(none, none), units=(12, 12))
    assert (found.unmet, found.f2) == ((), 100.0)


def test_of_seven_points_anvisa_takes_two_as_early() -> None:
    # 40 % of seven are 2.8; bootf2 rounds down as well
    spread = REFERENCE * np.r_[15.0, 15.0, 15.0, np.zeros(4)] / 100.0
    found = apply(rule("anvisa"), TIME, REFERENCE, REFERENCE, seconds=MINUTE, deviations=(spread, spread))
    assert [text.split(":")[0] for text in found.unmet] == ["reference at 15", "test at 15"]


def test_85_itself_is_not_above_85() -> None:
    mean = np.array([20.0, 60.0, 85.0, 90.0, 95.0])
    assert points_used("any", mean, mean).tolist() == [True, True, True, True, False]


def test_points_of_many_replicates_at_once() -> None:
    means = np.array([[50.0, 86.0, 90.0], [50.0, 80.0, 90.0], [10.0, 20.0, 30.0]])
    taken = points_used("any", means, np.zeros_like(means))
    assert taken.sum(axis=1).tolist() == [2, 3, 3]


def test_each_rule_has_a_source() -> None:
    assert [known.id for known in known_rules()] == ["ema", "fda", "who", "anvisa", "canada", "both"]
    assert all(known.source for known in known_rules())


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="unknown rule 'emea'; nearest: ema"):
        rule("emea")


def test_a_reference_that_lags_has_no_f1() -> None:
    time, lagging, quick = (
        np.array([5.0, 10.0, 15.0, 20.0]),
        np.array([0.0, 0.0, 0.0, 50.0]),
        np.array([40.0, 70.0, 90.0, 95.0]),
    )
    found = apply(rule("ema"), time, lagging, quick)
    assert np.isnan(found.f1)
    assert found.f2 < 50.0
