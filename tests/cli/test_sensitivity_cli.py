"""`formulate sensitivity`: text, files, figure, and what is refused."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli import cli

FILE = """\
schema_version = 1
kind = "formulation"
name = "Drops"
[[payload]]
id = "dasatinib"
dose = "1 mg"
[[layer]]
id = "free"
carrier = "free-drug-solution"
holds = ["dasatinib"]
[regimen]
site = "knee"
[target]
duration = "2 d"
[calculation]
draws = 64
"""


@pytest.fixture
def file(empty_folder: Path) -> Path:
    Path("f.toml").write_text(FILE, "utf-8")
    return Path("f.toml")


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["sensitivity", *(str(item) for item in arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["sensitivity", *(str(item) for item in arguments)])
    assert result.exit_code == 2, result.output
    line = result.stderr.strip()
    assert len(line.splitlines()) == 1, line
    return line


def test_a_file_alone_is_told_from_the_draws_at_hand(file):
    text = " ".join(run(file).split())
    assert text.startswith("Drops What drives its numbers, from draws at hand.")
    assert "> Measure" in text
    assert "comes from assumed values" in text
    assert "Nothing to learn of release t50: no carrier" in text


def test_json_holds_every_share_and_the_input_it_is_of(file):
    content = json.loads(run(file, "--of", "all", "--json"))
    numbers = content["results"]["numbers"]
    assert {"cover", "drug_half_life", "peak_unbound"} <= set(numbers)
    listed = {item["key"] for item in content["results"]["inputs"]}
    for item in numbers.values():
        assert {effect["key"] for effect in item["effects"]} <= listed
    assert content["inputs"]["calculation"]["draws"] == 64


def test_a_design_and_every_kind_of_file(file):
    told = run(file, "--of", "drug_half_life", "--design", "64", "-o", "s.html", "-o", "s.json", "-o", "s.csv",
               "-o", "s.txt", "--plot", "s.svg")  # fmt: skip
    assert "all others" in told
    assert "in all" in told
    assert "alone or together" in " ".join(told.split())
    assert Path("s.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    rows = Path("s.csv").read_text("utf-8").splitlines()
    assert rows[0].startswith("number,unit,input,evidence,first order (fraction),total (fraction)")
    assert len(rows) > 5
    assert Path("s.svg").read_text("utf-8").count("percentile") == 1


def test_morris_screens_one_number(file):
    pytest.importorskip("SALib")
    assert "mean elementary effect" in " ".join(run(file, "--of", "peak_unbound", "--morris", "4").split())
    content = json.loads(run(file, "--morris", "4", "--json"))
    assert content["results"]["number"] == "drug_half_life"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--of", "nothing"), "nothing"),
        (("--of", ","), "--of"),
        (("--design", "100"), "power of two"),
        (("--morris", "4", "--design", "64"), "--morris"),
        (("--draws", "32"), "64"),
        (("-o", "f.toml"), "f.toml"),
        (("-o", "s.odt"), "s.odt"),
        (("--plot", "s.html"), "s.html"),
    ],
)
def test_refusals_are_one_line(file, options, words):
    assert words in refused(file, *options)
    assert sorted(path.name for path in Path().iterdir()) == ["f.toml"]


def test_a_question_is_refused(file):
    file.write_text('schema_version = 1\nkind = "question"\n[[payload]]\nid = "dasatinib"\n[regimen]\nsite = "knee"\n')
    assert "formulation" in refused(file)


def test_what_only_the_release_tells_is_not_asked_to_be_measured_alone(file: Path) -> None:
    file.write_text(FILE.replace("free-drug-solution", "plga-microsphere").replace('"2 d"', '"28 d"'), "utf-8")
    said = " ".join(run(file, "--of", "release_t50").split())
    assert "Measure points of the release next (formulate release says when)" in said
    assert "Measure unreported differences" not in said


def test_what_is_not_computed_is_told_with_its_line(file):
    file.write_text(FILE.replace('carrier = "free-drug-solution"', 'carrier = "msc-exosome"'), "utf-8")
    assert refused(file).startswith("f.toml:")
    assert refused(file).split(":")[1].isdigit()
