"""The liquids of a batch at the conditions its loading was computed at: water phase, buffers, soaking bath, vehicle."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.estimate import Estimate, estimate
from formulate.inputs import Input
from formulate.preparation.amounts import amount_text, strength_text
from formulate.preparation.parts import Ingredient
from formulate.report.text import number, unit_text
from formulate.sampling import Array
from materials.units import to_si

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

BENCH_WATER = 997.0  # kg/m3 at 25 degC, as it is weighed
AMMONIUM_SULFATE = 0.13214  # kg/mol, from standard atomic weights
_SAID = {"process_ph": "pH {}", "internal_ph": "pH {}", "salt_concentration": "{} of salt"}


def chosen(node: "Node", name: str) -> float | None:
    """Give a number of the making in SI: one that is chosen, so its typical value; None where nobody gives it."""
    node.asked.add(name)
    value = node.process.find(name)
    return None if value is None else to_si(value.typical, value.unit)


def to_set(layer: str, *names: str) -> str:
    """Give what to set to have an amount that is not known."""
    return f"not known: set {' and '.join(names)} of layer {layer}, or write down what you take"


def band(label: str, unit: str, amounts: Array, inputs: Sequence[Input]) -> Estimate:
    """Give the band of an amount whose first element is the typical value."""
    return estimate(label.replace(" ", "_").replace("-", "_"), label, unit, amounts[1:], inputs)


def water_phase(node: "Node", organic: float | None, batch: float) -> list[Ingredient]:
    """Give the water phase of a layer in which it is made, and what is dissolved in it.

    Parameters
    ----------
    node : Node
        The layer, with what is put in.
    organic : float or None
        Volume of its organic phase [m**3].
    batch : float
        Volume of all injections [m**3].
    """
    method = node.layer.preparation
    assert method is not None
    if node.counts == "vesicles":
        return _vesicle_buffer(node)
    if method.loading == "remote-vesicle":
        return _gradient(node)
    if node.form == "crystal":
        return [_excipient(node, batch)] if method.excipients else []
    if node.form == "dissolved" or not any("water}" in step for step in method.steps):
        return []
    name, names, volume = "water phase", _setting(node), suspension_volume(node)
    if volume is None and node.form == "particle":
        ratio = chosen(node, "aqueous_to_organic_volume_ratio")
        volume = None if organic is None or ratio is None else organic * ratio
    if node.form == "vesicle":
        name = "hydration buffer"
    conditions = at_conditions(node, "internal_ph" if node.form == "vesicle" else "process_ph")
    note = "; ".join(filter(None, [conditions, "" if volume is not None else to_set(node.layer.id, *names)]))
    found = [Ingredient(node.layer.id, "water phase", name, volume, "m**3", None, note)]
    return [*found, _excipient(node, volume)] if method.excipients else found


def suspension_volume(node: "Node") -> float | None:
    """Give the volume in which a carrier is loaded [m**3], by its concentration there; None where nobody gives it."""
    method = node.layer.preparation
    carrier = float(node.carrier_put_in[0])
    if method is None or not carrier or node.counts:
        return None
    if node.form == "vesicle":
        lipid, molar = chosen(node, "lipid_concentration"), chosen(node, "lipid_molar_mass")
        return None if lipid is None or molar is None else carrier / molar / lipid
    strength = None
    if method.loading == "micellised":
        strength = chosen(node, "copolymer_concentration")
    elif method.loading == "adsorbed":
        strength = chosen(node, "adsorbent_concentration")
    return None if strength is None else carrier / strength


def _setting(node: "Node") -> tuple[str, ...]:
    """Give the properties that say how much water phase there is."""
    method = node.layer.preparation
    assert method is not None
    if node.form == "vesicle":
        return "lipid_concentration", "lipid_molar_mass"
    by_loading = {"micellised": "copolymer_concentration", "adsorbed": "adsorbent_concentration"}
    if method.loading in by_loading:
        return (by_loading[method.loading],)
    return "polymer_concentration_organic", "aqueous_to_organic_volume_ratio"


def at_conditions(node: "Node", *names: str) -> str:
    """Give pH and salt of a liquid in words, as far as they are known."""
    told = []
    for name in names:
        node.asked.add(name)
        value = node.process.find(name)
        if value is not None:
            unit = "" if value.unit == "pH" else f" {unit_text(value.unit)}"
            told.append(_SAID[name].format(f"{number(value.typical, 4)}{unit}"))
    return ", ".join(told)


def _excipient(node: "Node", water: float | None) -> Ingredient:
    method = node.layer.preparation
    assert method is not None
    strength = chosen(node, "surfactant_concentration")
    mass = None if water is None or strength is None else strength * water
    names = [] if water is not None or node.form == "crystal" else _setting(node)
    names = [*names, *([] if strength is not None else ["surfactant_concentration"])]
    notes = [to_set(node.layer.id, *names)] if mass is None else []
    notes += [f"also in use: {', '.join(method.excipients[1:])}"] if method.excipients[1:] else []
    return Ingredient(node.layer.id, "excipient", method.excipients[0], mass, "kg", None, "; ".join(notes))


def _gradient(node: "Node") -> list[Ingredient]:
    """Give the water and the salt of the solution inside vesicles that a gradient loads, and the buffer outside."""
    layer, volume = node.layer.id, suspension_volume(node)
    salt = chosen(node, "internal_ammonium_sulfate_concentration")
    told = f"makes {number(salt, 4)} mmol/L with the ammonium sulfate below" if salt is not None else ""
    made = f"{told}, made up to this volume" if told else ""
    missing = () if volume is not None else ("lipid_concentration", "lipid_molar_mass")
    mass = None if volume is None or salt is None else salt * volume * AMMONIUM_SULFATE
    more = (*missing, *(() if salt is not None else ("internal_ammonium_sulfate_concentration",)))
    outside = at_conditions(node, "process_ph")
    least = "" if volume is None else f"; with it the vesicles are brought to {amount_text(volume, 'm**3')} for loading"
    inner = "; ".join(filter(None, [made, to_set(layer, *missing) if missing else ""]))
    return [
        Ingredient(layer, "water phase", "water for the inner solution", volume, "m**3", None, inner),
        Ingredient(layer, "excipient", "ammonium sulfate", mass, "kg", None, to_set(layer, *more) if more else ""),
        Ingredient(
            layer,
            "outer buffer",
            "outer buffer",
            None,
            "m**3",
            None,
            f"{outside + ', ' if outside else ''}free of ammonium, of the osmotic pressure inside (sucrose or saline): "
            f"as much as the exchange takes, write it down{least}",
        ),
    ]


def _vesicle_buffer(node: "Node") -> list[Ingredient]:
    """Give the buffer in which vesicles of cells are loaded: at least as much as keeps them apart."""
    method = node.layer.preparation
    assert method is not None
    count, densest = node.counted("vesicles"), chosen(node, "max_particle_concentration")
    volume = None if count is None or densest is None else float(count[0]) / densest
    note = "at least, so that the vesicles stay apart: more is common"
    name = next(iter(method.excipients), "buffer")
    if volume is None:
        note = to_set(node.layer.id, "max_particle_concentration")
    return [Ingredient(node.layer.id, "water phase", name, volume, "m**3", None, note)]


def bath(node: "Node", batch: float) -> list[Ingredient]:
    """Give the bath that a ready gel is soaked in; what is dissolved in it are the drugs to weigh.

    Parameters
    ----------
    node : Node
        The gel, with what is put in.
    batch : float
        Volume of the gel of all injections [m**3].
    """
    ratio = chosen(node, "bath_to_gel_volume_ratio")
    conditions = at_conditions(node, "process_ph", "salt_concentration")
    if ratio is None:
        note = to_set(node.layer.id, "bath_to_gel_volume_ratio")
        return [Ingredient(node.layer.id, "bath", "soaking bath", None, "m**3", None, note)]
    volume, told = ratio * batch, [f"{number(ratio, 4)} times the gel", conditions]
    for part in node.parts:
        put, kept = float(node.part_put_in(part)[0]), float((node.doses * part.given)[0])
        if part.loss_known:
            told.append(
                f"{strength_text(put / volume)} of {part.name} at the start, {strength_text((put - kept) / volume)} "
                "at the end"
            )
        else:
            told.append(
                f"how much {part.name} the bath must hold is not known: set encapsulation_efficiency of layer "
                f"{node.layer.id}"
            )
    return [Ingredient(node.layer.id, "bath", "soaking bath", volume, "m**3", None, "; ".join(filter(None, told)))]


def vehicle(nodes: Sequence["Node"], volume: float, made: float, inputs: Sequence[Input]) -> list[Ingredient]:
    """Give the liquid of the injections: what is left of the volume beside gel polymer, particles and cells."""
    depot = next((node for node in nodes if node.form == "depot"), None)
    whole = amount_text(made * volume, "m**3")
    suspended = [node for node in nodes if is_suspension(node)]
    if depot is None and suspended:
        note = f"takes the place of the liquid that it is made in; the exchange needs more; make up to {whole} in all"
        return [Ingredient("injection", "vehicle", "vehicle for injection", made * volume, "m**3", None, note)]
    taken, unknown = np.zeros(1), []
    for node in nodes:
        if node is depot:
            dry = chosen(node, "polymer_density")
            taken = taken + (node.bare / dry if dry else 0.0)
        elif not node.outside or (depot is not None and node.outside == depot.layer.id):
            room = _room(node, volume)
            if room is None:
                unknown += [node.layer.id]
            else:
                taken = taken + room
    amounts = made * (volume - taken)
    where = depot.layer.id if depot else "injection"
    name = "water or buffer for the gel" if depot else "vehicle for injection"
    note = f"make up to {whole} in all"
    if depot is not None and depot.carrier is None:
        note += "; what its polymer takes is not known and not taken off"
    if unknown:
        note += f"; the volume that {' and '.join(unknown)} takes is not known and not taken off"
    if depot is not None and any(is_suspension(node) for node in nodes):
        note += "; the suspension that is mixed in brings a part of it along"
    if float(amounts[0]) <= 0:
        note = "what it holds takes more than the whole volume"
        return [Ingredient(where, "vehicle", name, None, "m**3", None, note)]
    shown = band(name, "mL", amounts, inputs) if amounts.size > 1 else None
    mass = f"; {amount_text(float(amounts[0]) * BENCH_WATER, 'kg')} of water at 25 degC" if depot else ""
    return [Ingredient(where, "vehicle", name, float(amounts[0]), "m**3", shown, note + mass)]


def is_suspension(node: "Node") -> bool:
    """Tell whether a layer comes out of its making in water, not as a powder."""
    return bool(node.parts) and node.form in ("vesicle", "micelle")


def _room(node: "Node", volume: float) -> Array | None:
    """Give the volume that a layer takes of one injection [m**3]; None where it is not known."""
    if node.own is not None:
        held = [next((item.draws for item in one.details if item.name == "volume_share"), None) for one in node.own]
        if held[0] is not None and held[1] is not None:
            return np.concatenate([held[0], held[1]]) * volume
        return np.zeros(1) if node.counts == "vesicles" else None
    if node.form in ("dissolved", "crystal"):
        return np.zeros(1)
    return None if node.density is None else (node.product if node.loaded is None else node.loaded) / node.density
