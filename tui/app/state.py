"""What the app remembers from one run to the next, in a file of the user's state folder."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from materials.errors import FormulateError
from materials.files import write

VERSION = 1
MOST_RECENT = 12


def state_folder() -> Path:
    """Give the folder of what the app remembers and of what it notes about failures."""
    import platformdirs

    return Path(platformdirs.user_state_dir("formulate", appauthor=False))


@dataclass(frozen=True)
class State:
    """What is remembered: where the user was, and how they like it."""

    welcomed: bool = False  # the greeting of the first run was seen
    screen: str = "catalog"
    folder: str = ""  # the folder of the last file
    recent: tuple[str, ...] = ()  # files opened or saved, the latest first
    theme: str = ""
    plain_plots: bool = False  # quadrants in the place of braille
    kept: Mapping[str, Any] = field(default_factory=dict)  # what screens keep, by their id

    def with_recent(self, path: Path) -> "State":
        """Give the state with a file as the latest, and its folder as the last one."""
        name = str(path.absolute())
        others = [item for item in self.recent if item != name]
        return replace(self, recent=(name, *others)[:MOST_RECENT], folder=str(path.absolute().parent))

    def with_kept(self, screen: str, **kept: object) -> "State":
        """Give the state with what a screen keeps laid over what it kept before."""
        mine = {**self.kept.get(screen, {}), **kept}
        return replace(self, kept={**self.kept, screen: mine})


def read_state() -> State:
    """Give what was remembered; a fresh state where nothing was, or where it cannot be read."""
    try:
        content = json.loads((state_folder() / "app.json").read_text("utf-8"))
        if content.pop("version") != VERSION:
            return State()
        types = {item.name: type(getattr(State(), item.name)) for item in fields(State)}
        kept: dict[str, Any] = {
            name: tuple(value) if types.get(name) is tuple else value for name, value in content.items()
        }
        if not all(name in types and isinstance(value, types[name]) for name, value in kept.items()):
            return State()
        if not all(isinstance(item, str) for item in kept.get("recent", ())):
            return State()
        if not all(isinstance(item, dict) for item in kept.get("kept", {}).values()):
            return State()
        return State(**kept)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return State()


def write_state(state: State) -> None:
    """Write the state whole; a folder that cannot be written is no reason to stop the user."""
    try:
        state_folder().mkdir(parents=True, exist_ok=True)
        write(state_folder() / "app.json", json.dumps({"version": VERSION, **asdict(state)}, ensure_ascii=False))
    except (OSError, FormulateError):
        pass
