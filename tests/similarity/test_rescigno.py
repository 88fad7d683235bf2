import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.similarity.rescigno import rescigno
from materials.errors import DomainError

TIME = np.array([0.0, 1.0, 3.0, 7.0, 14.0, 28.0])
REFERENCE = np.array([0.0, 20.0, 35.0, 60.0, 80.0, 95.0])
CROSSING = np.array([0.0, 10.0, 38.0, 55.0, 88.0, 90.0])


def test_crossing_lines_are_integrated_exactly() -> None:
    # by brute force on a fine mesh of the same straight lines
    fine = np.linspace(0.0, 28.0, 280_001)
    first, second = np.interp(fine, TIME, REFERENCE), np.interp(fine, TIME, CROSSING)
    found = rescigno(TIME, REFERENCE, CROSSING)
    difference, total = np.abs(first - second), first + second
    assert found.xi1 == pytest.approx(np.trapezoid(difference, fine) / np.trapezoid(total, fine), rel=1e-6)
    squares = np.trapezoid(difference**2, fine) / np.trapezoid(total**2, fine)
    assert found.xi2 == pytest.approx(np.sqrt(squares), rel=1e-6)


def test_equal_curves_and_one_that_releases_nothing() -> None:
    equal = rescigno(TIME, REFERENCE, REFERENCE)
    assert (equal.xi1, equal.xi2) == (0.0, 0.0)
    nothing = rescigno(TIME, REFERENCE, np.zeros(6))
    assert (nothing.xi1, nothing.xi2) == (pytest.approx(1.0), pytest.approx(1.0))


@given(st.floats(0.1, 10.0), st.floats(1e-3, 1e6))
def test_a_constant_ratio_has_one_index_in_any_unit_of_time(ratio: float, unit: float) -> None:
    found = rescigno(TIME * unit, REFERENCE, ratio * REFERENCE)
    expected = abs(1.0 - ratio) / (1.0 + ratio)
    assert (found.xi1, found.xi2) == (pytest.approx(expected, abs=1e-12), pytest.approx(expected, abs=1e-12))


def test_symmetric() -> None:
    one, other = rescigno(TIME, REFERENCE, CROSSING), rescigno(TIME, CROSSING, REFERENCE)
    assert (one.xi1, one.xi2) == pytest.approx((other.xi1, other.xi2))


def test_what_has_no_area_is_refused() -> None:
    with pytest.raises(DomainError, match="points = 1; need >= 2"):
        rescigno([1.0], [5.0], [6.0])
    with pytest.raises(DomainError, match="time step = 0; need > 0"):
        rescigno([1.0, 1.0], [5.0, 6.0], [6.0, 7.0])
    with pytest.raises(DomainError, match="neither curve releases"):
        rescigno([0.0, 1.0], [0.0, 0.0], [0.0, 0.0])
    with pytest.raises(DomainError, match="points of the curves = 2; need 3"):
        rescigno([0.0, 1.0, 2.0], [0.0, 1.0], [0.0, 2.0])
