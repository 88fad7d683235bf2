"""What the steps of a joint with linear cartilage need, whatever the state; see `formulate.retention.joint_linear`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulate.retention.arriving import GAMMA
from formulate.retention.cartilage_uptake import ModeStage, ModeUptake, TwoModeStages
from formulate.retention.joint_rates import JointRates
from formulate.retention.joint_step import FORWARD, Fluid, Implicit
from formulate.sampling import Array


class Stage:
    """The implicit equations of a stage: the fluid first, then what follows from it. Each (steps, ...) or one of them.

    The fluid is (carriers, draws), its constants (draws,); those of synovium and plasma are (2, 1, draws).
    """

    def __init__(self, of: Implicit, demand: Array | float, weights: Array | None) -> None:
        self.per_volume, self.out = of.per_volume, of.fluid_out + demand * of.per_volume
        self.per_out, self.gain = 1.0 / self.out, of.h / self.out  # gain of the fluid by a steady source in the stage
        self.synovium_share, self.plasma_share = of.synovium_share, of.synovium_share * of.to_synovium_share
        if of.to_fluid_share is not None:
            self.plasma_share = self.plasma_share + of.to_fluid_share
        onward = of.per_plasma * of.synovium_to_plasma
        by_fluid, by_plasma = of.per_synovium * of.into_synovium, of.per_synovium * of.to_synovium_share
        # synovium and plasma at the end, by what both would hold without exchange and by the fluid at the end
        self.by_synovium = _pair(of.per_synovium, onward * of.per_synovium)
        self.by_plasma = _pair(by_plasma, of.per_plasma + onward * by_plasma)
        self.by_fluid = _pair(by_fluid, of.per_plasma * of.to_plasma + onward * by_fluid)
        self.weights = weights  # of the parts of the slab in what it gives back, (parts, draws)

    def at(self, index: int) -> "Stage":
        """Give the stage of one step."""
        found = object.__new__(Stage)
        vars(found).update((name, None if held is None else held[index]) for name, held in vars(self).items())
        return found

    def rows(self, draws: NDArray[np.intp] | slice) -> "Stage":
        """Give one step's stage for some of the draws."""
        found = object.__new__(Stage)
        vars(found).update((name, None if held is None else held[..., draws]) for name, held in vars(self).items())
        return found

    def back(self, slab: Array) -> Array:
        """Give what the slab gives back to the fluid."""
        if self.weights is None:
            return np.zeros(slab.shape[1:])
        return np.asarray(np.einsum("pcd,pd->cd", slab, self.weights))

    def fluid(self, into: Array, synovium: Array, plasma: Array) -> Array:
        """Give the fluid at the end, from what comes into it and what the others would hold without exchange."""
        found = self.synovium_share * synovium
        found += self.plasma_share * plasma
        found += into
        found *= self.per_out
        return np.asarray(found)

    def beside(self, synovium: Array, plasma: Array, fluid: Array) -> Array:
        """Give synovium and plasma at the end."""
        found = self.by_synovium * synovium
        found += self.by_plasma * plasma
        found += self.by_fluid * fluid
        return np.asarray(found)


def _pair(synovium: Array, plasma: Array) -> Array:
    return np.stack([synovium, plasma], axis=1)[:, :, None]


@dataclass(frozen=True)
class Step:
    """What one step needs, whatever the state."""

    length: float  # s
    first: Stage
    second: Stage
    again: Array  # how much of the first fluid comes into the second
    raised: Array  # how much the second fluid holds more, by what the first does
    kept: Array  # of the slab, (parts, 1, draws)
    taken: tuple[Array, ...]  # by the slab, from the fluid of each stage
    elimination: Array
    breakdown: Array | None
    uptake: ModeUptake | None

    @property
    def h(self) -> float:
        """The length of a stage."""
        return float(GAMMA * self.length)

    @property
    def early(self) -> float:
        """How long the end of the first stage counts."""
        return float((1.0 - GAMMA) * self.length)

    late = h


class Steps:
    """Some steps in time, worked out together."""

    def __init__(self, rates: JointRates) -> None:
        assert rates.cartilage is None or isinstance(rates.cartilage, ModeUptake)
        self.rates, self.uptake = rates, rates.cartilage
        self.parts = self.uptake.parts if self.uptake else 0
        self.elimination = rates.clearance / rates.plasma_volume

    def prepare(self, times: Array) -> None:
        """Work out the steps between these times."""
        rates, steps = self.rates, np.diff(times)
        inner, end = GAMMA * steps + times[:-1], times[1:]
        h, parts, draws = GAMMA * steps[:, None], self.parts, len(rates.resting_volume)
        fluids = [Fluid.after(at, since, rates) for at, since in ((inner, times), (end, end))]
        stages = [Implicit(h, fluid, rates) for fluid in fluids]
        demand = returned = np.zeros((1, draws))
        weights = self.kept = np.zeros((len(steps), parts, draws))
        later_weights = weights
        self.taken: tuple[Array, ...] = ()
        if self.uptake is not None:
            slab = ModeStage(h, self.uptake.rate[:, None], self.uptake.clearance[:, None])
            both = TwoModeStages(slab, FORWARD)
            demand, returned = both.demand, both.returned
            weights, later_weights = both.weights.swapaxes(1, 2)
            self.kept = both.kept.swapaxes(0, 1)
            levels = [stage.per_volume for stage in stages]
            self.taken = tuple((gain * level).swapaxes(0, 1) for gain, level in zip(both.gains, levels, strict=True))
        self.first = Stage(stages[0], demand, weights)
        self.second = Stage(stages[1], demand, later_weights)
        self.again = FORWARD + returned * stages[0].per_volume
        shares = self.second.synovium_share, self.second.plasma_share
        beside = sum(share * self.first.by_fluid[:, place, 0] for place, share in enumerate(shares))
        self.raised = self.second.per_out * (self.again + FORWARD * beside)
        self.lengths = steps

    def at(self, index: int) -> Step:
        """Give one of the steps."""
        return Step(
            float(self.lengths[index]),
            self.first.at(index),
            self.second.at(index),
            self.again[index],
            self.raised[index],
            self.kept[index][:, None],
            tuple(taken[index][:, None] for taken in self.taken),
            self.elimination,
            self.rates.breakdown,
            self.uptake,
        )
