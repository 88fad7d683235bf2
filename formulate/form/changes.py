"""Whole parts put into a formulation's content or taken out of it: payloads, layers, assays, further routes."""

from collections.abc import Mapping
from typing import Any

from formulate.form.parts import Path
from formulate.form.values import value_at, with_value

Content = dict[str, Any]


def new_formulation(payload: str, carrier: str, site: str) -> Content:
    """Give the content of a formulation of one payload in one carrier.

    >>> new_formulation("dasatinib", "plga-microsphere", "knee")["layer"]
    [{'id': 'plga-microsphere', 'carrier': 'plga-microsphere', 'holds': ['dasatinib']}]
    """
    return {
        "schema_version": 1,
        "kind": "formulation",
        "payload": [{"id": payload}],
        "layer": [{"id": carrier, "carrier": carrier, "holds": [payload]}],
        "regimen": {"site": site},
    }


def with_payload(content: Mapping[str, Any], payload: str) -> Content:
    """Give a content with a further payload, held by the innermost layer."""
    made = with_value(content, ("payload", len(_rows(content, ("payload",)))), {"id": payload})
    if not _rows(made, ("layer",)):
        return made
    held = value_at(made, ("layer", 0, "holds"))
    return with_value(made, ("layer", 0, "holds"), _with(held, payload))


def with_layer(content: Mapping[str, Any], carrier: str) -> Content:
    """Give a content with a further layer around all others.

    >>> with_layer({"layer": [{"id": "a", "carrier": "liposome"}]}, "fibrin-gel")["layer"][1]
    {'id': 'fibrin-gel', 'carrier': 'fibrin-gel', 'holds': ['a']}
    """
    layers = _rows(content, ("layer",))
    taken = {str(row.get("id")) for row in (*layers, *_rows(content, ("payload",)))}
    number = 2
    name = carrier
    while name in taken:
        name, number = f"{carrier}-{number}", number + 1
    inside = [str(layers[-1].get("id"))] if layers else [str(row.get("id")) for row in _rows(content, ("payload",))]
    return with_value(content, ("layer", len(layers)), {"id": name, "carrier": carrier, "holds": inside})


def with_assay(content: Mapping[str, Any], layer: int) -> Content:
    """Give a content with a further assay of a layer, for its numbers to be filled in."""
    count = len(_rows(content, ("layer", layer, "assay")))
    return with_value(content, ("layer", layer, "assay", count), {"drug_added": "", "drug_in_product": ""})


def with_route(content: Mapping[str, Any]) -> Content:
    """Give a content with a further route, to be filled in."""
    count = len(_rows(content, ("regimen", "also")))
    return with_value(content, ("regimen", "also", count), {"route": "", "dose": ""})


def without(content: Mapping[str, Any], path: Path) -> Content:
    """Give a content without one part; what held it no longer does, and holds what it held where it is a layer.

    >>> two = {"layer": [{"id": "a", "holds": ["drug"]}, {"id": "b", "holds": ["a"]}]}
    >>> without(two, ("layer", 0))
    {'layer': [{'id': 'b', 'holds': ['drug']}]}
    """
    gone = value_at(content, path)
    made = with_value(content, path, None)
    if not isinstance(gone, Mapping) or path[0] not in ("payload", "layer") or len(path) > 2:
        return made
    name, inner = gone.get("id"), gone.get("holds") if path[0] == "layer" else None
    for index, row in enumerate(_rows(made, ("layer",))):
        held = row.get("holds")
        if isinstance(held, list | tuple | Mapping) and name in held:
            rest: object = {key: held[key] for key in held if key != name} if isinstance(held, Mapping) else [
                item for item in held if item != name
            ]  # fmt: skip
            for item in inner or ():
                rest = _with(rest, item, inner[item] if isinstance(inner, Mapping) else 1)
            made = with_value(made, ("layer", index, "holds"), rest)
    return made


def _with(held: object, name: str, share: float = 1) -> object:
    if isinstance(held, Mapping):
        return {**held, name: share}
    rows = list(held) if isinstance(held, list | tuple) else []
    if share == 1:
        return rows if name in rows else [*rows, name]
    return {**dict.fromkeys(rows, 1), name: share}


def _rows(content: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    given = value_at(content, path)
    return [row if isinstance(row, Mapping) else {} for row in given] if isinstance(given, list | tuple) else []
