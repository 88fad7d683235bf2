"""Speed and memory of a sweep: one process against two, and how memory goes with the number of designs.

python -m bench.sweep [DESIGNS]

The shipped target file at 256 draws, by the clock, each sweep a command of its own with one thread for linear algebra
a process. What it takes to begin (the program, its processes, the catalog) is measured on the first lots and told
apart. Then the most memory that one process takes, at 16 draws, for few designs and for many.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from formulate.designs.sweep import LOT
from formulate.designs.work import ONE_THREAD
from formulate.examples import text

EXAMPLE, DRAWS = "triamcinolone-design.toml", 256
DESIGNS, WANTED = 768, 10_000
FEW, MANY, FEW_DRAWS = 200, 5000, 16
MEMORY = """\
import resource, sys
from formulate.designs.sweep import sweep, with_calculation
from formulate.designs.target_file import read_target
target = with_calculation(read_target(sys.argv[1]), int(sys.argv[2]))
sweep(target, sys.argv[3], int(sys.argv[4]), processes=1, restart=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


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


def main() -> None:
    """Print one row per measurement."""
    designs = int(sys.argv[1]) if len(sys.argv) > 1 else DESIGNS
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / EXAMPLE).write_text(text(EXAMPLE), "utf-8")
        each, work = {}, {}
        for processes in (1, 2):
            begun = sweep(folder, LOT * processes, processes)
            took, spent = sweep(folder, designs, processes)
            each[processes] = (took - begun[0]) / (designs - LOT * processes)
            work[processes] = (spent - begun[1]) / (designs - LOT * processes)
            expected = begun[0] + each[processes] * (WANTED - LOT * processes)
            print(
                f"{designs} designs x {DRAWS} draws, processes {processes}: {took:.1f} s by the clock, "
                f"{spent:.1f} s of the processors; first lots {begun[0]:.1f} s, then {each[processes] * 1e3:.1f} ms "
                f"a design by the clock, {work[processes] * 1e3:.1f} of the processors; {expected:.0f} s expected for "
                f"{WANTED} (bar: 120 s on two)"
            )
        quicker, on_idle = each[1] / each[2], 2 * work[1] / work[2]
        print(
            f"two processes: {quicker:.2f} times as quick as one (bar: 1.7); by their work {on_idle:.2f} on idle cores"
        )
        peaks = [float(run(folder, "-c", MEMORY, EXAMPLE, FEW_DRAWS, "m.csv", count)[2]) for count in (FEW, MANY)]
        print(f"most memory, {FEW} and {MANY} designs x {FEW_DRAWS} draws: {peaks[0]:.0f} and {peaks[1]:.0f} MB")


if __name__ == "__main__":
    main()
