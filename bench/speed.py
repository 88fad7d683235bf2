"""Speed of whole predictions against their bars: comparisons at the sites other than the knee, and many designs.

python -m bench.speed

Processor time of the computing part, after one run that fills what is kept. A row gives what was measured, the bar, and
their ratio: at most 1 holds. With OPENBLAS_NUM_THREADS=1 it is the time of one core; `bench.compare` takes a site apart
stage by stage, and has the knee.
"""

import random
import time
from collections.abc import Sequence

from bench.compare import DRAWS, Watched, question
from formulate.formulation import Formulation, build
from formulate.pipeline import predict_all
from formulate.sampling import Draws
from materials.errors import FormulateError

SITES = ("disc", "spinal-cord", "bone", "bone-defect")
SITE_BAR = 1.0  # s for every carrier that can be computed, of one core
PAYLOAD = "dasatinib"
DESIGN_DRAWS, LOT = 256, 32
DESIGN_BAR = 120.0 * 2 / 10_000  # s for a design: ten thousand on two cores
DESIGNS = {
    "plga-microsphere": {"diameter": (5, 80, "um"), "lactide_fraction": (0.5, 0.9, "mol/mol")},
    "liposome": {"diameter": (80, 200, "nm")},
}
REPEATS = 3


def design(carrier: str, site: str, number: int) -> dict[str, object]:
    """Give a file's content in which all that a design may choose differs from one number to the next."""
    drawn = random.Random(number)
    chosen = {name: f"{drawn.uniform(low, high):.3g} {unit}" for name, (low, high, unit) in DESIGNS[carrier].items()}
    layer: dict[str, object] = {"id": "inner", "carrier": carrier, "holds": [PAYLOAD], "set": chosen}
    if carrier == "plga-microsphere":
        layer["loading"] = {"drug_loading": f"{drawn.uniform(2, 20):.3g} percent_w_w"}
    return {
        "schema_version": 1,
        "kind": "formulation",
        "payload": [{"id": PAYLOAD, "dose": f"{drawn.uniform(1, 10):.3g} mg"}],
        "layer": [layer],
        "regimen": {"site": site},
        "target": {"unbound_above": "0.1 umol/L", "duration": "28 d"},
        "calculation": {"draws": DESIGN_DRAWS},
    }


def seconds_of_designs(contents: Sequence[dict[str, object]]) -> float:
    """Give the processor time of designs, from their content to their assessment [s]."""
    start = time.process_time()
    draws = Draws(DESIGN_DRAWS, 7)
    found = predict_all([(build(Formulation, content, "bench"), draws) for content in contents])
    spent = time.process_time() - start
    for one in found:
        if isinstance(one, FormulateError):
            raise one
    return spent


def _row(what: str, spent: float, bar: float) -> None:
    print(f"{what}: {spent * 1e3:.1f} ms; bar {bar * 1e3:.0f} ms, ratio {spent / bar:.2f}")


def main() -> None:
    """Print one row per site, and one per kind of design."""
    for site in SITES:
        Watched(question(site, PAYLOAD, 16))
        best = min((Watched(question(site, PAYLOAD, DRAWS)) for _ in range(REPEATS)), key=lambda run: run.seconds)
        done = len(best.comparison.predictions)
        _row(f"{site}, {done} carriers, {DRAWS} draws", best.seconds, SITE_BAR)
        print("  " + ", ".join(f"{name} {spent * 1e3:.0f} ms" for name, spent in best.stages.items()))
    for carrier in DESIGNS:
        for site in ("knee", *SITES):
            lots = [[design(carrier, site, LOT * lot + i) for i in range(LOT)] for lot in range(REPEATS + 1)]
            spent = min([seconds_of_designs(lot) for lot in lots][1:]) / LOT
            _row(f"a design of {carrier}, {site}, {DESIGN_DRAWS} draws, in lots of {LOT}", spent, DESIGN_BAR)


if __name__ == "__main__":
    main()
