"""One short report in every format, against what is kept in `golden`, as texts that a reader of a diff can judge.

What changed on purpose is written anew by ``FORMULATE_GOLDEN=write python -m pytest tests/report/test_golden.py``; read
the diff before it is kept.
"""

import io
import json
import os
import re
import textwrap
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

import formulate
from formulate import examples
from formulate.formulation import read
from formulate.report import fonts
from formulate.report.envelope import dumps, envelope, prediction_results
from formulate.report.page import Document, Section, Table
from formulate.report.whole import report_on
from formulate.report.write import document_files, in_language
from formulate.version import program_version
from materials import catalog

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("FORMULATE_GOLDEN") == "write"
EXAMPLE = "bmp2-nonunion.toml"
SECTIONS = (
    "The formulation", "Where and how it is given", "Is it feasible?", "What goes in", "Release", "How far to trust it",
    "Inputs", "Equations used", "Method and versions",
)  # fmt: skip
MOST_INPUTS = 6


@pytest.fixture(scope="module")
def formulation(tmp_path_factory):
    path = tmp_path_factory.mktemp("golden") / EXAMPLE
    path.write_text(examples.text(EXAMPLE), "utf-8")
    file = read(path)
    return file.model_copy(update={"calculation": file.calculation.model_copy(update={"draws": 16, "seed": 7})})


@pytest.fixture(scope="module")
def document(formulation):
    """Some sections of the report on a shipped example, all its references, and the first of its inputs."""
    whole = report_on(formulation, date="2026-01-02")
    sections = [_short(section) for section in whole.filled if section.title in SECTIONS]
    return Document(whole.title, whole.question, whole.answer, sections, whole.references, whole.date)


def _short(section: Section) -> Section:
    blocks = [
        Table(block.heads, block.rows[:MOST_INPUTS], block.caption, block.folded, block.name, block.keys[:MOST_INPUTS])
        if isinstance(block, Table) and block.keys
        else block
        for block in section.blocks
    ]
    return Section(section.title, blocks)


def held(name: str, text: str) -> None:
    """Compare with what is kept, or keep it; versions stand as words, for they change with every release."""
    text = text.replace(catalog.load().version, "CATALOG")  # in a PDF without a blank beside it
    text = re.sub(rf"(?<![\w.]){re.escape(program_version())}(?![\w.])", "PROGRAM", text)
    path = GOLDEN / name
    if WRITE:
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text, f"{name} differs; the first lines of this module say how to keep it"


def written(document: Document, ending: str) -> bytes:
    path = Path(f"report{ending}")
    return document_files(document, path)[path]


def test_markdown_is_what_is_kept(document):
    held("report.md", written(document, ".md").decode())


def test_markdown_in_chinese_is_what_is_kept(document, monkeypatch):
    monkeypatch.setattr(fonts, "_of_system", dict)  # the same on a machine that has a font
    held("report.zh.md", written(in_language(document, "zh"), ".md").decode())


class _Outline(HTMLParser):
    """The texts of a page, each under its element; of a figure its label alone."""

    KEPT = ("title", "h1", "h2", "h4", "p", "li", "th", "td", "figcaption", "summary")

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.inside = ""
        self.drawn = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            self.drawn = True
            self.lines.append(f"svg: {dict(attrs).get('aria-label')}")
        elif tag in self.KEPT:
            self.inside = tag
            self.lines.append(f"{tag}: ")

    def handle_endtag(self, tag: str) -> None:
        self.drawn = self.drawn and tag != "svg"
        if tag in self.KEPT:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside and not self.drawn:
            self.lines[-1] += data


def test_html_is_what_is_kept(document):
    outline = _Outline()
    outline.feed(written(document, ".html").decode())
    held("report.html.txt", "\n".join(" ".join(line.split()) for line in outline.lines) + "\n")


def test_a_workbook_is_what_is_kept(document):
    """Numbers are told from texts by their brackets, to three digits."""
    book = openpyxl.load_workbook(io.BytesIO(written(document, ".xlsx")))
    lines = []
    for sheet in book.worksheets:
        lines.append(f"## {sheet.title}")
        for row in sheet.iter_rows(values_only=True):
            lines.append(" | ".join("" if cell is None else _cell(cell) for cell in row).rstrip(" |"))
    lines.append("## names")
    lines += [f"{name} = {item.attr_text}" for name, item in sorted(book.defined_names.items())]
    held("report.xlsx.txt", "\n".join(lines) + "\n")


def _cell(cell: object) -> str:
    return f"[{cell:.3g}]" if isinstance(cell, int | float) else str(cell)


def test_a_word_document_is_what_is_kept(document):
    import docx

    made = docx.Document(io.BytesIO(written(document, ".docx")))
    lines = [f"{item.style.name}: {item.text}" for item in made.paragraphs]
    for table in made.tables:
        lines.append(f"## {table.style.name}")
        lines += [" | ".join(cell.text for cell in row.cells) for row in table.rows]
    held("report.docx.txt", "\n".join(line.rstrip() for line in lines) + "\n")


def test_a_pdf_is_what_is_kept(document):
    """Its letters without blanks: where lines and pages break is for the typesetter; and how many pages there are."""
    pages = pypdf.PdfReader(io.BytesIO(written(document, ".pdf"))).pages
    letters = "".join("".join(page.extract_text() for page in pages).split())
    held(
        "report.pdf.txt",
        "\n".join([f"{len(pages)} pages", *textwrap.wrap(letters, 110, break_on_hyphens=False)]) + "\n",
    )


def test_the_keys_of_json_are_what_is_kept(formulation):
    prediction = formulate.predict(formulation)
    text = dumps(envelope("predict", prediction_results(prediction), seed=7, inputs={}, warnings=[]))
    held("predict.json.txt", "\n".join(dict.fromkeys(_keys(json.loads(text), ""))) + "\n")


def _keys(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "drivers":  # by the names of inputs
                continue
            yield from _keys(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for item in value:
            yield from _keys(item, f"{path}[]")
    else:
        kind = "[number]" if isinstance(value, list) and all(isinstance(item, float | int) for item in value) else ""
        yield f"{path}: {kind or type(value).__name__}"
