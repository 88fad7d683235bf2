"""Cells given as a drug: how many to thaw for a dose of living ones, and the volume they take."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_positive
from formulate.loading.definitions import ROUNDING

Floats: TypeAlias = NDArray[np.float64]


def cells_to_thaw(viable_dose: ArrayLike, viability: ArrayLike, recovery: ArrayLike = 1.0) -> Floats:
    """Cells to take so that a dose of living cells is left.

    Parameters
    ----------
    viable_dose : array_like, shape (draws,)
        Living cells to be given [1].
    viability : array_like, shape (draws,)
        Living share of the cells found after thawing and washing [1].
    recovery : array_like, shape (draws,), optional
        Cells found after thawing and washing, living and dead, per cell frozen [1].

    Returns
    -------
    ndarray, shape (draws,)
        Cells to take, as counted before freezing [1].

    Raises
    ------
    DomainError
        If the dose is not positive, or a share is not above 0 and at most 1.

    Notes
    -----
    ``dose/(viability recovery)``. Cells that die of thawing go on dying for a day: a viability taken at once is the
    highest there will be. Dead cells are given along.

    Examples
    --------
    20 million living cells at 80 % viability and 90 % recovery, in millions:

    >>> float(cells_to_thaw(20e6, 0.8, 0.9)) / 1e6
    27.78
    """
    dose = require_positive("viable_dose", viable_dose, "")
    return np.asarray(dose / (_share("viability", viability) * _share("recovery", recovery)))


def viable_cells(cells: ArrayLike, viability: ArrayLike, recovery: ArrayLike = 1.0) -> Floats:
    """Living cells that are given.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells taken, as counted before freezing [1].
    viability : array_like, shape (draws,)
        Living share of the cells found after thawing and washing [1].
    recovery : array_like, shape (draws,), optional
        Cells found after thawing and washing, living and dead, per cell frozen [1].

    Returns
    -------
    ndarray, shape (draws,)
        Living cells [1].

    Raises
    ------
    DomainError
        If the number is not positive, or a share is not above 0 and at most 1.

    Notes
    -----
    ``cells viability recovery``, the inverse of `cells_to_thaw`. Most that die at the site die after injection.

    Examples
    --------
    >>> float(viable_cells(50e6, 0.7)) / 1e6
    35.0
    """
    number = require_positive("cells", cells, "")
    return np.asarray(number * _share("viability", viability) * _share("recovery", recovery))


def containers(cells: ArrayLike, cells_per_container: ArrayLike) -> Floats:
    """Vials, bags or flasks that hold a number of cells.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells wanted [1].
    cells_per_container : array_like, shape (draws,)
        Cells in each [1].

    Returns
    -------
    ndarray, shape (draws,)
        Containers, whole [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``cells/cells_per_container``, rounded up.

    Examples
    --------
    >>> float(containers(27.8e6, 10e6))
    3.0
    """
    number = require_positive("cells", cells, "") / require_positive("cells_per_container", cells_per_container, "")
    return np.asarray(np.ceil(number * (1.0 - ROUNDING)))


def suspension_volume(cells: ArrayLike, cell_concentration: ArrayLike) -> Floats:
    """Volume in which cells are given.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells to be given [1].
    cell_concentration : array_like, shape (draws,)
        Cells per volume [1/m**3]; 1e12/m**3 is 1e6 per mL.

    Returns
    -------
    ndarray, shape (draws,)
        Volume of the suspension [m**3].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``cells/concentration``.

    Examples
    --------
    50 million at 16.7 million per mL, in mL:

    >>> float(suspension_volume(50e6, 16.7e12)) * 1e6
    2.994
    """
    return np.asarray(
        require_positive("cells", cells, "") / require_positive("cell_concentration", cell_concentration, "1/m**3")
    )


def cell_concentration(cells: ArrayLike, volume: ArrayLike) -> Floats:
    """Concentration of cells in an injection.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells to be given [1].
    volume : array_like, shape (draws,)
        Volume of the suspension [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Cells per volume [1/m**3]; 1e12/m**3 is 1e6 per mL.

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``cells/volume``.

    Examples
    --------
    100 million in 5 mL, in millions per mL:

    >>> float(cell_concentration(100e6, 5e-6)) * 1e-12
    20.0
    """
    return np.asarray(require_positive("cells", cells, "") / require_positive("volume", volume, "m**3"))


def cell_volume_share(cell_concentration: ArrayLike, cell_diameter: ArrayLike) -> Floats:
    """Share of a suspension's volume that its cells take.

    Parameters
    ----------
    cell_concentration : array_like, shape (draws,)
        Cells per volume [1/m**3].
    cell_diameter : array_like, shape (draws,)
        Diameter of a cell in suspension [m].

    Returns
    -------
    ndarray, shape (draws,)
        Volume of cells per volume of suspension [1].

    Raises
    ------
    DomainError
        If a number is not positive, or the cells exceed the volume.

    Notes
    -----
    ``c (pi/6) d^3``, for a mean diameter of cells that differ little. Rigid spheres jam at 0.64.

    Examples
    --------
    50 million per mL of 18 um cells:

    >>> float(cell_volume_share(50e12, 18e-6))
    0.1527
    """
    concentration = require_positive("cell_concentration", cell_concentration, "1/m**3")
    share = np.asarray(concentration * np.pi / 6.0 * require_positive("cell_diameter", cell_diameter, "m") ** 3)
    need, hint = "at most the whole volume in cells", "the cells would take more than the whole volume"
    require("cell_concentration", concentration, "1/m**3", share <= 1.0, need, hint)
    return share


def _share(name: str, value: ArrayLike) -> Floats:
    share = require_fraction(name, value)
    return require(name, share, "", share > 0.0, "> 0", "no cell would be left")
