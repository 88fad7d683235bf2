"""A user's file: the examples run, what the user sets is theirs and wins, nothing is lost on the way."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from formulate import examples
from formulate.comparison import compare
from formulate.designs.target_file import build_target, read_target
from formulate.formulation import Formulation, Question, build, read
from formulate.pipeline import predict
from formulate.sampling import TypicalDraw
from materials import catalog
from materials.errors import FileError
from materials.units import si_factor
from tui.cli import cli

# the example of the design document (section 4), word for word
DESIGNED = """\
schema_version = 1
kind = "formulation"
name = "Dasatinib PLGA microspheres in hyaluronic acid gel"

[[payload]]
id = "dasatinib"                    # or inline: molar_mass, logp, ... (marked user)
dose = "5 mg"                       # per injection, as free base; vesicles in particles, cells in cells

[[layer]]                           # from the inside out
id = "microsphere"
carrier = "plga-microsphere"
holds = ["dasatinib"]               # payloads or inner layers; a payload may be split: { dasatinib = 0.8 }
method = "emulsion-oil-in-water"
loading = { drug_loading = "10 percent_w_w", convention = "B" }
[layer.set]                         # overrides, marked user
diameter = { typical = "40 um", low = "30 um", high = "55 um", basis = "volume" }
lactide_fraction = "0.75 mol/mol"
molecular_weight = { typical = "50 kg/mol", average = "weight" }

