"""What a declaration of a mechanism says."""

from typing import Literal

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
    may_use: tuple[Name, ...] = ()  # read only in some circumstances, or left out where nobody gives it
