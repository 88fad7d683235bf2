"""The same data in any layout, file, unit and order of rows read alike; no bytes make the reader fall over."""

import csv
import io
import random
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formulate.experiment.asked import asked
from formulate.experiment.assembly import read_table
from formulate.experiment.data import Profile, ReleaseData
from formulate.experiment.frames import from_frame, long_rows, release_data, to_frame
from formulate.experiment.reading import read_release
from formulate.experiment.table import Table
from materials.errors import DomainError, FileError, FormulateError

SECONDS = {"min": 60.0, "h": 3600.0, "d": 86400.0}
quiet = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def measured(draw: st.DrawFn) -> ReleaseData:
    """Give profiles whose largest reading leaves no doubt of the unit; each time has a reading."""
    profiles = []
    for name in draw(st.lists(st.sampled_from(["A", "B", "Gel", "X9"]), min_size=1, max_size=3, unique=True)):
        times = sorted(draw(st.sets(st.integers(0, 400), min_size=2, max_size=7)))
        units = draw(st.integers(1, 4))
        random_readings = np.random.default_rng(draw(st.integers(0, 2**32))).uniform(0.0, 110.0, (units, len(times)))
        readings = np.round(random_readings, 3)
        readings[0, -1] = 90.0
        if units > 1 and draw(st.booleans()):
            readings[1, draw(st.integers(0, len(times) - 1))] = np.nan
        if units > 1 and np.isnan(readings[1]).all():
            readings[1, 0] = 1.0
        names = tuple(str(number + 1) for number in range(units))
        profiles.append(Profile(name, np.array(times) / 4.0, readings, names))
    return ReleaseData(tuple(sorted(profiles, key=lambda profile: profile.name)), "h", 3600.0)


def long_table(data: ReleaseData, time: str, scale: float, unit: str) -> list[list[object]]:
    factor = 0.01 if unit == "fraction" else 1.0
    rows: list[list[object]] = []
    for profile in data.profiles:
        for name, readings in zip(profile.unit_names, profile.released, strict=True):
            for at, reading in zip(profile.time, readings, strict=True):
                rows.append([profile.name, name, at * scale, None if np.isnan(reading) else reading * factor])
    return [["formulation", "vessel", f"time ({time})", f"released ({unit})"], *rows]


def wide_table(data: ReleaseData, time: str, scale: float, unit: str) -> list[list[object]]:
    factor = 0.01 if unit == "fraction" else 1.0
    times = sorted({float(at) for profile in data.profiles for at in profile.time})
    columns = [
        (f"{profile.name} unit {name} ({unit})", dict(zip(profile.time.tolist(), readings, strict=True)))
        for profile in data.profiles
        for name, readings in zip(profile.unit_names, profile.released, strict=True)
    ]
    rows: list[list[object]] = []
    for at in times:
        found = [column.get(at, np.nan) for _, column in columns]
        rows.append([at * scale, *(None if np.isnan(reading) else reading * factor for reading in found)])
    return [[f"time ({time})", *(head for head, _ in columns)], *rows]


def write(rows: list[list[object]], path: Path) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
        return path
    stream = io.StringIO()
    delimiter = {".csv": ",", ".tsv": "\t", ".txt": ";"}[path.suffix]
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_text(stream.getvalue(), "utf-8")
    return path


def assert_alike(one: ReleaseData, other: ReleaseData) -> None:
    assert [profile.name for profile in one.profiles] == [profile.name for profile in other.profiles]
    for left, right in zip(one.profiles, other.profiles, strict=True):
        assert left.unit_names == right.unit_names
        assert left.time * one.seconds == pytest.approx(right.time * other.seconds, rel=1e-12)
        assert left.released == pytest.approx(right.released, rel=1e-12, nan_ok=True)
        assert (left.deviation is None) == (right.deviation is None)
        if left.deviation is not None and right.deviation is not None:
            assert left.deviation == pytest.approx(right.deviation, nan_ok=True)
        assert left.units_behind == right.units_behind


@quiet
@given(
    measured(), st.sampled_from([long_table, wide_table]), st.sampled_from(list(SECONDS)),
    st.sampled_from(["percent", "%", "fraction"]), st.sampled_from([".csv", ".tsv", ".txt", ".xlsx"]), st.randoms(),
)  # fmt: skip
def test_any_dress_reads_alike(tmp_path, data, layout, time, unit, ending, shuffle: random.Random):
    head, *rows = layout(data, time, 3600.0 / SECONDS[time], unit)
    shuffle.shuffle(rows)
    read = read_release(write([head, *rows], tmp_path / f"data{ending}"))
    assert (read.time_unit, read.seconds) == (time, SECONDS[time])
    assert_alike(read, data)


@quiet
@given(measured())
def test_what_is_written_reads_back(tmp_path, data):
    frame = to_frame(data)
    assert_alike(from_frame(frame), data)
    frame.to_csv(tmp_path / "data.csv", index=False)
    assert_alike(read_release(tmp_path / "data.csv"), data)


def test_means_read_back_with_their_deviations(tmp_path):
    means = release_data([0, 1, 3], [0, 40, 70], deviation=[0, 2, np.nan], units_behind=6)
    units = release_data([0, 2], {"F1": [[0, 5], [0, np.nan]]}).profiles
    data = ReleaseData((*units, *means.profiles), "h", 3600.0)
    assert (data.profile("release").deviation[1], data.profile("release").units_behind) == (2.0, 6)
    to_frame(data).to_excel(tmp_path / "data.xlsx", index=False)
    assert_alike(read_release(tmp_path / "data.xlsx"), data)
    assert long_rows(data)[-1]["SD (%)"] is None


