"""The bag taken out of a release, proved: two compartments by another integrator, closed forms, and back again."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy import special

from formulate.curves.library import model
from formulate.dialysis import compartments, correction
from formulate.experiment.data import Profile
from formulate.validation.case import Cases, Pair
from formulate.validation.other_ways import Array, stepped

cases = Cases("dialysis")

TIME = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 48.0])


def _law(name: str, *values: float) -> Callable[[Array], Array]:
    chosen = model(name)
    return lambda time: np.asarray(chosen.curve(time, *values))


@cases.proves("other method", absolute=2e-4, unit="%", origin="both compartments by LSODA, stopped at each sample")
def weibull_behind_a_bag() -> Pair:
    """Drug received from a Weibull release, one tenth taken at each reading, binding in the bag"""
    membrane, ratio, unbound, taken, shape, scale = 0.4, 0.04, 0.3, 0.1, 1.4, 6.0
    alpha = scale**shape

    def slopes(t: float, amounts: Array) -> list[float]:
        released = 100 * shape * t ** (shape - 1) / alpha * math.exp(-(t**shape) / alpha)
        across = membrane * (unbound * amounts[0] - ratio * amounts[1])
        return [released - across, across]

    amounts, removed, expected = np.zeros(2), 0.0, [0.0]
    for start, end in pairwise(TIME):
        amounts = stepped(slopes, amounts, [end], begins=start, rtol=1e-10, atol=1e-10)[:, -1]
        expected.append(amounts[1] + removed)
        removed += taken * amounts[1]
        amounts[1] *= 1.0 - taken
    got = compartments.received(
        TIME,
        _law("weibull_2", alpha, shape),
        float(compartments.control_rate(membrane, ratio)),
        volume_ratio=ratio,
        unbound_fraction=unbound,
        sampled_at=TIME[1:],
        sampled_share=taken,
        added_back=True,
    )
    return expected, got


@cases.proves("exact", absolute=1e-4, unit="%", origin="sqrt(t) - D(sqrt(k t))/sqrt(k), D Dawson's integral")
def root_of_time_behind_a_bag() -> Pair:
    """Drug received from a Higuchi release, bags from slow to almost none"""
    bags = (0.05, 0.5, 5.0, 500.0)
    expected = [8.0 * (np.sqrt(TIME) - special.dawsn(np.sqrt(bag * TIME)) / np.sqrt(bag)) for bag in bags]
    return expected, [compartments.received(TIME, _law("higuchi", 8.0), bag) for bag in bags]


@cases.proves("exact", absolute=2e-4, unit="%", origin="1 - (a exp(-b t) - b exp(-a t))/(a - b)")
def first_order_behind_a_bag() -> Pair:
    """Drug received from a first-order release, either step the slow one"""
    expected, got = [], []
    for release, bag in ((0.05, 0.5), (0.5, 0.05), (5.0, 0.1), (0.1, 50.0)):
        left = (release * np.exp(-bag * TIME) - bag * np.exp(-release * TIME)) / (release - bag)
        expected.append(100.0 * (1.0 - left))
        got.append(compartments.received(TIME, _law("first_order", release), bag))
    return expected, got


@cases.proves("limit", absolute=1e-4, unit="%", origin="the release itself, shared by the volumes")
def membrane_without_resistance() -> Pair:
    """Drug received through a membrane that holds nothing back, receivers endless and four times the bag"""
    release = _law("weibull_2", 3.0, 0.6)
    got = [compartments.received(TIME, release, 1e7, volume_ratio=ratio) for ratio in (0.0, 0.25)]
    return [release(TIME), release(TIME) / 1.25], got


@cases.proves("exact", absolute=0.05, unit="%", origin="the release that went in")
def release_read_back() -> Pair:
    """First-order release found again behind a bag, without a law"""
    time = np.linspace(0.0, 24.0, 200)
    outside = compartments.received(time, _law("first_order", 0.1), 0.5, volume_ratio=0.25)
    return 100.0 * (1.0 - np.exp(-0.1 * time[2:])), compartments.direct_inverse(time, outside, 0.4, 0.25)[2:]


@cases.proves("exact", relative=1e-3, unit="1/h", origin="the rates that the readings were made of, in closed form")
def rates_found_again() -> Pair:
    """Rates of a bag and of a carrier behind it, fitted to readings without scatter"""
    bag, release = 0.9, 0.12
    left = (release * np.exp(-bag * TIME) - bag * np.exp(-release * TIME)) / (release - bag)
    control = Profile("free drug", TIME, 100.0 * (1.0 - np.exp(-bag * TIME))[None, :], ("1",))
    carrier = Profile("carrier", TIME, 100.0 * (1.0 - left)[None, :], ("1",))
    found = correction.correct(carrier, control, model="first_order", time_unit="h")
    return [bag, release], [float(found.bag_rate.value), float(found.release.values[0])]
