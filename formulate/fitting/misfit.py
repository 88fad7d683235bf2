"""Whether a curve goes through its readings, and whether one of them decides where."""

import math
from collections.abc import Iterator

import numpy as np

from formulate.curves.model import Floats
from formulate.fitting.findings import Finding, probability_text
from formulate.fitting.propagation import free, gradient
from formulate.fitting.residuals import (
    cooks_distance,
    lack_of_fit_probability,
    outlier_probability,
    runs_probability,
)
from formulate.fitting.results import Fit

_PROBABILITY = 0.05  # of a test, below which it is said
_INFLUENTIAL = 4.0  # Cook's distance; above 1 is common with the few readings of a profile


def misfit(fit: Fit) -> Iterator[Finding]:
    """Say how a curve misses its readings."""
    criteria = fit.criteria
    if math.isinf(criteria.r2):
        yield Finding(
            "worse-than-mean",
            "serious",
            "The curve misses the readings by more than numbers can hold.",
            "Do not use this model here.",
        )
        return
    if criteria.r2 < 0.0:
        yield Finding(
            "worse-than-mean",
            "serious",
            f"R2 = {criteria.r2:.2g}: the mean of the readings describes them better than this curve.",
            "Do not use this model here.",
        )
    elif criteria.r2_adjusted < 0.9:
        yield Finding(
            "misses-readings",
            "caution",
            f"Adjusted R2 = {criteria.r2_adjusted:.2f}; the curve misses the readings by "
            f"{math.sqrt(criteria.ss / criteria.points):.2g} % (root mean square).",
            "Look at the curve over the readings before using it.",
        )
    if criteria.degrees_of_freedom < 1 or not criteria.r2 < 1.0 - 1e-12:
        return
    order = np.argsort(fit.points.time, kind="stable")
    root = np.sqrt(fit.points.weight[order])
    time, residuals = fit.points.time[order], fit.residuals[order] * root
    chance = lack_of_fit_probability(time, fit.points.released[order] * root, residuals, root, criteria.parameters)
    if chance < _PROBABILITY:
        yield Finding(
            "lack-of-fit",
            "caution",
            f"The scatter between units does not explain how far the curve is off ({probability_text(chance)}).",
            "The shape is not that of the readings; another model may have it.",
        )
    _, place = np.unique(time, return_inverse=True)
    by_time = np.bincount(place, residuals * root) / np.bincount(place, root**2)
    chance = runs_probability(by_time)
    if chance < _PROBABILITY:
        yield Finding(
            "runs",
            "caution",
            f"Residuals of one sign come in runs ({probability_text(chance)}).",
            "The shape is not that of the readings; another model may have it.",
        )
    yield from _dominated(fit, order, residuals, root)


def _dominated(
    fit: Fit, order: np.ndarray[tuple[int], np.dtype[np.intp]], residuals: Floats, root: Floats
) -> Iterator[Finding]:
    loose = free(fit) & np.array([not parameter.at_bound for parameter in fit.parameters])
    if not loose.any():
        return
    slopes = gradient(fit, fit.points.time)[loose][:, order] * root
    distance, leverage = cooks_distance(slopes, residuals)
    if np.isnan(distance).all():
        return
    worst = int(np.nanargmax(distance))
    place = _reading(fit, order[worst])
    if math.isinf(distance[worst]) or leverage[worst] > 0.99:
        yield Finding(
            "one-reading-decides",
            "caution",
            f"One parameter rests on {place} alone, and the curve goes through it.",
            "An error in it goes straight into the parameter: repeat it or sample beside it.",
        )
        return
    chance = outlier_probability(residuals, leverage)
    if chance < _PROBABILITY:
        off = int(np.argmax(residuals**2 / np.maximum(1.0 - leverage, 1e-12)))
        yield Finding(
            "outlier",
            "caution",
            f"{_first_up(_reading(fit, order[off]))} lies further off the curve than scatter explains "
            f"({probability_text(chance)}).",
            "Check it, and fit once without it.",
        )
    elif distance[worst] > _INFLUENTIAL:
        yield Finding(
            "influential",
            "note",
            f"{_first_up(place)} pulls the curve (Cook's distance {distance[worst]:.2g}).",
            "Check it, and fit once without it.",
        )


def _reading(fit: Fit, index: int) -> str:
    unit = f" {fit.points.time_unit}" if fit.points.time_unit else ""
    return f"the reading of {fit.points.released[index]:.3g} % at {fit.points.time[index]:g}{unit}"


def _first_up(text: str) -> str:
    return text[0].upper() + text[1:]
