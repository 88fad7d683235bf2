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
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*[%％]?")
_POINT = re.compile(r"[+-]?[\d.,]*\.[\d.,]*\d(?:[eE][+-]?\d+)?\s*[%％]?")
_PLAIN = r"[+\-\u2212]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?\s*[%％]?"
_MEAN_AND_DEVIATION = re.compile(
    rf"[(（]?\s*(?P<mean>{_PLAIN})\s*(?:±|\+/[-\u2212]|\+-)\s*(?P<deviation>{_PLAIN}|-|nd|NA)\s*[)）]?\s*(?P<sign>[%％]?)"
)
_DEVIATION_IN_BRACKETS = re.compile(
    rf"(?P<mean>{_PLAIN})\s*[(（\[]\s*(?P<deviation>{_PLAIN})\s*[)）\]]\s*(?P<sign>[%％]?)"
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?")


class CellError(FormulateError):
    """A cell that is neither a number nor a missing reading."""


class DecimalSignError(CellError):
    """A number with the other decimal sign: commonly the whole table is written so."""


def is_missing(cell: object) -> bool:
    """Tell whether a cell says that there is no reading: it is empty, or NA, nd, a dash.

    >>> is_missing("n.d."), is_missing("0")
    (True, False)
    """
    if isinstance(cell, str):
        return cell.strip().casefold() in _MISSING
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def read_number(cell: object, decimal: str = ".") -> tuple[float, bool]:
    """Give the number in a cell, NaN where there is no reading, and whether a percent sign follows it.

    Parameters
    ----------
    cell : object
        A text, or what a workbook or a data frame holds.
    decimal : {".", ","}
        What parts the decimals of a text.

    Returns
    -------
    tuple of float and bool
        The number as it stands (45 of ``"45%"``); True where it has a percent sign.

    Raises
    ------
    CellError
        A comma or a point that is not `decimal`, a thousands separator, a date, an error of a spreadsheet, or no
        number at all.

    Examples
    --------
    >>> read_number("12.5"), read_number("45%")
    ((12.5, False), (45.0, True))
    >>> read_number("12,5", decimal=",")
    (12.5, False)
    >>> read_number("1;5")
    Traceback (most recent call last):
    formulate.experiment.numbers.CellError: '1;5' is not a number; need one such as 12.5, or an empty cell where there
    is no reading
    """
    if isinstance(cell, str):
        if decimal == ",":
            cell = _with_point(cell)
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
        complaint = _complaint(text)
        kind = DecimalSignError if complaint == _HAS_COMMA else CellError
        raise kind(f"{shorten(text)!r}{complaint}")
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


def _with_point(text: str) -> str:
    """Write a number with a point for its comma; one that has a point already may mean thousands."""
    if _POINT.fullmatch(text.strip().replace("\u2212", "-")):
        raise DecimalSignError(f"{shorten(text)!r}: a point, where decimals are said to be commas; need one way")
    return text.replace(",", ".") if _COMMA.fullmatch(text.strip().replace("\u2212", "-")) else text


def is_name(cell: object) -> bool:
    """Tell whether a cell is a text with a letter in it that is neither a number nor an error nor a missing reading.

    >>> is_name("n = 3"), is_name("F1"), is_name("12.5"), is_name("nd"), is_name("#REF!")
    (True, True, False, False, False)
    """
    if not isinstance(cell, str) or is_missing(cell) or cell.upper().startswith(SPREADSHEET_ERRORS):
        return False
    try:
        read_number(cell)
    except CellError:
        return any(map(str.isalpha, cell))
    return False


def is_number(cell: object, decimal: str = ".") -> bool:
    """Tell whether a cell holds a number.

    >>> is_number("12.5"), is_number(""), is_number("12,5"), is_number("12,5", ",")
    (True, False, False, True)
    """
    try:
        return not math.isnan(read_number(cell, decimal)[0])
    except CellError:
        return False


def mean_and_deviation(cell: object, in_brackets: bool = False) -> tuple[str, str] | None:
    """Part a mean and its deviation that stand in one cell; None where a cell holds something else.

    Parameters
    ----------
    cell : object
        Such as ``"12.3 ± 1.2"``.
    in_brackets : bool
        Whether ``"12.3 (1.2)"`` is such a cell, too.

    Returns
    -------
    tuple of str and str, or None
        Both as they stand, a percent sign behind the deviation for both.

    Examples
    --------
    >>> mean_and_deviation("12.3±1.2%"), mean_and_deviation("12.3 (1.2)"), mean_and_deviation("12.3 (1.2)", True)
    (('12.3%', '1.2%'), None, ('12.3', '1.2'))
    """
    if not isinstance(cell, str):
        return None
    found = _MEAN_AND_DEVIATION.fullmatch(cell) or (_DEVIATION_IN_BRACKETS.fullmatch(cell) if in_brackets else None)
    if found is None:
        return None
    mean, deviation = found["mean"].strip(), found["deviation"].strip()
    if is_missing(deviation):
        return mean + found["sign"], ""
    sign = "%" if found["sign"] or any(text.endswith(("%", "％")) for text in (mean, deviation)) else ""
    return mean.rstrip("%％ ") + sign, deviation.rstrip("%％ ") + sign


def _bounded(number: float, cell: object) -> float:
    if abs(number) > LARGEST:  # infinity too
        raise CellError(f"{shorten(cell)!r}: too large; need a number below {LARGEST:g}")
    return number


_HAS_COMMA = (
    ": a comma; need a number with a point, such as 1.5 "
    "(--decimal , reads it, or export again with the point as decimal separator; commas are never guessed)"
)


def _complaint(text: str) -> str:
    """Say what is wrong with a text that is no number, and what is needed."""
    if text == NO_RESULT:
        return ": a formula without a stored result; open the file in a spreadsheet program and save it again"
    if text.upper().startswith(SPREADSHEET_ERRORS):
        return ": an error of the spreadsheet; mend the formula, or empty the cell where there is no reading"
    if "±" in text or "+/-" in text:
        return ": a mean and its deviation in one cell; read in a column of readings alone, as 12.3 ± 1.2"
    if text.startswith(("<", ">", "≤", "≥")):
        return ": a limit; need a number, or an empty cell where there is no reading"
    if _THOUSANDS.fullmatch(text) and not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        return ": a thousands separator; need a number such as 1234.5"
    if _COMMA.fullmatch(text):
        return _HAS_COMMA
    if re.fullmatch(r"\d+:[0-5]\d(:[0-5]\d)?", text):
        return ": a time of the clock; need a number, such as 1.5 for 1:30"
    if text.casefold().lstrip("+-") in ("inf", "infinity", "∞"):
        return ": not finite; need a number"
    return " is not a number; need one such as 12.5, or an empty cell where there is no reading"
