"""Differences between files in a terminal."""

from collections.abc import Sequence

from formulate.difference import Difference, Differences
from formulate.report.differences import cells, remarks, summary
from tui.table import grid, wrap

MOST_BESIDE = 3  # files whose words stand in columns of 80; more stand below each other


def differences_text(found: Differences, width: int) -> str:
    """Give differences as text: what differs in value, what only in words, what is alike."""
    parts = [wrap(summary(found), width)]
    if found.differing:
        parts.append(_table(found.names, found.differing, width))
    if found.rewritten:
        parts.append(f"The same in value, written differently\n{_table(found.names, found.rewritten, width)}")
    parts += [wrap(text, width, "", "  ") for text in remarks(found)]
    return "\n\n".join(parts)


def _table(names: Sequence[str], listed: Sequence[Difference], width: int) -> str:
    if len(names) <= MOST_BESIDE:
        return grid(["field", *names], [[item.field, *cells(item)] for item in listed], width, hang=2)
    lines = []
    for item in listed:
        lines.append(item.field)
        together: dict[str, list[str]] = {}
        for name, told in zip(names, cells(item), strict=True):
            together.setdefault(told, []).append(name)
        lines += [wrap(f"{told}: {', '.join(whose)}", width, "  ", "    ") for told, whose in together.items()]
    return "\n".join(lines)
