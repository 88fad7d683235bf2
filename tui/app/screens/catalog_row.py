"""What the boxes have in common in which one row of an entry of the user's own is typed."""

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from tui.app.screens.base import AppModal


class RowForm(AppModal):
    """A box for one row of an entry; gives its table, "delete", or None; yours gives its fields and `action_take`."""

    def __init__(self, row: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.row, self.is_new = dict(row or {}), row is None

    def compose_buttons(self) -> ComposeResult:
        """Give the line of buttons at the foot of the box."""
        with Horizontal(classes="buttons"):
            yield Button("Take it", id="take", variant="primary", compact=True)
            if not self.is_new:
                yield Button("Delete", id="delete", compact=True)
            yield Button("Back", id="back", compact=True)

    @on(Button.Pressed, "#delete")
    def _delete(self) -> None:
        self.dismiss("delete")

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)
