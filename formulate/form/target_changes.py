"""Whole parts put into a target's content or taken out of it: choices and limits; and targets made anew."""

from collections.abc import Mapping
from typing import Any

from formulate.designs.target_file import TargetFile
from formulate.form.choices import methods, properties_of
from formulate.form.content import rows, table, text
from formulate.form.description import LOADING
from formulate.form.parts import Choice, Path
from formulate.form.target import chosen, layers_of
from formulate.form.values import value_at, with_value
from formulate.limits import MOST_CHOICES
from formulate.overrides import read_override
from materials import catalog
from materials.errors import FormulateError
from materials.units import convert, parse, unit_of

Content = dict[str, Any]
APART = "/"  # between what a choice is of and its name: no id holds one
LIMITS = {
    "cover": "share of the time above the level",
    "volume": "volume of one injection",
    "injections": "injections",
    "plasma_below": "largest unbound concentration in plasma",
    "peak_below": "largest unbound concentration in the compartment",
    "excipients": "carriers without drug, per injection",
}
_REGIMEN = {"dose": "dose", "volume": "volume of one injection", "injections": "number of injections",
            "interval": "interval between injections"}  # fmt: skip


def new_target(payload: str, carrier: str, site: str) -> Content:
    """Give the content of a target with one carrier, whose dose is free about the usual one.

    >>> new_target("triamcinolone-acetonide", "free-drug-suspension", "knee")["choice"]
    [{'name': 'dose', 'low': '16 mg', 'high': '64 mg'}]
    """
    made: Content = {
        "schema_version": 1,
        "kind": "target",
        "carriers": [carrier],
        "payload": [{"id": payload}],
        "regimen": {"site": site},
    }
    return with_choice(made, "", "dose")


def target_around(formulation: Mapping[str, Any]) -> Content:
    """Give a target whose choices lie around a formulation: what it sets of dose and layers, from half to double.

    What a number may not be, the range leaves out; a number of the layers that is no range stays as it is set.

    Raises
    ------
    FormulateError
        A target is of one payload, and needs a layer.
    """
    cargo, layers = rows(formulation, "payload"), rows(formulation, "layer")
    if len(cargo) != 1 or not layers:
        raise FormulateError("the formulation holds no single payload in layers; a target is of one payload")
    kept = {key: value for key, value in formulation.items() if key in TargetFile.model_fields}
    name = text(formulation, "name")
    made: Content = {**kept, "kind": "target", **({"name": f"Around: {name}"} if name else {})}
    made = with_choice(made, "", "dose")
    for layer in layers:
        for table_name in ("loading", "set"):
            for prop in table(layer, table_name):
                if prop in catalog.load().properties and len(rows(made, "choice")) < MOST_CHOICES:
                    tried = with_choice(made, text(layer, "id"), prop)
                    made = tried if all(rows(tried, "choice")[-1].get(end) for end in ("low", "high")) else made
    return made


