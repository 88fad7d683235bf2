"""One step in time of the joint: the equations of `formulate.retention.joint`, implicit, in sums of positive terms."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulate.retention.cartilage_uptake import CellStage, ModeStage
from formulate.retention.joint_rates import JointRates
from formulate.sampling import Array

Indices = NDArray[np.intp]

_GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
_ROUNDING = -1e-12  # of the largest amount; below this a negative amount is no rounding error
_BLOCK = 4  # steps that are prepared at once


@dataclass(frozen=True)
class State:
    """Amounts [kg]: fluid, synovium and plasma (3, draws); cartilage (parts, draws); what is gone (2, draws)."""

    amounts: Array
    slab: Array
    gone: Array  # eliminated from plasma, broken down in the joint

    def rows(self, which: Indices) -> "State":
        """Give some of the draws."""
        return State(self.amounts[:, which], self.slab[:, which], self.gone[:, which])

    def put(self, which: Indices, other: "State") -> None:
        """Take some of the draws from another state."""
        self.amounts[:, which], self.slab[:, which], self.gone[:, which] = other.amounts, other.slab, other.gone


class March:
    """Steps of the joint, one after the other; the volume of the fluid goes along with them."""

    def __init__(self, rates: JointRates, time: Array) -> None:
        self.rates, self.time = rates, time
        self.elimination = rates.clearance / rates.plasma_volume
        self.step = 0.0

    def start(self, amounts: Array) -> State:
        """Give the state at the first time."""
        draws = amounts.shape[1]
        slab = np.zeros((self.rates.cartilage.parts if self.rates.cartilage else 0, draws))
        return State(amounts, slab, np.zeros((2, draws)))

    def prepare(self, index: int) -> None:
        """Work out what the step from the time of this index to the next needs, whatever the state."""
        row = index % _BLOCK
        if row == 0:
            times = self.time[index : index + _BLOCK + 1]
            steps = np.diff(times)
            inner, end = _GAMMA * steps + times[:-1], times[1:]
            flowing = [_Fluid(_excess(at, since, self.rates), self.rates) for at, since in ((inner, times), (end, end))]
            self.block = [_Implicit(_GAMMA * steps[:, None], fluid, self.rates) for fluid in flowing]
        self.step = float(self.time[index + 1] - self.time[index])
        self.until = self.time[index + 1 : index + 2]
        self.inner, self.end = (implicit.at(row) for implicit in self.block)
        cartilage = self.rates.cartilage
        self.slab = None if cartilage is None else cartilage.stage(_GAMMA * self.step)

    def advance(self, state: State, supply: Array, source: Array, kappa: Array | None) -> tuple[State, Array]:
        """Give the state and the solid after the step; `supply` is the solid there is to dissolve."""
        if kappa is None:
            return self._march(state, source, None, None)[0], supply
        dissolving = kappa * self.rates.solubility
        after, dissolved = self._march(state, source, kappa, dissolving)
        exhausted = np.flatnonzero(dissolved > supply)
        if exhausted.size:
            # more than there is would dissolve: the whole supply enters at a steady rate instead
            nothing, steadily = np.zeros(exhausted.size), supply[exhausted] / self.step
            some = self._some(exhausted)
            after.put(exhausted, some._march(state.rows(exhausted), source[:, exhausted], nothing, steadily)[0])
            dissolved[exhausted] = supply[exhausted]
        return after, supply - dissolved

    def _march(self, state: State, source: Array, kappa: Array | None, dissolving: Array | None) -> tuple[State, Array]:
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
            which = np.flatnonzero(coarse)
            kappa, dissolving = (None if values is None else values[which] for values in (kappa, dissolving))
            euler, taken = self._some(which)._euler(state.rows(which), source[:, which], kappa, dissolving)
            after.put(which, euler)
            if kappa is not None:
                dissolved[which] = taken
        return after, dissolved

    def _two_stages(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[State, Array]:
        first, first_slab = self.inner.solve(state.amounts, state.slab, self.slab, source, kappa, dissolving)
        forward = (1.0 - _GAMMA) / _GAMMA
        offset, offset_slab = _beyond(state.amounts, first, forward), _beyond(state.slab, first_slab, forward)
        after, slab = self.end.solve(offset, offset_slab, self.slab, source, kappa, dissolving)
        early, late = self.step * (1.0 - _GAMMA), self.step * _GAMMA
        gone = state.gone.copy()
        gone[0] += (early * first[2] + late * after[2]) * self.elimination
        if self.rates.breakdown is not None:
            gone[1] += (early * first[0] + late * after[0]) * self.rates.breakdown
        if kappa is None or dissolving is None:
            return State(after, slab, gone), np.zeros(0)
        back = early * self.inner.per_volume * first[0] + late * self.end.per_volume * after[0]
        return State(after, slab, gone), self.step * dissolving - kappa * back

    def _some(self, which: Indices) -> "March":
        """Give the step of some of the draws."""
        found = copy(self)
        found.rates, found.elimination = self.rates.rows(which), self.elimination[which]
        found.inner, found.end = self.inner.rows(which), self.end.rows(which)
        if found.rates.cartilage is not None:
            found.slab = found.rates.cartilage.stage(_GAMMA * self.step)
        return found

    def _euler(self, state: State, source: Array, kappa: Array | None, dissolving: Array | None) -> tuple[State, Array]:
        """Take the step in one stage."""
        rates = self.rates
        slab = None if rates.cartilage is None else rates.cartilage.stage(self.step)
        fluid = _Fluid(_excess(self.until, self.until, rates), rates)
        whole = _Implicit(np.array([[self.step]]), fluid, rates).at(0)
        after, after_slab = whole.solve(state.amounts, state.slab, slab, source, kappa, dissolving)
        gone = state.gone.copy()
        gone[0] += self.step * after[2] * self.elimination
        if rates.breakdown is not None:
            gone[1] += self.step * after[0] * rates.breakdown
        if kappa is None or dissolving is None:
            return State(after, after_slab, gone), np.zeros(0)
        return State(after, after_slab, gone), self.step * (dissolving - kappa * whole.per_volume * after[0])


def _beyond(start: Array, end: Array, how_far: float) -> Array:
    """Give what lies on from the end by so much of the way from the start to it."""
    found = end - start
    found *= how_far
    found += start
    return found


def _excess(times: Array, given_by: Array, rates: JointRates) -> Array:
    """Give what injections up to some times have left in the fluid at other times [m3], (times, draws)."""
    excess = np.zeros((len(times), len(rates.relaxation_time)))
    for start, volume in rates.injections:
        if volume > 0.0:
            there = start <= given_by[: len(times), None]
            since = np.maximum(times - start, 0.0)[:, None]
            excess += np.where(there, volume * np.exp(-since / rates.relaxation_time), 0.0)
    return excess


class _Fluid:
    """The synovial fluid with some volume in excess: fu/V, and the rates at which its drug leaves; (steps, draws)."""

    def __init__(self, excess: Array, rates: JointRates) -> None:
        volume = rates.resting_volume + excess
        flow = rates.lymph_flow + excess / rates.relaxation_time
        fu = rates.unbound_in_fluid
        unbound = fu if rates.sieve is None else fu * rates.sieve.passing(flow)
        self.per_volume = fu / volume  # 1/m3
        self.to_synovium = rates.permeability_fluid * self.per_volume  # 1/s
        self.to_plasma = flow * (unbound + (1.0 - fu) * (1.0 - rates.albumin_reflection)) / volume  # 1/s


class _Implicit:
    """The equations ``(1 - h L) x = right`` of steps: what does not depend on the state, worked out once.

    Plasma is eliminated first, then the synovium. What would come back to where it came from is dropped on both
    sides, so that every coefficient is a sum of positive terms. All (steps, draws).
    """

    def __init__(self, h: Array, fluid: _Fluid, rates: JointRates) -> None:
        self.h = h
        self.per_volume = fluid.per_volume
        to_fluid = h * (rates.permeability_fluid / rates.synovium_capacity)
        self.synovium_to_plasma = synovium_to_plasma = h * (rates.permeability_blood / rates.synovium_capacity)
        back = h * (rates.permeability_blood * rates.unbound_in_plasma / rates.plasma_volume)
        stays = 1.0 + h * (rates.clearance / rates.plasma_volume)
        self.to_plasma = h * fluid.to_plasma
        self.to_fluid_share: Array | None = None
        synovium_to_fluid = to_fluid
        plasma_out = stays + back
        if rates.filtration is not None:
            filtered = h * (rates.filtration / rates.plasma_volume)
            plasma_out += filtered
            self.to_fluid_share = filtered / plasma_out
            synovium_to_fluid = to_fluid + synovium_to_plasma * self.to_fluid_share
        self.per_plasma = 1.0 / plasma_out
        self.to_synovium_share = back * self.per_plasma
        lost_share = stays * self.per_plasma
        self.into_synovium = h * fluid.to_synovium + self.to_plasma * self.to_synovium_share
        synovium_stays = 1.0 + synovium_to_plasma * lost_share
        self.per_synovium = 1.0 / (synovium_stays + synovium_to_fluid)
        self.fluid_out = 1.0 + self.to_plasma * lost_share + self.into_synovium * synovium_stays * self.per_synovium
        if rates.breakdown is not None:
            self.fluid_out += h * rates.breakdown
        self.synovium_share = synovium_to_fluid * self.per_synovium

    def at(self, row: int) -> "_Implicit":
        """Give the equations of one step, (draws,)."""
        return self._each(lambda values: values[row])

    def rows(self, which: Indices) -> "_Implicit":
        """Give the equations of one step for some of the draws."""
        return self._each(lambda values: values[which] if values.size > 1 else values)

    def _each(self, taken: Callable[[Array], Array]) -> "_Implicit":
        found = copy(self)
        for name, values in vars(self).items():
            setattr(found, name, None if values is None else taken(values))
        return found

    def solve(
        self,
        known: Array,
        slab: Array,
        cartilage: ModeStage | CellStage | None,
        source: Array,
        kappa: Array | None,
        dissolving: Array | None,
    ) -> tuple[Array, Array]:
        """Give fluid, synovium and plasma, and the cartilage, at the end of the stage."""
        right = self.h * source
        right += known
        fluid, synovium, plasma = right
        synovium += self.to_synovium_share * plasma
        if self.to_fluid_share is not None:
            fluid += self.to_fluid_share * plasma
        fluid += self.synovium_share * synovium
        out = self.fluid_out
        if kappa is not None and dissolving is not None:
            fluid += self.h * dissolving
            out = out + self.h * kappa * self.per_volume
        if cartilage is None:
            fluid /= out
        else:
            slab, fluid[:] = cartilage.balance(slab, fluid, out, self.per_volume)
        synovium += self.into_synovium * fluid
        synovium *= self.per_synovium
        plasma += self.to_plasma * fluid
        plasma += self.synovium_to_plasma * synovium
        plasma *= self.per_plasma
        return right, slab
