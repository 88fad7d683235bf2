"""What a user enters for a calculator becomes numbers in the unit of the kernel, and numbers a unit that reads well."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from formulate.docstrings import Described
from materials import units
from materials.errors import FormulateError, UnitError, nearest, shorten

_RATIO_NAMES = {"": ("", 1.0), "1": ("", 1.0), "fraction": ("", 1.0), "percent": ("", 0.01), "%": ("", 0.01)}
_RATIO_NAMES |= {"ppm": ("", 1e-6)}
_RATIO_NAMES |= dict.fromkeys(("percent_w_w", "% w/w", "%w/w", "wt%", "wt %"), ("mass", 0.01))
_RATIO_NAMES |= dict.fromkeys(("percent_v_v", "% v/v", "%v/v", "vol%", "vol %"), ("volume", 0.01))
_RATIO_NAMES |= dict.fromkeys(("mol%", "mol %"), ("mole", 0.01))
_RATIO_OF = {"[mass]": "mass", "[length] ** 3": "volume", "[substance]": "mole"}
_SAID_BY_NAME = re.compile(r"(mass|volume|mole)_(?:fraction|share|ratio)|(mass|volume|mole)_per_")
# units that results are shown in, by growing size; the first of each says the dimension
_LADDERS = (
    ("nm", "um", "mm", "m"),
    ("nm**2", "um**2", "mm**2", "cm**2", "m**2"),
    ("nm**3", "um**3", "nL", "uL", "mL", "L", "m**3"),
    ("fg", "pg", "ng", "ug", "mg", "g", "kg"),
    ("s", "min", "h", "d"),
    ("1/d", "1/h", "1/s"),
    ("ng/mL", "ug/mL", "mg/mL", "g/mL"),
    ("pmol/L", "nmol/L", "umol/L", "mmol/L", "mol/L"),
    ("fmol", "pmol", "nmol", "umol", "mmol", "mol"),
    ("g/mol", "kg/mol"),
    ("L/mol",),
    ("mL/g", "L/g"),
    ("L/mmol",),
    ("m**2/g",),
    ("nmol/g", "umol/g", "mmol/g"),
    ("1/g",),
    ("1/L", "1/mL"),
    ("1/nm**2",),
    ("cm**2/s",),
    ("cm/s",),
    ("Pa", "kPa", "MPa"),
    ("J/mol", "kJ/mol"),
    ("MPa**0.5",),
    ("mV", "V"),
    ("mg/d", "g/d"),
    ("K",),
)
_BENCH = {
    "kg/kg": "g/g", "m**3/m**3": "mL/mL", "m": "nm", "m**2": "nm**2", "m**3": "mL", "kg": "mg", "s": "h", "1/s": "1/h",
    "kg/m**3": "mg/mL", "mol/m**3": "mmol/L", "1/m**3": "1/mL", "kg/mol": "g/mol", "m**3/mol": "L/mol",
    "m**3/kg": "mL/g", "m**2/kg": "m**2/g", "mol/kg": "mmol/g", "1/kg": "1/g", "1/m**2": "1/nm**2",
    "m**2/s": "cm**2/s", "m/s": "cm/s", "kg/s": "mg/d", "Pa**0.5": "MPa**0.5",
}  # fmt: skip
_LIST = re.compile(r"\s*[;,]\s*")
_ONE_COMMA = re.compile(r"[+-]?\d+,\d+")  # 1,5 may be a decimal comma
_PER = re.compile(r"(\s*[+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*/\s*(?=[^\W\d])")  # 5e11/mL
_YES = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_MOST_ROWS = 10_000


class InputError(FormulateError, ValueError):
    """What was given for an input of a calculator cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)  # positional: must survive pickling
        self.name, self.problem = name, problem

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


@dataclass(frozen=True)
class Input:
    """One input of a calculator: a quantity, several as one input, a choice, a whole number, yes or no, or a word."""

    name: str
    kind: str
    text: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True
    default: Any = None

    @property
    def label(self) -> str:
        """The name as the command line shows it."""
        return self.name.replace("_", "-")

    @property
    def need(self) -> str:
        """What is accepted, in words."""
        match self.kind:
            case "choice":
                return " or ".join(self.choices) if len(self.choices) < 4 else "one of " + ", ".join(self.choices)
            case "switch":
                return "yes or no"
            case "count":
                return "a whole number"
            case "text":
                return "a word"
        if self.unit in ("", "1"):
            return "a number"
        return f"a number with a unit such as {shown(self.unit)}"

    def read(self, given: Any) -> "Given":
        """Give what a user entered as numbers in the unit of the kernel; refused in one line that names the input."""
        try:
            rows = self._rows(given)
        except UnitError as error:
            raise InputError(self.label, str(error)) from None
        many = self.kind != "numbers" and len(rows) != 1
        values = rows if many else (tuple(rows) if self.kind == "numbers" else rows[0])
        return Given(self, _as_text(given), values, len(rows) if many else 1)

    def _rows(self, given: Any) -> list[Any]:
        if isinstance(given, str):
            parts = [given] if self.kind in ("choice", "switch", "text") else split(given)
        elif isinstance(given, Iterable):
            parts = list(given)
        else:
            parts = [given]
        if not parts:
            raise UnitError("", "nothing given", self.need)
        if len(parts) > _MOST_ROWS:
            raise UnitError(str(parts[0]), f"{len(parts)} values", f"at most {_MOST_ROWS}")
        return [self._one(part) for part in parts]

    def _one(self, part: Any) -> Any:
        if self.kind in ("choice", "switch"):
            word = "yes" if part is True else "no" if part is False else str(part).strip()
            known = {_bare(name): name for name in self.choices} if self.kind == "choice" else dict(_YES)
            if _bare(word) not in known:
                near = f"; nearest: {nearest(word, self.choices)[0]}" if self.choices else ""
                raise UnitError(word, f"not accepted{near}", self.need)
            return known[_bare(word)]
        if self.kind == "text":
            return str(part).strip()
        value = quantity(part, self.unit or "1", self.name)
        if self.kind == "count":
            if value != int(value):
                raise UnitError(_as_text(part), "not whole", self.need)
            return int(value)
        return value


