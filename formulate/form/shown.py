"""What a screen shows of one formulation while it is built: numbers with their bands, and curves, as plain data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from formulate.computable import prediction_problems
from formulate.estimate import Estimate
from formulate.exposure import Exposed, expose
from formulate.formulation import Formulation, build
from formulate.loading.total import LoadingResult, load_all
from formulate.pipeline import Prediction, predict_each
from formulate.report import curves
from formulate.report.chance import by_chance
from formulate.report.curves import DAY, Curve, band
from formulate.report.loading import dose_estimates, layer_estimates
from formulate.report.provenance import driver_text
from formulate.report.text import estimate_cells
from formulate.sampling import Array, Draws

MOST_TIMES = 160  # a screen has fewer columns
Shown = dict[str, Any]


def shown(content: Mapping[str, Any], draws: int, *, origins: bool = True, payload: str = "") -> Shown:
    """Give what is shown of a formulation's content, computed with so many draws.

    Of several payloads the numbers of each, with its name as their group, and the curves of the one asked for, else of
    that of the target.

    Without `origins` nothing is said of where the bands come from, which takes as long as all the rest.
    Where release and retention are not computed, it is the loading alone.

    Returns
    -------
    dict
        ``numbers``: rows of group, label, median, band, share of the band that is assumed, and what moves it most;
        ``release`` [percent of the dose], ``tissue`` [nmol/L] and ``site`` [percent of what is given]: None, or
        ``time`` [d] with ``low``, ``median``, ``high``; ``points``: measured time [d] and share [percent];
        ``target`` [nmol/L] or None; ``wanted`` [d]; ``compartment``; ``warnings``; ``draws``; ``by_chance``: the
        share of itself by which a median errs at most by the chance of the draws, or 0; ``payloads``: ids and names;
        ``payload``: the id of the one whose curves are given, or nothing.

    Raises
    ------
    FormulateError
        What is missing or faulty.
    """
    formulation = build(Formulation, dict(content), "formulation")
    if payload:
        formulation = formulation.following(payload)
    design = _drawn(draws, formulation.calculation.seed)
    base: Shown = {
        "title": formulation.label, "draws": draws, "release": None, "tissue": None, "site": None, "points": None,
        "target": None, "target_text": "", "wanted": formulation.target.seconds / DAY,
        "compartment": formulation.compartment.replace("-", " "), "warnings": (), "left_out": "", "by_chance": 0.0,
        "payloads": [(part.id, part.entry.name) for part in formulation.payload],
        "payload": formulation.cargo.id if formulation.payload else "",
    }  # fmt: skip
    if not formulation.payload:
        return base | _of_own_drug(expose(formulation, design), origins)
    if problems := [f"{field}: {problem}" for one in formulation.each for field, problem in prediction_problems(one)]:
        found = load_all(formulation, design)
        return base | {"numbers": _of_loading(found, origins), "warnings": found.warnings, "left_out": problems[0]}
    return base | _of_predictions(predict_each(formulation, design), formulation.cargo.id, origins)


@lru_cache(maxsize=4)
def _drawn(count: int, seed: int) -> Draws:
    return Draws(count, seed)  # keeps the columns it drew: the next change of a field asks for most of them again


def _of_predictions(found: Sequence[Prediction], followed: str, origins: bool) -> Shown:
    several = len(found) > 1
    numbers = [
        row
        for item in found
        for row in _rows(item.case.payload.entry.name if several else "", item.assessment.estimates.values(), origins)
    ]
    prediction = next(item for item in found if item.case.part.id == followed)
    place = prediction.formulation.compartment.replace("-", " ")
    assessment = prediction.assessment
    points = prediction.case.holder.first_points
    measured = None
    if points is not None:
        listed = points.points
        measured = {"time": _plain(listed.time / DAY), "share": _plain(100 * np.asarray(listed.share))}
    released, unbound = curves.released(prediction), curves.unbound(prediction)
    times = curves.days(prediction)
    return {
        "numbers": numbers,
        "release": _curve(times, released, 100.0) if prediction.release.has_carriers else None,
        "tissue": _curve(times, unbound),
        "site": _curve(times, curves.left_at_site(prediction), 100.0),
        "points": measured,
        "compartment": f"{place} ({prediction.case.payload.entry.name})" if several else place,
        "target": curves.target_level(prediction),
        "target_text": assessment.target_text,
        "warnings": tuple(dict.fromkeys(text for item in found for text in item.warnings)),
        "by_chance": by_chance(one for item in found for one in item.assessment.estimates.values()),
    }


def _of_own_drug(found: tuple[Exposed, ...], origins: bool) -> Shown:
    first = found[0]
    whole = band(np.asarray(sum(first.at_site.values())), "1")
    return {
        "numbers": [
            row for item in found for group in item.groups for row in _rows(group.title, group.numbers, origins)
        ],
        "site": _curve(first.time / DAY, whole, 100.0),
        "warnings": tuple(dict.fromkeys(text for item in found for text in item.warnings)),
        "by_chance": by_chance(one for item in found for group in item.groups for one in group.numbers),
    }


def _of_loading(found: LoadingResult, origins: bool) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for case, loading in zip(found.cases, found.payloads, strict=True):
        rows += _rows(loading.payload, dose_estimates(loading, case.inputs.used), origins)
        for layer in loading.layers:
            rows += _rows(f"{loading.payload} in {layer.layer}", layer_estimates(layer, case.inputs.used), origins)
    for own in found.own:
        rows += _rows(own.layer, layer_estimates(own, found.inputs), origins)
    return rows


def _rows(group: str, numbers: Iterable[Estimate], origins: bool) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for item in numbers:
        median, width = estimate_cells(item)
        assumed = f"{item.assumed_share:.0%}" if origins and item.assumed_share is not None else ""
        moved = driver_text(item.drivers[0][0]) if origins and item.drivers else ""
        rows.append((group, item.label, median if item.exists else "-", width if item.exists else item.reason,
                     assumed, moved))  # fmt: skip
    return rows


def _curve(time: Array, curve: Curve, factor: float = 1.0) -> dict[str, list[float]]:
    kept = curves.sparse(len(time), MOST_TIMES)
    scaled = replace(curve, low=curve.low * factor, median=curve.median * factor, high=curve.high * factor)
    ends = {"low": scaled.low, "median": scaled.median, "high": scaled.high}
    return {"time": _plain(time[kept]), **{name: _plain(values[kept]) for name, values in ends.items()}}


def _plain(values: Array) -> list[float]:
    return [float(value) for value in np.asarray(values)]
