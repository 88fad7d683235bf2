"""Entries of one kind side by side: what each is, every number that one of them has, and what they are said to be."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from materials.catalog import Catalog
from materials.comparisons import compared
from materials.errors import FormulateError, shorten
from materials.readiness import readiness, summary
from materials.schema import Entry
from materials.search import find
from materials.values import Statement, Value
from tui.catalog_entry import studies_of
from tui.catalog_json import listed, statement_json, value_json
from tui.catalog_text import (
    SHORT_MARKS,
    backing_text,
    circumstances_text,
    counted,
    evidence_word,
    kind_of,
    label_of,
    quantity_text,
    source_text,
)
from tui.table import grid, indented, wrap

MOST = 12
MOST_OF_SOURCE = 40
_NARROWEST = 16  # of a column for one entry; with less, each row becomes a block
_LABELS = 20  # columns for what a row is about
_ATTRIBUTES = {
    "carrier": (("physical form", "physical_form"), ("own drug", "is_own_drug"), ("cells from", "cell_source")),
    "payload": (("acts on", "acts_on"), ("given as", "given_as")),
    "site": (("species", "species"), ("states", "states")),
    "method": (("convention", "convention"), ("suits", "suits")),
    "study": tuple(
        (name, name)
        for name in ("direction", "carriers", "payloads", "sites", "model", "species", "dose", "time", "outcome")
    ),
}  # fmt: skip
_COUNTED = (("said for it", "for"), ("said against it", "against"), ("risks", "risk"))
_NOTHING = "-"
Row = tuple[str, list[str]]


def together(catalog: Catalog, identifiers: Sequence[str]) -> list[Entry]:
    """Give the entries to compare.

    Raises
    ------
    UnknownIdError
        An id that the catalog does not have.
    FormulateError
        Fewer than two, more than can be read, one of them twice, or entries of different kinds.
    """
    if not 2 <= len(identifiers) <= MOST:
        raise FormulateError(f"{counted(len(identifiers), 'entry', 'entries')} to compare; need 2 to {MOST}")
    entries = [catalog.entry(identifier) for identifier in identifiers]
    for index, entry in enumerate(entries):
        if any(entry.id == other.id for other in entries[:index]):
            raise FormulateError(f"{entry.id}: given twice; need each entry once")
    first = entries[0]
    for entry in entries[1:]:
        if kind_of(entry) != kind_of(first):
            raise FormulateError(
                f"{first.id} is a {kind_of(first)}, {entry.id} a {kind_of(entry)}; need entries of one kind"
            )
    return entries


def of_source(catalog: Catalog, cell_source: str) -> list[Entry]:
    """Give the carriers whose cells, vesicles or matrix come from a source.

    Raises
    ------
    UnknownIdError, FormulateError
        No carrier comes from it, or too few or too many to compare.
    """
    found = find(catalog, "carrier", cell_source=cell_source)
    if not 2 <= len(found) <= MOST_OF_SOURCE:
        named = shorten(", ".join(entry.id for entry in found), 200)
        raise FormulateError(
            f"--cell-source {cell_source}: {counted(len(found), 'carrier')} ({named}); need 2 to {MOST_OF_SOURCE}"
        )
    return found


def comparison_text(catalog: Catalog, entries: Sequence[Entry], width: int) -> str:
    """Give entries side by side; where that is too narrow, one block for each row."""
    ids = [entry.id for entry in entries]
    rows = comparison_rows(catalog, entries)
    legend = "-: not in the catalog"
    if (width - _LABELS - 2 * len(ids)) // len(ids) >= _NARROWEST:
        table = grid(["", *ids], [[label, *cells] for label, cells in rows], width, hang=1)
    else:
        table = "\n".join(_block(label, ids, cells, width) for label, cells in rows)
        legend = "an entry left out: not in the catalog"
    said = [
        wrap(f"{entry.id} compared with {', '.join(statement.than)}: {_said(statement)}", width, "  = ", "    ")
        for entry, statement in head_to_head(catalog, entries)
    ]
    parts = [table, *(["\n".join(["Head to head", *said])] if said else [])]
    parts.append(wrap(f"not known: no source gives it, `formulate catalog show ID` says why; {legend}", width))
    return "\n\n".join(parts)


def comparison_json(catalog: Catalog, entries: Sequence[Entry]) -> dict[str, Any]:
    """Give entries, every property that one of them has, and what they are said to be against each other."""
    properties = [
        {
            "property": name,
            "label": label_of(catalog, name),
            "values": {entry.id: [value_json(catalog, item) for item in _shown(entry, name)] for entry in entries},
            "not_known": {entry.id: gap.reason for entry in entries for gap in entry.missing if gap.name == name},
        }
        for name in _names(catalog, entries)
    ]
    counts = {
        entry.id: {
            **{kind: len(entry.statements(kind)) for _, kind in _COUNTED},
            "studies": len(catalog.studies_of(entry.id)),
            "best_stage": _best_stage(catalog, entry) or None,
        }
        for entry in entries
    }
    said = [{"id": entry.id, **statement_json(statement)} for entry, statement in head_to_head(catalog, entries)]
    return {
        "kind": kind_of(entries[0]),
        "entries": listed(catalog, entries),
        "properties": properties,
        "counts": counts,
        "head_to_head": said,
    }


def head_to_head(catalog: Catalog, entries: Sequence[Entry]) -> list[tuple[Entry, Statement]]:
    """Give the statements on these entries that compare them with each other."""
    found = compared(catalog, [(entry.id,) for entry in entries])
    return list(dict.fromkeys((item.entry, item.statement) for item in found))


def comparison_rows(catalog: Catalog, entries: Sequence[Entry]) -> list[Row]:
    """Give what a row is about, and its cell for each entry."""
    kind = kind_of(entries[0])
    rows: list[Row] = [("name", [entry.name for entry in entries])]
    rows.append(("stage" if kind == "study" else "class", [entry.class_id for entry in entries]))
    for label, attribute in _ATTRIBUTES[kind]:
        cells = [_plain(getattr(entry, attribute)) for entry in entries]
        if any(cell != _NOTHING for cell in cells):
            rows.append((label, cells))
    if any(entry.mark for entry in entries):
        rows.append(("in the reviews", [SHORT_MARKS.get(entry.mark, _NOTHING) for entry in entries]))
    if kind not in ("method", "study"):
        rows.append(("calculators run it", [_runs(catalog, entry) for entry in entries]))
    rows += [(label_of(catalog, name), [_cell(entry, name) for entry in entries]) for name in _names(catalog, entries)]
    if kind != "study":
        counts = [(label, [len(entry.statements(of)) for entry in entries]) for label, of in _COUNTED]
        counts.append(("conflicts", [len(catalog.conflicts_of(entry.id)) for entry in entries]))
        rows += [(label, [str(count) for count in row]) for label, row in counts if any(row)]
        rows.append(("studies", [str(len(catalog.studies_of(entry.id))) for entry in entries]))
        rows.append(("best stage", [_best_stage(catalog, entry) or _NOTHING for entry in entries]))
    return rows


def _block(label: str, ids: Sequence[str], cells: Sequence[str], width: int) -> str:
    """Give a row as lines: the entries that have something, or one line where all are the same."""
    if len(set(cells)) == 1:
        return wrap(f"{label}: {cells[0]} (all)", width, "", "  ")
    given = [[name, cell.replace("\n", "; ")] for name, cell in zip(ids, cells, strict=True) if cell != _NOTHING]
    return f"{wrap(label, width)}\n{indented(grid([], given, width - 2))}"


def _plain(given: object) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, tuple):
        return ", ".join(given) or _NOTHING
    return str(given or _NOTHING)


def _runs(catalog: Catalog, entry: Entry) -> str:
    stages = readiness(catalog, entry) if kind_of(entry) != "payload" else ()
    lines = list(dict.fromkeys(f"{item.stage}: {item.mechanism}" for item in stages))
    return "\n".join([summary(catalog, entry), *lines])


def _names(catalog: Catalog, entries: Sequence[Entry]) -> list[str]:
    """Give the properties that at least one entry has a number of: what most of them have comes first."""
    given = Counter(name for entry in entries for name in {value.name for value in entry.property})
    return sorted((name for name in catalog.properties if name in given), key=lambda name: -given[name])


def _shown(entry: Entry, name: str) -> list[Value]:
    """Give the values that calculations read; where there are none, all the others."""
    values = entry.values(name)
    return [value for value in values if value.is_used] or list(values)


def _cell(entry: Entry, name: str) -> str:
    lines = []
    for value in _shown(entry, name):
        words = [quantity_text(value), circumstances_text(value), evidence_word(value.evidence)]
        lines.append(" ".join(filter(None, [*words, f"({SHORT_MARKS[value.mark]})" if value.mark else ""])))
    others = [value for value in entry.values(name) if value not in _shown(entry, name) and not value.grade]
    if others:
        lines.append("also " + ", ".join(dict.fromkeys(quantity_text(value) for value in others)))
    if lines:
        return "\n".join(lines)
    return "not known" if any(gap.name == name for gap in entry.missing) else _NOTHING


def _best_stage(catalog: Catalog, entry: Entry) -> str:
    studies = studies_of(catalog, entry)
    return studies[0].stage if studies else ""


def _said(statement: Statement) -> str:
    topic = f"({statement.topic}) " if statement.topic else ""
    backed = "; ".join(filter(None, [backing_text(statement), source_text(statement)]))
    return f"{topic}{statement.text} [{backed}]"
