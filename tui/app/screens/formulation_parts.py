"""What the outline of a formulation says of its parts."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from formulate.form.parts import Form, Path, Section
from formulate.form.values import value_at


def settable(section: Section, content: Mapping[str, Any]) -> tuple[str, Path]:
    """Give the entry that a part is of, and where what is set of it stands."""
    if section.path[:1] == ("payload",):
        return str(value_at(content, (*section.path, "id")) or ""), (*section.path, "set")
    if section.path[:1] == ("layer",):
        return str(value_at(content, (*section.path, "carrier")) or ""), (*section.path, "set")
    if section.path[:1] == ("regimen",):
        return str(value_at(content, ("regimen", "site")) or ""), ("regimen", "set")
    return "", ()


def is_removable(path: Path) -> bool:
    """Tell whether a part can be taken out: a payload, a layer, what was measured of one."""
    return path[:1] in (("payload",), ("layer",))


def only_loading(form: Form) -> bool:
    """Tell whether what stands in the way is only of release and retention: the loading is shown all the same."""
    return all(place == "payload" and "not computed" in problem for place, problem in form.faults.items())


def alike(former: Form, form: Form) -> bool:
    """Tell whether two forms have the same parts."""
    return [item.path for item in former.sections] == [item.path for item in form.sections]


def first_fault(form: Form) -> str:
    """Give the first thing that is wrong, with its place."""
    place, problem = next(iter(form.faults.items()))
    return f"{place}: {problem}" if place else problem


def part_line(section: Section, form: Form) -> Text:
    """Give the line of a part in the outline: its sign where something is wrong or missing, its name, and more."""
    own = ".".join(map(str, section.path))
    wrong = any(place == own or place.startswith(f"{own}.") for place in form.faults) if own else False
    needed = any(field.is_needed and not field.given and not field.default for field in section.fields)
    sign = "✗" if wrong else "!" if needed else " "
    indent = "  " * (int(section.path[1]) + len(section.path) - 2) if section.path[:1] == ("layer",) else ""
    text = Text(f"{sign} {indent}{section.title}", overflow="ellipsis", no_wrap=True)
    if section.told:
        text.append(f"  {section.told}", "dim")
    return text
