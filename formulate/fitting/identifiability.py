"""Whether readings fix the parameters of a fit: bounds, errors, correlations, number of readings."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from formulate.curves.model import Floats
from formulate.fitting.criteria import rounding
from formulate.fitting.findings import EXPONENTS, Finding
from formulate.fitting.propagation import gradient, lengths
from formulate.fitting.results import Fit, FittedParameter

CORRELATED = 0.99
_SINGULAR = 1e-11  # share of the largest singular value of the scaled slopes
ILL_CONDITIONED = 1000.0  # of the scaled slopes; Belsley 1991 calls more than 30 a sign of collinearity


def identifiability(fit: Fit) -> Iterator[Finding]:
    """Say which parameters the readings do not fix, and why."""
    count, parameters = fit.criteria.points, fit.criteria.parameters
    times = np.unique(fit.points.time).size
    if not fit.converged:
        yield Finding(
            "not-converged",
            "serious",
            "The search did not come to rest.",
            "Do not use the parameters; fix one or bound it.",
        )
    if min(count, times) < parameters + 2:
        what = f"{count} readings" if times == count else f"{count} readings at {times} times"
        yield Finding(
            "few-points",
            "serious" if min(count, times) <= parameters else "caution",
            f"{what} for {parameters} fitted parameter{'s' if parameters > 1 else ''}.",
            f"Take a model with fewer parameters, or at least {parameters + 2} times of sampling.",
        )
    known = _on_the_scale_of_the_readings(fit)
    exact = fit.criteria.wss <= rounding(fit.points)  # what is left is rounding: it says nothing of the errors
    for place, parameter in enumerate(fit.parameters):
        if parameter.at_bound:
            yield _at_bound(fit, parameter)
        elif not (parameter.fixed or exact):
            yield from _imprecise(fit, parameter, float(known.values[place]), float(known.errors[place]))
    yield from _together(fit, known)


def _at_bound(fit: Fit, parameter: FittedParameter) -> Finding:
    end = "lower" if parameter.at_bound == "low" else "upper"
    text = f"{parameter.name} = {parameter.value:.3g} rests on the {end} end of its range and has no standard error."
    advice = "The readings do not call for this parameter: take the simpler model, or check the bound you set."
    if parameter.name == "n" and "hopfenberg" in fit.model.id and end == "upper":
        advice = "This is first order under another name: report First-order."
    elif parameter.name in EXPONENTS and end == "lower":
        advice = "Nearly all of it is released at once: sample earlier, or fit a burst and a slower part."
    elif parameter.name == fit.model.plateau and end == "upper":
        advice = "The readings do not bend towards a plateau: leave Fmax out, fix it, or sample longer."
    return Finding("at-bound", "serious", text, advice, parameter.name)


@dataclass(frozen=True, eq=False)
class _Known:
    """What the readings know of the parameters."""

    values: Floats  # (parameters,)
    errors: Floats  # (parameters,) NaN where not known
    loose: list[int]  # which were fitted and rest on no bound
    correlation: Floats | None  # (loose, loose); None where the readings cannot tell them apart
    condition: float  # of the slopes, each scaled to length 1


def _on_the_scale_of_the_readings(fit: Fit) -> _Known:
    """Judge the parameters with time in units of the last reading, so that a finding tells of the readings.

    ``k`` of ``k t^n`` is the curve at one unit of time: how well it is known, and how it goes with n, depends on which
    unit that is. A parameter held in the unit of the data keeps all in it, where the change of unit would mix it with
    others.
    """
    last = float(fit.points.time.max())
    values, slopes = fit.values, gradient(fit, fit.points.time)
    if fit.model.rescaled is not None and last > 0.0:
        scaled = _rescaled(fit, last, values)
        held = [entry.fixed or (bool(entry.at_bound) and entry.name in fit.bounds) for entry in fit.parameters]
        mixed = _rescaled(fit, last, np.where(held, values, 1.01 * values + 1e-3))
        if np.isfinite(scaled).all() and np.allclose(mixed[held], scaled[held], rtol=1e-12, atol=0.0):
            values = scaled
            found = fit.model.gradient(fit.points.time / last, *values.tolist())
            slopes = np.nan_to_num(np.asarray(found, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    loose = [place for place, entry in enumerate(fit.parameters) if not (entry.fixed or entry.at_bound)]
    errors = np.full(values.size, np.nan)
    slopes = slopes[loose] * np.sqrt(fit.points.weight)
    length = lengths(slopes)
    if not loose or fit.criteria.degrees_of_freedom < 1 or not ((length > 0.0) & np.isfinite(length)).all():
        return _Known(values, errors, loose, None, math.inf)
    _, singular, right = np.linalg.svd((slopes / length[:, None]).T, full_matrices=False)
    if singular[-1] < _SINGULAR * singular[0]:
        return _Known(values, errors, loose, None, math.inf)
    root = right.T / singular
    spread = lengths(root)
    errors[loose] = math.sqrt(fit.criteria.mse) * spread / length
    root /= spread[:, None]
    return _Known(values, errors, loose, root @ root.T, float(singular[0] / singular[-1]))


def _rescaled(fit: Fit, last: float, values: Floats) -> Floats:
    assert fit.model.rescaled is not None
    return np.array([float(value) for value in fit.model.rescaled(last, *values.tolist())])


def _imprecise(fit: Fit, parameter: FittedParameter, scaled: float, error: float) -> Iterator[Finding]:
    """Say where the error exceeds the value; of a parameter that may be zero, that it cannot be told from it."""
    value = abs(scaled)
    if not math.isfinite(error) or error <= value or parameter.name == fit.model.lag:
        return
    shown = f"{parameter.name} = {parameter.value:.3g}"
    alike = math.isclose(error * abs(parameter.value), parameter.standard_error * value, rel_tol=0.01)
    declared = fit.model.parameters[fit.model.names.index(parameter.name)]
    if declared.low < 0.0:
        here = f"standard error {parameter.standard_error:.2g}"
        there = f"{scaled:.2g} with time in units of the last reading, standard error {error:.2g}"
        yield Finding(
            "zero-possible",
            "note",
            f"{shown} cannot be told from zero ({here if alike else there}).",
            "Compare the model without it.",
            parameter.name,
        )
    else:
        own = parameter.standard_error if alike else error
        share = f"{100.0 * error / value:.0f} % of it" if value and error < 1e4 * value else f"{own:.2g}"
        yield Finding(
            "imprecise",
            "caution",
            f"{shown} has a standard error of {share}{'' if alike else ' with time in units of the last reading'}.",
            "The readings do not fix it: do not compare it between formulations; use a model with fewer parameters.",
            parameter.name,
        )


def _together(fit: Fit, known: _Known) -> Iterator[Finding]:
    if len(known.loose) < 2 or fit.criteria.degrees_of_freedom < 1:
        return
    if known.correlation is None:
        yield Finding(
            "singular",
            "serious",
            "The readings cannot tell the parameters apart: other values give the same curve.",
            "Use the curve within the readings, not the parameters; fix one or take a simpler model.",
        )
        return
    correlation = np.abs(known.correlation - np.eye(len(known.loose)))
    condition = known.condition
    if correlation.max() > CORRELATED:
        first, second = np.unravel_index(correlation.argmax(), correlation.shape)
        one, other = (fit.parameters[known.loose[place]].name for place in (first, second))
        badly = condition > ILL_CONDITIONED
        yield Finding(
            "correlated",
            "caution" if badly else "note",
            f"{one} and {other} go together (correlation {math.floor(1e4 * correlation.max()) / 1e4:g}, "
            f"condition number {condition:.2g}).",
            "One makes good a change in the other: compare the pair or the curve between formulations, not one alone.",
            one,
        )
    elif condition > ILL_CONDITIONED:
        yield Finding(
            "ill-conditioned",
            "caution",
            f"The parameters are hard to tell apart together (condition number {condition:.2g}).",
            "Compare curves between formulations, not parameters; a simpler model or a fixed parameter helps.",
        )
