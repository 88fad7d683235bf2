"""A part of the curve: what remains is what all models are fitted to, and the rest is told; refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.analysis import analyse
from formulate.fitting.points import points_of
from formulate.fitting.window import Window, before_first_above
from materials.errors import DomainError

TIME = np.array([0.0, 1, 2, 4, 6, 8, 12, 24])
ONE = [0.0, 18, 33, 55, 61, 58, 91, 99]  # back below 60 after its first above
OTHER = [0.0, 15, 30, 50, 59, 70, 88, 98]
PROFILE = Profile("A", TIME, np.array([ONE, OTHER]), ("1", "2"))
DATA = ReleaseData((PROFILE,), "h", 3600.0)


def fitted(**asked):
    return analyse(DATA, models="first_order,higuchi,weibull_2", **asked).profile()


def test_up_to_a_share_of_each_unit_before_its_first_above():
    points = fitted(up_to=60.0).points
    assert sorted(points.released[points.unit == 0]) == [0, 18, 33, 55]
    assert sorted(points.released[points.unit == 1]) == [0, 15, 30, 50, 59]
    assert points.left_out == ("7 of 16 readings left out: from the first above 60 % of its unit on",)


def test_between_two_times_both_inclusive():
    points = fitted(start=1.0, until=8.0).points
    assert np.unique(points.time).tolist() == [1, 2, 4, 6, 8]
    assert points.left_out == ("2 of 16 readings left out: before 1 h", "4 of 16 readings left out: after 8 h")


def test_times_struck_from_the_data():
    found = fitted(leave_out=[6.0, 0.0])
    assert np.unique(found.points.time).tolist() == [1, 2, 4, 8, 12, 24]
    assert found.points.left_out == ("4 of 16 readings left out: struck at 6, 0 h",)
    assert found.profile is PROFILE  # still shown
    clean = Profile("A", TIME[1:], PROFILE.released[:, 1:], ("1", "2"))
    again = analyse(ReleaseData((clean,), "h", 3600.0), models="higuchi", leave_out=[6]).profile()
    assert [entry.value for entry in found.observed] == [entry.value for entry in again.observed]


def test_all_models_are_fitted_to_what_remains_as_if_nothing_else_had_been_read():
    found = fitted(until=8.0)
    short = Profile("A", TIME[:6], PROFILE.released[:, :6], ("1", "2"))
    alone = analyse(ReleaseData((short,), "h", 3600.0), models="first_order,higuchi,weibull_2").profile()
    for entry in found.models:
        assert entry.fit.points is found.points
        assert entry.fit.values == pytest.approx(alone.model(entry.fit.model.id).fit.values)
    assert any(note.code == "part-only" and "last at 8 h" in note.text for note in found.notes)
    assert not any(note.code == "part-only" for note in fitted().notes)


def test_the_mean_and_each_unit_have_the_same_window():
    assert fitted(until=8.0, replicates="mean").points.time.tolist() == TIME[:6].tolist()
    each = fitted(up_to=60.0, replicates="each")
    assert [unit.fits[0].criteria.points for unit in each.units] == [4, 5]


def test_a_reading_without_a_weight_outside_the_window_is_not_told_of_twice():
    points = points_of(PROFILE, "1/y", time_unit="h", window=Window(start=1.0))
    assert points.left_out == ("2 of 16 readings left out: before 1 h",)


def test_the_window_and_what_it_leaves_out_are_in_the_results():
    plain = analyse(DATA, models="higuchi", up_to=60.0, leave_out=[2.0]).results()
    assert plain["window"] == {"up_to": 60.0, "start": None, "until": None, "leave_out": [2.0]}
    assert len(plain["profiles"][0]["readings"]["left_out"]) == 2


@given(st.lists(st.floats(-5, 120), min_size=1, max_size=12), st.floats(1, 110), st.floats(1, 110))
def test_a_lower_share_keeps_no_more_and_nothing_above_it(released, one, other):
    low, high = sorted((one, other))
    values = np.array(released)
    time, unit = np.arange(values.size, dtype=float), np.zeros(values.size, dtype=np.int64)
    fewer, more = (before_first_above(time, values, unit, share) for share in (low, high))
    assert not (fewer & ~more).any()
    assert (values[fewer] <= low).all()
    assert fewer.all() or values[fewer.argmin()] > low  # the first left out is above


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"up_to": 14.0}, "readings left = 2; need at least 3 at two times"),
        ({"start": 24.0}, "readings left = 2"),
        ({"until": 0.0}, "readings left = 2"),
        ({"up_to": 0.0}, "up_to = 0"),
        ({"start": -1.0}, "start = -1"),
        ({"until": float("nan")}, "until = nan"),
        ({"start": 5.0, "until": 4.0}, "start = 5; need at most until = 4"),
        ({"leave_out": [5.0]}, "leave_out = 5; need a time of the readings; nearest: 2, 4, 6"),
        ({"leave_out": [-1.0]}, "leave_out = -1"),
    ],
)
def test_refusals(asked, text):
    with pytest.raises(DomainError) as caught:
        fitted(**asked)
    assert text in str(caught.value)
