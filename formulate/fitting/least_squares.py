"""The way down to the nearest least sum of squares within bounds: from one start to the end, from many at once."""

import math
import operator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import leastsq

from formulate.curves.model import Floats
from formulate.fitting import small
from formulate.fitting.problem import Problem
from formulate.fitting.projection import orthonormal

TIGHT = 1e-11  # relative; the tolerance of sum of squares and parameters on the way down
SETTLED = 1e-10  # of a step against the residuals, both in the units of the readings: no more is to be gained
NEAR = 1e-2  # share of the residuals along the slopes, beyond which a step must
FULFILLED = 0.25  # fall by at least this part of what it promised
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
    steep: dict[bytes, Floats] = {}

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
        key = at.tobytes()
        result = steep.get(key)
        if result is None:
            inside = np.minimum(np.maximum(at, low), high)
            amounts, _, basis = solved(inside)
            steep.clear()
            result = steep[key] = problem.slopes_at(inside, amounts, basis)
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


def settle(problem: Problem, start: Floats, steps: int = 16) -> tuple[Floats, Floats, float, float]:
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
    offset : float
        Share of the residuals, by length, that still lies along the slopes: 0 on level ground (Bates and Watts 1981,
        doi:10.1080/00401706.1981.10486257).

    Notes
    -----
    Gauss and Newton's steps are taken as long as they get shorter, by at least a tenth each, and the sum of squares
    does not rise beyond rounding: the slopes vanish more sharply than the sum of squares tells. Parameters on a bound
    stay there.
    """
    internal = start
    amounts, residuals, basis = problem.solved(internal)
    least = float(residuals @ residuals)
    before, offset = math.inf, 0.0
    rounding = 4e-16 * math.sqrt(float(np.sum((problem.root_weight * problem.released) ** 2)))  # of a residual
    history: list[tuple[list[float], list[float]]] = []  # earlier places, and the steps from there
    accelerate = True
    lows, highs = problem.low.tolist(), problem.high.tolist()
    here = internal.tolist()
    for _ in range(steps if problem.searched else 0):
        if least <= (8.0 * rounding) ** 2:
            offset = 0.0
            break
        slopes = problem.slopes_at(internal, amounts, basis)
        uphill = (slopes @ residuals).tolist()
        for place, (at, low, high, up) in enumerate(zip(here, lows, highs, uphill, strict=True)):
            if (at <= low and up >= 0.0) or (at >= high and up <= 0.0):
                slopes[place] = uphill[place] = 0.0
                history, accelerate = [], False
        step, square, along = _newton(slopes, residuals, uphill)
        offset = math.sqrt(along / max(least, 1e-300))
        length = math.sqrt(sum(part * part * size for part, size in zip(step, square, strict=True)))
        if not length < 0.9 * before:
            if not history:
                break
            history, accelerate = [], False
        went = _accelerated(here, step, square, history) if history else step
        there = [min(max(at + part, low), high) for at, part, low, high in zip(here, went, lows, highs, strict=True)]
        trial = np.array(there)
        tried, left_over, around = problem.solved(trial)
        reached = float(left_over @ left_over)
        promised = FULFILLED * along if offset > NEAR else -1e-12 * least - rounding * math.sqrt(least)
        if not reached <= least - promised:
            if not history:
                break
            history, accelerate = [], False
            continue
        if accelerate:
            history = [*history, (here, step)][-len(here) :]
        internal, here, amounts, residuals, basis = trial, there, tried, left_over, around
        before, least = length, reached
        if length <= SETTLED * math.sqrt(least):
            break
    return internal, amounts, least, offset


def _newton(slopes: Floats, residuals: Floats, uphill: list[float]) -> tuple[list[float], list[float], float]:
    """Give Gauss and Newton's step, squares of the slopes, and the square of what of the residuals lies along them.

    A parameter without slope stays.
    """
    normal = (slopes @ slopes.T).tolist()
    square = [row[place] for place, row in enumerate(normal)]
    step = small.solved(normal, uphill)
    if step is not None:
        return [-part for part in step], square, sum(map(operator.mul, step, uphill))
    scale = np.sqrt(square)
    usable = (scale > 0.0) & (scale < np.inf)
    directions, turn = orthonormal(slopes[usable] / scale[usable, None])
    along = directions @ residuals
    result = np.zeros(len(slopes))
    result[usable] = -(along @ turn) / scale[usable]
    return result.tolist(), square, float(along @ along)


def _accelerated(
    here: list[float], step: list[float], square: list[float], history: list[tuple[list[float], list[float]]]
) -> list[float]:
    """Give a step that makes up for what earlier ones fell short of (Anderson 1965, doi:10.1145/321296.321305)."""
    changes = [[now - then for now, then in zip(step, before, strict=True)] for _, before in history]
    turned = [[part * size for part, size in zip(change, square, strict=True)] for change in changes]
    matrix = [[sum(map(operator.mul, one, other)) for other in turned] for one in changes]
    shares = small.solved(matrix, [sum(map(operator.mul, step, one)) for one in turned])
    if shares is None or max(map(abs, shares)) > 1.0:
        return step
    result = list(step)
    for share, change, (there, _) in zip(shares, changes, history, strict=True):
        for place, part in enumerate(change):
            result[place] -= share * (here[place] - there[place] + part)
    return result


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
    amounts, residuals, basis = problem.solved_together(internal)
    wss = _squares(residuals)
    at = np.flatnonzero(np.isfinite(wss))
    if not problem.searched or not at.size:
        return internal, amounts, wss
    amounts = amounts.copy()
    residuals, basis = residuals[at], basis[at]
    damping = np.full(at.size, 1e-2)
    several = problem.released.ndim == 2 or problem.root_weight.ndim == 2
    own = problem
    for _ in range(iterations):
        if several:
            own = replace(problem, released=_rows(problem.released, at), root_weight=_rows(problem.root_weight, at))
        here = internal[at]
        slopes = own.slopes_together(here, amounts[at], basis)
        uphill = (slopes @ residuals[:, :, None])[:, :, 0]
        held = (here <= own.low) | (here >= own.high)
        if held.any():
            held = ((here <= own.low) & (uphill > 0.0)) | ((here >= own.high) & (uphill < 0.0))
        if resting is not None:
            held |= resting[at]
        if held.any():
            slopes[held] = 0.0
            uphill[held] = 0.0
        step = _damped(slopes @ slopes.transpose(0, 2, 1), uphill, damping)
        trial = np.minimum(np.maximum(here - step, own.low), own.high)
        tried, left, around = own.solved_together(trial)
        reached = _squares(left)
        before = wss[at]
        better = reached < before
        if better.all():
            residuals, basis = left, around
            internal[at], amounts[at], wss[at] = trial, tried, reached
        else:
            moved = at[better]
            internal[moved], amounts[moved], wss[moved] = trial[better], tried[better], reached[better]
            residuals, basis = np.array(residuals), np.array(basis)
            residuals[better], basis[better] = left[better], around[better]
        damping = np.where(better, np.maximum(damping * 0.1, 1e-14), damping * 5.0)
        going = ~(better & (reached > before * (1.0 - tolerance))) & (damping < 1e10)
        if not going.all():
            at, residuals, basis, damping = at[going], residuals[going], basis[going], damping[going]
            if not at.size:
                break
    return internal, amounts, wss


def _damped(normal: Floats, uphill: Floats, damping: Floats) -> Floats:
    """Give steps downhill, (draws, searched), by normal equations that are scaled to a unit diagonal and damped."""
    count = normal.shape[1]
    scale = np.sqrt(np.einsum("dpp->dp", normal))
    scale[scale == 0.0] = 1.0
    right = uphill / scale
    if count == 1:
        return np.asarray(right / (normal[:, 0] / (scale * scale) + damping[:, None]) / scale)
    if count == 2:
        one, other = (normal[:, place, place] / scale[:, place] ** 2 + damping for place in (0, 1))
        both = normal[:, 0, 1] / (scale[:, 0] * scale[:, 1])
        rest = one * other - both * both
        first = (other * right[:, 0] - both * right[:, 1]) / rest
        second = (one * right[:, 1] - both * right[:, 0]) / rest
        return np.asarray(np.stack([first, second], axis=1) / scale)
    normal = normal / (scale[:, :, None] * scale[:, None, :]) + damping[:, None, None] * np.eye(count)
    try:
        found = np.linalg.solve(normal, right[:, :, None])
    except np.linalg.LinAlgError:  # slopes that cannot be told apart, with hardly any damping left
        found = np.linalg.pinv(normal) @ right[:, :, None]
    return np.asarray(found[:, :, 0] / scale)


def _squares(residuals: Floats) -> Floats:
    result = np.einsum("di,di->d", residuals, residuals)
    return np.where(np.isfinite(result), result, np.inf)


def _rows(values: Floats, rows: NDArray[np.intp]) -> Floats:
    return values[rows] if values.ndim == 2 else values
