"""Bootstrap limits of f2: the units of each product are drawn anew, with replacement, and f2 computed again."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from formulate.domain import require
from formulate.similarity.factors import of_square
from formulate.similarity.results import F2Bootstrap, F2Interval, Floats
from formulate.similarity.rules import points_used, rule

FEWEST = 100  # replicates; fewer give no 5 % quantile worth the name
ESTIMATORS = {"f2": 0.0, "expected f2": 1.0, "bias-corrected f2": -1.0}  # how the variance of the means enters
Moments = tuple[Floats, Floats, Floats]  # (rows, points) means of reference, of test, variance of their difference


def bootstrap_f2(
    reference: ArrayLike,
    test: ArrayLike,
    *,
    time: ArrayLike | None = None,
    count: int = 10_000,
    seed: int = 7,
    level: float = 0.9,
    rule_id: str = "",
) -> F2Bootstrap:
    """Limits of f2 over the units of both products.

    Parameters
    ----------
    reference, test : array_like, shape (units, points)
        Percent released by each unit, without time zero, no reading missing [%].
    time : array_like, shape (points,), optional
        Times of the points, for the record [any unit].
    count : int
        Replicates [1].
    seed : int
        Of the random numbers: the same seed gives the same limits.
    level : float
        Of the two-sided interval; 0.9 leaves 5 % below the low limit [1].
    rule_id : str
        Rule whose time points are taken. Empty: all.

    Returns
    -------
    F2Bootstrap
        Percentile and BCa limits of f2, expected and bias-corrected f2: at the points that the rule takes from the
        data ("fixed") and, with a rule, at those it takes from each replicate ("selected").

    Raises
    ------
    DomainError
        For fewer than two units of a product, a missing reading, fewer than 100 replicates, or a level not in 0..1.

    Notes
    -----
    Units are drawn within each product. Percentile limits are quantiles of the replicates. BCa limits (Efron and
    Tibshirani 1993) take them at ``Phi[z0 + (z0 + z)/(1 - a (z0 + z))]``: z0 from the share of replicates below the
    estimate; the acceleration a from the jackknife that leaves out each unit of both products in turn,
    ``a = sum (l/n)^3/(6 [sum (l/n)^2]^1.5)`` with ``l = (n - 1) (mean of the product's values - value)``. BCa limits
    are NaN where all replicates lie on one side of the estimate, as for equal means, where f2 is at its largest.
    f2 of a replicate is low by the spread it adds, so its percentile limit errs on the side of "not similar".
    Where a replicate has no bias-corrected f2 (no positive bracket, profiles closer than their spread), it ranks above
    all others; an upper limit among these is NaN.
    Shah et al., Pharm. Res. 15, 889 (1998), doi:10.1023/A:1011976615750.

    Examples
    --------
    Units that differ by exactly 10 points leave nothing to chance:

    >>> result = bootstrap_f2([[20.0, 50.0, 80.0]] * 3, [[30.0, 60.0, 90.0]] * 3, count=200)
    >>> result.main.value, result.main.low, result.main.high, result.similar
    (49.892, 49.892, 49.892, False)
    """
    first, second = units_of(reference, test)
    require("count", count, "", count >= FEWEST, f">= {FEWEST}", "replicates of the bootstrap")
    require("level", level, "", 0.0 < level < 1.0, "> 0 and < 1")
    last_point = rule(rule_id).last_point if rule_id else ""
    fixed = np.ones(first.shape[1], dtype=bool)
    if rule_id:
        fixed = points_used(last_point, first.mean(axis=0), second.mean(axis=0))
    generator = np.random.default_rng(seed)
    replicates = _joined(drawn(first, count, generator), drawn(second, count, generator))
    observed = _joined(_moments(first, _own(first)), _moments(second, _own(second)))
    left_out = _left_out(first, second)
    intervals = []
    for points, taken in (("fixed", fixed), ("selected", last_point)) if rule_id else (("fixed", fixed),):
        parts = [_averaged(moments, taken) for moments in (replicates, observed, *left_out)]
        for name, sign in ESTIMATORS.items():
            values, own, *each = (_estimated(part, sign) for part in parts)
            intervals.append(_interval(name, points, float(own[0]), values, each, level))
    record = np.arange(1.0, fixed.size + 1.0) if time is None else np.asarray(time, dtype=np.float64)
    return F2Bootstrap(count, seed, level, rule_id, record[fixed], tuple(intervals))


def units_of(reference: ArrayLike, test: ArrayLike) -> tuple[Floats, Floats]:
    """Two sets of units as arrays (units, points), at least two of each, with no reading missing.

    Raises
    ------
    DomainError
        If they are not that.
    """
    arrays = []
    for name, values in (("reference", reference), ("test", test)):
        rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
        require(f"units of the {name}", rows.shape[0], "", rows.shape[0] >= 2, ">= 2", "means have no spread")
        require(name, rows, "%", np.isfinite(rows), "a reading of each unit at each point")
        arrays.append(rows)
    first, second = arrays
    same = first.shape[1] == second.shape[1]
    require("points of the test", second.shape[1], "", same, f"{first.shape[1]}, as the reference has")
    return first, second


def drawn(units: Floats, count: int, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Means and variances of the means of `count` samples drawn from the units with replacement, (count, points)."""
    number = units.shape[0]
    chosen = generator.integers(number, size=(count, number)) + number * np.arange(count)[:, None]
    times_chosen = np.bincount(chosen.ravel(), minlength=count * number).reshape(count, number)
    return _moments(units, times_chosen / number)


def _own(units: Floats) -> Floats:
    return np.full((1, units.shape[0]), 1.0 / units.shape[0])


def _moments(units: Floats, weights: Floats) -> tuple[Floats, Floats]:
    number, centre = units.shape[0], units.mean(axis=0)
    from_centre = units - centre
    mean = weights @ from_centre
    variance = np.maximum(weights @ from_centre**2 - mean**2, 0.0) * number / (number - 1)
    return centre + mean, variance / number


def _joined(reference: tuple[Floats, Floats], test: tuple[Floats, Floats]) -> Moments:
    return reference[0], test[0], reference[1] + test[1]


def _left_out(first: Floats, second: Floats) -> list[Moments]:
    """Moments with each unit of each product left out in turn."""
    whole = _moments(first, _own(first)), _moments(second, _own(second))
    return [_joined(_without_each(first), whole[1]), _joined(whole[0], _without_each(second))]


def _without_each(units: Floats) -> tuple[Floats, Floats]:
    number = units.shape[0]
    from_centre = units - units.mean(axis=0)
    rest = number - 1
    mean = -from_centre / rest
    squares = (from_centre**2).sum(axis=0) - from_centre**2 - rest * mean**2
    variance = np.maximum(squares, 0.0) / (rest - 1) / rest if rest > 1 else np.full_like(mean, np.nan)
    return units.mean(axis=0) + mean, variance


def _averaged(moments: Moments, taken: NDArray[np.bool_] | str) -> tuple[Floats, Floats]:
    """Mean squared difference and mean variance over the points taken, or taken by a rule from each row, (rows,)."""
    reference, test, variance = np.broadcast_arrays(*moments)
    square = (reference - test) ** 2
    if isinstance(taken, str):
        mask = points_used(taken, reference, test).astype(np.float64)
        number = mask.sum(axis=1)
        return np.einsum("ij,ij->i", square, mask) / number, np.einsum("ij,ij->i", variance, mask) / number
    mask = taken / taken.sum()
    return square @ mask, variance @ mask


def _estimated(part: tuple[Floats, Floats], sign: float) -> Floats:
    square, variance = part
    return of_square(square + sign * variance if sign else square)


def _interval(name: str, points: str, value: float, values: Floats, left_out: list[Floats], level: float) -> F2Interval:
    undefined = int(np.isnan(values).sum())
    ranked = np.sort(np.where(np.isnan(values), np.inf, values))
    tails = np.array([(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    low, high = _quantiles(ranked, tails)
    bca_low, bca_high = _quantiles(ranked, _bca_tails(value, ranked, left_out, tails))
    return F2Interval(name, points, value, low, high, bca_low, bca_high, undefined)


def _quantiles(ranked: Floats, tails: Floats) -> tuple[float, float]:
    if not np.isfinite(tails).all():
        return np.nan, np.nan
    position = tails * (ranked.size - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, ranked.size - 1)
    with np.errstate(invalid="ignore"):
        found = ranked[below] + np.where(position > below, (position - below) * (ranked[above] - ranked[below]), 0.0)
    found = np.where(np.isfinite(found), found, np.nan)
    return float(found[0]), float(found[1])


def _bca_tails(value: float, ranked: Floats, left_out: list[Floats], tails: Floats) -> Floats:
    if not (np.isfinite(value) and np.isfinite(ranked[0])):
        return np.full(2, np.nan)
    if ranked[-1] - ranked[0] <= 1e-12 * max(abs(value), 1.0):
        return tails  # every replicate is the estimate
    below = np.searchsorted(ranked, value, "left")
    up_to = np.searchsorted(ranked, value, "right")
    share = (below + up_to) / (2.0 * ranked.size)
    if not 0.0 < share < 1.0:
        return np.full(2, np.nan)
    influence = np.concatenate([(v.size - 1) * (v.mean() - v) / v.size for v in left_out])
    squares = float((influence**2).sum())
    acceleration = 0.0 if squares == 0.0 else float((influence**3).sum()) / (6.0 * squares**1.5)
    if not np.isfinite(acceleration):  # the spread of a single unit left over
        return np.full(2, np.nan)
    shift = ndtri(share) + ndtri(tails)
    return np.asarray(ndtr(ndtri(share) + shift / (1.0 - acceleration * shift)))
