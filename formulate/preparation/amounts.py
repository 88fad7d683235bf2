"""Amounts of a recipe as a reader sees them, and what a user asks of a batch read into numbers."""

import math

from formulate.report.text import number
from materials.errors import FormulateError, UnitError, shorten
from materials.units import parse

DIGITS = 4
NOT_KNOWN = "__________"
_SCALES = {
    "kg": ((1e-2, 1e3, "g"), (1e-6, 1e6, "mg"), (1e-9, 1e9, "µg"), (0.0, 1e12, "ng")),
    "m**3": ((1e-3, 1e3, "L"), (1e-7, 1e6, "mL"), (0.0, 1e9, "µL")),
}
PER_SI = {name: factor for scale in _SCALES.values() for _, factor, name in scale}  # units an amount is shown in
_EXAMPLES = {"1": "12", "percent": '0.1 or "10%"', "mg": '"2 g"'}


def amount_text(amount: float | None, unit: str) -> str:
    """Give an amount with four digits in the unit that fits it, or a blank to fill in.

    >>> amount_text(12.5e-6, "kg"), amount_text(2e-8, "m**3"), amount_text(2e7, "1"), amount_text(None, "kg")
    ('12.50 mg', '20.00 µL', '2.000×10⁷', '__________')
    """
    if amount is None:
        return NOT_KNOWN
    if unit == "1":
        return _digits(amount)
    factor, name = _scale(amount, unit)
    return f"{_digits(amount * factor)} {name}"


def chosen_text(amount: float, unit: str) -> str:
    """Give an amount that somebody chose as it was chosen, without zeros at its end.

    >>> chosen_text(2e-6, "m**3"), chosen_text(3.2e-6, "kg")
    ('2 mL', '3.2 mg')
    """
    factor, name = _scale(amount, unit)
    return f"{number(amount * factor, DIGITS)} {name}"


def strength_text(value: float) -> str:
    """Give a concentration [kg/m**3].

    >>> strength_text(0.5), strength_text(2e-6)
    ('0.5 mg/mL', '2×10⁻⁶ mg/mL')
    """
    return f"{number(value, DIGITS)} mg/mL"


def doses_text(doses: float) -> str:
    """Give a number of doses: the whole ones, and what is left of one.

    >>> doses_text(12.0), doses_text(1.0), doses_text(53.2)
    ('12 doses', '1 dose', '53 doses and 0.2 of one')
    """
    whole = math.floor(doses + 1e-9)
    rest = doses - whole
    words = f"{whole} dose" if whole == 1 else f"{whole} doses"
    return f"{words} and {number(rest, 2)} of one" if rest >= 0.005 else words


def asked_number(name: str, given: object, unit: str) -> float:
    """Read a number that was asked for, or a text with its unit, in SI.

    Raises
    ------
    FormulateError
        It is neither, or its unit is another; the message names the argument.

    Examples
    --------
    >>> asked_number("overage", "10%", "percent"), asked_number("overage", 0.1, "percent")
    (0.1, 0.1)
    """
    if isinstance(given, str):
        try:
            return parse(given, unit)
        except UnitError as error:
            raise FormulateError(f"{name}: {error}") from None
    try:
        if isinstance(given, bool):
            raise TypeError
        return float(given)  # type: ignore[arg-type]  # a number of any library; what is none is refused below
    except (TypeError, ValueError):
        raise FormulateError(
            f"{name} = {shorten(repr(given))}; need a number or a text such as {_EXAMPLES[unit]}"
        ) from None


def _scale(amount: float, unit: str) -> tuple[float, str]:
    rounded = float(f"{amount:.{DIGITS}g}") * (1 + 1e-9)
    if rounded == 0:
        return _SCALES[unit][1][1:]
    return next((factor, name) for least, factor, name in _SCALES[unit] if rounded >= least)


def _digits(value: float) -> str:
    """Give a number with all four digits, zeros at its end among them."""
    size = float(f"{value:.{DIGITS}g}")
    if size == 0:
        return "0"
    if 1e-3 <= size < 1e5:
        return f"{size:#.{DIGITS}g}".rstrip(".") if size < 1e4 else f"{size:.0f}"
    mantissa, _, exponent = f"{size:.{DIGITS - 1}e}".partition("e")
    return f"{mantissa}×10{number(10.0 ** int(exponent)).partition('×10')[2]}"
