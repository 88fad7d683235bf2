"""How sure the parameters of a fit are: profiles of the sum of squares, and draws; resampling has its own module."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtr, fdtri, stdtrit

from formulate.curves.model import Floats
from formulate.fitting.criteria import FLOATS, residual_variance
from formulate.fitting.least_squares import descend_together
from formulate.fitting.posing import problem_of
from formulate.fitting.problem import Problem
from formulate.fitting.resampling import Bootstrap, bootstrap
from formulate.fitting.results import Fit
from materials.errors import DomainError, UnknownIdError, nearest

__all__ = ["Bootstrap", "bootstrap", "draws", "profile_likelihood"]

FAR = 1e25  # how far from a fit a profile is followed on a log scale


def profile_likelihood(
    fit: Fit, names: Sequence[str] | None = None, level: float | None = None
) -> dict[str, tuple[float, float]]:
    """Give intervals of parameters from the profile of the sum of squares.

    Parameters
    ----------
    fit : Fit
        At the least sum of squares.
    names : sequence of str, optional
        Which parameters; all free ones if not given.
    level : float, optional
        Confidence [1]; that of the fit if not given.

    Returns
    -------
    dict of str to (float, float)
        Lowest and highest value of each, in the units of the data. Where the sum of squares never rises to the limit,
        the end of the range that the parameter may take, which for most is 0 or infinite. NaN where the profile
        could not be followed.

    Raises
    ------
    DomainError
        There are no degrees of freedom, or the level is not between 0 and 1.
    UnknownIdError
        A name is not that of a free parameter.

    Notes
    -----
    The interval of a parameter holds the values at which the least sum of squares over all other parameters is at most
    ``WSS_min (1 + F_{1, N - p}/(N - p))`` (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications,
    chapter 6). It needs no nearly linear curve, and does not depend on how a parameter is written. Where what is left
    is the rounding of floats, no profile can be followed: the interval is that of the standard errors.
    """
    free = [parameter.name for parameter in fit.parameters if not parameter.fixed]
    chosen = free if names is None else list(names)
    for name in chosen:
        if name not in free:
            raise UnknownIdError("free parameter", name, nearest(name, free))
    quantile = _quantile(fit, level)
    if not chosen:
        return {}
    if fit.criteria.wss <= FLOATS * float(np.sum(fit.points.weight * fit.points.released**2)):
        own = {parameter.name: parameter for parameter in fit.parameters}
        half = {name: quantile * own[name].standard_error for name in chosen}
        return {name: (own[name].value - end, own[name].value + end) for name, end in half.items()}
    with np.errstate(all="ignore"):
        problem, internal = problem_of(_in_logarithms(fit), beyond=FAR)
        places = np.repeat([free.index(name) for name in chosen], 2)
        sides = np.tile([-1.0, 1.0], len(chosen))
        scatter = math.sqrt(residual_variance(fit.points, fit.criteria))
        ends = _profile_ends(problem, internal, places, sides, quantile, scatter)
        values = problem.values(ends, np.zeros((len(ends), 0)))
        natural = [float(row[problem.searched[place]]) for row, place in zip(values, places, strict=True)]
    soft = [
        column
        for column, place in enumerate(problem.searched)
        if fit.model.parameters[place].coordinate == "log" and fit.model.names[place] not in fit.bounds
    ]
    result = {}
    for row, name in enumerate(chosen):
        open_ended = []
        for end in (ends[2 * row], ends[2 * row + 1]):
            # a log scale ends where the curve no longer changes: there the sum of squares rises for want of room
            run_out = (end <= problem.low) | (end >= problem.high)
            open_ended.append(bool(run_out[places[2 * row]] or run_out[soft].any()))
        low, high = _range_of(fit, name)
        limits = [low if open_ended[0] else natural[2 * row], high if open_ended[1] else natural[2 * row + 1]]
        value = float(fit.values[fit.model.names.index(name)])
        near, far = (math.nan if abs(limit - value) <= 1e-12 * abs(value) else limit for limit in limits)
        result[name] = near, far
    return result


def _in_logarithms(fit: Fit) -> Fit:
    """Give the fit with what cannot be negative on a log scale: an interval may span many decades."""
    parameters = tuple(
        replace(parameter, coordinate="log") if parameter.low >= 0.0 and value > 0.0 else parameter
        for parameter, value in zip(fit.model.parameters, fit.values, strict=True)
    )
    return replace(fit, model=replace(fit.model, parameters=parameters))


def _range_of(fit: Fit, name: str) -> tuple[float, float]:
    parameter = fit.model.parameters[fit.model.names.index(name)]
    if name in fit.bounds:
        return max(parameter.low, fit.bounds[name][0]), min(parameter.high, fit.bounds[name][1])
    return parameter.low, parameter.high if math.isinf(parameter.high) else math.inf


def _quantile(fit: Fit, level: float | None) -> float:
    chosen = fit.level if level is None else level
    if not 0.0 < chosen < 1.0:
        raise DomainError("level", chosen, "", "above 0 and below 1")
    freedom = fit.criteria.degrees_of_freedom
    if freedom <= 0:
        raise DomainError("degrees of freedom", freedom, "", "at least 1", "more readings than parameters")
    return float(stdtrit(freedom, 0.5 + 0.5 * chosen))


def _profile_ends(
    problem: Problem, best: Floats, places: NDArray[np.intp], sides: Floats, quantile: float, scatter: float
) -> Floats:
    """Give rows (ends, free) at which the profile of one parameter each meets the limit, or its bound.

    The signed root of the rise, in units of s, is nearly linear in the parameter: secants within a bracket.
    """
    rows = np.arange(places.size)
    _, residuals, basis = problem.solved(best)
    least = float(residuals @ residuals)
    scatter = max(scatter, 1e-300)
    slopes = problem.slopes_at(best, np.zeros(0), basis)
    covariance = np.linalg.pinv(slopes @ slopes.T, rcond=1e-14, hermitian=True) * scatter**2
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    error = np.where(error > 0.0, error, 0.1)
    direction = (covariance[:, places] / np.maximum(error[places] ** 2, 1e-300)).T  # per unit of the parameter held
    direction[~np.isfinite(direction)] = 0.0
    resting = np.zeros((places.size, best.size), dtype=np.bool_)
    resting[rows, places] = True
    room = np.where(sides > 0.0, problem.high[places] - best[places], best[places] - problem.low[places])

    def rise(distance: Floats, *guesses: Floats) -> tuple[Floats, Floats]:
        """Give the least rise at distances, reached from several guesses: a profile may change its valley."""
        start = np.concatenate(guesses)
        start[np.arange(len(start)), np.tile(places, len(guesses))] = np.tile(
            best[places] + sides * distance, len(guesses)
        )
        held = np.tile(resting, (len(guesses), 1))
        ends, _, wss = descend_together(problem, np.clip(start, problem.low, problem.high), 12, 1e-9, held)
        wss = wss.reshape(len(guesses), places.size)
        which = np.argmin(wss, axis=0)
        lowest = ends.reshape(len(guesses), places.size, best.size)[which, rows]
        return np.sqrt(np.maximum(wss[which, rows] - least, 0.0)) / scatter, lowest

    inner, inner_rise, inner_end = np.zeros(places.size), np.zeros(places.size), np.tile(best, (places.size, 1))
    outer = np.minimum(quantile * error[places], room)
    reached, end = rise(outer, best + sides[:, None] * outer[:, None] * direction, inner_end)
    for _ in range(40):
        short = (reached < quantile) & (outer < room)
        if not short.any():
            break
        inner, inner_rise = np.where(short, outer, inner), np.where(short, reached, inner_rise)
        inner_end = np.where(short[:, None], end, inner_end)
        factor = np.clip(1.1 * quantile / np.maximum(reached, 1e-3), 1.3, 8.0)
        wider = np.where(short, np.minimum(outer * factor, room), outer)
        guess = best + (end - best) * (wider / np.maximum(outer, 1e-300))[:, None]
        again, moved = rise(wider, np.where(short[:, None], guess, end), end)
        outer, reached = wider, np.where(short, again, reached)
        end = np.where(short[:, None], moved, end)
    open_ended = reached < quantile
    for step in range(40):
        share = (quantile - inner_rise) / np.maximum(reached - inner_rise, 1e-300)
        share = np.clip(share, 0.02, 0.98) if step % 3 < 2 else np.full(share.shape, 0.5)
        middle = inner + share * (outer - inner)
        along = best + (inner_end - best) * np.where(inner > 0.0, middle / np.maximum(inner, 1e-300), 1.0)[:, None]
        along = np.where(inner[:, None] > 0.0, along, best + sides[:, None] * middle[:, None] * direction)
        again, moved = rise(middle, best + (end - best) * (middle / np.maximum(outer, 1e-300))[:, None], along)
        above = again >= quantile
        outer, reached = np.where(above, middle, outer), np.where(above, again, reached)
        end, inner_end = np.where(above[:, None], moved, end), np.where(above[:, None], inner_end, moved)
        inner, inner_rise = np.where(above, inner, middle), np.where(above, inner_rise, again)
        close = ~open_ended & (np.abs(again - quantile) < 1e-6 * quantile)
        done = open_ended | close | (outer - inner < 1e-10 * (outer + 1e-10))
        outer = np.where(close, middle, outer)
        if done.all():
            break
    result = end.copy()
    result[rows, places] = np.where(
        open_ended, np.where(sides > 0.0, problem.high[places], problem.low[places]), best[places] + sides * outer
    )
    return result


def draws(fit: Fit, count: int = 1000, seed: int = 7, scores: ArrayLike | None = None) -> Floats:
    """Draw parameters from what a fit says of them, to carry its doubt into what is computed from the curve.

    Parameters
    ----------
    fit : Fit
        With a covariance.
    count : int
        How many draws, unless scores are given [1].
    seed : int
        Of the random numbers, unless scores are given.
    scores : array_like, shape (draws, parameters), optional
        Standard normal scores to make the draws of, one column for each parameter of the model, fixed ones too.

    Returns
    -------
    ndarray, shape (draws, parameters)
        In the units of the data; a fixed parameter and one on a bound stay at their value. NaN if the covariance is
        not known.

    Raises
    ------
    DomainError
        There are no degrees of freedom, or the scores have another number of columns.

    Notes
    -----
    Multivariate Student's t with N - p degrees of freedom around the fit, in the coordinates of the search (the
    logarithm of parameters that are searched on a log scale): the margins have the intervals of the fit. The length
    of a row of scores is stretched from chi to the root of ``p F_{p, N - p}``, its direction kept. What falls outside
    the domain of a parameter is set on its end.
    """
    _quantile(fit, None)
    size = len(fit.parameters)
    normal = (
        np.random.default_rng(seed).standard_normal((count, size))
        if scores is None
        else np.array(scores, dtype=np.float64)
    )
    if normal.ndim != 2 or normal.shape[1] != size:
        raise DomainError("columns of scores", normal.shape[-1], "", f"{size}, one for each parameter")
    problem, internal = problem_of(fit)
    loose = [column for column, place in enumerate(problem.searched) if not fit.parameters[place].at_bound]
    result = np.tile(fit.values, (normal.shape[0], 1))
    if not loose:
        return result
    places = [problem.searched[column] for column in loose]
    scale = np.array(
        [fit.values[place] if column in problem.log else 1.0 for column, place in zip(loose, places, strict=True)]
    )
    covariance = fit.covariance[np.ix_(places, places)] / (scale[:, None] * scale[None, :])
    if not np.isfinite(covariance).all():
        result[:, places] = np.nan
        return result
    error = np.sqrt(np.diag(covariance))
    both = error[:, None] * error[None, :]
    correlation = covariance / np.where(both > 0.0, both, 1.0)
    value, vector = np.linalg.eigh(correlation)
    root = (vector * np.sqrt(np.maximum(value, 0.0))) @ vector.T * error[:, None]
    used = normal[:, places]
    square = np.maximum(np.einsum("di,di->d", used, used), 1e-300)
    stretched = len(loose) * fdtri(len(loose), fit.criteria.degrees_of_freedom, chdtr(len(loose), square))
    moved = np.tile(internal, (normal.shape[0], 1))
    moved[:, loose] += (used * np.sqrt(stretched / square)[:, None]) @ root.T
    with np.errstate(over="ignore"):
        return problem.values(np.clip(moved, problem.low, problem.high), np.zeros((len(moved), 0)))