@dataclass(frozen=True, eq=False)
class Given:
    """What a user gave for an input: their words, and one value, or one for each row."""

    input: Input
    text: str
    values: Any
    rows: int

    def row(self, number: int) -> Any:
        """Give the value of a row."""
        return self.values[number] if self.rows > 1 else self.values


def input_of(item: Described, *, required: bool, default: Any) -> Input:
    """Give an input from its description; an empty kind where nobody could enter it."""
    choices = tuple(re.findall(r'"([^"]+)"', item.type)) if item.type.startswith("{") else ()
    text = f"{item.text}{'. ' if item.more[:1].isupper() else '; '}{item.more}" if item.more else item.text
    return Input(item.name, "choice" if choices else _kind(item.type), text, item.unit, choices, required, default)


def _kind(described: str) -> str:
    if described.startswith(("sequence", "tuple of", "list of")):
        return "numbers"
    if described.startswith("array_like"):
        shape = re.search(r"shape \(([^)]*)\)", described)
        rows = {"draws", "times", "1", "rows", ""}
        return "number" if shape is None or {part.strip() for part in shape[1].split(",")} <= rows else "numbers"
    kinds = {"float": "number", "int": "count", "bool": "switch", "str": "text"}
    return next((kind for name, kind in kinds.items() if re.match(rf"{name}\b", described)), "")


def split(text: str) -> list[str]:
    """Give the values of a list; those without a unit take that of the last.

    >>> split("50, 100, 200 nm")
    ['50 nm', '100 nm', '200 nm']
    >>> split("1,5 nm")
    Traceback (most recent call last):
    materials.errors.UnitError: '1,5 nm': decimal comma or two values; need 1.5 with a point, or 1, 5 with a blank
    """
    stripped = text.strip()
    number = _ONE_COMMA.match(stripped)
    if number and "," not in stripped[number.end() :] and ";" not in stripped:
        one, two = number.group().split(",")
        raise UnitError(text, "decimal comma or two values", f"{one}.{two} with a point, or {one}, {two} with a blank")
    parts = [part for part in _LIST.split(stripped) if part]
    if not parts:
        return [text]
    unit = units.unit_of(parts[-1])
    return [part if units.unit_of(part) or not unit else f"{part} {unit}" for part in parts]


def quantity(given: Any, unit: str, name: str = "") -> float:
    """Give a number in `unit` from a text with a unit of any size; a number alone only where the unit is 1.

    >>> quantity("100 nm", "m"), quantity("25 %", "kg/kg"), quantity(7.4, "1"), quantity("5e11/mL", "1/m**3")
    (1e-07, 0.25, 7.4, 5e+17)
    """
    if not isinstance(given, str):
        if isinstance(given, bool) or not hasattr(given, "__float__"):
            raise UnitError(_as_text(given), "no quantity", _need(unit))
        given = repr(float(given))
    text = _PER.sub(r"\1 1/", given) if _PER.match(given) else given
    if not is_ratio(unit):
        return _without_noise(units.convert(units.parse(text, shown(unit)), unit))
    written = units.unit_of(text)
    bare = text.strip().removesuffix(written)
    try:
        number = units.parse(bare, "1")
    except UnitError as error:
        raise UnitError(given, error.reason, _need(unit)) from None
    if unit != "1" and not written:
        raise UnitError(given, "no unit", _need(unit))
    kind, factor = _ratio(given, written, unit)
    wanted = _ratio_kind(unit) or _said_by(name)
    if kind and wanted and kind != wanted:
        raise UnitError(given, f"a ratio by {kind}, not by {wanted}", _need(unit, wanted))
    return _without_noise(number * factor)


def _without_noise(value: float) -> float:
    """Give a number without what the factor of its unit left in the sixteenth digit: 10 um is 1e-5 m."""
    return float(f"{value:.15g}")


def is_ratio(unit: str) -> bool:
    """Tell whether a unit is that of a pure number.

    >>> is_ratio("1"), is_ratio("kg/kg"), is_ratio("m"), is_ratio("kg/m**3")
    (True, True, False, False)
    """
    above, _, below = unit.partition("/")
    return unit == "1" or above == below


