"""The design screen: what must hold, what is free, and the designs that hold it with how surely they do."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from formulate.form.parts import Field, Form, Section
from formulate.form.values import with_value
from tui.app.jobs import design as jobs
from tui.app.keys import key
from tui.app.screens import design_asking as asking
from tui.app.screens.base import WIDE, Action, invitation
from tui.app.screens.design_answer import MAP, Answer
from tui.app.screens.design_state import first_fault, state_text, steady
from tui.app.screens.document_screen import Job, OutlinedScreen
from tui.app.screens.formulation_fields import SectionForm, TextField
from tui.app.session import Document, Found
from tui.app.widgets.options import Options

DESIGNS, FRESH = 512, 1024
BROAD = 130  # columns from which on parts, fields and answer stand side by side
EXAMPLES = (
    ("triamcinolone-design.toml", "Two weeks of triamcinolone in a knee: microspheres or crystals"),
    ("bmp2-gel-design.toml", "Two weeks of BMP-2 from a gel in a nonunion"),
    ("triamcinolone-suspension-design.toml", "Four weeks from crystals: what cannot be met"),
)
_EMPTY = """\
What has to be made to hold a level for so long, within limits? Say what must hold and what is free: the search gives
designs that hold it, with how surely they do, or says what stands in the way."""


class DesignScreen(OutlinedScreen):
    """A target with its limits and choices, and what the search for designs found."""

    PLACE, SLOT = "design", "target"
    HELP = (
        "From what must hold to what to make. On the left are the parts of the target, in the middle the fields of "
        "one, on the right what the search found. F9 adds a limit or something that is free, Delete takes the part "
        "under the cursor out. Ctrl+G searches, Escape stops it."
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (BROAD, "-broad")]  # noqa: RUF012
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
    DesignScreen #outline { width: 30; }
    DesignScreen #state { height: auto; max-height: 8; padding-top: 1; color: $text-muted; }
    DesignScreen #fields { width: 1fr; }
    DesignScreen #findings { width: 1fr; display: none; }
    DesignScreen.-wide #outline, DesignScreen.-broad #outline { width: 34; }
    DesignScreen.-broad #fields { width: 46; }
    DesignScreen.-broad #findings { display: block; }
    DesignScreen.turned #findings { display: block; width: 1fr; }
    DesignScreen.-narrow.turned #outline, DesignScreen.-narrow.turned #fields { display: none; }
    DesignScreen.-wide.turned #fields { display: none; }
    DesignScreen.-broad.-tall .found #region { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._wished: object = None  # how many designs are wished; none: as many as usual
        self._go_to = ""  # the field to go to once it is shown

    def compose_body(self) -> ComposeResult:
        """Lay out the parts, their fields and the answer."""
        shipped = [(f"example-{number}", says) for number, (_, says) in enumerate(EXAMPLES)]
        yield from invitation(_EMPTY, *shipped, ("around", "Around the open formulation"),
                              ("new", "New target: drug, carrier, site"), ("open", "Open a target file"))  # fmt: skip
        with Horizontal(id="work"):
            with Vertical(id="outline", classes="pane"):
                yield Options(id="parts", markup=False)
                yield Static("", id="state", markup=False)
            yield SectionForm(id="fields", classes="pane")
            yield Answer(id="findings", classes="pane")

    def on_mount(self) -> None:
        """Look up how many designs were wished last."""
        self._wished = self.formulate.state.kept.get("design", {}).get("designs")

    def session_changed(self, name: str) -> None:
        """Follow the document, and what was found."""
        super().session_changed(name)
        if name == "formulation" and self.document is None:
            self.emptied()

    @property
    def found(self) -> Found | None:
        """What was found last for the target that is open."""
        return self.formulate.session.results.get("design") if self.query_one(Answer).shown is not None else None

    # what is shown

    def emptied(self) -> None:
        """Offer to begin around the open formulation where there is one."""
        self.query_one("#around").display = self.formulate.session.document("formulation") is not None

    def took_up(self, document: Document) -> bool:
        """Begin with the aim where the target is another one, and show what was found of it before."""
        is_new = super().took_up(document)
        if is_new:
            self._section = ("target",)
            self.remove_class("turned")
            self.query_one(Answer).clear()
            former = self.formulate.session.results.get("design")
            if former is not None and former.of == document.value:
                self.query_one(Answer).show(former.shown)
        self._show_age()
        return is_new

    def first_part(self, sections: tuple[Section, ...]) -> int:
        """Give the limits where a part is gone."""
        return next((place for place, section in enumerate(sections) if section.path == ("limits",)), 0)

    def judging(self, content: Mapping[str, Any]) -> Job:
        """Give what judges a target."""
        return jobs.describe, (content, self._designs)

    def judged(self, content: Mapping[str, Any], found: Form) -> None:
        """Show the parts and their fields, and whether the target can be searched."""
        self._form = form = steady(self._form, found)
        self.show_parts()
        self.query_one("#state", Static).update(state_text(content, form, self._designs))
        self.show_section()

    def _show_age(self) -> None:
        found, document = self.found, self.document
        is_old = found is not None and document is not None and found.of != document.value
        title = "What was found, of before: the target has changed" if is_old else "What was found"
        self.query_one(Answer).border_title = title
        self.query_one(Answer).border_subtitle = "" if found is None else "^l opens a design, w writes all to files"
        self.refresh_bindings()

    async def _show_section(self) -> None:
        await super()._show_section()
        if self._go_to:
            for field in self.query_one(SectionForm).query(TextField):
                if field.place == self._go_to:
                    field.query("Input").first().focus()
                    self._go_to = ""

    @property
    def _designs(self) -> object:
        return DESIGNS if self._wished is None else self._wished

    def values(self, section: Section, content: Mapping[str, Any]) -> dict[str, object]:
        """Give what the fields hold; how many designs are wished is kept beside the target."""
        held = super().values(section, content)
        return {**held, "designs": self._wished} if "designs" in held else held

    def take(self, document: Document, field: Field, value: Any) -> None:
        """Put what was typed into the target; how many designs are wished is kept beside it."""
        from formulate.form.target_changes import options_of

        if field.place == "designs":
            self._wished = value
            self.formulate.keep("design", designs=value)
            self.judge()
            return
        if field.path[-1] == "options":
            value = options_of(document.value, int(field.path[1]), value or "")
        super().take(document, field, value)

    def go_to(self, place: str) -> None:
        """Go to a field once it is shown."""
        self._go_to = place

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
                     group="search", says="Searching for designs", told=self.query_one(Answer).tell)  # fmt: skip
        self.call_after_refresh(self.query_one(Answer).begin)

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

    def action_new(self) -> None:
        """Begin a new target: drug, carrier, site."""
        self.ask(asking.new(self))

    def _around(self) -> None:
        """Begin from the formulation that is open on its screen."""
        formulation = self.formulate.session.document("formulation")
        if formulation is None:
            self.notify("No formulation is open.", timeout=3)
            return
        self.compute(jobs.around, formulation.value, group="around", lane="live",
                     then=lambda made: self.ask(asking.open_target(self, made)))  # fmt: skip

    def action_add(self) -> None:
        """Add a limit, a carrier to choose from, or something that is free."""
        if self.document is not None:
            self.ask(asking.add(self, self.document))

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
            self.ask(asking.remove(self, document))

    # designs that were found

    def action_open_design(self) -> None:
        """Open a design as a formulation of its own."""
        self.ask(asking.open_design(self, self._given, self.query_one(Answer).design))

    def action_save_designs(self) -> None:
        """Save every design as a formulation file, with its recipe."""
        shown = self.query_one(Answer).shown
        if shown is not None:
            self.ask(asking.save_designs(self, shown["files"]))
