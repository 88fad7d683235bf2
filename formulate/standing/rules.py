"""The weights by which studies and statements become scores, read from one editable table."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import tomli

from materials.errors import FormulateError, nearest, shorten
from materials.faults import shown
from materials.kinship import TIES
from materials.schema import Direction, Stage

PLACES = (
    "same-site-and-payload", "same-site-akin-payload", "same-site", "elsewhere-same-payload", "elsewhere"
)  # fmt: skip
DEGREES = ("low", "moderate", "high")
WORDS = ("strong", "fair", "weak")
_KEYS: dict[str, tuple[str, ...]] = {
    "stage": get_args(Stage),
    "tie": TIES,
    "place": PLACES,
    "direction": get_args(Direction),
    "against": ("share",),
    "word": WORDS,
    "degree": DEGREES,
}


@dataclass(frozen=True)
class Rules:
    """What each stage, tie, place, direction and degree weighs, 0 to 1."""

    stage: Mapping[str, float]
    tie: Mapping[str, float]
    place: Mapping[str, float]
    direction: Mapping[str, float]
    against: Mapping[str, float]
    word: Mapping[str, float]
    degree: Mapping[str, float]


@functools.cache
def shipped_rules() -> Rules:
    """Give the rules that the program ships."""
    return _rules(tomli.loads(_shipped_text()), "rules.toml")


def read_rules(path: Path | str) -> Rules:
    """Give the shipped rules with those of a file over them.

    Raises
    ------
    FormulateError
        The file cannot be read, or names what is no rule or a weight that is none.
    """
    name = shorten(str(path), 120)
    try:
        given = tomli.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise FormulateError(f"{name}: cannot be read ({error.strerror}); need a file of rules") from None
    except ValueError as error:
        raise FormulateError(f"{name}: {shorten(error, 200)}; need TOML in UTF-8") from None
    return _rules(given, name, tomli.loads(_shipped_text()))


def rules_text(rules: Rules) -> str:
    """Give rules as a file of them: what the program ships with its comments, where they are those."""
    if rules == shipped_rules():
        return _shipped_text()
    tables = (
        "\n".join([f"[{field.name}]", *(f"{key} = {weight:g}" for key, weight in getattr(rules, field.name).items())])
        for field in fields(rules)
    )
    return "\n\n".join(tables) + "\n"


def _shipped_text() -> str:
    return files("formulate").joinpath("standing", "rules.toml").read_text("utf-8")


def _rules(given: Mapping[str, Any], name: str, base: Mapping[str, Any] = MappingProxyType({})) -> Rules:
    tables = {field.name: dict(base.get(field.name, {})) for field in fields(Rules)}
    for table, weights in given.items():
        if table not in tables or not isinstance(weights, Mapping):
            raise FormulateError(f"{name}: {shorten(table)!r}; need the tables {', '.join(tables)}")
        for key, weight in weights.items():
            if key not in _KEYS[table]:
                near = ", ".join(nearest(key, _KEYS[table]) or _KEYS[table])
                raise FormulateError(f"{name}: {table}.{shorten(key)} is no rule; nearest: {near}")
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
                raise FormulateError(f"{name}: {table}.{key} = {shown(weight)}; need a number of 0 to 1")
            tables[table][key] = float(weight)
    return Rules(**{table: MappingProxyType(weights) for table, weights in tables.items()})
