"""Remarks below the readings of a table, and the number of units that they tell."""

import re
from collections.abc import Sequence

from formulate.experiment.numbers import is_missing, is_name, is_number
from materials.errors import shorten

Rows = Sequence[tuple[int, list[object]]]

_COUNT = re.compile(r"\bn\s*=\s*(\d{1,4})\b", re.IGNORECASE)
_COUNT_ALONE = re.compile(r"n\s*[=:]?", re.IGNORECASE)


def without_footnotes(rows: Rows, times: Sequence[int], decimal: str) -> tuple[Rows, list[str], int | None]:
    """Take the remarks off the end of a table.

    Parameters
    ----------
    rows : sequence of (int, list of object)
        Below the headers, each with its number in the file.
    times : sequence of int
        The columns of times.
    decimal : {".", ","}
        What parts the decimals.

    Returns
    -------
    tuple of rows, list of str and int or None
        The rows of readings; the remarks; n where they say ``n = 3``, once.

    Notes
    -----
    A remark is what stands behind the last time, below an empty row, and holds no number (but of ``n, 3``). A number
    there may be a reading, which is for the reader of readings to refuse.
    """

    def has_time(cells: Sequence[object]) -> bool:
        return any(is_number(cells[at], decimal) for at in times if at < len(cells))

    last = next((at for at in reversed(range(len(rows))) if has_time(rows[at][1])), None)
    if last is None:
        return rows, [], None
    start = next((at for at in range(last + 1, len(rows)) if rows[at][0] > rows[at - 1][0] + 1), len(rows))
    remarks = [_remark([cell for cell in cells if cell != ""]) for _, cells in rows[start:]]
    if not remarks or not all(remarks):
        return rows, [], None
    counts = {int(found) for remark in remarks for found in _COUNT.findall(remark)}
    return rows[:start], remarks, counts.pop() if len(counts) == 1 and 0 not in counts else None


def _remark(cells: Sequence[object]) -> str:
    """Give the text of a row without a number, "" where it is none."""
    if len(cells) == 2 and _COUNT_ALONE.fullmatch(str(cells[0])) and is_number(cells[1]):
        return f"n = {float(str(cells[1])):g}"
    is_text = all(is_name(cell) or is_missing(cell) for cell in cells) and any(map(is_name, cells))
    return shorten(", ".join(map(str, cells)), 80) if is_text else ""
