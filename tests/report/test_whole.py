"""The whole report on a formulation or a question: every part is there, every claim has what it rests on."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
import tomli
from click.testing import CliRunner

import formulate
from formulate import examples
from formulate.batch_records import QualityTest
from formulate.comparison import compare
from formulate.formulation import Question, read
from formulate.pipeline import predict
from formulate.planning.lists import data_of
from formulate.report.comparison_document import comparison_document
from formulate.report.page import Cell, Picture, Points, Table, Text
from formulate.report.references import References
from formulate.report.whole import report_on
from formulate.report.whole.document import document_of
from formulate.report.whole.laboratory import BLANK, characterisation_section
from formulate.report.whole.outcome import release_section
from formulate.report.whole.studied import study
from formulate.report.write import document_files
from materials import catalog, sources
from materials.errors import FormulateError
from tui.cli import cli

ROOT = Path(__file__).parents[2]
WHOLE = [
    "dasatinib-microspheres-in-gel.toml",
    "bmp2-nonunion.toml",
    "triamcinolone-disc.toml",
    "stem-cells-spinal-cord.toml",
]
ALWAYS = [
    "The formulation", "Where and how it is given", "Is it feasible?", "What goes in", "How to make it", "Release",
    "The evidence", "Assumptions, gaps and warnings", "How far to trust it", "What to measure of the product",
    "Read-outs and controls", "Inputs",
    "Equations used", "Method and versions",
]  # fmt: skip


def shipped(name, folder):
    """Give a shipped file with so few draws that it is quick, and so many that inputs can be told apart."""
    path = folder / name
    path.write_text(re.sub(r"draws = \d+", "draws = 64", examples.text(name)), "utf-8")
    file = read(path)
    return file.model_copy(update={"calculation": file.calculation.model_copy(update={"draws": 64})})


@pytest.fixture(scope="module")
def all_studied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return {name: study(shipped(name, folder)) for name in WHOLE}


@pytest.fixture(scope="module")
def studied(all_studied):
    return all_studied[WHOLE[0]]


@pytest.fixture(scope="module")
def documents(all_studied):
    return {name: document_of(found, date="2026-01-02") for name, found in all_studied.items()}


@pytest.fixture(scope="module")
def document(documents):
    return documents[WHOLE[0]]


def cells(document):
    for _, table in document.tables:
        for row in table.rows:
            yield from row


@pytest.mark.parametrize("name", WHOLE)
def test_a_report_says_all_it_should_and_leaves_no_cell_without_a_reason(name, documents):
    document = documents[name]
    titles = [section.title for section in document.filled]
    assert [title for title in titles if title in ALWAYS] == ALWAYS
    assert document.answer.endswith(".")
    for title, table in document.tables:
        for row in table.rows:
            assert all(str(cell).strip() for cell in row[1:] if title != "Inputs"), (title, row)
    cited = {number for cell in cells(document) if isinstance(cell, Cell) for number in cell.cites}
    texts = [block for section in document.filled for block in section.blocks if isinstance(block, Text)]
    cited |= {number for block in texts for number in block.cites}
    assert cited == {reference.number for reference in document.references}
    assert [reference.number for reference in document.references] == list(range(1, len(cited) + 1))


def test_every_input_stands_in_the_report_with_its_numbers_and_a_name_in_the_workbook(studied, document, tmp_path):
    (table,) = [table for name, table in document.tables if name == "Inputs"]
    assert list(table.keys) == [item.key for item in studied.inputs]
    assert [row[2].values[0] for row in table.rows] == [item.value.typical for item in studied.inputs]
    made = document_files(document, tmp_path / "a.xlsx")[tmp_path / "a.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(made))
    for item in studied.inputs:
        name = re.sub(r"[^A-Za-z0-9_]+", "_", item.key)
        sheet, _, place = book.defined_names[name].attr_text.replace("'", "").replace("$", "").partition("!")
        assert book[sheet][place].value == pytest.approx(item.value.typical)


def test_released_as_published_cites_who_collected_the_profiles(document):
    (mechanisms,) = [table for _, table in document.tables if table.name == "Mechanisms"]
    (row,) = [row for row in mechanisms.rows if row[1] == "published profiles"]
    (cited,) = row[2].cites
    assert document.references[cited - 1].text.startswith("Bao")  # whose data set the learned release rests on


def test_the_answer_about_cells_tells_how_long_they_stay(all_studied, documents):
    name = "stem-cells-spinal-cord.toml"
    (followed,) = all_studied[name].exposed
    (stay,) = [one for group in followed.groups for one in group.numbers if one.name == "carrier_initial_half_life"]
    (told,) = re.findall(r"first half gone after ([\d.]+) d \(([\d.]+) to ([\d.]+)\)", documents[name].answer)
    assert [float(text) for text in told] == pytest.approx([stay.median, stay.low, stay.high], rel=5e-3)
    assert "how much of it acts over 14 d?" in documents[name].question
    assert "Living at the site after 14 d: " in documents[name].answer
    assert "after 28 d" not in documents[name].answer


def test_what_is_weighed_and_shared_are_numbers_in_a_workbook(document, tmp_path):
    """A mass balance adds up in cells as it does on paper: what is put in is in the product or lost."""
    made = document_files(document, tmp_path / "a.xlsx")[tmp_path / "a.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheet = book["Mass balance of microsphere"]
    assert [cell.value for cell in sheet[1]] == ["", "put in (mg)", "in the product (mg)", "lost (mg)"]
    rows = [[cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=2)]
    assert all(added == pytest.approx(product + lost, abs=1e-9) for added, product, lost in rows)
    weighed = {row[0].value: (row[3].value, row[4].value) for row in book["Recipe"].iter_rows(min_row=2)}
    assert weighed["dasatinib"] == (rows[0][0], "mg")


def test_what_is_assumed_is_told_apart(studied, document):
    (table,) = [table for name, table in document.tables if name == "Assumed"]
    assert len(table.rows) == sum(item.is_assumed for item in studied.inputs)
    assert f"{len(table.rows)} of {len(studied.inputs)}" in table.caption


def test_the_numbers_of_the_report_are_those_of_the_prediction(studied, document):
    prediction = formulate.predict(studied.formulation)
    told = {
        row[0]: row[1].values for name, table in document.tables if name == "Against the target" for row in table.rows
    }
    cover = prediction.assessment.estimates["cover"]
    assert told[cover.label] == (cover.median, cover.low, cover.high)


def test_what_it_says_of_unseen_data_is_what_was_scored():
    """Each number of the sentences on release and loading stands in the scores, as rounded there."""
    statements = tomli.loads((ROOT / "formulate/report/whole/validation.toml").read_text("utf-8"))["statement"]
    with (ROOT / "docs/validation-release.csv").open(encoding="utf-8", newline="") as stream:
        scores = {(row["set"], row["way"], row["quantity"]): float(row["value"]) for row in csv.DictReader(stream)}

    def told(name, way):
        return f"{scores[name, way, 'profile']:.3f}", f"{100 * scores[name, way, 'held 80']:.0f} %"

    texts = {item["applies_to"]: item["text"] for item in statements}
    sets = {name for name, _, _ in scores}
    particles = next(name for name in sets if "particle" in name)
    expected = [*told("injectables", "a priori"), *told(particles, "a priori"), *told("injectables", "after 3 d"),
                *told(particles, "after 3 d")]  # fmt: skip
    assert re.findall(r"0\.\d{3}|\d\d %", texts["polyester"].replace("80 % band", "")) == expected
    liposomes = next(name for name in sets if "lipo" in name)
    for number in (*told(liposomes, "a priori"), *told(liposomes, "after 2 h")):
        assert number in texts["liposome"]
    page = (ROOT / "docs/validation.md").read_text("utf-8")
    (row,) = re.findall(r"\| all carriers \| (\d+) \| (0\.\d+) .*?\| (0\.\d+), ", page)
    assert f"{row[0]} published measurements of 196 studies" in page
    assert re.findall(r"[\d.]+", texts["predicted"].replace("80 % band", "")) == [
        f"{100 * float(row[1]):.1f}", row[0], "196", f"{100 * float(row[2]):.0f}", "."]  # fmt: skip


def test_statements_exist_for_every_site_and_kind_of_release(documents):
    for document in documents.values():
        (section,) = [item for item in document.filled if item.title == "How far to trust it"]
        assert all(isinstance(block, Text) for block in section.blocks)
        assert any("Retention" in block.text for block in section.blocks)


def test_what_was_measured_counts_as_filled_in_and_the_rest_is_left_blank(studied, document):
    (table,) = [table for name, table in document.tables if name == "Characterisation"]
    filled = {(row[0], row[1]): row[3] for row in table.rows}
    microspheres, gel = (layer.entry.name for layer in studied.formulation.layer)
    assert filled["size and its distribution", microspheres] == "☑ diameter 40 µm"
    assert filled["stiffness, swelling and passage through the needle", gel] == "☑ storage modulus 2 kPa"
    assert filled["zeta potential", microspheres] == BLANK
    assert ("viability and number", gel) not in filled


def test_tests_of_quality_tick_their_item_and_others_get_a_row(studied):
    tests = (
        QualityTest(test="Endotoxin", result="0.2 EU/mL", limit="0.5 EU/mL", batch="A2"),
        QualityTest(test="water content", result="0.4 %", source="record 12"),
    )
    first, *others = studied.formulation.layer
    layers = (first.model_copy(update={"quality": tests}), *others)
    tested = replace(studied, formulation=studied.formulation.model_copy(update={"layer": layers}))
    _, table = characterisation_section(tested, References()).blocks
    filled = {(row[0], row[1]): row[3] for row in table.rows}
    assert filled["endotoxin", first.entry.name] == "☑ 0.2 EU/mL (batch A2; limit 0.5 EU/mL)"
    assert filled["water content", first.entry.name] == "☑ 0.4 % (source record 12)"
    assert filled["endotoxin", others[0].entry.name] == BLANK


def test_the_properties_of_the_checklist_and_the_sites_of_the_read_outs_exist():
    known = catalog.load()
    for item in data_of("quality")["item"]:
        assert set(item["property"]) <= known.properties.keys(), item["name"]
        assert item.get("forms") or set(item["classes"]) <= known.classes.keys()
    for item in (*data_of("readouts")["readout"], *data_of("readouts")["note"]):
        assert set(item["sites"]) <= known.sites.keys()
        assert item["source"] in sources.keys()  # noqa: SIM118  (a function, not a mapping)


def test_every_site_that_is_computed_has_read_outs_and_each_part_a_group_without_it(documents, document):
    assert all(dict(found.tables)["Read-outs"].rows for found in documents.values())
    tables = dict(document.tables)
    groups = [str(row[0]) for row in tables["Groups"].rows]
    assert any("dasatinib without carrier" in text for text in groups)
    assert any("without hyaluronic acid hydrogel" in text for text in groups)
    assert any("without PLGA microspheres" in text for text in groups)
    models = tables["Models"].rows
    at_knee = {study.name for study in catalog.load().studies.values() if "knee" in study.sites}
    assert models
    assert sum(str(row[0]) in at_knee for row in models) >= len(models) / 2  # the others lie in a part of it


def test_points_that_were_measured_stand_in_a_figure_of_their_own(tmp_path):
    path = tmp_path / "f.toml"
    text = re.sub(r"draws = \d+", "draws = 16", examples.text("triamcinolone-microspheres.toml"))
    points = '[layer.first_points]\ntime = ["1 d", "3 d"]\nreleased = ["8 %", "14 %"]\nsource = "batch 7"\n\n[regimen]'
    path.write_text(text.replace("[regimen]", points, 1), "utf-8")
    measured = study(read(path))
    section = release_section(measured)
    (bench,) = [block for block in section.blocks if isinstance(block, Picture) and block.name == "bench"]
    assert "batch 7" in bench.caption
    dots = [line for line in bench.figure.axes[0].lines if line.get_marker() == "o"]
    assert list(dots[0].get_xdata()) == pytest.approx([1.0, 3.0])
    assert list(dots[0].get_ydata()) == pytest.approx([0.08, 0.14])


def test_a_question_becomes_a_document_with_every_carrier(tmp_path):
    question = shipped("triamcinolone-knee.toml", tmp_path)
    assert isinstance(question, Question)
    some = question.model_copy(update={"carriers": ("plga-microsphere", "free-drug-suspension", "liposome")})
    compared = compare(some)
    document = comparison_document(compared, date="2026-01-02")
    (numbers,) = [table for name, table in document.tables if name == "Numbers"]
    assert len(numbers.rows) == 3
    assert {section.title for section in document.filled} >= {row.label for row in compared.rows}
    feasible = next(section for section in document.filled if section.title == "Is it feasible?")
    assert any(isinstance(block, Table) for block in feasible.blocks)
    reasons = [text for block in feasible.blocks if isinstance(block, Points) for text in block.texts]
    doubtful = [
        check for row in compared.rows for check in row.checks if check.verdict not in ("passes", "not-applicable")
    ]
    assert len(reasons) == len(doubtful)


def test_of_two_drugs_each_figure_says_whose_it_is(tmp_path):
    file = shipped("two-drugs-assayed.toml", tmp_path)
    each = tuple(predict(one) for one in file.each)
    section = release_section(SimpleNamespace(predictions=each, prediction=each[0], formulation=file, bench=None))
    pictures = [block for block in section.blocks if isinstance(block, Picture)]
    assert [picture.caption.partition(". ")[0] for picture in pictures] == [
        "Dasatinib: At the site",
        "Quercetin: At the site",
    ]
    titles = [picture.figure.axes[0].get_title(loc="left").partition(": ")[2] for picture in pictures]
    assert titles == ["Dasatinib", "Quercetin"]


@pytest.mark.usefixtures("undrawn")  # that figures are the same twice is told of each
def test_the_command_writes_what_python_writes_byte_for_byte(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("f.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    names = [f"r.{ending}" for ending in ("pdf", "html", "docx", "md", "xlsx")]
    asked = [item for name in names for item in ("-o", name)]
    done = CliRunner().invoke(cli, ["report", "f.toml", *asked, "--draws", "16", "--json"])
    assert done.exit_code == 0, done.output
    file = read("f.toml")
    few = file.model_copy(update={"calculation": file.calculation.model_copy(update={"draws": 16})})
    document = report_on(few)
    for name in names:
        for path, data in document_files(document, Path(name)).items():
            assert path.read_bytes() == data, path


REFUSED = [
    (("-o", "r.html", "--paper", "letter"), "--paper"),
    (("-o", "r.pdf", "--summary", "--compare"), "--compare"),
    (("-o", "r.odt"), "unknown ending"),
    (("-o", "f.toml"), "unknown ending"),
    (("-o", "none/r.pdf"), "no folder"),
    (("-o", "r.pdf", "--title", "x" * 301), "--title"),
    (("-o", "r.pdf", "--paper", "a3"), "a3"),
    (("-o", "r.pdf", "--font", "No Such Font At All"), "No Such Font At All"),
    ((), "--output"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_what_cannot_be_written_is_refused_in_a_line(options, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("f.toml").write_text(examples.text("bmp2-nonunion.toml"), "utf-8")
    done = CliRunner().invoke(cli, ["report", "f.toml", "--draws", "16", *options])
    assert done.exit_code == 2
    assert told in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["f.toml"]


def test_a_question_is_compared_anyway(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("q.toml").write_text(examples.text("dasatinib-knee.toml"), "utf-8")
    done = CliRunner().invoke(cli, ["report", "q.toml", "-o", "q.pdf", "--compare"])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "anyway" in done.stderr


def test_an_ending_nobody_writes_is_refused_from_python_too(document, tmp_path):
    with pytest.raises(FormulateError, match="need"):
        document_files(document, tmp_path / "a.odt")
