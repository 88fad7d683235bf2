"""Loading of particles and vesicles by entrapment: measured where somebody measured it, else predicted.

Drug loading, encapsulation efficiency and feed ratio agree in every draw: of two, the third follows.
"""

from dataclasses import dataclass

import numpy as np

from formulate.case import Case
from formulate.domain import require_positive
from formulate.loading import definitions
from formulate.loading.definitions import Convention
from formulate.loading.prediction import EfficiencyPrediction, Measurement, predict_efficiency
from formulate.loading.stage_advice import fitted_family, method_doubts
from formulate.loading.stage_measured import known_loading
from formulate.loading.stage_polymer import polymer_checks
from formulate.results import Detail, Held
from formulate.sampling import Array, Draws
from materials import catalog
from materials.errors import FormulateError
from materials.priors import EfficiencyPrior, encapsulation
from materials.schema import Payload
from materials.units import to_si

WHY = "the load"
CONVENTIONS: dict[str, Convention] = {"polymer-microparticle": "B"}  # as the data of a family report it; A elsewhere


@dataclass(frozen=True)
class LoadingPrediction:
    """Predicted encapsulation efficiency and drug loading of one formulation.

    Attributes
    ----------
    efficiency : EfficiencyPrediction
        Draws of the efficiency [1], and what they rest on.
    drug_loading : ndarray, shape (draws,)
        Drug per loaded carrier [kg/kg].
    feed_ratio : ndarray, shape (draws,)
        Drug added per carrier added: as given, else as common in the family [kg/kg].
    convention : {"A", "B"}
        Meaning of the efficiency.
    basis : str
        Where the prediction comes from, in words.
    """

    efficiency: EfficiencyPrediction
    drug_loading: Array
    feed_ratio: Array
    convention: Convention
    basis: str


def predict_loading(
    carrier: str,
    method: str = "",
    payload: str = "",
    *,
    feed_ratio: float | None = None,
    logp: float | None = None,
    molar_mass: float | None = None,
    surfactant_concentration: float | None = None,
    measured: tuple[Measurement, ...] = (),
    draws: int = 1024,
    seed: int = 7,
) -> LoadingPrediction:
    """Predict encapsulation efficiency and drug loading that nobody has measured.

    Parameters
    ----------
    carrier : str
        Carrier of the catalog, such as plga-nanoparticle, or a family, such as polymer-nanoparticle.
    method : str
        Preparation method of the catalog; the first of the carrier if not given.
    payload : str
        Payload of the catalog: gives logP, molar mass and its measurements in other carriers.
    feed_ratio : float, optional
        Drug added per carrier added [kg/kg].
    logp : float, optional
        log10 of the octanol/water partition coefficient [1].
    molar_mass : float, optional
        Molar mass of the payload [kg/mol].
    surfactant_concentration : float, optional
        In the outer water; only none or some matters [kg/m**3].
    measured : tuple of Measurement, optional
        Efficiencies measured with this payload.
    draws, seed : int
        Number of draws, and where they start.

    Returns
    -------
    LoadingPrediction
        Efficiency [1] and drug loading [kg/kg], draw by draw consistent with the feed ratio.

    Raises
    ------
    FormulateError
        If the carrier's family has no published efficiencies to go by, or a number is out of range.

    Examples
    --------
    >>> found = predict_loading("plga-nanoparticle", "nanoprecipitation", "dasatinib", feed_ratio=0.1)
    >>> bool(found.efficiency.low < found.efficiency.median < found.efficiency.high), found.convention
    (True, 'A')
    """
    known, prior = catalog.load(), encapsulation()
    family = carrier
    if prior.family(carrier) is None:
        entry = known.carrier(carrier)
        family, method = entry.carrier_class, method or next(iter(entry.methods), "")
    if prior.family(family) is None or method == "remote-loading":
        what = "remote loading" if method == "remote-loading" else f"carriers of the class {family}"
        raise FormulateError(f"{what}: no published efficiencies to predict from; need a mechanism that computes it")
    descriptors: dict[str, float | Array] = {}
    if payload:
        entry_of_drug = known.payload(payload)
        descriptors |= _of_payload(entry_of_drug)
        measured = (*measured, *measured_elsewhere(prior, entry_of_drug.id))
    given = {"logp": logp, "molar_mass": molar_mass, "surfactant_concentration": surfactant_concentration}
    descriptors |= {name: value for name, value in given.items() if value is not None}
    design = Draws(draws, seed)
    feed = None
    if feed_ratio is not None:
        feed = np.full(draws, float(require_positive("feed_ratio", feed_ratio, "kg/kg")))
    chosen = known.methods.get(method)
    convention = (chosen.convention if chosen else None) or CONVENTIONS.get(family, "A")
    return _predict(prior, family, method, descriptors, feed, convention, measured, design, payload)


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
        if family and (efficiency is None or feed is None):
            descriptors = _descriptors(case)
            measured = _measured_of(case, prior)
            method = case.method.id if case.method else ""
            found = _predict(
                prior, family, method, descriptors, feed, convention, measured, case.inputs.draws, case.part.id
            )
            if efficiency is None:
                efficiency = found.efficiency.efficiency
                basis = f"{basis}; encapsulation efficiency {found.basis}" if basis else found.basis
                warnings += [_beyond(found.efficiency)] if found.efficiency.outside else []
                warnings += method_doubts(case)
            feed = found.feed_ratio
        elif efficiency is None:
            efficiency = case.inner.read("encapsulation_efficiency", "the drug to weigh out")[:, 0]
        if share is None and feed is not None:
            share = definitions.drug_loading(efficiency, feed, convention)
        elif share is None:
            share = case.inner.read("drug_loading", WHY)[:, 0]
    details, told = polymer_checks(case, share, efficiency)
    return Held(
        share, efficiency, convention, basis or "given for this kind of carrier",
        (*known.details, *_fed(share, efficiency, convention), *details), (*warnings, *told),
    )  # fmt: skip


