"""The box in which one value of the user's own is typed: a number with its unit, its band, and what it holds for."""

from collections.abc import Mapping
from typing import Any, ClassVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from materials.catalog import Catalog
from materials.errors import FormulateError
from materials.evidence import Spread
from materials.overlay import OWN_EVIDENCE
from materials.units import convert, parse, split
from materials.values import Species
from tui.app.keys import key
from tui.app.screens.base import TooSmall
from tui.app.screens.catalog_row import RowForm
from tui.app.widgets.quantity_field import QuantityField, quantity_check
from tui.catalog_text import number_text

NUMBERS = ("typical", "low", "high")
_TEXTS = (
    ("conditions", "Conditions", "temperature, medium, method"),
    ("source", "Source", "where it stands"),
    ("note", "Note", ""),
    ("grade", "Grade", "of a polymer, or the batch"),
    ("state", "State", "of a site: osteoarthritis"),
)


def written(row: Mapping[str, Any], name: str) -> str:
    """Give a number of a value as it is typed: with its unit.

    >>> written({"typical": 12.0, "unit": "nm"}, "typical")
    '12 nm'
    """
    number = row.get(name)
    return "" if number is None else f"{number_text(number)} {row.get('unit', '')}".strip()


def read_numbers(texts: Mapping[str, str], unit: str) -> dict[str, Any]:
    """Give the numbers of a value from what was typed, in the unit of the first one; "1" where it is written with none.

    >>> read_numbers({"typical": "12 nm", "low": "", "high": "0.02 um"}, "nm")
    {'typical': 12.0, 'high': 20.0, 'unit': 'nm'}
    """
    made: dict[str, Any] = {}
    in_unit = ""
    for name in NUMBERS:
        text = texts.get(name, "").strip()
        if not text:
            continue
        number, its = split(text, unit)
        in_unit = in_unit or its
        made[name] = number if its == in_unit else float(f"{convert(parse(text, unit), in_unit):.12g}")
    return {**made, "unit": in_unit} if made else {}


class ValueForm(RowForm):
    """Gives the table of the value, "delete", or None."""

    HELP: ClassVar[str | None] = (
        "One value of yours. A lone number counts as exact; low and high say its doubt, and 'They are' what they mean. "
        "What it holds for (species, payload, state, grade) may stay empty: then it holds wherever no closer one is "
        "given. Ctrl+L lists what a field may be. Ctrl+S takes the value, Escape leaves it as it was."
    )
    BINDINGS: ClassVar = [key("ctrl+s", "take", "Take it", "value.take", "Value: take it")]

    def __init__(self, catalog: Catalog, row: Mapping[str, Any] | None = None) -> None:
        super().__init__(row)
        self.catalog = catalog

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        row = self.row
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = "A value of yours"
            box.border_subtitle = "^s takes it   Esc goes back"
            with VerticalScroll(can_focus=False):
                yield QuantityField(
                    "Property", row.get("name", ""), place="name", required=True,
                    choices=sorted(self.catalog.properties),
                    help_text="What is measured: a name of the vocabulary. Ctrl+L lists all of them.",
                )  # fmt: skip
                for name, label in (("typical", "Value"), ("low", "Low"), ("high", "High")):
                    yield QuantityField(label, written(row, name), place=name)
                spreads = [str(item) for item in Spread if item is not Spread.SINGLE]
                yield QuantityField("They are", row.get("spread", ""), place="spread", choices=spreads,
                                    example="range", help_text=f"What they are: {', '.join(spreads)}")  # fmt: skip
                yield QuantityField("Known by", row.get("evidence", ""), place="evidence",
                                    choices=[str(item) for item in OWN_EVIDENCE], example="user")  # fmt: skip
                for name, label, example in _TEXTS[:3]:
                    yield QuantityField(label, row.get(name, ""), place=name, example=example)
                yield QuantityField("Species", row.get("species", ""), place="species", choices=get_args(Species)[1:])
                yield QuantityField("With payload", row.get("payload", ""), place="payload",
                                    choices=sorted(self.catalog.payloads))  # fmt: skip
                for name, label, example in _TEXTS[3:]:
                    yield QuantityField(label, row.get(name, ""), place=name, example=example)
                yield Static("", id="problem", classes="problem", markup=False)
            yield from self.compose_buttons()

    def on_mount(self) -> None:
        """Judge the numbers in the unit of the property."""
        self._take_unit()
        self.query(Input).first().focus()

    @property
    def unit(self) -> str:
        """The unit of the property, or nothing where none is chosen."""
        known = self.catalog.properties.get(self._fields()["name"].value)
        return known.unit if known else ""

    def _fields(self) -> dict[str, QuantityField]:
        return {field.place: field for field in self.query(QuantityField)}

    def _take_unit(self) -> None:
        unit = self.unit
        for name in NUMBERS:
            self._fields()[name].set_check(quantity_check(unit) if unit else _no_property, f"in {unit}" if unit else "")

    @on(QuantityField.Changed)
    def _changed(self, event: QuantityField.Changed) -> None:
        if event.field.place == "name":
            self._take_unit()

    @on(Button.Pressed, "#take")
    def action_take(self) -> None:
        """Take the value, where its fields are sound."""
        fields = self._fields()
        wrong = next((field for field in fields.values() if field.problem), None)
        if wrong is not None:
            wrong.query_one(Input).focus()
            self.query_one("#problem", Static).update(f"✗ {wrong.label}: {wrong.problem}")
            return
        try:
            numbers = read_numbers({name: fields[name].value for name in NUMBERS}, self.unit)
        except FormulateError as error:
            self.query_one("#problem", Static).update(f"✗ {error}")
            return
        if not numbers:
            self.query_one("#problem", Static).update("✗ Value: need a number, or low and high")
            fields["typical"].query_one(Input).focus()
            return
        texts = {name: field.value for name, field in fields.items() if name not in NUMBERS and field.value}
        if ("low" in numbers or "high" in numbers) and "spread" not in texts:
            texts["spread"] = str(Spread.RANGE)
        kept = {name: item for name, item in self.row.items() if name not in (*fields, "unit")}
        self.dismiss({"name": texts.pop("name"), **numbers, **texts, **kept})


def _no_property(text: str) -> str:
    raise FormulateError("choose the property first")
