"""Files side by side: what differs in value, what only in words, and what nothing reads."""

import itertools
from pathlib import Path
from typing import Any

import pytest

import formulate
from formulate import examples, new_formulation
from formulate.difference import Differences, compared, side, words_text
from formulate.unread import unread_of
from materials.errors import FileError

BASE = """\
schema_version = 1
kind = "formulation"
[[payload]]
id = "dasatinib"
dose = "1 mg"
[[layer]]
id = "microsphere"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[layer.set]
diameter = { typical = "40 um", low = "30 um", high = "55 um" }
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["microsphere"]
[layer.set]
storage_modulus = "2 kPa"
[regimen]
site = "knee"
[target]
duration = "28 d"
"""


def written(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def against(folder: Path, *changes: tuple[str, str]) -> Differences:
    return formulate.differences(written(folder, "a.toml"), written(folder, "b.toml", *changes))


def words(found: Differences) -> dict[str, tuple[Any, ...]]:
    return {item.field: item.words for item in found.differing}


def same(found: Differences) -> dict[str, tuple[Any, ...]]:
    return {item.field: item.words for item in found.rewritten}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("shipped")
    examples.copy(folder)
    return sorted(path for path in folder.glob("*.toml") if 'kind = "target"' not in path.read_text("utf-8"))


def test_no_file_differs_from_itself(shipped):
    for path in shipped:
        found = formulate.differences(path, path)
        assert (found.differing, found.rewritten) == ((), ())
        assert found.alike > 5


def test_differences_are_symmetric(shipped):
    def told(found: Differences, step: int) -> list[str]:
        listed = ((same, item) for same in ("differing", "rewritten") for item in getattr(found, same))
        return sorted(repr((same, i.field, i.words[::step], i.otherwise[::step])) for same, i in listed)

    for one, other in itertools.combinations(shipped, 2):
        there, back = formulate.differences(one, other), formulate.differences(other, one)
        assert there.alike == back.alike
        assert told(there, 1) == told(back, -1)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"1 mg"', '"1000 ug"', "payload.dose"),
        ('"28 d"', '"4 week"', "target.duration"),
        ('"2 kPa"', '"2000 Pa"', "layer.gel.set.storage_modulus"),
        ('high = "55 um"', 'high = "0.055 mm"', "layer.microsphere.set.diameter"),
        ('["microsphere"]', "{ microsphere = 1.0 }", "layer.gel.holds"),
        ('site = "knee"', 'site = "knee"\nspecies = "human"', "regimen.species"),
        ('site = "knee"', 'site = "knee"\nroute = "intra-articular"', "regimen.route"),
        ('["dasatinib"]', '["dasatinib"]\nmethod = "emulsion-oil-in-water"', "layer.microsphere.method"),
        ('[target]', '[target]\ncompartment = "synovial-fluid"', "target.compartment"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_equal_in_value_though_written_differently(tmp_path, old, new, field):
    found = against(tmp_path, (old, new))
    assert found.differing == ()
    assert list(same(found)) == [field]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"1 mg"', '"1.001 mg"', "payload.dose"),
        ('"2 kPa"', '"2 MPa"', "layer.gel.set.storage_modulus"),
        ('low = "30 um", ', "", "layer.microsphere.set.diameter"),
        ('high = "55 um"', 'high = "55 um", spread = "sd"', "layer.microsphere.set.diameter"),
        ('high = "55 um"', 'high = "55 um", basis = "volume"', "layer.microsphere.set.diameter"),
        ('"28 d"', '"28 d"\nprobability = 0.9', "target.probability"),
    ],
)
def test_what_does_not_mean_the_same_differs(tmp_path, old, new, field):
    found = against(tmp_path, (old, new))
    assert list(words(found)) == [field]
    assert found.rewritten == ()


def test_fields_that_are_alike_are_counted_and_words_are_those_of_the_file(tmp_path):
    found = against(tmp_path, ('"40 um"', '"45 um"'))
    one, other = words(found)["layer.microsphere.set.diameter"]
    assert one == {"typical": "40 um", "low": "30 um", "high": "55 um"}
    assert words_text(other) == "typical 45 um, low 30 um, high 55 um"
    # schema_version, kind, id and dose of the drug, two layers of id, carrier and holds, the modulus, site, duration
    assert found.alike == 13


