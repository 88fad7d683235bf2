"""Where to look for the parameters of a formula nobody knows beforehand: values on every scale the readings have."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from formulate.curves.formula_dimensions import Dimension
from formulate.curves.model import Floats

SEED = 20100  # of the candidates: the same formula and readings start from the same values every time
MOST = 6000  # candidates
WANDERERS, CHILDREN = 10, 5  # for each parameter searched: best candidates that wander, and steps each tries
ROUNDS = 6  # how often
LEADERS = 45  # and the best of as many cells of the space searched
THIRDS = (1.0 / 3.0, 2.0 / 3.0)  # into which a cell divides the values of a parameter
KEPT = 300  # candidates that remain
TRIED = 100  # candidates that tell whether the formula has a value at all
THIN = 64  # readings they are weighed by, at most
NEGATIVE = 0.2  # share of negative values
AMOUNTS = 0.2  # share on the scale of the response, of a parameter that may measure anything
MOMENTS = 0.5  # share of the times that are drawn evenly over the time axis


def candidates(
    names: Sequence[str],
    linear: Sequence[str],
    dimension: Mapping[str, Dimension],
    time: Floats,
    released: Floats,
    start: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]],
) -> Floats:
    """Give values of the parameters to try.

    Parameters
    ----------
    names, linear : sequence of str
        All parameters, and those that enter the formula linearly.
    dimension : mapping of str to (float, float)
        Powers of time and response that parameters measure, where known.
    time, released : ndarray, shape (points,)
        The readings.
    start : mapping of str to float
        What the user takes some of them to be near.
    bounds : mapping of str to (float, float)
        Between which values some must lie.

    Returns
    -------
    ndarray, shape (candidates, parameters)
        NaN for the linear parameters, which a search solves for.

    Notes
    -----
    Magnitudes are drawn evenly on a log scale around that of the readings in the dimension of the parameter; a moment
    of time evenly over the time axis, and a tenth before it, as well. A parameter of no known dimension draws one anew
    in each candidate: a power of time between -2 and 2, or that of the response. A parameter the user gave a start for
    is drawn within a factor of 10 of it in half of the candidates.
    """
    searched = [name for name in names if name not in linear]
    count = 1 if not searched else min(300 * 4 ** (len(searched) - 1), MOST)
    random = np.random.default_rng(SEED)
    rows = np.full((count, len(names)), np.nan)
    for place, name in enumerate(names):
        if name in linear:
            continue
        column = _drawn(random, count, time, released, dimension.get(name))
        if name in start:
            near = start[name] * 10.0 ** random.uniform(-1.0, 1.0, count)
            column[::2] = near[::2]
            column[0] = start[name]
        if name in bounds:
            column = _within(random, column, *bounds[name])
        rows[:, place] = column
    return rows


def refined(
    curve: Callable[..., Floats],
    rows: Floats,
    time: Floats,
    released: Floats,
    bounds: Sequence[tuple[float, float]],
    kinks: Sequence[int],
    effort: int,
) -> Floats:
    """Let the best candidates wander downhill by chance, each on its own, so that the right ones come to the fore.

    Parameters
    ----------
    curve : callable
        ``curve(t, *parameters)`` of the formula.
    rows : ndarray, shape (candidates, parameters)
        As `candidates` gives them.
    time, released : ndarray, shape (points,)
        The readings; some of them if there are many.
    bounds : sequence of (float, float)
        Of each parameter.
    kinks : sequence of int
        Parameters that are a time at which the curve has a kink: each interval between readings is a cell of its own.
    effort : int
        1, or how many times as many steps.

    Returns
    -------
    ndarray, shape (candidates, parameters)
        Where the best came to, the first of those given, and the next best.

    Notes
    -----
    What a valley ends at cannot be told from one point on its slope: a narrow deep one is overlooked beside many wide
    shallow ones. So the best candidates of many cells wander, and not the best of all alone. Steps are normal on a log
    scale, wide at first.
    """
    searched = np.flatnonzero(~np.isnan(rows).all(axis=0))
    if searched.size < 2 and not kinks:
        return rows
    cells = np.stack(
        [
            np.searchsorted(np.unique(time) if place in kinks else np.quantile(rows[:, place], THIRDS), rows[:, place])
            for place in searched
        ],
        axis=1,
    )
    if time.size > THIN:
        chosen = np.linspace(0, time.size - 1, THIN).astype(int)
        time, released = time[chosen], released[chosen]
    random = np.random.default_rng(SEED)
    children = CHILDREN * searched.size
    low, high = np.array(bounds).T
    wss = _weighed(curve, rows, time, released)
    order = np.argsort(wss, kind="stable")
    _, leaders = np.unique(cells[order], axis=0, return_index=True)
    wanderers = order[np.union1d(np.arange(min(WANDERERS * searched.size, order.size)), np.sort(leaders)[:LEADERS])]
    at, level = rows[wanderers], wss[wanderers]
    for width in np.geomspace(0.5, 0.02, effort * ROUNDS):
        tried = np.repeat(at, children, axis=0)
        tried[:, searched] *= np.exp(width * random.standard_normal((len(tried), searched.size)))
        tried = np.clip(tried, low, high)
        reached = _weighed(curve, tried, time, released).reshape(len(at), children)
        winner = reached.argmin(axis=1)
        better = reached.min(axis=1) < level
        level = np.where(better, reached.min(axis=1), level)
        at = np.where(better[:, None], tried.reshape(len(at), children, -1)[np.arange(len(at)), winner], at)
    return np.concatenate([at, rows[:1], rows[order[:KEPT]]])


def without_value(curve: Callable[..., Floats], rows: Floats, time: Floats) -> Floats:
    """Give the readings at which no candidate gives the curve a value.

    Parameters
    ----------
    curve : callable
        ``curve(t, *parameters)`` of the formula.
    rows : ndarray, shape (candidates, parameters)
        As `candidates` gives them.
    time : ndarray, shape (points,)
        The readings.

    Returns
    -------
    ndarray
        Times, from `time`.
    """
    some = np.where(np.isnan(rows), 1.0, rows)[:: max(1, len(rows) // TRIED)]
    values = np.broadcast_to(curve(time, *(column[:, None] for column in some.T)), (len(some), time.size))
    return time[~np.isfinite(values).any(axis=0)]


def _weighed(curve: Callable[..., Floats], rows: Floats, time: Floats, released: Floats) -> Floats:
    """Give the sum of squares of each candidate, its linear parameters at their best; infinite where it has none."""
    linear = np.flatnonzero(np.isnan(rows).all(axis=0))
    columns = [np.zeros((1, 1)) if place in linear else rows[:, place, None] for place in range(rows.shape[1])]
    size = (len(rows), time.size)
    base = np.broadcast_to(curve(time, *columns), size)
    left = released - base
    with np.errstate(all="ignore"):
        if linear.size:
            shapes = np.empty((len(rows), linear.size, time.size))
            for row, place in enumerate(linear):
                columns[place] = np.ones((1, 1))
                shapes[:, row] = curve(time, *columns) - base
                columns[place] = np.zeros((1, 1))
            length = np.sqrt(np.einsum("cji,cji->cj", shapes, shapes))
            shapes /= np.where(length > 0.0, length, 1.0)[:, :, None]
            usable = np.isfinite(np.einsum("cji,ci->c", shapes, left))[:, None]
            shapes = np.where(usable[:, :, None], shapes, 0.0)
            normal = shapes @ shapes.transpose(0, 2, 1) + 1e-10 * np.eye(linear.size)
            along = shapes @ np.where(usable, left, 0.0)[:, :, None]
            left = np.where(usable, left - (np.linalg.solve(normal, along).transpose(0, 2, 1) @ shapes)[:, 0], np.inf)
        wss = np.einsum("ci,ci->c", left, left)
    return np.where(np.isfinite(wss), wss, np.inf)


def _drawn(
    random: np.random.Generator, count: int, time: Floats, released: Floats, dimension: Dimension | None
) -> Floats:
    last = float(np.abs(time).max()) or 1.0
    height = float(np.abs(released).max()) or 1.0
    size = random.uniform(0.0, 1.0, count)
    sign = np.where(random.random(count) < NEGATIVE, -1.0, 1.0)
    if dimension is None:
        amount = (random.random(count) < AMOUNTS) * 1.0
        powers = np.stack([(1.0 - amount) * random.uniform(-2.0, 2.0, count), amount], axis=1)
    else:
        powers = np.broadcast_to(np.array(dimension), (count, 2))
    scale = last ** powers[:, 0] * height ** powers[:, 1]
    pure = (powers == 0.0).all(axis=1)
    values = sign * scale * 10.0 ** np.where(pure, -2.0 + 3.3 * size, -2.0 + 4.0 * size)
    moment = (powers == (1.0, 0.0)).all(axis=1) & (random.random(count) < MOMENTS)
    return np.where(moment, time.min() + np.ptp(time) * (1.1 * size - 0.1), values)


def _within(random: np.random.Generator, column: Floats, low: float, high: float) -> Floats:
    """Draw anew between two finite bounds what lies beyond them; take what lies beyond one to it."""
    beyond = (column < low) | (column > high)
    if np.isfinite(low) and np.isfinite(high):
        return np.where(beyond, random.uniform(low, high, column.size), column)
    return np.clip(column, low, high)
