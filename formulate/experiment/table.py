"""The rows of a table as cells, from text however it is parted or encoded; what could harm is refused."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from formulate.experiment.grouping import DEFAULT
from materials.errors import Fault, FileError, shorten

LARGEST_FILE = 10_000_000  # bytes
MOST_ROWS = 100_000
MOST_LINES = 1_000_000  # with empty ones and comments
MOST_COLUMNS = 1_000
LONGEST_CELL = 10_000  # characters
SPREADSHEET_ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")

_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CHINESE_WORDS = ("时间", "释放", "累积", "累计", "小时", "分钟", "天", "浓度", "平均", "标准")
_PARTED_BY = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "blanks"}
_BLANKS = re.compile(r"\s+(?![(\[（])")  # a unit in brackets belongs to the word before it
_WIDE_BLANKS = re.compile(r"\s{2,}|\t")


@dataclass(frozen=True)
class Table:
    """Rows of cells, each row with its number in the file; a cell is a text or what a workbook holds."""

    name: str
    rows: list[tuple[int, list[object]]]
    is_sheet: bool = False  # cells are called B7 then
    parted_by: str = ""  # "commas", "tabs"
    notes: tuple[str, ...] = field(default=())
    stem: str = DEFAULT  # what a lone profile without a name of its own is called
    turned_from: tuple[int, ...] = ()  # where rows and columns changed places: the numbers of the rows

    @property
    def line(self) -> str:
        """What a row of this table is in the file."""
        return "column" if self.turned_from else "row"

    def turned(self, top: int) -> "Table":
        """Give the table from a row on with rows and columns in each other's place."""
        rows = self.rows[top:]
        width = max(len(cells) for _, cells in rows)
        columns = [[cells[at] if at < len(cells) else "" for _, cells in rows] for at in range(width)]
        filled = [(at, cells) for at, cells in enumerate(columns, start=1) if any(cell != "" for cell in cells)]
        return replace(self, rows=filled, turned_from=tuple(number for number, _ in rows))

    def fault(self, problem: str, row: int | None = None, column: int | None = None, head: str = "") -> Fault:
        """Make the refusal of a cell, a row or the table; columns count from 0."""
        if self.turned_from:
            at = self.turned_from[column] if column is not None and column < len(self.turned_from) else None
            row, column = at, None if row is None else row - 1
        place = head
        if column is not None and self.is_sheet and row is not None:
            place = f"cell {column_letters(column)}{row}" + (f", {head}" if head else "")
        elif column is not None:
            place = f"column {column + 1}" + (f", {head}" if head else "")
        return Fault(self.name, place, problem, row)

    def refuse(self, problem: str, row: int | None = None, column: int | None = None, head: str = "") -> FileError:
        """Make the error of a single fault."""
        return FileError([self.fault(problem, row, column, head)])


