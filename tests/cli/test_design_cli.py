"""`formulate design`: text, files, figure, the designs it saves, and what is refused."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli import cli

TARGET = """\
schema_version = 1
kind = "target"
name = "Drops"
carriers = ["free-drug-solution"]
[[payload]]
id = "dasatinib"
dose = "1 mg"
[payload.set]
aqueous_solubility = "1 mg/mL"
[regimen]
site = "knee"
[target]
unbound_above = "1 pmol/L"
duration = "1 h"
probability = 0.9
[limits]
volume = "2 mL"
[[choice]]
name = "dose"
low = "0.5 mg"
high = "8 mg"
[calculation]
draws = 16
"""
OUT_OF_REACH = TARGET.replace("0.5 mg", "3 mg")


@pytest.fixture
def file(empty_folder: Path) -> Path:
    Path("t.toml").write_text(TARGET, "utf-8")
    return Path("t.toml")


def run(*arguments: object) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["design", *(str(item) for item in arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["design", *(str(item) for item in arguments)])
    assert result.exit_code == 2, result.output
    line = result.stderr.strip()
    assert len(line.splitlines()) == 1, line
    return line


def test_what_is_found_is_told_written_drawn_and_saved(file):
    text = run(file, "--designs", 8, "-o", "d.html", "-o", "d.csv", "-o", "d.json", "--plot", "d.svg", "--save", "made")
    lines = text.splitlines()
    assert lines[0] == "Drops"
    assert lines[2].startswith("Can be met: of ")  # the answer first
    assert max(map(len, lines)) <= 80
    flat = " ".join(text.split())
    assert "wanted 90 %; 3 unlike designs are given." in flat
    assert "volume of one injection ≤ 2 mL" in flat
    assert "1024 fresh draws that had no part in the choice" in flat
    assert "Design 1, for one dose: " in flat
    assert Path("d.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert Path("d.svg").read_text("utf-8").count("dose, mg") == 1
    found = json.loads(Path("d.json").read_text("utf-8"))["results"]
    rows = list(csv.DictReader(Path("d.csv").read_text("utf-8").splitlines()))
    assert len(rows) == found["designs_looked_at"]
    for row in rows:
        assert float(row["probability (fraction)"]) == (1.0 if float(row["dose (mg)"]) <= 2.0 else 0.0)
    designs = found["designs"]
    assert len({item["choices"][0]["value"] for item in designs}) == 3
    assert all(0.9 <= item["probability"]["low"] <= item["probability"]["value"] for item in designs)
    assert designs[0]["recipe"]["ingredients"][0]["name"] == "dasatinib"
    for place, item in enumerate(designs, start=1):
        saved = Path("made", f"design-{place}.toml")
        assert f'dose = "{item["choices"][0]["value"]:g} mg"' in saved.read_text("utf-8")
        assert Path("made", f"design-{place}-recipe.md").read_text("utf-8").startswith("# ")
    again = CliRunner().invoke(cli, ["predict", "made/design-1.toml", "--json"])
    assert again.exit_code == 0, again.output
    estimates = json.loads(again.stdout)["results"]["estimates"]
    told = designs[0]["numbers"]["peak_unbound"]
    assert estimates["peak_unbound"]["median"] == pytest.approx(told["median"])  # the same draws
    assert estimates["peak_unbound"]["high"] == pytest.approx(told["high"])


def test_what_cannot_be_met_says_why_and_what_it_would_take(file):
    file.write_text(OUT_OF_REACH, "utf-8")
    flat = " ".join(run(file, "--designs", 8, "--save", "made").split())
    assert "Cannot be met within these choices: of " in flat
    assert "designs looked at, the best holds all of it with 0 % (0 to <1 %), wanted 90 %." in flat
    assert "> The binding limit is the volume of one injection (2 mL): with 3" in flat
    assert "the target is met (100 %), all else as asked." in flat
    assert [path.name for path in sorted(Path("made").iterdir())] == ["design-1-recipe.md", "design-1.toml"]


def test_json_says_what_stands_in_the_way_with_a_reason_for_every_gap(file):
    file.write_text(OUT_OF_REACH, "utf-8")
    content = json.loads(run(file, "--designs", 8, "--seed", 3, "--probability", "70 %", "--json"))
    assert content["seed"] == 3
    assert content["inputs"]["target"]["probability"] == 0.7
    missing = content["results"]["in_the_way"]
    assert missing["binding"] == ["volume"]
    for item in missing["limits"]:
        assert (item["enough"] is None) == ("reason" in item)
    volume = next(item for item in missing["limits"] if item["name"] == "volume")
    assert volume["enough"] >= 3.0
    assert volume["unit"] == "mL"


def test_it_can_be_stopped_with_one_line(file):
    command = [sys.executable, "-m", "tui.cli", "design", str(file), "--designs", "4000", "-o", "d.html"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path.cwd(),
                               env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})  # fmt: skip
    time.sleep(2.5)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130, told
    assert told.startswith("stopped")
    assert len(told.strip().splitlines()) == 1
    assert not Path("d.html").exists()


def test_bad_input_is_refused_in_one_line(file):
    assert "absent.toml" in refused("absent.toml")
    assert "--output: d.doc: unknown ending '.doc'; need .html" in refused(file, "-o", "d.doc")
    assert "--plot: d.jpg: unknown ending" in refused(file, "--plot", "d.jpg")
    assert "--probability: '1.2'; need above 0 and below" in refused(file, "--probability", "1.2")
    assert "--probability: 'often'; need a share" in refused(file, "--probability", "often")
    assert "8<=x<=" in refused(file, "--designs", 4)
    Path("made").mkdir()
    Path("made/design-2.toml").write_text("mine", "utf-8")
    assert "made/design-2.toml: is there already" in refused(file, "--designs", 8, "--save", "made")
    assert Path("made/design-2.toml").read_text("utf-8") == "mine"
    Path("f.toml").write_text(TARGET.replace('kind = "target"', 'kind = "formulation"'), "utf-8")
    assert 'need "target"' in refused("f.toml")
    file.write_text(TARGET.replace("0.5 mg", "9 mg"), "utf-8")
    assert "choice.0.high" in refused(file)
