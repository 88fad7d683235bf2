"""`formulate differences` as a user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from formulate import examples
from tui.cli import cli
from tui.table import text_width

GEL, DISC = "dasatinib-microspheres-in-gel.toml", "triamcinolone-disc.toml"


@pytest.fixture(autouse=True)
def _among_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    examples.copy(tmp_path)
    text = Path(GEL).read_text("utf-8")
    Path("b.toml").write_text(text.replace('"5 mg"', '"5000 ug"').replace('"2 kPa"', '"3 kPa"'), "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["differences", *arguments], prog_name="formulate")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_differs_stands_apart_from_what_is_only_written_differently():
    text = done(GEL, "b.toml")
    differing, same = text.split("The same in value, written differently")
    assert "layer.gel.set.storage_modulus  2 kPa  " in differing
    assert "payload.dose" not in differing
    assert "5000 ug" in same
    assert "alike: " in text
    assert all(text_width(line) <= 80 for line in text.splitlines())


def test_a_file_and_itself_under_another_name_differ_in_nothing():
    Path("微球.toml").write_bytes(Path(GEL).read_bytes())
    assert "differ in no field in value; alike: 32 fields" in done(GEL, "微球.toml").replace("\n", " ")


def test_a_number_that_nothing_reads_is_marked_with_a_legend():
    text = Path(GEL).read_text("utf-8")
    Path("c.toml").write_text(text.replace('"2 kPa"', '"2 kPa"\nencapsulation_efficiency = "50 percent"'), "utf-8")
    shown = done(GEL, "c.toml")
    assert "50 percent *" in shown
    assert "no calculation of it reads it" in shown


def test_json_and_files_hold_the_same_fields():
    content = json.loads(
        done(GEL, "b.toml", "--json", "-o", "d.html", "-o", "d.json", "-o", "d.csv", "-o", "d.txt", "-o", "d.md")
    )
    assert content["command"] == "differences"
    (item,) = content["results"]["differing"]
    assert item["field"] == "layer.gel.set.storage_modulus"
    assert [side["words"] for side in item["files"]] == ["2 kPa", "3 kPa"]
    assert [side["read_by_a_calculation"] for side in item["files"]] == [True, True]
    assert content["results"]["alike"] == {"count": 30, "unit": "fields"}
    assert json.loads(Path("d.json").read_text("utf-8")) == content
    for name in ("d.html", "d.csv", "d.txt"):
        assert "layer.gel.set.storage_modulus" in Path(name).read_text("utf-8")


def test_many_files_stand_below_each_other():
    text = done(
        *sorted(path.name for path in Path().glob("*.toml") if 'kind = "target"' not in path.read_text("utf-8"))
    )
    assert all(text_width(line) <= 80 for line in text.splitlines())
    assert "(no such layer): " in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([GEL], "differences: need two files or more"),
        ([], "differences: need two files or more"),
        ([GEL, GEL], f"{GEL}: given twice; need each file once"),
        ([GEL, "none.toml"], "none.toml: no such file"),
        ([GEL, "."], ".: is a folder; need files of it, or all of them with formulate project ."),
        ([GEL, "b.toml", "-o", "d.odt"], "--output: d.odt: unknown ending '.odt'"),
        ([GEL, "b.toml", "-o", "b.toml"], "--output: b.toml: unknown ending"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(arguments, told):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1
