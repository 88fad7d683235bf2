"""The picture of the house, drawn from the code: floors, rooms, what each is for, which rooms it uses."""

import ast
import html
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from press.site import ROOT

FLOORS = {  # from the top down, as imports go
    "tui": "what people touch: the command line and the app",
    "formulate": "what can be computed",
    "materials": "what is known: the catalog, units, sources",
}
_LONE = {  # what the modules of a floor outside any room are for
    "tui": "the commands, and how they ask, show and write",
    "formulate": "what joins the rooms: questions and formulations, the pipeline, the comparison; what they share",
    "materials": "the catalog, its schema and checks, units, evidence, sources",
}
_COLUMNS, _WIDTH, _HEIGHT, _GAP = 3, 280, 96, 12
_MARGIN, _HEAD, _BETWEEN = 16, 40, 40
_LETTERS, _LINES = 46, 3  # of a line of a room


@dataclass
class Room:
    """A package or a lone group of modules: its name, its purpose, its modules, the rooms of its floor it imports."""

    name: str
    purpose: str = ""
    modules: int = 0
    uses: set[str] = field(default_factory=set)


def rooms(floor: str) -> list[Room]:
    """Give the rooms of a floor: its packages, and its own modules together as one."""
    found: dict[str, Room] = {}
    top = ROOT / floor
    for path in sorted(top.rglob("*.py")):
        parts = path.relative_to(top).parts
        name = parts[0] if len(parts) > 1 else f"{floor}/*.py"
        room = found.setdefault(name, Room(name))
        tree = ast.parse(path.read_text("utf-8"))
        room.modules += 1
        if parts[1:] == ("__init__.py",):
            room.purpose = (ast.get_docstring(tree) or "").partition("\n")[0]
        room.uses |= {used for used in _imported(tree, floor) if used != name}
    lone = found.pop(f"{floor}/*.py")
    for room in found.values():
        room.uses &= found.keys()  # all use the modules that they share
    lone.purpose = _LONE[floor]
    return [lone, *found.values()]


def _imported(tree: ast.Module, floor: str) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            first, *rest = name.split(".")
            if first == floor and rest:
                yield rest[0] if (ROOT / floor / rest[0]).is_dir() else f"{floor}/*.py"


def house() -> str:
    """Give the picture as SVG."""
    width = 2 * _MARGIN + _COLUMNS * _WIDTH + (_COLUMNS - 1) * _GAP + 2 * _GAP
    parts: list[str] = []
    y = _MARGIN
    for number, (floor, purpose) in enumerate(FLOORS.items()):
        listed = rooms(floor)
        rows = -(-len(listed) // _COLUMNS)
        height = _HEAD + rows * (_HEIGHT + _GAP)
        parts.append(_box(_MARGIN, y, width - 2 * _MARGIN, height, "floor"))
        parts.append(_text(_MARGIN + _GAP, y + 26, f"{floor}", "title") + _text(_MARGIN + 120, y + 26, purpose, "lead"))
        for place, room in enumerate(listed):
            x = _MARGIN + _GAP + place % _COLUMNS * (_WIDTH + _GAP)
            parts.append(_room(room, x, y + _HEAD + place // _COLUMNS * (_HEIGHT + _GAP)))
        y += height
        if number < len(FLOORS) - 1:
            parts.append(_arrow(width // 2, y, _BETWEEN))
            parts.append(_text(width // 2 + 14, y + 26, "imports, never back", "small"))
            y += _BETWEEN
    size = f'width="{width}" height="{y + _MARGIN}" viewBox="0 0 {width} {y + _MARGIN}"'
    style = (
        "text{font-family:sans-serif;font-size:12px;fill:#222}.title{font-size:17px;font-weight:bold}"
        ".lead{font-size:14px}.name{font-weight:bold;font-size:13px}.small{font-size:11px;fill:#555}"
        ".floor{fill:#f4f4f0;stroke:#888}.room{fill:#fff;stroke:#aaa}.arrow{stroke:#555;stroke-width:2;fill:#555}"
    )
    background = f'<rect width="{width}" height="{y + _MARGIN}" fill="#fff"/>'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{style}</style>\n{background}\n{body}\n</svg>\n'


def _room(room: Room, x: int, y: int) -> str:
    lines = textwrap.wrap(room.purpose, _LETTERS)
    lines = lines if len(lines) <= _LINES else [*lines[: _LINES - 1], lines[_LINES - 1][: _LETTERS - 1] + "…"]
    count = f"{room.modules} module{'s' if room.modules > 1 else ''}"
    used = textwrap.shorten(
        f"{count}; uses {', '.join(sorted(room.uses))}" if room.uses else count, 50, placeholder=" …"
    )
    texts = [_text(x + 8, y + 18, room.name, "name")]
    texts += [_text(x + 8, y + 36 + 15 * number, line, "") for number, line in enumerate(lines)]
    return "\n".join([_box(x, y, _WIDTH, _HEIGHT, "room"), *texts, _text(x + 8, y + _HEIGHT - 8, used, "small")])


def _box(x: int, y: int, width: int, height: int, kind: str) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>'


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{html.escape(text)}</text>'


def _arrow(x: int, y: int, length: int) -> str:
    tip = y + length - 4
    return (
        f'<line class="arrow" x1="{x}" y1="{y + 4}" x2="{x}" y2="{tip - 6}"/>'
        f'<path class="arrow" d="M {x - 5} {tip - 8} L {x + 5} {tip - 8} L {x} {tip} Z"/>'
    )
