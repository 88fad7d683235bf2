"""Where the designs of a search lie, drawn along their choices: places, words at them, and what met the target."""

from collections.abc import Iterator

import numpy as np

from formulate.designs.search import Design
from formulate.designs.space import Axis
from formulate.report.text import number
from formulate.sampling import Array
from materials import catalog

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_WORDS = 5  # of things to choose from, along one axis
GOLDEN = 0.7548776662466927  # steps of an even spread in two directions: its powers


def spread(design: Design) -> Array:
    """Give where the points are drawn, (designs, axes); things to choose from in their own stripe, evenly within it."""
    points = design.points.copy()
    count = np.arange(1, len(points) + 1)
    for place, axis in enumerate(design.space.axes):
        if axis.parts is not None:
            whole = np.minimum((points[:, place] * axis.parts).astype(int), axis.parts - 1)
            within = count * GOLDEN ** (1 + place % 3) % 1.0
            points[:, place] = (whole + 0.15 + 0.7 * within) / axis.parts
    return points


def ticks(axis: Axis) -> list[tuple[float, str]]:
    """Give places along a choice, 0 to 1, with what is chosen there."""
    if axis.parts is None:
        return [(share, number(float(axis.setting(share).value), 2)) for share in TICKS]
    places = [(part + 0.5) / axis.parts for part in range(axis.parts)]
    return [(place, name(axis, place)) for place in places[:: -(-axis.parts // MOST_WORDS)]]


def name(axis: Axis, share: float) -> str:
    """Give what is chosen at a place along a choice, in words."""
    value = axis.setting(share).value
    if axis.choice is None:
        value = catalog.load().carrier(str(value)).name
    return number(value, 3) if isinstance(value, float) else str(value)


def drawn_axes(design: Design) -> list[int]:
    """Give the choices worth drawing, those first that matter most: where there is something to choose."""
    return [place for place, _ in design.telling if design.space.axes[place].parts != 1]


def standings(design: Design) -> Iterator[bool | None]:
    """Tell of each design whether it met the target on the draws of the search; None where it cannot be computed."""
    for outcome in design.outcomes:
        yield None if outcome.probability is None else outcome.probability >= design.target.probability
