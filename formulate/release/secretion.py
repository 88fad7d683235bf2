"""What living cells in a gel secrete: held by the gel for a while, lost in it, and let out of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.diffusion import sphere_relaxation
from formulate.sampling import Array

MODES = 24  # exponentials of the sphere; what is in faster ones has left within r^2/(6000 D)


@dataclass(frozen=True)
class Secreted:
    """Where what was secreted is, (draws, times), in the unit of the secretion; the last three sum to the first.

    Attributes
    ----------
    secreted : ndarray
        All that was secreted by each time.
    held : ndarray
        In the gel.
    lost : ndarray
        Degraded in the gel.
    released : ndarray
        Out of the gel.
    """

    secreted: Array
    held: Array
    lost: Array
    released: Array


def held_secretion(
    time: ArrayLike,
    secretion_rate: ArrayLike,
    diffusivity: ArrayLike,
    radius: ArrayLike,
    degradation_rate: ArrayLike = 0.0,
) -> Secreted:
    """Give what a sphere of gel holds and lets out of a substance that cells spread evenly in it secrete.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, rising from 0 [s].
    secretion_rate : array_like, shape (draws, times)
        s, of all living cells in the gel together [kg/s]; any other unit of amount as well, such as vesicles.
    diffusivity : array_like, shape (draws,)
        D, of the substance in the gel [m**2/s].
    radius : array_like, shape (draws,)
        R, of the gel [m].
    degradation_rate : array_like, shape (draws,), optional
        k, of the substance in the gel [1/s].

    Returns
    -------
    Secreted
        Secreted, held, lost and released [kg], in the unit of the secretion.

    Raises
    ------
    DomainError
        If times do not rise, a rate is negative, or a diffusivity or radius is not above zero.

    Notes
    -----
    ``dA_j/dt = w_j s - (b_j + k) A_j`` with ``b_j = j^2 pi^2 D/R^2``, ``w_j = 6/(j^2 pi^2)``: what is secreted at one
    time is an even load of a sphere with a perfect sink around it (crank1975), and loads add up. Steady secretion
    comes to ``A = s R^2/(15 D)``. Over a step the rate is steady at its mean. Of 24 terms; the faster ones, 2.5 % of
    what is secreted, are let out at once. The gel is taken as whole and as swollen as at first.

    Examples
    --------
    A day's 1 ng/h in a gel of 5 mm with D = 5e-11 m**2/s, at the end of ten days: R^2/(15 D) is 9.3 h.

    >>> found = held_secretion(np.linspace(0, 864000.0, 2001), np.ones((1, 2001)) / 3600.0, [5e-11], [5e-3])
    >>> round(float(found.held[0, -1]), 1), round(float(found.secreted[0, -1]), 1)
    (9.3, 240.0)
    """
    at = np.asarray(require_not_negative("time", time, "s"))
    steps = np.diff(at)
    require("time", steps, "s", steps > 0, "rising times")
    rate = require_not_negative("secretion_rate", secretion_rate, "kg/s")
    weights, speeds = sphere_relaxation(MODES)
    across = require_positive("diffusivity", diffusivity, "m**2/s") / require_positive("radius", radius, "m") ** 2
    leaving = speeds * across[:, None]  # (draws, modes)
    dying = np.broadcast_to(require_not_negative("degradation_rate", degradation_rate, "1/s"), across.shape)[:, None]
    whole = leaving + dying
    came = 0.5 * (rate[:, 1:] + rate[:, :-1]) * steps
    modes = np.zeros_like(leaving)
    held, lost, released = (np.zeros((len(across), len(at))) for _ in range(3))
    at_once = 1.0 - weights.sum()
    for i, step in enumerate(steps):
        entering = weights * came[:, i, None]
        before = modes
        fading = whole * step
        modes = before * np.exp(-fading) - entering * np.expm1(-fading) / fading
        gone = np.maximum(before + entering - modes, 0.0) / whole
        held[:, i + 1] = modes.sum(axis=1)
        lost[:, i + 1] = lost[:, i] + (gone * dying).sum(axis=1)
        released[:, i + 1] = released[:, i] + (gone * leaving).sum(axis=1) + at_once * came[:, i]
    secreted = np.concatenate([np.zeros((len(came), 1)), np.cumsum(came, axis=1)], axis=1)
    return Secreted(secreted, held, lost, released)
