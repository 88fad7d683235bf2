"""The assessment stage: curves reduced to the numbers a carrier is chosen by, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulate.case import Case
from formulate.common import Target
from formulate.estimate import Estimate, absent, estimate
from formulate.results import Exposure, Loading, Release
from formulate.sampling import Array

HOUR = 3600.0  # s; a release that starts from nothing is given this long to reach the target
SOLUBILITY = "aqueous_solubility"


@dataclass(frozen=True)
class Assessment:
    """The numbers of one formulation, by name, in the order they are shown."""

    estimates: Mapping[str, Estimate]
    target: float | None  # kg/m3, unbound
    target_text: str  # the target as it is shown, with where it comes from
    held: float | None  # share of the draws that stay above the target from its first hour to the wanted duration
    warnings: tuple[str, ...] = ()
    target_draws: Array | None = None  # (draws, 1) kg/m3


def assess(case: Case, loading: Loading, release: Release, exposure: Exposure) -> Assessment:
    """Give the assessment of a case."""
    formulation = case.formulation
    target = target_of(case)
    warnings: tuple[str, ...] = ()
    if target.typical is None:
        warnings = ("no target: set target.unbound_above, for the catalog has no effective concentration",)
    elif case.payload.find(SOLUBILITY) is not None and target.typical > case.payload.typical(SOLUBILITY, "the target"):
        warnings = ("the target lies above the solubility of the drug: only an over-saturated fluid could reach it",)
    finest, horizon = float(case.time[1]), float(case.time[-1])
    inputs = case.inputs.used  # after the target, which may read one more
    listed: list[Estimate] = [
        estimate("largest_dose", "dose that fits", "mg", loading.largest, inputs),
        _injected_volume(case, loading),
    ]
    for part in loading.layers:
        if part.drug_loading is not None:
            listed.append(estimate("drug_loading", "drug loading", "percent_w_w", part.drug_loading, inputs))
        if part.loaded_mass is not None:
            listed.append(estimate("loaded_mass", "loaded carrier per injection", "mg", part.loaded_mass, inputs))
        if part.particles is not None:
            listed.append(estimate("particles", "particles per injection", "1", part.particles, inputs))
        if part.molecules_per_particle is not None:
            molecules = part.molecules_per_particle
            listed.append(estimate("molecules_per_particle", "molecules per particle", "1", molecules, inputs))
        if part.drug_added is not None:
            listed.append(estimate("drug_to_weigh_out", "drug to weigh out", "mg", part.drug_added, inputs))
    if release.has_carriers:
        half = crossing_time(case.time, release.released, 0.5)
        never = f"half is not released within {_days(horizon)}"
        listed.append(
            estimate("release_t50", "release t50", "d", half, inputs, beyond=horizon, within=finest, never=never)
        )
        left = halving_time(case.time, exposure.carriers_left, case.events[-1].start)
        never = f"half of the carrier is still there after {_days(horizon)}"
        listed.append(
            estimate(
                "carrier_half_life",
                "carrier residence half-life",
                "d",
                left,
                inputs,
                beyond=horizon,
                never=never,
            )
        )
    else:
        listed.append(absent("release_t50", "release t50", "d", "no carrier: nothing is held back"))
        listed.append(absent("carrier_half_life", "carrier residence half-life", "d", "no carrier"))
    stays = halving_time(case.time, exposure.left, case.events[-1].start)
    never = f"half of the dose is still there after {_days(horizon)}"
    listed.append(
        estimate(
            "drug_half_life", "drug residence half-life", "d", stays, inputs, beyond=horizon, within=finest, never=never
        )
    )
    compartment = exposure.unbound[formulation.compartment]
    listed.append(_cover(case, compartment, target.draws))
    listed.append(_time_above(case, compartment, target.draws))
    local = area_under(case.time, compartment)
    auc = exposure.plasma_auc
    ratio = np.divide(local, auc, out=np.full_like(local, np.nan), where=auc > 0)
    listed.append(estimate("auc_ratio", "local/plasma AUC ratio, unbound", "1", ratio, inputs))
    molar = case.payload.typical("molar_mass", "molar concentrations")
    peak = compartment.max(axis=1) / molar
    listed.append(estimate("peak_unbound", "peak unbound concentration", "nmol/L", peak, inputs))
    plasma_peak = exposure.unbound["plasma"].max(axis=1) / molar
    listed.append(estimate("peak_plasma_unbound", "peak unbound plasma concentration", "nmol/L", plasma_peak, inputs))
    return Assessment(
        {item.name: item for item in listed},
        target.typical,
        target.text,
        _held(case, compartment, target.draws),
        warnings,
        target.draws,
    )


def crossing_time(time: Array, rising: Array, level: float) -> Array:
    """Give when each draw first reaches a level [s]: linear between times, infinite if it never does.

    A level reached between the first two times is not resolved and given as the second.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times [s].
    rising : ndarray, shape (draws, times)
        Curves in any unit.
    level : float
        The level, in the unit of the curves.

    Examples
    --------
    >>> crossing_time(np.array([0.0, 10.0, 20.0]), np.array([[0.0, 0.4, 0.8], [0.0, 0.1, 0.2]]), 0.6)
    array([15., inf])
    """
    return _first_reached(time, rising, rising >= level, level)


def _first_reached(time: Array, curve: Array, reached: NDArray[np.bool_], level: float) -> Array:
    """Give when each draw first is where it reached a level, from either side."""
    first = np.argmax(reached, axis=1)
    rows = np.arange(len(curve))
    before = np.maximum(first - 1, 0)
    low, high = curve[rows, before], curve[rows, first]
    step = np.divide(level - low, high - low, out=np.zeros_like(low), where=high != low)
    moment = time[before] + np.clip(step, 0.0, 1.0) * (time[first] - time[before])
    moment = np.where(first == 1, time[1], moment)  # not resolved: at the latest then
    return np.where(reached[rows, first], np.where(first == 0, time[0], moment), np.inf)


def halving_time(time: Array, left: Array, last: float = 0.0) -> Array:
    """Give how long after the last dose half has gone [s]: of the dose where there is one, else of what is there then.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times [s].
    left : ndarray, shape (draws, times)
        Share of all that is given that is at the site.
    last : float
        Time of the last dose [s]; 0 where there is one dose.

    Examples
    --------
    >>> halving_time(np.array([0.0, 10.0, 20.0]), np.array([[0.9, 0.7, 0.3]]))
    array([15.])
    """
    after = int(np.searchsorted(time, last))
    there = left[:, after:]
    if last > 0.0:
        top = there[:, :1]
        there = np.divide(there, top, out=np.zeros_like(there), where=np.broadcast_to(top, there.shape) > 0)
    return _first_reached(time[after:] - last, there, there <= 0.5, 0.5)


def half_life_after_peak(time: Array, curve: Array, start: float = 0.0) -> Array:
    """Give how long each draw takes to fall from its peak after `start` to half of it [s]; infinite where it does not.

    Examples
    --------
    >>> t = np.linspace(0.0, 10.0, 101)
    >>> half_life_after_peak(t, np.exp(-np.log(2) * t)[None, :])
    array([1.])
    """
    after = time >= start
    t, c = time[after], curve[:, after]
    peak = c.argmax(axis=1)
    rows = np.arange(len(c))
    top = c[rows, peak]
    falling = np.where(np.arange(len(t)) >= peak[:, None], -c / np.where(top > 0, top, 1.0)[:, None], -1.0)
    half = crossing_time(t, falling, -0.5)
    return np.where(top > 0, half - t[peak], np.nan)


def time_above(time: Array, curve: Array, level: Array | float, until: float) -> Array:
    """Give how long each draw lies above a level before `until` [s].

    Between times a rising curve is taken as linear, a falling one as exponential (as in `area_under`).

    Examples
    --------
    >>> time_above(np.array([0.0, 10.0, 20.0]), np.array([[0.0, 4.0, 1.0]]), 2.0, 20.0)
    array([10.])
    """
    end = int(np.searchsorted(time, until * (1 + 1e-12), side="right")) - 1
    high = curve[:, : end + 1] > level
    rows, at = np.divmod(np.flatnonzero(high[:, :-1] != high[:, 1:]), end)  # the level is crossed once in a step
    before, after = curve[rows, at], curve[rows, at + 1]
    asked = np.broadcast_to(level, (len(curve), 1))[rows, 0]
    share = (asked - before) / (after - before)
    falls = before > after
    fades = falls & (after > 0)
    share[fades] = np.log(before[fades] / asked[fades]) / np.log(before[fades] / after[fades])
    crossed = time[at] + share * (time[at + 1] - time[at])
    # what lies above ends where it falls below, or at the end, and begins where it rises above, or at the start
    between = np.bincount(rows, np.where(falls, crossed, -crossed), len(curve))
    at_ends = np.where(high[:, end], time[end], 0.0) - np.where(high[:, 0], time[0], 0.0)
    return np.asarray(np.maximum(between + at_ends, 0.0))  # rounding may leave less of no time


def area_under(time: Array, curve: Array) -> Array:
    """Give the area under each draw's curve, linear where it rises and exponential where it falls.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times [s].
    curve : ndarray, shape (draws, times)
        Concentrations.

    Notes
    -----
    The linear-up log-down trapezoid of pharmacokinetics: exact for exponential decay between any two times.
    Source: purves1992.

    Examples
    --------
    >>> float(area_under(np.array([0.0, 5.0]), np.array([[1.0, np.exp(-5.0)]]))[0])  # 1 - e^-5
    0.993
    """
    start, end = curve[:, :-1], curve[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # what does not decay is not taken
        ratio = start / end
        decaying = (ratio > 1.01) & (end > 0)  # flatter steps are the same to rounding
        fading = np.log(ratio, out=ratio)
        np.divide(start - end, fading, out=fading)
    mean = start + end
    mean *= 0.5
    np.copyto(mean, fading, where=decaying)
    total: Array = mean @ np.diff(time)
    return total


@dataclass(frozen=True)
class Level:
    """The target concentration: typical [kg/m3], its draws [kg/m3], (draws, 1), and how it is shown."""

    typical: float | None
    draws: Array | None
    text: str


def target_of(case: Case) -> Level:
    """Give the target: exact when the user set it, with its doubt when it is the catalog's effective concentration."""
    asked: Target = case.formulation.target
    molar = case.payload.typical("molar_mass", "the target concentration")
    if asked.unbound_above:
        level = asked.level(molar)
        return Level(level, np.full((case.inputs.draws.count, 1), level), f"{asked.unbound_above} (user)")
    value = case.payload.find("effective_concentration")
    if value is None:
        return Level(None, None, "none known")
    band = "" if value.low is None else f" (sources span {value.low:g} to {value.high:g})"
    times = f"{asked.times:g} x " if asked.times != 1.0 else ""
    text = f"{times}{value.typical:g} {value.unit}{band}, catalog, {value.evidence}"
    level = asked.times * case.payload.typical("effective_concentration", "the target concentration") * molar
    draws = asked.times * case.payload.read("effective_concentration", "the target concentration") * molar
    return Level(level, draws, text)


