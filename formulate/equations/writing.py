"""How benches and papers write a number with its unit, put into the one notation that `materials.units` reads.

Only the notation changes here: what a unit measures, and whether it fits, is judged by `formulate.equations.entry`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from materials.errors import UnitError

_PLAIN = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_POWER = r"(?:\^|\*\*)\s*[({]?\s*(?P<power>[+-]?\d+(?:\.\d+)?)\s*[)}]?"
_NUMBERS = (
    # 1x10^-12, 1*10**-12, and 1x10-12, whose raised sign was lost in copying
    re.compile(rf"(?P<number>{_PLAIN})\s*[x*]\s*10\s*(?:{_POWER}|(?P<lost>[+-]\d+))", re.ASCII),
    re.compile(rf"(?P<sign>[+-]?)10\s*{_POWER}", re.ASCII),  # 10^-10.52
    re.compile(rf"{_PLAIN}(?:[eE][+-]?\d+)?", re.ASCII),
)
_RAISED = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED_RUN = re.compile(rf"(?:\^|\*\*)?([{_RAISED}]+)")
_ON_THE_LINE = str.maketrans(_RAISED, "+-0123456789")
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "℃": "degC"}
    | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
)
_DEGREES = re.compile(r"[°º]\s?C\b")
_ROOT = re.compile(r"\s*(?:\^|\*\*)\s*(?:\(\s*1/2\s*\)|\{1/2\}|1/2|½)(?![\w.])|½|(?<=[A-Za-z)])(?:1/2|0\.5)(?![\w.])")
_BRACED = re.compile(r"(?:\^|\*\*)\s*[({]\s*([+-]?\d+(?:\.\d+)?)\s*[)}]")
_GLUED = re.compile(r"(?<![\w.])([^\W\d_]+)([2-9]|-[1-9])(?![\w.])")  # cm2/s, g cm-3
_PER_ONE = re.compile(r"([^\W\d]\w*)[ *]+([^\W\d]\w*)(?:\*\*|\^)-1")  # mg g**-1
_PARTS = re.compile(r"(.+?)\s*:\s*(\S.*)", re.DOTALL)
_QUOTIENT = re.compile(r"([^/]+?)\s*/\s*(\d[^/]*|\.\d[^/]*)", re.DOTALL)
_ONE_NAME = re.compile(r"[^\W\d]\w*(?:\*\*[2-9])?|")
_OF = {"w": "w", "wt": "w", "m": "w", "mass": "w", "weight": "w", "v": "v", "vol": "v", "volume": "v"}
_SHARE_OF = re.compile(r"(?:%|percent)\s*\(?\s*([a-z]+)\s*/\s*([a-z]+)\s*\)?|\(?([a-z]+)/([a-z]+)\)?\s*%", re.I)
_SHARE_BY = re.compile(r"(wt|weight|mass|vol|volume|mol|mole)\.?[\s-]*(?:%|percent)|%\s*by\s+(\w+)", re.I)
_BY = {"wt": "wt%", "weight": "wt%", "mass": "wt%", "vol": "vol%", "volume": "vol%", "mol": "mol%", "mole": "mol%"}
_LONGEST = 200  # characters; no quantity is longer

_BETWEEN = re.compile(r"\s*[;,]\s*")
_ONE_COMMA = re.compile(r"([+-]?\d+),(\d+)")  # 1,5 may be a decimal comma
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?![\d,])")
_INSIDE = re.compile(r"\d,\d")
_AFTER = re.compile(r";|,\s")


@dataclass(frozen=True)
class Written:
    """A number and its unit as they are written; no number where the text does not begin with one."""

    number: str
    unit: str
    in_parts: bool = False  # 1:8


def read(text: str) -> Written:
    """Give number and unit of a text in one notation.

    >>> read("1×10⁻¹² cm2/s"), read("10^-2 g·cm⁻³")
    (Written(number='1e-12', unit='cm**2/s', in_parts=False), Written(number='1e-2', unit='g*cm**-3', in_parts=False))
    >>> read("10 mg/50 mg"), read("1:8 g/g")
    (Written(number='0.2', unit='mg/mg', in_parts=False), Written(number='0.125', unit='g/g', in_parts=True))
    """
    plain = _plain(text)
    if plain is None:
        return Written("", text.strip())
    for pattern, in_parts in ((_PARTS, True), (_QUOTIENT, False)):
        halves = pattern.fullmatch(plain)
        if halves is None:
            continue
        above, below = (_number_and_unit(half) for half in halves.groups())
        if in_parts and above.unit:
            continue
        if not in_parts and not (_ONE_NAME.fullmatch(above.unit) and _ONE_NAME.fullmatch(below.unit)):
            continue
        if not in_parts and bool(above.unit) != bool(below.unit):
            continue  # 5/2 mL may be 2.5 mL or 2.5 per mL
        if above.number and below.number and float(below.number) != 0.0:
            unit = below.unit if in_parts else "/".join(filter(None, (above.unit, below.unit)))
            return Written(repr(float(above.number) / float(below.number)), unit, in_parts)
    return _number_and_unit(plain)


def _plain(text: str) -> str | None:
    """Give a text without signs that have a plain form; None where nothing is to be read in it."""
    if len(text) > _LONGEST:
        return None
    plain = _DEGREES.sub("degC", _ROOT.sub("**0.5", text.translate(_SIGNS)))
    plain = _RAISED_RUN.sub(lambda found: f"**{found[1].translate(_ON_THE_LINE)}", plain).strip()
    return None if any(sign.isdigit() and not sign.isascii() for sign in plain) else plain


def _number_and_unit(plain: str) -> Written:
    for pattern in _NUMBERS:
        found = pattern.match(plain)
        if found:
            return Written(_number(found), unit(plain[found.end() :]))
    return Written("", plain)


def _number(found: re.Match[str]) -> str:
    parts = found.groupdict()
    power = parts.get("power") or parts.get("lost")
    if power is None:
        return found[0]
    if "." not in power:
        return f"{parts.get('number') or parts.get('sign', '') + '1'}e{power}"
    scale = 10.0 ** max(-400.0, min(float(power), 300.0))
    return repr(scale * float(parts.get("number") or parts.get("sign", "") + "1")) if float(power) < 300.0 else "1e999"


def unit(text: str) -> str:
    """Give a unit in one notation.

    >>> unit("nm2"), unit("g cm-3"), unit("MPa^(1/2)"), unit("% (w/v)"), unit("per mL"), unit("mg·g⁻¹")
    ('nm**2', 'g cm**-3', 'MPa**0.5', '% w/v', '1/mL', 'mg/g')
    """
    plain = _plain(text)
    if plain is None:
        return text.strip()
    share = _SHARE_OF.fullmatch(plain)
    if share:
        above, below = (_OF.get(word.lower(), "") for word in share.groups() if word)
        return f"% {above}/{below}" if above and below else plain
    by = _SHARE_BY.fullmatch(plain)
    if by:
        return _BY.get((by[1] or by[2]).lower(), plain)
    plain = re.sub(r"\s*\bper\b\s*", "/", plain)
    plain = _GLUED.sub(r"\1**\2", _BRACED.sub(r"**\1", plain))
    plain = re.sub(r"\s*([*/^]+)\s*", r"\1", plain)
    if plain.startswith("/"):
        plain = f"1{plain}"
    return _PER_ONE.sub(r"\1/\2", plain) if _PER_ONE.fullmatch(plain) else plain


def split(text: str, *, counted: bool = False) -> list[str]:
    """Give the values of a list; those without a unit take that of the last. Commas that may mean more are refused.

    >>> split("50, 100, 200 nm")
    ['50 nm', '100 nm', '200 nm']
    >>> split("1,5 nm")
    Traceback (most recent call last):
    materials.errors.UnitError: '1,5 nm': decimal comma or two values; need 1.5 with a point, or 1, 5 with a blank
    """
    stripped = text.strip()
    _refuse_unclear_commas(text, stripped, counted)
    parts = [part for part in _BETWEEN.split(stripped) if part]
    if not parts:
        return [text]
    last = _unit_as_written(parts[-1])
    return [part if _unit_as_written(part) or not last else f"{part} {last}" for part in parts]


def _unit_as_written(part: str) -> str:
    return read(part).unit


def _refuse_unclear_commas(text: str, stripped: str, counted: bool) -> None:
    one = _ONE_COMMA.match(stripped)
    if one and "," not in stripped[one.end() :] and ";" not in stripped:
        need = f"{one[1]}.{one[2]} with a point, or {one[1]}, {one[2]} with a blank"
        if len(one[2]) == 3:
            raise UnitError(text, "thousands, decimal comma or two values", f"{one[1]}{one[2]}, {need}")
        raise UnitError(text, "decimal comma or two values", need)
    many = _THOUSANDS.match(stripped)
    if many:
        groups = many[0].split(",")
        rising = all(int(low) < int(high) for low, high in pairwise(groups))
        if counted or not rising or any(group.startswith("0") for group in groups[1:]):
            need = f"{''.join(groups)}, or blanks after the commas between values"
            raise UnitError(text, "thousands separators or several values", need)
    if _INSIDE.search(stripped) and _AFTER.search(stripped):
        need = "numbers with a point and without commas, and a blank after each comma between values"
        raise UnitError(text, "commas inside numbers or between them", need)
