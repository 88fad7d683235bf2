"""All that is computed for the report on one file, whatever the report is then written as."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formulate.formulation import Formulation, Question
from formulate.rows import Comparison

if TYPE_CHECKING:
    from formulate.report.page import Document
    from formulate.report.whole.studied import Studied


@dataclass(frozen=True)
class Reported:
    """What came of a formulation or a question, with the title and the date that stand on its report."""

    file: Formulation | Question
    found: "Studied | Comparison"
    title: str = ""
    date: str = ""
    among: Comparison | None = None  # a formulation held against the carriers of the catalog

    def document(self) -> "Document":
        """Give the report as a document that every writer can write."""
        if isinstance(self.found, Comparison):
            from formulate.report.comparison_document import comparison_document

            return comparison_document(self.found, title=self.title, date=self.date)
        from formulate.report.whole.document import document_of

        return document_of(self.found, title=self.title, date=self.date, compared=self.among)

    def summary(self) -> "Document":
        """Give what of the report fits one page."""
        from formulate.report.whole.summary import comparison_summary, summary_of

        if isinstance(self.found, Comparison):
            return comparison_summary(self.found, title=self.title, date=self.date)
        return summary_of(self.found, title=self.title, date=self.date)

    @property
    def lacks(self) -> str:
        """What the report leaves out since it cannot be computed, in one line; nothing where it is whole."""
        from formulate.report.whole.partial import said_on_the_side

        return "" if isinstance(self.found, Comparison) else said_on_the_side(self.found)

    def to_json(self) -> str:
        """Give the report as JSON that `formulate.rerun` can compute again; every number with all its digits."""
        from formulate.report.envelope import dumps
        from formulate.report.record import record

        return dumps(record(self), digits=None)


def reported(
    file: Formulation | Question,
    *,
    title: str = "",
    date: str = "",
    progress: Callable[[str], None] | None = None,
    among: bool = False,
) -> Reported:
    """Compute all that a report on a formulation, or on the carriers of a question, says.

    Parameters
    ----------
    file : Formulation or Question
        What it is about; its own draws and seed are used, so that the same file gives the same report.
    title, date : str
        As they stand on the first page; the name of the file, and no date, where left out.
    progress : callable, optional
        Called with what is computed next; raise from it to cancel.
    among : bool
        Also rank a formulation among the carriers of the catalog, which takes some seconds more.

    Raises
    ------
    FormulateError
        Numbers of the file contradict each other. What else keeps loading, release or stay of a formulation from
        being computed is told in the report, which is then partial.
    """
    if isinstance(file, Question):
        from formulate.comparison import compare

        return Reported(file, compare(file, progress), title, date)
    from formulate.report.whole.ranked import stand_among
    from formulate.report.whole.studied import study

    compared = stand_among(file, progress) if among else None
    return Reported(file, study(file, progress), title, date, compared)
