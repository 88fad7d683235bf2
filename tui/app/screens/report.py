"""The report screen: what is open reported on as one likes, read here, and written as what one needs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Button, Static

from formulate.form.parts import Field
from formulate.form.wanted import LANGUAGES, PAPERS, Kind, Wanted, wanted_form
from materials.errors import FormulateError, shorten
from tui.app.filing import start_folder
from tui.app.jobs import report as jobs
from tui.app.keys import key
from tui.app.screens.base import Action, AppScreen
from tui.app.screens.formulation_fields import ChoiceField, SectionForm, TextField
from tui.app.screens.report_text import laid_out
from tui.app.session import Document, Slot
from tui.app.widgets.dialogs import Choose, PathBox
from tui.app.widgets.reading import Reading, paragraph
from tui.app.widgets.table import MARK, Column, KeyedTable, Line
from tui.deliver import FIGURES

KINDS: tuple[Kind, ...] = get_args(Kind)
PAUSE = 0.6  # s after a setting changed before the text follows
FORMATS = {
    ".html": "HTML: one page that stands alone",
    ".pdf": "PDF: typeset, with numbered figures and linked references",
    ".xlsx": "Workbook: a sheet for each table, numbers as numbers",
    ".md": "Markdown: its figures in a folder beside it",
    ".docx": "Word",
    ".json": "JSON: all that was computed, whatever sections are left out",
}
_NAMES = {"formulation": "Formulation", "question": "Question", "fit": "Release data",
          "similarity": "Similarity", "design": "Design"}  # fmt: skip
_SLOTS: dict[Kind, Slot] = {"formulation": "formulation", "question": "question", "fit": "data", "similarity": "data",
                            "design": "target"}  # fmt: skip
_RESULTS = {"formulation": "prediction", "question": "comparison"}  # of the other kinds the name is theirs
_STATES = {"●": "computed as it stands", "≠": "changed since it was computed", "○": "not computed yet", " ": "not open"}
_HINT = "Ctrl+G computes the report and shows it here. F9 writes it as a file, whether it was read before or not."
_EMPTY = """\
A report says what is open: a formulation, a question, release data or a target. It is read here first, then written as
HTML, PDF, Word, Markdown, a workbook or JSON. Open something, or compute a report of before again from its JSON."""


@dataclass(frozen=True)
class Shown:
    """A report that was put together, and what it was put together from."""

    content: Mapping[str, Any]
    wanted: Wanted
    found: Mapping[str, Any]  # see `tui.app.jobs.report.put_together`


class SectionsTable(KeyedTable):
    """The sections of a report: Space leaves one out, or takes it in again."""

    HELP = f"What the report says. {MARK} stands before what is taken in; Space leaves it out, or takes it in again."
    BINDINGS: ClassVar = [
        key("space", "toggle", "In/out", "report.section", "Report: leave the section out, or take it in again")
    ]

    def action_toggle(self) -> None:
        """Leave the section under the cursor out, or take it in again."""
        if self.current is not None and isinstance(self.screen, ReportScreen):
            self.screen.toggle(self.current)


class ReportScreen(AppScreen):
    """What is open, reported."""

    PLACE, SLOT = "report", None
    HELP = (
        "Choose what to report on, how, and which sections it has. Ctrl+G computes it and shows its text; F9 writes it "
        f"as a file, F12 one of its figures. Signs: ● {_STATES['●']}, ≠ {_STATES['≠']}, ○ {_STATES['○']}."
    )
    BINDINGS: ClassVar = [
        key("ctrl+g", "compute", "Compute", "report.compute", "Report: compute it and read it", show=True),
        key("f8", "turn", "Read/choose", "report.turn", "Report: read it, or choose", show=True),
        key("f9", "export", "Export", "report.export", "Report: export it", show=True),
        key("f12", "figure", "Figure", "report.figure", "Report: export one figure", show=True),
    ]
    CSS = """
    ReportScreen #empty { align: center middle; height: 1fr; }
    ReportScreen #empty Static { width: 64; height: auto; padding-bottom: 1; }
    ReportScreen #empty Button { margin-bottom: 1; }
    ReportScreen #work { height: 1fr; }
    ReportScreen #choosing { width: 46; }
    ReportScreen #subjects { height: 8; }
    ReportScreen #settings { height: 9; }
    ReportScreen.-tall #settings { height: 13; }
    ReportScreen #text { width: 1fr; height: 1fr; }
    ReportScreen #told { height: auto; padding: 0 1; color: $text-muted; }
    ReportScreen.-narrow #choosing { width: 1fr; layout: grid; grid-size: 2 2; grid-rows: 8 1fr; }
    ReportScreen.-narrow #settings { row-span: 2; height: 1fr; }
    ReportScreen.-narrow #text, ReportScreen.-narrow.reading #choosing { display: none; }
    ReportScreen.-narrow.reading #text { display: block; }
    ReportScreen TextField, ReportScreen ChoiceField {
        layout: grid; grid-size: 2; grid-columns: 14 1fr; height: auto; grid-rows: 1 auto; }
    ReportScreen .field-label { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    ReportScreen .field-told { column-span: 2; padding-left: 2; height: auto; color: $text-muted; }
    ReportScreen.-wide .field-told { display: none; }
    ReportScreen .section-told { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind = "formulation"
        self._wanted: dict[Kind, Wanted] = {}
        self._shown: dict[Kind, Shown] = {}
        self._timer: Timer | None = None
        self._laid_out_to = 0

    def compose_body(self) -> ComposeResult:
        """Lay out what is chosen beside the text."""
        with Vertical(id="empty"):
            yield Static(_EMPTY, markup=False)
            yield Button("Open a file", id="open", variant="primary", compact=True)
            yield Button("An example: dasatinib in microspheres in a gel", id="example", compact=True)
            yield Button("Run a report again", id="again", compact=True)
        with Horizontal(id="work"):
            with Vertical(id="choosing"):
                yield KeyedTable(_SUBJECTS, id="subjects", classes="pane")
                yield SectionForm(id="settings", classes="pane")
                yield SectionsTable(_SECTIONS, id="sections", classes="pane")
            yield Reading(id="text", classes="pane")
        yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """Show what is open."""
        self.query_one("#subjects").border_title = "Report on"
        self.query_one("#settings").border_title = "How it is written"
        self.query_one("#told").display = False
        self._kind = next((kind for kind in KINDS if self._document(kind)), KINDS[0])
        self._repaint()

    def session_changed(self, name: str) -> None:
        """Follow what is open and computed."""
        if name.startswith("result:") or name in _SLOTS.values():
            self._repaint()

    def _document(self, kind: Kind) -> Document | None:
        return self.formulate.session.document(_SLOTS[kind])

    # what is shown

    def _repaint(self) -> None:
        is_open = [kind for kind in KINDS if self._document(kind) is not None]
        self.query_one("#empty").display = not is_open
        self.query_one("#work").display = bool(is_open)
        if not is_open:
            return
        if self._kind not in is_open:
            self._kind = is_open[0]
        if self.focused is None or self.query_one("#empty") in self.focused.ancestors:
            self.query_one("#subjects").focus()
        self.query_one("#subjects", KeyedTable).show([self._subject(kind) for kind in KINDS], at=self._kind)
        self._show_chosen()

    def _subject(self, kind: Kind) -> Line:
        document = self._document(kind)
        return Line(kind, (f"{self._state(kind)} {_NAMES[kind]}", document.name if document else "not open"))

    def _state(self, kind: Kind) -> str:
        """Give the sign of what is known of a kind."""
        document = self._document(kind)
        if document is None:
            return " "
        result, shown = self.formulate.session.results.get(_RESULTS.get(kind, kind)), self._shown.get(kind)
        computed_of = [item.of for item in (result,) if item] + [item.content for item in (shown,) if item]
        return "○" if not computed_of else "●" if document.value in computed_of else "≠"

    def _show_chosen(self) -> None:
        kind = self._kind
        self.query_one("#subjects").border_subtitle = _STATES[self._state(kind)]
        self.run_worker(self._show_settings(), group="settings", exclusive=True, exit_on_error=False)
        self._show_sections()
        self._show_text()

    async def _show_settings(self) -> None:
        section = wanted_form(self._kind, self.wanted)
        values: dict[str, object] = {field.place: field.given for field in section.fields}
        await self.query_one(SectionForm).show(section, values, {})

    def _show_sections(self) -> None:
        table, shown = self.query_one(SectionsTable), self._shown.get(self._kind)
        listed = shown.found["sections"] if shown else []
        left_out = self.wanted.left_out
        table.marked = frozenset(title for title, _, _ in listed if title not in left_out)
        table.show([Line(title, (told if title in table.marked else f"  {told}", holds))
                    for title, told, holds in listed])  # fmt: skip
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
        elif shown.wanted != self.wanted:
            reading.border_subtitle = "follows what was chosen"
        self._lay_out(keep_place=True)

    def _lay_out(self, *, keep_place: bool) -> None:
        reading, shown = self.query_one("#text", Reading), self._shown.get(self._kind)
        self._laid_out_to = reading.scrollable_content_region.width
        if shown is not None and self._laid_out_to > 0:
            reading.show(laid_out(shown.found["blocks"], self._laid_out_to), keep_place=keep_place)

    def on_resize(self, event: Resize) -> None:
        """Lay tables out to the new width."""
        super().on_resize(event)
        self.call_after_refresh(self._fit_text)

    def _fit_text(self) -> None:
        if self.query_one("#text", Reading).scrollable_content_region.width not in (0, self._laid_out_to):
            self._lay_out(keep_place=False)

    # what is chosen

    @property
    def wanted(self) -> Wanted:
        """How the report that is chosen is wanted; language, paper and font are remembered."""
        if self._kind not in self._wanted:
            kept = self.formulate.state.kept.get("report", {})
            language, paper = str(kept.get("language", "en")), str(kept.get("paper", "a4"))
            self._wanted[self._kind] = Wanted(
                language=language if language in dict(LANGUAGES) else "en",
                paper=paper if paper in dict(PAPERS) else "a4",
                font=str(kept.get("font", "")),
            )
        return self._wanted[self._kind]

    @on(KeyedTable.Landed, "#subjects")
    def _landed(self, event: KeyedTable.Landed) -> None:
        if event.id is not None and event.id != self._kind:
            self._kind = next(kind for kind in KINDS if kind == event.id)
            self._show_chosen()

    @on(KeyedTable.Chosen, "#subjects")
    def _chosen(self) -> None:
        self.action_compute()

    @on(TextField.Changed)
    def _typed(self, event: TextField.Changed) -> None:
        assert isinstance(event.field, TextField)
        self._take(event.field.described, event.value)

    @on(ChoiceField.Chosen)
    def _chose(self, event: ChoiceField.Chosen) -> None:
        self._take(event.field.described, event.value)

    def _take(self, field: Field, text: str) -> None:
        name = field.place
        value: Any = text == "yes" if name in ("one_page", "among") else text
        if name in ("language", "paper", "font"):
            value = value or getattr(Wanted(), name)
            self.formulate.keep("report", **{name: value})
            for kind in self._wanted:
                self._wanted[kind] = replace(self._wanted[kind], **{name: value})
        self._want(**{name: value})

    def toggle(self, title: str) -> None:
        """Leave a section out of the report, or take it in again."""
        self._want(left_out=self.wanted.left_out ^ {title})

    def _want(self, **changes: Any) -> None:
        self._wanted[self._kind] = replace(self.wanted, **changes)
        self._show_sections()
        self._show_text()
        if self._timer is not None:
            self._timer.stop()
        if self._kind in self._shown:
            self._timer = self.set_timer(PAUSE, self._follow)

    def _follow(self) -> None:
        shown, document = self._shown.get(self._kind), self._document(self._kind)
        if shown and document and shown.content == document.value and shown.wanted != self.wanted:
            self._put_together(lambda: None)

    # computing

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

        self.compute(jobs.put_together, asked, then=show, group="report", says=f"Report on the {_NAMES[asked.kind].lower()}",
                     refused=self._refused)  # fmt: skip

    def _asked(self) -> jobs.Asked | None:
        """Give what is asked for; None, and a notice, where nothing is open."""
        kind, document = self._kind, self._document(self._kind)
        if document is None:
            self.notify(f"No {_NAMES[kind].lower()} is open.", timeout=3)
            return None
        found = self.formulate.session.results.get(kind)
        result = found.whole if found is not None and found.of == document.value else b""
        return jobs.Asked(kind, document.value, self.wanted, result)

    def _refused(self, error: FormulateError) -> None:
        self.notify(str(error), title=f"{_NAMES[self._kind]}: no report", severity="error", timeout=12, markup=False)

    def _read(self) -> None:
        """Go to the text."""
        self.add_class("reading")
        self.call_after_refresh(self._go_to_text)

    def _go_to_text(self) -> None:
        self.query_one("#text").focus()
        self._fit_text()

    def action_turn(self) -> None:
        """Go to the text, or back to what is chosen."""
        if not self.query_one("#work").display:
            return
        if self.focused is self.query_one("#text"):
            self.remove_class("reading")
            self.call_after_refresh(self.query_one(SectionsTable if self._kind in self._shown else "#subjects").focus)
        else:
            self._read()

    # files

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        for ending, told in FORMATS.items():
            yield Action(f"Report: export as {told.partition(':')[0]}", partial(self._export, ending), told)
        yield Action("Report: run a report again", self.run_again, "From its JSON: the same, or what changed.")
        yield Action("Report: take all sections in", lambda: self._want(left_out=frozenset()))
        yield Action("Report: leave all sections out", self._leave_out_all)

    def _leave_out_all(self) -> None:
        shown = self._shown.get(self._kind)
        self._want(left_out=frozenset(title for title, _, _ in shown.found["sections"]) if shown else frozenset())

    def action_export(self) -> None:
        """Ask for the format and the file, and write the report."""
        self._export("")

    def _export(self, ending: str) -> None:
        self.run_worker(self._ask_and_write(ending), group="asking", exit_on_error=False)

    async def _ask_and_write(self, ending: str) -> None:
        asked = self._asked()
        if asked is None:
            return
        chosen = ending or await self.app.push_screen_wait(Choose("Export as", list(FORMATS.items())))
        path = await self._path(f"report{chosen}", (chosen,)) if chosen else None
        if path is not None:
            self._write(jobs.write, asked, path)

    def action_figure(self) -> None:
        """Ask for a figure and a file, and write it."""
        shown, document = self._shown.get(self._kind), self._document(self._kind)
        if shown and document and shown.content == document.value and shown.wanted == self.wanted:
            self.run_worker(self._ask_and_draw(shown), group="asking", exit_on_error=False)
        else:
            self._put_together(self.action_figure)

    async def _ask_and_draw(self, shown: Shown) -> None:
        asked, listed = self._asked(), [(name, f"{name}: {shorten(told, 80)}") for name, told in shown.found["figures"]]
        if asked is None or not listed:
            self.notify("This report has no figure.", timeout=3)
            return
        name = await self.app.push_screen_wait(Choose("Export which figure?", listed))
        path = await self._path(f"{name.replace(' ', '-')}.svg", FIGURES) if name else None
        if path is not None:
            self._write(jobs.write_figure, asked, name, path)

    async def _path(self, name: str, endings: tuple[str, ...]) -> Path | None:
        """Ask for a file to write; one that is open is not written over."""
        document = self._document(self._kind)
        stem = document.path.stem if document and document.path else document.name if document else ""
        own = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in stem)
        path: Path | None = await self.app.push_screen_wait(
            PathBox("Export", folder=start_folder(self.formulate), name=f"{own}-{name}", endings=endings, saving=True)
        )
        opened = [item.path for item in self.formulate.session.documents.values() if item.path]
        if path is not None and any(path.resolve() == item.resolve() for item in opened):
            self.notify(f"{path.name} is open here; need another name.", severity="error", markup=False)
            return None
        return path

    def _write(self, job: Callable[..., list[Path]], *given: Any) -> None:
        path: Path = given[-1]
        self.compute(job, *given, then=partial(self._written, path), group="export", says=f"Writing {path.name}",
                     refused=lambda error: self._not_written(path, error))  # fmt: skip

    def _written(self, path: Path, files: list[Path]) -> None:
        beside = f", with {len(files) - 1} figures in {files[0].parent.name}/" if len(files) > 1 else ""
        self._tell(f"Written: {path.absolute()}{beside}")
        self.notify(str(path.absolute()), title="Written", markup=False)
        self.formulate.remember(folder=str(path.absolute().parent))
        self._repaint()

    def _not_written(self, path: Path, error: FormulateError) -> None:
        self._tell(f"✗ Not written: {error}")
        self.notify(str(error), title=f"Not written: {path.name}", severity="error", timeout=12, markup=False)

    def _tell(self, text: str) -> None:
        told = self.query_one("#told", Static)
        told.update(text)
        told.display = bool(text)

    @on(Button.Pressed, "#open")
    def _open(self) -> None:
        self.formulate.action_open()

    @on(Button.Pressed, "#example")
    def _example(self) -> None:
        self.formulate.open_example("dasatinib-microspheres-in-gel.toml")

    @on(Button.Pressed, "#again")
    def run_again(self) -> None:
        """Compute a report again from its JSON, and tell whether it is the same."""
        self.run_worker(self._run_again(), group="asking", exit_on_error=False)

    async def _run_again(self) -> None:
        path = await self.app.push_screen_wait(
            PathBox("Run again", folder=start_folder(self.formulate), endings=(".json",))
        )
        if path is not None:
            self.compute(
                jobs.again, path, then=partial(self._ran_again, path), group="report", says=f"Computing {path.name}"
            )

    def _ran_again(self, path: Path, found: Mapping[str, Any]) -> None:
        from tui.app.screens.report_again import Verdict

        self.app.push_screen(Verdict(path, found))


_SUBJECTS = (Column("kind", "what", 15), Column("open", "open", 0))
_SECTIONS = (Column("title", "section", 0), Column("holds", "holds", 17))
