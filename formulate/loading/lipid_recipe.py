"""Masses of the lipids to weigh for a suspension of vesicles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_positive
from formulate.loading.lipids import mean_molar_mass

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class LipidRecipe:
    """What to weigh.

    Attributes
    ----------
    masses : ndarray, shape (lipids, draws)
        Mass of each lipid, in the order given [kg].
    total_mass : ndarray, shape (draws,)
        Mass of all lipids [kg].
    mole_fractions : ndarray, shape (lipids, draws)
        Mole fraction of each lipid [1].
    mean_molar_mass : ndarray, shape (draws,)
        Molar mass of the mixture, mean over mole fractions [kg/mol].
    lipid_concentration : ndarray, shape (draws,)
        Amount of all lipid per volume [mol/m**3].
    """

    masses: Floats
    total_mass: Floats
    mole_fractions: Floats
    mean_molar_mass: Floats
    lipid_concentration: Floats


def lipid_recipe(
    amounts: Sequence[ArrayLike],
    molar_masses: Sequence[ArrayLike],
    lipid_concentration: ArrayLike,
    volume: ArrayLike,
) -> LipidRecipe:
    """Mass of each lipid for a volume of suspension, from mole shares and the total amount of lipid.

    Parameters
    ----------
    amounts : sequence of array_like, each shape (draws,)
        Moles of each lipid, on any scale: mol%, parts of a molar ratio, mole fractions [1].
    molar_masses : sequence of array_like, each shape (draws,)
        Molar mass of each lipid as it is weighed [kg/mol].
    lipid_concentration : array_like, shape (draws,)
        Amount of all lipid per volume, cholesterol included [mol/m**3].
    volume : array_like, shape (draws,)
        Volume of suspension [m**3].

    Returns
    -------
    LipidRecipe
        Masses, their sum, mole fractions and mean molar mass.

    Raises
    ------
    DomainError
        If an amount is negative, all are zero, another value is not positive, or there is not one molar mass for
        each amount.

    Notes
    -----
    ``m_i = x_i M_i C V`` with ``x_i`` the share of lipid i in all moles. No loss in the film, in filters or in
    extrusion. Source: definition.

    Examples
    --------
    HSPC, cholesterol and MPEG-DSPE 56.6:38.2:5.3 at 21.6 mmol/L in 1 mL, in mg:

    >>> made = lipid_recipe([56.6, 38.2, 5.3], [0.7838, 0.38665, 2.8055], 21.6, 1e-6)
    >>> (made.masses * 1e6).round(2)
    array([9.57, 3.19, 3.21])
    """
    mean = mean_molar_mass(amounts, molar_masses)
    concentration = require_positive("lipid_concentration", lipid_concentration, "mol/m**3")
    moles = concentration * require_positive("volume", volume, "m**3")
    parts = np.stack(np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in amounts)))
    shares = parts / parts.sum(axis=0)
    each = [share * np.asarray(molar) * moles for share, molar in zip(shares, molar_masses, strict=True)]
    return LipidRecipe(
        masses=np.stack(np.broadcast_arrays(*each)),
        total_mass=np.asarray(mean * moles),
        mole_fractions=np.asarray(shares),
        mean_molar_mass=mean,
        lipid_concentration=concentration,
    )


def lipid_recipe_from_mass(
    amounts: Sequence[ArrayLike],
    molar_masses: Sequence[ArrayLike],
    lipid_mass_concentration: ArrayLike,
    volume: ArrayLike,
) -> LipidRecipe:
    """Mass of each lipid for a volume of suspension, from mole shares and the total mass of lipid.

    Parameters
    ----------
    amounts : sequence of array_like, each shape (draws,)
        Moles of each lipid, on any scale: mol%, parts of a molar ratio, mole fractions [1].
    molar_masses : sequence of array_like, each shape (draws,)
        Molar mass of each lipid as it is weighed [kg/mol].
    lipid_mass_concentration : array_like, shape (draws,)
        Mass of all lipid per volume, cholesterol included [kg/m**3].
    volume : array_like, shape (draws,)
        Volume of suspension [m**3].

    Returns
    -------
    LipidRecipe
        Masses, their sum, mole fractions and mean molar mass.

    Raises
    ------
    DomainError
        As for `lipid_recipe`.

    Notes
    -----
    `lipid_recipe` with ``C = c/sum x_i M_i``. Source: definition.

    Examples
    --------
    Equal moles of lipids of 600 and 400 g/mol, 10 mg/mL, 2 mL, in mg:

    >>> (lipid_recipe_from_mass([1.0, 1.0], [0.6, 0.4], 10.0, 2e-6).masses * 1e6).round(3)
    array([12.,  8.])
    """
    mass = require_positive("lipid_mass_concentration", lipid_mass_concentration, "kg/m**3")
    return lipid_recipe(amounts, molar_masses, mass / mean_molar_mass(amounts, molar_masses), volume)
