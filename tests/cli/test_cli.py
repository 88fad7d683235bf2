"""The commands as a user types them: what is printed where, what is written, what a pipe and a narrow window see."""

import json
import os
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from formulate import examples
from formulate.criteria import WEIGHTS
from materials import catalog
from tui.asked import compared
from tui.cli import cli

ROOT = Path(__file__).parents[2]
QUICK = ("--site", "knee", "--payload", "dasatinib", "--draws", "16")
TWO = ("--carriers", "plga-microsphere,free-drug-suspension")
ONE = ("--carriers", "plga-microsphere")
ENVELOPE = [
    "schema_version", "command", "program_version", "catalog_version", "seed", "inputs", "results", "warnings",
]  # fmt: skip
MICROSPHERE = """\
schema_version = 1
kind = "formulation"
name = "Small microspheres"
[[payload]]
id = "dasatinib"
[[layer]]
id = "microsphere"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[layer.set]
diameter = "20 um"
[regimen]
site = "knee"
[calculation]
draws = 16
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")


@cache
def _computed(asked: tuple[tuple[str, object], ...]) -> tuple[object, object]:
    return compared((), dict(asked))


@pytest.fixture
def computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute the same comparison of options once for all tests of how it is shown and written."""

    def once(paths: tuple[Path, ...], asked: dict[str, object]) -> tuple[object, object]:
        return compared(paths, asked) if paths else _computed(tuple(asked.items()))

    monkeypatch.setattr("tui.cli.compared", once)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="formulate")


def done(*arguments: str) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result


def envelope(*arguments: str) -> dict[str, object]:
    result = done(*arguments, "--json")
    content = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert list(content) == ENVELOPE
    assert content["schema_version"] == 1
    assert content["catalog_version"] == catalog.load().version
    return content


def ranked(*options: str) -> list[str]:
    return [row["id"] for row in envelope("compare", *QUICK, *options)["results"]["rows"]]


# compare


@pytest.mark.usefixtures("computed_once")
def test_options_alone_compare_every_carrier_that_calculators_can_run():
    result = done("compare", *QUICK)
    text = " ".join(result.stdout.split())
    assert "dasatinib in 5 mL, human knee" in text
    assert "16 draws, seed 7" in text
    assert "nothing here is medical advice" in text
    assert result.stderr == ""
    content = envelope("compare", *QUICK)
    assert {row["id"] for row in content["results"]["rows"]} == set(catalog.load().runnable_carriers())
    assert content["command"] == "compare"
    assert content["seed"] == 7


def test_carriers_are_chosen_by_id_or_synonym():
    assert set(ranked("--carriers", "plga-microsphere, suspension")) == {"plga-microsphere", "free-drug-suspension"}


@pytest.mark.usefixtures("computed_once")
def test_rows_stand_in_the_order_of_their_scores():
    rows = envelope("compare", *QUICK)["results"]["rows"]
    ranked_rows = [row for row in rows if row["rank"]]
    scores = [row["score"]["mean"] for row in ranked_rows]
    assert scores == sorted(scores, reverse=True)
    assert rows[: len(ranked_rows)] == ranked_rows  # what fails a check stands last
    assert [row["rank"] for row in ranked_rows] == list(range(1, len(ranked_rows) + 1))
    assert all(row["why_not_ranked"] for row in rows[len(ranked_rows) :])


def test_weights_make_the_ranking():
    some = ("--carriers", "free-drug-solution,free-drug-suspension,liposome,plga-microsphere")
    only = {
        part: ranked(*some, "--weights", ",".join(f"{name}={int(name == part)}" for name in WEIGHTS))
        for part in ("dose", "residence")
    }
    assert only["dose"] != only["residence"]
    # crystals fit best into an injection, and a solution leaves first
    assert only["dose"][-1] == "free-drug-solution"  # which fails the check of its dose too
    assert only["residence"][0] == "plga-microsphere"
    weights = envelope("compare", *QUICK, *ONE, "--weights", "cover=5")["results"]["weights"]
    assert weights["cover"] == 5
    assert weights["dose"] == 1


