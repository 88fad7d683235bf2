"""Who comes first: rows put in order by their scores, the feasible before those that fail a check."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from formulate.ranking import TIED, pareto_front, place_probabilities, winner_changes
from formulate.rows import Comparison, Row, Turn, counts
from formulate.sampling import Array

BESIDE = "is itself the drug: it has no concentration to be ranked by beside carriers that hold one"


def placed(rows: Sequence[Row], weights: Mapping[str, float]) -> tuple[Row, ...]:
    """Give rows with their scores, best first; those that fail a check after those that pass, the uncomputed last.

    A part that is not known of a row earns nothing and keeps its weight, so that nothing is won by a gap. One that
    the question lets nobody earn drops out with its weight.
    """
    scored = [row for row in rows if row.prediction] or [row for row in rows if row.residence]
    used = [name for name in weights if any(counts(row.earned.get(name)) for row in scored)]
    total = sum(weights[name] for name in used) or 1.0
    draws = _draws(scored)
    scores = {row.id: _score(row, used, weights, draws) / total for row in scored}
    feasible = [row for row in scored if not row.failed] or scored
    standing = _standing(feasible, scores, [name for name in used if weights[name] > 0])
    found = []
    for row in rows:
        if row.id not in scores:
            found.append(replace(row, reason=row.reason or BESIDE))
            continue
        low, high = np.quantile(scores[row.id], [0.1, 0.9])
        best, three, unbeaten = standing.get(row.id, (None, None, None))
        found.append(
            replace(
                row,
                score=float(scores[row.id].mean()),
                score_low=float(low),
                score_high=float(high),
                score_at_most=float(scores[row.id].mean()) + sum(weights[name] for name in row.missing) / total,
                best_probability=best,
                top_three_probability=three,
                unbeaten=unbeaten,
            )
        )
    ordered = sorted(found, key=lambda row: (not row.is_ranked, row.score is None, -(row.score or 0.0), row.id))
    return tuple(_between(row, [other for other in ordered if other.is_ranked]) for row in ordered)


def _between(row: Row, ranked: Sequence[Row]) -> Row:
    """Give a row with the places between which it stands, as what is not known of it and of the others may be."""
    if not row.is_ranked:
        return row
    others = [(other.score or 0.0, other.score_at_most or 0.0) for other in ranked if other.id != row.id]
    least, most = row.score or 0.0, row.score_at_most or 0.0
    return replace(
        row,
        place_at_best=1 + sum(score > most + TIED for score, _ in others),
        place_at_worst=1 + sum(at_most > least + TIED for _, at_most in others),
    )


def _score(row: Row, used: Sequence[str], weights: Mapping[str, float], draws: int) -> Array:
    """Give the sum of a row's parts by their weights, (draws,)."""
    found = np.zeros(draws)
    for name in used:
        part = row.earned[name].draws
        if part is not None:
            found += weights[name] * part
    return found


def _draws(rows: Sequence[Row]) -> int:
    """Give how many draws the parts of rows have; what stands in no doubt has one."""
    return max((part.draws.size for row in rows for part in row.earned.values() if part.draws is not None), default=1)


def _standing(
    rows: Sequence[Row], scores: Mapping[str, Array], weighed: Sequence[str]
) -> dict[str, tuple[float, float, bool | None]]:
    """Give how often each of some rows is the best and among the best three, and whether no other beats it."""
    if not rows:
        return {}
    table = np.stack([scores[row.id] for row in rows])
    best, three = (place_probabilities(table, places).tolist() for places in (1, 3))
    front: list[bool | None] = [None] * len(rows)
    if weighed:
        front = pareto_front([[row.earned[name].mean or 0.0 for name in weighed] for row in rows]).tolist()
    return {row.id: standing for row, *standing in zip(rows, best, three, front, strict=True)}  # type: ignore[misc]


def turns_of(comparison: Comparison) -> tuple[Turn, ...]:
    """Give the weights at which another of the ranked rows would come first."""
    ranked = comparison.ranked
    names = [
        name for name in comparison.weights if any(counts(row.earned.get(name)) for row in comparison.rows if row.parts)
    ]
    given = [comparison.weights[name] for name in names]
    if len(ranked) < 2 or sum(given) <= 0:
        return ()
    earned = [[row.earned[name].mean or 0.0 for name in names] for row in ranked]
    return tuple(
        Turn(names[change.criterion], given[change.criterion], change.weight, ranked[change.winner].id)
        for change in winner_changes(earned, given)
    )
