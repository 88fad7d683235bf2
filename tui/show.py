"""What a result looks like in a terminal: the comparison table, and one formulation in detail."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from formulate.report.text import estimate_cells, number, unit_text
from materials.errors import shorten
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.comparison import Comparison, Row
    from formulate.estimate import Estimate
    from formulate.inputs import Input
    from formulate.pipeline import Prediction

COLUMNS = (
    ("largest_dose", "dose that fits"),
    ("needed_volume", "volume for the dose"),
    ("release_t50", "release t50"),
    ("carrier_half_life", "carrier residence half-life"),
    ("drug_half_life", "drug residence half-life"),
    ("cover", "wanted time above target"),
    ("auc_ratio", "local/plasma AUC ratio"),
)
MOST_WARNED = 8  # rows of a comparison whose warnings are printed: more is a wall
DISCLAIMER = "A research design tool: nothing here is medical advice."


def set_by_you(inputs: Iterable["Input"], width: int) -> list[str]:
    """Give the line of what the user set, in a list; an empty list where nothing was."""
    yours = [item for item in inputs if item.set_by == "user"]
    shown = ", ".join(f"{item.key} {item.value.typical:g} {unit_text(item.value.unit)}".rstrip() for item in yours)
    return [wrap(f"Set by you: {shown}", width, "", "  ")] if yours else []


def comparison_text(comparison: "Comparison", width: int) -> str:
    """Give a comparison as text: question, table, reasons, warnings."""
    notes: list[str] = []
    rows = [_row(row, notes) for row in comparison.rows]
    heads = ["carrier", *(head for _, head in COLUMNS), "evidence", "score"]
    parts = [_question(comparison, width), columns(heads, rows, width)]
    told = f"Medians over 80 % bands; the score is a mean. Weights: {_weights(comparison)}."
    parts.append("\n".join(wrap(text, width) for text in (told, *_standing(comparison)) if text))
    if notes:
        parts.append("\n".join(wrap(note, width, f"{index} ", "  ") for index, note in enumerate(notes, start=1)))
    warnings = _warnings(comparison, width)
    if warnings:
        parts.append("Warnings\n" + warnings)
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def prediction_text(prediction: "Prediction", width: int) -> str:
    """Give one formulation as text: every number with its band and what the band comes from."""
    formulation, assessment = prediction.formulation, prediction.assessment
    regimen = formulation.regimen
    lines = [
        formulation.label,
        wrap(
            f"{prediction.case.dose * 1e6:.4g} mg {formulation.cargo.id} in {prediction.case.volume * 1e6:.4g} mL, "
            f"{regimen.species} {regimen.site}, {regimen.state_or_first}; target {formulation.compartment} "
            f"above {assessment.target_text} for {formulation.target.duration}",
            width,
        ),
        "",
    ]
    rows: list[list[Cell]] = []
    for item in assessment.estimates.values():
        main, band = estimate_cells(item)
        shown = main if item.exists else "-"
        subject, _, name = item.drivers[0][0].partition(".") if item.drivers else ("", "", "")
        label = tuple(wrap(item.label, 26).split("\n"))
        rows.append([label, (shown,), (band if item.exists else "",), (_assumed(item),), (subject, name)])
    lines.append(columns(["number", "median", "80 % band", "assumed", "strongest input"], rows, width))
    absent = [f"{item.label}: {item.reason}" for item in assessment.estimates.values() if item.reason]
    lines += ["", *(wrap(reason, width, "- ", "  ") for reason in absent)] if absent else []
    if assessment.held is not None:
        wanted = formulation.target.probability
        verdict = "as wanted" if assessment.held >= wanted else "too few"
        held = f"Held above the target for the whole {formulation.target.duration} (after the first hour) in "
        lines += ["", wrap(f"{held}{assessment.held:.0%} of the draws; wanted {wanted:.0%}: {verdict}.", width)]
    if prediction.warnings:
        lines += ["", "Warnings", *(wrap(warning, width, "! ", "  ") for warning in prediction.warnings)]
    for line in set_by_you(prediction.inputs, width):
        lines += ["", line]
    lines += ["", DISCLAIMER]
    return "\n".join(lines)


def _row(row: "Row", notes: list[str]) -> list[Cell]:
    if row.prediction is None:
        return [(row.id,), *[(f"- {_note(row.reason, notes)}",)] * len(COLUMNS), ("-",), ("-",)]
    estimates = row.prediction.assessment.estimates
    cells: list[Cell] = [(*_split(row.id), *(["(yours)"] if row.own else []))]
    for name, _ in COLUMNS:
        item = estimates[name]
        main, band = estimate_cells(item)
        if not item.exists or item.median is None:
            cells.append((f"{main if item.exists else '-'} {_note(item.reason, notes)}", band if item.exists else ""))
        else:
            cells.append((main, band))
    assumed = estimates["cover"].assumed_share
    if assumed is None:
        assumed = estimates["auc_ratio"].assumed_share
    share = "-" if assumed is None else f"{assumed:.0%}"
    cells.append((share, "assumed"))
    low, high = number(row.score_low or 0.0), number(row.score_high or 0.0)
    cells.append((number(row.score or 0.0), f"{low} to {high}", f"best {row.best_probability or 0.0:.0%}"))
    return cells


def _split(identifier: str) -> list[str]:
    """Break a long id at a hyphen, so that the first column stays narrow."""
    lines, line = [], ""
    for part in identifier.split("-"):
        joined = f"{line}-{part}" if line else part
        if len(joined) > 18 and line:
            lines.append(line + "-")
            line = part
        else:
            line = joined
    return [*lines, line]


def _note(reason: str, notes: list[str]) -> str:
    """Give the number of a reason below the table."""
    if reason not in notes:
        notes.append(reason)
    return f"[{notes.index(reason) + 1}]"


def _assumed(item: "Estimate") -> str:
    return "" if item.assumed_share is None else f"{item.assumed_share:.0%}"


def _question(comparison: "Comparison", width: int) -> str:
    if not comparison.predictions:
        return "No carrier could be computed."
    first = comparison.predictions[0]
    formulation = first.formulation
    regimen, target = formulation.regimen, formulation.target
    name = shorten(comparison.question.name, 120) if comparison.question else ""
    text = (
        f"{name + ': ' if name else ''}{first.case.dose * 1e6:.4g} mg {formulation.cargo.id} in "
        f"{first.case.volume * 1e6:.4g} mL, {regimen.species} {regimen.site}, {regimen.state_or_first}. "
        f"Target: unbound in {formulation.compartment} above {first.assessment.target_text} for {target.duration}. "
        f"{formulation.calculation.draws} draws, seed {formulation.calculation.seed}."
    )
    return wrap(text, width)


def _standing(comparison: "Comparison") -> list[str]:
    """Say who is beaten by nobody, who is often among the best three, and what would change the winner."""
    from formulate.report.answer import turn_text

    ranked = [row for row in comparison.rows if row.score is not None]
    if len(ranked) < 2:
        return []
    front = [row.id for row in ranked if row.unbeaten]
    often = [f"{row.id} {row.top_three_probability:.0%}" for row in ranked if (row.top_three_probability or 0) >= 0.1]
    return [
        f"Beaten by no other in every part (Pareto front): {', '.join(front)}.",
        f"Among the best three in a tenth of the draws or more: {', '.join(often)}." if len(ranked) > 3 else "",
        turn_text(comparison),
    ]


def _weights(comparison: "Comparison") -> str:
    return ", ".join(f"{name} {weight:g}" for name, weight in comparison.weights.items())


def _warnings(comparison: "Comparison", width: int) -> str:
    """Give the warnings of the first rows, each once with the carriers it is about."""
    told: dict[str, list[str]] = {}
    for row in comparison.rows[:MOST_WARNED]:
        for warning in row.warnings:
            told.setdefault(warning, []).append(row.id)
    together: dict[tuple[str, ...], list[str]] = {}
    for warning, carriers in told.items():
        together.setdefault(tuple(carriers), []).append(warning)
    lines = []
    for names, warnings in together.items():
        lines.append(wrap(", ".join(names), width))
        lines += [wrap(warning, width, "  ! ", "    ") for warning in warnings]
    if (left := sum(bool(row.warnings) for row in comparison.rows[MOST_WARNED:])) > 0:
        text = (
            f"Those of {left} more carriers, further down the table, stand in a report (-o report.html) and in --json."
        )
        lines.append(wrap(text, width))
    return "\n".join(lines)
