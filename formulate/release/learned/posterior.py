"""Curve parameters under measured points, by weighing draws."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from formulate.release.learned.curve import values
from formulate.release.learned.laplace import Profiles, modes
from formulate.sampling import Array, Draws

Points = tuple[Array, Array, Array]  # days, shares and weights

_PROPOSAL_WIDER = 1.5
_FEWEST_EFFECTIVE = 0.2
_ATTEMPTS = 4
_FLOOR = 64.0
_SOFTER = 0.8
_FURTHER = 1.25  # linear polyesters stray this much further from their first points than the likelihood says
_WEIGHED = 1536  # draws that measured points weigh, at least


def given_points(
    mean: Array, covariance: Array, found: Points, later: Points | None, draws: int, seed: int
) -> tuple[Array, float]:
    """Parameters under measured points, half of them also under what usually comes later.

    Parameters
    ----------
    mean : ndarray, shape (5,)
        Expected parameters of the formulation before anything of it was measured [1].
    covariance : ndarray, shape (5, 5)
        Their covariance [1].
    found : tuple of ndarray
        Days [d], shares [1] and weights [1] of what was measured.
    later : tuple of ndarray or None
        The same of what usually comes later (`formulate.release.learned.outlook`); may be empty.
    draws, seed : int
        How many parameter vectors, from which draws.

    Returns
    -------
    parameters : ndarray, shape (draws, 5)
        Equally likely.
    effective : float
        How many independent ones they are worth.

    Raises
    ------
    LinAlgError
        If the covariance is singular.

    Notes
    -----
    Importance sampling: draws from 1/4 N(mean, covariance) + 3/4 N(likeliest, 1.5 curvature^-1), weighed by prior x
    likelihood/proposal. With an outlook half of the draws heed it and half do not, since which is right differs from
    formulation to formulation; each half is then spread by 1.25 about its middle, a number from left-out groups.
    """
    noise = base_draws(max(draws, _WEIGHED), seed)
    count = draws // 2
    if later is None or not len(later[0]) or not count:
        return _weigh(mean, covariance, *found, noise, draws)
    days, shares, weights = (np.concatenate(parts) for parts in zip(found, later, strict=True))
    parameters, effective = np.empty((draws, len(mean))), 0.0
    for start, points, wanted in ((0, found, draws - count), (1, (days, shares, weights), count)):
        drawn, worth = _weigh(mean, covariance, *points, noise[start::2], wanted)
        middle = drawn.mean(axis=0)
        parameters[start::2] = middle + _FURTHER * (drawn - middle)
        effective += worth
    return parameters, effective


def _weigh(
    mean: Array, covariance: Array, days: Array, shares: Array, weights: Array, noise: Array, wanted: int
) -> tuple[Array, float]:
    """Give equally likely parameters under measured points, and how many independent ones they are worth."""
    found = modes(Profiles(days[None], shares[None], weights[None]), mean, covariance, tolerance=1e-3)
    root: Array = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    likely = np.linalg.inv(found.curvature[0] + np.linalg.inv(covariance))
    centre = found.parameters[0]
    spread: Array = np.asarray(np.linalg.cholesky(_PROPOSAL_WIDER * likely), dtype=np.float64)
    count = len(noise)
    wide = np.arange(count) % 4 == 3
    for attempt in range(_ATTEMPTS):
        drawn = np.where(wide[:, None], mean + noise @ root.T, centre + noise @ spread.T)
        expected = _log_density(drawn, mean, root)
        proposed = np.logaddexp(np.log(0.75) + _log_density(drawn, centre, spread), np.log(0.25) + expected)
        misfit = ((values(drawn, days) - shares) ** 2) @ weights
        score = expected - proposed - 0.5 * misfit
        weight, effective = _weighed(score)
        if effective >= (_FEWEST_EFFECTIVE if attempt == 0 else _FEWEST_EFFECTIVE / 4) * count:
            break
        centre = weight @ drawn  # propose once more, from what was found
        away = drawn - centre
        spread[:] = np.linalg.cholesky(_PROPOSAL_WIDER * (away.T @ (weight[:, None] * away)) + 0.05 * likely)
    while effective < _FLOOR:  # points that no curve follows: soften them rather than trust one draw
        score = _SOFTER * score
        weight, effective = _weighed(score)
    places = np.searchsorted(np.cumsum(weight), (np.arange(wanted) + 0.5) / wanted)
    return drawn[np.minimum(places, count - 1)], effective


def _weighed(score: Array) -> tuple[Array, float]:
    """Give weights of a sum of one, and how many equal ones they are worth."""
    weight = np.exp(score - score.max())
    weight /= weight.sum()
    return weight, float(1.0 / (weight**2).sum())


def _log_density(drawn: Array, centre: Array, root: Array) -> Array:
    scores = (drawn - centre) @ np.linalg.inv(root).T
    return np.asarray(-0.5 * np.einsum("di,di->d", scores, scores) - np.log(np.diag(root)).sum())


@cache
def base_draws(draws: int, seed: int) -> NDArray[np.float64]:
    """Fixed standard normal scores.

    Parameters
    ----------
    draws, seed : int
        How many, from which draws.

    Returns
    -------
    ndarray, shape (draws, 5)
        Scores [1].

    Raises
    ------
    DomainError
        If there is no draw.

    Notes
    -----
    Latin hypercube (`formulate.sampling.Draws`); kept, since predictions of one size share them.
    """
    design = Draws(draws, seed)
    scores = np.column_stack([design.standard_normal(f"learned.{i}") for i in range(5)])
    scores.flags.writeable = False
    return scores
