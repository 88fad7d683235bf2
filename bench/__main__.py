"""Speed of whole commands and of the calculation, each as a ratio to a yardstick measured in the same run.

python -m bench
"""

import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import numpy as np

from formulate import examples
from formulate.examples import text
from formulate.formulation import Formulation, Question, build, read
from formulate.loading.total import load_all
from formulate.pipeline import predict
from formulate.sampling import Array, Draws
from materials import compiled, store

REPEATS = 7
BATCH = "two-drugs-assayed.toml"


def best(action: Callable[[], object]) -> float:
    """Give the shortest of several runs [s]."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def command(*arguments: str) -> float:
    """Give the shortest time of a whole command in a process of its own [s]."""
    return best(lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True))


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
            return best(from_files), best(store.load_shipped)
        finally:
            os.environ.pop("XDG_CACHE_HOME")
            if kept is not None:
                os.environ["XDG_CACHE_HOME"] = kept


class PlainDraws(Draws):
    """Independent random draws, to compare the Latin hypercube with."""

    def standard_normal(self, key: str) -> Array:
        """Give independent scores."""
        seed = [self.seed, *key.encode()]
        return np.random.default_rng(seed).standard_normal(self.count)


def scatter(kind: type[Draws], question: Question, name: str) -> float:
    """Give the relative standard deviation of a median over seeds, at 256 draws."""
    formulation = question.formulation("plga-microsphere-in-hyaluronic-acid-hydrogel")
    medians = [predict(formulation, kind(256, seed)).assessment.estimates[name].median or np.nan for seed in range(20)]
    return float(np.std(medians) / np.mean(medians))


def main() -> None:
    """Print one row per measurement."""
    question: Question = build(Question, tomllib.loads(text("dasatinib-knee.toml")), "example")
    bare = command("-c", "pass")
    for label, arguments in (
        ("formulate --help", ("-m", "tui.cli", "--help")),
        ("formulate catalog carriers", ("-m", "tui.cli", "catalog", "carriers")),
        (
            "formulate compare, 10 carriers, 1024 draws",
            ("-m", "tui.cli", "compare", "--site", "knee", "--payload", "dasatinib", "--state", "osteoarthritis"),
        ),
        ("formulate loading, 2 payloads, 1024 draws", ("-m", "tui.cli", "loading", str(files(examples) / BATCH))),
        ("formulate recipe, the same", ("-m", "tui.cli", "recipe", str(files(examples) / BATCH))),
        ("formulate calculate, the list", ("-m", "tui.cli", "calculate")),
        ("formulate calculate, one", ("-m", "tui.cli", "calculate", "theoretical-loading", "feed-ratio=0.1 g/g")),
    ):
        seconds = command(*arguments)
        print(f"{label}: {seconds:.2f} s, {seconds / bare:.0f} times a bare interpreter ({bare * 1e3:.0f} ms)")
    cold, kept = catalog_loads()
    print(f"whole catalog from its files: {cold * 1e3:.0f} ms, {cold / bare:.1f} times a bare interpreter")
    print(f"whole catalog compiled: {kept * 1e3:.0f} ms, {kept / cold:.2f} of that")
    formulation = question.formulation("plga-microsphere-in-hyaluronic-acid-hydrogel")
    one = best(lambda: predict(formulation, Draws(16)))
    many = best(lambda: predict(formulation, Draws(1024)))
    batch = read(str(files(examples) / BATCH))
    assert isinstance(batch, Formulation)
    loads = best(lambda: load_all(batch, Draws(1024)))
    print(f"its loading alone, as of {BATCH}: {loads * 1e3:.0f} ms, {loads / many:.2f} of one whole formulation")
    print(f"one formulation, 1024 draws: {many * 1e3:.0f} ms, {many / one:.1f} times 16 draws")
    for name in ("drug_half_life", "auc_ratio", "cover"):
        latin, plain = scatter(Draws, question, name), scatter(PlainDraws, question, name)
        print(f"scatter of the median {name} over seeds, 256 draws: {latin:.3f}, {latin / plain:.2f} of plain draws")


if __name__ == "__main__":
    main()
