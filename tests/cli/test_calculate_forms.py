"""What papers and benches print is read by `formulate calculate`, or refused in words: forms, symbols, search."""

import inspect
import re
import time

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import formulate
from formulate.equations.calculation import describe
from formulate.equations.entry import quantity
from formulate.equations.finding import TOPICS, _is_about, find
from formulate.equations.registry import calculators
from formulate.equations.symbols import Names
from formulate.equations.units import checked_unit, in_unit, same_kind
from formulate.equations.writing import read, split
from materials.errors import DomainError, FormulateError, UnitError, UnknownIdError
from tui.cli import cli

IDS = tuple(calculators())
SPEED = ["diameter=50 mm", "new-diameter=400 mm", "rule=tip-speed"]


@pytest.fixture(autouse=True)
def _of_a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["calculate", *arguments], prog_name="formulate")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.strip()


# forms: each number is what the definition of the unit gives, worked out by hand


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1.05 g/cm3", "kg/m**3", 1050.0), ("0.71 nm2", "m**2", 7.1e-19), ("1e-7 cm2/s", "m**2/s", 1e-11),
        ("5 mm3", "m**3", 5e-9), ("1.05 g·cm⁻³", "kg/m**3", 1050.0), ("1.05 g cm-3", "kg/m**3", 1050.0),
        ("1.05 g cm^{-3}", "kg/m**3", 1050.0), ("5e11 mL-1", "1/m**3", 5e17), ("5e11 per mL", "1/m**3", 5e17),
        ("1000 m2/g", "m**2/kg", 1e6), ("20 mmol L-1", "mol/m**3", 20.0), ("8 mg·g⁻¹", "kg/kg", 0.008),
        ("37 °C", "K", 310.15), ("37°C", "K", 310.15), ("37 ℃", "K", 310.15), ("−5 °C", "K", 268.15),
        ("22 MPa^(1/2)", "Pa**0.5", 22e3), ("22 MPa^1/2", "Pa**0.5", 22e3), ("22 MPa½", "Pa**0.5", 22e3),
        ("22 MPa1/2", "Pa**0.5", 22e3), ("22 (J/cm3)^1/2", "Pa**0.5", 22e3), ("22 MPa^0.5", "Pa**0.5", 22e3),
        ("1x10^-12 m2/s", "m**2/s", 1e-12), ("1×10⁻¹² m²/s", "m**2/s", 1e-12), ("1 x 10-12 m2/s", "m**2/s", 1e-12),
        ("2*10**-12 m2/s", "m**2/s", 2e-12), ("10⁹ particles/mL", "1/m**3", 1e15), ("10^-2 cm/s", "m/s", 1e-4),
        ("10^-10.5 cm/s", "m/s", 3.16227766e-13), ("-10.5 log10 cm/s", "m/s", 3.16227766e-13),
        ("-10.5 log10(cm/s)", "m/s", 3.16227766e-13),
        ("1 % w/v", "kg/m**3", 10.0), ("0.9 % (w/v)", "kg/m**3", 9.0), ("1% wt/vol", "kg/m**3", 10.0),
        ("0.3 chains/nm^2", "1/m**2", 3e17), ("2e9 particles/ug", "1/kg", 2e18), ("2e9 particles/µg", "1/kg", 2e18),
        ("10 pg/cell", "kg", 1e-14), ("3600 vesicles/cell/h", "1/s", 1.0), ("3600 EVs cell-1 h-1", "1/s", 1.0),
        ("80000 lipids", "1", 8e4), ("12 molecules", "1", 12.0), ("5 copies/vesicle", "1", 5.0),
        ("6.02214076e23 molecules/L", "mol/m**3", 1000.0), ("0.2 molecules/lipid", "mol/mol", 0.2),
        ("0.16 w/w", "kg/kg", 0.16), ("0.16 mol/mol", "mol/mol", 0.16), ("10 mg/50 mg", "kg/kg", 0.2),
        ("10 mg / 5 mL", "kg/m**3", 2.0), ("1:8 mol/mol", "mol/mol", 0.125), ("9 wt. %", "kg/kg", 0.09),
        ("9 % by weight", "kg/kg", 0.09), ("5 mol-%", "mol/mol", 0.05), ("1/8", "1", 0.125),
        ("50 kDa", "kg/mol", 50.0), ("300 Da", "kg/mol", 0.3), ("1.2 MDa", "kg/mol", 1200.0),
        ("600 rpm", "1/s", 10.0), ("10 rps", "1/s", 10.0), ("10 Hz", "1/s", 10.0), ("600 rev/min", "1/s", 10.0),
        ("600 r/min", "1/s", 10.0), ("600 revolutions per minute", "1/s", 10.0),
        ("-10.52", "log10(cm/s)", -10.52), ("-10.52 log10 cm/s", "log10(cm/s)", -10.52),
        ("-12.52 log10(m/s)", "log10(cm/s)", -10.52), ("1e-8 cm/s", "log10(cm/s)", -8.0),
        ("0.69 mPa·s", "Pa*s", 6.9e-4),
    ],
)  # fmt: skip
def test_what_papers_print_is_read(text, unit, expected):
    assert quantity(text, unit) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "unit", "name", "told"),
    [
        ("10 wt%", "kg/kg", "feed_ratio", "0.1111 g/g if of the whole, 0.1 g/g if of the rest alone; see feed-ratio-f"),
        ("10 % w/w", "kg/kg", "feed_ratio", "does not say whether of the whole or of the rest"),
        ("10 percent_w_w", "kg/kg", "drug_to_carrier", "need 0.1111 g/g if of the whole"),
        ("150 wt%", "kg/kg", "mass_ratio", "need 1.5 g/g if of the rest alone"),
        ("5 mol%", "mol/mol", "drug_to_lipid", "need 0.05263 mol/mol if of the whole"),
        ("1:8", "kg/kg", "drug_loading", "parts, and it is not plain of what"),
        ("1:10", "1", "dilution_factor", "parts, and it is not plain of what"),
        ("1:8", "mol/mol", "drug_to_lipid", "by mole or by mass is not said"),
        ("1:8 w/w", "mol/mol", "drug_to_lipid", "a ratio by mass, not by mole"),
        ("1:8", "m", "", "a ratio; need a number with a unit such as nm"),
        ("1:0", "kg/kg", "feed_ratio", "need a number with g/g or %"),
        ("10 mg/50 mL", "kg/kg", "feed_ratio", "mg/mL is not that of a pure number"),
        ("5/2 mL", "m**3", "", "need a number with a unit such as mL"),
        ("3x1012 1/mL", "1/m**3", "", "inside the unit"),
        ("62.8 rad/s", "1/s", "speed", "an angle per time, not turns per time; need rpm, Hz or 1/s"),
        ("1 krpm", "1/s", "speed", "an angle per time"),
        ("5 mEq/L", "mol/m**3", "calcium_concentration", "divide by the charge of the ion"),
        ("50 kDa", "kg", "", "a molar mass is written in g/mol"),
        ("5 cells/mL", "m", "", "cells/mL has the wrong dimension"),
        ("5 particles/mL", "mol/m**3", "", "particles/mL has the wrong dimension"),
        ("1 % w/v", "m", "", "need a number with a unit such as nm"),
        ("5-10 nm", "m", "", "inside the unit"),
        ("100 nm-200 nm", "m", "", "inside the unit"),
        ("500 log10 cm/s", "m/s", "", "not a finite number"),
        ("10^400 cm/s", "m/s", "", "not a finite number"),
        ("-1 cm/s", "log10(cm/s)", "", "no logarithm of what is not above 0; need a number, the log10 of it in cm/s"),
        ("5 ②", "m", "", "need a number with a unit such as nm"),
        ("5 nm" + " " * 300, "m", "", "characters long"),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_refused(text, unit, name, told):
    with pytest.raises(UnitError) as error:
        quantity(text, unit, name)
    assert told in str(error.value)


def test_an_equivalent_of_a_fixed_charge_is_a_mole_of_it():
    assert quantity("5 mEq/L", "mol/m**3", "network_charge_density") == pytest.approx(5.0)


def test_a_share_of_the_whole_is_still_one_by_weight():
    assert quantity("10 wt%", "kg/kg", "drug_loading") == pytest.approx(0.1)
    assert quantity("10 %", "kg/kg", "feed_ratio") == pytest.approx(0.1)
    assert quantity("1:8", "kg/kg", "feed_ratio") == quantity("1:8 w/w", "kg/kg", "feed_ratio") == 0.125


@given(st.text(alphabet="0123456789.,:;/^*()-−×x·⁻²½°µ%{} eEqnmgLcDa+wv②", max_size=16))
def test_no_form_does_more_than_be_refused(text):
    read(text)
    for unit, name in (("m", ""), ("1", ""), ("kg/kg", "feed_ratio"), ("1/s", ""), ("kg/mol", ""), ("log10(cm/s)", "")):
        try:
            value = quantity(text, unit, name)
        except UnitError:
            continue
        assert abs(value) < float("inf")


@given(st.floats(1e-12, 1e12), st.integers(-9, 9))
def test_a_power_of_ten_is_the_same_however_written(number, power):
    expected = quantity(f"{number!r}e{power} nm" if "e" not in repr(number) else f"{number * 10**power!r} nm", "m")
    if "e" not in repr(number):
        for form in (f"{number!r}x10^{power} nm", f"{number!r} × 10**{power} nm", f"{number!r}*10^({power}) nm"):
            assert quantity(form, "m") == pytest.approx(expected, rel=1e-12)


# commas


@pytest.mark.parametrize(
    ("text", "counted", "told"),
    [
        ("1,500,000", True, "thousands separators or several values; need 1500000, or blanks after the commas"),
        ("1,500,000 cells/mL", True, "thousands separators"), ("1,234,567", True, "thousands separators"),
        ("1,500,000 nm", False, "thousands separators"), ("2,500,100 nm", False, "thousands separators"),
        ("1,500", True, "thousands, decimal comma or two values; need 1500, 1.500 with a point, or 1, 500"),
        ("1,5; 2,5 nm", False, "commas inside numbers or between them"),
        ("1,500, 2,500 nm", False, "commas inside numbers or between them"),
    ],
)  # fmt: skip
def test_commas_that_may_mean_more_are_refused(text, counted, told):
    with pytest.raises(UnitError, match=told):
        split(text, counted=counted)


def test_commas_between_values_are_read():
    assert split("50,100,200 nm") == ["50 nm", "100 nm", "200 nm"]
    assert split("1, 500, 1000", counted=True) == ["1", "500", "1000"]
    assert split("1:8, 1:5 w/w") == ["1:8 w/w", "1:5 w/w"]
    assert split("1x10^-12; 2×10⁻¹² cm2/s") == ["1x10^-12 cm**2/s", "2×10⁻¹² cm2/s"]


def test_a_thousands_separator_is_no_list_of_cells():
    assert "1,500,000': thousands separators" in refused("cells-after-doublings", "cells=1,500,000", "doublings=2")


# results in such units


def test_a_speed_in_turns_comes_out_in_turns():
    # N_2 = N_1 D_1/D_2 = 600 x 50/400
    assert " 75 rpm" in done("scaled-speed", "speed=600 rpm", *SPEED)
    assert " 75 rpm" in done("scaled-speed", "speed=10 Hz", *SPEED, "--unit", "rpm")
    assert " 1.25 1/s" in done("scaled-speed", "speed=10 Hz", *SPEED)
    assert formulate.calculate("scaled-speed", speed="600 rpm", diameter="5 cm", new_diameter="40 cm",
                               rule="tip-speed").to("rpm") == pytest.approx(75.0)  # fmt: skip
    assert "angle per time" in refused("scaled-speed", "speed=600 rpm", *SPEED, "--unit", "rad/s")


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [
        (7e-19, "m**2", "nm2", 0.7), (50.0, "kg/mol", "kDa", 50.0), (1e6, "1/kg", "particles/mg", 1.0),
        (10.0, "kg/m**3", "% w/v", 1.0), (310.15, "K", "°C", 37.0), (1e-11, "m**2/s", "cm²/s", 1e-7),
        (0.5, "kg/kg", "wt%", 50.0), (22e3, "Pa**0.5", "MPa½", 22.0),
    ],
)  # fmt: skip
def test_a_result_may_be_asked_for_in_the_units_of_papers(value, unit, wanted, expected):
    assert same_kind(checked_unit(wanted, unit), unit)
    assert in_unit(value, unit, wanted) == pytest.approx(expected)


