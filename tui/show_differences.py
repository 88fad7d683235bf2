"""Differences between files in a terminal."""

from collections.abc import Sequence

from formulate.difference import Difference, Differences
from formulate.estimate import Estimate
from formulate.report.beside import Found, numbers, questions
from formulate.report.differences import cells, remarks, summary
from formulate.report.text import estimate_cells
from tui.show import DISCLAIMER
from tui.table import Cell, columns, fold, grid, wrap

LONGEST_FIELD = 24  # in one line of a table
MOST_BESIDE = 3  # files whose words stand in columns of 80; more stand below each other


def differences_text(found: Differences, width: int) -> str:
    """Give differences as text: what differs in value, what only in words, what is alike."""
    parts = [wrap(summary(found), width)]
    if found.differing:
        parts.append(_table(found.names, found.differing, width))
    in_other_words = [item for item in found.rewritten if not item.is_default]
    if in_other_words:
        parts.append(f"The same in value, written differently\n{_table(found.names, in_other_words, width)}")
    if defaults := [item for item in found.rewritten if item.is_default]:
        told = "; ".join(f"{item.field} {next(text for text in cells(item) if text[0] != '(')}" for item in defaults)
        parts.append(wrap(f"Written by one, left out by another, for which it holds too: {told}.", width, "", "  "))
    parts += [wrap(text, width, "", "  ") for text in remarks(found)]
    return "\n\n".join(parts)


def _table(names: Sequence[str], listed: Sequence[Difference], width: int) -> str:
    if len(names) <= MOST_BESIDE:
        named = _in_lines if len(names) == MOST_BESIDE else str
        return grid(["field", *names], [[named(item.field), *cells(item)] for item in listed], width)
    lines = []
    for item in listed:
        lines.append(item.field)
        together: dict[str, list[str]] = {}
        for name, told in zip(names, cells(item), strict=True):
            together.setdefault(told, []).append(name)
        lines += [wrap(f"{told}: {', '.join(whose)}", width, "  ", "    ") for told, whose in together.items()]
    return "\n".join(lines)


def _in_lines(field: str) -> str:
    """Break a long field before a dot, where it can be read on."""
    parts = field.split(".")
    whole = len(field) <= LONGEST_FIELD or len(parts) < 3
    return field if whole else f"{'.'.join(parts[:-2])}\n.{'.'.join(parts[-2:])}"


def beside_text(found: Found, not_ranked: str, differences: Differences, warnings: Sequence[str], width: int) -> str:
    """Give predictions that answer different questions as text, without a rank."""
    asked = "\n".join(wrap(f"{name}: {text}", width, "", "  ") for name, text in questions(found))
    parts = [differences_text(differences, width), wrap(f"{not_ranked}.", width), asked]
    notes: list[str] = []
    rows = [[tuple(fold(label, 26)), *(_cell(item, notes) for item in of_each)] for label, of_each in numbers(found)]
    if rows:
        parts += [columns(["number", *found], rows, width), "Medians over 80 % bands."]
    if notes:
        parts.append("\n".join(wrap(note, width, f"{index} ", "  ") for index, note in enumerate(notes, start=1)))
    if warnings:
        parts.append("\n".join(["Warnings", *(wrap(text, width, "! ", "  ") for text in warnings)]))
    return "\n\n".join([*parts, DISCLAIMER])


def _cell(item: Estimate | str, notes: list[str]) -> Cell:
    """Give a number over its band, or the number of the note that says why there is none."""
    reason = item if isinstance(item, str) else item.reason
    if reason and reason not in notes:
        notes.append(reason)
    mark = f" [{notes.index(reason) + 1}]" if reason else ""
    if isinstance(item, str) or not item.exists:
        return (f"-{mark}",)
    main, band = estimate_cells(item)
    return (main + mark, band)
