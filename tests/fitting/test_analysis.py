"""The whole analysis: what it holds together, what fails and stays in the table, files it can be written to."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from formulate.curves.formula import formula_model
from formulate.curves.library import GROUPS, model
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.analysis import Analysis, analyse
from formulate.fitting.diagnosis import objections
from formulate.fitting.fit import fit
from materials.errors import DomainError, FormulateError, MissingValueError, UnknownIdError

TIME = np.array([0.0, 0.5, 1, 2, 3, 4, 6, 8, 12, 24])
SOME = "first_order,weibull_2,higuchi"


def profile(name="A", rate=0.2, units=3, scatter=1.0, seed=2, time=TIME) -> Profile:
    rng = np.random.default_rng(seed)
    curve = 100 * (1 - np.exp(-rate * time))
    released = curve + scatter * rng.standard_normal((units, time.size)) * (time > 0)
    return Profile(name, time, released, tuple(str(index + 1) for index in range(units)))


def data(*profiles: Profile) -> ReleaseData:
    return ReleaseData(profiles or (profile(),), "h", 3600.0, "readings.csv")


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyse(data(), models=SOME)


def test_joins_what_the_parts_say(analysis):
    found = analysis.profile()
    assert [entry.fit.model.id for entry in found.models] == [place.model for place in found.ranking.places]
    assert found.best is found.models[0]
    assert found.best.fit.model.id == "first_order"
    assert found.best.fit.criteria.points == 30
    assert found.model("higuchi").place.place == 3
    assert found.average.weights[0][0] == "first_order"
    assert {entry.name for entry in found.observed} == {entry.name for entry in found.best.summary}
    assert found.mechanism.fit.criteria.points < 30
    assert found.failures == ()


def test_fits_are_those_of_the_engine(analysis):
    found = analysis.profile()
    alone = fit(found.points, model("weibull_2"))
    assert found.model("weibull_2").fit.values == pytest.approx(alone.values)


def test_the_mean_is_fitted_where_asked():
    found = analyse(data(), models="weibull_2", replicates="mean").profile()
    assert found.points.released == pytest.approx(found.profile.mean)
    assert found.best.fit.criteria.points == TIME.size


def test_each_unit_by_itself():
    found = analyse(data(), models="first_order,weibull_2", replicates="each").profile()
    assert [entry.unit for entry in found.units] == ["1", "2", "3"]
    rates = [entry.fits[0].values[0] for entry in found.units]
    across = next(entry for entry in found.across_units if (entry.model, entry.parameter) == ("first_order", "k1"))
    assert across.values == pytest.approx(rates)
    assert across.mean == pytest.approx(sum(rates) / 3)
    assert across.standard_deviation == pytest.approx(math.sqrt(sum((r - sum(rates) / 3) ** 2 for r in rates) / 2))
    alone = replace(profile(), released=profile().released[1:2], unit_names=("2",))
    single = analyse(data(alone), models="first_order").profile().best.fit.values
    assert rates[1] == pytest.approx(single[0])


def test_a_unit_without_a_reading_fails_by_itself():
    broken = profile()
    released = broken.released.copy()
    released[1] = math.nan
    found = analyse(data(replace(broken, released=released)), models="first_order", replicates="each").profile()
    assert found.units[1].fits == ()
    assert found.units[1].failures[0].model == "first_order"
    assert len(found.across_units[0].values) == 2


def test_a_model_that_cannot_be_fitted_stays_with_its_reason():
    few = profile(units=1, time=np.array([1.0, 4.0, 12.0]))
    found = analyse(data(few), models="first_order,weibull_2,weibull_4").profile()
    assert [entry.model for entry in found.failures] == ["weibull_4"]
    assert "readings = 3" in found.failures[0].reason
    assert found.ranking.unranked[0][0] == "weibull_2"
    assert found.models[-1].place is None
    frame = analyse(data(few), models="first_order,weibull_2,weibull_4").to_frame()
    assert frame.loc[frame["model"] == "weibull_4", "failed"].iloc[0].startswith("readings = 3")


def test_all_models_of_the_library_together():
    found = analyse(data(profile(units=1))).profile()
    assert len(found.models) + len(found.failures) >= 40
    assert found.best.place.difference == 0
    assert sum(entry.place.weight for entry in found.models if entry.place) == pytest.approx(1.0)


def test_the_best_against_which_nothing_serious_stands():
    # readings up to 116 %: every plateau lies above the dose
    released = np.array([[0.0, 20, 38, 55, 70, 92, 108, 115, 116]])
    high = Profile("A", np.array([0.0, 1, 2, 3, 4, 6, 8, 12, 24]), released, ("1",))
    found = analyse(data(high), models="first_order,first_order_fmax,weibull_3,higuchi").profile()
    assert not found.best.sound
    assert found.best_sound.fit.model.id == "first_order"
    sound = analyse(data(), models=SOME).profile()
    assert sound.best_sound is sound.best


def test_a_user_s_formula_and_a_physical_law_stand_beside_the_library():
    found = analyse(data(), models="first_order,fick_sphere", formula="100*(1 - exp(-k*t))", constants={"radius": 1e-6})
    names = [entry.fit.model.id for entry in found.profile().models]
    assert sorted(names) == ["fick_sphere", "first_order", "formula"]
    several = analyse(data(), models="first_order", formula=["A*t", "A*sqrt(t)"]).profile()
    assert {entry.fit.model.id for entry in several.models} == {"first_order", "formula_1", "formula_2"}
    no_physics = analyse(data(), models="basic,physical,-physical,-higuchi").profile()
    assert sorted(entry.fit.model.id for entry in no_physics.models) == sorted(set(GROUPS["basic"]) - {"higuchi"})
    with pytest.raises(FormulateError, match="constant radius: no model fitted has it"):
        analyse(data(), models=SOME, constants={"radius": 1e-6})
    made = analyse(data(), models=[formula_model("A*t"), formula_model("A*sqrt(t)")]).profile()
    assert {entry.fit.model.id for entry in made.models} == {"formula_1", "formula_2"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"fixed": {"n": "0.5"}}, "fixed of n: '0.5'; need a number"),
        ({"bounds": {"n": (1.0,)}}, "bounds of n: (1.0,); need a lower and an upper one"),
        ({"level": "95%"}, "level: '95%'; need a number"),
        ({"up_to": "60%"}, "up_to: '60%'; need a number"),
        ({"start": "1 h"}, "start: '1 h'; need a number"),
        ({"leave_out": "1"}, "leave_out: '1'; need a number"),
        ({"models": 5}, "models: 5; need names of models, or models"),
        ({"models": ["basic", None]}, "models: None; need names of models"),
        ({"formula": ["a*t", 5]}, "formula: 5; need formulas as text"),
        ({"formula": "a*t", "formula_start": {"a": "1"}}, "formula_start of a: '1'; need a number"),
    ],
)
def test_what_is_no_number_and_no_name_is_refused_in_words(given, problem):
    with pytest.raises(FormulateError, match=re.escape(problem)):
        analyse(data(), **{"models": "basic", **given})


def test_a_path_is_no_release_data():
    with pytest.raises(FormulateError, match=re.escape("data: 'readings.csv'; need release data, as read_release")):
        analyse("readings.csv")


def test_a_lone_time_can_be_left_out():
    one, same = (analyse(data(), models="first_order", leave_out=times).profile() for times in (2.0, [2.0]))
    assert one.best.fit.criteria.points == same.best.fit.criteria.points == 27


def test_the_start_of_a_formula_says_which_of_two_pools_is_which():
    time = np.linspace(0.0, 24.0, 15)
    curve = 40.0 * (1 - np.exp(-1.1 * time)) + 55.0 * (1 - np.exp(-0.12 * time))
    units = np.stack([curve + 0.1 * np.sin(3.0 * time), curve + 0.1 * np.cos(5.0 * time)]) * (time > 0)
    own = data(Profile("A", time, units, ("1", "2")))
    text = "A*(1 - exp(-a*t)) + B*(1 - exp(-b*t))"
    for start, rates in (({"a": 1.0, "b": 0.1}, (1.1, 0.12)), ({"a": 0.1, "b": 1.0}, (0.12, 1.1))):
        found = analyse(own, models=(), formula=text, formula_start=start, replicates="each").profile()
        for each in (found.best.fit, *(unit.fits[0] for unit in found.units)):
            assert each.values[[1, 3]] == pytest.approx(rates, rel=0.05)
    with pytest.raises(UnknownIdError, match="unknown parameter of the formula 'c'; nearest"):
        analyse(own, models=(), formula=text, formula_start={"c": 1.0})
    with pytest.raises(UnknownIdError, match="unknown parameter of the formula 'a'"):
        analyse(own, models=SOME, formula_start={"a": 1.0})


def test_fixed_and_bounded_parameters_reach_the_models_that_have_them():
    found = analyse(data(), models="weibull_2,weibull_3,first_order", fixed={"beta": 1.0}, bounds={"Fmax": (50, 90)})
    for name in ("weibull_2", "weibull_3"):
        entry = found.profile().model(name).fit
        assert entry.values[1] == 1.0
        assert entry.parameters[1].fixed
    assert found.profile().model("weibull_3").fit.values[2] == pytest.approx(90.0)


def test_profiles_are_analysed_one_by_one_or_one_alone():
    both = data(profile("A", 0.2), profile("B", 0.5, seed=4))
    found = analyse(both, models=SOME)
    assert [entry.profile.name for entry in found.profiles] == ["A", "B"]
    assert found.profile("B").best.fit.values[0] == pytest.approx(0.5, rel=0.05)
    assert len(analyse(both, models=SOME, profile="B").profiles) == 1


def test_intervals_that_cost_time_are_made_for_models_close_to_the_best():
    found = analyse(data(), models="first_order,weibull_2", profile_intervals=True, bootstrap=40).profile()
    low, high = found.best.likelihood["k1"]
    assert low < found.best.fit.values[0] < high
    assert found.best.bootstrap.values.shape == (40, 1)
    again = analyse(data(), models="first_order,weibull_2", bootstrap=40).profile()
    assert again.best.bootstrap.values == pytest.approx(found.best.bootstrap.values)
    many = analyse(data(), models="first_order,weibull_2,higuchi,zero_order", profile_intervals=True).profile()
    assert many.best.likelihood
    assert not many.model("zero_order").likelihood


def test_parameters_in_common_over_profiles():
    both = data(profile("A", 0.2), profile("B", 0.5, seed=4))
    found = analyse(both, models="weibull_2,first_order", shared=["beta"])
    assert [entry.model.id for entry in found.shared] == ["weibull_2"]
    first, second = found.shared[0].values
    assert first[1] == second[1] == pytest.approx(1.0, abs=0.05)
    written = found.results()["shared"][0]
    assert written["shared"] == ["beta"]
    assert len(written["profiles"]) == 2
    with pytest.raises(DomainError, match="profiles = 1; need two or more"):
        analyse(both, models="weibull_2", profile="A", shared=["beta"])


def test_general_caveats_are_said_once_for_several_profiles():
    found = analyse(data(profile("A"), profile("B", 0.5, seed=4)), models=SOME)
    assert len(found.caveats) == len(set(found.caveats))
    for sign in ("not independent", "does not prove a mechanism", "not the mechanism"):
        assert sum(sign in text for text in found.caveats) == 1
    assert all("not independent" not in text for entry in found.profiles for text in entry.ranking.reading)


def test_readings_of_zero_at_time_zero_are_told_with_what_they_change():
    # they add nothing to SS, so that standard errors go as the roots of the degrees of freedom
    found = analyse(data(), models="weibull_2,higuchi").profile()
    note = next(entry for entry in found.notes if entry.code == "zero-readings")
    assert "3 of the 30 readings" in note.text
    assert "N = 30 instead of 27" in note.text
    assert "--from 0.5 " in note.advice
    without = analyse(data(), models="weibull_2,higuchi", start=0.5).profile()
    assert not any(entry.code == "zero-readings" for entry in without.notes)
    one, other = found.model("weibull_2").fit, without.model("weibull_2").fit
    assert one.criteria.ss == pytest.approx(other.criteria.ss)
    ratio = one.parameters[0].standard_error / other.parameters[0].standard_error
    assert f"{100 * (1 - ratio):.2g} % smaller" in note.text
    assert analyse(data(), models="higuchi", weighting="1/y").profile().notes == ()


def test_what_stands_against_a_law_that_misses_the_readings():
    found = analyse(data(), models="first_order,zero_order").profile()
    against = objections(found.model("zero_order"))
    assert any("misses the readings" in text or "better than this curve" in text for text in against)
    assert objections(found.model("first_order")) == ()


def test_progress_counts_every_fit():
    seen: list[tuple[int, int]] = []
    analyse(data(), models=SOME, replicates="each", progress=lambda done, of: seen.append((done, of)))
    assert seen == [(index, 12) for index in range(1, 13)]


def test_results_are_plain_and_finite(analysis):
    full = analyse(data(profile(units=2)), models="basic,weibull_3,logistic_1", replicates="each", bootstrap=20)
    for entry in (analysis, full):
        text = json.dumps(entry.results(), allow_nan=False)
        assert "{t}" not in text
    found = full.results()["profiles"][0]
    assert {model["model"] for model in found["models"]} >= {"weibull_3", "logistic_1"}
    assert found["models"][0]["parameters"][0]["value"] == full.profile().best.fit.values[0]
    missing = [q for model in found["models"] for q in model["summary"] if q["value"] is None]
    assert missing
    assert all(quantity["note"] for quantity in missing)


def test_the_table_has_a_row_for_each_parameter(analysis):
    frame = analysis.to_frame()
    assert len(frame) == 4
    row = frame[(frame["model"] == "weibull_2") & (frame["parameter"] == "beta")].iloc[0]
    entry = analysis.profile().model("weibull_2")
    assert row["value"] == entry.fit.values[1]
    assert row["AICc"] == entry.fit.criteria.aicc
    assert row["place"] == entry.place.place
    assert row["briefs"] == "; ".join(finding.brief for finding in entry.findings)
    assert set(frame["unit"]) == {"1/h", "h^beta", "", "%/h^0.5"}


def test_analysis_does_not_change_its_data(analysis):
    with pytest.raises(ValueError, match="read-only"):
        analysis.profile().profile.released[0, 0] = 1.0
    with pytest.raises(AttributeError):
        analysis.level = 0.5


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"models": "wibull_2"}, UnknownIdError, "unknown model 'wibull_2'; nearest: weibull_2"),
        ({"replicates": "all"}, UnknownIdError, "pooled, mean, each"),
        ({"criterion": "aic"}, UnknownIdError, "unknown criterion 'aic'"),
        ({"weighting": "1/x"}, UnknownIdError, "unknown weighting '1/x'"),
        ({"profile": "C"}, UnknownIdError, "unknown profile 'C'; nearest: A"),
        ({"fixed": {"betta": 1.0}}, UnknownIdError, "unknown parameter 'betta'; nearest: beta"),
        ({"shared": ["Fmax"]}, UnknownIdError, "unknown parameter 'Fmax'"),
        ({"models": "basic,-basic"}, DomainError, "models = 0; need at least one"),
        ({"models": "fick_sphere"}, MissingValueError, "fick_sphere has no radius"),
        ({"constants": {"radus": 1.0}}, UnknownIdError, "nearest: radius"),
        ({"level": 1.0}, DomainError, "level = 1"),
    ],
)
def test_refusals(options, error, text):
    with pytest.raises(error) as caught:
        analyse(data(), **{"models": SOME, **options})
    assert text in str(caught.value)


def test_names_that_were_not_analysed(analysis):
    with pytest.raises(UnknownIdError, match="nearest: A"):
        analysis.profile("B")
    with pytest.raises(UnknownIdError, match="unknown fitted model 'hill'"):
        analysis.profile().model("hill")


@pytest.mark.parametrize(
    "error", [np.linalg.LinAlgError("Singular matrix"), OverflowError("too large"), ZeroDivisionError("1/0")]
)
@pytest.mark.parametrize("broken", ["formulate.fitting.fit.fit", "formulate.fitting.analysis.diagnose"])
def test_a_model_whose_numbers_break_down_does_not_cost_the_others_theirs(monkeypatch, error, broken):
    import importlib

    module, name = broken.rsplit(".", 1)
    whole = getattr(importlib.import_module(module), name)

    def breaks_down(*given, **options):
        used = given[1] if name == "fit" else given[0].model
        if used.id == "weibull_2":
            raise error
        return whole(*given, **options)

    monkeypatch.setattr(importlib.import_module(module), name, breaks_down)
    found = analyse(data(), models=SOME).profile()
    assert {entry.fit.model.id for entry in found.models} == {"first_order", "higuchi"}
    assert [(entry.model, str(error) in entry.reason) for entry in found.failures] == [("weibull_2", True)]
    assert found.best.fit.model.id == "first_order"
    if name == "fit":
        assert found.failures[0].reason == f"the search broke down: {error}"


def test_intervals_that_break_down_are_told_and_the_fit_stays(monkeypatch):
    def breaks_down(*_):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr("formulate.fitting.intervals.profile_likelihood", breaks_down)
    entry = analyse(data(), models="first_order", profile_intervals=True).profile().best
    assert entry.likelihood == {}
    assert "Singular matrix" in next(item.text for item in entry.findings if item.code == "no-intervals")


@pytest.mark.parametrize("formula", ["a/t", "a*ln(t)", "asin(a*t)"])
def test_a_formula_without_a_value_somewhere_is_told_in_words(formula):
    time = np.array([1.0, 2, 3, 4, 6])
    found = analyse(data(Profile("A", time, np.array([[5.0, 20, 33, 41, 55]]), ("1",))), formula=formula, models=())
    entry = found.profile().models[0]
    said = [*(item.text for item in entry.findings), *(item.note for item in entry.summary)]
    assert not any(word in text.split() for text in said for word in ("inf", "-inf", "nan"))
    json.dumps(found.results(), allow_nan=False)
