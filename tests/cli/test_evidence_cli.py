"""`formulate evidence`: what it prints and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from formulate import examples
from tui.cli import Commands
from tui.evidence_command import evidence

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cli() -> click.Group:
    group = Commands("formulate")
    group.add_command(evidence)
    return group


def run(cli, *arguments):
    return CliRunner().invoke(cli, ["evidence", *map(str, arguments)], env={"COLUMNS": "80"})


def test_one_carrier_in_full(cli):
    done = run(cli, "plga-microsphere", "--site", "knee", "--payload", "triamcinolone-acetonide")
    assert done.exit_code == 0, done.output
    for words in ("Evidence: 1.00 strong", "[conaghan2018]", "Cost: ", "Difficulty of preparing", "Risk: ", "Sources"):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_all_studies_are_shown_when_asked_for(cli):
    short, full = (run(cli, "gelatin-hydrogel", *more).stdout for more in ([], ["--all"]))
    assert "--all shows them" in short
    assert "--all shows them" not in full
    assert len(full) > len(short)


def test_several_stand_side_by_side_with_what_is_said_of_them(cli):
    done = run(cli, "exosome-synovial-msc", "exosome-ipsc", "--site", "knee")
    assert done.exit_code == 0
    assert "Head to head" in done.stdout
    assert "zhu2017a" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_has_scores_reasons_and_sources(cli):
    done = run(cli, "liposome", "pla-peg-nanoparticle", "--site", "knee", "--json")
    content = json.loads(done.stdout)
    assert content["command"] == "evidence"
    assert content["inputs"] == {"names": ["liposome", "pla-peg-nanoparticle"], "site": "knee", "payload": None}
    first, second = content["results"]["standings"]
    assert first["evidence"]["studies"][0]["source"] == "hunter2022"
    assert content["results"]["references"]["hunter2022"].startswith("Hunter")
    assert second["cost"]["score"] is None
    assert second["cost"]["told"] == ["no source in the catalog states a cost of pla-peg-nanoparticle"]


@pytest.mark.parametrize("name", ["dasatinib-knee.toml", "triamcinolone-microspheres.toml", "stem-cells-knee.toml"])
def test_a_file_says_what_is_asked(cli, name, tmp_path):
    path = next(path for path in examples.copy(tmp_path) if path.name == name)
    done = run(cli, path)
    assert done.exit_code == 0, done.output
    assert "not known" in done.stdout or "Evidence: " in done.stdout
    content = json.loads(run(cli, path, "--json").stdout)
    assert all(item["site"] == "knee" for item in content["results"]["standings"])


def test_the_rules_can_be_read_and_laid_over(cli, tmp_path):
    shown = run(cli, "--show-rules")
    assert "[stage]" in shown.stdout
    path = tmp_path / "own.toml"
    path.write_text("[stage]\ntrial = 0.1\n", encoding="utf-8")
    assert "trial = 0.1" in run(cli, "--rules", path, "--show-rules").stdout
    assert "0.10" in run(cli, "plga-microsphere", "--site", "knee", "--rules", path).stdout
    rules = json.loads(run(cli, "--show-rules", "--json").stdout)["results"]["rules"]
    assert rules["stage"]["trial"] == 1.0


def test_what_you_lay_over_the_catalog_counts(cli, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
[[carrier]]
id = "my-microsphere"
name = "My microspheres"
parent = "plga-microsphere"
carrier_class = "polymer-microparticle"
physical_form = "micro"

[[carrier.statement]]
kind = "cost"
degree = "low"
text = "We make them ourselves."

[[study]]
id = "my-trial"
name = "My trial"
source = "our report 12"
stage = "trial"
carriers = ["my-microsphere"]
payloads = ["dexamethasone"]
sites = ["disc"]
outcome = "It worked."
direction = "positive"
""",
        encoding="utf-8",
    )
    asked = ("--site", "disc", "--payload", "dexamethasone", "--catalog", path, "--json")
    mine, ours = (
        json.loads(run(cli, name, *asked).stdout)["results"]["standings"][0]
        for name in ("my-microsphere", "plga-microsphere")
    )
    assert mine["evidence"]["score"] == 1
    assert mine["evidence"]["sources"][0] == "our report 12"
    assert (mine["cost"]["word"], mine["cost"]["evidence"]) == ("low", "user")
    assert mine["difficulty"]["word"] == ours["difficulty"]["word"] == "high"  # of the thing that mine are a kind of
    assert ours["evidence"]["studies"][0]["tie"] == "variant"
    assert ours["cost"]["word"] == "moderate"


def test_what_is_wrong_is_one_line(cli, tmp_path):
    (formulation,) = [path for path in examples.copy(tmp_path) if path.name == "triamcinolone-microspheres.toml"]
    for arguments, told in (
        ([], "nothing asked for; need a file, or the ids of carriers"),
        (["plga-micro"], "unknown carrier 'plga-micro'; nearest: "),
        (["liposome", "--site", "knie"], "unknown site 'knie'; nearest: knee"),
        (["liposome", "--payload", "dexametasone"], "unknown payload 'dexametasone'; nearest: dexamethasone"),
        (["liposome", "liposome"], "given twice; need each once"),
        ([formulation, "--site", "knee"], "--site: "),
        ([tmp_path / "none.toml"], "none.toml"),
        (["liposome", "--rules", tmp_path / "none.toml"], "no such file"),
    ):
        done = run(cli, *arguments)
        assert done.exit_code == 2, arguments
        assert told in done.stderr
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1


def test_nothing_is_computed():
    # so that it answers at once: no arrays, no units library
    heavy = ("numpy", "scipy", "pandas", "matplotlib", "pint")
    code = "import sys; from tui.cli import cli\ntry:\n    cli(['evidence', 'liposome', '--site', 'knee'])\n"
    code += f"except SystemExit:\n    print('LOADED', [name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_a_question_without_payload_tells_of_carriers_that_need_one_too(cli, tmp_path):
    path = tmp_path / "own.toml"
    head = 'schema_version = 1\nkind = "question"\ncarriers = ["plga-microsphere", "bmsc-cells"]\n'
    path.write_text(f'{head}[regimen]\nsite = "knee"\n[target]\nduration = "28 d"\n', "utf-8")
    done = run(cli, path)
    assert done.exit_code == 0, done.output
    assert "PLGA microspheres" in done.stdout
