"""What a design comes to: how often it meets the target and each limit, and what it would take where it does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formulate.designs.space import Setting, Space
from formulate.designs.target_file import TargetFile
from formulate.formulation import Formulation
from formulate.pipeline import Prediction, predict_all
from formulate.sampling import Array, Draws
from materials.errors import FileError, UnitError
from materials.units import convert, parse

TOGETHER = 128  # designs among which those of one schedule are sought out
AT_ONCE = 8192  # draws of all designs that are computed together
MOST_MARGIN = np.log(1e6)  # further from a limit than this counts as this
NUMBERS = {  # what is told of each design, with its unit
    "cover": "percent",
    "peak_unbound": "nmol/L",
    "peak_plasma_unbound": "nmol/L",
    "needed_volume": "mL",
    "drug_half_life": "d",
    "release_t50": "d",
}


@dataclass(frozen=True)
class Limit:
    """One thing that must hold: a number of every draw that must be at least, or at most, a threshold."""

    name: str
    label: str
    unit: str
    threshold: float  # SI
    at_least: bool

    def passes(self, values: Array) -> NDArray[np.bool_]:
        """Tell which draws hold it, (draws,); a number that does not exist holds nothing."""
        slack = 1e-9 * abs(self.threshold)
        return values >= self.threshold - slack if self.at_least else values <= self.threshold + slack

    def margin(self, values: Array) -> Array:
        """Give how far each draw is on the right side, as a logarithm of the ratio to the threshold, (draws,).

        At least 0 where a draw holds the limit, below 0 where it does not, also where it lies on the threshold.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(values / self.threshold) * (1.0 if self.at_least else -1.0)
        return _signed(np.nan_to_num(ratio, nan=-MOST_MARGIN), self.passes(values))

    def reached(self, values: Array, others: NDArray[np.bool_], probability: float) -> float | None:
        """Give the threshold that as many draws as wanted would pass together with all other limits, in SI.

        None where the other limits alone leave too few.
        """
        return passed_by(values, others, probability, self.at_least)


def passed_by(values: Array, others: NDArray[np.bool_], probability: float, at_least: bool) -> float | None:
    """Give the threshold that a share of all draws passes among those that hold all else; None where they are fewer."""
    kept = values[others & np.isfinite(values)]
    wanted = int(np.ceil(probability * len(values) - 1e-9))
    if len(kept) < wanted:
        return None
    ordered = np.sort(kept)
    return float(ordered[-wanted] if at_least else ordered[wanted - 1])


@dataclass(frozen=True)
class Held:
    """How a design does by one limit."""

    chance: float  # share of the draws that hold it
    others: float  # share of the draws that hold all the others
    reached: float | None  # what it would pass as surely as wanted, beside the others, in the unit of the limit


@dataclass(frozen=True)
class Number:
    """A predicted number of a design: median and 80 % band, in its unit; None where it does not exist, and why."""

    median: float | None
    low: float | None
    high: float | None
    unit: str
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """One design and what it comes to; `reason` where it could not be computed."""

    index: int
    settings: tuple[Setting, ...]
    probability: float | None = None  # share of the draws that hold everything
    margin: float | None = None  # of the worst limit, in the draw that is just needed; above 0 where the target is met
    limits: Mapping[str, Held] = field(default_factory=dict)
    numbers: Mapping[str, Number] = field(default_factory=dict)
    reason: str = ""
    level: float | None = None  # nmol/L, held in place of the level asked for as surely as wanted, beside the limits
    duration: float | None = None  # d, of those up to the duration asked for: held in its place as surely as wanted


def limits_of(target: TargetFile) -> tuple[Limit, ...]:
    """Give what must hold, the target itself first."""
    asked = target.limits
    compartment = target.compartment.replace("-", " ")
    share = f"share of {target.target.duration} above the target"
    found = [Limit("cover", share, "percent", parse(asked.cover, "percent"), True)]
    if asked.volume:
        found.append(Limit("volume", "volume of one injection", "mL", parse(asked.volume, "mL"), False))
    if asked.injections:
        found.append(Limit("injections", "injections", "1", float(asked.injections), False))
    for name, text, label in (
        ("plasma_below", asked.plasma_below, "largest unbound concentration in plasma"),
        ("peak_below", asked.peak_below, f"largest unbound concentration in {compartment}"),
    ):
        if text:
            found.append(Limit(name, label, "nmol/L", _concentration(text, target), False))
    for layer, mass in asked.excipients.items():
        of = f"excipients.{layer}" if layer else "excipients"
        found.append(
            Limit(of, f"{layer or 'all carriers'} without drug, per injection", "mg", parse(mass, "mg"), False)
        )
    return tuple(found)


