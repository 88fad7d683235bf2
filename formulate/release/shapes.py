"""Release by diffusion from a slab, a cylinder and a sphere: evenly loaded, all drug dissolved, perfect sink.

Each shape has its length: a slab its whole thickness, with one or two open faces, a cylinder and a sphere the radius.
"""

from functools import cache
from math import pi, sqrt
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.diffusion import released_from_sphere, sphere_relaxation

Floats: TypeAlias = NDArray[np.float64]
Faces: TypeAlias = Literal["two", "one"]
Shape: TypeAlias = Literal["sphere", "slab", "cylinder"]

SLAB_SWITCH = 0.2  # of D t per squared half-thickness; both forms are exact to 1e-11 there
CYLINDER_SWITCH = 0.005  # of D t/R**2; the short form is off by 2e-9 there, the series by less
CYLINDER_TERMS = 25  # exp(-30) is left at the switch


def released_from_slab(
    time: ArrayLike, thickness: ArrayLike, diffusivity: ArrayLike, open_faces: Faces = "two"
) -> Floats:
    """Share released from a slab or film into a perfect sink.

    Parameters
    ----------
    time : array_like, shape (draws,)
        t, time since immersion [s].
    thickness : array_like, shape (draws,)
        Whole thickness from face to face [m].
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient in the slab [m**2/s].
    open_faces : {"two", "one"}, optional
        Faces through which drug leaves; two if not given, one for a film on a support.

    Returns
    -------
    ndarray, shape (draws,)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative, or a thickness or diffusivity not above zero.

    Notes
    -----
    With L half of the thickness where both faces are open, all of it where one is, and ``tau = D t/L**2``:
    ``F = 1 - (8/pi**2) sum_(n=0..) exp(-(2 n + 1)**2 pi**2 tau/4)/(2 n + 1)**2``, below tau = 0.2 the same as
    ``F = 2 sqrt(tau/pi) + 4 sqrt(tau) sum_(n=1..) (-1)**n ierfc(n/sqrt(tau))``. Even initial load, wholly dissolved,
    constant D, edges left out. Source: crank1975.

    Examples
    --------
    A film of 100 um, open on both faces, at 1e-8 cm**2/s: half is out after 0.0492 of thickness squared over D

    >>> float(released_from_slab(0.04919 * 1e-8 / 1e-12, 100e-6, 1e-12))
    0.5
    """
    elapsed = require_not_negative("time", time, "s")
    length = _half_thickness(thickness, open_faces)
    tau = np.asarray(elapsed * require_positive("diffusivity", diffusivity, "m**2/s") / length**2)
    return np.asarray(np.where(tau < SLAB_SWITCH, _slab_early(np.minimum(tau, SLAB_SWITCH)), _slab_late(tau)))


def released_from_cylinder(time: ArrayLike, radius: ArrayLike, diffusivity: ArrayLike) -> Floats:
    """Share released from a long cylinder or fibre into a perfect sink.

    Parameters
    ----------
    time : array_like, shape (draws,)
        t, time since immersion [s].
    radius : array_like, shape (draws,)
        R, radius of the cylinder [m].
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient in the cylinder [m**2/s].

    Returns
    -------
    ndarray, shape (draws,)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative, or a radius or diffusivity not above zero.

    Notes
    -----
    With ``tau = D t/R**2`` and a_n the zeros of the Bessel function J_0, ``F = 1 - 4 sum exp(-a_n**2 tau)/a_n**2``;
    below tau = 0.005 ``F = 4 sqrt(tau/pi) - tau - tau**(3/2)/(3 sqrt(pi)) - tau**2/8 - ...``. Through the side alone:
    the ends add to it in a short rod. Even initial load, wholly dissolved, constant D. Source: crank1975.

    Examples
    --------
    Half is out of a cylinder at tau = 0.0631:

    >>> float(released_from_cylinder(0.0631 * 1e-8 / 1e-12, 100e-6, 1e-12))
    0.50
    """
    elapsed = require_not_negative("time", time, "s")
    length = require_positive("radius", radius, "m")
    tau = np.asarray(elapsed * require_positive("diffusivity", diffusivity, "m**2/s") / length**2)
    root = np.sqrt(np.minimum(tau, CYLINDER_SWITCH))
    # from the expansion of I_1/I_0 for large arguments in the Laplace transform 2 I_1(sqrt(p))/(p**(3/2) I_0(sqrt(p)))
    early = root * (
        4.0 / sqrt(pi)
        - root
        * (
            1.0
            + root * (1.0 / (3.0 * sqrt(pi)) + root * (0.125 + root * (5.0 / (24.0 * sqrt(pi)) + root * 13.0 / 96.0)))
        )
    )
    squares = _bessel_zeros() ** 2
    late = 1.0 - 4.0 * np.sum(np.exp(-squares * tau[..., np.newaxis]) / squares, axis=-1)
    return np.asarray(np.where(tau < CYLINDER_SWITCH, early, late))


