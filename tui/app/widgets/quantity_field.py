"""A field for one quantity: a number with its unit, and below it what was understood or what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from materials.errors import FormulateError, nearest
from materials.units import convert, parse, unit_of
from tui.app.keys import key
from tui.app.widgets.entry import Entry

Check = Callable[[str], str]


def understood(text: str, unit: str) -> str:
    """Say how a quantity was understood: the same in the unit of the field where it was typed in another.

    >>> understood("3 g/L", "mg/mL"), understood("3 mg/mL", "mg/mL"), understood("2", "1")
    ('= 3 mg/mL', '', '')
    """
    value = parse(text, unit)
    shown = "" if unit == "1" else unit
    return "" if unit_of(text) == shown else f"= {convert(value, unit):.6g} {shown}".rstrip()


def quantity_check(unit: str) -> Check:
    """Give a check of quantities of the dimension of `unit`: it says how one was understood, and refuses others."""
    return lambda text: understood(text, unit)


def one_of(names: Sequence[str]) -> Check:
    """Give a check of texts that must be one of some names."""

    def check(text: str) -> str:
        if text not in names:
            raise FormulateError(f"unknown; nearest: {', '.join(nearest(text, names))}")
        return ""

    return check


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
    choices : sequence of str
        What it may be: offered as it is typed, and as a list by Ctrl+L.
    help_text : str
        What F1 says of the field.
    """

    BINDINGS: ClassVar = [key("ctrl+l", "choose", "List", "field.choose", "Field: list what it may be")]

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
        choices: Sequence[str] = (),
        help_text: str = "",
        **named: Any,
    ) -> None:
        super().__init__(**named)
        self.label, self.place, self.required = label, place, required
        self.help_text = self.tooltip = help_text
        self.choices = tuple(choices)
        self.check = check or (quantity_check(unit) if unit else one_of(self.choices) if choices else lambda text: "")
        self._first, self._example = value, example
        self._refused = ""
        self._wanted = value
        self._told = Text("")
        self._touched = False  # that something is needed is told once something was there

    def compose(self) -> ComposeResult:
        """Lay out label, field and the line below."""
        yield Static(self.label, classes="field-label", markup=False)
        suggester = SuggestFromList(self.choices, case_sensitive=False) if self.choices else None
        yield Entry(
            self._first,
            placeholder=self._example or ("needed" if self.required else ""),
            compact=True,
            select_on_focus=False,
            suggester=suggester,
        )
        below = Static("", classes="field-told", markup=False)
        below.display = False
        yield below

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
            return self._refused or ("is needed" if self.required else "")
        try:
            self.check(text)
        except (FormulateError, ValueError) as error:
            return str(error)
        return self._refused

    def set_check(self, check: Check, example: str = "") -> None:
        """Judge by another check from now on, such as one of another unit."""
        self.check = check
        if example:
            self.query_one(Input).placeholder = example
        self._judge()

    def action_choose(self) -> None:
        """Offer what it may be as a list."""
        if self.choices:
            self.run_worker(self._choose(), exclusive=True, exit_on_error=False)

    async def _choose(self) -> None:
        from tui.app.widgets.dialogs import Choose

        chosen = await self.app.push_screen_wait(Choose(self.label, [(name, name) for name in self.choices]))
        if chosen is not None:
            self.query_one(Input).value = chosen

    def refuse(self, problem: str) -> None:
        """Show a problem found elsewhere, by the check of the whole document; an empty one takes it away."""
        if problem != self._refused:
            self._refused = problem
            self._judge()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._refused, self._touched = "", True
        self._judge()
        if self.value != self._wanted:
            self._wanted = self.value
            self.post_message(self.Changed(self, self.value, not self.problem))

    def _judge(self) -> None:
        problem = self.problem if self.value or self._touched or self._refused else ""
        self.set_class(bool(problem), "wrong")
        text = self.told(problem)
        if text != self._told:  # a screen whose lines stay is not laid out anew with every key
            self._told = text
            below = self.query_one(".field-told", Static)
            below.update(text)
            below.display = bool(text)

    def told(self, problem: str) -> Text:
        """Give the line below: what is wrong, or how it was understood."""
        return Text(f"✗ {_short(problem, self.value)}" if problem else self.check(self.value) if self.value else "")


def _short(problem: str, value: str) -> str:
    """Give a refusal without the value it begins with, which stands in the field above."""
    return problem.removeprefix(f"{value!r}: ")
