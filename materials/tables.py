"""The catalog as tables: rows of plain values, and DataFrames made from them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from materials.catalog import KINDS, Catalog
from materials.errors import FormulateError, shorten
from materials.handling import handling
from materials.readiness import not_given
from materials.schema import Entry
from materials.values import Value
from materials.vehicles import plasma, vehicles

if TYPE_CHECKING:
    import pandas as pd

VALUE_COLUMNS = (
    "kind", "id", "property", "typical", "low", "high", "unit", "spread", "evidence", "mark", "alternative", "basis",
    "grade", "species", "state", "payload", "layer", "conditions", "source", "locator", "cites", "note",
    "inherited_from",
)  # fmt: skip
ENTRY_COLUMNS = (
    "kind", "id", "name", "name_zh", "class", "parent", "mark", "origin", "values", "statements", "studies",
    "conflicts", "description",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "kind", "id", "statement", "topic", "degree", "text", "implication", "than", "evidence", "mark", "source",
    "locator", "cites", "note",
)  # fmt: skip
STUDY_COLUMNS = (
    "id", "name", "name_zh", "stage", "mark", "direction", "carriers", "payloads", "sites", "model", "species",
    "route", "dose", "time", "read_at", "comparator", "outcome", "findings", "mechanism", "limitation", "source",
    "note",
)  # fmt: skip
MISSING_COLUMNS = ("kind", "id", "property", "reason")
CONFLICT_COLUMNS = ("id", "title", "class", "entries", "statement", "against", "check", "check_source", "handling")
SOURCE_COLUMNS = ("key", "reference", "link", "year", "used")


def value_rows(catalog: Catalog, entries: Iterable[Entry] | None = None) -> list[dict[str, Any]]:
    """Give one row per value, in the columns that a table of values is imported from."""
    return [
        {"kind": kind, "id": entry.id, **value_row(value)}
        for kind, entry in _of_kinds(catalog, entries)
        for value in entry.property
    ]


def value_row(value: Value) -> dict[str, Any]:
    """Give a value as one row; a typical number that the source does not give is left empty."""
    row = value.model_dump(mode="json", exclude={"reference_ids", "typical_is", "name", "origin"})
    row["typical"] = value.typical if value.typical_is == "given" else None
    row["cites"] = " ".join(value.cites)
    return {"property": value.name, **{name: row[name] for name in VALUE_COLUMNS if name in row}}


def entry_rows(catalog: Catalog, entries: Iterable[Entry] | None = None) -> list[dict[str, Any]]:
    """Give one row per entry: names, class, and how much the catalog knows of it."""
    return [
        {
            "kind": kind,
            "id": entry.id,
            "name": entry.name,
            "name_zh": entry.name_zh,
            "class": entry.class_id,
            "parent": entry.parent,
            "mark": entry.mark,
            "origin": entry.origin,
            "values": len(entry.property),
            "statements": len(entry.statement),
            "studies": len(catalog.studies_of(entry.id)),
            "conflicts": len(catalog.conflicts_of(entry.id)),
            "description": entry.description,
        }
        for kind, entry in _of_kinds(catalog, entries)
    ]


def statement_rows(catalog: Catalog, entries: Iterable[Entry] | None = None) -> list[dict[str, Any]]:
    """Give one row per statement."""
    return [
        {
            "kind": kind,
            "id": entry.id,
            "statement": statement.kind,
            "topic": statement.topic,
            "degree": statement.degree,
            "text": statement.text,
            "implication": statement.implication,
            "than": " ".join(statement.than),
            "evidence": str(statement.evidence),
            "mark": statement.mark,
            "source": statement.source,
            "locator": statement.locator,
            "cites": " ".join(statement.cites),
            "note": statement.note,
        }
        for kind, entry in _of_kinds(catalog, entries)
        for statement in entry.statement
    ]


def missing_rows(catalog: Catalog, entries: Iterable[Entry] | None = None) -> list[dict[str, Any]]:
    """Give one row per number that an entry says is missing, or that one would choose by and is not entered."""
    return [
        {"kind": kind, "id": entry.id, "property": name, "reason": reason}
        for kind, entry in _of_kinds(catalog, entries)
        for name, reason in (
            *((gap.name, gap.reason) for gap in entry.missing),
            *((name, "no source was entered") for name in not_given(catalog, entry)),
        )
    ]


def study_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """Give one row per study."""
    lists = {"carriers": " ", "payloads": " ", "sites": " ", "read_at": "; "}
    return [
        {
            name: lists[name].join(getattr(study, name)) if name in lists else str(getattr(study, name))
            for name in STUDY_COLUMNS
            if name != "findings"
        }
        | {"findings": study.aims_text}
        for study in catalog.studies.values()
    ]


def conflict_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """Give one row per conflict."""
    return [
        {
            "id": conflict.id,
            "title": conflict.title,
            "class": conflict.conflict_class,
            "entries": " ".join(conflict.entries),
            **{name: getattr(conflict, name) for name in ("statement", "against", "check", "check_source", "handling")},
        }
        for conflict in catalog.conflicts.values()
    ]


def source_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """Give one row per reference, with how often the catalog rests on it."""
    from materials.sources import references

    used = uses(catalog)
    return [
        {"key": key, "reference": item.text, "link": item.link, "year": item.year, "used": used.get(key, 0)}
        for key, item in references().items()
    ]


def uses(catalog: Catalog) -> dict[str, int]:
    """Give how many values, statements, studies, conflicts, namings, handlings and vehicles rest on each source."""
    count: dict[str, int] = {}

    def add(*keys: str) -> None:
        for key in keys:
            if key:
                count[key] = count.get(key, 0) + 1

    for entry in catalog.entries():
        for part in (*entry.property, *entry.statement):
            add(part.source, *part.cites)
        for citation in entry.named_in:
            add(citation.source, *citation.cites)
    for study in catalog.studies.values():
        add(study.source)
    for conflict in catalog.conflicts.values():
        add(conflict.check_source)
        for citation in conflict.named_in:
            add(citation.source, *citation.cites)
    add(*handling().sources, plasma().source, *(item.source for item in vehicles().values()))
    return count


TABLES = {
    "entries": (entry_rows, ENTRY_COLUMNS),
    "values": (value_rows, VALUE_COLUMNS),
    "missing": (missing_rows, MISSING_COLUMNS),
    "statements": (statement_rows, STATEMENT_COLUMNS),
    "studies": (study_rows, STUDY_COLUMNS),
    "conflicts": (conflict_rows, CONFLICT_COLUMNS),
    "sources": (source_rows, SOURCE_COLUMNS),
}


def frame(table: str, catalog: Catalog | None = None) -> "pd.DataFrame":
    """Give a table of the catalog as a DataFrame: entries, values, missing, statements, studies, conflicts or sources.

    >>> frame("values").query("id == 'knee' and property == 'lymph_flow'")["unit"].iloc[0]
    'mL/h'
    """
    import pandas as pd

    from materials.catalog import load

    if table not in TABLES:
        raise FormulateError(f"unknown table {shorten(table)!r}; need {', '.join(TABLES)}")
    rows, columns = TABLES[table]
    return pd.DataFrame(rows(catalog or load()), columns=list(columns))


def _of_kinds(catalog: Catalog, entries: Iterable[Entry] | None) -> Iterable[tuple[str, Entry]]:
    chosen = None if entries is None else {entry.id for entry in entries}
    for kind in KINDS:
        for entry in catalog.kind(kind).values():
            if chosen is None or entry.id in chosen:
                yield kind, entry
