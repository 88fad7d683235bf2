"""The shipped data: consistent, sourced, in known units, and complete for the mechanisms that entries name."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from materials import coverage, sources
from materials.catalog import KINDS, problems_between, shipped
from materials.evidence import Evidence
from materials.mechanisms import MECHANISMS, mechanism
from materials.places import FOLDERS
from materials.readiness import not_given, readiness
from materials.schema import Study
from materials.tables import uses
from materials.units import to_si

STATES = ("healthy", "osteoarthritis", "osteoarthritis-effusion", "rheumatoid")
DATA = files("materials").joinpath("data")
FILES = [
    (kind, file)
    for kind, folder in FOLDERS.items()
    for file in sorted(DATA.joinpath(folder).iterdir(), key=lambda item: item.name)
    if file.name.endswith(".toml")
]
CATALOG = shipped()
OWN = [(entry, value) for entry in CATALOG.entries() for value in entry.property if not value.inherited_from]
COMPUTED_PAYLOADS = ("dasatinib", "dexamethasone", "fisetin", "navitoclax", "quercetin", "triamcinolone-acetonide")

every_file = pytest.mark.parametrize(("kind", "file"), FILES, ids=[f"{kind}-{file.name}" for kind, file in FILES])


def named(entry, value):
    return ".".join(filter(None, (entry.id, *value.circumstances)))


@every_file
def test_entries_are_unique_and_sorted_by_id(kind, file):
    ids = [row["id"] for row in tomllib.loads(file.read_text("utf-8"))[kind]]
    assert ids == sorted(set(ids))


def test_ids_are_unique_over_all_kinds_and_synonyms_lead_to_one_entry():
    ids = [entry.id for entry in CATALOG.entries()]
    assert len(ids) == len(set(ids))
    for kind in KINDS:
        names = [name for entry in CATALOG.kind(kind).values() for name in {entry.id, *entry.synonyms}]
        assert len(names) == len(set(names)), [name for name in names if names.count(name) > 1]


def test_properties_are_unique():
    rows = [
        row["name"]
        for file in DATA.joinpath("properties").iterdir()
        for row in tomllib.loads(file.read_text("utf-8"))["property"]
    ]
    assert len(rows) == len(set(rows)) == len(CATALOG.properties)


def test_one_value_is_used_for_each_quantity_and_circumstance():
    for entry in CATALOG.entries():
        used = [value.circumstances for value in entry.property if value.is_used]
        assert len(used) == len(set(used)), (entry.id, [item for item in used if used.count(item) > 1])


def test_the_catalog_holds_what_the_reviews_name():
    assert set(CATALOG.payloads) >= {"dasatinib", "quercetin", "triamcinolone-acetonide", "mirna-mimic", "icariin"}
    assert set(CATALOG.carriers) >= {
        "free-drug-solution", "free-drug-suspension", "plga-microsphere", "plga-nanoparticle", "pegylated-liposome",
        "hyaluronic-acid-hydrogel", "plga-microsphere-in-hyaluronic-acid-hydrogel", "plga-microsphere-hydrogel-dual",
        "exosome-hmsc-plga-ms-hydrogel", "pbnp-dual-dynamic-hydrogel", "ros-scavenging-composite-hydrogel-af",
        "oxygen-balanced-hydrogel-microsphere", "alginate-mp-pnipaam-cs-hydrogel", "cationic-np-af-hydrogel",
        "ccr2-macrophage-membrane-np", "nanofibrous-spongy-microsphere", "exosome-photoimine-hydrogel-patch",
        "nanodiamond-icariin", "magnetic-nanochain-scaffold", "exosome-adsc", "exosome-epc", "exosome-ucb",
        "exosome-esc", "exosome-ipsc", "exosome-synovial-msc", "exosome-synovial-msc-mir140", "exosome-msc-mir92a3p",
        "exosome-msc-klf3as1", "microvesicle-bmsc", "msc-conditioned-medium", "bmsc-cells",
    }  # fmt: skip
    assert set(CATALOG.sites) >= {
        "knee", "meniscus", "synovium", "articular-cartilage", "subchondral-bone", "disc", "nucleus-pulposus",
        "annulus-fibrosus", "cartilage-endplate", "nerve-root", "spinal-cord", "bone", "bone-marrow", "bone-defect",
    }  # fmt: skip
    assert set(CATALOG.methods) >= {"flow-sorting", "density-gradient-separation", "nanoprecipitation"}
    assert CATALOG.carrier("exosome-hmsc-plga-ms-hydrogel").layers[0] == "msc-exosome"
    assert len(CATALOG.carrier("exosome-hmsc-plga-ms-hydrogel").layers) == 3
    assert CATALOG.carrier("plga-microsphere-in-hydrogel").id == "plga-microsphere-in-hyaluronic-acid-hydrogel"
    assert CATALOG.site("knee").states == STATES


def test_every_entry_has_a_name_in_both_languages_and_a_description():
    for entry in CATALOG.entries():
        assert entry.name, entry.id
        assert entry.name_zh, entry.id
        assert entry.description.endswith(".") or entry.id in CATALOG.studies, entry.id


def test_nothing_is_wrong_between_entries():
    # ids and names exist, units have the dimension of their property, numbers are conceivable
    assert problems_between(CATALOG) == []
    for conflict in CATALOG.conflicts.values():
        for identifier in conflict.entries:
            CATALOG.entry(identifier)


def test_every_source_resolves_and_every_reference_is_used():
    used = set(uses(CATALOG))
    assert used <= sources.keys(), sorted(used - sources.keys())
    # the methods cite their sources in the docstrings
    root = Path(__file__).parents[2]
    code = "".join(
        path.read_text("utf-8")
        for pattern in ("formulate/**/*.py", "materials/**/*.py", "formulate/**/*.toml")
        for path in root.glob(pattern)
    )
    cited = set(re.findall(r"\b[a-z]{2,}(?:1[89]|20)[0-9]{2}[a-z]?\b", code))
    assert cited <= sources.keys()
    assert used | cited == sources.keys()


def test_references_are_well_formed():
    for key in sources.keys():  # noqa: SIM118  (a function, not a mapping)
        entry = sources.bibliography().entries[key]
        assert re.fullmatch(r"[a-z]+([0-9]+|nd)[a-z]?", key), key
        assert entry.fields.get("title"), key
        assert not str(entry.fields.get("doi", "")).startswith("http"), key
        assert "\\" not in sources.reference(key).replace("\\&", ""), key
        year = str(entry.fields.get("year", ""))
        found = re.search(r"[a-z]((?:19|20)\d\d)[a-z]?$", key)
        assert not found or found.group(1) == year, key


def test_intervals_hold_the_typical_value_and_the_support():
    for entry, value in OWN:
        low, typical, high = value.ends
        assert low <= typical <= high, named(entry, value)
        support = CATALOG.property(value.name).support
        assert support == "real" or to_si(low, value.unit) >= 0, named(entry, value)
        assert support != "fraction" or to_si(high, value.unit) <= 1 + 1e-12, named(entry, value)


def test_every_value_has_a_distribution_about_its_typical_value():
    for entry, value in OWN:
        distribution = CATALOG.distribution(value)
        assert distribution.median == pytest.approx(to_si(value.typical, value.unit)), named(entry, value)
        assert distribution.sigma_below >= 0
        assert distribution.sigma_above >= 0


def test_evidence_is_backed():
    for entry in CATALOG.entries():
        for part in (*entry.property, *entry.statement):
            where = (entry.id, getattr(part, "name", part))
            assert part.evidence is not Evidence.USER, where
            if part.evidence in (Evidence.ASSUMED, Evidence.DERIVED):
                assert part.note or part.source, where
            else:
                assert part.source, where
                assert not part.note.startswith("Remembered, unverified"), where
            if part.evidence is Evidence.REVIEW:
                assert part.locator, where


def test_no_number_of_a_synthetic_carrier_comes_from_a_review():
    # the reviews give none: what looks like one would be a mistake
    numbers = {"drug_loading", "encapsulation_efficiency", "burst_fraction", "zeta_potential"}
    synthetic = {
        "polymer-nanoparticle",
        "polymer-microparticle",
        "lipid-vesicle",
        "lipid-particle",
        "micelle",
        "hydrogel",
    }
    for carrier in CATALOG.carriers.values():
        for value in carrier.property:
            if carrier.carrier_class in synthetic and value.name in {*numbers, "diameter"}:
                assert value.evidence is not Evidence.REVIEW, named(carrier, value)


def test_circumstances_are_known():
    for entry, value in OWN:
        if entry.id == "knee" and value.species == "human":
            assert value.state in ("", *STATES), named(entry, value)
        if entry.id not in CATALOG.sites:
            assert not value.state  # a state is a condition of the measurement; nothing is meant for one state only


def test_no_value_is_also_called_missing():
    for entry in CATALOG.entries():
        used = {value.name for value in entry.property if value.is_used}
        assert not {gap.name for gap in entry.missing} & used, entry.id


def needs_of(carrier, stage):
    identifier = getattr(carrier.mechanisms, stage)
    return mechanism(stage, identifier) if identifier else None


COMPUTED = [carrier for carrier in CATALOG.carriers.values() if carrier.mechanisms.release]


@pytest.mark.parametrize("carrier", COMPUTED, ids=lambda carrier: carrier.id)
@pytest.mark.parametrize("stage", ["loading", "release"])
def test_mechanisms_are_declared_and_have_what_they_need(carrier, stage):
    declared = needs_of(carrier, stage)
    gaps = {gap.name for gap in carrier.missing}
    methods = [CATALOG.method(name) for name in carrier.methods]
    for identifier in COMPUTED_PAYLOADS:
        payload = CATALOG.payload(identifier)
        for name in declared.needs_carrier:
            where = {"species": "human", "state": "osteoarthritis", "payload": payload.id}
            found = next((entry for entry in (carrier, *methods) if entry.value(name, **where)), None)
            assert found is not None or name in gaps, f"{carrier.id} has no {name}"
        for name in declared.needs_payload:
            found = payload.value(name, species="human", state="osteoarthritis")
            assert found is not None or name in {gap.name for gap in payload.missing}, f"{payload.id} has no {name}"


@pytest.mark.parametrize("state", STATES)
def test_the_knee_has_what_its_retention_needs(state):
    knee = CATALOG.site("knee")
    declared = mechanism("retention", knee.mechanisms.retention)
    for name in declared.needs_site:
        assert knee.value(name, species="human", state=state) is not None, name
    for identifier in COMPUTED_PAYLOADS:
        payload = CATALOG.payload(identifier)
        for name in declared.needs_payload:
            assert payload.value(name, species="human", state=state) is not None, f"{payload.id} has no {name}"


def test_every_needed_property_is_in_the_vocabulary():
    for declared in MECHANISMS:
        for name in (*declared.needs_carrier, *declared.needs_payload, *declared.needs_site):
            assert name in CATALOG.properties, f"{declared.id} needs {name}"


@pytest.mark.parametrize(
    ("state", "typical"),
    [("healthy", 6.34), ("osteoarthritis", 11.95), ("osteoarthritis-effusion", 20.07), ("rheumatoid", 85.0)],
)
def test_a_state_gives_its_own_value(state, typical):
    found = CATALOG.site("knee").value("synovial_fluid_volume", species="human", state=state)
    assert (found.typical, found.unit, found.state) == (typical, "mL", state)


def test_a_value_for_all_states_holds_in_each():
    knee = CATALOG.site("knee")
    found = {knee.value("injection_volume", species="human", state=state) for state in STATES}
    assert len(found) == 1
    assert found.pop().typical == 5.0


def test_every_property_that_the_knee_is_computed_with_is_given_for_all_states_or_for_each():
    knee = CATALOG.site("knee")
    for name in mechanism("retention", knee.mechanisms.retention).needs_site:
        states = [value.state for value in knee.values(name) if value.is_used and value.species == "human"]
        assert states in ([""], sorted(STATES)), name


def test_a_payload_has_its_own_loading():
    carrier = CATALOG.carrier("plga-microsphere")
    own = carrier.value("drug_loading", payload="triamcinolone-acetonide")
    general = carrier.value("drug_loading", payload="dasatinib")
    assert (own.typical, own.unit) == (25.0, "percent_w_w")
    assert (general.typical, general.payload) == (8.6, "")


def test_a_system_overrides_its_layers_one_by_one():
    system = CATALOG.carrier("plga-microsphere-in-hyaluronic-acid-hydrogel")
    assert system.layers == ("plga-microsphere", "hyaluronic-acid-hydrogel")
    assert system.value("burst_fraction", layer="plga-microsphere").typical == 0.07
    assert system.value("burst_fraction") is None
    for value in system.property:
        if value.layer and value.is_used:
            bare = CATALOG.carrier(value.layer).value(value.name)
            assert bare is None or bare.ends != value.ends, f"{value.name} repeats its layer"


def test_convention_and_default_method():
    microsphere, nanoparticle = CATALOG.carrier("plga-microsphere"), CATALOG.carrier("plga-nanoparticle")
    assert [CATALOG.method(method).convention for method in microsphere.methods] == ["B", "B", "B"]
    assert (nanoparticle.methods[0], CATALOG.method("nanoprecipitation").convention) == ("nanoprecipitation", "A")


def test_a_modification_says_what_it_is_for():
    changed = [carrier for carrier in CATALOG.carriers.values() if carrier.modifications]
    assert len(changed) > 5
    for carrier in changed:
        assert all(len(item.purpose) > 5 for item in carrier.modifications), carrier.id


def test_inheritance_is_explicit_and_marked():
    heir = CATALOG.carrier("pla-peg-nanoparticle")
    taken = {value.name for value in heir.property if value.inherited_from}
    assert taken
    assert taken <= {name for inherited in heir.inherits for name in inherited.properties}
    assert all(not value.payload for value in heir.property if value.inherited_from)


def test_the_same_paper_is_one_study_and_has_one_key():
    titles = {}
    for key, entry in sources.bibliography().entries.items():
        title = re.sub(r"\W", "", str(entry.fields["title"]).lower())
        assert titles.setdefault(title, key) == key, (key, titles[title])
    reviews_of = {
        study.id: {citation.source for citation in study.named_in} for study in CATALOG.studies.values() if study.source
    }
    assert any(len(found) == 2 for found in reviews_of.values())


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("exosome-generic", "50-100"),
        ("nanofibrous-spongy-microsphere", "199a"),
        ("density-gradient-separation", "g/mL"),
        ("uc-msc-cells", "dose"),
    ],
)
def test_conflicts_stand_on_the_entry(entry, words):
    told = [f"{item.title} {item.statement} {item.against} {item.handling}" for item in CATALOG.conflicts_of(entry)]
    assert any(words in text for text in told), told


def test_every_row_of_the_reference_tables_is_held_or_left_out_for_a_reason():
    for row in coverage.counts(CATALOG):
        assert row["rows"] == row["in_catalog"] + row["left_out"], row
        assert row["in_catalog"] or row["reason"], row
    assert all(item.reason for item in (*coverage.recorded().left_out, *coverage.recorded().differs))


REGISTRIES = ("pypi.", "pythonhosted", "npmjs", "crates.io", "conda.", "rubygems", "huggingface", "proxy.golang")
PATHS = [
    "conflicts.toml",
    "coverage.toml",
    "references.bib",
    *(f"properties/{file.name}" for file in DATA.joinpath("properties").iterdir()),
    *(f"{FOLDERS[kind]}/{file.name}" for kind, file in FILES),
]


@pytest.mark.parametrize("path", PATHS)
def test_text_names_no_private_place(path):
    text = DATA.joinpath(path).read_text("utf-8").lower()
    assert "shared/" not in text
    assert ".csv" not in text
    assert "science note" not in text
    assert not [host for host in REGISTRIES if host in text]


# Arithmetic that the notes claim, done again.
def test_derived_numbers_follow_from_their_notes():
    liposome = CATALOG.carrier("pegylated-liposome")
    masses = 9.58 + 3.19 + 3.19  # mg/mL, label
    assert liposome.value("lipid_molar_mass").typical == pytest.approx(16.0 / 21.6 * 1000, rel=1e-3)
    assert masses == pytest.approx(16.0, abs=0.05)
    assert liposome.value("bilayer_permeability_reduction").typical == pytest.approx((100 * 1000) ** 0.5, rel=1e-3)
    for payload, log_p in (("dasatinib", 2.7), ("triamcinolone-acetonide", 2.53)):
        entry = CATALOG.payload(payload)
        assert entry.value("logp_octanol_water").typical == log_p
        assert entry.value("bilayer_permeability").typical == pytest.approx(10 ** (-3.1 + log_p - 1.61), rel=1e-3)
        assert entry.value("membrane_partition_log10").typical == pytest.approx(0.75 * log_p + 0.65, abs=1e-3)
        # Stokes-Einstein at 37 degC in water of 0.6915 mPa s
        diffusion = entry.value("diffusion_coefficient_water").typical
        radius = 1.380649e-23 * 310.15 / (6 * 3.141592653589793 * 0.6915e-3 * diffusion)
        assert entry.value("stokes_radius").typical == pytest.approx(radius * 1e9, rel=1e-3)


def test_diffusion_in_water_is_hayduk_laudie():
    for payload, volume in (("dasatinib", 522), ("triamcinolone-acetonide", 462)):  # cm^3/mol, Le Bas
        expected = 13.26e-5 / (0.6915**1.14 * volume**0.589) * 1e-4
        found = CATALOG.payload(payload).value("diffusion_coefficient_water")
        assert found.typical == pytest.approx(expected, rel=2e-3)


def test_every_value_is_conceivable():
    for entry, value in OWN:
        for end in value.ends:
            assert CATALOG.property(value.name).outside(end, value.unit) == "", (entry.id, value.name, end)


def test_a_slip_of_the_pen_is_caught():
    kind = CATALOG.property("diameter")
    assert kind.outside(100.0, "nm") == ""
    assert kind.outside(40.0, "um") == ""
    assert "need 1 to 1e+07 nm" in kind.outside(40.0, "m")


def test_what_cannot_be_computed_says_which_numbers_are_missing():
    wanted = {name for item in CATALOG.classes.values() for name in item.wants}
    assert wanted <= set(CATALOG.properties)
    for carrier in CATALOG.carriers.values():
        if not CATALOG.is_runnable(carrier) and carrier.carrier_class not in ("comparator", "generic", "vehicle"):
            lacks = {name for stage in readiness(CATALOG, carrier) for name in stage.missing}
            assert carrier.missing or lacks or not_given(CATALOG, carrier), carrier.id


def test_the_front_page_counts_right():
    text = " ".join((Path(__file__).parents[2] / "README.md").read_text("utf-8").split())
    counts = {
        "carriers": len(CATALOG.carriers),
        "payloads": len(CATALOG.payloads),
        "sites": len(CATALOG.sites),
        "methods": len(CATALOG.methods),
        "studies": len(CATALOG.studies),
        "statements": sum(len(entry.statement) for entry in CATALOG.entries()),
        "values": len(OWN),
    }
    for what, count in counts.items():
        assert re.search(rf"\b{count} {what}", text), f"{count} {what}"


def test_the_findings_of_a_study_hold_its_direction_and_none_goes_beyond_it():
    """A study that is positive as a whole found something positive; what was only expected was not found."""
    for study in CATALOG.studies.values():
        found = {item.direction for item in study.findings}
        assert not found or study.direction in found or "expected" in study.outcome, study.id
        assert not (study.direction == "not-stated" and "positive" in found), study.id
    apart = CATALOG.studies["mcalindon-2017-triamcinolone-suspension-knee"]  # less cartilage, no difference in pain
    assert (apart.found_for("structure"), apart.found_for("pain"), apart.found_for("bone")) == (
        "negative",
        "neutral",
        None,
    )


def test_a_study_that_names_an_aim_twice_is_refused():
    row = CATALOG.studies["jo-2009-autologous-msc-knee"].model_dump(exclude={"kind", "origin"})
    twice = [{"aim": "pain", "direction": "positive"}, {"aim": "pain", "direction": "neutral"}]
    with pytest.raises(ValidationError, match="findings name pain twice"):
        Study.model_validate({**row, "findings": twice})
    with pytest.raises(ValidationError, match="read_at"):
        Study.model_validate({**row, "read_at": ["two weeks"]})
