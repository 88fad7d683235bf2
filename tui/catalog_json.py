"""The catalog as JSON: every value with its source in words, null for what is not known."""

from collections.abc import Mapping, Sequence
from typing import Any

from materials.catalog import Catalog
from materials.readiness import not_given, readiness
from materials.schema import Carrier, Conflict, Entry, Study
from materials.sources import references
from materials.tables import entry_rows
from materials.values import Citation, Statement, Value
from tui.catalog_entry import said_elsewhere, studies_of
from tui.catalog_text import label_of

_SHOWN_APART = {"property", "missing", "statement", "named_in", "inherits"}


def listed(catalog: Catalog, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Give entries as a list of what a table of them shows."""
    rows = {row["id"]: row for row in entry_rows(catalog, entries)}
    return [without_blanks(rows[entry.id]) | _of_kind(catalog, entry) for entry in entries]


def _of_kind(catalog: Catalog, entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Study):
        about = {name: list(getattr(entry, name)) for name in ("carriers", "payloads", "sites")}
        return {"direction": entry.direction, **about, "source": entry.source or None}
    shown: dict[str, Any] = {}
    if isinstance(entry, Carrier):
        shown = {"physical_form": entry.physical_form, "cell_source": entry.cell_source or None}
        shown["runs"] = catalog.is_runnable(entry) and all(item.is_ready for item in readiness(catalog, entry))
    return shown | {"calculators": calculators(catalog, entry)}


def calculators(catalog: Catalog, entry: Entry) -> list[dict[str, Any]]:
    """Give which mechanisms an entry can drive, and what it lacks for them."""
    return [
        {
            "layer": item.layer or None,
            "stage": item.stage,
            "mechanism": item.mechanism,
            "ready": item.is_ready,
            "named": item.named,
            "lacks": list(item.missing),
        }
        for item in readiness(catalog, entry)
    ]


def entry_json(catalog: Catalog, entry: Entry) -> dict[str, Any]:
    """Give everything of an entry."""
    content = entry.model_dump(mode="json", exclude=_SHOWN_APART)
    others = [{"id": other.id, **statement_json(item)} for other, item in said_elsewhere(catalog, entry)]
    return {
        **without_blanks(content),
        "class": entry.class_id,
        "named_in": [citation_json(item) for item in entry.named_in],
        "inherits": [{"from": item.source, "properties": list(item.properties)} for item in entry.inherits],
        "values": [value_json(catalog, value) for value in entry.property],
        "statements": [statement_json(item) for item in entry.statement],
        "compared_by_others": others,
        "studies": [study_json(item) for item in studies_of(catalog, entry)],
        "conflicts": [conflict_json(item) for item in catalog.conflicts_of(entry.id)],
        "not_given": list(not_given(catalog, entry)),
        "missing": [
            {"property": gap.name, "label": label_of(catalog, gap.name), "reason": gap.reason} for gap in entry.missing
        ],
        "calculators": calculators(catalog, entry),
    }


def brief_json(catalog: Catalog, entry: Entry) -> dict[str, Any]:
    """Give the names of an entry and the values that calculations read."""
    (row,) = listed(catalog, [entry])
    used = [value_json(catalog, value) for value in entry.property if value.is_used]
    keys = ("property", "label", "typical", "low", "high", "unit", "spread", "evidence")
    return row | {"values": [{key: value[key] for key in keys} for value in used]}


def value_json(catalog: Catalog, value: Value) -> dict[str, Any]:
    """Give a value; `typical` is null where the source gives an interval or a bound alone."""
    content = value.model_dump(mode="json", exclude={"name", "typical_is", "reference_ids"})
    content["typical"] = value.typical if value.typical_is == "given" else None
    head = {"property": value.name, "label": label_of(catalog, value.name)}
    return {**head, **without_blanks(content), "used": value.is_used, "reference": reference_text(value.source)}


def statement_json(statement: Statement) -> dict[str, Any]:
    """Give a statement with its reference."""
    content = statement.model_dump(mode="json", exclude={"reference_ids"})
    return without_blanks(content) | {"reference": reference_text(statement.source)}


def study_json(study: Study) -> dict[str, Any]:
    """Give a study with its reference."""
    content = study.model_dump(mode="json", exclude=_SHOWN_APART | {"reference_ids", "kind"})
    return without_blanks(content) | {"reference": reference_text(study.source)}


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """Give a conflict with the reference of its check."""
    content = conflict.model_dump(mode="json", exclude={"reference_ids", "named_in"})
    named = [citation_json(item) for item in conflict.named_in]
    return without_blanks(content) | {"named_in": named, "check_reference": reference_text(conflict.check_source)}


def citation_json(citation: Citation) -> dict[str, Any]:
    """Give where a source speaks of an entry."""
    return without_blanks(citation.model_dump(mode="json")) | {"reference": reference_text(citation.source)}


def reference_text(key: str) -> str | None:
    """Give a reference in words, or None for no source and for one that a user names in their own words."""
    known = references()
    return known[key].text if key in known else None


def without_blanks(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give a record with null in place of empty texts, in the tables inside it too."""
    return {
        key: without_blanks(item) if isinstance(item, Mapping) else None if item == "" else item
        for key, item in content.items()
    }
