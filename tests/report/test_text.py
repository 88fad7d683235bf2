"""Texts against what a reader would write by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.estimate import Estimate, absent
from formulate.report.text import (
    estimate_cells,
    estimate_text,
    input_number,
    number,
    prose,
    quantity_text,
    share_text,
    source_number,
    unit_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (8.800275, "8.8"),
        (42.1130875, "42.1"),
        (0.001, "0.001"),
        (0.00099949, "9.99×10⁻⁴"),
        (0.0009999, "0.001"),
        (99949.0, "99900"),
        (99999.0, "1×10⁵"),
        (7409450.3, "7.41×10⁶"),
        (-59.04, "−59"),
        (1e300, "1×10³⁰⁰"),
        (5e-324, "4.94×10⁻³²⁴"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="need a reason"):
        number(value)


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_number_keeps_three_digits(value: float) -> None:
    text = number(value)
    mantissa, _, power = text.replace("−", "-").partition("×10")
    exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    assert float(mantissa) * 10.0**exponent == pytest.approx(value, rel=6e-3, abs=1e-300)


def test_a_source_keeps_its_digits() -> None:
    assert source_number(0.003466) == "0.003466"
    assert source_number(5.063e-10) == "5.063×10⁻¹⁰"
    assert source_number(1234.5678) == "1234.5678"


def test_an_input_that_was_computed_has_four_digits() -> None:
    assert input_number(543.519) == "543.519"  # as a source prints a molar mass
    assert input_number(1.23456e-5) == "1.23456×10⁻⁵"
    assert input_number(-0.09997993704416207) == "−0.09998"
    assert input_number(34.551680533350705) == "34.55"
    assert input_number(5.0634567891e-10) == "5.063×10⁻¹⁰"


def test_units_and_words() -> None:
    assert [unit_text(unit) for unit in ("um", "ug/mL", "cm^2", "1/day", "percent", "umol/L", "mL/h")] == [
        "µm", "µg/mL", "cm²", "1/d", "%", "µmol/L", "mL/h",
    ]  # fmt: skip
    assert quantity_text("0.1 umol/L") == "0.1 µmol/L"
    assert prose("a sum of 5 um at 37 degC") == "a sum of 5 µm at 37 °C"


def test_shares_are_never_rounded_to_certainty() -> None:
    assert [share_text(x) for x in (0.0, 0.0009, 0.5, 0.9995, 1.0)] == ["0 %", "<1 %", "50 %", ">99 %", "100 %"]


def of_days(median: float | None, low: float | None, high: float | None, beyond: float | None = None) -> Estimate:
    return Estimate("t", "time", "d", median, low, high, "" if median else "still there", beyond=beyond)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (of_days(8.8, 4.4, 14.8), "8.8 d (4.4 to 14.8)"),
        (of_days(None, 36.0, None, 60.0), ">60 d (36 to >60)"),
        (of_days(None, None, None, 60.0), ">60 d (>60 to >60)"),
        (of_days(20.4, 1.61, None, 60.0), "20.4 d (1.61 to >60)"),
        (of_days(0.25, 0.05, None, 60.0), "6 h (1.2 h to >60 d)"),
        (of_days(7.2e-5, 4.2e-5, 3.0e-3), "6.22 s (3.63 to 259)"),
        (of_days(0.5 / 24, 0.25 / 24, 2 / 24), "30 min (15 to 120)"),
        (of_days(0.99999, 0.5, 2.0), "1 d (0.5 to 2)"),
        (of_days(0.0, 0.0, 0.0), "0 d (0 to 0)"),
        (of_days(0.0, 0.0, 0.5), "0 h (0 to 12)"),
        (Estimate("c", "cover", "percent", 0.0, 0.0, 0.142), "0 % (0 to 0.142)"),
        (Estimate("r", "ratio", "1", 9470.2, 2682.6, 29593.2), "9470 (2680 to 29600)"),
        (Estimate("l", "loading", "percent_w_w", 8.59, 2.4, 24.0), "8.59 % w/w (2.4 to 24)"),
        (absent("t", "time", "d", "no carrier"), "no carrier"),
    ],
)
def test_estimate(estimate: Estimate, text: str) -> None:
    assert estimate_text(estimate) == text


def test_cells_of_a_number_that_does_not_exist() -> None:
    assert estimate_cells(absent("t", "time", "d", "no carrier")) == ("–", "no carrier")
