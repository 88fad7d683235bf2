"""The commands of `formulate catalog` that write and read files: export, import, new, coverage."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from materials.errors import FormulateError, shorten
from tui.catalog_commands import catalog_group
from tui.deliver import print_envelope, terminal_width
from tui.options import catalog_option, json_option, own_files
from tui.refusal import Refusal

if TYPE_CHECKING:
    from materials.values import Value

__all__ = ["catalog_group"]  # with its commands

TABLES = ("values", "entries", "missing", "statements", "studies", "conflicts", "sources")
FORMATS = ("csv", "xlsx", "json")
KINDS = ("carrier", "payload", "site", "method", "study")


@catalog_group.command("export")
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    help="Where to write: .csv (one table), .xlsx (a sheet for each) or .json. Printed if left out.",
)
@click.option("--format", "ending", type=click.Choice(FORMATS), help="The format; as -o ends if left out.")
@click.option(
    "--table", type=click.Choice(TABLES), default="values", show_default=True, help="Which table a .csv holds."
)
@json_option
@catalog_option
def export(path: Path | None, ending: str | None, table: str, as_json: bool) -> None:
    """Write the catalog as tables."""
    from materials import catalog, exchange

    if path is None:
        if as_json or ending in (None, "xlsx"):
            raise Refusal("--output: is missing; need a file, or --format csv or json alone, which is printed")
        click.echo(exchange.rendered(catalog.load(), str(ending), table)[0], nl=False)
        return
    rows = exchange.export(catalog.load(), path, table, ending or "")
    if as_json:
        print_envelope("catalog export", {"written": str(path), "rows": rows})
        return
    click.echo(f"{shorten(path, 120)}: {rows} rows")


@catalog_group.command("import")
@click.argument("table", metavar="TABLE.csv", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    help="The catalog file to write; formulate-catalog/TABLE.toml if left out, where it is in force at once.",
)
@json_option
@catalog_option
def import_table(table: Path, path: Path | None, as_json: bool) -> None:
    """Turn a table of values (.csv, .tsv, .xlsx) into a catalog file of your own.

    One row is one value, with the columns id, property, unit and typical, low or high; see `catalog export`.
    """
    from materials import catalog, exchange
    from materials.files import write
    from materials.places import PROJECT_FOLDER

    made = exchange.import_table(catalog.load(), table)
    counts = {"new": made.new, "changed": made.changed, "unchanged": made.unchanged}
    written: Path | None = None
    if made.new or made.changed:
        written = path or Path(PROJECT_FOLDER) / f"{table.stem}.toml"
        if written.name.startswith("."):
            raise Refusal(f"{shorten(written, 120)}: starts with a point and would be passed over; need -o with a name")
        _refuse_existing(written)
        if path is None:
            _make_folder(Path(PROJECT_FOLDER))
        write(written, made.text)
        if path is None:
            _check_in_force(written)
    if as_json:
        print_envelope("catalog import", {"written": str(written) if written else None, **counts})
        return
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    if written is None:
        click.echo(f"{shorten(table, 120)}: {told}; the catalog says so already, nothing is written")
        return
    click.echo(f"{shorten(written, 120)}: {told}")
    if path is not None:
        click.echo(f"in force with --catalog {shorten(written, 120)}, or from a folder {PROJECT_FOLDER}")


@catalog_group.command("new")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("identifier", metavar="ID")
@click.option("--class", "of_class", default="", metavar="CLASS", help="Its class: hydrogel, senolytic ...")
@click.option(
    "--smiles", help="Of a payload: its structure; fills in molar mass, log P, polar surface area (needs RDKit)."
)
@click.option("-o", "--output", "path", type=click.Path(path_type=Path), help="Where to write; ID.toml if left out.")
@json_option
@catalog_option
def new(kind: str, identifier: str, of_class: str, smiles: str | None, path: Path | None, as_json: bool) -> None:
    """Write a commented file for an entry of your own, or for values over one of ours."""
    from materials import catalog
    from materials.files import write
    from materials.template import template

    if smiles is not None and kind != "payload":
        raise Refusal(f"--smiles: a {kind} has no structure; need it with payload")
    values: tuple[Value, ...] = ()
    if smiles is not None:
        from materials.chemistry import from_smiles

        values = from_smiles(smiles)
    path = path or Path(f"{identifier}.toml")
    text = template(catalog.load(), kind, identifier, of_class, str(path), values)
    _refuse_existing(path)
    write(path, text)
    if as_json:
        print_envelope("catalog new", {"written": str(path)})
        return
    made = next((line for line in text.splitlines() if line.startswith(f"{kind}_class")), "")
    said = f" ({made.partition('=')[2].strip()}; --class gives it another class)" if made and not of_class else ""
    click.echo(f"{shorten(path, 120)}{said}: fill it in, then run formulate catalog check {shorten(path, 120)}")


@catalog_group.command("coverage")
@json_option
@catalog_option
def coverage(as_json: bool) -> None:
    """Count the rows of the reference tables that the catalog holds."""
    from materials import catalog
    from materials.coverage import counts
    from tui.table import wrap

    rows = counts(catalog.load())
    if as_json:
        print_envelope("catalog coverage", {"tables": rows})
        return
    click.echo(f"{'table':<28}{'rows':>6}{'held':>6}{'left out':>10}")
    for row in rows:
        click.echo(f"{row['table']:<28}{row['rows']:>6}{row['in_catalog']:>6}{row['left_out']:>10}")
        if row["reason"]:
            click.echo(wrap(str(row["reason"]), terminal_width(), "    ", "    "))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise FormulateError(f"{folder}: cannot be made ({error.strerror}); need -o with a file name") from None


def _check_in_force(written: Path) -> None:
    """Take the file away again if the catalog cannot be read with it: it may lean on a file that is read after it."""
    from materials import catalog

    try:
        catalog.use(*own_files(click.get_current_context()))
        catalog.load()
    except FormulateError:
        written.unlink(missing_ok=True)
        raise


def _refuse_existing(path: Path) -> None:
    try:
        there = path.exists()
    except OSError as error:
        raise FormulateError(f"{shorten(path, 120)}: cannot be written ({error.strerror})") from None
    if there:
        raise FormulateError(f"{shorten(path, 120)}: is there already; need another name with -o")
