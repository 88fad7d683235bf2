"""One small comparison, shared: a carrier of each kind for one drug, with few draws."""

from typing import Any

import pytest

from formulate.comparison import Comparison, compare
from formulate.formulation import Question, build

# none, crystals, vesicles, a polymer, a polymer in a gel
CARRIERS = [
    "free-drug-solution", "free-drug-suspension", "liposome", "plga-microsphere",
    "plga-microsphere-in-hyaluronic-acid-hydrogel",
]  # fmt: skip


def ask(**changes: Any) -> Question:
    """Give a question with 16 draws; `changes` replace whole tables of it."""
    content: dict[str, Any] = {
        "schema_version": 1,
        "kind": "question",
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "regimen": {"site": "knee", "state": "osteoarthritis"},
        "target": {"unbound_above": "0.1 umol/L", "duration": "28 d"},
        "calculation": {"horizon": "60 d", "draws": 16},
        "carriers": CARRIERS,
    }
    found: Question = build(Question, content | changes, "test")
    return found


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    return compare(ask())


@pytest.fixture(scope="session")
def untargeted() -> Comparison:
    """The same with the target of the catalog, for two carriers."""
    return compare(ask(target={"duration": "14 d"}, carriers=["plga-microsphere", "free-drug-suspension"]))
