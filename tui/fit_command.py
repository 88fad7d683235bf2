"""Fit measured release: which law, with what parameters, how sure; and on to the exposure in the tissue."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from formulate.limits import LARGEST_SEED
from materials.errors import DomainError, Fault, FileError, shorten
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, option_number, own_files, report_options
from tui.progress_line import progress
from tui.refusal import Refusal
from tui.release_options import read_data, reading_of, release_options
from tui.use_in import UseIn, use_in_options

if TYPE_CHECKING:
    from formulate.fitting.analysis import Analysis, FittedModel
    from formulate.pipeline import Prediction
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".txt", ".csv")
FIGURES = (".svg", ".png", ".pdf")
NAMES = ("overview", "fits", "residuals", "weights", "ranking")
MOST_BOOTSTRAPS = 100_000
OPTIONS = {"up_to": "--up-to", "start": "--from", "until": "--until", "leave_out": "--without"}


@click.command("fit")
@click.argument("path", metavar="DATA", type=click.Path(path_type=Path), required=False)
@click.option("--models", help="all, ddsolver, empirical, or names with commas: weibull_2,first_order (all).")
@click.option("--formula", "formulas", multiple=True, help='A law of your own: "Fmax*(1-exp(-k*t))". May be repeated.')
@click.option("--start", default="", help='Where to start a formula: "Fmax=80, k=0.1".')
@click.option(
    "--weights",
    "weighting",
    type=click.Choice(["1", "1/y", "1/y2", "1/sd2"]),
    default="1",
    show_default=True,
    help="Of the squares.",
)
@click.option("--replicates", type=click.Choice(["pooled", "mean", "each"]), default="pooled", show_default=True,
              help="All readings of all units at once, their means, or each unit by itself as well.")  # fmt: skip
@click.option("--profile", help="Only this profile of the file.")
@click.option("--fix", "fixed", multiple=True, help='Hold a parameter: "n=0.5". May be repeated.')
@click.option("--bound", "bounds", multiple=True, help='Keep a parameter within: "Tlag=0:5". May be repeated.')
@click.option("--share", "shared", help="Parameters that all profiles of the file have in common, with commas.")
@click.option(
    "--with", "constants", multiple=True, help='A constant of a physical law: "radius=25 um". May be repeated.'
)
@click.option(
    "--criterion",
    type=click.Choice(["AICc", "AIC", "BIC", "MSC", "R2adj"]),
    default="AICc",
    show_default=True,
    help="By which the models are ranked.",
)
@click.option("--level", default="95%", show_default=True, help="Of every interval and band.")
@click.option(
    "--intervals",
    "likelihood",
    is_flag=True,
    help="Intervals by profile likelihood too, of the best models.",
)
@click.option(
    "--bootstrap", type=click.IntRange(0, MOST_BOOTSTRAPS), default=0, help="Intervals by so many bootstrap fits too."
)
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), default=7, show_default=True, help="Of the bootstrap.")
@click.option("--top", type=click.IntRange(1, 500), default=10, show_default=True, help="Models listed in the text.")
@click.option("--law", help="The model that --use-in takes; the first without a serious objection if left out.")
@click.option("--explain", multiple=True, help="Tell of this model in full too, by its id. May be repeated.")
@click.option("--up-to", default="", help='Only readings of each unit before its first above: "60%".')
@click.option("--from", "start_time", type=float, help="Only readings from this time on, in the unit of the data.")
@click.option("--until", type=float, help="Only readings up to this time, in the unit of the data.")
@click.option("--without", multiple=True, type=float, help="Leave out the readings at this time. May be repeated.")
@click.option("--list-models", is_flag=True, help="List the laws that can be fitted, with their equations.")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json, .txt, .csv the curves; repeatable.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@click.option(
    "--figure", type=click.Choice(NAMES), default=NAMES[0], show_default=True, help="Which figure --plot writes."
)
@use_in_options
@release_options
@report_options
@json_option
@catalog_option
def fit(
    path: Path | None,
    models: str | None,
    formulas: tuple[str, ...],
    start: str,
    fixed: tuple[str, ...],
    bounds: tuple[str, ...],
    shared: str | None,
    constants: tuple[str, ...],
    level: str,
    likelihood: bool,
    top: int,
    explain: tuple[str, ...],
    up_to: str,
    start_time: float | None,
    until: float | None,
    without: tuple[float, ...],
    formulation: Path | None,
    law: str | None,
    layer: str,
    in_body_factor: str,
    save: Path | None,
    list_models: bool,
    outputs: tuple[Path, ...],
    plot: Path | None,
    figure: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Fit release models to measured data (CSV, TSV or XLSX) and say what the fits mean.

    DATA holds a column of times and columns or rows of released amounts, each with its unit in the header:
    `time (h)`, `released (%)`. All models are fitted to the same readings and ranked.
    """
    if list_models:
        _list_models(as_json)
        return
    if path is None:
        raise Refusal("DATA: is missing; need a .csv, .tsv or .xlsx file of release measurements")
    inputs = [item for item in (path, formulation) if item]
    check_outputs(outputs, REPORTS, inputs)
    check_outputs([plot] if plot else [], FIGURES, inputs, option="--plot")
    onward = UseIn(formulation, layer, in_body_factor, save)
    onward.check(inputs)
    if law and formulation is None:
        raise Refusal("--law: needs --use-in FILE.toml, the formulation it is for")
    recorded = {name: value for name, value in asked.items() if value not in (None, "", (), False)}
    if own_files(click.get_current_context()) and formulation is None:
        raise Refusal("--catalog: is for the carriers of --use-in; need --use-in FILE.toml, or leave it out")
    if asked["bootstrap"] == 1:
        raise Refusal("--bootstrap: 1; need 0 for none, or 2 and more")
    data = read_data(path, reading_of(asked))
    if start and not formulas:
        raise Refusal("--start: is for --formula; need one")
    told: dict[str, Any] = {
        name: value
        for name, value in {
            "data": path.name, "models": models or "", "formula": formulas, "start": start, "fix": fixed,
            "bound": bounds, "share": shared or "", "with": constants, "level": level, "intervals": likelihood,
            "up_to": up_to, "from": start_time, "until": until, "without": without,
        }.items()
        if value not in (None, "", (), False)
    }  # fmt: skip
    from formulate.curves.formula_grammar import FormulaError
    from formulate.fitting.analysis import analyse
    from formulate.fitting.written import read_bounds, read_constants, read_level, read_numbers

    try:
        analysis = analyse(
            data,
            models=models or (() if formulas else "all"),
            formula=formulas,
            formula_start=read_numbers("--start", (start,)) if start else None,
            fixed=read_numbers("--fix", fixed),
            bounds=read_bounds(bounds, "--bound"),
            shared=[name.strip() for name in (shared or "").split(",") if name.strip()],
            constants=read_constants(constants, "--with"),
            level=read_level(level, "--level"),
            profile_intervals=likelihood,
            up_to=100.0 * option_number("--up-to", up_to, "percent") if up_to else None,
            start=start_time,
            until=until,
            leave_out=without,
            progress=_progress(),
            **asked,
        )
    except FormulaError as error:
        raise Refusal(f"--formula: {error}") from None
    except DomainError as error:
        if error.name not in OPTIONS:
            raise
        raise Refusal(f"{OPTIONS[error.name]}: {str(error).partition(' = ')[2]}") from None
    if (models or formulas) and not any(found.models for found in analysis.profiles):
        reasons = [item for found in analysis.profiles for item in found.failures]
        raise FileError([Fault(shorten(path, 120), item.name, f"not fitted: {item.reason}") for item in reasons[:10]])
    chosen_law = chosen_fit(analysis, law) if formulation else None
    prediction, saved = onward.predicted(chosen_law.fit, data) if chosen_law else (None, {})
    _deliver(
        analysis,
        chosen_law,
        prediction,
        saved,
        outputs,
        plot,
        figure,
        as_json,
        top,
        known_models(analysis, explain),
        recorded | told,
    )


