"""Triggered layers against limits, published pH and what a reader is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.release.triggers import acid_factor, stimulus_factor, trigger_window, window_remark
from materials.errors import DomainError

POSITIVE = st.floats(1e-6, 1e6)


def test_an_inflamed_joint_is_hardly_acid():
    # pH 7.3 against 7.4: 10^0.1 at most; a tumour at 6.8 four times, a lysosome at 4.7 five hundred times
    np.testing.assert_allclose(acid_factor([7.3, 6.8, 4.7], 1.0), [1.26, 3.98, 501.0], rtol=2e-3)
    assert acid_factor(5.0, 0.0) == 1.0
    assert acid_factor(6.4, 0.5) == pytest.approx(np.sqrt(10.0))
    assert acid_factor(7.4, 1.0) == 1.0
    assert acid_factor(8.4, 1.0) == pytest.approx(0.1)


@given(st.floats(0, 14), st.floats(0, 14), st.floats(0, 1), st.floats(0, 14))
def test_acid_factors_chain(first, second, sensitivity, reference):
    whole = acid_factor(first, sensitivity, reference)
    assert acid_factor(first, sensitivity, second) * acid_factor(second, sensitivity, reference) == pytest.approx(whole)


@given(st.floats(0.0, 1e6), POSITIVE, st.floats(1.0, 1e4))
def test_a_stimulus_lies_between_none_and_saturation(level, half, most):
    found = float(stimulus_factor(level, half, most))
    assert 1.0 <= found <= most * (1 + 1e-12)
    assert stimulus_factor(0.0, half, most) == 1.0
    assert stimulus_factor(half, half, most) == pytest.approx((1.0 + most) / 2.0)
    assert stimulus_factor(level + half, half, most) >= found * (1 - 1e-12)
    assert stimulus_factor(1e12 * half, half, most) == pytest.approx(most)


@given(POSITIVE, POSITIVE)
def test_a_window_is_a_ratio(there, elsewhere):
    assert trigger_window(there, elsewhere) * elsewhere == pytest.approx(there)


def test_a_remark_is_made_where_the_site_does_nothing():
    told = window_remark("the acid-labile link", "the osteoarthritic knee", acid_factor(7.3, [0.5, 1.0, 0.8]))
    assert told.startswith("the acid-labile link has no window at the osteoarthritic knee")
    assert "1.2 times" in told
    assert "\n" not in told


def test_a_remark_is_made_where_the_window_is_not_sure():
    told = window_remark("MMP-13", "knee", np.linspace(1.0, 3.0, 101))
    assert (
        told
        == "MMP-13 has no sure window at knee: the layer lets go 2 times (1.2 to 2.8) as fast there as in normal tissue"
    )


@given(st.lists(st.floats(2.0, 1e3), min_size=1, max_size=30))
def test_a_window_needs_no_remark(window):
    assert window_remark("acid", "site", window) == ""


def test_the_smallest_window_is_the_callers():
    assert window_remark("acid", "site", 1.5, smallest=1.2) == ""
    assert "no window" in window_remark("acid", "site", 5.0, smallest=10.0)
    # slower at the site than elsewhere is no window either
    assert "0.5 times" in window_remark("acid", "site", 0.5)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: acid_factor(14.1, 1.0), "ph"),
        (lambda: acid_factor(7.0, 1.1), "sensitivity"),
        (lambda: acid_factor(7.0, 1.0, -1.0), "reference_ph"),
        (lambda: stimulus_factor(-1.0, 1.0, 2.0), "level"),
        (lambda: stimulus_factor(1.0, 0.0, 2.0), "half_level"),
        (lambda: stimulus_factor(1.0, 1.0, 0.5), "largest_factor"),
        (lambda: stimulus_factor(1.0, 1.0, np.inf), "largest_factor"),
        (lambda: trigger_window(0.0, 1.0), "factor_at_site"),
        (lambda: trigger_window(1.0, np.nan), "factor_elsewhere"),
        (lambda: window_remark("acid", "site", -1.0), "window"),
        (lambda: window_remark("acid", "site", 1.0, 0.0), "smallest"),
    ],
)
def test_refuses(call, name):
    with pytest.raises(DomainError, match=f"^{name} ="):
        call()
