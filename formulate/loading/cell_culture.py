"""Cells grown for a dose: doublings, and the surface or the microcarriers they need."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


def cells_after_doublings(cells: ArrayLike, doublings: ArrayLike) -> Floats:
    """Cells after a number of population doublings.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells at the start [1].
    doublings : array_like, shape (draws,)
        Population doublings [1].

    Returns
    -------
    ndarray, shape (draws,)
        Cells at the end [1].

    Raises
    ------
    DomainError
        If the cells are not positive, or the doublings are negative.

    Notes
    -----
    ``cells 2^doublings``. Doublings as found from counts, cells lost at passages included. Cells slow down and stop.

    Examples
    --------
    >>> float(cells_after_doublings(1e6, 5.0)) / 1e6
    32.0
    """
    number = require_positive("cells", cells, "")
    return np.asarray(number * np.exp2(require_not_negative("doublings", doublings, "")))


def doublings_needed(cells: ArrayLike, cells_wanted: ArrayLike) -> Floats:
    """Population doublings that grow some cells to many.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells at the start [1].
    cells_wanted : array_like, shape (draws,)
        Cells at the end [1].

    Returns
    -------
    ndarray, shape (draws,)
        Population doublings [1].

    Raises
    ------
    DomainError
        If a number is not positive, or fewer cells are wanted than there are.

    Notes
    -----
    ``log2(wanted/cells)``. Times the doubling time it is the least time of culture.

    Examples
    --------
    >>> float(doublings_needed(1e6, 50e6))
    5.644
    """
    start = require_positive("cells", cells, "")
    end = require_positive("cells_wanted", cells_wanted, "")
    require("cells_wanted", end, "", end >= start, "at least the cells at the start", "no expansion is needed")
    return np.asarray(np.log2(end / start))


def culture_area(cells: ArrayLike, cells_per_area: ArrayLike) -> Floats:
    """Surface that cells need at harvest.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells at harvest [1].
    cells_per_area : array_like, shape (draws,)
        Cells per surface at harvest [1/m**2]; 1e8/m**2 is 1e4 per cm**2.

    Returns
    -------
    ndarray, shape (draws,)
        Surface of flasks or microcarriers [m**2].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``cells/cells_per_area``.

    Examples
    --------
    50 million at 20 000 per cm**2, in cm**2:

    >>> float(culture_area(50e6, 2e8)) * 1e4
    2500.0
    """
    return np.asarray(
        require_positive("cells", cells, "") / require_positive("cells_per_area", cells_per_area, "1/m**2")
    )


def microcarrier_mass(cells: ArrayLike, cells_per_area: ArrayLike, area_per_mass: ArrayLike) -> Floats:
    """Microcarriers that cells need at harvest.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells at harvest [1].
    cells_per_area : array_like, shape (draws,)
        Cells per surface at harvest [1/m**2].
    area_per_mass : array_like, shape (draws,)
        Surface per dry microcarrier [m**2/kg]; 1 m**2/kg is 10 cm**2 per g.

    Returns
    -------
    ndarray, shape (draws,)
        Dry microcarriers [kg].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``cells/(cells_per_area area_per_mass)``. All surface is taken as used; beads left bare add to it.

    Examples
    --------
    50 million at 20 000 per cm**2 on 4400 cm**2 per g, in g:

    >>> float(microcarrier_mass(50e6, 2e8, 440.0)) * 1e3
    0.568
    """
    area = culture_area(cells, cells_per_area)
    return np.asarray(area / require_positive("area_per_mass", area_per_mass, "m**2/kg"))


def cells_per_microcarrier(diameter: ArrayLike, cells_per_area: ArrayLike) -> Floats:
    """Cells on one microcarrier.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Diameter of the microcarrier in medium [m].
    cells_per_area : array_like, shape (draws,)
        Cells per surface [1/m**2].

    Returns
    -------
    ndarray, shape (draws,)
        Cells per microcarrier, the mean [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``pi d^2 cells_per_area``, a smooth solid sphere; a porous one holds cells inside too. At seeding the share of bare
    beads is ``exp(-cells per bead)`` if cells meet beads at random.

    Examples
    --------
    190 um beads at 20 000 per cm**2:

    >>> float(cells_per_microcarrier(190e-6, 2e8))
    22.68
    """
    size = require_positive("diameter", diameter, "m")
    return np.asarray(np.pi * size**2 * require_positive("cells_per_area", cells_per_area, "1/m**2"))
