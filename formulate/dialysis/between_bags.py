"""How far bags differ in the rate that free drug leaves them with, and what that adds to the doubt of a joint fit."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from formulate.curves.model import Floats
from formulate.dialysis.joint import BAG
from formulate.dialysis.side_by_side import ROUNDING
from formulate.fitting.results import Fit, FittedParameter, Points

STEP = 1e-3  # of the logarithm of a bag's rate, for its central difference
ROUNDS = 8  # of Newton's way to the rate of each bag
LONGEST = 1.0  # step of the logarithm in one round
FURTHEST = 10.0  # of the logarithm from that of all bags
ENOUGH = 1e-6
HALVINGS = 60
LEAST_FREEDOM = 1


@dataclass(frozen=True)
class BagScatter:
    """How far bags differ from each other in their rate.

    Attributes
    ----------
    value : float
        Standard deviation of ln k between bags [1]: 0.1 for bags that differ by 10 %. 0 where they differ no more
        than the scatter of readings explains.
    bags : tuple of int
        Bags of the carrier and of the free drug.
    error : float
        Standard error of the square of `value` [1].
    within, freedom : float, int
        Residual variance of what was fitted, without the differences of bags [%2, times the weight], and its degrees
        of freedom.
    """

    value: float
    bags: tuple[int, int]
    error: float
    within: float
    freedom: int


def bag_scatter(joint: Fit, carrier: Points, control: Points) -> BagScatter | None:
    """Find how far bags differ in their rate from the fit of all of them as one bag.

    Parameters
    ----------
    joint : Fit
        Law and bag together.
    carrier, control : Points
        All readings of both runs, with the unit (bag) of each.

    Returns
    -------
    BagScatter or None
        None with one bag of each, or too few readings to tell bags from readings.

    Notes
    -----
    Each bag gets a rate ``k exp(d_j)`` of its own, d_j by least squares with all else as in the joint fit, and of it
    the error ``s_j^2 = s^2/sum w z^2``, ``z = dA/d ln k``. The variance tau^2 between bags is where
    ``sum (d_j - mean d)^2/(tau^2 + s_j^2)``, over both runs with a weighted mean of each, is what it should be by
    chance: the number of bags less two (Paule and Mandel 1982, doi:10.6028/jres.087.022). Bags of the carrier that
    differ in another way than their rate count as if it were that.
    """
    units = [np.unique(run.unit) for run in (carrier, control)]
    spare = sum(max(found.size - 1, 0) for found in units)
    size = carrier.time.size + control.time.size
    freedom = size - joint.criteria.parameters - spare
    if spare < 1 or freedom < 1:
        return None
    shifts, information, groups = [], [], []
    wss = 0.0
    floor = 0.0
    for group, (run, names, sign) in enumerate(zip((carrier, control), units, (1.0, -1.0), strict=True)):
        moved, known, left = _own_rates(joint, run, names, sign)
        shifts.append(moved)
        information.append(known)
        groups.append(np.full(names.size, group))
        wss += left
        floor = max(floor, float(np.median(run.weight)) * (100.0 * ROUNDING) ** 2)
    within = max(wss / freedom, floor)
    known = np.concatenate(information)
    if not (np.isfinite(known).all() and (known > 0.0).any()):
        return None
    told = known > 1e-9 * known.max()  # a bag in which everything is over, or nothing yet, tells nothing of its rate
    delta, group, variance = np.concatenate(shifts)[told], np.concatenate(groups)[told], within / known[told]
    if group.size - np.unique(group).size < 1:
        return None
    between = _paule_mandel(delta, variance, group)
    precise = 1.0 / (between + variance) ** 2
    counts = [np.count_nonzero(group == one) for one in (0, 1)]
    precision = sum(
        (count - 1) / count * float(precise[group == one].sum()) for one, count in enumerate(counts) if count
    )
    if joint.points.time.size < size:  # fitted to means, which scatter less
        within, freedom = joint.criteria.mse, joint.criteria.degrees_of_freedom
        if freedom < 1:
            return None
    bags = int(units[0].size), int(units[1].size)
    return BagScatter(math.sqrt(between), bags, math.sqrt(2.0 / precision), within, freedom)


def _own_rates(joint: Fit, run: Points, names: np.ndarray, sign: float) -> tuple[Floats, Floats, float]:
    """Give ln of each bag's rate over that of all, what is known of it, and the weighted sum of squares left."""
    times, place = np.unique(run.time, return_inverse=True)
    unit = np.searchsorted(names, run.unit)
    readings, weights = np.zeros((names.size, times.size)), np.zeros((names.size, times.size))
    # a reading twice in one bag and time does not occur: a unit has one at each time
    readings[unit, place], weights[unit, place] = run.released, run.weight
    column = joint.model.names.index(BAG)
    signed = sign * times
    moved = np.zeros(names.size)

    def curves(logarithm: Floats) -> tuple[Floats, Floats]:
        """Give the curve of each bag and its slope by the logarithm of the rate."""
        three = np.stack([logarithm - STEP, logarithm, logarithm + STEP])[:, :, None]
        given = list(joint.values)
        given[column] = given[column] * np.exp(three)
        below, middle, above = np.broadcast_to(joint.model.curve(signed, *given), (3, *readings.shape))
        return middle, (above - below) / (2.0 * STEP)

    for _ in range(ROUNDS):
        middle, slopes = curves(moved)
        known = (weights * slopes**2).sum(axis=1)
        pull = (weights * slopes * (readings - middle)).sum(axis=1)
        step = np.clip(np.divide(pull, known, out=np.zeros_like(pull), where=known > 0.0), -LONGEST, LONGEST)
        moved = np.clip(moved + step, -FURTHEST, FURTHEST)
        if np.abs(step).max() < ENOUGH:
            break
    middle, slopes = curves(moved)
    left = float((weights * (readings - middle) ** 2).sum())
    return moved, (weights * slopes**2).sum(axis=1), left


