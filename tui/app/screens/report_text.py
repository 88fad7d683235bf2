"""The text of a report laid out for a screen: headings, paragraphs, tables that fit the width or rows told in words."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from textual.events import Resize

from tui.app.widgets.reading import BLANK, Paragraph, Reading, paragraph
from tui.table import grid, printable, text_width

_LEAST = 11  # characters of a column of words: a table with narrower ones is told row by row
_GAP = 2
_BULLET = "• "


class ReportText(Reading):
    """A reading whose tables are laid out anew whenever it gets another width, or is shown again."""

    HELP = "The report as it will be written; the arrow keys and the wheel scroll. Ctrl+G computes what is asked anew."

    def __init__(self, fit: Callable[[], object], **named: Any) -> None:
        super().__init__(**named)
        self._fit = fit

    def on_resize(self, event: Resize) -> None:
        """Have the tables laid out; the reading itself wraps what it has."""
        self._fit()


def laid_out(blocks: Sequence[tuple[Any, ...]], width: int) -> list[Paragraph]:
    """Give the paragraphs of a text that `formulate.form.read_through` gave, for a width in characters."""
    found: list[Paragraph] = []
    before = ""
    for kind, *parts in blocks:
        found += [BLANK] if (before, kind) == ("table", "point") else []
        found += _of_kind(kind, [_line(part) for part in parts], width)
        before = kind
    return found


def _of_kind(kind: str, parts: list[Any], width: int) -> Iterator[Paragraph]:
    if kind == "title":
        yield paragraph((parts[0], "heading"))
    elif kind == "note":
        yield from (BLANK, paragraph((parts[0], "muted")))
    elif kind == "answer":
        yield from (BLANK, paragraph((parts[0], "strong"), indent=2))
    elif kind == "section":
        yield from (BLANK, paragraph((parts[0], "heading")), paragraph(("─" * min(len(parts[0]), width), "muted")))
    elif kind == "point":
        yield paragraph(f"{_BULLET}{parts[0]}", hang=len(_BULLET))
    elif kind == "figure":
        yield from (BLANK, paragraph(("Figure: ", "label"), (parts[0], "muted"), hang=2))
    elif kind == "reference":
        number, text, link = parts
        yield paragraph((f"[{number}] ", "label"), text, *([(f" {link}", "muted")] if link else []), hang=4)
    elif kind == "table":
        yield from _table(parts[0], parts[1], parts[2], width)
    else:
        yield from (BLANK, paragraph(parts[0]))


def _table(caption: str, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], width: int) -> Iterator[Paragraph]:
    yield BLANK
    if caption:
        yield paragraph((caption, "label"))
    count = max([len(heads), *map(len, rows)])
    even = [(*row, *("",) * (count - len(row))) for row in rows]
    heading = (*heads, *("",) * (count - len(heads))) if heads else ()
    least = [_least(column) for column in zip(heading or even[0], *even, strict=True)] if even else [0]
    if sum(least) + (count - 1) * _GAP <= width:
        lines = grid(heading, even, width, gap=_GAP, hang=2).split("\n")
        twice = grid(heading, [*even, *even], width, gap=_GAP, hang=2).count("\n") + 1
        tall = 2 * len(lines) - twice  # the lines that the headings take
        for place, line in enumerate(lines):
            yield paragraph((line, "muted" if place < tall else ""))
        return
    for name, *cells in even:
        yield paragraph((_line(name), "label"), hang=2)
        for head, cell in zip(heads[1:] or [""] * len(cells), cells, strict=False):
            if cell:
                yield paragraph(*([(f"{_line(head)}: ", "muted")] if head else []), _line(cell), indent=2, hang=4)


def _least(column: Sequence[str]) -> int:
    """Give the characters that a column needs: short cells as they are, below a heading broken at its blanks."""
    head, *cells = column
    return min(max(text_width(text) for text in (*_line(head).split(), *map(_line, cells), "")), _LEAST)


def _line(text: Any) -> Any:
    """Give a text on one line, with nothing in it that steers the terminal."""
    return " ".join(printable(text).split()) if isinstance(text, str) else text
