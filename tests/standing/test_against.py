"""What the reviews say of two things against each other, and to which formulations it applies."""

import itertools

import pytest

import formulate
from formulate.standing import HeadToHead, asked_for, between, head_to_head
from materials.catalog import shipped
from materials.comparisons import compared
from materials.kinship import line_of, tie

KNOWN = shipped()


def said(*carriers: str) -> tuple[HeadToHead, ...]:
    return between([asked_for(name, "knee") for name in carriers])


def pairs(found: tuple[HeadToHead, ...], carriers: tuple[str, ...]) -> set[tuple[str, str, str]]:
    return {
        (carriers[ours], carriers[theirs], item.told)
        for item in found
        for ours in item.formulations
        for theirs in item.against
    }


@pytest.mark.parametrize(
    ("better", "other", "word"),
    [
        ("exosome-ipsc", "exosome-synovial-msc", "stronger"),  # Zhu 2017
        ("exosome-synovial-msc-mir140", "exosome-synovial-msc", "better"),  # modified over unmodified, Tao
        ("exosome-bmsc", "microvesicle-bmsc", "no significant difference"),  # Cosenza 2017
        ("bmsc-osteoblast-coimplant", "bmsc-cells", "better"),
        ("prp-carrier-bmsc", "bmsc-cells", "combination"),
    ],
)
def test_what_the_reviews_compare_is_told_once(better, other, word):
    (found,) = said(better, other)
    assert word in found.told.lower()
    assert (found.formulations, found.against) == ((0,), (1,))
    assert found.sources
    (turned,) = said(other, better)  # the same finding, whoever stands first
    assert turned.sources == found.sources


def test_cells_over_raloxifene():
    free = formulate.new_formulation(
        payload=[{"id": "raloxifene", "dose": "60 mg"}],
        layer=[{"id": "drug", "carrier": "free-drug-solution", "holds": ["raloxifene"]}],
        regimen={"site": "bone"},
    )
    cells = formulate.new_formulation(
        layer=[{"id": "cells", "carrier": "bmsc-cells", "dose": "1 million cells"}], regimen={"site": "bone"}
    )
    (found,) = head_to_head([free, cells])
    assert (found.subject, found.other, found.formulations, found.against) == ("bmsc-cells", "raloxifene", (1,), (0,))
    # of raloxifene in a particle nothing is said
    assert between([asked_for("plga-microsphere", "bone", "raloxifene"), asked_for("bmsc-cells", "bone")]) == ()


def test_what_is_said_of_a_thing_applies_to_its_kinds():
    (found,) = said("exosome-esc", "microvesicle-bmsc")
    assert (found.subject, found.other) == ("microvesicle-generic", "exosome-generic")


def test_what_is_said_of_plain_vesicles_is_not_said_of_modified_ones():
    modified = [item.id for item in KNOWN.carriers.values() if item.modifications and item.parent]
    assert "exosome-synovial-msc-mir140" in modified
    assert said("exosome-synovial-msc-mir140", "microvesicle-bmsc") == ()
    assert said("exosome-synovial-msc-mir140", "exosome-ipsc") == ()


def test_nothing_is_said_of_a_thing_against_itself():
    for carrier in KNOWN.carriers:
        asked = asked_for(carrier, "knee")
        assert between([asked, asked]) == ()
    assert between([]) == ()


def test_the_order_does_not_matter():
    carriers = (
        "exosome-ipsc",
        "exosome-synovial-msc",
        "exosome-synovial-msc-mir140",
        "microvesicle-bmsc",
        "bmsc-cells",
    )
    first = pairs(said(*carriers), carriers)
    unordered = {frozenset(pair[:2]) for pair in first}
    for other in itertools.permutations(carriers):
        assert {frozenset(pair[:2]) for pair in pairs(said(*other), other)} == unordered


def test_a_name_that_two_sides_share_belongs_to_the_closer_one():
    # the plain vesicles stand for themselves and, less closely, for the modified ones
    sides = [line_of(KNOWN, name) for name in ("exosome-synovial-msc", "exosome-synovial-msc-mir140")]
    found = list(compared(KNOWN, sides))
    assert {(item.entry.id, item.other) for item in found} == {
        ("exosome-synovial-msc", "exosome-synovial-msc-mir140"),
        ("exosome-synovial-msc-mir140", "exosome-synovial-msc"),
    }
    assert {(item.side, item.against) for item in found} == {(0, 1), (1, 0)}


def test_whose_kind_each_carrier_is():
    assert line_of(KNOWN, "nanodiamond-icariin") == ("nanodiamond-icariin", "nanodiamond", "inorganic-np-generic",
                                                     "nanoparticle-generic")  # fmt: skip
    assert line_of(KNOWN, "hyaluronic-acid-hydrogel")[1] == "hydrogel-generic"
    for carrier in KNOWN.carriers:  # no circles, no parents that are not carriers
        line = line_of(KNOWN, carrier)
        assert len(line) == len(set(line))
        assert set(line) <= set(KNOWN.carriers)


def test_a_tie_is_the_closest_that_holds():
    assert tie(KNOWN, ["plga-microsphere"], "plga-microsphere") == "same"
    assert tie(KNOWN, ["liposome"], "pegylated-liposome") == "variant"
    assert tie(KNOWN, ["pegylated-liposome"], "liposome") == "class"  # of the thing, not of this kind of it
    assert tie(KNOWN, ["pbnp"], "pbnp-dual-dynamic-hydrogel") == "part"
    assert tie(KNOWN, ["pbnp-dual-dynamic-hydrogel"], "pbnp") == "part"
    assert tie(KNOWN, ["alginate-hydrogel"], "fibrin-gel") == "class"
    assert tie(KNOWN, ["free-drug-solution"], "autologous-cartilage-surgery") is None  # comparators share a word only
    assert tie(KNOWN, ["liposome"], "bmsc-cells") is None
    for one, other in itertools.product(KNOWN.carriers, repeat=2):
        assert (tie(KNOWN, [one], other) == "same") == (one == other or _same_nest(one, other)), (one, other)


def _same_nest(one: str, other: str) -> bool:
    layers = [KNOWN.carriers[name].layers for name in (one, other)]
    return bool(layers[0]) and layers[0] == layers[1]
