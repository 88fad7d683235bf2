"""A report as a PDF, typeset by Typst: numbered figures and tables, linked citations, tagged for screen readers."""

import json
import re
import shutil
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from formulate.report.columns import column_weights
from formulate.report.fonts import NONE_FOUND, Font, chinese_font, named_font
from formulate.report.page import Cell, Document, Item, Picture, Points, Table, Text
from materials.errors import FormulateError, shorten

Paper = Literal["a4", "us-letter"]
PAPERS: dict[str, Paper] = {"a4": "a4", "letter": "us-letter"}
TALLEST, TALLEST_ACROSS = 1.1, 0.5  # height over width of a figure that fits with its caption, on both papers
TALL = 0.3  # height over width of a figure that text may go around; what is less is mostly the nest, which comes first
MOST_UPRIGHT = 8  # columns; more are set across the page
IN_CHINESE = "[title in Chinese]"
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff][\u2010-\u2027\u3000-\u9fff\uf900-\ufaff\uff00-\uffef\w\s-]*"
                      r"[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]|[\u3400-\u9fff\uf900-\ufaff]")  # fmt: skip
STANDARDS = ["ua-1", "a-2a"]  # for screen readers, and to be kept


def document_pdf(document: Document, paper: str = "a4", font: str = "") -> bytes:
    """Give a document as a PDF; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
        What is said. All of it goes in as data: nothing in a text is read as markup.
    paper : {"a4", "letter"}
        The paper.
    font : str
        A font file, or a font that the system has, before the one that comes along: for scripts it does not hold. A
        document in Chinese takes one of the system where none is given.

    Raises
    ------
    FormulateError
        The paper is none of these, there is no such font, it is in Chinese and no font holds that, or the document
        cannot be set.

    Notes
    -----
    With the fonts that come along; those of the system are looked at where a sign is in none of them. Where the system
    has none for the Chinese titles of references either, these say so instead. A sign of any other text that is in no
    font at all is shown as an empty box, and the PDF then meets neither PDF/UA nor PDF/A.
    """
    import typst

    if paper not in PAPERS:
        raise FormulateError(f"paper {paper!r}; need {' or '.join(PAPERS)}")
    chosen = document_font(document.language, font)
    whole = _plain(document, PAPERS[paper], chosen.family if chosen else "")
    listed: list[dict[str, object]] = whole["references"]  # type: ignore[assignment]
    told = [item | {"text": _CHINESE.sub(IN_CHINESE, str(item["text"]))} for item in listed]
    drawn = {"main.typ": _template(), **_figures(document)}
    compile_pdf: Any = typst.compile_with_warnings  # its types know of files only, not of a mapping of them
    problem = ""
    for standards, alone, references in (
        (STANDARDS, True, listed),
        (STANDARDS, False, listed),
        (STANDARDS, True, told),
        ([], False, listed),
    ):
        if references is told and told == listed:
            continue
        content = json.dumps(whole | {"references": references}, ensure_ascii=False)
        files = drawn | {"document.json": content.encode("utf-8")}
        try:
            made, warnings = compile_pdf(
                files,
                pdf_standards=standards,
                timestamp=0,
                font_paths=[_dejavu().name, *([str(chosen.path.parent)] if chosen else [])],
                ignore_system_fonts=alone,
                format="pdf",
            )
        except typst.TypstError as error:
            problem = " ".join(str(error).split())
            if "could not be displayed" not in problem:
                break
            continue
        if chosen and any("unknown font family" in warning.message for warning in warnings):
            raise FormulateError(f"font {shorten(font or chosen.family)!r}: cannot be used in a PDF; need another one")
        assert isinstance(made, bytes)
        return made
    raise FormulateError(f"the PDF cannot be set: {problem}")


def document_font(language: str, font: str) -> Font | None:
    """Give the font that a PDF in a language needs besides those that come along; refuse where there is none."""
    if language != "zh":
        return named_font(font) if font else None
    found = chinese_font(font)
    if found is None:
        raise FormulateError(f"--lang zh: {NONE_FOUND}")
    return found


