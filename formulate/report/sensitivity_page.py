"""What drives an answer: as plain data, as a figure and as a page."""

import textwrap
from math import log
from typing import TYPE_CHECKING

from formulate.report.canvas import INK, MUTED, drawing
from formulate.report.html import document_html
from formulate.report.page import Cell, Document, Picture, Points, Section, Table, Text
from formulate.report.provenance import described, driver_text
from formulate.report.text import NO_NUMBER, estimate_text, number, share_text, unit_text
from formulate.sensitivity.analysis import ASSUMED, OTHERS, Drivers, Effect, Sensitivity

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from formulate.sensitivity.screening import Screening

BARS = 8
LEAST = 0.01  # of the variance: less is not listed
OF_THE_RELEASE = ("learned_release_", "between_study_time_factor")  # how formulations differ: only their release tells


def sensitivity_results(found: Sensitivity) -> dict[str, object]:
    """Give what drives the numbers as plain data."""
    used = {effect.key: effect for drivers in found.drivers.values() for effect in drivers.effects if effect.item}
    return {
        "label": found.formulation.label,
        "method": found.method,
        "evaluations": found.evaluations,
        "numbers": {
            name: {
                "label": drivers.estimate.label,
                **drivers.estimate.to_dict(),
                "typical": drivers.typical,
                "scale": drivers.scale,
                "reason": drivers.reason,
                "measure_next": next_sentence(drivers),
                "from_assumed_values": None if drivers.assumed is None else _effect(drivers.assumed, drivers),
                "beyond_single_inputs": drivers.unexplained,
                "effects": [_effect(effect, drivers) for effect in drivers.effects],
            }
            for name, drivers in found.drivers.items()
        },
        "inputs": [described(key, used[key].item.value, used[key].item.set_by) for key in sorted(used)],  # type: ignore[union-attr]
    }


def screening_results(found: "Screening") -> dict[str, object]:
    """Give a Morris screening as plain data."""
    return {
        "number": found.name,
        "label": found.label,
        "scale": found.scale,
        "evaluations": found.evaluations,
        "effects": [
            {"key": one.key, "mean_effect": one.mean_effect, "half_width_95": one.doubt, "spread": one.spread}
            for one in found.effects
        ],
    }


def _effect(effect: Effect, drivers: Drivers) -> dict[str, object]:
    unit = drivers.estimate.unit
    ends = {"low_input": _bounded(effect.low), "high_input": _bounded(effect.high), "unit": unit}
    return {
        "key": effect.key,
        "evidence": str(effect.item.value.evidence) if effect.item else None,
        "first_order": effect.first,
        "total": effect.total,
        "width_if_known": effect.width,
        "one_at_a_time": ends if effect.low is not None else None,
    }


def _bounded(value: float | None) -> float | None:
    return value if value is not None and abs(value) < float("inf") else None


