"""What passes the needle: the largest particles or cells of each layer, and the stiffness of gels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.inputs import Subject
from formulate.needle import LIMIT, PASSES_ANY, WHY, largest, largest_crystals, passing
from formulate.preparation.parts import Check
from formulate.regimen import Regimen
from formulate.report.text import number, share_text
from formulate.sampling import Array

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

NEEDLE = "21 G needle"
OFTEN = 0.1  # of the draws, from which a check is not passed


def needle_checks(nodes: Sequence["Node"], regimen: Regimen) -> list[Check]:
    """Give one check for each gel, and for each kind of particle, crystal or cell that is not inside others."""
    depots = {node.layer.id for node in nodes if node.form == "depot"}
    found = []
    for node in nodes:
        if node.form == "depot":
            found.append(_stiffness(node))
        elif not node.outside or node.outside in depots:
            found.append(_size(node, regimen))
    return found


def _stiffness(node: "Node") -> Check:
    name, gel = f"{node.layer.id} through the needle", node.process.carrier
    names = ("storage_modulus", "max_syringeable_storage_modulus")
    missing = [item for item in names if gel.find(item) is None]
    if missing:
        return Check(name, f"not known: set {' and '.join(missing)} of layer {node.layer.id}", NEEDLE, "unknown")
    modulus, limit = (gel.read(item, WHY)[:, 0] for item in names)
    stiff = float((modulus > limit).mean())
    found = f"storage modulus {_pascal(modulus)}"
    words = f"{NEEDLE}: up to {_pascal(limit)}; stiffer in {share_text(stiff)} of the draws"
    return Check(name, found, words, "check" if stiff >= OFTEN else "pass")


def _size(node: "Node", regimen: Regimen) -> Check:
    name = f"{node.layer.id} through the needle"
    if node.form == "dissolved":
        return Check(name, "a clear solution", NEEDLE, "pass")
    sized = _largest(node)
    if sized is None:
        subject = node.crystal or node.process.carrier
        wanted = f"crystal_diameter of {subject.entry.id}" if node.crystal else f"diameter of layer {node.layer.id}"
        return Check(name, f"size not known: set {wanted}", NEEDLE, "unknown")
    sizes, what = sized
    found = f"{what} {_metre(sizes)}"
    if float((sizes < PASSES_ANY).mean()) > 1 - OFTEN:
        return Check(name, found, "below 1 um: any needle", "pass")
    inputs = node.process.carrier.inputs
    limit = passing(node.process, Subject(inputs, regimen.entry, regimen.overrides), regimen.route_or_first)
    if limit is None:
        found += "" if node.counts != "cells" else ", clumps not counted"
        return Check(name, found, f"not known: set {LIMIT} of layer {node.layer.id}", "unknown")
    coarse = float((sizes > limit.diameter).mean())
    words = f"up to {_metre(limit.diameter)} {limit.words}; coarser in {share_text(coarse)} of the draws"
    return Check(name, found, words, "check" if coarse >= OFTEN else "pass")


def _largest(node: "Node") -> tuple[Array, str] | None:
    """Give the largest particles of a layer [m] with what they are, by the spread of sizes where it is known."""
    return largest(node.process.carrier) if node.crystal is None else largest_crystals(node.crystal)


def _metre(sizes: Array) -> str:
    middle = float(np.median(sizes))
    return f"{number(middle * 1e9)} nm" if middle < PASSES_ANY else f"{number(middle * 1e6)} um"


def _pascal(moduli: Array) -> str:
    middle = float(np.median(moduli))
    return f"{number(middle)} Pa" if middle < 1e3 else f"{number(middle * 1e-3)} kPa"
