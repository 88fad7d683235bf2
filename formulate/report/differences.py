"""Differences between files as a reader sees them, in a terminal and on a page alike."""

from collections.abc import Iterator, Sequence

from formulate.difference import Difference, Differences, words_text
from formulate.report.page import Document, Points, Section, Table, Text
from materials.errors import shorten

MARK = " *"
LEGEND = "* set in this file, and no calculation of it reads it: the number has no effect."
LONGEST = 160  # characters of one value; a covariance matrix has no end


def cells(found: Difference) -> list[str]:
    """Give what each file says of a field: its words, or what holds where it leaves the field out."""
    return [
        (f"({otherwise})" if otherwise.startswith("no such ") else f"(left out: {shorten(otherwise, LONGEST)})")
        if given is None
        else shorten(words_text(given), LONGEST) + (MARK if unread else "")
        for given, otherwise, unread in zip(found.words, found.otherwise, found.unread, strict=True)
    ]


def summary(found: Differences) -> str:
    """Give in one sentence how much differs."""
    count, labels = len(found.of_value), len(found.differing) - len(found.of_value)
    told = f"{_counted(count, 'field')} in value" if count else "no field in value"
    if labels:
        told += f", {_counted(labels, 'label')} that no number hangs on"
    if found.rewritten:
        told += f"; {_counted(len(found.rewritten), 'field')} written differently, the same in value"
    return f"The files differ in {told}; alike: {_counted(found.alike, 'field')}."


def remarks(found: Differences) -> Iterator[str]:
    """Give what must be said beside the tables: what a mark means, and what is not known."""
    if any(True in item.unread for item in found.differing):
        yield LEGEND
    if any(".set." in item.field or ".loading." in item.field for item in found.differing):
        for name, why in found.not_known.items():
            yield f"{name}: not known which of its numbers are read: {why}"


def differences_section(found: Differences) -> Section:
    """Give the section of a page."""
    blocks: list[Text | Points | Table] = [Text(summary(found))]
    for listed, caption, folded in (
        (found.differing, "What differs", ""),
        (found.rewritten, "", "The same in value, written differently"),
    ):
        if listed:
            blocks.append(
                Table(("field", *found.names), [(item.field, *cells(item)) for item in listed], caption, folded)
            )
    told = list(remarks(found))
    return Section("Differences between the files", (*blocks, *([Points(told)] if told else [])))


def differences_document(found: Differences) -> Document:
    """Give a report of the differences alone."""
    return Document("Differences", _listed(found.names), summary(found), [differences_section(found)])


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}, field by field"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
