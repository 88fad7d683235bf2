"""Drug in a joint: synovial fluid, synovium, plasma, and solid drug that the fluid dissolves.

Amounts A [kg], volumes V [m3], concentrations [kg/m3], unbound C_u = fu A_f/V in the fluid:

    dA_f/dt = r_f + kappa (S - C_u) - PS_1 (C_u - C_s) - J m A_f/V             m = fu + (1 - fu)(1 - sigma_alb)
    dA_s/dt = r_s + PS_1 (C_u - C_s) - PS_2 (C_s - C_p)                        C_s = A_s/(K_s V_s)
    dA_p/dt = r_p + PS_2 (C_s - C_p) + J m A_f/V - (CL/V_p) A_p                C_p = fu_p A_p/V_p
    dM/dt   = r_m - kappa (S - C_u)                                            kappa = 3 e D M/(rho r h)

r are releases into each place, M the solid drug, r its shrinking radius and h = min(r, 30 um) its diffusion layer;
e is the share of the crystals that moving fluid reaches, for they settle into recesses. V and J follow the injected
volume (`particles.fluid_volume`).
"""

from dataclasses import dataclass

import numpy as np

from formulate.sampling import Array

THICKEST_LAYER = 30e-6  # m, diffusion layer around a large crystal (hintz1989)
_GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
_ROUNDING = -1e-12  # of the largest amount; below this a negative amount is no rounding error


@dataclass(frozen=True)
class Crystals:
    """What decides how fast solid drug dissolves, each (draws,), SI."""

    diffusivity: Array  # D in water, m2/s
    radius: Array  # r when they arrive, m
    density: Array  # rho, kg/m3
    exposed_share: Array  # e, of their surface


@dataclass(frozen=True)
class JointRates:
    """The constants of the equations above, each (draws,), SI."""

    unbound_in_fluid: Array
    unbound_in_plasma: Array
    permeability_fluid: Array  # PS_1, fluid to intima, m3/s
    permeability_blood: Array  # PS_2, intima to blood, m3/s
    lymph_flow: Array  # J_L, m3/s
    albumin_reflection: Array
    resting_volume: Array  # V0, m3
    injected_volume: float  # m3
    relaxation_time: Array  # s
    synovium_capacity: Array  # K_s V_s, m3
    plasma_volume: Array  # volume of distribution, m3
    clearance: Array  # m3/s
    solubility: Array  # S, unbound, kg/m3
    crystals: Crystals | None = None  # of solid drug, where there is any


@dataclass(frozen=True)
class Arrivals:
    """What enters each place by each time: cumulative amounts, (draws, times), kg."""

    fluid: Array
    synovium: Array
    plasma: Array
    solid: Array


@dataclass(frozen=True)
class JointAmounts:
    """Amounts in each place, (draws, times), kg. Together with `eliminated` they sum to the arrivals."""

    fluid: Array
    synovium: Array
    plasma: Array
    solid: Array
    eliminated: Array


