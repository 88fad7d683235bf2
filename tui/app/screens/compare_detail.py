"""Why a carrier stands where it does: parts, numbers, checks, evidence, warnings; and the plot of two."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

VIEWS = ("why", "numbers", "checks", "evidence", "warnings")
_BAR = 10
_GRADED = ("cost", "difficulty", "risk")  # parts that stand in an entry as a judgement


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
    lines: list[Any] = [grid, *_gaps(row, found)]
    if row["place"] == 1:
        lines += [Text(""), Text(found["answer"])]
    return lines


def _gaps(row: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    """Say which parts are not known, what they could bring, and which of them the user can grade."""
    if row["score"] is None:
        return []
    unknown = [name for name, _, _ in found["parts"] if row["parts"].get(name, ("?", ""))[0] == "?"]
    counted = [name for name, _, _ in found["parts"]]
    absent = [name for name, weight in found["weights"].items() if weight > 0 and name not in counted]
    told = []
    if unknown:
        told.append(f"Not known of it (?): {_listed(unknown)}. That earns 0; if all of it were the best, the score "
                    f"would be {row['at_most']:.2f}.")  # fmt: skip
    if row["between"]:
        told.append(f"As what is not known of it and of the others may be, it stands at {row['between']}.")
    if absent:
        told.append(f"Not known of any carrier, so not counted: {_listed(absent)}.")
    if graded := [name for name in _GRADED if name in (*unknown, *absent)]:
        told.append(f"Grade {_listed(graded)} in an entry of your own (F2), and it counts.")
    return [Text("\n" + " ".join(told))] if told else []


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


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
