"""The screen of release data, by keys alone."""

from pathlib import Path

from tui.app.state import State, write_state

TABLE = """\
time (d),unit 1 (%),unit 2 (%)
0.5,9.1,9.9
1,17.9,18.8
2,32.6,33.9
4,55.4,54.3
7,74.8,76.1
14,94.3,93.6
"""
FORMULATION = """\
schema_version = 1
kind = "formulation"
[[payload]]
id = "dasatinib"
dose = "5 mg"
[[layer]]
id = "spheres"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[regimen]
site = "knee"
[calculation]
draws = 16
"""


def test_a_table_is_read_fitted_and_its_law_used(drive, screen_text, until, tmp_path: Path):
    path, formulation = tmp_path / "release.csv", tmp_path / "mine.toml"
    path.write_text(TABLE, "utf-8")
    formulation.write_text(FORMULATION, "utf-8")

    async def steps(pilot):
        app, found = pilot.app, pilot.app.session.results
        await until(pilot, lambda: "55.4" in screen_text(app))
        assert "time [d]" in screen_text(app)
        await pilot.press("f9", "f8")  # the options of the models
        await until(pilot, lambda: "only these" in screen_text(app))
        await pilot.press("enter", *["down"] * 4, "enter", "f8", "ctrl+g")
        document = app.session.document("data")
        await until(pilot, lambda: "fit" in found)
        assert document.value["models"] == "basic"
        assert found["fit"].of == document.value
        models = found["fit"].shown["profiles"][0]["models"]
        assert {"weibull_2", "first_order", "higuchi"} < {item["id"] for item in models}
        assert models[0]["name"] in screen_text(app)
        assert "R² adj" not in screen_text(app)  # there is no room at 80 columns
        await pilot.press("down", "enter")  # the words of the second model
        await until(pilot, lambda: f"{models[1]['name']}  place 2 of 6" in screen_text(app))
        await pilot.press("f12", "f9", "ctrl+g")  # alone, it is compared with nothing
        await until(pilot, lambda: "second file" in " ".join(item.message for item in app._notifications))
        await pilot.press("f9", "f9", "f8")
        await until(pilot, lambda: "only these" in screen_text(app))
        await pilot.press("tab", "x", "f8")  # no such model: the result stays, out of date
        await until(pilot, lambda: "out of date" in screen_text(app))
        assert found["fit"].of != document.value
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "out of date" not in screen_text(app))
        await pilot.press("ctrl+l", "enter")  # its law, into a file
        await until(pilot, lambda: "Tab completes" in screen_text(app))
        await pilot.press(*"mine.toml", "enter")
        await until(pilot, lambda: app.current_mode == "formulation")
        nest = app.session.document("formulation")
        assert nest.value["layer"][0]["release"]["law"] == models[1]["id"]
        assert nest.value["layer"][0]["release"]["source"] == "release.csv"
        await pilot.press("ctrl+z")
        assert not nest.is_changed

    write_state(State(welcomed=True, screen="data"))
    app = drive(steps, size=(80, 24), file=path, welcomed=False)
    assert not app.session.unsaved  # options of reading are kept in no file
    assert path.read_text("utf-8") == TABLE
