"""The shared input checks accept what they say, and name the first value they refuse."""

import numpy as np
import pytest

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from materials.errors import DomainError


def test_accepted_values_come_back_as_floats_in_their_shape():
    for check in (require_positive, require_not_negative):
        given = check("radius", [[1], [2]], "m")
        assert given.dtype == np.float64
        assert given.shape == (2, 1)
        assert given.tolist() == [[1.0], [2.0]]
    assert require_fraction("share", [0, 0.5, 1]).tolist() == [0.0, 0.5, 1.0]
    assert require_not_negative("time", 0.0, "s") == 0.0


@pytest.mark.parametrize("bad", [-1e-300, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("check", [require_positive, require_not_negative])
def test_negative_and_not_finite_are_refused(check, bad):
    with pytest.raises(DomainError) as caught:
        check("radius", [[1.0], [bad]], "m")
    assert (caught.value.name, caught.value.unit) == ("radius", "m")
    assert caught.value.value == bad or np.isnan(bad)


def test_zero_is_refused_only_where_it_divides():
    with pytest.raises(DomainError, match=r"radius = 0 m; need > 0"):
        require_positive("radius", 0.0, "m")
    assert require_not_negative("radius", 0.0, "m") == 0.0


@pytest.mark.parametrize("bad", [-1e-9, 1.0 + 1e-9, 20.0, np.nan])
def test_what_is_no_share_is_refused(bad):
    with pytest.raises(DomainError, match=r"burst_fraction.*not a percentage"):
        require_fraction("burst_fraction", [0.1, bad])


def test_the_first_offender_is_named():
    with pytest.raises(DomainError) as caught:
        require_positive("radius", [[1.0], [-2.0], [-3.0]], "m")
    assert caught.value.value == -2.0


def test_a_check_against_another_array_names_the_value_and_the_way_out():
    with pytest.raises(DomainError, match=r"load = 2 kg; need > floor \(take more\)"):
        require("load", 2.0, "kg", np.asarray([[True], [False]]), "> floor", "take more")
