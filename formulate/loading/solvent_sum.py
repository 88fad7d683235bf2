"""Residual solvent of a product that is made of several parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive
from formulate.loading.residual_solvent import residual_solvent_per_dose

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class SolventSum:
    """One solvent in all parts of a product.

    Attributes
    ----------
    solvent : ndarray, shape (draws,)
        Solvent in all parts together, of one day where the masses are those of a day [kg].
    residual_content : ndarray, shape (draws,)
        Solvent per product [kg/kg].
    product_mass : ndarray, shape (draws,)
        Mass of all parts [kg].
    each : ndarray, shape (parts, draws)
        Solvent in each part, in the order given [kg].
    """

    solvent: Floats
    residual_content: Floats
    product_mass: Floats
    each: Floats


def residual_solvent_sum(masses: Sequence[ArrayLike], contents: Sequence[ArrayLike]) -> SolventSum:
    """Solvent that the parts of a product bring along together, and its content in the product.

    Parameters
    ----------
    masses : sequence of array_like, each shape (draws,)
        Mass of each part, drug and excipients, in what is given in a day [kg].
    contents : sequence of array_like, each shape (draws,)
        Solvent per mass of each part, as 800 ppm [kg/kg].

    Returns
    -------
    SolventSum
        Solvent in all, per product, and in each part.

    Raises
    ------
    DomainError
        If there are no parts, a mass is not positive, a content is not in 0..1, or there is not one for each mass.

    Notes
    -----
    ``m = sum w_i m_i``, per product ``w = m/sum m_i``. Option 2 of the guideline: the sum is held against the
    permitted daily exposure. Solvent that making the product drives off or adds is not in it.
    Source: ICH Q3C(R8) [ich2021]_, 3.3.

    Examples
    --------
    Acetonitrile in 0.3 g of drug and two excipients of 0.9 and 3.8 g, in mg and ppm:

    >>> found = residual_solvent_sum([0.3e-3, 0.9e-3, 3.8e-3], [800e-6, 2000e-6, 800e-6])
    >>> float(found.solvent) * 1e6, float(found.residual_content) * 1e6
    (5.08, 1016.0)
    """
    require("number of masses", len(masses), "", len(masses) > 0, "at least one part")
    need = f"{len(masses)}, one for each part"
    require("number of contents", len(contents), "", len(contents) == len(masses), need)
    weights = [require_positive("masses", mass, "kg") for mass in masses]
    each = [residual_solvent_per_dose(content, weight) for content, weight in zip(contents, weights, strict=True)]
    parts = np.stack(np.broadcast_arrays(*each))
    product = np.asarray(np.sum(np.broadcast_arrays(*weights), axis=0))
    solvent = np.asarray(parts.sum(axis=0))
    return SolventSum(solvent, np.asarray(solvent / product), product, parts)
