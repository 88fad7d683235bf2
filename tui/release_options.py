"""Options that say how a table of release is to be read, where its headers do not."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from materials.errors import shorten
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.experiment.data import Profile, ReleaseData

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--sheet", default="", help="Of a workbook, by name or number; the first with a table if left out."),
    click.option("--decimal", default=".", help='"," where decimals are commas.'),
    click.option("--time-unit", default="", help="Of the times, where the header does not say: h, d, min."),
    click.option(
        "--unit", default="", help="Of the readings, where the header does not say: percent, fraction, mg ..."
    ),
    click.option("--dose", default="", help='Drug in one unit, where readings are a mass or a concentration: "5 mg".'),
    click.option("--volume", default="", help='Of the medium, where readings are concentrations: "500 mL".'),
    click.option("--sample", default="", help='Taken at each time: "1 mL"; readings are then corrected for it.'),
    click.option("--not-replaced", is_flag=True, help="Samples were not replaced by fresh medium."),
    click.option(
        "--corrected/--uncorrected", default=None, help="Readings account for what samples took, or do not yet."
    ),
    click.option("--column", "columns", multiple=True, help='What a column holds: "Q3=ignore". May be repeated.'),
    click.option("--profiles", default="", help="one: the columns are units of one profile; each: a profile each."),
)
_NAMES = (
    "sheet", "decimal", "time_unit", "unit", "dose", "volume", "sample", "not_replaced", "corrected", "columns",
    "profiles",
)  # fmt: skip


def release_options(command: Command) -> Command:
    """Give a command the options of reading a table of release."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def reading_of(asked: dict[str, Any]) -> dict[str, Any]:
    """Take the options of reading out of what a command was asked."""
    given = {name: asked.pop(name) for name in _NAMES}
    given["replaced"] = not given.pop("not_replaced")
    columns: dict[str, str] = {}
    for text in given["columns"]:
        header, equals, role = text.rpartition("=")
        if not equals or not header.strip() or not role.strip():
            raise Refusal(f'--column: {shorten(text)!r}; need "HEADER=ROLE" such as "Q3=ignore"')
        columns[header.strip()] = role.strip()
    return given | {"columns": columns}


def told_of(reading: dict[str, Any]) -> str:
    """Give an option of reading that was given; none says nothing."""
    plain = {"decimal": ".", "replaced": True, "corrected": None}
    names = {"columns": "column", "time_unit": "time-unit", "replaced": "not-replaced"}
    given = (name for name, value in reading.items() if value not in (plain.get(name), "", {}))
    return next((names.get(name, name) for name in given), "")


def read_data(path: Path, reading: dict[str, Any]) -> "ReleaseData":
    """Read a table of release."""
    from formulate.experiment.reading import read_release

    return read_release(path, **reading)


def one_profile(data: "ReleaseData", path: Path, name: str, option: str) -> "Profile":
    """Give the profile asked for; the only one if none is."""
    if not name and len(data.profiles) > 1:
        listed = ", ".join(shorten(item.name) for item in data.profiles[:8])
        raise Refusal(f"{shorten(path, 120)}: holds {len(data.profiles)} profiles; need {option}, one of {listed}")
    return data.profile(name)
