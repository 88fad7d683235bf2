"""The catalog: what is known, with its band, its conditions, its source and how well it is known."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from tui.app.keys import key
from tui.app.screens.base import AppScreen
from tui.app.widgets.table import Column, FilterField, KeyedTable, Line


class CatalogScreen(AppScreen):
    """Lists on the left, one entry on the right."""

    PLACE = "catalog"
    HELP = "The catalog of carriers, payloads, sites, methods and studies. / filters."
    BINDINGS: ClassVar = [key("slash", "filter", "Filter", "catalog.filter", "Catalog: filter by words", show=True)]

    def compose_body(self) -> ComposeResult:
        """Lay out list and detail."""
        with Horizontal():
            with Vertical(id="list", classes="pane") as pane:
                pane.border_title = "Carriers"
                yield FilterField(self.show_words, "filter: words, /", id="words")
                yield KeyedTable((Column("name", "Name"), Column("class", "Class")), id="entries")
            with VerticalScroll(id="detail", classes="pane") as pane:
                pane.border_title = "Entry"
                yield Static("", id="entry", markup=False)

    def on_mount(self) -> None:
        """Show the carriers."""
        self.show_words("")
        self.query_one(KeyedTable).focus()

    def show_words(self, words: str) -> None:
        """Show what fits."""
        from materials import cards

        found = cards.in_force().find("carrier", text=words)
        self.query_one(KeyedTable).show(Line(card.id, (card.name, card.of_class)) for card in found)

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterField).focus()