def test_a_molar_mass_in_dalton_is_still_refused_in_files():
    from materials import units

    with pytest.raises(UnitError, match="written in g/mol"):
        units.parse("50 kDa", "kg/mol")


# refusals in the unit that was typed


def test_what_is_out_of_range_is_told_in_the_unit_typed():
    assert refused("inner-radius", "d=0.01 um", "h=50 angstrom").startswith("bilayer_thickness = 50 angstrom; need <")
    hot = refused("donnan-potential", "network-charge-density=5 mM", "salt-concentration=5 mM", "T=-300 °C")
    assert hot.startswith("temperature = -300 degC; need")
    exposure = ["residual-content=100 ppm", "product-mass=1 g", "permitted-daily-exposure=1 mg/d"]
    assert refused("share-of-exposure", *exposure, "duration=5 h").startswith(
        "duration = 5 h, that is 18000 s; need >= 86400 s"
    )
    rows = refused("inner-radius", "diameter=100 nm", "bilayer-thickness=5 nm, 0.1 um")
    assert rows.startswith("bilayer_thickness = 0.1 um; need <")


def test_a_refusal_keeps_its_kind_and_name():
    with pytest.raises(DomainError) as error:
        formulate.calculate("inner-radius", diameter="10 nm", bilayer_thickness="5 nm")
    assert (error.value.name, error.value.value, error.value.unit) == ("bilayer_thickness", 5.0, "nm")
    with pytest.raises(DomainError, match=r"^ph = 99;"):
        formulate.calculate("neutral-fraction", ph=99, base_pkas="7")


