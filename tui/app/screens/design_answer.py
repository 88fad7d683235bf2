"""What a search for designs found: the answer, each design with its recipe, and the map of two choices."""

from collections.abc import Iterator
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static, Tab, Tabs

from tui.app.widgets.badges import verdict
from tui.app.widgets.plot import Figure, Plot, Points

MOST = 3  # designs
MAP = "map"
MEETS, FAILS, UNKNOWN = "o", "·", "x"
_NOTHING = "Not searched yet: Ctrl+G looks for designs that hold all of it."
_SEARCHING = "Searching: from wide to near, then the best on draws of their own."
_MARGIN = 0.04  # beyond the ends of a range, so that its marks are seen
_PAGES = ("answer", *(f"design-{place}" for place in range(1, MOST + 1)), MAP)


class Answer(Vertical):
    """Pages of text above a map; where there is little room, the map is a page of its own."""

    HELP = (
        "The answer, the designs with their recipes, and a map of two choices at a time. Left and right change the "
        "page while its name has the focus. The probabilities are of draws that had no part in the search."
    )
    DEFAULT_CSS: ClassVar[str] = """
    Answer #pages { height: 2; }
    Answer #page { height: 1fr; padding: 0 1; }
    Answer #region { display: none; height: 1fr; }
    Answer.mapped #region { display: block; }
    Answer.mapped #page { display: none; }
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.shown: dict[str, Any] | None = None
        self._page, self._map = _PAGES[0], 0
        self._steps: dict[str, str] = {}  # of the search that runs, the last that was told of each

    def compose(self) -> ComposeResult:
        """Lay out the pages and the map."""
        yield Tabs(*(Tab(page.replace("-", " ").capitalize(), id=page) for page in _PAGES), id="pages")
        with VerticalScroll(id="page"):
            yield Static("", id="told", markup=False)
        yield Plot(id="region", classes="pane")

    def on_mount(self) -> None:
        """Say that nothing is there yet."""
        self.clear()

    def clear(self) -> None:
        """Show that nothing was searched yet."""
        self.shown = None
        self.remove_class("found")
        self._show_tabs(0)
        self.query_one("#told", Static).update(Text(_NOTHING))
        self.query_one(Plot).draw(None)
        self.border_subtitle = ""

    def begin(self) -> None:
        """Say that a search has begun, where it has told nothing yet and nothing was found before."""
        if self.shown is None and not self._steps:
            self.query_one("#told", Static).update(Text(_SEARCHING))

    def tell(self, text: str) -> None:
        """Tell how far a search is, step by step, where nothing was found before; an empty text ends it."""
        self._steps = {**self._steps, text.partition(":")[0]: text} if text else {}
        if self.shown is None:
            lines = [_SEARCHING, "", *self._steps.values()]
            self.query_one("#told", Static).update(Text("\n".join(lines) if text else _NOTHING))

    def show(self, shown: dict[str, Any]) -> None:
        """Show what was found."""
        self.shown, self._map = shown, 0
        self.add_class("found")
        self._show_tabs(len(shown["designs"]))
        for place, item in enumerate(shown["designs"], start=1):
            self.query_one(f"#design-{place}", Tab).label = item["name"].capitalize()
        self.query_one(Tabs).active = _PAGES[0]
        self._show_page()
        self._draw()

    @property
    def design(self) -> int | None:
        """Which design is shown, counted from 0; None on another page."""
        return int(self._page.rpartition("-")[2]) - 1 if self._page.startswith("design-") else None

    def turn_to(self, page: str) -> None:
        """Show a page."""
        self.query_one(Tabs).active = page

    def next_map(self) -> None:
        """Draw the next two choices."""
        if self.shown is not None and self.shown["maps"]:
            self._map = (self._map + 1) % len(self.shown["maps"])
            self._draw()

    def _show_tabs(self, designs: int) -> None:
        tabs = self.query_one(Tabs)
        for place, page in enumerate(_PAGES[1:-1], start=1):
            (tabs.show if place <= designs else tabs.hide)(page)
        (tabs.show if designs else tabs.hide)(MAP)

    @on(Tabs.TabActivated)
    def _turned(self, event: Tabs.TabActivated) -> None:
        event.stop()
        self._page = str(event.tab.id)
        self.set_class(self._page == MAP, "mapped")
        self._show_page()

    def _show_page(self) -> None:
        if self.shown is None or self._page == MAP:
            return
        place = self.design
        if place is None:
            told: RenderableType = Group(*_answer(self.shown))
        elif place < len(self.shown["designs"]):
            told = Group(*_design(self.shown["designs"][place]))
        else:
            return
        self.query_one("#told", Static).update(told)
        self.query_one("#page").scroll_home(animate=False)

    def _draw(self) -> None:
        if self.shown is None:
            return
        plot = self.query_one(Plot)
        plot.draw(region(self.shown, self._map))
        plot.border_title = plot.figure.y_label + " ↑" if plot.figure else ""
        count = len(self.shown["maps"])
        more = f"   F12 next two ({self._map + 1} of {count})" if count > 1 else ""
        marks = f"{MEETS} meets it  {FAILS} does not"
        marks += f"  {UNKNOWN} not computed" if None in self.shown["meets"] else ""
        numbers = " ".join(str(place + 1) for place in range(len(self.shown["designs"])))
        plot.border_subtitle = f"{marks}  {numbers} {'given' if self.shown['met'] else 'nearest'}{more}"


def region(shown: dict[str, Any], number: int) -> Figure:
    """Give the map of two choices: every design looked at, and by their numbers those that are given."""
    if not shown["axes"]:
        return Figure("", "", empty="there is nothing to choose")
    alone = not shown["maps"]
    across, up = (0, 0) if alone else shown["maps"][number]
    rows = shown["points"]
    heights = [share or 0.0 for share in shown["probabilities"]] if alone else [row[up] for row in rows]
    points = []
    for label, marker, sign in (("does not", FAILS, False), ("not computed", UNKNOWN, None), ("meets it", MEETS, True)):
        kept = [place for place, meets in enumerate(shown["meets"]) if meets is sign]
        if kept:
            points.append(Points(label, [rows[place][across] for place in kept], [heights[place] for place in kept],
                                 marker=marker, tone="" if sign else "quiet"))  # fmt: skip
    for count, item in enumerate(shown["designs"], start=1):
        place = item["number"]
        points.append(
            Points(f"design {count}", [rows[place][across]], [heights[place]], marker=str(count), tone="strong")
        )
    axes = shown["axes"]
    return Figure(
        axes[across]["label"], "probability" if alone else axes[up]["label"], points=tuple(points), has_key=False,
        x_limits=_limits(axes[across]), y_limits=(-_MARGIN, 1 + _MARGIN) if alone else _limits(axes[up]),
        x_words=tuple(axes[across]["ticks"]), y_words=() if alone else tuple(axes[up]["ticks"]),
        target=shown["wanted"] if alone else None,
    )  # fmt: skip


def _limits(axis: dict[str, Any]) -> tuple[float, float]:
    return (-_MARGIN, 1 + _MARGIN) if axis["ordered"] else (0.0, 1.0)


def _answer(shown: dict[str, Any]) -> Iterator[RenderableType]:
    yield Text.assemble(verdict(shown["met"], ""), (shown["answer"], "bold"))
    for text in shown["binding"]:
        yield Text(f"\n{text}")
    yield Text("")
    yield _compared(shown)
    for text in (*shown["gaps"], *shown["ends"]):
        yield Text(f"\n{text}", "dim")
    if shown["needs"]:
        yield Text("\nWhat it would take\n", "bold")
        yield _table(shown["need_heads"], shown["needs"])
    for text in (shown["asked"], *shown["looked"]):
        yield Text(f"\n{text}", "dim")


def _compared(shown: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=2)
    for _ in shown["designs"]:
        table.add_column(ratio=1, justify="right")
    table.add_row("", *(Text(item["name"], "bold") for item in shown["designs"]))
    for label, cells in shown["rows"]:
        table.add_row(Text(label, "dim"), *(_cell(lines) for lines in cells))
    return table


def _cell(lines: tuple[str, ...]) -> Text:
    cell = Text(lines[0])
    for line in lines[1:]:
        cell.append(f"\n{line}", "dim")
    return cell


def _design(item: dict[str, Any]) -> Iterator[RenderableType]:
    yield Text.assemble((item["name"].capitalize(), "bold"), f": all of it is held with {item['held']}")
    yield Text(str(item["content"]["name"]).partition(": ")[2].partition(", for ")[0] + "\n", "dim")
    rows = [(f"{of} {name}".strip().replace("_", " "), text) for of, name, text in item["choices"]]
    yield _table((), rows)
    if item["no_recipe"]:
        yield Text(f"\nNo recipe: {item['no_recipe']}")
        return
    yield Text("\nTo make one dose\n", "bold")
    yield _table((), item["ingredients"])
    yield Text("")
    for count, step in enumerate(item["steps"], start=1):
        yield _table((), [(f"{count}.", step)])
    for text in item["warnings"]:
        yield Text(f"\n! {text}")


def _table(heads: tuple[str, ...], rows: list[Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    if heads:
        table.add_row(*(Text(head, "dim") for head in heads))
    for row in rows:
        table.add_row(*(Text(str(cell), "dim" if place == 2 and not heads else "") for place, cell in enumerate(row)))
    return table