def column_letters(column: int) -> str:
    """Give the letters by which a spreadsheet calls a column, counted from 0.

    >>> column_letters(1), column_letters(26)
    ('B', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_bytes(
    path: Path,
    what: str = "a table of measured release",
    need: str = "need a row of column names, such as time (h), released (%), and the readings below",
) -> bytes:
    """Give the content of a file, never more than `LARGEST_FILE`; refusals say what it should be.

    Raises
    ------
    FileError
        There is no such file, it is none, it cannot be read, is empty or too large.
    """
    refuse = Table(shorten(path, 120), []).refuse
    try:
        if not path.is_file():
            kind = "is a folder or a device" if path.exists() else "no such file"
            raise refuse(f"{kind}; need {what}, .csv, .tsv or .xlsx")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        raise refuse(f"cannot be read ({shorten(getattr(error, 'strerror', None) or error)})") from None
    if len(data) > LARGEST_FILE:
        raise refuse(f"too large; need a table of at most {LARGEST_FILE // 1_000_000} MB")
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refuse(f"is empty; {need}")
    return data


def table_of_text(data: bytes, name: str, decimal: str = ".") -> Table:
    """Read a table whose columns are parted by tabs, semicolons, commas or blanks.

    Parameters
    ----------
    data : bytes
        The file. UTF-8, UTF-16, or an older encoding (cp1252, gb18030), which is told in the notes.
    name : str
        What refusals call it.
    decimal : {".", ","}
        What parts the decimals; a comma cannot part the columns as well, unless cells stand in quotes.

    Returns
    -------
    Table
        Without comment lines (#) and blank rows.

    Raises
    ------
    FileError
        Not a text, not a table, or too many rows, columns or characters in a cell.
    """
    refuse = Table(name, []).refuse
    text, notes = _decoded(data, name)
    if found := _UNREADABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise refuse("holds control characters; need a table as text (.csv, .tsv) or a workbook (.xlsx)", line)
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise refuse(f"more than {MOST_LINES} lines; need fewer")
    lines = re.split(r"\r\n|\r|\n", text)
    delimiter = _delimiter(lines, decimal)
    if delimiter == decimal and '"' not in text:
        raise refuse("commas part the columns, and decimals are said to be commas; need semicolons or tabs, or quotes")
    rows: list[tuple[int, list[object]]] = []
    for number, cells in _split(lines, delimiter, name):
        stripped: list[object] = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        if len(rows) > MOST_ROWS:
            raise refuse(f"more than {MOST_ROWS} rows; need fewer")
        if len(cells) > MOST_COLUMNS:
            raise refuse(f"{len(cells)} columns; need at most {MOST_COLUMNS}", number)
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise refuse(f"a cell of more than {LONGEST_CELL} characters; need shorter ones", number)
        rows.append((number, stripped))
    return Table(name, rows, parted_by=_PARTED_BY[delimiter[:1]], notes=notes)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Give the text of a file, and a note where its encoding had to be found out."""
    half = max(len(data) // 2, 1)
    encodings = ["utf-8-sig"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[1::2].count(0) > 0.4 * half:
        encodings = ["utf-16-le"]
    elif data[0::2].count(0) > 0.4 * half:
        encodings = ["utf-16-be"]
    for encoding in encodings:
        try:
            return data.decode(encoding), ()
        except UnicodeDecodeError:
            continue
    for encoding in ("gb18030", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" or any(word in text for word in _CHINESE_WORDS):
            return text, (f"the file is not in UTF-8; read as {encoding}",)
    raise Table(name, []).refuse("is not text in UTF-8; save it as CSV in UTF-8, or as .xlsx")


def is_comment(line: str) -> bool:
    """Tell whether a row is a comment by how it begins; an error of a spreadsheet such as #N/A is none."""
    start = line.lstrip(' \t"')
    return start.startswith("#") and not start.upper().startswith(SPREADSHEET_ERRORS)


def _delimiter(lines: Sequence[str], decimal: str) -> str:
    """Find what parts the columns: the first of tab, semicolon, comma and blanks that stands in most lines."""
    if lines[0].casefold().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4] if lines[0][4] in ",;\t" else ","
    looked = [line for line in lines[:1000] if line.strip() and not is_comment(line)]
    is_quoted = any('"' in line for line in looked)
    for delimiter in ("\t", ";", ",") if decimal != "," or is_quoted else ("\t", ";"):
        if 2 * sum(delimiter in line.strip(" ") for line in looked) > len(looked):
            return delimiter
    wide = sum(_WIDE_BLANKS.search(line.strip()) is not None for line in looked)
    if 2 * wide > len(looked):
        return "  "
    return " " if 2 * sum(" " in line.strip() for line in looked) > len(looked) else ","


def _split(lines: Sequence[str], delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each line that is no comment, with its number."""
    if delimiter.isspace() and delimiter != "\t":
        pattern = _BLANKS if delimiter == " " else _WIDE_BLANKS
        for number, line in enumerate(lines, start=1):
            if line.strip() and not is_comment(line):
                yield number, pattern.split(line.strip())
        return

    def uncommented() -> Iterator[str]:
        is_quoted = False  # a quoted cell may run over several lines, one of which may start with #
        for number, line in enumerate(lines):
            if not is_quoted and (is_comment(line) or (number == 0 and line.casefold().startswith("sep="))):
                yield "\n"
                continue
            is_quoted ^= line.count('"') % 2 == 1
            yield line + "\n"

    reader = csv.reader(uncommented(), delimiter=delimiter, strict=True, skipinitialspace=True)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            problem = f"a cell of more than {LONGEST_CELL} characters; need shorter ones"
            raise Table(name, []).refuse(problem, reader.line_num) from None
        raise Table(name, []).refuse(f"not a table that can be read ({shorten(error)})", reader.line_num) from None
