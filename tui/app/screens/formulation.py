"""The formulation screen: its nest built layer by layer, and what it does while one types."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button

from formulate.form.changes import new_formulation, with_assay, with_layer, with_payload, with_route, without
from formulate.form.parts import Form, Section
from formulate.form.values import value_at, with_value
from materials.errors import FormulateError
from tui.app.filing import open_made
from tui.app.jobs import formulation as jobs
from tui.app.keys import key
from tui.app.screens.base import Action, invitation
from tui.app.screens.document_screen import Job, OutlinedScreen
from tui.app.screens.formulation_fields import SectionForm
from tui.app.screens.formulation_figures import Figures
from tui.app.screens.formulation_further import ask_further, further_actions
from tui.app.screens.formulation_parts import alike, first_fault, is_removable, only_loading, settable
from tui.app.session import Document, Found
from tui.app.widgets.dialogs import Choose
from tui.app.widgets.lines import Lines
from tui.app.widgets.options import Options
from tui.app.widgets.pick import Pick

LIVE, REFINED = 256, 2048
REST = 0.2  # s after the figures of a change before they are refined
_EMPTY = """\
Build a formulation layer by layer: what carries the drug, what holds that, where it goes and what it must reach.
Everything left open is filled from the catalog, with its band and its source."""
_METER = 18


class FormulationScreen(OutlinedScreen):
    """A nest of layers, its regimen and its target, with what it does beside it."""

    PLACE, SLOT = "formulation", "formulation"
    PAUSE = 0.04
    HELP = (
        "Build a formulation. On the left are its parts, in the middle the fields of one, on the right what it does. "
        "What you leave empty is filled from the catalog, as the line below the field says. A band is written in "
        "brackets: 40 um (30 to 55). Delete takes a part out. Ctrl+G asks for more: the plan of its studies, dose "
        "schedules, what drives its numbers, a batch."
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (120, "-broad"), (150, "-vast")]  # noqa: RUF012
    BINDINGS: ClassVar = [
        key("f8", "turn", "Figures", "formulation.figures", "Formulation: figures or fields", show=True),
        key("ctrl+n", "new", "New", "formulation.new", "Formulation: begin a new one", show=True),
        key("ctrl+l", "add_layer", "Layer", "formulation.layer", "Formulation: put a layer around", show=True),
        key("f9", "set_number", "Set", "formulation.set", "Formulation: set another number of this part", show=True),
        key("ctrl+g", "ask_more", "Ask", "formulation.ask", "Formulation: ask for plan, schedules, drivers, batch"),
        key("f12", "next_payload", "Payload", "formulation.payload", "Formulation: curves of the next payload"),
        key("delete", "remove", "Take out", "formulation.remove", "Formulation: take out a part, or what was measured"),
    ]
    CSS = """
    FormulationScreen #outline { width: 27; }
    FormulationScreen #meter { height: auto; padding-top: 1; color: $text-muted; }
    FormulationScreen #fields { width: 1fr; }
    FormulationScreen #figures { width: 1fr; display: none; }
    FormulationScreen.-broad #figures, FormulationScreen.-vast #figures { display: block; }
    FormulationScreen.-broad #figures { width: 1.4fr; }
    FormulationScreen.-vast #outline { width: 32; }
    FormulationScreen.turned #figures { display: block; }
    FormulationScreen.turned #outline, FormulationScreen.turned #fields { display: none; }
    FormulationScreen.-vast TextField {
        grid-size: 3; grid-columns: 27 14 1fr; grid-rows: auto; grid-gutter: 0 1; }
    FormulationScreen.-vast ChoiceField { grid-columns: 28 1fr; }
    FormulationScreen.-vast TextField .field-told { column-span: 1; padding-left: 0; }
    FormulationScreen.-broad #plots, FormulationScreen.-vast #plots { layout: vertical; height: 2fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._painted: Mapping[str, Any] | None = None
        self._followed = ""  # the payload whose curves are shown; that of the target where none is named
        self._payloads: list[str] = []
        self._drawn = ""
        self._refining: Timer | None = None
        self._refusal = ""  # of the figures, told once the parts are judged, which can tell more

    def compose_body(self) -> ComposeResult:
        """Lay out the parts, their fields and the figures."""
        yield from invitation(_EMPTY, ("new", "New formulation"), ("open", "Open a file"),
                              ("example", "An example: dasatinib in microspheres in a gel"))  # fmt: skip
        with Horizontal(id="work"):
            with Vertical(id="outline", classes="pane"):
                yield Options(id="parts", markup=False)
                yield Lines("", id="meter", markup=False)
            yield SectionForm(id="fields", classes="pane")
            with Figures(id="figures", classes="pane") as figures:
                figures.border_title = "What it does"

    # what is shown

    def first_part(self, sections: tuple[Section, ...]) -> int:
        """Give the payload at first, the whole where a part is gone."""
        return min(1, len(sections) - 1) if self._section is None else 0

    def took_up(self, document: Document) -> bool:
        """Begin with the payload of another formulation."""
        is_new = super().took_up(document)
        if is_new:
            self._section = self._painted = None
            self._followed = ""
        return is_new

    def judging(self, content: Mapping[str, Any]) -> Job:
        """Give what judges a formulation."""
        return jobs.describe, (content,)

    def judged(self, content: Mapping[str, Any], found: Form) -> None:
        """Show the parts and their fields, and have the figures computed."""
        form, former = found, self._form
        if form.faults and former is not None and not only_loading(form) and alike(former, form):
            form = replace(former, faults=form.faults)  # what holds elsewhere stays in sight while one types
        self._form = form
        self.show_parts()
        self._show_meter(form)
        self.show_section()
        self._tell_what_stands_in_the_way()

    def _tell_what_stands_in_the_way(self) -> None:
        form, figures, document = self._form, self.query_one(Figures), self.document
        if form is None or document is None:
            return
        if form.faults and not only_loading(form):
            figures.say(f"Not computed: {first_fault(form)}\nThe figures are of before.")
        elif form.missing:
            figures.say("\n".join([f"Not computed: {form.missing[0]}", *form.missing[1:]]))
        elif self._refusal:
            figures.say(f"Not computed: {self._refusal}")
        elif self._painted == document.value:
            figures.say_what_is_shown()

    def _judge(self) -> None:
        if self._form is None:  # the parts of what was just opened come before all else
            super()._judge()
            self._have_painted()
        else:  # while one types, one looks at the figures
            self._have_painted()
            super()._judge()

    def _have_painted(self) -> None:
        document, self._refusal = self.document, ""
        if self._refining is not None:
            self._refining.stop()
        if document is None or self._painted == document.value:
            return
        if self._followed not in self._payloads:
            self._followed = ""
        content = document.value
        self.query_one(Figures).say_it_is_computing()
        self.compute(jobs.paint, content, LIVE, False, self._followed,
                     then=lambda shown: self._paint(content, shown, False),
                     group="live", lane="live", refused=self._refused)  # fmt: skip

    def _refused(self, error: FormulateError) -> None:
        self._refusal = str(error)
        self._tell_what_stands_in_the_way()

    def _paint(self, content: Mapping[str, Any], shown: dict[str, Any], refined: bool) -> None:
        if not self.is_still(content):
            return
        shown["refined"] = refined
        self._payloads, self._drawn = [name for name, _ in shown["payloads"]], shown["payload"]
        self.query_one(Figures).paint(shown)
        self._painted = content if refined else None
        if refined:
            self.formulate.session.keep("prediction", Found(shown["title"], shown, b"", content))
        else:  # what is shown comes first, on the screen too
            self._refining = self.set_timer(REST, partial(self._refine, content))

    def _refine(self, content: Mapping[str, Any]) -> None:
        if self.is_still(content):
            self.compute(jobs.paint, content, REFINED, True, self._followed,
                         then=lambda more: self._paint(content, more, True),
                         group="refine", refused=self._refused)  # fmt: skip

    def _show_meter(self, form: Form) -> None:
        counts = form.counts
        listed = [("◆ yours", counts.get("yours", 0)), ("● sourced", counts.get("sourced", 0)),
                  ("? assumed", counts.get("assumed", 0)), ("! missing", counts.get("missing", 0))]  # fmt: skip
        total = sum(count for _, count in listed) or 1
        known = round(_METER * (listed[0][1] + listed[1][1]) / total)
        share = f"{(listed[0][1] + listed[1][1]) / total:.0%}"
        lines = [f"{'█' * known}{'░' * (_METER - known)} {share}", "of the numbers have a source"]
        lines += [f"{name:<12}{count:>4}" for name, count in listed]
        self.query_one("#meter", Lines).say("\n".join(lines))

    # actions

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        yield Action("Formulation: add a payload", self._payload, "Held by the innermost layer.")
        yield Action("Formulation: add an assay of this layer", self._add_assay, "What HPLC found of a batch.")
        yield Action("Formulation: give it by a further route", self._add_route)
        yield from further_actions(self.formulate)

    def action_ask_more(self) -> None:
        """Ask for more than its figures: the answer is read on the report screen."""
        if self.document is not None:
            self.ask(ask_further(self.formulate))

    def action_next_payload(self) -> None:
        """Show the curves of the next payload."""
        document = self.document
        if document is None or len(self._payloads) < 2:
            self.notify("There is one payload.", timeout=3)
            return
        at = self._payloads.index(self._drawn)
        self._followed = self._payloads[(at + 1) % len(self._payloads)]
        self._painted = None
        self.judge()

    def action_turn(self) -> None:
        """Show the figures alone, or the fields again."""
        self.toggle_class("turned")
        if self.has_class("turned"):
            self.query_one("#figures").query("KeyedTable").first().focus()
        else:
            self.query_one("#parts").focus()

    @on(Button.Pressed, "#new")
    def action_new(self) -> None:
        """Begin a new formulation: drug, carrier, site."""
        self.ask(self._new())

    @on(Button.Pressed, "#example")
    def _example(self) -> None:
        self.formulate.open_example("dasatinib-microspheres-in-gel.toml")

    async def _choices(self) -> dict[str, list[tuple[str, str]]]:
        return await self.formulate.computing.run(jobs.choices, lane="live")

    async def _new(self) -> None:
        parts = await self.pick_parts()
        if parts is not None:
            await open_made(self.formulate, "formulation", new_formulation(*parts))

    def action_add_layer(self) -> None:
        """Put a layer around all others."""
        if self.document is not None:
            self.ask(self._add_layer())

    async def _add_layer(self) -> None:
        answer = await self.app.push_screen_wait(Pick("Around it all", (await self._choices())["carrier"]))
        if answer is not None and self.document is not None:
            count = len(value_at(self.document.value, ("layer",)) or ())
            self.change(with_layer(self.document.value, str(answer)), ("layer", count))

    def _payload(self) -> None:
        if self.document is not None:
            self.ask(self._add_payload())

    async def _add_payload(self) -> None:
        answer = await self.app.push_screen_wait(Pick("A further payload", (await self._choices())["payload"]))
        if answer is not None and self.document is not None:
            count = len(value_at(self.document.value, ("payload",)) or ())
            self.change(with_payload(self.document.value, str(answer)), ("payload", count))

    def _add_assay(self) -> None:
        if self.document is None or self._section is None or self._section[:1] != ("layer",):
            self.notify("Choose a layer first.", timeout=3)
            return
        self.change(with_assay(self.document.value, int(self._section[1])))

    def _add_route(self) -> None:
        if self.document is not None:
            self.change(with_route(self.document.value), ("regimen",))

    def action_set_number(self) -> None:
        """Set a number of this part that has no field yet."""
        if self.document is not None:
            self.ask(self._set_number())

    async def _set_number(self) -> None:
        document, section = self.document, self.section
        if document is None or section is None:
            return
        subject, path = settable(section, document.value)
        if not subject:
            self.notify("Choose a payload, a layer or the site first.", timeout=3)
            return
        listed = await self.formulate.computing.run(jobs.settable, subject, lane="live")
        answer = await self.app.push_screen_wait(Pick(f"Set a number of {subject}", listed))
        if answer is None:
            return
        shown = (*path, str(answer))
        if all(field.path != shown for field in section.fields):
            self.change(with_value(document.value, shown, ""))

    def action_remove(self) -> None:
        """Take the part under the cursor out; from elsewhere ask which."""
        document, form = self.document, self._form
        if document is None or form is None:
            return
        if self.focused is not self.query_one("#parts"):
            self.ask(self._remove(form))
        elif self._section is not None and is_removable(self._section):
            self.change(without(document.value, self._section), ())
        else:
            self.notify("Payloads, layers and what was measured of them can be taken out.", timeout=3)

    async def _remove(self, form: Form) -> None:
        parts = [section for section in form.sections if is_removable(section.path)]
        lines = [(str(place), f"{part.title}  {part.told}") for place, part in enumerate(parts)]
        answer = await self.app.push_screen_wait(Choose("Take out", lines))
        if answer is not None and self.document is not None:
            self.change(without(self.document.value, parts[int(answer)].path), ())
