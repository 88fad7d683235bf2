"""The course of release laws that have one rate: share released by a dimensionless time, and its slope.

The slope is taken by the logarithm of that time, z dF/dz, which is finite and 0 at the start, where dF/dz is infinite
for diffusion.
"""

from collections.abc import Callable
from functools import cache
from math import pi, sqrt
from typing import Any, NamedTuple

import numpy as np

from formulate.curves.erosion import BAKER_LONSDALE, HOPFENBERG
from formulate.curves.model import Floats
from formulate.curves.zero_first_order import FIRST_ORDER
from formulate.release.diffusion import released_from_sphere
from formulate.release.shapes import CYLINDER_SWITCH, CYLINDER_TERMS, SLAB_SWITCH, released_from_cylinder
from formulate.release.shapes import released_from_slab as _slab

ENDED = 1e4  # of dimensionless time: nothing is left, and no exponential of it is missed
SPHERE_SWITCH = 0.04  # of D t/R**2; short form and six terms of the series are both exact to 1e-9 there
RELAXED = 0.1  # of D t/L**2 since a front reached the closed face; two reflections are 1e-10 there


class Course(NamedTuple):
    """Share released, and z dF/dz, as functions of dimensionless time z."""

    share: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def _sphere_slope(z: Floats) -> Floats:
    root = np.sqrt(np.minimum(z, SPHERE_SWITCH))
    squares = (pi * np.arange(1.0, 7.0)) ** 2
    late = 6.0 * z * np.exp(-squares * np.asarray(z)[..., np.newaxis]).sum(axis=-1)
    return np.asarray(np.where(z < SPHERE_SWITCH, 3.0 * root / sqrt(pi) - 3.0 * root * root, late))


def _slab_share(z: Floats) -> Floats:
    return _slab(z, 1.0, 1.0, "one")


def _slab_slope(z: Floats) -> Floats:
    inverse = 1.0 / np.clip(z, 1e-3, SLAB_SWITCH)  # exp(-1000) is nothing
    early = np.sqrt(np.minimum(z, SLAB_SWITCH) / pi) * (1.0 - 2.0 * np.exp(-inverse) + 2.0 * np.exp(-4.0 * inverse))
    squares = (0.5 * pi * np.arange(1.0, 9.0, 2.0)) ** 2
    late = 2.0 * z * np.exp(-squares * np.asarray(z)[..., np.newaxis]).sum(axis=-1)
    return np.asarray(np.where(z < SLAB_SWITCH, early, late))


def _cylinder_share(z: Floats) -> Floats:
    return released_from_cylinder(z, 1.0, 1.0)


def _cylinder_slope(z: Floats) -> Floats:
    root = np.sqrt(np.minimum(z, CYLINDER_SWITCH))
    # half of the root times the derivative, by the root, of the short form of `released_from_cylinder`
    inner = 0.5 + root * (25.0 / (24.0 * sqrt(pi)) + root * 13.0 / 16.0)
    early = 0.5 * root * (4.0 / sqrt(pi) - root * (2.0 + root * (1.0 / sqrt(pi) + root * inner)))
    late = 4.0 * z * np.exp(-_bessel_squares() * np.asarray(z)[..., np.newaxis]).sum(axis=-1)
    return np.asarray(np.where(z < CYLINDER_SWITCH, early, late))


@cache
def _bessel_squares() -> Floats:
    from scipy.special import jn_zeros

    return np.asarray(jn_zeros(0, CYLINDER_TERMS) ** 2, dtype=np.float64)


SPHERE = Course(released_from_sphere, _sphere_slope)
SLAB = Course(_slab_share, _slab_slope)
CYLINDER = Course(_cylinder_share, _cylinder_slope)


def short_cylinder(squared_aspect: float) -> Course:
    """Give the course of a cylinder open all round: what is left is the product of what each direction leaves.

    Parameters
    ----------
    squared_aspect : float
        Square of radius over half the length [1].

    Returns
    -------
    Course
        By D t/R**2.
    """

    def share(z: Floats) -> Floats:
        return np.asarray(1.0 - (1.0 - _cylinder_share(z)) * (1.0 - _slab_share(z * squared_aspect)))

    def slope(z: Floats) -> Floats:
        along = z * squared_aspect
        side = (1.0 - _slab_share(along)) * _cylinder_slope(z)
        return np.asarray(side + (1.0 - _cylinder_share(z)) * _slab_slope(along))

    return Course(share, slope)


