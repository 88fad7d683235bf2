"""What one formulation looks like in a terminal, in detail."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from formulate.report.chance import chance_text
from formulate.report.provenance import driver_text
from formulate.report.text import estimate_cells, lower_first, unit_text
from materials import catalog
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.estimate import Estimate
    from formulate.formulation import Formulation
    from formulate.inputs import Input
    from formulate.pipeline import Prediction

DISCLAIMER = "A research design tool: nothing here is medical advice."


def set_by_you(inputs: Iterable["Input"], width: int) -> list[str]:
    """Give the line of what the user set, in a list; an empty list where nothing was."""
    yours = [item for item in inputs if item.set_by == "user"]
    shown = ", ".join(f"{_keyed(item)} {item.value.typical:g} {unit_text(item.value.unit)}".rstrip() for item in yours)
    return [wrap(f"Set by you: {shown}", width, "", "  ")] if yours else []


def _keyed(item: "Input") -> str:
    """Give the name of a number, and the id under which a file or an option sets it."""
    known = catalog.load().properties
    return f"{known[item.value.name].label} ({item.key})" if item.value.name in known else item.key


def prediction_text(prediction: "Prediction", width: int) -> str:
    """Give one formulation as text: every number with its band and what the band comes from."""
    formulation, assessment = prediction.formulation, prediction.assessment
    lines = [
        formulation.label,
        wrap(_asked(prediction), width),
        *([wrap(told, width)] if (told := _followed(formulation)) else []),
        "",
    ]
    rows: list[list[Cell]] = []
    for item in assessment.estimates.values():
        main, band = estimate_cells(item)
        shown = main if item.exists else "-"
        driver = (
            tuple(wrap(driver_text(item.drivers[0][0]), min(34, width - 30)).split("\n")) if item.drivers else ("",)
        )
        label = tuple(wrap(item.label, 26).split("\n"))
        rows.append([label, (shown,), (band if item.exists else "",), (_assumed(item),), driver])
    lines.append(columns(["number", "median", "80 % band", "assumed", "strongest input"], rows, width))
    if told := chance_text(assessment.estimates.values(), formulation.calculation.draws):
        lines.append(wrap(f"The medians err by {told}.", width))
    absent = [f"{item.label}: {item.reason}" for item in assessment.estimates.values() if item.reason]
    lines += ["", *(wrap(reason, width, "- ", "  ") for reason in absent)] if absent else []
    if assessment.held is not None:
        wanted = formulation.target.probability
        verdict = "as wanted" if assessment.held >= wanted else "too few"
        held = f"Held above the target for the whole {formulation.target.duration} (after the first hour) in "
        lines += ["", wrap(f"{held}{assessment.held:.0%} of the draws; wanted {wanted:.0%}: {verdict}.", width)]
    if prediction.warnings:
        lines += ["", "Warnings", *(wrap(warning, width, "! ", "  ") for warning in prediction.warnings)]
    for line in set_by_you(prediction.inputs, width):
        lines += ["", line]
    lines += ["", DISCLAIMER]
    return "\n".join(lines)


def _asked(prediction: "Prediction") -> str:
    """Say how much of what is given where, and what it must reach."""
    formulation, case = prediction.formulation, prediction.case
    regimen, compartment = formulation.regimen, formulation.compartment.replace("-", " ")
    return (
        f"{case.dose * 1e6:.4g} mg {lower_first(formulation.cargo.entry.name)} in {case.volume * 1e6:.4g} mL, "
        f"{regimen.species} {lower_first(regimen.entry.name)}, {regimen.state_or_first}; target {compartment} above "
        f"{prediction.assessment.target_text} for {formulation.target.duration}"
    )


def _followed(formulation: "Formulation") -> str:
    """Say which of several payloads the numbers are of, and how to have those of the others."""
    others = [part.id for part in formulation.payload if part.id != formulation.cargo.id]
    if not others:
        return ""
    options = " or ".join(f"--payload {name}" for name in others)
    return f"The numbers are of {formulation.cargo.id}; for those of another payload: {options}."


def _assumed(item: "Estimate") -> str:
    return "" if item.assumed_share is None else f"{item.assumed_share:.0%}"
