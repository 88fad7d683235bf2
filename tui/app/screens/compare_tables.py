"""The tables and the plot of the compare screen."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual.message import Message

from tui.app.keys import key
from tui.app.screens.compare_detail import bar
from tui.app.widgets.plot import Figure, Points
from tui.app.widgets.table import Column, KeyedTable, Line


class WeightsTable(KeyedTable):
    """The weights: plus and minus move the one under the cursor."""

    HELP = "What counts, and how much. + and − change the weight under the cursor, 0 takes it out of the score."
    BINDINGS: ClassVar = [
        key("plus,equals_sign,right", "weigh(1)", "More", "compare.more", "Compare: weigh the part more"),
        key("minus,left", "weigh(-1)", "Less", "compare.less", "Compare: weigh the part less"),
        key("0", "weigh(0)", "None", "compare.none", "Compare: weigh the part not at all"),
    ]

    @dataclass
    class Weighed(Message):
        """A weight is to change: by one up or down, or to nothing (0)."""

        part: str
        step: int

    def action_weigh(self, step: int) -> None:
        """Change the weight under the cursor."""
        if self.current is not None:
            self.post_message(self.Weighed(self.current, step))


WEIGHT_COLUMNS = (
    Column("part", "part", 18), Column("weight", "weight", None, "right"), Column("bar", "", 5), Column("mark", ""),
)  # fmt: skip


def ranking(found: dict[str, Any]) -> tuple[list[Column], list[Line]]:
    """Give the table of who comes first: columns, those that matter less leave where it is narrow, and a line each."""
    columns = [
        Column("place", "", 3, "right"), Column("label", "carrier", 30, least=22),
        Column("score", "score", 10, leaves=1), Column("value", "mean", 5, "right"),
        Column("best", "best in", None, "right", leaves=2), Column("band", "80 % band", leaves=3),
        Column("most", "at most", None, "right", leaves=5), Column("three", "top 3", None, "right", leaves=4),
        Column("front", "front", leaves=7), Column("check", "fails", leaves=6),
    ]  # fmt: skip
    lines = []
    for row in found["rows"]:
        score = row["score"]
        place = f"{row['place']}" if row["place"] else "✗" if row["failed"] else "·"
        band = "" if score is None else f"{row['low']:.2f} to {row['high']:.2f}"
        cells: tuple[str | Text, ...] = (
            place, row["label"], bar(score or 0.0, 10), "" if score is None else f"{score:.3f}", row["best"],
            band, "" if score is None else f"{row['at_most']:.2f}", row["top_three"], "✓" if row["unbeaten"] else "",
            row["failed"] or row["why_not"],
        )  # fmt: skip
        keys = (row["place"] or 999, row["label"].casefold(), score, score, _share(row["best"]), score,
                row["at_most"], _share(row["top_three"]), not row["unbeaten"], row["failed"])  # fmt: skip
        lines.append(Line(row["id"], cells, keys))
    return columns, lines


def _share(text: str) -> float | None:
    digits = text.strip(" %<>")
    try:
        return float(digits)
    except ValueError:
        return None


def pareto(found: dict[str, Any]) -> Figure:
    """Give the plot of performance against evidence."""
    ranked = [row for row in found["rows"] if row["place"]]
    front = [row for row in ranked if row["front"]]
    others = [row for row in ranked if not row["front"]]
    failed = [row for row in found["rows"] if row["score"] is not None and not row["place"]]
    points = []
    for label, rows in (("beaten", others), ("fails a check", failed), ("no other beats it", front)):
        if rows:
            x, y = ([row[axis] or 0.0 for row in rows] for axis in ("across", "up"))
            points.append(Points(label, x, y))
    across, up = found["axes"]
    x_end = 1.1 * max((max(item.x) for item in points), default=1.0)
    y_end = 1.1 * max((max(item.y) for item in points), default=1.0)
    return Figure(across, up, points=tuple(points), x_limits=(0.0, x_end), y_limits=(0.0, y_end),
                  empty="nothing is ranked yet")  # fmt: skip
