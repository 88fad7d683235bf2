"""Presets of common aims: whole, sourced, and under what the user says."""

import json

import pytest
from click.testing import CliRunner

import formulate
from formulate.criteria import WEIGHTS
from formulate.formulation import Formulation, Question, build, read
from formulate.presets import Preset, laid_under, preset, presets
from materials.errors import FileError, UnknownIdError
from materials.sources import keys
from tui.cli import cli

AIMS = {
    "early-osteoarthritis", "arthroscopy-adjunct", "trauma-prevention", "disc-pain", "annulus-defect", "cord-injury",
    "osteoporosis", "nonunion",
}  # fmt: skip
DRUG = [{"id": "dasatinib", "dose": "5 mg"}]


def run(*words: str) -> "tuple[int, str, str]":
    done = CliRunner().invoke(cli, words)
    return done.exit_code, done.stdout, done.stderr


def test_every_aim_is_there_and_weighs_a_hundred():
    assert set(presets()) == AIMS
    for item in presets().values():
        assert sum(item.weights.values()) == pytest.approx(100.0)
        assert list(item.weights) == list(WEIGHTS)


@pytest.mark.parametrize("name", sorted(AIMS))
def test_every_source_is_in_the_bibliography_and_every_choice_says_so(name):
    known = keys()
    for item in (*presets()[name].given, *presets()[name].weight):
        assert item.reason
        if item.source:
            assert item.source in known
            assert item.locator
        else:
            assert "choice of this program" in item.reason


@pytest.mark.parametrize("name", sorted(AIMS))
def test_every_aim_can_be_asked(name):
    found = formulate.new_question(preset=name, payload=DRUG)
    assert found.weights == presets()[name].weights
    assert found.regimen.site == presets()[name].value("regimen.site")
    assert found.compartment in found.regimen.entry.compartments
    assert found.regimen.route_or_first in found.regimen.entry.routes
    assert found.regimen.state_or_first in found.regimen.entry.states
    assert isinstance(found.formulation("gelatin-hydrogel"), Formulation)


def test_what_a_file_says_itself_wins():
    found = formulate.new_question(
        preset="early-osteoarthritis",
        payload=DRUG,
        regimen={"state": "rheumatoid"},
        target={"duration": "7 d", "unbound_above": "0.1 umol/L"},
        weights={"cover": 50},
    )
    assert found.regimen.site == "knee"
    assert found.regimen.state == "rheumatoid"
    assert found.target.duration == "7 d"
    assert found.target.compartment == "cartilage"
    assert found.weights["cover"] == 50
    assert found.weights["risk"] == preset("early-osteoarthritis").weights["risk"]


def test_at_another_site_an_aim_keeps_its_weights_alone():
    found = formulate.new_question(preset="early-osteoarthritis", payload=DRUG, regimen={"site": "disc"})
    assert found.regimen.state == ""
    assert found.target.compartment == ""
    assert found.weights == preset("early-osteoarthritis").weights


def test_no_preset_changes_nothing():
    content = {"regimen": {"site": "knee"}}
    assert laid_under(content) == content
    assert laid_under({**content, "preset": 5}) == {**content, "preset": 5}  # refused later, with its line


def test_an_unknown_preset_is_refused():
    with pytest.raises(FileError, match="preset: unknown preset 'knee-pain'"):
        formulate.new_question(preset="knee-pain", payload=DRUG, regimen={"site": "knee"})
    with pytest.raises(UnknownIdError):
        preset("knee-pain")
    status, _, told = run("presets", "knee-pain")
    assert status == 2
    assert "knee-pain" in told


def test_a_preset_must_weigh_every_part_once():
    whole = presets()["nonunion"]
    with pytest.raises(ValueError, match="need a weight for each"):
        Preset(**{**whole.model_dump(), "weight": whole.weight[1:]})


def test_a_file_may_name_one(tmp_path):
    path = tmp_path / "q.toml"
    path.write_text(
        'schema_version = 1\nkind = "question"\npreset = "cord-injury"\n[[payload]]\nid = "dexamethasone"\n', "utf-8"
    )
    found = read(path)
    assert isinstance(found, Question)
    assert found.regimen.site == "spinal-cord"
    # what is recorded with a result asks the same again
    again = build(Question, {"schema_version": 1, **found.model_dump(mode="json", exclude_defaults=True)}, "again")
    assert again == found


def test_presets_are_listed_and_told_in_full():
    status, listed, _ = run("presets")
    assert status == 0
    assert all(name in listed for name in AIMS)
    status, told, _ = run("presets", "disc-pain")
    words = " ".join(told.split())
    assert all(part in words for part in WEIGHTS)
    assert "Chinese Journal of Spine and Spinal Cord" in words
    status, text, _ = run("presets", "disc-pain", "--json")
    (found,) = json.loads(text)["results"]["presets"]
    assert sum(item["weight"] for item in found["weights"]) == 100
    assert all(item["reason"] for item in (*found["weights"], *found["given"]))


def test_a_preset_and_a_weight_of_ones_own(tmp_path):
    asked = ["compare", "--preset", "early-osteoarthritis", "--payload", "dasatinib", "--draws", "16", "--json"]
    asked += ["--carriers", "plga-microsphere,gelatin-hydrogel"]
    plain = json.loads(run(*asked)[1])["results"]
    own = json.loads(run(*asked, "--weight", "cover=40", "--weight", "risk=0")[1])["results"]
    assert plain["preset"] == own["preset"] == "early-osteoarthritis"
    assert (plain["weights"]["cover"], own["weights"]["cover"], own["weights"]["risk"]) == (18, 40, 0)
    assert own["parts_left_out"]["risk"] == "its weight is 0"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--weight", "cover"], ["--weight", "'cover'", "name=number"]),
        (["--weight", "cake=3"], ["--weight: ", "cake", "cover"]),
        (["--weight", "cover=1e9"], ["--weight: 'cover=1e9'", "need 0 to"]),
        (["--weights", "cover=3,cost=2,cover=4"], ["--weights: 'cover' stands twice"]),
        (["--pareto", "cover"], ["--pareto", "'cover'", "performance"]),
        (["--pareto", "cover,cover"], ["--pareto", "cover,cover"]),
        (["--pareto", "cover,cake"], ["--pareto", "cake"]),
        (["--preset", "knee-pain"], ["preset", "knee-pain"]),
    ],
)
def test_wrong_options_are_refused_in_a_line(options, words):
    status, out, told = run("compare", "--site", "knee", "--payload", "dasatinib", *options)
    assert status == 2
    assert out == ""
    assert len(told.splitlines()) == 1
    assert all(word in told for word in words)
