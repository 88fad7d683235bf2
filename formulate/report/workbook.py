"""A report as a workbook: one sheet for each table, numbers as numbers, units in the heads, inputs under names."""

import io
import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from formulate.report.page import Cell, Column, Document, Head, Item, Picture, Points, Table, Text, cited

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST_SHEET = 31  # characters that a name of a sheet may have
LONGEST_CELL = 32_767
WIDEST = 60  # characters of a column
_NOT_IN_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LIKE_A_CELL = re.compile(r"(?i)^([a-z]{1,3}\d+|r\d*c\d*|r|c)$")


def document_xlsx(document: Document) -> bytes:
    """Give a document as an XLSX workbook; the same document gives the same bytes.

    Notes
    -----
    No text is ever read as a formula. The first number of each row of a table with keys has a name of its own, made of
    its key, so that formulas can use it.
    """
    import datetime

    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                          "strings_to_numbers": False, "nan_inf_to_errors": False})  # fmt: skip
    book.set_properties({
        "title": _text(document.title)[:250], "created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
    })  # fmt: skip
    styles = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "strong": book.add_format({"bold": True, "valign": "top"}),
    }
    sheets = _Names()
    _first_sheet(book.add_worksheet(sheets.taken(document.word("Report"))), document, styles)
    names = _Names()
    for title, table in document.tables:
        _table_sheet(book, book.add_worksheet(sheets.taken(title)), title, table, styles, names)
    for picture in document.pictures:
        if picture.data is not None:
            _data_sheet(book.add_worksheet(sheets.taken(f"{picture.name} {document.word('data')}")), picture, styles)
    if document.references:
        sheet = book.add_worksheet(sheets.taken(document.word("References")))
        rows = [(reference.number, reference.text, reference.link) for reference in document.references]
        _rows(sheet, [document.word(head) for head in ("number", "reference", "address")], rows, styles)
    book.close()
    return out.getvalue()


