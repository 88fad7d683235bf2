"""An entry of the user's own is put into its file, checked first, and the rest of the file stays as it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

from materials import catalog
from materials.errors import FileError
from materials.own_entries import find_own, put, take_out, usual_file, with_entry

GEL = {
    "id": "my-gel",
    "name": "My gel",
    "carrier_class": "hydrogel",
    "physical_form": "bulk-gel",
    "property": [{"name": "mesh_size", "typical": 12.0, "unit": "nm", "conditions": "swollen, 37 degC"}],
    "statement": [{"kind": "for", "text": "It stays."}],
}


def test_a_new_entry_is_in_force_at_once_and_can_be_changed_and_taken_out(empty_folder: Path):
    path = usual_file("my-gel")
    assert put("carrier", GEL, path) == 0
    catalog.use()
    assert catalog.load().carrier("my-gel").value("mesh_size").typical == 12.0
    own = find_own("carrier", "my-gel")
    assert own is not None
    assert own.row == GEL
    put("carrier", {**GEL, "property": [{**GEL["property"][0], "typical": 15.0}]}, own.path)
    catalog.use()
    assert [value.typical for value in catalog.load().carrier("my-gel").values("mesh_size")] == [15.0]
    take_out(own)
    assert not path.exists()
    assert find_own("carrier", "my-gel") is None


def test_what_is_wrong_is_told_by_its_field_and_nothing_is_written(empty_folder: Path):
    wrong = {**GEL, "property": [{"name": "mesh_size", "typical": 12.0, "unit": "mg"}]}
    with pytest.raises(FileError) as told:
        put("carrier", wrong, usual_file("my-gel"))
    assert [fault.field for fault in told.value.faults] == ["carrier.0.property.0.unit"]
    assert not usual_file("my-gel").exists()


PUTTING = """
import sys
from pathlib import Path
from materials.own_entries import put
for number in range(3):
    row = {"id": f"{sys.argv[1]}-{number}", "name": "A gel", "carrier_class": "hydrogel", "physical_form": "bulk-gel"}
    put("carrier", row, Path("own.toml"))
"""


def test_two_processes_that_put_entries_into_one_file_lose_none(empty_folder: Path):
    pytest.importorskip("fcntl", reason="no locks here")
    Path("own.toml").write_text("# ours\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    started = [subprocess.Popen([sys.executable, "-c", PUTTING, name], env=environment) for name in ("one", "other")]
    assert [process.wait(60) for process in started] == [0, 0]
    expected = {f"{name}-{number}" for name in ("one", "other") for number in range(3)}
    assert {row["id"] for row in tomli.loads(Path("own.toml").read_text("utf-8"))["carrier"]} == expected
    assert sorted(path.name for path in empty_folder.iterdir()) == ["own.toml"]


def test_taken_out_by_another_before_is_taken_out(empty_folder: Path):
    for name in ("my-gel", "your-gel"):
        put("carrier", GEL | {"id": name}, Path("own.toml"))
    catalog.use("own.toml")
    first, second = find_own("carrier", "my-gel"), find_own("carrier", "your-gel")
    assert first is not None
    assert second is not None
    take_out(first)
    take_out(second)  # which is no longer the second of the file
    take_out(first)
    assert not Path("own.toml").exists()


def test_a_file_that_is_no_toml_is_not_written_over(empty_folder: Path):
    Path("own.toml").write_text("[[carrier]\n", "utf-8")
    with pytest.raises(FileError, match=r"own.toml:1: not TOML"):
        put("carrier", GEL, Path("own.toml"))
    assert Path("own.toml").read_text("utf-8") == "[[carrier]\n"


FILE = '''# My laboratory
[[carrier]]  # the first
id = "a"
name = "A"

[[carrier.property]]
name = "diameter"  # by light scattering
typical = 1.0
unit = "um"

# The second one
[[carrier]]
id = "b"
name = "B"

[[study]]
id = "c"
outcome = """
[[carrier]]
"""
'''


def test_only_the_block_of_the_entry_changes():
    made = with_entry(FILE, "carrier", 0, {"id": "a", "name": "Another"})
    assert made == FILE.replace(
        FILE[FILE.index("[[carrier]]  #") : FILE.index("# The second")], '[[carrier]]\nid = "a"\nname = "Another"\n\n'
    )


def test_a_header_inside_a_text_does_not_lead_astray():
    turned = FILE.replace("[[study]]", "[[payload]]", 1)
    first = turned[turned.index("[[payload]]") :] + turned[: turned.index("[[payload]]")]
    made = with_entry(first, "carrier", 1, {"id": "b", "name": "Changed"})
    assert [row["name"] for row in tomli.loads(made)["carrier"]] == ["A", "Changed"]
    assert tomli.loads(made)["payload"] == tomli.loads(first)["payload"]
