"""The whole report on a file: one document, written as what each name asks for."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, LONGEST_TITLE, MOST_DRAWS
from materials.errors import UnknownIdError, shorten
from tui.asked import progress, with_draws
from tui.deliver import REPORTS, check_outputs, write_outputs, writers_of
from tui.opened import opened
from tui.options import catalog_option, json_option, report_options
from tui.refusal import Refusal, of_file

if TYPE_CHECKING:
    from formulate.report.page import Document
    from formulate.report.reported import Reported


def _schema(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from formulate.report.record_form import schema_text

        click.echo(schema_text(), nl=False)
        ctx.exit()


@click.command("report")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .pdf, .html, .docx, .md, .xlsx or .json; repeatable.")  # fmt: skip
@click.option("--title", default="", help="Title of the report; the name in the file if left out.")
@click.option("--date", default="", help="Date to print, in your words; none if left out, so that bytes repeat.")
@click.option("--summary", is_flag=True, help="One page: answer, nest, key numbers, what limits it, main sources.")
@click.option(
    "--compare",
    "among",
    is_flag=True,
    help="Also rank a formulation among the carriers of the catalog, which takes some seconds more.",
)
@click.option("--without", multiple=True, metavar="SECTION",
              help="Leave a section out, by its English heading; repeatable. JSON keeps all.")  # fmt: skip
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@click.option("--schema", is_flag=True, is_eager=True, expose_value=False, callback=_schema,
              help="Print the JSON Schema of a report as JSON, and stop.")  # fmt: skip
@report_options
@json_option
@catalog_option
def report(
    path: Path,
    outputs: tuple[Path, ...],
    title: str,
    date: str,
    summary: bool,
    among: bool,
    without: tuple[str, ...],
    draws: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Write the whole report on a formulation, or on the carriers of a question; or one page of it.

    What it is, how it is made, what it does and how sure that is, what to measure next, the evidence, every input with
    its source, and how such predictions did on measurements they had not seen. FILE is a formulation or question file,
    or a report as JSON, which is computed again and written as something else.
    """
    check_outputs(outputs, REPORTS, [path])
    if not outputs and not as_json:
        raise Refusal("--output: there is nothing to write; need -o FILE, or --json")
    if len(title) > LONGEST_TITLE or len(date) > LONGEST_TITLE:
        name = "--title" if len(title) > LONGEST_TITLE else "--date"
        raise Refusal(f"{name}: longer than {LONGEST_TITLE} characters; need a shorter one")
    if summary and among:
        raise Refusal("--compare: has no place on one page; leave out --summary or --compare")
    with ExitStack() as held:
        made = _made(path, title, date, draws, seed, among, held)
        if made.lacks:
            click.echo(f"{shorten(path, 120)}: {made.lacks}", err=True)

        def document() -> "Document":
            from formulate.report.chosen import places_of, without_sections

            whole = made.summary() if summary else made.document()
            try:
                return without_sections(whole, places_of(whole, without))
            except UnknownIdError as error:
                raise Refusal(f"--without: {error}") from None

        shown = made.to_json() if as_json else ""
        write_outputs(writers_of(outputs, document, {".json": made.to_json}))
    click.echo(shown, nl=False)


def _made(
    path: Path, title: str, date: str, draws: int | None, seed: int | None, among: bool, held: ExitStack
) -> "Reported":
    """Compute a file; of a report as JSON, the catalog that it brings along is held in force."""
    from formulate.formulation import Formulation, Question
    from formulate.report.reported import reported

    told = progress()
    file, kept = opened(path, held, in_part=True)
    if among and isinstance(file, Question):
        raise Refusal(f"--compare: {shorten(path.name)}: a question compares its carriers anyway; leave it out")
    file = with_draws(file, path, draws, seed)
    name = shorten(file.label, 60) if isinstance(file, Formulation) else ""
    said = told if told is None or not name else (lambda what: told(f"{name}: {what}"))
    with of_file(path, file):
        return reported(
            file, title=title or kept.title, date=date or kept.date, progress=said, among=among or kept.among
        )
