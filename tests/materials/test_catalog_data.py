"""The shipped data: consistent, sourced, in known units, and complete for the mechanisms that entries name."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from materials import sources
from materials.catalog import load
from materials.evidence import Evidence
from materials.mechanisms import MECHANISMS, mechanism
from materials.units import parse, si_factor

STATES = ("healthy", "osteoarthritis", "osteoarthritis-effusion", "rheumatoid")
KINDS = {"carriers": "carrier", "payloads": "payload", "sites": "site"}
DATA = files("materials").joinpath("data")
FILES = [
    (kind, file)
    for folder, kind in KINDS.items()
    for file in sorted(DATA.joinpath(folder).iterdir(), key=lambda item: item.name)
    if file.name.endswith(".toml")
]
CATALOG = load()
VALUES = [(entry, value) for entry in CATALOG.entries() for value in entry.property]


def value_id(pair):
    entry, value = pair
    return ".".join(filter(None, (entry.id, value.name, value.state, value.payload, value.layer)))


every_value = pytest.mark.parametrize("pair", VALUES, ids=[value_id(pair) for pair in VALUES])
every_file = pytest.mark.parametrize(("kind", "file"), FILES, ids=[file.name for _, file in FILES])


def order(row):
    return (row["name"], row.get("state", ""), row.get("payload", ""), row.get("layer", ""))


@every_file
def test_entries_are_unique_and_sorted_by_id(kind, file):
    ids = [row["id"] for row in tomllib.loads(file.read_text("utf-8"))[kind]]
    assert ids == sorted(set(ids))


@every_file
def test_values_are_unique_and_sorted(kind, file):
    for row in tomllib.loads(file.read_text("utf-8"))[kind]:
        keys = [(*order(value), value.get("species", "")) for value in row.get("property", [])]
        assert keys == sorted(set(keys)), row["id"]


def test_properties_are_unique():
    names = [row["name"] for row in tomllib.loads(DATA.joinpath("properties.toml").read_text("utf-8"))["property"]]
    assert len(names) == len(set(names))


def test_ids_and_synonyms_lead_to_one_entry_each():
    for entries in (CATALOG.carriers, CATALOG.payloads, CATALOG.sites):
        names = [name for entry in entries.values() for name in (entry.id, *entry.synonyms)]
        assert len(names) == len(set(names))


def test_the_first_catalog_is_there():
    assert set(CATALOG.payloads) >= {"dasatinib", "triamcinolone-acetonide"}
    assert set(CATALOG.carriers) >= {
        "free-drug-solution", "free-drug-suspension", "plga-microsphere", "plga-nanoparticle",
        "pegylated-liposome", "hyaluronic-acid-hydrogel", "plga-microsphere-in-hyaluronic-acid-hydrogel",
    }  # fmt: skip
    assert CATALOG.carrier("plga-microsphere-in-hydrogel").id == "plga-microsphere-in-hyaluronic-acid-hydrogel"
    assert CATALOG.site("knee").states == STATES


def test_every_entry_has_a_description():
    for entry in CATALOG.entries():
        assert entry.description.endswith("."), entry.id


def test_every_source_resolves_and_every_reference_is_used():
    used = {value.source for _, value in VALUES if value.source}
    assert used <= sources.keys()
    # the methods cite their sources in the docstrings
    root = Path(__file__).parents[2]
    code = "".join(
        path.read_text("utf-8") for room in ("formulate", "materials") for path in (root / room).rglob("*.py")
    )
    cited = set(re.findall(r"\b[a-z]{3,}(?:1[89]|20)[0-9]{2}\b", code))
    assert cited <= sources.keys()
    assert used | cited == sources.keys()


def test_references_are_well_formed():
    for key in sources.keys():  # noqa: SIM118  (a function, not a mapping)
        entry = sources.bibliography().entries[key]
        assert re.fullmatch(r"[a-z]+([0-9]+|nd)", key), key
        assert entry.fields.get("title"), key
        assert not str(entry.fields.get("doi", "")).startswith("http"), key
        assert "\\" not in sources.reference(key).replace("\\&", ""), key
        year = str(entry.fields.get("year", ""))
        assert not re.search(r"[a-z](19|20)\d\d$", key) or key.endswith(year or "-"), key


@every_value
def test_unit_fits_the_property(pair):
    _, value = pair
    kind = CATALOG.property(value.name)
    number = parse(f"{value.typical!r} {value.unit}", kind.unit)
    assert number == pytest.approx(value.typical * si_factor(value.unit), rel=1e-12)


@every_value
def test_interval_holds_the_typical_value_and_the_support(pair):
    _, value = pair
    low, typical, high = value.ends
    assert low <= typical <= high
    factor = si_factor(value.unit)
    support = CATALOG.property(value.name).support
    if support != "real":
        assert low >= 0
    if support == "fraction":
        assert high * factor <= 1


@every_value
def test_every_value_has_a_distribution_about_its_typical_value(pair):
    _, value = pair
    distribution = CATALOG.distribution(value)
    assert distribution.median == pytest.approx(value.typical * si_factor(value.unit))
    assert distribution.sigma_below >= 0
    assert distribution.sigma_above >= 0


@every_value
def test_evidence_is_backed(pair):
    _, value = pair
    if value.evidence in (Evidence.ASSUMED, Evidence.DERIVED):
        assert value.note
    else:
        assert value.source
    assert value.evidence is not Evidence.USER
    assert not ("remembered" in value.note and value.evidence is Evidence.PRIMARY and not value.source)


@every_value
def test_circumstances_are_known(pair):
    entry, value = pair
    assert not value.payload or value.payload in CATALOG.payloads
    assert not value.layer or value.layer in getattr(entry, "layers", ())
    if entry.id in CATALOG.sites:
        assert value.species in CATALOG.sites[entry.id].species
        assert value.state in ("", *CATALOG.sites[entry.id].states)
    else:
        assert not value.state  # a state is a condition of the measurement; nothing is meant for one state only


def test_no_value_is_also_called_missing():
    for entry in CATALOG.entries():
        assert not {gap.name for gap in entry.missing} & {value.name for value in entry.property}, entry.id


def needs_of(carrier, stage):
    identifier = getattr(carrier.mechanisms, stage)
    return mechanism(stage, identifier) if identifier else None


@pytest.mark.parametrize("carrier", CATALOG.carriers.values(), ids=lambda carrier: carrier.id)
@pytest.mark.parametrize("stage", ["loading", "release"])
def test_mechanisms_are_declared_and_have_what_they_need(carrier, stage):
    declared = needs_of(carrier, stage)
    assert (declared is None) == (carrier.form == "system")
    if declared is None:
        return
    gaps = {gap.name for gap in carrier.missing}
    for payload in CATALOG.payloads.values():
        for name in declared.needs_carrier:
            found = carrier.value(name, species="human", state="osteoarthritis", payload=payload.id)
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
    for payload in CATALOG.payloads.values():
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


def test_every_site_property_is_given_for_all_states_or_for_each():
    knee = CATALOG.site("knee")
    for name in {value.name for value in knee.property}:
        states = [value.state for value in knee.values(name)]
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
        layer = CATALOG.carrier(value.layer)
        bare = layer.value(value.name)
        assert bare is None or bare.ends != value.ends, f"{value.name} repeats its layer"


def test_convention_and_default_method():
    microsphere, nanoparticle = CATALOG.carrier("plga-microsphere"), CATALOG.carrier("plga-nanoparticle")
    assert [method.convention for method in microsphere.methods] == ["B", "B", "B"]
    assert (nanoparticle.methods[0].id, nanoparticle.methods[0].convention) == ("nanoprecipitation", "A")


REGISTRIES = ("pypi.", "pythonhosted", "npmjs", "crates.io", "conda.", "rubygems", "huggingface", "proxy.golang")
PATHS = ["properties.toml", "references.bib", *(f"{kind}s/{file.name}" for kind, file in FILES)]


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
    known = CATALOG
    for entry, value in VALUES:
        for end in value.ends:
            assert known.property(value.name).outside(end, value.unit) == "", (entry.id, value.name, end)


def test_a_slip_of_the_pen_is_caught():
    kind = CATALOG.property("diameter")
    assert kind.outside(100.0, "nm") == ""
    assert kind.outside(40.0, "um") == ""
    assert "need 1 to 1e+07 nm" in kind.outside(40.0, "m")
