"""What carriers are judged by, once they are feasible: the parts of the score, what earns them, how much they weigh."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from formulate.limits import LARGEST_WEIGHT
from materials.errors import shorten
from materials.faults import FieldError, shown

FULL_SELECTIVITY = 4.0  # decades of local over plasma exposure that earn the whole part
PERFORMANCE, STANDING = "performance", "standing"


@dataclass(frozen=True)
class Criterion:
    """One part of the score, from 0 to 1; more is better."""

    name: str
    group: Literal["performance", "standing"]
    label: str  # as a figure names it
    phrase: str  # as it stands in a sentence
    meaning: str  # what earns it
    weight: float  # unless told otherwise


CRITERIA = (
    Criterion(
        "dose", "performance", "dose: share that fits", "the share of the dose that fits",
        "share of the wanted dose that fits one injection", 1.0,
    ),
    Criterion(
        "cover", "performance", "cover: time above target", "the time above the target",
        "share of the wanted time with the unbound concentration above the target", 3.0,
    ),
    Criterion(
        "residence", "performance", "residence at the site", "the residence at the site",
        "residence half-life of the drug, or of what acts of a carrier that is the drug, over the wanted duration, "
        "at most 1", 1.0,
    ),
    Criterion(
        "penetration", "performance", "penetration: depth above target", "the depth it reaches",
        "share of the depth of the tissue in which the unbound concentration comes above the target", 1.0,
    ),
    Criterion(
        "selectivity", "performance", "selectivity: local over plasma", "local over plasma exposure",
        "log10 of the local over plasma AUC of unbound drug, 4 decades earn 1", 1.0,
    ),
    Criterion(
        "injections", "performance", "injections: few are needed", "the number of injections",
        "1 over the number of injections that would cover the wanted time", 1.0,
    ),
    Criterion(
        "certainty", "standing", "certainty: not assumed", "how little of its band is assumed",
        "share of the band that does not come from assumed inputs", 1.0,
    ),
    Criterion(
        "evidence", "standing", "evidence: studies", "the studies behind it",
        "stage of its studies (concept to trial) times how close they are to this site and payload", 2.0,
    ),
    Criterion("cost", "standing", "cost: low", "its cost", "how cheap it is said to be", 1.0),
    Criterion(
        "difficulty", "standing", "preparation: easy", "how easy it is to prepare",
        "how easy its preparation is said to be", 1.0,
    ),
    Criterion("risk", "standing", "risk: low", "its risks", "how few and how light its stated risks are", 1.0),
)  # fmt: skip
BY_NAME: Mapping[str, Criterion] = {item.name: item for item in CRITERIA}
PARTS: Mapping[str, str] = {item.name: item.meaning for item in CRITERIA}
WEIGHTS: Mapping[str, float] = {item.name: item.weight for item in CRITERIA}
GROUPS: Mapping[str, tuple[str, ...]] = {
    group: tuple(item.name for item in CRITERIA if item.group == group) for group in (PERFORMANCE, STANDING)
}
AXES = (PERFORMANCE, *PARTS)  # what a plot of two may show


def check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Give the full set of weights, those asked for over the defaults; refuse unknown names and all zero."""
    for name in weights:
        if name not in WEIGHTS:
            raise FieldError(str(name), f"weight {shorten(name)!r} is unknown; need {', '.join(WEIGHTS)}")
    merged = {**WEIGHTS, **weights}
    for name, weight in weights.items():
        if not 0 <= weight <= LARGEST_WEIGHT:
            raise FieldError(name, f"weight {shown(weight)}; need 0 to {LARGEST_WEIGHT:g}")
    if sum(merged.values()) <= 0:
        raise ValueError("all weights are zero; need one above zero")
    return merged
