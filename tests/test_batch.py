"""Release of many formulations, one a row: what is read, what is skipped and told, what comes out."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from formulate.batch import read_batch, result_row, run_batch
from formulate.forecast import forecast
from formulate.formulation import Formulation, build
from materials.errors import FileError, FormulateError
from tui.cli import cli

HEAD = "name,carrier,payload,dose (mg),carrier.diameter (um),payload.molar_mass (g/mol)\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "many 表.csv"
    path.write_text(
        HEAD
        + "small,plga-microsphere,dasatinib,0.1,20,\n"
        + "own,plga-microsphere,My drug X,0.1,60,400\n"
        + "\n"
        + "bad,plga-microsphere,dasatinib,0.1,-3,\n"
        + "worse,unobtainium,dasatinib,0.1,20,\n"
        + "gel,hyaluronic-acid-hydrogel,dasatinib,0.1,,\n"
        + "no,exosome-generic,dasatinib,0.1,,\n",
        "utf-8",
    )
    return path


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(cli, [str(item) for item in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_good_rows_are_computed_and_bad_ones_named(table):
    rows, faults = read_batch(table, draws=32)
    assert [row.number for row in rows] == [2, 3, 7, 8]
    told = [str(fault) for fault in faults]
    assert len(told) == 2
    assert "row 5, carrier.diameter: '-3 um': not above zero" in told[0]
    assert "row 6, carrier: unknown carrier 'unobtainium'" in told[1]
    found = {row.number: item for row, item in run_batch(rows)}
    assert isinstance(found[8], str)
    assert "is not computed" in found[8]
    assert found[2].learned
    assert found[3].learned
    assert not found[7].learned


def test_a_row_is_the_file_that_says_the_same(table):
    (row, *_), _ = read_batch(table, draws=32)
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "0.1 mg"}],
        "layer": [{"id": "a", "carrier": "plga-microsphere", "holds": ["dasatinib"], "set": {"diameter": "20 um"}}],
        "regimen": {"site": "knee"},
        "calculation": {"draws": 32},
    }
    alone = forecast(build(Formulation, content, "test"))
    ((_, found),) = run_batch([row])
    assert [item.median for item in found.numbers] == [item.median for item in alone.numbers]
    told = result_row(row, found)
    assert told["released_7_d median (%)"] == alone.numbers[1].median


def test_results_are_written_with_the_rows_they_are_of(table, tmp_path):
    out = tmp_path / "out.csv"
    text = run("batch", table, "-o", out, "-o", tmp_path / "out.json", "--draws", 32)
    assert "3 rows computed, 3 faults" in text
    assert text.count("skipped ") == 3
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert [row["row"] for row in rows] == ["2", "3", "7"]
    assert [row["learned"] for row in rows] == ["True", "True", "False"]
    for row in rows:
        assert 0 <= float(row["released_7_d low (%)"]) <= float(row["released_7_d median (%)"]) <= 100
    content = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert len(content["results"]["rows"]) == 3
    assert len(content["warnings"]) == 3


def test_smaller_spheres_release_sooner(tmp_path):
    path = tmp_path / "sizes.csv"
    path.write_text(HEAD + "".join(f"{size},plga-microsphere,dasatinib,0.1,{size},\n" for size in (5, 20, 60)))
    rows, _ = read_batch(path, draws=64)
    shares = [found.numbers[1].median for _, found in run_batch(rows)]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("carrier\nplga-microsphere\n", "no column payload"),
        ("carrier,payload,carrier.diametr (um)\na,b,3\n", "nearest: carrier.diameter"),
        ("carrier,payload,payload\na,b,c\n", "stands there twice"),
        (HEAD + "x,,dasatinib,1,3,\n", "carrier is missing"),
        (HEAD + "x,plga-microsphere,dasatinib,1 mL,3,\n", "dose"),
        (HEAD, "no formulation"),
        (HEAD + "x" * 200_000 + "\n", ""),
    ],
)
def test_a_table_that_is_none_is_refused_in_plain_lines(tmp_path, text, told):
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(cli, ["batch", str(path), "-o", str(tmp_path / "o.csv")])
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "o.csv").exists()


def test_no_row_without_a_fault_is_an_error(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "x,unobtainium,dasatinib,1,3,\n" * 30)
    with pytest.raises(FileError) as refused:
        read_batch(path)
    assert len(refused.value.faults) == 20


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x,plga-microsphere,dasatinib,0,1,20,400", "column 7: '400' stands under no name"),
        ("=1+1,plga-microsphere,dasatinib,1,20,", "name: '=1+1' is a formula"),
    ],
)
def test_a_row_that_would_be_read_wrongly_is_refused(tmp_path, line, told):
    path = tmp_path / "t.csv"
    path.write_text(HEAD + line + "\n", "utf-8")
    with pytest.raises(FileError) as refused:
        read_batch(path)
    assert told in str(refused.value)


def test_a_payload_keeps_its_name_in_any_script_and_is_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "x,PLGA-microsphere,地塞米松,1,20,392\ny,plga-microsphere,Dasatinb,1,20,\n"
                    "z,plga-microsphere,Dasatinib,1,20,\n", "utf-8")  # fmt: skip
    rows, faults = read_batch(path, draws=16)
    assert not faults
    own, typo, known = (result_row(row, found) for row, found in run_batch(rows))
    assert own["payload"] == "地塞米松"
    assert str(own["notes"]).endswith("described by the columns alone")
    assert str(typo["notes"]).endswith("nearest: dasatinib")
    assert "not in the catalog" not in str(known["notes"])


def test_what_no_row_says_is_refused_once(table):
    for option, value in (("horizon", "60"), ("horizon", ""), ("site", "moon")):
        with pytest.raises(FormulateError, match=f"^{option}: "):
            read_batch(table, **{option: value})


def test_nothing_is_written_where_no_row_can_be_computed(tmp_path):
    path, out = tmp_path / "t.csv", tmp_path / "o.csv"
    path.write_text(HEAD + "x,exosome-generic,dasatinib,1,,\n")
    assert "no row can be computed" in run("batch", path, "-o", out, code=2)
    assert not out.exists()
    assert "need a table of formulations" in run("batch", tmp_path / "none.csv", code=2)
