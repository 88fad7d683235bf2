"""Predictions that answer different questions, beside each other without a rank: as plain data, rows and a page."""

from collections.abc import Iterator, Mapping, Sequence

from formulate.difference import Differences
from formulate.estimate import Estimate
from formulate.pipeline import Prediction
from formulate.report.differences import differences_section, summary
from formulate.report.envelope import prediction_results
from formulate.report.page import Document, Points, Section, Table, Text
from formulate.report.text import estimate_text

Found = Mapping[str, Prediction | str]  # by name of a file: its prediction, or why there is none
NOT_ASKED = "its calculation does not give this number"


def beside_results(found: Found, not_ranked: str) -> dict[str, object]:
    """Give predictions as plain data, in the order of the files."""
    rows: list[dict[str, object]] = []
    for name, item in found.items():
        if isinstance(item, str):
            rows.append({"id": name, "rank": None, "reason": item})
        else:
            rows.append({"id": name, "rank": None, **prediction_results(item)})
    return {"not_ranked": not_ranked, "rows": rows}


def questions(found: Found) -> Iterator[tuple[str, str]]:
    """Give what each file asks, in a line."""
    for name, item in found.items():
        if isinstance(item, str):
            yield name, f"not computed: {item}"
            continue
        formulation, regimen = item.formulation, item.formulation.regimen
        where = f"{regimen.species} {regimen.site}, {regimen.state_or_first}"
        wanted = f"{formulation.compartment} above {item.assessment.target_text} for {formulation.target.duration}"
        yield name, f"{item.case.dose * 1e6:.4g} mg {formulation.cargo.id}, {where}; target: {wanted}"


def numbers(found: Found) -> Iterator[tuple[str, list[Estimate | str]]]:
    """Give each number that a prediction has, by its label, with that of each file or the reason why there is none."""
    computed = [item for item in found.values() if not isinstance(item, str)]
    listed = dict.fromkeys(name for item in computed for name in item.assessment.estimates)
    for name in listed:
        of_each: list[Estimate | str] = []
        label = ""
        for item in found.values():
            number = None if isinstance(item, str) else item.assessment.estimates.get(name)
            label = label or ("" if number is None else number.label)
            of_each.append(number or (item if isinstance(item, str) else NOT_ASKED))
        yield label, of_each


def beside_document(found: Found, not_ranked: str, differences: Differences, warnings: Sequence[str]) -> Document:
    """Give the report; the same files give the same bytes."""
    rows = [
        (label, *(item if isinstance(item, str) else estimate_text(item) for item in of_each))
        for label, of_each in numbers(found)
    ]
    sections = [
        Section("What each file asks", [Table(("file", "question"), list(questions(found)))]),
        differences_section(differences),
        Section(
            "The numbers side by side",
            [Text("Medians with 80 % bands."), Table(("number", *found), rows)] if rows else [],
        ),
        Section("Warnings", [Points(warnings)] if warnings else []),
    ]
    return Document("Formulations side by side", f"{not_ranked}.", summary(differences), sections)
