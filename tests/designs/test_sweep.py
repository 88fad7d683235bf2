"""The table of a sweep: whole or in parts, stopped at any byte, taken up again, and never over a file of another."""

import copy
import csv
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from formulate.designs import sweep as sweeps
from formulate.designs import work
from formulate.designs.outcome import Held, Number, Outcome, evaluate
from formulate.designs.space import Space
from formulate.designs.sweep import Stopped, Sweep, sweep, table_of, with_calculation
from formulate.designs.table import Tally
from formulate.designs.target_file import TargetFile, build_target
from formulate.pipeline import predict
from formulate.sampling import Array, Draws
from materials import catalog
from materials.errors import DomainError, FileError, FormulateError

CONTENT = {
    "name": "Drops",
    "payload": [{"id": "dasatinib"}],
    "regimen": {"site": "knee"},
    "target": {"unbound_above": "10 nmol/L", "duration": "2 d", "probability": 0.5},
    "carriers": ["free-drug-solution", "free-drug-suspension"],
    "limits": {"volume": "3 mL", "injections": 2},
    "choice": [
        {"name": "dose", "low": "0.1 mg", "high": "10 mg"},
        {"name": "injections", "options": [1, 2]},
        {"name": "interval", "low": "0.5 d", "high": "2 d"},
    ],
    "calculation": {"draws": 16},
}


def made(**changed: object) -> TargetFile:
    return build_target({**copy.deepcopy(CONTENT), **changed}, "target")


def quick(space: Space, points: Array, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
    """Outcomes that depend on the point alone, as real ones do, and cost nothing; every seventh is refused."""
    for number, point in enumerate(points, start=first):
        settings, share = space.settings(point), float(point.mean())
        if number % 7 == 3:
            yield Outcome(number, settings, reason=f'thickness = {share:.3g} m; need "less", by far')
            continue
        held = {name: Held(share, share, None) for name in ("cover", "volume", "injections")}
        yield Outcome(number, settings, share, share - 0.5, held, {"cover": Number(50.0, share, 90.0, "percent")})


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "evaluate", quick)
    monkeypatch.setattr(sweeps, "LOT", 32)


def swept(path: Path, designs: int = 100, target: TargetFile | None = None, **options: object) -> Sweep:
    return sweep(target or made(), path, designs, processes=1, **options)


def stop_at(designs: int) -> object:
    """Progress that stops the sweep as Ctrl-C does."""

    def told(line: str) -> None:
        if line.startswith(f"{designs} of"):
            raise KeyboardInterrupt

    return told


def test_a_row_says_what_was_computed_and_an_empty_cell_why(tmp_path):
    target = made()
    path = tmp_path / "d.csv"
    found = swept(path, 12, target)
    frame = found.to_frame()
    space = Space(target)
    outcomes = list(evaluate(space, space.points(12)))
    assert list(frame["design"]) == list(range(12))
    assert np.allclose(frame["probability (fraction)"], [item.probability for item in outcomes], rtol=1e-5)
    assert list(frame["injections"]) == [
        next(s.value for s in item.settings if s.name == "injections") for item in outcomes
    ]
    cover = predict(space.formulation(outcomes[5].settings)).assessment.estimates["cover"]
    assert frame["cover median (%)"][5] == pytest.approx(cover.median, rel=1e-5)
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    for _, row in text.iterrows():
        for head in text.columns:
            if not row[head] and head not in ("reason", "notes"):
                assert head.split()[0] in row["notes"], head
    assert (frame["interval (d)"].isna() == (frame["injections"] == 1)).all()
    assert found.met == sum(item.probability >= 0.5 for item in outcomes)
    assert found.best_probability == pytest.approx(max(item.probability for item in outcomes), rel=1e-5)
    assert found.best[0].settings["dose"].endswith(" mg")
    assert 0 < found.held["cover"] < 12
    assert found.held["injections"] == 12


