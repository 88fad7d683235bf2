"""The formulation screen, by keys alone."""

from pathlib import Path

from formulate.examples import text

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

    drive(steps, size=(80, 24), file=path)
    assert path.read_text("utf-8").startswith("# One formulation")
