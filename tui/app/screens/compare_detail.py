"""Why a carrier stands where it does: parts, numbers, checks, evidence, warnings; and the plot of two."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

VIEWS = ("why", "numbers", "checks", "evidence", "warnings")
_BAR = 12


def bar(share: float, width: int = _BAR) -> str:
    """Give a share of 1 as a bar of blocks, an eighth at the finest.

    >>> bar(0.5, 4)
    '██  '
    """
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")).ljust(width)


def detail(view: str, row: dict[str, Any], found: dict[str, Any]) -> Group:
    """Give one view of one row."""
    head = Text(row["label"], "bold")
    if row["why_not"]:
        head = Text.assemble(head, "\n", (f"✗ not ranked: {row['why_not']}", ""))
    return Group(head, Text(""), *_VIEWS[view](row, found))


def _why(row: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    if not row["parts"]:
        return [Text("Nothing is known that could be weighed.")]
    grid = _grid()
    grid.add_row(*(Text(head, "dim") for head in ("part", "earns", "", "weight", "adds")))
    for name, label, weight in found["parts"]:
        main, why = row["parts"].get(name, ("?", "not computed"))
        share = float(main) if main[:1].isdigit() else 0.0
        adds = row["adds"].get(name)
        grid.add_row(label, main, bar(share), f"{weight:g}", "" if adds is None else f"{adds:.3f}")
        if why:
            grid.add_row("", "", Text(why, "dim"), "", "")
    lines: list[Any] = [grid]
    if row["place"] == 1:
        lines += [Text(""), Text(found["answer"])]
    return lines


def _numbers(row: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    if not row["numbers"]:
        return [Text("No numbers: it could not be computed.")]
    grid = _grid()
    for label, median, band in row["numbers"]:
        grid.add_row(label, Text(median, justify="right"), Text(band, "dim"))
    return [grid]


def _checks(row: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    grid = _grid()
    for label, verdict, told in row["checks"]:
        grid.add_row(verdict, label, Text(told, "dim"))
    return [grid]


def _evidence(row: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    grid = _grid()
    for name, word, why in row["standing"]:
        grid.add_row(name, word, Text("" if name == "evidence" else why, "dim"))
    lines: list[Any] = [grid, Text("")]
    lines += [Text(text) for text in row["studies"]]
    against = [text for text in found["against"] if row["label"] in text]
    if against:
        lines += [Text(""), Text("Against each other", "bold"), *(Text(text) for text in against)]
    return lines


def _warnings(row: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    told = [Text(f"! {text}") for text in row["warnings"]] or [Text("No warnings.")]
    general = [Text(text, "dim") for text in found["told"]]
    return [*told, Text(""), *general]


def _grid() -> Table:
    return Table.grid(padding=(0, 2))


_VIEWS = {"why": _why, "numbers": _numbers, "checks": _checks, "evidence": _evidence, "warnings": _warnings}
