"""The fields of a formulation or question, flat, and which belong together where files are laid side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from formulate.criteria import check_weights
from formulate.formulation import Formulation, Question

Key = tuple[str, str, str]  # payload, layer or nothing; the id of that; the rest of the field, dotted
Fields = dict[Key, Any]
NAMED = ("payload", "layer")  # lists of tables whose items have ids


def written_fields(content: Mapping[str, Any], built: Formulation | Question) -> Fields:
    """Give what a file writes, by field, in its own words; an empty text, list or table is nothing written."""
    found: Fields = {}
    for name, item in content.items():
        if name not in NAMED:
            found |= {("", "", rest): leaf for rest, leaf in _leaves({name: item})}
            continue
        ids = [part.id for part in (built.payload if name == "payload" else getattr(built, "layer", ()))]
        for identifier, table in zip(ids, item, strict=True):
            found |= {(name, identifier, rest): leaf for rest, leaf in _leaves(table)}
    return found


def held_fields(built: Formulation | Question) -> Fields:
    """Give what holds, by field: what is written, and what the program takes where a file says nothing."""
    content = built.model_dump(mode="json", exclude_none=True)
    regimen, target, known = built.regimen, built.target, content["regimen"]
    known |= {"state": regimen.state_or_first, "route": regimen.route_or_first}
    known.setdefault("volume", _usual(regimen.entry, "injection_volume", regimen.species, regimen.state_or_first))
    content["target"]["compartment"] = built.compartment
    if target.unbound_above is not None:
        content["target"].pop("times")  # the one stands in place of the other
    for part, table in zip(built.payload, content["payload"], strict=True):
        content["target"]["payload"] = target.payload or part.id
        table.setdefault("dose", _usual(part.entry, "usual_dose", regimen.species, regimen.state_or_first))
    content["calculation"].setdefault("horizon", f"{built.horizon / 86400:g} d")
    if isinstance(built, Question):
        content["weights"] = check_weights(built.weights)
        return written_fields(content, built)
    for layer, table in zip(built.layer, content["layer"], strict=True):
        table["holds"] = layer.shares
        table["loading"] = {"convention": layer.convention, **table["loading"]}
        if layer.preparation is not None:
            table["method"] = layer.preparation.id
    return written_fields(content, built)


def left_out(built: Formulation | Question, called: Mapping[tuple[str, str], str], place: str) -> str:
    """Say what holds in place of a field that a file leaves out, where no default of the files does.

    Parameters
    ----------
    built : Formulation or Question
        What the file describes.
    called : mapping
        How its payloads and layers are called, from `shown_names`.
    place : str
        The field, by those names.
    """
    if place in _IN_PLACE:
        return _IN_PLACE[place]
    kind = next((kind for kind in NAMED if place.startswith(f"{kind}.")), "")
    entries = {name: (kind, identifier) for (kind, identifier), name in called.items()}
    whose = next((key for name, key in entries.items() if place.startswith(f"{name}.")), None)
    if kind and whose is None:
        return f"no such {kind}"
    regimen, rest = built.regimen, place.removeprefix("regimen.")
    entry: Any = regimen.entry
    if whose is not None:
        parts = built.payload if kind == "payload" else getattr(built, "layer", ())
        entry = next(part.entry for part in parts if part.id == whose[1])
        rest = place.removeprefix(f"{called[whose]}.")
    table, _, name = rest.partition(".")
    if table == "loading":
        return "measured or predicted, see formulate loading"
    if table != "set":
        return "nothing"
    if "." in name:
        return "the value of the catalog"
    payload = next((part.id for part in built.payload), "")
    value = entry.value(name, species=regimen.species, state=regimen.state_or_first, payload=payload)
    return "nothing" if value is None else f"{value.typical:g} {value.unit.removesuffix('1')} of the catalog"


_IN_PLACE = {
    "target.unbound_above": "the effective concentration of the catalog",
    "target.times": "unbound_above stands in its place",
    "carriers": "all that calculators can run",
    "name": "no name",
}


def _usual(entry: Any, name: str, species: str, state: str) -> str:
    value = entry.value(name, species=species, state=state)
    return "" if value is None else f"{value.typical:g} {value.unit}"


def _leaves(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Give the fields of a table, those of the tables in it with what they stand in before them."""
    for key, item in table.items():
        dotted = f"{before}{key}"
        if isinstance(item, Mapping) and "typical" not in item and key != "holds":
            yield from _leaves(item, f"{dotted}.")
        elif isinstance(item, list) and item and all(isinstance(part, Mapping) for part in item):
            for place, part in enumerate(item):
                name = part.get("payload") or place  # an assay is of a payload
                yield from _leaves(part, f"{dotted}.{name}.")
        elif item not in ("", [], {}, (), None):
            yield dotted, item


def shown_names(sides: Sequence[Formulation | Question]) -> list[dict[tuple[str, str], str]]:
    """Give, for each file, how its payloads and layers are called where all are shown together.

    One that every file has alone is called by its kind, "layer". Of several, those of one id belong together; those
    without a namesake by their carrier, else by their place in nests of as many layers; they are called by the id.
    """
    found: list[dict[tuple[str, str], str]] = [{} for _ in sides]
    for kind in NAMED:
        listed = [[(part.id, getattr(part, "carrier", "")) for part in getattr(side, kind, ())] for side in sides]
        alone = all(len(items) <= 1 for items in listed)
        for slot in _slots(listed):
            for place, identifier in slot.items():
                found[place][kind, identifier] = kind if alone else f"{kind}.{min(slot.values())}"
    return found


def _slots(listed: Sequence[Sequence[tuple[str, str]]]) -> list[dict[int, str]]:
    """Give what belongs together: by the number of the file, the id it has there."""
    of = {(place, name): carrier for place, items in enumerate(listed) for name, carrier in items}
    at = {
        (place, name): (index, len(items))
        for place, items in enumerate(listed)
        for index, (name, _) in enumerate(items)
    }
    ids = dict.fromkeys(name for items in listed for name, _ in items)
    slots = [{place: name for place in range(len(listed)) if (place, name) in of} for name in ids]
    ways: tuple[Callable[[tuple[int, str]], object], ...] = (lambda item: of[item] or None, lambda item: at[item])
    for way in ways:
        merged: list[dict[int, str]] = []
        for slot in slots:
            kinds = {way(item) for item in slot.items()}
            partner = next(
                (
                    other
                    for other in merged
                    if not other.keys() & slot.keys()
                    and len(kinds) == 1
                    and None not in kinds
                    and {way(item) for item in other.items()} == kinds
                ),
                None,
            )
            if partner is None:
                merged.append(dict(slot))
            else:
                partner.update(slot)
        slots = merged
    return slots
