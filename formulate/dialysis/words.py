"""What a dialysis experiment allows to be said, in plain words."""

import math

from formulate.dialysis.results import DialysisResult
from formulate.dialysis.side_by_side import bag_misfit
from formulate.experiment.data import Profile
from formulate.fitting.results import Fit

REPORTS_BAG = 1.0  # half-time of the carrier over that of the bag, up to which a raw profile is mostly that of the bag
NEEDS_CORRECTION = 5.0
NOT_FIRST_ORDER = 0.01  # probability of a control this far from first order by scatter
DIFFER = 0.02  # of the rate
SAME_RATE = 0.01  # of the rate; closer rates of the bag are no disagreement
FAR_OFF = 0.1  # of the dose; a control that levels off this far from where it should
UNCERTAIN = 0.25  # half the interval of the bag rate over the rate


def statements(result: DialysisResult, same: bool = False) -> tuple[str, ...]:
    """Give the verdict first, then what it rests on; before all whether both runs are the same table."""
    unit = result.time_unit or "time units"
    level = f"{result.joint.level:.0%}"
    value, low, high = result.half_time
    bag_half = math.log(2.0) / result.bag_rate.value
    bag = f"free drug leaves the bag with a half-time of {bag_half:.3g} {unit}{_interval(result, bag_half)}"
    told = []
    if same:
        told.append(
            "Carrier and control hold the same readings, number for number: the same table twice? Nothing can be told "
            "of a carrier from it."
        )
    if result.shows_only_bag:
        told.append(
            f"The curve only shows the bag: what was read outside is no slower than free drug within error ({bag}). "
            f"It says nothing of how fast the carrier releases, but that it is fast beside the bag.{_shifted(result)}"
        )
        if result.slowest_rate:
            told.append(
                f"If it releases by first order, its rate is above {result.slowest_rate:.3g} 1/{unit}, its half-time "
                f"below {result.longest_half_time:.3g} {unit} (one-sided, {level})."
            )
    else:
        over = ", over the laws tried" if len(result.candidates) > 1 else ""
        band = f" ({low:.3g} to {high:.3g}, {level}{over})" if math.isfinite(low + high) else ""
        half = f"half of the dose is out of the carrier after {value:.3g} {unit}{band}"
        if value == 0.0:
            half = "half of the dose is out of the carrier at once"
        if not math.isfinite(value):
            half = "the carrier does not come to half of the dose within ten times the last reading"
        told.append(f"Behind the bag the release follows {result.release.model.name}: {half}.")
        if math.isfinite(result.lag):
            told.append(
                f"The receiver shows half after {result.apparent_half_time:.3g} {unit}, {result.lag:.3g} {unit} later; "
                f"{bag}, and every release is seen {result.mean_lag:.3g} {unit} late in the mean."
            )
            if value > 0.0:
                told.append(_worth(result, value / bag_half))
    told += _bags(result)
    if result.release.model.id.startswith("first_order") and not result.shows_only_bag:
        told.append(
            "For a first-order release the receiver alone cannot tell the rate of the carrier from that of the bag: "
            "with the two exchanged the curve is the same. The free-drug run tells which is which."
        )
    return tuple(told)


def _bags(result: DialysisResult) -> list[str]:
    """Say how far bags differ, where that was seen and counts."""
    scatter = result.bag_scatter
    if scatter is None or scatter.value < DIFFER:
        return []
    carrier, free = scatter.bags
    return [
        f"Bags differ by {scatter.value:.0%} in their rate (standard deviation, from {carrier} of the carrier and "
        f"{free} of free drug); the intervals hold that."
    ]


def _interval(result: DialysisResult, half: float) -> str:
    low, high = result.bag_rate.low, result.bag_rate.high
    if not (math.isfinite(low + high) and low > 0.0):
        return ""
    return f" ({half * result.bag_rate.value / high:.3g} to {half * result.bag_rate.value / low:.3g})"


def _shifted(result: DialysisResult) -> str:
    if result.shift is None or result.shift.value == 0.0:
        return ""
    found, unit = result.shift, result.time_unit or "time units"
    values = f"{found.value:.2g} {unit} ({found.low:.2g} to {found.high:.2g}, {result.joint.level:.0%})"
    return f" Side by side, its readings are {values} later than those of free drug."


def _worth(result: DialysisResult, ratio: float) -> str:
    """Say how far a raw profile would have been off: ratio of the half-times of carrier and bag."""
    if ratio <= REPORTS_BAG:
        verdict = "uncorrected, the curve reports mostly the bag"
    elif ratio <= NEEDS_CORRECTION:
        verdict = "the curve shows both, and needs this correction"
    else:
        unit = result.time_unit or "time units"
        verdict = f"the curve reports mostly the carrier, which the bag delays by {result.lag:.3g} {unit}"
    return f"The half-time of the carrier is {ratio:.2g} times that of the bag: {verdict}."