def evaluate(space: Space, points: Array, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
    """Compute designs, in lots, each by itself the same whatever others are beside it.

    Parameters
    ----------
    space : Space
        What the points stand for.
    points : ndarray, shape (designs, axes)
        Points of the unit cube.
    first : int
        The number of the first design.
    draws : Draws, optional
        Instead of those the target file asks for; all designs share them, so that they differ by design alone.

    Yields
    ------
    Outcome
        One for each point, in order.
    """
    asked = space.target.calculation
    shared = draws or Draws(asked.draws, asked.seed)
    limits = limits_of(space.target)
    size = max(1, AT_ONCE // shared.count)
    for start in range(0, len(points), TOGETHER):
        settings = [space.settings(point) for point in points[start : start + TOGETHER]]
        numbered = sorted(enumerate(settings, first + start), key=lambda item: _schedule(item[1]))
        found: list[Outcome] = []
        for begin in range(0, len(numbered), size):
            found += _lot(space, numbered[begin : begin + size], shared, limits)
        yield from sorted(found, key=lambda item: item.index)


def _schedule(settings: tuple[Setting, ...]) -> tuple[float, ...]:
    """Give when the doses of a design are given; those of one schedule have the same times, and share their steps."""
    return tuple(float(item.value) for item in settings if item.name in ("injections", "interval"))


def _lot(
    space: Space, numbered: Sequence[tuple[int, tuple[Setting, ...]]], draws: Draws, limits: Sequence[Limit]
) -> list[Outcome]:
    """Compute designs together; their curves are let go before the next lot begins."""
    built: dict[int, Formulation] = {}
    refused: dict[int, str] = {}
    for place, (_, chosen) in enumerate(numbered):
        try:
            built[place] = space.formulation(chosen)
        except FileError as error:
            refused[place] = _told(error)
    computed = dict(zip(built, predict_all([(item, draws) for item in built.values()]), strict=True))
    found: list[Outcome] = []
    for place, (number, chosen) in enumerate(numbered):
        item = computed.get(place)
        if not isinstance(item, Prediction):
            found.append(Outcome(number, chosen, reason=refused.get(place) or _told(item)))
        elif item.assessment.estimates["cover"].draws is None:  # no level to hold, or not followed for long enough
            found.append(Outcome(number, chosen, reason=item.assessment.estimates["cover"].reason))
        else:
            found.append(_outcome(number, chosen, item, limits, space.target))
    return found


def _outcome(
    number: int, settings: tuple[Setting, ...], prediction: Prediction, limits: Sequence[Limit], target: TargetFile
) -> Outcome:
    values = {limit.name: _values(limit, prediction) for limit in limits}
    passed = np.array([limit.passes(values[limit.name]) for limit in limits])
    margins = np.array([limit.margin(values[limit.name]) for limit in limits])
    held_level = _held_level(prediction, limits[0].threshold)
    margins[0] = _margin_of_cover(held_level, passed[0])
    count = passed.shape[1]
    wanted = int(np.ceil(target.probability * count - 1e-9))
    held = {}
    for place, limit in enumerate(limits):
        others = np.asarray(np.delete(passed, place, axis=0).all(axis=0))
        reached = limit.reached(values[limit.name], others, target.probability)
        shown = None if reached is None else _shown(limit, reached, prediction)
        held[limit.name] = Held(float(passed[place].mean()), float(others.mean()), shown)
    beside = np.asarray(passed[1:].all(axis=0)) if len(limits) > 1 else np.ones(count, dtype=np.bool_)
    level = passed_by(held_level, beside, target.probability, at_least=True)
    lasted = passed_by(_held_time(prediction, limits[0].threshold), beside, target.probability, at_least=True)
    return Outcome(
        number,
        settings,
        float(passed.all(axis=0).mean()),
        float(np.sort(margins.min(axis=0))[-wanted]),
        held,
        {name: _number(prediction, name) for name in NUMBERS if name in prediction.assessment.estimates},
        level=_level_shown(level, prediction),
        duration=convert(lasted, "d") if lasted else None,
    )


def _values(limit: Limit, prediction: Prediction) -> Array:
    """Give the number of a limit in every draw, in SI, (draws,)."""
    case, exposure, loading = prediction.case, prediction.exposure, prediction.loading
    count = case.inputs.draws.count
    match limit.name.partition(".")[0]:
        case "cover":
            return np.broadcast_to(np.asarray(prediction.assessment.estimates["cover"].draws), count)
        case "volume":
            needed = np.broadcast_to(loading.volume * loading.wanted / loading.largest, count)
            return np.maximum(needed, loading.volume) if loading.volume > limit.threshold * (1 + 1e-9) else needed
        case "injections":
            return np.full(count, float(prediction.formulation.regimen.injections))
        case "plasma_below":
            return np.asarray(exposure.unbound["plasma"].max(axis=1))
        case "peak_below":
            return np.asarray(exposure.unbound[prediction.formulation.compartment].max(axis=1))
        case _:
            named = limit.name.partition(".")[2]
            masses = [
                layer.carrier_mass
                for layer in loading.layers
                if layer.carrier_mass is not None and named in ("", layer.layer)
            ]
            return np.zeros(count) + sum(masses, np.zeros(count))


def _held_level(prediction: Prediction, cover: float) -> Array:
    """Give what is exceeded for the wanted share of the time, over the target, in every draw, (draws,)."""
    target, time, curve = _followed(prediction)
    weight = np.gradient(time)
    order = np.argsort(-curve, axis=1)
    lasted = np.cumsum(weight[order], axis=1) / weight.sum()
    place = np.minimum((lasted < cover * (1 - 1e-9)).sum(axis=1), len(time) - 1)
    level = np.take_along_axis(curve, np.take_along_axis(order, place[:, None], axis=1), axis=1)
    return np.asarray((level / target)[:, 0])


def _held_time(prediction: Prediction, cover: float) -> Array:
    """Give the longest time up to the wanted one that is above the target for the wanted share of it [s], (draws,)."""
    target, time, curve = _followed(prediction)
    above = np.cumsum(np.where(curve[:, 1:] > target, np.diff(time), 0.0), axis=1)
    long_enough = above >= cover * (1 - 1e-9) * time[1:]
    return np.asarray(np.where(long_enough, time[1:], 0.0).max(axis=1))


def _followed(prediction: Prediction) -> tuple[Array, Array, Array]:
    """Give the target, (draws, 1), the times up to the wanted duration, and the concentrations, (draws, times)."""
    time, curve = prediction.case.time, prediction.exposure.unbound[prediction.formulation.compartment]
    until = prediction.formulation.target.seconds * (1 + 1e-12)
    count = max(2, int(np.searchsorted(time, until, side="right")))
    target = prediction.assessment.target_draws
    assert target is not None  # of a prediction with a cover
    return target, time[:count], curve[:, :count]


def _margin_of_cover(held_level: Array, passed: NDArray[np.bool_]) -> Array:
    """Give the margin of the target: the level that is held over the level asked for.

    A share of time has no room above 1 and says nothing at 0; the concentration goes on telling how far a design is.
    """
    with np.errstate(divide="ignore"):
        ratio = np.log(held_level)
    return _signed(ratio, passed)


def _signed(ratio: Array, passed: NDArray[np.bool_]) -> Array:
    """Give margins that are at least 0 where, and only where, the limit holds."""
    signed = np.where(passed, np.maximum(ratio, 0.0), np.minimum(ratio, -1e-9))
    return np.clip(signed, -MOST_MARGIN, MOST_MARGIN)


def _number(prediction: Prediction, name: str) -> Number:
    item = prediction.assessment.estimates[name]
    return Number(item.median, item.low, item.high, item.unit, item.reason)


def _shown(limit: Limit, value: float, prediction: Prediction) -> float:
    if limit.name in ("plasma_below", "peak_below"):
        return float(value / prediction.case.payload.typical("molar_mass", "molar concentrations") * 1e6)
    return float(convert(value, limit.unit))


def _level_shown(ratio: float | None, prediction: Prediction) -> float | None:
    """Give a level held over the level asked for as a concentration [nmol/L]."""
    asked = prediction.assessment.target
    if not ratio or asked is None:
        return None
    return float(ratio * asked / prediction.case.payload.typical("molar_mass", "molar concentrations") * 1e6)


def molar_mass(target: TargetFile) -> float:
    """Give the molar mass of the drug of a target [kg/mol]."""
    from formulate.case import prepare
    from formulate.sampling import TypicalDraw

    space = Space(target)
    built = space.formulation(space.settings(np.full(len(space.axes), 0.5)))
    return prepare(built, TypicalDraw()).payload.typical("molar_mass", "molar concentrations")


def _concentration(text: str, target: TargetFile) -> float:
    """Give a concentration [kg/m3] told as an amount or a mass per volume."""
    try:
        amount = parse(text, "umol/L")
    except UnitError:
        return parse(text, "ng/mL")
    return amount * molar_mass(target)


def _told(found: object) -> str:
    if isinstance(found, FileError):
        return "; ".join(f"{fault.field}: {fault.problem}" for fault in found.faults)
    return str(found)
