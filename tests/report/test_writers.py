"""One document through every writer: all that is said arrives, as plain text, and the same bytes every time."""

import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pypdf
import pytest
from matplotlib.figure import Figure

from formulate.report.canvas import drawing, panels
from formulate.report.html import document_html
from formulate.report.markdown import document_markdown
from formulate.report.page import Cell, Column, Document, Picture, Points, Reference, Section, Table, Text
from formulate.report.pdf import TALLEST, document_pdf
from formulate.report.word import document_docx
from formulate.report.workbook import document_xlsx
from materials.errors import FormulateError

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "<script>alert(1)</script>",
    "$x^2$ \\input{/etc/passwd} #let x = 1",
    "../../etc/passwd",
    "a|b `c` *d* _e_ [f](g)",
    "| --- |",
    "😀 α ≥ Ж",
    "{{ 7 * 7 }} {% raw %}",
    "&amp; &lt;",
    "x" * 500,
    "https://example.org",
    "\x07 bell",
    "\t=1+1",
    "\r\n=1+1",
]


def figure():
    with drawing():
        made, (axis,) = panels(1)
        axis.plot([0, 1], [0, 2])
        axis.set_title("$not math$")
    return made


def document(hostile: str = "plain words", date: str = "2026-01-02") -> Document:
    table = Table(
        ("number", Column("dose", "mg", ("median", "low", "high")), "what"),
        [
            (hostile, Cell("3 (2 to 4)", (3.0, 2.0, 4.0), (2, 1)), "given"),
            ("none", Cell("not known: no source", ()), hostile),
        ],
        "Doses",
        keys=("plga.dose", "A1"),
    )
    data = pd.DataFrame({"time (d)": [0.0, 1.0], "released (%)": [0.0, 50.5]})
    blocks = (Text(f"As was said of {hostile}.", (1,)), Points(("first point", hostile)), table,
              Picture("curve", figure(), f"A curve of {hostile}", data))  # fmt: skip
    references = (Reference(1, f"Kraus and others 2018, {hostile}", "https://doi.org/10.1000/x"), Reference(2, "Two"))
    sections = (Section("What was found", blocks), Section("Empty"), Section(hostile, (Text("end"),)))
    return Document(f"On {hostile}", f"Why {hostile}?", "Because.", sections, references, date)


def sheet(book, name):
    return [list(row) for row in book[name].iter_rows(values_only=True)]


def words(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


WRITERS = [
    document_html,
    document_xlsx,
    document_docx,
    document_pdf,
    lambda made: document_markdown(made, "figures")[0],
]


@pytest.mark.parametrize("writer", WRITERS, ids=["html", "xlsx", "docx", "pdf", "md"])
def test_the_same_document_gives_the_same_bytes_and_another_date_others(writer):
    made = writer(document())
    assert made == writer(document())
    assert made != writer(document(date="2026-01-03"))


def test_a_workbook_holds_numbers_as_numbers_with_units_in_the_heads():
    book = openpyxl.load_workbook(io.BytesIO(document_xlsx(document())))
    assert book.sheetnames == ["Report", "Doses", "curve data", "References"]
    assert sheet(book, "Doses") == [
        ["number", "dose median (mg)", "dose low (mg)", "dose high (mg)", "what"],
        ["plain words", 3, 2, 4, "given"],
        ["none", "not known: no source", None, None, "plain words"],
    ]
    assert sheet(book, "curve data") == [["time (d)", "released (%)"], [0, 0], [1, 50.5]]
    assert book.defined_names["plga_dose"].attr_text == "'Doses'!$B$2"
    assert "_A1" in book.defined_names  # A1 is a cell


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_workbook_is_a_formula_or_a_link(hostile):
    book = openpyxl.load_workbook(io.BytesIO(document_xlsx(document(hostile))))
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), cell.value
                assert cell.hyperlink is None
    said = sheet(book, "Doses")[1][0]
    said = re.sub(r"_x000D_|\r", "", said)  # how the format writes a carriage return; readers show it in their own way
    assert said == hostile.replace("\x07", "\N{REPLACEMENT CHARACTER}").replace("\r", "")


