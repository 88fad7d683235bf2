"""Files of measured release as people have them, wide and long; what is kept with a warning."""

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from formulate.experiment.data import ReleaseData
from formulate.experiment.reading import read_release
from materials.errors import FileError

PLAIN = "time (h),released (%)\n0,0\n1,10\n2,20\n"


@pytest.fixture
def read(tmp_path: Path):
    """Write a text to a file and read it."""

    def written(text: str | bytes, name: str = "data.csv", **options) -> ReleaseData:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_release(path, **options)

    return written


@pytest.fixture
def workbook(tmp_path: Path):
    """Write rows to the sheets of a workbook and read it."""

    def written(*sheets: list[list[object]], formats: dict[str, str] | None = None, **options) -> ReleaseData:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets, start=1):
            sheet = book.create_sheet(f"Sheet{number}")
            for row in rows:
                sheet.append(row)
            for cell, number_format in (formats or {}).items():
                sheet[cell].number_format = number_format
        book.save(tmp_path / "data.xlsx")
        return read_release(tmp_path / "data.xlsx", **options)

    return written


def values(data: ReleaseData) -> dict[str, list[list[float]]]:
    return {profile.name: profile.released.tolist() for profile in data.profiles}


def warned(data: ReleaseData, *words: str) -> bool:
    return any(all(word in warning for word in words) for warning in data.warnings)


