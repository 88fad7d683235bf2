"""Where the catalog's files are: those that are shipped, and those of the user."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from materials.errors import Fault, FileError, shorten

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PROJECT_FOLDER = "formulate-catalog"
FOLDERS = {"carrier": "carriers", "payload": "payloads", "site": "sites", "method": "methods", "study": "studies"}
asked_for: list[Path] = []  # files that the user laid over the catalog in this run


def config_folder() -> Path:
    """Give the folder of the user's own catalog files."""
    import platformdirs

    return Path(platformdirs.user_config_dir("formulate", appauthor=False)) / "catalog"


def own_files(asked: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Give the user's own files, weakest first: config folder, project folder, files asked for."""
    found: list[Path] = []
    for folder in (config_folder(), Path(PROJECT_FOLDER)):
        try:
            inside = sorted(folder.iterdir()) if folder.exists() else []
        except OSError as error:
            problem = f"cannot be read ({error.strerror}); need a folder of catalog files"
            raise FileError([Fault(shorten(folder, 120), "", problem)]) from None
        # editors and file systems leave files of their own, whose names start with a point
        found += [
            file for file in inside if file.suffix.lower() == ".toml" and file.name[0] != "." and not file.is_dir()
        ]
    return (*found, *asked)


def shipped_files() -> Iterator[tuple[str, bytes]]:
    """Give the content of every shipped data file by its place under `materials/data`."""
    root = files("materials").joinpath("data")
    for name in ("classes.toml", "conflicts.toml"):
        yield name, _bytes(root.joinpath(name))
    for folder in ("properties", *FOLDERS.values()):
        for file in sorted(root.joinpath(folder).iterdir(), key=lambda item: item.name):
            if file.name.endswith(".toml"):
                yield f"{folder}/{file.name}", _bytes(file)


def digest_of(contents: Mapping[str, bytes]) -> str:
    """Give a digest that changes with any byte of the files."""
    digest = hashlib.blake2b(digest_size=32)
    for name, data in contents.items():
        digest.update(name.encode() + b"\0" + data + b"\0")
    return digest.hexdigest()


def compiled_digest(digest: str) -> str:
    """Give a digest that changes with the files and with the code that gives them their meaning."""
    code = hashlib.blake2b(digest.encode(), digest_size=32)
    for name in ("readiness.py", "schema.py", "search.py", "values.py"):
        code.update(_bytes(files("materials").joinpath(name)))
    for name in ("declaration.py", "loading.py", "release.py", "retention.py"):
        code.update(_bytes(files("materials").joinpath("mechanisms", name)))
    return code.hexdigest()


def _bytes(file: "Traversable") -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")
