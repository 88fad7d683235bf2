"""What callers give in numbers, taken as what it should be or refused in words."""

from collections.abc import Mapping
from numbers import Real

import numpy as np

from materials.errors import FormulateError, shorten


def shown(given: object) -> str:
    """Write what was given as Python does, and short.

    >>> shown("60%")
    "'60%'"
    """
    return shorten(repr(given))


def number(name: str, given: object) -> float:
    """Give a number.

    Raises
    ------
    FormulateError
        It is something else, such as a text.

    Examples
    --------
    >>> number("level", "95%")
    Traceback (most recent call last):
    materials.errors.FormulateError: level: '95%'; need a number
    """
    if not isinstance(given, Real):
        raise FormulateError(f"{name}: {shown(given)}; need a number")
    return float(given)


def numbers(name: str, given: object) -> dict[str, float]:
    """Give names with a number each; none where None is given.

    Raises
    ------
    FormulateError
        It is no mapping, or something in it is no number.

    Examples
    --------
    >>> numbers("fixed", {"n": 1}), numbers("fixed", None)
    ({'n': 1.0}, {})
    """
    if given is not None and not isinstance(given, Mapping):
        raise FormulateError(f"{name}: {shown(given)}; need names of parameters with a number each")
    return {key: number(f"{name} of {shorten(key)}", value) for key, value in (given or {}).items()}


def bounds_of(given: object) -> dict[str, tuple[float, float]]:
    """Give names with a lower and an upper bound each; none where None is given.

    Raises
    ------
    FormulateError
        It is no mapping, or what a name has is no pair of numbers.

    Examples
    --------
    >>> bounds_of({"n": (0, 1)})
    {'n': (0.0, 1.0)}
    """
    if given is not None and not isinstance(given, Mapping):
        raise FormulateError(f"bounds: {shown(given)}; need names of parameters with a lower and an upper bound each")
    found = {}
    for key, pair in (given or {}).items():
        name = f"bounds of {shorten(key)}"
        if not isinstance(pair, tuple | list | np.ndarray) or len(pair) != 2:
            raise FormulateError(f"{name}: {shown(pair)}; need a lower and an upper one, infinite for none")
        found[key] = (number(name, pair[0]), number(name, pair[1]))
    return found
