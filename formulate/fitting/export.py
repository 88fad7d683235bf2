"""An analysis as plain tables and dictionaries, for files and other programs."""

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.curves.model import Model
from formulate.fitting.averaging import Average
from formulate.fitting.results import Fit, FittedParameter
from formulate.fitting.shared_reading import shared_lines, sums_of_squares
from formulate.fitting.summaries import Quantity, fitted_summary
from formulate.fitting.units import unit_rows

if TYPE_CHECKING:
    import pandas

    from formulate.fitting.analysis import Analysis, FittedModel, ProfileAnalysis
    from formulate.fitting.shared import SharedFit


def with_time_unit(unit: str, time_unit: str) -> str:
    """Write a unit of a parameter or summary with the time unit of the data.

    >>> with_time_unit("%/{t}^0.5", "h")
    '%/h^0.5'
    """
    return unit.replace("{t}", time_unit or "t")


def frame(analysis: "Analysis") -> "pandas.DataFrame":
    """Give one row for each profile, model and parameter; a model that failed has one row with the reason."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for profile in analysis.profiles:
        for model in profile.models:
            rows.extend(_rows(profile.profile.name, model, analysis.data.time_unit))
        for failure in profile.failures:
            rows.append(
                {
                    "profile": profile.profile.name,
                    "model": failure.model,
                    "name": failure.name,
                    "failed": failure.reason,
                }
            )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def units_frame(analysis: "Analysis") -> "pandas.DataFrame":
    """Give one row for each profile, model, unit fitted by itself and parameter; "mean" and "SD" are rows too."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for profile in analysis.profiles:
        names = {failure.model: failure.name for unit in profile.units for failure in unit.failures}
        parameters: dict[str, list[tuple[str, str]]] = {id: [("", "")] for id in names}
        for fit in (fit for unit in profile.units for fit in unit.fits):
            names[fit.model.id] = fit.model.name
            unit = analysis.data.time_unit
            parameters[fit.model.id] = [(entry.name, with_time_unit(entry.unit, unit)) for entry in fit.parameters]
        for id, named in parameters.items():
            for row in unit_rows(profile, id):
                rows += [
                    {
                        "profile": profile.profile.name,
                        "model": id,
                        "name": names[id],
                        "replicate": row.unit,
                        "parameter": parameter,
                        "value": row.values[place] if row.values else math.nan,
                        "unit": unit_text,
                        "N": row.count,
                        "SS": row.ss,
                        "R2": row.r2,
                        "R2adj": row.r2_adjusted,
                        "AIC": row.aic,
                        "MSC": row.msc,
                        "T50": row.t50,
                        "failed": row.failed,
                    }
                    for place, (parameter, unit_text) in enumerate(named)
                ]
    return pd.DataFrame(rows, columns=list(_UNIT_COLUMNS))


_UNIT_COLUMNS = (
    *("profile", "model", "name", "replicate", "parameter", "value", "unit", "N", "SS", "R2", "R2adj", "AIC", "MSC"),
    *("T50", "failed"),
)
_COLUMNS = (
    *("profile", "model", "name", "place", "parameter", "value", "standard_error", "low", "high", "unit", "fixed"),
    *("at_bound", "N", "p", "SS", "WSS", "MSE", "R2", "R2adj", "R", "AIC", "AICc", "BIC", "MSC", "difference"),
    *("weight", "findings", "briefs", "failed"),
)


def _rows(profile: str, model: "FittedModel", time_unit: str) -> list[dict[str, Any]]:
    fit, criteria, place = model.fit, model.fit.criteria, model.place
    of_model = {
        "profile": profile,
        "model": fit.model.id,
        "name": fit.model.name,
        "place": place.place if place else None,
        "N": criteria.points,
        "p": criteria.parameters,
        "SS": criteria.ss,
        "WSS": criteria.wss,
        "MSE": criteria.mse,
        "R2": criteria.r2,
        "R2adj": criteria.r2_adjusted,
        "R": criteria.correlation,
        "AIC": criteria.aic,
        "AICc": criteria.aicc,
        "BIC": criteria.bic,
        "MSC": criteria.msc,
        "difference": place.difference if place else math.nan,
        "weight": place.weight if place else math.nan,
        "findings": "; ".join(finding.code for finding in model.findings),
        "briefs": "; ".join(finding.brief for finding in model.findings),
        "failed": "",
    }
    return [
        {
            **of_model,
            "parameter": parameter.name,
            "value": parameter.value,
            "standard_error": parameter.standard_error,
            "low": parameter.low,
            "high": parameter.high,
            "unit": with_time_unit(parameter.unit, time_unit),
            "fixed": parameter.fixed,
            "at_bound": parameter.at_bound,
        }
        for parameter in fit.parameters
    ]


def plain(analysis: "Analysis") -> dict[str, Any]:
    """Give everything as dictionaries, lists, texts and numbers; None for what is not a finite number."""
    unit = analysis.data.time_unit
    return {
        "source": analysis.data.source,
        "time_unit": unit,
        "given_as": analysis.data.given_as,
        "warnings": list(analysis.data.warnings),
        "criterion": analysis.criterion,
        "level": analysis.level,
        "weighting": analysis.weighting,
        "replicates": analysis.replicates,
        "seed": analysis.seed,
        "window": as_plain(analysis.window),
        "caveats": list(analysis.caveats),
        "profiles": [_profile(profile, unit) for profile in analysis.profiles],
        "shared": [_shared(entry, analysis) for entry in analysis.shared],
        "shared_failures": as_plain(analysis.shared_failures),
    }


