"""The fields of one section of a formulation: what is typed, what holds where nothing is, what is wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Select, Static

from formulate.form.override_text import override_of, override_text
from formulate.form.parts import Field, Section
from tui.app.widgets.badges import evidence_badge
from tui.app.widgets.quantity_field import Check, QuantityField, understood

_MISSING = "! needed: nobody gives it"


def value_of(field: Field, typed: str, before: object) -> object:
    """Give what the file says where this was typed; None takes it out.

    Raises
    ------
    ValueError
        The text cannot be one of these.
    """
    text = typed.strip()
    if not text:
        return None
    if field.kind == "override":
        return override_of(text, before)
    if field.path[-1] == "holds":
        return _held(text)
    if field.path == ("carriers",):
        return _listed(text)
    if field.kind == "number":
        try:
            return int(text)
        except ValueError:
            return float(text)
    return text


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _held(text: str) -> object:
    parts = _listed(text)
    if not any("=" in part for part in parts):
        return parts
    shares = {}
    for part in parts:
        name, _, share = part.partition("=")
        shares[name.strip()] = float(share) if share.strip() else 1.0
    return shares


def text_of(field: Field, value: object) -> str:
    """Give a value of the file as it stands in its field."""
    if value is None:
        return ""
    if field.kind == "override":
        return override_text(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {share}" for name, share in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)


def check_of(field: Field) -> Check | None:
    """Give what a field can say of a text before the whole is judged."""
    if field.kind == "override":
        return lambda text: _override_echo(text, field.unit)
    if field.kind == "number":
        return _number_echo
    return None


def _number_echo(text: str) -> str:
    try:
        float(text)
    except ValueError:
        raise ValueError("not a number") from None
    return ""


def _override_echo(text: str, unit: str) -> str:
    given = override_of(text)
    return understood(str(given["typical"]) if isinstance(given, dict) else str(given), unit)


class TextField(QuantityField):
    """A field that says, while nothing is typed, what holds then and how well it is known."""

    def __init__(self, field: Field, value: str, **named: Any) -> None:
        unit = field.unit if field.kind == "quantity" else ""
        example = f"e.g. {'80 %' if field.unit == 'percent' else field.unit}" if field.unit not in ("", "1") else ""
        super().__init__(field.label, value, check=check_of(field), unit=unit, example=example, place=field.place,
                         help_text=_help(field), **named)  # fmt: skip
        self.described = field

    def describe(self, field: Field) -> None:
        """Take what was found of the field anew."""
        if field != self.described:
            self.described = field
            self.help_text = self.tooltip = _help(field)
            self._judge()

    def told(self, problem: str) -> Text:
        """Give the line below; where nothing is typed, what holds then."""
        return super().told(problem) if self.value or problem else _holds_now(self.described)


class ChoiceField(Vertical):
    """A label and a list to choose from; posts `Chosen`."""

    @dataclass
    class Chosen(Message):
        """Something was chosen; an empty text means what holds by itself."""

        field: "ChoiceField"
        value: str

    def __init__(self, field: Field, value: str, **named: Any) -> None:
        super().__init__(**named)
        self.described, self.place = field, field.place
        self.help_text = self.tooltip = _help(field)
        self._value, self._refused = value, ""

    def compose(self) -> ComposeResult:
        """Lay out the label, the list and the line below."""
        yield Static(self.described.label, classes="field-label", markup=False)
        yield Select[str](self._options(), value=self._value or Select.NULL, prompt=self.described.default or "choose",
                          allow_blank=True, compact=True)  # fmt: skip
        yield Static("", classes="field-told", markup=False)

    def _options(self) -> list[tuple[str, str]]:
        listed = [(choice.label, choice.value) for choice in self.described.choices]
        known = {value for _, value in listed}
        return listed if not self._value or self._value in known else [(self._value, self._value), *listed]

    def on_mount(self) -> None:
        """Say what is wrong, if anything is."""
        self._tell()

    @property
    def value(self) -> str:
        """What is chosen."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show another choice, without telling that it changed."""
        if value != self._value:
            self._value = value
            select = self.query_one(Select)
            with select.prevent(Select.Changed):
                select.set_options(self._options())
                select.value = value or Select.NULL

    def describe(self, field: Field) -> None:
        """Take what was found of the field anew."""
        if field.choices != self.described.choices:
            self.described = field
            select = self.query_one(Select)
            with select.prevent(Select.Changed):
                select.set_options(self._options())
                select.value = self._value or Select.NULL
        self.described = field
        self.help_text = self.tooltip = _help(field)

    def refuse(self, problem: str) -> None:
        """Show a problem found by the check of the whole; an empty one takes it away."""
        if problem != self._refused:
            self._refused = problem
            self._tell()

    def _tell(self) -> None:
        self.set_class(bool(self._refused), "wrong")
        told = self.query_one(".field-told", Static)
        told.update(Text(f"✗ {self._refused}" if self._refused else ""))
        told.display = bool(self._refused)

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        value = "" if event.value is Select.NULL else str(event.value)
        if value != self._value:
            self._value = value
            self.post_message(self.Chosen(self, value))


