"""What the sources say of formulations against each other."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from formulate.formulation import Formulation
from formulate.standing.asked import Asked, asked_of, parts_of
from materials import catalog
from materials.comparisons import Compared, compared
from materials.kinship import line_of
from materials.values import Statement


@dataclass(frozen=True)
class HeadToHead:
    """One finding on two things compared, and the formulations it applies to, by position."""

    formulations: tuple[int, ...]  # those that are, or are a kind of, what the statement is on
    against: tuple[int, ...]  # those that are, or are a kind of, what it compares that with
    subject: str  # the id that the statement stands on
    other: str  # the id that it is compared with
    told: str
    topic: str
    sources: tuple[str, ...]
    evidence: str
    mark: str  # how a review says it: stated, hedged, or title


def head_to_head(formulations: Sequence[Formulation]) -> tuple[HeadToHead, ...]:
    """Give what the catalog's sources say of formulations against each other, each finding once; see `between`."""
    return between([asked_of(formulation) for formulation in formulations])


def between(asked: Sequence[Asked]) -> tuple[HeadToHead, ...]:
    """Give what the catalog's sources say of things against each other, each finding once.

    A statement applies when it speaks of the carriers asked for, of what these are a kind of, or, of a free drug, of
    its payload. The same two things compared by the same source are one finding, on whichever page it stands; where a
    source speaks of two by name, what it says of their kinds is left out.
    """
    found = list(compared(catalog.load(), [_names(item) for item in asked]))
    closest: dict[tuple[frozenset[int], str], int] = {}
    for item in found:
        closest[_of(item)] = min(item.steps, closest.get(_of(item), item.steps))
    applies: dict[tuple[str, str, Statement], list[Compared]] = {}
    for item in found:
        if item.steps == closest[_of(item)]:
            applies.setdefault((item.entry.id, item.other, item.statement), []).append(item)
    told: list[HeadToHead] = []
    seen: set[tuple[str, str, str]] = set()
    for (subject, other, statement), items in applies.items():
        if (other, subject, statement.source) in seen:  # the same finding, told on the page of the other
            continue
        seen.add((subject, other, statement.source))
        told.append(
            HeadToHead(
                formulations=tuple(sorted({item.side for item in items})),
                against=tuple(sorted({item.against for item in items})),
                subject=subject,
                other=other,
                told=statement.text,
                topic=statement.topic,
                sources=tuple(filter(None, (statement.source, *statement.cites))),
                evidence=str(statement.evidence),
                mark=statement.mark,
            )
        )
    return tuple(told)


def _of(item: Compared) -> tuple[frozenset[int], str]:
    return frozenset((item.side, item.against)), item.statement.source


def _names(asked: Asked) -> tuple[str, ...]:
    """Give what a statement may name, the closest first.

    What is said of plain vesicles or cells is not said of modified ones: from those, no step leads upwards.
    """
    known, parts = catalog.load(), parts_of(asked)
    lines = [(name,) if known.carriers[name].modifications else line_of(known, name) for name in parts]
    names = [name for step in itertools.zip_longest(*lines) for name in step if name]
    if all(known.carriers[name].form in ("dissolved", "crystal") for name in parts):
        names += asked.payloads
    return tuple(dict.fromkeys(names))
