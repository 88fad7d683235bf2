"""The app: its screens, its keys, what is open, what it remembers."""

import asyncio
import gc
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding
from textual.signal import Signal
from textual.worker import Worker

from materials.errors import FormulateError
from tui.app import themes
from tui.app.computing import Computing
from tui.app.keys import key, known_actions, own_keys
from tui.app.knowledge import Knowledge
from tui.app.palette import Actions, Palette
from tui.app.registry import PLACES, place_called
from tui.app.screens.base import Action, AppScreen, tell_failure
from tui.app.session import Document, Session, Slot
from tui.app.signals import leave_by_signal
from tui.app.state import State, read_state, write_state

WARM_AFTER = 0.2  # s after the first paint


class FormulateApp(App[None]):
    """The whole tool under the fingers."""

    TITLE = "Formulate"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = {Actions}
    NOTIFICATION_TIMEOUT = 6
    BINDINGS: ClassVar = [
        key("f1,question_mark", "help", "Help", "app.help", "Help: what has the focus, and its keys", show=True),
        key("ctrl+p", "command_palette", "Commands", "app.commands", "Help: every command", show=True),
        key("ctrl+q", "quit", "Quit", "app.quit", "App: quit"),
        key("ctrl+o", "open", "Open", "app.open", "File: open"),
        key("ctrl+s", "save", "Save", "app.save", "File: save"),
        key("ctrl+t", "save_as", "Save as", "app.save_as", "File: save under another name"),
        key("ctrl+r", "recent", "Recent", "app.recent", "File: open a recent one"),
        key("ctrl+z", "undo", "Undo", "app.undo", "Edit: undo"),
        key("ctrl+y", "redo", "Redo", "app.redo", "Edit: redo"),
        key("escape", "cancel", "Cancel", "app.cancel", "App: cancel what is being computed"),
        *(
            key(
                place.key, f"show('{place.id}')", place.name, f"app.{place.id}", f"Go to: {place.name}, {place.purpose}"
            )
            for place in PLACES
        ),
    ]

    has_the_process = False  # to itself, and the terminal with it

    def __init__(self, file: Path | None = None, *, fresh: bool = False) -> None:
        self.fresh = fresh
        self.state = State() if fresh else read_state()
        first = self.state.screen if place_called(self.state.screen) else PLACES[0].id
        self.DEFAULT_MODE = first  # type: ignore[misc]  # no empty screen is laid out before it
        self.computing = Computing()
        self.knowledge = Knowledge()
        super().__init__()
        self.session = Session(self._session_changed)
        self.changes: Signal[str] = Signal(self, "session-changed")
        self._file = file
        self._painted = False
        for place in PLACES:
            self.add_mode(place.id, place.make)
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        known = self.available_themes
        self.theme = self.state.theme if self.state.theme in known else themes.DARK.name

    # at start

    def on_load(self) -> None:
        """Hear signals, where a terminal is about to be taken; start tasks one after the other, on every Python alike.

        From Python 3.12 on Textual lets a task run as soon as it is made: the fields of the first screen would look
        for that screen before it has its place.
        """
        asyncio.get_running_loop().set_task_factory(None)
        if self.has_the_process:
            leave_by_signal(self, lambda: self._painted)

    def on_mount(self) -> None:
        """After the first paint, do whatever takes longer."""
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        self._painted = True
        self._take_own_keys()
        if self._file is not None:
            self.open_file(self._file)
        elif not self.state.welcomed:
            self.action_welcome()
        self.set_timer(WARM_AFTER, self._warm)

    def _take_own_keys(self) -> None:
        try:
            keys = own_keys(_all_actions)
        except FormulateError as error:
            self.notify(str(error), title="Own keys", severity="error", timeout=20, markup=False)
        else:
            self.set_keymap(keys)
            self.screen.query("ScreenTabs").refresh()  # it says the keys of the screens

    def restart_computing(self) -> None:
        """Let the worker processes read the catalog anew: a file of the user has changed."""
        self.run_worker(self.computing.close(), group="restart", exit_on_error=False)

    def _warm(self) -> None:
        from tui.app.jobs.warming import warm

        self.run_worker(self._warm_all(warm), group="warm", exit_on_error=False)
        self.keep_what_is_there()

    def keep_what_is_there(self) -> None:
        """Have the garbage collector leave alone what is there to stay: looking through it stops the keys for 0.1 s."""
        if self.has_the_process:
            gc.freeze()

    async def _warm_all(self, warm: Any) -> None:
        await self.computing.warm(warm, "live")
        await self.computing.warm(warm, "long")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what failed beside the loop."""
        tell_failure(self, event)

    # screens

    def show_screen(self, identifier: str) -> None:
        """Show a screen by its id."""
        if place_called(identifier) is not None and identifier != self.current_mode:
            self.switch_mode(identifier)
            self.remember(screen=identifier)

    def action_show(self, identifier: str) -> None:
        """Show a screen; not from under a question that waits for its answer."""
        if isinstance(self.screen, AppScreen) or self.screen is None:
            self.show_screen(identifier)

    def do_at(self, identifier: str, action: str) -> None:
        """Show a screen and do there what a key of it does."""
        self.run_worker(self._do_at(identifier, action), group="palette", exit_on_error=False)

    async def _do_at(self, identifier: str, action: str) -> None:
        await self.switch_mode(identifier)
        self.remember(screen=identifier)
        await self.run_action(action, self.screen)

    def _session_changed(self, name: str) -> None:
        self.changes.publish(name)
        self.refresh_bindings()

    @property
    def app_screen(self) -> AppScreen | None:
        """The screen of the app that is shown, also under a box."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, AppScreen)), None)

    @contextmanager
    def batch_update(self) -> Generator[None, None, None]:
        """Hold painting back; then wake the screen, which passes over what changes in the meantime and falls asleep."""
        with super().batch_update():
            yield
        for screen in self.screen_stack if self.is_running else ():
            screen.check_idle()

    # keys and commands

    def key_of(self, identifier: str, otherwise: str = "") -> str:
        """Give the key in force of an action, as it is shown."""
        for _, binding in self._bindings:
            if binding.id == identifier:
                keys = self._keymap.get(identifier, binding.key)
                return self.get_key_display(Binding(keys.split(",")[0], "none"))
        return otherwise.upper()

    def declared_here(self) -> list[Binding]:
        """Give the actions that work on every screen."""
        return [binding for _, binding in self._bindings if binding.id]

    def get_key_display(self, binding: Binding) -> str:
        """Give a key as people write it: F2, ^s."""
        shown = super().get_key_display(binding)
        return shown.upper() if binding.key[:1] == "f" and binding.key[1:].isdecimal() else shown

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers everywhere beyond the keys."""
        from tui.app.screens.bench import bench_actions

        yield Action("Help: welcome and examples", self.action_welcome)
        yield from bench_actions(self)
        for name in sorted(self.available_themes):
            yield Action(f"Appearance: theme {name}", partial(self.use_theme, name))
        other = "braille" if self.state.plain_plots else "plain blocks"
        yield Action(f"Appearance: draw plots in {other}", self.action_plot_style)

    def action_command_palette(self) -> None:
        """Offer every command."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def use_theme(self, name: str) -> None:
        """Take a theme and remember it."""
        self.theme = name
        self.remember(theme=name)

    def action_plot_style(self) -> None:
        """Change between braille and plain plots."""
        self.remember(plain_plots=not self.state.plain_plots)
        self.changes.publish("plot-style")

    def action_help(self) -> None:
        """Tell what has the focus, and its keys."""
        from tui.app.help import HelpBox

        if not isinstance(self.screen, HelpBox):
            self.push_screen(HelpBox(self.screen))

    def action_welcome(self) -> None:
        """Greet, and offer the examples."""
        from tui.app.welcome import Welcome

        self.remember(welcomed=True)
        self.push_screen(Welcome())

    def action_cancel(self) -> None:
        """Cancel what is being computed."""
        screen = self.app_screen
        if screen is not None:
            screen.cancel_work()

    # documents

    def open_file(self, path: Path) -> None:
        """Open a file on the screen it belongs to, asking about unsaved changes first."""
        from tui.app.filing import open_file

        self.run_worker(open_file(self, path), group="filing", exit_on_error=False)

    def open_example(self, name: str) -> None:
        """Open a shipped example; it is saved under a name of the user's own."""
        from tui.app.filing import open_example

        self.run_worker(open_example(self, name), group="filing", exit_on_error=False)

    def open_document(self, document: Document) -> None:
        """Take a document that was read or made, and show its screen."""
        from tui.app.documents import SCREEN_OF

        self.session.open(document)
        self.show_screen(SCREEN_OF[document.slot])

    def action_open(self) -> None:
        """Ask for a file and open it."""
        from tui.app.filing import ask_and_open

        self.run_worker(ask_and_open(self), group="filing", exit_on_error=False)

    def action_recent(self) -> None:
        """Offer the files opened last."""
        from tui.app.filing import open_recent

        self.run_worker(open_recent(self), group="filing", exit_on_error=False)

    def action_save(self) -> None:
        """Save the document of the screen."""
        from tui.app.filing import save

        self.run_worker(save(self), group="filing", exit_on_error=False)

    def action_save_as(self) -> None:
        """Save the document of the screen under another name."""
        from tui.app.filing import save

        self.run_worker(save(self, anew=True), group="filing", exit_on_error=False)

    def remember_file(self, path: Path) -> None:
        """Note a file as the latest one."""
        latest = self.state.with_recent(path)
        self.remember(recent=latest.recent, folder=latest.folder)

    @property
    def slot(self) -> Slot | None:
        """The slot whose document the screen shows."""
        return self.app_screen.SLOT if self.app_screen is not None else None

    def action_undo(self) -> None:
        """Undo the last change of the document."""
        if self.slot is None or not self.session.undo(self.slot):
            self.notify("Nothing to undo.", timeout=2)

    def action_redo(self) -> None:
        """Take the change back that was undone."""
        if self.slot is None or not self.session.redo(self.slot):
            self.notify("Nothing to redo.", timeout=2)

    # at the end

    def remember(self, **changes: Any) -> None:
        """Change what is remembered, and write it."""
        self.state = replace(self.state, **changes)
        if not self.fresh:
            write_state(self.state)

    def keep(self, screen: str, **kept: Any) -> None:
        """Let a screen remember plain values, such as its filters: they are read from ``state.kept[screen]``."""
        self.remember(kept=self.state.with_kept(screen, **kept).kept)

    async def action_quit(self) -> None:
        """Leave, asking about unsaved changes first."""
        from tui.app.filing import leave

        self.run_worker(leave(self), group="filing", exit_on_error=False)

    async def on_unmount(self) -> None:
        """End the processes that compute."""
        await self.computing.close()


def _all_actions() -> set[str]:
    for place in PLACES:
        import_module(place.module)
    return known_actions()


def run(file: Path | None = None, *, fresh: bool = False) -> None:
    """Open the app in this terminal until the user leaves it."""
    for name in ("COLUMNS", "LINES"):  # where they are set, a change of the terminal's size would not be noticed
        os.environ.pop(name, None)
    app = FormulateApp(file, fresh=fresh)
    app.has_the_process = True
    try:
        app.run()
    finally:
        app.computing.kill()
    if app.return_code:
        raise SystemExit(app.return_code)
