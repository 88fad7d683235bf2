"""`formulate fate`: one agent or a table, what it prints, writes and refuses."""

import csv
import io
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tui.cli import Commands
from tui.fate_command import fate

ROWS = (
    "agent,kind,size_nm,species,joint_state,metric,unit,time\n"
    "PLA particle,microparticle,10000,mouse,healthy,pct_remaining,%,24 h\n"
    "thing,unheard of,,mouse,healthy,half_life,h,\n"
    "broken,nanoparticle,wide,mouse,healthy,half_life,h,\n"
)


@pytest.fixture
def cli() -> click.Group:
    group = Commands("formulate")
    group.add_command(fate)
    return group


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def run(cli, *arguments):
    return CliRunner().invoke(cli, ["fate", *map(str, arguments), "--draws", "32"])


def test_a_table_gives_a_row_for_each_row_and_tells_what_it_skipped(cli, rows, tmp_path):
    out = tmp_path / "out.csv"
    done = run(cli, rows, "-o", out)
    assert done.exit_code == 0, done.output
    found = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["row"] for row in found] == ["2", "3"]
    assert 0 < float(found[0]["low"]) <= float(found[0]["median"]) <= float(found[0]["high"]) <= 100
    assert found[1]["median"] == ""
    assert "unheard of" in found[1]["reason"]
    assert "rows.csv:4" in done.stderr
    assert "1 of 2 rows have a number" in done.stdout


def test_one_agent_in_words_and_as_json(cli):
    asked = ("--agent", "PLA", "--kind", "nanoparticle", "--size", "300 nm", "--species", "rat", "--site", "knee")
    done = run(cli, *asked, "--state", "healthy", "--metric", "half_life")
    assert done.exit_code == 0
    assert "80 % band" in done.stdout
    content = json.loads(run(cli, *asked, "--json").stdout)
    assert content["command"] == "fate"
    assert content["results"]["fates"][0]["unit"] == "h"
    assert content["inputs"]["size"] == "300 nm"


def test_json_is_written_as_it_is_printed(cli, rows, tmp_path):
    out = tmp_path / "out.json"
    done = run(cli, rows, "-o", out, "--json")
    assert json.loads(out.read_text()) == json.loads(done.stdout)
    assert json.loads(done.stdout)["warnings"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to predict"),
        (("nowhere.csv",), "no such file"),
        (("--kind", "nanoparticle", "--size", "5 apples", "--site", "knee"), "apples"),
        (("rows.csv", "--kind", "protein"), "one or the other"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(cli, arguments, words):
    done = run(cli, *arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_nothing_is_written_over_the_table_or_with_another_ending(cli, rows, tmp_path):
    before = rows.read_text()
    assert run(cli, rows, "-o", rows).exit_code == 2
    assert run(cli, rows, "-o", tmp_path / "out.pdf").exit_code == 2
    assert rows.read_text() == before
    assert not (tmp_path / "out.pdf").exists()
