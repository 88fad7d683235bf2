"""What the formulation on the screen does: release, the level in the tissue, and the numbers, with their bands."""

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui.app.widgets.lines import Lines
from tui.app.widgets.plot import Curve, Figure, Plot, Points
from tui.app.widgets.table import Column, KeyedTable, Line

DECADES = 6  # a logarithmic axis shows at most


COLUMNS = (
    Column("label", "number", 40, least=12), Column("median", "median", None, "right"), Column("band", "80 % band"),
    Column("assumed", "assumed", None, "right", leaves=2), Column("moved", "moved most by", leaves=1),
)  # fmt: skip


class Figures(Vertical):
    """Two plots above a table; tells how many draws they were made with, and whether they are of what stands now."""

    HELP = "What it does: medians, 80 % bands, the target. The numbers below say what moves each band most."
    DEFAULT_CSS: ClassVar[str] = """
    Figures #plots { height: 1fr; min-height: 9; }
    Figures #plots Plot { height: 1fr; width: 1fr; }
    Figures #told { height: auto; max-height: 4; color: $text-muted; }
    Figures #numbers { height: 1fr; }
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._told, self._says = ("", ""), ""

    def compose(self) -> ComposeResult:
        """Lay out the lines of what is to be known, the plots and the table."""
        yield Lines("", id="told", markup=False)
        with Horizontal(id="plots"):
            yield Plot(id="release")
            yield Plot(id="tissue")
        yield KeyedTable(COLUMNS, id="numbers")

    def say(self, text: str, state: str = "") -> None:
        """Say what stands in the way or what is to be known, and what state the figures are in."""
        self.border_subtitle = state
        if text != self._says:  # where it stays, nothing is laid out anew
            self._says = text
            self.query_one(Lines).say(text)

    def say_what_is_shown(self) -> None:
        """Say with how many draws the figures were made that are shown, and what they warn of."""
        self.say(*self._told)

    def say_it_is_computing(self) -> None:
        """Say that other figures are on their way."""
        self.border_subtitle = "computing"

    def paint(self, shown: dict[str, Any]) -> None:
        """Show numbers and curves."""
        release, tissue = self.query_one("#release", Plot), self.query_one("#tissue", Plot)
        release.display = shown["release"] is not None or shown["site"] is not None
        tissue.display = shown["tissue"] is not None
        if release.display:
            release.draw(_release(shown))
        if tissue.display:
            tissue.draw(_tissue(shown))
        self.query_one("#plots").display = release.display or tissue.display
        self.query_one(KeyedTable).show(_lines(shown))
        names = dict(shown["payloads"])
        self.border_title = f"What it does: {names[shown['payload']]}" if len(names) > 1 else "What it does"
        told = [*([shown["left_out"]] if shown["left_out"] else []), *map(_warned, shown["warnings"])]
        self._told = ("\n".join(told), _draws_told(shown))
        self.call_after_refresh(self.say_what_is_shown)  # may take other lines, so that all is laid out anew


def _draws_told(shown: dict[str, Any]) -> str:
    if not shown["refined"]:
        return f"{shown['draws']} draws, refining"
    chance = f", medians ± {shown['by_chance']:.1%}" if shown["by_chance"] else ""
    return f"{shown['draws']} draws{chance}"


def _warned(text: str) -> str:
    return f"! {text}"


def _release(shown: dict[str, Any]) -> Figure:
    if shown["release"] is None:
        site = shown["site"]
        return Figure("time [d]", "at the site [% of given]", (_curve("median", site),),
                      x_limits=(0.0, None), y_limits=(0.0, None))  # fmt: skip
    points: tuple[Points, ...] = ()
    if shown["points"]:
        points = (Points("measured", shown["points"]["time"], shown["points"]["share"]),)
    return Figure("time [d]", "released [% of dose]", (_curve("median", shown["release"]),), points,
                  x_limits=(0.0, _end(shown)), y_limits=(0.0, 100.0))  # fmt: skip


def _tissue(shown: dict[str, Any]) -> Figure:
    curve, target = shown["tissue"], shown["target"]
    highest = max([*curve["high"], target or 0.0])
    floor = highest / 10**DECADES
    cut = {name: [max(value, floor) for value in curve[name]] for name in ("low", "median", "high")}
    shown_curve = Curve("median", curve["time"], cut["median"], cut["low"], cut["high"])
    at = ((float(shown["wanted"]), f"{shown['wanted']:g} d"),)
    return Figure("time [d]", f"{shown['compartment']}, unbound [nmol/L]", (shown_curve,), target=target, at=at,
                  x_limits=(0.0, _end(shown)), y_limits=(floor, highest * 2), log_y=True)  # fmt: skip


def _end(shown: dict[str, Any]) -> float:
    """Give where the axis of time ends: a little beyond the wanted duration, or where all was computed."""
    return min(float(shown["tissue"]["time"][-1]), 1.5 * float(shown["wanted"]))


def _curve(label: str, curve: dict[str, list[float]]) -> Curve:
    return Curve(label, curve["time"], curve["median"], curve["low"], curve["high"])


def _lines(shown: dict[str, Any]) -> list[Line]:
    lines, group_before = [], ""
    for place, (group, label, median, width, assumed, moved) in enumerate(shown["numbers"]):
        if group and group != group_before:
            lines.append(Line(f"group-{place}", (Text(group, "bold"), "", "", "", "")))
            group_before = group
        lines.append(Line(str(place), (label, median, width, assumed, moved)))
    return lines
