"""How slow the release may be of a carrier whose readings only show the bag."""

import math
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from formulate.curves import library
from formulate.curves.model import Floats, Model
from formulate.dialysis.between_bags import BagScatter, shares
from formulate.dialysis.joint import BAG, Bench, joint_fit
from formulate.dialysis.side_by_side import MEASURABLE
from formulate.fitting.fit import fit
from formulate.fitting.results import Fit, Points

HALVINGS = 50
SLOWEST = 1e-3  # of the rate of the bag, down to which a limit is looked for
STEP = 0.5  # factor of the rate on the way down
CLOSE = 1e-3  # of the rate


def slowest_rate(
    law: Model, readings: Points, both: Points, bench: Bench, bag: Fit, scatter: BagScatter | None, level: float
) -> float | None:
    """Give the lower limit of the rate of a first-order release, one-sided.

    Parameters
    ----------
    law : Model
        What was tried; one with a plateau has it in the first-order law too.
    readings, both : Points
        Of the carrier, and of both runs as the joint fit takes them.
    bench : Bench
        Volumes, binding, sampling.
    bag : Fit
        Of the free drug alone.
    scatter : BagScatter or None
        How far bags differ, where it is known.
    level : float
        Of the limit [1].

    Returns
    -------
    float or None
        Rate [1/time]; None without degrees of freedom, or where the readings bound it nowhere.

    Notes
    -----
    The rate, with all else fitted again, at which ``WSS = WSS_min + t^2 v``: t Student's one-sided quantile, v the
    residual variance, of readings that scatter by 0.5 % of the dose at least: none can be trusted to less, and
    what lies below is rounding where readings are exact. Where bags differ, v is larger by what they add to the
    variance of the rate there. At most the rate above which no reading would differ by 0.5 % from release at once.
    """
    first = library.model("first_order_fmax" if law.plateau else "first_order")
    found = joint_fit(first, readings, both, bench, bag, level)
    freedom = float(found.criteria.degrees_of_freedom)
    if freedom < 1:
        return None
    name, model = first.names[0], found.model
    bag_rate = found.parameters[model.names.index(BAG)].value
    least, fastest = model.parameters[0].low, model.parameters[0].high
    highest = min(seen(readings.time, bag_rate, bench), fastest)
    variance = max(found.criteria.mse, MEASURABLE**2 * float(np.median(both.weight)))
    if scatter is not None and scatter.value > 0.0:
        held = replace(found.parameters[0], value=highest, at_bound="")
        parts = shares(replace(found, parameters=(held, *found.parameters[1:])), replace(scatter, within=variance))
        if parts is not None and parts.of_readings[0, 0] > 0.0:
            variance *= 1.0 + float(parts.of_bags[0, 0] / parts.of_readings[0, 0])
            freedom = float(parts.freedom[0])
    most = found.criteria.wss + max(float(stdtrit(freedom, level)), 0.0) ** 2 * variance

    def rests_within(rate: float) -> bool:
        return fit(both, model, fixed={name: rate}, level=level).criteria.wss <= most

    low = high = min(highest, float(found.values[0]))
    if not low * STEP > least:
        return None
    if not rests_within(high):
        return high
    while rests_within(low := low * STEP):
        high = low
        if low * STEP < max(SLOWEST * bag_rate, least):
            return None
    while high > low * (1.0 + CLOSE):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if rests_within(middle) else (middle, high)
    return high


def seen(time: Floats, bag_rate: float, bench: Bench) -> float:
    """Give the rate of a first-order release above which no reading would show that it is not all at once."""
    at_once = bench.carrier(time, lambda t: np.full(t.shape, 100.0), bag_rate)
    low, high = math.log(bag_rate * 1e-3), math.log(bag_rate * 1e9)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        rate = math.exp(middle)
        off = np.abs(bench.carrier(time, lambda t, k=rate: -100.0 * np.expm1(-k * t), bag_rate) - at_once).max()
        low, high = (middle, high) if off > MEASURABLE else (low, middle)
    return math.exp(low)
