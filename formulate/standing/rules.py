"""The weights by which studies and statements become scores, read from one editable table."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import tomli

from materials import files
from materials.errors import Fault, FileError, nearest, shorten
from materials.faults import FieldError, shown
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
    return _rules(tomli.loads(_shipped_text()))


def read_rules(path: Path | str) -> Rules:
    """Give the shipped rules with those of a file over them.

    Raises
    ------
    FileError
        The file cannot be read, or names what is no rule or a weight that is none.
    """
    content, locator = files.read_toml(Path(path), "a TOML file of rules", "; need a file of rules")
    try:
        return _rules(content, tomli.loads(_shipped_text()))
    except FieldError as error:
        raise FileError([Fault(shorten(path, 120), error.field, str(error), locator.line(error.field))]) from None


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
    return resources.files("formulate").joinpath("standing", "rules.toml").read_text("utf-8")


def _rules(given: Mapping[str, Any], base: Mapping[str, Any] = MappingProxyType({})) -> Rules:
    tables = {field.name: dict(base.get(field.name, {})) for field in fields(Rules)}
    for table, weights in given.items():
        if table not in tables:
            raise FieldError(shorten(table), f"is no table of rules; need {', '.join(tables)}")
        if not isinstance(weights, Mapping):
            raise FieldError(table, f"{shown(weights)}; need a table of {', '.join(_KEYS[table])}")
        for key, weight in weights.items():
            field = f"{table}.{shorten(key)}"
            if key not in _KEYS[table]:
                near = ", ".join(nearest(key, _KEYS[table]) or _KEYS[table])
                raise FieldError(field, f"is no rule; nearest: {near}")
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
                raise FieldError(field, f"{shown(weight)}; need a number of 0 to 1")
            tables[table][key] = float(weight)
    return Rules(**{table: MappingProxyType(weights) for table, weights in tables.items()})
