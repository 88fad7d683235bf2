"""Carriers in particles in a gel, through every stage: limits, masses, and exposures of parts that add up."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from formulate.exposure import expose
from formulate.formulation import Formulation, build
from formulate.pipeline import Prediction, predict
from formulate.results import Release
from formulate.retention.stage import retain
from formulate.retention.stage_superposed import summed
from materials import catalog
from materials.errors import FileError
from tui.catalog_entry import calculators

VESICLE = {"id": "vesicle", "carrier": "liposome", "holds": ["dexamethasone"]}
SPHERE = {
    "id": "sphere",
    "carrier": "plga-microsphere",
    "holds": ["vesicle"],
    "loading": {"drug_loading": "20 percent_w_w"},
}
GEL = {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["sphere"]}
LAW = {"law": "first_order", "time_unit": "d", "values": {"k1": 0.05}, "measured_until": "14 d"}


def formulation(layer: list[dict[str, Any]], site: str = "knee", **payload: str) -> Formulation:
    content = {
        "schema_version": 1,
        "payload": [{"id": "dexamethasone", "dose": "0.01 mg", "set": payload}] if payload != {"none": ""} else [],
        "layer": layer,
        "regimen": {"site": site},
        "calculation": {"draws": 16, "horizon": "120 d"},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


@pytest.fixture(scope="module")
def three() -> Prediction:
    return predict(formulation([VESICLE, SPHERE, GEL]))


def masses(found: Release) -> np.ndarray:
    return found.in_depot_carrier + found.in_free_carrier + found.solid + found.free


def test_every_mass_is_somewhere(three: Prediction):
    found, exposed = three.release, three.exposure
    assert found.loose is not None
    np.testing.assert_allclose(masses(found), 1.0, atol=1e-12)
    np.testing.assert_allclose(masses(found.of_particles) + masses(found.loose), 1.0, atol=1e-12)
    elsewhere = sum(exposed.elsewhere.values(), exposed.in_plasma + exposed.eliminated + exposed.drained)
    np.testing.assert_allclose(exposed.left + elsewhere, np.broadcast_to(exposed.given, exposed.left.shape), atol=2e-3)
    assert found.loose.in_free_carrier.max() > 0.01  # some vesicles do come out whole


def test_vesicles_leave_with_the_polymer_and_never_before(three: Prediction):
    found = three.release
    assert found.loose is not None
    assert (found.loose.carriers_out <= 1.0 - found.carrier_substance + 1e-9).all()
    assert any("liposome is taken to leave plga-microsphere whole as that erodes" in text for text in three.warnings)


def test_vesicles_that_release_at_once_leave_particles_in_a_gel():
    leaky = {"bilayer_permeability": "100 cm/s"}
    by_mechanism = {"release_from": "mechanism"}
    nest = predict(formulation([VESICLE | by_mechanism, SPHERE, GEL], **leaky)).release
    bare = SPHERE | by_mechanism | {"holds": ["dexamethasone"]}
    two = predict(formulation([bare, GEL], **leaky)).release
    later = nest.time > 3600.0
    np.testing.assert_allclose(nest.free[:, later], two.free[:, later], atol=5e-3)
    np.testing.assert_allclose(nest.carriers_out, two.carriers_out)


def test_a_gel_that_stays_and_a_mesh_too_fine_hold_all():
    shut = {"gel_degradation_half_life": "100000 d", "mesh_size": "1 nm"}
    release = predict(formulation([VESICLE, SPHERE, GEL | {"set": shut}], stokes_radius="5 nm")).release
    # what starts within the outermost hundredth of the radius is taken to cross at once: 2.5 % of the gel
    assert release.in_depot_carrier.min() > 0.97


def test_a_law_of_the_particles_holds_for_what_is_in_them():
    measured = SPHERE | {"release": LAW}
    nest = predict(formulation([VESICLE, measured, GEL]))
    two = predict(formulation([measured | {"holds": ["dexamethasone"]}, GEL]))
    np.testing.assert_allclose(nest.release.free, two.release.free, rtol=1e-12)
    assert nest.release.loose is None
    np.testing.assert_allclose(nest.exposure.left, two.exposure.left, atol=1e-9)


@pytest.mark.parametrize("site", ["knee", "disc", "spinal-cord", "bone-defect"])
def test_exposures_of_two_halves_are_that_of_the_whole(site: str):
    """What lets the parts of a nest be followed each by itself: every site is linear in what arrives dissolved."""
    prediction = predict(formulation([SPHERE | {"holds": ["dexamethasone"]}, GEL], site))
    names = ("in_depot_carrier", "in_free_carrier", "solid", "free", "free_from_depot")
    lots = []
    for share in (0.3, 0.7):
        release = replace(prediction.release, **{name: share * getattr(prediction.release, name) for name in names})
        lots.append(retain(prediction.case, prediction.loading, release))
    found, expected = summed(lots), prediction.exposure
    for name in ("in_plasma", "eliminated", "drained", "plasma_auc"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-6, atol=1e-12)
    assert found.at_site.keys() == expected.at_site.keys()
    for name, curve in expected.at_site.items():
        np.testing.assert_allclose(found.at_site[name], curve, rtol=1e-6, atol=1e-12, err_msg=name)
    for name, curve in expected.unbound.items():
        np.testing.assert_allclose(found.unbound[name], curve, rtol=1e-6, atol=1e-6 * curve.max(), err_msg=name)
    for name, profile in expected.at_depth.items():
        np.testing.assert_allclose(found.at_depth[name].unbound, profile.unbound, rtol=1e-6, atol=1e-15)


def test_vesicles_that_are_the_drug_wait_for_the_particles_around_them():
    own = {"id": "exosome", "carrier": "msc-exosome", "dose": "1e10 particles"}
    layers = [own, SPHERE | {"holds": ["exosome"], "loading": {}}]
    alone, in_gel = (expose(formulation(found, "disc", none=""))[0] for found in (layers, [*layers, GEL]))
    for item in (alone, in_gel):
        here = sum(item.at_site.values()) + sum(item.elsewhere.values())
        np.testing.assert_allclose(here, 1.0, atol=1e-9)
        assert any("msc-exosome is taken to leave plga-microsphere whole" in text for text in item.warnings)
    assert (in_gel.at_site["depot"] >= alone.at_site["depot"] - 1e-9).all()  # a gel around lets none go sooner
    assert alone.at_site["depot"][:, 1].min() > 0.99


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ([VESICLE, {"id": "m", "carrier": "m2-macrophage", "holds": ["vesicle"]}], "m2-macrophage"),
        (
            [
                VESICLE,
                SPHERE,
                {"id": "s2", "carrier": "plga-nanoparticle", "holds": ["sphere"]},
                GEL | {"holds": ["s2"]},
            ],
            "4 layers, 2 of them carriers around another; need at most one",
        ),
        (
            [VESICLE, {"id": "v2", "carrier": "liposome", "holds": ["vesicle"]}],
            "when liposome lets go of liposome whole is not known; need particles that erode",
        ),
    ],
)
def test_nests_of_which_nobody_knows_when_they_open_are_refused(layer: list[dict[str, Any]], told: str):
    with pytest.raises(FileError, match=told):
        predict(formulation(layer))


def test_a_nest_given_into_a_vein_is_refused():
    nest = formulation([VESICLE, SPHERE])
    regimen = nest.regimen.model_copy(update={"route": "intravenous"})
    with pytest.raises(FileError, match="intravenous: where liposome goes that leaves plga-microsphere in an organ"):
        predict(nest.model_copy(update={"regimen": regimen}))


def test_the_catalog_says_why_a_nest_is_not_run():
    known = catalog.load()
    told = [text for _, text in calculators(known, known.carrier("exosome-hmsc-plga-ms-hydrogel"))]
    lacking = "the release of msc-exosome and interpenetrating-network-hydrogel is not computed yet"
    assert told[0] == f"none runs this nest: {lacking}"
