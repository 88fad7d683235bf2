"""What the fuzzing of several readers starts from."""

from collections.abc import Callable, Iterable
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "formulate" / "examples"
QUESTION = """schema_version = 1
kind = "question"
carriers = ["free-drug-solution"]
[[payload]]
id = "dasatinib"
dose = "1 mg"
[regimen]
site = "knee"
[calculation]
draws = 16
"""
CELLS = """schema_version = 1
kind = "formulation"
[[layer]]
id = "cells"
carrier = "bmsc-cells"
dose = "20 million cells"
[[layer.secretes]]
name = "VEGF"
rate = { typical = "0.02 pg/day", low = "0.005 pg/day", high = "0.08 pg/day" }
diffusivity_in_gel = "50 um^2/s"
half_life_in_gel = "2 d"
[[layer.quality]]
test = "endotoxin"
result = "0.2 EU/mL"
limit = "0.5 EU/mL"
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["cells"]
[regimen]
site = "knee"
volume = "4 mL"
[effect]
shape = "bell"
half_level = { typical = "5 million cells", low = "2 million cells", high = "10 million cells" }
falling_level = "60 million cells"
steepness = 2
[calculation]
draws = 16
"""
TWO_DRUGS = """schema_version = 1
kind = "formulation"
[[payload]]
id = "dasatinib"
dose = "1 mg"
[[payload]]
id = "dexamethasone"
dose = "2 mg"
[[layer]]
id = "particles"
carrier = "plga-microsphere"
holds = { dasatinib = 1.0, dexamethasone = 0.5 }
[[layer.assay]]
payload = "dasatinib"
drug_added = "20 mg"
carrier_added = "100 mg"
drug_in_product = "14.2 mg"
relative_error = 0.03
[layer.release]
payload = "dasatinib"
law = "weibull_2"
time_unit = "h"
measured_until = "14 d"
in_body_factor = { typical = "2", low = "1", high = "3" }
covariance = [[0.0064, 0.00087], [0.00087, 0.00016]]
values = { alpha = 3.45, beta = 0.68 }
[layer.set]
diameter = "40 um"
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = { particles = 1, dexamethasone = 0.5 }
[regimen]
site = "knee"
volume = "4 mL"
injections = 3
interval = "7 d"
[target]
payload = "dexamethasone"
unbound_above = "0.1 umol/L"
[effect]
shape = "emax"
half_level = "10 nmol/L"
[calculation]
draws = 16
"""
OWN_GEL = """[[carrier]]
id = "my-gel"
name = "My gel"
carrier_class = "hydrogel"
physical_form = "bulk-gel"
inherits = [{ from = "hyaluronic-acid-hydrogel", properties = ["mesh_size"] }]
[[carrier.property]]
name = "diameter"
typical = 20
low = 15
high = 25
spread = "range"
unit = "um"
conditions = "37 degC"
[[carrier.statement]]
kind = "for"
text = "ours"
[[carrier]]
id = "plga-microsphere"
[[carrier.property]]
name = "diameter"
typical = 30
unit = "um"
"""


def examples(kind: str = "") -> list[bytes]:
    found = [path.read_bytes() for path in sorted(EXAMPLES.glob("*.toml"))]
    found += [CELLS.encode(), TWO_DRUGS.encode()]
    return [data for data in found if f'kind = "{kind}"'.encode() in data or not kind]


def names(tables: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in tables for name in names))


def of_file(path: Path, use: Callable[[Path], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        path.write_bytes(data)
        return use(path)

    return read
