"""Looking for designs that meet a target: an even sweep of the space, then closer looks where it went best."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from formulate.designs.diverse import class_of, distances, unlike
from formulate.designs.outcome import TOGETHER, Outcome, evaluate
from formulate.designs.space import Setting, Space
from formulate.designs.work import Processes, in_order, jobs_of
from formulate.sampling import Array, Draws

Progress = Callable[[str], None]
Standing = Callable[[Outcome], tuple[float, ...]]  # what designs are compared by, the larger the better

STARTS = 4  # unlike designs that are looked at more closely
AROUND = 8  # designs about each, in one round
MOST_ROUNDS, MOST_LATER = 12, 4  # of the first closer looks, and of those for one limit or one further design
FIRST_BOX = 0.25  # half a side, of the whole range
SHRINKS = 0.6  # what is left of it after a round without a better design
MOVES = 0.5  # chance that a choice is moved at all
LEAPS = 0.1  # chance that another name is chosen
WORTH = 0.5  # of the best probability: a start with less is not looked at


@dataclass
class Looked:
    """The designs looked at, each once, and what they came to."""

    space: Space
    draws: Draws
    progress: Progress | None = None
    points: list[Array] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    designs: int = 512  # asked for: closer looks take as many at most
    swept: int = 0  # the first so many are of the sweep
    best: int | None = None
    meeting: int = 0  # so many meet the target
    is_all: bool = False  # whether the sweep holds every design there is
    workers: Processes | None = None  # who computes; this process where there are none
    _told: str = ""
    _places: dict[tuple[Setting, ...], int] = field(default_factory=dict)

    def look(self, points: Array, doing: str) -> list[int]:
        """Compute the designs of points that were not computed yet; give the place of each point's design."""
        found, new = [], []
        for point in points:
            settings = self.space.settings(point)
            if settings not in self._places:
                self._places[settings] = len(self._places)
                new.append(point)
            found.append(self._places[settings])
        self.points += new
        to_do = len(self.outcomes) + len(new)
        for outcome in self._computed(np.array(new)) if new else ():
            self.outcomes.append(outcome)
            if outcome.probability is not None and (
                self.best is None or standing(outcome) > standing(self.outcomes[self.best])
            ):
                self.best = outcome.index
            self.meeting += (outcome.probability or 0.0) >= self.space.target.probability
            self._told = f"{doing}: {len(self.outcomes)} of {to_do} designs, {self.told_best}"
            self._tell()
        return found

    def _computed(self, points: Array) -> Iterator[Outcome]:
        """Give what new designs come to, in order; each is the same whoever computes it beside whatever others."""
        first = len(self.outcomes)
        if self.workers is None:
            return evaluate(self.space, points, first, self.draws)
        rounds = math.ceil(len(points) / (TOGETHER * self.workers.count))
        size = math.ceil(len(points) / (rounds * self.workers.count))  # as much for each of them
        lots = (points[start : start + size] for start in range(0, len(points), size))
        return in_order(self.workers, jobs_of(self.space, lots, first), self._tell)

    def _tell(self) -> None:
        if self.progress and self._told:
            self.progress(self._told)

    @property
    def told_best(self) -> str:
        """How well the best did, and how many meet the target."""
        best = None if self.best is None else self.outcomes[self.best].probability
        return "none can be computed" if best is None else f"best {best:.0%}, {self.meeting} meet it"

    @property
    def order(self) -> list[int]:
        """The places of the designs that could be computed, best first."""
        known = [i for i, outcome in enumerate(self.outcomes) if outcome.probability is not None]
        return sorted(known, key=lambda i: (*(-part for part in standing(self.outcomes[i])), i))

    def first_by(self, by: Standing) -> int:
        """Give the place of the best design in some sense, of equals the first."""
        return max(self.order, key=lambda i: (by(self.outcomes[i]), -i))

    def unlike(self, among: list[int], count: int) -> list[int]:
        """Give the places of a few of some designs, named best first: the best, then the most unlike."""
        some = [self.outcomes[i] for i in among]
        return [among[i] for i in unlike(self.space, np.array([self.points[i] for i in among]), some, count)]

    def apart(self, places: list[int]) -> float:
        """Give how unlike the two most alike of some designs are, 0 to 1."""
        some = [self.outcomes[i] for i in places]
        between = distances(self.space, np.array([self.points[i] for i in places]), some)
        return float(between[np.triu_indices(len(places), 1)].min(initial=1.0))

    @property
    def around(self) -> int:
        """How many designs are taken about one, in a round of a closer look."""
        return int(np.clip(self.designs // 8, 2, AROUND))

    @property
    def rounds(self) -> int:
        """How many rounds the first closer look has at most."""
        return int(np.clip(self.designs // 64, 1, MOST_ROUNDS))

    @property
    def later_rounds(self) -> int:
        """How many rounds further closer looks have at most."""
        return int(np.clip(self.designs // 128, 1, MOST_LATER))

    @property
    def safe(self) -> float:
        """The probability wanted, and one standard error of a share of the draws more."""
        wanted = self.space.target.probability
        return min(wanted + math.sqrt(wanted * (1.0 - wanted) / self.draws.count), 1.0)

    @property
    def promising(self) -> list[int]:
        """The places of the designs that are worth another look, best first."""
        order = self.order
        worth = WORTH * (self.outcomes[order[0]].probability or 0.0) if order else 0.0
        pool = order[: max(4 * STARTS, len(order) // 10)]
        return [i for i in pool if (self.outcomes[i].probability or 0.0) >= worth]


def standing(outcome: Outcome) -> tuple[float, float]:
    """Give what designs are compared by: how surely the target is met, then how far off it is."""
    if outcome.probability is None or outcome.margin is None:
        return -1.0, -np.inf
    return outcome.probability, outcome.margin


def explore(
    space: Space, designs: int, draws: Draws, progress: Progress | None = None, workers: Processes | None = None
) -> Looked:
    """Sweep a space, and look more closely about its best, unlike designs.

    Parameters
    ----------
    space : Space
        What may be chosen.
    designs : int
        Designs of the sweep; where there are no more than that at all, each of them.
    draws : Draws
        Of the uncertain inputs, shared by all designs.
    progress : callable, optional
        Called with a line on what is computed; raise from it to cancel.
    workers : Processes, optional
        Who computes, with the draws and seed that the target file asks for.

    Notes
    -----
    Rounds of box search: about each of a few designs, new ones are taken at random in a box, one also a step farther
    the way that last led up; the best becomes the centre, and the box shrinks where none is better. Names of a list are
    rarely changed. The same seed gives the same designs.
    """
    looked = Looked(space, draws, progress, designs=designs, workers=workers)
    looked.look(_every_design(space, designs), "sweep")
    looked.swept = len(looked.outcomes)
    looked.is_all = _count(space) <= designs
    look_closer(looked, [(place, standing, 1.0) for place in looked.unlike(looked.promising, STARTS)], looked.rounds)
    return looked


def look_closer(looked: Looked, starts: Sequence[tuple[int, Standing, float]], rounds: int) -> None:
    """Look for better designs about some, each better in its own sense, until the first part of it is enough."""
    space = looked.space
    if looked.is_all:
        return  # nothing lies between them
    generator = np.random.default_rng([space.target.calculation.seed, 9, len(looked.outcomes)])
    centres = [place for place, _, _ in starts]
    steps: list[Array | None] = [None] * len(centres)
    boxes = [FIRST_BOX] * len(centres)
    for _ in range(rounds):
        left = [k for k, (_, by, enough) in enumerate(starts) if by(looked.outcomes[centres[k]])[0] < enough]
        if not left:
            break
        size = (looked.around, len(space.axes))
        near = [_near(space, looked.points[centres[k]], steps[k], boxes[k], size, generator) for k in left]
        places = looked.look(np.concatenate(near), "closer look")
        for k, found in zip(left, np.array(places).reshape(-1, looked.around).tolist(), strict=True):
            by = starts[k][1]
            best = max(found, key=lambda i: (by(looked.outcomes[i]), -i))
            if by(looked.outcomes[best]) > by(looked.outcomes[centres[k]]):
                steps[k] = looked.points[best] - looked.points[centres[k]]
                centres[k] = best
            else:
                steps[k], boxes[k] = None, boxes[k] * SHRINKS


def look_apart(looked: Looked, count: int) -> None:
    """Look for designs that hold the target and are as unlike the best, and each other, as can be."""
    chosen = looked.order[:1]
    best = (looked.outcomes[chosen[0]].probability or 0.0) if chosen else 0.0
    enough = looked.safe if best >= looked.safe else looked.space.target.probability
    while len(chosen) < count and best >= enough:
        by = _unlikeness(looked, tuple(chosen), enough)
        start = looked.first_by(by)
        look_closer(looked, [(place, by, np.inf) for place in dict.fromkeys([start, chosen[0]])], looked.later_rounds)
        chosen.append(looked.first_by(by))


def _unlikeness(looked: Looked, others: tuple[int, ...], enough: float) -> Standing:
    """Give the sense in which a design is the better, the more unlike others it is while it holds the target."""
    classes = {class_of(looked.outcomes[i]) for i in others}

    def by(outcome: Outcome) -> tuple[float, ...]:
        probability, margin = standing(outcome)
        if probability < enough:
            return probability, 0.0, margin
        apart = min(looked.apart([i, outcome.index]) for i in others)
        return enough, apart + (class_of(outcome) not in classes), margin

    return by


def _every_design(space: Space, designs: int) -> Array:
    """Give the points of a sweep: all there are where they are few, else spread evenly."""
    if _count(space) > designs:
        return space.points(designs)
    shares = [(np.arange(axis.parts or 1) + 0.5) / (axis.parts or 1) for axis in space.axes]
    return np.array(list(itertools.product(*shares)))


def _count(space: Space) -> float:
    """Give how many designs there are, as far as choices count; infinite where one is a number of a range."""
    return float(np.prod([np.inf if axis.parts is None else axis.parts for axis in space.axes]))


def _near(
    space: Space, centre: Array, step: Array | None, box: float, shape: tuple[int, int], generator: np.random.Generator
) -> Array:
    """Give points about one, of this shape."""
    moved = generator.random(shape) < MOVES
    moved[np.arange(shape[0]), generator.integers(shape[1], size=shape[0])] = True
    points = centre + moved * generator.uniform(-box, box, shape)
    if step is not None:
        points[0] = centre + step
    named = np.array([axis.parts is not None and not axis.is_ordered for axis in space.axes])
    leaps = generator.random(shape) < LEAPS
    points = np.where(named, np.where(leaps, generator.random(shape), centre), points)
    return np.asarray(np.clip(points, 0.0, np.nextafter(1.0, 0.0)))
