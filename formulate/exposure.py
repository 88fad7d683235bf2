"""What an exposure comes to, compartment by compartment: half-lives, residence, peaks, troughs, areas, shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formulate.acting import acting_numbers, days_told, seen, share_at
from formulate.assess import area_under, halving_time, time_above
from formulate.assess import half_life_after_peak as half_life_after_peak
from formulate.effect import NOTE, effect_of_prediction, effect_of_residence
from formulate.estimate import Estimate, absent, estimate
from formulate.estimate import Group as Group
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.pipeline import Prediction, predict, predict_each
from formulate.regimen import Event
from formulate.residence import Residence, reside
from formulate.results import Profile
from formulate.sampling import Array, Draws
from formulate.secretion import NOTE as OF_SECRETION
from formulate.secretion import secretion_numbers
from materials.schema import Payload

FAINTEST = 1e-6  # of the peak; below it a curve is no longer followed for its terminal half-life
SETTLED = 0.1  # a terminal slope is taken over this last part of the logarithm of the curve
SETTLED_RATIO = 1.5  # by which two stretches of a slope may differ
LEFT_AT = (1.0, 3.0, 7.0, 14.0, 28.0, 56.0)  # d
STILL_THERE = 0.05  # of the dose: a residence time that leaves out more says so


@dataclass(frozen=True)
class Exposed:
    """What is given, followed through the site: a payload in its carriers, or a carrier that is itself the drug.

    Shares are of all that is given, over every dose, (draws, times); concentrations kg/m3.
    """

    formulation: Formulation
    what: str
    events: tuple[Event, ...]
    groups: tuple[Group, ...]
    time: Array  # (times,) s
    at_site: Mapping[str, Array]
    elsewhere: Mapping[str, Array]
    unbound: Mapping[str, Array]  # nothing of a carrier that is the drug
    depths: Mapping[str, Profile]
    target: float | None  # kg/m3, unbound
    target_text: str
    molar_mass: float | None  # kg/mol
    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    prediction: Prediction | None
    active: Mapping[str, Array] = field(default_factory=dict)  # what still acts, of a carrier that is the drug


def expose(formulation: Formulation, draws: Draws | None = None, *, every: bool = True) -> tuple[Exposed, ...]:
    """Follow what a formulation gives through its site: each payload, or each carrier that is itself the drug.

    Parameters
    ----------
    formulation : Formulation
        What is given, where, how often.
    draws : Draws, optional
        Instead of those the formulation asks for; `TypicalDraw()` computes with typical values alone.

    every : bool
        Each of several payloads; otherwise the one that the formulation follows.

    Raises
    ------
    FileError
        The site, or the release of a carrier, cannot be computed.
    MissingValueError
        A number that a mechanism needs is given neither by the user nor by the catalog.
    """
    if not formulation.payload:
        asked = formulation.calculation
        drawn = draws or Draws(asked.draws, asked.seed)
        return tuple(_of_residence(found, drawn) for found in reside(formulation, drawn))
    predictions = predict_each(formulation, draws) if every else (predict(formulation, draws),)
    return tuple(_of_prediction(found) for found in predictions)


def _of_prediction(prediction: Prediction) -> Exposed:
    exposure, case = prediction.exposure, prediction.case
    effect, chosen = effect_of_prediction(prediction)
    away = {"drained in carriers": exposure.drained, "plasma": exposure.in_plasma, "eliminated": exposure.eliminated}
    return Exposed(
        prediction.formulation,
        case.payload.entry.name,
        case.events,
        (*exposure_numbers(prediction), *effect),
        case.time,
        exposure.at_site,
        {**exposure.elsewhere, **away},
        exposure.unbound,
        {name: profile for name, profile in exposure.at_depth.items() if len(profile.time)},
        prediction.assessment.target,
        prediction.assessment.target_text,
        case.payload.typical("molar_mass", "molar concentrations"),
        (*prediction.inputs, *chosen),
        prediction.warnings,
        (*exposure.notes, *([NOTE] if effect else ())),
        prediction,
    )


def _of_residence(found: Residence, draws: Draws) -> Exposed:
    effect, chosen = effect_of_residence(found, draws)
    secreted, rates = secretion_numbers(found, draws)
    depot = {"depot": found.in_depot} if found.in_depot.any() else {}
    return Exposed(
        found.formulation,
        f"{found.loading.carrier} ({found.loading.layer})",
        found.events,
        (*residence_numbers(found), *secreted, *effect),
        found.time,
        {**depot, **found.at_site},
        found.elsewhere,
        {},
        {},
        None,
        "",
        None,
        (*found.inputs, *rates, *chosen),
        found.warnings,
        (*found.notes, *([NOTE] if effect else ()), *([OF_SECRETION] if secreted else ())),
        None,
        {} if found.acting is None or found.is_living else {"active at the site": found.acting},
    )


def exposure_numbers(prediction: Prediction) -> tuple[Group, ...]:
    """Give the numbers of a prediction: the stay at the site, each compartment, and where the dose went."""
    return (_stay_of(prediction), *_compartments(prediction), _balance(prediction))


def residence_numbers(residence: Residence) -> tuple[Group, ...]:
    """Give the numbers of a carrier that is itself the drug."""
    time, inputs = residence.time, residence.inputs
    main = residence.formulation.regimen.route_or_first
    last = max(event.start for event in residence.events if event.route == main)
    stay = _stay(time, residence.left, residence.given, last, inputs, "carrier")
    shares = [
        estimate(f"peak_{_key(name)}", f"largest share, {name}", "percent", share.max(axis=1), inputs)
        for name, share in (*residence.at_site.items(), *residence.elsewhere.items())
    ]
    counts: list[Estimate] = []
    unit = "1" if residence.loading.unit == "1" else "mg"
    for days in days_told(LEFT_AT, residence.formulation.target.seconds, float(time[-1])):
        at = share_at(time, residence.left, days) * residence.whole
        counts.append(estimate(f"left_{days:g}_d", f"at the site after {days:g} d", unit, at, inputs))
    return (
        Group("stay at the site", (*stay, *counts)),
        acting_numbers(residence, last),
        Group("where they are", tuple(shares)),
    )


def terminal_half_life(time: Array, curve: Array, start: float = 0.0) -> Array:
    """Give the half-life of the last part of each curve [s].

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times [s].
    curve : ndarray, shape (draws, times)
        Amounts or concentrations, at least 0.
    start : float
        The time of the last dose [s]; earlier parts do not count.

    Notes
    -----
    ``ln 2 (t2 - t1) / ln(C(t1)/C(t2))`` with t2 the last time at which the curve is above a millionth of its peak and
    t1 the time at which the curve was a tenth of its whole fall (in the logarithm) above that. NaN where the last part
    is not seen: a curve that never falls to half of its peak, or that the calculation ends on while the slope of the
    last half of the time is less than two thirds of that of the quarter before.

    Examples
    --------
    >>> t = np.linspace(0.0, 40.0, 401)
    >>> terminal_half_life(t, (0.9 * np.exp(-t) + 0.1 * np.exp(-0.1 * t))[None, :])  # ln 2 / 0.1
    array([6.93])
    """
    after = time >= start
    t, c = time[after], curve[:, after]
    found = np.full(len(c), np.nan)
    for row, values in enumerate(c):
        peak = int(values.argmax())
        top = values[peak]
        seen = np.flatnonzero(values[peak:] > FAINTEST * top)
        if not top > 0 or not seen.size:
            continue
        last = peak + int(seen[-1])
        fall = np.log(top / values[last])
        if fall < np.log(2.0):
            continue
        level = values[last] * np.exp(SETTLED * fall)
        first = peak + int(np.flatnonzero(values[peak : last + 1] >= level)[-1])
        if last == len(t) - 1 and not _settled(t, values, peak):
            continue  # the calculation ends while the slope still changes
        if t[last] > t[first]:
            found[row] = np.log(2.0) * (t[last] - t[first]) / np.log(values[first] / values[last])
    return found


def _settled(time: Array, values: Array, peak: int) -> bool:
    """Tell whether the slope of the logarithm is the same in the last half of the time and in the quarter before."""
    end, half, quarter = time[-1], np.searchsorted(time, time[-1] / 2), np.searchsorted(time, time[-1] / 4)
    if quarter < peak or not values[half] > values[-1] > 0 or not values[quarter] > values[half]:
        return False
    late = np.log(values[half] / values[-1]) / (end - time[half])
    before = np.log(values[quarter] / values[half]) / (time[half] - time[quarter])
    return bool(late > before / SETTLED_RATIO)


def mean_residence_time(time: Array, left: Array) -> Array:
    """Give the mean time that what is given stays at the site, up to the last time [s], (draws,).

    Notes
    -----
    ``MRT = int left dt`` with `left` the share of all that is given; the trapezoid on the times of the calculation.
    What is still there at the end would add to it.

    Examples
    --------
    >>> t = np.linspace(0.0, 50.0, 5001)
    >>> mean_residence_time(t, np.exp(-t / 2.0)[None, :])
    array([2.])
    """
    return area_under(time, left)


def _stay_of(prediction: Prediction) -> Group:
    exposure, case = prediction.exposure, prediction.case
    last = max(event.start for event in case.events if event.route == case.main_route)
    inputs = case.inputs.used
    found = list(_stay(case.time, exposure.left, exposure.given, last, inputs, "drug"))
    if prediction.release.has_carriers:
        found.append(prediction.assessment.estimates["carrier_half_life"])
    return Group("stay at the site", tuple(found))


def _stay(
    time: Array, left: Array, given: Array, last: float, inputs: Sequence[Input], what: str
) -> tuple[Estimate, ...]:
    horizon = float(time[-1])
    largest = left.max(axis=1)
    arrives = float(np.median(left[:, np.searchsorted(time, last)])) > 0.5 * given[np.searchsorted(time, last)]
    if arrives:
        half, label_half = halving_time(time, left, last), f"{what}: first half gone after"
    else:  # most of it never is at the site at once: given into blood, or lost on the way
        half, label_half = half_life_after_peak(time, left, last), f"{what}: half of what came to the site gone after"
    never = f"half is still there at the end of the calculation, {_days(horizon)}"
    mean = mean_residence_time(time, left)
    rest = float(np.median(left[:, -1]))
    label = f"{what}: mean time at the site, over all that is given"
    if rest > STILL_THERE:
        label = f"{label}, to {_days(horizon)} ({rest:.0%} still there)"
    return (
        estimate(f"{what}_largest_share", f"{what}: largest share at the site", "percent", largest, inputs),
        estimate(f"{what}_initial_half_life", label_half, "d", half, inputs,
                 beyond=horizon, within=float(time[1]), never=never),
        estimate(f"{what}_terminal_half_life", f"{what}: terminal half-life", "d", terminal_half_life(time, left, last),
                 inputs, never="the last part is not reached within the calculation"),
        estimate(f"{what}_mean_residence_time", label, "d", mean, inputs),
        estimate(f"{what}_left_at_end", f"{what} left after {_days(horizon)}", "percent",
                 seen(left[:, -1]), inputs),
    )  # fmt: skip


def _compartments(prediction: Prediction) -> list[Group]:
    case, exposure = prediction.case, prediction.exposure
    assert isinstance(case.payload.entry, Payload)
    molar = case.payload.typical("molar_mass", "molar concentrations")
    inputs = case.inputs.used
    starts = sorted({event.start for event in case.events if event.start < case.time[-1]})
    target = prediction.assessment.target
    wanted = case.formulation.target
    groups = []
    for name, curve in exposure.unbound.items():
        numbers = [
            estimate("peak", "peak unbound concentration", "nmol/L", curve.max(axis=1) / molar, inputs),
            estimate("peak_time", "time of the peak", "d", case.time[_first_peak(curve)], inputs,
                     within=float(case.time[1])),
            estimate("initial_half_life", "half of the peak after", "d", half_life_after_peak(case.time, curve),
                     inputs, beyond=float(case.time[-1]), within=float(case.time[1]),
                     never="it never falls to half of its peak within the calculation"),
            estimate("terminal_half_life", "terminal half-life", "d",
                     terminal_half_life(case.time, curve, starts[-1]), inputs,
                     never="its last part is not reached within the calculation"),
            _trough(case.time, curve / molar, starts, inputs),
            estimate("auc", "area under the unbound curve", "nmol*h/L", area_under(case.time, curve) / molar, inputs),
        ]  # fmt: skip
        if target is not None:
            until = float(case.time[-1])
            above = time_above(case.time, curve, target, until)
            numbers.append(estimate("time_above", f"time above {wanted.unbound_above or 'the effective level'}",
                                    "h", above, inputs))  # fmt: skip
        groups.append(Group(name.replace("-", " "), tuple(numbers)))
    return groups


def _trough(time: Array, curve: Array, starts: list[float], inputs: Sequence[Input]) -> Estimate:
    """Give the lowest concentration just before a next dose."""
    label = "trough before the next dose"
    if len(starts) < 2:
        return absent("trough", label, "nmol/L", "one dose: there is no next")
    before = [np.searchsorted(time, start) - 1 for start in starts[1:]]
    lowest = curve[:, before].min(axis=1)
    return estimate("trough", label, "nmol/L", np.where(lowest > FAINTEST**2 * curve.max(axis=1), lowest, 0.0), inputs)


def _first_peak(curve: Array) -> NDArray[np.intp]:
    """Give where each draw first comes to its peak: of several equal ones the first."""
    near = curve >= (1.0 - 1e-6) * curve.max(axis=1, keepdims=True)
    first: NDArray[np.intp] = near.argmax(axis=1)
    return first


def _balance(prediction: Prediction) -> Group:
    """Give where the dose is at the end, and the ratio of the areas."""
    exposure, inputs = prediction.exposure, prediction.case.inputs.used
    compartment = exposure.unbound[prediction.formulation.compartment]
    reached = {
        "in_target_tissue": (
            f"largest share dissolved in {prediction.formulation.compartment.replace('-', ' ')}, the target",
            _in_target(prediction),
        ),
        "off_target": ("share of the dose that has left the site", exposure.given[-1] - exposure.left[:, -1]),
        "drained": ("share carried off by lymph or cells inside carriers", exposure.drained[:, -1]),
        "in_blood_and_eliminated": (
            "share that has come into plasma as drug",
            exposure.in_plasma[:, -1] + exposure.eliminated[:, -1],
        ),
    }
    numbers = [
        estimate(name, label, "percent", draws, inputs) for name, (label, draws) in reached.items() if draws is not None
    ]
    numbers += [
        estimate(f"elsewhere_{_key(name)}", f"largest share in {name}", "percent", share.max(axis=1), inputs)
        for name, share in exposure.elsewhere.items()
    ]
    local, auc = area_under(prediction.case.time, compartment), exposure.plasma_auc
    ratio = np.divide(local, auc, out=np.full_like(local, np.nan), where=auc > 0)
    numbers.append(estimate("auc_ratio", "local over plasma area, unbound", "1", ratio, inputs))
    return Group("where the dose goes", tuple(numbers))


def _in_target(prediction: Prediction) -> Array | None:
    name = prediction.formulation.compartment.replace("-", " ")
    share = prediction.exposure.at_site.get(name)
    if share is None and name == "plasma":
        share = prediction.exposure.in_plasma
    return None if share is None else np.asarray(share.max(axis=1))


def _key(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_").replace(",", "")


def _days(seconds: float) -> str:
    return f"{seconds / 86400:.4g} d"
