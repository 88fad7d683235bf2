"""The joint with linear cartilage, all carriers stepped together; see `formulate.retention.joint` for the equations.

The scheme, its coarse steps where the fine one would fall below zero or past saturation, and the two passes of
dissolution are those of `formulate.retention.joint_step`. Here the fluid at the end of both stages is found before
anything else: all that follows is linear in it, and solid drug only changes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulate.retention.arriving import DAMPING, GAMMA, damped, staged_between
from formulate.retention.cartilage_uptake import ModeStage
from formulate.retention.dissolving import mean_solid
from formulate.retention.joint_linear_steps import Stage, Step, Steps
from formulate.retention.joint_rates import JointRates
from formulate.retention.joint_step import FORWARD, ROUNDING
from formulate.sampling import Array

Columns = tuple[NDArray[np.intp] | slice, NDArray[np.intp] | slice]  # some carriers and draws, or all
Coarse = tuple[tuple[NDArray[np.intp], NDArray[np.intp]], Array]  # some carriers and draws, (rows, 1, columns) of them
FLUID, ELIMINATED, BROKEN_DOWN, SLAB = 0, 3, 4, 5  # rows of a state; synovium and plasma follow the fluid
_STEPS = 16  # between times that are worked out, and written, together
_MANY = 0.2  # of all columns; so many are no slower to step all at once than one by one


@dataclass(frozen=True)
class Coming:
    """What enters a joint of one carrier: cumulative amounts into each place, and solid, (draws, times) [kg]."""

    places: tuple[Array | None, ...]  # fluid, synovium, plasma; None where nothing enters
    solid: Array | None


def march(
    time: Array,
    coming: Sequence[Coming],
    rates: JointRates,
    courses: Sequence[Array],
    kept: dict[int, Array],
    some: slice,
) -> None:
    """Step some draws through the times, and write the amounts.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s], rising.
    coming : sequence of Coming
        What enters of each carrier, over all draws; those that bring solid drug first.
    rates : JointRates
        Constants of the draws that are stepped.
    courses : sequence of ndarray, shape (carriers, draws, times)
        Written: fluid, synovium, plasma, solid, cartilage, eliminated, broken down [kg]; solid of those that bring it.
    kept : dict of int to ndarray, shape (carriers, parts, draws)
        Written: the parts of the cartilage at the times of these indices [kg].
    some : slice
        The draws that are stepped.

    Notes
    -----
    Per stage of length h ``(1 - h L) x = x_0 + h r``, r the release at its end: the fluid is ``A_f = (b + h e)/o``,
    b from what was there and arrives, e the drug that solid gives off, ``e = kappa (S - C_u)``; synovium, plasma and
    cartilage follow from A_f.
    """
    steps = Steps(rates)
    carriers, draws = len(coming), len(rates.resting_volume)
    state = np.zeros((SLAB + steps.parts, carriers, draws))
    for carrier, one in enumerate(coming):
        for place, amount in enumerate(one.places):
            if amount is not None:
                state[place, carrier] = amount[some, 0]
    shown = (0, 1, 2, 4, 5, 6)[: 5 if rates.breakdown is None else 6]  # courses of fluid to broken down
    for place in shown:
        courses[place][:, some, 0] = state[place] if place < 3 else 0.0
    solid = _Solid(rates, coming, some)
    arriving = [
        (carrier, place, amount[some])
        for carrier, one in enumerate(coming)
        for place, amount in enumerate(one.places)
        if amount is not None
    ]
    sources = np.zeros((_STEPS, 2, 3, carriers, draws))
    history = np.empty((_STEPS, len(shown), carriers, draws))
    for first in range(0, len(time) - 1, _STEPS):
        count = min(_STEPS, len(time) - 1 - first)
        steps.prepare(time[first : first + count + 1])
        for carrier, place, amount in arriving:
            for stage, enters in enumerate(staged_between(time, amount, first, first + count)):
                np.multiply(GAMMA, enters.T, out=sources[:count, stage, place, carrier])
        for i in range(count):
            solid.begins(first + i)
            state = _stepped(steps.at(i), state, sources[i], solid)
            solid.ends(first + i)
            into = history[i]
            into[:3] = state[:3]
            np.add.reduce(state[SLAB:], axis=0, out=into[3])
            into[4:] = state[ELIMINATED : ELIMINATED + len(shown) - 4]
            if first + i + 1 in kept:
                kept[first + i + 1][..., some] = state[SLAB:].swapaxes(0, 1)
        for row, place in enumerate(shown):
            courses[place][:, some, first + 1 : first + count + 1] = history[:count, row].transpose(1, 2, 0)
    if solid.carriers:
        courses[3][:, some] = solid.left.transpose(1, 2, 0)


def _stepped(step: Step, state: Array, entering: Array, solid: "_Solid") -> Array:
    """Give the next state, (rows, carriers, draws), with what enters in each of the two stages."""
    first, second = step.first, step.second
    there, then = state[:3] + entering
    fluid = first.fluid(there[0] + first.back(state[SLAB:]), there[1], there[2])
    beside = first.beside(there[1], there[2], fluid)
    onward = beside - state[1:3]  # beyond the first stage
    onward *= FORWARD
    onward += then[1:]
    into = second.back(state[SLAB:])
    into += then[0]
    into -= FORWARD * state[FLUID]
    into += step.again * fluid
    later = second.fluid(into, onward[0], onward[1])
    saturating = None
    if solid.dissolving:
        some = slice(solid.carriers)
        more, ended, saturating = solid.dissolve(step, state, entering, fluid[some], later[some])
        fluid[some] += more
        later[some] = ended
        raised = first.by_fluid * more
        beside[:, some] += raised
        raised *= FORWARD
        onward[:, some] += raised
    found = np.empty_like(state)
    found[FLUID] = later
    found[1:3] = second.beside(onward[0], onward[1], later)
    found[ELIMINATED] = step.early * beside[1]
    found[ELIMINATED] += step.late * found[2]
    found[ELIMINATED] *= step.elimination
    found[ELIMINATED] += state[ELIMINATED]
    found[BROKEN_DOWN] = state[BROKEN_DOWN]
    if step.breakdown is not None:
        found[BROKEN_DOWN] += (step.early * fluid + step.late * later) * step.breakdown
    slab = np.multiply(state[SLAB:], step.kept, out=found[SLAB:])
    for taken, level in zip(step.taken, (fluid, later), strict=False):
        slab += taken * level
    coarse = _negative(found)
    if saturating is not None:
        which, columns = saturating
        found[:, *which] = columns[:, 0]
        coarse[which] = False
    if coarse.mean() > _MANY:
        every, dissolved = solid.damped(step, state, entering, (slice(None), slice(None)))
        np.copyto(found, every, where=coarse)
        np.copyto(solid.dissolved_all, dissolved, where=coarse)
    elif coarse.any():
        carriers, draws = np.nonzero(coarse)
        columns, dissolved = solid.damped(step, state, entering, (carriers, draws))
        found[:, carriers, draws], solid.dissolved_all[carriers, draws] = columns[:, 0], dissolved[0]
    return found


def _of(values: Array, which: Columns) -> Array:
    """Give some carriers and draws, (..., 1, columns), or all."""
    carriers, draws = which
    found = values[..., carriers, draws]
    return found if isinstance(draws, slice) else found[..., None, :]


def _on_average(entering: Array, which: Columns) -> Array:
    """Give what enters in a stage on average over the step, of some carriers and draws, or all."""
    inner, end = _of(entering, which)
    return np.asarray((1.0 - GAMMA) * inner + GAMMA * end)


def _negative(state: Array) -> NDArray[np.bool_]:
    """Give where an amount of a state is below zero by more than rounding, (carriers, draws)."""
    below = state < 0
    found = np.asarray(below[:ELIMINATED].any(axis=0) | below[SLAB:].any(axis=0))
    carriers, draws = np.nonzero(found)
    if draws.size:
        amounts = np.delete(state[:, carriers, draws], (ELIMINATED, BROKEN_DOWN), axis=0)
        found[carriers, draws] = amounts.min(axis=0) < ROUNDING * amounts.max(axis=0)
    return found


class _Solid:
    """The solid drug of those carriers that bring some: what is left of it, and what it gives off in a step.

    Each (carriers, draws), but for constants, (draws,).
    """

    def __init__(self, rates: JointRates, coming: Sequence[Coming], some: slice) -> None:
        arrived = [one.solid[some] for one in coming if one.solid is not None]
        self.carriers, self.dissolving = len(arrived), False
        # of all carriers, 0 for those that bring none
        shape = (len(coming), len(rates.resting_volume))
        self.kappa_all, self.steadily_all, self.dissolved_all = (np.zeros(shape) for _ in range(3))
        if not arrived:
            return
        solid = slice(self.carriers)
        self.kappa, self.steadily, self.dissolved = (
            every[solid] for every in (self.kappa_all, self.steadily_all, self.dissolved_all)
        )
        assert rates.crystals is not None
        self.sizes, self.level = rates.crystals.sizes, rates.solubility
        self.speed = rates.crystals.exposed_share * rates.crystals.diffusivity / rates.crystals.density
        self.arrived = np.ascontiguousarray(np.moveaxis(np.array(arrived), -1, 0))  # (times, carriers, draws)
        self.left = np.zeros_like(self.arrived)
        self.left[0] = self.arrived[0]

    def begins(self, index: int) -> None:
        """Find what there is to dissolve in the step from the time of this index."""
        if not self.carriers:
            return
        self.brought = self.arrived[index + 1]
        self.new = self.brought - self.arrived[index]
        self.there = self.left[index] + self.new
        self.dissolving = bool(self.there.any())
        for held in (self.kappa, self.steadily, self.dissolved):
            held[...] = 0.0

    def ends(self, index: int) -> None:
        """Keep what is left after the step."""
        if self.carriers:
            np.subtract(self.there, self.dissolved, out=self.left[index + 1])

    def dissolve(
        self, step: Step, state: Array, entering: Array, fluid: Array, later: Array
    ) -> tuple[Array, Array, "Coarse | None"]:
        """Give how much more the first fluid holds, the second, and where only a coarse step stays below saturation.

        `fluid` and `later` are both without what dissolves. The state after the coarse step comes with where it is.
        """
        first, second, there = step.first, step.second, self.there
        before = state[FLUID, : self.carriers]
        below = first.per_volume * before <= self.level
        self._coefficient(there)
        for trial in (True, False):
            flow = self._flow(first, fluid)
            more = first.gain * flow
            raised = later + step.raised * more
            end_flow = self._flow(second, raised)
            ended = raised + second.gain * end_flow
            np.multiply(step.early, flow, out=self.dissolved)
            self.dissolved += step.late * end_flow
            beyond = (second.per_volume * ended > self.level) & below & (self.kappa > 0)
            if trial:
                beyond |= ended < ROUNDING * before
            carriers, draws = which = np.nonzero(beyond)
            columns = None
            if draws.size:
                columns, gone = self.damped(step, state, entering, (carriers, draws))
                self.dissolved[which] = gone[0]
            if trial:
                self._coefficient(mean_solid(there, self.new, self.dissolved))
        exhausted = self.dissolved > there
        if exhausted.any():
            # more than there is would dissolve: the whole supply enters at a steady rate instead
            self.steadily[exhausted] = steadily = there[exhausted] / step.length
            self.dissolved[exhausted], self.kappa[exhausted] = there[exhausted], 0.0
            of = np.nonzero(exhausted)[1]
            more[exhausted] = grown = first.gain[of] * steadily
            ended[exhausted] = later[exhausted] + step.raised[of] * grown + second.gain[of] * steadily
        if columns is None:
            return more, ended, None
        left = ~exhausted[which]
        return more, ended, ((carriers[left], draws[left]), columns[..., left])

    def damped(self, step: Step, state: Array, entering: Array, which: Columns) -> tuple[Array, Array]:
        """Give the state after a step in which what is fast falls by much, and what dissolved, of some columns."""
        now, came, stage = _of(state, which), _on_average(entering, which), step.first.rows(which[1])
        slab = None
        if step.uptake is not None:
            slab = ModeStage(step.h, *(one[:, None, which[1]] for one in (step.uptake.rate, step.uptake.clearance)))
        gone = np.zeros_like(now[FLUID])
        for _ in range(DAMPING):
            before = now, gone
            now, more = self._in_a_stage(step, stage, now, came, slab, which)
            gone = gone + more
        return damped(before[0], now), damped(before[1], gone)

    def _in_a_stage(
        self, step: Step, stage: Stage, held: Array, came: Array, slab: ModeStage | None, which: Columns
    ) -> tuple[Array, Array]:
        """Give the state after a stage in which so much comes, and what dissolved in it."""
        h, draws = step.h, which[1]
        there = held[:3] + came
        into = there[0] + stage.synovium_share * there[1] + stage.plasma_share * there[2]
        if slab is not None:
            into += np.einsum("p...,p...->...", held[SLAB:], slab.given)
        found = np.empty_like(held)
        if self.dissolving:
            kappa, steadily = _of(self.kappa_all, which), _of(self.steadily_all, which)
            dissolving, back = kappa * self.level[draws] + steadily, kappa * stage.per_volume
            fluid = (into + h * dissolving) / (stage.out + h * back)
            dissolved = h * (dissolving - back * fluid)
        else:
            fluid, dissolved = into * stage.per_out, np.zeros_like(into)
        found[FLUID] = fluid
        found[1:3] = stage.beside(there[1], there[2], fluid)
        found[ELIMINATED] = held[ELIMINATED] + h * found[2] * step.elimination[draws]
        found[BROKEN_DOWN] = held[BROKEN_DOWN]
        if step.breakdown is not None:
            found[BROKEN_DOWN] += h * fluid * step.breakdown[draws]
        if slab is not None:
            found[SLAB:] = held[SLAB:] * slab.kept + slab.gain * (stage.per_volume * fluid)
        return found, dissolved

    def _flow(self, stage: Stage, fluid: Array) -> Array:
        """Give what dissolves in a stage [kg/s], at the end of which the fluid would hold `fluid` without."""
        found = self.level - stage.per_volume * fluid
        found *= self.kappa
        found /= 1.0 + self.kappa * (stage.per_volume * stage.gain)
        return np.asarray(found)

    def _coefficient(self, solid: Array) -> None:
        """Find kappa [m3/s] of Noyes-Whitney for `solid` kg left of what arrived."""
        share = np.divide(solid, self.brought, out=np.zeros_like(solid), where=self.brought > 0)
        np.multiply(self.sizes.rate(share), self.brought, out=self.kappa)
        self.kappa *= self.speed
