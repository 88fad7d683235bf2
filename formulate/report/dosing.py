"""Schedules that hold a level, as plain data."""

from formulate.dosing import Dosing, Schedule, limits_met
from materials.units import convert


def dosing_results(found: Dosing) -> dict[str, object]:
    """Give the schedules by rising number of injections, and the one with the fewest."""
    best = found.fewest
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
        "largest_volume": None if found.largest_volume is None else {"value": found.largest_volume * 1e6, "unit": "mL"},
        "burden_of_each_injection": list(found.burden),
    }


def _schedule(found: Dosing, item: Schedule) -> dict[str, object]:
    shown: dict[str, object] = {
        "injections": item.injections,
        "interval": None if item.interval is None else {"value": convert(item.interval, "d"), "unit": "d"},
        "dose": None if item.dose is None else {"value": item.dose * 1e6, "unit": "mg"},
        "total_dose": None if item.total is None else {"value": item.total * 1e6, "unit": "mg"},
        "held_share_of_draws": item.held,
        "limits": list(limits_met(found, item)),
    }
    if item.reason:
        shown["reason"] = item.reason
    for name, number in (("needed_volume", item.volume), ("plasma_peak", item.plasma_peak)):
        if number is not None:
            shown[name] = {"label": number.label, **number.to_dict()}
    return shown
