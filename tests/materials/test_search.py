"""Finding entries: each filter alone and with others on a catalog one can count, and what it does not know refused."""

import itertools
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from materials import cards, catalog, compiled
from materials.cards import ALSO_CALLED, Card
from materials.catalog import Catalog
from materials.errors import FormulateError, UnknownIdError
from materials.evidence import Evidence
from materials.files import Locator
from materials.overlay import lay_rows
from materials.search import cards_of, find
from materials.values import Value

TEXT = """\
[[site]]
id = "joint-of-all"
name = "Joint"
name_zh = "关节"
site_class = "joint"
synonyms = ["articulation"]

[[site]]
id = "big-joint"
name = "Big joint"
site_class = "joint"
parent = "joint-of-all"

[[site]]
id = "inner-joint"
name = "Lining of the big joint"
site_class = "other-site"
parent = "big-joint"

[[site]]
id = "spine"
name = "Spine"
site_class = "disc"

[[payload]]
id = "drug-a"
name = "Drug A"
payload_class = "small-molecule"
[[payload.property]]
name = "molar_mass"
typical = 300
unit = "g/mol"

[[payload]]
id = "drug-b"
name = "Drug B"
acts_on = "polarisation of macrophages"
payload_class = "protein"

[[method]]
id = "stirring"
name = "Stirring"
method_class = "gel-preparation"

[[carrier]]
id = "gel"
name = "Soft gel"
name_zh = "透明质酸水凝胶"
synonyms = ["jelly"]
description = "Made of Hyaluronan."
carrier_class = "hydrogel"
physical_form = "bulk-gel"
sites = ["inner-joint"]
payloads = ["drug-a"]
mark = "stated"
[[carrier.property]]
name = "diameter"
typical = 5
unit = "nm"
[[carrier.statement]]
kind = "risk"
text = "It SWELLS at 37 degrees."

[[carrier]]
id = "gel-two"
name = "Hard gel"
carrier_class = "hydrogel"
physical_form = "bulk-gel"
sites = ["spine"]
mark = "title"
[[carrier.property]]
name = "storage_modulus"
typical = 5
unit = "kPa"
evidence = "assumed"
note = "A guess."

[[carrier]]
id = "vesicle"
name = "Vesicle"
name_zh = "外泌体"
carrier_class = "extracellular-vesicle"
physical_form = "nano"
cell_source = "synovium"
payloads = ["drug-b"]
modifications = [{ what = "More CCR2 in the membrane", purpose = "Binds CCL2 of the lesion" }]
mark = "hedged"
[[carrier.property]]
name = "diameter"
low = 5
high = 50
unit = "nm"
spread = "range"
evidence = "derived"
note = "From a plot."

[[study]]
id = "study-one"
name = "Study one"
stage = "small-animal"
carriers = ["vesicle"]
payloads = ["drug-b"]
sites = ["big-joint"]
direction = "positive"
outcome = "Less pain."

[[study]]
id = "study-two"
name = "Study two"
stage = "trial"
carriers = ["gel"]
sites = ["spine"]
direction = "neutral"
outcome = "No difference."
"""


@pytest.fixture(scope="module")
def known() -> Catalog:
    """A catalog of few entries, with the shipped vocabulary."""
    bare = replace(catalog.shipped(), carriers={}, payloads={}, sites={}, methods={}, studies={}, conflicts={})
    made = lay_rows(bare, Path("own.toml"), tomllib.loads(TEXT), Locator(TEXT))
    secondary = Value(
        name="diameter", typical=7.0, unit="nm", evidence=Evidence.SECONDARY, source="some2020", alternative=True
    )
    gel = made.carriers["gel-two"]
    gel = gel.model_copy(update={"property": (*gel.property, secondary)})
    return replace(made, carriers={**made.carriers, "gel-two": gel})


def ids(known: Catalog, kind: str = "carrier", **conditions: str) -> list[str]:
    return [entry.id for entry in find(known, kind, **conditions)]


