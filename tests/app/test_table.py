"""Tables keep to whole columns: what there is no room for leaves, no number is cut."""

import asyncio
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from tui.app.screens.compare_detail import detail
from tui.app.screens.compare_tables import ranking
from tui.app.widgets.table import KeyedTable

ROW = {
    "id": "gel", "label": "Hyaluronic acid hydrogel", "place": 1, "score": 0.5841, "low": 0.4912, "high": 0.7034,
    "at_most": 0.7412, "between": "rank 1 to 4", "best": "68 %", "top_three": "97 %", "unbeaten": True,
    "failed": "", "why_not": "",
    "parts": {"cover": ("0.90", ""), "cost": ("?", "nobody graded it")}, "adds": {"cover": 0.54},
}  # fmt: skip
FOUND = {
    "rows": [ROW], "parts": [("cover", "cover: time above target", 3.0), ("cost", "cost: low", 1.0)],
    "weights": {"cover": 3.0, "cost": 1.0, "risk": 1.0, "dose": 0.0}, "answer": "The gel.",
}  # fmt: skip


class _Ranked(App[None]):
    def compose(self) -> ComposeResult:
        yield KeyedTable(id="ranking")

    def on_mount(self) -> None:
        columns, lines = ranking(FOUND)
        self.query_one(KeyedTable).show(
            [*lines, *(replace(lines[0], id=f"other-{count}") for count in range(20))], columns
        )


@pytest.mark.parametrize(
    ("width", "there", "gone"),
    [
        (54, ["0.584"], ["68 %", "0.49", "0.74"]),
        (76, ["0.584", "68 %", "0.49 to 0.70"], ["0.74", "97 %"]),
        (140, ["0.584", "68 %", "0.49 to 0.70", "0.74", "97 %"], []),
    ],
)
def test_a_ranking_shows_whole_columns_those_that_matter_most(until, width, there, gone):
    app = _Ranked()

    async def steps():
        async with app.run_test(size=(width, 8)) as pilot:
            await pilot.pause()
            cells = app.screen._compositor.render_strips()[1].text
            assert all(number in cells for number in there)
            assert not any(number in cells for number in gone)
            assert app.query_one(KeyedTable).virtual_size.width <= width  # nothing stands beyond the edge
            assert app.query_one(KeyedTable).current == "gel"  # the first row, however many columns there are
            await pilot.resize_terminal(140, 8)
            await until(pilot, lambda: "97 %" in app.screen._compositor.render_strips()[1].text)  # what left comes back

    asyncio.run(steps())


def test_why_says_what_is_not_known_and_what_grading_it_would_do():
    told = str(detail("why", ROW, FOUND).renderables[3])
    assert "Not known of it (?): cost." in told
    assert "0.74" in told
    assert "stands at rank 1 to 4" in told
    assert "Not known of any carrier, so not counted: risk." in told
    assert "dose" not in told
    assert "Grade cost and risk in an entry of your own" in told