def chosen_fit(analysis: "Analysis", law: str | None) -> "FittedModel":
    """Give the fit that goes on: of the law asked for, else the best ranked, of the only profile."""
    if len(analysis.profiles) != 1:
        names = ", ".join(shorten(item.profile.name) for item in analysis.profiles[:8])
        raise Refusal(f"--use-in: the data hold several profiles; need --profile, one of {names}")
    found = analysis.profiles[0]
    if not found.models:
        raise Refusal("--use-in: no model could be fitted to the data")
    if not law:
        return found.best_sound or found.models[0]
    for fitted in found.models:
        model = fitted.fit.model
        if law.lower().replace("-", "_") in (model.id.lower(), model.name.lower().replace("-", "_")):
            return fitted
    need = ", ".join(item.fit.model.id for item in found.models[:8])
    raise Refusal(f"--law: {shorten(law)!r} was not fitted; need one of {need}")


def known_models(analysis: "Analysis", asked: tuple[str, ...]) -> tuple[str, ...]:
    """Give the ids of models that were fitted, by the ids or names asked for."""
    fitted = {model.fit.model.id: model.fit.model.name for item in analysis.profiles for model in item.models}
    found = []
    for name in asked:
        plain = name.lower().replace("-", "_")
        ids = [id for id, shown in fitted.items() if plain in (id.lower(), shown.lower().replace("-", "_"))]
        if not ids:
            raise Refusal(f"--explain: {shorten(name)!r} was not fitted; need one of {', '.join(list(fitted)[:8])}")
        found.append(ids[0])
    return tuple(found)


