"""How sure parameters and curve are: exact linear theory, a published profile, resampling, coverage, refusals."""

import numpy as np
import pytest
from scipy import stats

from formulate.curves.library import model
from formulate.curves.model import Model, Parameter
from formulate.fitting.bands import confidence_band, prediction_band
from formulate.fitting.fit import fit
from formulate.fitting.intervals import bootstrap, draws, profile_likelihood
from formulate.fitting.resampling import Bootstrap
from formulate.fitting.results import Points
from materials.errors import DomainError, UnknownIdError

TIME = np.array([0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0])
MICHAELIS = Model(
    "michaelis_menten",
    "Michaelis-Menten",
    "V = Vm c/(K + c)",
    (Parameter("Vm", "", ""), Parameter("K", "", "", "log", 0.0, np.inf, (0.01, 0.1, 1.0))),
    lambda c, vm, k: vm * c / (k + c),
    lambda c, vm, k: np.stack([c / (k + c) + 0.0 * vm, -vm * c / (k + c) ** 2]),
    group="formula",
)


def points(time, released, unit=None, weighting="1") -> Points:
    time, released = np.asarray(time, dtype=np.float64), np.asarray(released, dtype=np.float64)
    weight = {"1": np.ones_like(released), "1/y": 1.0 / released, "1/y2": released**-2.0}[weighting]
    return Points(time, released, weight, np.zeros(time.size, dtype=np.int64) if unit is None else unit, weighting)


def noisy(identity, *parameters, seed=1, sd=2.0, time=TIME) -> Points:
    released = model(identity).curve(time, *parameters)
    return points(time, released + np.random.default_rng(seed).normal(0.0, sd, time.size))


@pytest.fixture(scope="module")
def line():
    return fit(noisy("zero_order_f0", 3.0, 10.0), model("zero_order_f0"))


@pytest.fixture(scope="module")
def weibull():
    return fit(noisy("weibull_2", 5.0, 0.8), model("weibull_2"))


@pytest.fixture(scope="module")
def puromycin():
    # Bates and Watts 1988, table A1.3: puromycin, treated cells
    rate = [76.0, 47.0, 97.0, 107.0, 123.0, 139.0, 159.0, 152.0, 191.0, 201.0, 207.0, 200.0]
    return fit(points(np.repeat([0.02, 0.06, 0.11, 0.22, 0.56, 1.10], 2), rate), MICHAELIS)


def test_puromycin_has_the_published_fit_and_profile(puromycin):
    # Bates and Watts 1988: 212.7 and 0.0641 with standard errors 6.95 and 0.00828; profiles as R's confint gives them
    assert puromycin.values == pytest.approx([212.7, 0.06412], rel=1e-4)
    assert [p.standard_error for p in puromycin.parameters] == pytest.approx([6.947, 0.008281], rel=1e-3)
    found = profile_likelihood(puromycin)
    assert found["Vm"] == pytest.approx((197.302, 229.290), rel=1e-4)
    assert found["K"] == pytest.approx((0.046925, 0.086160), rel=1e-4)


def test_the_profile_of_a_line_is_students_interval(line):
    quantile = stats.t.ppf(0.975, 8)
    found = profile_likelihood(line)
    for parameter in line.parameters:
        expected = (
            parameter.value - quantile * parameter.standard_error,
            parameter.value + quantile * parameter.standard_error,
        )
        assert found[parameter.name] == pytest.approx(expected, rel=1e-6)
        assert (parameter.low, parameter.high) == pytest.approx(expected, rel=1e-10)


def test_at_the_ends_of_a_profile_the_best_refit_is_on_the_limit(weibull):
    limit = weibull.criteria.wss * (1.0 + stats.f.ppf(0.95, 1, 8) / 8)
    for name, ends in profile_likelihood(weibull).items():
        for end in ends:
            refit = fit(weibull.points, weibull.model, fixed={name: end})
            assert refit.criteria.wss == pytest.approx(limit, rel=1e-5)


def test_a_profile_that_changes_its_valley_is_followed():
    # upwards k2 leads past a second valley, with a lag near zero and a sum of squares three times as high
    time = np.array([0.01, 0.25, 1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 18.0, 21.0, 28.0, 35.0])
    released = np.array([0.5, 7.2, 15.0, 17.9, 20.8, 29.0, 40.1, 59.9, 73.8, 82.5, 92.1, 96.4])
    found = fit(points(time, released), model("peppas_sahlin_1_tlag"))
    limit = found.criteria.wss * (1.0 + stats.f.ppf(0.95, 1, 8) / 8)
    for name, ends in profile_likelihood(found, ["k2", "m"]).items():
        value = found.values[found.model.names.index(name)]
        assert ends[0] < value < ends[1]
        for end in ends:
            refit = fit(found.points, found.model, fixed={name: end})
            assert refit.criteria.wss == pytest.approx(limit, rel=1e-4)


