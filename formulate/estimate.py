"""A predicted number as it is shown: median with an 80 % band, what it rests on, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil

import numpy as np

from formulate.inputs import Input
from formulate.sampling import Array
from formulate.sampling_error import LEVEL, median_interval
from materials.units import convert

BAND = 0.8
LEAST_TOLD = 0.05  # of the variance of the ranks
_LEVELS = ((1 - BAND) / 2, 0.5, (1 + BAND) / 2)


@dataclass(frozen=True)
class Estimate:
    """One quantity. Ends beyond what was computed are None; `beyond` says in words what that means."""

    name: str
    label: str
    unit: str
    median: float | None
    low: float | None
    high: float | None
    reason: str = ""  # why there is no number, or why an end of the band is missing
    beyond: float | None = None  # the largest value that was looked at, in `unit`
    within: float | None = None  # the smallest value that is resolved, in `unit`; one at it may be less
    draws: Array | None = field(default=None, repr=False, compare=False)  # (draws,) SI
    inputs: tuple[Input, ...] = field(default=(), repr=False, compare=False)  # what it rests on

    @cached_property
    def _origin(self) -> tuple[float | None, tuple[tuple[str, float], ...]]:
        """Where the band comes from: worked out when it is first asked for, which of most numbers it never is."""
        return (None, ()) if self.draws is None else where_from(self.draws, self.inputs)

    @property
    def assumed_share(self) -> float | None:
        """How much of the band comes from assumed inputs."""
        return self._origin[0]

    @property
    def drivers(self) -> tuple[tuple[str, float], ...]:
        """The inputs the band comes from, with their shares."""
        return self._origin[1]

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of those inputs."""
        listed = {key for key, _ in self.drivers}
        return tuple(sorted({item.value.source for item in self.inputs if item.key in listed and item.value.source}))

    @property
    def exists(self) -> bool:
        """True when there is a median or a bound to show."""
        return self.median is not None or self.beyond is not None

    def to_dict(self) -> dict[str, object]:
        """Give the quantity of the results envelope."""
        shown: dict[str, object] = {
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "band": BAND,
            "unit": self.unit,
        }
        if self.reason:
            shown["reason"] = self.reason
        if self.within is not None and self.low is not None and self.low <= self.within:
            shown["resolved_down_to"] = self.within
        chance = median_interval(self.draws) if self.draws is not None and self.median is not None else None
        if chance is not None and chance[0] < chance[1]:
            low, high = (convert(end, self.unit) for end in chance)
            shown["median_by_chance_of_draws"] = {"low": low, "high": high, "band": LEVEL, "unit": self.unit}
        if self.assumed_share is not None:
            shown["evidence"] = {
                "share_of_band_from_assumed_inputs": round(self.assumed_share, 3),
                "drivers": {key: round(share, 3) for key, share in self.drivers},
            }
        shown["sources"] = list(self.sources)
        return shown


@dataclass(frozen=True)
class Group:
    """Numbers of one subject: the stay at the site, one compartment, or what left."""

    title: str
    numbers: tuple[Estimate, ...]


def absent(name: str, label: str, unit: str, reason: str) -> Estimate:
    """Give a number that does not exist, with the reason."""
    return Estimate(name, label, unit, None, None, None, reason)


def estimate(
    name: str,
    label: str,
    unit: str,
    draws: Array,
    inputs: Sequence[Input],
    *,
    beyond: float | None = None,
    within: float | None = None,
    never: str = "",
) -> Estimate:
    """Reduce draws to median and band.

    Parameters
    ----------
    draws : ndarray, shape (draws,)
        The quantity in SI. Infinite where it lies beyond what was computed, NaN where it does not exist.
    inputs : sequence of Input
        What the quantity rests on, to say where its band comes from.
    beyond : float, optional
        The largest value looked at, in SI, such as the horizon; needed when draws can be infinite.
    within : float, optional
        The smallest value that is resolved, in SI; a draw that is given as this may be less.
    never : str
        The reason to give when even the median lies beyond.
    """
    held = np.sort(draws)  # what does not exist comes last
    held = held[: len(held) - int(np.isnan(held).sum())]
    if len(held) < len(draws) / 2:
        return absent(name, label, unit, never or "the inputs contradict each other in most draws")
    # the inverse of the empirical distribution
    low, median, high = (_finite(held[max(ceil(len(held) * level - 1), 0)], unit) for level in _LEVELS)
    limit = None if beyond is None else convert(beyond, unit)
    reason = ""
    if median is None:
        reason = never or "it has no end in most draws"
    elif high is None or low is None:
        reason = f"the band reaches beyond {limit:.3g} {unit}" if limit is not None else "the band has no end"
    return Estimate(
        name,
        label,
        unit,
        median,
        low,
        high,
        reason,
        limit if median is None or high is None else None,
        convert(within, unit) if within is not None else None,
        draws,
        tuple(inputs),
    )


def _finite(value: float, unit: str) -> float | None:
    return convert(float(value), unit) if np.isfinite(value) else None


def where_from(draws: Array, inputs: Sequence[Input]) -> tuple[float | None, tuple[tuple[str, float], ...]]:
    """Give the share of the band that comes from assumed inputs, and the inputs that matter most with their shares.

    Notes
    -----
    Squared correlations of the ranks of the draws with the normal scores of each input, less twice the 1/n that
    chance gives, as shares of their sum (after saltelli2008): first-order effects of inputs that are independent
    by design.
    """
    doubtful = tuple(item for item in inputs if not item.exact)
    held = ~np.isnan(draws)
    if not doubtful or held.sum() < 16:
        return None, ()
    ranks = _ranks(draws[held])
    if ranks.std() == 0:
        return None, ()
    scores = _standard(doubtful) if held.all() else _standardised(np.stack([item.scores[held] for item in doubtful]))
    centred = ranks - ranks.mean()
    correlation = scores @ centred / np.linalg.norm(centred)
    effect = np.clip(correlation**2 - 2.0 / held.sum(), 0.0, None)
    if effect.sum() < LEAST_TOLD:  # what moves it is not among the inputs: shares of chance would mislead
        return None, ()
    shares = effect / effect.sum()
    assumed = float(sum(share for share, item in zip(shares, doubtful, strict=True) if item.is_assumed))
    order = np.argsort(-shares)[:5]
    drivers = tuple((doubtful[i].key, float(shares[i])) for i in order if shares[i] >= 0.01)
    return assumed, drivers


@lru_cache(maxsize=1)
def _standard(doubtful: tuple[Input, ...]) -> Array:
    """Give the scores of inputs, standardised: every number of a formulation asks for the same."""
    return _standardised(np.stack([item.scores for item in doubtful]))


def _standardised(scores: Array) -> Array:
    """Give rows with a mean of 0 and a length of 1."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True))


def _ranks(values: Array) -> Array:
    """Give ranks, ties averaged; infinities tie at the top."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_rank: Array = last - (counts - 1) / 2.0
    return mean_rank[inverse]
