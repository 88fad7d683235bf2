"""Crystals in the nucleus of a disc: they dissolve into still tissue until it is saturated around them."""

from dataclasses import dataclass

import numpy as np

from formulate.crystal_sizes import CrystalSizes
from formulate.retention.disc import Disc, SlabModes
from formulate.sampling import Array


@dataclass(frozen=True)
class DiscCrystals:
    """What decides how fast solid drug dissolves, each (draws,), SI."""

    sizes: CrystalSizes  # when they arrive
    density: Array  # rho, kg/m3
    solubility: Array  # S, per volume of water, kg/m3
    water_fraction: Array  # of the nucleus


def dissolved(time: Array, arrived: Array, freed: Array, disc: Disc, modes: SlabModes, crystals: DiscCrystals) -> Array:
    """Give the cumulative amount that crystals in the nucleus have given into solution.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    arrived, freed : ndarray, shape (draws, times)
        Cumulative amounts of solid and of dissolved drug that have come into the nucleus [kg].
    disc : Disc
        Its constants.
    modes : SlabModes
        Of its nucleus.
    crystals : DiscCrystals
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
    ``dM/dt = -kappa (w S - C)``, ``kappa = 3 D M/(rho r**2)`` with ``r = r_0 (M/arrived)**(1/3)`` for crystals of one
    size (else `CrystalSizes.rate`): a sphere in still tissue has a diffusion layer as thick as it is wide. C is the
    mean mobile concentration, per volume of tissue, by the modes of the slab, implicit in time, with kappa at the start
    of the step; what comes back from annulus and plasma is left out of C. A step dissolves at most what there is, and
    none where C is above saturation. Source: Noyes and Whitney 1897, with the layer of a still sphere.
    """
    saturated = crystals.water_fraction * crystals.solubility
    holds = disc.nucleus_volume * disc.retardation  # amount over C
    other = 2.0 * disc.annulus_conductance / disc.nucleus_capacity + disc.degradation
    rates = np.ascontiguousarray((disc.mode_rates(modes) + other[:, None]).T)  # (modes, draws)
    weights = np.ascontiguousarray(modes.weights.T)
    come, given = np.ascontiguousarray(arrived.T), np.ascontiguousarray(freed.T)  # each step reads memory in order
    inside = weights * given[0]
    gone = np.zeros_like(come)
    for index, step in enumerate(np.diff(time), start=1):
        there = come[index] - gone[index - 1]
        if there.max() <= 0.0 and np.array_equal(come[index], come[-1]):
            gone[index:] = gone[index - 1]  # all has dissolved, and no more comes
            break
        ratio = np.divide(there, come[index], out=np.zeros_like(there), where=there > 0.0)
        kappa = disc.diffusivity * come[index] * crystals.sizes.rate(ratio) / crystals.density
        kept = 1.0 / (1.0 + rates * step)
        came = given[index] - given[index - 1]
        before = ((inside + weights * came) * kept).sum(axis=0) / holds
        per_amount = (weights * kept).sum(axis=0) / holds  # rise of C by what dissolves in the step
        wanted = step * kappa * (saturated - before) / (1.0 + step * kappa * per_amount)
        amount = np.clip(wanted, 0.0, np.maximum(there, 0.0))
        gone[index] = gone[index - 1] + amount
        inside = (inside + weights * (came + amount)) * kept
    return np.ascontiguousarray(gone.T)
