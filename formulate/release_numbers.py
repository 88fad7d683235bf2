"""What a release comes to: shares at some times, and when half and most is out."""

from collections.abc import Sequence

import numpy as np

from formulate.assess import crossing_time
from formulate.estimate import Estimate, absent, estimate
from formulate.inputs import Input
from formulate.release import updating
from formulate.sampling import Array

DAY = 86400.0
TOLD_AT = (1.0, 7.0, 28.0)  # d


def numbers_of(time: Array, curves: Array, inputs: Sequence[Input]) -> tuple[Estimate, ...]:
    """Give what a release comes to: shares at some times, and when half and most is out."""
    end = float(time[-1])
    found = []
    for day in (*(day for day in TOLD_AT if day * DAY < end), end / DAY):
        share = updating.at_times(time, curves, [day * DAY])[:, 0]
        found.append(estimate(f"released_{day:g}_d", f"released after {day:g} d", "percent", share, inputs))
    for level in (0.5, 0.8):
        name, label = f"t{level * 100:.0f}", f"{level:.0%} released after"
        when = crossing_time(time, curves, level)
        never = f"{level:.0%} is not released within {end / DAY:g} d"
        if np.isinf(when).all():
            found.append(absent(name, label, "d", never))
        else:
            within = float(time[1])
            found.append(estimate(name, label, "d", when, inputs, beyond=end, within=within, never=never))
    return tuple(found)
