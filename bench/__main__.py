"""Measure the program: speed, memory and growth, each against its bar and beside what one would use otherwise.

    python -m bench [--only GROUP ...] [--json] [--write]
    python -m bench --read docs/performance.json [--json] [--write]

Every group runs in a process of its own, with one thread for linear algebra, one after the other. `--write` fills the
tables of docs/performance.md and keeps the results beside it; it takes all groups. Programs that are compared with
come with the extra `bench`; one that is not installed is named and passed over.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measure import Row
from bench.page import Run, bars, summary, write

GROUPS = {  # id and module: title
    "commands": "Commands",
    "compare": "Comparisons",
    "designs": "Designs",
    "sweep": "Sweeps",
    "app": "App",
    "fitting": "Fitting",
    "release": "Release",
    "retention": "Retention",
    "slab": "Cartilage",
    "growth": "Growth",
    "first_answer": "First answer",
}


def ids() -> dict[str, str]:
    """Give the modules of the groups by the names of the command line and the page."""
    return {module.replace("_", "-"): module for module in GROUPS}


def measured(module: str) -> list[Row]:
    """Measure a group in this process, telling each row as it comes on standard error."""
    found = []
    for row in importlib.import_module(f"bench.{module}").rows():
        found.append(row)
        told = f"  {row.what}: {row.measured}" + (f" ({row.limit}: {row.verdict})" if row.verdict else "")
        print(told + (f"; {row.beside}" if row.beside else ""), file=sys.stderr, flush=True)
    return found


def in_a_process(name: str) -> list[Row]:
    """Measure a group in a process of its own; a group that fails is one row that says so."""
    from formulate.threads import ONE_THREAD

    alone = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    alone.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode, and need not compile it anew
    done = subprocess.run([sys.executable, "-m", "bench", "--here", name], env=alone, stdout=subprocess.PIPE, text=True,
                          check=False)  # fmt: skip
    if done.returncode:
        return [Row(f"{name} could not be measured", None, beside=f"exit status {done.returncode}")]
    return [Row(**item) for item in json.loads(done.stdout)]


def run(names: Sequence[str]) -> Run:
    """Measure groups one after the other."""
    from bench.machine import facts

    machine, groups, begun = facts(), {}, time.perf_counter()
    for name in names:
        start = time.perf_counter()
        print(f"{GROUPS[ids()[name]]}", file=sys.stderr, flush=True)
        groups[name] = in_a_process(name)
        print(f"  ({time.perf_counter() - start:.0f} s)", file=sys.stderr, flush=True)
    minutes = (time.perf_counter() - begun) / 60
    return Run({**machine, "the whole run": f"{minutes:.1f} min"}, groups)


def main() -> int:
    """Measure or read, then print or write; give 1 where a group could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=tuple(ids()), metavar="GROUP", help=", ".join(ids()))
    parser.add_argument("--read", type=Path, metavar="FILE", help="take the results of a run instead of measuring")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and its results")
    parser.add_argument("--here", choices=tuple(ids()), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        from dataclasses import asdict

        json.dump([asdict(row) for row in measured(ids()[given.here])], sys.stdout)
        return 0
    if given.write and given.only:
        parser.error("--write takes all groups: the page holds the tables of one run")
    try:
        found = Run.from_json(given.read.read_text("utf-8")) if given.read else run(given.only or list(ids()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{given.read}: {error}")
    titles = {name: GROUPS[module] for name, module in ids().items()}
    if given.json:
        print(found.to_json(), end="")
    else:
        print(f"{bars(found, titles)}\n\n{summary(found)}")
    if given.write:
        write(found, titles)
    return int(any(row.what.endswith("could not be measured") for rows in found.groups.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
