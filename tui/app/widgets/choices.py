"""A line of choices of which one holds: pages of a pane, kinds of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.message import Message
from textual.widget import Widget


class Choices(Widget):
    """The names in a line, the one that holds in brackets; where they do not fit, those around it."""

    DEFAULT_CSS = "Choices { height: 1; width: 1fr; }"

    @dataclass
    class Chosen(Message):
        """A choice was clicked."""

        choices: "Choices"
        id: str

        @property
        def control(self) -> "Choices":
            """The line, for selectors of `on`."""
            return self.choices

    def __init__(self, names: Sequence[tuple[str, str]], **named: Any) -> None:
        super().__init__(**named)
        self.names = tuple(names)
        self.current = self.names[0][0]
        self.counts: Mapping[str, int] = {}
        self._spans: list[tuple[int, int, str]] = []

    def choose(self, identifier: str) -> None:
        """Let one hold."""
        self.current = identifier
        self.refresh()

    def count(self, counts: Mapping[str, int]) -> None:
        """Show numbers behind names."""
        self.counts = dict(counts)
        self.refresh()

    def render(self) -> RenderResult:
        """Give the line."""
        texts = []
        for identifier, name in self.names:
            count = self.counts.get(identifier)
            told = f"{name} {count}" if count is not None else name
            texts.append((identifier, f"[{told}]" if identifier == self.current else f" {told} ", count))
        place = next(index for index, (identifier, *_) in enumerate(texts) if identifier == self.current)
        first = 0
        while first < place and sum(len(text) for _, text, _ in texts[first : place + 1]) > self.size.width - 2:
            first += 1
        line, self._spans = Text("‹" if first else "", "dim", no_wrap=True, overflow="ellipsis", end=""), []
        for identifier, text, count in texts[first:]:
            start = line.cell_len
            chosen = identifier == self.current
            line.append(text, "bold" if chosen else "dim" if count == 0 else "")
            self._spans.append((start, line.cell_len, identifier))
        if line.cell_len > self.size.width:
            line.truncate(max(self.size.width - 1, 0))
            line.append("›", "dim")
        return line

    def on_click(self, event: Click) -> None:
        """Choose what was clicked on."""
        for start, end, identifier in self._spans:
            if start <= event.x < end:
                self.post_message(self.Chosen(self, identifier))
