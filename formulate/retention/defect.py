"""A bone defect: what a scaffold or a clot holds of a growth factor, and how the defect loses what is dissolved.

scaffold, fast and slow -> defect fluid <-> plasma -> out;  clot -> defect fluid;  defect fluid -> degraded
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.retention.linear import LinearSystem, system
from formulate.sampling import Array

DEFECT, PLASMA = "defect", "plasma"
FAST, SLOW, CLOT = "scaffold, fast", "scaffold, slow", "clot"
ELIMINATED, DEGRADED = "eliminated", "degraded"


def scaffold_retained_fraction(
    retained_at_reference: ArrayLike, isoelectric_point: ArrayLike, reference_point: ArrayLike, slope: ArrayLike
) -> Array:
    """Share of a protein that a soaked scaffold keeps past the first hours, by the charge of the protein.

    Parameters
    ----------
    retained_at_reference : array_like, shape (draws,)
        f_ref, of a protein with the reference isoelectric point, above 0 and below 1: about 0.75 for BMP-2 on collagen
        sponge, 0.1 on the weakest carriers [1].
    isoelectric_point : array_like, shape (draws,)
        pI of the protein, 0 to 14 [pH].
    reference_point : array_like, shape (draws,)
        pI of the protein that was measured, 0 to 14 [pH].
    slope : array_like, shape (draws,)
        s, decades of the odds per unit of pI [1].

    Returns
    -------
    ndarray, shape (draws,)
        f0 [1].

    Raises
    ------
    DomainError
        If the fraction is not above 0 and below 1, a pI is not from 0 to 14, or the slope negative.

    Notes
    -----
    ``f0/(1 - f0) = f_ref/(1 - f_ref) 10**(s (pI - pI_ref))``. Over proteins of unlike pI retention spans more than a
    hundredfold and rises with pI; the form and s are ours. Sources: uludag1999, uludag2000.

    Examples
    --------
    Odds of 3 for pI 8.5; two units lower, with s = 0.5, odds of 0.3:

    >>> float(scaffold_retained_fraction(0.75, 6.5, 8.5, 0.5))
    0.231
    """
    share = np.asarray(retained_at_reference, dtype=np.float64)
    require("retained_at_reference", share, "", (share > 0.0) & (share < 1.0), "above 0 and below 1")
    points = []
    for name, given in (("isoelectric_point", isoelectric_point), ("reference_point", reference_point)):
        point = np.asarray(given, dtype=np.float64)
        points.append(require(name, point, "pH", (point >= 0.0) & (point <= 14.0), "0 to 14"))
    steep = require_not_negative("slope", slope, "1")
    # beyond 300 decades nothing or all is held, and the power would be too large to hold
    odds = share / (1.0 - share) * 10.0 ** np.clip(steep * (points[0] - points[1]), -300.0, 300.0)
    return np.asarray(odds / (1.0 + odds))


def scaffold_retention(
    time: ArrayLike, retained: ArrayLike, fast_share: ArrayLike, fast_half_life: ArrayLike, slow_half_life: ArrayLike
) -> Array:
    """Share of a protein still on its scaffold: an initial loss, then two exponentials.

    Parameters
    ----------
    time : array_like, shape (times,)
        t since the implantation [s].
    retained : array_like, shape (draws,)
        f0 kept past the burst [1].
    fast_share : array_like, shape (draws,)
        phi of what is kept that leaves fast [1].
    fast_half_life, slow_half_life : array_like, shape (draws,)
        Of the two parts [s].

    Returns
    -------
    ndarray, shape (draws, times)
        R [1].

    Raises
    ------
    DomainError
        If a time is negative, a share not from 0 to 1, or a half-life not above zero.

    Notes
    -----
    ``R = f0 [phi 2**(-t/t1) + (1 - phi) 2**(-t/t2)]``. What is gone from the scaffold is in the fluid of the defect
    until `formulate.retention.bone.local_clearance` takes it. Source: uludag1999 (burst and slow phase).

    Examples
    --------
    >>> scaffold_retention([0.0, 86400.0], 0.8, 0.5, 86400.0, 1e15)
    array([[0.8, 0.6]])
    """
    t = require_not_negative("time", time, "s")
    kept, fast = (np.atleast_1d(require_fraction(name, value))[:, None] for name, value in (
        ("retained", retained), ("fast_share", fast_share)))  # fmt: skip
    halves = [
        np.atleast_1d(require_positive(name, value, "s"))[:, None]
        for name, value in (("fast_half_life", fast_half_life), ("slow_half_life", slow_half_life))
    ]
    return np.asarray(kept * (fast * np.exp2(-t / halves[0]) + (1.0 - fast) * np.exp2(-t / halves[1])))


def clot_held_fraction(retained: ArrayLike, lifetime: ArrayLike, since_injury: ArrayLike) -> Array:
    """Share of a protein injected into a fracture that its clot holds.

    Parameters
    ----------
    retained : array_like, shape (draws,)
        Share that a fresh clot holds [1].
    lifetime : array_like, shape (draws,)
        tau after which 1/e of the clot is left [s].
    since_injury : array_like, shape ()
        t from the injury to the dose; before it there is no clot, so none below 0 [s].

    Returns
    -------
    ndarray, shape (draws,)
        [1].

    Raises
    ------
    DomainError
        If the share is not from 0 to 1, the lifetime not above zero, or the time not finite.

    Notes
    -----
    ``f = f_fresh exp(-t/tau)`` for t of at least 0. An assumption: the clot holds by what is left of it.

    Examples
    --------
    >>> clot_held_fraction(0.5, 5.0, [-1.0, 0.0, 5.0])
    array([0.    , 0.5   , 0.1839])
    """
    held = require_fraction("retained", retained)
    life = require_positive("lifetime", lifetime, "s")
    age = np.asarray(since_injury, dtype=np.float64)
    require("since_injury", age, "s", np.isfinite(age), "finite")
    return np.where(age < 0.0, 0.0, held * np.exp(-np.maximum(age, 0.0) / life))


@dataclass(frozen=True)
class Defect:
    """All that decides where drug in a defect goes, (draws,), SI."""

    volume: Array  # of fluid and tissue in which drug is dissolved
    into_plasma: Array  # clearance of unbound drug by capillaries, m3/s
    over_edge: Array  # clearance into the surroundings, m3/s
    fast_rate: Array  # off the scaffold, 1/s
    slow_rate: Array
    clot_rate: Array
    degradation: Array  # 1/s
    plasma_volume: Array
    unbound_in_plasma: Array
    clearance: Array

    @property
    def local_rate(self) -> Array:
        """Rate at which dissolved drug leaves the defect [1/s]."""
        rate: Array = (self.into_plasma + self.over_edge) / self.volume + self.degradation
        return rate


def defect_system(defect: Defect) -> LinearSystem:
    """Give the compartments of a defect and plasma.

    Parameters
    ----------
    defect : Defect
        Volumes, clearances and rates.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN.

    Notes
    -----
    Clearances over the volume they empty are rates. What diffuses over the edge counts as in plasma: the tissue around
    holds it for less long than the defect did. Only capillaries let drug in from plasma.
    """
    return system(
        [FAST, SLOW, CLOT, DEFECT, PLASMA],
        {
            (FAST, DEFECT): defect.fast_rate,
            (SLOW, DEFECT): defect.slow_rate,
            (CLOT, DEFECT): defect.clot_rate,
            (DEFECT, PLASMA): (defect.into_plasma + defect.over_edge) / defect.volume,
            (PLASMA, DEFECT): defect.into_plasma * defect.unbound_in_plasma / defect.plasma_volume,
        },
        {(PLASMA, ELIMINATED): defect.clearance / defect.plasma_volume, (DEFECT, DEGRADED): defect.degradation},
    )
