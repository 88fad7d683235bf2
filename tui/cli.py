"""The command line: a thin layer over `formulate` and `materials`; it parses, calls and prints, and computes nothing.

Heavy modules are imported inside the commands, so that ``formulate --help`` stays quick.
"""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from materials.errors import FormulateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulate.compare import Comparison
    from formulate.formulation import Formulation, Question
    from formulate.pipeline import Prediction
    from materials.schema import Entry

BAD_INPUT = 2


class Refusal(click.ClickException):
    """Bad input: what is wrong and what is accepted, on stderr, exit status 2."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:
        """Print the lines of the refusal as they are."""
        click.echo(self.message, err=True)


class Commands(click.Group):
    """The commands; a FormulateError becomes a refusal, a closed pipe a quiet end."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except FormulateError as error:
            raise Refusal(str(error)) from None
        except BrokenPipeError:
            sys.stderr.close()  # the reader of our output has gone; nothing is left to say
            ctx.exit(1)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from formulate.report.envelope import program_version

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
    target tissue. Start with `formulate demo`. A research design tool: nothing it prints is medical advice.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


_draws = click.option("--draws", type=click.IntRange(16, 65536), help="Draws of the uncertain inputs (1024).")
_seed = click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the draws (7).")
_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_output = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write a report; .html or .json by its ending. May be repeated.",
)
_plot = click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg or .png by its ending.")


@cli.command()
@click.argument("paths", metavar="[FILE.toml]...", nargs=-1, type=click.Path(path_type=Path))
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
@click.option("--weights", help="What counts: cover=3,residence=1,dose=1,selectivity=1,evidence=1.")
@_draws
@_seed
@_json
@_output
@_plot
def compare(paths: tuple[Path, ...], as_json: bool, outputs: tuple[Path, ...], plot: Path | None, **asked: Any) -> None:
    """Compare carriers for a payload at a site.

    Give a question file, several formulation files, or --site and --payload. Options override the file.
    """
    _check_outputs(outputs, plot)
    comparison, inputs = _compared(paths, {key: value for key, value in asked.items() if value is not None})
    _deliver_comparison(comparison, inputs, as_json, outputs, plot)


@cli.command()
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@_draws
@_seed
@_json
@_output
@_plot
def predict(
    path: Path,
    draws: int | None,
    seed: int | None,
    as_json: bool,
    outputs: tuple[Path, ...],
    plot: Path | None,
) -> None:
    """Predict loading, release and exposure of one formulation file."""
    from formulate.formulation import Formulation, read
    from formulate.pipeline import predict as run

    _check_outputs(outputs, plot)
    formulation = read(path)
    if not isinstance(formulation, Formulation):
        raise Refusal(
            f'{path}: kind: "question" asks which carrier; need kind = "formulation", or formulate compare {path}'
        )
    formulation = _with_calculation(formulation, path, draws, seed)
    prediction = run(formulation)
    _deliver_prediction(prediction, as_json, outputs, plot)


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
@_json
def demo(folder: Path, as_json: bool) -> None:
    """Run the shipped example: carriers for dasatinib in an osteoarthritic knee."""
    from formulate import examples

    laid_out = examples.copy(folder)
    question = next(path for path in laid_out if path.name == "dasatinib-knee.toml")
    comparison, inputs = _compared((question,), {})
    outputs = (folder / "dasatinib-knee.html", folder / "dasatinib-knee.json")
    _deliver_comparison(comparison, inputs, as_json, outputs, folder / "dasatinib-knee.png")


@cli.group("examples")
def examples_group() -> None:
    """List the shipped example files, or lay them out in a folder."""


@examples_group.command("list")
@_json
def examples_list(as_json: bool) -> None:
    """List the example files."""
    from formulate import examples

    if as_json:
        _print_envelope("examples list", {"examples": list(examples.names())})
        return
    for name in examples.names():
        first = examples.text(name).splitlines()[0].lstrip("# ")
        click.echo(f"{name}\n    {first}")


