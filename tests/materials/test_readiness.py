"""What an entry can drive: every stage ready when all numbers are there, and exactly what is missing when not."""

from dataclasses import replace

import pytest

from materials import catalog
from materials.catalog import Catalog
from materials.evidence import Evidence
from materials.mechanisms import MECHANISMS, mechanism
from materials.readiness import Readiness, readiness, summary
from materials.schema import Carrier, Entry
from materials.values import Value

KNOWN = catalog.load()
STAGES = ("loading", "release")
SINGLE = [name for name in KNOWN.runnable_carriers() if KNOWN.carriers[name].form != "system"]


def without(entry: Entry, *names: str) -> Entry:
    return entry.model_copy(update={"property": tuple(value for value in entry.property if value.name not in names)})


def missing(stages: tuple[Readiness, ...]) -> set[str]:
    return {name for stage in stages for name in stage.missing}


@pytest.mark.parametrize("identifier", SINGLE)
def test_a_carrier_with_all_values_is_ready(identifier):
    carrier = KNOWN.carrier(identifier)
    found = readiness(KNOWN, carrier)
    named = (carrier.mechanisms.loading, carrier.mechanisms.release)
    assert [(item.stage, item.mechanism) for item in found] == list(zip(STAGES, named, strict=True))
    assert all(item.is_ready and item.named for item in found)
    assert summary(KNOWN, carrier) == "yes"


@pytest.mark.parametrize("name", sorted({*mechanism("loading", "entrapped").needs_carrier,
                                         *mechanism("release", "polyester-degradation").needs_carrier}))  # fmt: skip
def test_a_carrier_without_one_value_names_that_one(name):
    carrier = without(KNOWN.carrier("plga-microsphere"), name)
    found = readiness(KNOWN, carrier)
    assert missing(found) == {name}
    for stage in found:
        needed = name in mechanism(stage.stage, stage.mechanism).needs_carrier
        assert stage.is_ready != needed
    assert summary(KNOWN, carrier) == "lacks 1"


def test_what_is_missing_stands_in_the_order_of_the_mechanism():
    carrier = KNOWN.carrier("plga-microsphere").model_copy(update={"property": ()})
    for stage in readiness(KNOWN, carrier):
        assert stage.missing == mechanism(stage.stage, stage.mechanism).needs_carrier


@pytest.mark.parametrize("how", [{"alternative": True}, {"typical_is": "bound"}])
def test_an_alternative_or_a_bound_counts_for_nothing(how):
    carrier = KNOWN.carrier("plga-microsphere")
    values = tuple(
        value.model_copy(update=how) if value.name == "diameter" else value
        for value in carrier.property
        if value.name != "diameter" or value.is_used
    )
    assert missing(readiness(KNOWN, carrier.model_copy(update={"property": values}))) == {"diameter"}


def test_a_nest_joins_its_layers():
    nest = KNOWN.carrier("plga-microsphere-in-hyaluronic-acid-hydrogel")
    found = readiness(KNOWN, nest)
    alone = {layer: readiness(KNOWN, KNOWN.carrier(layer)) for layer in nest.layers}
    assert found == tuple(replace(item, layer=layer) for layer, items in alone.items() for item in items)
    assert len(found) == 4
    assert all(item.is_ready for item in found)
    poorer = {
        **KNOWN.carriers,
        "plga-microsphere": without(KNOWN.carrier("plga-microsphere"), "density"),
        "hyaluronic-acid-hydrogel": without(KNOWN.carrier("hyaluronic-acid-hydrogel"), "storage_modulus"),
    }
    assert missing(readiness(replace(KNOWN, carriers=poorer), nest)) == {"density", "storage_modulus"}


GEL = KNOWN.carrier("peg-hydrogel")
CHAIN = ("molar_mass_between_crosslinks", "repeat_unit_mass", "characteristic_ratio", "bond_length", "bonds_per_repeat")


