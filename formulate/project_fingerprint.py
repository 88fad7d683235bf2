"""What a result of a project rests on, and what of it has changed since."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.version import program_version
from materials import catalog
from materials.errors import Fault, FileError, shorten
from materials.overlay import LARGEST_OWN_FILE
from materials.places import FOLDERS

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_OF_CATALOG = ("properties", "classes.toml", "conflicts.toml", *FOLDERS.values())  # its version tells of these
_NOT_CODE = ("__pycache__", "examples")


@dataclass(frozen=True)
class Fingerprint:
    """What a result rests on; two that are equal stand for the same result."""

    file: str  # digest of its bytes
    catalog: str  # version of the shipped catalog
    program: str  # version and digest of its code
    draws: int
    seed: int
    own_catalog_files: dict[str, str] = field(default_factory=dict)  # digests by path

    def to_dict(self) -> dict[str, Any]:
        """Give the fingerprint as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Any) -> "Fingerprint":
        """Give the fingerprint that plain data hold.

        Raises
        ------
        KeyError, TypeError
            They hold none.
        """
        return cls(**{item.name: given[item.name] for item in fields(cls)})

    def changes_since(self, before: "Fingerprint") -> Iterator[str]:
        """Say what has changed since another fingerprint, but for the file itself.

        Examples
        --------
        >>> old = Fingerprint("a", "c1", "0.1.0", 1024, 7)
        >>> list(Fingerprint("a", "c2", "0.1.0", 64, 7, {"own.toml": "x"}).changes_since(old))
        ['the catalog changed', 'the catalog file own.toml is new', 'draws 1024 -> 64']
        """
        if self.catalog != before.catalog:
            yield "the catalog changed"
        old, new = before.own_catalog_files, self.own_catalog_files
        for name in dict.fromkeys((*new, *old)):
            if old.get(name) != new.get(name):
                told = "is new" if name not in old else "is gone" if name not in new else "changed"
                yield f"the catalog file {shorten(name, 120)} {told}"
        if list(old) != list(new) and sorted(old) == sorted(new):
            yield "the order of the catalog files changed"
        if self.program != before.program:
            of_same_version = self.program.partition("+")[0] == before.program.partition("+")[0]
            yield "the program changed" if of_same_version else f"the program: {before.program} -> {self.program}"
        for name in ("draws", "seed"):
            if getattr(self, name) != getattr(before, name):
                yield f"{name} {getattr(before, name)} -> {getattr(self, name)}"


def fingerprint(path: Path, draws: int, seed: int) -> Fingerprint:
    """Give what a result of a file rests on now.

    Raises
    ------
    FileError
        The file, or a catalog file of the user's, cannot be read.
    """
    known = catalog.load()
    own = {_place(item, path.parent): _digest(item) for item in known.own_files}
    return Fingerprint(_digest(path), known.version.partition("+")[0], program(), draws, seed, own)


def _place(path: Path, folder: Path) -> str:
    """Give where a file is, from the project on if it is inside: the same wherever the program is started."""
    whole, around = path.resolve(), folder.resolve()
    return whole.relative_to(around).as_posix() if whole.is_relative_to(around) else str(whole)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.sha256(stream.read(LARGEST_OWN_FILE + 1)).hexdigest()
    except OSError as error:
        raise FileError([Fault(shorten(path, 120), "", f"cannot be read ({error.strerror})")]) from None


@cache
def program() -> str:
    """Give the version of the program with a digest of its code and of the data that are not of the catalog."""
    digest = hashlib.blake2b(digest_size=4)
    for package in ("formulate", "materials"):
        for name, data in _contents(files(package), package):
            digest.update(name.encode() + b"\0" + data + b"\0")
    return f"{program_version()}+{digest.hexdigest()}"


def _contents(folder: "Traversable", name: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        inside = f"{name}/{item.name}"
        if item.name in _NOT_CODE or (name == "materials/data" and item.name in _OF_CATALOG):
            continue
        if item.is_dir():
            yield from _contents(item, inside)
        else:
            yield inside, item.read_bytes()
