"""What was measured of a formulation so far, as a forecast of its release takes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative
from formulate.sampling import Array
from materials.errors import DomainError

DAY = 86400.0
LOWEST, HIGHEST = -0.05, 1.2  # share of a reading; an assay errs, beyond it is a mistake


@dataclass(frozen=True)
class Points:
    """What was measured of one formulation: shares of the dose against time [s]."""

    time: Array
    share: Array
    source: str = ""
    warnings: tuple[str, ...] = ()  # how they were read, and what is odd in them


def points(time: ArrayLike, share: ArrayLike, source: str = "", warnings: Sequence[str] = ()) -> Points:
    """Give what was measured: times [s] and shares of the dose [1], in any order.

    Raises
    ------
    DomainError
        A time below 0, a share below -0.05 or above 1.2, or not as many of both.
    """
    at = require_not_negative("observed time", time, "s").ravel()
    found = np.asarray(share, dtype=np.float64).ravel()
    require("observed points", float(len(found)), "", len(found) == len(at), f"{len(at)}, one for each time")
    holds = (found >= LOWEST) & (found <= HIGHEST)
    require("observed share", found, "", holds, f"{LOWEST} to {HIGHEST}", "a share, not a percentage")
    require("observed points", float(len(at)), "", bool((at > 0).any()), "one after time 0")
    order = np.lexsort((found, at))
    order = order[at[order] > 0.0]
    return Points(at[order], np.clip(found[order], 0.0, 1.0), source, tuple(warnings))


def remarks_on(points: Points | None) -> tuple[str, ...]:
    """Give what a reader must know of measured points, with the file it is about."""
    if points is None:
        return ()
    return tuple(f"{points.source}: {text}" if points.source else text for text in points.warnings)


def require_within(observed: Points, end: float) -> None:
    """Refuse points after the end [s] of a calculation."""
    last = float(observed.time.max())
    if last > end * (1 + 1e-9):
        need = f"at most {end / DAY:.6g}, the end of the calculation, or a longer horizon"
        raise DomainError("observed time", last / DAY, "d", need, observed.source)
