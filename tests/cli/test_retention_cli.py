"""`formulate retention` and `formulate dose`: what they print, write and refuse."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli import cli

FILE = """\
schema_version = 1
kind = "formulation"
name = "Triamcinolone in solution"

[[payload]]
id = "triamcinolone-acetonide"
dose = "1 mg"

[[layer]]
id = "free"
carrier = "free-drug-solution"
holds = ["triamcinolone-acetonide"]

[regimen]
site = "knee"
state = "osteoarthritis"
volume = "2 mL"

[target]
unbound_above = "10 nmol/L"
duration = "2 d"

[calculation]
draws = 16
"""
CELLS = """\
schema_version = 1
kind = "formulation"

[[layer]]
id = "cells"
carrier = "bmsc-cells"
dose = "50 million cells"

[regimen]
site = "knee"
volume = "5 mL"

[calculation]
draws = 16
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(FILE)
    return path


def run(*args: object) -> str:
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*args: object) -> str:
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    line = result.stderr.strip()
    assert len(line.splitlines()) == 1, line
    return line


def test_the_numbers_of_every_compartment_are_told(file):
    shown = run("retention", file)
    for place in ("stay at the site", "synovial fluid", "plasma", "where the dose goes"):
        assert place in shown
    assert "Read these numbers with care" in shown
    assert shown.rstrip().endswith("nothing here is medical advice.")


def test_json_holds_numbers_curves_doses_and_inputs(file):
    found = json.loads(run("retention", file, "--json", "--injections", 2, "--interval", "1 d"))
    assert found["command"] == "retention"
    assert found["inputs"]["regimen"]["injections"] == 2
    (item,) = found["results"]["followed"]
    assert [dose["time"]["value"] for dose in item["doses"]] == [0.0, 1.0]
    assert sum(dose["share"] for dose in item["doses"]) == pytest.approx(1.0)
    assert item["curves"]["unbound concentration"]["synovial fluid"]["unit"] == "nmol/L"
    by_subject = {group["subject"]: group["estimates"] for group in item["numbers"]}
    assert by_subject["synovial fluid"]["trough"]["median"] >= 0
    assert item["notes"]
    assert item["inputs"]


def test_one_dose_has_no_trough_and_says_so(file):
    (item,) = json.loads(run("retention", file, "--json"))["results"]["followed"]
    fluid = next(group for group in item["numbers"] if group["subject"] == "synovial fluid")
    assert fluid["estimates"]["trough"]["median"] is None
    assert "no next" in fluid["estimates"]["trough"]["reason"]


def test_files_are_written_and_told(file, tmp_path):
    outputs = [tmp_path / f"out.{ending}" for ending in ("html", "json", "csv", "txt")]
    plot = tmp_path / "out.svg"
    run("retention", file, *(part for path in outputs for part in ("-o", path)), "--plot", plot)
    assert "<svg" in outputs[0].read_text()
    assert json.loads(outputs[1].read_text())["results"]["followed"]
    rows = list(csv.DictReader(io.StringIO(outputs[2].read_text())))
    quantities = {"unbound concentration", "unbound concentration at depth", "share at the site", "share elsewhere"}
    assert {row["quantity"] for row in rows} == quantities
    assert all(float(row["low"]) <= float(row["median"]) <= float(row["high"]) for row in rows)
    assert plot.read_text().startswith("<?xml")


@pytest.mark.parametrize("figure", ["amounts", "depth"])  # that of concentrations among the files above
def test_every_figure_can_be_drawn(file, tmp_path, figure):
    plot = tmp_path / "figure.png"
    run("retention", file, "--plot", plot, "--figure", figure)
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_cells_are_followed_by_number(tmp_path):
    path = tmp_path / "cells.toml"
    path.write_text(CELLS)
    shown = run("retention", path)
    assert "at the site after 7 d" in shown
    (item,) = json.loads(run("retention", path, "--json"))["results"]["followed"]
    shares = item["curves"]["share at the site"] | item["curves"]["share elsewhere"]
    last = [curve["median"][0] for curve in shares.values()]
    assert sum(last) == pytest.approx(1.0, abs=1e-6)  # all of them, at the moment of the dose
    assert "there is nothing to draw" in refused("retention", path, "--plot", tmp_path / "a.png", "--figure", "depth")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--species", "dragon"), ("regimen.species", "dragon", "human")),
        (("--state", "angry"), ("regimen.state", "angry", "healthy")),
        (("--site", "moon"), ("regimen.site", "moon")),
        (("--route", "oral"), ("regimen.route", "oral", "intra-articular")),
        (("--injections", "3"), ("regimen.interval", "missing")),
        (("--injections", "61"), ("--injections", "61")),
        (("--interval", "7 d"), ("regimen.interval", "2 or more")),
        (("--interval", "seven", "--injections", "2"), ("regimen.interval", "seven")),
        (("--volume", "-1 mL"), ("regimen.volume", "-1 mL", "above zero")),
        (("--above", "3 d"), ("target.unbound_above", "3 d")),
        (("--times", "0"), ("target.times", "0")),
        (("--horizon", "0 d"), ("calculation.horizon", "0 d")),
        (("--plot", "a.txt"), ("--plot", "a.txt", ".png")),
        (("-o", "a.doc"), ("--output", "a.doc", ".html")),
    ],
)
def test_a_wrong_option_is_one_line(file, options, told):
    line = refused("retention", file, *options)
    for part in told:
        assert part in line


