"""The mass balance of each layer of a batch: how much is put in, where it goes, in whole digits that add up."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.domain import require, require_fraction, require_positive
from formulate.loading.definitions import ROUNDING
from formulate.loading.weighing import smallest_weighable
from formulate.preparation.amounts import amount_text
from formulate.preparation.materials import MADE, carrier_shares
from formulate.preparation.parts import Balance, BalanceRow
from formulate.report.text import share_text
from formulate.sampling import Array
from materials.errors import DomainError
from materials.units import to_si

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

BALANCES = (1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15)  # kg, last digits shown


def scale(nodes: Sequence["Node"], made: float, asked: float | None) -> None:
    """Say how much of each layer the batch must hold, and how much more must be put in because some is lost."""
    if asked is not None:
        require_positive("process_yield", require_fraction("process_yield", asked), "")
    by_id = {node.layer.id: node for node in nodes}
    for node in nodes:
        outer = by_id.get(node.outside)
        node.doses = made if outer is None else outer.doses * np.asarray(outer.growth) * _taken(outer, node.layer.id)
        if np.isnan(node.put_in[0]):
            hint = "drug loading exceeds encapsulation efficiency, which convention B excludes; check the two"
            loading = float(node.parts[0].given[0] / node.product[0])
            raise DomainError(f"drug loading of {node.layer.id}", loading, "", "less than its efficiency", hint)
        node.growth = node.carrier_growth = np.ones_like(node.put_in)
        if node.parts:
            _lose(node, asked)


def _lose(node: "Node", asked: float | None) -> None:
    """Let a layer lose what the user's assay of a batch says of its carrier, or drug and carrier as its yield says.

    The drug added per drug in the product is the assay's, losses included. A yield that is set beside an assay loses,
    or keeps, drug and carrier alike.
    """
    recovered, note = _assayed(node)
    drug = node.put_in - node.bare
    base = node.product / (drug + node.bare * recovered)
    if note and asked is None and "process_yield" not in node.layer.overrides:
        share, node.yield_note = None, note
    else:
        spare = np.minimum(recovered, drug / (node.product - node.bare)) if note else np.ones(1)
        share, node.yield_note = _yield(node, asked, float((base * spare)[0]))
        if share is not None:
            node.growth = np.maximum(1.0 / spare, base / share)
    node.carrier_growth = node.growth * recovered
    if note or share is not None:
        node.yielded = float((base / node.growth)[0])


def _assayed(node: "Node") -> tuple[Array, str]:
    """Give the carrier put in per carrier recovered in the batch that the user assayed, and what it rests on."""
    found, one = node.details.get("process_yield"), np.ones(1)
    if node.carrier is None or (found is None and "yield_taken" not in node.details):
        return one, ""
    if found is None:
        return one, "your assay gives no mass of the product: its carrier is taken as all recovered"
    drug = node.put_in - node.bare
    return np.maximum(1.0, (node.product / found - drug) / node.bare), "of the batch that you assayed"


def _taken(outer: "Node", inner: str) -> Array:
    """Give the inner carrier put into a layer around it, per inner carrier that ends there."""
    part = next((part for part in outer.parts if part.inner == inner), None)
    return np.ones(1) if part is None else part.added / part.given


def _yield(node: "Node", asked: float | None, largest: float) -> tuple[Array | float | None, str]:
    """Give the process yield of a layer and where it comes from; None where no loss is known."""
    need, hint = f"<= {largest:.4g}, what is left if no carrier is lost", f"of layer {node.layer.id}"
    if asked is not None and node.form in MADE:
        require("process_yield", asked, "", asked <= largest * (1.0 + ROUNDING), need, hint)
        return asked, "set by you"
    value = node.process.find("process_yield")
    if value is None:
        if node.is_soaked:
            return None, "what the gel does not take up stays in the bath"
        if node.form in ("depot", "dissolved"):
            return None, "nothing of it is reckoned as lost but what stays in filling"
        return None, "process yield not known: no carrier is reckoned as lost"
    share = to_si(value.typical, value.unit)
    note = "set by you" if value.is_yours else f"{value.evidence.value}: {value.note or value.source}"
    if share > largest * (1.0 + ROUNDING):
        if value.is_yours:
            require("process_yield", share, "", False, need, hint)
        note = f"no carrier is lost: the {share_text(share)} of the method is more than the drug lost leaves"
    draws = node.process.read("process_yield", "what is lost in making")[:, 0]
    return np.concatenate([[share], draws]), note


def balances(nodes: Sequence["Node"]) -> dict[str, Balance]:
    """Give the mass balance of each layer that holds something, at the typical values: the innermost first."""
    found: dict[str, Balance] = {}
    for node in reversed(nodes):
        if node.parts:
            found[node.layer.id] = _balance(node, found)
    return found


def _balance(node: "Node", inside: Mapping[str, Balance]) -> Balance:
    doses = float(np.atleast_1d(node.doses)[0])
    rows = [(part.name, float(node.part_put_in(part)[0]), doses * float(part.given[0])) for part in node.parts]
    if node.carrier is not None:
        put, kept = float(node.carrier_put_in[0]), doses * float(node.carrier[0])
        rows += [(label, put * share, kept * share) for label, share in carrier_shares(node).items()]
    digit = _digit([added for _, added, _ in rows])
    inner = {part.name: inside[part.inner] for part in node.parts if part.inner in inside}
    made = []
    for what, added, kept in rows:
        kept = min(kept, added)
        put, got = round(added / digit), round(kept / digit)
        if what in inner:  # as the balance of the inner carrier prints it
            put = round(inner[what].total.digits[1] * inner[what].digit / digit)
            got = min(put, got)
        made.append(BalanceRow(what, added, kept, added - kept, (put, got, put - got)))
    rest = "stays in the bath" if node.is_soaked else "lost"
    return Balance(node.layer.id, tuple(made), digit, node.yielded, node.yield_note, rest)


def _digit(masses: Sequence[float]) -> float:
    """Give the last digit of the coarsest balance that weighs all the masses well enough."""
    least = min((mass for mass in masses if mass > 0), default=1.0)
    return next((digit for digit in BALANCES if smallest_weighable(digit) <= least), BALANCES[-1])


def too_light(nodes: Sequence["Node"]) -> list[str]:
    """Warn of what no common balance weighs."""
    told = []
    for node in nodes:
        for part in node.parts:
            mass = float(node.part_put_in(part)[0])
            if not part.inner and 0 < mass < smallest_weighable(1e-9):
                told.append(
                    f"{amount_text(mass, 'kg')} of {part.name} are too little to weigh to 0.1 %: measure it out from "
                    "a stock solution, or make a larger batch"
                )
    return told
