"""How time and memory grow with draws, times, carriers and designs: powers, each with its points.

A power of 1 is linear. Below 1 something is shared (modules, the catalog, what all carriers of a comparison have in
common); above 1.15 something grows faster than what is asked for.
"""

import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from bench.compare import PAYLOAD, Watched, question
from bench.measure import Row, best, growth
from bench.sweep import EXAMPLE, run
from formulate import case
from formulate.examples import text
from formulate.pipeline import predict
from formulate.sampling import Draws

DRAWS = (64, 256, 1024, 4096, 8192)  # the last is the most that the program takes
PER_DECADE = (12, 24, 48, 96, 192)
CARRIERS = (1, 3, 6, 12, 24)
DESIGNS, FEW_DRAWS = (100, 500, 2000), 16
FLAT = 0.1  # largest power of growth that still counts as none
ONE = "plga-microsphere-in-hyaluronic-acid-hydrogel"
# the memory is the high-water mark of this program alone: ru_maxrss also counts the process that started it
SWEEP = """\
import resource, sys, time
from pathlib import Path
from formulate.designs.sweep import sweep, with_calculation
from formulate.designs.target_file import read_target
target = with_calculation(read_target(sys.argv[1]), int(sys.argv[2]))
start = time.process_time()
sweep(target, sys.argv[3], int(sys.argv[4]), processes=1, restart=True)
spent, status = time.process_time() - start, Path("/proc/self/status")
told = status.read_text().split("VmHWM:")[1].split()[0] if status.exists() else 0
print(spent, (int(told) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024)
"""


def most_memory(action: Callable[[], object]) -> float:
    """Give the most memory that what is computed holds at once [MB]."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def with_draws() -> Iterator[Row]:
    """Give one formulation against its draws: time and memory."""
    formulation = question("knee", PAYLOAD, DRAWS[0]).formulation(ONE)
    one = [partial(predict, formulation, Draws(count)) for count in DRAWS]
    one[0]()
    taken = [1e3 * best(action, 3 if count < 4096 else 1) for action, count in zip(one, DRAWS, strict=True)]
    yield growth("one formulation, time against draws", DRAWS, taken, "ms")
    yield growth("one formulation, memory against draws", DRAWS, [most_memory(action) for action in one], "MB")


def with_times() -> Iterator[Row]:
    """Give one formulation against how closely its times lie."""
    formulation = question("knee", PAYLOAD, 1024).formulation(ONE)
    counts, taken, held = [], [], []
    for per_decade in PER_DECADE:
        with patch.object(case, "TIMES_PER_DECADE", per_decade):
            counts.append(len(predict(formulation, Draws(16)).case.time))
            taken.append(1e3 * best(lambda: predict(formulation, Draws(1024)), 2))
            held.append(most_memory(lambda: predict(formulation, Draws(1024))))
    yield growth("one formulation, time against times", counts, taken, "ms")
    yield growth("one formulation, memory against times", counts, held, "MB")


def with_carriers() -> Iterator[Row]:
    """Give a comparison at the knee against its carriers, picked evenly from all; time and memory."""
    everything = sorted(Watched(question("knee", PAYLOAD, 16)).carriers)
    counts = [count for count in CARRIERS if count < len(everything)] + [len(everything)]
    picked = [[everything[i * len(everything) // count] for i in range(count)] for count in counts]
    asked = [question("knee", PAYLOAD, 1024, some) for some in picked]
    taken = [1e3 * min(Watched(one).seconds for _ in range(2)) for one in asked]
    yield growth("a comparison, time against carriers", counts, taken, "ms")
    held = [most_memory(lambda one=one: Watched(one)) for one in asked]  # type: ignore[misc]
    yield growth("a comparison, memory against carriers", counts, held, "MB")


def with_designs() -> Iterator[Row]:
    """Give a sweep in one process against its designs: time, and the most memory of the process."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / EXAMPLE).write_text(text(EXAMPLE), "utf-8")
        printed = [run(folder, "-c", SWEEP, EXAMPLE, FEW_DRAWS, "d.csv", count)[2].split() for count in DESIGNS]
    taken, peaks = ([float(line[i]) for line in printed] for i in (0, 1))
    yield growth(f"a sweep of {FEW_DRAWS} draws, time against designs", DESIGNS, taken, "s")
    yield growth("a sweep, most memory of the process against designs", DESIGNS, peaks, "MB", FLAT)


def rows() -> Iterator[Row]:
    """Give all growths."""
    yield from with_draws()
    yield from with_times()
    yield from with_carriers()
    yield from with_designs()