def test_two_columns(read):
    data = read(PLAIN)
    profile = data.profile()
    assert (data.time_unit, data.seconds, data.given_as, data.warnings) == ("h", 3600.0, "percent", ())
    assert data.source.endswith("data.csv")
    assert (profile.time.tolist(), profile.released.tolist()) == ([0, 1, 2], [[0, 10, 20]])


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace(",", "\t"), PLAIN.replace(",", ";"), PLAIN.replace("\n", "\r\n"), PLAIN.replace("\n", "\r"),
        "# a comment, with a quote \"\n\n" + PLAIN + "\n,\n", "Release of X, pH 7.4\nOperator,Me\n" + PLAIN,
        "\ufeff" + PLAIN, PLAIN.replace(",", " , "), PLAIN.replace(",", "\t ").replace("\n", " \n"), "sep=,\n" + PLAIN,
        PLAIN.replace(",", "   "), "time (h),released (%),\n0,0,\n1,10,\n2,20,\n",
        ",time (h),released (%)\n0,0,0\n1,1,10\n2,2,20\n",
        "Time,Released\nh,%\n0,0\n1,10\n2,20\n", '"time\n(h)","released\n(%)"\n0,0\n1,10\n2,20\n',
        "time (h),released (%),Notes\n0,0,start\n1,10,\n2,20,end\nSource: own,,\n",
        "time (h),released (%)\n2,20\n0,0\n1,10\n",
        "Time (min),Absorbance,C (ug/mL),Released (%)\n0,0,0,0\n1,0.1,5,10\n2,0.2,9,20\n",
        "time (h),released\n0,0%\n1,10%\n2,20%\n",
        "Time point,Time (h),Released (%)\n1,0,0\n2,1,10\n3,2,20\n",
        "Time,Released,pH\nh,%,\n0,0,7\n1,10,7\n2,20,7\n",
        "sqrt t,time (h),released (%)\n0,0,0\n1,1,10\n1.4,2,20\n",
    ],
)  # fmt: skip
def test_the_same_in_other_dress(read, text):
    profile = read(text).profile()
    assert (profile.name, profile.time.tolist(), profile.released.tolist()) == ("data", [0, 1, 2], [[0, 10, 20]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings_of_chinese_headers(read, encoding):
    data = read("时间(h),累积释放率(%)\n0,0\n1,10\n2,20\n".encode(encoding))
    assert values(data) == {"data": [[0, 10, 20]]}
    assert warned(data, "gb18030") == (encoding == "gb18030")


def test_an_older_western_encoding_is_read_and_told(read):
    data = read("time (h),Q (µg)\n0,0\n1,10\n2,20\n".encode("cp1252"), dose="0.1 mg")
    assert data.profile().mean == pytest.approx([0, 10, 20])
    assert warned(data, "cp1252")


def test_units_in_columns_with_a_missing_reading(read):
    data = read("t/h\tunit 2\tunit 1\n0\t0\t0\n1\t12\tNA\n2\t25\t20\n")
    assert data.profile().unit_names == ("1", "2")
    assert np.array_equal(data.profile().released, [[0, np.nan, 20], [0, 12, 25]], equal_nan=True)
    assert warned(data, "1 reading missing")


def test_means_with_deviations_and_counts(read):
    data = read("Time (d),F1 mean (%),F1 SD (%),F2 mean (%),F2 SEM (%),n\n0,0,0,0,0,4\n1,30,2,20,1.5,4\n")
    first, second = data.profiles
    assert (first.name, first.unit_names, first.deviation.tolist()) == ("F1", ("mean",), [0, 2])
    assert (second.deviation.tolist(), second.units_behind) == ([0, 3], 4)  # SD = SEM sqrt(4)
    relative = read("Time (d),mean (%),RSD (%)\n0,0,0\n1,30,10\n").profile()
    assert relative.deviation == pytest.approx([0, 3])


def test_a_deviation_has_the_unit_of_its_column(read):
    data = read("time (h),fraction released,SD\n0,0,0\n1,0.3,0.02\n").profile()
    assert data.deviation == pytest.approx([0, 2])
    assert read("time (h),Q (mg),SD (ug)\n0,0,0\n1,3,50\n", dose="10 mg").profile().deviation == pytest.approx([0, 0.5])
    assert warned(read("time (h),released (%),SEM\n0,0,0\n1,30,2\n"), "SEM", "number of units")


def test_units_one_by_one_win_over_their_mean(read):
    data = read("Time (h),unit 1,unit 2,mean,SD\n0,0,0,0,0\n1,40,44,42,3\n")
    assert values(data) == {"data": [[0, 40], [0, 44]]}
    assert data.profile().deviation is None
    assert warned(data, "'mean' not used")


def test_profiles_by_name_and_as_the_user_says(read):
    text = "time (h),A_1 (%),A_2 (%),B_1 (%)\n0,0,0,0\n1,10,12,20\n"
    assert values(read(text)) == {"A": [[0, 10], [0, 12]], "B": [[0, 20]]}
    assert list(values(read(text, profiles="each"))) == ["A_1", "A_2", "B_1"]
    assert read(text, profiles="one").profile().units == 3
    assert values(read(text, profiles={"B_1 (%)": "A"}))["A"] == [[0, 10], [0, 12], [0, 20]]


def test_formulations_above_the_numbers_of_their_units(read):
    data = read(",Reference,,Test,\nTime (h),1,2,1,2\n0,0,0,0,0\n1,20,22,30,31\n")
    assert values(data) == {"Reference": [[0, 20], [0, 22]], "Test": [[0, 30], [0, 31]]}


def test_reference_and_test_by_one_letter(read):
    assert values(read("time (h),R,T\n0,0,0\n1,40,50\n")) == {"R": [[0, 40]], "T": [[0, 50]]}


def test_profiles_side_by_side_each_with_its_times(read):
    first, second = read("Time (h),F1,Time (min),F2\n0,0,0,0\n1,20,120,30\n2,30,240,50\n3,40,,\n").profiles
    assert (first.time.tolist(), second.time.tolist()) == ([0, 1, 2, 3], [0, 2, 4])


def test_a_long_table_with_units_at_different_times(read):
    data = read(
        "formulation,vessel,time (min),released (%)\n"
        "F10,1,0,0\nF10,1,10,50\nF2,1,10,20\nF2,1,0,0\nF2,2,5,10\nF2,2,20,60\n"
    )
    assert [profile.name for profile in data.profiles] == ["F2", "F10"]
    second = data.profile("F2")
    assert second.time.tolist() == [0, 5, 10, 20]
    assert np.array_equal(second.released, [[0, np.nan, 20, np.nan], [np.nan, 10, np.nan, 60]], equal_nan=True)


def test_a_long_table_with_what_else_is_known_of_each_formulation(read):
    data = read(
        "formulation_id,pH,loading_pct,time_h,release_fraction\n3,7,9,0,0\n3,7,9,1,0.2\n4,7,8,0,0\n4,7,8,1,0.3\n"
    )
    assert list(values(data)) == ["3", "4"]
    assert data.profile("4").mean == pytest.approx([0, 30])
    assert warned(data, "loading_pct", "not used")


def test_rows_at_one_time_are_replicates_in_a_long_table(read):
    data = read("time (h),released (%)\n0,0\n1,5\n1,6\n2,10\n2,11\n0,0\n")
    assert values(data) == {"data": [[0, 5, 10], [0, 6, 11]]}
    assert warned(data, "replicates")


def test_a_column_that_numbers_the_rows_names_no_profile(read):
    data = read("Sample,time (h),released (%)\n1,0,0\n2,1,10\n3,2,20\n")
    assert values(data) == {"data": [[0, 10, 20]]}
    assert warned(data, "Sample", "not used")


def test_fraction_or_percent_without_a_unit(read):
    fraction, percent = (read(f"time (h),released\n0,0\n1,{largest}\n") for largest in (1.2, 60))
    assert fraction.profile().mean == pytest.approx([0, 120])
    assert percent.profile().mean == pytest.approx([0, 60])
    assert warned(fraction, "read as fraction")
    assert warned(percent, "read as percent")
    assert read("time (h),released\n0,0\n1,2.5\n", unit="percent").profile().mean.tolist() == [0, 2.5]
    assert warned(read("time (h),released (%)\n0,0\n1,0.9\n"), "0.9 %", "--unit fraction")
    forced = read("time (h),released (%)\n0,0\n1,0.9\n", unit="fraction")
    assert forced.profile().mean == pytest.approx([0, 90])
    assert warned(forced, "as asked")


def test_the_unit_of_time_can_be_said(read):
    assert read("time,released (%)\n0,0\n1,9\n", time_unit="min").seconds == 60.0
    forced = read("time (h),released (%)\n0,0\n1,9\n", time_unit="days")
    assert (forced.time_unit, warned(forced, "as asked")) == ("d", True)


@pytest.mark.parametrize("name", ["total", "dose", "Total drug", "总量"])
def test_a_column_of_one_mass_called_dose_or_total_is_the_dose(read, name):
    table = f"time (h),Q (mg),{name} (ug)\n0,0,4000\n1,1,4000\n2,3,\n"
    data = read(table)
    assert data.profile().mean.tolist() == pytest.approx([0, 25, 75])
    assert data.warnings == (f"dose 4000 ug, from column '{name} (ug)' (--dose says another)",)
    assert read(table, dose="10 mg").profile().mean.tolist() == pytest.approx([0, 10, 30])
    shares = read(f"time (h),released (%),{name} (ug)\n0,0,4000\n1,20,4000\n")
    assert shares.profile().mean.tolist() == [0, 20]
    assert any("not used" in note for note in shares.warnings)


def test_rows_of_a_lone_column_in_any_order_are_told(read):
    note = "rows were not in the order of time; sorted"
    assert note in read("time (h),released (%)\n2,20\n0,0\n1,10\n").warnings
    assert note not in read("time (h),released (%)\n0,0\n1,10\n0,0\n1,12\n").warnings  # replicates, one by one


def test_a_mass_needs_the_dose(read):
    text = "time (h),Q (mg)\n0,0\n1,2.5\n"
    data = read(text, dose="5000 ug")
    assert (data.profile().mean.tolist(), data.given_as) == (pytest.approx([0, 50]), "mass (mg)")
    with pytest.raises(FileError, match=r'Q \(mg\): in mg; need the dose for percent: --dose "5 mg"'):
        read(text)
    with pytest.raises(FileError, match="dose of the same kind"):
        read(text, dose="5 umol")
    assert read("time (h),Q (umol)\n0,0\n1,2\n", dose="5 umol").profile().mean == pytest.approx([0, 40])


CONCENTRATION = "time (h),C (ug/mL)\n1,10\n2,15\n3,18\n"


@pytest.mark.parametrize(
    ("options", "mean"),
    [  # by hand: of 10 mg in 500 mL; the samples of 5 mL hold 0.05 and 0.075 mg
        ({}, [50, 75, 90]),
        ({"sample": "5 mL"}, [50, 75.5, 91.25]),
        ({"sample": "5 mL", "replaced": False}, [50, 74.75, 89.45]),
    ],
)
def test_a_concentration_is_corrected_for_samples(read, options, mean):
    data = read(CONCENTRATION, dose="10 mg", volume="500 mL", **options)
    assert data.profile().mean == pytest.approx(mean)
    assert data.given_as == "concentration (ug/mL)"
    assert warned(data, "samples")
    percent = read("time (h),released (%)\n1,50\n2,75\n3,90\n", volume="500 mL", **options)
    assert percent.profile().mean == pytest.approx(mean)  # what is in the vessel, as percent of the dose
    assert (percent.warnings == ()) == (options == {})


def test_sample_volumes_of_a_column(read):
    text = "time (h),C (ug/mL),sample (mL)\n1,10,5\n2,15,5\n3,18,1\n"
    assert read(text, dose="10 mg", volume="500 mL").profile().mean == pytest.approx([50, 75.5, 91.25])
    percent = text.replace("C (ug/mL)", "released (%)")
    assert read(percent).profile().mean.tolist() == [10, 15, 18]
    assert warned(read(percent), "corrected for samples already")
    corrected = read(percent, corrected=False, volume="500 mL").profile()
    assert corrected.mean == pytest.approx([10, 15.1, 18.25])  # 5/500 of 10, then of 15


def test_what_is_doubtful_about_a_correction_is_told(read):
    volumes = {"volume": "100 mL", "sample": "10 mL"}
    assert warned(read("time (h),cumulative release (%)\n1,10\n2,20\n", **volumes), "cumulative")
    assert warned(read(PLAIN, replaced=False, **volumes), "time 0 counts as a sample")
    assert warned(read("time (h),a,b\n0,0,0\n1,10,\n2,20,20\n", profiles="one", **volumes), "no sample", "missing")


def test_oddities_are_kept_and_told(read):
    data = read("time (h),released (%)\n0,3\n1,105\n2,99\n3,-2.5\n")
    assert data.profile().mean.tolist() == [3, 105, 99, -2.5]
    for words in (
        ("1 reading above 103 %", "105 at 1 h"),
        ("1 reading below -2 %", "-2.5 at 3 h"),
        ("not 0 at time 0", "3 at 0 h"),
        ("2 readings more than 3 % below an earlier one", "99 after 105 at 2 h"),
    ):
        assert warned(data, *words)
    assert warned(read("time (h),released (%)\n0,0\n1,450\n"), "check unit and dose")


def test_what_an_assay_errs_is_no_news(read):
    data = read("time (h),released (%)\n0,0.4\n1,-1.5\n2,100.4\n3,99\n4,103\n")
    assert data.profile().mean.tolist() == [0.4, -1.5, 100.4, 99, 103]
    assert data.warnings == ()


def test_times_without_any_reading_are_left_out(read):
    data = read("time (h),unit 1,unit 2,unit 3\n0,0,0,\n1,nd,-,\n2,20,22,\n")
    assert data.profile().time.tolist() == [0, 2]
    assert warned(data, "1 time without a reading")
    assert warned(data, "'unit 3' holds no reading")


def test_columns_can_be_named_by_the_user(read):
    text = "Zeitpunkt,Wert,Streuung,Charge\n0,0,0,a\n1,50,2,a\n0,0,0,b\n1,60,3,b\n"
    data = read(text, time_unit="h", columns={
        "Zeitpunkt": "time", "wert": "released", "Streuung": "sd", "Charge": "profile"
    })  # fmt: skip
    assert values(data) == {"a": [[0, 50]], "b": [[0, 60]]}
    assert data.profile("b").deviation.tolist() == [0, 3]


def test_a_unit_that_a_column_cannot_have_is_none(read):
    data = read("a (mg),b (h)\n0,0\n1,10\n", columns={"a": "time", "b": "released"}, time_unit="h")
    assert (values(data), data.given_as) == ({"data": [[0, 10]]}, "percent")


ROWS: list[list[object]] = [["Time (h)", "Released (%)"], [0, 0], [1, 10.5], [2, "20"]]


def test_a_workbook(workbook):
    data = workbook(
        [["My experiment"], [None, None, "a remark at the side"], [None, *ROWS[0]], *([None, *row] for row in ROWS[1:])]
    )
    assert values(data) == {"data": [[0, 10.5, 20]]}


def test_the_first_sheet_with_a_table_is_read(workbook):
    data = workbook([["nothing here"]], ROWS, [ROWS[0], [0, 1], [5, 6]])
    assert values(data) == {"data": [[0, 10.5, 20]]}
    assert warned(data, "Sheet2")
    assert values(workbook([["nothing"]], ROWS, [ROWS[0], [0, 1], [5, 6]], sheet="sheet3")) == {"data": [[1, 6]]}
    assert values(workbook([["nothing"]], ROWS, [ROWS[0], [0, 1], [5, 6]], sheet=3)) == {"data": [[1, 6]]}


def test_a_cell_shown_as_a_percentage_holds_a_share(workbook):
    rows = [ROWS[0], [0, 0], [1, 0.07], [2, 0.45]]
    shown = workbook(rows, formats={"B2": "0%", "B3": "0.0%", "B4": "0%"})
    assert values(shown) == {"data": [[0, 7, 45]]}
    written = workbook([ROWS[0], [0, 0], [1, 7], [2, 45]], formats={"B3": '0"%"', "B4": "0\\%"})
    assert values(written) == {"data": [[0, 7, 45]]}
