"""What stands in the options of a fit: names with numbers, ranges, constants with units."""

import re

from materials.errors import shorten
from tui.options import option_number
from tui.refusal import Refusal

_PAIR = re.compile(r"\s*([^\W\d]\w*)\s*=\s*([^,]+?)\s*(?:,|$)")


def _pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """Read "a=1, b=2" into names and texts."""
    found: dict[str, str] = {}
    for text in texts:
        place = 0
        while place < len(text.rstrip()):
            match = _PAIR.match(text, place)
            if not match:
                raise Refusal(f"{option}: {shorten(text)!r}; need NAME=VALUE, with commas between several")
            name, value = match.groups()
            if name in found:
                raise Refusal(f"{option}: {name} is given twice; need it once")
            found[name] = value
            place = match.end()
        if not text.strip():
            raise Refusal(f"{option}: is empty; need NAME=VALUE")
    return found


def _number(option: str, name: str, text: str) -> float:
    from math import isfinite

    try:
        value = float(text)
    except ValueError:
        raise Refusal(f"{option}: {name} = {shorten(text)!r}; need a number in the units of the data") from None
    if not isfinite(value):
        raise Refusal(f"{option}: {name} = {shorten(text)!r}; need a finite number")
    return value


def read_numbers(option: str, texts: tuple[str, ...]) -> dict[str, float]:
    """Read names with numbers, in the units of the data."""
    return {name: _number(option, name, text) for name, text in _pairs(option, texts).items()}


def read_bounds(texts: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Read names with ranges, an open end left empty."""
    found = {}
    for name, text in _pairs("--bound", texts).items():
        low, colon, high = text.partition(":")
        if not colon or not (low.strip() or high.strip()):
            raise Refusal(f"--bound: {name} = {shorten(text)!r}; need LOW:HIGH, one of which may be empty")
        ends = (
            _number("--bound", name, low) if low.strip() else float("-inf"),
            _number("--bound", name, high) if high.strip() else float("inf"),
        )
        if not ends[0] < ends[1]:
            raise Refusal(f"--bound: {name} = {shorten(text)!r}; need the low end below the high one")
        found[name] = ends
    return found


def read_constants(texts: tuple[str, ...]) -> dict[str, float]:
    """Read the constants of physical laws, each with its unit."""
    if not texts:
        return {}
    from formulate.curves.physical import PHYSICAL
    from materials.errors import UnknownIdError, nearest

    units = {constant.name: constant.unit or "1" for law in PHYSICAL.values() for constant in law.constants}
    found = {}
    for name, text in _pairs("--with", texts).items():
        if name not in units:
            raise UnknownIdError("constant of a physical law", name, nearest(name, units))
        found[name] = option_number(f"--with: {name}", text, units[name])
    return found


def read_level(text: str) -> float:
    """Read the level of intervals and bands."""

    level = option_number("--level", text, "percent")
    if not 0.5 <= level < 1.0:
        raise Refusal(f"--level: {shorten(text)!r}; need 50% or more, and less than 100%")
    return level
