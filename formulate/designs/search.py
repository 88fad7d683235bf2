"""Designing backwards: from what must be held to what to make, with how surely it is held, or why it cannot be."""

import math
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np

from formulate.designs.explore import Looked, Progress, explore, look_apart, standing
from formulate.designs.outcome import TOGETHER, Outcome, evaluate
from formulate.designs.shortfall import Shortfall, look_by_limit, shortfall
from formulate.designs.space import Axis, Space
from formulate.designs.target_file import TargetFile
from formulate.designs.work import Processes, check_processes, processes_for
from formulate.formulation import Formulation
from formulate.limits import LARGEST_SEED
from formulate.preparation.parts import Recipe
from formulate.sampling import Array, Draws
from formulate.sensitivity.indices import FEWEST, first_order_from_draws
from materials.errors import FormulateError

DESIGNS = 512
FRESH_DRAWS = 1024
SHOWN = 3
RESERVES = 3  # more that are computed anew, for those that do not hold then
TWO_SIDED_95 = 1.959963984540054
AT_AN_END = 0.05  # of a range
AMONG, MOST = 8, 6  # of the best designs, so many lie there


@dataclass(frozen=True)
class Proposal:
    """A design with what it comes to on draws that had no part in finding it."""

    outcome: Outcome  # on fresh draws
    searched: Outcome  # as it was found
    formulation: Formulation
    draws: int
    recipe: Recipe | None = None
    no_recipe: str = ""

    @property
    def probability(self) -> float:
        """Share of the draws in which all holds."""
        return self.outcome.probability or 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the probability lies for all that the number of draws says, at 95 %.

        Notes
        -----
        Wilson's interval of a share of independent draws. These are a Latin hypercube, which scatters no more, so it
        is rather too wide. It holds the sampling only: not what the model leaves out. Source: Wilson, J Am Stat Assoc
        1927;22:209; Brown, Cai and DasGupta, Stat Sci 2001;16:101.
        """
        p, n, z = self.probability, self.draws, TWO_SIDED_95
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class End:
    """A choice that lies at an end of its range in the best designs."""

    axis: Axis
    is_upper: bool
    value: str


@dataclass(frozen=True)
class Design:
    """What was found for a target.

    Attributes
    ----------
    proposals : tuple of Proposal
        Unlike designs that meet the target, the surest first; where none does, the one that comes nearest.
    shortfall : Shortfall or None
        What stands in the way, where none does.
    """

    target: TargetFile
    looked: Looked = field(repr=False)
    proposals: tuple[Proposal, ...]
    shortfall: Shortfall | None
    ends: tuple[End, ...]
    fresh: Draws = field(repr=False)
    asked: int = DESIGNS  # designs of the sweep

    @property
    def is_met(self) -> bool:
        """Whether a design meets the target as surely as wanted."""
        return self.shortfall is None

    @property
    def space(self) -> Space:
        """What could be chosen."""
        return self.looked.space

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """All designs looked at, in order; the first `looked.swept` are spread evenly."""
        return self.looked.outcomes

    @property
    def points(self) -> Array:
        """Where they lie in the space, (designs, axes), each choice 0 to 1 along its range."""
        return np.array(self.looked.points)

    @property
    def meeting(self) -> int:
        """How many of the designs looked at met the target, on the draws of the search."""
        return self.looked.meeting

    @property
    def refused(self) -> dict[str, int]:
        """Why designs could not be computed, and how many of them, the commonest first."""
        reasons = [item.reason for item in self.outcomes if item.probability is None]
        return dict(Counter(reasons).most_common())

    @property
    def telling(self) -> list[tuple[int, float | None]]:
        """The axes, those first that matter most to the probability: their number and the share of the variance.

        From the sweep, which is spread evenly; None where it has fewer than 64 designs.
        """
        swept = [i for i in range(self.looked.swept) if self.outcomes[i].probability is not None]
        axes = range(len(self.space.axes))
        if len(swept) < FEWEST:
            return [(place, None) for place in axes]
        standings = np.array([standing(self.outcomes[i]) for i in swept])
        values = standings[:, 0] if np.ptp(standings[:, 0]) > 0.0 else standings[:, 1]
        shares = first_order_from_draws(values, self.points[swept].T)
        return [(place, float(shares[place])) for place in sorted(axes, key=lambda place: (-shares[place], place))]


def design(
    target: TargetFile,
    designs: int = DESIGNS,
    progress: Progress | None = None,
    fresh_draws: int = FRESH_DRAWS,
    *,
    processes: int | None = 1,
) -> Design:
    """Find unlike designs that meet a target, or what stands in the way.

    Parameters
    ----------
    target : TargetFile
        What must be held, within which limits, and what may be chosen; its draws and seed are those of the search.
    designs : int
        Designs of the sweep; up to twice as many are computed in all.
    progress : callable, optional
        Called with a line on what is computed; raise from it to cancel.
    fresh_draws : int
        Draws on which the designs that are given are computed anew.
    processes : int, optional
        How many compute the search; with None one a core, at most four. What is found is the same. A script that asks
        for several needs ``if __name__ == "__main__":``, for each process reads it.

    Raises
    ------
    FormulateError
        None of the designs looked at can be computed; or a process has ended by itself.

    Notes
    -----
    `explore` looks for designs; where some hold, `look_apart` for others unlike them. Of those that hold by more than
    one standard error of the search (where there are three; else of all that hold) the best and others as unlike it as
    can be are computed anew, on draws of the next seed: the best of many is best by luck as well, and its probability
    on the draws that chose it is too high. Those that still hold are given.
    """
    check_processes(processes)
    count = processes or processes_for(-(-designs // TOGETHER))
    with Processes(count) if count > 1 else nullcontext() as workers:
        found = _design(target, designs, progress, fresh_draws, workers)
    found.looked.workers = None
    return found


def _design(
    target: TargetFile, designs: int, progress: Progress | None, fresh_draws: int, workers: Processes | None
) -> Design:
    asked = target.calculation
    looked = explore(Space(target), designs, Draws(asked.draws, asked.seed), progress, workers)
    order = looked.order
    if not order:
        reason = next((item.reason for item in looked.outcomes if item.reason), "no reason is known")
        raise FormulateError(f"none of the {len(looked.outcomes)} designs looked at can be computed: {reason}")
    look_apart(looked, SHOWN)
    fresh = Draws(fresh_draws, (asked.seed + 1) % (LARGEST_SEED + 1))
    found = _anew(looked, _finalists(looked), fresh, progress)
    missing = None
    if not _holding(found, target):
        look_by_limit(looked)
        seen = {item.outcome.index for item in found}
        found += _anew(looked, [i for i in _finalists(looked) if i not in seen], fresh, progress)
    holding = _holding(found, target)
    if not holding:
        missing = shortfall(looked, fresh, progress)
        holding = [max(found, key=lambda item: item.probability)]
    holding.sort(key=lambda item: -item.probability)
    return Design(target, looked, tuple(_with_recipe(item) for item in holding), missing, _ends(looked), fresh, designs)


def _holding(found: list[Proposal], target: TargetFile) -> list[Proposal]:
    return [item for item in found if item.probability >= target.probability][:SHOWN]


def _finalists(looked: Looked) -> list[int]:
    """Give the places of the designs to compute anew, in the order they are taken."""
    wanted, order = looked.space.target.probability, looked.order
    holding = [i for i in order if (looked.outcomes[i].probability or 0.0) >= wanted]
    safe = [i for i in holding if (looked.outcomes[i].probability or 0.0) >= looked.safe]
    pool = safe if len(safe) >= SHOWN else holding or order[:1]
    chosen = looked.unlike(pool, SHOWN + RESERVES)
    return chosen + [i for i in holding[: SHOWN + RESERVES] if i not in chosen][:RESERVES]


def _anew(looked: Looked, places: list[int], fresh: Draws, progress: Progress | None) -> list[Proposal]:
    """Compute designs anew, on fresh draws, until enough of them hold."""
    found: list[Proposal] = []
    for i in places:
        if sum(item.probability >= looked.space.target.probability for item in found) == SHOWN:
            break
        if progress:
            progress(f"design {len(found) + 1} on {fresh.count} fresh draws")
        outcome = next(evaluate(looked.space, looked.points[i][None, :], i, fresh))
        if outcome.probability is not None:
            found.append(Proposal(outcome, looked.outcomes[i], _formulation(looked, i, fresh), fresh.count))
    return found


def _formulation(looked: Looked, place: int, fresh: Draws) -> Formulation:
    """Give a design as a formulation of its own, which draws as it was computed last."""
    from formulate.formulation import build

    content = looked.space.content(looked.outcomes[place].settings)
    content["calculation"] = {**content.get("calculation", {}), "draws": fresh.count, "seed": fresh.seed}
    built: Formulation = build(Formulation, content, "design")
    return built


def _with_recipe(item: Proposal) -> Proposal:
    from formulate.preparation.recipe import recipe

    try:
        made, reason = recipe(item.formulation), ""
    except FormulateError as error:
        made, reason = None, str(error)
    return Proposal(item.outcome, item.searched, item.formulation, item.draws, made, reason)


def _ends(looked: Looked) -> tuple[End, ...]:
    """Give the choices that lie at the same end of their range in the best design and in most of the next."""
    best = looked.order[:AMONG]
    found = []
    for place, axis in enumerate(looked.space.axes):
        if axis.choice is None or axis.choice.options or len(best) < AMONG:
            continue
        for is_upper, share in ((False, 0.0), (True, 1.0)):
            end = axis.setting(share).text
            at_end = [
                item.text == end or (axis.parts is None and abs(looked.points[i][place] - share) <= AT_AN_END)
                for i in best
                for item in looked.outcomes[i].settings
                if (item.of, item.name) == axis.key
            ]
            if len(at_end) == AMONG and at_end[0] and sum(at_end) >= MOST:
                found.append(End(axis, is_upper, end))
    return tuple(found)
