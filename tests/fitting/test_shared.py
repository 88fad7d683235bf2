"""One curve for several profiles: limits of sharing all and nothing, a known common part, the test, refusals."""

import numpy as np
import pytest

from formulate.curves.library import model
from formulate.fitting.fit import fit
from formulate.fitting.results import Points
from formulate.fitting.shared import fit_shared
from materials.errors import DomainError, UnknownIdError

TIME = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 36.0])
WEIBULL = model("weibull_2")


def points(time, released) -> Points:
    return Points(time, released, np.ones(time.size), np.zeros(time.size, dtype=np.int64), time_unit="h")


def profiles(*scales: float, sd: float = 1.5, seed: int = 0) -> list[Points]:
    random = np.random.default_rng(seed)
    return [points(TIME, WEIBULL.curve(TIME, scale, 0.8) + random.normal(0.0, sd, TIME.size)) for scale in scales]


def test_sharing_everything_is_pooling():
    data = profiles(5.0, 6.0)
    found = fit_shared(data, WEIBULL, shared=["alpha", "beta"])
    pooled = fit(points(np.tile(TIME, 2), np.concatenate([own.released for own in data])), WEIBULL)
    assert found.values[0] == pytest.approx(pooled.values, rel=1e-7)
    assert (found.values[0] == found.values[1]).all()
    assert found.criteria.wss == pytest.approx(pooled.criteria.wss, rel=1e-10)
    assert found.covariance == pytest.approx(pooled.covariance, rel=1e-5)


def test_sharing_nothing_is_fitting_each_alone():
    data = profiles(5.0, 9.0)
    found = fit_shared(data, WEIBULL, shared=[])
    assert found.values == pytest.approx(np.array([fit(own, WEIBULL).values for own in data]), rel=1e-6)
    assert found.criteria.wss == pytest.approx(found.apart, rel=1e-10)


def test_a_common_exponent_is_found_and_better_known():
    data = profiles(5.0, 9.0, 14.0)
    found = fit_shared(data, WEIBULL, shared=["beta"])
    assert (np.ptp(found.values[:, 1]), found.block) == (0.0, ("beta", "alpha [1]", "alpha [2]", "alpha [3]"))
    assert found.values[:, 1] == pytest.approx(0.8, abs=0.04)
    assert found.parameters[0][1].standard_error < min(fit(own, WEIBULL).parameters[1].standard_error for own in data)
    assert found.worse > 0.05
    assert found.criteria.parameters == 4


def test_each_profile_may_have_its_own_times():
    data = profiles(5.0, 9.0, sd=0.0)
    data[1] = points(TIME[2:], data[1].released[2:])
    found = fit_shared(data, WEIBULL, shared=["beta"])
    assert found.values == pytest.approx(np.array([[5.0, 0.8], [9.0, 0.8]]), rel=1e-6)
    assert found.curve(1, TIME) == pytest.approx(WEIBULL.curve(TIME, 9.0, 0.8), rel=1e-6)


def test_profiles_that_differ_are_told():
    found = fit_shared(profiles(3.0, 20.0), WEIBULL, shared=["alpha"])
    assert found.worse < 1e-4
    assert found.criteria.wss > found.apart


def test_fixed_parameters_and_bounds_hold_in_all():
    curve = model("weibull_3")
    data = profiles(5.0, 9.0)
    found = fit_shared(data, curve, shared=["beta"], fixed={"Fmax": 100.0}, bounds={"beta": (0.1, 0.7)})
    assert (found.values[:, 2] == 100.0).all()
    assert found.values[:, 1] == pytest.approx(0.7)
    assert found.parameters[1][1].at_bound == "high"


def test_what_cannot_be_shared_is_refused():
    with pytest.raises(UnknownIdError, match="free parameter of weibull_2 'n'"):
        fit_shared(profiles(5.0, 6.0), WEIBULL, shared=["n"])
    with pytest.raises(DomainError, match="profiles = 1; need at least 2"):
        fit_shared(profiles(5.0), WEIBULL, shared=["beta"])
