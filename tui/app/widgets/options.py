"""A list of lines to choose from."""

from collections.abc import Sequence
from typing import Literal

from textual.visual import VisualType
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Options(OptionList):
    """A list that a page key right after a change of size does not upset: it does not know its lines then."""

    HELP = "Arrow keys move, Enter chooses, Escape goes back."

    def show(self, lines: Sequence[VisualType], at: int) -> None:
        """Show lines, with the cursor at one of them; nothing is laid out anew while their number stays."""
        with self.prevent(OptionList.OptionHighlighted):
            if len(lines) != self.option_count:
                self.clear_options()
                self.add_options([Option(line) for line in lines])
            else:
                for place, line in enumerate(lines):
                    if line != self.options[place].prompt:
                        self.replace_option_prompt_at_index(place, line)
            self.highlighted = at

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if self._lines:
            super()._move_page(direction)
