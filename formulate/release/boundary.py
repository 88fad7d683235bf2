"""Release through an outer resistance: a sphere, cylinder or slab behind a still layer of fluid or a membrane.

The dissolved load is even at first, the medium a perfect sink. At the surface what diffuses up to it leaves through
the layer, ``-D dC/dx = h C`` with ``h = P/K``; ``L_s = length h/D`` says which of the two is slower.
"""

from functools import cache
from math import gamma, pi, sqrt
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from materials.errors import UnknownIdError, nearest

Floats: TypeAlias = NDArray[np.float64]
Shape: TypeAlias = Literal["sphere", "cylinder", "slab"]

DIMENSIONS: dict[str, int] = {"slab": 1, "cylinder": 2, "sphere": 3}
SWITCH = {1: 0.05, 2: 0.02, 3: 0.05}  # of tau; below it what comes back from the middle is below 1e-8
TERMS = {1: 6, 2: 8, 3: 6}  # of the series above it; the next is below 1e-8
MOST_TERMS = 10
_LEVELS = 50  # of the continued fraction: exact to rounding up to the tenth root
_NEWTON = 5
_CANCELS = 0.1  # of a sqrt(tau): below it the closed form is a difference of near equals
_CONTOUR = 14  # nodes, of which half are worked out: 3.9**-14 is 5e-9 of what came out
_TINY, _TIGHT, _POLE = 1e-300, 1e100, 1e100
_SMALLEST_EXPONENT = -100.0
_BLOCK = 20_000  # draws times times worked on together, so that they stay in the processor's cache


def boundary_number(
    length: ArrayLike, diffusivity: ArrayLike, permeability: ArrayLike, partition: ArrayLike = 1.0
) -> Floats:
    """Ratio of the resistance inside a carrier to that of the layer around it.

    Parameters
    ----------
    length : array_like, shape (draws, 1)
        Radius of a sphere or cylinder; half the thickness of a slab open on both faces, all of it if on one [m].
    diffusivity : array_like, shape (draws, 1)
        D, diffusion coefficient of the drug inside [m**2/s].
    permeability : array_like, shape (draws, 1)
        P of the layer, per concentration in the medium; 0 for a tight one [m/s].
    partition : array_like, shape (draws, 1), optional
        K, concentration inside over that in the medium at equilibrium; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        L_s [1].

    Raises
    ------
    DomainError
        If a permeability is negative, or another value not above zero.

    Notes
    -----
    ``L_s = length P/(K D)``. Far above 10 the carrier alone counts, far below 0.1 the layer alone. Source: crank1975.

    Examples
    --------
    1 um at 1e-16 m**2/s, a layer of 1e-10 m/s: the two are alike

    >>> float(boundary_number(1e-6, 1e-16, 1e-10))
    1.0
    """
    inside = require_positive("diffusivity", diffusivity, "m**2/s")
    passing = require_not_negative("permeability", permeability, "m/s")
    kept = require_positive("partition", partition, "")
    return np.asarray(require_positive("length", length, "m") * passing / (kept * inside))


def still_layer_permeability(radius: ArrayLike, diffusivity: ArrayLike, thickness: ArrayLike) -> Floats:
    """Permeability of a layer of still fluid around a sphere.

    Parameters
    ----------
    radius : array_like, shape (draws, 1)
        R of the sphere [m].
    diffusivity : array_like, shape (draws, 1)
        D_w of the drug in the fluid [m**2/s].
    thickness : array_like, shape (draws, 1)
        Of the layer; infinite for a sphere at rest [m].

    Returns
    -------
    ndarray, shape (draws, 1)
        P, per surface of the sphere [m/s].

    Raises
    ------
    DomainError
        If a value is not above zero, or a radius or diffusivity not finite.

    Notes
    -----
    ``P = D_w (1/R + 1/thickness)``, the steady flow through a shell: D_w/thickness of a thin layer, D_w/R of one
    without end. Source: crank1975.

    Examples
    --------
    >>> float(still_layer_permeability(1e-6, 5e-10, float("inf")))
    0.0005
    """
    size = require_positive("radius", radius, "m")
    depth = np.asarray(thickness, dtype=np.float64)
    require("thickness", depth, "m", depth > 0.0, "> 0")
    return np.asarray(require_positive("diffusivity", diffusivity, "m**2/s") * (1.0 / size + 1.0 / depth))


