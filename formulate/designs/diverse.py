"""How unlike designs are, and a few of many that are as unlike as can be."""

from collections.abc import Sequence

import numpy as np

from formulate.designs.outcome import Outcome
from formulate.designs.space import CARRIER, Space
from formulate.sampling import Array
from materials import catalog


def distances(space: Space, points: Array, outcomes: Sequence[Outcome]) -> Array:
    """Give how unlike each two designs are, 0 to 1, (designs, designs).

    Notes
    -----
    The mean over the choices that both designs have of the distance along the range (of a log scale, of its
    logarithm), and of 0 or 1 where names are chosen. Source: Gower, Biometrics 1971;27:857.
    """
    places = np.zeros((len(space.axes), len(points)))
    has = np.zeros(places.shape, dtype=np.bool_)
    chosen = [{(item.of, item.name) for item in outcome.settings} for outcome in outcomes]
    for i, axis in enumerate(space.axes):
        has[i] = [axis.key in keys for keys in chosen]
        places[i] = points[:, i]
        if axis.parts is not None:
            places[i] = np.minimum((places[i] * axis.parts).astype(int), axis.parts - 1) / max(axis.parts - 1, 1)
    apart = np.abs(places[:, :, None] - places[:, None, :])
    for i, axis in enumerate(space.axes):
        if axis.parts is not None and not axis.is_ordered:
            apart[i] = apart[i] > 0
    both = has[:, :, None] & has[:, None, :]
    return np.asarray((apart * both).sum(axis=0) / np.maximum(both.sum(axis=0), 1))


def unlike(space: Space, points: Array, outcomes: Sequence[Outcome], count: int) -> list[int]:
    """Give the places of a few designs of a list that is ordered best first: the best, then the most unlike.

    One of a class of carriers that is not among them yet goes before all others; then the one whose nearest of those
    chosen is farthest, of equals the better.
    """
    if not outcomes:
        return []
    apart = distances(space, points, outcomes)
    classes = [class_of(outcome) for outcome in outcomes]
    taken = [0]
    while len(taken) < min(count, len(outcomes)):
        left = [i for i in range(len(outcomes)) if i not in taken]
        new = [i for i in left if classes[i] not in {classes[j] for j in taken}]
        nearest = {i: float(apart[i, taken].min()) for i in new or left}
        taken.append(max(nearest, key=lambda i: (round(nearest[i], 9), -i)))
    return taken


def class_of(outcome: Outcome) -> str:
    """Give the class of the carrier that was chosen; nothing where there is no such choice."""
    for item in outcome.settings:
        if (item.of, item.name) == CARRIER:
            return catalog.load().carrier(str(item.value)).carrier_class
    return ""
