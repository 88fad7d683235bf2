"""How copies of a cargo fall on vesicles, and how many a vesicle can hold.

A vesicle holds few copies of its cargo, so a mean says little: how the copies fall on the vesicles counts as well.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.vesicle import AVOGADRO, inner_radius

Floats: TypeAlias = NDArray[np.float64]


def copies_at_concentration(
    cargo_concentration: ArrayLike, diameter: ArrayLike, bilayer_thickness: ArrayLike
) -> Floats:
    """Mean copies in a vesicle whose inner water has the cargo at a concentration.

    Parameters
    ----------
    cargo_concentration : array_like, shape (draws,)
        Cargo in the inner water [mol/m**3].
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the membrane with its proteins [m].

    Returns
    -------
    ndarray, shape (draws,)
        lambda, mean copies per vesicle [1].

    Raises
    ------
    DomainError
        If the concentration is negative, a length is not positive, or no inner water is left.

    Notes
    -----
    ``N_A C (pi/6)(d - 2 h)^3``. At the concentration outside it is what membranes opened and closed again can trap;
    more needs a driving force or binding. Vesicles of one size.

    Examples
    --------
    1 umol/L in 100 nm vesicles with a 5 nm membrane: 0.38 aL hold

    >>> float(copies_at_concentration(1e-3, 100e-9, 5e-9))
    0.2299
    """
    concentration = require_not_negative("cargo_concentration", cargo_concentration, "mol/m**3")
    return np.asarray(AVOGADRO * concentration * _inner_volume(diameter, bilayer_thickness))


def largest_copies_inside(
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    molar_mass: ArrayLike,
    density: ArrayLike,
    packing_share: ArrayLike,
) -> Floats:
    """Copies that fill a vesicle's inner volume.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the membrane with its proteins [m].
    molar_mass : array_like, shape (draws,)
        Molar mass of the cargo [kg/mol].
    density : array_like, shape (draws,)
        Density of the cargo without water, about 1350 for a protein and 1700 for RNA [kg/m**3].
    packing_share : array_like, shape (draws,)
        Largest share of the inner volume that the cargo takes: 0.64 for spheres packed at random [1].

    Returns
    -------
    ndarray, shape (draws,)
        Most copies per vesicle [1].

    Raises
    ------
    DomainError
        If a length, mass or density is not positive, the share is not in 0..1, or no inner volume is left.

    Notes
    -----
    ``packing (pi/6)(d - 2 h)^3 density N_A/molar_mass``. A ceiling of geometry: a vesicle's own content, charge and
    osmotic pressure stop loading far below it. An assay that gives more measures cargo outside.

    Examples
    --------
    Catalase (250 kg/mol) in a 100 nm vesicle:

    >>> float(largest_copies_inside(100e-9, 5e-9, 250.0, 1350.0, 0.64))
    794.4
    """
    molar = require_positive("molar_mass", molar_mass, "kg/mol")
    molecule = molar / (AVOGADRO * require_positive("density", density, "kg/m**3"))
    share = require_fraction("packing_share", packing_share)
    return np.asarray(share * _inner_volume(diameter, bilayer_thickness) / molecule)


def largest_copies_on_surface(diameter: ArrayLike, footprint: ArrayLike, coverage: ArrayLike = 1.0) -> Floats:
    """Copies that cover a vesicle's outer surface.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    footprint : array_like, shape (draws,)
        Surface that one bound molecule takes [m**2].
    coverage : array_like, shape (draws,), optional
        Share of the surface that is covered [1].

    Returns
    -------
    ndarray, shape (draws,)
        Copies per vesicle [1].

    Raises
    ------
    DomainError
        If a length or area is not positive, or the coverage is not in 0..1.

    Notes
    -----
    ``coverage pi d^2/footprint``. Discs packed at random cover 0.55 of a surface (random sequential adsorption). Cargo
    anchored by a lipid sits there, not inside, and is open to enzymes.

    Examples
    --------
    5 nm wide discs on a 100 nm vesicle:

    >>> float(largest_copies_on_surface(100e-9, 19.63e-18, 0.55))
    880.2
    """
    size = require_positive("diameter", diameter, "m")
    area = require_positive("footprint", footprint, "m**2")
    return np.asarray(require_fraction("coverage", coverage) * np.pi * size**2 / area)


@dataclass(frozen=True)
class Occupancy:
    """How copies fall on vesicles at random.

    Attributes
    ----------
    empty_share : ndarray, shape (draws,)
        Share of the vesicles without any copy [1].
    loaded_share : ndarray, shape (draws,)
        Share of the vesicles with at least one copy [1].
    copies_per_loaded : ndarray, shape (draws,)
        Mean copies in the vesicles that hold any, at least 1 [1].
    vesicles_per_loaded : ndarray, shape (draws,)
        Vesicles of which one holds any [1]; infinite where there are no copies.
    """

    empty_share: Floats
    loaded_share: Floats
    copies_per_loaded: Floats
    vesicles_per_loaded: Floats


def occupancy(copies_per_vesicle: ArrayLike) -> Occupancy:
    """Share of vesicles that are empty, and copies in those that are not.

    Parameters
    ----------
    copies_per_vesicle : array_like, shape (draws,)
        lambda, mean copies per vesicle, empty ones included [1].

    Returns
    -------
    Occupancy
        Shares of the vesicles and copies among the loaded.

    Raises
    ------
    DomainError
        If the mean is negative.

    Notes
    -----
    Poisson: ``P0 = exp(-lambda)``, copies among the loaded ``lambda/(1 - P0)``. Vesicles of one size, each copy on
    its own. Unequal sizes, cargo in clusters, or cells that load few vesicles richly leave more vesicles empty at the
    same mean.

    Examples
    --------
    One native microRNA in 121 exosomes: nearly all are empty, and the others hold one.

    >>> found = occupancy(0.00825)
    >>> float(found.empty_share), float(found.copies_per_loaded), float(found.vesicles_per_loaded)
    (0.9918, 1.004, 121.7)
    """
    mean = require_not_negative("copies_per_vesicle", copies_per_vesicle, "")
    loaded = -np.expm1(-mean)
    some = np.where(loaded > 0.0, loaded, 1.0)
    each = np.where(loaded > 0.0, mean / some, 1.0)  # the limit: the few that are loaded hold one
    return Occupancy(np.exp(-mean), loaded, each, np.where(loaded > 0.0, 1.0 / some, np.inf))


def share_with_at_least(copies: ArrayLike, copies_per_vesicle: ArrayLike) -> Floats:
    """Share of vesicles that hold a number of copies or more.

    Parameters
    ----------
    copies : array_like, shape (draws,)
        k, least number of copies, whole [1].
    copies_per_vesicle : array_like, shape (draws,)
        lambda, mean copies per vesicle, empty ones included [1].

    Returns
    -------
    ndarray, shape (draws,)
        Share of the vesicles [1].

    Raises
    ------
    DomainError
        If k is negative or not whole, or the mean is not positive.

    Notes
    -----
    Poisson, as for `occupancy`: ``P(k, lambda)``, the regularised lower incomplete gamma function; 1 for k = 0.

    Examples
    --------
    At a mean of 1, ``1 - 2/e`` hold two or more:

    >>> float(share_with_at_least(2, 1.0))
    0.2642
    """
    from scipy.special import gammainc

    least = require_not_negative("copies", copies, "")
    require("copies", least, "", least == np.floor(least), "a whole number")
    mean = require_positive("copies_per_vesicle", copies_per_vesicle, "")
    return np.asarray(np.where(least == 0.0, 1.0, gammainc(np.maximum(least, 1.0), mean)))


def copies_for_loaded_share(loaded_share: ArrayLike) -> Floats:
    """Mean copies per vesicle at which a share of the vesicles hold any.

    Parameters
    ----------
    loaded_share : array_like, shape (draws,)
        Share of the vesicles with at least one copy [1].

    Returns
    -------
    ndarray, shape (draws,)
        lambda, mean copies per vesicle, empty ones included [1].

    Raises
    ------
    DomainError
        If the share is not above 0 and below 1.

    Notes
    -----
    Poisson, as for `occupancy`: ``-ln(1 - share)``. No mean loads all vesicles.

    Examples
    --------
    >>> float(copies_for_loaded_share(0.9))
    2.303
    """
    share = np.asarray(loaded_share, dtype=np.float64)
    require("loaded_share", share, "", (share > 0.0) & (share < 1.0), "> 0 and < 1 (a share, not a percentage)")
    return np.asarray(-np.log1p(-share))


def _inner_volume(diameter: ArrayLike, bilayer_thickness: ArrayLike) -> Floats:
    """Give the volume inside the membrane [m3]."""
    return np.asarray(4.0 / 3.0 * np.pi * inner_radius(diameter, bilayer_thickness) ** 3)
