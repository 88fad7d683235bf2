"""How a formulation stands: the evidence for it, what it costs, how hard it is to prepare and what it risks."""

from collections.abc import Sequence
from dataclasses import dataclass

from formulate.formulation import Formulation
from formulate.standing.against import HeadToHead, head_to_head
from formulate.standing.evidence import Asked, LinkedStudy, Support, support
from formulate.standing.grades import Grade, grade
from formulate.standing.rules import Rules, read_rules, shipped_rules
from materials import catalog

__all__ = [
    "Asked",
    "Grade",
    "HeadToHead",
    "LinkedStudy",
    "Rules",
    "Standing",
    "Support",
    "head_to_head",
    "read_rules",
    "standing",
    "standing_of",
]


@dataclass(frozen=True)
class Standing:
    """Evidence, cost, difficulty and risk; every score runs from 0 to 1, 1 the best, None where nothing is known."""

    evidence: Support
    cost: Grade  # the price of the therapy and of its materials
    difficulty: Grade  # the effort of preparing and giving it
    risk: Grade


def standing(formulation: Formulation, rules: Rules | None = None) -> Standing:
    """Give how a formulation stands: its carriers with its payloads at its site.

    Parameters
    ----------
    formulation : Formulation
        Its layers, payloads and site are read; no number of it.
    rules : Rules, optional
        The weights; those that the program ships if left out.
    """
    layers = tuple(layer.entry.id for layer in formulation.layer)
    asked = Asked(
        (formulation.system,) if formulation.system else layers,
        formulation.regimen.entry.id,
        tuple(part.id for part in formulation.payload),
    )
    return standing_of(asked, [layer.method for layer in formulation.layer if layer.method], rules)


def standing_of(asked: Asked, methods: Sequence[str] = (), rules: Rules | None = None) -> Standing:
    """Give how carriers stand at a site with payloads; see `standing`.

    Raises
    ------
    UnknownIdError
        A carrier, payload or site that the catalog does not have.
    """
    known = catalog.load()
    rules = rules or shipped_rules()
    carriers: list[str] = []
    for name in asked.carriers:
        entry = known.carrier(name)
        carriers += [entry.id, *entry.layers]
    cost, difficulty, risk = (
        grade(known, carriers, methods, subject, rules) for subject in ("cost", "difficulty", "risk")
    )
    return Standing(support(known, asked, rules), cost, difficulty, risk)
