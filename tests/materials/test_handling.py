"""How carriers are handled: every class and source exists, and every site knows its needle."""

import numpy as np
import pytest
from pydantic import ValidationError

from formulate.inputs import Circumstances, Inputs, Subject
from formulate.needle import bore
from formulate.sampling import TypicalDraw
from materials import catalog, sources
from materials.handling import ANY_CLASS, Sterilisation, gel_form, handling, sterilisation_of

CATALOG = catalog.load()
ROUTES = [
    (site.id, route, species)
    for site in CATALOG.sites.values()
    if site.mechanisms.retention
    for route in site.routes
    if route != "surgical-implant"
    for species in site.species
]


def test_what_is_named_exists():
    classes = {item.id: item.kind for item in CATALOG.classes.values()}
    for item in handling().sterilisation:
        assert all(classes[name] == "carrier" for name in item.classes)
        assert all(name == ANY_CLASS or classes[name] == "payload" for name in item.payload_classes)
        for name in item.carriers:
            CATALOG.carrier(name)
    for gel in handling().gels:
        assert {CATALOG.carrier(name).form for name in gel.carriers} == {"depot"}
    assert set(handling().sources) <= sources.keys()


def test_numbers_are_of_declared_properties():
    for name, value in handling().numbers.items():
        kind = CATALOG.property(name)
        assert not kind.outside(value.typical, value.unit)
        CATALOG.distribution(value)


def test_every_carrier_that_can_be_computed_is_known():
    for name in CATALOG.runnable_carriers():
        carrier = CATALOG.carrier(name)
        for layer in carrier.layers or (name,):
            assert sterilisation_of(CATALOG.carrier(layer)) is not None, layer


def test_the_id_is_closer_than_the_class():
    assert sterilisation_of(CATALOG.carrier("hyaluronic-acid-hydrogel")).autoclave == "loss"
    assert sterilisation_of(CATALOG.carrier("peg-hydrogel")).autoclave == "unsure"
    assert sterilisation_of(CATALOG.payload("bmp2")).autoclave == "no"
    assert sterilisation_of(CATALOG.payload("dasatinib")).autoclave == "unsure"
    assert gel_form(CATALOG.carrier("peg-hydrogel")) is None


@pytest.mark.parametrize(("site", "route", "species"), ROUTES, ids=lambda item: item)
def test_every_way_in_has_a_needle(site, route, species):
    inputs = Inputs(CATALOG, TypicalDraw(), Circumstances(species, "", ""))
    found = bore(Subject(inputs, CATALOG.site(site)), route)
    assert found is not None
    width, value = found
    assert 100e-6 < float(np.median(width)) < 2e-3  # 33 to 13 gauge
    assert "gauge" in value.conditions


def test_of_nothing_or_without_a_ground_is_refused():
    row = {"autoclave": "no", "radiation": "no", "filtration": "no", "words": "it", "evidence": "assumed", "note": "n"}
    for wrong in ({}, {"classes": ("cell",), "carriers": ("liposome",)}, {"classes": ("cell",), "note": ""},
                  {"classes": ("cell",), "evidence": "secondary"}):  # fmt: skip
        with pytest.raises(ValidationError):
            Sterilisation.model_validate(row | wrong)
