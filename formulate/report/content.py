"""What a report says, as plain data with every number already a text: a template only lays it out."""

from collections.abc import Mapping, Sequence

from formulate.criteria import BY_NAME
from formulate.estimate import Estimate
from formulate.pipeline import Prediction
from formulate.presets import preset
from formulate.report.answer import answer_text, question_text
from formulate.report.compared import compared_content, why_not_ranked, why_text
from formulate.report.loading import CONVENTIONS, layer_estimates
from formulate.report.page import DISCLAIMER
from formulate.report.provenance import driver_text, evidence_counts, used_inputs
from formulate.report.references import References
from formulate.report.scores import acting_columns, score_band
from formulate.report.text import (
    NO_NUMBER,
    duration_text,
    estimate_cells,
    estimate_text,
    input_number,
    lower_first,
    number,
    prose,
    quantity_text,
    share_text,
    unit_text,
)
from formulate.results import LayerLoading
from formulate.rows import Comparison, Row
from formulate.version import program_version
from materials import catalog
from materials.mechanisms import mechanism

COLUMNS = (
    ("largest_dose", "dose that fits"),
    ("needed_volume", "volume the dose needs"),
    ("release_t50", "release t50"),
    ("carrier_half_life", "carrier residence half-life"),
    ("drug_half_life", "drug residence half-life"),
    ("cover", "wanted time above target"),
    ("depth_above_target", "depth above target"),
    ("injections_needed", "injections needed"),
    ("auc_ratio", "local/plasma AUC ratio, unbound"),
)
OF_OWN_DRUGS = (  # after those that tell what acts after some days
    ("active_half_time", "half of it acts until"),
    ("injections_needed", "injections needed"),
)
# a sign beside the word, so that an evidence level is not told by its colour
SIGNS = {"user": "✎", "primary": "●", "secondary": "◐", "review": "◔", "derived": "∴", "assumed": "▲"}
LEVELS = {
    "user": "typed in by the user",
    "primary": "read in the primary paper, a label, a pharmacopoeia",
    "secondary": "read in a review, a compilation, a vendor page or an abstract service",
    "review": "stated in one of the reviews the catalog grew from",
    "derived": "computed from such values; the note says how",
    "assumed": "an engineering prior, wide on purpose; the note gives the rationale",
}
MEASURED = "measured by you"  # where a mechanism is named
_IN_LOADING_TABLE = ("drug_loading", "loaded_mass", "particles", "molecules_per_particle", "drug_to_weigh_out")


def report_content(comparison: Comparison, *, title: str | None = None, date: str | None = None) -> dict[str, object]:
    """Give what a report on a comparison says; one row makes the report of one prediction."""
    references = References()
    many = len(comparison.rows) > 1
    ranked = any(row.score is not None for row in comparison.rows)
    carriers = [_details(row) for row in comparison.rows if row.prediction]
    inputs = _inputs(comparison, references)
    columns = _columns(comparison)
    places = {row.id: place for place, row in enumerate(comparison.ranked, start=1)}
    return {
        **compared_content(comparison),
        "title": title or _title(comparison),
        "date": date or "",
        "question": question_text(comparison),
        "answer": answer_text(comparison),
        "columns": [label for _, label in columns],
        "ranked": ranked,
        "many": many,
        "rows": [_table_row(places.get(row.id), row, columns) for row in comparison.rows],
        "carriers": carriers,
        "input_groups": inputs,
        "levels": [{"level": level, "sign": SIGNS[level], "meaning": meaning} for level, meaning in LEVELS.items()],
        "weights": _weights(comparison) if ranked else [],
        "equations": _equations(comparison.predictions),
        "method": _method(comparison),
        "cited": references,
        "references": [
            {"number": str(item.number), "text": item.text, "link": item.link} for item in references.listed()
        ],
        "disclaimer": DISCLAIMER,
    }


def _title(comparison: Comparison) -> str:
    if comparison.question is not None and comparison.question.name:
        return comparison.question.name
    for prediction in comparison.predictions:
        formulation = prediction.formulation
        place = lower_first(formulation.regimen.entry.name)
        if len(comparison.rows) == 1:
            return f"{formulation.label}: {formulation.cargo.entry.name} in the {place}"
        return f"Carriers for {lower_first(formulation.cargo.entry.name)} in the {place}"
    return "Comparison of carriers"


