"""The line of keys at the bottom."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer


class KeysFooter(Footer):
    """The keys in force; laid out anew only where they are others than those shown.

    Every change of the session may change what a key does, so the screen is asked after each letter that is typed;
    laying out the footer would then move the whole screen, for nothing.
    """

    _shown: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        """Show the keys."""
        if self._bindings_ready:
            self._shown = self._in_force()
        yield from super().compose()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Look at the keys once what is under way has been done."""
        self._bindings_ready = True
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._follow)

    async def _follow(self) -> None:
        if self.is_attached and self._in_force() != self._shown:
            await self.recompose()

    def _in_force(self) -> tuple[object, ...]:
        return tuple(
            (active.binding, self.app.get_key_display(active.binding), active.enabled)
            for active in self.screen.active_bindings.values()
            if active.binding.show
        )
