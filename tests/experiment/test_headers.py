"""Column headers as files have them: what they hold, in which unit; which names are units of one profile."""

import pytest

from formulate.experiment.grouping import group
from formulate.experiment.headers import read_head
from formulate.experiment.units import read_unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("time (h)", "h"), ("Time [min]", "min"), ("t/h", "h"),
        ("time_h", "h"), ("TIME (HRS)", "h"), ("Time, days", "d"),
        ("Time (hr.)", "h"), ("Sampling time (s)", "s"),
        ("time_days", "d"), ("hours", "h"), ("t (weeks)", "week"),
        ("时间(h)", "h"), ("时间（分钟）", "min"), ("时间/天", "d"), ("取样时间(小时)", "h"), ("Time\n(h)", "h"),
    ],
)  # fmt: skip
def test_a_column_of_times(text: str, unit: str) -> None:
    head = read_head(text)
    assert (head.role, head.unit and head.unit.label) == ("time", unit)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("released (%)", "percent"), ("cumulative release [%]", "percent"), ("% released", "percent"),
        ("Drug released, %", "percent"), ("released_percent", "percent"), ("Release % F1", "percent"),
        ("累积释放率(%)", "percent"), ("累积释放百分率", "percent"),
        ("fraction released", "fraction"), ("Mt/M∞", "fraction"),
        ("release_fraction", "fraction"), ("Q (mg)", "mass"), ("Q/mg", "mass"),
        ("amount (µg)", "mass"), ("Q (nmol)", "amount"),
        ("concentration (ug/mL)", "concentration"),
        ("C (µg·mL-1)", "concentration"), ("C/ug mL-1", "concentration"),
        ("conc_ug/mL", "concentration"), ("浓度(μg/mL)", "concentration"), ("C (mcg/ml)", "concentration"),
        ("C (uM)", "molarity"), ("C (umol/L)", "molarity"),
        ("Q (mg/g)", "unknown"), ("Absorbance (AU)", "unknown"),
        ("T (°C)", "unknown"),
    ],
)  # fmt: skip
def test_a_column_of_readings(text: str, kind: str) -> None:
    head = read_head(text)
    assert head.role is None
    assert head.unit is not None
    assert head.unit.kind == kind


@pytest.mark.parametrize(
    "text",
    ["F1", "Release (PBS)", "pH 7.4", "10 mg", "PLGA 50:50", "累积释放", "Release (pH 7.4)", "D", "Std 1", "unit 1"],
)
def test_a_column_of_readings_without_a_unit(text: str) -> None:
    assert (read_head(text).role, read_head(text).unit) == (None, None)


@pytest.mark.parametrize(
    ("text", "role", "name"),
    [
        ("SD", "sd", ""), ("F1 SD (%)", "sd", "F1"), ("sd_F1", "sd", "F1"),
        ("± SD", "sd", ""), ("F1 ±", "sd", "F1"),
        ("标准差", "sd", ""), ("St. Dev.", "sd", ""), ("F1 stdev", "sd", "F1"),
        ("SEM", "sem", ""), ("RSD (%)", "rsd", ""),
        ("CV%", "rsd", ""), ("n", "n", "n"), ("F1 n", "n", "F1"),
        ("vessel", "unit", "vessel"), ("Unit No.", "unit", "Unit No."),
        ("批号", "profile", "批号"), ("Formulation", "profile", "Formulation"),
        ("profile_id", "profile", "profile_id"),
        ("sample (mL)", "sample", "sample"),
        ("Sampling volume (mL)", "sample", "Sampling volume"), ("Vs (mL)", "sample", "Vs"),
        ("sqrt(t)", "ignore", "sqrt(t)"), ("√t (h^0.5)", "ignore", "√t"), ("log t", "ignore", "log t"),
        ("Notes", "ignore", "Notes"), ("Absorbance", "ignore", "Absorbance"), ("V (mL)", "ignore", "V"),
    ],
)  # fmt: skip
def test_other_columns(text: str, role: str, name: str) -> None:
    assert (read_head(text).role, read_head(text).name) == (role, name)


def test_a_mean_says_of_how_many() -> None:
    head = read_head("F1 mean (n = 6) (%)")
    assert (head.name, head.is_mean, head.count, head.unit and head.unit.kind) == ("F1", True, 6, "percent")


def test_units_of_liquids_and_drug_in_si() -> None:
    assert [unit.factor for text in ("ug/mL", "mg/L", "%", "fraction", "mM") if (unit := read_unit(text))] == (
        pytest.approx([1e-3, 1e-3, 1.0, 100.0, 1.0])
    )
    assert [unit.factor for text in ("mL", "cm3", "cc") if (unit := read_unit(text))] == pytest.approx([1e-6] * 3)


