"""A calculator run on what a user enters: texts with units in, results with units out.

Inputs, units, choices, results and the equation are read from the docstring of the kernel, so that there is one
place that says them.
"""

import functools
import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from typing import Any

from formulate.equations import docstrings
from formulate.equations.entry import Given, Input, InputError, input_of
from formulate.equations.finding import calculator
from formulate.equations.registry import Calculator
from formulate.equations.symbols import Names
from formulate.equations.units import checked_unit, fitting_unit, in_unit, same_kind, shown
from materials.errors import DomainError, FormulateError, UnitError, UnknownIdError, nearest, shorten

_LONGEST_SYMBOL = 4  # letters; the nearest name to so few is none that was meant


class FaultsError(FormulateError, ValueError):
    """Several inputs of a calculator cannot be used; one line for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(self.faults)


@dataclass(frozen=True)
class Output:
    """A result as the kernel's docstring describes it; its unit is empty where it is no number."""

    name: str
    text: str
    unit: str
    more: str = ""  # what is said after the unit

    @property
    def may_be_infinite(self) -> bool:
        """Whether the docstring says so: a half-life of what does not leave."""
        return "infinite" in f"{self.text} {self.more}"


@dataclass(frozen=True)
class Description:
    """What a calculator takes and gives."""

    calculator: Calculator
    function: Callable[..., Any]
    title: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    notes: tuple[str, ...]
    equation: str
    source: str

    def example(self) -> dict[str, str] | None:
        """Give the inputs of the first example of the docstring as a user enters them, or None."""
        plain = docstrings.example(self.function, inspect.getdoc(self.function) or "")
        if plain is None:
            return None
        by_name = {item.name: item for item in self.inputs}
        given = {name: _entered(by_name[name], value) for name, value in plain.items() if value is not None}
        return {by_name[name].label: text for name, text in given.items()}


@dataclass(frozen=True, eq=False)
class Field:
    """One result: a number or an array over the rows in `unit` (SI), or words where the unit is empty."""

    name: str
    text: str
    unit: str
    value: Any

    @property
    def is_number(self) -> bool:
        """Whether it is a quantity."""
        return bool(self.unit)

    def to(self, unit: str) -> Any:
        """Give the value in another unit of the same kind; a UnitError says what is wrong with the unit."""
        if not self.is_number or not same_kind(checked_unit(unit, self.unit), self.unit):
            raise UnitError(
                unit, f"not a unit of {self.name}", f"a unit such as {shown(self.unit)}" if self.unit else "none"
            )
        return in_unit(self.value, self.unit, unit)

    @property
    def fitting_unit(self) -> str:
        """The unit in which the value reads well."""
        import numpy as np

        sizes = np.abs(np.ravel(np.asarray(self.value, dtype=np.float64)))
        sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
        return fitting_unit(float(np.median(sizes)) if sizes.size else 0.0, self.unit)


@dataclass(frozen=True, eq=False)
class Calculation:
    """What a calculator gave, with what it was given."""

    description: Description
    inputs: tuple[Given, ...]
    fields: Mapping[str, Field]
    rows: int

    @property
    def value(self) -> Any:
        """The result in SI: a number, or an array over the rows. For several results see `fields`."""
        return self._only().value

    @property
    def unit(self) -> str:
        """The SI unit of the result."""
        return self._only().unit

    def to(self, unit: str) -> Any:
        """Give the result in another unit."""
        return self._only().to(unit)

    def _only(self) -> Field:
        if len(self.fields) > 1:
            raise AttributeError(
                f"{self.description.calculator.id} gives several results: {', '.join(self.fields)}; see .fields"
            )
        return next(iter(self.fields.values()))


