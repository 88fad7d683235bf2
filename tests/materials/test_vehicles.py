"""Vehicles: printed osmolarities, neutral salts, sources that exist, and what is refused."""

import pytest

from materials.errors import UnknownIdError
from materials.sources import references
from materials.vehicles import vehicle, vehicles


@pytest.mark.parametrize(("name", "printed"), [("saline", 308), ("half-saline", 154), ("glucose-5", 278), ("water", 0)])
def test_what_is_dissolved_comes_to_the_printed_osmolarity(name, printed):
    # pmc6237920, Table 1, and the labels of the products
    assert vehicle(name).osmolarity == pytest.approx(printed)


def test_the_ionic_strength_of_a_buffer_counts_charges_squared():
    # by hand: 137 NaCl and 2.7 KCl count once each, 10 Na2HPO4 three times, 1.8 KH2PO4 once
    assert vehicle("PBS").ionic_strength == pytest.approx(137 + 2.7 + 3 * 10 + 1.8)
    assert vehicle("glucose-5").ionic_strength == 0.0


def test_a_culture_medium_holds_the_grams_that_are_listed():
    # rpmind: g/L of each salt and glucose, over molar masses by hand, times the ions each gives
    salts = {58.44: (6.0, 2), 84.01: (2.0, 2), 268.07: (1.512, 3), 74.55: (0.4, 2), 246.47: (0.1, 2), 236.15: (0.1, 3)}
    listed = sum(1e3 * grams / mass * ions for mass, (grams, ions) in salts.items()) + 2e3 / 180.16
    medium = vehicle("RPMI")
    amino_acids = next(item.concentration for item in medium.species if item.name == "amino acids")
    assert medium.osmolarity - amino_acids == pytest.approx(listed, rel=1e-3)
    assert amino_acids == pytest.approx(300 / 146.1 + 200 / 174.2 + 3.36, rel=0.01)  # glutamine, arginine, the others


@pytest.mark.parametrize("name", sorted(vehicles()))
def test_salts_are_neutral_and_sourced(name):
    found = vehicles()[name]
    assert sum(item.charge * item.concentration for item in found.species) == pytest.approx(0.0, abs=1e-9)
    assert found.source in references() or not found.species


def test_names_are_found_and_others_are_refused_with_the_nearest():
    assert vehicle("Dextrose").id == "glucose-5"
    with pytest.raises(UnknownIdError, match="saline"):
        vehicle("salin")


def test_each_is_found_by_all_its_names_in_any_case():
    for item in vehicles().values():
        for name in (item.id, item.name, item.name_zh, *item.synonyms):
            assert vehicle(f" {name.upper()} ") is item
