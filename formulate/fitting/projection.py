"""The best amounts of shapes that add up to a curve: linear least squares within bounds, for one set and for many."""

import math
from typing import Any

import numpy as np

from formulate.curves.model import Floats

ALIKE = 1e-13  # singular values of shapes, relative, below which they cannot be told apart
DISTINCT = 1e-6  # the part of a second shape that the first lacks, relative, from which two are told apart at a glance

SQUARED = 1e-140  # length below which, or above its inverse, squares are no numbers


def length_of(shape: Floats) -> float:
    """Give the length of a shape whose squares may be too small or too large for numbers.

    >>> length_of(np.array([3e-200, 4e-200])), length_of(np.zeros(2))
    (5e-200, 0.0)
    """
    largest = float(np.abs(shape).max(initial=0.0))
    if not 0.0 < largest < np.inf:
        return largest
    part = shape / largest
    return largest * math.sqrt(float(part @ part))


def orthonormal(shapes: Floats) -> tuple[Floats, Floats]:
    """Give directions that span shapes, and what turns parts along them into amounts.

    Parameters
    ----------
    shapes : ndarray, shape (shapes, points)
        Each of length 1.

    Returns
    -------
    basis : ndarray, shape (directions, points)
        Orthonormal; fewer than the shapes where these cannot be told apart.
    turn : ndarray, shape (directions, shapes)
        ``(basis @ y) @ turn`` are the best amounts for y.
    """
    if len(shapes) < 2:
        return shapes, np.eye(len(shapes))
    if len(shapes) == 2:
        one, other = shapes
        share = float(one @ other)
        rest = other - share * one
        again = float(one @ rest)
        rest -= again * one
        length = math.sqrt(float(rest @ rest))
        if length > DISTINCT:
            return np.array([one, rest / length]), np.array([[1.0, 0.0], [-(share + again) / length, 1.0 / length]])
    left, singular, right = np.linalg.svd(shapes.T, full_matrices=False)
    kept = singular > ALIKE * singular[0]
    return left[:, kept].T, right[kept] / singular[kept, None]


