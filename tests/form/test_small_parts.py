"""The small parts that forms and screens are made of: changes of a content, choices, and reports read through."""

from importlib.resources import files

import pytest

from formulate.form import choices
from formulate.form.alike import two_of
from formulate.form.changes import with_assay, with_layer, with_payload, without
from formulate.form.content import first, rows, table, text
from formulate.form.override_text import override_of, override_text
from formulate.form.parts import Choice
from formulate.form.read_through import read_through, sections_of
from formulate.form.values import with_value
from formulate.form.wanted import Wanted, wanted_form
from formulate.report.page import Document, Points, Section, Table, Text
from materials import catalog
from materials.errors import FormulateError

EXAMPLES = files("formulate.examples")
REFERENCE, TEST, ONE = (str(EXAMPLES.joinpath(f"{name}.csv"))
                        for name in ("dissolution-reference", "dissolution-test", "release-microspheres"))  # fmt: skip


def test_a_third_layer_of_one_carrier_is_numbered_and_holds_the_second():
    made = {"payload": [{"id": "drug"}]}
    for _ in range(3):
        made = with_layer(made, "fibrin-gel")
    assert [row["id"] for row in made["layer"]] == ["fibrin-gel", "fibrin-gel-2", "fibrin-gel-3"]
    assert [row["holds"] for row in made["layer"]] == [["drug"], ["fibrin-gel"], ["fibrin-gel-2"]]


def test_a_payload_is_held_by_the_innermost_layer_beside_what_it_holds():
    shares = {"layer": [{"id": "a", "holds": {"drug": 0.4}}, {"id": "b", "holds": ["a"]}], "payload": [{"id": "drug"}]}
    made = with_payload(shares, "other")
    assert made["layer"][0]["holds"] == {"drug": 0.4, "other": 1}
    assert made["layer"][1]["holds"] == ["a"]
    assert with_payload({}, "other") == {"payload": [{"id": "other"}]}
    assert with_payload(with_payload({"layer": [{"id": "a"}]}, "x"), "x")["layer"][0]["holds"] == ["x"]


def test_what_is_taken_out_leaves_its_shares_to_what_held_it():
    nest = {"layer": [{"id": "a", "holds": {"drug": 0.4}}, {"id": "b", "holds": ["a", "other"]}]}
    assert without(nest, ("layer", 0)) == {"layer": [{"id": "b", "holds": {"other": 1, "drug": 0.4}}]}
    held = {"payload": [{"id": "drug"}, {"id": "other"}], "layer": [{"id": "a", "holds": {"drug": 0.4, "other": 1}}]}
    assert without(held, ("payload", 0)) == {
        "payload": [{"id": "other"}],
        "layer": [{"id": "a", "holds": {"other": 1}}],
    }
    assert without(held, ("layer", 0))["payload"] == held["payload"]


def test_assays_are_added_one_by_one():
    once = with_assay({"layer": [{"id": "a"}, {"id": "b"}]}, 1)
    twice = with_assay(once, 1)
    assert "assay" not in twice["layer"][0]
    assert [len(made["layer"][1]["assay"]) for made in (once, twice)] == [1, 2]


def test_carriers_to_choose_from_are_those_that_can_be_loaded_and_say_which_run_to_the_end():
    known = catalog.load()
    offered = choices.carriers()
    names = [item.value for item in offered]
    runnable = [name for name in names if not next(item for item in offered if item.value == name).label.endswith(
        "(loading only)")]  # fmt: skip
    assert names[: len(runnable)] == runnable  # they stand first
    assert set(runnable) == {name for name in known.runnable_carriers() if not known.carriers[name].layers}
    assert set(names) >= {name for name in known.loadable_carriers() if not known.carriers[name].layers}
    assert not any(known.carriers[name].layers for name in names)
    assert len(names) == len(set(names))
    assert {item.value for item in choices.sites()} == {"knee", "disc", "spinal-cord", "bone", "bone-defect"}


def test_numbers_that_may_be_set_are_those_an_entry_has_or_lacks():
    known = catalog.load()
    entry = known.carriers["plga-microsphere"]
    offered = {item.value: item.label for item in choices.properties_of("plga-microsphere")}
    assert set(offered) == {value.name for value in entry.property} | {gap.name for gap in entry.missing}
    assert offered["diameter"].endswith("[nm]")
    assert [label.lower() for label in offered.values()] == sorted(label.lower() for label in offered.values())


