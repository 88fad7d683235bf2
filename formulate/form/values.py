"""Contents of files, of any shape: one place read or changed, the former content left as it is."""

from collections.abc import Mapping
from typing import Any

from formulate.form.parts import Path


def with_value(content: Mapping[str, Any], path: Path, new: object) -> dict[str, Any]:
    """Give a content with one place set, or taken out where the new value is None; tables left empty go as well.

    >>> with_value({"layer": [{"id": "a"}]}, ("layer", 0, "set", "diameter"), "5 um")
    {'layer': [{'id': 'a', 'set': {'diameter': '5 um'}}]}
    """
    made: dict[str, Any] = _replaced(content, path, new)
    return made


def _replaced(here: Any, path: Path, new: object) -> Any:
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        rows = list(here) if isinstance(here, list | tuple) else []
        changed = _replaced(rows[first] if first < len(rows) else None, rest, new)
        return [*rows[:first], *([] if changed is None else [changed]), *rows[first + 1 :]]
    table = dict(here) if isinstance(here, Mapping) else {}
    changed = _replaced(table.get(first), rest, new)
    if changed is None or (changed == {} and rest):
        table.pop(first, None)
    else:
        table[first] = changed
    return table


def value_at(content: Any, path: Path) -> Any:
    """Give what stands at a place, or None.

    >>> value_at({"layer": [{"id": "a"}]}, ("layer", 0, "id"))
    'a'
    """
    here = content
    for part in path:
        if isinstance(part, int):
            here = here[part] if isinstance(here, list | tuple) and part < len(here) else None
        else:
            here = here.get(part) if isinstance(here, Mapping) else None
    return here