@pytest.mark.parametrize(
    ("option", "value", "place"),
    [
        ("--state", "rheumatoid", ("regimen", "state")),
        ("--volume", "2 mL", ("regimen", "volume")),
        ("--above", "1 nmol/L", ("target", "unbound_above")),
        ("--duration", "7 d", ("target", "duration")),
        ("--horizon", "90 d", ("calculation", "horizon")),
        ("--seed", "11", ("calculation", "seed")),
        ("--draws", "32", ("calculation", "draws")),
    ],
)
def test_an_option_goes_over_the_file(option, value, place):
    base = of_a_file() if option == "--draws" else (*of_a_file(), "--draws", "16")
    plain, asked = of_the_file(base), envelope(*base, option, value)
    table, key = place
    assert str(asked["inputs"][table][key]) == value
    assert plain["inputs"][table].get(key) != asked["inputs"][table][key]
    assert plain["results"] != asked["results"]
    # everything else is as the file says
    kept = {name: part for name, part in plain["inputs"].items() if name != table}
    assert kept.items() <= asked["inputs"].items()


def of_a_file(example: str = "dasatinib-knee.toml") -> tuple[str, ...]:
    """Lay out an example and give the command that compares for it."""
    Path("q.toml").write_text(examples.text(example), "utf-8")
    return ("compare", "q.toml", *ONE)


@cache
def of_the_file(command: tuple[str, ...]) -> dict[str, object]:
    return envelope(*command)


def test_the_dose_of_an_option_goes_over_the_file():
    assert envelope(*of_a_file(), "--draws", "16", "--dose", "1 mg")["inputs"]["payload"] == [
        {"id": "dasatinib", "dose": "1 mg"}
    ]


def test_another_payload_takes_the_place_of_that_of_the_file():
    content = envelope(*of_a_file(), "--draws", "16", "--payload", "triamcinolone-acetonide")
    assert content["inputs"]["payload"][0]["id"] == "triamcinolone-acetonide"


def test_the_properties_of_an_own_drug_survive_an_option():
    content = envelope(*of_a_file("own-drug-knee.toml"), "--draws", "16", "--dose", "1 mg")
    assert content["inputs"]["payload"][0]["set"]["molar_mass"] == "410 g/mol"
    assert content["inputs"]["payload"][0]["dose"] == "1 mg"


def test_formulation_files_are_compared_by_name():
    Path("small.toml").write_text(MICROSPHERE, "utf-8")
    Path("large.toml").write_text(MICROSPHERE.replace("20 um", "80 um").replace("Small", "Large"), "utf-8")
    rows = envelope("compare", "small.toml", "large.toml")["results"]["rows"]
    assert {row["id"]: row["label"] for row in rows} == {"small": "Small microspheres", "large": "Large microspheres"}


def test_the_same_command_gives_the_same_bytes():
    assert done("compare", *QUICK, *TWO, "--json").stdout_bytes == done("compare", *QUICK, *TWO, "--json").stdout_bytes


# predict


def test_predict_tells_one_formulation():
    Path("f.toml").write_text(MICROSPHERE, "utf-8")
    text = done("predict", "f.toml").stdout
    assert text.startswith("Small microspheres\n")
    assert "Set by you: diameter (plga-microsphere.diameter) " in text
    assert "(PLGA microspheres)" in " ".join(text.split())  # what the bands come from, by its name
    for label in ("drug loading", "release t50", "drug residence half-life", "peak unbound concentration"):
        assert label in text
    content = envelope("predict", "f.toml", "--seed", "3", "--draws", "32")
    assert content["seed"] == 3
    assert content["inputs"]["calculation"] == {"draws": 32, "seed": 3}
    for item in content["results"]["estimates"].values():
        assert item["unit"]
        assert item["median"] is not None or item["reason"]


# reports and figures


