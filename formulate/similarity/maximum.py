"""The largest difference between two mean profiles at one time, with upper limits."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_positive
from formulate.similarity.bootstrap import FEWEST, drawn, units_of
from formulate.similarity.difference import difference_limits
from formulate.similarity.results import MaximumDeviation


def maximum_deviation(
    reference: ArrayLike,
    test: ArrayLike,
    *,
    time: ArrayLike | None = None,
    limit: float = 10.0,
    confidence: float = 0.95,
    count: int = 10_000,
    seed: int = 7,
) -> MaximumDeviation:
    """Upper limits of the largest absolute difference between the means.

    Parameters
    ----------
    reference, test : array_like, shape (units, points)
        Percent released by each unit, without time zero, no reading missing [%].
    time : array_like, shape (points,), optional
        Times of the points, for the record [any unit].
    limit : float
        Largest difference accepted at any time [%]. EMA (2010) asks for at most 10.
    confidence : float
        One-sided, of both limits [1].
    count : int
        Replicates of the bootstrap [1].
    seed : int
        Of its random numbers.

    Returns
    -------
    MaximumDeviation
        The difference, where it stands, and its limits.

    Raises
    ------
    DomainError
        For fewer than two units of a product, a missing reading, fewer than 100 replicates, a limit that is not
        positive, or a confidence not in 0.5..1.

    Notes
    -----
    - Bootstrap: the `confidence` quantile of ``max |T* - R*|`` over samples drawn from the units of each product. A
      largest absolute value only grows with scatter, so the limit errs on the side of "not similar".
    - Intersection-union: the largest ``|T - R| + t s`` over the times, t of Welch's degrees of freedom and
      ``s^2 = S_R^2/n_R + S_T^2/n_T``; two one-sided tests at every time, all of which must pass.

    Examples
    --------
    >>> result = maximum_deviation([[20.0, 50.0]] * 3, [[26.0, 54.0]] * 3, time=[1.0, 2.0], count=200)
    >>> result.value, result.at, result.high, result.union_high
    (6.0, 1.0, 6.0, 6.0)
    """
    first, second = units_of(reference, test)
    require_positive("limit", limit, "%")
    require("confidence", confidence, "", 0.5 < confidence < 1.0, "> 0.5 and < 1")
    require("count", count, "", count >= FEWEST, f">= {FEWEST}", "replicates of the bootstrap")
    times = np.arange(1.0, first.shape[1] + 1.0) if time is None else np.asarray(time, dtype=np.float64)
    difference = np.abs(second.mean(axis=0) - first.mean(axis=0))
    generator = np.random.default_rng(seed)
    replicates = np.abs(drawn(first, count, generator)[0] - drawn(second, count, generator)[0]).max(axis=1)
    low, upper = difference_limits(
        (first.mean(axis=0), second.mean(axis=0)),
        (first.std(axis=0, ddof=1), second.std(axis=0, ddof=1)),
        (first.shape[0], second.shape[0]),
        2.0 * confidence - 1.0,
    )
    union = np.maximum(np.abs(low), np.abs(upper))
    return MaximumDeviation(
        at=float(times[difference.argmax()]),
        value=float(difference.max()),
        high=float(np.quantile(replicates, confidence)),
        union_at=float(times[union.argmax()]),
        union_high=float(union.max()),
        confidence=confidence,
        limit=limit,
        time=times,
        count=count,
        seed=seed,
    )
