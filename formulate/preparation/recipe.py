"""The recipe of a formulation: what a batch takes so that the doses wanted come out, where it goes, what to check.

Numbers to weigh are those of the typical values, which balance exactly; the bands beside them come from the draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from formulate.domain import require, require_positive
from formulate.estimate import Estimate, estimate
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.loading.batch import drug_in_batch
from formulate.loading.definitions import theoretical_loading
from formulate.loading.total import LoadingResult, load_all
from formulate.preparation.amounts import asked_number, chosen_text
from formulate.preparation.balance import balances, scale, too_light
from formulate.preparation.checks import concentrations, injection_checks
from formulate.preparation.liquids import band, vehicle
from formulate.preparation.materials import MADE, materials_of
from formulate.preparation.nodes import Node, layers_of
from formulate.preparation.own import own_ingredients
from formulate.preparation.parts import Balance, Ingredient, Injection, PayloadPlan, Recipe, SolventLimit
from formulate.preparation.steps import steps
from formulate.report.text import number, share_text, unit_text
from formulate.sampling import Array, TypicalDraw
from materials import catalog
from materials.errors import DomainError, FormulateError
from materials.vehicles import vehicles

FILL_LOSS = 0.05  # assumed: what a vial, a needle and a syringe of a millilitre or so hold back
CONDITIONS = (
    "feed_ratio",
    "polymer_concentration_organic",
    "aqueous_to_organic_volume_ratio",
    "surfactant_concentration",
    "lipid_concentration",
    "copolymer_concentration",
    "adsorbent_concentration",
    "internal_ammonium_sulfate_concentration",
    "internal_ph",
    "process_ph",
    "salt_concentration",
    "bath_to_gel_volume_ratio",
    "bath_concentration",
)  # of the making, where loading or batch rest on them
SMALLEST_YIELD, MOST_DOSES, LARGEST_BATCH = 0.01, 1e6, 1e4  # share, number, kg: beyond it is a slip of the pen


def recipe(
    formulation: Formulation,
    doses: float | str | None = None,
    overage: float | str = 0.0,
    process_yield: float | str | None = None,
    fill_loss: float | str = FILL_LOSS,
    batch_mass: float | str | None = None,
    solvent: str = "",
) -> Recipe:
    """Give the recipe of a batch of a formulation.

    Parameters
    ----------
    formulation : Formulation
        What to make; its dose, volume and layers.
    doses : float or str, optional
        Number of doses wanted; 1 if neither it nor a batch mass is given.
    overage : float or str
        Product made beyond the doses, as a share of them: 0.1 or "10%".
    process_yield : float or str, optional
        Product recovered per drug and carrier put in, of every layer of particles, vesicles or micelles: 0.7 or "70%".
        Your assay's or the preparation method's if not given.
    fill_loss : float or str
        Share of the product that stays in vials, needles and syringes: 0.05 or "5%".
    batch_mass : float or str, optional
        Loaded carrier to make, in kg or as a text such as "2 g", instead of a number of doses: of the outermost
        particles, or of the drug where there are none.
    solvent : str
        Solvent to use instead of the method's usual one.

    Raises
    ------
    MissingValueError
        A number that the loading needs is given neither by the user nor by the catalog.
    DomainError
        A number is out of range; the yield is above what is left if no carrier is lost; the loading contradicts itself
        at the typical values.
    UnknownIdError
        No solvent is called so.
    FormulateError
        An argument is no number; both doses and batch_mass are given; no layer is made with a solvent.
    """
    if batch_mass is not None and doses is not None:
        raise FormulateError("doses and batch_mass are both given (--doses, --batch-mass); need one of the two")
    extra = asked_number("overage", overage, "percent")
    require("overage", extra, "", not extra > 1.0, "at most 1, which is 100 %", "a share: 0.1 is 10 %")
    loss = asked_number("fill_loss", fill_loss, "percent")
    share = None if process_yield is None else asked_number("process_yield", process_yield, "percent")
    if share is not None and 0.0 < share < SMALLEST_YIELD:
        raise DomainError("process_yield", share, "", f">= {SMALLEST_YIELD:.0%}", "less is no process")
    typical, drawn = load_all(formulation, TypicalDraw()), load_all(formulation)
    nodes = layers_of(typical, drawn)
    if batch_mass is None:
        count = 1.0 if doses is None else asked_number("doses", doses, "1")
        whole = count == round(count) if np.isfinite(count) else False
        require("doses", count, "", 1.0 <= count <= MOST_DOSES and whole, f"a whole number, 1 to {MOST_DOSES:g}")
    else:
        mass = float(require_positive("batch_mass", asked_number("batch_mass", batch_mass, "mg"), "kg"))
        require("batch_mass", mass, "kg", mass <= LARGEST_BATCH, f"at most {LARGEST_BATCH:g} kg")
        count = _doses_of(mass, nodes, extra, loss)
    made = float(drug_in_batch(1.0, count, extra, loss))
    _refuse_solvent(nodes, solvent)
    scale(nodes, made, share)
    inputs = _inputs(nodes, drawn)
    weighed = balances(nodes)
    ingredients, limits = _ingredients(nodes, weighed, made, drawn.volume, solvent, inputs,
                                       formulation.regimen.vehicle or "")  # fmt: skip
    checks = injection_checks(nodes, drawn, limits)
    strengths = concentrations(nodes, typical, drawn)
    injection = Injection(drawn.volume, count, made * drawn.volume, strengths, checks)
    return Recipe(
        formulation.label,
        count,
        extra,
        loss,
        tuple(_plans(typical, drawn, nodes, inputs)),
        tuple(ingredients),
        tuple(weighed[node.layer.id] for node in nodes if node.parts),
        tuple(limits),
        injection,
        steps(nodes, ingredients, weighed, injection),
        tuple(_assumptions(nodes, ingredients, loss, limits)),
        (*_told(nodes, typical, drawn), *too_light(nodes)),
    )


def _doses_of(batch_mass: float, nodes: Sequence[Node], overage: float, fill_loss: float) -> float:
    """Give how many doses a mass of product is."""
    drug_in_batch(1.0, 1.0, overage, fill_loss)  # refuses what is out of range
    require("overage", overage, "", overage == 0.0, "none beside batch_mass", "the mass is all that is made")
    held = [node for node in nodes if node.own is None and (node.parts or node.carrier is not None)]
    outer = next((node for node in held if node.form != "depot"), held[0] if held else None)
    if outer is None or outer.product[0] <= 0 or any(node.own for node in nodes):
        raise DomainError("batch_mass", batch_mass, "kg", "a formulation that holds a payload", "give doses instead")
    doses = batch_mass * (1.0 - fill_loss) / float(outer.product[0])
    least = float(outer.product[0]) / (1.0 - fill_loss)
    need = f">= {least:.4g} kg, {chosen_text(least, 'kg')} for one dose"
    require("batch_mass", batch_mass, "kg", doses >= 1.0 - 1e-9, need)
    return max(1.0, doses)


def _refuse_solvent(nodes: Sequence[Node], solvent: str) -> None:
    """Refuse a solvent where nothing is made with one."""
    methods = [node.layer.preparation for node in nodes]
    if solvent and not any(method.solvents for method in methods if method):
        raise FormulateError(f"solvent = {solvent!r}; no layer of this formulation is made with a solvent")


def _inputs(nodes: Sequence[Node], drawn: LoadingResult) -> tuple[Input, ...]:
    """Give the numbers the batch rests on: those of the loading, and the yields."""
    found = {item.key: item for node in nodes for item in node.process.carrier.inputs.used}
    return tuple((found | {item.key: item for item in drawn.inputs}).values())


def _ingredients(
    nodes: Sequence[Node],
    weighed: Mapping[str, Balance],
    made: float,
    volume: float,
    solvent: str,
    inputs: Sequence[Input],
    liquid: str,
) -> tuple[list[Ingredient], list[SolventLimit]]:
    found: list[Ingredient] = []
    limits: list[SolventLimit] = []
    for node in reversed(nodes):
        if node.own is not None:
            found += own_ingredients(node, made, inputs)
            continue
        more, limit = materials_of(node, weighed.get(node.layer.id), made * volume, solvent, inputs)
        found += more
        limits += limit
    return found + [_named(item, liquid) for item in vehicle(nodes, volume, made, inputs)], limits


def _named(item: Ingredient, liquid: str) -> Ingredient:
    """Give the vehicle under the name that the regimen gives it, with what follows from what is dissolved in it."""
    if not liquid:
        return item
    known = vehicles()[liquid]
    strength = f"{known.osmolarity:.4g} mOsm/L, ionic strength {known.ionic_strength:.4g} mmol/L, pH {known.ph:g}"
    return replace(item, name=f"{item.name}: {known.name}", note=f"{item.note}; {strength}")


def _plans(
    typical: LoadingResult, drawn: LoadingResult, nodes: Sequence[Node], inputs: Sequence[Input]
) -> list[PayloadPlan]:
    by_id = {node.layer.id: node for node in nodes}
    found = []
    for central, loading in zip(typical.payloads, drawn.payloads, strict=True):
        held = loading.layers[0]
        node = by_id[held.layer]
        part = next(part for part in node.parts if part.name == loading.payload)
        feed = None
        if node.carrier is not None and node.carrier[0] > 0:
            feed = float(theoretical_loading(node.part_put_in(part)[0] / node.carrier_put_in[0]))
        found.append(
            PayloadPlan(
                loading.payload,
                held.layer,
                loading.wanted,
                float(central.given[0]),
                held.convention,
                held.basis,
                feed,
                _shown("drug_loading", "drug loading", "percent_w_w", held.drug_loading, inputs),
                _shown("efficiency", "encapsulation efficiency", "percent", held.encapsulation_efficiency, inputs),
                band(f"{loading.payload} to weigh", "mg", node.part_put_in(part), inputs),
            )
        )
    return found


def _shown(name: str, label: str, unit: str, draws: Array | None, inputs: Sequence[Input]) -> Estimate | None:
    return None if draws is None else estimate(name, label, unit, draws, inputs)


def _told(nodes: Sequence[Node], typical: LoadingResult, drawn: LoadingResult) -> list[str]:
    """Give the warnings of the loading, less those on settings that the batch reads, the dose as the batch plans it."""
    unread = {
        f"{name} was set for {node.layer.entry.id}; "
        for node in nodes
        for name in node.process.carrier.inputs.ignored(node.layer.entry, node.layer.overrides)
    }
    told = []
    for central, loading in zip(typical.payloads, drawn.payloads, strict=True):
        if loading.unfit:
            wanted, planned = chosen_text(loading.wanted, "kg"), chosen_text(float(central.given[0]), "kg")
            told.append(
                f"the {wanted} of {loading.payload} wanted fit one injection of {chosen_text(drawn.volume, 'm**3')} in "
                f"{share_text(loading.fits)} of the draws; the plan is {planned} a dose"
            )
    unfit = [text for loading in drawn.payloads for text in loading.unfit]
    for text in drawn.warnings:
        setting, _, rest = text.partition(" was set for ")
        entry = rest.partition(";")[0]
        if rest and f"{setting} was set for {entry}; " not in unread:
            continue
        if not any(text.endswith(item) for item in unfit):
            told.append(text)
    return told


def _assumptions(
    nodes: Sequence[Node], ingredients: Sequence[Ingredient], fill_loss: float, limits: Sequence[SolventLimit]
) -> list[str]:
    told = []
    if any(item.role == "drug" for item in ingredients):
        told.append("Masses are for pure, dry materials as free acid or base: correct for assay, water and salt.")
    elif any(item.role == "carrier" and item.unit == "kg" for item in ingredients):
        told.append("Masses are for dry materials: correct for water.")
    if fill_loss == FILL_LOSS:
        told.append(f"{share_text(fill_loss)} of the product stays in vials, needles and syringes: assumed.")
    elif fill_loss:
        told.append(f"{share_text(fill_loss)} of the product stays in vials, needles and syringes: set by you.")
    for node in nodes:
        if node.yielded is not None:
            share = f"{number(node.yielded * 100)} %"
            told.append(f"Process yield of {node.layer.id}: {share}, {node.yield_note.rstrip('.')}.")
        elif node.form in MADE and node.parts:
            told.append(f"{node.layer.id}: {node.yield_note}.")
        conditions = _conditions(node)
        if conditions:
            told.append(f"{node.layer.id} is made at {', '.join(conditions)}.")
    if limits:
        told.append("All of a dose counts as the solvent exposure of one day, the strictest reading for a depot.")
    return told


def _conditions(node: Node) -> list[str]:
    """Give the numbers of the making that loading or batch rest on, each with whose it is."""
    if not node.parts:
        return []
    read = {item.key for item in node.process.carrier.inputs.used}
    entries = [node.layer.entry.id, node.layer.preparation.id if node.layer.preparation else ""]
    found = []
    for name in CONDITIONS:
        used = name in node.asked or any(f"{entry}.{name}" in read for entry in entries)
        value = node.process.find(name) if used else None
        if value is not None:
            whose = "yours" if value.is_yours else value.evidence.value
            unit = "" if value.unit == "pH" else unit_text(value.unit)
            shown = f"{number(value.typical, 4)}{' ' + unit if unit else ''}"
            found.append(f"{catalog.load().property(name).label} {shown} ({whose})")
    return found
