"""Where in a space of choices designs meet a target: maps of each two choices that matter, and along each of them."""

import itertools
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.designs.search import Design, Proposal
from formulate.designs.space import Axis
from formulate.report.canvas import INK, MUTED, drawing
from formulate.report.design_page import axis_text
from formulate.report.design_region import drawn_axes, spread, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_AXES = 3
PARTS = 8  # of a range, along which the best and the typical are told
WIDEST_LABEL = 26
PANEL = (3.3, 2.9)  # inch
MEETS: dict[str, Any] = {"marker": "o", "s": 26, "facecolor": INK, "edgecolor": "white", "linewidth": 0.4, "zorder": 3}
FAILS: dict[str, Any] = {"marker": "s", "s": 15, "edgecolor": "#8a8a8a", "linewidth": 0.5, "zorder": 2}
UNKNOWN: dict[str, Any] = {"marker": "x", "s": 16, "color": "#8a8a8a", "linewidth": 0.8, "zorder": 1}
NUMBERED: dict[str, Any] = {
    "ha": "center", "va": "center_baseline", "fontsize": 8, "color": INK, "zorder": 5,
    "bbox": {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": INK, "linewidth": 1.2},
}  # fmt: skip
TOUCHING = 0.06  # of a panel


def feasible_region(design: Design) -> "Figure":
    """Give the figure of the choices that matter most: maps of each two above, one choice at a time below."""
    from matplotlib.figure import Figure

    chosen = drawn_axes(design)[:MOST_AXES]
    pairs = list(itertools.combinations(chosen, 2))
    columns = max(len(pairs), len(chosen), 1)
    rows = 2 if pairs else 1
    with drawing():
        width = max(PANEL[0] * columns, 5.2)
        figure = Figure(figsize=(width, 0.7 + PANEL[1] * rows), layout="constrained")
        for index, (x, y) in enumerate(pairs):
            _map(figure.add_subplot(rows, columns, index + 1), design, x, y)
        for index, place in enumerate(chosen):
            axis = figure.add_subplot(rows, columns, (rows - 1) * columns + index + 1)
            _along(axis, design, place, first=index == 0)
        _legend(figure, design, mapped=bool(pairs))
    return figure


def _map(axis: "Axes", design: Design, x: int, y: int) -> None:
    points = spread(design)
    probability = np.array([np.nan if one.probability is None else one.probability for one in design.outcomes])
    wanted = design.target.probability
    meets = probability >= wanted
    fails = probability < wanted
    axis.scatter(points[np.isnan(probability), x], points[np.isnan(probability), y], **UNKNOWN)
    shade = 1.0 - 0.45 * probability[fails] / wanted  # white where it never does
    order = np.argsort(-shade)
    axis.scatter(
        points[fails, x][order], points[fails, y][order], facecolor=[str(one) for one in shade[order]], **FAILS
    )
    axis.scatter(points[meets, x], points[meets, y], **MEETS)
    spots = [(points[item.outcome.index, x], points[item.outcome.index, y]) for item in design.proposals]
    for words, where in _grouped(spots):
        axis.text(where[0], where[1], words, **NUMBERED)
    _label(axis, design.space.axes[x], "x")
    _label(axis, design.space.axes[y], "y")


def _along(axis: "Axes", design: Design, place: int, first: bool) -> None:
    share = design.points[:, place]
    probability = np.array([np.nan if one.probability is None else one.probability for one in design.outcomes])
    swept = np.arange(len(share)) < design.looked.swept
    count = design.space.axes[place].parts
    parts = PARTS if count is None else count
    edges = np.linspace(0.0, 1.0, parts + 1)
    middle, best, typical = [], [], []
    for part in range(parts):
        within = (share >= edges[part]) & (share < edges[part + 1]) & np.isfinite(probability)
        if within.any():
            middle.append((edges[part] + edges[part + 1]) / 2)
            best.append(probability[within].max())
            even = probability[within & swept]
            typical.append(float(np.median(even)) if len(even) else np.nan)
    line = "-" if count is None or design.space.axes[place].is_ordered else ""
    axis.plot(middle, best, color=INK, linestyle=line or "none", marker="o", markersize=4.5, linewidth=1.4)
    axis.plot(middle, typical, color=MUTED, linestyle="--" if line else "none", marker="v", markersize=4, linewidth=1.0)
    for words, where in _grouped([(_along_at(design, place, item), item.probability) for item in design.proposals]):
        axis.text(where[0], where[1], words, **NUMBERED)
    axis.axhline(design.target.probability, color=INK, linewidth=0.8, linestyle=":")
    axis.set_ylim(-0.03, 1.05)
    axis.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"], fontsize=8)
    axis.spines[["right", "top"]].set_visible(False)
    if first:
        axis.set_ylabel("probability", fontsize=9, color=INK)
    _label(axis, design.space.axes[place], "x")


def _along_at(design: Design, place: int, item: Proposal) -> float:
    """Give where a design lies along a choice: in the middle of the stripe of a thing to choose from."""
    share, parts = float(design.points[item.outcome.index, place]), design.space.axes[place].parts
    return share if parts is None else (min(int(share * parts), parts - 1) + 0.5) / parts


def _grouped(spots: Sequence[tuple[float, float]]) -> list[tuple[str, tuple[float, float]]]:
    """Give the numbers of the designs with their places, those of one place together."""
    groups: list[tuple[tuple[float, float], list[int]]] = []
    for count, spot in enumerate(spots, start=1):
        same = next((n for at, n in groups if max(abs(at[0] - spot[0]), abs(at[1] - spot[1])) < TOUCHING), None)
        if same is None:
            groups.append((spot, [count]))
        else:
            same.append(count)
    return [(" ".join(map(str, names)), spot) for spot, names in groups]


def _label(axis: "Axes", of: Axis, side: str) -> None:
    """Name an axis and give its ticks in the words and numbers of the choice."""
    count = of.parts
    marks = ticks(of)
    places, words = [place for place, _ in marks], [word for _, word in marks]
    if count is not None:
        words = ["\n".join(textwrap.wrap(word, WIDEST_LABEL // 2)) for word in words]
    margin = (-0.04, 1.04) if count is None else (0.0, 1.0)
    label = "\n".join(textwrap.wrap(axis_text(of), 34))
    if side == "x":
        axis.set_xlim(*margin)
        axis.set_xticks(places, words, fontsize=8)
        axis.set_xlabel(label, fontsize=9, color=INK)
    else:
        axis.set_ylim(*margin)
        turned = max(map(len, words)) > 6
        axis.set_yticks(places, words, fontsize=8, rotation=90 if turned else 0, va="center")
        axis.set_ylabel(label, fontsize=9, color=INK)
    axis.tick_params(length=3, width=0.7)


def _legend(figure: "Figure", design: Design, mapped: bool) -> None:
    from matplotlib.lines import Line2D

    def point(marker: str, fill: str, edge: str, size: float, words: str) -> Line2D:
        return Line2D(
            [], [], linestyle="none", marker=marker, markerfacecolor=fill, markeredgecolor=edge, markersize=size,
            label=words,
        )  # fmt: skip

    wanted = f"{design.target.probability:.0%}"
    handles = [
        point("o", INK, "white", 6, f"meets it ({wanted} or more)"),
        point("s", "#c0c0c0", "#8a8a8a", 4.5, "does not: the lighter, the less likely"),
    ]
    if not mapped:
        handles = []
    elif any(item.probability is None for item in design.outcomes):
        handles.append(point("x", "none", "#8a8a8a", 5, "cannot be computed"))
    words = "designs given" if design.is_met else "nearest design"
    handles += [
        point("s", "white", INK, 9, words),
        Line2D([], [], color=INK, marker="o", markersize=4.5, linewidth=1.4, label="best along the choice"),
        Line2D([], [], color=MUTED, marker="v", markersize=4, linestyle="--", linewidth=1.0, label="typical"),
        Line2D([], [], color=INK, linewidth=0.8, linestyle=":", label="wanted"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4 if mapped else 2, fontsize=8, frameon=False)
