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

from dataclasses import dataclass, field

import numpy as np

from formulate.retention.joint_rates import Crystals, JointRates, Sieve
from formulate.retention.joint_step import March
from formulate.sampling import Array

THICKEST_LAYER = 30e-6  # m, diffusion layer around a large crystal (hintz1989)

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
    cartilage: Array
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
    draws = len(rates.resting_volume)
    # one row per time, so that each step reads and writes memory in order
    arriving = np.stack([arrivals.fluid.T, arrivals.synovium.T, arrivals.plasma.T], axis=1)
    solids = np.ascontiguousarray(arrivals.solid.T)
    history = np.zeros((len(time), 7, draws))
    crystals = rates.crystals if solids.max() > 0 else None
    if crystals is None and solids.max() > 0:
        raise ValueError("solid drug arrives; need its crystals in the rates")
    march = March(rates)
    state, solid = march.start(arriving[0].copy()), solids[0].copy()
    history[0, :3], history[0, 3] = state.amounts, solid
    kept = {0: state.slab} if 0 in parts_at else {}
    for i in range(len(time) - 1):
        step = float(time[i + 1] - time[i])
        source = (arriving[i + 1] - arriving[i]) / step
        supply = solid + solids[i + 1] - solids[i]
        march.prepare(float(time[i + 1]), step)
        if crystals is not None:
            before = _dissolution_coefficient(supply, solids[i + 1], crystals)
            _, left = march.advance(state, supply, source, before)
            middle = _dissolution_coefficient(0.5 * (supply + left), solids[i + 1], crystals)
            state, solid = march.advance(state, supply, source, middle)
        else:
            state, solid = march.advance(state, supply, source, None)
        record = history[i + 1]
        record[:3], record[3], record[4], record[5:] = state.amounts, solid, state.slab.sum(axis=0), state.gone
        if i + 1 in parts_at:
            kept[i + 1] = state.slab
    fluid, synovium, plasma, left, cartilage, eliminated, broken = np.ascontiguousarray(history.transpose(1, 2, 0))
    return JointAmounts(fluid, synovium, plasma, left, cartilage, eliminated, broken, kept)


def _dissolution_coefficient(solid: Array, arrived: Array, crystals: Crystals) -> Array:
    """Give kappa [m3/s] of Noyes-Whitney for `solid` kg left of `arrived` kg of equal crystals."""
    share = np.divide(solid, arrived, out=np.zeros_like(solid), where=arrived > 0)
    radius = crystals.radius * np.cbrt(np.maximum(share, 1e-9))
    layer = np.minimum(radius, THICKEST_LAYER)
    exposed = crystals.exposed_share * crystals.diffusivity
    return np.asarray(3.0 * exposed * solid / (crystals.density * radius * layer))