[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["microsphere"]
[layer.set]
storage_modulus = "2 kPa"

[regimen]
site = "knee"
species = "human"
state = "osteoarthritis"
route = "intra-articular"
volume = "1 mL"
injections = 1

[target]
compartment = "synovial-fluid"
payload = "dasatinib"
unbound_above = "0.1 umol/L"
duration = "28 d"                   # cover = share of that time above; trough and time above are reported too
probability = 0.8

[calculation]
draws = 1024
seed = 7
horizon = "60 d"
"""


def formulation(**changes: object) -> Formulation:
    """Microspheres of dasatinib in an osteoarthritic knee, with what the test changes of their layer."""
    layer = {"id": "microsphere", "carrier": "plga-microsphere", "holds": ["dasatinib"], **changes}
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "layer": [layer],
        "regimen": {"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
        "calculation": {"draws": 64},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


def read_values(prediction: object) -> dict[str, object]:
    return {item.key: item for item in prediction.inputs}  # type: ignore[attr-defined]


TARGETS = [name for name in examples.names() if name.endswith("design.toml")]
FILES = [name for name in examples.names() if name.endswith(".toml") and name not in TARGETS]


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_examples_run_as_they_say(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(examples.text(name), "utf-8")
    commands = re.findall(r"^#(?: Run it:)? +formulate (.+)$", examples.text(name), re.MULTILINE)
    assert commands
    for command in commands:
        # all carriers run in the tests of compare, of the pipeline and of a drug of one's own
        some = ["--carriers", "free-drug-suspension,plga-microsphere"] if command.startswith("compare") else []
        done = CliRunner().invoke(cli, [*shlex.split(command), "--draws", "16", *some])
        assert done.exit_code == 0, done.output
        assert read(name).name.casefold() in " ".join(done.stdout.split()).casefold()


def test_the_designed_file_runs(tmp_path):
    path = tmp_path / "designed.toml"
    path.write_text(DESIGNED, "utf-8")
    done = CliRunner().invoke(cli, ["predict", str(path), "--draws", "16"])
    assert done.exit_code == 0, done.output
    assert "40 µm" in done.stdout


def test_the_designed_file_reads_as_designed(tmp_path):
    path = tmp_path / "designed.toml"
    path.write_text(DESIGNED, "utf-8")
    file = read(path)
    assert isinstance(file, Formulation)
    assert [(layer.id, layer.carrier, layer.holds) for layer in file.layer] == [
        ("microsphere", "plga-microsphere", ("dasatinib",)),
        ("gel", "hyaluronic-acid-hydrogel", ("microsphere",)),
    ]
    assert file.inner.id == "microsphere"
    assert [layer.id for layer in file.chain] == ["microsphere", "gel"]
    assert file.inner.convention == "B"
    diameter = file.inner.overrides["diameter"]
    metres = [end * si_factor(diameter.unit) for end in (diameter.low, diameter.typical, diameter.high)]
    assert metres == pytest.approx([30e-6, 40e-6, 55e-6])
    assert (diameter.basis, diameter.evidence) == ("volume", "user")
    assert file.horizon == 60 * 86400
    assert file.target.seconds == 28 * 86400


@pytest.mark.parametrize("name", [*FILES, "designed"])
def test_a_file_survives_the_way_through_a_dictionary(name, tmp_path):
    path = tmp_path / "file.toml"
    path.write_text(DESIGNED if name == "designed" else examples.text(name), "utf-8")
    first = read(path)
    for written in (first.model_dump(mode="json"), first.model_dump(mode="json", exclude_unset=True)):
        assert build(type(first), written, "again") == first


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_survives_the_way_through_a_dictionary(name, tmp_path):
    path = tmp_path / "file.toml"
    path.write_text(examples.text(name), "utf-8")
    first = read_target(path)
    for written in (first.model_dump(mode="json"), first.model_dump(mode="json", exclude_unset=True)):
        assert build_target(written, "again") == first
    with pytest.raises(FileError, match="formulate design"):
        read(path)


def test_what_the_user_sets_wins_and_is_marked_theirs():
    ours = read_values(predict(formulation()))["plga-microsphere.diameter"]
    theirs = read_values(predict(formulation(set={"diameter": "40 um"})))["plga-microsphere.diameter"]
    assert ours.set_by == "catalog"
    assert theirs.set_by == "user"
    assert np.median(theirs.draws) == pytest.approx(40e-6, rel=0.02)
    assert np.median(ours.draws) == pytest.approx(32e-6, rel=0.02)  # catalog: 32 um


def test_what_the_user_sets_changes_no_other_number():
    ours = read_values(predict(formulation()))
    theirs = read_values(predict(formulation(set={"diameter": "40 um"})))
    assert set(ours) == set(theirs)
    for key in set(ours) - {"plga-microsphere.diameter"}:
        # what published profiles tell moves with the diameter, what they leave open does not
        drawn = "scores" if ".learned_release_" in key else "draws"
        assert np.array_equal(getattr(ours[key], drawn), getattr(theirs[key], drawn)), key


def test_the_loading_of_a_layer_is_set_like_the_rest():
    prediction = predict(formulation(loading={"drug_loading": "10 percent_w_w", "convention": "A"}), TypicalDraw())
    assert prediction.loading.layers[0].drug_loading == pytest.approx([0.10])
    assert prediction.loading.layers[0].convention == "A"
    # 5 mg of drug in particles that are a tenth drug: 50 mg of particles
    assert prediction.assessment.estimates["loaded_mass"].median == pytest.approx(50.0)


def test_low_and_high_of_the_user_are_the_band():
    low_high = {"typical": "40 um", "low": "30 um", "high": "55 um", "spread": "p10_p90"}
    item = read_values(predict(formulation(set={"diameter": low_high})))["plga-microsphere.diameter"]
    assert np.quantile(item.draws, [0.1, 0.9]) == pytest.approx([30e-6, 55e-6], rel=0.03)


def question(payload: str = "dasatinib", **more: object) -> Question:
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": "5 mg"}],
        "regimen": {"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
        "calculation": {"draws": 16},
        **more,
    }
    built: Question = build(Question, content, "test")
    return built


SYSTEM = "plga-microsphere-in-hyaluronic-acid-hydrogel"


def test_a_system_is_nested_from_the_inside_out():
    nested = question().formulation(SYSTEM)
    assert [(layer.id, layer.holds) for layer in nested.layer] == [
        ("plga-microsphere", ("dasatinib",)),
        ("hyaluronic-acid-hydrogel", ("plga-microsphere",)),
    ]
    assert nested.system == SYSTEM
    assert nested.inner.carrier == "plga-microsphere"
    assert [layer.carrier for layer in nested.chain][-1] == "hyaluronic-acid-hydrogel"


def test_a_carrier_of_one_layer_is_no_system():
    alone = question().formulation("plga-microsphere")
    assert alone.system is None
    assert alone.chain == (alone.inner,)


def by_mechanism(formulation: Formulation) -> Formulation:
    content = formulation.model_dump(mode="json", exclude_unset=True)
    content["layer"][0]["release_from"] = "mechanism"
    built: Formulation = build(Formulation, content, "test")
    return built


def test_the_value_of_a_system_wins_over_that_of_its_layer():
    in_gel, bare = (
        read_values(predict(by_mechanism(question().formulation(carrier))))["plga-microsphere.burst_fraction"]
        for carrier in (SYSTEM, "plga-microsphere")
    )
    assert in_gel.value.layer == "plga-microsphere"
    assert in_gel.value.typical == 0.07  # catalog: half of the bare 0.142
    assert bare.value.typical == 0.142


def test_a_value_measured_with_the_payload_wins_over_that_of_the_system():
    # catalog: 45 um is of the marketed triamcinolone microspheres, 32 um of those in gel with any drug
    values = {
        payload: read_values(predict(question(payload).formulation(SYSTEM)))["plga-microsphere.diameter"].value
        for payload in ("dasatinib", "triamcinolone-acetonide")
    }
    assert (values["dasatinib"].typical, values["dasatinib"].layer) == (32.0, "plga-microsphere")
    assert (values["triamcinolone-acetonide"].typical, values["triamcinolone-acetonide"].payload) == (
        45.0,
        "triamcinolone-acetonide",
    )


def test_what_the_user_sets_wins_over_the_system():
    nested = question().formulation(SYSTEM)
    content = nested.model_dump(mode="json", exclude_unset=True)
    content["layer"][0]["set"] = {"burst_fraction": "0.3 fraction"}
    value = read_values(predict(build(Formulation, content, "test")))["plga-microsphere.burst_fraction"].value
    assert (value.typical, value.evidence) == (0.3, "user")


def test_a_nest_written_by_hand_is_computed_as_the_one_of_the_catalog():
    content = question().formulation(SYSTEM).model_dump(mode="json", exclude_unset=True)
    del content["system"]
    predict(build(Formulation, content, "test"))


def own_drug(tmp_path: Path, without: str = "", carriers: tuple[str, ...] | None = None) -> Question:
    lines = examples.text("own-drug-knee.toml").splitlines()
    kept = [line for line in lines if not (without and line.startswith(without))]
    assert len(kept) == len(lines) - bool(without)
    path = tmp_path / "own.toml"
    path.write_text("\n".join(kept) + "\n[calculation]\ndraws = 16\n", "utf-8")
    file = read(path)
    assert isinstance(file, Question)
    return file.model_copy(update={"carriers": carriers})


def test_a_drug_of_ones_own_is_computed_in_every_carrier(tmp_path):
    rows = compare(own_drug(tmp_path)).rows
    assert {row.id for row in rows} == set(catalog.load().runnable_carriers())
    assert all(row.prediction for row in rows)
    users = {item.key for item in rows[0].prediction.inputs if item.set_by == "user"}
    assert users
    assert all(key.startswith("my-drug.") for key in users)


# one of each kind: for the others of a kind the same code asks for the same
KINDS = ("free-drug-solution", "free-drug-suspension", "gelatin-hydrogel", "liposome", "plga-nanoparticle", SYSTEM)


@pytest.mark.parametrize(
    ("missing", "carriers", "carriers_without"),
    [
        # what only mechanisms read, which published profiles stand in for
        ("bilayer_permeability", (*KINDS, "pegylated-liposome"), set()),
        ("diffusion_coefficient_plga", (*KINDS, "pla-peg-nanoparticle", "plga-microsphere"), set()),
        (
            "stokes_radius",
            (*KINDS, "hyaluronic-acid-hydrogel"),
            {"gelatin-hydrogel", "hyaluronic-acid-hydrogel", SYSTEM},
        ),
        ("unbound_fraction_plasma", None, set(catalog.load().runnable_carriers())),
    ],
)
def test_a_missing_property_stops_only_the_carriers_that_need_it_and_says_so(
    missing, carriers, carriers_without, tmp_path
):
    comparison = compare(own_drug(tmp_path, missing, carriers))
    stopped = {row.id: row.reason for row in comparison.rows if row.prediction is None}
    assert set(stopped) == carriers_without
    for reason in stopped.values():
        assert reason.count("\n") == 0
        assert reason.startswith(f"my-drug has no {missing}, which ")
        assert f"set it in the file, in {catalog.load().property(missing).unit} " in reason
    assert comparison.rows[-1].prediction is None or not stopped  # they stand last


def test_a_drug_of_ones_own_without_a_target_level_has_no_cover_but_the_rest(tmp_path):
    (row,) = compare(own_drug(tmp_path, "unbound_above", ("plga-microsphere",))).rows
    cover = row.prediction.assessment.estimates["cover"]
    assert (cover.median, cover.reason) == (None, "no target concentration is known")
    assert row.prediction.assessment.estimates["peak_unbound"].median > 0


def test_several_faults_of_a_built_question_name_where_it_came_from():

    with pytest.raises(FileError) as caught:
        question(carriers=["plgaa"], regimen={"site": "knee", "volume": "0 mL"})
    assert [str(fault).split(": ")[:2] for fault in caught.value.faults] == [
        ["test", "regimen.volume"],
        ["test", "carriers.0"],
    ]


@pytest.mark.parametrize(
    ("name", "text", "typical", "unit"),
    [
        ("encapsulation_efficiency", "60 %", 60.0, "%"),
        ("encapsulation_efficiency", "0.6 fraction", 0.6, "fraction"),
        ("drug_loading", "100 mg/mg", None, None),
        ("drug_loading", "0.1 mg/mg", 0.1, "mg/mg"),
        ("diameter", "40 um", 40.0, "um"),
        ("lactide_fraction", "0.75 mol/mol", 0.75, "mol/mol"),
        ("internal_ph", "5.5", 5.5, "pH"),
    ],
)
def test_a_setting_keeps_the_unit_it_was_written_in(name, text, typical, unit):
    from formulate.overrides import read_override
    from materials.catalog import load

    if typical is None:
        with pytest.raises(ValueError, match="outside 0 to 1"):
            read_override(name, text)
        return
    value = read_override(name, text)
    assert (value.typical, value.unit) == (typical, unit)
    assert load().distribution(value).is_exact
