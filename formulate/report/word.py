"""A report as a Word document, through the extra `docx`."""

import io
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from formulate.report.columns import column_weights
from formulate.report.page import Cell, Document, Item, Picture, Points, Table, Text, cited
from materials.errors import FormulateError

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import _Row
    from docx.text.paragraph import Paragraph

PAPER, MARGIN = (21.0, 29.7), 2.0  # cm; A4
TALLEST = 20.0  # cm of a figure, so that its caption stays on its page
SMALL = 8.0  # points, of tables
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def check_extra() -> None:
    """Refuse a Word document where what writes it is not installed.

    Raises
    ------
    FormulateError
        The extra is not installed.
    """
    if find_spec("docx") is None:
        need = "pip install 'formulate-delivery[docx]'"
        raise FormulateError(f"a Word document needs the extra 'docx', which is not installed; need {need}")


def document_docx(document: Document) -> bytes:
    """Give a document as a DOCX file; the same document gives the same bytes.

    Raises
    ------
    FormulateError
        The extra is not installed.
    """
    check_extra()
    import docx

    word = docx.Document()
    _properties(word, document)
    _page(word)
    captions = _Captions(word, document)
    word.add_heading(_text(document.title), 0)
    first = ((document.date, None), (document.note, None), (document.question, "Subtitle"),
             (document.answer, "Intense Quote"))  # fmt: skip
    for text, style in first:
        if text:
            word.add_paragraph(_text(text), style)
    for section in document.filled:
        word.add_heading(_text(section.title), 1)
        for block in section.blocks:
            if isinstance(block, Text):
                word.add_paragraph(_text(block.text + cited(block.cites)))
            elif isinstance(block, Points):
                for text in block.texts:
                    word.add_paragraph(_text(text), "List Bullet")
            elif isinstance(block, Picture):
                _picture(word, block, captions)
            else:
                _table(word, block, captions)
    if document.references:
        word.add_heading(_text(document.word("References")), 1)
        for reference in document.references:
            word.add_paragraph(_text(f"[{reference.number}] {reference.text} {reference.link}".rstrip()))
    word.add_paragraph().add_run(_text(document.disclaimer)).bold = True
    return _same_bytes(word)


def _properties(word: "Word", document: Document) -> None:
    import datetime

    fixed = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    core = word.core_properties
    core.title, core.author, core.comments = _text(document.title)[:250], "", ""
    core.created = core.modified = fixed
    if document.language == "zh":
        _chinese(word)


def _page(word: "Word") -> None:
    """Set A4, with margins that leave room for tables; Word fits it to other paper when it prints."""
    from docx.shared import Cm

    (section,) = word.sections
    section.page_width, section.page_height = (Cm(size) for size in PAPER)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN)


def _chinese(word: "Word") -> None:
    """Say that the signs are simplified Chinese, so that Word takes a font for these and not one for Japanese."""
    from docx.oxml.ns import qn

    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for language in word.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


class _Captions:
    """Captions with numbers that Word counts anew where figures or tables come or go, and lists and cross-refers to."""

    def __init__(self, word: "Word", document: Document) -> None:
        self.word = word
        self.names = {"Figure": document.word("Figure"), "Table": document.word("Table")}
        self.numbers = dict.fromkeys(self.names, 0)

    def add(self, kind: str, text: str) -> "Paragraph":
        """Add the caption of the next figure or table below what there is."""
        self.numbers[kind] += 1
        made = self.word.add_paragraph(_text(f"{self.names[kind]} "), "Caption")
        _field(made, f"SEQ {kind} \\* ARABIC", str(self.numbers[kind]))
        made.add_run(_text(f": {text}" if text else ""))
        return made


def _field(paragraph: "Paragraph", instruction: str, shown: str) -> None:
    """Add what Word computes, with what is shown until it does."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "instruction", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else "")
        if kind == "instruction":
            told = OxmlElement("w:instrText")
            told.set(qn("xml:space"), "preserve")
            told.text = f" {instruction} "
            run._r.append(told)  # the library has no other way to a field
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _picture(word: "Word", block: Picture, captions: _Captions) -> None:
    from docx.shared import Cm

    from formulate.report.canvas import encode

    across, down = block.figure.get_size_inches()
    width = min(PAPER[0] - 2 * MARGIN, TALLEST * float(across / down))
    word.add_picture(io.BytesIO(encode(block.figure, block.name, "png")), width=Cm(width))
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    described = word.inline_shapes[-1]._inline.docPr  # the library has no other way to an alt text
    described.set("descr", _text(block.caption))
    captions.add("Figure", block.caption)


def _table(word: "Word", block: Table, captions: _Captions) -> None:
    from docx.shared import Cm, Pt

    if block.caption or block.folded:
        captions.add("Table", block.caption or block.folded).paragraph_format.keep_with_next = True
    rows = [list(map(str, block.heads)), *([_shown(item) for item in row] for row in block.rows)]
    width = max(map(len, rows))
    if not width:
        return
    made = word.add_table(rows=len(rows), cols=width, style="Light List Accent 1")
    made.autofit = False
    weights = column_weights(rows[0], rows[1:])
    room = (PAPER[0] - 2 * MARGIN) / sum(weights)
    for place, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        _kept_together(row, is_head=place == 0 and any(texts))
        for cell, text, weight in zip(row.cells, [*texts, *[""] * (width - len(texts))], weights, strict=True):
            cell.width = Cm(weight * room)
            cell.text = _text(text)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(SMALL)


def _kept_together(row: "_Row", *, is_head: bool) -> None:
    """Keep a row on one page; the heads stand again on each further page."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()  # the library has no other way to either
    for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
        properties.append(OxmlElement(name))


def _shown(item: Item) -> str:
    return item.text + cited(item.cites) if isinstance(item, Cell) else item


def _same_bytes(word: "Word") -> bytes:
    """Give the file with its parts dated alike, so that the same document gives the same bytes."""
    import zipfile

    first, out = io.BytesIO(), io.BytesIO()
    word.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            kept.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), made.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _text(text: str) -> str:
    """Give a text without what no XML may hold."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
