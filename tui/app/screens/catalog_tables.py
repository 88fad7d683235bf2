"""The catalog out as tables, and values of a table in: what is asked on the way, and what is told after."""

from pathlib import Path
from typing import TYPE_CHECKING

from materials.errors import FormulateError
from tui.app.filing import start_folder
from tui.app.jobs import own_entries as jobs
from tui.app.widgets.dialogs import Choose, PathBox

if TYPE_CHECKING:
    from tui.app.screens.catalog import CatalogScreen

OUT, IN = (".xlsx", ".csv", ".json"), (".csv", ".tsv", ".xlsx")


async def write_tables(screen: "CatalogScreen") -> None:
    """Ask for a file, and of a .csv for the table it holds, and write the catalog there."""
    from materials.tables import TABLES

    app = screen.formulate
    box = PathBox("Export", folder=start_folder(app), name="catalog.xlsx", endings=OUT, saving=True)
    path: Path | None = await app.push_screen_wait(box)
    if path is None:
        return
    table = "values"
    if path.suffix.lower() == ".csv":
        table = await app.push_screen_wait(Choose("Which table?", [(name, name) for name in TABLES]))
        if table is None:
            return
    try:
        rows = await app.computing.run(jobs.write_tables, path, table)
    except FormulateError as error:
        screen.notify(str(error), title="Not written", severity="error", timeout=12, markup=False)
    else:
        screen.notify(f"{path.absolute()}: {rows} rows", title="Written", markup=False)


async def bring_in(screen: "CatalogScreen") -> None:
    """Ask for a table and bring its values in: they are in force at once, here and in every command."""
    app = screen.formulate
    box = PathBox("Bring in", folder=start_folder(app), endings=IN)
    table: Path | None = await app.push_screen_wait(box)
    if table is None:
        return
    try:
        path, counts = await app.computing.run(jobs.bring_in, table)
    except FormulateError as error:
        screen.notify(str(error), title="Not brought in", severity="error", timeout=20, markup=False)
        return
    told = ", ".join(f"{count} {name}" for count, name in zip(counts, ("new", "changed", "unchanged"), strict=True))
    if path is None:
        screen.notify(f"{told}: the catalog says so already.", markup=False)
        return
    screen.notify(f"{told}: {path}", title="Brought in", timeout=12, markup=False)
    app.knowledge.forget()
    app.restart_computing()
    screen.read_anew()