def test_an_array_has_the_checks_of_a_file():
    data = release_data([2, 0, 1], [0.5, 0.0, 0.6], unit="fraction", time_unit="d")
    assert data.profile().released == pytest.approx(np.array([[0, 60, 50]]))
    assert any("below an earlier one" in warning for warning in data.warnings)
    assert release_data([0, 1], [[0, 4]], unit="mg", dose="10 mg").profile().mean == pytest.approx([0, 40])
    for time in ([0, -1], [0, np.nan], [0, np.inf], [1, 1]):
        with pytest.raises(DomainError, match="time"):
            release_data(time, [0, 1])
    for given_arrays in (
        {"time": [0, 1], "released": [0, 1, 2]},
        {"time": [[0, 1]], "released": [0, 1]},
        {"time": [0, 1], "released": [0, 1], "unit_names": ("a", "b")},
        {"time": [0, 1], "released": [0, 1], "deviation": [1]},
        {"time": [0, 1], "released": [0, np.inf]},
        {"time": [0], "released": [0]},
        {"time": [], "released": []},
    ):
        with pytest.raises(FormulateError):
            release_data(**given_arrays)


def test_a_frame_with_an_index_of_times():
    frame = pd.DataFrame(
        {"F1": [0.0, None], "F2": [0.0, 20.0], "F3": [0.0, 30.0]}, index=pd.Index([0, 1], name="t (h)")
    )
    with pytest.raises(FileError, match="one time with a reading"):
        from_frame(frame)
    read = from_frame(frame.drop(columns="F1"), unit="percent")
    assert [profile.mean.tolist() for profile in read.profiles] == [[0, 20], [0, 30]]
    with pytest.raises(FileError, match=r"data frame:2: column 1, t \(h\): .* is a date"):
        from_frame(pd.DataFrame({"t (h)": [0, pd.Timestamp("2024-05-01")], "F (%)": [1, 2]}))


SEED = b"formulation,unit,time (h),released (%),SD (%),n\nA,1,0,0,0,3\nA,1,1.5,20,2,3\nB,2,0,0%,,\nB,2,3,#N/A,-,\n"
PIECES = [
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b'"',
    b"#",
    b"%",
    b"\x00",
    b"\xff\xfe",
    b"nan",
    b"1e999",
    b"-",
    b"(h)",
    b"n=3",
    b"\xc2\xb1",
    b"\n\n",
    b"5 \xc2\xb1 1",
    b"/",
]


@quiet
@given(
    st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 9), st.sampled_from(PIECES)), max_size=8),
    st.sampled_from([".", ","]),
)
def test_a_mutated_file_is_read_or_refused(tmp_path, changes, decimal):
    data = SEED
    for place, length, piece in changes:
        data = data[:place] + piece + data[place + length :]
    (tmp_path / "data.csv").write_bytes(data)
    try:
        read = read_release(tmp_path / "data.csv", decimal=decimal)
        assert all(np.isfinite(profile.mean).all() for profile in read.profiles)
    except FileError as error:
        lines = str(error).splitlines()
    else:
        return
    assert lines
    assert all(0 < len(line) < 700 for line in lines)


@quiet
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused(tmp_path, data):
    (tmp_path / "data").write_bytes(data)
    with pytest.raises(FileError):
        read_release(tmp_path / "data")


@quiet
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=30))
def test_a_damaged_workbook_is_read_or_refused(tmp_path, place, junk):
    path = write([["time (h)", "F (%)"], [0, 0], [1, 10]], tmp_path / "data.xlsx")
    whole = path.read_bytes()
    place %= len(whole)
    path.write_bytes(whole[:place] + junk + whole[place + len(junk) :])
    with suppress(FileError):
        assert read_release(path).profiles


cells = st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.sampled_from(["", "A", "1", "2", "%", "1 ± 2"]))


@quiet
@given(st.lists(st.lists(cells, max_size=5), max_size=6), st.booleans())
def test_any_cells_are_read_or_refused(rows, is_sheet):
    head: list[object] = ["time (h)", "a (%)", "unit", "batch", "SD"]
    table = Table("cells", [(0, head), *enumerate(rows, start=1)], is_sheet)
    with suppress(FormulateError):
        assert read_table(table, asked()).profiles


@quiet
@given(st.lists(st.lists(st.one_of(cells, st.integers(0, 9)), min_size=2, max_size=6), min_size=1, max_size=5))
def test_any_rows_below_the_time_are_read_or_refused(rows):
    table = Table("cells", list(enumerate([["time (h)", *rows[0]], *rows[1:]], start=1)))
    with suppress(FormulateError):
        assert read_table(table, asked()).profiles


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"time": ["a", "b"]}, "time: ['a', 'b']; need numbers, rows of one length"),
        ({"released": [[0, 1], [2]]}, "need numbers, rows of one length"),
        ({"released": [0, 1j]}, "need numbers, rows of one length"),
        ({"dose": 5}, "dose: 5; need a text such as '5 mg'"),
        ({"time": [0, 1e-300]}, "the last time is 1e-300; need 1e-15 or later"),
    ],
)
def test_what_is_no_number_or_no_text_is_refused_in_words(changed, problem):
    with pytest.raises(FormulateError, match=re.escape(problem)):
        release_data(**{"time": [0, 1], "released": [0, 10], **changed})


def test_a_column_may_be_called_by_a_number():
    frame = pd.DataFrame({"time (h)": [0, 1], 1: [0, 10], 2: [0, 12]})
    assert from_frame(frame, columns={2: "ignore"}, unit="percent").profile().mean.tolist() == [0, 10]
