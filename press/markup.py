"""Texts of the catalog as Markdown: escaped, linked, in tables."""

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~^$@])")


def escaped(text: str) -> str:
    r"""Give a text so that Markdown shows it as it is, on one line.

    >>> escaped("a_b < 5 | c\nd")
    'a\\_b \\< 5 \\| c d'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table of cells that are Markdown already, or nothing where there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines, ""]) if lines else ""


def section(title: str, *parts: str) -> str:
    """Give a heading with what stands under it, or nothing where nothing does."""
    kept = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *kept]) if kept else ""


def listed(items: Iterable[str]) -> str:
    """Give a list of lines that are Markdown already."""
    return "\n".join(f"- {item}" for item in items)


def page(*parts: str) -> str:
    """Give a page from its parts; those that are empty fall out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
