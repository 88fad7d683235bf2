"""The joint with linear cartilage, stepped by matrices for all carriers together; `formulate.retention.joint` for what.

The scheme, its coarse steps where the fine one would fall below zero or past saturation, and the two passes of
dissolution are those of `formulate.retention.joint_step`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulate.retention.joint_matrices import Steps
from formulate.retention.joint_rates import JointRates
from formulate.retention.joint_step import GAMMA, ROUNDING
from formulate.sampling import Array

Indices = NDArray[np.intp]
_AT_ONCE = 8  # steps whose matrices are worked out together


@dataclass(frozen=True)
class Coming:
    """What enters a joint of one carrier: rates over each step [kg/s] of each place, at the start [kg], and solid."""

    start: tuple[Array | None, ...]  # into fluid, synovium, plasma, (draws,); None where nothing enters
    rates: tuple[Array | None, ...]  # (draws, steps)
    solid: Array | None  # (draws, times)


def march(
    time: Array, coming: Sequence[Coming], rates: JointRates, courses: Array, kept: dict[int, Array], some: slice
) -> None:
    """Step some draws through the times; write amounts to `courses` (7, carriers, draws, times) and `kept`.

    Those that bring solid come first.
    """
    steps = Steps(rates, min(_AT_ONCE, len(time) - 1))
    rows = steps.rows
    state = np.zeros((_AT_ONCE + 1, len(rates.resting_volume), rows.every, len(coming)))
    solid = _Solid(rates, coming, some)
    for carrier, one in enumerate(coming):
        for place, amount in enumerate(one.start):
            if amount is not None:
                state[0, :, rows.fluid + place, carrier] = amount[some]
    shown = {0: rows.fluid, 1: rows.synovium, 2: rows.plasma, 4: rows.cartilage, 5: rows.eliminated}
    if rows.broken_down is not None:
        shown[6] = rows.broken_down
    for place, row in shown.items():
        courses[place, :, some, 0] = state[0, :, row].T
    for first in range(0, len(time) - 1, _AT_ONCE):
        last = min(first + _AT_ONCE, len(time) - 1)
        steps.prepare(time[first : last + 1])
        for carrier, one in enumerate(coming):
            for place, rate in enumerate(one.rates):
                if rate is not None:
                    state[: last - first, :, rows.source.start + place, carrier] = rate[some, first:last].T
        for i in range(last - first):
            _step(steps, i, state[i], state[i + 1], solid, first + i)
            if first + i + 1 in kept:
                kept[first + i + 1][..., some] = state[i + 1, :, rows.slab].transpose(1, 2, 0)
        for place, row in shown.items():
            courses[place, :, some, first + 1 : last + 1] = state[1 : last - first + 1, :, row].transpose(2, 1, 0)
        state[0, :, : rows.states] = state[last - first, :, : rows.states]
    if solid.carriers:
        courses[3, : solid.carriers, some] = solid.left.transpose(1, 2, 0)


def _step(steps: Steps, i: int, now: Array, then: Array, solid: "_Solid", index: int) -> None:
    """Go from one state to the next, each (draws, rows, carriers)."""
    rows = steps.rows
    fluid = now[:, rows.stages]
    np.matmul(steps.to_fluid[i], now[:, rows.fluid : rows.stages.start], out=fluid)
    beyond = solid.dissolve(steps, i, now, fluid) if solid.any_left(index) else None
    np.matmul(steps.onward[i], now[:, 1:], out=then[:, : rows.states])
    moving = then[:, rows.moving]
    coarse = np.zeros((len(now), now.shape[-1]), dtype=bool)
    if moving.min() < 0:
        coarse |= moving.min(axis=1) < ROUNDING * moving.max(axis=1)
    if beyond is not None:
        coarse[:, : solid.carriers] |= beyond.T
    if coarse.any():
        which = np.nonzero(coarse)
        then[which[0], : rows.states, which[1]] = solid.coarsely(steps, i, now, *which)
    if solid.carriers:
        solid.settle(index)


class _Solid:
    """The solid drug of those carriers that bring some: what is left of it, and what it gives off in a step.

    Each (carriers, draws), but for constants, (draws,).
    """

    def __init__(self, rates: JointRates, coming: Sequence[Coming], some: slice) -> None:
        arrived = [one.solid[some] for one in coming if one.solid is not None]
        self.carriers = len(arrived)
        if not arrived:
            return
        assert rates.crystals is not None
        self.sizes, self.level = rates.crystals.sizes, rates.solubility
        self.speed = rates.crystals.exposed_share * rates.crystals.diffusivity / rates.crystals.density
        self.arrived = np.ascontiguousarray(np.moveaxis(np.array(arrived), -1, 0))  # (times, carriers, draws)
        self.left = np.zeros_like(self.arrived)
        self.left[0] = self.arrived[0]

    def any_left(self, index: int) -> bool:
        """Find what there is to dissolve in the step from the time of this index; say whether there is any."""
        if not self.carriers:
            return False
        self.brought = self.arrived[index + 1]
        self.there = self.left[index] + (self.brought - self.arrived[index])
        self.kappa, self.steadily, self.dissolved = (np.zeros_like(self.there) for _ in range(3))
        return bool(self.there.any())

    def dissolve(self, steps: Steps, i: int, now: Array, fluid: Array) -> NDArray[np.bool_]:
        """Add what dissolves to the fluid of both stages; give where only a coarse step stays below saturation."""
        step, there = float(steps.steps[i]), self.there
        first, second = (fluid[:, stage, : self.carriers].T.copy() for stage in (0, 1))
        before = now[:, steps.rows.fluid, : self.carriers].T
        gains = [gain[i] for gain in steps.gain]
        levels = [of.per_volume[i] for of in (steps.first, steps.second)]
        below = levels[0] * before <= self.level
        early, late, again = step * (1.0 - GAMMA), step * GAMMA, steps.again[i]
        self.kappa = self._coefficient(there)
        for trial in (True, False):
            flow = self._flow(levels[0], first, gains[0])
            raised = second + (again * gains[0]) * flow
            later = self._flow(levels[1], raised, gains[1])
            self.dissolved = early * flow + late * later
            ended = raised + gains[1] * later
            beyond = (levels[1] * ended > self.level) & below & (self.kappa > 0)
            if trial:
                beyond |= ended < ROUNDING * before
            if beyond.any():
                carriers, draws = np.nonzero(beyond)
                self.dissolved[carriers, draws] = self._coarsely(steps, i, now, draws, carriers)[2]
            if trial:
                self.kappa = self._coefficient(there - 0.5 * np.minimum(self.dissolved, there))
        exhausted = self.dissolved > there
        if exhausted.any():
            # more than there is would dissolve: the whole supply enters at a steady rate instead
            self.steadily[exhausted] = flow[exhausted] = later[exhausted] = there[exhausted] / step
            self.dissolved[exhausted], self.kappa[exhausted], beyond[exhausted] = there[exhausted], 0.0, False
            ended = second + (again * gains[0]) * flow + gains[1] * later
        fluid[:, 0, : self.carriers] = (first + gains[0] * flow).T
        fluid[:, 1, : self.carriers] = ended.T
        return beyond

    def coarsely(self, steps: Steps, i: int, now: Array, draws: Indices, carriers: Indices) -> Array:
        """Give the state after a step taken in one stage, of some draws and carriers, (columns, states)."""
        found, rows = now[draws, : steps.rows.states, carriers], steps.rows
        amounts, slab, dissolved = self._coarsely(steps, i, now, draws, carriers)
        step, rates = float(steps.steps[i]), steps.rates
        found[:, rows.fluid : rows.slab.start], found[:, rows.slab] = amounts.T, slab.T
        found[:, rows.cartilage] = slab.sum(axis=0)
        found[:, rows.eliminated] += step * amounts[2] * (rates.clearance / rates.plasma_volume)[draws]
        if rows.broken_down is not None and rates.breakdown is not None:
            found[:, rows.broken_down] += step * amounts[0] * rates.breakdown[draws]
        brings = carriers < self.carriers
        if brings.any():
            self.dissolved[carriers[brings], draws[brings]] = dissolved[brings]
        return found

    def settle(self, index: int) -> None:
        """Keep what is left after the step."""
        np.subtract(self.there, self.dissolved, out=self.left[index + 1])

    def _coarsely(
        self, steps: Steps, i: int, now: Array, draws: Indices, carriers: Indices
    ) -> tuple[Array, Array, Array]:
        """Give fluid, synovium and plasma, the slab, and what dissolved; each (..., columns)."""
        whole, stage = steps.in_one(i, draws)
        rows, state = steps.rows, np.ascontiguousarray(now[draws, :, carriers].T)
        kappa, steadily, level = np.zeros(len(draws)), np.zeros(len(draws)), 0.0
        if self.carriers:
            brings = carriers < self.carriers
            held = np.where(brings, carriers, 0), draws
            kappa, steadily = (np.where(brings, values[held], 0.0) for values in (self.kappa, self.steadily))
            level = self.level[draws]
        dissolving = kappa * level + steadily
        amounts, slab = whole.solve(
            state[rows.fluid : rows.slab.start], state[rows.slab], stage, state[rows.source], kappa, dissolving
        )
        return amounts, slab, steps.steps[i] * (dissolving - kappa * whole.per_volume * amounts[0])

    def _flow(self, per_volume: Array, fluid: Array, gain: Array) -> Array:
        """Give what dissolves in a stage [kg/s], at the end of which the fluid would hold `fluid` without."""
        return np.asarray(self.kappa * (self.level - per_volume * fluid) / (1.0 + self.kappa * (per_volume * gain)))

    def _coefficient(self, solid: Array) -> Array:
        """Give kappa [m3/s] of Noyes-Whitney for `solid` kg left of what arrived."""
        share = np.divide(solid, self.brought, out=np.zeros_like(solid), where=self.brought > 0)
        return np.asarray(self.speed * self.brought * self.sizes.rate(share))
