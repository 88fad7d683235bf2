"""What becomes of agents of which little is known: one of them, or a table of many."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from tui.asked import progress
from tui.deliver import check_outputs, write_outputs
from tui.options import catalog_option, json_option
from tui.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from formulate.fate.predict import Fate
    from formulate.fate.table import Row
    from materials.errors import Fault

ENDINGS = (".csv", ".json")
TOLD_FAULTS = 10
_ONE = ("agent", "kind", "size", "molar_mass", "zeta", "species", "site", "state", "route", "tissue", "metric", "time",
        "unit", "dose")  # fmt: skip


@click.command("fate")
@click.argument("table", required=False, metavar="[TABLE]", type=click.Path(path_type=Path))
@click.option("--agent", help='Of one agent instead of a table: its name, "dexamethasone solution".')
@click.option("--kind", help="small_molecule, protein, nanoparticle, microparticle, liposome, hydrogel, cells ...")
@click.option("--size", help='Diameter: "300 nm".')
@click.option("--molar-mass", help='"434 g/mol".')
@click.option("--zeta", help='Zeta potential: "-20 mV"; or positive, negative, neutral.')
@click.option("--species", help="human, rat, rabbit ...")
@click.option("--site", help="knee, disc, csf, blood, bone, defect.")
@click.option("--state", help='"healthy", "RA effusion", "contused" ...')
@click.option("--route", help="intra-articular, intradiscal, intrathecal, IV, implant ...")
@click.option("--tissue", help="Where it is looked for, if not at the site as a whole.")
@click.option("--metric", help="half_life, pct_remaining, detection_duration, plasma_tmax, sf_clearance ...")
@click.option("--time", help='Of a share: "24 h".')
@click.option("--unit", help="To tell the number in: h, d, %, mL/h ...")
@click.option("--dose", help='"5 mg".')
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write the results: .csv or .json by its ending. May be repeated.")  # fmt: skip
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), default=256, help="Draws (256).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), default=7, help="Seed of the draws (7).")
@json_option
@catalog_option
def fate(
    table: Path | None, outputs: tuple[Path, ...], draws: int, seed: int, as_json: bool, **one: str | None
) -> None:
    """Predict what becomes of agents from kind, size, molar mass, charge, species and state.

    TABLE is a .csv, .tsv or .xlsx with the columns agent, kind, size_nm, mw_g_per_mol, zeta_mV, species, joint_state
    (or tissue and route), metric, unit, time; others are ignored. Each row gets a median and an 80 % band, or the
    reason why there is none.
    """
    given = {name: text for name, text in one.items() if text is not None}
    check_outputs(outputs, ENDINGS, [table] if table else [])
    if table is None and not {"agent", "kind"} & given.keys():
        raise Refusal("nothing to predict; need a TABLE, or --agent and --kind with --species and --site")
    if table is not None and given:
        raise Refusal(f"--{next(iter(given)).replace('_', '-')}: the table says this itself; need one or the other")
    from formulate.fate.predict import predict_rows
    from formulate.fate.table import one_row, read_rows

    faults: tuple[Fault, ...] = ()
    if table is None:
        from materials.errors import FormulateError

        rows: tuple[Row, ...]
        try:
            rows = (one_row({"metric": "half_life", "species": "human", **given}),)
        except FormulateError as error:
            raise Refusal(str(error)) from None
    else:
        rows, faults = read_rows(table)
    found = predict_rows(rows, draws, seed, _teller(len(rows)))
    _deliver(found, faults, outputs, as_json, {"table": str(table), **given} if table else dict(given), draws, seed)


def _teller(count: int) -> "Callable[[int], None] | None":
    """Give what tells how far a long table is, or nothing."""
    report = progress()
    if report is None:
        return None
    report("the fate" if count == 1 else f"{count} rows")
    return lambda done: report(f"row {done} of {count}")


def _deliver(
    found: "Sequence[Fate]",
    faults: "Sequence[Fault]",
    outputs: tuple[Path, ...],
    as_json: bool,
    inputs: dict[str, str],
    draws: int,
    seed: int,
) -> None:
    from formulate.fate.report import fate_text, fates_csv

    skipped = [str(fault) for fault in faults]

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope

        asked = {**inputs, "draws": draws}
        return dumps(envelope("fate", {"fates": [item.to_dict() for item in found]}, seed=seed, inputs=asked,
                              warnings=skipped))  # fmt: skip

    writers = {".csv": lambda: fates_csv(found), ".json": envelope_text}
    write_outputs({path: writers[path.suffix.lower()] for path in outputs})
    for line in skipped[:TOLD_FAULTS]:
        click.echo(f"skipped {line}", err=True)
    if len(skipped) > TOLD_FAULTS:
        click.echo(f"skipped {len(skipped) - TOLD_FAULTS} more rows", err=True)
    if as_json:
        click.echo(envelope_text(), nl=False)
    elif not outputs:
        click.echo(fate_text(found[0]) if len(found) == 1 else fates_csv(found).rstrip("\n"))
    else:
        told = sum(item.median is not None for item in found)
        click.echo(f"{told} of {len(found)} rows have a number, {len(found) - told} a reason")
