"""A law measured on the bench in place of a mechanism: the same exposure for the same curve, its doubt, refusals."""

from pathlib import Path

import numpy as np
import pytest
import tomli
from scipy.stats import t as student

from formulate.comparison import compare_formulations
from formulate.curves import physical
from formulate.curves.library import model
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.fit import fit
from formulate.fitting.points import points_of
from formulate.fitting.results import Fit
from formulate.formulation import Formulation, build, read
from formulate.inputs import Inputs
from formulate.onward import law_table, to_toml, use_in
from formulate.pipeline import Prediction, predict
from formulate.report.content import report_content
from formulate.report.envelope import dumps, envelope, prediction_results
from formulate.report.provenance import used_inputs
from formulate.sampling import Draws, TypicalDraw
from materials.errors import DomainError, FileError, MissingValueError, UnknownIdError
from tui.show import prediction_text

EXAMPLE = Path(__file__).parents[2] / "formulate/examples/dasatinib-microspheres-in-gel.toml"
SLOW = {"law": "first_order", "time_unit": "h", "values": {"k1": 0.02}, "measured_until": "7 d"}


def formulation(carrier: str, release: dict | None = None, dose: str = "0.5 mg", **layer: object) -> Formulation:
    inside = {"id": "inside", "carrier": carrier, "holds": ["dasatinib"], **layer}
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": dose}],
        "layer": [inside | ({"release": release} if release else {})],
        "regimen": {"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
        "calculation": {"draws": 16},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


def in_gel(inner: dict | None = None, outer: dict | None = None) -> Formulation:
    built = read(EXAMPLE)
    assert isinstance(built, Formulation)
    content = built.model_dump(mode="json", exclude_unset=True)
    content["calculation"]["draws"] = 16
    for layer, release in zip(content["layer"], (inner, outer), strict=True):
        if release:
            layer["release"] = release
    changed: Formulation = build(Formulation, content, "test")
    return changed


def measured(law: str = "weibull_2", noise: float = 1.5) -> tuple[Fit, ReleaseData]:
    time = np.array([0.25, 1.0, 3.0, 7.0, 14.0])
    released = 100 * (1 - np.exp(-((time / 6) ** 0.7))) + np.random.default_rng(0).normal(0, noise, (3, time.size))
    profile = Profile("batch 12", time, released, ("1", "2", "3"))
    data = ReleaseData((profile,), "d", 86400.0, "batch12.csv")
    return fit(points_of(profile, time_unit="d"), model(law)), data


def told(prediction: Prediction) -> str:
    return " | ".join(prediction.warnings)


# ---------------------------------------------------------------------------- the same curve, the same exposure


def test_a_law_that_is_the_mechanism_gives_the_exposure_of_the_mechanism():
    # vesicles without burst release by first order; the rate is read off the mechanism's own curve
    tight = {"burst_fraction": "0 percent", "bilayer_permeability_reduction": "1e5"}
    plain = formulation("liposome", set=tight)
    computed = predict(plain, TypicalDraw())
    curve = computed.release.released[0]
    place = int(np.searchsorted(curve, 0.5))
    rate = -np.log1p(-curve[place]) / computed.release.time[place] * 3600.0
    law = {"law": "first_order", "time_unit": "h", "values": {"k1": rate}, "measured_until": "60 d"}
    by_law = predict(formulation("liposome", law, set=tight), TypicalDraw())
    assert by_law.release.released == pytest.approx(computed.release.released, abs=1e-9)
    for compartment, unbound in computed.exposure.unbound.items():
        assert by_law.exposure.unbound[compartment] == pytest.approx(unbound, rel=1e-6, abs=1e-15)
    assert by_law.exposure.carriers_left == pytest.approx(computed.exposure.carriers_left)


def test_the_polymer_is_still_eroded_as_computed_beside_a_law():
    plain = formulation("plga-microsphere", set={"between_study_time_factor": "1"})
    by_law = formulation("plga-microsphere", SLOW, set={"between_study_time_factor": "1"})
    computed, changed = predict(plain, TypicalDraw()), predict(by_law, TypicalDraw())
    assert changed.release.carrier_substance == pytest.approx(computed.release.carrier_substance)
    assert changed.exposure.carriers_left == pytest.approx(computed.exposure.carriers_left)
    assert changed.release.released != pytest.approx(computed.release.released, abs=0.01)


def test_a_law_that_is_over_at_once_is_the_free_drug():
    law = {"law": "first_order", "time_unit": "s", "values": {"k1": 10.0}, "measured_until": "1 d"}
    quick = predict(formulation("liposome", law), TypicalDraw())
    free = predict(formulation("free-drug-solution"), TypicalDraw())
    later = quick.release.time > 600.0
    for compartment in ("synovial-fluid", "plasma"):
        here, there = (p.exposure.unbound[compartment] * 1e6 / p.loading.given[0] for p in (quick, free))
        assert here[0, later] == pytest.approx(there[0, later], rel=0.01)


@pytest.mark.parametrize(
    "asked",
    [
        formulation("liposome", SLOW),
        formulation("plga-microsphere", SLOW),
        formulation("hyaluronic-acid-hydrogel", SLOW),
        in_gel(inner=SLOW),
        in_gel(outer=SLOW),
    ],
    ids=["vesicle", "particle", "gel", "particle in gel", "gel with particles"],
)
def test_no_drug_is_made_or_lost(asked):
    found = predict(asked)
    release, exposure = found.release, found.exposure
    whole = release.in_depot_carrier + release.in_free_carrier + release.solid + release.free
    assert whole == pytest.approx(np.ones_like(whole), abs=1e-9)
    everywhere = exposure.left + exposure.in_plasma + exposure.eliminated + exposure.drained
    assert everywhere == pytest.approx(np.ones_like(everywhere), abs=1e-6)


def test_in_a_gel_the_crossing_is_computed_behind_the_law_and_the_law_of_the_gel_is_all():
    bare, inner, outer = (
        predict(asked, TypicalDraw()).release.free
        for asked in (formulation("plga-microsphere", SLOW), in_gel(inner=SLOW), in_gel(outer=SLOW))
    )
    time = predict(in_gel(inner=SLOW), TypicalDraw()).release.time
    law = -np.expm1(-0.02 * time / 3600.0)
    assert outer[0] == pytest.approx(law, abs=1e-12)
    assert (inner[0] <= law + 1e-9).all()
    assert (law - inner[0]).max() > 1e-3
    assert bare[0, -1] == pytest.approx(1.0, abs=1e-6)


# ------------------------------------------------------------------------------------------------------ doubt


def test_an_exact_law_is_the_same_in_every_draw_and_a_doubtful_one_is_not():
    exact = predict(formulation("liposome", SLOW)).release.released
    assert np.ptp(exact, axis=0).max() == 0.0
    doubtful = predict(formulation("liposome", SLOW | {"standard_errors": {"k1": 0.004}}), Draws(1024, 7))
    rate = -np.log1p(-doubtful.release.released[:, 100]) / doubtful.release.time[100] * 3600
    assert np.median(rate) == pytest.approx(0.02, rel=0.01)
    assert np.log(rate).std() == pytest.approx(0.2, rel=0.03)  # 0.004/0.02


def test_draws_are_made_again_alike_and_named_as_what_the_band_comes_from():
    asked = formulation("liposome", SLOW | {"standard_errors": {"k1": 0.004}})
    first, again = predict(asked), predict(asked)
    assert (first.release.released == again.release.released).all()
    other = predict(asked, Draws(16, 8))
    assert (first.release.released != other.release.released).any()
    assert first.assessment.estimates["release_t50"].drivers[0][0] == "liposome.release_k1"


def test_how_much_faster_the_body_is_stretches_the_time_and_its_doubt_widens_the_band():
    single = predict(formulation("liposome", SLOW), TypicalDraw())
    double = predict(formulation("liposome", SLOW | {"in_body_factor": "2"}), TypicalDraw())
    half, quarter = (p.assessment.estimates["release_t50"].median for p in (single, double))
    assert half == pytest.approx(np.log(2) / 0.02 / 24, rel=1e-3)
    assert quarter == pytest.approx(half / 2, rel=1e-3)
    assert "1 to 3 times as fast" in told(single)
    assert "1 to 3 times as fast" not in told(double)
    wide = predict(formulation("liposome", SLOW | {"in_body_factor": {"typical": "2", "low": "1", "high": "3"}}))
    ends = wide.assessment.estimates["release_t50"]
    assert ends.high > 1.2 * ends.low


def test_what_is_extrapolated_is_told_with_its_share():
    short = predict(formulation("liposome", SLOW | {"measured_until": "50 h"}), TypicalDraw())
    # exp(-0.02 * 50) = 37 % of the dose is still inside at the last reading
    assert "37% of what is released (37% to 37%) leaves after the last reading at 50 h" in told(short)
    assert "extrapolated" not in told(
        predict(formulation("liposome", SLOW | {"measured_until": "56 d"}), TypicalDraw())
    )


def test_a_law_that_had_to_be_cut_or_held_says_so():
    peaking = {"kMB": 30.0, "n": 0.8, "k": 0.2}
    falls = SLOW | {"law": "makoid_banakar", "values": peaking, "time_unit": "d"}
    assert "falls with time: held" in told(predict(formulation("liposome", falls)))
    line = SLOW | {"law": "zero_order", "values": {"k0": 5.0}}
    assert "leaves 0 to 100 % of the dose and is cut" in told(predict(formulation("liposome", line)))


# -------------------------------------------------------------------------------- carriers without a mechanism


@pytest.mark.parametrize("carrier", ["exosome-bmsc", "msc-exosome"])
def test_a_carrier_whose_release_nobody_can_compute_is_predicted_once_it_is_measured(carrier):
    with pytest.raises(FileError, match=r"not computed yet, only its loading.*\[layer.release\]"):
        predict(formulation(carrier, dose="0.05 mg"))
    found = predict(formulation(carrier, SLOW, dose="0.05 mg"))
    assert found.assessment.estimates["release_t50"].median == pytest.approx(np.log(2) / 0.02 / 24, rel=0.01)


def test_what_else_is_missing_is_named():
    inside = formulation("mesoporous-silica", SLOW, dose="0.05 mg").model_dump(mode="json", exclude_unset=True)
    gel = {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inside"]}
    (layer,) = inside["layer"]
    with pytest.raises(MissingValueError, match="mesoporous-silica has no density"):  # of how much the gel carries
        predict(build(Formulation, inside | {"layer": [layer, gel]}, "test"))
    known = layer | {"set": {"density": "1 g/cm^3"}}
    found = predict(build(Formulation, inside | {"layer": [known, gel]}, "test"))
    assert found.assessment.estimates["drug_half_life"].median is not None


def test_a_gel_that_nobody_knows_the_decay_of_says_so(monkeypatch):
    find = Inputs.find

    def knows(self, entry, name, *rest, **named):
        return None if name == "gel_degradation_half_life" else find(self, entry, name, *rest, **named)

    monkeypatch.setattr(Inputs, "find", knows)
    assert "how fast peg-hydrogel degrades is not known" in told(predict(formulation("peg-hydrogel", SLOW)))


def test_a_measured_gel_that_wears_off_is_known_to():
    found = predict(formulation("poloxamer-thermogel", SLOW))
    assert "degrades is not known" not in told(found)
    assert found.release.carriers_out[0, -1] == 1.0


@pytest.mark.parametrize("carrier", ["free-drug-solution", "polymeric-micelle"])
def test_a_form_that_no_law_can_stand_for_is_refused(carrier):
    with pytest.raises(FileError, match=rf"a measured release of {carrier} \(\w+\) is not computed; need a particle"):
        predict(formulation(carrier, SLOW))


def test_two_laws_are_one_too_many():
    with pytest.raises(FileError, match="second measured law"):
        predict(in_gel(SLOW, SLOW))


# ------------------------------------------------------------------------------------------------- in the file


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"law": "weibul_2"}, r"layer.0.release.law: unknown model 'weibul_2'; nearest: weibull_2"),
        ({"values": {}}, r"layer.0.release.values: k1 is missing; need k1 of first_order"),
        ({"values": {"k1": 0.1, "b": 2.0}}, r"layer.0.release.values.b: is no parameter of first_order; need k1"),
        ({"values": {"k1": float("nan")}}, "finite number"),
        ({"values": {"k1": "0.1"}}, "valid number"),
        ({"values": {"k1": -1.0}}, r"layer.0.release.values: k1 = -1; need > 0"),
        ({"covariance": [[1.0, 0.0], [0.0, 1.0]]}, r"covariance: 2 rows of 2 numbers; need 1 rows of 1 numbers"),
        ({"covariance": [[-1.0]]}, r"release.covariance: variance = -1; need >= 0"),
        ({"standard_errors": {"k1": -0.1}}, r"standard_errors.k1.*greater than or equal to 0"),
        ({"standard_errors": {"k1": 0.1}, "covariance": [[0.01]]}, "need one of the two"),
        ({"time_unit": "fortnight"}, r"time_unit: 'fortnight'; need 's', 'min', 'h', 'd' or 'week'"),
        ({"measured_until": "7"}, r"measured_until.*no unit"),
        ({"in_body_factor": "2 h"}, "in_body_factor"),
        ({"in_body_factor": {"typical": "2", "low": "3"}}, "need them in rising order"),
        ({"values": {f"k{i}": 1.0 for i in range(13)}}, r"release.values: 13 given; need at most 12"),
        ({"standard_errors": {"k1": 1e200}}, r"standard_errors.k1: 1e\+200; need at most 1e\+150"),
        (
            {"standard_errors": {"k1": 1e150}, "values": {"k1": 1e-9}},
            r"standard_errors: covariance over the square.*inf",
        ),
        ({"law": "weibull_2", "values": {"alpha": 3.0, "beta": 500.0}}, r"values: beta = 500; need 1e-06 to 100"),
        (
            {"law": "fick_sphere", "values": {"D": 1e-15}, "constants": {"radius": 1e300}},
            r"release.constants: radius = 1e\+300 m; need 1e-10 to 1 m",
        ),
        ({"law": "formula", "formula": "a/t", "values": {"a": 1.0}}, r"values: release at time 0 = inf"),
        ({"law": "formula", "formula": "a*t²", "values": {"a": 1.0}}, r"release.formula: .*write t\^2"),
        ({"in_body_factor": "0"}, r"in_body_factor: '0': not above zero; need a plain number above zero$"),
        ({"in_body_factor": "1e300"}, r"in_body_factor: '1e300': beyond what is conceivable; need 0.001 to 1000$"),
        ({"lw": "x"}, r"layer.0.release.lw: unknown key; nearest: law"),
    ],
)
def test_each_fault_of_a_law_is_one_clear_line(change, problem):
    with pytest.raises(FileError, match=problem) as refused:
        formulation("liposome", SLOW | change)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["law", "time_unit", "values", "measured_until"])
