"""Inputs that once did harm: each is answered in a line, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from formulate import examples
from formulate.comparison import compare
from formulate.criteria import WEIGHTS
from formulate.formulation import Question, build
from tui.cli import cli


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments), prog_name="formulate")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def question(**changes: object) -> Question:
    content = {
        "schema_version": 1,
        "kind": "question",
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "regimen": {"site": "knee", "state": "osteoarthritis"},
        "target": {"unbound_above": "0.1 umol/L"},
        "calculation": {"draws": 64},
    }
    return build(Question, content | changes, "test")


def test_a_result_never_replaces_the_file_it_came_from():
    text = examples.text("dasatinib-knee.toml")
    Path("q.json").write_text(text, "utf-8")
    assert "is the file that was read" in refused("compare", "q.json", "-o", "q.json")
    assert Path("q.json").read_text("utf-8") == text


def test_a_folder_as_the_second_report_leaves_no_first():
    Path("there.html").mkdir()
    Path("q.toml").write_text(examples.text("dasatinib-knee.toml"), "utf-8")
    refused("compare", "q.toml", "-o", "r.json", "-o", "there.html")
    assert not Path("r.json").exists()


def test_the_same_formulation_twice_is_not_a_comparison():
    Path("f.toml").write_text(examples.text("dasatinib-microspheres-in-gel.toml"), "utf-8")
    assert "given twice" in refused("compare", "f.toml", "f.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("draws = " + "9" * 5000, "not TOML that can be read"),
        ('kind = "question"\n' + "#" * 200_000, "too large"),
    ],
)
def test_a_file_that_would_choke_the_reader(text, words):
    Path("q.toml").write_text(text, "utf-8")
    assert words in refused("compare", "q.toml")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_file_without_end_is_not_read_to_its_end():
    assert "too large" in refused("compare", "/dev/zero")


def test_a_pipe_is_not_waited_for():
    os.mkfifo("pipe")
    assert "is a pipe" in refused("compare", "pipe")


@pytest.mark.parametrize("weight", [1e-13, 1e6])
def test_the_scale_of_the_weights_does_not_matter(weight):
    chosen = ["plga-microsphere", "free-drug-suspension"]
    one = compare(question(carriers=chosen, weights=dict.fromkeys(WEIGHTS, 1.0)))
    other = compare(question(carriers=chosen, weights=dict.fromkeys(WEIGHTS, weight)))
    assert [row.best_probability for row in one.rows] == [row.best_probability for row in other.rows]
    assert [row.score for row in other.rows] == pytest.approx([row.score for row in one.rows])


def test_a_band_that_reaches_all_of_it_is_computed():
    q = question(carriers=["pegylated-liposome"])
    formulation = q.formulation("pegylated-liposome")
    content = formulation.model_dump(mode="json", exclude_unset=True)
    content["layer"][0]["set"] = {"encapsulation_efficiency": {"typical": "60 %", "low": "10 %", "high": "100 %"}}
    from formulate.formulation import Formulation
    from formulate.pipeline import predict

    added = predict(build(Formulation, content, "test")).assessment.estimates["drug_to_weigh_out"]
    assert added.median is not None
    assert added.high is not None


def test_a_half_written_cache_of_units_is_passed_over(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    root = Path(__file__).parents[2]
    code = "from materials.units import parse; print(parse('60 d', 'd'))"
    command = [sys.executable, "-c", code]
    for _ in range(2):
        run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
        assert run.stdout == "5184000.0\n"
        for file in (tmp_path / "cache").rglob("*"):
            if file.is_file():
                file.write_bytes(b"")


def test_what_is_beyond_the_conceivable_is_refused():
    text = examples.text("own-drug-knee.toml").replace('"6 um"', '"1e-9 um"').replace('low = "2 um"', 'low = "1e-9 um"')
    Path("q.toml").write_text(text, "utf-8")
    assert "crystal_diameter" in refused("compare", "q.toml")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_in_a_circle_is_no_file():
    Path("l.csv").symlink_to("l.csv")
    assert "no such file" in refused("similarity", "l.csv", "l.csv")
    Path("l.html").symlink_to("l.html")
    Path("f.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    result = CliRunner().invoke(cli, ["project", ".", "--check", "-o", "l.html"], prog_name="formulate")
    assert result.exit_code == 0  # the name is free: nothing stands behind it
    assert Path("l.html").read_text("utf-8").startswith("<!")