A_AND_B = [("A", "1"), ("A", "2"), ("B", "1")]


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["A_1", "A_2", "B_1"], A_AND_B),
        (["A rep 1", "A rep 2", "B rep1"], A_AND_B),
        (["unit 1", "Unit 2"], [("", "1"), ("", "2")]),
        (["1", "2", "3"], [("", "1"), ("", "2"), ("", "3")]),
        (["R1", "R2", "T1", "T2"], [("R", "1"), ("R", "2"), ("T", "1"), ("T", "2")]),
        (["R1", "R2", "R3"], [("R", "1"), ("R", "2"), ("R", "3")]),
        (["Dissolved (Tablet 1)", "Dissolved (Tablet 2)"], [("Dissolved", "1"), ("Dissolved", "2")]),
        (["F1", "F2", "F3"], [("F1", "1"), ("F2", "1"), ("F3", "1")]),
        (["PLGA 50", "PLGA 75"], [("PLGA 50", "1"), ("PLGA 75", "1")]),
        (["pH 5.5", "pH 7.4"], [("pH 5.5", "1"), ("pH 7.4", "1")]),
        (["Batch 1", "Batch 2"], [("Batch 1", "1"), ("Batch 2", "1")]),
        (["F1", "F1", "F2"], [("F1", "1"), ("F1", "2"), ("F2", "1")]),
        (["tab1", "tab2"], [("", "1"), ("", "2")]),
        (["Caps 1", "Caps 2"], [("", "1"), ("", "2")]),
        (["cell_1", "cell_2"], [("", "1"), ("", "2")]),
        (["Exp 1", "Exp 2"], [("", "1"), ("", "2")]),
        (["片1", "片2"], [("", "1"), ("", "2")]),
        (["样品1释放率", "样品2释放率"], [("", "1"), ("", "2")]),
        (["参比片1", "参比片2", "受试片1"], [("参比", "1"), ("参比", "2"), ("受试", "1")]),
        (["R tab 1", "R tab 2", "T tab 1"], [("R", "1"), ("R", "2"), ("T", "1")]),
        (["R1 release", "R2 release"], [("R", "1"), ("R", "2")]),
        (["F_1", "F_2"], [("F_1", "1"), ("F_2", "1")]),
        (["处方1", "处方2"], [("处方1", "1"), ("处方2", "1")]),
        (["批1", "批2"], [("批1", "1"), ("批2", "1")]),
        (["Lot 1", "Lot 2"], [("Lot 1", "1"), ("Lot 2", "1")]),
        (["Sample 50", "Sample 75"], [("Sample 50", "1"), ("Sample 75", "1")]),
        (["C1", "C2"], [("C1", "1"), ("C2", "1")]),
        (["Reference", "Test"], [("Reference", "1"), ("Test", "1")]),
    ],
)
def test_names_of_columns_say_what_is_a_unit(names: list[str], pairs: list[tuple[str, str]]) -> None:
    assert group(names)[0] == pairs


def test_a_guess_is_told() -> None:
    assert "units of one profile (--profiles each: " in group(["A_1", "A_2"])[1][0]
    assert "units of one profile for each name" in group(["R1", "R2", "T1", "T2"])[1][0]
    assert "(--profiles each" in group(["tab1", "tab2"])[1][0]
    assert "(--profiles one" in group(["Batch 1", "Batch 2"])[1][0]
    assert "a profile each (--profiles one: " in group(["F1", "F2"])[1][0]
    assert group(["unit 1", "unit 2"])[1] == group(["Reference", "Test"])[1] == []


def test_the_user_says_what_columns_are() -> None:
    assert group(["F1", "F2"], "one")[0] == [("", "F1"), ("", "F2")]
    assert group(["A_1", "A_2"], "each")[0] == [("A_1", "1"), ("A_2", "1")]
    assert group(["a", "b", "c"], {"a": "X", "b": "X"})[0] == [("X", "a"), ("X", "b"), ("c", "1")]
    assert group(["1", "2"], "one", ["R", "R"])[0] == [("", "R 1"), ("", "R 2")]
    assert group(["1", "2"], "each", ["R", "R"])[0] == [("R 1", "1"), ("R 2", "1")]


def test_names_above_the_columns() -> None:
    assert group(["1", "2", "1"], above=["R", "R", "T"])[0] == [("R", "1"), ("R", "2"), ("T", "1")]
    assert group(["V1", "V2", "a"], above=["R", "R", "T"])[0] == [("R", "1"), ("R", "2"), ("T", "a")]
    assert group(["released", "released"], above=["R", "T"])[0] == [("R", "1"), ("T", "1")]
    assert group(["F1", "F2", "F1"], above=["pH 5", "pH 5", "pH 7"])[0] == [
        ("pH 5 F1", "1"), ("pH 5 F2", "1"), ("pH 7 F1", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["Q/%", "Q /%", "Q_%", "Q, %", "Q (%)"])
def test_no_separator_is_left_of_a_unit(text: str) -> None:
    assert read_head(text).name == "Q"
