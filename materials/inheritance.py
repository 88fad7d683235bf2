"""What entries of the catalog take over from others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from materials import places
from materials.cards import KINDS
from materials.schema import Entry
from materials.values import Value

if TYPE_CHECKING:
    from materials.catalog import Catalog


def inherit(catalog: "Catalog") -> "Catalog":
    """Give the catalog with every inherited value copied to the entry that takes it over, and marked so."""
    changed: dict[str, Mapping[str, Entry]] = {}
    for kind in KINDS:
        heirs = [entry.id for entry in catalog.kind(kind).values() if entry.inherits]
        entries, settled = dict(catalog.kind(kind)), set[str]()
        for heir in heirs:
            _settle(heir, entries, settled)
        if heirs:
            changed[kind] = entries
    return _replaced(catalog, changed)


def covers(value: Value, other: Value) -> bool:
    """True when a value can be calculated with wherever another one of the same property holds."""
    pairs = zip(value.circumstances[1:], other.circumstances[1:], strict=True)
    return value.is_used and value.name == other.name and all(own in ("", its) for own, its in pairs)


def _settle(identifier: str, entries: dict[str, Entry], settled: set[str]) -> None:
    """Give an entry of `entries` what it inherits, after those it inherits from; a circle ends where it began."""
    if identifier in settled:
        return
    settled.add(identifier)
    for inherited in entries[identifier].inherits:
        _settle(inherited.source, entries, settled)
    entries[identifier] = _with_inherited(entries[identifier], entries)


def _with_inherited(heir: Entry, entries: Mapping[str, Entry]) -> Entry:
    """Give an entry with what it inherits; what was measured with one payload or grade of the other is not taken."""
    taken: list[Value] = []
    for inherited in heir.inherits:
        for name in inherited.properties:
            for value in entries[inherited.source].values(name):
                if not value.is_used or value.payload or value.grade:
                    continue
                if not any(covers(own, value) for own in heir.property):
                    first = value.inherited_from or inherited.source
                    taken.append(value.model_copy(update={"inherited_from": first}))
    values = sorted((*heir.property, *taken), key=lambda value: value.circumstances)
    return heir.model_copy(update={"property": tuple(values)})


def _replaced(catalog: "Catalog", changed: Mapping[str, Mapping[str, Entry]]) -> "Catalog":
    return replace(catalog, **{places.FOLDERS[kind]: entries for kind, entries in changed.items()})  # type: ignore[arg-type]
