"""The lists of the catalog: their columns, their rows, and the words that narrow them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from materials.cards import Card, Cards
from materials.errors import FormulateError, shorten
from tui.app.widgets.table import Column, Line

KINDS = (
    ("carrier", "Carriers"),
    ("payload", "Payloads"),
    ("site", "Sites"),
    ("method", "Methods"),
    ("study", "Studies"),
)
CONDITIONS = {  # what may stand before a colon, and the condition of `materials.cards.Cards.find`
    "class": "of_class",
    "site": "site",
    "evidence": "evidence",
    "stage": "stage",
    "has": "has",
    "cells": "cell_source",
    "targets": "targets",
}
TARGETS = (  # cells and molecules that are asked for most, as beginnings of words
    "chondrocyte", "synovi", "senescent", "nucleus", "annulus", "macrophage", "microglia", "neuron", "osteoclast",
    "osteoblast", "endotheli", "inflammation", "ccr2", "trka", "cd44", "sdf-1", "cxcr4",
)  # fmt: skip
NAME = 30  # width of a name at least, where more than one column stands beside it
MOST_WANTED = ("runs", "values", "class", "direction", "form")  # of the columns beside the name
_STAGES = (
    "trial", "cohort", "case-report", "large-animal", "small-animal", "in-vitro", "concept", "review", "not-stated",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the filter asks for: words, and conditions written as name:value."""

    words: str = ""
    conditions: dict[str, str] = field(default_factory=dict)


def asked(text: str) -> Asked:
    """Read the filter.

    >>> asked("site:knee plga has:size")
    Asked(words='plga', conditions={'site': 'knee', 'has': 'size'})
    """
    words: list[str] = []
    conditions: dict[str, str] = {}
    for part in text.split():
        name, colon, value = part.partition(":")
        if colon and name in CONDITIONS:
            conditions[name] = value
        else:
            words.append(part)
    return Asked(" ".join(words), conditions)


def found(cards: Cards, kind: str, text: str) -> tuple[list[Card], str]:
    """Give the cards that a filter leaves, and what is wrong with it; a condition begun but not named holds for all."""
    wanted = asked(text)
    given = {CONDITIONS[name]: value for name, value in wanted.conditions.items() if value}
    try:
        return cards.find(kind, text=wanted.words, **given), ""
    except FormulateError as error:
        return [], str(error)


def values_of(cards: Cards, kind: str, condition: str) -> list[tuple[str, int]]:
    """Give what a condition may be for a kind, each with how many entries have it."""
    every = cards.cards[kind]

    def counted(names: Sequence[str]) -> list[tuple[str, int]]:
        counts = [(name, len(found(cards, kind, f"{condition}:{name}")[0])) for name in names]
        return [(name, count) for name, count in counts if count]

    if condition == "class":
        return counted(sorted({card.of_class for card in every}))
    if condition == "site":
        return counted(sorted(card.id for card in cards.cards["site"]))
    if condition == "evidence":
        return counted(("user", "primary", "secondary", "review", "derived", "assumed"))
    if condition == "stage":
        return counted(_STAGES)
    if condition == "has":
        return counted(sorted({name for card in every for name in card.has}))
    if condition == "targets":
        return counted(("any", *TARGETS))
    return counted(sorted({card.cell_source for card in every} - {""}))


def columns(kind: str, width: int) -> tuple[Column, ...]:
    """Give the columns of a kind that a list of a width [columns] has room for beside a name that can be read."""
    known = _columns(kind)
    wanted = sorted(known[1:], key=lambda column: MOST_WANTED.index(column.id))
    taken = [sum((column.width or 0) + 2 for column in wanted[: count + 1]) for count in range(len(wanted))]
    room = width - min(NAME, width - wanted[0].width - 4 if wanted[0].width else NAME) - 2
    shown = {column.id for column, end in zip(wanted, taken, strict=True) if end <= room}
    return tuple(column for column in known if column.id in {known[0].id, *shown})


def _columns(kind: str) -> tuple[Column, ...]:
    name = Column("name", "Name", 0)
    if kind == "study":
        return name, Column("class", "Stage", 13), Column("direction", "Direction", 12)
    more = [Column("class", "Class", 22), *([Column("form", "Form", 9)] if kind == "carrier" else [])]
    values = Column("values", "Values", 6, "right")
    runs = (Column("runs", "Computed", 10),) if kind in ("carrier", "payload", "site") else ()
    return name, *more, values, *runs


def line(card: Card, shown: Sequence[Column]) -> Line:
    """Give the row of a card."""
    name = f"◆ {card.name}" if card.yours else card.name
    cells = {
        "name": (name, card.name.casefold()),
        "class": (card.of_class, _STAGES.index(card.of_class) if card.of_class in _STAGES else card.of_class),
        "form": (card.physical_form, card.physical_form),
        "direction": (card.direction, card.direction),
        "values": (str(card.values), -card.values),
        "runs": (_runs(card.runs), (not card.runs.startswith("yes"), card.runs)),
    }
    chosen = [cells[column.id] for column in shown]
    return Line(card.id, tuple(text for text, _ in chosen), tuple(key for _, key in chosen))


def _runs(runs: str) -> str:
    """Give whether calculators can run an entry, by sign and word."""
    if runs == "yes":
        return "✓ yes"
    ready, of, every = runs.partition(" of ")
    if of:
        return f"{'✓' if ready == every else '·'} {runs}"
    return "✗ no" if runs == "no" else f"· {runs}"


def title(cards: Cards, kind: str, shown: int, text: str) -> str:
    """Give the heading of a list: its kind and how many of all are shown."""
    every = len(cards.cards[kind])
    name = dict(KINDS)[kind]
    return f"{name}: {shown} of {every}" if text.strip() else f"{name}: {shorten(every)}"
