"""Rescigno's indices: the area between two release curves as a share of the area under both."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require
from formulate.similarity.factors import means
from formulate.similarity.results import Floats, Rescigno


def rescigno(time: ArrayLike, reference: ArrayLike, test: ArrayLike) -> Rescigno:
    """Rescigno's indices of two mean profiles.

    Parameters
    ----------
    time : array_like, shape (points,)
        Common times, rising [any unit, the same for both].
    reference, test : array_like, shape (units, points) or (points,)
        Percent released by each unit, or means [%].

    Returns
    -------
    Rescigno
        xi1 and xi2, 0 for equal curves to 1 where one releases nothing [1].

    Raises
    ------
    DomainError
        For fewer than two points, times that do not rise, or two curves that release nothing at all.

    Notes
    -----
    ``xi_i = [integral |R - T|^i dt/integral |R + T|^i dt]^(1/i)``, i = 1, 2, of the means R and T over the times.
    Between times both are taken as straight lines, and the integrals are exact for these: where the lines cross,
    |R - T| has a corner that the trapezoidal rule would miss. Symmetric; free of the unit of time; no limit of
    similarity is agreed. Rescigno, Pharm. Res. 9, 925 (1992), doi:10.1023/A:1015809201503.

    Examples
    --------
    >>> index = rescigno([0.0, 10.0], [0.0, 60.0], [0.0, 20.0])
    >>> index.xi1, index.xi2
    (0.5, 0.5)
    """
    times = np.asarray(time, dtype=np.float64)
    require("points", times.size, "", times.size >= 2, ">= 2", "an area needs two times")
    step = np.diff(times)
    require("time step", step, "", step > 0.0, "> 0", "times must rise")
    mean_reference, mean_test = means(reference, test)
    matching = mean_test.size == times.size
    require("points of the curves", mean_test.size, "", matching, f"{times.size}, one for each time")
    difference, total = mean_reference - mean_test, mean_reference + mean_test
    area, area_of_square = _absolute(step, total), _square(step, total)
    require("area under both curves", area, "", area > 0.0, "> 0", "neither curve releases anything")
    return Rescigno(
        xi1=_absolute(step, difference) / area,
        xi2=float(np.sqrt(_square(step, difference) / area_of_square)),
        time=times,
    )


def _absolute(step: Floats, values: Floats) -> float:
    """Integral of |line| over each step: two triangles where it changes sign."""
    first, last = np.abs(values[:-1]), np.abs(values[1:])
    crossing = values[:-1] * values[1:] < 0.0
    whole = first + last
    triangles = np.divide(first**2 + last**2, whole, out=np.zeros_like(whole), where=crossing)
    return float(np.sum(step * np.where(crossing, triangles, whole) / 2.0))


def _square(step: Floats, values: Floats) -> float:
    first, last = values[:-1], values[1:]
    return float(np.sum(step * (first**2 + first * last + last**2) / 3.0))
