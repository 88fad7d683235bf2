"""Which readings a fit is made to, and their weights: by hand, and the refusals."""

import numpy as np
import pytest

from formulate.experiment.data import Profile
from formulate.fitting.points import points_of
from materials.errors import DomainError, UnknownIdError

TIME = np.array([0.0, 1.0, 2.0])
THREE = Profile("A", TIME, np.array([[0.0, 10.0, 40.0], [0.0, 14.0, np.nan], [0.0, 12.0, 44.0]]), ("a", "b", "c"))


def test_pooled_readings_stand_in_order_of_time_and_unit():
    points = points_of(THREE, time_unit="h")
    assert points.time.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0]
    assert points.released.tolist() == [0.0, 0.0, 0.0, 10.0, 14.0, 12.0, 40.0, 44.0]
    assert points.unit.tolist() == [0, 1, 2, 0, 1, 2, 0, 2]
    assert points.weight.tolist() == [1.0] * 8
    assert (points.weighting, points.time_unit, points.left_out) == ("1", "h", ())


def test_the_mean_is_of_the_units_that_have_a_reading():
    points = points_of(THREE, replicates="mean")
    assert points.released.tolist() == [0.0, 12.0, 42.0]


def test_one_unit_keeps_its_number():
    points = points_of(THREE, replicates=1)
    assert (points.time.tolist(), points.released.tolist(), points.unit.tolist()) == ([0.0, 1.0], [0.0, 14.0], [1, 1])


@pytest.mark.parametrize(("weighting", "expected"), [("1/y", [1 / 12, 1 / 42]), ("1/y2", [1 / 144, 1 / 1764])])
def test_a_reading_of_zero_has_no_such_weight_and_is_named(weighting, expected):
    points = points_of(THREE, weighting, "mean", "h")
    assert points.weight == pytest.approx(expected)
    assert points.left_out == (f"the mean at 0 h: a release of 0 % has no weight {weighting}",)


def test_the_standard_deviation_between_units_weighs():
    # 10, 14, 12: SD 2; 40, 44: SD 2.828; all zero at the start: SD 0
    points = points_of(THREE, "1/sd2")
    assert points.weight == pytest.approx([0.25, 0.25, 0.25, 0.125, 0.125])
    assert len(points.left_out) == 3
    assert points.left_out[0].startswith("unit a at 0: a standard deviation of 0 %")


def test_the_standard_deviation_of_the_file_weighs():
    profile = Profile("A", TIME, np.array([[0.0, 20.0, 50.0]]), ("1",), np.array([np.nan, 2.0, 4.0]), 6)
    points = points_of(profile, "1/sd2")
    assert points.weight.tolist() == [0.25, 0.0625]
    assert points.left_out == ("unit 1 at 0: no standard deviation, so no weight 1/sd2",)


def test_what_cannot_be_is_refused():
    with pytest.raises(UnknownIdError, match="weighting '1/x'"):
        points_of(THREE, "1/x")
    with pytest.raises(UnknownIdError, match="replicates 'each'"):
        points_of(THREE, replicates="each")
    with pytest.raises(DomainError, match="unit = 3; need 0 to 2"):
        points_of(THREE, replicates=3)
    alone = Profile("A", TIME, np.array([[0.0, 20.0, 50.0]]), ("1",))
    with pytest.raises(DomainError, match="at least 2 for weights 1/sd2"):
        points_of(alone, "1/sd2")
    with pytest.raises(DomainError, match="readings that weights 1/y can be made of"):
        points_of(Profile("A", TIME, np.zeros((1, 3)), ("1",)), "1/y")
    with pytest.raises(DomainError, match="readings = 0; need at least 1"):
        points_of(Profile("A", TIME, np.full((1, 3), np.nan), ("1",)))


@pytest.mark.parametrize("released", [1e-160, 1e200])
def test_a_weight_that_is_no_number_is_refused_with_its_reading(released):
    profile = Profile("A", np.array([1.0, 2.0]), np.array([[20.0, released]]), ("one",))
    with np.errstate(all="raise"), pytest.raises(DomainError, match=r"release of unit one at 2 h = 1e.*weight 1/y2"):
        points_of(profile, "1/y2", time_unit="h")


def test_a_standard_deviation_too_small_for_its_weight_is_refused():
    profile = Profile("A", np.array([1.0, 2.0]), np.array([[20.0, 30.0]]), ("one",), np.array([1.0, 1e-300]))
    with np.errstate(all="raise"), pytest.raises(DomainError, match="standard deviation of unit one at 2 = 1e-300 %"):
        points_of(profile, "1/sd2")
