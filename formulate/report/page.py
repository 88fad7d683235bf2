"""A page of sections, tables and figures that stands alone: what the analyses of measured release write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from formulate.report.content import DISCLAIMER

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Points:
    """What a reader must not overlook, one line each."""

    texts: Sequence[str]
    kind: ClassVar[str] = "points"


@dataclass(frozen=True)
class Table:
    """Rows of texts; the first cell names its row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    folded: str = ""  # what stands in place of the table until it is opened
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure with its caption, drawn under a name that no other figure of the page has."""

    name: str
    figure: "Figure"
    caption: str
    kind: ClassVar[str] = "figure"

    @property
    def svg(self) -> Any:
        """The figure as an element of a page."""
        from markupsafe import Markup

        from formulate.report.canvas import encode, inline_svg

        drawn = encode(self.figure, self.name, "svg").decode("utf-8")
        return Markup(inline_svg(drawn, self.caption))  # safe: matplotlib escapes every text it writes


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Text | Points | Table | Picture] = field(default_factory=tuple)


def page_html(title: str, question: str, answer: str, sections: Sequence[Section], date: str | None = None) -> str:
    """Give a page that needs no other file; the same content gives the same bytes."""
    from formulate.report.html import template

    return template("page.html.j2").render(
        title=title,
        question=question,
        answer=answer,
        sections=[section for section in sections if section.blocks],
        date=date,
        disclaimer=DISCLAIMER,
    )
