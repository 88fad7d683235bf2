"""Carriers that are themselves the drug: what is thawed, counted or measured out of them, and how."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from formulate.estimate import estimate
from formulate.inputs import Input
from formulate.preparation.amounts import amount_text
from formulate.preparation.liquids import band, to_set
from formulate.preparation.parts import Ingredient, Injection, Step, Strength
from formulate.report.text import number

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

# further numbers of a dose that are measured out: detail, label, unit, unit of its band
_FURTHER: dict[str, tuple[str, Literal["kg", "1"], str]] = {
    "cells_to_thaw": ("frozen cells to thaw", "1", "1"),
    "cells_given": ("cells in all, living and dead", "1", "1"),
    "vesicles": ("vesicles", "1", "1"),
    "vesicle_protein": ("protein of the vesicles", "kg", "ug"),
    "cell_days": ("cells that secrete them in a day", "1", "1"),
    "particles": ("particles", "1", "1"),
    "mass": ("mass of the particles", "kg", "mg"),
}
_STRENGTHS = {
    "cell_concentration": "living cells in the injection",
    "vesicle_concentration": "vesicles in the injection",
    "particle_concentration": "particles in the injection",
    "concentration": "particles in the injection",
}
_SAME = {
    "vesicles": "1",
    "vesicle_protein": "kg",
    "particles": "1",
    "mass": "kg",
}  # details that say the dose again where it has that unit


def own_ingredients(node: "Node", made: float, inputs: Sequence[Input]) -> list[Ingredient]:
    """Give the doses of a carrier that is itself the drug, and what must be thawed, cultured or weighed for them."""
    assert node.own is not None
    typical, drawn = node.own
    layer, carrier = typical.layer, typical.carrier
    what = {"cells": "living cells", "vesicles": "vesicles"}.get(node.counts, "particles")
    if node.counts == "vesicles" and typical.unit == "kg":
        what = "vesicles, by their protein"
    found = [Ingredient(layer, "own drug", f"{what} ({carrier})", typical.dose * made, typical.unit)]
    one, many = ({item.name: item.draws for item in loading.details} for loading in (typical, drawn))
    for name, (label, unit, shown) in _FURTHER.items():
        if name == "cells_to_thaw" and node.counts == "cells" and name not in one:
            found.append(Ingredient(layer, "stock", label, None, "1", None, to_set(layer, "thaw_recovery")))
        again = _SAME.get(name) == typical.unit
        if name in one and name in many and not again:
            amounts = np.concatenate([one[name], many[name]]) * made
            amount, doubt = float(amounts[0]), band(label, shown, amounts, inputs)
            found.append(Ingredient(layer, "stock", label, amount, unit, doubt, _note(node, name)))
    return found


def _note(node: "Node", name: str) -> str:
    """Give what a further number rests on."""
    words = {
        "cells_to_thaw": ("thaw_recovery", "of the living cells come back from freezing"),
        "cells_given": ("viability", "of the cells are alive"),
    }
    if name not in words:
        return "no vesicle lost on the way" if name == "cell_days" else ""
    value = node.process.find(words[name][0])
    return "" if value is None else f"where {number(value.typical)} % {words[name][1]}"


def own_strengths(node: "Node", inputs: Sequence[Input]) -> list[Strength]:
    """Give what the injection holds of it per volume."""
    assert node.own is not None
    drawn = {item.name: item for item in node.own[1].details}
    found = []
    for item in node.own[0].details:
        if item.name in _STRENGTHS and item.name in drawn:
            name = f"{node.layer.id}_concentration"
            draws = drawn[item.name].draws
            found.append(
                Strength(float(item.draws[0]), estimate(name, _STRENGTHS[item.name], item.unit, draws, inputs))
            )
    return found


def own_steps(node: "Node", ingredients: Sequence[Ingredient], injection: Injection) -> list[Step]:
    """Give how cells are thawed, washed and counted, or vesicles are measured out."""
    mine = {item.name: item for item in ingredients if item.layer == node.layer.id}
    dose = next(item for item in mine.values() if item.role == "own drug")
    where = "the vehicle" if not node.outside else f"a little of the liquid of {node.outside}"
    if node.counts == "cells":
        return _cell_steps(node, mine, dose, where, injection)
    if node.counts == "vesicles":
        texts = [
            f"Thaw or isolate the vesicles; count them and assay their protein: {dose.measured} are needed.",
            "Exchange their buffer for the vehicle by ultrafiltration or size-exclusion chromatography; count again.",
        ]
        blanks = [("particles per mL", "protein per mL"), ("particles per mL",)]
    else:
        texts = [f"Measure out {dose.measured}, by mass or from a suspension of known concentration."]
        blanks = [("measured",)]
    return [Step(node.layer.id, text, asked) for text, asked in zip(texts, blanks, strict=True)]


def _cell_steps(
    node: "Node", mine: dict[str, Ingredient], dose: Ingredient, where: str, injection: Injection
) -> list[Step]:
    thawed = mine.get("frozen cells to thaw")
    every = mine.get("cells in all, living and dead")
    count = f"; that is {every.measured}, {every.note}" if every is not None and every.amount is not None else ""
    medium = f"to {amount_text(injection.total_volume, 'm**3')} in all" if not node.outside else f"in {where}"
    given = "" if thawed is None else f"{thawed.shown} "
    return [
        Step(
            node.layer.id,
            f"Thaw {given}frozen cells at 37 degC until a little ice is left.",
            ("lot and passage", "time"),
        ),
        Step(
            node.layer.id,
            "Dilute slowly with cold medium, spin down gently, pour off, wash once more: the cryoprotectant goes.",
        ),
        Step(
            node.layer.id,
            f"Count with a dye that stains dead cells. Needed are {dose.measured}{count}. Thaw more where fewer live.",
            ("cells", "alive"),
        ),
        Step(
            node.layer.id,
            f"Resuspend {dose.measured} {medium}; strain where clumps are seen; do not vortex, keep cold.",
            ("time",),
        ),
    ]
