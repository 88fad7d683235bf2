"""What a dialysis experiment would show of a predicted release, beside the release itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from formulate.assess import crossing_time
from formulate.dialysis.compartments import receiver_share
from formulate.dialysis.words import NEEDS_CORRECTION, REPORTS_BAG
from formulate.domain import require, require_not_negative, require_positive
from formulate.estimate import Estimate, absent, estimate
from formulate.forecast import DAY, LEVELS, TOLD_AT, Forecast
from formulate.inputs import Input
from formulate.release.receiver import receiver_shares
from formulate.release.updating import at_times
from formulate.sampling import Array
from materials.errors import DomainError, FormulateError

ALIKE = 0.05  # of the plateau: a receiver this near that of free drug cannot be told from it
OFTEN = 0.1  # share of the draws from which it is told
PROFILES_HAVE_BAGS = (
    "many published profiles of liposomes were read through such a bag, so that part of its delay is in the prediction "
    "already, and is counted twice here: --method dialysis predicts what a receiver shows, without this view"
)


@dataclass(frozen=True)
class Bag:
    """A dialysis bag: how fast its membrane is, how much is on both sides, what is taken of the receiver.

    Attributes
    ----------
    free_rate : float
        Rate that free drug leaves it with, as a fit of its curve gives it: k_m (1 + V_d/V_r) [1/s].
    volume_ratio : float
        V_d/V_r, volume in the bag over that of the receiver; 0 for a perfect sink [1].
    sampled_at : tuple of float
        When the receiver is read [s].
    sample_share : float
        Volume of a sample over that of the receiver; 0 for readings that take nothing [1].
    replaced : bool
        Whether samples are replaced by fresh medium.
    """

    free_rate: float
    volume_ratio: float = 0.0
    sampled_at: tuple[float, ...] = ()
    sample_share: float = 0.0
    replaced: bool = True

    def __post_init__(self) -> None:
        require_positive("rate of free drug out of the bag", self.free_rate, "1/s")
        require_not_negative("volume in the bag over that of the receiver", self.volume_ratio, "")
        require_positive("time of a reading", np.array(self.sampled_at), "s")
        taken = self.sample_share * (1 if self.replaced else len(self.sampled_at))
        require("sample", taken, "", 0.0 <= taken < 1.0, "less than the receiver, in all where it is not replaced")

    @property
    def half_time(self) -> float:
        """The half-time of free drug in it [s]."""
        return float(np.log(2.0)) / self.free_rate

    @property
    def plateau(self) -> float:
        """The share of the dose in the receiver once both sides are in equilibrium, with no sample taken."""
        return float(receiver_share(self.volume_ratio))


@dataclass(frozen=True)
class Reading:
    """One reading of the receiver: share released, share it shows corrected for samples and as it is, with bands."""

    time: float  # s
    released: tuple[float, float, float]  # low, median, high
    corrected: tuple[float, float, float]
    uncorrected: tuple[float, float, float]
    free: float  # what free drug shows then, corrected


@dataclass(frozen=True)
class Seen:
    """What the receiver shows against time, on the times of the forecast; shares of the dose.

    Attributes
    ----------
    low, median, high : ndarray, shape (times,)
        In the receiver, with what samples took: 80 % band and middle.
    free : ndarray, shape (times,)
        The same of free drug in the same bag.
    readings : tuple of Reading
        At the times asked for.
    numbers : tuple of Estimate
        When half is in the receiver and out of the carrier, and what the bag adds.
    told, warnings : tuple of str
        What it says of the carrier, and where it says nothing.
    """

    bag: Bag
    time: Array
    low: Array
    median: Array
    high: Array
    free: Array
    readings: tuple[Reading, ...]
    numbers: tuple[Estimate, ...]
    told: tuple[str, ...]
    warnings: tuple[str, ...]


def through_bag(found: Forecast, bag: Bag) -> Forecast:
    """Give a forecast with what the receiver of a dialysis bag would show of it.

    Raises
    ------
    DomainError
        A reading after the end of the calculation.
    FormulateError
        What is released is a carrier, which passes no membrane of a dialysis bag.
    """
    if not found.formulation.payload:
        carrier = found.formulation.inner.carrier
        raise FormulateError(f"a dialysis bag holds {carrier} back: need a payload, or no bag")
    end = float(found.time[-1])
    if bag.sampled_at and max(bag.sampled_at) > end * (1 + 1e-9):
        need = f"at most {end / DAY:.6g}, the end of the calculation, or a longer horizon"
        raise DomainError("reading", max(bag.sampled_at) / DAY, "d", need)
    samples = np.minimum(sorted(set(bag.sampled_at)), end) if bag.sampled_at else np.zeros(0)
    time = np.union1d(found.time, samples)
    released = np.clip(at_times(found.time, found.released, time), 0.0, 1.0)
    with_free = np.concatenate([released, np.ones((1, len(time)))])
    shown = receiver_shares(
        time,
        with_free,
        bag.free_rate / (1.0 + bag.volume_ratio),
        bag.volume_ratio,
        samples,
        bag.sample_share,
        bag.replaced,
    )
    received, free = shown.received[:-1], shown.received[-1]
    kept = np.searchsorted(time, found.time)
    low, median, high = np.quantile(received[:, kept], LEVELS, axis=0)
    readings = tuple(
        Reading(
            float(time[index]),
            _band(released[:, index]),
            _band(received[:, index]),
            _band(shown.uncorrected[:-1, index]),
            float(free[index]),
        )
        for index in np.searchsorted(time, samples)
    )
    half_out, half_seen = (crossing_time(time, curves, 0.5) for curves in (released, received))
    told, warnings = _verdict(found, bag, half_out, received, free, time)
    numbers = _numbers(time, received, half_seen, half_out, bag, found.inputs)
    return replace(found, seen=Seen(bag, found.time, low, median, high, free[kept], readings, numbers, told, warnings))


def _band(values: Array) -> tuple[float, float, float]:
    low, middle, high = (float(level) for level in np.quantile(values, LEVELS))
    return low, middle, high


def _numbers(
    time: Array, received: Array, seen: Array, out: Array, bag: Bag, inputs: Sequence[Input]
) -> tuple[Estimate, ...]:
    end, within = float(time[-1]), float(time[1])
    numbers = [
        estimate(f"received_{day:g}_d", f"in the receiver after {day:g} d", "percent",
                 at_times(time, received, [day * DAY])[:, 0], inputs)
        for day in TOLD_AT if day * DAY < end
    ]  # fmt: skip
    label, never = "50% in the receiver after", f"half of the dose is not there within {end / DAY:g} d"
    if bag.plateau <= 0.5:
        never = f"the receiver takes {bag.plateau:.0%} of the dose at most"
    if np.isinf(seen).all():
        return (*numbers, absent("received_t50", label, "d", never))
    numbers.append(estimate("received_t50", label, "d", seen, inputs, beyond=end, within=within, never=never))
    lag = np.subtract(seen, out, out=np.full_like(seen, np.nan), where=np.isfinite(seen))
    numbers.append(estimate("lag", "later than out of the carrier by", "d", lag, inputs, never=never))
    return tuple(numbers)


def _verdict(
    found: Forecast, bag: Bag, half_out: Array, received: Array, free: Array, time: Array
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say what such a curve would tell of the carrier."""
    told = [
        f"free drug leaves the bag with a half-time of {_hours(bag.half_time)}, and {bag.plateau:.3g} of it is in the "
        "receiver in the end"
    ]
    warnings: list[str] = []
    alike = float((np.abs(free - received).max(axis=1) < ALIKE * bag.plateau).mean())
    if alike >= OFTEN:
        warnings.append(
            f"in {alike:.0%} of the draws the receiver fills no slower than with free drug (within {ALIKE:.0%}): its "
            "curve would show the bag and say nothing of the carrier; take a faster bag, or read inside it"
        )
    ratio = float(np.median(half_out)) / bag.half_time
    times = f"{float(f'{ratio:.2g}'):g}"  # 320, not 3.2e+02
    if not np.isfinite(ratio):
        told.append("half is not out of the carrier within the calculation: the bag hardly matters")
    elif ratio <= REPORTS_BAG:
        warnings.append(
            f"the half-time of the carrier is {times} times that of the bag: uncorrected, the curve reports mostly "
            "the bag; run free drug in the same bag and correct (formulate dialysis)"
        )
    elif ratio <= NEEDS_CORRECTION:
        told.append(
            f"the half-time of the carrier is {times} times that of the bag: the curve shows both; run free drug "
            "in the same bag and correct (formulate dialysis)"
        )
    else:
        told.append(f"the half-time of the carrier is {times} times that of the bag: the curve reports the carrier")
    if bag.volume_ratio > 0.1:
        warnings.append(f"the bag holds {bag.volume_ratio:.2g} of the volume of the receiver: no sink")
    if bag.sample_share and len(bag.sampled_at):
        taken = bag.sample_share * len(bag.sampled_at)
        if taken > 0.1:
            told.append(
                f"samples take {taken:.0%} of the volume of the receiver in all: uncorrected readings fall short"
            )
    if found.learned and found.formulation.inner.entry.form == "vesicle":
        warnings.append(PROFILES_HAVE_BAGS)
    return tuple(told), tuple(warnings)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.3g} h" if seconds >= 3600.0 else f"{seconds / 60:.3g} min"
