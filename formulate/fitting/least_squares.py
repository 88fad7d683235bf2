"""The way down to the nearest least sum of squares within bounds: from one start to the end, from many at once."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import leastsq

from formulate.curves.model import Floats
from formulate.fitting.problem import Problem

TIGHT = 1e-11  # relative; the tolerance of sum of squares and parameters on the way down
SETTLED = 1e-10  # of a step against the residuals, both in the units of the readings: no more is to be gained
EVALUATIONS = 150  # of one way down; valleys that never end are left here


def descend(problem: Problem, start: Floats, evaluations: int = EVALUATIONS) -> tuple[Floats, Floats, float, int]:
    """Go down to the nearest least sum of squares within the bounds.

    Parameters
    ----------
    problem : Problem
        With one set of readings.
    start : ndarray, shape (searched,)
        Internal coordinates, within the bounds.
    evaluations : int
        Of the residuals, at most, for each set of active bounds.

    Returns
    -------
    internal : ndarray, shape (searched,)
        Internal coordinates of the end.
    amounts : ndarray, shape (linear,)
        The linear parameters there.
    wss : float
        Weighted sum of squares there.
    evaluations : int
        How often the residuals were evaluated.

    Notes
    -----
    Levenberg-Marquardt on the QR factors (Moré 1978, doi:10.1007/BFb0067700; MINPACK `lmder`), steps scaled by the
    columns, so that units of parameters do not matter. A parameter that leaves its bounds counts as resting on the
    bound. At the end each of those is let go if the sum of squares falls inwards, and the descent goes on: what
    remains meets the conditions of Karush, Kuhn and Tucker.
    """
    low, high = problem.low, problem.high
    nothing = np.full(problem.time.shape, 1e150)
    seen: dict[bytes, tuple[Floats, Floats, Floats]] = {}

    def solved(inside: Floats) -> tuple[Floats, Floats, Floats]:
        key = inside.tobytes()
        found = seen.get(key)
        if found is None:
            seen.clear()
            found = seen[key] = problem.solved(inside)
        return found

    def residuals(at: Floats) -> Floats:
        result = solved(np.minimum(np.maximum(at, low), high))[1]
        return result if np.isfinite(result @ result) else nothing

    def slopes(at: Floats) -> Floats:
        inside = np.minimum(np.maximum(at, low), high)
        amounts, _, basis = solved(inside)
        result = problem.slopes_at(inside, amounts, basis)
        outside = inside != at
        if outside.any():
            result[outside] = 0.0
        return result

    best = start
    amounts, ending, basis = problem.solved(best)
    least = float(ending @ ending)
    if not np.isfinite(least):
        least = np.inf
    used = 1
    if not problem.searched or len(problem.searched) > problem.time.size:
        return best, amounts, least, used
    for _ in range(2 * len(problem.searched) + 1):
        end, _, information, _, _ = leastsq(
            residuals,
            best,
            Dfun=slopes,
            full_output=True,
            col_deriv=True,
            ftol=TIGHT,
            xtol=TIGHT,
            gtol=0.0,
            maxfev=evaluations,
        )
        used += int(information["nfev"])
        end = np.minimum(np.maximum(end, low), high)
        tried, ending, around = solved(end)
        reached = float(ending @ ending)
        fell = reached < least * (1.0 - 1e-12)
        if reached <= least:
            best, least, amounts, basis = end, reached, tried, around
        if not fell:
            break
        at_low, at_high = best <= low, best >= high
        if not (at_low | at_high).any():
            break
        uphill = problem.slopes_at(best, amounts, basis) @ solved(best)[1]
        if not ((at_low & (uphill < 0.0)) | (at_high & (uphill > 0.0))).any():
            break
    return best, amounts, least, used


def settle(problem: Problem, start: Floats, steps: int = 16) -> tuple[Floats, Floats, float]:
    """Take the last steps to a least sum of squares, where its own fall can no longer be told from rounding.

    Parameters
    ----------
    problem : Problem
        With one set of readings.
    start : ndarray, shape (searched,)
        Internal coordinates of the end of a way down.
    steps : int
        At most.

    Returns
    -------
    internal : ndarray, shape (searched,)
        Internal coordinates.
    amounts : ndarray, shape (linear,)
        The linear parameters there.
    wss : float
        Weighted sum of squares there.

    Notes
    -----
    Gauss and Newton's steps are taken as long as they get shorter, by at least a tenth each, and the sum of squares
    does not rise beyond rounding: the slopes vanish more sharply than the sum of squares tells. Parameters on a bound
    stay there.
    """
    internal = start
    amounts, residuals, basis = problem.solved(internal)
    least = float(residuals @ residuals)
    before = np.inf
    for _ in range(steps if problem.searched else 0):
        slopes = problem.slopes_at(internal, amounts, basis)
        slopes[(internal <= problem.low) | (internal >= problem.high)] = 0.0
        scale = np.sqrt(np.einsum("pi,pi->p", slopes, slopes))
        usable = scale > 0.0
        if not usable.any() or not np.isfinite(scale).all():
            break
        left, singular, right = np.linalg.svd((slopes[usable] / scale[usable, None]).T, full_matrices=False)
        if singular[-1] < 1e-12 * singular[0]:
            break
        step = ((left.T @ residuals) / singular) @ right
        length = float(np.sqrt(step @ step))
        if not length < 0.9 * before:
            break
        trial = internal.copy()
        trial[usable] -= step / scale[usable]
        trial = np.minimum(np.maximum(trial, problem.low), problem.high)
        tried, left_over, around = problem.solved(trial)
        reached = float(left_over @ left_over)
        if not reached <= least * (1.0 + 1e-12):
            break
        internal, amounts, residuals, basis, before = trial, tried, left_over, around, length
        if length <= SETTLED * float(np.sqrt(residuals @ residuals)):
            break
    return internal, amounts, float(residuals @ residuals)


def descend_together(
    problem: Problem,
    start: Floats,
    iterations: int,
    tolerance: float = 1e-12,
    resting: NDArray[np.bool_] | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Go down from many starts, or with many sets of readings, at once.

    Parameters
    ----------
    problem : Problem
        With one set of readings, (points,), or one for each start, (draws, points).
    start : ndarray, shape (draws, searched)
        Internal coordinates, within the bounds.
    iterations : int
        Steps tried from each start, at most.
    tolerance : float
        Relative fall of the sum of squares at which a start has arrived.
    resting : ndarray of bool, shape (draws, searched), optional
        Parameters that stay where they start.

    Returns
    -------
    internal : ndarray, shape (draws, searched)
        Where each has come to.
    amounts : ndarray, shape (draws, linear)
        The linear parameters there.
    wss : ndarray, shape (draws,)
        Weighted sums of squares there.

    Notes
    -----
    Levenberg-Marquardt with the damping of each start for itself, on normal equations scaled to a unit diagonal:
    good to about the square root of rounding in parameters that are hard to tell apart.
    """
    internal = np.array(start, dtype=np.float64)
    amounts, residuals, shapes = problem.solved_together(internal)
    wss = _squares(residuals)
    at = np.flatnonzero(np.isfinite(wss))
    if not problem.searched or not at.size:
        return internal, amounts, wss
    amounts = amounts.copy()
    residuals, shapes = residuals[at], shapes[at]
    damping = np.full(at.size, 1e-2)
    several = problem.released.ndim == 2 or problem.root_weight.ndim == 2
    own = problem
    unit = np.eye(len(problem.searched))
    for _ in range(iterations):
        if several:
            own = replace(problem, released=_rows(problem.released, at), root_weight=_rows(problem.root_weight, at))
        here = internal[at]
        slopes = own.slopes_together(here, amounts[at], shapes)
        uphill = (slopes @ residuals[:, :, None])[:, :, 0]
        held = ((here <= own.low) & (uphill > 0.0)) | ((here >= own.high) & (uphill < 0.0))
        if resting is not None:
            held |= resting[at]
        if held.any():
            slopes[held] = 0.0
            uphill[held] = 0.0
        normal = slopes @ slopes.transpose(0, 2, 1)
        scale = np.sqrt(np.einsum("dpp->dp", normal))
        scale[scale == 0.0] = 1.0
        normal /= scale[:, :, None] * scale[:, None, :]
        normal += damping[:, None, None] * unit
        step = np.linalg.solve(normal, (uphill / scale)[:, :, None])[:, :, 0] / scale
        trial = np.minimum(np.maximum(here - step, own.low), own.high)
        tried, left, around = own.solved_together(trial)
        reached = _squares(left)
        before = wss[at]
        better = reached < before
        moved = at[better]
        internal[moved], amounts[moved], wss[moved] = trial[better], tried[better], reached[better]
        residuals[better], shapes[better] = left[better], around[better]
        damping = np.where(better, np.maximum(damping * 0.1, 1e-14), damping * 5.0)
        going = ~(better & (reached > before * (1.0 - tolerance))) & (damping < 1e10)
        if not going.all():
            at, residuals, shapes, damping = at[going], residuals[going], shapes[going], damping[going]
            if not at.size:
                break
    return internal, amounts, wss


def _squares(residuals: Floats) -> Floats:
    result = np.einsum("di,di->d", residuals, residuals)
    return np.where(np.isfinite(result), result, np.inf)


def _rows(values: Floats, rows: NDArray[np.intp]) -> Floats:
    return values[rows] if values.ndim == 2 else values
