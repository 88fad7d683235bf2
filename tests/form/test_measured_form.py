"""Release data as forms and plain data: what is shown is what reading, fit and comparison gave."""

from importlib.resources import files

import numpy as np
import pytest

from formulate.fitting.bands import confidence_band
from formulate.form.alike import compared_measured, shown_similarity, two_of
from formulate.form.changes import new_formulation
from formulate.form.fitted import fitted_measured, shown_fit
from formulate.form.measured import fit_arguments, measured_form, read_measured, shown_profile
from formulate.form.measured_in import with_measured_law, with_measured_points
from formulate.formulation import Formulation, build
from materials.errors import FormulateError

EXAMPLES = files("formulate.examples")
RELEASE, REFERENCE, TEST = (
    str(EXAMPLES.joinpath(f"{name}.csv"))
    for name in ("release-microspheres", "dissolution-reference", "dissolution-test")
)
CONTENT = {"table": RELEASE, "only": "weibull_2, first_order, higuchi", "weighting": "1/y", "start": 0.25}


@pytest.fixture(scope="module")
def analysis():
    return fitted_measured(CONTENT)


def test_what_a_header_does_not_say_is_asked_and_taken(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text("time,drug (ug/mL)\n1,10\n2,20\n3,30\n", "utf-8")
    form, read = measured_form({"table": str(path)})
    assert read["data"] is None
    assert "the field 'unit of time' h" in form.faults["reading"]
    given = {"table": str(path), "time_unit": "h", "dose": "1 mg", "volume": "20 mL"}
    form, read = measured_form(given)
    assert not form.faults
    assert read["data"]["time_unit"] == "h"
    assert read["data"]["profiles"][0]["mean"] == pytest.approx([20.0, 40.0, 60.0])
    fields = {field.path[0]: field for section in form.sections for field in section.fields}
    assert fields["dose"].given == "1 mg"


def test_each_text_that_cannot_be_read_is_a_fault_of_its_field():
    wrong = {"dose": "5 km", "columns": "a", "only": "foo", "up_to": "x", "start": "q", "level": "3", "bootstrap": "1",
             "fixed": "n", "formula": "k*(", "rules": "nobody"}  # fmt: skip
    form, read = measured_form({"table": RELEASE, **wrong})
    assert set(form.faults) == set(wrong)
    assert read["data"] is None
    assert measured_form({"table": RELEASE, "only": "higuchi", "up_to": "60 %", "level": "90 %"})[0].faults == {}


def test_arguments_are_those_of_the_analysis(analysis):
    assert fit_arguments(CONTENT) == {"models": "weibull_2, first_order, higuchi", "weighting": "1/y", "start": 0.25}
    assert analysis.weighting == "1/y"
    assert analysis.window.start == 0.25
    assert fit_arguments({"formula": "k*t", "bounds": "k=0:5", "leave_out": "1, 2", "intervals": "yes"}) == {
        "formula": "k*t", "bounds": {"k": (0.0, 5.0)}, "leave_out": [1.0, 2.0], "profile_intervals": True,
        "models": (),
    }  # fmt: skip


def test_what_is_shown_of_a_fit_is_what_was_fitted(analysis):
    shown = shown_fit(analysis)
    found, profile = analysis.profiles[0], shown["profiles"][0]
    assert [item["id"] for item in profile["models"]] == [item.fit.model.id for item in found.models]
    for item, model in zip(profile["models"], found.models, strict=True):
        curve, times = item["curve"], np.array(item["curve"]["time"])
        assert curve["median"] == pytest.approx(model.fit.curve(times))
        assert curve["low"] == pytest.approx(confidence_band(model.fit, times)[0])
        assert item["residuals"]["value"] == pytest.approx(model.fit.residuals)
        assert [row[0] for row in item["parameters"]] == list(model.fit.model.names)
        assert len(item["findings"]) == len(model.findings)
        against = [entry for entry in model.findings if entry.severity != "note"]
        assert (item["beware"] or ("", "", -1))[2] == len(against) - 1
    assert profile["sound"] == (found.best_sound.fit.model.id if found.best_sound else "")
    assert all(low <= high for low, high in zip(*(profile["models"][0]["single"][end] for end in ("low", "high")),
                                                strict=True))  # fmt: skip


def test_a_law_and_points_go_into_a_content_and_leave_the_rest(analysis):
    given = new_formulation("dasatinib", "plga-microsphere", "knee") | {"name": "mine"}
    fit = analysis.profiles[0].model("weibull_2").fit
    made = with_measured_law(given, fit, analysis.data)
    law = made["layer"][0].pop("release")
    assert made == given
    assert law["values"] == {item.name: item.value for item in fit.parameters}
    build(Formulation, {**given, "layer": [{**given["layer"][0], "release": law}]}, "test")
    data = read_measured({"table": RELEASE})
    points = with_measured_points(given, data, data.profile())["layer"][0]["first_points"]
    assert len(points["time"]) == data.profile().time.size - 1  # time zero says nothing
    assert points["released"][0] == "7.23333 percent"
    over = with_measured_law(with_measured_points(given, data, data.profile()), fit, analysis.data)
    assert "first_points" not in over["layer"][0]


def test_a_profile_is_shown_in_the_unit_of_the_other():
    profile = read_measured({"table": RELEASE}).profile()
    days, hours = shown_profile(profile), shown_profile(profile, 24.0)
    assert hours["time"] == [24.0 * time for time in profile.time] == [24.0 * time for time in days["time"]]
    assert hours["mean"] == days["mean"] == [pytest.approx(item) for item in profile.mean]


def test_two_profiles_stand_in_two_files_or_in_one(tmp_path):
    content = {"table": REFERENCE, "second": TEST, "replicates_of_f2": "100"}
    found, profiles = compared_measured(content)
    shown = shown_similarity(found, profiles)
    assert shown["names"] == ("dissolution-reference", "dissolution-test")
    assert "similar" in shown["answer"][0]
    assert shown["f2"] == pytest.approx(found.factors.f2)
    assert {word for _, similar, word, _ in shown["methods"] if similar is True} == {"similar"}
    assert shown["difference"]["median"] == pytest.approx(found.mean_test - found.mean_reference)
    both = tmp_path / "both.csv"
    both.write_text("time (h),A (%),B (%)\n1,10,12\n2,30,33\n4,60,61\n8,90,92\n", "utf-8")
    first, second = two_of({"table": str(both), "reference": "B"})
    assert (first.profiles[0].name, second.profiles[0].name) == ("B", "A")
    with pytest.raises(FormulateError, match="two profiles"):
        two_of({"table": str(both), "reference": "A", "test": "A"})
    with pytest.raises(FormulateError, match="second file"):
        two_of({"table": RELEASE})


def test_the_sheets_of_a_workbook_are_offered(tmp_path):
    from openpyxl import Workbook

    book, path = Workbook(), tmp_path / "two.xlsx"
    for name, last in (("first lot", 40), ("second lot", 50)):
        sheet = book.create_sheet(name)
        for row in (("time (h)", "released (%)"), (1, 10), (2, 20), (4, last)):
            sheet.append(row)
    book.remove(book["Sheet"])
    book.save(path)
    for chosen, last in (("", 40.0), ("second lot", 50.0)):
        form, read = measured_form({"table": str(path), "sheet": chosen})
        field = next(field for field in form.sections[0].fields if field.path == ("sheet",))
        assert [choice.value for choice in field.choices] == ["first lot", "second lot"]
        assert read["data"]["profiles"][0]["mean"][-1] == last
