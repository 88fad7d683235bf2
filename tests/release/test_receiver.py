"""What a receiver shows: closed forms of free drug and of a first-order carrier, an independent solve, sampling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.dialysis.compartments import received
from formulate.experiment.volume_correction import released_amount
from formulate.release.dialysis import dialysis_release
from formulate.release.receiver import receiver_shares
from materials.errors import DomainError

HOUR = 3600.0
TIME = np.concatenate([[0.0], np.geomspace(1.0, 200 * HOUR, 600)])
RATES = st.floats(1e-7, 1e-2)


@given(RATES, st.floats(0.0, 3.0))
def test_free_drug_comes_to_the_equilibrium_of_both_sides(rate, ratio):
    # A_r = V_r/(V_r + V_d) (1 - exp(-k_m (1 + V_d/V_r) t)); R = 1 is straight, so the solution is exact
    shown = receiver_shares(TIME, np.ones((1, TIME.size)), rate, ratio).received[0]
    exact = -np.expm1(-rate * (1 + ratio) * TIME) / (1 + ratio)
    np.testing.assert_allclose(shown, exact, rtol=0, atol=1e-12)


@given(RATES, RATES, st.floats(0.0, 1.0))
def test_a_first_order_carrier_behind_the_membrane(carrier, membrane, ratio):
    control = membrane * (1 + ratio)
    # chords lie below the curve by up to (k h)^2/8, and h grows with t to 2 % of it
    released = -np.expm1(-carrier * TIME)
    shown = receiver_shares(TIME, released, membrane, ratio).received[0]
    exact = dialysis_release(TIME, carrier, control).received / (1 + ratio)
    np.testing.assert_allclose(shown, exact, rtol=0, atol=2e-4)


def test_it_is_the_same_with_both_rates_swapped():
    one, other = 1 / (2 * HOUR), 1 / (30 * HOUR)
    shown = [receiver_shares(TIME, -np.expm1(-a * TIME), b).received[0] for a, b in ((one, other), (other, one))]
    assert shown[0] == pytest.approx(shown[1], abs=2e-4)


SAMPLES = np.array([1.0, 3.0, 10.0, 24.0, 72.0]) * HOUR


@pytest.mark.parametrize("replaced", [True, False])
def test_samples_against_an_independent_solve_and_the_usual_correction(replaced):
    # 5 mL of a receiver of 30 mL at each time, 4 mL in the bag: amounts in both sides, one stretch after the other
    donor, receiver, taken = 4.0, 30.0, 5.0
    membrane, carrier = 0.4 / HOUR, 0.1 / HOUR
    time = np.union1d(TIME, SAMPLES)
    shown = receiver_shares(
        time, -np.expm1(-carrier * time), membrane, donor / receiver, SAMPLES, taken / receiver, replaced
    )
    state, volume, start, concentrations = np.array([1.0, 0.0, 0.0]), receiver, 0.0, []
    for moment in SAMPLES:

        def rates(_: float, held: np.ndarray, volume: float = volume) -> list[float]:
            inside, bag, outside = held
            through = membrane * (bag - outside * donor / volume)
            return [-carrier * inside, carrier * inside - through, through]

        state = solve_ivp(rates, (start, moment), state, rtol=1e-10, atol=1e-13).y[:, -1]
        concentrations.append(state[2] / volume)
        state[2] -= concentrations[-1] * taken
        volume -= 0.0 if replaced else taken
        start = moment
    at = np.searchsorted(time, SAMPLES)
    corrected = released_amount(np.array([concentrations]), receiver, taken, replaced)[0]
    assert shown.received[0, at] == pytest.approx(corrected, abs=1e-4)
    assert shown.uncorrected[0, at] == pytest.approx(np.array(concentrations) * receiver, abs=1e-4)


@given(st.floats(1e-6, 1e-3), st.floats(1e-6, 1e-3), st.floats(0.0, 0.5), st.floats(0.0, 0.3))
def test_replaced_samples_as_the_inverse_of_an_experiment_takes_them(carrier, membrane, ratio, taken):
    time = np.union1d(TIME, SAMPLES)
    shown = receiver_shares(time, -np.expm1(-carrier * time), membrane, ratio, SAMPLES, taken).received[0]
    beside = received(
        SAMPLES, lambda t: -100 * np.expm1(-carrier * t), membrane * (1 + ratio), volume_ratio=ratio,
        sampled_at=SAMPLES, sampled_share=taken,
    )  # fmt: skip
    assert 100 * shown[np.searchsorted(time, SAMPLES)] == pytest.approx(beside, abs=0.1)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=8), RATES, st.floats(0.0, 2.0))
def test_nothing_comes_from_nothing(steps, rate, ratio):
    released = np.cumsum(steps)
    released /= max(released[-1], 1.0)
    time = np.arange(len(steps)) * HOUR
    shown = receiver_shares(time, released, rate, ratio)
    assert (shown.received >= 0).all()
    assert (shown.received <= released + 1e-9).all()
    assert shown.received + shown.free_in_bag == pytest.approx(released[None, :], abs=1e-9)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"time": [1.0, 2.0]}, "time"),
        ({"time": [0.0, 0.0]}, "time"),
        ({"released": [[0.0, 1.2]]}, "released"),
        ({"membrane_rate": 0.0}, "membrane_rate"),
        ({"volume_ratio": -1.0}, "volume_ratio"),
        ({"sample_share": 0.1, "sampled_at": [5.0]}, "sampled_at"),
        ({"sample_share": 1.0, "sampled_at": [10.0], "replaced": False}, "samples"),
    ],
)
def test_what_is_refused(change, named):
    with pytest.raises(DomainError, match=named):
        receiver_shares(**({"time": [0.0, 10.0], "released": [[0.0, 1.0]], "membrane_rate": 1.0} | change))


def test_a_membrane_that_holds_nothing_back_shows_the_release_itself() -> None:
    with np.errstate(all="raise", under="ignore"):
        found = receiver_shares([0.0, 60.0, 120.0], [[0.0, 0.4, 0.7]], 1e200)
    np.testing.assert_allclose(found.received, [[0.0, 0.4, 0.7]])
