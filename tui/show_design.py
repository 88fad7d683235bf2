"""What a search for designs looks like in a terminal: the answer first."""

from typing import TYPE_CHECKING

from formulate.report.design_page import (
    NEED_HEADS,
    answer_sentence,
    binding_sentences,
    compared_rows,
    end_sentence,
    looked_sentences,
    missing_numbers,
    need_rows,
    recipe_sentence,
    target_sentence,
)
from tui.show import DISCLAIMER
from tui.table import Cell, columns, fold, grid, wrap

if TYPE_CHECKING:
    from formulate.designs.search import Design

LABEL = 34  # characters of the first column


def design_text(design: "Design", title: str, width: int) -> str:
    """Give what was found as text."""
    parts = [title, wrap(answer_sentence(design), width)]
    if design.shortfall is not None:
        parts.append("\n".join(wrap(text, width, "> ", "  ") for text in binding_sentences(design)))
    parts.append(wrap(target_sentence(design), width))
    parts.append(_designs(design, width))
    if gaps := missing_numbers(design):
        parts[-1] += "\n" + "\n".join(wrap(text, width, "", "  ") for text in gaps)
    if design.ends:
        parts.append("\n".join(wrap(end_sentence(end), width, "- ", "  ") for end in design.ends))
    if design.shortfall is not None:
        rows = [[cell.replace("% (", "%\n(") for cell in row] for row in need_rows(design)]
        parts.append("What it would take\n" + grid(NEED_HEADS, rows, width, right=[1, 2, 3, 4]))
    recipes = [recipe_sentence(item, place) for place, item in enumerate(design.proposals, start=1)]
    parts.append("To make them\n" + "\n".join(wrap(text, width, "- ", "  ") for text in recipes))
    parts.append("\n".join(wrap(text, width) for text in looked_sentences(design)))
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def _designs(design: "Design", width: int) -> str:
    many = len(design.proposals) > 1 or design.is_met
    heads = ["", *(f"design {place}" if many else "nearest" for place in range(1, len(design.proposals) + 1))]
    room = max((width - LABEL) // len(design.proposals) - 2, 10)
    rows: list[list[Cell]] = []
    for label, cells in compared_rows(design):
        folded = [tuple(part for line in cell for part in fold(line, room)) for cell in cells]
        first = fold(label, LABEL)
        rows.append([(first[0], *(f"  {line}" for line in first[1:])), *folded])
    return columns(heads, rows, width)