def test_a_design_that_cannot_be_computed_keeps_its_row_with_the_reason(tmp_path):
    shells = made(
        carriers=["liposome"],
        choice=[{"of": "liposome", "name": "diameter", "low": "1 nm", "high": "10 um"}],
    )
    found = swept(tmp_path / "d.csv", 16, shells)
    frame = found.to_frame()
    missing = frame["probability (fraction)"].isna()
    assert len(frame) == 16
    assert 0 < missing.sum() < 16
    assert (frame["reason"].notna() == missing).all()
    assert frame["reason"][missing].str.contains("need").all()
    assert (found.computed, sum(found.refusals.values())) == ((~missing).sum(), missing.sum())
    assert any("trapped fraction = ..." in reason for reason in found.refusals)  # counted together


@pytest.mark.usefixtures("quickly")
class TestTaking:
    """Rows that are there are taken over, whatever happened to them."""

    def test_stopped_and_taken_up_again_is_as_if_never_stopped(self, tmp_path):
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        assert swept(whole, 200).taken_over == 0
        with pytest.raises(Stopped, match=r"96 designs are kept in .*d\.csv\.part"):
            swept(path, 200, progress=stop_at(96))
        assert [item.name for item in sorted(tmp_path.iterdir())] == ["d.csv.part", "whole.csv"]
        assert swept(path, 200).taken_over == 96
        assert path.read_bytes() == whole.read_bytes()
        assert not (tmp_path / "d.csv.part").exists()

    def test_cut_at_any_byte_it_comes_out_the_same(self, tmp_path):
        path, part = tmp_path / "d.csv", tmp_path / "d.csv.part"
        swept(path, 100)
        data = path.read_bytes()
        ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
        for cut in {
            0,
            1,
            ends[0] - 1,
            ends[0],
            ends[0] + 1,
            ends[32] - 1,
            ends[32],
            ends[40] + 9,
            *range(7, len(data), 1999),
        }:
            path.unlink(missing_ok=True)
            part.write_bytes(data[:cut])
            lots = sum(end <= cut for end in ends[1:]) // 32
            assert swept(path, 100).taken_over == lots * 32
            assert path.read_bytes() == data, cut

    def test_what_a_power_cut_left_behind_the_last_row_is_dropped(self, tmp_path):
        path, part = tmp_path / "d.csv", tmp_path / "d.csv.part"
        swept(path, 100)
        data = path.read_bytes()
        path.unlink()
        for rubbish in (b"\0" * 5000, b"\xff\xfe\n", b"64,\n", b'64,"open\n', data.splitlines(keepends=True)[3]):
            part.write_bytes(b"".join(data.splitlines(keepends=True)[:65]) + rubbish)
            assert swept(path, 100).taken_over == 64
            assert path.read_bytes() == data
            path.unlink()

    def test_where_a_worker_fails_what_is_done_is_kept(self, tmp_path, monkeypatch):
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        swept(whole, 100)

        def failing(job: work.Job) -> list[Outcome]:
            if job.first == 64:
                raise FormulateError("a worker is gone")
            return list(quick(Space(made()), job.points, job.first))

        with monkeypatch.context() as patched:
            patched.setattr(work, "compute", failing)
            with pytest.raises(FormulateError) as error:
                swept(path, 100)
        assert str(error.value).startswith("a worker is gone; 64 designs are kept in ")
        assert swept(path, 100).taken_over == 64
        assert path.read_bytes() == whole.read_bytes()

    def test_more_designs_go_on_from_fewer(self, tmp_path):
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        swept(whole, 150)
        swept(path, 75)
        assert swept(path, 150).taken_over == 64  # whole lots
        assert path.read_bytes() == whole.read_bytes()
        with pytest.raises(FileError, match="holds 150 designs"):
            swept(path, 75)

    def test_fewer_designs_than_were_kept_end_where_they_would_have(self, tmp_path):
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        swept(whole, 50)
        with pytest.raises(Stopped):
            swept(path, 200, progress=stop_at(96))
        swept(path, 50)
        assert path.read_bytes() == whole.read_bytes()

    def test_what_is_whole_is_not_computed_again(self, tmp_path, monkeypatch):
        path = tmp_path / "d.csv"
        first = swept(path)
        monkeypatch.setattr(work, "compute", None)
        again = swept(path)
        assert (again.met, again.best, again.refusals) == (first.met, first.best, first.refusals)
        assert again.taken_over == 100

    def test_a_restart_drops_what_is_there(self, tmp_path):
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        swept(whole, target=made(calculation={"draws": 16, "seed": 8}))
        with pytest.raises(Stopped):
            swept(path, progress=stop_at(64))
        assert swept(path, target=made(calculation={"draws": 16, "seed": 8}), restart=True).taken_over == 0
        assert path.read_bytes() == whole.read_bytes()
        with pytest.raises(Stopped, match="nothing was done"):
            swept(path, restart=True, progress=stop_at(0))
        assert path.read_bytes() == whole.read_bytes()  # until the new one is whole
        assert len(list(tmp_path.iterdir())) == 2

    def test_a_title_is_no_other_sweep(self, tmp_path):
        swept(tmp_path / "d.csv")
        assert swept(tmp_path / "d.csv", target=made(name="Other")).taken_over == 100


