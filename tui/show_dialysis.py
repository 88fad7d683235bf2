"""A correction for the dialysis bag as text for a terminal."""

from typing import TYPE_CHECKING

from formulate.report.dialysis_page import candidate_rows, law_rows, time_rows
from tui.table import grid, wrap

if TYPE_CHECKING:
    from formulate.dialysis.results import DialysisResult


def dialysis_text(found: "DialysisResult", width: int = 100) -> str:
    """Give the correction as text: the verdict, the law behind the bag, the bag."""
    parts = ["\n".join(wrap(text, width) for text in found.statements)]
    for rows_of in (law_rows, time_rows, candidate_rows):
        heads, rows = rows_of(found)
        parts.append(grid(heads, rows, width, right=[1]))
    if found.warnings:
        parts.append("\n".join(wrap(text, width, "- ", "  ") for text in found.warnings))
    return "\n\n".join(parts)
