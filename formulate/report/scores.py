"""The score of a comparison taken apart: what each part adds, in the weights it was ranked by."""

from formulate.comparison import PARTS, Comparison, Row
from formulate.pipeline import Prediction


def used_parts(comparison: Comparison) -> tuple[str, ...]:
    """Give the parts that at least one row has and that have a weight, in the order they are shown."""
    found = {name for row in comparison.rows for name, part in (row.parts or {}).items() if part is not None}
    return tuple(name for name in PARTS if name in found and comparison.weights.get(name, 0.0) > 0)


def contributions(comparison: Comparison, row: Row) -> dict[str, float]:
    """Give what each part adds to the score: its weight times its mean over the sum of weights.

    Means add up: the sum is the score.
    """
    names = used_parts(comparison)
    total = sum(comparison.weights[name] for name in names) or 1.0
    parts = row.parts or {}
    return {name: comparison.weights[name] * (parts.get(name) or 0.0) / total for name in names}


def score_band(row: Row) -> tuple[float, float, float]:
    """Give the mean, the low and the high end of the score of a ranked row."""
    assert row.score is not None
    assert row.score_low is not None
    assert row.score_high is not None
    return row.score, row.score_low, row.score_high


def alone(prediction: Prediction) -> Comparison:
    """Give a comparison of one prediction, without a score, to be drawn and written like any other."""
    label = prediction.formulation.label
    return Comparison((Row(prediction.formulation.inner.id, label, prediction),), {}, None)
