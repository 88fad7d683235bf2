import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.domain import DomainError
from formulate.retention.arriving import rising, skewed
from formulate.retention.linear import system
from formulate.retention.together import amounts_of_all

GRID = np.concatenate([[0.0], np.geomspace(10.0, 1e6, 121)])


def test_a_steady_rate_stays_steady():
    assert rising(GRID, 2.0 * GRID) == pytest.approx(0.0, abs=1e-9)


def test_the_rate_at_the_end_is_that_of_the_curve():
    mean, length = np.diff(np.sqrt(GRID)), np.diff(GRID)
    end = (mean + rising(GRID, np.sqrt(GRID))) / length
    exact = 0.5 / np.sqrt(GRID[1:])
    assert end[5:-1] == pytest.approx(exact[5:-1], rel=2e-3)
    assert (np.abs(mean / length / exact - 1.0)[5:] > 0.02).all()  # without


def test_what_begins_or_ends_keeps_its_rate():
    arrived = np.interp(np.arange(9.0), [0, 3, 6, 8], [0, 0, 3, 3])
    assert rising(np.arange(9.0), arrived).tolist() == [0.0] * 8


@given(st.lists(st.floats(0.0, 1e3), min_size=1, max_size=12), st.integers(0, 99))
def test_nothing_leaves_again(came, seed):
    time = np.cumsum(np.random.default_rng(seed).lognormal(size=len(came) + 1))
    arrived = np.cumsum([0.0, *came])
    assert (np.abs(rising(time, arrived)) <= np.maximum(np.diff(arrived), 0.0) * (1 + 1e-12)).all()


def test_slow_release_into_a_quick_fluid_does_not_lag():
    # dA/dt = r - k A with r = e^(-t/T)/T: A = (e^(-t/T) - e^(-k t))/(k T - 1)
    k, slow = 1 / 1800.0, 3e5
    exact = (np.exp(-GRID / slow) - np.exp(-k * GRID)) / (k * slow - 1.0)
    fluid, came = system(["fluid"], {}, {"fluid": k}), {"fluid": 1.0 - np.exp(-GRID / slow)[None]}
    (together,) = amounts_of_all(fluid, GRID, [came])
    late = (GRID > 2e4) & (GRID < 9e5)
    for inside, error in (
        (together.inside["fluid"], 0.012),
        (fluid.amounts(GRID, came, smooth=True).inside["fluid"], 0.012),
    ):
        assert inside[0, late] == pytest.approx(exact[late], rel=error)
    lags = fluid.amounts(GRID, came).inside["fluid"][0, late] / exact[late]
    assert lags.max() > 1.05


def test_skewed_is_the_integral():
    share = (np.arange(200_000) + 0.5) / 200_000
    for x in (-1e-5, -1e-4, -0.3, -20.0):
        assert float(skewed(np.array(x))) == pytest.approx(np.mean(np.exp(x * share) * (1 - 2 * share)), rel=1e-5)


def test_times_must_rise():
    with pytest.raises(DomainError, match="rising"):
        rising([0.0, 0.0], [0.0, 1.0])
