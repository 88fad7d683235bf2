"""Release in the body by published profiles: the numbers of the bench at the pace of the body, and who tells."""

from dataclasses import replace

import numpy as np
import pytest
import tomli

from formulate.case import prepare
from formulate.forecast import family_of, forecast
from formulate.formulation import Formulation, Question, build, read
from formulate.layer import Layer
from formulate.loading.stage import load
from formulate.onward import to_toml, with_points
from formulate.pipeline import predict
from formulate.release.learned.features import Description, numbers, numbers_of_draws
from formulate.release.learned.population import population
from formulate.release.stage import release
from formulate.release_choice import OF_THE_MECHANISM
from formulate.results import Release
from formulate.sampling import Draws, TypicalDraw
from materials import catalog
from materials.errors import DomainError, FileError, MissingValueError
from materials.mechanisms import mechanism

DAY = 86400.0
# numbers without doubt, in the body as on the bench
EXACT = {
    "diameter": "30 um",
    "lactide_fraction": "0.75 mol/mol",
    "molecular_weight": "60 kg/mol",
}
EARLY = {"time": ["6 h", "1 d", "3 d"], "released": ["2 percent", "5 percent", "9 percent"]}


def asked(carrier: str = "plga-microsphere", draws: int = 256, drug: str = "dasatinib", **layer: object) -> Formulation:
    inner = {"id": "inner", "carrier": carrier, "holds": [drug], **layer}
    content = {
        "schema_version": 1,
        "payload": [{"id": drug, "dose": "0.5 mg"}],
        "layer": [inner],
        "regimen": {"site": "knee", "volume": "5 mL"},
        "calculation": {"draws": draws, "horizon": "30 d"},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


def exact(draws: int = 128, pace: str = "1", **layer: object) -> Formulation:
    own = EXACT | {"in_body_release_factor": pace}
    return asked(draws=draws, set=own, loading={"drug_loading": "10 percent_w_w"}, **layer)


def run(formulation: Formulation, draws: Draws | None = None) -> Release:
    case = prepare(formulation, draws)
    return release(case, load(case))


def told(found: Release) -> str:
    return " | ".join(found.warnings)


def quantiles(curves: np.ndarray) -> np.ndarray:
    return np.quantile(curves, [0.1, 0.5, 0.9], axis=0)


# ------------------------------------------------------------------------------------- the same as on the bench


@pytest.mark.parametrize("points", [None, EARLY], ids=["before", "after"])
def test_the_body_at_the_pace_of_the_bench_releases_as_on_the_bench(points):
    # the polymer of 60 kg/mol begins to erode after the 30 d that are computed
    formulation = exact(1024, first_points=points) if points else exact(1024)
    bench, body = forecast(formulation), run(formulation)
    assert (bench.points is not None) == (points is not None)
    difference = quantiles(body.released) - quantiles(bench.released)
    # of 1024 draws a tenth and nine tenths are known to about 0.01 of the rank, here up to 0.03 of the dose
    assert np.abs(difference).max() < 0.035
    assert np.abs(difference[1]).mean() < 0.015


def test_points_of_the_bench_move_the_release_in_the_body_and_narrow_it():
    before, after = run(exact()).released, run(exact(first_points=EARLY)).released
    low, _, high = quantiles(after)
    assert (high - low).mean() < 0.7 * (quantiles(before)[2] - quantiles(before)[0]).mean()
    at = np.searchsorted(run(exact()).time, 3 * DAY)
    assert np.median(after[:, at]) == pytest.approx(0.09, abs=0.02)


def test_a_pace_of_two_halves_every_time():
    slow, fast = (prepare(exact(pace=pace, first_points=EARLY)) for pace in ("1", "2"))
    slow = replace(slow, time=2 * fast.time)
    within = slow.time <= fast.time[-1]
    on_the_bench, in_the_body = (release(case, load(case)).released[:, within] for case in (slow, fast))
    assert in_the_body == pytest.approx(on_the_bench, abs=1e-9)


def test_the_expectation_of_each_draw_is_that_of_the_population():
    # the one of many rows against the one of a single formulation
    for family in ("polyester", "liposome"):
        described = Description(family, 30e-6, drug_loading=0.1)
        drawn = {"diameter": np.array([2e-7, 5e-6, 4e-5, 3e-3]), "drug_loading": np.array([0.0, 0.01, 0.2, 0.5])}
        rows = numbers_of_draws(described, drawn)
        means, covariances = population(family).priors(rows)
        assert len(rows) == (4 if family == "polyester" else 1)
        for i in range(len(rows)):
            one = Description(family, float(drawn["diameter"][i]), drug_loading=float(drawn["drug_loading"][i]))
            np.testing.assert_allclose(rows[i], numbers(one))
            prior = population(family).prior([one])
            np.testing.assert_allclose(means[i], prior.mean[0], atol=1e-9)
            np.testing.assert_allclose(covariances[i], prior.covariance[0, :, 0, :], atol=1e-9)


def test_a_draw_that_is_no_share_is_refused():
    with pytest.raises(DomainError, match="drug_loading"):
        numbers_of_draws(Description(diameter=3e-5, drug_loading=0.1), {"drug_loading": np.array([0.1, 1.2])})


# ------------------------------------------------------------------------------------------- what holds of each


@pytest.mark.parametrize("carrier", ["plga-microsphere", "plga-nanoparticle", "pla-peg-nanoparticle", "liposome"])
@pytest.mark.parametrize("points", [None, EARLY], ids=["before", "after"])
def test_release_starts_at_nothing_never_falls_and_nothing_is_lost(carrier, points):
    found = predict(asked(carrier, 32, **({"first_points": points} if points else {})))
    by = found.release
    assert (by.released[:, 0] == 0.0).all()
    assert (np.diff(by.released, axis=1) >= -1e-12).all()
    assert by.released.max() <= 1.0 + 1e-12
    whole = by.in_depot_carrier + by.in_free_carrier + by.solid + by.free
    assert whole == pytest.approx(np.ones_like(whole))
    exposure = found.exposure
    kept = exposure.left + exposure.in_plasma + exposure.eliminated + exposure.drained
    assert kept == pytest.approx(np.ones_like(kept), abs=1e-9)


def test_nothing_stays_in_a_polymer_that_is_gone():
    content = asked().model_dump(mode="json", exclude_unset=True)
    content["calculation"]["horizon"] = "3 year"
    found = run(build(Formulation, content, "test"))
    gone = found.carrier_substance[:, -1] < 1e-6
    assert gone.mean() > 0.5
    assert found.released[gone, -1] == pytest.approx(np.ones(gone.sum()), abs=1e-3)


def test_a_typical_draw_gives_one_curve_within_the_band():
    for points in (None, EARLY):
        formulation = exact(first_points=points) if points else exact()
        low, _, high = quantiles(run(formulation).released)
        (single,) = run(formulation, TypicalDraw()).released
        assert (single >= low - 1e-9).all()
        assert (single <= high + 1e-9).all()


def test_leaving_a_carrier_out_changes_no_number():
    def curves(carriers: list[str]) -> dict[str, np.ndarray]:
        question = Question(
            schema_version=1,
            payload=[{"id": "dasatinib", "dose": "0.5 mg"}],
            regimen={"site": "knee", "volume": "5 mL"},
            carriers=carriers,
            calculation={"draws": 64},
        )
        return {carrier: run(question.formulation(carrier)).released for carrier in carriers}

    alone, beside = curves(["plga-microsphere"]), curves(["liposome", "plga-microsphere"])
    np.testing.assert_array_equal(alone["plga-microsphere"], beside["plga-microsphere"])


def test_what_nobody_reports_is_named_as_a_driver():
    found = predict(asked(draws=1024))
    drivers = [name for name, _ in found.assessment.estimates["release_t50"].drivers]
    assert drivers[0] == "plga-microsphere.learned_release_main_time"
    after = predict(exact(first_points=EARLY)).assessment.estimates["release_t50"]
    assert after.drivers[0][0] == "plga-microsphere.learned_release_main_time"


def test_particles_in_a_gel_release_into_it_as_published():
    content = exact().model_dump(mode="json", exclude_unset=True)
    content["layer"].append({"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"]})
    held, bare = run(build(Formulation, content, "test")), run(exact())
    assert held.unreleased == pytest.approx(bare.unreleased)
    assert (held.released <= bare.released + 1e-9).all()


