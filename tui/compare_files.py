"""Several formulation files beside each other: what differs between them, and whether they can be ranked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from materials.errors import FormulateError, shorten
from tui.asked import names_of, progress, recorded, with_calculation
from tui.deliver import Delivery, terminal_width, write_outputs, writers_of
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.comparison import Comparison
    from formulate.difference import Differences, Side
    from formulate.formulation import Formulation
    from formulate.pipeline import Prediction
    from formulate.report.page import Document


@dataclass(frozen=True)
class Beside:
    """Files beside each other, with the options that make their draws the same."""

    paths: tuple[Path, ...]
    sides: "tuple[Side, ...]"
    asked: dict[str, Any]
    not_ranked: str  # why, in one line; empty where they ask the same question

    def differences(self, comparison: "Comparison") -> "Differences":
        """Give what differs, with what was read by the calculations of a comparison."""
        return self.read_by({row.id: row.prediction or row.reason for row in comparison.rows})

    def read_by(self, found: "dict[str, Prediction | str]") -> "Differences":
        """Give what differs, with what was read by calculations, or why there is none."""
        from formulate.difference import compared
        from formulate.unread import unread_in

        return compared(
            self.sides,
            {
                name: item if isinstance(item, str) else unread_in(item.formulation, item.warnings)
                for name, item in found.items()
            },
        )


def beside_each_other(paths: tuple[Path, ...], asked: dict[str, Any]) -> Beside:
    """Read formulation files; of draws and seeds that differ, the most draws and the first seed hold for all."""
    from formulate.difference import compared, side
    from formulate.formulation import Formulation

    sides = tuple(side(path, name=name) for path, name in zip(paths, names_of(paths), strict=True))
    if any(not isinstance(item.built, Formulation) for item in sides):
        raise Refusal("several files: need formulation files to compare, or one question file")
    calculations = [item.built.calculation for item in sides]
    alike = {"draws": max(item.draws for item in calculations), "seed": calculations[0].seed}
    fields = compared(sides).of_question
    if not fields:
        return Beside(paths, sides, {**alike, **asked}, "")
    if extra := set(asked) - {"draws", "seed"}:
        raise Refusal(f"--{sorted(extra)[0]}: {_why(fields)}; need it left out")
    return Beside(paths, sides, {**alike, **asked}, f"Not ranked: {_why(fields)}")


def _why(fields: Sequence[str]) -> str:
    return f"the files ask different questions, for they differ in {', '.join(fields)}"


def deliver_unranked(beside: Beside, asked: dict[str, Any], delivery: Delivery) -> None:
    """Compute files that ask different questions, and show their numbers beside each other."""
    if delivery.plot:
        raise Refusal(f"--plot: {beside.not_ranked[12:]}; formulate predict draws each alone")
    formulations = [
        with_calculation(item.built, path, beside.asked["draws"], beside.asked["seed"])  # type: ignore[arg-type]
        for path, item in zip(beside.paths, beside.sides, strict=True)
    ]
    found = _predicted([item.name for item in beside.sides], formulations)
    differences = beside.read_by(found)
    warnings = [
        f"{name}: {text}" for name, item in found.items() if not isinstance(item, str) for text in item.warnings
    ]

    def as_json() -> str:
        from formulate.report.beside import beside_results
        from formulate.report.envelope import dumps, envelope

        results = {**beside_results(found, beside.not_ranked), "differences": differences.to_dict()}
        inputs = {"files": [recorded(item) for item in formulations]}
        return dumps(envelope("compare", results, seed=beside.asked["seed"], inputs=inputs, warnings=warnings))

    def document() -> "Document":
        from formulate.report.beside import beside_document

        return beside_document(found, beside.not_ranked, differences, warnings)

    write_outputs(writers_of(delivery.reports, document, {".json": as_json}))
    if delivery.as_json:
        click.echo(as_json(), nl=False)
        return
    from tui.show_differences import beside_text

    click.echo(beside_text(found, beside.not_ranked, differences, warnings, terminal_width()))


def _predicted(names: Sequence[str], formulations: "Sequence[Formulation]") -> "dict[str, Prediction | str]":
    from formulate.pipeline import predict

    report = progress()
    found: dict[str, Prediction | str] = {}
    for number, (name, formulation) in enumerate(zip(names, formulations, strict=True), start=1):
        if report:
            report(f"{number} of {len(names)}: {name}")
        try:
            found[name] = predict(formulation)
        except FormulateError as error:
            found[name] = shorten(str(error), 300)
    return found
