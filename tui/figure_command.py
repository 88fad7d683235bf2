"""One figure by itself, and what it shows as a table."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import FileError, FormulateError
from tui.asked import following, progress, with_draws
from tui.deliver import FIGURES, check_outputs, print_envelope, write_outputs
from tui.opened import opened
from tui.options import catalog_option, json_option, payload_option
from tui.progress_line import announce
from tui.refusal import Refusal, of_file

# of a formulation, of a question, of both
WHICH = ("release", "concentration", "compartments", "retention", "depth", "sensitivity", "nest", "ranking", "pareto")


@click.command("figure")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, required=True, type=click.Path(path_type=Path),
              help="Write .svg, .png, .pdf, or .csv what it shows; repeatable.")  # fmt: skip
@click.option("--which", type=click.Choice(WHICH),
              help="Which figure: release of a formulation and ranking of a question if left out.")  # fmt: skip
@click.option("--of", default="", help="Of what: for sensitivity a number such as drug_half_life, for retention one of "
              "several carriers. The first if left out.")  # fmt: skip
@click.option("--dpi", type=click.IntRange(40, 1200), help="Dots an inch of a PNG (160).")
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@payload_option
@json_option
@catalog_option
def figure(
    path: Path,
    outputs: tuple[Path, ...],
    which: str | None,
    of: str,
    dpi: int | None,
    draws: int | None,
    seed: int | None,
    payload: str | None,
    as_json: bool,
) -> None:
    """Draw one figure of a formulation, of a question, or of a report as JSON.

    Of a formulation: release, concentration (in the target compartment and in plasma), compartments (each of the site),
    retention, depth, sensitivity, nest. Of a question: ranking, pareto, concentration, release. The same file and seed
    give the same bytes.
    """
    check_outputs(outputs, FIGURES, [path])
    if dpi is not None and not any(item.suffix.lower() == ".png" for item in outputs):
        raise Refusal(f"--dpi {dpi}: counts dots of a PNG alone; need -o FILE.png, or --dpi left out")
    announce(path.stem)
    from formulate.report.drawn import DOTS, draw

    with ExitStack() as held:
        file, _ = opened(path, held)
        file = with_draws(file, path, draws, seed)
        if payload is not None:
            file = following(file, payload)
        try:
            with of_file(path, file):
                found = draw(file, which or "", of, progress())
        except FileError:
            raise
        except FormulateError as error:
            raise Refusal(f"--which {error}") from None
        write_outputs({item: partial(found.to_bytes, item.suffix, dpi or DOTS) for item in outputs})
    if as_json:
        results = {"figure": found.name, "shows": found.caption, "written": [str(item) for item in outputs]}
        print_envelope("figure", results, {"file": str(path)})