def test_a_profile_may_be_open():
    # a nearly straight line: a plateau cannot be told from none
    time = np.arange(1.0, 9.0)
    data = points(time, 4.0 * time + np.random.default_rng(3).normal(0.0, 1.0, 8))
    low, high = profile_likelihood(fit(data, model("first_order_fmax")), ["Fmax"])["Fmax"]
    assert 20.0 < low < 200.0
    assert high == np.inf


def test_a_wider_level_is_a_wider_interval(weibull):
    narrow, wide = (profile_likelihood(weibull, ["beta"], level)["beta"] for level in (0.8, 0.99))
    assert wide[0] < narrow[0] < weibull.values[1] < narrow[1] < wide[1]


@pytest.mark.parametrize("kind", ["residual", "pairs"])
def test_resampling_scatters_as_the_covariance_says(weibull, kind):
    found = bootstrap(weibull, 2000, kind=kind)
    errors = np.array([parameter.standard_error for parameter in weibull.parameters])
    assert found.values.std(axis=0) == pytest.approx(errors, rel=0.35)
    for interval in (found.percentile(), found.bca()):
        assert (interval[:, 0] < weibull.values).all()
        assert (weibull.values < interval[:, 1]).all()


def test_each_resampled_fit_is_the_least_of_its_readings(weibull):
    # leaving one reading out is a fit to the rest
    found = bootstrap(weibull, 20)
    rest = np.arange(TIME.size) != 3
    data = points(TIME[rest], weibull.points.released[rest])
    assert found.left_out[3] == pytest.approx(fit(data, weibull.model).values, rel=1e-6)


def test_whole_units_are_drawn():
    random = np.random.default_rng(5)
    truth = model("weibull_2")
    released = np.concatenate([truth.curve(TIME, scale, 0.8) for scale in random.lognormal(np.log(5.0), 0.2, 6)])
    data = points(np.tile(TIME, 6), released, np.repeat(np.arange(6), TIME.size))
    found = bootstrap(fit(data, truth), 300, kind="units")
    assert found.left_out.shape == (6, 2)
    pooled = bootstrap(fit(data, truth), 300, kind="residual")
    assert found.values[:, 0].std() > 1.5 * pooled.values[:, 0].std()  # readings of one unit err together


def test_the_same_seed_gives_the_same_values_and_progress_ends_at_the_count(weibull):
    told = []
    first = bootstrap(weibull, 50, seed=3, progress=lambda done, count: told.append((done, count)))
    assert told[-1] == (50, 50)
    assert (first.values == bootstrap(weibull, 50, seed=3).values).all()
    assert (first.values != bootstrap(weibull, 50, seed=4).values).any()


def test_draws_have_the_margins_of_the_intervals(weibull):
    quantiles = np.quantile(draws(weibull, 40_000), [0.025, 0.975], axis=0)
    low, high = np.array([(p.low, p.high) for p in weibull.parameters]).T
    assert quantiles[0] == pytest.approx(low, rel=0.01)
    assert quantiles[1] == pytest.approx(high, rel=0.01)


def test_draws_follow_scores_and_keep_what_is_fixed():
    data = noisy("weibull_3", 5.0, 0.8, 90.0)
    found = fit(data, model("weibull_3"), fixed={"Fmax": 90.0})
    rows = draws(found, scores=np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 2.0], [-1.0, 0.0, -2.0]]))
    assert rows[0] == pytest.approx(found.values)
    assert (rows[:, 2] == 90.0).all()
    assert np.sqrt(rows[1, :2] * rows[2, :2]) == pytest.approx(found.values[:2])  # symmetric on the log scale


def test_the_bands_of_a_line_are_the_textbooks(line):
    time = np.array([0.0, 5.0, 30.0])
    error = np.sqrt(line.criteria.mse * (1 / 10 + (time - TIME.mean()) ** 2 / np.sum((TIME - TIME.mean()) ** 2)))
    low, high = confidence_band(line, time)
    assert 0.5 * (high - low) == pytest.approx(stats.t.ppf(0.975, 8) * error, rel=1e-9)
    low, high = prediction_band(line, time)
    assert 0.5 * (high - low) == pytest.approx(stats.t.ppf(0.975, 8) * np.sqrt(line.criteria.mse + error**2), rel=1e-9)
    low, high = confidence_band(line, time, simultaneous=True)  # Working and Hotelling
    assert 0.5 * (high - low) == pytest.approx(np.sqrt(2.0 * stats.f.ppf(0.95, 2, 8)) * error, rel=1e-9)