def calculate(name: str, /, **inputs: Any) -> Calculation:
    """Run a calculator on quantities with units.

    Parameters
    ----------
    name : str
        Id of the calculator, such as "lipids-per-vesicle".
    **inputs
        By name, or by the usual symbol (`d`, `EE`). A text with number and unit ("100 nm"), or several
        ("50, 100, 200 nm", a list of texts), which give a row each. A number alone only where the unit is 1. Percent,
        ppm and mol% where a share is expected.

    Returns
    -------
    Calculation
        `value` in SI, `unit`, `to(unit)`; `fields` where there are several results.

    Raises
    ------
    FormulateError
        For a name, a unit or a value that is not accepted; each line names an input, what was given, what is needed.

    Examples
    --------
    >>> done = calculate("trapped-volume", diameter="100 nm", bilayer_thickness="5 nm", area_per_lipid="0.71 nm**2")
    >>> done.unit, float(done.to("L/mol"))
    ('m**3/mol', 2.87)
    >>> calculate("drug-loading", encapsulation_efficiency="50 %", feed_ratio=1, convention="A")
    Traceback (most recent call last):
    formulate.equations.calculation.FaultsError: feed-ratio: '1.0': no unit; need a number with g/g or %
    """
    found = describe(name)
    given = _read(found, inputs)
    rows = max((item.rows for item in given), default=1)
    results: list[dict[str, Any]] = []
    for row in range(rows):
        try:
            results.append(_run(found, {item.input.name: item.row(row) for item in given}))
        except DomainError as error:
            raise _as_entered(error, given, row) from None
    return Calculation(found, given, _fields(found, results), rows)


@functools.cache
def describe(name: str) -> Description:
    """Give what a calculator takes and gives, from the docstring of its kernel."""
    known = calculator(name)
    function = getattr(import_module(known.module), known.function)
    text = inspect.getdoc(function) or ""
    signature = inspect.signature(function).parameters
    inputs = tuple(
        input_of(
            item,
            required=signature[item.name].default is inspect.Parameter.empty,
            default=None if signature[item.name].default is inspect.Parameter.empty else signature[item.name].default,
        )
        for item in docstrings.described(text, "Parameters")
    )
    return Description(
        known,
        function,
        docstrings.first_line(text),
        inputs,
        _outputs(known, function, text),
        docstrings.notes(text),
        docstrings.equation(text),
        docstrings.source(text),
    )


def _outputs(known: Calculator, function: Callable[..., Any], text: str) -> tuple[Output, ...]:
    listed = docstrings.described(text, "Returns")
    if len(listed) == 1:
        made = getattr(import_module(known.module), listed[0].type.split(",")[0], None)
        if isinstance(made, type) and is_dataclass(made):
            return _of_dataclass(made)
    return tuple(
        Output(item.name or known.function, item.text or known.title, _number_unit(item), item.more) for item in listed
    )


def _of_dataclass(made: type) -> tuple[Output, ...]:
    """Give the attributes of a dataclass of results, then its properties that have a unit."""
    text = inspect.getdoc(made) or ""
    described = {item.name: item for item in docstrings.described(text, "Attributes")}
    shared = docstrings.said(docstrings.first_line(text))[1]  # one unit for all, in the first line
    found = []
    for item in fields(made):
        known = described.get(item.name)
        found.append(
            Output(item.name, known.text, _number_unit(known), known.more)
            if known
            else Output(item.name, _words(item.name), shared)
        )
    for name, member in vars(made).items():
        if isinstance(member, property) and not name.startswith("_"):
            what, unit, _ = docstrings.said(docstrings.first_line(inspect.getdoc(member) or ""))
            if unit:
                found.append(Output(name, what, unit))
    return tuple(found)


def _number_unit(item: docstrings.Described) -> str:
    return "" if re.search(r"\bbool\b", item.type) else item.unit


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _read(found: Description, inputs: Mapping[str, Any]) -> tuple[Given, ...]:
    names = Names(found.inputs)
    faults: list[str] = []
    given: dict[str, Given] = {}
    unclear: set[str] = set()
    for name, value in inputs.items():
        meant = names.meant(name)
        wanted = meant[0] if len(meant) == 1 else None
        if len(meant) > 1:
            unclear |= {item.name for item in meant}
            faults.append(f"{name}: may be {' or '.join(item.label for item in meant)}; need the name in full")
        elif wanted is None:
            faults.append(_unknown(found, name))
        elif wanted.name in given:
            faults.append(f"{wanted.label}: given twice; need it once")
        else:
            try:
                given[wanted.name] = wanted.read(value)
            except InputError as error:
                faults.append(str(error))
                given[wanted.name] = Given(wanted, "", None, 1)
    for item in found.inputs:
        if item.required and item.name not in given and item.name not in unclear:
            faults.append(f"{item.label}: not given; need {item.need} ({item.text})")
    rows = {item.input.label: item.rows for item in given.values() if item.rows > 1}
    if len(set(rows.values())) > 1:
        counts = ", ".join(f"{label} has {count}" for label, count in rows.items())
        faults.append(f"{counts} values; need the same number of values, or one")
    if faults:
        raise FaultsError(tuple(faults))
    return tuple(given[item.name] for item in found.inputs if item.name in given)