def _columns(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """Give the numbers of the table, by name and heading: those that a prediction alone lacks are left out."""
    named: tuple[tuple[str, str], ...] = COLUMNS
    if comparison.of_own_drugs and not comparison.predictions:
        named = (*acting_columns(comparison.acting_days), *OF_OWN_DRUGS)
    held = {name for row in comparison.rows for name in row.numbers}
    return tuple((name, label) for name, label in named if name in held or not held)


def _table_row(place: int | None, row: Row, columns: Sequence[tuple[str, str]]) -> dict[str, object]:
    rank = NO_NUMBER if place is None else str(place)
    if not row.numbers:
        return {"rank": rank, "label": row.label, "reason": row.reason, "cells": [], "best": ""}
    cells = [
        _cell(row.numbers[name]) if name in row.numbers
        else {"main": NO_NUMBER, "band": "not a number of this kind of carrier", "mark": ""}
        for name, _ in columns
    ]  # fmt: skip
    share = _assumed(row)
    if share is None:
        cells.append({"main": NO_NUMBER, "band": "where its band comes from cannot be told", "mark": ""})
    else:
        cells.append({"main": share_text(share), "band": "assumed", "mark": SIGNS["assumed"] if share >= 0.25 else ""})
    best = ""
    if row.score is None and row.earned:  # stands beside the ranking
        cells.append({"main": NO_NUMBER, "band": "not ranked", "mark": ""})
        best = why_not_ranked(row)
    if row.score is not None:
        middle, low, high = score_band(row)
        cells.append({"main": f"{middle:.3f}", "band": f"{low:.3f} to {high:.3f}", "mark": ""})
        best = why_not_ranked(row)
    if row.is_ranked:
        best = f"best in {share_text(row.best_probability or 0.0)} of draws, top three in "
        best += share_text(row.top_three_probability or 0.0) + (
            "; beaten by none in every part" if row.unbeaten else ""
        )
    return {"rank": rank, "label": row.label, "reason": "", "cells": cells, "best": best}


def _cell(item: Estimate) -> dict[str, str]:
    main, band = estimate_cells(item)
    return {"main": main, "band": band, "mark": ""}


def _assumed(row: Row) -> float | None:
    """Give the share of the band from assumed inputs, as the score counts it."""
    if certain := row.earned.get("certainty"):
        return None if certain.mean is None else 1.0 - certain.mean
    share = row.numbers["cover"].assumed_share
    return row.numbers["auc_ratio"].assumed_share if share is None else share


def _details(row: Row) -> dict[str, object]:
    assert row.prediction is not None
    prediction = row.prediction
    estimates = row.numbers
    leading = estimates["cover"] if estimates["cover"].drivers else estimates["auc_ratio"]
    counts = evidence_counts(used_inputs(prediction))
    return {
        "label": row.label,
        "warnings": [prose(warning) for warning in row.warnings],
        "layers": [_layer(layer) for layer in prediction.loading.layers],
        "fits": share_text(prediction.loading.fits),
        "drivers_of": leading.label,
        "drivers": [{"name": driver_text(key), "share": share_text(share)} for key, share in leading.drivers],
        "numbers": [
            {"label": item.label, "text": estimate_text(item), "why": item.reason if item.exists else ""}
            for item in estimates.values()
            if item.name not in _IN_LOADING_TABLE
        ],
        "evidence": [{"level": level, "sign": SIGNS[level], "count": str(count)} for level, count in counts.items()],
    }


def _layer(layer: LayerLoading) -> dict[str, object]:
    known = catalog.load().carriers
    rows: list[dict[str, str]] = []
    for item in layer_estimates(layer, ()):
        main, band = estimate_cells(item)
        rows.append({"label": item.label, "main": main, "band": band})
    convention = CONVENTIONS.get(layer.convention, "") if layer.drug_loading is not None else ""
    return {
        "name": known[layer.carrier].name if layer.carrier in known else layer.carrier,
        "basis": layer.basis,
        "convention": convention,
        "rows": rows,
    }


def _inputs(comparison: Comparison, references: References) -> list[dict[str, object]]:
    """Give the inputs by subject, each once: site and payload first, then the carriers."""
    found: dict[tuple[str, str], tuple[dict[str, object], list[str]]] = {}
    versions: dict[str, int] = {}
    rows = [row for row in comparison.rows if row.prediction]
    first: list[str] = []
    for row in rows:
        assert row.prediction is not None
        case = row.prediction.case
        first = [case.payload.entry.id, case.site.entry.id]
        for item in used_inputs(row.prediction):
            identity = (str(item["key"]), repr(item))
            if identity not in found:
                found[identity] = (item, [])
                versions[identity[0]] = versions.get(identity[0], 0) + 1
            found[identity][1].append(row.label)
    subjects: dict[str, list[tuple[dict[str, object], list[str]]]] = {subject: [] for subject in first}
    for (key, _), listed in found.items():
        subjects.setdefault(key.partition(".")[0], []).append(listed)
    groups: list[dict[str, object]] = []
    for subject, items in subjects.items():
        items.sort(key=lambda pair: (str(pair[0]["label"]).casefold(), pair[1]))
        shown = [_input(item, users if versions[str(item["key"])] > 1 else [], references) for item, users in items]
        if shown:
            groups.append({"subject": _subject_name(subject, rows), "id": subject, "rows": shown})
    return groups


def _subject_name(subject: str, rows: Sequence[Row]) -> str:
    for row in rows:
        assert row.prediction is not None
        case = row.prediction.case
        for part in (case.payload, case.site, *case.layers):
            if part.entry.id == subject:
                return part.entry.name
    return subject


def _input(item: Mapping[str, object], only_in: Sequence[str], references: References) -> dict[str, object]:
    source, evidence = str(item["source"]), str(item["evidence"])
    applies = item["applies_to"]
    assert isinstance(applies, Mapping)
    where = ", ".join(str(given).replace("-", " ") for name, given in applies.items() if name in ("species", "state"))
    basis = f"{applies['basis']} basis" if applies.get("basis") else ""
    conditions = [text for text in (where, basis, str(item["conditions"])) if text]
    if only_in:
        conditions.insert(0, "only in: " + ", ".join(only_in))
    return {
        "label": prose(str(item["label"])),
        "value": _source_value(item["typical"]),
        "band": _ends(item["low"], item["high"]),
        "band_is": item["band"],
        "unit": unit_text(str(item["unit"])) or "1",
        "evidence": evidence,
        "sign": SIGNS[evidence],
        "set_by": item["set_by"],
        "citation": str(references.cite(source)) if source else "",
        "locator": item["locator"],
        "conditions": prose("; ".join(conditions)),
        "note": prose(str(item["note"])),
    }


def _source_value(value: object) -> str:
    return input_number(float(value)) if isinstance(value, int | float) else NO_NUMBER


def _ends(low: object, high: object) -> str:
    if low is None and high is None:
        return NO_NUMBER
    if low is None:
        return f"up to {_source_value(high)}"
    return f"{_source_value(low)} to {_source_value(high)}" if high is not None else f"from {_source_value(low)}"


def _weights(comparison: Comparison) -> list[dict[str, str]]:
    question = comparison.question
    why = {item.part: why_text(item) for item in preset(question.preset).weight} if question and question.preset else {}
    return [
        {
            "name": name,
            "weight": number(comparison.weights[name]),
            "meaning": item.meaning,
            "why": why.get(name, ""),
        }
        for name, item in BY_NAME.items()
    ]


def _equations(predictions: Sequence[Prediction]) -> list[dict[str, str]]:
    """Give the mechanisms in use, by stage, with the entries that name them."""
    used: dict[tuple[str, str], list[str]] = {}
    for prediction in predictions:
        for place, layer in enumerate(prediction.formulation.chain):
            named = layer.entry.mechanisms
            _add(used, ("loading", named.loading), layer.entry.name)
            if layer.release is not None:
                _add(used, ("release", MEASURED), layer.entry.name)
            elif named.release and not any(outer.release for outer in prediction.formulation.chain[place + 1 :]):
                _add(used, ("release", named.release), layer.entry.name)
        site = prediction.formulation.regimen.entry
        _add(used, ("retention", site.mechanisms.retention), site.name)
    order = {"loading": 0, "release": 1, "retention": 2}
    rows = []
    for (stage, identifier), names in sorted(used.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        if identifier == MEASURED:
            summary = "the law fitted to your own readings, with its doubt, in place of a mechanism"
        else:
            summary = mechanism(stage, identifier).summary  # type: ignore[arg-type]  # the three stages, spelled above
        rows.append({"stage": stage, "id": identifier, "summary": summary, "used_by": ", ".join(names)})
    return rows


def _add(used: dict[tuple[str, str], list[str]], key: tuple[str, str], name: str) -> None:
    names = used.setdefault(key, [])
    if key[1] and name not in names:
        names.append(name)


def _method(comparison: Comparison) -> list[dict[str, str]]:
    facts: list[tuple[str, str]] = []
    for prediction in comparison.predictions[:1]:
        calculation = prediction.formulation.calculation
        facts += [
            ("draws", f"{calculation.draws} Latin hypercube draws, the same for every carrier"),
            ("seed", str(calculation.seed)),
            ("horizon", duration_text(float(prediction.case.time[-1]))),
            ("band", "10th to 90th percentile of the draws (80 %) around the median, of the score the mean"),
            ("injection", f"{number(prediction.loading.volume * 1e6)} mL, once"),
            ("target", quantity_text(prediction.assessment.target_text)),
        ]
    shares = "squared rank correlations of the draws with each input, as shares of their sum"
    facts.append(("where a band comes from", shares))
    facts.append(("catalog version", catalog.load().version))
    facts.append(("program version", program_version()))
    return [{"name": name, "text": text} for name, text in facts]
