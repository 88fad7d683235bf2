"""The half-time behind a bag with an interval that holds the choice of the release law."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import stdtr, stdtrit

from formulate.fitting.summaries import HORIZON

HALVINGS = 60
FAR = 20.0  # in ln T, beyond the last limit of a law: how far an end is looked for that some laws leave open


@dataclass(frozen=True)
class LawHalfTime:
    """The half-time by one law.

    Attributes
    ----------
    value, low, high : float
        As `half_time` gives them [t].
    weight : float
        Akaike's, of the law [1].
    freedom : int
        Degrees of freedom of its interval.
    """

    value: float
    low: float
    high: float
    weight: float
    freedom: int

    def below(self, logarithm: float, tail: float) -> float:
        """Give the probability of a half-time below one, given as ln T."""
        middle = math.log(self.value)
        ahead = logarithm - middle
        end = self.low if ahead < 0.0 else self.high
        width = abs(math.log(end) - middle) if 0.0 < end < math.inf else math.inf
        if width == 0.0:
            return float(ahead > 0.0)
        return float(stdtr(self.freedom, ahead / width * float(stdtrit(self.freedom, 1.0 - tail))))


def half_time_over_laws(laws: Sequence[LawHalfTime], level: float, last: float) -> tuple[float, float, float]:
    """Give the half-time of the first law with an interval over all of them, each by its weight.

    Parameters
    ----------
    laws : sequence of LawHalfTime
        The first is that of the law chosen.
    level : float
        Of their intervals and of this [1].
    last : float
        Last reading of the carrier [t].

    Returns
    -------
    value, low, high : float
        The value that of the first law; its interval alone where its error is not known, or no other law has one.

    Notes
    -----
    Model-averaged tail areas: ``sum w_i P_i(T < low) = (1 - level)/2``, and for high likewise, P_i Student's t in
    ln T with a width to each side by the law's own interval. It lies within the widest of the intervals, and is that
    of a law which has all the weight. Source: Turek and Fletcher 2012, doi:10.1016/j.csda.2012.03.002. A law that
    does not come to half within ten times the last reading counts as one that does so then or never.

    Examples
    --------
    Laws that agree leave the interval as it is:

    >>> half_time_over_laws([LawHalfTime(4.0, 2.0, 8.0, 0.7, 10), LawHalfTime(4.0, 2.0, 8.0, 0.3, 12)], 0.95, 24.0)
    (4.0, 2.0, 8.0)
    """
    first = laws[0]
    if math.isnan(first.low + first.high) or first.value == 0.0:
        return first.value, first.low, first.high
    known = [_in_time(law, last) for law in laws if law.value != 0.0 and not math.isnan(law.low + law.high)]
    if len(known) == 1:
        return first.value, first.low, first.high
    tail = 0.5 * (1.0 - level)
    total = sum(law.weight for law in known)

    def below(logarithm: float) -> float:
        return sum(law.weight * law.below(logarithm, tail) for law in known) / total

    low = _end([law.low for law in known], -1, lambda logarithm: below(logarithm) > tail)
    high = _end([law.high for law in known], 1, lambda logarithm: 1.0 - below(logarithm) > tail)
    return first.value, min(low, known[0].value), max(high, known[0].value)


def _in_time(law: LawHalfTime, last: float) -> LawHalfTime:
    if math.isfinite(law.value):
        return law
    return LawHalfTime(max(HORIZON * last, law.low), law.low, math.inf, law.weight, law.freedom)


def _end(limits: Sequence[float], side: int, is_inside: Callable[[float], bool]) -> float:
    """Give where the area beyond is that of the tail, from the limits of all laws on that side."""
    known = [math.log(limit) for limit in limits if 0.0 < limit < math.inf]
    if not known:
        return 0.0 if side < 0 else math.inf
    inner, outer = (max(known), min(known)) if side < 0 else (min(known), max(known))
    if len(known) < len(limits):
        outer += side * FAR
        if is_inside(outer):
            return 0.0 if side < 0 else math.inf
    for _ in range(HALVINGS):
        middle = 0.5 * (inner + outer)
        inner, outer = (middle, outer) if is_inside(middle) else (inner, middle)
    return math.exp(min(outer, 709.0))
