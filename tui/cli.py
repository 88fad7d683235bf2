"""The command line: a thin layer over `formulate` and `materials`; it parses, calls and prints, and computes nothing.

Heavy modules are imported inside the commands, so that ``formulate --help`` stays quick.
"""

import sys
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from formulate.threads import ask_for_one_thread
from materials.errors import FormulateError, shorten
from tui.app_commands import app_command, serve
from tui.asked import check_files, compared, following, pareto_axes, recorded, with_calculation
from tui.batch_command import batch
from tui.calculate_commands import calculate
from tui.catalog_files import catalog_group
from tui.compare_files import beside_each_other, deliver_unranked
from tui.deliver import Delivery
from tui.design_command import design
from tui.dialysis_command import dialysis
from tui.differences_command import differences
from tui.evidence_command import evidence
from tui.examples_command import examples_group
from tui.fate_command import fate
from tui.feasible_command import feasible
from tui.figure_command import figure
from tui.fit_command import fit
from tui.interrupt import leave, listening
from tui.loading_commands import loading, recipe
from tui.options import catalog_option, json_option, payload_option, report_options
from tui.plan_command import plan
from tui.predict_loading_command import predict_loading
from tui.presets_command import presets
from tui.progress_line import announce
from tui.project_command import project
from tui.refusal import Interrupted, Refusal, of_file
from tui.release_command import release
from tui.report_command import report
from tui.rerun_command import rerun
from tui.retention_commands import dose, retention
from tui.sensitivity_command import sensitivity
from tui.similarity_command import similarity
from tui.start import on_terminal, open_app, open_closed_streams
from tui.sweep_command import sweep
from tui.validate_command import validate

Command = TypeVar("Command", bound="Callable[..., Any]")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from formulate.comparison import Comparison
    from formulate.difference import Differences
    from formulate.pipeline import Prediction


class Commands(click.Group):
    """The commands; whatever a user did wrong becomes a refusal of one line per fault."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options that stand before the command."""
        with _refusing():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        with listening(), _refusing():
            return super().invoke(ctx)


