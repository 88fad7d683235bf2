"""Schedules that hold a level: in words, as plain data, and as a page."""

from formulate.dosing import Dosing, Schedule, limits_met
from formulate.report.page import Block, Cell, Column, Document, Item, Points, Section, Table, Text
from formulate.report.text import NO_NUMBER, estimate_columns, number, prose, share_text
from materials.units import convert

QUESTION = "How much has to be given, how often, to hold the level?"
HEADS = (
    Column("injections"),
    Column("every", "d"),
    Column("dose each", "mg"),
    Column("dose in all", "mg"),
    Column("draws that hold"),
    Column("peak unbound in plasma", "", ("median", "low", "high")),
    "limits",
)


def wanted_sentence(found: Dosing) -> str:
    """Say what is to be held, where, how long and how surely."""
    target = found.formulation.target
    place = found.formulation.compartment.replace("-", " ")
    return (
        f"To hold unbound drug in {place} above {found.level_text} for "
        f"{target.duration} from the first hour on, in {100 * target.probability:.4g}% of the draws:"
    )


def fewest_sentence(found: Dosing) -> str:
    """Say which schedule takes the fewest injections, or that none does."""
    best, within = found.fewest, found.fewest_that_fit
    if best is None:
        return "No schedule that was tried holds the level; each has its reason."
    if within is best:
        return f"Fewest: {_said(best)}."
    instead = "no schedule that was tried fits" if within is None else f"the fewest that fit: {_said(within)}"
    return f"Fewest: {_said(best)}, more than the site takes at once; {instead}."


def _said(item: Schedule) -> str:
    interval, dose, _ = schedule_numbers(item)
    every = "" if interval is None else f" every {number(interval)} d"
    return f"{item.injections} x {NO_NUMBER if dose is None else number(dose)} mg{every}"


def numbered_limits(found: Dosing) -> tuple[list[str], list[list[int]]]:
    """Give what stands in the way of the schedules, each text once, and its numbers for each schedule."""
    texts = [[item.reason] if item.reason else list(limits_met(found, item)) for item in found.schedules]
    notes = list(dict.fromkeys(text for listed in texts for text in listed))
    return notes, [[notes.index(text) + 1 for text in listed] for listed in texts]


def schedule_numbers(item: Schedule) -> tuple[float | None, float | None, float | None]:
    """Give of a schedule its interval [d], the dose of each injection and the dose in all [mg]."""
    interval = None if item.interval is None else convert(item.interval, "d")
    dose, total = (None if mass is None else mass * 1e6 for mass in (item.dose, item.total))
    return interval, dose, total


def dosing_document(found: Dosing, date: str = "") -> Document:
    """Give the schedules as a page."""
    notes, limits = numbered_limits(found)
    rows: list[tuple[Item, ...]] = []
    for item, numbers in zip(found.schedules, limits, strict=True):
        cells = [Cell(NO_NUMBER if value is None else number(value), (value,)) for value in schedule_numbers(item)]
        peak = Cell(NO_NUMBER, (None, None, None))
        if item.plasma_peak is not None:
            main, band, unit, values = estimate_columns(item.plasma_peak)
            peak = Cell(f"{main} {unit} ({band})" if item.plasma_peak.exists else main, values)
        marks = " ".join(f"[{place}]" for place in numbers)
        held = Cell(share_text(item.held), (item.held,))
        rows.append((Cell(str(item.injections), (item.injections,)), *cells, held, peak, marks or NO_NUMBER))
    told: list[Block] = [Text(prose(wanted_sentence(found))), Table(HEADS, rows, name="Schedules")]
    told += [Points([f"[{place}] {prose(text)}" for place, text in enumerate(notes, start=1)])] if notes else []
    sections = [
        Section("Schedules", told),
        Section("What each injection costs", (Points([prose(text) for text in found.burden]),) if found.burden else ()),
        Section("Warnings", (Points([prose(text) for text in found.warnings]),) if found.warnings else ()),
    ]
    return Document(found.formulation.heading, QUESTION, fewest_sentence(found), sections, date=date)


def dosing_results(found: Dosing) -> dict[str, object]:
    """Give the schedules by rising number of injections, and the one with the fewest."""
    best, within = found.fewest, found.fewest_that_fit
    target = found.formulation.target
    return {
        "target": {
            "text": found.level_text,
            "compartment": found.formulation.compartment,
            "duration": target.duration,
            "probability": target.probability,
        },
        "schedules": [_schedule(found, item) for item in found.schedules],
        "fewest_injections": None if best is None else best.injections,
        "fewest_injections_that_fit": None if within is None else within.injections,
        "largest_volume": None if found.largest_volume is None else {"value": found.largest_volume * 1e6, "unit": "mL"},
        "burden_of_each_injection": list(found.burden),
    }


def _schedule(found: Dosing, item: Schedule) -> dict[str, object]:
    interval, dose, total = schedule_numbers(item)
    shown: dict[str, object] = {
        "injections": item.injections,
        "interval": None if interval is None else {"value": interval, "unit": "d"},
        "dose": None if dose is None else {"value": dose, "unit": "mg"},
        "total_dose": None if total is None else {"value": total, "unit": "mg"},
        "held_share_of_draws": item.held,
        "limits": list(limits_met(found, item)),
    }
    if item.reason:
        shown["reason"] = item.reason
    for name, told in (("needed_volume", item.volume), ("plasma_peak", item.plasma_peak)):
        if told is not None:
            shown[name] = {"label": told.label, **told.to_dict()}
    return shown
