"""A disc from the catalog: conservation, leak, routes, states, species, doses, warnings and what a reader is told."""

from functools import cache

import numpy as np
import pytest

from formulate.case import prepare
from formulate.formulation import Formulation, build
from formulate.pipeline import Prediction, predict
from formulate.regimen import Event
from formulate.retention import stage_disc
from formulate.retention.site import Setting, setting
from formulate.retention.slab_forms import slab_half_life
from formulate.retention.stage_disc_inputs import Reader, anatomy, disc_of
from formulate.sampling import Draws, TypicalDraw
from materials import catalog
from materials.errors import FileError, MissingValueError

DAY = 86400.0
SITE = catalog.load().site("disc")
NUCLEUS = "nucleus-pulposus"
GEL = "hyaluronic-acid-hydrogel"
LAYERS = {
    "solution": ["free-drug-solution"],
    "microspheres": ["plga-microsphere"],
    "nanoparticles": ["plga-nanoparticle"],
    "liposomes": ["pegylated-liposome"],
    "gel": [GEL],
    "microspheres in gel": ["plga-microsphere", GEL],
}
USUAL = {"human": ("20 ug", "1 mL"), "rabbit": ("0.2 ug", "10 uL"), "rat": ("0.04 ug", "2 uL")}


def formulation(given: str = "solution", drug: dict | None = None, horizon: str = "60 d", **regimen) -> Formulation:
    species = regimen.setdefault("species", "human")
    dose, volume = USUAL.get(species, ("2 ug", "100 uL"))
    regimen.setdefault("volume", volume)
    held, layers = ["dexamethasone"], []
    for index, carrier in enumerate(LAYERS[given]):
        layers.append({"id": f"layer{index}", "carrier": carrier, "holds": held})
        held = [f"layer{index}"]
    content = {
        "schema_version": 1,
        "payload": [{"id": "dexamethasone", "dose": dose, "set": drug or {}}],
        "layer": layers,
        "regimen": {"site": "disc", **regimen},
        "target": {"compartment": NUCLEUS, "duration": "7 d"},
        "calculation": {"draws": 32, "horizon": horizon},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


def typical(given: str = "solution", **asked) -> Prediction:
    return predict(formulation(given, **asked), TypicalDraw())


@cache
def drawn(given: str, state: str, route: str, species: str) -> Prediction:
    return predict(formulation(given, state=state, route=route, species=species), Draws(32, 7))


def left(prediction: Prediction, days: float) -> float:
    return float(np.interp(days * DAY, prediction.case.time, prediction.exposure.left[0]))


WHERE = [("intradiscal", "human"), ("intravenous", "human"), ("intradiscal", "rat")]
# whatever is given, by every route and in both species, in the two states in turn
GRID = [
    (given, ("healthy", "late-degenerate")[(place + turn) % 2], *where)
    for place, given in enumerate(LAYERS)
    for turn, where in enumerate(WHERE)
]


@pytest.mark.parametrize(("given", "state", "route", "species"), GRID)
def test_nothing_is_made_or_lost(given, state, route, species):
    if "gel" in given and route == "intravenous":
        with pytest.raises(FileError, match=r"regimen.route: .*a gel .* would block vessels; need intradiscal"):
            drawn(given, state, route, species)
        return
    exposure = drawn(given, state, route, species).exposure
    everywhere = exposure.left + exposure.in_plasma + exposure.eliminated + exposure.drained
    everywhere = everywhere + sum(exposure.elsewhere.values())
    assert everywhere == pytest.approx(np.broadcast_to(exposure.given, everywhere.shape), abs=1e-9)
    for name, amount in (exposure.at_site | exposure.elsewhere | {"plasma": exposure.in_plasma}).items():
        assert amount.min() >= -1e-9, name
    assert np.diff(exposure.eliminated).min() >= -1e-9
    assert set(exposure.unbound) == set(SITE.compartments)
    assert all(np.isfinite(values).all() for values in exposure.unbound.values())
    assert (exposure.carriers_left >= 0).all()
    assert (exposure.carriers_left <= 1 + 1e-12).all()
    profile = exposure.at_depth[NUCLEUS]
    assert profile.unbound.shape == (len(profile.depth), profile.depth.shape[1], len(profile.time))


def test_each_dose_behaves_like_the_first():
    one, two = typical(), typical(injections=2, interval="10 d")
    time = two.case.time

    def of_first(days):
        return np.interp(time - days * DAY, one.case.time, one.exposure.left[0], left=0.0)

    expected = 0.5 * (of_first(0) + of_first(10))
    apart = np.abs(time - 10 * DAY) > 60.0
    assert two.exposure.left[0, apart] == pytest.approx(expected[apart], abs=2e-3)
    assert two.exposure.given[[0, -1]] == pytest.approx([0.5, 1.0])


def test_blood_and_disc_add_up_when_both_are_used():
    # 20 ug into the disc and 60 ug into a vein: a quarter of all starts in the disc
    both = typical(also=[{"route": "intravenous", "dose": "60 ug"}])
    alone, vein = typical(), typical(route="intravenous")
    time = both.case.time[5:]
    parts = [np.interp(time, item.case.time, item.exposure.in_plasma[0]) for item in (alone, vein)]
    assert both.exposure.in_plasma[0, 5:] == pytest.approx(0.25 * parts[0] + 0.75 * parts[1], abs=1e-4)


def test_gels_leak_less_than_liquids_and_particles_in_them_least():
    gone = [
        typical(given).exposure.elsewhere[stage_disc.BESIDE][0, 0]
        for given in ("solution", "gel", "microspheres in gel")
    ]
    assert gone[0] > 3 * gone[1] > 3 * gone[2] > 0


def test_an_overfilled_disc_leaks_more():
    gone = [typical(volume=volume).exposure.elsewhere[stage_disc.BESIDE][0, 0] for volume in ("0.2 mL", "1 mL", "3 mL")]
    assert gone[0] < gone[1] < gone[2] < 1
    # below a tenth of the nucleus it does not matter
    assert gone[0] == pytest.approx(0.5)


def test_a_vein_is_no_way_into_the_disc():
    local, vein = typical(), typical(route="intravenous")
    reached = vein.exposure.unbound[NUCLEUS][0].max() / local.exposure.unbound[NUCLEUS][0].max()
    assert 0 < reached < 0.01
    late = vein.exposure.unbound[NUCLEUS][0].argmax() > vein.exposure.unbound["plasma"][0].argmax()
    assert late
    particles = typical("nanoparticles", route="intravenous")
    assert particles.exposure.at_site["carriers"].max() == 0
    assert any("closed to carriers in blood" in note for note in particles.exposure.notes)


def constants(draws=None, **asked):
    case = prepare(formulation(**asked), draws or TypicalDraw())
    reader = Reader(case)
    return disc_of(case, reader, anatomy(reader))


def test_degeneration_works_both_ways():
    healthy, late = constants(), constants(state="late-degenerate")
    assert late.half_height < healthy.half_height  # sooner
    assert late.annulus_conductance > healthy.annulus_conductance  # sooner
    assert late.endplate_permeability < healthy.endplate_permeability  # later


def test_the_fixed_charge_gathers_cations_and_keeps_anions_out():
    levels = [constants(drug={"net_charge": charge}).nucleus_partition[0] for charge in ("-2", "0", "3")]
    # x = 1.570 at 0.14 mol/L
    assert levels[0] / levels[1] == pytest.approx(1.570**-2, rel=1e-3)
    assert levels[2] / levels[1] == pytest.approx(1.570**3, rel=1e-3)


@pytest.mark.parametrize("state", ["healthy", "late-degenerate"])
def test_a_rat_disc_empties_about_a_hundred_times_sooner(state):
    found = {}
    for species in ("human", "rabbit", "rat"):
        disc = constants(species=species, state=state)
        found[species] = slab_half_life(disc.half_height, disc.diffusivity, disc.biot)[0]
    assert 40 < found["human"] / found["rat"] < 145
    assert found["rat"] < found["rabbit"] < found["human"]


def test_chymopapain_leaves_human_discs_as_fast_as_its_plasma_says():
    # 2 to 3 d in patients, whose discs are degenerate; a cationic enzyme of 23.7 kg/mol
    drug = {"molar_mass": "23.7 kg/mol", "stokes_radius": "2.2 nm", "diffusion_coefficient_water": "1.5e-10 m^2/s"}
    drug["net_charge"] = "5"
    within = []
    for state in ("early-degenerate", "late-degenerate"):
        disc = constants(Draws(256, 7), drug=drug, state=state)
        life = slab_half_life(disc.half_height, disc.diffusivity, disc.biot, disc.load_exchange)
        low, high = np.quantile(life, [0.1, 0.9])
        within.append(low < 2.5 * DAY < high)
    assert all(within)


def test_binding_keeps_drug_and_degradation_takes_it():
    plain = typical()
    bound = typical(drug={"disc_binding_ratio": "20"})
    fading = typical(drug={"tissue_degradation_half_life": "6 h"})
    assert left(fading, 3) < left(plain, 3) < left(bound, 3)


def test_sites_that_fill_up_are_used_when_asked_for():
    sites = {"disc_site_concentration": "100 umol/L", "disc_dissociation_constant": "1 umol/L"}
    low, high = typical(drug=sites), typical()
    assert left(low, 5) > 1.2 * left(high, 5)
    exposure = low.exposure
    whole = exposure.left + exposure.in_plasma + exposure.eliminated + sum(exposure.elsewhere.values())
    assert whole == pytest.approx(np.ones_like(whole), abs=1e-9)


# carriers


def at(form_of: str, route: str = "intradiscal", **asked) -> Setting:
    case = prepare(formulation(form_of, **asked), TypicalDraw())
    return setting(case, Event(route, 0.0, 1.0))


@pytest.mark.parametrize("given", ["microspheres", "nanoparticles", "liposomes", "microspheres in gel"])
@pytest.mark.parametrize("route", ["intradiscal", "intravenous"])
def test_every_carrier_is_somewhere(given, route):
    place = at(given, route)
    arrived = 1.0 - np.exp(-place.time / DAY)[None, :]
    where = stage_disc.whereabouts(place, arrived)
    assert where.here + where.gone == pytest.approx(arrived, abs=1e-12)
    assert where.notes


def test_particles_too_wide_for_the_pores_do_not_leave_by_diffusion():
    wide, small = at("nanoparticles"), at("nanoparticles", species="rat")
    arrived = np.ones((1, len(wide.time)))
    assert stage_disc.whereabouts(wide, arrived).elsewhere[stage_disc.CARRIED_OFF].max() == 0
    fine = Setting(**{**vars(small), "carrier": Fine(small.carrier)})
    assert stage_disc.whereabouts(fine, arrived[:, : len(fine.time)]).elsewhere[stage_disc.CARRIED_OFF][0, -1] > 0.2


class Fine:
    """A carrier of 15 nm."""

    def __init__(self, like):
        self.entry = like.entry

    def read(self, name, needed_for):
        return np.array([[15e-9]])

    def typical(self, name, needed_for):
        return 15e-9


def test_cells_die_or_leak():
    content = formulation("microspheres").model_dump(mode="json", exclude_unset=True)
    case = prepare(build(Formulation, content, "test"), TypicalDraw())
    cells = type(case.inner)(case.inputs, catalog.load().carrier("bmsc-cells"))
    place = Setting(**{**vars(setting(case, Event("intradiscal", 0.0, 1.0))), "carrier": cells})
    where = stage_disc.whereabouts(place, np.ones((1, len(place.time))))
    assert where.here + where.gone == pytest.approx(np.ones_like(where.here), abs=1e-12)
    alive = np.interp(5 * DAY, place.time, where.here[0]) / where.here[0, 0]
    assert alive == pytest.approx(0.5, rel=0.01)  # the half-life of implanted cells, 5 d
    assert where.elsewhere[stage_disc.DEAD][0, -1] > 0.3


# what a reader is told


def test_a_large_volume_a_high_pressure_and_a_wide_needle_are_told_with_their_numbers():
    told = " | ".join(typical(species="rat", volume="10 uL").exposure.warnings)
    assert "10 uL is injected; a disc of the rat takes about 2 uL" in told
    assert "2.5 times the nucleus" in told
    assert "the 2 MPa that a punctured annulus holds" in told
    assert "a needle of 0.31 mm is 33% of the height of the disc: reports on harm vary here" in told
    wide = typical(species="rat", set={"needle_outer_diameter": "0.82 mm"}).exposure.warnings
    assert any("made discs degenerate" in item for item in wide)
    assert typical().exposure.warnings == ()


def test_pitfalls_are_told_where_they_apply():
    rat = " | ".join(typical("microspheres", species="rat", state="late-degenerate").exposure.notes)
    for words in ("square of its height", "per gram", "outlast", "label", "both ways", "wide priors", "man"):
        assert words in rat, words
    man = " | ".join(typical().exposure.notes)
    assert "flip-flop" in man
    for words in ("square of its height", "per gram", "label", "both ways"):
        assert words not in man, words


def test_what_is_missing_is_named():
    content = formulation().model_dump(mode="json", exclude_unset=True)
    content["payload"][0]["id"] = "celecoxib"
    content["layer"][0]["holds"] = ["celecoxib"]
    with pytest.raises(MissingValueError, match="celecoxib has no"):
        predict(build(Formulation, content, "test"), TypicalDraw())


@pytest.mark.parametrize("species", ["cow", "dog", "goat", "rabbit", "rat", "sheep"])
@pytest.mark.parametrize("state", SITE.states)
def test_every_species_and_state_has_its_numbers(species, state):
    prediction = typical(species=species, state=state, horizon="1 d")
    assert np.isfinite(prediction.exposure.left).all()
