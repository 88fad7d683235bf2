"""Amounts of shapes within bounds: against scipy's bounded least squares, one set and many at once."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from formulate.fitting import small
from formulate.fitting.projection import amounts_of, amounts_together

LOW, HIGH = np.array([0.0, -0.2, -0.1]), np.array([0.8, np.inf, 0.3])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_amounts_are_those_of_bounded_least_squares(count):
    random = np.random.default_rng(1)
    shapes = random.normal(1.5, 1.0, (60, count, 7))
    wanted = random.normal(0.0, 3.0, (60, 7))
    low, high = LOW[:count], HIGH[:count]
    together, residuals, basis = amounts_together(shapes, wanted, low, high)
    for row in range(60):
        best = lsq_linear(shapes[row].T, wanted[row], (low, high), method="bvls", tol=1e-14)
        alone, left, directions = amounts_of(shapes[row], wanted[row], low, high)
        assert alone == pytest.approx(best.x, abs=1e-10)
        assert together[row] == pytest.approx(best.x, abs=1e-10)
        assert residuals[row] == pytest.approx(left, abs=1e-10)
        assert np.abs(directions @ left).max(initial=0.0) < 1e-10
        assert np.abs(basis[row] @ left).max() < 1e-10
        free = int(np.sum((best.x > low + 1e-9) & (best.x < high - 1e-9)))
        assert len(directions) == free == round(float(np.sum(basis[row] ** 2)))


def test_a_shape_that_is_nothing_has_no_amount():
    shapes = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]])
    amounts, left, directions = amounts_of(shapes, np.array([1.0, 2.0, 2.0]), np.full(2, -np.inf), np.full(2, np.inf))
    assert amounts == pytest.approx([0.0, 1.0])
    assert left == pytest.approx(np.zeros(3))
    assert len(directions) == 1


def test_small_systems_are_solved_as_large_ones_are():
    random = np.random.default_rng(2)
    for count in (1, 2, 3, 5):
        root = random.normal(size=(count, count + 3))
        matrix, right = root @ root.T, random.normal(size=count)
        assert small.solved(matrix.tolist(), right.tolist()) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-8)
