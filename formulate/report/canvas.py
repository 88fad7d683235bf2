"""What all figures share: fonts and colours, the grid of panels, a time axis in human words, and stable output."""

import io
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.report.text import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#222222"
MUTED = "#6b6b6b"
PANEL_WIDTH = 3.4  # inch
PANEL_HEIGHT = 2.25
COLUMNS = 3
MAIN: dict[str, Any] = {"color": "#0072B2", "linewidth": 1.9, "zorder": 4}
BAND_FILL: dict[str, Any] = {"facecolor": "#56B4E9", "alpha": 0.35, "edgecolor": "none", "zorder": 2}
CONTEXT: dict[str, Any] = {"color": "#b4b4b4", "linewidth": 0.8, "zorder": 1.5}
PLASMA: dict[str, Any] = {"color": "#B04A00", "linewidth": 1.4, "linestyle": (0, (1, 1.4)), "zorder": 3}
MEASURED: dict[str, Any] = {
    "color": INK, "linestyle": "none", "marker": "o", "markersize": 4.5, "markeredgecolor": "white",
    "markeredgewidth": 0.6, "zorder": 6,
}  # fmt: skip
LAW: dict[str, Any] = {"color": INK, "linewidth": 1.1, "linestyle": (0, (4, 1.5, 1, 1.5)), "zorder": 5}
TARGET: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (5, 3))}
WANTED: dict[str, Any] = {"facecolor": "#F0E442", "alpha": 0.22, "edgecolor": "none", "zorder": 0.5}

# DejaVu Sans comes with matplotlib and sets the layout; Verdana has nearly its widths; the rest hold other scripts.
_FONTS = "'DejaVu Sans', Verdana, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
_STYLE: Any = {  # the stubs spell every setting out
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.parse_math": False,  # a name may hold a dollar sign
    "svg.fonttype": "none",
    "pdf.fonttype": 42,  # TrueType, embedded: texts stay texts that can be searched and edited
    "axes.edgecolor": "#8a8a8a",
    "axes.linewidth": 0.7,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "hatch.linewidth": 0.7,
    "figure.facecolor": "white",
}
_MINUTE, _HOUR, _DAY, _WEEK = 1 / 1440, 1 / 24, 1.0, 7.0
_TICKS = (  # days and words, the most wanted first
    (0.0, "0"), (_DAY, "1 d"), (_WEEK, "1 wk"), (4 * _WEEK, "4 wk"), (_HOUR, "1 h"), (8 * _WEEK, "8 wk"),
    (26 * _WEEK, "26 wk"), (52 * _WEEK, "1 yr"), (104 * _WEEK, "2 yr"), (12 * _WEEK, "12 wk"), (6 * _HOUR, "6 h"),
    (3 * _DAY, "3 d"), (2 * _WEEK, "2 wk"), (_MINUTE, "1 min"), (10 * _MINUTE, "10 min"), (2 * _HOUR, "2 h"),
    (12 * _HOUR, "12 h"), (10 / 86400, "10 s"), (30 * _MINUTE, "30 min"),
)  # fmt: skip
_ROOT = 4  # the time axis is a fourth root: it starts at 0 and shows hours and weeks alike
_ID = re.compile(r'(\bid="|href="#|url\(#)')
_PATH = re.compile(r' d="[^"]*"')
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_TEXT_FONT = " font-family: 'DejaVu Sans';"
_METADATA = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in the style of the reports, whatever the user's own matplotlib settings are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def panels(count: int) -> tuple["Figure", list["Axes"]]:
    """Give a figure with `count` panels that share their axes, three in a row."""
    from matplotlib.figure import Figure

    columns = min(count, COLUMNS)
    rows = math.ceil(count / columns)
    size = (PANEL_WIDTH * columns, 0.7 + PANEL_HEIGHT * rows) if count > 1 else (7.6, 3.9)
    figure = Figure(figsize=size, layout="constrained")
    axes: list[Axes] = []
    for index in range(count):
        axis = figure.add_subplot(rows, columns, index + 1)
        axis.tick_params(labelleft=index % columns == 0, labelsize=8, length=3, width=0.7)
        axis.tick_params(labelbottom=index + columns >= count)
        axis.spines[["right", "top"]].set_visible(False)
        axes.append(axis)
    return figure, axes