# symbols


def test_symbols_of_the_equation_name_the_inputs():
    long = done("lipids-per-vesicle", "diameter=100 nm", "bilayer-thickness=5 nm", "area-per-lipid=0.71 nm2")
    assert done("lipids-per-vesicle", "d=100 nm", "h=5 nm", "a=0.71 nm2") == long
    assert "33.3333 %" in done("drug-loading", "EE=50%", "r=1 g/g", "convention=A", "--unit", "%")
    assert done("drug-loading", "ee=50%", "R=1 g/g", "convention=A")
    assert formulate.calculate("vesicle-rate", P="1e-8 cm/s", R="50 nm", f_N=1, b=0).value == pytest.approx(6e-3)
    given = {"phi": "0.1", "Mc": "701 g/mol", "M_r": "44 g/mol", "Cn": "4", "l": "0.146 nm", "bonds_per_repeat": 2}
    assert formulate.calculate("mesh-size-from-composition", **given).to("nm") > 1.0
    assert formulate.calculate("micellised-concentration", copolymer_concentration="5 g/L", CMC="2 g/L").value == 3.0
    assert formulate.calculate("geometric-sd-from-pdi", PDI=0.0).value == pytest.approx(1.0)
    assert formulate.calculate("molar-volume", MW="100 g/mol", rho="1 g/mL").to("mL/mol") == pytest.approx(100.0)


