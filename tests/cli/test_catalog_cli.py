"""The catalog as a user asks for it: lists, one entry, entries side by side, sources, conflicts, files of their own."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from materials import cards, catalog
from materials.catalog import KINDS, Catalog
from materials.errors import FormulateError
from materials.evidence import Evidence
from materials.schema import Carrier, Conflict, Study
from materials.search import cards_of, find
from materials.sources import references
from materials.tables import uses
from tui.catalog_compare import MOST, together
from tui.catalog_text import PLURALS
from tui.cli import cli
from tui.table import fold, grid, text_width, wrap

ROOT = Path(__file__).parents[2]
KNEE = catalog.shipped().sites["knee"]
KEY = next(key for key in references() if all(key not in (item.source, *item.cites) for item in KNEE.property))
OWN = """\
[[carrier]]
id = "plga-microsphere"
[[carrier.property]]
name = "diameter"
typical = 21.5
unit = "um"

[[carrier]]
id = "my-gel"
name = "My gel"
name_zh = "我的凝胶"
carrier_class = "hydrogel"
physical_form = "bulk-gel"
[[carrier.property]]
name = "storage_modulus"
low = 200.0
high = 800.0
unit = "Pa"
spread = "range"
source = "my notebook, page 3"
"""
BROKEN = """\
[[carrier]]
id = "my-gel"
name = "My gel"
carrier_class = "hydrogel"
physical_form = "bulk"
[[carrier.property]]
name = "storage_modulus"
typical = "hard"
unit = "Pa"
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("own.toml").write_text(OWN, "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["catalog", *arguments], prog_name="formulate")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def flat(*arguments: str) -> str:
    return " ".join(done(*arguments).split())


def results(*arguments: str) -> dict[str, object]:
    content = json.loads(done(*arguments, "--json"), parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert content["schema_version"] == 1
    assert content["command"].startswith("catalog")
    assert content["seed"] is None
    return content["results"]


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    return line


# a catalog of three carriers, in which everything occurs that an entry can have


def value(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "unit": "nm", "evidence": "secondary", "source": KEY, **more}


def said(kind: str, text: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "text": text, "evidence": "review", "mark": "stated", "source": KEY, "locator": "2.1", **more}


ALPHA = {
    "id": "alpha",
    "name": "Alpha vesicles",
    "name_zh": "甲囊泡",
    "synonyms": ["alpha-vesicle"],
    "description": "Vesicles for a test.",
    "carrier_class": "extracellular-vesicle",
    "physical_form": "nano",
    "is_own_drug": True,
    "cell_source": "bone-marrow",
    "mark": "title",
    "named_in": [{"source": KEY, "locator": "section 9", "cites": [KEY]}],
    "modifications": [{"what": "RGD peptide", "purpose": "to find vessels"}],
    "sites": ["knee"],
    "property": [
        value(
            "diameter",
            typical=67.08,
            typical_is="middle",
            low=30,
            high=150,
            spread="range",
            evidence="review",
            mark="hedged",
        ),
        value("diameter", typical=100, low=40, high=150, spread="range", alternative=True, note="Another paper."),
        value("bilayer_thickness", typical=220, typical_is="bound", high=220, spread="bound", unit="nm"),
        value("zeta_potential", typical=-12, unit="mV", evidence="assumed", source="", note="Judgement."),
        value("polydispersity_index", typical=0.2, unit="1", evidence="derived", source="", note="Mean of two."),
        value("density", typical=1.1, low=1.0, high=1.2, spread="p10_p90", unit="g/cm^3", species="rat", locator="T 3"),
    ],
    "missing": [{"name": "drug_loading", "reason": "Nobody measured it."}],
    "statement": [
        said("for", "Small enough to travel.", topic="size"),
        said("against", "Gone in an hour.", mark="hedged"),
        said("risk", "May carry what harms."),
        said("cost", "Dear to make."),
        said("difficulty", "Hard to sort."),
        said("mechanism", "Fuses with the cell."),
        said("use", "Given once."),
        said("fact", "Half are cups.", topic="shape", implication="Size it twice.", evidence="secondary", mark=""),
        said("comparison", "Smaller than beta.", than=["beta"], cites=[KEY]),
    ],
}
BETA = {
    "id": "beta",
    "name": "Beta vesicles",
    "carrier_class": "extracellular-vesicle",
    "physical_form": "nano",
    "cell_source": "bone-marrow",
    "parent": "alpha",
    "inherits": [{"from": "alpha", "properties": ["density"]}],
    "property": [value("diameter", typical=300)],
    "statement": [said("comparison", "Cheaper than alpha.", than=["alpha"], topic="price")],
}
GAMMA = {"id": "gamma", "name": "Gamma gel", "carrier_class": "hydrogel", "physical_form": "bulk-gel"}
STUDIES = [
    {
        "id": f"study-{stage}",
        "name": f"A study, {stage}",
        "stage": stage,
        "direction": "positive",
        "carriers": ["alpha"],
        "sites": ["knee"],
        "outcome": f"Better in the {stage}.",
        "source": KEY,
    }
    for stage in ("in-vitro", "trial")
]
CONFLICT = {
    "id": "alpha-size",
    "title": "Size of alpha",
    "conflict_class": "between-reviews",
    "entries": ["alpha"],
    "statement": "One says 30 nm.",
    "against": "The other says 300 nm.",
    "check": "A third says 100 nm.",
    "check_source": KEY,
    "handling": "Both are shown.",
    "named_in": [{"source": KEY, "locator": "p 4"}],
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    shipped = catalog.shipped()
    made = catalog.inherit(
        replace(
            shipped,
            carriers={row["id"]: Carrier.model_validate(row) for row in (ALPHA, BETA, GAMMA)},
            payloads={},
            methods={},
            sites={"knee": shipped.sites["knee"]},
            studies={row["id"]: Study.model_validate(row) for row in STUDIES},
            conflicts={"alpha-size": Conflict.model_validate(CONFLICT)},
        )
    )
    monkeypatch.setattr(catalog, "load", lambda: made)
    monkeypatch.setattr(cards, "in_force", lambda: cards_of(made))
    return made


# overview


def test_the_group_alone_tells_what_the_catalog_holds():
    known = catalog.load()
    text = done()
    assert known.version in text
    for kind in KINDS:
        assert f"{len(known.kind(kind))} " in text
    for level in Evidence:
        assert str(level) in text.lower()
    assert "ASSUMED" in text
    assert "formulate catalog carriers" in text
    assert "Your files: none in force" in text
    content = results()
    assert content["carriers"]["count"] == len(known.carriers)
    assert sum(content["carriers"]["classes"].values()) == len(known.carriers)
    assert content["runnable_carriers"] == list(known.runnable_carriers())
    assert content["own_files"] == []


def test_the_counts_of_the_values_leave_out_what_is_taken_over(small):
    knee = [item.evidence for item in KNEE.property if not item.inherited_from]
    content = results()
    assert sum(content["values"].values()) == len(knee) + len(ALPHA["property"]) + len(BETA["property"])
    for level in ("assumed", "derived", "review"):
        assert content["values"][level] == 1 + knee.count(level)
    assert content["statements"] == 10 + len(KNEE.statement)
    assert content["conflicts"] == 1


def test_json_before_the_command_is_refused_not_ignored():
    assert "--json" in refused("--json", "carriers")


# lists


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_names_every_entry_and_the_total(kind, monkeypatch):
    known = catalog.load().kind(kind)
    content = results(PLURALS[kind])
    assert [row["id"] for row in content[PLURALS[kind]]] == sorted(known)
    assert (content["found"], content["of"]) == (len(known), len(known))
    monkeypatch.setenv("COLUMNS", "500")
    lines = done(PLURALS[kind]).splitlines()
    assert [line.split()[0] for line in lines[1:-2]] == sorted(known)
    for line, identifier in zip(lines[1:-2], sorted(known), strict=True):
        assert " ".join(known[identifier].name.split()) in line
    assert lines[-1].startswith(f"{len(known)} {kind[:4]}")


def test_a_carrier_stands_with_class_form_values_and_what_runs_it(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    known = catalog.load()
    lines = done("carriers", "--class", "polymer-microparticle").splitlines()
    assert lines[0].split() == ["id", "name", "class", "form", "values", "runs"]
    (row,) = [line for line in lines if line.startswith("plga-microsphere ")]
    count = len(known.carriers["plga-microsphere"].property)
    assert row.split()[-4:] == ["polymer-microparticle", "micro", str(count), "yes"]
    (json_row,) = [row for row in results("carriers")["carriers"] if row["id"] == "plga-microsphere"]
    assert (json_row["values"], json_row["physical_form"], json_row["runs"]) == (count, "micro", True)


def test_what_cannot_run_says_what_it_lacks(small):
    rows = {row["id"]: row for row in results("carriers")["carriers"]}
    assert not rows["gamma"]["runs"]
    assert all(not stage["ready"] and not stage["named"] for stage in rows["gamma"]["calculators"])
    assert "polymer_mass_fraction" in rows["gamma"]["calculators"][0]["lacks"]
    assert rows["alpha"]["calculators"] == []
    lines = done("carriers").splitlines()
    assert [line.split()[-1] for line in lines if line.startswith(("alpha", "beta"))] == ["no", "no"]
    assert any(line.startswith("gamma") and "lacks" in line for line in lines)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (["--class", "hydrogel"], {"of_class": "hydrogel"}),
        (["--site", "knee"], {"site": "knee"}),
        (["--evidence", "assumed"], {"evidence": "assumed"}),
        (["--evidence", "stated"], {"evidence": "stated"}),
        (["--stage", "small-animal"], {"stage": "small-animal"}),
        (["--has", "size"], {"has": "diameter"}),
        (["--text", "PLGA microspheres"], {"text": "plga microspheres"}),
        (["--class", "hydrogel", "--has", "diameter"], {"of_class": "hydrogel", "has": "diameter"}),
    ],
)
def test_conditions_narrow_a_list(options, asked):
    expected = [entry.id for entry in find(catalog.load(), "carrier", **asked)]
    content = results("carriers", *options)
    assert [row["id"] for row in content["carriers"]] == expected
    assert f"{len(expected)} of {len(catalog.load().carriers)}" in flat("carriers", *options)


def test_conditions_of_the_other_kinds(small):
    assert [row["id"] for row in results("carriers", "--cell-source", "bone-marrow")["carriers"]] == ["alpha", "beta"]
    assert [row["id"] for row in results("carriers", "--stage", "trial")["carriers"]] == ["alpha"]
    assert [row["id"] for row in results("carriers", "--evidence", "hedged")["carriers"]] == ["alpha"]
    assert [row["id"] for row in results("studies", "--stage", "trial")["studies"]] == ["study-trial"]
    assert [row["id"] for row in results("studies", "--site", "knee", "--text", "vitro")["studies"]] == [
        "study-in-vitro"
    ]
    assert [row["id"] for row in results("sites", "--class", "joint")["sites"]] == ["knee"]
    assert results("payloads", "--text", "nothing")["payloads"] == []
    assert results("methods", "--text", "nothing")["methods"] == []


def test_a_study_stands_with_stage_direction_and_what_it_is_about(small):
    lines = done("studies").splitlines()
    assert lines[0].split() == ["id", "name", "stage", "direction", "about"]
    assert lines[2].split() == ["study-trial", "A", "study,", "trial", "trial", "positive", "alpha,", "knee"]


def test_nothing_found_is_told_with_a_hint():
    text = flat("carriers", "--class", "hydrogel", "--text", "xyzzy")
    assert text.startswith("No carrier found: 0 of ")
    assert "Leave a condition out" in text
    assert results("carriers", "--text", "xyzzy")["carriers"] == []


def test_chinese_names_stand_in_the_place_of_the_english(small):
    text = done("carriers", "--zh")
    assert "甲囊泡" in text
    assert "Alpha vesicles" not in text
    assert "Beta vesicles" in text  # has no Chinese name


def test_columns_stand_straight_under_chinese_names(small):
    rows = done("carriers", "--zh").splitlines()[1:4]
    places = {text_width(row[: row.index("extracellular" if "extra" in row else "hydrogel")]) for row in rows}
    assert len(places) == 1


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["carriers", "--class", "gel"], "unknown carrier class 'gel'; nearest: "),
        (["carriers", "--site", "nee"], "unknown site 'nee'; nearest: knee"),
        (["carriers", "--evidence", "sure"], "unknown evidence level 'sure'; need "),
        (["carriers", "--stage", "mouse"], "unknown stage 'mouse'; need "),
        (["studies", "--stage", "mouse"], "unknown stage 'mouse'; need "),
        (["carriers", "--has", "siz"], "unknown property 'siz'; nearest: "),
        (["carriers", "--cell-source", "nowhere"], "unknown cell source 'nowhere'"),
        (["carriers", "--text", " "], "--text: is empty"),
        (["payloads", "--cell-source", "x"], "No such option"),
        (["carriers", "more"], "unexpected extra argument"),
        (["carriage"], "No such command"),
        (["show"], "Missing argument"),
        (["show", "plga-microspheer"], "nearest: plga-microsphere"),
        (["compare"], "0 entries to compare; need 2 to 12"),
        (["compare", "knee"], "1 entry to compare; need 2 to 12"),
        (["compare", "knee", "dasatinib"], "knee is a site, dasatinib a payload"),
        (["compare", "plga-microsphere", "plga-microsphere"], "given twice"),
        (["compare", "free-drug-suspension", "suspension"], "free-drug-suspension: given twice"),
        (["compare", "plga-microsphere", "nothing-like-it"], "unknown id"),
        (["compare", "--cell-source", "nowhere"], "unknown cell source 'nowhere'"),
        (["compare", "knee", "--cell-source", "bone-marrow"], "need it without ids"),
        (["compare", *(["knee"] * (MOST + 1))], "13 entries to compare; need 2 to 12"),
        (["sources", "nobody1900"], "unknown source 'nobody1900'; nearest: "),
        (["sources", KEY, "--text", "a"], "need it without KEY"),
        (["conflicts", "nothing-like-it"], "unknown conflict 'nothing-like-it'"),
        (["check", "nowhere.toml"], "nowhere.toml: no such file"),
        (["check", "."], ".: is a folder"),
        (["carriers", "--catalog", "nowhere.toml"], "nowhere.toml: no such file"),
        (["--catalog", "nowhere.toml"], "nowhere.toml: no such file"),
    ],
)
def test_a_wrong_call_is_one_line(arguments, what):
    assert what in refused(*arguments)


