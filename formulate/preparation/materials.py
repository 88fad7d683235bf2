"""The materials of a layer of the batch: its drugs and carrier as weighed or counted, its solvent and liquids."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from formulate.inputs import Input
from formulate.loading.residual_solvent import DAY, extraction_volume, largest_residual_content
from formulate.preparation.liquids import band, bath, chosen, to_set, water_phase
from formulate.preparation.parts import Balance, Ingredient, SolventLimit
from formulate.report.text import number, unit_text
from formulate.sampling import Array
from materials.schema import Carrier
from materials.solvents import Solvent
from materials.solvents import solvent as solvent_called
from materials.units import to_si

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

GEL = ("polymer_mass_fraction", "polymer_density")  # what its polymer is weighed by
MADE = ("particle", "vesicle", "micelle", "crystal")  # forms of which a part is lost while they are made
_LABELS = {"depot": "dry polymer", "vesicle": "lipid mixture", "micelle": "copolymer"}
_COUNTS = {
    "vesicles": (("vesicles", "vesicles", "1"), ("vesicle_protein", "protein of these vesicles", "kg")),
    "cells": (("cells_for_dose", "cells", "1"),),
}


def carrier_shares(node: "Node") -> dict[str, float]:
    """Give what a carrier is weighed as, each with its share of the mass: one label where its materials are not known.

    A carrier that is counted has a mass by computation alone.
    """
    name = node.layer.entry.name
    if node.counts:
        return {f"{node.counts} by computed mass ({name})": 1.0}
    shares = {} if node.form == "depot" else mass_shares(node.layer.entry)
    return shares or {f"{_LABELS.get(node.form, 'carrier material')} ({name})": 1.0}


def mass_shares(carrier: Carrier) -> dict[str, float]:
    """Give the share of each material in the mass of a carrier; nothing where its composition is not known."""
    masses = {part.name: part.mole_share * part.molar_mass for part in carrier.composition}
    return {name: mass / sum(masses.values()) for name, mass in masses.items()}


def materials_of(
    node: "Node", balance: Balance | None, batch: float, solvent: str, inputs: Sequence[Input]
) -> tuple[list[Ingredient], list[SolventLimit]]:
    """Give what a layer is made from, and what may stay of its solvent.

    Parameters
    ----------
    node : Node
        The layer, with what is put in.
    balance : Balance or None
        Its mass balance, which says how masses are printed.
    batch : float
        Volume of all injections [m**3].
    solvent : str
        Solvent asked for; the method's usual one if empty.
    inputs : sequence of Input
        What the bands rest on.
    """
    texts = {} if balance is None else {row.what: balance.text(row.digits[0]) for row in balance.rows}
    found = [
        _drug(node, part.name, node.part_put_in(part), part.loss_known, texts, inputs)
        for part in node.parts
        if not part.inner
    ]
    found += _counted(node, inputs) or _carrier(node, texts, inputs)
    method = node.layer.preparation
    if method is None or node.own is not None:
        return found, []
    if node.form == "depot":
        return found + (bath(node, batch) if node.is_soaked else []), []
    organic: float | None = None
    limits: list[SolventLimit] = []
    if method.solvents:
        used = solvent_called(solvent or method.solvents[0])
        strength, carrier = chosen(node, "polymer_concentration_organic"), float(node.carrier_put_in[0])
        organic = None if strength is None or not carrier else carrier / strength
        notes = [used.limit_text]
        if organic is None and node.form == "vesicle":
            notes.append("as much as dissolves the lipids, for it is taken off again; write down what you take")
        elif organic is None:
            notes.append(to_set(node.layer.id, "polymer_concentration_organic"))
        found.append(Ingredient(node.layer.id, "solvent", used.name.lower(), organic, "m**3", None, "; ".join(notes)))
        limits.append(_limit(node, used, organic))
    return found + water_phase(node, organic, batch), limits


def _drug(
    node: "Node", name: str, amounts: Array, known: bool, texts: dict[str, str], inputs: Sequence[Input]
) -> Ingredient:
    note = "" if known or node.form not in MADE else "what is lost of it is not known; none is reckoned with"
    if node.is_soaked:
        note = "into the soaking bath, not into the gel"
    shown = band(f"{name} to weigh", "mg", amounts, inputs)
    return Ingredient(node.layer.id, "drug", name, float(amounts[0]), "kg", shown, note, texts.get(name, ""))


def _carrier(node: "Node", texts: dict[str, str], inputs: Sequence[Input]) -> list[Ingredient]:
    """Give the carrier as it is weighed: its materials by their shares of the mass where those are known."""
    if node.carrier is None:
        if node.form != "depot":
            return []
        missing = [name for name in GEL if node.process.find(name) is None]
        (label,) = carrier_shares(node)
        return [Ingredient(node.layer.id, "carrier", label, None, "kg", None, to_set(node.layer.id, *missing))]
    found = []
    shares = carrier_shares(node)
    for label, share in shares.items():
        amounts = node.carrier_put_in * share
        note = f"{share * 100:.1f} % of the mass of {node.layer.entry.name}" if len(shares) > 1 else _lipids(node)
        shown = band(label, "mg", amounts, inputs)
        text = texts.get(label, "")
        found.append(Ingredient(node.layer.id, "carrier", label, float(amounts[0]), "kg", shown, note, text))
    return found


def _lipids(node: "Node") -> str:
    """Give what is known of a mixture of lipids whose composition is not: its mean molar mass."""
    molar = node.process.find("lipid_molar_mass") if node.form == "vesicle" else None
    if molar is None:
        return ""
    of = f" ({molar.conditions})" if molar.conditions else ""
    return f"of your choice, reckoned with a mean of {number(molar.typical, 4)} {unit_text(molar.unit)}{of}"


def _counted(node: "Node", inputs: Sequence[Input]) -> list[Ingredient]:
    """Give a carrier of cells or of their vesicles by number, and by protein, where its number is known."""
    found: list[Ingredient] = []
    for name, label, unit in _COUNTS.get(node.counts, ()):
        amounts = node.counted(name)
        if amounts is not None:
            label = f"{label} ({node.layer.entry.name})" if not found else label
            shown = band(label, "1" if unit == "1" else "ug", amounts, inputs)
            role = "stock" if found else "carrier"
            amount = float(amounts[0])
            found.append(Ingredient(node.layer.id, role, label, amount, unit, shown))  # type: ignore[arg-type]
    return found


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
