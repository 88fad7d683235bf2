"""Example files that ship with the program, to run as they are or to start from."""

from importlib.resources import files
from pathlib import Path

from materials.errors import Fault, FileError, shorten
from materials.files import write


def names() -> tuple[str, ...]:
    """Give the names of the example files."""
    return tuple(sorted(item.name for item in files(__name__).iterdir() if item.name.endswith((".toml", ".csv"))))


def text(name: str) -> str:
    """Give the text of an example file."""
    return files(__name__).joinpath(name).read_text("utf-8")


def copy(folder: Path) -> tuple[Path, ...]:
    """Lay the examples out in a folder, making it if need be; a file that is already there is left alone.

    Raises
    ------
    FileError
        The folder cannot be made, or one of the files exists with another content.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = shorten(getattr(error, "strerror", None) or error)
        raise FileError(
            [Fault(shorten(str(folder), 120), "", f"cannot be made ({reason}); need a folder name")]
        ) from None
    targets = [(folder / name, text(name)) for name in names()]
    taken = [
        Fault(str(path), "", "exists and differs from the example; need a folder without it")
        for path, content in targets
        if path.is_symlink() or (path.exists() and not _same(path, content))
    ]
    if taken:
        raise FileError(taken)
    for path, content in targets:
        write(path, content)
    return tuple(path for path, _ in targets)


def _same(path: Path, content: str) -> bool:
    """Tell whether a file has this content, without opening what is no file."""
    data = content.encode("utf-8")
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
