"""Loading of particles and vesicles by entrapment: measured where somebody measured it, else predicted.

Drug loading, encapsulation efficiency and feed ratio agree in every draw: of two, the third follows.
"""

from formulate.case import Case
from formulate.loading import definitions
from formulate.loading.definitions import Convention
from formulate.loading.stage_advice import fitted_family, method_doubts
from formulate.loading.stage_measured import known_loading
from formulate.loading.stage_polymer import polymer_checks
from formulate.loading.stage_predicted import beyond_published, predicted
from formulate.results import Detail, Held
from formulate.sampling import Array
from materials.priors import EfficiencyPrior, encapsulation

WHY = "the load"


def entrapped(case: Case) -> Held:
    """Drug entrapped in particles or vesicles: measured, else predicted from published formulations of its family."""
    known, prior = known_loading(case), encapsulation()
    convention: Convention = case.holder.convention
    efficiency, share, basis = known.encapsulation_efficiency, known.drug_loading, known.basis
    warnings = [*known.warnings]
    family = fitted_family(case, prior)
    if efficiency is None or share is None:
        feed = known.feed_ratio
        if feed is None and case.process.find("feed_ratio") is not None:
            feed = case.process.read("feed_ratio", WHY)[:, 0]
        if feed is None and share is not None and family:
            feed = definitions.drug_to_carrier(share) / _common_efficiency(prior, family)  # what such a load needs
        found = predicted(case, feed) if efficiency is None or feed is None else None
        if found is not None:
            if efficiency is None:
                efficiency = found.efficiency.efficiency
                basis = f"{basis}; encapsulation efficiency {found.basis}" if basis else found.basis
                warnings += beyond_published(found.efficiency)
                warnings += method_doubts(case)
            feed = found.feed_ratio
        elif efficiency is None:
            efficiency = case.inner.read("encapsulation_efficiency", "the drug to weigh out")[:, 0]
        if share is None and feed is not None:
            share = definitions.drug_loading(efficiency, feed, convention)
        elif share is None:
            share = case.inner.read("drug_loading", WHY)[:, 0]
    details, told = polymer_checks(case, share, efficiency)
    fed = () if known.added_per_held is not None else _fed(share, efficiency, convention)
    return Held(
        share, efficiency, convention, basis or "given for this kind of carrier",
        (*known.details, *fed, *details), (*warnings, *told), known.added_per_held,
    )  # fmt: skip


def _common_efficiency(prior: EfficiencyPrior, family: str) -> float:
    cell = prior.cell(family, "")
    assert cell is not None
    return cell.median


def _fed(share: Array, efficiency: Array, convention: Convention) -> tuple[Detail, ...]:
    """Give the feed ratio that loading and efficiency mean, where they can both be."""
    possible = (efficiency > 0) & (share > 0) & (share < 1)
    if convention == "B":
        possible &= share < efficiency
    if not possible.all():
        return ()
    feed = definitions.feed_ratio(share, efficiency, convention)
    return (Detail("feed_ratio", "feed that loading and efficiency mean", "g/g", feed),)
