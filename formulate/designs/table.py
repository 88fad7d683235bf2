"""Designs as rows of a table: columns that are known before the first row, and what the rows come to."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from formulate.designs.outcome import NUMBERS, Outcome, limits_of
from formulate.designs.space import Axis, Space

Cell: TypeAlias = int | float | str | None
Kind: TypeAlias = Literal["whole", "number", "text"]
DESIGN, PROBABILITY, MARGIN = "design", "probability (fraction)", "margin (ln ratio)"
REASON, NOTES, MADE_FROM = "reason", "notes", "made_from"
ENDS = ("low", "median", "high")
DIGITS = 6
BEST = 5  # designs that are told
MOST_REASONS = 20  # told apart
_VALUE = re.compile(r"= [-+.\de]+")  # of one design; its reason is that of others too


@dataclass(frozen=True)
class Column:
    """One column: its head, with the unit, and what stands in it."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """The table of the designs of a space; `made_from` says in every row what it was made from."""

    space: Space
    made_from: str = ""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns, the same for every design."""
        numbers = [Column(f"{name} {end} ({_sign(unit)})", "number") for name, unit in NUMBERS.items() for end in ENDS]
        return (
            Column(DESIGN, "whole"),
            *(Column(axis.label, _kind(axis)) for axis in self.space.axes),
            Column(PROBABILITY, "number"),
            Column(MARGIN, "number"),
            *(Column(name, "number") for name in self.chances.values()),
            *numbers,
            Column(REASON, "text"),
            Column(NOTES, "text"),
            Column(MADE_FROM, "text"),
        )

    @cached_property
    def chances(self) -> Mapping[str, str]:
        """The column of the chance of each limit, by its name."""
        return {limit.name: f"{limit.name} chance (fraction)" for limit in limits_of(self.space.target)}

    @property
    def header(self) -> str:
        """The heads as the first line of a CSV file."""
        return as_csv([column.name for column in self.columns])

    def cells(self, outcome: Outcome) -> list[Cell]:
        """Give the row of a design; a cell without a number is explained by its reason or its notes."""
        chosen = {(item.of, item.name): item.value for item in outcome.settings}
        found: list[Cell] = [outcome.index, *(chosen.get(axis.key) for axis in self.space.axes)]
        found += [outcome.probability, outcome.margin]
        held = outcome.limits
        found += [held[name].chance if name in held else None for name in self.chances]
        for name in NUMBERS:
            number = outcome.numbers.get(name)
            found += [None if number is None else getattr(number, end) for end in ENDS]
        return [*found, " ".join(outcome.reason.split()), self._notes(outcome), self.made_from]

    def _notes(self, outcome: Outcome) -> str:
        """Say why cells are empty of a design that could be computed, and of choices that it has not."""
        chosen = {(item.of, item.name) for item in outcome.settings}
        without = dict.fromkeys(axis.key[0] or axis.key[1] for axis in self.space.axes if axis.key not in chosen)
        told = [f"{name}: {'one injection' if name == 'interval' else 'not in this design'}" for name in without]
        if not outcome.reason:
            for name in NUMBERS:
                number = outcome.numbers.get(name)
                if number is None:
                    told.append(f"{name}: not computed for this design")
                elif None in (number.low, number.median, number.high):
                    told.append(f"{name}: {number.reason}")
        return " ".join(" | ".join(told).split())


def as_csv(cells: Sequence[Cell]) -> str:
    """Give cells as one line of a CSV file, numbers to six digits."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        "" if cell is None else f"{cell:.{DIGITS}g}" if isinstance(cell, float) else cell for cell in cells
    )
    return line.getvalue()


@dataclass(frozen=True)
class Best:
    """A design among the best of a sweep, with its choices as they would stand in a file."""

    design: int
    probability: float
    margin: float
    settings: Mapping[str, str]

    @property
    def place(self) -> tuple[float, float, int]:
        """What it is ranked by, the best first."""
        return -self.probability, -self.margin, self.design


@dataclass
class Tally:
    """What rows come to, counted as they pass; nothing grows with their number."""

    table: Table
    designs: int = 0
    computed: int = 0
    met: int = 0  # as surely as wanted
    held: Counter[str] = field(default_factory=Counter)  # by limit, as surely as wanted
    refusals: Counter[str] = field(default_factory=Counter)  # by reason
    best: tuple[Best, ...] = ()

    def add_line(self, line: str) -> None:
        """Count a line of a CSV file."""
        self.add(next(csv.reader([line])))

    def add(self, cells: Sequence[str]) -> None:
        """Count a row, as the cells of a CSV file."""
        row = dict(zip((column.name for column in self.table.columns), cells, strict=True))
        self.designs += 1
        if not row[PROBABILITY]:
            reason = _VALUE.sub("= ...", row[REASON])
            known = reason in self.refusals or len(self.refusals) < MOST_REASONS
            self.refusals[reason if known else "for other reasons"] += 1
            return
        self.computed += 1
        wanted = self.table.space.target.probability - 10.0**-DIGITS
        probability = float(row[PROBABILITY])
        self.met += probability >= wanted
        for name, head in self.table.chances.items():
            self.held[name] += float(row[head]) >= wanted
        found = Best(int(row[DESIGN]), probability, float(row[MARGIN]), self._settings(row))
        if len(self.best) < BEST or found.place < self.best[-1].place:
            self.best = tuple(sorted((*self.best, found), key=lambda item: item.place)[:BEST])

    def _settings(self, row: Mapping[str, str]) -> dict[str, str]:
        chosen = ((axis, row[axis.label]) for axis in self.table.space.axes if row[axis.label])
        return {
            " ".join(filter(None, axis.key)): f"{value} {axis.choice.unit if axis.choice else ''}".rstrip()
            for axis, value in chosen
        }


def _kind(axis: Axis) -> Kind:
    if axis.choice is None or not axis.choice.is_number:
        return "text"
    return "whole" if axis.key == ("", "injections") else "number"


def _sign(unit: str) -> str:
    return "%" if unit == "percent" else unit
