"""The design screen, by keys alone: from an example to a design that is opened as a formulation."""

import asyncio
from pathlib import Path


def test_a_target_is_changed_searched_and_a_design_opened_and_saved(
    drive, screen_text, until, tmp_path: Path, monkeypatch
):
    from formulate.examples import text

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.app.screens.design.FRESH", 16)
    path = tmp_path / "gel.toml"
    path.write_text(text("bmp2-gel-design.toml").replace("draws = 256", "draws = 16"), "utf-8")

    async def steps(pilot):
        app = pilot.app
        document = app.session.document("target")
        await until(pilot, lambda: "ready" in screen_text(app))
        await pilot.press("end", "enter", "ctrl+u", "4")  # designs: too few
        await until(pilot, lambda: "✗ need a whole number of 8 to" in screen_text(app))
        await pilot.press("ctrl+u", "8")
        await until(pilot, lambda: "ready: 8 designs" in screen_text(app))
        await pilot.press("shift+tab", "up")  # the last choice: delete takes it out
        await until(pilot, lambda: "Free, of Poly" in screen_text(app))
        await pilot.press("delete")
        assert [row["name"] for row in document.value["choice"]] == ["dose", "polymer_mass_fraction"]
        await until(pilot, lambda: "2 choices free" in screen_text(app) and "ready" in screen_text(app))
        await pilot.press("f9")
        await until(pilot, lambda: "Add what must hold" in screen_text(app))
        await pilot.press(*"mesh", "escape")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "design" in app.session.results)
        found = app.session.results["design"]
        assert found.of == document.value
        assert (found.whole, len(found.shown["axes"])) == (b"", 2)
        await pilot.pause()
        assert found.shown["answer"][:20] in screen_text(app)
        await pilot.press("f12")
        await until(pilot, lambda: "meets it" in screen_text(app) and "polymer" in screen_text(app))
        await pilot.press("w")
        await until(pilot, lambda: "Save designs in" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "designs" / "design-1.toml").exists())
        assert (tmp_path / "designs" / "design-1.toml").read_text("utf-8") == found.shown["files"]["design-1.toml"]
        await pilot.press("f8", "ctrl+z")  # back at the target: the answer is of before
        await until(pilot, lambda: app.session.document("target").value != found.of)
        await pilot.press("f8")
        assert "of before" in screen_text(app)
        await pilot.press("right", "right")  # from the map round to the first page, and on
        await until(pilot, lambda: "To make one dose" in screen_text(app))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.session.document("formulation") is not None)
        opened = app.session.document("formulation")
        assert opened.value == found.shown["designs"][0]["content"]
        assert opened.is_changed  # it is saved nowhere yet
        assert app.current_mode == "formulation"

    drive(steps, size=(80, 24), file=path)


def test_an_empty_desk_offers_examples_and_the_open_formulation(drive, screen_text, until, monkeypatch):
    from formulate.form.target import target_form
    from formulate.form.target_changes import target_around
    from tui.app.session import Document

    async def at_once(function, *arguments, **named):
        await asyncio.sleep(0)
        known = {"describe": target_form, "around": target_around}
        return known[function.__name__](*arguments)

    async def steps(pilot):
        app = pilot.app
        monkeypatch.setattr(app.computing, "run", at_once)
        app.session.open(Document("formulation", {
            "schema_version": 1, "kind": "formulation", "payload": [{"id": "dasatinib", "dose": "4 mg"}],
            "layer": [{"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["dasatinib"]}],
            "regimen": {"site": "knee"},
        }))  # fmt: skip
        await pilot.press("f6")
        assert "Around the open formulation" in screen_text(app)
        await pilot.press("tab", "tab", "tab", "enter")
        await until(pilot, lambda: app.session.document("target") is not None)
        made = app.session.document("target")
        assert made.value["choice"] == [{"name": "dose", "low": "2 mg", "high": "8 mg"}]
        assert made.is_changed
        await until(pilot, lambda: "1 choice free" in screen_text(app))

    drive(steps, size=(160, 48))