class _Names:
    """Gives each sheet, or each named cell, a name that no other has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def taken(self, wanted: str) -> str:
        """Give a name for a sheet: what may stand in one, shortened, numbered where it is taken."""
        name = _NOT_IN_SHEET.sub(" ", wanted).strip().strip("'")[:LONGEST_SHEET].strip() or "Table"
        if name.casefold() == "history":  # Excel keeps this one for itself
            name = "History of it"
        return self._numbered(name, LONGEST_SHEET, " ")

    def named(self, key: str) -> str:
        """Give a name for a cell: letters, digits and underscores."""
        name = _NOT_IN_NAME.sub("_", key).strip("_") or "value"
        if _LIKE_A_CELL.match(name) or name[0].isdigit():
            name = f"_{name}"
        return self._numbered(name, 250, "_")

    def _numbered(self, name: str, longest: int, joint: str) -> str:
        found, count = name[:longest], 1
        while found.casefold() in self._taken:
            count += 1
            tail = f"{joint}{count}"
            found = name[: longest - len(tail)] + tail
        self._taken.add(found.casefold())
        return found


def _first_sheet(sheet: "Worksheet", document: Document, styles: dict[str, "Format"]) -> None:
    sheet.set_column(0, 0, 110)
    row = 0
    for text, style in [
        (document.title, "title"), (document.date, "wrap"), (document.note, "wrap"), (document.question, "wrap"),
        (document.answer, "wrap"),
    ]:  # fmt: skip
        if text:
            _write(sheet, row, 0, text, styles[style])
            row += 1
    for section in document.filled:
        said: list[str] = []
        for block in section.blocks:
            if isinstance(block, Text):
                said.append(block.text + cited(block.cites))
            elif isinstance(block, Points):
                said += [f"- {text}" for text in block.texts]
        if said:
            row += 1
            _write(sheet, row, 0, section.title, styles["strong"])
            for text in said:
                row += 1
                _write(sheet, row, 0, text, styles["wrap"])
            row += 1
    _write(sheet, row + 1, 0, document.disclaimer, styles["strong"])


def _table_sheet(
    book: "Workbook", sheet: "Worksheet", title: str, table: Table, styles: dict[str, "Format"], names: _Names
) -> None:
    """Write a table: a column of texts for each column, and one for each of the numbers behind it."""
    layout = [(head, _parts(head, place, table.rows)) for place, head in enumerate(_heads(table))]
    heads: list[str] = []
    for head, parts in layout:
        heads += [_part_head(head, part) for part in parts] or [str(head)]
    rows: list[list[object]] = []
    for row in table.rows:
        cells: list[object] = []
        for place, (_, parts) in enumerate(layout):
            item: Item = row[place] if place < len(row) else ""
            cells += _numbers(item, len(parts)) if parts else [_shown(item)]
        rows.append(cells)
    _rows(sheet, heads, rows, styles)
    first = next((at for at, cell in enumerate(rows[0]) if isinstance(cell, float | int)), None) if rows else None
    if first is not None:
        for place, (key, _) in enumerate(zip(table.keys, rows, strict=False), start=1):
            where = f"='{sheet.get_name().replace(chr(39), chr(39) * 2)}'!${_letter(first)}${place + 1}"
            book.define_name(names.named(key), where)
    sheet.set_header(f"&L{_text(title)[:120].replace('&', '&&')}")


def _heads(table: Table) -> Sequence[Head]:
    width = max([len(table.heads), *(len(row) for row in table.rows)], default=0)
    return [*table.heads, *([""] * (width - len(table.heads)))]


def _parts(head: Head, place: int, rows: Sequence[Sequence[Item]]) -> Sequence[str]:
    """Give what the numbers of a column are; none where its cells hold texts alone."""
    cells = [row[place] for row in rows if place < len(row)]
    count = max((len(cell.values) for cell in cells if isinstance(cell, Cell)), default=0)
    if not count:
        return ()
    named = head.parts if isinstance(head, Column) else ()
    return [named[at] if at < len(named) else ("" if count == 1 else str(at + 1)) for at in range(count)]


def _part_head(head: Head, part: str) -> str:
    unit = f" ({head.unit})" if isinstance(head, Column) and head.unit else ""
    label = head.label if isinstance(head, Column) else head
    return f"{' '.join(filter(None, (label, part)))}{unit}"


def _numbers(item: Item, count: int) -> list[object]:
    """Give the numbers of a cell; in place of the first the text, where there are none."""
    values: Sequence[float | None] = item.values if isinstance(item, Cell) else ()
    if not any(value is not None for value in values):
        return [_shown(item), *([None] * (count - 1))]
    return [values[at] if at < len(values) else None for at in range(count)]


def _shown(item: Item) -> str:
    return item.text + cited(item.cites) if isinstance(item, Cell) else item


def _data_sheet(sheet: "Worksheet", picture: Picture, styles: dict[str, "Format"]) -> None:
    assert picture.data is not None
    heads = [str(name) for name in picture.data.columns]
    _rows(sheet, heads, picture.data.itertuples(index=False, name=None), styles)


def _rows(sheet: "Worksheet", heads: Sequence[str], rows: Iterable[Sequence[Any]], styles: dict[str, "Format"]) -> None:
    widths = [min(len(head), WIDEST // 2) for head in heads]
    for at, head in enumerate(heads):
        _write(sheet, 0, at, head, styles["head"])
    for place, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            _write(sheet, place, at, value, styles["wrap"])
            if isinstance(value, str) and at < len(widths):
                widths[at] = max(widths[at], min(len(value), WIDEST))
    for at, width in enumerate(widths):
        sheet.set_column(at, at, max(8, width) + 1)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()  # in print as wide as a page, the heads on each
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(sheet: "Worksheet", row: int, column: int, value: object, style: "Format") -> None:
    """Write a number as a number and anything else as a text, never as a formula."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, _text(str(value))[:LONGEST_CELL], style)


def _text(text: str) -> str:
    """Give a text without what no XML may hold."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
