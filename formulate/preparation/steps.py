"""What to do, step by step: the method of each layer from the inside out, the assay, filling."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.preparation.parts import Ingredient, Injection, Step
from formulate.report.text import number

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

_SCALES = {
    "kg": ((1e-2, 1e3, "g"), (1e-6, 1e6, "mg"), (1e-9, 1e9, "µg"), (0.0, 1e12, "ng")),
    "m**3": ((1e-3, 1e3, "L"), (1e-7, 1e6, "mL"), (0.0, 1e9, "µL")),
}


def amount_text(amount: float | None, unit: str) -> str:
    """Give an amount with four digits in the unit that fits it, or a blank to fill in.

    >>> amount_text(12.5e-6, "kg"), amount_text(2e-8, "m**3"), amount_text(2e7, "1"), amount_text(None, "kg")
    ('12.5 mg', '20 µL', '2×10⁷', '__________')
    """
    if amount is None:
        return "__________"
    if unit == "1":
        return number(amount, 4)
    factor, name = next((factor, name) for least, factor, name in _SCALES[unit] if amount >= least * (1 - 1e-9))
    return f"{number(amount * factor, 4)} {name}"


def steps(nodes: Sequence["Node"], ingredients: Sequence[Ingredient], injection: Injection) -> tuple[Step, ...]:
    """Give all that is to be done, from the innermost layer to the filled doses."""
    found: list[Step] = []
    for node in reversed(nodes):
        found += _of_layer(node, nodes, ingredients)
        if any(not part.inner for part in node.parts) and node.form not in ("dissolved", "depot"):
            found.append(_assay(node))
    found += _filling(nodes, ingredients, injection)
    return tuple(found)


def _of_layer(node: "Node", nodes: Sequence["Node"], ingredients: Sequence[Ingredient]) -> list[Step]:
    method = node.layer.preparation
    words = _words(node, nodes, ingredients)
    if method is None or not method.steps:
        text = f"Load {words['carrier']} with {words['drug']}; note how."
        return [Step(node.layer.id, text, ("noted",))]
    return [Step(node.layer.id, _filled(text, words), _blanks(text)) for text in method.steps]


def _words(node: "Node", nodes: Sequence["Node"], ingredients: Sequence[Ingredient]) -> dict[str, str]:
    """Give what the placeholders of a method's steps stand for."""
    mine = [item for item in ingredients if item.layer == node.layer.id]

    def of(*roles: str) -> str:  # a, b and c
        found = [f"{amount_text(item.amount, item.unit)} of {item.name}" for item in mine if item.role in roles]
        return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))

    inside = [
        f"{amount_text(float(np.atleast_1d(other.doses * other.product)[0]), 'kg')} of loaded {other.layer.entry.name}"
        for other in nodes
        if other.outside == node.layer.id
    ]
    own = [item for item in ingredients if item.role == "own drug" and item.layer in node.own]
    inside += [f"{amount_text(item.amount, item.unit)} of {item.name}" for item in own]
    drug = " and ".join([word for word in (of("drug"), *inside) if word])
    excipient = next((item for item in mine if item.role == "excipient"), None)
    stabiliser = "the stabiliser"
    if excipient is not None:
        mass = f" ({amount_text(excipient.amount, 'kg')})" if excipient.amount is not None else ""
        stabiliser = excipient.name + mass
    vehicle = next((item for item in ingredients if item.role == "vehicle"), None)
    liquid = f"{amount_text(vehicle.amount, 'm**3')} of {vehicle.name}" if vehicle else "water"
    return {
        "drug": drug or "the payload",
        "carrier": of("carrier") or node.layer.entry.name,
        "solvent": of("solvent") or "the solvent",
        "water": of("water phase").replace(" of water phase", " of water") or liquid,
        "excipient": stabiliser,
    }


def _filled(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def _blanks(text: str) -> tuple[str, ...]:
    """Give what a step asks to be written down."""
    asked = text.lower()
    found = ["mass"] if "weigh the" in asked or "weigh what" in asked else []
    return (*found, "noted") if "note" in asked.replace(",", " ").split() else tuple(found)


def _assay(node: "Node") -> Step:
    names = " and ".join(part.name for part in node.parts if not part.inner)
    text = f"Assay {names} in the product and in what was kept; work out loading and efficiency anew before filling."
    return Step(node.layer.id, text, ("drug loading", "encapsulation efficiency", "mass of product"))


def _filling(nodes: Sequence["Node"], ingredients: Sequence[Ingredient], injection: Injection) -> list[Step]:
    liquid = next((item for item in ingredients if item.role == "vehicle"), None)
    total = amount_text(injection.total_volume, "m**3")
    found = []
    outer = [node for node in nodes if not node.outside and node.form not in ("depot", "dissolved", "crystal")]
    own = [item for item in ingredients if item.role == "own drug"]
    if liquid is not None and (outer or own) and not any(node.form == "depot" for node in nodes):
        what = " and ".join([node.layer.entry.name for node in outer] + [item.name for item in own])
        found.append(
            Step(
                "injection", f"Disperse {what} in {amount_text(liquid.amount, 'm**3')} of vehicle; make up to {total}."
            )
        )
    each = amount_text(injection.volume, "m**3")
    found.append(
        Step("injection", f"Fill {math.floor(injection.doses + 1e-9)} doses of {each}; label them.", ("filled",))
    )
    found.append(Step("injection", "Test sterility, endotoxin, particles and passage through the needle.", ("result",)))
    return found
