"""A document as the bytes of the file that its name asks for."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from formulate.report.page import Document
from materials.errors import FormulateError, shorten

LANGUAGES = ("en", "zh")
ENDINGS = (".html", ".pdf", ".xlsx", ".md", ".docx")


def document_files(document: Document, path: Path, paper: str = "a4", font: str = "") -> dict[Path, bytes]:
    """Give what is to be written for a document under a name: one file, and for Markdown its figures in a folder.

    Parameters
    ----------
    document : Document
        What is said.
    path : Path
        The file; its ending says what it is to be.
    paper : {"a4", "letter"}
        The paper of a PDF.
    font : str
        A font file, or a font of the system, for a PDF, before the one that comes along.

    Raises
    ------
    FormulateError
        The ending is none of those known; a Word document without its extra; a PDF that cannot be set.
    """
    ending = path.suffix.lower()
    if ending == ".md":
        from formulate.report.markdown import document_markdown

        folder = path.with_name(f"{path.stem}-figures")
        text, figures = document_markdown(document, folder.name)
        return {**{folder / name: data for name, data in figures.items()}, path: text.encode("utf-8")}
    if ending not in _WRITERS:
        raise FormulateError(f"{path.name}: ending {ending!r}; need {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if ending == ".pdf":
        return {path: _WRITERS[ending](document, paper=paper, font=font)}
    return {path: _WRITERS[ending](document)}


def in_language(document: Document, language: str, font: str = "") -> Document:
    """Give a document with its labels in a language.

    Parameters
    ----------
    document : Document
        In English; stays as it is.
    language : {"en", "zh"}
        The language: headings, heads of tables, captions, fixed words and the texts of figures. What was said for the
        case stays English, and the document says so.
    font : str
        A font file, or a font of the system, for the texts of figures; one that the system has where left out. Where
        there is none they stay English, and the document says so.

    Raises
    ------
    FormulateError
        The language is none of these, or there is no such font.
    """
    if language not in LANGUAGES:
        raise FormulateError(f"language {shorten(language)!r}; need {' or '.join(LANGUAGES)}")
    if language == "en":
        return document
    from formulate.report.chinese.document import chinese_document
    from formulate.report.fonts import chinese_font

    return chinese_document(document, chinese_font(font))


def _call(module: str, name: str, document: Document, **given: str) -> bytes:
    from importlib import import_module

    made = getattr(import_module(f"formulate.report.{module}"), name)(document, **given)
    return made.encode("utf-8") if isinstance(made, str) else bytes(made)


_WRITERS: dict[str, Callable[..., bytes]] = {  # imported when first used: each brings a library
    ".html": partial(_call, "html", "document_html"),
    ".pdf": partial(_call, "pdf", "document_pdf"),
    ".xlsx": partial(_call, "workbook", "document_xlsx"),
    ".docx": partial(_call, "word", "document_docx"),
}
