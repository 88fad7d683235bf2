"""The materials of a layer of the batch: its carrier as weighed, solvent, water phase, stabiliser, vehicle."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.case import Process
from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.estimate import Estimate, estimate
from formulate.inputs import Input, Subject
from formulate.loading.residual_solvent import DAY, extraction_volume, largest_residual_content
from formulate.preparation.parts import Ingredient, SolventLimit
from formulate.report.text import number
from formulate.results import Detail
from formulate.sampling import Array
from materials.schema import Carrier
from materials.solvents import Solvent
from materials.solvents import solvent as solvent_called
from materials.units import convert, to_si

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

CHOSEN = (
    "polymer_concentration_organic",
    "aqueous_to_organic_volume_ratio",
    "surfactant_concentration",
    "lipid_concentration",
)
UNKNOWN = "not known for this method; write down what you take"
BENCH_WATER = 997.0  # kg/m3 at 25 degC, as it is weighed
PER_DOSE = ("cells_given", "cells_to_thaw", "vesicles", "vesicle_protein", "cell_days", "cells")  # details that scale


def counted(details: Sequence[Detail], doses: float) -> str:
    """Give the counts among the details of a dose, for the whole batch, in words."""
    told = []
    for item in details:
        if item.name in PER_DOSE and np.isfinite(item.draws[0]):
            unit = "" if item.unit == "1" else f" {item.unit}"
            label = item.label.removesuffix(" in the dose")
            told.append(f"{label}: {number(convert(float(item.draws[0]) * doses, item.unit))}{unit}")
    return "; ".join(told)


def dry_polymer(gel: Subject, volume: float) -> Array:
    """Give the dry polymer of a volume of gel [kg]."""
    share = gel.read("polymer_mass_fraction", "the gel")[:, 0]
    density = gel.read("polymer_density", "the gel")[:, 0]
    return np.asarray(volume_fraction(share, density, WATER_DENSITY) * volume * density)


def band(label: str, unit: str, amounts: Array, inputs: Sequence[Input]) -> Estimate:
    """Give the band of an amount whose first element is the typical value."""
    return estimate(label.replace(" ", "_").replace("-", "_"), label, unit, amounts[1:], inputs)


def materials_of(
    node: "Node", scale: Array, solvent: str, inputs: Sequence[Input]
) -> tuple[list[Ingredient], list[SolventLimit]]:
    """Give what a layer is made from beside its drug, and what may stay of its solvent."""
    found: list[Ingredient] = []
    carrier = 0.0
    if node.carrier is not None:
        amounts = scale * node.carrier
        carrier = float(amounts[0])
        found += _carrier(node, amounts, inputs)
    method = node.layer.preparation
    if method is None or node.form == "depot":
        return found, []
    organic: float | None = None
    limits: list[SolventLimit] = []
    if method.solvents:
        used = solvent_called(solvent or method.solvents[0])
        strength = _chosen(node.process, "polymer_concentration_organic")
        organic = None if strength is None or not carrier else carrier / strength
        note = used.limit_text if organic is not None else f"{used.limit_text}; volume {UNKNOWN}"
        found.append(Ingredient(node.layer.id, "solvent", used.name.lower(), organic, "m**3", None, note))
        limits.append(_limit(node, used, organic))
    found += _water(node, carrier, organic)
    return found, limits


def _carrier(node: "Node", amounts: Array, inputs: Sequence[Input]) -> list[Ingredient]:
    """Give the carrier as it is weighed: its materials by their shares of the mass where those are known."""
    name = node.layer.entry.name
    if node.form == "depot":
        label = f"dry polymer ({name})"
        return [
            Ingredient(node.layer.id, "carrier", label, float(amounts[0]), "kg", band(label, "mg", amounts, inputs))
        ]
    shares = mass_shares(node.layer.entry)
    if not shares:
        label = f"carrier material ({name})"
        return [
            Ingredient(node.layer.id, "carrier", label, float(amounts[0]), "kg", band(label, "mg", amounts, inputs))
        ]
    return [
        Ingredient(
            node.layer.id,
            "carrier",
            part,
            float(amounts[0]) * share,
            "kg",
            band(part, "mg", amounts * share, inputs),
            f"{share:.1%} of the mass of {name}",
        )
        for part, share in shares.items()
    ]


def mass_shares(carrier: Carrier) -> dict[str, float]:
    """Give the share of each material in the mass of a carrier; nothing where its composition is not known."""
    masses = {part.name: part.mole_share * part.molar_mass for part in carrier.composition}
    return {name: mass / sum(masses.values()) for name, mass in masses.items()}


def _water(node: "Node", carrier: float, organic: float | None) -> list[Ingredient]:
    """Give the water phase of the process, and what is dissolved in it."""
    method = node.layer.preparation
    assert method is not None
    if not any("{water}" in step for step in method.steps) or node.form in ("dissolved", "crystal"):
        return []
    ratio = _chosen(node.process, "aqueous_to_organic_volume_ratio")
    water = None if organic is None or ratio is None else organic * ratio
    lipid, molar = _chosen(node.process, "lipid_concentration"), _chosen(node.process, "lipid_molar_mass")
    if water is None and carrier and lipid is not None and molar is not None:
        water = carrier / molar / lipid
    note = "" if water is not None else UNKNOWN
    found = [Ingredient(node.layer.id, "water phase", "water phase", water, "m**3", None, note)]
    if method.excipients:
        strength = _chosen(node.process, "surfactant_concentration") if method.solvents else None
        mass = None if water is None or strength is None else strength * water
        note = "" if mass is not None else UNKNOWN
        others = ", ".join(method.excipients[1:])
        note += f"{'; ' if note else ''}also in use: {others}" if others else ""
        found.append(Ingredient(node.layer.id, "excipient", method.excipients[0], mass, "kg", None, note))
    return found


def _chosen(process: Process, name: str) -> float | None:
    """Give a number of the process in SI: one that is chosen, so its typical value; None where nobody gives it."""
    value = process.find(name)
    return None if value is None else to_si(value.typical, value.unit)


def _limit(node: "Node", used: Solvent, organic: float | None) -> SolventLimit:
    """Give what may stay of a solvent, if all of a dose counts for one day."""
    product = float(node.product[0])
    exposure = used.daily_exposure
    largest = None
    if exposure is not None and product > 0:
        largest = float(largest_residual_content(exposure, product / DAY))
    water = None
    if organic is not None and used.water_solubility is not None:
        solubility = to_si(used.water_solubility.typical, used.water_solubility.unit)
        density = to_si(used.density.typical, used.density.unit)
        water = float(extraction_volume(organic, density, solubility))
    return SolventLimit(node.layer.id, used, product or None, largest, water)


def vehicle(nodes: Sequence["Node"], volume: float, made: float, inputs: Sequence[Input]) -> list[Ingredient]:
    """Give the liquid of the injections: what is left of the volume beside gel polymer and particles."""
    depot = next((node for node in nodes if node.form == "depot"), None)
    taken, unknown = np.zeros(1), []
    for node in nodes:
        if node is depot:
            dry = _chosen(node.process, "polymer_density")
            taken = taken + (node.bare / dry if dry else 0.0)
        elif not node.outside or (depot is not None and node.outside == depot.layer.id):
            if node.density is None:
                unknown += [node.layer.id] if node.form not in ("dissolved", "crystal") else []
            else:
                taken = taken + (node.product if node.loaded is None else node.loaded) / node.density
    amounts = made * (volume - taken)
    where = depot.layer.id if depot else "injection"
    name = "water or buffer for the gel" if depot else "vehicle for injection"
    note = f"make up to {made * volume * 1e6:.4g} mL in all"
    if unknown:
        note += f"; the volume that {' and '.join(unknown)} takes is not known and not taken off"
    if float(amounts[0]) <= 0:
        return [
            Ingredient(where, "vehicle", name, None, "m**3", None, "what it holds takes more than the whole volume")
        ]
    shown = band(name, "mL", amounts, inputs) if amounts.size > 1 else None
    mass = f"; {float(amounts[0]) * BENCH_WATER * 1e3:.4g} g of water at 25 degC" if depot else ""
    return [Ingredient(where, "vehicle", name, float(amounts[0]), "m**3", shown, note + mass)]
