"""From a clean clone to a first answer: the first commands of the README, in a folder of their own, by the clock.

A virtual environment, the package with what it needs from the package index (pip's cache as it is), and the demo. It
needs a network or a cache of packages; where it cannot be installed, that is the row.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row

BAR = 120.0  # s
ROOT = Path(__file__).parents[1]


def clone(to: Path) -> None:
    """Clone what is committed; without a repository, copy what the package is built from."""
    done = subprocess.run(["git", "clone", "--quiet", str(ROOT), str(to)], capture_output=True, check=False)
    if done.returncode:
        shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(".*", "build", "dist", "__pycache__"))


def rows() -> Iterator[Row]:
    """Give how long each step takes, and all."""
    steps: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "formulate"
        clone(folder)
        bin = folder / ".venv" / ("Scripts" if os.name == "nt" else "bin")
        commands = {
            "a virtual environment": [sys.executable, "-m", "venv", ".venv"],
            "the installation": [str(bin / "python"), "-m", "pip", "install", "--quiet",
                                 "--disable-pip-version-check", "."],
            "the first `formulate demo`": [str(bin / "formulate"), "demo"],
        }  # fmt: skip
        clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        for what, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["no message"])[-1]
                yield Row(f"{what}: could not be done", None, beside=last[:160])
                return
            steps[what] = time.perf_counter() - start
            yield Row(what, steps[what], "s")
    yield Row("from a clean clone to the first report", sum(steps.values()), "s", BAR)
