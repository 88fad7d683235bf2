"""The spinal cord: turnover of the fluid around it, and how drug and carriers move between its cells."""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.sampling import Array

_TERMS = 16  # of the series of a profile


def bulk_flow_rate(formation_rate: ArrayLike, fluid_volume: ArrayLike, effective_fraction: ArrayLike) -> Array:
    """Rate at which a dissolved drug leaves cerebrospinal fluid with its bulk flow.

    Parameters
    ----------
    formation_rate : array_like, shape (draws,)
        Q, fluid formed, and drained, per time [m**3/s].
    fluid_volume : array_like, shape (draws,)
        V, all cerebrospinal fluid [m**3].
    effective_fraction : array_like, shape (draws,)
        f, share of it that a dose mixes with [1].

    Returns
    -------
    ndarray, shape (draws,)
        k [1/s].

    Raises
    ------
    DomainError
        If a flow or volume is not above zero, or the share not from 0 to 1.

    Notes
    -----
    ``k = Q/(f V)``. Source: from mass balance; V and Q by species after intjtoxicol2018. Cytarabine in man: cleared at
    0.24 mL/min, the bulk flow (rxlistnd), with a half-life of 2 h, so that it mixes with 42 mL of some 130.

    Examples
    --------
    Half-lives in hours of cytarabine in man, and of a solute that mixes with all the fluid of a rat:

    >>> from math import log
    >>> log(2) / bulk_flow_rate([0.24e-6 / 60, 0.22e-6 / 3600], [130e-6, 0.25e-6], [42 / 130, 1.0]) / 3600
    array([2.0217, 0.7877])
    """
    flow = require_positive("formation_rate", formation_rate, "m**3/s")
    share = require_fraction("effective_fraction", effective_fraction)
    require("effective_fraction", share, "", share > 0, "> 0")
    return np.asarray(flow / (share * require_positive("fluid_volume", fluid_volume, "m**3")))


def tissue_diffusivity(
    diffusivity_in_water: ArrayLike, diameter: ArrayLike, tortuosity: ArrayLike, gap_width: ArrayLike
) -> Array:
    """Diffusivity between the cells of the cord.

    Parameters
    ----------
    diffusivity_in_water : array_like, shape (draws,)
        D_0 [m**2/s].
    diameter : array_like, shape (draws,)
        d, of molecule or carrier [m].
    tortuosity : array_like, shape (draws,)
        lambda, of a small solute [1].
    gap_width : array_like, shape (draws,)
        w, of the space between cells [m].

    Returns
    -------
    ndarray, shape (draws,)
        D [m**2/s]; 0 for what is as wide as the gaps.

    Raises
    ------
    DomainError
        If a value is not above zero, or the tortuosity below 1.

    Notes
    -----
    ``D = (D_0/lambda**2)(1 - d/w)**2``, and 0 from d = w on. lambda is 1.6 (Sykova and Nicholson 2008) and w 38 to 64
    nm (Thorne and Nicholson 2006), both as remembered. The second factor, the room that the walls of a gap leave to a
    sphere, is a prior.

    Examples
    --------
    A small drug, a protein, and a particle of 100 nm in intact tissue:

    >>> tissue_diffusivity([6e-10, 1e-10, 6e-12], [0.8e-9, 5e-9, 100e-9], 1.6, 50e-9) * 1e10
    array([2.26935  , 0.3164063, 0.       ])
    """
    speed = require_positive("diffusivity_in_water", diffusivity_in_water, "m**2/s")
    detour = require_positive("tortuosity", tortuosity, "")
    require("tortuosity", detour, "", detour >= 1.0, ">= 1")
    ratio = require_positive("diameter", diameter, "m") / require_positive("gap_width", gap_width, "m")
    return np.asarray(speed / detour**2 * np.maximum(1.0 - ratio, 0.0) ** 2)


