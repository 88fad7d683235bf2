"""The command palette: every action of the app by "Group: verb", what is of the screen itself first."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, cast

from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.screen import Screen

from tui.app.registry import PLACES
from tui.app.screens.base import Action, AppScreen, declared

if TYPE_CHECKING:
    from tui.app.application import FormulateApp


LAST = "Appearance: "  # the group that stands below all others


Offer = tuple[str, Callable[[], object], str]  # what it says, what does it, its key or a word of help


def keyed(screen: Screen[object]) -> dict[str, Offer]:
    """Give what a key does on a screen now, by what it says: the nearest to the focus first."""
    app = cast("FormulateApp", screen.app)
    start = screen.focused or screen
    made: dict[str, Offer] = {}
    for binding in [*declared(start), *declared(screen), *([] if screen.is_modal else app.declared_here())]:
        nodes = (node for node in start.ancestors_with_self if any(binding is own for _, own in node._bindings))
        run = partial(app.run_action, binding.action, next(nodes, app))
        made.setdefault(binding.tooltip, (binding.tooltip, run, app.get_key_display(binding)))
    return made


def offered(screen: Screen[object]) -> list[Offer]:
    """Give everything that can be done on a screen now: what is its own, what is everywhere, what is elsewhere."""
    app = cast("FormulateApp", screen.app)
    everywhere = {binding.tooltip for binding in app.declared_here()}
    made: dict[str, tuple[int, Offer]] = {says: (says in everywhere, offer) for says, offer in keyed(screen).items()}
    own, others = (screen.actions(), elsewhere(app)) if isinstance(screen, AppScreen) else ((), ())
    for place, actions in enumerate((own, app.actions(), others)):
        for action in actions:
            made.setdefault(action.says, (place, (action.says, action.run, action.help)))
    in_order = sorted(made.values(), key=lambda item: (item[1][0].startswith(LAST), item[0], item[1][0]))
    return [offer for _, offer in in_order]


def elsewhere(app: "FormulateApp") -> Iterator[Action]:
    """Give the main actions of the other screens: choosing one goes there and does it."""
    for place in PLACES:
        if place.id == app.current_mode:
            continue
        screen = getattr(import_module(place.module), place.class_name)
        for binding in screen.BINDINGS:
            if isinstance(binding, Binding) and binding.show and ": " in binding.tooltip:
                run = partial(app.do_at, place.id, binding.action)
                yield Action(binding.tooltip, run, f"goes to {place.name}")


class Palette(CommandPalette):
    """The box of the palette, with a plain sign in the place of a picture that is two columns wide."""

    def on_mount(self) -> None:
        """Change the sign."""
        self.query_one(SearchIcon).icon = "›"

    def _action_command_list(self, action: str) -> None:
        """Move in the list, once it has been laid out: before that it does not know its lines."""
        if self.query_one(CommandList)._lines:
            super()._action_command_list(action)


class Actions(Provider):
    """What the palette searches."""

    async def discover(self) -> Hits:
        """Give everything, in the order of its groups."""
        for says, run, told in offered(self.screen):
            yield DiscoveryHit(says, run, help=told or None)

    async def search(self, query: str) -> Hits:
        """Give what fits the words."""
        matcher = self.matcher(query)
        for says, run, told in offered(self.screen):
            score = matcher.match(says)
            if score > 0:
                yield Hit(score, matcher.highlight(says), run, text=says, help=told or None)
