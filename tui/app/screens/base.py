"""What every screen of the app has: the line of screens above, the footer below, help, long work, and room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import on
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Container, Vertical
from textual.dom import DOMNode
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Button, Static
from textual.worker import Worker, WorkerState

from materials.errors import FormulateError
from tui.app.computing import Lane, UnexpectedError
from tui.app.widgets.keys_footer import KeysFooter
from tui.app.widgets.progress import ProgressLine
from tui.app.widgets.tabs import ScreenTabs

if TYPE_CHECKING:
    from tui.app.application import FormulateApp
    from tui.app.session import Slot

Result = TypeVar("Result")
LEAST_WIDTH, LEAST_HEIGHT = 60, 20
WIDE, TALL = 100, 36
SETTLED = 1.5  # s after a screen was made: what it holds is there to stay


@dataclass(frozen=True)
class Action:
    """Something the palette offers that has no key of its own."""

    says: str  # "Group: verb it"
    run: Callable[[], object]
    help: str = ""


class TooSmall(Static):
    """The one line shown where there is no room."""

    def __init__(self) -> None:
        super().__init__(f"Formulate needs {LEAST_WIDTH} columns and {LEAST_HEIGHT} lines.", classes="too-small-line")


def fit_to_size(screen: Screen[Any], size: Size) -> None:
    """Show the screen, or the one line where there is no room."""
    width, height = size
    for each in (screen, *screen.app.screen_stack):  # those below are seen through a box
        each.set_class(width < LEAST_WIDTH or height < LEAST_HEIGHT, "too-small")


def tell_failure(node: "Screen[Any] | App[Any]", event: Worker.StateChanged) -> None:
    """Tell of work beside the loop that failed: it ends no app, and must not end unseen."""
    if event.state is WorkerState.ERROR:
        error = event.worker.error
        told = str(error) if isinstance(error, FormulateError | UnexpectedError) else (
            f"unexpected: {type(error).__name__}: {error}"[:300]
        )  # fmt: skip
        node.notify(told, title="Failed", severity="error", timeout=20, markup=False)


def follow_size(screen: Screen[Any]) -> None:
    """Let a screen that comes back take the size that the terminal has got while another one was shown."""
    screen.post_message(Resize(screen.app.size, screen.app.size))


class Invitation(Vertical):
    """Ways to begin, one below the other: the arrow keys go from one to the next."""

    HELP = "Ways to begin. The arrow keys go from one to the next, Enter takes it."
    BINDINGS: ClassVar = [
        Binding("down", "go(1)", show=False),
        Binding("up", "go(-1)", show=False),
    ]

    def action_go(self, step: int) -> None:
        """Go to the next button, or to the one before."""
        (self.screen.focus_next if step > 0 else self.screen.focus_previous)("#empty Button")


def invitation(says: str, *buttons: tuple[str, str]) -> ComposeResult:
    """Give what is shown while nothing is open: what the screen is for, and ways to begin (id and words)."""
    with Invitation(id="empty"):
        yield Static(says, markup=False)
        for place, (identifier, words) in enumerate(buttons):
            yield Button(words, id=identifier, variant="default" if place else "primary", compact=True)


class AppScreen(Screen[None]):
    """A screen of the app; a screen of yours gives `compose_body`, `BINDINGS`, `HELP`, and may give `actions`."""

    PLACE: ClassVar[str] = ""  # the id in the registry
    SLOT: ClassVar["Slot | None"] = None  # the document that undo, save and open speak of here
    HELP: ClassVar[str | None] = ""  # what F1 says of the screen as a whole
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = "*:can-focus"

    def __init__(self) -> None:
        super().__init__()
        self._marked_panes: set[DOMNode] = set()

    @property
    def formulate(self) -> "FormulateApp":
        """The app, with its session, state and computing."""
        return cast("FormulateApp", self.app)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys in force; those that Textual's own widgets declare are told by F1 and stay out of the footer."""
        return {
            name: found._replace(binding=replace(found.binding, show=False))
            if found.binding.show and not found.binding.id
            else found
            for name, found in super().active_bindings.items()
        }

    def compose_body(self) -> ComposeResult:
        """Give the widgets between the line of screens and the footer."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield TooSmall()
        yield ScreenTabs(self.PLACE)
        with Container(id="body"):
            yield from self.compose_body()
        yield ProgressLine(id="progress")
        yield KeysFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Listen to the session."""
        self.formulate.changes.subscribe(self, self._session_changed)
        self.set_timer(SETTLED, self.formulate.keep_what_is_there)
        self.title = self.PLACE

    def on_screen_resume(self) -> None:
        """Take the size of the terminal."""
        follow_size(self)

    def on_resize(self, event: Resize) -> None:
        """Keep to the room there is."""
        fit_to_size(self, event.size)

    def watch_focused(self, before: Widget | None, now: Widget | None) -> None:
        """Mark the panes around what has the focus."""
        panes = {node for node in (now.ancestors_with_self if now is not None else ()) if node.has_class("pane")}
        for pane in panes ^ self._marked_panes:
            pane.set_class(pane in panes, "within", update=False)
        self.app.stylesheet.update_nodes(panes ^ self._marked_panes)  # what is in them looks the same as before
        self._marked_panes = panes

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what failed."""
        tell_failure(self, event)

    def session_changed(self, name: str) -> None:
        """React to a change of the session: the slot's name, or "result:KIND"."""

    def _session_changed(self, name: str) -> None:
        self.session_changed(name)

    @on(Button.Pressed, "#open")
    def _open(self) -> None:
        self.formulate.action_open()

    def actions(self) -> Iterable[Action]:
        """Give what the palette offers here beyond the keys."""
        return ()

    def compute(
        self,
        function: Callable[..., Result],
        *arguments: Any,
        then: Callable[[Result], object],
        group: str = "work",
        lane: Lane = "long",
        says: str = "",
        refused: Callable[[FormulateError], object] | None = None,
        told: Callable[[str], object] | None = None,
        **named: Any,
    ) -> Worker[None]:
        """Run a function in a worker process and hand its result to `then`.

        A newer call of the same group takes the place of an older one, whose result is never shown. What the function
        refuses goes to `refused`, else to a notice; any other failure is a notice that says where the details are.

        Parameters
        ----------
        function : callable
            A function of a module (see `tui.app.jobs`); it and its arguments are pickled.
        then : callable
            Takes the result, in the app.
        group : str
            What newer calls replace.
        lane : {"long", "live"}
            "live" for figures that follow the keys.
        says : str
            What the line of progress says; none is shown where it is empty. Escape cancels.
        refused : callable, optional
            Takes what the function refused.
        told : callable, optional
            Takes how far it is, in words, as the line of progress does; an empty text once it has ended, however.
        """
        return self.run_worker(
            self._compute(function, arguments, named, then, lane, says, refused, told),
            group=group, exclusive=True, exit_on_error=False, name=says,
        )  # fmt: skip

    async def _compute(
        self,
        function: Callable[..., Result],
        arguments: tuple[Any, ...],
        named: dict[str, Any],
        then: Callable[[Result], object],
        lane: Lane,
        says: str,
        refused: Callable[[FormulateError], object] | None,
        told: Callable[[str], object] | None,
    ) -> None:
        line = self.query_one(ProgressLine)
        work = line.begin(says) if says else 0

        def progress(text: str, share: float | None) -> None:
            line.tell(work, text, share)
            if told is not None:
                told(text)

        try:
            result = await self.formulate.computing.run(function, *arguments, lane=lane, progress=progress, **named)
        except FormulateError as error:
            if refused is not None:
                refused(error)
            else:
                self.notify(str(error), title=says or "Refused", severity="error", markup=False)
            return
        except UnexpectedError as error:
            self.notify(str(error), title=says or "Failed", severity="error", timeout=20, markup=False)
            return
        finally:
            line.end(work)
            if told is not None:
                told("")
        then(result)

    def cancel_work(self) -> bool:
        """Cancel what the line of progress shows; tell whether there was something."""
        shown = [worker for worker in self.app.workers if worker.node is self and worker.name and worker.is_running]
        for worker in shown:
            worker.cancel()
        if shown:
            self.notify("Cancelled.", timeout=2)
        return bool(shown)

    def own_bindings(self) -> Iterable[Binding]:
        """Give the declared actions of this screen and of what has the focus, the nearest first."""
        return declared(self.focused if self.focused is not None else self)


class AppModal(ModalScreen[Any]):
    """A box over a screen that asks or tells one thing; Escape leaves it."""

    HELP: ClassVar[str | None] = "Escape goes back and changes nothing."
    BINDINGS: ClassVar = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f1", "app.help", "Help", show=False),
    ]

    @property
    def formulate(self) -> "FormulateApp":
        """The app, with its session, state and computing."""
        return cast("FormulateApp", self.app)

    def on_screen_resume(self) -> None:
        """Take the size of the terminal."""
        follow_size(self)

    def on_resize(self, event: Resize) -> None:
        """Keep to the room there is."""
        fit_to_size(self, event.size)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what failed."""
        tell_failure(self, event)

    def action_leave(self) -> None:
        """Leave with no answer."""
        self.dismiss(None)


def declared(start: Widget | Screen[Any]) -> list[Binding]:
    """Give the actions declared with `keys.key` from a widget up to its screen, each with the keys in force."""
    found: dict[str, Binding] = {}
    for node in start.ancestors_with_self:
        for _, binding in node._bindings:
            if binding.id and ": " in binding.tooltip:
                found.setdefault(binding.id, binding)
        if isinstance(node, ModalScreen):
            break  # a box keeps the keys of the app from working
    return list(found.values())
