"""What sources say of two things against each other: modified over plain vesicles, one cell source over another."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from materials.catalog import Catalog
from materials.schema import Entry
from materials.values import Statement


@dataclass(frozen=True)
class Compared:
    """A statement on an entry that compares it with another, and the two sides it applies to."""

    entry: Entry  # that the statement stands on
    other: str  # the id that it compares the entry with
    statement: Statement
    side: int  # the position of the side that the entry belongs to
    against: int  # the position of the side that the other belongs to
    steps: int  # how far the two stand from what the sides are: 0 where it speaks of them by name


def compared(catalog: Catalog, sides: Sequence[Sequence[str]]) -> Iterator[Compared]:
    """Give every statement that compares something of one side with something of another.

    Parameters
    ----------
    catalog : Catalog
        The entries.
    sides : sequence of sequences of str
        For each side, the ids that a statement on it may name, the closest first: an entry, what it is a kind of. A
        name that two sides share belongs to the one that it is closer to.
    """
    known = {entry.id: entry for entry in catalog.entries()}
    for (side, names), (against, others) in itertools.permutations(enumerate(sides), 2):
        for depth, name in enumerate(names):
            if name not in known or _depth(others, name) <= depth:  # it speaks of both, or of the other side first
                continue
            for statement in known[name].statement:
                for other in statement.than:
                    if _depth(others, other) < _depth(names, other):
                        steps = depth + others.index(other)
                        yield Compared(known[name], other, statement, side, against, steps)


def _depth(names: Sequence[str], name: str) -> float:
    return names.index(name) if name in names else math.inf