@pytest.mark.usefixtures("computed_once")
@pytest.mark.parametrize("command", ["compare", "predict"])
def test_reports_and_figures_are_written_as_asked(command):
    Path("f.toml").write_text(MICROSPHERE, "utf-8")
    base = ("predict", "f.toml") if command == "predict" else ("compare", *QUICK, *TWO)
    for reports, figure in ((("r.html", "r.json"), "a.svg"), ((), "b.png")):
        names = zip(("-o", "--output"), reports, strict=False)
        result = done(*base, *(part for pair in names for part in pair), "--plot", figure)
        assert result.stderr.splitlines() == [f"wrote {name}" for name in (*reports, figure)]
        assert "wrote" not in result.stdout
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["a.svg", "b.png", "f.toml", "r.html", "r.json"]
    page = Path("r.html").read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "</html>" in page
    assert "http" not in page.split("<body", 1)[0].replace("http://www.w3.org", "")  # nothing is loaded from elsewhere
    assert list(json.loads(Path("r.json").read_text("utf-8"))) == ENVELOPE
    assert ET.parse("a.svg").getroot().tag.endswith("svg")
    assert Path("b.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_the_json_on_stdout_is_the_json_that_is_written():
    result = done("compare", *QUICK, *TWO, "--json", "-o", "r.JSON")
    assert Path("r.JSON").read_text("utf-8") == result.stdout


@pytest.mark.usefixtures("computed_once")
def test_each_figure_is_another_one():
    drawn = set()
    for figure in ("ranking", "concentration", "release"):
        done("compare", *QUICK, *TWO, "--plot", "a.svg", "--figure", figure)
        drawn.add(Path("a.svg").read_bytes())
    assert len(drawn) == 3


@pytest.mark.usefixtures("computed_once")
def test_a_report_takes_the_place_of_an_older_one():
    Path("r.json").write_text("old", "utf-8")
    done("compare", *QUICK, *TWO, "-o", "r.json")
    assert list(json.loads(Path("r.json").read_text("utf-8"))) == ENVELOPE


# examples


def test_examples_are_listed_with_what_they_ask():
    text = done("examples", "list").stdout
    for name in examples.names():
        assert name in text.splitlines()
    assert envelope("examples", "list")["results"]["examples"] == list(examples.names())


def test_examples_are_laid_out_and_again():
    assert done("examples", "copy", "a/b").stdout.splitlines() == [str(Path("a/b") / name) for name in examples.names()]
    for name in examples.names():
        assert (Path("a/b") / name).read_text("utf-8") == examples.text(name)
    done("examples", "copy", "a/b")
    assert set(envelope("examples", "copy", "c")["results"]["written"]) == {
        str(Path("c") / name) for name in examples.names()
    }


def test_an_example_that_was_changed_is_not_overwritten():
    done("examples", "copy", ".")
    mine = Path(examples.names()[1])
    mine.write_text("mine", "utf-8")
    missing = Path(examples.names()[0])
    missing.unlink()
    result = run("examples", "copy", ".")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [f"{mine}: exists and differs from the example; need a folder without it"]
    assert mine.read_text("utf-8") == "mine"
    assert not missing.exists()  # all or nothing


def test_examples_are_not_laid_out_into_a_file():
    Path("file").write_text("mine", "utf-8")
    result = run("examples", "copy", "file")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("file: cannot be made")
    assert result.stderr.count("\n") == 1


def test_the_demo_writes_a_report_a_figure_and_the_files_to_start_from(monkeypatch):
    # what it draws of all carriers takes long, and that all are compared is told above
    few = ("free-drug-suspension", "liposome", "plga-microsphere")
    monkeypatch.setattr(catalog.Catalog, "runnable_carriers", lambda _: few)
    content = envelope("demo", "-o", "demo", "--draws", "32", "--seed", "3")
    names = {path.name for path in Path("demo").iterdir()}
    assert names == {*examples.names(), "dasatinib-knee.html", "dasatinib-knee.json", "dasatinib-knee.png"}
    assert json.loads(Path("demo/dasatinib-knee.json").read_text("utf-8")) == content
    assert "Dasatinib in a human osteoarthritic knee" in Path("demo/dasatinib-knee.html").read_text("utf-8")
    assert {row["id"] for row in content["results"]["rows"]} == set(few)
    assert content["seed"] == 3
    assert content["inputs"]["calculation"] == {"draws": 32, "seed": 3, "horizon": "60 d"}


# help, width, pipes


def test_the_version_is_that_of_the_package():
    from formulate.report.envelope import program_version

    assert done("--version").stdout == f"formulate {program_version()}\n"


@pytest.mark.parametrize("command", [[], ["compare"], ["predict"], ["demo"], ["examples"], ["catalog"]])
def test_help_is_short_and_long(command):
    short, long = done(*command, "-h").stdout, done(*command, "--help").stdout
    assert short == long
    assert short.startswith("Usage: formulate")


def test_the_program_alone_prints_help():
    assert done().stdout == done("--help").stdout


def test_every_option_says_what_it_does():
    groups = [cli, *(command for command in cli.commands.values() if isinstance(command, click.Group))]
    commands = [*groups, *(command for group in groups for command in group.commands.values())]
    for command in commands:
        assert command.help, command.name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (command.name, parameter.name)


def wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@pytest.mark.usefixtures("computed_once")
@pytest.mark.parametrize("columns", [60, 80, 100, 160])
@pytest.mark.parametrize("command", ["compare", "predict"])
def test_no_line_is_wider_than_the_window(command, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    Path("f.toml").write_text(MICROSPHERE, "utf-8")
    arguments = {"compare": ["compare", *QUICK], "predict": ["predict", "f.toml"]}[command]
    lines = done(*arguments).stdout.splitlines()
    # an address cannot be broken
    assert [line for line in lines if wide(line) > columns and "://" not in line and "doi:" not in line] == []


@pytest.mark.usefixtures("computed_once")
def test_a_wider_window_is_used(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    narrow = done("compare", *QUICK).stdout.splitlines()
    monkeypatch.setenv("COLUMNS", "200")
    wide_one = done("compare", *QUICK).stdout.splitlines()
    assert len(wide_one) < len(narrow)
    assert max(map(wide, wide_one)) > 100


def process(*arguments: str, **more: object) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tui.cli", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return subprocess.Popen(command, env=environment, **pipes | more)


def test_a_pipe_sees_names_in_other_scripts_and_no_progress_and_no_colour():
    Path("微球λ.toml").write_text(MICROSPHERE, "utf-8")
    with process("compare", "微球λ.toml") as running:
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert err == ""
    assert "\n微球λ " in out
    assert "\x1b" not in out
    assert "\r" not in out.replace("\r\n", "\n")


@pytest.mark.skipif(os.name == "nt", reason="streams are closed by a shell")
def test_with_its_streams_closed_it_works_and_no_file_takes_their_place(tmp_path):
    code = """
from tui.start import open_closed_streams, on_terminal
from tui.progress_line import announce
open_closed_streams()
announce("something")
with open("told", "w") as file:
    file.write(f"{file.fileno() > 2} {on_terminal()}")
"""
    command = 'exec "$@" <&- >&- 2>&-'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(["sh", "-c", command, "sh", sys.executable, "-c", code], cwd=tmp_path, env=environment)
    assert run.returncode == 0
    assert (tmp_path / "told").read_text() == "True False"


@pytest.mark.skipif(os.name == "nt", reason="a terminal of its own is made with pty")
def test_a_terminal_sees_progress_that_is_wiped_away():
    import pty

    leader, follower = pty.openpty()
    with process("compare", *QUICK, *ONE, stderr=follower) as running:
        out, _ = running.communicate(timeout=60)
        os.close(follower)
        seen = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "computing 1 of 1: PLGA microspheres" in seen
    assert seen.endswith("\r\x1b[K")
    assert "computing" not in out


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal and its signals")
def test_a_comparison_stopped_on_the_way_says_so_in_one_line_and_writes_nothing():
    import pty
    import signal

    leader, follower = pty.openpty()
    with process("compare", *QUICK, "-o", "report.html", stderr=follower) as running:
        seen = ""
        while "computing 1 of" not in seen:
            seen += os.read(leader, 1000).decode()
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
        os.close(follower)
        seen += os.read(leader, 100_000).decode()
    os.close(leader)
    assert running.returncode == 130
    assert seen.endswith("\r\x1b[Kstopped; files are written whole or not at all\r\n")
    assert out == ""
    assert list(Path().iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_a_reader_that_leaves_is_no_fault():
    with process("catalog", "carriers") as running:
        running.stdout.close()
        err = running.stderr.read()
        running.wait(timeout=60)
    assert err == ""
    assert running.returncode == 1


def test_a_name_cannot_steer_the_terminal():
    from formulate.formulation import read
    from formulate.pipeline import predict
    from tui.show import prediction_text

    # the text itself, because what is printed to a pipe is stripped on the way
    Path("f.toml").write_text(MICROSPHERE.replace("Small microspheres", "a\\u001b[2Jb"), "utf-8")
    assert "\x1b" not in prediction_text(predict(read("f.toml")), 80)
