"""The compare screen, by keys alone."""

from pathlib import Path

from tui.app.screens.compare_tables import WeightsTable

QUESTION = """\
schema_version = 1
kind = "question"
carriers = ["plga-microsphere", "free-drug-suspension", "hyaluronic-acid-hydrogel"]
[[payload]]
id = "dasatinib"
dose = "5 mg"
[regimen]
site = "knee"
state = "osteoarthritis"
[calculation]
draws = 16
"""


def test_carriers_are_ranked_and_the_weights_move_them(drive, screen_text, until, tmp_path: Path):
    path = tmp_path / "question.toml"
    path.write_text(QUESTION, "utf-8")

    async def steps(pilot):
        app, found = pilot.app, pilot.app.session.results
        await until(pilot, lambda: "comparison" in found)
        first = found["comparison"].shown
        assert [row["place"] for row in first["rows"]] == [1, 2, 3]
        assert first["rows"][0]["label"] in screen_text(app)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.focused, WeightsTable))
        await pilot.press("0")  # the first part counts no more
        document = app.session.document("question")
        await until(pilot, lambda: document.value.get("weights") == {"dose": 0})
        await until(pilot, lambda: found["comparison"].of == document.value)
        assert found["comparison"].shown["weights"]["dose"] == 0
        await pilot.press("down", "plus")
        await until(pilot, lambda: document.value["weights"].get("cover") == first["weights"]["cover"] + 1)
        await until(pilot, lambda: found["comparison"].of == document.value)
        moved = {row["id"]: row["score"] for row in found["comparison"].shown["rows"]}
        assert moved != {row["id"]: row["score"] for row in first["rows"]}
        await pilot.press("ctrl+z", "ctrl+z")
        await until(pilot, lambda: not document.is_changed)
        await until(pilot, lambda: found["comparison"].of == document.value)
        assert found["comparison"].shown == first

    drive(steps, size=(80, 24), file=path)
