"""Ticks of axes: round numbers, as many as there is room for, and powers of ten where the axis is of logarithms."""

from collections.abc import Sequence
from math import ceil, floor, log10

from textual_plot import NumericAxisFormatter

_FINEST = 4  # decimals that are written out


class Rounded(NumericAxisFormatter):
    """Multiples of 1, 2 or 5 times a power of ten, in even steps, `most` of them over the axis.

    >>> Rounded(3).get_ticks_and_labels(-2.4, 3.2)
    ([-2.0, 0.0, 2.0], ['-2', '0', '2'])
    """

    def __init__(self, most: int = 8) -> None:
        self.most = most

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Give round numbers from one end to the other."""
        if not max_ > min_:
            return [min_]
        step = _step((max_ - min_) / max(min(self.most, max_ticks), 1))
        return [count * step for count in range(ceil(min_ / step - 1e-9), floor(max_ / step + 1e-9) + 1)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Give the numbers with the decimals that tell them apart."""
        step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(ticks[0]) or 1.0 if ticks else 1.0
        decimals = max(0, -floor(log10(step) + 1e-9))
        largest = max(map(abs, ticks), default=0.0)
        if decimals > _FINEST or largest >= 1e6:
            return [f"{tick:.3g}" for tick in ticks]
        return [f"{tick + 0.0:.{decimals}f}" for tick in ticks]


class Decades(Rounded):
    """Whole powers of ten, at most as many as fit.

    >>> Decades().get_ticks_and_labels(-2.3, 1.2)
    ([-2.0, -1.0, 0.0, 1.0], ['0.01', '0.1', '1', '10'])
    """

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Give whole logarithms; between two of them as any axis does."""
        first, last = ceil(min_ - 1e-9), floor(max_ + 1e-9)
        if last - first < 1:
            return super().get_ticks(min_, max_, max_ticks)
        step = max(1, ceil((max_ - min_) / max(min(self.most, max_ticks), 1)))
        return [float(tick) for tick in range(first, last + 1, step)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Give the numbers whose logarithms the ticks are."""
        return [f"{round(10**tick, 9):.3g}" if -3.5 < tick < 3.5 else f"1e{tick:.0f}" for tick in ticks]


def _step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next((power * factor for factor in (1, 2, 5) if power * factor >= least * (1 - 1e-9)), 10 * power)
