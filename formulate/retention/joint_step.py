"""One step in time of a joint whose cartilage has sites: `formulate.retention.joint`, in sums of positive terms."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulate.retention.arriving import DAMPING, GAMMA, damped
from formulate.retention.cartilage_uptake import CellStage, CellUptake
from formulate.retention.joint_rates import JointRates
from formulate.sampling import Array

Indices = tuple[NDArray[np.intp], ...]  # of carriers and draws, or of rows where these are one axis already

FORWARD = (1.0 - GAMMA) / GAMMA
ROUNDING = -1e-12  # of the largest amount; below this a negative amount is no rounding error
_AT_ONCE = 4096  # numbers of one kind that are prepared together: some steps of some draws


@dataclass(frozen=True)
class State:
    """Amounts [kg]: fluid, synovium, plasma (3, ...); cartilage (parts, ...); gone (2, ...); of (carriers, draws)."""

    amounts: Array
    slab: Array
    gone: Array  # eliminated from plasma, broken down in the joint

    def rows(self, which: Indices) -> "State":
        """Give some of the carriers and draws, as one axis."""
        return State(self.amounts[_at(which)], self.slab[_at(which)], self.gone[_at(which)])

    def put(self, which: Indices, other: "State") -> None:
        """Take some of the carriers and draws from another state."""
        self.amounts[_at(which)], self.slab[_at(which)], self.gone[_at(which)] = other.amounts, other.slab, other.gone


class March:
    """Steps of the joint, one after the other, of all carriers together; the volume of the fluid goes along with them.

    What a step needs whatever the state is worked out once for all carriers.
    """

    def __init__(self, rates: JointRates, time: Array) -> None:
        assert isinstance(rates.cartilage, CellUptake)  # of linear cartilage: `formulate.retention.joint_linear`
        self.rates, self.cartilage, self.time = rates, rates.cartilage, time
        self.block = max(1, _AT_ONCE // len(rates.resting_volume))
        self.elimination = rates.clearance / rates.plasma_volume
        self.breakdown, self.solubility = rates.breakdown, rates.solubility
        self.step = 0.0
        self.picked: NDArray[np.intp] | None = None  # the draws that are stepped; all of them if None

    def start(self, amounts: Array) -> State:
        """Give the state at the first time."""
        slab = np.zeros((self.cartilage.parts, *amounts.shape[1:]))
        return State(amounts, slab, np.zeros((2, *amounts.shape[1:])))

    def prepare(self, index: int) -> None:
        """Work out what the step from the time of this index to the next needs, whatever the state."""
        row = index % self.block
        if row == 0:
            times = self.time[index : index + self.block + 1]
            steps = np.diff(times)
            inner, end = GAMMA * steps + times[:-1], times[1:]
            flowing = [Fluid.after(at, since, self.rates) for at, since in ((inner, times), (end, end))]
            self.prepared = [Implicit(GAMMA * steps[:, None], fluid, self.rates) for fluid in flowing]
        self.step = float(self.time[index + 1] - self.time[index])
        self.inner, self.end = (implicit.at(row) for implicit in self.prepared)
        self.slab = self.stage = self.cartilage.stage(GAMMA * self.step)

    def advance(
        self, state: State, supply: Array, source: Array, kappa: Array | None, trial: bool = False
    ) -> tuple[State, Array]:
        """Give the state and the solid after the step; `supply` is the solid there is to dissolve.

        `source` is what enters each place at the inner stage, then at the end. On trial only the solid counts.
        """
        if kappa is None:
            return self._march(state, source, None, None)[0], supply
        dissolving = kappa * self.solubility
        after, dissolved = self._march(state, source, kappa, dissolving, trial)
        more = dissolved > supply
        if trial:
            return after, supply - np.minimum(dissolved, supply)
        if more.any():
            # more than there is would dissolve: the whole supply enters at a steady rate instead
            exhausted = np.nonzero(more)
            nothing, steadily = np.zeros(exhausted[0].size), supply[exhausted] / self.step
            some = self._some(exhausted)
            after.put(exhausted, some._march(state.rows(exhausted), source[_at(exhausted)], nothing, steadily)[0])
            dissolved[exhausted] = supply[exhausted]
        return after, supply - dissolved

    def _march(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None, trial: bool = False
    ) -> tuple[State, Array]:
        after, dissolved = self._two_stages(state, source, kappa, dissolving)
        coarse = np.zeros(state.amounts.shape[1:], dtype=bool)
        parts = (after.amounts,) if trial else (after.amounts, after.slab)
        if min(part.min() for part in parts) < 0:
            least, most = (reduce(low, (low.reduce(part) for part in parts)) for low in (np.minimum, np.maximum))
            coarse |= least < ROUNDING * most
        if kappa is not None:
            level = self.solubility
            before, now = self.inner.per_volume * state.amounts[0], self.end.per_volume * after.amounts[0]
            coarse |= (now > level) & (before <= level) & (kappa > 0)
        if coarse.any():
            which = np.nonzero(coarse)
            kappa, dissolving = (None if values is None else values[which] for values in (kappa, dissolving))
            fallen, taken = self._some(which)._damped(state.rows(which), source[_at(which)], kappa, dissolving)
            if not trial:
                after.put(which, fallen)
            if kappa is not None:
                dissolved[which] = taken
        return after, dissolved

    def _two_stages(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[State, Array]:
        first, middle = self.inner.solve(state.amounts, state.slab, self.slab, source[:3], kappa, dissolving)
        offset, middle = _beyond(state.amounts, first, FORWARD), _beyond(state.slab, middle, FORWARD)
        after, slab = self.end.solve(offset, middle, self.slab, source[3:], kappa, dissolving)
        early, late = self.step * (1.0 - GAMMA), self.step * GAMMA
        gone = state.gone.copy()
        gone[0] += (early * first[2] + late * after[2]) * self.elimination
        if self.breakdown is not None:
            gone[1] += (early * first[0] + late * after[0]) * self.breakdown
        if kappa is None or dissolving is None:
            return State(after, slab, gone), np.zeros(0)
        back = early * self.inner.per_volume * first[0] + late * self.end.per_volume * after[0]
        return State(after, slab, gone), self.step * dissolving - kappa * back

    def _some(self, which: Indices) -> "March":
        """Give the step of some of the carriers and draws, as one axis."""
        found, draws = copy(self), which[-1]
        found.picked = draws if self.picked is None else self.picked[draws]
        found.elimination, found.solubility = self.elimination[draws], self.solubility[draws]
        found.breakdown = None if self.breakdown is None else self.breakdown[draws]
        found.inner, found.end = self.inner.rows(draws), self.end.rows(draws)
        found.slab = self.stage.rows(found.picked)
        return found

    def _damped(
        self, state: State, source: Array, kappa: Array | None, dissolving: Array | None
    ) -> tuple[State, Array]:
        """Take the step of some draws as one in which what is fast falls by much."""
        steadily, h = (1.0 - GAMMA) * source[:3] + GAMMA * source[3:], GAMMA * self.step
        now, dissolved = (state.amounts, state.slab, state.gone), np.zeros(state.amounts.shape[1:])
        for _ in range(DAMPING):
            before = (*now, dissolved)
            amounts, slab = self.inner.solve(now[0], now[1], self.slab, steadily, kappa, dissolving)
            gone = now[2].copy()
            gone[0] += h * amounts[2] * self.elimination
            if self.breakdown is not None:
                gone[1] += h * amounts[0] * self.breakdown
            if kappa is not None and dissolving is not None:
                dissolved = dissolved + h * (dissolving - kappa * self.inner.per_volume * amounts[0])
            now = amounts, slab, gone
        *after, taken = (damped(*both) for both in zip(before, (*now, dissolved), strict=True))
        return State(*after), taken


def _at(which: Indices) -> Any:
    """Give the index of some carriers and draws behind an axis of places."""
    return (slice(None), *list[Any](which))


def _beyond(start: Array, end: Array, how_far: float) -> Array:
    """Give what lies on from the end by so much of the way from the start to it."""
    found = end - start
    found *= how_far
    found += start
    return found


class Fluid:
    """The synovial fluid with some volume in excess: fu/V, and the rates at which its drug leaves; (steps, draws)."""

    def __init__(self, excess: Array, rates: JointRates) -> None:
        volume = rates.resting_volume + excess
        flow = rates.lymph_flow + excess / rates.relaxation_time
        fu = rates.unbound_in_fluid
        unbound = fu if rates.sieve is None else fu * rates.sieve.passing(flow)
        self.per_volume = fu / volume  # 1/m3
        self.to_synovium = rates.permeability_fluid * self.per_volume  # 1/s
        self.to_plasma = flow * (unbound + (1.0 - fu) * (1.0 - rates.albumin_reflection)) / volume  # 1/s

    @classmethod
    def after(cls, times: Array, given_by: Array, rates: JointRates) -> "Fluid":
        """Give the fluid at some times, from the injections up to other times."""
        excess = np.zeros((len(times), len(rates.relaxation_time)))
        for start, volume in rates.injections:
            if volume > 0.0:
                there = start <= given_by[: len(times), None]
                since = np.maximum(times - start, 0.0)[:, None]
                excess += np.where(there, volume * np.exp(-since / rates.relaxation_time), 0.0)
        return cls(excess, rates)


class Implicit:
    """The equations ``(1 - h L) x = right`` of steps: what does not depend on the state, worked out once.

    Plasma is eliminated first, then the synovium. What would come back to where it came from is dropped on both
    sides, so that every coefficient is a sum of positive terms. All (steps, draws).
    """

    def __init__(self, h: Array, fluid: Fluid, rates: JointRates) -> None:
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

    def at(self, row: int) -> "Implicit":
        """Give the equations of one step, (draws,)."""
        return self._each(lambda values: values[row])

    def rows(self, which: NDArray[np.intp]) -> "Implicit":
        """Give the equations of one step for some of the draws."""
        return self._each(lambda values: values[which] if values.size > 1 else values)

    def _each(self, taken: Callable[[Array], Array]) -> "Implicit":
        found = copy(self)
        for name, values in vars(self).items():
            setattr(found, name, None if values is None else taken(values))
        return found

    def solve(
        self,
        known: Array,
        slab: Array,
        cartilage: CellStage,
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
        slab, fluid[:] = cartilage.balance(slab, fluid, out, self.per_volume)
        synovium += self.into_synovium * fluid
        synovium *= self.per_synovium
        plasma += self.to_plasma * fluid
        plasma += self.synovium_to_plasma * synovium
        plasma *= self.per_plasma
        return right, slab
