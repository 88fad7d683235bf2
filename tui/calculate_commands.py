"""`formulate calculate`: every equation at the bench, with units in and out."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from materials.errors import shorten
from tui.deliver import print_envelope, terminal_width
from tui.options import json_option
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.equations.calculation import Calculation, Description, Field
    from formulate.equations.entry import Input
    from formulate.equations.registry import Calculator

_DIGITS = 6


@click.command("calculate")
@click.argument("calculator", required=False)
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--unit", "units", metavar="UNIT", multiple=True, help="Give the results that it fits in this unit.")
@json_option
def calculate(calculator: str | None, values: tuple[str, ...], units: tuple[str, ...], as_json: bool) -> None:
    """Run one equation on numbers of yours.

    Without a name, list the calculators, with the name of a group its own, with another word those about it; with a
    name alone, show the equation, the inputs and an example. A value is a number with its unit, "100 nm", or several,
    "50, 100, 200 nm", which give a table.
    """
    if calculator is None:
        if units:
            raise Refusal("--unit: no calculator is named; need one from `formulate calculate`")
        _list(as_json)
    elif found := _about(calculator, values):
        _list(as_json, *found)
    elif not values:
        _describe(calculator, as_json)
    else:
        _run(calculator, values, units, as_json)


def _about(name: str, values: Sequence[str]) -> tuple[list["Calculator"], str] | None:
    """Give the calculators of a group, or those about some words, and how to call them; None where one is named."""
    from formulate.equations.finding import find, is_misspelt
    from formulate.equations.registry import calculators

    known = calculators()
    if any("=" in value for value in values) or name.strip().casefold().replace("_", "-") in known:
        return None
    words = " ".join([name, *values]).strip()
    group = [item for item in known.values() if item.group == words.casefold().replace("-", " ")]
    if group:
        return group, f"{len(group)} calculators"
    found = [] if is_misspelt(words) else list(find(words))
    order = list(dict.fromkeys(item.group for item in found))
    found.sort(key=lambda item: order.index(item.group))
    return (found, f"{len(found)} of {len(known)} calculators are about {shorten(words)!r}") if len(found) > 1 else None


def _list(as_json: bool, known: "Sequence[Calculator] | None" = None, said: str = "") -> None:
    from formulate.equations.registry import calculators
    from tui.table import grid, indented, wrap

    known = list(calculators().values()) if known is None else known
    if as_json:
        listed = [{"id": item.id, "group": item.group, "gives": item.title, "function": item.path} for item in known]
        print_envelope("calculate", {"calculators": listed})
        return
    width = terminal_width()
    blocks = []
    longest = max(len(item.id) for item in known)
    for group in dict.fromkeys(item.group for item in known):
        rows = [[item.id.ljust(longest), item.title] for item in known if item.group == group]
        blocks.append(f"{group}\n{indented(grid([], rows, width - 2))}")
    last = f"{said or f'{len(known)} calculators'}; `formulate calculate ID` shows equation, inputs and an example"
    click.echo("\n\n".join([*blocks, wrap(last, width)]))


def _describe(name: str, as_json: bool) -> None:
    from formulate.equations.calculation import describe

    found = describe(_id(name))
    if as_json:
        print_envelope("calculate", _described(found) | {"inputs": [_input_json(item) for item in found.inputs]})
        return
    click.echo(_description_text(found, terminal_width()))


def _run(name: str, values: Sequence[str], units: Sequence[str], as_json: bool) -> None:
    from formulate.equations.calculation import calculate as run

    done = run(_id(name), **_pairs(values))
    chosen = _chosen_units(done, units)
    if not as_json:
        click.echo(_calculation_text(done, chosen, terminal_width()))
        return
    inputs = {
        item.input.name: {"given": item.text, "value": _json_value(item.values), "unit": item.input.unit or None}
        for item in done.inputs
    }
    results = {field.name: _field_json(field, chosen[field.name]) for field in done.fields.values()}
    print_envelope("calculate", _described(done.description) | {"values": results}, inputs)


def _id(name: str) -> str:
    from formulate.equations.finding import calculator

    return calculator(name).id


def _pairs(values: Sequence[str]) -> dict[str, str]:
    """Give names and values; a name twice is refused, for one of the two would be lost."""
    pairs: dict[str, str] = {}
    for text in values:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise Refusal(f'{shorten(text)!r}: not an input; need NAME=VALUE such as diameter="100 nm"')
        key = name.strip().replace("-", "_")
        if key in pairs:
            raise Refusal(f"{shorten(name)}: given twice; need it once")
        pairs[key] = value
    return pairs


def _chosen_units(done: "Calculation", units: Sequence[str]) -> dict[str, str]:
    """Give the unit to show each result in; a unit that fits none of them is refused."""
    from formulate.equations.units import checked_unit, same_kind, shown
    from materials.errors import UnitError

    numbers = [field for field in done.fields.values() if field.is_number]
    chosen = {field.name: field.fitting_unit if field.is_number else "" for field in done.fields.values()}
    if any("rpm" in item.units for item in done.inputs):  # a speed reads well as the one that was typed
        chosen |= {field.name: "rpm" for field in numbers if field.unit == "1/s"}
    for unit in units:
        try:
            fits = [field.name for field in numbers if same_kind(checked_unit(unit, field.unit), field.unit)]
        except UnitError as error:
            raise Refusal(f"--unit: {error}") from None
        if not fits:
            known = " or ".join(dict.fromkeys(shown(field.unit) for field in numbers)) or "none, for there is no number"
            raise Refusal(f"--unit: {shorten(unit)!r}: not a unit of any result; need a unit of the kind of {known}")
        chosen |= dict.fromkeys(fits, unit)
    return chosen


def _description_text(found: "Description", width: int) -> str:
    from formulate.equations.symbols import Names
    from formulate.equations.units import shown
    from tui.table import grid, indented, wrap

    names = Names(found.inputs)
    rows = [
        [", ".join(filter(None, (item.label, names.symbol(item)))), _accepted(item), _given_if(item), _words(item.text)]
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
    example = found.example() or {item.label: f"... {_accepted(item)}" for item in found.inputs if item.required}
    given = " ".join(f'{name}="{text}"' if " " in text else f"{name}={text}" for name, text in example.items())
    parts.append(f"Example\n  formulate calculate {found.calculator.id} {given}")
    return "\n\n".join(parts)


def _accepted(item: "Input") -> str:
    from formulate.equations.units import shown

    if item.kind in ("choice", "switch", "text"):
        return item.need
    several = ", several" if item.kind == "numbers" else ""
    return ("number" if item.unit in ("", "1") else shown(item.unit)) + several


def _given_if(item: "Input") -> str:
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


def _calculation_text(done: "Calculation", chosen: Mapping[str, str], width: int) -> str:
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


def _described(found: "Description") -> dict[str, Any]:
    return {
        "calculator": found.calculator.id,
        "group": found.calculator.group,
        "gives": found.title,
        "equation": found.equation or None,
        "notes": list(found.notes),
        "source": _source_text(found.source),
        "function": found.calculator.path,
    }


def _source_text(source: str) -> str | None:
    """Give a source in words: the reference where the text begins with its key."""
    from materials.sources import references

    key = source.partition(" ")[0].strip(",;")
    known = references()
    return f"{source}: {known[key].text}" if key in known else source or None


def _input_json(item: "Input") -> dict[str, Any]:
    choices = list(item.choices) or None
    kept = {"name": item.name, "unit": item.unit or None, "choices": choices, "required": item.required}
    return kept | {"default": _json_value(item.default), "text": item.text}


def _field_json(field: "Field", unit: str) -> dict[str, Any]:
    """Give a result in SI and in the unit it is shown in; a number that is not finite is null, with the reason."""
    if not field.is_number:
        return {"text": field.text, "value": _json_value(field.value), "unit": None}
    found = {"text": field.text, "value": _json_value(field.value), "unit": field.unit}
    if field.value is None:
        return found | {"reason": "these inputs give none"}
    if _json_value(field.value) is None:
        return found | {"reason": "infinite"}
    return found | {"shown": {"value": _json_value(field.to(unit)), "unit": unit}}


def _json_value(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_json_value(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
