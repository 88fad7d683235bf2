"""Numbers read off the course of an agent: half-lives, shares, durations, clearances, peaks; (draws,), in SI."""

from dataclasses import replace

import numpy as np

from formulate.assess import area_under
from formulate.fate.agent import Agent
from formulate.fate.course import Course
from formulate.fate.metrics import ASSAY_FLOOR, LABEL_FLOOR, Asked
from formulate.sampling import Array
from materials.errors import FormulateError

USUAL_TIME = 24 * 3600.0  # where a share is asked without a time
KEPT, SEEN = 0.7, LABEL_FLOOR  # shares from which on something counts as retained, as present
ESCAPED = 3 * 86400.0  # s; what escapes from a joint has escaped by then
RESIDUE, RESIDUE_HALF_LIFE = 0.005, 7 * 86400.0  # of a free agent that tissue and labels hold on to; a judgement
PHASES = {  # a half-life is told between these shares of the peak
    "": (1.0, 0.25),
    "initial": (1.0, 0.6),
    "late": (0.4, 0.05),
    "terminal": (0.05, 0.001),
}
PLASMA_PHASE = (0.5, 0.02)  # what assays of plasma follow
SETTLED = 12 * 3600.0  # s; what leaks at an injection into a disc has left by then


def numbers(asked: Asked, agent: Agent, course: Course, stretch: Array) -> tuple[Array, str]:
    """Give draws of a quantity and a remark on how it was read.

    Parameters
    ----------
    asked : Asked
        The question; ratios and transport are answered elsewhere.
    agent : Agent
        What was given.
    course : Course
        Where it went.
    stretch : ndarray, shape (draws,)
        Factor on all times: how much slower than the models this agent may be.

    Returns
    -------
    tuple of ndarray, shape (draws,), and str
        Infinite where the end lies beyond what was followed.

    Raises
    ------
    FormulateError
        The course has no such curve.

    Notes
    -----
    A half-life is ``(t_2 - t_1)/log2(s_1/s_2)`` between the shares s of the peak that the phase is seen at: 1 to 1/4
    where no phase is named, 1 to 0.6 initial, 0.4 to 0.05 late, 0.05 to 0.001 terminal, 1/2 to 1/50 in plasma. A
    duration ends where 5 % of a label, or 0.1 % of the peak of an assayed drug, is left.
    """
    if asked.quantity == "half":
        if agent.holds_drug and asked.where == "fluid" and not asked.phase:
            asked = replace(asked, phase="late")  # after what is out at once, its carriers feed the fluid
        return _half_life(asked, course) * stretch, ""
    if asked.quantity == "mean":
        curve = _curve(asked, course)
        top = np.maximum(curve.max(axis=1, keepdims=True), 1e-300)
        return area_under(course.time, curve / top) * stretch, ""
    if asked.quantity == "turnover":
        return _half_life(asked, course) / np.log(2.0) * stretch, ""
    if asked.quantity == "peak_time":
        return course.time[_curve(asked, course, "plasma").argmax(axis=1)] * stretch, ""
    if asked.quantity == "duration":
        curve, floor = _seen(asked, agent, course)
        return _falls_to(course.time, curve, floor) * stretch, f"ends where {floor:.3g} of the peak is left"
    if asked.quantity == "peak":
        curve = _curve(asked, course, "plasma")
        remark = "" if agent.dose else "no dose given: the usual one of the priors"
        return curve.max(axis=1), remark
    if asked.quantity == "clearance":
        return _clearance(course) / stretch, ""
    return _share(asked, agent, course, stretch)


def _share(asked: Asked, agent: Agent, course: Course, stretch: Array) -> tuple[Array, str]:
    """Give a share of the dose at a time."""
    remark = ""
    time = asked.time
    if time is None:
        time, remark = USUAL_TIME, "no time given: 24 h taken"
        if asked.quantity == "flag":
            time, remark = 7 * USUAL_TIME, "no time given: 7 d taken"
    if asked.quantity == "excreted":
        if course.eliminated is None:
            raise FormulateError("what is excreted is not followed there")
        curve = course.eliminated
    elif asked.quantity in ("leaked", "released"):
        curve = 1.0 - course.left
    elif _leaks(asked, course):
        curve, time = 1.0 - course.elsewhere["drained"], min(time, ESCAPED)
    else:
        curve = _amount(asked, agent, course)
        if agent.kind.form == "dissolved" and asked.quantity == "left" and asked.where != "plasma":
            curve = np.maximum(curve, RESIDUE * np.exp2(-course.time / RESIDUE_HALF_LIFE))
    at = _at(course.time, curve, time / stretch)
    if asked.quantity != "flag":
        return at, remark
    level = _level(asked)
    return at, f"{remark}; share of the draws with at least {level:.0%} left".removeprefix("; ")


