"""Linear systems of a handful of unknowns in plain numbers, where calls of array functions would take the time."""

import math
from collections.abc import Sequence

TOLD_APART = 1e-9  # pivot of a matrix of unit diagonal, below which its inverse is not to be trusted


def solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float] | None:
    """Solve a symmetric positive definite system, scaled to a unit diagonal (Cholesky).

    Parameters
    ----------
    matrix : sequence of sequence of float
        Rows; the lower triangle is read.
    right : sequence of float
        Right side.

    Returns
    -------
    list of float or None
        The solution; 0 where the diagonal is 0. None if two unknowns can hardly be told apart.

    Examples
    --------
    >>> solved([[4.0, 2.0], [2.0, 2.0]], [2.0, 0.0])
    [1.0, -1.0]
    >>> solved([[1.0, 1.0], [1.0, 1.0]], [1.0, 1.0])
    """
    count = len(right)
    inverse = [1.0 / math.sqrt(matrix[row][row]) if 0.0 < matrix[row][row] < math.inf else 0.0 for row in range(count)]
    lower: list[list[float]] = []
    result: list[float] = []
    for row in range(count):
        own: list[float] = []
        rest = right[row] * inverse[row]
        pivot = 1.0
        for column in range(row):
            value = matrix[row][column] * inverse[row] * inverse[column]
            other = lower[column]
            for before in range(column):
                value -= own[before] * other[before]
            value /= other[column]
            own.append(value)
            pivot -= value * value
            rest -= value * result[column]
        if not pivot > TOLD_APART:
            return None
        root = math.sqrt(pivot)
        own.append(root)
        lower.append(own)
        result.append(rest / root)
    for row in range(count - 1, -1, -1):
        value = result[row]
        for later in range(row + 1, count):
            value -= lower[later][row] * result[later]
        result[row] = value / lower[row][row]
    return [value * factor for value, factor in zip(result, inverse, strict=True)]
