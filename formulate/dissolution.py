"""Crystals that dissolve into a fluid: of one size or of a log-normal distribution, into a sink or a closed vessel."""

from collections.abc import Callable
from math import erf, pi, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.quadrature import gauss_legendre
from materials.errors import DomainError

Floats: TypeAlias = NDArray[np.float64]

THICKEST_LAYER = 30e-6  # m, diffusion layer around a large crystal (hintz1989)
WIDEST = 4.0  # geometric standard deviation
_REACH = 6.0  # standard deviations of the logarithm of size that are taken in
_TAKEN_IN = sqrt(2.0 * pi) * erf(_REACH / sqrt(2.0))  # integral of exp(-z**2/2) over them
_NODES = 32  # of the integral over sizes
_STEPS = 401  # of the integral over time in a closed vessel
_ENDS = 25.0  # e-foldings of its start and of the approach to its end


def shrunken_radius(radius: ArrayLike, spent: ArrayLike, thickest_layer: ArrayLike = THICKEST_LAYER) -> Floats:
    """Radius of a crystal that has been dissolving for some time.

    Parameters
    ----------
    radius : array_like, shape (draws, 1)
        r_0, of a sphere of the same volume at the start [m].
    spent : array_like, shape (draws, times)
        w, the integral of D (Cs - C)/rho over time [m**2].
    thickest_layer : array_like, shape (draws, 1), optional
        H, of the fluid through which drug diffuses; 30 um if not given [m].

    Returns
    -------
    ndarray, shape (draws, times)
        r [m]; 0 once all is dissolved.

    Raises
    ------
    DomainError
        If a radius or layer is not above zero, or `spent` is negative.

    Notes
    -----
    ``dr/dw = -1/h(r)``, ``h = min(r, H)``: a small crystal has a layer as thick as its radius, a large one none thicker
    than H. So ``theta(r) = theta(r_0) - w`` with ``theta = r**2/2`` up to H and ``H**2/2 + H (r - H)`` above. Sources:
    Noyes and Whitney 1897; the layer after hintz1989. For r_0 well below H the mass falls as ``(1 - t/T)**(3/2)``,
    well above as the cube root law, ``(1 - t/T)**3`` (Hixson and Crowell 1931).

    Examples
    --------
    A crystal of 1 um radius is gone when w reaches r_0**2/2:

    >>> shrunken_radius(1e-6, [0.0, 0.375e-12, 0.5e-12]) * 1e6
    array([1. , 0.5, 0. ])
    """
    start = require_positive("radius", radius, "m")
    layer = require_positive("thickest_layer", thickest_layer, "m")
    return _shrunk(start, require_not_negative("spent", spent, "m**2"), layer)


def undissolved(
    spent: ArrayLike,
    radius: ArrayLike,
    geometric_sd: ArrayLike = 1.0,
    thickest_layer: ArrayLike = THICKEST_LAYER,
) -> Floats:
    """Share of the mass of crystals that is still solid.

    Parameters
    ----------
    spent : array_like, shape (draws, times)
        w, the integral of D (Cs - C)/rho over time, the same for every crystal [m**2].
    radius : array_like, shape (draws, 1)
        Median by mass at the start, half of the Dv50 of laser diffraction [m].
    geometric_sd : array_like, shape (draws, 1), optional
        sigma_g of the sizes, 1 (the default) for crystals of one size, at most 4 [1].
    thickest_layer : array_like, shape (draws, 1), optional
        See `shrunken_radius` [m].

    Returns
    -------
    ndarray, shape (draws, times)
        [1], from 1, falling.

    Raises
    ------
    DomainError
        As `shrunken_radius`, and if sigma_g is not 1 to 4.

    Notes
    -----
    ``integral of phi(z) (r(w)/r_0)**3 dz``, r_0 = median sigma_g**z, phi the standard normal density, over the sizes
    that are left, within 6 standard deviations. Gauss and Legendre's rule with 32 nodes: error below 3e-4 (2e-5 while
    all sizes lie on one side of H). Spheres of one density; each sees the same fluid. Source: Hintz and Johnson 1989
    (hintz1989).

    Examples
    --------
    Small crystals vanish first and large ones last, so an unlike sample starts faster and ends later:

    >>> undissolved([0.1e-12, 0.5e-12], 1e-6)
    array([0.71554, 0.     ])
    >>> undissolved([0.1e-12, 0.5e-12], 1e-6, 1.6)
    array([0.63582, 0.17349])
    """
    w, median, layer, widths = _checked(spent, radius, thickest_layer, geometric_sd)
    return _left(w, median, widths, layer)


