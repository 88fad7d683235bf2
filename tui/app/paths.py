"""Paths that a user typed or that were remembered: looked at without ever failing."""

from pathlib import Path


def is_file(path: Path) -> bool:
    """Tell whether a file is there and may be looked at."""
    try:
        return path.is_file()
    except OSError:  # a folder that is closed to us, a name that is too long
        return False


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there and may be looked at."""
    try:
        return path.is_dir()
    except OSError:
        return False


def here() -> Path:
    """Give the folder the program was started in; that of the user where it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


def typed_path(folder: Path, typed: str) -> Path:
    """Give the path of what was typed, below a folder where it is not absolute; ~ is the user's own folder."""
    try:
        return folder / Path(typed).expanduser()
    except RuntimeError:  # ~somebody, whom the system does not know
        return folder / typed