def boundary_roots(number: ArrayLike, terms: int = 6, shape: Shape = "sphere") -> Floats:
    """Roots of the series of a carrier with an outer resistance.

    Parameters
    ----------
    number : array_like, shape (draws,)
        L_s, 0 to infinity [1].
    terms : int, optional
        How many, 1 to 10.
    shape : {"sphere", "cylinder", "slab"}, optional
        Of the carrier.

    Returns
    -------
    ndarray, shape (draws, terms)
        b_n, rising [1].

    Raises
    ------
    DomainError
        If L_s is negative or NaN, or `terms` not 1 to 10.
    UnknownIdError
        For another shape.

    Notes
    -----
    - sphere ``b cot b + L_s - 1 = 0``, cylinder ``b J1(b) = L_s J0(b)``, slab ``b tan b = L_s``

    All three are ``H(b) = L_s`` with ``H = b**2/(d - b**2/(d + 2 - b**2/(d + 4 - ...)))`` of d dimensions, and
    ``b H' = b**2 + H**2 + (2 - d) H``. Newton's iteration runs on ``arctan(H/b) - arctan(L_s/b)``, which is nearly
    straight between two poles. Source: crank1975.

    Examples
    --------
    >>> boundary_roots(1.0, 2, "slab")
    array([0.86033359, 3.42561846])
    """
    given = np.asarray(number, dtype=np.float64)
    require("boundary_number", given, "", given >= 0.0, ">= 0")
    require("terms", terms, "", 1 <= terms <= MOST_TERMS, f"1 to {MOST_TERMS}")
    dimensions = _dimensions(shape)
    count = np.arange(terms)
    # L_s = top/bottom, so that infinity is a number like any other
    with np.errstate(divide="ignore"):
        top, bottom = (part[..., np.newaxis] for part in (np.minimum(given, 1.0), np.minimum(1.0 / given, 1.0)))
    below = _bessel_zero(0.5 * dimensions, count)  # where H is 0; the first of them is b = 0
    above = _bessel_zero(0.5 * dimensions - 1.0, count + 1)  # where H has its poles
    root = below + (above - below) * np.arctan2(top, bottom * np.maximum(below, 1.0)) / (0.5 * pi)
    # 1/L_s is d/b**2 less a near constant in the first branch
    root[..., :1] = np.sqrt(top / (top / above[:1] ** 2 + bottom / dimensions))
    empty = top == 0.0
    first = empty & (count == 0)
    root = np.where(first, 1.0, root)
    for _ in range(_NEWTON):
        square = root**2
        fraction = _fraction(square, dimensions)  # H = b**2/fraction
        off = np.arctan((square * bottom - top * fraction) / (root * (fraction * bottom + top)))
        slope = (
            1.0 + (1.0 - dimensions) * fraction / (fraction**2 + square) + top * bottom / (square * bottom**2 + top**2)
        )
        root = np.where(first, root, root - off / slope)
    return np.asarray(np.where(first, 0.0, root))


