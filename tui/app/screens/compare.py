"""The compare screen: carriers ranked for a payload at a site, with the weights at hand and the reasons beside."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static, Tab, Tabs

from formulate.form.content import weight_of
from formulate.form.parts import Field, Form, Section
from formulate.form.values import value_at, with_value
from materials.errors import FormulateError
from tui.app.filing import open_made
from tui.app.jobs import compare as jobs
from tui.app.keys import key
from tui.app.screens.base import Action, invitation
from tui.app.screens.compare_detail import VIEWS, bar, detail
from tui.app.screens.compare_tables import WEIGHT_COLUMNS, WeightsTable, pareto, ranking
from tui.app.screens.document_screen import DocumentScreen, Job
from tui.app.screens.formulation_fields import SectionForm
from tui.app.session import Document, Found
from tui.app.widgets.pick import Pick
from tui.app.widgets.plot import Plot
from tui.app.widgets.table import KeyedTable, Line

LIVE, MOST = 256, 1024
_EMPTY = """\
Which carrier suits this drug at this place? Every carrier that calculators run is checked for feasibility, computed
in the same draws, and ranked by weights that you can move."""


class CompareScreen(DocumentScreen):
    """A question, who comes first, and why."""

    PLACE, SLOT, START = "compare", "question", "#ranking"
    HELP = (
        "Carriers compared for one question. Those that fail a check of feasibility stand last with the reason. The "
        "score is the mean over the draws; its band, how often a carrier is the best and among the best three stand "
        "beside it. Move the weights (F9) and the ranking follows."
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (150, "-vast")]  # noqa: RUF012
    BINDINGS: ClassVar = [
        key("ctrl+g", "run", "Rank", "compare.run", "Compare: rank with all draws of the question", show=True),
        key("f8", "turn", "Question", "compare.turn", "Compare: the question or the ranking", show=True),
        key("f9", "weights", "Weights", "compare.weights", "Compare: move the weights", show=True),
        key("f12", "plot", "Plot", "compare.plot", "Compare: plot performance against evidence", show=True),
        key("ctrl+n", "new", "New", "compare.new", "Compare: ask a new question"),
    ]
    CSS = """
    CompareScreen #asking { width: 46; display: none; }
    CompareScreen.-wide #asking, CompareScreen.-vast #asking { display: block; }
    CompareScreen #question { height: 1fr; }
    CompareScreen #weighing { height: 15; }
    CompareScreen #found { width: 1fr; }
    CompareScreen #ranking { height: 1fr; }
    CompareScreen #beside { height: 1fr; }
    CompareScreen.-narrow.turned #asking, CompareScreen.-narrow.weighing #asking { display: block; }
    CompareScreen.-narrow.turned #asking { width: 1fr; }
    CompareScreen.-narrow.turned #found, CompareScreen.-narrow.turned #weighing { display: none; }
    CompareScreen.-narrow.weighing #asking { width: 39; }
    CompareScreen.-narrow.weighing #question { display: none; }
    CompareScreen.-narrow.weighing #weighing { height: 1fr; }
    CompareScreen.-narrow.weighing #beside { display: none; }
    CompareScreen #why { padding: 0 1; height: 1fr; }
    CompareScreen #views { height: 2; }
    CompareScreen #plot { display: none; height: 1fr; }
    CompareScreen.plotted #plot { display: block; }
    CompareScreen.plotted #reasons { display: none; }
    CompareScreen.-vast #plot { display: block; width: 60; }
    CompareScreen.-vast.plotted #plot { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Any] | None = None
        self._view = VIEWS[0]

    def compose_body(self) -> ComposeResult:
        """Lay out the question, the ranking, and the reasons."""
        yield from invitation(_EMPTY, ("aim", "Start from a common aim"), ("open", "Open a question file"),
                              ("example", "An example: dasatinib for a knee"))  # fmt: skip
        with Horizontal(id="work"):
            with Vertical(id="asking"):
                yield SectionForm(id="question", classes="pane")
                yield WeightsTable(WEIGHT_COLUMNS, id="weighing", classes="pane")
            with Vertical(id="found"):
                yield KeyedTable(id="ranking", classes="pane")
                with Horizontal(id="beside", classes="pane"):
                    with Vertical(id="reasons"):
                        yield Tabs(*(Tab(view.capitalize(), id=view) for view in VIEWS), id="views")
                        with VerticalScroll(id="why"):
                            yield Static("", id="told", markup=False)
                    yield Plot(id="plot")

    def on_mount(self) -> None:
        """Name the panes."""
        self.query_one("#ranking").border_title = "Who comes first"
        weighing = self.query_one("#weighing")
        weighing.border_title, weighing.border_subtitle = "Weights", "+ and − change, 0 takes out"
        self.query_one("#views").tooltip = "What is told of the carrier: left and right turn the pages."
        self.query_one("#why").tooltip = "The carrier under the cursor: the arrow keys scroll."

    def took_up(self, document: Document) -> bool:
        """Forget the ranking of another question."""
        is_new = super().took_up(document)
        self._found = None if is_new else self._found
        return is_new

    def judging(self, content: Mapping[str, Any]) -> Job:
        """Give what judges a question."""
        return jobs.describe, (content,)

    def judged(self, content: Mapping[str, Any], found: Form) -> None:
        """Show the question and the weights, and rank."""
        self._form = form = found
        self.show_section()
        self._show_weights()
        if form.faults:
            place, problem = next(iter(form.faults.items()))
            self._say(f"✗ {place}: {problem}" if place else f"✗ {problem}")
            return
        draws = (
            self._found["draws"] if self._found is not None else 0
        )  # once refined, other weights rank the same draws
        self._rank(max(draws, min(LIVE, self._draws(content))))

    def _draws(self, content: Mapping[str, Any]) -> int:
        given = value_at(content, ("calculation", "draws"))
        return int(given) if isinstance(given, int) and not isinstance(given, bool) else MOST

    def _rank(self, draws: int) -> None:
        document = self.document
        if document is None:
            return
        content = document.value
        self.compute(jobs.rank, content, draws, then=lambda found: self._ranked(content, found), group="rank",
                     lane="long", says=f"Ranking with {draws} draws", refused=self._refused)  # fmt: skip

    def _refused(self, error: FormulateError) -> None:
        self._say(f"✗ {error}")

    def _say(self, text: str) -> None:
        self.query_one("#ranking").border_subtitle = text

    def _ranked(self, content: Mapping[str, Any], found: dict[str, Any]) -> None:
        document = self.document
        if document is None or not self.is_still(content):
            return
        self._found = found
        self._say(f"{found['draws']} draws")
        columns, lines = ranking(found)
        self.query_one("#ranking", KeyedTable).show(lines, columns)
        self._show_weights()
        self._show_row()
        self.query_one(Plot).draw(pareto(found))
        self.formulate.session.keep("comparison", Found(document.name, found, b"", content))

    async def _show_section(self) -> None:
        await super()._show_section()
        if self.document is not None:
            self.query_one("#question").border_title = self.document.title

    def values(self, section: Section, content: Mapping[str, Any]) -> dict[str, object]:
        """Give what the fields hold; of several needs the first."""
        held = super().values(section, content)
        needs = held.get("needs")
        return {**held, "needs": next(iter(needs), "")} if isinstance(needs, list) else held

    def _show_weights(self) -> None:
        form, found = self._form, self._found
        document = self.document
        if form is None or document is None:
            return
        counting = {name for name, _, _ in found["parts"]} if found else set()
        lines = []
        fields = form.sections[1].fields
        holding = {field.path[-1]: weight_of(field.given, field.default) for field in fields}
        most = max([*holding.values(), 1.0])
        for field in fields:
            name = str(field.path[-1])
            weight = holding[name]
            mark = "" if not found or name in counting or weight == 0 else "not known of any"
            lines.append(Line(name, (field.label, Text(f"{weight:g}", justify="right"), bar(weight / most, 5), mark)))
        self.query_one(WeightsTable).show(lines)

    @on(WeightsTable.Weighed)
    def _weigh(self, event: WeightsTable.Weighed) -> None:
        name, step = event.part, event.step
        document, form = self.document, self._form
        if document is None or form is None:
            return
        field = next(item for item in form.sections[1].fields if item.path[-1] == name)
        now = value_at(document.value, field.path)
        weight = weight_of(now, field.default)
        new = 0.0 if step == 0 else max(0.0, weight + step)
        value: float | int = int(new) if new == int(new) else new
        changed = with_value(document.value, field.path, value)
        self.formulate.session.change("question", changed, join=field.place)

    # reasons

    @on(KeyedTable.Landed, "#ranking")
    def _landed(self) -> None:
        self._show_row()

    @on(KeyedTable.Chosen, "#ranking")
    def _chosen(self) -> None:
        tabs = self.query_one("#views", Tabs)
        tabs.focus()

    @on(Tabs.TabActivated)
    def _viewed(self, event: Tabs.TabActivated) -> None:
        self._view = str(event.tab.id)
        self._show_row()

    def _show_row(self) -> None:
        found, current = self._found, self.query_one("#ranking", KeyedTable).current
        if found is None or current is None:
            return
        row = next((item for item in found["rows"] if item["id"] == current), None)
        if row is not None:
            self.query_one("#told", Static).update(detail(self._view, row, found))
            self.query_one("#why").scroll_home(animate=False)

    def take(self, document: Document, field: Field, value: Any) -> None:
        """Put what was typed into the question."""
        super().take(document, field, [value] if field.path == ("needs",) and value is not None else value)

    # actions

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        for view in VIEWS:
            yield Action(f"Compare: show {view} of the carrier", lambda view=view: self._show_view(view))  # type: ignore[misc]
        yield Action("Compare: build a formulation of the carrier", self._build)

    def _show_view(self, view: str) -> None:
        self.query_one("#views", Tabs).active = view

    def _build(self) -> None:
        """Open the carrier under the cursor as a formulation of its own."""
        document, current = self.document, self.query_one("#ranking", KeyedTable).current
        if document is not None and current is not None:
            content = document.value
            self.compute(jobs.as_formulation, content, current, then=self._open_formulation, group="build", lane="live")

    def _open_formulation(self, content: Mapping[str, Any]) -> None:
        self.ask(self._opened(content))

    async def _opened(self, content: Mapping[str, Any]) -> None:
        await open_made(self.formulate, "formulation", content)

    def action_run(self) -> None:
        """Rank with all the draws the question asks for."""
        document = self.document
        if document is not None:
            self._rank(self._draws(document.value))

    def action_turn(self) -> None:
        """Show the question, or the ranking again."""
        self.remove_class("weighing")
        self.toggle_class("turned")
        if self.has_class("turned"):
            self.query_one(SectionForm).focus_first()
        else:
            self.query_one("#ranking").focus()

    def action_weights(self) -> None:
        """Go to the weights, or back."""
        weighing = self.query_one(WeightsTable)
        self.remove_class("turned")
        self.toggle_class("weighing")
        (weighing if self.has_class("weighing") else self.query_one("#ranking")).focus()

    def action_plot(self) -> None:
        """Show the plot of two, or the reasons."""
        self.remove_class("turned", "weighing")
        self.toggle_class("plotted")

    @on(Button.Pressed, "#aim")
    def action_new(self) -> None:
        """Ask a new question, from a common aim."""
        self.ask(self._new())

    @on(Button.Pressed, "#example")
    def _example(self) -> None:
        self.formulate.open_example("dasatinib-knee.toml")

    async def _new(self) -> None:
        aims = await self.formulate.computing.run(jobs.presets, lane="live")
        aim = await self.app.push_screen_wait(Pick("What is the aim?", aims))
        if aim is None:
            return
        listed = await self.formulate.computing.run(jobs.payloads, lane="live")
        payload = await self.app.push_screen_wait(Pick("Of which drug?", listed))
        if payload is None:
            return
        content = {"schema_version": 1, "kind": "question", "preset": aim, "payload": [{"id": payload}],
                   "regimen": {}}  # fmt: skip
        await open_made(self.formulate, "question", content)
