"""The form of a report as JSON: what any reader may rely on, and what is checked before one is computed again.

What stands under `results` has the form of the commands that it is named after; of that only what other programs read
first is spelled out here, and more may stand beside it.
"""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from formulate.fields import SchemaVersion
from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, LONGEST_TITLE, MOST_DRAWS
from materials.overlay import LARGEST_OWN_FILE

SCHEMA = "formulate-report"
SCHEMA_VERSION = 1
MOST_OWN_FILES = 200


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False, frozen=True)


class _Open(BaseModel):
    """More may stand beside what is named."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="allow", frozen=True)


class Quantity(_Open):
    """A predicted number: the median over the draws with the ends of its band, in one unit."""

    label: str
    median: float | None = Field(description="Null where there is no number; `reason` says why.")
    low: float | None = Field(description="Null where it lies beyond what was computed.")
    high: float | None = Field(description="Null where it lies beyond what was computed.")
    band: float = Field(description="Share of the draws between low and high.")
    unit: str = Field(description="1 for a share or a count.")
    reason: str = ""


class Moments(_Open):
    """The times of curves."""

    unit: str
    values: list[float]


class Curve(_Open):
    """A quantity at the times of its curves."""

    label: str
    unit: str
    median: list[float] | None = Field(description="Null where there is no curve; `reason` says why.")
    low: list[float] = []
    high: list[float] = []
    reason: str = ""


class Curves(_Open):
    """Curves of one formulation, all at the same times."""

    time: Moments
    released: Curve | None = None
    unbound: Curve | None = None
    unbound_plasma: Curve | None = None
    left_at_site: Curve | None = None
    carriers_left: Curve | None = None


class Predicted(_Open):
    """As `formulate predict --json` gives it."""

    label: str
    estimates: dict[str, Quantity]
    curves: Curves


class Compared(_Open):
    """As `formulate compare --json` gives it."""

    rows: list[dict[str, Any]] = Field(description="Carriers: those ranked, best first, then the others.")


class Missing(_Form):
    """A number that a calculation needs and nobody gives."""

    field: str = Field(description="Where it is written in the file; empty where there is no place for it.")
    subject: str
    name: str
    label: str
    unit: str
    needed_for: str
    need: str


class Results(_Open):
    """What was computed, each part under the command that gives it with --json, here with every digit."""

    question: str
    answer: str
    predict: Predicted | None = Field(None, description="Of a formulation with a payload.")
    compare: Compared | None = Field(None, description="Of a question, or of a formulation ranked among the carriers.")
    curves: dict[str, Curves] = Field({}, description="Of a question: curves of its carriers, by their ids.")
    loading: dict[str, Any] | None = None
    retention: dict[str, Any] | None = None
    recipe: dict[str, Any] | None = None
    sensitivity: dict[str, Any] | None = None
    feasible: dict[str, Any] | None = None
    evidence: dict[str, Any] | None = None
    missing: list[Missing] = Field([], description="Numbers without which a part is left out, each with its place.")
    left_out: dict[str, str] = Field({}, description="Parts that are not there, with the reasons.")


class UsedValue(_Form):
    """A number that the results rest on, as its source has it."""

    key: str = Field(description="Entry of the catalog and property.")
    label: str
    typical: float
    low: float | None
    high: float | None
    unit: str
    spread: str = Field(description="What low and high are.")
    band: str = Field(description="The same in words.")
    evidence: str
    set_by: str = Field(description="catalog or user.")
    source: str
    locator: str
    conditions: str
    note: str
    applies_to: dict[str, str]
    used_by: list[str] = Field(description="Of a question: the ids of the carriers whose numbers rest on it.")


class OwnCatalogFile(_Form):
    """A catalog file of the user's: its whole text, so that nothing else need be read."""

    name: str = Field(max_length=LONGEST_TITLE)
    text: str = Field(max_length=LARGEST_OWN_FILE)


class Versions(_Form):
    """What computed it."""

    program: str = Field(description="Version, and a digest of the code and of the data that are not of the catalog.")
    catalog: str = Field(description="A digest of the shipped catalog; of the user's files too, where there are any.")
    python: str
    numpy: str
    scipy: str
    machine: str = Field(description="Kind of processor: the last digit of a number may differ between two.")


class Block(_Form):
    """What makes the report again, beside the file itself."""

    title: str = Field(max_length=LONGEST_TITLE)
    date: str = Field(max_length=LONGEST_TITLE)
    draws: int = Field(ge=FEWEST_DRAWS, le=MOST_DRAWS)
    among: bool = Field(False, description="A formulation was also ranked among the carriers of the catalog.")
    versions: Versions
    own_catalog: list[OwnCatalogFile] = Field(max_length=MOST_OWN_FILES, description="The weakest first.")
    values: list[UsedValue] = Field(description="Every number of the catalog and of the user that was used.")


class ReportForm(_Form):
    """A report as JSON: what was asked, what came of it, and all that gives the same again."""

    format: Literal["formulate-report"] = Field(alias="schema")
    schema_version: SchemaVersion
    command: Literal["report"]
    program_version: str
    catalog_version: str
    seed: int = Field(ge=0, le=LARGEST_SEED)
    inputs: dict[str, Any] = Field(description="The content of the formulation or question file, without defaults.")
    results: Results
    warnings: list[str]
    report: Block


def schema_text() -> str:
    """Give the JSON Schema of a report."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{SCHEMA}-{SCHEMA_VERSION}"}
    made = ReportForm.model_json_schema(by_alias=True)
    return json.dumps({**content, **made}, ensure_ascii=False, indent=2) + "\n"