# ---------------------------------------------------------------------------------------------- who tells it


def test_the_file_may_ask_for_the_mechanism():
    found = predict(asked(release_from="mechanism", draws=16))
    assert 'by its mechanism, not from published profiles: release_from = "mechanism"' in told(found.release)
    assert any(item.key == "plga-microsphere.burst_fraction" for item in found.inputs)
    assert family_of(asked(release_from="mechanism")) is None


@pytest.mark.parametrize("family", OF_THE_MECHANISM)
def test_what_only_the_mechanism_reads_is_what_it_declares(family):
    name = {"polyester": "polyester-degradation", "liposome": "vesicle-membrane"}[family]
    declared = mechanism("release", name)
    own = {*declared.needs_carrier, *declared.needs_payload, *declared.may_use}
    assert set(OF_THE_MECHANISM[family]) <= own
    described = {"diameter", "molecular_weight", "lactide_fraction", "drug_loading", "in_body_release_factor"}
    assert not described & set(OF_THE_MECHANISM[family])


def test_a_number_that_only_the_mechanism_reads_calls_it():
    found = run(asked(set={"burst_fraction": "3 percent"}))
    assert "burst_fraction, which only the mechanism reads, set by you" in told(found)
    kept = predict(asked(set={"burst_fraction": "3 percent"}, release_from="published-profiles", draws=16))
    assert "is that of published profiles" in told(kept.release)
    assert "burst_fraction was set for plga-microsphere, where no calculation uses it" in kept.warnings


