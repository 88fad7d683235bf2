"""The commands of the bench: how much goes in, and what to weigh out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import recorded, with_calculation
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, option_number, report_options
from tui.progress_line import announce
from tui.refusal import Refusal, of_file

Command = TypeVar("Command", bound="Callable[..., Any]")
RECIPES = (*DOCUMENTS, ".txt", ".json")

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulate.formulation import Formulation
    from formulate.loading.total import LoadingResult

_draws = click.option(
    "--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024)."
)
_seed = click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")


def _output(*endings: str) -> "Callable[[Command], Command]":
    text = f"Write it; {', '.join(endings[:-1])} or {endings[-1]} by its ending. May be repeated."
    return click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), help=text)


@click.command()
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@_output(".txt", ".json")
@_draws
@_seed
@json_option
@catalog_option
def loading(path: Path, outputs: tuple[Path, ...], draws: int | None, seed: int | None, as_json: bool) -> None:
    """Compute how much goes in: loading, particles, and what fits one injection, of one formulation file.

    Works for every carrier whose loading is known, for several payloads, and for cells and vesicles that are the
    drug, whether or not their release can be computed.
    """
    check_outputs(outputs, (".txt", ".json"), [path])
    result = _loaded(path, draws, seed)

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope
        from formulate.report.loading import loading_results

        formulation = result.formulation
        return dumps(
            envelope(
                "loading",
                loading_results(result),
                seed=formulation.calculation.seed,
                inputs=recorded(formulation),
                warnings=list(result.warnings),
            )
        )

    def text(width: int = 100) -> str:
        from tui.show_loading import loading_text

        return loading_text(result, width) + "\n"

    writers = {".json": envelope_text, ".txt": text}
    write_outputs({output: writers[output.suffix.lower()] for output in outputs})
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _loaded(path: Path, draws: int | None, seed: int | None) -> "LoadingResult":
    announce(path.stem)
    from formulate.loading.total import load_all

    formulation = _read(path, draws, seed)
    with of_file(path, formulation, "loading"):
        return load_all(formulation)


def _read(path: Path, draws: int | None, seed: int | None) -> "Formulation":
    from formulate.formulation import Formulation, read

    formulation = read(path)
    if not isinstance(formulation, Formulation):
        raise Refusal(f'{shorten(path, 120)}: kind: "question" asks which carrier; need kind = "formulation"')
    return with_calculation(formulation, path, draws, seed)


@click.command()
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--doses", help="Injections to make; 1 if neither they nor a batch mass are given.")
@click.option("--overage", default="0%", show_default=True, help='Made beyond the doses: "10%".')
@click.option("--yield", "process_yield", help='Product per drug and carrier put in: "70%". The method\'s if left out.')
@click.option("--fill-loss", help='Stays in vials, needles and syringes: "5%". A usual share if left out.')
@click.option("--batch-mass", help='Loaded carrier to make: "2 g", instead of a number of doses.')
@click.option("--solvent", default="", help="Solvent to use instead of the method's usual one: an id such as acetone.")
@_output(*RECIPES)
@_draws
@_seed
@report_options
@json_option
@catalog_option
def recipe(
    path: Path,
    doses: str | None,
    overage: str,
    process_yield: str | None,
    fill_loss: str | None,
    batch_mass: str | None,
    solvent: str,
    outputs: tuple[Path, ...],
    draws: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Say what to weigh out for a number of doses, with mass balance, solvents, limits and a checklist to print."""
    check_outputs(outputs, RECIPES, [path])
    asked: dict[str, Any] = {"overage": option_number("--overage", overage, "percent")}
    for option, name, text, unit in (
        ("--doses", "doses", doses, "1"),
        ("--yield", "process_yield", process_yield, "percent"),
        ("--fill-loss", "fill_loss", fill_loss, "percent"),
        ("--batch-mass", "batch_mass", batch_mass, "mg"),
    ):
        if text is not None:
            asked[name] = option_number(option, text, unit)
    if solvent:
        asked["solvent"] = solvent
    announce(path.stem)
    from formulate.form.further import OfRecipe
    from formulate.form.wanted import Wanted
    from formulate.preparation.recipe import recipe as run

    formulation = _read(path, draws, seed)
    with of_file(path, formulation, "loading"):
        made = run(formulation, **asked)
    found, wanted = OfRecipe(made, formulation, asked), Wanted()

    def envelope_text() -> str:
        return found.to_json(wanted)

    others: dict[str, Callable[[], str]] = {".json": envelope_text, ".md": made.to_markdown, ".txt": made.to_text}
    write_outputs(writers_of(outputs, lambda: found.document(wanted), others))
    click.echo(envelope_text() if as_json else made.to_text(terminal_width()), nl=not as_json)
