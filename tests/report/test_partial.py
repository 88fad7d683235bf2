"""A report on what cannot be computed whole: the rest is there, and every missing number with its place in the file."""

import json
import tomllib

import pypdf
import pytest
from click.testing import CliRunner

import formulate
from formulate.formulation import read
from formulate.report.page import Table, Text
from formulate.report.provenance import reference_text
from formulate.report.text import prose
from formulate.report.whole.document import document_of
from formulate.report.whole.partial import NOT_COMPUTED
from formulate.report.whole.studied import study
from formulate.report.whole.summary import summary_of
from materials import catalog
from tui.cli import cli

# all that a liposome in a knee needs of a payload, found by hand: written into the file they make the report whole
NEEDED = {
    "membrane_partition_log10": "3 log10(L/kg)",
    "molar_mass": "434 g/mol",
    "systemic_clearance": "37 L/h",
    "volume_of_distribution": "100 L",
    "unbound_fraction_plasma": "29 percent",
    "logp_octanol_water": "2.5 log10",
    "diffusion_coefficient_water": "5e-10 m^2/s",
}
SET = "\n[payload.set]\n" + "".join(f'{name} = "{text}"\n' for name, text in NEEDED.items())
FEW = "\n[calculation]\ndraws = 16\n"


@pytest.fixture(scope="module")
def file_of(folder, unknown_drug):
    """Write the file of an unknown drug with all numbers it needs but those left out."""

    def write(*left_out):
        text = unknown_drug.replace("\n[[layer]]", SET + "\n[[layer]]") + FEW
        kept = [line for line in text.splitlines() if line.partition(" ")[0] not in left_out]
        path = folder / "drug.toml"
        path.write_text("\n".join(kept) + "\n", "utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("partial")


@pytest.fixture(scope="module")
def half(file_of):
    """Loading can be computed; of release and stay two numbers are missing."""
    return study(read(file_of("systemic_clearance", "logp_octanol_water")))


@pytest.fixture(scope="module")
def document(half):
    return document_of(half)


def table_of(document):
    (section,) = [section for section in document.filled if section.title == NOT_COMPUTED]
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    return table


def test_what_can_be_computed_is_there(half, document):
    assert half.loading is not None
    assert half.exposed == ()
    titles = [section.title for section in document.filled]
    assert titles[0] == NOT_COMPUTED
    for title in ("What goes in", "How to make it", "Is it feasible?", "The evidence", "Inputs", "Equations used"):
        assert title in titles, title
    assert document.references
    numbers = {str(row[0]): row[1] for name, table in document.tables if "new-drug in" in name for row in table.rows}
    assert numbers["encapsulation efficiency"].values
    assert "partial" in document.answer


def test_what_matters_at_the_site_is_told_all_the_same(half, document):
    """Without a clearance not even the drug can be followed: what the catalog says of the knee, with its sources."""
    assert half.of_site == ()
    (table,) = [table for name, table in document.tables if table.name == "Site"]
    said = {statement.text: statement for statement in catalog.load().site("knee").statement}
    for row in table.rows:
        (text,) = [text for text in said if row[0].text.startswith(prose(text))]
        (cited,) = row[0].cites
        assert str(row[1]) == said[text].evidence
        assert document.references[cited - 1].text.startswith(reference_text(said[text].source)[0][:100])


def test_nothing_is_said_of_what_is_not_computed(document):
    """No mechanism of release or retention, no drivers, no validation of them."""
    said = {str(row[0]) for name, table in document.tables if name == "Mechanisms" for row in table.rows}
    assert said == {"loading"}
    assert "What drives it, and what to measure next" not in [section.title for section in document.filled]


def test_every_missing_number_has_its_place(document):
    """What the table says to write is TOML, and names the table of the file in which the number then counts."""
    written = {}
    for row in table_of(document).rows:
        head, _, line = str(row[3]).partition("] ")
        assert head == "[payload.set"
        written |= tomllib.loads(line)
    assert written == {"systemic_clearance": "… L/h", "logp_octanol_water": "… log10"}


def test_with_the_numbers_written_the_report_is_whole(file_of):
    found = study(read(file_of()))
    assert found.lacking == ()
    assert found.prediction is not None
    assert NOT_COMPUTED not in [section.title for section in document_of(found).filled]


def test_without_loading_there_is_a_report_too(folder, unknown_drug):
    path = folder / "unknown.toml"
    path.write_text(unknown_drug + FEW, "utf-8")
    found = study(read(path))
    assert found.loading is None
    assert {item.name for item in found.lacking} == NEEDED.keys()
    titles = [section.title for section in document_of(found).filled]
    assert {"Is it feasible?", "The evidence", "What to measure of the product"} <= set(titles)


def test_what_is_no_number_stands_as_an_obstacle():
    """Crystals into a vein: their loading is computed, and the report says why the rest is not."""
    formulation = formulate.new_formulation(
        payload=[{"id": "triamcinolone-acetonide", "dose": "5 mg"}],
        layer=[{"id": "crystals", "carrier": "free-drug-suspension", "holds": ["triamcinolone-acetonide"]}],
        regimen={"site": "bone", "route": "intravenous", "volume": "5 mL"},
        calculation={"draws": 16},
    )
    found = study(formulation)
    assert found.loading is not None
    assert found.lacking == ()
    assert "would block vessels" in found.obstacles[0]
    assert "would block vessels" in document_of(found).answer
    assert any("means over the whole skeleton" in text for text in found.of_site)  # of the drug in solution
    (given,) = [section for section in document_of(found).filled if section.title.startswith("Where and how")]
    assert "of the drug alone" in " ".join(block.text for block in given.blocks if isinstance(block, Text))


def test_one_page_says_what_to_write(half):
    page = summary_of(half)
    (limits,) = [section.blocks[0] for section in page.filled if section.title.startswith("What limits it")]
    assert any('systemic_clearance = "… L/h"' in text for text in limits.texts)
    assert [str(row[0]) for _, table in page.tables for row in table.rows][:1] == ["dose that fits"]


def test_files_are_written_and_read_again(folder, file_of, monkeypatch):
    path = file_of("systemic_clearance", "logp_octanol_water")
    monkeypatch.chdir(folder)
    outputs = [part for ending in ("pdf", "json") for part in ("-o", f"r.{ending}")]
    done = CliRunner().invoke(cli, ["report", path.name, *outputs])
    assert done.exit_code == 0, done.stderr
    told = done.stderr.splitlines()[0]
    assert told.startswith("drug.toml: partial: release, the stay at the site and the exposure not computed. 2 numbers")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader("r.pdf").pages)
    assert "systemic_clearance" in text
    content = json.loads((folder / "r.json").read_text("utf-8"))
    results = content["results"]
    assert [item["field"] for item in results["missing"]] == [
        "payload.0.set.systemic_clearance",
        "payload.0.set.logp_octanol_water",
    ]
    assert set(results["left_out"]) == {"predict", "retention", "sensitivity"}
    assert formulate.rerun(folder / "r.json").verdict == "same"


@pytest.mark.parametrize("command", ["retention", "predict", "sensitivity", "dose", "release", "loading"])
def test_commands_name_all_numbers_at_once(command, folder, unknown_drug):
    """Each in a line of its own with its field; loading and release name those alone that they need."""
    path = folder / "none.toml"
    path.write_text(unknown_drug.replace('"liposome"\nholds', '"hyaluronic-acid-hydrogel"\nholds'), "utf-8")
    done = CliRunner().invoke(cli, [command, str(path)])
    assert done.exit_code == 2
    fields = [line.split(": ")[1] for line in done.stderr.splitlines()]
    few = {"loading": 1, "release": 3}.get(command, 10)
    assert len(fields) == len(set(fields)) == few, done.stderr
    assert all(field.startswith("payload.0.set.") for field in fields)
