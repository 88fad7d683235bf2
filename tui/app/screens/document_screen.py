"""A screen that shows one document of the session, judges it after each change and takes what is typed into it."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.timer import Timer

from formulate.form.parts import Field, Form, Path, Section
from formulate.form.values import value_at, with_value
from tui.app.jobs.formulation import choices
from tui.app.screens.base import AppScreen
from tui.app.screens.formulation_fields import SectionForm, value_of
from tui.app.screens.formulation_parts import part_line
from tui.app.session import Document, Slot
from tui.app.widgets.options import Options
from tui.app.widgets.pick import Pick

AT_ONCE = 0.001  # s; a timer needs more than none
JUDGING = ("judging", "live")  # groups of work that follows each change

Content = Mapping[str, Any]
Job = tuple[Callable[..., Any], tuple[Any, ...]]


class DocumentScreen(AppScreen):
    """A screen of one document; a screen of yours gives `judging` and `judged`, and lays out `#empty` and `#work`."""

    SLOT: ClassVar[Slot]
    START: ClassVar[str]  # where the focus goes once a document is there
    TITLED: ClassVar[str] = ""  # the pane that bears the name of the document
    PAUSE: ClassVar[float] = 0.25  # s after a change before it is judged, while the one before still is

    def __init__(self) -> None:
        super().__init__()
        self._of: Document | None = None  # the document that is shown
        self._form: Form | None = None
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Show what is open; Textual calls this after the `on_mount` of the screen itself."""
        self.repaint()

    def session_changed(self, name: str) -> None:
        """Follow the document."""
        if name == self.SLOT:
            self.repaint()

    @property
    def document(self) -> Document | None:
        """What is open here."""
        return self.formulate.session.document(self.SLOT)

    # what is shown

    def repaint(self) -> None:
        """Show the document that is open, or the invitation, and have the document judged."""
        document = self.document
        self.query_one("#empty").display = document is None
        self.query_one("#work").display = document is not None
        if document is None:
            self.emptied()
            return
        self.took_up(document)
        if self.focused is None or self.query_one("#empty") in self.focused.ancestors:
            self.query_one(self.START).focus()
        if self.TITLED:
            self.query_one(self.TITLED).border_title = document.title
        self.judge()

    def emptied(self) -> None:
        """Do what is due while nothing is open."""

    def took_up(self, document: Document) -> bool:
        """Tell whether the document is another one than was shown; what was found of that one is dropped."""
        if document is self._of:
            return False
        self._of, self._form = document, None
        self.query_one(SectionForm).forget()
        return True

    def judge(self) -> None:
        """Have the document judged: at once while nothing is under way, else `PAUSE` after the last change."""
        is_quiet = self._timer is None and not any(
            worker.node is self and worker.group in JUDGING and worker.is_running for worker in self.app.workers
        )
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(AT_ONCE if is_quiet else self.PAUSE, self._judge)

    def _judge(self) -> None:
        self._timer = None
        document = self.document
        if document is not None:
            function, arguments = self.judging(document.value)
            self.compute(function, *arguments, then=partial(self._judged, document.value), group="judging",
                         lane="live")  # fmt: skip

    def _judged(self, content: Content, found: Any) -> None:
        if self.is_still(content):
            self.judged(content, found)

    def judging(self, content: Content) -> Job:
        """Give the function that judges a content, and its arguments."""
        raise NotImplementedError

    def judged(self, content: Content, found: Any) -> None:
        """Show what was found of the content, which is still that of the document."""
        raise NotImplementedError

    def is_still(self, content: Content) -> bool:
        """Tell whether the document has not changed since."""
        document = self.document
        return document is not None and document.value == content

    # the fields of one section

    @property
    def section(self) -> Section | None:
        """The section whose fields are shown."""
        return None if self._form is None else self._form.sections[0]

    def show_section(self) -> None:
        """Show the fields of the section."""
        self.run_worker(self._show_section(), group="section", exit_on_error=False)

    async def _show_section(self) -> None:
        pane = self.query_one(SectionForm)
        async with pane.alone:
            section, document, form = self.section, self.document, self._form
            if section is None or document is None or form is None:
                return
            pane.border_title = section.title
            await pane.show(section, self.values(section, document.value), form.faults)

    def values(self, section: Section, content: Content) -> dict[str, object]:
        """Give what the fields of a section hold, by their places."""
        return {field.place: value_at(content, field.path) for field in section.fields}

    @on(SectionForm.Typed)
    def _typed(self, event: SectionForm.Typed) -> None:
        field, text = event.field, event.text
        document = self.document
        if document is None:
            return
        try:
            value = value_of(field, text, value_at(document.value, field.path))
        except ValueError:
            return  # the field says what is wrong; the document keeps what it had
        self.take(document, field, value)
        self.query_one(SectionForm).took(field, value)

    def take(self, document: Document, field: Field, value: Any) -> None:
        """Put what was typed into the document."""
        self.formulate.session.change(self.SLOT, with_value(document.value, field.path, value), join=field.place)

    # what is asked on the way

    def ask(self, asking: Coroutine[Any, Any, None]) -> None:
        """Ask something in boxes, and go on once it is answered."""
        self.run_worker(asking, group="asking", exit_on_error=False)


class OutlinedScreen(DocumentScreen):
    """A screen that lists the parts of its document in `#parts` and shows the fields of the one under the cursor."""

    START = "#parts"
    TITLED = "#outline"
    PAUSE = 0.08

    def __init__(self) -> None:
        super().__init__()
        self._section: Path | None = None

    @property
    def section(self) -> Section | None:
        """The part under the cursor."""
        if self._form is None:
            return None
        return next((item for item in self._form.sections if item.path == self._section), self._form.sections[0])

    def first_part(self, sections: tuple[Section, ...]) -> int:
        """Give the part to show where the one that was shown is gone."""
        return 0

    def show_parts(self) -> None:
        """List the parts, with the cursor where it was."""
        assert self._form is not None
        parts, sections = self.query_one("#parts", Options), self._form.sections
        at = next((place for place, section in enumerate(sections) if section.path == self._section), None)
        if at is None:
            at = self.first_part(sections)
            self._section = sections[at].path
        parts.show([part_line(section, self._form) for section in sections], at)

    @on(Options.OptionHighlighted, "#parts")
    def _part_shown(self, event: Options.OptionHighlighted) -> None:
        if self._form is not None and event.option_index < len(self._form.sections):
            self._section = self._form.sections[event.option_index].path
            self.show_section()

    @on(Options.OptionSelected, "#parts")
    def _part_opened(self) -> None:
        self.query_one(SectionForm).focus_first()

    async def pick_parts(self) -> tuple[str, str, str] | None:
        """Ask for the drug, the carrier and the site of something new."""
        listed = await self.formulate.computing.run(choices, lane="live")
        drug = await self.app.push_screen_wait(Pick("Which drug?", listed["payload"]))
        carrier = drug and await self.app.push_screen_wait(Pick("In which carrier?", listed["carrier"]))
        site = carrier and await self.app.push_screen_wait(Pick("Where?", listed["site"]))
        return (str(drug), str(carrier), str(site)) if site else None

    def change(self, content: Content, section: Path | None = None) -> None:
        """Take a new content, and show a part of it."""
        self._section = section if section is not None else self._section
        self.formulate.session.change(self.SLOT, content)
