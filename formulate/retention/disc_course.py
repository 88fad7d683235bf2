"""The course of dissolved drug through a disc: by modes where binding is linear, in cells where sites fill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

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
    Shapes,
    SlabModes,
    disc_system,
)
from formulate.retention.linear import system
from formulate.retention.slab import solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer
from formulate.retention.together import amounts_of_all
from formulate.sampling import Array

POINTS = 24  # of a profile, where the slab is given by its modes
_EVENLY = "nucleus"  # as an entry: spread evenly over its depth


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
    mobile: Array | None  # mean mobile drug per volume of nucleus [kg/m3]; None where all in the nucleus tells it
    profile: Callable[[], tuple[Array, Array]]  # see `depth` and `at_depth`

    @cached_property
    def _profile(self) -> tuple[Array, Array]:
        return self.profile()

    @property
    def depth(self) -> Array:
        """Distances from an endplate [m], (draws, points)."""
        return self._profile[0]

    @property
    def at_depth(self) -> Array:
        """Mobile drug per volume of nucleus there [kg/m3], (draws, points, moments)."""
        return self._profile[1]


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
        Exact for arrivals with rates that are linear between the times, up to the last mode of the slab.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN; times that do not rise, arrivals that fall.

    Notes
    -----
    The equations of `formulate.retention.disc`. Source: mass balance.
    """
    return linear_courses(time, [entering], disc, modes, moments)[0]


def linear_courses(
    time: Array, entering: Sequence[Entering], disc: Disc, modes: SlabModes, moments: NDArray[np.intp]
) -> list[Course]:
    """Give what `linear_course` gives for each of many inputs into one disc.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    entering : sequence of Entering
        What comes into each place, of each input [kg].
    disc : Disc
        Its constants.
    modes : SlabModes
        Of its nucleus.
    moments : ndarray of int
        Indices of the times at which profiles are given.

    Returns
    -------
    list of Course
        In the order of the inputs.

    Raises
    ------
    DomainError
        As `linear_course`.

    Notes
    -----
    The modes of the disc serve all inputs.
    """
    found = amounts_of_all(
        disc_system(disc, modes),
        time,
        [{_EVENLY: one.nucleus, EPIDURAL: one.beside, PLASMA: one.plasma} for one in entering],
        {_EVENLY: {name: modes.weights[:, index] for index, name in enumerate(NUCLEUS)}},
        {_EVENLY: NUCLEUS} | {name: (name,) for name in (ANNULUS, EPIDURAL, PLASMA)},
        [int(at) for at in moments],
    )
    shapes = Shapes(disc, modes, disc.half_height[:, None] * np.linspace(0.0, 1.0, POINTS))
    return [
        Course(
            one.inside[_EVENLY],
            one.inside[ANNULUS],
            one.inside[EPIDURAL],
            one.inside[PLASMA],
            one.lost[ELIMINATED],
            one.lost[DEGRADED],
            None,
            partial(_profile_of_modes, shapes, one.at_moments),
        )
        for one in found
    ]


def _profile_of_modes(shapes: Shapes, amounts: Array) -> tuple[Array, Array]:
    return shapes.depth, shapes.profile(np.ascontiguousarray(amounts[:, : len(NUCLEUS)]))


def _as_given(depth: Array, at_depth: Array) -> tuple[Array, Array]:
    return depth, at_depth


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
    ).amounts(
        time, {EPIDURAL: entering.beside, PLASMA: entering.plasma + np.maximum.accumulate(passed, axis=1)}, smooth=True
    )
    return Course(
        held,
        np.zeros_like(held),
        blood.inside[EPIDURAL],
        blood.inside[PLASMA],
        blood.lost[ELIMINATED],
        degraded,
        slab.free_mean,
        partial(_as_given, slab.depth, slab.free),
    )