def test_a_content_of_any_shape_is_read():
    assert table({"a": 3}, "a") == {} != table({"a": {"b": 1}}, "a")
    assert rows({"a": [1, {"b": 2}]}, "a") == [{}, {"b": 2}]
    assert rows({"a": "text"}, "a") == []
    assert [text({"a": 0}, name) for name in ("a", "b")] == ["0", ""]
    offered = (Choice("x", "X"), Choice("y", "Y"))
    assert [first(offered, "Y"), first(offered, "Z"), first(offered), first(())] == ["Y", "X", "X", ""]


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("40 um (30 to 55)", {"typical": "40 um", "low": "30 um", "high": "55 um"}),
        ("1 (1e-3 to 2.5E2)", {"typical": "1", "low": "1e-3", "high": "2.5E2"}),
        ("40 um (30000 nm to 55)", {"typical": "40 um", "low": "30000 nm", "high": "55 um"}),
    ],
)
def test_a_band_is_typed_and_told_alike(typed, given):
    assert override_of(typed) == given
    assert override_of(override_text(given)) == given


def test_a_former_spread_goes_with_the_band_and_a_basis_stays():
    before = {"typical": "1 um", "low": "0.5 um", "high": "2 um", "spread": "range", "basis": "volume"}
    assert override_of("3 um", before) == {"typical": "3 um", "basis": "volume"}
    assert override_of("3 um (2 to 4)", before) == {
        "typical": "3 um", "low": "2 um", "high": "4 um", "spread": "range", "basis": "volume"}  # fmt: skip
    for wrong in ("3 um (2)", "3 um (2 to", "(2 to 3)"):
        with pytest.raises(ValueError, match="band in brackets"):
            override_of(wrong)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"table": ONE}, "one profile; need a second file"),
        ({"table": REFERENCE, "second": TEST, "reference": "nobody"}, "nobody"),
    ],
)
def test_which_two_profiles_are_meant_is_asked(given, told):
    with pytest.raises(FormulateError, match=told):
        two_of(given)


def test_the_one_of_two_profiles_that_is_not_named_is_the_other(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("time (h),a (%),b (%)\n1,10,20\n2,20,40\n4,40,60\n", "utf-8")
    for given, expected in (({}, "ab"), ({"test": "a"}, "ba"), ({"reference": "b"}, "ba"), ({"reference": "a"}, "ab")):
        assert [item.profiles[0].name for item in two_of({"table": str(path), **given})] == list(expected)
    with pytest.raises(FormulateError, match="both 'a'"):
        two_of({"table": str(path), "reference": "a", "test": "a"})
    path.write_text("time (h),a (%),b (%),c (%)\n1,10,20,5\n2,20,40,9\n4,40,60,20\n", "utf-8")
    with pytest.raises(FormulateError, match="3 profiles; choose which is the reference"):
        two_of({"table": str(path)})


def test_a_report_is_read_through_in_its_order():
    blocks = (Text("First."), Points(("one", "two")), Table(("a",), (("1",),), caption="Numbers"))
    document = Document(title="T", question="Q", answer="A", date="today",
                        sections=(Section("S", blocks), Section("empty", ())))  # fmt: skip
    found = read_through(document)
    assert [item[0] for item in found] == ["title", "note", "question", "answer", "section", "text", "point", "point",
                                           "table", "note"]  # fmt: skip
    assert found[8] == ("table", "Numbers", ("a",), (("1",),))
    assert sections_of(document) == [("S", 1, 0)]


def test_what_is_asked_of_a_report_depends_on_what_it_is_of():
    fields = {kind: [field.path[0] for field in wanted_form(kind, Wanted()).fields]
              for kind in ("formulation", "question", "fit")}  # fmt: skip
    assert [kind for kind in fields if "one_page" in fields[kind]] == ["formulation", "question"]
    assert [kind for kind in fields if "among" in fields[kind]] == ["formulation"]
    given = {field.path[0]: field.given for field in wanted_form("formulation", Wanted(one_page=True, paper="letter")
                                                                 ).fields}  # fmt: skip
    assert (given["one_page"], given["among"], given["paper"], given["language"]) == ("yes", "", "letter", "")


def test_places_that_become_empty_go():
    assert with_value({"a": {"b": {"c": 1}}, "d": 2}, ("a", "b", "c"), None) == {"d": 2}
    assert with_value({"rows": [1, 2, 3]}, ("rows", 1), None) == {"rows": [1, 3]}
    assert with_value({}, ("rows", 0, "x"), 5) == {"rows": [{"x": 5}]}