def test_sheets_that_would_be_called_the_same_are_told_apart():
    tables = [Table(("a",), (("1",),), "One/two: a name of more than thirty-one letters") for _ in range(3)]
    made = Document("t", "q", "", [Section("s", tables), Section("History", (Table(("a",), (("1",),)),))])
    names = openpyxl.load_workbook(io.BytesIO(document_xlsx(made))).sheetnames
    assert len({name.casefold() for name in names}) == 5
    assert all(len(name) <= 31 for name in names)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_shows_every_text_as_it_is(hostile):
    """Undoing the escapes of CommonMark gives the text back; nothing unescaped starts markup."""
    text, figures = document_markdown(document(hostile), "figures")
    assert list(figures) == ["curve.svg"]
    assert "](figures/curve.svg)" in text
    shown = hostile.replace("\x07", "\N{REPLACEMENT CHARACTER}")
    (line,) = [line for line in text.splitlines() if line.startswith("As was said of ")]
    assert re.sub(r"\\([^A-Za-z0-9\s])", r"\1", line) == f"As was said of {' '.join(shown.split())}. [1]"
    assert not re.search(r"(?<!\\)[<`|*]", line)
    row = next(line for line in text.splitlines() if "given" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 4  # three columns


def all_hostile() -> Document:
    """Give a document that says every hostile text, in a cell, a point and a paragraph of its own."""
    rows = [(hostile, Cell("3", (3.0,), (1,)), "given") for hostile in HOSTILE]
    said = [Text(f"As was said of {hostile}.", (1,)) for hostile in HOSTILE]
    blocks = (*said, Points(HOSTILE), Table(("number", Column("dose", "mg"), "what"), rows, "Doses"))
    picture = Picture("curve", figure(), f"A curve of {HOSTILE[4]}")
    references = (Reference(1, " ".join(HOSTILE), "https://doi.org/10.1000/x"), Reference(2, "Two"))
    return Document(HOSTILE[4], HOSTILE[5], HOSTILE[10], [Section("All", (*blocks, picture))], references)


def test_html_shows_every_text_as_it_is():
    text = document_html(all_hostile())
    assert "<script>alert" not in text
    assert text.count("<script") == 0
    texts: list[str] = []
    page = HTMLParser()
    page.handle_data = texts.append  # type: ignore[method-assign]
    page.feed(text)
    shown = " ".join("".join(texts).split())
    for hostile in HOSTILE:
        assert f"As was said of {' '.join(hostile.split())}." in shown or hostile.startswith(("\t", "\r"))
    assert 'href="#ref-1"' in text
    assert 'id="ref-2"' in text


def test_a_pdf_shows_every_text_as_it_is():
    said = words(document_pdf(all_hostile()))
    for hostile in HOSTILE:
        plain = hostile.replace("\x07", "")
        assert re.sub(r"\s", "", plain)[:40] in re.sub(r"\s", "", said), hostile
    assert "Figure 1" in said
    assert "Table 1" in said


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_a_pdf_has_the_paper_and_is_tagged_with_alt_texts(paper, size):
    reader = pypdf.PdfReader(io.BytesIO(document_pdf(document(), paper)))
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == size
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    meta = root["/Metadata"].get_data().decode()
    assert "pdfuaid" in meta
    assert "pdfaid" in meta
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert any("/A" in link and link["/A"].get("/URI") == "https://doi.org/10.1000/x" for link in links)
    assert sum("/Dest" in link or link.get("/A", {}).get("/S") == "/GoTo" for link in links) >= 3  # citations


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_tall_figure_fits_its_page_with_its_caption(paper):
    """The caption ends above the lower margin, and the figure is not cut at the top: it is drawn below that margin."""
    made = Figure(figsize=(10.2, 18.7))  # as that of 24 carriers
    caption = "A caption of some length. " * 20 + "Zebra."
    picture = Picture("tall", made, caption)
    wide = Table(tuple("abcdefghij"), [tuple("0123456789")], "Wide")
    tall = Document("t", "q", "", [Section("upright", [picture]), Section("across", [wide, picture])])
    margin = 2.2 / 2.54 * 72  # points
    ends, starts = [], []

    def kept(text, page, place, *_):
        if "Zebra" in text:
            ends.append(page[5] + page[3] * place[5])
        if "Figure\xa01" in text:
            starts.append(page[5] + page[3] * place[5])

    pages = pypdf.PdfReader(io.BytesIO(document_pdf(tall, paper))).pages
    for page in pages:
        page.extract_text(visitor_text=kept)
    assert len(ends) == 2
    assert min(ends) >= margin - 0.01  # one at the foot of its page ends on it
    (start,) = starts
    width, height = (float(end) for end in pages[0].mediabox[2:])
    drawn = TALLEST * (width - 2 * 2.0 / 2.54 * 72)
    assert start + drawn < height - margin


def test_text_fills_the_page_that_a_tall_figure_does_not_fit():
    """What follows the figure stands before it, on the page that it leaves; figures stay in their order."""
    square, flat = Figure(figsize=(7, 7)), Figure(figsize=(7, 1.5))
    words = [Text(f"Word{place}. {'The page fills up. ' * 40}") for place in range(8)]
    blocks = [*words[:4], Picture("a", square, "Square."), Picture("b", flat, "Flat."), *words[4:]]
    pages = pypdf.PdfReader(io.BytesIO(document_pdf(Document("t", "q", "", [Section("s", blocks)])))).pages
    said = [page.extract_text() for page in pages]
    assert "Word4" in said[0]
    assert "Square" not in said[0]
    whole = "".join(said)
    assert whole.index("Square.") < whole.index("Flat.")


def test_a_row_of_a_table_stays_on_one_page():
    rows = [(f"start {place}.", "words that take some lines " * 20 + f"end {place}.") for place in range(80)]
    made = document_pdf(Document("t", "q", "", [Section("s", [Table(("what", "why"), rows)])]))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert len(pages) > 3
    whole = {place for place in range(80) for page in pages if f"start {place}." in page and f"end {place}." in page}
    assert whole == set(range(80))


def test_a_pdf_on_unknown_paper_is_refused():
    with pytest.raises(FormulateError, match="need a4 or letter"):
        document_pdf(document(), "a3")


def test_a_word_document_holds_every_text():
    import docx

    made = docx.Document(io.BytesIO(document_docx(all_hostile())))
    said = [item.text for item in made.paragraphs]
    for place, hostile in enumerate(HOSTILE, start=1):
        clean = hostile.replace("\x07", "\N{REPLACEMENT CHARACTER}").replace("\r", "\n")  # a break of the line
        assert f"As was said of {clean}. [1]" in said
        assert made.tables[0].rows[place].cells[0].text == clean
    described = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert described == [f"A curve of {HOSTILE[4]}"]


@pytest.mark.parametrize(
    ("words", "names"), [({}, ("Table", "Figure")), ({"Figure": "图", "Table": "表"}, ("表", "图"))]
)
def test_captions_of_a_word_document_are_numbered_by_fields_that_word_counts_anew(words, names):
    import docx
    from docx.oxml.ns import qn

    blocks = document().sections[0].blocks
    again = Section("again", [replace(blocks[2], caption="More"), blocks[3]])
    asked = Document("t", "q", "", [Section("s", blocks), again], words=words)
    made = docx.Document(io.BytesIO(document_docx(asked)))
    captions = [item for item in made.paragraphs if item.style.name == "Caption"]
    table, figure = names
    curve = "A curve of plain words"
    assert [item.text for item in captions] == [
        f"{table} 1: Doses", f"{figure} 1: {curve}", f"{table} 2: More", f"{figure} 2: {curve}",
    ]  # fmt: skip
    for caption, kind in zip(captions, ("Table", "Figure") * 2, strict=True):
        assert [item.text.split()[:2] for item in caption._p.iter(qn("w:instrText"))] == [["SEQ", kind]]
        marks = [item.get(qn("w:fldCharType")) for item in caption._p.iter(qn("w:fldChar"))]
        assert marks == ["begin", "separate", "end"]


def test_a_word_document_is_laid_out_for_its_page():
    """Tables are as wide as the page, their heads stand on every page of it, rows are whole; a figure fits with its
    caption."""
    import docx
    from docx.oxml.ns import qn

    table = Table(("what", "why"), [("a", "words " * 40), ("b",)], "Told")
    tall = Picture("tall", Figure(figsize=(5, 15)), "Tall.")
    made = docx.Document(io.BytesIO(document_docx(Document("t", "q", "", [Section("s", [table, tall])]))))
    (section,) = made.sections
    room = section.page_width - section.left_margin - section.right_margin
    head, *rows = made.tables[0].rows
    assert sum(cell.width for cell in head.cells) == pytest.approx(room, rel=1e-3)
    assert head.cells[1].width > 2 * head.cells[0].width
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    (shape,) = made.inline_shapes
    assert shape.height < 0.75 * section.page_height
    assert shape.height == pytest.approx(3 * shape.width, rel=0.01)


def test_a_word_document_holds_no_time_of_its_own():
    with zipfile.ZipFile(io.BytesIO(document_docx(document()))) as made:
        assert {item.date_time for item in made.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_without_the_extra_a_word_document_is_refused(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(FormulateError, match=r"formulate-delivery\[docx\]"):
        document_docx(document())
