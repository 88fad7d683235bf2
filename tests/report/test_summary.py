"""One page on a formulation or a question, and where a formulation stands among the carriers of the catalog."""

import io
import os
import re
from dataclasses import replace
from functools import cache

import pypdf
import pytest
from click.testing import CliRunner

from formulate import examples
from formulate.formulation import build, read
from formulate.report.canvas import encode
from formulate.report.page import Picture, Points, Reference, Table
from formulate.report.pdf import PAPERS, document_pdf
from formulate.report.whole.ranked import THIS, ranked_section, stand_among
from formulate.report.whole.studied import study
from formulate.report.whole.summary import MOST_SOURCES, comparison_summary, summary_of
from materials.errors import FileError
from materials.files import write_all
from tui.cli import cli

EXAMPLES = ["dasatinib-microspheres-in-gel.toml", "bmp2-nonunion.toml", "stem-cells-knee.toml"]
LONG = "Ünreasonably long name = with #set page(height: 1cm) and <b>markup</b>, " * 7  # 500 letters


@pytest.fixture(scope="module")
def all_studied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    found = {}
    for name in EXAMPLES:
        path = folder / name
        path.write_text(re.sub(r"draws = \d+", "draws = 16", examples.text(name)), "utf-8")
        file = read(path)
        found[name] = study(file.model_copy(update={"calculation": file.calculation.model_copy(update={"draws": 16})}))
    return found


@pytest.fixture(scope="module")
def documents(all_studied):
    return {name: summary_of(studied) for name, studied in all_studied.items()}


@pytest.fixture(scope="module", autouse=True)
def _each_figure_drawn_once():
    """A figure is the same on either paper, and drawing it takes longer than setting the page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("formulate.report.canvas.encode", cache(encode))
        yield


def pages(document, paper):
    reader = pypdf.PdfReader(io.BytesIO(document_pdf(document, paper)))
    return len(reader.pages), reader.pages[0].extract_text()


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_summary_is_one_page_with_all_it_should_say(name, paper, documents):
    document = documents[name]
    count, text = pages(document, paper)
    assert count == 1
    flat = " ".join(text.split())
    for wanted in (document.title, "What limits it", "Key numbers", "no medical advice", "References"):
        assert wanted in flat
    assert 1 <= len(document.references) <= MOST_SOURCES
    assert document.pictures[0].name == "nest"
    assert len(document.pictures) == 2


def test_names_and_titles_of_any_length_still_fit_the_page(all_studied):
    studied = all_studied[EXAMPLES[0]]
    named = build(type(studied.formulation), studied.formulation.model_dump() | {"name": LONG}, "test")
    document = summary_of(study(named), title=LONG, date=LONG[:300])
    assert [pages(document, paper)[0] for paper in PAPERS] == [1] * len(PAPERS)


def test_the_numbers_of_a_summary_are_those_of_the_prediction(all_studied):
    studied = all_studied[EXAMPLES[0]]
    (table,) = [table for _, table in summary_of(studied).tables]
    told = {str(row[0]): row[1].values for row in table.rows}
    cover = studied.prediction.assessment.estimates["cover"]
    assert told[cover.label] == (cover.median, cover.low, cover.high)
    half = studied.prediction.assessment.estimates["drug_half_life"]
    assert told[half.label] == pytest.approx((half.median, half.low, half.high))


def test_a_summary_of_a_question_is_one_page_and_keeps_the_order(comparison):
    document = comparison_summary(comparison)
    assert pages(document, "a4")[0] == pages(document, "letter")[0] == 1
    (table,) = [table for _, table in document.tables]
    shown = [re.sub(r"^(\d+\.|✕) ", "", str(row[0])) for row in table.rows]
    assert shown == [row.label for row in comparison.rows if row.numbers]
    assert any(isinstance(block, Points) for section in document.filled for block in section.blocks)


def test_a_formulation_is_ranked_among_the_carriers_in_its_own_draws(all_studied):
    formulation = all_studied["stem-cells-knee.toml"].formulation
    compared = stand_among(formulation)
    ranked = [row.id for row in compared.ranked]
    assert THIS in ranked
    assert formulation.layer[0].carrier not in ranked  # its own kind, as the catalog has it, is left out
    assert sum(row.best_probability for row in compared.ranked) == pytest.approx(1.0)
    section = ranked_section(compared)
    tables = {block.name: block for block in section.blocks if isinstance(block, Table)}
    (own,) = [row for row in tables["Ranking"].rows if str(row[0]).startswith("▶")]
    assert own[1] == str(ranked.index(THIS) + 1)
    assert {block.name for block in section.blocks if isinstance(block, Picture)} == {"ranking", "pareto"}


def test_the_command_writes_a_summary_in_every_format(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    asked = [item for ending in ("pdf", "html", "docx", "md", "xlsx") for item in ("-o", f"s.{ending}")]
    done = CliRunner().invoke(cli, ["report", "f.toml", "--summary", *asked, "--draws", "16", "--json"])
    assert done.exit_code == 0, done.output
    assert len(pypdf.PdfReader(tmp_path / "s.pdf").pages) == 1
    assert "Key numbers" in (tmp_path / "s.html").read_text("utf-8")


def test_a_write_that_fails_leaves_neither_figures_nor_their_folder_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    (tmp_path / "r.html").write_text("as it was", "utf-8")
    staged = []

    def full(descriptor, mode, *rest):
        staged.append(descriptor)
        if len(staged) == 4:  # two figures and the first page are there already
            raise OSError(28, "No space left on device")
        return opened(descriptor, mode, *rest)

    opened = os.fdopen
    monkeypatch.setattr(os, "fdopen", full)
    asked = ["-o", "r.md", "-o", "r.html"]
    done = CliRunner().invoke(cli, ["report", "f.toml", "--summary", "--draws", "16", *asked])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "No space left" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.toml", "r.html"]
    assert (tmp_path / "r.html").read_text("utf-8") == "as it was"


def test_a_folder_is_made_for_figures_beside_a_report_and_for_nothing_else(tmp_path):
    write_all({tmp_path / "a-figures" / "b.svg": "b", tmp_path / "a.md": "a"})
    assert (tmp_path / "a-figures" / "b.svg").read_text("utf-8") == "b"
    with pytest.raises(FileError, match="need a file name in a folder that exists"):
        write_all({tmp_path / "none" / "c.md": "c"})
    assert not (tmp_path / "none").exists()


def test_chinese_titles_of_references_do_not_cost_a_pdf_its_standards(documents):
    document = documents["stem-cells-knee.toml"]
    title = "Wang. (2026). 间充质干细胞在骨不连42例 治疗中的进展. Journal 51:413."
    chinese = replace(document, references=[*document.references, Reference(9, title)])
    made = document_pdf(chinese)
    assert b"pdfuaid" in made
    text = " ".join(pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text().split())
    assert "[title in Chinese]. Journal 51:413" in text or "间充质干细胞" in text  # a system may have a font for it
