"""The pictures of a comparison: release, unbound concentration at the site, the ranking and the plot of two.

Each comes as a matplotlib figure, as SVG text or as bytes for a file. The same comparison gives the same bytes.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.pipeline import Prediction
from formulate.report import curves
from formulate.report.canvas import (
    BAND_FILL,
    CONTEXT,
    INK,
    LAW,
    MAIN,
    MEASURED,
    MUTED,
    PLASMA,
    TARGET,
    WANTED,
    decades,
    drawing,
    encode,
    panels,
    readable_time,
)
from formulate.report.legends import legend, line, patch, wrapped
from formulate.report.ranking_figures import pareto_figure, ranking_figure
from formulate.report.text import duration_text, estimate_text, number
from formulate.rows import Comparison
from formulate.sampling import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLLECTED = {"colors": CONTEXT["color"], "linewidths": CONTEXT["linewidth"], "zorder": CONTEXT["zorder"]}
_POINTS = 90  # per curve: as many as a panel can show
_FLOOR_BELOW_TARGET = 1e-3
_DEEPEST_BELOW_TARGET = 1e-5


def release_figure(comparison: Comparison) -> "Figure":
    """Give the release curves, one panel per carrier: fraction of the dose released against time."""
    predictions = comparison.predictions
    found = [curves.released(p) if p.release.has_carriers else None for p in predictions]
    measured = [curves.measured(p.formulation) for p in predictions]
    with drawing():
        figure, axes = panels(len(predictions))
        for index, (axis, prediction) in enumerate(zip(axes, predictions, strict=True)):
            readable_time(axis, _days_shown(predictions))
            axis.set_ylim(-0.02, 1.05)
            axis.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
            half = prediction.assessment.estimates["release_t50"]
            _title(axis, comparison, index, f"half out after {estimate_text(half)}" if half.exists else "")
            curve = found[index]
            if curve is None:
                axis.text(
                    0.5, 0.5, "no carrier:\nnothing is held back", transform=axis.transAxes, ha="center",
                    va="center", color=INK, fontsize=9,
                )  # fmt: skip
                continue
            others = [(at, theirs.median) for at, theirs in enumerate(found) if at != index and theirs is not None]
            _context(axis, [(curves.days(predictions[at]), median) for at, median in others])
            _band(axis, curves.days(prediction), curve.low, curve.high)
            _plot(axis, curves.days(prediction), curve.median, MAIN)
            for item in measured[index]:
                axis.plot(item.days, item.share, **(MEASURED if item.kind == "points" else LAW))
        figure.supylabel("released, fraction of the dose", fontsize=9, color=INK)
        handles = [line(MAIN, "median"), patch(BAND_FILL, "80 % band")]
        if sum(curve is not None for curve in found) > 1:
            handles.append(line(CONTEXT, "medians of the other carriers"))
        kinds = {item.kind for found_here in measured for item in found_here}
        if "points" in kinds:
            handles.append(line(MEASURED, "measured on the bench"))
        if "law" in kinds:
            handles.append(line(LAW, "your law on the bench, to its last reading"))
        legend(figure, handles)
    return figure


def concentration_figure(comparison: Comparison) -> "Figure":
    """Give the unbound concentration in the target compartment against time, one panel per carrier."""
    predictions = comparison.predictions
    local = [curves.unbound(p) for p in predictions]
    plasma = [curves.unbound(p, "plasma") for p in predictions]
    target = curves.target_level(predictions[0])
    floor, ceiling = _limits(local, plasma, target)
    wanted = curves.wanted_days(predictions[0])
    wanted_text = duration_text(wanted * curves.DAY)
    with drawing():
        figure, axes = panels(len(predictions))
        for index, (axis, prediction) in enumerate(zip(axes, predictions, strict=True)):
            readable_time(axis, _days_shown(predictions))
            axis.set_yscale("log")
            axis.set_ylim(floor, ceiling)
            decades(axis, floor, ceiling)
            cover = prediction.assessment.estimates["cover"]
            note = f"above target {estimate_text(cover)} of {wanted_text}" if cover.exists else cover.reason
            _title(axis, comparison, index, note)
            if target is not None:
                axis.fill_between([0, wanted], target, ceiling, **WANTED)
                axis.axhline(target, **TARGET)
            axis.axvline(wanted, color=MUTED, linestyle="-.", linewidth=0.9)
            days, curve = curves.days(prediction), local[index]
            others = [(at, _above(theirs.median, floor)) for at, theirs in enumerate(local) if at != index]
            _context(axis, [(curves.days(predictions[at]), median) for at, median in others])
            _band(axis, days, _above(curve.low, floor), _above(curve.high, floor))
            _plot(axis, days, _above(curve.median, floor), MAIN)
            _plot(axis, days, _above(plasma[index].median, floor), PLASMA)
            if plasma[index].median.max() < floor:
                peak = plasma[index].median.max()
                axis.text(
                    0.03, 0.03, f"plasma: at most {number(peak)} nmol/L", transform=axis.transAxes, fontsize=7,
                    color=PLASMA["color"], va="bottom", zorder=5,
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0},
                )  # fmt: skip
        place = predictions[0].formulation.compartment.replace("-", " ")
        figure.supylabel(f"unbound concentration, {place} (nmol/L)", fontsize=9, color=INK)
        handles = [line(MAIN, f"{place}, median"), patch(BAND_FILL, "80 % band")]
        handles.append(line(PLASMA, "plasma, median"))
        if len(predictions) > 1:
            handles.append(line(CONTEXT, "medians of the other carriers"))
        if target is not None:
            handles.append(line(TARGET, f"target {number(target)} nmol/L"))
            handles.append(patch(WANTED, f"wanted: above the target until {wanted_text}"))
        else:
            dashed = {"color": MUTED, "linestyle": "-.", "linewidth": 0.9}
            handles.append(line(dashed, f"wanted duration {wanted_text}; no target is known"))
        legend(figure, handles)
    return figure


FIGURES: Mapping[str, Callable[[Comparison], "Figure"]] = {
    "ranking": ranking_figure,
    "concentration": concentration_figure,
    "release": release_figure,
    "pareto": pareto_figure,
}


def drawable(comparison: Comparison) -> list[str]:
    """Give which of `FIGURES` a comparison can be drawn as."""
    ranked = any(row.score is not None for row in comparison.rows)
    named = ["ranking", "pareto"] if ranked else []
    return named + (["concentration", "release"] if comparison.predictions else [])


def figure_svg(name: str, comparison: Comparison) -> str:
    """Give one of `FIGURES` as SVG text."""
    return figure_bytes(name, comparison, "svg").decode("utf-8")


def figure_bytes(name: str, comparison: Comparison, suffix: str, dots_per_inch: int = 160) -> bytes:
    """Give one of `FIGURES` as the bytes of a file whose kind is `suffix`: svg or png."""
    return encode(FIGURES[name](comparison), name, suffix, dots_per_inch)


def _days_shown(predictions: Sequence[Prediction]) -> float:
    return max(float(curves.days(prediction)[-1]) for prediction in predictions)


def _above(values: Array, floor: float) -> Array:
    """Keep a logarithmic curve drawable where it is zero: it leaves the panel instead."""
    return np.maximum(values, floor * 1e-3)


def _limits(local: Sequence[curves.Curve], plasma: Sequence[curves.Curve], target: float | None) -> tuple[float, float]:
    """Give the ends of the concentration axis: plasma can be seen, but not endlessly far below the target."""
    top = max([float(curve.high.max()) for curve in local] + [target or 0.0]) or 1.0
    anchor = target if target is not None else top
    blood = float(np.median([curve.median.max() for curve in plasma])) / 10
    floor = max(anchor * _DEEPEST_BELOW_TARGET, min(anchor * _FLOOR_BELOW_TARGET, blood))
    return 10.0 ** math.floor(math.log10(floor)), 10.0 ** math.ceil(math.log10(top * 1.2))


def _title(axis: "Axes", comparison: Comparison, index: int, note: str) -> None:
    rows = [row for row in comparison.rows if row.prediction]
    many = len(rows) > 1
    places = {row.id: f"{place}. " for place, row in enumerate(comparison.ranked, start=1)}
    text = f"{places.get(rows[index].id, '✕ ')}{rows[index].label}" if many else rows[index].label
    title = wrapped(text, 40 if many else 80, 2)
    axis.set_title(title, loc="left", fontsize=9, fontweight="bold", color=INK, pad=15)
    axis.annotate(
        note, (0, 1), (0, 4.5), xycoords="axes fraction", textcoords="offset points", fontsize=7.5, color="#444444",
    )  # fmt: skip


def _plot(axis: "Axes", days: Array, values: Array, style: Mapping[str, Any]) -> None:
    kept = curves.sparse(len(days), _POINTS)
    axis.plot(days[kept], values[kept], **style)


def _context(axis: "Axes", others: Sequence[tuple[Array, Array]]) -> None:
    """Draw the curves of other carriers as one thing, which is quicker than one by one."""
    from matplotlib.collections import LineCollection

    kept = [(days, values, curves.sparse(len(days), _POINTS)) for days, values in others]
    lines = [np.column_stack([days[some], values[some]]) for days, values, some in kept]
    axis.add_collection(LineCollection(lines, capstyle="projecting", joinstyle="round", **_COLLECTED), autolim=False)


def _band(axis: "Axes", days: Array, low: Array, high: Array) -> None:
    kept = curves.sparse(len(days), _POINTS)
    axis.fill_between(days[kept], low[kept], high[kept], **BAND_FILL)
