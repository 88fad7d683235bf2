"""The whole report on a file: one document, written as what each name asks for."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import progress, with_calculation
from tui.deliver import DOCUMENTS, check_outputs, write_outputs, writers_of
from tui.options import catalog_option, json_option, report_options
from tui.refusal import Refusal
from tui.retention_commands import of_file

if TYPE_CHECKING:
    from formulate.report.page import Document

LONGEST_TITLE = 300


@click.command("report")
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, required=True, type=click.Path(path_type=Path),
              help="Write .pdf, .html, .docx, .md or .xlsx; repeatable.")  # fmt: skip
@click.option("--title", default="", help="Title of the report; the name in the file if left out.")
@click.option("--date", default="", help="Date to print, in your words; none if left out, so that bytes repeat.")
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@report_options
@json_option
@catalog_option
def report(
    path: Path,
    outputs: tuple[Path, ...],
    title: str,
    date: str,
    draws: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Write the whole report on a formulation, or on the carriers of a question.

    What it is, how it is made, what it does and how sure that is, what to measure next, the evidence, every input with
    its source, and how such predictions did on measurements they had not seen.
    """
    check_outputs(outputs, DOCUMENTS, [path])
    if len(title) > LONGEST_TITLE or len(date) > LONGEST_TITLE:
        name = "--title" if len(title) > LONGEST_TITLE else "--date"
        raise Refusal(f"{name}: longer than {LONGEST_TITLE} characters; need a shorter one")
    document = _document(path, title, date, draws, seed)
    write_outputs(writers_of(outputs, lambda: document, {}))
    if as_json:
        from tui.deliver import print_envelope

        written = {
            "title": document.title,
            "answer": document.answer,
            "sections": [section.title for section in document.filled],
            "references": len(document.references),
            "written": [str(item) for item in outputs],
        }
        print_envelope("report", written, {"file": str(path)})


def _document(path: Path, title: str, date: str, draws: int | None, seed: int | None) -> "Document":
    from formulate.formulation import Question, read

    told = progress()
    file = read(path)
    if isinstance(file, Question) or file.payload:
        file = read(path, until="retention")  # whose faults have lines
    if isinstance(file, Question):
        from formulate.comparison import compare
        from formulate.report.comparison_document import comparison_document

        asked = {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
        calculation = file.calculation.model_copy(update=asked)
        compared = compare(file.model_copy(update={"calculation": calculation}), told)
        return comparison_document(compared, title=title, date=date)
    from formulate.report.whole import report_on

    formulation = with_calculation(file, path, draws, seed) if draws is not None or seed is not None else file
    name = shorten(formulation.label, 60)
    with of_file(path):
        said = None if told is None else (lambda what: told(f"{name}: {what}"))
        return report_on(formulation, title=title, date=date, progress=said)
