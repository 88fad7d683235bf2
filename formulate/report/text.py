"""Numbers and estimates as a reader sees them, in the terminal and in a report alike."""

import math
import re

from formulate.estimate import Estimate
from materials.units import si_factor

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TIME_UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 0.0))
_TIMES = frozenset(("s", "min", "h", "d", "day"))
_WORDS = {
    "1": "", "percent": "%", "percent_w_w": "% w/w", "percent_v_v": "% v/v", "day": "d", "1/day": "1/d",
    "degC": "°C", "log10": "log₁₀", "log10(L/kg)": "log₁₀(L/kg)",
}  # fmt: skip
_MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:mol|m|g|L|M)(?![A-Za-z]))")
_MICRO_IN_PROSE = re.compile(r"(?<=\d )u(?=(?:mol|m|g|L)\b)|(?<=\d 1/)u(?=(?:g|L)\b)")
_TIMES_IN_UNIT = re.compile(r"(?<=[A-Za-z])\*(?=(?:s|h|d|day|K)\b)")
_BARE_PERCENT = re.compile(r"(?<=\d)%")
_POWER_OF_TEN = re.compile(r"(?<![\w.])\d+(?:\.\d+)?e[+-]\d{2}(?!\w)")
_POWER = re.compile(r"(?:\^|\*\*)(-?\d+)")
NO_NUMBER = "–"
MOST_DIGITS = 6  # of a number that someone wrote down


def number(value: float, digits: int = 3) -> str:
    """Give a number with three significant digits, in powers of ten only below 0.001 and from 100 000 on.

    >>> number(52910.1, 6)
    '52910.1'
    >>> number(8.800275), number(9470.2), number(7409450.3), number(0.00002), number(0)
    ('8.8', '9470', '7.41×10⁶', '2×10⁻⁵', '0')
    """
    if not math.isfinite(value):
        raise ValueError(f"{value}: not a finite number; need a reason in its place")
    return _written(float(f"{value:.{digits}g}"), digits)


def any_number(value: float, digits: int = 4) -> str:
    """Give a number, a sign for what has no end, a dash for what is not known.

    >>> any_number(0.25), any_number(float("inf")), any_number(float("nan"))
    ('0.25', '∞', '–')
    """
    if math.isnan(value):
        return NO_NUMBER
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return number(value, digits)


def interval_text(low: float, high: float, digits: int = 4) -> str:
    """Give an interval, whose ends may be open or not known.

    >>> interval_text(1.0, float("inf")), interval_text(float("nan"), float("nan"))
    ('1 to ∞', '–')
    """
    if math.isnan(low) and math.isnan(high):
        return NO_NUMBER
    return f"{any_number(low, digits)} to {any_number(high, digits)}"


def weight_text(weight: float) -> str:
    """Give the weight of one model among several.

    >>> weight_text(0.973), weight_text(0.0029), weight_text(3e-16)
    ('97 %', '0.29 %', '< 0.01 %')
    """
    if math.isnan(weight):
        return NO_NUMBER
    if weight >= 0.0995:
        return f"{100.0 * weight:.0f} %"
    return f"{100.0 * weight:.2g} %" if weight >= 1e-4 else "< 0.01 %"


def source_number(value: float) -> str:
    """Give a number with every digit its source gives.

    >>> source_number(0.003466), source_number(2.2e6)
    ('0.003466', '2.2×10⁶')
    """
    return _written(value, 12)


def input_number(value: float) -> str:
    """Give an input as its source has it; one that was computed, and has no end of digits, with four of them.

    >>> input_number(488.005), input_number(71.55791218597173)
    ('488.005', '71.56')
    """
    told = source_number(value)
    digits = told.partition("×")[0].lstrip("−0.").replace(".", "")
    return number(value, 4) if len(digits) > MOST_DIGITS else told


