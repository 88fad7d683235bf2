"""The template of an own entry: a file that is read as it stands, and runs once its numbers are filled in."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import formulate
from formulate.formulation import Formulation, build
from formulate.sampling import TypicalDraw
from materials import catalog
from materials.catalog import GOES_WITH, KINDS, Catalog
from materials.errors import FormulateError, UnknownIdError
from materials.evidence import Evidence, Spread
from materials.overlay import lay_over
from materials.readiness import readiness
from materials.schema import Class, Mechanisms
from materials.template import template
from materials.units import convert, to_si
from materials.values import Value

pytestmark = pytest.mark.usefixtures("empty_folder")

CLASSES = {
    kind: [item.id for item in catalog.load().classes.values() if item.kind == kind]
    for kind in KINDS
    if kind != "study"
}
ALL_CLASSES = [(kind, name) for kind, names in CLASSES.items() for name in names]
LIKE = {  # what has numbers of every kind that a class needs
    "hydrogel": "hyaluronic-acid-hydrogel",
    "polymer-microparticle": "plga-microsphere",
    "lipid-vesicle": "pegylated-liposome",
}
BLOCK = re.compile(r'# \[\[(\w+)\.property\]\].*\n# name = "(\w+)"\n# typical = (\S+)\n# unit = "(.*)"\n')


def laid(text: str, known: Catalog | None = None) -> Catalog:
    Path("own.toml").write_text(text, "utf-8")
    return lay_over(known or catalog.shipped(), [Path("own.toml")])


def filled(text: str, like: str) -> str:
    """Take away the # before each property, and fill in the numbers of another entry."""
    entry = catalog.shipped().entry(like)

    def fill(match: re.Match[str]) -> str:
        kind, name, dots, unit = match.groups()
        assert dots == "..."
        value = entry.value(name, payload="dasatinib", species="human")
        if value is None:
            return match.group(0)
        number = convert(to_si(value.typical, value.unit), unit)
        return f'[[{kind}.property]]\nname = "{name}"\ntypical = {number!r}\nunit = "{unit}"\n'

    return BLOCK.sub(fill, text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_template_that_is_read_as_it_stands(kind):
    text = template(catalog.shipped(), kind, "my-entry")
    known = laid(text)
    entry = known.kind(kind)["my-entry"]
    assert entry.origin == "user"
    assert entry.property == ()
    assert entry.name == "My entry"
    assert "my-entry.toml" in text
    assert "--catalog my-file.toml" in template(catalog.shipped(), kind, "my-entry", file="my-file.toml")


@pytest.mark.parametrize(("kind", "name"), ALL_CLASSES)
def test_every_class_has_a_template_that_is_read_as_it_stands(kind, name):
    known = catalog.shipped()
    text = template(known, kind, "my-entry", name)
    entry = laid(text).kind(kind)["my-entry"]
    assert entry.class_id == name
    mechanisms = known.classes[name].mechanisms
    if kind == "carrier":
        assert entry.mechanisms == mechanisms
        asked = [match[1] for match in BLOCK.findall(text)]
        wanted = {name for stage in readiness(laid(text), entry) for name in stage.missing}
        assert wanted <= set(asked)
        assert len(asked) == len(set(asked))
        assert "zeta_potential" in asked or entry.form not in ("particle", "vesicle")  # retention reads it of those
        assert bool(asked) == bool(wanted) == bool(mechanisms.release)
        assert ("No calculator computes this class" in text) != bool(wanted)


def by_mechanism(question, key):
    content = question.formulation(key).model_dump(mode="json", exclude_unset=True)
    content["layer"][0]["release_from"] = "mechanism"
    return build(Formulation, content, "test")


@pytest.mark.parametrize("name", LIKE)
def test_a_template_filled_in_runs(name):
    text = filled(template(catalog.shipped(), "carrier", "my-carrier", name), LIKE[name])
    Path("own.toml").write_text(text, "utf-8")
    catalog.use(Path("own.toml"))
    known = catalog.load()
    assert "my-carrier" in known.runnable_carriers()
    assert all(stage.is_ready for stage in readiness(known, known.carrier("my-carrier")))
    question = formulate.new_question(
        payload=[{"id": "dasatinib", "dose": "5 mg"}],
        regimen={"site": "knee", "state": "osteoarthritis"},
        carriers=["my-carrier"],
        calculation={"draws": 16},
    )
    (row,) = formulate.compare(question).rows
    assert row.reason == ""
    assert row.score > 0
    mine = {item.key: item for item in row.prediction.inputs if item.subject == "my-carrier"}
    assert mine
    assert {item.set_by for item in mine.values()} == {"user"}
    # the same typical numbers make the same carrier; who fills in what only the mechanism reads is told by it
    typical = [formulate.predict(by_mechanism(question, key), TypicalDraw()) for key in ("my-carrier", LIKE[name])]
    mine, like = (prediction.assessment.estimates["drug_half_life"].median for prediction in typical)
    assert mine == pytest.approx(like, rel=1e-6)


def test_a_payload_filled_in_is_computed():
    text = filled(template(catalog.shipped(), "payload", "my-drug", "kinase-inhibitor"), "dasatinib")
    Path("own.toml").write_text(text, "utf-8")
    catalog.use(Path("own.toml"))
    question = formulate.new_question(
        payload=[{"id": "my-drug", "dose": "5 mg"}],
        regimen={"site": "knee"},
        carriers=["free-drug-solution", "hyaluronic-acid-hydrogel"],
        calculation={"draws": 16},
    )
    assert [row.reason for row in formulate.compare(question).rows] == ["", ""]


def test_the_suggested_statement_can_be_taken():
    text = template(catalog.shipped(), "carrier", "my-gel", "hydrogel")
    head, statement = text.split("# [[carrier.statement]]")
    statement = re.sub(r"^# ", "", "# [[carrier.statement]]" + statement, flags=re.MULTILINE)
    (said,) = laid(head + statement).carrier("my-gel").statement
    assert (said.kind, said.evidence) == ("for", Evidence.USER)


def test_the_other_suggestions_can_be_taken():
    for kind in ("carrier", "study"):
        text, _, _ = template(catalog.shipped(), kind, "mine").partition(f"# [[{kind}.statement]]")
        taken = re.sub(r"^# (name_zh|description|carriers|payloads|sites|source) =", r"\1 =", text, flags=re.MULTILINE)
        assert taken != text
        assert laid(taken).kind(kind)["mine"].name == "Mine"


# --- an entry that exists


@pytest.mark.parametrize("identifier", ["plga-microsphere", "dasatinib", "knee"])
def test_an_entry_that_exists_is_laid_over(identifier):
    known = catalog.shipped()
    ours = known.entry(identifier)
    kind = str(ours.kind)
    text = template(known, kind, identifier)
    assert f"{ours.name} is in the catalog" in text
    untouched = laid(text).entry(identifier)
    assert untouched == ours
    uncommented = re.sub(r"^# (?=\[\[|\w+ = )", "", text[text.index(f"[[{kind}]]") :], flags=re.MULTILINE)
    entry = laid(uncommented).entry(identifier)
    mine = [value for value in entry.property if value.evidence is Evidence.USER]
    assert {value.name for value in mine} == {value.name for value in ours.property if value.is_used}
    for value in mine:  # each stands for one of ours, in its own circumstances
        like = next(item for item in ours.property if item.is_used and item.circumstances == value.circumstances)
        assert value.typical == pytest.approx(like.typical, rel=1e-5)
        assert value.unit == like.unit


KNOWN_VALUES = (
    Value(name="molar_mass", typical=321.5, unit="g/mol", evidence=Evidence.DERIVED, note='F/C=C\\F "by" RDKit'),
    Value(
        name="logp_octanol_water", typical=1.5, low=0.8, high=2.2, spread=Spread.SD, unit="log10",
        evidence=Evidence.DERIVED, source="wildman1999", note="x",
    ),
)  # fmt: skip


@pytest.mark.parametrize("identifier", ["my-drug", "dasatinib"])
def test_values_known_already_are_written_and_not_asked_for(identifier):
    known = catalog.shipped()
    text = template(known, "payload", identifier, values=KNOWN_VALUES)
    payload = laid(text).payload(identifier)
    for value in KNOWN_VALUES:
        assert payload.value(value.name) == value.model_copy(update={"origin": "user"})
        assert f'# name = "{value.name}"' not in text


# --- classes of the user's own


@pytest.mark.parametrize("release", GOES_WITH)
def test_a_class_of_ones_own_has_a_template_too(release):
    known = catalog.shipped()
    form, loading = GOES_WITH[release]
    mine = Class(
        id="my-class", kind="carrier", name="x", name_zh="x", mechanisms=Mechanisms(loading=loading, release=release)
    )
    known = replace(known, classes={**known.classes, "my-class": mine})
    entry = laid(template(known, "carrier", "my-carrier", "my-class"), known).carrier("my-carrier")
    assert (entry.form, entry.mechanisms.loading) == (form, loading)


# --- what is refused


@pytest.mark.parametrize(
    ("kind", "identifier", "of_class", "words"),
    [
        ("carriers", "my-gel", "", "unknown kind 'carriers'; need carrier, payload, site, method, study"),
        ("carrier", "my-gel", "hydrogels", "unknown carrier class 'hydrogels'; nearest: hydrogel"),
        ("carrier", "my-gel", "joint", "unknown carrier class 'joint'"),
        ("payload", "my-drug", "hydrogel", "unknown payload class 'hydrogel'"),
        ("study", "my-study", "trial", "unknown study class 'trial'"),
        ("carrier", "My Gel", "", "id 'My Gel'; need lower-case letters, digits and hyphens, such as my-gel"),
        ("carrier", "", "", "id ''; need"),
        ("carrier", "-gel", "", "id '-gel'; need"),
        ("carrier", "a" * 81, "", "at most 80"),
        ("carrier", 'gel"\nid = "x', "", "need lower-case"),
        ("carrier", "gel\n", "", "need lower-case"),
        ("carrier", "knee", "", "knee is a site of the catalog; need an id of its own"),
        ("site", "dasatinib", "", "dasatinib is a payload of the catalog"),
    ],
)
def test_what_cannot_be_is_refused(kind, identifier, of_class, words):
    with pytest.raises(FormulateError, match=re.escape(words)) as caught:
        template(catalog.shipped(), kind, identifier, of_class)
    assert str(caught.value).isprintable()
    if "nearest" in words:
        assert isinstance(caught.value, UnknownIdError)


def test_a_hostile_file_name_stays_in_its_comment():
    text = template(catalog.shipped(), "carrier", "my-gel", file="a.toml\n[cake]\nb = 1")
    assert set(tomllib.loads(text)) == {"carrier"}
