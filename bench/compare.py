"""Speed of the computing part of a comparison: every carrier that can be computed, at one site.

python -m bench.compare [SITE [PAYLOAD]]

Stage by stage of processor time, beside the bar of a second for the whole, after one comparison that fills what is kept
(modules, units, the catalog); then each carrier, and how the whole goes with draws and with carriers. With
OPENBLAS_NUM_THREADS=1 it is the time of one core.
"""

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np

from formulate import pipeline
from formulate.comparison import Comparison, compare
from formulate.formulation import Question, build

STAGES = ("prepare", "load", "release", "retain_all", "assess")
DRAWS, REPEATS = 1024, 3
GROWTH = (256, 512, 1024, 2048)
SHARES = (0.25, 0.5, 1.0)  # of the carriers
BAR = 1.0  # s, for all carriers


def question(site: str, payload: str, draws: int, carriers: Sequence[str] = ()) -> Question:
    """Give the question that is measured; all carriers that can be computed unless some are named."""
    content = {
        "schema_version": 1,
        "kind": "question",
        "payload": [{"id": payload, "dose": "5 mg"}],
        "regimen": {"site": site},
        "target": {"unbound_above": "0.1 umol/L", "duration": "28 d"},
        "calculation": {"draws": draws},
        **({"carriers": list(carriers)} if carriers else {}),
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
    within = f"{best.seconds / BAR:.1f} x the bar of {BAR:g} s"
    print(f"computing: {best.seconds:.2f} s, {best.seconds / len(rows) * 1e3:.0f} ms a carrier, {within}")
    for name in STAGES:
        print(f"  {name}: {best.stages[name] * 1e3:.0f} ms")
    print(f"  score and the rest: {(best.seconds - sum(best.stages.values())) * 1e3:.0f} ms")
    for (label, start), (_, end) in zip(best.carriers, best.carriers[1:], strict=False):
        print(f"  {label}: {(end - start) * 1e3:.0f} ms")
    taken = [min(Watched(question(site, payload, draws)).seconds for _ in range(2)) for draws in GROWTH]
    power = np.polyfit(np.log(GROWTH), np.log(taken), 1)[0]
    listed = ", ".join(f"{draws}: {seconds:.2f} s" for draws, seconds in zip(GROWTH, taken, strict=True))
    print(f"with draws, {listed}: to the power {power:.2f}")
    chosen = sorted(row.id for row in rows)
    counts = [max(1, round(share * len(chosen))) for share in SHARES]
    picked = [[chosen[i * len(chosen) // count] for i in range(count)] for count in counts]  # spread over the list
    taken = [min(Watched(question(site, payload, DRAWS, some)).seconds for _ in range(2)) for some in picked]
    power = np.polyfit(np.log(counts), np.log(taken), 1)[0]
    listed = ", ".join(f"{count}: {seconds:.2f} s" for count, seconds in zip(counts, taken, strict=True))
    print(f"with carriers, {listed}: to the power {power:.2f}")


if __name__ == "__main__":
    main()
