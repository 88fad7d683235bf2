"""Classes of extracellular vesicles by size: what they share, and which share of a preparation falls in one.

The ranges come from whoever defines the classes: no definition is held here.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class SizeOverlap:
    """Diameters that two classes of vesicles share.

    Attributes
    ----------
    smallest : ndarray, shape (draws,)
        Lower end of the shared range [m].
    largest : ndarray, shape (draws,)
        Upper end of the shared range [m].
    """

    smallest: Floats
    largest: Floats


def size_overlap(
    first_smallest: ArrayLike, first_largest: ArrayLike, second_smallest: ArrayLike, second_largest: ArrayLike
) -> SizeOverlap:
    """Diameters that fit two classes of vesicles, so that size does not tell them apart.

    Parameters
    ----------
    first_smallest : array_like, shape (draws,)
        Least diameter of the first class [m].
    first_largest : array_like, shape (draws,)
        Largest diameter of the first class [m].
    second_smallest : array_like, shape (draws,)
        Least diameter of the second class [m].
    second_largest : array_like, shape (draws,)
        Largest diameter of the second class [m].

    Returns
    -------
    SizeOverlap
        The range that both classes hold.

    Raises
    ------
    DomainError
        If an end is not positive, a class ends below its start, or the classes share no size.

    Notes
    -----
    ``max`` of the lower ends to ``min`` of the upper ends.

    Examples
    --------
    Exosomes of 30 to 150 nm, microvesicles of 50 to 1000 nm:

    >>> shared = size_overlap(30e-9, 150e-9, 50e-9, 1000e-9)
    >>> float(shared.smallest) * 1e9, float(shared.largest) * 1e9
    (50.0, 150.0)
    """
    first = _range("first", first_smallest, first_largest)
    second = _range("second", second_smallest, second_largest)
    low, high = np.maximum(first[0], second[0]), np.minimum(first[1], second[1])
    require("smallest", low, "m", low <= high, "<= largest of the other class", "the classes share no size")
    return SizeOverlap(low, high)


def share_within(
    diameter: ArrayLike, coefficient_of_variation: ArrayLike, smallest: ArrayLike, largest: ArrayLike
) -> Floats:
    """Share of vesicles whose size falls in a range.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Number mean of the diameter [m].
    coefficient_of_variation : array_like, shape (draws,)
        CV of the number distribution [1].
    smallest : array_like, shape (draws,)
        Least diameter of the range [m].
    largest : array_like, shape (draws,)
        Largest diameter of the range [m].

    Returns
    -------
    ndarray, shape (draws,)
        Share of the vesicles, by number [1].

    Raises
    ------
    DomainError
        If a length is not positive, CV is negative, or the range ends below its start.

    Notes
    -----
    Lognormal: ``ln d ~ N(ln m, s^2)`` with ``s^2 = ln(1 + CV^2)`` and ``ln m = ln <d> - s^2/2``. A range is a
    definition by size alone: what is in it need not have come from the endosome or the plasma membrane.

    Examples
    --------
    Mean 150 nm, CV 0.3; a little more than half is below the mean of a lognormal:

    >>> float(share_within(150e-9, 0.3, 1e-12, 150e-9))
    0.558
    """
    from scipy.special import ndtr

    mean = require_positive("diameter", diameter, "m")
    variation = require_not_negative("coefficient_of_variation", coefficient_of_variation, "")
    low, high = _range("", smallest, largest)
    spread = np.sqrt(np.log1p(variation**2))
    median = np.log(mean) - spread**2 / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        below_low, below_high = (ndtr((np.log(end) - median) / spread) for end in (low, high))
    one_size = (low <= mean) & (mean <= high)
    return np.asarray(np.where(spread > 0.0, below_high - below_low, one_size.astype(np.float64)))


def _range(which: str, smallest: ArrayLike, largest: ArrayLike) -> tuple[Floats, Floats]:
    name = f"{which}_" if which else ""
    low = require_positive(f"{name}smallest", smallest, "m")
    high = require_positive(f"{name}largest", largest, "m")
    require(f"{name}largest", high, "m", low <= high, "at least the smallest")
    return low, high
