"""Boxes that ask: one of a few answers, one of a list, a path."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static
from textual.widgets.option_list import Option

from materials.errors import shorten
from tui.app.screens.base import AppModal, TooSmall
from tui.app.widgets.options import Options
from tui.app.widgets.path_field import PathField


class Ask(AppModal):
    """A question with a few answers; gives the one chosen, or None."""

    HELP = "The arrow keys left and right go from answer to answer, Enter takes one. Escape goes back."

    def __init__(self, question: str, answers: Sequence[str] = ("Yes", "No")) -> None:
        super().__init__()
        self.question, self.answers = question, tuple(answers)

    def compose(self) -> ComposeResult:
        """Lay out the question and a button for each answer."""
        yield TooSmall()
        with Vertical(classes="box small"):
            yield Static(self.question, markup=False)
            with Horizontal(classes="buttons"):
                for index, answer in enumerate(self.answers):
                    yield Button(
                        answer, id=f"answer-{index}", variant="primary" if index == 0 else "default", compact=True
                    )

    def on_mount(self) -> None:
        """Start at the first answer."""
        self.query(Button).first().focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(self.answers[int(str(event.button.id).rpartition("-")[2])])

    def key_right(self) -> None:
        """Go to the next answer."""
        self.focus_next()

    def key_left(self) -> None:
        """Go to the answer before."""
        self.focus_previous()


class Choose(AppModal):
    """A list to choose from; gives the id of the line chosen, or None."""

    HELP = "The arrow keys move, Enter takes the line under the cursor. Escape goes back."

    def __init__(self, title: str, lines: Sequence[tuple[str, str]], hint: str = "") -> None:
        super().__init__()
        self.box_title, self.lines, self.hint = title, tuple(lines), hint

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = self.box_title
            box.border_subtitle = "Enter chooses   Esc goes back"
            if self.hint:
                yield Static(self.hint, classes="muted", markup=False)
            yield Options(*(Option(text, id=None) for _, text in self.lines), markup=False)

    def on_mount(self) -> None:
        """Start at the first line."""
        self.query_one(Options).focus()

    @on(Options.OptionSelected)
    def _chosen(self, event: Options.OptionSelected) -> None:
        self.dismiss(self.lines[event.option_index][0])


class PathBox(AppModal):
    """Asks for a file or a folder, by its name with completion or in the folders (Browse); gives the path, or None."""

    HELP = "Enter takes the name that is typed, Browse shows the folders. Escape goes back."

    def __init__(
        self,
        title: str,
        *,
        folder: Path,
        name: str = "",
        endings: tuple[str, ...] = (),
        saving: bool = False,
        for_folder: bool = False,
    ) -> None:
        super().__init__()
        self.for_folder = for_folder
        self.box_title, self.folder, self.file_name, self.endings, self.saving = title, folder, name, endings, saving
        self._confirmed = ""

    def compose(self) -> ComposeResult:
        """Lay out the field and its buttons."""
        yield TooSmall()
        with Vertical(classes="box small") as box:
            box.border_title = self.box_title
            box.border_subtitle = "Tab completes   Enter takes it   Esc goes back"
            yield Static(f"Folder {self.folder}", classes="muted", markup=False)
            yield PathField(self.file_name, folder=self.folder, endings=self.endings, id="path")
            yield Static("", id="path-problem", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(self.box_title, id="take", variant="primary", compact=True)
                yield Button("Browse folders", id="browse", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Start in the field."""
        self.query_one(PathField).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#path-problem", Static).update("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#take")
    def _take(self) -> None:
        field = self.query_one(PathField)
        if not (self.saving or self.for_folder):
            field.take_shown()
        path = field.path
        problem = self.problem_of(path)
        self.query_one("#path-problem", Static).update(problem)
        if not problem and path is not None:
            self.dismiss(path)

    def problem_of(self, path: Path | None) -> str:
        """Give what is wrong with a path, or nothing."""
        try:
            return self._problem(path)
        except OSError as error:  # a folder that is closed to us, a name that is too long
            return f"This cannot be looked at ({error.strerror}); need another name."

    def _problem(self, path: Path | None) -> str:
        if path is None:
            return f"The name of a {'folder' if self.for_folder else 'file'} is needed."
        if self.for_folder:
            return "This is a file; a folder is needed." if path.is_file() else ""
        if path.is_dir():
            return f"{shorten(path.name)} is a folder; a file is needed."
        if self.endings and path.suffix.lower() not in self.endings:
            return f"The name must end in {' or '.join(self.endings)}."
        if not self.saving and not path.exists():
            return "There is no such file."
        if self.saving and not path.parent.is_dir():
            return f"There is no folder {shorten(path.parent, 100)}."
        if self.saving and path.exists() and self._confirmed != str(path):
            self._confirmed = str(path)
            return "This file is there already. Enter once more replaces it."
        return ""

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#browse")
    def _browse(self) -> None:
        self.run_worker(self._ask_browser(), exclusive=True)

    async def _ask_browser(self) -> None:
        from textual_fspicker import FileOpen, FileSave, Filters, SelectDirectory

        endings = self.endings
        filters = Filters(
            ("Fitting files", lambda path: not endings or path.suffix.lower() in endings), ("All files", lambda _: True)
        )
        name = self.query_one(PathField).value
        picker = (
            SelectDirectory(self.folder, self.box_title)
            if self.for_folder
            else FileSave(self.folder, self.box_title, filters=filters, default_file=name, can_overwrite=True)
            if self.saving
            else FileOpen(self.folder, self.box_title, filters=filters)
        )
        chosen = await self.app.push_screen_wait(picker)
        if chosen is not None:
            self.query_one(PathField).value = str(chosen)
            self.query_one(PathField).focus()
