"""The form of a formulation: every field is one of the file, what holds is what the calculation reads."""

import tomllib

import pytest

from formulate.examples import text
from formulate.form.changes import new_formulation, with_assay, with_layer, with_payload, with_route, without
from formulate.form.description import form_of
from formulate.form.override_text import override_of, override_text
from formulate.form.shown import shown
from formulate.form.values import value_at, with_value
from formulate.formulation import Formulation, build
from formulate.pipeline import predict
from formulate.sampling import TypicalDraw
from materials import catalog

EXAMPLES = ("dasatinib-microspheres-in-gel.toml", "stem-cells-knee.toml", "two-drugs-assayed.toml")


def content(name: str = EXAMPLES[0]) -> dict:
    return tomllib.loads(text(name))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_quantity_of_an_example_has_a_field_that_shows_it(name: str) -> None:
    given = content(name)
    fields = {field.path: field for section in form_of(given).sections for field in section.fields}
    for index, row in enumerate(given.get("payload", [])):
        assert fields["payload", index, "dose"].given == row["dose"]
    for index, row in enumerate(given["layer"]):
        for prop, value in row.get("set", {}).items():
            assert override_of(fields["layer", index, "set", prop].given, value) == value
    assert fields["regimen", "site"].given == given["regimen"]["site"]


def test_what_holds_is_what_the_calculation_reads() -> None:
    given = content()
    form = form_of(given)
    read = {item.key for item in predict(build(Formulation, given, "test"), TypicalDraw()).inputs}
    told = {f"{field.path[-1]}" for section in form.sections for field in section.fields if field.default}
    assert {"erosion_time", "lymph_flow", "articular-cartilage.thickness"} <= told
    assert sum(form.counts.values()) == len(read)
    assert form.counts["assumed"] == len(form.assumed)


def test_a_default_set_by_hand_changes_no_number() -> None:
    given = content()
    section = next(item for item in form_of(given).sections if item.path == ("layer", 1))
    field = next(item for item in section.fields if item.path[-1] == "polymer_density")
    typed = with_value(given, field.path, "1.6 g/cm^3")
    before, after = (predict(build(Formulation, one, "test"), TypicalDraw()) for one in (given, typed))
    assert before.assessment.estimates["cover"].median == after.assessment.estimates["cover"].median
    assert form_of(typed).counts["yours"] == form_of(given).counts["yours"] + 1


def test_a_faulty_content_is_shown_with_its_faults() -> None:
    given = with_value(content(), ("layer", 0, "set", "diameter"), "-5 um")
    form = form_of(given)
    assert "above zero" in form.faults["layer.0.set.diameter"]
    assert any(field.given == "-5 um" for section in form.sections for field in section.fields)


@pytest.mark.parametrize("given", [{}, {"layer": "x", "payload": [1], "regimen": []}, {"layer": [{"set": 3}]}])
def test_no_content_breaks_the_form(given: dict) -> None:
    assert form_of(given).faults


def test_a_missing_number_is_asked_for() -> None:
    form = form_of(new_formulation("bmp2", "gelatin-hydrogel", "bone-defect"))
    assert form.missing
    assert any(field.is_needed and not field.given for section in form.sections for field in section.fields)


def test_all_missing_numbers_are_asked_for_at_once() -> None:
    """Once they are typed in, nothing is missing: each field sets the very number that was asked for."""
    content = new_formulation("new-drug", "free-drug-suspension", "knee")
    content["payload"][0] |= {"inline": True, "dose": "2 mg"}
    form = form_of(content)
    asked = [field for section in form.sections for field in section.fields if field.is_needed and not field.given]
    wanted = {field.path[-1] for field in asked if field.path[:3] == ("payload", 0, "set")}
    assert len(wanted) == len(form.missing) == 10
    known = {value.name: value for value in catalog.load().payload("triamcinolone-acetonide").property}
    content["payload"][0]["set"] = {name: f"{known[name].typical:g} {known[name].unit}" for name in wanted}
    assert form_of(content).missing == ()


def test_parts_are_added_and_taken_out() -> None:
    made = new_formulation("dasatinib", "plga-microsphere", "knee")
    nest = with_layer(made, "hyaluronic-acid-hydrogel")
    assert build(Formulation, nest, "test").label == "PLGA microspheres in Hyaluronic acid hydrogel"
    assert without(nest, ("layer", 1)) == made
    assert without(nest, ("layer", 0))["layer"][0]["holds"] == ["dasatinib"]
    two = with_payload(nest, "triamcinolone-acetonide")
    assert two["layer"][0]["holds"] == ["dasatinib", "triamcinolone-acetonide"]
    assert without(two, ("payload", 1)) == nest
    assert len(value_at(with_assay(nest, 0), ("layer", 0, "assay"))) == 1
    assert len(value_at(with_route(nest), ("regimen", "also"))) == 1
    assert with_layer(nest, "hyaluronic-acid-hydrogel")["layer"][2]["id"] == "hyaluronic-acid-hydrogel-2"


def test_one_line_says_what_a_table_says() -> None:
    table = {"typical": "40 um", "low": "30 um", "high": "55 um", "basis": "volume"}
    assert override_of(override_text(table), table) == table
    assert override_of("40 um (30000 nm to 55 um)")["low"] == "30000 nm"
    with pytest.raises(ValueError, match="band in brackets"):
        override_of("40 um (30)")


def test_where_a_site_is_not_computed_the_loading_is_shown_and_why() -> None:
    elsewhere = content(EXAMPLES[2])
    elsewhere["regimen"]["site"] = "liver"
    found = shown(elsewhere, 16)
    assert found["release"] is None
    assert "liver can be looked up" in found["left_out"]
    assert {row[0] for row in found["numbers"]} >= {"dasatinib"}


def test_curves_hold_their_bands_and_shares_do_not_leave_the_whole() -> None:
    found = shown(content(), 16)
    for name in ("release", "tissue", "site"):
        curve = found[name]
        assert all(a <= b <= c for a, b, c in zip(curve["low"], curve["median"], curve["high"], strict=True))
    assert max(found["release"]["high"]) <= 100.0 + 1e-9
    assert found["target"] == pytest.approx(100.0)  # 0.1 umol/L
    own = shown(content(EXAMPLES[1]), 16)
    assert own["tissue"] is None
    assert own["site"]["median"][0] <= 100.0 + 1e-9


def test_what_was_measured_is_a_part_that_can_be_taken_out() -> None:
    law = {"law": "first_order", "time_unit": "d", "values": {"k1": 0.2}, "measured_until": "14 d", "source": "a.csv"}
    given = with_value(content(), ("layer", 0, "release"), law)
    form = form_of(given)
    assert not form.faults
    part = next(section for section in form.sections if section.path == ("layer", 0, "release"))
    (factor,) = part.fields
    assert (factor.path, factor.default) == ((*part.path, "in_body_factor"), "1")
    faster = form_of(with_value(given, factor.path, override_of("2 (1 to 3)")))
    assert not faster.faults
    assert "above zero" in form_of(with_value(given, factor.path, "0")).faults[factor.place]
    assert without(given, part.path) == content()
    told_by = ("layer", 0, "release_from")
    assert all(field.path != told_by for section in form.sections for field in section.fields)
    field = next(field for section in form_of(content()).sections for field in section.fields if field.path == told_by)
    assert all(not form_of(with_value(content(), told_by, choice.value)).faults for choice in field.choices)
