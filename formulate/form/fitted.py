"""What a screen shows of fitted release: models in order, curves with bands, parameters, findings, as plain data."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from formulate.fitting.analysis import Analysis, FittedModel, ProfileAnalysis, analyse
from formulate.fitting.bands import confidence_band, prediction_band
from formulate.fitting.every_model import Progress
from formulate.fitting.export import with_time_unit
from formulate.fitting.findings import Finding
from formulate.fitting.shared_reading import shared_lines
from formulate.fitting.units import unit_rows
from formulate.form.measured import fit_arguments, in_words, plain, read_measured, shown_data
from formulate.report.fit_page import average_text, bootstrap_intervals, criteria_text, mechanism_texts
from formulate.report.text import any_number, interval_text, weight_text

Shown = dict[str, Any]
TIMES = 97  # of a curve: a screen has fewer columns


def fitted_measured(content: Mapping[str, Any], progress: Progress | None = None) -> Analysis:
    """Give the analysis that the content of a table of release asks for; the same content gives the same.

    Raises
    ------
    FormulateError
        The table or an option cannot be read, or the readings cannot be fitted as asked.
    """
    return analyse(read_measured(content), **fit_arguments(content), progress=progress)


def shown_fit(analysis: Analysis) -> Shown:
    """Give what is shown of an analysis.

    Returns
    -------
    dict
        ``data``: see `formulate.form.measured.shown_data`; ``criterion``, ``level``, ``weighting``, ``replicates``;
        ``caveats``; ``shared``: lines; ``profiles``: for each ``name``, ``count`` of readings, ``models`` (see
        `_model`), best first, ``sound``: id of the first without a serious objection or an empty text, and in words
        ``reading``, ``notes``, ``left_out``, ``failures``, ``observed``, ``mechanism``, ``average``.
    """
    names = [item.profile.name for item in analysis.profiles]
    shared = [line for fit in analysis.shared for line in shared_lines(fit, names, analysis.data.time_unit)]
    shared += [f"{item.name}: {item.reason}" for item in analysis.shared_failures]
    return {
        "data": shown_data(analysis.data),
        "criterion": analysis.criterion,
        "level": f"{analysis.level:.0%}",
        "weighting": analysis.weighting,
        "replicates": analysis.replicates,
        "caveats": list(analysis.caveats),
        "shared": shared,
        "profiles": [_profile(item, analysis.data.time_unit) for item in analysis.profiles],
    }


def _profile(found: ProfileAnalysis, unit: str) -> Shown:
    end = float(found.profile.time[-1])
    times = end * np.linspace(0.0, 1.0, TIMES) ** 1.5  # dense where bursts and lags are
    sound = found.best_sound
    return {
        "name": found.profile.name,
        "count": int(found.points.time.size),
        "models": [_model(item, found, unit, times) for item in found.models],
        "sound": sound.fit.model.id if sound else "",
        "reading": list(found.ranking.reading),
        "notes": [_finding(item) for item in found.notes],
        "left_out": list(found.points.left_out),
        "failures": [(item.name, item.reason) for item in found.failures],
        "observed": _quantities(found.observed, unit),
        "mechanism": mechanism_texts(found),
        "shapes": [tuple(row) for row in found.mechanism.rows],
        "average": average_text(found, unit),
    }


def _model(model: FittedModel, found: ProfileAnalysis, unit: str, times: Any) -> Shown:
    """Give one model: place, objections, parameters, curve with its bands, residuals."""
    fit, place = model.fit, model.place
    against = [item for item in model.findings if item.severity != "note"]
    low, high = confidence_band(fit, times)
    new_low, new_high = prediction_band(fit, times)
    resampled = bootstrap_intervals(model)
    spread = 2.0 * math.sqrt(fit.criteria.mse) if fit.points.weighting == "1" and fit.criteria.mse >= 0 else math.nan
    units = unit_rows(found, fit.model.id)
    return {
        "id": fit.model.id,
        "name": fit.model.name,
        "place": place.place if place else None,
        "value": place.value if place else None,
        "value_text": any_number(place.value) if place else "–",
        "behind": place.difference if place else None,
        "behind_text": any_number(place.difference, 3) if place else "–",
        "weight": place.weight if place and math.isfinite(place.weight) else None,
        "weight_text": weight_text(place.weight) if place else "–",
        "r2_adjusted": any_number(fit.criteria.r2_adjusted, 5),
        "ss": any_number(fit.criteria.ss),
        "p": fit.criteria.parameters,
        "beware": (against[0].severity, against[0].brief, len(against) - 1) if against else None,
        "equation": fit.model.equation,
        "assumes": fit.model.assumes,
        "source": fit.model.source,
        "criteria": criteria_text(fit),
        "parameters": [
            (
                item.name, item.meaning, any_number(item.value, 6), with_time_unit(item.unit, unit),
                "fixed" if item.fixed else interval_text(item.low, item.high),
                "" if item.fixed else any_number(item.standard_error),
                interval_text(*model.likelihood[item.name]) if item.name in model.likelihood else "",
                interval_text(*resampled[item.name]) if item.name in resampled else "",
            )
            for item in fit.parameters
        ],
        "quantities": _quantities(model.summary, unit),
        "findings": [_finding(item) for item in model.findings],
        "curve": {"time": plain(times), "median": plain(fit.curve(times)), "low": plain(low), "high": plain(high)},
        "single": {"low": plain(new_low), "high": plain(new_high)},
        "residuals": {"time": plain(fit.points.time), "value": plain(fit.residuals)},
        "spread": spread if math.isfinite(spread) else None,
        "units": [(row.unit, *map(any_number, row.values), any_number(row.r2, 5), row.failed) for row in units],
        "unit_heads": ["unit", *fit.model.names, "R²", ""],
    }  # fmt: skip


def _finding(item: Finding) -> tuple[str, str]:
    return item.severity, in_words(f"{item.text} {item.advice}".strip())


def _quantities(quantities: Any, unit: str) -> list[tuple[str, ...]]:
    return [
        (
            item.name,
            item.meaning,
            any_number(item.value),
            with_time_unit(item.unit, unit),
            interval_text(item.low, item.high) if not math.isnan(item.value) else "",
            "; ".join(filter(None, ("beyond the last reading" if item.extrapolated else "", item.note))),
        )
        for item in quantities
    ]
