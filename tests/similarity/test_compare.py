import json

import numpy as np
import pytest

from formulate.experiment.data import Profile
from formulate.similarity.compare import similarity
from formulate.similarity.results import Floats, Verdict
from formulate.similarity.verdicts import disagreement
from materials.errors import DomainError, UnknownIdError

TIME = np.array([0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0])
QUICK = {"bootstrap": 500, "model": ""}


def profile(name: str, scale: float, seed: int, time: Floats = TIME, units: int = 12) -> Profile:
    generator = np.random.default_rng(seed)
    scales = scale * np.exp(generator.normal(0.0, 0.06, (units, 1)))
    noise = generator.normal(0.0, 1.0, (units, time.size)) * (time > 0.0)
    released = 100.0 * (1.0 - np.exp(-((time / scales) ** 1.2))) + noise
    return Profile(name, time.copy(), released, tuple(f"{name}{number}" for number in range(units)))


def means_of(given: Profile, **more: object) -> Profile:
    return Profile(given.name, given.time, given.mean[None, :], ("mean",), **more)


OLD, NEW, SLOW = profile("old", 15.0, 1), profile("new", 16.0, 2), profile("slow", 30.0, 3)


def test_close_products_are_similar_by_every_method() -> None:
    found = similarity(OLD, NEW, seconds=60.0, time_unit="min", bootstrap=500)
    assert not found.refused
    assert (found.units, found.time.tolist()) == ((12, 12), TIME[1:].tolist())
    assert all(rule.similar for rule in found.rules)
    for result in (found.bootstrap, found.multivariate, found.maximum):
        assert result is not None
        assert result.similar


def test_a_slower_product_is_similar_by_none() -> None:
    found = similarity(OLD, SLOW, seconds=60.0, **QUICK)
    assert {verdict.similar for verdict in found.verdicts} <= {False, None}
    assert found.disagreement == ""
    assert found.factors.f2 < 50.0


def test_results_are_plain() -> None:
    found = similarity(OLD, NEW, seconds=60.0, **QUICK)
    plain = json.loads(json.dumps(found.results(), allow_nan=False))
    assert plain["factors"]["f2"] == pytest.approx(found.factors.f2)
    assert plain["bootstrap"]["similar"] is True
    assert plain["rules"][0]["rule"]["id"] == "ema"
    assert plain["multivariate"]["equivalent"] is True


def test_means_alone_give_f1_f2_and_rescigno() -> None:
    found = similarity(means_of(OLD), means_of(NEW), seconds=60.0)
    from_units = similarity(OLD, NEW, seconds=60.0, **QUICK)
    assert found.factors.f2 == pytest.approx(from_units.factors.f2)
    assert found.rescigno is not None
    assert set(found.refused) == {
        "bootstrap f2",
        "distance",
        "largest difference",
        "tolerance limits",
        "model parameters",
    }
    assert "means have no spread" in found.refused["distance"]
    assert found.units == (None, None)


def test_spread_given_with_means_is_used() -> None:
    deviations = [given.standard_deviation for given in (OLD, NEW)]
    means = [
        means_of(given, deviation=deviation, units_behind=12)
        for given, deviation in zip((OLD, NEW), deviations, strict=True)
    ]
    from_means, from_units = similarity(*means, seconds=60.0), similarity(OLD, NEW, seconds=60.0, **QUICK)
    assert from_means.factors.expected == pytest.approx(from_units.factors.expected)
    assert from_means.difference_high == pytest.approx(from_units.difference_high)
    assert [rule.unmet for rule in from_means.rules] == [rule.unmet for rule in from_units.rules]


def test_common_times_are_used_and_the_others_named() -> None:
    other = profile("new", 16.0, 2, np.array([0.0, 5.0, 10.0, 12.0, 20.0, 30.0, 60.0]))
    found = similarity(OLD, other, **QUICK)
    assert found.time.tolist() == [5.0, 10.0, 20.0, 30.0, 60.0]
    assert "old: no reading of the other product at 15, 45; left out, not interpolated" in found.warnings
    assert "new: no reading of the other product at 12; left out, not interpolated" in found.warnings


def test_a_time_without_a_reading_is_left_out() -> None:
    released = NEW.released.copy()
    released[:, 3] = np.nan
    found = similarity(OLD, Profile("new", TIME, released, NEW.unit_names), **QUICK)
    assert 15.0 not in found.time
    assert "no reading of one product at 15; left out" in found.warnings


def test_a_unit_with_a_gap_counts_where_it_can() -> None:
    released = NEW.released.copy()
    released[0, 7] = np.nan
    found = similarity(OLD, Profile("new", TIME, released, NEW.unit_names), **QUICK)
    assert found.multivariate is not None
    assert found.multivariate.units == (12, 11)
    assert found.mean_test[0] == pytest.approx(NEW.released[:, 1].mean())
    assert any(text.startswith("new: 1 of 12 units lack a reading") for text in found.warnings)


