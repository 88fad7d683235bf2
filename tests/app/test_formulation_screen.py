"""The formulation screen, by keys alone."""

import asyncio
import tomllib
from pathlib import Path

from textual.app import App
from textual.widgets import Input

from formulate.examples import text
from formulate.form.changes import with_payload
from formulate.form.parts import Choice, Field, Section
from tui.app.screens.formulation_fields import SectionForm
from tui.app.session import Document

NAME = "dasatinib-microspheres-in-gel.toml"


def copied(folder: Path) -> Path:
    path = folder / "mine.toml"
    path.write_text(text(NAME).replace("draws = 1024", "draws = 16"), "utf-8")
    return path


def test_a_number_is_typed_judged_undone_and_saved(drive, screen_text, until, tmp_path, monkeypatch):
    monkeypatch.setattr("tui.app.screens.formulation.LIVE", 16)
    monkeypatch.setattr("tui.app.screens.formulation.REFINED", 16)
    path = copied(tmp_path)

    async def steps(pilot):
        app = pilot.app
        document = app.session.document("formulation")
        found = app.session.results
        await until(pilot, lambda: "prediction" in found)
        assert "◆ yours" in screen_text(app)
        await pilot.press("enter", "tab", "end", "ctrl+u", "7", "u", "g")  # the dose
        await until(pilot, lambda: found["prediction"].of == document.value)
        assert document.value["payload"][0]["dose"] == "7ug"
        assert document.is_changed
        assert all(row[2] != "0.00162 mL" for row in found["prediction"].shown["numbers"])
        await pilot.press("ctrl+z")
        await until(pilot, lambda: found["prediction"].of == document.value)
        assert document.value["payload"][0]["dose"] == "5 mg"
        assert not document.is_changed
        await pilot.press("home", "x")  # "x5 mg" is no dose
        await until(pilot, lambda: "✗" in screen_text(app))
        await pilot.press("ctrl+z", "f8")
        await until(pilot, lambda: "dose that fits" in screen_text(app))
        await until(pilot, lambda: "Not computed" not in screen_text(app))  # the figures are of what stands there

    drive(steps, size=(80, 24), file=path)
    assert path.read_text("utf-8").startswith("# One formulation")


def test_the_curves_are_those_of_one_of_several_payloads(drive, screen_text, until, tmp_path, monkeypatch):
    monkeypatch.setattr("tui.app.screens.formulation.LIVE", 16)
    monkeypatch.setattr("tui.app.screens.formulation.REFINED", 16)
    content = with_payload(tomllib.loads(copied(tmp_path).read_text("utf-8")), "triamcinolone-acetonide")
    content["payload"][1]["dose"] = "2 mg"

    async def steps(pilot):
        app, found = pilot.app, pilot.app.session.results
        app.open_document(Document("formulation", content))
        await until(pilot, lambda: "prediction" in found)
        shown = found["prediction"].shown
        assert shown["payload"] == "dasatinib"
        assert {row[0] for row in shown["numbers"]} == {"Dasatinib", "Triamcinolone acetonide"}
        await pilot.press("f12")
        await until(pilot, lambda: found["prediction"].shown["payload"] == "triamcinolone-acetonide")
        await until(pilot, lambda: "What it does: Triamcinolone acetonide" in screen_text(app))
        assert found["prediction"].shown["release"] != shown["release"]

    drive(steps, size=(132, 30))


def test_letters_on_their_way_and_the_focus_stay_while_a_section_is_shown_anew():
    dose, kind = (
        Field(("dose",), "dose", "quantity", unit="mg"),
        Field(("kind",), "kind", "choice", choices=(Choice("a", "A"),)),
    )
    one = Section((), "One", "", (dose,))
    two = Section((), "Two", "", (kind, Field(("volume",), "volume"), dose))

    async def steps() -> None:
        app: App[None] = App()
        async with app.run_test() as pilot:
            form = SectionForm()
            await app.mount(form)
            await form.show(one, {"dose": "7"}, {})
            field = form.query_one(Input)
            field.focus()
            await pilot.pause()
            with field.prevent(Input.Changed):  # nobody has heard of the letter yet
                field.insert_text_at_cursor(" mg")
            await form.show(two, {"dose": "7"}, {})
            assert [widget.place for widget in form.query("TextField, ChoiceField")] == ["kind", "volume", "dose"]
            assert (app.focused, field.value) == (field, "7 mg")
            form.took(dose, "7 mg")
            await form.show(two, {"dose": "7"}, {})  # undone
            assert field.value == "7"
            await form.show(one, {"dose": "7 mg"}, {"dose": "too little"})
            assert (app.focused, len(form.query(Input))) == (field, 1)
            assert "too little" in str(form.query_one(".field-told").render())

    asyncio.run(steps())
