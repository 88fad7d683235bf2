"""A field for one quantity: a number with its unit, and below it what was understood or what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from materials.errors import FormulateError
from materials.units import convert, parse, unit_of

Check = Callable[[str], str]


def understood(text: str, unit: str) -> str:
    """Say how a quantity was understood: the same in the unit of the field where it was typed in another.

    >>> understood("3 g/L", "mg/mL"), understood("3 mg/mL", "mg/mL")
    ('= 3 mg/mL', '')
    """
    value = parse(text, unit)
    return "" if unit_of(text) == unit else f"= {convert(value, unit):.6g} {unit}"


def quantity_check(unit: str) -> Check:
    """Give a check of quantities of the dimension of `unit`: it says how one was understood, and refuses others."""
    return lambda text: understood(text, unit)


class QuantityField(Vertical):
    """A label, a field, and a line below with the echo or the error. What was typed is always kept.

    It posts `Changed` after each key with the text, and whether it is sound.

    Parameters
    ----------
    label : str
        What the field holds.
    value : str
        What it holds now.
    check : callable
        Gives the echo of a text, or raises a `FormulateError` (or ValueError) that says what is wrong; see
        `quantity_check`.
    example : str
        Shown where nothing is typed.
    place : str
        Where the value stands in the document, such as "payload.0.dose"; given back with each change.
    required : bool
        Whether nothing typed is an error.
    help_text : str
        What F1 says of the field.
    """

    @dataclass
    class Changed(Message):
        """What was typed, and whether it is sound."""

        field: "QuantityField"
        value: str
        is_sound: bool

        @property
        def control(self) -> "QuantityField":
            """The field, for selectors of `on`."""
            return self.field

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        check: Check | None = None,
        unit: str = "",
        example: str = "",
        place: str = "",
        required: bool = False,
        help_text: str = "",
        **named: Any,
    ) -> None:
        super().__init__(**named)
        self.label, self.place, self.required, self.help_text = label, place, required, help_text
        self.check = check or (quantity_check(unit) if unit else lambda text: "")
        self._first, self._example = value, example
        self._refused = ""
        self._wanted = value

    def compose(self) -> ComposeResult:
        """Lay out label, field and the line below."""
        yield Static(self.label, classes="field-label", markup=False)
        yield Input(self._first, placeholder=self._example, compact=True, select_on_focus=False)
        yield Static("", classes="field-told", markup=False)

    def on_mount(self) -> None:
        """Judge what stands there at first."""
        self._judge()

    @property
    def value(self) -> str:
        """What is typed."""
        return self.query_one(Input).value.strip() if self.is_mounted else self._first

    def set_value(self, value: str) -> None:
        """Show another value, without telling that it changed: it comes from the document."""
        self._wanted = value.strip()
        field = self.query_one(Input)
        if field.value.strip() != self._wanted:
            with field.prevent(Input.Changed):
                field.value = value
        self._judge()

    @property
    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        text = self.value
        if not text:
            return "is needed" if self.required else ""
        try:
            self.check(text)
        except (FormulateError, ValueError) as error:
            return str(error)
        return self._refused

    def refuse(self, problem: str) -> None:
        """Show a problem found elsewhere, by the check of the whole document; an empty one takes it away."""
        self._refused = problem
        self._judge()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._refused = ""
        self._judge()
        if self.value != self._wanted:
            self._wanted = self.value
            self.post_message(self.Changed(self, self.value, not self.problem))

    def _judge(self) -> None:
        problem = self.problem
        told = self.query_one(".field-told", Static)
        self.set_class(bool(problem), "wrong")
        if problem:
            told.update(Text(f"✗ {_short(problem, self.value)}"))
        else:
            told.update(Text(self.check(self.value) if self.value else ""))


def _short(problem: str, value: str) -> str:
    """Give a refusal without the value it begins with, which stands in the field above."""
    return problem.removeprefix(f"{value!r}: ")
