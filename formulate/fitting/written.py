"""What a user writes of a fit, as texts: names with numbers, ranges, constants with units, a level."""

import math
import re
from collections.abc import Sequence

from materials.errors import FormulateError, UnknownIdError, nearest, shorten
from materials.units import parse

_PAIR = re.compile(r"\s*([^\W\d]\w*)\s*=\s*([^,]+?)\s*(?:,|$)")


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """Read "a=1, b=2" into names and texts."""
    found: dict[str, str] = {}
    for text in texts:
        place = 0
        while place < len(text.rstrip()):
            match = _PAIR.match(text, place)
            if not match:
                raise FormulateError(f"{option}: {shorten(text)!r}; need NAME=VALUE, with commas between several")
            name, value = match.groups()
            if name in found:
                raise FormulateError(f"{option}: {name} is given twice; need it once")
            found[name] = value
            place = match.end()
        if not text.strip():
            raise FormulateError(f"{option}: is empty; need NAME=VALUE")
    return found


def _number(option: str, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise FormulateError(f"{option}: {name} = {shorten(text)!r}; need a number in the units of the data") from None
    if not math.isfinite(value):
        raise FormulateError(f"{option}: {name} = {shorten(text)!r}; need a finite number")
    return value


def read_numbers(option: str, texts: Sequence[str]) -> dict[str, float]:
    """Read names with numbers, in the units of the data."""
    return {name: _number(option, name, text) for name, text in _pairs(option, texts).items()}


def read_bounds(texts: Sequence[str], option: str = "bound") -> dict[str, tuple[float, float]]:
    """Read names with ranges, an open end left empty."""
    found = {}
    for name, text in _pairs(option, texts).items():
        low, colon, high = text.partition(":")
        if not colon or not (low.strip() or high.strip()):
            raise FormulateError(f"{option}: {name} = {shorten(text)!r}; need LOW:HIGH, one of which may be empty")
        ends = (
            _number(option, name, low) if low.strip() else float("-inf"),
            _number(option, name, high) if high.strip() else float("inf"),
        )
        if not ends[0] < ends[1]:
            raise FormulateError(f"{option}: {name} = {shorten(text)!r}; need the low end below the high one")
        found[name] = ends
    return found


def read_constants(texts: Sequence[str], option: str = "with") -> dict[str, float]:
    """Read the constants of physical laws, each with its unit."""
    if not texts:
        return {}
    from formulate.curves.physical import PHYSICAL

    units = {constant.name: constant.unit or "1" for law in PHYSICAL.values() for constant in law.constants}
    found = {}
    for name, text in _pairs(option, texts).items():
        if name not in units:
            raise UnknownIdError("constant of a physical law", name, nearest(name, units))
        found[name] = read_quantity(f"{option}: {name}", text, units[name])
    return found


def read_level(text: str, option: str = "level") -> float:
    """Read the level of intervals and bands."""
    level = read_quantity(option, text, "percent")
    if not 0.5 <= level < 1.0:
        raise FormulateError(f"{option}: {shorten(text)!r}; need 50% or more, and less than 100%")
    return level


def read_quantity(option: str, text: str, unit: str) -> float:
    """Read a quantity in SI; a bare number only where the unit is none."""
    try:
        return float(f"{parse(text, unit):.12g}")  # 95 percent is 0.95
    except FormulateError as error:
        raise FormulateError(f"{option}: {error}") from None
