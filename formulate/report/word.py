"""A report as a Word document, through the extra `docx`."""

import io
import re
from typing import TYPE_CHECKING

from formulate.report.page import Cell, Document, Item, Picture, Points, Table, Text, cited
from materials.errors import FormulateError

if TYPE_CHECKING:
    from docx.document import Document as Word

PICTURE_WIDTH = 16.0  # cm
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def document_docx(document: Document) -> bytes:
    """Give a document as a DOCX file; the same document gives the same bytes.

    Raises
    ------
    FormulateError
        The extra is not installed.
    """
    try:
        import docx
    except ImportError:
        need = "pip install 'formulate-delivery[docx]'"
        raise FormulateError(f"a Word document needs the extra 'docx', which is not installed; need {need}") from None
    word = docx.Document()
    _properties(word, document)
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
                _picture(word, block)
            else:
                _table(word, block)
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


def _chinese(word: "Word") -> None:
    """Say that the signs are simplified Chinese, so that Word takes a font for these and not one for Japanese."""
    from docx.oxml.ns import qn

    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for language in word.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _picture(word: "Word", block: Picture) -> None:
    from docx.shared import Cm

    from formulate.report.canvas import encode

    word.add_picture(io.BytesIO(encode(block.figure, block.name, "png")), width=Cm(PICTURE_WIDTH))
    described = word.inline_shapes[-1]._inline.docPr  # the library has no other way to an alt text
    described.set("descr", _text(block.caption))
    word.add_paragraph(_text(block.caption), "Caption")


def _table(word: "Word", block: Table) -> None:
    if block.caption or block.folded:
        word.add_paragraph(_text(block.caption or block.folded), "Caption")
    rows = [list(map(str, block.heads)), *([_shown(item) for item in row] for row in block.rows)]
    width = max(map(len, rows))
    if not width:
        return
    made = word.add_table(rows=len(rows), cols=width, style="Light List Accent 1")
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = _text(text)


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
