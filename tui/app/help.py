"""F1: what has the focus, what it takes, and the keys that work there."""

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tui.app.palette import keyed
from tui.app.screens.base import AppModal, TooSmall


def help_of(node: DOMNode) -> str:
    """Give what is known of a widget: its own `help_text`, else its class's HELP, else what the mouse is told."""
    own = getattr(node, "help_text", "") or type(node).__dict__.get("HELP")
    return str(own or getattr(node, "tooltip", None) or "")


class HelpBox(AppModal):
    """What F1 shows."""

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self.of = of

    def compose(self) -> ComposeResult:
        """Lay out what is told."""
        yield TooSmall()
        with VerticalScroll(classes="box") as box:
            box.border_title = "Help"
            box.border_subtitle = "Esc closes"
            start = self.of.focused or self.of
            for node in start.ancestors_with_self:
                text = help_of(node)
                if text:
                    yield Static(text.strip(), markup=False, classes="help-text")
            table = Table.grid(padding=(0, 2))
            for says, _, pressed in keyed(self.of).values():
                table.add_row(Text(pressed, "bold"), says)
            if table.row_count:
                yield Static("Keys here", classes="help-heading")
                yield Static(table)

    def on_mount(self) -> None:
        """Scroll with the arrow keys at once."""
        self.query_one(VerticalScroll).focus()
