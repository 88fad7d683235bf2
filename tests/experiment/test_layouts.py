"""Tables as people lay them out: two rows of names, mean and deviation in one cell, times in a row, remarks below."""

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from formulate.experiment.data import ReleaseData
from formulate.experiment.frames import from_frame
from formulate.experiment.reading import read_release


@pytest.fixture
def read(tmp_path: Path):
    """Write a text to a file and read it."""

    def written(text: str, name: str = "own.csv", **options) -> ReleaseData:
        (tmp_path / name).write_text(text, "utf-8")
        return read_release(tmp_path / name, **options)

    return written


def units(data: ReleaseData) -> dict[str, tuple[str, ...]]:
    return {profile.name: profile.unit_names for profile in data.profiles}


def values(data: ReleaseData) -> dict[str, list[list[float]]]:
    return {profile.name: profile.released.tolist() for profile in data.profiles}


def warned(data: ReleaseData, *words: str) -> bool:
    return any(all(word in warning for word in words) for warning in data.warnings)


# ---- names of profiles


@pytest.mark.parametrize("head", ["V1 (%),V2 (%)", "tab1 (%),tab2 (%)", "1 (%),2 (%)", "样品1释放率/%,样品2释放率/%"])
def test_a_lone_profile_is_called_as_its_file(read, head):
    assert units(read(f"time (h),{head}\n0,0,0\n1,5,6\n")) == {"own": ("1", "2")}


@pytest.mark.parametrize("head", ["Q/%", "r (%)", "释放率/%", "Vessel (%)", "released (%)"])
def test_a_name_that_says_nothing_is_none(read, head):
    assert units(read(f"time (h),{head}\n0,0\n1,5\n")) == {"own": ("1",)}


def test_a_name_that_says_something_is_kept(read):
    assert list(units(read("time (h),PLGA_1 (%),PLGA_2 (%)\n0,0,0\n1,5,6\n"))) == ["PLGA"]
    assert list(units(read("time (h),A unit 1 (%),A unit 2 (%)\n0,0,0\n1,5,6\n"))) == ["A"]
    assert list(units(read("time (h),R1,R2,T1,T2\n0,0,0,0,0\n1,9,9,9,9\n"))) == ["R", "T"]
    assert list(units(read("batch,time (h),released (%)\nA,0,0\nA,1,5\n"))) == ["A"]
    assert list(units(read("time (h),胶束 (%)\n0,0\n1,5\n"))) == ["胶束"]


def test_a_mean_beside_its_units_is_theirs_whatever_their_letter(read):
    data = read("time (h),V1,V2,V mean,V SD\n0,0,0,0,0\n1,9,11,10,1\n")
    assert values(data) == {"own": [[0, 9], [0, 11]]}
    assert warned(data, "'V mean' not used")


# ---- a mean and its deviation in one cell


@pytest.mark.parametrize(
    "text", ["12.3 ± 1.2", "12.3±1.2", "12.3 +/- 1.2", "(12.3 ± 1.2)", "12.3 % ± 1.2 %", "12.3±1.2%"]
)
@pytest.mark.parametrize("head", ["released (%)", "Released % (mean±SD)", "released (%) ± SD", "F (%) mean ± SD"])
def test_mean_and_deviation_in_a_cell(read, text, head):
    is_percent = "%" in text
    data = read(f"time (h),{head}\n0,0\n1,{text}\n2,{'25%' if is_percent else '25'}\n")
    assert values(data) == {"own": [[0, 12.3, 25]]}
    assert np.array_equal(data.profile().deviation, [np.nan, 1.2, np.nan], equal_nan=True)
    assert warned(data, "mean and SD read from one cell")


def test_means_and_deviations_of_several_profiles(read):
    data = read("time (h),PLGA (%),Free (%)\n0,0 ± 0,0 ± 0\n1,12 ± 1,40 ± 2\n")
    assert values(data) == {"PLGA": [[0, 12]], "Free": [[0, 40]]}
    assert [profile.deviation.tolist() for profile in data.profiles] == [[0, 1], [0, 2]]
    fraction = read("time (h),PLGA (fraction)\n0,0\n1,0.12 ± 0.01\n").profile()
    assert (fraction.released[0, 1], fraction.deviation[1]) == (pytest.approx(12), pytest.approx(1))


