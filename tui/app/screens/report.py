"""The report screen: what is open reported on as one likes, read here, and written as what one needs."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, Static

from formulate.form.asking import ASKED, ASKING
from formulate.form.wanted import Kind, Wanted, wanted_form
from materials.errors import FormulateError
from tui.app.jobs import report as jobs
from tui.app.keys import key
from tui.app.screens.base import Action, AppScreen, invitation
from tui.app.screens.formulation_fields import SectionForm
from tui.app.screens.report_files import Files, formats_of
from tui.app.screens.report_subjects import (
    COLUMNS,
    KINDS,
    NAMES,
    STATES,
    Shown,
    document_of,
    first_wanted,
    latest_kind,
    line_of,
    sign_of,
    subjects_of,
    told_of,
)
from tui.app.screens.report_text import ReportText, laid_out
from tui.app.session import Document
from tui.app.widgets.reading import Reading, paragraph
from tui.app.widgets.table import MARK, Column, KeyedTable, Line

PAUSE = 0.6  # s after a setting changed before the text follows
_HINT = "Ctrl+G computes the report and shows it here. F9 writes it as a file, whether it was read before or not."
_EMPTY = (
    "A report says what is open: a formulation, a question, release data or a target. It is read here first, then "
    "written as HTML, PDF, Word, Markdown, a workbook or JSON. Open something, or run an earlier report again from its "
    "JSON."
)


class SectionsTable(KeyedTable):
    """The sections of a report: Space leaves one out, or takes it in again."""

    HELP = f"What the report says. {MARK} stands before what is taken in; Space leaves it out, or takes it in again."
    BINDINGS: ClassVar = [
        key("space", "leave_out", "In/out", "report.section", "Report: leave the section out, or take it in again")
    ]

    def action_leave_out(self) -> None:
        """Leave the section under the cursor out, or take it in again."""
        if self.current is not None and isinstance(self.screen, ReportScreen):
            self.screen.toggle(self.current)


class ReportScreen(AppScreen):
    """What is open, reported."""

    PLACE, SLOT = "report", None
    HELP = (
        "Choose what to report on, or what to ask of the formulation that is open, how, and which sections it has. "
        "Ctrl+G computes it and shows its text; F9 writes it "
        f"as a file, F12 one of its figures. Signs: ● {STATES['●']}, ≠ {STATES['≠']}, ○ {STATES['○']}."
    )
    BINDINGS: ClassVar = [
        key("ctrl+g", "compute", "Compute", "report.compute", "Report: compute it and read it", show=True),
        key("f8", "turn", "Read/choose", "report.turn", "Report: read it, or choose", show=True),
        key("f9", "export", "Export", "report.export", "Report: export it", show=True),
        key("f12", "figure", "Figure", "report.figure", "Report: export one figure", show=True),
    ]
    CSS = """
    ReportScreen #choosing { width: 46; }
    ReportScreen #subjects { height: 8; }
    ReportScreen #settings { height: 9; }
    ReportScreen.-tall #subjects { height: 12; }
    ReportScreen.-tall #settings { height: 13; }
    ReportScreen #text { width: 1fr; height: 1fr; }
    ReportScreen #told { height: auto; padding: 0 1; color: $text-muted; }
    ReportScreen.-narrow #choosing { width: 1fr; layout: grid; grid-size: 2 2; grid-rows: 8 1fr; }
    ReportScreen.-narrow #settings { row-span: 2; height: 1fr; }
    ReportScreen.-narrow #text, ReportScreen.-narrow.reading #choosing { display: none; }
    ReportScreen.-narrow.reading #text { display: block; }
    ReportScreen TextField, ReportScreen ChoiceField { grid-columns: 16 1fr; }
    ReportScreen.-wide .field-told { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind = "formulation"
        self._followed: Kind | None = None  # what was opened or changed last, when the choice followed it
        self._wanted: dict[Kind, Wanted] = {}
        self._shown: dict[Kind, Shown] = {}
        self._timer: Timer | None = None
        self._laid_out_to = 0
        self._files = Files(self, self._tell)

    def compose_body(self) -> ComposeResult:
        """Lay out what is chosen beside the text."""
        yield from invitation(_EMPTY, ("open", "Open a file"), ("again", "Run a report again"),
                              ("example", "An example: dasatinib in microspheres in a gel"))  # fmt: skip
        with Horizontal(id="work"):
            with Vertical(id="choosing"):
                yield KeyedTable(COLUMNS, id="subjects", classes="pane")
                yield SectionForm(id="settings", classes="pane")
                yield SectionsTable(_SECTIONS, id="sections", classes="pane")
            yield ReportText(self._fit_text, id="text", classes="pane")
        yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """Show what is open."""
        self.query_one("#subjects").border_title = "Report on"
        self.query_one("#told").display = False
        self._repaint()

    def session_changed(self, name: str) -> None:
        """Follow what is open and computed."""
        if name != "plot-style":
            self._repaint()

    def _document(self, kind: Kind) -> Document | None:
        return document_of(self.formulate.session, kind)

    # what is shown

    def _repaint(self) -> None:
        is_open = [kind for kind in KINDS if self._document(kind) is not None]
        self.query_one("#empty").display = not is_open
        self.query_one("#work").display = bool(is_open)
        if not is_open:
            return
        latest = latest_kind(self.formulate.session)
        if latest is not None and latest != self._followed:  # the choice follows what was worked on, not each change
            self._kind = self._followed = latest
        if self._kind not in is_open:
            self._kind = is_open[0]
        if self.focused is None or self.query_one("#empty") in self.focused.ancestors:
            self.query_one("#subjects").focus()
        self._list_subjects()
        self._show_chosen()

    def _list_subjects(self) -> None:
        session, table = self.formulate.session, self.query_one("#subjects", KeyedTable)
        table.show(
            [line_of(session, kind, self._shown.get(kind), self._wanted_of(kind)) for kind in subjects_of(session)],
            at=self._kind,
        )
        table.border_subtitle = STATES[sign_of(session, self._kind, self._shown.get(self._kind), self.wanted)]

    def _show_chosen(self) -> None:
        self.run_worker(self._show_settings(), group="settings", exit_on_error=False)
        self._show_sections()
        self._show_text()

    async def _show_settings(self) -> None:
        pane = self.query_one(SectionForm)
        pane.border_title = "What is asked, and how written" if self._kind in ASKING else "How it is written"
        async with pane.alone:
            section = wanted_form(self._kind, self.wanted)
            await pane.show(section, {field.place: field.given for field in section.fields}, {})

    def _show_sections(self) -> None:
        table, shown = self.query_one(SectionsTable), self._shown.get(self._kind)
        listed = shown.found["sections"] if shown else []
        left_out = self.wanted.left_out
        table.marked = frozenset(title for title, *_ in listed if title not in left_out)
        table.show([_section(*item, is_in=item[0] in table.marked) for item in listed])
        table.border_title = f"Sections {len(table.marked)}/{len(listed)}" if listed else "Sections"
        table.border_subtitle = "Space leaves out" if listed else "known once computed"

    def _show_text(self) -> None:
        reading, shown, document = (
            self.query_one("#text", Reading),
            self._shown.get(self._kind),
            self._document(self._kind),
        )
        reading.border_title = "Text"
        reading.border_subtitle = ""
        if shown is None or document is None:
            reading.show([paragraph((_HINT, "muted"))])
            return
        if shown.content != document.value:
            reading.border_subtitle = "≠ of before the last change; Ctrl+G computes it anew"
        elif shown.wanted.asked != self.wanted.asked:
            reading.border_subtitle = "≠ asked otherwise since; Ctrl+G computes it anew"
        elif shown.wanted != self.wanted:
            reading.border_subtitle = "follows what was chosen"
        self._lay_out(keep_place=True)

    def _lay_out(self, *, keep_place: bool) -> None:
        reading, shown = self.query_one("#text", Reading), self._shown.get(self._kind)
        self._laid_out_to = reading.room
        if shown is not None and self._laid_out_to > 0:
            reading.show(laid_out(shown.found["blocks"], self._laid_out_to), keep_place=keep_place)

    def _fit_text(self) -> None:
        room = self.query_one("#text", Reading).room
        if room > 0 and room != self._laid_out_to:
            self._lay_out(keep_place=False)

    # what is chosen

    @property
    def wanted(self) -> Wanted:
        """How the report that is chosen is wanted; language, paper and font are remembered."""
        return self._wanted_of(self._kind)

    def _wanted_of(self, kind: Kind) -> Wanted:
        if kind not in self._wanted:
            self._wanted[kind] = first_wanted(self.formulate.state.kept.get("report", {}))
        return self._wanted[kind]

    @on(KeyedTable.Landed, "#subjects")
    def _landed(self, event: KeyedTable.Landed) -> None:
        if event.id == event.table.current and event.id not in (None, self._kind):  # it may have moved on since
            self._kind = next(kind for kind in KINDS if kind == event.id)
            self._list_subjects()
            self._show_chosen()

    @on(KeyedTable.Chosen, "#subjects")
    def _chosen(self) -> None:
        self.action_compute()

    @on(SectionForm.Typed)
    def _typed(self, event: SectionForm.Typed) -> None:
        field, text = event.field, event.text
        name = str(field.path[-1])
        if field.path[0] == ASKED:
            rest = {each: given for each, given in self.wanted.asked.items() if each != name}
            self._want(asked=rest | ({name: text.strip()} if text.strip() else {}))
            self.query_one(SectionForm).took(field, text)
            return
        value: Any = text == "yes" if name in ("one_page", "among") else text
        if name in ("language", "paper", "font"):
            value = value or getattr(Wanted(), name)
            self.formulate.keep("report", **{name: value})
            for kind in self._wanted:
                self._wanted[kind] = replace(self._wanted[kind], **{name: value})
        self._want(**{name: value})
        self.query_one(SectionForm).took(field, text)

    def toggle(self, title: str) -> None:
        """Leave a section out of the report, or take it in again."""
        self._want(left_out=self.wanted.left_out ^ {title})

    def _want(self, **changes: Any) -> None:
        self._wanted[self._kind] = replace(self.wanted, **changes)
        self._list_subjects()
        self._show_sections()
        self._show_text()
        if self._timer is not None:
            self._timer.stop()
        if self._kind in self._shown:
            self._timer = self.set_timer(PAUSE, self._follow)

    def _follow(self) -> None:
        shown, document = self._shown.get(self._kind), self._document(self._kind)
        if (
            shown
            and document
            and shown.content == document.value
            and (shown.wanted.asked == self.wanted.asked and shown.wanted != self.wanted)
        ):  # what is asked otherwise has to be computed, and waits until it is wanted
            self._put_together(lambda: None)

    # computing

    def action_ask(self, name: str) -> None:
        """Choose what to report on, and compute it unless that was done."""
        kind = next(kind for kind in KINDS if kind == name)
        if self._document(kind) is None:
            self.notify(f"Nothing is open that has: {NAMES[kind].lower()}.", timeout=3)
            return
        self._kind, self._followed = kind, latest_kind(self.formulate.session)
        self._repaint()
        if sign_of(self.formulate.session, kind, self._shown.get(kind), self.wanted) == "●" and kind in self._shown:
            self._read()
        else:
            self.action_compute()

    def action_compute(self) -> None:
        """Compute the report and show its text."""
        self._put_together(self._read)

    def _put_together(self, then: Callable[[], object]) -> None:
        asked = self._asked()
        if asked is None:
            return

        def show(found: Mapping[str, Any]) -> None:
            self._shown[asked.kind] = Shown(asked.content, asked.wanted, found)
            self._repaint()
            if asked.kind == self._kind:
                then()

        self.compute(jobs.put_together, asked, then=show, group="report",
                     says=told_of(asked.kind), refused=self._refused)  # fmt: skip

    def _asked(self) -> jobs.Asked | None:
        """Give what is asked for; None, and a notice, where nothing is open."""
        kind, document = self._kind, self._document(self._kind)
        if document is None:
            self.notify(f"No {NAMES[kind].lower()} is open.", timeout=3)
            return None
        designs = self.formulate.state.kept.get("design", {}).get("designs")
        return jobs.Asked(kind, document.value, self.wanted, designs if isinstance(designs, int) else 0)

    def _refused(self, error: FormulateError) -> None:
        self.notify(str(error), title=f"{NAMES[self._kind]}: no report", severity="error", timeout=12, markup=False)

    def _read(self) -> None:
        """Go to the text."""
        self.add_class("reading")
        self.call_after_refresh(self.query_one("#text").focus)

    def action_turn(self) -> None:
        """Go to the text, or back to what is chosen."""
        if not self.query_one("#work").display:
            return
        if self.focused is self.query_one("#text"):
            self.remove_class("reading")
            to = self.query_one(SectionsTable if self._kind in self._shown else "#subjects").focus
            self.call_after_refresh(self.query_one(SectionForm).focus_first if self._kind in ASKING else to)
        else:
            self._read()

    # files

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        for ending, told in formats_of(self._kind).items():
            yield Action(f"Report: export as {told.partition(':')[0]}", partial(self._export, ending), told)
        yield Action("Report: run a report again", self.run_again, "From its JSON: the same, or what changed.")
        yield Action("Report: take all sections in", lambda: self._want(left_out=frozenset()))
        yield Action("Report: leave all sections out", self._leave_out_all)

    def _leave_out_all(self) -> None:
        shown = self._shown.get(self._kind)
        self._want(left_out=frozenset(title for title, *_ in shown.found["sections"]) if shown else frozenset())

    def action_export(self) -> None:
        """Ask for the format and the file, and write the report."""
        self._export("")

    def _export(self, ending: str) -> None:
        asked, document = self._asked(), self._document(self._kind)
        if asked is not None and document is not None:
            self._ask(self._files.export(asked, document, ending))

    def action_figure(self) -> None:
        """Ask for a figure and a file, and write it."""
        shown, asked, document = self._shown.get(self._kind), self._asked(), self._document(self._kind)
        if asked is None or document is None:
            return
        if shown is not None and shown.is_of(document, self.wanted):
            self._ask(self._files.export_figure(asked, document, shown.found["figures"]))
        else:
            self._put_together(self.action_figure)

    @on(Button.Pressed, "#again")
    def run_again(self) -> None:
        """Compute a report again from its JSON, and tell whether it is the same."""
        self._ask(self._files.run_again())

    def _ask(self, question: Coroutine[Any, Any, None]) -> None:
        self.run_worker(question, group="asking", exit_on_error=False)

    def _tell(self, text: str) -> None:
        told = self.query_one("#told", Static)
        told.update(text)
        told.display = bool(text)

    @on(Button.Pressed, "#example")
    def _example(self) -> None:
        self.formulate.open_example("dasatinib-microspheres-in-gel.toml")


_SECTIONS = (Column("title", "section", 0), Column("tables", "tab.", 4, "right"), Column("figures", "fig.", 4, "right"))


def _section(title: str, told: str, tables: int, figures: int, *, is_in: bool) -> Line:
    return Line(title, (told if is_in else f"  {told}", str(tables or ""), str(figures or "")))
