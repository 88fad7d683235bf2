"""Layers that the site opens, in whole formulations: limits, the clock of a layer, what is told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.case import prepare
from formulate.forecast import forecast
from formulate.formulation import Formulation
from formulate.loading.stage import load
from formulate.pipeline import Prediction, predict
from formulate.regimen import Regimen
from formulate.release.stage import release
from formulate.results import Release
from formulate.sampling import TypicalDraw
from materials import catalog
from materials.errors import MissingValueError

DRUG = "triamcinolone-acetonide"
ENZYME = {"enzyme_half_level": "50 ng/mL", "enzyme_largest_factor": "21"}
OXIDANT = {"oxidant_half_level": "50 umol/L", "oxidant_largest_factor": "11"}
CARRIERS = ("plga-microsphere", "liposome", "hyaluronic-acid-hydrogel", "polymeric-micelle", "mesoporous-silica")


def formulation(
    carrier: str = "plga-microsphere",
    layer: dict[str, str] | None = None,
    around: dict[str, str] | None = None,
    site: dict[str, str] | None = None,
    **regimen: str,
) -> Formulation:
    layers = [{"id": "inner", "carrier": carrier, "holds": [DRUG], "set": layer or {}}]
    if around is not None:
        layers.append({"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"], "set": around})
    where = {"site": "knee", "state": "osteoarthritis", "volume": "5 mL", **regimen, "set": site or {}}
    return Formulation(
        schema_version=1,
        payload=[{"id": DRUG, "dose": "0.1 mg"}],
        layer=layers,
        regimen=where,
        calculation={"draws": 64, "horizon": "20 d"},
    )


def run(*place: object, **more: object) -> Prediction:
    return predict(formulation(*place, **more), TypicalDraw())


def released(asked: Formulation, clock: float = 1.0) -> Release:
    """Give the release of a formulation, the time of which is read on a clock that runs faster."""
    case = prepare(asked, TypicalDraw())
    case = replace(case, time=case.time * clock)
    return release(case, load(case))


def told(prediction: Prediction) -> str:
    return "\n".join(prediction.release.warnings)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_sensitivity_of_nothing_changes_nothing(carrier):
    without, with_none = (run(carrier, layer) for layer in ({}, {"acid_sensitivity": "0"}))
    assert without.release.released == pytest.approx(with_none.release.released, abs=1e-12)


@pytest.mark.parametrize("carrier", ["plga-microsphere", "liposome", "mesoporous-silica"])
def test_the_layer_runs_as_on_a_faster_clock(carrier):
    # full sensitivity, one unit of pH: ten times the rate, so that a day is ten days
    opened = released(formulation(carrier, {"acid_sensitivity": "1"}, site={"ph": "6.4"}))
    clock = released(formulation(carrier), clock=10.0)
    assert opened.free[0, -1] > 0.01
    assert opened.free == pytest.approx(clock.free, abs=1e-9)


def test_a_gel_degrades_on_its_own_clock_and_drug_crosses_it_as_before():
    fast = {"acid_sensitivity": "1"}
    usual, opened = (run("hyaluronic-acid-hydrogel", fast, site={"ph": ph}).release for ph in ("7.4", "6.4"))
    # first order: ten half-lives in the time of one
    assert opened.carrier_substance == pytest.approx(usual.carrier_substance**10, abs=1e-9)
    early = usual.time < 60.0  # before the gel has lost anything to speak of, drug crosses it alike
    assert opened.free[:, early] == pytest.approx(usual.free[:, early], abs=2e-3)


def test_micelles_fall_apart_sooner():
    # ten times the rate is a tenth of the half-life
    opened = run("polymeric-micelle", {"acid_sensitivity": "1"}, site={"ph": "6.4"}).release
    half_life = catalog.load().carrier("polymeric-micelle").value("micelle_half_life")
    assert half_life is not None
    tenth = run("polymeric-micelle", {"micelle_half_life": f"{half_life.typical / 10} {half_life.unit}"}).release
    assert opened.free == pytest.approx(tenth.free, abs=1e-9)


def test_a_gel_around_particles_opens_without_them():
    usual, opened = (run(around={"acid_sensitivity": "1"}, site={"ph": ph}).release for ph in ("7.4", "6.4"))
    assert opened.unreleased == pytest.approx(usual.unreleased, abs=1e-12)
    assert 1 - opened.carriers_out == pytest.approx((1 - usual.carriers_out) ** 10, abs=1e-9)


def test_saturation_by_an_enzyme():
    # half the level of effect of factor 21: 11 times; far above it 21 times
    half, most = (
        released(formulation("liposome", ENZYME, site={"active_enzyme_concentration": level}))
        for level in ("50 ng/mL", "5e6 ng/mL")
    )
    for found, factor in ((half, 11.0), (most, 21.0)):
        assert found.free == pytest.approx(released(formulation("liposome"), clock=factor).free, rel=1e-3, abs=1e-6)


def test_triggers_multiply():
    both = released(
        formulation(
            "liposome",
            {**OXIDANT, "acid_sensitivity": "0.5"},
            site={"hydrogen_peroxide_concentration": "50 umol/L", "ph": "5.4"},
        )
    )
    assert both.free == pytest.approx(released(formulation("liposome"), clock=60.0).free, abs=1e-9)  # 6 times 10


@settings(max_examples=15, deadline=None)
@given(st.floats(5.0, 7.4), st.floats(0.05, 1.0))
def test_more_acid_never_releases_less(ph, sensitivity):
    layer = {"acid_sensitivity": f"{sensitivity:.3f}"}
    less, more = (run(layer=layer, site={"ph": f"{value:.3f}"}).release for value in (ph + 0.2, ph))
    assert (more.released >= less.released - 1e-9).all()
    for found in (less, more):
        parts = found.in_depot_carrier + found.in_free_carrier + found.solid + found.free
        assert parts == pytest.approx(1.0)


def test_an_osteoarthritic_joint_leaves_acid_no_window():
    knee = run(layer={"acid_sensitivity": "1"})
    assert "acid has no window at knee: the layer lets go 1.26 times" in told(knee)
    assert "79.4 times as fast at pH 5.5 as at pH 7.4" in told(run(layer={"acid_sensitivity": "1"}, site={"ph": "5.5"}))


def test_enzymes_that_health_has_too_leave_no_window_and_a_level_of_yours_does():
    assert "enzyme has no window at knee: the layer lets go 1 times" in told(run(layer=ENZYME))
    high = told(run(layer=ENZYME, site={"active_enzyme_concentration": "500 ng/mL"}))
    assert "plga-microsphere lets go 19.2 times as fast at 500 ng/mL of enzyme as without" in high


def test_a_level_that_nobody_knows_is_told_and_computed_as_none():
    found = run(layer=OXIDANT)
    assert "whose level at knee is not known: computed as without; set hydrogen_peroxide_concentration" in told(found)
    assert found.release.free == pytest.approx(run().release.free, abs=1e-12)


def test_the_acid_of_a_disc_is_that_of_its_nucleus():
    asked = formulation(layer={"acid_sensitivity": "1"})
    regimen = Regimen(site="disc", state="late-degenerate", volume="1 mL")
    disc = predict(asked.model_copy(update={"regimen": regimen}), TypicalDraw())
    typical = catalog.load().site("nucleus-pulposus").value("ph", species="human", state="late-degenerate")
    assert typical is not None
    assert f"at pH {typical.typical:g} as at pH 7.4" in told(disc)


def test_half_of_what_an_enzyme_does_is_refused():
    with pytest.raises(MissingValueError, match=r"enzyme_largest_factor.*, a plain number"):
        run(layer={"enzyme_half_level": "50 ng/mL"})


def test_a_band_that_reaches_no_effect_is_drawn_and_told():
    band = {"enzyme_half_level": "50 ng/mL", "enzyme_largest_factor": {"typical": "2", "low": "1", "high": "4"}}
    site = {"active_enzyme_concentration": "500 ng/mL"}
    found = predict(formulation("hyaluronic-acid-hydrogel", layer=band, site=site))
    assert "enzyme_largest_factor of hyaluronic-acid-hydrogel falls below 1 in" in told(found)
    closed = predict(formulation("hyaluronic-acid-hydrogel"))
    faster = closed.release.in_depot_carrier - found.release.in_depot_carrier
    assert (faster >= -1e-9).all()  # it opens a layer or does nothing
    assert faster.max() > 1e-3


def test_on_the_bench_and_in_blood_nothing_opens():
    asked = {"layer": {"acid_sensitivity": "1"}, "site": {"ph": "5.5"}}
    bench = forecast(formulation("hyaluronic-acid-hydrogel", **asked), draws=TypicalDraw())
    assert any("computed as on the bench" in text for text in bench.warnings)
    assert bench.released == pytest.approx(
        forecast(formulation("hyaluronic-acid-hydrogel"), draws=TypicalDraw()).released
    )
    vein = run(**asked, route="intravenous")
    assert "computed as in blood" in told(vein)
    assert vein.release.free == pytest.approx(run(route="intravenous").release.free, abs=1e-12)


def test_a_measured_law_runs_faster_too():
    law = {"law": "first_order", "time_unit": "h", "values": {"k1": 0.05}, "measured_until": "48 h"}
    asked = [formulation(layer=layer, site={"ph": "6.4"}) for layer in ({}, {"acid_sensitivity": "1"})]
    plain, opened = (item.model_copy(update={"layer": (_with(item, law),)}) for item in asked)
    found, clock = released(opened), released(plain, clock=10.0)
    assert found.free == pytest.approx(clock.free, abs=1e-9)


def _with(asked: Formulation, law: dict[str, object]) -> object:
    return asked.layer[0].__class__.model_validate({**asked.layer[0].model_dump(exclude_none=True), "release": law})


def test_what_is_used_is_among_the_inputs_and_nothing_is_called_unused():
    found = run(layer={**ENZYME, "acid_sensitivity": "1"}, site={"ph": "7"})
    keys = {item.key for item in found.inputs}
    assert {"plga-microsphere.acid_sensitivity", "knee.ph", "knee.active_enzyme_concentration"} <= keys
    assert not any("no calculation uses it" in text for text in found.warnings)
    assert np.isfinite(found.release.free).all()


def test_a_gel_that_acid_opens_cuts_its_chains_faster_too():
    # particles wider than the mesh, in a gel that itself hardly goes: what lets them out is the loss of chains
    gel = {"storage_modulus": "1 kPa", "gel_degradation_half_life": "10000 day", "acid_sensitivity": "1"}
    inside = {"diameter": "40 nm"}
    site = {"ph": "6.4"}
    slow, fast = (
        released(
            formulation("liposome", inside, gel | {"chain_loss_rate": f"{loss} 1/day"}, site if acid else {"ph": "7.4"})
        )
        for loss, acid in (("1.0", False), ("0.1", True))
    )
    nothing = released(formulation("liposome", inside, gel | {"chain_loss_rate": "0.1 1/day"}, {"ph": "7.4"}))
    # ten times the rate by acid is ten times the rate; without it the gel still holds them
    assert fast.carriers_out == pytest.approx(slow.carriers_out, abs=0.015)  # the gel itself goes faster too
    assert fast.carriers_out[0, -1] > nothing.carriers_out[0, -1] + 0.1
