"""Encapsulation efficiency and drug loading predicted from published formulations, for a case or for words alone."""

from dataclasses import dataclass

import numpy as np

from formulate.case import Case
from formulate.domain import require_positive
from formulate.inputs import Input
from formulate.loading import definitions
from formulate.loading.definitions import Convention
from formulate.loading.prediction import EfficiencyPrediction, Measurement, predict_efficiency
from formulate.loading.stage_advice import fitted_family
from formulate.sampling import Array, Draws, sample
from materials import catalog
from materials.errors import FormulateError
from materials.evidence import Evidence, Spread
from materials.priors import EfficiencyPrior, encapsulation
from materials.schema import Payload
from materials.units import convert, to_si
from materials.values import Value

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
        Drug added per carrier added; the usual one of the method, else of the family, if not given [kg/kg].
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
    chosen = known.methods.get(method)
    usual = chosen.value("feed_ratio") if chosen else None
    feed = None
    if feed_ratio is not None:
        feed = np.full(draws, float(require_positive("feed_ratio", feed_ratio, "kg/kg")))
    elif usual is not None:
        feed = sample(known.distribution(usual), design.standard_normal(f"{method}.feed_ratio"))
    convention = (chosen.convention if chosen else None) or CONVENTIONS.get(family, "A")
    return _predict(prior, family, method, descriptors, feed, convention, measured, design, payload)


def predicted(case: Case, feed: Array | None) -> LoadingPrediction | None:
    """Give what published formulations let expect of a case, or None where its family has too few.

    The efficiency, and the feed ratio where none is given, are kept among the inputs, so that what follows from them
    can be traced to them.
    """
    prior = encapsulation()
    family = fitted_family(case, prior)
    if not family:
        return None
    method = case.method.id if case.method else ""
    draws, payload, carrier = case.inputs.draws, case.part.id, case.inner.entry.id
    found = _predict(
        prior,
        family,
        method,
        _descriptors(case),
        feed,
        case.holder.convention,
        measured_elsewhere(prior, case.payload.entry.id, carrier),
        draws,
        payload,
    )
    scores = draws.standard_normal(_efficiency_key(family, method, payload))
    _keep(case, "encapsulation_efficiency", found.efficiency.efficiency, scores, found.basis)
    if feed is None:
        common = "feed ratio as common in the published formulations"
        _keep(case, "feed_ratio", found.feed_ratio, draws.standard_normal(_feed_key(family)), common)
    return found


def _keep(case: Case, name: str, draws: Array, scores: Array, note: str) -> None:
    """Keep a predicted number among the inputs of a case."""
    kind = case.inputs.catalog.property(name)
    low, middle, high = (convert(float(level), kind.unit) for level in np.quantile(draws, (0.1, 0.5, 0.9)))
    value = Value(
        name=name,
        typical=middle,
        low=low,
        high=high,
        unit=kind.unit,
        spread=Spread.P10_P90,
        evidence=Evidence.DERIVED,
        payload=case.part.id if not case.part.inline else "",
        note=note,
    )
    carrier = case.inner.entry.id
    case.inputs.keep(Input(f"{carrier}.{name}", carrier, value, "catalog", exact=False, scores=scores, draws=draws))


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
        feed = 10 ** np.clip(centre + spread * draws.standard_normal(_feed_key(family)), *_published_feeds(prior))
    told = {**descriptors, "feed_ratio": feed}
    scores = draws.standard_normal(_efficiency_key(family, method, payload))
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


def _efficiency_key(family: str, method: str, payload: str) -> str:
    return f"{family}.{method}.{payload}.encapsulation_efficiency"


def _feed_key(family: str) -> str:
    return f"{family}.feed_ratio"


def beyond_published(found: EfficiencyPrediction) -> list[str]:
    """Give a warning where a descriptor lies beyond the published formulations."""
    if not found.outside:
        return []
    return [f"{', '.join(found.outside)} lies beyond the published formulations; predicted as at their end"]
