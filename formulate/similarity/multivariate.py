"""Distance of two profiles in view of the spread and correlation of their units, its region, and T2 equivalence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, fdtri, ncfdtr, ncfdtri

from formulate.domain import require, require_positive
from formulate.similarity.bootstrap import units_of
from formulate.similarity.results import Floats, Multivariate

SINGULAR = 1e-12  # of the correlation matrix, smallest to largest eigenvalue
ADVICE = "take fewer time points or measure more units"


@dataclass(frozen=True)
class Distance:
    """Two sets of rows as points in as many dimensions as there are columns."""

    difference: Floats  # (columns,) mean of the second less mean of the first
    covariance: Floats  # (columns, columns) pooled
    units: tuple[int, int]
    squared: float  # DM^2

    @property
    def size(self) -> float:
        """n1 n2/(n1 + n2), by which DM^2 becomes Hotelling's T2."""
        first, second = self.units
        return first * second / (first + second)

    @property
    def freedom(self) -> tuple[int, int]:
        """Degrees of freedom of F."""
        columns = self.difference.size
        return columns, sum(self.units) - columns - 1

    @property
    def k(self) -> float:
        """K, by which DM^2 becomes F."""
        columns, rest = self.freedom
        return self.size * rest / ((sum(self.units) - 2) * columns)

    def of(self, difference: ArrayLike) -> float:
        """DM of any difference in this covariance."""
        return float(np.sqrt(_quadratic(self.covariance, np.asarray(difference, dtype=np.float64))))

    def radius(self, level: float) -> float:
        """DM from the centre to the edge of the confidence region of the difference."""
        return float(np.sqrt(fdtri(*self.freedom, level) / self.k))


def distance(reference: ArrayLike, test: ArrayLike) -> Distance:
    """Mahalanobis distance of the means of two sets of units.

    Parameters
    ----------
    reference, test : array_like, shape (units, points)
        A row for each unit, none of it missing [%].

    Returns
    -------
    Distance
        Squared distance, with what its tests need.

    Raises
    ------
    DomainError
        For fewer than two units of a product, a missing reading, no more units of both together than points + 1, a
        point at which no unit differs from its mean, or points that determine one another.

    Notes
    -----
    ``DM^2 = d' S^-1 d`` with d the difference of the means and the pooled covariance
    ``S = [(n1 - 1) S1 + (n2 - 1) S2]/(n1 + n2 - 2)``. T2EQ (R) prints DM^2 under the name of the distance.

    Examples
    --------
    One point: the difference in standard deviations.

    >>> distance([[10.0], [12.0], [14.0]], [[14.0], [16.0], [18.0]]).squared
    4.0
    """
    first, second = units_of(reference, test)
    units, points = (first.shape[0], second.shape[0]), first.shape[1]
    rest = sum(units) - points - 1
    need = f"> points + 1 = {points + 1}"
    require("units of both together", sum(units), "", rest >= 1, need, f"their covariance is singular; {ADVICE}")
    parts = [rows - rows.mean(axis=0) for rows in (first, second)]
    covariance = sum(part.T @ part for part in parts) / (sum(units) - 2)
    spread = np.sqrt(np.diag(covariance))
    scale = np.maximum(np.abs(first).max(axis=0), np.abs(second).max(axis=0))
    hint = "no unit differs from the mean there, so the covariance is singular; leave the point out"
    require("spread at a point", spread, "", spread > 1e-10 * scale, "> 0", hint)
    eigenvalues = np.linalg.eigvalsh(covariance / np.outer(spread, spread))
    ratio = float(eigenvalues[0] / eigenvalues[-1])
    hint = f"points that determine one another make the covariance singular; {ADVICE}"
    require("smallest to largest eigenvalue of the correlation", ratio, "", ratio > SINGULAR, f"> {SINGULAR:g}", hint)
    difference = second.mean(axis=0) - first.mean(axis=0)
    return Distance(difference, covariance, units, _quadratic(covariance, difference))


