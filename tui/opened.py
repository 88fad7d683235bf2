"""A file of the user's, or what a report that was written as JSON was made of."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formulate.formulation import Formulation, Question


@dataclass(frozen=True)
class BroughtAlong:
    """What a report as JSON says of itself, to hold where options do not say otherwise."""

    title: str = ""
    date: str = ""
    among: bool = False


def opened(path: Path, held: ExitStack, *, in_part: bool = False) -> "tuple[Formulation | Question, BroughtAlong]":
    """Give the formulation or question of a file, and what it brings along.

    Of a report as JSON, the catalog that it was made with is in force until `held` is closed. `in_part` also takes a
    formulation whose release or stay cannot be computed.
    """
    if path.suffix.lower() == ".json":
        from formulate.again.rerun import asked_in, in_force
        from formulate.report.record_file import read_record

        _, form = read_record(path)
        held.enter_context(in_force(path, form))
        return asked_in(path, form), BroughtAlong(form.report.title, form.report.date, form.report.among)
    from formulate.formulation import Question, read

    file = read(path)
    if not in_part and (isinstance(file, Question) or file.payload):
        file = read(path, until="retention")  # whose faults have lines
    return file, BroughtAlong()
