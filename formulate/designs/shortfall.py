"""Why a target cannot be met: which limit binds, and what it would have to be for the target to be met."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from formulate.designs.explore import Looked, Standing, look_closer, standing
from formulate.designs.outcome import Limit, Outcome, evaluate, limits_of, molar_mass
from formulate.designs.space import Setting, Space
from formulate.designs.target_file import TargetFile, build_target
from formulate.sampling import Draws
from materials.errors import FileError
from materials.units import convert

DIGITS = 3
FARTHEST = 1e3  # times as much, or as little, is no answer to what was asked
EASED = (1.0, 1.03, 1.1, 1.25, 1.5)  # how much farther than the first guess is tried
INSTEAD = {"level": "level to hold", "duration": "time to hold it"}  # what else of the target may be less


@dataclass(frozen=True)
class Need:
    """One thing that was asked for, and what it would have to be, all else as asked, for the target to be met."""

    name: str
    label: str
    unit: str
    asked: float | None  # in its unit; None where the catalog gives it
    without: float  # largest share of the draws of a design that hold everything else
    alone: float  # largest share of the draws of a design that hold this
    needed: float | None = None  # computed anew with it, on fresh draws
    probability: float | None = None  # of the target then
    settings: tuple[Setting, ...] = ()  # of the design that meets it then

    @property
    def ratio(self) -> float:
        """How far the needed value is from that asked for; infinite where there is none."""
        if self.needed is None or not self.asked:
            return math.inf
        return abs(math.log(self.needed / self.asked))


@dataclass(frozen=True)
class Shortfall:
    """What stands in the way, over all designs looked at.

    Attributes
    ----------
    binding : tuple of str
        The limit without which the target would be met, that which needs the least change first; `cover` where the
        level is not held even without any limit; else the limits that only together stand in the way.
    together : bool
        Whether it takes more than one of them to change.
    needs : tuple of Need
        Everything that was asked for; then a lower level and a shorter time in its place.
    """

    binding: tuple[str, ...]
    together: bool
    needs: tuple[Need, ...]

    def need(self, name: str) -> Need:
        """Give what is told of one limit."""
        return next(item for item in self.needs if item.name == name)


def look_by_limit(looked: Looked) -> None:
    """Look closer where each limit would have to change least, and where the target is held most surely without any."""
    target = looked.space.target
    wanted = target.probability
    ways: list[tuple[Standing, float]] = [(lambda outcome: (_chance(outcome, "cover"), *standing(outcome)), 1.0)]
    for name, at_least in [
        *((limit.name, limit.at_least) for limit in limits_of(target)),
        *((n, True) for n in INSTEAD),
    ]:
        ways.append((_nearness(name, 1.0 if at_least else -1.0, wanted), math.inf))
    look_closer(looked, [(looked.first_by(by), by, enough) for by, enough in ways], looked.later_rounds)


def _chance(outcome: Outcome, name: str) -> float:
    return outcome.limits[name].chance if outcome.probability is not None else -1.0


def _nearness(name: str, sign: float, wanted: float) -> Standing:
    """Give the sense in which a design is the better, the less one limit had to change for it."""

    def by(outcome: Outcome) -> tuple[float, ...]:
        if outcome.probability is None:
            return -1.0, -math.inf, -math.inf
        others = outcome.limits["cover" if name in INSTEAD else name].others
        value = reached_of(outcome, name)
        return min(others, wanted), -math.inf if value is None else sign * value, standing(outcome)[1]

    return by


def reached_of(outcome: Outcome, name: str) -> float | None:
    """Give what a design would hold as surely as wanted in the place of a limit, of the level or of the duration."""
    if name in INSTEAD:
        found: float | None = getattr(outcome, name)
        return found
    return outcome.limits[name].reached


def shortfall(looked: Looked, fresh: Draws, progress: Callable[[str], None] | None = None) -> Shortfall:
    """Give what stands in the way of a target that no design met.

    Notes
    -----
    Of each limit the design is taken that comes nearest to it while holding all others as surely as wanted; the target
    with that value in place of the limit is then computed anew on fresh draws, and a little more is given where it is
    not enough. A value is told only if it was enough so.
    """
    target = looked.space.target
    known = [outcome for outcome in looked.outcomes if outcome.probability is not None]
    needs = []
    for limit in limits_of(target):
        if progress:
            progress(f"what it would take: {limit.label}")
        held = [outcome.limits[limit.name] for outcome in known]
        need = Need(
            limit.name,
            limit.label,
            limit.unit,
            _asked(target, limit),
            max(item.others for item in held),
            max(item.chance for item in held),
        )
        needs.append(_checked(looked, need, known, limit.at_least, fresh))
    cover = needs[0]
    for name, unit in (("level", "nmol/L"), ("duration", "d")):
        if progress:
            progress(f"what it would take: {INSTEAD[name]}")
        asked = convert(target.target.seconds, "d") if name == "duration" else _level_asked(target)
        need = Need(name, INSTEAD[name], unit, asked, cover.without, cover.alone)
        needs.append(_checked(looked, need, known, True, fresh))
    return Shortfall(*_binding(needs, known, target.probability), tuple(needs))


def relaxed(target: TargetFile, name: str, value: float, unit: str) -> TargetFile:
    """Give a target with one of its limits, its level or its duration at another value."""
    content: dict[str, Any] = target.model_dump(mode="json", exclude_unset=True)
    limits, asked = content.setdefault("limits", {}), content.setdefault("target", {})
    text = f"{value:.{DIGITS}g} {unit}"
    head, _, layer = name.partition(".")
    if name == "level":
        asked.pop("times", None)
        asked["unbound_above"] = text
    elif name == "duration":
        asked["duration"] = text
        content.setdefault("calculation", {}).setdefault("horizon", f"{convert(target.horizon, 'd'):.12g} d")
    elif head == "excipients":
        limits["excipients"] = {**target.limits.excipients, layer: text}
    else:
        limits[name] = round(value) if name == "injections" else text
    return build_target(content, "target")


def _checked(looked: Looked, need: Need, known: Sequence[Outcome], at_least: bool, fresh: Draws) -> Need:
    """Give a need with the value that is enough, computed anew; without one where there is none."""
    sign = 1.0 if at_least else -1.0
    able = [outcome for outcome in known if (reached_of(outcome, need.name) or 0.0) > 0.0]
    if not able:
        return need
    best = max(able, key=lambda outcome: (sign * (reached_of(outcome, need.name) or 0.0), -outcome.index))
    point = looked.points[best.index][None, :]
    anew = next(evaluate(looked.space, point, 0, fresh))
    value = (None if anew.probability is None else reached_of(anew, need.name)) or reached_of(best, need.name)
    assert value
    tried: set[float] = set()
    for factor in EASED:
        given = _rounded(value * factor**-sign, at_least, whole=need.name == "injections")
        far = need.asked and not FARTHEST**-1 <= given / need.asked <= FARTHEST
        if given in tried or given <= 0 or far:
            continue
        tried.add(given)
        try:
            space = Space(relaxed(looked.space.target, need.name, given, need.unit))
        except FileError:
            continue  # such a value cannot be asked for
        found = next(evaluate(space, point, 0, fresh))
        if (found.probability or 0.0) >= space.target.probability:
            return replace(need, needed=given, probability=found.probability, settings=best.settings)
    return need


def _binding(needs: Sequence[Need], known: Sequence[Outcome], wanted: float) -> tuple[tuple[str, ...], bool]:
    """Give the limits that stand in the way, and whether only together."""
    cover, *limits = [need for need in needs if need.name not in INSTEAD]
    single = sorted((need for need in limits if need.needed is not None), key=lambda need: need.ratio)
    single += [need for need in limits if need.needed is None and need.without >= wanted]
    if single:
        return tuple(need.name for need in single), False
    if cover.alone < wanted or not limits:
        return ("cover",), False
    best = max(known, key=lambda outcome: (outcome.limits["cover"].chance, outcome.margin or 0.0, -outcome.index))
    chances = {need.name: best.limits[need.name].chance for need in limits}
    least = [name for name in sorted(chances, key=lambda name: chances[name]) if chances[name] < 1.0]
    return tuple(name for name in least if chances[name] < wanted) or tuple(least), True


def _asked(target: TargetFile, limit: Limit) -> float:
    """Give what was asked for, in the unit of the limit."""
    if limit.unit == "nmol/L":
        return float(limit.threshold / molar_mass(target) * 1e6)
    return float(convert(limit.threshold, limit.unit))


def _level_asked(target: TargetFile) -> float | None:
    """Give the level that was asked for [nmol/L]; None where it is that of the catalog."""
    if target.target.unbound_above is None:
        return None
    molar = molar_mass(target)
    return float(target.target.level(molar) / molar * 1e6)


def _rounded(value: float, down: bool, whole: bool) -> float:
    """Give a value to a few digits, on the side that is easier to hold."""
    if whole:
        return float(math.floor(value + 1e-9) if down else math.ceil(value - 1e-9))
    place = 10.0 ** (math.floor(math.log10(value)) - DIGITS + 1)
    steps = value / place
    return float(f"{(math.floor(steps + 1e-9) if down else math.ceil(steps - 1e-9)) * place:.{DIGITS}g}")
