"""One curve of several models, each with the weight of its support."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Floats
from formulate.domain import require, require_not_negative
from formulate.fitting.propagation import doubt, gradient, quantile, standard_error
from formulate.fitting.ranking import Ranking
from formulate.fitting.results import Fit

WHOLE = 100.0  # percent
_NEGLIGIBLE = 1e-6  # a weight this small moves the curve by less than 1e-4 %
_LARGEST = 1e100  # percent: a curve that comes so high between the readings has no mean with others


@dataclass(frozen=True, eq=False)
class Average:
    """A curve averaged over models, with a band that counts their disagreement."""

    time: Floats  # (times,) in the time unit of the data, those at which every curve has a value
    released: Floats  # (times,) percent
    low: Floats  # (times,) percent
    high: Floats  # (times,) percent
    between: Floats  # (times,) share of the variance that is disagreement between models
    weights: tuple[tuple[str, float], ...]  # (model, weight), the heaviest first
    level: float


def average(fits: Sequence[Fit], ranking: Ranking, time: ArrayLike, level: float = 0.95) -> Average | None:
    """Average fitted curves by the weights of a ranking.

    Parameters
    ----------
    fits : sequence of Fit
        Fits to one common set of points, those of the ranking at least.
    ranking : Ranking
        By AICc, AIC or BIC; models that share one curve count once in its weights.
    time : array_like, shape (times,)
        Where the average is wanted [the time unit of the data].
    level : float
        Of the band [1].

    Returns
    -------
    Average or None
        None where the ranking gives no weights: by MSC or adjusted R2, or no model ranked. Times at which one of the
        models has no finite value (a power below zero at time zero) are left out; None where no time is left.

    Raises
    ------
    DomainError
        If a time is negative or the level is not between 0 and 1.

    Notes
    -----
    ``F = sum_i w_i F_i``; its error ``sum_i w_i sqrt((t_i/z)^2 var_i + (F_i - F)^2)``, var_i of the curve of model i
    from its covariance, t_i and z the quantiles of Student's t at its degrees of freedom and of the normal
    distribution; the band is ``F +- z error``. It is a band for the curve, not for readings. The error of one model
    counts as 100 % at most: of a step between two readings nothing is known but that it is there.
    A band of weights says nothing of models that were not fitted, and beyond the last reading models part.
    Source: Burnham and Anderson 2002, Model selection and multimodel inference, sections 4.2 and 4.3.
    """
    from scipy.special import ndtri

    times = require_not_negative("time", time, "").reshape(-1)
    require("level", level, "", 0.0 < level < 1.0, "between 0 and 1")
    by_model = {fit.model.id: fit for fit in fits}
    shares = [(place.model, place.weight) for place in ranking.places if place.weight > _NEGLIGIBLE]
    if not shares:
        return None
    shares.sort(key=lambda share: -share[1])
    used = [by_model[model] for model, _ in shares]
    weights = np.array([weight for _, weight in shares])
    weights /= weights.sum()
    with np.errstate(all="ignore"):
        curves = np.array([fit.curve(times) for fit in used])
    finite = (np.abs(curves) < _LARGEST).all(axis=0)
    if not finite.any():
        return None
    times, curves = times[finite], curves[:, finite]
    released = weights @ curves
    z = float(ndtri(0.5 + 0.5 * level))
    with np.errstate(all="ignore"):
        within = np.array([quantile(fit, level) / z * standard_error(gradient(fit, times), doubt(fit)) for fit in used])
    within = np.minimum(within, WHOLE)
    error = weights @ np.hypot(within, curves - released)
    apart = weights @ (curves - released) ** 2
    both = apart + weights @ within**2
    between = np.divide(apart, both, out=np.zeros_like(both), where=both > 0.0)
    named = tuple((fit.model.id, float(weight)) for fit, weight in zip(used, weights, strict=True))
    return Average(times, released, released - z * error, released + z * error, between, named, level)