def test_what_a_law_needs_is_asked_for(name):
    with pytest.raises(FileError, match=rf"layer.0.release.{name}: is missing; need .*\w"):
        formulation("liposome", {key: value for key, value in SLOW.items() if key != name})


def test_a_formula_of_the_users_is_a_law():
    law = SLOW | {"law": "formula", "formula": "100*(1 - exp(-k*t))", "values": {"k": 0.02}}
    by_formula, by_name = (predict(formulation("liposome", given), TypicalDraw()) for given in (law, SLOW))
    assert by_formula.release.released == pytest.approx(by_name.release.released)
    with pytest.raises(FileError, match=r"release.formula.*need law = .formula."):
        formulation("liposome", SLOW | {"formula": "100*t*k"})


def test_a_physical_law_is_one_with_its_constants(tmp_path):
    # half is out of a sphere at D t/R^2 = 0.03055 (Crank): after 2 d, where D = 0.03055 (20 um)^2/(2 d)
    diffusivity = 0.03055 * 400e-12 / 172800.0
    law = {"law": "fick_sphere", "values": {"D": diffusivity}, "constants": {"radius": 20e-6}}
    found = predict(formulation("plga-microsphere", SLOW | law), TypicalDraw())
    assert found.assessment.estimates["release_t50"].median == pytest.approx(2.0, rel=0.01)
    with pytest.raises(FileError, match=r"release.law: fick_sphere has no radius"):
        formulation("plga-microsphere", SLOW | law | {"constants": {}})
    with pytest.raises(FileError, match=r"release.constants: first_order takes none"):
        formulation("plga-microsphere", SLOW | {"constants": {"radius": 1e-6}})
    # from a fit into a file and back
    _, data = measured()
    sphere = physical.model("fick_sphere", {"radius": 20e-6}, 86400.0)
    used = use_in(read(EXAMPLE), fit(points_of(data.profile(), time_unit="d"), sphere), data)
    file = tmp_path / "sphere.toml"
    file.write_text(to_toml(EXAMPLE.read_text("utf-8"), used), "utf-8")
    assert read(file) == used


