"""The text of a report laid out for a screen: headings, paragraphs, tables that fit the width or rows told in words."""

from collections.abc import Iterator, Sequence
from typing import Any

from tui.app.widgets.reading import BLANK, Paragraph, paragraph
from tui.table import grid, printable

_LEAST = 11  # characters of a column: a table with narrower ones is told row by row
_GAP = 2
_BULLET = "• "


def laid_out(blocks: Sequence[tuple[Any, ...]], width: int) -> list[Paragraph]:
    """Give the paragraphs of a text that `formulate.form.read_through` gave, for a width in characters."""
    found: list[Paragraph] = []
    for kind, *parts in blocks:
        found += _of_kind(kind, [_line(part) for part in parts], width)
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
    if count * _LEAST + (count - 1) * _GAP <= width:
        heading = (*heads, *("",) * (count - len(heads))) if heads else ()
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


def _line(text: Any) -> Any:
    """Give a text on one line, with nothing in it that steers the terminal."""
    return " ".join(printable(text).split()) if isinstance(text, str) else text
