"""The cells of a table as texts, line by line, from CSV, TSV or XLSX; what could harm is refused."""

import csv
import io
import zipfile
from collections.abc import Callable

from materials.errors import FileError, shorten
from materials.overlay import LARGEST_OWN_FILE

MOST_CELLS = 2_000_000  # of a workbook
MOST_COLUMNS = 100
LARGEST_UNPACKED = 20 * LARGEST_OWN_FILE  # bytes of a workbook, which is a packed archive
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
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise ValueError(f"unpacks to {unpacked} bytes, more than {LARGEST_UNPACKED}")
            sheets = [packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/")]
        if (cells := sum(content.count(b"<c") for content in sheets)) > MOST_CELLS:
            raise ValueError(f"has {cells} cells, more than {MOST_CELLS}")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book["values"] if "values" in book.sheetnames else book.worksheets[0]
        table = [
            (number, ["" if cell is None else str(cell) for cell in cells])
            for number, cells in enumerate(
                sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS), start=1
            )
        ]
    except Exception as error:  # openpyxl raises many kinds for a broken or hostile workbook
        raise refuse(f"not a workbook that can be read ({shorten(error)})") from None
    return [(number, cells) for number, cells in table if any(cell.strip() for cell in cells)]