class SectionForm(VerticalScroll, can_focus=False):
    """The fields of a section; made anew where they are others, else only told what holds now."""

    @dataclass
    class Typed(Message):
        """A text was typed or chosen in a field; an empty one means what holds by itself."""

        field: Field
        text: str

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.alone = asyncio.Lock()  # one showing after the other: half of one is none
        self._above: list[str] = []
        self._held: dict[str, str] = {}  # what the document holds of each field, as far as it was shown or taken

    async def show(self, section: Section, values: Mapping[str, object], faults: Mapping[str, str]) -> None:
        """Show a section with the values of the document and what is wrong with them.

        A field is changed only where the document has changed: letters on their way into it stay.
        """
        if [widget.place for widget in self._fields] != [item.place for item in section.fields]:
            await self._make(section, values)
        for widget, field in zip(self._fields, section.fields, strict=True):
            text = text_of(field, values.get(field.place))
            widget.describe(field)
            if self._held.get(field.place) != text:
                widget.set_value(text)
            self._held[field.place] = text
            widget.refuse(faults.get(field.place, ""))
        general = [problem for place, problem in faults.items() if _is_of(place, section)]
        told = [*(f"✗ {problem}" for problem in general), *section.lines]
        above = self.query_one(".section-told", Static)
        if told != self._above:
            self._above = told
            above.update("\n".join(told))
            above.display = bool(told)

    def forget(self) -> None:
        """Take the next values whatever stands in the fields: they are of another document."""
        self._held.clear()

    def took(self, field: Field, value: object) -> None:
        """Note what the document holds of a field since something was typed there."""
        self._held[field.place] = text_of(field, value)

    def compose(self) -> ComposeResult:
        """Lay out the line above the fields."""
        above = Static("", classes="section-told", markup=False)
        above.display = False
        yield above

    @property
    def _fields(self) -> "list[TextField | ChoiceField]":
        return [widget for widget in self.children if isinstance(widget, TextField | ChoiceField)]

    async def _make(self, section: Section, values: Mapping[str, object]) -> None:
        """Make the fields of a section; those there are stay, with what is typed in them and the focus."""
        kept = {widget.place: widget for widget in self._fields}
        for field in section.fields:
            if field.place in kept and isinstance(kept[field.place], ChoiceField) != (field.kind == "choice"):
                del kept[field.place]
        wanted = {field.place for field in section.fields}
        gone = [widget for widget in self._fields if widget.place not in wanted or widget.place not in kept]
        self._held = {place: text for place, text in self._held.items() if place in wanted and place in kept}
        async with self.batch():
            if gone:
                await self.remove_children(gone)
            before: Widget = self.query_one(".section-told")
            for is_new, run in groupby(section.fields, key=lambda field: field.place not in kept):
                widgets: list[Widget] = [
                    _field(item, text_of(item, values.get(item.place))) if is_new else kept[item.place] for item in run
                ]
                if is_new:
                    await self.mount_all(widgets, after=before)
                else:
                    for widget in widgets:
                        self.move_child(widget, after=before)
                        before = widget
                before = widgets[-1]

    @on(TextField.Changed)
    def _typed(self, event: TextField.Changed) -> None:
        event.stop()
        assert isinstance(event.field, TextField)
        self.post_message(self.Typed(event.field.described, event.value))

    @on(ChoiceField.Chosen)
    def _chose(self, event: ChoiceField.Chosen) -> None:
        event.stop()
        self.post_message(self.Typed(event.field.described, event.value))

    def focus_first(self) -> None:
        """Go to the first field."""
        inputs = self.query("Input, Select")
        if inputs:
            inputs.first().focus()


def _field(field: Field, value: str) -> "TextField | ChoiceField":
    return ChoiceField(field, value) if field.kind == "choice" else TextField(field, value)


def _is_of(place: str, section: Section) -> bool:
    """Tell whether a problem is of the section as a whole: of its own place, or of one without a field."""
    own = ".".join(map(str, section.path))
    if place == own:
        return True
    fields = {field.place for field in section.fields}
    return bool(own) and place.startswith(f"{own}.") and place not in fields and not place.startswith("regimen.set")


def _holds_now(field: Field) -> Text:
    if field.is_needed:
        return Text(_MISSING, "bold")
    if not field.default:
        return Text("")
    told = Text(field.default)
    if field.evidence:
        told.append("  ").append_text(evidence_badge(field.evidence))
    return told


def _help(field: Field) -> str:
    parts = [field.help or field.label.capitalize() + "."]
    if field.kind == "override":
        parts.append(f"A value with a unit such as {field.unit}, or with its band: 40 um (30 to 55).")
    elif field.unit:
        parts.append(f"A number with a unit such as {field.unit}.")
    if field.default and not field.default.startswith("needed"):
        told = f"Where nothing is typed: {field.default}"
        parts.append(told + (f", {field.evidence}" if field.evidence else "") + ".")
    parts += [f"Conditions: {field.conditions}."] if field.conditions else []
    parts += [f"Source: {field.source}."] if field.source else []
    return " ".join(parts)
