"""Ticks of an axis of logarithms, labelled with the numbers themselves."""

from collections.abc import Sequence
from math import ceil, floor

from textual_plot import NumericAxisFormatter


class Decades(NumericAxisFormatter):
    """Whole powers of ten, at most as many as fit.

    >>> Decades().get_ticks_and_labels(-2.3, 1.2)
    ([-2.0, -1.0, 0.0, 1.0], ['0.01', '0.1', '1', '10'])
    """

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Give whole logarithms; between two of them as any axis does."""
        first, last = ceil(min_ - 1e-9), floor(max_ + 1e-9)
        if last - first < 1:
            return super().get_ticks(min_, max_, max_ticks)
        step = max(1, ceil((last - first) / max(max_ticks - 1, 1)))
        return [float(tick) for tick in range(first, last + 1, step)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Give the numbers whose logarithms the ticks are."""
        return [f"{round(10**tick, 9):g}" if -3.5 < tick < 4.5 else f"1e{tick:.0f}" for tick in ticks]
