"""Diffusion from a sphere or a slab through a resistance at the surface: a membrane, a coat, a layer of still water."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import gamma, pi, sqrt
from typing import Any

import numpy as np

from formulate.curves.composite import rows
from formulate.curves.model import Floats, Model, Parameter
from formulate.curves.physical_law import OPEN_FACES, RADIUS, THICKNESS, Law, bounded, depth
from formulate.curves.physical_laws import CRANK, DIFFUSIVITY

SWITCH = 0.05  # of D t/R**2; the short form has no echo of the far side yet, 1e-9, and eight terms are exact
TERMS = 8
WEAK, STRONG = 1e-12, 1e12  # of L = R h/D: beyond, one of the two resistances alone counts
WEAKLY_HELD = 0.02  # of L: below it the first root comes from its power series
# b**2 by powers of L, over 3 L for the sphere and over L for the slab: reversion of 1 - b cot(b) = L and b tan(b) = L
FIRST_OF_SPHERE = (1.0, -1 / 5, 4 / 175, 0.0, -144 / 336875, 576 / 21896875)
FIRST_OF_SLAB = (1.0, -1 / 3, 4 / 45, -16 / 945, 16 / 14175, 64 / 93555)
SMALL = 0.1  # of the argument: below it a power series keeps the digits that the closed form loses
# w(y) = sum (-y)**n/Gamma(n/2 + 2) by powers of y; v(y) = (w(y) - 1)/y has the same without the first
SERIES_OF_W = np.array([(-1.0) ** order / gamma(0.5 * order + 2.0) for order in range(14)])

TRANSFER = Parameter("h", "transfer coefficient of the surface, by the concentration in the body", "m/s")
BIOTS = np.geomspace(0.02, 500.0, 9)  # R h/D to start from: the shape of the curve
MEAN_TIMES = np.geomspace(0.02, 100.0, 15)  # mean times of release to start from, in units of the last time


def released(tau: Any, biot: Any, sphere: bool) -> tuple[Floats, Floats, Floats]:
    """Give the share released through a resistance at the surface, and its slopes.

    Parameters
    ----------
    tau : array_like
        D t/R**2, R the radius or the way from the closed to the open face [1].
    biot : array_like
        L = R h/D, broadcasts against `tau` [1].
    sphere : bool
        Sphere, or slab.

    Returns
    -------
    share, by_tau, by_biot : ndarray
        F, tau dF/dtau and L dF/dL [1].

    Notes
    -----
    ``F = 1 - sum c exp(-b**2 tau)`` with, for the sphere, ``c = 6 L**2/(b**2 (b**2 + L (L - 1)))`` over the roots of
    ``b cot(b) = 1 - L``, and for the slab ``c = 2 L**2/(b**2 (b**2 + L (L + 1)))`` over those of ``b tan(b) = L``
    (Crank 1975). Below tau = 0.05 the inverse, for large s, of the Laplace transform: ``F = L tau w(L sqrt(tau))`` for
    the slab, ``F = 3 L tau [w(y) + sqrt(tau) (w(y) - 1)/y]`` with ``y = (L - 1) sqrt(tau)`` for the sphere, where
    ``w(y) = (erfcx(y) - 1 + 2 y/sqrt(pi))/y**2``.
    """
    tau, biot = np.asarray(tau, dtype=np.float64), np.clip(biot, WEAK, STRONG)
    soon = tau < SWITCH
    late = _late(tau, biot, sphere)
    if not soon.any():
        return late
    early = _early(np.minimum(tau, SWITCH), biot, sphere)
    share, by_tau, by_biot = (np.where(soon, one, other) for one, other in zip(early, late, strict=True))
    return share, by_tau, by_biot


def _early(tau: Floats, biot: Floats, sphere: bool) -> tuple[Floats, Floats, Floats]:
    root = np.sqrt(tau)
    y = (biot - 1.0 if sphere else biot) * root
    w, w_slope, v, v_slope = _transformed(y)
    if sphere:
        level, by_root = w + root * v, 0.5 * (y * w_slope + root * (v + y * v_slope))
        by_biot = biot * root * (w_slope + root * v_slope)
        scale = 3.0 * biot * tau
    else:
        level, by_root, by_biot = w, 0.5 * y * w_slope, y * w_slope
        scale = biot * tau
    return scale * level, scale * (level + by_root), scale * (level + by_biot)


def _transformed(y: Floats) -> tuple[Floats, ...]:
    """w(y) = (erfcx(y) - 1 + 2 y/sqrt(pi))/y**2 and v(y) = (w(y) - 1)/y, each with its derivative."""
    from scipy.special import erfcx

    small = np.abs(y) < SMALL
    x = np.where(small, 1.0, y)
    decay = erfcx(x)
    w = (decay - 1.0 + 2.0 * x / sqrt(pi)) / x**2
    w_slope = 2.0 * (decay - w) / x
    v = (w - 1.0) / x
    closed = (w, w_slope, v, (w_slope - v) / x)
    if not small.any():
        return closed
    z = np.where(small, y, 0.0)
    orders = np.arange(1, SERIES_OF_W.size)
    series = (SERIES_OF_W, orders * SERIES_OF_W[1:], SERIES_OF_W[1:], orders[:-1] * SERIES_OF_W[2:])
    return tuple(np.where(small, np.polyval(terms[::-1], z), far) for terms, far in zip(series, closed, strict=True))


def _late(tau: Floats, biot: Floats, sphere: bool) -> tuple[Floats, Floats, Floats]:
    biot = np.asarray(biot)[..., np.newaxis]
    tau = tau[..., np.newaxis]
    sign, factor = (-1.0, 6.0) if sphere else (1.0, 2.0)
    roots = _roots(biot, sphere)
    squares = roots**2
    weight = squares + biot * (biot + sign)
    left = factor * biot**2 / (squares * weight) * np.exp(-np.minimum(squares * tau, 700.0))
    # db/dL = b/weight for both shapes
    by_biot = 2.0 - biot * (2.0 + 2.0 * squares / weight + 2.0 * biot + sign + 2.0 * squares * tau) / weight
    return 1.0 - left.sum(axis=-1), (squares * tau * left).sum(axis=-1), -(by_biot * left).sum(axis=-1)


def _roots(biot: Floats, sphere: bool) -> Floats:
    """Roots b, (..., TERMS), of b cot(b) = 1 - L, or of b tan(b) = L, by Newton's method on the angle."""
    offset = biot - 1.0 if sphere else biot
    order = np.arange(TERMS)
    # both say b = start + arctan(offset/b), or pi/2 less for the slab, which has tan where the sphere has -cot
    start = (order + 0.5) * pi if sphere else order * pi
    first = np.sqrt(3.0 * biot / (1.0 + 3.0 * biot / pi**2)) if sphere else np.sqrt(biot / (1.0 + 0.45 * biot))
    roots = np.where(order == 0, first, start + (0.0 if sphere else 0.5 * pi))
    for _ in range(9):
        if sphere:
            angle, slope = np.arctan(offset / roots), 1.0 + offset / (roots**2 + offset**2)
        else:
            angle, slope = np.arctan2(offset, roots), 1.0 + offset / (roots**2 + offset**2)
        roots = roots - (roots - start - angle) / slope
    if not (biot < WEAKLY_HELD).any():
        return roots
    held = np.minimum(biot, WEAKLY_HELD)
    series = held * np.polyval((FIRST_OF_SPHERE if sphere else FIRST_OF_SLAB)[::-1], held)
    small = np.sqrt(3.0 * series if sphere else series)
    return np.where((order == 0) & (biot < WEAKLY_HELD), small, roots)


