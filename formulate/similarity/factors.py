"""Difference factor f1 and similarity factor f2 of two sets of release profiles, and the estimators of f2."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require
from formulate.similarity.results import Factors, Floats

SIMILAR_F2 = 50.0  # an average difference of 10 percentage points gives 49.9
SIMILAR_F1 = 15.0


def f1(reference: ArrayLike, test: ArrayLike) -> float:
    """Difference factor f1.

    Parameters
    ----------
    reference, test : array_like, shape (units, points) or (points,)
        Percent released by each unit, or means [%]; NaN where a unit has no reading.

    Returns
    -------
    float
        f1 [%]; 0 for equal means.

    Raises
    ------
    DomainError
        If a value is infinite, a point has no reading, the points differ in number, or the reference releases nothing.

    Notes
    -----
    ``f1 = 100 sum |R - T|/sum R`` with the means R and T at each point. Not symmetric: the reference is the measure.
    Up to 15 counts as similar. Moore and Flanner, Pharm. Technol. 20(6), 64 (1996); FDA (1997).

    Examples
    --------
    >>> f1([20.0, 50.0, 80.0], [25.0, 60.0, 80.0])
    10.0
    """
    mean_reference, mean_test = means(reference, test)
    total = float(mean_reference.sum())
    require("sum of the reference", total, "%", total > 0.0, "> 0", "f1 is relative to the reference")
    return float(100.0 * np.abs(mean_reference - mean_test).sum() / total)


def f2(reference: ArrayLike, test: ArrayLike) -> float:
    """Similarity factor f2.

    Parameters
    ----------
    reference, test : array_like, shape (units, points) or (points,)
        Percent released by each unit, or means [%]; NaN where a unit has no reading.

    Returns
    -------
    float
        f2 [1]; 100 for equal means, 50 for about 10 points of difference.

    Raises
    ------
    DomainError
        If a value is infinite, a point has no reading, or the points differ in number.

    Notes
    -----
    ``f2 = 50 log10{100/sqrt[1 + sum (R - T)^2/P]}`` with the means R and T at each of P points. Symmetric; depends on
    which points are taken, so that many points on a common plateau raise it. Moore and Flanner, Pharm. Technol. 20(6),
    64 (1996).

    Examples
    --------
    A difference of 10 at each point gives 100 - 25 log10 101:

    >>> f2([20.0, 50.0, 80.0], [30.0, 60.0, 90.0])
    49.892
    """
    mean_reference, mean_test = means(reference, test)
    return float(of_square(np.mean((mean_reference - mean_test) ** 2)))


def factors(
    reference: ArrayLike,
    test: ArrayLike,
    *,
    time: ArrayLike | None = None,
    deviations: tuple[Floats, Floats] | None = None,
    units: tuple[int, int] | None = None,
) -> Factors:
    """f1 and f2 with the estimators of f2 that take the spread between units into account.

    Parameters
    ----------
    reference, test : array_like, shape (units, points) or (points,)
        Percent released by each unit, or means [%]; NaN where a unit has no reading.
    time : array_like, shape (points,), optional
        Times of the points, for the record [any unit].
    deviations : pair of array_like, shape (points,), optional
        Standard deviations between the units behind means, where only means are given [%].
    units : pair of int, optional
        How many units stand behind the means [1].

    Returns
    -------
    Factors
        Estimators that cannot be had are NaN, with the reason in `undefined`.

    Raises
    ------
    DomainError
        As for `f1`.

    Notes
    -----
    All are ``100 - 25 log10[1 + (sum d^2 + b)/P]``, with ``d = T - R``, S the standard deviation between n units and

    - f2: ``b = 0``;
    - expected f2: ``b = +sum (S_T^2/n_T + S_R^2/n_R)``, what f2 is on average for means of n units;
    - bias-corrected f2: ``b = -sum (...)``; cannot be had once the bracket is not positive;
    - variance-weighted: each S^2 times ``w = 0.5 + S^2/(S_T^2 + S_R^2)`` of its product.

    For equal numbers of units these are the equations of Shah et al., Pharm. Res. 15, 889 (1998),
    doi:10.1023/A:1011976615750 (bias-corrected), and of bootf2 (Xu 2021), which names them bc, exp and vc.

    Examples
    --------
    >>> both = factors([[18.0, 48.0, 78.0], [22.0, 52.0, 82.0]], [[28.0, 58.0, 88.0], [32.0, 62.0, 92.0]])
    >>> both.f2, both.expected, both.bias_corrected  # variance 8 of two units each: 101 + 8, 101 - 8
    (49.892, 49.064, 50.788)
    """
    mean_reference, mean_test = means(reference, test)
    square = (mean_reference - mean_test) ** 2
    record = np.arange(1.0, square.size + 1.0) if time is None else np.asarray(time, dtype=np.float64)
    base = Factors(time=record, f1=f1(reference, test), f2=float(of_square(square.mean())))
    spread = [_variance(values) for values in (reference, test)]
    if deviations is not None and units is not None:
        pairs = zip(deviations, units, spread, strict=True)
        spread = [
            (np.asarray(s, dtype=np.float64) ** 2, np.full(square.shape, n)) if own is None else own
            for s, n, own in pairs
        ]
    if spread[0] is None or spread[1] is None:
        reason = "expected and bias-corrected f2: need the spread of at least two units at each point"
        return Factors(time=record, f1=base.f1, f2=base.f2, undefined=(reason,))
    excess, weighted = _excess(*spread[0], *spread[1])
    if not np.isfinite(excess).all():
        reason = "expected and bias-corrected f2: a point has fewer than two readings of one product"
        return Factors(time=record, f1=base.f1, f2=base.f2, undefined=(reason,))
    undefined = tuple(
        f"{name}: the variance of the means exceeds their squared difference by more than 1, no logarithm"
        for name, part in (("bias-corrected f2", excess), ("variance-weighted bias-corrected f2", weighted))
        if 1.0 + np.mean(square - part) <= 0.0
    )
    return Factors(
        time=record,
        f1=base.f1,
        f2=base.f2,
        expected=float(of_square(np.mean(square + excess))),
        bias_corrected=float(of_square(np.mean(square - excess))),
        variance_weighted_expected=float(of_square(np.mean(square + weighted))),
        variance_weighted_bias_corrected=float(of_square(np.mean(square - weighted))),
        undefined=undefined,
    )


def of_square(mean_square: ArrayLike) -> Floats:
    """f2 of a mean squared difference [%^2]; NaN where 1 + it is not positive."""
    bracket = 1.0 + np.asarray(mean_square, dtype=np.float64)
    positive = bracket > 0.0
    return np.asarray(np.where(positive, 100.0 - 25.0 * np.log10(np.where(positive, bracket, 1.0)), np.nan))


def means(reference: ArrayLike, test: ArrayLike) -> tuple[Floats, Floats]:
    """Means of two sets of profiles at each point, (points,) each, checked to belong together."""
    first, second = (_mean(name, values) for name, values in (("reference", reference), ("test", test)))
    require("points of the test", second.size, "", second.size == first.size, f"{first.size}, as the reference has")
    return first, second


def _mean(name: str, values: ArrayLike) -> Floats:
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    require(name, rows, "%", ~np.isinf(rows), "finite values, or none")
    count = np.isfinite(rows).sum(axis=0)
    require(f"readings of the {name} at a point", count, "", count > 0, ">= 1", "leave the point out")
    return np.asarray(np.nanmean(rows, axis=0))


def _variance(values: ArrayLike) -> tuple[Floats, Floats] | None:
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if rows.shape[0] < 2:
        return None
    count = np.isfinite(rows).sum(axis=0).astype(np.float64)
    squares = np.nansum((rows - np.nanmean(rows, axis=0)) ** 2, axis=0)
    return np.where(count > 1.0, squares / np.maximum(count - 1.0, 1.0), np.nan), count


def _excess(
    variance_reference: Floats, count_reference: Floats, variance_test: Floats, count_test: Floats
) -> tuple[Floats, Floats]:
    """Variance of the difference of the means, plain and weighted by the share of each product in it."""
    total = variance_reference + variance_test
    share = np.divide(variance_reference, total, out=np.full_like(total, 0.5), where=total > 0.0)
    own, other = variance_reference / count_reference, variance_test / count_test
    return own + other, (0.5 + share) * own + (1.5 - share) * other
