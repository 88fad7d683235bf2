"""What holds what: the layers of a formulation as a nest, from the inside out, and what stands in the way of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formulate.batch_records import check_assays
from formulate.common import PayloadPart
from formulate.layer import Layer
from formulate.measured_release import MEASURED
from materials.faults import FieldError, shown

CAN_BE_HELD = ("particle", "vesicle", "micelle", "cell")  # forms of carriers that may be inside another
CAN_HOLD = ("particle", "vesicle", "cell", "depot")
CAN_BE_MEASURED = ("particle", "vesicle", "depot")  # forms whose release a law of the user's may give
ROUNDING = 1e-9  # by which shares of one payload may miss 1 in sum


@dataclass(frozen=True)
class HeldPart:
    """A payload, or a share of it, in the layer that holds it and those around that one."""

    part: PayloadPart
    share: float
    chain: tuple[Layer, ...]


def held_parts(payloads: Sequence[PayloadPart], layers: Sequence[Layer]) -> tuple[HeldPart, ...]:
    """Give each payload in each layer that holds it, with the layers around."""
    return tuple(
        HeldPart(part, layer.shares[part.id], tuple(item.as_of(part.id) for item in (layer, *around(layer, layers))))
        for part in payloads
        for layer in layers
        if part.id in layer.shares
    )


def around(layer: Layer, layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Give the layers around one, from the inside out."""
    holders = {name: item for item in layers for name in item.shares}
    found: list[Layer] = []
    while layer.id in holders:
        layer = holders[layer.id]
        found.append(layer)
    return tuple(found)


def within(layer: Layer, layers: Sequence[Layer]) -> Iterator[Layer]:
    """Give a layer and all that are inside it."""
    yield layer
    for item in layers:
        if item.id in layer.shares:
            yield from within(item, layers)


def check_nest(payloads: Sequence[str], layers: Sequence[Layer]) -> None:
    """Refuse layers that are no nest: everything is held once, by what can hold it, and nothing is left over.

    Parameters
    ----------
    payloads : sequence of str
        The ids of the payloads.
    layers : sequence of Layer
        From the inside out.

    Raises
    ------
    ValueError
        Naming the field where one field is to blame.
    """
    if len(set(payloads)) < len(payloads):
        raise ValueError("payload: an id stands twice; need each payload once")
    ids = {layer.id for layer in layers}
    if len(ids) < len(layers) or ids & set(payloads):
        raise ValueError("layer: the id is taken; need an id of its own for each layer and payload")
    left = _not_held(payloads, layers)
    for index, layer in enumerate(layers):
        check_assays(layer.assay, f"layer.{index}.assay", [name for name in layer.shares if name in payloads])
    _check_measured(payloads, layers)
    for name, rest in left.items():
        if rest > 0 and name != layers[-1].id:
            what = "is held by no layer" if rest == 1 else f"is held to {100 * (1 - rest):.6g} %"
            raise ValueError(f"{name} {what}; need all of it in the layers, from the inside out")


def _not_held(payloads: Sequence[str], layers: Sequence[Layer]) -> dict[str, float]:
    """Give the share of each payload and layer that no layer holds; refuse what a layer cannot hold."""
    forms = {layer.id: layer.entry.form for layer in layers}
    left = dict.fromkeys(payloads, 1.0)  # a layer can be held from its own place in the list on
    for index, layer in enumerate(layers):
        field = f"layer.{index}.holds"
        for held, share in layer.shares.items():
            if share > left.get(held, 0.0) * (1 + ROUNDING):
                free = ", ".join(f'"{name}"' for name, rest in left.items() if rest > 0)
                given = shown(layer.holds if isinstance(layer.holds, dict) else list(layer.holds))
                raise FieldError(field, f"{given}; need [{free}], from the inside out")
            if held in forms and share < 1:
                raise FieldError(field, f"{held} = {share:g}; a layer is held as a whole: need 1")
            inside, outside = forms.get(held, ""), layer.entry.form
            if held in forms and not (inside in CAN_BE_HELD and outside in CAN_HOLD):
                problem = f"a {inside} in a {outside} is not computed; need a particle or vesicle in a depot"
                raise FieldError(field, f"{problem}, or in a particle or cell")
            left[held] = 0.0 if abs(left[held] - share) < ROUNDING else left[held] - share
        left[layer.id] = 1.0
    return left


def _check_measured(payloads: Sequence[str], layers: Sequence[Layer]) -> None:
    """Refuse a law or first points of what is not inside the layer, or of one of several that is not named."""
    for index, layer in enumerate(layers):
        inside = [name for name in payloads if any(name in item.shares for item in within(layer, layers))]
        for table in MEASURED:
            given = getattr(layer, table)
            if given is None or given.payload in inside or (not given.payload and len(inside) < 2):
                continue
            told = f"{shown(given.payload)}; need" if given.payload else "is missing; need that which was measured,"
            raise FieldError(f"layer.{index}.{table}.payload", f"{told} {' or '.join(inside) or 'it left out'}")