def suspension_slab(saturation: float) -> Course:
    """Give the course of a slab with more drug than it dissolves, open on one face.

    Parameters
    ----------
    saturation : float
        s = cs/c0, solubility in the matrix over drug in it, below 1 [1].

    Returns
    -------
    Course
        By s D t/L**2, L from the open face to the closed one.

    Notes
    -----
    ``F = sqrt((2 - s) z)`` (Higuchi 1961) until the front of solid drug reaches the closed face at ``z = (2 - s)/4``,
    where ``F = 1 - s/2``. From there the concentration, a straight line from 0 to cs, relaxes over
    ``w = (z - (2 - s)/4)/s``: ``1 - F = 2 s sum (-1)**n exp(-l**2 w)/l**3`` with ``l = (n + 1/2) pi``, below w = 0.1
    the same as ``1 - F = s [1/2 - w + 8 w i2erfc(1/(2 sqrt(w)))]``. The rate does not jump where the two meet.
    """
    emptied = (2.0 - saturation) / 4.0
    roots = pi * (np.arange(12.0) + 0.5)
    signs = np.where(np.arange(12) % 2, -2.0, 2.0)

    def since(z: Floats) -> Floats:
        return np.asarray(np.clip((z - emptied) / saturation, 0.0, ENDED))

    def left(elapsed: Floats) -> tuple[Floats, Floats]:
        """Drug left once the front is through, over cs L, and minus its derivative by w."""
        from scipy.special import erfc

        terms = signs / roots**3 * np.exp(-(roots**2) * elapsed[..., np.newaxis])
        early = np.clip(elapsed, 1e-3, RELAXED)  # the exponentials below are nothing at 1e-3
        x = 0.5 / np.sqrt(early)
        tail = erfc(x)
        reached = 2.0 * early * ((1.0 + 2.0 * x * x) * tail - 2.0 * x * np.exp(-x * x) / sqrt(pi))
        soon = elapsed < RELAXED
        return (
            np.where(soon, 0.5 - elapsed + reached, terms.sum(axis=-1)),
            np.where(soon, 1.0 - 2.0 * tail, (terms * roots**2).sum(axis=-1)),
        )

    def share(z: Floats) -> Floats:
        front = np.sqrt((2.0 - saturation) * np.minimum(z, emptied))
        return np.asarray(np.where(z < emptied, front, 1.0 - saturation * left(since(z))[0]))

    def slope(z: Floats) -> Floats:
        front = 0.5 * np.sqrt((2.0 - saturation) * np.minimum(z, emptied))
        return np.asarray(np.where(z < emptied, front, z * left(since(z))[1]))

    return Course(share, slope)


def saturated_reservoir(saturation: float) -> Course:
    """Give the course of a core that holds solid drug behind a membrane: constant rate, then first order.

    Parameters
    ----------
    saturation : float
        s = cs/c0, solubility in the core over drug in it, below 1 [1].

    Returns
    -------
    Course
        By s P A t/V.

    Notes
    -----
    ``F = z`` until the solid is gone at ``z = 1 - s``, then ``1 - F = s exp(-(z - (1 - s))/s)``.
    """
    dissolved = 1.0 - saturation

    def left(z: Floats) -> Floats:
        return np.asarray(np.exp(-np.clip((z - dissolved) / saturation, 0.0, ENDED)))

    def share(z: Floats) -> Floats:
        return np.asarray(np.where(z < dissolved, z, 1.0 - saturation * left(z)))

    def slope(z: Floats) -> Floats:
        return np.asarray(z * left(z))

    return Course(share, slope)


def _of_rate(curve: Callable[..., Any], slopes: Callable[..., Any], *rest: float) -> Course:
    """Give the course of an empirical law with one rate, as its rate times time is the dimensionless time."""

    def share(z: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(0.01 * curve(z, 1.0, *rest))

    def slope(z: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(0.01 * slopes(z, 1.0, *rest)[1][0])

    return Course(share, slope)


EXPONENTIAL = _of_rate(FIRST_ORDER.curve, FIRST_ORDER.slopes)
DISSOLVING_FRONT = _of_rate(BAKER_LONSDALE.curve, BAKER_LONSDALE.slopes)


def shrinking(shape: float) -> Course:
    """Give the course ``F = 1 - (1 - z)**n`` of a body that shrinks from outside in.

    Parameters
    ----------
    shape : float
        n: 1 slab, 2 cylinder, 3 sphere, 3/2 small dissolving sphere [1].

    Returns
    -------
    Course
        Ends at z = 1.
    """
    return _of_rate(HOPFENBERG.curve, HOPFENBERG.slopes, shape)