def _ratio(given: str, written: str, unit: str) -> tuple[str, float]:
    """Give what a ratio is by (mass, volume, mole, or nothing), and its factor."""
    if written in _RATIO_NAMES:
        return _RATIO_NAMES[written]
    above, slash, below = written.partition("/")
    if slash and above != "1":
        try:
            kinds = [str(units.registry().Quantity(1.0, side).dimensionality) for side in (above, below)]
            factor = units.si_factor(written)
        except UnitError as error:
            raise UnitError(given, error.reason, _need(unit)) from None
        except Exception:  # pint raises tokenizer, attribute and arithmetic errors of many kinds
            raise UnitError(given, f"cannot read the unit {units.shorten_unit(written)}", _need(unit)) from None
        if kinds[0] == kinds[1] != "dimensionless":
            return _RATIO_OF.get(kinds[0], "other"), factor
    raise UnitError(given, f"unit {units.shorten_unit(written)} is not that of a pure number", _need(unit))


def _ratio_kind(unit: str) -> str:
    return (
        ""
        if unit == "1"
        else _RATIO_OF.get(str(units.registry().Quantity(1.0, unit.partition("/")[0]).dimensionality), "")
    )


def _said_by(name: str) -> str:
    found = _SAID_BY_NAME.search(name)
    return (found[1] or "") if found else ""


def _need(unit: str, kind: str = "") -> str:
    if unit == "1":
        names = {"mass": "g/g or percent_w_w", "volume": "mL/mL or percent_v_v", "mole": "mol/mol or mol%"}
        return f"a plain number, %, {names[kind]}" if kind else "a plain number, or a share with % or ppm"
    if is_ratio(unit):
        return f"a number with {shown(unit)} or %"
    return f"a number with a unit such as {shown(unit)}"


def shown(unit: str) -> str:
    """Give a unit of the bench for a unit of the kernels.

    >>> shown("kg/kg"), shown("m"), shown("kg/m**3"), shown("J/mol"), shown("1")
    ('g/g', 'nm', 'mg/mL', 'J/mol', '1')
    """
    return _BENCH.get(unit, unit)


def fitting_unit(value: float, unit: str) -> str:
    """Give the unit in which a value reads well.

    >>> fitting_unit(1e-7, "m"), fitting_unit(2e6, "1/kg"), fitting_unit(0.2, "kg/kg"), fitting_unit(3.0, "V")
    ('nm', '1/g', 'g/g', 'V')
    """
    if is_ratio(unit):
        return shown(unit)
    ladder = next((steps for steps in _LADDERS if same_kind(steps[0], unit)), ())
    if not ladder:
        return unit
    if not math.isfinite(value) or value == 0.0:
        return ladder[0]
    sizes = {step: float(f"{abs(in_unit(value, unit, step)):.9g}") for step in ladder}
    return next((step for step in reversed(ladder) if sizes[step] >= 1.0), ladder[0])


def same_kind(one: str, other: str) -> bool:
    """Tell whether two units measure the same.

    >>> same_kind("nm", "m"), same_kind("g/g", "percent"), same_kind("g/g", "mL/mL"), same_kind("nm", "s")
    (True, True, False, False)
    """
    registry = units.registry()
    if is_ratio(one) or one in _RATIO_NAMES or is_ratio(other) or other in _RATIO_NAMES:
        try:
            kinds = [_ratio(unit, unit, "1")[0] for unit in (one, other)]
        except UnitError:
            return False
        return kinds[0] == kinds[1] or "" in kinds
    return bool(registry.Quantity(1.0, one).dimensionality == registry.Quantity(1.0, other).dimensionality)


def in_unit(value: Any, unit: str, wanted: str) -> Any:
    """Give a value or an array of `unit` in the `wanted` unit of the same kind.

    >>> in_unit(1e-7, "m", "nm"), in_unit(0.25, "kg/kg", "%"), in_unit(310.15, "K", "degC")
    (100.0, 25.0, 37.0)
    """
    if wanted == unit:
        return value
    if is_ratio(unit):
        return value / _ratio(wanted, wanted, unit)[1]
    return units.convert(value * units.si_factor(unit), wanted)


def checked_unit(wanted: str) -> str:
    """Give a unit that a user names for a result, or refuse it."""
    if wanted in _RATIO_NAMES:
        return wanted
    try:
        if wanted != "degC":
            units.si_factor(wanted)
    except UnitError as error:
        raise UnitError(wanted, error.reason, "a unit of the result, such as nm or mg/mL") from None
    except Exception:  # pint raises tokenizer, attribute and arithmetic errors of many kinds
        raise UnitError(shorten(wanted), "cannot read the unit", "a unit of the result, such as nm or mg/mL") from None
    return wanted


def _bare(word: str) -> str:
    return word.casefold().replace("_", "-")


def _as_text(given: Any) -> str:
    if isinstance(given, str):
        return given.strip()
    if isinstance(given, Iterable):
        return ", ".join(_as_text(part) for part in given)
    return str(given)
