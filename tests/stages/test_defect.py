"""A bone defect from the catalog: conservation, scaffold, clot, gels, carriers, species, states and what is told."""

from functools import cache

import numpy as np
import pytest

from formulate.formulation import Formulation, build
from formulate.pipeline import Prediction, predict
from formulate.residence import reside
from formulate.sampling import Draws, TypicalDraw
from materials import catalog
from materials.errors import MissingValueError

DAY, HOUR = 86400.0, 3600.0
SITE = catalog.load().site("bone-defect")
GEL = "hyaluronic-acid-hydrogel"
LAYERS = {
    "solution": ["free-drug-solution"],
    "crystals": ["free-drug-suspension"],
    "microspheres": ["plga-microsphere"],
    "gel": [GEL],
    "microspheres in gel": ["plga-microsphere", GEL],
}


def formulation(given="solution", drug="bmp2", dose="10 ug", horizon="60 d", settings=None, **regimen):
    held, layers = [drug], []
    for index, carrier in enumerate(LAYERS[given]):
        layers.append({"id": f"layer{index}", "carrier": carrier, "holds": held})
        held = [f"layer{index}"]
    regimen.setdefault("state", "segmental-defect")
    regimen.setdefault("route", "surgical-implant")
    content = {
        "schema_version": 1,
        "payload": [{"id": drug, "dose": dose, "set": settings or {}}],
        "layer": layers,
        "regimen": {"site": "bone-defect", "volume": "30 uL", **regimen},
        "target": {"compartment": "defect", "duration": "7 d"},
        "calculation": {"draws": 32, "horizon": horizon},
    }
    return build(Formulation, content, "test")


def typical(given="solution", **asked) -> Prediction:
    return predict(formulation(given, **asked), TypicalDraw())


@cache
def drawn(given: str, drug: str, route: str, species: str, state: str) -> Prediction:
    dose = "20 mg" if given == "crystals" else "5 ug"
    volume = "1 mL" if species in ("human", "sheep") else "30 uL"
    asked = {"drug": drug, "dose": dose, "route": route, "species": species, "state": state, "volume": volume}
    return predict(formulation(given, **asked), Draws(32, 7))


def at(prediction: Prediction, curve: np.ndarray, days: float) -> float:
    return float(np.interp(days * DAY, prediction.case.time, curve[0]))


@pytest.mark.parametrize(
    ("given", "drug", "route", "species", "state"),
    [
        ("solution", "bmp2", "surgical-implant", "rat", "segmental-defect"),
        ("solution", "bmp2", "local-bone", "human", "fracture"),
        ("solution", "dexamethasone", "surgical-implant", "mouse", "nonunion"),
        ("crystals", "triamcinolone-acetonide", "local-bone", "human", "nonunion"),
        ("microspheres", "dexamethasone", "minimally-invasive-graft", "sheep", "nonunion"),
        ("gel", "dexamethasone", "surgical-implant", "rabbit", "segmental-defect"),
        ("microspheres in gel", "dexamethasone", "local-bone", "human", "fracture"),
    ],
)
def test_nothing_is_made_or_lost(given, drug, route, species, state):
    exposure = drawn(given, drug, route, species, state).exposure
    everywhere = exposure.left + exposure.in_plasma + exposure.eliminated + exposure.drained
    everywhere = everywhere + sum(exposure.elsewhere.values())
    assert everywhere == pytest.approx(np.broadcast_to(exposure.given, everywhere.shape), abs=1e-9)
    for name, amount in (exposure.at_site | {"plasma": exposure.in_plasma}).items():
        assert amount.min() >= -1e-9, name
    assert np.diff(exposure.eliminated).min() >= -1e-9
    assert set(exposure.unbound) == set(SITE.compartments)
    assert all(np.isfinite(values).all() for values in exposure.unbound.values())
    assert (exposure.carriers_left >= -1e-12).all()
    assert (exposure.carriers_left <= 1 + 1e-9).all()


def test_a_sponge_keeps_what_was_measured_of_bmp2_and_a_weak_carrier_too():
    # on the implant after 3 h: 75 and 10 % (uludag1999)
    sponge = typical(species="rat")
    weak = typical(species="rat", set={"scaffold_retained_fraction": "10 %"})
    for found, kept in ((sponge, 0.75), (weak, 0.10)):
        assert at(found, found.exposure.at_site["scaffold"], 3 / 24) == pytest.approx(kept, rel=0.06)
    assert any("collagenous sponge" in note for note in sponge.exposure.notes)
    assert any("more retention is not better" in note for note in sponge.exposure.notes)


def test_a_solution_is_gone_in_a_day_or_three():
    # 1 % left at 1 d, none at 3 d under the skin of mice (yamamoto1998), in a pocket of 0.1 mL
    pocket = {"defect_volume": "0.1 mL", "capillary_permeability": "44 mL/(min*kg)"}
    found = typical(route="local-bone", species="rat", state="nonunion", set=pocket)
    assert 0.002 < at(found, found.exposure.left, 1) < 0.03
    assert at(found, found.exposure.left, 3) < 1e-4


def test_only_proteins_soak_a_scaffold_and_acid_ones_less():
    acid = typical(species="rat", settings={"isoelectric_point": "5 pH"}).exposure.at_site["scaffold"].max()
    basic = typical(species="rat").exposure.at_site["scaffold"].max()
    small = typical(drug="dexamethasone", species="rat").exposure.at_site["scaffold"].max()
    assert basic > 10 * acid > small == 0


