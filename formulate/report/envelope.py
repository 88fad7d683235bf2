"""Results as JSON: every number with its unit and band or the reason why there is none, and what made it."""

import json
import math
from collections.abc import Mapping, Sequence

from formulate.criteria import BY_NAME
from formulate.estimate import BAND, Estimate
from formulate.pipeline import Prediction
from formulate.report import curves
from formulate.report.compared import parts_left_out, why_not_ranked
from formulate.report.provenance import evidence_counts, used_inputs
from formulate.report.scores import contributions
from formulate.rows import Comparison, Row
from formulate.version import program_version
from materials import catalog

SCHEMA_VERSION = 1
_DIGITS = 6
FITTED_DIGITS = 12  # of what a fit gives: its digits are known, whatever the doubt
_POINTS = 60
_AS_GIVEN = ("inputs", "balances")  # numbers of sources and users are never rounded, nor masses that must add up


def envelope(
    command: str,
    results: Mapping[str, object],
    *,
    seed: int | None,
    inputs: Mapping[str, object],
    warnings: Sequence[str] = (),
) -> dict[str, object]:
    """Give the results of a command together with all that is needed to make them again."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "program_version": program_version(),
        "catalog_version": catalog.load().version,
        "seed": seed,
        "inputs": dict(inputs),
        "results": dict(results),
        "warnings": list(warnings),
    }


def comparison_results(comparison: Comparison) -> dict[str, object]:
    """Give the rows of a comparison, best first, with the weights they were ranked by."""
    places = {row.id: place for place, row in enumerate(comparison.ranked, start=1)}
    rows = [_row(comparison, places.get(row.id), row) for row in comparison.rows]
    turns = [
        {"part": turn.part, "weight_now": turn.now, "beyond": turn.beyond, "unit": "1", "winner": turn.winner}
        for turn in comparison.turns
    ]
    against = [
        {"rows": list(item.rows), "against": list(item.others), "text": item.told, "sources": list(item.sources),
         "mark": item.mark}
        for item in comparison.head_to_head
    ]  # fmt: skip
    return {
        "preset": comparison.question.preset if comparison.question else "",
        "weights": {"unit": "1", **comparison.weights},
        "parts": {name: {"label": item.label, "meaning": item.meaning} for name, item in BY_NAME.items()},
        "parts_left_out": parts_left_out(comparison),
        "rows": rows,
        "what_changes_the_winner": turns,
        "plot_of_two": _plot_of_two(comparison),
        "head_to_head": against,
        "left_out": [{"id": item.id, "label": item.label, "reason": item.reason} for item in comparison.left_out],
    }


def _plot_of_two(comparison: Comparison) -> dict[str, object]:
    """Give what the plot of two axes shows; what is not known stands at 0 there."""
    points = []
    for row in comparison.rows:
        if row.score is None:
            continue
        point: dict[str, object] = {"id": row.id}
        for axis in comparison.axes:
            value = comparison.along(row, axis)
            point[axis] = {"mean": value, "unit": "1"}
            if value is None:
                point[axis] = {"mean": None, "unit": "1", "reason": _why_not_along(row, axis)}
        points.append(point)
    front = [row.id for row in comparison.front]
    return {"axes": list(comparison.axes), "front": front, "points": points}


def _why_not_along(row: Row, axis: str) -> str:
    return row.earned[axis].reason if axis in row.earned else "nothing of what it does is known"


def prediction_results(prediction: Prediction) -> dict[str, object]:
    """Give the numbers of one prediction, and its curves at some sixty times."""
    numbers = _numbers(prediction, prediction.assessment.estimates)
    return {"label": prediction.formulation.label, **numbers, "curves": curves_results(prediction)}


def dumps(content: Mapping[str, object], digits: int | None = _DIGITS) -> str:
    """Give JSON text: in the order given, results with so many significant digits, refused if one is not finite.

    Without a number of digits every number keeps all it has, so that reading it back gives the same bit for bit.
    """
    held = content if digits is None else _rounded(content, digits)
    return json.dumps(held, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _row(comparison: Comparison, place: int | None, row: Row) -> dict[str, object]:
    score: dict[str, object] = {
        "mean": row.score, "low": row.score_low, "high": row.score_high, "band": BAND,
        "at_most": row.score_at_most, "unit": "1",
    }  # fmt: skip
    shown: dict[str, object] = {"id": row.id, "label": row.label, "rank": place}
    if row.is_ranked:
        shown["rank_between"] = {"best": row.place_at_best, "worst": row.place_at_worst, "unit": "1"}
    why = why_not_ranked(row)
    if why:
        shown["why_not_ranked"] = why
    shown["feasibility"] = [
        {"name": check.name, "label": check.label, "verdict": check.verdict, "text": check.told,
         "share_of_draws_that_pass": {"mean": check.probability, "unit": "1"} if check.probability is not None
         else {"mean": None, "unit": "1", "reason": "no draws decide it"}, "sources": list(check.sources)}
        for check in row.checks
    ]  # fmt: skip
    shown["standing"] = _standing(row)
    if row.score is None:
        score["reason"] = why
    shown["score"] = score
    if row.prediction is None and row.residence is None:
        return shown | {"reason": row.reason, "warnings": list(row.warnings)}
    added = contributions(comparison, row)
    shown["best_probability"] = _share(row.best_probability, why)
    shown["top_three_probability"] = _share(row.top_three_probability, why)
    shown["on_pareto_front"] = row.unbeaten
    shown["parts"] = {
        name: {**_share(part.mean, part.reason), "added_to_score": added.get(name, 0.0), "is_asked": part.asked}
        for name, part in row.earned.items()
    }
    if row.residence is not None:
        estimates = {name: {"label": item.label, **item.to_dict()} for name, item in row.numbers.items()}
        return shown | {"estimates": estimates, "warnings": list(row.warnings)}
    assert row.prediction is not None
    return shown | _numbers(row.prediction, row.numbers)


def _standing(row: Row) -> dict[str, object]:
    if row.standing is None:
        return {}
    return {
        name: {
            **_share(getattr(row.standing, name).score, row.earned[name].reason if name in row.earned else "not asked"),
            "word": getattr(row.standing, name).word,
            "text": list(getattr(row.standing, name).told),
            "sources": list(getattr(row.standing, name).sources),
        }
        for name in ("evidence", "cost", "difficulty", "risk")
    }


def _share(value: float | None, reason: str) -> dict[str, object]:
    found: dict[str, object] = {"mean": value, "unit": "1"}
    return found if value is not None else found | {"reason": reason}


def _numbers(prediction: Prediction, estimates: Mapping[str, Estimate]) -> dict[str, object]:
    inputs = used_inputs(prediction)
    formulation = prediction.formulation
    fits = {"label": "share of the draws in which the wanted dose fits", "mean": prediction.loading.fits, "unit": "1"}
    return {
        "layers": [
            {"id": layer.id, "carrier": layer.carrier, "holds": list(layer.holds), "convention": loaded.convention}
            for layer, loaded in zip(formulation.chain, prediction.loading.layers, strict=False)
        ],
        "target": {"text": prediction.assessment.target_text, **_target(prediction)},
        "estimates": {name: {"label": item.label, **item.to_dict()} for name, item in estimates.items()},
        "fits": fits,
        "evidence": {"unit": "inputs", "count": evidence_counts(inputs)},
        "inputs": inputs,
        "warnings": list(prediction.warnings),
    }


def _target(prediction: Prediction) -> dict[str, object]:
    level = curves.target_level(prediction)
    found: dict[str, object] = {"median": level, "unit": "nmol/L"}
    return found if level is not None else found | {"reason": "no target concentration is known"}


def curves_results(prediction: Prediction) -> dict[str, object]:
    """Give the curves of one prediction: median and band at some sixty times."""
    days = curves.days(prediction)
    wanted = curves.wanted_days(prediction)
    at_wanted = next((index for index, day in enumerate(days) if math.isclose(day, wanted, rel_tol=1e-9)), None)
    kept = curves.sparse(len(days), _POINTS, at_wanted)
    compartment = prediction.formulation.compartment
    shown: dict[str, object] = {"time": {"unit": "d", "values": [float(days[index]) for index in kept]}}
    listed = {
        "released": ("fraction of the dose released", curves.released(prediction)),
        "unbound": (f"unbound concentration, {compartment.replace('-', ' ')}", curves.unbound(prediction)),
        "unbound_plasma": ("unbound concentration, plasma", curves.unbound(prediction, "plasma")),
        "left_at_site": ("fraction of the dose still at the site", curves.left_at_site(prediction)),
        "carriers_left": ("fraction of the carriers still at the site", curves.carriers_left(prediction)),
    }
    for name, (label, curve) in listed.items():
        if curve is None:
            shown[name] = {"label": label, "unit": "1", "median": None, "reason": "no carrier"}
            continue
        ends = {"median": curve.median, "low": curve.low, "high": curve.high}
        points = {end: [float(values[index]) for index in kept] for end, values in ends.items()}
        shown[name] = {"label": label, "unit": curve.unit, "band": BAND, **points}
    return shown


def _rounded(value: object, digits: int, *, as_given: bool = False) -> object:
    if isinstance(value, Mapping):
        return {key: _rounded(item, digits, as_given=as_given or key in _AS_GIVEN) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item, digits, as_given=as_given) for item in value]
    if isinstance(value, float) and math.isfinite(value) and not as_given:
        return float(f"{value:.{digits}g}")
    return value
