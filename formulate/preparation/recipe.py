"""The recipe of a formulation: what a batch takes so that the doses wanted come out, where it goes, what to check.

Numbers to weigh are those of the typical values, which balance exactly; the bands beside them come from the draws.
"""

from collections.abc import Sequence

import numpy as np

from formulate.domain import require, require_fraction, require_positive
from formulate.estimate import Estimate, estimate
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.loading.batch import drug_in_batch
from formulate.loading.definitions import ROUNDING, theoretical_loading
from formulate.loading.total import LoadingResult, load_all
from formulate.loading.weighing import smallest_weighable
from formulate.preparation.checks import concentrations, injection_checks
from formulate.preparation.materials import CHOSEN, band, counted, materials_of, vehicle
from formulate.preparation.nodes import Node, layers_of
from formulate.preparation.parts import Balance, BalanceRow, Ingredient, Injection, PayloadPlan, Recipe, SolventLimit
from formulate.preparation.steps import steps
from formulate.report.text import share_text
from formulate.results import OwnLoading
from formulate.sampling import Array, TypicalDraw
from materials.errors import DomainError
from materials.units import to_si

FILL_LOSS = 0.05  # assumed: what a vial, a needle and a syringe of a millilitre or so hold back
BALANCES = (1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15)  # kg, last digits shown
READ = ("process_yield", *CHOSEN)  # properties of a layer that a batch reads beside its loading
MADE = ("particle", "vesicle", "micelle", "crystal")  # forms of which a part is lost while they are made


def recipe(
    formulation: Formulation,
    doses: float = 1,
    overage: float = 0.0,
    process_yield: float | None = None,
    fill_loss: float = FILL_LOSS,
    batch_mass: float | None = None,
    solvent: str = "",
) -> Recipe:
    """Give the recipe of a batch of a formulation.

    Parameters
    ----------
    formulation : Formulation
        What to make; its dose, volume and layers.
    doses : float
        Number of doses wanted.
    overage : float
        Product made beyond the doses, as a share of them.
    process_yield : float, optional
        Product recovered per drug and carrier put in, of every layer of particles, vesicles or micelles; the
        preparation method's if not given.
    fill_loss : float
        Share of the product that stays in vials, needles and syringes.
    batch_mass : float, optional
        Loaded carrier to make [kg], instead of a number of doses: of the outermost particles, or of the drug where
        there are none.
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
    """
    typical, drawn = load_all(formulation, TypicalDraw()), load_all(formulation)
    nodes = layers_of(typical, drawn)
    if batch_mass is not None:
        doses = _doses_of(float(require_positive("batch_mass", batch_mass, "kg")), nodes, overage, fill_loss)
        overage = 0.0
    made = float(drug_in_batch(1.0, doses, overage, fill_loss))
    _scale(nodes, made, process_yield)
    inputs = _inputs(nodes, drawn)
    ingredients, limits = _ingredients(nodes, inputs, solvent)
    ingredients += [_own(item, made) for item in typical.own]
    ingredients += vehicle(nodes, drawn.volume, made, inputs)
    checks = injection_checks(nodes, drawn, limits)
    injection = Injection(drawn.volume, doses, made * drawn.volume, concentrations(nodes, drawn), checks)
    return Recipe(
        formulation.label,
        doses,
        overage,
        fill_loss,
        tuple(_plans(typical, drawn, nodes, inputs)),
        tuple(ingredients),
        tuple(_balance(node) for node in nodes if node.parts),
        tuple(limits),
        injection,
        steps(nodes, ingredients, injection),
        tuple(_assumptions(nodes, fill_loss, limits)),
        (*_told(drawn), *_light(nodes)),
    )


def _doses_of(batch_mass: float, nodes: Sequence[Node], overage: float, fill_loss: float) -> float:
    """Give how many doses a mass of product is, overage not counted twice."""
    drug_in_batch(1.0, 1.0, overage, fill_loss)  # refuses what is out of range
    outer = next((node for node in nodes if node.form != "depot"), nodes[0] if nodes else None)
    if outer is None:
        raise DomainError("batch_mass", batch_mass, "kg", "a formulation that holds a payload", "give doses instead")
    return max(1.0, batch_mass * (1.0 - fill_loss) / float(outer.product[0]))


