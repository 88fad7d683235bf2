"""The release of a carrier from what was read outside its dialysis bag, with a run of free drug in the same bag."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import fdtr

from formulate.curves import library
from formulate.curves.model import Floats, Model, Parameter
from formulate.dialysis.between_bags import bag_scatter, widened
from formulate.dialysis.compartments import direct_inverse, receiver_share
from formulate.dialysis.half_time import half_time
from formulate.dialysis.joint import (
    BAG,
    IMMEDIATE,
    IMMEDIATE_PART,
    RECOVERY,
    Bench,
    joint_fit,
    joint_points,
    release_of,
)
from formulate.dialysis.limit import slowest_rate
from formulate.dialysis.other_bag import half_time_in_other_bags
from formulate.dialysis.over_laws import LawHalfTime, half_time_over_laws
from formulate.dialysis.results import Candidate, DialysisResult
from formulate.dialysis.side_by_side import MEASURABLE, same_readings, shift
from formulate.dialysis.words import is_not_first_order, statements, warnings_of
from formulate.domain import require, require_fraction, require_positive
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.bands import confidence_band
from formulate.fitting.fit import fit
from formulate.fitting.points import points_of
from formulate.fitting.ranking import akaike_weights, score
from formulate.fitting.results import Fit, FittedParameter, Points
from formulate.fitting.summaries import time_to
from materials.errors import DomainError

LAWS = ("first_order", "first_order_fmax", "weibull_2", "weibull_3", "korsmeyer_peppas")
SHOWN = 201  # times of the corrected curve
RESOLVED = 1e-3  # percent of the dose, to which the curve behind a bag is computed; closer fits are no better ones
NEGLIGIBLE = 1e-3  # weight of a law below which its half-time is not asked for


def correct(
    data: ReleaseData | Profile,
    control: ReleaseData | Profile,
    *,
    model: str | Model | Sequence[str | Model] = LAWS,
    donor_volume: float | None = None,
    receiver_volume: float | None = None,
    unbound_fraction: float = 1.0,
    sample_volume: float = 0.0,
    added_back: bool = True,
    recovery: bool = False,
    weighting: str = "1",
    replicates: str | int = "pooled",
    level: float = 0.95,
    time_unit: str = "",
    seconds: float = math.nan,
) -> DialysisResult:
    """Find the release of a carrier behind a dialysis bag, from its run and a run of free drug in the same bag.

    Parameters
    ----------
    data, control : ReleaseData or Profile
        What was found in the receiver, percent of the dose, of the carrier and of the free drug; of data with several
        profiles the one to use must be taken out by name first.
    model : str, Model, or sequence of them
        Release laws to try; the one with the least AICc is taken.
    donor_volume, receiver_volume : float, optional
        V_d and V_r, both in the same unit; without them the receiver is taken as a perfect sink.
    unbound_fraction : float
        f_u, share of the released drug in the bag that the carrier does not bind again [1].
    sample_volume : float
        Taken from the receiver at each reading and replaced by fresh medium, in the unit of the volumes; 0 where the
        medium was replaced by nothing or nothing was taken.
    added_back : bool
        Whether the readings were corrected for what samples took; False for readings as the concentration gives them.
    recovery : bool
        Fit the percent of the free drug that is found in the end, for a control that does not come to its plateau.
    weighting, replicates
        As in `points_of`, of both runs.
    level : float
        Of all intervals [1].
    time_unit, seconds
        Of profiles given without their data.

    Returns
    -------
    DialysisResult
        The law behind the bag, the bag, the corrected curve, and in words what may be concluded.

    Raises
    ------
    DomainError
        One volume without the other, a volume or share out of range, times in different units, or too few readings.
    UnknownIdError
        A law, or a profile where several stand in the data.

    Notes
    -----
    Both runs are fitted at once: ``A_r = w (R * k exp(-k t))`` for the carrier, R the law, and ``A_r = w 100 [1 -
    exp(-k t)]`` for the control, with ``k = k_m (1 + V_d/V_r)`` in common and ``w = V_r/(V_r + V_d)``; see
    `formulate.dialysis.compartments`. The release is called resolved if releasing all at once (or, for a law with a
    plateau, that part at once) is refused by the F test at the level, the receiver reaches half later than the
    control, and the readings themselves are later than those of the control, whatever law the bag follows (`shift`
    of `formulate.dialysis.side_by_side`). Otherwise the lower limit of a first-order rate is given: the end of its
    likelihood profile; none where the control is not of first order.
    The bag and its medium must be those of the control; the drug must not be lost.
    """
    carrier, free = _profile(data), _profile(control)
    if isinstance(data, ReleaseData):
        time_unit, seconds = data.time_unit, data.seconds
    require("level", level, "", 0.0 < level < 1.0, "between 0 and 1")
    if isinstance(control, ReleaseData) and math.isfinite(seconds) and control.seconds != seconds:
        free = replace(free, time=free.time * (control.seconds / seconds))
    bench = _bench(carrier, free, donor_volume, receiver_volume, unbound_fraction, sample_volume, added_back, recovery)
    readings, of_control = (points_of(run, weighting, replicates, time_unit) for run in (carrier, free))
    for name, points in (("carrier", readings), ("control", of_control)):
        if not points.time.max() > 0.0:
            raise DomainError(f"readings of the {name} after time 0", 0, "", "at least 1")
    bag = _control(of_control, bench, level)
    both = joint_points(readings, of_control)
    laws = [model] if isinstance(model, str | Model) else list(model)
    chosen = [law if isinstance(law, Model) else library.model(law) for law in laws]
    tried = _tried(chosen, readings, both, bench, bag, level)
    law, pooled, _ = tried[0]
    weights = akaike_weights([value for _, _, value in tried])
    bags = _units(carrier, free, weighting, replicates, time_unit)
    scatter = bag_scatter(pooled, *bags) if bags else None
    joint, freedom = widened(pooled, scatter, len(law.parameters))
    release = release_of(joint, law, readings, freedom)
    same = same_readings(carrier, free)
    immediate = joint_fit(IMMEDIATE_PART if law.plateau else IMMEDIATE, readings, both, bench, bag, level)
    at_once = _at_once(immediate, pooled, readings, level)
    apparent = _apparent_half_time(joint, bench)
    control_half = math.log(2.0) / joint.parameters[joint.model.names.index(BAG)].value
    # drug that is bound again makes a carrier later than free drug even if it releases at once
    later = shift(carrier, free, float(bag.values[0]), pooled) if unbound_fraction == 1.0 else None
    is_later = later is None or later.low > 0.0
    only_bag = at_once or apparent <= control_half or not is_later or same
    limited = only_bag and not is_not_first_order(bag)
    slowest = slowest_rate(law, readings, both, bench, bag, scatter, level) if limited else None
    half = alone = (math.nan, math.nan, math.nan)
    if not only_bag:
        alone, half = _half_times(tried, weights, release, readings, bags)
    time = np.linspace(0.0, float(readings.time.max()), SHOWN)
    low, high = confidence_band(release, time)
    # a law that cannot be told leaves the doubt of the bag undefined too
    whole = widened(immediate, scatter, 0)[0] if only_bag else joint
    bag_rate = whole.parameters[whole.model.names.index(BAG)]
    membrane = _scaled(bag_rate, 1.0 / (1.0 + bench.volume_ratio))
    direct_time, direct = _direct(carrier, membrane.value, bench)
    result = DialysisResult(
        name=carrier.name,
        time_unit=time_unit,
        seconds=seconds,
        release=release,
        joint=joint,
        control=bag,
        bag_scatter=scatter,
        candidates=tuple(
            Candidate(one.id, value, float(weight), found)
            for (one, found, value), weight in zip(tried, weights, strict=True)
        ),
        bag_rate=bag_rate,
        membrane_rate=membrane,
        volume_ratio=bench.volume_ratio,
        shows_only_bag=only_bag,
        slowest_rate=slowest,
        longest_half_time=math.log(2.0) / slowest if slowest else None,
        shift=later,
        half_time=half,
        half_time_of_law=alone,
        half_time_in_other_bags=None if only_bag or scatter else half_time_in_other_bags(joint, release, readings),
        apparent_half_time=apparent,
        time=time,
        released=release.curve(time),
        low=low,
        high=high,
        received=joint.curve(time),
        direct_time=direct_time,
        direct=direct,
    )
    return replace(
        result, statements=statements(result, same), warnings=warnings_of(result, carrier, free, donor_volume)
    )


def _profile(given: ReleaseData | Profile) -> Profile:
    return given.profile() if isinstance(given, ReleaseData) else given


def _bench(
    carrier: Profile,
    free: Profile,
    donor: float | None,
    receiver: float | None,
    unbound: float,
    sample: float,
    added_back: bool,
    recovery: bool,
) -> Bench:
    ratio = 0.0
    if donor is not None or receiver is not None:
        if donor is None or receiver is None:
            name, volume, other = (
                ("donor_volume", donor, "receiver") if receiver is None else ("receiver_volume", receiver, "donor")
            )
            why = "their ratio says how much drug goes back into the bag; without both it counts as none"
            raise DomainError(name, volume or 0.0, "", f"{other}_volume with it", why)
        for name, volume in (("donor_volume", donor), ("receiver_volume", receiver)):
            require_positive(name, volume, "")
        ratio = donor / receiver
    if sample and receiver is None:
        raise DomainError("sample_volume", sample, "", "receiver_volume with it", "the share that was taken counts")
    share = float(require_fraction("sample_volume/receiver_volume", sample / receiver if receiver else 0.0))
    receiver_share(ratio, unbound)
    samples = [tuple(float(time) for time in run.time if time > 0.0) for run in (carrier, free)]
    return Bench(ratio, unbound, share, added_back, samples[0], samples[1], recovery)


def _control(points: Points, bench: Bench, level: float) -> Fit:
    """Fit the free drug alone: its rate, and its plateau where that is asked for."""
    top = 100.0 * float(receiver_share(bench.volume_ratio))
    last = float(points.time.max())
    grid = tuple((np.geomspace(0.01, 1000.0, 24) / last).tolist())
    parameters = [Parameter(BAG, "rate a free drug leaves the bag with", "1/{t}", "log", 0.0, math.inf, grid)]
    if bench.recovery:
        parameters.append(Parameter(RECOVERY, "percent of the free drug that is found", "%", "linear", 0.0))

    def curve(t: Floats, *given: Floats) -> Floats:
        return np.asarray((given[1] / 100.0 if bench.recovery else 1.0) * bench.control(t, given[0]))

    def gradient(t: Floats, *given: Floats) -> Floats:
        up, down = given[0] * 1.0001, given[0] / 1.0001
        rows = [(curve(t, up, *given[1:]) - curve(t, down, *given[1:])) / (up - down)]
        return np.stack([*rows, bench.control(t, given[0]) / 100.0 + 0.0 * rows[0]] if bench.recovery else rows)

    equation = f"F = {top:.4g} [1 - exp(-{BAG} t)]"
    return fit(points, Model("bag", "free drug in the bag", equation, tuple(parameters), curve, gradient), level=level)


def _tried(
    laws: Sequence[Model], readings: Points, both: Points, bench: Bench, bag: Fit, level: float
) -> list[tuple[Model, Fit, float]]:
    """Fit each law for which there are readings enough; give law, fit and AICc, or AIC where none has an AICc."""
    found, problem = [], None
    for law in laws:
        try:
            found.append((law, joint_fit(law, readings, both, bench, bag, level)))
        except DomainError as error:  # fewer readings than parameters
            problem = error
    if not found:
        raise problem or DomainError("laws", 0, "", "at least 1")
    floor = RESOLVED**2 * float(both.weight.sum())
    scores = [score(one.criteria, "AICc", floor) for _, one in found]
    if not any(math.isfinite(value) for value in scores):
        scores = [score(one.criteria, "AIC", floor) for _, one in found]
    tried = [(law, one, value) for (law, one), value in zip(found, scores, strict=True) if math.isfinite(value)]
    return sorted(tried, key=lambda item: (item[2], len(item[1].parameters)))


def _units(
    carrier: Profile, free: Profile, weighting: str, replicates: str | int, time_unit: str
) -> tuple[Points, Points] | None:
    """Give the readings of all bags one by one; None where one bag was asked for."""
    if not isinstance(replicates, str):
        return None
    try:
        return points_of(carrier, weighting, "pooled", time_unit), points_of(free, weighting, "pooled", time_unit)
    except DomainError:  # means may have weights where single readings have none
        return None


def _half_times(
    tried: Sequence[tuple[Model, Fit, float]],
    weights: Floats,
    release: Fit,
    readings: Points,
    bags: tuple[Points, Points] | None,
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Give the half-time by the law chosen, and with an interval that holds the choice of the law."""
    alone = half_time(release)
    found = [LawHalfTime(*alone, float(weights[0]), release.criteria.degrees_of_freedom)]
    for (law, pooled, _), weight in zip(tried[1:], weights[1:], strict=True):
        if weight > NEGLIGIBLE:
            joint, freedom = widened(pooled, bag_scatter(pooled, *bags) if bags else None, len(law.parameters))
            by_law = half_time(release_of(joint, law, readings, freedom))
            found.append(LawHalfTime(*by_law, float(weight), freedom))
    return alone, half_time_over_laws(found, release.level, float(readings.time.max()))