# ------------------------------------------------------------------------------------------- from a fit to a file


def test_a_fit_goes_into_the_innermost_layer_with_its_covariance_and_the_file_keeps_its_words(tmp_path):
    found, data = measured()
    asked = read(EXAMPLE)
    assert isinstance(asked, Formulation)
    used = use_in(asked, found, data)
    law = used.layer[0].release
    assert law is not None
    assert used.layer[1].release is None
    assert law.vector == pytest.approx(found.values)
    assert law.matrix == pytest.approx(found.covariance)
    assert (law.time_unit, law.measured_until, law.source) == ("d", "14 d", "batch12.csv")
    before = EXAMPLE.read_text("utf-8")
    written = to_toml(before, used)
    remaining = iter(written.splitlines())
    assert all(line in remaining for line in before.splitlines())  # in their order
    file = tmp_path / "with-law.toml"
    file.write_text(written, "utf-8")
    again = read(file, "assessment")
    assert isinstance(again, Formulation)
    assert again == used
    # once more, into the other layer: the first law is taken out again
    moved = use_in(again, found, data, "gel", {"typical": "2", "low": "1", "high": "3"})
    twice = to_toml(written, moved)
    assert twice.count("[layer.release]") == 1
    assert tomli.loads(twice)["layer"][1]["release"]["in_body_factor"]["high"] == "3"
    assert to_toml(twice, moved) == twice


