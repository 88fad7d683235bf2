"""How the parameters of a fit scatter when its readings are drawn again."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from formulate.curves.model import Floats
from formulate.fitting.least_squares import descend_together
from formulate.fitting.outcome import in_order
from formulate.fitting.posing import problem_of
from formulate.fitting.problem import Problem
from formulate.fitting.results import Fit
from materials.errors import DomainError, UnknownIdError

ITERATIONS = 60  # of a descent from the parameters of a fit
BLOCK = 4000  # draws followed at once


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Parameters of fits to resampled readings."""

    names: tuple[str, ...]
    values: Floats  # (count, parameters) in the units of the data
    fitted: Floats  # (parameters,) of the fit itself
    left_out: Floats  # (left out, parameters) with one reading, or one unit, left out at a time
    kind: str
    seed: int
    degrees_of_freedom: float = np.inf  # of the fit; few of them widen the limits as Student's t does

    def _scores(self, level: float) -> Floats:
        """Give the normal scores of both limits, wider where few degrees of freedom are left.

        The expanded percentile of Hesterberg 2015, Am. Stat. 69:371, doi:10.1080/00031305.2015.1089789: resampled fits
        scatter as if the residual variance were known.
        """
        ends = np.array([0.5 - 0.5 * level, 0.5 + 0.5 * level])
        return np.asarray(
            stdtrit(self.degrees_of_freedom, ends) if np.isfinite(self.degrees_of_freedom) else ndtri(ends)
        )

    def percentile(self, level: float = 0.95) -> Floats:
        """Give the (parameters, 2) quantiles that leave (1 - level)/2 on either side, expanded for few readings."""
        return np.asarray(np.quantile(self.values, ndtr(self._scores(level)), axis=0).T)

    def bca(self, level: float = 0.95) -> Floats:
        """Give bias-corrected and accelerated intervals, (parameters, 2).

        Efron 1987, J. Am. Stat. Assoc. 82:171, doi:10.1080/01621459.1987.10478410: bias from the share of values below
        the fit, acceleration from the skewness of the jackknife.
        """
        below = np.mean(self.values < self.fitted, axis=0) + 0.5 * np.mean(self.values == self.fitted, axis=0)
        count = self.values.shape[0]
        bias = ndtri(np.clip(below, 0.5 / count, 1.0 - 0.5 / count))
        away = self.left_out.mean(axis=0) - self.left_out
        largest = np.max(np.abs(away), axis=0)
        away = away / np.where(largest > 0.0, largest, 1.0)  # before any power, which may be no number
        square = np.where(largest > 0.0, np.sum(away**2, axis=0), 1.0)
        acceleration = np.sum(away**3, axis=0) / (6.0 * square**1.5)
        result = np.empty((self.fitted.size, 2))
        for side, score in enumerate(self._scores(level)):
            moved = bias + score
            rest = 1.0 - acceleration * moved
            share = np.where(rest > 0.0, ndtr(bias + moved / np.where(rest > 0.0, rest, 1.0)), np.nan)
            for place in range(self.fitted.size):
                known = np.isfinite(share[place])  # else the acceleration is too strong for an interval
                result[place, side] = np.quantile(self.values[:, place], share[place]) if known else np.nan
        return result


