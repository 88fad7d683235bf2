"""What a design costs: formulations that differ in all that a design may choose, computed in lots."""

import random
import time
from collections.abc import Iterator, Sequence

from bench.compare import PAYLOAD, SITES
from bench.measure import Row
from formulate.formulation import Formulation, build
from formulate.pipeline import predict_all
from formulate.sampling import Draws
from materials.errors import FormulateError

DRAWS, LOT = 256, 32
BAR = 1e3 * 120.0 * 2 / 10_000  # ms for a design: ten thousand in 120 s on two cores
DESIGNS = {
    "plga-microsphere": {"diameter": (5, 80, "um"), "lactide_fraction": (0.5, 0.9, "mol/mol")},
    "liposome": {"diameter": (80, 200, "nm")},
}
REPEATS = 2


def design(carrier: str, site: str, number: int, draws: int = DRAWS) -> dict[str, object]:
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
        "calculation": {"draws": draws},
    }


def seconds_of_designs(contents: Sequence[dict[str, object]], draws: int = DRAWS) -> float:
    """Give the processor time of designs, from their content to their assessment [s]."""
    start = time.process_time()
    shared = Draws(draws, 7)
    found = predict_all([(build(Formulation, content, "bench"), shared) for content in contents])
    spent = time.process_time() - start
    for one in found:
        if isinstance(one, FormulateError):
            raise one
    return spent


def rows() -> Iterator[Row]:
    """Give the cost of a design of each kind at each site; the first lot fills what is kept."""
    for carrier in DESIGNS:
        for site in SITES:
            lots = [[design(carrier, site, LOT * lot + i) for i in range(LOT)] for lot in range(REPEATS + 1)]
            spent = 1e3 * min([seconds_of_designs(lot) for lot in lots][1:]) / LOT
            what = f"a design of {carrier.replace('-', ' ')}, {site.replace('-', ' ')}"
            yield Row(what, spent, "ms", BAR, beside=f"{DRAWS} draws, in lots of {LOT}")
