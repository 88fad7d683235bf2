"""What a declaration of a mechanism says."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from materials.values import Model, Name

Stage = Literal["loading", "release", "retention"]


class Mechanism(Model):
    """One declared mechanism: its stage, what it does in one line, and the properties it needs."""

    id: str
    stage: Stage
    summary: str
    forms: tuple[str, ...] = ()  # of the carriers that a loading mechanism is computed for
    needs_carrier: tuple[Name, ...] = ()
    needs_payload: tuple[Name, ...] = ()
    needs_site: tuple[Name, ...] = ()
    needs_parts: Mapping[str, tuple[Name, ...]] = Field(
        default_factory=dict
    )  # read from parts of the site, by the id of the part
    instead: Mapping[Name, tuple[tuple[Name, ...], ...]] = Field(
        default_factory=dict
    )  # of a need of the carrier, what else of it does as well
    erodes: bool = False  # says when the carrier goes, and so when it lets go of other carriers in it
    may_use: tuple[Name, ...] = ()  # read only in some circumstances, or left out where nobody gives it
