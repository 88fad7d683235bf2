"""What a comparison looks like in a terminal: is it feasible, what does it do, where does it stand, who comes first."""

from typing import TYPE_CHECKING

from formulate.criteria import BY_NAME
from formulate.report.answer import answer_text
from formulate.report.compared import (
    HEADS,
    STANDING,
    VERDICTS,
    against_texts,
    check_labels,
    left_out_text,
    parts_left_out,
    places_text,
    standing_cells,
)
from formulate.report.scores import acting_columns
from formulate.report.text import estimate_cells, share_text
from materials.errors import shorten
from tui.show import DISCLAIMER
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.rows import Comparison, Row

COLUMNS = (
    ("largest_dose", "dose that fits"),
    ("needed_volume", "volume for the dose"),
    ("release_t50", "release t50"),
    ("carrier_half_life", "carrier residence half-life"),
    ("drug_half_life", "drug residence half-life"),
    ("cover", "wanted time above target"),
    ("depth_above_target", "depth above target"),
    ("injections_needed", "injections needed"),
    ("auc_ratio", "local/plasma AUC ratio"),
)
OF_OWN_DRUGS = (  # after those that tell what acts after some days
    ("active_half_time", "half of it acts until"),
    ("injections_needed", "injections needed"),
)
SHORT = {
    "residence": "stay", "penetration": "depth", "selectivity": "select.", "injections": "inject.",
    "certainty": "certain", "evidence": "studies", "cost": "cheap", "difficulty": "easy", "risk": "safe",
}  # fmt: skip
MARKS = {"passes": "ok", "fails": "FAILS", "unsure": "unsure", "not-known": "?", "not-applicable": "-"}
MOST_WARNED = 8  # rows of a comparison whose warnings and doubts are printed: more is a wall


def comparison_text(comparison: "Comparison", width: int) -> str:
    """Give a comparison as text: question, answer, checks, numbers, standing, score, reasons, warnings."""
    parts = [
        _question(comparison, width),
        wrap(answer_text(comparison), width),
        *_feasibility(comparison, width),
        *_numbers(comparison, width),
    ]
    parts += _standing_table(comparison, width)
    parts += _scores(comparison, width)
    if against := against_texts(comparison):
        parts.append("\n".join(["What sources say of them against each other", *_listed(against, width)]))
    if aside := left_out_text(comparison):
        parts.append(wrap(aside, width))
    warnings = _warnings(comparison, width)
    if warnings:
        parts.append("Warnings\n" + warnings)
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def _feasibility(comparison: "Comparison", width: int) -> list[str]:
    """Give the checks of all rows; one that is asked of none is told in a line, not in a column."""
    labels = check_labels(comparison)
    asked = [name for name in labels if any(_verdict(row, name) != "not-applicable" for row in comparison.rows)]
    if not asked:
        return []
    table = [[tuple(_split(row.id)), *((_mark(row, name),) for name in asked)] for row in comparison.rows]
    heads = ["Is it feasible?", *(HEADS.get(name, name) for name in asked)]
    key = "? is not known, - is not asked of it; what FAILS is not ranked and stands last."
    if any("fails" in cell for row in table for cell in row[1:]):
        key += " What only fails is ranked, for the question does not need it (--needs load-bearing: it does)."
    lines = [columns(heads, table, width, gap=1), wrap(key, width)]
    if silent := [labels[name] for name in labels if name not in asked]:
        lines.append(wrap(f"Asked of none here: {'; '.join(silent)}.", width))
    return ["\n".join([*lines, *_doubts(comparison, width)])]


def _verdict(row: "Row", name: str) -> str:
    return next((check.verdict for check in row.checks if check.name == name), "not-applicable")


def _mark(row: "Row", name: str) -> str:
    decides = all(row.decides(check) for check in row.checks if check.name == name)
    mark = MARKS[_verdict(row, name)]
    return mark if decides else mark.lower()


