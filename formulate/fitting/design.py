"""Which next sampling time would tell most: of all parameters together, and of the one known least."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Floats
from formulate.domain import require_positive
from formulate.fitting.propagation import doubt, gradient
from formulate.fitting.results import Fit
from materials.errors import DomainError, UnknownIdError, nearest

REACH = 2.0  # times the last reading: so far ahead a next reading is looked for
_CANDIDATES = 400


@dataclass(frozen=True, eq=False)
class NextReading:
    """Where one more reading would tell most."""

    time: Floats  # (times,) that were compared, in the time unit of the data
    information: Floats  # (times,) factor by which a reading there shrinks the joint region of the parameters' volume
    error: Floats  # (times,) standard error of the parameter with a reading there, as a share of what it is now
    together: float  # the best time for all parameters together (D-optimal)
    parameter: str  # the one asked for, or the one known least
    best: float  # the best time for this parameter


def next_reading(fit: Fit, parameter: str = "", time: ArrayLike | None = None) -> NextReading:
    """Find the time of one more reading that would tell most.

    Parameters
    ----------
    fit : Fit
        A fitted curve.
    parameter : str
        Which parameter is to be known better; that with the largest error relative to its value if not given.
    time : array_like, shape (times,), optional
        Times that can be sampled [the time unit of the data]; by default up to twice the last reading.

    Returns
    -------
    NextReading
        For the curve as fitted: where the model is wrong, the time is too.

    Raises
    ------
    UnknownIdError
        The fit has no free parameter of this name.
    DomainError
        There are no degrees of freedom, no scatter or no free parameter, or a time is not above zero.

    Notes
    -----
    A reading of weight 1 at t with slopes g adds ``g g'/s^2`` to the information ``C^-1``: the joint region of the
    parameters shrinks in volume by ``1/sqrt(1 + g'C g/s^2)``, and the variance of parameter j by
    ``(C g)_j^2/(s^2 + g'C g)``. The first is greatest where the band of the curve is widest (D-optimality).
    Source: Atkinson, Donev and Tobias 2007, Optimum Experimental Designs, with SAS, chapters 10 and 17.
    """
    scatter = math.sqrt(fit.criteria.mse) if fit.criteria.degrees_of_freedom > 0 else 0.0
    if not scatter > 0.0:
        raise DomainError("degrees of freedom", fit.criteria.degrees_of_freedom, "", ">= 1 and readings that scatter")
    last = float(fit.points.time.max())
    default = np.linspace(0.0, REACH * last, _CANDIDATES + 1)[1:]
    times = require_positive("time", default if time is None else time, "").reshape(-1)
    steps = doubt(fit)
    error = np.sqrt((steps**2).sum(axis=1))
    names = [entry.name for entry, own in zip(fit.parameters, error, strict=True) if own > 0.0]
    if not names:
        raise DomainError("free parameters", 0, "", ">= 1 that the readings know something of")
    chosen = parameter or max(names, key=lambda name: _relative(fit, name, error))
    if chosen not in names:
        raise UnknownIdError("free parameter", chosen, nearest(chosen, names))
    index = fit.model.names.index(chosen)
    along = steps.T @ gradient(fit, times)  # (steps, times)
    spread = (along**2).sum(axis=0)
    information = np.sqrt(1.0 + spread / scatter**2)
    gained = (steps[index] @ along) ** 2 / (scatter**2 + spread)
    left = np.sqrt(np.maximum(1.0 - gained / error[index] ** 2, 0.0))
    return NextReading(
        times, information, left, float(times[information.argmax()]), chosen, float(times[left.argmin()])
    )


def _relative(fit: Fit, name: str, error: Floats) -> float:
    index = fit.model.names.index(name)
    value = abs(fit.parameters[index].value)
    return float(error[index]) / value if value > 0.0 else math.inf
