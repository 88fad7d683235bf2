"""What is written of an answer beside its document, as the command line writes it: text, tables, a checklist."""

from formulate.form.dialysed import OfBag
from formulate.form.further import OfDrivers, OfPlan, OfRecipe, OfSchedules
from formulate.form.reporting import Computed
from formulate.form.wanted import Wanted

WIDTH = 100  # characters of a line


def own_text(found: Computed, ending: str) -> str | None:
    """Give what an answer is written as under an ending; None where the ending is one of its document."""
    if ending == ".csv" and isinstance(found, OfDrivers):
        return found.to_csv()
    if ending == ".md" and isinstance(found, OfRecipe):
        return found.made.to_markdown()
    return _text(found) if ending == ".txt" else None


def _text(found: Computed) -> str | None:
    if isinstance(found, OfPlan):
        from tui.show_document import document_text

        return document_text(found.document(Wanted()), WIDTH)
    if isinstance(found, OfSchedules):
        from tui.show_exposure import dosing_text

        return dosing_text(found.found, WIDTH) + "\n"
    if isinstance(found, OfDrivers):
        from tui.show_sensitivity import sensitivity_text

        return sensitivity_text(found.found, WIDTH) + "\n"
    if isinstance(found, OfBag):
        from tui.show_dialysis import dialysis_text

        return dialysis_text(found.found, WIDTH) + "\n"
    return found.made.to_text(WIDTH) if isinstance(found, OfRecipe) else None
