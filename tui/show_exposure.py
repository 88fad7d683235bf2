"""What was followed through a site, in a terminal: doses, numbers by compartment, pitfalls beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from formulate.report.exposure_page import where
from formulate.report.provenance import driver_text
from formulate.report.text import estimate_cells, number
from tui.show import DISCLAIMER, set_by_you
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.dosing import Dosing
    from formulate.exposure import Exposed, Group


ROOM_FOR_DRIVERS = 120  # characters


def exposure_text(found: "Sequence[Exposed]", width: int) -> str:
    """Give what was followed as text."""
    first = found[0]
    parts = [f"{first.formulation.label}\n{wrap(_question(first, alone=len(found) == 1), width)}"]
    for item in found:
        if len(found) > 1 and item.target is not None:
            parts.append(wrap(f"{item.what}{_target(item)}.", width))
        for group in item.groups:
            head = f"{item.what}: {group.title}" if len(found) > 1 or group is item.groups[0] else group.title
            parts.append(wrap(head, width) + "\n" + _table(group, width))
            if group is item.groups[0] and item.notes:  # half-lives are what they warn of
                parts.append("Read these numbers with care\n" + _points(item.notes, width, "* "))
        if item.warnings:
            parts.append("Warnings\n" + _points(item.warnings, width, "! "))
        parts += set_by_you(item.inputs, width)
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def dosing_text(found: "Dosing", width: int) -> str:
    """Give the schedules as text: dose, interval, number, and what stands in the way."""
    from formulate.report.dosing import fewest_sentence, numbered_limits, schedule_numbers, wanted_sentence

    parts = [f"{found.formulation.heading}\n{wrap(wanted_sentence(found), width)}"]
    notes, limits = numbered_limits(found)
    rows: list[list[Cell]] = []
    for item, numbers in zip(found.schedules, limits, strict=True):
        units = zip(schedule_numbers(item), ("d", "mg", "mg"), strict=True)
        amounts = ["-" if value is None else f"{number(value)} {unit}" for value, unit in units]
        marks = " ".join(f"[{place}]" for place in numbers)
        peak = item.plasma_peak
        shown = estimate_cells(peak)[0] if peak is not None and peak.exists else "-"
        rows.append([(text,) for text in (str(item.injections), *amounts, f"{item.held:.0%}", shown, marks)])
    heads = ["injections", "every", "dose each", "dose in all", "held in", "peak in plasma", "limits"]
    parts.append(columns(heads, rows, width))
    if notes:
        parts.append("\n".join(wrap(text, width, f"[{place}] ", "    ") for place, text in enumerate(notes, start=1)))
    parts.append(wrap(fewest_sentence(found), width))
    if found.burden:
        parts.append("What each injection costs\n" + _points(found.burden, width, "- "))
    if found.warnings:
        parts.append("Warnings\n" + _points(found.warnings, width, "! "))
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def _points(texts: Sequence[str], width: int, mark: str) -> str:
    return "\n".join(wrap(text, width, mark, " " * len(mark)) for text in texts)


def _question(found: "Exposed", *, alone: bool) -> str:
    doses = found.events
    routes = dict.fromkeys(event.route for event in doses)
    each = [f"{sum(event.route == route for event in doses)} x {route}" for route in routes]
    times = "" if len(doses) == 1 else f"; doses at {_times([event.start for event in doses])} after the first"
    target = _target(found) if alone else ""
    start = found.formulation.regimen.start
    since = (
        f"; the first {start.removeprefix('-')} {'before' if start.startswith('-') else 'after'} the injury"
        if start
        else ""
    )
    return f"{where(found)}; {', '.join(each)}{times}{since}{target}."


def _target(found: "Exposed") -> str:
    place = found.formulation.compartment.replace("-", " ")
    return f"; target: {place} above {found.target_text}" if found.target is not None else ""


def _times(starts: Sequence[float]) -> str:
    days = [f"{start / 86400.0:.3g}" for start in dict.fromkeys(starts)]
    return f"{', '.join(days if len(days) < 8 else [*days[:3], '...', days[-1]])} d"


def _table(group: "Group", width: int) -> str:
    rows: list[list[Cell]] = []
    for item in group.numbers:
        if item.name == "trough" and not item.exists:
            continue
        main, band = estimate_cells(item)
        assumed = "" if item.assumed_share is None else f"{item.assumed_share:.0%}"
        label = tuple(wrap(item.label, 44 if width >= 100 else 28).split("\n"))
        driver = tuple(wrap(driver_text(item.drivers[0][0]), 34).split("\n")) if item.drivers else ("",)
        if item.exists:
            rows.append([label, (main,), (band,), (assumed,), driver])
        else:
            rows.append([label, ("-",), tuple(wrap(item.reason, 30).split("\n")), ("",), ("",)])
    heads = ["number", "median", "80 % band", "assumed", "strongest input"]
    if width < ROOM_FOR_DRIVERS:  # a second block of columns would part a number from its name
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return columns(heads, rows, width)
