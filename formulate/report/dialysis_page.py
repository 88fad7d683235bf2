"""A correction for the dialysis bag as a page and as tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.dialysis.results import DialysisResult
from formulate.experiment.data import Profile
from formulate.fitting.results import FittedParameter
from formulate.report.canvas import BAND_FILL, INK, MAIN, MUTED, drawing
from formulate.report.fit_figures import draw_readings
from formulate.report.html import document_html
from formulate.report.page import Document, Picture, Points, Section, Table
from formulate.report.text import any_number, interval_text, weight_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CONTROL = "#D55E00"


def dialysis_html(
    found: DialysisResult, profiles: tuple[Profile, Profile], extra: Sequence[Section] = (), date: str | None = None
) -> str:
    """Give the report of a correction as one HTML page; the same correction gives the same bytes."""
    return document_html(dialysis_document(found, profiles, extra, date or ""))


def dialysis_document(
    found: DialysisResult, profiles: tuple[Profile, Profile], extra: Sequence[Section] = (), date: str = ""
) -> Document:
    """Give the report of a correction as a document that every writer can write."""
    caption = (
        "Readings outside the bag (carrier and free drug), the joint fit of both, and the release of the carrier "
        "behind the bag with its band."
    )
    sections = [
        Section("What it says", (Points(found.statements),)),
        Section(
            "The runs and the release behind them", (Picture("dialysis", dialysis_figure(found, profiles), caption),)
        ),
        Section(
            "Release law and bag", (Table(*law_rows(found)), Table(*time_rows(found)), Table(*candidate_rows(found)))
        ),
    ]
    sections += extra
    if found.warnings:
        sections.append(Section("What to know", (Points(found.warnings),)))
    question = "How fast does the carrier release, once the bag is taken out of the readings?"
    answer = found.statements[0] if found.statements else ""
    return Document(f"Dialysis: {found.name}", question, answer, sections, date=date)


def dialysis_results(found: DialysisResult) -> dict[str, object]:
    """Give a correction as plain data."""
    from formulate.fitting.export import as_plain

    names = (
        "name", "time_unit", "shows_only_bag", "slowest_rate", "longest_half_time", "shift", "half_time",
        "half_time_of_law", "half_time_in_other_bags", "bag_scatter", "apparent_half_time", "lag", "mean_lag",
        "volume_ratio", "bag_rate", "membrane_rate", "time", "released", "low", "high", "received", "direct_time",
        "direct", "statements",
    )  # fmt: skip
    shown: dict[str, object] = {name: as_plain(getattr(found, name)) for name in names}
    law = found.release
    shown["law"] = {
        "model": law.model.id,
        "equation": law.model.equation,
        "parameters": as_plain(law.parameters),
        "covariance": as_plain(law.covariance),
        "criteria": as_plain(found.joint.criteria),
    }
    shown["tried"] = [
        {"law": item.law, "aicc": as_plain(item.aicc), "weight": as_plain(item.weight)} for item in found.candidates
    ]
    return shown


def law_rows(found: DialysisResult) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Give the parameters of the release law, unless the readings show the bag only, and of the bag."""
    law = found.release
    listed: list[tuple[str, FittedParameter]] = []
    if not found.shows_only_bag:
        listed += [(law.model.name, item) for item in law.parameters]
    listed += [("bag", found.bag_rate), ("bag", found.membrane_rate)]
    rows = [
        (
            f"{part} {item.name}",
            any_number(item.value, 5),
            item.unit.replace("{t}", found.time_unit) or "1",
            interval_text(item.low, item.high),
            item.meaning,
        )
        for part, item in listed
    ]
    return ("parameter", "value", "unit", f"{law.level:.0%} interval", "meaning"), rows


def time_rows(found: DialysisResult) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Give half-times out of the carrier and as seen, and what the bag adds."""
    unit = found.time_unit
    half, low, high = found.half_time
    rows: list[tuple[str, ...]] = []
    if not found.shows_only_bag:
        rows.append(("half out of the carrier", any_number(half), unit, interval_text(low, high)))
    rows.append(("half seen outside the bag", any_number(found.apparent_half_time), unit, ""))
    if not found.shows_only_bag:
        rows.append(("later by", any_number(found.lag), unit, ""))
    elif found.shift is not None:
        between = interval_text(found.shift.low, found.shift.high)
        rows.append(("readings later than free drug by", any_number(found.shift.value), unit, between))
    rows.append(("delay of the bag in the mean", any_number(found.mean_lag), unit, ""))
    if found.slowest_rate is not None:
        rows.append(("release at least as fast as", any_number(found.slowest_rate), f"1/{unit}", "one-sided"))
    if found.longest_half_time is not None:
        rows.append(("half out no later than", any_number(found.longest_half_time), unit, "one-sided"))
    return ("time", "value", "unit", "interval"), rows


def candidate_rows(found: DialysisResult) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Give the release laws tried."""
    rows = [(item.law, any_number(item.aicc, 5), weight_text(item.weight)) for item in found.candidates]
    return ("law tried with the bag", "AICc", "weight"), rows


def dialysis_figure(found: DialysisResult, profiles: tuple[Profile, Profile]) -> "Figure":
    """Give both runs, their joint fit, and the release behind the bag."""
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        axis = figure.subplots()
        carrier, control = profiles
        draw_readings(axis, carrier, INK, "carrier, outside the bag")
        draw_readings(axis, control, _CONTROL, "free drug, outside the bag")
        axis.plot(
            found.time,
            found.received,
            color=INK,
            linewidth=1.2,
            linestyle="--",
            label="carrier, fitted outside the bag",
        )
        dotted: dict[str, Any] = {"color": _CONTROL, "linewidth": 1.2, "linestyle": ":"}
        axis.plot(found.time, found.control.curve(found.time), label="free drug, fitted", **dotted)
        if not found.shows_only_bag:
            axis.plot(found.time, found.released, label="carrier, released into the bag", **MAIN)
            if np.isfinite(found.low).all() and np.isfinite(found.high).all():
                axis.fill_between(
                    found.time, found.low, found.high, label=f"{found.release.level:.0%} band", **BAND_FILL
                )
        else:
            axis.text(
                0.03,
                0.95,
                "the readings show the bag, not the carrier",
                transform=axis.transAxes,
                color=MUTED,
                va="top",
            )
        axis.set_xlabel(f"time ({found.time_unit})", fontsize=8.5)
        axis.set_ylabel("share of the dose (%)", fontsize=8.5)
        axis.set_ylim(-2.0, 108.0)
        axis.legend(fontsize=7.2, frameon=False, loc="lower right")
        axis.spines[["right", "top"]].set_visible(False)
    return figure
