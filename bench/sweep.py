"""A sweep of designs as a command, by the clock: one process against two."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row
from formulate.designs.sweep import LOT
from formulate.examples import text
from formulate.threads import ONE_THREAD

EXAMPLE, DRAWS = "triamcinolone-design.toml", 256
DESIGNS, WANTED = 512, 10_000
SECONDS, QUICKER = 120.0, 1.7  # s for all that are wanted on two processes; two beside one


def run(folder: Path, *command: object) -> tuple[float, float, str]:
    """Run a command; give how long it took by the clock and of the processors [s], and what it printed."""
    alone = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    spent, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, env=alone, check=True, capture_output=True, text=True
    )
    clock, now = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime, done.stdout


def sweep(folder: Path, designs: int, processes: int) -> tuple[float, float]:
    """Sweep the example; give the time by the clock and of the processors [s]."""
    options = ("--designs", designs, "--draws", DRAWS, "--processes", processes, "-o", "d.csv", "--restart")
    return run(folder, "-m", "tui.cli", "sweep", EXAMPLE, *options)[:2]


def rows() -> Iterator[Row]:
    """Give the pace of one process and of two, told apart from what it takes to begin (the first lots)."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / EXAMPLE).write_text(text(EXAMPLE), "utf-8")
        begun, each, work = {}, {}, {}
        for processes in (1, 2):
            first, first_work = sweep(folder, LOT * processes, processes)
            took, spent = sweep(folder, DESIGNS, processes)
            begun[processes] = first
            each[processes] = (took - first) / (DESIGNS - LOT * processes)
            work[processes] = (spent - first_work) / (DESIGNS - LOT * processes)
    settings = f"the shipped target, {DESIGNS} designs, {DRAWS} draws"
    for processes, said in ((1, "one process"), (2, "two processes")):
        of_processors = f"{1e3 * work[processes]:.1f} ms of the processors"
        yield Row(f"a design, {said}", 1e3 * each[processes], "ms", beside=f"{settings}; {of_processors}")
    expected = begun[2] + each[2] * (WANTED - 2 * LOT)
    yield Row(
        f"{WANTED} designs, two processes", expected, "s", SECONDS, beside="by that pace, with what it takes to begin"
    )
    idle = f"by the work of the processors, {2 * work[1] / work[2]:.2f} on idle cores"
    yield Row("two processes beside one", each[1] / each[2], "times", QUICKER, at_least=True, beside=idle)
