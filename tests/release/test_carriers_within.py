"""Carriers in particles in a depot: limits that must hold exactly, and a chain of states solved by its own matrix."""

import numpy as np
import pytest
from scipy.linalg import expm

from formulate.release.carriers_within import Crossing, SharesWithin, shares_within
from formulate.release.nesting import nested_shares
from materials.errors import DomainError

DAY = 86400.0
TIME = np.concatenate([[0.0], np.geomspace(600.0, 200 * DAY, 240)])
NONE, ALL = np.zeros((1, len(TIME))), np.ones((1, len(TIME)))
RATES = {"F": 0.05 / DAY, "G": 0.03 / DAY, "H": 0.2 / DAY, "K": 0.02 / DAY, "drug": 0.5 / DAY, "carriers": 0.1 / DAY}


def law(rate: float) -> np.ndarray:
    return -np.expm1(-rate * TIME)[None, :]


def crossing(rate: float, gone: np.ndarray | None = None) -> Crossing:
    return Crossing(np.ones((1, 1)), np.full((1, 1), rate), TIME[None, :], gone)


def whole(shares: SharesWithin) -> np.ndarray:
    kept = shares.in_depot + shares.in_particles + shares.in_loose_carriers
    return np.asarray(kept + shares.free + shares.free_of_loose)


@pytest.fixture(scope="module")
def shares() -> SharesWithin:
    laws = (law(RATES[name]) for name in "FGHK")
    return shares_within(*laws, crossing(RATES["drug"]), crossing(RATES["carriers"]))


def test_eight_states_and_their_own_matrix_agree(shares: SharesWithin):
    """Constant rates make a chain of states: in a carrier, in a particle or free, in the depot or out of it."""
    f, g, h, k, w, b = (RATES[name] for name in ("F", "G", "H", "K", "drug", "carriers"))
    steps = [(0, 1, k), (0, 2, g), (0, 4, f), (1, 3, g), (1, 5, f), (2, 3, b), (2, 6, f), (3, 8, f),
             (4, 5, k), (4, 6, h), (5, 7, h), (6, 7, w)]  # fmt: skip
    rate = np.zeros((9, 9))
    for source, target, value in steps:
        rate[target, source] += value
        rate[source, source] -= value
    start = np.eye(9)[0]
    exact = np.array([expm(rate * time) @ start for time in TIME[::20]]).T
    expected = {
        "in_depot": exact[[0, 2, 4, 6]].sum(axis=0),
        "in_particles": exact[[1, 5]].sum(axis=0),
        "in_loose_carriers": exact[3],
        "free": exact[7],
        "free_of_loose": exact[8],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(shares, name)[0, ::20], values, atol=2e-4, err_msg=name)


def test_nothing_is_lost_or_made(shares: SharesWithin):
    np.testing.assert_allclose(whole(shares), 1.0, atol=1e-12)
    for name in ("in_depot", "in_particles", "in_loose_carriers", "free", "free_of_loose", "free_from_depot"):
        assert getattr(shares, name).min() >= 0.0
    assert (shares.free_from_depot <= shares.free + 1e-12).all()
    assert (np.diff(shares.free + shares.free_of_loose) >= -1e-12).all()


def test_carriers_that_hold_nothing_back_leave_particles_in_a_depot():
    found = shares_within(ALL, law(RATES["G"]), law(RATES["H"]), law(RATES["K"]), crossing(RATES["drug"]), None)
    two = nested_shares(TIME, law(RATES["H"]), law(RATES["K"]), [[1.0]], [[RATES["drug"]]])
    np.testing.assert_allclose(found.in_depot, two.in_depot_carrier + two.free_in_depot, atol=2e-6)
    np.testing.assert_allclose(found.in_particles, two.in_free_carrier, atol=2e-6)
    np.testing.assert_allclose(found.free + found.free_of_loose, two.free_outside, atol=2e-6)


def test_particles_that_hold_no_free_drug_leave_carriers_in_a_depot():
    at_once = ALL.copy()
    at_once[:, 0] = 0.0
    found = shares_within(law(RATES["F"]), NONE, at_once, law(RATES["K"]), crossing(RATES["drug"]), None)
    two = nested_shares(TIME, law(RATES["F"]), law(RATES["K"]), [[1.0]], [[RATES["drug"]]])
    np.testing.assert_allclose(found.free, two.free_outside, atol=1e-4)
    np.testing.assert_allclose(found.in_particles, two.in_free_carrier, atol=1e-4)
    assert not found.in_loose_carriers.any()


def test_particles_that_are_gone_at_once_leave_carriers_in_a_depot():
    """A depot that carriers cross at a rate and that goes with them meanwhile: both exits empty it together."""
    gone = law(RATES["K"])
    found = shares_within(law(RATES["F"]), ALL, ALL, NONE, crossing(RATES["drug"]), crossing(RATES["carriers"], gone))
    out = law(RATES["carriers"] + RATES["K"])
    two = nested_shares(TIME, law(RATES["F"]), out, [[1.0]], [[RATES["drug"]]])
    np.testing.assert_allclose(found.carriers_loose, out, atol=1e-12)
    np.testing.assert_allclose(found.in_loose_carriers, two.in_free_carrier, atol=1e-12)
    np.testing.assert_allclose(found.free + found.free_of_loose, two.free_outside, atol=1e-12)


def test_an_outer_layer_that_lets_nothing_go_holds_all():
    every = (law(RATES["F"]), law(RATES["G"]), law(RATES["H"]))
    closed = shares_within(*every, NONE, crossing(0.0), crossing(0.0))
    np.testing.assert_allclose(closed.in_depot, 1.0, atol=1e-12)
    shut = shares_within(law(RATES["F"]), NONE, NONE, ALL)
    np.testing.assert_allclose(shut.in_particles, 1.0, atol=1e-12)


def test_two_layers_in_a_row_are_one_law_after_the_other_in_either_order():
    """Bateman: 1 - (h exp(-f t) - f exp(-h t))/(h - f), which is the same with f and h changed over."""
    f, h = 0.05 / DAY, 0.1 / DAY
    bateman = 1.0 - (h * np.exp(-f * TIME) - f * np.exp(-h * TIME)) / (h - f)
    for one, other in ((f, h), (h, f)):
        found = shares_within(law(one), NONE, law(other), ALL)
        np.testing.assert_allclose(found.free[0], bateman, atol=1e-4)


def test_shares_that_fall_are_refused():
    with pytest.raises(DomainError, match="carriers_escaped"):
        shares_within(law(1e-6), 1.0 - law(1e-6), law(1e-6), NONE)
