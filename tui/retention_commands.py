"""How long it stays and where it goes; and how much, how often, to hold a level."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS, MOST_INJECTIONS
from materials.errors import Fault, FileError, FormulateError, shorten
from tui.asked import following, recorded
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import (
    any_payload_option,
    catalog_option,
    json_option,
    option_number,
    payload_option,
    report_options,
)
from tui.progress_line import announce, progress
from tui.refusal import Refusal, of_file

if TYPE_CHECKING:
    from formulate.formulation import Formulation
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".csv", ".txt")
FIGURES = (".svg", ".png", ".pdf")
_REGIMEN = ("site", "species", "state", "route", "volume", "injections", "interval", "start")


@click.command("retention")
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--site", help="Where, instead of what the file says: knee, disc, spinal-cord, bone, bone-defect.")
@click.option("--species", help="Whose: human, rat, rabbit ...")
@click.option("--state", help="In which state: healthy, osteoarthritis ...")
@click.option("--route", help="By which route: intra-articular, intravenous ...")
@click.option("--volume", help='Per injection: "5 mL".')
@click.option("--injections", type=click.IntRange(1, MOST_INJECTIONS), help="How many.")
@click.option("--interval", help='Between two injections: "7 d".')
@click.option("--start", help='Of the first, from the injury on: "1 d"; "-1 d" is before it.')
@click.option("--above", help='Unbound target concentration: "0.1 umol/L".')
@click.option("--times", type=float, help="Target as so many times the effective concentration of the catalog.")
@click.option("--horizon", help='How long to compute: "60 d".')
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json, .txt, .csv the curves; repeatable.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@click.option("--figure", type=click.Choice(["concentration", "amounts", "depth"]), help="Which figure --plot writes.")
@any_payload_option
@report_options
@json_option
@catalog_option
def retention(
    path: Path,
    outputs: tuple[Path, ...],
    plot: Path | None,
    figure: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Follow one formulation through its site: how long it stays, where it goes, what reaches plasma.

    Works for drug in carriers, and for cells and vesicles that are the drug. Options override the file.
    """
    check_outputs(outputs, REPORTS, [path])
    check_outputs([plot] if plot else [], FIGURES, [path], option="--plot")
    if figure and not plot:
        raise Refusal(f"--figure {figure}: nothing is drawn without a file; need --plot FILE with it")
    formulation = _asked_for(path, asked)
    every = asked["payload"] is None
    if plot and every and len(formulation.payload) > 1:
        ids = " or ".join(part.id for part in formulation.payload)
        raise Refusal(f"--plot: draws one payload, and {shorten(path, 120)} holds several; need --payload {ids}")
    announce(path.stem)
    from formulate.exposure import expose

    with of_file(path, formulation):
        found = expose(formulation, every=every)
    from formulate.report.exposure_page import FIGURES as DRAWN
    from formulate.report.exposure_page import has_figure

    name = figure or next(item for item in DRAWN if has_figure(found[0], item))
    if plot and not has_figure(found[0], name):
        raise Refusal(f"--figure {name}: there is nothing to draw; need {' or '.join(_drawable(found[0]))}")

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope
        from formulate.report.exposure_page import exposure_results

        warnings = list(dict.fromkeys(text for item in found for text in item.warnings))
        results = {"followed": [exposure_results(item) for item in found]}
        seed = formulation.calculation.seed
        return dumps(envelope("retention", results, seed=seed, inputs=recorded(formulation), warnings=warnings))

    def text(width: int = 100) -> str:
        from tui.show_exposure import exposure_text

        return exposure_text(found, width) + "\n"

    def document() -> "Document":
        from formulate.report.exposure_page import exposure_document

        return exposure_document(found)

    def table() -> str:
        from formulate.report.exposure_page import exposure_frame

        return exposure_frame(found).to_csv(index=False, lineterminator="\n", float_format="%.8g")

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.exposure_page import exposure_figure

        assert plot
        return encode(exposure_figure(found[0], name), name, plot.suffix)

    ready = writers_of(outputs, document, {".json": envelope_text, ".csv": table, ".txt": text})
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


