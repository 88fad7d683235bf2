"""How well a number is known: its evidence level, what its interval means, and the distribution that follows.

One converter serves every value of the catalog. The typical value is the median. Positive quantities are
log-normal, fractions logit-normal, the rest normal; an interval that is not symmetric on that scale is split
into two half-bands that meet at the median.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Evidence(StrEnum):
    """Where a number comes from, best first."""

    USER = "user"  # typed in by the user: always wins, always shown as theirs
    PRIMARY = "primary"  # read in the primary paper, a label, a pharmacopoeia
    SECONDARY = "secondary"  # read in a review, a compilation, a vendor page, an abstract service
    REVIEW = "review"  # stated in one of the five reviews the catalog grew from
    DERIVED = "derived"  # computed from such values; the note says how
    ASSUMED = "assumed"  # an engineering prior, wide on purpose; carries a rationale instead of a source


class Spread(StrEnum):
    """What the low and high of a value are."""

    P10_P90 = "p10_p90"
    SD = "sd"  # one standard deviation each side
    SE = "se"  # one standard error each side
    IQR = "iqr"
    RANGE = "range"  # smallest to largest of the sources or of common practice: counts as p5 to p95
    BOUND = "bound"  # one end is a limit; counts as a range, a missing end mirrors the other
    SINGLE = "single"  # one number: takes the default spread of its property


_STANDARD_DEVIATIONS = {
    Spread.P10_P90: 1.2815515655446004,
    Spread.SD: 1.0,
    Spread.SE: 1.0,
    Spread.IQR: 0.6744897501960817,
    Spread.RANGE: 1.6448536269514722,
    Spread.BOUND: 1.6448536269514722,
}

EDGE = 1e-3  # how far inside an end at the natural bound is moved, as a share of the way to the typical value

Support = Literal["positive", "fraction", "real"]
Scale = Literal["log", "logit", "linear"]


@dataclass(frozen=True)
class Distribution:
    """A split normal on the `scale`, in SI: median, and a standard deviation below and above it."""

    scale: Scale
    median: float
    sigma_below: float
    sigma_above: float
    floor: float = -math.inf
    ceiling: float = math.inf

    @property
    def is_exact(self) -> bool:
        """True when the value has no doubt at all."""
        return self.sigma_below == 0.0 and self.sigma_above == 0.0


def distribution(
    typical: float,
    low: float | None,
    high: float | None,
    spread: Spread,
    support: Support,
    default_spread: float,
) -> Distribution:
    """Turn low / typical / high into a distribution whose median is the typical value.

    Parameters
    ----------
    typical, low, high : float
        The value and its interval, in SI. Either end may be None for `bound`.
    spread : Spread
        What low and high are.
    support : {"positive", "fraction", "real"}
        The set the quantity lives in.
    default_spread : float
        Used for a single number, 10th to 90th percentile: a factor (positive), a distance (real), a distance
        on the logit scale (fraction). 1 for a factor, or 0 for a distance, means exact.

    Notes
    -----
    A typical value at the natural bound of its support (a fraction of 1, a rate of 0) has no finite logit or
    logarithm: it is taken on the linear scale and cut at the bound. An end at the bound is moved a thousandth
    inside, so that no draw is the bound itself.

    Examples
    --------
    >>> d = distribution(10.0, 5.0, 20.0, Spread.RANGE, "positive", 2.0)
    >>> round(math.log(2) / 1.6448536, 4) == round(d.sigma_above, 4) == round(d.sigma_below, 4)
    True
    """
    if spread is Spread.SINGLE or (low is None and high is None):
        return _single(typical, support, default_spread)
    scale = _scale(support, typical)
    if scale != "linear":
        low, high = _inside(low, typical, scale), _inside(high, typical, scale)
    floor, ceiling = _bounds(support)
    centre = to_scale(typical, scale)
    z = _STANDARD_DEVIATIONS[spread]
    below = (centre - to_scale(low, scale)) / z if low is not None else None
    above = (to_scale(high, scale) - centre) / z if high is not None else None
    below = above if below is None else below
    above = below if above is None else above
    assert below is not None
    assert above is not None
    return Distribution(scale, typical, below, above, floor, ceiling)


def _single(typical: float, support: Support, default_spread: float) -> Distribution:
    floor, ceiling = _bounds(support)
    z = _STANDARD_DEVIATIONS[Spread.P10_P90]
    scale = _scale(support, typical)
    if support == "positive":
        sigma = math.log(default_spread) / z if scale == "log" else 0.0
    else:
        sigma = default_spread / z if scale != "linear" or support == "real" else 0.0
    return Distribution(scale, typical, sigma, sigma, floor, ceiling)


def _scale(support: Support, typical: float) -> Scale:
    if support == "positive" and typical > 0:
        return "log"
    if support == "fraction" and 0 < typical < 1:
        return "logit"
    return "linear"


def _inside(end: float | None, typical: float, scale: Scale) -> float | None:
    """Give an end of an interval, moved off the natural bound it touches."""
    if end is None:
        return None
    if end <= 0:
        return max(typical * EDGE, math.ulp(0.0))
    just_inside = min(1.0 - (1.0 - typical) * EDGE, math.nextafter(1.0, 0.0))  # which rounding would make 1
    return min(end, just_inside) if scale == "logit" else end


def _bounds(support: Support) -> tuple[float, float]:
    return {"positive": (0.0, math.inf), "fraction": (0.0, 1.0), "real": (-math.inf, math.inf)}[support]


def to_scale(value: float, scale: Scale) -> float:
    """Give the value on the scale of its distribution."""
    if scale == "log":
        return math.log(value)
    return math.log(value / (1 - value)) if scale == "logit" else value
