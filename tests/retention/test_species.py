"""Numbers carried from man to animals: exact scaling, whose number holds, what is said, and how wide the doubt is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.case import Case, prepare
from formulate.formulation import Formulation
from formulate.inputs import Circumstances, Inputs, Subject
from formulate.regimen import Event
from formulate.retention.allometry import scaled_by_body_mass
from formulate.retention.site import Setting
from formulate.retention.species import Scaled, for_species, plasma_of
from formulate.sampling import Draws, TypicalDraw
from materials import catalog
from materials.errors import DomainError, MissingValueError
from materials.evidence import Evidence
from materials.schema import Site
from materials.values import Value

CIRCULATION = catalog.load().site("systemic-circulation")
LITRE_PER_HOUR = 1e-3 / 3600.0


def value(name: str, typical: float, unit: str, species: str = "", state: str = "", **more: object) -> Value:
    return Value(
        name=name,
        typical=typical,
        unit=unit,
        species=species,
        state=state,
        **({"evidence": Evidence.ASSUMED, "note": "of a test"} | more),
    )


def flow(typical: float, species: str = "", state: str = "") -> Value:
    return value("lymph_flow", typical, "mL/h", species, state)


def joint(*values: Value) -> Site:
    return Site(id="a-joint", name="Joint", site_class="joint", property=values)


def read(
    site: Site,
    species: str,
    state: str = "healthy",
    name: str = "lymph_flow",
    exponent: float = 1.1,
    draws: Draws | None = None,
    overrides: dict[str, Value] | None = None,
    of_body: dict[str, Value] | None = None,
) -> tuple[Scaled, Inputs]:
    inputs = Inputs(catalog.load(), draws or TypicalDraw(), Circumstances(species, state, ""))
    subject = Subject(inputs, site, overrides or {})
    setting = Setting(
        subject,
        lambda identifier: Subject(inputs, inputs.catalog.site(identifier), of_body or {}),
        None,
        np.array([0.0, 1.0]),
        Event("intra-articular", 0.0, 1.0),
        0.0,
        0.0,
    )
    return for_species(setting, subject, name, exponent, "wetted joint area"), inputs


def case(species: str, draws: Draws | None = None, **of_drug: object) -> Case:
    """Give a case of dexamethasone, whose clearance is known in man and in the horse."""
    formulation = Formulation(
        schema_version=1,
        payload=[{"id": "dexamethasone", "dose": "1 mg", "set": of_drug}],
        layer=[{"id": "layer", "carrier": "free-drug-solution", "holds": ["dexamethasone"]}],
        regimen={"site": "knee", "volume": "1 mL"},
    )
    made = prepare(formulation, draws or TypicalDraw())
    made.inputs.circumstances = Circumstances(species, "osteoarthritis", "dexamethasone")
    return made


# the kernel


def test_the_wetted_area_goes_through_both_knees_it_rests_on():
    # 277 cm2 in man, 8 cm2 in a rabbit of 2.5 to 3 kg: the exponent was made from the two; 0.6 and 51 cm2 by hand
    assert 277.0 * 0.8 < scaled_by_body_mass(8.0, 70.0, 2.8, 1.1) < 277.0 * 1.2
    assert scaled_by_body_mass(277.0, [0.25, 15.0], 70.0, 1.1) == pytest.approx([0.56, 50.9], rel=0.01)


def test_clearance_of_a_mouse_by_the_rule_of_three_quarters():
    # by hand: 1/16 of the mass to the power of 3/4 is 1/8
    assert scaled_by_body_mass(8.0, 1.0, 16.0, 0.75) == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0.0, 1.0, 70.0, 0.75), "value = 0; need > 0 and finite"),
        ((1.0, -1.0, 70.0, 0.75), "body_mass = -1 kg; need > 0 and finite"),
        ((1.0, 1.0, np.inf, 0.75), "reference_mass = inf kg; need > 0 and finite"),
        ((1.0, 1.0, 70.0, 3.0), "exponent = 3; need -1 to 2"),
        ((1.0, 1.0, 70.0, np.nan), "exponent = nan; need -1 to 2"),
    ],
)
def test_what_cannot_be_scaled_is_refused(arguments, said):
    with pytest.raises(DomainError) as error:
        scaled_by_body_mass(*arguments)
    assert str(error.value) == said


masses = st.floats(0.01, 1000.0)


@given(st.floats(1e-9, 1e9), masses, masses, masses, st.floats(0.01, 2.0))
def test_scaling_rises_with_body_mass_and_goes_there_and_back(known, light, heavy, reference, exponent):
    light, heavy = sorted((light, heavy))
    small, large = (float(scaled_by_body_mass(known, mass, reference, exponent)) for mass in (light, heavy))
    assert small <= large * (1 + 1e-12)
    assert scaled_by_body_mass(large, reference, heavy, exponent) == pytest.approx(known, rel=1e-9)
    # from one animal to a third by way of another is the same as at once
    assert scaled_by_body_mass(small, heavy, light, exponent) == pytest.approx(large, rel=1e-9)


# whose number holds


def test_the_species_own_number_is_not_scaled_and_nothing_is_said():
    scaled, inputs = read(joint(flow(5.0, "human"), flow(0.02, "rat")), "rat")
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[0.02]]))
    assert scaled.note == ""
    assert [item.key for item in inputs.used] == ["a-joint.lymph_flow"]


def test_a_number_of_no_species_holds_for_all():
    scaled, _ = read(joint(flow(5.0)), "rat")
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[5.0]]))
    assert scaled.note == ""


def test_man_is_never_scaled():
    site = joint(flow(0.02, "rat"))
    with pytest.raises(MissingValueError, match="a-joint has no lymph_flow, which retention needs"):
        read(site, "human")
    scaled, _ = read(joint(flow(5.0, "human"), flow(0.02, "rat")), "human")
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[5.0]]))
    assert scaled.note == ""


def test_the_human_number_is_scaled_exactly_and_said_so():
    scaled, inputs = read(joint(flow(5.0, "human")), "rat")
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[5.0 * (0.25 / 70.0) ** 1.1]]))
    assert scaled.note.endswith(
        "(Joint) in the rat scaled from man by wetted joint area (body mass^1.1); within a factor of 6 (80 % band)"
    )
    assert scaled.note.startswith(catalog.load().property("lymph_flow").label)
    human, factor = inputs.used
    assert (human.key, human.value.species) == ("a-joint.lymph_flow", "human")
    assert factor.key == "a-joint.lymph_flow_scaling"
    assert factor.draws == pytest.approx((0.25 / 70.0) ** 1.1)
    assert "(0.25 kg / 70 kg)^1.1, man to rat." in factor.value.note
    assert factor.is_assumed  # as is the doubt it carries


def test_the_users_number_wins_over_both():
    own = {"lymph_flow": flow(0.5).model_copy(update={"evidence": Evidence.USER, "note": "set by the user"})}
    for site in (joint(flow(5.0, "human")), joint(flow(5.0, "human"), flow(0.02, "rat"))):
        scaled, inputs = read(site, "rat", overrides=own)
        assert scaled.draws * 3.6e9 == pytest.approx(np.array([[0.5]]))
        assert scaled.note == ""
        assert [item.set_by for item in inputs.used] == ["user"]


def test_the_users_body_mass_is_that_of_the_species_and_not_of_man():
    mass = value("body_mass", 0.5, "kg", evidence=Evidence.USER)
    scaled, _ = read(joint(flow(5.0, "human")), "rat", of_body={"body_mass": mass})
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[5.0 * (0.5 / 70.0) ** 1.1]]))


@pytest.mark.parametrize(
    ("species", "group"),
    [("rat", "rodent"), ("mouse", "rodent"), ("sheep", "small-ruminant"), ("goat", "small-ruminant")],
)
def test_a_number_of_the_group_is_taken_before_man_and_said(species, group):
    scaled, _ = read(joint(flow(5.0, "human"), flow(0.03, group)), species)
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[0.03]]))
    assert scaled.note.endswith(f"(Joint) in the {species}: that of a {group.replace('-', ' ')}")
    closer, _ = read(joint(flow(0.03, group), flow(0.02, species), flow(0.01)), species)
    assert closer.draws * 3.6e9 == pytest.approx(np.array([[0.02]]))


def test_a_group_holds_for_its_own_only_and_less_than_them():
    site = joint(flow(5.0), flow(0.03, "rodent"))
    found = {species: site.value("lymph_flow", species=species) for species in ("rat", "rodent", "rabbit", "sheep")}
    assert {species: found.typical for species, found in found.items()} == {
        "rat": 0.03, "rodent": 0.03, "rabbit": 5.0, "sheep": 5.0
    }  # fmt: skip
    # a species is no group: what is known of rats is not known of all rodents
    assert joint(flow(0.02, "rat")).value("lymph_flow", species="rodent") is None
    # the state is kept: an ill rodent stands above a rat of no state, an ill rat above an ill rodent
    ill = joint(flow(1.0, "rodent", "ill"), flow(2.0, "rat"), flow(3.0, "rat", "well"))
    assert ill.value("lymph_flow", species="rat", state="ill").typical == 1.0
    both = joint(flow(1.0, "rodent", "ill"), flow(2.0, "rat", "ill"))
    assert both.value("lymph_flow", species="rat", state="ill").typical == 2.0


def test_a_state_unknown_in_the_species_takes_the_human_ratio():
    site = joint(flow(5.0, "human", "healthy"), flow(15.0, "human", "rheumatoid"), flow(0.02, "rat", "healthy"))
    scaled, inputs = read(site, "rat", "rheumatoid")
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[0.06]]))
    assert "in the rat with rheumatoid: its healthy value times the ratio of the two in man, 3;" in scaled.note
    assert [item.value.species for item in inputs.used] == ["rat", ""]
    healthy, _ = read(site, "rat", "healthy")
    assert healthy.draws * 3.6e9 == pytest.approx(np.array([[0.02]]))
    assert healthy.note == ""


def test_without_a_healthy_human_the_ill_one_is_scaled():
    site = joint(flow(15.0, "human", "rheumatoid"), flow(0.02, "rat", "healthy"))
    scaled, _ = read(site, "rat", "rheumatoid")
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[15.0 * (0.25 / 70.0) ** 1.1]]))


def test_a_healthy_human_does_not_stand_in_for_an_ill_rat():
    with pytest.raises(MissingValueError, match="a-joint has no lymph_flow"):
        read(joint(flow(5.0, "human", "healthy")), "rat", "rheumatoid")


@pytest.mark.parametrize("species", ["cat", "chicken", "rodent"])
def test_a_species_of_unknown_mass_is_refused_in_one_line(species):
    with pytest.raises(MissingValueError) as error:
        read(joint(flow(5.0, "human")), species)
    said = str(error.value)
    assert "\n" not in said
    assert said.startswith("systemic-circulation has no body_mass, which ")
    assert f"in the {species} needs; need one of cow, dog, goat" in said


def test_without_an_exponent_the_human_number_is_taken_over_even_for_an_unknown_mass():
    scaled, _ = read(joint(flow(5.0, "human")), "cat", exponent=0.0)
    assert scaled.draws * 3.6e9 == pytest.approx(np.array([[5.0]]))
    assert "in the cat taken over from man; within a factor of 6" in scaled.note


# the doubt


@pytest.mark.parametrize(("species", "fold"), [("rat", 6.0), ("horse", 6.0)])
def test_the_doubt_widens_the_band_as_far_as_it_says(species, fold):
    exact = joint(flow(5.0, "human").model_copy(update={"evidence": Evidence.USER}))
    scaled, inputs = read(exact, species, draws=Draws(4096))
    low, median, high = np.quantile(scaled.draws, [0.1, 0.5, 0.9])
    assert high / median == pytest.approx(fold, rel=0.02)
    assert median / low == pytest.approx(fold, rel=0.02)
    assert sum(not item.exact for item in inputs.used) == 1


def test_every_carrier_sees_the_same_animal_and_each_number_its_own_doubt():
    site = joint(flow(5.0, "human"), value("permeability_surface_area", 80.0, "mL/h", "human"))
    draws = Draws(256)
    first, again = (read(site, "rat", draws=draws)[0].draws for _ in range(2))
    assert np.array_equal(first, again)
    other = read(site, "rat", name="permeability_surface_area", draws=draws)[0].draws
    assert abs(np.corrcoef(np.log(first[:, 0]), np.log(other[:, 0]))[0, 1]) < 0.2


@given(st.floats(0.001, 0.999), st.sampled_from(["rat", "dog", "horse"]))
def test_a_fraction_stays_one_and_keeps_its_median(fraction, species):
    site = joint(value("depot_release_share_to_fluid", fraction, "fraction", "human"))
    scaled, _ = read(site, species, name="depot_release_share_to_fluid", exponent=0.0, draws=Draws(64))
    assert (scaled.draws > 0.0).all()
    assert (scaled.draws < 1.0).all()
    typical, _ = read(site, species, name="depot_release_share_to_fluid", exponent=0.0)
    assert typical.draws == pytest.approx(np.array([[fraction]]))
    assert "its odds within" in typical.note


@pytest.mark.parametrize("whole", [0.0, 1.0])
def test_none_and_the_whole_stay_what_they_are(whole):
    name = "depot_release_share_to_fluid"
    exact = {"evidence": Evidence.USER}
    site = joint(
        value(name, whole, "fraction", "human", "ill", **exact),
        value(name, 0.5, "fraction", "human", "healthy"),
        value(name, 0.5, "fraction", "rat", "healthy"),
    )
    scaled, _ = read(site, "rat", "ill", name=name, exponent=0.0)
    assert scaled.draws == pytest.approx(np.array([[whole]]))


def test_the_ratio_of_two_fractions_is_that_of_their_odds():
    name = "depot_release_share_to_fluid"
    site = joint(
        value(name, 0.8, "fraction", "human", "ill"),
        value(name, 0.5, "fraction", "human", "healthy"),
        value(name, 0.8, "fraction", "rat", "healthy"),
    )
    scaled, _ = read(site, "rat", "ill", name=name, exponent=0.0)
    assert scaled.draws == pytest.approx(np.array([[16.0 / 17.0]]))  # odds 4 x 4


def test_lighter_animals_are_further_from_man_and_less_certain():
    folds = [
        CIRCULATION.value("clearance_scaling_error", species=name).high for name in ("mouse", "rat", "rabbit", "dog")
    ]
    assert folds == sorted(folds, reverse=True)
    # from 0.16 ln(70 kg / mass) and 0.79, the band reaches 1.2816 standard deviations
    for name, fold in zip(("mouse", "rat", "rabbit"), folds, strict=False):
        mass = CIRCULATION.value("body_mass", species=name).typical
        sigma = np.hypot(0.16 * np.log(70.0 / mass), 0.79)
        assert fold == pytest.approx(np.exp(1.2816 * sigma), rel=0.03)
    # 62 drugs, rat to man: 42 % within a factor of 2, 16 % beyond 5, geometric mean miss 2.7
    misses = np.abs(np.log(folds[1]) / 1.2816 * np.random.default_rng(1).standard_normal(100_000))
    assert (misses < np.log(2.0)).mean() == pytest.approx(0.42, abs=0.05)
    assert (misses > np.log(5.0)).mean() == pytest.approx(0.16, abs=0.04)
    assert np.exp(misses.mean()) == pytest.approx(2.7, abs=0.2)


# plasma


def test_plasma_of_man_is_read_as_it_stands():
    plasma = plasma_of(case("human"))
    # Tsuei 1979: 14.7 L/h; 0.23 unbound
    assert plasma.clearance / LITRE_PER_HOUR == pytest.approx([14.7])
    assert plasma.unbound_fraction == pytest.approx([0.23])
    assert plasma.volume.shape == (1,)
    assert plasma.notes == ()


def test_plasma_of_a_rat_is_scaled_with_three_notes():
    made, human = case("rat"), plasma_of(case("human"))
    plasma = plasma_of(made)
    assert plasma.clearance == pytest.approx(human.clearance * (1 / 280) ** 0.75)
    assert plasma.volume == pytest.approx(human.volume / 280)
    assert plasma.unbound_fraction == pytest.approx(human.unbound_fraction)
    assert len(plasma.notes) == 3
    assert "in the rat scaled from man by body mass^0.75; within a factor of 4.6" in plasma.notes[0]
    assert "in the rat scaled from man by body mass; within a factor of 3" in plasma.notes[1]
    assert "in the rat taken over from man; its odds within a factor of" in plasma.notes[2]
    scalings = {item.key for item in made.inputs.used if item.key.endswith("_scaling")}
    assert scalings == {
        "dexamethasone.systemic_clearance_scaling",
        "dexamethasone.volume_of_distribution_scaling",
        "dexamethasone.unbound_fraction_plasma_scaling",
    }


def test_clearance_measured_per_body_mass_in_the_species_is_used():
    # Ekstrand 2017: 0.51 L/h per kg in horses
    plasma = plasma_of(case("horse"))
    assert plasma.clearance / LITRE_PER_HOUR == pytest.approx([0.51 * 500])
    assert plasma.notes[0].endswith("in the horse: per body mass, times 500 kg")


def test_what_the_allometric_rule_gives_for_the_horse_holds_the_measured_clearance_in_its_90_percent_band():
    inputs = case("dog").inputs  # the doubt of any large animal
    error = CIRCULATION.value("clearance_scaling_error", species="horse")
    sigma = inputs.catalog.distribution(error).sigma_above
    predicted = float(scaled_by_body_mass(14.7, 500.0, 70.0, 0.75))
    assert abs(np.log(0.51 * 500 / predicted)) < 1.645 * sigma


def test_plasma_that_the_user_set_is_not_scaled():
    plasma = plasma_of(case("rat", systemic_clearance="0.1 L/h", volume_of_distribution="0.3 L"))
    assert plasma.clearance / LITRE_PER_HOUR == pytest.approx([0.1])
    assert plasma.volume == pytest.approx([3e-4])
    assert len(plasma.notes) == 1  # protein binding
    per_mass = plasma_of(case("rat", systemic_clearance_per_body_mass="2 L/h/kg"))
    assert per_mass.clearance / LITRE_PER_HOUR == pytest.approx([0.5])


def test_what_the_user_set_per_body_mass_stands_above_the_catalogs_whole_number():
    plasma = plasma_of(case("human", systemic_clearance_per_body_mass="0.1 L/h/kg"))
    assert plasma.clearance / LITRE_PER_HOUR == pytest.approx([7.0])


def test_a_scaled_clearance_above_the_cardiac_output_is_told():
    # 0.074 L/min of cardiac output is 4.4 L/h in the rat; 200 L/h in man becomes 2.9 L/h there
    made = case("rat", Draws(512))
    value_of_man = made.payload.under(species="human").find("systemic_clearance")
    fast = value_of_man.model_copy(update={"typical": 200.0, "low": 150.0, "high": 250.0})
    values = tuple(fast if item == value_of_man else item for item in made.payload.entry.property)
    drug = Subject(made.inputs, made.payload.entry.model_copy(update={"property": values}))
    told = plasma_of(replace(made, payload=drug)).notes[-1]
    assert told.startswith("in 3")
    assert told.endswith("% of the draws the scaled clearance passes the cardiac output, 0.074 L/min")
    assert not any("cardiac" in note for note in plasma_of(case("rat", Draws(512))).notes)


def test_a_drug_unknown_in_man_too_is_refused_by_its_own_name():
    made = case("rat")
    bare = made.payload.entry.model_copy(update={"property": ()})
    with pytest.raises(MissingValueError, match="dexamethasone has no systemic_clearance, which retention needs"):
        plasma_of(replace(made, payload=Subject(made.inputs, bare)))


@pytest.mark.parametrize("species", ["human", "rat", "mouse", "rabbit", "dog", "goat", "sheep", "horse", "pig", "cow"])
def test_every_species_has_a_mass_and_a_sound_circulation(species):
    def typical(name: str) -> float:
        found = CIRCULATION.value(name, species=species)
        return np.nan if found is None else found.typical

    mass = typical("body_mass")  # kg
    assert 0.01 < mass < 1000.0
    blood, plasma, output = typical("blood_volume"), typical("plasma_volume"), typical("cardiac_output")
    # of all mammals: 55 to 110 mL of blood per kg, half of it plasma; output about 230 mL/min per kg^0.75
    for found, low, high in (
        (blood / mass, 55, 110),
        (plasma / blood, 0.5, 0.7),
        (1e3 * output / mass**0.75, 140, 450),
    ):
        assert np.isnan(found) or low < found < high
