"""What a formulation earns by each part of the score, or the reason why that cannot be said."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from formulate.acting import acting_numbers
from formulate.criteria import FULL_SELECTIVITY, PARTS
from formulate.estimate import Estimate, absent
from formulate.penetration import DEPTH, INJECTIONS, counted, depth_reached, doses_needed, injections_needed
from formulate.pipeline import Prediction
from formulate.residence import Residence
from formulate.sampling import Array
from formulate.standing import Grade, Standing, Support

ACTING = "active_half_time"
NO_CARGO = "a carrier that is itself the drug holds no payload"
NO_CONCENTRATION = "a carrier that is itself the drug has no concentration"


@dataclass(frozen=True)
class Earned:
    """What one part earns, from 0 to 1: its draws and their mean, or the reason why there is none."""

    mean: float | None
    draws: Array | None = None
    reason: str = ""  # why there is none
    asked: bool = True  # False where nobody can earn it: the question has no target, the site no depth
    word: str = ""  # the same in a word, where there is one
    told: tuple[str, ...] = ()  # what it rests on
    sources: tuple[str, ...] = ()


def numbers_of(prediction: Prediction) -> dict[str, Estimate]:
    """Give the numbers a prediction is compared by: those of its assessment, how deep it comes, how many injections."""
    more = (depth_reached(prediction), injections_needed(prediction))
    return {**prediction.assessment.estimates, **{item.name: item for item in more}}


def acting_numbers_of(residence: Residence) -> dict[str, Estimate]:
    """Give the numbers a carrier that is the drug is compared by: what still acts, and how many injections."""
    main = residence.formulation.regimen.route_or_first
    last = max(event.start for event in residence.events if event.route == main)
    found = {item.name: item for item in acting_numbers(residence, last).numbers}
    half = found[ACTING]
    label = "injections, each when half of what acted is gone"
    if half.draws is None:
        found[INJECTIONS] = absent(INJECTIONS, label, "1", half.reason)
        return found
    lasts = np.minimum(half.draws, float(residence.time[-1]))  # at least: nothing later was looked at
    needed = doses_needed(np.nan_to_num(lasts), residence.formulation.target.seconds)
    found[INJECTIONS] = counted(label, needed, residence.inputs, "nothing acts at the site")
    return found


def earned(prediction: Prediction, numbers: Mapping[str, Estimate], standing: Standing) -> dict[str, Earned]:
    """Give what a prediction earns by each part."""
    loading = prediction.loading
    duration = prediction.formulation.target.seconds
    half, ratio = numbers["drug_half_life"], numbers["auc_ratio"]
    found = {
        "dose": _drawn(np.minimum(1.0, loading.largest / loading.wanted)),
        "cover": _of(numbers["cover"].draws, numbers["cover"], asked=False),
        "residence": _of(None if half.draws is None else np.minimum(1.0, half.draws / duration), half),
        "penetration": _of(numbers[DEPTH].draws, numbers[DEPTH], asked=False),
        "selectivity": _of(None if ratio.draws is None else _selectivity(ratio.draws), ratio),
        "injections": _of(_seldom(numbers[INJECTIONS]), numbers[INJECTIONS], asked=False),
        "certainty": _certain(numbers, ("cover", "auc_ratio")),
        **_standing(standing),
    }
    return {name: found[name] for name in PARTS}


def earned_by_stay(residence: Residence, numbers: Mapping[str, Estimate], standing: Standing) -> dict[str, Earned]:
    """Give what a carrier that is itself the drug earns by each part: nothing has a concentration."""
    half = numbers[ACTING]
    duration = residence.formulation.target.seconds
    stays = None if half.draws is None else np.minimum(1.0, np.nan_to_num(half.draws, posinf=np.inf) / duration)
    found = {
        "dose": Earned(None, reason=NO_CARGO, asked=False),
        **{name: Earned(None, reason=NO_CONCENTRATION, asked=False) for name in ("cover", "penetration")},
        "selectivity": Earned(None, reason=NO_CONCENTRATION, asked=False),
        "residence": _of(stays, half),
        "injections": _of(_seldom(numbers[INJECTIONS]), numbers[INJECTIONS]),
        "certainty": _certain(numbers, (ACTING,)),
        **_standing(standing),
    }
    return {name: found[name] for name in PARTS}


def unpredicted(standing: Standing, reason: str) -> dict[str, Earned]:
    """Give what is known of a carrier that could not be computed: where it stands, and nothing of what it does."""
    known = _standing(standing)
    return {name: known.get(name) or Earned(None, reason=reason) for name in PARTS}


def _drawn(draws: Array) -> Earned:
    return Earned(float(np.mean(draws)), draws)


def _of(draws: Array | None, number: Estimate, asked: bool = True) -> Earned:
    if draws is None:
        return Earned(None, reason=number.reason or "no number", asked=asked)
    return _drawn(np.nan_to_num(draws))  # a draw that has none earns nothing


def _selectivity(ratio: Array) -> Array:
    """Give the part that selectivity earns; a draw with no exposure at all earns nothing."""
    decades = np.log10(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return np.clip(decades / FULL_SELECTIVITY, 0.0, 1.0)


def _seldom(needed: Estimate) -> Array | None:
    return None if needed.draws is None else 1.0 / needed.draws


def _certain(numbers: Mapping[str, Estimate], names: tuple[str, ...]) -> Earned:
    """Give how much of the band of the first number that has one does not come from assumed inputs."""
    for name in names:
        number = numbers[name]
        if number.assumed_share is not None and number.draws is not None:
            share = max(0.0, 1.0 - number.assumed_share)  # of shares that add up to 1 but for rounding
            return Earned(share, np.full(len(number.draws), share), told=(f"of the band of: {number.label}",))
    last = numbers[names[-1]]
    told = last.reason if last.median is None else ""
    return Earned(None, reason=told or f"what the band of “{last.label}” comes from cannot be told")


def _standing(standing: Standing) -> dict[str, Earned]:
    grades: dict[str, Grade | Support] = {
        "evidence": standing.evidence, "cost": standing.cost, "difficulty": standing.difficulty, "risk": standing.risk,
    }  # fmt: skip
    return {
        name: Earned(
            grade.score,
            None if grade.score is None else np.array(grade.score),
            "" if grade.score is not None else (grade.told or ("the catalog says nothing of it",))[-1],
            word=grade.word,
            told=grade.told,
            sources=grade.sources,
        )
        for name, grade in grades.items()
    }
