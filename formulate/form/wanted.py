"""How a report on what is open in a session is wanted, and the fields that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from formulate.form.asking import asked_fields
from formulate.form.parts import Choice, Field, Section
from formulate.limits import LONGEST_TITLE

Kind = Literal[
    "formulation", "plan", "schedules", "drivers", "recipe", "question", "fit", "similarity", "dialysis", "design"
]
PAPERS = (("a4", "A4"), ("letter", "US Letter"))
LANGUAGES = (("en", "English"), ("zh", "Chinese labels"))


@dataclass(frozen=True)
class Wanted:
    """How a report is wanted; titles of sections that are left out stand in English."""

    title: str = ""
    date: str = ""
    one_page: bool = False
    among: bool = False  # also rank a formulation among the carriers of the catalog
    language: str = "en"
    paper: str = "a4"
    font: str = ""
    left_out: frozenset[str] = frozenset()
    asked: Mapping[str, str] = field(default_factory=dict)  # of what is asked, as typed: see `formulate.form.asking`


def wanted_form(kind: Kind, wanted: Wanted) -> Section:
    """Give the fields of what is asked and of how a report is wanted; their paths are the names of `Wanted`."""
    yes = (Choice("yes", "yes"),)
    papers, languages = (tuple(Choice(*item) for item in listed) for listed in (PAPERS, LANGUAGES))
    fields = [
        *asked_fields(kind, wanted.asked),
        Field(("title",), "title", given=wanted.title, default="its own name",
              help=f"Of the report; at most {LONGEST_TITLE} characters."),
        Field(("date",), "date", given=wanted.date, default="none",
              help="In your words, such as 2 January 2026. None is printed where it is left out: bytes then repeat."),
    ]  # fmt: skip
    if kind in ("formulation", "question"):
        fields.append(
            Field(("one_page",), "one page", "choice", "yes" if wanted.one_page else "", "no", choices=yes,
                  help="Answer, nest, key numbers, what limits it and the main sources, on one page.")
        )  # fmt: skip
    if kind == "formulation":
        fields.append(
            Field(("among",), "rank among all", "choice", "yes" if wanted.among else "", "no", choices=yes,
                  help="Rank it among the carriers of the catalog too, which takes some seconds more.")
        )  # fmt: skip
    fields += [
        Field(("language",), "language", "choice", _given(wanted.language, "en"), "English", choices=languages,
              help="Chinese: headings, tables and captions; what is said for the case stays English."),
        Field(("paper",), "paper", "choice", _given(wanted.paper, "a4"), "A4", choices=papers, help="Of a PDF."),
        Field(("font",), "font", given=wanted.font, default="those that come along",
              help="A font file, or a font of this system, for scripts that the fonts of the program lack."),
    ]  # fmt: skip
    return Section(("report",), "How it is written", "", tuple(fields))


def _given(value: str, default: str) -> str:
    return "" if value == default else value