CONDITIONS = [
    ("carrier", {}, ["gel", "gel-two", "vesicle"]),
    ("carrier", {"of_class": "hydrogel"}, ["gel", "gel-two"]),
    ("carrier", {"of_class": "micelle"}, []),
    ("payload", {"of_class": "protein"}, ["drug-b"]),
    ("site", {"of_class": "joint"}, ["big-joint", "joint-of-all"]),
    ("method", {"of_class": "gel-preparation"}, ["stirring"]),
    ("study", {"of_class": "trial"}, ["study-two"]),
    ("carrier", {"site": "spine"}, ["gel", "gel-two"]),  # one meant for it, one studied there
    ("carrier", {"site": "joint-of-all"}, ["gel", "vesicle"]),  # by parts of parts of it
    ("carrier", {"site": "articulation"}, ["gel", "vesicle"]),
    ("carrier", {"site": "big-joint"}, ["gel", "vesicle"]),
    ("carrier", {"site": "inner-joint"}, ["gel"]),
    ("payload", {"site": "joint-of-all"}, ["drug-a", "drug-b"]),
    ("payload", {"site": "spine"}, []),
    ("site", {"site": "big-joint"}, ["big-joint", "inner-joint"]),
    ("study", {"site": "joint-of-all"}, ["study-one"]),
    ("carrier", {"evidence": "assumed"}, ["gel-two"]),
    ("carrier", {"evidence": "secondary"}, ["gel-two"]),
    ("carrier", {"evidence": "user"}, ["gel"]),
    ("carrier", {"evidence": "derived"}, ["vesicle"]),
    ("carrier", {"evidence": "primary"}, []),
    ("carrier", {"evidence": "stated"}, ["gel"]),
    ("carrier", {"evidence": "hedged"}, ["vesicle"]),
    ("carrier", {"evidence": "title"}, ["gel-two"]),
    ("carrier", {"stage": "trial"}, ["gel"]),
    ("payload", {"stage": "small-animal"}, ["drug-b"]),
    ("site", {"stage": "trial"}, ["spine"]),
    ("study", {"stage": "trial"}, ["study-two"]),
    ("carrier", {"stage": "cohort"}, []),
    ("carrier", {"has": "diameter"}, ["gel", "gel-two", "vesicle"]),
    ("carrier", {"has": "size"}, ["gel", "gel-two", "vesicle"]),
    ("carrier", {"has": "Storage Modulus"}, ["gel-two"]),
    ("payload", {"has": "MW"}, ["drug-a"]),
    ("payload", {"has": "logP"}, []),
    ("carrier", {"cell_source": "synovium"}, ["vesicle"]),
    ("carrier", {"targets": "ccr2"}, ["vesicle"]),
    ("carrier", {"targets": "CCL2 binds"}, ["vesicle"]),
    ("carrier", {"targets": "macrophages"}, ["vesicle"]),  # a payload that it holds acts on them
    ("carrier", {"targets": "ccr2 macrophages"}, []),  # not in one thing that it seeks
    ("carrier", {"targets": "any"}, ["vesicle"]),
    ("payload", {"targets": "polarisation"}, ["drug-b"]),
    ("payload", {"targets": "any"}, ["drug-b"]),
    ("site", {"targets": "any"}, []),
    ("carrier", {"text": "gel"}, ["gel", "gel-two"]),
    ("carrier", {"text": "JELLY"}, ["gel"]),
    ("carrier", {"text": "hyaluronan"}, ["gel"]),
    ("carrier", {"text": "swells 37"}, ["gel"]),
    ("carrier", {"text": "soft vesicle"}, []),
    ("carrier", {"text": "extracellular-vesicle"}, ["vesicle"]),
    ("carrier", {"text": "透明质酸"}, ["gel"]),
    ("carrier", {"text": "水凝胶 soft"}, ["gel"]),
    ("carrier", {"text": "外泌体"}, ["vesicle"]),
    ("carrier", {"text": "脂质体"}, []),
    ("site", {"text": "关节"}, ["joint-of-all"]),
    ("carrier", {"text": "  "}, ["gel", "gel-two", "vesicle"]),
    ("carrier", {"text": "yaluronan"}, []),  # a word is known by its beginning
    ("carrier", {"text": "酸水"}, ["gel"]),
    ("study", {"text": "pain"}, ["study-one"]),
    ("carrier", {"has": "size", "evidence": "secondary"}, ["gel-two"]),  # the value of that property has the level
    ("carrier", {"has": "size", "evidence": "assumed"}, []),
    ("carrier", {"of_class": "hydrogel", "has": "modulus", "site": "spine", "evidence": "assumed"}, ["gel-two"]),
    ("carrier", {"of_class": "hydrogel", "stage": "trial", "text": "凝胶", "evidence": "user"}, ["gel"]),
    ("carrier", {"of_class": "hydrogel", "cell_source": "synovium"}, []),
]


@pytest.mark.parametrize(("kind", "conditions", "expected"), CONDITIONS, ids=[f"{c[0]} {c[1]}" for c in CONDITIONS])
def test_what_is_found(known, kind, conditions, expected):
    assert ids(known, kind, **conditions) == expected


def test_conditions_together_find_what_each_finds(known):
    index = cards_of(known)
    alone = [item for item in CONDITIONS if item[0] == "carrier" and len(item[1]) == 1]
    for (_, one, first), (_, two, second) in itertools.combinations(alone, 2):
        if one.keys() != two.keys() and {*one, *two} != {"has", "evidence"}:
            assert [card.id for card in index.find("carrier", **one, **two)] == sorted(set(first) & set(second))