def readable_time(axis: "Axes", longest: float) -> None:
    """Scale the time axis, in days, so that hours and weeks can both be read, and label it in words."""
    axis.set_xscale("function", functions=(_shrink, _stretch))
    axis.set_xlim(0.0, longest)
    chosen: list[tuple[float, str]] = []
    for day, words in _TICKS:
        place = (day / longest) ** (1 / _ROOT)
        if place <= 1.0 and all(_apart(place, words, (d / longest) ** (1 / _ROOT), w) for d, w in chosen):
            chosen.append((day, words))
    chosen.sort()
    axis.set_xticks([day for day, _ in chosen], [words for _, words in chosen])
    axis.grid(axis="x", color="#ececec", linewidth=0.6)
    axis.set_axisbelow(True)


def decades(axis: "Axes", floor: float, ceiling: float) -> None:
    """Label a logarithmic axis at whole powers of ten, few enough to be read."""
    from matplotlib.ticker import NullLocator

    first, last = round(math.log10(floor)), round(math.log10(ceiling))
    step = 2 if last - first > 4 else 1
    levels = [10.0**power for power in range(first, last + 1, step)]
    axis.set_yticks(levels, [number(level).removeprefix("1×") for level in levels])
    axis.yaxis.set_minor_locator(NullLocator())


def _apart(place: float, words: str, other: float, their_words: str) -> bool:
    """True when two labels on an axis of length 1 do not touch."""
    return abs(place - other) >= 0.011 * (len(words) + len(their_words)) + 0.022


def _shrink(days: Any) -> Any:
    return np.maximum(days, 0.0) ** (1 / _ROOT)


def _stretch(places: Any) -> Any:
    return np.maximum(places, 0.0) ** _ROOT


def encode(figure: "Figure", name: str, suffix: str, dots_per_inch: int = 160, *, as_paths: bool = False) -> bytes:
    """Give a figure as the bytes of an SVG, PNG or PDF file, the same bytes every time.

    Every id of the SVG starts with `name`, so that several figures can stand in one page. Its texts stay texts, or are
    drawn as paths, which need no font.
    """
    kind = suffix.lower().lstrip(".")
    if kind not in _METADATA:
        raise ValueError(f"figure format {suffix!r}; need svg, png or pdf")
    out = io.BytesIO()
    with drawing(), warnings.catch_warnings():
        import matplotlib

        # a browser finds a glyph that DejaVu lacks; a PNG shows an empty box for it
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        matplotlib.rcParams["svg.hashsalt"] = name
        matplotlib.rcParams["svg.fonttype"] = "path" if as_paths else "none"
        figure.savefig(out, format=kind, dpi=dots_per_inch, metadata=_METADATA[kind])
    figure.set_layout_engine("none")  # laid out once: a second pass would move things by a hair
    data = out.getvalue()
    if kind != "svg":
        return data
    text = _PATH.sub(_shorter, data.decode("utf-8"))
    text = _ID.sub(rf"\g<1>{name}-", text.replace(_TEXT_FONT, ""))
    return text.replace("<svg ", f'<svg style="font-family: {_FONTS}" ', 1).encode("utf-8")


def _shorter(path: re.Match[str]) -> str:
    """Give a path with two decimals: a hundredth of a point cannot be seen."""
    return _DECIMALS.sub(r"\1", path.group())


def inline_svg(text: str, label: str) -> str:
    """Give an SVG document as an element that can stand in a page: no prologue, a label for screen readers."""
    from html import escape

    body = text[text.index("<svg") :]
    return body.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
