"""Results that are shared: a small comparison, a carrier of each kind for one drug, and a report of each kind."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from formulate import examples
from formulate.comparison import Comparison, compare
from formulate.formulation import Question, build
from formulate.report.page import Document
from tui.cli import cli

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


# a report of each kind, from shipped examples, with few draws
SHIPPED = {
    "report": ("report", "dasatinib-microspheres-in-gel.toml", "--draws", "64"),
    "partial report": ("report", "unknown-drug.toml", "--draws", "16"),
    "report on cells": ("report", "stem-cells-spinal-cord.toml", "--draws", "16"),
    "question": ("report", "own-drug-knee.toml", "--draws", "16"),
    "prediction": ("predict", "triamcinolone-microspheres.toml", "--draws", "16"),
    "files": ("compare", "dasatinib-microspheres-in-gel.toml", "triamcinolone-microspheres.toml", "--draws", "16"),
    "fit": ("fit", "release-microspheres.csv", "--models", "weibull_2,first_order"),
    "similarity": ("similarity", "dissolution-reference.csv", "dissolution-test.csv", "--bootstrap", "100"),
    "dialysis": ("dialysis", "dialysis-liposomes.csv", "--control", "dialysis-free-drug.csv"),
    "release": ("release", "triamcinolone-microspheres.toml", "--observed", "release-first-days.csv", "--draws", "16"),
    "retention": ("retention", "triamcinolone-disc.toml", "--draws", "16"),
    "sensitivity": ("sensitivity", "triamcinolone-disc.toml", "--draws", "64"),
    "design": ("design", "bmp2-gel-design.toml", "--designs", "8", "--draws", "16"),
    "plan": ("plan", "stem-cells-knee.toml"),
    "project": ("project", "one", "--draws", "16"),
}  # fmt: skip
# a payload of which nobody gave a number: neither loading nor release nor stay can be computed
UNKNOWN = """
schema_version = 1
kind = "formulation"
name = "A new drug in liposomes"

[[payload]]
id = "new-drug"
inline = true
dose = "2 mg"

[[layer]]
id = "liposome"
carrier = "liposome"
holds = ["new-drug"]

[regimen]
site = "knee"
"""


@pytest.fixture(scope="session")
def unknown_drug() -> str:
    """The text of a file on a payload of which nobody gave a number."""
    return UNKNOWN


FEW = ["plga-microsphere", "free-drug-suspension", "liposome"]


@pytest.fixture(scope="session")
def shipped_documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """What each command that writes reports says of a shipped example."""
    folder = tmp_path_factory.mktemp("shipped")
    examples.copy(folder)
    (folder / "one").mkdir()
    shutil.copy(folder / "stem-cells-knee.toml", folder / "one")
    (folder / "unknown-drug.toml").write_text(UNKNOWN, "utf-8")
    question = folder / "own-drug-knee.toml"
    question.write_text(f"carriers = {FEW}\n".replace("'", '"') + question.read_text("utf-8"), "utf-8")
    said: dict[str, Document] = {}

    def keep(document: Document, path: Path, *_: str) -> dict[Path, bytes]:
        said[path.stem] = document
        return {}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("formulate.report.write.document_files", keep)
        patched.chdir(folder)
        for name, asked in SHIPPED.items():
            done = CliRunner().invoke(cli, [*asked, "-o", f"{name}.md"])
            assert done.exit_code == 0, (name, done.stderr)
    return said