def amounts_of(shapes: Floats, wanted: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the best amounts within bounds.

    Parameters
    ----------
    shapes : ndarray, shape (linear, points)
        Weighted curves of the linear parameters.
    wanted : ndarray, shape (points,)
        What they should sum to.
    low, high : ndarray, shape (linear,)
        Bounds of the amounts.

    Returns
    -------
    amounts : ndarray, shape (linear,)
        That nearest to zero for a shape that is nothing.
    residuals : ndarray, shape (points,)
        Sum less what was wanted.
    basis : ndarray, shape (linear that are not on a bound, points)
        Orthonormal directions the residuals are free of.

    Notes
    -----
    Where the best amounts without bounds lie beyond some, the best within them rest on one of these at least: each is
    tried, the others solved for again.
    """
    amounts = np.minimum(np.maximum(0.0, low), high)
    scale = np.sqrt(np.einsum("ji,ji->j", shapes, shapes))
    for place in np.flatnonzero(~((scale > SQUARED) & (scale < 1.0 / SQUARED))):
        scale[place] = length_of(shapes[place])
    usable = np.flatnonzero((scale > 0.0) & np.isfinite(scale))
    if not usable.size:
        return amounts, -wanted, shapes[:0]
    if usable.size < len(shapes):
        shapes, scale, low, high = shapes[usable], scale[usable], low[usable], high[usable]
    basis, turn = orthonormal(shapes / scale[:, None])
    along = basis @ wanted
    solution = along @ turn / scale
    beyond = (solution < low) | (solution > high)
    if not beyond.any():
        residuals = along @ basis - wanted
        residuals -= (basis @ residuals) @ basis
        amounts[usable] = solution
        return amounts, residuals, basis
    least, residuals = np.inf, np.full(wanted.shape, np.nan)
    for place in np.flatnonzero(beyond):
        held = low[place] if solution[place] < low[place] else high[place]
        rest = np.arange(usable.size) != place
        others, left, around = amounts_of(shapes[rest], wanted - held * shapes[place], low[rest], high[rest])
        reached = float(left @ left)
        if not reached >= least:
            least, residuals, basis = reached, left, around
            amounts[usable[place]], amounts[usable[rest]] = held, others
    return amounts, residuals, basis


def amounts_together(shapes: Floats, wanted: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the best amounts of many sets of shapes.

    Parameters
    ----------
    shapes : ndarray, shape (sets, linear, points)
        Weighted curves of the linear parameters.
    wanted : ndarray, shape (points,) or (sets, points)
        What they should sum to.
    low, high : ndarray, shape (linear,)
        Bounds of the amounts.

    Returns
    -------
    amounts : ndarray, shape (sets, linear)
        As of `amounts_of`.
    residuals : ndarray, shape (sets, points)
        Sum less what was wanted.
    basis : ndarray, shape (sets, linear, points)
        Orthonormal directions the residuals are free of, or zeros.
    """
    count = shapes.shape[1]
    if count == 1:
        shape = shapes[:, 0]
        length = np.sqrt(np.einsum("ci,ci->c", shape, shape))
        for row in np.flatnonzero((length < SQUARED) & (shape[:, -1] != 0.0)):
            length[row] = length_of(shape[row])
        scale = np.where((length > 0.0) & (length < np.inf), 1.0 / length, 0.0)
        basis = shape * scale[:, None]
        best = _along(basis, wanted) * scale
        kept = np.minimum(np.maximum(best, low), high)
        if not np.array_equal(kept, best):
            basis[kept != best] = 0.0
        return kept[:, None], kept[:, None] * shape - wanted, basis[:, None]
    if wanted.ndim == 1:
        wanted = np.broadcast_to(wanted, (shapes.shape[0], wanted.size))
    if count > 2:
        return _amounts_of_several(shapes, wanted, low, high)
    return _amounts_of_two(shapes, wanted, low, high)


def _along(directions: Floats, wanted: Floats) -> Floats:
    """Give the part of what is wanted along one direction of each set, (sets,)."""
    return np.asarray(directions @ wanted if wanted.ndim == 1 else np.einsum("ci,ci->c", directions, wanted))


def _amounts_of_two(shapes: Floats, wanted: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    first, second = shapes[:, 0], shapes[:, 1]
    one, length = _unit(first)
    share = np.einsum("ci,ci->c", one, second)
    other, rest = _unit(second - share[:, None] * one)
    _, second_length = _unit(second)
    alike = rest < DISTINCT * second_length
    rest = np.where(alike, 0.0, rest)
    other = np.where(alike[:, None], 0.0, other)
    goal, other_goal = np.einsum("ci,ci->c", one, wanted), np.einsum("ci,ci->c", other, wanted)

    def parted(part: Any, whole: Any) -> Any:
        return np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), 0.0)

    def within(amount: Any, place: int) -> Any:
        return np.minimum(np.maximum(amount, low[place]), high[place])

    late = parted(other_goal, rest)
    early = parted(goal - share * late, length)
    amounts = np.stack([early, late], axis=1)
    basis = np.stack([one, other], axis=1)
    rows = np.flatnonzero(((amounts < low) | (amounts > high)).any(axis=1))
    if rows.size:
        a, b, r, g, h = length[rows], share[rows], rest[rows], goal[rows], other_goal[rows]
        along = b * g + r * h  # of the second shape and what is wanted
        square = b * b + r * r
        on_first = within(early[rows], 0)
        free_second = parted(along - a * b * on_first, square)
        on_second = within(late[rows], 1)
        free_first = parted(g - b * on_second, a)
        ends = np.array([[on_first, within(free_second, 1)], [within(free_first, 0), on_second]])
        left = (g - a * ends[:, 0] - b * ends[:, 1]) ** 2 + (h - r * ends[:, 1]) ** 2
        which = np.argmin(left, axis=0)
        amounts[rows] = ends[which, :, np.arange(rows.size)]
        loose_second = (which == 0) & (amounts[rows, 1] == free_second)
        loose_first = (which == 1) & (amounts[rows, 0] == free_first)
        basis[rows, 0] *= loose_first[:, None]
        basis[rows, 1] = _unit(second[rows])[0] * loose_second[:, None]
    residuals = amounts[:, :1] * first + amounts[:, 1:] * second - wanted
    return amounts, residuals, basis


def _amounts_of_several(shapes: Floats, wanted: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    scale = np.sqrt(np.einsum("cji,cji->cj", shapes, shapes))
    scale = np.where((scale > 0.0) & (scale < np.inf), scale, 1.0)
    left, singular, right = np.linalg.svd((shapes / scale[:, :, None]).transpose(0, 2, 1), full_matrices=False)
    kept = singular > ALIKE * np.maximum(singular[:, :1], 1e-300)
    basis = left.transpose(0, 2, 1) * kept[:, :, None]
    along = (basis @ wanted[:, :, None])[:, :, 0]
    inverse = np.where(kept, 1.0 / np.where(kept, singular, 1.0), 0.0)
    amounts = ((along * inverse)[:, None, :] @ right)[:, 0] / scale
    residuals = (along[:, None, :] @ basis)[:, 0] - wanted
    for row in np.flatnonzero(((amounts < low) | (amounts > high)).any(axis=1)):
        amounts[row], residuals[row], around = amounts_of(shapes[row], wanted[row], low, high)
        basis[row] = 0.0
        basis[row, : len(around)] = around
    return amounts, residuals, basis


def _unit(shapes: Floats) -> tuple[Floats, Floats]:
    """Give shapes of length 1, and their lengths; nothing stays nothing."""
    length = np.sqrt(np.einsum("ci,ci->c", shapes, shapes))
    usable = (length > 0.0) & (length < np.inf)
    length = np.where(usable, length, 0.0)
    return np.where(usable[:, None], shapes, 0.0) / np.where(usable, length, 1.0)[:, None], length
