"""Tables in and out: the catalog as CSV, XLSX or JSON, and a table of values as entries of the user's own."""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from materials.catalog import KINDS, Catalog
from materials.cells import LONGEST_CELL, MOST_ROWS, cells_of_text, cells_of_xlsx
from materials.errors import Fault, FileError, FormulateError, nearest, shorten
from materials.evidence import Evidence
from materials.files import MOST_FAULTS, Lines, write
from materials.overlay import LARGEST_OWN_FILE, OWN_EVIDENCE, lay_rows
from materials.tables import TABLES, value_row
from materials.values import Value

FORMATS = ("csv", "xlsx", "json")
WIDEST_COLUMN = 60  # characters
_REQUIRED = {"id": "the id of an entry", "property": "a property of the vocabulary", "unit": "a unit"}
_OPTIONAL = (
    "kind", "typical", "low", "high", "spread", "evidence", "alternative", "basis", "grade", "species", "state",
    "payload", "layer", "conditions", "source", "locator", "cites", "note", "mark", "inherited_from",
    "name", "name_zh", "class", "physical_form", "description",
)  # fmt: skip
_COLUMNS = (*_REQUIRED, *_OPTIONAL)
_OF_ENTRY = ("name", "name_zh", "description", "physical_form")
_ALSO_CALLED = {"value": "typical", "units": "unit", "entry": "id", "property_name": "property"}


def export(catalog: Catalog, path: Path, table: str = "values", ending: str = "") -> int:
    """Write the catalog as .csv (one table), .xlsx (a sheet for each table) or .json; give the number of rows.

    The format follows the ending of the path, or `ending` (csv, xlsx, json) where that is given.

    Raises
    ------
    FormulateError
        An unknown table or format.
    FileError
        The file cannot be written.
    """
    path = Path(path)
    said = path.suffix.lower().lstrip(".")
    if ending in FORMATS and said in (*FORMATS, "toml") and ending != said:
        raise FormulateError(
            f"{shorten(path, 120)}: ends in .{shorten(said)}, the format is {ending}; need one of them"
        )
    if any(path.exists() and path.samefile(own) for own in catalog.own_files):
        raise FormulateError(f"{shorten(path, 120)}: is a catalog file in force; need another name")
    content, rows = rendered(catalog, ending or said, table)
    write(path, content)
    return rows