def _doubts(comparison: "Comparison", width: int) -> list[str]:
    """Give why rows fail a check, and why the first rows may, each reason once with the rows it is about."""
    told: dict[tuple[str, str], list[str]] = {}
    for place, row in enumerate(comparison.rows):
        for check in row.checks:
            if check.verdict == "fails" or (check.verdict in ("unsure", "not-known") and place < MOST_WARNED):
                verdict = VERDICTS[check.verdict] if row.decides(check) else VERDICTS[check.verdict].lower()
                key = (verdict, f"{HEADS.get(check.name, check.name)}: {check.told}")
                told.setdefault(key, []).append(row.id)
    order = [VERDICTS["fails"], "fails", *VERDICTS.values()]
    lines = []
    for (verdict, text), names in sorted(told.items(), key=lambda item: order.index(item[0][0])):
        said = text if verdict == VERDICTS["not-known"] else f"{verdict}, {text}"
        lines.append(wrap(f"{_together(names, comparison)}: {said}", width, "  ", "    "))
    if len(comparison.rows) > MOST_WARNED and lines:
        lines.append(wrap("Every check of every row, with its reason, is in a report and in --json.", width))
    return lines


def _together(names: list[str], comparison: "Comparison") -> str:
    """Name some rows, without a list where it is all that are told of."""
    return "all" if len(names) == min(MOST_WARNED, len(comparison.rows)) > 3 else ", ".join(names)


def _numbers(comparison: "Comparison", width: int) -> list[str]:
    if not comparison.predictions and not comparison.of_own_drugs:
        reasons = [wrap(f"{row.id}: {row.reason}", width, "", "  ") for row in comparison.rows]
        return ["\n".join(reasons)] if reasons else []
    notes: list[str] = []
    acting = acting_columns(comparison.acting_days, "acts after")
    named = COLUMNS if comparison.predictions else (*acting, *OF_OWN_DRUGS)
    rows = [_row(row, named, notes) for row in comparison.rows]
    table = columns(["What does it do?", *(head for _, head in named), "assumed"], rows, width)
    told = "Medians over 80 % bands; assumed: share of the band of the time above the target that is assumed inputs."
    if not comparison.predictions:
        told = "Shares of all that is given; medians over 80 % bands; assumed: share of the last band that is so."
    lines = [table, wrap(told, width)]
    lines += [wrap(note, width, f"{index} ", "  ") for index, note in enumerate(notes, start=1)]
    return ["\n".join(lines)]


def _row(row: "Row", named: tuple[tuple[str, str], ...], notes: list[str]) -> list[Cell]:
    label = (*_split(row.id), *(["(yours)"] if row.own else []))
    if not row.numbers:
        return [label, *[(f"- {_note(row.reason, notes)}",)] * len(named), ("-",)]
    cells: list[Cell] = [label]
    for name, _ in named:
        item = row.numbers.get(name)
        if item is None:
            cells.append((f"- {_note('not a number of this kind of carrier', notes)}",))
            continue
        main, band = estimate_cells(item)
        if not item.exists or item.median is None:
            shown = f"{main if item.exists else '-'} {_note(item.reason, notes)}"
            cells.append((shown, band) if item.exists else (shown,))
        else:
            cells.append((main, band))
    certain = row.earned["certainty"]
    if certain.mean is None:
        cells.append((f"- {_note(certain.reason, notes)}",))
    else:
        cells.append((f"{1.0 - certain.mean:.0%}",))
    return cells


def _standing_table(comparison: "Comparison", width: int) -> list[str]:
    known = [row for row in comparison.rows if row.standing is not None]
    if not known:
        return []
    cells = [standing_cells(row.standing) for row in known]
    rows = [
        [tuple(_split(row.id)), *((told[i].main,) for i in range(len(STANDING)))]
        for row, told in zip(known, cells, strict=True)
    ]
    text = columns(["Where does it stand?", *STANDING], rows, width)
    key = (
        "In brackets what it earns, of 1: strong evidence, low cost, difficulty and risk earn most. Not known: no "
        "source in the catalog says anything of it; not graded: sources speak of it, none says how much."
    )
    studies: dict[str, list[str]] = {}
    for row in known[:MOST_WARNED]:
        assert row.standing is not None
        evidence = row.standing.evidence
        best = evidence.told[1] if evidence.score is not None and len(evidence.told) > 1 else evidence.told[0]
        studies.setdefault(best, []).append(row.id)
    lines = [text, wrap(key, width), "The best of what is behind the first:"]
    lines += [wrap(f"{', '.join(names)}: {shorten(best, 200)}", width, "  ", "    ") for best, names in studies.items()]
    return ["\n".join([*lines, wrap("All of it is in a report (-o report.html) and in --json.", width)])]