def _profile(profile: "ProfileAnalysis", unit: str) -> dict[str, Any]:
    points = profile.points
    power_law = profile.mechanism.fit
    return {
        "name": profile.profile.name,
        "units": list(profile.profile.unit_names),
        "readings": {
            "time": as_plain(points.time),
            "released": as_plain(points.released),
            "weight": as_plain(points.weight),
            "unit": as_plain(points.unit),
            "left_out": list(points.left_out),
        },
        "notes": as_plain(profile.notes),
        "observed": [quantity(entry, unit) for entry in profile.observed],
        "ranking": {
            "criterion": profile.ranking.criterion,
            "reading": list(profile.ranking.reading),
            "caveats": list(profile.ranking.caveats),
            "unranked": [{"model": model, "reason": reason} for model, reason in profile.ranking.unranked],
        },
        "models": [_model(model, unit) for model in profile.models],
        "failures": as_plain(profile.failures),
        "average": None if profile.average is None else _average(profile.average),
        "mechanism": {
            **as_plain(dataclasses.replace(profile.mechanism, fit=None)),
            "fit": None if power_law is None else fit_as_plain(power_law, unit),
        },
        "by_unit": [
            {
                "unit": entry.unit,
                "fits": [
                    {**fit_as_plain(fit, unit), "summary": [quantity(item, unit) for item in fitted_summary(fit)]}
                    for fit in entry.fits
                ],
                "failures": as_plain(entry.failures),
            }
            for entry in profile.units
        ],
        "across_units": [
            {**as_plain(entry), "unit": with_time_unit(entry.unit, unit)} for entry in profile.across_units
        ],
    }


def _model(model: "FittedModel", unit: str) -> dict[str, Any]:
    place, resampled = model.place, model.bootstrap
    level = model.fit.level
    return {
        **fit_as_plain(model.fit, unit),
        "place": None if place is None else as_plain(place),
        "summary": [quantity(entry, unit) for entry in model.summary],
        "findings": as_plain(model.findings),
        "sound": model.sound,
        "profile_likelihood": as_plain(model.likelihood),
        "bootstrap": None
        if resampled is None
        else {
            "count": len(resampled.values),
            "kind": resampled.kind,
            "seed": resampled.seed,
            "percentile": dict(zip(resampled.names, as_plain(resampled.percentile(level)), strict=True)),
            "bca": dict(zip(resampled.names, as_plain(resampled.bca(level)), strict=True)),
        },
    }


def _shared(entry: "SharedFit", analysis: "Analysis") -> dict[str, Any]:
    time_unit, names = analysis.data.time_unit, [profile.profile.name for profile in analysis.profiles]
    return {
        "model": entry.model.id,
        "name": entry.model.name,
        "shared": list(entry.shared),
        "names": names,
        "profiles": [[_parameter(parameter, time_unit) for parameter in own] for own in entry.parameters],
        "ss": [as_plain(value) for value in sums_of_squares(entry)],
        "block": list(entry.block),
        "covariance": as_plain(entry.covariance),
        "criteria": as_plain(entry.criteria),
        "wss_apart": as_plain(entry.apart),
        "probability_of_no_worse_a_fit": as_plain(entry.worse),
        "level": entry.level,
        "warnings": list(entry.warnings),
        "reading": list(shared_lines(entry, names, time_unit)),
    }


def fit_as_plain(fit: Fit, time_unit: str) -> dict[str, Any]:
    """Give a fit as a dictionary."""
    return {
        "model": fit.model.id,
        "name": fit.model.name,
        "equation": fit.model.equation,
        "group": fit.model.group,
        "number": fit.model.number,
        "constants": as_plain(fit.model.constants),
        "parameters": [_parameter(parameter, time_unit) for parameter in fit.parameters],
        "covariance": as_plain(fit.covariance),
        "criteria": as_plain(fit.criteria),
        "level": fit.level,
        "converged": fit.converged,
        "warnings": list(fit.warnings),
    }


def _parameter(parameter: FittedParameter, time_unit: str) -> dict[str, Any]:
    return {**as_plain(parameter), "unit": with_time_unit(parameter.unit, time_unit)}


def quantity(entry: Quantity, time_unit: str) -> dict[str, Any]:
    """Give a number read off a curve as a dictionary; an open end of its interval is None and said to be open."""
    return {**as_plain(entry), "unit": with_time_unit(entry.unit, time_unit), "open_above": math.isinf(entry.high)}


def _average(average: Average) -> dict[str, Any]:
    return {**as_plain(average), "weights": [{"model": model, "weight": weight} for model, weight in average.weights]}


def as_plain(value: Any) -> Any:
    """Give dataclasses as dictionaries, arrays and tuples as lists, and None for NaN and infinity."""
    if isinstance(value, Model):
        return value.id
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: as_plain(getattr(value, entry.name)) for entry in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return as_plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): as_plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(entry) for entry in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    return value
