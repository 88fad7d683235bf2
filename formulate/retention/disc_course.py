"""The course of dissolved drug through a disc: by modes where binding is linear, in cells where sites fill."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulate.retention.disc import (
    ANNULUS,
    DEGRADED,
    ELIMINATED,
    EPIDURAL,
    NUCLEUS,
    PLASMA,
    Disc,
    SlabModes,
    disc_system,
    profile,
)
from formulate.retention.linear import system
from formulate.retention.slab import solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer
from formulate.sampling import Array

POINTS = 24  # of a profile, where the slab is given by its modes


@dataclass(frozen=True)
class Entering:
    """Cumulative amounts of dissolved drug that come into each place, (draws, times) [kg]."""

    nucleus: Array
    beside: Array
    plasma: Array


@dataclass(frozen=True)
class Course:
    """Where dissolved drug is, (draws, times) [kg]; it all sums to what has entered."""

    nucleus: Array
    annulus: Array
    beside: Array
    plasma: Array
    eliminated: Array  # by clearance from plasma
    degraded: Array
    mobile: Array  # mean mobile drug per volume of nucleus [kg/m3]
    depth: Array  # (draws, points), from an endplate [m]
    at_depth: Array  # (draws, points, moments), mobile drug per volume of nucleus [kg/m3]


def linear_course(time: Array, entering: Entering, disc: Disc, modes: SlabModes, moments: NDArray[np.intp]) -> Course:
    """Give the course of a drug that binds far below the capacity of its sites, or not at all.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    entering : Entering
        What comes into each place [kg].
    disc : Disc
        Its constants.
    modes : SlabModes
        Of its nucleus.
    moments : ndarray of int
        Indices of the times at which profiles are given.

    Returns
    -------
    Course
        Exact for arrivals that are linear between the times, up to the last mode of the slab.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN; times that do not rise, arrivals that fall.

    Notes
    -----
    The equations of `formulate.retention.disc`. Source: mass balance.
    """
    arrivals = {name: entering.nucleus * modes.weights[:, index, None] for index, name in enumerate(NUCLEUS)}
    arrivals |= {EPIDURAL: entering.beside, PLASMA: entering.plasma}
    amounts = disc_system(disc, modes).amounts(time, arrivals)
    inside = amounts.inside
    nucleus = np.asarray(sum(inside[name] for name in NUCLEUS))
    depth = disc.half_height[:, None] * np.linspace(0.0, 1.0, POINTS)
    held = np.stack([inside[name][:, moments] for name in NUCLEUS], axis=1)
    return Course(
        nucleus,
        inside[ANNULUS],
        inside[EPIDURAL],
        inside[PLASMA],
        amounts.lost[ELIMINATED],
        amounts.lost[DEGRADED],
        nucleus / (disc.nucleus_volume * disc.retardation)[:, None],
        depth,
        profile(disc, modes, held, depth),
    )


def saturable_course(
    time: Array, entering: Entering, disc: Disc, sites: Array, dissociation: Array, moments: NDArray[np.intp]
) -> Course:
    """Give the course of a drug whose sites in the nucleus may fill up.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    entering : Entering
        What comes into each place [kg].
    disc : Disc
        Its constants; its retardation, its annulus and its exchange by load are not read.
    sites : ndarray, shape (draws,)
        N_T, per volume of nucleus [kg/m**3].
    dissociation : ndarray, shape (draws,)
        K_D, mobile drug per volume of nucleus at which half are taken [kg/m**3].
    moments : ndarray of int
        Indices of the times at which profiles are given.

    Returns
    -------
    Course
        Nothing is in the annulus.

    Raises
    ------
    DomainError
        A value out of range, as in `formulate.retention.slab.solve_slab`.

    Notes
    -----
    ``dT/dt = D d2C/dz2 - k_d T``, ``T = C + N_T C/(K_D + C)``, ``-D dC/dz = P C`` at the endplates. What has passed
    them is in plasma and does not come back; nothing leaves through the annulus or by load, so that the stay is an
    upper value. Source: mass balance.
    """
    area = disc.nucleus_volume / disc.half_height  # of both endplates
    layer = Layer(
        disc.half_height,
        disc.diffusivity,
        sites=sites,
        dissociation=dissociation,
        degradation=disc.degradation,
        content=entering.nucleus[:, 0] / disc.nucleus_volume,
        supply=(entering.nucleus - entering.nucleus[:, :1]) / area[:, None],
    )
    slab = solve_slab(time, [layer], Bath(0.0, disc.endplate_permeability), Closed(), [int(at) for at in moments])
    held, passed, degraded = (area[:, None] * part for part in (slab.held, slab.out_front, slab.degraded))
    blood = system(
        [EPIDURAL, PLASMA],
        {(EPIDURAL, PLASMA): disc.epidural_rate},
        {(PLASMA, ELIMINATED): disc.clearance / disc.plasma_volume},
    ).amounts(time, {EPIDURAL: entering.beside, PLASMA: entering.plasma + np.maximum.accumulate(passed, axis=1)})
    return Course(
        held,
        np.zeros_like(held),
        blood.inside[EPIDURAL],
        blood.inside[PLASMA],
        blood.lost[ELIMINATED],
        degraded,
        slab.free_mean,
        slab.depth,
        slab.free,
    )
