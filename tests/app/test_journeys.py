"""The three journeys from a question to a file, by keys alone."""

from pathlib import Path

import pytest

from formulate.examples import text
from tests.app.test_data_screen import TABLE
from tui.app.screens.compare_tables import WeightsTable
from tui.app.state import State, write_state


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("formulation.LIVE", "formulation.REFINED", "compare.LIVE", "design.FRESH"):
        monkeypatch.setattr(f"tui.app.screens.{name}", 16)


@pytest.fixture
def picked(until, typed):
    """Give what types a part of a name into a box, and picks the first that fits."""

    async def pick(pilot, words: str) -> None:
        app = pilot.app
        await until(pilot, lambda: getattr(app.focused, "id", "") == "pick-typed" and not app.focused.value)
        box = app.screen
        await typed(pilot, words)
        await until(pilot, lambda: app.focused.value == words)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not box)

    return pick


def test_carriers_are_compared_for_a_knee(drive, screen_text, until, typed, boxed, named, picked, tmp_path: Path):
    async def steps(pilot):
        app, found = pilot.app, pilot.app.session.results
        assert "Welcome to Formulate" in screen_text(app)
        await pilot.press("escape", "f4")
        await boxed(pilot, "ctrl+n")
        await picked(pilot, "knee")
        await picked(pilot, "dasatinib")
        await until(pilot, lambda: app.session.document("question") is not None)
        document = app.session.document("question")
        await until(pilot, lambda: "aim" in screen_text(app) or app.focused.id == "ranking")
        await pilot.press("f8")
        form = app.screen.query_one("#question")
        await until(pilot, lambda: any(field.place == "carriers" for field in form.query("TextField")))
        field = next(field for field in form.query("TextField") if field.place == "carriers")
        while app.focused not in field.query("Input"):
            await pilot.press("tab")
        await typed(pilot, "plga-microsphere, liposome")
        await until(pilot, lambda: document.value.get("carriers", ())[-1:] == ["liposome"])
        await pilot.press("f8")
        await until(pilot, lambda: "comparison" in found and found["comparison"].of == document.value)
        first = found["comparison"].shown
        assert [row["place"] for row in first["rows"]] == [1, 2]
        await until(pilot, lambda: first["rows"][0]["label"] in screen_text(app))

        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.focused, WeightsTable))
        await pilot.press("0")  # the first part counts no more
        await until(pilot, lambda: document.value.get("weights") == {"dose": 0})
        await pilot.press("down", "plus")
        await until(pilot, lambda: document.value["weights"].get("cover") == first["weights"]["cover"] + 1)
        await until(pilot, lambda: found["comparison"].of == document.value)
        moved = found["comparison"].shown
        assert moved["weights"]["dose"] == 0
        assert {row["id"]: row["score"] for row in moved["rows"]} != {row["id"]: row["score"] for row in first["rows"]}

        await pilot.press("f9", "home")
        ranked = app.screen.query_one("#ranking")
        await until(pilot, lambda: ranked.current == moved["rows"][0]["id"])
        await pilot.press("down")
        second = moved["rows"][1]
        await until(pilot, lambda: ranked.current == second["id"])
        await until(pilot, lambda: screen_text(app).count(second["label"][:20]) >= 2)  # also above its reasons
        await pilot.press("f12")
        await until(pilot, lambda: "evidence" in screen_text(app) and app.screen.query_one("#plot").display)
        await pilot.press("f9", "ctrl+z", "ctrl+z")
        await until(pilot, lambda: "weights" not in document.value or not document.value["weights"])
        await until(pilot, lambda: found["comparison"].of == document.value)
        assert found["comparison"].shown == first

        await pilot.press("f7")
        await boxed(pilot, "f9")
        await pilot.press("down", "down", "down", "enter")
        await named(pilot, "knee.md")
        await until(pilot, lambda: (tmp_path / "knee.md").exists())

    drive(steps, size=(80, 24), welcomed=False)
    assert first_carrier_is_told(tmp_path / "knee.md")


def first_carrier_is_told(path: Path) -> bool:
    return "PLGA microspheres" in path.read_text("utf-8")


