"""Speed of the computing part of a comparison: every carrier that can be computed, at one site.

python -m bench.compare [SITE [PAYLOAD]]

Stage by stage of processor time, after one comparison that fills what is kept (modules, units, the catalog); then each
carrier (its loading and release; the last row holds all that follows, computed for all together), and how the whole
goes with draws. With OPENBLAS_NUM_THREADS=1 it is the time of one core.
"""

import sys
import time
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np

from formulate import pipeline
from formulate.comparison import Comparison, compare
from formulate.formulation import Question, build

STAGES = ("prepare", "load", "release", "retain_all", "assess")
DRAWS, REPEATS = 1024, 3
GROWTH = (256, 512, 1024, 2048)


def question(site: str, payload: str, draws: int) -> Question:
    """Give the question that is measured."""
    content = {
        "schema_version": 1,
        "kind": "question",
        "payload": [{"id": payload, "dose": "5 mg"}],
        "regimen": {"site": site},
        "target": {"unbound_above": "0.1 umol/L", "duration": "28 d"},
        "calculation": {"draws": draws},
    }
    asked: Question = build(Question, content, "bench")
    return asked


class Watched:
    """One comparison with the processor time of its stages, in all and by carrier [s]."""

    def __init__(self, asked: Question) -> None:
        self.stages = dict.fromkeys(STAGES, 0.0)
        self.carriers: list[tuple[str, float]] = []
        start = time.process_time()
        with ExitStack() as patched:
            for name in STAGES:
                patched.enter_context(patch.object(pipeline, name, self._timed(name)))
            self.comparison: Comparison = compare(asked, self._begins)
        self.carriers.append(("", time.process_time()))
        self.seconds = self.carriers[-1][1] - start

    def _timed(self, name: str) -> object:
        stage = getattr(pipeline, name)

        def run(*given: object) -> object:
            start = time.process_time()
            try:
                return stage(*given)
            finally:
                self.stages[name] += time.process_time() - start

        return run

    def _begins(self, label: str) -> None:
        self.carriers.append((label, time.process_time()))


def main() -> None:
    """Print one row per stage, per carrier, and the growth with draws."""
    site, payload = (*sys.argv[1:], *("knee", "dasatinib")[len(sys.argv) - 1 :])[:2]
    Watched(question(site, payload, 16))
    best = min((Watched(question(site, payload, DRAWS)) for _ in range(REPEATS)), key=lambda run: run.seconds)
    rows = best.comparison.rows
    times = len(best.comparison.predictions[0].case.time)
    print(
        f"{site}, {payload}: {len(best.comparison.predictions)} of {len(rows)} carriers, {DRAWS} draws, {times} times"
    )
    print(f"computing: {best.seconds:.2f} s, {best.seconds / len(rows) * 1e3:.0f} ms a carrier")
    for name in STAGES:
        print(f"  {name}: {best.stages[name] * 1e3:.0f} ms")
    print(f"  score and the rest: {(best.seconds - sum(best.stages.values())) * 1e3:.0f} ms")
    for (label, start), (_, end) in zip(best.carriers, best.carriers[1:], strict=False):
        print(f"  {label}: {(end - start) * 1e3:.0f} ms")
    taken = [min(Watched(question(site, payload, draws)).seconds for _ in range(2)) for draws in GROWTH]
    power = np.polyfit(np.log(GROWTH), np.log(taken), 1)[0]
    listed = ", ".join(f"{draws}: {seconds:.2f} s" for draws, seconds in zip(GROWTH, taken, strict=True))
    print(f"with draws, {listed}: to the power {power:.2f}")


if __name__ == "__main__":
    main()