def test_a_standard_error_behind_the_mean(read):
    data = read("time (h),mean ± SEM (%),n\n0,0 ± 0,4\n1,12 ± 1,4\n").profile()
    assert (data.deviation.tolist(), data.units_behind) == ([0, 2], 4)  # SD = SEM sqrt(4)
    counted = read("time (h),mean ± SEM (n=9) (%)\n0,0 ± 0\n1,12 ± 1\n").profile()
    assert (counted.deviation.tolist(), counted.units_behind) == ([0, 3], 9)


def test_a_deviation_in_brackets_where_the_header_says_so(read):
    data = read("time (h);mean (SD) (%)\n0;0 (0)\n1;12.3 (1.2)\n").profile()
    assert (data.mean.tolist(), data.deviation.tolist()) == ([0, 12.3], [0, 1.2])


def test_a_mean_without_a_deviation(read):
    data = read("time (h),released (%)\n0,0 ± nd\n1,12 ± 1\n").profile()
    assert np.array_equal(data.deviation, [np.nan, 1], equal_nan=True)


# ---- two rows of names

READINGS = "5,20,21,22,30,31,32\n10,40,41,42,50,51,52\n"


@pytest.mark.parametrize(
    "names",
    [
        "Time (min),Reference,,,Test,,\n,1,2,3,1,2,3\n",
        ",Reference,,,Test,,\nTime (min),1,2,3,1,2,3\n",
        "Time,Reference,,,Test,,\n(min),1,2,3,1,2,3\n",
        "Time (min),Reference,,,Test,,\nTime (min),1,2,3,1,2,3\n",
        "Time,Reference,Reference,Reference,Test,Test,Test\nmin,1,2,3,1,2,3\n",
        "Time,Reference (%),,,Test (%),,\n,V1,V2,V3,V1,V2,V3\nmin,%,%,%,%,%,%\n",
        ",Reference,,,Test,,\nTime (min),vessel 1,vessel 2,vessel 3,vessel 1,vessel 2,vessel 3\n",
        "Study 12,,,,,,\nTime (min),Reference,,,Test,,\n,tab 1,tab 2,tab 3,tab 1,tab 2,tab 3\n",
    ],
)
def test_formulations_over_the_numbers_of_their_units(read, names):
    data = read(names + READINGS)
    assert units(data) == {"Reference": ("1", "2", "3"), "Test": ("1", "2", "3")}
    assert values(data)["Test"] == [[30, 50], [31, 51], [32, 52]]
    assert (data.time_unit, data.profile("Test").time.tolist()) == ("min", [5, 10])


def test_units_counted_on_below_the_second_name(read):
    data = read("Time (min),R,,,T,,\n,1,2,3,4,5,6\n" + READINGS)
    assert units(data) == {"R": ("1", "2", "3"), "T": ("4", "5", "6")}


def test_merged_cells_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Time (h)", "PLGA", None, "Free", None], [None, 1, 2, 1, 2], [0, 0, 0, 0, 0], [1, 10, 12, 50, 52]):
        book.active.append(row)
    for cells in ("A1:A2", "B1:C1", "D1:E1"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "x.xlsx")
    assert values(read_release(tmp_path / "x.xlsx")) == {"PLGA": [[0, 10], [0, 12]], "Free": [[0, 50], [0, 52]]}


@pytest.mark.parametrize(
    "names", ["Time (h),PLGA,,,Free,,\n,mean,SD,n,mean,SD,n\n", ",PLGA,,,Free,,\nTime (h),mean,SD,n,mean,SD,n\n"]
)
def test_formulations_over_means_and_deviations(read, names):
    data = read(names + "0,0,0,3,0,0,4\n1,10,2,3,50,4,4\n")
    assert values(data) == {"PLGA": [[0, 10]], "Free": [[0, 50]]}
    assert [(each.deviation.tolist(), each.units_behind) for each in data.profiles] == [([0, 2], 3), ([0, 4], 4)]


def test_what_is_measured_over_the_formulations(read):
    data = read("Time (h),Cumulative release (%),\n,PLGA,Gel\n0,0,0\n1,1.2,3.1\n")
    assert values(data) == {"PLGA": [[0, 1.2]], "Gel": [[0, 3.1]]}
    assert data.given_as == "percent"
    of_units = read("Time (h),Cumulative release (%),,\n,1,2,3\n0,0,0,0\n1,9,9,9\n")
    assert units(of_units) == {"own": ("1", "2", "3")}


