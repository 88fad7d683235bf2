"""Crystals as they arrive at a site, of one size or of many: how fast what is left of them dissolves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from formulate.dissolution import THICKEST_LAYER, WIDEST, dissolution_rate, undissolved
from formulate.inputs import Subject
from formulate.sampling import Array
from materials.errors import DomainError

TENTH = 1.2815515655446004  # standard deviations from the median to the ninth decile
BEFORE, AFTER = 24, 49  # steps before the first crystals vanish, and from then on a quarter of a deviation apart


@dataclass(frozen=True)
class CrystalSizes:
    """The sizes of crystals when they arrive, each (draws,), SI."""

    radius: Array  # median by mass, m
    geometric_sd: Array | None = None  # None where all are of one size
    thickest_layer: float = np.inf  # of the fluid around them, m; without end where it is still

    def rate(self, left: Array) -> Array:
        """Give how fast what is left dissolves, over what arrived, times rho/(D (Cs - C)) [1/m2].

        Parameters
        ----------
        left : ndarray, shape (..., draws)
            Share of the crystals that is left, 0 to 1.

        Notes
        -----
        Of one size ``3 m/(r h)`` with ``r = r_0 m**(1/3)`` and h the layer (`formulate.dissolution`). Of many, what is
        left tells how far all have dissolved, and so how fast they go on: a table of 73 steps, straight
        in the cube root of what is left, as the rate of one size is.
        """
        if self.geometric_sd is None:
            radius = self.radius * np.cbrt(np.maximum(left, 1e-9))
            return np.asarray(3.0 * left / (radius * np.minimum(radius, self.thickest_layer)))
        shares, rates = self._table
        left = np.cbrt(np.maximum(left, 0.0))
        at = np.clip((shares > left[..., None]).sum(axis=-1), 1, BEFORE + AFTER - 1)
        rows = np.arange(left.shape[-1])
        high, low = shares[rows, at - 1], shares[rows, at]
        part = np.divide(high - left, high - low, out=np.zeros_like(left), where=high > low)
        return np.asarray(rates[rows, at - 1] + part * (rates[rows, at] - rates[rows, at - 1]))

    @cached_property
    def _table(self) -> tuple[Array, Array]:
        """Give cube roots of the share left, falling from 1 to 0, and the rates there, each (draws, 73)."""
        assert self.geometric_sd is not None
        median, widths = self.radius[:, None], self.geometric_sd[:, None]
        layer = np.full_like(median, min(self.thickest_layer, 1.0))  # no crystal is a metre wide
        sizes = median * widths ** np.linspace(-6.0, 6.0, AFTER)
        lasts = np.where(sizes < layer, 0.5 * sizes**2, layer * (sizes - 0.5 * layer))
        before = lasts[:, :1] * np.linspace(0.0, 1.0, BEFORE, endpoint=False)  # while all sizes are there
        spent = np.concatenate([before, lasts], axis=1)
        left = undissolved(spent, median, widths, layer)
        rate = dissolution_rate(spent, median, widths, layer)
        left[:, -1], rate[:, -1] = 0.0, 0.0
        return np.cbrt(np.minimum.accumulate(left, axis=1)), rate


def crystal_sizes(payload: Subject, needed_for: str, stirred: bool = False) -> CrystalSizes:
    """Give the sizes of the crystals of a payload; in a stirred fluid the layer around large ones stays thin.

    Raises
    ------
    MissingValueError
        No size of its crystals is known.
    DomainError
        Sizes wider than a geometric standard deviation of 4.

    Notes
    -----
    Log-normal: ``span = 2 sinh(1.2816 ln(sigma_g))``; then the diameter is the median by mass (Dv50).
    """
    radius = payload.read("crystal_diameter", needed_for)[:, 0] / 2
    layer = THICKEST_LAYER if stirred else np.inf
    if payload.find("crystal_size_span") is None:
        return CrystalSizes(radius, None, layer)
    span = payload.read("crystal_size_span", needed_for)[:, 0]
    sigma = np.exp(np.arcsinh(span / 2.0) / TENTH)
    if sigma.max() > WIDEST:
        most = 2.0 * np.sinh(TENTH * np.log(WIDEST))
        raise DomainError("crystal_size_span", float(span.max()), "", f"at most {most:.2g}")
    return CrystalSizes(radius, sigma, layer)
