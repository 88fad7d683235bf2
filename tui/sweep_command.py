"""Many designs of a target file into a table."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DESIGNS, MOST_DRAWS, MOST_PROCESSES
from materials.errors import shorten
from tui.asked import progress
from tui.deliver import check_outputs, terminal_width
from tui.options import catalog_option, json_option
from tui.refusal import Interrupted, Refusal

if TYPE_CHECKING:
    from formulate.designs.sweep import Sweep
    from formulate.designs.target_file import TargetFile

ENDINGS = (".csv", ".parquet")


@click.command("sweep")
@click.argument("path", metavar="TARGET.toml", type=click.Path(path_type=Path))
@click.option("--designs", type=click.IntRange(1, MOST_DESIGNS), default=1000, show_default=True, help="How many.")
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS),
              help="Draws of the uncertain inputs (those of the file, else 256).")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of designs and draws (that of the file).")
@click.option("--processes", type=click.IntRange(1, MOST_PROCESSES),
              help="How many compute (one a core, at most 4).")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS",
              help='Compute on a Dask cluster: "tcp://host:8786" (needs the extra \'dask\').')  # fmt: skip
@click.option("-o", "--output", "output", type=click.Path(path_type=Path),
              help="The table: .csv, or .parquet (needs the extra 'parquet'). Printed as CSV if left out.")  # fmt: skip
@click.option("--resume/--restart", default=True, show_default=True,
              help="Go on with the rows of the same sweep that are there, or drop them.")  # fmt: skip
@json_option
@catalog_option
def sweep(
    path: Path,
    designs: int,
    draws: int | None,
    seed: int | None,
    processes: int | None,
    scheduler: str | None,
    output: Path | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Compute designs that fill the choices of TARGET.toml evenly, one a row.

    Rows gather in FILE.part; FILE stands in its place when all are there. What stopped goes on where it was when the
    same command is given again; more --designs go on from fewer.
    """
    check_outputs([output] if output else [], ENDINGS, [path])
    if processes and scheduler:
        raise Refusal("--processes beside --scheduler: the cluster computes; need one of the two")
    from formulate.designs.sweep import with_calculation
    from formulate.designs.target_file import read_target

    target = with_calculation(read_target(path), draws, seed)
    if output:
        found = _to_file(target, output, designs, processes, scheduler, not resume)
    else:
        found = _to_stdout(target, designs, processes, scheduler, quiet=as_json)
    if as_json:
        click.echo(_envelope(found), nl=False)
        return
    from tui.show_sweep import sweep_text

    click.echo(sweep_text(found, terminal_width()), err=output is None)
    if output:
        click.echo(f"wrote {shorten(output, 120)}", err=True)


def _to_file(
    target: "TargetFile",
    output: Path,
    designs: int,
    processes: int | None,
    scheduler: str | None,
    restart: bool,
) -> "Sweep":
    from formulate.designs.sweep import Stopped
    from formulate.designs.sweep import sweep as run

    report = progress()
    try:
        return run(target, output, designs, processes=processes, scheduler=scheduler, restart=restart, progress=report)
    except Stopped as stopped:
        raise Interrupted(str(stopped)) from None


def _to_stdout(
    target: "TargetFile", designs: int, processes: int | None, scheduler: str | None, *, quiet: bool
) -> "Sweep":
    from formulate.designs.sweep import lines, summary, table_of
    from formulate.designs.table import Tally

    tally = Tally(table_of(target))
    try:
        for line in lines(tally, designs, processes, scheduler, progress() if quiet else None):
            if not quiet:
                click.echo(line, nl=False)
    except KeyboardInterrupt:
        raise Interrupted("rows were printed, not kept; --output keeps them") from None
    return summary(tally, None)


def _envelope(found: "Sweep") -> str:
    from formulate.report.envelope import dumps, envelope
    from tui.asked import recorded

    asked = found.target.calculation
    seed = asked.seed
    inputs = recorded(found.target)
    inputs["calculation"] = {**inputs.get("calculation", {}), "draws": asked.draws, "seed": asked.seed}
    return dumps(envelope("sweep", found.to_dict(), seed=seed, inputs=inputs))
