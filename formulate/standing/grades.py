"""What a carrier costs, how hard it is to prepare and what it risks: what the catalog says, and a grade of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from formulate.standing.rules import DEGREES, Rules
from materials.catalog import Catalog
from materials.evidence import Evidence
from materials.kinship import line_of
from materials.schema import Entry
from materials.values import Statement

Subject = Literal["cost", "difficulty", "risk"]
BEST_EVIDENCE_FIRST = tuple(
    str(level)
    for level in (
        Evidence.USER,
        Evidence.PRIMARY,
        Evidence.SECONDARY,
        Evidence.REVIEW,
        Evidence.DERIVED,
        Evidence.ASSUMED,
    )
)
_NOTHING = {
    "cost": "no source in the catalog states a cost of",
    "difficulty": "no source in the catalog states how hard it is to prepare or give",
    "risk": "no source in the catalog states a risk of",
}


@dataclass(frozen=True)
class Grade:
    """A judgement with a score of 0 to 1, 1 being the best (cheap, easy, safe), or None with the reason in `told`."""

    score: float | None
    word: str  # low, moderate or high: the cost, the difficulty or the risk itself; or not known, not graded
    told: tuple[str, ...]
    sources: tuple[str, ...]
    evidence: str  # of what the score rests on; empty where there is none


def grade(catalog: Catalog, carriers: Sequence[str], methods: Sequence[str], subject: Subject, rules: Rules) -> Grade:
    """Give the grade of carriers made by some methods.

    What is said of a carrier counts before what is said of the thing it is a kind of. A nest is as dear, as hard and
    as risky as its worst part, and of several statements on one part the worst counts.
    """
    kinds = (subject, "caution") if subject == "risk" else (subject,)
    said: list[tuple[Entry, Statement]] = []
    silent: list[str] = []
    for carrier in carriers:
        found = list(_said_of(catalog, carrier, subject, kinds))
        said += found
        if not any(statement.kind == subject for _, statement in found) and not _is_nest(catalog, carrier):
            silent.append(carrier)
    for method in dict.fromkeys(methods):
        entry = catalog.methods[method]
        said += [(entry, statement) for statement in entry.statements(subject)]
    told = tuple(dict.fromkeys(f"{entry.name}: {_words(statement)}" for entry, statement in said))
    missing = tuple(f"{_NOTHING[subject]} {carrier}" for carrier in silent)
    sources = tuple(dict.fromkeys(statement.source for _, statement in said if statement.source))
    graded = [statement for _, statement in said if statement.degree]
    if not graded:
        word = "not graded" if any(statement.kind == subject for _, statement in said) else "not known"
        return Grade(None, word, (*told, *(missing or (f"no source grades the {subject}",))), sources, "")
    worst = max(graded, key=lambda statement: DEGREES.index(statement.degree))
    best_backed = min(
        (str(item.evidence) for item in graded if item.degree == worst.degree), key=BEST_EVIDENCE_FIRST.index
    )
    return Grade(rules.degree[worst.degree], worst.degree, (*told, *missing), sources, best_backed)


def _is_nest(catalog: Catalog, carrier: str) -> bool:
    return carrier in catalog.carriers and bool(catalog.carriers[carrier].layers)


def _said_of(
    catalog: Catalog, carrier: str, subject: Subject, kinds: Sequence[str]
) -> Iterator[tuple[Entry, Statement]]:
    """Give what is said of a carrier, or of the nearest thing that it is a kind of; of a nest, of itself alone."""
    for name in (carrier,) if _is_nest(catalog, carrier) else line_of(catalog, carrier):
        entry = catalog.carriers.get(name)
        if entry is None:
            return
        found = entry.statements(*kinds)
        yield from ((entry, statement) for statement in found)
        if any(statement.degree for statement in found):
            return


def _words(statement: Statement) -> str:
    backing = ", ".join(filter(None, [str(statement.evidence), statement.source]))
    head = ", ".join(filter(None, [statement.topic, statement.degree]))
    return f"{f'{head}: ' if head else ''}{statement.text} [{backing}]"
