"""Copies in extracellular vesicles from numbers by mass of protein, and the share with exactly so many."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.loading.extracellular_vesicles import copies_from_amount

Floats: TypeAlias = NDArray[np.float64]


def copies_per_vesicle_from_protein(cargo_per_protein: ArrayLike, particles_per_protein_mass: ArrayLike) -> Floats:
    """Mean copies per vesicle, from cargo and vesicles by mass of protein.

    Parameters
    ----------
    cargo_per_protein : array_like, shape (draws,)
        Cargo found per protein of the preparation; 1 pmol/ug is 1e-3 mol/kg [mol/kg].
    particles_per_protein_mass : array_like, shape (draws,)
        Vesicles per mass of protein; 1e9 per ug is 1e18/kg [1/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Copies per vesicle, the mean over all vesicles, empty ones included [1].

    Raises
    ------
    DomainError
        If the cargo is negative or the number of vesicles not positive.

    Notes
    -----
    ``copies = (n_cargo/m_protein) N_A/(particles/m_protein)``. Between preparations vesicles run over 2e9 to 3e10 per
    ug of protein, so an assumed ratio leaves the copies open by a factor of 15. Source: counting.

    Examples
    --------
    1 pmol per ug at 1e10 vesicles per ug:

    >>> float(copies_per_vesicle_from_protein(1e-12 / 1e-9, 1e10 / 1e-9))
    60.22
    """
    cargo = require_not_negative("cargo_per_protein", cargo_per_protein, "mol/kg")
    return copies_from_amount(cargo, require_positive("particles_per_protein_mass", particles_per_protein_mass, "1/kg"))


def share_with_exactly(copies: ArrayLike, copies_per_vesicle: ArrayLike) -> Floats:
    """Share of vesicles that hold exactly a number of copies.

    Parameters
    ----------
    copies : array_like, shape (draws,)
        k, number of copies, whole [1].
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
    Poisson: ``P(k) = exp(-lambda) lambda^k/k!``. Vesicles of one size, each copy on its own; see
    `formulate.loading.vesicle_occupancy.occupancy` for what breaks it. Source: Poisson distribution.

    Examples
    --------
    At a mean of 1, ``1/(2 e)`` hold two:

    >>> float(share_with_exactly(2, 1.0))
    0.1839
    """
    from scipy.special import gammaln

    number = require_not_negative("copies", copies, "")
    require("copies", number, "", number == np.floor(number), "a whole number")
    mean = require_positive("copies_per_vesicle", copies_per_vesicle, "")
    return np.asarray(np.exp(number * np.log(mean) - mean - gammaln(number + 1.0)))