def test_a_number_of_the_drug_calls_the_mechanism_too():
    content = asked().model_dump(mode="json", exclude_unset=True)
    content["payload"][0]["set"] = {"diffusion_coefficient_plga": "1e-17 m^2/s"}
    assert "diffusion_coefficient_plga, which only" in told(run(build(Formulation, content, "test")))


def test_what_the_mechanism_lacks_does_not_stop_published_profiles():
    # alendronate has no diffusion coefficient in PLGA
    found = run(asked(drug="alendronate", draws=16))
    assert "is that of published profiles" in told(found)
    with pytest.raises(MissingValueError, match="alendronate has no diffusion_coefficient_plga"):
        run(asked(drug="alendronate", draws=16, release_from="mechanism"))


def test_a_remotely_loaded_vesicle_is_left_to_the_mechanism_until_points_are_measured():
    salt = {"sulfate_salt_solubility": "2 mmol/L"}
    remote = {"carrier": "pegylated-liposome", "method": "remote-loading", "set": salt}
    assert "not from published profiles: it was loaded remotely" in told(run(asked(**remote)))
    assert "moved by your 3 measured points" in told(run(asked(first_points=EARLY, **remote)))


def test_what_lies_outside_the_data_is_told():
    found = told(run(asked("plga-nanoparticle")))
    assert "run 2 (1 to 3) times as fast in the body" in found
    assert "lies outside the data" in found
    protein = told(run(asked(drug="bmp2")))
    assert "bmp2 is a large molecule" in protein


def test_every_carrier_of_a_family_says_how_its_release_runs_in_the_body():
    known = catalog.load().carriers.values()
    of_family = [c for c in known if c.mechanisms.release in ("polyester-degradation", "vesicle-membrane")]
    assert len(of_family) >= 5
    for carrier in of_family:
        if carrier.carrier_class in ("polymer-microparticle", "polymer-nanoparticle", "lipid-vesicle"):
            value = carrier.value("in_body_release_factor")
            assert value is not None
            assert value.low is not None
            assert value.high is not None


# ------------------------------------------------------------------------------------------- points in the file


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"released": ["2 percent"]}, r"layer.0.first_points.released: 1 given; need 3, one for each time"),
        ({"standard_deviation": ["1 percent"]}, r"first_points.standard_deviation: 1 given; need 3"),
        ({"released": ["2 percent", "150 percent", "9 percent"]}, r"'150 percent': beyond what is conceivable"),
        ({"time": ["6", "1 d", "3 d"]}, r"first_points.time.*no unit"),
        ({"time": []}, r"first_points.time"),
        (
            {"standard_deviation": ["1 percent", "0 percent", "1 percent"]},
            r"first_points.standard_deviation.*beyond what is conceivable",
        ),
        ({"tme": 1}, r"layer.0.first_points.tme: unknown key; nearest: time"),
    ],
)
def test_each_fault_of_points_is_one_clear_line(change, problem):
    with pytest.raises(FileError, match=problem) as refused:
        asked(first_points=EARLY | change)
    assert len(str(refused.value).splitlines()) == 1


