"""The rules by which authorities apply f2: which points count, what spread is accepted, when f2 is not needed."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulate.similarity.factors import SIMILAR_F2, f1, f2
from formulate.similarity.results import Floats, Rule, RuleResult
from materials.errors import UnknownIdError, nearest

PASSED = 85.0  # percent, the mean above which one more point adds nothing
WANTED_UNITS = 12
WANTED_POINTS = 3
DAY = 86400.0  # s; longer data are not of an immediate-release form
MINUTE = 60.0
ROUNDING = 1e-9
NAMES = ("reference", "test")


@cache
def known_rules() -> tuple[Rule, ...]:
    """The rules that ship with the program, in the order of their file."""
    with files("formulate.similarity").joinpath("rules.toml").open("rb") as stream:
        tables: dict[str, dict[str, Any]] = tomllib.load(stream)
    absent: dict[str, Any] = {
        "early_minutes": None,
        "early_share": None,
        "early_points": None,
        "early_variation": np.nan,
        "late_variation": np.nan,
        "fast_minutes": None,
        "fast_of": "mean",
        "fast_above": True,
        "fast_variation": None,
    }
    return tuple(Rule(id=id, **{**absent, **table}) for id, table in tables.items())


def rule(id: str) -> Rule:
    """Give one rule by its id.

    Raises
    ------
    UnknownIdError
        No rule has this id; the nearest are named.
    """
    for known in known_rules():
        if known.id == id:
            return known
    raise UnknownIdError("rule", id, nearest(id, [known.id for known in known_rules()]))


def points_used(last_point: str, reference: Floats, test: Floats) -> NDArray[np.bool_]:
    """Which time points a rule takes.

    Parameters
    ----------
    last_point : {"any", "reference", "both"}
        Whose mean must be above 85 % at the last point taken.
    reference, test : ndarray, shape (..., points)
        Means in the order of time, without time zero [%].

    Returns
    -------
    ndarray of bool, shape (..., points)
        True up to and with the first point that qualifies; all True if none does.

    Notes
    -----
    "Any" keeps at most one mean above 85 % of either product.

    Examples
    --------
    >>> points_used("any", np.array([20.0, 86.0, 90.0, 95.0]), np.array([15.0, 69.0, 82.0, 86.0])).tolist()
    [True, True, False, False]
    >>> points_used("both", np.array([20.0, 86.0, 90.0, 95.0]), np.array([15.0, 69.0, 82.0, 86.0])).tolist()
    [True, True, True, True]
    """
    above_reference, above_test = reference > PASSED, test > PASSED
    passed = {
        "any": above_reference | above_test,
        "reference": above_reference,
        "both": above_reference & above_test,
    }[last_point]
    before: NDArray[np.int64] = np.cumsum(passed, axis=-1) - passed
    return np.asarray(before == 0)


def apply(
    rule: Rule,
    time: Floats,
    reference: Floats,
    test: Floats,
    *,
    seconds: float | None = None,
    deviations: tuple[Floats | None, Floats | None] = (None, None),
    units: tuple[int | None, int | None] = (None, None),
    each: tuple[Floats, Floats] | None = None,
) -> RuleResult:
    """Apply one rule to two profiles.

    Parameters
    ----------
    rule : Rule
        Which.
    time : ndarray, shape (points,)
        Common times after zero, rising [unit of the data].
    reference, test : ndarray, shape (points,)
        Means [%].
    seconds : float, optional
        Length of the unit of time [s]. Without it, or for data longer than a day, limits in minutes are not applied.
    deviations : pair of ndarray, shape (points,), or None
        Standard deviations between units [%].
    units : pair of int or None
        How many units each mean stands for [1].
    each : pair of ndarray, shape (units, points), optional
        The units themselves, for rules that look at each [%].

    Returns
    -------
    RuleResult
        f1 and f2 over the points of the rule, the conditions that are not met or could not be judged, the verdict.

    Notes
    -----
    All rules ask for the same conditions and times, 12 units and at least 3 points; for coefficients of variation
    ``100 S/mean`` within limits at the points used; and all hold for immediate-release forms. FDA accepts f2 of 50 to
    100 as similar, and so do the others.
    """
    used = points_used(rule.last_point, reference, test)
    minutes = None if seconds is None else time * seconds / MINUTE
    long_acting = seconds is not None and float(time[-1]) * seconds > DAY * (1.0 + ROUNDING)
    if long_acting:
        minutes = None
    unmet, not_judged = [], []
    if used.sum() < WANTED_POINTS:
        unmet.append(f"{used.sum()} time points, at least {WANTED_POINTS} wanted")
    for name, count in zip(NAMES, units, strict=True):
        if count is not None and count < WANTED_UNITS:
            unmet.append(f"{count} units of the {name}, {WANTED_UNITS} wanted")
    not_judged.extend(_absent("number of units", units, "not given"))
    if np.isfinite(rule.late_variation):
        accepted = np.where(_early(rule, minutes, time.size), rule.early_variation, rule.late_variation)
        not_judged.extend(_absent("spread", deviations, "means only"))
        for name, mean, deviation in zip(NAMES, (reference, test), deviations, strict=True):
            if deviation is not None:
                unmet.extend(_too_wide(name, time, mean, deviation, accepted, used))
        if minutes is None and rule.early_minutes is not None:
            why = "in data of more than a day" if long_acting else "with no unit of time"
            not_judged.append(f"limits in minutes, {why}: the first point is taken as the early one")
    if long_acting:
        not_judged.append("long-acting forms, for which the rule is not stated")
    value = f2(reference[used], test[used])
    fast = minutes is not None and _fast(rule, minutes, reference, test, deviations, each)
    similar, verdict = _verdict(rule, value, unmet, fast)
    if not_judged and not fast:
        verdict += ", as far as could be judged"
    return RuleResult(
        rule=rule,
        time=time[used],
        f1=f1(reference[used], test[used]) if reference[used].sum() > 0.0 else np.nan,  # relative to the reference
        f2=value,
        unmet=tuple(unmet),
        not_judged=tuple(not_judged),
        similar=similar,
        verdict=verdict,
        fast=fast,
    )


def _absent(what: str, values: Sequence[object], why: str) -> list[str]:
    """Name what is known of one product or of neither."""
    without = [name for name, value in zip(NAMES, values, strict=True) if value is None]
    of = f" of the {without[0]}" if len(without) == 1 else ""
    return [f"{what}{of}, {why}"] if without else []


def _verdict(rule: Rule, value: float, unmet: Sequence[str], fast: bool) -> tuple[bool | None, str]:
    if fast:
        return True, f"similar: both release 85 % within {rule.fast_minutes:g} min, f2 is not needed"
    side = ">=" if value >= SIMILAR_F2 else "<"
    numbers = f"f2 = {value:.2f} {side} {SIMILAR_F2:g}"
    if unmet:
        return None, f"rule not met ({'; '.join(unmet)}); {numbers}"
    similar = value >= SIMILAR_F2
    return similar, f"{'similar' if similar else 'not similar'}: {numbers}"


def _early(rule: Rule, minutes: Floats | None, points: int) -> NDArray[np.bool_]:
    """Where the wider spread is accepted."""
    order = np.arange(points)
    early = order < (rule.early_points or 0)
    if rule.early_share is not None:
        early |= order < np.floor(rule.early_share * points + ROUNDING)
    if rule.early_minutes is not None:
        early |= order < 1 if minutes is None else minutes <= rule.early_minutes * (1.0 + ROUNDING)
    return np.asarray(early)


def _variation(mean: Floats, deviation: Floats) -> Floats:
    """Coefficient of variation [%]; none where nothing is released yet."""
    return np.divide(100.0 * deviation, mean, out=np.zeros_like(mean), where=mean > 0.0)


def _too_wide(
    name: str, time: Floats, mean: Floats, deviation: Floats, accepted: Floats, used: NDArray[np.bool_]
) -> list[str]:
    variation = _variation(mean, deviation)
    return [
        f"{name} at {time[point]:g}: coefficient of variation {variation[point]:.1f} %, at most {accepted[point]:g} %"
        for point in np.flatnonzero(used & (variation > accepted * (1.0 + ROUNDING)))
    ]


def _fast(
    rule: Rule,
    minutes: Floats,
    reference: Floats,
    test: Floats,
    deviations: tuple[Floats | None, Floats | None],
    each: tuple[Floats, Floats] | None,
) -> bool:
    if rule.fast_minutes is None or not np.any(minutes <= rule.fast_minutes):
        return False
    point = int(np.flatnonzero(minutes <= rule.fast_minutes)[-1])
    if rule.fast_of == "unit":
        if each is None:
            return False
        values = np.concatenate([product[:, point] for product in each])
        values = values[np.isfinite(values)]
    else:
        values = np.array([reference[point], test[point]])
    reached = values > PASSED if rule.fast_above else values >= PASSED
    if rule.fast_variation is not None:
        for mean, deviation in zip((reference, test), deviations, strict=True):
            if deviation is None or _variation(mean, deviation)[point] > rule.fast_variation * (1.0 + ROUNDING):
                return False
    return bool(values.size > 0 and reached.all())
