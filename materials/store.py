"""The shipped catalog as files: TOML read once, checked, and kept compiled in the user's cache folder.

The compiled form is validated like the files themselves.
"""

import gc
from typing import Any

import tomli
from pydantic import ValidationError

from materials import compiled
from materials.catalog import KINDS, Catalog
from materials.errors import CatalogError
from materials.places import FOLDERS, compiled_digest, digest_of
from materials.places import shipped_files as _texts
from materials.schema import Carrier, Class, Conflict, Entry, Method, Payload, Site, Study
from materials.values import Model, Property, with_typical

MODELS: dict[str, type[Entry]] = {
    "carrier": Carrier,
    "payload": Payload,
    "site": Site,
    "method": Method,
    "study": Study,
}


class Content(Model):
    """Everything the files hold, before inheritance."""

    carriers: tuple[Carrier, ...]
    payloads: tuple[Payload, ...]
    sites: tuple[Site, ...]
    methods: tuple[Method, ...]
    studies: tuple[Study, ...]
    conflicts: tuple[Conflict, ...]
    properties: tuple[Property, ...]
    classes: tuple[Class, ...]


def load_shipped() -> Catalog:
    """Give the shipped catalog, from the compiled form where there is a good one.

    Raises
    ------
    CatalogError
        A shipped file breaks the schema: a fault of the package, not of the user.
    """
    texts = dict(_texts())
    digest = digest_of(texts)
    content = _compiled(digest)
    if content is not None:
        return _catalog(content, digest)
    content = _content(texts)
    catalog = _catalog(content, digest)
    compiled.write(
        "catalog", compiled_digest(digest), content.model_dump_json(exclude_defaults=True, by_alias=True).encode()
    )
    return catalog


def _compiled(digest: str) -> Content | None:
    body = compiled.read("catalog", compiled_digest(digest))
    if body is None:
        return None
    collecting = gc.isenabled()
    gc.disable()  # thousands of records, none of them garbage
    try:
        return Content.model_validate_json(body)
    except (ValueError, RecursionError):  # of another shape
        return None
    finally:
        if collecting:
            gc.enable()


def _content(texts: dict[str, bytes]) -> Content:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in Content.model_fields}
    tables = {
        "classes.toml": ("class", "classes"),
        "conflicts.toml": ("conflict", "conflicts"),
        "properties": ("property", "properties"),
        **{folder: (kind, folder) for kind, folder in FOLDERS.items()},
    }
    for name, data in texts.items():
        table, place = tables[name.partition("/")[0]]
        read = tomli.loads(data.decode("utf-8"))
        if unknown := set(read) - {table}:
            raise CatalogError(f"{name}: unknown table {sorted(unknown)[0]!r}; need [[{table}]]")
        for row in read.get(table, []):
            if "property" in row:
                row["property"] = [with_typical(value) for value in row["property"]]
            rows[place].append(row)
    try:
        return Content.model_validate(rows)
    except ValidationError as error:
        first = error.errors()[0]
        folder, index, *rest = first["loc"]
        identifier = rows[str(folder)][int(index)].get("id", "?")
        raise CatalogError(f"{folder}: {identifier}: {'.'.join(map(str, rest))}: {first['msg']}") from error


def _catalog(content: Content, digest: str) -> Catalog:
    kinds: dict[str, Any] = {}
    seen: set[str] = set()
    for kind in KINDS:
        folder = FOLDERS[kind]
        kinds[folder] = {entry.id: entry for entry in sorted(getattr(content, folder), key=lambda entry: str(entry.id))}
        if len(kinds[folder]) < len(getattr(content, folder)) or seen & kinds[folder].keys():
            raise CatalogError(f"{folder}: an id is used twice")
        seen |= kinds[folder].keys()
    rest: dict[str, Any] = {
        "conflicts": {conflict.id: conflict for conflict in content.conflicts},
        "properties": {kind.name: kind for kind in content.properties},
        "classes": {item.id: item for item in content.classes},
    }
    for name, items in rest.items():
        if len(items) < len(getattr(content, name)):
            raise CatalogError(f"{name}: a name is used twice")
    return Catalog(**kinds, **rest, version=digest[:12])
