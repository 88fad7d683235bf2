"""`formulate plan` and `formulate evidence --aims`: what they print and write, and what they refuse."""

import json
import re
from typing import get_args

import click
import pytest
from click.testing import CliRunner

from formulate import examples
from formulate.planning.cells import PATIENTS
from materials.schema import Aim
from tui.cli import Commands
from tui.evidence_command import evidence
from tui.plan_command import PATIENTS as ASKED
from tui.plan_command import plan

MICROSPHERES = ("--site", "knee", "--carrier", "plga-microsphere", "--payload", "triamcinolone-acetonide")


@pytest.fixture
def cli() -> click.Group:
    group = Commands("formulate")
    group.add_command(plan)
    group.add_command(evidence)
    return group


def run(cli, *arguments, columns=80):
    return CliRunner().invoke(cli, [*map(str, arguments)], env={"COLUMNS": str(columns)})


@pytest.mark.parametrize("columns", [60, 120])
def test_a_plan_fits_the_terminal_and_every_citation_has_its_reference(cli, columns):
    done = run(cli, "plan", *MICROSPHERES, columns=columns)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.splitlines())) <= columns
    for words in ("The aims, one by one", "What to read out", "When to read out", "Groups to compare", "Warnings",
                  "Safety before people get it", "References"):  # fmt: skip
        assert words in done.stdout
    text, _, references = done.stdout.partition("\nReferences\n")
    listed = {int(number) for number in re.findall(r"(?m)^  (\d+)\. ", references)}
    cited = {int(number) for group in re.findall(r"\[(\d[\d,\s]*)\]", text) for number in re.findall(r"\d+", group)}
    assert listed == set(range(1, len(listed) + 1))
    assert cited <= listed


def test_json_has_every_aim_with_its_score_or_null_and_all_references(cli):
    content = json.loads(run(cli, "plan", *MICROSPHERES, "--json").stdout)
    found = content["results"]
    assert content["command"] == "plan"
    assert content["inputs"]["carrier"] == "plga-microsphere"
    assert {item["aim"] for item in found["aims"]} <= set(get_args(Aim))
    assert all((item["score"] is None) == (not item["studies"]) for item in found["aims"])
    told = [key for part in ("readouts", "groups", "warnings", "studies", "safety") for item in found[part]
            for key in item["sources"]]  # fmt: skip
    assert set(told) <= found["references"].keys()
    twelve = [item["time"] for item in found["times"] if item["time"]["as_told"] == "12 week"]
    assert twelve[0]["value"] == pytest.approx(84.0)
    assert twelve[0]["unit"] == "d"
    assert found["cells"] is None


def test_a_file_says_what_is_planned_for_and_a_report_is_written(cli, tmp_path):
    path = tmp_path / "cells.toml"
    path.write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    page, data = tmp_path / "plan.md", tmp_path / "plan.json"
    done = run(cli, "plan", path, "--patient", "blood-disease", "-o", page, "-o", data)
    assert done.exit_code == 0, done.output
    assert "Whose cells" in done.stdout
    assert "bone-marrow" in done.stdout
    assert "Whose cells" in page.read_text("utf-8")
    (advice,) = json.loads(data.read_text("utf-8"))["results"]["cells"]["advice"]
    assert advice["patient"] == "blood-disease"


def test_a_carrier_of_the_users_own_is_planned_for(cli, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[[carrier]]\nid = "my-spheres"\nname = "My spheres"\nparent = "plga-microsphere"\n'
        'carrier_class = "polymer-microparticle"\nphysical_form = "micro"\nform = "particle"\n'
        '[carrier.mechanisms]\nloading = "entrapped"\n',
        "utf-8",
    )
    done = run(cli, "plan", "--site", "knee", "--carrier", "my-spheres", "--payload", "dasatinib", "--catalog", own)
    assert done.exit_code == 0, done.output
    assert "My spheres, the same mass, empty" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "need a formulation file, or --site and --carrier"),
        (("--site", "knee"), "need a formulation file, or --site and --carrier"),
        (("--site", "kne", "--carrier", "liposome"), "unknown site 'kne'; nearest: knee"),
        (("--site", "knee", "--carrier", "liposme"), "unknown carrier 'liposme'; nearest: liposome"),
        (("{file}", "--site", "knee"), "--site: {file} says this itself; need one or the other"),
        (("{question}",), "is a question; need a formulation, or --site and --carrier"),
        (("{file}", "-o", "{file}"), "unknown ending '.toml'"),
        (("missing.toml",), "missing.toml"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_one_line(cli, tmp_path, arguments, told):
    places = {}
    for name, example in (("file", "triamcinolone-microspheres.toml"), ("question", "triamcinolone-knee.toml")):
        places[name] = tmp_path / f"{name}.toml"
        places[name].write_text(examples.text(example), "utf-8")
    done = run(cli, "plan", *(text.format(**places) for text in arguments))
    assert done.exit_code == 2
    assert told.format(**places) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_the_kinds_of_patients_are_those_of_the_list():
    assert ASKED == PATIENTS


def test_evidence_by_aim_keeps_aims_apart(cli):
    asked = ("evidence", "free-drug-suspension", "plga-microsphere", "--site", "knee", "--aims", "pain, structure")
    done = run(cli, *asked)
    assert done.exit_code == 0, done.output
    rows = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert "against" in rows["Free drug crystals in suspension"]
    by_aim = json.loads(run(cli, *asked, "--json").stdout)["results"]["by_aim"]
    assert [list(item["aims"]) for item in by_aim] == [["pain", "structure"]] * 2
    wrong = run(cli, *asked[:-1], "pian")
    assert wrong.exit_code == 2
    assert "unknown aim 'pian'; nearest: pain" in wrong.stderr
