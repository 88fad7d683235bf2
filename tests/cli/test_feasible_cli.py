"""What `formulate feasible` prints and refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from formulate import examples
from formulate.feasibility import LABELS
from tui.cli import cli


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("dasatinib-knee.toml", "stem-cells-knee.toml", "two-drugs-assayed.toml", "bmp2-nonunion.toml"):
        Path(name).write_text(examples.text(name), "utf-8")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["feasible", *(str(argument) for argument in arguments)], env={"COLUMNS": "80"})


@pytest.mark.parametrize("name", ["stem-cells-knee.toml", "two-drugs-assayed.toml", "bmp2-nonunion.toml"])
def test_one_formulation_is_told_check_by_check(folder, name):
    done = run(name, "--draws", 16)
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for check, label in LABELS.items():
        assert f"{check}, {label}: " in done.stdout.replace("\n", " ")
    assert "medical advice" in done.stdout


def test_a_question_is_a_table_and_every_open_cell_has_its_reason(folder):
    done = run("dasatinib-knee.toml", "--draws", 16)
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    table, _, reasons = done.stdout.partition("What does not pass, and why")
    assert "mechanism" in table
    assert "viability" not in table  # applies to none
    found = json.loads(run("dasatinib-knee.toml", "--draws", 16, "--json").stdout)["results"]["formulations"]
    assert len(found) == 24
    for item in found:
        for check in item["checks"]:
            told = " ".join(reasons.split())
            if check["verdict"] != "passes":
                start = " ".join(check["told"].split()[:4])
                assert start in told, check


def test_what_fails_least_stands_first(folder):
    found = json.loads(run("dasatinib-knee.toml", "--draws", 16, "--json").stdout)["results"]["formulations"]
    fails = [sum(check["verdict"] == "fails" for check in item["checks"]) for item in found]
    assert fails == sorted(fails)


def test_the_envelope_can_be_run_again(folder):
    content = json.loads(run("stem-cells-knee.toml", "--draws", 16, "--seed", 3, "--json").stdout)
    assert content["command"] == "feasible"
    assert content["seed"] == 3
    assert content["inputs"]["calculation"] == {"draws": 16, "seed": 3}
    (item,) = content["results"]["formulations"]
    assert [check["name"] for check in item["checks"]] == list(LABELS)
    assert item["carriers"] == ["bmsc-cells"]


def test_files_are_written(folder):
    done = run("stem-cells-knee.toml", "--draws", 16, "-o", "out.txt", "-o", "out.json")
    assert done.exit_code == 0, done.output
    assert "viability" in Path("out.txt").read_text("utf-8")
    assert json.loads(Path("out.json").read_text("utf-8"))["command"] == "feasible"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.toml"], "missing.toml"),
        (["stem-cells-knee.toml", "-o", "out.html"], "unknown ending '.html'; need .txt or .json"),
        (["stem-cells-knee.toml", "-o", "stem-cells-knee.txt", "--draws", "1"], "--draws"),
    ],
)
def test_refusals_are_one_line(folder, arguments, words):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


OWN = """\
schema_version = 1
kind = "question"
carriers = [{carriers}]
[regimen]
site = "knee"
[target]
duration = "28 d"
"""


def test_a_carrier_that_needs_a_drug_is_named_where_the_question_has_none(folder):
    Path("own.toml").write_text(OWN.format(carriers='"plga-microsphere", "bmsc-cells"'), "utf-8")
    done = run("own.toml", "--draws", 16)
    assert done.exit_code == 0, done.output
    assert "Not checked: plga-microsphere holds a payload, and the question has none." in done.stdout
    left = json.loads(run("own.toml", "--draws", 16, "--json").stdout)["results"]["not_checked"]
    assert [item["carrier"] for item in left] == ["plga-microsphere"]
    Path("own.toml").write_text(OWN.format(carriers='"plga-microsphere"'), "utf-8")
    done = run("own.toml", "--draws", 16)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "own.toml: plga-microsphere holds a payload, and the question has none\n"
