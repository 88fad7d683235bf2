"""The report screen, by keys alone."""

import json

from formulate.examples import text

NAME = "dasatinib-microspheres-in-gel.toml"


def test_a_report_is_read_shortened_and_written(drive, screen_text, until, boxed, named, tmp_path, monkeypatch):
    monkeypatch.setattr("tui.app.screens.formulation.LIVE", 16)
    monkeypatch.setattr("tui.app.screens.formulation.REFINED", 16)
    path = tmp_path / "mine.toml"
    path.write_text(text(NAME).replace("draws = 1024", "draws = 16"), "utf-8")

    async def steps(pilot):
        app = pilot.app
        await until(pilot, lambda: app.session.document("formulation") and app.current_mode == "formulation")
        await pilot.press("f7")
        await until(pilot, lambda: "Formulation      mine.toml" in screen_text(app))
        await pilot.press("ctrl+g")
        await until(
            pilot, lambda: "does it hold the unbound" in screen_text(app)
        )  # on the narrow screen the text alone
        await pilot.press("f8")
        await until(pilot, lambda: "Sections 16/16" in screen_text(app))
        assert "● Formulation" in screen_text(app)
        await pilot.press(*["down"] * 6, "space")  # where most of the figures are
        await until(pilot, lambda: "Sections 15/16" in screen_text(app))
        await boxed(pilot, "f9")
        await pilot.press(*["down"] * 3, "enter")
        await named(pilot, "r.md")
        await until(pilot, lambda: (tmp_path / "r.md").exists())
        await until(pilot, lambda: "Written:" in screen_text(app))
        assert "r.md" in screen_text(app)
        await boxed(pilot, "f9")
        await pilot.press("end", "enter")
        await named(pilot, "r.json")
        await until(pilot, lambda: (tmp_path / "r.json").exists())

    drive(steps, size=(80, 24), file=path)
    markdown = (tmp_path / "r.md").read_text("utf-8")
    assert "## The formulation" in markdown
    assert "Retention and exposure: Dasatinib" not in markdown
    assert (tmp_path / "r-figures" / "nest.svg").read_bytes().startswith(b"<?xml")
    kept = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (kept["command"], kept["report"]["draws"]) == ("report", 16)
    assert not list(tmp_path.glob(".*.part"))


def test_a_report_follows_what_was_worked_on_last(drive, until):
    from tui.app.session import Document

    formulation = {"schema_version": 1, "kind": "formulation"}

    async def steps(pilot):
        session, screen = pilot.app.session, pilot.app.screen
        for document, kind in (
            (Document("question", {"kind": "question"}), "question"),
            (Document("formulation", formulation), "formulation"),
            (Document("data", {"table": "a.csv"}), "fit"),
        ):
            pilot.app.call_later(session.open, document)
            await until(pilot, lambda kind=kind: screen.query_one("#subjects").current == kind)
        await pilot.press(*["up"] * 6)  # what is chosen by hand stays
        pilot.app.call_later(session.change, "data", {"table": "a.csv", "dose": "1 mg"})
        await pilot.pause()
        assert screen.query_one("#subjects").current == "formulation"
        pilot.app.call_later(session.change, "data", {"table": "a.csv", "second": "b.csv"})
        await until(pilot, lambda: screen.query_one("#subjects").current == "similarity")

    from tui.app.state import State, write_state

    write_state(State(welcomed=True, screen="report"))
    drive(steps, welcomed=False)