def _deliver(
    analysis: "Analysis",
    chosen_law: "FittedModel | None",
    prediction: "Prediction | None",
    saved: Mapping[Path, str],
    outputs: tuple[Path, ...],
    plot: Path | None,
    figure: str,
    as_json: bool,
    top: int,
    explain: tuple[str, ...],
    asked: Mapping[str, Any],
) -> None:
    def envelope_text() -> str:
        from formulate.report.envelope import FITTED_DIGITS, dumps, envelope, prediction_results
        from tui.asked import recorded

        results: dict[str, object] = dict(analysis.results())
        inputs: dict[str, object] = dict(asked)
        if prediction:
            results["prediction"] = prediction_results(prediction)
            inputs["formulation"] = recorded(prediction.formulation)
        told = [*analysis.data.warnings, *(prediction.warnings if prediction else ())]
        return dumps(envelope("fit", results, seed=analysis.seed, inputs=inputs, warnings=told), FITTED_DIGITS)

    def text(width: int = 100) -> str:
        from tui.show_fit import fit_text

        shown = fit_text(analysis, width, top, explain)
        if prediction:
            from tui.show import prediction_text
            from tui.show_fit import law_text

            assert chosen_law
            shown += f"\n\n{law_text(chosen_law, width)}\n\n{prediction_text(prediction, width)}"
        return shown + "\n"

    def document() -> "Document":
        from formulate.report.fit_page import fit_document, prediction_sections

        return fit_document(analysis, prediction_sections(prediction) if prediction else ())

    def curves() -> str:
        from formulate.report.fit_page import curves_frame

        return str(curves_frame(analysis).to_csv(index=False, lineterminator="\n"))

    ready = writers_of(outputs, document, {".json": envelope_text, ".txt": text, ".csv": curves})
    if plot:
        ready[plot] = lambda: _drawn(analysis, plot, figure)
    write_outputs(ready, saved)
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _drawn(analysis: "Analysis", path: Path, figure: str) -> bytes:
    from formulate.report.canvas import encode
    from formulate.report.fit_figures import FIGURES as DRAW

    if not any(found.models for found in analysis.profiles):
        raise Refusal(f"{shorten(path, 120)}: no model could be fitted, so there is nothing to draw")
    return encode(DRAW[figure](analysis), f"fit-{figure}", path.suffix)


def _progress() -> Callable[[int, int], None] | None:
    """Show how far a long fit is, on a terminal only."""
    report = progress()
    return None if report is None else lambda done, of: report(f"fit {done} of {of}")


def _list_models(as_json: bool) -> None:
    from formulate.curves.library import listing
    from formulate.curves.physical import PHYSICAL
    from tui.table import grid

    rows = listing()
    physical = [
        {
            "id": law.id,
            "name": law.name,
            "equation": law.equation,
            "constants": [
                {"name": item.name, "meaning": item.meaning, "unit": item.unit, "default": item.default}
                for item in law.constants
            ],
            "parameters": [
                {"name": item.name, "meaning": item.meaning, "unit": item.unit} for item in law.parameters
            ],
            "assumes": law.assumes,
            "source": law.source,
        }
        for law in PHYSICAL.values()
    ]  # fmt: skip
    if as_json:
        from tui.deliver import print_envelope

        print_envelope("fit models", {"models": rows, "physical": physical})
        return
    width = terminal_width()
    shown = [
        (row["id"], str(row["number"] or ""), row["equation"], ", ".join(item["name"] for item in row["parameters"]))
        for row in rows
    ]
    click.echo(grid(("id", "no. in DDSolver", "equation", "parameters"), shown, width, right=[1]))
    laws = [
        (
            law.id,
            law.equation,
            ", ".join(item.name for item in law.parameters),
            ", ".join(f"{item.name} ({item.unit or '1'})" for item in law.constants),
        )
        for law in PHYSICAL.values()
    ]
    click.echo('\nPhysical laws: their constants are given with --with, such as --with "radius=25 um"\n')
    click.echo(grid(("id", "equation", "parameters", "constants"), laws, width))
