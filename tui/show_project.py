"""A project in a terminal."""

from collections.abc import Sequence

from formulate.project import Done, Project
from formulate.project_results import PREDICTED
from formulate.report.project import (
    ASIDE,
    MOST_CHANGES,
    change_texts,
    counted,
    faults,
    kind_text,
    left_over,
    reasons,
    set_aside,
    unchanged,
)
from formulate.report.text import estimate_cells, estimate_text
from materials.errors import shorten
from tui.show import DISCLAIMER
from tui.table import Cell, columns, fold, grid, wrap

HEADS = ("time above target", "drug half-life", "release t50", "peak unbound", "peak in plasma")
MOST_NAMED = 6  # files in one line


def project_text(project: Project, done: Sequence[Done], width: int) -> str:
    """Give a project as text: what was run and why, what changed, the main numbers."""
    parts = [wrap(f"Project {shorten(project.folder, 200)}, {counted(done)}.", width)]
    parts.append(grid(["file", "what it is", "state"], [_state(item) for item in done], width))
    if told := [wrap(f"{why}: {_named(names)}", width, "- ", "  ") for why, names in reasons(done)]:
        parts.append(
            "\n".join([f"{'Run' if any(item.state == 'run' for item in done) else 'To run'}, because of", *told])
        )
    changed = [text for item in done if (text := _changed(item, width))]
    if still := unchanged(done):
        changed.append(wrap(f"No main number changed: {_named(still)}.", width))
    if changed:
        parts.append("\n\n".join(["What changed", *changed]))
    parts += _numbers(done, width)
    if told := list(faults(done)):
        parts.append("\n".join(["Not run", *(wrap(text, width, "! ", "  ") for text in told)]))
    if told := set_aside(done):
        parts.append("\n".join([ASIDE, *(wrap(text, width, "- ", "  ") for text in told)]))
    parts += [wrap(text, width, "", "  ") for text in left_over(project)]
    return "\n\n".join([*parts, DISCLAIMER])


def _state(item: Done) -> list[str]:
    return [item.item.name, kind_text(item), "run now" if item.state == "run" else item.state]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _changed(item: Done, width: int) -> str:
    if item.state != "run" or item.item.kept is None:
        return ""
    told = change_texts(item)
    lines = [wrap(text, width, "  ", "    ") for text in told[:MOST_CHANGES]]
    if len(told) > MOST_CHANGES:
        lines.append(
            wrap(f"and {len(told) - MOST_CHANGES} more, in a report (-o report.html) and in --json", width, "  ")
        )
    return "\n".join([item.item.name, *lines]) if lines else ""


def _numbers(done: Sequence[Done], width: int) -> list[str]:
    """Give the numbers of what can be compared in a table, of a question those of its best; the others in lines."""
    rows: list[list[Cell]] = []
    notes: list[str] = []
    lines = []
    for item in done:
        best = item.ranked[0] if item.ranked else ""
        own = {one.name: one for subject, one in item.numbers if subject == best}
        if item.command in ("predict", "compare") and own:
            name = fold(item.item.path.stem, 26)
            row: list[Cell] = [(*name, *(f"  {line}" for line in (fold(f"best: {best}", 24) if best else ())))]
            for number in PREDICTED:
                main, band = estimate_cells(own[number])
                reason = own[number].reason
                if reason and reason not in notes:
                    notes.append(reason)
                mark = f" [{notes.index(reason) + 1}]" if reason else ""
                row.append((f"{main}{mark}", band) if own[number].exists else (f"-{mark}",))
            rows.append(row)
        elif item.numbers:
            lines.append(item.item.name)
            lines += [wrap(item.told, width, "  ", "    ")] if item.told else []
            for subject, one in item.numbers:
                lines.append(wrap(f"{subject}: {one.label} {estimate_text(one)}", width, "  ", "    "))
        elif item.command:
            lines.append(f"{item.item.name}: no carrier of the question could be computed")
    parts = []
    if rows:
        parts.append(columns(["file", *HEADS], rows, width))
        told = (
            "Medians over 80 % bands; of a question those of its best carrier. Unbound drug in the target compartment."
        )
        parts.append(wrap(told, width))
    if notes:
        parts.append("\n".join(wrap(note, width, f"{index} ", "  ") for index, note in enumerate(notes, start=1)))
    return [*parts, *(["\n".join(lines)] if lines else [])]
