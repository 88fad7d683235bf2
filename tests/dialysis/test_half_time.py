"""The half-time behind a bag against what the joint fit says of it: its own intervals, and draws from it."""

import numpy as np
import pytest

from formulate.curves.library import model
from formulate.dialysis.compartments import received
from formulate.dialysis.correction import correct
from formulate.dialysis.results import DialysisResult
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.intervals import draws
from formulate.fitting.propagation import doubt
from formulate.fitting.summaries import fitted_summary
from formulate.onward import law_table
from formulate.release.dialysis import dialysis_release

TIME = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0])
BAG = 0.4
FIRST = "first_order"


def profile(curve: np.ndarray, noise: float, seed: int) -> Profile:
    readings = curve + np.random.default_rng(seed).normal(0.0, noise, (3, TIME.size))
    return Profile("run", TIME, readings, ("1", "2", "3"))


def found(law: str, values: tuple[float, ...], noise: float = 1.0, seed: int = 0, **settings: object) -> DialysisResult:
    outside = received(TIME, lambda t: model(law).curve(t, *values), BAG)
    control = profile(100.0 * (1.0 - np.exp(-BAG * TIME)), noise, seed + 1000)
    return correct(profile(outside, noise, seed), control, model=law, time_unit="h", **settings)


def half_times(result: DialysisResult, count: int = 2000) -> np.ndarray:
    """Draw from law and bag together and read half off each curve, to four parts in a thousand."""
    time = np.concatenate([[0.0], np.geomspace(5e-3, 480.0, 3000)])
    law, size = result.release.model, len(result.release.parameters)
    columns = [column[:, None] for column in draws(result.joint, count)[:, :size].T]
    curves = np.broadcast_to(law.curve(time, *columns), (count, time.size))
    reached = np.where((curves >= 50.0).any(axis=1), time[np.argmax(curves >= 50.0, axis=1)], np.inf)
    return np.sort(reached)


@pytest.mark.parametrize("rate", [0.03, 0.2, 1.0, 3.0])
def test_for_first_order_the_interval_is_that_of_the_rate(rate):
    result = found("first_order", (rate,), seed=3)
    own = result.release.parameters[0]
    expected = np.log(2.0) / np.array([own.value, own.high, own.low])
    assert result.half_time == pytest.approx(expected, rel=1e-6)
    assert own.low == result.joint.parameters[0].low


@pytest.mark.parametrize(
    ("law", "values"),
    [
        ("first_order_fmax", (0.1, 80.0)),
        ("first_order_fmax", (6.0, 98.0)),
        ("weibull_2", (4.0, 0.6)),
        ("korsmeyer_peppas", (12.0, 0.5)),
    ],
)
def test_the_interval_is_that_of_draws_from_law_and_bag_together(law, values):
    result = found(law, values, seed=5)
    drawn = half_times(result)
    low, high = drawn[[50, 1950]]
    width = result.half_time[2] - result.half_time[1]
    assert width == pytest.approx(high - low, rel=0.12)
    assert result.half_time[1:] == pytest.approx((low, high), abs=0.12 * width)


def test_a_plateau_that_may_lie_below_half_leaves_the_end_open():
    result = found("first_order_fmax", (0.1, 51.0), noise=3.0, seed=2)
    assert result.half_time[2] == np.inf
    assert half_times(result)[1950] == np.inf
    below = found("first_order_fmax", (0.1, 49.0), noise=3.0, seed=0)
    assert np.isnan(below.half_time[0])
    assert below.half_time[1] == pytest.approx(half_times(below)[50], rel=0.05)
    assert below.half_time[2] == np.inf


def test_the_half_time_is_held_as_often_as_its_interval_says():
    truth = np.log(2.0)
    outside = 100.0 * dialysis_release(TIME, 1.0, BAG).received
    control = 100.0 * (1.0 - np.exp(-BAG * TIME))
    results = [
        correct(profile(outside, 1.5, seed), profile(control, 1.5, seed + 500), model="first_order", time_unit="h")
        for seed in range(16)
    ]
    hits = sum(result.half_time[1] < truth < result.half_time[2] for result in results)
    assert hits >= 12  # 15 expected; fewer than 12 once in a thousand


