"""What is asked without a file: in the words of the command line, by keys."""

import pytest
from click.testing import CliRunner

from formulate.form.bench import calculated, expected_form
from materials.errors import FormulateError
from tui.app.jobs import bench as jobs
from tui.cli import cli

WIDTH = 90


def printed(monkeypatch, *command: str) -> str:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.stderr
    return done.stdout.rstrip("\n")


def test_answers_are_those_of_the_command_line(monkeypatch):
    trapped = {"diameter": "100, 200 nm", "bilayer_thickness": "5 nm", "area_per_lipid": "0.71 nm^2"}
    values = [f"{name.replace('_', '-')}={given}" for name, given in trapped.items()]
    assert jobs.equation("trapped-volume", trapped, WIDTH) == printed(
        monkeypatch, "calculate", "trapped-volume", *values
    )
    described = jobs.equation("trapped-volume", trapped | {"diameter": " "}, WIDTH)
    assert described == printed(monkeypatch, "calculate", "trapped-volume")
    asked = {"carrier": "plga-microsphere", "payload": "dexamethasone", "feed_ratio": "0.2 g/g"}
    options = ("plga-microsphere", "--payload", "dexamethasone", "--feed-ratio", "0.2 g/g")
    assert jobs.expected(asked, WIDTH) == printed(monkeypatch, "predict-loading", *options)
    agent = {"agent": "albumin", "kind": "protein", "site": "knee"}
    options = tuple(part for name, given in agent.items() for part in (f"--{name}", given))
    assert jobs.fate(agent, WIDTH) == printed(monkeypatch, "fate", *options)


def test_the_form_of_the_loading_begins_with_the_open_formulation():
    layer = {"id": "a", "carrier": "plga-microsphere", "method": "emulsion-oil-in-water"}
    content = {
        "payload": [{"id": "dexamethasone"}],
        "layer": [layer, {"id": "b", "carrier": "hyaluronic-acid-hydrogel"}],
    }
    given = {field.place: field.given for field in expected_form(content).fields if field.given}
    assert given == {"input.carrier": "plga-microsphere", "input.payload": "dexamethasone",
                     "input.method": "emulsion-oil-in-water"}  # fmt: skip
    with pytest.raises(FormulateError, match="area-per-lipid"):
        calculated("trapped-volume", {"diameter": "100 nm", "bilayer_thickness": "5 nm", "area_per_lipid": "0.7 nm"})


def test_what_cannot_be_read_is_told_before_all_is_typed():
    told = jobs.equation("trapped-volume", {"diameter": "100 mg", "bilayer_thickness": " "}, WIDTH)
    assert told.startswith("✗ diameter: '100 mg': mg has the wrong dimension; need a number with a unit such as nm\n\n")
    assert told.endswith(jobs.equation("trapped-volume", {"diameter": "100 nm"}, WIDTH))


def test_an_equation_is_picked_and_answered_while_one_types(drive, until, typed, screen_text, same_screen):
    async def steps(pilot):
        app = pilot.app
        await pilot.press("f4")
        await until(pilot, lambda: app.screen.PLACE == "compare")
        await pilot.press("ctrl+p")
        await typed(pilot, "equation of")
        await until(pilot, lambda: "Calculate: an equation of the bench" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Which equation?" in screen_text(app))
        await typed(pilot, "trapped-v")
        await pilot.press("enter")
        await until(pilot, lambda: "bilayer-thickness" in screen_text(app))
        await typed(pilot, "100 nm")
        await pilot.press("tab")
        await typed(pilot, "5")
        await pilot.press("tab")
        await typed(pilot, "0.71 nm^2")
        await until(pilot, lambda: "✗ bilayer-thickness" in screen_text(app))
        await pilot.press("shift+tab", "end")
        await typed(pilot, " nm")
        await until(pilot, lambda: "2.87017 L/mol" in screen_text(app))  # V = (pi/6)(d - 2 h)^3 N_A/N
        same_screen(app, "bench-80x24")
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: "area-per-lipid = 0.71 nm^2" in screen_text(app))  # on one line
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.app_screen)

    drive(steps, size=(80, 24))