def _build(length: Callable[[Mapping[str, float]], float], sphere: bool) -> Callable[..., Model]:
    def build(constants: Mapping[str, float], seconds: float) -> Model:
        way = length(constants)
        spread, passed = seconds / way**2, seconds / way

        def terms(time: Floats, diffusivity: Any, transfer: Any) -> tuple[Floats, Floats, Floats]:
            diffusivity, transfer = bounded(diffusivity), bounded(transfer)
            return released(np.minimum(diffusivity * spread * time, STRONG), transfer / diffusivity * way, sphere)

        def curve(time: Floats, diffusivity: Any, transfer: Any) -> Floats:
            return np.asarray(100.0 * terms(time, diffusivity, transfer)[0])

        def gradient(time: Floats, diffusivity: Any, transfer: Any) -> Floats:
            _, by_tau, by_biot = terms(time, diffusivity, transfer)
            return rows(100.0 * (by_tau - by_biot) / bounded(diffusivity), 100.0 * by_biot / bounded(transfer))

        biot, mean = (table.ravel() for table in np.meshgrid(BIOTS, MEAN_TIMES))
        # mean of D t/R**2: that of diffusion, and that of the resistance
        slow = 1.0 / 15.0 + 1.0 / (3.0 * biot) if sphere else 1.0 / 3.0 + 1.0 / biot
        diffusivity = slow / mean / spread
        return Model(
            "",
            "",
            "",
            (replace(PARAMETERS[0], grid=(1.0 / spread,)), replace(PARAMETERS[1], grid=(1.0 / passed,))),
            curve,
            gradient,
            lambda longer, diffusivity, transfer: (diffusivity * longer, transfer * longer),
            candidates=np.column_stack([diffusivity, biot * diffusivity / way]),
        )

    return build


PARAMETERS = (
    replace(DIFFUSIVITY, coordinate="log", low=0.0),
    replace(TRANSFER, coordinate="log", low=0.0),
)
ASSUMES = (
    "even load, all of it dissolved, constant D, perfect sink beyond the resistance; readings tell D from h only where "
    "R h/D is of the order of 1: fix h or D where it is known (h = P/K, P that of the layer, K = c body/c medium)"
)

LAWS = (
    Law(
        "fick_sphere_membrane",
        "Diffusion from a sphere through a surface resistance",
        "F = 100 {1 - sum_n 6 L^2 exp(-b_n^2 D t/R^2)/(b_n^2 [b_n^2 + L (L - 1)])}, L = R h/D, b_n cot(b_n) = 1 - L",
        (RADIUS,),
        PARAMETERS,
        _build(lambda c: c["radius"], True),
        ASSUMES,
        CRANK,
    ),
    Law(
        "fick_slab_membrane",
        "Diffusion from a slab through a surface resistance",
        "F = 100 {1 - sum_n 2 B^2 exp(-b_n^2 D t/L^2)/(b_n^2 [b_n^2 + B (B + 1)])}, B = L h/D, b_n tan(b_n) = B, "
        "L = thickness/open_faces",
        (THICKNESS, OPEN_FACES),
        PARAMETERS,
        _build(depth, False),
        ASSUMES,
        CRANK,
    ),
)