@examples_group.command("copy")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_json
def examples_copy(folder: Path, as_json: bool) -> None:
    """Lay the example files out in DIR; a file of yours is never overwritten."""
    from formulate import examples

    written = examples.copy(folder)
    if as_json:
        _print_envelope("examples copy", {"written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(path)


@cli.command("list")
@click.argument("kind", type=click.Choice(["carriers", "payloads", "sites"]), required=False)
@_json
def list_entries(kind: str | None, as_json: bool) -> None:
    """List the entries of the catalog."""
    from materials import catalog

    known = catalog.load()
    kinds: dict[str, dict[str, Entry]] = {
        "carriers": dict(known.carriers),
        "payloads": dict(known.payloads),
        "sites": dict(known.sites),
    }
    shown = {name: entries for name, entries in kinds.items() if kind in (None, name)}
    if as_json:
        results = {
            name: [{"id": entry.id, "name": entry.name, "values": len(entry.property)} for entry in entries.values()]
            for name, entries in shown.items()
        }
        _print_envelope("list", results)
        return
    for name, entries in shown.items():
        click.echo(name)
        for entry in entries.values():
            click.echo(f"  {entry.id:<46} {entry.name} ({len(entry.property)} values)")


@cli.command()
@click.argument("identifier", metavar="ID")
@_json
def show(identifier: str, as_json: bool) -> None:
    """Show a catalog entry: every value with its band, evidence and source."""
    from materials import catalog, sources
    from materials.errors import UnknownIdError

    known = catalog.load()
    every = {entry.id: entry for entry in known.entries()}
    every |= {synonym: entry for entry in known.entries() for synonym in entry.synonyms}
    if identifier not in every:
        raise UnknownIdError("id", identifier, catalog.nearest(identifier, every))
    entry = every[identifier]
    if as_json:
        _print_envelope("show", entry.model_dump(mode="json", exclude_defaults=True))
        return
    from tui.table import wrap

    width = _terminal_width()
    click.echo(f"{entry.name} ({entry.id})")
    if entry.description:
        click.echo(wrap(entry.description, width))
    for value in entry.property:
        band = "" if value.low is None and value.high is None else f" ({value.low} to {value.high}, {value.spread})"
        where = " ".join(filter(None, [value.species, value.state, value.payload, value.layer]))
        head = f"{known.property(value.name).label}: {value.typical:g} {value.unit}{band}"
        click.echo()
        click.echo(wrap(head + (f" [{where}]" if where else ""), width, "  ", "      "))
        click.echo(wrap(f"{value.evidence}. {value.conditions}", width, "      ", "      "))
        if value.note:
            click.echo(wrap(value.note, width, "      ", "      "))
        if value.source:
            click.echo(wrap(sources.reference(value.source), width, "      ", "      "))
    for gap in entry.missing:
        click.echo(wrap(f"{known.property(gap.name).label}: not known. {gap.reason}", width, "\n  ", "      "))


def _compared(paths: tuple[Path, ...], asked: dict[str, Any]) -> "tuple[Comparison, dict[str, Any]]":
    """Run a comparison of what files and options ask for; give it with the inputs to record."""
    from formulate.compare import compare as run
    from formulate.compare import compare_formulations
    from formulate.formulation import Question, read

    progress = _progress()
    files = [read(path) for path in paths]
    formulations = [file for file in files if not isinstance(file, Question)]
    if len(files) > 1 and len(formulations) < len(files):
        raise Refusal("several files: need formulation files to compare, or one question file")
    if formulations:
        allowed = {"draws", "seed", "weights"}
        if extra := set(asked) - allowed:
            raise Refusal(
                f"--{sorted(extra)[0]}: formulation files say this themselves; need --weights, --draws or --seed"
            )
        _same_problem(paths, formulations)
        ready = [
            (path.stem, _with_calculation(formulation, path, asked.get("draws"), asked.get("seed")))
            for path, formulation in zip(paths, formulations, strict=True)
        ]
        comparison = compare_formulations(ready, _weights(asked), progress=progress)
        return comparison, {"files": [item.model_dump(mode="json", exclude_defaults=True) for _, item in ready]}
    question = _question(files[0] if files else None, asked, str(paths[0]) if paths else "command line")
    return run(question, progress), question.model_dump(mode="json", exclude_defaults=True)


def _question(file: "Question | Formulation | None", asked: dict[str, Any], source: str) -> "Question":
    """Give the question of a file with the options over it, or the one that the options alone ask."""
    from formulate.formulation import Question, build

    content = file.model_dump(mode="json", exclude_unset=True) if file else {"schema_version": 1, "kind": "question"}
    if not file:
        for name in ("site", "payload"):
            if name not in asked:
                raise Refusal(f"--{name} is missing; need a question file, or --site and --payload")
    regimen, target = content.setdefault("regimen", {}), content.setdefault("target", {})
    calculation = content.setdefault("calculation", {})
    payload = dict(content["payload"][0]) if file else {}
    if "payload" in asked and asked["payload"] != payload.get("id"):
        payload = {"id": asked["payload"], **({"dose": payload["dose"]} if "dose" in payload else {})}
        target.pop("payload", None)
    for table, names in (
        (regimen, {"site": "site", "species": "species", "state": "state", "volume": "volume"}),
        (payload, {"dose": "dose"}),
        (target, {"above": "unbound_above", "duration": "duration"}),
        (calculation, {"horizon": "horizon", "draws": "draws", "seed": "seed"}),
    ):
        for option, key in names.items():
            if option in asked:
                table[key] = asked[option]
    content["payload"] = [payload]
    if "carriers" in asked:
        content["carriers"] = [item.strip() for item in asked["carriers"].split(",") if item.strip()]
    if "weights" in asked:
        content["weights"] = _weights(asked)
    question: Question = build(Question, content, source)
    return question


def _weights(asked: dict[str, Any]) -> dict[str, float]:
    from formulate.formulation import check_weights

    weights: dict[str, float] = {}
    for item in filter(None, asked.get("weights", "").split(",")):
        name, equals, given = item.partition("=")
        try:
            weights[name.strip()] = float(given)
        except ValueError:
            equals = ""
        if not equals or not 0 <= weights.get(name.strip(), -1) < float("inf"):
            raise Refusal(f"--weights: {item[:60]!r}; need name=number with a number of at least 0, such as cover=3")
    try:
        check_weights(weights)
    except ValueError as error:
        raise Refusal(f"--weights: {error}") from None
    return weights


def _same_problem(paths: tuple[Path, ...], formulations: "list[Formulation]") -> None:
    """Refuse formulations that answer different questions: side by side their numbers would mislead."""
    first = formulations[0]
    for path, other in zip(paths, formulations, strict=True):
        for field in ("target", "calculation"):
            if getattr(other, field) != getattr(first, field):
                raise Refusal(f"{path}: {field} differs from that of {paths[0]}; need the same to compare")
        if other.cargo.id != first.cargo.id:
            raise Refusal(
                f"{path}: payload {other.cargo.id} differs from {first.cargo.id} of {paths[0]}; need the same"
            )
        for field in ("site", "species", "state_or_first"):
            if getattr(other.regimen, field) != getattr(first.regimen, field):
                raise Refusal(f"{path}: regimen differs from that of {paths[0]}; need the same site, species and state")


def _with_calculation(formulation: "Formulation", path: Path, draws: int | None, seed: int | None) -> "Formulation":
    from formulate.formulation import Formulation, build

    content = formulation.model_dump(mode="json", exclude_unset=True)
    calculation = content.setdefault("calculation", {})
    calculation |= {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    ready: Formulation = build(Formulation, content, str(path))
    return ready


def _check_outputs(outputs: tuple[Path, ...], plot: Path | None) -> None:
    """Refuse an ending that cannot be written before anything is computed."""
    for path in outputs:
        if path.suffix.lower() not in (".html", ".json"):
            raise Refusal(f"--output: {str(path)[:120]}: unknown ending {path.suffix!r}; need .html or .json")
    if plot and plot.suffix.lower() not in (".svg", ".png"):
        raise Refusal(f"--plot: {str(plot)[:120]}: unknown ending {plot.suffix!r}; need .svg or .png")
    for path in (*outputs, *([plot] if plot else [])):
        if not path.parent.is_dir():
            raise Refusal(f"{str(path)[:120]}: the folder {str(path.parent)[:120]} does not exist; need one that does")


def _deliver_comparison(
    comparison: "Comparison",
    inputs: dict[str, Any],
    as_json: bool,
    outputs: tuple[Path, ...],
    plot: Path | None,
) -> None:
    from formulate.report.envelope import comparison_results, dumps, envelope

    def text() -> str:
        seed = comparison.predictions[0].formulation.calculation.seed if comparison.predictions else None
        warnings = [f"{row.id}: {warning}" for row in comparison.rows for warning in row.warnings]
        return dumps(envelope("compare", comparison_results(comparison), seed=seed, inputs=inputs, warnings=warnings))

    def html() -> str:
        from formulate.report.html import comparison_html

        return comparison_html(comparison)

    _deliver(text, html, outputs, as_json)
    if not as_json:
        from tui.show import comparison_text

        click.echo(comparison_text(comparison, _terminal_width()))
    if plot:
        from formulate.report.figures import save_comparison

        save_comparison(comparison, plot)
    _say_written((*outputs, *([plot] if plot else [])))


def _deliver_prediction(prediction: "Prediction", as_json: bool, outputs: tuple[Path, ...], plot: Path | None) -> None:
    from formulate.report.envelope import dumps, envelope, prediction_results

    formulation = prediction.formulation

    def text() -> str:
        return dumps(
            envelope(
                "predict",
                prediction_results(prediction),
                seed=formulation.calculation.seed,
                inputs=formulation.model_dump(mode="json", exclude_defaults=True),
                warnings=list(prediction.warnings),
            )
        )

    def html() -> str:
        from formulate.report.html import prediction_html

        return prediction_html(prediction)

    _deliver(text, html, outputs, as_json)
    if not as_json:
        from tui.show import prediction_text

        click.echo(prediction_text(prediction, _terminal_width()))
    if plot:
        from formulate.report.figures import save_prediction

        save_prediction(prediction, plot)
    _say_written((*outputs, *([plot] if plot else [])))


def _deliver(text: "Callable[[], str]", html: "Callable[[], str]", outputs: tuple[Path, ...], as_json: bool) -> None:
    from formulate.files import write

    for path in outputs:
        write(path, text() if path.suffix.lower() == ".json" else html())
    if as_json:
        click.echo(text(), nl=False)


def _print_envelope(command: str, results: object) -> None:
    from formulate.report.envelope import dumps, envelope

    click.echo(dumps(envelope(command, results, seed=None, inputs={}, warnings=[])), nl=False)


def _say_written(paths: tuple[Path, ...]) -> None:
    for path in paths:
        click.echo(f"wrote {path}", err=True)


def _progress() -> "Callable[[str], None] | None":
    """Give a line of progress on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return None

    def report(name: str) -> None:
        click.echo(f"\r\x1b[Kcomputing {name} ...", nl=False, err=True)

    click.get_current_context().call_on_close(lambda: click.echo("\r\x1b[K", nl=False, err=True))
    return report


def _terminal_width() -> int:
    return max(60, shutil.get_terminal_size((120, 24)).columns)


def main() -> NoReturn:
    """Run the command line."""
    cli(prog_name="formulate")
    raise SystemExit(0)


if __name__ == "__main__":
    main()
