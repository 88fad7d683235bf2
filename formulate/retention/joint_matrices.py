"""Steps in time of a joint with linear cartilage, as matrices: what they make of every carrier at once.

The scheme is that of `formulate.retention.joint_step`. Its two stages need the amount in the fluid at the end of each,
and all else follows from that. A first matrix gives both amounts in the fluid from what there is and what arrives; a
second gives what there is after the step. Drug that solid gives off within the step is added between the two.
"""

import numpy as np
from numpy.typing import NDArray

from formulate.retention.cartilage_uptake import ModeStage, ModeUptake, TwoModeStages
from formulate.retention.joint_rates import JointRates
from formulate.retention.joint_step import FORWARD, GAMMA, Fluid, Implicit, excess
from formulate.sampling import Array


class Rows:
    """Where what is in a state: counted amounts first, then what flows, what arrives, and the fluid of two stages."""

    def __init__(self, parts: int, breaks_down: bool) -> None:
        self.cartilage, self.eliminated = 0, 1
        self.broken_down = 2 if breaks_down else None
        self.fluid = 3 if breaks_down else 2
        self.synovium, self.plasma = self.fluid + 1, self.fluid + 2
        self.slab = slice(self.fluid + 3, self.fluid + 3 + parts)
        self.states = self.slab.stop
        self.source = slice(self.states, self.states + 3)  # into fluid, synovium, plasma
        self.stages = slice(self.states + 3, self.states + 5)
        self.every = self.stages.stop
        self.moving = slice(self.fluid, self.states)  # what may not turn negative