def dissolution_rate(
    spent: ArrayLike,
    radius: ArrayLike,
    geometric_sd: ArrayLike = 1.0,
    thickest_layer: ArrayLike = THICKEST_LAYER,
) -> Floats:
    """How fast crystals dissolve at a moment: the fall of `undissolved` with what each has lost.

    Parameters
    ----------
    spent : array_like, shape (draws, times)
        w, the integral of D (Cs - C)/rho over time, the same for every crystal [m**2].
    radius : array_like, shape (draws, 1)
        Median by mass at the start, half of the Dv50 of laser diffraction [m].
    geometric_sd : array_like, shape (draws, 1), optional
        sigma_g of the sizes, 1 (the default) for crystals of one size, at most 4 [1].
    thickest_layer : array_like, shape (draws, 1), optional
        See `shrunken_radius` [m].

    Returns
    -------
    ndarray, shape (draws, times)
        -dM/dw over the mass at the start; times D (Cs - C)/rho it is the rate [1/m**2].

    Raises
    ------
    DomainError
        As `undissolved`.

    Notes
    -----
    ``integral of phi(z) 3 r**2/(r_0**3 h(r)) dz``, symbols and rule as in `undissolved`. Source: Noyes and Whitney
    1897, with the sizes of hintz1989.

    Examples
    --------
    Of one size, at the start: 3/r_0**2

    >>> float(dissolution_rate(0.0, 1e-6)) * 1e-12
    3.0
    """
    w, median, layer, widths = _checked(spent, radius, thickest_layer, geometric_sd)

    def falls(size: Floats, now: Floats) -> Floats:
        layers = np.minimum(now, layer)
        return np.divide(3.0 * now**2, size**3 * layers, out=np.zeros(np.shape(now)), where=now > 0.0)

    return _over_sizes(w, median, widths, layer, falls)


def dissolved_into_sink(
    time: ArrayLike,
    radius: ArrayLike,
    diffusivity: ArrayLike,
    solubility: ArrayLike,
    density: ArrayLike,
    geometric_sd: ArrayLike = 1.0,
    thickest_layer: ArrayLike = THICKEST_LAYER,
) -> Floats:
    """Share of crystals dissolved in a fluid that stays free of drug.

    Parameters
    ----------
    time : array_like, shape (times,)
        t [s].
    radius : array_like, shape (draws, 1)
        Median by mass at the start, half of the Dv50 of laser diffraction [m].
    diffusivity : array_like, shape (draws, 1)
        D of the drug in the fluid [m**2/s].
    solubility : array_like, shape (draws, 1)
        Cs of the drug in the fluid [kg/m**3].
    density : array_like, shape (draws, 1)
        rho of the crystals [kg/m**3].
    geometric_sd : array_like, shape (draws, 1), optional
        sigma_g of the sizes, 1 (the default) for crystals of one size, at most 4 [1].
    thickest_layer : array_like, shape (draws, 1), optional
        See `shrunken_radius` [m].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share dissolved [1].

    Raises
    ------
    DomainError
        If a time is negative, another quantity not above zero, or sigma_g not 1 to 4.

    Notes
    -----
    `undissolved` at ``w = D Cs t/rho``. Source: Noyes and Whitney 1897, with the sizes of hintz1989.

    Examples
    --------
    Crystals of 20 um, 10 mg/L soluble, in an hour:

    >>> float(dissolved_into_sink(3600.0, 1e-5, 5e-10, 0.01, 1300.0))
    0.38514
    """
    t = require_not_negative("time", time, "s")
    speed = _speed(diffusivity, solubility, density)
    return np.asarray(1.0 - undissolved(speed * t, radius, geometric_sd, thickest_layer))