@contextmanager
def _refusing() -> "Iterator[None]":
    try:
        yield
    except FormulateError as error:
        raise Refusal(str(error)) from None
    except (click.exceptions.NoArgsIsHelpError, BrokenPipeError):
        raise  # help was asked for; the reader has gone, which click ends quietly
    except click.UsageError as error:
        raise Refusal(shorten(error.format_message(), 300)) from None
    except KeyboardInterrupt:
        raise Interrupted from None
    except OSError as error:
        raise click.ClickException(f"the output cannot be written ({error.strerror})") from None


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from formulate.version import program_version

        click.echo(f"formulate {program_version()}")
        ctx.exit()


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Choose and design a drug delivery system.

    A catalog in which every number has its source drives calculators for loading, release and retention at a
    target tissue. `formulate` alone opens the app; `formulate demo` runs an example. A research design tool:
    nothing it prints is medical advice.
    """
    if ctx.invoked_subcommand is None:
        if on_terminal():
            open_app()
        else:
            click.echo(ctx.get_help())


_draws = click.option(
    "--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024)."
)
_seed = click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
_output = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write a report: .html, .pdf, .docx, .md, .xlsx or .json. May be repeated.",
)


def _figure(*names: str) -> "Callable[[Command], Command]":
    text = "Which figure --plot writes."
    return click.option("--figure", type=click.Choice(names), default=names[0], show_default=True, help=text)


_plot = click.option(
    "--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png, .pdf or .csv by its ending."
)


@cli.command()
@click.argument("paths", metavar="[FILE.toml]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--preset", help="Start from a common aim: formulate presets lists them. What you say yourself holds.")
@click.option("--site", help="Where: an id such as knee.")
@click.option("--payload", help="What: an id such as dasatinib.")
@click.option("--species", help="Whose: human unless told otherwise.")
@click.option("--state", help="In which state: osteoarthritis, healthy ...")
@click.option("--dose", help='Per injection: "5 mg". The usual dose of the payload if left out.')
@click.option("--volume", help='Per injection: "5 mL". The usual one of the site if left out.')
@click.option("--above", help='Unbound target concentration: "0.1 umol/L".')
@click.option("--duration", help='How long above it: "28 d".')
@click.option("--horizon", help='How long to compute: "60 d". Twice the duration if left out.')
@click.option("--carriers", help="Ids to compare, with commas between; all of the catalog if left out.")
@click.option("--weights", help="What counts, and how much: cover=3,evidence=2,cost=0. The rest as it was.")
@click.option("--weight", multiple=True, help="One weight: cover=3. May be repeated.")
@click.option(
    "--needs", type=click.Choice(["load-bearing"]), help="Rank none that fails this check, which else only warns."
)
@click.option("--pareto", metavar="X,Y", help="The two parts of the plot of two: performance,evidence if left out.")
@_draws
@_seed
@report_options
@json_option
@_output
@_plot
@_figure("concentration", "release", "ranking", "pareto")
@catalog_option
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    as_json: bool,
    outputs: tuple[Path, ...],
    plot: Path | None,
    figure: str,
    pareto: str | None,
    **asked: Any,
) -> None:
    """Compare carriers for a payload at a site.

    Give a question file, several formulation files, or --site (or --preset) and --payload. Options override the file.
    Without a payload, --carriers names carriers that are themselves the drug, such as cells and vesicles.
    Of several files, what differs between them is shown field by field; they are ranked where they ask the same.
    """
    axes = pareto_axes(pareto)
    if pareto and ctx.get_parameter_source("figure") == click.core.ParameterSource.DEFAULT:
        figure = "pareto"
    delivery = Delivery(as_json, outputs, plot, figure)
    delivery.check(paths)
    check_files(paths)
    given = {key: value for key, value in asked.items() if value not in (None, ())}
    beside = beside_each_other(paths, given) if len(paths) > 1 else None
    if beside is not None and beside.not_ranked:
        deliver_unranked(beside, given, delivery)
        return
    comparison, inputs = compared(paths, given if beside is None else beside.asked)
    comparison = replace(comparison, axes=axes) if axes else comparison
    _deliver_comparison(comparison, inputs, delivery, beside.differences(comparison) if beside else None)


@cli.command()
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@_draws
@_seed
@report_options
@json_option
@_output
@_plot
@_figure("concentration", "release")
@payload_option
@catalog_option
def predict(
    path: Path,
    draws: int | None,
    seed: int | None,
    as_json: bool,
    outputs: tuple[Path, ...],
    plot: Path | None,
    figure: str,
    payload: str | None,
) -> None:
    """Predict loading, release and exposure of one formulation file."""
    delivery = Delivery(as_json, outputs, plot, figure)
    delivery.check([path])
    announce(path.stem)
    from formulate.formulation import Formulation, read
    from formulate.pipeline import predict as run

    formulation = read(path, until="retention" if payload is None else "loading")  # of which, `run` refuses
    if not isinstance(formulation, Formulation):
        raise Refusal(f'{shorten(path, 120)}: kind: "question" asks which carrier; need kind = "formulation"')
    formulation = with_calculation(following(formulation, payload), path, draws, seed)
    with of_file(path, formulation):
        prediction = run(formulation)
    _deliver_prediction(prediction, delivery)


@cli.command()
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("formulate-demo"),
    show_default=True,
    help="Where to write.",
)
@_draws
@_seed
@json_option
def demo(folder: Path, draws: int | None, seed: int | None, as_json: bool) -> None:
    """Run the shipped example: carriers for dasatinib in an osteoarthritic knee."""
    from formulate import examples

    laid_out = examples.copy(folder)
    question = next(path for path in laid_out if path.name == "dasatinib-knee.toml")
    reports = (folder / "dasatinib-knee.html", folder / "dasatinib-knee.json")
    delivery = Delivery(as_json, reports, folder / "dasatinib-knee.png", "concentration")
    asked = {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    comparison, inputs = compared((question,), asked)
    _deliver_comparison(comparison, inputs, delivery)


cli.add_command(app_command)
cli.add_command(serve)
cli.add_command(examples_group)
cli.add_command(catalog_group)
cli.add_command(loading)
cli.add_command(recipe)
cli.add_command(feasible)
cli.add_command(predict_loading)
cli.add_command(calculate)
cli.add_command(fit)
cli.add_command(similarity)
cli.add_command(dialysis)
cli.add_command(retention)
cli.add_command(dose)
cli.add_command(fate)
cli.add_command(release)
cli.add_command(sensitivity)
cli.add_command(batch)
cli.add_command(design)
cli.add_command(sweep)
cli.add_command(report)
cli.add_command(figure)
cli.add_command(rerun)
cli.add_command(plan)
cli.add_command(presets)
cli.add_command(evidence)
cli.add_command(differences)
cli.add_command(project)
cli.add_command(validate)


def _deliver_comparison(
    comparison: "Comparison", inputs: dict[str, Any], delivery: Delivery, differences: "Differences | None" = None
) -> None:
    from formulate.report.envelope import comparison_results, dumps, envelope
    from formulate.report.html import comparison_html
    from tui.show_comparison import comparison_text

    def as_json() -> str:
        computed = (row.formulation for row in comparison.rows if row.formulation and row.numbers)
        seed = next((formulation.calculation.seed for formulation in computed), None)
        warnings = [f"{row.id}: {warning}" for row in comparison.rows for warning in row.warnings]
        found = {"differences": differences.to_dict()} if differences else {}
        results = comparison_results(comparison) | found
        return dumps(envelope("compare", results, seed=seed, inputs=inputs, warnings=warnings))

    def text(width: int) -> str:
        from tui.show_differences import differences_text

        told = f"{differences_text(differences, width)}\n\n" if differences else ""
        return told + comparison_text(comparison, width)

    delivery.deliver(
        as_json, lambda: comparison_html(comparison, differences=differences), text, comparison, differences
    )


def _deliver_prediction(prediction: "Prediction", delivery: Delivery) -> None:
    from formulate.report.envelope import dumps, envelope, prediction_results
    from formulate.report.html import prediction_html
    from formulate.report.scores import alone
    from tui.show import prediction_text

    def as_json() -> str:
        formulation = prediction.formulation
        return dumps(
            envelope(
                "predict",
                prediction_results(prediction),
                seed=formulation.calculation.seed,
                inputs=recorded(formulation),
                warnings=list(prediction.warnings),
            )
        )

    delivery.deliver(
        as_json,
        lambda: prediction_html(prediction),
        lambda width: prediction_text(prediction, width),
        alone(prediction),
    )


def main() -> NoReturn:
    """Run the command line."""
    open_closed_streams()
    ask_for_one_thread()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what an old code page cannot write is escaped, in JSON still the same
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="formulate")
    except SystemExit as done:
        if done.code == Interrupted.exit_code:
            leave()
        raise
    raise SystemExit(0)


if __name__ == "__main__":
    main()