def choosable(content: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Give what may be set free: of dose and schedule, of each layer, of the payload; what is free already is left out.

    The value of each is what `with_choice` takes, with a slash between.
    """
    free, known = chosen(content), catalog.load()
    listed = [("", name, label) for name, label in _REGIMEN.items()]
    for layer, carrier in layers_of(content).items():
        entry = known.carriers.get(carrier)
        if entry is None:
            continue
        if len(entry.methods) > 1:
            listed.append((layer, "method", f"{entry.name}: way it is made"))
        names = {item.value: item.label for item in properties_of(carrier)}
        names |= {name: _label(name) for name in LOADING}
        listed += [(layer, name, f"{entry.name}: {label}") for name, label in names.items()]
    for row in rows(content, "payload")[:1]:
        payload = known.payloads.get(text(row, "id"))
        if payload is not None:
            listed += [(payload.id, item.value, f"{payload.name}: {item.label}") for item in properties_of(payload.id)]
    return tuple(Choice(f"{of}{APART}{name}", label) for of, name, label in listed if (of, name) not in free)


def limitable(content: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Give the limits that are not set, those on the excipients of one layer among them."""
    row = table(content, "limits")
    found = [Choice(name, label) for name, label in LIMITS.items() if name not in row]
    layers = layers_of(content)
    if len(layers) > 1:
        known, given = catalog.load().carriers, row.get("excipients")
        for layer, carrier in layers.items():
            if not isinstance(given, Mapping) or layer not in given:
                label = known[carrier].name if carrier in known else layer
                found.append(Choice(f"excipients{APART}{layer}", f"{label} without drug, per injection"))
    return tuple(found)


def with_choice(content: Mapping[str, Any], of: str, name: str) -> Content:
    """Give a content with a further choice.

    Its range is the band the catalog gives where the file sets nothing, else from half to double of what holds; it is
    left to be filled in where nothing is known. It is a start, to be changed.
    """
    row: Content = {"name": name} | ({"of": of} if of else {})
    if name == "method":
        entry = catalog.load().carriers.get(layers_of(content).get(of, of))
        row["options"] = [item.value for item in methods(entry)] if entry else []
    elif name == "injections":
        row |= {"low": 1, "high": ""}
    else:
        low, high = _range(content, of, name)
        row |= {"low": low, "high": high}
    return with_value(content, ("choice", len(rows(content, "choice"))), row)


def with_options(content: Mapping[str, Any], index: int) -> Content:
    """Give a content with one choice's range turned into a list of its ends, or its list into a range.

    >>> made = with_options({"choice": [{"name": "dose", "low": "1 mg", "high": "4 mg", "scale": "log"}]}, 0)
    >>> made["choice"], with_options(made, 0)["choice"]
    ([{'name': 'dose', 'options': ['1 mg', '4 mg']}], [{'name': 'dose', 'low': '1 mg', 'high': '4 mg'}])
    """
    row = value_at(content, ("choice", index))
    if not isinstance(row, Mapping):
        return dict(content)
    kept = {key: row[key] for key in ("name", "of") if key in row}
    if "options" in row:
        listed = list(row["options"]) if isinstance(row["options"], list | tuple) else []
        ends = {"low": listed[0], "high": listed[-1]} if listed else {"low": "", "high": ""}
        return with_value(content, ("choice", index), kept | ends)
    ends_given = [row[end] for end in ("low", "high") if row.get(end) not in (None, "")]
    return with_value(content, ("choice", index), {**kept, "options": ends_given})


def options_of(content: Mapping[str, Any], index: int, typed: str) -> list[str | int]:
    """Give the list that a line with commas says, for one choice: whole numbers of injections, else texts."""
    parts = [part.strip() for part in typed.split(",") if part.strip()]
    if value_at(content, ("choice", index, "name")) != "injections":
        return list(parts)
    return [int(part) if part.isdecimal() else part for part in parts]


def removable(content: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Give the choices and limits that are set; the value of each is its place."""
    found = []
    for index, row in enumerate(rows(content, "choice")):
        of = row.get("of", "")
        holder = of if isinstance(of, str) else " and ".join(map(str, of)) if isinstance(of, list | tuple) else ""
        found.append(Choice(f"choice.{index}", f"free: {holder} {_label(text(row, 'name'))}".replace("  ", " ")))
    for name, given in table(content, "limits").items():
        names = [(f".{layer}", f" ({layer})") for layer in given] if isinstance(given, Mapping) else [("", "")]
        found += [Choice(f"limits.{name}{end}", f"limit: {LIMITS.get(name, name)}{told}") for end, told in names]
    return tuple(found)


def _range(content: Mapping[str, Any], of: str, name: str) -> tuple[str, str]:
    """Give where a choice may begin: the ends of a range, empty where nothing is known."""
    known = catalog.load()
    if not of:
        return _regimen_range(content, name)
    where = next((("layer", index) for index, row in enumerate(rows(content, "layer")) if row.get("id") == of), None)
    given = None
    for part in ("set", "loading"):
        given = given or (value_at(content, (*where, part, name)) if where else None)
    if given is None and rows(content, "payload") and text(rows(content, "payload")[0], "id") == of:
        given = value_at(content, ("payload", 0, "set", name))
    try:
        if given is not None:
            value = read_override(name, given)
            return _about(name, value.typical, value.unit)
        identifier = layers_of(content).get(of, of)
        found = known.entry(identifier).value(name)
        if found is None:
            return "", ""
        if found.low is not None and found.high is not None and found.low < found.high:
            return _text(found.low, found.unit), _text(found.high, found.unit)
        return _about(name, found.typical, found.unit)
    except (FormulateError, ValueError):
        return "", ""


def _regimen_range(content: Mapping[str, Any], name: str) -> tuple[str, str]:
    path: Path = ("payload", 0, "dose") if name == "dose" else ("regimen", name)
    given = value_at(content, path)
    known, unit = catalog.load(), {"dose": "mg", "volume": "mL", "interval": "d"}[name]
    if not given:
        entry, wanted = {
            "dose": (known.payloads.get(str(value_at(content, ("payload", 0, "id")))), "usual_dose"),
            "volume": (known.sites.get(str(value_at(content, ("regimen", "site")))), "injection_volume"),
        }.get(name, (None, ""))
        usual = entry.value(wanted) if entry else None
        given = f"{usual.typical} {usual.unit}" if usual else None
    try:
        shown = unit_of(str(given)) or unit
        number = convert(parse(str(given), unit), shown)
    except FormulateError:
        return "", ""
    return (_text(number / 2, shown), _text(number * 2, shown)) if given else ("", "")


def _about(name: str, typical: float, unit: str) -> tuple[str, str]:
    """Give half and double of a number, within what it may be; empty where that is no range."""
    kind = catalog.load().property(name)
    low, high = sorted((typical / 2, typical * 2))
    smallest = convert(parse(f"{kind.smallest} {kind.unit}".removesuffix(" 1"), unit), unit) if (
        kind.smallest is not None
    ) else low  # fmt: skip
    largest = convert(parse(f"{kind.largest} {kind.unit}".removesuffix(" 1"), unit), unit) if (
        kind.largest is not None
    ) else high  # fmt: skip
    if kind.support == "fraction":
        largest = min(largest, convert(1.0, unit))
    low, high = max(low, smallest), min(high, largest)
    ends = _text(low, unit), _text(high, unit)
    for end in ends:
        read_override(name, end)
    return ends if low < high else ("", "")


def _text(number: float, unit: str) -> str:
    return f"{number:.4g} {unit}".removesuffix(" 1")


def _label(name: str) -> str:
    kind = catalog.load().properties.get(name)
    return f"{kind.label} [{kind.unit}]" if kind else _REGIMEN.get(name, name.replace("_", " "))
