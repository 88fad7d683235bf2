"""The design screen, by keys alone, while nothing is open."""

import asyncio


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
