"""A report as JSON and computed again from it: the same bit for bit, or what changed is named."""

import json
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
import tomli
import tomli_w
from click.testing import CliRunner

import formulate
from formulate import examples
from formulate.again.changes import Change, changes_between
from formulate.again.rerun import Rerun
from formulate.again.told import lines
from formulate.formulation import read
from formulate.report.record_file import LARGEST_REPORT
from formulate.report.record_form import ReportForm, schema_text
from formulate.report.reported import reported
from materials import catalog
from materials.errors import FileError
from tui.cli import cli

ROOT = Path(__file__).parents[2]
POINTS = {
    "time": ["6 h", "1 d", "3 d"],
    "released": ["2.2 percent", "5.2 percent", "9.2 percent"],
    "source": "batch 12",
}
LAW = {
    "law": "weibull_2",
    "time_unit": "d",
    "measured_until": "14 d",
    "in_body_factor": {"typical": "2", "low": "1", "high": "3"},
    "covariance": [[0.0064, 0.00087], [0.00087, 0.00016]],
    "values": {"alpha": 3.45, "beta": 0.68},
}
OWN = """
[[carrier]]
id = "plga-microsphere"
[[carrier.property]]
name = "density"
typical = {density}
low = 1.1
high = 1.4
unit = "g/cm^3"
spread = "range"
note = "of our batches, 微球"
"""
FILES = {
    "nest": "dasatinib-microspheres-in-gel.toml",
    "points": "triamcinolone-microspheres.toml",
    "law": "triamcinolone-microspheres.toml",
    "cells": "stem-cells-knee.toml",
    "question": "triamcinolone-knee.toml",
    "own drugs": "own-drug-knee.toml",
}


