"""The form of a result that a project keeps: what has it can be read again, whoever wrote it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class RestsOn(_Form):
    """A fingerprint."""

    file: str
    catalog: str
    program: str
    draws: int
    seed: int
    own_catalog_files: dict[str, str]


class KeptNumber(_Form):
    """A number and of what it is."""

    subject: str
    name: str
    label: str
    unit: str
    median: float | None
    low: float | None
    high: float | None
    reason: str
    beyond: float | None
    within: float | None


class Block(_Form):
    """What the result says of itself."""

    rests_on: RestsOn
    numbers: list[KeptNumber]
    ranked: list[str]
    told: str


class KeptForm(_Form):
    """A result; what else it holds is for the reader."""

    project: Block
    command: Literal["compare", "predict", "retention", "loading"]
    inputs: dict[str, Any]