def released_through_layer(
    dimensionless_time: ArrayLike, boundary_number: ArrayLike, shape: Shape = "sphere"
) -> Floats:
    """Share released through an outer layer or membrane into a perfect sink.

    Parameters
    ----------
    dimensionless_time : array_like, shape (draws, times)
        tau, D t/length**2, with the length of `boundary_number` [1].
    boundary_number : array_like, shape (draws, 1)
        L_s, 0 for a tight layer to infinity for none [1].
    shape : {"sphere", "cylinder", "slab"}, optional
        Of the carrier.

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If a time is negative or not finite, or L_s negative or NaN.
    UnknownIdError
        For another shape.

    Notes
    -----
    ``F = 1 - sum 2 d exp(-b**2 tau)/(b**2 (1 + (2 - d)/L_s + (b/L_s)**2))``, d = 3, 2, 1 of a sphere, cylinder, slab;
    b see `boundary_roots`. At small tau, in Laplace's s, ``F = d L_s g/(s**2 (g + L_s))`` with ``g = sqrt(s) - 1``
    (sphere), ``sqrt(s)`` (slab), which error functions invert, or ``sqrt(s) I1/I0`` (cylinder), inverted on a
    contour. Error below 1e-7. At L_s = 0.01 it is ``1 - exp(-d L_s tau)`` to 0.003, at infinity the perfect sink.
    Constant D and h; a D that changes with time needs an h that changes in proportion. Source: crank1975.

    Examples
    --------
    >>> released_through_layer([0.05, 0.1, 0.5], 2.0)
    array([0.21228, 0.36484, 0.87823])
    """
    tau = require_not_negative("dimensionless_time", dimensionless_time, "")
    number = np.asarray(boundary_number, dtype=np.float64)
    dimensions = _dimensions(shape)
    roots = boundary_roots(number, TERMS[dimensions], shape)
    wide = np.broadcast_shapes(tau.shape, number.shape)
    if len(wide) < 2:
        return _released(tau, number, roots, dimensions)
    released = np.empty(wide)
    tau, number = (
        np.broadcast_to(tau, wide),
        np.broadcast_to(number, (*wide[:-1], number.shape[-1] if number.ndim else 1)),
    )
    roots = np.broadcast_to(roots, (*number.shape, roots.shape[-1]))
    rows = max(1, _BLOCK * wide[0] // max(released.size, 1))
    for start in range(0, wide[0], rows):
        some = slice(start, start + rows)
        released[some] = _released(tau[some], number[some], roots[some], dimensions)
    return released


def mean_release_time_through_layer(
    length: ArrayLike, diffusivity: ArrayLike, boundary_number: ArrayLike, shape: Shape = "sphere"
) -> Floats:
    """Mean time that drug spends in a carrier with an outer resistance before it leaves.

    Parameters
    ----------
    length : array_like, shape (draws, 1)
        Radius of a sphere or cylinder; half the thickness of a slab open on both faces, all of it if on one [m].
    diffusivity : array_like, shape (draws, 1)
        D inside [m**2/s].
    boundary_number : array_like, shape (draws, 1)
        L_s, above 0 to infinity [1].
    shape : {"sphere", "cylinder", "slab"}, optional
        Of the carrier.

    Returns
    -------
    ndarray, shape (draws, 1)
        Integral of 1 - F over time [s].

    Raises
    ------
    DomainError
        If a value is not above zero, or a length or diffusivity not finite.
    UnknownIdError
        For another shape.

    Notes
    -----
    ``length**2/D (1/(d (d + 2)) + 1/(d L_s))``, d = 3, 2, 1 of a sphere, cylinder, slab: the time inside and the time
    at the layer add up. Source: crank1975.

    Examples
    --------
    >>> float(mean_release_time_through_layer(1e-6, 1e-16, 5.0))  # 1/15 + 1/15
    1333.33
    """
    size = require_positive("length", length, "m")
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    number = np.asarray(boundary_number, dtype=np.float64)
    require("boundary_number", number, "", number > 0.0, "> 0")
    dimensions = _dimensions(shape)
    return np.asarray(size**2 / speed * (1.0 / (dimensions * (dimensions + 2)) + 1.0 / (dimensions * number)))


def _dimensions(shape: str) -> int:
    if shape not in DIMENSIONS:
        raise UnknownIdError("shape", shape, nearest(shape, DIMENSIONS))
    return DIMENSIONS[shape]


def _bessel_zero(order: float, count: NDArray[np.intp]) -> Floats:
    """Zeros of a Bessel function by McMahon's expansion, within 1e-3; 0 for count 0."""
    beta = (count + 0.5 * order - 0.25) * pi
    mu = 4.0 * order**2
    eight = 8.0 * np.where(count > 0, beta, 1.0)
    zero = beta - (mu - 1.0) / eight - 4.0 * (mu - 1.0) * (7.0 * mu - 31.0) / (3.0 * eight**3)
    return np.where(count > 0, zero, 0.0)


def _fraction(square: Floats, dimensions: int) -> Floats:
    """b**2/H from the far end of the continued fraction, the stable way."""
    value = np.full_like(square, dimensions + 2.0 * _LEVELS)
    with np.errstate(divide="ignore"):  # a pole on the way is no matter
        for level in range(_LEVELS - 1, -1, -1):
            value = (dimensions + 2.0 * level) - square / value
    return np.clip(value, -_POLE, _POLE)


def _released(tau: Floats, number: Floats, roots: Floats, dimensions: int) -> Floats:
    """Share released, of some draws: the series, and before its switch what has felt no middle."""
    with np.errstate(divide="ignore"):
        resistance = np.minimum(1.0 / number, _TIGHT)[..., np.newaxis]
    squares = roots**2
    weights = 1.0 + (2.0 - dimensions) * resistance + squares * resistance**2
    # L_s = 0 lets nothing out: any weights do
    weights = 2.0 * dimensions / (np.where(squares > 0.0, squares, 1.0) * weights)
    left = 0.0
    for k in range(roots.shape[-1]):
        # far below rounding the processor is slow
        left = left + weights[..., k] * np.exp(np.maximum(-squares[..., k] * tau, _SMALLEST_EXPONENT))
    released = np.asarray(1.0 - left)
    early = np.broadcast_to(tau < SWITCH[dimensions], released.shape)
    if early.any():
        short, own = (np.broadcast_to(values, released.shape)[early] for values in (tau, number))
        released[early] = _cylinder_early(short, own) if dimensions == 2 else _early(short, own, dimensions)
    return np.where(number > 0.0, released, 0.0)


def _early(tau: Floats, number: Floats, dimensions: int) -> Floats:
    """Share released from a sphere or slab before anything comes back from the middle.

    With a = L_s - 1 of a sphere, L_s of a slab, x = a sqrt(tau) and e_k the inverse of ``1/(s**(k/2) (sqrt(s) + x))``
    at time 1: ``e_1 = erfcx(x)``, ``e_(k+1) = (1/Gamma(k/2 + 1/2) - e_k)/x``.
    """
    from scipy.special import erfcx

    curve = 1.0 if dimensions == 3 else 0.0
    root = np.sqrt(tau)
    depth = (number - curve) * root
    series = np.abs(depth) < _CANCELS
    small, large = np.where(series, depth, 0.0), np.where(series, 1.0, depth)
    second = (1.0 - erfcx(large)) / large
    third = (2.0 / sqrt(pi) - second) / large
    fourth = (1.0 - third) / large
    thirds, fourths = (
        np.where(series, np.polynomial.polynomial.polyval(small, _coefficients(start)), closed)
        for start, closed in ((2.0, third), (2.5, fourth))
    )
    with np.errstate(invalid="ignore", over="ignore"):
        slow = dimensions * number * tau * (thirds - curve * root * fourths)
    # as L_s goes to infinity, L_s tau e_3 goes to 2 sqrt(tau/pi) and L_s tau**(3/2) e_4 to tau
    return np.where(np.isinf(number), dimensions * (2.0 * root / sqrt(pi) - curve * tau), slow)


@cache
def _coefficients(start: float) -> tuple[float, ...]:
    """Coefficients of e_3 (start 2) or e_4 (start 2.5) in powers of x."""
    return tuple((-1.0) ** m / gamma(0.5 * m + start) for m in range(9))


def _cylinder_early(tau: Floats, number: Floats) -> Floats:
    """Share released from a cylinder before anything comes back from the axis, by inverting its Laplace transform."""
    root = np.sqrt(np.maximum(tau, _TINY))
    with np.errstate(divide="ignore", over="ignore"):
        resistance = np.minimum(1.0 / number, _TIGHT)
    total = np.zeros_like(root)
    for node, weight in zip(*_contour(), strict=True):
        inverse = root / node  # of sqrt(s)
        # sqrt(s) I1/I0 over sqrt(s), for large arguments
        ratio = np.zeros_like(inverse)
        for coefficient in reversed(_bessel_ratio()):
            ratio = coefficient + ratio * inverse
        total += (weight / (inverse / ratio + resistance)).real
    return np.asarray(2.0 * tau * total)


@cache
def _contour() -> tuple[list[complex], list[complex]]:
    """Square roots and weights of the nodes of Talbot's contour, as Weideman (2006) shaped it, for ``H/s**2``."""
    angle = (2.0 * np.arange(_CONTOUR // 2) + 1.0) * pi / _CONTOUR
    cotangent = 1.0 / np.tan(0.6407 * angle)
    node = _CONTOUR * (0.5017 * angle * cotangent - 0.6122 + 0.2645j * angle)
    along = _CONTOUR * (0.5017 * (cotangent - 0.6407 * angle * (1.0 + cotangent**2)) + 0.2645j)
    weight = 2.0 / _CONTOUR * np.exp(node) * along / node**2 / 1j
    return np.sqrt(node).tolist(), weight.tolist()


@cache
def _bessel_ratio() -> tuple[float, ...]:
    """Coefficients of I1(q)/I0(q) in powers of 1/q: ``g = q I1/I0`` solves ``q g' = q**2 - g**2``."""
    found = [-0.5]
    for k in range(9):
        across = sum(found[i] * found[k - i] for i in range(k + 1))
        found.append(0.5 * (k * found[k] - across))
    return (1.0, *found)