REFUSED = [
    ("carrier", {"of_class": "hydrogels"}, "unknown carrier class 'hydrogels'; nearest: hydrogel"),
    ("carrier", {"of_class": "joint"}, "unknown carrier class 'joint'"),
    ("site", {"of_class": "join"}, "unknown site class 'join'; need .*joint"),
    ("study", {"of_class": "trail"}, "unknown study class 'trail'; need .*trial"),
    ("carrier", {"site": "big-join"}, "unknown site 'big-join'; nearest: big-joint"),
    ("carrier", {"evidence": "primry"}, "unknown evidence level 'primry'; need user, primary, .*stated, hedged, title"),
    ("carrier", {"stage": "phase-3"}, "unknown stage 'phase-3'; need concept, in-vitro"),
    ("carrier", {"has": "diametre"}, "unknown property 'diametre'; nearest: diameter"),
    ("carrier", {"has": ""}, None),
    ("carrier", {"cell_source": "synovia"}, "unknown cell source 'synovia'; need synovium"),
    ("payload", {"cell_source": "synovia"}, "unknown cell source 'synovia'; need synovium"),
    ("carriers", {}, "unknown kind 'carriers'; need carrier, payload, site, method, study"),
]


@pytest.mark.parametrize(("kind", "conditions", "words"), REFUSED)
def test_what_is_unknown_is_refused_with_what_is_meant(known, kind, conditions, words):
    if words is None:
        assert ids(known, kind, **conditions) == ids(known, kind)
        return
    with pytest.raises(FormulateError, match=words) as caught:
        find(known, kind, **conditions)
    assert str(caught.value).isprintable()


def test_a_hostile_condition_stays_on_one_line(known):
    for condition in ("of_class", "site", "evidence", "stage", "has", "cell_source"):
        with pytest.raises(FormulateError) as caught:
            find(known, "carrier", **{condition: "a\nb\x1b[31m" + "c" * 1000})
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400


def test_what_people_say_is_a_property_each():
    known = catalog.shipped()
    index = cards_of(known)
    for said, name in ALSO_CALLED.items():
        assert said not in known.properties
        assert index.property_called(said.upper()) == name
        assert name in known.properties


def test_a_property_is_found_by_its_name_however_written_and_by_its_label():
    known = catalog.shipped()
    index = cards_of(known)
    for said in ("storage_modulus", "storage-modulus", " Storage modulus "):
        assert index.property_called(said) == "storage_modulus"
    labels = [item.label.casefold() for item in known.properties.values()]
    for item in known.properties.values():
        if labels.count(item.label.casefold()) == 1 and item.label.casefold() not in ALSO_CALLED:
            assert known.property(index.property_called(item.label)).label.casefold() == item.label.casefold()
    with pytest.raises(UnknownIdError, match="unknown property 'storage modulos'; nearest: storage_modulus"):
        index.property_called("storage modulos")


def test_the_shipped_catalog_answers():
    known = catalog.shipped()
    index = cards_of(known)

    def ids(kind: str, **conditions: str) -> list[str]:
        return [card.id for card in index.find(kind, **conditions)]

    assert "plga-microsphere" in ids("carrier", of_class="polymer-microparticle", has="size")
    assert "hyaluronic-acid-hydrogel" in ids("carrier", text="透明质酸水凝胶")
    assert "dasatinib" in ids("payload", text="dasatinib")
    assert {known.carrier(name).class_id for name in ids("carrier", of_class="hydrogel")} == {"hydrogel"}
    assert ids("site", site="knee") == sorted(known.within("knee"))
    assert set(ids("carrier", site="knee")) >= {entry.id for entry in known.carriers.values() if "knee" in entry.sites}


# --- the index that lists are read from


def test_the_index_kept_says_what_the_catalog_says(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = cards.in_force()
    (file,) = compiled.folder().glob("cards-*.json")
    whole = file.read_bytes()
    monkeypatch.setattr(cards, "_of_catalog", lambda: made)
    with monkeypatch.context() as patch:
        patch.setattr(cards, "_of_catalog", lambda: pytest.fail("the catalog was loaded"))
        kept = cards.in_force()
    assert kept.cards == made.cards
    assert all(isinstance(card, Card) for group in kept.cards.values() for card in group)
    for conditions in ({"site": "knee"}, {"has": "size"}, {"of_class": "hydrogel"}, {"evidence": "title"}):
        assert kept.find("carrier", **conditions) == made.find("carrier", **conditions)
    for broken in (b"", whole.replace(b"carrier", b"courier")):
        file.write_bytes(broken)
        assert cards.in_force() == made
        assert file.read_bytes() == whole
    name, _, digest = file.stem.partition("-")
    for shape in (b"[]", b"{}", b'{"cards": {"carrier": [{}]}}'):
        compiled.write(name, digest, shape)
        assert cards.in_force() == made


def test_the_index_sees_an_entry_of_the_user(empty_folder):
    before = cards.in_force()
    Path("own.toml").write_text(TEXT, "utf-8")
    catalog.use(Path("own.toml"))
    after = cards.in_force()
    assert [card.id for card in after.find("carrier", site="joint-of-all")] == ["gel", "vesicle"]
    assert after.version != before.version
    catalog.use()
    assert cards.in_force().cards == before.cards
