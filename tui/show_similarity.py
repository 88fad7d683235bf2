"""A comparison of two release profiles as text for a terminal."""

from typing import TYPE_CHECKING

from formulate.report.similarity_page import TABLES, answer
from formulate.report.text import any_number
from tui.table import grid, indented, wrap

if TYPE_CHECKING:
    from formulate.similarity.results import Similarity


def similarity_text(found: "Similarity", width: int = 100) -> str:
    """Give the comparison as text: what each method says, then the numbers behind it."""
    units = " and ".join(f"{count} units" for count in found.units)
    span = ", ".join(any_number(float(value)) for value in found.time)
    parts = [
        wrap(f"{found.reference} against {found.test}: {units}, common times {span} {found.time_unit}", width),
        wrap(answer(found), width),
        grid(
            ("method", "", "what it says"),
            [(item.method, SIGNS[item.similar], item.says) for item in found.verdicts],
            width,
        ),
    ]
    for title, table in TABLES.items():
        heads, rows = table(found)
        if rows:
            right = range(1, len(heads)) if title == "The profiles" else ()
            parts.append(f"{title}\n{indented(grid(heads, rows, width - 2, right=right))}")
    if found.refused:
        parts.append(
            "\n".join(wrap(f"{name}: not computed, {why}", width, "", "  ") for name, why in found.refused.items())
        )
    parts += [wrap(text, width, "- ", "  ") for text in found.warnings]
    return "\n\n".join(parts)


SIGNS = {True: "= similar", False: "x not shown similar", None: "? does not decide"}