def test_dose_finds_a_schedule_and_names_its_limits(file):
    found = json.loads(run("dose", file, "--above", "10 nmol/L", "--for", "2 d", "--injections", "1,2", "--json"))
    schedules = found["results"]["schedules"]
    assert [item["injections"] for item in schedules] == [1, 2]
    held = [item for item in schedules if item["dose"]]
    for item in held:
        assert item["held_share_of_draws"] >= 0.78
        assert item["total_dose"]["value"] == pytest.approx(item["injections"] * item["dose"]["value"])
    for item in schedules:
        assert item["dose"] or item["reason"]
    shown = run("dose", file, "--injections", "2")
    assert "raise the risk of infection" in " ".join(shown.split())


def test_a_dose_found_holds_the_level_when_it_is_given(file):
    suspension = FILE.replace("free-drug-solution", "free-drug-suspension")
    file.write_text(suspension)
    asked = ("--above", "1 nmol/L", "--for", "1 d")
    found = json.loads(run("dose", file, *asked, "--injections", "1", "--json"))
    (schedule,) = found["results"]["schedules"]
    assert schedule["dose"], schedule
    again = suspension.replace('"1 mg"', f'"{schedule["dose"]["value"]} mg"').replace("10 nmol/L", "1 nmol/L")
    file.write_text(again.replace('"2 d"', '"1 d"'))
    predicted = run("predict", file)
    assert "as wanted" in predicted


@pytest.mark.parametrize("given", ["0", "a", "1,,2", "1.5", "61", ""])
def test_numbers_of_injections_are_checked(file, given):
    assert "need whole numbers of 1 to 60" in refused("dose", file, "--injections", given)


def test_a_dose_of_cells_has_no_level(tmp_path):
    path = tmp_path / "cells.toml"
    path.write_text(CELLS)
    assert "payload: none given" in refused("dose", path)


@pytest.mark.parametrize("probability", ["1 %", "99.9 %"])
def test_any_share_of_draws_may_be_asked_for(file, probability):
    # of 16 draws none holds at a dose that one of the 256 of the search holds at
    file.write_text(FILE.replace("triamcinolone-acetonide", "dexamethasone"))
    found = json.loads(run("dose", file, "--probability", probability, "--injections", "2", "--draws", "16", "--json"))
    (schedule,) = found["results"]["schedules"]
    assert schedule["dose"] or schedule["reason"]


def test_cells_at_a_site_that_follows_none_are_told_which_do(tmp_path):
    path = tmp_path / "cells.toml"
    path.write_text(CELLS.replace('"knee"', '"liver"'))
    line = refused("retention", path)
    assert "regimen.site" in line
    assert "need" in line
    assert "knee" in line


def test_a_dose_without_a_level_names_the_key_that_would_set_it(file):
    without = FILE.replace('unbound_above = "10 nmol/L"\n', "")
    file.write_text(without.replace("triamcinolone-acetonide", "alendronate"))
    line = refused("dose", file, "--draws", "16")
    assert "target.unbound_above: is missing" in line
    assert "alendronate" in line
    assert "need a level" in line


def test_a_level_takes_the_place_of_a_number_of_times(file):
    file.write_text(FILE.replace('unbound_above = "10 nmol/L"', "times = 3"))
    assert "target: synovial fluid above 7 nmol/L" in " ".join(run("retention", file, "--above", "7 nmol/L").split())
