"""Options that several commands take."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

_OWN_FILES = "formulate.own_files"
_MAKE_UP = "formulate.make_up"
PAPERS = ("a4", "letter")
LANGUAGES = ("en", "zh")
_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class MakeUp:
    """How a report is to be made up."""

    lang: str = "en"
    font: str = ""
    paper: str = ""  # A4, where none is named


def make_up() -> MakeUp:
    """Give how reports of this call are to be made up."""
    context = click.get_current_context(silent=True)
    found: MakeUp = context.meta.get(_MAKE_UP, MakeUp()) if context else MakeUp()
    return found


def _keep(ctx: click.Context, option: click.Parameter, given: str | None) -> None:
    ctx.meta[_MAKE_UP] = replace(ctx.meta.get(_MAKE_UP, MakeUp()), **{str(option.name): given or ""})


def report_options(command: _Command) -> _Command:
    """Add what every command takes that writes reports."""
    for option in (
        click.option("--paper", type=click.Choice(PAPERS), expose_value=False, callback=_keep,
                     help="Paper of a PDF (a4)."),
        click.option("--font", default="", metavar="FONT", expose_value=False, callback=_keep,
                     help="A font file, or a font of this system, for signs that those brought along lack."),
        click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, expose_value=False,
                     callback=_keep, help="Labels of a report: English or Chinese."),
    ):  # fmt: skip
        command = option(command)
    return command


def payload_option(command: _Command) -> _Command:
    """Add the option by which one of several payloads is followed; left out, the file says which."""
    return _payload("the one that the target of the file names, else the first")(command)


def any_payload_option(command: _Command) -> _Command:
    """Add the option by which one of several payloads is told; left out, all of them."""
    return _payload("all of them")(command)


def _payload(left_out: str) -> Callable[[_Command], _Command]:
    told = f"Which payload to follow, by its id, if the file holds several. If left out: {left_out}."
    return click.option("--payload", metavar="ID", help=told)


def _lay_over(ctx: click.Context, _: click.Parameter, files: tuple[Path, ...]) -> None:
    """Lay the files over the catalog before the command reads it, after those given to the group of commands."""
    if not files or ctx.resilient_parsing:
        return
    from materials import catalog

    asked: list[Path] = ctx.meta.setdefault(_OWN_FILES, [])
    if not asked:
        ctx.find_root().call_on_close(catalog.use)  # another command of the same process starts anew
    asked += files
    catalog.use(*asked)


def own_files(ctx: click.Context) -> tuple[Path, ...]:
    """Give the files that --catalog names in this call."""
    return tuple(ctx.meta.get(_OWN_FILES, ()))


def option_number(option: str, text: str, unit: str) -> float:
    """Read the value of an option in SI, a bare number only where the unit is none."""
    from materials.errors import FormulateError
    from materials.units import parse
    from tui.refusal import Refusal

    try:
        return float(f"{parse(text, unit):.12g}")  # 95 percent is 0.95
    except FormulateError as error:
        raise Refusal(f"{option}: {error}") from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
catalog_option = click.option(
    "--catalog",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_lay_over,
    help="Lay this catalog file of yours over the catalog. May be repeated.",
)
