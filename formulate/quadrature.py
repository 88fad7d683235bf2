"""Points and weights of integrals, worked out once."""

from functools import cache

import numpy as np

from formulate.sampling import Array


@cache
def gauss_legendre(count: int) -> tuple[Array, Array]:
    """Give the points between -1 and 1 and the weights of Gauss and Legendre, each (count,), not to be changed.

    Exact for polynomials of a degree below twice the count.

    >>> points, weights = gauss_legendre(2)  # of x**2 over -1 to 1: 2/3
    >>> round(float(weights @ points**2), 6)
    0.666667
    """
    points, weights = np.polynomial.legendre.leggauss(count)
    points.setflags(write=False)
    weights.setflags(write=False)
    return points, weights
