"""The release behind a bag: given back from made-up runs, with honest intervals, or called what cannot be seen."""

import numpy as np
import pytest

from formulate.curves.library import model
from formulate.dialysis.compartments import received
from formulate.dialysis.correction import correct
from formulate.dialysis.joint import Bench, joint_model
from formulate.dialysis.results import DialysisResult
from formulate.experiment.data import Profile, ReleaseData
from formulate.release.dialysis import dialysis_half_life, dialysis_release
from materials.errors import DomainError, UnknownIdError

LAW = "weibull_2"
TIME = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0])


def profile(curve: np.ndarray, noise: float, seed: int, units: int = 3) -> Profile:
    readings = curve + np.random.default_rng(seed).normal(0.0, noise, (units, TIME.size))
    return Profile("run", TIME, readings, tuple(str(unit) for unit in range(units)))


def runs(carrier: float, bag: float, noise: float = 0.5, seed: int = 1, ratio: float = 0.0) -> tuple[Profile, Profile]:
    """Make runs of a first-order carrier and of free drug by the closed form."""
    share = 1.0 / (1.0 + ratio)
    outside = 100 * share * dialysis_release(TIME, carrier, bag).received
    return profile(outside, noise, seed), profile(100 * share * (1 - np.exp(-bag * TIME)), noise, seed + 1000)


def words(result: DialysisResult) -> str:
    return " | ".join((*result.statements, *result.warnings))


@pytest.mark.parametrize(("carrier", "bag"), [(0.05, 0.5), (0.5, 0.05), (0.2, 0.2), (1.5, 0.3)])
def test_the_rate_behind_the_bag_is_found_whichever_is_the_slower(carrier, bag):
    found = correct(*runs(carrier, bag), model="first_order", time_unit="h")
    rate = found.release.parameters[0]
    assert rate.value == pytest.approx(carrier, rel=0.05)
    assert rate.low < carrier < rate.high
    assert found.bag_rate.low < bag < found.bag_rate.high
    assert not found.shows_only_bag
    assert "cannot tell the rate of the carrier from that of the bag" in words(found)


def test_exact_readings_give_back_the_exact_release_and_both_half_times():
    found = correct(*runs(0.08, 0.5, noise=0.0), model="first_order", time_unit="h")
    assert found.release.values[0] == pytest.approx(0.08, rel=1e-5)
    expected = dialysis_half_life(0.08, 0.5)
    assert found.half_time[0] == pytest.approx(float(expected.half_life), rel=1e-3)
    assert found.apparent_half_time == pytest.approx(float(expected.apparent_half_life), rel=1e-3)
    assert found.lag == pytest.approx(float(expected.apparent_half_life - expected.half_life), rel=0.01)
    assert found.mean_lag == pytest.approx(2.0, rel=1e-4)
    assert found.released == pytest.approx(100 * (1 - np.exp(-0.08 * found.time)), abs=0.01)


def test_intervals_hold_the_truth_as_often_as_they_say():
    hits = [
        rate.low < 0.1 < rate.high
        for seed in range(16)
        for rate in [correct(*runs(0.1, 0.4, 1.5, seed), model="first_order").release.parameters[0]]
    ]
    assert sum(hits) >= 12  # 15 expected; fewer than 12 once in a thousand


def test_volumes_separate_the_membrane_from_the_rate_of_the_control():
    found = correct(
        *runs(0.05, 0.5, ratio=0.25), model="first_order", donor_volume=10.0, receiver_volume=40.0, time_unit="h"
    )
    assert found.bag_rate.value == pytest.approx(0.5, rel=0.03)
    assert found.membrane_rate.value == pytest.approx(0.4, rel=0.03)
    assert found.release.values[0] == pytest.approx(0.05, rel=0.05)
    assert "no sink; the receiver ends at 80 %" in words(found)


def test_the_law_is_chosen_among_those_asked_for():
    truth = model("weibull_2")
    outside = received(TIME, lambda t: truth.curve(t, 4.0, 0.6), 0.5)
    _, control = runs(1.0, 0.5)
    found = correct(profile(outside, 0.5, 5), control, time_unit="h")
    assert found.release.model.id == "weibull_2"
    assert found.release.values == pytest.approx([4.0, 0.6], rel=0.1)
    assert found.candidates[0].law == "weibull_2"
    assert sum(one.weight for one in found.candidates) == pytest.approx(1.0)
    aicc = [one.aicc for one in found.candidates]
    assert aicc == sorted(aicc)
    inside = (found.low <= truth.curve(found.time, 4.0, 0.6) + 0.5) & (
        found.high >= truth.curve(found.time, 4.0, 0.6) - 0.5
    )
    assert inside.mean() > 0.9


