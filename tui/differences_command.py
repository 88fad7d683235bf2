"""Files side by side, field by field."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.asked import check_files, names_of, recorded
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import catalog_option, json_option, report_options
from tui.progress_line import announce
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.difference import Side
    from formulate.report.page import Document


@click.command("differences")
@click.argument("paths", metavar="FILE.toml FILE.toml...", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json, .csv or .txt. May be repeated.")  # fmt: skip
@report_options
@json_option
@catalog_option
def differences(paths: tuple[Path, ...], outputs: tuple[Path, ...], as_json: bool) -> None:
    """Show field by field in what formulation or question files differ, in their own words.

    Fields that mean the same are told apart from those that do not ("1 mg" and "1000 ug"), and numbers that a file
    sets but no calculation of it reads are marked. Fields that are alike are counted.
    """
    check_outputs(outputs, (*DOCUMENTS, ".json", ".csv", ".txt"), paths)
    check_files(paths)
    if len(paths) < 2:
        raise Refusal("differences: need two files or more")
    announce("what is read of each")
    from formulate.difference import compared, side
    from formulate.unread import unread_of

    sides = [side(path, name=name) for path, name in zip(paths, names_of(paths), strict=True)]
    found = compared(sides, {item.name: unread_of(item.built) for item in sides})

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope

        return dumps(envelope("differences", found.to_dict(), seed=None, inputs=given(paths, sides)))

    def text(width: int = 100) -> str:
        from tui.show_differences import differences_text

        return differences_text(found, width) + "\n"

    def document() -> "Document":
        from formulate.report.differences import differences_document

        return differences_document(found)

    def table() -> str:
        return found.to_frame().to_csv(index=False, lineterminator="\n")

    write_outputs(writers_of(outputs, document, {".json": envelope_text, ".csv": table, ".txt": text}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def given(paths: Sequence[Path], sides: "Sequence[Side]") -> dict[str, object]:
    """Give the files as they are recorded: where they are, and what they ask."""
    return {"files": [{"path": str(path), **recorded(item.built)} for path, item in zip(paths, sides, strict=True)]}
