"""What drives an answer, in a terminal."""

from typing import TYPE_CHECKING

from formulate.report.sensitivity_page import assumed_sentence, listed, name_of, next_sentence
from formulate.report.text import estimate_text
from tui.show import DISCLAIMER
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.sensitivity.analysis import Drivers, Sensitivity
    from formulate.sensitivity.screening import Screening

BAR = 20  # characters


def sensitivity_text(found: "Sensitivity", width: int) -> str:
    """Give what drives the numbers as text."""
    parts = [f"{found.formulation.heading}\n{wrap(f'What drives its numbers, from {found.method}.', width)}"]
    for drivers in found.drivers.values():
        parts.append(_number(drivers, width))
    if found.warnings:
        parts.append("Warnings\n" + "\n".join(wrap(text, width, "! ", "  ") for text in found.warnings))
    parts.append(DISCLAIMER)
    return "\n\n".join(parts)


def screening_text(found: "Screening", width: int) -> str:
    """Give a Morris screening as text."""
    unit = "decades" if found.scale == "logarithmic" else "its own unit"
    head = f"{found.label}: mean elementary effect over the band of each input, in {unit} (Morris)"
    rows: list[list[Cell]] = [
        [
            (name_of_key(one.key),),
            (f"{one.mean_effect:.3g} ± {one.doubt:.2g}",),
            (f"{one.spread:.3g}",),
        ]
        for one in found.effects
        if one.mean_effect > 0.01 * found.effects[0].mean_effect
    ]
    table = columns(["input", "mean effect", "spread"], rows, width)
    note = "A spread as large as the mean: the input acts together with others, or in a curve."
    return "\n\n".join([wrap(head, width), table, wrap(note, width), DISCLAIMER])


def name_of_key(key: str) -> str:
    """Give an input in words."""
    from formulate.report.provenance import driver_text

    return driver_text(key)


def _number(drivers: "Drivers", width: int) -> str:
    item = drivers.estimate
    head = wrap(f"{item.label}: {estimate_text(item) if item.exists else item.reason}", width)
    if drivers.reason:
        return head + "\n" + wrap(next_sentence(drivers), width, "> ", "  ")
    designed = any(effect.total is not None for effect in drivers.effects)
    rows: list[list[Cell]] = []
    for effect in listed(drivers):
        share = effect.total if designed and effect.total is not None else effect.first
        row: list[Cell] = [
            tuple(wrap(name_of(effect), max(width - 52, 24)).split("\n")),
            (f"{max(effect.first, 0.0):.0%}",),
        ]
        if designed:
            row.append(("-" if effect.total is None else f"{max(effect.total, 0.0):.0%}",))
        row.append(("-" if effect.width is None else f"{effect.width:.0%}",))
        row.append((("#" * round(BAR * min(max(share, 0.0), 1.0))).ljust(BAR),))
        rows.append(row)
    heads = ["input", "alone", *(["in all"] if designed else []), "band if known", ""]
    told = [wrap(next_sentence(drivers), width, "> ", "  "), wrap(assumed_sentence(drivers), width, "  ", "  ")]
    return "\n".join([head, columns(heads, rows, width), *told])
