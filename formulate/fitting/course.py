"""Whether a fitted curve can be a release: plateau, lag, exponents at their limits, where it starts and falls."""

import math
from collections.abc import Iterator

import numpy as np

from formulate.curves.model import Floats
from formulate.fitting.findings import EXPONENTS, Finding
from formulate.fitting.results import Fit, FittedParameter

BURSTS = frozenset({"F0", "FB"})  # parameters that mean what is out at time zero
_SMALL_EXPONENT = 0.1
_LARGE_HOPFENBERG = 20.0  # 1 - (1 - x/n)^n differs from 1 - exp(-x) by less than 1.4 % of the dose
_FINE = np.linspace(0.0, 1.0, 201)


def course(fit: Fit) -> Iterator[Finding]:
    """Say where the course of a curve is not that of a release, or was not measured."""
    time, mean = _means(fit)
    fine = _FINE * time[-1]
    curve = fit.curve(fine)
    unit = f" {fit.points.time_unit}" if fit.points.time_unit else ""
    for parameter in fit.parameters:
        if parameter.fixed or parameter.at_bound:
            continue
        if parameter.name == fit.model.plateau:
            yield from _plateau(fit, parameter, float(mean.max()))
        elif parameter.name == fit.model.lag:
            yield from _lag(parameter, time, mean, float(curve[0]), unit)
        elif parameter.name == "n" and "hopfenberg" in fit.model.id and parameter.value > _LARGE_HOPFENBERG:
            yield Finding(
                "first-order-limit",
                "caution",
                f"n = {parameter.value:.3g}: an eroding body has 1 to 3; this is first order under another name.",
                "Report First-order.",
                "n",
            )
        elif parameter.name in EXPONENTS and parameter.value < _SMALL_EXPONENT and fit.model.group == "ddsolver":
            yield Finding(
                "exponent-near-zero",
                "caution",
                f"{parameter.name} = {parameter.value:.2g}: nearly all is released at once, then hardly any more.",
                "Fit a burst and a slower part, or sample earlier.",
                parameter.name,
            )
    finite = np.isfinite(curve)
    if not finite.all():
        yield Finding(
            "no-value",
            "caution",
            f"The curve has no finite value at {fine[~finite][0]:.3g}{unit}"
            + (", nor at other times within the readings." if (~finite).sum() > 1 else "."),
            "Use it only where it has one, or take a model that has one everywhere.",
        )
    if finite.any():
        yield from _course(fit, fine[finite], curve[finite], unit, float(mean.max()))


def _means(fit: Fit) -> tuple[Floats, Floats]:
    time, place = np.unique(fit.points.time, return_inverse=True)
    return time, np.bincount(place, fit.points.released) / np.bincount(place)


def _plateau(fit: Fit, parameter: FittedParameter, highest: float) -> Iterator[Finding]:
    name, value, low, high = parameter.name, parameter.value, parameter.low, parameter.high
    interval = f" ({low:.3g} to {high:.3g})" if math.isfinite(low) and math.isfinite(high) else ""
    scatter = math.sqrt(fit.criteria.ss / max(fit.criteria.degrees_of_freedom, 1))
    error = parameter.standard_error if math.isfinite(parameter.standard_error) else math.inf
    beyond = value - highest
    if beyond > 2.0 * scatter and beyond > 2.0:
        wide = error > 0.1 * value
        yield Finding(
            "plateau-extrapolated",
            "caution" if wide or beyond > 0.2 * value else "note",
            f"{name} = {value:.4g} %{interval} lies {beyond:.2g} % above the highest reading ({highest:.3g} %).",
            "The plateau was not measured: sample longer, or read it as where the curve leads, not as a yield.",
            name,
        )
    if low > 100.0:
        yield Finding(
            "plateau-over-100",
            "serious" if low > 110.0 else "caution",
            f"{name} = {value:.4g} %{interval} is above 100 %, its whole interval too.",
            "More than the dose cannot come out: check the dose, the assay and the replaced volumes.",
            name,
        )
    elif value > 100.0:
        yield Finding(
            "plateau-over-100",
            "caution" if value > 110.0 else "note",
            f"{name} = {value:.4g} %{interval} is above 100 %; its interval "
            + ("holds 100 %." if interval else "is not known."),
            "Fit the model whose plateau is 100 %, or fix it there.",
            name,
        )
    elif interval and high >= 100.0:
        yield Finding(
            "plateau-may-be-100",
            "note",
            f"The interval of {name} ({low:.3g} to {high:.3g}) holds 100 %: release may be complete.",
            "Compare the model whose plateau is 100 %.",
            name,
        )


