"""What a user enters for a calculator becomes numbers in the unit of the kernel; refused in words where it cannot."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from formulate.equations import writing
from formulate.equations.docstrings import Described
from formulate.equations.units import is_ratio, log_of, ratio, ratio_kind, readable, shown
from materials import units
from materials.errors import FormulateError, UnitError, nearest

# inputs that are a ratio of one thing to another, so that 10 % of the whole is not 0.1 of it
_TO_THE_REST = re.compile(r"(?:^|_)(?:ratio|to|per|needed|uptake|capacity|grafted_mass|chloride_equivalent)(?:_|$)")
_FROM_A_SHARE = {"feed_ratio": "feed-ratio-from-feed-share", "drug_to_carrier": "drug-to-carrier"}
_BY = {"mass": "g/g", "volume": "mL/mL", "mole": "mol/mol"}
_SAID_BY_NAME = re.compile(r"(mass|volume|mole)_(?:fraction|share|ratio)|(mass|volume|mole)_per_")
_PERCENT_PER = re.compile(r"(?:%|percent)/")  # 10 %/h is 0.1/h
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
        return _need(self.unit) if log_of(self.unit) else f"a number with a unit such as {shown(self.unit)}"

    def read(self, given: Any) -> "Given":
        """Give what a user entered as numbers in the unit of the kernel; refused in one line that names the input."""
        try:
            rows = self._rows(given)
        except UnitError as error:
            raise InputError(self.label, str(error)) from None
        many = self.kind != "numbers" and len(rows) != 1
        read = [value for value, _ in rows]
        values = read if many else (tuple(read) if self.kind == "numbers" else read[0])
        return Given(self, _as_text(given), values, len(rows) if many else 1, tuple(unit for _, unit in rows))

    def _rows(self, given: Any) -> list[tuple[Any, str]]:
        if isinstance(given, str):
            counted = self.kind != "numbers" and (self.unit == "1" or self.unit.startswith("1/"))
            words = self.kind in ("choice", "switch", "text")
            parts = [given] if words else writing.split(given, counted=counted)
        elif isinstance(given, Iterable):
            parts = list(given)
        else:
            parts = [given]
        if not parts:
            raise UnitError("", "nothing given", self.need)
        if len(parts) > _MOST_ROWS:
            raise UnitError(str(parts[0]), f"{len(parts)} values", f"at most {_MOST_ROWS}")
        return [self._one(part) for part in parts]

    def _one(self, part: Any) -> tuple[Any, str]:
        """Give a value in the unit of the kernel, and the unit it was written in."""
        if self.kind in ("choice", "switch"):
            word = "yes" if part is True else "no" if part is False else str(part).strip()
            known = {_bare(name): name for name in self.choices} if self.kind == "choice" else dict(_YES)
            if _bare(word) not in known:
                near = f"; nearest: {nearest(word, self.choices)[0]}" if self.choices else ""
                raise UnitError(word, f"not accepted{near}", self.need)
            return known[_bare(word)], ""
        if self.kind == "text":
            return str(part).strip(), ""
        value, unit = measured(part, self.unit or "1", self.name)
        if self.kind == "count":
            if value != int(value):
                raise UnitError(_as_text(part), "not whole", self.need)
            return int(value), ""
        return value, unit


@dataclass(frozen=True, eq=False)
class Given:
    """What a user gave for an input: their words, one value or one for each row, and the units they wrote."""

    input: Input
    text: str
    values: Any
    rows: int
    units: tuple[str, ...] = ()

    def row(self, number: int) -> Any:
        """Give the value of a row."""
        return self.values[number] if self.rows > 1 else self.values

    def unit(self, number: int) -> str:
        """Give the unit in which the value of a row was written."""
        return self.units[number if self.rows > 1 else 0] if self.units else ""


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


def quantity(given: Any, unit: str, name: str = "") -> float:
    """Give a number in `unit` from a text with a unit of any size; a number alone only where the unit is 1.

    >>> quantity("100 nm", "m"), quantity("25 %", "kg/kg"), quantity(7.4, "1"), quantity("5e11/mL", "1/m**3")
    (1e-07, 0.25, 7.4, 5e+17)
    >>> quantity("600 rpm", "1/s"), quantity("10^-2 cm/s", "m/s"), quantity("1:8", "kg/kg"), quantity("4 kDa", "kg/mol")
    (10.0, 0.0001, 0.125, 4.0)
    """
    return measured(given, unit, name)[0]


def measured(given: Any, unit: str, name: str = "") -> tuple[float, str]:
    """Give a number in `unit`, and the unit it was written in."""
    if not isinstance(given, str):
        if isinstance(given, bool) or not hasattr(given, "__float__"):
            raise UnitError(_as_text(given), "no quantity", _need(unit))
        given = repr(float(given))
    written = writing.read(given)
    try:
        if not written.number:
            units.parse(given, "1")  # says what is wrong with a text that does not begin with a number
            raise UnitError(given, "cannot be read", "")
        read = _logarithm if log_of(unit) else _share if is_ratio(unit) else _dimensioned
        value = read(written, unit, name)
        if not math.isfinite(value):
            raise UnitError(given, "not a finite number", "")
    except UnitError as error:
        own_need = error.need if isinstance(error, _AdviceError) else ""
        raise UnitError(given, error.reason, own_need or _need(unit)) from None
    return float(f"{value:.15g}"), written.unit  # the factor of a unit leaves noise in the sixteenth digit


class _AdviceError(UnitError):
    """Says itself what is needed instead."""

    def __init__(self, reason: str, need: str) -> None:
        super().__init__("", reason, need)


def _number(written: writing.Written) -> float:
    return units.parse(written.number, "1")


def _dimensioned(written: writing.Written, unit: str, name: str) -> float:
    if written.in_parts:
        raise UnitError("", "a ratio", "")
    inner = log_of(written.unit)
    own = inner or written.unit
    percent = _PERCENT_PER.match(own) if unit.startswith("1/s") else None
    try:
        plain = readable(f"1/{own[percent.end() :]}" if percent else own, unit, name)
    except UnitError as error:
        raise _AdviceError(error.reason, error.need) from None
    number = (_ten_to(_number(written)) if inner else _number(written)) * (0.01 if percent else 1.0)
    try:
        return units.convert(units.parse(f"{number!r} {plain}", shown(unit)), unit)
    except UnitError as error:
        told = error.reason.replace(units.shorten_unit(plain), units.shorten_unit(own)) if plain else error.reason
        raise UnitError("", told, "") from None


def _ten_to(power: float) -> float:
    if power > 308.0:
        raise UnitError("", "not a finite number", "")
    return float(10.0**power)


def _logarithm(written: writing.Written, unit: str, name: str) -> float:
    """Give a logarithm from a number alone, one in another unit, or the quantity itself."""
    number, inner = _number(written), log_of(unit)
    if written.unit in ("", "log10"):
        return number
    own = log_of(written.unit)
    if own:
        return number + math.log10(_dimensioned(writing.Written("1", own), inner, name))
    value = _dimensioned(written, inner, name)
    if value <= 0.0:
        raise UnitError("", "no logarithm of what is not above 0", "")
    return math.log10(value)


def _share(written: writing.Written, unit: str, name: str) -> float:
    number = _number(written)
    to_the_rest = bool(_TO_THE_REST.search(name))
    if written.in_parts:
        if name and not to_the_rest:
            raise UnitError("", "parts, and it is not plain of what", "")
        if unit == "mol/mol" and not written.unit:
            raise _AdviceError("by mole or by mass is not said", "the same with mol/mol, or g/g for `molar-ratio`")
    elif unit != "1" and not written.unit:
        raise UnitError("", "no unit", "")
    kind, factor = ratio(written.unit)
    wanted = ratio_kind(unit) or _said_by(name)
    if kind and wanted and kind != wanted:
        raise _AdviceError(f"a ratio by {kind}, not by {wanted}", _need(unit, wanted))
    share = number * factor
    if to_the_rest and kind and factor == 0.01:
        whole = f"{share / (1.0 - share):.4g} {_BY[kind]} if of the whole, " if 0.0 <= share < 1.0 else ""
        other = f"; see {_FROM_A_SHARE[name]}" if name in _FROM_A_SHARE else ""
        need = f"{whole}{share:.4g} {_BY[kind]} if of the rest alone{other}"
        raise _AdviceError(f"{written.unit} does not say whether of the whole or of the rest", need)
    return share if unit != "%" else share / 0.01


def _said_by(name: str) -> str:
    found = _SAID_BY_NAME.search(name)
    return (found[1] or found[2]) if found else ""


def _need(unit: str, kind: str = "") -> str:
    if log_of(unit):
        return f"a number, the log10 of it in {log_of(unit)}"
    if unit == "1":
        names = {"mass": "g/g or percent_w_w", "volume": "mL/mL or percent_v_v", "mole": "mol/mol or mol%"}
        return f"a plain number, %, {names[kind]}" if kind else "a plain number, or a share with % or ppm"
    if unit == "%":
        return "a number with %"
    if is_ratio(unit):
        return f"a number with {shown(unit)} or %"
    return f"a number with a unit such as {shown(unit)}"


def _bare(word: str) -> str:
    return word.casefold().replace("_", "-")


def _as_text(given: Any) -> str:
    if isinstance(given, str):
        return given.strip()
    if isinstance(given, Iterable):
        return ", ".join(_as_text(part) for part in given)
    return str(given)
