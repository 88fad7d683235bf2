"""The pH that vesicles need inside to gather a drug to a wanted ratio."""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive
from formulate.loading.remote import Kind, accumulation_ratio

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class NeededGradient:
    """The pH gradient for a ratio of concentrations.

    Attributes
    ----------
    ph_inside : ndarray, shape (draws,)
        pH of the inner water once the drug is in [1].
    ph_difference : ndarray, shape (draws,)
        Difference of pH between inside and outside, above zero [1].
    """

    ph_inside: Floats
    ph_difference: Floats


def ph_for_accumulation(
    wanted_ratio: ArrayLike, pka: ArrayLike, ph_outside: ArrayLike, kind: Kind = "base"
) -> NeededGradient:
    """Inner pH, and difference of pH, for a wanted ratio of the concentrations inside and outside.

    Parameters
    ----------
    wanted_ratio : array_like, shape (draws,)
        R, drug in the inner water over drug in the outer water, ion and neutral drug together, at least 1 [1].
    pka : array_like, shape (draws,)
        pKa of the drug, of its conjugate acid if it is a base [1].
    ph_outside : array_like, shape (draws,)
        pH of the outer water [1].
    kind : {"base", "acid"}, optional
        Whether the drug is a weak base or a weak acid.

    Returns
    -------
    NeededGradient
        Inner pH and difference.

    Raises
    ------
    DomainError
        If the ratio is below 1, a pH or pKa out of range, or the inner pH would have to be outside 0..14.

    Notes
    -----
    Base ``pH_in = pKa - log10(R (1 + 10**(pKa - pH_out)) - 1)``, acid
    ``pH_in = pKa + log10(R (1 + 10**(pH_out - pKa)) - 1)``, the inverse of `accumulation_ratio`. Far below the pKa of
    a base it is one unit of pH for each factor of ten. It is the pH that must be left after loading.
    Source: Henderson-Hasselbalch on both sides of the bilayer.

    Examples
    --------
    A base of pKa 8.2 a thousandfold, from outside at 7.4:

    >>> float(ph_for_accumulation(1000.0, 8.2, 7.4).ph_inside)
    4.336
    """
    ratio = require_positive("wanted_ratio", wanted_ratio, "")
    hint = "a drug that shall leave the vesicles needs no gradient"
    require("wanted_ratio", ratio, "", ratio >= 1.0, ">= 1", hint)
    outside = np.asarray(ph_outside, dtype=np.float64)
    accumulation_ratio(pka, outside, outside, kind)  # refuses a pKa or a pH that is none
    match kind:
        case "base":
            sign = -1.0
        case "acid":
            sign = 1.0
        case _:
            assert_never(kind)
    distance = sign * (outside - np.asarray(pka, dtype=np.float64))
    # ion per neutral drug inside; R (1 + x) - 1 as (R - 1) + R x, which keeps its digits near R = 1
    ionised = (ratio - 1.0) + ratio * 10.0**distance
    with np.errstate(divide="ignore"):  # nothing ionised at all: refused below
        inside = np.asarray(np.asarray(pka, dtype=np.float64) + sign * np.log10(ionised))
    reachable = (inside >= 0.0) & (inside <= 14.0)
    require(
        "wanted_ratio", ratio, "", reachable, "one that an inner pH of 0 to 14 can reach", "the gradient is too steep"
    )
    return NeededGradient(inside, np.asarray(sign * (inside - outside)))
