"""The score of a comparison taken apart: what each part adds, in the weights it was ranked by."""

from formulate.pipeline import Prediction
from formulate.rows import Comparison, Row


def contributions(comparison: Comparison, row: Row) -> dict[str, float]:
    """Give what each part adds to the score: its weight times its mean over the sum of weights.

    Means add up: the sum is the score.
    """
    names = comparison.used_parts()
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
    label = prediction.formulation.heading
    row = Row(prediction.formulation.inner.id, label, prediction, numbers=prediction.assessment.estimates)
    return Comparison((row,), {}, None)