def cylinder_exchange(diffusivity: ArrayLike, radius: ArrayLike, loss_rate: ArrayLike) -> Array:
    """Rate at which the mean concentration in a cylinder follows that around it.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D in the cylinder [m**2/s].
    radius : array_like, shape (draws,)
        R [m].
    loss_rate : array_like, shape (draws,)
        k, loss all over the cylinder [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        h, of ``dm/dt = h (C - m) - k m`` [1/s].

    Raises
    ------
    DomainError
        If the radius is not above zero, or another value negative.

    Notes
    -----
    ``h = k e/(1 - e)``, ``e = 2 I_1(x)/(x I_0(x))``, ``x = R sqrt(k/D)``: mean and flux are those of the steady state,
    with any loss; without, ``h = 8 D/R**2``. Before that it lags: what enters goes with the root of time at first.
    Source: crank1975.

    Examples
    --------
    No loss, and a loss so fast that drug comes no further than ``sqrt(D/k) = R/100``: the flux is ``2 sqrt(D k)/R``

    >>> cylinder_exchange([1e-10, 1e-10], 1e-3, [0.0, 1.0]).round(4)
    array([0.0008, 0.0203])
    """
    from scipy.special import ive

    length = require_positive("radius", radius, "m")
    ratio = _thiele(diffusivity, length, loss_rate)
    shared = np.divide(2.0 * ive(1, ratio), ratio * ive(0, ratio), out=np.ones_like(ratio), where=ratio > 0)
    return _exchange(diffusivity, length, loss_rate, ratio, shared, 8.0)


def slab_exchange(diffusivity: ArrayLike, thickness: ArrayLike, loss_rate: ArrayLike) -> Array:
    """Rate at which the mean concentration in a slab follows that at its one open face.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D in the slab [m**2/s].
    thickness : array_like, shape (draws,)
        L [m].
    loss_rate : array_like, shape (draws,)
        k, loss all over the slab [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        h, of ``dm/dt = h (C - m) - k m`` [1/s].

    Raises
    ------
    DomainError
        If the thickness is not above zero, or another value negative.

    Notes
    -----
    ``h = k e/(1 - e)``, ``e = tanh(x)/x``, ``x = L sqrt(k/D)``; without loss ``h = 3 D/L**2``. As `cylinder_exchange`.

    Examples
    --------
    >>> slab_exchange([1e-10, 1e-10], 1e-3, [0.0, 1.0]).round(4)
    array([0.0003, 0.0101])
    """
    length = require_positive("thickness", thickness, "m")
    ratio = _thiele(diffusivity, length, loss_rate)
    shared = np.divide(np.tanh(ratio), ratio, out=np.ones_like(ratio), where=ratio > 0)
    return _exchange(diffusivity, length, loss_rate, ratio, shared, 3.0)


def profile(
    time: Array,
    face: Array,
    diffusivity: Array,
    thickness: Array,
    loss_rate: Array,
    depth: Array,
    moments: NDArray[np.intp],
) -> Array:
    """Give the concentration at depths of a slab whose face follows a given course, closed at its other end.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    face : ndarray, shape (draws, times)
        Concentration at the face; nothing is in the slab at the first time [kg/m**3].
    diffusivity, thickness, loss_rate : ndarray, shape (draws,)
        D [m**2/s], L [m] and k [1/s].
    depth : ndarray, shape (depths,)
        From the face, as shares of L [1].
    moments : ndarray of int, shape (moments,)
        At which of the times.

    Returns
    -------
    ndarray, shape (draws, depths, moments)
        C [kg/m**3].

    Raises
    ------
    DomainError
        If D, L or a depth is negative, L zero, or k negative.

    Notes
    -----
    Duhamel's sum over ``C = C_0 s(x) - sum_j 2 b_j sin(b_j x/L)/(b_j**2 + p**2) y_j``, with ``b_j = (j + 1/2) pi``,
    ``p = L sqrt(k/D)``, ``s = cosh(p (1 - x/L))/cosh(p)`` and ``dy_j/dt = dC_0/dt - (k + D b_j**2/L**2) y_j``: exact
    for a face that moves in straight lines, but for the end of the series (16 terms: details finer than L/16). What
    that end leaves below zero, where little has come yet, is given as 0. Source: crank1975.

    Examples
    --------
    A face held at 1 for long, with a penetration depth of a tenth of L, at the face and that deep:

    >>> import numpy as np
    >>> arguments = np.ones((1, 3)), np.array([1e-10]), np.array([1e-3]), np.array([1e-2])
    >>> profile(np.array([0.0, 1.0, 1e6]), *arguments, np.array([0.0, 0.1]), np.array([2]))[0, :, 0]
    array([1.    , 0.3679])
    """
    return Waves(time, diffusivity, thickness, loss_rate).profile(face, depth, moments)