def test_layers_are_matched_by_id_wherever_they_stand(tmp_path):
    alone = BASE[: BASE.index('[[layer]]\nid = "gel"')] + BASE[BASE.index("[regimen]") :]
    (tmp_path / "alone.toml").write_text(alone, "utf-8")
    found = formulate.differences(written(tmp_path, "nest.toml"), tmp_path / "alone.toml")
    assert set(words(found)) == {f"layer.gel.{name}" for name in ("id", "carrier", "holds", "set.storage_modulus")}
    assert {item.otherwise for item in found.differing} == {("", "no such layer")}


def test_a_layer_under_another_id_is_told_by_its_carrier(tmp_path):
    found = against(
        tmp_path, ('id = "microsphere"', 'id = "ball"'), ('["microsphere"]', '["ball"]'), ("2 kPa", "3 kPa")
    )
    assert words(found) == {
        "layer.ball.id": ("microsphere", "ball"),
        "layer.gel.set.storage_modulus": ("2 kPa", "3 kPa"),
    }
    assert [item.is_label for item in found.differing] == [True, False]
    assert list(same(found)) == ["layer.gel.holds"]  # what it holds is the same thing under another name


def test_one_layer_each_is_matched_whatever_it_is(shipped):
    by_name = {path.name: path for path in shipped}
    found = formulate.differences(by_name["bmp2-nonunion.toml"], by_name["doxorubicin-liposome-batch.toml"])
    assert words(found)["layer.carrier"] == ("gelatin-hydrogel", "pegylated-liposome")
    assert words(found)["payload.id"] == ("bmp2", "doxorubicin")


def test_what_is_left_out_tells_what_holds_in_its_place(tmp_path):
    found = against(tmp_path, ('storage_modulus = "2 kPa"', ""), ('dose = "1 mg"', ""))
    told = {item.field: item.otherwise[1] for item in found.differing}
    assert told["layer.gel.set.storage_modulus"].endswith("of the catalog")
    assert told["payload.dose"].split()[-1] == "mg"
    assert all(told.values())


def test_several_files_stand_beside_each_other(tmp_path):
    files = [written(tmp_path, f"{n}.toml", ('"1 mg"', f'"{n} mg"')) for n in (1, 2, 3)]
    found = formulate.differences(*files)
    assert words(found) == {"payload.dose": ("1 mg", "2 mg", "3 mg")}
    assert [len(row["files"]) for row in found.to_dict()["differing"]] == [3]
    assert found.to_frame().shape == (1, 5)


def test_formulations_in_memory_are_compared_too():
    content: dict[str, Any] = {
        "payload": [{"id": "dasatinib"}],
        "layer": [{"id": "a", "carrier": "liposome", "holds": ["dasatinib"]}],
        "regimen": {"site": "knee"},
    }
    one = new_formulation(**content)
    other = new_formulation(**content, name="other", calculation={"seed": 8})
    found = formulate.differences(one, other)
    assert found.names == ("formulation 1", "other")
    assert [item.field for item in found.of_value] == ["calculation.seed"]


def test_a_number_that_nothing_reads_is_told(tmp_path):
    one = written(tmp_path, "a.toml")
    other = written(tmp_path, "b.toml", ('"2 kPa"', '"3 kPa"\nencapsulation_efficiency = "50 percent"'))
    sides = [side(one), side(other)]
    found = compared(sides, {item.name: unread_of(item.built) for item in sides})
    unread = {item.field: item.unread for item in found.differing}
    assert unread["layer.gel.set.storage_modulus"] == (False, False)
    assert unread["layer.gel.set.encapsulation_efficiency"] == (None, True)


def test_why_it_is_not_known_what_was_read_is_told(shipped):
    question = next(path for path in shipped if path.name == "own-drug-knee.toml")
    assert unread_of(side(question).built) == "a question has a calculation for each carrier"
    two_drugs = side(next(path for path in shipped if path.name == "two-drugs-assayed.toml")).built
    assert unread_of(two_drugs) == frozenset()
    liver = two_drugs.model_copy(update={"regimen": two_drugs.regimen.model_copy(update={"site": "liver"})})
    assert str(unread_of(liver)).startswith("only its loading is computed: ")


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        formulate.differences(written(tmp_path, "a.toml"), tmp_path / "none.toml")