def test_the_band_of_the_release_is_that_of_the_fit():
    found, data = measured()
    release = predict(use_in(formulation("liposome"), found, data), Draws(1024, 7)).release
    place = int(np.searchsorted(release.time, 3 * 86400.0))
    slopes = found.model.gradient(release.time[place : place + 1] / 86400.0, *found.values)[:, 0]
    error = np.sqrt(slopes @ found.covariance @ slopes)  # the delta method
    low, high = np.quantile(release.released[:, place], (0.1, 0.9)) * 100
    wide = student.ppf(0.9, found.criteria.degrees_of_freedom)  # 1.36 for eleven, 1.28 were the variance known
    assert 0.5 * (high - low) == pytest.approx(wide * error, rel=0.04)


def test_a_fit_of_which_the_doubt_is_not_known_is_refused():
    found, data = measured("weibull_4", 0.0)
    hollow = Fit(found.model, found.points, found.parameters, np.full((4, 4), np.nan), found.criteria)
    with pytest.raises(DomainError, match=r"standard error of alpha.*fewer parameters"):
        law_table(hollow, data)
    with pytest.raises(DomainError, match="a fit that ended"):
        law_table(Fit(found.model, found.points, found.parameters, found.covariance, found.criteria, 0.95, False), data)


def test_where_the_law_cannot_go_is_refused():
    found, data = measured()
    with pytest.raises(UnknownIdError, match="unknown layer 'gell'; nearest: gel"):
        use_in(read(EXAMPLE), found, data, "gell")
    with pytest.raises(FileError, match="free-drug-solution"):
        use_in(formulation("free-drug-solution"), found, data)
    with pytest.raises(FileError, match=r"^the measured release of inside: in_body_factor: '0': not above zero"):
        use_in(formulation("liposome"), found, data, in_body_factor="0")
    with pytest.raises(DomainError, match="one of s, min, h, d, week"):
        use_in(formulation("liposome"), found, ReleaseData(data.profiles, "month", 2629746.0))


