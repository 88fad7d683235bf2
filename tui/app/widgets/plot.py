"""Curves with bands, points and a target line, told apart by their marks as well as by colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from rich.markup import escape
from textual.strip import Strip
from textual_hires_canvas import Canvas, HiResMode, TextAlign
from textual_plot import PlotWidget

from tui.app.keys import key
from tui.app.widgets.ticks import Decades, Rounded
from tui.app.widgets.words import Words

Numbers = Sequence[float] | NDArray[np.float64]
MARKERS = ("o", "x", "+", "◇", "□", "△", "•", "*")  # all of one cell, in every font
_LEFT = 8  # columns for the numbers of the axis
_DASHED = 16  # dashes of the target, long enough to be told from a line
_APART = 5  # columns from one number of the axis of x to the next
_MARKS_ALONG = 6  # marks that tell a curve apart, along its width
_LINE, _DASHES, _UPRIGHT = "──", "╌╌", "│"  # signs of the key
_LONGEST = 24  # of a name in the key


@dataclass(frozen=True)
class Curve:
    """A line, with its band where both ends are given."""

    label: str
    x: Numbers
    y: Numbers
    low: Numbers | None = None
    high: Numbers | None = None


@dataclass(frozen=True)
class Points:
    """Measured points, with standard deviations where they are given."""

    label: str
    x: Numbers
    y: Numbers
    error: Numbers | None = None
    marker: str = ""  # one cell; the next of `MARKERS` where it is left out
    tone: Literal["", "quiet", "strong"] = ""  # quiet: what others stand out from; strong: what is sought first


@dataclass(frozen=True)
class Figure:
    """All that a plot shows. Units stand in the labels: "time [d]"."""

    x_label: str
    y_label: str
    curves: tuple[Curve, ...] = ()
    points: tuple[Points, ...] = ()
    target: float | None = None  # a level, drawn as a dashed line
    target_label: str = "target"
    at: tuple[tuple[float, str], ...] = ()  # vertical lines: place and label
    x_limits: tuple[float | None, float | None] = (None, None)
    y_limits: tuple[float | None, float | None] = (None, None)
    log_y: bool = False
    has_key: bool = True  # a line below that says which sign is what
    x_words: tuple[tuple[float, str], ...] = ()  # what stands at places of the axis, in the place of numbers
    y_words: tuple[tuple[float, str], ...] = ()
    empty: str = "nothing to show yet"
    notes: tuple[str, ...] = field(default=())


def _styled(strip: Strip) -> Strip:
    from rich.segment import Segment
    from rich.style import Style

    if all(segment.style is not None for segment in strip):
        return strip
    null = Style.null()
    return Strip([Segment(text, style or null, control) for text, style, control in strip], strip.cell_length)


class Plot(PlotWidget):
    """Shows a `Figure`. Braille, or quadrants where the user asked for plain plots."""

    HELP = "+ and - zoom, arrow keys move, r shows all again. The wheel and the mouse do the same."
    BINDINGS: ClassVar = [key("r", "reset_scales", "Show all", "plot.reset", "Plot: show all again")]

    def __init__(self, figure: Figure | None = None, **named: Any) -> None:
        super().__init__(**named)
        self.figure = figure
        self._key: list[tuple[str, str, str]] = []  # sign, its style, and what it stands for

    def on_mount(self) -> None:
        """Draw what was given, and follow the style of plots."""
        self.margin_top, self.margin_left, self.margin_bottom = 1, _LEFT, 3
        for canvas in self.query(Canvas):
            original = canvas.render_line
            canvas.render_line = partial(_line_of, original)  # type: ignore[method-assign]
        changes = getattr(self.app, "changes", None)
        if changes is not None:
            changes.subscribe(self, lambda name: self.draw(self.figure) if name == "plot-style" else None)
        self.call_next(lambda: self.draw(self.figure))  # once the base class is ready

    @property
    def mode(self) -> HiResMode:
        """How fine lines are drawn."""
        state = getattr(self.app, "state", None)
        return HiResMode.QUADRANT if state is not None and state.plain_plots else HiResMode.BRAILLE

    def draw(self, figure: Figure | None) -> None:
        """Show a figure in the place of the former one."""
        self.figure = figure
        self.clear()
        self._v_lines, self._v_lines_labels, self._key = [], [], []
        if figure is None or not (figure.curves or figure.points):
            self.set_xlabel(escape(figure.empty) if figure else "")
            self.refresh()
            return
        colours = self._colours()
        across, up = Words(figure.x_words), Words(figure.y_words)
        self.margin_left = max(_LEFT, up.width + 2)
        self.set_x_formatter(across if figure.x_words else Rounded())
        self.set_y_formatter(up if figure.y_words else Decades() if figure.log_y else Rounded())
        self.set_xlabel(escape(figure.x_label))
        self.set_ylabel(escape(figure.y_label))
        self.set_xlimits(*figure.x_limits)
        self.set_ylimits(*(_scaled(end, figure) for end in figure.y_limits))
        left, right = _span(figure)
        several = len(figure.curves) > 1
        if figure.target is not None:
            self._draw_target(figure, left, right)
        for index, curve in enumerate(figure.curves):
            style, marker = colours[index % len(colours)], MARKERS[index % len(MARKERS)]
            x = np.asarray(curve.x, dtype=float)
            for end in (curve.low, curve.high):
                if end is not None:
                    self.plot(x, _values(end, figure), line_style=f"{style} dim", hires_mode=self.mode)
            self.plot(x, _values(curve.y, figure), line_style=f"{style} bold", hires_mode=self.mode)
            self._key.append((marker if several else _LINE, style, curve.label))
            if several:
                at = np.linspace(left, right, _MARKS_ALONG * len(figure.curves) + 1)[index + 1 :: len(figure.curves)]
                at = at[(at >= x[0]) & (at <= x[-1])]
                self.scatter(at, np.interp(at, x, _values(curve.y, figure)), marker=marker, marker_style=style)
        for index, points in enumerate(figure.points):
            place = len(figure.curves) + index if several else index
            self._draw_points(
                points, figure, MARKERS[place % len(MARKERS)], colours[(len(figure.curves) + index) % len(colours)]
            )
        for when, label in figure.at:
            self.add_v_line(when, "dim")
            self._key.append((_UPRIGHT, "dim", label))
        if not (figure.has_key and (several or figure.points or figure.target is not None)):
            self._key = []

    def _render_y_label(self) -> None:
        """Write the label of the y axis from the left edge, so that a long one is not cut."""
        style = self.get_component_rich_style("plot--label")
        self.query_one("#margin-top", Canvas).write_text(0, 0, f"[{style}]{self._y_label}", TextAlign.LEFT)

    def _render_x_label(self) -> None:
        """Write what the signs stand for between the numbers and the label of the x axis, as far as there is room."""
        super()._render_x_label()
        margin = self.query_one("#margin-bottom", Canvas)
        room, words, length = margin.size.width - self.margin_left, "", 0
        for sign, style, label in self._key:
            told = label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
            length += len(sign) + len(told) + 5
            if not told or length > room:
                continue
            words += f"[{style}]{sign}[/]  {escape(told)}   "
        if words:
            margin.write_text(self.margin_left + 1, 1, words, TextAlign.LEFT)

    def _render_x_ticks(self) -> None:
        """Take as many ticks as stand apart."""
        if isinstance(self._x_formatter, Rounded):
            width = self.query_one("#plot", Canvas).size.width
            self._x_formatter.most = max(2, width // _APART)
            _, labels = self._x_formatter.get_ticks_and_labels(self._x_min, self._x_max)
            longest = max(map(len, labels), default=0) + 2
            self._x_formatter.most = max(2, width // max(longest, _APART))
        super()._render_x_ticks()

    def _render_y_ticks(self) -> None:
        """Take as many ticks as stand apart."""
        if isinstance(self._y_formatter, Rounded):
            self._y_formatter.most = max(2, self.query_one("#plot", Canvas).size.height - 1)
        super()._render_y_ticks()

    def _draw_target(self, figure: Figure, left: float, right: float) -> None:
        """Draw the level as dashes, before the curves, which it must not hide."""
        level = float(_values([figure.target or 0.0], figure)[0])
        dashes = np.linspace(left, right, 2 * _DASHED + 1)
        for start in range(0, 2 * _DASHED, 2):
            ends = dashes[start : start + 2]
            self.plot(ends, [level, level], line_style="bold", hires_mode=self.mode)
        self._key.append((_DASHES, "bold", figure.target_label))

    def _draw_points(self, points: Points, figure: Figure, marker: str, style: str) -> None:
        y = _values(points.y, figure)
        if points.error is not None:
            low = _values(np.asarray(points.y) - np.asarray(points.error), figure)
            high = _values(np.asarray(points.y) + np.asarray(points.error), figure)
            for x, bottom, top in zip(points.x, low, high, strict=True):
                self.plot([x, x], [bottom, top], line_style=f"{style} dim", hires_mode=self.mode)
        tones = {"": f"{style} bold", "quiet": "dim", "strong": "bold reverse"}
        sign = points.marker or marker
        self.scatter(points.x, y, marker=sign, marker_style=tones[points.tone])
        self._key.append((sign, tones[points.tone], points.label))

    def _colours(self) -> list[str]:
        variables = self.app.theme_variables
        names = ("primary", "accent", "success", "error", "secondary", "foreground")
        return [_hex(variables.get(name, "")) for name in names]


def _line_of(original: Callable[[int], Strip], y: int) -> Strip:
    return _styled(original(y))


def _hex(colour: str) -> str:
    return colour if colour.startswith("#") and len(colour) == 7 else "default"


def _scaled(value: float | None, figure: Figure) -> float | None:
    return value if value is None or not figure.log_y else float(np.log10(value)) if value > 0 else None


def _values(values: Numbers, figure: Figure) -> NDArray[np.float64]:
    numbers = np.asarray(values, dtype=float)
    if not figure.log_y:
        return numbers
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(numbers))


def _span(figure: Figure) -> tuple[float, float]:
    shown: list[Curve | Points] = [*figure.curves, *figure.points]
    parts = [np.asarray(part.x, dtype=np.float64) for part in shown]
    left = min(float(np.min(part)) for part in parts if part.size)
    right = max(float(np.max(part)) for part in parts if part.size)
    return (figure.x_limits[0] if figure.x_limits[0] is not None else left,
            figure.x_limits[1] if figure.x_limits[1] is not None else right)  # fmt: skip
