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
    return [data for data in found if f'kind = "{kind}"'.encode() in data or not kind]


def names(tables: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in tables for name in names))


def of_file(path: Path, use: Callable[[Path], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        path.write_bytes(data)
        return use(path)

    return read
