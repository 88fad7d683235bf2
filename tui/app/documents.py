"""Files in and out: which slot a file belongs to, what it says, and how a document is written."""

import re
from pathlib import Path

from materials.errors import Fault, FileError, shorten
from materials.files import parse_toml, read_text, write
from tui.app.paths import is_file
from tui.app.session import Document, Slot

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
_IN_QUOTES = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
_OF_KIND: dict[str, Slot] = {"formulation": "formulation", "question": "question", "target": "target"}
_OF_A_CATALOG = ("carrier", "site", "method", "study")  # no other file has such tables
SCREEN_OF: dict[Slot, str] = {"formulation": "formulation", "question": "compare", "data": "data", "target": "design"}


def read_document(path: Path) -> Document:
    """Give the document of a file: a TOML file by its kind, a table as release data.

    What a TOML file says is not judged here: a form shows what is wrong with it, field by field.

    Raises
    ------
    FileError
        The file cannot be read, is not TOML, or is of no kind the app opens.
    """
    if path.suffix.lower() in TABLES:
        if not is_file(path):
            raise FileError([Fault(shorten(path, 120), "", "no such file; need a table of release data")])
        return Document("data", {"table": str(path)}, path)
    text = read_text(path, hint="")
    content, locator = parse_toml(path, text, 'a TOML file with kind = "question" or "formulation"')
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in _OF_KIND:
        need = 'need kind = "formulation", "question" or "target", or a table (.csv, .xlsx)'
        if kind is None and any(isinstance(content.get(name), list) for name in _OF_A_CATALOG):
            need = (
                "these are entries of a catalog; need them in the folder formulate-catalog where the app is started, "
                "or with formulate app --catalog FILE"
            )
        told = "is missing" if kind is None else f"{shorten(kind)!r} is unknown"
        raise FileError([Fault(shorten(path, 120), "kind", f"{told}; {need}", locator.line("kind"))])
    return Document(_OF_KIND[kind], content, path, _lines(text))


def write_document(document: Document, path: Path) -> str:
    """Write a document as a TOML file, whole or not at all; give the text. The comments at its head are kept.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from formulate.designs.saved import to_toml

    if document.text and document.value == document.saved:
        text = document.text
    else:
        head, _ = _head(document.text)
        text = "".join(f"{line}\n" for line in head) + to_toml(document.value)
    write(path, text)
    return text


def is_changed_elsewhere(document: Document) -> bool:
    """Tell whether another program wrote the file of a document since it was read or saved here."""
    if document.path is None or not document.text or not is_file(document.path):
        return False
    try:
        return _lines(read_text(document.path)) != document.text
    except FileError:  # it holds something else altogether
        return True


def _lines(text: str) -> str:
    """Give a text with the line ends of this program."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def loses_comments(document: Document) -> bool:
    """Tell whether writing the document loses comments that stand between or behind its lines."""
    _, rest = _head(document.text)
    return document.value != document.saved and any("#" in _IN_QUOTES.sub("", line) for line in rest)


def _head(text: str) -> tuple[list[str], list[str]]:
    """Give the comments and empty lines that a file begins with, and the other lines."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return lines[:end], lines[end:]
