"""A table of things by their ids: sorted by hidden keys, filtered as one types, its cursor kept on its thing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.events import Resize
from textual.message import Message
from textual.timer import Timer
from textual.widgets import DataTable, Input

from tui.app.keys import key

DEBOUNCE = 0.15  # s after the last key before a filter is read
MARK = "✓"
_LEAST = 10  # cells of the column that takes the room that is left


@dataclass(frozen=True)
class Column:
    """A column: its heading with the unit, and its width; numbers stand on the right.

    Without a width it is as wide as its longest cell; one of width 0 takes the room that is left, and what does not fit
    there is cut. Where not all columns fit, those with a `least` width give way down to it; then those that `leaves`
    numbers leave, the highest first, so that no number is ever cut.
    """

    id: str
    heading: str
    width: int | None = None
    align: Literal["left", "right"] = "left"
    least: int | None = None
    leaves: int = 0  # 0: it stays


@dataclass(frozen=True)
class Line:
    """A row: the id of its thing, its cells, and what each is sorted by where that is not its text."""

    id: str
    cells: tuple[str | Text, ...]
    sorted_by: tuple[Any, ...] = ()

    def sort_key(self, index: int) -> tuple[bool, Any]:
        """Give what the row is sorted by in a column; what is not known comes last."""
        if self.sorted_by and self.sorted_by[index] is not None:
            return False, self.sorted_by[index]
        text = str(self.cells[index]).casefold()
        return (True, 0) if self.sorted_by else (not text, text)


def widths_that_fit(columns: Sequence[Column], widths: Sequence[int], room: int, padding: int) -> dict[int, int]:
    """Give the columns that are shown, by their places, with their widths in cells.

    >>> shown = (Column("name", "name", 30, least=20), Column("mean", "mean"), Column("note", "note", leaves=1))
    >>> widths_that_fit(shown, (30, 5, 12), 51, 2), widths_that_fit(shown, (30, 5, 12), 35, 2)
    ({0: 28, 1: 5, 2: 12}, {0: 26, 1: 5})
    """
    least = [width if column.least is None else min(width, column.least)
             for column, width in zip(columns, widths, strict=True)]  # fmt: skip
    kept = list(range(len(columns)))
    while sum(least[place] + padding for place in kept) > room:
        leaving = max(kept, key=lambda place: columns[place].leaves, default=None)
        if leaving is None or not columns[leaving].leaves:
            break
        kept.remove(leaving)
    left = room - sum(least[place] + padding for place in kept)
    shown = {}
    for place in kept:
        more = max(0, min(left, widths[place] - least[place]))
        left -= more
        shown[place] = least[place] + more
    return shown


class KeyedTable(DataTable[str | Text]):
    """A table whose rows are things with ids.

    It posts `Landed` with the id when the cursor comes to rest on a row, and `Chosen` on Enter.
    """

    HELP = (
        "Arrow keys, Page Up and Page Down move, Home and End go to the first and the last row. s sorts by the next "
        "column, S the other way round. Enter opens."
    )
    BINDINGS: ClassVar = [
        Binding("home", "scroll_top", show=False),
        Binding("end", "scroll_bottom", show=False),
        key("s", "sort_next", "Sort", "table.sort", "Table: sort by the next column"),
        key("S,upper_s", "sort_reverse", "Reverse", "table.reverse", "Table: sort the other way round"),
    ]

    @dataclass
    class Landed(Message):
        """The cursor has come to a row, or the table is empty (None)."""

        table: "KeyedTable"
        id: str | None

        @property
        def control(self) -> "KeyedTable":
            """The table, for selectors of `on`."""
            return self.table

    @dataclass
    class Chosen(Message):
        """A row was opened."""

        table: "KeyedTable"
        id: str

        @property
        def control(self) -> "KeyedTable":
            """The table, for selectors of `on`."""
            return self.table

    def __init__(self, columns: Sequence[Column] = (), **named: Any) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=1, **named)
        self._columns: tuple[Column, ...] = tuple(columns)
        self.lines: tuple[Line, ...] = ()
        self.marked: frozenset[str] = frozenset()
        self.sorted_column: int | None = None
        self.is_reversed = False
        self._shown_columns: tuple[tuple[str, int | None], ...] = ()
        self._shown: tuple[int, ...] = ()  # the places of the columns there is room for

    @property
    def current(self) -> str | None:
        """The id of the row under the cursor."""
        shown = self._order
        return shown[self.cursor_row].id if 0 <= self.cursor_row < len(shown) else None

    _order: tuple[Line, ...] = ()

    def show(self, lines: Iterable[Line], columns: Sequence[Column] | None = None, at: str | None = None) -> None:
        """Show rows, the cursor staying on its thing where that is still there, else on the row at its place."""
        wanted, place = at or self.current, self.cursor_row
        if columns is not None and tuple(columns) != self._columns:
            self._columns, self.sorted_column, self.is_reversed, place = tuple(columns), None, False, 0
        self.lines = tuple(lines)
        self._fill(wanted, place)

    def mark(self, ids: Iterable[str]) -> None:
        """Mark rows with a sign before their first cell."""
        self.marked = frozenset(ids)
        self._fill(self.current, self.cursor_row)

    def sort_by(self, column: int | None, *, backwards: bool = False) -> None:
        """Sort by a column, or leave the order that was given."""
        self.sorted_column, self.is_reversed = column, backwards
        self._fill(self.current, self.cursor_row)

    def action_sort_next(self) -> None:
        """Sort by the next column; after the last one, as given."""
        following = 0 if self.sorted_column is None else self.sorted_column + 1
        self.sort_by(following if following < len(self._columns) else None)

    def action_sort_reverse(self) -> None:
        """Sort the other way round."""
        self.sort_by(self.sorted_column or 0, backwards=not self.is_reversed)

    def _fill(self, wanted: str | None, place: int) -> None:
        order = list(self.lines)
        if self.sorted_column is not None:
            index = self.sorted_column
            known = sorted(order, key=lambda line: line.sort_key(index))
            if self.is_reversed:  # what is not known stays last
                unknown = [line for line in known if line.sort_key(index)[0]]
                known = [*reversed([line for line in known if not line.sort_key(index)[0]]), *unknown]
            order = known
        self._order = tuple(order)
        with self.prevent(DataTable.RowHighlighted):
            columns = self._fitting()
            if columns != self._shown_columns:
                self.clear(columns=True)
                for index, (heading, width) in zip(self._shown, columns, strict=True):
                    column = self._columns[index]
                    self.add_column(Text(heading, justify=column.align), key=column.id, width=width)
                self._shown_columns = columns
            else:
                self.clear()
            self.add_rows_of(order)
            ids = [line.id for line in order]
            row = ids.index(wanted) if wanted in ids else min(place, len(ids) - 1)
            if ids:
                self.move_cursor(row=max(row, 0), animate=False)
        self.post_message(self.Landed(self, self.current))

    def add_rows_of(self, lines: Iterable[Line]) -> None:
        """Add rows as the columns align them."""
        for line in lines:
            cells = [
                Text(str(cell), justify="right", style=cell.style if isinstance(cell, Text) else "")
                if self._columns[place].align == "right"
                else (cell if isinstance(cell, Text) else Text(cell, no_wrap=True, overflow="ellipsis"))
                for place, cell in ((place, line.cells[place]) for place in self._shown)
            ]
            if line.id in self.marked:
                cells[0] = Text(f"{MARK} ", "bold", no_wrap=True, overflow="ellipsis").append(str(cells[0]))
            self.add_row(*cells, key=line.id)

    def _fitting(self) -> tuple[tuple[str, int | None], ...]:
        """Note which columns there is room for; give their headings and widths."""
        headings = [self._heading(index) for index in range(len(self._columns))]
        padding = 2 * self.cell_padding
        room = self.content_region.width - self.styles.scrollbar_size_vertical
        fixed = sum((column.width or 0) + padding for column in self._columns)
        rest = max(room - fixed, _LEAST)  # for the column that takes what is left
        if not any(column.leaves or column.least for column in self._columns):
            self._shown = tuple(range(len(headings)))
            return tuple((heading, rest if column.width == 0 else column.width)
                         for column, heading in zip(self._columns, headings, strict=True))  # fmt: skip
        widths = [self._natural(index, heading) for index, heading in enumerate(headings)]
        if room <= 0:  # not laid out yet
            room = sum(widths) + padding * len(widths)
        shown = widths_that_fit(self._columns, widths, room, padding)
        self._shown = tuple(shown)
        return tuple((headings[place], width) for place, width in shown.items())

    def _natural(self, index: int, heading: str) -> int:
        """Give how wide a column is where there is room, in cells."""
        given = self._columns[index].width
        longest = max((cell_len(str(line.cells[index])) for line in self.lines), default=0)
        return given or max(cell_len(heading), longest)

    def on_resize(self, event: Resize) -> None:
        """Show the columns that the new size has room for."""
        if self._shown_columns and self._fitting() != self._shown_columns:
            self._shown_columns = ()
            self._fill(self.current, self.cursor_row)

    def _heading(self, index: int) -> str:
        arrow = (" ▼" if self.is_reversed else " ▲") if index == self.sorted_column else ""
        return self._columns[index].heading + arrow

    @on(DataTable.RowHighlighted)
    def _landed(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self.post_message(self.Landed(self, self.current))

    @on(DataTable.RowSelected)
    def _opened(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self.current is not None:
            self.post_message(self.Chosen(self, self.current))

    @on(DataTable.HeaderSelected)
    def _heading_clicked(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        column = self._shown[event.column_index]
        same = column == self.sorted_column
        self.sort_by(column, backwards=same and not self.is_reversed)


class FilterField(Input):
    """A field whose words filter something, a moment after the last key; Down and Enter go on to what is filtered.

    Parameters
    ----------
    read : callable
        Takes the words.
    """

    HELP = "Type beginnings of words; all of them must fit. Down or Enter goes to the list, Escape empties the field."
    BINDINGS: ClassVar = [
        key("escape", "empty", "Empty", "filter.empty", "Filter: empty it"),
        key("down,enter", "go_on", "To the list", "filter.leave", "Filter: go to the list"),
    ]

    def __init__(self, read: Callable[[str], object], placeholder: str, **named: Any) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False, **named)
        self.read = read
        self._timer: Timer | None = None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE, self.read_now)

    def read_now(self) -> None:
        """Read the words without waiting."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.read(self.value)

    def action_empty(self) -> None:
        """Empty the field, or leave it where it is empty."""
        if self.value:
            self.value = ""
        else:
            self.action_go_on()

    def action_go_on(self) -> None:
        """Read the words now and go to what they filter."""
        self.read_now()
        self.screen.focus_next()
