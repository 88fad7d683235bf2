"""A box to pick one of many: type a part of the name, choose with the arrow keys."""

import re
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from tui.app.screens.base import AppModal, TooSmall
from tui.app.widgets.options import Options


def matching(lines: Sequence[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """Give the lines that hold every word typed, in id or text; first those where each begins a word.

    >>> matching([("plga-microsphere", "PLGA microspheres"), ("liposome", "Liposomes")], "micro plga")
    [('plga-microsphere', 'PLGA microspheres')]
    >>> [name for name, _ in matching([("loading", "Drug entrapped"), ("volume", "Volume trapped")], "trap")]
    ['volume', 'loading']
    """
    words = typed.casefold().split()
    found = [(line, f"{line[0]} {line[1]}".casefold()) for line in lines]
    held = [(line, text) for line, text in found if all(word in text for word in words)]
    begun = [re.compile(rf"(?<![^\W_]){re.escape(word)}") for word in words]
    return [line for line, _ in sorted(held, key=lambda each: not all(word.search(each[1]) for word in begun))]


class Pick(AppModal):
    """Gives the id of the line picked, or None."""

    HELP = "Type parts of a name: what holds all of them is left. The arrow keys move, Enter picks. Escape goes back."

    def __init__(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.box_title, self.lines = title, tuple(lines)
        self._shown = list(lines)

    def compose(self) -> ComposeResult:
        """Lay out the field above the list."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = self.box_title
            box.border_subtitle = "type to narrow   Enter picks   Esc goes back"
            yield Input(placeholder="part of a name", compact=True, id="pick-typed")
            yield Options(markup=False, id="pick-list")
            yield Static("", classes="muted", id="pick-count", markup=False)

    def on_mount(self) -> None:
        """Show all."""
        self._fill("")
        self.query_one("#pick-typed", Input).focus()

    def _fill(self, typed: str) -> None:
        self._shown = matching(self.lines, typed)
        options = self.query_one(Options)
        options.clear_options()
        options.add_options([Option(text) for _, text in self._shown])
        options.highlighted = 0 if self._shown else None
        self.query_one("#pick-count", Static).update(f"{len(self._shown)} of {len(self.lines)}")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    @on(Input.Submitted)
    def _taken(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.query_one(Options).highlighted
        if at is not None and at < len(self._shown):
            self.dismiss(self._shown[at][0])

    @on(Options.OptionSelected)
    def _chosen(self, event: Options.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._shown[event.option_index][0])

    def key_down(self) -> None:
        """Go down the list while typing."""
        self.query_one(Options).action_cursor_down()

    def key_up(self) -> None:
        """Go up the list while typing."""
        self.query_one(Options).action_cursor_up()
