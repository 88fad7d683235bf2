"""What the design screen has computed beside the app."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.form.parts import Form
from tui.app.jobs.latest import latest
from tui.app.worker import tell

if TYPE_CHECKING:
    from formulate.designs.search import Design


def describe(content: Mapping[str, Any], designs: object) -> Form:
    """Give the fields of a target, with what is wrong and what holds where nothing is set."""
    from formulate.form.target import target_form

    return target_form(content, designs)


def search(content: Mapping[str, Any], designs: int, fresh_draws: int) -> dict[str, Any]:
    """Look for designs that meet a target."""
    from formulate.form.designed import designed

    return designed(found(content, designs, fresh_draws))


def found(content: Mapping[str, Any], designs: int = 0, fresh_draws: int = 0) -> "Design":
    """Give a search for designs, as many as usual where 0; the last one is kept."""
    from formulate.designs.search import DESIGNS, FRESH_DRAWS, design
    from formulate.designs.sweep import with_calculation
    from formulate.designs.target_file import build_target

    def look() -> "Design":
        target = with_calculation(build_target(dict(content), "target"))
        return design(target, designs or DESIGNS, tell, fresh_draws or FRESH_DRAWS)

    return latest("design", (content, designs or DESIGNS), look)


def addable(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what may be added: limits, then things to set free."""
    from formulate.form.target_changes import choosable, limitable

    limits = [(f"limit {item.value}", f"Limit: {item.label}") for item in limitable(content)]
    return limits + [(f"free {item.value}", f"Free: {item.label}") for item in choosable(content)]


def with_choice(content: Mapping[str, Any], of: str, name: str) -> dict[str, Any]:
    """Give a target with one more thing set free."""
    from formulate.form.target_changes import with_choice

    return with_choice(content, of, name)


def removable(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what may be taken out, as place and words."""
    from formulate.form.target_changes import removable

    return [(item.value, item.label) for item in removable(content)]


def new(payload: str, carrier: str, site: str) -> dict[str, Any]:
    """Give a new target."""
    from formulate.form.target_changes import new_target

    return new_target(payload, carrier, site)


def around(formulation: Mapping[str, Any]) -> dict[str, Any]:
    """Give a target whose choices lie around a formulation."""
    from formulate.form.target_changes import target_around

    return target_around(formulation)


def save(files: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Write designs and recipes into a folder."""
    from formulate.designs.saved import write_all

    return write_all(files, folder)
