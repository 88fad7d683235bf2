"""One entry of the user's own in its catalog file: found there, checked against the catalog, and put back.

The rest of the file stays as it is written, comments included.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from materials import places
from materials.catalog import KINDS, Catalog, load
from materials.errors import Fault, FileError, shorten
from materials.files import Lines, Locator, alone_at, parse_toml, read_text, read_toml, write
from materials.overlay import LARGEST_OWN_FILE, lay_rows

if TYPE_CHECKING:
    from materials.exchange import Imported

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(#.*)?$")
_TABLES = ("property", "statement", "missing", "mechanisms", "modifications", "inherits", "composition", "named_in",
           "findings")  # fmt: skip
_NEED = "[[carrier]], [[payload]], [[site]], [[method]] or [[study]] entries"


@dataclass(frozen=True)
class OwnEntry:
    """What a file of the user says of an entry: the file, its place among the entries of its kind there, its tables."""

    path: Path
    kind: str
    index: int
    row: Mapping[str, Any]


def find_own(kind: str, identifier: str) -> OwnEntry | None:
    """Give what the user's files say of an entry; of several files the one that wins, or None.

    Raises
    ------
    FileError
        A file of the user cannot be read.
    """
    for path in reversed(places.own_files(places.asked_for)):
        rows, _ = read_toml(path, _NEED, hint="", largest=LARGEST_OWN_FILE)
        for index, row in enumerate(_rows(rows, kind)):
            if row.get("id") == identifier:
                return OwnEntry(path, kind, index, row)
    return None


def held_in(path: Path) -> dict[str, int]:
    """Count the tables that a file of the user's lays over the catalog, and the values in them.

    Raises
    ------
    FileError
        The file cannot be read.
    """
    rows, _ = _read(path)
    entries = [row for kind in KINDS for row in _rows(rows, kind)]
    counts = {name: len(_rows(rows, name)) for name in ("property", "class")}
    values = sum(len(_rows(row, "property")) for row in entries)
    return {"entries": len(entries), "values": values, "properties": counts["property"], "classes": counts["class"]}


def usual_file(identifier: str) -> Path:
    """Give the file that a new entry is kept in: one of its own in the folder of the user's configuration."""
    return places.config_folder() / f"{identifier}.toml"


def put(kind: str, row: Mapping[str, Any], path: Path) -> int:
    """Put an entry into a catalog file, in the place of what it says of it so far; give its index there.

    The file is written only when the whole catalog holds with it.

    Raises
    ------
    FileError
        The entry breaks the schema or the file cannot be written. Each fault has the field as the file names it:
        "carrier.0.property.1.typical".
    """
    with alone_at(path):
        text = _text(path)
        index = _place(text, kind, row.get("id"))
        made = with_entry(text, kind, index, row)
        _write_checked(path, made)
    return index


def bring_in(table: Path) -> tuple[Path | None, "Imported"]:
    """Put the values of a table (.csv, .tsv, .xlsx) into a catalog file of their own, named as the table.

    The file stands in the folder of the user's configuration and is written only when the whole catalog holds with it;
    None in its place where the catalog says all of it already.

    Raises
    ------
    FileError
        The table cannot be used as `materials.exchange.import_table` says, or there is a file of this name already.
    """
    from materials.exchange import import_table

    made = import_table(load(), table)
    if not (made.new or made.changed):
        return None, made
    path = usual_file(table.stem)
    with alone_at(path):
        if path.exists():
            problem = "is there already; need the table under another name, or this file taken away"
            raise FileError([Fault(shorten(path, 120), "", problem)])
        _write_checked(path, made.text)
    return path, made


