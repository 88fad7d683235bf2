"""Plain tables for a terminal: columns wrap into blocks that fit the width, numbers stand over their bands."""

import unicodedata
from collections.abc import Sequence

Cell = tuple[str, ...]  # lines of one cell


def columns(heads: Sequence[str], rows: Sequence[Sequence[Cell]], width: int, gap: int = 2) -> str:
    """Lay out rows of cells; the first column is repeated in every block of columns that fits `width`.

    >>> print(columns(["id", "size"], [[("a",), ("1 nm", "0.5 to 2")]], 40))
    id      size
    a       1 nm
        0.5 to 2
    """
    wrapped = [_wrapped_head(head, [row[i] for row in rows]) for i, head in enumerate(heads)]
    widths = [
        max(_width(line) for line in (*wrapped[i], *(line for row in rows for line in row[i])))
        for i in range(len(heads))
    ]
    blocks: list[list[int]] = [[]]
    used = widths[0]
    for i in range(1, len(heads)):
        if blocks[-1] and used + gap + widths[i] > width:
            blocks.append([])
            used = widths[0]
        blocks[-1].append(i)
        used += gap + widths[i]
    return "\n\n".join(_block([0, *block], wrapped, rows, widths, gap) for block in blocks)


def _block(
    chosen: Sequence[int],
    heads: Sequence[Cell],
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[int],
    gap: int,
) -> str:
    tall = max(len(heads[i]) for i in chosen)
    lines = _lines([("",) * (tall - len(heads[i])) + tuple(heads[i]) for i in chosen], [widths[i] for i in chosen], gap)
    for row in rows:
        lines += _lines([row[i] for i in chosen], [widths[i] for i in chosen], gap)
    return "\n".join(lines)


def _lines(cells: Sequence[Cell], widths: Sequence[int], gap: int) -> list[str]:
    tall = max(len(cell) for cell in cells)
    lines = []
    for number in range(tall):
        parts = []
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            text = cell[number] if number < len(cell) else ""
            pad = " " * (width - _width(text))
            parts.append(text + pad if index == 0 else pad + text)
        lines.append((" " * gap).join(parts).rstrip())
    return lines


def _wrapped_head(head: str, cells: Sequence[Cell]) -> Cell:
    """Wrap a heading to about the width of what stands below it."""
    limit = max([10, *(_width(line) for cell in cells for line in cell)])
    lines: list[str] = []
    for word in head.split(" "):
        if lines and _width(lines[-1]) + 1 + _width(word) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> str:
    """Wrap a sentence to the width, with a prefix for its first line and one for the others."""
    lines = [first]
    for word in text.split():
        if _width(lines[-1]) + 1 + _width(word) > width and lines[-1].strip() not in ("", first.strip()):
            lines.append(rest)
        joiner = "" if lines[-1].endswith(" ") or not lines[-1] else " "
        lines[-1] += joiner + word
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
