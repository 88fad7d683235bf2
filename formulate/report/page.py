"""What a report says, whatever it is written as: sections of paragraphs, points, tables and figures.

The writers of a document (`html`, `pdf`, `xlsx`, `markdown`, `docx`) know nothing of formulations; what is said stands
in the pages and in `formulate.report.content`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

DISCLAIMER = "This is a research design tool. It gives no medical advice and no dosing recommendation for patients."
NO_TITLE = "Report"


@dataclass(frozen=True)
class Cell:
    """A text of a table, with the numbers behind it and the references it rests on."""

    text: str
    values: Sequence[float | None] = ()  # in the unit of the column, for those who calculate on
    cites: Sequence[int] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Column:
    """The head of a column whose cells hold numbers."""

    label: str
    unit: str = ""
    parts: Sequence[str] = ()  # what the numbers of a cell are, such as median, low, high; one number where left out

    def __str__(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label


Head: TypeAlias = str | Column
Item: TypeAlias = str | Cell


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    cites: Sequence[int] = ()
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Points:
    """What a reader must not overlook, one line each."""

    texts: Sequence[str]
    kind: ClassVar[str] = "points"


@dataclass(frozen=True)
class Table:
    """Rows of texts; the first cell names its row."""

    heads: Sequence[Head]
    rows: Sequence[Sequence[Item]]
    caption: str = ""
    folded: str = ""  # what stands in place of the table until it is opened
    name: str = ""  # of its worksheet; its caption, or the title of its section, where left out
    keys: Sequence[str] = ()  # of the rows, by which the first number of each can be used in formulas of a workbook
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure with its caption, drawn under a name that no other figure of the page has."""

    name: str
    figure: "Figure"
    caption: str
    data: "pd.DataFrame | None" = None  # what is drawn
    kind: ClassVar[str] = "figure"

    @property
    def svg(self) -> Any:
        """The figure as an element of a page."""
        from markupsafe import Markup

        from formulate.report.canvas import encode, inline_svg

        drawn = encode(self.figure, self.name, "svg").decode("utf-8")
        return Markup(inline_svg(drawn, self.caption))  # safe: matplotlib escapes every text it writes


Block: TypeAlias = Text | Points | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)


@dataclass(frozen=True)
class Reference:
    """A numbered reference, with its address where it has one."""

    number: int
    text: str
    link: str = ""


@dataclass(frozen=True)
class Document:
    """A whole report: question and answer first, then the sections, then the references they cite."""

    title: str
    question: str
    answer: str
    sections: Sequence[Section]
    references: Sequence[Reference] = ()
    date: str = ""  # given by the caller: the same content gives the same bytes
    language: str = "en"
    disclaimer: str = DISCLAIMER
    one_page: bool = False  # a PDF of it is set on a single page
    note: str = ""  # on the document itself, such as in which language it is
    words: Mapping[str, str] = field(default_factory=dict)  # what writers say by themselves, in another language

    def word(self, text: str) -> str:
        """Give a word that a writer says by itself, in the language of the document."""
        return self.words.get(text, text)

    @property
    def filled(self) -> tuple[Section, ...]:
        """The sections that say something."""
        return tuple(section for section in self.sections if section.blocks)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All figures, in order."""
        return tuple(block for section in self.filled for block in section.blocks if isinstance(block, Picture))

    @property
    def tables(self) -> tuple[tuple[str, Table], ...]:
        """All tables in order, each under the name it is known by."""
        return tuple(
            (block.name or block.caption or section.title, block)
            for section in self.filled
            for block in section.blocks
            if isinstance(block, Table)
        )


def cited(cites: Sequence[int]) -> str:
    """Give references as they stand behind a text.

    >>> cited((3, 1)), cited(())
    (' [1, 3]', '')
    """
    return f" [{', '.join(map(str, sorted(set(cites))))}]" if cites else ""