def with_words(old: str, new: str) -> str:
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\u2029"])
def test_what_separates_lines_elsewhere_stays_inside_its_text_and_its_comment(mark, tmp_path):
    found, data = measured()
    text = with_words("seed = 7", f'seed = 7 # old:{mark}horizon = "61 d"').replace('horizon = "60 d"\n', "")
    text = text.replace('name = "Dasatinib', f'name = "A{mark}Dasatinib')
    file = tmp_path / "own.toml"
    file.write_text(text, "utf-8")
    asked = read(file)
    data = ReleaseData(data.profiles, data.time_unit, data.seconds, f"batch{mark}12.csv")
    written = to_toml(text, use_in(asked, found, data))
    before, after = tomli.loads(text), tomli.loads(written)
    assert after["layer"][0].pop("release")["source"] == f"batch{mark}12.csv"
    assert after == before
    assert mark in after["name"]
    assert "horizon" not in after["calculation"]


def test_a_file_that_would_come_out_another_is_refused():
    found, data = measured()
    text = with_words(
        'name = "Dasatinib PLGA microspheres in hyaluronic acid gel"', 'name = """A\n[layer.release]\nB"""'
    )
    inside = text.replace(
        "[[layer]]                         # from", '[[layer]]\nx = """\n[layer.release]\n"""  # from'
    )
    used = use_in(read(EXAMPLE), found, data)
    assert tomli.loads(to_toml(text, used))["name"] == "A\n[layer.release]\nB"  # above the layers
    with pytest.raises(FileError, match="cannot be put in"):
        to_toml(inside, used)


