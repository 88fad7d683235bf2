"""Legends and labels that several figures share."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from formulate.report.canvas import INK, PANEL_WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def wrapped(text: str, width: int, lines: int) -> str:
    """Give a text in so many lines of so many characters, cut at the end where it must."""
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" …")) or text[:width]


def line(style: Mapping[str, Any], label: str) -> Any:
    """Give the entry of a line or marker."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **{key: value for key, value in style.items() if key != "zorder"})


def patch(style: Mapping[str, Any], label: str) -> Any:
    """Give the entry of an area."""
    from matplotlib.patches import Patch

    return Patch(label=label, **{key: value for key, value in style.items() if key != "zorder"})


def legend(figure: "Figure", handles: Sequence[Any]) -> None:
    """Write the legend above a figure."""
    wide = figure.get_figwidth() > 2.5 * PANEL_WIDTH
    figure.legend(
        handles=list(handles), loc="outside upper left", ncols=3, fontsize=8, frameon=False,
        labelcolor=INK, handlelength=2.6, columnspacing=2.4 if wide else 1.4,
    )  # fmt: skip
