"""What a comparison says besides its numbers, as texts: checks, where carriers stand, what each part earns, and why."""

from dataclasses import dataclass

from formulate.criteria import BY_NAME
from formulate.presets import Why, preset
from formulate.report.text import NO_NUMBER, number, prose, share_text
from formulate.rows import Comparison, Row
from formulate.standing import Standing

VERDICTS = {"passes": "passes", "fails": "FAILS", "unsure": "unsure", "not-known": "not known",
            "not-applicable": "not asked"}  # fmt: skip
# a sign beside the word, so that a verdict is not told by its colour
VERDICT_SIGNS = {"passes": "✓", "fails": "✕", "unsure": "≈", "not-known": "?", "not-applicable": NO_NUMBER}
HEADS = {
    "mechanism": "loading", "volume": "volume", "dose": "dose", "needle": "needle", "force": "force",
    "barrier": "barrier", "load-bearing": "load", "sterilisable": "sterile", "viability": "alive",
}  # fmt: skip
STANDING = ("evidence", "cost", "difficulty", "risk")


@dataclass(frozen=True)
class Told:
    """One cell: what it says, and why."""

    main: str
    why: str


def check_names(comparison: Comparison) -> tuple[str, ...]:
    """Give the names of the checks, in the order they were made."""
    return tuple(dict.fromkeys(check.name for row in comparison.rows for check in row.checks))


def check_labels(comparison: Comparison) -> dict[str, str]:
    """Give what each check asks, by its name."""
    return {check.name: check.label for row in comparison.rows for check in row.checks}


def check_cells(comparison: Comparison, row: Row) -> list[Told]:
    """Give the checks of a row, one cell each."""
    found = {check.name: check for check in row.checks}
    cells = []
    for name in check_names(comparison):
        check = found.get(name)
        if check is None:
            cells.append(Told(NO_NUMBER, "not checked"))
            continue
        share = "" if check.probability is None else f" ({share_text(check.probability)} of draws pass)"
        word = VERDICTS[check.verdict] if row.decides(check) else VERDICTS[check.verdict].lower()
        aside = "" if word != "fails" else "; the question does not need it"
        cells.append(Told(f"{VERDICT_SIGNS[check.verdict]} {word}", f"{prose(check.told)}{share}{aside}"))
    return cells


def standing_cells(standing: Standing | None) -> list[Told]:
    """Give evidence, cost, difficulty and risk of a row, one cell each."""
    if standing is None:
        return [Told(NO_NUMBER, "not asked")] * len(STANDING)
    cells = []
    for name in STANDING:
        grade = getattr(standing, name)
        score = "" if grade.score is None else f" ({number(grade.score, 2)})"
        cells.append(Told(f"{grade.word or 'not known'}{score}", "; ".join(prose(item) for item in grade.told)))
    return cells


def part_cells(comparison: Comparison, row: Row) -> list[Told]:
    """Give what each part that counts earns, one cell each, or why that is not known."""
    cells = []
    for name in comparison.used_parts():
        part = row.earned[name]
        cells.append(Told("?", part.reason) if part.mean is None else Told(f"{part.mean:.2f}", ""))
    return cells


def places_text(row: Row) -> str:
    """Say between which ranks a row stands, as what is not known may be; nothing where that leaves one rank or none."""
    best, worst = row.place_at_best, row.place_at_worst
    return "" if best == worst else f"rank {best}-{worst}"


def gaps(comparison: Comparison) -> list[str]:
    """Give what is not known of the rows, each reason once with the rows it is about."""
    found: dict[str, list[str]] = {}
    for row in comparison.rows:
        if row.score is None:
            continue
        for name, cell in zip(comparison.used_parts(), part_cells(comparison, row), strict=True):
            if cell.why:
                found.setdefault(f"{name}: {prose(cell.why)}", []).append(row.label)
    return [f"{', '.join(labels)}: {reason}" for reason, labels in found.items()]


