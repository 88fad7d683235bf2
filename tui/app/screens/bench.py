"""What is asked without a file: fields above or beside an answer that follows them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.timer import Timer

from formulate.form.parts import Section
from materials.errors import FormulateError
from tui.app.computing import UnexpectedError
from tui.app.jobs import bench as jobs
from tui.app.screens.base import Action, AppModal, TooSmall
from tui.app.screens.formulation_fields import SectionForm
from tui.app.screens.report_text import ReportText
from tui.app.widgets.pick import Pick
from tui.app.widgets.reading import Paragraph, paragraph

if TYPE_CHECKING:
    from tui.app.application import FormulateApp

PAUSE = 0.3  # s after a letter before it is answered


class Bench(AppModal):
    """Asks for a few numbers and answers at once; Escape leaves it."""

    HELP = "What is typed is answered at once, with its units. Escape goes back; nothing is kept."
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    CSS = """
    Bench .box { width: 96%; height: 90%; max-width: 150; }
    Bench #bench { layout: vertical; height: 1fr; }
    Bench.-wide #bench { layout: horizontal; }
    Bench #asked { height: 1fr; border-bottom: solid $panel; }
    Bench.-wide #asked { width: 52; height: 1fr; border-bottom: none; border-right: solid $panel; }
    Bench #answer { height: 1fr; width: 1fr; padding: 0 1; }
    Bench TextField, Bench ChoiceField { grid-columns: 20 1fr; }
    """

    def __init__(self, section: Section, answer: Callable[..., str], *arguments: Any) -> None:
        super().__init__()
        self.section, self.answer, self.arguments = section, answer, arguments
        self.given = {str(field.path[-1]): field.given for field in section.fields if field.given}
        self._timer: Timer | None = None
        self._wanted: tuple[dict[str, str], int] = ({}, 0)
        self._is_busy = False

    def compose(self) -> ComposeResult:
        """Lay out the fields and the answer."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = self.section.title
            box.border_subtitle = "Tab goes on   Esc goes back"
            with Container(id="bench"):
                yield SectionForm(id="asked")
                yield ReportText(self._soon, id="answer")

    async def on_mount(self) -> None:
        """Show the fields, filled in where something is known."""
        form = self.query_one(SectionForm)
        await form.show(self.section, {field.place: field.given for field in self.section.fields}, {})
        form.focus_first()

    @on(SectionForm.Typed)
    def _typed(self, event: SectionForm.Typed) -> None:
        self.given[str(event.field.path[-1])] = event.text
        self.query_one(SectionForm).took(event.field, event.text)
        self._soon(PAUSE)

    def _soon(self, pause: float = 0.0) -> None:
        """Answer what is typed, to the width there is."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(pause, self._ask) if pause else None
        if not pause:
            self._ask()

    def _ask(self) -> None:
        room = self.query_one("#answer", ReportText).room
        if room <= 0:
            return  # it is asked again once it is laid out
        self._wanted = (dict(self.given), room)
        if not self._is_busy:  # what is typed meanwhile is answered next: a job that is cancelled may cost its process
            self._is_busy = True
            self.run_worker(self._answer_all(), group="bench", exit_on_error=False)

    async def _answer_all(self) -> None:
        told: tuple[dict[str, str], int] | None = None
        try:
            while told != self._wanted:
                told = self._wanted
                await self._answer_one(*told)
        finally:
            self._is_busy = False

    async def _answer_one(self, given: dict[str, str], room: int) -> None:
        reading, run = self.query_one("#answer", ReportText), self.formulate.computing.run
        try:
            text = await run(self.answer, *self.arguments, given, room, lane="live")
        except FormulateError as error:
            reading.show([paragraph(("✗ ", "problem"), str(error), hang=2)])
        except UnexpectedError as error:
            self.notify(str(error), title="Failed", severity="error", timeout=20, markup=False)
        else:
            reading.show([_line(line) for line in text.split("\n")], keep_place=True)


def _line(text: str) -> Paragraph:
    said = text.lstrip()
    indent = len(text) - len(said)
    return paragraph(said, indent=indent, hang=indent + 2)


def bench_actions(app: "FormulateApp") -> Iterator[Action]:
    """Give what the palette offers on every screen."""
    for says, asking, told in (
        ("an equation of the bench", _equation, "With units in and out: loading, release, sizes, mixing."),
        ("the loading to expect", _expected, "From published formulations, of a carrier, a method and a drug."),
        ("what becomes of an agent", _fate, "Of which only kind, size, charge or site are known."),
    ):
        yield Action(f"Calculate: {says}", partial(_start, app, asking), told)


def _start(app: "FormulateApp", asking: Callable[["FormulateApp"], Any]) -> None:
    app.run_worker(asking(app), group="asking", exit_on_error=False)


async def _equation(app: "FormulateApp") -> None:
    listed = await app.computing.run(jobs.equations, lane="live")
    name = await app.push_screen_wait(Pick("Which equation?", listed))
    if name is not None:
        section = await app.computing.run(jobs.equation_form, name, lane="live")
        app.push_screen(Bench(section, jobs.equation, name))


async def _expected(app: "FormulateApp") -> None:
    document = app.session.document("formulation")
    section = await app.computing.run(jobs.expected_form, document and document.value, lane="live")
    app.push_screen(Bench(section, jobs.expected))


async def _fate(app: "FormulateApp") -> None:
    app.push_screen(Bench(await app.computing.run(jobs.fate_form, lane="live"), jobs.fate))
