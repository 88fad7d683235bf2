"""The box in which a statement of the user's own is typed: for an entry, against it, a risk, a fact."""

from typing import ClassVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input

from materials.values import StatementKind
from tui.app.keys import key
from tui.app.screens.base import TooSmall
from tui.app.screens.catalog_row import RowForm
from tui.app.widgets.quantity_field import QuantityField


class StatementForm(RowForm):
    """Gives the table of a statement, "delete", or None."""

    HELP: ClassVar[str | None] = (
        "Something you hold true of the entry: for it, against it, a risk, a fact. Ctrl+S takes it."
    )
    BINDINGS: ClassVar = [key("ctrl+s", "take", "Take it", "statement.take", "Statement: take it")]

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        kinds = [kind for kind in get_args(StatementKind) if kind != "comparison"]
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = "A statement of yours"
            box.border_subtitle = "^s takes it   Esc goes back"
            for name, label, choices, required in (
                ("kind", "Kind", kinds, True), ("text", "Text", (), True), ("topic", "Topic", (), False),
                ("source", "Source", (), False), ("note", "Note", (), False),
            ):  # fmt: skip
                yield QuantityField(label, str(self.row.get(name, "")), place=name, choices=choices, required=required)
            yield from self.compose_buttons()

    def on_mount(self) -> None:
        """Start in the first field."""
        self.query(Input).first().focus()

    @on(Button.Pressed, "#take")
    def action_take(self) -> None:
        """Take the statement, where its fields are sound."""
        fields = list(self.query(QuantityField))
        wrong = next((field for field in fields if field.problem), None)
        if wrong is not None:
            wrong.query_one(Input).focus()
            return
        kept = {name: item for name, item in self.row.items() if name not in [field.place for field in fields]}
        self.dismiss({**{field.place: field.value for field in fields if field.value}, **kept})
