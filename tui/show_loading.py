"""What a loading looks like in a terminal: a table for each layer that holds something."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from formulate.report.loading import CONVENTIONS, dose_estimates, expected, layer_estimates
from formulate.report.provenance import driver_text
from formulate.report.text import estimate_cells, number
from tui.show import DISCLAIMER, set_by_you
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.estimate import Estimate
    from formulate.loading.stage_predicted import LoadingPrediction
    from formulate.loading.total import LoadingResult
    from formulate.results import LayerLoading


def loading_text(result: "LoadingResult", width: int) -> str:
    """Give a loading as text: for each layer what it holds, with bands, and what the numbers rest on."""
    formulation = result.formulation
    regimen = formulation.regimen
    state = f", {regimen.state_or_first}" if regimen.state_or_first else ""
    head = f"One injection of {number(result.volume * 1e6)} mL, {regimen.species} {regimen.site}{state}."
    parts = [f"{formulation.label}\n{wrap(head, width)}"]
    shown: set[str] = set()  # a gel around several payloads is told once
    for case, loading in zip(result.cases, result.payloads, strict=True):
        inputs = case.inputs.used
        share = "" if case.share == 1 else f", {case.share:.0%} of its dose"
        fits = f"{number(loading.wanted * 1e6)} mg wanted{share}; fits in {loading.fits:.0%} of the draws"
        parts.append(wrap(f"{loading.payload}: {fits}", width) + "\n" + _table(dose_estimates(loading, inputs), width))
        for layer in loading.layers:
            if layer.drug_loading is None and layer.layer in shown:
                continue
            shown.add(layer.layer)
            parts.append(_layer(layer, layer_estimates(layer, inputs), width))
    for own in result.own:
        dose = f"{number(own.dose * 1e6)} mg" if own.unit == "kg" else f"{number(own.dose)} of them"
        text = wrap(f"{own.layer} ({own.carrier}), which is the drug: {dose} wanted", width)
        parts.append(text + "\n" + _table(layer_estimates(own, result.inputs), width) + _notes(own.details, width))
    if result.advice:
        parts.append("Methods\n" + "\n".join(wrap(text, width, "- ", "  ") for text in result.advice))
    if result.warnings:
        parts.append("Warnings\n" + "\n".join(wrap(warning, width, "! ", "  ") for warning in result.warnings))
    parts += set_by_you(result.inputs, width)
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def expected_text(found: "LoadingPrediction", width: int) -> str:
    """Give what published formulations let expect as text."""
    rows: list[list[Cell]] = [[(item.label,), *((cell,) for cell in estimate_cells(item))] for item in expected(found)]
    table = columns(["number", "median", "80 % band"], rows, width)
    return f"{table}\n\n{wrap(found.basis, width)}\n{wrap(CONVENTIONS[found.convention], width)}"


def _layer(layer: "LayerLoading", estimates: "Sequence[Estimate]", width: int) -> str:
    lines = [wrap(f"layer {layer.layer} ({layer.carrier})", width)]
    if layer.basis:
        lines.append(wrap(f"loading {layer.basis}", width, "  ", "  "))
    if layer.drug_loading is not None and layer.convention in CONVENTIONS:
        lines.append(wrap(CONVENTIONS[layer.convention], width, "  ", "  "))
    lines.append(_table(estimates, width))
    return "\n".join(lines) + _notes(layer.details, width)


def _notes(details: "Sequence[object]", width: int) -> str:
    told = [f"{item.label}: {item.note}" for item in details if getattr(item, "note", "")]  # type: ignore[attr-defined]
    return "".join("\n" + wrap(text, width, "  ", "    ") for text in told)


def _table(estimates: "Sequence[Estimate]", width: int) -> str:
    rows: list[list[Cell]] = []
    for item in estimates:
        main, band = estimate_cells(item)
        exact = item.low is not None and item.low == item.high
        assumed = "" if item.assumed_share is None or exact else f"{item.assumed_share:.0%}"
        label = tuple(wrap(item.label, 40 if width >= 96 else 30).split("\n"))
        if item.exists:
            rows.append([label, (main,), ("exact" if exact else band,), (assumed,)])
        else:
            rows.append([label, ("-",), tuple(wrap(item.reason, 30).split("\n")), ("",)])
    if not rows:
        return ""
    return columns(["number", "median", "80 % band", "assumed"], rows, width) + _drivers(estimates, width)


def _drivers(estimates: "Sequence[Estimate]", width: int) -> str:
    """Give the inputs that the bands come from, each with the numbers of which it is the strongest."""
    moved: dict[str, list[str]] = {}
    for item in estimates:
        if item.drivers and item.low != item.high:
            moved.setdefault(item.drivers[0][0], []).append(item.label)
    lines = [
        wrap(f"{driver_text(key)} moves {', '.join(labels)}", width, "  ", "    ") for key, labels in moved.items()
    ]
    return "".join("\n" + line for line in lines)