def _unknown(found: Description, name: str) -> str:
    labels = [item.label for item in found.inputs]
    if len(name.strip()) > _LONGEST_SYMBOL:
        return str(UnknownIdError(f"input of {found.calculator.id}", name, nearest(name.replace("_", "-"), labels)))
    return f"unknown input of {found.calculator.id} {shorten(name)!r}; need one of {', '.join(labels)}"


def _as_entered(error: DomainError, given: tuple[Given, ...], row: int) -> DomainError:
    """Give a refusal of a kernel in the unit that the user wrote; in SI too where what is needed is said in numbers."""
    entered = next((item for item in given if item.input.name == error.name), None)
    if entered is None and not error.unit:
        return error
    unit = error.unit or "1"
    try:
        if entered is None:
            written = fitting_unit(error.value, unit)
        else:
            written, unit = entered.unit(row), entered.input.unit
        value = float(in_unit(error.value, unit, written)) if written else error.value
    except (FormulateError, ValueError, AttributeError):  # a unit that the kernel names in words
        return error
    if not written or written in ("1", unit):
        return error
    own = f"{written}, that is {error.value:g} {error.unit}".rstrip()
    in_numbers = re.search(r"[1-9]", error.need + error.hint)
    return DomainError(error.name, float(f"{value:.12g}"), own if in_numbers else written, error.need, error.hint)


def _run(found: Description, values: Mapping[str, Any]) -> dict[str, Any]:
    import numpy as np

    with np.errstate(all="ignore"):  # what is no number is refused below, in words
        made = found.function(**values)
    outputs = found.outputs
    if is_dataclass(made):
        results = {item.name: getattr(made, item.name) for item in outputs}
    elif isinstance(made, tuple) and len(outputs) > 1:
        results = dict(zip((item.name for item in outputs), made, strict=True))
    else:
        results = {outputs[0].name: made}
    for item in outputs:
        if item.unit and results[item.name] is not None:
            number = np.asarray(results[item.name], dtype=np.float64)
            number = number.reshape(()) if number.size == 1 else number
            if np.isnan(number).any() or (np.isinf(number).any() and not item.may_be_infinite):
                raise InputError(
                    item.name, "no number comes out of these inputs; need values that are not so far apart"
                )
            results[item.name] = float(number) if number.ndim == 0 else number
        else:
            results[item.name] = _plain(results[item.name])
    return results


def _plain(value: Any) -> Any:
    """Give what is no quantity as yes or no, a word, or words."""
    import numpy as np

    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, set | frozenset):
        return tuple(sorted(value))
    return tuple(value) if isinstance(value, list) else value


def _fields(found: Description, results: list[dict[str, Any]]) -> dict[str, Field]:
    import numpy as np

    def over_rows(name: str, unit: str) -> Any:
        values = [result[name] for result in results]
        if len(values) == 1:
            return values[0]
        return np.array(values, dtype=np.float64) if unit else tuple(values)

    return {
        item.name: Field(item.name, item.text, item.unit, over_rows(item.name, item.unit)) for item in found.outputs
    }


def _entered(item: Input, value: Any) -> str:
    """Give a value of a docstring's example as a user enters it."""
    if item.kind in ("choice", "text"):
        return str(value)
    if item.kind == "switch":
        return "yes" if value else "no"
    values = value if isinstance(value, list) else [value]
    if not item.unit or item.kind == "count":
        return ", ".join(f"{number:g}" for number in values)
    sizes = sorted(abs(number) for number in values if number)
    unit = fitting_unit(sizes[len(sizes) // 2] if sizes else 0.0, item.unit)
    numbers = ", ".join(_number(in_unit(float(number), item.unit, unit)) for number in values)
    return numbers if unit == "1" else f"{numbers} {unit}"


def _number(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else str(value)