def dissolved_in_vessel(
    time: ArrayLike,
    radius: ArrayLike,
    diffusivity: ArrayLike,
    solubility: ArrayLike,
    density: ArrayLike,
    concentration: ArrayLike,
    geometric_sd: ArrayLike = 1.0,
    thickest_layer: ArrayLike = THICKEST_LAYER,
) -> Floats:
    """Share of crystals dissolved in a closed vessel, which holds at most what saturates it.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, rising [s].
    radius : array_like, shape (draws, 1)
        Median by mass at the start [m].
    diffusivity : array_like, shape (draws, 1)
        D of the drug in the fluid [m**2/s].
    solubility : array_like, shape (draws, 1)
        Cs of the drug in the fluid [kg/m**3].
    density : array_like, shape (draws, 1)
        rho of the crystals [kg/m**3].
    concentration : array_like, shape (draws, 1)
        c, crystals put in by volume of fluid [kg/m**3].
    geometric_sd : array_like, shape (draws, 1), optional
        sigma_g of the sizes, 1 (the default) for crystals of one size, at most 4 [1].
    thickest_layer : array_like, shape (draws, 1), optional
        See `shrunken_radius` [m].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share dissolved, at most Cs/c [1].

    Raises
    ------
    DomainError
        If a time is negative, another quantity not above zero, sigma_g not 1 to 4, or the inputs so far apart that
        no number comes out.

    Notes
    -----
    ``dw/dt = (D Cs/rho) (1 - (c/Cs) F(w))``, F the share that is dissolved when every crystal has lost the same w
    (`undissolved`). So time is an integral over w, by Simpson's rule, and is inverted by a cubic: error below 1e-4.
    Source: Noyes and Whitney 1897, with the sizes of hintz1989.

    Examples
    --------
    Twice what the vessel dissolves, in the end:

    >>> float(dissolved_in_vessel(1e7, 2.5e-6, 5e-10, 0.01, 1300.0, 0.02))
    0.5
    """
    from scipy.integrate import cumulative_simpson
    from scipy.interpolate import CubicHermiteSpline

    parts = (radius, diffusivity, solubility, density, concentration, geometric_sd, thickest_layer)
    t = np.atleast_1d(require_not_negative("time", time, "s"))
    speed = np.atleast_1d(_speed(diffusivity, solubility, density)).reshape(-1, 1)
    over = require_positive("concentration", concentration, "kg/m**3") / np.asarray(solubility, dtype=np.float64)
    over = np.atleast_1d(over).reshape(-1, 1)
    sizes, widths, layers = (
        np.atleast_1d(np.asarray(given, dtype=np.float64)).reshape(-1, 1)
        for given in (radius, geometric_sd, thickest_layer)
    )
    undissolved(0.0, sizes, widths, layers)  # refuses what cannot be
    draws = max(len(part) for part in (speed, over, sizes, widths, layers))
    end = _saturating(over, sizes, widths, layers, draws)
    place = np.linspace(-_ENDS, _ENDS, _STEPS)
    reached = 1.0 / (1.0 + np.exp(-place))
    w = end * reached
    driving = np.maximum(1.0 - over * (1.0 - _left(w, sizes, widths, layers)), 1e-15)
    slope = w * (1.0 - reached) / (driving * speed)  # dt/d(place), smooth at both ends
    first = w[:, :1] / speed
    moments = first + cumulative_simpson(slope, x=place, axis=1, initial=0.0)
    with np.errstate(all="ignore"):  # what is no number is refused
        when, lost, slopes = np.log(moments), np.log(w), moments * (1.0 - reached) / slope
    if not (np.isfinite(when) & np.isfinite(lost) & np.isfinite(slopes)).all():
        raise DomainError("radius", float(sizes.max()), "m", "it and the other inputs not so far apart")
    at = np.log(np.maximum(t, 1e-300))
    spent = np.zeros((draws, len(t)))
    for i in range(draws):
        curve = CubicHermiteSpline(when[i], lost[i], slopes[i])
        inside = np.clip(at, when[i, 0], when[i, -1])
        # before the first node w is in proportion to time
        spent[i] = np.exp(curve(inside) + np.minimum(at - inside, 0.0))
    found = 1.0 - _left(spent, sizes, widths, layers)
    return np.asarray(found.reshape(np.broadcast_shapes(np.shape(time), *(np.shape(part) for part in parts))))


