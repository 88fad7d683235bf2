"""The computing part of a comparison: every carrier that can be computed, at each site, stage by stage."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from unittest.mock import patch

from bench.measure import Row
from formulate import pipeline
from formulate.comparison import compare
from formulate.formulation import Question, build

STAGES = {"prepare_parts": "inputs", "load": "loading", "release": "release", "retain_all": "retention",
          "assess": "assessment"}  # fmt: skip
SITES = ("knee", "disc", "spinal-cord", "bone", "bone-defect")
PAYLOAD = "dasatinib"
DRAWS, REPEATS = 1024, 2
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
    """One comparison: its carriers, the processor time of its stages, and of the whole [s]."""

    def __init__(self, asked: Question) -> None:
        self.stages = dict.fromkeys(STAGES, 0.0)
        start = time.process_time()
        with ExitStack() as patched:
            for name in STAGES:
                patched.enter_context(patch.object(pipeline, name, self._timed(name)))
            compared = compare(asked)
            self.carriers = [row.id for row in compared.rows if row.prediction]  # the rest is let go of
        self.seconds = time.process_time() - start

    def _timed(self, name: str) -> object:
        stage = getattr(pipeline, name)

        def run(*given: object) -> object:
            start = time.process_time()
            try:
                return stage(*given)
            finally:
                self.stages[name] += time.process_time() - start

        return run


def rows() -> Iterator[Row]:
    """Give the comparison at each site, after one that fills what is kept (modules, units, the catalog)."""
    for site in SITES:
        Watched(question(site, PAYLOAD, 16))
        done = min((Watched(question(site, PAYLOAD, DRAWS)) for _ in range(REPEATS)), key=lambda run: run.seconds)
        stages = ", ".join(f"{said} {done.stages[name]:.2f}" for name, said in STAGES.items())
        yield Row(
            f"{site.replace('-', ' ')}, {len(done.carriers)} carriers", done.seconds, "s", BAR, beside=f"{stages} s"
        )
