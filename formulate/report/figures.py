"""The three pictures of a comparison: release, unbound concentration at the site, and the ranking with its parts.

Each comes as a matplotlib figure, as SVG text or as bytes for a file. The same comparison gives the same bytes.
"""

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.comparison import Comparison, Row
from formulate.pipeline import Prediction
from formulate.report import curves
from formulate.report.canvas import (
    BAND_FILL,
    CONTEXT,
    INK,
    MAIN,
    MUTED,
    PANEL_WIDTH,
    PLASMA,
    WANTED,
    decades,
    drawing,
    encode,
    panels,
    readable_time,
)
from formulate.report.scores import contributions, score_band, used_parts
from formulate.report.text import duration_text, estimate_text, number, share_text
from formulate.sampling import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# colour and hatch of each part of the score: told apart in grey and by colour-blind readers
_SEGMENTS = {
    "dose": ("#56B4E9", ""),
    "cover": ("#0072B2", "///"),
    "residence": ("#009E73", "---"),
    "selectivity": ("#E69F00", "\\\\\\"),
    "evidence": ("#C9C9C9", "|||"),
}
_PART_NAMES = {
    "dose": "dose: share that fits", "cover": "cover: time above target", "residence": "residence of the drug",
    "selectivity": "selectivity: local over plasma", "evidence": "evidence: not assumed",
}  # fmt: skip
_COLLECTED = {"colors": CONTEXT["color"], "linewidths": CONTEXT["linewidth"], "zorder": CONTEXT["zorder"]}
_POINTS = 90  # per curve: as many as a panel can show
_FLOOR_BELOW_TARGET = 1e-3
_DEEPEST_BELOW_TARGET = 1e-5


def release_figure(comparison: Comparison) -> "Figure":
    """Give the release curves, one panel per carrier: fraction of the dose released against time."""
    predictions = comparison.predictions
    found = [curves.released(p) if p.release.has_carriers else None for p in predictions]
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
        figure.supylabel("released, fraction of the dose", fontsize=9, color=INK)
        handles = [_line(MAIN, "median"), _patch(BAND_FILL, "80 % band")]
        if sum(curve is not None for curve in found) > 1:
            handles.append(_line(CONTEXT, "medians of the other carriers"))
        _legend(figure, handles)
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
                axis.axhline(target, color=INK, linestyle=(0, (5, 3)), linewidth=1)
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
        handles = [_line(MAIN, f"{place}, median"), _patch(BAND_FILL, "80 % band")]
        handles.append(_line(PLASMA, "plasma, median"))
        if len(predictions) > 1:
            handles.append(_line(CONTEXT, "medians of the other carriers"))
        if target is not None:
            dashed = {"color": INK, "linestyle": (0, (5, 3)), "linewidth": 1}
            handles.append(_line(dashed, f"target {number(target)} nmol/L"))
            handles.append(_patch(WANTED, f"wanted: above the target until {wanted_text}"))
        else:
            dashed = {"color": MUTED, "linestyle": "-.", "linewidth": 0.9}
            handles.append(_line(dashed, f"wanted duration {wanted_text}; no target is known"))
        _legend(figure, handles)
    return figure


def ranking_figure(comparison: Comparison) -> "Figure":
    """Give the ranking: what each part adds to the score, the score with its 80 % band, and how often it is best."""
    rows = [row for row in comparison.rows if row.score is not None]
    names = used_parts(comparison)
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(PANEL_WIDTH * 3, 1.25 + 0.62 * len(rows)), layout="constrained")
        axis = figure.add_subplot()
        for place, row in enumerate(rows):
            _bar(axis, place, contributions(comparison, row))
            _whisker(axis, place, row)
        ends = [(row.score_high or 0.0, sum(contributions(comparison, row).values())) for row in rows]
        highest = max(max(pair) for pair in ends)
        edge = min(1.0, math.ceil(highest * 20 + 1) / 20)
        axis.set_xlim(0, edge)
        axis.set_ylim(len(rows) - 0.45, -0.55)
        labels = [_wrapped(f"{place + 1}. {row.label}", 32, 2) for place, row in enumerate(rows)]
        axis.set_yticks(range(len(rows)), labels, fontsize=8.5, color=INK)
        axis.tick_params(axis="y", length=0)
        axis.spines[["left", "right", "top"]].set_visible(False)
        axis.set_xlabel("score, 0 to 1", fontsize=9, color=INK)
        axis.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axis.set_axisbelow(True)
        for place, row in enumerate(rows):
            axis.text(
                1.015, place, f"{row.score:.3f} · best in {share_text(row.best_probability or 0.0)}",
                transform=axis.get_yaxis_transform(), va="center", fontsize=8.5, color=INK,
            )  # fmt: skip
        handles = [_patch(_segment(name), _PART_NAMES[name]) for name in names]
        whisker = {"color": INK, "linewidth": 1.4, "marker": "o", "markersize": 4}
        _legend(figure, [*handles, _line(whisker, "score, mean and 80 % band")])
    return figure


FIGURES: Mapping[str, Callable[[Comparison], "Figure"]] = {
    "ranking": ranking_figure,
    "concentration": concentration_figure,
    "release": release_figure,
}


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
    text = f"{index + 1}. {rows[index].label}" if many else rows[index].label
    title = _wrapped(text, 40 if many else 80, 2)
    axis.set_title(title, loc="left", fontsize=9, fontweight="bold", color=INK, pad=15)
    axis.annotate(
        note, (0, 1), (0, 4.5), xycoords="axes fraction", textcoords="offset points", fontsize=7.5, color="#444444",
    )  # fmt: skip


def _wrapped(text: str, width: int, lines: int) -> str:
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" …")) or text[:width]


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


def _segment(name: str) -> dict[str, Any]:
    colour, hatch = _SEGMENTS[name]
    return {"facecolor": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.8}


def _bar(axis: "Axes", place: int, added: Mapping[str, float]) -> None:
    start = 0.0
    for name, length in added.items():
        if length <= 0:
            continue
        axis.barh(place - 0.1, length, left=start, height=0.44, **_segment(name))
        if length > 0.035:
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            axis.text(
                start + length / 2, place - 0.1, f"{name} {length:.2f}" if length > 0.085 else f"{length:.2f}",
                ha="center", va="center", fontsize=6.8, color=INK, bbox=box,
            )  # fmt: skip
        start += length


def _whisker(axis: "Axes", place: int, row: Row) -> None:
    middle, low, high = score_band(row)
    level = place + 0.24
    axis.plot([low, high], [level, level], color=INK, linewidth=1.4, solid_capstyle="butt")
    for end in (low, high):
        axis.plot([end, end], [level - 0.06, level + 0.06], color=INK, linewidth=1.4)
    axis.plot([middle], [level], color=INK, marker="o", markersize=4.5, linestyle="none")


def _line(style: Mapping[str, Any], label: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **{key: value for key, value in style.items() if key != "zorder"})


def _patch(style: Mapping[str, Any], label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(label=label, **{key: value for key, value in style.items() if key != "zorder"})


def _legend(figure: "Figure", handles: Sequence[Any]) -> None:
    wide = figure.get_figwidth() > 2.5 * PANEL_WIDTH
    figure.legend(
        handles=list(handles), loc="outside upper left", ncols=3, fontsize=8, frameon=False,
        labelcolor=INK, handlelength=2.6, columnspacing=2.4 if wide else 1.4,
    )  # fmt: skip
