"""Fuzzing of everything the program reads: files, formulas, quantities, and what it wrote itself.

python -m bench.fuzzing                                 lists the readers
python -m bench.fuzzing FOLDER SECONDS formula release  fuzzes some, one after the other

Needs atheris, which drives libFuzzer and is no dependency of the program. Corpus and findings stay in FOLDER, so that
the next run goes on from there. A finding is whatever is neither read nor refused in short lines, or takes too long; it
becomes a row of `tests/files/test_fuzzed.py`, which mutates the same seeds for a moment with every run of the tests.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.fuzzing.readers import READERS
from bench.fuzzing.running import fuzz


def main(arguments: Sequence[str]) -> None:
    """Fuzz readers one after the other, each in a process of its own, for libFuzzer ends the process."""
    if len(arguments) < 3:
        for name, made in READERS.items():
            print(f"{name:<14} {made.__doc__}")
        return
    folder, seconds = Path(arguments[0]).absolute(), int(arguments[1])
    for name in arguments[2:]:
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        import atheris

        with tempfile.TemporaryDirectory(prefix="formulate-fuzz-") as scratch:
            for kind in ("CONFIG", "CACHE", "STATE"):
                os.environ[f"XDG_{kind}_HOME"] = str(Path(scratch, kind.lower()))
            with atheris.instrument_imports(include=["formulate", "materials", "tui.app", "tomli"]):
                made = READERS[name](Path(scratch))
            fuzz(name, made, folder, seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
