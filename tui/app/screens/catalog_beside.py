"""Marked entries of the catalog side by side: a row for each property that one of them has."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from materials.catalog import Catalog
from materials.errors import FormulateError
from tui.app.keys import key
from tui.app.screens.base import AppModal, TooSmall
from tui.app.widgets.badges import MEANING
from tui.catalog_compare import comparison_rows, head_to_head, together
from tui.catalog_text import source_text

_LABELS = 22
_NARROWEST = 24


class SideBySide(AppModal):
    """The entries, each a column."""

    HELP: ClassVar[str | None] = (
        "Entries side by side. The arrow keys move; what does not fit is reached to the right. d shows only the rows in "
        "which they differ.\n\n" + MEANING
    )
    BINDINGS: ClassVar = [
        key("d", "differences", "Differences", "beside.differences", "Side by side: only differences")
    ]
    CSS = """
    SideBySide .box { width: 98%; max-width: 100%; height: 96%; max-height: 96%; padding: 0 1; }
    SideBySide DataTable { height: 1fr; }
    SideBySide #head-to-head { height: auto; max-height: 6; color: $text-muted; }
    """

    def __init__(self, catalog: Catalog, identifiers: Sequence[str]) -> None:
        super().__init__()
        self.catalog, self.identifiers = catalog, tuple(identifiers)
        self.only_differences = False

    def compose(self) -> ComposeResult:
        """Lay out the table, and what is said of them against each other."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = "Side by side"
            box.border_subtitle = "d only differences   Esc goes back"
            yield DataTable(cursor_type="row", fixed_columns=1)
            yield Static("", id="head-to-head", markup=False)

    def on_mount(self) -> None:
        """Fill the table once its width is known."""
        self.call_after_refresh(self._fill)

    def action_differences(self) -> None:
        """Show only the rows that differ, or all again."""
        self.only_differences = not self.only_differences
        self._fill()

    def _fill(self) -> None:
        table = self.query_one(DataTable)
        try:
            entries = together(self.catalog, self.identifiers)
        except FormulateError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        room = (table.size.width - _LABELS - 3) // len(entries) - 2
        width = max(room, _NARROWEST)
        table.clear(columns=True)
        table.add_column("", width=_LABELS)
        for entry in entries:
            table.add_column(Text(entry.id, no_wrap=True, overflow="ellipsis"), width=width)
        for label, cells in comparison_rows(self.catalog, entries):
            if self.only_differences and len(set(cells)) == 1:
                continue
            table.add_row(Text(label, "dim"), *(Text(cell) for cell in cells), height=None)
        table.focus()
        said = [
            f"≍ {entry.id} against {', '.join(statement.than)}: {statement.text} [{source_text(statement)}]"
            for entry, statement in head_to_head(self.catalog, entries)
        ]
        self.query_one("#head-to-head", Static).update("\n".join(said))
        self.query_one("#head-to-head").display = bool(said)