def bootstrap(
    fit: Fit,
    count: int = 1000,
    seed: int = 7,
    kind: Literal["residual", "pairs", "units"] = "residual",
    progress: Callable[[int, int], None] | None = None,
) -> Bootstrap:
    """Fit resampled readings, to see how the parameters scatter.

    Parameters
    ----------
    fit : Fit
        At the least sum of squares.
    count : int
        How many times to resample [1].
    seed : int
        Of the random numbers; the same seed gives the same values.
    kind : {"residual", "pairs", "units"}
        What is drawn again with replacement: residuals, put on the fitted curve; readings; or whole units.
    progress : callable, optional
        Told now and then how many of how many are done.

    Returns
    -------
    Bootstrap
        Parameters (count, parameters), and percentile and BCa intervals from them.

    Raises
    ------
    DomainError
        The count is below 2, there are no degrees of freedom, or there are fewer than three units to draw from.
    UnknownIdError
        The kind is not known.

    Notes
    -----
    Residuals are scaled by ``sqrt(w/(1 - h))`` with h their leverage, and centred, before they are drawn (Davison and
    Hinkley 1997, Bootstrap Methods and their Application, chapter 6). Each refit starts from the fitted parameters
    and, with a lag, from the intervals beside it.
    """
    if count < 2:
        raise DomainError("count", count, "", ">= 2")
    if kind not in ("residual", "pairs", "units"):
        raise UnknownIdError("kind of bootstrap", kind, ["residual", "pairs", "units"])
    freedom = fit.criteria.degrees_of_freedom
    if freedom <= 0:
        raise DomainError("degrees of freedom", freedom, "", "at least 1", "more readings than parameters")
    units = np.unique(fit.points.unit)
    if kind == "units" and units.size < 3:
        raise DomainError("units", units.size, "", "at least 3 to draw from", "draw residuals instead")
    with np.errstate(all="ignore"):
        problem, internal = problem_of(fit, solve=True)
        random = np.random.default_rng(seed)
        released, weight = _resampled(fit, problem, count, random, kind)
        ends = []
        for first in range(0, count, BLOCK):
            last = min(first + BLOCK, count)
            ends.append(
                _refits(problem, internal, _part(released, first, last), _part(weight, first, last), fit.bounds)
            )
            if progress is not None:
                progress(last, count)
        jack = np.ones((problem.time.size, problem.time.size)) - np.eye(problem.time.size)
        if kind == "units":
            jack = (fit.points.unit[None, :] != units[:, None]).astype(np.float64)
        left_out = _refits(problem, internal, problem.released, np.sqrt(jack) * problem.root_weight, fit.bounds)
        return Bootstrap(fit.model.names, np.concatenate(ends), fit.values, left_out, kind, seed, float(freedom))


def _part(values: Floats, first: int, last: int) -> Floats:
    return values[first:last] if values.ndim == 2 else values


def _resampled(fit: Fit, problem: Problem, count: int, random: np.random.Generator, kind: str) -> tuple[Floats, Floats]:
    """Give resampled readings and root weights, (count, points) where they differ."""
    size = problem.time.size
    if kind == "residual":
        fitted = fit.curve(problem.time)
        whole, internal = problem_of(fit)
        slopes = whole.slopes_at(internal, np.zeros(0), np.zeros((0, problem.time.size)))
        left, singular, _ = np.linalg.svd(slopes.T, full_matrices=False)
        leverage = np.sum(left[:, singular > 1e-12 * max(float(singular.max(initial=0.0)), 1e-300)] ** 2, axis=1)
        scaled = problem.root_weight * (problem.released - fitted) / np.sqrt(np.maximum(1.0 - leverage, 1e-3))
        before = float(np.mean(scaled**2))
        scaled -= scaled.mean()
        left_over = float(np.mean(scaled**2))
        scaled *= math.sqrt(before / left_over) if left_over > 0.0 else 1.0  # the mean took some of their size
        drawn = scaled[random.integers(0, size, (count, size))]
        return fitted + drawn / problem.root_weight, problem.root_weight
    if kind == "pairs":
        drawn = random.integers(0, size, (count, size))
        times = np.stack([np.bincount(row, minlength=size) for row in drawn])
    else:
        names, own = np.unique(fit.points.unit, return_inverse=True)
        drawn = random.integers(0, names.size, (count, names.size))
        times = np.stack([np.bincount(row, minlength=names.size) for row in drawn])[:, own]
    return problem.released, problem.root_weight * np.sqrt(times)


def _refits(
    problem: Problem,
    internal: Floats,
    released: Floats,
    root_weight: Floats,
    bounds: Mapping[str, tuple[float, float]],
) -> Floats:
    count = released.shape[0] if released.ndim == 2 else root_weight.shape[0]
    shape = (count, problem.time.size)
    own = replace(problem, released=np.broadcast_to(released, shape), root_weight=np.broadcast_to(root_weight, shape))
    best, amounts, least = descend_together(own, np.tile(internal, (count, 1)), ITERATIONS)
    model = problem.model
    place = model.names.index(model.lag) if model.lag else -1
    if place in problem.searched:
        column = problem.searched.index(place)
        edges = np.unique(np.append(0.0, problem.time))
        at = int(np.searchsorted(edges, internal[column]))
        for low, high in ((at - 2, at - 1), (at, at + 1)):
            if low < 0 or high >= edges.size:
                continue
            start = internal.copy()
            start[column] = 0.5 * (edges[low] + edges[high])
            start = np.clip(start, problem.low, problem.high)
            end, solved, wss = descend_together(own, np.tile(start, (count, 1)), ITERATIONS)
            better = wss < least
            best[better], amounts[better], least[better] = end[better], solved[better], wss[better]
    return in_order(own, own.values(best, amounts), bounds)
