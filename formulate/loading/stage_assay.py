"""A user's assay of a batch, read into drug loading and encapsulation efficiency with what does not add up."""

from dataclasses import dataclass

import numpy as np

from formulate.batch_records import Assay
from formulate.case import Case
from formulate.loading import assay, definitions
from formulate.results import Detail
from formulate.sampling import Array
from materials.errors import DomainError
from materials.evidence import Evidence, Spread
from materials.units import parse
from materials.values import Value

NAMES = {"drug_in_product": "assayed_drug_in_product", "drug_in_supernatant": "assayed_drug_in_supernatant"}
FAR_OUT = 0.2  # of the drug added; beyond it the numbers are not of one batch
NEARLY_ALL = 0.999  # of the drug; what the error of an assay may put into the supernatant of one draw
CLOSURE = 0.05  # of the drug added; what assays of two fractions commonly leave open


@dataclass(frozen=True)
class Assayed:
    """What an assay gives of one payload in one layer, (draws,)."""

    drug_loading: Array | None  # needs the carrier added
    encapsulation_efficiency: Array
    feed_ratio: Array | None
    added_per_held: Array  # drug to add per drug that ends in the product
    details: tuple[Detail, ...]
    warnings: tuple[str, ...]


def assays_of(case: Case) -> tuple[Assay, ...]:
    """Give the assays of the payload in the layer that holds it, one a batch."""
    return tuple(item for item in case.holder.assay if item.payload in ("", case.part.id))


def assayed(case: Case, given: Assay, exact: bool = False) -> Assayed:
    """Give loading and efficiency as found, in the convention of the layer, each determination with its error.

    Parameters
    ----------
    case : Case
        The payload in its layer.
    given : Assay
        What was weighed and found.
    exact : bool, optional
        Take the determinations without their error, which the scatter of several batches holds already.

    Raises
    ------
    DomainError
        More was found than was added, or the product holds a larger share of drug than the feed.
    """
    convention = case.holder.convention
    added = parse(given.drug_added, "mg")
    inside = _found(case, given, "drug_in_product", exact)
    outside = _found(case, given, "drug_in_supernatant", exact)
    carrier = None if given.carrier_added is None else parse(given.carrier_added, "mg")
    details: list[Detail] = []
    warnings: list[str] = []
    if inside is None:
        assert outside is not None  # the model asks for one of the two
        free = float(np.median(outside))
        if free >= added * (1 - 1e-9):
            raise DomainError("drug_in_supernatant", free, "kg", "< drug_added", "none was entrapped")
        inside = np.asarray(added - np.minimum(outside, added * NEARLY_ALL))
        warnings.append(
            "the encapsulation efficiency is indirect: drug that is neither in the supernatant nor in the product "
            "counts as entrapped; assay the product too"
        )
        label = "encapsulation efficiency, indirect"
        details.append(Detail("efficiency_indirect", label, "percent", np.minimum(inside / added, 1.0), "upper bound"))
    elif outside is not None:
        details, warnings = _closure(added, inside, outside, given.relative_error)
    direct = inside / added
    typical = float(np.median(direct)) * added
    if typical > added * (1 + CLOSURE):
        raise DomainError("drug_in_product", typical, "kg", "<= drug_added", "more was found than was added")
    direct = np.minimum(direct, 1.0)  # the error of no draw makes drug
    inside = direct * added
    if given.relative_error == 0 and not exact:
        warnings.append("no relative_error of the assay is given: its numbers are taken as exact")
    if carrier is None:
        if convention == "B":
            warnings.append("convention B needs the carrier added and the mass of the product; A was used")
        return Assayed(None, direct, None, added / inside, tuple(details), tuple(warnings))
    ratio = np.full_like(direct, added / carrier)
    limit = float(definitions.theoretical_loading(added / carrier))
    if given.product_mass is None:
        share = inside / (inside + carrier)
        details.append(Detail("yield_taken", "carrier recovered", "percent", np.ones_like(share), "taken as all of it"))
        efficiency = direct if convention == "A" else np.minimum(share / limit, 1.0)
        return Assayed(share, efficiency, ratio, added / inside, tuple(details), tuple(warnings))
    product = assay.loading_from_product(added, carrier, inside, parse(given.product_mass, "mg"))
    if float(np.median(product.carrier_recovered_share)) > 1 + CLOSURE:
        warnings.append("the product holds more carrier than was added: it is not dry, or holds salt or stabiliser")
    typical_share = float(np.median(product.drug_loading))
    if typical_share > limit * (1 + CLOSURE):
        raise DomainError(
            "drug_in_product / product_mass",
            typical_share,
            "kg/kg",
            f"<= {limit:.4g}, the theoretical loading of the feed",
            "carrier was lost, or two numbers are swapped",
        )
    if typical_share > limit * (1 + 1e-9):
        warnings.append("the product is richer in drug than its feed, within the error of an assay; taken as the feed")
    details += [
        Detail("efficiency_direct", "drug found in the product per drug added", "percent", direct),
        Detail("loading_over_fed", "loading found over loading fed", "percent", np.minimum(product.efficiency_b, 1.0)),
        Detail("process_yield", "product per drug and carrier added", "percent", _wide(product.process_yield, inside)),
    ]
    efficiency = direct if convention == "A" else np.minimum(product.efficiency_b, 1.0)
    share = np.minimum(product.drug_loading, limit)
    return Assayed(share, efficiency, ratio, added / inside, tuple(details), tuple(warnings))


def _found(case: Case, given: Assay, name: str, exact: bool) -> Array | None:
    """Give a determination with its relative error [kg], (draws,), kept among the inputs unless it is exact."""
    text = getattr(given, name)
    if text is None:
        return None
    typical = parse(text, "mg")
    if exact:
        return np.full(case.inputs.draws.count, typical)
    found = Value(
        name=NAMES[name],
        typical=typical * 1e6,
        low=typical * 1e6 * (1 - given.relative_error) if given.relative_error else None,
        high=typical * 1e6 * (1 + given.relative_error) if given.relative_error else None,
        unit="mg",
        spread=Spread.SD if given.relative_error else Spread.SINGLE,
        evidence=Evidence.USER,
        note="set by the user: an assay",
    )
    return case.inputs.determined(f"{case.holder.id}.{case.part.id}.{name}", found)


def _closure(added: float, inside: Array, outside: Array, error: float) -> tuple[list[Detail], list[str]]:
    """Give what the two fractions sum to, and a warning where they do not close the balance."""
    recovery = (inside + outside) / added
    details = [
        Detail("drug_recovery", "drug found per drug added", "percent", np.asarray(recovery)),
        Detail("efficiency_indirect", "encapsulation efficiency, indirect", "percent", np.asarray(1 - outside / added)),
    ]
    gap = float(np.median(recovery)) - 1.0
    doubt = error * np.sqrt(float(np.median(inside)) ** 2 + float(np.median(outside)) ** 2) / added
    if abs(gap) <= max(CLOSURE, 2 * doubt):
        return details, []
    if gap > max(FAR_OUT, 3 * doubt):
        found = (1 + gap) * added
        raise DomainError(
            "drug_in_product + drug_in_supernatant", found, "kg", "<= drug_added", "more was found than added"
        )
    if gap > 0:
        told = f"the mass balance does not close: {gap:.1%} more drug was found than was added"
    else:
        told = f"the mass balance does not close: {-gap:.1%} of the drug was lost, degraded or not extracted"
    return details, [told]


def _wide(values: Array, like: Array) -> Array:
    return np.broadcast_to(values, like.shape).copy()
