"""A comparison of two release profiles as text for a terminal."""

from typing import TYPE_CHECKING

from formulate.report.similarity_page import PROFILES, TABLES, answer, decisions, headed, notes, sides, what
from formulate.similarity.verdicts import reasons
from tui.table import grid, indented, wrap

if TYPE_CHECKING:
    from formulate.similarity.results import Similarity


def similarity_text(found: "Similarity", width: int = 100) -> str:
    """Give the comparison as text: what f2 says under the rules, who agrees, then the numbers behind it."""
    parts = [
        *(wrap(line, width) for line in answer(found)),
        "\n".join(wrap(line, width, "", "  ") for line in (what(found), *sides(found))),
        grid(("method", "verdict", "numbers"), decisions(found), width, hang=2),
    ]
    for title, table in TABLES.items():
        heads, rows = table(found)
        if rows:
            numbers = range(1, len(heads)) if title == PROFILES else ()
            told = grid(heads, rows, width - 2, right=numbers, hang=0 if numbers else 2)
            parts.append(f"{headed(title, found)}\n{indented(told)}")
    if found.refused:
        listed = (f"{name}: not computed, {why}" for name, why in reasons(found.refused).items())
        parts.append("\n".join(wrap(line, width, "", "  ") for line in listed))
    parts.append("\n".join(wrap(text, width, "- ", "  ") for text in notes(found)))
    return "\n\n".join(filter(None, parts))
