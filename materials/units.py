"""The one place where text becomes a number: `parse` reads a quantity, `si_factor` a unit.

Ratios keep their meaning: ``percent_w_w``, ``percent_v_v`` and ``percent`` are different names, so that
"10 %" of drug loading cannot be mistaken for 10 % by volume. Molar masses are kg/mol or g/mol, never Da.
"""

import functools
import math
import re
from typing import TYPE_CHECKING

from materials.errors import UnitError, shorten

if TYPE_CHECKING:
    import pint

_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*|%")
_TOKEN = re.compile(r"\*\*|[\^*/()]|[+-]?\d+(?:\.\d+)?|[^\W\d]\w*|%|\S")
_HUGE = 200  # characters; no quantity is longer
_LARGEST_POWER = 9

# What a ratio may be written as. A bare number is a ratio only where the property has no unit at all.
_RATIOS: dict[str, dict[str, float]] = {
    "1": {"": 1.0, "1": 1.0},
    "fraction": {"fraction": 1.0, "percent": 0.01, "%": 0.01, "mol/mol": 1.0, "g/g": 1.0},
    "percent": {"percent": 0.01, "%": 0.01, "fraction": 1.0},
    "percent_w_w": {"percent_w_w": 0.01, "fraction": 1.0, "g/g": 1.0, "mg/mg": 1.0},
    "percent_v_v": {"percent_v_v": 0.01, "fraction": 1.0, "mL/mL": 1.0},
    "mol/mol": {"mol/mol": 1.0, "fraction": 1.0},
    "g/g": {"g/g": 1.0, "mg/mg": 1.0, "fraction": 1.0},
    "pH": {"": 1.0, "pH": 1.0},
    "log10": {"": 1.0, "log10": 1.0},
    "log10(L/kg)": {"": 1.0, "log10(L/kg)": 1.0},
}
# pint would read these as something else, or the field uses them loosely; say what to write instead.
_REFUSED = {
    "Da": "a molar mass is written in g/mol or kg/mol",
    "kDa": "a molar mass is written in g/mol or kg/mol",
    "dalton": "a molar mass is written in g/mol or kg/mol",
    "G": "a needle gauge is not a unit; give the inner diameter in um",
    "C": "a temperature is written in degC or K",
    "F": "a temperature is written in degC or K",
}


@functools.cache
def registry() -> "pint.UnitRegistry[float]":
    """Give the one unit registry of the program."""
    import pint

    try:
        cached: pint.UnitRegistry[float] = pint.UnitRegistry(cache_folder=":auto:")
        cached.Quantity(1.0, "m").to_base_units()  # reads the cache, which may be half-written
    except Exception:  # no cache, or one that cannot be read, of whatever kind: only slower
        return pint.UnitRegistry()
    return cached


@functools.lru_cache(maxsize=1024)
def si_factor(unit: str) -> float:
    """Give the factor that turns a number in `unit` into SI base units (a ratio into a fraction).

    >>> si_factor("mg/mL"), si_factor("percent_w_w"), round(si_factor("kg/mol"), 6)
    (1.0, 0.01, 1.0)
    """
    if unit == "%":
        return 0.01
    if unit in _RATIOS:
        return _RATIOS[unit][unit if unit not in ("pH", "log10", "log10(L/kg)") else ""]
    if fault := _fault_of_names(unit):
        raise UnitError(unit, fault, "a unit")
    try:
        zero, one = _with_offset(0.0, unit), _with_offset(1.0, unit)
    except Exception:  # pint raises tokenizer, attribute and arithmetic errors of many kinds
        raise UnitError(unit, f"cannot read the unit {shorten_unit(unit)}", "a unit") from None
    if zero:
        raise UnitError(unit, "has an offset, no factor turns it into SI", "a unit such as delta_degC or K")
    return one


def parse(text: str, expected: str) -> float:
    """Read a number with its unit and give it in SI (a ratio as a fraction).

    Parameters
    ----------
    text : str
        For example ``"1.2 mg/mL"``, ``"28 d"``, ``"10 percent_w_w"``, ``"37 degC"``.
    expected : str
        A unit of the wanted dimension, such as ``"mg/mL"``; it is named in the refusal.

    Raises
    ------
    UnitError
        No number, no unit, an unknown unit, the wrong dimension, a value that is not finite, a decimal comma.

    Examples
    --------
    >>> parse("5 mg", "mg")
    5e-06
    >>> parse("1,5 mg", "mg")
    Traceback (most recent call last):
    materials.errors.UnitError: '1,5 mg': decimal comma; need a number with a unit such as mg, written with a point
    """
    need = f"a number with a unit such as {expected}" if expected not in _RATIOS else _ratio_need(expected)
    if not isinstance(text, str):
        raise UnitError(str(text), "no unit", f"{need}, in quotes")
    if len(text) > _HUGE:
        raise UnitError(text, f"{len(text)} characters long", need)
    if "," in text:
        raise UnitError(text, "decimal comma", f"{need}, written with a point")
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise UnitError(text, "does not start with a number", need)
    magnitude, unit = float(match.group(1)), match.group(2)
    if not math.isfinite(magnitude):
        raise UnitError(text, "not a finite number", need)
    if expected in _RATIOS:
        names = _RATIOS[expected]
        if unit not in names:
            reason = "no unit" if not unit else f"unit {shorten_unit(unit)} does not say this ratio"
            raise UnitError(text, reason, need)
        return magnitude * names[unit]
    if not unit:
        raise UnitError(text, "no unit", need)
    if fault := _fault_of_names(unit):
        raise UnitError(text, fault, need)
    return _convert(text, magnitude, unit, expected, need)