OTHERS = [
    ("seed 7, now 8", {"calculation": {"draws": 16, "seed": 8}}),
    ("draws 16, now 17", {"calculation": {"draws": 17}}),
    ("target ", {"limits": {"volume": "4 mL"}}),
    ("target ", {"target": {**CONTENT["target"], "probability": 0.6}}),
]


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("differs", "changed"), OTHERS)
def test_rows_of_another_sweep_are_refused_and_kept(tmp_path, differs, changed, whole):
    path = tmp_path / "d.csv"
    if whole:
        swept(path)
    else:
        with pytest.raises(Stopped):
            swept(path, progress=stop_at(64))
    (kept,) = tmp_path.iterdir()
    data = kept.read_bytes()
    with pytest.raises(FileError, match=rf"{kept.name}: was made from something else \(.*{differs}.*--restart"):
        swept(path, target=made(**changed))
    assert [item.read_bytes() for item in tmp_path.iterdir()] == [data]


OWN = """\
[[payload]]
id = "my-drug"
name = "My drug"
payload_class = "small-molecule"
[[payload.property]]
name = "molar_mass"
typical = 300
unit = "g/mol"
"""


@pytest.mark.usefixtures("quickly")
def test_another_catalog_is_another_sweep(tmp_path):
    swept(tmp_path / "d.csv")
    own = tmp_path / "own.toml"
    own.write_text(OWN, "utf-8")
    catalog.use(own)
    with pytest.raises(FileError, match=r"catalog \w+, now"):
        swept(tmp_path / "d.csv")


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize("name", ["d.csv", "d.csv.part"])
@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"\0" * 2_000_000, b"notes"])
def test_a_file_of_another_is_never_written_over(tmp_path, name, data, restart):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError, match="is kept; need another name"):
        swept(tmp_path / "d.csv", restart=restart)
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [(name, data)]


@pytest.mark.usefixtures("quickly")
def test_two_sweeps_do_not_write_one_file(tmp_path):
    pytest.importorskip("fcntl", reason="no locks here")
    seen = []

    def told(line: str) -> None:
        if line.startswith("64 of") and not seen:
            seen.append(line)
            with pytest.raises(FileError, match="another sweep is writing it"):
                swept(tmp_path / "d.csv")

    swept(tmp_path / "d.csv", progress=told)
    assert seen
    assert swept(tmp_path / "d.csv").designs == 100


