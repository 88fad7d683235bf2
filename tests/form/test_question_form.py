"""The form of a question: what is typed stands where the question reads it, what is told holds."""

import tomllib

import pytest

from formulate.criteria import BY_NAME, WEIGHTS
from formulate.examples import text
from formulate.form.description import form_of
from formulate.form.parts import Field
from formulate.form.question import question_form, weights_of
from formulate.form.values import with_value
from formulate.formulation import Question, build
from materials import catalog

QUESTION = tomllib.loads(text("dasatinib-knee.toml"))
TWO_ROUTES = {
    "schema_version": 1, "kind": "formulation", "payload": [{"id": "dasatinib", "dose": "5 mg"}],
    "layer": [{"id": "a", "carrier": "plga-microsphere", "holds": ["dasatinib"]}],
    "regimen": {"site": "knee", "also": [{"route": "intravenous", "dose": "1 mg"},
                                         {"route": "intravenous", "dose": "2 mg"}]},
}  # fmt: skip


def fields_of(form) -> dict[str, Field]:
    return {field.place: field for section in form.sections for field in section.fields}


@pytest.mark.parametrize(("make", "content"), [(question_form, QUESTION), (form_of, TWO_ROUTES)])
def test_what_is_typed_is_shown_in_its_field_alone(make, content):
    before = fields_of(make(content))
    typed = {}
    for place, field in before.items():
        if field.kind in ("quantity", "concentration"):
            typed[place] = f"{3 + len(typed)} {field.unit}".strip()
            content = with_value(content, field.path, typed[place])
    after = fields_of(make(content))
    assert len(typed) > 3
    for place, field in before.items():  # what nothing reads any more has no field
        if place in after or place in typed:
            assert after[place].given == typed.get(place, field.given), place


def test_what_is_told_where_nothing_is_typed_is_what_holds():
    known = catalog.load()
    content = {"schema_version": 1, "kind": "question", "payload": [{"id": "triamcinolone-acetonide"}],
               "regimen": {"site": "knee"}}  # fmt: skip
    fields = fields_of(question_form(content))
    dose = known.payloads["triamcinolone-acetonide"].value("usual_dose", species="human")
    volume = known.sites["knee"].value("injection_volume", species="human")
    assert fields["payload.0.dose"].default.startswith(f"{dose.typical:g} ")
    assert fields["regimen.volume"].default.startswith(f"{volume.typical:g} ")
    assert fields["regimen.volume"].source == volume.source
    assert fields["regimen.species"].default == "human"
    rat = fields_of(question_form(with_value(content, ("regimen", "species"), "rat")))["regimen.volume"]
    assert rat.default == "0.05 mL"
    asked: Question = build(Question, {**content, "target": {"unbound_above": "1 nmol/L"}}, "test")
    assert fields["calculation.draws"].default == str(asked.calculation.draws)
    assert fields["calculation.seed"].default == str(asked.calculation.seed)
    assert not fields["regimen.site"].is_needed
    assert fields_of(question_form({}))["regimen.site"].is_needed
    assert fields_of(question_form({}))["payload.0.id"].is_needed


def test_a_preset_is_told_below_what_the_file_says():
    plain = {name: float(field.default) for name, field in
             ((field.path[-1], field) for field in question_form(QUESTION).sections[1].fields)}  # fmt: skip
    assert plain == {name: WEIGHTS[name] for name in BY_NAME}
    content = {"schema_version": 1, "kind": "question", "preset": "early-osteoarthritis",
               "payload": [{"id": "dasatinib"}], "weights": {"cost": 4}}  # fmt: skip
    fields = fields_of(question_form(content))
    assert fields["preset"].given == "early-osteoarthritis"
    assert fields["regimen.site"].default == "knee"
    assert (fields["weights.cost"].given, fields["weights.risk"].given) == ("4", "")
    held = weights_of(content)
    assert held["cost"] == 4.0
    assert {name: held[name] for name in BY_NAME if name != "cost"} == {
        name: float(fields[f"weights.{name}"].default) for name in BY_NAME if name != "cost"}  # fmt: skip
