"""Which of several is best: by a weighted sum, by no weights at all, and how sure that is."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative

Floats: TypeAlias = NDArray[np.float64]

TIED = 1e-12  # scores closer than this are the same


@dataclass(frozen=True)
class Change:
    """The smallest change of one weight that lets another win.

    Attributes
    ----------
    criterion : int
        Which weight.
    weight : float
        What it would have to pass.
    winner : int
        Who wins beyond it.
    """

    criterion: int
    weight: float
    winner: int


def weighted_scores(parts: ArrayLike, weights: ArrayLike) -> Floats:
    """Weighted means of parts.

    Parameters
    ----------
    parts : array_like, shape (items, criteria) or (items, criteria, draws)
        What each item earns by each criterion, 0 to 1 [1].
    weights : array_like, shape (criteria,)
        At least 0, not all 0 [1].

    Returns
    -------
    ndarray, shape (items,) or (items, draws)
        Scores [1].

    Raises
    ------
    DomainError
        If a part is no finite number, a weight is negative, all are 0, or their number is not that of the criteria.

    Notes
    -----
    ``sum_k w_k p_k / sum_k w_k``. Source: definition (simple additive weighting).

    Examples
    --------
    >>> weighted_scores([[1.0, 0.0], [0.5, 1.0]], [3.0, 1.0])
    array([0.75 , 0.625])
    """
    table, given = _checked(parts, weights)
    return np.asarray(np.einsum("ik...,k->i...", table, given) / given.sum())


def place_probabilities(scores: ArrayLike, places: int = 1) -> Floats:
    """How often each item is among the best.

    Parameters
    ----------
    scores : array_like, shape (items, draws)
        Scores of the items in the same draws [1].
    places : int, optional
        How many count as the best; 1 if not given.

    Returns
    -------
    ndarray, shape (items,)
        Share of the draws; they sum to `places`, or to the number of items if there are fewer [1].

    Raises
    ------
    DomainError
        If a score is no finite number, or no place is asked for.

    Notes
    -----
    Items that tie over the last places share them. Source: definition.

    Examples
    --------
    >>> place_probabilities([[0.9, 0.2], [0.5, 0.5], [0.5, 0.1]], 2)
    array([1.  , 0.75, 0.25])
    """
    table = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    require("scores", table, "", np.isfinite(table), "finite numbers")
    require("places", float(places), "", places >= 1, "at least 1")
    count = len(table)
    if places >= count:
        return np.ones(count)
    last = -np.sort(-table, axis=0)[places - 1]  # the score of the last place
    above, tied = table > last + TIED, np.abs(table - last) <= TIED
    left = places - above.sum(axis=0)
    return np.asarray((above + tied * left / tied.sum(axis=0)).mean(axis=1))


def pareto_front(parts: ArrayLike) -> NDArray[np.bool_]:
    """Which items no other beats in everything.

    Parameters
    ----------
    parts : array_like, shape (items, criteria)
        What each item earns by each criterion; more is better [1].

    Returns
    -------
    ndarray of bool, shape (items,)
        True where no other item is at least as good by every criterion and better by one.

    Raises
    ------
    DomainError
        If a part is no finite number.

    Notes
    -----
    Pairs of items one by one; equal items do not beat each other. Source: definition (Pareto dominance).

    Examples
    --------
    >>> pareto_front([[1.0, 0.0], [0.4, 0.4], [0.3, 0.4], [0.0, 1.0]])
    array([ True,  True, False,  True])
    """
    table = np.atleast_2d(np.asarray(parts, dtype=np.float64))
    require("parts", table, "", np.isfinite(table), "finite numbers")
    at_least = (table[:, None, :] >= table[None, :, :] - TIED).all(axis=2)  # [i, j]: i is as good as j in everything
    better = (table[:, None, :] > table[None, :, :] + TIED).any(axis=2)
    beaten = (at_least & better).any(axis=0)
    return np.asarray(~beaten)


def winner_changes(parts: ArrayLike, weights: ArrayLike) -> tuple[Change, ...]:
    """What one weight alone would have to be for another item to win.

    Parameters
    ----------
    parts : array_like, shape (items, criteria)
        What each item earns by each criterion [1].
    weights : array_like, shape (criteria,)
        At least 0, not all 0 [1].

    Returns
    -------
    tuple of Change
        For each criterion the nearest weight below and the nearest above at which the winner changes, if any; those
        that need the smallest step first. One that ties with the winner passes at the weight as it is.

    Raises
    ------
    DomainError
        As `weighted_scores`.

    Notes
    -----
    With all other weights held, item j passes the winner i where
    ``sum_l w_l (p_il - p_jl) = 0``, which is linear in one weight. Source: definition.

    Examples
    --------
    The second wins once the second criterion weighs more than 1.5, or the first less than 2:

    >>> for change in winner_changes([[1.0, 0.0], [0.5, 1.0]], [3.0, 1.0]):
    ...     print(change)
    Change(criterion=1, weight=1.5, winner=1)
    Change(criterion=0, weight=2.0, winner=1)
    """
    table, given = _checked(parts, weights)
    require("parts", float(table.ndim), "", table.ndim == 2, "one number for each item and criterion")
    winner = int(np.argmax(table @ given))
    ahead = np.maximum((table[winner] - table) @ given, 0.0)  # 0 of one that ties
    found: list[Change] = []
    for k in range(len(given)):
        slope = table[winner, k] - table[:, k]
        # whoever earns more by this criterion passes as it weighs more, whoever earns less as it weighs less
        step = np.divide(-ahead, slope, out=np.full(len(table), np.nan), where=np.abs(slope) > TIED)
        up = np.where(slope < -TIED, step, np.nan)
        down = np.where((slope > TIED) & (given[k] + step >= 0.0), step, np.nan)
        for steps, nearest in ((down, np.nanargmax), (up, np.nanargmin)):
            if not np.isnan(steps).all():
                other = int(nearest(steps))
                found.append(Change(k, float(given[k] + steps[other]), other))
    found.sort(key=lambda change: abs(change.weight - given[change.criterion]))
    return tuple(found)


def _checked(parts: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    table = np.atleast_2d(np.asarray(parts, dtype=np.float64))
    require("parts", table, "", np.isfinite(table), "finite numbers")
    given = np.atleast_1d(require_not_negative("weights", weights, ""))
    count = table.shape[1]
    require("number of weights", float(len(given)), "", len(given) == count, f"{count}, one for each criterion")
    require("weights", float(given.sum()), "", given.sum() > 0.0, "one above 0")
    return table, given
