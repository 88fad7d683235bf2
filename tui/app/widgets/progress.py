"""The line that says what is being computed; it takes no room while nothing is."""

from itertools import count

from rich.text import Text
from textual.widgets import Static

_MARKS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_BAR = 20


class ProgressLine(Static):
    """What is being computed, how far it is, and that Escape cancels."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id)
        self._works: dict[int, tuple[str, str, float | None]] = {}
        self._numbers = count(1)
        self.display = False

    def begin(self, says: str) -> int:
        """Show a piece of work; give its number."""
        number = next(self._numbers)
        self._works[number] = (says, "", None)
        self._show()
        return number

    def tell(self, number: int, text: str, share: float | None) -> None:
        """Show how far a piece of work is."""
        if number in self._works:
            self._works[number] = (self._works[number][0], text, share)
            self._show()

    def end(self, number: int) -> None:
        """Take a piece of work off."""
        self._works.pop(number, None)
        self._show()

    def _show(self) -> None:
        self.display = bool(self._works)
        if not self._works:
            return
        says, text, share = list(self._works.values())[-1]
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f" {says} ", "bold")
        line.append(" Esc cancels  ", "dim")  # before what may be long and cut
        if share is not None:
            full = round(_BAR * min(max(share, 0.0), 1.0))
            line.append("━" * full + "╌" * (_BAR - full) + f" {share:4.0%} ")
        line.append(text or "…", "dim")
        self.update(line)
