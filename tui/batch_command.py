"""Release of many formulations, one a row."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import progress
from tui.deliver import check_outputs, write_outputs
from tui.options import catalog_option, json_option
from tui.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDINGS = (".csv", ".json")
TOLD_FAULTS = 10


@click.command("batch")
@click.argument("table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write the results: .csv or .json by its ending. May be repeated.")  # fmt: skip
@click.option("--horizon", help='How long to compute: "60 d".')
@click.option("--site", default="knee", show_default=True, help="Where a row names none; it sets the injection volume.")
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), default=256, show_default=True, help="Draws.")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), default=7, show_default=True, help="Seed of the draws.")
@json_option
@catalog_option
def batch(
    table: Path, outputs: tuple[Path, ...], horizon: str | None, site: str, draws: int, seed: int, as_json: bool
) -> None:
    """Predict the release of many formulations, one a row of TABLE (.csv, .tsv or .xlsx).

    Columns: carrier, payload, and any of name, dose, site, species, state, route, volume, carrier.PROPERTY (unit) and
    payload.PROPERTY (unit), such as "carrier.diameter (um)". A payload that the catalog does not know is described by
    its columns alone. Rows that cannot be computed are told and skipped.
    """
    check_outputs(outputs, ENDINGS, [table])
    from formulate.batch import read_batch, result_row, run_batch

    rows, faults = read_batch(table, site, horizon, draws, seed)
    if not rows:
        raise Refusal(f"{shorten(table, 120)}: no formulation; need a row below the header")
    report = progress()
    teller = None if report is None else (lambda done: report(f"row {done + 1} of {len(rows)}"))
    results, skipped = [], [str(fault) for fault in faults]
    for row, found in run_batch(rows, teller):
        if isinstance(found, str):
            skipped.append(f"{shorten(table, 120)}: row {row.number}: {found}")
        else:
            results.append(result_row(row, found))
    if not results:
        more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
        raise Refusal(f"no row can be computed: {skipped[0]}{more}")

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope

        inputs = {"table": str(table), "site": site, "horizon": horizon, "draws": draws}
        return dumps(envelope("batch", {"rows": results}, seed=seed, inputs=inputs, warnings=skipped))

    writers = {".csv": lambda: _csv(results), ".json": envelope_text}
    write_outputs({path: writers[path.suffix.lower()] for path in outputs})
    for line in skipped[:TOLD_FAULTS]:
        click.echo(f"skipped {line}", err=True)
    if len(skipped) > TOLD_FAULTS:
        click.echo(f"skipped {len(skipped) - TOLD_FAULTS} more rows", err=True)
    if as_json:
        click.echo(envelope_text(), nl=False)
    elif outputs:
        click.echo(f"{len(results)} rows computed, {len(skipped)} faults")
    else:
        click.echo(_csv(results), nl=False)


def _csv(results: "Sequence[dict[str, object]]") -> str:
    """Give results as CSV; columns as they first occur."""
    heads = list(dict.fromkeys(name for result in results for name in result))
    last = ("learned", "notes", "warnings")
    heads = [*(name for name in heads if name not in last), *last]
    text = io.StringIO()
    writer = csv.DictWriter(text, heads, restval="", lineterminator="\n")
    writer.writeheader()
    for result in results:
        writer.writerow({name: f"{value:.6g}" if isinstance(value, float) else value for name, value in result.items()})
    return text.getvalue()
