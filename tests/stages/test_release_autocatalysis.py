"""Polyester particles whose own acid speeds its making, in whole formulations: limits, exact solutions, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from formulate.case import Case, prepare
from formulate.formulation import Formulation
from formulate.loading.stage import load
from formulate.release.stage import release
from formulate.results import Release
from formulate.sampling import TypicalDraw

DAY = 86400.0
ACID = {"catalysis_rate_constant": "0.2 1/day"}
SLOW = {"between_study_time_factor": "1", "diffusion_share": "0 percent", "burst_fraction": "0 percent"}


def case(
    carrier: str = "plga-microsphere", gel: bool = False, site: dict[str, str] | None = None, **layer: str
) -> Case:
    drug = "triamcinolone-acetonide"
    layers = [{"id": "inner", "carrier": carrier, "holds": [drug], "release_from": "mechanism", "set": layer}]
    if gel:
        layers.append({"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"]})
    asked = Formulation(
        schema_version=1,
        payload=[{"id": drug, "dose": "0.1 mg"}],
        layer=layers,
        regimen={"site": "knee", "volume": "5 mL", "set": site or {}},
        calculation={"draws": 64, "horizon": "90 d"},
    )
    return prepare(asked, TypicalDraw())


def run(*place: object, **more: object) -> Release:
    given = case(*place, **more)
    return release(given, load(given))


@pytest.mark.parametrize(
    "layer",
    [
        {"catalysis_rate_constant": "1e-9 1/day"},
        {**ACID, "acid_diffusion_coefficient": "1e-10 m^2/s", "diameter": "1 um"},
    ],
    ids=["acid cuts nothing", "acid leaves at once"],
)
def test_without_acid_inside_the_particle_degrades_evenly(layer):
    even = {name: text for name, text in layer.items() if name == "diameter"}
    found, homogeneous = run(**layer), run(**even)
    assert found.free == pytest.approx(homogeneous.free, abs=2e-3)
    assert found.carrier_substance == pytest.approx(homogeneous.carrier_substance, abs=5e-3)


def test_acid_that_never_leaves_makes_the_fall_logistic():
    # dp/dt = -(k + a (1 - p)) p from 1, so p = (k + a)/(a + k exp((k + a) t)): erosion begins where it is Mw_c/Mw0
    layer = {
        **SLOW,
        **ACID,
        "acid_diffusion_coefficient": "1e-26 m^2/s",
        "hydrolysis_rate_constant": "0.02 1/day",
        "molecular_weight": "50 kg/mol",
        "critical_molecular_weight": "10 kg/mol",
        "erosion_time": "10 d",
        "erosion_shape": "1",
    }
    found = run(**layer)
    onset = np.log((0.22 * 5.0 - 0.2) / 0.02) / 0.22  # d, 17.3; 80 without acid
    days = found.time / DAY
    expected = np.where(days > onset, np.exp(-np.maximum(days - onset, 0.0) / 10.0), 1.0)
    assert found.carrier_substance[0] == pytest.approx(expected, abs=5e-3)
    assert found.unreleased[0] == pytest.approx(expected, abs=5e-3)  # all of it waits for erosion


def test_acid_only_speeds_release_and_larger_particles_more():
    gains = []
    for size in ("10 um", "60 um"):
        with_acid, even = run(diameter=size, **ACID), run(diameter=size)
        assert (with_acid.released >= even.released - 2e-3).all()
        gains.append(float((even.carrier_substance - with_acid.carrier_substance).max()))
    assert gains[1] > 2 * gains[0] > 0.0


def test_it_goes_on_in_a_gel_and_nothing_is_lost():
    found = run(gel=True, **ACID)
    parts = found.in_depot_carrier + found.in_free_carrier + found.solid + found.free
    assert parts == pytest.approx(1.0)
    assert (np.diff(found.free) >= -1e-9).all()


def test_what_opens_the_layer_speeds_it_too():
    given = case(acid_sensitivity="1", site={"ph": "6.4"}, **ACID)
    usual = case(**ACID)
    clock = replace(usual, time=usual.time * 10.0)
    opened, fast = (release(item, load(item)) for item in (given, clock))
    assert opened.free == pytest.approx(fast.free, abs=2e-3)


def test_it_is_told_where_acid_gathers_unless_it_is_computed():
    numbers = {"hydrolysis_rate_constant": "0.05 1/day", "acid_diffusion_coefficient": "1e-16 m^2/s"}
    large, small = (run(diameter=size, **numbers).warnings for size in ("84 um", "78 um"))  # the limit is 82.6 um
    assert any("acid may gather in the core: R sqrt(k/D_acid) is 3.2" in text for text in large)
    assert not any("acid may gather" in text for text in small)
    assert not any("acid may gather" in text for text in run(diameter="84 um", **numbers, **ACID).warnings)
    assert not any("acid may gather" in text for text in run("plga-nanoparticle").warnings)