def test_two_rows_read_otherwise_where_asked(read):
    text = "Time (h),R,,T,\n,1,2,1,2\n0,0,0,0,0\n1,10,12,20,22\n"
    assert units(read(text, profiles="one")) == {"own": ("R 1", "R 2", "T 1", "T 2")}
    assert list(units(read(text, profiles="each"))) == ["R 1", "R 2", "T 1", "T 2"]


def test_reference_and_test_by_one_letter_over_their_units(read):
    assert list(units(read("Time (h),R,,T,\n,1,2,1,2\n0,0,0,0,0\n1,10,12,20,22\n"))) == ["R", "T"]


# ---- times in a row


def test_a_table_on_its_side(read):
    text = "time (h),0,1,2,4\nrelease (%),0,12.5,22.1,38.7\n"
    data = read(text)
    assert values(data) == {"own": [[0, 12.5, 22.1, 38.7]]}
    assert data.profile().time.tolist() == [0, 1, 2, 4]
    assert warned(data, "times stand in a row")
    assert values(read("Study 12,,,,\n" + text + "\nn = 3\n")) == values(data)


def test_several_profiles_and_deviations_on_their_side(read):
    data = read("time (h),0,1,2\nF1 mean (%),0,10,20\nF1 SD (%),0,1,2\nF2 mean (%),0,NA,40\n")
    assert np.array_equal(data.profile("F1").deviation, [0, 1, 2])
    assert data.profile("F2").time.tolist() == [0, 2]
    assert units(read("time (h),0,1\ntab1,0,10\ntab2,0,20\n")) == {"own": ("1", "2")}


def test_units_called_by_numbers_are_no_times(read):
    data = read("time (h),1,2,3\n0,0,0,0\n1,20,21,22\n")
    assert units(data) == {"own": ("1", "2", "3")}


# ---- remarks below the table

MEANS = "time (h),F1 mean (%),F1 SD\n0,0,0\n1,20,2\n2,30,2\n"


@pytest.mark.parametrize(
    "below", ["\nn = 3\n", "\nn = 3,,\n", "\nn,3\n", "\ndata are means, n = 3\n", "\n\nMean ± SD\nN=3\n"]
)
def test_a_remark_below_the_table_tells_the_number_of_units(read, below):
    data = read(MEANS + below)
    assert values(data) == {"F1": [[0, 20, 30]]}
    assert data.profile().units_behind == 3
    assert warned(data, "below the table, not read as readings")
    assert warned(data, "n = 3 below the table read as the number of units behind each mean")


def test_a_remark_is_passed_over(read):
    data = read(MEANS + "\nall at 37 C, pH 7.4, by HPLC\nby me\n")
    assert (values(data), data.profile().units_behind) == ({"F1": [[0, 20, 30]]}, None)
    assert warned(data, "all at 37 C, pH 7.4, by HPLC")
    two = read(MEANS + "\nn = 3 for F1, n = 4 for F2\n")
    assert two.profile().units_behind is None


def test_a_column_of_counts_wins_over_a_remark(read):
    data = read("time (h),mean (%),SD,n\n0,0,0,6\n1,20,2,6\n\nn = 3\n")
    assert data.profile().units_behind == 6
    of_units = read("time (h),V1,V2\n0,0,0\n1,20,21\n\nn = 3\n").profile()
    assert (of_units.units, of_units.units_behind) == (2, None)


# ---- decimal commas


@pytest.mark.parametrize(
    "text",
    [
        "Zeit (h);Wert (%)\n0;0\n0,5;12,5\n1;20\n",
        "Zeit (h)\tWert (%)\n0\t0\n0,5\t12,5\n1\t20\n",
        '"Zeit (h)","Wert (%)"\n"0","0"\n"0,5","12,5"\n"1","20"\n',
        "Zeit (h)   Wert (%)\n0   0\n0,5   12,5\n1   20\n",
    ],
)
def test_decimal_commas_where_asked(read, text):
    data = read(text, decimal=",").profile()
    assert (data.time.tolist(), data.mean.tolist()) == ([0, 0.5, 1], [0, 12.5, 20])


def test_decimal_commas_in_pairs_and_in_texts_of_other_tables(read):
    data = read("Zeit (h);Wert (%)\n0;0\n1;12,5 ± 1,5\n", decimal=",").profile()
    assert (data.mean.tolist(), data.deviation[1]) == ([0, 12.5], 1.5)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"time (h)": [0, 1], "released (%)": ["0", "12,5"]})
    assert from_frame(frame, decimal=",").profile().mean.tolist() == [0, 12.5]
