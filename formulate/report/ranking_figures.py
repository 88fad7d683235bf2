"""Who comes first, drawn: the score with its parts, and what carriers earn by two things at once."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.criteria import BY_NAME, PERFORMANCE
from formulate.report.canvas import INK, MUTED, PANEL_WIDTH, drawing
from formulate.report.legends import legend, line, patch, wrapped
from formulate.report.scores import contributions, score_band
from formulate.report.text import share_text
from formulate.rows import Comparison, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# colour and hatch of each part of the score: a hatch of its own, to be told apart in grey and by any reader
SEGMENTS = {
    "dose": ("#56B4E9", ""),
    "cover": ("#0072B2", "///"),
    "residence": ("#009E73", "---"),
    "penetration": ("#009E73", "xxx"),
    "selectivity": ("#E69F00", "\\\\\\"),
    "injections": ("#CC79A7", "ooo"),
    "certainty": ("#C9C9C9", "|||"),
    "evidence": ("#F0E442", "..."),
    "cost": ("#D55E00", "+++"),
    "difficulty": ("#D55E00", "**"),
    "risk": ("#8C6BB1", "OO"),
}
_FRONT: dict[str, Any] = {"marker": "D", "markersize": 8, "color": "#0072B2", "markeredgewidth": 1.3}
_BEATEN: dict[str, Any] = {"marker": "o", "markersize": 6.5, "color": MUTED, "markeredgewidth": 1.3}
_FAILS: dict[str, Any] = {"marker": "X", "markersize": 7, "color": "#B04A00", "markeredgewidth": 0.8}
_WHISKER: dict[str, Any] = {"color": "#9a9a9a", "linewidth": 0.8, "zorder": 2}
_EDGE = 0.06  # of the axes, left free around what is drawn
_OFFSETS = ((0, 10), (0, -10), (13, 0), (-13, 0), (10, 10), (-10, 10), (10, -10), (-10, -10))  # of a number, in points
_APART = (13.0, 9.5)  # of two numbers, in points
_CLEAR = (11.0, 9.0)  # of a number from the middle of a mark, in points
_LED = 22.0  # points from its mark, beyond which a line leads to a number
_ACROSS, _UP = 0.62, 0.8  # of the figure that the axes fill


def ranking_figure(comparison: Comparison) -> "Figure":
    """Give the ranking: what each part adds to the score, the score with its 80 % band, and how often it is best."""
    rows = [row for row in comparison.rows if row.score is not None]
    names = comparison.used_parts()
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
        places = {row.id: f"{place}. " for place, row in enumerate(comparison.ranked, start=1)}
        labels = [wrapped(f"{places.get(row.id, '✕ ')}{row.label}", 32, 2) for row in rows]
        axis.set_yticks(range(len(rows)), labels, fontsize=8.5, color=INK)
        axis.tick_params(axis="y", length=0)
        axis.spines[["left", "right", "top"]].set_visible(False)
        axis.set_xlabel("score, 0 to 1", fontsize=9, color=INK)
        axis.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axis.set_axisbelow(True)
        for place, row in enumerate(rows):
            best = f"best in {share_text(row.best_probability or 0.0)}" if row.is_ranked else _failed(row)
            axis.text(
                1.015, place, f"{row.score:.3f} · {best}", transform=axis.get_yaxis_transform(), va="center",
                fontsize=8.5, color=INK,
            )  # fmt: skip
        handles = [patch(_segment(name), BY_NAME[name].label) for name in names]
        whisker = {"color": INK, "linewidth": 1.4, "marker": "o", "markersize": 4}
        legend(figure, [*handles, line(whisker, "score, mean and 80 % band")])
    return figure


def pareto_figure(comparison: Comparison) -> "Figure":
    """Give what carriers earn along the two axes of a comparison, with the front of those that no other beats."""
    rows = [row for row in comparison.rows if row.score is not None]
    front = comparison.front
    across, up = comparison.axes
    numbered = {row.id: str(place) for place, row in enumerate(rows, start=1)}
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(PANEL_WIDTH * 3, max(5.4, 1.6 + 0.2 * len(rows))), layout="constrained")
        axis, names = figure.subplots(1, 2, width_ratios=(2.4, 1.0))
        for row in [*(row for row in rows if row not in front), *front]:
            x, y = (comparison.along(row, name) for name in (across, up))
            style = _FRONT if row in front else _BEATEN if row.is_ranked else _FAILS
            _spread(axis, comparison, row, x or 0.0, y or 0.0)
            hollow = {"markerfacecolor": "white"} if x is None or y is None else {}
            axis.plot([x or 0.0], [y or 0.0], linestyle="none", zorder=4, **style, **hollow)
        _stairs(axis, [(comparison.along(row, across) or 0.0, comparison.along(row, up) or 0.0) for row in front])
        for name, setter, end in ((across, axis.set_xlabel, axis.set_xlim), (up, axis.set_ylabel, axis.set_ylim)):
            setter(axis_text(name), fontsize=9, color=INK)
            top = _top(comparison, rows, name)
            end(-_EDGE * top, top * (1 + _EDGE))
        axis.grid(color="#ececec", linewidth=0.6)
        axis.set_axisbelow(True)
        axis.spines[["right", "top"]].set_visible(False)
        ordered = (*front, *(row for row in rows if row not in front))
        write_numbers(
            figure, axis,
            [(numbered[row.id], comparison.along(row, across) or 0.0, comparison.along(row, up) or 0.0)
             for row in ordered],
        )  # fmt: skip
        names.axis("off")
        told = (f"{numbered[row.id]}. {'' if row.is_ranked else '✕ '}{row.label}" for row in rows)
        key = "\n".join(wrapped(text, 38, 1) for text in told)
        names.text(0.0, 1.0, key, transform=names.transAxes, va="top", fontsize=7.8, color=INK, linespacing=1.35)
        handles = [line({**_FRONT, "linestyle": "none"}, "no other beats it in both (front)")]
        if any(row.is_ranked and row not in front for row in rows):
            handles.append(line({**_BEATEN, "linestyle": "none"}, "beaten in both"))
        if any(not row.is_ranked for row in rows):
            handles.append(line({**_FAILS, "linestyle": "none"}, "fails a check"))
        if any(comparison.along(row, name) is None for row in rows for name in (across, up)):
            handles.append(line({**_BEATEN, "linestyle": "none", "markerfacecolor": "white"}, "not known, at 0"))
        handles.append(line({"color": _WHISKER["color"], "linewidth": 1.2}, "80 % band"))
        legend(figure, handles)
    return figure


def axis_text(name: str) -> str:
    """Give what stands along an axis of the plot of two."""
    if name == PERFORMANCE:
        return "performance: what it does, by the weights (0 to 1)"
    return f"{BY_NAME[name].label} (0 to 1)"


def _top(comparison: Comparison, rows: Sequence[Row], name: str) -> float:
    """Give where an axis ends: above all that is drawn along it."""
    held = [comparison.draws_along(row, name) for row in rows]
    ends = [max(float(np.quantile(draws, 0.9)), float(draws.mean())) for draws in held if draws is not None]
    return min(1.0, math.ceil(max([0.1, *ends]) * 20) / 20)


def _spread(axis: "Axes", comparison: Comparison, row: Row, x: float, y: float) -> None:
    """Draw the 80 % bands of a point."""
    across, up = (comparison.draws_along(row, name) for name in comparison.axes)
    if across is not None and across.size > 1:
        axis.plot(np.quantile(across, [0.1, 0.9]), [y, y], **_WHISKER)
    if up is not None and up.size > 1:
        axis.plot([x, x], np.quantile(up, [0.1, 0.9]), **_WHISKER)


def _stairs(axis: "Axes", points: Sequence[tuple[float, float]]) -> None:
    """Draw the edge of what the front beats."""
    steps = sorted(points)
    xs, ys = [0.0], [steps[0][1] if steps else 0.0]
    for x, y in steps:
        ys[-1] = max(ys[-1], y)
        xs += [x, x]
        rest = [other for place, other in steps if place > x]
        ys += [ys[-1], max(rest, default=0.0)]
    axis.plot(xs, ys, color=_FRONT["color"], linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)


def write_numbers(figure: "Figure", axis: "Axes", points: Sequence[tuple[str, float, float]]) -> None:
    """Write the number of each point beside it, where neither a point nor another number stands."""
    from matplotlib.patheffects import withStroke

    (left, right), (bottom, top) = axis.get_xlim(), axis.get_ylim()
    width = figure.get_figwidth() * 72 * _ACROSS / (right - left)
    height = figure.get_figheight() * 72 * _UP / (top - bottom)
    drawn = [(x * width, y * height) for _, x, y in points]  # in points of the type, as offsets are
    placed: list[tuple[float, float]] = []
    for (text, x, y), (x_at, y_at) in zip(points, drawn, strict=True):
        choices = [(dx * far, dy * far) for far in (1.0, 1.5, 1.9, 2.8, 3.7, 4.6) for dx, dy in _OFFSETS]
        taken = [*((at, _APART) for at in placed), *((at, _CLEAR) for at in drawn)]
        free = (
            (dx, dy) for dx, dy in choices
            if all(abs(x_at + dx - at[0]) >= apart[0] or abs(y_at + dy - at[1]) >= apart[1] for at, apart in taken)
        )  # fmt: skip
        dx, dy = next(free, choices[0])
        placed.append((x_at + dx, y_at + dy))
        far = abs(dx) + abs(dy) > _LED
        axis.annotate(
            text, (x, y), (dx, dy), textcoords="offset points", ha="center", va="center", fontsize=7.6, color=INK,
            zorder=5, path_effects=[withStroke(linewidth=2.2, foreground="white")],  # bands run below the numbers
            arrowprops={"arrowstyle": "-", "color": "#9a9a9a", "linewidth": 0.6, "shrinkB": 4} if far else None,
        )  # fmt: skip


def _failed(row: Row) -> str:
    return "fails: " + ", ".join(check.name.replace("-", " ") for check in row.failed)


def _segment(name: str) -> dict[str, Any]:
    colour, hatch = SEGMENTS[name]
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
