"""Reading the TOML files a user keeps: every fault at once, each with its line; writing files whole or not at all."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomli

from materials.errors import Fault, FileError, shorten

LARGEST_FILE = 100_000  # bytes; a formulation file is a few thousand
MOST_FAULTS = 50  # listed at once
LONGEST_LINE = 200  # characters that are looked at for a key; the keys of a file are short

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")


HINT = "; `formulate examples copy DIR` lays out files to start from"


def read_toml(
    path: Path,
    need: str = 'a TOML file with kind = "question" or "formulation"',
    hint: str = HINT,
    largest: int = LARGEST_FILE,
) -> tuple[dict[str, Any], "Locator"]:
    """Give the content of a TOML file and where each key stands.

    Parameters
    ----------
    path : Path
        The file.
    need, hint : str
        What a refusal says is needed, and what it advises when there is no such file.
    largest : int
        The most bytes that are read.

    Raises
    ------
    FileError
        The file is missing, too large, not UTF-8, empty, or not TOML.
    """
    return parse_toml(path, read_text(path, hint=hint, largest=largest), need)


def read_text(path: Path, what: str = "TOML", hint: str = HINT, largest: int = LARGEST_FILE) -> str:
    """Give the text of a file of the user's, without a byte order mark.

    Parameters
    ----------
    path : Path
        The file.
    what, hint : str
        Of what kind it is, and what a refusal advises when there is no such file.
    largest : int
        The most bytes that are read.

    Raises
    ------
    FileError
        The file is missing, too large, a folder or a pipe, cannot be read, or is not UTF-8.
    """

    def refuse(problem: str) -> FileError:
        return FileError([Fault(shorten(path, 120), "", problem)])

    try:
        if path.is_dir():
            raise refuse(f"is a folder; need a {what} file")
        if path.is_fifo() and path.parent.parts[:2] not in (("/", "dev"), ("/", "proc")):
            raise refuse(f"is a pipe, which would be waited for; need a {what} file")
        with path.open("rb") as stream:  # never more than fits: a device has no end
            data = stream.read(largest + 1)
        if len(data) > largest:
            raise refuse(f"too large; need a {what} file of at most {largest} bytes")
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        raise refuse(f"no such file{hint}") from None
    except UnicodeDecodeError as error:
        raise refuse(f"byte {error.start} is not UTF-8; need a {what} file in UTF-8") from None
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        raise refuse(f"cannot be read ({shorten(getattr(error, 'strerror', None) or error)})") from None


def parse_toml(
    path: Path, text: str, need: str = 'TOML with kind = "question" or "formulation"'
) -> tuple[dict[str, Any], "Locator"]:
    """Give the content of a TOML text and where each key stands; the path is what a refusal names.

    Raises
    ------
    FileError
        The text is empty, or not TOML.
    """

    def refuse(problem: str, line: int | None = None) -> FileError:
        return FileError([Fault(shorten(path, 120), "", problem, line)])

    if not text.strip():
        raise refuse(f"is empty; need {need}")
    try:
        content = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        match = re.search(r"\(at line (\d+), column \d+\)", str(error))
        problem = re.sub(r"\s*\(at .*\)", "", str(error))
        line = int(match.group(1)) if match else text.rstrip().count("\n") + 1  # else it is the end of the file
        wanted = "" if path.suffix.lower() == ".toml" else f"; need {need}"
        raise refuse(f"not TOML: {shorten(problem)}{wanted}", line) from None
    except RecursionError:
        raise refuse("not TOML: nested too deeply") from None
    except ValueError as error:  # an integer of thousands of digits
        raise refuse(f"not TOML that can be read: {shorten(error)}") from None
    return content, Locator(text)


class Lines:
    """Knows the lines of dotted keys, so that a refusal can name them."""

    def __init__(self, lines: dict[str, int]) -> None:
        self._lines = lines

    def line(self, dotted: str) -> int | None:
        """Give the line of a key, or of the nearest table around it."""
        while dotted:
            if dotted in self._lines:
                return self._lines[dotted]
            dotted = dotted.rpartition(".")[0]
        return None


class Locator(Lines):
    """Finds the lines of the dotted keys of a TOML file."""

    def __init__(self, text: str) -> None:
        super().__init__({})
        counts: dict[str, int] = {}
        prefix = ""
        for number, whole in enumerate(text.split("\n"), start=1):
            line = whole[:LONGEST_LINE]
            if header := _HEADER.match(line):
                prefix = _place(header.group(2).replace('"', ""), header.group(1) == "[[", counts)
                self._note(prefix, number)
            elif key := _KEY.match(line):
                dotted = f"{prefix}.{key.group(1)}" if prefix else key.group(1)
                self._note(dotted.replace('"', ""), number)

    def _note(self, dotted: str, number: int) -> None:
        """Remember where a key stands first, and with it every table around it that has not been seen yet."""
        while dotted and dotted not in self._lines:
            self._lines[dotted] = number
            dotted = dotted.rpartition(".")[0]


def _place(header: str, is_item: bool, counts: dict[str, int]) -> str:
    """Give the dotted place that a header opens, each list of tables on the way with the index of its last item."""
    *outer, last = [part.strip() for part in header.split(".")]
    place = ""
    for part in outer:
        place = f"{place}.{part}" if place else part
        place = f"{place}.{counts[place]}" if place in counts else place
    place = f"{place}.{last}" if place else last
    if not is_item:
        return place
    counts[place] = counts.get(place, -1) + 1
    return f"{place}.{counts[place]}"


def faults(path: Path, locator: Locator, found: Mapping[str, list[str]]) -> list[Fault]:
    """Give the faults of a file in the order of its lines, from problems keyed by dotted field."""
    listed = [
        Fault(shorten(str(path), 120), field, problem, locator.line(field))
        for field, problems in found.items()
        for problem in problems
    ]
    return sorted(listed, key=lambda fault: (fault.line or 0, fault.field))[:MOST_FAULTS]


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole: to a temporary file beside it, then renamed into place.

    Raises
    ------
    FileError
        The folder does not exist or cannot be written; nothing is left behind.
    """
    write_all({path: content})


