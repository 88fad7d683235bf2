"""The user's own entries: theirs win where they speak of the same, ours stay beside them, and nonsense is refused."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import formulate
from materials import catalog
from materials.catalog import GOES_WITH, Catalog, inherit
from materials.errors import FileError
from materials.evidence import Evidence
from materials.mechanisms import MECHANISMS, mechanism
from materials.overlay import lay_over
from materials.places import config_folder
from materials.readiness import readiness
from materials.schema import Carrier
from materials.store import load_shipped
from materials.values import Value

pytestmark = pytest.mark.usefixtures("empty_folder")

CARRIER = """\
[[carrier]]
id = "my-gel"
name = "My gel"
carrier_class = "hydrogel"
physical_form = "bulk-gel"
[[carrier.property]]
name = "diameter"
typical = 5.0
unit = "nm"
"""


def lay(*texts: str, over: Catalog | None = None) -> Catalog:
    """Lay files with these texts over a catalog, the later over the earlier."""
    files = [Path(f"own{number}.toml") for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, "utf-8")
    return lay_over(over or catalog.shipped(), files)


def ours(*values: tuple[str, float, dict[str, str]], **fields: object) -> Catalog:
    """Give the shipped catalog with one more carrier, `ours`, of these values."""
    made = [
        Value(name=name, typical=number, unit="nm", evidence=Evidence.SECONDARY, source="some2020", **where)
        for name, number, where in values
    ]
    content = {"carrier_class": "hydrogel", "physical_form": "bulk-gel", **fields}
    carrier = Carrier.model_validate({"id": "ours", "name": "Ours", "property": made, **content})
    known = catalog.shipped()
    return replace(known, carriers={**known.carriers, "ours": carrier})


def theirs(number: float, where: str = "", name: str = "diameter", identifier: str = "ours") -> str:
    value = f'[[carrier.property]]\nname = "{name}"\ntypical = {number}\nunit = "nm"\n{where}\n'
    return f'[[carrier]]\nid = "{identifier}"\n{value}'


def used(known: Catalog, identifier: str = "ours") -> list[tuple[float, str, str]]:
    """Give the values that calculations may read: number, payload, evidence."""
    values = known.carriers[identifier].property
    return sorted((value.typical, value.payload, str(value.evidence)) for value in values if value.is_used)


# --- one value over another


def test_a_value_of_theirs_replaces_ours_which_stays_as_an_alternative():
    laid = lay(theirs(7.0), over=ours(("diameter", 5.0, {}), ("mesh_size", 9.0, {})))
    assert used(laid) == [(7.0, "", "user"), (9.0, "", "secondary")]
    (old,) = [value for value in laid.carriers["ours"].values("diameter") if value.alternative]
    assert (old.typical, old.evidence, old.source) == (5.0, Evidence.SECONDARY, "some2020")
    best = laid.carriers["ours"].value("diameter")
    assert best is not None
    assert best.evidence is Evidence.USER


def test_a_generic_value_of_theirs_replaces_what_we_have_for_each_payload_too():
    known = ours(("diameter", 5.0, {}), ("diameter", 6.0, {"payload": "dasatinib"}))
    laid = lay(theirs(7.0), over=known)
    assert used(laid) == [(7.0, "", "user")]
    assert laid.carriers["ours"].value("diameter", payload="dasatinib").typical == 7.0


def test_a_value_of_theirs_for_one_payload_replaces_ours_for_that_payload_only():
    known = ours(("diameter", 5.0, {}), ("diameter", 6.0, {"payload": "dasatinib"}))
    laid = lay(theirs(7.0, 'payload = "dasatinib"'), over=known)
    assert used(laid) == [(5.0, "", "secondary"), (7.0, "dasatinib", "user")]
    assert laid.carriers["ours"].value("diameter").typical == 5.0
    assert laid.carriers["ours"].value("diameter", payload="dasatinib").typical == 7.0


@pytest.mark.parametrize("where", ['species = "rat"', 'grade = "RG502"'])
def test_a_narrower_value_of_theirs_leaves_our_general_one(where):
    assert (5.0, "", "secondary") in used(lay(theirs(7.0, where), over=ours(("diameter", 5.0, {}))))


def test_an_alternative_or_a_bound_of_theirs_replaces_nothing():
    known = ours(("diameter", 5.0, {}))
    assert used(lay(theirs(7.0, "alternative = true"), over=known)) == [(5.0, "", "secondary")]
    bound = theirs(7.0).replace("typical = 7.0", 'high = 7.0\nspread = "bound"')
    laid = lay(bound, over=known)
    assert used(laid) == [(5.0, "", "secondary")]
    assert len(laid.carriers["ours"].values("diameter")) == 2


def test_the_rest_of_our_entry_stays():
    before, after = catalog.shipped().carrier("plga-microsphere"), None
    laid = lay(theirs(40.0, identifier="plga-microsphere").replace('"nm"', '"um"'))
    after = laid.carrier("plga-microsphere")
    assert after.name_zh == before.name_zh
    assert after.mechanisms == before.mechanisms
    assert after.statement == before.statement
    assert len(after.property) == len(before.property) + 1
    others = [value for value in before.property if value.name != "diameter"]
    assert [value for value in after.property if value.name != "diameter"] == others


def test_a_field_of_our_entry_can_be_given_anew():
    laid = lay('[[carrier]]\nid = "ours"\ndescription = "Mine."\n', over=ours(("diameter", 5.0, {})))
    entry = laid.carriers["ours"]
    assert (entry.description, entry.name, entry.origin) == ("Mine.", "Ours", "catalog")


@pytest.mark.parametrize(
    ("line", "evidence"),
    [("", "user"), ('evidence = "user"', "user"), ('evidence = "derived"\nnote = "1+1"', "derived"),
     ('evidence = "assumed"\nnote = "A guess."', "assumed")],
)  # fmt: skip
def test_their_evidence(line, evidence):
    assert used(lay(theirs(7.0, line), over=ours())) == [(7.0, "", evidence)]


@pytest.mark.parametrize("evidence", ["primary", "secondary", "review", "cake"])
def test_no_other_evidence_is_theirs_to_claim(evidence):
    with pytest.raises(FileError, match=rf"own0.toml:9: carrier.0.property.0.evidence: '{evidence}'; .*user, derived"):
        lay(theirs(7.0, f'source = "some2020"\nmark = "stated"\nevidence = "{evidence}"'), over=ours())


def test_a_lone_number_of_theirs_is_exact():
    laid = lay(theirs(7.0), over=ours())
    assert laid.distribution(laid.carriers["ours"].value("diameter")).is_exact


def test_what_was_missing_is_so_no_longer_when_given():
    gaps = [{"name": "diameter", "reason": "nobody says"}, {"name": "mesh_size", "reason": "nobody says"}]
    laid = lay(theirs(7.0), over=ours(missing=gaps))
    assert [gap.name for gap in laid.carriers["ours"].missing] == ["mesh_size"]
    laid = lay(theirs(7.0, "alternative = true"), over=ours(missing=gaps))
    assert [gap.name for gap in laid.carriers["ours"].missing] == ["diameter", "mesh_size"]


def test_statements_and_gaps_of_theirs_are_added():
    text = '[[carrier]]\nid = "ours"\n[[carrier.statement]]\nkind = "risk"\ntext = "Sticky."\n'
    text += '[[carrier.missing]]\nname = "mesh_size"\nreason = "not measured"\n'
    entry = lay(text, over=ours()).carriers["ours"]
    assert [(item.text, item.evidence) for item in entry.statement] == [("Sticky.", Evidence.USER)]
    assert [gap.name for gap in entry.missing] == ["mesh_size"]


def test_a_fault_in_what_is_added_to_ours_is_found_in_their_file():
    said = {"kind": "risk", "text": "Sticky.", "evidence": "assumed", "note": "A guess."}
    known = ours(statement=[said, said], missing=[{"name": "diameter", "reason": "x"}])
    text = '[[carrier]]\nid = "ours"\n[[carrier.statement]]\nkind = "comparison"\ntext = "x"\nthan = ["nowhere"]\n'
    text += '[[carrier.missing]]\nname = "nothing"\nreason = "x"\n'
    with pytest.raises(FileError) as caught:
        lay(text, over=known)
    places = [(fault.line, fault.field) for fault in caught.value.faults]
    assert places == [(6, "carrier.0.statement.0.than"), (8, "carrier.0.missing.0.name")]


# --- new entries and vocabulary


ALL_KINDS = """\
[[property]]
name = "stickiness"
label = "Stickiness"
unit = "kPa"
support = "positive"
default_spread = 2.0

