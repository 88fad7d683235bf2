"""A cord from the catalog: conservation, routes, states, species, an injury before or after the dose, carriers."""

from functools import cache

import numpy as np
import pytest

from formulate.case import prepare
from formulate.formulation import Formulation, build
from formulate.pipeline import Prediction, predict
from formulate.regimen import Event
from formulate.residence import reside
from formulate.retention import stage_cord
from formulate.retention.site import setting
from formulate.sampling import Draws, TypicalDraw
from materials import catalog
from materials.errors import FormulateError, MissingValueError

DAY, HOUR = 86400.0, 3600.0
SITE = catalog.load().site("spinal-cord")
FLUID = "cerebrospinal-fluid"
GEL = "hyaluronic-acid-hydrogel"
LAYERS = {
    "solution": ["free-drug-solution"],
    "microspheres": ["plga-microsphere"],
    "nanoparticles": ["plga-nanoparticle"],
    "liposomes": ["pegylated-liposome"],
    "gel": [GEL],
    "nanoparticles in gel": ["plga-nanoparticle", GEL],
}
# as printed on labels and in handbooks; the disposition in blood matters little here
CYTARABINE = {
    "molar_mass": "243.2 g/mol", "logp_octanol_water": "-2.5 log10", "diffusion_coefficient_water": "8e-10 m^2/s",
    "unbound_fraction_plasma": "87 percent", "systemic_clearance": "60 L/h", "volume_of_distribution": "50 L",
    "aqueous_solubility": "100 mg/mL",
}  # fmt: skip
NUCLEIC = CYTARABINE | {"molar_mass": "7127 g/mol", "stokes_radius": "1.7 nm"}


