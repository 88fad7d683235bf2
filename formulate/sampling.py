"""Shared, seeded quasi-random draws: a Latin hypercube with one independent stratified column per quantity.

Every uncertain quantity owns a column that depends only on the seed, the number of draws and its name. Two
carriers therefore see the same knee and the same drug in every draw, and adding or leaving out a carrier
changes no predicted number of the others.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from formulate.limits import FEWEST_DRAWS, MOST_DRAWS
from materials.errors import DomainError
from materials.evidence import Distribution

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """A design of `count` draws made from `seed`."""

    times_per_decade: ClassVar[int | None] = None  # of a calculation; as many as its results need

    count: int = 1024
    seed: int = 7
    _known: dict[str, Array] = field(default_factory=dict, init=False, repr=False, compare=False)
    # of the catalog, for all formulations that share the draws: numbers as they were drawn, and values as they were
    # chosen, by the identity of value or entry; see `formulate.inputs`
    inputs: dict[tuple[str, int], Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    values: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not FEWEST_DRAWS <= self.count <= MOST_DRAWS:
            raise DomainError("draws", self.count, "", f"{FEWEST_DRAWS} to {MOST_DRAWS}")
        if self.seed < 0:
            raise DomainError("seed", self.seed, "", ">= 0")

    def standard_normal(self, key: str) -> Array:
        """Give the standard normal scores of one quantity, one draw in each of `count` equal strata.

        Notes
        -----
        ``z = Phi^-1((pi(i) + u_i) / count)`` with a random permutation pi and uniform u. Source: mckay1979.

        Examples
        --------
        >>> z = Draws(1024, seed=7).standard_normal("knee.lymph_flow")
        >>> bool(abs(z.mean()) < 1e-3), bool(abs(z.std() - 1) < 1e-2)
        (True, True)
        """
        from scipy.special import ndtri

        if key in self._known:  # the formulations of a comparison share most of their columns
            return self._known[key]
        name = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
        generator = np.random.default_rng([self.seed, name])
        strata = generator.permutation(self.count)
        scores: Array = ndtri((strata + generator.random(self.count)) / self.count)
        scores.setflags(write=False)
        self._known[key] = scores
        return scores

    def taken(self, key: str, scores: Array) -> Array:
        """Take scores made elsewhere, as by measured points, for the column of a quantity, and give that column.

        Draws that are made on purpose give their own column in place of it.
        """
        return scores


@dataclass(frozen=True)
class TypicalDraw(Draws):
    """A single draw in which every quantity has its typical value: what a calculation by hand gives."""

    count: int = 1

    def __post_init__(self) -> None:
        pass

    def standard_normal(self, key: str) -> Array:
        """Give the score of the median."""
        return np.zeros(1)


@dataclass(frozen=True)
class Glance(TypicalDraw):
    """The typical draw at few times: enough to learn which numbers a calculation reads, not what comes of them."""

    times_per_decade: ClassVar[int | None] = 2


def sample(distribution: Distribution, scores: Array) -> Array:
    """Give the draws of a distribution from standard normal scores; score 0 gives the median.

    Notes
    -----
    ``x = T^-1(T(median) + z sigma)`` with T the identity, the logarithm or the logit, and sigma of the half
    that z falls in; on the linear scale cut at the natural bounds of the quantity.
    """
    sigma = np.where(scores < 0, distribution.sigma_below, distribution.sigma_above)
    shift = scores * sigma
    median = distribution.median
    if distribution.scale == "log":
        return np.asarray(median * np.exp(shift))
    if distribution.scale == "logit":
        odds = median / (1 - median) * np.exp(shift)
        return np.asarray(odds / (1 + odds))
    return np.clip(median + shift, distribution.floor, distribution.ceiling)
