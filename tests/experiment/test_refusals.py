"""What a file of measured release is refused for: one clear line for each fault, with where it stands."""

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pytest

from formulate.experiment import assembly, table, workbook
from formulate.experiment.reading import read_release
from materials import workbooks
from materials.errors import FileError, FormulateError
from materials.files import MOST_FAULTS

HEAD = "time (h),released (%)\n"


def refused(path: Path, content: str | bytes | None = None, **options) -> list[str]:
    """Give the lines of a refusal without the folder."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FormulateError) as error:
        read_release(path, **options)
    return str(error.value).replace(f"{path.parent}/", "").splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.csv"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        ("# nothing\n", "holds no table"),
        (HEAD + "\n" * 2_100_000, "more than 1000000 lines"),
        (HEAD, "x.csv:1: holds no row of readings"),
        (HEAD + "0,0\n", "one time with a reading; need two"),
        (HEAD + "0,\n1,NA\n", "no column of readings"),
        (HEAD + "0,0\n1e-310,50\n2e-310,75\n", "the last time is 2e-310; need 1e-15 or later"),
        ("0,0\n1,10\n", "x.csv:1: no column names above the numbers"),
        ("x,y\n0,0\n1,10\n", "no column of times among 'x', 'y'; need one such as time (h), or --column 'NAME=time'"),
        ("a\nb\n", "one column"),
        ("time,released (%)\n0,0\n1,10\n", "time: no unit of time; need one in the column name"),
        ("time (h),released\n0,0\n1,2.5\n", "released: no unit, and readings up to 2.5 may be percent or fraction"),
        ("time (h),fraction released\n0,0\n1,40\n", "fractions up to 40"),
        ("time (h),Q (mg/g)\n0,0\n1,40\n", "unit 'mg/g'; need percent"),
        ("time (h),released (kJ)\n0,0\n1,40\n", "released (kJ): unit 'kJ'; need percent"),
        ("time (parsec),F (%)\n0,0\n1,40\n", "time (parsec): no unit of time; need one in the column name"),
        (HEAD + "1," + "9" * 200_000 + "\n", "x.csv:2: a cell of more than 10000 characters"),
        ("time (h),Q (mg),dose (mg)\n0,0,5\n1,2,4\n", "in mg; need the dose"),
        ("time (h),C (ug/mL)\n0,0\n1,40\n", 'need the dose for percent: --dose "5 mg"'),
        ("time (h),notes\n0,ab\n1,c\n", "no column of readings among 'time (h)', 'notes'"),
        (HEAD + "1,5,2,5\n", "x.csv:2: 4 cells; need 2, as many as column names; are the decimals commas? need points"),
        (HEAD + "0:00,0\n1:30,1\n", "'0:00': a time of the clock; need a number, such as 1.5 for 1:30"),
        (HEAD + "0,0\n5%,1\n", "x.csv:3: column 1, time (h): a percentage; need a time"),
        (HEAD + "0,0\n1,10%\n2,20\n", "20 has no percent sign"),
        ("time (h),Q (mg)\n0,0\n1,10%\n", "a percentage; the column is in mg"),
        ("time (h),Q (mg),SD (%)\n0,0,0\n1,10,5\n", "a deviation in percent of readings in mg"),
        ("time (h),mean (%),SD\n0,0,0\n1,10,-5\n", "x.csv:3: column 3, SD: a deviation of -5; need 0 or more"),
        ("time (h),mean (%),n\n0,0,3\n1,10,2.5\n", "2.5 units; need a whole number"),
        ("batch,time (h),F (%)\nA,0,0\n,1,5\nA,2,8\n", "x.csv:3: column 1, batch: is empty; need a name in each row"),
        ("time (h),F1,F2\n0,0,0\n1,5,6\n1,7,8\n", "x.csv:4: profile 'F1', unit '1': time 1 again, as in row 3"),
        ("unit,time (h),F (%)\na,0,0\na,1,6\na,1,8\n", "profile 'x', unit 'a': time 1 again, as in row 3"),
        ("time (h),mean (%),SD\n0,0,1\n0,5,1\n", "time 0 again"),
        (HEAD + '0,0\n1,"5\n', "not a table that can be read"),
        (HEAD + "0,0\n1," + "9" * 20_000 + "\n", "a cell of more than"),
        (b"9" * 10_000_001, "too large; need a table of at most 10 MB"),
        ("time (h)" + ",F" * 2000 + "\n", "2001 columns"),
        (bytes(range(256)), "is not text in UTF-8"),
        (b"\x00\x01\x02" * 50, "control characters"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00", "control characters"),
        (b"\x81\x8d\x8f\xff", "is not text in UTF-8"),
        (b"PK\x03\x04" + b"x" * 100, "not a workbook that can be read"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 99, "the old kind (.xls); save it as .xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
    ],
)  # fmt: skip
def test_one_clear_line(file: Path, content: str | bytes, words: str) -> None:
    lines = refused(file, content)
    assert words in lines[0]
    assert lines[0].startswith("x.csv")
    assert len(lines[0]) < 420


def test_decimal_commas_throughout_are_told_once(file: Path) -> None:
    rows = [f"{hour},5;{hour}2,5\n" for hour in range(1, 8)]
    lines = refused(file, "time (h);released (%)\n" + "".join(rows))
    assert len(lines) == 1
    assert lines[0].startswith("x.csv:2: column 1, time (h): '1,5': a comma; need a number with a point")
    assert lines[0].endswith("; 13 more cells alike")
    few = refused(file, "time (h);released (%)\n1;2,5\n2;abc\n3;4,5\n")
    assert [line.partition(": ")[0] for line in few] == ["x.csv:2", "x.csv:3", "x.csv:4"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('"1,5"', "'1,5': a comma; need a number with a point"),
        ('"1,234.5"', "a thousands separator"),
        ('"1,234,567"', "a thousands separator"),
        ("1 234", "a thousands separator"),
        ("#N/A", "an error of the spreadsheet"),
        ("#DIV/0!", "an error of the spreadsheet"),
        ("abc1", "'abc1' is not a number"),
        ("TRUE1", "is not a number"),
        ("12 h", "is not a number"),
        ("<0.5", "a limit"),
        ("inf", "not finite"),
        ("1e300", "too large"),
        ("-1e999", "too large"),
        ("١٢", "is not a number"),
        ("0x10", "is not a number"),
        ("1_000", "is not a number"),
    ],
)
@pytest.mark.parametrize("is_time", [False, True])
def test_a_cell_that_is_no_number(file: Path, cell: str, words: str, is_time: bool) -> None:
    row = f"{cell},5" if is_time else f"5,{cell}"
    (line,) = refused(file, f"{HEAD}0,0\n{row}\n9,9\n")
    assert line.startswith("x.csv:3: column 1, time (h): " if is_time else "x.csv:3: column 2, released (%): ")
    assert words in line


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("time (h),released (%)\n0,0\n5 ± 1,3\n", "column 1, time (h): '5 ± 1': a mean and its deviation in one cell"),
        ("time (h),mean (%),n\n0,0,3\n5,3,3 ± 1\n", "column 3, n: '3 ± 1': a mean and its deviation in one cell"),
        ("time (h),released (%)\n0,0\n5,3 ± x\n", "'3 ± x': a mean and its deviation in one cell"),
        ("time (h),released (%)\n0,0\n5,3 (1)\n", "'3 (1)' is not a number"),
    ],
)
def test_a_mean_with_its_deviation_where_none_can_be(file: Path, cell: str, words: str) -> None:
    (line,) = refused(file, cell)
    assert line.startswith("x.csv:3: ")
    assert words in line


def test_a_second_row_that_is_none_of_names(file: Path) -> None:
    (line,) = refused(file, "time (h),R,,T,\n,5,9,5,9\n1,20,21,30,31\n2,30,31,40,41\n")
    assert line.startswith("x.csv:2: no time, below a row in which names are missing")
    assert "need units numbered 1, 2, 3 under each name" in line


def test_a_table_on_its_side_names_the_cells_of_the_file(tmp_path: Path, file: Path) -> None:
    text = "title,,\ntime (h),0,1,2\nF1 (%),0,x1,20\nF2 (%),0,5,9\n"
    assert refused(file, text)[0].startswith("x.csv:3: column 3, F1 (%): 'x1' is not a number")
    assert refused(file, text.replace("h),0,1,2", "h),0,-1,2"))[0].startswith("x.csv:2: column 3, time (h): time -1")
    path = book(tmp_path / "x.xlsx", [["time (h)", 0, 1, 2], ["F1 (%)", 0, "1,5", 20]])
    assert refused(path)[0].startswith("x.xlsx:2: cell C2, F1 (%): '1,5': a comma")
    again = refused(file, "time (h),0,1,1\nF1 (%),0,1,20\nF2 (%),0,5,9\n")
    assert "time 1 again, as in column 3" in again[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("time (h),released (%)\n0,0\n1,10\n", "commas part the columns, and decimals are said to be commas"),
        ("time (h);released (%)\n0;0\n1;12.5\n", "x.csv:3: column 2, released (%): '12.5': a point, where decimals"),
        ("time (h);released (%)\n0;0\n1;1.234,5\n", "'1.234,5': a point"),
        ("time (h);released (%)\n0;0\n1;1,2,3\n", "is not a number"),
    ],
)
def test_decimal_commas_that_cannot_be(file: Path, content: str, words: str) -> None:
    assert words in refused(file, content, decimal=",")[0]


def test_decimal_commas_between_semicolons(file: Path) -> None:
    lines = refused(file, "time (h);released (%)\n0;0\n0,5;12,3\n1;15\n")
    assert [line.split(": ")[0] for line in lines] == ["x.csv:3", "x.csv:3"]
    assert all("--decimal , reads it, or export again with the point" in line for line in lines)


@pytest.mark.parametrize("time", ["", "NA", "nan"])
def test_a_reading_needs_a_time(file: Path, time: str) -> None:
    assert "x.csv:3: column 1, time (h): no time" in refused(file, f"{HEAD}0,0\n{time},5\n2,9\n")[0]


def test_a_time_is_not_negative(file: Path) -> None:
    assert "x.csv:3: column 1, time (h): time -1; need 0 or later" in refused(file, f"{HEAD}0,0\n-1,5\n2,9\n")[0]


def test_all_faults_are_listed_in_order_but_no_more_than_one_reads(file: Path) -> None:
    lines = refused(file, HEAD + "0,x1\n-1,2\n2,3\n#REF!,y2\n")
    assert [line.partition(": ")[0] for line in lines] == ["x.csv:2", "x.csv:3", "x.csv:5", "x.csv:5"]
    assert len(refused(file, HEAD + "1,x1\n" * 500)) == MOST_FAULTS


def test_too_many_rows_or_places(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 5)
    assert "more than 5 rows" in refused(file, HEAD + "1,2\n" * 9)[0]
    monkeypatch.undo()
    monkeypatch.setattr(assembly, "MOST_READINGS", 5)
    long = "unit,time (h),F (%)\n" + "".join(f"{unit},{unit + 9 * time},0\n" for unit in range(3) for time in range(2))
    assert "3 units at 6 times" in refused(file, long)[0]


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "none.csv")[0]
    assert "is a folder" in refused(tmp_path)[0]
    assert "cannot be read" in refused(tmp_path / ("n" * 5000))[0]
    assert refused(Path("x\0y"))[0].startswith("x?y: ")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"time_unit": "parsec"}, "time unit 'parsec'; need s, min, h"),
        ({"unit": "h"}, "unit 'h'; need percent"),
        ({"unit": "zork"}, "unit 'zork'"),
        ({"dose": "5"}, "'5': no unit"),
        ({"dose": "0 mg"}, "need more than 0"),
        ({"dose": "5 mL"}, "wrong dimension"),
        ({"volume": "5 mg"}, "wrong dimension"),
        ({"volume": "-5 mL"}, "need more than 0"),
        ({"sample": "5 mL"}, "without the volume"),
        ({"sample": "5 mL", "volume": "5 mL"}, "need less than the volume"),
        ({"sample": "1 mL", "volume": "5 mL", "corrected": True}, "need one of them"),
        ({"corrected": False}, "need their volume"),
        ({"columns": {"released (%)": "soup"}}, "'soup'; need one of time"),
        ({"columns": {"zork": "time"}}, "no column 'zork'"),
        ({"profiles": "two"}, "profiles 'two'; need one"),
        ({"profiles": {"zork": "F1"}}, "no column 'zork'"),
        ({"sheet": "One"}, "has no sheets"),
        ({"decimal": ";"}, "decimal ';'; need . or ,"),
    ],
)
def test_options_that_do_not_fit(file: Path, options: dict, words: str) -> None:
    (line,) = refused(file, HEAD + "0,0\n1,5\n", **options)
    assert words in line


def test_samples_need_volumes_that_fit(file: Path) -> None:
    text = "time (h),C (ug/mL),sample (mL)\n1,10,5\n2,15,\n3,18,5\n"
    assert "a reading without the volume of its sample" in refused(file, text, dose="1 mg", volume="50 mL")[0]
    assert "need the volume" in refused(file, text, dose="1 mg")[0]
    text = text.replace("15,", "15,-1")
    assert "x.csv:3: column 3, sample (mL): a sample of -1" in refused(file, text, dose="1 mg", volume="50 mL")[0]
    text = text.replace("-1", "5")
    line = refused(file, text, dose="1 mg", volume="12 mL", replaced=False)[0]
    assert "less than the liquid left" in line
    text = text.replace("sample (mL)", "taken")
    line = refused(file, text, dose="1 mg", volume="50 mL", columns={"taken": "sample"})[0]
    assert "no unit of volume" in line


def test_a_dose_wrong_by_a_million_is_refused(file: Path) -> None:
    assert "check unit, dose and volume" in refused(file, "time (h),Q (kg)\n0,0\n1,2\n", dose="5 mg")[0]


def book(path: Path, rows: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (datetime.datetime(2024, 5, 1), "a date or a time of the clock"),
        (datetime.time(1, 30), "a date or a time of the clock"),
        (True, "TRUE: neither a number"),
        ("#N/A", "an error of the spreadsheet"),
        ("=1/0", "a formula without a stored result"),
        ("1,5", "a comma"),
    ],
)
@pytest.mark.parametrize("is_time", [False, True])
def test_a_cell_of_a_workbook_that_is_no_number(tmp_path: Path, cell: object, words: str, is_time: bool) -> None:
    row = [cell, 5] if is_time else [5, cell]
    path = book(tmp_path / "x.xlsx", [["title"], ["Time (h)", "F1 (%)"], [0, 0], row, [9, 9]])
    (line,) = refused(path)
    assert line.startswith("x.xlsx:4: cell A4, Time (h): " if is_time else "x.xlsx:4: cell B4, F1 (%): ")
    assert words in line


def test_workbooks_that_could_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 1_000_000)
    assert "unpacks to" in refused(path)[0]
    monkeypatch.undo()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]>')
    assert "defines entities" in refused(path)[0]
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
    assert "OpenDocument" in refused(path)[0]
    book(path, [["Time (h)", "F1 (%)"], *[[number, number] for number in range(9)]])
    assert "no sheet 'Two'; nearest: Sheet" in refused(path, sheet="Two")[0]
    monkeypatch.setattr(workbook, "MOST_CELLS", 5)
    assert "cells, more than 5" in refused(path)[0]
    monkeypatch.undo()
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    assert "more than 5 rows" in refused(path)[0]


def test_a_workbook_without_a_table(tmp_path: Path) -> None:
    assert "holds no table" in refused(book(tmp_path / "x.xlsx", []))[0]
    assert "no column of times among 'a', 'b'" in refused(book(tmp_path / "x.xlsx", [["a", "b"], [1, 2]]))[0]


def test_a_file_error_is_what_callers_catch(file: Path) -> None:
    file.write_text(HEAD)
    with pytest.raises(FileError) as error:
        read_release(str(file))
    assert error.value.faults[0].line == 1
