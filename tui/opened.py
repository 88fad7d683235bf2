"""A file of the user's, or what a report that was written as JSON was made of."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formulate.formulation import Formulation, Question


def opened(path: Path, held: ExitStack) -> "tuple[Formulation | Question, tuple[str, str]]":
    """Give the formulation or question of a file, and title and date that it brings along.

    Of a report as JSON, the catalog that it was made with is in force until `held` is closed.
    """
    if path.suffix.lower() == ".json":
        from formulate.again.rerun import asked_in, in_force
        from formulate.report.record_file import read_record

        _, form = read_record(path)
        held.enter_context(in_force(path, form))
        return asked_in(path, form), (form.report.title, form.report.date)
    from formulate.formulation import Question, read

    file = read(path)
    if isinstance(file, Question) or file.payload:
        file = read(path, until="retention")  # whose faults have lines
    return file, ("", "")
