"""What a balance is asked for: raw material for a pure mass, the least it can weigh, masses rounded to add up."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

REPEATABILITY = 0.41  # of the readability, the smallest standard deviation a balance is credited with
WEIGHING_ERROR = 1e-3  # two standard deviations over the mass weighed, at most
FINEST = 1e9  # last digits in the largest mass: more than any balance resolves, and well within a float


def mass_to_weigh(
    pure_mass: ArrayLike, assay: ArrayLike = 1.0, moisture: ArrayLike = 0.0, salt_factor: ArrayLike = 1.0
) -> Floats:
    """Mass of a raw material that holds a mass of the pure substance.

    Parameters
    ----------
    pure_mass : array_like, shape (draws,)
        Pure substance wanted, as the free acid or base [kg].
    assay : array_like, shape (draws,), optional
        Share of the dried material that is the substance, in the form weighed; 1 if not given [1].
    moisture : array_like, shape (draws,), optional
        Water and solvent in the material as is, from loss on drying; 0 if not given [1].
    salt_factor : array_like, shape (draws,), optional
        Molar mass of the form weighed (salt, hydrate) over that of the free substance; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        Material to weigh, as is [kg].

    Raises
    ------
    DomainError
        If the mass is negative, the assay is not above 0 and at most 1, the moisture is not a share below 1, or
        the salt factor is below 1.

    Notes
    -----
    ``m = pure_mass salt_factor/(assay (1 - moisture))``, for an assay on the dried basis. An assay on the material
    as is counts its water already: give it with moisture 0. Water of a hydrate belongs to the salt factor or to the
    moisture, not to both.

    Examples
    --------
    100 mg of a base weighed as its hydrochloride of 98 % and 2 % water, 1.0730 times as heavy:

    >>> float(mass_to_weigh(100e-6, 0.98, 0.02, 1.0730)) * 1e6
    111.7
    """
    pure = require_not_negative("pure_mass", pure_mass, "kg")
    content = require_positive("assay", require_fraction("assay", assay), "")
    water = require_fraction("moisture", moisture)
    require("moisture", water, "", water < 1.0, "< 1", "the material would be water alone")
    factor = require_positive("salt_factor", salt_factor, "")
    need, hint = ">= 1", "the form weighed over the free substance, not the other way round"
    require("salt_factor", factor, "", factor >= 1.0, need, hint)
    return np.asarray(pure * factor / (content * (1.0 - water)))


def smallest_weighable(readability: ArrayLike) -> Floats:
    """Smallest mass that a balance can weigh to one part in a thousand.

    Parameters
    ----------
    readability : array_like, shape (draws,)
        Last digit of the balance, as 0.1 mg [kg].

    Returns
    -------
    ndarray, shape (draws,)
        Smallest net mass [kg].

    Raises
    ------
    DomainError
        If the readability is not positive.

    Notes
    -----
    ``m = 2 s/0.001`` with the standard deviation of a repeated weighing s at its floor of 0.41 of the readability:
    820 last digits. A balance that repeats worse, or stands in a draught, needs more. Weigh a stock and dilute it
    where less is wanted. Source: USP general chapter 41, Balances.

    Examples
    --------
    A balance that reads 0.1 mg, in mg:

    >>> float(smallest_weighable(1e-7)) * 1e6
    82.0
    """
    digit = require_positive("readability", readability, "kg")
    return np.asarray(2.0 * REPEATABILITY * digit / WEIGHING_ERROR)


@dataclass(frozen=True)
class RoundedMasses:
    """Masses of a recipe as a balance shows them, with a total that they add up to.

    Attributes
    ----------
    rounded : ndarray, shape (parts,)
        Each mass as a whole number of last digits [kg].
    total : float
        Sum of the rounded masses, which is the exact sum rounded [kg].
    moved : ndarray, shape (parts,)
        What rounding added to each mass; it adds up to less than one last digit [kg].
    """

    rounded: Floats
    total: float
    moved: Floats


def round_to_balance(masses: ArrayLike, readability: float) -> RoundedMasses:
    """Masses rounded to the last digit of a balance, so that the rounded ones still add up.

    Parameters
    ----------
    masses : array_like, shape (parts,)
        Parts of one whole, such as the product and the losses of a batch [kg].
    readability : float
        Last digit of the balance [kg].

    Returns
    -------
    RoundedMasses
        The rounded masses, their sum, and what rounding moved.

    Raises
    ------
    DomainError
        If a mass is negative or has more digits than a balance can show, or the readability is not positive.

    Notes
    -----
    Largest remainders: each mass is cut to whole digits, and the digits missing from the rounded sum go to the masses
    that lost most. No mass moves by a whole digit, and ``sum(rounded) = round(sum(masses))``. Rounding each to
    its nearest digit would leave tables whose rows do not add up.

    Examples
    --------
    Three parts of 0.4 mg are 1.2 mg, to the whole milligram 1:

    >>> made = round_to_balance([0.4e-6, 0.4e-6, 0.4e-6], 1e-6)
    >>> (made.rounded * 1e6).tolist(), made.total * 1e6
    ([1.0, 0.0, 0.0], 1.0)
    """
    parts = np.atleast_1d(require_not_negative("masses", masses, "kg"))
    digit = float(require_positive("readability", readability, "kg"))
    digits = parts / digit
    require("masses", parts, "kg", digits <= FINEST, f"<= {FINEST:g} last digits", "no balance resolves that")
    whole = np.round(digits)  # of a mass that is a whole number of digits but for the last bits of a float
    cut = np.where(np.abs(digits - whole) < 1e-6, whole, np.floor(digits))
    missing = int(np.floor(digits.sum() + 0.5) - cut.sum())
    first = np.argsort(-(digits - cut), kind="stable")[:missing]
    cut[first] += 1.0
    rounded = cut * digit
    return RoundedMasses(rounded, float(cut.sum() * digit), rounded - parts)
