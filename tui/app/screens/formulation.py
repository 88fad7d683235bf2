"""The formulation screen: its nest built layer by layer, and what it does while one types."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from formulate.form.changes import new_formulation, with_assay, with_layer, with_payload, with_route, without
from formulate.form.parts import Field, Form, Path, Section
from formulate.form.values import value_at, with_value
from materials.errors import FormulateError
from tui.app.jobs import formulation as jobs
from tui.app.keys import key
from tui.app.screens.base import Action, AppScreen
from tui.app.screens.formulation_fields import ChoiceField, SectionForm, TextField, part_line, value_of
from tui.app.screens.formulation_figures import Figures
from tui.app.session import Document, Found
from tui.app.widgets.pick import Pick

LIVE, REFINED = 256, 2048
PAUSE = 0.08  # s after a change before it is computed
_EMPTY = """\
Build a formulation layer by layer: what carries the drug, what holds that, where it goes and what it must reach.
Everything left open is filled from the catalog, with its band and its source."""
_METER = 20


class FormulationScreen(AppScreen):
    """A nest of layers, its regimen and its target, with what it does beside it."""

    PLACE, SLOT = "formulation", "formulation"
    HELP = (
        "Build a formulation. On the left are its parts, in the middle the fields of one, on the right what it does. "
        "What you leave empty is filled from the catalog, as the line below the field says. A band is written in "
        "brackets: 40 um (30 to 55). Delete takes a part out."
    )
    BINDINGS: ClassVar = [
        key("f8", "turn", "Figures", "formulation.figures", "Formulation: figures or fields", show=True),
        key("ctrl+n", "new", "New", "formulation.new", "Formulation: begin a new one", show=True),
        key("ctrl+l", "add_layer", "Layer", "formulation.layer", "Formulation: put a layer around", show=True),
        key("f9", "set_number", "Set", "formulation.set", "Formulation: set another number of this part", show=True),
    ]
    CSS = """
    FormulationScreen #empty { align: center middle; height: 1fr; }
    FormulationScreen #empty Static { width: 64; height: auto; padding-bottom: 1; }
    FormulationScreen #empty Button { margin-bottom: 1; }
    FormulationScreen #work { height: 1fr; }
    FormulationScreen #outline { width: 27; }
    FormulationScreen #parts { height: auto; max-height: 1fr; }
    FormulationScreen #meter { height: auto; padding-top: 1; color: $text-muted; }
    FormulationScreen #fields { width: 1fr; }
    FormulationScreen #figures { width: 1fr; display: none; }
    FormulationScreen.-wide #figures { display: block; }
    FormulationScreen.-wide #outline { width: 32; }
    FormulationScreen.turned #figures { display: block; }
    FormulationScreen.turned #outline, FormulationScreen.turned #fields { display: none; }
    FormulationScreen #parts { text-wrap: nowrap; text-overflow: ellipsis; }
    FormulationScreen TextField, FormulationScreen ChoiceField {
        layout: grid; grid-size: 2; grid-columns: 22 1fr; height: auto; grid-rows: 1 auto; }
    FormulationScreen.-wide TextField, FormulationScreen.-wide ChoiceField {
        grid-size: 3; grid-columns: 27 14 1fr; grid-rows: auto; grid-gutter: 0 1; }
    FormulationScreen.-wide ChoiceField { grid-columns: 27 1fr 2; }
    FormulationScreen .field-label { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    FormulationScreen .field-told { column-span: 2; padding-left: 2; height: auto; color: $text-muted; }
    FormulationScreen.-wide .field-told { column-span: 1; padding-left: 0; }
    FormulationScreen .wrong .field-told { color: $error; }
    FormulationScreen.-wide #plots { layout: vertical; height: 2fr; }
    FormulationScreen .section-told { height: auto; color: $error; padding-bottom: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._form: Form | None = None
        self._section: Path | None = None
        self._timer: Timer | None = None
        self._painted: Mapping[str, Any] | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the parts, their fields and the figures."""
        with Vertical(id="empty"):
            yield Static(_EMPTY, markup=False)
            yield Button("New formulation", id="new", variant="primary", compact=True)
            yield Button("Open a file", id="open", compact=True)
            yield Button("An example: dasatinib in microspheres in a gel", id="example", compact=True)
        with Horizontal(id="work"):
            with Vertical(id="outline", classes="pane"):
                yield OptionList(id="parts", markup=False)
                yield Static("", id="meter", markup=False)
            yield SectionForm(id="fields", classes="pane")
            with Figures(id="figures", classes="pane") as figures:
                figures.border_title = "What it does"

    def on_mount(self) -> None:
        """Show what is open."""
        self._repaint()

    def session_changed(self, name: str) -> None:
        """Follow the document."""
        if name == self.SLOT:
            self._repaint()

    @property
    def document(self) -> Document | None:
        """The formulation that is open."""
        return self.formulate.session.document("formulation")

    # what is shown

    def _repaint(self) -> None:
        document = self.document
        self.query_one("#empty").display = document is None
        self.query_one("#work").display = document is not None
        if document is None:
            return
        if self.focused is None or self.query_one("#empty") in self.focused.ancestors:
            self.query_one("#parts").focus()
        self.query_one("#outline").border_title = document.name + (" *" if document.is_changed else "")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(0.01 if self._form is None else PAUSE, self._describe)

    def _describe(self) -> None:
        document = self.document
        if document is not None:
            content = document.value
            self.compute(jobs.describe, content, then=lambda form: self._described(content, form), group="describe",
                         lane="live")  # fmt: skip

    def _described(self, content: Mapping[str, Any], form: Form) -> None:
        document = self.document
        if document is None or document.value != content:
            return
        former = self._form
        if form.faults and former is not None and not _only_loading(form) and _alike(former, form):
            form = replace(former, faults=form.faults)  # what holds elsewhere stays in sight while one types
        self._form = form
        self._show_parts()
        self._show_meter(form)
        self.run_worker(self._show_section(), group="section", exclusive=True, exit_on_error=False)
        figures = self.query_one(Figures)
        if form.faults and not _only_loading(form):
            figures.say(f"Not computed: {_first_fault(form)}\nThe figures are of before.")
            return
        if form.missing:
            figures.say(f"Not computed: {form.missing[0]}")
            return
        if self._painted == content:
            return
        figures.say("computing")
        self.compute(jobs.paint, content, LIVE, False, then=lambda shown: self._paint(content, shown, False),
                     group="live", lane="live", refused=self._refused)  # fmt: skip

    def _refused(self, error: FormulateError) -> None:
        self.query_one(Figures).say(f"Not computed: {error}")

    def _paint(self, content: Mapping[str, Any], shown: dict[str, Any], refined: bool) -> None:
        document = self.document
        if document is None or document.value != content:
            return
        shown["refined"] = refined
        self.query_one(Figures).paint(shown)
        if refined:
            self._painted = content
            self.formulate.session.keep("prediction", Found(shown["title"], shown, b"", content))
        else:
            self.compute(jobs.paint, content, REFINED, True, then=lambda more: self._paint(content, more, True),
                         group="refine", refused=self._refused)  # fmt: skip

    def _show_parts(self) -> None:
        assert self._form is not None
        parts = self.query_one("#parts", OptionList)
        sections = self._form.sections
        at = next((index for index, section in enumerate(sections) if section.path == self._section), None)
        if at is None:
            at = min(1, len(sections) - 1) if self._section is None else 0
            self._section = sections[at].path
        options = [part_line(section, self._form) for section in sections]
        with self.prevent(OptionList.OptionHighlighted):
            parts.clear_options()
            parts.add_options([Option(text) for text in options])
            parts.highlighted = at

    def _show_meter(self, form: Form) -> None:
        counts = form.counts
        listed = [("◆ yours", counts.get("yours", 0)), ("● sourced", counts.get("sourced", 0)),
                  ("? assumed", counts.get("assumed", 0)), ("! missing", counts.get("missing", 0))]  # fmt: skip
        total = sum(count for _, count in listed) or 1
        known = round(_METER * (listed[0][1] + listed[1][1]) / total)
        share = f"{(listed[0][1] + listed[1][1]) / total:.0%}"
        lines = [f"{'█' * known}{'░' * (_METER - known)} {share}", "of the numbers have a source"]
        lines += [f"{name:<12}{count:>4}" for name, count in listed]
        self.query_one("#meter", Static).update("\n".join(lines))

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
        values = {field.place: value_at(document.value, field.path) for field in section.fields}
        await pane.show(section, values, form.faults)

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
        document = self.document
        if document is None:
            return
        try:
            value = value_of(field, text, value_at(document.value, field.path))
        except ValueError:
            return  # the field says what is wrong; the document keeps what it had
        changed = with_value(document.value, field.path, value)
        self.formulate.session.change("formulation", changed, join=field.place)

    def _change(self, content: dict[str, Any], section: Path | None = None) -> None:
        self._section = section if section is not None else self._section
        self.formulate.session.change("formulation", content)

    # actions

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers beyond the keys."""
        yield Action("Formulation: add a payload", self._later(self._add_payload), "Held by the innermost layer.")
        yield Action("Formulation: add an assay of this layer", self._add_assay, "What HPLC found of a batch.")
        yield Action("Formulation: give it by a further route", self._add_route)
        yield Action("Formulation: take this part out", self.action_remove)

    def _later(self, coroutine: Any) -> Any:
        return lambda: self.run_worker(coroutine(), group="asking", exit_on_error=False)

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
        self.run_worker(self._new(), group="asking", exit_on_error=False)

    @on(Button.Pressed, "#open")
    def _open(self) -> None:
        self.formulate.action_open()

    @on(Button.Pressed, "#example")
    def _example(self) -> None:
        self.formulate.open_example("dasatinib-microspheres-in-gel.toml")

    async def _choices(self) -> dict[str, list[tuple[str, str]]]:
        return await self.formulate.computing.run(jobs.choices, lane="live")

    async def _new(self) -> None:
        from tui.app.filing import may_replace

        listed = await self._choices()
        chosen = []
        for kind, title in (("payload", "Which drug?"), ("carrier", "In which carrier?"), ("site", "Where?")):
            answer = await self.app.push_screen_wait(Pick(title, listed[kind]))
            if answer is None:
                return
            chosen.append(str(answer))
        made = Document("formulation", new_formulation(*chosen))
        made.saved = {}
        if await may_replace(self.formulate, made):
            self._form, self._section, self._painted = None, ("payload", 0), None
            self.formulate.open_document(made)

    def action_add_layer(self) -> None:
        """Put a layer around all others."""
        if self.document is not None:
            self.run_worker(self._add_layer(), group="asking", exit_on_error=False)

    async def _add_layer(self) -> None:
        answer = await self.app.push_screen_wait(Pick("Around it all", (await self._choices())["carrier"]))
        if answer is not None and self.document is not None:
            count = len(value_at(self.document.value, ("layer",)) or ())
            self._change(with_layer(self.document.value, str(answer)), ("layer", count))

    async def _add_payload(self) -> None:
        answer = await self.app.push_screen_wait(Pick("A further payload", (await self._choices())["payload"]))
        if answer is not None and self.document is not None:
            count = len(value_at(self.document.value, ("payload",)) or ())
            self._change(with_payload(self.document.value, str(answer)), ("payload", count))

    def _add_assay(self) -> None:
        if self.document is None or self._section is None or self._section[:1] != ("layer",):
            self.notify("Choose a layer first.", timeout=3)
            return
        self._change(with_assay(self.document.value, int(self._section[1])))

    def _add_route(self) -> None:
        if self.document is not None:
            self._change(with_route(self.document.value), ("regimen",))

    def action_set_number(self) -> None:
        """Set a number of this part that has no field yet."""
        if self.document is not None:
            self.run_worker(self._set_number(), group="asking", exit_on_error=False)

    async def _set_number(self) -> None:
        document, section = self.document, self.section
        if document is None or section is None:
            return
        subject, path = _settable(section, document.value)
        if not subject:
            self.notify("Choose a payload, a layer or the site first.", timeout=3)
            return
        listed = await self.formulate.computing.run(jobs.settable, subject, lane="live")
        answer = await self.app.push_screen_wait(Pick(f"Set a number of {subject}", listed))
        if answer is None:
            return
        shown = (*path, str(answer))
        if all(field.path != shown for field in section.fields):
            self._change(with_value(document.value, shown, ""))

    def action_remove(self) -> None:
        """Take this part out."""
        document = self.document
        if document is None or self._section is None or self._section[:1] not in (("payload",), ("layer",)):
            self.notify("Payloads and layers can be taken out.", timeout=3)
            return
        self._change(without(document.value, self._section), ())

    def key_delete(self) -> None:
        """Take the part under the cursor out."""
        if self.focused is self.query_one("#parts"):
            self.action_remove()


def _settable(section: Section, content: Mapping[str, Any]) -> tuple[str, Path]:
    """Give the entry that a part is of, and where what is set of it stands."""
    if section.path[:1] == ("payload",):
        return str(value_at(content, (*section.path, "id")) or ""), (*section.path, "set")
    if section.path[:1] == ("layer",):
        return str(value_at(content, (*section.path, "carrier")) or ""), (*section.path, "set")
    if section.path[:1] == ("regimen",):
        return str(value_at(content, ("regimen", "site")) or ""), ("regimen", "set")
    return "", ()


def _only_loading(form: Form) -> bool:
    """Tell whether what stands in the way is only of release and retention: the loading is shown all the same."""
    return all(place == "payload" and "not computed" in problem for place, problem in form.faults.items())


def _alike(former: Form, form: Form) -> bool:
    """Tell whether two forms have the same parts."""
    return [item.path for item in former.sections] == [item.path for item in form.sections]


def _first_fault(form: Form) -> str:
    place, problem = next(iter(form.faults.items()))
    return f"{place}: {problem}" if place else problem