def rendered(catalog: Catalog, ending: str, table: str = "values") -> tuple[str | bytes, int]:
    """Give the catalog as the content of a csv, xlsx or json file, and the number of rows in it."""
    if table not in TABLES:
        raise FormulateError(f"unknown table {shorten(table)!r}; need {', '.join(TABLES)}")
    if ending not in FORMATS:
        raise FormulateError(f"unknown format {shorten(ending)!r}; need {', '.join(FORMATS)}")
    if table != "values" and ending != "csv":
        raise FormulateError(f"table {table}: a .{ending} holds every table; need csv for one of them")
    made = {
        name: (rows(catalog), columns) for name, (rows, columns) in TABLES.items() if ending != "csv" or name == table
    }
    count = sum(len(rows) for rows, _ in made.values())
    if ending == "csv":
        return _csv(*made[table]), count
    if ending == "xlsx":
        return _xlsx(made), count
    everything = {"catalog_version": catalog.version, **{name: rows for name, (rows, _) in made.items()}}
    return json.dumps(everything, ensure_ascii=False, indent=1, allow_nan=False), count


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _xlsx(tables: Mapping[str, tuple[Sequence[Mapping[str, Any]], Sequence[str]]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for name, (rows, columns) in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
        for number, column in enumerate(columns, start=1):
            longest = max([len(column), *(len(str(row.get(column) or "")) for row in rows)])
            sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, WIDEST_COLUMN)
        heads = [WriteOnlyCell(sheet, value=column) for column in columns]
        for head in heads:
            head.font = Font(bold=True)
        sheet.append(heads)
        for row in rows:
            cells = []
            for given in map(row.get, columns):
                if isinstance(given, str):
                    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", given))
                    cell.data_type = "s"  # a text that starts with = is no formula
                else:
                    cell = WriteOnlyCell(sheet, value=given)
                cells.append(cell)
            sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@dataclass(frozen=True)
class Imported:
    """What a table became: the text of a catalog file, and how many of its values are new, changed or as ours."""

    text: str
    new: int
    changed: int
    unchanged: int


def import_table(catalog: Catalog, path: Path) -> Imported:
    """Turn a table of values (.csv, .tsv or .xlsx) into a catalog file of the user's own.

    One row is one value. The columns `id`, `property`, `unit` and one of `typical`, `low`, `high` are needed; a row for
    an entry that the catalog lacks says its `kind`, `name` and `class` too (a carrier its `physical_form`). Rows that
    repeat what the catalog has are left out.

    Raises
    ------
    FileError
        The table cannot be read, or a row is wrong; every fault names its line and column.
    """
    rows = _read(Path(path))
    faults: list[Fault] = []
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    lines: dict[str, int] = {}
    positions: dict[tuple[str, str], int] = {}  # of each entry among those of its kind
    members: Counter[str] = Counter()
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    stand: dict[str, list[dict[str, Any]]] = {}  # the values of an entry of ours, as rows
    for line, row in rows:
        if len(faults) >= MOST_FAULTS:
            break
        try:
            kind, value = _value(catalog, row)
        except _CellError as error:
            faults.append(Fault(shorten(path, 120), error.column, error.problem, line))
            continue
        ours = catalog.kind(kind).get(row["id"])
        if ours is not None and ours.id not in stand:
            stand[ours.id] = [value_row(known) for known in ours.property]
        if ours is not None and any(_same(value, known) for known in stand[ours.id]):
            counts["unchanged"] += 1
            continue
        if ours is not None and any(_is_claim_of(known, value) for known in ours.property):
            del value["evidence"]  # it was written down for the number that stood there before
        counts["changed" if ours is not None and ours.values(value["name"]) else "new"] += 1
        entry = entries.setdefault((kind, row["id"]), {"id": row["id"], "property": []})
        if ours is None:
            entry |= {name: row[name] for name in _OF_ENTRY if row.get(name)}
            if row.get("class"):
                entry[f"{kind}_class"] = row["class"]
        entry["property"].append(value)
        if (kind, row["id"]) not in positions:
            positions[kind, row["id"]] = members[kind]
            members[kind] += 1
        place = f"{kind}.{positions[kind, row['id']]}"
        lines.setdefault(place, line)
        lines[f"{place}.property.{len(entry['property']) - 1}"] = line
    if faults:
        raise FileError(faults)
    content: dict[str, Any] = {}
    for (kind, _), entry in entries.items():
        values = entry.pop("property")
        content.setdefault(kind, []).append({**entry, "property": values})  # last, as in a file written by hand
    try:
        lay_rows(catalog, path, content, Lines(lines))
    except FileError as error:  # it speaks of the file that the table becomes; the user knows columns
        raise FileError([replace(fault, field=_column(fault.field)) for fault in error.faults]) from None
    return Imported(_toml(content), **counts)


def _column(field: str) -> str:
    """Give the column that a field of a catalog file is read from, or nothing."""
    last = field.rpartition(".")[2]
    return {"": "", f"{field.partition('.')[0]}_class": "class"}.get(last, last if last in _COLUMNS else "")


class _CellError(Exception):
    """A cell that cannot be used."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(column, problem)
        self.column, self.problem = column, problem


def _value(catalog: Catalog, row: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Give the kind of entry a row speaks of, and its value as it stands in a catalog file."""
    for column in _REQUIRED:
        if not row.get(column):
            raise _CellError(column, f"is empty; need {_REQUIRED[column]}")
    kind = row.get("kind", "")
    if kind and kind not in KINDS:
        raise _CellError("kind", f"{shorten(kind)!r}; need {', '.join(KINDS)}")
    kind = kind or next((name for name in KINDS if row["id"] in catalog.kind(name)), "")
    if not kind:
        near = ", ".join(nearest(row["id"], [entry.id for entry in catalog.entries()]))
        raise _CellError(
            "id", f"{shorten(row['id'])!r} is not in the catalog; give its kind, name and class; nearest: {near}"
        )
    if row["property"] not in catalog.properties:
        near = ", ".join(nearest(row["property"], catalog.properties))
        raise _CellError("property", f"unknown property {shorten(row['property'])!r}; nearest: {near}")
    value: dict[str, Any] = {"name": row["property"], "unit": row["unit"]}
    for column in ("typical", "low", "high"):
        if row.get(column):
            value[column] = _number(column, row[column])
    if not value.keys() & {"typical", "low", "high"}:
        raise _CellError("typical", "is empty, as are low and high; need a number in one of them")
    spread = _spread(row.get("spread", ""), [value.get(end) for end in ("typical", "low", "high")])
    if spread != "single":
        value["spread"] = spread
    for column in ("basis", "grade", "species", "state", "payload", "layer", "conditions", "source", "locator", "note"):
        if row.get(column):
            value[column] = row[column]
    if row.get("cites"):
        value["cites"] = row["cites"].split()
    alternative = row.get("alternative", "").casefold()
    if alternative not in ("", "true", "false", "yes", "no", "1", "0"):
        raise _CellError("alternative", f"{shorten(row['alternative'])!r}; need true or false")
    if alternative in ("true", "yes", "1"):
        value["alternative"] = True
    evidence = row.get("evidence", "")
    if evidence and evidence not in list(Evidence):
        raise _CellError("evidence", f"{shorten(evidence)!r}; need nothing, or {', '.join(OWN_EVIDENCE)}")
    if evidence in OWN_EVIDENCE and evidence != Evidence.USER:
        value["evidence"] = evidence
    return kind, value


def _spread(said: str, numbers: Sequence[object]) -> str:
    """Give what low and high are: as said, else a bound where one of them stands alone, else a range."""
    typical, low, high = numbers
    if said not in ("", "single") or (low is None and high is None):
        return said or "single"
    return "bound" if typical is None and (low is None or high is None) else "range"


def _number(column: str, text: str) -> float:
    if not text.isascii() or "_" in text:
        raise _CellError(column, f"{shorten(text)!r}: not digits alone; need a number such as 1.5 or 2e-3")
    if "," in text:
        raise _CellError(column, f"{shorten(text)!r}: a comma; need a number written with a point")
    try:
        number = float(text)
    except ValueError:
        raise _CellError(
            column, f"{shorten(text)!r} is not a number; need a number, its unit in the column unit"
        ) from None
    if not math.isfinite(number):
        raise _CellError(column, f"{shorten(text)!r} is not finite; need a number")
    return number


def _is_claim_of(known: Value, value: Mapping[str, Any]) -> bool:
    """True when the evidence that a changed row gives is that of the value which it replaces."""
    where = (value["name"], *(value.get(key, "") for key in ("species", "state", "payload", "layer", "grade")))
    return known.circumstances == where and value.get("evidence") == known.evidence


def _same(value: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """True when a row says exactly what a value of the catalog says, leaving out where that stands.

    To call a value of the catalog an alternative says nothing new: only another value can take its place.
    """
    numbers = [known[end] for end in ("typical", "low", "high")]
    texts = ("unit", "basis", "grade", "species", "state", "payload", "layer", "conditions", "note")
    return (
        value["name"] == known["property"]
        and [value.get(end) for end in ("typical", "low", "high")] == numbers
        and value.get("spread", "single") == _spread(known["spread"], numbers)
        and (value.get("alternative", False) or not known["alternative"])
        and all(value.get(key, "") == known[key].strip() for key in texts)
    )


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Give the rows of a table by line, each cell a text without outer blanks."""

    def refuse(problem: str, line: int | None = None, column: str = "") -> FileError:
        return FileError([Fault(shorten(path, 120), column, problem, line)])

    ending = path.suffix.lower()
    if ending not in (".csv", ".tsv", ".xlsx"):
        raise refuse(f"ending {shorten(ending)!r}; need a .csv, .tsv or .xlsx table")
    try:
        if not path.is_file():
            raise refuse("no such file" if not path.exists() else "is not a file; need a .csv, .tsv or .xlsx table")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_OWN_FILE + 1)
    except (OSError, ValueError) as error:
        raise refuse(f"cannot be read ({shorten(getattr(error, 'strerror', None) or error)})") from None
    if len(data) > LARGEST_OWN_FILE:
        raise refuse(f"too large; need a table of at most {LARGEST_OWN_FILE} bytes")
    table = cells_of_xlsx(data, refuse) if ending == ".xlsx" else cells_of_text(data, ending, refuse)
    for line, cells in table:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise refuse(f"a cell of more than {LONGEST_CELL} characters; need shorter ones", line)
    if not table:
        raise refuse("is empty; need a first row of column names: " + ", ".join((*_REQUIRED, "typical")))
    heads = [head.strip().casefold() for head in table[0][1]]
    heads = [_ALSO_CALLED.get(head, head) for head in heads]
    for head in heads:
        if head and head not in _COLUMNS:
            raise refuse(f"unknown column; nearest: {', '.join(nearest(head, _COLUMNS))}", table[0][0], head)
        if head and heads.count(head) > 1:
            raise refuse("column given twice; need it once", table[0][0], head)
    for column in _REQUIRED:
        if column not in heads:
            raise refuse(f"column is missing; need {', '.join((*_REQUIRED, 'typical'))}", table[0][0], column)
    rows: list[tuple[int, dict[str, str]]] = []
    for line, cells in table[1:]:
        if len(cells) > len(heads) and any(cell.strip() for cell in cells[len(heads) :]):
            raise refuse(f"{len(cells)} cells; need {len(heads)}, as many as columns", line)
        for head, cell in zip(heads, cells, strict=False):
            if cell.strip() and not head:
                raise refuse(f"{shorten(cell)!r} stands in a column without a name; need one in the first row", line)
        row = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head}
        if any(row.values()):
            rows.append((line, row))
    if not rows:
        raise refuse("holds no row; need one row for each value")
    if len(rows) > MOST_ROWS:
        raise refuse(f"{len(rows)} rows; need at most {MOST_ROWS}")
    return rows


def _toml(content: Mapping[str, Any]) -> str:
    import tomli_w

    return tomli_w.dumps(content)