def measured_elsewhere(prior: EfficiencyPrior, payload: str, but: str = "") -> tuple[Measurement, ...]:
    """Give the efficiencies that the catalog holds of a payload in carriers of the fitted families, but one."""
    found = []
    for carrier in catalog.load().carriers.values():
        if carrier.id == but or prior.family(carrier.carrier_class) is None:
            continue
        for value in carrier.values("encapsulation_efficiency"):
            if value.payload == payload and value.is_used:
                method = next(iter(carrier.methods), "") if len(carrier.methods) == 1 else ""
                share = to_si(value.typical, value.unit)
                found.append(Measurement(share, carrier.carrier_class, method, {}, value.source or carrier.id))
    return tuple(found)


def _predict(
    prior: EfficiencyPrior,
    family: str,
    method: str,
    descriptors: dict[str, float | Array],
    feed: Array | None,
    convention: Convention,
    measured: tuple[Measurement, ...],
    draws: Draws,
    payload: str,
) -> LoadingPrediction:
    """Predict efficiency and loading at a feed ratio; at those common in the family where it is not known."""
    assumed = feed is None
    if feed is None:
        common = prior.family(family)
        assert common is not None
        centre, spread = (getattr(common, name).get("feed_ratio") for name in ("centre", "spread"))
        if centre is None:  # nobody reported one: as in the polymer particles
            centre, spread = -1.0, 0.5
        feed = 10 ** np.clip(centre + spread * draws.standard_normal(f"{family}.feed_ratio"), *_published_feeds(prior))
    told = {**descriptors, "feed_ratio": feed}
    scores = draws.standard_normal(f"{family}.{method}.{payload}.encapsulation_efficiency")
    efficiency = predict_efficiency(family, method, told, scores, measured, prior)
    basis = efficiency.basis
    if efficiency.missing:
        basis += f"; not known: {', '.join(efficiency.missing)}"
    if assumed:
        basis += "; feed ratio as common there"
    share = definitions.drug_loading(efficiency.efficiency, feed, convention)
    return LoadingPrediction(efficiency, share, feed, convention, basis)


def _published_feeds(prior: EfficiencyPrior) -> tuple[float, float]:
    """Give the ends of the published feed ratios, log10."""
    return next((item.smallest, item.largest) for item in prior.descriptors if item.name == "feed_ratio")


def _common_efficiency(prior: EfficiencyPrior, family: str) -> float:
    cell = prior.cell(family, "")
    assert cell is not None
    return cell.median


def _descriptors(case: Case) -> dict[str, float | Array]:
    """Give what is known of payload and preparation, as the regression takes it."""
    found: dict[str, float | Array] = {}
    logp = next((name for name in ("logp_octanol_water", "logp_calculated") if case.payload.find(name)), None)
    if logp:
        found["logp"] = case.payload.read(logp, WHY)[:, 0]
    if case.payload.find("molar_mass"):
        found["molar_mass"] = case.payload.typical("molar_mass", WHY)  # which side of the limit, not a spread
    return found


def _of_payload(entry: Payload) -> dict[str, float | Array]:
    found: dict[str, float | Array] = {}
    names = (("logp", ("logp_octanol_water", "logp_calculated")), ("molar_mass", ("molar_mass",)))
    for name, properties in names:
        values = [value for item in properties if (value := entry.value(item)) is not None]
        if values:
            found[name] = to_si(values[0].typical, values[0].unit)
    return found


def _measured_of(case: Case, prior: EfficiencyPrior) -> tuple[Measurement, ...]:
    return measured_elsewhere(prior, case.payload.entry.id, case.inner.entry.id)


def _fed(share: Array, efficiency: Array, convention: Convention) -> tuple[Detail, ...]:
    """Give the feed ratio that loading and efficiency mean, where they can both be."""
    possible = (efficiency > 0) & (share > 0) & (share < 1)
    if convention == "B":
        possible &= share < efficiency
    if not possible.all():
        return ()
    feed = definitions.feed_ratio(share, efficiency, convention)
    return (Detail("feed_ratio", "drug fed per carrier fed", "g/g", feed),)


def _beyond(found: EfficiencyPrediction) -> str:
    return f"{', '.join(found.outside)} lies beyond the published formulations; predicted as at their end"
