"""Who computes a sweep: rows are the same on one process, on several, and on a cluster, stopped or not."""

import gc
import os
import signal
import subprocess
import sys
import time
import weakref
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from formulate.designs import sweep as sweeps
from formulate.designs import work
from formulate.designs.outcome import Outcome
from formulate.designs.space import Space
from formulate.designs.sweep import Stopped, sweep
from formulate.designs.target_file import TargetFile, build_target, read_target
from formulate.designs.work import Job, Processes, compute, in_order, jobs
from materials import catalog
from materials.errors import FormulateError

ROOT = Path(__file__).parents[2]
TARGET = """\
schema_version = 1
kind = "target"
carriers = ["free-drug-solution"]
[[payload]]
id = "dasatinib"
[regimen]
site = "knee"
[target]
unbound_above = "10 nmol/L"
duration = "2 d"
[[choice]]
name = "dose"
low = "0.1 mg"
high = "10 mg"
[calculation]
draws = 16
"""
OWN = """\
[[payload]]
id = "my-drug"
name = "My drug"
payload_class = "small-molecule"
"""
DESIGNS, LOT = 24, 4
# the command as a process of its own, with lots so small that it can be stopped between them
COMMAND = f"import formulate.designs.sweep as s\ns.LOT = {LOT}\nfrom tui.cli import main\nmain()"


@pytest.fixture
def target(tmp_path: Path) -> TargetFile:
    (tmp_path / "t.toml").write_text(TARGET, "utf-8")
    return read_target(tmp_path / "t.toml")


def begun(folder: Path, rows: int) -> "subprocess.Popen[str]":
    """Start the command on two processes, and give it when so many rows are there."""
    options = ["sweep", "t.toml", "--designs", str(DESIGNS), "--processes", "2", "-o", "d.csv"]
    running = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *options], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    part = folder / "d.csv.part"
    for _ in range(6000):
        if running.poll() is not None or (part.exists() and part.read_bytes().count(b"\n") > rows):
            break
        time.sleep(0.05)
    return running


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="signals of its own")
def test_stopped_by_hand_then_killed_it_still_comes_out_as_computed_here(target, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeps, "LOT", LOT)
    path, part = tmp_path / "d.csv", tmp_path / "d.csv.part"

    running = begun(tmp_path, 1)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    out, err = running.communicate(timeout=300)
    assert (running.returncode, out) == (130, ""), err
    assert err.startswith("stopped; "), err
    assert err.endswith("designs are kept in d.csv.part, and the same again goes on with them\n")
    assert len(err.splitlines()) == 1
    first = part.read_bytes().count(b"\n") - 1

    running = begun(tmp_path, first + 1)
    running.kill()
    running.communicate(timeout=300)
    assert not path.exists()
    assert part.read_bytes().count(b"\n") - 1 > first
    for _ in range(200):
        if not alive(running.pid):
            break
        time.sleep(0.05)
    assert not alive(running.pid)  # none of its processes outlives it

    whole = tmp_path / "whole.csv"
    assert sweep(target, path, DESIGNS, draws=16, processes=1).taken_over > first
    sweep(target, whole, DESIGNS, draws=16, processes=1)
    assert path.read_bytes() == whole.read_bytes()


def test_a_process_has_the_catalog_of_this_one_and_where_it_dies_a_line_says_so(target, tmp_path):
    import multiprocessing

    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    catalog.use(tmp_path / "own.toml")
    threads = os.environ.get("OMP_NUM_THREADS")
    lots = jobs(Space(target), 400, 0, 2)
    with Processes(1) as workers:
        assert [item.index for item in workers.submit(next(lots)).result()] == [0, 1]
        for child in multiprocessing.active_children():
            child.kill()
        with pytest.raises(FormulateError, match="ended by itself") as error:
            list(in_order(workers, lots))
    assert "\n" not in str(error.value)
    assert os.environ.get("OMP_NUM_THREADS") == threads