def sensitivity_frame(found: Sensitivity) -> "pd.DataFrame":
    """Give one row per number and input."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "number": name,
                "unit": drivers.estimate.unit,
                "input": effect.key,
                "evidence": str(effect.item.value.evidence) if effect.item else "",
                "first order (fraction)": effect.first,
                "total (fraction)": effect.total,
                "width of the band if known (fraction of now)": effect.width,
                "with the input low": effect.low,
                "with the input high": effect.high,
            }
            for name, drivers in found.drivers.items()
            for effect in drivers.effects
        ]
    )


def next_sentence(drivers: Drivers) -> str:
    """Say what to measure next."""
    item = drivers.estimate
    if drivers.reason:
        return f"Nothing to learn of {item.label}: {drivers.reason}."
    best = drivers.next
    if best is None:
        return f"No single measurement would shrink the band of {item.label} by more than a twentieth."
    assert best.width is not None
    if best.key.partition(".")[2].startswith(OF_THE_RELEASE):
        return (
            f"Measure points of the release next (formulate release says when): they tell {driver_text(best.key)}, "
            f"which if known would shrink the band of {item.label} most, to {share_text(best.width)} of its width."
        )
    return (
        f"Measure {driver_text(best.key)} next: it would shrink the band of {item.label} most, to "
        f"{share_text(best.width)} of its width."
    )


def assumed_sentence(drivers: Drivers) -> str:
    """Say how much of the band comes from values that no source gives."""
    if drivers.assumed is None:
        return ""
    share = drivers.assumed
    if share.total is None:
        return f"{share_text(share.first)} of its variance comes from assumed values, as far as single inputs tell."
    return (
        f"{share_text(max(share.first, 0.0))} of its variance would go if all assumed values were known, "
        f"{share_text(min(max(share.total, 0.0), 1.0))} comes from them alone or together with others."
    )


def name_of(effect: Effect) -> str:
    """Give an input in words, marked where it is assumed."""
    if effect.key in (OTHERS, ASSUMED):
        return effect.key
    return driver_text(effect.key) + (" [assumed]" if effect.is_assumed else "")


def listed(drivers: Drivers) -> list[Effect]:
    """Give the effects worth a line, strongest first."""
    return [effect for effect in drivers.effects if max(effect.first, effect.total or 0.0) >= LEAST][:BARS]


def sensitivity_html(found: Sensitivity, date: str | None = None) -> str:
    """Give the report as one HTML page; the same result gives the same bytes."""
    return document_html(sensitivity_document(found, date or ""))


def sensitivity_document(found: Sensitivity, date: str = "") -> Document:
    """Give the report as a document that every writer can write."""
    sections = []
    for name, drivers in found.drivers.items():
        item = drivers.estimate
        blocks: list[Text | Table | Picture] = [Text(next_sentence(drivers))]
        if text := assumed_sentence(drivers):
            blocks.append(Text(text))
        if not drivers.reason:
            blocks.append(Picture(f"tornado-{name}", tornado(drivers), TORNADO))
            blocks.append(drivers_table(drivers, SCALES[drivers.scale]))
        shown = estimate_text(item) if item.exists else item.reason
        sections.append(Section(f"{item.label}: {shown}", blocks))
    sections.append(Section("Warnings", (Points(found.warnings),) if found.warnings else ()))
    first = next(iter(found.drivers.values()))
    question = "Which inputs drive the numbers, and which of them to measure next?"
    return Document(found.formulation.heading, question, next_sentence(first), sections, date=date)


TORNADO = "The number with one input at its 10th and 90th percentile and all others typical; the line is all typical."
HEADS = ("input", "alone", "in all", "band if known")
SCALES = {
    "linear": "Shares of the variance.",
    "logarithmic": "Shares of the variance of the logarithm.",
}


def drivers_table(drivers: Drivers, caption: str, name: str = "") -> Table:
    """Give the inputs worth a line: what each is, its shares of the variance, the band if it were known.

    Shares together with other inputs are known of a design alone; without one they have no column.
    """
    effects = listed(drivers)
    rows = [effect_row(effect) for effect in effects]
    empty = {place for place in range(1, len(HEADS)) if all(row[place] == NO_NUMBER for row in rows)}
    kept = [place for place in range(len(HEADS)) if place not in empty]
    values = [((), (effect.first,), (effect.total,), (effect.width,)) for effect in effects]
    shown = [tuple(Cell(row[place], of[place]) for place in kept) for row, of in zip(rows, values, strict=True)]
    return Table(tuple(HEADS[place] for place in kept), shown, caption, name=name)


def effect_row(effect: Effect) -> tuple[str, str, str, str]:
    """Give an input as a row: what it is, its shares of the variance, the band if it were known."""
    return (
        name_of(effect),
        share_text(max(effect.first, 0.0)),
        NO_NUMBER if effect.total is None else share_text(max(effect.total, 0.0)),
        NO_NUMBER if effect.width is None else f"{share_text(effect.width)} of now",
    )


def tornado(drivers: Drivers) -> "Figure":
    """Give the bars of one number: each input low and high, the rest typical."""
    from matplotlib.figure import Figure

    item = drivers.estimate
    bars = bars_of(drivers)
    middle = _held(drivers.typical, drivers)
    with drawing():
        figure = Figure(figsize=(7.6, 0.9 + 0.34 * max(len(bars), 1)), layout="constrained")
        axis = figure.add_subplot()
        floor = min([middle, *(end for _, *ends in bars for end in ends)])
        is_log = drivers.scale == "logarithmic" and floor > 0.0
        if is_log:
            axis.set_xscale("log")
        for place, (_, low, high) in enumerate(reversed(bars)):
            for value, fill, hatch, words in (
                (low, "white", "////", "input at its 10th percentile"),
                (high, "#56B4E9", "", "at its 90th"),
            ):
                axis.barh(
                    place, value - middle, left=middle, height=0.62, facecolor=fill, hatch=hatch, edgecolor=INK,
                    linewidth=0.7, label=words if place == 0 else None,
                )  # fmt: skip
        axis.axvline(middle, color=INK, linewidth=1.0)
        names = ["\n".join(textwrap.wrap(name_of(effect), 44)) for effect, _, _ in reversed(bars)]
        axis.set_yticks(range(len(bars)), names, fontsize=8)
        unit = f", {unit_text(item.unit)}" if item.unit != "1" else ""
        axis.set_xlabel(f"{item.label}{unit}", fontsize=9, color=INK)
        axis.spines[["right", "top"]].set_visible(False)
        axis.tick_params(colors=MUTED)
        if bars:
            figure.legend(loc="outside upper right", ncols=2, fontsize=8, frameon=False)
        if is_log:
            from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

            axis.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(float(value))))
            axis.xaxis.set_minor_locator(NullLocator())
    return figure


def bars_of(drivers: Drivers) -> list[tuple[Effect, float, float]]:
    """Give the inputs that move a number most, the first first: what it is with the input low and high."""
    bars = [
        (effect, _held(effect.low, drivers), _held(effect.high, drivers))
        for effect in drivers.effects
        if effect.low is not None and effect.high is not None
    ]
    return sorted(bars, key=lambda bar: -_reach(bar[1], bar[2], drivers.scale))[:BARS]


def _held(value: float | None, drivers: Drivers) -> float:
    """Give a number, at most what was looked at."""
    limit = drivers.estimate.beyond
    return min(float(value or 0.0), float("inf") if limit is None else limit)


def _reach(low: float, high: float, scale: str) -> float:
    if scale == "logarithmic" and min(low, high) > 0.0:
        return abs(log(high / low))
    return abs(high - low)
