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

from dataclasses import dataclass, field, fields, replace

import numpy as np

from formulate.retention.joint_rates import Crystals, JointRates, Sieve
from formulate.retention.joint_step import Indices, March
from formulate.sampling import Array

__all__ = ["Arrivals", "Crystals", "JointAmounts", "JointRates", "Sieve", "solve"]


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
    """Solve the joint for cumulative arrivals that are linear between the given times.

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
    dissolution (a step much longer than its exchange), takes that step by implicit Euler, which cannot. The
    dissolution coefficient is that of the mean of the solid before and after the step; a step that would
    dissolve more solid than there is dissolves just that.
    """
    holds = arrivals.solid.max(axis=1) > 0
    if holds.any() and rates.crystals is None:
        raise ValueError("solid drug arrives; need its crystals in the rates")
    if not holds.any():
        return _solved(time, arrivals, replace(rates, crystals=None), parts_at)
    if holds.all():
        return _solved(time, arrivals, rates, parts_at)
    # draws without solid need no crystals
    split = np.flatnonzero(holds), np.flatnonzero(~holds)
    return _together(
        split,
        [
            _solved(time, _of(arrivals, split[0]), rates.rows(split[0]), parts_at),
            _solved(time, _of(arrivals, split[1]), replace(rates, crystals=None).rows(split[1]), parts_at),
        ],
    )


def _solved(time: Array, arrivals: Arrivals, rates: JointRates, parts_at: tuple[int, ...]) -> JointAmounts:
    """Solve draws of which either all or none get solid drug."""
    draws = len(rates.resting_volume)
    # one row per time, so that each step reads and writes memory in order
    arriving = np.stack([arrivals.fluid.T, arrivals.synovium.T, arrivals.plasma.T])
    solids, crystals = np.ascontiguousarray(arrivals.solid.T), rates.crystals
    history = np.zeros((7, len(time), draws))
    march = March(rates, time)
    state, solid = march.start(arriving[:, 0].copy()), solids[0].copy()
    history[:3, 0], history[3, 0] = state.amounts, solid
    kept = {0: state.slab} if 0 in parts_at else {}
    for i in range(len(time) - 1):
        source = arriving[:, i + 1] - arriving[:, i]
        source /= time[i + 1] - time[i]
        march.prepare(i)
        if crystals is not None:
            supply = solid + solids[i + 1] - solids[i]
            before = _dissolution_coefficient(supply, solids[i + 1], crystals)
            _, left = march.advance(state, supply, source, before)
            middle = _dissolution_coefficient(0.5 * (supply + left), solids[i + 1], crystals)
            state, solid = march.advance(state, supply, source, middle)
        else:
            state, solid = march.advance(state, solid, source, None)
        history[:3, i + 1], history[3, i + 1], history[5:, i + 1] = state.amounts, solid, state.gone
        np.add.reduce(state.slab, axis=0, out=history[4, i + 1])
        if i + 1 in parts_at:
            kept[i + 1] = state.slab
    fluid, synovium, plasma, left, cartilage, eliminated, broken = (
        np.ascontiguousarray(course.T) for course in history
    )
    return JointAmounts(fluid, synovium, plasma, left, cartilage, eliminated, broken, kept)


def _of(arrivals: Arrivals, which: Indices) -> Arrivals:
    """Give what arrives in some of the draws."""
    return Arrivals(*(getattr(arrivals, item.name)[which] for item in fields(arrivals)))


def _together(split: tuple[Indices, ...], solved: list[JointAmounts]) -> JointAmounts:
    """Give the amounts of all draws from those of parts of them."""
    order = np.argsort(np.concatenate(split))
    courses = [item.name for item in fields(JointAmounts) if item.name != "cartilage_parts"]
    joined = {name: np.concatenate([getattr(part, name) for part in solved])[order] for name in courses}
    parts = [part.cartilage_parts for part in solved]
    return JointAmounts(
        **joined,
        cartilage_parts={at: np.concatenate([part[at] for part in parts], axis=1)[:, order] for at in parts[0]},
    )


def _dissolution_coefficient(solid: Array, arrived: Array, crystals: Crystals) -> Array:
    """Give kappa [m3/s] of Noyes-Whitney for `solid` kg left of `arrived` kg of crystals."""
    share = np.divide(solid, arrived, out=np.zeros_like(solid), where=arrived > 0)
    exposed = crystals.exposed_share * crystals.diffusivity
    return np.asarray(exposed * arrived * crystals.sizes.rate(share) / crystals.density)
