"""A list of lines to choose from."""

from typing import Literal

from textual.widgets import OptionList


class Options(OptionList):
    """A list that a page key right after a change of size does not upset: it does not know its lines then."""

    HELP = "Arrow keys move, Enter chooses, Escape goes back."

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if self._lines:
            super()._move_page(direction)
