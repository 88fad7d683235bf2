"""The catalog screen, driven by keys alone."""

import time
from pathlib import Path

import pytest
from textual.widgets import Static

from materials import catalog
from materials.own_entries import find_own, usual_file
from tui.app.screens.catalog import PAGES
from tui.app.screens.catalog_form import EntryForm
from tui.app.screens.catalog_list import found
from tui.app.widgets.reading import Reading
from tui.app.widgets.table import FilterField, KeyedTable


async def ready(pilot):
    """Wait for the catalog and for the entry under the cursor."""
    screen, end = pilot.app.screen, time.monotonic() + 20
    while screen.catalog is None or screen.shown != (screen.entry.id if screen.entry else None, screen.page):
        assert time.monotonic() < end
        await pilot.pause(0.01)


def ids(app) -> list[str]:
    return [line.id for line in app.screen.query_one(KeyedTable).lines]


SAMPLE = """
[[carrier]]
id = "sample-gel"
name = "Sample gel"
name_zh = "样品凝胶"
carrier_class = "hydrogel"
physical_form = "bulk-gel"
description = "A gel of a test."

[[carrier.property]]
name = "mesh_size"
typical = 12.0
low = 10.0
high = 20.0
spread = "range"
unit = "nm"
conditions = "swollen, 37 degC"
source = "notebook 3, page 7"

[[carrier.property]]
name = "mesh_size"
typical = 9.0
unit = "nm"
species = "rat"
evidence = "assumed"
note = "Judgement: tighter in the rat."

[[carrier.statement]]
kind = "for"
text = "It stays where it is put."

[[carrier.statement]]
kind = "risk"
topic = "immune"
degree = "low"
text = "It may swell."
source = "notebook 3, page 8"
"""


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
def test_an_entry_at_both_sizes(drive, typed, same_screen, empty_folder: Path, size):
    usual_file("sample").parent.mkdir(parents=True)
    usual_file("sample").write_text(SAMPLE, "utf-8")

    async def steps(pilot):
        await ready(pilot)
        await pilot.press("slash")
        await typed(pilot, "sample-g")
        await pilot.press("enter")
        await ready(pilot)
        assert ids(pilot.app) == ["sample-gel"]
        same_screen(pilot.app, f"catalog-values-{size[0]}x{size[1]}", hidden=r" of \d+")
        await pilot.press("right")
        await ready(pilot)
        same_screen(pilot.app, f"catalog-said-{size[0]}x{size[1]}", hidden=r" of \d+")

    drive(steps, size)


def test_the_list_filters_sorts_keeps_its_cursor_and_turns_pages(drive, typed, until):
    known = catalog.load()

    async def steps(pilot):
        await ready(pilot)
        table, reading = pilot.app.screen.query_one(KeyedTable), pilot.app.screen.query_one(Reading)
        field = pilot.app.screen.query_one(FilterField)
        await pilot.press("slash")
        await typed(pilot, "class:hydrogle")
        await pilot.press("enter")
        problem = str(pilot.app.screen.query_one("#filter-told", Static).render())
        assert problem.startswith("unknown carrier class 'hydrogle'; nearest: hydrogel")
        await pilot.press("slash", "backspace", "backspace")
        await typed(pilot, "el has:modulus 2")  # a digit typed here does not change the list
        await pilot.press("backspace", "enter")
        shown = ids(pilot.app)
        assert shown
        assert all(known.carriers[name].carrier_class == "hydrogel" for name in shown)
        assert all(known.carriers[name].values("storage_modulus") for name in shown)

        await pilot.press("greater_than_sign")
        assert field.value == ""
        await pilot.press("less_than_sign")
        assert ids(pilot.app) == shown

        await pilot.press("slash", "escape")
        await typed(pilot, "plga mic")
        await pilot.press("enter")
        while table.current != "plga-microsphere":
            await pilot.press("down")
        await pilot.press("s", "S")
        assert table.current == "plga-microsphere"
        names = [str(line.cells[0]) for line in table._order]
        assert names == sorted(names, key=str.casefold, reverse=True)

        pages = []
        for _ in range(5):
            await ready(pilot)
            pages.append(reading.plain)
            await pilot.press("right")
        values, said, conflicts, studies, about = pages
        entry = known.carrier("plga-microsphere")
        assert "burst fraction" in values
        assert all(statement.text in said for statement in entry.statement)
        assert all(item.title in conflicts for item in known.conflicts_of(entry.id))
        assert all(study.id in studies for study in known.studies_of(entry.id))
        assert entry.description in about
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.focused is reading)

    app = drive(steps)
    assert app.state.kept["catalog"]["filters"]["carrier"] == "plga mic"


def test_every_page_can_be_read():
    from tui.app.screens import catalog_detail

    known = catalog.load()
    for entry in known.entries()[::4]:
        for name, _ in PAGES:
            assert catalog_detail.page(known, entry, name)


def test_marked_entries_stand_side_by_side_and_conditions_are_offered(drive, typed, until):
    async def steps(pilot):
        def on(name: str):
            return until(pilot, lambda: type(pilot.app.screen).__name__ == name)

        await ready(pilot)
        await pilot.press("3", "space", "c")
        assert type(pilot.app.screen).__name__ == "CatalogScreen"  # one alone is not compared
        await pilot.press("space", "c")
        await on("SideBySide")
        table = pilot.app.screen.query_one("DataTable")
        await until(pilot, lambda: table.row_count)
        every = table.row_count
        await pilot.press("d")
        assert 0 < table.row_count < every
        await pilot.press("escape", "x")
        screen = pilot.app.screen
        assert not screen.marked["site"]

        await pilot.press("n")
        await on("Choose")
        await pilot.press("enter")
        await until(pilot, lambda: any(box.option_count > 6 for box in pilot.app.screen.query("OptionList")))
        await pilot.press("down", "enter")
        await on("CatalogScreen")
        await until(pilot, lambda: screen.query_one(FilterField).value.startswith("class:"))
        cards, problem = found(screen.cards, "site", screen.query_one(FilterField).value)
        assert not problem
        assert 0 < len(cards) < len(screen.cards.cards["site"])
        await until(pilot, lambda: ids(pilot.app) == [card.id for card in cards])

    drive(steps)


