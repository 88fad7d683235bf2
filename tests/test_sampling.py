"""Draws that are stratified, independent and shared; numbers reduced to a band that says where it comes from."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import spearmanr

from formulate.estimate import absent, estimate, where_from
from formulate.inputs import Input
from formulate.sampling import Draws, TypicalDraw, sample
from formulate.sampling_error import largest_error, median_interval
from materials.errors import DomainError
from materials.evidence import Evidence, Spread, distribution
from materials.values import Value


@settings(max_examples=25, deadline=None)
@given(st.integers(16, 600), st.integers(0, 2**32 - 1), st.text(max_size=20))
def test_every_stratum_is_hit_once(count, seed, key):
    strata = np.floor(ndtr(Draws(count, seed).standard_normal(key)) * count)
    assert sorted(strata) == list(range(count))


def test_a_column_depends_on_seed_count_and_key_alone():
    column = Draws(128, 3).standard_normal("knee.lymph_flow")
    assert np.array_equal(column, Draws(128, 3).standard_normal("knee.lymph_flow"))
    for other in (Draws(128, 4), Draws(128, 0)):
        assert not np.array_equal(column, other.standard_normal("knee.lymph_flow"))
    assert not np.array_equal(column, Draws(128, 3).standard_normal("knee.lymph_flov"))


def test_a_column_is_the_same_on_every_machine():
    # written down once: SHA-256 of the key and PCG64 are specified bit by bit
    first = Draws(16, 7).standard_normal("a")
    again = np.random.default_rng([7, int("ca978112ca1bbdca", 16)])  # SHA-256 of "a" begins ca978112ca1bbdca
    strata = again.permutation(16)
    assert np.array_equal(np.floor(ndtr(first) * 16), strata)


def test_columns_of_different_keys_are_independent():
    draws = Draws(1024, 7)
    table = np.stack([draws.standard_normal(f"subject.{index}") for index in range(40)])
    correlation = spearmanr(table, axis=1).statistic
    off = correlation[np.triu_indices(40, 1)]
    # 780 pairs, each of standard deviation 1/sqrt(1023) = 0.031: the largest lies near 3.2 of them
    assert np.abs(off).max() < 0.15
    assert off.std() == pytest.approx(1 / math.sqrt(1023), rel=0.15)


@pytest.mark.parametrize(("count", "seed"), [(15, 7), (65537, 7), (64, -1)])
def test_a_design_that_cannot_be_is_refused(count, seed):
    with pytest.raises(DomainError):
        Draws(count, seed)


def test_the_typical_draw_is_the_median_alone():
    assert TypicalDraw().standard_normal("anything") == np.array([0.0])


CASES = {
    "positive": (10.0, 4.0, 40.0, "positive", 2.0),
    "positive, skewed": (10.0, 9.0, 1000.0, "positive", 2.0),
    "fraction": (0.3, 0.1, 0.4, "fraction", 0.5),
    "fraction near one": (0.97, 0.9, 0.99, "fraction", 0.5),
    "real": (-1.0, -3.0, 0.5, "real", 1.0),
}


@pytest.mark.parametrize("name", CASES)
def test_the_band_that_is_drawn_is_the_band_that_was_given(name):
    typical, low, high, support, default = CASES[name]
    spread = distribution(typical, low, high, Spread.P10_P90, support, default)
    drawn = sample(spread, Draws(4096, 7).standard_normal("x"))
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([low, typical, high], rel=0.01)
    if support == "positive":
        assert drawn.min() > 0
    if support == "fraction":
        assert drawn.min() > 0
        assert drawn.max() < 1


@pytest.mark.parametrize(
    ("spread", "below"),  # what share of a normal lies below the low of each kind of interval
    [(Spread.SD, 0.1587), (Spread.IQR, 0.25), (Spread.RANGE, 0.05), (Spread.P10_P90, 0.10)],
)
def test_each_kind_of_interval_is_what_it_says(spread, below):
    drawn = sample(distribution(10.0, 5.0, 20.0, spread, "positive", 2.0), Draws(4096, 7).standard_normal("x"))
    assert (drawn < 5.0).mean() == pytest.approx(below, abs=0.002)
    assert (drawn > 20.0).mean() == pytest.approx(below, abs=0.002)


def test_a_lone_positive_number_takes_the_default_factor():
    drawn = sample(distribution(10.0, None, None, Spread.SINGLE, "positive", 3.0), Draws(4096, 7).standard_normal("x"))
    assert np.quantile(drawn, [0.1, 0.9]) == pytest.approx([10 / 3, 30], rel=0.01)


def test_a_linear_scale_is_cut_at_the_natural_bound():
    spread = distribution(1.0, 0.5, 1.0, Spread.P10_P90, "fraction", 0.5)
    drawn = sample(spread, Draws(1024, 7).standard_normal("x"))
    assert drawn.max() == 1.0
    assert np.quantile(drawn, [0.1, 0.5]) == pytest.approx([0.5, 1.0], rel=0.01)


@given(st.floats(-4, 4))
def test_a_higher_score_is_a_higher_draw(score):
    for typical, low, high, support, default in CASES.values():
        spread = distribution(typical, low, high, Spread.P10_P90, support, default)
        one, two = sample(spread, np.array([score, score + 0.1]))
        assert one < two


# estimates


def made(key: str, evidence: Evidence = Evidence.PRIMARY, *, exact: bool = False, count: int = 1024) -> Input:
    scores = Draws(count, 7).standard_normal(key)
    source = "" if evidence is Evidence.ASSUMED else f"source-of-{key}"
    value = Value(name="diameter", typical=1.0, unit="m", evidence=evidence, source=source, note="made for a test")
    return Input(key, "subject", value, "catalog", exact, scores, scores)


def test_the_band_is_the_10th_and_90th_percentile_in_the_unit_asked_for():
    draws = np.arange(1, 1001) * 86400.0
    found = estimate("t", "time", "d", draws, ())
    assert (found.low, found.median, found.high) == (100.0, 500.0, 900.0)
    assert found.unit == "d"
    assert found.to_dict() == {
        "median": 500.0, "low": 100.0, "high": 900.0, "band": 0.8, "unit": "d", "sources": [],
        # ranks 500 -+ 1.96 sqrt(1000)/2 = 469.01 and 530.99, of whole draws outwards
        "median_by_chance_of_draws": {"low": 469.0, "high": 532.0, "band": 0.95, "unit": "d"},
    }  # fmt: skip


def test_an_end_beyond_what_was_computed_has_a_reason():
    draws = np.where(np.arange(1000) < 800, 86400.0, np.inf)
    found = estimate("t", "time", "d", draws, (), beyond=60 * 86400.0, never="never")
    assert (found.median, found.low, found.high) == (1.0, 1.0, None)
    assert found.beyond == 60.0
    assert "60 d" in found.reason
    assert found.exists


def test_a_median_beyond_what_was_computed_is_none_and_says_why():
    draws = np.where(np.arange(1000) < 300, 86400.0, np.inf)
    found = estimate("t", "time", "d", draws, (), beyond=60 * 86400.0, never="half is not released within 60 d")
    assert (found.median, found.low, found.high) == (None, 1.0, None)
    assert (found.beyond, found.reason) == (60.0, "half is not released within 60 d")
    assert found.to_dict()["reason"] == "half is not released within 60 d"


def test_a_band_that_is_all_beyond_is_a_bound():
    found = estimate("t", "time", "d", np.full(64, np.inf), (), beyond=86400.0, never="never")
    assert (found.median, found.low, found.high, found.beyond) == (None, None, None, 1.0)


def test_a_number_that_exists_in_some_draws_is_of_those():
    draws = np.where(np.arange(1000) % 4 == 0, np.nan, 5.0)
    assert estimate("x", "x", "m", draws, ()).median == 5.0


def test_a_number_that_does_not_exist_in_most_draws_is_absent():
    draws = np.where(np.arange(1000) < 600, np.nan, 5.0)
    found = estimate("x", "x", "m", draws, ())
    assert (found.median, found.low, found.high, found.exists) == (None, None, None, False)
    assert found.reason
    assert estimate("x", "x", "m", draws, (), never="because").reason == "because"


def test_an_absent_number_keeps_its_unit_and_reason():
    shown = absent("x", "x", "d", "no carrier").to_dict()
    assert (shown["median"], shown["unit"], shown["reason"]) == (None, "d", "no carrier")


def test_the_band_is_attributed_to_its_inputs():
    # y = 3 x1 + x2, independent normals: first-order indices 9/10 and 1/10. Two columns of 1024 draws correlate by
    # chance, 0.03 or so, which moves the small share by about 0.015; hence the mean over pairs.
    found = []
    for pair in range(20):
        one, two, idle = made(f"one{pair}"), made(f"two{pair}", Evidence.ASSUMED), made(f"idle{pair}")
        share, drivers = where_from(3 * one.scores + two.scores, [idle, two, one])
        assert [key for key, _ in drivers][:2] == [one.key, two.key]
        assert dict(drivers).get(idle.key, 0.0) < 0.02
        found.append((dict(drivers)[one.key], dict(drivers)[two.key], share))
    assert np.mean(found, axis=0) == pytest.approx([0.9, 0.1, 0.1], abs=0.015)


def test_the_interval_of_a_median_holds_the_true_one_as_often_as_it_says():
    # the binomial law of the draws below the median: 95 % of samples of any distribution, here exponentials
    random = np.random.default_rng(1)
    found = [median_interval(random.exponential(size=256)) for _ in range(1000)]
    assert np.mean([low <= np.log(2.0) <= high for low, high in found]) == pytest.approx(0.95, abs=0.015)
    assert median_interval(np.arange(4.0)) is None  # too few
    assert median_interval(np.array([1.0] * 40 + [np.inf] * 60)) is None
    assert median_interval(np.append(np.arange(1.0, 101.0), [np.nan] * 9)) == (40.0, 61.0)


def test_a_number_says_how_far_chance_may_move_its_median():
    few, many = (estimate("x", "x", "d", 86400.0 * np.exp(made("one").scores[:n]), []).to_dict() for n in (64, 256))
    told = [item["median_by_chance_of_draws"] for item in (few, many)]
    assert all(one["low"] < item["median"] < one["high"] for one, item in zip(told, (few, many), strict=True))
    assert told[1]["high"] - told[1]["low"] < told[0]["high"] - told[0]["low"]
    assert largest_error([("a", np.ones(64)), ("b", np.exp(made("one").scores))])[0] == "b"


def test_the_attribution_does_not_depend_on_the_scale():
    one, two = made("one"), made("two")
    y = 3 * one.scores + two.scores
    assert where_from(y, [one, two]) == where_from(np.exp(y), [one, two])


def test_a_falling_input_counts_as_a_rising_one():
    one, two = made("alpha"), made("beta")
    assert dict(where_from(one.scores - two.scores, [one, two])[1]) == pytest.approx(
        {"alpha": 0.5, "beta": 0.5}, abs=0.05
    )


def test_the_sources_are_those_of_the_inputs_that_matter():
    one, idle = made("one"), made("idle")
    found = estimate("x", "x", "1", 10 + one.scores, [one, idle])
    assert found.sources == ("source-of-one",)
    assert found.assumed_share == 0.0
    assert found.to_dict()["evidence"] == {"share_of_band_from_assumed_inputs": 0.0, "drivers": {"one": 1.0}}


def test_all_from_an_assumption_is_said():
    guess = made("guess", Evidence.ASSUMED)
    found = estimate("x", "x", "1", np.exp(guess.scores), [guess, made("idle")])
    assert found.assumed_share == pytest.approx(1.0, abs=0.01)
    assert found.sources == ()


def test_infinite_draws_are_attributed_by_their_rank():
    one, two = made("one"), made("two")
    y = np.where(one.scores > 0, np.inf, one.scores)
    share, drivers = where_from(y, [one, two])
    assert drivers[0][0] == "one"
    assert drivers[0][1] > 0.98
    assert share == 0.0


def test_draws_that_do_not_exist_are_left_out_of_the_attribution():
    one, two = made("alpha"), made("beta")
    y = np.where(np.arange(1024) % 2 == 0, np.nan, 3 * one.scores + two.scores)
    assert dict(where_from(y, [one, two])[1])["alpha"] == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    ("draws", "listed"),
    [(np.ones(1024), [made("one")]), (np.arange(1024.0), []), (np.arange(1024.0), [made("one", exact=True)])],
    ids=["no band", "no inputs", "exact inputs"],
)
def test_without_a_band_or_a_doubt_nothing_is_attributed(draws, listed):
    assert where_from(draws, listed) == (None, ())
