"""Carriers side by side for one target: the same knee and drug in every draw, a score with its parts visible."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formulate.formulation import Formulation, Question, check_weights
from formulate.inputs import Input
from formulate.pipeline import Prediction, predict_all
from formulate.ranking import pareto_front, place_probabilities, winner_changes
from formulate.sampling import Array, Draws
from materials import catalog
from materials.errors import FormulateError

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 32  # formulations that are computed together
FULL_SELECTIVITY = 4.0  # decades of local over plasma exposure that earn the whole part
PARTS = {
    "dose": "share of the wanted dose that fits one injection",
    "cover": "share of the wanted time with the unbound concentration above the target",
    "residence": "drug residence half-life over the wanted duration, at most 1",
    "selectivity": "log10 of the local over plasma AUC of unbound drug, 4 decades earn 1",
    "evidence": "share of the band that does not come from assumed inputs",
}


@dataclass(frozen=True)
class Row:
    """One carrier: its prediction and score, or the reason why it could not be computed."""

    id: str
    label: str
    prediction: Prediction | None
    reason: str = ""
    parts: Mapping[str, float | None] | None = None  # means over the draws, 0 to 1; None where a part does not exist
    score: float | None = None  # mean over the draws, so that the parts add up to it
    score_low: float | None = None
    score_high: float | None = None
    best_probability: float | None = None
    top_three_probability: float | None = None
    unbeaten: bool | None = None  # no other row earns as much by every part and more by one

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
        if self.prediction is None:
            return (self.reason,)
        exact = [item.value.name for item in self.own if item.exact]
        if not exact:
            return self.prediction.warnings
        told = f"numbers of yours without low and high count as exact, which narrows its bands: {', '.join(exact)}"
        return (*self.prediction.warnings, told)


@dataclass(frozen=True)
class Turn:
    """A weight beyond which another row would come first, all other weights as they are."""

    part: str
    now: float
    beyond: float
    winner: str  # id of the row


@dataclass(frozen=True)
class Comparison:
    """All rows, best first, and the weights they were ranked by."""

    rows: tuple[Row, ...]
    weights: Mapping[str, float]
    question: Question | None
    turns: tuple[Turn, ...] = ()  # what would change the winner, the smallest step first

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """The predictions of the rows that could be computed, best first."""
        return tuple(row.prediction for row in self.rows if row.prediction)

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame: one row per carrier, median and band of every number with its unit in the header."""
        import pandas as pd

        records = []
        for row in self.rows:
            record: dict[str, object] = {"carrier": row.id, "score": row.score}
            if row.prediction:
                for item in row.prediction.assessment.estimates.values():
                    for end in ("low", "median", "high"):
                        record[f"{item.name} {end} ({item.unit})"] = getattr(item, end)
            records.append(record)
        return pd.DataFrame.from_records(records)


def compare(question: Question, progress: Callable[[str], None] | None = None) -> Comparison:
    """Compare catalog carriers for a question.

    Parameters
    ----------
    question : Question
        Payload, regimen and target; the carriers named, or all that calculators can run.
    progress : callable, optional
        Called with the number and name of each carrier before it is computed; raise from it to cancel.
    """
    chosen = question.carriers or catalog.load().runnable_carriers()
    formulations = [(identifier, question.formulation(identifier)) for identifier in dict.fromkeys(chosen)]
    return compare_formulations(formulations, question.weights, question, progress)