def test_capitals_decide_where_both_are_symbols():
    names = Names(describe("stokes-einstein-diffusivity").inputs)
    assert [item.name for item in names.meant("T")] == ["temperature"]
    crank = Names(describe("released-from-dissolving-front").inputs)
    assert [item.name for item in crank.meant("R")] == ["radius"]


def test_a_symbol_that_may_mean_two_inputs_is_refused_and_no_input_is_called_missing():
    told = refused("scaled-speed", "speed=600 rpm", "d=50 mm", "new-diameter=400 mm", "rule=tip-speed")
    assert told == "d: may be diameter or new-diameter; need the name in full"


def test_an_unknown_symbol_gets_the_names_and_not_a_guess():
    told = refused("inner-radius", "q=5 nm", "diameter=100 nm", "bilayer-thickness=5 nm")
    assert told == "unknown input of inner-radius 'q'; need one of diameter, bilayer-thickness"


def test_a_symbol_and_its_name_are_one_input():
    assert refused("inner-radius", "d=1 um", "diameter=1 um", "h=5 nm") == "diameter: given twice; need it once"


def test_names_stand_before_symbols_and_each_shown_symbol_is_one_inputs_own():
    for name in IDS:
        inputs = describe(name).inputs
        names = Names(inputs)
        for item in inputs:
            assert names.meant(item.name) == names.meant(item.label.upper()) == (item,), (name, item.name)
            symbol = names.symbol(item)
            assert not symbol or names.meant(symbol) == (item,), (name, item.name)


