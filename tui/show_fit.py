"""A fit of release data as text for a terminal."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from formulate.fitting.diagnosis import objections
from formulate.fitting.shared_reading import shared_lines
from formulate.fitting.units import unit_rows
from formulate.report.fit_page import average_text, bootstrap_intervals, criteria_text, mechanism_texts
from formulate.report.text import any_number, interval_text, weight_text
from tui.table import grid, indented, wrap

if TYPE_CHECKING:
    from formulate.fitting.analysis import Analysis, FittedModel, ProfileAnalysis
    from formulate.fitting.diagnosis import Finding
    from formulate.fitting.results import FittedParameter
    from formulate.fitting.summaries import Quantity

_WIDE = 96  # columns that the whole ranking needs
_NARROW = 78
_DROPPED = (4, 6)  # of the ranking, where there are fewer: R² adjusted, distance from the best
_CUT = (2, 4, 5, 6)  # and where there are fewer still: parameters and the criterion too
_SIGNS = {"serious": "!!", "caution": "! ", "note": "- "}


def fit_text(analysis: "Analysis", width: int = 100, top: int = 10, explain: Sequence[str] = ()) -> str:
    """Give the analysis as text: readings, ranking, the best fit with what must be known of it, mechanism, average."""
    parts = [_notes(analysis.data.warnings, width)] if analysis.data.warnings else []
    parts += [_profile_text(analysis, found, width, top, explain) for found in analysis.profiles]
    for item in analysis.shared_failures:
        parts.append(wrap(f"{item.name} could not be fitted with them in common: {item.reason}", width))
    names = [found.profile.name for found in analysis.profiles]
    for fit in analysis.shared:
        parts.append("\n".join(wrap(line, width) for line in shared_lines(fit, names, analysis.data.time_unit)))
    if analysis.caveats:
        parts.append("\n".join(wrap(text, width, "- ", "  ") for text in analysis.caveats))
    return "\n\n".join(part for part in parts if part)


def _profile_text(analysis: "Analysis", found: "ProfileAnalysis", width: int, top: int, explain: Sequence[str]) -> str:
    unit = analysis.data.time_unit
    profile = found.profile
    vessels = "1 unit" if profile.units == 1 else f"{profile.units} units, {analysis.replicates}"
    readings = f"{profile.time.size} times from {any_number(profile.time[0])} to {any_number(profile.time[-1])} {unit}"
    parts = [wrap(f"{profile.name or 'Release'}: {readings}, {vessels}, weights {analysis.weighting}", width)]
    if found.notes:
        parts.append(_findings(found.notes, width))
    if found.points.left_out:
        parts.append(_notes(found.points.left_out, width))
    parts.append(_ranking(analysis, found, width, top))
    for model in _explained(found, explain):
        if model is found.best_sound and model is not found.models[0]:
            parts.append("The first without a serious objection:")
        parts.append(best_text(model, unit, width))
    if not found.models:
        parts.append("No model could be fitted.")
    parts.append(_observed(found.observed, unit, width))
    parts.append(_mechanism(found, width))
    parts.append(wrap(average_text(found, unit), width))
    parts += [_units(found, model, unit, width) for model in _explained(found, explain)]
    return "\n\n".join(part for part in parts if part)


def _explained(found: "ProfileAnalysis", explain: Sequence[str]) -> "list[FittedModel]":
    """Give the models that are told of in full: the best, the first without a serious objection, those asked for."""
    asked = [model for model in found.models if model.fit.model.id in explain]
    return list(dict.fromkeys([*found.models[:1], *([found.best_sound] if found.best_sound else []), *asked]))


def _ranking(analysis: "Analysis", found: "ProfileAnalysis", width: int, top: int) -> str:
    heads = ("", "model", "p", "SS", "R² adj", found.ranking.criterion, "behind", "weight", "beware")
    rows = []
    for model in found.models[:top]:
        criteria, place = model.fit.criteria, model.place
        rows.append(
            (
                f"{place.place}" if place else "–",
                model.fit.model.name,
                f"{criteria.parameters}",
                any_number(criteria.ss),
                any_number(criteria.r2_adjusted, 5),
                any_number(place.value) if place else "–",
                any_number(place.difference, 3) if place else "–",
                weight_text(place.weight) if place else "–",
                beware(model),
            )
        )
    count = found.points.time.size
    parts = [f"Models on the same {count} readings, best first ({found.ranking.criterion})"]
    if rows:
        left_out = () if width >= _WIDE else _DROPPED if width >= _NARROW else _CUT
        kept = [index for index in range(len(heads)) if index not in left_out]
        shown = [[row[index] for index in kept] for row in rows]
        parts.append(grid([heads[index] for index in kept], shown, width, right=range(2, len(kept) - 1)))
    hidden = len(found.models) - len(rows)
    if hidden > 0:
        hint = f"and {hidden} more (--top {len(found.models)} lists all; --explain NAME tells of one in full)"
        parts.append(wrap(hint, width))
    if any(row[-1] for row in rows):
        parts.append(wrap("beware: !! serious, ! caution; the first objection, and how many more", width))
    parts += [wrap(text, width) for text in found.ranking.reading]
    if found.failures:
        listed = found.failures[:5]
        parts += [wrap(f"{failure.name}: not fitted, {failure.reason}", width, "  ", "    ") for failure in listed]
        if len(found.failures) > len(listed):
            parts.append(f"  and {len(found.failures) - len(listed)} more that could not be fitted")
    return "\n".join(parts)


def best_text(model: "FittedModel", unit: str, width: int) -> str:
    """Give one fitted model: equation, parameters with intervals, what is read off its curve, what to beware of."""
    fit = model.fit
    lines = [wrap(f"{fit.model.name}:  {fit.model.equation}", width, "", "    ")]
    rows = [_parameter_row(item, unit, model) for item in fit.parameters]
    heads: list[str] = ["parameter", "value", "unit", f"{fit.level:.0%} interval", "standard error"]
    if model.likelihood:
        heads.append("by likelihood")
    if model.bootstrap:
        heads.append("by bootstrap")
    lines.append(indented(grid(heads, rows, width - 2, right=[1])))
    lines.append(wrap(criteria_text(fit), width, "  ", "  "))
    lines.append(indented(_quantities(model.summary, unit, width - 2)))
    if model.findings:
        lines.append(_findings(model.findings, width))
    if fit.model.assumes:
        lines.append(wrap(f"Assumed: {fit.model.assumes}", width, "  ", "  "))
    return "\n".join(lines)


def _parameter_row(item: "FittedParameter", unit: str, model: "FittedModel") -> tuple[str, ...]:
    interval = "fixed" if item.fixed else interval_text(item.low, item.high)
    row = [
        item.name,
        any_number(item.value, 6),
        item.unit.replace("{t}", unit) or ("–" if model.fit.model.group == "formula" else "1"),
        interval,
        "" if item.fixed else any_number(item.standard_error),
    ]
    for found in (model.likelihood, bootstrap_intervals(model)):
        if found:
            row.append(interval_text(*found[item.name]) if item.name in found else "")
    return tuple(row)


def _quantities(quantities: "Iterable[Quantity]", unit: str, width: int) -> str:
    rows = []
    for item in quantities:
        value = any_number(item.value) if not math.isnan(item.value) else "–"
        interval = interval_text(item.low, item.high) if not math.isnan(item.value) else ""
        extra = "; ".join(filter(None, ("beyond the last reading" if item.extrapolated else "", item.note)))
        rows.append((item.name, value, item.unit.replace("{t}", unit), interval, extra))
    return grid((), rows, width, right=[1]) if rows else ""


def _observed(quantities: "Sequence[Quantity]", unit: str, width: int) -> str:
    if not quantities:
        return ""
    return "From the readings alone, no model\n" + indented(_quantities(quantities, unit, width - 2))


def _mechanism(found: "ProfileAnalysis", width: int) -> str:
    mechanism = found.mechanism
    lines = [wrap(mechanism.line, width)]
    if mechanism.rows:
        lines.append(indented(grid(("shape", "n rules out", "still possible"), mechanism.rows, width - 2)))
    told = mechanism_texts(found)[1:]
    return "\n".join([*lines, *(wrap(text, width, "  ", "  ") for text in told)])


def _units(found: "ProfileAnalysis", model: "FittedModel", unit: str, width: int) -> str:
    rows = unit_rows(found, model.fit.model.id)
    if not rows:
        return ""
    heads = ("unit", *model.fit.model.names, "R²", "SS", f"T50 ({unit})", "")
    shown = [
        (
            row.unit,
            *map(any_number, row.values),
            any_number(row.r2, 5),
            any_number(row.ss),
            any_number(row.t50),
            row.failed,
        )
        for row in rows
    ]
    head = f"{model.fit.model.name} fitted to each unit by itself"
    return head + "\n" + indented(grid(heads, shown, width - 2, right=range(1, len(heads) - 1)))


def law_text(model: "FittedModel", width: int) -> str:
    """Say which law takes the place of the predicted release, and what stands against it."""
    fit, place = model.fit, model.place
    rank = f", place {place.place} in the ranking" if place else ""
    values = ", ".join(f"{item.name} = {any_number(item.value)}" for item in fit.parameters)
    head = f"With the measured release, {fit.model.name}{rank} ({values}), in place of the predicted one"
    return "\n".join([wrap(head, width), *(wrap(text, width, "! ", "  ") for text in objections(model))])


def beware(model: "FittedModel") -> str:
    """Give the first objection to a fit in a few words, and how many more there are."""
    against = [item for item in model.findings if item.severity != "note"]
    if not against:
        return ""
    more = f" +{len(against) - 1}" if len(against) > 1 else ""
    return f"{_SIGNS[against[0].severity].strip()} {against[0].brief}{more}"


def _findings(findings: "Iterable[Finding]", width: int) -> str:
    return "\n".join(
        wrap(f"{item.text} {item.advice}".strip(), width, f"  {_SIGNS[item.severity]} ", "     ") for item in findings
    )


def _notes(texts: Iterable[str], width: int) -> str:
    return "\n".join(wrap(text, width, "  - ", "    ") for text in texts)