def _quadratic(covariance: Floats, difference: Floats) -> float:
    spread = np.sqrt(np.diag(covariance))
    scaled = difference / spread  # of the correlation: columns may differ in scale
    return max(float(scaled @ np.linalg.solve(covariance / np.outer(spread, spread), scaled)), 0.0)


def multivariate(
    reference: ArrayLike,
    test: ArrayLike,
    *,
    time: ArrayLike | None = None,
    mtad: float = 10.0,
    level: float = 0.9,
    significance: float = 0.05,
) -> Multivariate:
    """Similarity by the confidence region of the distance (Tsong) and equivalence by T2 (Hoffelder).

    Parameters
    ----------
    reference, test : array_like, shape (units, points)
        Percent released by each unit, without time zero, no reading missing [%].
    time : array_like, shape (points,), optional
        Times of the points, for the record [any unit].
    mtad : float
        Largest tolerable average difference: at every point, it makes the limit [%].
    level : float
        Of the confidence region; 0.9 by Tsong and FDA [1].
    significance : float
        Of the equivalence test [1].

    Returns
    -------
    Multivariate
        Distance, region, limit and both decisions.

    Raises
    ------
    DomainError
        As for `distance`; if mtad is not positive, or level or significance is not in 0..1.

    Notes
    -----
    - T2 = ``n1 n2/(n1 + n2) DM^2``; F = ``K DM^2``, ``K = n1 n2/(n1 + n2) (n1 + n2 - p - 1)/[(n1 + n2 - 2) p]`` at p
      points, with p and n1 + n2 - p - 1 degrees of freedom.
    - Region: all m with ``K (m - d)' S^-1 (m - d) <= F(level)``. Over it, the distance of m from zero is least and
      largest along d itself: ``DM -+ sqrt[F(level)/K]``, exact, so that no search is needed; least is 0 where the
      region holds the origin. Similar if the largest is at most the limit, DM of ``mtad`` at every point. Tsong,
      Hammerstrom, Sathe and Shah, Drug Inf. J. 30, 1105 (1996), doi:10.1177/009286159603000427.
    - Equivalent if F is below the `significance` quantile of non-central F with noncentrality
      ``n1 n2/(n1 + n2) limit^2``; Hoffelder, Pharm. Ind. 78, 587 (2016). The limit is computed from the same units, so
      the level is not exact: at the margin, at 4 points, 7 % for 12 units of each and 9.5 % for 8 (4000 simulations).
    - The limit is measured in the spread of the data: noisy units make it small, and a `mtad` of 10 at every point is
      far from the origin where neighbouring points hardly vary against one another.

    Examples
    --------
    >>> result = multivariate([[10.0], [12.0], [14.0]], [[11.0], [13.0], [15.0]], mtad=10.0)
    >>> result.distance, result.limit, result.t2
    (0.5, 5.0, 0.375)
    """
    require_positive("mtad", mtad, "%")
    for name, value in (("level", level), ("significance", significance)):
        require(name, value, "", 0.0 < value < 1.0, "> 0 and < 1")
    found = distance(reference, test)
    points = found.difference.size
    limit = found.of(np.full(points, mtad))
    middle, radius = float(np.sqrt(found.squared)), found.radius(level)
    f = found.k * found.squared
    noncentrality = found.size * limit**2
    record = np.arange(1.0, points + 1.0) if time is None else np.asarray(time, dtype=np.float64)
    return Multivariate(
        time=record,
        units=found.units,
        level=level,
        significance=significance,
        mtad=mtad,
        distance=middle,
        t2=found.size * found.squared,
        k=found.k,
        f=f,
        p_difference=float(fdtrc(*found.freedom, f)),
        low=middle - radius if middle > radius else 0.0,
        high=middle + radius,
        limit=limit,
        noncentrality=noncentrality,
        critical_f=float(ncfdtri(*found.freedom, noncentrality, significance)),
        p_equivalence=float(ncfdtr(*found.freedom, noncentrality, f)),
    )