def is_not_first_order(control: Fit) -> bool:
    """Tell whether free drug leaves the bag by another law than that of the correction."""
    return bag_misfit(control) < NOT_FIRST_ORDER


def warnings_of(result: DialysisResult, carrier: Profile, free: Profile, donor_volume: float | None) -> tuple[str, ...]:
    """Give what speaks against the experiment or its correction."""
    found = [] if result.shows_only_bag else list(result.joint.warnings)
    rate = result.bag_rate
    if donor_volume is None:
        found.append(
            "no volumes given: the receiver is taken as a perfect sink that can hold the whole dose, and the rate of "
            "the control as that of the membrane"
        )
    elif result.volume_ratio > 0.1:
        found.append(
            f"the bag holds {result.volume_ratio:.2g} of the volume of the receiver: no sink; the receiver ends at "
            f"{100 / (1 + result.volume_ratio):.3g} % of what is released"
        )
    last = float(free.time.max())
    if last * rate.value < 1.0:
        found.append("the control was followed for less than one time constant of the bag: its rate rests on the start")
    if math.isfinite(rate.standard_error) and rate.high - rate.low > 2 * UNCERTAIN * rate.value:
        found.append(
            "the rate of the bag is known to worse than a quarter: read the free drug more often, early on, or in more "
            "bags"
        )
    alone = result.control.parameters[0]
    margin = SAME_RATE
    if result.bag_scatter is not None:
        margin += 2.0 * result.bag_scatter.value * math.sqrt(sum(1.0 / count for count in result.bag_scatter.bags))
    apart = not alone.low * math.exp(-margin) <= rate.value <= alone.high * math.exp(margin)
    if math.isfinite(alone.low + alone.high) and apart:
        found.append(
            f"the two runs disagree on the bag: {alone.value:.3g} in the control alone, {rate.value:.3g} with the "
            "carrier; was it the same membrane, medium and drug?"
        )
    top = result.control.residuals
    late = result.control.points.time > 3.0 / result.control.values[0]
    if late.any() and abs(float(top[late].mean())) > 100.0 * FAR_OFF and len(result.control.parameters) == 1:
        found.append(
            f"the control levels off {float(top[late].mean()):+.2g} % from where it should: set recovery, or check the "
            "volumes"
        )
    found += _bag_warnings(result)
    found += _other_bags(result)
    if result.shows_only_bag and result.apparent_half_time < 0.8 * math.log(2.0) / alone.value:
        found.append(
            "the carrier's curve is faster than that of the free drug, which no release can make it: the control is "
            "not of this bag, medium or drug"
        )
    first = float(carrier.time[(carrier.time > 0.0) & (carrier.count > 0)].min())
    if not result.shows_only_bag and result.half_time[0] < first:
        found.append(
            f"half is out of the carrier before the first reading at {first:g} {result.time_unit}".rstrip() + ": its "
            "time rests on the law and on the bag being of first order; read earlier"
        )
    if first * rate.value > 2.0:
        found.append("the first reading is after two time constants of the bag: a burst before it is not seen")
    return tuple(found)


def _other_bags(result: DialysisResult) -> list[str]:
    """Say what the half-time rests on where nothing shows how far bags differ."""
    if result.half_time_in_other_bags is None:
        return []
    slower, faster, value = (
        f"{time:.3g} {result.time_unit}".rstrip() if math.isfinite(time) else "not reached"
        for time in (*result.half_time_in_other_bags, result.half_time[0])
    )
    return [
        "how far one bag differs from another cannot be seen from these readings and is in no interval: in a bag a "
        f"tenth slower than that of the free drug the half-time of the carrier would be {slower}, in one a tenth "
        f"faster {faster}, instead of {value}; take three bags of each"
    ]


def _bag_warnings(result: DialysisResult) -> list[str]:
    """Say where free drug does not leave the bag as the correction takes it to."""
    chance = bag_misfit(result.control)
    if not chance < NOT_FIRST_ORDER:
        return []
    likely = f"p = {chance:.1g}" if chance >= 1e-4 else "p < 0.0001"
    end = "" if len(result.control.parameters) > 1 else ", or an end below its plateau, which recovery would fit"
    said = (
        f"free drug does not leave the bag by first order ({likely}): slow mixing{end}. The correction takes first "
        "order; how far it is off by that is in no interval"
    )
    if result.shows_only_bag:
        return [f"{said}, and no limit of the rate is given"]
    return [f"{said}, and matters less the slower the carrier is beside the bag"]