def _scale(nodes: Sequence[Node], made: float, asked: float | None) -> None:
    """Say how much of each layer the batch must hold, and how much more must be put in because some is lost."""
    if asked is not None:
        require_positive("process_yield", require_fraction("process_yield", asked), "")
    by_id = {node.layer.id: node for node in nodes}
    for node in nodes:
        outer = by_id.get(node.outside)
        node.doses = made if outer is None else outer.doses * outer.growth * _taken(outer, node.layer.id)
        if np.isnan(node.put_in[0]):
            hint = "drug loading exceeds encapsulation efficiency, which convention B excludes; check the two"
            loading = float(node.parts[0].given[0] / node.product[0])
            raise DomainError(f"drug loading of {node.layer.id}", loading, "", "less than its efficiency", hint)
        if not node.parts:  # a gel around others: nothing of it is lost
            node.growth = np.ones_like(node.put_in)
            continue
        largest = node.product / node.put_in
        share, node.yield_note = _yield(node, asked, float(largest[0]))
        node.growth = np.maximum(1.0, largest / share) if share is not None else np.ones_like(largest)
        node.yielded = None if share is None else float(largest[0] / np.atleast_1d(node.growth)[0])


def _taken(outer: Node, inner: str) -> Array:
    """Give the inner carrier put into a layer around it, per inner carrier that ends there."""
    part = next((part for part in outer.parts if part.inner == inner), None)
    return np.ones(1) if part is None else part.added / part.given


def _yield(node: Node, asked: float | None, largest: float) -> tuple[Array | float | None, str]:
    """Give the process yield of a layer and where it comes from; None where no loss is known."""
    need, hint = f"<= {largest:.4g}, what is left if no carrier is lost", f"of layer {node.layer.id}"
    if asked is not None and node.form in MADE:
        require("process_yield", asked, "", asked <= largest * (1.0 + ROUNDING), need, hint)
        return asked, "set by you"
    value = node.process.find("process_yield")
    if value is None:
        return None, "process yield not known: no carrier is reckoned as lost"
    share = to_si(value.typical, value.unit)
    note = "set by you" if value.is_yours else f"{value.evidence.value}: {value.note or value.source}"
    if share > largest * (1.0 + ROUNDING):
        if value.is_yours:
            require("process_yield", share, "", False, need, hint)
        note = f"no carrier is lost: the {share_text(share)} of the method is more than the drug lost leaves"
    draws = node.process.read("process_yield", "what is lost in making")[:, 0]
    return np.concatenate([[share], draws]), note


def _inputs(nodes: Sequence[Node], drawn: LoadingResult) -> tuple[Input, ...]:
    """Give the numbers the batch rests on: those of the loading, and the yields."""
    found = {item.key: item for node in nodes for item in node.process.carrier.inputs.used}
    return tuple((found | {item.key: item for item in drawn.inputs}).values())


def _ingredients(
    nodes: Sequence[Node], inputs: Sequence[Input], solvent: str
) -> tuple[list[Ingredient], list[SolventLimit]]:
    found: list[Ingredient] = []
    limits: list[SolventLimit] = []
    for node in reversed(nodes):
        scale = node.doses * np.asarray(node.growth)
        for part in node.parts:
            if not part.inner:
                lost = "" if part.loss_known or node.form not in MADE else "what is lost of it is not known"
                note = f"{lost}; none is reckoned with" if lost else ""
                amounts = scale * part.added
                shown = band(f"{part.name} to weigh", "mg", amounts, inputs)
                found.append(Ingredient(node.layer.id, "drug", part.name, float(amounts[0]), "kg", shown, note))
        more, limit = materials_of(node, scale, solvent, inputs)
        found += more
        limits += limit
    return found, limits


