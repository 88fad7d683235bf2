"""Input checks shared by the calculators: each gives the values as an array of floats or refuses them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from materials.errors import DomainError

# of closed forms that give shares; a real fall or excess is far larger
ROUNDING = 1e-10


def require(
    name: str, values: ArrayLike, unit: str, holds: ArrayLike, need: str, hint: str = ""
) -> NDArray[np.float64]:
    """Give `values` as floats, provided that `holds` is true for each of them.

    Parameters
    ----------
    name : str
        Name of the argument, as the caller knows it.
    values : array_like
        What was given [`unit`].
    unit : str
        SI unit of `values`; empty for a pure number.
    holds : array_like of bool
        Whether each value is acceptable; broadcasts against `values`. False for NaN, if made by comparison.
    need, hint : str
        What would be accepted, and what to do instead.

    Returns
    -------
    ndarray
        `values` in their own shape [`unit`].

    Raises
    ------
    DomainError
        For the first value, in row order, that does not hold.

    Examples
    --------
    >>> require("pH", [7.4, 15.0], "", [True, False], "0 to 14")
    Traceback (most recent call last):
    materials.errors.DomainError: pH = 15; need 0 to 14
    """
    given = np.asarray(values, dtype=np.float64)
    accepted = np.asarray(holds, dtype=np.bool_)
    if not accepted.all():
        given_wide, accepted_wide = np.broadcast_arrays(given, accepted)
        raise DomainError(name, float(given_wide[~accepted_wide][0]), unit, need, hint)
    return given


def require_positive(name: str, values: ArrayLike, unit: str) -> NDArray[np.float64]:
    """Give `values` as floats, provided that each is finite and above zero.

    Parameters
    ----------
    name : str
        Name of the argument, as the caller knows it.
    values : array_like
        What was given [`unit`].
    unit : str
        SI unit of `values`; empty for a pure number.

    Returns
    -------
    ndarray
        `values` in their own shape [`unit`].

    Raises
    ------
    DomainError
        For the first value that is zero, negative, infinite or NaN.

    Examples
    --------
    >>> require_positive("radius", [1e-6, 0.0], "m")
    Traceback (most recent call last):
    materials.errors.DomainError: radius = 0 m; need > 0 and finite
    """
    given = np.asarray(values, dtype=np.float64)
    return require(name, given, unit, (given > 0.0) & np.isfinite(given), "> 0 and finite")


def require_not_negative(name: str, values: ArrayLike, unit: str) -> NDArray[np.float64]:
    """Give `values` as floats, provided that each is finite and not below zero.

    Parameters
    ----------
    name : str
        Name of the argument, as the caller knows it.
    values : array_like
        What was given [`unit`].
    unit : str
        SI unit of `values`; empty for a pure number.

    Returns
    -------
    ndarray
        `values` in their own shape [`unit`].

    Raises
    ------
    DomainError
        For the first value that is negative, infinite or NaN.

    Examples
    --------
    >>> require_not_negative("time", [0.0, -1.0], "s")
    Traceback (most recent call last):
    materials.errors.DomainError: time = -1 s; need >= 0 and finite
    """
    given = np.asarray(values, dtype=np.float64)
    return require(name, given, unit, (given >= 0.0) & np.isfinite(given), ">= 0 and finite")


def require_fraction(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Give `values` as floats, provided that each is a share from 0 to 1.

    Parameters
    ----------
    name : str
        Name of the argument, as the caller knows it.
    values : array_like
        What was given [1].

    Returns
    -------
    ndarray
        `values` in their own shape [1].

    Raises
    ------
    DomainError
        For the first value below 0, above 1 or NaN.

    Examples
    --------
    >>> require_fraction("burst_fraction", 25.0)
    Traceback (most recent call last):
    materials.errors.DomainError: burst_fraction = 25; need 0 to 1 (a share, not a percentage)
    """
    given = np.asarray(values, dtype=np.float64)
    holds = (given >= 0.0) & (given <= 1.0)
    return require(name, given, "", holds, "0 to 1", "a share, not a percentage")


def require_cumulative(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Give `values` with a leading axis of draws, provided that they are shares that do not fall.

    Parameters
    ----------
    name : str
        Name of the argument, as the caller knows it.
    values : array_like, shape (draws, times)
        What was given [1].

    Returns
    -------
    ndarray, shape (draws, times)
        `values` [1]; what rounding leads above 1 is 1.

    Raises
    ------
    DomainError
        For the first value below 0, above 1 or NaN, or where they fall by more than rounding.

    Examples
    --------
    >>> require_cumulative("inner_released", [0.0, 0.5, 0.4])
    Traceback (most recent call last):
    materials.errors.DomainError: inner_released = 0.4; need shares that do not fall
    """
    shares = np.atleast_2d(np.asarray(values, dtype=np.float64))
    above = (shares > 1.0) & (shares <= 1.0 + ROUNDING)  # a sum of shares may end there
    given = require_fraction(name, np.where(above, 1.0, shares))
    require(name, given[:, 1:], "", np.diff(given, axis=-1) >= -ROUNDING, "shares that do not fall")
    return given