[[class]]
id = "my-class"
kind = "carrier"
name = "my class"
name_zh = "我的类"

[class.mechanisms]
loading = "mixed"
release = "gel-diffusion"

[[carrier]]
id = "my-gel"
name = "My gel"
name_zh = "我的凝胶"
synonyms = ["gel-of-mine"]
carrier_class = "my-class"
physical_form = "bulk-gel"
form = "depot"
parent = "hyaluronic-acid-hydrogel"
methods = ["my-method"]
payloads = ["my-drug"]
sites = ["my-site"]
cell_source = "synovium"

[carrier.mechanisms]
loading = "mixed"
release = "gel-diffusion"

[[carrier.inherits]]
from = "hyaluronic-acid-hydrogel"
properties = ["storage_modulus"]

[[carrier.modifications]]
what = "thiol"
purpose = "to stick"

[[carrier.property]]
name = "stickiness"
low = 1
high = 4
spread = "range"
unit = "Pa"
payload = "my-drug"
note = "Measured."

[[carrier.property]]
name = "polymer_mass_fraction"
typical = 2
unit = "percent_w_w"

[[carrier.statement]]
kind = "comparison"
text = "Better."
than = ["hyaluronic-acid-hydrogel"]

[[carrier.missing]]
name = "mesh_size"
reason = "not measured"

[[payload]]
id = "my-drug"
name = "My drug"
payload_class = "small-molecule"

[[payload.property]]
name = "molar_mass"
typical = 300
unit = "g/mol"

[[site]]
id = "my-site"
name = "My site"
site_class = "joint"
parent = "knee"

[[method]]
id = "my-method"
name = "My method"
method_class = "gel-preparation"
convention = "B"
suits = ["hydrophobic"]

