"""What the user gave is calculated with, however it is told and whatever we know that is closer."""

from pathlib import Path

import pytest

import formulate
from materials import catalog
from materials.errors import FileError

pytestmark = pytest.mark.usefixtures("empty_folder")

NEST = "plga-microsphere-in-hyaluronic-acid-hydrogel"


def used(carrier: str, payload: str, key: str, text: str) -> tuple[float, str]:
    """Give a number that a prediction rests on, and by whom it was set, with a file of the user's laid over."""
    Path("own.toml").write_text(text, "utf-8")
    catalog.use(Path("own.toml"))
    question = formulate.new_question(
        payload=[{"id": payload, "dose": "5 mg"}],
        regimen={"site": "knee", "state": "osteoarthritis"},
        carriers=[carrier],
        calculation={"draws": 16},
    )
    prediction = formulate.compare(question).rows[0].prediction
    assert prediction is not None
    (item,) = [item for item in prediction.inputs if item.key == key]
    return item.value.typical, item.set_by


def value(kind: str, identifier: str, name: str, number: float, unit: str, more: str = "") -> str:
    head = f'[[{kind}]]\nid = "{identifier}"\n[[{kind}.property]]\nname = "{name}"\ntypical = {number}\n'
    return f'{head}unit = "{unit}"\n{more}\n'


def test_over_a_value_of_ours_for_the_payload():
    text = value("carrier", "plga-microsphere", "diameter", 44.0, "um", 'species = "human"')
    assert used("plga-microsphere", "triamcinolone-acetonide", "plga-microsphere.diameter", text) == (44.0, "user")


def test_over_a_value_of_ours_with_more_circumstances():
    text = value("site", "knee", "synovial_fluid_volume", 9.0, "mL", 'payload = "dexamethasone"')
    assert used("plga-microsphere", "dexamethasone", "knee.synovial_fluid_volume", text) == (9.0, "user")


@pytest.mark.parametrize("payload", ["dasatinib", "triamcinolone-acetonide"])
def test_of_a_nest_over_its_layer(payload):
    text = value("carrier", NEST, "burst_fraction", 0.5, "fraction", 'layer = "plga-microsphere"')
    assert used(NEST, payload, "plga-microsphere.burst_fraction", text) == (0.5, "user")


@pytest.mark.parametrize("evidence", ["derived", "assumed"])
def test_whatever_evidence_it_claims(evidence):
    more = f'evidence = "{evidence}"\nnote = "from our own runs"'
    text = value("carrier", "plga-microsphere", "burst_fraction", 0.5, "fraction", more)
    assert used(NEST, "dasatinib", "plga-microsphere.burst_fraction", text) == (0.5, "user")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (value("carrier", NEST, "burst_fraction", 0.5, "fraction"), "property.0.layer: is missing"),
        (value("site", "knee", "lymph_flow", 5, "mL/h", 'state = "osteoarthrits"'), "nearest: osteoarthritis"),
        (value("carrier", "plga-microsphere", "diameter", 5, "um", 'state = "healthy"'), "only values of a site"),
        (value("carrier", "plga-microsphere", "diameter", 5, "kg", 'typical_is = "middle"'), "set by the program"),
        (value("carrier", "plga-microsphere", "diameter", 5, "um", 'inherited_from = "x"'), "set by the program"),
        ('[[carrier]]\nid = "plga-microsphere"\norigin = "catalog"\n', "set by the program"),
        ('[[carrier]]\nid = "plga-microsphere"\nparent = "plga-microsphere"\n', "is the entry itself"),
        ('[[site]]\nid = "knee"\nparent = "meniscus"\n', "parent: 'meniscus' lies below knee itself"),
        (
            '[[carrier]]\nid = "msc-exosome"\ninherits = [{ from = "msc-exosome", properties = ["density"] }]\n',
            "inherits.0.from: is the entry itself",
        ),
        (
            '[[carrier]]\nid = "plga-microsphere"\n[[carrier.statement]]\nkind = "comparison"\ntext = "Better."\n'
            'than = ["plga-microsphere"]\n',
            "than: names plga-microsphere itself",
        ),
        ('[[carrier]]\nid = "a"\nname = "A"\ncarrier_class = ""\nphysical_form = "nano"\n', "carrier class"),
        ('[[carrier]]\nid = "plga-microsphere"\nsynonyms = [""]\n', "synonyms"),
    ],
)
def test_what_could_not_be_calculated_with_is_refused(text, told):
    Path("own.toml").write_text(text, "utf-8")
    catalog.use(Path("own.toml"))
    with pytest.raises(FileError, match=r"own\.toml") as error:
        catalog.load()
    assert told in str(error.value)


def test_a_comparison_says_what_is_yours_and_what_counts_as_exact():
    Path("own.toml").write_text(value("carrier", "plga-microsphere", "diameter", 44.0, "um"), "utf-8")
    catalog.use(Path("own.toml"))
    question = formulate.new_question(
        payload=[{"id": "dasatinib", "dose": "5 mg"}],
        regimen={"site": "knee"},
        carriers=["plga-microsphere", "plga-nanoparticle"],
        calculation={"draws": 16},
    )
    rows = {row.id: row for row in formulate.compare(question).rows}
    assert rows["plga-microsphere"].label.endswith("(with values of yours)")
    assert any("count as exact" in warning and "diameter" in warning for warning in rows["plga-microsphere"].warnings)
    assert "yours" not in rows["plga-nanoparticle"].label
    assert not any("count as exact" in warning for warning in rows["plga-nanoparticle"].warnings)
