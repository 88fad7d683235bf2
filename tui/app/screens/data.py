"""The screen of release data: a table read, its models fitted and ranked, two profiles compared, a law carried on."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Button

from formulate.form.parts import Form, Section
from tui.app.jobs import data as jobs
from tui.app.keys import key
from tui.app.screens.base import Action, invitation
from tui.app.screens.data_desk import VIEWS, Desk
from tui.app.screens.data_use import use_measured
from tui.app.screens.document_screen import DocumentScreen, Job
from tui.app.screens.formulation_fields import SectionForm
from tui.app.session import Document, Found
from tui.app.widgets.choices import Choices
from tui.app.widgets.plot import Plot
from tui.app.widgets.reading import Reading
from tui.app.widgets.table import KeyedTable

ROOMY = 148  # columns for options, plots and words side by side
PAGES = {"curve": "curves", "below": "residuals or difference", "words": "words"}
_EMPTY = """\
Measured release from a CSV, TSV or Excel file: which law it follows, with what parameters, and how sure that is; \
whether two profiles are alike; and what a measured law means in the tissue."""


class MeasuredTable(KeyedTable):
    """The table of what is shown."""

    HELP = (
        "What was read, the models in order, or what each method of comparison says. The plots and words below are of "
        "the row under the cursor. s sorts. Enter goes to the words."
    )
    BINDINGS: ClassVar = [
        key("p", "screen.next_profile", "Profile", "data.profile", "Data: the next profile of the file"),
        key("b", "screen.other_band", "Band", "data.band", "Data: band of the curve, or of a single new reading"),
    ]


class DataScreen(DocumentScreen):
    """A table of release, what fits it and what it is like."""

    PLACE, SLOT, START = "data", "data", "#list"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (ROOMY, "-wide")]  # noqa: RUF012
    HELP = (
        "Release data. Open a table with Ctrl+O. What its headers do not say is said in the options (F8), which are "
        "those of what is shown: how it is read, how it is fitted, what is compared. Ctrl+G computes: it fits, or "
        "compares. F9 turns from readings to models to similarity, F12 from curve to residuals to words. Ctrl+L puts "
        "the law under the cursor, or the readings, into a formulation."
    )
    BINDINGS: ClassVar = [
        key("ctrl+g", "run", "Compute", "data.run", "Data: fit the models, or compare the profiles", show=True),
        key("f8", "turn", "Options", "data.options", "Data: options of what is shown", show=True),
        key("f9", "view", "View", "data.view", "Data: readings, models or similarity", show=True),
        key("ctrl+l", "use", "Use", "data.use", "Data: use in a formulation", show=True),
        key("f12", "page", "Page", "data.page", "Data: curve, residuals or words"),
        key("ctrl+n", "second", "Second", "data.second", "Data: choose a second file to compare with"),
    ]
    CSS = """
    DataScreen #asking { width: 44; display: none; }
    DataScreen.-wide #asking { display: block; }
    DataScreen #found { width: 1fr; }
    DataScreen #list { height: 1fr; }
    DataScreen #beside { height: 12; }
    DataScreen.-tall #beside { height: 1.4fr; }
    DataScreen.-narrow.turned #asking { display: block; width: 1fr; }
    DataScreen.-narrow.turned #found { display: none; }
    DataScreen #curve { height: 3fr; }
    DataScreen #below { height: 2fr; }
    DataScreen #plots, DataScreen #words { width: 1fr; }
    DataScreen.one-plot.-narrow.page-below #curve, DataScreen.one-plot.-short.page-below #curve { display: block; }
    DataScreen.-wide #words { margin-left: 2; }
    DataScreen.one-plot #below { display: none; }
    DataScreen.-narrow.page-words #plots, DataScreen.-short.page-words #plots { display: none; }
    DataScreen.-narrow.page-curve #below, DataScreen.-short.page-curve #below { display: none; }
    DataScreen.-narrow.page-below #curve, DataScreen.-short.page-below #curve { display: none; }
    DataScreen.-narrow.page-curve #words, DataScreen.-narrow.page-below #words { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._page, self._is_unread = "curve", False

    def compose_body(self) -> ComposeResult:
        """Lay out the options, the table, the plots and the words."""
        yield from invitation(_EMPTY, ("open", "Open a table"), ("example", "An example: release from microspheres"),
                              ("example-two", "An example: two dissolution profiles"))  # fmt: skip
        with Horizontal(id="work"):
            yield SectionForm(id="asking", classes="pane")
            with Vertical(id="found"):
                yield Choices(list(VIEWS.items()), id="views")
                yield MeasuredTable(id="list", classes="pane")
                with Horizontal(id="beside", classes="pane"):
                    with Vertical(id="plots"):
                        yield Plot(id="curve")
                        yield Plot(id="below")
                    yield Reading(id="words")

    def on_mount(self) -> None:
        """Clear the desk."""
        self.desk = Desk(self.formulate.session)
        self._set_page(self._page)

    @property
    def current(self) -> str | None:
        """The row under the cursor."""
        return self.query_one(MeasuredTable).current

    # what is read

    def took_up(self, document: Document) -> bool:
        """Clear the desk for a new table."""
        is_new = document.value.get("table") != self.desk.table
        if super().took_up(document) or is_new:
            self.desk = Desk(self.formulate.session, str(document.value.get("table")))
        return is_new

    def judging(self, content: Mapping[str, Any]) -> Job:
        """Give what reads a table."""
        return jobs.describe, (content,)

    def judged(self, content: Mapping[str, Any], found: tuple[Form, dict[str, Any]]) -> None:
        """Show the options and what was read."""
        form, read = found
        self._form = self.desk.form = form
        self.desk.read = read
        self.desk.keep_apart()
        if (read["data"] is None) != self._is_unread:  # what is wrong stands in the words
            self._is_unread = read["data"] is None
            self._set_page("words" if self._is_unread else "curve")
        self.show_section()
        self._show_all()

    @property
    def section(self) -> Section | None:
        """The options of what is looked at."""
        form = self.desk.form
        return None if form is None else next(item for item in form.sections if item.path == (self.desk.view,))

    # what is shown

    def _show_all(self) -> None:
        self.query_one("#views", Choices).choose(self.desk.view)
        table = self.query_one(MeasuredTable)
        columns, lines = self.desk.listed(wide=self.has_class("-wide"))
        table.show(lines, columns, self.desk.rows.get(self.desk.view))
        table.border_title, table.border_subtitle = self.desk.titles()
        self._show_row()

    @on(KeyedTable.Landed, "#list")
    def _landed(self) -> None:
        if self.current is not None:
            self.desk.rows[self.desk.view] = self.current
        self._show_row()

    @on(KeyedTable.Chosen, "#list")
    def _chosen(self) -> None:
        self._set_page("words")
        self.query_one(Reading).focus()

    def _show_row(self) -> None:
        curve, below, words = self.desk.beside(self.current)
        self.query_one("#curve", Plot).draw(curve)
        self.set_class(below is None, "one-plot")
        if below is not None:
            self.query_one("#below", Plot).draw(below)
        self.query_one(Reading).show(words)
        self._tell_page()

    def _tell_page(self) -> None:
        beside = self.query_one("#beside")
        alone = not self.has_class("-wide", "-tall")
        beside.border_title = self.desk.told(self._page if alone else "")
        following = self.desk.pages[self._following()]
        beside.border_subtitle = f"F12 turns to {following}" if alone else ""

    def _following(self) -> str:
        pages = list(self.desk.pages)
        return pages[(pages.index(self._page) + 1) % len(pages)] if self._page in pages else pages[0]

    def on_resize(self, event: Resize) -> None:
        """Give the table the columns there is room for."""
        if self.document is not None:
            self.call_after_refresh(self._show_all)

    # what is typed and chosen

    @on(Choices.Chosen, "#views")
    def _view_chosen(self, event: Choices.Chosen) -> None:
        self._look_at(event.id)

    # actions

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        for view, name in VIEWS.items():
            yield Action(f"Data: show {name.lower()}", partial(self._look_at, view))
        for page, name in PAGES.items():
            yield Action(f"Data: turn to {name}", partial(self._set_page, page))
        bag = partial(self.formulate.do_at, "report", "ask('dialysis')")
        yield Action("Data: release behind a dialysis bag", bag, "With free drug in the bag as the second file.")
        yield Action("Data: example of release from microspheres", self._example)
        yield Action("Data: example of two dissolution profiles", self._example_two)

    def action_run(self) -> None:
        """Fit the models; where similarity is shown, compare the profiles."""
        document = self.document
        if document is None:
            return
        content = document.value
        if self.desk.view == "similarity":
            self.compute(jobs.compare, content, then=partial(self._keep, "similarity", content), group="similarity",
                         says="Comparing the profiles")  # fmt: skip
        else:
            self.compute(jobs.fit, content, then=partial(self._keep, "fit", content), group="fit",
                         says="Fitting the models")  # fmt: skip

    def _keep(self, kind: str, content: Mapping[str, Any], shown: dict[str, Any]) -> None:
        document = self.document
        if document is None or document.value.get("table") != content.get("table"):
            return
        title = str(shown.get("title") or shown["data"]["title"])
        self.formulate.session.keep(kind, Found(title, shown, b"", content))
        self._look_at(kind)

    def _look_at(self, view: str) -> None:
        self.desk.view = view
        self.remove_class("turned")
        self.show_section()
        self._show_all()
        self.query_one(MeasuredTable).focus()

    def action_view(self) -> None:
        """Show the next of readings, models and similarity."""
        names = list(VIEWS)
        if self.document is not None:
            self._look_at(names[(names.index(self.desk.view) + 1) % len(names)])

    def action_page(self) -> None:
        """Show the next of curve, residuals and words."""
        self._set_page(self._following())
        self.query_one(MeasuredTable).focus()

    def _set_page(self, page: str) -> None:
        self._page = page
        for name in PAGES:
            self.set_class(name == page, f"page-{name}")
        self._tell_page()

    def action_next_profile(self) -> None:
        """Look at the next profile of the file."""
        self.desk.turn_profile()
        self._show_all()

    def action_other_band(self) -> None:
        """Show the band of the curve, or of a single new reading."""
        self.desk.single = not self.desk.single
        self._show_row()

    def action_turn(self) -> None:
        """Go to the options, or back to what is shown."""
        fields = self.query_one(SectionForm)
        back = self.has_class("turned") or (self.focused is not None and fields in self.focused.ancestors)
        self.set_class(not back, "turned")
        if back:
            self.query_one(MeasuredTable).focus()
        else:
            self.call_after_refresh(fields.focus_first)

    def action_use(self) -> None:
        """Put the law under the cursor, or the readings, into a formulation."""
        data = self.desk.read.get("data")
        if data is None:
            self.notify("Open a table of release first.", timeout=3)
            return
        meant = self.desk.looked_at(self.current)
        names = [meant] if meant else [item["name"] for item in data["profiles"]]
        self.ask(use_measured(self, names, self.desk.model(self.current)))

    def action_second(self) -> None:
        """Choose a second table to compare with."""
        if self.document is not None:
            self.ask(self._second())

    async def _second(self) -> None:
        from tui.app.documents import TABLES
        from tui.app.filing import start_folder
        from tui.app.widgets.dialogs import PathBox

        path = await self.app.push_screen_wait(
            PathBox("Compare with", folder=start_folder(self.formulate), endings=TABLES)
        )
        if path is not None:
            self._compare_with(str(path))

    def _compare_with(self, path: str) -> None:
        document = self.document
        if document is not None:
            self.formulate.session.change("data", {**document.value, "second": path})
            self._look_at("similarity")
            self.action_run()

    @on(Button.Pressed, "#example")
    def _example(self) -> None:
        self.formulate.open_example("release-microspheres.csv")

    @on(Button.Pressed, "#example-two")
    def _example_two(self) -> None:
        self.ask(self._two())

    async def _two(self) -> None:
        from tui.app.filing import open_example

        await open_example(self.formulate, "dissolution-reference.csv")
        document = self.document
        if document is not None and document.path is not None:
            self.repaint()
            self._compare_with(str(document.path.with_name("dissolution-test.csv")))
