"""The sheets of a workbook as tables; a workbook that could harm, or that cannot be read, is refused."""

import re
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from formulate.experiment.table import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Table, is_comment
from materials.errors import nearest, shorten
from materials.workbooks import lacks_its_result, opened

MOST_CELLS = 1_000_000
WIDEST_SEARCH = 20_000_000  # cells with the empty ones between
NO_RESULT = "=?"  # stands for a formula whose result is not stored

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # begins a file of the kind Excel wrote until 2003, and an encrypted one
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.')  # of a number format: what is printed as it stands


def is_workbook(data: bytes) -> bool:
    """Tell whether a file is a workbook, of whatever kind, by how it begins."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def tables_of_workbook(data: bytes, name: str, sheet: str = "") -> Iterator[Table]:
    """Read the sheets of a workbook, those that are shown first, each when it is asked for.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What refusals call it.
    sheet : str
        The one sheet wanted, by name or by number from 1; all where empty.

    Yields
    ------
    Table
        Without blank rows and rows that start with #. A number shown as a percentage is a text such as ``"45%"``,
        for 0.45 is what the cell holds.

    Raises
    ------
    FileError
        Encrypted, older than 2007, damaged, too large once unpacked, or without the sheet wanted.
    """
    refuse = Table(name, []).refuse
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refuse("is encrypted; need a workbook without a password")
        raise refuse("is a workbook of the old kind (.xls); save it as .xlsx or as CSV")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not keep when it writes: we write nothing
            values, formulas = opened(data, MOST_CELLS)
    except Exception as error:  # openpyxl raises many kinds for a broken or hostile workbook
        raise refuse(f"not a workbook that can be read ({shorten(error)})") from None
    names = [book.title for book in values.worksheets]
    if not names:
        raise refuse("holds no sheet; need one with a table")
    wanted = [_wanted(names, sheet, name)] if sheet else [
        *(each.title for each in values.worksheets if each.sheet_state == "visible"),
        *(each.title for each in values.worksheets if each.sheet_state != "visible"),
    ]  # fmt: skip
    for title in wanted:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rows = list(_rows(values[title], None if formulas is None else formulas[title]))
        except Exception as error:
            raise refuse(f"sheet {shorten(title)!r} cannot be read ({shorten(error)})") from None
        if len(rows) > MOST_ROWS or any(number > MOST_ROWS + 1 for number, _ in rows[-1:]):
            raise refuse(f"sheet {shorten(title)!r} has more than {MOST_ROWS} rows; need fewer")
        if wide := next((number for number, cells in rows if len(cells) > MOST_COLUMNS), None):
            raise refuse(f"more than {MOST_COLUMNS} columns; need fewer", wide)
        notes = (f"read from sheet {title!r} of {len(names)}",) if len(names) > 1 and not sheet else ()
        yield Table(name, rows, is_sheet=True, notes=notes)


def sheet_names(data: bytes) -> tuple[str, ...]:
    """Give the names of the sheets of a workbook, in its order; none where it cannot be read (reading it says why)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(sheet.title for sheet in opened(data, MOST_CELLS)[0].worksheets)
    except Exception:  # of the many kinds that openpyxl raises
        return ()


def _wanted(names: list[str], sheet: str, name: str) -> str:
    """Give the name of the sheet that was asked for by name or number."""
    if sheet in names:
        return sheet
    for title in names:
        if title.strip().casefold() == sheet.strip().casefold():
            return title
    if sheet.isascii() and sheet.isdigit() and 0 < int(sheet[:6]) <= len(names):
        return names[int(sheet[:6]) - 1]
    near = ", ".join(nearest(sheet, names))
    raise Table(name, []).refuse(f"no sheet {shorten(sheet)!r}; nearest: {near}")


def _rows(values: Any, formulas: Any) -> Iterator[tuple[int, list[object]]]:
    """Give the rows of a sheet that hold something."""
    for sheet in (values, formulas):
        if sheet is not None:
            sheet.reset_dimensions()  # what the file says of its size may be wrong
    written = formulas.iter_rows(max_row=MOST_ROWS + 2, values_only=True) if formulas is not None else None
    looked_at = 0
    for number, cells in enumerate(values.iter_rows(max_row=MOST_ROWS + 2), start=1):
        if (looked_at := looked_at + len(cells)) > WIDEST_SEARCH:
            raise ValueError("its cells lie too far apart")
        row = [_content(cell) for cell in cells]
        for column, formula in enumerate(next(written, ()) if written is not None else ()):
            if column < len(row) and lacks_its_result(cells[column], formula):
                row[column] = NO_RESULT  # the cell must not pass for an empty one
        while row and row[-1] == "":
            row.pop()
        if row and not is_comment(str(row[0])):
            yield number, row


def _content(cell: Any) -> object:
    """Give what a cell holds: a text without outer blanks, a number, or what else there is."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            raise ValueError(f"a cell of more than {LONGEST_CELL} characters")
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = _NOT_SHOWN.sub("", str(cell.number_format or ""))
        return f"{Decimal(repr(float(value))) * 100}%" if "%" in shown else value
    return value