def test_the_band_of_the_release_is_that_of_draws_from_law_and_bag_together():
    result = found("first_order_fmax", (1.0, 90.0), seed=4)
    columns = [column[:, None] for column in draws(result.joint, 4000)[:, :2].T]
    curves = np.sort(result.release.model.curve(result.time, *columns), axis=0)
    assert result.low[5:] == pytest.approx(curves[100, 5:], abs=0.35)
    assert result.high[5:] == pytest.approx(curves[3900, 5:], abs=0.35)


def numbers(law, columns: np.ndarray) -> dict[str, np.ndarray]:
    """Read T50, T80 and the area to 48 h off curves of drawn parameters, (draws, parameters)."""
    time = np.linspace(0.0, 48.0, 4801)
    curves = law.curve(time, *[column[:, None] for column in columns.T])
    area = 0.5 * (curves[:, 1:] + curves[:, :-1]) @ np.diff(time)
    reached = {f"T{share}": time[np.argmax(curves >= share, axis=1)] for share in (50, 80)}
    return reached | {"AUC": area, "DE": area / 48.0}


@pytest.mark.parametrize(("law", "values"), [("first_order", (0.2,)), ("weibull_2", (4.0, 0.8))])
def test_the_summary_of_the_release_has_the_doubt_of_law_and_bag(law, values):
    result = found(law, values, seed=5)
    drawn = numbers(result.release.model, draws(result.joint, 1500)[:, : len(values)])
    for item in fitted_summary(result.release):
        if item.name in drawn:
            low, high = np.quantile(drawn[item.name], [0.025, 0.975])
            # draws are normal, the intervals Student's t at the fewer degrees of freedom of the law
            assert item.high - item.low >= 0.9 * (high - low)
    steps = doubt(result.release)
    assert steps @ steps.T == pytest.approx(result.release.covariance, rel=1e-9)


def test_the_summary_of_the_release_is_that_of_experiments_made_again():
    outside = 100.0 * dialysis_release(TIME, 0.5, BAG).received
    control = 100.0 * (1.0 - np.exp(-BAG * TIME))

    def one(curve: np.ndarray, seed: int) -> Profile:
        noise = np.random.default_rng(seed).normal(0.0, 1.0, (1, TIME.size))
        return Profile("run", TIME, curve + noise, ("1",))

    releases = [correct(one(outside, s), one(control, s + 99), model=FIRST).release for s in range(20)]
    made = [{item.name: item for item in fitted_summary(release)} for release in releases]
    for name in ("T25", "T80", "MDT", "AUC"):
        spread = np.std([item[name].value for item in made], ddof=1)
        said = np.median([item[name].high - item[name].low for item in made]) / (2.0 * 2.101)  # t of 18
        assert said == pytest.approx(spread, rel=0.4)  # an error of a standard deviation of 20 is 16 %


def test_the_law_goes_on_with_the_doubt_of_law_and_bag():
    result = found("weibull_2", (4.0, 0.6), seed=10)
    assert result.bag_scatter.value == 0.0
    table = law_table(result.release, ReleaseData((), "h", 3600.0))
    assert np.array(table["covariance"]) == pytest.approx(result.joint.covariance[:2, :2])
    assert table["degrees_of_freedom"] == 2 * 3 * TIME.size - 3  # both runs, less law and bag
    # a bag that is known has less doubt behind it
    alone = (
        result.joint.covariance[:2, :2]
        - np.outer(result.joint.covariance[:2, 2], result.joint.covariance[:2, 2]) / result.joint.covariance[2, 2]
    )
    assert (np.diag(alone) < 0.99 * np.diag(result.release.covariance)).any()