def test_what_does_as_well_is_taken_for_what_is_needed():
    # a mesh by the modulus, by the composition, or as seen; a gel that degrades, wears off or falls apart
    assert not missing(readiness(KNOWN, GEL))
    for name in CHAIN:
        assert not missing(readiness(KNOWN, without(GEL, name)))  # its published mesh is left
        assert missing(readiness(KNOWN, without(GEL, name, "mesh_size"))) == {"storage_modulus"}
    assert missing(readiness(KNOWN, without(GEL, "gel_degradation_half_life"))) == {"gel_degradation_half_life"}
    assert not missing(readiness(KNOWN, KNOWN.carrier("poloxamer-thermogel")))
    worn = without(KNOWN.carrier("poloxamer-thermogel"), "surface_erosion_velocity")
    assert missing(readiness(KNOWN, worn)) == {"gel_degradation_half_life"}


def test_what_stands_for_a_need_is_a_need_and_what_it_is_made_of_is_declared():
    for declared in MECHANISMS:
        for name, others in declared.instead.items():
            assert name in declared.needs_carrier
            assert all(set(other) <= set(declared.may_use) for other in others)


def own(**fields: object) -> Carrier:
    content = {"id": "mine", "name": "Mine", "carrier_class": "hydrogel", "physical_form": "bulk-gel", **fields}
    return Carrier.model_validate(content)


def test_a_carrier_that_names_no_mechanism_is_judged_by_its_class_and_never_ready():
    needs = {*mechanism("loading", "mixed").needs_carrier, *mechanism("release", "gel-diffusion").needs_carrier}
    values = [
        Value(name=name, typical=1.0, unit=KNOWN.property(name).unit, evidence=Evidence.USER) for name in sorted(needs)
    ]
    for given, lacking in (((), needs), (values[:-1], {values[-1].name}), (values, set())):
        found = readiness(KNOWN, own(property=given))
        assert missing(found) == lacking
        assert not any(item.named or item.is_ready for item in found)
    assert summary(KNOWN, own(property=values)) == "no"


def test_a_class_without_mechanism_gives_nothing():
    classes = [item.id for item in KNOWN.classes.values() if item.kind == "carrier" and not item.mechanisms.release]
    assert "extracellular-vesicle" in classes
    for name in classes:
        assert readiness(KNOWN, own(carrier_class=name)) == ()
    assert summary(KNOWN, own(carrier_class="extracellular-vesicle")) == "no"


@pytest.mark.parametrize("identifier", ["dasatinib", "triamcinolone-acetonide"])
def test_a_payload_is_judged_by_every_mechanism_that_needs_something_of_it(identifier):
    payload = KNOWN.payload(identifier)
    found = readiness(KNOWN, payload)
    assert [item.mechanism for item in found] == [item.id for item in MECHANISMS if item.needs_payload]
    assert all(item.is_ready for item in found)
    poorer = readiness(KNOWN, without(payload, "molar_mass"))
    lacking = {item.mechanism for item in poorer if not item.is_ready}
    assert lacking == {item.id for item in MECHANISMS if "molar_mass" in item.needs_payload}
    assert summary(KNOWN, payload) == f"{len(found)} of {len(found)}"
    assert summary(KNOWN, without(payload, "molar_mass")) == f"{len(found) - len(lacking)} of {len(found)}"


def test_a_site_is_judged_by_its_retention_mechanism():
    knee = KNOWN.site("knee")
    (found,) = readiness(KNOWN, knee)
    assert (found.stage, found.mechanism, found.missing, found.is_ready) == ("retention", "synovial-joint", (), True)
    (poorer,) = readiness(KNOWN, without(knee, "lymph_flow", "synovium_volume"))
    assert poorer.missing == ("lymph_flow", "synovium_volume")
    other = next(site for site in KNOWN.sites.values() if not site.mechanisms.retention)
    assert readiness(KNOWN, other) == ()


def test_methods_and_studies_drive_nothing():
    known: Catalog = KNOWN
    for entry in (*known.methods.values(), *known.studies.values()):
        assert readiness(known, entry) == ()
        assert summary(known, entry) == ""


def test_every_shipped_entry_can_be_judged_and_only_the_runnable_are_ready():
    for carrier in KNOWN.carriers.values():
        found = readiness(KNOWN, carrier)
        if KNOWN.is_runnable(carrier):
            assert found
            assert all(item.named for item in found)
    for payload in KNOWN.payloads.values():
        assert readiness(KNOWN, payload)