def test_a_reading_scatters_as_its_weight_says():
    data = noisy("weibull_2", 5.0, 0.8)
    time = np.array([1.0, 16.0])
    for weighting, power in (("1/y", 1), ("1/y2", 2)):
        found = fit(points(data.time, data.released, weighting=weighting), model("weibull_2"))
        inner, outer = confidence_band(found, time), prediction_band(found, time)
        added = ((outer[1] - outer[0]) ** 2 - (inner[1] - inner[0]) ** 2) / 4.0
        assert added[1] / added[0] == pytest.approx((found.curve(time)[1] / found.curve(time)[0]) ** power, rel=1e-6)


@pytest.mark.parametrize(
    ("identity", "truth"), [("first_order", (0.2,)), ("weibull_2", (5.0, 0.8)), ("korsmeyer_peppas", (15.0, 0.5))]
)
def test_95_of_100_intervals_hold_the_truth(identity, truth):
    # 200 binomial trials of 0.95: 0.95 -+ 3 * 0.0154
    curve, random = model(identity), np.random.default_rng(11)
    released = curve.curve(TIME, *truth)
    held = []
    for _ in range(200):
        found = fit(points(TIME, released + random.normal(0.0, 2.0, TIME.size)), curve)
        held.append([p.low <= true <= p.high for p, true in zip(found.parameters, truth, strict=True)])
    assert np.abs(np.mean(held, axis=0) - 0.95).max() < 0.047


def test_what_cannot_be_is_refused(weibull):
    with pytest.raises(UnknownIdError, match="free parameter 'gamma'"):
        profile_likelihood(weibull, ["gamma"])
    with pytest.raises(DomainError, match="level = 2; need"):
        profile_likelihood(weibull, level=2.0)
    with pytest.raises(DomainError, match="level = 0; need"):
        confidence_band(weibull, TIME, level=0.0)
    with pytest.raises(DomainError, match="count = 1; need >= 2"):
        bootstrap(weibull, 1)
    with pytest.raises(UnknownIdError, match="kind of bootstrap 'wild'"):
        bootstrap(weibull, 10, kind="wild")
    with pytest.raises(DomainError, match="units = 1; need at least 3"):
        bootstrap(weibull, 10, kind="units")
    with pytest.raises(DomainError, match="columns of scores = 3; need 2"):
        draws(weibull, scores=np.zeros((4, 3)))
    full = fit(points([1.0, 5.0], [20.0, 60.0]), model("weibull_2"))
    with pytest.raises(DomainError, match="degrees of freedom = 0; need at least 1"):
        profile_likelihood(full)
    assert np.isnan(confidence_band(full, TIME)[0]).all()


def test_a_bootstrap_whose_skewness_overflows_has_no_corrected_interval():
    # the same jackknife, in units in which its squares are no longer numbers
    values, left_out = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([[1.0], [2.0], [9.0]])
    plain = Bootstrap(("k",), values, np.array([2.5]), left_out, "residual", 7).bca(0.8)
    tiny = Bootstrap(("k",), values * 1e-200, np.array([2.5e-200]), left_out * 1e-200, "residual", 7).bca(0.8)
    assert tiny * 1e200 == pytest.approx(plain)
    exact = Bootstrap(("k",), np.full((4, 1), 2.0), np.array([2.0]), np.full((3, 1), 2.0), "residual", 7)
    assert exact.bca() == pytest.approx(np.full((1, 2), 2.0))


@pytest.mark.parametrize(
    ("id", "values"), [("weibull_2", (4.0, 0.8)), ("biexponential", (0.4, 1.0, 0.1)), ("first_order_fmax", (0.3, 70.0))]
)
def test_of_exact_readings_the_last_digit_decides_nothing(id, values):
    exact = model(id).curve(TIME, *values)
    random = np.random.default_rng(2)
    found = [fit(points(TIME, exact * (1.0 + 2e-16 * random.integers(-2, 3, TIME.size))), model(id)) for _ in range(4)]
    for one in found:
        for parameter, first in zip(one.parameters, found[0].parameters, strict=True):
            assert parameter.standard_error == pytest.approx(first.standard_error, rel=1e-6)
            assert 0.0 < parameter.standard_error < 1e-12 * parameter.value
        assert profile_likelihood(one)[one.model.names[0]] == pytest.approx((one.values[0],) * 2, rel=1e-11)
