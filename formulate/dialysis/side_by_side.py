"""The two runs of a dialysis experiment as they were read: whether the carrier's is later, and the bag first-order."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from formulate.curves.model import Floats
from formulate.experiment.data import Profile
from formulate.fitting.residuals import lack_of_fit_probability, runs_probability
from formulate.fitting.results import Fit

MEASURABLE = 0.5  # percent of the dose; no assay of a receiver tells smaller differences
SLOW = 0.5  # height over that of free drug, below which a carrier is looked at late rather than early
ROUNDING = 1e-9  # of the time constant of the bag, and of the dose
FEWEST_TIMES = 3  # one for the height, one for the shift, one to spare


@dataclass(frozen=True)
class Shift:
    """How much later one run is than the other, without any law of the bag.

    Attributes
    ----------
    value, low, high : float
        Shift in time with its interval at the level of the fit [t]; for one that is small beside the time constant of
        the bag. Of a slow carrier only the sign counts.
    """

    value: float
    low: float
    high: float


def shift(carrier: Profile, control: Profile, rate: float, joint: Fit) -> Shift | None:
    """Find how much later the readings of a carrier are than those of free drug in the same bag.

    Parameters
    ----------
    carrier, control : Profile
        Percent of the dose in the receiver, both in one unit of time.
    rate : float
        About the rate that free drug leaves the bag with [1/t]: it weighs the times, and nothing rests on it.
    joint : Fit
        Of both runs, for the level and, where units do not tell it, for the scatter of readings.

    Returns
    -------
    Shift or None
        None where fewer than three times after zero were read in both runs, or nothing is told by them.

    Notes
    -----
    A carrier that sets part a of the dose free at once shows ``y = a c``, c what the control shows, whatever law the
    bag follows; one that takes its time shows ``y/c`` rising. With ``g = exp(-rate t)`` less its part along c, or,
    where a is below a half, ``g = (1 - exp(-rate t))/rate - t`` less that, ``sum g y`` is zero for the first and
    negative for the second, and a shift by tau makes it ``-tau a sum g dc/dt``. What chooses g is independent of it.
    Its error is the larger of two: that of the readings about the joint fit, and that between units (Student's t for
    two samples), which grows where bags differ and the readings of one bag err together; of exact readings that of
    their ninth digit. dc/dt is that of first order.
    """
    mine, theirs = _common(carrier, control)
    time = carrier.time[mine]
    if time.size < FEWEST_TIMES:
        return None
    outside, free = carrier.released[:, mine], control.released[:, theirs]
    reading, bag = np.nanmean(outside, axis=0), np.nanmean(free, axis=0)
    length = float(bag @ bag)
    if not (length > 0.0 and rate > 0.0):
        return None
    part = float(reading @ bag) / length
    falling = np.exp(-rate * (time - time[0]))
    late = time + np.expm1(-rate * time) / rate  # what a steady slow release shows
    weighing = falling if part > SLOW else -late
    contrast = weighing - bag * float(weighing @ bag) / length
    slope = 100.0 * rate * math.exp(-min(rate * float(time[0]), 700.0)) * float(contrast @ falling)
    off = float(contrast @ reading)
    readings = joint.criteria.degrees_of_freedom
    counted = float(contrast**2 @ (1.0 / carrier.count[mine] + part**2 / control.count[theirs]))
    variance, freedom = joint.criteria.ss / readings * counted if readings > 0 else 0.0, readings
    units, of_units = _between_units(outside @ contrast, free @ contrast, part)
    if units > variance:
        variance, freedom = units, of_units
    variance = max(variance, (100.0 * ROUNDING) ** 2 * counted)  # exact readings: what is left is rounding
    error = math.sqrt(variance)
    if not (error > 0.0 and slope > 0.0 and part > 0.0 and freedom > 0):
        return None
    half = float(stdtrit(freedom, 0.5 + 0.5 * joint.level)) * error
    value = -off / (part * slope)
    if abs(rate * value) < ROUNDING:
        value = 0.0
    half /= part * slope
    return Shift(value, value - half, value + half)


def _common(carrier: Profile, control: Profile) -> tuple[list[int], list[int]]:
    """Give the places of the times after zero that were read in both runs."""
    mine, theirs = [], []
    usable = np.where(control.count > 0, control.time, np.inf)
    for place, (time, count) in enumerate(zip(carrier.time, carrier.count, strict=True)):
        nearest = int(np.argmin(np.abs(usable - time)))
        if time > 0.0 and count and abs(usable[nearest] - time) <= 1e-6 * time:
            mine.append(place)
            theirs.append(nearest)
    return mine, theirs


def _between_units(one: Floats, other: Floats, part: float) -> tuple[float, int]:
    """Give the variance of the mean of one less a part of the other, and its degrees of freedom; 0 if not known."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    freedom = one.size + other.size - 2
    if one.size < 2 or other.size < 2:
        return 0.0, 0
    pooled = (float(one.var()) * one.size + float(other.var()) * other.size) / freedom
    return pooled * (1.0 / one.size + part**2 / other.size), freedom


def same_readings(carrier: Profile, control: Profile) -> bool:
    """Tell whether both runs are the same table, to the nine digits that a change of units leaves alone."""
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=ROUNDING, atol=100.0 * ROUNDING, equal_nan=True)
        for one, other in ((carrier.time, control.time), (carrier.released, control.released))
    )


def bag_misfit(control: Fit) -> float:
    """Give the probability of a free-drug run this far from first order, if only scatter kept it off.

    By the scatter of units at one time, or without any by the runs of one sign of the residuals. Readings at time
    zero, where all is known beforehand, do not count. One where the means are nowhere off by 0.5 % of the dose.
    Units that agree to the ninth digit are one unit written twice.
    """
    after = control.points.time > 0.0
    time, root = control.points.time[after], np.sqrt(control.points.weight[after])
    if not time.size:
        return math.nan
    residuals = control.residuals[after] * root
    _, place = np.unique(time, return_inverse=True)
    means = np.bincount(place, residuals * root) / np.bincount(place, root**2)
    if np.abs(means).max() < MEASURABLE:
        return 1.0
    means[np.abs(means) < 100.0 * ROUNDING] = 0.0
    if np.abs(residuals / root - means[place]).max() < 100.0 * ROUNDING:
        return runs_probability(means)
    chance = lack_of_fit_probability(
        time, control.points.released[after] * root, residuals, root, control.criteria.parameters
    )
    return float(chance) if math.isfinite(chance) else runs_probability(means)