def _at_once(immediate: Fit, joint: Fit, readings: Points, level: float) -> bool:
    """Tell whether releasing all at once describes both runs as well: by the F test of nested models, or to the eye."""
    if np.abs(immediate.curve(readings.time) - joint.curve(readings.time)).max() < MEASURABLE:
        return True
    simple = immediate.criteria
    more, freedom = joint.criteria.parameters - simple.parameters, joint.criteria.degrees_of_freedom
    if freedom < 1 or more < 1:
        return False
    rise = (simple.wss - joint.criteria.wss) / more
    scatter = joint.criteria.wss / freedom
    return bool(rise <= 0.0 or (scatter > 0.0 and float(fdtr(more, freedom, rise / scatter)) < level))


def _apparent_half_time(joint: Fit, bench: Bench) -> float:
    """Give the time at which the receiver has half of what it would have in the end."""
    long = np.concatenate([[0.0], np.geomspace(1e-4, 10.0, 400) * float(joint.points.time.max())])
    top = 50.0 * float(receiver_share(bench.volume_ratio, bench.unbound_fraction))
    return time_to(top, long, joint.curve(long))


def _scaled(parameter: FittedParameter, factor: float) -> FittedParameter:
    return replace(
        parameter,
        name="km",
        meaning="membrane constant: permeability times area over the volume in the bag",
        value=parameter.value * factor,
        standard_error=parameter.standard_error * factor,
        low=parameter.low * factor,
        high=parameter.high * factor,
    )


def _direct(carrier: Profile, membrane_rate: float, bench: Bench) -> tuple[Floats, Floats]:
    """Give the direct inverse of the mean readings, where there are enough and nothing was lost by sampling."""
    known = carrier.count > 0
    time = carrier.time[known]
    if bench.sampled_share or bench.unbound_fraction < 1.0 or time.size < 3:
        return np.zeros(0), np.zeros(0)
    mean = np.nanmean(carrier.released[:, known], axis=0)
    return time, direct_inverse(time, mean, membrane_rate, bench.volume_ratio)
