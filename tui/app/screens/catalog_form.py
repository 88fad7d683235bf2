"""The form of an entry of the user's own: what it is, its values, what they hold true of it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from materials.catalog import Catalog
from materials.errors import FileError, FormulateError
from materials.own_entries import find_own, usual_file
from materials.template import guessed_class
from tui.app.computing import UnexpectedError
from tui.app.jobs import own_entries
from tui.app.keys import key
from tui.app.screens.base import AppModal, TooSmall
from tui.app.screens.catalog_fields import EXAMPLES, HELPS, fields_of
from tui.app.screens.catalog_statement import StatementForm
from tui.app.screens.catalog_value import ValueForm, written
from tui.app.session import History, changed
from tui.app.widgets.dialogs import Ask
from tui.app.widgets.quantity_field import Check, QuantityField
from tui.app.widgets.table import Column, KeyedTable, Line
from tui.catalog_text import label_of

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LISTS = ("synonyms", "carriers", "payloads", "sites")


class EntryForm(AppModal):
    """Gives the id of the entry that was saved, or None."""

    HELP: ClassVar[str | None] = (
        "An entry of yours, or values of yours over one of the catalog: where yours speaks of the same quantity and "
        "circumstances, calculations read yours and ours stays beside it. v adds a value, w a statement (in a "
        "field Ctrl+N and Ctrl+G); Enter in a list opens what stands there. Ctrl+L lists what a field may be. Ctrl+S "
        "checks everything and writes your catalog file, Ctrl+Z undoes."
    )
    BINDINGS: ClassVar = [
        key("ctrl+s", "save", "Save", "entry.save", "Entry: save"),
        key("ctrl+z", "undo", "Undo", "entry.undo", "Entry: undo"),
        key("ctrl+y", "redo", "Redo", "entry.redo", "Entry: redo"),
        key("ctrl+n,v", "add_value", "Add a value", "entry.value", "Entry: add a value"),
        key("ctrl+g,w", "add_statement", "Add a statement", "entry.statement", "Entry: add a statement"),
    ]
    CSS = """
    EntryForm .box { width: 100; height: 94%; max-height: 94%; padding: 0 1; }
    EntryForm KeyedTable { height: auto; max-height: 10; margin-bottom: 1; }
    EntryForm .heading { margin-top: 1; }
    EntryForm #problem { height: auto; max-height: 6; }
    """

    def __init__(self, catalog: Catalog, kind: str, identifier: str = "") -> None:
        super().__init__()
        self.catalog, self.kind = catalog, kind
        self.ours = catalog.kind(kind).get(identifier)
        self.problem = ""
        try:
            self.own = find_own(kind, identifier) if identifier else None
        except FormulateError as error:
            self.own, self.problem = None, str(error)
        is_over = self.ours is not None and (self.ours.origin == "catalog" or self.own is None)
        self.is_over = is_over and not (self.own and "name" in self.own.row)
        first: dict[str, Any] = dict(self.own.row) if self.own else {"id": identifier} if identifier else {}
        self.history = History(first)
        self.first = first
        self.refused: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Lay out the fields, the values, the statements."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = (
                f"Your values over {self.ours.name}" if self.is_over and self.ours else f"Your {self.kind}"
            )
            box.border_subtitle = "^s saves   v value   w statement   Esc goes back"
            with VerticalScroll(can_focus=False):
                if not self.is_over:
                    for name, label, choices, required in fields_of(self.catalog, self.kind):
                        yield QuantityField(
                            label, self._text(name), place=name, required=required, choices=choices,
                            check=self._check(name) if name == "id" or name in _LISTS else None,
                            example=EXAMPLES.get(name, ""), help_text=HELPS.get(name, ""),
                        )  # fmt: skip
                if self.kind != "study":
                    yield Static("Values", classes="heading")
                    yield KeyedTable((Column("property", "Property", 30), Column("value", "Value", 26),
                                      Column("for", "Holds for", 0)), id="values")  # fmt: skip
                yield Static("What you hold true of it", classes="heading")
                yield KeyedTable((Column("kind", "Kind", 12), Column("text", "Text", 0)), id="statements")
            yield Static("", id="problem", classes="problem", markup=False)
            yield Static(f"Kept in {self.path or 'a file of its own'}", id="kept-in", classes="muted", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Save", id="save", variant="primary", compact=True)
                yield Button("Add a value", id="add-value", compact=True)
                yield Button("Add a statement", id="add-statement", compact=True)
                if self.own is not None:
                    yield Button("Delete", id="delete", compact=True)
                yield Button("Back", id="back", compact=True)

    def on_mount(self) -> None:
        """Show what there is."""
        self._show()
        self._tell(self.problem)
        start = self.query(Input) or self.query("#add-value")
        start.first().focus()

    @property
    def path(self) -> Path | None:
        """The file it is kept in: the one it came from, else one by its id."""
        if self.own is not None:
            return self.own.path
        identifier = str(self.history.value.get("id", ""))
        return usual_file(identifier) if _ID.fullmatch(identifier) else None

    def _text(self, name: str) -> str:
        given = self.history.value.get(name, "")
        return ", ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)

    def _check(self, name: str) -> Check:
        def identifier(text: str) -> str:
            if not _ID.fullmatch(text):
                raise FormulateError("need lower-case letters, digits and hyphens, such as my-gel")
            if self.own is None and any(entry.id == text for entry in self.catalog.entries()):
                raise FormulateError(f"is in the catalog; to set values over it, press e on {text}")
            return f"kept in {usual_file(text)}"

        def several(text: str) -> str:
            known = self.catalog.kind({"carriers": "carrier", "payloads": "payload", "sites": "site"}[name])
            for item in _listed(text):
                if item not in known:
                    raise FormulateError(f"{item} is unknown; need ids with commas between")
            return ""

        return identifier if name == "id" else several if name in ("carriers", "payloads", "sites") else lambda text: ""

    # what is shown

    def _show(self) -> None:
        row = self.history.value
        for field in self.query(QuantityField):
            field.set_value(self._text(field.place))
            field.refuse(self.refused.get(field.place, ""))
        for table in self.query("#values").results(KeyedTable):
            table.show(
                Line(str(index), (self._sign("property", index) + label_of(self.catalog, str(value.get("name", ""))),
                                  _value_text(value), _holds_for(value)))
                for index, value in enumerate(row.get("property", []))
            )  # fmt: skip
        self.query_one("#statements", KeyedTable).show(
            Line(str(index), (self._sign("statement", index) + str(item.get("kind", "")), str(item.get("text", ""))))
            for index, item in enumerate(row.get("statement", []))
        )
        self.query_one("#kept-in", Static).update(f"Kept in {self.path or 'a file of its own'}")

    def _sign(self, table: str, index: int) -> str:
        return "✗ " if any(place.startswith(f"{table}.{index}.") for place in self.refused) else ""

    def _tell(self, problem: str) -> None:
        told = self.query_one("#problem", Static)
        told.update(f"✗ {problem}" if problem else "")
        told.display = bool(problem)

    def _take(self, value: Mapping[str, Any], join: str = "") -> None:
        self.history.change(value, join)
        self.refused = {}
        self._tell("")
        self._show()

    # what is done

    @on(QuantityField.Changed)
    def _typed(self, event: QuantityField.Changed) -> None:
        name = event.field.place
        given: Any = _listed(event.value) if name in _LISTS else event.value
        self.history.change(changed(self.history.value, name, given or None), join=name)
        if name == "id" and self.kind == "carrier" and not self._text("carrier_class") and _ID.fullmatch(event.value):
            event.field.tooltip = f"usual class: {guessed_class('carrier', event.value)}"
        self.query_one("#kept-in", Static).update(f"Kept in {self.path or 'a file of its own'}")

    def action_undo(self) -> None:
        """Undo the last change."""
        if self.history.undo():
            self._show()

    def action_redo(self) -> None:
        """Take the change back that was undone."""
        if self.history.redo():
            self._show()

    @on(Button.Pressed, "#add-value")
    def action_add_value(self) -> None:
        """Add a value."""
        if self.kind != "study":
            self.run_worker(self._edit_value(None), exclusive=True, exit_on_error=False)

    @on(KeyedTable.Chosen, "#values")
    def _value_chosen(self, event: KeyedTable.Chosen) -> None:
        self.run_worker(self._edit_value(int(event.id)), exclusive=True, exit_on_error=False)

    async def _edit_value(self, index: int | None) -> None:
        values = list(self.history.value.get("property", []))
        made = await self.app.push_screen_wait(ValueForm(self.catalog, None if index is None else values[index]))
        self._put_into("property", values, index, made)

    @on(Button.Pressed, "#add-statement")
    def action_add_statement(self) -> None:
        """Add a statement."""
        self.run_worker(self._edit_statement(None), exclusive=True, exit_on_error=False)

    @on(KeyedTable.Chosen, "#statements")
    def _statement_chosen(self, event: KeyedTable.Chosen) -> None:
        self.run_worker(self._edit_statement(int(event.id)), exclusive=True, exit_on_error=False)

    async def _edit_statement(self, index: int | None) -> None:
        statements = list(self.history.value.get("statement", []))
        made = await self.app.push_screen_wait(StatementForm(None if index is None else statements[index]))
        self._put_into("statement", statements, index, made)

    def _put_into(self, table: str, rows: list[Any], index: int | None, made: object) -> None:
        if made is None:
            return
        if made == "delete":
            del rows[index or 0]
        elif index is None:
            rows.append(made)
        else:
            rows[index] = made
        self._take(changed(self.history.value, table, rows or None))

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Check the entry against the whole catalog and write it."""
        for field in self.query(QuantityField):
            if field.problem:
                self._tell(f"{field.label}: {field.problem}")
                field.query_one(Input).focus()
                return
        if self.is_over and not any(self.history.value.get(name) for name in ("property", "statement")):
            self._tell("nothing is set yet: v adds a value, w a statement")
            return
        self.run_worker(self._save(), group="save", exclusive=True, exit_on_error=False)

    async def _save(self) -> None:
        row = dict(self.history.value)
        path = self.path
        assert path is not None
        self._tell("")
        try:
            await self.formulate.computing.run(own_entries.put, self.kind, row, path, lane="live")
        except FileError as error:
            self.refused = {fault.field.split(".", 2)[-1]: fault.problem for fault in error.faults}
            self._show()
            self._tell("\n".join(f"{fault.field.split('.', 2)[-1]}: {fault.problem}" for fault in error.faults[:6]))
        except (FormulateError, UnexpectedError) as error:
            self._tell(str(error))
        else:
            self.formulate.notify(str(path), title="Saved", timeout=3, markup=False)
            self.dismiss(str(row["id"]))

    @on(Button.Pressed, "#delete")
    def _delete(self) -> None:
        self.run_worker(self._ask_delete(), exclusive=True, exit_on_error=False)

    async def _ask_delete(self) -> None:
        assert self.own is not None
        if (
            await self.app.push_screen_wait(Ask(f"Take what you say of {self.own.row['id']} out of {self.own.path}?"))
            != "Yes"
        ):
            return
        identifier = str(self.own.row["id"])
        try:
            await self.formulate.computing.run(own_entries.take_out, self.kind, identifier, lane="live")
        except (FormulateError, UnexpectedError) as error:
            self._tell(str(error))
        else:
            self.dismiss(identifier)

    @on(Button.Pressed, "#back")
    def action_leave(self) -> None:
        """Leave, asking where something was changed."""
        self.run_worker(self._leave(), exclusive=True, exit_on_error=False)

    async def _leave(self) -> None:
        if self.history.value != self.first:
            answer = await self.app.push_screen_wait(
                Ask("What you changed here is not saved.", ("Save", "Discard", "Cancel"))
            )
            if answer == "Save":
                self.action_save()
            if answer != "Discard":
                return
        self.dismiss(None)


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _value_text(value: Mapping[str, Any]) -> str:
    low, typical, high = (written(value, name) for name in ("low", "typical", "high"))
    band = f"{low.split(' ')[0]} to {high.split(' ')[0]}" if low and high else low or high
    return f"{typical} ({band})" if typical and band else typical or f"{band} {value.get('unit', '')}"


def _holds_for(value: Mapping[str, Any]) -> str:
    named = ("species", "state", "payload", "layer", "grade")
    return ", ".join(str(value[name]) for name in named if value.get(name)) or "all"