def test_layers_in_one_line_cannot_take_a_table():
    found, data = measured()
    with pytest.raises(FileError, match=r"0 tables \[\[layer\]\] for 1"):
        to_toml('layer = [{id = "a"}]', use_in(formulation("liposome"), found, data))


# --------------------------------------------------------------------------------------------------- in a report


def test_a_report_says_that_the_release_was_measured():
    found, data = measured()
    asked = in_gel()
    comparison = compare_formulations([("plain", asked), ("own", use_in(asked, found, data))])
    content = report_content(comparison)
    rows = {row["id"]: row["used_by"] for row in content["equations"] if row["stage"] == "release"}
    assert rows["measured by you"] == "PLGA microspheres"
    assert any(row["label"].endswith("(release measured by you)") for row in content["rows"])
    alone = report_content(compare_formulations([("own", use_in(asked, found, data))]))
    assert "polyester-degradation" not in {row["id"] for row in alone["equations"]}


def test_the_results_are_json_and_hold_the_law():
    found, data = measured()
    prediction = predict(use_in(formulation("liposome"), found, data))
    inputs = prediction.formulation.model_dump(mode="json", exclude_unset=True)
    text = dumps(envelope("predict", prediction_results(prediction), seed=7, inputs=inputs))
    assert '"law": "weibull_2"' in text
    assert '"key": "liposome.release_alpha"' in text


@pytest.mark.parametrize("doubt", [{}, {"standard_errors": {"alpha": 0.2}}, {"covariance": [[0.0, 0.0], [0.0, 0.0]]}])
def test_a_unit_that_holds_a_parameter_is_told_as_it_is(doubt):
    law = {"law": "weibull_2", "time_unit": "h", "values": {"alpha": 3.0, "beta": 0.7}, "measured_until": "14 d"}
    asked = formulation("liposome", law | doubt)
    prediction = predict(asked)
    listed = {str(item["key"]): item for item in used_inputs(prediction)}
    assert listed["liposome.release_alpha"]["unit"] == "h^beta"
    assert listed["liposome.release_beta"]["band"] == "exact"
    assert listed["liposome.release_alpha"]["band"] == (
        "± one standard error" if "standard_errors" in doubt else "exact"
    )
    shown = " ".join(prediction_text(prediction, 80).split())
    assert ("no doubt of it is given" in shown) == ("standard_errors" not in doubt)
    assert ("without how batches differ" in shown) == ("standard_errors" in doubt)
    assert "(liposome.release_alpha) 3 h^beta, " in shown
    assert shown.count("(liposome.release_beta) 0.7") == 1
    assert "release_beta) 0.7 1" not in shown
    assert report_content(compare_formulations([("own", asked)]))["rows"]
