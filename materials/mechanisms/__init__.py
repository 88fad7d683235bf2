"""The mechanisms a catalog entry may name, declared here and implemented in `formulate`.

A declaration says what the mechanism does and which properties it needs, so that the catalog can tell which
calculators an entry drives, and what is missing, without importing upwards.
"""

from materials.mechanisms.declaration import Mechanism as Mechanism
from materials.mechanisms.declaration import Stage as Stage
from materials.mechanisms.loading import LOADING
from materials.mechanisms.release import RELEASE
from materials.mechanisms.retention import RETENTION

MECHANISMS: tuple[Mechanism, ...] = (*LOADING, *RELEASE, *RETENTION)


def mechanism(stage: Stage, identifier: str) -> Mechanism:
    """Give a declared mechanism; a KeyError is a fault of the catalog, which the catalog check reports."""
    for declared in MECHANISMS:
        if declared.stage == stage and declared.id == identifier:
            return declared
    raise KeyError(f"{stage} mechanism {identifier!r} is not declared")