@pytest.mark.parametrize("factor", [1.0 / 60.0, 1.0 / 1440.0, 60.0])
def test_the_unit_of_time_is_of_no_consequence(factor: float) -> None:
    moved = [Profile(given.name, given.time * factor, given.released, given.unit_names) for given in (OLD, NEW)]
    once, again = similarity(OLD, NEW, seconds=60.0, **QUICK), similarity(*moved, seconds=60.0 / factor, **QUICK)
    assert [rule.verdict for rule in again.rules] == [rule.verdict for rule in once.rules]
    assert again.bootstrap is not None
    assert once.bootstrap is not None
    assert again.bootstrap.main == once.bootstrap.main
    assert once.rescigno is not None
    assert again.rescigno is not None
    assert again.rescigno.xi1 == pytest.approx(once.rescigno.xi1)


def test_time_zero_counts_for_rescigno_alone() -> None:
    found = similarity(OLD, NEW, **QUICK)
    assert found.rescigno is not None
    assert found.rescigno.time[0] == 0.0
    assert all(rule.time[0] == 5.0 for rule in found.rules)


def test_points_of_a_rule_or_all() -> None:
    by_rule, by_all = similarity(OLD, NEW, points="ema", **QUICK), similarity(OLD, NEW, points="all", **QUICK)
    assert by_rule.multivariate is not None
    assert by_all.multivariate is not None
    assert by_rule.multivariate.time.size < by_all.multivariate.time.size == 7
    assert by_all.bootstrap is not None
    assert by_all.bootstrap.rule == ""


def test_more_points_than_units_are_said() -> None:
    few = [profile(name, 15.0, seed, units=3) for seed, name in enumerate(("old", "new"))]
    found = similarity(*few, points="all", **QUICK)
    assert "units of both together = 6; need > points + 1 = 8" in found.refused["distance"]
    assert found.bootstrap is not None
    assert any(verdict.method == "distance" and verdict.similar is None for verdict in found.verdicts)


def test_a_rule_with_too_few_points_is_not_used_for_units() -> None:
    fast = [profile(name, 2.0, seed) for seed, name in enumerate(("old", "new"))]
    found = similarity(*fast, seconds=60.0, **QUICK)
    assert found.bootstrap is not None
    assert found.bootstrap.time.size == 7
    assert any("rule ema leaves 1 points" in text for text in found.warnings)
    assert "f2 is not needed" in found.rules[0].verdict


def test_equal_profiles() -> None:
    found = similarity(OLD, OLD, seconds=60.0, **QUICK)
    assert (found.factors.f2, found.factors.f1) == (100.0, 0.0)
    assert all(verdict.similar is not False for verdict in found.verdicts)


def test_no_spread_at_all() -> None:
    still = Profile("old", TIME, np.tile(OLD.mean, (6, 1)), tuple("abcdef"))
    found = similarity(still, still, **QUICK)
    assert "spread at a point = 0" in found.refused["distance"]
    assert found.bootstrap is not None
    assert found.bootstrap.main.low == 100.0


def test_what_was_not_asked_for_is_left_out() -> None:
    found = similarity(OLD, NEW, bootstrap=0, model="", rules=["who"])
    assert found.bootstrap is None
    assert found.maximum is None
    assert found.model_region is None
    assert [rule.rule.id for rule in found.rules] == ["who"]
    assert found.refused["bootstrap f2"] == "no replicates asked for"


def test_disagreement_names_both_sides() -> None:
    noisy = [
        Profile(name, TIME, given.released + np.random.default_rng(seed).normal(0.0, 14.0, (12, 1)), given.unit_names)
        for seed, (name, given) in enumerate((("old", OLD), ("new", NEW)))
    ]
    found = similarity(*noisy, seconds=60.0, **QUICK)
    similar, not_similar, *_ = found.disagreement.split("\n")
    assert similar.startswith("Similar: ")
    assert "f2 at all times, f1 at all times" in similar
    assert not_similar == "Not shown similar: Tsong, Hoffelder."


def test_agreement_is_silent() -> None:
    assert disagreement([Verdict("f2", True, ""), Verdict("distance", None, "")]) == ""
    text = disagreement([Verdict("f2, a", True, ""), Verdict("f2, b", False, "")])
    assert "Which time points count decides f2" in text
    text = disagreement([Verdict("f2, a", True, ""), Verdict("tolerance limits", False, "")])
    assert "scatter of the reference's own units" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level = 1"),
        ({"mtad": 0.0}, "mtad = 0 %"),
        ({"share": 1.5}, "share = 1.5"),
        ({"bootstrap": 20}, "bootstrap = 20; need >= 100, or 0 for none"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        similarity(OLD, NEW, **options)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownIdError, match="unknown rule 'emea'"):
        similarity(OLD, NEW, rules=["emea"])
    with pytest.raises(UnknownIdError, match="unknown rule 'eam'"):
        similarity(OLD, NEW, points="eam")
    with pytest.raises(UnknownIdError, match="Weibul"):
        similarity(OLD, NEW, model="Weibul")


def test_too_few_common_times_are_refused() -> None:
    other = profile("new", 16.0, 2, np.array([0.0, 5.0, 10.0, 17.0, 33.0]))
    with pytest.raises(DomainError, match=r"common times = 2; need >= 3 .*none is interpolated"):
        similarity(OLD, other)
