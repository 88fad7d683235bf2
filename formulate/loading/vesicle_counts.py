"""Numbers of extracellular vesicles: by protein, for a dose and from a culture; what cargo weighs in them."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.vesicle import AVOGADRO

Floats: TypeAlias = NDArray[np.float64]


def particles_per_protein(particles: ArrayLike, protein_mass: ArrayLike) -> Floats:
    """Vesicles per mass of protein, the usual measure of purity.

    Parameters
    ----------
    particles : array_like, shape (draws,)
        Vesicles counted in a sample [1].
    protein_mass : array_like, shape (draws,)
        Protein assayed in the same sample [kg].

    Returns
    -------
    ndarray, shape (draws,)
        Vesicles per protein [1/kg]; 1e18/kg is 1e9 per ug.

    Raises
    ------
    DomainError
        If the number or the mass is not positive.

    Notes
    -----
    ``particles/protein_mass``. Free protein lowers it, counted particles that are no vesicles raise it (Webber and
    Clayton 2013, 10.3402/jev.v2i0.19861). `free_protein_share` says what a ratio implies.

    Examples
    --------
    5e10 vesicles with 10 ug of protein:

    >>> float(particles_per_protein(5e10, 10e-9)) * 1e-9
    5e9
    """
    number = require_positive("particles", particles, "")
    return np.asarray(number / require_positive("protein_mass", protein_mass, "kg"))


def particles_from_protein(protein_mass: ArrayLike, particles_per_protein_mass: ArrayLike) -> Floats:
    """Vesicles in a mass of protein.

    Parameters
    ----------
    protein_mass : array_like, shape (draws,)
        Protein of the preparation [kg].
    particles_per_protein_mass : array_like, shape (draws,)
        Vesicles per mass of protein [1/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Vesicles [1].

    Raises
    ------
    DomainError
        If the mass or the ratio is not positive.

    Notes
    -----
    ``protein_mass ratio``. Between preparations the ratio runs over 2e9 to 3e10 per ug, and beyond: a dose told in
    protein leaves the number of vesicles open by a factor of 15.

    Examples
    --------
    100 ug at 2e9 per ug:

    >>> float(particles_from_protein(100e-9, 2e18))
    2e11
    """
    mass = require_positive("protein_mass", protein_mass, "kg")
    return np.asarray(mass * require_positive("particles_per_protein_mass", particles_per_protein_mass, "1/kg"))


def vesicle_mass(diameter: ArrayLike, density: ArrayLike) -> Floats:
    """Mass of one vesicle with its inner water.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    density : array_like, shape (draws,)
        Buoyant density [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Mass of a vesicle [kg].

    Raises
    ------
    DomainError
        If diameter or density is not positive.

    Notes
    -----
    ``(pi/6) d^3 density``. A density from a sucrose gradient is of a vesicle that lost water to the sucrose; in buffer
    it is lower.

    Examples
    --------
    100 nm, 1.1 g/cm**3, in fg:

    >>> float(vesicle_mass(100e-9, 1100.0)) * 1e18
    0.576
    """
    size = require_positive("diameter", diameter, "m")
    return np.asarray(np.pi / 6.0 * size**3 * require_positive("density", density, "kg/m**3"))


def free_protein_share(particles_per_protein_mass: ArrayLike, diameter: ArrayLike, density: ArrayLike) -> Floats:
    """Least share of the protein that cannot belong to the vesicles.

    Parameters
    ----------
    particles_per_protein_mass : array_like, shape (draws,)
        Vesicles per mass of protein [1/kg].
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    density : array_like, shape (draws,)
        Buoyant density of the vesicles [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Protein outside the vesicles per protein, at least [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``max(0, 1 - ratio m)``: a vesicle of mass m holds less than m of protein, the rest being lipid and water. So 0
    does not mean pure, while 0.9 means that most protein is free. Vesicles too small to be counted are taken as free
    protein.

    Examples
    --------
    1e8 per ug is 10 fg of protein for each vesicle of 0.576 fg:

    >>> float(free_protein_share(1e17, 100e-9, 1100.0))
    0.942
    """
    ratio = require_positive("particles_per_protein_mass", particles_per_protein_mass, "1/kg")
    return np.asarray(np.maximum(0.0, 1.0 - ratio * vesicle_mass(diameter, density)))


def cargo_loading(
    copies_per_vesicle: ArrayLike, molar_mass: ArrayLike, diameter: ArrayLike, density: ArrayLike
) -> Floats:
    """Drug loading of vesicles that hold copies of a cargo.

    Parameters
    ----------
    copies_per_vesicle : array_like, shape (draws,)
        Mean copies of the cargo in a vesicle [1].
    molar_mass : array_like, shape (draws,)
        Molar mass of the cargo [kg/mol].
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    density : array_like, shape (draws,)
        Buoyant density of the vesicle without cargo [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        DL, cargo per loaded vesicle with its water [kg/kg].

    Raises
    ------
    DomainError
        If the copies are negative, or another number is not positive.

    Notes
    -----
    ``c/(c + m)`` with ``c = copies molar_mass/N_A`` and m the mass of the vesicle. The cargo is taken as added to the
    vesicle; one of the mean size.

    Examples
    --------
    1000 molecules of 300 g/mol weigh 0.498 ag, in 0.576 fg:

    >>> float(cargo_loading(1000.0, 0.3, 100e-9, 1100.0)) * 1e3
    0.864
    """
    copies = require_not_negative("copies_per_vesicle", copies_per_vesicle, "")
    cargo = copies * require_positive("molar_mass", molar_mass, "kg/mol") / AVOGADRO
    return np.asarray(cargo / (cargo + vesicle_mass(diameter, density)))


def vesicles_for_dose(dose: ArrayLike, copies_per_vesicle: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Vesicles that hold a dose of cargo.

    Parameters
    ----------
    dose : array_like, shape (draws,)
        Cargo wanted [kg].
    copies_per_vesicle : array_like, shape (draws,)
        Mean copies of the cargo in a vesicle [1].
    molar_mass : array_like, shape (draws,)
        Molar mass of the cargo [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Vesicles [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``dose N_A/(copies molar_mass)``.

    Examples
    --------
    1 ug of a microRNA of 7 kg/mol at one copy each:

    >>> float(vesicles_for_dose(1e-9, 1.0, 7.0))
    8.603e13
    """
    molecules = require_positive("dose", dose, "kg") * AVOGADRO / require_positive("molar_mass", molar_mass, "kg/mol")
    return np.asarray(molecules / require_positive("copies_per_vesicle", copies_per_vesicle, ""))


def vesicles_from_culture(
    cells: ArrayLike, secretion_rate: ArrayLike, culture_time: ArrayLike, recovery: ArrayLike = 1.0
) -> Floats:
    """Vesicles that a culture gives.

    Parameters
    ----------
    cells : array_like, shape (draws,)
        Cells in the culture, the mean over the time [1].
    secretion_rate : array_like, shape (draws,)
        Vesicles per cell and time [1/s].
    culture_time : array_like, shape (draws,)
        Time over which the medium is collected [s].
    recovery : array_like, shape (draws,), optional
        Share of the vesicles that purification keeps; 1 if the rate is of purified vesicles [1].

    Returns
    -------
    ndarray, shape (draws,)
        Vesicles after purification [1].

    Raises
    ------
    DomainError
        If a number is not positive, or the recovery is not above 0 and at most 1.

    Notes
    -----
    ``cells rate time recovery``. Uptake by the cells themselves and vesicles of serum are left out. Divided by the
    vesicles of a dose it gives the doses of a culture.

    Examples
    --------
    1e8 cells at 2000 a day for 2 days:

    >>> float(vesicles_from_culture(1e8, 2000 / 86400, 2 * 86400.0))
    4e11
    """
    number = require_positive("cells", cells, "")
    rate = require_positive("secretion_rate", secretion_rate, "1/s")
    return np.asarray(number * rate * require_positive("culture_time", culture_time, "s") * _kept(recovery))


def cells_for_vesicles(
    particles: ArrayLike, secretion_rate: ArrayLike, culture_time: ArrayLike, recovery: ArrayLike = 1.0
) -> Floats:
    """Cells to culture for a number of vesicles.

    Parameters
    ----------
    particles : array_like, shape (draws,)
        Vesicles wanted after purification [1].
    secretion_rate : array_like, shape (draws,)
        Vesicles per cell and time [1/s].
    culture_time : array_like, shape (draws,)
        Time over which the medium is collected [s].
    recovery : array_like, shape (draws,), optional
        Share of the vesicles that purification keeps; 1 if the rate is of purified vesicles [1].

    Returns
    -------
    ndarray, shape (draws,)
        Cells in the culture, the mean over the time [1].

    Raises
    ------
    DomainError
        If a number is not positive, or the recovery is not above 0 and at most 1.

    Notes
    -----
    ``particles/(rate time recovery)``.

    Examples
    --------
    >>> float(cells_for_vesicles(1e11, 2000 / 86400, 2 * 86400.0, 0.5))
    5e7
    """
    wanted = require_positive("particles", particles, "")
    return np.asarray(wanted / vesicles_from_culture(1.0, secretion_rate, culture_time, recovery))


def _kept(recovery: ArrayLike) -> Floats:
    share = require_fraction("recovery", recovery)
    return require("recovery", share, "", share > 0.0, "> 0", "nothing would be left")
