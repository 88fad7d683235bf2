"""The nest of a formulation drawn: payloads in their carriers, carriers in carriers, all of it at a site."""

from typing import TYPE_CHECKING

from formulate.formulation import Formulation
from formulate.layer import Layer
from formulate.report.canvas import INK, MUTED, drawing
from formulate.report.text import quantity_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE = 0.42  # inch, of a name inside its box
MARGIN = 0.12
WIDTH = 7.2
FILLS = ("#ffffff", "#eef6fb", "#d9ebf7", "#c3dff2", "#aed3ed", "#98c7e8")
LETTERS = 13.0  # of a name to the inch


def nest_figure(formulation: Formulation, width: float = WIDTH) -> "Figure":
    """Give the nest as boxes in boxes, from the site at the outside to the payloads at the inside; width in inches."""
    from matplotlib.figure import Figure

    regimen = formulation.regimen
    state = f", {regimen.state_or_first.replace('-', ' ')}" if regimen.state_or_first else ""
    site = f"{regimen.entry.name} ({regimen.species}{state})"
    held = {name for layer in formulation.layer for name in layer.shares}
    outer = [layer for layer in formulation.layer if layer.id not in held]
    height = LINE + sum(_height(formulation, layer) + MARGIN for layer in outer) + MARGIN
    with drawing():
        figure = Figure(figsize=(width, height))
        axis = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axis.set_xlim(0, width)
        axis.set_ylim(height, 0)
        axis.axis("off")
        _box(axis, 0.03, 0.03, width - 0.06, height - 0.06, FILLS[0], site, dashed=True)
        top = LINE
        for layer in outer:
            top = _draw(axis, formulation, layer, width, MARGIN, top, 1) + MARGIN
    return figure


def nest_caption(formulation: Formulation) -> str:
    """Say the nest in words, for those who do not see it."""
    parts = []
    for layer in formulation.layer:
        inside = " and ".join(_held_text(formulation, name, share) for name, share in layer.shares.items())
        parts.append(f"{layer.entry.name} ({layer.id}){f' holding {inside}' if inside else ''}")
    return f"The nest, from the inside out: {'; '.join(parts)}; at the site: {formulation.regimen.entry.name}."


def _height(formulation: Formulation, layer: Layer) -> float:
    layers = {item.id: item for item in formulation.layer}
    inside = sum(MARGIN + (_height(formulation, layers[name]) if name in layers else LINE) for name in layer.shares)
    return LINE + inside + MARGIN


def _draw(
    axis: "Axes", formulation: Formulation, layer: Layer, width: float, left: float, top: float, depth: int
) -> float:
    """Draw a layer and what it holds; give where it ends."""
    layers = {item.id: item for item in formulation.layer}
    height = _height(formulation, layer)
    dose = f", {quantity_text(layer.dose)}" if layer.dose else ""
    _box(axis, left, top, width - 2 * left, height, FILLS[min(depth, len(FILLS) - 1)], f"{layer.entry.name}{dose}")
    place = top + LINE
    for name, share in layer.shares.items():
        if name in layers:
            place = _draw(axis, formulation, layers[name], width, left + MARGIN, place, depth + 1) + MARGIN
        else:
            inner = left + MARGIN
            _box(axis, inner, place, width - 2 * inner, LINE, "#fff4d6", _held_text(formulation, name, share))
            place += LINE + MARGIN
    return top + height


def _held_text(formulation: Formulation, name: str, share: float) -> str:
    part = next((item for item in formulation.payload if item.id == name), None)
    if part is None:
        return name
    dose = f", {quantity_text(part.dose)}" if part.dose else ""
    of_it = "" if share == 1 else f", {100 * share:.3g} % of it"
    return f"{part.entry.name}{dose}{of_it}"


def _box(
    axis: "Axes", left: float, top: float, width: float, height: float, fill: str, text: str, *, dashed: bool = False
) -> None:
    from matplotlib.patches import FancyBboxPatch

    axis.add_patch(
        FancyBboxPatch(
            (left + 0.04, top + 0.04),
            width - 0.08,
            height - 0.08,
            boxstyle="round,pad=0.03,rounding_size=0.06",
            facecolor=fill,
            edgecolor=MUTED,
            linestyle="--" if dashed else "-",
            linewidth=0.8,
        )
    )
    longest = max(4, round(LETTERS * (width - 2 * MARGIN)))
    shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
    axis.text(left + 0.14, top + LINE / 2, shown, va="center", ha="left", fontsize=9, color=INK)