def _lag(parameter: FittedParameter, time: Floats, mean: Floats, start: float, unit: str) -> Iterator[Finding]:
    name, value = parameter.name, parameter.value
    if value < 0.0:
        unsure = parameter.high >= 0.0
        interval = f" ({parameter.low:.2g} to {parameter.high:.2g})" if math.isfinite(parameter.low) else ""
        yield Finding(
            "negative-lag",
            "note" if unsure else "caution",
            f"{name} = {value:.3g}{unit}{interval} is below zero"
            + (f": the curve stands at {start:.3g} % at time zero." if math.isfinite(start) else "."),
            "It cannot be told from no lag: take the model without one."
            if unsure
            else "This is a burst, not a lag: take a model with F0 or with a burst.",
            name,
        )
        return
    if value == 0.0:
        return
    if not parameter.low > 0.0 and math.isfinite(parameter.low):
        yield Finding(
            "lag-may-be-zero",
            "note",
            f"{name} = {value:.3g}{unit} ({parameter.low:.2g} to {parameter.high:.2g}) cannot be told from no lag.",
            "Take the model without a lag.",
            name,
        )
    top = float(mean.max())
    begun = int((mean > 0.05 * top).argmax())  # the first reading that shows release
    if begun and value > 0.0 and float(mean[begun]) > 0.5 * top:
        yield Finding(
            "lag-in-a-gap",
            "caution",
            f"From {time[begun - 1]:g} to {time[begun]:g}{unit} release goes from {mean[begun - 1]:.2g} to "
            f"{mean[begun]:.3g} % without a reading between: {name} = {value:.3g}{unit} rests on later readings.",
            "Sample within the gap; until then lag and rate are free to trade.",
            name,
        )


def _course(fit: Fit, fine: Floats, curve: Floats, unit: str, highest: float) -> Iterator[Finding]:
    peak = int(curve.argmax())
    fall = float(curve[peak] - curve[-1])
    if fall > 0.5:
        yield Finding(
            "falls",
            "caution",
            f"The curve peaks at {curve[peak]:.3g} % at {fine[peak]:.3g}{unit} and falls by {fall:.2g} % after it.",
            "Drug released does not go back: use it up to the peak only, or take a model that levels off.",
        )
    start = float(curve[0]) if fine[0] == 0.0 else 0.0
    if start > 1.0 and not fit.model.lag and BURSTS.isdisjoint(fit.model.names):
        yield Finding(
            "starts-off-zero",
            "note" if start < 5.0 else "caution",
            f"The curve stands at {start:.3g} % at time zero.",
            "A model of this shape cannot start at zero: do not read it as a burst, and not before the first reading.",
        )
    elif start < -1.0:
        yield Finding(
            "starts-below-zero",
            "caution",
            f"The curve starts at {start:.3g} %, below zero.",
            "Release cannot be negative: this is a lag; take the model with a lag.",
        )
    over = np.flatnonzero(curve > 100.5)
    if over.size:
        yield Finding(
            "over-100",
            "note" if float(curve.max()) < 105.0 or highest > 100.5 else "caution",
            f"The curve passes 100 % at {fine[over[0]]:.3g}{unit}, within the readings, up to {curve.max():.4g} %"
            + (", as the readings do." if highest > 100.5 else "."),
            "More than the dose cannot come out: use it below 100 % only.",
        )
    power = fit.model.id.startswith(("korsmeyer_peppas", "higuchi", "peppas_sahlin"))
    share = float((fit.points.released > 60.0).mean())
    if power and share > 0.0:
        yield Finding(
            "beyond-60",
            "note",
            f"{fit.model.name} is a law for the first 60 %, and {100.0 * share:.0f} % of the readings lie above.",
            "Do not read a mechanism from this fit; the fit up to 60 % is reported apart.",
        )
