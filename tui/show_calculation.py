"""What an equation takes, gives and came to, in a terminal."""

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formulate.equations.calculation import Calculation, Description, Field
    from formulate.equations.entry import Input

_DIGITS = 6


def fitting_units(done: "Calculation") -> dict[str, str]:
    """Give the unit in which each result reads well."""
    fields = list(done.fields.values())
    chosen = {field.name: field.fitting_unit if field.is_number else "" for field in fields}
    if any("rpm" in item.units for item in done.inputs):  # a speed reads well as the one that was typed
        chosen |= {field.name: "rpm" for field in fields if field.is_number and field.unit == "1/s"}
    return chosen


def description_text(found: "Description", width: int) -> str:
    """Give what an equation takes and gives as text."""
    from formulate.equations.symbols import Names
    from formulate.equations.units import shown
    from tui.table import grid, indented, wrap

    names = Names(found.inputs)
    rows = [
        [", ".join(filter(None, (item.label, names.symbol(item)))), accepted(item), given_if(item), _words(item.text)]
        for item in found.inputs
    ]
    gives = [
        [item.name.replace("_", "-"), shown(item.unit) if item.unit else "", _words(item.text)]
        for item in found.outputs
    ]
    parts = [
        wrap(f"{found.calculator.id} ({found.calculator.group})", width) + "\n" + wrap(found.title, width),
        "Inputs\n" + indented(grid(["name", "unit or choice", "", "what it is"], rows, width - 2)),
        "Gives\n" + indented(grid(["name", "unit", "what it is"], gives, width - 2)),
        "Equation\n" + "\n".join(_note(note, width) for note in found.notes),
    ]
    example = found.example() or {item.label: f"... {accepted(item)}" for item in found.inputs if item.required}
    given = " ".join(f'{name}="{text}"' if " " in text else f"{name}={text}" for name, text in example.items())
    parts.append(f"Example\n  formulate calculate {found.calculator.id} {given}")
    return "\n\n".join(parts)


def accepted(item: "Input") -> str:
    """Say what an input takes: a unit or a choice."""
    from formulate.equations.units import shown

    if item.kind in ("choice", "switch", "text"):
        return item.need
    several = ", several" if item.kind == "numbers" else ""
    return ("number" if item.unit in ("", "1") else shown(item.unit)) + several


def given_if(item: "Input") -> str:
    """Say whether an input is needed, or what holds where it is left out."""
    if item.required:
        return "needed"
    if item.default is None or item.default == ():
        return "optional"
    if item.default == math.inf:
        return "no limit if left out"
    values = item.default if isinstance(item.default, tuple) else (item.default,)
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values) + " if left out"


def _words(text: str) -> str:
    """Give a text of a docstring with the names in it as they are typed here."""
    hyphened = re.sub(r"`([a-z][a-z0-9_]*)`", lambda found: found[1].replace("_", "-"), text)
    return re.sub(r"^True where", "Yes where", hyphened)


def _note(note: str, width: int) -> str:
    from tui.table import wrap

    return wrap(_words(note), width, "  ", "    " if note.startswith("- ") else "  ")


def calculation_text(done: "Calculation", chosen: Mapping[str, str], width: int) -> str:
    """Give what an equation came to as text."""
    from tui.table import grid, indented, wrap

    found = done.description
    fields = list(done.fields.values())
    if done.rows == 1:
        rows = [[_words(field.text), _value_text(field, chosen[field.name])] for field in fields]
        body = grid([], rows, width - 2)
    else:
        varied = [item for item in done.inputs if item.rows > 1]
        heads = [item.input.label for item in varied]
        heads += [f"{_short(field)} [{chosen[field.name]}]" if field.is_number else _short(field) for field in fields]
        cells = [
            [
                *(_input_text(item.input, item.row(row)) for item in varied),
                *(_value_text(field, chosen[field.name], row) for field in fields),
            ]
            for row in range(done.rows)
        ]
        body = grid(heads, cells, width - 2, right=range(len(heads)))
    same = "; ".join(f"{item.input.label} = {item.text}" for item in done.inputs if item.rows == 1)
    parts = [wrap(f"{found.calculator.id}: {found.title}", width), indented(body)]
    parts.append(
        "\n".join(filter(None, [wrap(same, width, "  with ", "       "), wrap(found.equation, width, "  ", "  ")]))
    )
    return "\n\n".join(parts)


def _short(field: "Field") -> str:
    return field.name.replace("_", "-")


def _input_text(item: "Input", value: Any) -> str:
    """Give a value of a row in the unit in which it reads well."""
    from formulate.equations.units import fitting_unit, in_unit

    if item.kind not in ("number", "count") or not item.unit:
        return str(value)
    unit = fitting_unit(float(value), item.unit)
    return f"{_number(in_unit(value, item.unit, unit))} {'' if unit == '1' else unit}".strip()


def _value_text(field: "Field", unit: str, row: int | None = None) -> str:
    value = field.to(unit) if field.is_number and field.value is not None else field.value
    if row is not None:
        value = value[row]
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if not field.is_number:
        return ", ".join("yes" if part is True else "no" if part is False else str(part) for part in value) or "none"
    numbers = value.tolist() if hasattr(value, "tolist") else value
    text = ", ".join(map(_number, numbers)) if isinstance(numbers, list) else _number(numbers)
    return text if row is not None or unit == "1" else f"{text} {unit}"


def _number(value: float) -> str:
    from tui.catalog_text import number_text

    if not math.isfinite(value):
        return "infinite" if value > 0 else "-infinite"
    return number_text(float(f"{value:.{_DIGITS}g}"))