def _written(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if 1e-3 <= size < 1e5:
        return sign + repr(size).removesuffix(".0")  # the shortest decimals that are this number
    mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{sign}{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def unit_text(unit: str) -> str:
    """Give a unit as it is read; a pure number has none.

    >>> unit_text("umol/L"), unit_text("percent_w_w"), unit_text("m^2/s"), unit_text("nmol*h/L"), unit_text("1")
    ('µmol/L', '% w/w', 'm²/s', 'nmol·h/L', '')
    """
    if unit in _WORDS:
        return _WORDS[unit]
    powers = _POWER.sub(lambda match: match.group(1).translate(_SUPERSCRIPTS), unit)
    return _TIMES_IN_UNIT.sub("·", _MICRO.sub("µ", powers))


def quantity_text(text: str) -> str:
    """Give a quantity a user wrote with its unit as it is read.

    >>> quantity_text("0.1 umol/L")
    '0.1 µmol/L'
    """
    head, space, unit = text.strip().partition(" ")
    return f"{head}{space}{unit_text(unit)}" if unit else head


def prose(text: str) -> str:
    """Give a text with the units and powers of ten in it as they are read; its words and other numbers stay.

    >>> prose("microspheres of 45 um, 37 degC"), prose("0.9 mPa*s in 24% of the draws"), prose("up to 3e+10 1/ug")
    ('microspheres of 45 µm, 37 °C', '0.9 mPa·s in 24 % of the draws', 'up to 3×10¹⁰ 1/µg')
    """
    text = _MICRO_IN_PROSE.sub("µ", text).replace("degC", "°C")
    text = _POWER_OF_TEN.sub(lambda match: source_number(float(match.group())), text)
    return _BARE_PERCENT.sub(" %", _TIMES_IN_UNIT.sub("·", text))


def route_text(route: str) -> str:
    """Give a route of administration in words.

    >>> route_text("intra-articular"), route_text("local-bone")
    ('intra-articular', 'local bone')
    """
    return route if route.startswith("intra-") else route.replace("-", " ")


def lower_first(text: str) -> str:
    """Give a name as it stands inside a sentence; an abbreviation keeps its capitals.

    >>> lower_first("Knee joint"), lower_first("PLGA microspheres")
    ('knee joint', 'PLGA microspheres')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def share_text(share: float) -> str:
    """Give a share of 1 in percent: whole, except that what is not 0 or 1 is never shown as 0 or 100 %.

    >>> share_text(0.632), share_text(0.001), share_text(0.0), share_text(0.9999)
    ('63 %', '<1 %', '0 %', '>99 %')
    """
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def duration_text(seconds: float) -> str:
    """Give a duration in the largest unit that it reaches.

    >>> duration_text(28 * 86400.0), duration_text(5400.0), duration_text(6.2)
    ('28 d', '1.5 h', '6.2 s')
    """
    unit, size = _time_unit(seconds)
    return f"{number(seconds / size)} {unit}"


def estimate_text(estimate: Estimate) -> str:
    """Give an estimate in one line: median with its 80 % band, or the reason why there is none.

    >>> estimate_text(Estimate("t", "t50", "d", 8.8, 4.4, 14.8)), estimate_text(Estimate("t", "t50", "d", .5, .25, 2))
    ('8.8 d (4.4 to 14.8)', '12 h (6 to 48)')
    >>> estimate_text(Estimate("t", "t50", "d", None, 36.0, None, "half is still there", beyond=60.0))
    '>60 d (36 to >60)'
    """
    main, band = estimate_cells(estimate)
    if main == NO_NUMBER:
        return band
    return f"{main} ({band})"


def estimate_cells(estimate: Estimate) -> tuple[str, str]:
    """Give an estimate as two table cells: the median with its unit, and the 80 % band in the same unit.

    A number that does not exist gives a dash and the reason. An end that lies beyond what was computed is
    shown as such; a bound that would need another unit than the rest carries its own.
    """
    if not estimate.exists:
        return NO_NUMBER, estimate.reason or "no number"
    shown, factor = _shown_unit(estimate)
    unit = f" {shown}" if shown else ""
    bound, own_unit = _bound(estimate, shown, factor)
    main = _resolved(estimate, estimate.median, factor) + unit if estimate.median is not None else bound + own_unit
    ends = []
    for end in (estimate.low, estimate.high):
        if end is not None:
            ends.append(_resolved(estimate, end, factor))
        else:  # the main text names the unit of a bound unless the band needs another one
            ends.append(bound if own_unit == unit else bound + own_unit)
    if estimate.high is None and estimate.low is not None and estimate.median is not None and own_unit != unit:
        ends[0] += unit  # ends in two units: both are named
    return main, f"{ends[0]} to {ends[1]}"


def estimate_columns(estimate: Estimate) -> tuple[str, str, str, tuple[float | None, ...]]:
    """Give an estimate as cells of a table with a column of units: median, band, unit, and the three numbers in it.

    >>> estimate_columns(Estimate("t", "t50", "h", 240.0, 120.0, 480.0))
    ('10', '5 to 20', 'd', (10.0, 5.0, 20.0))
    """
    main, band = estimate_cells(estimate)
    if not estimate.exists:
        return main, band, NO_NUMBER, ()
    shown, factor = _shown_unit(estimate)
    values = tuple(None if end is None else end * factor for end in (estimate.median, estimate.low, estimate.high))
    return main.removesuffix(f" {shown}") if shown else main, band, shown or "1", values


def _resolved(estimate: Estimate, value: float, factor: float) -> str:
    """Give a number, or a bound where it is no longer resolved."""
    finest = estimate.within is not None and value <= estimate.within * (1 + 1e-9)
    return ("<" if finest and value > 0 else "") + number(value * factor)


def _bound(estimate: Estimate, shown: str, factor: float) -> tuple[str, str]:
    """Give how the bound is written and its unit: never a horizon of months in seconds."""
    if estimate.beyond is None:
        return "no end", ""
    if estimate.unit in _TIMES:
        seconds = estimate.beyond * si_factor(estimate.unit)
        unit, size = _time_unit(seconds)
        return f">{number(seconds / size)}", f" {unit}"
    return f">{number(estimate.beyond * factor)}", f" {shown}" if shown else ""


def _shown_unit(estimate: Estimate) -> tuple[str, float]:
    """Give the unit to show and the factor to it: times as long as the median, everything else as computed."""
    if estimate.unit not in _TIMES:
        return unit_text(estimate.unit), 1.0
    seconds = si_factor(estimate.unit)
    leading = next((x for x in (estimate.median, estimate.beyond, estimate.high) if x), 0.0)
    unit, size = _time_unit(leading * seconds)
    return unit, seconds / size


def _time_unit(seconds: float) -> tuple[str, float]:
    """Give the largest unit the time reaches once rounded to three digits; no time at all is 0 d."""
    if seconds == 0:
        return "d", 86400.0
    for unit, size in _TIME_UNITS:
        if size and float(f"{seconds / size:.3g}") >= 1:
            return unit, size
    return "s", 1.0
