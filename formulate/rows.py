"""What a comparison gives: one row for each carrier, whether or not it could be computed, and who stands where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from formulate.acting import DAY, active_days, active_name
from formulate.criteria import GROUPS, PERFORMANCE
from formulate.earned import Earned
from formulate.estimate import Estimate
from formulate.feasibility import Check
from formulate.formulation import Formulation, Question
from formulate.inputs import Input
from formulate.pipeline import Prediction
from formulate.ranking import pareto_front
from formulate.residence import Residence
from formulate.sampling import Array
from formulate.standing import Standing

if TYPE_CHECKING:
    import pandas as pd

FAILS = "fails"
LOAD = "load-bearing"
WHERE_NEEDED = (LOAD,)  # checks that decide only where the question says that it needs them


@dataclass(frozen=True)
class Row:
    """One carrier: what it was found to do and its score, or the reason why it could not be computed."""

    id: str
    label: str
    prediction: Prediction | None
    reason: str = ""  # why there is no prediction and no residence
    score: float | None = None  # mean over the draws, so that the parts add up to it
    score_low: float | None = None
    score_high: float | None = None
    best_probability: float | None = None
    top_three_probability: float | None = None
    unbeaten: bool | None = None  # no other ranked row earns as much by every part and more by one
    score_at_most: float | None = None  # if all that is not known of it were the best
    place_at_best: int | None = None  # of a ranked row, if all that is not known of it were the best
    place_at_worst: int | None = None  # if all that is not known of the others were the best, and nothing of it
    formulation: Formulation | None = None
    residence: Residence | None = None  # of a carrier that is itself the drug
    checks: tuple[Check, ...] = ()
    needs: tuple[str, ...] = ()  # checks that decide here, of those that do not decide everywhere
    standing: Standing | None = None
    numbers: Mapping[str, Estimate] = field(default_factory=dict)  # what it is compared by
    earned: Mapping[str, Earned] = field(default_factory=dict)  # by the name of the part

    @property
    def parts(self) -> dict[str, float | None] | None:
        """What each part earns: means over the draws, None where it is not known; None of a row without a score."""
        return {name: part.mean for name, part in self.earned.items()} if self.score is not None else None

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks of feasibility that it fails and that decide."""
        return tuple(check for check in self.checks if check.verdict == FAILS and self.decides(check))

    def decides(self, check: Check) -> bool:
        """Say whether a row that fails a check is not ranked for it."""
        return check.name not in WHERE_NEEDED or check.name in self.needs

    @property
    def is_ranked(self) -> bool:
        """True where it takes part in the ranking: it could be computed, and is one of those that are feasible."""
        return self.best_probability is not None

    @property
    def missing(self) -> dict[str, str]:
        """The parts that are asked for and not known of it, with the reasons."""
        return {name: part.reason for name, part in self.earned.items() if part.mean is None and part.asked}

    @property
    def own(self) -> tuple[Input, ...]:
        """The numbers it rests on that stand in the user's own catalog entries of its carriers."""
        if self.prediction is None:
            return ()
        written = {
            f"{layer.entry.id}.{value.name}"
            for layer in self.prediction.formulation.layer
            for value in layer.entry.property
            if value.is_yours
        }
        return tuple(item for item in self.prediction.inputs if item.set_by == "user" and item.key in written)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know of this row."""
        fails = [check for check in self.checks if check.verdict == FAILS]
        failed = tuple(f"fails “{check.label}”: {check.told}" for check in fails)
        if self.residence is not None:
            return (*failed, *self.residence.warnings)
        if self.prediction is None:
            return (*failed, self.reason)
        exact = [item.value.name for item in self.own if item.exact]
        if not exact:
            return (*failed, *self.prediction.warnings)
        told = f"numbers of yours without low and high count as exact, which narrows its bands: {', '.join(exact)}"
        return (*failed, *self.prediction.warnings, told)


@dataclass(frozen=True)
class Turn:
    """A weight beyond which another row would come first, all other weights as they are."""

    part: str
    now: float
    beyond: float
    winner: str  # id of the row


@dataclass(frozen=True)
class Against:
    """What a source says of some rows against others."""

    rows: tuple[str, ...]  # ids
    others: tuple[str, ...]
    told: str
    sources: tuple[str, ...]
    mark: str  # how a review says it: stated, hedged, or title


@dataclass(frozen=True)
class LeftOut:
    """A carrier that a question with a payload cannot rank: it is itself the drug."""

    id: str
    label: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """All rows: those that are ranked, best first, then those that fail a check, then those not computed."""

    rows: tuple[Row, ...]
    weights: Mapping[str, float]
    question: Question | None
    turns: tuple[Turn, ...] = ()  # what would change the winner, the smallest step first
    head_to_head: tuple[Against, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    axes: tuple[str, str] = (PERFORMANCE, "evidence")  # of the plot of two

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """The predictions of the rows that could be computed, best first."""
        return tuple(row.prediction for row in self.rows if row.prediction)

    @property
    def ranked(self) -> tuple[Row, ...]:
        """The rows that take part in the ranking, best first."""
        return tuple(row for row in self.rows if row.is_ranked)

    @property
    def none_is_feasible(self) -> bool:
        """True where every row fails a check, so that they are ranked all the same."""
        return bool(self.ranked) and all(row.failed for row in self.ranked)

    @property
    def of_own_drugs(self) -> bool:
        """True where carriers are compared that are themselves the drug."""
        return any(row.residence is not None for row in self.rows)

    @property
    def acting_days(self) -> tuple[float, ...]:
        """The days at which it is told how much of carriers that are the drug still acts [d]."""
        return active_days(row.numbers for row in self.rows)

    @property
    def acting_to(self) -> float | None:
        """Of those days that of the wanted duration, else the last [d]; None where nothing is told of any."""
        wanted = {active_name(row.formulation.target.seconds / DAY) for row in self.rows if row.formulation}
        days = self.acting_days
        return max((day for day in days if active_name(day) in wanted), default=max(days, default=None))

    def used_parts(self) -> tuple[str, ...]:
        """Give the parts that count: they have a weight, and the question lets at least one row earn them."""
        scored = [row for row in self.rows if row.score is not None]
        names = [name for group in GROUPS.values() for name in group]
        return tuple(
            name
            for name in names
            if self.weights.get(name, 0.0) > 0 and any(counts(row.earned.get(name)) for row in scored)
        )

    def along(self, row: Row, axis: str) -> float | None:
        """Give what a row earns along an axis: a part, or all of its performance by the weights; None if not known."""
        draws = self.draws_along(row, axis)
        return None if draws is None else float(draws.mean())

    def draws_along(self, row: Row, axis: str) -> Array | None:
        """Give the draws of what a row earns along an axis; a part of performance that is not known earns nothing."""
        if axis != PERFORMANCE:
            part = row.earned.get(axis)
            return None if part is None else part.draws
        names = [name for name in self.used_parts() if name in GROUPS[PERFORMANCE]]
        total = sum(self.weights[name] for name in names)
        known = [(self.weights[name], row.earned[name].draws) for name in names]
        held = [weight * draws for weight, draws in known if draws is not None]
        return np.asarray(sum(held) / total) if held and total else None

    @property
    def front(self) -> tuple[Row, ...]:
        """The ranked rows that no other beats along both axes of the plot of two; what is not known earns nothing."""
        ranked = self.ranked
        if not ranked:
            return ()
        table = [[self.along(row, axis) or 0.0 for axis in self.axes] for row in ranked]
        return tuple(row for row, best in zip(ranked, pareto_front(table), strict=True) if best)

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame: one row per carrier.

        Rank and score, every check, what each part earns (or the reason why nothing), where the carrier stands, and
        median and band of every number with its unit in the header.
        """
        import pandas as pd

        records = []
        ranks = {row.id: place for place, row in enumerate(self.ranked, start=1)}
        for row in self.rows:
            record: dict[str, object] = {"carrier": row.id, "rank": ranks.get(row.id), "score": row.score}
            record |= {
                "score at most (0 to 1)": row.score_at_most,
                "rank at best": row.place_at_best,
                "rank at worst": row.place_at_worst,
                "best in (share of draws)": row.best_probability,
                "top three in (share of draws)": row.top_three_probability,
                "on Pareto front": row.unbeaten,
                "why not ranked": "; ".join(check.told for check in row.failed) or row.reason,
            }
            for check in row.checks:
                record |= {f"check {check.name}": check.verdict, f"check {check.name}, why": check.told}
            for name, part in row.earned.items():
                record |= {f"part {name} (0 to 1)": part.mean, f"part {name}, why": part.reason or " ".join(part.told)}
                if part.word:
                    record[f"part {name}, in a word"] = part.word
            for item in row.numbers.values():
                for end in ("low", "median", "high"):
                    record[f"{item.name} {end} ({item.unit})"] = getattr(item, end)
            records.append(record)
        return pd.DataFrame.from_records(records)


def counts(part: Earned | None) -> bool:
    """Say whether a part counts in a score: it is known, or it could be asked of the carrier and is not known."""
    return part is not None and (part.mean is not None or part.asked)
