"""Plain tables for a terminal: columns wrap into blocks that fit the width, numbers stand over their bands."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

Cell = tuple[str, ...]  # lines of one cell

_NARROWEST = 8  # of a column that wraps
_AT_HYPHENS = re.compile(r"(?<=\w-)(?=[^\W\d])")  # where an id may be broken, but no number such as 1e-10


def columns(heads: Sequence[str], rows: Sequence[Sequence[Cell]], width: int, gap: int = 2) -> str:
    """Lay out rows of cells; the first column is repeated in every block of columns that fits `width`.

    >>> print(columns(["id", "size"], [[("a",), ("1 nm", "0.5 to 2")]], 40))
    id      size
    a       1 nm
        0.5 to 2
    """
    wrapped = [_wrapped_head(head, [row[i] for row in rows]) for i, head in enumerate(heads)]
    widths = [
        max(text_width(line) for line in (*wrapped[i], *(line for row in rows for line in row[i])))
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
            pad = " " * (width - text_width(text))
            parts.append(text + pad if index == 0 else pad + text)
        lines.append((" " * gap).join(parts).rstrip())
    return lines


def _wrapped_head(head: str, cells: Sequence[Cell]) -> Cell:
    """Wrap a heading to about the width of what stands below it."""
    limit = max([10, *(text_width(line) for cell in cells for line in cell)])
    lines: list[str] = []
    for word in head.split(" "):
        if lines and text_width(lines[-1]) + 1 + text_width(word) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    right: Sequence[int] = (),
    gap: int = 2,
    hang: int = 0,
) -> str:
    """Lay out rows of texts as one table: where they do not fit `width`, the widest columns wrap.

    Parameters
    ----------
    heads : sequence of str
        The headings; empty for a table without.
    rows : sequence of sequence of str
        The cells; a line break in a cell starts a new line.
    width : int
        The width to fit.
    right : sequence of int
        The columns that stand at their right edge: numbers.
    gap : int
        Blanks between columns.
    hang : int
        Blanks before all but the first line of the first column, so that rows stay apart.

    Examples
    --------
    >>> print(grid(["id", "name", "values"], [["plga-microsphere", "PLGA microspheres", "31"]], 34, right=[2]))
    id           name         values
    plga-        PLGA             31
    microsphere  microspheres
    """
    every = [list(heads), *map(list, rows)] if heads else list(map(list, rows))
    count = len(every[0]) if every else 0
    natural = [max(text_width(line) for row in every for line in row[i].split("\n")) for i in range(count)]
    whole = [_longest_piece(row[i] for row in every) for i in range(count)]
    widths = _shrunk(natural, whole, width - gap * (count - 1))
    lines: list[str] = []
    for row in every:
        cells = [
            [part for line in cell.split("\n") for part in fold(line, size)]
            for cell, size in zip(row, widths, strict=True)
        ]
        if len(cells[0]) > 1:
            first, *more = fold(row[0], widths[0] - hang)
            cells[0] = [first, *(" " * hang + line for line in more)]
        for number in range(max(len(cell) for cell in cells)):
            parts = []
            for i, cell in enumerate(cells):
                text = cell[number] if number < len(cell) else ""
                pad = " " * (widths[i] - text_width(text))
                parts.append(pad + text if i in right else text + pad)
            lines.append((" " * gap).join(parts).rstrip())
    return "\n".join(lines)


def _shrunk(natural: Sequence[int], whole: Sequence[int], room: int) -> list[int]:
    """Give widths that fit the room, the widest column shrinking first; words are cut only where nothing else helps."""
    widths = [min(size, room) for size in natural]
    for least in (whole, [min(size, _NARROWEST) for size in whole]):
        while sum(widths) > room:
            wider = [i for i, size in enumerate(widths) if size > least[i]]
            if not wider:
                break
            widths[max(wider, key=lambda i: widths[i])] -= 1
    return widths


def _longest_piece(cells: Iterable[str]) -> int:
    """Give the width of the longest part that cannot be broken without cutting a word."""
    words = {piece for cell in cells for word in cell.split() for piece in _AT_HYPHENS.split(word)}
    return max((2 if _is_wide(word) else text_width(word) for word in words), default=0)


def indented(text: str, by: int = 2) -> str:
    """Give a text with blanks before each of its lines."""
    return "\n".join(" " * by + line for line in text.split("\n"))


def fold(text: str, limit: int) -> list[str]:
    """Break a text into lines of at most `limit`: at blanks, after hyphens, anywhere in Chinese, else where it must.

    >>> fold("bone-marrow exosome", 12)
    ['bone-marrow', 'exosome']
    >>> fold("骨髓来源外泌体", 6)
    ['骨髓来', '源外泌', '体']
    """
    lines = [""]
    for word in printable(text).split():
        blank = " " if lines[-1] else ""
        for piece in _AT_HYPHENS.split(word):
            if text_width(lines[-1] + blank + piece) <= limit:
                lines[-1] += blank + piece
            elif text_width(piece) <= limit and not _is_wide(piece):
                lines.append(piece)
            else:
                _cut_into(lines, blank + piece, limit, "")
            blank = ""
    return [line for line in lines if line] or [""]


def _cut_into(lines: list[str], text: str, limit: int, rest: str) -> None:
    """Add a text to the last line, going on to further ones wherever it is full."""
    for char in text:
        if text_width(lines[-1] + char) > limit and lines[-1] != rest:
            lines.append(rest)
            char = char.strip()
        lines[-1] += char


def wrap(text: str, width: int, first: str = "", rest: str = "") -> str:
    """Wrap a sentence to the width, with a prefix for its first line and one for the others.

    A word that is longer than a line stays whole, as an address must; Chinese is broken anywhere.
    """
    lines = [first]
    for word in printable(text).split():
        joiner = "" if lines[-1].endswith(" ") or not lines[-1] else " "
        if text_width(lines[-1]) + len(joiner) + text_width(word) > width:
            if _is_wide(word):
                _cut_into(lines, joiner + word, width, rest)
                continue
            if lines[-1].strip() not in ("", first.strip()):
                lines.append(rest)
                joiner = "" if rest.endswith(" ") or not rest else " "
        lines[-1] += joiner + word
    return "\n".join(lines)


def printable(text: str) -> str:
    """Give a text in which nothing can steer the terminal.

    >>> printable("a\\x1b[2Jb")
    'a?[2Jb'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() or c.isspace() else "?" for c in text)


def text_width(text: str) -> int:
    """Give how many columns of a terminal a text takes: Chinese two for each character, combining marks none.

    >>> text_width("nm"), text_width("膜"), text_width("e\u0301")
    (2, 2, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_columns_of(char) for char in text)


def _columns_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _is_wide(text: str) -> bool:
    return not text.isascii() and any(unicodedata.east_asian_width(char) in "WF" for char in text)
