"""The catalog: what is known, with its band, its conditions, its source and how well it is known."""

from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Static

from tui.app.keys import key
from tui.app.screens import catalog_list
from tui.app.screens.base import Action, AppScreen
from tui.app.screens.catalog_tables import bring_in, write_tables
from tui.app.widgets.badges import MEANING
from tui.app.widgets.choices import Choices
from tui.app.widgets.reading import Reading, paragraph
from tui.app.widgets.table import FilterField, KeyedTable

if TYPE_CHECKING:  # models are imported once the catalog is read, after the first paint
    from materials.cards import Cards
    from materials.catalog import Catalog
    from materials.schema import Entry

PAGES = (
    ("values", "Values"),
    ("said", "For, against"),
    ("conflicts", "Conflicts"),
    ("studies", "Studies"),
    ("about", "About"),
)
REST = 0.06  # s that the cursor rests on an entry before it is shown
MOST_MARKED = 6


class CatalogScreen(AppScreen):
    """Lists on the left, one entry on the right."""

    PLACE = "catalog"
    HELP = (
        "The catalog: carriers, payloads, sites, methods and studies. 1 to 5, or < and >, change the list; the arrow "
        "keys left and right turn the pages of the entry, Tab goes to it. / filters by words, n by class, site, "
        "evidence, stage of study or property. Space marks entries, c puts the marked ones side by side. "
        "e sets values of your own over an entry, a adds an entry.\n\n" + MEANING
    )
    BINDINGS: ClassVar = [
        key("slash", "filter", "Filter", "catalog.filter", "Catalog: filter by words", show=True),
        key("space", "mark", "Mark", "catalog.mark", "Catalog: mark the entry for side by side", show=True),
        key("c", "compare", "Compare", "catalog.compare", "Catalog: marked entries side by side", show=True),
        key("e", "edit", "Your values", "catalog.edit", "Catalog: set values of your own over the entry", show=True),
        key("n", "narrow", "Narrow", "catalog.narrow", "Catalog: narrow the list by a condition"),
        key("a", "add", "Add", "catalog.add", "Catalog: add an entry of your own"),
        key("x", "unmark", "Unmark", "catalog.unmark", "Catalog: take all marks away"),
        key("left", "page(-1)", "Page before", "catalog.page_before", "Catalog: page of the entry before"),
        key("right", "page(1)", "Next page", "catalog.page_next", "Catalog: next page of the entry"),
        key("less_than_sign", "turn(-1)", "List before", "catalog.list_before", "Catalog: list before"),
        key("greater_than_sign", "turn(1)", "Next list", "catalog.list_next", "Catalog: next list"),
        *(
            key(str(number), f"kind('{kind}')", title, f"catalog.{kind}", f"Catalog: list of {title.lower()}")
            for number, (kind, title) in enumerate(catalog_list.KINDS, start=1)
        ),
    ]
    CSS = """
    CatalogScreen #entries-pane, CatalogScreen #entry-pane { width: 1fr; }
    CatalogScreen.-wide #entries-pane { width: 11fr; }
    CatalogScreen.-wide #entry-pane { width: 10fr; }
    .-tall #words { margin-bottom: 1; }
    CatalogScreen #filter-told { height: auto; color: $error; }
    CatalogScreen #entry-class { color: $text-muted; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.cards: Cards | None = None
        self.catalog: Catalog | None = None
        self.kind = "carrier"
        self.marked: dict[str, list[str]] = {kind: [] for kind, _ in catalog_list.KINDS}
        self.filters: dict[str, str] = {}
        self.rows: dict[str, str] = {}  # the entry the cursor was on, by kind
        self.page = "values"
        self.shown: tuple[str | None, str] = (None, "")  # the entry and the page that are read now
        self._rest: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out list and entry."""
        with Horizontal():
            with Vertical(id="entries-pane", classes="pane"):
                yield Choices([(kind, title) for kind, title in catalog_list.KINDS], id="kinds")
                yield FilterField(self.filter_now, "/ filter by words", id="words")
                yield Static("", id="filter-told", markup=False)
                yield KeyedTable(id="entries")
            with Vertical(id="entry-pane", classes="pane"):
                yield Static("", id="entry-class", markup=False)
                yield Choices(PAGES, id="pages")
                yield Reading(id="entry")

    def on_mount(self) -> None:
        """Show the list that was shown last, as soon as it is read."""
        kept = self.formulate.state.kept.get("catalog", {})
        if str(kept.get("kind")) in self.marked:
            self.kind = kept["kind"]
        if isinstance(kept.get("filters"), dict):
            self.filters = {kind: str(text) for kind, text in kept["filters"].items() if kind in self.marked}
        self.query_one("#entry-pane").border_title = "Entry"
        self.query_one("#entry", Reading).show([paragraph(("reading the catalog …", "muted"))])
        self.query_one(FilterField).value = self.filters.get(self.kind, "")
        self.query_one("#kinds", Choices).choose(self.kind)
        self.query_one(KeyedTable).focus()
        self.call_after_refresh(self.read_anew)  # what is read would hold up the first paint

    async def _read(self, at: str) -> None:
        self.cards = await self.formulate.knowledge.cards()
        self.rows[self.kind] = at or self.rows.get(self.kind, "")
        self._list()
        self.catalog = await self.formulate.knowledge.catalog()
        self._show_entry()
        if self.formulate.knowledge.problem:
            told = f"{self.formulate.knowledge.problem}\nYour files are left out until this is put right."
            self.notify(told, title="Your catalog files", severity="error", timeout=30, markup=False)

    def read_anew(self, at: str = "") -> None:
        """Read the catalog again after a file of the user changed, the cursor on an entry."""
        self.run_worker(self._read(at), group="catalog", exclusive=True)

    # the list

    def filter_now(self, text: str) -> None:
        """Show what a filter leaves, and remember it."""
        if self.filters.get(self.kind, "") != text:
            self.filters[self.kind] = text
            self.formulate.keep("catalog", filters=self.filters)
            self._list()

    def _list(self) -> None:
        if self.cards is None:
            return
        text = self.filters.get(self.kind, "")
        cards, problem = catalog_list.found(self.cards, self.kind, text)
        shown = catalog_list.columns(self.kind, self.query_one(KeyedTable).content_region.width - 2)
        self.query_one("#filter-told", Static).update(problem)
        self.query_one("#filter-told").display = bool(problem)
        self.query_one("#entries-pane").border_title = catalog_list.title(self.cards, self.kind, len(cards), text)
        table = self.query_one(KeyedTable)
        table.marked = frozenset(self.marked[self.kind])
        table.show((catalog_list.line(card, shown) for card in cards), shown, self.rows.get(self.kind))
        self._tell_marks()

    def on_resize(self, event: Resize) -> None:
        """Give the list the columns there is room for."""
        self.call_after_refresh(self._list)

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterField).focus()

    def action_kind(self, kind: str) -> None:
        """Show the list of another kind, with its own filter."""
        self.query_one("#kinds", Choices).choose(kind)
        self.kind = kind
        self.formulate.keep("catalog", kind=kind)
        with self.prevent(FilterField.Changed):
            self.query_one(FilterField).value = self.filters.get(kind, "")
        self._list()
        self.query_one(KeyedTable).focus()

    def action_turn(self, by: int) -> None:
        """Show the next list, or the one before."""
        kinds = [kind for kind, _ in catalog_list.KINDS]
        self.action_kind(kinds[(kinds.index(self.kind) + by) % len(kinds)])

    @on(Choices.Chosen, "#kinds")
    def _kind_chosen(self, event: Choices.Chosen) -> None:
        self.action_kind(event.id)

    def action_narrow(self) -> None:
        """Ask for a condition and put it into the filter."""
        self.run_worker(self._narrow(), group="filing", exclusive=True)

    async def _narrow(self) -> None:
        from tui.app.widgets.dialogs import Choose

        if self.cards is None:
            return
        lines = [
            (name, name) for name in catalog_list.CONDITIONS if catalog_list.values_of(self.cards, self.kind, name)
        ]
        condition = await self.app.push_screen_wait(Choose("Narrow by", lines))
        if condition is None:
            return
        values = catalog_list.values_of(self.cards, self.kind, condition)
        value = await self.app.push_screen_wait(
            Choose(f"{condition}", [(name, f"{count:>4}  {name}") for name, count in values])
        )
        if value is None:
            return
        rest = [part for part in self.filters.get(self.kind, "").split() if not part.startswith(f"{condition}:")]
        field = self.query_one(FilterField)
        field.value = " ".join([f"{condition}:{value}", *rest])
        field.read_now()
        self.query_one(KeyedTable).focus()

    # marks

    def action_mark(self) -> None:
        """Mark the entry under the cursor, or take its mark away."""
        table = self.query_one(KeyedTable)
        marked = self.marked[self.kind]
        if table.current is None:
            return
        if table.current in marked:
            marked.remove(table.current)
        elif len(marked) == MOST_MARKED:
            self.notify(f"At most {MOST_MARKED} can stand side by side.", timeout=3)
            return
        else:
            marked.append(table.current)
        table.mark(marked)
        table.action_cursor_down()
        self._tell_marks()

    def action_unmark(self) -> None:
        """Take all marks of this list away."""
        self.marked[self.kind].clear()
        self.query_one(KeyedTable).mark(())
        self._tell_marks()

    def _tell_marks(self) -> None:
        count = len(self.marked[self.kind])
        self.query_one("#entries-pane").border_subtitle = f"✓ {count} marked" if count else ""

    def action_compare(self) -> None:
        """Put the marked entries side by side."""
        if self.catalog is None:
            return
        marked = [identifier for identifier in self.marked[self.kind] if identifier in self.catalog.kind(self.kind)]
        if len(marked) < 2:
            self.notify("Mark two entries or more with Space.", timeout=3)
            return
        from tui.app.screens.catalog_beside import SideBySide

        self.app.push_screen(SideBySide(self.catalog, marked))

    # the entry

    @property
    def entry(self) -> "Entry | None":
        """The entry under the cursor."""
        current = self.query_one(KeyedTable).current
        return self.catalog.kind(self.kind).get(current) if self.catalog is not None and current else None

    @on(KeyedTable.Landed)
    def _landed(self, event: KeyedTable.Landed) -> None:
        if event.id is not None:
            self.rows[self.kind] = event.id
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._show_entry)

    @on(KeyedTable.Chosen)
    def _opened(self) -> None:
        self.query_one(Reading).focus()

    def _show_entry(self, *, keep_place: bool = False) -> None:
        if self.catalog is None:
            return
        from tui.app.screens import catalog_detail

        entry, reading = self.entry, self.query_one(Reading)
        self.shown = (entry.id if entry else None, self.page)
        pane = self.query_one("#entry-pane")
        pages = self.query_one("#pages", Choices)
        if entry is None:
            pane.border_title = "Entry"
            self.query_one("#entry-class", Static).update("")
            pages.count({})
            reading.show([paragraph(("No entry fits. Esc in the filter empties it.", "muted"))])
            return
        pane.border_title = entry.name
        pane.border_subtitle = entry.id
        self.query_one("#entry-class", Static).update(catalog_detail.headline(self.catalog, entry))
        pages.count(catalog_detail.counts(self.catalog, entry))
        pages.choose(self.page)
        reading.show(catalog_detail.page(self.catalog, entry, self.page), keep_place=keep_place)

    def action_page(self, by: int) -> None:
        """Turn the pages of the entry."""
        names = [name for name, _ in PAGES]
        self.page = names[(names.index(self.page) + by) % len(names)]
        self._show_entry()

    @on(Choices.Chosen, "#pages")
    def _page_chosen(self, event: Choices.Chosen) -> None:
        self.page = event.id
        self._show_entry()

    def actions(self) -> Iterable[Action]:
        """Offer the entry as text."""
        yield Action("Catalog: copy the entry as text", self.copy_entry, "where the terminal allows it")
        yield Action("Catalog: write the entry to a file", self.write_entry, "all of its pages, as plain text")
        yield Action(
            "Catalog: export it as tables", partial(self._ask, write_tables), "xlsx, json, or one table as csv"
        )
        yield Action(
            "Catalog: bring in values of a table", partial(self._ask, bring_in), "id, property, unit, typical ..."
        )

    def _ask(self, asking: Callable[["CatalogScreen"], Coroutine[Any, Any, None]]) -> None:
        self.run_worker(asking(self), group="asking", exit_on_error=False)

    def _entry_text(self) -> str:
        from tui.catalog_entry import entry_text

        return entry_text(self.catalog, self.entry, 100) + "\n" if self.catalog and self.entry else ""

    def copy_entry(self) -> None:
        """Hand the entry to the clipboard of the terminal, which may not take it."""
        if text := self._entry_text():
            self.app.copy_to_clipboard(text)
            self.notify("Handed to the terminal. Where it does not take it, write the entry to a file.", timeout=5)

    def write_entry(self) -> None:
        """Ask for a file and write the entry there."""
        if text := self._entry_text():
            self.run_worker(self._write(text), group="filing", exit_on_error=False)

    async def _write(self, text: str) -> None:
        from materials.errors import FormulateError
        from materials.files import write
        from tui.app.filing import start_folder
        from tui.app.widgets.dialogs import PathBox

        name = f"{self.entry.id}.txt" if self.entry else ""
        box = PathBox("Save", folder=start_folder(self.formulate), name=name, endings=(".txt", ".md"), saving=True)
        path = await self.app.push_screen_wait(box)
        if path is None:
            return
        try:
            write(path, text)
        except FormulateError as error:
            self.notify(str(error), title="Not written", severity="error", markup=False)
        else:
            self.notify(str(path.absolute()), title="Written", timeout=3, markup=False)

    # entries of the user's own

    def action_edit(self) -> None:
        """Set values of one's own over the entry."""
        if self.entry is not None:
            self._open_form(self.entry.id)

    def action_add(self) -> None:
        """Add an entry of one's own to this list."""
        self._open_form("")

    def _open_form(self, identifier: str) -> None:
        if self.catalog is None:
            return
        from tui.app.screens.catalog_form import EntryForm

        def done(saved: str | None) -> None:
            if saved:
                self.formulate.knowledge.forget()
                self.formulate.restart_computing()
                self.read_anew(saved)

        self.app.push_screen(EntryForm(self.catalog, self.kind, identifier), done)