# one entry


@pytest.mark.parametrize("identifier", ["plga-microsphere", "dasatinib", "knee", "free-drug-solution"])
def test_show_gives_each_value_with_evidence_and_source(identifier):
    known = catalog.load()
    entry = known.entry(identifier)
    text = done("show", identifier)
    assert text.startswith(f"{entry.name} ({identifier})\n")
    together_ = " ".join(text.split())
    for item in entry.property:
        assert known.property(item.name).label in together_
        if item.source:
            assert f"source: {item.source}" in together_
            assert f"{item.source}: " in together_  # with its reference at the end
    for gap in entry.missing:
        assert " ".join(gap.reason.split()) in together_
    content = results("show", identifier)
    assert content["id"] == identifier
    assert len(content["values"]) == len(entry.property)
    for row, item in zip(content["values"], entry.property, strict=True):
        assert row["property"] == item.name
        assert row["evidence"] == item.evidence
        assert (row["low"], row["high"], row["unit"]) == (item.low, item.high, item.unit)
        assert (row["reference"] is None) == (item.source not in references())


def test_show_takes_a_synonym():
    assert done("show", "suspension").startswith("Free drug crystals in suspension (free-drug-suspension)")


def test_show_tells_names_and_what_the_entry_is(small):
    text = flat("show", "alpha")
    for part in (
        "Alpha vesicles (alpha) 甲囊泡 also called alpha-vesicle Vesicles for a test.",
        "physical form nano",
        "own drug yes",
        "cells from bone-marrow",
        "modified with RGD peptide: to find vessels",
        "in the reviews visible in a cited title only",
        f"named in {KEY}, section 9; cites {KEY}",
        "variants, parts beta",
        "sites knee",
    ):
        assert part in text
    assert "belongs to alpha" in flat("show", "beta")


