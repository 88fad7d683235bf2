"""Texts with units read as numbers, proved: units by their definitions, the way back, and what must be refused."""

from functools import partial

from formulate.equations.entry import quantity
from formulate.validation.case import Case, Cases, Found, Pair
from materials.errors import UnitError
from materials.units import convert, parse

cases = Cases("units")

# name, text, unit that is expected, its value in SI, what it is by definition
DEFINED = (
    ("body-temperature", "37 degC", "K", 310.15, "the Celsius scale begins at 273.15 K"),
    ("millimetre-of-mercury", "1 mmHg", "Pa", 133.322387415, "13.5951 g/cm3 at 9.80665 m/s2"),
    ("atmosphere", "1 atm", "Pa", 101325.0, "by definition"),
    ("bar", "2 bar", "Pa", 2e5, "by definition"),
    ("pound-per-square-inch", "1 psi", "Pa", 6894.757293168361, "0.45359237 kg at 9.80665 m/s2 on 25.4 mm squared"),
    ("centipoise", "0.6915 cP", "Pa*s", 6.915e-4, "0.001 Pa s"),
    ("dyne-per-centimetre", "72 dyn/cm", "N/m", 0.072, "1e-5 N over 0.01 m"),
    ("calorie", "20 kcal/mol", "J/mol", 83680.0, "4.184 J"),
    ("day", "28 d", "day", 2419200.0, "86 400 s"),
    ("inch", "0.5 inch", "mm", 0.0127, "25.4 mm"),
    ("angstrom", "14 angstrom", "nm", 1.4e-9, "1e-10 m"),
    ("micromolar", "0.1 umol/L", "nmol/L", 1e-4, "1e-6 mol in 1e-3 m3"),
    ("molar-mass", "488 g/mol", "kg/mol", 0.488, "1000 g in a kg"),
    ("percent-by-mass", "8.6 percent_w_w", "percent_w_w", 0.086, "parts in a hundred"),
    ("permeability", "1e-6 cm/s", "m/s", 1e-8, "100 cm in a m"),
    ("diffusivity", "3e-6 cm^2/s", "m^2/s", 3e-10, "10 000 cm2 in a m2"),
    ("flow", "2.3 mL/h", "m^3/s", 2.3e-6 / 3600.0, "1e-6 m3, 3600 s"),
    ("voltage", "-26.3 mV", "V", -0.0263, "1000 mV in a V"),
)  # fmt: skip


def _read(text: str, expected: str, value: float) -> Found:
    return Found(value, parse(text, expected))


cases.add(
    *(
        Case("units", name, f"{text} in SI", "exact", partial(_read, text, unit, value), 1e-12, True, origin=origin)
        for name, text, unit, value, origin in DEFINED
    )
)


@cases.proves("exact", relative=1e-12, origin="the number that was written")
def there_and_back() -> Pair:
    """Numbers read from texts and turned back into the unit they were written in"""
    written = {"nm": 85.0, "mg/mL": 0.013, "degC": 45.0, "1/day": 0.03, "um^2/s": 4.2, "percent_v_v": 30.0}
    return list(written.values()), [convert(parse(f"{value!r} {unit}", unit), unit) for unit, value in written.items()]


@cases.proves("exact", relative=1e-12, origin="by hand")
def shares_ratios_and_counts() -> Pair:
    """25 %, 1:8, 600 rpm, 10^-2 cm/s and 5e11/mL, as calculators take them"""
    asked = (("25 %", "kg/kg"), ("1:8", "kg/kg"), ("600 rpm", "1/s"), ("10^-2 cm/s", "m/s"), ("5e11/mL", "1/m**3"))
    return [0.25, 0.125, 10.0, 1e-4, 5e17], [quantity(text, unit) for text, unit in asked]


REFUSED = (
    ("1,5 mg", "mg"), ("1.234,5 mg", "mg"), ("5", "mg"), ("10", "percent_w_w"), ("mg", "mg"), ("", "mg"),
    ("nan mg", "mg"), ("inf mg", "mg"), ("1e400 mg", "mg"), ("25 G", "um"), ("5 C", "K"), ("98 F", "K"),
    ("5 w/w", "percent_w_w"), ("10 kDa", "kg/mol"), ("5 mg", "mL"), ("45 degC", "mg"), ("5 percent", "percent_w_w"),
    ("10 percent_v_v", "percent_w_w"), ("7.4 mol/L", "pH"), ("5 IU", "mg"), ("5 mg; 6 mg", "mg"),
    ("5 __import__('os')", "mg"),
)  # fmt: skip


@cases.without_fault
def texts_that_could_be_read_two_ways() -> list[str]:
    """Decimal commas, missing, unknown and foreign units, numbers without end: texts that must be refused"""
    read = []
    for text, unit in REFUSED:
        try:
            read.append(f"{text!r} was read as {parse(text, unit):g} {unit}")
        except UnitError:
            continue
    return read
