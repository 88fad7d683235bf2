"""One step in time of the joint: the equations of `formulate.retention.joint`, implicit, in sums of positive terms."""

from dataclasses import dataclass

import numpy as np

from formulate.retention.cartilage_uptake import CellStage, ModeStage
from formulate.retention.joint_rates import JointRates
from formulate.sampling import Array

_GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
_ROUNDING = -1e-12  # of the largest amount; below this a negative amount is no rounding error


@dataclass(frozen=True)
class State:
    """Amounts [kg]: fluid, synovium and plasma (3, draws); cartilage (parts, draws); what is gone (2, draws)."""

    amounts: Array
    slab: Array
    gone: Array  # eliminated from plasma, broken down in the joint


class March:
    """Steps of the joint, one after the other; the volume of the fluid goes along with them."""

    def __init__(self, rates: JointRates) -> None:
        self.rates = rates
        self.elimination = rates.clearance / rates.plasma_volume
        self.excess = np.zeros_like(rates.resting_volume) + _injected_at(0.0, rates)
        self.step = 0.0

    def start(self, amounts: Array) -> State:
        """Give the state at time 0."""
        draws = amounts.shape[1]
        slab = np.zeros((self.rates.cartilage.parts if self.rates.cartilage else 0, draws))
        return State(amounts, slab, np.zeros((2, draws)))

    def prepare(self, end: float, step: float) -> None:
        """Work out what a step up to `end` [s] needs, whatever the state."""
        rates = self.rates
        fading = self.excess * np.exp(-_GAMMA * step / rates.relaxation_time)
        self.excess = self.excess * np.exp(-step / rates.relaxation_time) + _injected_at(end, rates)
        self.step = step
        self.last_fluid = _Fluid(self.excess, rates)
        slab = None if rates.cartilage is None else rates.cartilage.stage(_GAMMA * step)
        self.inner = _Implicit(_GAMMA * step, _Fluid(fading, rates), rates, slab)
        self.end = _Implicit(_GAMMA * step, self.last_fluid, rates, slab)
        self.whole: _Implicit | None = None

    def advance(self, state: State, supply: Array, source: Array, kappa: Array | None) -> tuple[State, Array]:
        """Give the state and the solid after the step; `supply` is the solid there is to dissolve."""
        if kappa is None:
            after, _ = self._march(state, source, None, None)
            return after, supply
        dissolving = kappa * self.rates.solubility
        after, dissolved = self._march(state, source, kappa, dissolving)
        exhausted = dissolved > supply
        if exhausted.any():
            # more than there is would dissolve: the whole supply enters at a steady rate instead
            kappa = np.where(exhausted, 0.0, kappa)
            dissolving = np.where(exhausted, supply / self.step, dissolving)
            after, dissolved = self._march(state, source, kappa, dissolving)
            dissolved = np.where(exhausted, supply, dissolved)
        return after, supply - dissolved

    def _march(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[State, Array | float]:
        after, dissolved = self._two_stages(state, source, kappa, dissolving)
        coarse = np.zeros(state.amounts.shape[1], dtype=bool)
        least = after.amounts.min(axis=0)
        if after.slab.size:
            least = np.minimum(least, after.slab.min(axis=0))
        if least.min() < 0:
            most = after.amounts.max(axis=0)
            if after.slab.size:
                most = np.maximum(most, after.slab.max(axis=0))
            coarse |= least < _ROUNDING * most
        if kappa is not None:
            level = self.rates.solubility
            before, now = self.inner.per_volume * state.amounts[0], self.end.per_volume * after.amounts[0]
            coarse |= (now > level) & (before <= level) & (kappa > 0)
        if coarse.any():
            euler, taken = self._euler(state, source, kappa, dissolving)
            after = State(
                np.where(coarse, euler.amounts, after.amounts),
                np.where(coarse, euler.slab, after.slab),
                np.where(coarse, euler.gone, after.gone),
            )
            dissolved = np.where(coarse, taken, dissolved)
        return after, dissolved

    def _two_stages(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[State, Array | float]:
        first, first_slab = self.inner.solve(state.amounts, state.slab, source, kappa, dissolving)
        forward = (1.0 - _GAMMA) / _GAMMA
        offset = state.amounts + forward * (first - state.amounts)
        offset_slab = state.slab + forward * (first_slab - state.slab)
        after, slab = self.end.solve(offset, offset_slab, source, kappa, dissolving)
        early, late = self.step * (1.0 - _GAMMA), self.step * _GAMMA
        gone = state.gone + self._losses(early, first) + self._losses(late, after)
        if kappa is None or dissolving is None:
            return State(after, slab, gone), 0.0
        back = early * self.inner.per_volume * first[0] + late * self.end.per_volume * after[0]
        return State(after, slab, gone), self.step * dissolving - kappa * back

    def _euler(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[State, Array | float]:
        if self.whole is None:
            cartilage = self.rates.cartilage
            slab = None if cartilage is None else cartilage.stage(self.step)
            self.whole = _Implicit(self.step, self.last_fluid, self.rates, slab)
        after, after_slab = self.whole.solve(state.amounts, state.slab, source, kappa, dissolving)
        gone = state.gone + self._losses(self.step, after)
        if kappa is None or dissolving is None:
            return State(after, after_slab, gone), 0.0
        return State(after, after_slab, gone), self.step * (dissolving - kappa * self.whole.per_volume * after[0])

    def _losses(self, duration: float, amounts: Array) -> Array:
        lost = np.zeros((2, amounts.shape[1]))
        lost[0] = duration * self.elimination * amounts[2]
        if self.rates.breakdown is not None:
            lost[1] = duration * self.rates.breakdown * amounts[0]
        return lost


def _injected_at(time: float, rates: JointRates) -> float:
    return sum(volume for start, volume in rates.injections if start == time)


class _Fluid:
    """The synovial fluid with some volume in excess: fu/V, and the rates at which its drug leaves."""

    def __init__(self, excess: Array, rates: JointRates) -> None:
        volume = rates.resting_volume + excess
        flow = rates.lymph_flow + excess / rates.relaxation_time
        fu = rates.unbound_in_fluid
        unbound = fu if rates.sieve is None else fu * rates.sieve.passing(flow)
        self.per_volume = fu / volume  # 1/m3
        self.to_synovium = rates.permeability_fluid * self.per_volume  # 1/s
        self.to_plasma = flow * (unbound + (1.0 - fu) * (1.0 - rates.albumin_reflection)) / volume  # 1/s


class _Implicit:
    """The equations ``(1 - h L) x = right``: what does not depend on the state, worked out once.

    Plasma is eliminated first, then the synovium. What would come back to where it came from is dropped on both
    sides, so that every coefficient is a sum of positive terms.
    """

    def __init__(self, h: float, fluid: _Fluid, rates: JointRates, cartilage: ModeStage | CellStage | None) -> None:
        self.h = h
        self.per_volume = fluid.per_volume
        to_fluid = h * rates.permeability_fluid / rates.synovium_capacity
        synovium_to_plasma = h * rates.permeability_blood / rates.synovium_capacity
        back = h * rates.permeability_blood * rates.unbound_in_plasma / rates.plasma_volume
        stays = 1.0 + h * rates.clearance / rates.plasma_volume
        self.to_plasma = h * fluid.to_plasma
        self.synovium_to_plasma = synovium_to_plasma
        if rates.filtration is None:
            self.plasma_out = stays + back
            self.to_fluid_share: Array | None = None
            self.synovium_to_fluid = to_fluid
        else:
            filtered = h * rates.filtration / rates.plasma_volume
            self.plasma_out = stays + back + filtered
            self.to_fluid_share = filtered / self.plasma_out
            self.synovium_to_fluid = to_fluid + synovium_to_plasma * self.to_fluid_share
        self.to_synovium_share = back / self.plasma_out
        lost_share = stays / self.plasma_out
        self.into_synovium = h * fluid.to_synovium + self.to_plasma * self.to_synovium_share
        synovium_stays = 1.0 + synovium_to_plasma * lost_share
        synovium_out = synovium_stays + self.synovium_to_fluid
        self.per_synovium = 1.0 / synovium_out
        self.fluid_out = 1.0 + self.to_plasma * lost_share + self.into_synovium * synovium_stays * self.per_synovium
        if rates.breakdown is not None:
            self.fluid_out = self.fluid_out + h * rates.breakdown
        self.cartilage = cartilage

    def solve(
        self, known: Array, slab: Array, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[Array, Array]:
        """Give fluid, synovium and plasma, and the cartilage, at the end of the stage."""
        fluid, synovium, plasma = known + self.h * source
        synovium = synovium + self.to_synovium_share * plasma
        if self.to_fluid_share is not None:
            fluid = fluid + self.to_fluid_share * plasma
        fluid = fluid + self.synovium_to_fluid * self.per_synovium * synovium
        out = self.fluid_out
        if kappa is not None and dissolving is not None:
            fluid = fluid + self.h * dissolving
            out = out + self.h * kappa * self.per_volume
        solved = np.empty_like(known)
        if self.cartilage is None:
            solved[0] = fluid / out
        else:
            slab, solved[0] = self.cartilage.balance(slab, fluid, out, self.per_volume)
        solved[1] = (synovium + self.into_synovium * solved[0]) * self.per_synovium
        plasma = plasma + self.to_plasma * solved[0] + self.synovium_to_plasma * solved[1]
        solved[2] = plasma / self.plasma_out
        return solved, slab
