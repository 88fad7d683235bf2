"""Release from gels and from carriers in gels, in whole formulations: by hand, limits, conservation, what is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import formulate
from formulate.pipeline import predict
from formulate.release.diffusion import released_from_sphere
from formulate.release.shapes import released_from_cylinder, released_from_slab
from formulate.residence import reside
from formulate.results import Release
from formulate.sampling import TypicalDraw
from materials.errors import DomainError

DAY = 86400.0
# 5 kPa at 37 degC: the cube root of 6 k_B T/(pi G') is 11.78 nm; 10 % of polymer of 1.35 g/mL is 7.56 % by volume
GEL = {
    "polymer_mass_fraction": "10 percent_w_w",
    "polymer_density": "1.35 g/cm^3",
    "storage_modulus": "5 kPa",
    "gel_degradation_half_life": "10 day",
}
MESH, THICK = 11.78e-9, np.exp(-0.07563 / (1.0 - 0.07563))
RADIUS = 6.2035e-3  # of 1 mL
DRUG = {
    "diffusion_coefficient_water": "5e-10 m^2/s",
    "stokes_radius": "0.6 nm",
    "aqueous_solubility": "1 mg/mL",
    "molar_mass": "400 g/mol",
}
STILL = {"chain_loss_rate": "1e-6 1/day"}  # as good as none over weeks
STABLE = {"gel_degradation_half_life": "100000 day"}


def run(
    gel: dict[str, str] | None = None,
    inside: dict[str, str] | None = None,
    carrier: str = "plga-nanoparticle",
    drug: dict[str, str] | None = None,
    dose: str = "0.01 mg",
    draws: int = 0,
    entry: str = "hyaluronic-acid-hydrogel",
) -> Release:
    """Release of a drug in a gel, or in a carrier in a gel where one is set."""
    payload = [{"id": "dexamethasone", "dose": dose, "set": {**DRUG, **(drug or {})}}]
    held = "dexamethasone" if inside is None else "inner"
    layers = [{"id": "gel", "carrier": entry, "holds": [held], "set": {**GEL, **(gel or {})}}]
    if inside is not None:
        layers.insert(0, {"id": "inner", "carrier": carrier, "holds": ["dexamethasone"], "set": inside})
    asked = formulate.new_formulation(
        payload=payload,
        layer=layers,
        regimen={"site": "knee", "volume": "1 mL"},
        calculation={"draws": draws or 16},
        target={"duration": "30 d"},
    )
    return predict(asked, None if draws else TypicalDraw()).release


def left_by(half_life: float, time: np.ndarray) -> np.ndarray:
    return 2.0 ** (-time / (half_life * DAY))


def told(release: Release, words: str) -> bool:
    return any(words in warning for warning in release.warnings)


# --- the drug itself


def test_a_mesh_that_stays_is_the_release_at_constant_speed():
    found = run({**STILL, **STABLE})
    speed = 5e-10 * (1.0 - 0.6e-9 / MESH) * THICK
    assert found.free[0] == pytest.approx(released_from_sphere(speed * found.time / RADIUS**2), abs=2e-4)
    assert not found.warnings


def test_a_gel_that_degrades_widens_its_mesh_unless_told_otherwise():
    # a drug of nearly the mesh: 1 - 11/11.78 at first; the modulus falls by half in 10 days, the mesh grows by 26 %
    wide = {"stokes_radius": "11 nm", "diffusion_coefficient_water": "3e-10 m^2/s"}
    still, widening = run(STILL, drug=wide), run(drug=wide)
    assert (widening.free >= still.free - 1e-9).all()
    assert (widening.free - still.free).max() > 0.05
    # the same told by hand: ln 2 in 10 days
    by_hand = run({"chain_loss_rate": "0.0693147 1/day"}, drug=wide)
    assert by_hand.free == pytest.approx(widening.free, abs=1e-5)


def test_a_drug_that_hardly_feels_the_mesh_does_not_feel_it_widen():
    assert run().free == pytest.approx(run(STILL).free, abs=2e-3)


def test_a_drug_wider_than_the_mesh_waits():
    big = {"stokes_radius": "20 nm", "diffusion_coefficient_water": "1e-11 m^2/s"}
    held = run({**STILL, **STABLE}, drug=big)
    assert held.free.max() < 1e-3
    assert told(held, "too narrow for the drug")
    # m k t = ln(20/11.78) at 1/3 0.2 per day: 7.94 days
    opening = run({**STABLE, "chain_loss_rate": "0.2 1/day"}, drug=big)
    days = opening.time / DAY
    assert opening.free[0][days < 7.8].max() < 1e-3
    assert opening.free[0][-1] > 0.02


def test_sites_that_never_let_go_leave_the_drug_to_the_gel():
    sticky = {"binding_site_concentration": "30 mmol/L", "binding_dissociation_constant": "1e-12 mmol/L"}
    found = run(sticky)
    assert found.free[0] == pytest.approx(1.0 - left_by(10.0, found.time), abs=1e-3)


def test_sites_that_are_nearly_empty_slow_by_what_they_bind():
    # 0.01 mg in 1 mL is 25 umol/L, far below 1 mmol/L: 1 + 9 times as slow
    sites = {**STILL, **STABLE, "binding_site_concentration": "9 mmol/L", "binding_dissociation_constant": "1 mmol/L"}
    found = run(sites)
    speed = 5e-10 * (1.0 - 0.6e-9 / MESH) * THICK / 10.0
    assert found.free[0] == pytest.approx(released_from_sphere(speed * found.time / RADIUS**2), abs=5e-3)
    assert told(found, "slow the drug 10-fold")
    # a load of 2.5 mmol/L fills some of them, and is faster; weaker and fewer sites too
    full = run(sites, dose="1 mg", drug={"aqueous_solubility": "10 mg/mL"})
    assert (full.free - found.free).max() > 0.02
    weak = run({**sites, "binding_dissociation_constant": "10 mmol/L"})
    assert (weak.free >= found.free - 1e-9).all()


def test_sites_hold_more_than_the_water_dissolves():
    # 0.925 mg/mL in gel water, and of 4 mg/mL sites, half full at 0.4 mg/mL, 70 %: 3.7 mg of 5 are no crystals
    sites = {"binding_site_concentration": "10 mmol/L", "binding_dissociation_constant": "1 mmol/L"}
    plain, bound = run(dose="5 mg"), run(sites, dose="5 mg")
    assert plain.solid[0, -1] > bound.solid[0, -1] > 0.0
    assert run(sites, dose="3 mg").solid.max() == 0.0


def test_a_patch_is_a_slab():
    speed = 5e-10 * (1.0 - 0.6e-9 / MESH) * THICK
    two = run({**STILL, **STABLE, "slab_thickness": "2 mm"})
    assert two.free[0] == pytest.approx(released_from_slab(two.time, 2e-3, speed), abs=3e-4)
    one = run({**STILL, **STABLE, "slab_thickness": "2 mm", "slab_open_faces": "1"})
    assert one.free[0] == pytest.approx(released_from_slab(one.time, 2e-3, speed, "one"), abs=3e-4)
    half = run({**STILL, **STABLE, "slab_thickness": "1 mm", "slab_open_faces": "1"})
    assert half.free == pytest.approx(two.free)


def test_a_rod_is_a_cylinder():
    speed = 5e-10 * (1.0 - 0.6e-9 / MESH) * THICK
    rod = run({**STILL, **STABLE, "cylinder_radius": "1 mm"})
    assert rod.free[0] == pytest.approx(released_from_cylinder(rod.time, 1e-3, speed), abs=3e-4)


@pytest.mark.parametrize("shape", [{}, {"slab_thickness": "1 mm"}, {"cylinder_radius": "1 mm"}])
def test_crystals_leave_no_faster_than_what_is_dissolved(shape):
    solid, solved = run(shape, dose="10 mg"), run(shape, dose="0.01 mg")
    assert (solid.free <= solved.free + 1e-9).all()
    assert solid.free[0, -1] < 0.999 or shape


@pytest.mark.parametrize(("shape", "words"), [
    ({"slab_thickness": "1 mm", "cylinder_radius": "1 mm"}, "cylinder_radius"),
    ({"slab_thickness": "1 mm", "slab_open_faces": "1.5"}, "slab_open_faces"),
    ({"swelling_volume_ratio": "0.05"}, "swelling_volume_ratio"),
])  # fmt: skip
def test_a_shape_there_is_not_is_refused(shape, words):
    with pytest.raises(DomainError, match=words):
        run(shape)


def test_a_gel_that_swells_is_larger_with_a_wider_mesh():
    # eight times the volume: twice the radius and mesh, the polymer 0.95 %
    swollen = run({**STILL, **STABLE, "swelling_volume_ratio": "8"})
    thin = np.exp(-0.009454 / (1 - 0.009454))
    speed = 5e-10 * (1.0 - 0.6e-9 / (2.0 * MESH)) * thin
    assert swollen.free[0] == pytest.approx(released_from_sphere(speed * swollen.time / (2 * RADIUS) ** 2), abs=3e-4)
    assert told(swollen, "8 times the volume injected")
    # 1.35 g/mL: 1/0.009454 of the volume is 104.8, less one, over 1.35 beside one of polymer: 77.6 times its dry mass
    by_mass = run({**STILL, **STABLE, "mass_swelling_ratio": "78.1"})
    assert by_mass.free == pytest.approx(swollen.free, abs=3e-3)
    same = run({"swelling_volume_ratio": "1"})
    assert same.free == pytest.approx(run().free)


def test_a_gel_on_a_support_swells_in_its_thickness_alone():
    on = {**STILL, **STABLE, "slab_thickness": "1 mm", "swelling_volume_ratio": "2"}
    thin = np.exp(-0.037815 / (1 - 0.037815))
    for faces, ways in (("1", 1.0), ("2", 1.0 / 3.0)):
        found = run({**on, "slab_open_faces": faces})
        speed = 5e-10 * (1.0 - 0.6e-9 / (2.0 ** (1 / 3) * MESH)) * thin
        expected = released_from_slab(found.time, 1e-3 * 2.0**ways, speed, "one" if faces == "1" else "two")
        assert found.free[0] == pytest.approx(expected, abs=3e-4)


CHAIN = {
    "molar_mass_between_crosslinks": "0.701 kg/mol",
    "repeat_unit_mass": "44 g/mol",
    "characteristic_ratio": "4",
    "bond_length": "0.146 nm",
    "bonds_per_repeat": "2",
}


def test_the_mesh_by_composition_where_no_modulus_is_known():
    # the published gel of PEG diacrylate: 91 % water, mesh of 3.87 nm; a solute of 3 nm passes, one of 4.5 nm waits
    def of(radius: str) -> Release:
        payload = [{"id": "dexamethasone", "dose": "0.01 mg", "set": {**DRUG, "stokes_radius": radius}}]
        layer = [{"id": "gel", "carrier": "peg-hydrogel", "holds": ["dexamethasone"], "set": STILL | STABLE}]
        regimen = {"site": "knee", "volume": "1 mL"}
        return predict(formulate.new_formulation(payload=payload, layer=layer, regimen=regimen), TypicalDraw()).release

    assert of("3 nm").free[0, -1] > 0.9
    assert of("4.5 nm").free[0, -1] < 0.01


GELS = ["alginate", "chitosan-thermogel", "collagen-gel", "cyclodextrin", "fibrin-gel", "gelatin", "peg"]


@pytest.mark.parametrize("carrier", [name if name.endswith("gel") else f"{name}-hydrogel" for name in GELS])
def test_a_small_drug_crosses_the_gels_of_the_catalog_within_days_unless_they_bind_it(carrier):
    payload = [{"id": "dexamethasone", "dose": "0.01 mg"}]
    layer = [{"id": "gel", "carrier": carrier, "holds": ["dexamethasone"]}]
    asked = formulate.new_formulation(payload=payload, layer=layer, regimen={"site": "knee", "volume": "1 mL"})
    found = predict(asked, TypicalDraw()).release
    after = {days: np.interp(days * DAY, found.time, found.released[0]) for days in (0.1, 2.0)}
    if carrier == "cyclodextrin-hydrogel":  # 1 + 30/0.453 times as slow
        assert after[2.0] < 0.7
        assert told(found, "binding sites of the gel slow the drug 67")
    else:
        assert 0.4 < after[0.1] < 0.95
        assert after[2.0] > 0.99


def of_catalog(gel: str, inside: dict[str, str] | None = None) -> Release:
    held = "dexamethasone" if inside is None else "inner"
    layers = [{"id": "gel", "carrier": gel, "holds": [held]}]
    if inside is not None:
        layers.insert(0, {"id": "inner", "carrier": "liposome", "holds": ["dexamethasone"], "set": inside})
    payload = [{"id": "dexamethasone", "dose": "0.01 mg", "set": DRUG}]
    regimen = {"site": "knee", "volume": "1 mL"}
    return predict(formulate.new_formulation(payload=payload, layer=layers, regimen=regimen), TypicalDraw()).release


def test_pores_between_fibres_let_vesicles_out_that_a_mesh_of_chains_holds():
    # by its modulus of 300 Pa fibrin would have a mesh of 30 nm; pores of 1.7 um were seen
    fibrin, chains = (
        of_catalog("fibrin-gel", {"diameter": "100 nm"}),
        of_catalog("gelatin-hydrogel", {"diameter": "100 nm"}),
    )
    assert told(fibrin, "finer than the mesh")
    day = np.searchsorted(fibrin.time, DAY)
    assert fibrin.carriers_out[0, day] > 0.3
    assert chains.carriers_out[0, day] < 0.1


def test_a_gel_of_the_catalog_that_wears_off_is_gone_with_what_it_held():
    # 6.2 mm at 3 mm per day
    found = of_catalog("poloxamer-thermogel", {"diameter": "100 nm"})
    days = found.time / DAY
    worn = np.minimum(days * 3.0 / 6.2035, 1.0)
    assert found.carriers_out[0] == pytest.approx(1.0 - (1.0 - worn) ** 3, abs=1e-6)


def test_sites_of_which_nobody_knows_the_strength_are_told():
    found = run({"binding_site_concentration": "30 mmol/L"})
    assert told(found, "how strongly the sites of the gel bind dexamethasone is not known")
    assert found.free == pytest.approx(run().free)


def test_two_mesh_sizes_that_lie_apart_are_both_told():
    # by the modulus 11.8 nm, by chains of 0.7 kg/mol 3.9 nm
    assert told(run(CHAIN), "11.8 nm by the modulus")
    assert not told(run({**CHAIN, "molar_mass_between_crosslinks": "5 kg/mol"}), "by the modulus")
    mine = run({**CHAIN, "mesh_size": "5 nm"}, drug={"stokes_radius": "5.5 nm"})
    assert told(mine, "too narrow for the drug")
    assert not told(mine, "by the modulus")


# --- carriers in a gel


def test_particles_far_wider_than_the_mesh_leave_with_the_gel_alone():
    found = run({}, {"diameter": "10 um"})
    assert found.carriers_out[0] == pytest.approx(1.0 - left_by(10.0, found.time), abs=1e-9)
    assert not told(found, "finer")
    assert not told(found, "widened")


def test_particles_far_finer_than_the_mesh_diffuse_as_in_water():
    # 20 nm in a mesh of 20 um: k_B T/(6 pi eta r) at 0.69 mPa s is 3.29e-11 m2/s for 10 nm
    loose = {**STABLE, **STILL, "mesh_size": "20 um", "polymer_mass_fraction": "0.1 percent_w_w"}
    found = run(loose, {"diameter": "20 nm"})
    expected = released_from_sphere(3.29e-11 * found.time / RADIUS**2)
    assert found.carriers_out[0] == pytest.approx(expected, abs=2e-3)
    assert told(found, "finer than the mesh")


def test_rigid_particles_have_their_own_cut_off():
    # the mesh of 60 nm holds what is as wide, though a molecule of that radius would pass at half of its speed
    at = {**STABLE, **STILL, "mesh_size": "60 nm"}
    assert run(at, {"diameter": "61 nm"}).carriers_out.max() < 1e-3
    assert run(at, {"diameter": "30 nm"}).carriers_out.max() > 0.1


def test_a_widening_mesh_lets_go_of_what_it_held():
    # 60 nm in 30 nm, the mesh growing with half of 0.2 per day: ln 2/0.1 = 6.93 days
    opening = {**STABLE, "mesh_size": "30 nm", "chain_loss_rate": "0.2 1/day", "mesh_widening_exponent": "0.5"}
    found = run(opening, {"diameter": "60 nm"})
    days = found.time / DAY
    assert found.carriers_out[0][days < 6.9].max() < 1e-3
    assert found.carriers_out[0][days > 10.0].min() > 0.05
    assert told(found, "typically after 6.9 days (by chain_loss_rate)")
    # ln 1.2 at 1/2 ln 2/10 per day
    assumed = run({"mesh_size": "50 nm"}, {"diameter": "60 nm"})
    assert told(assumed, "typically after 5.3 days (its chains taken to go as fast as the gel)")


def test_what_the_mesh_holds_goes_at_the_latest_with_the_gel():
    held = {"gel_dissolution_time": "5 day", "mesh_size": "30 nm", **STILL}
    found = run(held, {"diameter": "60 nm"})
    days = found.time / DAY
    assert found.carriers_out[0][days < 5.0].max() < 1e-3
    assert found.carriers_out[0][days >= 5.0].min() == 1.0


def test_a_gel_that_wears_off_lets_go_of_what_it_held_as_it_shrinks():
    # 6.2035 mm at 0.31018 mm per day: 20 days
    found = run({"surface_erosion_velocity": "310.175 um/day"}, {"diameter": "10 um"})
    fraction = np.minimum(found.time / (20.0 * DAY), 1.0)
    assert found.carriers_out[0] == pytest.approx(1.0 - (1.0 - fraction) ** 3, abs=1e-4)
    film = run({"surface_erosion_velocity": "100 um/day", "slab_thickness": "2 mm"}, {"diameter": "10 um"})
    assert film.carriers_out[0] == pytest.approx(np.minimum(film.time / (10.0 * DAY), 1.0), abs=1e-6)


def test_sites_hold_drug_set_free_inside_the_gel():
    small = {"diameter": "10 um"}
    sites = {"binding_site_concentration": "30 mmol/L", "binding_dissociation_constant": "0.1 mmol/L"}
    free, bound = run(STABLE, small), run({**STABLE, **sites}, small)
    assert (bound.free <= free.free + 1e-9).all()
    assert (free.free - bound.free).max() > 0.05


DIAMETERS = st.floats(5.0, 2000.0)


@settings(max_examples=12, deadline=None)
@given(
    DIAMETERS, st.floats(2.0, 500.0), st.floats(1e-5, 2.0), st.sampled_from(["", "slab_thickness", "cylinder_radius"])
)
def test_the_populations_sum_to_one_and_what_left_does_not_return(diameter, mesh, loss, shape):
    gel = {"mesh_size": f"{mesh} nm", "chain_loss_rate": f"{loss} 1/day", **({shape: "1.5 mm"} if shape else {})}
    found = run(gel, {"diameter": f"{diameter} nm"})
    total = found.in_depot_carrier + found.in_free_carrier + found.solid + found.free
    assert total == pytest.approx(np.ones_like(total), abs=1e-9)
    for part in (found.in_depot_carrier, found.in_free_carrier, found.free, found.free_from_depot):
        assert part.min() >= -1e-9
    for course in (found.carriers_out, found.released):
        assert np.diff(course, axis=1).min() >= -1e-9


@settings(max_examples=8, deadline=None)
@given(DIAMETERS, st.floats(1.1, 3.0))
def test_wider_meshes_and_finer_particles_let_go_sooner(diameter, factor):
    plain = run({"mesh_size": "100 nm"}, {"diameter": f"{diameter} nm"}).carriers_out
    wider = run({"mesh_size": f"{100 * factor} nm"}, {"diameter": f"{diameter} nm"}).carriers_out
    finer = run({"mesh_size": "100 nm"}, {"diameter": f"{diameter / factor} nm"}).carriers_out
    assert (wider >= plain - 1e-9).all()
    assert (finer >= plain - 1e-9).all()


# --- vesicles that are the drug


def test_vesicles_that_are_the_drug_leave_a_wide_mesh():
    def left_in_gel(mesh: str) -> np.ndarray:
        asked = formulate.new_formulation(
            layer=[
                {"id": "ev", "carrier": "exosome-generic", "dose": "1e10 particles", "set": {"diameter": "100 nm"}},
                {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["ev"],
                 "set": {**GEL, "mesh_size": mesh}},
            ],
            regimen={"site": "knee", "volume": "1 mL"},
            target={"duration": "30 d"},
        )  # fmt: skip
        (found,) = reside(asked, TypicalDraw())
        return found.in_depot[0], found.time, found.warnings

    held, time, quiet = left_in_gel("10 nm")
    assert held == pytest.approx(left_by(10.0, time), abs=1e-6)
    loose, _, warned = left_in_gel("2000 nm")
    assert loose[-1] < held[-1]
    assert (held - loose).max() > 0.1
    assert any("finer than the mesh" in text for text in warned)
    assert not any("mesh" in text for text in quiet)


def test_cells_leave_with_the_gel_alone():
    asked = formulate.new_formulation(
        layer=[
            {"id": "cells", "carrier": "msc-allogeneic", "dose": "1 million cells"},
            {"id": "gel", "carrier": "fibrin-gel", "holds": ["cells"], "set": {"gel_degradation_half_life": "10 day"}},
        ],
        regimen={"site": "knee", "volume": "1 mL", "set": {"injected_cell_half_life": "9000 day"}},  # all stay alive
        target={"duration": "30 d"},
    )
    (found,) = reside(asked, TypicalDraw())
    assert found.in_depot[0] == pytest.approx(left_by(10.0, found.time), abs=0.02)
    assert not any("mesh" in text for text in found.warnings)