def parts_left_out(comparison: Comparison) -> dict[str, str]:
    """Give the parts that drop out of every score, with the reason."""
    used = comparison.used_parts()
    reasons: dict[str, str] = {}
    scored = [row for row in comparison.rows if row.score is not None]
    for name in BY_NAME:
        if name in used or not scored:
            continue
        if comparison.weights.get(name, 0.0) <= 0:
            reasons[name] = "its weight is 0"
        else:
            reasons[name] = scored[0].earned[name].reason
    return reasons


def why_not_ranked(row: Row) -> str:
    """Give why a row takes no part in the ranking, or nothing."""
    if row.is_ranked:
        return ""
    if row.failed:
        return "; ".join(f"fails “{check.label}”: {prose(check.told)}" for check in row.failed)
    return row.reason or "one formulation alone is not ranked"


def against_texts(comparison: Comparison) -> list[str]:
    """Give what sources say of the rows against each other, each with the rows it is about."""
    labels = {row.id: row.label for row in comparison.rows}
    found = []
    for item in comparison.head_to_head:
        sides = (", ".join(labels.get(name, name) for name in side) for side in (item.rows, item.others))
        hedge = "" if item.mark in ("", "stated") else f", {item.mark}"
        found.append(f"{' against '.join(sides)}: {prose(item.told)} [{', '.join(item.sources)}{hedge}]")
    return found


def left_out_text(comparison: Comparison) -> str:
    """Say which carriers are left out because they are themselves the drug."""
    if not comparison.left_out:
        return ""
    reasons: dict[str, list[str]] = {}
    for item in comparison.left_out:
        reasons.setdefault(item.reason, []).append(item.id)
    return " ".join(
        f"Not ranked, for each {reason}: {', '.join(names)}." for reason, names in reasons.items()
    )  # fmt: skip


def compared_content(comparison: Comparison) -> dict[str, object]:
    """Give the tables of checks, standing and parts, and what sources say, for a report."""
    labels = check_labels(comparison)
    return {
        "preset": _preset(comparison.question.preset if comparison.question else ""),
        "checks": [{"head": HEADS.get(name, name), "label": label} for name, label in labels.items()],
        "check_rows": [
            {"label": row.label, "failed": bool(row.failed), "cells": check_cells(comparison, row)}
            for row in comparison.rows
            if row.checks
        ],
        "standings": list(STANDING),
        "standing_rows": [
            {"label": row.label, "cells": standing_cells(row.standing)} for row in comparison.rows if row.standing
        ],
        "parts": [BY_NAME[name].name for name in comparison.used_parts()],
        "part_rows": [
            {
                "label": row.label,
                "score": f"{row.score:.3f}",
                "at_most": f"{row.score_at_most:.3f}",
                "between": places_text(row).removeprefix("rank ") or str(row.place_at_best or NO_NUMBER),
                "cells": part_cells(comparison, row),
            }
            for row in comparison.rows
            if row.score is not None
        ],
        "gaps": gaps(comparison),
        "parts_left_out": [{"name": name, "reason": reason} for name, reason in parts_left_out(comparison).items()],
        "against": against_texts(comparison),
        "left_out": left_out_text(comparison),
    }


def _preset(identifier: str) -> dict[str, object]:
    """Give a preset as a report shows it: its keys and weights with their reasons."""
    if not identifier:
        return {}
    found = preset(identifier)
    return {
        "name": found.name,
        "aim": found.aim,
        "source": f"{found.source}, {found.locator}",
        "given": [(item.field, item.value, why_text(item)) for item in found.given],
        "weights": {item.part: why_text(item) for item in found.weight},
    }


def why_text(why: Why) -> str:
    """Give a reason with the review that it comes from.

    >>> why_text(Why(reason="a choice"))
    'a choice'
    """
    return f"{why.reason} [{why.source}, {why.locator}]" if why.source else why.reason
