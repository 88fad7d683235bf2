"""Drug in a joint: synovial fluid, synovium, cartilage, plasma, and solid drug that the fluid dissolves.

Amounts A [kg], volumes V [m3], concentrations [kg/m3], unbound C_u = fu A_f/V in the fluid:

    dA_f/dt = r_f + kappa (S - C_u) - PS_1 (C_u - C_s) - J m A_f/V + F A_p/V_p - k A_f - j_c
    dA_s/dt = r_s + PS_1 (C_u - C_s) - PS_2 (C_s - C_p)                        C_s = A_s/(K_s V_s)
    dA_p/dt = r_p + PS_2 (C_s - C_p) + J m A_f/V - F A_p/V_p - (CL/V_p) A_p    C_p = fu_p A_p/V_p
    dA_c/dt = j_c                                                              (`formulate.retention.cartilage_uptake`)
    dM/dt   = r_m - kappa (S - C_u)                                            kappa = 3 e D M/(rho r h)

with m = fu (1 - R(J)) + (1 - fu)(1 - sigma_alb), the share that lymph carries. r are releases into each place, F is the
clearance from plasma with the fluid that the joint makes, k breakdown in the joint. M is the solid drug, r its
shrinking radius and h = min(r, 30 um) its diffusion layer; e is the share of the crystals that moving fluid reaches,
for they settle into recesses. V and J follow the injected volumes (`formulate.retention.fluid`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from formulate.retention import joint_linear
from formulate.retention.arriving import staged
from formulate.retention.cartilage_uptake import CellUptake
from formulate.retention.dissolving import mean_solid
from formulate.retention.joint_rates import Crystals, JointRates, Sieve
from formulate.retention.joint_step import March
from formulate.sampling import Array

__all__ = ["Arrivals", "Crystals", "JointAmounts", "JointRates", "Sieve", "solve", "solve_all"]

_AT_ONCE, _FEWEST = 8192, 64  # carriers times draws that are stepped together; fewest draws
_DRAWS = 1024  # that are stepped together
SOLID, BROKEN_DOWN = 3, 6  # among the places of `JointAmounts`


@dataclass(frozen=True)
class Arrivals:
    """What enters each place by each time: cumulative amounts, (draws, times), kg."""

    fluid: Array
    synovium: Array
    plasma: Array
    solid: Array


@dataclass(frozen=True)
class JointAmounts:
    """Amounts in each place, (draws, times), kg. Together with what is gone they sum to the arrivals."""

    fluid: Array
    synovium: Array
    plasma: Array
    solid: Array
    cartilage: Array  # all its parts
    eliminated: Array  # from plasma
    broken_down: Array  # in the joint
    cartilage_parts: dict[int, Array] = field(default_factory=dict)  # parts of the uptake at the times asked for


def solve(time: Array, arrivals: Arrivals, rates: JointRates, parts_at: tuple[int, ...] = ()) -> JointAmounts:
    """Solve the joint for cumulative arrivals that go smoothly from one of the given times to the next.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s], rising.
    arrivals : Arrivals
        Cumulative amounts entering fluid, synovium, plasma, and as solid [kg], (draws, times).
    rates : JointRates
        Constants, each (draws,).
    parts_at : sequence of int, optional
        Indices of the times at which the parts of the cartilage are kept.

    Returns
    -------
    JointAmounts
        Amounts (draws, times) [kg]; mass is conserved to rounding.

    Notes
    -----
    Two-stage singly diagonally implicit Runge-Kutta, L-stable and of second order (alexander1977): the fast
    exchanges are damped, however long the step. A draw that this would drive below zero, or past saturation by
    dissolution (a step much longer than its exchange), takes that step in stages that cannot
    (`formulate.retention.arriving.damped`). The dissolution coefficient is that of the solid there on average over the
    step (`formulate.retention.dissolving.mean_solid`); a step that would dissolve more solid than there is dissolves
    just that. Within a step drug arrives at a rate that is linear in time (`formulate.retention.arriving.rising`).
    """
    return solve_all(time, [arrivals], rates, parts_at)[0]


def solve_all(
    time: Array, arrivals: Sequence[Arrivals], rates: JointRates, parts_at: tuple[int, ...] = ()
) -> list[JointAmounts]:
    """Solve one joint for what arrives of several carriers, as `solve` does for one.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s], rising.
    arrivals : sequence of Arrivals
        Of each carrier.
    rates : JointRates
        Constants, each (draws,).
    parts_at : sequence of int, optional
        Indices of the times at which the parts of the cartilage are kept.

    Returns
    -------
    list of JointAmounts
        Of each carrier.

    Raises
    ------
    ValueError
        Solid drug arrives, and the rates hold no crystals.

    Notes
    -----
    The equations of a step are worked out once for all carriers; where cartilage takes up drug linearly, as
    `formulate.retention.joint_linear` has them.
    """
    brings = [bool(one.solid.any()) for one in arrivals]
    if any(brings) and rates.crystals is None:
        raise ValueError("solid drug arrives; need its crystals in the rates")
    if not isinstance(rates.cartilage, CellUptake):
        order = sorted(range(len(arrivals)), key=lambda i: not brings[i])  # those that bring solid first
        linear = _linear(time, [arrivals[i] for i in order], sum(brings), rates, parts_at)
        return [linear[order.index(i)] for i in range(len(arrivals))]
    found: dict[int, JointAmounts] = {}
    for solid, constants in ((False, replace(rates, crystals=None)), (True, rates)):
        which = [i for i, one in enumerate(brings) if one is solid]
        if which:
            solved = _solved(time, [arrivals[i] for i in which], constants, parts_at)
            found |= dict(zip(which, solved, strict=True))
    return [found[i] for i in range(len(arrivals))]


def _linear(
    time: Array, arrivals: list[Arrivals], solids: int, rates: JointRates, parts_at: tuple[int, ...]
) -> list[JointAmounts]:
    """Solve a joint with linear cartilage for carriers of which the first so many bring solid drug."""
    carriers, draws = len(arrivals), len(rates.resting_volume)
    coming = []
    for i, one in enumerate(arrivals):
        into = tuple(place if place.any() else None for place in (one.fluid, one.synovium, one.plasma))
        coming.append(joint_linear.Coming(into, one.solid if i < solids else None))
    shape = carriers, draws, len(time)
    courses = [np.empty(shape) for _ in range(7)]
    courses[SOLID] = np.empty((solids, *shape[1:]))
    if rates.breakdown is None:
        courses[BROKEN_DOWN] = np.broadcast_to(0.0, shape)
    parts = rates.cartilage.parts if rates.cartilage else 0
    kept = {at: np.zeros((carriers, parts, draws)) for at in parts_at}
    for first in range(0, draws, _DRAWS):
        some = slice(first, first + _DRAWS)
        joint_linear.march(time, coming, rates.rows(some), courses, kept, some)
    without = np.broadcast_to(0.0, shape[1:])
    return [
        _amounts(
            [without if place == SOLID and i >= solids else course[i] for place, course in enumerate(courses)],
            {at: kept[at][i] for at in kept},
        )
        for i in range(carriers)
    ]


def _amounts(courses: Sequence[Array], kept: dict[int, Array]) -> JointAmounts:
    names = [item.name for item in fields(JointAmounts) if item.name != "cartilage_parts"]
    return JointAmounts(**dict(zip(names, courses, strict=True)), cartilage_parts=kept)


def _solved(time: Array, arrivals: list[Arrivals], rates: JointRates, parts_at: tuple[int, ...]) -> list[JointAmounts]:
    """Solve carriers of which either all or none bring solid drug, some draws at a time."""
    carriers, draws = len(arrivals), len(rates.resting_volume)
    courses = np.zeros((7, carriers, draws, len(time)))
    parts = rates.cartilage.parts if rates.cartilage else 0
    kept = {at: np.zeros((carriers, parts, draws)) for at in parts_at}
    size = max(_FEWEST, _AT_ONCE // carriers)
    for start in range(0, draws, size):
        some = slice(start, start + size)
        _march(time, [_of(one, some) for one in arrivals], rates.rows(some), courses[:, :, some], kept, some)
    return [_amounts([*courses[:, i]], {at: kept[at][i] for at in kept}) for i in range(carriers)]


def _march(
    time: Array, arrivals: list[Arrivals], rates: JointRates, courses: Array, kept: dict[int, Array], some: slice
) -> None:
    """Step through the times, and write the amounts to `courses` (7, carriers, draws, times) and `kept`."""
    # one row per time, so that each step reads and writes memory in order
    arriving = _by_time([[one.fluid, one.synovium, one.plasma] for one in arrivals]).swapaxes(1, 2)
    staging = np.concatenate(staged(time, np.moveaxis(arriving, 0, -1))) / np.diff(time)
    sources = np.ascontiguousarray(np.moveaxis(staging, -1, 0))  # (steps, places of the two stages, ...)
    crystals = rates.crystals
    solids = None if crystals is None else _by_time([one.solid for one in arrivals])
    march = March(rates, time)
    state = march.start(arriving[0].copy())
    history = np.zeros((len(time), 6, *arriving.shape[2:]))
    left = np.zeros((len(time), *arriving.shape[2:]) if solids is not None else 0)
    if solids is not None:
        left[0] = solids[0]
    for i in range(len(time)):
        if i:
            march.prepare(i - 1)
            if crystals is None or solids is None:
                state, _ = march.advance(state, sources[i - 1, 0], sources[i - 1], None)
            else:
                new = solids[i] - solids[i - 1]
                supply = left[i - 1] + new
                before = _dissolution_coefficient(supply, solids[i], crystals)
                _, rest = march.advance(state, supply, sources[i - 1], before, trial=True)
                middle = _dissolution_coefficient(mean_solid(supply, new, supply - rest), solids[i], crystals)
                state, left[i] = march.advance(state, supply, sources[i - 1], middle)
        history[i, :3], history[i, 4:] = state.amounts, state.gone
        np.add.reduce(state.slab, axis=0, out=history[i, 3])
        if i in kept:
            kept[i][..., some] = state.slab.swapaxes(0, 1)
    for place, course in zip((0, 1, 2, 4, 5, 6), history.transpose(1, 2, 3, 0), strict=True):
        if place < 6 or rates.breakdown is not None:
            courses[place] = course
    if solids is not None:
        courses[3] = left.transpose(1, 2, 0)


def _by_time(values: list[Array] | list[list[Array]]) -> Array:
    """Stack arrays (..., draws, times), with the times first."""
    return np.ascontiguousarray(np.moveaxis(np.array(values), -1, 0))


def _of(arrivals: Arrivals, which: slice) -> Arrivals:
    """Give what arrives in some of the draws."""
    return Arrivals(*(getattr(arrivals, item.name)[which] for item in fields(arrivals)))


def _dissolution_coefficient(solid: Array, arrived: Array, crystals: Crystals) -> Array:
    """Give kappa [m3/s] of Noyes-Whitney for `solid` kg left of `arrived` kg of crystals."""
    share = np.divide(solid, arrived, out=np.zeros_like(solid), where=arrived > 0)
    exposed = crystals.exposed_share * crystals.diffusivity
    return np.asarray(exposed * arrived * crystals.sizes.rate(share) / crystals.density)
