"""Catalog commands that write and read files: export, import, new, coverage; nothing of the user's is lost."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from materials import cards, exchange, tables
from tui import catalog_files
from tui.cli import cli

pytestmark = pytest.mark.usefixtures("empty_folder")

GEL = "id,property,typical,unit\nhyaluronic-acid-hydrogel,storage_modulus,0.3,kPa\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["catalog", *arguments], prog_name="formulate")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    return line


def test_an_export_says_how_many_rows_it_wrote_and_reads_back_as_nothing_new():
    assert "values.csv: " in done("export", "-o", "values.csv")
    told = json.loads(done("import", "values.csv", "--json"))["results"]
    assert (told["new"], told["changed"], told["written"]) == (0, 0, None)
    assert not Path("formulate-catalog").exists()


def test_an_export_without_a_file_is_printed():
    assert done("export", "--format", "csv").startswith("kind,id,property,")
    assert "catalog_version" in json.loads(done("export", "--format", "json"))
    assert "--output: is missing" in refused("export", "--format", "xlsx")


def test_an_export_overwrites_no_catalog_file_and_no_device():
    own = Path("own")
    own.write_text('[[carrier]]\nid = "plga-microsphere"\nname = "Mine"\n', "utf-8")
    before = own.read_bytes()
    assert "catalog file in force" in refused("export", "--format", "csv", "-o", "own", "--catalog", "own")
    assert own.read_bytes() == before
    assert "the format is csv" in refused("export", "--format", "csv", "-o", "x.toml")
    assert "holds every table" in refused("export", "--table", "entries", "-o", "x.json")
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe.csv")
        assert "is a device or a pipe" in refused("export", "-o", "pipe.csv")


def test_an_import_is_in_force_at_once_and_shown_as_yours():
    Path("gel.csv").write_text(GEL, "utf-8")
    assert "1 changed" in done("import", "gel.csv")
    shown = json.loads(done("show", "hyaluronic-acid-hydrogel", "--json"))["results"]
    (value,) = [
        item for item in shown["values"] if item["property"] == "storage_modulus" and not item.get("alternative")
    ]
    assert (value["typical"], value["evidence"]) == (0.3, "user")
    assert "0 new, 0 changed, 1 unchanged" in done("import", "gel.csv")


def test_an_import_that_could_not_be_read_back_is_taken_away_again():
    Path("formulate-catalog").mkdir()
    entry = '[[carrier]]\nid = "my-gel"\nname = "My gel"\ncarrier_class = "hydrogel"\nphysical_form = "bulk-gel"\n'
    Path("formulate-catalog/z.toml").write_text(entry, "utf-8")
    Path("batch.csv").write_text(GEL.replace("hyaluronic-acid-hydrogel", "my-gel"), "utf-8")
    assert "my-gel" in run("import", "batch.csv").stderr  # batch is read before z, which makes my-gel
    assert [file.name for file in Path("formulate-catalog").iterdir()] == ["z.toml"]
    done("show", "my-gel")


@pytest.mark.parametrize("name", ["..csv", ".hidden.csv"])
def test_an_import_that_would_be_passed_over_is_refused(name):
    Path(name).write_text(GEL, "utf-8")
    assert "starts with a point" in refused("import", name)


def test_a_folder_that_cannot_be_made_is_refused():
    Path("gel.csv").write_text(GEL, "utf-8")
    Path("formulate-catalog").write_text("", "utf-8")
    assert "formulate-catalog" in refused("import", "gel.csv")


@pytest.mark.parametrize(
    ("asked", "of"),
    [(("carrier", "my-gel"), "hydrogel"), (("payload", "my-sirna"), "nucleic-acid"), (("carrier", "x"), "polymer-")],
)
def test_a_new_file_says_of_which_class_it_is_and_is_without_fault(asked, of, monkeypatch):
    # that the shipped catalog is without fault has tests of its own
    monkeypatch.setattr("materials.catalog.problems_between", lambda known: [])
    assert of in done("new", *asked)
    assert "no fault; 1 entry, 0 values" in done("check", f"{asked[1]}.toml")
    assert "is there already" in refused("new", *asked)


def test_a_file_of_comments_alone_is_told_to_hold_no_entry(monkeypatch):
    monkeypatch.setattr("materials.catalog.problems_between", lambda known: [])
    Path("mine.toml").write_text("# [[carrier]]\n# id = 'x'\n", "utf-8")
    text = done("check", "mine.toml")
    assert "mine.toml: holds no entry" in text
    assert "mine.toml: no fault" not in text
    (held,) = json.loads(done("check", "mine.toml", "--json"))["results"]["held_in"]
    assert not any(held.values())


def test_a_structure_belongs_to_a_payload():
    assert "--smiles: a carrier has no structure" in refused("new", "carrier", "x", "--smiles", "CCO")


def test_coverage_counts_every_table():
    rows = json.loads(done("coverage", "--json"))["results"]["tables"]
    assert all(row["rows"] == row["in_catalog"] + row["left_out"] for row in rows)
    text = done("coverage")
    assert all(str(row["table"]) in text for row in rows)


def test_the_choices_of_the_commands_are_those_of_the_catalog():
    # written out in the commands, so that --help reads no catalog
    assert set(catalog_files.TABLES) == set(tables.TABLES)
    assert catalog_files.FORMATS == exchange.FORMATS
    assert catalog_files.KINDS == cards.KINDS
