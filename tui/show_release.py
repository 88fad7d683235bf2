"""A forecast of release in a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from formulate.report.provenance import driver_text
from formulate.report.release_page import THROUGH_BAG, TWO_BANDS, chosen, next_sentence, reading_rows
from formulate.report.text import duration_text, estimate_cells
from tui.show import DISCLAIMER, set_by_you
from tui.table import Cell, columns, wrap

if TYPE_CHECKING:
    from formulate.forecast import Forecast
    from formulate.through_bag import Seen

ROOM_FOR_DRIVERS = 120  # characters


def releases_text(found: "Sequence[Forecast]", width: int) -> str:
    """Give forecasts of release as text, of several payloads one under another."""
    parts = [part for item in found for part in _parts(item, width)]
    return "\n\n".join([*parts, DISCLAIMER])


def _parts(found: "Forecast", width: int) -> list[str]:
    parts = [f"{found.formulation.heading}\n{wrap(f'Release on the bench, by {found.basis}.', width)}"]
    if found.points is not None:
        source = f" ({found.points.source})" if found.points.source else ""
        last = duration_text(float(found.points.time[-1]))
        count = len(found.points.time)
        parts.append(wrap(f"Moved by {count} measured point{'s'[: count > 1]} up to {last}{source}.", width))
    for sibling in found.siblings:
        parts.append(wrap(f"Moved by {sibling.formulation.label}, measured ({sibling.points.source}).", width))
    parts.append(_numbers(found, width))
    if found.next_points:
        rows: list[list[Cell]] = [
            [(duration_text(item.time),), (f"{100 * item.width:.3g} %",)] for item in chosen(found)
        ]
        table = columns(["measured next at", "width of the band then"], rows, width)
        parts.append(f"{wrap(next_sentence(found), width)}\n{table}")
    if found.seen is not None:
        parts.append(_through_bag(found.seen, width))
    if found.told:
        parts.append("What it is read from\n" + _points(found.told, width, "* "))
    if found.warnings:
        parts.append("Warnings\n" + _points(found.warnings, width, "! "))
    parts += set_by_you(found.inputs, width)
    return parts


def _numbers(found: "Forecast", width: int) -> str:
    earlier = {item.name: item for item in found.before.numbers} if found.before is not None else {}
    rows: list[list[Cell]] = []
    for item in found.numbers:
        main, band = estimate_cells(item) if item.exists else ("-", item.reason)
        row: list[Cell] = [(item.label,), (main,), tuple(wrap(band, 34).split("\n"))]
        if earlier:
            was = earlier[item.name]
            row.append((" ".join(estimate_cells(was)) if was.exists else "-",))
        elif width >= ROOM_FOR_DRIVERS and not found.learned:
            row.append((driver_text(item.drivers[0][0]) if item.drivers else "",))
        rows.append(row)
    heads = ["number", "median", "80 % band"]
    if earlier:
        heads.append("before it was measured")
    elif width >= ROOM_FOR_DRIVERS and not found.learned:
        heads.append("strongest input")
    table = columns(heads, rows, width)
    return f"{table}\n{wrap(TWO_BANDS, width)}." if found.learned else table


def _through_bag(seen: "Seen", width: int) -> str:
    rows: list[list[Cell]] = [
        [(item.label,), *((cell,) for cell in (estimate_cells(item) if item.exists else ("-", item.reason)))]
        for item in seen.numbers
    ]
    parts = [THROUGH_BAG, columns(["number", "median", "80 % band"], rows, width)]
    if seen.readings:
        heads, listed = reading_rows(seen)
        parts.append(columns(heads, [[(cell,) for cell in row] for row in listed], width))
    told = _points(seen.told, width, "* ")
    return "\n".join([*parts, told, *([_points(seen.warnings, width, "! ")] if seen.warnings else [])])


def _points(texts: Sequence[str], width: int, mark: str) -> str:
    return "\n".join(wrap(text, width, mark, " " * len(mark)) for text in texts)