def split(text: str, expected: str) -> tuple[float, str]:
    """Give the number and the unit of a quantity as they are written, after judging it as `parse` does.

    >>> split("12 nm", "um"), split("30 %", "fraction"), split("7.4", "pH")
    ((12.0, 'nm'), (30.0, '%'), (7.4, 'pH'))
    """
    parse(text, expected)
    match = _NUMBER.fullmatch(text)
    assert match is not None
    return float(match.group(1)), match.group(2) or expected


def unit_of(text: str) -> str:
    """Give the unit a quantity is written in, or an empty text; the quantity itself is judged by `parse`.

    >>> unit_of("40 um")
    'um'
    """
    match = _NUMBER.fullmatch(text[:_HUGE])
    return match.group(2) if match else ""


def _convert(text: str, magnitude: float, unit: str, expected: str, need: str) -> float:
    factor = _factor(unit, expected)
    if isinstance(factor, str):
        raise UnitError(text, factor, need)
    value = magnitude * factor if factor is not None else _with_offset(magnitude, unit)
    if not math.isfinite(value):
        raise UnitError(text, "not a finite number", need)
    return value


@functools.lru_cache(maxsize=1024)
def _factor(unit: str, expected: str) -> float | str | None:
    """Give the factor that turns `unit` into SI, None where it has an offset; in words why it is no `expected`."""
    try:
        one = registry().Quantity(1.0, unit)
        if not one.check(registry().Quantity(1.0, expected).dimensionality):
            return f"{shorten_unit(unit)} has the wrong dimension"
        return None if _with_offset(0.0, unit) else float(one.to_base_units().magnitude)
    except Exception:  # pint raises tokenizer, attribute and arithmetic errors of many kinds
        return f"cannot read the unit {shorten_unit(unit)}"


def _with_offset(magnitude: float, unit: str) -> float:
    return float(registry().Quantity(magnitude, unit).to_base_units().magnitude)


@functools.lru_cache(maxsize=1024)
def _fault_of_names(unit: str) -> str:
    """Say what is wrong with a name in a unit, one by one: ``w/w`` would cancel before pint looks.

    Numbers may stand only as the 1 of ``1/day`` or as one small power, or a square root, as in ``MPa^0.5``: pint
    would work out a tower of powers.
    """
    previous, before = "", ""
    for token in _TOKEN.findall(unit):
        if token.lstrip("+-").replace(".", "").isdecimal():
            is_power = previous in ("^", "**") and not before.lstrip("+-").isdecimal()
            is_small = token == "0.5" or (token.lstrip("+-").isdecimal() and abs(int(token[:4])) <= _LARGEST_POWER)
            if not (is_power and is_small) and not (token == "1" and not previous):
                return f"number {shorten_unit(token)} inside the unit"
        elif not (_NAME.fullmatch(token) or token in ("^", "**", "*", "/", "(", ")")):
            return f"sign {token!r} inside the unit"
        previous, before = token, previous
    for name in _NAME.findall(unit):
        if name in _REFUSED:
            return _REFUSED[name]
        if name.startswith("percent") or name in ("%", "fraction", "pH", "log10"):
            return f"{name} is a ratio"
        if not _is_known(name):
            return f"unknown unit {shorten_unit(name)}"
    return ""


@functools.lru_cache(maxsize=1024)
def _is_known(name: str) -> bool:
    try:
        return name in registry()
    except Exception:  # a name that pint cannot even tokenize
        return False


def _ratio_need(expected: str) -> str:
    names = [name for name in _RATIOS[expected] if name]
    bare = "" in _RATIOS[expected]
    written = " or ".join(names)
    if bare:
        return "a plain number" if expected == "1" else f"a plain number ({expected})"
    return f"a number with {written}"


def shorten_unit(unit: str) -> str:
    """Give a unit text cut to a length that fits one line of an error."""
    return shorten(unit, 24)


def to_si(number: float, unit: str) -> float:
    """Give a number in `unit` in SI, for units with an offset too.

    >>> to_si(2.0, "mg/mL"), to_si(37.0, "degC")
    (2.0, 310.15)
    """
    if unit == "degC":
        return number + 273.15
    return number * si_factor(unit)


def convert(value: float, unit: str) -> float:
    """Give an SI number in `unit`.

    >>> convert(86400.0, "day")
    1.0
    """
    return value - 273.15 if unit == "degC" else value / si_factor(unit)
