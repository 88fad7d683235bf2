"""The least sum of squares: exact solutions, other solvers, a search by brute force, limits, invariance, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit, differential_evolution

from formulate.curves.library import model, models
from formulate.curves.model import Model, Parameter
from formulate.fitting.fit import fit
from formulate.fitting.least_squares import settle
from formulate.fitting.posing import problem_of
from formulate.fitting.results import Points
from materials.errors import DomainError, UnknownIdError

TIME = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 20.0, 24.0])


def points(time, released, weight=None) -> Points:
    time, released = np.asarray(time, dtype=np.float64), np.asarray(released, dtype=np.float64)
    weight = np.ones(time.size) if weight is None else np.asarray(weight, dtype=np.float64)
    return Points(time, released, weight, np.zeros(time.size, dtype=np.int64), time_unit="h")


def noisy(identity: str, *parameters: float, seed: int = 1, sd: float = 2.0, time=TIME) -> Points:
    released = model(identity).curve(time, *parameters)
    return points(time, released + np.random.default_rng(seed).normal(0.0, sd, time.size))


def ugly(seed: int) -> Points:
    """Bursts, lags, plateaus, falls, or nothing but noise."""
    random = np.random.default_rng(seed)
    count = int(random.integers(6, 20))
    time = np.unique(np.round(np.append(random.uniform(0.0, 1.0, count), [0.0, 1.0]), 3)) * 10.0 ** random.uniform(
        -1, 3
    )
    x = time / time[-1]
    rate, power = 10.0 ** random.uniform(-0.3, 1.3), 10.0 ** random.uniform(-0.5, 0.5)
    released = [
        100.0 * -np.expm1(-((rate * x) ** power)),
        85.0 * -np.expm1(-rate * np.maximum(x - random.uniform(0.0, 0.5), 0.0)),
        np.where(x > 0.0, 25.0, 0.0) + 60.0 * x**power,
        110.0 * x**power * np.exp(-0.3 * rate * x),
        random.uniform(0.0, 110.0, x.size),
    ][seed % 5]
    released = released + random.normal(0.0, random.choice([0.3, 2.0, 5.0]), x.size)
    return points(time, np.round(np.maximum(released, 0.0), 1))


@pytest.mark.parametrize(
    ("identity", "columns"),
    [
        ("zero_order_f0", lambda t: [t, np.ones_like(t)]),
        ("higuchi_f0", lambda t: [np.sqrt(t), np.ones_like(t)]),
        ("peppas_sahlin_2", lambda t: [np.sqrt(t), t]),
        ("quadratic", lambda t: [100.0 * t**2, 100.0 * t]),
    ],
)
def test_linear_curves_have_the_exact_solution(identity, columns):
    data = noisy("weibull_2", 5.0, 0.8)
    weight = np.linspace(0.5, 3.0, TIME.size)
    found = fit(points(data.time, data.released, weight), model(identity))
    design = np.stack(columns(TIME), axis=1)
    root = np.sqrt(weight)
    exact, wss, _, _ = np.linalg.lstsq(design * root[:, None], data.released * root, rcond=None)
    assert found.values == pytest.approx(exact, rel=1e-10)
    assert found.criteria.wss == pytest.approx(wss[0], rel=1e-12)
    covariance = wss[0] / (TIME.size - 2) * np.linalg.inv(design.T @ (design * weight[:, None]))
    assert found.covariance == pytest.approx(covariance, rel=1e-8)


@pytest.mark.parametrize(
    ("identity", "truth"),
    [
        ("weibull_2", (5.0, 0.8)),
        ("first_order_tlag_fmax", (0.3, 1.2, 88.0)),
        ("korsmeyer_peppas", (15.0, 0.55)),
        ("gompertz_2", (3.0, 2.0, 95.0)),
    ],
)
def test_another_solver_started_at_the_truth_ends_at_the_same_place(identity, truth):
    curve = model(identity)
    data = noisy(identity, *truth)
    found = fit(data, curve)
    with np.errstate(all="ignore"):
        values, covariance = curve_fit(
            curve.curve,
            data.time,
            data.released,
            truth,
            jac=lambda t, *p: curve.gradient(t, *p).T,
            xtol=1e-14,
            ftol=1e-14,
        )
    assert found.values == pytest.approx(values, rel=1e-6)
    assert found.covariance == pytest.approx(covariance, rel=1e-4)
    assert found.criteria.wss <= np.sum((data.released - curve.curve(data.time, *values)) ** 2) * (1.0 + 1e-12)


BRUTE = {  # ranges of the parameters, time in units of the last reading
    "first_order_tlag": [(-2, 3, True), (-1.0, 1.0, False)],
    "korsmeyer_peppas": [(0, 2.2, True), (-2, 1, True)],
    "hopfenberg": [(-3, 2, True), (-1.5, 2, True)],
    "weibull_1": [(-6, 3, True), (-2, 1, True), (-1.0, 1.0, False)],
    "weibull_2": [(-6, 3, True), (-2, 1, True)],
    "logistic_3": [(-1, 2.5, True), (-1.0, 2.0, False), (1.0, 200.0, False)],
    "makoid_banakar": [(0, 3, True), (-2, 1, True), (-5.0, 15.0, False)],
}


# of the five shapes of `ugly` two or three for each model, and every shape for three models or more
EVOLVED = [(identity, seed) for place, identity in enumerate(BRUTE) for seed in range(5) if (place + seed) % 2 == 0]


@pytest.mark.parametrize(("identity", "seed"), EVOLVED)
def test_no_evolution_finds_a_lower_sum_of_squares(identity, seed):
    data, curve, ranges = ugly(seed), model(identity), BRUTE[identity]
    x = data.time / data.time[-1]
    logs = np.array([log for _, _, log in ranges])

    def wss(vectors):
        values = np.where(logs[:, None], 10.0 ** np.where(logs[:, None], vectors, 0.0), vectors)
        predicted = curve.curve(x, *(row[:, None] for row in values))
        return np.sum((data.released - predicted) ** 2, axis=1)

    with np.errstate(all="ignore"):
        other = differential_evolution(
            wss,
            [(low, high) for low, high, _ in ranges],
            seed=seed,
            vectorized=True,
            updating="deferred",
            polish=False,
            maxiter=120,
            tol=1e-10,
        )
    assert fit(data, curve).criteria.wss <= other.fun * (1.0 + 1e-8)


@pytest.mark.parametrize("seed", range(12))
def test_the_lag_is_the_best_of_a_fine_scan(seed):
    data = ugly(seed)
    found = fit(data, model("higuchi_tlag")).criteria.wss
    lags = np.concatenate([np.linspace(-3.0, 1.0, 8001) * data.time[-1], data.time])
    root = np.sqrt(np.maximum(data.time - lags[:, None], 0.0))
    along = np.maximum(root @ data.released, 0.0)
    wss = np.sum(data.released**2) - along**2 / np.maximum(np.sum(root**2, axis=1), 1e-300)
    assert found <= wss.min() * (1.0 + 1e-9)


def test_a_lag_may_rest_on_the_kink_at_a_reading_of_zero():
    # readings 0 up to t = 2, then at once up along a root: earlier lags release at t = 2, later ones miss t = 3
    data = points([0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 9.0], [0.0, 0.0, 0.0, 31.0, 43.0, 59.0, 78.0])
    found = fit(data, model("korsmeyer_peppas_tlag"))
    assert found.values[2] == pytest.approx(2.0, abs=0.3)
    assert found.curve(data.time)[:3].max() < 3.0


@pytest.mark.parametrize("curve", models(), ids=lambda curve: curve.id)
def test_every_model_is_fitted_without_a_warning(curve):
    data = ugly(4)
    found = fit(data, curve)
    assert np.isfinite(found.values).all()
    assert 0.0 <= found.criteria.wss < 20.0 * np.sum((data.released - data.released.mean()) ** 2)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["first_order", "weibull_2", "korsmeyer_peppas", "first_order_tlag_fmax", "logistic_2", "hill"]),
    st.sampled_from([1.0 / 24.0, 60.0, 3600.0]),
    st.integers(0, 1000),
)
def test_the_unit_of_time_changes_nothing_else(identity, factor, seed):
    data, curve = noisy("weibull_3", 6.0, 1.1, 92.0, seed=seed), model(identity)
    first = fit(data, curve)
    second = fit(points(data.time * factor, data.released), curve)
    assert second.criteria.wss == pytest.approx(first.criteria.wss, rel=1e-10)
    assert second.curve(data.time * factor) == pytest.approx(first.curve(data.time), rel=1e-8, abs=1e-7)
    assert curve.rescaled is not None
    back = [float(value) for value in curve.rescaled(factor, *second.values)]
    assert back == pytest.approx(first.values.tolist(), rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(["weibull_2", "first_order_tlag", "peppas_sahlin_1"]), st.permutations(range(12)))
def test_the_order_of_rows_does_not_matter(identity, order):
    data = noisy("weibull_2", 5.0, 0.8)
    first = fit(data, model(identity))
    second = fit(points(data.time[list(order)], data.released[list(order)]), model(identity))
    assert second.values == pytest.approx(first.values, rel=1e-9)


def test_replicates_weigh_as_their_mean_does():
    # exact: N equal replicates of each reading leave the parameters and change the scatter
    data = noisy("weibull_2", 5.0, 0.8)
    one = fit(data, model("weibull_2"))
    three = fit(points(np.tile(data.time, 3), np.tile(data.released, 3)), model("weibull_2"))
    assert three.values == pytest.approx(one.values, rel=1e-8)
    assert three.criteria.wss == pytest.approx(3.0 * one.criteria.wss, rel=1e-10)


def test_a_fixed_plateau_gives_the_simpler_model():
    data = noisy("weibull_2", 5.0, 0.8)
    found = fit(data, model("weibull_3"), fixed={"Fmax": 100.0})
    simple = fit(data, model("weibull_2"))
    assert found.values[:2] == pytest.approx(simple.values, rel=1e-8)
    plateau = found.parameters[2]
    assert (plateau.value, plateau.standard_error, plateau.low, plateau.high, plateau.fixed) == (100, 0, 100, 100, True)
    assert found.criteria.parameters == 2


@pytest.mark.parametrize("name", ["alpha", "beta", "Fmax"])
def test_fixing_any_parameter_where_it_ends_changes_nothing(name):
    data = noisy("weibull_3", 6.0, 1.1, 92.0)
    free = fit(data, model("weibull_3"))
    value = free.values[free.model.names.index(name)]
    assert fit(data, model("weibull_3"), fixed={name: value}).values == pytest.approx(free.values, rel=1e-7)


def test_a_bound_holds_and_is_named():
    data = noisy("first_order_fmax", 0.1, 110.0, sd=0.5)
    found = fit(data, model("first_order_fmax"), bounds={"Fmax": (0.0, 100.0)})
    plateau = found.parameters[1]
    assert (plateau.value, plateau.at_bound) == (100.0, "high")
    assert np.isnan(plateau.standard_error)
    assert found.parameters[0].standard_error > 0.0
    assert any("Fmax rests on the upper end" in text for text in found.warnings)
    simple = fit(data, model("first_order"))
    assert found.values[0] == pytest.approx(simple.values[0], rel=1e-8)  # what remains is the best there is


def test_a_bound_that_does_not_bind_changes_nothing():
    data = noisy("weibull_2", 5.0, 0.8)
    bounds = {"alpha": (1.0, 50.0), "beta": (0.1, 3.0)}
    found = fit(data, model("weibull_2"), bounds=bounds)
    assert found.values == pytest.approx(fit(data, model("weibull_2")).values, rel=1e-8)
    assert dict(found.bounds) == bounds


def test_a_straight_line_ends_at_the_limit_of_zero_order():
    data = points(TIME, 3.5 * TIME + np.sin(9.0 * TIME))
    limit = fit(data, model("zero_order")).criteria.wss
    found = fit(data, model("first_order_fmax"))
    assert found.criteria.wss == pytest.approx(limit, rel=1e-6)


def test_hopfenberg_without_end_is_first_order():
    data = noisy("first_order", 0.2, sd=0.0)
    found = fit(data, model("hopfenberg"))
    assert found.curve(TIME) == pytest.approx(data.released, abs=1e-3)


def test_readings_without_error_are_met():
    found = fit(noisy("weibull_2", 5.0, 0.8, sd=0.0), model("weibull_2"))
    assert found.values == pytest.approx([5.0, 0.8], rel=1e-8)
    assert found.criteria.wss < 1e-16


def test_as_many_readings_as_parameters_leave_no_errors():
    data = points([1.0, 5.0], [20.0, 60.0])
    found = fit(data, model("weibull_2"))
    assert found.curve(data.time) == pytest.approx(data.released, rel=1e-8)
    assert np.isnan([parameter.standard_error for parameter in found.parameters]).all()
    assert any("no standard errors" in text for text in found.warnings)


def test_parameters_that_cannot_be_told_apart_have_no_errors():
    twice = Model(
        "twice",
        "two rates for one",
        "",
        (Parameter("a", "", "", grid=(0.0, 1.0)), Parameter("b", "", "", grid=(0.0, 1.0))),
        lambda t, a, b: (a + b) * t,
        lambda t, a, b: np.stack([t + 0.0 * (a + b), t + 0.0 * (a + b)]),
        group="formula",
    )
    found = fit(points([1.0, 2.0, 3.0], [1.0, 2.1, 2.9]), twice)
    assert np.isnan(found.covariance).all()
    assert found.values.sum() == pytest.approx(1.0 * (1 + 4.2 + 8.7) / 14.0)
    assert any("cannot tell" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("identity", "time", "released", "wss"),
    [
        # nothing, then nearly all between two readings: steep curves meet both, next to them steps that meet one
        ("hill", [1, 2, 4, 7, 14, 27, 52, 100], [0, 0, 0, 0, 0, 7, 96, 100], 0.01),
        ("gompertz_1", [1, 2, 4, 7, 14, 27, 52, 100], [0, 0, 0, 0, 0, 7, 96, 100], 0.01),
        # release that starts within an interval beyond the first
        (
            "first_order_tlag",
            [0, 48, 94, 107, 255, 412, 445, 500, 552, 624, 709, 713, 736, 738, 754, 872, 877, 889, 1000],
            [0, 4.3, 8.1, 9.6, 22.9, 38.3, 40.4, 45, 48.3, 59.1, 64.8, 62.8, 67.2, 66.5, 68, 79.2, 80.6, 78.9, 92.7],
            465.5,
        ),
        # both amounts at the end of their range were held at once
        ("burst_higuchi", [0, 1, 2, 4, 8, 12], [0, 70, 95, 112, 140, 160], 150.0),
    ],
)
def test_minima_that_are_easily_missed_are_found(identity, time, released, wss):
    found = fit(points(time, released), model(identity))
    assert found.criteria.wss < wss
    assert found.converged


def test_an_end_says_how_level_it_is():
    data = noisy("weibull_2", 5.0, 0.8)
    problem, end = problem_of(fit(data, model("weibull_2")))
    assert settle(problem, end)[3] < 1e-9
    assert settle(problem, end + 0.1, steps=1)[3] > 1e-3


def test_starts_of_the_user_are_followed():
    # sin(b t) has a minimum at every multiple: only a start leads to a far one
    wave = Model(
        "wave",
        "wave",
        "",
        (Parameter("b", "", "", grid=(0.5, 1.0, 1.5)),),
        lambda t, b: np.sin(b * t),
        lambda t, b: np.stack([t * np.cos(b * t)]),
        group="formula",
    )
    time = np.linspace(0.0, 3.0, 31)
    assert fit(points(time, np.sin(17.0 * time)), wave, starts=[[16.7]]).values == pytest.approx([17.0])


def test_what_cannot_be_fitted_is_refused():
    data, curve = noisy("weibull_2", 5.0, 0.8), model("weibull_2")
    with pytest.raises(DomainError, match="readings = 1; need at least 2, one for each of alpha, beta"):
        fit(points([1.0], [20.0]), curve)
    with pytest.raises(UnknownIdError, match="parameter of weibull_2 'betta'; nearest: beta"):
        fit(data, curve, fixed={"betta": 1.0})
    with pytest.raises(UnknownIdError, match="parameter of weibull_2 'Fmax'"):
        fit(data, curve, bounds={"Fmax": (0.0, 1.0)})
    with pytest.raises(DomainError, match="beta = -1; need 1e-06 to 100"):
        fit(data, curve, fixed={"beta": -1.0})
    with pytest.raises(DomainError, match="beta = 3; need a lower bound below the upper one, 2"):
        fit(data, curve, bounds={"beta": (3.0, 2.0)})
    with pytest.raises(DomainError, match="upper bound of beta = -2; need 1e-06 to 100"):
        fit(data, curve, bounds={"beta": (-3.0, -2.0)})
    with pytest.raises(DomainError, match="level = 95; need above 0 and below 1"):
        fit(data, curve, level=95.0)
    with pytest.raises(DomainError, match="time = -1 h; need >= 0"):
        fit(points([-1.0, 1.0], [0.0, 20.0]), curve)
    with pytest.raises(DomainError, match="at least one reading after 0"):
        fit(points([0.0, 0.0], [0.0, 1.0]), curve)
    with pytest.raises(DomainError, match="released = nan; need finite"):
        fit(points([1.0, 2.0], [0.0, np.nan]), curve)
    with pytest.raises(DomainError, match="weight = 0; need > 0"):
        fit(points([1.0, 2.0], [1.0, 2.0], [1.0, 0.0]), curve)


def test_readings_that_all_lie_below_zero_are_fitted_without_a_crash():
    points = Points(np.arange(5.0), np.array([-1.0, -2.0, -1.0, -3.0, -2.0]), np.ones(5), np.zeros(5, dtype=np.int64))
    found = fit(points, model("first_order_tlag"))
    assert found.criteria.ss == pytest.approx(19.0, rel=1e-3)  # nothing released is the least a rate can do


@pytest.mark.parametrize("id", ["weibull_2", "weibull_4", "gompertz_2", "first_order_tlag_fmax", "biexponential"])
def test_the_unit_of_time_and_the_order_of_rows_do_not_matter(id):
    random = np.random.default_rng(3)
    time = np.array([0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0])
    released = 90.0 * (1.0 - np.exp(-((np.maximum(time - 0.7, 0.0) / 5.0) ** 0.9))) + random.standard_normal(8)
    curve = model(id)
    found = fit(points(time, released), curve)
    assert curve.rescaled is not None
    for factor in (60.0, 3600.0, 1.0 / 24.0):
        mixed = random.permutation(8)
        other = fit(points(time[mixed] * factor, released[mixed]), curve)
        assert other.criteria.ss == pytest.approx(found.criteria.ss, rel=1e-8)
        assert other.warnings == found.warnings
        there = np.array([float(value) for value in curve.rescaled(factor, *other.values)])
        known = np.array([parameter.standard_error < 0.3 * abs(parameter.value) for parameter in found.parameters])
        assert there[known] == pytest.approx(found.values[known], rel=1e-5)


@pytest.mark.parametrize(
    ("time", "released", "said"),
    [
        ([1e-310, 2e-310], [10.0, 20.0], r"time = 2e-310 h; need the last reading between 1e-30 and 1e\+30"),
        ([1.0, 2.0], [1e300, 2e300], r"released = 2e\+300 %; need the largest 0, or between 1e-100 and 1e\+100"),
        ([1.0, 2.0], [1e-310, 0.0], "released = 1e-310 %"),
    ],
)
def test_numbers_whose_squares_are_none_are_refused(time, released, said):
    with pytest.raises(DomainError, match=said):
        fit(points(time, released), model("first_order"))


def test_a_value_outside_the_domain_is_refused_with_its_unit_and_range():
    data, curve = noisy("weibull_2", 5.0, 0.8), model("first_order_fmax")
    with pytest.raises(DomainError, match=r"Fmax = -5 %; need at least 0 %$"):
        fit(data, curve, fixed={"Fmax": -5.0})
    with pytest.raises(DomainError, match=r"upper bound of Fmax = -2 %; need at least 0 %$"):
        fit(data, curve, bounds={"Fmax": (-9.0, -2.0)})
    with pytest.raises(DomainError, match=r"k1 = -1 1/h; need .* to .* 1/h$"):
        fit(data, curve, fixed={"k1": -1.0})
    with pytest.raises(DomainError, match=r"lower bound of f = 2; need 0 to 1$"):
        fit(data, model("biexponential"), bounds={"f": (2.0, 3.0)})
