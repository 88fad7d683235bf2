"""Drug carried by cells: how much one cell holds, what share of the drug offered, and cells for a dose."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.loading.definitions import ROUNDING

Floats: TypeAlias = NDArray[np.float64]


def cargo_per_cell(cargo_mass: ArrayLike, cells: ArrayLike) -> Floats:
    """Mass of drug in one cell.

    Parameters
    ----------
    cargo_mass : array_like, shape (draws,)
        Drug found in washed cells [kg].
    cells : array_like, shape (draws,)
        Cells that hold it [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per cell, the mean [kg]; 1e-15 kg is 1 pg.

    Raises
    ------
    DomainError
        If the mass is negative, or there is no cell.

    Notes
    -----
    ``cargo_mass/cells``. Particles that stick to the outside count as taken up.

    Examples
    --------
    16.6 ug in a million cells, in pg: the most doxorubicin that Zhang and others (2018) brought into macrophages.

    >>> float(cargo_per_cell(16.6e-9, 1e6)) * 1e15
    16.6
    """
    return np.asarray(require_not_negative("cargo_mass", cargo_mass, "kg") / require_positive("cells", cells, ""))


def uptake_efficiency(cargo_per_cell: ArrayLike, cells: ArrayLike, cargo_added: ArrayLike) -> Floats:
    """Share of the drug offered that the cells took up.

    Parameters
    ----------
    cargo_per_cell : array_like, shape (draws,)
        Drug per cell, the mean [kg].
    cells : array_like, shape (draws,)
        Cells that hold it [1].
    cargo_added : array_like, shape (draws,)
        Drug given to the cells [kg].

    Returns
    -------
    ndarray, shape (draws,)
        EE, drug in the cells per drug added, convention A [1].

    Raises
    ------
    DomainError
        If a number is not positive (drug per cell may be 0), or more is found than was added.

    Notes
    -----
    ``cargo_per_cell cells/cargo_added``.

    Examples
    --------
    16.6 pg in each of a million cells, of 100 ug:

    >>> float(uptake_efficiency(16.6e-15, 1e6, 100e-9))
    0.166
    """
    held = require_not_negative("cargo_per_cell", cargo_per_cell, "kg") * require_positive("cells", cells, "")
    efficiency = np.asarray(held / require_positive("cargo_added", cargo_added, "kg"))
    hint = "more is found than was added: check the assay and the count of cells"
    require("encapsulation_efficiency", efficiency, "", efficiency <= 1.0 + ROUNDING, "<= 1", hint)
    return np.asarray(np.minimum(efficiency, 1.0))


def cell_drug_loading(cargo_per_cell: ArrayLike, cell_diameter: ArrayLike, density: ArrayLike) -> Floats:
    """Drug loading of a cell.

    Parameters
    ----------
    cargo_per_cell : array_like, shape (draws,)
        Drug per cell, the mean [kg].
    cell_diameter : array_like, shape (draws,)
        Diameter of a cell in suspension [m].
    density : array_like, shape (draws,)
        Buoyant density of the cell without drug [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        DL, drug per loaded cell with its water [kg/kg].

    Raises
    ------
    DomainError
        If the drug is negative, or a size or density is not positive.

    Notes
    -----
    ``c/(c + m)`` with ``m = (pi/6) d^3 density``.

    Examples
    --------
    16.6 pg in a 15 um macrophage of 1.07 g/cm**3, which weighs 1.89 ng, in percent:

    >>> float(cell_drug_loading(16.6e-15, 15e-6, 1070.0)) * 100
    0.870
    """
    held = require_not_negative("cargo_per_cell", cargo_per_cell, "kg")
    size = require_positive("cell_diameter", cell_diameter, "m")
    cell = np.pi / 6.0 * size**3 * require_positive("density", density, "kg/m**3")
    return np.asarray(held / (held + cell))


def cells_for_dose(dose: ArrayLike, cargo_per_cell: ArrayLike) -> Floats:
    """Cells that carry a dose of drug.

    Parameters
    ----------
    dose : array_like, shape (draws,)
        Drug wanted [kg].
    cargo_per_cell : array_like, shape (draws,)
        Drug per cell, the mean [kg].

    Returns
    -------
    ndarray, shape (draws,)
        Loaded cells [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``dose/cargo_per_cell``. Cells that die before they arrive leave their drug on the way.

    Examples
    --------
    1 mg at 16.6 pg, in millions:

    >>> float(cells_for_dose(1e-6, 16.6e-15)) / 1e6
    60.24
    """
    return np.asarray(require_positive("dose", dose, "kg") / require_positive("cargo_per_cell", cargo_per_cell, "kg"))


def particles_per_cell(cargo_per_cell: ArrayLike, drug_loading: ArrayLike, particle_mass: ArrayLike) -> Floats:
    """Drug-loaded particles inside one cell.

    Parameters
    ----------
    cargo_per_cell : array_like, shape (draws,)
        Drug per cell, the mean [kg].
    drug_loading : array_like, shape (draws,)
        DL of the particles, drug per loaded particle [kg/kg].
    particle_mass : array_like, shape (draws,)
        Mass of one loaded particle [kg].

    Returns
    -------
    ndarray, shape (draws,)
        Particles per cell, the mean [1].

    Raises
    ------
    DomainError
        If the drug is negative, the mass is not positive, or DL is not above 0 and at most 1.

    Notes
    -----
    ``cargo_per_cell/(DL particle_mass)``. All drug of the cell is taken as still in particles.

    Examples
    --------
    16.6 pg in particles of 0.68 fg with 10 % drug:

    >>> float(particles_per_cell(16.6e-15, 0.1, 0.68e-18))
    244117.6
    """
    held = require_not_negative("cargo_per_cell", cargo_per_cell, "kg")
    share = require_fraction("drug_loading", drug_loading)
    require("drug_loading", share, "kg/kg", share > 0.0, "> 0", "particles without drug bring none")
    return np.asarray(held / (share * require_positive("particle_mass", particle_mass, "kg")))
