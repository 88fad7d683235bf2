"""Long text to read: paragraphs with hanging indents, wrapped to the room there is, scrolled with the keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

Tone = str  # the name of a component class: "heading", "label", "muted", "problem", or nothing


@dataclass(frozen=True)
class Paragraph:
    """Some text in parts of one tone each, its first line and its further lines indented."""

    parts: tuple[tuple[str, Tone], ...]
    indent: int = 0
    hang: int = 0

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.parts)


def paragraph(*parts: str | tuple[str, Tone], indent: int = 0, hang: int | None = None) -> Paragraph:
    """Give a paragraph of texts, each alone or with its tone; further lines are indented as the first, or by `hang`."""
    made = tuple((part, "") if isinstance(part, str) else part for part in parts)
    return Paragraph(made, indent, indent if hang is None else hang)


BLANK = paragraph("")


class Reading(ScrollView, can_focus=True):
    """Shows paragraphs. Only what is seen is painted, so that long texts come at once."""

    HELP = "Arrow keys, Page Up, Page Down, Home and End scroll."
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reading--heading", "reading--label", "reading--strong", "reading--muted", "reading--problem", "reading--good",
    }  # fmt: skip
    BINDINGS: ClassVar = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown,space", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]
    DEFAULT_CSS = """
    Reading { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: auto; }
    Reading > .reading--heading { color: $primary; text-style: bold; }
    Reading > .reading--label { color: $foreground; text-style: bold; }
    Reading > .reading--strong { text-style: bold; }
    Reading > .reading--muted { color: $text-muted; }
    Reading > .reading--problem { color: $error; }
    Reading > .reading--good { color: $success; }
    """
    _console = Console(width=200, color_system=None)

    def __init__(self, paragraphs: Sequence[Paragraph] = (), **named: Any) -> None:
        super().__init__(**named)
        self.paragraphs = tuple(paragraphs)
        self._lines: list[Text] = []
        self._wrapped_to = 0

    def show(self, paragraphs: Sequence[Paragraph], *, keep_place: bool = False) -> None:
        """Show a text in the place of the former one, from its beginning unless told otherwise."""
        self.paragraphs = tuple(paragraphs)
        self._wrap(force=True)
        if not keep_place:
            self.scroll_to(0, 0, animate=False)

    @property
    def plain(self) -> str:
        """The whole text, without tones, a line for each paragraph."""
        return "\n".join(" " * item.indent + item.plain for item in self.paragraphs)

    @property
    def room(self) -> int:
        """The characters of a line; 0 or fewer while it is not laid out."""
        return self.region.width - self.gutter.width - self.styles.scrollbar_size_vertical  # the bar keeps its place

    def on_resize(self, event: Resize) -> None:
        """Wrap to the new width."""
        self._wrap()

    def _wrap(self, *, force: bool = False) -> None:
        width = self.room
        if width <= 0 or (width == self._wrapped_to and not force):
            return
        self._wrapped_to = width
        lines: list[Text] = []
        for item in self.paragraphs:
            lines += self._lines_of(item, width)
        self._lines = lines
        self.virtual_size = Size(width, len(lines))
        self.refresh()

    def _lines_of(self, item: Paragraph, width: int) -> list[Text]:
        whole = Text(end="")
        for text, tone in item.parts:
            whole.append(text, tone or None)  # tones become styles when a line is painted
        first, *rest = _wrapped(whole, self._console, max(width - item.indent, 8), max(width - item.hang, 8))
        return [_indented(first, item.indent), *(_indented(line, item.hang) for line in rest)]

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        base = self.rich_style
        index = y + self.scroll_offset.y
        width = self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[index]
        cuts = sorted({0, len(line.plain), *(place for span in line.spans for place in (span.start, span.end))})
        segments = []
        for start, end in pairwise(cuts):
            tones = [str(span.style) for span in line.spans if span.start <= start and end <= span.end]
            style = base
            for tone in tones:
                style += self._tone(tone)
            segments.append(Segment(line.plain[start:end], style))
        return Strip(segments).adjust_cell_length(width, base)

    def _tone(self, tone: str) -> Style:
        return self.get_component_rich_style(f"reading--{tone}", partial=True)


def _indented(line: Text, by: int) -> Text:
    line.rstrip()
    return Text(" " * by, end="").append_text(line) if by else line


def _wrapped(whole: Text, console: Console, first_width: int, width: int) -> list[Text]:
    """Wrap, the first line to a width of its own."""
    lines = list(whole.wrap(console, first_width))
    if first_width == width or len(lines) == 1:
        return lines
    rest = whole[len(lines[0].plain) :]
    return [lines[0], *rest[len(rest.plain) - len(rest.plain.lstrip(" ")) :].wrap(console, width)]