def test_show_tells_numbers_as_their_sources_give_them(small):
    text = flat("show", "alpha")
    label = small.property("diameter").label
    assert f"{label}: 30 to 150 nm; review: hedged (may, might, could)" in text  # not its middle
    assert "67" not in text
    assert f"also 100 nm (40 to 150, range); secondary source: {KEY} note: Another paper." in text
    assert "at most 220 nm; secondary; shown only" in text
    assert "-12 mV; ASSUMED note: Judgement." in text
    assert "0.2; DERIVED note: Mean of two." in text
    assert f"1.1 g/cm^3 (1 to 1.2, 10th to 90th percentile) [rat]; secondary source: {KEY}, T 3" in text
    assert f"Not known {small.property('drug_loading').label}: Nobody measured it." in text
    assert "taken over from alpha" in flat("show", "beta")


def test_show_tells_all_that_is_said(small):
    text = flat("show", "alpha")
    order = ["For + size: Small", "Against - Gone", "Risks ! May", "Cost * Dear", "Difficulty * Hard",
             "Mechanism * Fuses", "Use * Given", "Facts * shape: Half", "Head to head", "Studies", "Conflicts",
             "Not known", "Calculators", "Sources"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "Half are cups. for a design: Size it twice." in text
    assert f"Small enough to travel. review: stated; {KEY}, 2.1" in text
    assert "compared with beta: Smaller than beta." in text
    assert "said of beta: (price) Cheaper than alpha." in text
    assert "trial, positive: Better in the trial. (study-trial" in text
    assert text.index("study-trial") < text.index("study-in-vitro")  # the strongest first
    for part in ("One says 30 nm.", "The other says 300 nm.", f"A third says 100 nm. [{KEY}]", "Both are shown."):
        assert part in text


def test_show_names_the_calculators_and_what_they_lack(small):
    assert "Calculators none: no mechanism is declared" in flat("show", "alpha")
    text = flat("show", "gamma")
    assert "none yet: it names no mechanism" in text
    assert f"lacks {small.property('polymer_mass_fraction').label}" in text
    assert "retention synovial-joint: has all it needs" in flat("show", "knee")


def test_show_says_loading_alone_only_of_what_is_loaded_alone():
    assert "loading alone: how it releases is not computed yet" in flat("show", "msc-exosome")
    for carrier in ("plga-microsphere", "mesoporous-silica"):
        assert "loading alone" not in flat("show", carrier)
        assert "has all it needs" in flat("show", carrier)


def test_show_of_a_nest_names_its_layers():
    text = flat("show", "plga-microsphere-in-hyaluronic-acid-hydrogel")
    assert "layers, inside out plga-microsphere, hyaluronic-acid-hydrogel" in text
    assert "loading entrapped: has all it needs" in text
    assert "release gel-diffusion: has all it needs" in text


def test_show_of_a_study(small):
    text = flat("show", "study-trial")
    for part in (
        "stage trial",
        "direction positive",
        "outcome Better in the trial.",
        "carriers alpha",
        f"source {KEY}",
    ):
        assert part in text


def test_show_in_brief(small):
    text = done("show", "alpha", "--brief")
    assert "30 to 150 nm" in text
    assert "Another paper" not in text
    assert KEY not in text
    assert "2 further values, 9 statements, 2 studies, 1 conflict, 1 not known" in " ".join(text.split())
    content = results("show", "alpha", "--brief")
    assert [row["property"] for row in content["values"]].count("diameter") == 1


def test_show_as_json_has_null_for_what_is_not_known(small):
    content = results("show", "alpha")
    interval, other = (row for row in content["values"] if row["property"] == "diameter")
    bound = next(row for row in content["values"] if row["high"] == 220)
    assert (interval["typical"], interval["low"], interval["high"], interval["used"]) == (None, 30, 150, True)
    assert (other["typical"], other["alternative"], other["used"]) == (100, True, False)
    assert (bound["typical"], bound["low"], bound["used"]) == (None, None, False)
    assert interval["reference"] == references()[KEY].text
    assert interval["inherited_from"] is None
    assert len(content["statements"]) == 9
    assert [row["id"] for row in content["compared_by_others"]] == ["beta"]
    assert [row["id"] for row in content["studies"]] == ["study-trial", "study-in-vitro"]
    assert [row["id"] for row in content["conflicts"]] == ["alpha-size"]
    assert content["missing"][0]["reason"] == "Nobody measured it."
    assert '""' not in done("show", "alpha", "--json")


def test_numbers_of_sources_are_not_rounded_in_json(small, monkeypatch):
    row = {**GAMMA, "property": [value("diameter", typical=123.456789012, unit="um")]}
    made = replace(small, carriers={"gamma": Carrier.model_validate(row)})
    monkeypatch.setattr(catalog, "load", lambda: made)
    monkeypatch.setattr(cards, "in_force", lambda: cards_of(made))
    assert results("show", "gamma")["values"][0]["typical"] == 123.456789012
    assert "123.456789012 um" in flat("show", "gamma")


def test_a_text_of_a_user_cannot_steer_the_terminal():
    Path("own.toml").write_text(OWN.replace('"My gel"', '"My \\u001b[2J gel"'), "utf-8")
    from tui.catalog_entry import entry_text

    catalog.use(Path("own.toml"))
    known = catalog.load()
    assert "\x1b" not in entry_text(known, known.carriers["my-gel"], 80)


# side by side


def test_two_entries_stand_side_by_side(small):
    lines = done("compare", "alpha", "beta").splitlines()
    assert lines[0].split() == ["alpha", "beta"]
    rows = {line[:26].strip(): line for line in lines if line[:1].strip()}
    text = " ".join(" ".join(lines).split())
    for part in (
        "name Alpha vesicles Beta vesicles",
        "physical form nano nano",
        "own drug yes no",
        "calculators run it no no",
        "said for it 1 0",
        "said against it 1 0",
        "risks 1 0",
        "studies 2 0",
        "best stage trial -",
        "Head to head = alpha compared with beta: Smaller than beta.",
        "= beta compared with alpha: (price) Cheaper than alpha.",
    ):
        assert part in text
    assert rows
    assert "30 to 150 nm review (hedged)" in text
    assert "300 nm secondary" in text
    assert "-12 mV ASSUMED" in text
    assert "at most 220 nm" in text


def test_what_nobody_measured_is_told_apart_from_what_is_not_in_the_catalog(small, monkeypatch):
    row = {**BETA, "property": [value("drug_loading", typical=5, unit="percent_w_w")]}
    made = replace(small, carriers={**small.carriers, "beta": Carrier.model_validate(row)})
    monkeypatch.setattr(catalog, "load", lambda: made)
    monkeypatch.setattr(cards, "in_force", lambda: cards_of(made))
    assert f"{small.property('drug_loading').label} not known 5 % w/w secondary" in flat("compare", "alpha", "beta")
    content = results("compare", "alpha", "beta")
    (loading,) = [row for row in content["properties"] if row["property"] == "drug_loading"]
    assert loading["values"]["alpha"] == []
    assert loading["not_known"] == {"alpha": "Nobody measured it."}


def test_a_comparison_as_json(small):
    content = results("compare", "alpha", "beta")
    assert content["kind"] == "carrier"
    assert [row["id"] for row in content["entries"]] == ["alpha", "beta"]
    assert content["counts"]["alpha"] == {"for": 1, "against": 1, "risk": 1, "studies": 2, "best_stage": "trial"}
    assert content["counts"]["beta"]["best_stage"] is None
    assert [row["id"] for row in content["head_to_head"]] == ["alpha", "beta"]
    (size,) = [row for row in content["properties"] if row["property"] == "diameter"]
    assert size["values"]["beta"][0]["typical"] == 300


def test_all_carriers_of_a_source_are_compared(small):
    assert [row["id"] for row in results("compare", "--cell-source", "bone-marrow")["entries"]] == ["alpha", "beta"]
    assert done("compare", "--cell-source", "bone-marrow") == done("compare", "alpha", "beta")


def test_a_source_of_one_carrier_has_nothing_to_compare(small, monkeypatch):
    made = replace(small, carriers={"alpha": small.carriers["alpha"]})
    monkeypatch.setattr(catalog, "load", lambda: made)
    monkeypatch.setattr(cards, "in_force", lambda: cards_of(made))
    assert "1 carrier (alpha); need 2 to" in refused("compare", "--cell-source", "bone-marrow")


def test_where_it_is_too_narrow_each_row_is_a_block(small, monkeypatch):
    made = replace(
        small,
        carriers={f"alpha-{n}": small.carriers["alpha"].model_copy(update={"id": f"alpha-{n}"}) for n in range(6)},
    )
    monkeypatch.setattr(catalog, "load", lambda: made)
    monkeypatch.setattr(cards, "in_force", lambda: cards_of(made))
    monkeypatch.setenv("COLUMNS", "80")
    lines = done("compare", *made.carriers).splitlines()
    assert lines[0] == "name: Alpha vesicles (all)"
    with pytest.raises(FormulateError):
        together(made, [*made.carriers, *made.carriers])


@pytest.mark.parametrize("kind", KINDS)
def test_entries_of_every_kind_are_compared(kind):
    ids = [entry.id for entry in catalog.load().kind(kind).values()][:3]
    if len(ids) > 1:
        assert [row["id"] for row in results("compare", *ids)["entries"]] == ids
        done("compare", *ids)


# sources and conflicts


def test_sources_are_listed_with_how_often_they_are_used(small):
    assert f"{KEY} (used 23x)" in done("sources")
    assert f"{len(references())} sources" in flat("sources")
    (row,) = [row for row in results("sources")["sources"] if row["key"] == KEY]
    assert row["used"] == 23
    assert row["reference"] == references()[KEY].text


def test_sources_are_found_by_words():
    words = " ".join(references()[KEY].text.split()[:2]).lower()
    keys = [row["key"] for row in results("sources", "--text", words)["sources"]]
    assert KEY in keys
    assert len(keys) < len(references())
    assert f"{len(keys)} of {len(references())} sources" in flat("sources", "--text", words)
    assert flat("sources", "--text", "xyzzy").startswith("No source found")


def test_one_source_with_all_that_rests_on_it(small):
    text = flat("sources", KEY)
    assert references()[KEY].text[:40] in text
    assert "23 uses in 5 entries" in text
    assert "statement (risk)" in text
    content = results("sources", KEY)
    assert len(content["uses"]) == 23
    assert {row["id"] for row in content["uses"]} == {"alpha", "beta", "alpha-size", "study-trial", "study-in-vitro"}
    assert {"id": "alpha-size", "kind": "conflict", "what": "check", "as": "source"} in content["uses"]


def test_a_source_that_nothing_rests_on(small):
    used = uses(small)
    other = next(key for key in references() if key not in used)
    assert "Nothing in the catalog rests on it." in done("sources", other)


def test_conflicts_are_listed_and_told(small):
    assert done("conflicts").splitlines()[1].split()[:2] == ["alpha-size", "between-reviews"]
    text = flat("conflicts", "alpha-size")
    for part in (
        "Size of alpha (alpha-size)",
        "said One says 30 nm.",
        "against it The other",
        "handled Both are shown.",
    ):
        assert part in text
    assert done("conflicts", "alpha") == done("conflicts", "alpha-size")
    assert "None of 1 conflict concerns it" in flat("conflicts", "beta")
    (row,) = results("conflicts")["conflicts"]
    assert (row["id"], row["check_source"], row["named_in"][0]["locator"]) == ("alpha-size", KEY, "p 4")
    assert results("conflicts", "beta")["conflicts"] == []


# files of the user's own


def test_a_file_of_the_user_is_laid_over_before_or_after_the_command():
    before, after = done("--catalog", "own.toml", "show", "my-gel"), done("show", "my-gel", "--catalog", "own.toml")
    assert before == after
    assert "我的凝胶" in before
    text = " ".join(before.split())
    assert "kind carrier, your own entry" in text
    assert "200 to 800 Pa; USER source: my notebook, page 3" in text
    assert refused("show", "my-gel").startswith("unknown id 'my-gel'")  # the next call starts anew


def test_a_value_of_the_user_goes_before_ours():
    text = flat("show", "plga-microsphere", "--catalog", "own.toml")
    assert "21.5 um; USER also " in text
    assert "own.toml" in done("--catalog", "own.toml")


def test_several_files_are_laid_over_in_order():
    Path("more.toml").write_text(OWN.replace("21.5", "33.5"), "utf-8")
    text = flat("--catalog", "own.toml", "show", "plga-microsphere", "--catalog", "more.toml")
    assert "33.5 um; USER" in text
    assert results("--catalog", "own.toml", "carriers", "--catalog", "more.toml", "--text", "my-gel")["found"] == 1


def test_a_broken_file_is_refused_with_every_fault():
    Path("broken.toml").write_text(BROKEN, "utf-8")
    for arguments in (["check", "broken.toml"], ["carriers", "--catalog", "broken.toml"], ["--catalog", "broken.toml"]):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        lines = result.stderr.splitlines()
        assert [line.split(":")[:2] for line in lines] == [["broken.toml", "5"], ["broken.toml", "8"]]


def test_check_tells_the_faults_of_each_file():
    Path("broken.toml").write_text(BROKEN, "utf-8")
    Path("other.toml").write_text("[[carier]]\nid = 'x'\n", "utf-8")
    result = run("check", "own.toml", "broken.toml", "other.toml")
    assert result.exit_code == 2
    assert {line.split(":")[0] for line in result.stderr.splitlines()} == {"broken.toml", "other.toml"}


def test_check_finds_no_fault(monkeypatch):
    known = catalog.load()
    text = flat("check", "own.toml")
    assert "own.toml: no fault" in text
    assert f"the catalog: no fault; {len(known.carriers) + 1} carriers" in text
    monkeypatch.setattr("materials.catalog.problems_between", lambda known: [])  # as just seen
    content = results("check")
    assert content["faults"] == []
    assert content["carriers"] == len(known.carriers)


def test_calculations_take_a_file_of_the_user():
    options = ["--site", "knee", "--payload", "dasatinib", "--carriers", "plga-microsphere", "--draws", "16", "--json"]
    plain, mine = (
        json.loads(CliRunner().invoke(cli, ["compare", *options, *more]).stdout)
        for more in ([], ["--catalog", "own.toml"])
    )
    assert mine["catalog_version"].startswith(plain["catalog_version"] + "+user.")
    assert mine["results"] != plain["results"]
    for arguments in (["compare", *options], ["predict", "none.toml"]):
        result = CliRunner().invoke(cli, [*arguments, "--catalog", "nowhere.toml"])
        assert (result.exit_code, result.stdout) == (2, "")


# width, pipes, speed


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_no_line_is_wider_than_the_window(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("materials.catalog.problems_between", lambda known: [])  # takes its time and is tested above
    calls = [
        [],
        ["carriers"],
        ["carriers", "--zh"],
        ["studies"],
        ["conflicts"],
        ["show", "knee"],
        ["show", "dasatinib"],
    ]
    calls += [["compare", "plga-microsphere", "hyaluronic-acid-hydrogel"], ["show", "knee", "--brief"], ["check"]]
    calls += [["compare", *list(catalog.load().carriers)[:4]], ["sources", KEY], ["payloads"], ["sites"], ["methods"]]
    for call in calls:
        lines = done(*call).splitlines()
        # an address cannot be broken
        assert [line for line in lines if text_width(line) > columns and not {"/", "doi:"} & set(line)] == []


def test_everything_is_shown_without_a_fault():
    from tui.catalog_entry import brief_text, entry_text
    from tui.catalog_json import entry_json

    known = catalog.load()
    for entry in known.entries():
        assert entry_text(known, entry, 80).startswith(wrap(f"{entry.name} ({entry.id})", 80))
        assert brief_text(known, entry, 80)
        json.dumps(entry_json(known, entry), allow_nan=False)


def after(*commands: list[str]) -> dict[str, set[str]]:
    """Run commands in one fresh process; give by the name of each what heavy modules are loaded after it."""
    heavy = ("numpy", "scipy", "pandas", "matplotlib", "pint", "jinja2", "pybtex", "textual")
    code = f"""\
import sys
from tui.cli import cli
for arguments in {commands!r}:
    try:
        cli(["catalog", *arguments])
    except SystemExit as end:
        assert not end.code, arguments
    print("LOADED", " ".join(arguments), "->", *[name for name in {heavy!r} if name in sys.modules])
"""
    done_ = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        check=True,
        encoding="utf-8",
    )
    assert "\x1b" not in done_.stdout
    told = [line.removeprefix("LOADED").partition("->") for line in done_.stdout.splitlines() if line[:6] == "LOADED"]
    return {name.strip(): set(loaded.split()) for name, _, loaded in told}


def test_reading_the_catalog_needs_no_numbers():
    catalog.load()
    references()  # makes the compiled bibliography
    found = after(
        ["carriers"],
        [],
        ["show", "knee"],
        ["compare", "dasatinib", "triamcinolone-acetonide"],
        ["sources"],
        ["conflicts"],
    )
    assert len(found) == 6
    assert not any(found.values()), found


def test_a_code_page_without_chinese_is_no_fault():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "tui.cli", "catalog", "show", "plga-microsphere", "--json"]
    shown = subprocess.run(command, capture_output=True, env=environment, check=True).stdout.decode("cp1252")
    assert json.loads(shown)["results"]["name_zh"] == catalog.load().carriers["plga-microsphere"].name_zh


# tables


def test_a_table_fits_its_width():
    rows = [
        ["a-rather-long-identifier", "a name of several words", "7"],
        ["b", "膜包覆与仿生颗粒膜包覆与仿生颗粒", "12"],
    ]
    for width in (24, 30, 40, 60):
        lines = grid(["id", "name", "n"], rows, width, right=[2], hang=1).splitlines()
        assert max(map(text_width, lines)) <= width
        assert all(word in "".join("".join(lines).split()) for word in ("膜", "7", "12"))


def test_chinese_is_broken_anywhere_and_numbers_nowhere():
    assert fold("外泌体", 4) == ["外泌", "体"]
    assert wrap("外泌体外泌体", 7, "  ", "  ") == "  外泌\n  体外\n  泌体"
    assert fold("about 1e-10 or more", 8) == ["about", "1e-10 or", "more"]
    assert fold("x" * 10, 4) == ["xxxx", "xxxx", "xx"]
