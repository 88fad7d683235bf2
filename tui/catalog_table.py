"""Entries of a kind as a table in a terminal, from the card index alone, so that a list comes at once."""

from collections.abc import Mapping, Sequence

from materials.cards import Card, Cards, targets_of
from materials.errors import shorten
from tui.catalog_text import PLURALS, counted
from tui.table import grid, wrap


def entries_text(
    cards: Cards,
    kind: str,
    found: Sequence[Card],
    asked: Mapping[str, str],
    width: int,
    *,
    chinese: bool = False,
) -> str:
    """Give entries of a kind as a table, with the total.

    Parameters
    ----------
    cards : Cards
        Where they come from.
    kind : str
        Their kind.
    found : sequence of Card
        Those that were found.
    asked : mapping
        The conditions they meet, by option, for the total.
    width : int
        The width of the terminal.
    chinese : bool
        Chinese names in place of the English ones; where there is none, the English one.
    """
    every = len(cards.cards[kind])
    total = counted(len(found), kind, PLURALS[kind])
    if asked:
        said = ", ".join(f"{option} {shorten(given)}" for option, given in asked.items())
        total = f"{len(found)} of {counted(every, kind, PLURALS[kind])} ({said})"
    if not found:
        return wrap(f"No {kind} found: {total}. {_hint(kind, asked)}", width)
    heads, rows, right = _columns_of(kind, found, chinese)
    if wanted := asked.get("--targets"):
        heads = [*heads[:2], "seeks or acts on"]
        rows = [[*row[:2], "; ".join(targets_of(card, wanted))] for row, card in zip(rows, found, strict=True)]
        right = []
    more = "; `formulate catalog show ID` tells all of one"
    return grid(heads, rows, width, right, hang=1) + "\n\n" + wrap(f"{total}{more}", width)


def _hint(kind: str, asked: Mapping[str, str]) -> str:
    if len(asked) > 1:
        return "Leave a condition out."
    if "--class" in asked or not asked:
        return "`formulate catalog` lists the classes that have entries."
    return f"`formulate catalog {PLURALS[kind]}` lists all."


def _columns_of(kind: str, found: Sequence[Card], chinese: bool) -> tuple[list[str], list[list[str]], list[int]]:
    """Give headings, rows and the columns of numbers."""
    heads = ["id", "name", "stage" if kind == "study" else "class"]
    heads += {"carrier": ["form"], "study": ["direction", "about"]}.get(kind, [])
    heads += ["values"] if kind != "study" else []
    heads += ["runs"] if kind in ("carrier", "payload", "site") else []
    rows = []
    for card in found:
        row = [card.id, (card.name_zh if chinese else "") or card.name, card.of_class]
        if kind == "carrier":
            row.append(card.physical_form)
        values = f"{card.values}, {card.yours} yours" if card.yours else str(card.values)
        row += [card.direction, ", ".join(card.about)] if kind == "study" else [values]
        if kind in ("carrier", "payload", "site"):
            row.append(card.runs)
        rows.append(row)
    return heads, rows, [heads.index("values")] if "values" in heads else []
