"""Which inputs drive the numbers of a formulation, and which of them to measure next."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import following, progress, recorded, with_calculation
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, payload_option, report_options
from tui.refusal import Refusal, of_file

if TYPE_CHECKING:
    from formulate.formulation import Formulation
    from formulate.report.page import Document
    from formulate.sensitivity.analysis import Sensitivity

REPORTS = (*DOCUMENTS, ".json", ".csv", ".txt")
FIGURES = (".svg", ".png", ".pdf")
DEFAULT = ("cover", "drug_half_life", "release_t50")  # the first that can be explained is drawn
LARGEST_DESIGN = 8192
MOST_WALKS = 1000


@click.command("sensitivity")
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--of", "names", help="Which numbers, with commas: cover,drug_half_life; 'all' for all there are. "
              "Cover, residence and release if left out.")  # fmt: skip
@click.option("--design", type=click.IntRange(64, LARGEST_DESIGN),
              help="Sobol indices by a design of so many draws a sample, a power of two: 512.")  # fmt: skip
@click.option("--morris", type=click.IntRange(4, MOST_WALKS),
              help="Screen the first number of --of by so many walks (needs the extra 'sensitivity').")  # fmt: skip
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json, .csv or .txt; repeatable.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path),
              help="Write the tornado of the first number; .svg, .png or .pdf by its ending.")  # fmt: skip
@payload_option
@report_options
@json_option
@catalog_option
def sensitivity(
    path: Path,
    names: str | None,
    design: int | None,
    morris: int | None,
    draws: int | None,
    seed: int | None,
    outputs: tuple[Path, ...],
    plot: Path | None,
    payload: str | None,
    as_json: bool,
) -> None:
    """Tell which inputs drive the numbers, how much of the band is assumed, and what to measure next.

    From the draws of the prediction; with --design from Sobol indices on draws of their own.
    """
    check_outputs(outputs, (".json", ".txt") if morris else REPORTS, [path])
    check_outputs([plot] if plot else [], FIGURES, [path], option="--plot")
    if morris and (design or plot):
        raise Refusal(f"--morris {morris}: screening has neither design nor tornado; need --design and --plot left out")
    if design and design & (design - 1):
        raise Refusal(f"--design {design}: need a power of two of 64 to {LARGEST_DESIGN}, such as 512")
    formulation = _formulation(path, payload, draws, seed)
    wanted = _wanted(names)
    if morris:
        _screen(formulation, path, wanted, morris, outputs, as_json)
        return
    from formulate.sensitivity.analysis import sensitivity as analyse

    with of_file(path, formulation):
        found = analyse(formulation, () if wanted == ("all",) else wanted, design, progress())
    _deliver(found, outputs, plot, as_json)


def _formulation(path: Path, payload: str | None, draws: int | None, seed: int | None) -> "Formulation":
    from formulate.formulation import Formulation, read

    formulation = read(path, until="retention" if payload is None else "loading")  # of which, `predict` refuses
    if not isinstance(formulation, Formulation):
        raise Refusal(f'{shorten(path, 120)}: kind: "question" asks which carrier; need kind = "formulation"')
    formulation = following(formulation, payload)
    if draws is not None or seed is not None:
        formulation = with_calculation(formulation, path, draws, seed)
    return formulation


def _wanted(names: str | None) -> tuple[str, ...]:
    if names is None:
        return DEFAULT
    given = tuple(part.strip() for part in names.split(",") if part.strip())
    if not given:
        raise Refusal(f"--of: {shorten(names)!r}; need names with commas between, or all")
    return given


def _screen(
    formulation: "Formulation",
    path: Path,
    wanted: tuple[str, ...],
    walks: int,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> None:
    from formulate.sensitivity.screening import screen

    name = DEFAULT[1] if wanted in (DEFAULT, ("all",)) else wanted[0]
    with of_file(path, formulation):
        found = screen(formulation, name, walks, progress())

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope
        from formulate.report.sensitivity_page import screening_results

        seed = formulation.calculation.seed
        return dumps(envelope("screening", screening_results(found), seed=seed, inputs=recorded(formulation)))

    def text(width: int = 100) -> str:
        from tui.show_sensitivity import screening_text

        return screening_text(found, width) + "\n"

    writers: dict[str, Callable[[], str]] = {".json": envelope_text, ".txt": text}
    write_outputs({item: writers[item.suffix.lower()] for item in outputs})
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _deliver(found: "Sensitivity", outputs: tuple[Path, ...], plot: Path | None, as_json: bool) -> None:
    from formulate.form.further import OfDrivers
    from formulate.form.wanted import Wanted

    made, wanted = OfDrivers(found), Wanted()

    def envelope_text() -> str:
        return made.to_json(wanted)

    def text(width: int = 100) -> str:
        from tui.show_sensitivity import sensitivity_text

        return sensitivity_text(found, width) + "\n"

    def document() -> "Document":
        return made.document(wanted)

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.sensitivity_page import tornado

        assert plot
        drivers = next((item for item in found.drivers.values() if not item.reason), None)
        if drivers is None:
            raise Refusal("--plot: no number differs between draws; there is nothing to draw")
        return encode(tornado(drivers), "tornado", plot.suffix)

    ready = writers_of(outputs, document, {".json": envelope_text, ".csv": made.to_csv, ".txt": text})
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)
