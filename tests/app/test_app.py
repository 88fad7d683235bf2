"""The app as a whole: what it imports, how it starts, keys, palette, help, small terminals, files."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from textual.events import MouseScrollDown

from tui.app.application import FormulateApp
from tui.app.help import HelpBox
from tui.app.palette import offered
from tui.app.session import changed
from tui.app.state import State, read_state, state_folder, write_state
from tui.app.widgets.dialogs import PathBox
from tui.app.widgets.path_field import PathField

ROOT = Path(__file__).parents[2]
SIZES = ((80, 24), (160, 48))
LATER = ("numpy", "scipy", "pandas", "matplotlib", "pint", "pydantic", "jinja2", "pybtex", "textual_plot")


def test_the_first_screen_needs_no_number_and_no_model():
    code = "import sys, tui.start, tui.app.application, tui.app.screens.catalog; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) & set(LATER) == set()


def test_the_app_computes_nothing_itself():
    # no array, no model of a calculation: numbers come from functions of formulate, in worker processes
    allowed = {"tui/app/widgets/plot.py"}
    files = [path for path in (ROOT / "tui" / "app").rglob("*.py") if "jobs" not in path.parts]
    with_numpy = {path.relative_to(ROOT).as_posix() for path in files if "import numpy" in path.read_text("utf-8")}
    assert with_numpy <= allowed
    heavy = re.compile(
        r"^(from|import) (scipy|pandas|matplotlib|formulate\.(fitting|pipeline|comparison|designs))\b", re.M
    )
    assert [path.name for path in files if heavy.search(path.read_text("utf-8"))] == []


def test_it_opens_as_the_program_opens_it(capsys):
    # a test's pilot starts an app in another way than the program does, which from Python 3.12 on runs tasks at once
    seen = []

    async def look(pilot):
        await pilot.pause()
        seen.append(pilot.app.app_screen.PLACE)
        pilot.app.exit()

    FormulateApp(fresh=True).run(headless=True, size=(80, 24), auto_pilot=look)
    assert seen == ["catalog"]
    assert "Error" not in "".join(capsys.readouterr())


def test_the_welcome_of_the_first_run_offers_examples(drive, same_screen):
    async def steps(pilot):
        same_screen(pilot.app, "welcome-80x24")
        await pilot.press("escape")

    app = drive(steps, welcomed=False)
    assert app.state.welcomed
    assert read_state().welcomed


def test_what_the_palette_says_is_done_and_a_theme_is_remembered(drive):
    async def steps(pilot):
        app = pilot.app
        says = {text: run for text, run, _ in offered(app.screen)}
        assert all(re.fullmatch(r"[A-Z][\w ]*: .+", text) for text in says), says
        assert {f"Appearance: theme {name}" for name in app.available_themes} <= set(says)
        says["Appearance: theme formulate-light"]()
        assert app.theme == "formulate-light"
        await pilot.press("ctrl+p")
        await pilot.press(*"quit")
        await pilot.press("escape", "escape")

    assert drive(steps).state.theme == "formulate-light"
    seen = []

    async def look(pilot):
        seen.append(pilot.app.theme)

    drive(look, welcomed=False)
    assert seen == ["formulate-light"]


def test_the_palette_goes_to_another_screen_and_does_it_and_looks_come_last(drive, until):
    async def steps(pilot):
        app = pilot.app
        await pilot.press("f3")
        says = [text for text, _, _ in offered(app.screen)]
        looks = [text.startswith("Appearance: ") for text in says]
        assert looks == sorted(looks)
        ours = [text.startswith("Formulation: ") for text in says]
        assert ours[0]
        assert ours.index(False) == sum(ours)  # what is of the screen itself comes first
        run = next(run for text, run, _ in offered(app.screen) if text == "Compare: move the weights")
        run()
        await until(pilot, lambda: app.app_screen.PLACE == "compare" and app.app_screen.has_class("weighing"), 10)
        assert app.state.screen == "compare"

    drive(steps)


@pytest.mark.parametrize(("place", "first"), [("f4", "aim"), ("f6", "example-0")])
def test_the_arrow_keys_go_from_one_way_to_begin_to_the_next(drive, until, place, first):
    async def steps(pilot):
        app = pilot.app
        await pilot.press(place)
        await until(pilot, lambda: app.focused is not None and app.focused.id == first)
        buttons = [button.id for button in app.screen.query("#empty Button") if button.display]
        await pilot.press("down")
        assert app.focused.id == buttons[1]
        await pilot.press("up", "up")
        assert app.focused.id == buttons[-1]  # round the end

    drive(steps)


def test_f1_tells_of_what_has_the_focus(drive, until, screen_text):
    async def steps(pilot):
        await pilot.press("slash", "f1")
        await until(pilot, lambda: "beginnings of words" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, HelpBox)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HelpBox)
        pilot.app.screen.query_one("#entries").focus()
        await pilot.press("f1")
        await until(pilot, lambda: "Keys here" in screen_text(pilot.app))
        keys = screen_text(pilot.app).partition("Keys here")[2]
        assert "Table: sort by the next column" in keys  # the keys of what has the focus first
        assert "App: quit" not in keys
        await pilot.press("end")
        await until(pilot, lambda: "App: quit" in screen_text(pilot.app))
        assert "goes to" not in screen_text(pilot.app)  # what other screens do is no key here
        await pilot.press("escape")
        for opens, tells in (("ctrl+o", "Type its name or path"), ("n", "takes the line under the cursor")):
            await until(pilot, lambda: pilot.app.screen is pilot.app.app_screen)
            pilot.app.screen.query_one("#entries").focus()
            await pilot.press(opens)
            await until(pilot, lambda: pilot.app.screen is not pilot.app.app_screen)
            await pilot.press("f1")  # in a box too
            await until(pilot, lambda tells=tells: tells in screen_text(pilot.app))
            assert "Go to: Compare" not in screen_text(pilot.app)  # what a box keeps from being done
            await pilot.press("escape", "escape")

    drive(steps)


def test_the_mouse_does_what_the_keys_do(drive, until, screen_text):
    def at(app, text: str) -> tuple[int, int]:
        lines = screen_text(app).splitlines()
        return next((line.index(text) + 1, number) for number, line in enumerate(lines) if text in line)

    async def steps(pilot):
        app = pilot.app
        table = app.screen.query_one("#entries")
        await until(pilot, lambda: table.row_count > 20)
        first = table.current
        await pilot.click(offset=(5, at(app, " Name")[1] + 4))
        await until(pilot, lambda: table.current == table.lines[3].id != first)
        await pilot.click(offset=at(app, "Computed"))
        await until(pilot, lambda: table.sorted_column == 1)
        app.post_message(MouseScrollDown(None, 5, 12, 0, 1, 0, False, False, False, 5, 12))
        await until(pilot, lambda: table.scroll_y > 0)
        await pilot.click(offset=at(app, "Help"))
        await until(pilot, lambda: isinstance(app.screen, HelpBox))
        await pilot.press("escape")
        await pilot.click(offset=at(app, "F4 Compare"))
        await until(pilot, lambda: app.current_mode == "compare" and "Open a question file" in screen_text(app))
        await pilot.click(offset=at(app, "Open a question file"))
        await until(pilot, lambda: type(app.screen).__name__ == "PathBox")
        await pilot.click(offset=at(app, "Cancel"))
        await until(pilot, lambda: app.screen is app.app_screen)

    drive(steps)


def test_work_beside_the_loop_that_fails_is_told_and_ends_nothing(drive, until):
    async def fail() -> None:
        raise ZeroDivisionError("of a bug")

    async def steps(pilot):
        for node in (pilot.app, pilot.app.screen):
            node.run_worker(fail(), exit_on_error=False)
        await until(pilot, lambda: len(pilot.app._notifications) == 2)
        assert {notice.message for notice in pilot.app._notifications} == {"unexpected: ZeroDivisionError: of a bug"}

    drive(steps)


def test_what_was_open_is_offered_again_and_fresh_remembers_nothing(drive, until, tmp_path, screen_text):
    path = tmp_path / "question.toml"
    path.write_text('schema_version = 1\nkind = "question"\n[regimen]\nsite = "knee"\n', "utf-8")
    write_state(State(welcomed=True, theme="nord").with_recent(path))
    kept = read_state()

    async def steps(pilot):
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Recent files" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.session.document("question") is not None)

    assert drive(steps, welcomed=False).current_mode == "compare"

    async def welcomed(pilot):
        assert "Welcome to Formulate" in screen_text(pilot.app)
        await pilot.press("escape", "f6")
        pilot.app.use_theme("formulate-light")

    write_state(kept)
    app = drive(welcomed, welcomed=False, fresh=True)
    assert app.theme == "formulate-light"
    assert read_state() == kept


def test_where_the_user_was_is_remembered_and_what_is_gone_is_passed_over(drive):
    async def steps(pilot):
        app = pilot.app
        assert (app.current_mode, app.theme) == ("catalog", "formulate-dark")
        await pilot.press("ctrl+z", "ctrl+y")
        assert [notice.message for notice in app._notifications] == ["Nothing to undo.", "Nothing to redo."]
        await pilot.press("f1", "f1", "f4")  # a second box is not opened, nor the screen below changed
        assert (len(app.screen_stack), app.current_mode) == (2, "catalog")
        await pilot.press("escape", "f4")
        says = {text: run for text, run, _ in offered(app.screen)}
        says["Appearance: draw plots in plain blocks"]()
        assert "Appearance: draw plots in braille" in {text for text, _, _ in offered(app.screen)}

    write_state(State(welcomed=True, theme="gone", screen="gone"))
    drive(steps, welcomed=False)
    state = read_state()
    assert (state.screen, state.plain_plots) == ("compare", True)
    seen = []

    async def look(pilot):
        seen.append((pilot.app.current_mode, pilot.app.screen.PLACE))

    drive(look, welcomed=False)
    assert seen == [("compare", "compare")]


def test_a_terminal_too_small_gets_one_line_and_the_app_waits(drive, until, screen_text):
    async def steps(pilot):
        app = pilot.app
        for size in ((59, 24), (80, 19), (20, 5), (1, 1)):
            await pilot.resize_terminal(*size)
            if size[0] > 50:
                line = "Formulate needs 60 columns and 20 lines."
                await until(pilot, lambda line=line: screen_text(app).strip() == line)
            await pilot.press("down", "f1", "escape")
            await pilot.resize_terminal(80, 24)
            await until(pilot, lambda: "Carriers" in screen_text(app))
            assert "needs 60 columns" not in screen_text(app)

    drive(steps)


def test_keys_of_the_users_own_take_the_place_of_ours(drive, screen_text):
    from tui.app.keys import keys_file

    keys_file().parent.mkdir(parents=True)
    keys_file().write_text('[app]\nhelp = "f12"\ncompare = "f10,x"\n', "utf-8")

    async def steps(pilot):
        assert "F10 Compare" in screen_text(pilot.app)  # the line of screens says the key in force
        assert "F12 Help" in screen_text(pilot.app)
        await pilot.press("f4")
        assert pilot.app.current_mode == "catalog"
        await pilot.press("f12")
        assert isinstance(pilot.app.screen, HelpBox)
        await pilot.press("escape", "f10")
        assert pilot.app.current_mode == "compare"

    drive(steps)
    keys_file().write_text('"app.halp" = "f12"\n"app.save" = 3\n', "utf-8")

    async def refused(pilot):
        told = [notice.message for notice in pilot.app._notifications]
        assert "keys.toml:1: app.halp: no such action; nearest: app.help" in told[0]
        assert "keys.toml:2: app.save: '3'; need a key in quotes, such as \"ctrl+w\"" in told[0]

    drive(refused)


def test_the_state_is_written_whole_and_ignored_where_it_cannot_be_read():
    state = State(welcomed=True, theme="nord").with_recent(Path("a.toml")).with_kept("catalog", kind="site")
    write_state(state)
    assert read_state() == state
    file = state_folder() / "app.json"
    for broken in ("", "{", "[]", '{"version": 99}', '{"version": 1, "recent": [3]}', '{"version": 1, "more": 1}',
                   '{"version": 1, "kept": {"catalog": 3}}', "\udce4"):  # fmt: skip
        file.write_text(broken, "utf-8", errors="surrogateescape")
        assert read_state() == State()


def test_a_document_is_changed_saved_and_asked_about(drive, until, tmp_path, typed):
    path = tmp_path / "question.toml"
    path.write_text('# mine\nschema_version = 1\nkind = "question"\nname = "a"\n[regimen]\nsite = "knee"\n', "utf-8")

    async def steps(pilot):
        app = pilot.app

        def on(name: str):
            return until(pilot, lambda: type(app.screen).__name__ == name)

        await until(pilot, lambda: app.session.document("question"))
        document = app.session.document("question")
        app.session.change("question", changed(document.value, "name", "b"), join="name")
        app.session.change("question", changed(document.value, "name", "bc"), join="name")
        assert app.session.undo("question")
        assert not document.is_changed
        assert app.session.redo("question")
        await pilot.press("ctrl+q")
        await on("Ask")
        await pilot.press("escape")
        app.open_file(path)
        await on("Ask")
        await pilot.press("enter")  # save
        await until(pilot, lambda: 'name = "bc"' in path.read_text("utf-8"))
        await until(pilot, lambda: app.session.document("question") is not document)
        assert app.session.document("question").value["name"] == "a"

    app = drive(steps, file=path)
    assert app.state.recent == (str(path),)


def test_a_file_that_cannot_be_opened_is_told(drive, until, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('kind = "recipe"\n', "utf-8")

    async def steps(pilot):
        await until(pilot, lambda: pilot.app._notifications)
        (notice,) = pilot.app._notifications
        assert f"{wrong}:1: kind: 'recipe' is unknown; need kind = " in notice.message

    drive(steps, file=wrong)


def test_enter_takes_the_name_that_is_shown_behind_what_was_typed(drive, until, typed, tmp_path):
    question = tmp_path / "knee-of-ours.toml"
    question.write_text('schema_version = 1\nkind = "question"\n', "utf-8")

    async def steps(pilot):
        app, taken = pilot.app, []
        app.push_screen(PathBox("Open", folder=tmp_path, endings=(".toml",)), taken.append)
        await until(pilot, lambda: isinstance(app.screen, PathBox))
        await typed(pilot, "knee-")
        await until(pilot, lambda: app.screen.query_one(PathField)._suggestion)
        await pilot.press("enter")
        await until(pilot, lambda: taken)
        assert taken == [question]
        app.push_screen(PathBox("Save", folder=tmp_path, name="knee-", endings=(".toml",), saving=True))
        await until(pilot, lambda: isinstance(app.screen, PathBox))
        await pilot.press("end", "enter")
        assert isinstance(app.screen, PathBox)  # what is to be written has the name that was typed, or none

    drive(steps)


def test_it_runs_without_colour_and_loses_no_meaning(drive, until, screen_text, monkeypatch):
    import numpy as np
    from textual.filter import Monochrome

    from tui.app.widgets.plot import Curve, Figure, Plot, Points

    time = np.linspace(0.0, 28.0, 15)
    figure = Figure(
        "time [d]", "conc. [µmol/L]",
        (Curve("spheres", time, np.exp(-time / 9), 0.7 * np.exp(-time / 9), 1.3 * np.exp(-time / 9)),
         Curve("gel", time, np.exp(-time / 3))),
        (Points("measured", [1.0, 9.0], [0.9, 0.4], [0.1, 0.1]),), target=0.2,
    )  # fmt: skip

    async def steps(pilot):
        pilot.app._filters.append(Monochrome())
        plot = Plot(figure)
        await pilot.app.screen.mount(plot, before="#body")
        plot.styles.height = 18
        for plain in (False, True):
            await until(pilot, lambda: "measured" in screen_text(pilot.app))
            shown = screen_text(pilot.app)
            assert all(label in shown for label in ("o  spheres", "x  gel", "+  measured", "target", "time [d]"))
            assert any(block in shown for block in "▘▀▚▝") is plain
            pilot.app.action_plot_style()
            await pilot.pause()
        plot.draw(Figure("time", "y", log_y=True, curves=(Curve("c", [0, 1], [0, 10]),), target=0.1))
        await pilot.press("plus", "minus", "left", "r")
        plot.draw(None)
        await pilot.pause()

    monkeypatch.setenv("NO_COLOR", "1")
    drive(steps)
