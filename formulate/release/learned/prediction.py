"""Release predicted from a description, and moved by first points or by a sibling formulation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.learned.curve import DAY, values
from formulate.release.learned.features import FEATURES, LOGARITHMIC, Description, numbers
from formulate.release.learned.laplace import (
    ASSAY,
    as_observation,
    modes,
    precision,
    side_by_side,
)
from formulate.release.learned.population import Beyond, Population, Prior, population
from formulate.release.learned.posterior import Points, base_draws, given_points
from formulate.release.updating import expected_widths
from formulate.sampling import Array
from materials.errors import DomainError

Observed = tuple[ArrayLike, ArrayLike] | tuple[ArrayLike, ArrayLike, ArrayLike]
Sibling = tuple[Description, ArrayLike, ArrayLike]

_LARGEST_SHARE = 1.2  # assays find up to 107 % in published profiles; more is a percentage or a mistake
_NOVEL = 0.6


@dataclass(frozen=True)
class NextSampling:
    """How wide the 80 % band would be on average after one more measurement at each candidate time."""

    candidates: Array  # s
    width: Array  # mean over the times of the prediction, expected over what may be found
    width_now: float

    @property
    def best(self) -> float:
        """Give the candidate that narrows the band most [s]."""
        return float(self.candidates[int(np.argmin(self.width))])


@dataclass(frozen=True)
class LearnedRelease:
    """A predicted release.

    Attributes
    ----------
    times : ndarray, shape (times,)
        Times in the medium [s].
    curves : ndarray, shape (draws, times)
        Equally likely curves, each from 0, never falling, at most 1 [1].
    parameters : ndarray, shape (draws, 5)
        Their parameters (`formulate.release.learned.curve`).
    novelty : float
        From 0 (formulations like it are in the data) to 1 (none is).
    outside : tuple of str
        What lies outside the data, one sentence each.
    averaged : tuple of str
        What was not given and therefore averaged over, one sentence each.
    effective_draws : float
        How many independent draws the weighted ones are worth; `draws` where nothing was measured.
    """

    times: Array
    curves: Array
    parameters: Array
    novelty: float
    outside: tuple[str, ...]
    averaged: tuple[str, ...]
    effective_draws: float
    description: Description
    fitted: Population

    @cached_property
    def _sorted(self) -> Array:
        return np.sort(self.curves, axis=0)

    def _quantile(self, share: float) -> Array:
        place = share * (len(self._sorted) - 1)
        low = int(place)
        high = min(low + 1, len(self._sorted) - 1)
        return np.asarray(self._sorted[low] + (place - low) * (self._sorted[high] - self._sorted[low]))

    @cached_property
    def median(self) -> Array:
        """Give the median curve, (times,)."""
        return self._quantile(0.5)

    @cached_property
    def point(self) -> Array:
        """Give the best single curve, the middle between mean and median, (times,)."""
        return np.asarray(0.5 * (self.curves.mean(axis=0) + self.median))

    def band(self, level: float = 0.8, assay: bool = True) -> tuple[Array, Array]:
        """Give lower and upper limits that hold a measured point (or, without assay, the true curve) that often."""
        require("level", level, "", 0.0 < level < 1.0, "above 0 and below 1")
        low, high = self._quantile(0.5 - 0.5 * level), self._quantile(0.5 + 0.5 * level)
        if not assay:
            return low, high
        noise = np.where(self.times > 0.0, ASSAY * _normal_quantile(0.5 + 0.5 * level), 0.0)
        lower = np.maximum(self.median - np.hypot(self.median - low, noise), 0.0)
        return lower, np.minimum(self.median + np.hypot(high - self.median, noise), 1.0)

    @cached_property
    def drivers(self) -> tuple[str, ...]:
        """Say which known numbers move the release most, one sentence each."""
        return _drivers(self.description, self.fitted)

    def next_sampling(self, candidates: ArrayLike) -> NextSampling:
        """Give the expected width of the 80 % band after one more measurement at each candidate time [s].

        Each outcome is taken from the curves themselves, and reweights them by Bayes; the width follows the standard
        deviation, assay noise included.
        """
        at = np.atleast_1d(require_positive("candidates", candidates, "s"))
        later = self.times > 0.0
        require("times", self.times, "s", later.any(), "a time above 0")
        low, high = self.band(0.8)
        width = (high - low)[later]
        expected = expected_widths(self.curves[:, later], width, values(self.parameters, at / DAY))
        return NextSampling(at, expected, float(width.mean()))


def predict(
    description: Description,
    times: ArrayLike,
    observed: Observed | None = None,
    siblings: Sequence[Sibling] = (),
    draws: int = 1024,
    seed: int = 7,
    fitted: Population | None = None,
    expected: tuple[Array, Array] | None = None,
) -> LearnedRelease:
    """Release of a formulation as published formulations let expect it, given what was measured.

    Parameters
    ----------
    description : Description
        The formulation as far as it is known.
    times : array_like, shape (times,)
        When the release is wanted [s].
    observed : tuple of array_like, optional
        Times [s] and shares [1] measured on this formulation, and their standard deviations [1] where known.
    siblings : sequence of (Description, array_like, array_like), optional
        Other formulations of the same drug from the same laboratory: description, times [s], shares [1].
    draws, seed : int, optional
        How many curves, from which draws.
    fitted : Population, optional
        Another population than the one that ships.
    expected : tuple of ndarray, optional
        Mean (5,) and covariance (5, 5) of the parameters before any point, in place of those of the description [1].

    Returns
    -------
    LearnedRelease
        Curves, band, and what they rest on.

    Raises
    ------
    DomainError
        If a time is negative, a share below 0 or above 1.2, a deviation not above zero, lengths differ, or a sibling
        is of another family.

    Notes
    -----
    The parameters of the curve are Gaussian over formulations (`formulate.release.learned.population`). Siblings
    share their group's effect, and condition the Gaussian. Points of the formulation itself weigh draws from a
    mixture of that Gaussian and of one about the likeliest curve (importance sampling); of linear polyesters half of
    the draws also heed what usually comes after such points (`formulate.release.learned.outlook`). Shares from 1 to
    1.2 count as 1. Holds for formulations like those in the data; `outside` says where they are not.

    Examples
    --------
    >>> microspheres = Description(lactide_fraction=0.5, molar_mass=40.0, diameter=40e-6, drug_loading=0.1)
    >>> weeks = [7 * 86400.0, 28 * 86400.0]
    >>> release = predict(microspheres, weeks)
    >>> measured = predict(microspheres, weeks, observed=([86400.0, 3 * 86400.0], [0.05, 0.08]))
    >>> bool(measured.median[0] < release.median[0])
    True
    """
    times = np.atleast_1d(require_not_negative("times", times, "s"))
    require("draws", draws, "", draws >= 1, "at least 1")
    form = fitted or population(description.family)
    prior = form.prior([description, *_relatives(description, siblings)])
    mean, covariance = expected or _given_siblings(form, prior, siblings)
    found = None if observed is None else _measured(observed)
    if found is None or not len(found[0]):
        parameters = mean + base_draws(draws, seed) @ np.linalg.cholesky(covariance).T
        effective = float(draws)
    else:
        later = None if siblings else form.to_come(description, *found[:2])
        parameters, effective = given_points(mean, covariance, found, later, draws, seed)
    return LearnedRelease(
        times, values(parameters, times / DAY), parameters, prior.novelty, _outside(prior.novelty, prior.beyond),
        _averaged(description), effective, description, form,
    )  # fmt: skip


def _relatives(description: Description, siblings: Sequence[Sibling]) -> list[Description]:
    for sibling, _, _ in siblings:
        if sibling.family != description.family:
            raise DomainError(
                "siblings", float(len(siblings)), "", f"each of the family {description.family}", "one is of another"
            )
    return [sibling for sibling, _, _ in siblings]


def _measured(observed: Observed) -> Points:
    """Give days, shares and weights of checked points above time 0, in the order of time."""
    times = np.atleast_1d(require_not_negative("observed times", observed[0], "s"))
    shares = np.atleast_1d(np.asarray(observed[1], dtype=np.float64))
    holds = (shares >= -0.05) & (shares <= _LARGEST_SHARE)
    require("observed fraction", shares, "", holds, f"0 to {_LARGEST_SHARE:g}", "a share, not a percentage")
    for given in observed[1:]:
        count = np.size(given)
        require("observed points", count, "", count == len(times), f"{len(times)}, one for each time")
    deviation = None
    if len(observed) == 3:
        deviation = np.atleast_1d(require_positive("observed deviation", observed[2], ""))
    shares = np.clip(shares, 0.0, 1.0)
    order = np.lexsort((shares, times))
    order = order[times[order] > 0.0]
    weights = precision(shares[order], None if deviation is None else deviation[order], lasting=True)
    return times[order] / DAY, shares[order], weights


def _given_siblings(form: Population, prior: Prior, siblings: Sequence[Sibling]) -> tuple[Array, Array]:
    """Give mean and covariance of the first formulation, its siblings having been measured."""
    size = prior.mean.shape[1]
    own = prior.covariance[0, :, 0, :]
    curves = [_measured((times, shares)) for _, times, shares in siblings]
    with_points = [i for i, (days, _, _) in enumerate(curves) if len(days)]
    if not with_points:
        return prior.mean[0], own
    profiles = side_by_side([curves[i][:2] for i in with_points])
    rows = np.array(with_points) + 1
    each = np.array([prior.covariance[row, :, row, :] for row in rows])
    found = modes(profiles, prior.mean[rows], each, tolerance=1e-4)
    factor, seen = as_observation(found, form.mean, form.root)
    factor = np.einsum("ca,nab->ncb", np.linalg.inv(form.root).T, factor)  # of the parameters themselves
    surprise = seen - np.einsum("nab,na->nb", factor, prior.mean[rows] - form.mean)
    between = prior.covariance[rows][:, :, rows, :]
    inside = np.einsum("nab,namc,mcd->nbmd", factor, between, factor).reshape(2 * (len(rows) * size,))
    link = np.einsum("cna,nab->cnb", prior.covariance[0][:, rows, :], factor).reshape(size, -1)
    gain = np.linalg.solve(inside + np.eye(len(inside)), link.T).T
    covariance = own - gain @ link.T
    return prior.mean[0] + gain @ surprise.ravel(), 0.5 * (covariance + covariance.T)


@cache
def _normal_quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))


def _said(name: str, value: float) -> float:
    """Give a feature as users say it."""
    if name == "root_surfactant":
        return float(value**2)
    return float(np.exp(value)) if name in LOGARITHMIC else float(value)


def _outside(novelty: float, beyond: Beyond) -> tuple[str, ...]:
    labels = {feature.name: feature.label for found in FEATURES.values() for feature in found}
    said = [
        f"{labels[name]}: {_said(name, value):.3g} lies outside the data ({_said(name, low):.3g} to "
        f"{_said(name, high):.3g}); the band is wider"
        for name, value, low, high in beyond
    ]
    if novelty > _NOVEL:
        said.append("few published formulations resemble this one: the prediction falls back to the whole population")
    return tuple(said)


def outside_of(description: Description) -> tuple[str, ...]:
    """What of a formulation lies outside the data of the population that ships.

    Parameters
    ----------
    description : Description
        The formulation as far as it is known.

    Returns
    -------
    tuple of str
        One sentence each.

    Raises
    ------
    FileNotFoundError
        If there is no population of its family.

    Notes
    -----
    As `predict` says it in `LearnedRelease.outside`.
    """
    return _outside(*population(description.family).away(description))


def _averaged(description: Description) -> tuple[str, ...]:
    unknown = np.isnan(numbers(description))
    features = FEATURES[description.family]
    labels = {
        feature.label if feature.source != ("method",) else "how the release was measured": None
        for feature, missing in zip(features, unknown, strict=True)
        if missing
    }
    return tuple(f"{label}: not given, averaged over the data" for label in labels)


# the fields that drivers speak of, each with the words for a value above and below the usual
_COMPARED = {
    "ln_molar_mass": ("a higher molar mass", "a lower molar mass"),
    "lactide": ("more lactide", "more glycolide"),
    "ln_surface": ("smaller particles", "larger particles"),
    "ln_loading": ("a higher loading", "a lower loading"),
}
_TELLING = 1.1  # a change of the time to half by less is not worth a sentence


def _drivers(description: Description, form: Population) -> tuple[str, ...]:
    if description.family != "polyester":
        return ()
    features = numbers(description)

    def half_time(at: Array) -> float:
        days = np.geomspace(0.01, 1000.0, 121)
        middle = form.expected(at)
        return float(np.interp(0.5, values(middle, days), days))

    here = half_time(features)
    told = []
    for i, feature in enumerate(FEATURES[description.family]):
        if feature.name not in _COMPARED or np.isnan(features[i]):
            continue
        usual = features.copy()
        usual[i] = form.centre[i]
        there = half_time(usual)
        if max(here, there) / min(here, there) < _TELLING:
            continue
        words = _COMPARED[feature.name][0 if features[i] > form.centre[i] else 1]
        speed = "faster" if here < there else "slower"
        value, middle = (_said(feature.name, at) for at in (features[i], form.centre[i]))
        said = (
            f"{words} than usual ({feature.label}: {value:.3g}, usual {middle:.3g}): {speed}, half out after "
            f"{here:.2g} d instead of {there:.2g} d"
        )
        told.append((abs(float(np.log(here / there))), said))
    return tuple(said for _, said in sorted(told, reverse=True))
