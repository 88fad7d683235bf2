"""A report as plain data: what was asked, what came of it, and all that gives the same again."""

import platform
from collections.abc import Iterator, Mapping
from typing import Any

from formulate.estimate import BAND
from formulate.project_fingerprint import program
from formulate.recorded import recorded
from formulate.report.answer import answer_text, question_text
from formulate.report.curves import DAY, band, sparse
from formulate.report.envelope import comparison_results, curves_results, envelope, prediction_results
from formulate.report.exposure_page import exposure_results
from formulate.report.feasible import feasible_results
from formulate.report.loading import loading_results
from formulate.report.provenance import described, used_inputs
from formulate.report.record_form import SCHEMA, SCHEMA_VERSION
from formulate.report.reported import Reported
from formulate.report.sensitivity_page import sensitivity_results
from formulate.report.whole.partial import because
from formulate.report.whole.partial import left_out as left_out_of
from formulate.report.whole.question import question_and_answer
from formulate.report.whole.studied import Studied
from formulate.residence import Residence
from formulate.rows import Comparison
from formulate.standing.asked import asked_of
from formulate.standing.content import standings_record
from materials import catalog

_POINTS = 60  # of a curve
_Value = dict[str, Any]


def record(made: Reported) -> dict[str, object]:
    """Give a report in the form of `formulate.report.record_form.ReportForm`."""
    found = made.found
    told = _told(made)
    if isinstance(found, Comparison):
        results = told | _compared(found)
        warnings = [f"{row.id}: {warning}" for row in found.rows for warning in row.warnings]
        values = _values_of_rows(found)
    else:
        results = told | _studied(found)
        warnings = list(found.warnings)
        values = _values_of(found)
        if made.among is not None:
            results["compare"] = comparison_results(made.among)
            values += _values_of_rows(made.among)
    calculation = made.file.calculation
    known = catalog.load()
    block = {
        "title": made.title,
        "date": made.date,
        "draws": calculation.draws,
        "among": made.among is not None,
        "versions": versions(),
        "own_catalog": [
            {"name": path.name, "text": text} for path, text in zip(known.own_files, known.own_texts, strict=True)
        ],
        "values": values,
    }
    content = envelope("report", results, seed=calculation.seed, inputs=recorded(made.file), warnings=warnings)
    return {"schema": SCHEMA, **content, "schema_version": SCHEMA_VERSION, "report": block}


def versions() -> dict[str, str]:
    """Give what computes here: program, catalog in force, libraries, and kind of processor."""
    import numpy as np
    import scipy

    return {
        "program": program(),
        "catalog": catalog.load().version,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "machine": platform.machine(),
    }


def _told(made: Reported) -> dict[str, object]:
    """Give question and answer in words."""
    found = made.found
    if not isinstance(found, Comparison):
        question, answer = question_and_answer(found)
        return {"question": question, "answer": answer}
    return {"question": question_text(found), "answer": answer_text(found)}


def _studied(found: Studied) -> dict[str, object]:
    prediction = found.prediction
    parts: dict[str, object] = {} if prediction is None else {"predict": prediction_results(prediction)}
    if found.loading is not None:
        parts["loading"] = loading_results(found.loading)
    if found.exposed:
        parts["retention"] = {"followed": [exposure_results(item) for item in found.exposed]}
    if found.recipe is not None:
        parts["recipe"] = found.recipe.to_dict()
    if found.drivers is not None:
        parts["sensitivity"] = sensitivity_results(found.drivers)
    parts["feasible"] = feasible_results([(found.formulation, found.checks)])
    parts["evidence"] = standings_record([asked_of(found.formulation)], [found.standing])
    names = {"drivers": "sensitivity"}
    left_out = {names.get(name, name): why for name, why in found.reasons.items()}
    if left_out_of(found):
        parts["missing"] = [item.to_dict() for item in found.lacking]
        wanted = ("loading", *(("predict", "sensitivity") if found.formulation.payload else ()), "retention")
        left_out |= {name: because(found) for name in wanted if name not in parts}
        parts["of_the_site"] = list(found.of_site)
    return parts | {"left_out": left_out}


def _compared(found: Comparison) -> dict[str, object]:
    curves = {row.id: curves_results(row.prediction) for row in found.rows if row.prediction is not None}
    stays = {row.id: _stay(row.residence) for row in found.rows if row.residence is not None}
    return {"compare": comparison_results(found), "curves": curves | stays}


def _stay(found: Residence) -> dict[str, object]:
    """Give where a carrier that is itself the drug is, against time."""
    kept = sparse(len(found.time), _POINTS)
    shown: dict[str, object] = {"time": {"unit": "d", "values": [float(found.time[index] / DAY) for index in kept]}}
    for kind, places in (("at_site", found.at_site), ("elsewhere", found.elsewhere), ("active", found.active)):
        for place, draws in places.items():
            curve = band(draws, "1")
            ends = {"median": curve.median, "low": curve.low, "high": curve.high}
            points = {end: [float(values[index]) for index in kept] for end, values in ends.items()}
            label = f"share of the dose, {place.replace('-', ' ')}"
            shown[f"{kind}:{place}"] = {"label": label, "unit": "1", "band": BAND, **points}
    return shown


def _values_of(found: Studied) -> list[_Value]:
    listed: Iterator[Mapping[str, object]] = (described(item.key, item.value, item.set_by) for item in found.inputs)
    values = {str(item["key"]): {**item, "used_by": []} for item in listed}
    if found.prediction is not None:
        for item in used_inputs(found.prediction):  # those that are read as chosen too
            values.setdefault(str(item["key"]), {**item, "used_by": []})
    return [values[key] for key in sorted(values)]


def _values_of_rows(found: Comparison) -> list[_Value]:
    """Give the numbers of all rows, each once with the rows it is used by; one key may hold several."""
    values: list[_Value] = []
    places: dict[tuple[Any, ...], _Value] = {}
    for row in found.rows:
        listed: list[Mapping[str, object]] = []
        if row.prediction is not None:
            listed = list(used_inputs(row.prediction))
        elif row.residence is not None:
            listed = [described(item.key, item.value, item.set_by) for item in row.residence.inputs]
        for item in listed:
            same = tuple(str(given) for given in item.values())
            if same not in places:
                places[same] = {**item, "used_by": []}
                values.append(places[same])
            places[same]["used_by"].append(row.id)
    return sorted(values, key=lambda item: (str(item["key"]), list(item["used_by"])))