class Waves:
    """The terms of `profile`, which serve every face of one slab: what they need over each step is worked out once."""

    def __init__(self, time: Array, diffusivity: Array, thickness: Array, loss_rate: Array) -> None:
        self.steps = np.diff(time)
        self.speed = np.maximum(require_not_negative("diffusivity", diffusivity, "m**2/s"), 1e-18)
        self.length = require_positive("thickness", thickness, "m")
        self.loss = require_not_negative("loss_rate", loss_rate, "1/s")
        self.roots = (np.arange(_TERMS) + 0.5) * np.pi

    @cached_property
    def _over_steps(self) -> tuple[Array, Array]:
        """Share of each term that a step leaves, and what it leaves of a rise within it, (steps, terms, draws)."""
        rates = self.loss + self.speed * self.roots[:, None] ** 2 / self.length**2
        past = self.steps[:, None, None] * rates  # above zero: the diffusivity is
        means = -np.expm1(-past) / past
        return np.exp(-past, out=past), means

    def profile(self, face: Array, depth: Array, moments: NDArray[np.intp]) -> Array:
        """Give what the function `profile` gives for one face."""
        place, roots = require_fraction("depth", depth), self.roots
        ratio = self.length * np.sqrt(self.loss / self.speed)
        along = np.exp(-ratio[:, None] * place) * (1.0 + np.exp(-2.0 * ratio[:, None] * (1.0 - place)))
        steady = along / (1.0 + np.exp(-2.0 * ratio[:, None]))
        shapes = 2.0 * roots[:, None] / (roots[:, None] ** 2 + ratio**2)
        waves = np.sin(roots[:, None] * place)
        found = np.empty((len(self.speed), len(place), len(moments)))
        behind = np.broadcast_to(face[:, 0], (len(roots), len(self.speed))).copy()
        risen = np.empty_like(behind)
        rises, (remains, means) = np.ascontiguousarray(np.diff(face, axis=1).T), self._over_steps
        for index in range(int(moments.max(initial=-1)) + 1):
            if index:
                behind *= remains[index - 1]
                behind += np.multiply(rises[index - 1], means[index - 1], out=risen)
            for wanted in np.flatnonzero(moments == index):
                late = np.einsum("jd,jx->dx", shapes * behind, waves)
                found[:, :, wanted] = np.maximum(face[:, index, None] * steady - late, 0.0)
        return found


def _thiele(diffusivity: ArrayLike, length: Array, loss_rate: ArrayLike) -> Array:
    speed = require_not_negative("diffusivity", diffusivity, "m**2/s")
    loss = require_not_negative("loss_rate", loss_rate, "1/s")
    return np.asarray(np.minimum(length * np.sqrt(loss / np.maximum(speed, 1e-30)), 1e8))


def _exchange(
    diffusivity: ArrayLike, length: Array, loss_rate: ArrayLike, ratio: Array, shared: Array, still: float
) -> Array:
    """Give k e/(1 - e); where the loss hardly counts, its limit."""
    slow = still * np.asarray(diffusivity) / length**2
    lost = np.asarray(loss_rate) * shared / np.maximum(1.0 - shared, 1e-12)
    return np.asarray(np.where(ratio < 1e-3, slow, lost))