def write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Write files whole, all or none: every one to a temporary file beside it, then each renamed into place.

    A folder inside that of another of the files is made where it is not there, as for the figures beside a report.

    Raises
    ------
    FileError
        A folder does not exist or cannot be written; nothing is left behind, not even a folder.
    """
    beside = {other.parent for other in contents}
    ready: dict[Path, Path] = {}
    made: list[Path] = []
    path = Path()
    try:
        for path, content in contents.items():
            if path.parent.parent in beside and path.parent.parent.is_dir() and not path.parent.exists():
                made.append(path.parent)  # before it is there: an interrupt may come between any two lines
                path.parent.mkdir()
            _stage(path, content, ready)
        while ready:
            path = next(iter(ready))
            ready[path].replace(path)
            del ready[path]
    except BaseException as error:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        if not isinstance(error, OSError | ValueError):
            raise  # an interrupt leaves nothing behind either
        reason = shorten(getattr(error, "strerror", None) or error)
        problem = f"cannot be written ({reason}); need a file name in a folder that exists and can be written"
        raise FileError([Fault(shorten(str(path), 120), "", problem)]) from None


def _stage(path: Path, content: str | bytes, ready: dict[Path, Path]) -> None:
    """Write a temporary file beside a path, noted in `ready` before it is there."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_dir():
        raise FileError([Fault(shorten(str(path), 120), "", "is a folder; need a file name")])
    if path.exists() and not path.is_file():
        raise FileError([Fault(shorten(str(path), 120), "", "is a device or a pipe; need a file name")])
    ready[path] = path.with_name(f".{path.name[:40]}.{os.urandom(4).hex()}.part")
    handle = os.open(ready[path], os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


@contextmanager
def alone_at(path: Path) -> Iterator[None]:
    """Let no other process of ours read and write anew a file of this folder meanwhile; wait until none does.

    The folder itself is locked, the nearest one that is there: nothing is left beside the file.
    """
    folder = next((parent for parent in path.absolute().parents if parent.is_dir()), None)
    try:
        handle = os.open(folder, os.O_RDONLY) if folder else None
    except OSError:  # a system that opens no folders
        handle = None
    try:
        if handle is not None:
            locked(handle, wait=True)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def locked(handle: int, wait: bool = False) -> bool:
    """Lock an open file or folder until it is closed; tell whether it is ours, True where the system has no locks."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