def test_a_release_that_stays_incomplete_is_no_fast_release():
    outside = received(TIME, lambda t: 35.0 * (1 - np.exp(-0.1 * t)), 0.5)
    _, control = runs(1.0, 0.5)
    found = correct(profile(outside, 0.4, 3), control, time_unit="h")
    assert not found.shows_only_bag
    assert found.release.curve(np.array([1000.0]))[0] == pytest.approx(35.0, abs=3.0)
    assert "does not come to half of the dose" in words(found)


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_curve_that_only_shows_the_bag_is_called_so_and_gives_a_limit(noise):
    found = correct(*runs(500.0, 0.3, noise), model=("first_order", "weibull_2"), time_unit="h")
    assert found.shows_only_bag
    assert found.statements[0].startswith("The curve only shows the bag")
    assert found.slowest_rate is not None
    assert 1.0 < found.slowest_rate < 500.0
    assert f"its rate is above {found.slowest_rate:.3g} 1/h" in words(found)


@pytest.mark.parametrize("carrier", [500.0, 0.1])
def test_the_last_digit_of_exact_readings_changes_nothing(carrier):
    exact = runs(carrier, 0.3, noise=0.0)
    laws = ("first_order", "weibull_2")
    expected = correct(*exact, model=laws, time_unit="h")
    for seed in range(2):
        rng = np.random.default_rng(seed)
        moved = [
            Profile("run", TIME, run.released * (1.0 + rng.normal(0.0, 1e-15, run.released.shape)), run.unit_names)
            for run in exact
        ]
        found = correct(*moved, model=laws, time_unit="h")
        assert (found.statements, found.warnings) == (expected.statements, expected.warnings)
        assert (found.slowest_rate or 0.0) == pytest.approx(expected.slowest_rate or 0.0, rel=1e-6)
        assert found.half_time == pytest.approx(expected.half_time, rel=1e-6, nan_ok=True)
        assert [one.law for one in found.candidates] == [one.law for one in expected.candidates]
        assert [one.weight for one in found.candidates] == pytest.approx([one.weight for one in expected.candidates])
    assert expected.candidates[0].law == "first_order"  # not a Weibull law with an exponent of 1


def test_the_limit_lies_below_the_truth_as_often_as_it_says():
    limits = [correct(*runs(30.0, 0.3, 2.0, seed), model="first_order").slowest_rate for seed in range(6)]
    known = [limit for limit in limits if limit is not None]
    assert len(known) >= 2
    assert np.mean([limit < 30.0 for limit in known]) >= 0.8


@pytest.mark.parametrize("law", ["burst_first_order", "zero_order_f0"])
def test_half_of_a_dose_that_is_out_at_once_is_said_so(law):
    outside = received(TIME, lambda t: 70.0 + 30.0 * (1 - np.exp(-0.1 * t)), 0.4)
    found = correct(profile(outside, 0.5, 1), runs(1.0, 0.4)[1], model=law, time_unit="h")
    assert not found.shows_only_bag
    assert found.half_time == (0.0, 0.0, 0.0)
    assert "half of the dose is out of the carrier at once" in words(found)


@pytest.mark.parametrize(("readings", "bag"), [(0.0, 0.4), (100.0, 0.01)])
def test_a_carrier_that_shows_nothing_or_everything_is_no_error(readings, bag):
    odd = Profile("run", TIME, np.full((1, TIME.size), readings), ("1",))
    _, control = runs(1.0, bag, 0.5)
    assert correct(odd, control, recovery=True, model=("first_order", "korsmeyer_peppas")).statements


def test_a_level_below_a_half_has_a_limit_too():
    found = correct(*runs(500.0, 0.3, 2.0), model="first_order", level=0.4)
    assert found.slowest_rate > 0.0


def test_part_at_once_only_shows_the_bag_too():
    found = correct(profile(60 * (1 - np.exp(-0.3 * TIME)), 0.3, 2), runs(1.0, 0.3)[1], model="first_order_fmax")
    assert found.shows_only_bag


def test_a_carrier_faster_than_free_drug_points_to_another_bag():
    fast = profile(100 * (1 - np.exp(-1.0 * TIME)), 0.5, 2)
    found = correct(fast, runs(1.0, 0.2)[1], model="first_order", time_unit="h")
    assert found.shows_only_bag
    assert "not of this bag, medium or drug" in words(found)
    assert "the two runs disagree on the bag" in words(found)


def test_a_control_that_does_not_come_to_its_end_needs_a_recovery():
    outside, _ = runs(0.1, 0.5)
    short = profile(80 * (1 - np.exp(-0.5 * TIME)), 0.5, 9)
    assert "set recovery" in words(correct(outside, short, model="first_order"))
    found = correct(outside, short, model="first_order", recovery=True)
    assert found.control.values[1] == pytest.approx(80.0, abs=1.0)
    assert found.release.values[0] == pytest.approx(0.1, rel=0.05)
    assert "set recovery" not in words(found)


