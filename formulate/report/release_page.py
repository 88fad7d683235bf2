"""A forecast of release: as plain data, as a figure and as a page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.estimate import BAND, Estimate
from formulate.forecast import DAY, Forecast, NextPoint
from formulate.report.canvas import BAND_FILL, INK, MAIN, MEASURED, MUTED, PLASMA, drawing, panels, readable_time
from formulate.report.curves import sparse
from formulate.report.html import document_html
from formulate.report.legends import legend, line, patch
from formulate.report.page import Document, Picture, Points, Section, Table, Text
from formulate.report.provenance import described, driver_text
from formulate.report.text import duration_text, estimate_text
from formulate.through_bag import Seen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

POINTS = 120
MOST_CANDIDATES = 8
BEFORE: dict[str, Any] = {"color": MUTED, "linewidth": 0.9, "linestyle": "-", "zorder": 3}
IN_RECEIVER: dict[str, Any] = {"color": INK, "linewidth": 1.5, "linestyle": (0, (5, 2)), "zorder": 5}
FREE_DRUG: dict[str, Any] = {"color": MUTED, "linewidth": 1.2, "linestyle": (0, (5, 2, 1, 2)), "zorder": 4}
THROUGH_BAG = "What the receiver of a dialysis bag shows"
ASSAY_TOLD = "which err by 3 % of the dose"
TWO_BANDS = (
    "Bands of the numbers are of the release itself; those of the figure and the curves hold readings, " + ASSAY_TOLD
)


def release_results(found: Forecast) -> dict[str, object]:
    """Give a forecast as plain data."""
    kept = sparse(len(found.time), POINTS)
    curves: dict[str, object] = {"released": _curve(found, kept)}
    if found.before is not None:
        curves["before_measuring"] = _curve(found.before, kept)
    if found.mechanism is not None and found.learned:
        middle = np.median(found.mechanism.released, axis=0)
        curves["mechanism_alone"] = {"unit": "1", "median": [float(middle[index]) for index in kept]}
    points = found.points
    return {
        **({} if found.seen is None else {"dialysis": _through_bag(found.seen, kept)}),
        "label": found.formulation.label,
        "basis": found.basis,
        "learned": found.learned,
        "numbers": {item.name: {"label": item.label, **item.to_dict()} for item in found.numbers},
        "curves": {"time": {"unit": "d", "values": [float(found.time[index] / DAY) for index in kept]}, **curves},
        "observed": None if points is None else {
            "source": points.source,
            "time": {"unit": "d", "values": [float(moment / DAY) for moment in points.time]},
            "released": {"unit": "1", "values": [float(share) for share in points.share]},
        },
        "siblings": [{"label": item.formulation.label, "source": item.points.source} for item in found.siblings],
        "band_width": {
            "unit": "1",
            "now": found.width,
            "before_measuring": None if found.before is None else found.before.width,
            "after_one_more_point": [
                {"time": {"value": item.time / DAY, "unit": "d"}, "expected": item.width} for item in found.next_points
            ],
        },
        "told": list(found.told),
        "inputs": [described(item.key, item.value, item.set_by) for item in found.inputs],
    }  # fmt: skip


def _curve(found: Forecast, kept: "list[int] | range") -> dict[str, object]:
    ends = {"low": found.low, "median": found.median, "high": found.high}
    of = f"readings, {ASSAY_TOLD}" if found.learned else "the release itself"
    return {
        "unit": "1",
        "band": BAND,
        "band_of": of,
        **{end: [float(row[index]) for index in kept] for end, row in ends.items()},
    }


def _through_bag(seen: Seen, kept: "list[int] | range") -> dict[str, object]:
    ends = {"low": seen.low, "median": seen.median, "high": seen.high}
    bag = seen.bag
    return {
        "half_time_of_free_drug": {"value": bag.half_time / 3600.0, "unit": "h"},
        "volume_ratio": {"value": bag.volume_ratio, "unit": "1"},
        "sample_share": {"value": bag.sample_share, "unit": "1"},
        "replaced": bag.replaced,
        "numbers": {item.name: {"label": item.label, **item.to_dict()} for item in seen.numbers},
        "curves": {
            "received": {"unit": "1", "band": BAND,
                         **{end: [float(row[index]) for index in kept] for end, row in ends.items()}},
            "free_drug": {"unit": "1", "median": [float(seen.free[index]) for index in kept]},
        },
        "readings": [
            {
                "time": {"value": item.time / DAY, "unit": "d"},
                **{name: {"unit": "1", "band": BAND, **dict(zip(("low", "median", "high"), band, strict=True))}
                   for name, band in (("released", item.released), ("corrected", item.corrected),
                                      ("uncorrected", item.uncorrected))},
                "free_drug": item.free,
            }
            for item in seen.readings
        ],
        "told": list(seen.told),
        "warnings": list(seen.warnings),
    }  # fmt: skip


def reading_rows(seen: Seen) -> tuple[list[str], list[list[str]]]:
    """Give the readings of a receiver as a table, in percent of the dose: heads and rows."""
    takes = seen.bag.sample_share > 0
    heads = ["read at", "released", "in the receiver", *(["uncorrected"] if takes else []), "of free drug"]

    def shown(band: tuple[float, float, float]) -> str:
        low, middle, high = (f"{100 * share:.3g}" for share in band)
        return f"{middle} % ({low} to {high})"

    rows = [
        [
            duration_text(item.time),
            shown(item.released),
            shown(item.corrected),
            *([shown(item.uncorrected)] if takes else []),
            f"{100 * item.free:.3g} %",
        ]
        for item in seen.readings
    ]
    return heads, rows


def release_html(found: Forecast, date: str | None = None) -> str:
    """Give the report as one HTML page; the same result gives the same bytes."""
    return document_html(release_document(found, date or ""))


def releases_results(found: Sequence[Forecast]) -> dict[str, object]:
    """Give forecasts as plain data: that of one payload, or of each of several under ``payloads``."""
    if len(found) == 1:
        return release_results(found[0])
    return {"payloads": [{"payload": item.formulation.cargo.id, **release_results(item)} for item in found]}


def releases_frame(found: Sequence[Forecast]) -> "pd.DataFrame":
    """Give the curves of forecasts against time, of several with the payload of each."""
    if len(found) == 1:
        return found[0].to_frame()
    import pandas as pd

    frames = {item.formulation.cargo.id: item.to_frame() for item in found}
    return pd.concat(frames, names=["payload"]).reset_index(level="payload")


def releases_document(found: Sequence[Forecast], date: str = "") -> Document:
    """Give the report on one payload, or on several one after another."""
    first, *others = [release_document(item, date) for item in found]
    if not others:
        return first
    sections, answers = [], []
    for item, document in zip(found, (first, *others), strict=True):
        payload = item.formulation.cargo
        answers.append(f"{payload.entry.name}: {document.answer}")
        for section in document.filled:
            blocks = [
                replace(block, name=f"{block.name}-{payload.id}") if isinstance(block, Picture) else block
                for block in section.blocks
            ]
            sections.append(Section(f"{section.title}: {payload.entry.name}", blocks))
    return replace(first, title=found[0].formulation.label, answer=" ".join(answers), sections=sections)


def release_document(found: Forecast, date: str = "") -> Document:
    """Give the report as a document that every writer can write."""
    sections = [
        Section(
            "Release",
            (
                Picture("release", release_figure(found), caption(found)),
                _numbers(found),
                Text(f"It rests on {found.basis}." + (f" {TWO_BANDS}." if found.learned else "")),
            ),
        )
    ]
    if found.seen is not None:
        blocks: list[Table | Points] = [
            Table(["number", "median and 80 % band"], [(item.label, _said(item)) for item in found.seen.numbers])
        ]
        if found.seen.readings:
            heads, listed = reading_rows(found.seen)
            blocks.append(Table(heads, [tuple(row) for row in listed]))
        sections.append(Section(THROUGH_BAG, (*blocks, Points((*found.seen.told, *found.seen.warnings)))))
    if found.next_points:
        rows = [(duration_text(item.time), f"{100 * item.width:.3g} %") for item in chosen(found)]
        told = Table(("measured next", "mean width of the band then"), rows, next_sentence(found))
        sections.append(Section("When to measure next", (told,)))
    sections.append(Section("What it is read from", (Points(found.told),) if found.told else ()))
    sections.append(Section("Warnings", (Points(found.warnings),) if found.warnings else ()))
    question = "How does it release, before it is measured and as the first points come in?"
    return Document(found.formulation.heading, question, answer(found), sections, date=date)


def _numbers(found: Forecast) -> Table:
    """Give the numbers with what they were before measuring, or with what their bands come from."""
    earlier = {item.name: item for item in found.before.numbers} if found.before is not None else {}
    heads, rows = ["number", "median and 80 % band"], []
    if earlier:
        heads.append("before it was measured")
    elif not found.learned:
        heads += ["of it from assumed values", "strongest input"]
    for item in found.numbers:
        row = [item.label, _said(item)]
        if earlier:
            row.append(_said(earlier[item.name]))
        elif not found.learned:
            row.append("" if item.assumed_share is None else f"{item.assumed_share:.0%}")
            row.append(driver_text(item.drivers[0][0]) if item.drivers else "")
        rows.append(row)
    return Table(heads, rows)


def _said(item: Estimate) -> str:
    return estimate_text(item) if item.exists else item.reason


def answer(found: Forecast) -> str:
    """Give the release in one sentence."""
    half = next(item for item in found.numbers if item.name == "t50")
    return f"{half.label} {estimate_text(half)}." if half.exists else f"{half.reason[:1].upper()}{half.reason[1:]}."


def chosen(found: Forecast) -> list[NextPoint]:
    """Give the candidates to show, in order of time: the best and those around it."""
    listed = list(found.next_points)
    best = min(range(len(listed)), key=lambda index: listed[index].width)
    start = max(0, min(best - MOST_CANDIDATES // 2, len(listed) - MOST_CANDIDATES))
    return listed[start : start + MOST_CANDIDATES]


def next_sentence(found: Forecast) -> str:
    """Give when to measure next, in words."""
    best = min(found.next_points, key=lambda item: item.width)
    return (
        f"Measuring at {duration_text(best.time)} narrows the band most: from {100 * found.width:.3g} % of the dose "
        f"now, on average over the calculation, to {100 * best.width:.3g} % as expected."
    )


def caption(found: Forecast) -> str:
    """Say what the figure shows."""
    parts = ["Share released: median and 80 % band" + (f" of readings, {ASSAY_TOLD}" if found.learned else "")]
    if found.before is not None:
        parts.append("thin lines, the band before anything was measured")
    if found.points is not None:
        parts.append("dots, what was measured" + (f" ({found.points.source})" if found.points.source else ""))
    if found.learned and found.mechanism is not None:
        parts.append("dotted, the mechanism alone")
    if found.seen is not None:
        parts.append("dashed, what the receiver of the dialysis bag shows (with its band); dash and dot, of free drug")
    return "; ".join(parts) + "."


def release_figure(found: Forecast) -> "Figure":
    """Give the figure: the band with what was measured, the band before, the mechanism alone."""
    with drawing():
        figure, (axis,) = panels(1)
        readable_time(axis, float(found.time[-1] / DAY))
        axis.tick_params(labelbottom=True, labelleft=True)
        days = found.time / DAY
        axis.fill_between(days, found.low, found.high, **BAND_FILL)
        axis.plot(days, found.median, **MAIN)
        handles = [line(MAIN, "median"), patch(BAND_FILL, "80 % band" + (" of readings" if found.learned else ""))]
        if found.before is not None:
            for row in (found.before.low, found.before.high):
                axis.plot(days, row, **BEFORE)
            handles.append(line(BEFORE, "band before measuring"))
        if found.learned and found.mechanism is not None:
            axis.plot(days, np.median(found.mechanism.released, axis=0), **PLASMA)
            handles.append(line(PLASMA, "the mechanism alone"))
        if found.points is not None:
            axis.plot(found.points.time / DAY, found.points.share, **MEASURED)
            handles.append(line(MEASURED, "measured"))
        if found.seen is not None:
            axis.plot(days, found.seen.median, **IN_RECEIVER)
            for row in (found.seen.low, found.seen.high):
                axis.plot(days, row, **IN_RECEIVER | {"linewidth": 0.7})
            axis.plot(days, found.seen.free, **FREE_DRUG)
            handles += [
                line(IN_RECEIVER, "in the receiver, with its band"),
                line(FREE_DRUG, "free drug, in the receiver"),
            ]
        axis.set_ylim(-0.02, 1.05)
        axis.set_ylabel("released, fraction of the dose", fontsize=9, color=INK)
        legend(figure, handles)
    return figure