def compare_formulations(
    formulations: Sequence[tuple[str, Formulation]],
    weights: Mapping[str, float] | None = None,
    question: Question | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare formulations that share payload, regimen and target; see `compare`."""
    merged = check_weights(weights or {})
    drawn: dict[tuple[int, int], Draws] = {}
    predicted: list[tuple[str, str, Prediction | None, str]] = []
    for first in range(0, len(formulations), AT_ONCE):
        lot = formulations[first : first + AT_ONCE]
        asked = []
        for number, (_, formulation) in enumerate(lot, start=first + 1):
            if progress:
                progress(f"{number} of {len(formulations)}: {formulation.label}")
            count, seed = formulation.calculation.draws, formulation.calculation.seed
            asked.append((formulation, drawn.setdefault((count, seed), Draws(count, seed))))
        for (identifier, formulation), found in zip(lot, predict_all(asked), strict=True):
            told = (None, str(found)) if isinstance(found, FormulateError) else (found, "")
            predicted.append((identifier, _label(formulation), *told))
    rows = _ranked(predicted, merged)
    return Comparison(rows, merged, question, _turns(rows, merged))


def _label(formulation: Formulation) -> str:
    """Give the name of a formulation, with what in the catalog's entries of it is the user's own."""
    if any(layer.release for layer in formulation.layer):
        return f"{formulation.label} (release measured by you)"
    entries = [layer.entry for layer in formulation.layer]
    if any(entry.origin == "user" for entry in entries):
        return f"{formulation.label} (yours)"
    if any(value.is_yours for entry in entries for value in entry.property):
        return f"{formulation.label} (with values of yours)"
    return formulation.label


def score_parts(prediction: Prediction) -> dict[str, Array | None]:
    """Give the parts of the score, each (draws,) from 0 to 1, or None where the number does not exist."""
    estimates = prediction.assessment.estimates
    loading = prediction.loading
    duration = prediction.formulation.target.seconds
    cover = estimates["cover"].draws
    residence = estimates["drug_half_life"].draws
    ratio = estimates["auc_ratio"].draws
    evidence = estimates["cover"].assumed_share
    if evidence is None:
        evidence = estimates["auc_ratio"].assumed_share
    shape = loading.largest.shape
    return {
        "dose": np.minimum(1.0, loading.largest / loading.wanted),
        "cover": cover,
        "residence": None if residence is None else np.minimum(1.0, residence / duration),
        "selectivity": None if ratio is None else _selectivity(ratio),
        "evidence": None if evidence is None else np.full(shape, 1.0 - evidence),
    }


def _selectivity(ratio: Array) -> Array:
    """Give the part that selectivity earns; a draw with no exposure at all earns nothing."""
    decades = np.log10(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return np.clip(decades / FULL_SELECTIVITY, 0.0, 1.0)


def _ranked(
    predicted: Sequence[tuple[str, str, Prediction | None, str]], weights: Mapping[str, float]
) -> tuple[Row, ...]:
    scores: dict[str, Array] = {}
    parts: dict[str, dict[str, Array | None]] = {}
    for identifier, _, prediction, _ in predicted:
        if prediction is None:
            continue
        found = score_parts(prediction)
        parts[identifier] = found
        # a part that no row has (no target was given) drops out; one that only this row lacks earns nothing
        scores[identifier] = sum(  # type: ignore[assignment]  # a sum of arrays
            weights[name] * (np.zeros(len(prediction.loading.largest)) if part is None else part)
            for name, part in found.items()
        )
    used = {name for found in parts.values() for name, part in found.items() if part is not None}
    total = sum(weights[name] for name in used) or 1.0
    scores = {identifier: score / total for identifier, score in scores.items()}
    means = {
        identifier: {name: None if part is None else float(np.mean(part)) for name, part in found.items()}
        for identifier, found in parts.items()
    }
    table = np.stack(list(scores.values())) if scores else np.empty((0, 1))
    best, three = (
        dict(zip(scores, place_probabilities(table, places).tolist(), strict=True)) if scores else {}
        for places in (1, 3)
    )
    weighed = [name for name in PARTS if name in used and weights[name] > 0]
    earned = np.array([[means[identifier][name] or 0.0 for name in weighed] for identifier in scores])
    front = dict(zip(scores, pareto_front(earned).tolist(), strict=True)) if earned.size else {}
    rows = []
    for identifier, label, prediction, reason in predicted:
        if prediction is None:
            rows.append(Row(identifier, label, None, reason))
            continue
        low, high = np.quantile(scores[identifier], [0.1, 0.9])
        rows.append(
            Row(
                identifier,
                label,
                prediction,
                "",
                means[identifier],
                float(scores[identifier].mean()),
                float(low),
                float(high),
                best[identifier],
                three[identifier],
                front.get(identifier),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.score is None, -(row.score or 0.0), row.id)))


def _turns(rows: Sequence[Row], weights: Mapping[str, float]) -> tuple[Turn, ...]:
    """Give the weights at which another row would come first."""
    ranked = [row for row in rows if row.parts is not None]
    used = [name for name in PARTS if any((row.parts or {}).get(name) is not None for row in ranked)]
    given = [weights[name] for name in used]
    if len(ranked) < 2 or sum(given) <= 0:
        return ()
    earned = [[(row.parts or {}).get(name) or 0.0 for name in used] for row in ranked]
    return tuple(
        Turn(used[change.criterion], given[change.criterion], change.weight, ranked[change.winner].id)
        for change in winner_changes(earned, given)
    )
