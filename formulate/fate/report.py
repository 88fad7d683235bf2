"""Predicted fates as a table or as a few lines of text."""

import csv
import io
from collections.abc import Sequence

from formulate.fate.predict import Fate

HEADER = ("row", "agent", "metric", "median", "low", "high", "band", "unit", "studies", "basis", "reason", "notes")


def fates_csv(fates: Sequence[Fate]) -> str:
    """Give predicted fates as the text of a CSV table, one row each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for fate in fates:
        given = fate.to_dict()
        cells = [given[name] for name in HEADER[:-1]]
        writer.writerow([_cell(cell) for cell in (*cells, "; ".join(fate.notes))])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return (
        f"'{text}" if text.startswith(("=", "+", "@")) and not text[1:2].isdigit() else text
    )  # a spreadsheet would run it


def fate_text(fate: Fate) -> str:
    """Give one predicted fate in words, a line each for number, basis and reason."""
    if fate.median is None:
        return f"{fate.agent}, {fate.metric}: no number: {fate.reason}"
    band = f" ({_shown(fate.low)} to {_shown(fate.high)}, 80 % band)" if fate.low != fate.high else ""
    lines = [f"{fate.agent}, {fate.metric}: {_shown(fate.median)} {fate.unit}{band}"]
    if fate.basis:
        corrected = (
            "corrected by 1 measured study" if fate.studies == 1 else f"corrected by {fate.studies} measured studies"
        )
        lines.append(f"  from {fate.basis}; {corrected if fate.studies else 'nothing of its kind was measured there'}")
    lines += [f"  {fate.reason}"] if fate.reason else []
    return "\n".join([*lines, *(f"  note: {note}" for note in fate.notes)])


def _shown(value: float | None) -> str:
    return "beyond what was followed" if value is None else f"{value:.3g}"
