"""What one check of feasibility says: a verdict, and the sentence with the numbers that decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from materials import catalog
from materials.errors import MissingValueError
from materials.values import Value

Verdict = Literal["passes", "fails", "unsure", "not-known", "not-applicable"]

ENOUGH = 0.9  # of the draws, to call a check passed; of the others, to call it failed
LABELS = {
    "mechanism": "the payload suits the way it is loaded",
    "volume": "the site takes the volume",
    "dose": "the dose fits the volume",
    "needle": "passes the usual needle",
    "force": "a hand presses it through the needle",
    "barrier": "size lets it reach the target",
    "load-bearing": "bears the load of the site",
    "sterilisable": "can be made sterile",
    "viability": "living cells arrive alive",
}
WORST_FIRST: tuple[Verdict, ...] = ("fails", "unsure", "not-known", "passes", "not-applicable")


@dataclass(frozen=True)
class Check:
    """One check of a formulation.

    Attributes
    ----------
    name, label : str
        Its id, a key of `LABELS`, and what it asks.
    verdict : str
        passes, fails, unsure where the draws or the facts do not decide, not-known where a number is missing,
        not-applicable where the question does not arise.
    told : str
        One sentence with the numbers and units that decided, or with what is missing.
    probability : float or None
        Share of the draws that pass, where draws decide.
    sources : tuple of str
        Keys of the bibliography of what decided.
    """

    name: str
    label: str
    verdict: Verdict
    told: str
    probability: float | None = None
    sources: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the check as the results envelope holds it; a probability that does not exist is null."""
        return {
            "name": self.name,
            "label": self.label,
            "verdict": self.verdict,
            "told": self.told,
            "probability": self.probability,
            "sources": list(self.sources),
        }


def check(name: str, verdict: Verdict, told: str, *used: Value | None, also: Iterable[str] = ()) -> Check:
    """Give a check that no draws decide; `used` are the numbers it rests on."""
    return Check(name, LABELS[name], verdict, told, None, sources_of(used, also))


def by_draws(name: str, passing: NDArray[np.bool_], told: str, *used: Value | None, also: Iterable[str] = ()) -> Check:
    """Give a check that the draws decide: passed in 90 % of them, failed in 90 %, unsure between."""
    share = float(passing.mean())
    verdict: Verdict = "passes" if share >= ENOUGH else "fails" if share <= 1 - ENOUGH + 1e-12 else "unsure"
    return Check(name, LABELS[name], verdict, told, share, sources_of(used, also))


def missing(name: str, error: MissingValueError) -> Check:
    """Give the check that a missing number leaves open, with what is needed."""
    told = f"not known: {label(error.name)} of {error.subject}, which {error.needed_for} needs; need: {error.need}"
    return check(name, "not-known", told)


def label(name: str) -> str:
    """Give a property in words.

    >>> label("max_syringeable_diameter")
    'largest particle through the needle'
    """
    known = catalog.load().properties
    return known[name].label if name in known else name.replace("_", " ")


def unknown(name: str, what: str, need: str) -> Check:
    """Give the check that nothing known decides."""
    return check(name, "not-known", f"not known: {what}; need {need}")


def worst(found: Iterable[Check]) -> Check:
    """Give the check that weighs most among those of the parts of one formulation: the first of the worst verdict.

    >>> worst([check("dose", "passes", "a"), check("dose", "fails", "b"), check("dose", "unsure", "c")]).told
    'b'
    """
    listed = list(found)
    return min(listed, key=lambda item: (WORST_FIRST.index(item.verdict), _or_one(item.probability)))


def _or_one(probability: float | None) -> float:
    return 1.0 if probability is None else probability


def sources_of(used: Iterable[Value | None], also: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the keys of the bibliography of some numbers, each once."""
    return tuple(sorted({value.source for value in used if value is not None and value.source} | set(also)))
