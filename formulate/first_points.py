"""What was measured of a formulation so far, as a forecast of its release takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.measured_release import HIGHEST as HIGHEST
from formulate.measured_release import LOWEST as LOWEST
from formulate.sampling import Array
from materials.errors import DomainError, FormulateError, shorten

if TYPE_CHECKING:
    from formulate.experiment.data import Profile, ReleaseData

DAY = 86400.0


@dataclass(frozen=True)
class Points:
    """What was measured of one formulation: shares of the dose against time [s]."""

    time: Array
    share: Array
    source: str = ""
    warnings: tuple[str, ...] = ()  # how they were read, and what is odd in them
    deviation: Array | None = None  # of the shares, where it is known

    @property
    def observed(self) -> tuple[Array, Array] | tuple[Array, Array, Array]:
        """Times, shares, and their deviations where known, as a prediction takes them."""
        return (self.time, self.share) if self.deviation is None else (self.time, self.share, self.deviation)


def points(
    time: ArrayLike,
    share: ArrayLike,
    source: str = "",
    warnings: Sequence[str] = (),
    deviation: ArrayLike | None = None,
) -> Points:
    """Give what was measured: times [s], shares of the dose [1] and their standard deviations, in any order.

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
    spread = None
    if deviation is not None:
        spread = require_positive("observed deviation", deviation, "").ravel()
        require("observed deviations", float(len(spread)), "", len(spread) == len(at), f"{len(at)}, one for each time")
        spread = spread[order]
    return Points(at[order], np.clip(found[order], 0.0, 1.0), source, tuple(warnings), spread)


def points_of(data: "ReleaseData", profile: "Profile") -> Points:
    """Give the readings of a profile as points: the mean of its units at each time.

    Raises
    ------
    FormulateError
        There is no reading after time 0, or one is beyond what is conceivable.
    """
    if not profile.time[-1] > 0:
        raise FormulateError("no reading after time 0; need one or more")
    for time, mean in zip(profile.time, profile.mean, strict=True):
        if not 100 * LOWEST <= mean <= 100 * HIGHEST:
            need = f"need {100 * LOWEST:g} to {100 * HIGHEST:g} %"
            raise FormulateError(
                f"profile {shorten(profile.name)!r}: {mean:.4g} % at {time:g} {data.time_unit}; {need}"
            )
    return points(profile.time * data.seconds, profile.mean / 100.0, Path(data.source).name, data.warnings)


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
