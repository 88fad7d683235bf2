"""What holds wherever the focus is: few keys in the footer, F1 tells of the widget, the palette has every action."""

import re
from importlib import import_module

from textual.binding import Binding
from textual.dom import DOMNode

from formulate.examples import text
from tui.app.documents import read_document
from tui.app.help import help_of
from tui.app.palette import offered
from tui.app.registry import PLACES

EXAMPLES = ("dasatinib-microspheres-in-gel.toml", "dasatinib-knee.toml", "bmp2-gel-design.toml",
            "release-microspheres.csv")  # fmt: skip
MOVES = {"up", "down", "left", "right", "enter", "escape", "tab", "shift+tab", "space", "f1", "pageup", "pagedown",
         "home", "end", "j", "k"}  # fmt: skip


def kinds(screen) -> dict[tuple[type, ...], object]:
    """Give one widget of each kind that can have the focus now, by its class and the one around it."""
    return {(type(node), type(node.parent)): node for node in reversed(screen.focus_chain)}


def test_every_focus_has_help_and_all_its_actions_and_few_keys_below(drive, until, settle, tmp_path, monkeypatch):
    for name in ("formulation.LIVE", "formulation.REFINED", "compare.LIVE", "design.FRESH"):
        monkeypatch.setattr(f"tui.app.screens.{name}", 16)

    async def look(pilot) -> set[tuple[type, ...]]:
        app, seen = pilot.app, set()
        screen = app.screen
        for kind, node in kinds(screen).items():
            if not node.is_attached:
                continue
            node.focus(scroll_visible=False)
            await until(pilot, lambda node=node: app.focused is node or not node.is_attached, 10)
            at = f"{screen.PLACE}: {node.css_path_nodes[-1]}"
            shown = {active.binding.action for active in screen.active_bindings.values() if active.binding.show}
            assert len(shown) <= 6, (at, shown)
            footer = [key.region for key in screen.query("FooterKey")]
            assert footer, at
            assert max(region.right for region in footer) <= 80, at  # none is cut where it is narrow
            around = [other for other in node.ancestors_with_self if other not in (screen, app)]
            assert any(map(help_of, around)), f"F1 says nothing of {at}"
            says = {told for told, _, _ in offered(screen)}
            bindings = [binding for other in node.ancestors_with_self for _, binding in other._bindings if binding.id]
            assert {binding.tooltip for binding in bindings} <= says, at
            seen.add(kind)
        return seen

    async def steps(pilot):
        app = pilot.app
        empty, full = 0, set()
        for place in PLACES:
            await pilot.press(place.key)
            assert place.id == app.screen.PLACE
            assert app.screen.HELP
            empty += len(await look(pilot))
        for name in EXAMPLES:
            path = tmp_path / name
            path.write_text(text(name).replace("draws = 1024", "draws = 16").replace("draws = 256", "draws = 16"))
            document = read_document(path)
            if document.slot == "question":  # two carriers are ranked as all are, and sooner
                document.change({**document.value, "carriers": ["plga-microsphere", "liposome"]})
            app.session.open(document)
        for place in PLACES:
            await pilot.press(place.key)
            await settle(pilot)
            full |= await look(pilot)
        assert empty > len(PLACES)
        names = {kind.__name__ for kind, _ in full}
        assert names >= {"Entry", "Plot", "WeightsTable", "SectionsTable", "Reading", "Options"}

    drive(steps, size=(160, 48))  # here all panes of a screen are shown at once


def test_every_key_of_ours_is_an_action_with_a_name_of_its_own():
    for place in PLACES:
        import_module(place.module)

    def below(start: type) -> set[type]:
        return {start}.union(*map(below, start.__subclasses__()))

    ours = [kind for kind in below(DOMNode) if kind.__module__.startswith("tui.")]
    bindings = [item for kind in ours for item in kind.__dict__.get("BINDINGS", ())]
    assert len(bindings) > 40
    assert all(isinstance(item, Binding) for item in bindings)
    named = [item for item in bindings if item.id]
    assert {key for item in bindings if not item.id for key in item.key.split(",")} <= MOVES
    assert all(re.fullmatch(r"[A-Z][\w ]*: .+", item.tooltip) for item in named)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", item.id) for item in named)
    assert len({item.id for item in named}) == len({(item.id, item.action) for item in named})  # one name, one action
    # what many terminals do not send, or send as another key
    unsent = {"ctrl+enter", "shift+enter", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+b"}
    assert not unsent & {key for item in bindings for key in item.key.split(",")}