def _own(own: OwnLoading, made: float) -> Ingredient:
    return Ingredient(own.layer, "own drug", own.carrier, own.dose * made, own.unit, None, counted(own.details, made))


def _plans(
    typical: LoadingResult, drawn: LoadingResult, nodes: Sequence[Node], inputs: Sequence[Input]
) -> list[PayloadPlan]:
    by_id = {node.layer.id: node for node in nodes}
    found = []
    for central, loading in zip(typical.payloads, drawn.payloads, strict=True):
        held = loading.layers[0]
        node = by_id[held.layer]
        part = next(part for part in node.parts if part.name == loading.payload)
        amounts = node.doses * np.asarray(node.growth) * part.added
        feed = None
        if node.carrier is not None and node.carrier[0] > 0:
            feed = float(theoretical_loading(part.added[0] / node.carrier[0]))
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
                band(f"{loading.payload} to weigh", "mg", amounts, inputs),
            )
        )
    return found


def _shown(name: str, label: str, unit: str, draws: Array | None, inputs: Sequence[Input]) -> Estimate | None:
    return None if draws is None else estimate(name, label, unit, draws, inputs)


def _balance(node: Node) -> Balance:
    """Give the mass balance of a layer at the typical values, in masses and in whole digits."""
    doses, growth = float(np.atleast_1d(node.doses)[0]), float(np.atleast_1d(node.growth)[0])
    rows = [(part.name, doses * growth * part.added[0], doses * part.given[0]) for part in node.parts]
    if node.carrier is not None:
        rows.append(
            (f"carrier material ({node.layer.entry.name})", doses * growth * node.carrier[0], doses * node.carrier[0])
        )
    digit = _digit([added for _, added, _ in rows])
    made = []
    for what, added, kept in rows:
        kept = min(kept, added)
        put, got = round(added / digit), round(kept / digit)
        made.append(BalanceRow(what, float(added), float(kept), float(added - kept), (put, got, put - got)))
    return Balance(node.layer.id, tuple(made), digit, node.yielded, node.yield_note)


def _digit(masses: Sequence[float]) -> float:
    """Give the last digit of the coarsest balance that weighs all the masses well enough."""
    least = min((mass for mass in masses if mass > 0), default=1.0)
    return next((digit for digit in BALANCES if smallest_weighable(digit) <= least), BALANCES[-1])


def _told(drawn: LoadingResult) -> list[str]:
    """Give the warnings of the loading, less those on settings that the batch uses."""
    return [text for text in drawn.warnings if text.partition(" was set for ")[0] not in READ]


def _light(nodes: Sequence[Node]) -> list[str]:
    """Warn of what no common balance weighs."""
    told = []
    for node in nodes:
        scale = float(np.atleast_1d(node.doses * np.asarray(node.growth))[0])
        for part in node.parts:
            mass = scale * float(part.added[0])
            if not part.inner and 0 < mass < smallest_weighable(1e-9):
                told.append(
                    f"{mass * 1e9:.3g} ug of {part.name} are too little to weigh to 0.1 %: measure it out from a stock "
                    "solution, or make a larger batch"
                )
    return told


def _assumptions(nodes: Sequence[Node], fill_loss: float, limits: Sequence[SolventLimit]) -> list[str]:
    told = ["Masses are for pure, dry materials as free acid or base: correct for assay, water and salt."]
    if fill_loss == FILL_LOSS:
        told.append(f"{share_text(fill_loss)} of the product stays in vials, needles and syringes: assumed.")
    elif fill_loss:
        told.append(f"{share_text(fill_loss)} of the product stays in vials, needles and syringes: set by you.")
    for node in nodes:
        if node.yielded is not None:
            share = share_text(node.yielded)
            told.append(f"Process yield of {node.layer.id}: {share}, {node.yield_note.rstrip('.')}.")
        elif node.form in MADE:
            told.append(f"{node.layer.id}: {node.yield_note}.")
    if limits:
        told.append("All of a dose counts as the solvent exposure of one day, the strictest reading for a depot.")
    return told
