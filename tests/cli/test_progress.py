"""What takes longer than a moment says so on a terminal, and stops at Ctrl-C with one line and status 130."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tui.progress_line
from formulate import examples
from tui.cli import cli
from tui.interrupt import listening, stop_if_pressed
from tui.refusal import Interrupted

MICRO = "triamcinolone-microspheres.toml"
COMMANDS = {
    "compare": ["triamcinolone-knee.toml", "--carriers", "liposome"],
    "compare ranked": ["a.toml", "b.toml"],
    "compare unranked": [MICRO, "triamcinolone-disc.toml"],
    "predict": [MICRO],
    "loading": [MICRO],
    "recipe": ["doxorubicin-liposome-batch.toml", "--doses", "2"],
    "predict-loading": ["plga-nanoparticle", "--payload", "dexamethasone"],
    "release": [MICRO],
    "batch": ["table.csv"],
    "retention": [MICRO],
    "dose": [MICRO],
    "sensitivity": [MICRO],
    "fate": ["--agent", "albumin", "--kind", "protein", "--site", "knee"],
    "fit": ["release-microspheres.csv"],
    "similarity": ["dissolution-reference.csv", "dissolution-test.csv"],
    "dialysis": ["dialysis-liposomes.csv", "--control", "dialysis-free-drug.csv"],
    "differences": ["a.toml", "b.toml"],
    "project": ["."],
    "validate": ["--only", "similarity"],
    "demo": [],
}


@pytest.fixture(autouse=True)
def _among_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(tui.progress_line, "on_terminal", lambda: True)
    examples.copy(tmp_path)
    text = Path(MICRO).read_text("utf-8")
    Path("a.toml").write_text(text, "utf-8")
    Path("b.toml").write_text(text.replace('"10 mg"', '"11 mg"'), "utf-8")
    Path("table.csv").write_text("carrier,payload\nplga-microsphere,dexamethasone\n", "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="formulate")


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give what runs a command with Ctrl-C as soon as it shows a line of progress."""
    echo = tui.progress_line.click.echo
    shown: list[str] = []

    def pressed(text: str = "", **options: object) -> None:
        echo(text, **options)  # type: ignore[arg-type]
        if "computing" in str(text) and not shown:
            shown.append(text)
            raise KeyboardInterrupt

    monkeypatch.setattr(tui.progress_line.click, "echo", pressed)
    return run


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_what_it_computes_and_stops_at_ctrl_c(name, interrupted):
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = interrupted(name.partition(" ")[0], *COMMANDS[name])
    assert "computing " in result.stderr
    assert result.exit_code == 130
    assert result.stdout == ""
    last = result.stderr.rpartition("\r")[2]  # the sign that wipes the line is not kept in what is no terminal
    assert last.startswith("stopped; ")
    assert last.count("\n") == 1
    if name != "demo":
        assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["predict", "loading", "predict-loading", "differences", "retention"])
def test_the_line_is_wiped_before_the_result(name):
    draws = [] if name == "differences" else ["--draws", "16"]
    result = run(name, *COMMANDS[name], *draws)
    assert result.exit_code == 0, result.output
    assert result.stdout
    # one stream after the other, as a terminal shows them
    line, wiped, printed = result.output.rpartition("\r")
    assert "computing" in line
    assert printed == result.stdout
    assert wiped


def test_a_pipe_sees_no_progress(monkeypatch):
    monkeypatch.setattr(tui.progress_line, "on_terminal", lambda: False)
    result = run("predict", MICRO, "--draws", "16")
    assert result.stderr == ""


def heard(then: Callable[[], object], *, pressed: bool = True) -> None:
    with listening():
        if pressed:
            with suppress(KeyboardInterrupt):  # as an import may
                signal.raise_signal(signal.SIGINT)
        then()


def broken_import() -> None:
    raise ImportError("initialization failed")


@pytest.mark.parametrize("then", [stop_if_pressed, broken_import])
def test_an_interrupt_that_something_swallowed_or_made_another_error_of_is_told_as_one(then):
    with pytest.raises(Interrupted):
        heard(then)
    heard(stop_if_pressed, pressed=False)  # and then forgotten


def test_a_fault_of_the_program_is_none_of_the_users():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ImportError):
        heard(broken_import, pressed=False)
    assert signal.getsignal(signal.SIGINT) is before


STARTING = """
import sys

class Pressed:
    def find_spec(self, name, path, target=None):
        if name == "click":
            raise KeyboardInterrupt

sys.argv = ["formulate", "catalog", "carriers"]
sys.meta_path.insert(0, Pressed())
from tui.start import main
main()
"""


def test_an_interrupt_before_the_commands_are_there_is_one_line_too():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", STARTING], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped before anything was begun\n")