@pytest.mark.usefixtures("quickly")
class TestPlaces:
    """What cannot be written is refused in a line, and what was done is kept."""

    def test_no_folder(self, tmp_path):
        with pytest.raises(FileError, match="cannot be written"):
            swept(tmp_path / "none" / "d.csv")

    def test_a_folder_that_cannot_be_written(self, tmp_path):
        tmp_path.chmod(0o500)
        try:
            if os.access(tmp_path, os.W_OK):
                pytest.skip("this user may write everywhere")
            with pytest.raises(FileError, match="cannot be written"):
                swept(tmp_path / "d.csv")
        finally:
            tmp_path.chmod(0o700)

    def test_a_full_disk(self, tmp_path, monkeypatch):
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        swept(whole)
        synced = []

        def full(_: int) -> None:
            synced.append(1)
            if len(synced) == 3:
                raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(FileError, match="No space left"):
                swept(path)
        assert swept(path).taken_over >= 64
        assert path.read_bytes() == whole.read_bytes()

    def test_a_folder_in_its_place(self, tmp_path):
        (tmp_path / "d.csv").mkdir()
        with pytest.raises(FileError, match="cannot be read"):
            swept(tmp_path / "d.csv")

    def test_an_ending_that_is_none(self, tmp_path):
        with pytest.raises(FormulateError, match=r"need \.csv or \.parquet"):
            swept(tmp_path / "d.xlsx")

    @pytest.mark.parametrize(("designs", "processes"), [(0, 1), (10**9, 1), (5, 0)])
    def test_numbers_out_of_range(self, tmp_path, designs, processes):
        with pytest.raises(DomainError):
            sweep(made(), tmp_path / "d.csv", designs, processes=processes)


@pytest.mark.usefixtures("quickly")
def test_progress_goes_to_the_end_with_rate_and_time_left(tmp_path):
    told: list[str] = []
    swept(tmp_path / "d.csv", 100, progress=told.append)
    assert told[0] == "0 of 100 designs"
    assert [line.split()[0] for line in told] == ["0", "32", "64", "96", "100"]
    assert "a second" in told[1]
    assert told[-1].endswith("0 s left")


@pytest.mark.usefixtures("quickly")
def test_parquet_holds_the_same_table(tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra 'parquet' is not installed")
    monkeypatch.setattr("formulate.designs.sweep_file.ROW_GROUP", 1 << 14)
    path, plain = tmp_path / "d.parquet", tmp_path / "d.csv"
    rows = swept(plain, 150).to_frame()
    swept(path, 75)
    with pytest.raises(Stopped, match=r"96 designs .*d\.parquet\.part"):
        swept(path, 150, progress=stop_at(96))
    found = swept(path, 150)
    assert found.taken_over == 96
    frame = found.to_frame()
    numbers = frame.select_dtypes("number").columns
    assert list(frame.columns) == list(rows.columns)
    assert frame[numbers].equals(rows[numbers].astype(frame[numbers].dtypes))
    assert list(frame["reason"]) == list(rows["reason"].fillna(""))
    assert parquet.ParquetFile(path).num_row_groups > 1
    assert sorted(item.name for item in tmp_path.iterdir()) == ["d.csv", "d.parquet"]
    with pytest.raises(FileError, match="seed 7, now 8"):
        swept(path, 150, made(calculation={"draws": 16, "seed": 8}))
    path.write_bytes(b"PAR1 mine")
    with pytest.raises(FileError, match="is kept"):
        swept(path, 150, restart=True)
    assert path.read_bytes() == b"PAR1 mine"


@pytest.mark.parametrize(
    ("missing", "name", "options", "extra"),
    [("pyarrow", "d.parquet", {}, "parquet"), ("distributed", "d.csv", {"scheduler": "tcp://127.0.0.1:9"}, "dask")],
)
def test_an_extra_that_is_missing_is_named(tmp_path, monkeypatch, missing, name, options, extra):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(FormulateError, match=rf"pip install 'formulate-delivery\[{extra}\]'"):
        swept(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_draws_and_seed_are_those_of_the_call_else_of_the_file_else_256():
    unsaid = made(calculation={})
    assert with_calculation(unsaid).calculation.draws == 256
    assert with_calculation(made()).calculation.draws == 16
    assert with_calculation(made(), 64, 3).calculation.seed == 3
    assert table_of(with_calculation(unsaid, 64, 3)).made_from.endswith("; seed 3; draws 64")


@pytest.mark.usefixtures("quickly")
def test_lines_are_those_of_the_file(tmp_path):
    swept(tmp_path / "d.csv", 40)
    tally = Tally(table_of(made()))
    assert "".join(sweeps.lines(tally, 40, 1)) == (tmp_path / "d.csv").read_text("utf-8")
    with (tmp_path / "d.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert len({len(row) for row in rows}) == 1
    assert tally.designs == 40
    assert dict(tally.refusals) == {'thickness = ... m; need "less", by far': 6}
