"""A figure with the same drawing and other words."""

import textwrap
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.text import Text

BROAD = "\u2e80"  # signs from here on take the width of two


def said_figure(figure: "Figure", say: Callable[[str], str], families: Sequence[str]) -> "Figure":
    """Give a copy of a figure whose texts are said otherwise.

    Parameters
    ----------
    figure : Figure
        Stays as it is.
    say : callable
        Gives each text in its other words, or as it was.
    families : sequence of str
        Fonts to draw with, the first that holds a sign for each sign.
    """
    from matplotlib.text import Text

    made = deepcopy(figure)
    for axes in made.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _ticks(axis, say, families)
    for text in made.findobj(Text):
        assert isinstance(text, Text)
        _say(text, say, families)
    return made


def _say(text: "Text", say: Callable[[str], str], families: Sequence[str]) -> None:
    shown = text.get_text()
    if shown.strip():
        said = said_lines(shown, say)
        text.set_text(said)
        if any(sign >= BROAD for sign in said):
            text.set_fontfamily(list(families))
            text.set_fontweight("normal")  # one face is all that is sure to be there


def _ticks(axis: "Axis", say: Callable[[str], str], families: Sequence[str]) -> None:
    """Say the labels that stand at places of their own; numbers are left to the axis."""
    from matplotlib.ticker import FixedLocator

    axis.set_tick_params(which="both", labelfontfamily=list(families))
    locator = axis.get_major_locator()
    if isinstance(locator, FixedLocator):
        labels = [said_lines(text.get_text(), say) for text in axis.get_ticklabels()]
        places = list(locator())
        if len(labels) == len(places) and any(labels):
            axis.set_ticks(places, labels)


def said_lines(text: str, say: Callable[[str], str]) -> str:
    r"""Say a text that may have been broken into lines to fit, and break it again; or line by line, where it is a list.

    >>> said_lines("free drug\nin suspension", lambda text: "药物混悬液" if " " in text else text)
    '药物混悬液'
    """
    if "\n" not in text:
        return say(text)
    lines = text.split("\n")
    whole = text.replace("-\n", "-").replace("\n", " ")
    said = say(whole)
    if said == whole or all(line[:1].isdigit() for line in lines):
        return "\n".join(map(say, lines))
    longest = max(map(len, lines))
    return said if _width(said) <= longest else "\n".join(textwrap.wrap(said, max(longest // 2, 8)))


def _width(text: str) -> int:
    return sum(2 if sign >= BROAD else 1 for sign in text)
