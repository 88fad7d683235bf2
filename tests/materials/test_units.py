"""`parse` reads what a scientist writes and refuses, in one line, what could be read two ways."""

import math
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from materials.errors import UnitError
from materials.units import convert, parse, si_factor

GOOD = [
    ("5 mg", "mg", 5e-6),
    ("1.2 mg/mL", "kg/m^3", 1.2),
    ("28 d", "day", 28 * 86400.0),
    ("60 day", "h", 60 * 86400.0),
    ("10 percent_w_w", "percent_w_w", 0.1),
    ("30 percent_v_v", "percent_v_v", 0.3),
    ("69 percent", "percent", 0.69),
    ("0.75 mol/mol", "mol/mol", 0.75),
    ("37 degC", "K", 310.15),
    ("310.15 K", "degC", 310.15),
    ("488 g/mol", "kg/mol", 0.488),
    ("0.1 umol/L", "nmol/L", 1e-4),
    ("1e-17 m^2/s", "cm^2/s", 1e-17),
    ("  45um ", "nm", 45e-6),
    ("-26.3 mV", "mV", -0.0263),
    ("7.4", "pH", 7.4),
    ("2.53 log10", "log10", 2.53),
    ("0.3", "1", 0.3),
    (".5 mL", "mL", 5e-7),
    ("-5 mg", "mg", -5e-6),  # the sign is the business of who asked
]

HOSTILE = [
    ("1,5 mg", "mg", "decimal comma"),
    ("1.234,5 mg", "mg", "decimal comma"),
    ("5", "mg", "no unit"),
    ("10", "percent_w_w", "no unit"),
    ("0.1", "percent_w_w", "no unit"),
    ("mg", "mg", "does not start with a number"),
    ("", "mg", "does not start with a number"),
    ("   ", "mg", "does not start with a number"),
    ("nan mg", "mg", "does not start with a number"),
    ("inf mg", "mg", "does not start with a number"),
    ("-inf mg", "mg", "does not start with a number"),
    ("1e400 mg", "mg", "not a finite number"),
    ("1e308 t", "mg", "not a finite number"),
    ("25 G", "um", "needle gauge"),
    ("5 C", "K", "degC or K"),
    ("98 F", "K", "degC or K"),
    ("5 w/w", "percent_w_w", "does not say this ratio"),
    ("5 w/w", "mg/mL", "unknown unit w"),
    ("10 kDa", "kg/mol", "g/mol or kg/mol"),
    ("500 Da", "g/mol", "g/mol or kg/mol"),
    ("5 mg)", "mg", "cannot read"),
    ("5 (mg", "mg", "cannot read"),
    ("5 mg", "mL", "wrong dimension"),
    ("5 mol%", "mmol/L", "is a ratio"),
    ("45 degC", "mg", "wrong dimension"),
    ("5 percent", "percent_w_w", "does not say this ratio"),
    ("10 percent_v_v", "percent_w_w", "does not say this ratio"),
    ("10 percent_w_w", "mg/mL", "is a ratio"),
    ("7.4 mol/L", "pH", "does not say this ratio"),
    ("3 wk", "day", "unknown unit"),
    ("5 IU", "mg", "unknown unit"),
    ("5 mg\nrm -rf", "mg", "inside the unit"),
    ("5 mg; 6 mg", "mg", "inside the unit"),
    ("5 __import__('os')", "mg", "inside the unit"),
    ("1" * 10_000 + " mg", "mg", "10003 characters"),
    ("5 " + "m" * 190, "m", "unknown unit"),
]


@pytest.mark.parametrize(("text", "expected", "value"), GOOD)
def test_good(text, expected, value):
    assert parse(text, expected) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("text", "expected", "reason"), HOSTILE)
def test_hostile(text, expected, reason):
    with pytest.raises(UnitError) as caught:
        parse(text, expected)
    message = str(caught.value)
    assert reason in message
    assert "; need " in message  # every refusal says what would be accepted
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize("expected", ["mg/mL", "percent_w_w", "mol/mol"])
def test_the_refusal_names_the_unit_that_is_wanted(expected):
    with pytest.raises(UnitError) as caught:
        parse("much", expected)
    assert expected in str(caught.value)


@pytest.mark.parametrize("given_value", [5, 5.0, None, ["5 mg"], {"typical": "5 mg"}])
def test_a_bare_number_is_refused(given_value):
    with pytest.raises(UnitError, match="no unit"):
        parse(given_value, "mg")


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("mg/mL", 1.0), ("kg/mol", 1.0), ("g/mol", 1e-3), ("percent_w_w", 0.01), ("1/day", 1 / 86400), ("kPa", 1e3),
     ("umol/L", 1e-3), ("cm/s", 1e-2), ("pH", 1.0), ("log10(L/kg)", 1.0), ("fraction", 1.0), ("N", 1.0)],
)  # fmt: skip
def test_si_factor(unit, factor):
    assert si_factor(unit) == pytest.approx(factor)


@pytest.mark.parametrize("unit", ["kDa", "w/w", "gauge", "mol%"])
def test_si_factor_refuses_what_parse_refuses(unit):
    with pytest.raises(UnitError):
        si_factor(unit)


magnitudes = st.floats(-1e100, 1e100).filter(lambda x: x == 0 or abs(x) > 1e-100)


@given(magnitudes, st.sampled_from(["mg", "mL/h", "um", "1/day", "nmol/L", "percent_w_w", "cm^2", "kPa", "mV"]))
def test_parse_and_convert_are_inverse(magnitude, unit):
    assert convert(parse(f"{magnitude!r} {unit}", unit), unit) == pytest.approx(magnitude, rel=1e-9)


@example("0²", "mg")
@given(st.text(max_size=300), st.sampled_from(["mg", "percent_w_w", "pH", "1", "degC", "1/day"]))
def test_any_text_is_a_finite_number_or_one_line(text, expected):
    try:
        value = parse(text, expected)
    except UnitError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017  (both outcomes are fine; this is the second)
    else:
        assert math.isfinite(value)


unit_like = st.from_regex(r"[0-9]{1,3} ?[a-zA-Z%/*()+. 0-9-]{0,20}", fullmatch=True)


@given(unit_like.filter(lambda text: "**" not in text), st.sampled_from(["mg", "percent", "s"]))
def test_unit_like_text_is_a_finite_number_or_one_line(text, expected):
    try:
        value = parse(text, expected)
    except UnitError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017  (both outcomes are fine; this is the second)
    else:
        assert math.isfinite(value)


@pytest.mark.parametrize("text", ["5 mg **9**9**9", "9 mg 9**9**9"])
def test_a_tower_of_powers_is_refused_at_once(text):
    code = f"from materials.errors import UnitError\nfrom materials.units import parse\ntry:\n    parse({text!r}, 'mg')"
    code += "\nexcept UnitError:\n    print('refused')"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    assert run.stdout.strip() == "refused"
