"""A field for the path of a file, completed as it is typed; Tab or the right arrow takes the completion."""

from pathlib import Path
from typing import Any, ClassVar

from textual.binding import Binding
from textual.suggester import Suggester
from textual.widgets import Input

from tui.app.paths import typed_path

_MOST_LOOKED_AT = 2000  # names of one folder


class PathField(Input):
    """A path, relative to a folder."""

    HELP = "A file. Type its name or path; what fits is shown behind it, and Tab takes it. ~ is your home folder."
    BINDINGS: ClassVar = [Binding("tab", "complete", show=False)]

    def __init__(self, value: str = "", *, folder: Path, endings: tuple[str, ...] = (), **named: Any) -> None:
        super().__init__(value, suggester=_Names(folder, endings), compact=True, **named)
        self.folder = folder

    @property
    def path(self) -> Path | None:
        """The path typed, or None."""
        typed = self.value.strip()
        return typed_path(self.folder, typed) if typed else None

    def take_shown(self) -> None:
        """Take the completion that is shown, where what is typed names no file or folder by itself."""
        typed = self.path
        if self._suggestion and typed is not None and not typed.exists():
            self.value = self._suggestion

    def action_complete(self) -> None:
        """Take the completion, or go to the next field where there is none."""
        if self.cursor_at_end and self._suggestion and self._suggestion != self.value:
            self.action_cursor_right()
        else:
            self.screen.focus_next()


class _Names(Suggester):
    """The first name in the folder that goes on as it was begun."""

    def __init__(self, folder: Path, endings: tuple[str, ...]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.folder, self.endings = folder, endings

    async def get_suggestion(self, value: str) -> str | None:
        head, slash, begun = value.rpartition("/")
        try:
            inside = self.folder / Path(head + slash).expanduser()
            names = []
            for index, item in enumerate(inside.iterdir()):
                if index >= _MOST_LOOKED_AT:
                    break
                if item.name.startswith(begun) and (begun or not item.name.startswith(".")):
                    if item.is_dir():
                        names.append(f"{item.name}/")
                    elif not self.endings or item.suffix.lower() in self.endings:
                        names.append(item.name)
        except (OSError, RuntimeError, ValueError):
            return None
        return f"{head}{slash}{min(names)}" if names and begun else None
