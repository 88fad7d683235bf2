"""How wide the columns of a table are, in formats that do not lay tables out by themselves."""

from collections.abc import Sequence
from math import ceil

LONGEST_WORD = 24  # characters of a word that a column is widened for
NARROWEST = 4


def column_weights(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Give each column its share of the width: by the square root of what its longest cells need.

    >>> column_weights(["what", "why"], [["dose", "words " * 20], ["size", "words " * 20]])
    [6.0, 32.86]
    """
    width = max([len(heads), *(len(row) for row in rows)], default=0)
    return [_weight(place, heads, rows) for place in range(width)]


def _weight(place: int, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    cells = [row[place] for row in rows if place < len(row)]
    lengths = sorted(map(len, cells))
    long = lengths[ceil(0.9 * (len(lengths) - 1))] if lengths else 0
    words = max((len(word) for cell in cells for word in cell.split()), default=0)
    head = max((len(word) for word in heads[place].split()), default=0) if place < len(heads) else 0
    return float(round(max(long**0.5 * 3, min(words, LONGEST_WORD), head, NARROWEST), 2))
