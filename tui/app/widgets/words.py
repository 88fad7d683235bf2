"""Ticks of an axis of 0 to 1 along a choice, labelled with what is chosen there."""

from collections.abc import Sequence

from rich.markup import escape
from textual_plot.axis_formatter import AxisFormatter

WIDEST = 18  # of a word


class Words(AxisFormatter):
    """Places and the words that stand at them.

    >>> Words([(0.0, "5"), (0.5, "14"), (1.0, "40")]).get_ticks_and_labels(0.2, 1.1)
    ([0.5, 1.0], ['14', '40'])
    """

    def __init__(self, words: Sequence[tuple[float, str]]) -> None:
        self.words = {place: word if len(word) <= WIDEST else f"{word[: WIDEST - 1]}…" for place, word in words}

    @property
    def width(self) -> int:
        """How long the longest word is."""
        return max(map(len, self.words.values()), default=0)

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Give the places that are in sight."""
        return [place for place in self.words if min_ <= place <= max_]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Give the words at places."""
        return [escape(self.words.get(tick, "")) for tick in ticks]
