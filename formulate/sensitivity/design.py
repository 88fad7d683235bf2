"""Draws made on purpose: one input at a time, or pairs of samples that share all inputs but some."""

from collections.abc import Mapping, Sequence

import numpy as np

from formulate.sampling import Array, Draws


class Recorded(Draws):
    """Draws that remember which columns were asked for."""

    def __init__(self, draws: Draws) -> None:
        object.__setattr__(self, "count", draws.count)
        object.__setattr__(self, "seed", draws.seed)
        object.__setattr__(self, "inputs", {})
        object.__setattr__(self, "values", {})
        object.__setattr__(self, "columns", {})
        object.__setattr__(self, "_draws", draws)

    columns: dict[str, Array]
    _draws: Draws

    def standard_normal(self, key: str) -> Array:
        """Give the standard normal scores of one quantity, as the draws behind have them."""
        if key not in self.columns:
            self.columns[key] = self._draws.standard_normal(key)
        return self.columns[key]

    def taken(self, key: str, scores: Array) -> Array:
        """Take scores made elsewhere for the column of a quantity."""
        self.columns[key] = scores
        return scores


class Chosen(Draws):
    """Draws whose columns are given; one that is not has its median in every draw."""

    def __init__(self, columns: Mapping[str, Array], count: int, seed: int = 0) -> None:
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "seed", seed)
        object.__setattr__(self, "inputs", {})
        object.__setattr__(self, "values", {})
        object.__setattr__(self, "_columns", columns)

    _columns: Mapping[str, Array]

    def standard_normal(self, key: str) -> Array:
        """Give the standard normal scores of one quantity."""
        return self._columns.get(key, np.zeros(self.count))

    def taken(self, key: str, scores: Array) -> Array:
        """Give the scores of one quantity that were chosen, not those made elsewhere."""
        return self.standard_normal(key)


def pair_of_samples(keys: Sequence[str], count: int, seed: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Give two independent samples of standard normal scores, each {key: (count,)}, from one Sobol sequence.

    Notes
    -----
    Scrambled Sobol points in twice as many dimensions as keys; `count` is a power of two (Saltelli and others 2010).
    """
    from scipy.special import ndtri
    from scipy.stats import qmc

    size = len(keys)
    with np.errstate(divide="ignore"):
        points = qmc.Sobol(2 * size, scramble=True, rng=np.random.default_rng(seed)).random(count)
        scores = ndtri(np.clip(points, 1e-12, 1.0 - 1e-12)).T
    return dict(zip(keys, scores[:size], strict=True)), dict(zip(keys, scores[size:], strict=True))


def one_at_a_time(keys: Sequence[str], score: float) -> tuple[dict[str, Array], int]:
    """Give scores for a typical draw, then each key at -score and at +score with the others typical, and how many."""
    count = 1 + 2 * len(keys)
    columns = {}
    for place, key in enumerate(keys):
        column = np.zeros(count)
        column[1 + 2 * place : 3 + 2 * place] = -score, score
        columns[key] = column
    return columns, count
