"""The command that plans studies: what to measure, in whom, when, against what, and what sources warn of."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.form.asking import PATIENTS
from materials.errors import shorten
from tui.asked import recorded
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, report_options
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.planning import Subject
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".txt")


@click.command("plan")
@click.argument("path", metavar="[FILE.toml]", required=False, type=click.Path(path_type=Path))
@click.option("--site", help="Where: an id such as knee.")
@click.option("--carrier", help="In what: an id such as plga-microsphere.")
@click.option("--payload", help="With what: an id such as dexamethasone.")
@click.option("--patient", type=click.Choice(PATIENTS), help="Whose cells suit this kind of patient; all if left out.")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json or .txt; repeatable.")  # fmt: skip
@report_options
@json_option
@catalog_option
def plan(
    path: Path | None,
    site: str | None,
    carrier: str | None,
    payload: str | None,
    patient: str | None,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Plan the studies of a formulation: read-outs by aim, times, groups, warnings, quality, safety, and cells.

    Give a formulation file, or --site and --carrier. Nothing is computed: everything told has its source, and what
    no source tells is called not known.
    """
    from formulate.form.further import OfPlan
    from formulate.form.wanted import Wanted
    from formulate.planning import plan_for

    check_outputs(outputs, REPORTS, [path] if path else [])
    subject, inputs = _subject(path, site, carrier, payload)
    wanted = Wanted()
    found = OfPlan(plan_for(subject, patient or ""), {**inputs, "patient": patient})

    def envelope_text() -> str:
        return found.to_json(wanted)

    def document() -> "Document":
        return found.document(wanted)

    def text(width: int = 100) -> str:
        from tui.show_document import document_text

        return document_text(document(), width)

    write_outputs(writers_of(outputs, document, {".json": envelope_text, ".txt": text}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _subject(
    path: Path | None, site: str | None, carrier: str | None, payload: str | None
) -> "tuple[Subject, dict[str, object]]":
    """Give what the plan is for, from a file or from names of the catalog, and what was asked."""
    from formulate.formulation import Formulation, read
    from formulate.planning import subject_for, subject_of

    if path is None:
        if not (site and carrier):
            raise Refusal("nothing asked for; need a formulation file, or --site and --carrier")
        return subject_for(carrier, site, payload or ""), {"site": site, "carrier": carrier, "payload": payload}
    if given := next((name for name, value in (("--site", site), ("--carrier", carrier), ("--payload", payload))
                      if value), ""):  # fmt: skip
        raise Refusal(f"{given}: {shorten(path, 120)} says this itself; need one or the other")
    file = read(path)
    if not isinstance(file, Formulation):
        raise Refusal(f"{shorten(path, 120)}: is a question; need a formulation, or --site and --carrier")
    return subject_of(file), dict(recorded(file))
