"""The form of a target: every field is one of the file, and what is added makes a target that can be searched."""

import tomllib

import pytest

from formulate.designs.saved import to_toml
from formulate.designs.space import Space
from formulate.designs.target_file import build_target
from formulate.examples import text
from formulate.form.designed import search
from formulate.form.target import target_form
from formulate.form.target_changes import (
    choosable,
    limitable,
    new_target,
    options_of,
    removable,
    target_around,
    with_choice,
    with_options,
)
from formulate.form.values import value_at, with_value
from formulate.formulation import Formulation, build
from materials.errors import FormulateError

EXAMPLES = ("triamcinolone-design.toml", "bmp2-gel-design.toml", "triamcinolone-suspension-design.toml")


def content(name: str = EXAMPLES[0]) -> dict:
    return tomllib.loads(text(name))


@pytest.mark.parametrize("name", EXAMPLES)
def test_everything_an_example_says_has_a_field_that_shows_it(name: str) -> None:
    given = content(name)
    form = target_form(given)
    assert not form.faults
    fields = {field.path: field for section in form.sections for field in section.fields}
    for limit, value in given["limits"].items():
        assert fields["limits", limit].given == str(value)
    for index, row in enumerate(given["choice"]):
        for part in ("low", "high", "tolerance"):
            if part in row:
                assert fields["choice", index, part].given == str(row[part])
        if "options" in row:
            field = fields["choice", index, "options"]
            assert options_of(given, index, field.given) == row["options"]
    assert fields["target", "unbound_above"].given == given["target"]["unbound_above"]


def test_what_is_free_has_no_field_of_its_own() -> None:
    places = {field.place for section in target_form(content()).sections for field in section.fields}
    assert not {"payload.0.dose", "regimen.injections", "regimen.interval"} & places
    assert "regimen.volume" in places


def test_faults_stand_at_the_fields_they_are_of() -> None:
    given = with_value(content(), ("choice", 3, "low"), "100 um")
    given = with_value(given, ("limits", "volume"), "3 kg")
    form = target_form(given, designs=3)
    assert "low < high" in form.faults["choice.3.high"]
    assert {"limits.volume", "designs"} <= set(form.faults)
    assert any(field.given == "100 um" for section in form.sections for field in section.fields)


@pytest.mark.parametrize(
    "given", [{}, {"layer": "x", "payload": [1], "choice": 3, "limits": []}, {"choice": [{"of": 3}], "carriers": ["y"]}]
)
def test_no_content_breaks_the_form(given: dict) -> None:
    assert target_form(given).faults


def test_what_is_offered_to_be_free_gives_a_target_or_asks_for_its_range() -> None:
    made = new_target("dasatinib", "plga-microsphere", "knee")
    offered = choosable(made)
    assert {"plga-microsphere/diameter", "plga-microsphere/method", "plga-microsphere/drug_loading"} <= {
        item.value for item in offered
    }
    for item in offered[::7]:
        of, _, name = item.value.partition("/")
        asked = with_choice(made, of, name)
        assert all(place.startswith("choice.1.") for place in target_form(asked).faults)
        assert item not in choosable(asked)


def test_a_target_around_a_formulation_holds_that_formulation() -> None:
    given = tomllib.loads(text("dasatinib-microspheres-in-gel.toml"))
    target = build_target(target_around(given), "test")
    assert [layer.id for layer in target.layer] == [row["id"] for row in given["layer"]]
    inside = [(row["low"], row["high"]) for row in target_around(given)["choice"] if row["name"] == "dose"]
    assert inside == [("2.5 mg", "10 mg")]  # half and double of the 5 mg that it gives
    assert len(target.choice) == 6
    two = with_value(given, ("payload", 1), {"id": "triamcinolone-acetonide"})
    with pytest.raises(FormulateError, match="one payload"):
        target_around(two)


def test_limits_and_choices_are_offered_and_taken_out_by_their_place() -> None:
    given = content()
    assert {item.value for item in limitable(given)} == {
        "peak_below", "excipients/plga-microsphere", "excipients/free-drug-suspension",
    }  # fmt: skip
    for item in removable(given):
        path = tuple(int(part) if part.isdecimal() else part for part in item.value.split("."))
        assert value_at(given, path) is not None
    listed = with_options(given, 3)
    assert listed["choice"][3] == {"name": "diameter", "of": "plga-microsphere", "options": ["10 um", "80 um"]}
    assert not target_form(listed).faults
    assert tomllib.loads(to_toml(listed)) == listed


@pytest.fixture(scope="module")
def found() -> dict:
    given = {
        "payload": [{"id": "dasatinib", "dose": "1 mg", "set": {"aqueous_solubility": "1 mg/mL"}}],
        "carriers": ["free-drug-solution"],
        "regimen": {"site": "knee"},
        "target": {"unbound_above": "1 pmol/L", "duration": "1 h", "probability": 0.9},
        "limits": {"volume": "2 mL"},
        "choice": [{"name": "dose", "low": "0.5 mg", "high": "8 mg"}],
        "calculation": {"draws": 16},
    }
    return search(given, 16, fresh_draws=16)


def test_what_is_shown_tells_which_designs_hold_it(found: dict) -> None:
    assert found["met"]
    (axis,) = found["axes"]
    (low, least), (high, most) = axis["ticks"][0], axis["ticks"][-1]
    assert (low, float(least), high, float(most)) == (0.0, 0.5, 1.0, 8.0)
    for (share,), meets in zip(found["points"], found["meets"], strict=True):
        dose = 0.5 * 16**share  # a range of amounts is divided by factors
        assert meets is (dose <= 2.0) or dose == pytest.approx(2.0, rel=1e-3)  # what 2 mL dissolve at 1 mg/mL
    assert found["maps"] == []
    assert found["wanted"] == 0.9


def test_a_design_that_is_shown_is_a_formulation_and_a_file(found: dict) -> None:
    first = found["designs"][0]
    dose = dict((name, value) for _, name, value in first["choices"])["dose"]
    built = build(Formulation, first["content"], "test")
    assert built.cargo.dose == dose
    assert tomllib.loads(found["files"]["design-1.toml"]) == first["content"]
    assert 0 < first["low"] < first["probability"] <= first["high"] <= 1
    assert first["ingredients"]
    assert any("dasatinib" in step.casefold() for step in first["steps"])
    assert Space(build_target({**first["content"], "kind": "target", "choice": [{"name": "dose", "low": "1 mg",
                  "high": "2 mg"}]}, "test")).axes  # fmt: skip