def _paule_mandel(shifts: Floats, variance: Floats, group: np.ndarray) -> float:
    """Give the variance between bags beyond that of the readings; 0 where there is none."""
    expected = float(shifts.size - np.unique(group).size)

    def excess(between: float) -> float:
        total = 0.0
        for one in np.unique(group):
            mine = group == one
            weight = 1.0 / (between + variance[mine])
            total += float(weight @ (shifts[mine] - weight @ shifts[mine] / weight.sum()) ** 2)
        return total - expected

    if excess(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, float(np.ptp(shifts)) ** 2 * shifts.size
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return 0.5 * (low + high)


@dataclass(frozen=True)
class Shares:
    """The variance of each parameter of a joint fit in its two parts, and the degrees of freedom of their sum."""

    of_readings: Floats  # (parameters, parameters)
    of_bags: Floats  # (parameters, parameters)
    freedom: Floats  # (parameters,) whole numbers


def shares(joint: Fit, scatter: BagScatter) -> Shares | None:
    """Give what readings and bags each add to the covariance of law and bag.

    Parameters
    ----------
    joint : Fit
        Law and bag together; parameters that are fixed or rest on a bound count as known.
    scatter : BagScatter
        Of its bags.

    Returns
    -------
    Shares or None
        None where the readings do not tell the parameters apart.

    Notes
    -----
    A bag of the carrier that is faster by d moves the parameters by ``a d``, ``a = (J' W J)^-1 J' W z`` with z the
    slopes by ln k at the readings of the carrier; m bags, each by its own d, add ``tau^2 a a'/m``. Those of the free
    drug likewise: law and bag have the covariance ``s^2 (J' W J)^-1 + tau^2 (a a'/m + b b'/n)``. Degrees of freedom
    by Satterthwaite 1946, doi:10.2307/3002019, from those of s^2 and the error of tau^2.
    """
    points, model = joint.points, joint.model
    slopes = np.asarray(model.gradient(points.time, *joint.values.tolist()))
    loose = np.array([not (parameter.fixed or parameter.at_bound) for parameter in joint.parameters])
    column = model.names.index(BAG)
    if not loose.any():
        return None
    weighted = np.where(np.isfinite(slopes), slopes, 0.0) * np.sqrt(points.weight)
    scale = np.sqrt((weighted[loose] ** 2).sum(axis=1))
    if not (np.isfinite(scale).all() and (scale > 0.0).all()):
        return None
    left, singular, right = np.linalg.svd((weighted[loose] / scale[:, None]).T, full_matrices=False)
    if singular[-1] < 1e-11 * singular[0]:
        return None
    root = right.T / singular / scale[:, None]
    inverse = root @ left.T  # (loose, points): parameters per weighted reading
    by_rate = weighted[column] * joint.values[column]
    is_control = np.signbit(points.time)
    size = len(joint.parameters)
    of_readings, of_bags = np.zeros((size, size)), np.zeros((size, size))
    inside = np.ix_(loose, loose)
    of_readings[inside] = scatter.within * (root @ root.T)
    for mine, count in zip((~is_control, is_control), scatter.bags, strict=True):
        moved = inverse @ np.where(mine, by_rate, 0.0)
        of_bags[inside] += scatter.value**2 / count * np.outer(moved, moved)
    per_bag = np.diag(of_bags) / scatter.value**2 if scatter.value > 0.0 else np.zeros(size)
    one, other = np.diag(of_readings), np.diag(of_bags)
    doubt = 2.0 * one**2 / scatter.freedom + (per_bag * scatter.error) ** 2
    freedom = np.divide(2.0 * (one + other) ** 2, doubt, out=np.full(size, np.inf), where=doubt > 0.0)
    most = max(joint.criteria.degrees_of_freedom, LEAST_FREEDOM)
    return Shares(of_readings, of_bags, np.floor(np.clip(freedom, LEAST_FREEDOM, most)))


def widened(joint: Fit, scatter: BagScatter | None, law: int) -> tuple[Fit, int]:
    """Give the joint fit with the differences between bags in its covariance and intervals.

    Parameters
    ----------
    joint : Fit
        Law and bag together.
    scatter : BagScatter or None
        Of its bags; None where it is not known, which leaves the fit as it is.
    law : int
        How many parameters, the first ones, are those of the law.

    Returns
    -------
    fit, degrees_of_freedom
        The fit, and the degrees of freedom of the law's covariance: the fewest of its parameters.
    """
    own = joint.criteria.degrees_of_freedom
    if scatter is None or not scatter.value > 0.0:
        return joint, own
    found = shares(joint, scatter)
    if found is None or not np.isfinite(np.diag(joint.covariance)).any():
        return joint, own
    covariance = found.of_readings + found.of_bags
    parameters = []
    for place, parameter in enumerate(joint.parameters):
        if parameter.fixed or parameter.at_bound:
            covariance[place, :] = covariance[:, place] = joint.covariance[place, place]
            parameters.append(parameter)
            continue
        error = math.sqrt(covariance[place, place])
        half = float(stdtrit(found.freedom[place], 0.5 + 0.5 * joint.level)) * error
        parameters.append(_with_error(parameter, error, half, joint.model.parameters[place].coordinate))
    free = [place for place in range(law) if not (joint.parameters[place].fixed or joint.parameters[place].at_bound)]
    fewest = int(min((found.freedom[place] for place in free), default=own))
    return replace(joint, covariance=covariance, parameters=tuple(parameters)), fewest


def _with_error(parameter: FittedParameter, error: float, half: float, coordinate: str) -> FittedParameter:
    value = parameter.value
    low, high = value - half, value + half
    if coordinate == "log" and value > 0.0:
        factor = math.exp(min(half / value, 700.0))
        low, high = value / factor, value * factor
    return replace(parameter, standard_error=error, low=low, high=high)
