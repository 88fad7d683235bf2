"""Whole commands in a process of their own, by the clock, and the catalog that each of them opens."""

import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np

from bench.measure import Row, best
from formulate import examples
from formulate.examples import text
from formulate.formulation import Question, build
from formulate.pipeline import predict
from formulate.sampling import Array, Draws
from materials import compiled, store

REPEATS, FEW = 7, 2  # of quick commands, of those that compute
BATCH = "two-drugs-assayed.toml"
QUICK = (
    ("`formulate --help`", ("--help",), 0.1),
    ("`formulate catalog carriers`", ("catalog", "carriers"), 0.3),
    ("`formulate calculate`, the list", ("calculate",), None),
    ("`formulate calculate`, one equation", ("calculate", "theoretical-loading", "feed-ratio=0.1 g/g"), None),
)
LONG = (
    ("`formulate compare`, knee, every carrier, 1024 draws",
     ("compare", "--site", "knee", "--payload", "dasatinib", "--state", "osteoarthritis"), None),
    ("`formulate loading`, 2 payloads, 1024 draws", ("loading", str(files(examples) / BATCH)), None),
    ("`formulate recipe`, the same", ("recipe", str(files(examples) / BATCH)), None),
    ("`formulate validate`, all cases", ("validate",), 60.0),
)  # fmt: skip
COLD, COMPILED = 0.3, 0.06  # s, for the whole catalog
SEEDS, DRAWS = 16, 256
MEDIANS = ("drug_half_life", "auc_ratio", "cover")


def command(arguments: tuple[str, ...], repeats: int) -> float:
    """Give the shortest time of a whole command in a process of its own [s]."""
    return best(lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True), repeats,
                time.perf_counter)  # fmt: skip


def catalog_loads() -> tuple[float, float]:
    """Give the shortest times to load the whole catalog: from its files, and from the compiled form [s]."""

    def from_files() -> None:
        for file in compiled.folder().glob("catalog-*.json"):
            file.unlink()
        store.load_shipped()

    kept = os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            return best(from_files, REPEATS, time.perf_counter), best(store.load_shipped, REPEATS, time.perf_counter)
        finally:
            os.environ.pop("XDG_CACHE_HOME")
            if kept is not None:
                os.environ["XDG_CACHE_HOME"] = kept


class PlainDraws(Draws):
    """Independent random draws, to compare the Latin hypercube with."""

    def standard_normal(self, key: str) -> Array:
        """Give independent scores."""
        return np.random.default_rng([self.seed, *key.encode()]).standard_normal(self.count)


def scatter(kind: type[Draws]) -> dict[str, float]:
    """Give the relative standard deviation of medians over seeds."""
    question: Question = build(Question, tomllib.loads(text("dasatinib-knee.toml")), "example")
    formulation = question.formulation("plga-microsphere-in-hyaluronic-acid-hydrogel")
    found = [predict(formulation, kind(DRAWS, seed)).assessment.estimates for seed in range(SEEDS)]
    medians = {name: [one[name].median or np.nan for one in found] for name in MEDIANS}
    return {name: float(np.std(values) / np.mean(values)) for name, values in medians.items()}


def rows() -> Iterator[Row]:
    """Give whole commands, the loads of the catalog, and what a draw is worth."""
    bare = command(("-c", "pass"), REPEATS)
    yield Row("a bare interpreter", bare, "s")
    for listed, repeats in ((QUICK, REPEATS), (LONG, FEW)):
        for what, arguments, bar in listed:
            seconds = command(("-m", "tui.cli", *arguments), repeats)
            yield Row(what, seconds, "s", bar, beside=f"{seconds / bare:.0f} times a bare interpreter")
    cold, kept = catalog_loads()
    yield Row("whole catalog from its files", cold, "s", COLD, beside=f"{cold / bare:.1f} times a bare interpreter")
    yield Row("whole catalog, compiled", kept, "s", COMPILED, beside=f"{kept / cold:.2f} of that")
    latin, plain = scatter(Draws), scatter(PlainDraws)
    for name in MEDIANS:
        yield Row(
            f"scatter of the median {name.replace('_', ' ')} over seeds", latin[name], beside=f"{DRAWS} draws, {SEEDS} "
            f"seeds; {latin[name] / plain[name]:.2f} of that of independent draws",
        )  # fmt: skip
