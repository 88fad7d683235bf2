"""What sources say of two things against each other: modified over plain vesicles, one cell source over another."""

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


def compared(catalog: Catalog, sides: Sequence[Sequence[str]]) -> Iterator[Compared]:
    """Give every statement that compares something of one side with something of another.

    Parameters
    ----------
    catalog : Catalog
        The entries.
    sides : sequence of sequences of str
        For each side, the ids that a statement on it may name: an entry, and what it is a kind of.
    """
    known = {entry.id: entry for entry in catalog.entries()}
    for position, side in enumerate(sides):
        for name in side:
            entry = known.get(name)
            for statement in entry.statement if entry else ():
                for against, theirs in enumerate(sides):
                    if against == position or name in theirs:
                        continue
                    for other in statement.than:
                        if other in theirs and other not in side:
                            yield Compared(known[name], other, statement, position, against)
