"""The population of release curves: what formulations like the one described have done, as a Gaussian."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from typing import TypeAlias

import numpy as np

from formulate.release.learned.features import FEATURES, Description, Family, numbers
from formulate.release.learned.outlook import applies, expected_points
from formulate.sampling import Array

_WIDEST = 4.0  # the variance outside the data grows to this many times at most
_MANY = 4096  # similarities
_TOGETHER = 2048  # rows of features whose similarities stay in the memory next to the processor
_PER_LENGTH = 0.5  # and by this share for each squared length scale outside


Beyond: TypeAlias = tuple[tuple[str, float, float, float], ...]  # label, value and range in the data, of each number


@dataclass(frozen=True)
class Prior:
    """Curve parameters of one formulation and of its siblings, before anything of them was measured.

    Attributes
    ----------
    mean : ndarray, shape (formulations, 5)
        Expected parameters.
    covariance : ndarray, shape (formulations, 5, formulations, 5)
        Their covariance.
    novelty : float
        From 0 (formulations like the first are in the data) to 1 (none is).
    beyond : tuple of (str, float, float, float)
        Label, value and range in the data, for each number of the first outside it.
    """

    mean: Array
    covariance: Array
    novelty: float
    beyond: Beyond


@dataclass(frozen=True)
class Population:
    """A fitted form: a Gaussian process over whitened parameters, carried by few inducing points.

    Attributes
    ----------
    mean, root : ndarray, shape (5,) and (5, 5)
        Parameters are mean + root z.
    centre, scale : ndarray, shape (features,)
        Features are used as (x - centre)/scale.
    lowest, highest : ndarray, shape (features,)
        Range of each feature in the data.
    spread : ndarray, shape (features, features)
        Covariance of the scaled features, for those that are not known.
    inducing : ndarray, shape (points, features)
        Inducing points, on a grid.
    length, sibling_length : ndarray, shape (features,)
        Length scales of what all share and of what siblings share.
    variances : ndarray, shape (4,)
        Shared, of the group, of the group by features, of the formulation.
    inflation : float
        Factor on the covariance, from left-out groups.
    trend : ndarray, shape (features, 5)
        Change of z by each scaled feature that the process starts from.
    trend_range : ndarray, shape (2, features)
        Scaled features between which the trend holds; beyond them it stays.
    weights : ndarray, shape (points, 5)
        Mean of the weights of the inducing points.
    weight_covariance : ndarray, shape (points, 5, points, 5)
        Their covariance.
    categories : ndarray, shape (categories, features)
        Instead of `spread` where the features are one choice: the choices; empty otherwise.
    shares : ndarray, shape (categories,)
        How often each is made.
    outlook : ndarray, shape (ratios, columns)
        Weights of what usually comes after measured points (`formulate.release.learned.outlook`); may be empty.
    outlook_times : ndarray, shape (2,)
        Last measured times between which it was fitted [d].
    """

    family: Family
    mean: Array
    root: Array
    centre: Array
    scale: Array
    lowest: Array
    highest: Array
    spread: Array
    inducing: Array
    length: Array
    sibling_length: Array
    variances: Array
    inflation: float
    trend: Array
    trend_range: Array
    weights: Array
    weight_covariance: Array
    categories: Array
    shares: Array
    outlook: Array
    outlook_times: Array

    def basis(self, features: Array) -> Array:
        """Give the basis functions at scaled features, (rows, points)."""
        between = _similarity(features, self.inducing, self.length)
        return np.asarray(between @ self._inverse_factor)

    @cached_property
    def _inverse_factor(self) -> Array:
        return np.asarray(np.linalg.inv(inducing_factor(self.inducing, self.length)).T, dtype=np.float64)

    @cached_property
    def _direct_weights(self) -> Array:
        """Give the mean of the weights of the similarities to the inducing points, (points, 5)."""
        return np.asarray(self._inverse_factor @ self.weights)

    @cached_property
    def _between(self) -> Array:
        """Give the covariance of the weights of each two of the parameters, (points, pairs times points)."""
        points, size = self.weights.shape
        pairs = self.weight_covariance.transpose(0, 1, 3, 2)[:, *np.tril_indices(size)]
        return np.ascontiguousarray(pairs).reshape(points, -1)

    @cached_property
    def _against(self) -> Array:
        """Give what scaled features, with two columns more, are multiplied by for ln similarity; see `_averaged`."""
        points = self.inducing / self.length
        return np.vstack([points.T, np.ones(len(points)), -0.5 * (points**2).sum(axis=1)])

    @cached_property
    def _variance(self) -> Array:
        """Covariance of the weights of one parameter, averaged over the parameters."""
        return np.asarray(np.einsum("paqa->pq", self.weight_covariance) / self.weights.shape[1])

    def trended(self, features: Array) -> Array:
        """Give what z starts from at scaled features, (rows, 5)."""
        return np.asarray(np.clip(features, *self.trend_range) @ self.trend)

    def to_come(self, description: Description, days: Array, shares: Array) -> tuple[Array, Array, Array]:
        """Give days, shares and weights of what usually comes after points measured on a formulation."""
        weights = self.outlook if applies(description) else self.outlook[:0]
        known = (np.clip(numbers(description), self.lowest, self.highest) - self.centre) / self.scale
        return expected_points(weights, self.outlook_times, days, shares, np.nan_to_num(known))

    def expected(self, features: Array) -> Array:
        """Give the expected parameters at features, what is not known at its mean, (5,)."""
        known = (features - self.centre) / self.scale
        filled, shares = self._alternatives(known)
        z = self.basis(filled) @ self.weights + self.trended(filled)
        return np.asarray(self.mean + self.root @ (shares @ z))

    def prior(self, descriptions: list[Description]) -> Prior:
        """Give the parameters of a formulation and of its siblings before anything was measured."""
        known = [(numbers(description) - self.centre) / self.scale for description in descriptions]
        spread = [self._alternatives(row) for row in known]
        rows, shares = np.concatenate([row for row, _ in spread]), [share for _, share in spread]
        count = len(known)
        average = np.zeros((count, len(rows)))
        start = 0
        for i, share in enumerate(shares):
            average[i, start : start + len(share)] = share
            start += len(share)

        shared, by_group, by_features, alone = self.variances
        basis = self.basis(rows)
        each = basis @ self.weights + self.trended(rows)
        expected = average @ each
        mean_basis = average @ basis
        size = expected.shape[1]
        covariance = np.tensordot(
            np.tensordot(mean_basis, self.weight_covariance, axes=(1, 0)), mean_basis, axes=(2, 1)
        ).transpose(0, 1, 3, 2)
        points = np.array([share @ row for row, share in spread])
        left = _similarity(points, points, self.length) - mean_basis @ mean_basis.T
        left = shared * np.where(np.eye(count, dtype=bool), np.maximum(np.diag(left), 0.0), left)
        group = by_group + by_features * _similarity(points, points, self.sibling_length) + alone * np.eye(count)
        covariance += (left + group)[:, None, :, None] * np.eye(size)[None, :, None, :]
        for i in range(count):  # the features that are not known add the spread that they cause
            away = each[average[i] > 0] - expected[i]
            covariance[i, :, i, :] += (shares[i][:, None] * away).T @ away

        wider = np.array([np.sqrt(self.inflation * self._widening(row)) for row in known])
        covariance *= wider[:, None, None, None] * wider[None, None, :, None]
        covariance = np.einsum("iajb,ca->icjb", covariance, self.root) @ self.root.T
        mean = self.mean + expected @ self.root.T
        return Prior(mean, covariance, self._novelty(basis[: len(shares[0])], shares[0]), self._beyond(descriptions[0]))

    def away(self, description: Description) -> tuple[float, Beyond]:
        """Give novelty and numbers beyond the data, as `prior` does, of one formulation."""
        ways, share = self._alternatives((numbers(description) - self.centre) / self.scale)
        return self._novelty(self.basis(ways), share), self._beyond(description)

    def _novelty(self, ways: Array, share: Array) -> float:
        shared = self.variances[0]
        unseen = shared * (1.0 - (ways**2).sum(axis=1)) + ((ways @ self._variance) * ways).sum(axis=1)
        return float(np.clip(share @ unseen / shared, 0.0, 1.0))

    def priors(self, features: Array) -> tuple[Array, Array]:
        """Give mean (rows, 5) and covariance (rows, 5, 5) of the parameters at many rows of features, (rows, features).

        As `prior` gives them of one formulation without siblings; a feature is known in all rows or in none.
        """
        known = (features - self.centre) / self.scale
        filled, share = self._ways(known)
        each, mean_basis = self._averaged(filled, share)
        expected = share @ each
        rows, _, size = each.shape
        one, other = np.tril_indices(size)
        pairs = (mean_basis @ self._between).reshape(rows, len(one), -1) @ mean_basis[:, :, None]
        covariance = np.empty((rows, size, size))
        covariance[:, one, other] = covariance[:, other, one] = pairs[:, :, 0]
        shared, by_group, by_features, alone = self.variances
        left = shared * np.maximum(1.0 - (mean_basis**2).sum(axis=1), 0.0)
        covariance += (left + by_group + by_features + alone)[:, None, None] * np.eye(size)
        away = each - expected[:, None, :]
        covariance += np.swapaxes(share[:, None] * away, 1, 2) @ away
        covariance *= self.inflation * self._widening(known)[:, None, None]
        return self.mean + expected @ self.root.T, self.root @ covariance @ self.root.T

    def _averaged(self, filled: Array, share: Array) -> tuple[Array, Array]:
        """Give z at scaled features (rows, ways, features), and the mean of their basis functions (rows, points).

        The logarithm of the similarity of x and a point g, ``x g - |x|**2/2 - |g|**2/2`` in units of the length
        scales, is one product of matrices: (x, -|x|**2/2, 1) by (g, 1, -|g|**2/2).
        """
        rows, ways, width = filled.shape
        every = filled.reshape(rows * ways, width)
        given = np.ones((len(every), width + 2))
        np.divide(every, self.length, out=given[:, :width])
        given[:, width] = -0.5 * np.einsum("if,if->i", given[:, :width], given[:, :width])
        each = self.trended(every).reshape(rows, ways, -1)
        mean = np.empty((rows, len(self.inducing)))
        count = max(1, _TOGETHER // ways)
        kept = np.empty((min(count, rows) * ways, len(self.inducing)))
        for start in range(0, rows, count):
            part = slice(start, min(start + count, rows))
            near = kept[: (part.stop - start) * ways]
            np.matmul(given[start * ways : part.stop * ways], self._against, out=near)
            np.exp(near, out=near)
            each[part] += (near @ self._direct_weights).reshape(-1, ways, each.shape[2])
            mean[part] = share @ near.reshape(-1, ways, near.shape[1])
        return each, mean @ self._inverse_factor  # the mean first: it is linear

    def _alternatives(self, known: Array) -> tuple[Array, Array]:
        """Give scaled features with what is not known filled in, (ways, features), and the share of each way."""
        filled, shares = self._ways(known[None, :])
        return filled[0], shares

    def _ways(self, known: Array) -> tuple[Array, Array]:
        """Give the alternatives of rows that all know the same, (rows, ways, features), and the share of each way."""
        missing = np.isnan(known[0])
        if not missing.any():
            return known[:, None, :], np.ones(1)
        if len(self.categories):
            ways = (self.categories - self.centre) / self.scale
            return np.broadcast_to(ways, (len(known), *ways.shape)), self.shares
        given = ~missing
        gain = self.spread[np.ix_(missing, given)] @ np.linalg.inv(self.spread[np.ix_(given, given)])
        middle = known[:, given] @ gain.T
        left = self.spread[np.ix_(missing, missing)] - gain @ self.spread[np.ix_(given, missing)]
        scores = _scores(int(missing.sum()))
        away = scores @ np.linalg.cholesky(left + 1e-9 * np.eye(len(left))).T
        low, high = ((bound - self.centre) / self.scale for bound in (self.lowest, self.highest))
        filled = np.repeat(known[:, None, :], len(scores), axis=1)
        filled[:, :, missing] = np.clip(middle[:, None, :] + away, low[missing], high[missing])
        return filled, np.full(len(scores), 1.0 / len(scores))

    def _widening(self, known: Array) -> Array:
        low, high = ((bound - self.centre) / self.scale for bound in (self.lowest, self.highest))
        outside = np.fmax(np.fmax(low - known, known - high), 0.0) / self.length
        return np.asarray(np.minimum(1.0 + _PER_LENGTH * np.nansum(outside**2, axis=-1), _WIDEST))

    def _beyond(self, description: Description) -> Beyond:
        found = zip(FEATURES[self.family], numbers(description), self.lowest, self.highest, strict=True)
        return tuple(
            (feature.name, float(value), float(low), float(high))
            for feature, value, low, high in found
            if not (low - 1e-9 <= value <= high + 1e-9) and not np.isnan(value)
        )


def inducing_factor(inducing: Array, length: Array) -> Array:
    """Cholesky factor of the similarity between inducing points.

    Parameters
    ----------
    inducing : ndarray, shape (points, features)
        Scaled features [1].
    length : ndarray, shape (features,)
        Length scales [1].

    Returns
    -------
    ndarray, shape (points, points)
        Lower factor [1].

    Raises
    ------
    LinAlgError
        If two points are one.

    Notes
    -----
    ``exp(-|x - x'|**2/(2 length**2)) + 1e-6 I``.
    """
    return np.asarray(
        np.linalg.cholesky(_similarity(inducing, inducing, length) + 1e-6 * np.eye(len(inducing))), dtype=np.float64
    )


@cache
def population(family: Family) -> Population:
    """The fitted form that ships with the program.

    Parameters
    ----------
    family : {"polyester", "liposome"}
        What it is about.

    Returns
    -------
    Population
        Read once.

    Raises
    ------
    FileNotFoundError
        If there is none for the family.

    Notes
    -----
    `bench/train_release.py` makes the file from published profiles; it holds no profile.
    """
    with (
        as_file(files("formulate.release.learned") / "coefficients" / f"{family}.npz") as path,
        np.load(path, allow_pickle=False) as stored,
    ):
        return from_arrays(family, {name: stored[name] for name in stored.files})


def from_arrays(family: Family, arrays: dict[str, Array]) -> Population:
    """A population from its stored arrays.

    Parameters
    ----------
    family : {"polyester", "liposome"}
        What it is about.
    arrays : dict of str to ndarray
        The fields of `Population`, with `weight_covariance` as its lower triangle [1].

    Returns
    -------
    Population
        In double precision.

    Raises
    ------
    KeyError
        If a field is missing.

    Notes
    -----
    A symmetric matrix is stored once: ``V[i, j]`` for j <= i.
    """
    whole = {name: np.asarray(values, dtype=np.float64) for name, values in arrays.items()}
    points = len(whole["inducing"])
    size = points * 5
    covariance = np.zeros((size, size))
    covariance[np.tril_indices(size)] = whole["weight_covariance"]
    covariance += np.tril(covariance, -1).T
    whole["weight_covariance"] = covariance.reshape(points, 5, points, 5)
    inflation = float(whole.pop("inflation"))
    return Population(family=family, inflation=inflation, **whole)


def _similarity(one: Array, other: Array, length: Array) -> Array:
    if len(one) * len(other) < _MANY:
        away = (one[:, None, :] - other[None, :, :]) / length
        return np.asarray(np.exp(-0.5 * (away**2).sum(axis=-1)))
    one, other = one / length, other / length  # of many rows: the same, without a third axis, in one piece of memory
    near = one @ other.T
    near -= 0.5 * (one**2).sum(axis=1)[:, None]
    near -= 0.5 * (other**2).sum(axis=1)
    np.minimum(near, 0.0, out=near)
    return np.asarray(np.exp(near, out=near))


@cache
def _scores(columns: int) -> Array:
    """Give 32 fixed standard normal rows that stand for what is not known."""
    from formulate.sampling import Draws

    draws = Draws(32, seed=1)
    return np.column_stack([draws.standard_normal(f"learned.unknown.{column}") for column in range(columns)])
