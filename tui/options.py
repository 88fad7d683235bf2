"""Options that several commands take."""

from pathlib import Path

import click

_OWN_FILES = "formulate.own_files"


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
