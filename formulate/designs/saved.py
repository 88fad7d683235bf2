"""Designs as formulation files of their own, which every other command reads, with their recipes beside them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from formulate.designs.search import Design, Proposal
from materials.errors import Fault, FileError, shorten
from materials.files import write

NAME = "design-{}.toml"
RECIPE = "design-{}-recipe.md"
FIRST_TABLES = ("payload", "layer", "regimen", "target", "calculation")
SUBTABLES = ("set", "loading", "holds", "release", "first_points")


def check_folder(folder: Path) -> None:
    """Refuse a folder that designs cannot be saved in, or that holds such files already; make it if need be.

    Raises
    ------
    FileError
        Naming the folder or the file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = shorten(getattr(error, "strerror", None) or error)
        problem = f"cannot be made ({reason}); need a folder name"
        raise FileError([Fault(shorten(str(folder), 120), "", problem)]) from None
    taken = next((path for name in (NAME, RECIPE) for path in sorted(folder.glob(name.format("*")))), None)
    if taken is not None:
        problem = "is there already, and is not written over; need a folder without it"
        raise FileError([Fault(shorten(str(taken), 120), "", problem)])


def save(design: Design, folder: Path) -> tuple[Path, ...]:
    """Write each design as a formulation file, and its recipe; give what was written.

    Raises
    ------
    FileError
        As `check_folder`, or a file cannot be written.
    """
    return write_all(texts_of(design), folder)


def texts_of(design: Design) -> dict[str, str]:
    """Give the files of a search by name: each design as a formulation file, and its recipe."""
    texts = {}
    for place, item in enumerate(design.proposals, start=1):
        texts[NAME.format(place)] = formulation_text(design, item, place)
        if item.recipe is not None:
            texts[RECIPE.format(place)] = item.recipe.to_markdown() + "\n"
    return texts


def write_all(texts: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Write the files of a search into a folder that holds none yet; give what was written.

    Raises
    ------
    FileError
        As `check_folder`, or a file cannot be written.
    """
    check_folder(folder)
    for name, text in texts.items():
        write(folder / name, text)
    return tuple(folder / name for name in texts)


def formulation_content(design: Design, item: Proposal, place: int) -> dict[str, Any]:
    """Give a design as the keys of a formulation file that draws as it was computed last."""
    content = json.loads(json.dumps(design.space.content(item.outcome.settings)))  # as a file holds it
    asked = f", for {design.target.name}" if design.target.name else ""
    content["name"] = f"Design {place}: {content.get('name', '')}{asked}"
    content["calculation"] = {**content.get("calculation", {}), "draws": design.fresh.count, "seed": design.fresh.seed}
    first = ("schema_version", "kind", "name", "system")
    rest = {key: content[key] for key in (*first, *FIRST_TABLES) if key in content}
    return rest | {key: content[key] for key in content if key not in rest}


def formulation_text(design: Design, item: Proposal, place: int) -> str:
    """Give a design as the text of a formulation file that draws as it was computed last."""
    low, high = item.interval
    head = [
        f"# Design {place} of a search among {len(design.outcomes)}: it holds the target and its limits with "
        f"{item.probability:.0%} ({low:.0%} to {high:.0%}).",
        f"# Run it:  formulate predict {NAME.format(place)}",
        f"#          formulate recipe {NAME.format(place)}",
    ]
    return "\n".join(head) + "\n\n" + to_toml(formulation_content(design, item, place))


def to_toml(content: Mapping[str, Any]) -> str:
    """Give the keys of a file as TOML, its tables one below the other as one would write them by hand."""
    lines = [f"{key} = {_value(value)}" for key, value in content.items() if not _is_table(value)]
    for key, value in content.items():
        if _is_table(value):
            for table in value if isinstance(value, list) else [value]:
                lines += ["", f"[[{key}]]" if isinstance(value, list) else f"[{key}]", *_table(key, table)]
    return "\n".join(lines) + "\n"


def _table(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping) and key in SUBTABLES}
    yield from (f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in tables)
    for key, value in tables.items():
        yield f"[{name}.{key}]"
        yield from (f"{_key(one)} = {_value(item)}" for one, item in value.items())


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
