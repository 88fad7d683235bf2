"""Nests of carriers: which of them calculators follow from the layer that holds the payload outwards."""

from collections.abc import Sequence

from materials.mechanisms import mechanism
from materials.schema import Carrier

LEAVE_WHOLE = ("particle", "vesicle")  # forms of carriers that are followed out of what is around them


def erodes(carrier: Carrier) -> bool:
    """Tell whether it is computed how a carrier erodes, and so when it lets go of what lies in it."""
    name = carrier.mechanisms.release
    return bool(name) and mechanism("release", name).erodes


def nest_problem(layers: Sequence[Carrier]) -> str:
    """Give why the release of a nest is not computed, its layers from the inside out, or nothing."""
    if len(layers) < 2:
        return ""
    inner = layers[0]
    between = layers[1:-1] if layers[-1].form == "depot" else layers[1:]
    if inner.form not in LEAVE_WHOLE:
        return f"a {inner.form} in a {layers[1].form} is not computed; need a particle or vesicle in another layer"
    if len(between) > 1:
        need = "need at most one carrier around the one that holds the payload, and a gel around that"
        return f"{len(layers)} layers, {len(between)} of them carriers around another; {need}"
    if between and not erodes(between[0]):
        need = "need particles that erode, of a degradable polyester or multivesicular; or a gel"
        return f"when {between[0].id} lets go of {inner.id} whole is not known; {need}"
    return ""