def _leaks(asked: Asked, course: Course) -> bool:
    """Tell whether a flag asks if carriers leaked: what drained tells, not how long the rest lasts."""
    return asked.quantity == "flag" and _level(asked) == KEPT and course.place == "knee"


def _level(asked: Asked) -> float:
    return SEEN if "present" in asked.metric or "detect" in asked.metric else KEPT


def probability(asked: Asked, shares: Array) -> float:
    """Give the probability that something counts as retained or present, from draws of what is left."""
    return float((shares >= _level(asked)).mean())


def _amount(asked: Asked, agent: Agent, course: Course) -> Array:
    """Give the share of the dose in the place asked for, (draws, times)."""
    held = course.at_site
    if asked.where == "fluid" and "synovial fluid" in held:
        return held["synovial fluid"] + (held["carriers"] if agent.kind.form != "dissolved" else 0.0)
    if asked.where == "synovium" and "synovium" in held:
        return held["synovium"] + held["carriers"]
    if asked.where in ("tissue", "tissues") and "cartilage" in held:
        return held["cartilage"] + (held["synovium"] + held["carriers"] if asked.where == "tissues" else 0.0)
    if asked.where == "plasma" and course.in_plasma is not None:
        return course.in_plasma
    return course.left


def _curve(asked: Asked, course: Course, usual: str = "") -> Array:
    """Give the curve that a time is read from, (draws, times)."""
    where = usual if usual and asked.where == "site" else asked.where
    if where == "plasma":
        curve = course.plasma
    elif where == "fluid":
        curve = course.fluid
    elif where == "tissue":
        curve = course.tissue if course.tissue is not None else course.left
    else:
        curve = course.left
    if curve is None:
        raise FormulateError(f"nothing is followed in {where} there")
    return curve


def _half_life(asked: Asked, course: Course) -> Array:
    first, last = PHASES[asked.phase]
    if asked.where == "plasma" and not asked.phase:
        first, last = PLASMA_PHASE
    time, curve = course.time, _curve(asked, course)
    if asked.where == "fluid" and asked.phase in ("late", "terminal"):
        curve = course.left  # a fluid falls as what feeds it: bound drug, crystals, carriers
    if asked.where == "plasma" and (course.place == "disc" or "flip" in asked.metric):
        later = time >= SETTLED  # plasma follows what is left in the site; what leaked is over by then
        time, curve, first, last = time[later] - SETTLED, course.left[:, later], 1.0, 0.25
    start = _falls_to(time, curve, first) if first < 1.0 else time[curve.argmax(axis=1)]
    end = _falls_to(time, curve, last)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isfinite(end), end - start, np.inf) / np.log2(first / last))


def _seen(asked: Asked, agent: Agent, course: Course) -> tuple[Array, float]:
    """Give what is looked for over time, and the share of its peak at which it is lost."""
    by_assay = "loq" in asked.metric.casefold() or "last_detectable" in asked.metric or asked.where == "plasma"
    is_drug = agent.kind.form in ("crystal", "dissolved") or agent.holds_drug
    if (
        asked.where in ("fluid", "plasma")
        and is_drug
        and (by_assay or agent.kind.family in ("crystal", "drug", "liposome"))
    ):
        return _curve(asked, course), ASSAY_FLOOR
    return _curve(asked, course), LABEL_FLOOR


def _clearance(course: Course) -> Array:
    """Give the clearance from a fluid, dose over the area under its concentration [m3/s]."""
    if course.fluid is None:
        raise FormulateError("no fluid is followed there")
    return course.dose / area_under(course.time, course.fluid)


def _falls_to(time: Array, curve: Array, share: float) -> Array:
    """Give when each curve falls to a share of its peak, after the peak, for good at the first time; inf if never."""
    found = np.full(len(curve), np.inf)
    for row, values in enumerate(curve):
        peak = int(values.argmax())
        level = share * values[peak]
        below = np.flatnonzero(values[peak:] <= level)
        if not values[peak] > 0 or not below.size:
            continue
        i = peak + int(below[0])
        if i == 0:
            found[row] = 0.0
            continue
        v0, v1 = max(values[i - 1], 1e-300), max(values[i], 1e-300)
        weight = 1.0 if v0 <= v1 else np.log(v0 / level) / np.log(v0 / v1)
        found[row] = time[i - 1] + (time[i] - time[i - 1]) * min(max(weight, 0.0), 1.0)
    return found


def _at(time: Array, curve: Array, when: Array) -> Array:
    """Give the value of each curve at its own time."""
    return np.array(
        [np.interp(at, time, row) for at, row in zip(np.broadcast_to(when, len(curve)), curve, strict=True)]
    )