def released_from_sphere_at(time: ArrayLike, radius: ArrayLike, diffusivity: ArrayLike) -> Floats:
    """Share released from a sphere into a perfect sink, from time, radius and diffusion coefficient.

    Parameters
    ----------
    time : array_like, shape (draws,)
        t, time since immersion [s].
    radius : array_like, shape (draws,)
        R, radius of the sphere [m].
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient in the sphere [m**2/s].

    Returns
    -------
    ndarray, shape (draws,)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative, or a radius or diffusivity not above zero.

    Notes
    -----
    ``F = 1 - (6/pi**2) sum exp(-n**2 pi**2 tau)/n**2`` with ``tau = D t/R**2``, see
    `formulate.release.diffusion.released_from_sphere`. Source: crank1975.

    Examples
    --------
    Half is out of a sphere at tau = 0.03055:

    >>> float(released_from_sphere_at(0.03055 * 1e-8 / 1e-12, 100e-6, 1e-12))
    0.50
    """
    elapsed = require_not_negative("time", time, "s")
    length = require_positive("radius", radius, "m")
    return released_from_sphere(elapsed * require_positive("diffusivity", diffusivity, "m**2/s") / length**2)


def mean_release_time_slab(thickness: ArrayLike, diffusivity: ArrayLike, open_faces: Faces = "two") -> Floats:
    """Mean time that drug spends in a slab before it leaves.

    Parameters
    ----------
    thickness : array_like, shape (draws,)
        Whole thickness from face to face [m].
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient in the slab [m**2/s].
    open_faces : {"two", "one"}, optional
        Faces through which drug leaves; two if not given, one for a film on a support.

    Returns
    -------
    ndarray, shape (draws,)
        Integral of 1 - F over time [s].

    Raises
    ------
    DomainError
        If a thickness or diffusivity is not above zero.

    Notes
    -----
    Two open faces ``l**2/(12 D)`` with l the whole thickness, which is ``L**2/(3 D)`` with L the half of it; one open
    face ``l**2/(3 D)``. Constant D, even initial load, perfect sink. Source: crank1975.

    Examples
    --------
    100 um at 1e-12 m**2/s, both faces open, in minutes:

    >>> float(mean_release_time_slab(100e-6, 1e-12)) / 60
    13.89
    """
    length = _half_thickness(thickness, open_faces)
    return np.asarray(length**2 / (3.0 * require_positive("diffusivity", diffusivity, "m**2/s")))


def mean_release_time_cylinder(radius: ArrayLike, diffusivity: ArrayLike) -> Floats:
    """Mean time that drug spends in a long cylinder before it leaves.

    Parameters
    ----------
    radius : array_like, shape (draws,)
        R, radius of the cylinder [m].
    diffusivity : array_like, shape (draws,)
        D, diffusion coefficient in the cylinder [m**2/s].

    Returns
    -------
    ndarray, shape (draws,)
        Integral of 1 - F over time [s].

    Raises
    ------
    DomainError
        If a radius or diffusivity is not above zero.

    Notes
    -----
    ``R**2/(8 D)``; through the side alone. Constant D, even initial load, perfect sink. Source: crank1975.

    Examples
    --------
    >>> float(mean_release_time_cylinder(100e-6, 1e-12))
    1250.0
    """
    length = require_positive("radius", radius, "m")
    return np.asarray(length**2 / (8.0 * require_positive("diffusivity", diffusivity, "m**2/s")))


