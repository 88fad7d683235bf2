"""Designing backwards: from a target to what to make."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import (
    FEWEST_DESIGNS,
    FEWEST_DRAWS,
    LARGEST_SEED,
    MOST_DRAWS,
    MOST_PROCESSES,
    MOST_SEARCHED,
)
from tui.asked import progress, recorded
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, report_options
from tui.refusal import Interrupted, Refusal, of_file

if TYPE_CHECKING:
    from formulate.designs.search import Design
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".csv", ".txt")
FIGURES = (".svg", ".png", ".pdf")


@click.command("design")
@click.argument("path", metavar="TARGET.toml", type=click.Path(path_type=Path))
@click.option("--designs", type=click.IntRange(FEWEST_DESIGNS, MOST_SEARCHED), default=512, show_default=True,
              help="Designs spread over the choices; more are looked at where they go best.")  # fmt: skip
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs while it "
              "searches; those of the file if left out.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of designs and draws; that of the file.")
@click.option("--processes", type=click.IntRange(1, MOST_PROCESSES),
              help="How many compute the search (one a core, at most 4).")  # fmt: skip
@click.option("--probability", metavar="SHARE", help='How surely the target is to be met: "80 percent".')
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .xlsx, .md, .docx, .json, .csv (every design) or .txt by its ending. "
              "May be repeated.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path),
              help="Write the figure of where designs meet it; .svg, .png or .pdf by its ending.")  # fmt: skip
@click.option("--save", "folder", metavar="DIR", type=click.Path(path_type=Path),
              help="Write the designs as formulation files, with their recipes.")  # fmt: skip
@report_options
@json_option
@catalog_option
def design(
    path: Path,
    designs: int,
    draws: int | None,
    seed: int | None,
    processes: int | None,
    probability: str | None,
    outputs: tuple[Path, ...],
    plot: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Find designs that meet a target within its limits, and how surely; or say what stands in the way.

    TARGET.toml says what must be held, within which limits, and which choices are free: see docs/design.md.
    """
    check_outputs(outputs, REPORTS, [path])
    check_outputs([plot] if plot else [], FIGURES, [path], option="--plot")
    from formulate.designs.saved import check_folder, save
    from formulate.designs.search import design as run
    from formulate.designs.sweep import with_calculation
    from formulate.designs.target_file import read_target

    target = with_calculation(read_target(path), draws, seed, _share(probability))
    if folder:
        check_folder(folder)
    report, last = progress(), [""]

    def tell(done: str) -> None:
        last[0] = done
        if report:
            report(done)

    try:
        with of_file(path):
            found = run(target, designs, tell, processes=processes)
    except KeyboardInterrupt:
        told = f"at {last[0] or 'the start'}; nothing is written (formulate sweep keeps what is done)"
        raise Interrupted(told) from None
    _deliver(found, path, outputs, plot, as_json)
    for saved in save(found, folder) if folder else ():
        click.echo(f"wrote {saved}", err=True)


def _share(given: str | None) -> float | None:
    from tui.options import option_number

    if given is None:
        return None
    share = option_number("--probability", given, "percent") if "%" in given or " " in given else _bare(given)
    if not 0.0 < share < 1.0:
        raise Refusal(f"--probability: {given!r}; need above 0 and below 100 percent, such as 0.8 or '80 percent'")
    return share


def _bare(given: str) -> float:
    try:
        return float(given)
    except ValueError:
        raise Refusal(f"--probability: {given!r}; need a share such as 0.8 or '80 percent'") from None


def _deliver(found: "Design", path: Path, outputs: tuple[Path, ...], plot: Path | None, as_json: bool) -> None:
    title = found.target.name or path.stem

    def envelope_text() -> str:
        from formulate.report.design_page import design_results
        from formulate.report.envelope import dumps, envelope

        asked = {**recorded(found.target), "designs": found.asked}
        seed = found.target.calculation.seed
        return dumps(envelope("design", design_results(found), seed=seed, inputs=asked))

    def text(width: int = 100) -> str:
        from tui.show_design import design_text

        return design_text(found, title, width) + "\n"

    def document() -> "Document":
        from formulate.report.design_page import design_document

        return design_document(found, title)

    def table() -> str:
        from formulate.designs.table import Table, as_csv

        rows = Table(found.space)
        return rows.header + "".join(as_csv(rows.cells(outcome)) for outcome in found.outcomes)

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.design_figures import feasible_region

        assert plot
        return encode(feasible_region(found), "feasible-region", plot.suffix)

    ready = writers_of(outputs, document, {".json": envelope_text, ".csv": table, ".txt": text})
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)