def _write_checked(path: Path, text: str) -> None:
    check(path, text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError([Fault(shorten(path.parent, 120), "", f"cannot be made ({error.strerror})")]) from None
    write(path, text)


def take_out(own: OwnEntry) -> None:
    """Take an entry out of its file; a file with nothing else in it goes away with it.

    Raises
    ------
    FileError
        Something else rests on the entry, or the file cannot be written.
    """
    with alone_at(own.path):
        before = _text(own.path)
        index = _place(before, own.kind, own.row.get("id"))
        if index == len(_rows(tomli.loads(before), own.kind)):
            return  # another process was first
        text = without_entry(before, own.kind, index)
        check(own.path, text)
        if tomli.loads(text):
            write(own.path, text)
        else:
            own.path.unlink(missing_ok=True)


def _text(path: Path) -> str:
    """Give the text of a catalog file, nothing where there is none; refused where it is no TOML."""
    if not path.exists():
        return ""
    text = read_text(path, hint="", largest=LARGEST_OWN_FILE)
    if text.strip():
        parse_toml(path, text, _NEED)
    return text


def _place(text: str, kind: str, identifier: object) -> int:
    """Give the index of an entry among those of its kind in a file; one more than the last where it is none of them."""
    rows = _rows(tomli.loads(text), kind)
    return next((place for place, item in enumerate(rows) if item.get("id") == identifier), len(rows))


def check(path: Path, text: str) -> Catalog:
    """Give the catalog as it would be with this text in a file of the user.

    Raises
    ------
    FileError
        It breaks the schema, or another file of the user does then.
    """
    from materials.store import load_shipped

    catalog = load_shipped()
    own = list(places.own_files(places.asked_for))
    for file in own if path in own else [*own, path]:
        if file == path:
            catalog = lay_rows(catalog, file, tomli.loads(text), Locator(text))
        else:
            catalog = lay_rows(catalog, file, *_read(file))
    return catalog


def _read(path: Path) -> tuple[dict[str, Any], Lines]:
    return read_toml(path, _NEED, hint="", largest=LARGEST_OWN_FILE)


def with_entry(text: str, kind: str, index: int, row: Mapping[str, Any]) -> str:
    """Give the text of a file with one entry replaced, or added behind the others.

    >>> print(with_entry("# mine\\n[[carrier]]\\nid = 'a'\\n", "carrier", 0, {"id": "a", "name": "A"}), end="")
    # mine
    [[carrier]]
    id = "a"
    name = "A"
    """
    lines, start, end = _block(text, kind, index)
    wanted = _rows(tomli.loads(text), kind)
    wanted[index : index + 1] = [row]
    block = entry_text(kind, row).splitlines()
    before, after = lines[:start], lines[end:]
    made = [*before, *([""] if before and before[-1].strip() and start == end else []), *block]
    made += [*([""] if after and after[0].strip() else []), *after]
    return _sound("\n".join(made).rstrip("\n") + "\n", text, kind, wanted)


def without_entry(text: str, kind: str, index: int) -> str:
    """Give the text of a file without one of its entries."""
    lines, start, end = _block(text, kind, index)
    wanted = _rows(tomli.loads(text), kind)
    del wanted[index]
    return _sound("\n".join([*lines[:start], *lines[end:]]).rstrip("\n") + "\n", text, kind, wanted)


def entry_text(kind: str, row: Mapping[str, Any]) -> str:
    """Give an entry as it stands in a file: a block for each value and each statement."""
    import tomli_w

    def scalars(table: Mapping[str, Any], skipped: Sequence[str] = ()) -> list[str]:
        return [tomli_w.dumps({key: value}).rstrip() for key, value in table.items() if key not in skipped]

    lines = [f"[[{kind}]]", *scalars(row, _TABLES)]
    for name in _TABLES:
        given = row.get(name)
        for table in given if isinstance(given, list | tuple) else [given] if given else []:
            head = f"[[{kind}.{name}]]" if isinstance(given, list | tuple) else f"[{kind}.{name}]"
            lines += ["", head, *scalars(table)]
    return "\n".join(lines) + "\n"


def _block(text: str, kind: str, index: int) -> tuple[list[str], int, int]:
    """Give the lines of a file, and where the block of an entry begins and ends; its end twice where there is none."""
    lines = text.split("\n") if text else []
    headers = [
        (number, match.group(1).replace(" ", "")) for number, line in enumerate(lines) if (match := _HEADER.match(line))
    ]
    starts = [number for number, name in headers if name == kind]
    if index >= len(starts):
        end = len(lines)
        while end and not lines[end - 1].strip():
            end -= 1
        return lines, end, end
    start = starts[index]
    end = next((number for number, name in headers if number > start and not name.startswith(f"{kind}.")), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1  # what stands above the next entry is its own
    return lines, start, end


def _sound(made: str, text: str, kind: str, wanted: list[Mapping[str, Any]]) -> str:
    """Give the text made, or all tables written anew where it does not say what is wanted: headers inside texts."""
    content = {**tomli.loads(text), kind: wanted}
    content = {name: tables for name, tables in content.items() if tables}
    try:
        if tomli.loads(made) == content:
            return made
    except tomli.TOMLDecodeError:
        pass
    import tomli_w

    rest = {name: tables for name, tables in content.items() if name not in KINDS}
    blocks = [entry_text(name, row) for name in KINDS for row in content.get(name, [])]
    return "\n".join(filter(None, [tomli_w.dumps(rest) if rest else "", *blocks]))


def _rows(content: Mapping[str, Any], kind: str) -> list[Any]:
    rows = content.get(kind, [])
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