def test_samples_that_were_not_added_back_are_counted():
    # receiver of 40 mL, of which 4 are taken at each reading: readings as the concentration gives them
    bench = {"sampled_at": TIME, "sampled_share": 0.1, "added_back": False}
    outside = received(TIME, lambda t: 100 * (1 - np.exp(-0.1 * t)), 0.5, volume_ratio=0.1, **bench)
    control = received(TIME, lambda t: np.full(t.shape, 100.0), 0.5, volume_ratio=0.1, **bench)
    volumes = {"donor_volume": 4.0, "receiver_volume": 40.0, "sample_volume": 4.0, "model": "first_order"}
    found = correct(profile(outside, 0.2, 1), profile(control, 0.2, 2), added_back=False, **volumes)
    assert found.release.values[0] == pytest.approx(0.1, rel=0.03)
    assert found.bag_rate.value == pytest.approx(0.5, rel=0.03)
    assert found.direct.size == 0  # the direct inverse knows no losses


def test_the_unit_of_time_changes_nothing_and_the_control_may_have_its_own():
    carrier, control = runs(0.1, 0.5)
    in_hours = correct(ReleaseData((carrier,), "h", 3600.0), ReleaseData((control,), "h", 3600.0), model=LAW)
    minutes = Profile("run", 60.0 * TIME, control.released, control.unit_names)
    mixed = correct(ReleaseData((carrier,), "h", 3600.0), ReleaseData((minutes,), "min", 60.0), model=LAW)
    assert mixed.release.values == pytest.approx(in_hours.release.values, rel=1e-5)
    days = Profile("run", TIME / 24.0, carrier.released, carrier.unit_names)
    in_days = correct(ReleaseData((days,), "d", 86400.0), ReleaseData((control,), "h", 3600.0), model=LAW)
    assert in_days.half_time[0] * 24.0 == pytest.approx(in_hours.half_time[0], rel=1e-4)
    assert in_days.bag_rate.value / 24.0 == pytest.approx(in_hours.bag_rate.value, rel=1e-5)


def test_the_gradient_of_the_joint_model_is_its_slope():
    bench = Bench(0.1, 0.8, 0.05, False, tuple(TIME), tuple(TIME), True)
    joint = joint_model(model("weibull_2"), bench, 48.0, (4.0, 0.7), 0.5)
    time, values = np.concatenate([TIME, -TIME]), np.array([4.0, 0.7, 0.5, 95.0])
    slopes = joint.gradient(time, *values)
    for place, value in enumerate(values):
        up, down = values.copy(), values.copy()
        up[place], down[place] = value * 1.001, value * 0.999
        numeric = (joint.curve(time, *up) - joint.curve(time, *down)) / (0.002 * value)
        assert slopes[place] == pytest.approx(numeric, rel=1e-3, abs=1e-4 * np.abs(numeric).max())


def test_the_residuals_of_the_law_alone_are_those_of_the_joint_fit():
    found = correct(*runs(0.1, 0.5), model="first_order")
    count = found.release.points.time.size
    assert found.release.residuals == pytest.approx(found.joint.residuals[:count], abs=1e-9)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"donor_volume": 5.0}, "donor_volume = 5; need receiver_volume with it"),
        ({"receiver_volume": 5.0}, "receiver_volume = 5; need donor_volume with it"),
        ({"donor_volume": 0.0, "receiver_volume": 5.0}, "donor_volume = 0"),
        ({"sample_volume": 1.0}, "sample_volume = 1; need receiver_volume with it"),
        ({"donor_volume": 1.0, "receiver_volume": 5.0, "sample_volume": 6.0}, "sample_volume/receiver_volume = 1.2"),
        ({"unbound_fraction": 1.5}, "unbound_fraction = 1.5"),
        ({"level": 1.0}, "level = 1"),
        ({"level": 0.0}, "level = 0"),
    ],
)
def test_an_experiment_that_cannot_be_is_refused(change, problem):
    with pytest.raises(DomainError, match=problem):
        correct(*runs(0.1, 0.5), **change)


def test_a_law_nobody_knows_and_too_few_readings_are_refused():
    carrier, control = runs(0.1, 0.5)
    with pytest.raises(UnknownIdError, match="unknown model 'weibul'"):
        correct(carrier, control, model="weibul")
    empty = Profile("run", np.array([1.0]), np.array([[np.nan]]), ("1",))
    with pytest.raises(DomainError, match="readings"):
        correct(empty, control)
    start = Profile("run", np.array([0.0]), np.array([[0.0]]), ("1",))
    with pytest.raises(DomainError, match="readings of the control after time 0 = 0; need at least 1"):
        correct(carrier, start)
    two = ReleaseData((carrier, control), "h", 3600.0)
    with pytest.raises(UnknownIdError):
        correct(two, control)
