"""The design screen: what must hold, what is free, and the designs that hold it with how surely they do."""

from collections.abc import Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from formulate.form.parts import Field, Form, Path, Section
from formulate.form.values import value_at, with_value
from tui.app.jobs import design as jobs
from tui.app.keys import key
from tui.app.screens import design_asking as asking
from tui.app.screens.base import Action, AppScreen
from tui.app.screens.design_answer import MAP, Answer
from tui.app.screens.design_state import first_fault, state_text, steady
from tui.app.screens.formulation_fields import ChoiceField, SectionForm, TextField, value_of
from tui.app.screens.formulation_parts import part_line
from tui.app.session import Document, Found

DESIGNS, FRESH = 512, 1024
PAUSE = 0.08  # s after a change before it is judged
EXAMPLES = (
    ("triamcinolone-design.toml", "Two weeks of triamcinolone in a knee: microspheres or crystals"),
    ("bmp2-gel-design.toml", "Two weeks of BMP-2 from a gel in a nonunion"),
    ("triamcinolone-suspension-design.toml", "Four weeks from crystals: what cannot be met"),
)
_EMPTY = """\
What has to be made to hold a level for so long, within limits? Say what must hold and what is free: the search gives
designs that hold it, with how surely they do, or says what stands in the way."""


class DesignScreen(AppScreen):
    """A target with its limits and choices, and what the search for designs found."""

    PLACE, SLOT = "design", "target"
    HELP = (
        "From what must hold to what to make. On the left are the parts of the target, in the middle the fields of "
        "one, on the right what the search found. F9 adds a limit or something that is free, Delete takes the part "
        "under the cursor out. Ctrl+G searches, Escape stops it."
    )
    BINDINGS: ClassVar = [
        key("ctrl+g", "run", "Search", "design.run", "Design: search for designs", show=True),
        key("f8", "turn", "Answer", "design.turn", "Design: the target or the answer", show=True),
        key("f9", "add", "Add", "design.add", "Design: add a limit, a carrier or something free", show=True),
        key("ctrl+l", "open_design", "Open design", "design.open", "Design: open a design as a formulation",
            show=True),
        key("f12", "map", "Map", "design.map", "Design: map the next two choices"),
        key("ctrl+n", "new", "New", "design.new", "Design: begin a new target"),
        key("delete", "remove", "Take out", "design.remove", "Design: take out a choice or a limit"),
        key("w", "save_designs", "Write", "design.save", "Design: save the designs and recipes to files"),
    ]  # fmt: skip
    CSS = """
    DesignScreen #empty { align: center middle; height: 1fr; }
    DesignScreen #empty Static { width: 64; height: auto; padding-bottom: 1; }
    DesignScreen #empty Button { margin-bottom: 1; }
    DesignScreen #work { height: 1fr; }
    DesignScreen #outline { width: 30; }
    DesignScreen #parts { height: auto; max-height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    DesignScreen #state { height: auto; max-height: 8; padding-top: 1; color: $text-muted; }
    DesignScreen #fields { width: 1fr; }
    DesignScreen #findings { width: 1fr; display: none; }
    DesignScreen.-wide #outline { width: 34; }
    DesignScreen.-wide #fields { width: 46; }
    DesignScreen.-wide #findings { display: block; }
    DesignScreen.turned #findings { display: block; width: 1fr; }
    DesignScreen.-narrow.turned #outline, DesignScreen.-narrow.turned #fields { display: none; }
    DesignScreen.-wide.-tall .found #region { display: block; }
    DesignScreen TextField, DesignScreen ChoiceField {
        layout: grid; grid-size: 2; grid-columns: 22 1fr; height: auto; grid-rows: 1 auto; }
    DesignScreen .field-label { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    DesignScreen .field-told { column-span: 2; padding-left: 2; height: auto; color: $text-muted; }
    DesignScreen .wrong .field-told { color: $error; }
    DesignScreen .section-told { height: auto; color: $text-muted; padding-bottom: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._form: Form | None = None
        self._section: Path | None = None
        self._timer: Timer | None = None
        self._of: Document | None = None  # the document that is shown
        self._designs: object = None
        self._go_to = ""  # the field to go to once it is shown

    def compose_body(self) -> ComposeResult:
        """Lay out the parts, their fields and the answer."""
        with Vertical(id="empty"):
            yield Static(_EMPTY, markup=False)
            for number, (_, says) in enumerate(EXAMPLES):
                yield Button(says, id=f"example-{number}", variant="primary" if not number else "default", compact=True)
            yield Button("Around the open formulation", id="around", compact=True)
            yield Button("New target: drug, carrier, site", id="new", compact=True)
            yield Button("Open a target file", id="open", compact=True)
        with Horizontal(id="work"):
            with Vertical(id="outline", classes="pane"):
                yield OptionList(id="parts", markup=False)
                yield Static("", id="state", markup=False)
            yield SectionForm(id="fields", classes="pane")
            yield Answer(id="findings", classes="pane")

    def on_mount(self) -> None:
        """Show what is open."""
        self._designs = self.formulate.state.kept.get("design", {}).get("designs", DESIGNS)
        self._repaint()

    def session_changed(self, name: str) -> None:
        """Follow the document, and what was found."""
        if name == self.SLOT:
            self._repaint()
        elif name == "formulation" and self.document is None:
            self._offer()

    @property
    def document(self) -> Document | None:
        """The target that is open."""
        return self.formulate.session.document("target")

    @property
    def found(self) -> Found | None:
        """What was found last for the target that is open."""
        return self.formulate.session.results.get("design") if self.query_one(Answer).shown is not None else None

    # what is shown

    def _offer(self) -> None:
        self.query_one("#around").display = self.formulate.session.document("formulation") is not None

    def _repaint(self) -> None:
        document = self.document
        self.query_one("#empty").display = document is None
        self.query_one("#work").display = document is not None
        if document is None:
            self._offer()
            return
        if document is not self._of:
            self._of, self._form, self._section = document, None, ("target",)
            self.remove_class("turned")
            self.query_one(Answer).clear()
            former = self.formulate.session.results.get("design")
            if former is not None and former.of == document.value:
                self.query_one(Answer).show(former.shown)
        if self.focused is None or self.query_one("#empty") in self.focused.ancestors:
            self.query_one("#parts").focus()
        self.query_one("#outline").border_title = document.name + (" *" if document.is_changed else "")
        self._show_age()
        self._judge(0.01 if self._form is None else PAUSE)

    def _judge(self, after: float) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(after, self._describe)

    def _describe(self) -> None:
        document = self.document
        if document is not None:
            content = document.value
            self.compute(jobs.describe, content, self._designs, then=lambda form: self._described(content, form),
                         group="describe", lane="live")  # fmt: skip

    def _described(self, content: Mapping[str, Any], form: Form) -> None:
        document = self.document
        if document is None or document.value != content:
            return
        self._form = form = steady(self._form, form)
        self._show_parts()
        self.query_one("#state", Static).update(state_text(content, form, self._designs))
        self.run_worker(self._show_section(), group="section", exclusive=True, exit_on_error=False)

    def _show_parts(self) -> None:
        assert self._form is not None
        parts, sections = self.query_one("#parts", OptionList), self._form.sections
        at = next((index for index, section in enumerate(sections) if section.path == self._section), None)
        if at is None:
            at = next((index for index, section in enumerate(sections) if section.path == ("limits",)), 0)
            self._section = sections[at].path
        lines = [part_line(section, self._form) for section in sections]
        with self.prevent(OptionList.OptionHighlighted):
            parts.clear_options()
            parts.add_options([Option(text) for text in lines])
            parts.highlighted = at

    def _show_age(self) -> None:
        found, document = self.found, self.document
        is_old = found is not None and document is not None and found.of != document.value
        title = "What was found, of before: the target has changed" if is_old else "What was found"
        self.query_one(Answer).border_title = title
        self.query_one(Answer).border_subtitle = "" if found is None else "^l opens a design, w writes all to files"
        self.refresh_bindings()

    @property
    def section(self) -> Section | None:
        """The part whose fields are shown."""
        if self._form is None:
            return None
        return next((item for item in self._form.sections if item.path == self._section), self._form.sections[0])

    async def _show_section(self) -> None:
        section, document, form = self.section, self.document, self._form
        if section is None or document is None or form is None:
            return
        pane = self.query_one(SectionForm)
        pane.border_title = section.title
        values: dict[str, object] = {field.place: value_at(document.value, field.path) for field in section.fields}
        if "designs" in values:
            values["designs"] = self._designs
        await pane.show(section, values, form.faults)
        if self._go_to:
            for field in pane.query(TextField):
                if field.place == self._go_to:
                    field.query("Input").first().focus()
                    self._go_to = ""

    # what is typed and chosen

    @on(OptionList.OptionHighlighted, "#parts")
    def _part_shown(self, event: OptionList.OptionHighlighted) -> None:
        if self._form is not None and event.option_index < len(self._form.sections):
            self._section = self._form.sections[event.option_index].path
            self.run_worker(self._show_section(), group="section", exclusive=True, exit_on_error=False)

    @on(OptionList.OptionSelected, "#parts")
    def _part_opened(self) -> None:
        self.query_one(SectionForm).focus_first()

    @on(TextField.Changed)
    def _typed(self, event: TextField.Changed) -> None:
        assert isinstance(event.field, TextField)
        self._take(event.field.described, event.value)

    @on(ChoiceField.Chosen)
    def _chose(self, event: ChoiceField.Chosen) -> None:
        self._take(event.field.described, event.value)

    def _take(self, field: Field, text: str) -> None:
        from formulate.form.target_changes import options_of

        document = self.document
        if document is None:
            return
        try:
            value = value_of(field, text, value_at(document.value, field.path))
        except ValueError:
            return  # the field says what is wrong; the document keeps what it had
        if field.place == "designs":
            self._designs = DESIGNS if value is None else value
            self.formulate.keep("design", designs=self._designs)
            self._judge(PAUSE)
            return
        if field.path == ("carriers",):
            value = [part.strip() for part in text.split(",") if part.strip()]
        elif field.path[-1] == "options":
            value = options_of(document.value, int(field.path[1]), text)
        self.formulate.session.change("target", with_value(document.value, field.path, value), join=field.place)

    def change(self, content: Mapping[str, Any], section: Path | None = None, go_to: str = "") -> None:
        """Take a new content, and show a part of it; go to one of its fields once it is there."""
        self._section, self._go_to = section if section is not None else self._section, go_to
        self.formulate.session.change("target", content)

    # actions

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        yield Action("Design: a list in place of a range, or a range again", self._toggle_options, "Of this choice.")
        yield Action("Design: begin from the open formulation", self._around, "Its numbers, from half to double.")
        for place in range(len(self._given)):
            page = f"design-{place + 1}"
            yield Action(f"Design: show design {place + 1}", partial(self._show_page, page))
        yield Action("Design: show the map", partial(self._show_page, MAP))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer designs to open and to save once there are some."""
        return action not in ("open_design", "save_designs", "map") or bool(self._given)

    @property
    def _given(self) -> list[dict[str, Any]]:
        shown = self.query_one(Answer).shown if self.is_mounted else None
        return shown["designs"] if shown is not None else []

    def _ask(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self.run_worker(coroutine, group="asking", exit_on_error=False)

    def _show_page(self, page: str) -> None:
        self.add_class("turned")
        self.query_one(Answer).turn_to(page)

    def action_run(self) -> None:
        """Look for designs; Escape stops it."""
        document, form = self.document, self._form
        if document is None or form is None:
            return
        if form.faults:
            self.notify(first_fault(form), title="Not searched", severity="error", markup=False)
            return
        content = document.value
        self.compute(jobs.search, content, self._designs, FRESH, then=lambda shown: self._searched(content, shown),
                     group="search", says=f"Searching {self._designs} designs")  # fmt: skip

    def _searched(self, content: Mapping[str, Any], shown: dict[str, Any]) -> None:
        document = self.document
        if document is None or document is not self._of:
            return
        self.query_one(Answer).show(shown)
        self.formulate.session.keep("design", Found(document.name, shown, b"", content))
        self._show_age()
        self.add_class("turned")
        self.query_one("#pages").focus()

    def action_turn(self) -> None:
        """Go to the answer, or back to the target."""
        if self.document is None:
            return
        at_answer = self.query_one(Answer) in (self.focused.ancestors if self.focused else ())
        self.set_class(not at_answer, "turned")
        self.query_one("#parts" if at_answer else "#pages").focus()

    def action_map(self) -> None:
        """Map the next two choices; at first show the map."""
        answer = self.query_one(Answer)
        if answer.query_one("#region").display:
            answer.next_map()
        else:
            self._show_page(MAP)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        name = str(event.button.id)
        if name.startswith("example-"):
            self.formulate.open_example(EXAMPLES[int(name.rpartition("-")[2])][0])
        elif name == "around":
            self._around()
        elif name == "new":
            self.action_new()
        elif name == "open":
            self.formulate.action_open()

    def action_new(self) -> None:
        """Begin a new target: drug, carrier, site."""
        self._ask(asking.new(self))

    def _around(self) -> None:
        """Begin from the formulation that is open on its screen."""
        formulation = self.formulate.session.document("formulation")
        if formulation is None:
            self.notify("No formulation is open.", timeout=3)
            return
        self.compute(jobs.around, formulation.value, group="around", lane="live",
                     then=lambda made: self._ask(asking.open_made(self, "target", made)))  # fmt: skip

    def action_add(self) -> None:
        """Add a limit, a carrier to choose from, or something that is free."""
        if self.document is not None:
            self._ask(asking.add(self, self.document))

    def _toggle_options(self) -> None:
        from formulate.form.target_changes import with_options

        if self.document is None or self._section is None or self._section[:1] != ("choice",):
            self.notify("Go to something that is free first.", timeout=3)
            return
        self.change(with_options(self.document.value, int(self._section[1])))

    def action_remove(self) -> None:
        """Take the choice under the cursor out; elsewhere ask which choice or limit."""
        document = self.document
        if document is None:
            return
        if self.focused is self.query_one("#parts") and self._section is not None and self._section[0:1] == ("choice",):
            self.change(with_value(document.value, self._section, None), self._section)
        else:
            self._ask(asking.remove(self, document))

    # designs that were found

    def action_open_design(self) -> None:
        """Open a design as a formulation of its own."""
        self._ask(asking.open_design(self, self._given, self.query_one(Answer).design))

    def action_save_designs(self) -> None:
        """Save every design as a formulation file, with its recipe."""
        shown = self.query_one(Answer).shown
        if shown is not None:
            self._ask(asking.save_designs(self, shown["files"]))