def _scores(comparison: "Comparison", width: int) -> list[str]:
    ranked = [row for row in comparison.rows if row.score is not None]
    if not ranked:
        return []
    used = comparison.used_parts()
    places = {row.id: place for place, row in enumerate(comparison.ranked, start=1)}
    rows: list[list[Cell]] = []
    for row in ranked:
        place = f"{places[row.id]}. " if row.id in places else "fails: "
        cells: list[Cell] = [tuple(_split(place + row.id))]
        cells.append((f"{row.score:.3f}", f"{row.score_low:.2f}-{row.score_high:.2f}"))
        cells.append((f"{row.score_at_most:.2f}", *([span] if (span := places_text(row)) else [])))
        cells.append((share_text(row.best_probability) if row.best_probability is not None else "-",))
        means = [row.earned[name].mean for name in used]
        cells += [("?" if mean is None else f"{mean:.2f}",) for mean in means]
        rows.append(cells)
    heads = ["Who comes first?", "score", "at most", "best in", *(SHORT.get(name, name) for name in used)]
    told = [
        "The score is a mean over the draws (80 % band below) of what each part earns, 0 to 1; ? is not known and "
        "earns 0; at most: if all that is not known of it were the best; below that the ranks between which it stands, "
        "as what is not known of it and of the others may be; best in: share of the draws.",
        f"Weights: {_weights(comparison)}.",
        *(
            f"Left out, {name}: {reason}."
            for name, reason in parts_left_out(comparison).items()
            if comparison.weights.get(name, 0.0) > 0
        ),
        *(f"{row.id} {row.reason}." for row in comparison.rows if row.residence and row.score is None),
        *_standing(comparison),
    ]
    return [columns(heads, rows, width, gap=1), "\n".join(wrap(text, width) for text in told if text)]


def _standing(comparison: "Comparison") -> list[str]:
    """Say who is beaten by nobody, and who is often among the best three."""
    ranked = comparison.ranked
    if len(ranked) < 2:
        return []
    front = [row.id for row in ranked if row.unbeaten]
    often = [f"{row.id} {row.top_three_probability:.0%}" for row in ranked if (row.top_three_probability or 0) >= 0.1]
    return [
        "Each of them fails a check; they are ranked all the same." if comparison.none_is_feasible else "",
        f"Beaten by no other in every part (Pareto front): {', '.join(front)}.",
        f"Among the best three in a tenth of the draws or more: {', '.join(often)}." if len(ranked) > 3 else "",
    ]


def _weights(comparison: "Comparison") -> str:
    return ", ".join(f"{name} {comparison.weights[name]:g}" for name in BY_NAME if name in comparison.weights)


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


def _listed(texts: list[str], width: int) -> list[str]:
    return [wrap(text, width, "  ", "    ") for text in texts]


def _question(comparison: "Comparison", width: int) -> str:
    if comparison.of_own_drugs and not comparison.predictions:
        return _question_of_own_drugs(comparison, width)
    if not comparison.predictions:
        return "No carrier could be computed."
    first = comparison.predictions[0]
    formulation = first.formulation
    regimen, target = formulation.regimen, formulation.target
    text = (
        f"{_named(comparison)}{first.case.dose * 1e6:.4g} mg {formulation.cargo.id} in "
        f"{first.case.volume * 1e6:.4g} mL, {regimen.species} {regimen.site}, {regimen.state_or_first}. "
        f"Target: unbound in {formulation.compartment} above {first.assessment.target_text} for {target.duration}. "
        f"{formulation.calculation.draws} draws, seed {formulation.calculation.seed}."
    )
    return wrap(text, width)


def _question_of_own_drugs(comparison: "Comparison", width: int) -> str:
    formulation = next(row.formulation for row in comparison.rows if row.residence and row.formulation)
    regimen = formulation.regimen
    text = (
        f"{_named(comparison)}carriers that are themselves the drug, {regimen.species} {regimen.site}, "
        f"{regimen.state_or_first}, {regimen.route_or_first}; to act for {formulation.target.duration}. "
        f"{formulation.calculation.draws} draws, seed {formulation.calculation.seed}."
    )
    return wrap(text, width)


def _named(comparison: "Comparison") -> str:
    from formulate.presets import presets

    question = comparison.question
    if question is None:
        return ""
    name = shorten(question.name, 120) or (presets()[question.preset].name if question.preset else "")
    return f"{name}: " if name else ""


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