def solve(time: Array, arrivals: Arrivals, rates: JointRates) -> JointAmounts:
    """Solve the joint for cumulative arrivals that are linear between the given times.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s], rising.
    arrivals : Arrivals
        Cumulative amounts entering fluid, synovium, plasma, and as solid [kg], (draws, times).
    rates : JointRates
        Constants, each (draws,).

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
    history = np.zeros((len(time), 5, draws))
    state, solid, gone = arriving[0].copy(), solids[0].copy(), np.zeros(draws)
    history[0, :3], history[0, 3] = state, solid
    crystals = rates.crystals if solids.max() > 0 else None
    if crystals is None and solids.max() > 0:
        raise ValueError("solid drug arrives; need its crystals in the rates")
    for i in range(len(time) - 1):
        step = float(time[i + 1] - time[i])
        source = (arriving[i + 1] - arriving[i]) / step
        supply = solid + solids[i + 1] - solids[i]
        system = _Step(float(time[i]), step, rates)
        if crystals is not None:
            before = _dissolution_coefficient(supply, solids[i + 1], crystals)
            _, left, _ = system.advance(state, supply, source, before, gone)
            middle = _dissolution_coefficient(0.5 * (supply + left), solids[i + 1], crystals)
            state, solid, gone = system.advance(state, supply, source, middle, gone)
        else:
            state, solid, gone = system.advance(state, supply, source, None, gone)
        history[i + 1, :3], history[i + 1, 3], history[i + 1, 4] = state, solid, gone
    fluid, synovium, plasma, left_solid, eliminated = np.ascontiguousarray(history.transpose(1, 2, 0))
    return JointAmounts(fluid, synovium, plasma, left_solid, eliminated)


def _dissolution_coefficient(solid: Array, arrived: Array, crystals: Crystals) -> Array:
    """Give kappa [m3/s] of Noyes-Whitney for `solid` kg left of `arrived` kg of equal crystals."""
    share = np.divide(solid, arrived, out=np.zeros_like(solid), where=arrived > 0)
    radius = crystals.radius * np.cbrt(np.maximum(share, 1e-9))
    layer = np.minimum(radius, THICKEST_LAYER)
    exposed = crystals.exposed_share * crystals.diffusivity
    return np.asarray(3.0 * exposed * solid / (crystals.density * radius * layer))


class _Step:
    """One time step from `start`: both stages of the method, and the implicit Euler step it may fall back on."""

    def __init__(self, start: float, step: float, rates: JointRates) -> None:
        self.step = step
        self.rates = rates
        self.elimination = rates.clearance / rates.plasma_volume
        end = _Fluid(start + step, rates)
        self.inner = _Implicit(_GAMMA * step, _Fluid(start + _GAMMA * step, rates), rates)
        self.end = _Implicit(_GAMMA * step, end, rates)
        self._whole: _Implicit | None = None
        self._end_fluid = end

    def advance(
        self, state: Array, supply: Array, source: Array, kappa: Array | None, gone: Array
    ) -> tuple[Array, Array, Array]:
        """Give state, solid and eliminated amount after the step; `supply` is the solid there is to dissolve."""
        if kappa is None:
            after, _, left = self._march(state, source, None, None)
            return after, supply, gone + left
        dissolving = kappa * self.rates.solubility
        after, dissolved, left = self._march(state, source, kappa, dissolving)
        exhausted = dissolved > supply
        if exhausted.any():
            # more than there is would dissolve: the whole supply enters at a steady rate instead
            kappa = np.where(exhausted, 0.0, kappa)
            dissolving = np.where(exhausted, supply / self.step, dissolving)
            after, dissolved, left = self._march(state, source, kappa, dissolving)
            dissolved = np.where(exhausted, supply, dissolved)
        return after, supply - dissolved, gone + left

    def _march(
        self, state: Array, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[Array, Array | float, Array]:
        after, dissolved, left = self._two_stages(state, source, kappa, dissolving)
        coarse = np.zeros(state.shape[1], dtype=bool)
        if after.min() < 0:
            coarse |= after.min(axis=0) < _ROUNDING * after.max(axis=0)
        if kappa is not None:
            level = self.rates.solubility
            past = (self.end.per_volume * after[0] > level) & (self.inner.per_volume * state[0] <= level)
            coarse |= past & (kappa > 0)
        if coarse.any():
            euler = self._euler(state, source, kappa, dissolving)
            after, left = np.where(coarse, euler[0], after), np.where(coarse, euler[2], left)
            dissolved = np.where(coarse, euler[1], dissolved)
        return after, dissolved, left

    def _two_stages(
        self, state: Array, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[Array, Array | float, Array]:
        first = self.inner.solve(state, source, kappa, dissolving)
        offset = state + (1.0 - _GAMMA) / _GAMMA * (first - state)
        after = self.end.solve(offset, source, kappa, dissolving)
        left = self.step * self.elimination * ((1.0 - _GAMMA) * first[2] + _GAMMA * after[2])
        if kappa is None or dissolving is None:
            return after, 0.0, left
        back = (1.0 - _GAMMA) * self.inner.per_volume * first[0] + _GAMMA * self.end.per_volume * after[0]
        return after, self.step * (dissolving - kappa * back), left

    def _euler(
        self, state: Array, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[Array, Array | float, Array]:
        if self._whole is None:
            self._whole = _Implicit(self.step, self._end_fluid, self.rates)
        after = self._whole.solve(state, source, kappa, dissolving)
        left = self.step * self.elimination * after[2]
        if kappa is None or dissolving is None:
            return after, 0.0, left
        return after, self.step * (dissolving - kappa * self._whole.per_volume * after[0]), left


class _Fluid:
    """The synovial fluid at one time: fu/V, and the rates at which its drug leaves."""

    def __init__(self, time: float, rates: JointRates) -> None:
        excess = rates.injected_volume * np.exp(-time / rates.relaxation_time)
        volume = rates.resting_volume + excess
        flow = rates.lymph_flow + excess / rates.relaxation_time
        fu = rates.unbound_in_fluid
        self.per_volume = fu / volume  # 1/m3
        self.to_synovium = rates.permeability_fluid * self.per_volume  # 1/s
        self.to_plasma = flow * (fu + (1.0 - fu) * (1.0 - rates.albumin_reflection)) / volume  # 1/s


class _Implicit:
    """The linear equations ``(1 - h L) x = right``: what does not depend on the state, worked out once."""

    def __init__(self, h: float, fluid: _Fluid, rates: JointRates) -> None:
        self.h = h
        self.per_volume = fluid.per_volume
        self.to_plasma = h * fluid.to_plasma
        self.to_fluid = h * rates.permeability_fluid / rates.synovium_capacity
        self.synovium_to_plasma = h * rates.permeability_blood / rates.synovium_capacity
        to_synovium = h * fluid.to_synovium
        back = h * rates.permeability_blood * rates.unbound_in_plasma / rates.plasma_volume
        self.fluid_out = 1.0 + to_synovium + self.to_plasma
        self.plasma_out = 1.0 + back + h * rates.clearance / rates.plasma_volume
        self.return_share = back / self.plasma_out
        self.into_synovium = to_synovium + self.return_share * self.to_plasma
        self.synovium_out = 1.0 + self.to_fluid + (1.0 - self.return_share) * self.synovium_to_plasma

    def solve(self, known: Array, source: Array, kappa: Array | None, dissolving: Array | None) -> Array:
        """Solve for fluid, synovium and plasma by elimination: plasma, then fluid; the synovium is what remains."""
        fluid, synovium, plasma = known + self.h * source
        fluid_out = self.fluid_out
        if kappa is not None and dissolving is not None:
            fluid = fluid + self.h * dissolving
            fluid_out = fluid_out + self.h * kappa * self.per_volume
        from_fluid = self.into_synovium / fluid_out
        solved = np.empty_like(known)
        solved[1] = (synovium + self.return_share * plasma + from_fluid * fluid) / (
            self.synovium_out - from_fluid * self.to_fluid
        )
        solved[0] = (fluid + self.to_fluid * solved[1]) / fluid_out
        solved[2] = (plasma + self.to_plasma * solved[0] + self.synovium_to_plasma * solved[1]) / self.plasma_out
        return solved
