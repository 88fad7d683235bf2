"""The score of a comparison taken apart: what each part adds, in the weights it was ranked by."""

from collections.abc import Iterable

from formulate.acting import active_name
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


def acting_columns(days: Iterable[float], head: str = "acts at the site after") -> tuple[tuple[str, str], ...]:
    """Give name and heading of the numbers that say how much of a carrier that is the drug acts after some days.

    >>> acting_columns([14.0])
    (('active_14_d', 'acts at the site after 14 d'),)
    """
    return tuple((active_name(day), f"{head} {day:g} d") for day in days)


def stay_columns(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """Give the same of the wanted duration alone, where the table has no room for more, and until when half acts."""
    day = comparison.acting_to
    return (*(acting_columns([day]) if day is not None else ()), ("active_half_time", "half of it acts until"))
