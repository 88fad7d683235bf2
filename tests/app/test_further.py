"""What is asked of a formulation beyond its figures, by keys: asked, read, asked otherwise, written, refused."""

import json

import pytest
import tomli
from click.testing import CliRunner

from formulate.examples import text
from formulate.form.wanted import Wanted
from materials.errors import FormulateError
from tui.app.jobs import report as jobs
from tui.cli import cli

NAME = "triamcinolone-microspheres.toml"
LAST_FORMAT = "end"


def few_draws(draws: int = 16) -> str:
    """Give the file of the example with few draws."""
    return text(NAME).replace("[calculation]", f"[calculation]\ndraws = {draws}")


def test_a_batch_is_asked_for_read_asked_otherwise_and_written(
    drive, until, typed, boxed, named, screen_text, same_screen, tmp_path, monkeypatch
):
    monkeypatch.setattr("tui.app.screens.formulation.LIVE", 16)
    monkeypatch.setattr("tui.app.screens.formulation.REFINED", 16)
    path = tmp_path / "mine.toml"
    path.write_text(few_draws(), "utf-8")

    async def steps(pilot):
        app = pilot.app
        await until(pilot, lambda: app.session.document("formulation") and app.current_mode == "formulation")
        await boxed(pilot, "ctrl+g")
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: "1 dose of 5 mL" in screen_text(app))
        await pilot.press("f8")
        await until(pilot, lambda: "● Batch recipe" in screen_text(app))
        await until(pilot, lambda: "What is asked, and how written" in screen_text(app), 5.0)
        await typed(pilot, "3")  # F8 led to the first of what is asked
        await until(pilot, lambda: "≠ Batch recipe" in screen_text(app))
        same_screen(app, "report-asked-80x24")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "3 doses of 5 mL" in screen_text(app))
        await boxed(pilot, "f9")
        await pilot.press(LAST_FORMAT, "enter")
        await named(pilot, "batch.txt")
        await until(pilot, lambda: (tmp_path / "batch.txt").exists())
        await pilot.press("f8")
        await pilot.press("end", "ctrl+u")
        await typed(pilot, "0.5")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: any("doses" in note.message for note in app._notifications))
        assert "≠ Batch recipe" in screen_text(app)  # the batch of before stays, as such
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: "asked otherwise since" in screen_text(app))
        assert "3 doses of 5 mL" in screen_text(app)

    drive(steps, size=(80, 24), file=path)
    done = CliRunner().invoke(cli, ["recipe", str(path), "--doses", "3", "-o", str(tmp_path / "cli.txt")])
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "batch.txt").read_text("utf-8") == (tmp_path / "cli.txt").read_text("utf-8")


def test_answers_are_those_of_the_command_line(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(few_draws(64), "utf-8")
    content = tomli.loads(path.read_text("utf-8"))
    for kind, asked, command in (
        ("plan", {"patient": "elderly"}, ["plan", "--patient", "elderly"]),
        ("schedules", {"injections": "2", "duration": "3 d", "probability": "50 %"},
         ["dose", "--injections", "2", "--for", "3 d", "--probability", "50%"]),
        ("drivers", {"of": "release_t50"}, ["sensitivity", "--of", "release_t50"]),
    ):  # fmt: skip
        name, *options = command
        outputs = [part for ending in (".json", ".txt") for part in ("-o", str(tmp_path / f"cli{ending}"))]
        done = CliRunner().invoke(cli, [name, str(path), *options, *outputs])
        assert done.exit_code == 0, done.stderr
        for ending in (".json", ".txt"):
            jobs.write(jobs.Asked(kind, content, Wanted(asked=asked)), tmp_path / f"app{ending}")
            texts = [(tmp_path / f"{of}{ending}").read_text("utf-8") for of in ("app", "cli")]
            assert texts[0] == texts[1], (kind, ending)


def test_the_release_behind_a_bag_is_that_of_the_command_line(tmp_path):
    copied = CliRunner().invoke(cli, ["examples", "copy", str(tmp_path)])
    assert copied.exit_code == 0, copied.stderr
    runs = [str(tmp_path / f"dialysis-{name}.csv") for name in ("liposomes", "free-drug")]
    asked = {"models": "first_order", "donor": "1 mL", "receiver": "50 mL", "unbound": "90 %", "level": "90 %"}
    options = [part for name, given in asked.items() for part in (f"--{name}", given)]
    command = ["dialysis", runs[0], "--control", runs[1], *options, "-o", str(tmp_path / "cli.txt"), "--json"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.stderr
    content = {"table": runs[0], "second": runs[1]}
    for ending in (".txt", ".json"):
        jobs.write(jobs.Asked("dialysis", content, Wanted(asked=asked)), tmp_path / f"app{ending}")
    assert (tmp_path / "app.txt").read_text("utf-8") == (tmp_path / "cli.txt").read_text("utf-8")
    written = json.loads((tmp_path / "app.json").read_text("utf-8"))
    assert written["results"] == json.loads(done.stdout)["results"]
    with pytest.raises(FormulateError, match="second file"):
        jobs.write(jobs.Asked("dialysis", {"table": runs[0]}, Wanted()), tmp_path / "none.txt")
