"""Functions of an array that remember their last results: the carriers of a comparison ask for the same ones."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

import numpy as np

from formulate.sampling import Array

Rest = TypeVarTuple("Rest")
Result = TypeVar("Result")


def remembered(
    results: int,
) -> Callable[[Callable[[Array, *Rest], Result]], Callable[[Array, *Rest], Result]]:
    """Have a function of an array, and of further arguments that can be hashed, remember so many results.

    What it gives is handed out again and must not be written to.

    >>> @remembered(results=1)
    ... def doubled(values):
    ...     print("worked out")
    ...     return 2.0 * values
    >>> doubled(np.array([1.0])), doubled(np.array([1.0]))
    worked out
    (array([2.]), array([2.]))
    """

    def remembering(function: Callable[[Array, *Rest], Result]) -> Callable[[Array, *Rest], Result]:
        @lru_cache(maxsize=results)
        def known(shape: tuple[int, ...], values: bytes, *rest: *Rest) -> Result:
            return function(np.frombuffer(values).reshape(shape), *rest)

        @wraps(function)
        def asked(values: Array, *rest: *Rest) -> Result:
            return known(values.shape, values.tobytes(), *rest)

        return asked

    return remembering