def formulation(
    given: str = "solution", drug: dict | None = None, horizon: str = "60 d", own: dict | None = None, **regimen
) -> Formulation:
    regimen = {"species": "human", "route": "intrathecal", **regimen}
    name = "own-drug" if own else "dexamethasone"
    payload = {"id": name, "dose": "1 ug", "set": {**(own or {}), **(drug or {})}}
    if own:
        payload["inline"] = True
    held, layers = [name], []
    for index, carrier in enumerate(LAYERS[given]):
        layers.append({"id": f"layer{index}", "carrier": carrier, "holds": held})
        held = [f"layer{index}"]
    content = {
        "schema_version": 1,
        "payload": [payload],
        "layer": layers,
        "regimen": {"site": "spinal-cord", **regimen},
        "target": {"compartment": FLUID, "duration": "1 d"},
        "calculation": {"draws": 32, "horizon": horizon},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


def typical(given: str = "solution", **asked) -> Prediction:
    return predict(formulation(given, **asked), TypicalDraw())


@cache
def drawn(given: str, route: str, species: str, state: str, start: str) -> Prediction:
    asked = {"route": route, "species": species, "state": state, "start": start}
    return predict(formulation(given, **asked), Draws(32, 7))


def halving(prediction: Prediction, name: str = FLUID) -> np.ndarray:
    time, found = prediction.case.time, []
    for row in prediction.exposure.unbound[name]:
        found.append(np.interp(-0.5, -row / row[0], time))
    return np.array(found)


IN_BLOOD = [given for given in LAYERS if GEL not in LAYERS[given]]
WHO = [("human", "injured", "1 d"), ("rat", "injured", "-6 h"), ("dog", "healthy", "0 d")]
# whatever is given, by every route; every route in each of the three
GRID = [
    (given, route, *WHO[(place + turn) % 3])
    for turn, (route, forms) in enumerate(
        {"intrathecal": list(LAYERS), "intralesional": list(LAYERS), "intravenous": IN_BLOOD}.items()
    )
    for place, given in enumerate(forms)
]


@pytest.mark.parametrize(("given", "route", "species", "state", "start"), GRID)
def test_nothing_is_made_or_lost(given, route, species, state, start):
    exposure = drawn(given, route, species, state, start).exposure
    everywhere = exposure.left + exposure.in_plasma + exposure.eliminated + exposure.drained
    everywhere = everywhere + sum(exposure.elsewhere.values())
    assert everywhere == pytest.approx(np.broadcast_to(exposure.given, everywhere.shape), abs=1e-9)
    for name, amount in (exposure.at_site | exposure.elsewhere | {"plasma": exposure.in_plasma}).items():
        assert amount.min() >= -1e-9, name
    assert set(exposure.unbound) == set(SITE.compartments)
    assert all(np.isfinite(values).all() for values in exposure.unbound.values())
    assert (exposure.carriers_left >= -1e-12).all()
    assert (exposure.carriers_left <= 1 + 1e-12).all()
    if route == "intravenous":  # what vessels bring is not in a profile
        assert not exposure.at_depth
        return
    profile = exposure.at_depth["cord"]
    assert profile.unbound.shape == (len(profile.depth), profile.depth.shape[1], len(profile.time))
    assert np.isfinite(profile.unbound).all()


# against measurements


def test_cytarabine_in_human_fluid_has_a_half_life_of_two_hours():
    found = predict(formulation(own=CYTARABINE), Draws(256, 7))
    low, middle, high = np.quantile(halving(found) / HOUR, [0.1, 0.5, 0.9])
    assert low < 2.0 < high
    assert middle == pytest.approx(2.0, rel=0.15)


def test_an_oligonucleotide_stays_for_months_where_tissue_binds_it():
    # 163 d measured in man; uptake into tissue 4 to 20 times faster than return
    uptake = {"cord_uptake_rate": "0.085 1/day", "cord_uptake_ratio": "20"}
    found = typical(own=NUCLEIC, drug=uptake, horizon="400 d")
    late = np.interp([100 * DAY, 300 * DAY], found.case.time, np.log(found.exposure.unbound[FLUID][0]))
    assert np.log(2.0) * 200.0 / (late[0] - late[1]) == pytest.approx(163.0, rel=0.1)
    assert halving(found)[0] < 0.2 * DAY
    assert any("tissue that binds" in note for note in found.exposure.notes)


def where(given: str = "nanoparticles", **asked):
    found = prepare(formulation(given, **asked), TypicalDraw())
    place = setting(found, Event(asked.get("route", "intrathecal"), 0.0, 1.0))
    return place, stage_cord.whereabouts(place, np.ones((1, len(place.time))))


def share(place, values, days: float) -> float:
    return float(np.interp(days * DAY, place.time, np.broadcast_to(values, (1, len(place.time)))[0]))


def test_particles_are_seen_on_leptomeninges_after_three_weeks():
    # 100 nm, mouse: well retained for more than 3 weeks
    place, found = where(species="mouse")
    assert share(place, found.at_site[stage_cord.ON_SURFACE], 21) > 0.05
    assert share(place, found.at_site[stage_cord.IN_FLUID], 1) < 0.01


@pytest.mark.parametrize("species", ["rat", "mouse", "human"])
def test_the_share_of_a_circulating_carrier_that_reaches_a_lesion_is_the_prior(species):
    # 0.05 to 0.5 % of the dose, for about 100 nm given at the injury
    content = formulation(species=species, route="intravenous", state="injured").model_dump(mode="json")
    content["layer"] = [
        {"id": "a", "carrier": "plga-nanoparticle", "holds": ["dexamethasone"], "set": {"diameter": "100 nm"}}
    ]
    case = prepare(build(Formulation, content, "test"), TypicalDraw())
    place = setting(case, case.events[0])
    found = stage_cord.whereabouts(place, np.ones((1, len(place.time))))
    assert 5e-4 < found.here.max() < 5e-3


def cells(carrier: str, dose: str, species: str = "rat", **regimen):
    content = {
        "schema_version": 1,
        "layer": [{"id": "a", "carrier": carrier, "dose": dose}],
        "regimen": {"site": "spinal-cord", "species": species, **regimen},
        "target": {"duration": "7 d"},
        "calculation": {"draws": 16, "horizon": "20 d"},
    }
    return reside(build(Formulation, content, "test"), TypicalDraw())[0]


def test_exosomes_in_blood_are_seen_in_a_contused_cord_and_not_in_an_intact_one():
    injured = cells("exosome-generic", "1e9 particles", route="intravenous", state="injured", start="1 d")
    seen = np.interp([3 * HOUR, DAY], injured.time, injured.left[0])
    assert (seen > 0).all()
    assert seen[1] > 0.3 * seen[0]
    intact = cells("exosome-generic", "1e9 particles", route="intravenous", state="healthy")
    assert intact.left.max() == 0
    assert any("closed to carriers" in note for note in intact.notes)


def test_stem_cells_in_blood_lodge_in_the_lungs_for_two_days():
    found = cells("bmsc-cells", "1 million cells", route="intravenous", state="injured", start="1 d")
    lungs = found.elsewhere[stage_cord.LUNGS][0]
    assert lungs[0] > 0.7
    assert np.trapezoid(lungs, found.time) / lungs[0] / DAY == pytest.approx(2.0, rel=0.02)
    assert found.left.max() == 0
    assert any("not in the cord" in note for note in found.notes)


def test_cells_split_between_fluid_and_blood():
    also = [{"route": "intravenous", "dose": "50 million cells"}]
    found = cells("bmsc-cells", "100 million cells", "human", route="intrathecal", also=also)
    assert found.left[0, 0] == pytest.approx(2 / 3)
    assert found.elsewhere[stage_cord.LUNGS][0, 0] == pytest.approx(0.85 / 3)
    whole = found.left + sum(found.elsewhere.values())
    assert whole == pytest.approx(np.ones_like(whole), abs=1e-9)


# the injury


def arrived(start: str) -> float:
    given = cells("exosome-generic", "1e9 particles", route="intravenous", state="injured", start=start)
    return float(given.left.max())


def test_the_sooner_after_the_injury_the_more_arrives():
    at_once, day, three, week = (arrived(start) for start in ("0 d", "1 d", "3 d", "7 d"))
    # 66, 48, 25 and 7 % of the volume leaked; vesicles circulate for minutes
    assert day / three == pytest.approx(48 / 25, rel=0.05)
    assert week / at_once == pytest.approx(7 / 66, rel=0.05)


def peak(start: str, **asked) -> float:
    found = typical(own=NUCLEIC, route="intravenous", species="rat", state="injured", start=start, **asked)
    return float(found.exposure.unbound["lesion"][0].max())


def test_drug_in_blood_reaches_an_open_lesion():
    found = [peak(start) for start in ("0 d", "1 d", "3 d", "7 d", "30 d")]
    assert (np.diff(found) < 0).all()
    assert found[0] > 100 * found[-1]


def test_a_dose_before_the_injury_meets_a_closed_barrier():
    early = typical(own=NUCLEIC, route="intravenous", species="rat", state="injured", start="-2 d", horizon="10 d")
    before = early.case.time < 1.9 * DAY
    lesion = early.exposure.unbound["lesion"][0]
    # what comes with the fluid alone, as in a healthy cord
    healthy = typical(own=NUCLEIC, route="intravenous", species="rat", state="healthy", horizon="10 d")
    assert lesion[before] == pytest.approx(healthy.exposure.unbound["lesion"][0][before], rel=1e-9, abs=1e-30)
    assert lesion.max() < 1e-3 * peak("1 d")
    assert any("before the injury" in note for note in early.exposure.notes)
    # what still circulates finds it open
    late = cells("exosome-generic", "1e9 particles", route="intravenous", state="injured", start="-10 min")
    assert late.left[0, late.time < 9 * 60].max() == 0
    assert 0 < late.left.max() < 0.5 * arrived("0 d")


# doses, routes, species


def test_each_dose_behaves_like_the_first():
    one = typical(own=CYTARABINE, horizon="20 d")
    two = typical(own=CYTARABINE, horizon="20 d", injections=2, interval="5 d")
    time = two.case.time

    def of_first(days):
        return np.interp(time - days * DAY, one.case.time, one.exposure.left[0], left=0.0)

    apart = np.abs(time - 5 * DAY) > 60.0
    assert two.exposure.left[0, apart] == pytest.approx(0.5 * (of_first(0) + of_first(5))[apart], abs=5e-3)
    assert two.exposure.given[[0, -1]] == pytest.approx([0.5, 1.0])


def test_routes_add_up():
    also = [{"route": "intravenous", "dose": "3 ug"}]
    both, fluid, vein = typical(also=also), typical(), typical(route="intravenous")
    time = both.case.time[5:]
    for name in SITE.compartments:
        # four times the dose in all: the concentrations of 1 ug into the fluid and of three times 1 ug into a vein
        parts = [np.interp(time, item.case.time, item.exposure.unbound[name][0]) for item in (fluid, vein)]
        expected = parts[0] + 3 * parts[1]
        assert both.exposure.unbound[name][0, 5:] == pytest.approx(expected, rel=1e-6, abs=1e-12 * expected.max())


def test_the_lesion_gets_most_from_a_dose_put_there_and_least_from_blood():
    found = [
        np.trapezoid(typical(own=NUCLEIC, route=route, species="rat", state="injured", volume="5 uL", start="7 d")
                     .exposure.at_site["lesion"][0]) for route in ("intralesional", "intrathecal", "intravenous")
    ]  # fmt: skip
    assert found[0] > found[1] > found[2] > 0


def test_gels_flow_back_less():
    liquid = typical(route="intralesional", state="injured").exposure
    assert liquid.at_site["cerebrospinal fluid"][0, 0] == pytest.approx(0.2)
    assert liquid.at_site["lesion"][0, 0] == pytest.approx(0.8)
    gel, there = (typical("nanoparticles in gel", route=route, state="injured").exposure for route in
                  ("intralesional", "intrathecal"))  # fmt: skip
    assert gel.at_site["depot"][0, 0] == pytest.approx(there.at_site["depot"][0, 0])
    # of what the gel lets go a twentieth goes straight into the fluid
    fluid, all_of_it = (item.at_site["cerebrospinal fluid"][0, 5] for item in (gel, there))
    assert 0.05 < fluid / all_of_it < 0.1


def test_a_gel_is_no_dose_for_a_vein():
    with pytest.raises(FormulateError, match="a gel or another depot"):
        typical("gel", route="intravenous")


@pytest.mark.parametrize("species", SITE.species)
@pytest.mark.parametrize("state", SITE.states)
def test_every_species_and_state_has_its_numbers(species, state):
    prediction = typical("nanoparticles", species=species, state=state, horizon="1 d")
    assert np.isfinite(prediction.exposure.left).all()
    assert prediction.case.volume > 0


def test_small_animals_clear_their_fluid_sooner():
    found = {species: halving(typical(own=CYTARABINE, species=species))[0] for species in ("human", "dog", "rat")}
    assert found["rat"] < found["dog"] < found["human"]


# what a reader is told


def told(prediction: Prediction) -> str:
    return " | ".join((*prediction.exposure.notes, *prediction.exposure.warnings))


def test_large_volumes_are_told_with_their_numbers():
    assert "200 uL is injected into 250 uL of cerebrospinal fluid" in told(typical(species="rat", volume="200 uL"))
    much = typical(species="rat", volume="100 uL", route="intralesional", state="injured")
    assert "100 uL is injected into a lesion of 7 uL" in told(much)
    assert typical().exposure.warnings == ()


def test_pitfalls_are_told_where_they_apply():
    fluid = told(typical("microspheres", species="rat"))
    for words in ("volume over flow", "label outlives", "per gram", "leptomeninges", "too wide to drain", "flip-flop"):
        assert words in fluid, words
    vein = told(typical(route="intravenous", state="injured", start="3 d"))
    for words in ("factor of ten", "38% of the leak", "taken over from the rat"):
        assert words in vein, words
    for words in ("volume over flow", "label outlives", "per gram"):
        assert words not in vein, words
    assert "there is no injury in a healthy cord" in told(typical())


def test_wide_vesicles_bring_the_conflict_of_two_labels():
    content = formulation("liposomes", species="human").model_dump(mode="json")
    content["layer"][0]["set"] = {"diameter": "4 um", "lipid_concentration": "1 mmol/L"}
    content["payload"][0]["dose"] = "0.001 ug"
    assert "compare with the analyte" in told(predict(build(Formulation, content, "test"), TypicalDraw()))
    assert "compare with the analyte" not in told(typical("liposomes"))


def test_what_is_missing_is_named():
    without = {name: text for name, text in CYTARABINE.items() if name != "logp_octanol_water"}
    with pytest.raises(MissingValueError, match="logp_octanol_water"):
        typical(own=without)
    without = {name: text for name, text in CYTARABINE.items() if name != "diffusion_coefficient_water"}
    with pytest.raises(MissingValueError, match="diffusion_coefficient_water"):
        typical(own=without)


def test_a_measured_passage_stands_above_the_rule():
    slow = typical(route="intravenous", drug={"cord_barrier_rate": "0.00001 1/min"})
    ruled = typical(route="intravenous")
    assert slow.exposure.at_site["cord"].max() < 0.1 * ruled.exposure.at_site["cord"].max()
    without = {name: text for name, text in CYTARABINE.items() if name != "logp_octanol_water"}
    assert typical(own=without | {"cord_barrier_rate": "0.0003 1/min"}).exposure.left.max() <= 1 + 1e-9
