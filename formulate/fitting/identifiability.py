"""Whether readings fix the parameters of a fit: bounds, errors, correlations, number of readings."""

import math
from collections.abc import Iterator

import numpy as np

from formulate.fitting.findings import EXPONENTS, Finding
from formulate.fitting.propagation import gradient, lengths
from formulate.fitting.results import Fit, FittedParameter

CORRELATED = 0.99
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
    for parameter in fit.parameters:
        if parameter.at_bound:
            yield _at_bound(fit, parameter)
        elif not parameter.fixed:
            yield from _imprecise(fit, parameter)
    yield from _together(fit)


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


def _imprecise(fit: Fit, parameter: FittedParameter) -> Iterator[Finding]:
    """Say where the error exceeds the value; of a parameter that may be zero, that it cannot be told from it."""
    value, error = abs(parameter.value), parameter.standard_error
    if not math.isfinite(error) or error <= value or parameter.name == fit.model.lag:
        return
    declared = fit.model.parameters[fit.model.names.index(parameter.name)]
    if declared.low < 0.0:
        yield Finding(
            "zero-possible",
            "note",
            f"{parameter.name} = {parameter.value:.3g} cannot be told from zero (standard error {error:.2g}).",
            "Compare the model without it.",
            parameter.name,
        )
    else:
        share = f"{100.0 * error / value:.0f} % of it" if value and error < 1e4 * value else f"{error:.2g}"
        yield Finding(
            "imprecise",
            "caution",
            f"{parameter.name} = {parameter.value:.3g} has a standard error of {share}.",
            "The readings do not fix it: do not compare it between formulations; use a model with fewer parameters.",
            parameter.name,
        )


def _together(fit: Fit) -> Iterator[Finding]:
    loose = [place for place, entry in enumerate(fit.parameters) if not (entry.fixed or entry.at_bound)]
    if len(loose) < 2 or fit.criteria.degrees_of_freedom < 1:
        return
    part = fit.covariance[np.ix_(loose, loose)]
    if not np.isfinite(part).all():
        yield Finding(
            "singular",
            "serious",
            "The readings cannot tell the parameters apart: other values give the same curve.",
            "Use the curve within the readings, not the parameters; fix one or take a simpler model.",
        )
        return
    error = np.sqrt(np.diag(part))
    if not (error > 0.0).all():  # a perfect fit
        return
    correlation = np.abs(part / np.outer(error, error) - np.eye(len(loose)))
    condition = _condition(fit, loose)
    if correlation.max() > CORRELATED:
        first, second = np.unravel_index(correlation.argmax(), correlation.shape)
        one, other = (fit.parameters[loose[place]].name for place in (first, second))
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


def _condition(fit: Fit, loose: list[int]) -> float:
    slopes = gradient(fit, fit.points.time)[loose] * np.sqrt(fit.points.weight)
    length = lengths(slopes)
    if not (length > 0.0).all():
        return math.inf
    return float(np.linalg.cond(slopes / length[:, None]))
