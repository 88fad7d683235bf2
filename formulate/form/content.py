"""Reading a content that may be of any shape: what is not as it should be reads as empty."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import inf
from typing import Any

from formulate.form.parts import Choice


def table(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give a table, empty where there is none."""
    given = content.get(name)
    return given if isinstance(given, Mapping) else {}


def rows(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Give the tables of a list, empty where there is none."""
    given = content.get(name)
    return [row if isinstance(row, Mapping) else {} for row in given] if isinstance(given, list | tuple) else []


def text(content: Mapping[str, Any], name: str) -> str:
    """Give a value as text, empty where there is none."""
    given = content.get(name)
    return "" if given is None else str(given)


def first(offered: Sequence[Choice], preferred: str = "") -> str:
    """Give the label of the choice that holds where none is made."""
    labels = [item.label for item in offered]
    return preferred if preferred in labels else next(iter(labels), "")


def weight_of(said: object, usual: object) -> float:
    """Give a weight as it is drawn; the usual one where what is said is none: ranking refuses that.

    >>> weight_of("2", 1), weight_of("many", 1), weight_of(float("nan"), 1), weight_of(None, 1)
    (2.0, 1.0, 1.0, 1.0)
    """
    for one in (said, usual):
        with suppress(ValueError):
            if 0.0 <= (weight := float(str(one))) < inf:
                return weight
    return 1.0
