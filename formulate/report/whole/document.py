"""The report on one formulation, put together."""

from collections.abc import Callable

from formulate.formulation import Formulation
from formulate.report.page import Document, Section
from formulate.report.references import References
from formulate.report.whole.backing import (
    assumptions_section,
    evidence_section,
    inputs_section,
    method_section,
    validation_section,
)
from formulate.report.whole.equations import equations_section
from formulate.report.whole.laboratory import characterisation_section, readouts_section
from formulate.report.whole.made import (
    checks_section,
    formulation_section,
    given_section,
    loading_section,
    recipe_section,
)
from formulate.report.whole.outcome import (
    drivers_section,
    exposure_sections,
    release_section,
)
from formulate.report.whole.partial import not_computed_section
from formulate.report.whole.question import question_and_answer
from formulate.report.whole.ranked import ranked_section, stand_among
from formulate.report.whole.studied import Studied, study
from formulate.rows import Comparison


def report_on(
    formulation: Formulation,
    *,
    title: str = "",
    date: str = "",
    progress: Callable[[str], None] | None = None,
    among: bool = False,
) -> Document:
    """Compute a formulation and give the whole report on it; what cannot be computed is left out and marked.

    Parameters
    ----------
    formulation : Formulation
        What it is about; its own draws and seed are used, so that the same file gives the same report.
    title, date : str
        As they stand on the first page; the name of the formulation, and no date, where left out.
    progress : callable, optional
        Called with what is computed next; raise from it to cancel.
    among : bool
        Also rank it among the carriers of the catalog, which takes some seconds more.

    Raises
    ------
    FormulateError
        Numbers of the file contradict each other.
    """
    compared = stand_among(formulation, progress) if among else None
    return document_of(study(formulation, progress), title=title, date=date, compared=compared)


def document_of(studied: Studied, *, title: str = "", date: str = "", compared: Comparison | None = None) -> Document:
    """Give the report on what was computed; with where it stands, if it was compared (`stand_among`)."""
    references = References()
    question, answer = question_and_answer(studied)
    leaves_out = bool(studied.formulation.regimen.also) and not studied.formulation.payload
    sections: list[Section] = [
        not_computed_section(studied),
        formulation_section(studied),
        given_section(studied, references),
        checks_section(studied, references),
        loading_section(studied),
        recipe_section(studied),
        release_section(studied),
        *exposure_sections(studied),
        *([ranked_section(compared, leaves_out=leaves_out)] if compared else []),
        drivers_section(studied),
        evidence_section(studied, references),
        assumptions_section(studied),
        validation_section(studied),
        characterisation_section(studied, references),
        readouts_section(studied, references),
        inputs_section(studied, references),
        equations_section(studied, references),
        method_section(studied),
    ]
    name = title or studied.formulation.label
    return Document(name, question, answer, sections, references.listed(), date)
