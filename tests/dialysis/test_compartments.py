"""Two compartments against an independent solver, the closed form of first order, and the limits that bound them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.special import dawsn

from formulate.curves.library import model
from formulate.dialysis.compartments import control_rate, direct_inverse, received, receiver_share
from formulate.release.dialysis import dialysis_release
from materials.errors import DomainError

TIME = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 48.0])


def solved(rate_of_release, membrane_rate, ratio, unbound=1.0, taken=0.0, added_back=True):
    """Integrate dA_d/dt = r - k_m (f_u A_d - phi A_r), dA_r/dt = the rest, stopping at each sample."""

    def slopes(t, amounts):
        across = membrane_rate * (unbound * amounts[0] - ratio * amounts[1])
        return [rate_of_release(t) - across, across]

    amounts, removed, found = np.zeros(2), 0.0, [0.0]
    for start, end in pairwise(TIME):
        amounts = solve_ivp(slopes, (start, end), amounts, method="LSODA", rtol=1e-10, atol=1e-10).y[:, -1]
        found.append(amounts[1] + (removed if added_back else 0.0))
        removed += taken * amounts[1]
        amounts[1] *= 1.0 - taken
    return np.array(found)


def law(name, *values):
    chosen = model(name)
    return lambda t: chosen.curve(t, *values)


@pytest.mark.parametrize("ratio", [0.0, 0.04, 1.0])
@pytest.mark.parametrize("unbound", [1.0, 0.3])
@pytest.mark.parametrize(("taken", "added_back"), [(0.0, True), (0.1, True), (0.1, False)])
def test_any_law_agrees_with_an_independent_solver(ratio, unbound, taken, added_back):
    membrane, shape, scale = 0.4, 1.4, 6.0  # Weibull with the scale as a time
    alpha = scale**shape

    def rate_of_release(t):
        return 100 * shape * t ** (shape - 1) / alpha * np.exp(-(t**shape) / alpha)

    expected = solved(rate_of_release, membrane, ratio, unbound, taken, added_back)
    found = received(
        TIME,
        law("weibull_2", alpha, shape),
        float(control_rate(membrane, ratio)),
        volume_ratio=ratio,
        unbound_fraction=unbound,
        sampled_at=TIME[1:],
        sampled_share=taken,
        added_back=added_back,
    )
    assert found == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(("carrier", "bag"), [(0.05, 0.5), (0.5, 0.05), (0.2, 0.2), (5.0, 0.1), (0.1, 50.0)])
def test_first_order_has_a_closed_form_and_is_the_same_with_the_rates_exchanged(carrier, bag):
    expected = 100 * dialysis_release(TIME, carrier, bag).received
    found = received(TIME, law("first_order", carrier), bag)
    assert found == pytest.approx(expected, abs=1e-4)
    assert received(TIME, law("first_order", bag), carrier) == pytest.approx(found, abs=2e-4)


@pytest.mark.parametrize("bag", [0.05, 0.5, 5.0, 500.0])
def test_a_root_of_time_law_has_a_closed_form(bag):
    # int_0^t k exp(-k (t - s)) sqrt(s) ds = sqrt(t) - D(sqrt(k t))/sqrt(k), D Dawson's integral
    expected = 8.0 * (np.sqrt(TIME) - dawsn(np.sqrt(bag * TIME)) / np.sqrt(bag))
    assert received(TIME, law("higuchi", 8.0), bag) == pytest.approx(expected, abs=1e-4)


def test_a_membrane_without_resistance_shows_the_release_and_its_share_of_the_volumes():
    release = law("weibull_2", 3.0, 0.6)
    for ratio in (0.0, 0.25):
        found = received(TIME, release, 1e7, volume_ratio=ratio)
        assert found == pytest.approx(release(TIME) / (1.0 + ratio), abs=1e-4)


def test_all_at_once_is_the_control_whose_rate_is_not_that_of_the_membrane():
    found = received(TIME, lambda t: np.full(t.shape, 100.0), float(control_rate(0.4, 0.25)), volume_ratio=0.25)
    assert found == pytest.approx(80.0 * (1.0 - np.exp(-0.5 * TIME)), abs=1e-9)


@given(
    bag=st.floats(1e-3, 1e3),
    rate=st.floats(1e-3, 1e2),
    ratio=st.floats(0.0, 2.0),
    unbound=st.floats(0.05, 1.0),
)
def test_the_receiver_lags_never_falls_and_never_holds_more_than_its_share(bag, rate, ratio, unbound):
    release = law("first_order", rate)
    found = received(TIME, release, bag, volume_ratio=ratio, unbound_fraction=unbound)
    share = float(receiver_share(ratio, unbound))
    assert (found >= -1e-3).all()
    assert (np.diff(found) >= -1e-2).all()
    assert (found <= share * release(TIME) + 1e-2).all()
    quicker = received(TIME, release, 2.0 * bag, volume_ratio=ratio, unbound_fraction=unbound)
    assert (quicker >= found - 1e-2).all()


def test_draws_are_computed_together():
    rates, bags = np.array([[0.05], [0.2]]), np.array([[0.5], [1.0]])
    together = received(TIME, lambda t: model("first_order").curve(t, rates), bags)
    for row in range(2):
        alone = received(TIME, law("first_order", rates[row, 0]), bags[row, 0])
        assert together[row] == pytest.approx(alone, abs=1e-12)


def test_the_order_of_the_times_does_not_matter():
    release = law("first_order", 0.1)
    mixed = received([8.0, 1.0, 8.0], release, 0.5)
    assert mixed == pytest.approx(received([1.0, 8.0], release, 0.5)[[1, 0, 1]], abs=1e-4)


def test_the_direct_inverse_gives_back_the_release():
    time = np.linspace(0.0, 24.0, 200)
    outside = received(time, law("first_order", 0.1), 0.5, volume_ratio=0.25)
    # 0.5/(1 + 0.25) is the membrane's own rate
    found = direct_inverse(time, outside, 0.4, 0.25)
    assert found[2:] == pytest.approx(100 * (1 - np.exp(-0.1 * time[2:])), abs=0.05)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"time": [-1.0]}, "time = -1; need >= 0"),
        ({"bag_rate": -0.1}, "bag_rate = -0.1"),
        ({"volume_ratio": -0.1}, "volume_ratio = -0.1"),
        ({"unbound_fraction": 0.0}, "unbound_fraction = 0; need above 0 and at most 1"),
        ({"sampled_share": 1.1, "sampled_at": [1.0]}, "sampled_share = 1.1"),
    ],
)
def test_what_cannot_be_is_refused(change, problem):
    given_ = {"time": TIME, "bag_rate": 0.5} | change
    with pytest.raises(DomainError, match=problem):
        received(given_.pop("time"), law("first_order", 0.1), given_.pop("bag_rate"), **given_)


def test_too_few_readings_cannot_be_differentiated():
    with pytest.raises(DomainError, match="need at least 3"):
        direct_inverse([1.0, 2.0], [1.0, 2.0], 0.5)
    with pytest.raises(DomainError, match="rising times"):
        direct_inverse([1.0, 2.0, 2.0], [1.0, 2.0, 3.0], 0.5)
