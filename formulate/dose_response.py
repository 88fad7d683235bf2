"""How an effect follows a level: relations a user may choose, as shares of the largest effect."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.sampling import Array


def sigmoid_effect(level: ArrayLike, half_level: ArrayLike, steepness: ArrayLike = 1.0) -> Array:
    """Effect that rises with a level and saturates: Emax, and with a steepness sigmoid Emax.

    Parameters
    ----------
    level : array_like, shape (draws, times)
        L, a concentration [mol/m**3]; any other unit as well, a number of cells among them.
    half_level : array_like, shape (draws, 1)
        L50, the level of half the largest effect [mol/m**3], in the unit of the level.
    steepness : array_like, shape (draws, 1), optional
        n, Hill's coefficient; 1 is plain Emax [1].

    Returns
    -------
    ndarray, shape (draws, times)
        E, of the largest effect [1].

    Raises
    ------
    DomainError
        If a level is negative, or the half level or steepness is not above zero.

    Notes
    -----
    ``E = L^n/(L50^n + L^n)``; the effect follows the level at once. Source of the form: Hill's equation, as Emax in
    pharmacodynamics (holford1981).

    Examples
    --------
    >>> sigmoid_effect([0.0, 1.0, 3.0], 1.0, 2.0)
    array([0. , 0.5, 0.9])
    """
    ratio = _ratio(level, half_level, steepness)
    return np.asarray(1.0 / (1.0 + ratio))


def inhibitory_effect(level: ArrayLike, half_level: ArrayLike, steepness: ArrayLike = 1.0) -> Array:
    """Effect that is largest at the lowest level and falls as the level rises.

    Parameters
    ----------
    level : array_like, shape (draws, times)
        L, a concentration [mol/m**3]; any other unit as well, a number of cells among them.
    half_level : array_like, shape (draws, 1)
        L50, the level at which half of the effect is left [mol/m**3], in the unit of the level.
    steepness : array_like, shape (draws, 1), optional
        n [1].

    Returns
    -------
    ndarray, shape (draws, times)
        E, of the effect at the lowest level [1]; none where there is nothing at all.

    Raises
    ------
    DomainError
        If a level is negative, or the half level or steepness is not above zero.

    Notes
    -----
    ``E = L50^n/(L50^n + L^n)`` for L above 0: less does better, but nothing does nothing. For a dose-response told as
    inverted, such as fewer cells that did better than more.

    Examples
    --------
    >>> inhibitory_effect([0.0, 1.0, 3.0], 1.0, 2.0)
    array([0. , 0.5, 0.1])
    """
    ratio = _ratio(level, half_level, steepness)
    given = np.asarray(level, dtype=np.float64) > 0.0
    return np.asarray(np.where(given, 1.0 - 1.0 / (1.0 + ratio), 0.0))


def bell_effect(level: ArrayLike, half_level: ArrayLike, falling_level: ArrayLike, steepness: ArrayLike = 1.0) -> Array:
    """Effect that rises with a level, is largest between two, and falls again: a bell on a logarithmic axis.

    Parameters
    ----------
    level : array_like, shape (draws, times)
        L, a concentration [mol/m**3]; any other unit as well, a number of cells among them.
    half_level : array_like, shape (draws, 1)
        L50, half level of the rising arm [mol/m**3], in the unit of the level.
    falling_level : array_like, shape (draws, 1)
        L2, half level of the falling arm, above L50 [mol/m**3].
    steepness : array_like, shape (draws, 1), optional
        n of both arms [1].

    Returns
    -------
    ndarray, shape (draws, times)
        E, of the largest effect [1].

    Raises
    ------
    DomainError
        If a level is negative, a half level or steepness not above zero, or the falling level not above the rising.

    Notes
    -----
    ``E = (1 + (L50/L2)^(n/2))^2/((1 + (L50/L)^n)(1 + (L/L2)^n))``: the product of a rising and a falling sigmoid over
    its largest value, which it has at ``sqrt(L50 L2)``. With L2 far above L50 the two arms are plain sigmoids.

    Examples
    --------
    >>> bell_effect([0.0, 1.0, 10.0, 100.0], 1.0, 100.0)
    array([0.  , 0.5990, 1.  , 0.5990])
    """
    rising, falling = _ratio(level, half_level, steepness), _ratio(level, falling_level, steepness)
    low, high = np.asarray(half_level, dtype=np.float64), np.asarray(falling_level, dtype=np.float64)
    require("falling_level", high, "", high > low, "above half_level", "a bell rises before it falls")
    top = (1.0 + (low / high) ** (np.asarray(steepness, dtype=np.float64) / 2.0)) ** 2
    with np.errstate(divide="ignore"):
        return np.asarray(top / ((1.0 + rising) * (1.0 + 1.0 / falling)))


def _ratio(level: ArrayLike, half_level: ArrayLike, steepness: ArrayLike) -> Array:
    """Give (L50/L)^n, infinite where there is nothing."""
    found = require_not_negative("level", level, "")
    half = require_positive("half_level", half_level, "")
    power = require_positive("steepness", steepness, "")
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray((half / found) ** power)