def _injected_volume(case: Case, loading: Loading) -> Estimate:
    """Give the volume that holds the dose: the injection as asked for, or more where its carrier would be too dense."""
    needed = loading.volume * loading.wanted / loading.largest
    return estimate("needed_volume", "volume the wanted dose needs", "mL", needed, case.inputs.used)


def _cover(case: Case, compartment: Array, target: Array | None) -> Estimate:
    label = "share of the wanted time above target"
    if target is None:
        return absent("cover", label, "percent", "no target concentration is known")
    duration = case.formulation.target.seconds
    if duration > case.time[-1]:
        return absent("cover", label, "percent", "the horizon is shorter than the wanted duration")
    above = time_above(case.time, compartment, target, duration) / duration
    return estimate("cover", label, "percent", above, case.inputs.used)


def _held(case: Case, compartment: Array, target: Array | None) -> float | None:
    """Give the share of the draws above the target throughout the wanted time, but for the first hour."""
    duration = case.formulation.target.seconds
    if target is None or duration > case.time[-1]:
        return None
    first = int(np.searchsorted(case.time, min(HOUR, duration / 2)))
    end = int(np.searchsorted(case.time, duration * (1 + 1e-12), side="right"))
    return float((compartment[:, first:end] >= target).all(axis=1).mean())


def _time_above(case: Case, compartment: Array, target: Array | None) -> Estimate:
    label = "time above target"
    if target is None:
        return absent("time_above", label, "d", "no target concentration is known")
    above = time_above(case.time, compartment, target, float(case.time[-1]))
    return estimate("time_above", label, "d", above, case.inputs.used)


def _days(seconds: float) -> str:
    return f"{seconds / 86400:.3g} d"