[[study]]
id = "my-study"
name = "My study"
stage = "in-vitro"
carriers = ["my-gel"]
outcome = "It stuck."
direction = "positive"
"""


def test_new_entries_of_every_kind():
    laid = inherit(lay(ALL_KINDS))
    gel = laid.carrier("gel-of-mine")
    assert gel.id == "my-gel"
    assert {entry.origin for entry in laid.entries() if entry.id.startswith("my-")} == {"user"}
    assert gel.values("stickiness")[0].typical == pytest.approx(2.0)  # the middle of 1 and 4 on the log scale
    assert laid.property("stickiness").unit == "kPa"
    assert gel.class_id in laid.classes
    assert gel.value("storage_modulus").inherited_from == "hyaluronic-acid-hydrogel"
    assert gel.mechanisms.release == "gel-diffusion"
    assert laid.payload("my-drug").value("molar_mass").evidence is Evidence.USER
    assert "my-site" in laid.within("knee")
    assert laid.method("my-method").convention == "B"
    assert [study.id for study in laid.studies_of("my-gel")] == ["my-study"]
    assert "my-gel" in laid.runnable_carriers()


def test_a_file_may_speak_of_what_an_earlier_one_brought():
    head, carrier = ALL_KINDS.split("[[carrier]]", 1)
    laid = lay(head, "[[carrier]]" + carrier)
    assert laid.carriers["my-gel"].carrier_class == "my-class"
    with pytest.raises(FileError, match="unknown carrier class 'my-class'; nearest: "):
        lay("[[carrier]]" + carrier)


def test_a_comment_alone_changes_nothing_but_the_version():
    laid = lay("# nothing yet\n")
    assert laid.carriers == catalog.shipped().carriers


def test_our_property_may_get_other_bounds_but_not_another_unit():
    kind = catalog.shipped().property("diameter")
    text = f'[[property]]\nname = "diameter"\nlabel = "d"\nunit = "{kind.unit}"\nsupport = "{kind.support}"\n'
    text += "default_spread = 3.0\nsmallest = 1e-3\nlargest = 1e12\n"
    assert lay(text).property("diameter").default_spread == 3.0
    with pytest.raises(
        FileError, match=r"property\.0\.name: diameter is of the catalog, in nm and positive; need those"
    ):
        lay(text.replace('"nm"', '"kg"'))


# --- which file wins


def test_the_later_file_wins_and_the_version_follows_the_content(empty_folder):
    shipped = catalog.load()
    versions = {shipped.version}
    config_folder().mkdir(parents=True)
    assert empty_folder in config_folder().parents
    project = empty_folder / "formulate-catalog"
    project.mkdir()
    asked = empty_folder / "asked.toml"

    def diameter() -> float:
        known = catalog.load()
        versions.add(known.version)
        return known.carrier("plga-microsphere").value("diameter").typical

    def write(file: Path, number: float) -> None:
        file.write_text(theirs(number, identifier="plga-microsphere"), "utf-8")

    write(config_folder() / "b.toml", 1000.0)
    catalog.use()
    assert diameter() == 1000.0
    write(config_folder() / "c.toml", 1500.0)
    catalog.use()
    assert diameter() == 1500.0
    write(project / "a.toml", 2000.0)
    catalog.use()
    assert diameter() == 2000.0
    write(asked, 3000.0)
    catalog.use(asked)
    assert diameter() == 3000.0
    assert catalog.load().own_files[-1] == asked
    assert len(catalog.load().own_files) == 4
    assert len(catalog.load().carrier("plga-microsphere").values("diameter")) > 4
    write(asked, 4000.0)
    catalog.use(asked)
    assert diameter() == 4000.0
    assert len(versions) == 6
    assert all(version.startswith(shipped.version) for version in versions)
    catalog.use(project / "a.toml", asked, project / "a.toml")
    assert diameter() == 2000.0


def test_the_same_content_gives_the_same_version():
    assert lay(theirs(7.0), over=ours()).version == lay(theirs(7.0), over=ours()).version
    assert lay(theirs(7.0), over=ours()).version != lay(theirs(7.5), over=ours()).version


def test_what_editors_leave_in_the_folder_is_not_read():
    project = Path("formulate-catalog")
    project.mkdir()
    (project / ".#gel.toml").symlink_to("nowhere")
    (project / "._gel.toml").write_bytes(b"\0\xff")
    (project / "gel.toml~").write_text("not TOML at all", "utf-8")
    (project / "gel.toml.d").mkdir()
    (project / "folder.toml").mkdir()
    assert catalog.load() is catalog.shipped()


def test_a_broken_file_of_the_folder_stops_the_program_and_is_named():
    Path("formulate-catalog").mkdir()
    Path("formulate-catalog", "gel.toml").write_text("[[cake]]\n", "utf-8")
    with pytest.raises(FileError, match=r"formulate-catalog.gel\.toml:1: cake: unknown table"):
        catalog.load()


# --- where the values go


def asked(*carriers: str) -> "formulate.formulation.Question":
    return formulate.new_question(
        payload=[{"id": "dasatinib", "dose": "5 mg"}],
        regimen={"site": "knee", "state": "osteoarthritis"},
        carriers=list(carriers),
        calculation={"draws": 16},
    )


def test_a_value_of_theirs_reaches_the_prediction():
    def compute() -> tuple[str, float, float]:
        (row,) = formulate.compare(asked("plga-microsphere")).rows
        (read,) = [item for item in row.prediction.inputs if item.key == "plga-microsphere.diameter"]
        half = row.prediction.assessment.estimates["drug_half_life"].median
        return read.set_by, float(read.draws.mean()), half

    set_by, _, half = compute()
    assert set_by == "catalog"
    Path("own.toml").write_text(theirs(150_000.0, identifier="plga-microsphere"), "utf-8")
    catalog.use(Path("own.toml"))
    own_set_by, mean, own_half = compute()
    assert own_set_by == "user"
    assert mean == pytest.approx(150e-6)
    assert own_half > 1.1 * half  # a larger sphere releases for longer


def test_an_heir_takes_over_what_the_user_set():
    heir = '[[carrier]]\nid = "heir"\nname = "Heir"\ncarrier_class = "polymer-nanoparticle"\nphysical_form = "nano"\n'
    heir += '[[carrier.inherits]]\nfrom = "plga-microsphere"\nproperties = ["diameter"]\n'
    base = theirs(7000.0, identifier="plga-microsphere")
    for order in ((heir, base), (base, heir)):
        laid = inherit(lay(*order, over=load_shipped()))
        (value,) = laid.carrier("heir").property
        assert (value.typical, value.evidence, value.inherited_from) == (7000.0, Evidence.USER, "plga-microsphere")


def test_what_the_user_says_of_the_heir_wins_over_anything_inherited():
    known = ours(("diameter", 5.0, {"state": "healthy"}), ("mesh_size", 9.0, {}))
    heir = theirs(7.0, identifier="heir").replace("\n", '\nname = "H"\ncarrier_class = "hydrogel"\n', 1)
    heir = heir.replace("[[carrier.p", 'physical_form = "nano"\n[[carrier.p', 1)
    heir += '[[carrier.inherits]]\nfrom = "ours"\nproperties = ["diameter", "mesh_size"]\n'
    entry = inherit(lay(heir, over=known)).carriers["heir"]
    assert entry.value("diameter", state="healthy").typical == 7.0
    assert entry.value("mesh_size").typical == 9.0


def test_inheritance_passes_on_and_a_circle_ends():
    def heir(name: str, source: str) -> str:
        return (
            f'[[carrier]]\nid = "{name}"\nname = "H"\ncarrier_class = "hydrogel"\nphysical_form = "nano"\n'
            f'[[carrier.inherits]]\nfrom = "{source}"\nproperties = ["diameter"]\n'
        )

    known = ours(("diameter", 5.0, {}))
    (value,) = inherit(lay(heir("a", "b") + heir("b", "ours"), over=known)).carriers["a"].property
    assert (value.typical, value.inherited_from) == (5.0, "ours")
    assert inherit(lay(heir("a", "b") + heir("b", "a"), over=known)).carriers["a"].property == ()


def test_every_release_mechanism_says_what_it_goes_with():
    by_stage = {stage: {item.id for item in MECHANISMS if item.stage == stage} for stage in ("loading", "release")}
    assert set(GOES_WITH) == by_stage["release"]
    for form, loading in GOES_WITH.values():
        assert form in mechanism("loading", loading).forms


# --- what is refused: the change to CARRIER, and for each fault its line and key, and words its message holds

NEST = ('physical_form = "bulk-gel"', 'physical_form = "bulk-gel"\nform = "system"\nlayers = ["pegylated-liposome"]')
FORM = 'physical_form = "bulk-gel"\nform = "depot"\nmechanisms = { loading = "mixed", release = "gel-diffusion" }'
CASES = {
    "table unknown": (("[[carrier]]", "[[carier]]"), [
        ("1: carier", "unknown table", "nearest: carrier"), ("6: carrier", "need a list", "[[carrier]]")]),
    "table not a list": (("[[carrier]]", "[carrier]"), [("1: carrier", "need a list", "[[carrier]]")]),
    "table a text": (("[[carrier]]", 'payload = "x"\n[[carrier]]'), [("1: payload", "need a list", "[[payload]]")]),
    "properties a text": (
        ("[[carrier.property]]", 'property = "x"\n[[carrier.inherits]]\nfrom = "knee"\nproperties = ["diameter"]\n'
                                 "[[carrier.statement]]"),
        [("6: carrier.0.property", "need a list", "[[carrier.property]]"),
         ("11: carrier.0.statement.0.name", "unknown key"),
         ("12: carrier.0.statement.0.typical", "unknown key"), ("13: carrier.0.statement.0.unit", "unknown key"),
         ("10: carrier.0.statement.0.kind", "missing"), ("10: carrier.0.statement.0.text", "missing", "what is said")],
    ),
    "key unknown": (("physical_form", "phisical_form"), [
        ("5: carrier.0.phisical_form", "unknown key", "nearest: physical_form"),
        ("1: carrier.0.physical_form", "missing", "nano"), ("2: carrier.0.id", "new entry", "nearest:")]),
    "key of a value unknown": (("unit", "units"), [
        ("9: carrier.0.property.0.units", "unknown key", "nearest: unit"),
        ("6: carrier.0.property.0.unit", "missing", '"nm"')]),
    "key of the mechanisms unknown": (
        ('physical_form = "bulk-gel"', 'physical_form = "bulk-gel"\nmechanisms.relese = "x"'),
        [("6: carrier.0.mechanisms.relese", "unknown key", "nearest: release")],
    ),
    "property unknown": (("diameter", "diametre"), [
        ("7: carrier.0.property.0.name", "unknown property 'diametre'", "nearest: diameter")]),
    "property of capitals": (("diameter", "Diameter"), [
        ("7: carrier.0.property.0.name", "'Diameter'", "lower-case", "underscores")]),
    "class unknown": (("hydrogel", "hydrogels"), [
        ("4: carrier.0.carrier_class", "unknown carrier class 'hydrogels'", "nearest: hydrogel")]),
    "class of another kind": (("hydrogel", "joint"), [("4: carrier.0.carrier_class", "unknown carrier class 'joint'")]),
    "unit of a wrong dimension": (('"nm"', '"kg"'), [
        ("9: carrier.0.property.0.unit", "'5.0 kg'", "wrong dimension", "such as nm")]),
    "unit unknown": (('"nm"', '"cows"'), [("9: carrier.0.property.0.unit", "unknown unit cows", "such as nm")]),
    "unit left empty": (('"nm"', '""'), [("9: carrier.0.property.0.unit", "no unit", "such as nm")]),
    "unit not a text": (('"nm"', "5"), [("9: carrier.0.property.0.unit", "5", "text in quotes")]),
    "molar mass in Da": (("diameter", "molecular_weight", '"nm"', '"kDa"'), [
        ("9: carrier.0.property.0.unit", "kDa", "g/mol or kg/mol")]),
    "temperature in C": (("diameter", "phase_transition_temperature", '"nm"', '"C"'), [
        ("9: carrier.0.property.0.unit", "degC or K")]),
    "size below zero": (("5.0", "-5.0"), [("8: carrier.0.property.0.typical", "-5 nm", "below zero", "zero or more")]),
    "size of a planet": (("5.0", "5e20"), [("8: carrier.0.property.0.typical", "conceivable", "need 1 to 1e+07 nm")]),
    "efficiency of 120 percent": (("diameter", "encapsulation_efficiency", '"nm"', '"percent"', "5.0", "120"), [
        ("8: carrier.0.property.0.typical", "120 percent", "at most 100 percent")]),
    "NaN": (("5.0", "nan"), [("8: carrier.0.property.0.typical", "nan", "not finite", "need a number")]),
    "infinite": (("5.0", "inf"), [("8: carrier.0.property.0.typical", "inf", "not finite", "need a number")]),
    "larger than any float": (("5.0", "9" * 400), [("8: carrier.0.property.0.typical", "not finite")]),
    "of many digits": (("5.0", "0x" + "f" * 9000), [("8: carrier.0.property.0.typical", "very many digits")]),
    "huge end": (("typical = 5.0", "low = 1\nhigh = " + "9" * 400), [("9: carrier.0.property.0.high", "not finite")]),
    "ends that have no middle": (("typical = 5.0", "low = nan\nhigh = -1"), [("8: carrier.0.property.0.low", "nan")]),
    "number in quotes": (("5.0", '"5.0"'), [("8: carrier.0.property.0.typical", "'5.0'", "a number, without quotes")]),
    "number a truth value": (("5.0", "true"), [("8: carrier.0.property.0.typical", "True", "need a number")]),
    "number a date": (("5.0", "2020-01-01"), [("8: carrier.0.property.0.typical", "need a number")]),
    "number missing": (("typical = 5.0\n", ""), [("6: carrier.0.property.0.typical", "missing", "low and high")]),
    "low above typical": (("5.0", '5.0\nlow = 6.0\nspread = "range"'), [
        ("6: carrier.0.property.0", "diameter", "low 6 exceeds typical 5")]),
    "typical above high": (("5.0", '5.0\nhigh = 4.0\nspread = "range"'), [
        ("6: carrier.0.property.0", "diameter", "high 4 is below typical 5")]),
    "low out of bounds": (("5.0", '5.0\nlow = 0.0001\nspread = "range"'), [
        ("9: carrier.0.property.0.low", "conceivable", "need 1 to")]),
    "spread without ends": (("5.0", '5.0\nspread = "sd"'), [("6: carrier.0.property.0", "spread sd", "low or high")]),
    "ends without spread": (("5.0", "5.0\nlow = 4.0"), [("6: carrier.0.property.0", "low and high need a spread")]),
    "spread unknown": (("5.0", '5.0\nlow = 4.0\nspread = "ci95"'), [
        ("10: carrier.0.property.0.spread", "'ci95'", "p10_p90", "range")]),
    "evidence unknown": (("5.0", '5.0\nevidence = "rumour"'), [
        ("9: carrier.0.property.0.evidence", "'rumour'", "nothing, or user, derived, assumed")]),
    "evidence not theirs": (("5.0", '5.0\nevidence = "primary"'), [
        ("9: carrier.0.property.0.evidence", "'primary'", "nothing, or user, derived, assumed")]),
    "evidence a list": (("5.0", '5.0\nevidence = ["user"]'), [
        ("9: carrier.0.property.0.evidence", "need nothing, or")]),
    "assumed without note": (("5.0", '5.0\nevidence = "assumed"'), [("6: carrier.0.property.0", "needs a note")]),
    "derived without note": (("5.0", '5.0\nevidence = "derived"'), [("6: carrier.0.property.0", "needs a note")]),
    "payload unknown": (("5.0", '5.0\npayload = "dasatinab"'), [
        ("9: carrier.0.property.0.payload", "unknown payload 'dasatinab'", "nearest: dasatinib")]),
    "species unknown": (("5.0", '5.0\nspecies = "unicorn"'), [
        ("9: carrier.0.property.0.species", "'unicorn'", "'human'", "'rat'")]),
    "layer unknown": (("5.0", '5.0\nlayer = "pegylated-liposom"', *NEST), [
        ("11: carrier.0.property.0.layer", "unknown layer 'pegylated-liposom'", "nearest: pegylated-liposome")]),
    "site unknown": (('"bulk-gel"', '"bulk-gel"\nsites = ["kne"]'), [
        ("6: carrier.0.sites", "unknown site 'kne'", "nearest: knee")]),
    "method unknown": (('"bulk-gel"', '"bulk-gel"\nmethods = ["mixin"]'), [
        ("6: carrier.0.methods", "unknown method 'mixin'", "nearest: mixing")]),
    "parent unknown": (('"bulk-gel"', '"bulk-gel"\nparent = "hyaluronic-acid-hydrogen"'), [
        ("6: carrier.0.parent", "unknown carrier", "nearest: hyaluronic-acid-hydrogel")]),
    "parent no id": (('"bulk-gel"', '"bulk-gel"\nparent = "HA gel"'), [
        ("6: carrier.0.parent", "'HA gel'", "lower-case letters, digits and hyphens")]),
    "heir of nobody": (
        ("[[carrier.property]]", '[[carrier.inherits]]\nfrom = "plga-microspheer"\nproperties = ["diametr"]\n'
                                 "[[carrier.property]]"),
        [("7: carrier.0.inherits.0.from", "unknown carrier", "nearest: plga-microsphere"),
         ("8: carrier.0.inherits.0.properties", "unknown property 'diametr'", "nearest: diameter")],
    ),
    "compared with nothing known": (
        ("[[carrier.property]]", '[[carrier.statement]]\nkind = "comparison"\ntext = "x"\nthan = ["liposom"]\n'
                                 "[[carrier.property]]"),
        [("9: carrier.0.statement.0.than", "unknown id 'liposom'", "nearest: liposome")],
    ),
    "gap unknown": (("[[carrier.p", '[[carrier.missing]]\nname = "zeta"\nreason = "x"\n[[carrier.p'), [
        ("7: carrier.0.missing.0.name", "unknown property 'zeta'", "nearest: ", "zeta_potential")]),
    "id of capitals": (("my-gel", "My-Gel"), [
        ("2: carrier.0.id", "'My-Gel'", "lower-case letters, digits and hyphens")]),
    "id too long": (("my-gel", "a" * 81), [("2: carrier.0.id", "at most 80 characters")]),
    "id empty": (("my-gel", ""), [("2: carrier.0.id", "''", "lower-case")]),
    "id not a text": (('"my-gel"', '["my-gel"]'), [("2: carrier.0.id", "['my-gel']", "text in quotes")]),
    "id missing": (('id = "my-gel"\n', ""), [("1: carrier.0.id", "missing", "lower-case")]),
    "id of another kind": (("my-gel", "knee"), [("2: carrier.0.id", "'knee'", "another kind", "id of its own")]),
    "id twice": (('[[carrier]]\nid = "my-gel"\nname', '[[carrier]]\nid = "ours"\n[[carrier]]\nid = "ours"\nname'), [
        ("4: carrier.1.id", "'ours' is defined twice", "each id once")]),
    "id twice, of two kinds": (
        ("[[carrier]]", '[[payload]]\nid = "my-gel"\nname = "x"\npayload_class = "protein"\n[[carrier]]'),
        [("2: payload.0.id", "'my-gel' is defined twice")],
    ),
    "value twice": (('unit = "nm"\n', 'unit = "nm"\n'
                     '[[carrier.property]]\nname = "diameter"\ntypical = 6\nunit = "nm"\n'), [
        ("10: carrier.0.property.1", "second value for the same", "alternative = true")]),
    "name missing": (('name = "My gel"\n', ""), [
        ("1: carrier.0.name", "missing", "need a name"), ("2: carrier.0.id", "new entry", "nearest")]),
    "name empty": (("My gel", ""), [("3: carrier.0.name", "empty", "need a text")]),
    "class missing": (('carrier_class = "hydrogel"\n', ""), [
        ("1: carrier.0.carrier_class", "missing", "such as hydrogel"), ("2: carrier.0.id", "new entry", "nearest")]),
    "id of ours misspelt": (
        ('name = "My gel"\ncarrier_class = "hydrogel"\nphysical_form = "bulk-gel"\n', "", "my-gel", "plga-microspheer"),
        [("2: carrier.0.id", "'plga-microspheer'", "nearest: plga-microsphere"), ("1: carrier.0.name", "missing"),
         ("1: carrier.0.carrier_class", "missing"), ("1: carrier.0.physical_form", "missing")],
    ),
    "system without layers": (('"bulk-gel"', '"bulk-gel"\nform = "system"'), [
        ("1: carrier.0", "my-gel", "only a system, names its layers")]),
    "layer that is no carrier": (('"pegylated-liposome"', '"pegylated-liposom"', *NEST), [
        ("7: carrier.0.layers", "unknown carrier 'pegylated-liposom'", "nearest: pegylated-liposome")]),
    "system in itself": (('["pegylated-liposome"]', '["my-gel"]', *NEST), [
        ("7: carrier.0.layers", "my-gel is among its own layers")]),
    "form without mechanisms": (('"bulk-gel"', '"bulk-gel"\nform = "depot"'), [
        ("1: carrier.0", "names its loading mechanism")]),
    "release mechanism unknown": (("gel-diffusion", "gel-difusion", 'physical_form = "bulk-gel"', FORM), [
        ("7: carrier.0.mechanisms.release", "unknown release mechanism 'gel-difusion'", "nearest: gel-diffusion")]),
    "loading mechanism of the wrong stage": (('"mixed"', '"immediate"', 'physical_form = "bulk-gel"', FORM), [
        ("7: carrier.0.mechanisms.loading", "unknown loading mechanism 'immediate'", "nearest:", "mixed")]),
    "loading that does not go with the release": (('"mixed"', '"entrapped"', 'physical_form = "bulk-gel"', FORM), [
        ("7: carrier.0.mechanisms.loading", "'entrapped'", "'gel-diffusion'", "need 'mixed'")]),
    "form that does not go with the release": (('"depot"', '"particle"', 'physical_form = "bulk-gel"', FORM), [
        ("6: carrier.0.form", "'particle'", "'gel-diffusion'", "need 'depot'")]),
    "mechanisms a number": (('"bulk-gel"', '"bulk-gel"\nmechanisms = 5'), [
        ("6: carrier.0.mechanisms", "5", "a table")]),
    "retention mechanism unknown": (
        ("[[carrier]]", '[[site]]\nid = "hip"\nname = "Hip"\nsite_class = "joint"\nspecies = ["human"]\n'
         'states = ["x"]\nroutes = ["x"]\ncompartments = ["x"]\nmechanisms.retention = "synovial-joints"\n[[carrier]]'),
        [("9: site.0.mechanisms.retention", "unknown retention mechanism", "nearest: synovial-joint")],
    ),
    "form unknown": (('"bulk-gel"', '"solid"'), [("5: carrier.0.physical_form", "'solid'", "'nano'", "'bulk-gel'")]),
    "list not a list": (('"bulk-gel"', '"bulk-gel"\nsynonyms = "x"'), [
        ("6: carrier.0.synonyms", "'x'", "square brackets")]),
    "new property in no unit": (
        ("[[carrier]]", '[[property]]\nname = "new"\nlabel = "New"\nunit = "cows"\nsupport = "real"\n'
                        "default_spread = 1\n[[carrier]]"),
        [("4: property.0.unit", "'cows'", "unknown unit", "such as nm")],
    ),
    "new property with a word for a number": (
        ("[[carrier]]", '[[property]]\nname = "new"\nlabel = "New"\nunit = "nm"\nsupport = "real"\n'
                        'default_spread = "2"\n[[carrier]]'),
        [("6: property.0.default_spread", "'2'", "need a number")],
    ),
    "new property with bounds the wrong way": (
        ("[[carrier]]", '[[property]]\nname = "new"\nlabel = "New"\nunit = "nm"\nsupport = "real"\ndefault_spread = 1\n'
                        "smallest = 5\nlargest = 4\n[[carrier]]"),
        [("7: property.0.smallest", "5 exceeds largest 4", "rising order")],
    ),
    "new property without label": (
        ("[[carrier]]", '[[property]]\nname = "new"\nunit = "nm"\nsupport = "real"\ndefault_spread = 1\n[[carrier]]'),
        [("1: property.0.label", "missing", "people read")],
    ),
    "new class with an id that is taken": (
        ("[[carrier]]", '[[class]]\nid = "joint"\nkind = "carrier"\nname = "x"\nname_zh = "x"\n[[carrier]]'),
        [("2: class.0.id", "'joint' is a class of site", "id of its own")],
    ),
    "new class twice": (
        ("[[carrier]]", 2 * '[[class]]\nid = "new"\nkind = "carrier"\nname = "x"\nname_zh = "x"\n' + "[[carrier]]"),
        [("7: class.1.id", "'new' is defined twice")],
    ),
    "new class with an unknown mechanism": (
        ("[[carrier]]", '[[class]]\nid = "new"\nkind = "carrier"\nname = "x"\nname_zh = "x"\n'
                        'mechanisms.release = "cake"\n[[carrier]]'),
        [("6: class.0.mechanisms.release", "unknown release mechanism 'cake'", "nearest:")],
    ),
}  # fmt: skip


def refused(text: str | bytes, name: str = "own.toml") -> list[str]:
    """Give the lines of a refusal: one for each fault, each with the file."""
    file = Path(name)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FileError) as caught:
        lay_over(ours(), [file])
    lines = str(caught.value).split("\n")
    assert len(lines) == len(caught.value.faults)
    assert all(line.startswith(name) and len(line) < 500 and line.isprintable() for line in lines)
    return lines


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_entry_is_refused(name):
    changes, expected = CASES[name]
    text = CARRIER
    for old, new in reversed(list(zip(changes[::2], changes[1::2], strict=True))):
        assert old in text
        text = text.replace(old, new)
    lines = refused(text)
    assert len(lines) == len(expected), lines
    for place, *words in expected:
        (line,) = [line for line in lines if line.startswith(f"own.toml:{place}: ")]
        for word in words:
            assert word in line


def test_the_kinds_of_wrong_entries_are_many():
    assert len(CASES) > 60


FILES = {
    "empty": (b"", "is empty; need [[carrier]], [[payload]]"),
    "blank": (b" \n\n\t\n", "is empty; need [[carrier]]"),
    "not TOML": (b"id = my gel\n", "own.toml:1: not TOML"),
    "cut short": (CARRIER.encode()[:-3], "own.toml:9: not TOML"),
    "a table of Excel": (b"PK\x03\x04\x14\x00\x06\x00\xff", "is not UTF-8; need a TOML file in UTF-8"),
    "UTF-16": (CARRIER.encode("utf-16"), "byte 0 is not UTF-8"),
    "Latin-1": (CARRIER.encode().replace(b"My gel", b"Gel \xb5"), "is not UTF-8"),
    "a line of 10 MB": (
        b'description = "' + b"a" * 10_000_000 + b'"',
        "too large; need a TOML file of at most 5000000",
    ),
    "lists in lists": (b"a = " + b"[" * 50_000, "nested too deeply"),
    "tables in tables": (b"a = " + b"{a=" * 50_000, "nested too deeply"),
    "keys in keys": (b"a" + b".a" * 50_000 + b" = 1", "nested too deeply"),
    "a key twice": (b"a = 1\na = 2\n", "own.toml:2: not TOML"),
    "an integer of 5000 digits": (b"a = " + b"9" * 5000, "not TOML that can be read"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_is_refused(name):
    content, words = FILES[name]
    (line,) = refused(content)
    assert words in line


def test_a_line_of_4_mb_is_read():
    laid = lay(CARRIER.replace("[[carrier.", 'description = "' + "a" * 4_000_000 + '"\n[[carrier.'))
    assert len(laid.carrier("my-gel").description) == 4_000_000


def test_a_long_line_does_not_hide_where_it_stands():
    (line,) = refused(CARRIER.replace("[[carrier.", 'descripton = "' + "a" * 4_000 + '"\n[[carrier.'))
    assert line.startswith("own.toml:6: carrier.0.descripton: unknown key; nearest: description")


def test_a_folder_and_a_missing_file_are_refused():
    Path("folder.toml").mkdir()
    for name, words in (("folder.toml", "is a folder; need a TOML file"), ("nowhere.toml", "no such file")):
        with pytest.raises(FileError, match=f"^{name}: {words}"):
            lay_over(catalog.shipped(), [Path(name)])


def test_a_hostile_name_stays_on_one_line():
    with pytest.raises(FileError) as caught:
        lay_over(catalog.shipped(), [Path("no\nsuch\x1b[31m\0.toml")])
    assert str(caught.value).isprintable()


def test_a_byte_order_mark_and_line_ends_of_windows_are_read():
    Path("own.toml").write_bytes(b"\xef\xbb\xbf" + CARRIER.replace("\n", "\r\n").encode())
    assert lay_over(catalog.shipped(), [Path("own.toml")]).carrier("my-gel").name == "My gel"
    lines = refused(CARRIER.replace('"nm"', '"kg"').replace("\n", "\r\n"))
    assert lines[0].startswith("own.toml:9: ")


def test_every_fault_of_a_file_is_told_with_its_own_line():
    text = CARRIER.replace("5.0", "-5.0")
    more = '[[carrier.property]]\nname = "diameter"\npayload = "dasatinib"\ntypical = 6.0\nunit = "kg"\n'
    lines = refused(text + more + text.replace("my-gel", "other-gel"))
    assert [line.split(": ")[0:2] for line in lines] == [
        ["own.toml:8", "carrier.0.property.0.typical"],
        ["own.toml:14", "carrier.0.property.1.unit"],
        ["own.toml:22", "carrier.1.property.0.typical"],
    ]


def test_no_more_faults_are_told_than_one_reads():
    text = "".join(CARRIER.replace("my-gel", f"gel-{number}").replace("5.0", "-5.0") for number in range(80))
    assert len(refused(text)) == 50


HOSTILE = '"a\\nb\\r\\u001b[31mred\\u0007\\u2028\\u202e\\u0000"'


@pytest.mark.parametrize("old", ['"my-gel"', '"hydrogel"', '"bulk-gel"', '"diameter"', '"nm"', "5.0", "physical_form"])
def test_control_characters_cannot_break_the_line(old):
    refused(CARRIER.replace(old, HOSTILE))


HOSTILE_VALUES = ('""', "0", "[]", '"x"', "-1", "[[]]", "true", "{}", '["x", 1]', "nan", "{ x = 1 }", "1979-05-27")


def hostile_files() -> list[str]:
    """Give ALL_KINDS with each value in turn replaced by what a hand or a program may leave there: four of twelve."""
    lines = ALL_KINDS.splitlines()
    files = []
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if not equals:
            files.append("\n".join([*lines[:number], *lines[number + 1 :]]))
            continue
        for bad in HOSTILE_VALUES[number % 3 :: 3]:
            files.append("\n".join([*lines[:number], f"{key} = {bad}", *lines[number + 1 :]]))
    return files


def test_whatever_stands_in_a_field_it_is_read_or_refused_in_one_line_each():
    shipped, file = catalog.shipped(), Path("own.toml")
    gel, knee = shipped.carriers["hyaluronic-acid-hydrogel"], shipped.sites["knee"]
    names = ("stickiness", "storage_modulus", "polymer_mass_fraction", "mesh_size", "molar_mass", "diameter")
    known = replace(  # a small one: much is looked up in it
        shipped,
        carriers={gel.id: gel},
        payloads={},
        sites={knee.id: knee, "synovium": knee},
        methods={},
        studies={},
        properties={name: item for name, item in shipped.properties.items() if name in names},
    )
    read, told = 0, list[str]()
    for text in hostile_files():
        file.write_text(text, "utf-8")
        try:
            laid = inherit(lay_over(known, [file]))
        except FileError as error:
            told += str(error).split("\n")
        else:
            read += 1
            for entry in laid.entries():
                if entry.origin == "user":
                    readiness(laid, entry)
            laid.runnable_carriers()
    assert read > 10
    assert len(told) > 200
    assert [line for line in told if not re.match(r"own\.toml:\d+: (not TOML|[a-z_.0-9]+): ", line)] == []
