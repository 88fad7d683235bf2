"""What a cell says: a number, a share shown as a percentage, or no reading; anything else is told in words."""

import math
import re

from formulate.experiment.table import SPREADSHEET_ERRORS
from formulate.experiment.workbook import NO_RESULT
from materials.errors import FormulateError, shorten

LARGEST = 1e15  # no time and no reading in any unit comes near

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_MISSING = frozenset(
    ("", "na", "n/a", "n.a.", "nan", "nd", "n.d.", "nm", "-", "--", "---", "–", "—", ".", "none", "null", "missing")
)  # casefolded
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?%?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?")


class CellError(FormulateError):
    """A cell that is neither a number nor a missing reading."""


def is_missing(cell: object) -> bool:
    """Tell whether a cell says that there is no reading: it is empty, or NA, nd, a dash.

    >>> is_missing("n.d."), is_missing("0")
    (True, False)
    """
    if isinstance(cell, str):
        return cell.strip().casefold() in _MISSING
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def read_number(cell: object) -> tuple[float, bool]:
    """Give the number in a cell, NaN where there is no reading, and whether a percent sign follows it.

    Parameters
    ----------
    cell : object
        A text, or what a workbook or a data frame holds.

    Returns
    -------
    tuple of float and bool
        The number as it stands (45 of ``"45%"``); True where it has a percent sign.

    Raises
    ------
    CellError
        A decimal comma, a thousands separator, a date, an error of a spreadsheet, or no number at all.

    Examples
    --------
    >>> read_number("12.5"), read_number("45%")
    ((12.5, False), (45.0, True))
    >>> read_number("1;5")
    Traceback (most recent call last):
    formulate.experiment.numbers.CellError: '1;5' is not a number; need one such as 12.5, or an empty cell where there
    is no reading
    """
    if isinstance(cell, str):
        if cell.isascii() and "_" not in cell:
            try:
                number = float(cell)
            except ValueError:
                pass
            else:
                if abs(number) <= LARGEST:
                    return number, False
        text = cell.strip().replace("\u2212", "-")
        is_percent = text.endswith(("%", "％"))
        plain = text[:-1].rstrip() if is_percent else text
        if _NUMBER.fullmatch(plain) and plain.isascii():
            return _bounded(float(plain), cell), is_percent
        if text.casefold() in _MISSING:
            return math.nan, False
        raise CellError(f"{shorten(text)!r}{_complaint(text)}")
    if isinstance(cell, bool) or type(cell).__name__ == "bool":
        raise CellError(f"{str(cell).upper()}: neither a number nor an empty cell")
    try:
        number = float(cell)  # type: ignore[arg-type]  # a number of any library
    except (TypeError, ValueError, OverflowError):
        if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
            return math.nan, False
        raise CellError(
            f"{shorten(cell)!r} is a date or a time of the clock; need a number (format the column as a number)"
        ) from None
    return (number, False) if math.isnan(number) else (_bounded(number, cell), False)


def _bounded(number: float, cell: object) -> float:
    if abs(number) > LARGEST:  # infinity too
        raise CellError(f"{shorten(cell)!r}: too large; need a number below {LARGEST:g}")
    return number


def _complaint(text: str) -> str:
    """Say what is wrong with a text that is no number, and what is needed."""
    if text == NO_RESULT:
        return ": a formula without a stored result; open the file in a spreadsheet program and save it again"
    if text.upper().startswith(SPREADSHEET_ERRORS):
        return ": an error of the spreadsheet; mend the formula, or empty the cell where there is no reading"
    if "±" in text or "+/-" in text:
        return ": a mean and its deviation in one cell; need two columns, such as released (%) and SD (%)"
    if text.startswith(("<", ">", "≤", "≥")):
        return ": a limit; need a number, or an empty cell where there is no reading"
    if _THOUSANDS.fullmatch(text) and not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        return ": a thousands separator; need a number such as 1234.5"
    if _COMMA.fullmatch(text):
        return (
            ": a comma; need a number with a point, such as 1.5 "
            "(export again with the point as decimal separator; commas are never guessed)"
        )
    if text.casefold().lstrip("+-") in ("inf", "infinity", "∞"):
        return ": not finite; need a number"
    return " is not a number; need one such as 12.5, or an empty cell where there is no reading"