def _speed(diffusivity: ArrayLike, solubility: ArrayLike, density: ArrayLike) -> Floats:
    return np.asarray(
        require_positive("diffusivity", diffusivity, "m**2/s")
        * require_positive("solubility", solubility, "kg/m**3")
        / require_positive("density", density, "kg/m**3")
    )


def _age(radius: Floats, layer: Floats) -> Floats:
    """Give theta(r), the w at which a crystal is gone [m2]."""
    return np.where(radius < layer, 0.5 * radius**2, layer * (radius - 0.5 * layer))


def _shrunk(start: Floats, spent: Floats, layer: Floats) -> Floats:
    left = np.maximum(_age(start, layer) - spent, 0.0)
    return np.where(left < 0.5 * layer**2, np.sqrt(2.0 * left), left / layer + 0.5 * layer)


def _checked(
    spent: ArrayLike, radius: ArrayLike, thickest_layer: ArrayLike, geometric_sd: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    widths = np.asarray(geometric_sd, dtype=np.float64)
    return (
        require_not_negative("spent", spent, "m**2"),
        require_positive("radius", radius, "m"),
        require_positive("thickest_layer", thickest_layer, "m"),
        require("geometric_sd", widths, "", (widths >= 1.0) & (widths <= WIDEST), f"1 to {WIDEST:g}"),
    )


def _left(w: Floats, median: Floats, widths: Floats, layer: Floats) -> Floats:
    left = _over_sizes(w, median, widths, layer, lambda size, now: (now / size) ** 3)
    return np.where(w > 0.0, np.minimum(left, 1.0), 1.0)


def _over_sizes(
    w: Floats, median: Floats, widths: Floats, layer: Floats, law: Callable[[Floats, Floats], Floats]
) -> Floats:
    """Give the mean by mass of a law of the radius at the start and now, over the sizes that are left."""
    if widths.max(initial=1.0) == 1.0:
        return np.asarray(law(median, _shrunk(median, w, layer)))
    spread = np.maximum(np.log(widths), 1e-9)
    gone = _shrunk_from_nothing(w, layer)  # the size that is just gone
    shape = np.broadcast_shapes(gone.shape, median.shape, spread.shape)
    with np.errstate(divide="ignore"):
        scores = np.broadcast_to(np.log(gone / median) / spread, shape)
    first = np.where(np.broadcast_to(gone > 0.0, shape), np.clip(scores, -_REACH, _REACH), -_REACH)
    nodes, weights = gauss_legendre(_NODES)
    whole = _REACH - first
    total = np.zeros_like(first)
    for x, weight in zip(0.5 * (1.0 + nodes), 0.5 * weights, strict=True):
        score = first + whole * x**2  # closer together where crystals vanish
        size = median * np.exp(spread * score)
        total += 2.0 * x * weight * np.exp(-0.5 * score**2) * law(size, _shrunk(size, w, layer))
    return np.asarray(total * whole / _TAKEN_IN)


def _shrunk_from_nothing(w: Floats, layer: Floats) -> Floats:
    """Give the radius of which theta is w [m]."""
    return np.where(w < 0.5 * layer**2, np.sqrt(2.0 * w), w / layer + 0.5 * layer)


def _saturating(over: Floats, sizes: Floats, widths: Floats, layers: Floats, draws: int) -> Floats:
    """Give the w at which all is dissolved or the vessel saturated, (draws, 1), by bisection."""
    largest = sizes * np.exp(_REACH * np.log(widths))
    high = np.broadcast_to(_age(largest, layers), (draws, 1)).copy()
    low = np.zeros_like(high)
    full = over > 1.0
    if not full.any():
        return high
    wanted = 1.0 / np.maximum(over, 1.0)
    for _ in range(80):
        middle = 0.5 * (low + high)
        beyond = np.broadcast_to(1.0 - _left(middle, sizes, widths, layers) >= wanted, high.shape)
        high, low = np.where(beyond, middle, high), np.where(beyond, low, middle)
    return np.where(np.broadcast_to(full, high.shape), high, np.broadcast_to(_age(largest, layers), high.shape))