class Steps:
    """Some steps of some draws: the matrices, and the equations of a step taken in one stage."""

    def __init__(self, rates: JointRates, most: int) -> None:
        assert rates.cartilage is None or isinstance(rates.cartilage, ModeUptake)
        self.rates, self.uptake = rates, rates.cartilage
        draws = len(rates.resting_volume)
        self.rows = rows = Rows(self.uptake.parts if self.uptake else 0, rates.breakdown is not None)
        self.to_fluid = np.zeros((most, draws, 2, rows.stages.start - rows.fluid))
        self.onward = np.zeros((most, draws, rows.states, rows.every - 1))
        self.onward[..., rows.eliminated, rows.eliminated - 1] = 1.0
        self.onward[..., rows.fluid, rows.stages.stop - 2] = 1.0
        if rows.broken_down is not None:
            self.onward[..., rows.broken_down, rows.broken_down - 1] = 1.0

    def prepare(self, times: Array) -> None:
        """Work out the steps between these times."""
        rates, steps = self.rates, np.diff(times)
        count, h = len(steps), GAMMA * steps[:, None]
        inner, end = GAMMA * steps + times[:-1], times[1:]
        self.steps = steps
        first, second = (Fluid(excess(at, since, rates), rates) for at, since in ((inner, times), (end, end)))
        self.first, self.second = Implicit(h, first, rates), Implicit(h, second, rates)
        self.whole = Implicit(steps[:, None], second, rates)
        slab = None if self.uptake is None else ModeStage(h, self.uptake.rate[:, None], self.uptake.clearance[:, None])
        both = None if slab is None else TwoModeStages(slab, FORWARD)
        out = [one.fluid_out for one in (self.first, self.second)]
        if slab is not None:
            out = [one + slab.demand * of.per_volume for one, of in zip(out, (self.first, self.second), strict=True)]
        per_out = [1.0 / one for one in out]
        self.gain = [h * one for one in per_out]  # of the fluid in each stage, by what comes into it in that stage
        self._fill(count, h, per_out, both)

    def in_one(self, index: int, draws: NDArray[np.intp]) -> tuple[Implicit, ModeStage | None]:
        """Give the equations of a step taken in one stage, of some draws."""
        uptake, step = self.uptake, float(self.steps[index])
        slab = None if uptake is None else ModeStage(step, uptake.rate[:, draws], uptake.clearance[:, draws])
        return self.whole.rows(draws, index), slab

    def _fill(self, count: int, h: Array, per_out: list[Array], both: TwoModeStages | None) -> None:
        rows, (one, two) = self.rows, (_Behind(self.first), _Behind(self.second))
        early, late = (share * self.steps[:, None] for share in (1.0 - GAMMA, GAMMA))
        # the fluid at the end of each stage
        fluid, first, second = rows.fluid, self.to_fluid[:count, :, 0], self.to_fluid[:count, :, 1]
        slab = slice(rows.slab.start - fluid, rows.slab.stop - fluid)
        source = rows.source.start - fluid
        for place, share in enumerate((1.0, one.synovium_share, one.plasma_share)):
            first[..., place] = per_out[0] * share
            first[..., source + place] = self.gain[0] * share
        on = self._from(one, two.synovium_share, two.plasma_share)
        for place, value in enumerate((1.0 - FORWARD, *on[:2], h, *(h * part for part in on[2:4]))):
            second[..., place if place < 3 else source + place - 3] = per_out[1] * value
        again = FORWARD + on[4]
        if both is not None:
            for part in range(slab.stop - slab.start):
                first[..., slab.start + part] = per_out[0] * both.weights[0, part]
                second[..., slab.start + part] = per_out[1] * both.weights[1, part]
            again = again + both.returned * self.first.per_volume
        self.again = per_out[1] * again  # of the second by the first
        second += self.again[..., None] * first
        # all else, from that
        onward = self.onward[:count]
        last = rows.stages.start - 1
        known = (rows.synovium - 1, rows.plasma - 1, rows.source.start, rows.source.start + 1, last, last + 1)
        synovium = (*self._with_source(one, two.synovium, h), two.synovium[2])
        plasma = (*self._with_source(one, two.plasma, h), two.plasma[2])
        for at, by_synovium, by_plasma, early_part in zip(
            known, synovium, plasma, (*one.plasma[:2], h * one.plasma[0], h * one.plasma[1], one.plasma[2], 0.0),
            strict=True,
        ):  # fmt: skip
            onward[..., rows.synovium, at] = by_synovium
            onward[..., rows.plasma, at] = by_plasma
            eliminated = late * by_plasma + early * early_part
            onward[..., rows.eliminated, at] = eliminated * (self.rates.clearance / self.rates.plasma_volume)
        if rows.broken_down is not None:
            onward[..., rows.broken_down, last] = early * self.rates.breakdown
            onward[..., rows.broken_down, last + 1] = late * self.rates.breakdown
        if both is None:
            return
        taken = [gain * of.per_volume for gain, of in zip(both.gains, (self.first, self.second), strict=True)]
        for stage, gain in enumerate(taken):
            onward[..., rows.cartilage, last + stage] = gain.sum(axis=0)
        for part, row in enumerate(range(rows.slab.start, rows.slab.stop)):
            onward[..., rows.cartilage, row - 1] = onward[..., row, row - 1] = both.kept[part]
            for stage, gain in enumerate(taken):
                onward[..., row, last + stage] = gain[part]

    def _from(self, one: "_Behind", synovium: Array, plasma: Array) -> tuple[Array, ...]:
        """Give by what synovium, plasma, what arrives there over h, and the first fluid come in, by shares of both.

        The shares are of what is there before the second stage, beyond the first.
        """
        by_synovium = synovium * (1.0 - FORWARD + FORWARD * one.synovium[0]) + plasma * (FORWARD * one.plasma[0])
        by_plasma = synovium * (FORWARD * one.synovium[1]) + plasma * (1.0 - FORWARD + FORWARD * one.plasma[1])
        by_fluid = FORWARD * (synovium * one.synovium[2] + plasma * one.plasma[2])
        return by_synovium, by_plasma, by_synovium + FORWARD * synovium, by_plasma + FORWARD * plasma, by_fluid

    def _with_source(self, one: "_Behind", shares: tuple[Array, ...], h: Array) -> tuple[Array, ...]:
        found = self._from(one, shares[0], shares[1])
        return found[0], found[1], h * found[2], h * found[3], found[4]


class _Behind:
    """Synovium and plasma at the end of a stage, by what both held before (with what arrived) and by the fluid."""

    def __init__(self, of: Implicit) -> None:
        self.synovium_share = of.synovium_share
        self.plasma_share = of.synovium_share * of.to_synovium_share
        if of.to_fluid_share is not None:
            self.plasma_share = self.plasma_share + of.to_fluid_share
        self.synovium = of.per_synovium, of.per_synovium * of.to_synovium_share, of.per_synovium * of.into_synovium
        onward = of.per_plasma * of.synovium_to_plasma
        self.plasma = (
            onward * self.synovium[0],
            of.per_plasma + onward * self.synovium[1],
            of.per_plasma * of.to_plasma + onward * self.synovium[2],
        )