LAW = {"law": "first_order", "time_unit": "h", "values": {"k1": 0.1}, "measured_until": "1 d"}


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        ({"carrier": "hyaluronic-acid-hydrogel"}, "the mechanism tells the release of hyaluronic-acid-hydrogel"),
        ({"release_from": "mechanism"}, r"not moved by points \(release_from = \"mechanism\"\); need"),
        ({"release": LAW}, "stand beside a measured law"),
    ],
)  # fmt: skip
def test_points_that_move_nothing_are_refused(layer, problem):
    with pytest.raises(FileError, match=rf"layer.0.first_points: .*{problem}"):
        predict(asked(first_points=EARLY, **layer), TypicalDraw())


def test_points_inside_a_measured_law_are_refused():
    inner = {"id": "inner", "carrier": "plga-microsphere", "holds": ["dasatinib"], "first_points": EARLY}
    gel = {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"], "release": LAW}
    with pytest.raises(FileError, match=r"layer.0.first_points: stand inside the measured law of hyaluronic"):
        predict(asked().model_copy(update={"layer": (Layer(**inner), Layer(**gel))}), TypicalDraw())


def test_points_of_a_carrier_that_is_not_computed_are_no_second_fault():
    with pytest.raises(FileError, match="the release of exosome-generic is not computed yet") as refused:
        predict(asked("exosome-generic", first_points=EARLY), TypicalDraw())
    assert len(str(refused.value).splitlines()) == 1


def test_published_profiles_of_what_has_none_are_refused():
    with pytest.raises(FileError, match=r"release_from: published-profiles: nothing is learned of hyaluronic"):
        asked("hyaluronic-acid-hydrogel", release_from="published-profiles")


def test_a_sure_point_counts_more_than_a_doubtful_one():
    sure, doubtful = (
        run(exact(first_points={"time": ["3 d"], "released": ["9 percent"], "standard_deviation": [error]}))
        for error in ("2 percent", "20 percent")
    )
    at = np.searchsorted(sure.time, 3 * DAY)
    assert np.std(sure.released[:, at]) < 0.5 * np.std(doubtful.released[:, at])


def test_points_of_a_particle_are_not_those_of_its_gel():
    content = exact(first_points=EARLY).model_dump(mode="json", exclude_unset=True)
    content["layer"].append({"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"]})
    held = build(Formulation, content, "test")
    assert any("of it alone" in text for text in forecast(held).warnings)
    assert "moved by your 3 measured points" in told(run(held))
    with pytest.raises(FileError, match="points of 2 layers together are those of none of them"):
        with_points(held, held.layer[0].first_points.points)


def test_points_go_into_a_file_and_back(tmp_path):
    file = tmp_path / "batch.toml"
    before = """# my batch
schema_version = 1
kind = "formulation"
[[payload]]
id = "dasatinib"
dose = "0.5 mg"
[[layer]]  # the particle
id = "inner"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[layer.set]
diameter = "30 um"  # sieved

[regimen]
site = "knee"
volume = "5 mL"
"""
    file.write_text(before, "utf-8")
    formulation = read(file)
    assert isinstance(formulation, Formulation)
    given = exact(first_points=EARLY | {"source": 'day "one"'}).layer[0].first_points
    assert given is not None
    done = to_toml(before, with_points(formulation, given.points))
    assert [line for line in before.splitlines() if line not in done.splitlines()] == []
    file.write_text(done, "utf-8")
    again = read(file)
    assert isinstance(again, Formulation)
    assert again.layer[0].first_points is not None
    np.testing.assert_allclose(again.layer[0].first_points.points.time, given.points.time)
    np.testing.assert_allclose(again.layer[0].first_points.points.share, given.points.share)
    assert to_toml(done, with_points(again, given.points)) == done  # in place of those that stood there
    assert tomli.loads(done)["regimen"] == tomli.loads(before)["regimen"]