def released_from_shape(dimensionless_time: ArrayLike, shape: Shape = "sphere") -> Floats:
    """Share released from a sphere, slab or cylinder into a perfect sink.

    Parameters
    ----------
    dimensionless_time : array_like, any shape
        tau, the integral of D over time divided by L**2, L the radius of a sphere or cylinder, half of a slab with two
        open faces, all of one with one [1].
    shape : {"sphere", "slab", "cylinder"}, optional
        Sphere if not given.

    Returns
    -------
    ndarray, shape of `dimensionless_time`
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative.

    Notes
    -----
    ``F = 1 - sum w_k exp(-r_k tau)`` with w and r of `shape_relaxation`, and the short forms of
    `formulate.release.diffusion.released_from_sphere`, `released_from_slab` and `released_from_cylinder` early on.
    Even initial load, wholly dissolved, perfect sink. Source: crank1975.

    Examples
    --------
    Half is out of a slab at tau = 0.19673, of a cylinder at 0.06306, of a sphere at 0.03055:

    >>> float(released_from_shape(0.19673, "slab"))
    0.5
    """
    match shape:
        case "sphere":
            return released_from_sphere(dimensionless_time)
        case "slab":
            return released_from_slab(dimensionless_time, 1.0, 1.0, "one")  # tau is its time in units of L**2/D
        case "cylinder":
            return released_from_cylinder(dimensionless_time, 1.0, 1.0)
        case _:
            assert_never(shape)


def shape_relaxation(modes: int, shape: Shape = "sphere") -> tuple[Floats, Floats]:
    """Weights and rates of the slowest exponentials that make up the drug left in a sphere, slab or cylinder.

    Parameters
    ----------
    modes : int
        Number of exponentials kept, at least 1; at most 25 of a cylinder.
    shape : {"sphere", "slab", "cylinder"}, optional
        Sphere if not given.

    Returns
    -------
    weights : ndarray, shape (modes,)
        w_k [1]. They sum to less than 1: the rest belongs to faster modes and has already left at tau = 0.
    rates : ndarray, shape (modes,)
        Decay per unit of dimensionless time tau = D t/L**2, L as for `released_from_shape` [1].

    Raises
    ------
    DomainError
        If `modes` is below 1, or above 25 of a cylinder.

    Notes
    -----
    ``1 - F = sum_k w_k exp(-rates_k tau)``; sphere as `formulate.release.diffusion.sphere_relaxation`, slab
    ``rates = (2 k - 1)**2 pi**2/4``, ``w = 2/rates``, cylinder ``rates = a_k**2``, ``w = 4/rates``, a_k the zeros of
    J_0, k = 1... Source: crank1975.

    Examples
    --------
    >>> weights, rates = shape_relaxation(2, "slab")
    >>> weights
    array([0.81057, 0.09006])
    >>> rates
    array([ 2.4674, 22.2066])
    """
    if shape == "sphere":
        return sphere_relaxation(modes)
    most = CYLINDER_TERMS if shape == "cylinder" else np.inf
    require("modes", float(modes), "", 1 <= modes <= most, f"1 to {most:g}")
    if shape == "slab":
        rates = ((2.0 * np.arange(1, modes + 1) - 1.0) * pi / 2.0) ** 2
        return np.asarray(2.0 / rates), np.asarray(rates)
    rates = _bessel_zeros()[:modes] ** 2
    return np.asarray(4.0 / rates), np.asarray(rates)


def _half_thickness(thickness: ArrayLike, open_faces: Faces) -> Floats:
    """Give the longest way to an open face [m]."""
    whole = require_positive("thickness", thickness, "m")
    match open_faces:
        case "two":
            return np.asarray(0.5 * whole)
        case "one":
            return whole
        case _:
            assert_never(open_faces)


def _slab_early(tau: Floats) -> Floats:
    from scipy.special import erfc

    root = np.sqrt(tau)
    total = 2.0 * root / sqrt(pi)
    with np.errstate(divide="ignore", over="ignore"):  # at time zero nothing has come through
        for number, sign in ((1, -1.0), (2, 1.0)):
            depth = number / root
            gaussian = np.exp(-(depth**2)) / sqrt(pi)
            tail = np.where(gaussian > 0.0, depth, 0.0) * erfc(depth)
            total = total + sign * 4.0 * root * (gaussian - tail)
    return np.asarray(total)


def _slab_late(tau: Floats) -> Floats:
    odd = np.array([1.0, 3.0, 5.0, 7.0]) ** 2
    terms = np.exp(-(pi**2) / 4.0 * odd * tau[..., np.newaxis]) / odd
    return np.asarray(1.0 - 8.0 / pi**2 * np.sum(terms, axis=-1))


@cache
def _bessel_zeros() -> Floats:
    from scipy.special import jn_zeros

    return np.asarray(jn_zeros(0, CYLINDER_TERMS), dtype=np.float64)
