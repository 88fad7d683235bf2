"""Two numbers a comparison adds to a prediction: how deep the drug comes, and how many injections it would take."""

from collections.abc import Sequence

import numpy as np

from formulate.assess import target_of
from formulate.domain import require_not_negative, require_positive
from formulate.estimate import Estimate, absent, estimate
from formulate.inputs import Input
from formulate.pipeline import Prediction
from formulate.sampling import Array

# the tissue with a depth that a fluid or a lesion borders on
BORDERS = {"synovial-fluid": "cartilage", "cerebrospinal-fluid": "cord", "lesion": "cord"}
MOST_NEEDED = 365.0  # injections; more are told as more than this
DEPTH, INJECTIONS = "depth_above_target", "injections_needed"
NO_TARGET = "no target concentration is known"


def share_above(depth: Array, level: Array, unbound: Array) -> Array:
    """Share of the depth of a slab in which a concentration lies above a level.

    Parameters
    ----------
    depth : ndarray, shape (draws, points)
        Rising [m].
    level : ndarray, shape (draws, 1)
        The level [kg/m3].
    unbound : ndarray, shape (draws, points, moments)
        Concentrations [kg/m3].

    Returns
    -------
    ndarray, shape (draws, moments)
        Shares [1].

    Notes
    -----
    Between two points the concentration is linear, so the level is crossed at most once there. Source: definition.

    Examples
    --------
    Linear from 4 at the surface to 0 at the bottom, which is above 1 in three quarters of the depth:

    >>> share_above(np.array([[0.0, 1.0]]), np.array([[1.0]]), np.array([[[4.0], [0.0]]]))
    array([[0.75]])
    """
    steps = np.diff(depth, axis=1)
    draws, moments = len(depth), unbound.shape[2]
    over = unbound - level[:, :, None]
    high = over > 0.0
    start, end = high[:, :-1], high[:, 1:]
    whole = (steps[:, None] @ (start & end))[:, 0]
    rows, at, which = np.nonzero(start != end)
    before, after = over[rows, at, which], over[rows, at + 1, which]
    crossed = steps[rows, at] * np.maximum(before, after) / np.abs(before - after)
    found = whole + np.bincount(rows * moments + which, crossed, draws * moments).reshape(draws, moments)
    return np.asarray(found / steps.sum(axis=1)[:, None])


def doses_needed(above: Array, wanted: float) -> Array:
    """Injections that cover a wanted time, each for as long as one keeps the level.

    Parameters
    ----------
    above : array_like
        Time above the level after one injection [s].
    wanted : float
        The wanted time [s].

    Returns
    -------
    ndarray
        Whole numbers of at least 1; infinite where one injection never reaches the level [1].

    Raises
    ------
    DomainError
        If a time is negative, or none is wanted.

    Notes
    -----
    ``n = ceil(wanted / above)``. What is left of one injection when the next is given only adds to it where the site is
    linear, so n is at most too large; the time until the level is first reached is not counted. Source: definition.

    Examples
    --------
    >>> doses_needed(np.array([28.0, 10.0, 0.0]) * 86400.0, 28 * 86400.0)
    array([ 1.,  3., inf])
    """
    held = require_not_negative("above", above, "s")
    require_positive("wanted", wanted, "s")
    ratio = np.divide(wanted, held, out=np.full_like(held, np.inf), where=held > 0.0)
    return np.maximum(np.ceil(ratio * (1.0 - 1e-9)), 1.0)


def depth_reached(prediction: Prediction) -> Estimate:
    """Give the share of the depth of the target tissue that comes above the target, at the moment it comes deepest."""
    formulation, case = prediction.formulation, prediction.case
    place = formulation.compartment
    tissue = place if place in prediction.exposure.at_depth else BORDERS.get(place, place)
    words = tissue.replace("-", " ")
    label = f"depth of the {words} that comes above target"
    level = target_of(case).draws
    if level is None:
        return absent(DEPTH, label, "percent", NO_TARGET)
    profile = prediction.exposure.at_depth.get(tissue)
    if profile is None:
        return absent(DEPTH, label, "percent", f"no concentration by depth is computed in the {words}")
    within = profile.time <= formulation.target.seconds * (1 + 1e-9)
    if not within.any():
        return absent(DEPTH, label, "percent", "no depth is computed within so short a wanted time")
    reached = share_above(profile.depth, level, profile.unbound[:, :, within]).max(axis=1)
    return estimate(DEPTH, label, "percent", reached, case.inputs.used)


def injections_needed(prediction: Prediction) -> Estimate:
    """Give the number of injections that would cover the wanted time: reasoned from the time above the target."""
    label = "injections that would cover the wanted time"
    above = prediction.assessment.estimates["time_above"].draws
    if above is None:
        return absent(INJECTIONS, label, "1", NO_TARGET)
    formulation = prediction.formulation
    given = len([event for event in prediction.case.events if event.start < float(prediction.case.time[-1])])
    needed = doses_needed(above / max(given, 1), formulation.target.seconds)
    return counted(label, needed, prediction.case.inputs.used)


def counted(label: str, needed: Array, inputs: Sequence[Input], never: str = "") -> Estimate:
    """Give a number of injections as an estimate; more than can be meant count as without end."""
    told = never or "the target is not reached, or so briefly that more than a year of daily injections would not do"
    few = np.where(needed > MOST_NEEDED, np.inf, needed)
    return estimate(INJECTIONS, label, "1", few, inputs, beyond=MOST_NEEDED, never=told)
