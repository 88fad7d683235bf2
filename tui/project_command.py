"""A folder of formulation and question files, run together and again after a change."""

from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import progress
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, own_files, report_options
from tui.refusal import Interrupted, Refusal

if TYPE_CHECKING:
    from formulate.project import Done, Project
    from formulate.report.page import Document

TOLD_FAULTS = 10


@click.command("project")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Say what is in the folder and what would be run; run and write nothing.")
@click.option("--again", is_flag=True, help="Run all files, whatever has changed.")
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws, in place of those of the files.")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed, in place of those of the files.")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json or .txt. May be repeated.")  # fmt: skip
@report_options
@json_option
@catalog_option
@click.pass_context
def project(
    context: click.Context,
    folder: Path,
    check: bool,
    again: bool,
    draws: int | None,
    seed: int | None,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Run every formulation and question file of FOLDER, and run again what has changed since.

    Results are kept in FOLDER/results, one JSON a file, with what they rest on: the file, the catalog, your own catalog
    files, the program, draws and seed. Where one of these changes, the file is run again, and it is told why and what
    changed in its main numbers. Stopped on the way, what is finished stays. Catalog files in FOLDER/formulate-catalog
    are laid over the catalog.
    """
    check_outputs(outputs, (*DOCUMENTS, ".json", ".txt"))
    if check and again:
        raise Refusal("--again: runs all files, and --check runs none; need one of the two")
    _lay_over(context, folder)
    from formulate.project import at_rest, open_project, run_project

    report = progress()
    opened = open_project(folder, again=again, draws=draws, seed=seed, progress=report)
    results = {realpath(item.result) for item in opened.items}
    for output in outputs:
        if realpath(output) in results:  # which, unlike `Path.resolve`, a link in a circle does not stop
            raise Refusal(f"{shorten(output, 120)}: is a result of the project; need another name")
    done: list[Done] = []
    try:
        found = map(at_rest, opened.items) if check else run_project(opened, report)
        for item in found:
            done.append(item)
    except KeyboardInterrupt:
        finished = sum(item.state == "run" for item in done)
        told = f"{finished} of {len(opened.to_run)} results are finished and kept; the same command goes on from there"
        raise Interrupted(told) from None
    if all(item.faults or item.item.aside for item in done):
        from formulate.report.project import faults, set_aside

        found_faults = [*faults(done), *set_aside(done)]
        more = [f"and {len(found_faults) - TOLD_FAULTS} more"] if len(found_faults) > TOLD_FAULTS else []
        raise Refusal("\n".join([*found_faults[:TOLD_FAULTS], *more]))
    _deliver(opened, done, outputs, as_json, {"folder": str(folder), "again": again, "draws": draws, "seed": seed})


def _lay_over(context: click.Context, folder: Path) -> None:
    """Lay the catalog files of the folder over the catalog, below those that the command names."""
    from materials import catalog
    from materials.places import PROJECT_FOLDER

    inside = folder / PROJECT_FOLDER
    try:
        if not inside.is_dir() or inside.resolve() == Path(PROJECT_FOLDER).resolve():
            return
        files = [path for path in sorted(inside.iterdir()) if path.suffix.lower() == ".toml" and path.name[0] != "."]
    except OSError as error:
        raise Refusal(f"{shorten(inside, 120)}: cannot be read ({error.strerror}); need a folder") from None
    context.find_root().call_on_close(catalog.use)
    catalog.use(*files, *own_files(context))
    catalog.load()  # what is wrong in it is told here, once, and not by every file of the project


def _deliver(
    opened: "Project", done: "list[Done]", outputs: tuple[Path, ...], as_json: bool, inputs: dict[str, object]
) -> None:
    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope
        from formulate.report.project import faults, left_over, project_results

        warnings = [*faults(done), *left_over(opened)]
        return dumps(envelope("project", project_results(opened, done), seed=None, inputs=inputs, warnings=warnings))

    def text(width: int = 100) -> str:
        from tui.show_project import project_text

        return project_text(opened, done, width) + "\n"

    def document() -> "Document":
        from formulate.report.project import project_document

        return project_document(opened, done)

    write_outputs(writers_of(outputs, document, {".json": envelope_text, ".txt": text}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)