def test_the_description_shows_the_symbols():
    assert re.search(r"bilayer-thickness, h +nm", done("lipids-per-vesicle"))


# search


@pytest.mark.parametrize(
    ("words", "among"),
    [
        ("half-life", {"half-life-from-rate", "leakage", "degraded"}), ("half life", {"half-life-from-rate"}),
        ("mesh", {"mesh-size-from-modulus", "mesh-size-from-junctions"}), ("doxil", {"molecules-per-vesicle"}),
        ("q3c", {"residual-solvent-per-dose", "largest-residual-content"}), ("liposome", {"trapped-volume"}),
        ("lipids", {"lipids-per-vesicle", "mean-area-per-lipid"}), ("EE", {"encapsulation-efficiency"}),
        ("loading", {"drug-loading", "passive-loading"}), ("peg", {"grafting-density", "brush-onset"}),
        ("langmuir", {"langmuir-uptake", "adsorb-langmuir"}), ("poisson", {"occupancy", "share-with-at-least"}),
        ("hansen", {"hansen-distance"}), ("CMC", {"micellised-concentration"}),
        ("Flory-Rehner", {"swollen-volume-fraction"}),
    ],
)  # fmt: skip
def test_a_word_lists_the_calculators_about_it(words, among):
    text = done(*words.split())
    listed = {line.split()[0] for line in text.splitlines() if line.startswith("  ")}
    assert among <= listed
    assert f"calculators are about '{words}'" in text
    assert {item.id for item in find(words)} <= listed


def test_what_only_the_documentation_says_is_found_too():
    assert [item.id for item in find("glucose")]
    assert not any("glucose" in f"{item.id} {item.title}".casefold() for item in find("glucose"))


def test_no_word_no_match():
    assert find("") == find("!?") == find("a") == find("xyzzy") == find("xyz " * 9999) == ()


def test_an_unknown_name_gets_what_it_may_mean():
    assert refused("doxil", "d=1 nm").startswith("unknown calculator 'doxil'; nearest: ")
    assert "molecules-per-vesicle" in refused("doxil", "d=1 nm")
    assert refused("xyzzy") == "unknown calculator 'xyzzy'; nearest: none; `formulate calculate` lists them all"
    assert refused("freundlich") == "unknown calculator 'freundlich'; nearest: adsorb-freundlich"
    with pytest.raises(UnknownIdError, match="nearest: drug-loading"):
        formulate.calculate("drug-loadin", x=1)


def test_a_misspelt_name_is_no_search():
    assert refused("trapped-volum").startswith("unknown calculator 'trapped-volum'; nearest: trapped-volume")


def test_a_named_calculator_takes_no_words():
    assert refused("inner-radius", "100 nm").startswith("'100 nm': not an input")


def test_a_search_in_json_is_a_list():
    import json

    listed = json.loads(done("mesh", "--json"))["results"]["calculators"]
    assert {item["id"] for item in listed} == {item.id for item in find("mesh")}


def test_every_topic_leads_somewhere():
    for topic, readings in TOPICS.items():
        for reading in readings.split("|"):
            assert any(_is_about(item, reading) for item in calculators().values()), (topic, reading)
        assert find(topic), topic


def test_titles_are_read_without_the_kernels():
    item = calculators()["trapped-volume"]
    assert inspect.cleandoc(item.text) == inspect.cleandoc(describe("trapped-volume").function.__doc__)
    start = time.perf_counter()
    assert all(other.title for other in calculators().values())
    assert time.perf_counter() - start < 1.0


def test_advice_names_calculators_that_exist():
    for name, ratio in (("theoretical-loading", "feed-ratio"), ("efficiency-from-drug-to-carrier", "drug-to-carrier")):
        told = refused(name, f"{ratio}=10 wt%")
        assert re.search(r"; see ([a-z-]+)", told.splitlines()[0])[1] in IDS


def test_faults_are_of_the_program():
    with pytest.raises(FormulateError):
        formulate.calculate("inner-radius", diameter="1:8", bilayer_thickness="5 nm")