def told(app) -> str:
    return str(app.screen.query_one("#problem", Static).render())


def test_an_own_entry_is_typed_checked_saved_changed_and_taken_out(drive, typed, until, empty_folder: Path):
    async def steps(pilot):
        def on(name: str):
            return until(pilot, lambda: type(pilot.app.screen).__name__ == name)

        await ready(pilot)
        await pilot.press("a")
        await on("EntryForm")
        form = pilot.app.screen
        for text in ("gel-1", "Gel 1", "hydrogel", "bulk-gel"):
            await typed(pilot, text)
            await pilot.press("tab")
        await pilot.press("ctrl+n")
        await on("ValueForm")
        for text in ("mesh_size", "12", "0.01 um", "0.02 um"):
            await typed(pilot, text)
            await pilot.press("tab")
        await pilot.press("ctrl+s")
        assert "no unit" in told(pilot.app)
        await typed(pilot, " nm")  # the field that is wrong has the focus
        await pilot.press("ctrl+s")
        await on("EntryForm")
        row = {"name": "mesh_size", "typical": 12.0, "low": 10.0, "high": 20.0, "unit": "nm", "spread": "range"}
        await until(pilot, lambda: form.history.value.get("property") == [row])
        await pilot.press("ctrl+z")
        assert "property" not in form.history.value
        await pilot.press("ctrl+y", "ctrl+s")
        await on("CatalogScreen")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.catalog is not None and "gel-1" in screen.catalog.carriers)
        assert screen.catalog.carrier("gel-1").value("mesh_size").typical == 12.0
        assert screen.query_one(KeyedTable).current == "gel-1"
        await pilot.press("e")
        await on("EntryForm")
        pilot.app.screen.query_one("#delete").focus()
        await pilot.press("enter")
        await on("Ask")
        await pilot.press("enter")
        await on("CatalogScreen")
        assert find_own("carrier", "gel-1") is None

    drive(steps, anew=True)


def test_what_the_catalog_refuses_stands_in_the_form_and_nothing_is_written(drive, typed, until, empty_folder: Path):
    async def steps(pilot):
        await ready(pilot)
        form = EntryForm(pilot.app.screen.catalog, "payload", "dasatinib")
        row = {"name": "molar_mass", "typical": 4.88e9, "unit": "g/mol"}
        form.history.change({"id": "dasatinib", "property": [row]})
        await pilot.app.push_screen(form)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: told(pilot.app))
        assert "4.88e+09 g/mol is beyond what is conceivable" in told(pilot.app)
        assert str(form.query_one("#values", KeyedTable).lines[0].cells[0]).startswith("✗ ")
        assert not usual_file("dasatinib").exists()
        await pilot.press("escape")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "Ask")
        await pilot.press("right", "enter")  # Discard
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "CatalogScreen")

    drive(steps)


def test_a_faulty_file_of_the_user_is_told_and_the_rest_is_shown(drive, typed, until, empty_folder: Path):
    usual_file("x").parent.mkdir(parents=True)
    usual_file("x").write_text('[[carrier]]\nid = "x"\n', "utf-8")

    async def steps(pilot):
        await ready(pilot)
        texts = [notice.message for notice in pilot.app._notifications]
        assert any("x.toml:2: carrier.0.id: 'x' is new" in text for text in texts)
        assert len(ids(pilot.app)) == len(catalog.shipped().carriers)

    drive(steps)


def test_values_of_a_table_come_in_and_the_catalog_goes_out_as_tables(
    drive, typed, until, empty_folder: Path, tmp_path, monkeypatch
):
    monkeypatch.setattr("tui.app.screens.catalog_tables.start_folder", lambda app: tmp_path)
    (tmp_path / "mine.csv").write_text("id,property,typical,unit,low,high\nliposome,diameter,123,nm,100,150\n", "utf-8")
    (tmp_path / "bad.csv").write_text("id,property,typical,unit\nliposome,diameter,123,mg\n", "utf-8")

    async def asked(pilot, words: str, path: str):
        await pilot.press("ctrl+p")
        await typed(pilot, words)
        await until(pilot, lambda: "Catalog: " in screen_of(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "path")
        await pilot.press("end", "ctrl+u")
        await typed(pilot, path)
        await pilot.press("enter")

    def screen_of(app) -> str:
        return "\n".join(strip.text for strip in app.screen._compositor.render_strips())

    async def steps(pilot):
        await ready(pilot)
        screen = pilot.app.screen
        await asked(pilot, "values of a table", "bad.csv")
        await until(pilot, lambda: any(note.title == "Not brought in" for note in pilot.app._notifications))
        assert not usual_file("bad").exists()
        await asked(pilot, "values of a table", "mine.csv")
        await until(pilot, lambda: usual_file("mine").exists())
        await until(
            pilot,
            lambda: (
                screen.catalog is not None and screen.catalog.carrier("liposome").value("diameter").typical == 123.0
            ),
        )
        assert screen.catalog.carrier("liposome").value("diameter").is_yours
        await asked(pilot, "export it", "out.json")
        await until(pilot, lambda: (tmp_path / "out.json").exists())
        assert '"sources"' in (tmp_path / "out.json").read_text("utf-8")

    drive(steps, anew=True)
