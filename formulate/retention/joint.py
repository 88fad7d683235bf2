"""Drug in a joint: synovial fluid, synovium, plasma, and solid drug that the fluid dissolves.

Amounts A [kg], volumes V [m3], concentrations [kg/m3], unbound C_u = fu A_f/V in the fluid:

    dA_f/dt = r_f + kappa (S - C_u) - PS_1 (C_u - C_s) - J m A_f/V             m = fu + (1 - fu)(1 - sigma_alb)
    dA_s/dt = r_s + PS_1 (C_u - C_s) - PS_2 (C_s - C_p)                        C_s = A_s/(K_s V_s)
    dA_p/dt = r_p + PS_2 (C_s - C_p) + J m A_f/V - (CL/V_p) A_p                C_p = fu_p A_p/V_p
    dM/dt   = r_m - kappa (S - C_u)                                            kappa = 3 D M/(rho r h)

r are releases into each place, M the solid drug, r its shrinking radius and h = min(r, 30 um) its diffusion
layer. V and J follow the injected volume (`particles.fluid_volume`).
"""

from dataclasses import dataclass

import numpy as np

from formulate.sampling import Array

THICKEST_LAYER = 30e-6  # m, diffusion layer around a large crystal (Hintz and Johnson 1989)
_GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
_ROUNDING = -1e-12  # of the largest amount; below this a negative amount is no rounding error


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
    diffusivity: Array  # D in water, m2/s
    crystal_radius: Array  # m
    crystal_density: Array  # kg/m3


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
    exchanges are damped, however long the step. A draw that this would drive below zero, or past saturation
    by dissolution (a step much longer than its exchange), takes that step by implicit Euler, which cannot. The dissolution coefficient is that of
    the mean of the solid before and after the step; a step that would dissolve more solid than there is
    dissolves just that.
    """
    draws = len(rates.resting_volume)
    # one row per time, so that each step reads and writes memory in order
    arriving = np.stack([arrivals.fluid.T, arrivals.synovium.T, arrivals.plasma.T], axis=1)
    solids = np.ascontiguousarray(arrivals.solid.T)
    history = np.zeros((len(time), 5, draws))
    state, solid, gone = arriving[0].copy(), solids[0].copy(), np.zeros(draws)
    history[0, :3], history[0, 3] = state, solid
    has_solid = bool(solids.max() > 0)
    for i in range(len(time) - 1):
        step = float(time[i + 1] - time[i])
        source = (arriving[i + 1] - arriving[i]) / step
        supply = solid + solids[i + 1] - solids[i]
        system = _Step(float(time[i]), step, rates)
        if has_solid:
            before = _dissolution_coefficient(supply, solids[i + 1], rates)
            _, left, _ = system.advance(state, supply, source, before, gone)
            middle = _dissolution_coefficient(0.5 * (supply + left), solids[i + 1], rates)
            state, solid, gone = system.advance(state, supply, source, middle, gone)
        else:
            state, solid, gone = system.advance(state, supply, source, np.zeros(draws), gone)
        history[i + 1, :3], history[i + 1, 3], history[i + 1, 4] = state, solid, gone
    fluid, synovium, plasma, left_solid, eliminated = np.ascontiguousarray(history.transpose(1, 2, 0))
    return JointAmounts(fluid, synovium, plasma, left_solid, eliminated)


def _dissolution_coefficient(solid: Array, arrived: Array, rates: JointRates) -> Array:
    """Give kappa [m3/s] of Noyes-Whitney for `solid` kg left of `arrived` kg of equal crystals."""
    share = np.divide(solid, arrived, out=np.zeros_like(solid), where=arrived > 0)
    radius = rates.crystal_radius * np.cbrt(np.maximum(share, 1e-9))
    layer = np.minimum(radius, THICKEST_LAYER)
    return np.asarray(3.0 * rates.diffusivity * solid / (rates.crystal_density * radius * layer))


class _Step:
    """One time step: the coefficients of the three linear equations at both stages, and their solution."""

    def __init__(self, start: float, step: float, rates: JointRates) -> None:
        self.step = step
        self.rates = rates
        fu, fu_p = rates.unbound_in_fluid, rates.unbound_in_plasma
        self.drained_share = fu + (1.0 - fu) * (1.0 - rates.albumin_reflection)
        self.synovium_to_fluid = rates.permeability_fluid / rates.synovium_capacity
        self.synovium_to_plasma = rates.permeability_blood / rates.synovium_capacity
        self.plasma_to_synovium = rates.permeability_blood * fu_p / rates.plasma_volume
        self.elimination = rates.clearance / rates.plasma_volume
        self.inner = self._fluid_at(start + _GAMMA * step)
        self.end = self._fluid_at(start + step)

    def _fluid_at(self, time: float) -> tuple[Array, Array, Array]:
        """Give fu/V, fluid to synovium and fluid to plasma [1/m3, 1/s, 1/s] at a time."""
        rates = self.rates
        excess = rates.injected_volume * np.exp(-time / rates.relaxation_time)
        volume = rates.resting_volume + excess
        flow = rates.lymph_flow + excess / rates.relaxation_time
        per_volume = rates.unbound_in_fluid / volume
        return per_volume, rates.permeability_fluid * per_volume, flow * self.drained_share / volume

    def advance(
        self, state: Array, supply: Array, source: Array, kappa: Array, gone: Array
    ) -> tuple[Array, Array, Array]:
        """Give state, solid and eliminated amount after the step; `supply` is the solid there is to dissolve."""
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

    def _march(self, state: Array, source: Array, kappa: Array, dissolving: Array) -> tuple[Array, Array, Array]:
        results = self._two_stages(state, source, kappa, dissolving)
        after = results[0]
        negative = after.min(axis=0) < _ROUNDING * after.max(axis=0)
        level = self.rates.solubility
        overshot = (kappa > 0) & (self.end[0] * after[0] > level) & (self.inner[0] * state[0] <= level)
        coarse = negative | overshot
        if coarse.any():
            euler = self._euler(state, source, kappa, dissolving)
            after, dissolved, left = (np.where(coarse, one, two) for one, two in zip(euler, results, strict=True))
            return after, dissolved, left
        return results

    def _two_stages(self, state: Array, source: Array, kappa: Array, dissolving: Array) -> tuple[Array, Array, Array]:
        h = _GAMMA * self.step
        first = self._implicit(h, state, source, kappa, dissolving, self.inner)
        slope = (first - state) / h
        offset = state + (1.0 - _GAMMA) * self.step * slope
        after = self._implicit(h, offset, source, kappa, dissolving, self.end)
        mean_back = (1.0 - _GAMMA) * self.inner[0] * first[0] + _GAMMA * self.end[0] * after[0]
        mean_plasma = (1.0 - _GAMMA) * first[2] + _GAMMA * after[2]
        return after, self.step * (dissolving - kappa * mean_back), self.step * self.elimination * mean_plasma

    def _euler(self, state: Array, source: Array, kappa: Array, dissolving: Array) -> tuple[Array, Array, Array]:
        after = self._implicit(self.step, state, source, kappa, dissolving, self.end)
        dissolved = self.step * (dissolving - kappa * self.end[0] * after[0])
        return after, dissolved, self.step * self.elimination * after[2]

    def _implicit(
        self,
        h: float,
        known: Array,
        source: Array,
        kappa: Array,
        dissolving: Array,
        fluid_at: tuple[Array, Array, Array],
    ) -> Array:
        """Solve (1 - h L) x = known + h (source + dissolution) by elimination, for all draws at once."""
        per_volume, to_synovium, to_plasma = fluid_at
        fluid = known[0] + h * (source[0] + dissolving)
        synovium = known[1] + h * source[1]
        plasma = known[2] + h * source[2]
        fluid_out = 1.0 + h * (to_synovium + to_plasma + kappa * per_volume)
        synovium_out = 1.0 + h * (self.synovium_to_fluid + self.synovium_to_plasma)
        plasma_out = 1.0 + h * (self.plasma_to_synovium + self.elimination)
        # eliminate plasma, then fluid; the synovium is what remains
        return_share = h * self.plasma_to_synovium / plasma_out
        from_fluid = (h * to_synovium + return_share * h * to_plasma) / fluid_out
        right = synovium + return_share * plasma + from_fluid * fluid
        left = synovium_out - return_share * h * self.synovium_to_plasma - from_fluid * h * self.synovium_to_fluid
        x_synovium = right / left
        x_fluid = (fluid + h * self.synovium_to_fluid * x_synovium) / fluid_out
        x_plasma = (plasma + h * to_plasma * x_fluid + h * self.synovium_to_plasma * x_synovium) / plasma_out
        return np.stack([x_fluid, x_synovium, x_plasma])
