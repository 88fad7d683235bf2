"""Ranking and averaging: published weights, one curve under two names, limits of what an order can tell, refusals."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.curves.library import model, models
from formulate.fitting.averaging import average
from formulate.fitting.fit import fit
from formulate.fitting.ranking import akaike_weights, rank
from formulate.fitting.results import Fit, Points
from materials.errors import DomainError, UnknownIdError

TIME = np.array([0.5, 1, 2, 3, 4, 6, 8, 12, 24.0])


def points(released, time=TIME) -> Points:
    time = np.asarray(time, dtype=float)
    return Points(time, np.asarray(released, dtype=float), np.ones(time.size), np.zeros(time.size, dtype=np.int64))


def noisy(curve, seed=3, scatter=1.5) -> Points:
    return points(curve(TIME) + scatter * np.random.default_rng(seed).standard_normal(TIME.size))


def fits(readings: Points, *names: str) -> list[Fit]:
    return [fit(readings, model(name)) for name in names]


FIRST_ORDER = noisy(lambda t: 100 * (1 - np.exp(-0.2 * t)))


def test_weights_of_wagenmakers_and_farrell():
    # 2004, Psychonomic Bulletin & Review 11:192, table 1: AIC of five models and their weights
    weights = akaike_weights([204, 202, 206, 206, 214])
    assert weights == pytest.approx([0.224, 0.609, 0.082, 0.082, 0.002], abs=6e-4)


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=12), st.floats(-1e3, 1e3))
def test_weights_sum_to_one_and_know_differences_only(values, shift):
    weights = akaike_weights(values)
    assert weights.sum() == pytest.approx(1.0)
    assert weights == pytest.approx(akaike_weights(np.array(values) + shift), abs=1e-9)
    assert weights[np.argmin(values)] == weights.max()


def test_perfect_fits_share_the_weight():
    assert akaike_weights([-math.inf, 3.0, -math.inf]).tolist() == [0.5, 0.0, 0.5]


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [math.inf]])
def test_weights_need_numbers(values):
    with pytest.raises(DomainError):
        akaike_weights(values)


@pytest.mark.parametrize("criterion", ["AICc", "AIC", "BIC", "MSC", "R2adj"])
def test_the_law_the_readings_come_from_wins_and_a_wrong_shape_loses(criterion):
    ranking = rank(fits(FIRST_ORDER, "zero_order", "first_order", "higuchi"), criterion)
    assert [place.place for place in ranking.places] == [1, 2, 3]
    assert ranking.places[0].model == "first_order"
    assert ranking.places[0].difference == 0
    differences = [place.difference for place in ranking.places]
    assert differences == sorted(differences)
    assert math.isnan(ranking.places[0].weight) == (criterion in ("MSC", "R2adj"))


def test_aic_and_msc_give_one_order():
    # MSC = ln(WSStot) - AIC/N where no reading is zero
    several = [fit(FIRST_ORDER, entry) for entry in models("ddsolver")]
    by_aic, by_msc = ([place.model for place in rank(several, name).places] for name in ("AIC", "MSC"))
    assert by_aic == by_msc


def test_one_curve_under_two_names_counts_once():
    readings = noisy(lambda t: 15 + 3 * t)
    apart = rank(fits(readings, "zero_order_f0", "higuchi", "first_order"))
    ranking = rank(fits(readings, "zero_order_f0", "zero_order_tlag", "higuchi", "first_order"))
    first, second = ranking.places[:2]
    assert {first.model, second.model} == {"zero_order_f0", "zero_order_tlag"}
    assert first.place == second.place == 1
    assert second.same_as == first.model
    assert ranking.places[2].place == 3
    assert first.weight == second.weight == pytest.approx(apart.places[0].weight / 2)
    assert sum(place.weight for place in ranking.places) == pytest.approx(1.0)
    assert any("same curve" in text for text in ranking.reading)


def test_says_what_cannot_be_told_apart():
    near = rank(fits(FIRST_ORDER, "first_order", "weibull_2", "first_order_tlag"))
    assert near.places[1].difference > 2  # AICc of 9 readings charges more than 2 for a parameter
    close = rank(fits(FIRST_ORDER, "first_order", "weibull_2"), "AIC")
    assert close.places[1].difference < 2
    assert any("cannot tell it from" in text for text in close.reading)
    far = rank(fits(FIRST_ORDER, "first_order", "zero_order"))
    assert far.places[1].difference > 10
    assert any("overwhelming support" in text for text in far.reading)


def test_a_model_without_aicc_is_named_and_not_ranked():
    few = points([20.0, 35.0, 60.0, 78.0], [1.0, 2, 4, 8])
    ranking = rank(fits(few, "first_order", "weibull_3"))
    assert [place.model for place in ranking.places] == ["first_order"]
    assert ranking.unranked == (("weibull_3", "no AICc with 4 readings for 3 parameters; need at least 5"),)
    assert rank(fits(few, "first_order", "weibull_3"), "AIC").unranked == ()


def test_pooled_units_are_not_independent_and_it_says_so():
    time = np.repeat(TIME, 2)
    both = replace(points(100 * (1 - np.exp(-0.2 * time)) + np.tile([1.0, -1], 9), time), unit=np.tile([0, 1], 9))
    assert any("not independent" in text for text in rank(fits(both, "first_order", "higuchi")).caveats)


def test_refuses_other_readings_two_of_one_model_and_unknown_criteria():
    other = noisy(lambda t: 3 * t, seed=4)
    with pytest.raises(DomainError, match="same 9 readings and weights as first_order"):
        rank([*fits(FIRST_ORDER, "first_order"), *fits(other, "higuchi")])
    weighted = replace(FIRST_ORDER, weight=np.full(9, 2.0))
    with pytest.raises(DomainError, match="same 9 readings"):
        rank([*fits(FIRST_ORDER, "first_order"), *fits(weighted, "higuchi")])
    with pytest.raises(DomainError, match="number of fits of higuchi = 2"):
        rank(fits(FIRST_ORDER, "higuchi", "higuchi"))
    with pytest.raises(UnknownIdError, match="AICc"):
        rank(fits(FIRST_ORDER, "higuchi"), "AICC")  # type: ignore[arg-type]


def test_nothing_fitted_gives_nothing():
    assert rank([]).places == ()
    assert average([], rank([]), TIME) is None


def test_the_average_of_one_model_is_that_model_with_its_band():
    from formulate.fitting.bands import confidence_band

    only = fits(FIRST_ORDER, "weibull_2")
    found = average(only, rank(only), TIME)
    low, high = confidence_band(only[0], TIME)
    assert found is not None
    assert found.released == pytest.approx(only[0].curve(TIME))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)
    assert found.between == pytest.approx(np.zeros(TIME.size))


def test_the_average_lies_between_its_models_and_is_less_sure_than_the_best():
    several = fits(FIRST_ORDER, "first_order", "weibull_2", "first_order_tlag", "first_order_fmax")
    time = np.linspace(0, 48, 30)
    found = average(several, rank(several), time)
    assert found is not None
    curves = np.array([entry.curve(time) for entry in several])
    assert (found.released >= curves.min(axis=0) - 1e-9).all()
    assert (found.released <= curves.max(axis=0) + 1e-9).all()
    assert sum(weight for _, weight in found.weights) == pytest.approx(1.0)
    assert found.weights[0][0] == "first_order"
    alone = average(several[:1], rank(several[:1]), time)
    assert alone is not None
    assert (found.high - found.low)[1:] == pytest.approx(np.maximum(found.high - found.low, alone.high - alone.low)[1:])
    assert ((found.between >= 0) & (found.between <= 1)).all()


def test_a_step_between_two_readings_does_not_blow_up_the_band():
    # double Weibull puts one at 2.9 h, where nothing was read, with a slope that has no bound
    from formulate.fitting.averaging import WHOLE

    stepped = noisy(lambda t: 100 * (1 - np.exp(-0.2 * t)) + 8.0 * (t > 2.5), scatter=0.3)
    several = fits(stepped, "double_weibull", "first_order", "weibull_2")
    found = average(several, rank(several, "AIC"), np.linspace(0, 24, 400))
    assert found is not None
    assert np.isfinite(found.low).all()
    assert (found.high - found.released <= 1.96 * math.hypot(WHOLE, 100)).all()


def test_more_models_than_readings_are_warned_of():
    several = [fit(FIRST_ORDER, entry) for entry in models("ddsolver")]
    assert any("More models than readings" in text for text in rank(several).caveats)


def test_no_average_by_a_criterion_without_weights():
    several = fits(FIRST_ORDER, "first_order", "weibull_2")
    assert average(several, rank(several, "R2adj"), TIME) is None
    with pytest.raises(DomainError, match="time = -1"):
        average(several, rank(several), [-1.0])
    with pytest.raises(DomainError, match="level = 1"):
        average(several, rank(several), TIME, 1.0)


def test_one_model_has_no_order():
    assert rank(fits(FIRST_ORDER, "first_order")).reading == ()
    assert rank(fits(FIRST_ORDER, "first_order")).caveats == ()
    none = rank(fits(points([20.0, 35.0, 60.0, 78.0], [1.0, 2, 4, 8]), "weibull_3"))
    assert none.reading == ("The model cannot be ranked by AICc.",)


def test_what_holds_of_every_order_is_apart_from_what_these_readings_say():
    ranking = rank(fits(FIRST_ORDER, "first_order", "higuchi"))
    assert any("not the mechanism" in text for text in ranking.caveats)
    assert not any("not the mechanism" in text for text in ranking.reading)
    by_msc = rank(fits(FIRST_ORDER, "first_order", "higuchi"), "MSC")
    assert any("no scale of support" in text for text in by_msc.caveats)


# -------------------------------------------------------------------------------------------------- ties and exact fits


@pytest.mark.parametrize("factor", [60.0, 1 / 24, 86400.0])
@pytest.mark.parametrize("criterion", ["AICc", "MSC", "R2adj"])
def test_the_order_does_not_know_the_unit_of_time(factor, criterion):
    # the pairs are one curve each: a lag below zero is a burst, Hill is the logistic of the logarithm of time
    names = ("zero_order_f0", "zero_order_tlag", "burst_first_order", "first_order_tlag", "hill", "logistic_2",
             "gompertz_3", "gompertz_4", "higuchi")  # fmt: skip
    readings = noisy(lambda t: 10 + 80 * (1 - np.exp(-0.15 * t)))
    moved = points(readings.released, TIME * factor)
    here, there = (rank(fits(given, *names), criterion) for given in (readings, moved))
    assert [place.model for place in here.places] == [place.model for place in there.places]
    assert [place.place for place in here.places] == [place.place for place in there.places]


def test_of_one_curve_under_two_names_the_first_of_the_library_leads_whoever_comes_first():
    readings = noisy(lambda t: 15 + 3 * t)
    for order in (("zero_order_f0", "zero_order_tlag"), ("zero_order_tlag", "zero_order_f0")):
        assert [place.model for place in rank(fits(readings, *order)).places] == ["zero_order_tlag", "zero_order_f0"]


@pytest.mark.parametrize("criterion", ["AICc", "AIC", "BIC", "MSC", "R2adj"])
def test_of_exact_fits_a_criterion_tells_nothing(criterion):
    exact = points(100 * (1 - np.exp(-0.2 * TIME)))
    ranking = rank(fits(exact, "weibull_3", "weibull_2", "first_order", "zero_order"), criterion)
    assert [place.model for place in ranking.places] == ["first_order", "weibull_2", "weibull_3", "zero_order"]
    assert all(math.isfinite(place.difference) for place in ranking.places)
    assert any("exactly through the readings" in text for text in ranking.reading)
    assert not any("overwhelming" in text or "inf" in text for text in ranking.reading)
    if criterion == "AICc":  # 2 p (1 + (p + 1)/(N - p - 1)): 18/7, 6 and 54/5 with 9 readings
        gaps = [place.difference for place in ranking.places[:3]]
        assert gaps == pytest.approx([0.0, 6 - 18 / 7, 10.8 - 18 / 7])


def test_equal_readings_have_an_exact_fit_and_no_infinite_difference():
    ranking = rank(fits(points(np.full(9, 50.0)), "zero_order_f0", "higuchi_f0", "first_order"))
    assert ranking.places[0].model == "zero_order_f0"
    assert all(math.isfinite(place.difference) for place in ranking.places)
    nothing = rank(fits(points(np.zeros(9)), "zero_order", "first_order"))
    assert nothing.places[0].model == "zero_order"


def test_the_average_leaves_out_times_at_which_a_curve_has_no_value():
    from formulate.curves.formula import formula_model

    falling = noisy(lambda t: 60 / t, scatter=0.5)
    only = [fit(falling, formula_model("a/t"))]
    time = np.array([0.0, 1.0, 2.0])
    with np.errstate(all="raise"):
        found = average(only, rank(only), time)
    assert found is not None
    assert found.time.tolist() == [1.0, 2.0]
    assert np.isfinite(found.released).all()
    assert average(only, rank(only), [0.0]) is None
