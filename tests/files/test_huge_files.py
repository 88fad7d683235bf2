"""Files with very many wrong entries: refused as soon as there is enough to tell, not when each has been looked at."""

from pathlib import Path

import pytest

from formulate import batch, fields
from formulate.formulation import read
from formulate.limits import MOST_CARRIERS
from materials import exchange, overlay
from materials.errors import FileError
from materials.files import MOST_FAULTS
from materials.store import load_shipped


@pytest.fixture
def counted(monkeypatch):
    """Give what counts the calls of a function from now on."""

    def count(owner: object, name: str) -> list[object]:
        calls: list[object] = []
        function = getattr(owner, name)

        def call(*arguments: object) -> object:
            calls.append(arguments)
            return function(*arguments)

        monkeypatch.setattr(owner, name, call)
        return calls

    return count


def refused(path: Path, text: str, use) -> list[str]:
    path.write_text(text, "utf-8")
    with pytest.raises(FileError) as caught:
        use(path)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("entry", ['[[carrier]]\nid = "new"\n', "[[carrier]]\n", '[[property]]\nname = "new"\n'])
def test_wrong_entries_of_a_catalog_file_are_looked_at_until_enough_is_told(entry, tmp_path, counted):
    looked = [counted(overlay._OneFile, name) for name in ("_entry", "_made")]
    lines = refused(tmp_path / "own.toml", 5000 * entry, lambda path: overlay.lay_over(load_shipped(), [path]))
    assert len(lines) == MOST_FAULTS
    assert 0 < sum(map(len, looked)) <= MOST_FAULTS


def test_unknown_tables_of_a_catalog_file_are_named_until_enough_is_told(tmp_path, counted):
    text = "".join(f"[table-{number}]\n" for number in range(5000))
    searched = counted(overlay, "nearest")
    assert len(refused(tmp_path / "own.toml", text, lambda path: overlay.lay_over(load_shipped(), [path]))) == 50
    assert len(searched) == MOST_FAULTS


def test_too_many_carriers_are_refused_before_any_is_looked_up(tmp_path, counted):
    looked = counted(fields, "_asked")
    text = f'schema_version = 1\nkind = "question"\ncarriers = {["cake"] * 8000}\n[regimen]\nsite = "knee"\n'
    lines = refused(tmp_path / "q.toml", text, read)
    assert next(line for line in lines if "carriers" in line).endswith(f"8000 given; need at most {MOST_CARRIERS}")
    assert looked == []


def test_a_batch_of_which_no_row_can_be_used_is_not_read_to_its_end(tmp_path, counted):
    made = counted(batch, "_formulation")
    text = "carrier,payload\n" + 3000 * "cake,dasatinib\n"
    *lines, last = refused(tmp_path / "b.csv", text, lambda path: batch.read_batch(path, site="knee"))
    assert len(lines) == batch.MOST_FAULTS
    assert "the first 500 faults are in rows of which none can be used" in last
    assert len(made) == batch.MOST_WRONG


def test_a_batch_with_a_row_that_can_be_used_is_read_to_its_end(tmp_path):
    file = tmp_path / "b.csv"
    file.write_text(
        "carrier,payload\nliposome,dasatinib\n" + 600 * "cake,dasatinib\n" + "liposome,dexamethasone\n", "utf-8"
    )
    rows, faults = batch.read_batch(file, site="knee")
    assert [row.number for row in rows] == [2, 603]
    assert len(faults) == 600


def test_as_many_rows_as_are_allowed_are_rows_below_the_header(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "MOST_ROWS", 2)
    row = "liposome,dasatinib\n"
    (tmp_path / "b.csv").write_text("carrier,payload\n" + 2 * row, "utf-8")
    assert len(batch.read_batch(tmp_path / "b.csv", site="knee")[0]) == 2
    (line,) = refused(
        tmp_path / "c.csv", "carrier,payload\n" + 3 * row, lambda path: batch.read_batch(path, site="knee")
    )
    assert line.endswith("3 rows; need at most 2")


def test_a_table_for_many_entries_is_checked_in_step_with_its_length(tmp_path, monkeypatch):
    """Twice the rows, twice the look-ups among what the catalog holds: not four times."""
    looked: list[int] = []
    row = exchange.value_row
    monkeypatch.setattr(exchange, "value_row", lambda known: looked.append(1) or row(known))
    counts = []
    for number in (100, 200):
        looked.clear()
        text = "id,property,typical,unit\n" + "".join(f"liposome,diameter,{value},nm\n" for value in range(number))
        refused(tmp_path / "v.csv", text, lambda path: exchange.import_table(load_shipped(), path))
        counts.append(len(looked))
    assert counts[0] == counts[1] == len(load_shipped().carriers["liposome"].property)
