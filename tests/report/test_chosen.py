"""Sections left out of a report: what is left cites the same works, under numbers without gaps; and its figures."""

from itertools import chain

import pytest
from click.testing import CliRunner

from formulate.form.read_through import read_through, sections_of
from formulate.report.chosen import places_of, without_sections
from formulate.report.comparison_document import comparison_document
from formulate.report.drawn import of_comparison, of_pictures, of_reported
from formulate.report.page import Cell, Document, Reference, Section, Table, Text
from formulate.report.reported import Reported
from materials.errors import FormulateError, UnknownIdError
from tui.cli import cli


@pytest.fixture(scope="module")
def whole(comparison):
    return comparison_document(comparison)


def cited(document):
    """Give the works that each text cites, by the text of the reference."""
    works = {item.number: item.text for item in document.references}
    for section in document.filled:
        for block in section.blocks:
            items = [block] if isinstance(block, Text) else chain.from_iterable(getattr(block, "rows", ()))
            yield from ((section.title, [works[number] for number in item.cites]) for item in items
                        if isinstance(item, Text | Cell) and item.cites)  # fmt: skip


def test_what_is_left_cites_the_same_works(whole):
    left_out = places_of(whole, ["inputs"])
    left = without_sections(whole, left_out)
    assert [section.title for section in left.filled] == [
        section.title for section in whole.filled if section.title != "Inputs"
    ]
    assert list(cited(left)) == [item for item in cited(whole) if item[0] != "Inputs"]
    assert [item.number for item in left.references] == list(range(1, len(left.references) + 1))
    assert 0 < len(left.references) < len(whole.references)
    assert without_sections(whole, []) is whole


def test_numbers_inside_texts_follow():
    rows = [[Cell("review [grade B, 3]; range [2, 3] kPa", cites=[3])]]
    sections = [Section("A", [Text("a", [1, 2])]), Section("B", [Table(["x"], rows)])]
    references = [Reference(number, f"work {number}") for number in (1, 2, 3)]
    left = without_sections(Document("T", "", "", sections, references), [0])
    assert left.references == [Reference(1, "work 3")]
    assert left.sections[0].blocks[0].rows[0][0].text.startswith("review [grade B, 1]")


def test_unknown_sections_are_refused(whole, tmp_path):
    with pytest.raises(UnknownIdError, match="Inputs"):
        places_of(whole, ["Input"])
    file = tmp_path / "q.toml"
    asked = 'carriers = ["free-drug-suspension"]\npayload = [{id = "dasatinib", dose = "5 mg"}]\n'
    file.write_text(f'schema_version = 1\nkind = "question"\n{asked}regimen = {{site = "knee"}}\n', "utf-8")
    done = CliRunner().invoke(
        cli, ["report", str(file), "--draws", "16", "--without", "Imputs", "-o", str(tmp_path / "r.xlsx")]
    )
    assert (done.exit_code, done.stderr.count("--without: unknown section 'Imputs'; nearest: ")) == (2, 1)
    assert not (tmp_path / "r.xlsx").exists()


def test_figures_of_a_result_are_those_of_the_command(comparison, whole):
    drawn = of_reported(Reported(comparison.question, comparison))
    assert {"ranking", "pareto", "concentration", "release"} == set(drawn)
    assert drawn["ranking"].to_bytes(".csv") == of_comparison(comparison, "ranking").to_bytes(".csv")
    pictures = of_pictures(whole)
    assert [item.caption for item in pictures.values()] == [item.caption for item in whole.pictures]
    with pytest.raises(FormulateError, match="its numbers are not kept"):
        pictures["ranking"].to_bytes(".csv")


def test_the_text_to_read_tells_all(whole):
    blocks = read_through(whole)
    assert blocks[0] == ("title", whole.title)
    assert [text for kind, text, *_ in blocks if kind == "section"] == [
        *(title for title, _, _ in sections_of(whole)), "References"
    ]  # fmt: skip
    assert sum(kind == "table" for kind, *_ in blocks) == len(whole.tables)
    assert sum(figures for _, _, figures in sections_of(whole)) == len(whole.pictures)