def text_of(name: str) -> str:
    """Give the text of a shipped file with few draws, and with what a case adds to it."""
    content = tomli.loads(examples.text(FILES[name]))
    content.setdefault("calculation", {})["draws"] = 16
    if name == "points":
        content["layer"][0]["first_points"] = POINTS
    if name == "law":
        content["layer"][0]["release"] = LAW
    if name == "question":
        content["carriers"] = ["plga-microsphere", "free-drug-suspension", "liposome"]
    if name == "own drugs":
        content["carriers"] = ["plga-microsphere", "liposome"]
    return tomli_w.dumps(content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def written(folder):
    """Give the JSON of every kind of file, by name."""
    found = {}
    for name in FILES:
        source = folder / f"{name}.toml"
        source.write_text(text_of(name), "utf-8")
        found[name] = folder / f"{name}.json"
        found[name].write_text(reported(read(source), title="Again", date="2 January 2026").to_json(), "utf-8")
        source.unlink()
    return found


def changed(path, folder, change):
    """Give a report with something in it changed."""
    content = json.loads(path.read_text("utf-8"))
    change(content)
    other = folder / "changed.json"
    other.write_text(json.dumps(content), "utf-8")
    return other


def run(*arguments):
    return CliRunner().invoke(cli, [str(item) for item in arguments])


@pytest.mark.parametrize("name", FILES)
def test_a_report_gives_the_same_again_bit_for_bit(name, written):
    found = formulate.rerun(written[name])
    assert found.verdict == "same"
    assert (found.versions, found.values, found.changes) == ((), (), ())
    assert found.text == written[name].read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_report_has_the_form_it_declares_and_every_digit(name, written):
    content = json.loads(written[name].read_text("utf-8"))
    form = ReportForm.model_validate(content)
    assert (form.report.title, form.report.date) == ("Again", "2 January 2026")
    assert {item.key for item in form.report.values} >= {
        item["key"] for item in (content["results"].get("predict") or {"inputs": []})["inputs"]
    }
    assert form.report.values
    kept = [end for moved in numbers(content["results"]) for end in moved]
    assert sum(len(repr(end)) > 12 for end in kept) > 20  # not rounded


def numbers(value):
    """Give median, low and high of every quantity."""
    if isinstance(value, dict):
        ends = [value[end] for end in ("median", "low", "high") if isinstance(value.get(end), float)]
        if ends:
            assert "unit" in value
            yield ends
        for item in value.values():
            yield from numbers(item)
    elif isinstance(value, list):
        for item in value:
            yield from numbers(item)


def test_the_parts_are_what_the_commands_give(written, empty_folder):
    content = json.loads(written["nest"].read_text("utf-8"))["results"]
    Path("f.toml").write_text(text_of("nest"), "utf-8")
    for command in ("predict", "loading", "retention", "recipe", "feasible", "evidence"):
        printed = json.loads(run(command, "f.toml", "--json").stdout)["results"]
        moved = [item for item in changes_between(printed, content[command]) if item.largest > 1e-5]
        assert not moved, (command, moved[:3])


def test_a_formulation_ranked_among_the_carriers_gives_the_same_again(folder):
    source = folder / "among.toml"
    source.write_text(text_of("cells"), "utf-8")
    made = reported(read(source), among=True)
    path = folder / "among.json"
    path.write_text(made.to_json(), "utf-8")
    assert len(json.loads(made.to_json())["results"]["compare"]["rows"]) > 2
    found = formulate.rerun(path)
    assert found.verdict == "same"
    assert found.made.among is not None


def test_the_schema_that_ships_is_that_of_the_models():
    assert (
        (ROOT / "formulate/report/report.schema.json").read_text("utf-8")
        == schema_text()
        == run("report", "--schema").stdout
    )


def test_measured_points_and_laws_stand_in_the_report_itself(written):
    points = json.loads(written["points"].read_text("utf-8"))["inputs"]["layer"][0]["first_points"]
    assert points["released"] == ["2.2 percent", "5.2 percent", "9.2 percent"]
    law = json.loads(written["law"].read_text("utf-8"))["inputs"]["layer"][0]["release"]
    assert law["covariance"] == [[0.0064, 0.00087], [0.00087, 0.00016]]


@pytest.fixture
def with_own_entry(empty_folder):
    """A report that rests on an entry of the user, whose file is gone since."""
    Path("f.toml").write_text(text_of("nest"), "utf-8")
    Path("own.toml").write_text(OWN.format(density="1.25"), "utf-8")
    done = run("report", "f.toml", "--catalog", "own.toml", "-o", "r.json")
    assert done.exit_code == 0, done.output
    Path("own.toml").unlink()
    Path("f.toml").unlink()
    return Path("r.json")


def test_entries_of_the_user_come_along(with_own_entry):
    content = json.loads(with_own_entry.read_text("utf-8"))
    assert content["report"]["own_catalog"] == [{"name": "own.toml", "text": OWN.format(density="1.25")}]
    done = run("rerun", "r.json")
    assert (done.exit_code, done.stdout) == (0, "r.json: the same, bit for bit.\n")
    assert catalog.load().own_files == ()  # those of the report hold while it is computed, and no longer


def test_catalog_files_of_whoever_computes_it_again_do_not_count(with_own_entry):
    Path("formulate-catalog").mkdir()
    Path("formulate-catalog/mine.toml").write_text(OWN.format(density="1.15"), "utf-8")
    catalog.use()
    assert catalog.load().own_files
    found = formulate.rerun("r.json")
    assert found.verdict == "same"
    assert found.text == with_own_entry.read_text("utf-8")


def test_a_changed_value_of_the_catalog_is_named_with_what_it_moved(with_own_entry):
    text = with_own_entry.read_text("utf-8").replace("typical = 1.25", "typical = 1.35")
    Path("r.json").write_text(text, "utf-8")
    done = run("rerun", "r.json")
    assert done.exit_code == 1
    assert "not the same: 1 input changed" in done.stdout
    assert "plga-microsphere.density: 1.25 (1.1 to 1.4) g/cm³, user -> 1.35 (1.1 to 1.4) g/cm³, user" in done.stdout
    assert "+user." in done.stdout  # the version of the catalog
    printed = run("rerun", "r.json", "--json")
    results = json.loads(printed.stdout)["results"]
    assert printed.exit_code == 1
    assert [item["differ_in"] for item in results["values"]] == [["typical"]]
    places = [item for item in results["changes"] if item["place"].startswith("predict.estimates.")]
    moved = [item for item in places if item["kind"] == "moved" and "evidence" not in item["place"]]
    kept = json.loads(text)["results"]["predict"]["estimates"]
    assert moved
    for item in moved:
        for end, value in item["before"].items():
            assert value == kept[item["place"].rpartition(".")[2]][end] != item["now"][end]


def test_a_number_of_the_shipped_catalog_that_changed_is_named(written, monkeypatch):
    known = catalog.load()
    knee = known.sites["knee"]
    values = tuple(
        value.model_copy(update={"typical": 3.0}) if value.name == "lymph_flow" else value for value in knee.property
    )
    sites = {**known.sites, "knee": knee.model_copy(update={"property": values})}
    monkeypatch.setattr(catalog, "shipped", lambda: replace(known, sites=sites, version="other"))
    found = formulate.rerun(written["nest"])
    assert found.versions == (("catalog", known.version, "other"),)
    (value,) = found.values
    assert (value.key, value.fields) == ("knee.lymph_flow", ("typical",))
    assert value.now == {**(value.before or {}), "typical": 3.0}
    assert "predict.estimates.drug_half_life" in {change.place for change in found.changes}
    of_carriers = formulate.rerun(written["question"])
    assert [item.used_by for item in of_carriers.values] == [("plga-microsphere", "free-drug-suspension", "liposome")]


def test_rounding_is_told_from_what_moved(written, folder):
    def by(factor):
        def change(content):
            cover = content["results"]["predict"]["estimates"]["largest_dose"]
            cover["median"] *= factor
            content["report"]["versions"]["numpy"] = "1.0.0"

        return change

    path = changed(written["nest"], folder, by(1 + 1e-12))
    done = run("rerun", path)
    assert done.exit_code == 0
    assert "the same but for rounding, 1 number by at most 1e-12" in done.stdout
    assert "numpy 1.0.0, now " in done.stdout
    path = changed(written["nest"], folder, by(1 + 1e-8))
    assert run("rerun", path).exit_code == 1
    (change,) = formulate.rerun(path).changes
    assert (change.place, change.kind) == ("predict.estimates.largest_dose", "moved")


def test_the_main_numbers_are_told_first_and_curves_last():
    places = ("predict.curves.released", "loading.layers.0.mass", "predict.curve_ends.mass", "predict.estimates.cover")
    moved = [Change(place, "", "", "moved", {"median": 1.0}, {"median": 2.0}, 0.5) for place in places]
    found = Rerun(Path("r.json"), None, "", (("numpy", "1", "2"),), (), tuple(moved))
    told = [line.split(":")[0].strip() for line in lines(found) if ": median" in line]
    assert told == [places[3], places[1], places[0], places[2]]


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_written_again_as_something_else(with_own_entry, written):
    done = run("report", "r.json", "-o", "again.json", "--title", "Second")
    assert done.exit_code == 0, done.output
    first, second = (json.loads(Path(name).read_text("utf-8")) for name in ("r.json", "again.json"))
    assert second["report"].pop("title") == "Second"
    first["report"].pop("title")
    assert first == second
    assert run("report", written["cells"], "-o", "again.html").exit_code == 0
    page = Path("again.html").read_text("utf-8")
    assert "<h1>Again</h1>" in page
    assert "2 January 2026" in page


def test_nothing_beside_the_report_is_read(written, monkeypatch, tmp_path):
    opened = []
    plain = Path.open

    def watched(self, *given, **more):
        opened.append(self)
        return plain(self, *given, **more)

    def refuse(*_, **__):
        raise AssertionError("a report may start nothing")

    formulate.rerun(written["points"])  # what the program reads of its own is read by now
    monkeypatch.setattr(Path, "open", watched)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(os, "system", refuse)
    assert formulate.rerun(written["points"]).verdict == "same"
    ours = [path for path in opened if not path.is_relative_to(ROOT) and path.name != "METADATA"]  # of the program
    assert ours == [written["points"]]


BAD = {
    "empty": (b"", "is empty"),
    "no JSON": (b"kind = 'question'", "bad.json:1: not JSON"),
    "cut short": (None, "not JSON"),
    "one line of 10 MB": (b"x" * 10_000_000, "bad.json:1: not JSON"),
    "one word of 10 MB": (b'{"a": "' + b"x" * 10_000_000 + b'"}', "is no report"),
    "a list": (b"[1]", "is no report"),
    "JSON of another command": (b'{"schema_version": 1, "command": "predict"}', "is no report"),
    "newer": (b'{"schema": "formulate-report", "schema_version": 2}', "schema_version: 2, of a newer program"),
    "no content": (b'{"schema": "formulate-report", "schema_version": 1}', "is missing"),
    "NaN": (b'{"schema": "formulate-report", "seed": NaN}', "holds NaN"),
    "beyond floats": (b'{"schema": "formulate-report", "seed": 1e999}', "holds 1e999"),
    "beyond integers": (b'{"seed": ' + b"9" * 5000 + b"}", "is no number"),
    "deep": (b"[" * 100_000, "tables in tables"),
    "deep enough": (b"[" * 300 + b"]" * 300, "tables in tables"),
    "half a character": (b'{"schema": "\\ud800"}', "half a character"),
    "not UTF-8": (b"\xff\xfe", "not UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report_is_refused_in_one_line(name, written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data, told = BAD[name]
    whole = written["nest"].read_bytes()
    Path("bad.json").write_bytes(whole[: len(whole) // 2] if data is None else data)
    for command in (["rerun", "bad.json"], ["report", "bad.json", "-o", "x.html"]):
        done = run(*command)
        assert done.exit_code == 2, done.output
        assert len(done.stderr.splitlines()) == 1
        assert len(done.stderr) < 600
        assert told in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.json"]


def test_a_report_too_large_or_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "no such file" in run("rerun", "none.json").stderr
    with Path("large.json").open("wb") as stream:
        stream.truncate(LARGEST_REPORT + 1)
    assert f"at most {LARGEST_REPORT} bytes" in run("rerun", "large.json").stderr


PLACES = [
    (("seed",), -1),
    (("seed",), True),
    (("inputs",), []),
    (("inputs", "kind"), "target"),
    (("inputs", "calculation"), "many"),
    (("inputs", "layer", 0, "carrier"), "unheard-of"),
    (("inputs", "layer", 0, "set"), {"diameter": "40 furlong"}),
    (("inputs", "regimen", "site"), None),
    (("inputs", "payload", 0, "dose"), 5),
    (("report", "draws"), 10**9),
    (("report", "title"), "x" * 301),
    (("report", "own_catalog"), [{"name": "../../x.toml", "text": "[[carrier]]\nid = 5"}]),
    (("report", "own_catalog"), [{"name": "x.toml", "text": "import os"}]),
    (("report", "own_catalog"), [{"name": "x.toml"}]),
    (("report", "values"), [{"key": "a"}]),
    (("results",), {}),
    (("warnings",), [1]),
]


@pytest.mark.parametrize(("place", "value"), PLACES)
def test_a_report_that_someone_broke_is_refused_in_one_line(place, value, written, tmp_path):
    def change(content):
        *way, last = place
        for key in way:
            content = content[key]
        content[last] = value

    path = changed(written["nest"], tmp_path, change)
    done = run("rerun", path)
    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1
    with pytest.raises(FileError):
        formulate.rerun(path)