def test_a_computed_release_is_the_source_and_no_scaffold_besides():
    gel = typical("gel", drug="dexamethasone", dose="1 ug", species="rabbit").exposure
    assert gel.at_site["scaffold"].max() == 0
    assert gel.at_site["depot"][0, 0] > 0.5


def test_a_gel_that_may_bind_a_protein_is_told_and_so_is_solid_that_nobody_described():
    # over 30 d in mice in crosslinked gelatin (yamamoto1998), which diffusion alone does not give
    content = formulation("gel", dose="5 ug", species="rabbit").model_dump(mode="json", exclude_unset=True)
    content["layer"][0]["carrier"] = "gelatin-hydrogel"
    content["calculation"] = {"draws": 64, "horizon": "30 d"}
    exposure = predict(build(Formulation, content, "test"), Draws(64, 3)).exposure
    assert any("give the gel a measured release" in note for note in exposure.notes)
    assert any("counts as dissolved at once" in said for said in exposure.warnings)
    everywhere = exposure.left + exposure.in_plasma + exposure.eliminated + exposure.drained
    assert everywhere == pytest.approx(np.broadcast_to(exposure.given, everywhere.shape), abs=1e-9)


def test_a_clot_holds_a_protein_and_an_old_one_does_not():
    fresh, late = (
        typical(route="local-bone", state="fracture", volume="1 mL", start=start).exposure.at_site["clot"].max()
        for start in ("0 d", "20 d")
    )
    assert fresh == pytest.approx(0.3, rel=0.01)
    assert late == pytest.approx(0.3 * np.exp(-4), rel=0.01)
    assert typical(route="local-bone", state="nonunion", volume="1 mL").exposure.at_site["clot"].max() == 0


def test_each_dose_meets_the_clot_of_its_day():
    two = typical(route="local-bone", state="fracture", volume="1 mL", injections=2, interval="10 d")
    clot = two.exposure.at_site["clot"]
    before, after = (at(two, clot, day) for day in (9.9, 10.001))
    assert after - before == pytest.approx(0.5 * 0.3 * np.exp(-2), rel=0.05)


def test_a_small_defect_empties_sooner_than_a_large_one():
    small, large = (
        typical(route="local-bone", species=species, volume="1 uL" if species == "mouse" else "1 mL")
        for species in ("mouse", "human")
    )
    assert at(small, small.exposure.left, 0.5) < 0.5 * at(large, large.exposure.left, 0.5)


def test_a_scar_lets_less_out_than_a_fresh_fracture():
    # fewer vessels: less flow and less wall
    there = [
        typical(drug="dexamethasone", route="local-bone", state=state, set={volume: "1 mL"}, volume="0.5 mL")
        for state, volume in (("fracture", "haematoma_volume"), ("nonunion", "defect_volume"))
    ]
    assert at(there[1], there[1].exposure.left, 0.05) > at(there[0], there[0].exposure.left, 0.05)


def test_doses_add_up():
    one, two = typical(route="local-bone"), typical(route="local-bone", injections=2, interval="10 d")
    time = two.case.time
    parts = [np.interp(time - days * DAY, one.case.time, one.exposure.eliminated[0], left=0.0) for days in (0, 10)]
    apart = np.abs(time - 10 * DAY) > 60.0
    assert two.exposure.eliminated[0, apart] == pytest.approx(0.5 * sum(parts)[apart], abs=3e-3)


def test_the_dose_that_does_not_fit_is_told_and_the_plasma_curve_too():
    found = typical(species="rat", volume="1 mL").exposure
    assert any("1 mL is put into a defect of about 40 uL" in said for said in found.warnings)
    assert any("flip-flop" in note for note in found.notes)
    assert not any("is put into" in said for said in typical(species="rat").exposure.warnings)


def stay(carrier, dose, gel=False):
    layers = [{"id": "own", "carrier": carrier, "dose": dose}]
    if gel:
        layers.append({"id": "gel", "carrier": GEL, "holds": ["own"]})
    content = {
        "schema_version": 1,
        "layer": layers,
        "regimen": {
            "site": "bone-defect",
            "species": "rat",
            "state": "nonunion",
            "route": "local-bone",
            "volume": "30 uL",
        },
        "target": {"compartment": "defect", "duration": "7 d"},
        "calculation": {"draws": 16, "horizon": "40 d"},
    }
    return reside(build(Formulation, content, "test"), TypicalDraw())[0]


def half_life(found):
    return float(np.interp(-0.5, -found.left[0], found.time)) / DAY


def test_cells_and_vesicles_stay_for_days_and_a_gel_keeps_them_longer():
    # cells at most 6.9 d (huang2015); vesicles 1 to 3 d, prior
    assert half_life(stay("bmsc-cells", "100000 cells")) == pytest.approx(3.0, rel=0.02)
    free, held = (stay("exosome-bmsc", "1e9 particles", gel) for gel in (False, True))
    assert half_life(free) == pytest.approx(2.0, rel=0.02)
    assert half_life(held) > half_life(free)
    everywhere = held.left + sum(held.elsewhere.values())
    assert everywhere == pytest.approx(np.broadcast_to(held.given, everywhere.shape), abs=1e-9)
    assert any("prior" in note for note in free.notes)


def test_what_is_missing_is_named():
    with pytest.raises(MissingValueError, match="celecoxib has no"):
        typical(drug="celecoxib")


@pytest.mark.parametrize("species", SITE.species)
@pytest.mark.parametrize("state", SITE.states)
def test_every_species_and_state_has_its_numbers(species, state):
    for route in SITE.routes:
        assert np.isfinite(typical(species=species, state=state, route=route).exposure.left).all()
