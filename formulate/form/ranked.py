"""What a screen shows of a comparison: who stands where and why, as plain data."""

from collections.abc import Iterator
from typing import Any

from formulate.criteria import BY_NAME
from formulate.report.answer import answer_text, question_text, turn_text
from formulate.report.compared import (
    STANDING,
    against_texts,
    check_cells,
    check_labels,
    gaps,
    left_out_text,
    part_cells,
    places_text,
    standing_cells,
    why_not_ranked,
)
from formulate.report.ranking_figures import axis_text
from formulate.report.scores import contributions
from formulate.report.text import estimate_cells, prose, share_text
from formulate.rows import Comparison, Row

Shown = dict[str, Any]


def ranked(comparison: Comparison) -> Shown:
    """Give what is shown of a comparison.

    Returns
    -------
    dict
        ``question``, ``answer``; ``rows``: one dict each (see `_row`), in their order; ``parts``: names and labels of
        the parts that count, with their weights; ``weights`` in force; ``axes``: labels of the plot of two;
        ``told``: what stands below the table, as sentences.
    """
    used = comparison.used_parts()
    places = {row.id: place for place, row in enumerate(comparison.ranked, start=1)}
    across, up = comparison.axes
    told = [turn_text(comparison), left_out_text(comparison), *gaps(comparison)]
    return {
        "question": question_text(comparison),
        "answer": answer_text(comparison),
        "rows": [_row(comparison, row, places) for row in comparison.rows],
        "parts": [(name, BY_NAME[name].label, comparison.weights[name]) for name in used],
        "weights": dict(comparison.weights),
        "axes": (axis_text(across), axis_text(up)),
        "against": against_texts(comparison),
        "told": [text for text in told if text],
    }


def _row(comparison: Comparison, row: Row, places: dict[str, int]) -> Shown:
    parts = dict(zip(comparison.used_parts(), part_cells(comparison, row), strict=True)) if row.earned else {}
    across, up = (comparison.along(row, axis) for axis in comparison.axes)
    failed = ", ".join(check.label for check in row.failed)
    return {
        "id": row.id,
        "label": row.label,
        "place": places.get(row.id),
        "score": row.score,
        "low": row.score_low,
        "high": row.score_high,
        "at_most": row.score_at_most,
        "between": places_text(row),
        "best": "" if row.best_probability is None else share_text(row.best_probability),
        "top_three": "" if row.top_three_probability is None else share_text(row.top_three_probability),
        "unbeaten": bool(row.unbeaten),
        "front": row in comparison.front,
        "failed": failed,
        "why_not": "" if row.is_ranked else prose(why_not_ranked(row)),
        "parts": {name: (cell.main, prose(cell.why)) for name, cell in parts.items()},
        "adds": contributions(comparison, row) if row.score is not None else {},
        "across": across,
        "up": up,
        "numbers": list(_numbers(row)),
        "checks": list(_checks(comparison, row)),
        "standing": [(name, cell.main, cell.why) for name, cell in
                     zip(STANDING, standing_cells(row.standing), strict=True)],
        "studies": [prose(text) for text in row.standing.evidence.told] if row.standing else [],
        "warnings": [prose(text) for text in row.warnings],
    }  # fmt: skip


def _numbers(row: Row) -> Iterator[tuple[str, str, str]]:
    for item in row.numbers.values():
        median, band = estimate_cells(item)
        yield item.label, median if item.exists else "-", band if item.exists else prose(item.reason)


def _checks(comparison: Comparison, row: Row) -> Iterator[tuple[str, str, str]]:
    for (_, label), cell in zip(check_labels(comparison).items(), check_cells(comparison, row), strict=True):
        yield label, cell.main, cell.why