def test_release_is_fitted_and_used(drive, screen_text, until, boxed, named, tmp_path: Path):
    (tmp_path / "release.csv").write_text(TABLE, "utf-8")
    nest = tmp_path / "mine.toml"
    nest.write_text(text("dasatinib-microspheres-in-gel.toml").replace("draws = 1024", "draws = 16"), "utf-8")

    async def steps(pilot):
        app, found = pilot.app, pilot.app.session.results
        await until(pilot, lambda: "prediction" in found)
        before = found["prediction"].shown["release"]["median"]
        await boxed(pilot, "ctrl+o")
        await named(pilot, "release.csv")
        await until(pilot, lambda: "55.4" in screen_text(app))
        await pilot.press("f9")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "fit" in found)
        models = {item["id"]: item for item in found["fit"].shown["profiles"][0]["models"]}
        told = " ".join(says for model in models.values() for _, says in model["findings"])
        assert "--" not in told  # words of the command line
        await until(pilot, lambda: next(iter(models.values()))["name"] in screen_text(app))
        await pilot.press("f12")
        await until(pilot, lambda: app.screen.query_one("#below").display and "residual" in screen_text(app))
        chosen = app.screen.current
        await boxed(pilot, "ctrl+l")
        await pilot.press("enter")  # into the formulation that is open
        await until(pilot, lambda: "Which layer was measured?" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "formulation")
        document = app.session.document("formulation")
        assert document.value["layer"][0]["release"]["law"] == chosen
        assert document.value["layer"][0]["release"]["source"] == "release.csv"
        await until(pilot, lambda: found["prediction"].of == document.value)
        assert found["prediction"].shown["release"]["median"] != before

        parts = app.screen.query_one("#parts")
        await until(pilot, lambda: "Release measured" in screen_text(app))
        while app.screen.section.path != ("layer", 0, "release"):
            assert app.focused is parts
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is not parts)
        bench = found["prediction"].shown["release"]["median"]
        await pilot.press("2")  # times as fast in the body
        await until(pilot, lambda: document.value["layer"][0]["release"].get("in_body_factor") == "2")
        await until(pilot, lambda: found["prediction"].of == document.value)
        faster = found["prediction"].shown["release"]["median"]
        assert all(fast >= slow - 1e-9 for fast, slow in zip(faster, bench, strict=True))
        assert faster != bench
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "comments" in screen_text(app))
        await pilot.press("enter")  # those behind its lines go
        await until(pilot, lambda: not document.is_changed)
        assert 'in_body_factor = "2"' in nest.read_text("utf-8")

        await pilot.press("shift+tab")
        await until(pilot, lambda: app.focused is parts)
        await pilot.press("delete")  # the law is taken out again
        await until(pilot, lambda: "release" not in document.value["layer"][0])
        await until(pilot, lambda: found["prediction"].of == document.value)
        assert found["prediction"].shown["release"]["median"] == before

    write_state(State(welcomed=True, screen="formulation"))
    drive(steps, size=(80, 24), file=nest, welcomed=False)


def test_a_target_is_met_and_told(drive, screen_text, until, boxed, named, tmp_path: Path):
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
        await until(
            pilot, lambda: [row["name"] for row in document.value["choice"]] == ["dose", "polymer_mass_fraction"]
        )
        await until(pilot, lambda: "2 choices free" in screen_text(app) and "ready" in screen_text(app))
        await boxed(pilot, "f9")
        await until(pilot, lambda: "Add what must hold" in screen_text(app))
        await pilot.press("escape", "ctrl+g")
        await until(pilot, lambda: "design" in app.session.results)
        found = app.session.results["design"]
        assert found.of == document.value
        await until(pilot, lambda: found.shown["answer"][:20] in screen_text(app))
        await pilot.press("f12")
        await until(pilot, lambda: "meets it" in screen_text(app) and "polymer" in screen_text(app))
        await boxed(pilot, "w")
        await until(pilot, lambda: "Save designs in" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "designs" / "design-1.toml").exists())
        assert (tmp_path / "designs" / "design-1.toml").read_text("utf-8") == found.shown["files"]["design-1.toml"]
        await pilot.press("f8", "ctrl+z")  # back at the target: the answer is of before
        await until(pilot, lambda: app.session.document("target").value != found.of)
        await pilot.press("f8")
        await until(pilot, lambda: "of before" in screen_text(app))
        await pilot.press("right", "right")  # from the map round to the first page, and on
        await until(pilot, lambda: "To make one dose" in screen_text(app))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.session.document("formulation") is not None)
        opened = app.session.document("formulation")
        assert opened.value == found.shown["designs"][0]["content"]
        assert opened.is_changed  # it is saved nowhere yet
        assert app.current_mode == "formulation"
        await until(pilot, lambda: "prediction" in app.session.results)

        await pilot.press("f7")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "subjects")
        for row, name in (("formulation", "made"), ("design", "found")):
            while app.screen.query_one("#subjects").current != row:
                await pilot.press("down")
            for format, ending in enumerate((".html", ".pdf") if row == "formulation" else (".html",)):
                await boxed(pilot, "f9")
                await pilot.press(*["down"] * format, "enter")
                file = tmp_path / f"{name}{ending}"
                await named(pilot, file.name)
                await until(pilot, lambda file=file: file.exists())
                await until(
                    pilot,
                    lambda file=file: "Written:" in screen_text(app) and file.name in "".join(screen_text(app).split()),
                )

    drive(steps, size=(80, 24), file=path)
    assert "<svg" in (tmp_path / "made.html").read_text("utf-8")
    assert (tmp_path / "made.pdf").read_bytes().startswith(b"%PDF-")
    assert "BMP-2 in a PEG gel" in (tmp_path / "found.html").read_text("utf-8")
    assert not list(tmp_path.glob(".*.part"))