class Slow:
    """Workers of which the first finish last, and who never take more than they say."""

    ahead = 5

    def __init__(self) -> None:
        self.under_way: deque[Any] = deque()
        self.most = 0

    def submit(self, job: Job) -> Any:
        self.under_way.append(job)
        self.most = max(self.most, len(self.under_way))
        looks = 3 if job.first % 4 else 0
        workers = self

        class Answer:
            def result(self, timeout: Any = None) -> list[Outcome]:
                nonlocal looks
                looks -= 1
                if looks >= 0:
                    raise TimeoutError
                workers.under_way.remove(job)
                return [Outcome(job.first + place, ()) for place in range(len(job.points))]

        return Answer()


def test_lots_come_in_order_with_few_under_way(target):
    workers, waited = Slow(), []
    found = [item.index for item in in_order(workers, jobs(Space(target), 250, 6, 8), lambda: waited.append(1))]
    assert found == list(range(6, 250))
    assert workers.most == workers.ahead
    assert waited


def test_lots_are_the_points_of_the_space_and_none_is_kept(target):
    space = Space(target)
    made = jobs(space, 70, 0, 32)
    parts = [(job.first, len(job.points)) for job in made]
    assert parts == [(0, 32), (32, 32), (64, 6)]
    assert all((a.points != b.points).all() for a, b in pairwise(jobs(space, 64, 0, 32)))
    seen = [weakref.ref(job) for job in jobs(space, 70, 0, 32)]
    gc.collect()
    assert [job() for job in seen] == [None] * 3


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"program_version": "9.9"}, "need the same version"), ({"catalog_version": "9" * 64}, "another catalog")],
)
def test_who_computes_must_be_the_same_program_with_the_same_catalog(target, changed, told):
    job = next(jobs(Space(target), 1, 0, 1))
    with pytest.raises(FormulateError, match=told):
        compute(Job(**{**vars(job), **changed}))


def test_a_target_is_the_same_at_the_other_end(target):
    job = next(jobs(Space(target), 1, 0, 1))
    assert work._ready(job.target)[0].target == build_target(target.model_dump(exclude_unset=True), "target")


class TestCluster:
    """A Dask cluster, in this process."""

    @pytest.fixture
    def address(self) -> Iterator[str]:
        distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
        with distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster:
            yield cluster.scheduler_address

    def test_it_gives_the_same_rows_and_can_be_stopped(self, target, tmp_path, monkeypatch, address):
        monkeypatch.setattr(sweeps, "LOT", LOT)
        path, whole = tmp_path / "d.csv", tmp_path / "whole.csv"
        sweep(target, whole, DESIGNS, draws=16, processes=1)

        def told(line: str) -> None:
            if line.startswith("8 of"):
                raise KeyboardInterrupt

        with pytest.raises(Stopped, match="8 designs are kept"):
            sweep(target, path, DESIGNS, draws=16, scheduler=address, progress=told)
        assert sweep(target, path, DESIGNS, draws=16, scheduler=address).taken_over == 8
        assert path.read_bytes() == whole.read_bytes()

    def test_a_refusal_of_a_worker_is_one_line(self, target, tmp_path, monkeypatch, address):
        monkeypatch.setattr(work, "program_version", lambda: "1.0")
        job_made_elsewhere = sweeps.jobs

        def elsewhere(*given: Any) -> Iterator[Job]:
            for job in job_made_elsewhere(*given):
                yield Job(**{**vars(job), "program_version": "2.0"})

        monkeypatch.setattr(sweeps, "jobs", elsewhere)
        with pytest.raises(FormulateError, match=r"formulate 1\.0 computes for 2\.0"):
            sweep(target, tmp_path / "d.csv", 4, scheduler=address)
        assert sorted(item.name for item in tmp_path.iterdir()) == ["t.toml"]

    @pytest.mark.parametrize(
        "given", ["tcp://127.0.0.1:9", "nonsense", "foo://127.0.0.1:80", "tcp://", "tcp://127.0.0.1:port", ":::"]
    )
    def test_where_none_listens_is_told_at_once(self, target, tmp_path, given):
        pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
        began = time.monotonic()
        with pytest.raises(FormulateError, match=r"cannot be reached.*need the address") as error:
            sweep(target, tmp_path / "d.csv", 4, scheduler=given)
        assert "\n" not in str(error.value)
        assert time.monotonic() - began < 30
        assert not (tmp_path / "d.csv.part").exists()
