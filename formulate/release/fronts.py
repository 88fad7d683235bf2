"""Release of suspended drug from slabs and cylinders: a front of solid drug recedes from the surface."""

from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive
from formulate.release.gel import released_from_dissolving_front
from formulate.release.shapes import Shape

Floats: TypeAlias = NDArray[np.float64]

_SHARES = 1.0 - np.linspace(1.0, 0.0, 2001) ** 2  # close together where the front nears the middle


def released_behind_front(
    dimensionless_time: ArrayLike, total_concentration: ArrayLike, solubility: ArrayLike, shape: Shape = "sphere"
) -> Floats:
    """Share released from a sphere, slab or cylinder that holds more drug than it can dissolve.

    Parameters
    ----------
    dimensionless_time : array_like, shape (draws, times)
        tau, the integral of D over time divided by L**2, L the radius of a sphere or cylinder, half of a slab with two
        open faces, all of one with one [1].
    total_concentration : array_like, shape (draws, 1)
        A, drug per volume, suspended and dissolved [kg/m**3].
    solubility : array_like, shape (draws, 1)
        C_s in the same volume, below A [kg/m**3].
    shape : {"sphere", "slab", "cylinder"}, optional
        Sphere if not given.

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1]; 1 once the front has reached the middle.

    Raises
    ------
    DomainError
        If a time is negative, a concentration not above zero, or A of a sphere not above C_s.

    Notes
    -----
    With ``s = tau C_s/A``: slab ``F = sqrt(2 s)``, cylinder ``F + (1 - F) ln(1 - F) = 4 s``, sphere as
    `formulate.release.gel.released_from_dissolving_front`. A steady gradient across the shell behind the front; what
    is dissolved in the shell counts as gone, so early release is high where A is near C_s. Perfect sink.
    Source: higuchi1961 (slab), baker1974 (sphere); the cylinder by the same balance.

    Examples
    --------
    >>> released_behind_front(12.5, 100.0, 1.0, "slab")
    array(0.5)
    >>> released_behind_front(3.8357, 100.0, 1.0, "cylinder")  # 0.5 + 0.5 ln 0.5 = 0.15343
    array(0.5)
    """
    tau = require_not_negative("dimensionless_time", dimensionless_time, "")
    total = require_positive("total_concentration", total_concentration, "kg/m**3")
    scaled = tau * require_positive("solubility", solubility, "kg/m**3") / total
    match shape:
        case "sphere":
            return released_from_dissolving_front(tau, 1.0, 1.0, total, solubility)
        case "slab":
            return np.asarray(np.minimum(np.sqrt(2.0 * scaled), 1.0))
        case "cylinder":
            kept = 1.0 - _SHARES[:-1]
            course = np.append(_SHARES[:-1] + kept * np.log(kept), 1.0)
            # the share goes with the root of the time at first
            return np.asarray(np.interp(np.sqrt(4.0 * scaled), np.sqrt(np.maximum(course, 0.0)), _SHARES))
        case _:
            assert_never(shape)
