"""What can be reported on: its names, where it stands in the session, and whether its result is of what stands now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from formulate.form.asking import ASKING
from formulate.form.wanted import LANGUAGES, PAPERS, Kind, Wanted
from tui.app.documents import SCREEN_OF
from tui.app.registry import place_called
from tui.app.session import Document, Session, Slot
from tui.app.widgets.table import Column, Line

NAMES: dict[Kind, str] = {"formulation": "Formulation", "plan": "Plan of studies", "schedules": "Dose schedules",
                          "drivers": "What drives it", "recipe": "Batch recipe", "question": "Question",
                          "fit": "Release data", "similarity": "Similarity", "dialysis": "Behind the bag",
                          "design": "Design"}  # fmt: skip
STATES = {"●": "computed as it stands", "≠": "changed since it was computed", "○": "not computed yet", " ": "not open"}
COLUMNS = (Column("kind", "what", 17), Column("open", "open", 0))
_SLOTS: dict[Kind, Slot] = {"formulation": "formulation", "plan": "formulation", "schedules": "formulation",
                            "drivers": "formulation", "recipe": "formulation", "question": "question", "fit": "data",
                            "similarity": "data", "dialysis": "data", "design": "target"}  # fmt: skip
KINDS: tuple[Kind, ...] = tuple(
    kind for kind in get_args(Kind) if place_called(SCREEN_OF[_SLOTS[kind]])
)  # those with a screen
_RESULTS = {"formulation": "prediction", "question": "comparison"}  # of the other kinds the name is theirs


@dataclass(frozen=True)
class Shown:
    """A report that was put together, and what it was put together from."""

    content: Mapping[str, Any]
    wanted: Wanted
    found: Mapping[str, Any]  # see `tui.app.jobs.report.put_together`

    def is_of(self, document: Document | None, wanted: Wanted) -> bool:
        """Tell whether it says what stands now, as it is wanted now."""
        return document is not None and self.content == document.value and self.wanted == wanted


def document_of(session: Session, kind: Kind) -> Document | None:
    """Give what is open of a kind."""
    return session.document(_SLOTS[kind])


def told_of(kind: Kind) -> str:
    """Say what is computed."""
    return NAMES[kind] if kind in ASKING else f"Report on the {NAMES[kind].lower()}"


def latest_kind(session: Session) -> Kind | None:
    """Give what was opened or changed last, as something to report on; of a table that has a second, the comparison."""
    slot = session.latest
    if slot == "data":
        return "similarity" if session.documents[slot].value.get("second") else "fit"
    return next((kind for kind in KINDS if _SLOTS[kind] == slot), None)


def subjects_of(session: Session) -> list[Kind]:
    """Give what there is to choose from: what is asked of something only while it is open."""
    return [kind for kind in KINDS if kind not in ASKING or document_of(session, kind) is not None]


def sign_of(session: Session, kind: Kind, shown: Shown | None, wanted: Wanted) -> str:
    """Give the sign of how its result stands to what is open and asked; `STATES` says it in words."""
    document = document_of(session, kind)
    if document is None:
        return " "
    result = session.results.get(_RESULTS.get(kind, kind))
    computed_of = [item.of for item in (result,) if item] + [item.content for item in (shown,) if item]
    as_asked = shown is None or shown.wanted.asked == wanted.asked
    return "○" if not computed_of else "●" if as_asked and document.value in computed_of else "≠"


def line_of(session: Session, kind: Kind, shown: Shown | None, wanted: Wanted) -> Line:
    """Give the row of a kind."""
    document = document_of(session, kind)
    return Line(
        kind, (f"{sign_of(session, kind, shown, wanted)} {NAMES[kind]}", document.name if document else "not open")
    )


def first_wanted(kept: Mapping[str, Any]) -> Wanted:
    """Give how a report is wanted at first: in the language, on the paper and in the font that were chosen last."""
    language, paper = str(kept.get("language")), str(kept.get("paper"))
    return Wanted(
        language=language if language in dict(LANGUAGES) else Wanted.language,
        paper=paper if paper in dict(PAPERS) else Wanted.paper,
        font=str(kept.get("font", "")),
    )
