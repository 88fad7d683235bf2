"""Survival of transplanted cells: most die in the first days, the rest slowly."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_fraction, require_not_negative, require_positive


def surviving_cells(
    time: ArrayLike, lasting_share: ArrayLike, early_half_life: ArrayLike, late_half_life: ArrayLike
) -> NDArray[np.float64]:
    """Share of transplanted cells that is alive.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since transplantation [s].
    lasting_share : array_like, shape (draws, 1)
        a, cells that outlive the first days [1].
    early_half_life : array_like, shape (draws, 1)
        T_1, of the others [s].
    late_half_life : array_like, shape (draws, 1)
        T_2, of those that outlive them, at least T_1 [s].

    Returns
    -------
    ndarray, shape (draws, times)
        Share [1].

    Raises
    ------
    DomainError
        If a time is negative, a share outside 0 to 1, or a half-life not above zero.

    Notes
    -----
    ``(1 - a) 2**(-t/T_1) + a 2**(-t/T_2)``: most cells die in the first days, without oxygen and attachment, the rest
    slowly. Cells that divide are not in it. Source: sum of two first-order losses.

    Examples
    --------
    Nine in ten with a half-life of a day, one in ten with 30 days, after 30 days:

    >>> surviving_cells([30.0], 0.1, 1.0, 30.0)
    array([0.05])
    """
    time = require_not_negative("time", time, "s")
    lasting = require_fraction("lasting_share", lasting_share)
    early = np.exp2(-time / require_positive("early_half_life", early_half_life, "s"))
    late = np.exp2(-time / require_positive("late_half_life", late_half_life, "s"))
    return np.asarray((1.0 - lasting) * early + lasting * late)