@click.command("dose")
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--above", help='Unbound concentration to hold: "0.1 umol/L"; that of the file or catalog if left out.')
@click.option("--for", "duration", help='For how long: "28 d"; that of the file if left out.')
@click.option("--in", "compartment", help="In which compartment: synovial-fluid, nucleus ...")
@click.option("--probability", help="In which share of the draws: 80 %.")
@click.option("--injections", help="Numbers of injections to try, with commas: 1,2,4. A few common ones if left out.")
@click.option("--site", help="Where, instead of what the file says.")
@click.option("--species", help="Whose: human, rat, rabbit ...")
@click.option("--state", help="In which state: healthy, osteoarthritis ...")
@click.option("--route", help="By which route: intra-articular, intravenous ...")
@click.option("--volume", help='Per injection: "5 mL".')
@click.option("--start", help='Of the first, from the injury on: "1 d".')
@click.option("--times", type=float, help="The level as so many times the effective concentration of the catalog.")
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json or .txt; repeatable.")  # fmt: skip
@payload_option
@report_options
@json_option
@catalog_option
def dose(path: Path, injections: str | None, outputs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Find dose, interval and number of injections that hold a level at the site, with the limits they meet."""
    check_outputs(outputs, (*DOCUMENTS, ".json", ".txt"), [path])
    counts = _counts(injections)
    formulation = _asked_for(path, asked)
    if not formulation.payload:
        raise Refusal(
            f"{shorten(path, 120)}: payload: none given; need one, for a carrier that is the drug has no level"
        )
    from formulate.dosing import COUNTS, dosing
    from formulate.form.further import OfSchedules
    from formulate.form.wanted import Wanted

    with of_file(path, formulation):
        found = dosing(formulation, counts or COUNTS, progress())
    made, wanted = OfSchedules(found), Wanted()

    def envelope_text() -> str:
        return made.to_json(wanted)

    def text(width: int = 100) -> str:
        from tui.show_exposure import dosing_text

        return dosing_text(found, width) + "\n"

    write_outputs(writers_of(outputs, lambda: made.document(wanted), {".json": envelope_text, ".txt": text}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _counts(given: str | None) -> tuple[int, ...]:
    if given is None:
        return ()
    from formulate.dosing import counts_of

    try:
        return counts_of(given)
    except FormulateError as error:
        raise Refusal(f"--{error}") from None


def _asked_for(path: Path, asked: dict[str, Any]) -> "Formulation":
    """Read a formulation file and lay the options over it, each over the payload that is followed."""
    from formulate.computable import prediction_problems
    from formulate.formulation import Formulation, build, read

    formulation = read(path)
    if not isinstance(formulation, Formulation):
        raise Refusal(f'{shorten(path, 120)}: kind: "question" asks which carrier; need kind = "formulation"')
    formulation = following(formulation, asked["payload"])
    given = {name: value for name, value in asked.items() if value is not None}
    if "above" in given and "times" in given:
        raise Refusal("--times: counts effective concentrations of the catalog, and --above sets a level; need one")
    for option in ("above", "times"):
        if option in given and not formulation.payload:
            raise Refusal(
                f"--{option}: a carrier that is the drug has no concentration; need a payload, or leave it out"
            )
    dropped: list[str] = []
    content = formulation.model_dump(mode="json", exclude_unset=True)
    tables = {name: content.setdefault(name, {}) for name in ("regimen", "target", "calculation")}
    if given.get("site", tables["regimen"].get("site")) != tables["regimen"].get("site"):
        # what the file says of another site does not hold here
        kept = ("species", "injections", "interval", "start")
        dropped = [key for key in tables["regimen"] if key not in (*kept, "site") and key not in given]
        tables["regimen"] = content["regimen"] = {
            key: tables["regimen"][key] for key in kept if key in tables["regimen"]
        }
        dropped += ["compartment"] if tables["target"].pop("compartment", None) else []
    for name in _REGIMEN:
        if name in given:
            tables["regimen"][name] = given[name]
    if given.get("injections") == 1:
        tables["regimen"].pop("interval", None)
    named = {"above": "unbound_above", "duration": "duration", "compartment": "compartment", "times": "times"}
    for option, key in named.items():
        if option in given:
            if option in ("above", "times"):  # the one takes the place of the other
                tables["target"].pop("unbound_above" if option == "times" else "times", None)
            tables["target"][key] = given[option]
    if "probability" in given:
        tables["target"]["probability"] = option_number("--probability", given["probability"], "percent")
    tables["calculation"] |= {name: given[name] for name in ("horizon", "draws", "seed") if name in given}
    ready: Formulation = build(Formulation, content, str(path) if not given else f"{path} with the options")
    if ready.payload:
        problems = [Fault(shorten(path, 120), field, problem) for field, problem in prediction_problems(ready)]
        if problems:
            raise FileError(problems)
    if dropped:
        click.echo(f"--site: left out what the file says of the other site: {', '.join(dropped)}", err=True)
    return ready


def _drawable(found: Any) -> list[str]:
    from formulate.report.exposure_page import FIGURES as DRAWN
    from formulate.report.exposure_page import has_figure

    return [item for item in DRAWN if has_figure(found, item)]
