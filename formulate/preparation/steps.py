"""What to do, step by step: the method of each layer from the inside out, the assay, filling."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.preparation.amounts import amount_text, chosen_text, doses_text, strength_text
from formulate.preparation.liquids import is_suspension, suspension_volume
from formulate.preparation.own import own_steps
from formulate.preparation.parts import Balance, Ingredient, Injection, Step
from formulate.report.text import number

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node


def steps(
    nodes: Sequence["Node"], ingredients: Sequence[Ingredient], weighed: Mapping[str, Balance], injection: Injection
) -> tuple[Step, ...]:
    """Give all that is to be done, from the innermost layer to the filled doses."""
    found: list[Step] = []
    for node in reversed(nodes):
        if node.own is not None:
            found += own_steps(node, ingredients, injection)
            continue
        found += _of_layer(node, nodes, ingredients, weighed)
        if any(not part.inner for part in node.parts) and node.form not in ("dissolved", "depot"):
            found.append(_assay(node))
    found += _filling(nodes, ingredients, injection)
    return tuple(found)


def _of_layer(
    node: "Node", nodes: Sequence["Node"], ingredients: Sequence[Ingredient], weighed: Mapping[str, Balance]
) -> list[Step]:
    method = node.layer.preparation
    words = _words(node, nodes, ingredients, weighed)
    if method is None or not method.steps:
        text = f"Load {words['carrier']} with {words['drug']}; note how."
        return [Step(node.layer.id, text, ("noted",))]
    return [Step(node.layer.id, _filled(text, words), _blanks(text)) for text in method.steps]


def _words(
    node: "Node", nodes: Sequence["Node"], ingredients: Sequence[Ingredient], weighed: Mapping[str, Balance]
) -> dict[str, str]:
    """Give what the placeholders of a method's steps stand for."""
    mine = [item for item in ingredients if item.layer == node.layer.id]

    def of(*roles: str) -> str:  # a, b and c
        found = [item.measured for item in mine if item.role in roles]
        return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))

    inside = [_inside(other, weighed) for other in nodes if other.outside == node.layer.id and other.own is None]
    inside += [item.measured for item in ingredients if item.role == "own drug" and item.layer in node.own_inside]
    drug = " and ".join([word for word in (of("drug"), *inside) if word])
    method = node.layer.preparation
    usual = next(iter(method.excipients), "the stabiliser") if method else "the stabiliser"
    excipient = next((item for item in mine if item.role == "excipient"), None)
    known = excipient is not None and excipient.amount is not None
    vehicle = next((item for item in ingredients if item.role == "vehicle"), None)
    liquid = vehicle.measured if vehicle else "water"
    water = next((item for item in mine if item.role == "water phase"), None)
    return {
        "drug": drug or "the payload",
        "carrier": of("carrier") or node.layer.entry.name,
        "solvent": of("solvent") or "the solvent",
        "water": water.measured.replace(" of water phase", " of water") if water else liquid,
        "half_water": _half(water),
        "outer": of("outer buffer") or "the outer buffer",
        "bath": of("bath") or "the bath",
        "gel_water": liquid,
        "excipient": f"{usual} ({excipient.shown})" if excipient is not None and known else usual,
    }


def _half(water: Ingredient | None) -> str:
    """Give half of the water phase, where two solutions are made of it."""
    if water is None or water.amount is None:
        return "half of the water"
    return f"{amount_text(water.amount / 2, water.unit)} of water"


def _inside(node: "Node", weighed: Mapping[str, Balance]) -> str:
    """Give a finished inner carrier as it is put into the layer around it."""
    balance = weighed.get(node.layer.id)
    if balance is not None:
        mass = balance.text(balance.total.digits[1])
    else:
        mass = amount_text(float(np.atleast_1d(node.doses * node.product)[0]), "kg")
    what = f"{mass} of loaded {node.layer.entry.name}"
    return f"the suspension that holds {what} (concentrated as far as needed)" if is_suspension(node) else what


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
    found = []
    if not any(node.form == "depot" for node in nodes):
        outer = [node for node in nodes if not node.outside and node.form not in ("dissolved", "crystal")]
        for node in outer:
            if is_suspension(node):
                found.append(_concentrated(node, injection))
        powders = [node for node in outer if not is_suspension(node) and node.counts != "cells"]
        cells = [node for node in outer if node.counts == "cells" and node.own is None]
        names = [_named(node, ingredients) for node in [*powders, *cells]]
        liquid = next((item for item in ingredients if item.role == "vehicle"), None)
        if liquid is not None and names:
            total = amount_text(injection.total_volume, "m**3")
            into = f"{liquid.shown} of vehicle" if not found and liquid.shown != total else "vehicle"
            found.append(Step("injection", f"Disperse {' and '.join(names)} in {into}; make up to {total}."))
    each, rest = chosen_text(injection.volume, "m**3"), doses_text(injection.doses).partition(" and ")[2]
    whole = math.floor(injection.doses + 1e-9)
    left = f"; {rest} is left over" if rest else ""
    kind = any(node.counts == "cells" for node in nodes)
    within = "; inject within the time for which you showed that they stay alive" if kind else ""
    found.append(
        Step(
            "injection",
            f"Fill {doses_text(whole)} of {each}{left}; label {'it' if whole == 1 else 'them'}{within}.",
            ("filled", "injected until") if kind else ("filled",),
        )
    )
    tested = "sterility, endotoxin, mycoplasma, living cells" if kind else "sterility, endotoxin, particles"
    found.append(Step("injection", f"Test {tested} and passage through the needle.", ("result",)))
    return found


def _named(node: "Node", ingredients: Sequence[Ingredient]) -> str:
    own = next((item.measured for item in ingredients if item.role == "own drug" and item.layer == node.layer.id), "")
    return own or node.layer.entry.name


def _concentrated(node: "Node", injection: Injection) -> Step:
    """Give how the suspension that a carrier is made in becomes the injection."""
    total = amount_text(injection.total_volume, "m**3")
    text = f"Exchange the outer phase of {node.layer.entry.name} for the vehicle by dialysis, gel filtration or "
    text += "tangential flow"
    count = node.counted("vesicles")
    if node.counts == "vesicles":
        dense = (
            "" if count is None else f" to {amount_text(float(count[0]) / injection.total_volume * 1e-6, '1')} per mL"
        )
        return Step("injection", f"{text}; count, and bring them{dense}: {total} in all.", ("particles per mL",))
    what = "lipid" if node.form == "vesicle" else "copolymer"
    wanted, volume = float(node.bare[0]) / injection.volume, suspension_volume(node)
    if volume is None:
        text += f"; bring it to {strength_text(wanted)} of {what}, {total} in all."
        return Step("injection", text, (f"{what} per mL",))
    made = float(node.carrier_put_in[0]) / volume
    factor = made / wanted
    way = f"dilute {number(factor)}-fold" if factor > 1 else f"concentrate {number(1 / factor)}-fold"
    text += f"; {way}, from {strength_text(made)} of {what} at loading (less what was lost) to {strength_text(wanted)}"
    return Step("injection", f"{text}; make up to {total}.", (f"{what} per mL",))
