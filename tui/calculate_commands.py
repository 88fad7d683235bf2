"""`formulate calculate`: every equation at the bench, with units in and out."""

import math
from collections.abc import Sequence
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
    from tui.show_calculation import description_text

    found = describe(_id(name))
    if as_json:
        print_envelope("calculate", _described(found) | {"inputs": [_input_json(item) for item in found.inputs]})
        return
    click.echo(description_text(found, terminal_width()))


def _run(name: str, values: Sequence[str], units: Sequence[str], as_json: bool) -> None:
    from formulate.equations.calculation import calculate as run
    from tui.show_calculation import calculation_text

    done = run(_id(name), **_pairs(values))
    chosen = _chosen_units(done, units)
    if not as_json:
        click.echo(calculation_text(done, chosen, terminal_width()))
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
    from tui.show_calculation import fitting_units

    numbers = [field for field in done.fields.values() if field.is_number]
    chosen = fitting_units(done)
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
