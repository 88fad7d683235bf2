"""Solid drug in a stirred place: how much of it there is over a step, and what its crystals give into solution."""

from dataclasses import dataclass

import numpy as np

from formulate.crystal_sizes import CrystalSizes
from formulate.sampling import Array


def mean_solid(there: Array, new: Array, dissolved: Array) -> Array:
    """Give the solid drug that is there on average over a step [kg].

    Parameters
    ----------
    there, new : ndarray, shape (...)
        All that there is to dissolve in the step, and what of it arrives in the course of the step [kg].
    dissolved : ndarray, shape (...)
        How much of it dissolves, as far as is known [kg].

    Returns
    -------
    ndarray, shape (...)
        [kg].

    Raises
    ------
    Nothing.

    Notes
    -----
    ``M - (d + n (1 - d/M))/2``, of M there is, n new and d dissolves: half of what dissolves is gone on average, and
    half of what is new is not there yet; but of solid that dissolves as it comes, what is there decides nothing, and
    the first half is enough.
    """
    gone = np.minimum(dissolved, there)
    rests = np.divide(there - gone, there, out=np.zeros_like(there), where=there > 0)
    return np.asarray(there - 0.5 * (gone + new * rests))


@dataclass(frozen=True)
class Crystals:
    """What decides how fast solid drug dissolves, each (draws,), SI."""

    sizes: CrystalSizes  # when they arrive
    density: Array  # rho, kg/m3
    solubility: Array  # S, kg/m3
    diffusivity: Array  # D around them, m2/s


def dissolved(time: Array, arrived: Array, freed: Array, capacity: Array, loss: Array, crystals: Crystals) -> Array:
    """Give the cumulative amount that crystals in a stirred place have given into solution.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    arrived, freed : ndarray, shape (draws, times)
        Cumulative amounts of solid and of dissolved drug that have come there [kg].
    capacity : ndarray, shape (draws,)
        Amount in solution over its concentration [m**3].
    loss : ndarray, shape (draws,)
        Rate at which dissolved drug leaves [1/s].
    crystals : Crystals
        What dissolves.

    Returns
    -------
    ndarray, shape (draws, times)
        [kg].

    Raises
    ------
    Nothing.

    Notes
    -----
    ``dM/dt = -kappa (S - C)``, ``kappa = 3 D M/(rho r**2)`` with ``r = r_0 (M/arrived)**(1/3)`` for crystals of one
    size (else `CrystalSizes.rate`), the diffusion layer of a still sphere; C is implicit in time, kappa that of
    `mean_solid`, and what comes back from elsewhere is left out of C. A step dissolves at most what there is, and none
    where C is above saturation. Source: Noyes and Whitney 1897.
    """
    come, given = np.ascontiguousarray(arrived.T), np.ascontiguousarray(freed.T)  # each step reads memory in order
    speed, per_amount = crystals.diffusivity / crystals.density, 1.0 / capacity
    gone, inside = np.zeros_like(come), given[0].copy()
    for index, step in enumerate(np.diff(time), start=1):
        brought = come[index]
        there = np.maximum(brought - gone[index - 1], 0.0)
        if not there.any() and np.array_equal(brought, come[-1]):
            gone[index:] = gone[index - 1]  # all has dissolved, and no more comes
            break
        keeps = 1.0 / (1.0 + loss * step)
        before = (inside + given[index] - given[index - 1]) * keeps
        short, rises = step * speed * (crystals.solubility - before * per_amount), step * speed * keeps * per_amount
        solid = there
        for trial in (True, False):
            left = np.divide(solid, brought, out=np.zeros_like(solid), where=brought > 0.0)
            surface = brought * crystals.sizes.rate(left)
            amount = np.clip(short * surface / (1.0 + rises * surface), 0.0, there)
            if trial:
                solid = mean_solid(there, brought - come[index - 1], amount)
        gone[index] = gone[index - 1] + amount
        inside = before + amount * keeps
    return np.ascontiguousarray(gone.T)
