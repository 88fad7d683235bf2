"""`formulate project` as a user types it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from formulate import examples
from tui.cli import cli
from tui.table import text_width

ROOT = Path(__file__).parents[2]
SUSPENSION = """\
schema_version = 1
kind = "formulation"
name = "Crystals"
[[payload]]
id = "dasatinib"
dose = "1 mg"
[[layer]]
id = "suspension"
carrier = "free-drug-suspension"
holds = ["dasatinib"]
[regimen]
site = "knee"
[target]
unbound_above = "10 nmol/L"
duration = "7 d"
[calculation]
draws = 16
"""
QUESTION = """\
schema_version = 1
kind = "question"
carriers = ["free-drug-solution", "liposome"]
[[payload]]
id = "dasatinib"
dose = "1 mg"
[regimen]
site = "knee"
[calculation]
draws = 16
"""


@pytest.fixture(autouse=True)
def _a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("knee").mkdir()
    Path("knee/crystals.toml").write_text(SUSPENSION, "utf-8")
    Path("knee/which.toml").write_text(QUESTION, "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["project", *arguments], prog_name="formulate")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == "" or result.stderr.startswith("wrote ")
    return result.stdout


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def envelope(*arguments: str) -> dict:
    return json.loads(done(*arguments, "--json"))


def change(old: str, new: str, name: str = "crystals.toml") -> None:
    path = Path("knee", name)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_project_runs_once_and_then_what_changed():
    first = done("knee")
    assert "Project knee, 2 files: 2 run now." in first
    assert "- no result yet: crystals.toml, which.toml" in first
    assert "best: " in first
    assert "Project knee, 2 files: 2 up to date." in done("knee")
    change('"1 mg"', '"3 mg"')
    again = done("knee")
    assert "2 files: 1 run now, 1 up to date." in again
    assert "the file changed: payload.dose 1 mg -> 3 mg: crystals.toml" in " ".join(again.split())
    assert "peak unbound plasma concentration: " in " ".join(again.split())
    assert " band of before" in " ".join(again.split())
    for text in (first, again):
        assert all(text_width(line) <= 80 for line in text.splitlines())


def test_json_says_what_was_run_why_and_what_changed():
    done("knee")
    change('"1 mg"', '"3 mg"')
    content = envelope("knee", "-o", "p.html", "-o", "p.txt", "-o", "p.json", "-o", "p.md")
    assert content["command"] == "project"
    assert content["results"]["counts"] == {
        "run": 1, "up to date": 1, "not run": 0, "to run": 0, "set aside": 0, "unit": "files",
    }  # fmt: skip
    crystals, which = content["results"]["files"]
    assert (crystals["file"], crystals["state"], crystals["command"]) == ("crystals.toml", "run", "predict")
    assert crystals["why"] == ["the file changed: payload.dose 1 mg -> 3 mg"]
    changed = {item["label"]: item for item in crystals["changes"]}["peak unbound plasma concentration"]
    assert changed["now"]["median"] > changed["before"]["median"]
    assert changed["within_band_of_before"] in (True, False)
    assert (which["state"], which["changes"]) == ("up to date", [])
    assert set(which["ranked"]) == {"free-drug-solution", "liposome"}
    assert Path(crystals["result"]).is_file()
    for name in ("p.html", "p.txt", "p.md"):
        assert "peak unbound plasma concentration" in Path(name).read_text("utf-8")


def test_what_is_set_aside_is_told_without_a_mark_of_a_fault():
    Path("knee/target.toml").write_text(examples.text("bmp2-gel-design.toml"), "utf-8")
    text = done("knee", "--check")
    assert "3 files: 2 to run, 1 set aside." in text
    assert "- target.toml: target of a design; formulate design knee/target.toml" in text
    assert "!" not in text
    for name in ("crystals.toml", "which.toml"):
        Path("knee", name).unlink()
    alone = run("knee")
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "target.toml: target of a design" in alone.stderr


def test_checking_writes_nothing():
    text = done("knee", "--check")
    assert "2 files: 2 to run." in text
    assert "To run, because of" in text
    assert names("knee") == ["crystals.toml", "which.toml"]


def test_a_file_at_fault_is_told_and_the_others_run():
    change('"1 mg"', '"1 apple"')
    content = envelope("knee")
    assert content["results"]["counts"]["run"] == 1
    assert "crystals.toml:6: payload.0.dose" in content["warnings"][0]
    assert "! knee/crystals.toml:6: payload.0.dose" in done("knee")


def test_catalog_files_of_the_project_are_laid_over_the_catalog():
    done("knee")
    own = Path("knee/formulate-catalog/mine.toml")
    own.parent.mkdir()
    own.write_text(
        '[[payload]]\nid = "dasatinib"\n[[payload.property]]\n'
        'name = "aqueous_solubility"\ntypical = 0.5\nunit = "mg/mL"\n',
        "utf-8",
    )
    crystals, _ = envelope("knee")["results"]["files"]
    assert crystals["why"] == ["the catalog file formulate-catalog/mine.toml is new"]
    assert list(crystals["rests_on"]["own_catalog_files"]) == ["formulate-catalog/mine.toml"]
    # from inside the folder it is the same file
    os.chdir("knee")
    assert {item["state"] for item in envelope(".")["results"]["files"]} == {"up to date"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none"], "none: no such folder; need a folder of formulation and question files"),
        (["knee/which.toml"], "knee/which.toml: is a file; need a folder"),
        (["."], ".: holds no .toml file; need a folder of formulation and question files: formulate examples copy ."),
        (["knee", "--check", "--again"], "--again: runs all files, and --check runs none; need one of the two"),
        (["x" * 5000], "xxx"),
        (["knee", "-o", "p.odt"], "--output: p.odt: unknown ending"),
    ],
)
def test_what_is_no_project_is_refused_in_one_line(arguments, told):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1


def test_a_faulty_catalog_file_is_told_once():
    own = Path("knee/formulate-catalog/mine.toml")
    own.parent.mkdir()
    own.write_text("zz = 3\n", "utf-8")
    result = run("knee")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("knee/formulate-catalog/mine.toml:1: zz: unknown table")
    assert result.stderr.count("\n") == 1


def test_an_output_does_not_take_the_place_of_a_result():
    done("knee")
    before = Path("knee/results/crystals.json").read_bytes()
    result = run("knee", "-o", "knee/results/crystals.json")
    assert result.exit_code == 2
    assert result.stderr == "knee/results/crystals.json: is a result of the project; need another name\n"
    assert Path("knee/results/crystals.json").read_bytes() == before


def test_a_project_of_faults_alone_is_refused():
    for name in ("crystals.toml", "which.toml"):
        change('site = "knee"', 'site = "elbow"', name)
    result = run("knee")
    assert result.exit_code == 2
    assert "crystals.toml:" in result.stderr
    assert "which.toml:" in result.stderr


def process(*arguments: str, **streams: object) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "tui.cli", *arguments], stdout=subprocess.PIPE, env=environment, text=True, **streams
    )


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal and its signals")
def test_stopped_on_the_way_what_is_finished_is_kept_and_said():
    import pty

    change("draws = 16", "draws = 8192", "which.toml")
    leader, follower = pty.openpty()
    with process("project", "knee", stderr=follower) as running:
        seen = ""
        while "computing 2 of 2: which.toml" not in seen:
            seen += os.read(leader, 1000).decode()
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
        os.close(follower)
        seen += os.read(leader, 100_000).decode()
    os.close(leader)
    assert running.returncode == 130
    assert out == ""
    said = "stopped; 1 of 2 results are finished and kept; the same command goes on from there\r\n"
    assert seen.endswith(f"\r\x1b[K{said}")
    assert names("knee/results") == ["crystals.json"]
    assert "checks 1 of 2: crystals.toml" in seen


@pytest.mark.skipif(os.name == "nt", reason="kills otherwise there")
def test_a_kill_leaves_no_lock():
    change("draws = 16", "draws = 8192", "which.toml")
    with process("project", "knee", stderr=subprocess.DEVNULL) as running:
        while not Path("knee/results/crystals.json").exists():
            assert running.poll() is None
        running.kill()
    change("draws = 8192", "draws = 16", "which.toml")
    files = envelope("knee")["results"]["files"]
    assert [item["state"] for item in files] == ["up to date", "run"]


def test_two_processes_on_one_project_leave_whole_results():
    both = [process("project", "knee", "--json", stderr=subprocess.PIPE) for _ in range(2)]
    for running in both:
        out, err = running.communicate(timeout=120)
        assert (running.returncode, err) == (0, "")
        json.loads(out)
    assert {item["state"] for item in envelope("knee")["results"]["files"]} == {"up to date"}
    assert names("knee/results") == ["crystals.json", "which.json"]
