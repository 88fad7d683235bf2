"""How a formulation stands: the evidence for it, what it costs, how hard it is to prepare and what it risks."""

from dataclasses import dataclass

from formulate.formulation import Formulation
from formulate.standing.against import HeadToHead, between, head_to_head
from formulate.standing.asked import Asked, asked_for, asked_of, parts_of
from formulate.standing.evidence import LinkedStudy, Support, support
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
    "asked_for",
    "asked_of",
    "between",
    "head_to_head",
    "parts_of",
    "read_rules",
    "shipped_rules",
    "standing",
    "standing_of",
    "support",
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
    return standing_of(asked_of(formulation), rules)


def standing_of(asked: Asked, rules: Rules | None = None) -> Standing:
    """Give how carriers stand at a site with payloads; see `standing`.

    Examples
    --------
    >>> found = standing_of(asked_for("plga-microsphere", "knee", "triamcinolone-acetonide"))
    >>> found.evidence.score, found.evidence.studies[0].stage, found.difficulty.word
    (1.0, 'trial', 'high')
    """
    known, rules = catalog.load(), rules or shipped_rules()
    parts = parts_of(asked)
    cost, difficulty, risk = (
        grade(known, parts, asked.methods, subject, rules) for subject in ("cost", "difficulty", "risk")
    )
    return Standing(support(known, asked, rules), cost, difficulty, risk)
