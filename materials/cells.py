"""The cells of a table as texts, line by line, from CSV, TSV or XLSX; what could harm is refused."""

import csv
import io
import warnings
from collections.abc import Callable

from materials.errors import FileError, shorten
from materials.workbooks import lacks_its_result, opened

MOST_CELLS = 2_000_000  # of a workbook
MOST_COLUMNS = 100
LONGEST_CELL = 10_000  # characters; the longest note is a few hundred
MOST_ROWS = 50_000


def cells_of_text(data: bytes, ending: str, refuse: Callable[..., FileError]) -> list[tuple[int, list[str]]]:
    """Give the cells of a CSV or TSV table by line; `refuse` makes the error from a problem and a line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(f"byte {error.start} is not UTF-8; need a table in UTF-8") from None
    if "\0" in text:
        raise refuse("holds a null byte; need a table in UTF-8")
    first = text.split("\n", 1)[0]
    if ending == ".csv" and ";" in first and "," not in first:
        raise refuse("columns are parted by semicolons; need commas (and numbers with points), or a .tsv with tabs", 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if ending == ".tsv" else ",", strict=True)
    try:
        table = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise refuse(f"not a table that can be read ({shorten(error)})", reader.line_num) from None
    return table


def cells_of_xlsx(data: bytes, refuse: Callable[..., FileError]) -> list[tuple[int, list[str]]]:
    """Give the cells of a workbook's sheet `values`, or of its first, by row."""
    limits = {"max_row": MOST_ROWS + 2, "max_col": MOST_COLUMNS}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not keep when it writes: we write nothing
            values, formulas = opened(data, MOST_CELLS)
            sheet = "values" if "values" in values.sheetnames else values.worksheets[0].title
            rows = list(values[sheet].iter_rows(**limits))
            written = [] if formulas is None else list(formulas[sheet].iter_rows(values_only=True, **limits))
    except Exception as error:  # openpyxl raises many kinds for a broken or hostile workbook
        raise refuse(f"not a workbook that can be read ({shorten(error)})") from None
    for number, (row, given) in enumerate(zip(rows, written, strict=False), start=1):
        for cell, formula in zip(row, given, strict=False):
            if lacks_its_result(cell, formula):
                need = "need its value: open the workbook in a spreadsheet program and save it"
                raise refuse(f"cell {cell.coordinate}: a formula without a stored result; {need}", number)
    table = [["" if cell.value is None else str(cell.value) for cell in row] for row in rows]
    return [(number, cells) for number, cells in enumerate(table, start=1) if any(cell.strip() for cell in cells)]
