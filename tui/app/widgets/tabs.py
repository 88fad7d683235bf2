"""The line above every screen: the screens and their keys, and what is not saved."""

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.widget import Widget

from tui.app.registry import PLACES

if TYPE_CHECKING:
    from tui.app.application import FormulateApp


class ScreenTabs(Widget):
    """The screens by their keys; the one that is shown stands out, in brackets too."""

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current
        self.tooltip = "\n".join(f"{place.name}: {place.purpose}" for place in PLACES)
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow what is open."""
        cast("FormulateApp", self.app).changes.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """Give the line."""
        app = cast("FormulateApp", self.app)
        line, self._spans = Text(no_wrap=True, overflow="crop"), []
        for place in PLACES:
            start = len(line)
            name = place.name if self.size.width >= 100 else place.short
            keyed = app.key_of(f"app.{place.id}", place.key)
            if place.id == self.current:
                line.append(f"[{keyed} {name}]", "bold reverse")
            else:
                line.append(f" {keyed} ", "dim")
                line.append(f"{name} ")
            self._spans.append((start, len(line), place.id))
            line.append(" ")
        unsaved = len(app.session.unsaved)
        told = f"● {unsaved} unsaved" if unsaved else "Formulate"
        room = self.size.width - line.cell_len - len(told) - 1
        if room > 0:
            line.append(" " * room)
            line.append(told, "bold" if unsaved else "dim")
        elif unsaved:
            line.append("●", "bold")
        return line

    def on_click(self, event: Click) -> None:
        """Open the screen that was clicked on."""
        for start, end, identifier in self._spans:
            if start <= event.x < end:
                cast("FormulateApp", self.app).action_show(identifier)