@cache
def _dejavu() -> TemporaryDirectory[str]:
    """Give a folder with the font that comes along with matplotlib, kept while the program runs.

    It holds most signs, and no Chinese. Where it lies there is also a font of last resort, whose boxes for every sign
    would keep the fonts of the system from being asked; and Typst takes folders alone.
    """
    import matplotlib

    folder = TemporaryDirectory(prefix="formulate-fonts-", ignore_cleanup_errors=True)
    for path in sorted((Path(matplotlib.get_data_path()) / "fonts" / "ttf").glob("DejaVu*.ttf")):
        shutil.copyfile(path, Path(folder.name) / path.name)
    return folder


@cache
def _template() -> bytes:
    return resources.files("formulate.report").joinpath("templates/report.typ").read_bytes()


def _figures(document: Document) -> dict[str, bytes]:
    from formulate.report.canvas import encode

    return {
        f"figure-{place}.svg": encode(picture.figure, picture.name, "svg", as_paths=True)
        for place, picture in enumerate(document.pictures)
    }


def _plain(document: Document, paper: Paper, font: str) -> dict[str, object]:
    """Give a document as the data that the template lays out."""
    place, goes_around = 0, False
    sections: list[dict[str, object]] = []
    for section in document.filled:
        blocks: list[dict[str, object]] = []
        for block in section.blocks:
            if isinstance(block, Picture):
                wide = float(block.figure.get_size_inches()[0])
                blocks.append(
                    {
                        "kind": "figure",
                        "file": f"figure-{place}.svg",
                        "caption": block.caption,
                        "width": wide,
                    }
                )
                place += 1
            else:
                blocks.append(_block(block))
        # a section with a wide table stands across the page
        wide = not document.one_page and any(block.get("wide") for block in blocks)
        drawn = [block for block in section.blocks if isinstance(block, Picture)]
        for said, picture in zip((block for block in blocks if block["kind"] == "figure"), drawn, strict=True):
            said["share"] = _share(picture, wide)
            goes_around |= _height(picture) > TALL  # from then on all, so that they stay in order
            said["floats"] = goes_around and not wide
        if document.one_page:
            blocks = _side_by_side(blocks)
        sections.append({"title": section.title, "blocks": blocks, "wide": wide})
    references = [{"number": item.number, "text": item.text, "link": item.link} for item in document.references]
    return {
        "title": document.title,
        "date": document.date,
        "note": document.note,
        "question": document.question,
        "answer": document.answer,
        "sections": sections,
        "references": references,
        "references_head": document.word("References"),
        "disclaimer": document.disclaimer,
        "language": document.language,
        "paper": paper,
        "font": font,
        "one_page": document.one_page,
    }


def _side_by_side(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    """Give figures that follow each other as one row of figures."""
    from itertools import groupby

    found: list[dict[str, object]] = []
    for kind, group in groupby(blocks, key=lambda block: block["kind"]):
        listed = list(group)
        found += [{"kind": "row", "figures": listed}] if kind == "figure" and len(listed) > 1 else listed
    return found


def _share(picture: Picture, wide: bool) -> float:
    """Give the share of the width that a figure takes, so that it and its caption fit one page."""
    return float(round(min(1.0, (TALLEST_ACROSS if wide else TALLEST) / _height(picture)), 3))


def _height(picture: Picture) -> float:
    """Give the height of a figure over its width."""
    across, down = picture.figure.get_size_inches()
    return float(down / across)


def _block(block: Text | Points | Table) -> dict[str, object]:
    if isinstance(block, Text):
        return {"kind": "text", "text": block.text, "cites": sorted(set(block.cites))}
    if isinstance(block, Points):
        return {"kind": "points", "texts": list(block.texts)}
    width = max([len(block.heads), *(len(row) for row in block.rows)])
    heads = [str(head) for head in block.heads]
    rows = [[_cell(item) for item in [*row, *([""] * (width - len(row)))]] for row in block.rows]
    weights = column_weights(heads, [[str(cell["text"]) for cell in row] for row in rows])
    return {
        "kind": "table",
        "heads": heads,
        "rows": rows,
        "caption": block.caption or block.folded,
        "weights": weights,
        "wide": width > MOST_UPRIGHT,
    }


def _cell(item: Item) -> dict[str, object]:
    if isinstance(item, Cell):
        return {"text": item.text, "cites": sorted(set(item.cites))}
    return {"text": item, "cites": []}
